#!/bin/sh
test_description='outband: taking the configuration off PCs, with proof, and nothing brings it back by itself'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22150 base=22154 a=127.1.25.1 b=127.1.25.2

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

test_expect_success 'two PCs are configured' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	sim_pairs 2 >keys.csv && "$OUTBAND" key import keys.csv &&
	sim_start $base --base $a --devices 2 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$port --speed 50 &&
	sim_until state_is $a refused && sim_until state_is $b refused && "$OUTBAND" device list --json >list.json &&
	json list.json "chr(10).join(x[\"uuid\"] + \",pc\" + x[\"address\"][-1] + \".example.com\" for x in d)" >names.csv &&
	"$OUTBAND" device import names.csv && sim_until state_is $a configured && sim_until state_is $b configured && sim_until jobs_rest &&
	"$OUTBAND" credential reveal $a --json >out && json out "d[0][\"secret\"]" >pw
'

test_expect_success 'a look tells what would be lost, and loses nothing' '
	{ "$OUTBAND" device unconfigure $a --preview >out 2>err || cat err; } && cat out && grep -q "loses: .*PID/PPS pair" out &&
	grep -q "will be revoked" out && state_is $a configured &&
	"$OUTBAND" wsman get AMT_GeneralSettings --direct $a:$base --tls --password-file pw >out
'

test_expect_success 'it is asked before, and not done without an answer' '
	test_expect_code 2 "$OUTBAND" device unconfigure $a </dev/null >out 2>err || cat err && state_is $a configured
'

test_expect_success 'full: proven, archived, revoked, held' '
	"$OUTBAND" device unconfigure $a --yes >out 2>err && cat out && grep -q "proof: .*credentials archived" out &&
	state_is $a unconfigured || state_is $a approval
'

test_expect_success 'the old password opens it no more' '
	test_expect_code 5 "$OUTBAND" wsman get AMT_GeneralSettings --direct $a:$base --tls --password-file pw >out 2>err ||
	! "$OUTBAND" wsman get AMT_GeneralSettings --direct $a:$base --tls --password-file pw >out 2>err
'

test_expect_success 'partial: the other one' '
	"$OUTBAND" device unconfigure pc2.example.com --partial --yes --json >out 2>err &&
	sim_until state_is $b approval
'

test_expect_success 'its hellos wait until somebody approves; then it is configured again' '
	"$OUTBAND" log $b --limit 1000 >out && grep -q "ev=device.unconfigured" out &&
	"$OUTBAND" device approve $b && sim_until state_is $b configured
'

test_expect_success 'what is not configured cannot be unconfigured' '
	refused 3 "configured device" device unconfigure $a --yes
'

test_expect_success 'no secret in logs or database' '
	! grep -rqF -e "$(cat pw)" serve.log data && serve_stop
'

test_done
