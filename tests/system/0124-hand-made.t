#!/bin/sh
test_description='a virtual PC changed by curl with hand-made bodies: each change is exactly that line of drift'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

hello=22562 base=22564 pc=127.1.52.1
amt=http://intel.com/wbem/wscim/1/amt-schema/1 ips=http://intel.com/wbem/wscim/1/ips-schema/1
transfer=http://schemas.xmlsoap.org/ws/2004/09/transfer

state_is() { # STATE
	"$OUTBAND" device show $pc --json >show.json && test "$(json show.json "d['state']")" = "$1"
}

# post ACTION URI [KEY=VALUE]: the body on standard input, posted by curl; the reply is ./reply
post() {
	selector=
	test -z "$3" || selector="<w:SelectorSet><w:Selector Name=\"${3%%=*}\">${3#*=}</w:Selector></w:SelectorSet>"
	{
		printf '%s' '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
		printf '%s' ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">'
		printf '<s:Header><a:Action>%s</a:Action><a:To>/wsman</a:To><w:ResourceURI>%s</w:ResourceURI>' "$1" "$2"
		printf '%s' '<a:MessageID>uuid:1</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous'
		printf '</a:Address></a:ReplyTo>%s</s:Header><s:Body>' "$selector"
		cat && printf '</s:Body></s:Envelope>'
	} >envelope
	curl --silent --show-error --max-time 120 --insecure --digest --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 -K login \
		-H "Content-Type: application/soap+xml;charset=UTF-8" --data-binary @envelope --output reply \
		--write-out '%{http_code}' "https://$pc:$((base + 1))/wsman" >code
	test "$(cat code)" = 200 || { cat code reply >&2 && return 1; }
}

# put URI/CLASS MEMBER VALUE [KEY=VALUE]: gets the instance, writes it again with the member changed
put() {
	post $transfer/Get "$1" "$4" </dev/null && python3 - "$1" "$2" "$3" <<-'PY' >body && post $transfer/Put "$1" "$4" <body
	import sys, xml.etree.ElementTree as E
	from xml.sax.saxutils import escape
	uri, member, value = sys.argv[1:]
	cls = uri.rsplit('/', 1)[1]
	rows = [(c.tag.rsplit('}', 1)[1], c.text or '') for c in E.parse('reply').find('.//{%s}%s' % (uri, cls))]
	assert sum(n == member for n, _ in rows) == 1, rows
	print('<h:%s xmlns:h="%s">%s</h:%s>' % (cls, uri, ''.join(
	    '<h:%s>%s</h:%s>' % (n, escape(value if n == member else v), n) for n, v in rows), cls))
	PY
}

# call URI/CLASS METHOD [KEY=VALUE]: members on standard input as NAME=VALUE lines; it must return 0
call() {
	sed 's,^\([^=]*\)=\(.*\),<h:\1>\2</h:\1>,' >members &&
		printf '<h:%s_INPUT xmlns:h="%s">%s</h:%s_INPUT>' "$2" "$1" "$(cat members)" "$2" >body &&
		post "$1/$2" "$1" "$3" <body && grep -q 'ReturnValue>0<' reply
}

# The PC looks as its profile says but for one line, is repaired, and then for none.
seen() { # LINE
	"$OUTBAND" device drift $pc --check --json >/dev/null; "$OUTBAND" device drift $pc --json >drift.json &&
		json drift.json "'\n'.join(d['lines'])" >have && printf '%s\n' "$1" >want && test_cmp want have &&
		"$OUTBAND" device apply $pc --wait --yes >apply.out 2>&1 && "$OUTBAND" device drift $pc --check >/dev/null &&
		"$OUTBAND" device drift $pc --json >drift.json && test "$(json drift.json "d['differences']")" = 0
}

test_expect_success 'a PC is configured with a profile of many parts' '
	serve_start $hello && "$OUTBAND" setting set device.port_base $base && "$OUTBAND" setting set job.retry_s 1 &&
	cat >lab.yaml <<-EOF &&
	version: 1
	admin_password: random
	mebx_password: random
	names: fqdn
	clock: sync
	tls: server
	redirection: {sol: on, ider: on}
	power: {idle_wake_minutes: 10}
	general: {rmcp_ping: on, ddns: on, ddns_interval: 60, ddns_ttl: 300, address_family: ipv6, presence_interval: 10}
	consent: {required: kvm, code_timeout: 120, display_timeout: 300}
	kvm_settings: {session_timeout: 5, default_screen: 1, consent_timeout: 120}
	audit: {storage: restricted-rollover, min_days: 30}
	users:
	  directory:
	  - {sid: S-1-5-21-1-2-3-512, realms: [administration], access: any, enabled: on}
	defense:
	  filters:
	  - {name: arp, direction: receive, action: rate-limit, rate: 50, ethertype: arp}
	  - {name: telnet, direction: receive, action: drop-count, version: 4, protocol: 6, source: 192.0.2.0, destination_port: 23}
	  policies:
	  - {name: office, precedence: 9, filters: [telnet, arp], rx_count: on, tx_drop: off, timeout: 60}
	  active: {wired: office}
	alerts:
	  filters:
	  - {name: case, sensor: 5, policy: 1, enabled: on, log: on, send: off}
	remote_access: {user_interface: both}
	EOF
	"$OUTBAND" profile set lab lab.yaml && "$OUTBAND" setting set profile.default lab && sim_pairs 1 >keys.csv &&
	"$OUTBAND" key import keys.csv && sim_start $base --base $pc --devices 1 --state setup-psk --generation 9.5 \
		--psk keys.csv --hello 127.0.0.1:$hello --speed 50 &&
	sim_until state_is refused && echo "$(sim_ctl list $pc | sim_field uuid),pc1.example.com" >names.csv &&
	"$OUTBAND" device import names.csv && sim_until state_is configured && sim_until jobs_rest &&
	"$OUTBAND" credential reveal $pc --json >cred.json &&
	json cred.json "\"user = \\\"admin:%s\\\"\" % d[0][\"secret\"]" >login
'

while read -r uri member value line; do
	case $line in "["*) selector=${line#?} line=${selector#*] } selector=${selector%%]*} ;; *) selector= ;; esac
	test_expect_success "$member = $value: $line" '
		put "$uri" "$member" "$value" "$selector" && seen "$line"
	'
done <<EOF
$amt/AMT_GeneralSettings IdleWakeTimeout 77 power.idle_wake_minutes: 77 -> 10
$amt/AMT_GeneralSettings RmcpPingResponseEnabled false general.rmcp_ping: off -> on
$amt/AMT_GeneralSettings DDNSUpdateEnabled false general.ddns: off -> on
$amt/AMT_GeneralSettings DDNSPeriodicUpdateInterval 99 general.ddns_interval: 99 -> 60
$amt/AMT_GeneralSettings DDNSTTL 77 general.ddns_ttl: 77 -> 300
$amt/AMT_GeneralSettings PreferredAddressFamily 0 general.address_family: ipv4 -> ipv6
$amt/AMT_GeneralSettings PresenceNotificationInterval 33 general.presence_interval: 33 -> 10
$ips/IPS_OptInService OptInRequired 0 consent.required: none -> kvm
$ips/IPS_OptInService OptInCodeTimeout 90 consent.code_timeout: 90 -> 120
$ips/IPS_OptInService OptInDisplayTimeout 99 consent.display_timeout: 99 -> 300
$ips/IPS_KVMRedirectionSettingData SessionTimeout 9 kvm_settings.session_timeout: 9 -> 5
$ips/IPS_KVMRedirectionSettingData DefaultScreen 2 kvm_settings.default_screen: 2 -> 1
$ips/IPS_KVMRedirectionSettingData OptInPolicyTimeout 60 kvm_settings.consent_timeout: 60 -> 120
$amt/AMT_AuditLog MinDaysToKeep 9 audit.min_days: 9 -> 30
$amt/AMT_Hdr8021Filter FilterProfileData 77 [InstanceID=Intel(r) AMT:Filter 1] defense.filters.arp.rate: 77 -> 50
$amt/AMT_IPHeadersFilter HdrDestPortStart 80 [InstanceID=Intel(r) AMT:Filter 2] defense.filters.telnet.destination_port: 80 -> 23
$amt/AMT_PETFilterSetting PolicyID 5 [InstanceID=Intel(r) AMT:PETFilterSetting 1] alerts.filters.case.policy: 5 -> 1
EOF

test_expect_success 'RequestStateChange of redirection' '
	echo RequestedState=32768 | call $amt/AMT_RedirectionService RequestStateChange &&
	seen "redirection: SOL off, IDE-R off -> SOL on, IDE-R on"
'

test_expect_success 'SetTimeout of a policy' '
	echo Timeout=99 | call $amt/AMT_SystemDefensePolicy SetTimeout "InstanceID=Intel(r) AMT:SystemDefensePolicy 1" &&
	seen "defense.policies.office.timeout: 99 -> 60"
'

test_expect_success 'SetAclEnabledState of a user' '
	printf "Handle=1\nEnabled=false\n" | call $amt/AMT_AuthorizationService SetAclEnabledState &&
	seen "users.S-1-5-21-1-2-3-512.enabled: off -> on"
'

test_expect_success 'RequestStateChange of user-initiated connections' '
	echo RequestedState=32768 | call $amt/AMT_UserInitiatedConnectionService RequestStateChange &&
	seen "remote_access.user_interface: off -> both"
'

test_done
