#!/bin/sh
test_description='logs and alerts of PCs in the timeline of the service, each record once, and handed on'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22484 port=22488 traps=22489 events=22490 web=22491 secure=22492
a=127.22.50.1

# lines PATTERN: of the timeline of the PC
lines() {
	"$OUTBAND" log $a --limit 500 | grep -c "$1"
}

has() { # PATTERN COUNT
	test "$(lines "$1")" = "$2"
}

ask() {
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" "$@" >request.xml &&
		test "$(sim_curl request.xml http://$a:$base/wsman)" = 200
}

adopted() {
	"$OUTBAND" device show $a --json >show.json && test "$(json show.json "d['state']")" = adopted
}

test_expect_success 'a service that hears alerts, and a PC' '
	echo "$sim_password" >admin.txt && echo amt-events >events.txt &&
	printf "#!/bin/sh\ncat >>\"$PWD/hook.jsonl\"; echo >>\"$PWD/hook.jsonl\"; echo \"\$@\" >>\"$PWD/hook.args\"\n" >hook.sh && chmod +x hook.sh &&
	serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	"$OUTBAND" secret set alert-login --file events.txt &&
	"$OUTBAND" setting set alerts.traps 127.0.0.1:$traps && "$OUTBAND" setting set alerts.events 127.0.0.1:$events &&
	"$OUTBAND" setting set alerts.https 127.0.0.1:$secure && "$OUTBAND" setting set alerts.name noc.localhost &&
	"$OUTBAND" setting set alerts.user amt && "$OUTBAND" setting set alerts.password alert-login &&
	"$OUTBAND" setting set alerts.hook "$PWD/hook.sh" && "$OUTBAND" setting set alerts.webhook http://127.0.0.1:$web/in &&
	serve_stop && serve_start $port &&
	cat >fleet.yaml <<-YAML &&
	seed: 364
	speed: 20
	groups:
	  - {count: 1, base: $a, generation: [11.8], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off &&
	printf "Name;IP Address;AMT password;TLS\n;$a;$sim_password;yes\n" >list.csv && "$OUTBAND" device adopt list.csv && sim_until adopted
'

test_expect_success 'what is read through the service stands in the timeline, once' '
	sim_ctl event $a intrusion && sim_ctl event $a firmware-progress=19 &&
	"$OUTBAND" eventlog $a >said && grep -q "the case was opened" said &&
	sim_until has "pc.event_bad.*the case was opened" 1 && sim_until has "pc.event .*starting the OS" 1 &&
	"$OUTBAND" eventlog $a >said && sim_ctl event $a no-boot-media && "$OUTBAND" eventlog $a >said &&
	sim_until has "no bootable media" 1 && has "the case was opened" 1
'

test_expect_success 'a part of the log does not count as read' '
	sim_ctl event $a boot-failure && "$OUTBAND" eventlog $a --limit 1 >said && grep -q "system boot failure" said &&
	has "system boot failure" 0 && "$OUTBAND" eventlog $a >said && sim_until has "system boot failure" 1
'

test_expect_success 'after the log was emptied only what is new comes' '
	"$OUTBAND" eventlog $a --clear --yes && sim_ctl event $a os-hang && "$OUTBAND" eventlog $a >said &&
	sim_until has "OS hangs" 1 && has "the case was opened" 1 && has "no bootable media" 1
'

test_expect_success 'the audit log as well' '
	sim_ctl audit $a 16/13:05 && "$OUTBAND" auditlog $a >said && grep -q "Kerberos settings changed" said &&
	sim_until has "pc.audit .*Kerberos settings changed" 1 && "$OUTBAND" auditlog $a >said &&
	sim_ctl audit $a 16/14 && "$OUTBAND" auditlog $a >said &&
	sim_until has "pc.audit .*Kerberos master key" 1 && has "Kerberos settings changed" 1
'

# The PC is told over TLS where its alerts go to.
ask_tls() {
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" "$@" >request.xml &&
		test "$(sim_curl request.xml https://$a:$((base + 1))/wsman --insecure)" = 200
}

test_expect_success 'alerts are in the timeline of their PC, and go to the program and the web server' '
	cat >web.py <<-PY &&
	import http.server, sys
	class H(http.server.BaseHTTPRequestHandler):
	    def do_POST(self):
	        open("web.jsonl", "ab").write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
	        self.send_response(204)
	        self.end_headers()
	    def log_message(self, *a): pass
	s = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), H)
	open("web.up", "w").close()
	s.serve_forever()
	PY
	{ python3 web.py $web & } && sim_pids="$sim_pids $!" && sim_until test -f web.up &&
	ask_tls create AMT_SNMPEventSubscriber AccessInfo=127.0.0.1 PortInfo=$traps InfoFormat=3 PolicyID=1 CommunityString=public \
		CreationClassName=0 SystemCreationClassName=0 SystemName=0 Name=0 &&
	ask_tls create AMT_PETFilterSetting InstanceID=0 EnableFilter=true OEMFilter=false LogOnEvent=true SendAlert=true PolicyID=1 \
		EventSensorType=255 EventType=255 EventOffset=255 EventSourceType=255 EventSeverity=255 SensorNumber=255 Entity=255 \
		EntityInstance=255 DeviceAddress=255 &&
	ask_tls subscribe http://127.0.0.1:$events/x amt amt-events some-token &&
	sim_ctl event $a intrusion && sim_until has "alert.received_bad.*trap.*the case was opened" 1 &&
	sim_ctl event $a redirection=0 && sim_until has "alert.received .*event.*iAMT0050.*serial over LAN started" 1 &&
	sim_until grep -q "serial over LAN started" hook.jsonl && sim_until grep -q "the case was opened" web.jsonl &&
	sim_until grep -q "iAMT0050" web.jsonl &&
	uuid=$(json show.json "d[\"uuid\"]") && grep -q "\"uuid\":\"$uuid\"" web.jsonl && sim_until grep -q "trap $uuid critical" hook.args
'

# post TOKEN IDENTIFIER: an event that no table knows, from another address than that of the PC
post() {
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" event iAMT0999 "$1" "Intel(r):$2" >event.xml &&
		test "$(curl -s -o /dev/null -w "%{http_code}" --digest -u amt:amt-events --data-binary @event.xml http://127.0.0.1:$events/x)" = 200
}

in_all() { # PATTERN COUNT: of all timelines
	test "$("$OUTBAND" log --limit 500 | grep -c "$1")" = "$2"
}

test_expect_success 'an event from behind another address belongs to the PC that its token names' '
	post "$uuid" 1 && sim_until has "alert.received.*event.*address=127.0.0.1.*iAMT0999" 1 && post "$uuid" 1 && post nobody 2 &&
	sim_until in_all iAMT0999 2 &&
	has iAMT0999 1 && test "$(curl -s -o /dev/null -w "%{http_code}" --digest -u amt:wrong --data-binary @event.xml http://127.0.0.1:$events/x)" = 403 &&
	sim_until grep -q "ev=alert.refused address=127.0.0.1 what=.a wrong login" serve.log && ! grep -q amt-events serve.log
'

test_expect_success 'who is told, and who has told' '
	"$OUTBAND" alert show $a --json >list && test "$(json list "sorted((r[\"kind\"], r[\"to\"].split(\":\")[0]) for r in d if r[\"table\"] == \"receiver\")")" = "[('"'event', 'http'), ('trap', '127.0.0.1'"')]" &&
	"$OUTBAND" alert list --json >list && test "$(json list "sorted((r[\"kind\"], r[\"count\"]) for r in d)")" = "[('"'event', 2), ('trap', 2"')]" &&
	"$OUTBAND" alert list | grep -q "iAMT0999"
'

test_expect_success 'a program and a web server that fail are told of, and nothing stops' '
	printf "#!/bin/sh\nexit 3\n" >bad.sh && chmod +x bad.sh && "$OUTBAND" setting set alerts.hook "$PWD/bad.sh" &&
	"$OUTBAND" setting set alerts.webhook http://127.0.0.1:22499/gone &&
	sim_ctl event $a os-hang && sim_until has "alert.unsent.*hook" 2 &&
	sim_ctl event $a boot-failure && sim_until has "alert.received_bad.*trap.*system boot failure" 1
'

waiting() { # COUNT
	"$OUTBAND" status --json >status.json && test "$(json status.json "d[\"alerts\"][\"waiting\"]")" = "$1"
}

test_expect_success 'what waited goes to the web server when it is there, in order and once, though it fails at first' '
	"$OUTBAND" status | grep -q "^alerts handed on .*waiting" && ! waiting 0 && unsent=$(lines "alert.unsent.*webhook") &&
	cat >moody.py <<-PY &&
	import http.server, sys
	class Moody(http.server.BaseHTTPRequestHandler):
	    tries = 0
	    def do_POST(self):
	        body = self.rfile.read(int(self.headers["Content-Length"]))
	        Moody.tries += 1
	        if Moody.tries == 2:
	            self.close_connection = True
	            return
	        self.send_response(500 if Moody.tries == 1 else 204)
	        self.end_headers()
	        if Moody.tries > 2:
	            open("back.jsonl", "ab").write(body + b"\\n")
	    def log_message(self, *a):
	        pass
	http.server.HTTPServer(("127.0.0.1", 22499), Moody).serve_forever()
	PY
	{ python3 moody.py 2>moody.err & } && moody=$! && sim_pids="$sim_pids $moody" && sim_until waiting 0 && kill $moody &&
	test "$(jq -r .text back.jsonl | uniq | tr "\n" ";" | grep -o "OS hang.*boot failure" | wc -l)" = 1 &&
	test "$(lines "alert.unsent.*webhook")" = "$unsent" && grep -q "ev=alert.taken to=webhook" serve.log
'

test_expect_success 'over TLS, with a certificate of the built-in CA, once the PC has its root' '
	"$OUTBAND" cert export ca | awk "/BEGIN CERT/ { n++ } n == 2" >ca.pem && openssl s_client -connect 127.0.0.1:$secure -CAfile ca.pem -verify_return_error \
		-verify_hostname noc.localhost </dev/null >shown 2>&1 && grep -q "Verify return code: 0" shown &&
	ask_tls subscribe https://noc.localhost:$secure/x amt amt-events some-token &&
	sim_ctl event $a redirection=3 && sim_until has "alert.received.*iAMT0016.*no trusted root" 1 &&
	"$OUTBAND" wsman invoke AMT_PublicKeyManagementService AddTrustedRootCertificate \
		CertificateBlob=$(openssl x509 -in ca.pem -outform DER | base64 -w0) --direct $a:$base --tls --password-file admin.txt >out &&
	before=$(lines "storage redirection started" || :) && sim_ctl event $a redirection=2 &&
	sim_until has "storage redirection started" $((before + 2))
'

test_expect_success 'after the CA was renewed the place shows a chain of the new one, without a new start' '
	serial() {
		openssl s_client -connect 127.0.0.1:$secure -showcerts </dev/null 2>/dev/null | awk "/BEGIN CERT/ { n++ } n == 2" | openssl x509 -noout -serial
	} &&
	was=$(serial) && test -n "$was" && "$OUTBAND" cert renew-ca --yes >out && now=$(serial) && test -n "$now" && test "$was" != "$now" &&
	openssl s_client -connect 127.0.0.1:$secure -CAfile ca.pem -verify_return_error -verify_hostname noc.localhost </dev/null >shown 2>&1 &&
	grep -q "Verify return code: 0" shown && grep -q "ev=alerts.certificate" serve.log &&
	before=$(lines "storage redirection ended" || :) && sim_ctl event $a redirection=3 && sim_until has "storage redirection ended" $((before + 2))
'

test_expect_success 'a place that cannot be opened stops the start, and says why' '
	refused 3 "ADDRESS:PORT" setting set alerts.traps 127.0.0.1:99999 &&
	"$OUTBAND" setting set alerts.traps 192.0.2.1:$traps && serve_stop &&
	test_must_fail "$OUTBAND" serve --data data --hello 127.0.0.1:$port 2>err && grep -q "alerts.traps" err
'

test_done
