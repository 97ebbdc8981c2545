#!/bin/sh
test_description='outband sim: the fleet file of the documents works as it stands'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

test_expect_success 'it runs; its paths are relative to it' '
	examples=${OUTBAND_SRC:-$SHARNESS_TEST_SRCDIR/../..}/docs/examples &&
	mkdir fleet && cp "$examples/fleet.yaml" "$examples/keys.csv" fleet/ && sim_root good && mv good.pem fleet/roots.pem &&
	echo "$sim_password" >fleet/admin.txt &&
	sim_start 21070 fleet/fleet.yaml --waits off &&
	test "$(cat sim.out)" = "ready devices=43 base=127.1.0.1 ports=21070-21073" &&
	test -s fleet/fleet.state && sim_ctl list >list && test "$(wc -l <list)" = 43
'

test_expect_success 'generations are mixed, groups follow each other' '
	test "$(grep -c "generation=5.0 state=setup-psk" list)" = 2 &&
	test "$(grep -c "generation=9.5 state=setup-psk" list)" = 1 &&
	test "$(grep -c "generation=11.8 state=setup-pki" list)" = 10 &&
	test "$(grep -c "generation=16.1 state=setup-pki" list)" = 20 &&
	sed -n 4p list | grep "address=127.1.0.4 " && sed -n 34p list | grep "address=127.1.1.1 "
'

test_expect_success 'single devices differ as written' '
	sed -n 7p list | grep "fault=drop_commit=1 " &&
	sed -n 9p list | grep "fault=hello_split=9,slow=2000 " &&
	sed -n 43p list | grep "address=127.1.1.10 .*state=silent"
'

test_expect_success 'the configured ones answer under their names' '
	sim_get AMT_GeneralSettings >get.xml &&
	test "$(sim_curl get.xml https://127.1.1.3:21071/wsman --insecure)" = 200 &&
	grep "HostName>desk35<" reply
'

test_expect_success 'a device is found by number, address and UUID' '
	uuid=$(sed -n 8p list | sim_field uuid) &&
	for name in 7 127.1.0.8 $uuid; do
		sim_ctl list $name >one && sed -n 8p list >want && test_cmp want one || return 1
	done
'

test_expect_success 'all of them at once' '
	sim_ctl fault all slow=1 && test "$(sim_ctl list | grep -c "fault=slow=1 ")" = 43 &&
	test_must_fail sim_ctl state all setup-psk 2>err && grep "40 devices refused, the first" err &&
	sim_stop
'

test_done
