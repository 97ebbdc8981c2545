#!/bin/sh
test_description='outband consent: the code on the screen, and what it guards'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22354
admin=127.22.36.1 old=127.22.36.2 client=127.22.37.1

ob() {
	at=$1
	shift
	"$OUTBAND" "$@" --direct "$at:$base" --password-file admin.txt --timeout 20
}

# no EXIT PATTERN ADDRESS COMMAND...
no() {
	want=$1 pattern=$2 at=$3
	shift 3
	refused "$want" "$pattern" "$@" --direct "$at:$base" --password-file admin.txt
}

shows() {
	sim_ctl consent "$1" | sim_field code
}

state() {
	ob "$1" consent state --json | sed -n 's/.*"state": *"\([^"]*\)".*/\1/p'
}

boots() {
	sim_ctl boot "$1" | sim_field last
}

test_expect_success 'PCs in admin and client control mode, and one from before consent' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	groups:
	  - {count: 2, base: $admin, generation: [11.8, 5.0], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: $client, generation: 11.8, state: configured, control_mode: client, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off
'

for at in $admin $client; do
	test_expect_success "$at: no start without consent, and nothing is changed" "
		n=\$(sim_ctl boot $at | sim_field starts) && no 7 'consent not asked for' $at boot bios --yes && grep -q M24 err &&
		sim_ctl boot $at | grep -q 'starts='\$n' .*role=none left=no' && no 7 consent $at boot clear
	"
	test_expect_success "$at: plain power needs none" "
		ob $at pc power reset --yes && test \"\$(boots $at)\" = usual
	"
	test_expect_success "$at: with the code it starts" "
		ob $at consent request && test \"\$(state $at)\" = 'code is shown' && code=\$(shows $at) &&
		ob $at consent request && test \"\$(shows $at)\" = \$code &&
		ob $at boot bios --code \$code --yes && test \"\$(boots $at)\" = bios &&
		test \"\$(state $at)\" = given
	"
	test_expect_success "$at: cancel takes it back" "
		ob $at consent cancel && test \"\$(state $at)\" = 'not asked for' && no 7 M24 $at boot bios --yes &&
		ob $at consent cancel
	"
	test_expect_success "$at: what is set is not cleared without consent" "
		ob $at consent request && ob $at boot pxe --power none --code \$(shows $at) && ob $at consent cancel &&
		no 7 M24 $at boot clear && sim_ctl boot $at | grep -q 'next=pxe role=set' &&
		ob $at consent request && ob $at consent send \$(shows $at) && ob $at boot clear &&
		sim_ctl boot $at | grep -q 'next=usual role=none left=no' && ob $at consent cancel
	"
	test_expect_success "$at: wrong codes are sent once each; the third ends it" "
		ob $at consent request && good=\$(shows $at) && bad=\$(printf %06d \$(((\$(echo \$good | sed 's/^0*//')0 / 10 + 1) % 1000000))) &&
		no 3 'still on the screen' $at consent send \$bad && no 3 'still on the screen' $at boot bios --code \$bad --yes &&
		no 3 'no code any more' $at consent send \$bad && no 3 'waits for no code' $at consent send \$good
	"
done

test_expect_success 'a code that is none is not sent' '
	ob $admin consent request && no 2 "6 digits" $admin consent send 12345 && no 2 "6 digits" $admin consent send 12a456 &&
	sim_ctl consent $admin | grep -q "wrong=0" && ob $admin consent cancel
'

test_expect_success '--ask-consent on a terminal: no code, Ctrl-C, what is none, a wrong one; then it starts' '
	play() {
		steps=$1 && shift &&
		python3 "$SHARNESS_TEST_SRCDIR/prompt_pty.py" 5x40 "$steps" "$OUTBAND" boot bios --ask-consent --yes \
			--direct "$admin:$base" --password-file admin.txt >seen && cat seen && grep -q "^terminal sane" seen
	} && gone() { test "$(state $admin)" = "not asked for" && grep -q "taken off the PC" seen; } &&
	n=$(sim_ctl boot $admin | sim_field starts) &&
	play "out: =\\x03" && grep -q "^exit 130" seen && gone && play "out: =\\x04" && grep -q "no code was entered" seen && gone &&
	play "out: =SIGTERM" && grep -q "^exit 143" seen && gone && play "out: =HANGUP" && gone &&
	play "out: =12\\n;;out: =\\x04" && grep -q "it has 6 digits" seen && gone &&
	play "out: =1\\n;;out: =2\\n;;out: =3\\n" && grep -q "no code was given" seen && gone &&
	sim_ctl boot $admin | grep -q "starts=$n .*role=none left=no" && ob $admin consent request &&
	play "out: =12\\n;;out: =\\x03" && ! grep -q "taken off" seen && sim_ctl consent $admin | grep -q "wrong=0" &&
	test -n "$(shows $admin)" &&
	play "out: =$(shows $admin)\\n" && grep -q "^exit 0" seen && test "$(boots $admin)" = bios && ob $admin consent cancel
'



test_expect_success 'a PC that is off shows no code' '
	ob $admin pc power off --yes && no 6 "shows no code" $admin consent request && ob $admin pc power on
'

test_expect_success 'consent for KVM only does not guard a start; client control mode cannot be told so' '
	ob $admin wsman put IPS_OptInService OptInRequired=1 && ob $admin boot bios --yes && test "$(boots $admin)" = bios &&
	ob $admin wsman put IPS_OptInService OptInRequired=0 && no 3 "wants no user consent" $admin consent request &&
	no 6 16 $client wsman put IPS_OptInService OptInRequired=0
'

test_expect_success 'firmware from before consent' '
	ob $old consent state >said && grep -q "none" said && no 3 "no user consent" $old consent request && ob $old boot bios --yes
'

test_expect_success 'KVM is read and switched' '
	ob $admin kvm status >said && grep -q "KVM  *disabled" said && ob $admin kvm enable >said && grep -q "KVM  *enabled" said &&
	grep -q "redirection ports  *yes" said && sim_ctl value $admin AMT_RedirectionService.ListenerEnabled | grep -qx true &&
	ob $admin kvm enable && ob $admin kvm disable >said && grep -q "KVM  *disabled" said && no 6 "no KVM" $old kvm status
'

# A fleet of its own: codes that end so fast would end in the middle of the tests above on a slow machine.
test_expect_success 'the code is shown for 300 s, and good for 120 s (20 times faster here)' '
	sim_stop && sim_start $base fleet.yaml --waits off --speed 20 &&
	is_over() { test "$(state $admin)" = "not asked for"; } &&
	ob $admin consent request && sim_until is_over && shown() { ob $admin consent request && code=$(shows $admin) && test -n "$code"; } &&
	given() { shown && ob $admin consent send $code && sim_ctl consent $admin | grep -q "state=received"; } &&
	sim_until given && sim_until is_over
'

test_done
