#!/bin/sh
test_description='outband inventory: hardware and software of PCs, without and with the service'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22500 port=22510

read_direct() { # ADDRESS
	"$OUTBAND" inventory read --direct "$1:$base" --tls --password-file admin.txt --timeout 20 --json
}

# rows FILE KIND: of an inventory that was read without the service
rows() {
	json "$1" "[r for r in d if r[\"table\"] == \"$2\"]"
}

test_expect_success 'PCs of six models, from the oldest firmware with WS-MAN to the newest' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 370
	groups:
	  - {count: 6, base: 127.22.5.1, generation: [3.2.1, 5.0, 7.1, 11.8, 16.1, 22.0], state: configured, tls: server,
	     admin_password_file: admin.txt, suffix: example.com, host_name: "desk{n}", host_ip: 192.0.2.7,
	     devices: [{index: 0, model: tower}, {index: 1, model: workstation}, {index: 2, model: server},
	               {index: 3, model: laptop}, {index: 4, model: panel}, {index: 5, model: tiny}]}
	YAML
	sim_start $base fleet.yaml --waits off && sim_ctl hardware all >models && cat models && test "$(wc -l <models)" = 6
'

test_expect_success 'without the service, the oldest: every table has its rows' '
	read_direct 127.22.5.1 >old.json && for kind in setup system board bios software processor memory media pci fan sensor network; do
		test "$(json old.json "len([r for r in d if r[\"table\"] == \"$kind\"]) > 0")" = True || { echo "no $kind" && return 1; }
	done &&
	test "$(json old.json "[(r[\"item\"], r[\"size_mb\"], r[\"type\"]) for r in d if r[\"table\"] == \"memory\"]")" = \
		"[('"'BANK 0', 1024, 'DDR2'"'), ('"'BANK 2', 1024, 'DDR2'"')]" &&
	test "$(json old.json "[r for r in d if r[\"table\"] == \"unread\"]")" = "[]" &&
	test "$(json old.json "[r[\"uuid\"] for r in d if r[\"table\"] == \"system\"][0]")" = "$(sim_ctl list 0 | sim_field uuid)"
'

test_expect_success 'the newest: no CIM_Processor there, the chip tells the model' '
	read_direct 127.22.5.6 >new.json &&
	test "$(json new.json "[(r[\"item\"], r.get(\"clock_mhz\")) for r in d if r[\"table\"] == \"processor\"]")" = "[('"'CPU 0'"', None)]" &&
	test "$(json new.json "[r[\"type\"] for r in d if r[\"table\"] == \"memory\"]")" = "['"'DDR5'"']"
'

test_expect_success 'firmware that enumerates chips without the memory is asked for it' '
	sim_ctl switch 0 chips=processors && read_direct 127.22.5.1 >again.json && sim_ctl switch 0 chips=all &&
	rows old.json memory >want && rows again.json memory >got && test_cmp want got
'

test_expect_success 'two processors, six modules, a power supply; a battery in the laptop' '
	read_direct 127.22.5.3 >server.json && read_direct 127.22.5.4 >laptop.json &&
	test "$(json server.json "len([r for r in d if r[\"table\"] == \"processor\"])")" = 2 &&
	test "$(json server.json "[r[\"output_w\"] for r in d if r[\"table\"] == \"supply\"]")" = "[550]" &&
	test "$(json server.json "len([r for r in d if r[\"table\"] == \"sensor\"])")" = 7 &&
	test "$(json laptop.json "[r[\"design_mv\"] for r in d if r[\"table\"] == \"battery\"]")" = "[11550]"
'

test_expect_success 'at most 34 requests' '
	sim_ctl stats 5 && test "$(sim_ctl stats 5 | sim_field requests)" -le 34
'

test_expect_success 'the service takes the PCs over' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	{ echo "name,address,password,tls" && for i in 1 2 3 4 5 6; do echo "desk$i,127.22.5.$i,$sim_password,yes"; done; } >list.csv &&
	"$OUTBAND" device adopt list.csv >out && cat out &&
	sim_until sh -c "$OUTBAND device list --json >l.json && test \$(grep -o adopted l.json | wc -l) -ge 6"
'

test_expect_success 'a PC that was never asked has a message for it' '
	refused 3 "never asked for its hardware" inventory show 127.22.5.4 && cat err && grep -q "inventory read" err
'

test_expect_success 'all of them are read; show has what was read' '
	"$OUTBAND" inventory read --where "generation >= 3" >out && "$OUTBAND" inventory show 127.22.5.4 >show && cat show &&
	grep -q "^BANK 0 .*4096 .*DDR4 .*SODIMM" show && grep -q "Kestrel 14s" show && grep -q "^battery:" show &&
	"$OUTBAND" inventory show 127.22.5.4 --json >show.json &&
	test "$(json show.json "sorted(set(p[\"kind\"] for p in d[\"parts\"]))[:4]")" = "['"'battery', 'bios', 'board', 'fan'"']" &&
	"$OUTBAND" inventory show 127.22.5.4 --csv >show.csv && grep -q "^memory,BANK 0,size_mb,4096" show.csv
'

test_expect_success 'nothing has changed; a sensor that moves is no change' '
	sim_ctl state 3 >/dev/null && "$OUTBAND" inventory read 127.22.5.4 >out &&
	"$OUTBAND" inventory diff 127.22.5.4 --json >diff.json && test "$(json diff.json "d")" = "[]"
'

test_expect_success 'a module is taken out, another one put in, the battery exchanged' '
	sim_ctl hardware 3 out memory:1 && test_must_fail sim_ctl hardware 3 out memory:1 2>err && grep -q "out already" err &&
	"$OUTBAND" inventory read 127.22.5.4 >out && "$OUTBAND" inventory diff 127.22.5.4 >diff && cat diff &&
	grep -q "removed .*memory .*BANK 2 .*size_mb .*4096" diff &&
	sim_ctl hardware 3 in memory:1 && sim_ctl hardware 3 swap memory:0 && sim_ctl hardware 3 swap battery:0 &&
	"$OUTBAND" inventory read 127.22.5.4 >out && "$OUTBAND" inventory diff 127.22.5.4 --since 1h --json >diff.json &&
	test "$(json diff.json "sorted(set((r[\"change\"], r[\"kind\"]) for r in d))")" = \
		"[('"'added', 'battery'"'), ('"'added', 'memory'"'), ('"'changed', 'memory'"'), ('"'removed', 'battery'"'), ('"'removed', 'memory'"')]" &&
	test "$(json diff.json "[r[\"field\"] for r in d if r[\"change\"] == \"changed\" and r[\"item\"] == \"BANK 0\"].count(\"serial\")")" = 1 &&
	"$OUTBAND" inventory diff 127.22.5.4 --since 2099-01-01 --json >none.json && test "$(json none.json "d")" = "[]" &&
	refused 2 "is no time" inventory diff 127.22.5.4 --since yesterday
'

test_expect_success 'conditions' '
	"$OUTBAND" inventory list --where "memory_gb < 8" --json >few.json &&
	test "$(json few.json "sorted(r[\"memory_mb\"] for r in d)")" = "[2048, 6144]" &&
	"$OUTBAND" inventory list --where "maker ~ kestrel* and modules = 2" --json >one.json &&
	test "$(json one.json "[r[\"model\"] for r in d]")" = "['"'Kestrel 14s'"']" &&
	"$OUTBAND" inventory list --csv | grep -q "Pebble One" && refused 3 "size" inventory list --where "size < 1"
'

test_expect_success 'software, counted' '
	"$OUTBAND" inventory software --count --json >count.json && json count.json "d" &&
	test "$(json count.json "[r[\"count\"] for r in d if r[\"what\"] == \"VendorID 8086\"]")" = "[6]" &&
	refused 3 "no kind of parts .softwear." inventory software --kind softwear && grep -q "one of: .* memory .* sensor" err &&
	refused 3 "no such column" inventory list --where "memry_gb < 8" && grep -q "or one of: .* memory_gb " err &&
	"$OUTBAND" inventory software --kind memory --json >memory.json && test "$(json memory.json "len(d) >= 12")" = True
'

test_expect_success 'advisories: of the PCs, of one, and of a version' '
	"$OUTBAND" inventory vulnerable --json >v.json && json v.json "[(r[\"version\"], r[\"advisory\"]) for r in d]" &&
	test "$(json v.json "sorted(set(r[\"version\"][:4] for r in d))")" = "['"'11.8', '7.1.'"']" &&
	"$OUTBAND" device issues 127.22.5.4 >issues && grep -q "INTEL-SA-00404 " issues &&
	"$OUTBAND" inventory vulnerable --firmware 11.8.50.3424 >of && grep -q "INTEL-SA-00086 " of &&
	"$OUTBAND" inventory vulnerable --firmware 11.8.50.3425 >of && ! grep -q "INTEL-SA-00086 " of
'

test_expect_success 'a PC that refuses a table keeps what was read before' '
	sim_stop && "$OUTBAND" inventory show 127.22.5.4 | grep -q "Kestrel 14s" &&
	test_must_fail "$OUTBAND" inventory read 127.22.5.4 2>err && "$OUTBAND" inventory show 127.22.5.4 | grep -q "Kestrel 14s"
'

test_done
