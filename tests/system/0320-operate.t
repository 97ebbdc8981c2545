#!/bin/sh
test_description='outband power, info: PCs by name, range and condition, through the service and without it'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22300
command -v amtterm >/dev/null && command -v script >/dev/null && test_set_prereq AMTTERM

ob() {
	"$OUTBAND" "$@"
}

all_are() { # STATE COUNT
	test "$(ob device list --json | python3 -c 'import json,sys; print([d["state"] for d in json.load(sys.stdin)].count(sys.argv[1]))' "$1")" = "$2"
}

# power of 127.22.20.N as the fleet sees it
power_is() {
	test "$(sim_ctl stats "127.22.20.$1" | sim_field power)" = "$2"
}

count() {
	sim_ctl stats "127.22.20.$1" | sim_field "$2"
}

test_expect_success 'a service that knows nine PCs of four generations' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 320
	groups:
	  - {count: 4, base: 127.22.20.1, generation: [16.1, 11.8], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: 127.0.0.1, generation: 11.8, state: configured, admin_password_file: admin.txt, host_name: pc1, suffix: example.org}
	  - {count: 4, base: 127.22.20.5, generation: [9.5, 7.1], state: configured, redirection: on, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 22310 && ob setting set device.port_base $base &&
	{ echo address,password,tls && for n in 1 2 3 4; do echo "127.22.20.$n,$sim_password,true"; done &&
	for n in 127.0.0.1 127.22.20.5 127.22.20.6 127.22.20.7 127.22.20.8; do echo "$n,$sim_password,false"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until all_are adopted 9
'

test_expect_success 'one PC by address, name and UUID: the same object' '
	ob info 127.22.20.1 --json >by-address && json by-address "d[\"device\"]" >name &&
	ob info "$(cat name)" --json >by-name && test_cmp by-address by-name &&
	ob info "$(json by-address "d[\"uuid\"]")" --json >by-uuid && test_cmp by-address by-uuid &&
	json by-address "d[\"version\"]" | grep -q "^16.1"
'

test_expect_success 'without the service the same is told of it' '
	ob info --direct 127.22.20.1:$base --tls --password-file admin.txt --json >direct &&
	for f in version uuid host domain realm mac power interface; do
		test "$(json direct "d.get(\"$f\")")" = "$(json by-address "d.get(\"$f\")")" || { echo "$f" && return 1; }
	done
'

test_expect_success 'the place of its page is the one where it answers' '
	ob webui 127.22.20.1 | grep -q "serves its page: https://[a-z0-9.]*:$((base + 1))$"
'

test_expect_success 'a file has the audit log of one PC, not of several' '
	sim_ctl audit 127.22.20.1 16/14 && sim_ctl audit 127.22.20.2 16/14 && refused 2 "these are several" auditlog "127.22.20.[1-2]" --yes --export two.jsonl &&
	! test -e two.jsonl && ob auditlog 127.22.20.2 --export one.jsonl >said && grep -q "records in one.jsonl" said
'

test_expect_success 'a range is switched off, once each; who is off already is left alone' '
	ob power off "127.22.20.[1-3]" --yes >said && test "$(grep -c "says it is off" said)" = 3 &&
	power_is 1 off && power_is 3 off && power_is 4 on &&
	ob power off 127.22.20.1-4 --yes >said && test "$(grep -c already said)" = 3 && test "$(count 1 power_offs)" = 1
'

test_expect_success 'a condition chooses; its rows are JSON and CSV' '
	ob power status --where "generation < 10 and state = adopted" --json >rows &&
	test "$(json rows "len(d)")" = 4 && test "$(json rows "set(r[\"power\"] for r in d)")" = "{'"'on'"'}" &&
	ob power status --where "generation < 10" --csv >csv && test "$(wc -l <csv)" = 5 && head -1 csv | grep -q "^device,version"
'

test_expect_success 'with its system off a PC is where it was, and all but that system is there (F115)' '
	power_is 2 off && ob info 127.22.20.2 --json >off && json off "d[\"power\"]" | grep -qx off &&
	json off "d[\"uuid\"]" | grep -qx "$(ob device show 127.22.20.2 --json | python3 -c "import json,sys; print(json.load(sys.stdin)[\"uuid\"])")" &&
	ob inventory read 127.22.20.2 --json >read && grep -q memory read && ob eventlog 127.22.20.2 && ob auditlog 127.22.20.2 &&
	ob boot can 127.22.20.2 | grep -q "pxe *yes" && ob kvm status 127.22.20.2 >said && ob power off 127.22.20.6 --yes &&
	ob console --direct 127.22.20.6:$base --password-file admin.txt </dev/null 2>err && grep -q "the PC is off" err && ob power on 127.22.20.6
'

test_expect_success 'nobody fits: that is no error, and an empty list for programs' '
	ob power status --where "generation > 90" --json >none 2>err && test "$(json none d)" = "[]" && grep -q "no PC fits" err &&
	ob power off --where "generation > 90" --yes --csv >none && test $(wc -l <none) = 1 &&
	ob power off --where "generation > 90" --yes >none && test ! -s none
'

test_expect_success 'an empty list or condition, as of a variable that is not set, is nobody: not all' '
	refused 2 "an empty text names no PC" power off "" --yes && refused 2 "condition is empty" power off --where "" --yes &&
	refused 2 "condition is empty" power off --where "  " --yes && refused 2 "condition is empty" group create x --where " " &&
	refused 2 "condition is empty" power off 127.22.20.5 --where "" --yes && power_is 5 on && power_is 6 on &&
	ob power status --where "name ~ *" --json >rows && test "$(json rows "len(d)")" = 9
'

test_expect_success 'the first part of a name is enough while only one PC has it' '
	name=$(cat name) && ob info "${name%%.*}" --json >by-label && test "$(json by-label "d[\"device\"]")" = "$name" &&
	ob device show "${name%%.*}" --json >shown && test "$(json shown "d[\"fqdn\"]")" = "$name" &&
	refused 3 "first part of the names of several" power off pc1 --yes && grep -q "pc1.example.com, pc1.example.org" err &&
	refused 3 "write the whole name" device show pc1
'

test_expect_success 'a condition that is wrong says where' '
	refused 3 "no such column" power status --where "genration < 10" && grep -q "column 1" err &&
	refused 3 "no number" power status --where "generation < ten" && grep -q "column 14" err
'

test_expect_success 'some fail: what is said alike stands together, exit status 8; all: 9' '
	ob power on 127.22.20.1,nobody,noone --yes >said 2>err; test $? = 8 &&
	grep -q "2 of 3 PCs failed" err && grep -q "nobody,noone: no PC is known" err && grep -q "says it is on" said &&
	sim_ctl stats 127.22.20.5 | grep -q on &&
	ob power soft-off 127.22.20.5-8 --yes 2>err; test $? = 9 && grep -q "4 of 4 PCs failed" err &&
	grep -q "pc\[.*\].example.com: the PC does not offer power soft-off now" err
'

test_expect_success 'nothing is sent when nobody is known, and many are asked about first' '
	refused 3 "no PC is known as" power on nobody &&
	refused 2 "4 PCs" power on 127.22.20.5-8 && refused 2 "What is not saved" power off 127.22.20.5 &&
	refused 2 "no PC is named" power on && refused 2 "no power action" power explode 127.22.20.5 &&
	refused 2 "127.22.20.6:$base, 127.22.20.5" power on 127.22.20.5 --direct 127.22.20.6:$base
'

test_expect_success 'several PCs without the service, one after the other; who does not answer is named' '
	at="--direct 127.22.20.5:$base --password-file admin.txt --timeout 20" &&
	ob power status 127.22.20.6:$base 127.22.20.7:$base $at --json >said && test "$(json said "len(d)")" = 3 &&
	test "$(json said "d[2][\"device\"]")" = 127.22.20.7:$base && test "$(json said "d[0][\"power\"]")" = on &&
	{ ob power status 127.22.20.77:$base 127.22.20.6:$base $at >said 2>err; test $? = 8; } &&
	grep -q "127.22.20.6.*on" said && grep -q "127.22.20.77" err &&
	refused 2 "is the certificate of one PC" power status 127.22.20.6 --pin 00 $at
'

test_expect_success 'without the service a PC has a host name too; one that is misspelt is told before a password is asked for' '
	ob power status --direct localhost:$base --password-file admin.txt >said && grep -q "power *on" said &&
	refused 3 "host pc.invalid has no address" power status --direct pc.invalid:$base
'

test_expect_success 'a password that the first of them refuses goes to no other' '
	echo Wr0ng-Pass >wrong.txt && before=$(count 6 failed_logins) &&
	refused 5 "1 of 2 PCs were asked" power status 127.22.20.6:$base --direct 127.22.20.5:$base --password-file wrong.txt &&
	test "$(count 6 failed_logins)" = "$before"
'

test_expect_success 'an empty password is not sent; wrong ones stop before the PC locks, also in other commands, and say how many are safe (M19)' '
	at="--direct 127.22.20.8:$base" && : >none.txt && before=$(count 8 failed_logins) &&
	refused 2 "the password is empty" power status $at --password-file none.txt &&
	refused 5 "10 minutes, over all ports: 2" power status $at --password-file wrong.txt && grep -q M19 err &&
	refused 5 "10 minutes, over all ports: 1" wsman get CIM_ComputerSystem $at --password-file wrong.txt &&
	ob wsman identify $at --password-file wrong.txt && refused 5 "no further try is safe" console $at --password-file wrong.txt &&
	refused 5 "the next is safe in" power status $at --password-file wrong.txt && grep -q "3 wrong ones" err &&
	test "$(count 8 failed_logins)" = $((before + 3)) && file=$(sed -n "s/.*removes //p" err) && test "$(stat -c %a "$file")" = 600 &&
	rm "$file" && ob power status $at --password-file admin.txt >said &&
	refused 5 "over all ports: 2" power status $at --password-file wrong.txt &&
	ob power status $at --password-file admin.txt && refused 5 "over all ports: 2" power status $at --password-file wrong.txt &&
	for text in "127.22.20.8:$base 9 99999999999999" "127.22.20.8:$base 9 1" garbage "127.22.20.8:$base 999999 5" ; do
		echo "$text" >"$file" && ob power status $at --password-file admin.txt >said || return 1
	done
'

# on_terminal SIZE STEPS ARGUMENT...: what a person sees (prompt_pty.py)
on_terminal() {
	size=$1 steps=$2 && shift 2
	python3 "$SHARNESS_TEST_SRCDIR/prompt_pty.py" "$size" "$steps" "$OUTBAND" "$@" >seen && cat seen && grep -q "^terminal sane" seen
}

test_expect_success 'a password is asked for on the terminal, and comes from the environment; it is seen nowhere' '
	at="--direct 127.22.20.6:$base" && rm -rf .local &&
	on_terminal 24x80 "Password of admin on 127.22.20.6:$base: =$sim_password\\n" power status $at &&
	grep -q "^exit 0" seen && grep -q "power *on" seen && ! grep -qF "$sim_password" seen &&
	on_terminal 5x20 "Password=\\n" power status $at && grep -q "password is empty" seen &&
	before=$(count 6 failed_logins) && on_terminal 24x80 "Password=\\x04" power status $at && grep -q "no password was entered" seen &&
	on_terminal 24x80 "Password=\\xff\\xfe\\n" power status $at && grep -q "^exit 5" seen && test $(count 6 failed_logins) = $((before + 1)) &&
	OUTBAND_PASSWORD=$sim_password ob power status $at >said && grep -q "power *on" said
'

for end in "\\x03=130" "\\x1c=131" SIGTERM=143 HANGUP=129; do
	test_expect_success "a prompt that ends by ${end%=*} leaves the terminal as it was" "
		on_terminal 24x80 'Password=${end%=*}' power off --yes --direct 127.22.20.6:$base && grep -q '^exit ${end#*=}' seen && power_is 6 on
	"
done

test_expect_success 'a question: no, nothing, Ctrl-C and a small terminal change nothing; yes does' '
	on_terminal 24x80 "y/N=n\\n" power off 127.22.20.[5-6] && grep -q "(2 PCs)" seen && grep -q "nothing was changed" seen &&
	on_terminal 5x20 "y/N=\\n" power off 127.22.20.5 && grep -q "nothing was changed" seen &&
	on_terminal 24x80 "y/N=\\x03" power off 127.22.20.5 && grep -q "^exit 130" seen && power_is 5 on && power_is 6 on &&
	on_terminal 24x80 "y/N=yes\\n" power off 127.22.20.6 && grep -q "^exit 0" seen && power_is 6 off && ob power on 127.22.20.6
'

test_expect_success 'sleep, hibernation, soft-off, soft-reset and NMI, where the system has the agent' '
	sim_ctl switch 127.22.20.7 host_agent=runs &&
	for step in sleep=sleep on=on hibernate=hibernate on=on soft-off=off on=on soft-reset=on nmi=on; do
		ob power ${step%=*} 127.22.20.7 --yes --wait >said && grep -q "says it is ${step#*=}" said || { cat said && return 1; }
	done &&
	refused 3 "nothing to reset" power reset 127.22.20.3 --yes
'

test_expect_success 'each change is in the audit log, and in the timeline of its PC' '
	ob audit list --json >audit && json audit "[a[\"object\"] for a in d if a[\"action\"] == \"operation\"]" >objects &&
	grep -q "power action=off" objects && ! grep -q "power-status" objects &&
	ob log 127.22.20.7 >log && grep -q "ev=device.operated.*action=hibernate" log
'

test_expect_success AMTTERM 'a session forbids off and cycle; the command names it, and ends it when told to' '
	ob wsman put AMT_RedirectionService ListenerEnabled=true EnabledState=32771 --direct 127.22.20.5:$base --password-file admin.txt &&
	mkfifo keys && { sleep 900 >keys & sleep_pid=$!; } && sim_pids="$sim_pids $sleep_pid" &&
	{ script -qc "amtterm -u admin -p $sim_password 127.22.20.5 $((base + 2))" typescript <keys >/dev/null 2>&1 & } &&
	uuid=$(ob info 127.22.20.5 --json | python3 -c "import json,sys; print(json.load(sys.stdin)[\"uuid\"])") &&
	sim_until grep -q "device=$uuid session=SOL what=open" sim.log &&
	refused 3 "while a serial console (SOL) is open" power off 127.22.20.5 --yes &&
	refused 3 "close-sessions" power cycle 127.22.20.5 --yes && power_is 5 on &&
	ob power reset 127.22.20.5 --yes && test "$(count 5 resets)" = 1 && test "$(count 5 power_offs)" = 0 &&
	ob power off 127.22.20.5 --yes --close-sessions >said && grep -q "says it is off" said && power_is 5 off
'

test_expect_success 'a PC that is gone fails alone, and says so' '
	sim_stop && test_must_fail ob power status 127.22.20.1 2>err && grep -q "127.22.20.1" err &&
	test "$(ob device show 127.22.20.1 --json | python3 -c "import json,sys; print(json.load(sys.stdin)[\"state\"])")" = adopted
'

test_done
