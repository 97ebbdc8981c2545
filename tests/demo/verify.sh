#!/bin/sh
# Looks at the finished demonstration from outside, with programs that are not ours: curl logs in to
# each configured PC with the stored password, openssl looks at its certificate. Called by demo.sh
# --then (which sets DEMO_DIR, DEMO_BASE, OUTBAND, OUTBAND_SOCKET) and so by tests/system/0500-demo.t.
# Writes "ok NAME" or "not ok NAME: why" to DEMO_DIR/verified and standard output; never changes a PC
# and puts no secret on a command line.
set -u
umask 077
cd "${DEMO_DIR:?run this through demo.sh --then}" || exit 1
: >verified
mkdir -p seen

report() { # NAME WHY: a check that failed if WHY is not empty
	if [ -z "$2" ]; then echo "ok $1"; else echo "not ok $1: $2"; fi | tee -a verified
}

# every secret of the store and what to ask for, from our own JSON
secrets() {
	"$OUTBAND" device list --json >devices.json || return 1
	python3 - "$OUTBAND" <<'PY'
import json, subprocess, sys
ask = lambda *a: json.loads(subprocess.run([sys.argv[1], *a, '--json'], check=True, capture_output=True).stdout)
table, words = open('pcs', 'w'), open('secrets', 'w')
for d in json.load(open('devices.json')):
    pw = ''
    if d['state'] == 'configured':
        for kind in ('admin', 'mebx'):
            rows = ask('credential', 'reveal', d['uuid'], '--kind', kind)
            if kind == 'mebx' and d['kind'] == 'pki': # a PSK PC keeps the one of its key
                assert rows, d
            for r in rows:
                words.write(r['secret'] + '\n')
            now = [r['secret'] for r in rows if r['state'] == 'current']
            if kind == 'admin':
                assert len(now) == 1, d
                pw = now[0]
        with open('seen/' + d['uuid'] + '.curl', 'w') as f:
            f.write('user = "admin:%s"\n' % pw.replace('\\', '\\\\').replace('"', '\\"'))
    print(d['uuid'], d['state'], d['address'], d['version'] or '-', d['fqdn'] or '-', d['serial'] or '-',
          d['kind'], file=table)
for line in list(open('keys.csv'))[1:] + list(open('stranger.csv'))[1:]:
    pid, pps, mebx = line.strip().split(',')
    words.write(pps + '\n' + pps.replace('-', '') + '\n')
    if mebx != 'admin':
        words.write(mebx + '\n')
PY
}

envelope() { # FAMILY CLASS [SELECTOR VALUE]
	case $1 in
	amt) uri=http://intel.com/wbem/wscim/1/amt-schema/1/$2 ;;
	cim) uri=http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/$2 ;;
	esac
	set -- "${3-}" "${4-}"
	cat <<XML
<?xml version="1.0" encoding="utf-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
 <e:Header>
  <wsa:To>/wsman</wsa:To>
  <wsman:ResourceURI e:mustUnderstand="true">$uri</wsman:ResourceURI>
  <wsa:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</wsa:Action>
  <wsa:MessageID>uuid:9f1f7a52-0000-4000-8000-000000000001</wsa:MessageID>
  <wsa:ReplyTo><wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:Address></wsa:ReplyTo>
  <wsman:OperationTimeout>PT20S</wsman:OperationTimeout>
XML
	[ -z "$1" ] ||
		echo "  <wsman:SelectorSet><wsman:Selector Name=\"$1\">$2</wsman:Selector></wsman:SelectorSet>"
	echo ' </e:Header><e:Body/></e:Envelope>'
}

old() { # VERSION: firmware that speaks nothing newer than TLS 1.1
	case $1 in 5.* | 9.* | 11.*) true ;; *) false ;; esac
}

# post LOGIN-FILE ADDRESS VERSION BODY REPLY: prints the HTTP status, 000 when there is none
post() {
	login=$1 url=https://$2:$((DEMO_BASE + 1))/wsman body=$4 reply=$5
	set -- --tlsv1.2
	! old "$version" || set -- --tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0
	curl --silent --max-time 120 --insecure --digest "$@" --header 'Content-Type: application/soap+xml' \
		--data-binary "@$body" --output "$reply" --write-out '%{http_code}' -K - "$url" <"$login"
}

has() { # FILE PROPERTY VALUE
	grep -q "<[a-zA-Z]*:$2>$3</[a-zA-Z]*:$2>" "$1" && return
	printf '%s is not %s but %s' "$2" "$3" "$(sed -n "s/.*:$2>\([^<]*\)<.*/\1/p" "$1" | head -n 1)"
}

# properties NAME BODY-FILE PROPERTY=VALUE...: one Get with the stored password
properties() {
	name=$1 body=$2
	shift 2
	status=$(post "seen/$uuid.curl" "$address" "$version" "$body" "seen/$uuid.$name.xml")
	for pair in "$@"; do
		why="HTTP $status"
		[ "$status" != 200 ] || why=$(has "seen/$uuid.$name.xml" "${pair%%=*}" "${pair#*=}")
		report "$pc $name.${pair%%=*}" "$why"
	done
}

certificate() {
	set -- -tls1_2
	! old "$version" || set -- -no_tls1_2 -no_tls1_3 -cipher DEFAULT@SECLEVEL=0
	openssl s_client -connect "$address:$((DEMO_BASE + 1))" "$@" </dev/null 2>/dev/null |
		openssl x509 -out "seen/$uuid.pem" 2>/dev/null
	got=$(openssl x509 -in "seen/$uuid.pem" -noout -serial 2>/dev/null | tr 'A-F' 'a-f')
	[ "$got" = "serial=$serial" ] && why='' || why="shown '$got', stored $serial"
	report "$pc leaf.serial" "$why"
	got=$(openssl verify -CAfile ca.pem -purpose sslserver -verify_hostname "$fqdn" "seen/$uuid.pem" 2>&1) &&
		why='' || why=$got
	report "$pc leaf.issuer" "$why"
}

configured() {
	properties general general.xml "HostName=${fqdn%%.*}" "DomainName=${fqdn#*.}" PingResponseEnabled=true
	properties redirection redirection.xml EnabledState=32771 ListenerEnabled=true
	properties tls tls.xml Enabled=true MutualAuthentication=false AcceptNonSecureConnections=false
	case $version in
	5.*)
		status=$(post "seen/$uuid.curl" "$address" "$version" kvm.xml "seen/$uuid.kvm.xml")
		[ "$status" = 400 ] && why='' || why="HTTP $status"
		report "$pc kvm.absent" "$why"
		;;
	*) properties kvm kvm.xml 'EnabledState=[26]' ;;
	esac
	certificate
	"$OUTBAND" log "$uuid" >"seen/$uuid.log"
	for word in ev=hello.received 'stage="second: names"' 'stage="second: admin password"' \
		'stage="second: commit"' ev=device.configured; do
		grep -q "$word" "seen/$uuid.log" && why='' || why='not in the log of the PC'
		report "$pc timeline $word" "$why"
	done
}

# nobody gets an answer without the certificate or the PPS
closed() {
	printf 'user = "admin:admin"\n' >login
	status=$(post login "$address" "$version" general.xml reply.xml)
	[ "$status" = 000 ] && why='' || why="HTTP $status"
	report "$pc answers no stranger over TLS" "$why"
	(cat general.xml && sleep 1) | openssl s_client -connect "$address:$((DEMO_BASE + 1))" -quiet -no_ign_eof \
		-psk 00112233 -psk_identity 0000037M -tls1 -cipher PSK@SECLEVEL=0 >session 2>/dev/null
	grep -q HTTP session && why='it spoke HTTP' || why=''
	report "$pc answers no wrong PPS" "$why"
	status=$(curl --silent --max-time 5 --output reply.xml --write-out '%{http_code}' "http://$address:$DEMO_BASE/")
	[ "$status" = 000 ] && why='' || why="HTTP $status"
	report "$pc answers nobody without TLS" "$why"
}

reason() { # RULE
	"$OUTBAND" device show "$uuid" --json >device.json
	why=$(python3 - "$1" <<'PY'
import json, sys
d = json.load(open('device.json')); j = d['job']; e = j['error']
print('; '.join('%s: %r' % p for p in (
    ('rule', e.get('rule') == sys.argv[1] or e.get('rule')), ('rule of the PC', d['health_rule'] == sys.argv[1]),
    ('seen', bool(e.get('seen'))), ('want', bool(e.get('want'))), ('hint', bool(e.get('hint'))),
    ('next try', bool(j['not_before']) and j['not_before'] in d['next_step'].replace('Z', '') + 'Z' or
     bool(j['not_before']) and j['not_before'][:19] in d['next_step'])) if p[1] is not True))
PY
)
	report "$pc is refused by $1, with seen, want, hint and the next try" "$why"
	"$OUTBAND" log "$uuid" >"seen/$uuid.log"
	grep "rule=$1 " "seen/$uuid.log" | grep 'seen="' | grep 'want="' | grep -q 'hint="' && why='' || why='not in the log'
	report "$pc says $1 in its log" "$why"
	"$OUTBAND" job list --device "$uuid" --json >jobs.json
	why=$(python3 -c '
import json
(j,) = json.load(open("jobs.json"))
if j["state"] != "delayed" or not j["not_before"]: print(j)')
	report "$pc has its next try in the list of jobs" "$why"
}

secrets || { report 'secrets can be revealed' 'see above'; exit 1; }
python3 - "$DEMO_DIR/data/outband.db" >ca.pem <<'PY'
import sqlite3, sys
db = sqlite3.connect('file:%s?mode=ro' % sys.argv[1], uri=True)
(pem,), = db.execute("select pem from cert where kind = 'ca'")
print(pem if isinstance(pem, str) else pem.decode())
PY
envelope amt AMT_GeneralSettings >general.xml
envelope amt AMT_RedirectionService >redirection.xml
envelope amt AMT_TLSSettingData InstanceID 'Intel(r) AMT 802.3 TLS Settings' >tls.xml
envelope cim CIM_KVMRedirectionSAP >kvm.xml
n=0 wrong=
while read -r uuid state address version fqdn serial kind; do
	pc=pc$(printf %02d "${address##*.}")
	case $state in
	configured)
		n=$((n + 1))
		configured
		[ -n "$wrong" ] || {
			wrong=$uuid
			printf 'user = "admin:Wr0ng-Password"\n' >login
			status=$(post login "$address" "$version" general.xml reply.xml)
			[ "$status" = 401 ] && why='' || why="HTTP $status"
			report 'a wrong password is answered 401' "$why"
		}
		;;
	refused)
		closed
		[ "$kind" = psk ] && reason D043 || reason D057
		;;
	esac
done <pcs
[ "$n" -eq 48 ] && why='' || why="$n are"
report '48 PCs are configured' "$why"
n=$(grep -c ' refused ' pcs)
[ "$n" -eq 2 ] && why='' || why="$n are"
report '2 PCs are refused' "$why"
"$OUTBAND" log --limit 1000 >events.txt
for file in serve.log sim.log events.txt; do
	why='not looked at'
	[ -s "$file" ] && [ "$(sort -u secrets | wc -l)" -ge 110 ] && why=$(grep -c -F -f secrets "$file")
	[ "$why" = 0 ] && why='' || why="lines that hold one: $why"
	report "no secret in $file" "$why"
done
rm -f seen/*.curl secrets login
! grep -q '^not ok' verified
