#!/bin/sh
test_description='inventory: in by command and by schedule, out as table, CSV, JSON lines and SQL view'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

hello=28130
one=22222222-1111-4111-8111-000000000001
two=22222222-1111-4111-8111-000000000002

said() { # PATTERN, by the log
	grep -q -e "$1" serve.log
}

is_named() { # UUID NAME
	"$OUTBAND" device why-name "$1" --json >why.json && test "$(json why.json "d[\"next_fqdn\"]")" = "$2"
}

say_hello() {
	"$OUTBAND" hello send --to 127.0.0.1:$hello --uuid "$1" --pid 4444-000S >/dev/null && sim_until "$OUTBAND" device show "$1"
}

test_expect_success 'rows of another system are merged; the record and the row are one' '
	serve_start $hello && say_hello $one && say_hello $two &&
	cat >inv.csv <<-CSV &&
	Name;SMBIOS GUID;MAC Address;Serial Number;DNS Name;Group
	PC1;$one;02-00-00-00-00-01;SN1;pc1.example.com;lab
	CSV
	tr ";" , <inv.csv >comma.csv && "$OUTBAND" inventory import comma.csv --preview | grep -q "1 changed" &&
	"$OUTBAND" inventory import comma.csv | grep -q "0 added, 1 changed" &&
	"$OUTBAND" inventory import comma.csv | grep -q "1 unchanged" && is_named $one pc1.example.com &&
	"$OUTBAND" inventory export --csv >out.csv && test "$(grep -c "" out.csv)" = 3 &&
	grep -q "^$one,pc1.example.com,02:00:00:00:00:01,SN1,lab" out.csv
'

test_expect_success 'what is exported can be imported' '
	"$OUTBAND" inventory export --lines >out.jsonl && test "$(grep -c "" out.jsonl)" = 2 &&
	"$OUTBAND" inventory import out.jsonl >out && grep -q "0 refused" out && "$OUTBAND" inventory import out.csv >out
	grep -q "0 refused" out
'

test_expect_success 'conflicts are listed with their lines, the rest is taken' '
	printf "uuid,mac,fqdn\n%s,02-00-00-00-00-01,x.example.com\n,02-00-00-00-00-01,pc1new.example.com\n" $two >bad.csv &&
	refused 3 "bad.csv:2: the MAC address belongs to another PC.*$one" inventory import bad.csv &&
	is_named $one pc1new.example.com && refused 2 "neither --json" inventory export --lines --json
'

test_expect_success 'by schedule: at once, again when the file changed, and its errors are in the log' '
	refused 3 "path from the root" setting set inventory.path inv.csv &&
	printf "{\"uuid\":\"%s\",\"fqdn\":\"sched.example.com\"}\n" $two >inv.jsonl &&
	"$OUTBAND" setting set inventory.path "$PWD/inv.jsonl" && "$OUTBAND" setting set inventory.interval_s 1 &&
	sim_until is_named $two sched.example.com && sim_until said "ev=inventory.synced.*inv.jsonl.*changed=1" &&
	printf "{\"uuid\":\"%s\",\"fqdn\":\"sched_.example.com\"}\n" $two >new && mv new inv.jsonl &&
	sim_until said "ev=inventory.refused.*rejected=1 line=1" && rm inv.jsonl &&
	sim_until said "ev=inventory.refused.*err=" && "$OUTBAND" setting set inventory.interval_s 0
'

test_expect_success 'a program outside reads the view while the service runs' '
	sqlite3 -readonly data/outband.db "select uuid, grp, mac, serial, state from inventory order by uuid" >view &&
	head -n 1 view | grep -q "^$one|lab|02:00:00:00:00:01|SN1|"
'

test_done
