#!/bin/sh
test_description='alerts: PCs send traps and WS-Events, outband and foreign programs receive them'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22470
old=127.22.48.1 other=127.22.48.2
traps=22480 events=22481 foreign=22482 secure=22476

peer() {
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" "$@"
}

# ask ADDRESS REQUEST...: of alert_peer.py, sent by curl
ask() {
	to=$1
	shift
	peer "$@" >request.xml && test "$(sim_curl request.xml http://$to:$base/wsman)" = 200
}

# listen NAME ARGUMENT...: prints to NAME
listen() {
	name=$1
	shift
	"$OUTBAND" alert listen "$@" >$name 2>$name.err &
	sim_pids="$sim_pids $!"
	sim_until grep -q "^listening\|listening " $name.err
}

# receiver ADDRESS PORT POLICY: traps go there too; an address can be there once
receiver() {
	ask $old create AMT_SNMPEventSubscriber AccessInfo=$1 PortInfo=$2 InfoFormat=3 PolicyID=$3 CommunityString=secret \
		CreationClassName=0 SystemCreationClassName=0 SystemName=0 Name=0
}

# fleet_says NAME=N: waits until it does
fleet_says() {
	sim_until sh -c "\"$OUTBAND\" sim ctl --ctl ctl fleet | grep -q \"$1 \""
}

# filter SENSOR POLICY
filter() {
	ask $old create AMT_PETFilterSetting InstanceID=0 EnableFilter=true OEMFilter=false LogOnEvent=true SendAlert=true PolicyID=$2 \
		EventSensorType=$1 EventType=255 EventOffset=255 EventSourceType=255 EventSeverity=255 SensorNumber=255 Entity=255 \
		EntityInstance=255 DeviceAddress=255
}

test_expect_success 'PCs, and a listener without any right' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 362
	speed: 20
	groups:
	  - {count: 2, base: $old, generation: [11.8], state: configured, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off &&
	echo amt-events >events.txt &&
	listen heard --traps 127.0.0.1:$traps --events 127.0.0.1:$events --user amt --password-file events.txt
'

test_expect_success 'a trap comes for what a filter chooses, once although it is sent three times' '
	receiver 127.0.0.1 $traps 1 && filter 5 1 &&
	sim_ctl event $old no-boot-media && sim_ctl event $old intrusion &&
	sim_until grep -q "the case was opened" heard && ! grep -q "no bootable" heard &&
	grep "the case was opened" heard | grep -q "trap $old critical 5/111/0" &&
	fleet_says trap_sends=3 && test $(grep -c "the case was opened" heard) = 1
'

test_expect_success 'a second event is another alert' '
	sim_ctl event $old intrusion && sim_until sh -c "test \$(grep -c \"the case was opened\" heard) = 2" &&
	test "$(sim_ctl fleet | sim_field traps)" = 2
'

test_expect_success 'WS-Events are posted with the login of the subscription' '
	ask $old subscribe http://127.0.0.1:$events/amt amt amt-events pc-one &&
	sim_ctl event $old agent=00112233445566778899aabbccddeeff:8 && sim_until grep -q "iAMT0005: agent watchdog: expired token=pc-one" heard &&
	sim_ctl event $old redirection=0 && sim_until grep -q "iAMT0050: serial over LAN started" heard &&
	test "$(sim_ctl fleet | sim_field events_answered)" = 2
'

test_expect_success 'with a wrong password nothing is taken, and the PC gives up' '
	ask $other subscribe http://127.0.0.1:$events/amt amt wrong pc-one &&
	sim_ctl event $other redirection=1 && fleet_says events_given_up=1 &&
	! grep -q "$other" heard && grep -q "not taken from $other: a wrong login" heard.err
'

test_expect_success 'a receiver that is not there keeps nobody from working' '
	ask $other subscribe http://127.0.0.1:22499/gone amt x pc-one &&
	sim_ctl event $other redirection=1 && "$OUTBAND" eventlog --direct $other:$base --password-file admin.txt --json >list &&
	fleet_says events_given_up=3
'

test_expect_success 'who sends what is no HTTP is named' '
	printf "nothing of a PC\n\n" | curl -s -m 120 telnet://127.0.0.1:$events >told
	grep -q "HTTP/1.1 400" told && sim_until grep -q "not taken from 127.0.0.1: a message that is no HTTP" heard.err
'

test_expect_success 'what is no alert is not shown, and the listener lives on' '
	python3 - $traps $events <<-PY &&
	import socket, sys
	u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for b in (b"", b"x", b"\x30\x82\xff\xff", bytes(1400), b"0" * 60000):
	    u.sendto(b, ("127.0.0.1", int(sys.argv[1])))
	for b in (b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"\x00\x01\r\n\r\n", b"POST /amt HTTP/1.1\r\nContent-Length: 3\r\n\r\n<a>"):
	    t = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
	    t.sendall(b)
	    t.settimeout(120)
	    assert t.recv(100).split()[1] in (b"400", b"401", b"405", b"413"), b
	PY
	lines=$(wc -l <heard) && sim_ctl event $old redirection=3 && sim_until grep -q "storage redirection ended" heard && test $(wc -l <heard) = $((lines + 1)) &&
	grep -q "not taken from 127.0.0.1: a datagram that is no trap" heard.err
'

test_expect_success 'who drips a message, or says nothing, is sent away, over TLS too' '
	cat >drip.py <<-PY &&
	import socket, sys, threading
	left = []
	def drip(name, first, byte):
	    t = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
	    t.settimeout(0.2)
	    for i in range(600):
	        try:
	            t.sendall((b"" if i else first) + byte)
	            if not t.recv(100):
	                return
	        except socket.timeout:
	            pass
	        except OSError:
	            return
	    left.append(name)
	whole = b"POST /amt HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9000\\r\\n"
	runs = [threading.Thread(target=drip, args=a) for a in (("line", b"POST /a", b"a"), ("header", whole + b"X: ", b"a"),
	        ("body", whole + b"\\r\\n", b"a"), ("nothing", b"", b""), ("empty lines", b"", b"\\r\\n"))]
	[r.start() for r in runs], [r.join() for r in runs]
	sys.exit(repr(left) if left else 0)
	PY
	python3 drip.py $events && sim_ctl event $old redirection=3 && sim_until sh -c "test \$(grep -c \"storage redirection ended\" heard) = 2"
'

test_expect_success 'over https only a receiver of a trusted root gets events; others are told why not' '
	sim_root hub && sim_leaf here hub noc.localhost && cat here.pem here.key hub.pem >here.chain &&
	refused 2 "needs a certificate" alert listen --https 127.0.0.1:$secure &&
	listen safe --https 127.0.0.1:$secure --cert here.chain --user amt --password-file events.txt &&
	grep -q "https=127.0.0.1:$secure" safe.err &&
	ask $old subscribe https://noc.localhost:$secure/amt amt amt-events pc-safe &&
	sim_ctl event $old redirection=2 && sim_until grep -q "iAMT0016: certificate: no trusted root" heard &&
	! grep -q iAMT safe &&
	"$OUTBAND" wsman invoke AMT_PublicKeyManagementService AddTrustedRootCertificate \
		CertificateBlob=$(openssl x509 -in hub.pem -outform DER | base64 -w0) --direct $old:$base --password-file admin.txt >out &&
	sim_ctl event $old redirection=2 && sim_until grep -q "iAMT0050: storage redirection started token=pc-safe" safe &&
	grep -q "^[0-9TZ:.-]* event $old " safe
'

test_expect_success 'a receiver that speaks no TLS where it should: the others hear of the handshake, once for each event' '
	cat >rude.py <<-PY &&
	import socket
	t = socket.create_server(("127.0.0.1", 22478))
	print("bound", flush=True)
	while True:
	    c = t.accept()[0]
	    c.recv(1000)
	    c.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")
	    c.close()
	PY
	{ python3 rude.py >rude.out 2>&1 & } && sim_pids="$sim_pids $!" && sim_until grep -q bound rude.out &&
	ask $old subscribe https://127.0.0.1:22478/amt amt amt-events pc-hand && ! grep -q iAMT0024 heard &&
	sim_ctl event $old redirection=3 && sim_until grep -q "iAMT0024: TLS handshake failed token=pc-one" heard &&
	sim_until grep -q "iAMT0024.*token=pc-safe" safe && test "$(grep -c iAMT0024 heard)" = 1
'

test_expect_success 'a receiver whose certificate names another host gets none' '
	ask $old subscribe https://127.0.0.1:$secure/amt amt amt-events pc-other &&
	sim_ctl event $old redirection=3 && sim_until grep -q "iAMT0014: certificate: general" heard &&
	sim_until grep -q "storage redirection ended token=pc-safe" safe && ! grep -q pc-other safe
'

test_expect_success 'foreign clients: openssl sees the chain, curl posts with a login, and without TLS there is nothing' '
	openssl s_client -connect 127.0.0.1:$secure -CAfile hub.pem -verify_return_error </dev/null >shown 2>&1 &&
	grep -q "Verify return code: 0" shown &&
	test "$(curl -sk -o /dev/null -w "%{http_code}" -d "<a/>" https://127.0.0.1:$secure/amt)" = 401 &&
	test "$(curl -sk -o /dev/null -w "%{http_code}" --digest -u amt:amt-events -d "<a/>" https://127.0.0.1:$secure/amt)" = 400 &&
	! curl -s -m 5 -d "<a/>" http://127.0.0.1:$secure/amt
'

# Foreign receivers, where this machine has them.
command -v snmptrapd >/dev/null && test_set_prereq SNMPTRAPD
test_expect_success SNMPTRAPD 'snmptrapd of net-snmp receives the trap' '
	receiver 127.0.0.2 $foreign 2 && filter 32 2 &&
	printf "authCommunity log secret\n" >trapd.conf &&
	{ snmptrapd -C -c trapd.conf -f -Lo -On -m "" udp:127.0.0.2:$foreign >trapd.out 2>&1 & } &&
	sim_pids="$sim_pids $!" && sim_until grep -q "NET-SNMP" trapd.out &&
	sim_ctl event $old os-hang && sim_until grep -q "1.3.6.1.4.1.3183.1.1.1" trapd.out &&
	grep -q "Enterprise Specific Trap (2125568)" trapd.out && grep -q "$old" trapd.out
'

command -v tshark >/dev/null && test_set_prereq TSHARK
test_expect_success TSHARK 'tshark of Wireshark sees a valid SNMP trap' '
	cat >catch.py <<-PY &&
	import socket, sys
	u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	u.bind(("127.0.0.3", int(sys.argv[1])))
	u.settimeout(300)
	print("bound", file=sys.stderr, flush=True)
	b = u.recv(2000)
	print("0000 " + " ".join("%02x" % c for c in b))
	PY
	{ python3 catch.py 22483 >trap.hex 2>catch.err & } && catch=$! && sim_until grep -q bound catch.err &&
	receiver 127.0.0.3 22483 3 && filter 37 3 && sim_ctl event $old firmware-started && wait $catch &&
	text2pcap -q -u 162,162 trap.hex trap.pcap && tshark -r trap.pcap -V >dissected &&
	grep -q "version: version-1 (0)" dissected && grep -q "community: secret" dissected && grep -q "trap" dissected &&
	grep -q "agent-addr: $old" dissected && grep -q "specific-trap: 2453248" dissected && ! grep -q "Malformed" dissected
'

test_done
