#!/bin/sh
test_description='outband console through the service: one session, many who look, one who types'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22220

ob() {
	timeout 300 "$OUTBAND" "$@"
}
all_are() { # STATE COUNT
	test "$(ob device list --json | python3 -c 'import json,sys; print([d["state"] for d in json.load(sys.stdin)].count(sys.argv[1]))' "$1")" = "$2"
}

test_expect_success 'a service that knows two PCs, one of them with TLS' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 302
	groups:
	  - {count: 1, base: 127.22.30.1, generation: 16.1, state: configured, tls: server, redirection: "on", admin_password_file: admin.txt, host_name: pc1, suffix: example.com}
	  - {count: 1, base: 127.22.30.2, generation: 9.5, state: configured, redirection: sol, admin_password_file: admin.txt, host_name: pc2, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off --speed 0.5 && serve_start 22229 && ob setting set device.port_base $base &&
	{ echo address,password,tls && echo "127.22.30.1,$sim_password,true" &&
	echo "127.22.30.2,$sim_password,false"; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until all_are adopted 2
'

looks_on() { # and waits for what is never said; its pid in $!
	printf "timeout 900\nsend \\\\r\nexpect :~#\nexpect never\n" >never.script && : >open &&
	{ ob console 127.22.30.1 --expect never.script >open 2>err & } && sim_until grep -q ":~#" open
}

cat >hello.script <<'SCRIPT'
timeout 120
send echo hello\r
expect \r\nhello
expect :~# 
SCRIPT

test_expect_success 'a script, over TLS and clear' '
	ob device trace 127.22.30.1 on && ob console 127.22.30.1 --expect hello.script >one && grep -q hello one &&
	ob console 127.22.30.2 --expect hello.script >two && grep -q "pc2:~#" two
'

test_expect_success 'who comes late sees what was said before' '
	printf "timeout 120\nexpect hello\n" >late.script && ob console 127.22.30.2 --expect late.script >late && grep -q hello late
'

test_expect_success 'one types, another looks on, a third may not type' '
	printf "timeout 120\nexpect still\n" >looker.script && rm -f typed && mkfifo typed && {
		ob console 127.22.30.2 --force <typed >writer 2>writer.err & } && first=$! && exec 8>typed &&
	echo "echo from the writer" >&8 && sim_until grep -q "from the writer" writer &&
	{ ob console 127.22.30.2 --expect looker.script >looker & } && second=$! &&
	{ echo "echo from the third" | ob console 127.22.30.2 >third 2>err; grep "somebody else types" err; } &&
	echo "echo on and on" >&8 && sim_until grep -q "on and on" writer && # who types nothing loses the keyboard
	test_expect_code 3 ob console 127.22.30.2 --expect hello.script >third 2>err && grep "somebody else types" err &&
	echo "echo still" >&8 && wait $second && exec 8>&- && wait $first && grep -q "from the writer" looker && ! grep "from the third" looker &&
	test "$(sim_ctl stats 127.22.30.2 | sim_field failed_logins)" = 0
'

test_expect_success 'the PC has one session for all of them' '
	test "$(grep -c "session=SOL what=open" sim.log)" = 2
'

test_expect_success 'who has ended leaves the keyboard to the next one at once' '
	ob console 127.22.30.2 --force --expect hello.script >one && printf "echo I am next\n" | ob console 127.22.30.2 >two 2>err &&
	tr -d "\r" <two | grep -x "I am next" && ! grep "somebody else" err
'

test_expect_success 'the menu on a terminal: power, size, break; a service that stands still' '
	timeout 600 ruby "$SHARNESS_TEST_SRCDIR/console_pty.rb" service "$OUTBAND" console 127.22.30.2 --force &&
	SERVICE_PID=$serve_pid timeout 600 ruby "$SHARNESS_TEST_SRCDIR/console_pty.rb" stopped "$OUTBAND" console 127.22.30.2 --force &&
	printf "timeout 120\nexpect last words\n" >late.script && ob console 127.22.30.2 --expect late.script >late
'

test_expect_success 'options that only --direct has are refused' '
	for o in "--password-file x" "--timeout 9" --tls --clear-password; do refused 2 "goes with --direct only" console 127.22.30.2 $o || return 1; done
'

test_expect_success 'Ctrl-] b sends a break, as directly; not for one who may not type' '
	timeout 600 ruby "$SHARNESS_TEST_SRCDIR/console_pty.rb" break "$OUTBAND" console 127.22.30.2 --force && for who in typist looker; do
	curl --silent --unix-socket "$OUTBAND_SOCKET" -H "Content-Type: application/json" -d "{\"writer\": \"$who\", \"break\": \"true\"}" \
	http://x/v1/devices/127.22.30.2/console/input >answer; done && grep -q typist answer && grep -q "somebody else types" answer
'

test_expect_success 'BIOS setup by arrow keys, and a power command beside it' '
	printf "timeout 120\nsend reboot\\\\r\nexpect Press F2\nkey f2\nexpect BIOS setup\nkey down\nkey right\nexpect [Disabled\nkey f10\nexpect Save\nsend y\nexpect is up\n" >setup.script &&
	ob console 127.22.30.1 --force --expect setup.script >setup && grep -q "Settings saved" setup &&
	{ ob power off 127.22.30.1 --yes; sim_ctl stats 127.22.30.1 | sim_field power | grep -x on; }
'

test_expect_success 'a wrong stored password is sent once, then not again' '
	sim_ctl fault 127.22.30.2 bad_admin_pw &&
	curl --silent --unix-socket "$OUTBAND_SOCKET" -X DELETE http://x/v1/devices/127.22.30.2/console >/dev/null &&
	test_expect_code 5 ob console 127.22.30.2 </dev/null 2>err && grep M19 err &&
	test "$(sim_ctl stats 127.22.30.2 | sim_field failed_logins)" = 1 &&
	curl --silent --unix-socket "$OUTBAND_SOCKET" -X DELETE http://x/v1/devices/127.22.30.2/console >/dev/null &&
	test_expect_code 5 ob console 127.22.30.2 </dev/null 2>err && grep "not sent again" err &&
	test "$(sim_ctl stats 127.22.30.2 | sim_field failed_logins)" = 1
'

test_expect_success 'a PC that nobody knows' '
	test_expect_code 3 ob console nobody.example.com </dev/null 2>err && grep nobody.example.com err
'

test_expect_success 'the audit tells who opened it' '
	ob audit list >audit && grep -q console audit
'

test_expect_success 'who ended it is said to those who looked on, and stands in the audit' '
	looks_on && reader=$! &&
	ob console 127.22.30.1 --end && { wait $reader; test $? = 4; } && grep "uid:$(id -u) ended the console of pc1.example.com, for all who look" err &&
	ob audit list | grep -q "console.end" && ob log | grep -q "device.line.*session=SOL.*what=closed.*ended the console of pc1"
'

test_expect_success 'its trace has start, login and end of the session, no secret and nothing that was said' '
	ob device trace 127.22.30.1 show >trace && grep -q "SOL: connected, TLS 1" trace && grep -q "user admin" trace &&
	grep -q "response (hidden)" trace && grep -q "SOL: ended: in order; [1-9][0-9]* bytes came, [1-9]" trace &&
	! grep -e "$sim_password" -e hello -e "BIOS" trace && ob device trace 127.22.30.1 export --pcap trace.pcap && test -s trace.pcap
'

test_expect_success 'the service ends while a console is open, and says so' '
	looks_on && reader=$! && serve_stop && { wait $reader; test $? = 4; } &&
	# the latter when its next look came too late
	grep -e "the service is being stopped, and its serial sessions with it" -e "the service has ended, and the serial session of" err && sim_stop
'

test_done
