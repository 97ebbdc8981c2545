#!/bin/sh
test_description='outband sim: PSK setup session, seen by openssl'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

# psk_session LINE INPUT: talks as the owner of the key pair in that line of keys.csv
psk_session() {
	pid=$(sed -n "$1p" keys.csv | cut -d, -f1)
	key=$(sed -n "$1p" keys.csv | cut -d, -f2 | tr -d '\n' | od -An -tx1 | tr -d ' \n')
	openssl s_client -connect 127.1.0.1:21031 -psk "$key" -psk_identity "$pid" -tls1 \
		-cipher PSK-AES128-CBC-SHA@SECLEVEL=0 -quiet <"$2" >session 2>session.err
}

test_expect_success 'a fleet of two starts' '
	sim_pairs 2 >keys.csv &&
	printf "%s" "$sim_identify" >identify.xml &&
	sim_get AMT_SetupAndConfigurationService >get.xml &&
	sim_start 21030 --devices 2 --generation 5.0 --state setup-psk --psk keys.csv
'

test_expect_success 'Identify in the session of the right key' '
	sim_request identify.xml >request && psk_session 2 request &&
	grep -q "^HTTP/1.1 200" session && grep -q "ProductVersion>AMT 5.0<" session
'

test_expect_success 'a request needs a login, and the MEBx password of the key file opens' '
	sim_request get.xml >request && psk_session 2 request && grep -q "^HTTP/1.1 401" session &&
	sim_request get.xml "$(sim_digest session admin Mebx-Pass0 POST /wsman)" >request &&
	psk_session 2 request && grep -q "^HTTP/1.1 200" session &&
	grep -q "ProvisioningState>1<" session
'

test_expect_success 'the password of another line does not' '
	sim_request get.xml >request && psk_session 2 request &&
	sim_request get.xml "$(sim_digest session admin Mebx-Pass1 POST /wsman)" >request &&
	psk_session 2 request && grep -q "^HTTP/1.1 401" session
'

test_expect_success 'the key pair of another device is refused with the alert for that' '
	test_must_fail psk_session 3 request && grep -q "unknown psk identity" session.err &&
	sim_until grep -q "verdict=refused" sim.log
'

test_expect_success 'a key file with quotes, another order and Windows line ends is read' '
	sim_stop &&
	awk -F, "NR == 1 { print \"mebx_password,note,pps,pid\" }
		NR == 2 { printf \"\\\"%s\\\",\\\"a, b\\\", %s ,\\\"%s\\\"\\r\\n\", \$3, \$2, \$1 }" keys.csv >odd.csv &&
	sim_start 21030 --generation 5.0 --state setup-psk --psk odd.csv &&
	sim_request get.xml >request && psk_session 2 request &&
	sim_request get.xml "$(sim_digest session admin Mebx-Pass0 POST /wsman)" >request &&
	psk_session 2 request && grep -q "^HTTP/1.1 200" session
'

test_expect_success 'nothing secret is in the log' '
	! grep -q -e Mebx-Pass -e AAA sim.log
'

test_done
