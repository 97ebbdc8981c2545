#!/bin/sh
test_description='the service is killed twice while it configures, and takes up what it left'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=26000 hello=26009 total=24

states() { # STATE: how many PCs are in it
	"$OUTBAND" device list --state "$1" --csv | tail -n +2 | wc -l
}

# at_least COUNT SECONDS: waits until so many are configured
at_least() {
	tries=0
	until test "$(states configured)" -ge "$1"; do
		tries=$((tries + 1))
		test $tries -lt $(($2 * 5)) || { "$OUTBAND" device list && tail serve.log && return 1; }
		sleep 0.2
	done
}

no_job() { # STATE
	"$OUTBAND" job list --state "$1" --csv >jobs && test "$(tail -n +2 jobs | wc -l)" = 0
}

start_again() {
	cat serve.log >>serve.all && serve_start $hello
}

kill_it() { # a crash: nothing is written at the end
	kill -9 $serve_pid
	wait $serve_pid 2>/dev/null
	test $? -eq 137
}

test_expect_success 'a service with keys, a certificate and a profile' '
	fleet_service $hello $base && "$OUTBAND" setting set job.lease_s 5 && "$OUTBAND" setting set job.retry_s 1 &&
	"$OUTBAND" setting set job.retry_max_s 5 && "$OUTBAND" setting set workers 8 &&
	"$OUTBAND" key generate --count 12 && "$OUTBAND" key export --reveal --output keys.csv
'

test_expect_success 'a fleet of 24, of which the inventory knows the names' '
	cat >fleet.yaml <<-YAML &&
	seed: 600
	waits: on
	speed: 5
	groups:
	  - {count: 12, base: 127.60.1.1, generation: [5.0, 9.5], state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: 12, generation: [11.8, 16.1], state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello
'

test_expect_success 'a third is configured when it is killed' '
	at_least 8 60 && "$OUTBAND" setting set workers 2 && kill_it && test "$(fleet_count)" -lt $total
'

test_expect_success 'while it is dead, the PCs stay; a second start takes up the rest' '
	start_again && at_least 15 90
'

# With two at once it still has some seconds of work.
test_expect_success 'killed again, at another moment' '
	kill_it && test "$(fleet_count)" -lt $total
'

test_expect_success 'the third start configures all that is left' '
	start_again && "$OUTBAND" setting set workers 8 && at_least $total 100
'

test_expect_success 'a second service on the same data says who is there' '
	test_expect_code 1 "$OUTBAND" serve --data data --hello 127.0.0.1:26010 --socket "$PWD/second.sock" \
		</dev/null >out 2>err || test_expect_code 3 "$OUTBAND" serve --data data --hello 127.0.0.1:26010 \
		</dev/null >out 2>err;
	grep -q "another service uses" err && grep -q "to do:" err && ! grep -q "^ready" out &&
	"$OUTBAND" status >/dev/null
'

test_expect_success 'no PC was configured twice' '
	sim_ctl stats >stats && test "$(wc -l <stats)" = $total &&
	sim_field configured_count <stats | sort | uniq -c | sed "s/^ *//" >counts && echo "$total 1" >want &&
	test_cmp want counts
'

test_expect_success 'no PC was near its lock-out' '
	sim_field failed_logins <stats | sort -n | tail -n 1 >most && test "$(cat most)" -le 2 &&
	sim_field max_failed_in_window <stats | sort -n | tail -n 1 >most && test "$(cat most)" -lt 5
'

test_expect_success 'no PC got a second key or certificate by repetition' '
	for what in keys_made certs_added; do
		sim_field $what <stats | sort -n | tail -n 1 >most && test "$(cat most)" -le 1 || {
			echo $what && cat stats && return 1
		}
	done
'

sim_get AMT_GeneralSettings >get.xml
n=1
while test $n -le $total; do
	test_expect_success "127.60.1.$n opens by digest with the stored password, without our certificate" '
		fleet_opens 127.60.1.$n $base get.xml
	'
	n=$((n + 1))
done

test_expect_success 'no job is left to run' '
	"$OUTBAND" job list --json >jobs.json && test "$(json jobs.json "sorted({j[\"state\"] for j in d})")" = "['"'done'"']" &&
	test "$(json jobs.json "len({j[\"uuid\"] for j in d})")" = $total
'

test_expect_success 'a PC is made new, and SIGTERM comes in the middle' '
	sim_ctl state 23 factory && sim_ctl state 23 setup-pki && sim_ctl g3 23 && sim_ctl hello 23 &&
	fleet_until 20 eval "\"$OUTBAND\" job list --state running --csv | tail -n +2 | grep -q ." &&
	before=$(date +%s) && serve_stop && test $(($(date +%s) - before)) -le 20 &&
	grep -q "ev=serve.stopped reason=SIGTERM" serve.log
'

test_expect_success 'it gave its job back' '
	grep "ev=job.released uuid=$(sim_ctl list 23 | sim_field uuid)" serve.log >released &&
	test "$(wc -l <released)" = 1 && ! grep "err=" released &&
	sim_stop && start_again && fleet_until 60 no_job running
'

test_expect_success 'no living service lost a lease to itself' '
	! grep "err=conflict" serve.all
'

test_expect_success 'the end is soft when nothing is to do, too' '
	serve_stop && test ! -e "$OUTBAND_SOCKET"
'

test_done
