#!/bin/sh
test_description='outband: rules choose the profile of a PC, a pin by hand goes before them'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

hello=22550 base=22551 net=127.1.50

has() { # ADDRESS PROFILE
	"$OUTBAND" device show "$1" --json >show.json &&
		test "$(json show.json "d['state'], d['profile']")" = "('configured', '$2')"
}

why() { # ADDRESS SOURCE PROFILE
	"$OUTBAND" device why-profile "$1" --json >why.json &&
		test "$(json why.json "d['source'], d['profile']")" = "('$2', '$3')"
}

test_expect_success 'profiles and rules are stored, shown and removed' '
	fleet_service $hello $base &&
	for name in old new lab; do
		printf "%s" "$fleet_profile" >$name.yaml && "$OUTBAND" profile set $name $name.yaml || return 1
	done &&
	"$OUTBAND" profile rule list | grep -q "No rules" &&
	"$OUTBAND" profile rule add modern --profile new --place 20 --generation ">=16" &&
	"$OUTBAND" profile rule add lab --profile lab --place 10 --suffix lab.example.com &&
	"$OUTBAND" profile rule add x --profile old --subnet 10.0.0.0/8 && "$OUTBAND" profile rule remove x &&
	"$OUTBAND" profile rule list --csv >out && cut -d, -f1-3 out >have &&
	printf "place,name,profile\n10,lab,lab\n20,modern,new\n" >want && test_cmp want have
'

test_expect_success 'wrong use is told' '
	refused 2 "cannot do that" profile rule move lab && refused 2 "NAME is missing" profile rule remove &&
	refused 2 "profile NAME is missing" profile rule add y && refused 3 "no profile" profile rule add y --profile none &&
	refused 3 "no range" profile rule add y --profile lab --generation new &&
	refused 3 "no network" profile rule add y --profile lab --subnet 10.0.0.0/64 &&
	refused 3 "no column" profile rule add y --profile lab --import room=7 && refused 3 "no rule" profile rule remove y
'

test_expect_success 'each PC gets the profile of the first rule that fits' '
	cat >fleet.yaml <<-YAML &&
	seed: 209
	waits: off
	groups:
	  - {count: 2, base: $net.1, generation: 16.1, state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: 1, base: $net.3, generation: 11.8, state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && sed -i "1s/,.*/,pc01.lab.example.com/" names.csv && "$OUTBAND" device import names.csv &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello &&
	fleet_until 40 has $net.1 lab && fleet_until 20 has $net.2 new && fleet_until 20 has $net.3 baseline
'

test_expect_success 'what chose it stands in trace and timeline' '
	why $net.1 rule lab && why $net.2 rule new && why $net.3 kept baseline &&
	"$OUTBAND" profile rule test $net.3 >out && cat out && grep -q "modern.*does not fit.*AMT 11.8.*not >=16" out &&
	"$OUTBAND" log $net.2 | grep -q "ev=engine.profile.*profile=new.*source=rule.*name=modern"
'

test_expect_success 'a pin goes before the rules, and stays' '
	"$OUTBAND" device profile $net.3 old && why $net.3 pin old && has $net.3 baseline &&
	"$OUTBAND" device apply $net.3 --wait --yes && has $net.3 old && why $net.3 pin old &&
	"$OUTBAND" device profile $net.3 - && why $net.3 kept old && refused 3 "no profile" device profile $net.3 none
'

test_done
