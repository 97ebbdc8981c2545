#!/bin/sh
test_description='outband: help for every command, messages about wrong use'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

test_expect_success 'without a command the overview is shown' '
	"$OUTBAND" >overview && "$OUTBAND" help >help && "$OUTBAND" --help >option &&
	test_cmp overview help && test_cmp overview option &&
	grep -q "^  device  *the PCs .*: list, show" help &&
	test $(wc -L <help) -le 100 && test $(wc -l <help) -le 90
'

test_expect_success 'every command has a line' '
	"$OUTBAND" help --all >all && grep -q "^  device list  *list the PCs" all && test $(wc -L <all) -le 100
'

test_expect_success 'every command explains itself' '
	sed -n "s/^  \([a-z]* [a-z]*\)  .*/\1/p; s/^  \([a-z]*\)  .*/\1/p; s/^  \(credential reveal\) .*/\1/p" \
		all >commands &&
	test $(wc -l <commands) -gt 45 &&
	while read -r command; do
		"$OUTBAND" help $command >one || { echo "help $command: $?" && return 1; }
		grep -q "^usage: outband $command" one || { echo "no usage: $command" && return 1; }
		test $(wc -L <one) -le 140 || { echo "wide: $command" && return 1; }
		case $command in sim | help) continue ;; esac
		"$OUTBAND" $command --help >two && test_cmp one two || { echo "$command --help" && return 1; }
	done <commands
'

test_expect_success 'a word before sub-commands lists them' '
	"$OUTBAND" help key >key && "$OUTBAND" key --help >key2 && test_cmp key key2 &&
	grep -q "^  key export" key && ! grep -q "^  device" key
'

test_expect_success 'bash completes words, sub-commands and options' '
	"$OUTBAND" help --bash >complete.bash &&
	cat >asks.bash <<-\EOF &&
	. ./complete.bash
	ask() {
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_outband
		echo "${COMPREPLY[*]}"
	}
	ask outband disc
	ask outband boot c
	ask outband boot can --dir
	ask outband boot pxe --opt
	ask outband nothing --x
	EOF
	bash asks.bash >got &&
	printf "%s\n" discover "can clear" --direct --option "" >want &&
	test_cmp want got
'

test_expect_success 'version' '
	"$OUTBAND" --version >version && grep -q "^outband [0-9]" version &&
	"$OUTBAND" version --json >version.json && test "outband $(json version.json "d[\"version\"]")" = "$(cat version)"
'

test_expect_success 'unknown commands name the nearest' '
	refused 2 "did you mean .outband device.?" devise &&
	refused 2 "did you mean .outband device list.?" device lst &&
	refused 2 "outband help. lists all" frobnicate &&
	refused 2 "list, show, import" device &&
	test ! -s out
'

test_expect_success 'wrong arguments show the usage' '
	refused 2 "^usage: outband device show DEVICE" device show &&
	refused 2 "DEVICE is missing" device show &&
	refused 2 "one argument too many: .b." device show a b &&
	refused 2 "did you mean --state?" device list --stat new &&
	refused 2 "option --state needs a value" device list --state &&
	refused 2 "takes no value" status --watch=1 &&
	refused 2 "do not go together" version --json --csv &&
	refused 2 "no result that CSV could hold" help --csv &&
	refused 2 "option --direct HOST.:BASE. is missing" wsman get CIM_Chip
'

test_expect_success 'a password is no argument' '
	refused 2 "no option --password$" wsman get CIM_Chip --direct 127.0.0.1 --password=hunter2 &&
	! grep -q hunter2 err
'

test_expect_success 'a prompt without echo, and the echo back after an interrupt' '
	cat >prompt.py <<-\PY &&
	import os, pty, signal, sys, termios, time
	def prompt(program):
	    pid, fd = pty.fork()
	    if pid == 0:
	        os.execv(program, [program, "secret", "set", "x"])
	    seen = b""
	    while b"Secret: " not in seen:
	        seen += os.read(fd, 100)
	    return pid, fd
	pid, fd = prompt(sys.argv[1])
	assert not termios.tcgetattr(fd)[3] & termios.ECHO
	os.write(fd, b"hidden\n")
	seen = b""
	while b"again: " not in seen:
	    seen += os.read(fd, 100)
	os.write(fd, b"\x03")
	try:
	    while True:
	        more = os.read(fd, 100)
	        if not more:
	            break
	        seen += more
	except OSError:
	    pass
	assert b"hidden" not in seen, seen
	assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 128 + signal.SIGINT
	assert termios.tcgetattr(fd)[3] & termios.ECHO
	PY
	python3 prompt.py "$OUTBAND"
'

test_expect_success 'without the service it says how to start it' '
	for command in status "device list" "key list" "job list" "cert list" "profile list" "setting list" \
		"log" "audit list" "device show x" "job retry x" "credential reveal x"; do
		refused 4 "start it with .outband serve." $command || { echo "$command" && return 1; }
	done
'

test_expect_success 'an error is JSON when JSON is asked for' '
	refused 4 . status --json && json err "d[\"error\"][\"code\"]" >code &&
	test "$(cat code)" = service.not_running &&
	refused 2 . devise --json && test "$(json err "d[\"error\"][\"code\"]")" = usage
'

test_expect_success 'files that are not there are named' '
	refused 3 "no-such-file" decode hello no-such-file &&
	refused 3 "no-such-file" profile check no-such-file &&
	refused 3 "no-such-file" cert check no-such-file
'

test_expect_success 'a reader that goes away is no failure' '
	"$OUTBAND" wsman classes | head -n 1 >first && test -s first
'

test_expect_success 'a full disk is one' '
	test -c /dev/full && test_expect_code 1 "$OUTBAND" wsman classes >/dev/full 2>err && grep -q "writing the result" err
'

test_done
