#!/bin/sh
test_description='outband sim: ten thousand devices in little memory'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

test_expect_success 'they start, and the last one answers' '
	echo "$sim_password" >admin.txt && sim_get AMT_GeneralSettings >get.xml &&
	sim_start 21080 --devices 10000 --generation 9.5,11.8 --state configured --log-level warn \
		--admin-password-file admin.txt &&
	test "$(sim_curl get.xml http://127.1.39.16:21080/wsman)" = 200 && grep "HostName>pc9999<" reply
'

# A sanitizer's own memory is not ours to measure.
[ -n "${OUTBAND_SANITIZED:-}" ] || test_set_prereq OWN_MEMORY
test_expect_success OWN_MEMORY 'less than 10 kB each' '
	kb=$(awk "/^VmRSS/ { print \$2 }" /proc/$sim_pid/status) && echo "# $kb kB" &&
	test $kb -lt 100000
'

test_expect_success 'UUIDs and addresses are all different' '
	sim_ctl list >list && test "$(sim_field uuid <list | sort -u | wc -l)" = 10000 &&
	test "$(sim_field address <list | sort -u | wc -l)" = 10000
'

test_expect_success 'they end at once' '
	sim_stop
'

test_done
