#!/bin/sh
test_description='outband serve: PCs that take a connection and never say a byte hold nobody'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=28010

test_expect_success 'a PC hangs while a job connects to it' '
	sim_root root && sim_leaf leaf root setup.example.com &&
	cat leaf.pem root.pem leaf.key >chain.pem &&
	serve_start $((port + 4)) && "$OUTBAND" setting set device.port_base $port &&
	"$OUTBAND" cert import test chain.pem &&
	sim_start $port --devices 1 --generation 16.1 --state setup-pki --roots root.pem \
		--suffix example.com --base 127.80.1.1 --fault hang=100 --log-level warn &&
	echo "$(sim_ctl list | sim_field uuid),pc1.example.com" >names.csv &&
	"$OUTBAND" device import names.csv && sim_stop &&
	sim_start $port --devices 1 --generation 16.1 --state setup-pki --roots root.pem \
		--suffix example.com --base 127.80.1.1 --fault hang=100 --log-level warn \
		--hello 127.0.0.1:$((port + 4)) &&
	sim_until sh -c "\"\$OUTBAND\" job list | grep \" running \""
'

cancelled() {
	"$OUTBAND" job list >jobs && grep -q " cancelled " jobs
}

test_expect_success 'its job is cancelled at once' '
	"$OUTBAND" job cancel "$("$OUTBAND" job list | sed -n "s/^\(j-[0-9a-f]*\).*/\1/p")" &&
	sim_until cancelled &&
	"$OUTBAND" status --json >status.json && test "$(json status.json "d[\"workers\"][\"running\"]")" = 0
'

test_expect_success 'the service ends at once, while another one hangs' '
	sim_ctl hello all && sim_until sh -c "\"\$OUTBAND\" job list | grep \" running \"" &&
	serve_stop && grep "ev=serve.stopped reason=SIGTERM\$" serve.log && sim_stop
'

test_done
