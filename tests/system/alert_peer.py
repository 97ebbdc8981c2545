"""WS-MAN requests about alerts as text, written by hand for 0362 and others; curl sends them.

usage: alert_peer.py create CLASS NAME=VALUE...
       alert_peer.py subscribe URL USER PASSWORD ARGUMENT
       alert_peer.py unsubscribe COLLECTION NAME
       alert_peer.py event ID TOKEN IDENTIFIER
"""
import sys

ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
EVENTING = 'http://schemas.xmlsoap.org/ws/2004/08/eventing'
TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer'
WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
DIGEST = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest'


def envelope(action, uri, more, body):
    return ('<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
            f' xmlns:a="{ADDRESSING}" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:e="{EVENTING}"'
            f' xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust" xmlns:se="{WSSE}" xmlns:m="http://x.com"><s:Header>'
            f'<a:Action>{action}</a:Action><a:To>/wsman</a:To><w:ResourceURI>{uri}</w:ResourceURI>'
            f'<a:MessageID>uuid:7</a:MessageID><a:ReplyTo><a:Address>{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>'
            f'{more}</s:Header><s:Body>{body}</s:Body></s:Envelope>')


def create(name, *members):
    uri = 'http://intel.com/wbem/wscim/1/amt-schema/1/' + name
    inside = ''.join('<h:{0}>{1}</h:{0}>'.format(*m.split('=', 1)) for m in sorted(members))
    return envelope(TRANSFER + '/Create', uri, '', f'<h:{name} xmlns:h="{uri}">{inside}</h:{name}>')


def subscribe(url, user, password, argument):
    return envelope(
        EVENTING + '/Subscribe', 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_FilterCollection',
        '<w:SelectorSet><w:Selector Name="InstanceID">Intel(r) AMT:All</w:Selector></w:SelectorSet>'
        '<t:IssuedTokens><t:RequestSecurityTokenResponse><t:TokenType>x</t:TokenType><t:RequestedSecurityToken>'
        f'<se:UsernameToken><se:Username>{user}</se:Username><se:Password Type="x">{password}</se:Password>'
        '</se:UsernameToken></t:RequestedSecurityToken></t:RequestSecurityTokenResponse></t:IssuedTokens>',
        f'<e:Subscribe><e:Delivery Mode="{EVENTING}/DeliveryModes/Push"><e:NotifyTo><a:Address>{url}</a:Address>'
        f'<a:ReferenceParameters><m:arg>{argument}</m:arg></a:ReferenceParameters></e:NotifyTo>'
        f'<w:Auth Profile="{DIGEST}"/></e:Delivery></e:Subscribe>')


def epr(name, key, value):
    uri = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/' + name
    return (f'<a:EndpointReference><a:Address>/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{uri}</w:ResourceURI>'
            f'<w:SelectorSet><w:Selector Name="{key}">{value}</w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>')


def unsubscribe(collection, name):
    return envelope(
        EVENTING + '/Unsubscribe', 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_FilterCollectionSubscription',
        f'<w:SelectorSet><w:Selector Name="Filter">{epr("CIM_FilterCollection", "InstanceID", collection)}</w:Selector>'
        f'<w:Selector Name="Handler">{epr("CIM_ListenerDestinationWSManagement", "Name", name)}</w:Selector></w:SelectorSet>',
        '<e:Unsubscribe/>')


def event(message, token, identifier):
    uri = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_AlertIndication'
    members = {'IndicationIdentifier': identifier, 'MessageArguments': '7', 'MessageID': message, 'PerceivedSeverity': '2'}
    inside = ''.join(f'<h:{k}>{v}</h:{k}>' for k, v in members.items())
    return envelope('http://schemas.dmtf.org/wbem/wsman/1/wsman/Event', uri, f'<m:arg>{token}</m:arg>',
                    f'<h:CIM_AlertIndication xmlns:h="{uri}">{inside}</h:CIM_AlertIndication>')


print({'event': event, 'create': create, 'subscribe': subscribe, 'unsubscribe': unsubscribe}[sys.argv[1]](*sys.argv[2:]))
