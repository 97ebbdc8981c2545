#!/bin/sh
# Serial over LAN of the virtual firmware, looked at by amtterm, which is not ours: right, wrong and
# empty password, typing, BIOS setup after a reset, busy, refused power-off.

test_description='amtterm opens serial over LAN on the simulator'
. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

if ! command -v amtterm >/dev/null; then
	skip_all='amtterm is not installed'
	test_done
fi
base=22200
port=22202

# term FILE [VARIABLE=VALUE]: amtterm, its standard input from the pipe, what it says in FILE
term() {
	term_out=$1
	shift
	env "$@" timeout 300 amtterm 127.1.0.1 $port >"$term_out" 2>&1
}

# says FILE TEXT: waits for it
says() {
	sim_until grep -qF -e "$2" "$1"
}

test_expect_success 'a fleet with open redirection ports' '
	echo "$sim_password" >pw &&
	sim_start $base --devices 1 --generation 9.5 --state configured --admin-password-file pw \
		--redirection on --host-name pc7 --speed 0.25 # so that there is time for F2
'

test_expect_success 'the right password: a prompt that echoes' '
	{ says right "connected now" && printf "echo hello\\n" && says right "pc7:~#" &&
		printf "\\035"; } | term right AMT_PASSWORD="$sim_password" &&
	grep -F "serial-over-lan redirection ok" right &&
	tr -d "\\r" <right >right.plain &&
	grep -Fx "echo hello" right.plain && grep -Fx hello right.plain &&
	grep -F "RTS is asserted" right && grep -F "RUN_SOL -> CLOSING" right &&
	grep -F "CLOSING -> CLOSED" right
'

test_expect_success 'a wrong password is refused and counted' '
	before=$(sim_ctl stats 0 | sim_field failed_logins) &&
	: | term wrong AMT_PASSWORD=nonsense &&
	grep -F "session authentication failed" wrong &&
	! grep -F "connected now" wrong &&
	test "$(sim_ctl stats 0 | sim_field failed_logins)" = $((before + 1))
'

test_expect_success 'so is an empty one' '
	before=$(sim_ctl stats 0 | sim_field failed_logins) &&
	: | term empty AMT_PASSWORD= &&
	grep -F "session authentication failed" empty &&
	test "$(sim_ctl stats 0 | sim_field failed_logins)" = $((before + 1))
'

test_expect_success 'BIOS setup after a restart, by its keys' '
	{ says bios "connected now" && printf "reboot\\n" && says bios "Press F2" &&
		printf "\\033[12~" && says bios "BIOS setup" && printf "\\033[B\\033[C" &&
		says bios "[Disabled" && printf "\\033[21~" && says bios "Save changes" &&
		printf y && says bios "system is up" && printf "\\035"; } |
		term bios AMT_PASSWORD="$sim_password" &&
	grep -F "Settings saved." bios
'

test_expect_success 'somebody else has the session' '
	sim_ctl fault 0 redir_busy=1 &&
	: | term busy AMT_PASSWORD="$sim_password" &&
	grep -F "redirection session start failed" busy
'

test_expect_success 'serial over LAN is switched off' '
	sim_ctl fault 0 redir_off &&
	: | term off AMT_PASSWORD="$sim_password" &&
	grep -F "redirection session start failed" off &&
	sim_ctl fault 0 none
'

test_expect_success 'the simulator ends' 'sim_stop'

test_done
