#!/bin/sh
test_description='outband pc: facts and power of one PC, whatever its firmware speaks'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=21200

# pc N COMMAND...: with that device; from 8 on over TLS
pc() {
	n=$1
	shift
	test "$n" -lt 8 && tls= || tls=--tls
	"$OUTBAND" pc "$@" --direct "127.21.20$((n / 8)).$n:$base" --password-file admin.txt --timeout 20 $tls
}

# is N FIELD VALUE: of pc info
is() {
	pc "$1" info --json >"info.$1" && test "$(json "info.$1" "d.get('$2', '')")" = "$3"
}

count() {
	sim_ctl stats "127.21.20$(($1 / 8)).$1" | sim_field "$2"
}

test_expect_success 'PCs of both eras, without and with TLS' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 207
	groups:
	  - {count: 7, base: 127.21.200.1, generation: [2.0, 2.1, 2.2, 2.5, 2.6, 3.0, 5.0], state: configured, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 5, base: 127.21.201.8, generation: [2.0, 3.0, 3.2.1, 7.1, 16.1], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && sim_ctl list >list
'

n=0
for row in 2.0.5,SOAP 2.1.3,SOAP 2.2.10,SOAP 2.5.15,SOAP 2.6.20,SOAP 3.0.5,SOAP 5.0.3,MAN \
	2.0.5,SOAP 3.0.5,SOAP 3.2.1,MAN 7.1.91,MAN 16.1.25.1917,MAN; do
	n=$((n + 1))
	version=${row%,*} speaks=${row#*,}
	test_expect_success "$n: AMT $version says what it is" "
		is $n version $version && is $n host pc$((n - 1)) && is $n domain example.com && is $n power on &&
		json info.$n 'd[\"interface\"][-${#speaks}:]' | grep -qx $speaks &&
		json info.$n 'd[\"uuid\"]' >uuid && grep -q \"uuid=\$(cat uuid) \" list
	"
	test_expect_success "$n: AMT $version is switched off, on, cycled and reset, once each" "
		pc $n power off --yes >said && grep -q 'took power off and says it is off' said &&
		test \"\$(count $n power)\" = off &&
		pc $n power off --yes >said && grep -q 'is off already' said &&
		test_must_fail pc $n power reset --yes 2>err && grep -q 'nothing to reset' err &&
		pc $n power status | grep -q '^power *off' &&
		pc $n power on >said && grep -q 'says it is on' said && pc $n power on >said && grep -q 'on already' said &&
		pc $n power cycle --yes && pc $n power reset --yes &&
		test \"\$(count $n power_offs) \$(count $n power_ons) \$(count $n power_cycles) \$(count $n resets)\" = '1 1 1 1'
	"
done

test_expect_success 'what takes the work of somebody is asked for; on is not' '
	refused 2 "What is not saved there is lost" pc power off --direct 127.21.200.1:$base --password-file admin.txt &&
	refused 2 "no power action" pc power explode --direct 127.21.200.1:$base --password-file admin.txt &&
	refused 2 "no power action" pc power info --direct 127.21.200.1:$base --password-file admin.txt &&
	test "$(count 1 power)" = on
'

test_expect_success 'a wrong password is sent once, over either interface' '
	echo wrong >wrong.txt &&
	for at in 200.1 200.7; do
		before=$(sim_ctl stats 127.21.$at | sim_field failed_logins) &&
		refused 5 "password" pc info --direct 127.21.$at:$base --password-file wrong.txt &&
		test "$(sim_ctl stats 127.21.$at | sim_field failed_logins)" = $((before + 1)) || return 1
	done
'

test_expect_success 'a command whose answer never comes is not sent again' '
	before=$(count 1 resets) && sim_ctl fault 127.21.200.1 drop_after=6 &&
	test_must_fail pc 1 power reset --yes 2>err && test "$(count 1 resets)" = $((before + 1))
'

test_expect_success 'wsman names the translator where there is no WS-MAN' '
	refused 6 "outband pc" wsman identify --direct 127.21.200.1:$base --password-file admin.txt &&
	grep -q D015 err
'

test_expect_success 'a host that is no PC with AMT' '
	sim_ctl switch 127.21.200.1 eoi=gone && refused 6 "neither WS-MAN nor legacy SOAP" \
		pc info --direct 127.21.200.1:$base --password-file admin.txt
'

test_done
