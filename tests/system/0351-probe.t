#!/bin/sh
test_description='probe says what is wrong with PCs from outside, and who comes to our own ports'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=22410 rmcp=22414 hello=22419 listen=22415 dash=22417 kvm=22425 dns=22426
ports="--port-base $base --rmcp-port $rmcp --dash-port $dash --kvm-port $kvm"

# rules ADDRESS: the findings of a PC, as "weight rule" in their order
rules() {
	"$OUTBAND" probe "$1" $ports --json >probe.json 2>err
	status=$?
	jq -r '.findings[] | .weight + " " + .rule' probe.json
	return $status
}

test_expect_success 'a fleet with some that are well and some that are not' '
	echo "$sim_password" >admin.txt && sim_root root && sim_pairs 1 >psk.csv &&
	cat >fleet.yaml <<-YAML &&
	seed: 351
	waits: off
	dash_port: $dash
	kvm_port: $kvm
	groups:
	  - {count: 2, base: 127.35.2.1, generation: [9.0, 12.0], state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 3, generation: [7.1, 12.0, 16.1], state: configured, tls: server, redirection: on, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, generation: 9.0, state: factory}
	  - {count: 1, generation: 9.0, state: setup-psk, psk: psk.csv, suffix: example.com}
	  - {count: 1, generation: 12.0, state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: 1, generation: 9.0, state: silent}
	  - {count: 1, generation: 9.0, state: disabled}
	  - {count: 1, generation: 2.6, state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, generation: 12.0, state: configured, tls: mutual, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml
'

test_expect_success 'the port matrix of one of 16.1, with what is expected' '
	"$OUTBAND" probe 127.35.2.5 $ports >out 2>err &&
	grep -q "^127.35.2.5: configured$" out &&
	grep -q "port 16992 *refused *expected: closed" out && grep -q "port 16993 *open *expected: open" out &&
	grep -q "port 16994 *refused *expected: closed" out && grep -q "port 16995 *open *expected: either" out &&
	grep -q "Identify *AMT 16.1" out && grep -q "TLS *TLS 1.3, .*; takes TLS 1.2; takes TLS 1.3" out &&
	grep -q "certificate *pc4.example.com, .* 2048 bits, until .* self-signed" out &&
	grep -q "RMCP *presence pong, .* port 16993, state post, version 16.1" out
'

# shows ADDRESS PORT SAYS EXPECTED
shows() {
	"$OUTBAND" probe "$1" $ports >out 2>err; grep -q "port $2 *$3 *expected: $4" out
}

test_expect_success 'the ports of DASH follow those of WS-MAN, 5900 has a switch and a password' '
	shows 127.35.2.1 623 open either && shows 127.35.2.1 664 refused closed && shows 127.35.2.1 5900 refused either &&
	shows 127.35.2.5 623 refused closed && shows 127.35.2.5 664 open either &&
	shows 127.35.2.6 664 refused closed && shows 127.35.2.6 5900 refused closed && shows 127.35.2.11 5900 refused closed &&
	echo "$sim_password" >pw && set -- --direct 127.35.2.1:$base --password-file pw &&
	"$OUTBAND" wsman put IPS_KVMRedirectionSettingData Is5900PortEnabled=true RFBPassword=P4ss-w0r "$@" &&
	"$OUTBAND" wsman invoke CIM_KVMRedirectionSAP RequestStateChange RequestedState=2 "$@" &&
	shows 127.35.2.1 5900 open either && grep -q "RFB *RFB 003" out && grep -q "note: the port of KVM is open" out &&
	rules 127.35.2.1 >found && ! grep "^wrong" found && test "$(jq -r ".ports[\"5900\"]" probe.json)" = open &&
	"$OUTBAND" wsman put IPS_KVMRedirectionSettingData Is5900PortEnabled=false "$@" && shows 127.35.2.1 5900 refused either &&
	"$OUTBAND" discover 127.35.2.1 --port-base $base --rmcp-port $rmcp --json >found && test "$(jq -r ".ports | keys | length" found)" = 4
'

test_expect_success 'who is well has no finding that is wrong' '
	for n in 1 2 3 4 5 6 7 8; do
		rules 127.35.2.$n >found && ! grep "^wrong" found || { echo "$n:" && cat found && return 1; }
	done &&
	rules 127.35.2.3 >found && grep -q "^note M17" found &&
	jq -r ".tls.versions | join(\" \")" probe.json >got && echo "TLS 1.0 TLS 1.1" >want && test_cmp want got
'

test_expect_success 'stopped, disabled, SOAP, mutual TLS' '
	test_expect_code 6 rules 127.35.2.9 >found && grep -q "^wrong D026" found &&
	test_expect_code 6 rules 127.35.2.10 >found && echo "wrong D020" >want && test_cmp want found &&
	rules 127.35.2.11 >found && grep -q "^note D015" found &&
	"$OUTBAND" probe 127.35.2.12 $ports >out 2>err && grep -q "wants a certificate of its clients" out
'

test_expect_success 'silence is a firewall, until the opposite is known' '
	sim_ctl switch 127.35.2.2 rmcp=silent && rules 127.35.2.2 >found && ! grep "^wrong" found &&
	grep -q "presence pings" probe.json && sim_ctl switch 127.35.2.2 rmcp=pong &&
	test_expect_code 6 "$OUTBAND" probe 127.35.2.200 $ports >out 2>err
'

test_expect_success 'pages that are switched off' '
	echo "$sim_password" >pw && "$OUTBAND" wsman invoke AMT_WebUIService RequestStateChange RequestedState=3 \
		--direct 127.35.2.1:$base --password-file pw >out 2>err &&
	rules 127.35.2.1 >found && grep -q "^note D105" found
'

test_expect_success 'wrong use, and names that are none' '
	refused 2 "ADDRESS" probe && refused 3 "is no IPv4 address" probe 127.0.0.300 &&
	refused 3 "^outband: no-such-pc.invalid has no address" probe no-such-pc.invalid &&
	refused 3 "no host has" probe 224.0.0.1 $ports
'

test_expect_success 'listen hears hellos, pings and traps, and says from whom' '
	"$OUTBAND" probe listen --port $listen --udp-port $listen --udp-port 22416 >heard 2>err &
	pid=$! && sim_pids="$sim_pids $pid" && sim_until grep -q "UDP port 22416" err &&
	pid8=$(sed -n "2s/,.*//p" psk.csv) &&
	"$OUTBAND" hello send --to 127.0.0.1:$listen --pid "$pid8" --uuid 4c4c4544-0031-3610-8052-b4c04f564232 >out &&
	sim_until grep -q "hello of 4c4c4544-0031-3610-8052-b4c04f564232, PID $pid8" heard &&
	"$OUTBAND" hello send --to 127.0.0.1:$listen --hash 2796bae63f1801e277261ba0d77770028f20eee4 \
		--uuid 4c4c4544-0031-3610-8052-b4c04f564231 >out &&
	sim_until grep -q "TCP $listen *127.0.0.1 *hello of 4c4c4544-.*, 1 root hashes" heard &&
	"$OUTBAND" discover 127.0.0.1 --ping --rmcp-port $listen >out 2>&1 &&
	sim_until grep -q "UDP $listen *127.0.0.1 *presence ping" heard &&
	ruby -rsocket -e "UDPSocket.new.send([%q(302902010004067075626c6963)].pack(%q(H*)), 0, %q(127.0.0.1), 22416)" &&
	sim_until grep -q "UDP 22416 *127.0.0.1 *BER, such as SNMP: 3029" heard &&
	kill -INT $pid && wait $pid
'

test_expect_success 'a port that cannot be opened is said, with what to do' '
	"$OUTBAND" probe listen --port $base --seconds 1 >out 2>err
	test $? = 1 && grep -q "another program uses this port" err &&
	test_expect_code 1 "$OUTBAND" probe listen --udp-port $rmcp --seconds 1 >out 2>err &&
	grep -q "another program has this port" err
'

setpriv --reuid 65534 --clear-groups true 2>/dev/null &&
	test "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 623 && test_set_prereq NOBODY
test_expect_success NOBODY 'who is not root learns why 623 and 162 stay closed' '
	cp "$OUTBAND" ./program && chmod 755 . program &&
	test_expect_code 1 setpriv --reuid 65534 --clear-groups "$PWD/program" probe listen --udp-port 623 --seconds 1 >out 2>err &&
	grep -q "UDP port 623" err && grep -q "CAP_NET_BIND_SERVICE" err
'

test_expect_success 'with the service: by name, against what it knows' '
	sim_stop && fleet_service $hello $base &&
	cat >one.yaml <<-YAML &&
	seed: 352
	waits: off
	groups:
	  - {count: 1, base: 127.35.3.1, generation: 12.0, state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: 1, generation: 9.0, state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	YAML
	fleet_names one.yaml $base && "$OUTBAND" device import names.csv &&
	sim_start $base one.yaml --hello 127.0.0.1:$hello && configured() { "$OUTBAND" device list --state configured | grep -q pc01; } &&
	fleet_until 60 configured &&
	"$OUTBAND" probe pc01.example.com $ports >out 2>err && grep -q "^127.35.3.1 (pc01.example.com): configured" out &&
	grep -q "certificate .*, ours$" out && ! grep "D023" out &&
	"$OUTBAND" probe 127.35.3.2 $ports >out 2>err && grep -q "note: it is set up, .*, rule D023$" out && sim_ctl state 0 disabled && sim_ctl state 0 factory &&
	test_expect_code 6 "$OUTBAND" probe pc01.example.com $ports >out 2>err &&
	grep -q "WRONG: it was configured, and is so no more" out &&
	test_expect_code 6 "$OUTBAND" probe 127.35.3.77 $ports >out 2>err && grep -q "^127.35.3.77: nothing" out && serve_stop
'

test_expect_success 'a name that leads elsewhere is told, and both addresses are looked at' '
	printf "no-resolv\nno-hosts\nport=%s\nlisten-address=127.0.0.1\nbind-interfaces\nhost-record=pc01.example.com,127.35.3.2\nlocal=/example.com/\n" $dns >dns.conf &&
	dnsmasq --keep-in-foreground --conf-file="$PWD/dns.conf" --user="$(id -un)" --pid-file= --log-facility=- >dns.log 2>&1 &
	sim_pids="$sim_pids $!" && sim_until grep -q started dns.log &&
	serve_start $hello && "$OUTBAND" setting set dns.servers 127.0.0.1:$dns &&
	test_expect_code 6 "$OUTBAND" probe pc01.example.com $ports >out 2>err &&
	grep -q "WRONG: its name leads to another address.*rule D120" out && grep -q "seen *pc01.example.com 127.35.3.2" out &&
	grep -q "expected *127.35.3.1" out && grep -q "^127.35.3.2" out && serve_stop
'

test_done
