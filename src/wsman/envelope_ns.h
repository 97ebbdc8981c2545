/* Namespaces of envelopes (wsman 2.1); for the files of wsman/ only. */
#pragma once
#define NS_SOAP     "http://www.w3.org/2003/05/soap-envelope"
#define NS_WSA      "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_WSMAN    "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define NS_ENUM     "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define NS_TRANSFER "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define NS_EVENTING "http://schemas.xmlsoap.org/ws/2004/08/eventing"
#define NS_CIMBIND  "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
#define NS_COMMON   "http://schemas.dmtf.org/wbem/wscim/1/common"
#define NS_TRUST    "http://schemas.xmlsoap.org/ws/2005/02/trust"
#define NS_WSSE                                                                \
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-" \
	"secext-1.0.xsd"
#define NS_WSMID    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define NS_DASH     "http://schemas.dmtf.org/wbem/dash/1/dash.xsd"
#define NS_XSI      "http://www.w3.org/2001/XMLSchema-instance"
#define WSA_ANONYMOUS   NS_WSA "/role/anonymous"
#define WSMAN_ACTION    "http://schemas.dmtf.org/wbem/wsman/1/wsman"
#define WSMAN_FAULT_URI WSMAN_ACTION "/fault"
#define WSA_FAULT_URI   NS_WSA "/fault"
