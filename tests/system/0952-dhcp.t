#!/bin/sh
test_description='outband serve: addresses that change, also to those of other PCs (D045, F090)'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

port=29520

fleet_files() { # [MORE]: two with the certificate, two with keys
	sim_pairs 2 >pairs.csv && cat >fleet.yaml <<-YAML
	waits: off
	groups:
	- { count: 2, base: 127.81.0.1, generation: 16.1, state: setup-pki, roots: root.pem, suffix: example.com$1 }
	- { count: 2, base: 127.81.0.3, generation: 9.5, state: setup-psk, psk: pairs.csv, suffix: example.com$1 }
	YAML
}
waiting() { "$OUTBAND" status --json >status.json && test "$(json status.json "d[\"devices\"][\"approval\"]")" -eq 4; }
delayed() { "$OUTBAND" job list >jobs && test "$(grep -c " delayed " jobs)" -eq 4; }
configured() { test "$(fleet_count)" -eq 4; }

test_expect_success 'four PCs said hello and wait' '
	fleet_service $((port + 4)) $port && fleet_files && "$OUTBAND" key import pairs.csv &&
	fleet_names fleet.yaml $port && "$OUTBAND" device import names.csv &&
	"$OUTBAND" setting set approval manual &&
	sim_start $port fleet.yaml --hello 127.0.0.1:$((port + 4)) && sim_until waiting && sim_stop
'

test_expect_success 'DHCP gives their addresses to each other, and no hello tells it' '
	sim_start $port fleet.yaml && sim_ctl move 0 127.81.0.2 && sim_ctl move 2 127.81.0.4 &&
	sim_ctl list >list && sim_field address <list >got &&
	printf "127.81.0.%d\n" 2 1 4 3 >want && test_cmp want got
'

test_expect_success 'the other PC is noticed, and gets nothing' '
	for uuid in $(cat uuids); do "$OUTBAND" device approve $uuid || return 1; done &&
	fleet_until 30 delayed && sim_ctl stats >stats &&
	test "$(grep -c " admin_sets=0 mebx_sets=0 keys_made=0 certs_added=0 " stats)" -eq 4
'

test_expect_success 'a PC in PKI setup tells its UUID: the rule is D045' '
	uuid=$(head -n 1 uuids) && "$OUTBAND" device show $uuid --json >device.json &&
	fleet_why D045 "UUID $uuid" && fleet_why D045 "UUID $(sed -n 2p uuids)"
'

test_expect_success 'a PC with another key ends the handshake: the PPS is named' '
	"$OUTBAND" device show $(sed -n 3p uuids) --json >device.json && fleet_why D016 "PPS"
'

test_expect_success 'hellos from the new addresses: all are configured at once' '
	sim_stop && "$OUTBAND" setting set approval auto &&
	sim_start $port fleet.yaml --hello 127.0.0.1:$((port + 4)) && sim_ctl move 0 127.81.0.2 &&
	sim_ctl move 2 127.81.0.4 && fleet_until 60 configured
'

test_expect_success 'PCs that move again and again while they are configured get there' '
	fleet_files ", latency: 30" && sim_stop && serve_stop && rm -rf data && serve_start $((port + 4)) &&
	"$OUTBAND" setting set device.port_base $port && "$OUTBAND" cert import test provisioning.pem &&
	"$OUTBAND" profile set baseline profile.yaml && "$OUTBAND" device import names.csv &&
	"$OUTBAND" key import pairs.csv &&
	sim_start $port fleet.yaml --hello 127.0.0.1:$((port + 4)) &&
	for n in 11 12 13 14 15; do
		for i in 0 1 2 3; do
			sim_ctl list $i | grep -q state=configured || sim_ctl move $i 127.81.$n.$((i + 1)) || return 1
		done && sleep 0.3
	done && fleet_until 90 configured && sim_ctl stats >stats &&
	test "$(grep -c " configured_count=1 " stats)" -eq 4
'

test_expect_success 'the end' '
	sim_stop && serve_stop
'

test_done
