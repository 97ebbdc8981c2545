#!/bin/sh
test_description='legacy SOAP firmware, as amttool and curl meet it'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

base=21180
rci=http://schemas.intel.com/platform/client/RemoteControl/2004/01
AMT_PASSWORD=$sim_password
export AMT_PASSWORD

command -v amttool >/dev/null && perl -MSOAP::Lite -e 1 2>/dev/null && test_set_prereq AMTTOOL

# tool N [COMMAND]: amttool with that device, whatever it asks is answered with yes
tool() {
	echo y | timeout 120 amttool "127.21.23.$1:$base" $2 >tool.out 2>&1
}

# power N: as the simulator has it
power() {
	sim_ctl stats "127.21.23.$1" | sim_field power
}

test_expect_success 'one configured PC of each release without WS-MAN, and one of 5.0' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 123
	groups:
	  - {count: 7, base: 127.21.23.1, generation: [2.0, 2.1, 2.2, 2.5, 2.6, 3.0, 5.0], state: configured, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: 127.21.23.8, generation: 9.0, state: configured, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off
'

n=0
for version in 2.0.5 2.1.3 2.2.10 2.5.15 2.6.20 3.0.5 5.0.3; do
	n=$((n + 1))
	test_expect_success AMTTOOL "amttool reads AMT $version, switches it off, on, resets and cycles it" "
		tool $n info && grep -q '^AMT version:  $version\$' tool.out &&
		grep -q '^Hostname:     pc$((n - 1)).example.com\$' tool.out &&
		grep -q '^Powerstate:   S0\$' tool.out && grep -q 'IDER SOL BiosReflash' tool.out &&
		tool $n powerdown && grep -q 'pt_status: success' tool.out && test \"\$(power $n)\" = off &&
		tool $n info && grep -q '^Powerstate:   S5' tool.out &&
		tool $n reset && grep -q 'pt_status: not permitted' tool.out &&
		tool $n powerup && grep -q 'pt_status: success' tool.out && test \"\$(power $n)\" = on &&
		tool $n reset && tool $n powercycle && sim_ctl stats 127.21.23.$n >stats &&
		test \"\$(sim_field resets <stats) \$(sim_field power_cycles <stats)\" = '1 1'
	"
done

test_expect_success AMTTOOL 'amttool reads the network of 2.5' '
	tool 4 netinfo && grep -q "InterfaceMode *SHARED_MAC_ADDRESS" tool.out && grep -q "MACAddress *02-" tool.out
'

test_expect_success AMTTOOL 'amttool finds nothing it knows on 9.0' '
	test_must_fail tool 8 info
'

test_expect_success AMTTOOL 'a wrong password is refused' '
	before=$(sim_ctl stats 127.21.23.1 | sim_field failed_logins) &&
	AMT_PASSWORD=wrong test_must_fail tool 1 info &&
	test "$(sim_ctl stats 127.21.23.1 | sim_field failed_logins)" -gt "$before"
'

# soap ACTION: the state of power, asked with that SOAPAction; prints the HTTP status
soap() {
	sim_curl state.xml "http://127.21.23.6:$base/RemoteControlService" -H 'Content-Type: text/xml; charset=utf-8' \
		-H "SOAPAction: $1"
}

test_expect_success 'curl: a SOAPAction is checked when there is one, unless the switch says otherwise' '
	cat >state.xml <<-XML &&
	<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
	<GetSystemPowerState xmlns="$rci"/></soap:Body></soap:Envelope>
	XML
	test "$(soap "\"$rci#GetSystemPowerState\"")" = 200 && grep -q ":SystemPowerState>0<" reply &&
	test "$(soap "$rci#GetSystemPowerState")" = 200 &&
	test "$(soap "")" = 200 &&
	test "$(soap "\"$rci#RemoteControl\"")" = 500 && grep -q "Wrong SOAPAction" reply &&
	sim_ctl switch 127.21.23.6 eoi_action=ignored &&
	test "$(soap "\"$rci#RemoteControl\"")" = 200
'

test_expect_success 'power and interface survive a restart of the simulator with a state file' '
	sim_stop && sim_start $base fleet.yaml --waits off --state-file state.yaml &&
	sed "s|<GetSystemPowerState.*|<RemoteControl xmlns=\"$rci\"><Command>18</Command><IanaOemNumber>343</IanaOemNumber></RemoteControl></soap:Body></soap:Envelope>|" \
		state.xml >off.xml &&
	test "$(sim_curl off.xml "http://127.21.23.6:$base/RemoteControlService")" = 200 && test "$(power 6)" = off &&
	sim_stop && sim_start $base fleet.yaml --waits off --state-file state.yaml && test "$(power 6)" = off &&
	test "$(soap "")" = 200 && grep -q ":SystemPowerState>5<" reply && sim_stop
'

test_expect_success 'what is known of a release is told, of text that is none is not' '
	"$OUTBAND" issues --firmware 2.1.3 --csv >rows && grep -q "^D015," rows && grep -q "^KB959040," rows &&
	! grep -q "^SCS-5," rows && "$OUTBAND" issues --firmware 9.0 --csv >rows && ! grep -q "^D015," rows &&
	"$OUTBAND" issues --csv >rows && test "$(grep -c "^KB" rows)" = 15 &&
	test_must_fail "$OUTBAND" issues --firmware nine 2>err && grep -q "is no version" err
'

test_done
