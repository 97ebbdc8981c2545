#!/bin/sh
test_description='a KVM session that nobody uses ends, with its reason'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22394 listen=22398 pc=127.22.39.8

ob() {
	"$OUTBAND" "$@" --direct "$pc:$base" --password-file admin.txt --timeout 20
}

# opens the session, and is silent then
viewer() {
	timeout 300 bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; printf 'RFB 003.008\\n\\001\\001' >&3; cat <&3 >/dev/null" &
}

test_expect_success 'a PC that ends sessions after a minute (thirty times faster here)' '
	echo "$sim_password" >admin.txt &&
	sim_start $base --devices 1 --base $pc --generation 11.8 --state configured --admin-password-file admin.txt \
		--waits off --speed 30 &&
	ob wsman put IPS_OptInService OptInRequired=0 >/dev/null && ob kvm enable >/dev/null &&
	ob wsman put IPS_KVMRedirectionSettingData SessionTimeout=1 >/dev/null
'

test_expect_success 'idle: ended by the PC, told in words' '
	{ ob kvm --listen $listen --once >bridge.out 2>bridge.err & } && bridge=$! &&
	sim_until grep -q "VNC viewers reach" bridge.out && viewer && wait $bridge &&
	grep -q "0x80862700, nobody used it" bridge.err && sim_ctl kvm $pc | grep -q "session=none sessions=1 shows=yes"
'

test_done
