#!/bin/sh
test_description='outband boot, consent, kvm status through the service: many PCs, each with its own answer'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22385 net=127.22.35

ob() {
	"$OUTBAND" "$@"
}

all_are() { # STATE COUNT
	test "$(ob device list --json | python3 -c 'import json,sys; print([d["state"] for d in json.load(sys.stdin)].count(sys.argv[1]))' "$1")" = "$2"
}

boot() {
	sim_ctl boot "$net.$1" | sim_field "$2"
}

test_expect_success 'a service that knows four PCs; one wants consent, one is slow' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 332
	groups:
	  - {count: 3, base: $net.1, generation: [16.1, 11.8, 5.0], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: $net.4, generation: 5.0, state: configured, tls: server, redirection: on, admin_password_file: admin.txt, suffix: example.com, latency: 400}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 22390 && ob setting set device.port_base $base &&
	{ echo address,password,tls && for n in 1 2 3 4; do echo "$net.$n,$sim_password,true"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until all_are adopted 4 &&
	ob wsman put IPS_OptInService OptInRequired=0 --direct $net.1:$base --tls --password-file admin.txt >/dev/null
'

test_expect_success 'PCs start; who wants consent is told apart, and not started' '
	test_expect_code 8 ob boot pxe "$net.[1-3]" --option sol --yes >said 2>err && grep -q M24 err &&
	test "$(boot 1 last) $(boot 3 last)" = "pxe pxe" && test "$(boot 2 starts)" = 0
'

test_expect_success 'consent by way of the service' '
	ob consent request $net.2 && code=$(sim_ctl consent $net.2 | sim_field code) &&
	ob boot bios $net.2 --code "$code" --yes && test "$(boot 2 last)" = bios
'

test_expect_success 'KVM is switched on many' '
	ob kvm enable "$net.[1-2]" --yes >said && test "$(grep -c enabled said)" = 2 &&
	sim_ctl value $net.1 CIM_KVMRedirectionSAP.EnabledState | grep -qx 6
'

half_set() {
	sim_ctl boot $net.4 | grep -q "left=yes\|role=set"
}

clean() {
	! half_set
}

# half COMMAND...: runs it in the background, and goes on when a start is set half; it stays so until let_go
half() {
	sim_ctl fault $net.4 hold_boot && { ob "$@" >said 2>err & } && pid=$! && sim_until half_set
}

let_go() {
	sim_ctl fault $net.4 none
}

test_expect_success 'CTRL-C in the middle: the service takes back what it has set half' '
	half boot bios $net.4 --yes && kill -INT $(pgrep -P $pid) &&
	{ wait $pid; test $? -ne 0; } && let_go && sim_until clean && test "$(boot 4 starts)" = 0
'

test_expect_success 'a service that stands still: CTRL-C twice ends the command' '
	kill -STOP $serve_pid && { ob power status $net.1 >said 2>err & } && pid=$! && child() { pgrep -P $pid >child; } &&
	sim_until child && { caught() { kill -INT $(cat child) 2>/dev/null; test ! -d /proc/$(cat child); }; sim_until caught; } &&
	{ wait $pid; test $? -ne 0; }; r=$?; kill -CONT $serve_pid; test $r -eq 0
'

test_expect_success 'a service that is stopped in the middle takes it back first; whoever asked is told' '
	half boot bios $net.4 --yes && kill $serve_pid && let_go && wait $serve_pid && clean &&
	{ wait $pid; test $? -ne 0; } && grep -q "service" err && test "$(boot 4 starts)" = 0
'

show() {
	ob device show $net.4 >shown && grep "$@" shown
}

# dies_half TARGET: the service, while that start is set half
dies_half() {
	half boot $1 $net.4 --yes && kill -KILL $serve_pid && { wait $pid; wait $serve_pid; let_go && half_set; }
}

test_expect_success 'one that dies there: the next service takes it back by itself, and the timeline tells' '
	serve_start 22390 && dies_half bios && serve_start 22390 && sim_until clean && test "$(boot 4 starts)" = 0 &&
	sim_until eval "ob log | grep -q device.boot_taken_back" && ob log >events &&
	grep -q "device.boot_half.*target=bios.*the service ended in the middle" events && ! show "left half"
'

test_expect_success 'the PC does not answer meanwhile: the device shows it, until it is there again' '
	dies_half pxe && kill -STOP $sim_pid && serve_start 22390 && show "left half set by  *boot target=pxe" &&
	ob job list >jobs && grep -q "pc3.example.com *boot_clear *delayed *boot target=pxe of uid:.* its next try at 20" jobs &&
	id=$(ob job list --state delayed --json | jq -r ".[] | select(.kind == \"boot_clear\") | .id") && ob job show $id | grep -q "^waits for  *its next try" &&
	refused 3 "outband boot clear PC" job cancel $id && ob job list --state queued --json | jq -e "length == 0" &&
	show "not taken back  *the service ended in the middle"; r=$?; kill -CONT $sim_pid; test $r -eq 0 &&
	sim_until clean && test "$(boot 4 starts)" = 0 && sim_until eval "! show left.half"
'

test_expect_success 'CTRL-C, once and twice, while media tells a PC to start: nothing of it is left' '
	dd if=/dev/zero of=f.img bs=1k count=1440 2>/dev/null &&
	for twice in "" yes; do
		half media $net.4 --floppy f.img --boot --yes && kill -INT $(pgrep -P $pid) &&
		{ test -z "$twice" || kill -INT $(pgrep -P $pid); } && let_go && wait $pid && cat err &&
		grep -q "no boot option is left" err && clean && test "$(boot 4 starts)" = 0 || return 1
	done
'

# drives_are_off: as the PC tells, and in the timeline there are as many ends as beginnings
drives_are_off() {
	test "$(grep -c "session=IDER what=open" sim.log)" = "$(grep "session=IDER what=" sim.log | grep -vc "what=open")" &&
	ob log pc3.example.com --limit 1000 >events &&
	test "$(grep -c "device.line.*what=opened" events)" = "$(grep -c "device.line.*what=closed" events)"
}

# step NAME: what is waited for before media is killed
step() {
	case $1 in
	drives) sim_until grep -q "virtual drives" err ;;
	half) sim_until half_set ;;
	reading) sim_until starts_again && sim_until reads ;;
	ejected) sim_until starts_again && kill -USR1 $pid && sim_until grep -q "is out" err ;;
	esac
}

starts_again() {
	test "$(boot 4 starts)" -gt "$before"
}

reads() {
	sim_ctl media $net.4 >loader && grep -q "^boot " loader
}

test_expect_success 'a disc that says to be one' '
	dd if=/dev/zero of=c.iso bs=1M count=1 2>/dev/null && printf "\\001CD001" | dd of=c.iso bs=1 seek=32768 conv=notrunc 2>/dev/null
'

for step in drives half reading ejected; do
	test_expect_success "media --boot is killed, $step: nothing stays half set, the drives are off, and the timeline tells" "
		before=\$(boot 4 starts) && { \"\$OUTBAND\" media $net.4 --cd c.iso --boot --yes >said 2>err & } && pid=\$! && sim_pids=\"\$sim_pids \$pid\" &&
		step $step && kill -KILL \$pid && { wait \$pid || true; } &&
		sim_until clean && sim_until drives_are_off && sim_until eval '! show left.half' && sim_until clean
	"
done

test_expect_success 'and the PC is free for the next one' '
	before=$(boot 4 starts) && { "$OUTBAND" media $net.4 --cd c.iso --boot --yes >said 2>err & } && pid=$! && sim_pids="$sim_pids $pid" &&
	sim_until starts_again && kill -INT $pid && wait $pid && clean
'

test_done
