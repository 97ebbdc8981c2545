#!/bin/sh
test_description='outband eventlog: what PCs wrote down, read, followed, frozen and emptied'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22450
old=127.22.45.1 new=127.22.45.3

# log ADDRESS ARGUMENT...: with its password; newer firmware speaks TLS only
log() {
	at=$1
	shift
	test "$at" = $new && tls=--tls || tls=
	"$OUTBAND" eventlog "$@" --direct "$at:$base" --password-file admin.txt --timeout 20 $tls
}

test_expect_success 'PCs of an old and a new release' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 360
	groups:
	  - {count: 2, base: 127.22.45.1, generation: [3.2.1, 11.8], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.45.3, generation: [16.1], state: configured, tls: server, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off
'

test_expect_success 'an empty log is no error' '
	log $old >said && grep -q "The event log is empty" said &&
	log $new --json >list && test "$(json list "len(d)")" = 0 &&
	sim_ctl switch $old log_empty=first && log $old --json >list && test "$(json list "len(d)")" = 0
'

test_expect_success 'what happens is in it, in words, the oldest first' '
	for at in $old $new; do
		sim_ctl event $at intrusion && sim_ctl event $at firmware-error=3 && sim_ctl event $at agent=00112233445566778899aabbccddeeff:8 &&
		log $at >said && sed 1d said >rows && test $(wc -l <rows) = 3 &&
		sed -n 1p rows | grep -q "critical.*physical security.*system chassis.*the case was opened" &&
		sed -n 2p rows | grep -q "firmware error: disk failure" &&
		sed -n 3p rows | grep -q "monitor.*Intel ME.*agent watchdog 33221100-5544-...: expired" || return 1
	done
'

test_expect_success 'starting the PC writes what its BIOS does' '
	"$OUTBAND" pc power cycle --direct $old:$base --password-file admin.txt --yes &&
	log $old --json >list &&
	json list "[r[\"message\"] for r in d][-1]" | grep -q "starting the OS" &&
	json list "[r[\"message\"] for r in d]" | grep -q "system firmware started"
'

test_expect_success 'only the newest so many' '
	log $old --limit 1 --json >list && test "$(json list "len(d)")" = 1 && json list "d[0][\"message\"]" | grep -q "starting the OS" &&
	refused 2 "out of range" eventlog --limit 0 --direct $old:$base --password-file admin.txt
'

test_expect_success 'the bytes decode to the same words' '
	log $new --raw --json >list && json list "d[0][\"raw\"]" >hex && "$OUTBAND" decode event hex >said &&
	grep -q "the case was opened" said
'

test_expect_success 'a log of 390 records is read whole, and wraps' '
	n=0 && while test $n -lt 395; do
		echo "event $new firmware-progress=$((n % 26))" && n=$((n + 1))
	done >verbs && while read -r verb at what; do sim_ctl $verb $at $what || return 1; done <verbs &&
	log $new --json >list && test "$(json list "len(d)")" = 390 &&
	json list "d[0][\"message\"]" | grep -q "firmware progress"
'

followed_lines() {
	test $(wc -l <followed) = "$1"
}

test_expect_success 'following shows each new event once, also after the log was emptied, and the PC was away' '
	log $old --follow --interval 1 >followed 2>followed.err &
	follow=$! && sim_pids="$sim_pids $follow" &&
	sim_until grep -q "starting the OS" followed && before=$(wc -l <followed) &&
	sim_ctl event $old no-boot-media && sim_until grep -q "no bootable media" followed &&
	sim_ctl event $old os-hang && sim_until grep -q "OS hangs" followed &&
	test $(wc -l <followed) = $((before + 2)) &&
	log $old --clear --yes && sim_ctl event $old boot-failure && sim_until grep -q "system boot failure" followed &&
	test $(grep -c "no bootable media" followed) = 1 && test $(wc -l <followed) = $((before + 3)) &&
	sim_ctl fault $old refuse=1000 && sim_until grep -q "going on" followed.err && sim_ctl event $old intrusion &&
	sim_ctl fault $old none && sim_until followed_lines $((before + 4)) &&
	tail -1 followed | grep -q "the case was opened" && test $(grep -c "going on" followed.err) = 1 && kill $follow
'

test_expect_success 'who takes one line ends the following, however long the next reading is away' '
	{ timeout 300 "$OUTBAND" eventlog --direct $old:$base --password-file admin.txt --follow --interval 3600 2>said; echo $? >ended; } |
		head -n 1 >first && test "$(cat ended)" = 0 && test -s first && test_must_be_empty said
'

test_expect_success 'a frozen log stays as it is' '
	log $old --clear --yes && sim_ctl event $old intrusion &&
	log $old --freeze --yes && sim_ctl event $old os-hang && log $old --json >list && test "$(json list "len(d)")" = 1 &&
	test_must_fail log $old --clear --yes 2>err && grep -q "NOT_PERMITTED" err &&
	log $old --unfreeze && sim_ctl event $old os-hang && log $old --json >list && test "$(json list "len(d)")" = 2 &&
	log $old --clear --yes && log $old | grep -q "is empty"
'

test_expect_success 'emptying and freezing are asked for' '
	refused 2 "Empty the event log" eventlog --clear --direct $old:$base --password-file admin.txt &&
	refused 2 "do not go together" eventlog --clear --follow --direct $old:$base --password-file admin.txt
'

test_expect_success 'five wrong logins are one event' '
	at=127.22.45.2 && sim_ctl switch $at lockout=off && echo wrong >wrong.txt && n=0 && while test $n -lt 5; do
		XDG_STATE_HOME=$PWD/user$n && export XDG_STATE_HOME && # three of one user are all that are safe
		refused 5 "password" eventlog --direct $at:$base --password-file wrong.txt || return 1
		n=$((n + 1))
	done && unset XDG_STATE_HOME && log $at >said && test $(grep -c "authentication failed 5 times" said) = 1 && test $(wc -l <said) = 2
'

# Records of real PCs, when they lie beside the tree.
shared=${OUTBAND_SHARED:-$SHARNESS_TEST_SRCDIR/../../../shared}
test -f "$shared/corpus/records/eventlog.b64" && test_set_prereq CORPUS
test_expect_success CORPUS 'records of real PCs have no unknown part' '
	while read -r b64; do
		echo "$b64" >one && "$OUTBAND" decode event one >said && ! grep -q "unknown" said || return 1
	done <"$shared/corpus/records/eventlog.b64"
'

# What is printed is all: the bytes can be made of it again.
test_expect_success CORPUS 'records of real PCs are printed in full' '
	"$OUTBAND" decode event "$shared/corpus/records/eventlog.b64" --json >all.json &&
	python3 - "$shared/corpus/records/eventlog.b64" <<-PY
	import base64, json, struct, sys
	lines = open(sys.argv[1]).read().split()
	rows = json.load(open("all.json"))
	assert len(rows) == len(lines) == 17
	for r, b64 in zip(rows, lines):
	    made = struct.pack("<I9B", r["time_unix"], *(r[k] for k in ("device_address", "sensor", "event_type", "offset", "source",
	        "severity", "sensor_number", "entity", "entity_instance"))) + bytes.fromhex(r["data"])
	    assert made == base64.b64decode(b64), r
	PY
'

test_done
