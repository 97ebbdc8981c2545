#!/bin/sh
test_description='outband schedule: operations and checks by the clock'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22340

ob() {
	"$OUTBAND" "$@"
}

field() { # SCHEDULE FIELD
	ob schedule show "$1" --json >show.json && json show.json "d['$2']"
}

note_is() { # SCHEDULE TEXT
	field "$1" last_note | grep -q "$2"
}

adopted() {
	test "$(ob device list --state adopted --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))')" = "$1"
}

test_expect_success 'a service that knows three PCs' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 322
	groups:
	  - {count: 3, base: 127.22.22.1, generation: [16.1], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 22345 && ob setting set device.port_base $base &&
	{ echo address,password && for n in 1 2 3; do echo "127.22.22.$n,$sim_password"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until adopted 3 && ob group create lab "pc[0-1].example.com"
'

test_expect_success 'a schedule says when it runs next, in its own time zone' '
	ob schedule add mornings "0 7 * * mon-fri" power @lab --arg action=off --tz Asia/Kolkata --missed 10 --limit 1 --stagger 50 &&
	field mornings next | grep -q "T01:30:00" && test "$(field mornings missed_ms)" = 600000 && test "$(field mornings missed)" = within &&
	ob schedule list | grep -q "^mornings  *0 7 \* \* mon-fri  *Asia/Kolkata  *power  *action=off  *@lab"
'

test_expect_success 'run now: its PCs, and what came of it' '
	ob schedule run mornings && sim_until note_is mornings "2 PCs, 0 failed" &&
	test "$(sim_ctl stats 127.22.22.1 | sim_field power)" = off && test "$(sim_ctl stats 127.22.22.3 | sim_field power)" = on &&
	ob log pc0.example.com | grep -q "actor=schedule:mornings" && ob audit list --json | grep -q "schedule:mornings" &&
	ob log | grep -q "ev=schedule.ran" && field mornings next | grep -q "T01:30:00"
'

test_expect_success 'checks run too; PCs that nobody knows are told' '
	ob schedule add looks @daily check @lab && ob schedule run looks && sim_until note_is looks "2 PCs are looked at" &&
	ob schedule add nobody @daily power pc99 --arg action=on 2>err && grep -q "no PC is known as pc99" err && ob schedule run nobody && sim_until note_is nobody "none is known" &&
	ob log | grep -q "ev=schedule.failed"
'

test_expect_success 'what makes no sense is refused' '
	refused 3 "hour of the schedule" schedule add x "0 25 * * *" power @lab --arg action=on &&
	refused 3 "five fields" schedule add x "0 7" power @lab --arg action=on &&
	refused 3 "Mars/Base is not known" schedule add x @daily power @lab --arg action=on --tz Mars/Base &&
	refused 3 "no name of a time zone" schedule add x @daily power @lab --arg action=on --tz ../../etc/passwd &&
	refused 3 "no operation" schedule add x @daily explode @lab &&
	refused 2 "no power action" schedule add x @daily power @lab --arg action=explode &&
	refused 2 "power needs an action" schedule add x @daily power @lab && grep -q "to do:.*--arg action=on" err &&
	refused 2 "no boot target\|boot target" schedule add x @daily boot @lab --arg target=tape &&
	refused 3 "no group @nowhere" schedule add x @daily power @nowhere --arg action=on &&
	refused 3 "" schedule add x @daily power "pc[1-" --arg action=on && refused 2 "names no PC" schedule add x @daily power "" --arg action=on &&
	refused 3 "no schedule x" schedule show x &&
	refused 2 "takes no colour" schedule add x @daily power @lab --arg colour=red &&
	refused 3 "never comes" schedule add x "once 2001-01-01 07:00" power @lab --arg action=on &&
	refused 3 "never comes" schedule add x "0 0 31 2 *" power @lab --arg action=on &&
	refused 2 "missed" schedule add x @daily power @lab --missed often &&
	refused 3 "already" schedule add mornings @daily power @lab --arg action=on &&
	refused 3 "no schedule" schedule run x && refused 3 "no schedule" schedule show x && refused 3 "no such schedule" schedule remove x
'

test_expect_success 'schedules are there after a restart, and gone when removed' '
	serve_stop && serve_start 22345 && field mornings op | grep -qx power && ob schedule remove mornings &&
	ob schedule list --json >all && test "$(json all "len(d)")" = 2
'

test_done
