#!/bin/sh
test_description='outband: all messages with one PC, as text and as a capture that Wireshark reads, without secrets'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

hello=22556 base=22558 net=127.1.51

command -v tshark >/dev/null && test_set_prereq TSHARK

state_is() { # ADDRESS STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

# All that nobody may read in a trace: passwords of the PC, and the PPS.
secrets_of() { # ADDRESS
	uuid=$(sim_ctl list "$1" | sim_field uuid)
	for kind in admin mebx; do
		"$OUTBAND" credential reveal "$uuid" --kind $kind --json >cred.json && json cred.json "'\n'.join(r['secret'] for r in d)"
	done
	sed 1d keys.csv | cut -d, -f2,3 | tr , '\n'
}

test_expect_success 'a PC in setup is traced from before its configuration on' '
	serve_start $hello && "$OUTBAND" setting set device.port_base $base && "$OUTBAND" setting set job.retry_s 1 &&
	printf "%s" "$fleet_profile" >profile.yaml && "$OUTBAND" profile set baseline profile.yaml &&
	sim_pairs 1 >keys.csv && "$OUTBAND" key import keys.csv &&
	sim_start $base --base $net.1 --devices 1 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$hello --speed 50 &&
	sim_until state_is $net.1 refused &&
	"$OUTBAND" device trace $net.1 on && "$OUTBAND" device trace $net.1 --json >state.json &&
	test "$(json state.json "d[\"on\"], d[\"keys\"]")" = "(True, False)" &&
	echo "$(sim_ctl list $net.1 | sim_field uuid),pc1.example.com" >names.csv && "$OUTBAND" device import names.csv &&
	sim_until state_is $net.1 configured && sim_until jobs_rest && # it would end between request and reply
	"$OUTBAND" device trace $net.1 off
'

test_expect_success 'as text: requests, replies, connections, no secret' '
	"$OUTBAND" device trace $net.1 show >text && grep -q "connected to $net.1.*TLS 1.1, PSK" text &&
	test $(grep -c "    POST /wsman HTTP/1.1" text) -gt 15 && grep -q "    HTTP/1.1 401" text &&
	grep -q "SetMEBxPassword_INPUT .*Password>\*\*\*<" text && grep -q "DigestPassword>\*\*\*<" text &&
	grep -q "response=(hidden)" text && secrets_of $net.1 >secrets && test $(wc -l <secrets) -ge 4 &&
	! grep -F -f secrets text
'

test_expect_success 'as a capture: no secret, and a new file of mode 0600' '
	"$OUTBAND" device trace $net.1 export --pcap trace.pcap && test "$(stat -c %a trace.pcap)" = 600 &&
	test -s secrets && ! grep -aF -f secrets trace.pcap && refused 3 "exists" device trace $net.1 export --pcap trace.pcap
'

test_expect_success TSHARK 'tshark reads the capture: each request has its reply, no packet is odd' '
	port=$((base + 1)) &&
	tshark -n -r trace.pcap -d tcp.port==$port,http -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -T fields \
		-e http.request.method -e http.response.code -e _ws.expert.severity >fields 2>/dev/null &&
	grep -c POST fields >posts && cut -f2 fields | grep -c . >replies && test_cmp posts replies && test $(cat posts) -gt 15 &&
	tshark -n -r trace.pcap -d tcp.port==$port,http -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-Y "_ws.malformed or tcp.analysis.flags or tcp.checksum.status == Bad or ip.checksum.status == Bad" >odd 2>/dev/null &&
	cat odd && test ! -s odd
'

test_expect_success 'keys of TLS: only when the setting allows it, audited when given out' '
	refused 3 "not kept" device trace $net.1 on --keys && grep -q trace.keys err &&
	"$OUTBAND" setting set trace.keys true && "$OUTBAND" device trace $net.1 on --keys &&
	"$OUTBAND" device trace $net.1 export --keys >none && test ! -s none
'

# A capture of the network itself: with the keys it can be read, without them not.
test "$(id -u)" = 0 && command -v tcpdump >/dev/null && command -v tshark >/dev/null && test_set_prereq CAPTURE

test_expect_success CAPTURE 'with the keys Wireshark reads a capture of the network' '
	port=$((base + 1)) &&
	{ tcpdump -i lo -U -w net.pcap "host $net.1 and tcp port $port" 2>tcpdump.err & } && dump=$! && sim_pids="$sim_pids $dump" &&
	sim_until grep -q "listening on" tcpdump.err && "$OUTBAND" device drift $net.1 --check >/dev/null &&
	"$OUTBAND" device trace $net.1 export --keys >keys && grep -q "^CLIENT_RANDOM " keys &&
	posts() { tshark -n -r net.pcap -d tcp.port==$port,tls -d tls.port==$port,http "$@" -Y http.request 2>/dev/null | wc -l; } &&
	fleet_until 30 eval "test \"\$(posts -o tls.keylog_file:keys)\" -gt 3" && test "$(posts)" -eq 0; status=$?; kill $dump; wait $dump; return $status
'

test_expect_success 'who traced stands in audit and timeline' '
	"$OUTBAND" audit list --json >audit.json && json audit.json "[r[\"action\"] for r in d]" >actions && cat actions &&
	grep -q "device.trace_keys" actions && grep -q "device.trace[^_]" actions && "$OUTBAND" log $net.1 | grep -q "ev=device.trace.*value=\"on with keys\""
'

test_expect_success 'wrong use' '
	refused 2 "cannot do that" device trace $net.1 begin && refused 3 "no device" device trace nobody on
'

test_expect_success 'no secret in the log' '
	test -s secrets && ! grep -F -f secrets serve.log && ! grep -F "$(cut -d" " -f3 keys | head -1)" serve.log && serve_stop
'

test_done
