#!/bin/sh
test_description='outband: the life of a mixed fleet: configured, changed behind our back, repaired, rotated, renewed, unconfigured'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

# FLEET=1000 takes a thousand PCs.
fleet=${FLEET:-24}
tenth=$(((fleet + 9) / 10)) twentieth=$(((fleet + 19) / 20))
port=22170 base=22174

all_are() { # COUNT STATE
	"$OUTBAND" status --json >st.json && test "$(json st.json "d['devices']['$2']")" = "$1"
}

drifted() { # COUNT: of PCs
	"$OUTBAND" device drift --json >drift.json && test "$(json drift.json "len(d)")" = "$1"
}

everyone() {
	xargs "$OUTBAND" "$@" <addresses >>work.out 2>>work.err
}

test_expect_success "$fleet PCs of eight releases are configured" '
	serve_start $port && "$OUTBAND" setting set device.port_base $base && "$OUTBAND" setting set workers 100 &&
	"$OUTBAND" setting set job.retry_s 1 &&
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
	"$OUTBAND" key generate --count $fleet >pids && "$OUTBAND" key export --reveal --output keys.csv &&
	cat >fleet.yaml <<-EOF &&
	waits: off
	groups:
	  - {count: $fleet, base: 127.31.0.1, generation: [3.2.1, 4.0, 5.0, 6.2, 7.1, 9.0, 9.5, 10.0], state: setup-psk, psk: keys.csv, suffix: example.com}
	EOF
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$port && fleet_until 300 all_are $fleet configured &&
	sim_ctl list | sim_field address >addresses && test $(wc -l <addresses) -eq $fleet
'

test_expect_success "$tenth of them are changed by another client; a look at all finds these and no others" '
	for pc in $(head -n $tenth addresses); do
		"$OUTBAND" credential reveal $pc --json >out && json out "[r[\"secret\"] for r in d if r[\"kind\"] == \"admin\" and r[\"state\"] == \"current\"][0]" >pw &&
		"$OUTBAND" wsman put AMT_GeneralSettings IdleWakeTimeout=77 --direct $pc:$base --tls --password-file pw || return 1
	done && everyone device drift --check && drifted $tenth &&
	grep -c "power.idle_wake_minutes: 77 -> 10" work.out >n && test $(cat n) -eq $tenth
'

test_expect_success 'they are repaired' '
	"$OUTBAND" setting set drift.repair auto && everyone device drift --check && fleet_until 120 drifted 0
'

test_expect_success 'every password is another one, every certificate too, and all are open' '
	: >work.out && everyone device rotate --yes && test $(grep -c "new admin password, proven" work.out) -eq $fleet &&
	everyone device renew --yes && test $(grep -c "new TLS certificate, proven" work.out) -eq $fleet &&
	everyone device drift --check && drifted 0 && ! grep -q old_certificates work.out
'

test_expect_success "$twentieth are unconfigured; the rest is as it was" '
	head -n $twentieth addresses | xargs "$OUTBAND" device unconfigure --yes >out 2>err &&
	test $(grep -c "proof:" out) -eq $twentieth &&
	all_are $((fleet - twentieth)) configured && test $(fleet_count) -eq $((fleet - twentieth))
'

test_expect_success 'what it cost' '
	"$OUTBAND" status >out && cat out && grep VmHWM /proc/$serve_pid/status && serve_stop
'

test_done
