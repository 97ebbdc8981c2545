#!/bin/sh
test_description='outband serve: whatever comes to the hello port'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=29500
peer() { python3 "$SHARNESS_TEST_SRCDIR/hello_peer.py" $port "$@"; }

# hellos NAME: a figure of the status
hellos() {
	"$OUTBAND" status --json >status.json && json status.json "d[\"hellos\"][\"$1\"]"
}
pcs() {
	"$OUTBAND" status --json >status.json && json status.json "d[\"devices\"][\"total\"]"
}
is() { # WANT COMMAND...
	want=$1 && shift && test "$("$@")" -eq "$want"
}

test_expect_success 'a service' '
	serve_start $port && "$OUTBAND" setting set approval manual
'

test_expect_success 'hellos that end after any byte are told, and make no PC' '
	cut=$(peer truncated) && test "$cut" -gt 120 && sim_until is "$cut" hellos malformed &&
	is 0 pcs && is "$cut" hellos received &&
	grep "ev=hello.malformed.*address=127.95" serve.log | grep "want=" | grep seen=
'

test_expect_success 'hellos in two pieces, cut at any byte, are hellos of one PC' '
	before=$(hellos received) && n=$(peer split) && test "$n" -gt 110 &&
	sim_until is $((before + n)) hellos received && is "$cut" hellos malformed && is 2 pcs &&
	for i in 2 3; do
		"$OUTBAND" device show 4c4c4544-0043-4210-8058-b2c04f30000$i --json >d.json &&
		json d.json "d[\"hello_count\"]" || return 1
	done >counts && test "$(awk "{ n += \$1 } END { print n }" counts)" -eq "$n"
'

test_expect_success 'wrong, endless and random bytes are told, and make no PC' '
	before=$(hellos malformed) && n=$(peer bad) && sim_until is $((before + n)) hellos malformed &&
	is 2 pcs && sim_until is 0 hellos open
'

test_expect_success 'UUIDs that many PCs have are refused with the rule' '
	before=$(hellos refused) &&
	for uuid in 00000000-0000-0000-0000-000000000000 ffffffff-ffff-ffff-ffff-ffffffffffff \
		03000200-0400-0500-0006-000700080009 12345678-1234-5678-90ab-cddeefaabbcc; do
		peer pki $uuid 0 127.95.9.1 && sim_until grep "ev=hello.refused.*uuid=$uuid.*rule=M09" serve.log || return 1
	done && sim_until is $((before + 4)) hellos refused && is 2 pcs
'

test_expect_success 'two PCs with one UUID: the one that comes back is refused with the rule' '
	uuid=4c4c4544-0043-4210-8058-b2c04f3000aa && before=$(hellos refused) &&
	peer psk $uuid AAAAAAAA 0 127.95.9.2 && sim_until is 3 pcs &&
	peer psk $uuid BBBBBBBB 0 127.95.9.3 &&
	told() { "$OUTBAND" device show $uuid --json >d.json && test "$(json d.json "d[\"address\"]")" = 127.95.9.3; } &&
	sim_until told && is "$before" hellos refused &&
	peer psk $uuid AAAAAAAA 1 127.95.9.2 && sim_until is $((before + 1)) hellos refused &&
	told && grep "ev=hello.refused.*uuid=$uuid.*rule=M09" serve.log >line &&
	grep "127.95.9.2 PID AAAAAAAA" line && grep "127.95.9.3 PID BBBBBBBB" line &&
	"$OUTBAND" log $uuid >timeline && grep hello.refused timeline
'

test_expect_success 'one PC that moves is not taken for two' '
	uuid=4c4c4544-0043-4210-8058-b2c04f3000bb && before=$(hellos refused) &&
	at() { "$OUTBAND" device show $uuid --json >d.json && test "$(json d.json "d[\"address\"]")" = "$1"; } &&
	for n in 1 2 3 4; do
		peer pki $uuid $n 127.95.9.$((n % 2 + 10)) && sim_until at 127.95.9.$((n % 2 + 10)) || return 1
	done && is "$before" hellos refused
'

# silent_start COUNT SOURCES: in the background, until silent_end
silent_start() {
	rm -f go && mkfifo go && { peer silent "$@" hold <go >silent.out & } && silent_pid=$! &&
		sim_pids="$sim_pids $silent_pid" && exec 9>go && sim_until grep open silent.out
}
silent_end() {
	echo >&9 && exec 9>&- && wait $silent_pid
}

# A place is free again after 10 s, for another one of those that come. How many could have had one by now is
# known: all others were dropped. The PC that comes after them is taken after them.
places_kept() {
	"$OUTBAND" status --json >status.json &&
		turns=$((($(date +%s) - begun + 1) / 10 + 1)) && json status.json "\"open %(open)d, dropped %(dropped)d\" % d[\"hellos\"]" &&
		test "$(json status.json "d[\"hellos\"][\"open\"] <= 256 and d[\"hellos\"][\"dropped\"] >= 10000 - 256 * $turns")" = True
}

test_expect_success '10,000 silent connections of one source hold 256 places' '
	before=$(pcs) && begun=$(date +%s) && silent_start 10000 1 && peer pki 4c4c4544-0043-4210-8058-b2c04f3000cc 0 127.95.9.4 &&
	sim_until is $((before + 1)) pcs && places_kept &&
	peer pki 4c4c4544-0043-4210-8058-b2c04f3000cd 0 127.96.0.1 && sim_until is $((before + 2)) pcs
'

test_expect_success 'each ends by itself, and the places are free again' '
	silent_end && grep "ended 10000" silent.out && sim_until is 0 hellos open &&
	grep "ev=hello.dropped.*address=127.96.0.1" serve.log
'

test_expect_success '10,000 silent ones of many sources hold 4,096 places, and a PC gets in' '
	silent_start 10000 500 && test "$(hellos open)" -le 4096 &&
	before=$(pcs) && peer pki 4c4c4544-0043-4210-8058-b2c04f3000ce 0 127.95.9.5 &&
	sim_until is $((before + 1)) pcs && silent_end && grep "ended 10000" silent.out &&
	sim_until is 0 hellos open
'

# A sanitizer's own memory is not ours to measure.
[ -n "${OUTBAND_SANITIZED:-}" ] || test_set_prereq OWN_MEMORY
test_expect_success OWN_MEMORY 'the service is small' '
	grep VmRSS /proc/$serve_pid/status && test "$(sed -n "s/VmRSS:[^0-9]*\([0-9]*\).*/\1/p" /proc/$serve_pid/status)" -lt 40000
'

test_expect_success 'the service ends at once' '
	serve_stop
'

test_done
