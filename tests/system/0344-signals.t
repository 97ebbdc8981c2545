#!/bin/sh
test_description='kvm and console are signalled at each step, directly and through the service: nothing stays open, the terminal is as it was'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=23470 listen=23480 pc=127.23.47.1 # slow: a login takes more than a second

ob() {
	"$OUTBAND" "$@"
}

adopted() {
	test "$(ob device list --json | jq -r '.[].state')" = adopted
}

# way HOW: options that reach the PC
way() {
	case $1 in
	direct) echo "--direct $pc:$base --password-file admin.txt" ;;
	service) echo "$pc" ;;
	esac
}

screen_is() {
	test "$(sim_ctl kvm $pc | sim_field session)" = "$1"
}

# of the serial line, which the service keeps for half a minute
lines_are_closed() {
	test "$(grep -c "session=SOL what=open" sim.log)" = "$(grep "session=SOL what=" sim.log | grep -vc "what=open")"
}

# bridge HOW: in the background, its pid in $bridge
bridge() {
	: >bridge.out
	"$OUTBAND" kvm $(way "$1") --listen $listen >bridge.out 2>bridge.err &
	bridge=$!
	sim_pids="$sim_pids $bridge"
	sim_until grep -q "VNC viewers reach" bridge.out
}

# viewer: in the background, its pid in $viewer; says hello.out when the screen greets
viewer() {
	rm -f hello.out
	timeout 300 bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; : >dialled; read -r -n 12 hello <&3; echo \$hello >hello.out; cat <&3 >/dev/null" &
	viewer=$!
	sim_until test -e dialled && rm dialled
}

# step NAME: brings the bridge there
step() {
	case $1 in
	listening) ;;
	login) viewer ;;
	open) viewer && sim_until test -s hello.out && screen_is open ;;
	stopped) viewer && sim_until test -s hello.out && screen_is open && kill -STOP "$bridge" && kill -CONT "$bridge" && screen_is open ;;
	left) viewer && kill $viewer && { wait $viewer || true; } ;;
	esac
}

# signalled HOW SIGNAL STEP
signalled() {
	viewer=
	bridge "$1" && step "$3" && kill -"$2" "$bridge" || return 1
	wait "$bridge"
	status=$?
	[ -z "$viewer" ] || { kill "$viewer" 2>/dev/null; wait "$viewer"; }
	case $2 in KILL) want=137 ;; *) want=0 ;; esac
	test $status = $want || { echo "exit $status" && cat bridge.err && return 1; }
	sim_until screen_is none && ! grep -i "error\|signal" bridge.err
}

test_expect_success 'a slow PC, and a service that knows it' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 344
	groups:
	  - {count: 1, base: $pc, generation: 11.8, state: configured, redirection: "on", latency: 150, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 23490 && ob setting set device.port_base $base &&
	printf "address,password,tls\n$pc,$sim_password,false\n" >adopt.csv && ob device adopt adopt.csv && sim_until adopted &&
	ob wsman put IPS_OptInService OptInRequired=0 --direct $pc:$base --password-file admin.txt >/dev/null &&
	ob kvm enable $pc
'

for how in direct service; do
	for step in listening login open stopped left; do
		case $step in login | open) signals="INT TERM HUP KILL" ;; *) signals="HUP KILL" ;; esac
		test_expect_success "kvm $how, $step: $signals leave no session" "
			for signal in $signals; do
				signalled $how \$signal $step || { echo \$signal && return 1; }
			done
		"
	done
	test_expect_success "kvm $how: the next viewer is served after one that left while the PC was logged in to" "
		bridge $how && viewer && kill \$viewer && { wait \$viewer || true; } && viewer && sim_until test -s hello.out && screen_is open &&
		kill \$viewer && { wait \$viewer || true; } && sim_until screen_is none && kill -INT \$bridge && wait \$bridge
	"
done

# console STEP SIGNAL HOW: on a terminal of its own
console() {
	timeout 600 python3 "$SHARNESS_TEST_SRCDIR/prompt_pty.py" 24x80 "$1=SIG$2" "$OUTBAND" console $(way "$3") >said 2>&1
	grep -q "^terminal sane" said && grep -q "^exit $4\$" said || { cat said && return 1; }
}

for how in direct service; do
	for step in "" "opens the menu"; do
		test_expect_success "console $how, ${step:-before it is there}: INT, TERM and HUP leave the terminal as it was" "
			console '$step' INT $how 130 && console '$step' TERM $how 143 && console '$step' HUP $how 129
		"
	done
	test_expect_success "console $how: stopped and continued, then ended by its menu" "
		timeout 600 python3 \"\$SHARNESS_TEST_SRCDIR/prompt_pty.py\" 24x80 'opens the menu=SIGSTOP;;=SIGCONT;;=\\x1d.' \"\$OUTBAND\" console $(way $how) >said 2>&1
		grep -q '^terminal sane' said && grep -q '^exit 0' said || { cat said && return 1; }
	"
done

test_expect_success 'no serial line is left on the PC' '
	sim_until lines_are_closed && test "$(sim_ctl stats $pc | sim_field failed_logins)" = 0
'

test_done
