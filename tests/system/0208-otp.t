#!/bin/sh
test_description='outband: the one-time password of a setup by certificate: off, optional, required'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22100 base=22104

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

refused_for() { # DEVICE TEXT
	state_is "$1" refused && "$OUTBAND" device show "$1" >out && grep -q "$2" out
}

# report ADDRESS TEXT: as the agent on that PC does
report() {
	"$OUTBAND" device show "$1" --json >show.json &&
		printf '%s\n' "$2" | "$OUTBAND" secret set "otp.$(json show.json "d['uuid']")" --file - >/dev/null
}

approve() { # ADDRESS NAME
	"$OUTBAND" device approve "$1" --fqdn "$2" >out 2>err
}

test_expect_success 'five PCs; the firmware of each shows a one-time password' '
	sim_root root && sim_leaf leaf root setup.example.com && cat leaf.pem leaf.key root.pem >chain.pem &&
	serve_start $port && "$OUTBAND" setting set device.port_base $base >/dev/null && "$OUTBAND" cert import main chain.pem >/dev/null &&
	"$OUTBAND" setting set job.retry_s 1 >/dev/null && refused 3 "off optional required" setting set pki.otp maybe &&
	"$OUTBAND" setting set pki.otp required >/dev/null &&
	sim_start $base --base 127.1.28.1 --devices 5 --state setup-pki --generation 11.8 --suffix example.com --roots root.pem \
		--otp open-sesame --hello 127.0.0.1:$port --speed 50 &&
	sim_until state_is 127.1.28.1 refused && sim_until state_is 127.1.28.2 refused && sim_until state_is 127.1.28.3 refused &&
	sim_until state_is 127.1.28.4 refused && sim_until state_is 127.1.28.5 refused
'

test_expect_success 'required: what was not reported is not configured, nothing is sent' '
	approve 127.1.28.1 pc1.example.com && sim_until refused_for 127.1.28.1 "no one-time password was reported" &&
	! grep -q "ev=engine.connected" serve.log
'

test_expect_success 'another one than was reported: refused before anything secret is sent' '
	report 127.1.28.1 open-barley && "$OUTBAND" device apply 127.1.28.1 >/dev/null &&
	sim_until refused_for 127.1.28.1 "does not show the one-time password" && ! grep -q "ev=engine.step " serve.log
'

test_expect_success 'the right one' '
	report 127.1.28.1 open-sesame && { "$OUTBAND" device apply 127.1.28.1 >/dev/null || true; } &&
	sim_until state_is 127.1.28.1 configured
'

test_expect_success 'optional: compared where one was reported' '
	"$OUTBAND" setting set pki.otp optional >/dev/null && report 127.1.28.2 other &&
	approve 127.1.28.2 pc2.example.com && sim_until refused_for 127.1.28.2 "does not show the one-time password" &&
	approve 127.1.28.3 pc3.example.com && sim_until state_is 127.1.28.3 configured
'

test_expect_success 'off: not looked at' '
	"$OUTBAND" setting set pki.otp off >/dev/null && { "$OUTBAND" device apply 127.1.28.2 >/dev/null || true; } &&
	sim_until state_is 127.1.28.2 configured
'

test_expect_success '--period: of one job; 0 closes a PC that shows another one, and job show tells it' '
	"$OUTBAND" setting set pki.otp optional >/dev/null && report 127.1.28.5 other &&
	refused 3 "0 to 24 hours" device apply 127.1.28.5 --period 25 &&
	refused 3 "0 to 24 hours" device approve 127.1.28.5 --period soon &&
	"$OUTBAND" device approve 127.1.28.5 --fqdn pc5.example.com --period 0 --json >job.json &&
	sim_until refused_for 127.1.28.5 "its network was closed (this job.s period is 0)" &&
	sim_ctl list 127.1.28.5 | grep -q " state=silent " && job=$(json job.json "d[\"job\"]") &&
	"$OUTBAND" job show $job --json >job.json && test "$(json job.json "d[\"period_h\"]")" = 0 &&
	"$OUTBAND" job show $job >out && grep -q "setup may take, hours *0" out &&
	"$OUTBAND" device apply 127.1.28.5 --period 7 && "$OUTBAND" job show $job --json >job.json &&
	test "$(json job.json "d[\"period_h\"]")" = 7
'

test_expect_success 'pki.otp_close: a PC that shows another one is closed, and says no hello any more' '
	"$OUTBAND" setting set pki.otp optional >/dev/null &&
	"$OUTBAND" setting set pki.otp_close true >/dev/null && report 127.1.28.4 other && approve 127.1.28.4 pc4.example.com &&
	sim_until refused_for 127.1.28.4 "its network was closed" && sim_ctl list 127.1.28.4 | grep -q " state=silent "
'

test_expect_success 'it is nowhere in the clear' '
	! grep -qF -e open-sesame -e open-barley serve.log && ! grep -rlqF -e open-sesame -e open-barley data
'

test_done
