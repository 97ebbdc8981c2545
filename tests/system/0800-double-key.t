#!/bin/sh
test_description='outband serve: two PCs that were given the same key pair at once (D044)'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=28000

fleet() { # ARGUMENT...: two devices with one key, slow enough to be configured at the same time
	sim_start $port --devices 2 --generation 9.5 --state setup-psk --psk twice.csv --suffix example.com \
		--waits off --latency 100 --base 127.80.0.1 --log-level warn "$@"
}

jobs_are() { # DONE DELAYED
	"$OUTBAND" job list >jobs && test "$(grep -c " done " jobs) $(grep -c " delayed " jobs)" = "$*"
}

test_expect_success 'the service knows the key and both names' '
	sim_pairs 1 >pairs.csv && { cat pairs.csv && tail -n 1 pairs.csv; } >twice.csv &&
	serve_start $((port + 4)) && "$OUTBAND" setting set device.port_base $port &&
	"$OUTBAND" key import pairs.csv &&
	fleet && sim_ctl list >list && sim_stop &&
	sim_field uuid <list | sed "=" | sed "N; s/\(.*\)\n\(.*\)/\2,pc\1.example.com/" >names.csv &&
	"$OUTBAND" device import names.csv
'

test_expect_success 'one is configured, the other one refused and tried later' '
	fleet --hello 127.0.0.1:$((port + 4)) && sim_until jobs_are 1 1
'

test_expect_success 'with the rule, and not as a lost lease' '
	grep -q "ev=engine.refused.*rule=D044" serve.log && ! grep -q "ev=job.released" serve.log
'

test_expect_success 'it ends at once' '
	sim_stop && serve_stop
'

test_done
