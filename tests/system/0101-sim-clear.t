#!/bin/sh
test_description='outband sim: configured devices without TLS, seen by curl'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

test_expect_success 'a fleet of four starts' '
	echo "$sim_password" >admin.txt &&
	printf "%s" "$sim_identify" >identify.xml &&
	sim_get AMT_GeneralSettings >get.xml &&
	sim_start 21010 --devices 4 --base 127.1.0.1 --generation 9.5 --state configured --tls off \
		--admin-password-file admin.txt --suffix example.com --host-name "desk{n}" &&
	test "$(cat sim.out)" = "ready devices=4 base=127.1.0.1 ports=21010-21013"
'

test_expect_success 'Identify' '
	test "$(sim_curl identify.xml http://127.1.0.3:21010/wsman)" = 200 &&
	grep -q "<[a-z]*:ProductVersion>AMT 9.5<" reply
'

test_expect_success 'Get AMT_GeneralSettings, with the address telling the device' '
	test "$(sim_curl get.xml http://127.1.0.3:21010/wsman)" = 200 &&
	grep -q "<[a-z]*:HostName>desk2<" reply &&
	grep -q "<[a-z]*:DomainName>example.com<" reply &&
	test "$(sim_curl get.xml http://127.1.0.4:21010/wsman)" = 200 &&
	grep -q "<[a-z]*:HostName>desk3<" reply
'

test_expect_success 'a wrong password is refused, and counted on that device only' '
	sim_password=wrong && test "$(sim_curl get.xml http://127.1.0.2:21010/wsman)" = 401 &&
	sim_password="Str0ng-Pass" &&
	test "$(sim_ctl stats 127.1.0.2 | sim_field failed_logins)" = 1 &&
	test "$(sim_ctl stats 127.1.0.3 | sim_field failed_logins)" = 0 &&
	test "$(sim_ctl stats | wc -l)" = 4
'

# Refused at once, or reset before (55) or after (56) curl has sent its request.
test_expect_success 'an address without a device is refused' '
	code=0 && { curl --silent --max-time 60 http://127.1.0.5:21010/ || code=$?; } &&
	case $code in 7 | 55 | 56) ;; *) echo "curl says $code"; false ;; esac
'

test_expect_success 'TLS is off: its port refuses' '
	test_must_fail curl --silent --insecure --max-time 60 https://127.1.0.3:21011/
'

test_expect_success 'a redirection port that is not switched on is closed' '
	cat >closed.py <<-\EOF &&
	import socket
	s = socket.socket()  # without a time limit: those look at the error themselves, and lose it
	try:
	    s.connect(("127.1.0.3", 21012))
	    print(s.recv(1))
	except ConnectionResetError:
	    print("reset")
	EOF
	timeout 60 python3 closed.py >out && test "$(cat out)" = reset
'

test_expect_success 'a fault hits the device that it was set on, as often as told' '
	sim_ctl fault 127.1.0.1 http_500=1 &&
	sim_ctl list 0 | grep -q "fault=http_500=1 " &&
	curl --silent --max-time 60 --output /dev/null --write-out "%{http_code}" --data-binary @identify.xml \
		http://127.1.0.1:21010/wsman >code && test "$(cat code)" = 500 &&
	test "$(sim_curl identify.xml http://127.1.0.1:21010/wsman)" = 200 &&
	test "$(sim_curl identify.xml http://127.1.0.2:21010/wsman)" = 200
'

test_expect_success 'a device that hangs takes the connection and says nothing' '
	sim_ctl fault 1 hang=1 &&
	test_expect_code 28 curl --silent --max-time 1 http://127.1.0.2:21010/ &&
	test "$(sim_curl identify.xml http://127.1.0.2:21010/wsman)" = 200
'

test_expect_success 'after a CMOS clear the device is gone from the network' '
	sim_ctl state 3 factory && test "$(sim_ctl state 3)" = factory &&
	test "$(sim_ctl state 2)" = configured &&
	test_must_fail curl --silent --max-time 60 http://127.1.0.4:21010/ &&
	sim_ctl value 2 AMT_GeneralSettings.HostName >value && test "$(cat value)" = desk2
'

test_expect_success 'only the owner may use the control socket, and it goes with the fleet' '
	test "$(stat -c %a ctl)" = 600 && sim_stop && test ! -e ctl
'

test_done
