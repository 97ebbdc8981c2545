#!/bin/sh
test_description='the service is killed at random moments, again and again, and loses nothing'

# 40 times here; ./dev soak --kills N does it N times, OUTBAND_KILLS_SEED picks other moments.

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=26100 hello=26109 kills=${OUTBAND_KILLS:-40} seed=${OUTBAND_KILLS_SEED:-600}
psk=12 pki=$((kills / 3 + 1)) total=$((psk + kills / 3 + 1))

cat >kills.py <<'PY'
# Starts the service and kills it at moments of its own choice; a PC comes at every third time.
import os, random, subprocess, sys, time

kills, seed, psk, pki, hello = (int(a) for a in sys.argv[1:])
outband = os.environ['OUTBAND']
rng = random.Random(seed)
early = come = 0
log = open('serve.all', 'ab')

def ctl(*args):
    subprocess.run([outband, 'sim', 'ctl', '--ctl', 'ctl', *args], check=True, stdout=subprocess.DEVNULL)

for i in range(kills):
    serve = subprocess.Popen([outband, 'serve', '--data', 'data', '--hello', '127.0.0.1:%d' % hello],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    if i % 3 == 0 and come < pki:
        ctl('state', str(psk + come), 'setup-pki')
        come += 1
    if rng.random() < 0.1:          # in the middle of its start
        time.sleep(rng.uniform(0, 0.03))
        early += 1
    else:
        line = serve.stdout.readline()
        if not line.startswith(b'ready'):
            sys.exit('start %d: the service says %r' % (i, line))
        time.sleep(rng.uniform(0.02, 0.4))
    if serve.poll() is not None:
        sys.exit('start %d: the service ended by itself with %d' % (i, serve.returncode))
    serve.kill()
    serve.wait()
    serve.stdout.close()
while come < pki:
    ctl('state', str(psk + come), 'setup-pki')
    come += 1
print('killed %d times, %d of them in the start; %d PCs came meanwhile' % (kills, early, come))
PY

in_state() { # STATE: how many PCs the service has in it
	"$OUTBAND" device list --state "$1" --csv | tail -n +2 | wc -l
}

all_configured() {
	test "$(in_state configured)" = $total
}

no_job_left() {
	"$OUTBAND" job list --json >jobs.json &&
		test "$(json jobs.json "sorted({j[\"state\"] for j in d})")" = "['"'done'"']"
}

test_expect_success 'a service that takes up its jobs fast' '
	fleet_service $hello $base && for s in "job.lease_s 5" "job.retry_s 1" "job.retry_max_s 4" "workers 16" \
		"login.window_s 3"; do "$OUTBAND" setting set ${s% *} ${s#* } || return 1; done &&
	"$OUTBAND" key generate --count $psk && "$OUTBAND" key export --reveal --output keys.csv
'

test_expect_success "a fleet: $psk PCs with keys, $pki that come later" '
	cat >fleet.yaml <<-YAML &&
	seed: $seed
	waits: on
	speed: 10
	groups:
	  - {count: $psk, base: 127.61.1.1, generation: [5.0, 9.5], state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: $pki, base: 127.61.2.1, generation: [11.8, 16.1], state: factory, roots: root.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv && serve_stop &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello
'

test_expect_success "killed $kills times" '
	python3 kills.py $kills $seed $psk $pki $hello
'

test_expect_success 'left alone, it configures all of them' '
	serve_start $hello && fleet_until 100 all_configured || { "$OUTBAND" device list && "$OUTBAND" job list && return 1; }
'

test_expect_success 'no job is left' '
	fleet_until 20 no_job_left || { cat jobs.json && return 1; }
'

test_expect_success 'the PCs say so too, each once' '
	test "$(fleet_count)" = $total && sim_ctl stats >stats && sim_field configured_count <stats | sort -u >counts &&
	echo 1 >want && test_cmp want counts
'

test_expect_success 'no PC was near its lock-out' '
	test "$(sim_field max_failed_in_window <stats | sort -n | tail -n 1)" -le 2
'

test_expect_success 'no PC got a second key or certificate by repetition' '
	for what in keys_made certs_added; do
		test "$(sim_field $what <stats | sort -n | tail -n 1)" -le 1 || { echo $what && cat stats && return 1; }
	done
'

sim_get AMT_GeneralSettings >get.xml
test_expect_success 'each opens by digest with the stored password' '
	for address in $(sim_ctl list | sim_field address); do
		fleet_opens $address $base get.xml || { echo $address && return 1; }
	done
'

test_expect_success 'the database is whole, and nothing was said in vain' '
	serve_stop && python3 -c "
import sqlite3, glob
(path,) = glob.glob(\"data/*.db\")
db = sqlite3.connect(path)
print(db.execute(\"pragma integrity_check\").fetchall(), db.execute(\"pragma foreign_key_check\").fetchall())
" >check && echo "[('"'ok'"',)] []" >want && test_cmp want check
'

test_done
