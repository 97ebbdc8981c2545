#!/bin/sh
test_description='outband sim: who may set up a device with a provisioning certificate'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

# session [OPTION...]: a setup session; what the device said is in ./session. TLS 1.3 refuses a
# certificate only after the client believes to be done: the device ends the connection, not we.
session() {
	logged=$(wc -l <sim.log)
	openssl s_client -connect 127.1.0.1:21041 -quiet "$@" <request >session 2>session.err
}

# refused_by RULE: what the device logged of that session
refused_by() {
	tail -n +$((logged + 1)) sim.log | grep "verdict=refused" | grep -q "$1"
}

test_expect_success 'certificates are made, and a device starts' '
	sim_root good && sim_root other &&
	sim_leaf fits good prov.example.com && sim_leaf elsewhere good prov.example.org &&
	sim_leaf stranger other prov.example.com &&
	sim_get AMT_SetupAndConfigurationService >get.xml && sim_request get.xml >request &&
	sim_start 21040 --generation 16.1 --state setup-pki --roots good.pem --suffix example.com
'

for version in tls1_2 tls1_3; do
	test_expect_success "$version: the right chain may" '
		session -$version -cert fits.pem -key fits.key -cert_chain good.pem &&
		grep -q "^HTTP/1.1 200" session && grep -q "ProvisioningState>1<" session
	'

	test_expect_success "$version: no certificate is refused with an alert" '
		session -$version;
		! grep -q HTTP session && grep -q "alert" session.err
	'

	test_expect_success "$version: a name outside of the suffix is refused" '
		session -$version -cert elsewhere.pem -key elsewhere.key -cert_chain good.pem;
		! grep -q HTTP session && grep -q "alert" session.err &&
		sim_until refused_by D057
	'

	test_expect_success "$version: a root that is not in the list is refused" '
		session -$version -cert stranger.pem -key stranger.key -cert_chain other.pem;
		! grep -q HTTP session && grep -q "alert" session.err &&
		sim_until refused_by D056
	'
done

test_expect_success 'the refusals were counted, and none of them was a login' '
	test "$(sim_ctl stats | sim_field refused_chains)" = 4 &&
	test "$(sim_ctl stats | sim_field failed_logins)" = 0
'

test_expect_success 'the device shows a chain of three' '
	openssl s_client -connect 127.1.0.1:21041 -showcerts </dev/null >chain 2>/dev/null;
	test "$(grep -c "BEGIN CERTIFICATE" chain)" = 3
'

test_done
