#!/bin/sh
# outband console against the simulator: scripts over clear and TLS, BIOS setup by arrow keys, pipes, log,
# wrong password, lines that die; and on a terminal, which is as it was whatever happens.

test_description='outband console: serial over LAN'
. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

base=22210

console() {
	timeout 300 "$OUTBAND" console --direct "127.1.0.1:$base" --password-file pw "$@"
}
pty() {
	pty_case=$1
	shift
	timeout 600 ruby "$SHARNESS_TEST_SRCDIR/console_pty.rb" "$pty_case" "$OUTBAND" console \
		--direct "127.1.0.1:$base" --password-file pw "$@"
}

cat >setup.script <<'SCRIPT'
# from the prompt into the setup, one value changed, and back
timeout 120
send \r
expect :~# 
send reboot\r
expect Press F2
key f2
expect Virtual BIOS setup
key down
key right
expect Virtualization       [Disabled
key f10
expect Save changes
send y
expect Settings saved.
expect system is up
expect :~# 
SCRIPT

test_expect_success 'a PC without TLS' '
	echo "$sim_password" >pw && echo wrong >bad &&
	sim_start $base --devices 1 --generation 9.5 --state configured --admin-password-file pw \
		--redirection on --host-name pc7 --waits off --speed 0.5 # so that there is time for F2
'

test_expect_success 'what is piped in is typed, and the answer is waited for' '
	printf "echo hello\nuname\n" | console >out &&
	tr -d "\r" <out >plain && grep -x hello plain && grep "virtual system 1.0 pc7, AMT 9.5" plain
'

test_expect_success 'a script: BIOS setup by arrow keys' '
	console --expect setup.script >out && grep -F "Settings saved." out
'

test_expect_success 'a script whose text does not come: exit status 4, file and line' '
	printf "timeout 1\nexpect never\n" >never.script &&
	test_expect_code 4 console --expect never.script >out 2>err &&
	grep -F "never.script:2: " err && grep -F "was not said in 1 s" err
'

test_expect_success 'a script with a mistake is refused before anything is sent' '
	printf "send x\nshout\n" >bad.script &&
	test_expect_code 3 console --expect bad.script 2>err && grep -F "bad.script:2" err
'

test_expect_success '--send, and a log with times' '
	: | console --send "echo logged\\r" --log console.log >out &&
	grep -E "^20[0-9-]*T[0-9:.]*Z logged\$" console.log &&
	test "$(stat -c %a console.log)" = 600
'

test_expect_success 'standard input or output that is closed crashes nothing' '
	console --send "echo no keyboard\\r" <&- >out && grep -q "no keyboard" out && echo uname | console >&- &&
	"$OUTBAND" version <&- >&- 2>&-
'

test_expect_success 'on a terminal, --read-only: a new size is told, and nothing to type' 'pty watcher --read-only'

test_expect_success '--read-only types nothing' '
	echo "echo typed" | timeout 3 "$OUTBAND" console --direct 127.1.0.1:$base --password-file pw \
		--read-only >out; ! grep typed out &&
	test_expect_code 2 console --read-only --send x
'

test_expect_success 'a wrong password is sent once: exit status 5, rule M19' '
	before=$(sim_ctl stats 0 | sim_field failed_logins) &&
	test_expect_code 5 timeout 300 "$OUTBAND" console --direct 127.1.0.1:$base --password-file bad \
		</dev/null 2>err &&
	grep M19 err && ! grep -w wrong err | grep -v "wrong ones" &&
	test "$(sim_ctl stats 0 | sim_field failed_logins)" = $((before + 1))
'

test_expect_success 'somebody else has it, it is switched off' '
	sim_ctl fault 0 redir_busy=1 &&
	test_expect_code 6 console </dev/null 2>err && grep "another console has the SOL session" err &&
	sim_ctl fault 0 redir_off &&
	test_expect_code 3 console </dev/null 2>err && grep "switched off" err &&
	sim_ctl fault 0 none
'

test_expect_success 'a line that dies comes back; what was sent before is not sent again' '
	printf "%s\n" "timeout 120" "send echo first\\r" "expect first" "expect :~#" "expect system is up" "expect :~#" \
		"send echo second\\r" "expect second" >drop.script &&
	answered() { tr -d "\r" <out | grep -A1 -x first | grep ":~#"; } && : >out && : >err && {
		{ sim_until answered && sim_ctl power-loss 0 && sim_until grep "connected again" err &&
			"$OUTBAND" pc power reset --yes --direct "127.1.0.1:$base" --password-file pw; } & } &&
	console --expect drop.script >out 2>err && wait $! &&
	grep "trying to come back" err && grep "connected again" err &&
	test "$(tr -d "\r" <out | grep -cx first)" = 1
'

for case in person small INT TERM HUP ABRT pipe closed; do
	test_expect_success "on a terminal: $case" "pty $case"
done

test_expect_success 'a megabyte by pipe, its SHA-256 as the PC tells' '
	: | console --send "send 1000000\\r" >out &&
	ruby -rdigest -e "s = File.binread(%q(out)); i = s.index(%Q(begin\r\n)) + 7; b = s[i, 1_000_000]
		abort %q(differs) unless s[i + 1_000_000..].include?(Digest::SHA256.hexdigest(b))"
'

test_expect_success 'a PC that is silent: Ctrl-C ends the try, on the terminal as it was' '
	kill -STOP $sim_pid && { pty hurry; r=$?; kill -CONT $sim_pid; test $r -eq 0; }
'

test_expect_success 'the simulator ends' 'sim_stop'

test_expect_success 'the same with TLS' '
	sim_start $base --devices 1 --generation 16.1 --state configured --admin-password-file pw \
		--tls server --redirection on --host-name pc8 --speed 0.5 &&
	test_expect_code 4 console </dev/null 2>err && grep -e "TLS only.*--tls" err &&
	console --tls --expect setup.script >out && grep -F "Settings saved." out &&
	sim_stop
'

test_done
