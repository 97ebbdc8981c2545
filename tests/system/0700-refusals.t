#!/bin/sh
test_description='what goes wrong with a PC ends as an event that says why, and can be mended'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=27000 hello=27009 net=127.70.1

show() { # ADDRESS PYTHON-EXPRESSION of the device d
	"$OUTBAND" device show "$(uuid_of "$1")" --json >device.json && json device.json "$2"
}

uuid_of() {
	sim_ctl list "$1" | sim_field uuid
}

state_is() { # ADDRESS STATE
	test "$(show "$1" 'd["state"]')" = "$2"
}

configured() { # ADDRESS: within half a minute
	fleet_until 30 state_is "$1" configured || { "$OUTBAND" device show "$(uuid_of "$1")" && return 1; }
}

retry_once() { # ADDRESS: a configured PC has no job left to be tried again
	"$OUTBAND" job retry "$(show "$1" 'd["job"]["id"]')" || state_is "$1" configured
}

# A hello may have started the job just now, perhaps before its cause was mended: a running job is not
# tried again, but it ends, and then is.
retry() { # ADDRESS
	fleet_until 60 retry_once "$1" || { retry_once "$1"; return 1; }
}

# why ADDRESS RULE WORD: it was refused so, and its log says the same
why() {
	fleet_until 60 fleet_error "$@" || { fleet_error "$@"; return 1; }
	"$OUTBAND" log "$(uuid_of "$1")" >log &&
		grep -e "ev=job.delayed.*${2:+rule=$2}.* seen=.* want=.* hint=" log >/dev/null || { cat log && return 1; }
}

test_expect_success 'a service, at first without certificate and with PKI off' '
	fleet_service $hello $base && "$OUTBAND" cert delete test --yes && "$OUTBAND" setting set pki.enabled false &&
	"$OUTBAND" key generate --count 4 && "$OUTBAND" key export --reveal --output keys.csv &&
	sed -n "1p; 2p" keys.csv >key1.csv && sed -n "1p; 3p" keys.csv >key2.csv && sim_pairs 1 >stranger.csv
'

cat >fleet.yaml <<YAML
seed: 700
waits: off
groups:
  - {count: 1, base: $net.1, generation: 5.0, state: setup-psk, psk: stranger.csv, suffix: example.com}
  - {count: 1, generation: 9.5, state: setup-psk, psk: key1.csv, suffix: example.com}
  - {count: 1, generation: 9.5, state: setup-psk, psk: key2.csv, suffix: example.com, fault: bad_admin_pw}
  - {count: 7, generation: 16.1, state: setup-pki, roots: root.pem, suffix: example.com}
  - {count: 1, generation: 16.1, state: setup-pki, roots: root.pem, suffix: elsewhere.example}
YAML
# 1 PID unknown, 2 healthy, 3 wrong password, 4 no name, 5 refuses, 6 hangs, 7 drops, 8 and 9 to be
# approved, 10 the first by certificate, 11 suffix

test_expect_success 'names are imported for some; a name with an underscore is refused, with its line' '
	fleet_names fleet.yaml $base && sed "4d; 8,9d" names.csv >some.csv &&
	{ cat some.csv && echo "$(sed -n 4p uuids),bad_name.example.com"; } >bad.csv &&
	refused 3 "bad.csv:9: .*bad_name.example.com.*letters, digits, minus.*(D050).*rename the PC" device import bad.csv &&
	"$OUTBAND" device import some.csv
'

test_expect_success 'all of them say hello' '
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello --speed 100 &&
	sim_ctl fault 4 refuse && sim_ctl fault 5 hang
'

test_expect_success 'PID unknown (D043), mended by importing the key' '
	why $net.1 D043 "import the OEM key" && "$OUTBAND" key import stranger.csv && configured $net.1
'

test_expect_success 'the healthy one is configured, and its key is its own' '
	configured $net.2
'

test_expect_success 'PKI switched off (D070), then no certificate (D056)' '
	why $net.10 D070 "pki.enabled" && "$OUTBAND" setting set pki.enabled true &&
	fleet_until 60 fleet_error $net.10 D056 "no certificate" || { fleet_error $net.10 D056 x; false; }
'

test_expect_success 'a certificate is imported: configured' '
	"$OUTBAND" cert import test provisioning.pem && { fleet_until 5 state_is $net.10 configured || retry $net.10; } &&
	configured $net.10
'

test_expect_success 'who trusts the exported CA, and nobody else, trusts that PC' '
	"$OUTBAND" cert export ca >ca.pem &&
	ask() { curl -s -o /dev/null --resolve pc10.example.com:$((base + 1)):$net.10 "$@" https://pc10.example.com:$((base + 1))/; } &&
	ask --cacert ca.pem && { ask --cacert root.pem; test $? -eq 60; }
'

test_expect_success 'no name (D076), mended by the import' '
	{ fleet_until 5 fleet_error $net.4 D076 "device import" || retry $net.4; } &&
	why $net.4 D076 "device import" && echo "$(uuid_of $net.4),pc04.example.com" >one.csv &&
	"$OUTBAND" device import one.csv && configured $net.4
'

test_expect_success 'an admin password that nobody knows (D051), tried in budget' '
	why $net.3 D051 "password" && test "$(sim_ctl stats $net.3 | sim_field failed_logins)" -le 2
'

test_expect_success 'a foreign DNS suffix (D057)' '
	{ fleet_until 5 fleet_error $net.11 D057 "DHCP option 15" || retry $net.11; } &&
	why $net.11 D057 "DHCP option 15"
'

test_expect_success 'a PC that refuses connections, and comes back' '
	{ fleet_until 3 fleet_error $net.5 "(D057)?" "refused|closed" || retry $net.5; } &&
	fleet_until 60 fleet_error $net.5 "(D057)?" "refused|closed" && sim_ctl fault 4 none && retry $net.5 && configured $net.5
'

test_expect_success 'a PC that takes the connection and says nothing, and comes back' '
	why $net.6 "" "within" && sim_ctl fault 5 none && retry $net.6 && configured $net.6
'

test_expect_success 'a connection that dies in a reply only costs time' '
	sim_ctl state 6 factory && sim_ctl fault 6 drop=3 && sim_ctl state 6 setup-pki && sim_ctl g3 6 && sim_ctl hello 6 &&
	{ fleet_until 5 state_is $net.7 configured || retry $net.7; } && configured $net.7 &&
	test "$(sim_ctl stats $net.7 | sim_field max_failed_in_window)" -lt 3
'

test_expect_success 'approval by hand: it waits, and is configured when somebody says so' '
	"$OUTBAND" device forget "$(uuid_of $net.8)" --yes && "$OUTBAND" setting set approval manual &&
	sim_ctl hello 7 && fleet_until 60 state_is $net.8 approval && sleep 1 && state_is $net.8 approval &&
	"$OUTBAND" setting set approval auto 2>err && grep -q "warning: .* that wait already go on waiting" err &&
	state_is $net.8 approval && "$OUTBAND" setting set approval manual &&
	"$OUTBAND" device show "$(uuid_of $net.8)" | grep "device approve" &&
	"$OUTBAND" device approve "$(uuid_of $net.8)" --fqdn pc08.example.com && configured $net.8 &&
	"$OUTBAND" setting set approval auto
'

test_expect_success 'a key that another PC used (D044)' '
	sim_stop &&
	sim_start $base --hello 127.0.0.1:$hello --base $net.40 --seed 44 --generation 9.5 --state setup-psk --psk key1.csv \
		--waits off --suffix example.com && echo "$(uuid_of $net.40),pc40.example.com" >one.csv &&
	"$OUTBAND" device import one.csv && why $net.40 D044 "used by"
'

sim_stop
# From here on there is no fleet: bytes of our own, and openssl in place of a PC.
say_hello() { # ADDRESS HEX: from that address
	python3 - "$1" "$2" $hello <<-'PY'
	import socket, sys
	s = socket.create_connection(('127.0.0.1', int(sys.argv[3])), 120, (sys.argv[1], 0))
	try:
	    s.sendall(bytes.fromhex(sys.argv[2])); s.shutdown(socket.SHUT_WR); s.settimeout(5); s.recv(100)
	except OSError:
	    pass
	PY
}

pki_hello() { # ADDRESS
	printf '0000 0300 00000000 33221100 5544 7766 8899aabbccddee%02x 01 02 20 ' "${1##*.}"
	openssl x509 -in root.pem -outform DER | sha256sum | cut -d' ' -f1
}

uuid_of() { # of those below: the last byte is that of the address
	printf '00112233-4455-6677-8899-aabbccddee%02x\n' "${1##*.}"
}

psk_hello() { # ADDRESS PID
	printf '0000 0200 00000000 33221100 5544 7766 8899aabbccddee%02x ' "${1##*.}"
	printf '%s' "$2" | tr -d - | od -An -tx1 | tr -d ' \n'
}

# in_place ADDRESS ARGUMENT...: openssl answers there
in_place() {
	where=$1
	shift
	test -p hold || mkfifo hold
	openssl s_server -accept "$where:$((base + 1))" "$@" >s_server.log 2>&1 0<>hold &
	sim_pids="$sim_pids $!" servers="$servers $!"
	sim_until grep -q ACCEPT s_server.log
}

fleet_error_uuid() { # ADDRESS RULE WORD
	"$OUTBAND" device show "$(uuid_of "$1")" --json >device.json && fleet_why "$2" "$3"
}

why_here() {
	fleet_until "${4:-30}" fleet_error_uuid "$1" "$2" "$3" || { fleet_error_uuid "$1" "$2" "$3"; return 1; }
}

event() { # NAME WORD: the newest events have it
	"$OUTBAND" log --limit 50 | grep "ev=$1" | grep -q -e "$2"
}

test_expect_success 'bytes that are no hello: cut, and far too long' '
	say_hello 127.70.3.1 "$(pki_hello 127.70.3.1 | tr -d " \n" | cut -c1-40)" &&
	fleet_until 60 event hello.malformed 127.70.3.1 &&
	say_hello 127.70.3.2 "$(printf "%018000d" 0)" && fleet_until 60 event hello.malformed 127.70.3.2 &&
	"$OUTBAND" status >/dev/null
'

test_expect_success 'nothing listens at the address of the hello' '
	for n in 1 2 3 4; do echo "$(uuid_of 127.70.2.$n),srv$n.example.com"; done >more.csv &&
	"$OUTBAND" device import more.csv &&
	say_hello 127.70.2.1 "$(pki_hello 127.70.2.1)" && why_here 127.70.2.1 "" refused
'

test_expect_success 'a server with another PPS' '
	in_place 127.70.2.2 -nocert -psk 00112233445566778899aabbccddeeff -tls1 -cipher PSK-AES128-CBC-SHA@SECLEVEL=0 &&
	say_hello 127.70.2.2 "$(psk_hello 127.70.2.2 "$(sed -n 4p keys.csv | cut -d, -f1)")" &&
	why_here 127.70.2.2 "D016" "handshake with the PPS"
'

test_expect_success 'a server that wants a certificate of a CA that is not ours' '
	sim_root other && sim_leaf server other srv3.example.com &&
	in_place 127.70.2.3 -cert server.pem -key server.key -Verify 3 -verify_return_error -CAfile other.pem &&
	say_hello 127.70.2.3 "$(pki_hello 127.70.2.3)" && why_here 127.70.2.3 "D05[67]" "unknown CA"
'

test_expect_success 'a server with a foreign certificate that wants none and speaks no HTTP' '
	in_place 127.70.2.4 -cert server.pem -key server.key &&
	say_hello 127.70.2.4 "$(pki_hello 127.70.2.4)" && fleet_until 60 grep -q "POST /wsman" s_server.log &&
	! grep -q "^Authorization" s_server.log &&
	kill ${servers##* } && why_here 127.70.2.4 "(D057)?" "closed|refused|ended|within" 45
'

test_expect_success 'after all that a healthy PC becomes configured' '
	for pid in $servers; do kill $pid && wait $pid; done 2>/dev/null;
	sed -n "1p; 5p" keys.csv >key4.csv &&
	sim_start $base --hello 127.0.0.1:$hello --base 127.70.4.1 --seed 77 --generation 9.5 --state setup-psk \
		--psk key4.csv --waits off --suffix example.com &&
	uuid_of() { sim_ctl list "$1" | sim_field uuid; } &&
	echo "$(uuid_of 127.70.4.1),healthy.example.com" >one.csv && "$OUTBAND" device import one.csv &&
	configured 127.70.4.1 && serve_stop
'

test_done
