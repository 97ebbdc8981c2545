#!/bin/sh
test_description='outband sim: a PC starts with a key on USB, made by a script that is not ours'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

stick() {
	python3 "$SHARNESS_TEST_SRCDIR/setupbin_peer.py" "$@"
}

# ignored DEVICE FILE PATTERN: the PC stays as it is, and so does the stick
ignored() {
	sim_ctl state "$1" >before && cp "$2" copy &&
	! sim_ctl usb "$1" "$2" >out 2>err && grep -q "$3" err && cmp -s "$2" copy &&
	sim_ctl state "$1" >after && cmp before after || { cat err && return 1; }
}

new='1/1=admin 1/2=N3w!Pass'
pps=$(sim_pairs 1 | sed -n 's/.*,\([0-9A-Z]*\),.*/\1/p')
pair="2/1=$(sim_pairs 1 | sed -n '2s/,.*//p') 2/2=$pps"

test_expect_success 'a fleet of two releases, in factory default' '
	sim_start 29700 --devices 8 --generation 5.0,9.5 --state factory &&
	sim_ctl list | grep -c " state=factory " >count && test "$(cat count)" = 8
'

test_expect_success 'each PC takes the next record, and the stick says so' '
	mkdir -p "a stick" && stick "a stick/setup.bin" 1 0 $new $pair + $new $pair &&
	sim_ctl usb 0 "a stick/setup.bin" >out &&
	test "$(cat out)" = "index=0 state=setup-psk record=1 left=1" &&
	(cd "a stick" && "$OUTBAND" sim ctl --ctl ../ctl usb 1 setup.bin) >out &&
	test "$(cat out)" = "index=1 state=setup-psk record=2 left=0" &&
	"$OUTBAND" usb show "a stick/setup.bin" >shown && grep -q "consumed count 2" shown &&
	test "$(grep -c "valid no" shown)" = 2 &&
	ignored 2 "a stick/setup.bin" "no record is left"
'

test_expect_success 'not again, and not by another one (D040)' '
	stick new.bin 1 0 $new $pair &&
	ignored 0 new.bin "not in factory default" &&
	sim_ctl fault 2 otc_pw_changed && ignored 2 new.bin "not in factory default" &&
	sim_ctl fault 2 none && sim_ctl state 3 disabled && ignored 3 new.bin "not in factory default"
'

test_expect_success 'a cleared CMOS makes it possible again' '
	sim_ctl state 0 factory && sim_ctl usb 0 new.bin >out && grep -q "state=setup-psk record=1 left=0" out
'

test_expect_success 'one record for all, with remote configuration' '
	root=0x01$(printf "%040d" 7)04526f6f74 &&
	stick all.bin 2.1 1 $new 1/3=0x01 2/3=corp.example 2/5=0x01 2/7=0x01 2/8=$root &&
	cp all.bin copy && sim_ctl usb 4-5 all.bin >out && cmp all.bin copy &&
	test "$(grep -c "state=setup-pki record=1 left=all" out)" = 2
'

test_expect_success 'what firmware refuses, it refuses' '
	stick bad.bin 4 0 $new $pair && ignored 6 bad.bin "does not know this version" &&
	stick bad.bin 1 0 1/1=other 1/2=N3w!Pass $pair && ignored 6 bad.bin "current MEBx password" &&
	stick bad.bin 1 0 1/1=admin 1/2=weak $pair && ignored 6 bad.bin "shorter than 8" &&
	stick bad.bin 1 0 $pair $new && ignored 6 bad.bin "out of order" &&
	stick bad.bin 1 1 $new $pair && ignored 6 bad.bin "no records that stay" &&
	stick bad.bin 1 0 $new 2/1=TEST000X 2/2=$pps && ignored 6 bad.bin "wrong form or check character" &&
	stick bad.bin 1 0 $new $pair 2/3=example.com && ignored 6 bad.bin "variable" &&
	head -c 700 new.bin >bad.bin && ignored 6 bad.bin "fewer records" &&
	: >bad.bin && ignored 6 bad.bin "cut" &&
	test_must_fail "$OUTBAND" sim ctl --ctl ctl usb 6 nothing.bin 2>err && grep -q nothing.bin err
'

test_expect_success 'what a stick brought is kept in the state file' '
	sim_stop && rm -f ctl && sim_start 29700 --devices 1 --generation 9.5 --state factory --state-file state &&
	root=0x02$(printf "%064d" 7)034f776e && stick root.bin 3 1 $new 2/3=corp.example 2/5=0x01 2/7=0x01 2/8=$root &&
	sim_ctl usb 0 root.bin && sim_stop && sim_start 29700 --devices 1 --generation 9.5 --state factory --state-file state &&
	test "$(sim_ctl state 0)" = setup-pki && grep -q "usb_roots: \"2 0" state
'

test_expect_success 'a fleet file gives each PC its stick, once' '
	stick fleet.bin 1 0 $new $pair + $new $pair && stick one.bin 1 0 $new $pair && rm -f ctl state2 && sim_stop &&
	cat >fleet.yaml <<-EOF &&
	state_file: state2
	groups:
	  - {count: 2, generation: 5.0, usb: fleet.bin}
	  - {count: 2, generation: 9.5, state: factory, devices: [{index: 1, usb: one.bin}]}
	EOF
	sim_start 29700 fleet.yaml && sim_ctl state all >out && cat out &&
	test "$(sim_ctl list | grep -c " state=setup-psk ")" = 3 && test "$(sim_ctl state 2)" = factory &&
	"$OUTBAND" usb show fleet.bin >shown && grep -q "consumed count 2" shown && cp fleet.bin copy &&
	sim_stop && rm -f ctl && sim_start 29700 fleet.yaml && cmp copy fleet.bin &&
	test "$(sim_ctl list | grep -c " state=setup-psk ")" = 3 && sim_stop
'

test_expect_success 'a stick that is none names its line; one that is used up, and a state that ignores it, the PC' '
	printf "groups:\n- count: 1\n  usb: nothing.bin\n" >bad.yaml &&
	test_must_fail "$OUTBAND" sim bad.yaml --port-base 29700 2>err && grep -q "bad.yaml, line 3: usb: .*nothing.bin" err &&
	: >cut.bin && printf "groups:\n- usb: cut.bin\n" >bad.yaml &&
	test_must_fail "$OUTBAND" sim bad.yaml --port-base 29700 2>err && grep -q "bad.yaml, line 2: usb: .*cut.bin" err &&
	printf "groups:\n- {generation: 9.5, usb: fleet.bin}\n" >bad.yaml &&
	test_must_fail "$OUTBAND" sim bad.yaml --port-base 29700 2>err && cat err && grep -q "fleet.bin: device 0: .*no record is left" err &&
	printf "groups:\n- {state: setup-pki, usb: fleet.bin}\n" >bad.yaml &&
	test_must_fail "$OUTBAND" sim bad.yaml --port-base 29700 2>err && grep -q "device 0: its PC ignores a stick in state setup-pki" err
'

test_done
