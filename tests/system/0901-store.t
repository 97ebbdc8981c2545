#!/bin/sh
test_description='bad luck of the database: full disk, foreign lock, and files that cannot be used'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=28920 hello=28929

# A disk of its own needs root. It is left again whatever happens.
if test "$(id -u)" = 0 && mkdir data && mount -t tmpfs -o size=4m,mode=700 outband-test data 2>/dev/null; then
	test_set_prereq DISK
	disk=$PWD/data
	trap 'sim_code=$?; sim_end; umount -l "$disk" 2>/dev/null; (exit $sim_code); die' EXIT
fi
command -v sqlite3 >/dev/null && test_set_prereq SQLITE3

hello_psk() { # NUMBER: a hello of a PC of its own, over a connection of its own
	python3 - "$1" $hello <<-'PY'
	import socket, struct, sys
	n = int(sys.argv[1])
	s = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
	s.sendall(struct.pack('<HHI', 0, 3, 0) + struct.pack('<QQ', 0x4041424344454647, n) + b'\x00')
	s.shutdown(socket.SHUT_WR)
	s.settimeout(60)
	s.recv(1)
	PY
}

known() { # COUNT: so many PCs are in the database
	test "$("$OUTBAND" status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["devices"]["total"])')" -ge "$1"
}

store_failed() {
	"$OUTBAND" status --json | python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)["store"]["failed"] == 0)'
}

test_expect_success DISK 'a service on a small disk, and a PC to configure' '
	fleet_service $hello $base && "$OUTBAND" setting set job.retry_s 1 >/dev/null &&
	"$OUTBAND" setting set job.retry_max_s 2 >/dev/null && "$OUTBAND" setting set job.lease_s 5 >/dev/null &&
	cat >fleet.yaml <<-YAML &&
	seed: 901
	waits: off
	groups:
	  - {count: 2, base: 127.91.1.1, generation: [16.1], state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv >/dev/null &&
	hello_psk 1 && fleet_until 60 known 1
'

test_expect_success DISK 'the disk fills: hellos are lost, with an event that names the reason' '
	dd if=/dev/zero of=data/ballast bs=4k >/dev/null 2>&1;
	n=2; while test $n -lt 60; do hello_psk $n || return 1; n=$((n + 1)); done &&
	fleet_until 60 store_failed && grep "ev=store.failed" serve.log >failed &&
	grep -q "no space is left for database data/outband.db" failed && grep -q "hint=.free space" failed
'

test_expect_success DISK 'the service lives and answers' '
	kill -0 $serve_pid && "$OUTBAND" device list >/dev/null && known 1
'

test_expect_success DISK 'a run on the full disk sends no secret that is not stored' '
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello && sleep 2 &&
	sim_ctl stats >stats && sim_field configured_count <stats | sort -u >counts && echo 0 >want && test_cmp want counts &&
	kill -0 $serve_pid
'

test_expect_success DISK 'with space again it goes on by itself' '
	rm data/ballast && sim_ctl hello all && fleet_until 60 eval "test \$(fleet_count) = 2" &&
	hello_psk 99 && fleet_until 60 known 4 &&
	fleet_until 20 eval "test \$(\"$OUTBAND\" device list --state configured --csv | tail -n +2 | wc -l) = 2"
'

sim_get AMT_GeneralSettings >get.xml
for n in 1 2; do
	test_expect_success DISK "127.91.1.$n opens with the stored password" '
		fleet_opens 127.91.1.$n $base get.xml
	'
done

test_expect_success DISK 'the disk fills in the middle of a run: nothing is lost, and it ends well' '
	sim_ctl state 1 factory && sim_ctl state 1 setup-pki && sim_ctl hello 1 &&
	fleet_until 20 eval "\"$OUTBAND\" job list --state running --csv | tail -n +2 | grep -q ." ;
	dd if=/dev/zero of=data/ballast bs=4k >/dev/null 2>&1; sleep 2; rm data/ballast &&
	{ sim_ctl hello 1 || :; } && fleet_until 60 eval "test \$(fleet_count) = 2" &&
	fleet_until 60 fleet_opens 127.91.1.1 $base get.xml && kill -0 $serve_pid
'

test_expect_success DISK,SQLITE3 'another program locks the database for long: told, alive, and over when it ends' '
	mkfifo hold && { sqlite3 data/outband.db <hold >locked 2>&1 & } && holder=$! && exec 7>hold &&
	echo "pragma busy_timeout = 20000; begin immediate; select 1;" >&7 && fleet_until 30 grep -q 1 locked &&
	: >serve.mark && before=$(wc -l <serve.log) && hello_psk 500 &&
	fleet_until 60 eval "tail -n +$((before + 1)) serve.log | grep -q \"is locked by another program\"" &&
	"$OUTBAND" device list >/dev/null &&
	echo "rollback;" >&7 && exec 7>&- && wait $holder && hello_psk 501 && fleet_until 60 known 5
'

test_expect_success DISK 'a second service says who is there' '
	test_must_fail "$OUTBAND" serve --data data --hello 127.0.0.1:28930 --socket "$PWD/second.sock" </dev/null 2>err &&
	grep -q "another service uses database" err && grep -q "process $serve_pid on" err
'

test_expect_success DISK 'a disk that became read-only: refused with the reason' '
	serve_stop && sim_stop && mount -o remount,ro data &&
	test_must_fail "$OUTBAND" serve --data data --hello 127.0.0.1:$hello </dev/null 2>err && cat err &&
	grep -q "EROFS\|read-only\|cannot be written" err && grep -q "to do:" err;
	status=$?; mount -o remount,rw data && test $status = 0
'

test_expect_success DISK 'the disk goes' '
	umount data
'

fresh() { # a database and its key in ./own
	rm -rf own
	: >own.out
	"$OUTBAND" serve --data own --hello 127.0.0.1:$hello --socket "$PWD/own.sock" >own.out 2>own.log &
	own=$!
	sim_pids="$sim_pids $own"
	sim_until grep -q "^ready" own.out && kill $own && wait $own
}

# start_refused PATTERN
start_refused() {
	timeout 300 "$OUTBAND" serve --data own --hello 127.0.0.1:$hello --socket "$PWD/own.sock" </dev/null >out 2>err
	got=$?
	cat err
	test $got -ne 0 && test $got -ne 124 && grep -q "$1" err && grep -q "to do:" err && ! grep -q "^ready" out
}

test_expect_success SQLITE3 'a database of a newer version: both numbers, and what to do' '
	fresh && sqlite3 own/outband.db "insert into schema_version values (99, 1)" &&
	start_refused "newer outband" && grep -q "schema 99" err && grep -q "schema [0-9]* or older" err
'

test_expect_success 'the key file is gone' '
	fresh && mv own/seal.key key && start_refused "key file" && mv key own/seal.key
'

test_expect_success 'the key file is another one' '
	mv own/seal.key key && head -c 32 /dev/urandom >own/seal.key && chmod 600 own/seal.key &&
	start_refused "does not open\|another key" && mv key own/seal.key
'

test_expect_success 'the database is no database' '
	echo "this is a text that is longer than a header of a database would be, so that it is read, and not taken as new" >own/outband.db &&
	start_refused "is not a database"
'

test_expect_success 'the database is damaged' '
	fresh && dd if=/dev/urandom of=own/outband.db bs=4096 seek=1 count=4 conv=notrunc 2>/dev/null &&
	start_refused "damaged\|malformed" && grep -q "outband restore" err
'

test_done
