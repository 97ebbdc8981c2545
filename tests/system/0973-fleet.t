#!/bin/sh
test_description='outband: the life of a mixed fleet: configured, changed behind our back, repaired, rotated, renewed, unconfigured'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

# FLEET=1000 takes a thousand PCs. Half of them are set up by key, the rest by certificate, a twentieth
# was configured by others. FLEET_FIGURES names a file for what each stage took (tests/bench/life.sh).
#
# States are waited for, and jobs that the network delayed, however long a busy machine takes; what has to
# hold is that no PC is lost and no trouble unexplained.
fleet=${FLEET:-40}
half=$((fleet / 2)) tenth=$(((fleet + 9) / 10)) twentieth=$(((fleet + 19) / 20))
strong=$twentieth weak=$((fleet - half - twentieth - twentieth))
ours=$((fleet - twentieth))
port=22170 base=22174
patience=$((600 + 3 * fleet))

all_are() { # COUNT STATE
	"$OUTBAND" status --json >st.json && test "$(json st.json "d['devices']['$2']")" = "$1"
}

settled() { # no job is open: none was put off either
	"$OUTBAND" status --json >st.json &&
		test "$(json st.json "sum(d['jobs'][s] for s in ('queued', 'running', 'delayed', 'paused'))")" = 0
}

drifted() { # COUNT: of PCs
	"$OUTBAND" device drift --json >drift.json && test "$(json drift.json "len(d)")" = "$1"
}

# each KIND ARGUMENT...: a job of that kind for each PC. A try that failed is the service's to repeat: what
# counts is that at the end each of them has done one.
each() {
	kind=$1 since=$(date -u +%Y-%m-%dT%H:%M:%S)
	shift
	xargs "$OUTBAND" "$@" <addresses >>work.out 2>>work.err
	fleet_until $patience settled && "$OUTBAND" job list --state done --json >jobs.json &&
		json jobs.json "len({j['uuid'] for j in d if j['kind'] == '$kind' and j['created'] >= '$since'})" >n &&
		{ test "$(cat n)" = "$(wc -l <addresses)" || { echo "$kind: $(cat n) PCs" && return 1; }; }
}

look_at_all() {
	each check device drift --check
}

figure() { # PCS STAGE: seconds, PCs, round trips, the same for each PC, peak KB, CPU seconds of the service
	"$OUTBAND" status --json >st.json && now=$(date +%s) || return 1
	trips=$(json st.json "d['figures']['round_trips']") cpu=$(json st.json "d['figures']['cpu_ms']")
	awk -v s=$((now - began)) -v pcs="$1" -v trips=$((trips - trips_then)) -v cpu=$((cpu - cpu_then)) -v stage="$2" \
		'/VmHWM/ { printf "%d %d %d %.1f %d %.1f %s\n", s, pcs, trips, trips / pcs, $2, cpu / 1000, stage }' \
		/proc/$serve_pid/status >>figures
	began=$now trips_then=$trips cpu_then=$cpu
}

# What went wrong on the way and was not the network's fault.
unexplained() {
	grep -E ' level=error | ev=(job.delayed|engine.step_failed|engine.login_failed) ' serve.log | grep -v ' err=net\.'
}

test_expect_success "$fleet PCs of every release: $ours are configured, the others were by somebody else" '
	fleet_service $port $base && "$OUTBAND" setting set workers 100 &&
	"$OUTBAND" setting set job.retry_s 1 &&
	strong_chain strong leaf3 setup.example.com && cat leaf3.pem strong.pem leaf3.key >strong.all &&
	"$OUTBAND" cert import strong strong.all &&
	cat >p.yaml <<-EOF && "$OUTBAND" profile set baseline p.yaml &&
	version: 1
	admin_password: random
	mebx_password: random
	names: fqdn
	clock: sync
	tls: server
	redirection: {sol: on, ider: on}
	power: {package: always, idle_wake_minutes: 10}
	users:
	  digest:
	    - {name: helpdesk, password: random, realms: [remote-control, redirection]}
	EOF
	echo "$sim_password" >admin.txt &&
	"$OUTBAND" key generate --count $half >pids && "$OUTBAND" key export --reveal --output keys.csv &&
	cat >fleet.yaml <<-EOF &&
	waits: off
	groups:
	  - {count: $half, base: 127.31.0.1, generation: [3.2.1, 4.0, 5.0, 6.2, 7.1, 9.0, 9.5, 10.0], state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: $weak, generation: [11.8, 12.0, 14.0, 15.0, 16.1, 18.0, 19.0], state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: $strong, generation: 22.0, state: setup-pki, roots: strong.pem, suffix: example.com}
	  - {count: $twentieth, generation: [5.0, 9.5, 11.8, 16.1], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	EOF
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv &&
	began=$(date +%s) trips_then=0 cpu_then=0 &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$port && fleet_until $patience all_are $ours configured &&
	sim_ctl list | sim_field address >all && test $(wc -l <all) -eq $fleet &&
	head -n $ours all >addresses && tail -n $twentieth all >theirs && figure $ours configured
'

test_expect_success "$twentieth that others configured are taken over" '
	{ echo address,password,tls && sed "s/\$/,$sim_password,server/" theirs; } >theirs.csv &&
	"$OUTBAND" device adopt theirs.csv && fleet_until $patience all_are $twentieth adopted && rm theirs.csv &&
	xargs "$OUTBAND" device apply --yes <theirs && fleet_until $patience all_are $fleet configured &&
	cp all addresses && figure $twentieth adopted
'

test_expect_success "$tenth of them are changed by another client; a look at all finds these and no others" '
	for pc in $(head -n $tenth addresses); do
		"$OUTBAND" credential reveal $pc --json >out && json out "[r[\"secret\"] for r in d if r[\"kind\"] == \"admin\" and r[\"state\"] == \"current\"][0]" >pw &&
		"$OUTBAND" wsman put AMT_GeneralSettings IdleWakeTimeout=77 --direct $pc:$base --tls --password-file pw || return 1
	done && look_at_all && drifted $tenth &&
	json drift.json "str(d).count(\"power.idle_wake_minutes: 77 -> 10\")" >n && test $(cat n) -eq $tenth &&
	figure $fleet "changed behind our back, looked at"
'

test_expect_success 'they are repaired' '
	"$OUTBAND" setting set drift.repair auto && look_at_all && drifted 0 && figure $fleet "looked at, repaired"
'

test_expect_success 'every password is another one, every certificate too, and all are open' '
	each rotate_password device rotate --yes && figure $fleet rotated &&
	each renew_certificate device renew --yes && figure $fleet renewed &&
	look_at_all && drifted 0 && "$OUTBAND" device drift --all --json >drift.json &&
	test $(json drift.json "len(d)") -eq $fleet && ! grep old_certificates drift.json &&
	figure $fleet "looked at"
'

test_expect_success "$twentieth are unconfigured; the rest is as it was" '
	head -n $twentieth all >addresses && each unconfigure device unconfigure --yes &&
	all_are $((fleet - twentieth)) configured && all_are $twentieth unconfigured &&
	test $(fleet_count) -eq $((fleet - twentieth)) && figure $twentieth unconfigured
'

test_expect_success 'none is lost, no trouble is unexplained; what it cost' '
	! unexplained && "$OUTBAND" status >out && cat out figures &&
	{ test -z "$FLEET_FIGURES" || cp figures "$FLEET_FIGURES"; } && serve_stop
'

test_done
