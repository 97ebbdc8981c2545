#!/bin/sh
test_description='outband media to a PC in another network namespace: no other way but the session'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/media.sh"

space=outband$$
far=ob$$
base=22260
pc=10.231.31.2:$base

if test "$(id -u)" != 0 || ! command -v ip >/dev/null || ! command -v genisoimage >/dev/null ||
	! ip netns add $space 2>/dev/null; then
	skip_all='needs root, iproute2 (ip netns) and genisoimage'
	test_done
fi
cleanup_space() {
	sim_end
	ip netns del $space 2>/dev/null
	ip link del ${far}a 2>/dev/null
}
trap 'space_code=$?; cleanup_space; (exit $space_code); die' EXIT

test_expect_success 'a PC behind a virtual cable' '
	ip link add ${far}a type veth peer name ${far}b && ip link set ${far}b netns $space &&
	ip addr add 10.231.31.1/24 dev ${far}a && ip link set ${far}a up &&
	ip netns exec $space ip addr add 10.231.31.2/24 dev ${far}b &&
	ip netns exec $space ip link set ${far}b up && ip netns exec $space ip link set lo up &&
	echo "P@ssw0rd1" >admin.txt && : >sim.out &&
	{ ip netns exec $space "$OUTBAND" sim --base 10.231.31.2 --expose --generation 9.5 --state configured \
		--redirection on --admin-password-file admin.txt --port-base $base --ctl ctl --waits off \
		>sim.out 2>sim.log & } &&
	sim_pid=$! && sim_pids="$sim_pids $sim_pid" && sim_until grep -q "^ready " sim.out &&
	! "$OUTBAND" pc info --direct 127.0.0.1:$base --password-file admin.txt 2>err
'

test_expect_success 'it reads every file of the disc through the session' '
	media_disc disc 7000 4000000 && genisoimage -quiet -R -V FAR -o disc.iso disc &&
	media_serve $pc --cd disc.iso && media_start $pc && media_booted 0 disc &&
	grep -qx "volume FAR" loader && media_end
'

test_expect_success 'the cable is pulled in the middle, and put back' '
	media_serve $pc --cd disc.iso && media_start $pc && media_booted 0 disc &&
	ip link set ${far}a down && ip link set ${far}a up &&
	sim_until media_start $pc && media_booted 0 disc && media_end
'

test_done
