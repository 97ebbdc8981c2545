#!/bin/sh
test_description='backup under load, restore on another machine: every PC opens again'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=28900 hello=28909 total=6

configured() { # COUNT
	test "$("$OUTBAND" device list --state configured --csv | tail -n +2 | wc -l)" -ge "$1"
}

field() { # FILE KEY
	json "$1" "d[\"$2\"]"
}

at_rest() { # no job runs or is about to
	"$OUTBAND" job list --csv >jobs.csv && ! grep -q -e ",running," -e ",queued," jobs.csv
}

# serve_in DIR: the next service lives there
serve_in() {
	: >serve.out # "ready" of the former one is still in it when the next begins
	"$OUTBAND" serve --data "$1" --hello "127.0.0.1:$hello" >serve.out 2>serve.log &
	serve_pid=$!
	sim_pids="$sim_pids $serve_pid"
	sim_until grep -q "^ready " serve.out || { cat serve.log && return 1; }
}

test_expect_success 'a service with keys, names and a fleet of six' '
	fleet_service $hello $base && "$OUTBAND" setting set job.retry_s 1 &&
	"$OUTBAND" key generate --count 3 >/dev/null && "$OUTBAND" key export --reveal --output keys.csv &&
	cat >fleet.yaml <<-YAML &&
	seed: 900
	waits: on
	speed: 5
	groups:
	  - {count: 3, base: 127.90.1.1, generation: [5.0, 9.5], state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: 3, generation: [11.8, 16.1], state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv >/dev/null &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello
'

test_expect_success 'a backup while they are configured is whole' '
	fleet_until 20 eval "\"$OUTBAND\" job list --state running --csv | tail -n +2 | grep -q ." &&
	"$OUTBAND" backup early --data data --json >early.json && test "$(field early.json devices)" -ge 1 && test "$(field early.json integrity)" = ok &&
	test "$(stat -c %a early)" = 600 && fleet_until 90 configured $total
'

test_expect_success 'a backup of what is configured, while the service runs' '
	"$OUTBAND" backup full --data data >said && "$OUTBAND" status >/dev/null &&
	grep -q "integrity *ok" said && grep -q "PCs *6" said && grep -q "seal.key" said &&
	grep -q "no PC can be" said && grep -q "fingerprint of the key  *[0-9a-f-]\{19\}$" said
'

test_expect_success 'it is not overwritten by accident' '
	sum=$(sha256sum <full) && refused 3 "there is a file full already" backup full --data data &&
	test "$sum" = "$(sha256sum <full)" && "$OUTBAND" backup full --data data --overwrite >/dev/null
'

test_expect_success 'nothing is half written' '
	ls -A >all && ! grep -e "\.part-" -e "-journal" -e "full-wal" all
'

test_expect_success 'restore refuses while a service uses the database' '
	refused 1 "another service uses database data/outband.db" restore full --data data --yes &&
	grep -q "process $serve_pid on" err && "$OUTBAND" status >/dev/null
'

test_expect_success 'what happens after the backup, so that it is old' '
	"$OUTBAND" setting set approval manual && serve_stop
'

test_expect_success 'a new machine has no key: nothing is restored' '
	mkdir other && chmod 700 other && refused 3 "key file" restore full --data other --yes &&
	grep -q "$(field early.json key_fingerprint)" err && test ! -e other/outband.db
'

test_expect_success 'nor with the key of somebody else' '
	head -c 32 /dev/urandom >other/seal.key && chmod 600 other/seal.key &&
	refused 3 "another one: no stored secret opens" restore full --data other --yes &&
	grep -q "want.*$(field early.json key_fingerprint)\|$(field early.json key_fingerprint)" err &&
	test ! -e other/outband.db
'

test_expect_success 'nor a file that was cut' '
	head -c 20000 full >cut && cp data/seal.key other/seal.key &&
	refused 1 "damaged" restore cut --data other --yes && test ! -e other/outband.db
'

test_expect_success 'with the key copied the restore works' '
	"$OUTBAND" restore full --data other --json >restored.json && test "$(field restored.json devices)" = $total &&
	test "$(stat -c %a other/outband.db)" = 600 && ls -A other >files && ! grep restoring files
'

test_expect_success 'a service starts there, with all that the other one had' '
	serve_in other && configured $total && "$OUTBAND" setting get approval | grep -q auto &&
	test "$("$OUTBAND" key list --used --csv | tail -n +2 | wc -l)" = 3 &&
	test "$("$OUTBAND" device names --csv | tail -n +2 | wc -l)" = $total &&
	"$OUTBAND" cert list --csv | grep -q "^test," && "$OUTBAND" profile list --csv | grep -q "^baseline," &&
	test "$("$OUTBAND" job list --state done --csv | tail -n +2 | wc -l)" = $total &&
	"$OUTBAND" audit list --csv | grep -q restore
'

sim_get AMT_GeneralSettings >get.xml
n=1
while test $n -le $total; do
	test_expect_success "127.90.1.$n opens by digest with the restored password" '
		fleet_opens 127.90.1.$n $base get.xml
	'
	n=$((n + 1))
done

test_expect_success 'the service itself opens every PC again' '
	"$OUTBAND" device apply $(cut -d, -f1 names.csv) --wait --yes &&
	sim_ctl stats >stats && sim_field configured_count <stats | sort -u >counts && echo 1 >want && test_cmp want counts &&
	sim_field failed_logins <stats | sort -n | tail -n 1 >most && test "$(cat most)" = 0
'

test_expect_success 'a backup from the middle: what ran is taken up once, and nothing is lost' '
	serve_stop && mkdir third && cp data/seal.key third/ && "$OUTBAND" restore early --data third >/dev/null &&
	serve_in third && "$OUTBAND" device list --csv | tail -n +2 | cut -d, -f1 >known &&
	test "$(wc -l <known)" = "$(field early.json devices)" &&
	fleet_until 60 at_rest && "$OUTBAND" device apply $(cat known) --yes >/dev/null && fleet_until 60 at_rest &&
	sim_ctl stats >stats && sim_field configured_count <stats | sort -u >counts && test_cmp want counts &&
	sim_field max_failed_in_window <stats | sort -n | tail -n 1 >most && test "$(cat most)" -lt 5
'

test_expect_success 'restore asks before it replaces, and keeps the former one' '
	serve_stop && refused 2 "Nobody is there to be asked" restore full --data third &&
	"$OUTBAND" restore full --data third --yes --json >again.json && former=$(field again.json former) &&
	test -s "$former" && mkdir fourth && cp data/seal.key fourth/ &&
	"$OUTBAND" restore "$former" --data fourth --json >former.json && test "$(field former.json devices)" = "$(field early.json devices)"
'

test_expect_success 'without a service a backup works too' '
	"$OUTBAND" backup cold --data third --json >cold.json && test "$(field cold.json devices)" = $total
'

test_expect_success 'no secret is in a backup as text' '
	cut -d, -f2,3 keys.csv | tail -n +2 | tr , "\n" >secrets && test -s secrets && ! grep -a -F -f secrets early full cold
'

test_done
