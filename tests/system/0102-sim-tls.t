#!/bin/sh
test_description='outband sim: configured devices with TLS, seen by curl and openssl'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

test_expect_success 'a fleet of two starts' '
	echo "$sim_password" >admin.txt &&
	printf "%s" "$sim_identify" >identify.xml &&
	sim_get AMT_GeneralSettings >get.xml &&
	sim_start 21020 --devices 2 --generation 16.1 --state configured --tls server \
		--admin-password-file admin.txt --suffix example.com
'

test_expect_success 'Identify and Get over TLS' '
	test "$(sim_curl identify.xml https://127.1.0.2:21021/wsman --insecure)" = 200 &&
	grep -q "<[a-z]*:ProductVersion>AMT 16.1<" reply &&
	test "$(sim_curl get.xml https://127.1.0.2:21021/wsman --insecure)" = 200 &&
	grep -q "<[a-z]*:HostName>pc1<" reply
'

test_expect_success 'TLS 1.2 and 1.3 are spoken, 1.1 is not' '
	test "$(sim_curl get.xml https://127.1.0.1:21021/wsman --insecure --tls-max 1.2)" = 200 &&
	test "$(sim_curl get.xml https://127.1.0.1:21021/wsman --insecure --tlsv1.3)" = 200 &&
	test_must_fail openssl s_client -connect 127.1.0.1:21021 -tls1_1 \
		-cipher DEFAULT@SECLEVEL=0 </dev/null
'

test_expect_success 'each device shows a certificate of its own, the same every time' '
	show() { openssl s_client -connect $1:21021 </dev/null 2>/dev/null |
		openssl x509 -noout -fingerprint -sha256; } &&
	show 127.1.0.1 >one && show 127.1.0.1 >again && show 127.1.0.2 >two &&
	test -s one && test_cmp one again && ! cmp -s one two
'

test_expect_success 'this firmware has no clear ports' '
	test_must_fail curl --silent --max-time 60 http://127.1.0.1:21020/ && sim_stop
'

test_expect_success 'mutual TLS asks for a certificate' '
	sim_start 21020 --generation 11.8 --state configured --tls mutual --admin-password-file admin.txt &&
	openssl s_client -connect 127.1.0.1:21021 -tls1 -cipher DEFAULT@SECLEVEL=0 </dev/null >mutual 2>&1;
	grep -q "alert" mutual && test "$(sim_ctl stats | sim_field handshakes)" = 0 && sim_stop
'

test_done
