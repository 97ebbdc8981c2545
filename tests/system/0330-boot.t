#!/bin/sh
test_description='outband boot: the next start of one PC, refused before it is sent, taken back when it breaks'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22350
old=127.22.33.1 middle=127.22.33.2 new=127.22.33.3 slow=127.22.34.1

# ob ADDRESS COMMAND...: with that PC
ob() {
	at=$1
	shift
	test "$at" = $new && tls=--tls || tls=
	"$OUTBAND" "$@" --direct "$at:$base" --password-file admin.txt --timeout 120 $tls
}

# boot ADDRESS FIELD: of sim ctl boot
boot() {
	sim_ctl boot "$1" | sim_field "$2"
}

left_nothing() {
	test "$(boot "$1" left) $(boot "$1" role) $(boot "$1" next)" = 'no none usual'
}

no_consent() {
	ob "$1" wsman put IPS_OptInService OptInRequired=0 >/dev/null
}

test_expect_success 'PCs of three generations, and one that is far away, whose answers can be kept back' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	groups:
	  - {count: 3, base: $old, generation: [5.0, 11.8, 16.1], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: $slow, generation: 5.0, state: configured, admin_password_file: admin.txt, latency: 400}
	YAML
	sim_start $base fleet.yaml --waits off && no_consent $middle && no_consent $new
'

for row in $old,disk,disk $old,pxe,pxe $old,cd,cd $old,diagnostics,diagnostics $old,bios,bios $old,pause,pause \
	$old,ider-cd,ider-cd $old,ider-floppy,ider-floppy $old,usual,usual $middle,pxe,pxe $middle,bios,bios \
	$middle,cd,cd $new,pba,pba $new,winre,winre $new,disk,disk; do
	at=${row%%,*} want=${row##*,} rest=${row#*,}
	from=${rest%,*}
	test_expect_success "$at starts from $from, once" "
		n=\$(boot $at starts) && ob $at boot $from --yes --wait 60 >said && grep -q 'options used: yes' said &&
		test \"\$(boot $at last) \$(boot $at starts)\" = \"$want \$((n + 1))\" && left_nothing $at
	"
done

test_expect_success 'HTTPS boot carries its address' '
	ob $new boot https --uri https://img.example.com/rescue.iso --yes &&
	test "$(boot $new last) $(boot $new uri)" = "https https://img.example.com/rescue.iso" &&
	refused 2 "takes the address" boot pxe --uri https://a.example --yes --direct $new:$base --tls --password-file admin.txt &&
	refused 2 "https" boot https --uri http://a.example --yes --direct $new:$base --tls --password-file admin.txt
'

test_expect_success 'options go with it' '
	ob $old boot pxe --option sol --option lock-keyboard --option bypass-password --option progress \
		--verbosity verbose --media 2 --yes &&
	test "$(boot $old options) $(boot $old verbosity) $(boot $old media)" = \
		"none,sol,lock-keyboard,bypass-password,progress 2 2"
'

test_expect_success 'what the PC does not list is refused with its property, and nothing was sent' '
	for words in "pause BIOSPause" "diagnostics ForceDiagnosticBoot" "https ForceUEFIHTTPSBoot --uri https://a.example" \
		"pxe PowerButtonLock --option lock-power" "pxe VerbosityQuiet --verbosity quiet" \
		"usual ConfigurationDataReset --option reset-config"; do
		set -- $words && from=$1 prop=$2 && shift 2 && n=$(boot $middle starts) &&
		refused 6 "AMT_BootCapabilities.$prop = " boot $from "$@" --yes --direct $middle:$base --password-file admin.txt &&
		left_nothing $middle && test "$(boot $middle starts)" = $n || return 1
	done
'

test_expect_success 'the disks are erased only when it is said twice' '
	n=$(boot $new starts) &&
	refused 2 "erase-disks" boot usual --option erase --yes --direct $new:$base --tls --password-file admin.txt &&
	refused 2 "erase" boot usual --erase-disks --yes --direct $new:$base --tls --password-file admin.txt &&
	test "$(boot $new starts)" = $n &&
	ob $new boot usual --option erase --erase-disks --yes && test "$(boot $new options)" = none,erase
'

test_expect_success 'words that nobody knows' '
	refused 2 "pxe, disk\|usual, disk" boot tape --yes --direct $old:$base --password-file admin.txt &&
	refused 2 "pxe, disk\|usual, disk" boot tape --direct $old:$base --password-file admin.txt && ! grep -q "Start" err &&
	refused 2 "lock-keyboard" boot pxe --option shout --yes --direct $old:$base --password-file admin.txt &&
	refused 2 "reset, cycle or none" boot pxe --power jump --yes --direct $old:$base --password-file admin.txt &&
	refused 2 "What is not saved there is lost" boot pxe --direct $old:$base --password-file admin.txt
'

test_expect_success 'for the next start only; the next run says what was left, and clears it' '
	ob $old boot pxe --power none --option sol && test "$(boot $old next) $(boot $old role)" = "pxe set" &&
	ob $old boot bios --power none 2>err && grep -q "UseSOL was set before" err &&
	test "$(boot $old next)" = bios && ob $old boot clear && left_nothing $old
'

test_expect_success 'a PC that is off is switched on; a cycle of it is refused' '
	ob $old pc power off --yes &&
	refused 3 "nothing to cycle" boot pxe --power cycle --yes --direct $old:$base --password-file admin.txt &&
	left_nothing $old && ob $old boot pxe --yes >said && grep -q "took power on" said && test "$(boot $old last)" = pxe &&
	ob $old boot cd --power cycle --yes && test "$(sim_ctl stats $old | sim_field power_cycles)" = 1
'

n=0
while test $n -lt 12; do
	n=$((n + 1))
	for fault in drop_before drop_after; do
		test_expect_success "request $n of it dies ($fault): no half of it is left" "
			sim_ctl fault $old none && sim_ctl fault $old $fault=$n && before=\$(boot $old starts) &&
			{ ob $old boot bios --yes >said 2>err || grep -q 'boot of' err; } && left_nothing $old &&
			{ test \$(boot $old starts) = \$before || test \"\$(boot $old last)\" = bios; } && sim_ctl fault $old none
		"
	done
done

# half_set: there is something in the PC that a start would use
half_set() {
	! left_nothing $slow
}

# boot_half: tells the PC to start, and goes on when that is set half; it stays so until its answers are let go
boot_half() {
	sim_ctl fault $slow hold_boot && { ob $slow boot bios --yes >said 2>err & } && pid=$! && sim_until half_set
}

for signal in INT HUP; do
	test_expect_success "CTRL-C or a closed terminal (SIG$signal) in the middle: what was set is taken back" '
		boot_half && kill -$signal $(pgrep -P $pid) && sim_ctl fault $slow none &&
		{ wait $pid; test $? -eq 1; } && grep -q "broken off" err && left_nothing $slow && test "$(boot $slow starts)" = 0
	'
done

test_expect_success 'killed in the middle: the next run clears it' '
	boot_half && kill -KILL $(pgrep -P $pid) && { wait $pid || true; } && sim_ctl fault $slow none &&
	half_set && ob $slow boot clear 2>err && grep -q "was set before" err && left_nothing $slow
'

test_done
