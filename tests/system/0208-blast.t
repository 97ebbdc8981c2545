#!/bin/sh
test_description='outband: PCs that a profile would put out of reach are named before anything is sent; rings'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22160 base=22164 first=127.1.26.1
pcs="127.1.26.1 127.1.26.2 127.1.26.3 127.1.26.4"

states_are() { # COUNT STATE
	"$OUTBAND" device list --state "$2" --json >list.json && test "$(json list.json "len(d)")" = "$1"
}

profile() { # SUFFIXES [LINE]
	cat >site.yaml <<-EOF &&
	version: 1
	admin_password: random
	mebx_password: random
	names: fqdn
	clock: sync
	tls: server
	home_domains: {suffixes: [$1]}
	$2
	EOF
	"$OUTBAND" profile set baseline site.yaml
}

test_expect_success 'four PCs, one of them at another site, are configured' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	sim_pairs 4 >keys.csv && "$OUTBAND" key import keys.csv &&
	cat >fleet.yaml <<-EOF &&
	speed: 50
	groups:
	  - {count: 3, base: $first, generation: 9.5, state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: 1, generation: 9.5, state: setup-psk, psk: keys.csv, suffix: branch.example.com}
	EOF
	sim_start $base fleet.yaml --hello 127.0.0.1:$port &&
	sim_until states_are 4 refused && "$OUTBAND" device list --json >list.json &&
	json list.json "chr(10).join(x[\"uuid\"] + \",pc\" + x[\"address\"][-1] + \".example.com\" for x in d)" >names.csv &&
	"$OUTBAND" device import names.csv && sim_until states_are 4 configured && sim_until jobs_rest
'

test_expect_success 'a list of home domains that lacks one site: it is named, and nothing is changed' '
	profile example.com &&
	test_expect_code 7 "$OUTBAND" device apply $pcs --ring 50% --yes >out 2>err && cat out err &&
	grep -q "127.1.26.4 would go dark: it sees the DNS suffix branch.example.com" out &&
	test $(grep -c "would go dark" out) -eq 1 && grep -q "nothing was changed" err && grep -q D125 err &&
	"$OUTBAND" device drift --json >drift.json && test "$(json drift.json "len(d)")" = 4
'

test_expect_success 'that PC alone refuses it too; the rest of its profile is done' '
	test_expect_code 6 "$OUTBAND" device apply 127.1.26.4 --wait >out 2>err && cat out err &&
	grep -q "would be out of reach" out && "$OUTBAND" device drift 127.1.26.4 --check >out && cat out
'

test_expect_success 'with the right list all rings are done' '
	profile "example.com, branch.example.com" &&
	"$OUTBAND" device apply $pcs --ring 50% --stop-on 0% --yes >out 2>err && cat out err &&
	test $(grep -c ": done" out) -eq 4 && test $(grep -c "^ring of 2\|ring of 2:" err) -eq 2 &&
	"$OUTBAND" device drift >out && grep -q "^Every PC" out
'

test_expect_success 'a profile that turns radio off names the PC that has nothing else' '
	printf "Planted-Phrase-1" >phrase && "$OUTBAND" secret set wifi --file phrase &&
	all="example.com, branch.example.com" net="name: office, ssid: Example, security: wpa2-psk" &&
	profile "$all" "wifi: {port: s0, networks: [{$net, passphrase: {secret: wifi}}]}" &&
	"$OUTBAND" device apply $pcs --yes && sim_until states_are 4 configured && sim_until jobs_rest &&
	"$OUTBAND" device drift $pcs --check >out && sim_ctl link 127.1.26.3 radio &&
	profile "$all" "wifi: {port: off}" &&
	test_expect_code 7 "$OUTBAND" device apply $pcs --ring 100% --yes >out 2>err && cat out err &&
	grep -q "127.1.26.3 would go dark: it would have no link: its wired port is not connected" out &&
	test $(grep -c "would go dark" out) -eq 1 && grep -q D125 err &&
	test_expect_code 6 "$OUTBAND" device apply 127.1.26.3 --wait >out 2>err && cat out err &&
	grep -q "would be out of reach" out && sim_ctl value 127.1.26.3 CIM_WiFiPort.EnabledState >out &&
	grep -q 32768 out && sim_ctl link 127.1.26.3 both && refused 3 "cable, radio" sim ctl --ctl ctl link 0 wire
'

test_expect_success 'the loss of one is accepted, and it is lost' '
	profile example.com &&
	"$OUTBAND" device apply $pcs --accept-loss 1 --yes >out 2>err && cat out err &&
	grep -q "127.1.26.4 would go dark" out && test $(grep -c ": done" out) -ge 3 &&
	test_expect_code 6 "$OUTBAND" device drift 127.1.26.4 --check &&
	"$OUTBAND" device show 127.1.26.4 >out && cat out && grep -q "is dark since .*, accepted by uid:" out &&
	"$OUTBAND" job list --state delayed >out && grep -q "^No jobs" out
'

test_expect_success 'wrong numbers' '
	refused 2 "no number" device apply $pcs --ring many --yes &&
	refused 2 "0 to 100" device apply $pcs --ring 101 --yes && serve_stop
'

test_done
