#!/bin/sh
test_description='hellos: one sent by hand, refused UUIDs, handed over to another server, predicted'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

first=28121 second=28122 old=28123
one=11111111-1111-4111-8111-000000000001
two=11111111-1111-4111-8111-000000000002
three=11111111-1111-4111-8111-000000000003

field() { # UUID EXPRESSION
	"$OUTBAND" device show "$1" --json >d.json && json d.json "$2"
}

is_known() {
	"$OUTBAND" device show "$1" >/dev/null 2>&1
}

other() { # a command for the second service
	OUTBAND_SOCKET=$PWD/second.sock "$OUTBAND" "$@"
}

logged() {
	"$OUTBAND" log >log.out && grep -q -e "$1" log.out
}

second_start() {
	: >serve2.out
	"$OUTBAND" serve --data data2 --hello 127.0.0.1:$second --socket "$PWD/second.sock" >serve2.out 2>serve2.log &
	sim_pids="$sim_pids $!"
	sim_until grep -q "^ready " serve2.out
}

test_expect_success 'a hello with a PID, with a root certificate, with hashes, from a file' '
	serve_start $first && sim_root root &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid $one --pid 4444-000S >out && grep -q "A PSK hello of $one" out &&
	"$OUTBAND" hello send --to localhost:$first --uuid $two --root root.pem --retry 3 --from 127.97.3.2 --json >out &&
	test "$(json out "[d[\"hash_count\"], d[\"retry_count\"]]")" = "[1, 3]" &&
	sim_until is_known $two && sim_until is_known $one &&
	test "$(field $one "d[\"pid\"]")" = 4444-000S && test "$(field $two "d[\"address\"]")" = 127.97.3.2 &&
	hex_hello_psk 4444000B >hello.hex && "$OUTBAND" hello send --to 127.0.0.1:$first --file hello.hex &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --hash "$(printf %064d 7)" --hash "$(printf %040d 7)"
'

test_expect_success 'what is no hello is not sent' '
	refused 2 "is no UUID" hello send --to 127.0.0.1:$first --uuid x --pid 4444-000S &&
	refused 2 "needs a PID or" hello send --to 127.0.0.1:$first &&
	refused 2 "neither --hash nor --root" hello send --to 127.0.0.1:$first --pid 4444-000S --hash 00 &&
	refused 2 "is no hash" hello send --to 127.0.0.1:$first --hash 0011 &&
	refused 3 "PID" hello send --to 127.0.0.1:$first --pid 4444-000B &&
	echo 010002 >short && refused 6 "ends early" hello send --to 127.0.0.1:$first --file short &&
	refused 4 "Connection refused" hello send --to 127.0.0.1:1 --pid 4444-000S &&
	refused 2 "no place" hello send --to :77 --pid 4444-000S
'

test_expect_success 'show predicts the next hello, the list of limbo is empty' '
	"$OUTBAND" device show $one | grep -q "^next expected *20" && "$OUTBAND" device list --limbo | grep -q "No PC is in limbo" &&
	refused 2 "goes with neither" device list --limbo --state new
'

test_expect_success 'a refused UUID: its hellos are refused with M09, until it is allowed' '
	"$OUTBAND" device deny $three --note "board shop" && "$OUTBAND" device denied --csv | grep -q "^$three,.*,board shop" &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid $three --pid 4444-000S &&
	sim_until grep -q "ev=hello.refused.*$three.*rule=M09.*board shop" serve.log && ! is_known $three &&
	"$OUTBAND" device allow $three && "$OUTBAND" hello send --to 127.0.0.1:$first --uuid $three --pid 4444-000S &&
	sim_until is_known $three && refused 3 "is not refused" device allow $three && refused 3 "no UUID" device deny x &&
	"$OUTBAND" device duplicates | grep -q "No two PCs"
'

test_expect_success 'an old server hands unknown PCs over, with their address; those it knows are its own' '
	refused 3 "ADDRESS:PORT" setting set hello.forward server:9971 &&
	second_start &&
	other setting set hello.proxies 127.0.0.9,127.0.0.1 && "$OUTBAND" setting set hello.forward 127.0.0.1:$second &&
	"$OUTBAND" setting set hello.forward_proxy true &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid $two --root root.pem --retry 4 --from 127.97.3.2 &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid 11111111-1111-4111-8111-000000000004 --root root.pem --from 127.97.3.4 &&
	sim_until other device show 11111111-1111-4111-8111-000000000004 --json &&
	other device show 11111111-1111-4111-8111-000000000004 --json >d.json &&
	test "$(json d.json "d[\"address\"]")" = 127.97.3.4 && ! is_known 11111111-1111-4111-8111-000000000004 &&
	! other device show $two && sim_until grep -q "ev=hello.forwarded.*address=127.97.3.4 server=127.0.0.1:$second" serve.log
'

test_expect_success 'a PROXY line of somebody who is not trusted is no hello' '
	other setting set hello.proxies "" &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid 11111111-1111-4111-8111-000000000005 --root root.pem &&
	sim_until grep -q "ev=hello.malformed" serve2.log && ! other device show 11111111-1111-4111-8111-000000000005
'

test_expect_success 'all are handed over when told so; a server that is not there is said' '
	"$OUTBAND" setting set hello.forward_which all && "$OUTBAND" setting set hello.forward 127.0.0.1:$old &&
	"$OUTBAND" hello send --to 127.0.0.1:$first --uuid $two --root root.pem --retry 5 --from 127.97.3.2 &&
	sim_until grep -q "ev=hello.forward_failed.*device=$two.*server=127.0.0.1:$old" serve.log &&
	sim_until logged "hello.forward_failed"
'

test_done
