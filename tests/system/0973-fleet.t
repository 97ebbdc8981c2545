#!/bin/sh
test_description='outband: the life of a mixed fleet: configured, changed behind our back, repaired, rotated, renewed, unconfigured'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

# FLEET=1000 takes a thousand PCs. Half of them are set up by key, the rest by certificate, a twentieth
# was configured by others. FLEET_FIGURES names a file for peak memory and round trips.
fleet=${FLEET:-40}
half=$((fleet / 2)) tenth=$(((fleet + 9) / 10)) twentieth=$(((fleet + 19) / 20))
strong=$twentieth weak=$((fleet - half - twentieth - twentieth))
ours=$((fleet - twentieth))
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

figure() { # STAGE: what it took, since the one before
	"$OUTBAND" status --json >st.json &&
		printf '%s %s %s\n' "$(json st.json "d['figures']['round_trips']")" \
			"$(awk '/VmHWM/ { print $2 }' /proc/$serve_pid/status)" "$1" >>figures
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
	sim_start $base fleet.yaml --hello 127.0.0.1:$port && fleet_until 300 all_are $ours configured &&
	sim_ctl list | sim_field address >all && test $(wc -l <all) -eq $fleet &&
	head -n $ours all >addresses && tail -n $twentieth all >theirs && figure configured
'

test_expect_success "$twentieth that others configured are taken over" '
	{ echo address,password,tls && sed "s/\$/,$sim_password,server/" theirs; } >theirs.csv &&
	"$OUTBAND" device adopt theirs.csv && fleet_until 120 all_are $twentieth adopted && rm theirs.csv &&
	xargs "$OUTBAND" device apply --yes --wait <theirs && all_are $fleet configured &&
	cp all addresses && figure adopted
'

test_expect_success "$tenth of them are changed by another client; a look at all finds these and no others" '
	for pc in $(head -n $tenth addresses); do
		"$OUTBAND" credential reveal $pc --json >out && json out "[r[\"secret\"] for r in d if r[\"kind\"] == \"admin\" and r[\"state\"] == \"current\"][0]" >pw &&
		"$OUTBAND" wsman put AMT_GeneralSettings IdleWakeTimeout=77 --direct $pc:$base --tls --password-file pw || return 1
	done && everyone device drift --check && drifted $tenth &&
	grep -c "power.idle_wake_minutes: 77 -> 10" work.out >n && test $(cat n) -eq $tenth
'

test_expect_success 'they are repaired' '
	"$OUTBAND" setting set drift.repair auto && everyone device drift --check && fleet_until 120 drifted 0 &&
	figure repaired
'

test_expect_success 'every password is another one, every certificate too, and all are open' '
	: >work.out && everyone device rotate --yes && test $(grep -c "new admin password, proven" work.out) -eq $fleet &&
	everyone device renew --yes && test $(grep -c "new TLS certificate, proven" work.out) -eq $fleet &&
	everyone device drift --check && drifted 0 && ! grep -q old_certificates work.out &&
	figure "rotated and renewed"
'

test_expect_success "$twentieth are unconfigured; the rest is as it was" '
	head -n $twentieth addresses | xargs "$OUTBAND" device unconfigure --yes >out 2>err &&
	test $(grep -c "proof:" out) -eq $twentieth &&
	all_are $((fleet - twentieth)) configured && test $(fleet_count) -eq $((fleet - twentieth)) &&
	figure unconfigured
'

test_expect_success 'what it cost' '
	"$OUTBAND" status >out && cat out figures && { test -z "$FLEET_FIGURES" || cp figures "$FLEET_FIGURES"; } && serve_stop
'

test_done
