#!/bin/sh
test_description='outband sim: the state file keeps what was set'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

start() {
	sim_start 21060 --devices 5 --generation 16.1 --state configured --tls server --seed 9 \
		--admin-password-file admin.txt --state-file state "$@"
}

show() {
	openssl s_client -connect "$1:21061" </dev/null 2>/dev/null |
		openssl x509 -noout -fingerprint -sha256
}

test_expect_success 'what was set before an orderly end is there after it' '
	echo "$sim_password" >admin.txt && sim_get AMT_GeneralSettings >get.xml &&
	start && sim_ctl list >before &&
	sim_ctl state 1 factory && sim_ctl switch 2 dates=ignored && show 127.1.0.1 >cert &&
	sim_stop && test "$(stat -c %a state)" = 600 && test ! -e state.new &&
	start && test "$(sim_ctl state 1)" = factory && test "$(sim_ctl state 0)" = configured &&
	sim_ctl list 2 | grep "switch=dates=ignored" && show 127.1.0.1 >cert2 && test_cmp cert cert2 &&
	test "$(sim_curl get.xml https://127.1.0.1:21061/wsman --insecure)" = 200
'

test_expect_success 'UUIDs come from the seed' '
	sim_ctl list >after && sim_field uuid <before >u1 && sim_field uuid <after >u2 && test_cmp u1 u2 &&
	sim_stop
'

test_expect_success 'what was set long enough before a kill is there, too' '
	start && sim_ctl state 4 disabled && has_it() { grep -q "# device 4" state; } && sim_until has_it &&
	! sim_stop KILL && start && test "$(sim_ctl state 4)" = disabled && sim_stop
'

test_expect_success 'a document that a crash cut is left out' '
	printf -- "--- # device 3\nuuid: " >>state && start && test "$(sim_ctl state 3)" = configured &&
	test "$(sim_ctl state 4)" = disabled && sim_stop
'

test_expect_success 'the state of another fleet is refused, and not touched' '
	cp state kept &&
	test_must_fail "$OUTBAND" sim --devices 5 --state-file state --seed 10 --port-base 21060 2>err &&
	grep "state, document at line 3: .*line 1: uuid" err && grep "fits only the fleet" err &&
	test_must_fail "$OUTBAND" sim --devices 1 --state-file state --seed 9 --port-base 21060 2>err &&
	grep "it has a device" err && test_cmp kept state &&
	test_must_fail "$OUTBAND" sim --state-file admin.txt --port-base 21060 2>err &&
	grep "is no state file" err
'

test_expect_success 'an empty file, and one in a folder that is missing' '
	: >empty && sim_start 21060 --state-file empty && sim_stop &&
	test_must_fail "$OUTBAND" sim --state-file none/state --port-base 21060 2>err && grep "none/state" err
'

test_done
