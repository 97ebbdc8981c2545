#!/bin/sh
test_description='outband sim: flags, lists, messages about wrong use'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

refused() { # STATUS PATTERN ARGUMENT...
	want=$1 pattern=$2
	shift 2
	"$OUTBAND" sim "$@" >out 2>err
	got=$?
	test $got -eq "$want" || { echo "exit $got, wanted $want" && cat err && return 1; }
	grep -q -e "$pattern" err || { cat err && return 1; }
	test ! -s out
}

test_expect_success 'help names every part' '
	"$OUTBAND" sim --help >help &&
	for word in --devices --base --generation --state --hello --psk --roots --suffix \
		--admin-password-file --tls --latency --fault --seed --speed --state-file \
		--port-base --waits --ctl --expose --list-faults --list-generations power-loss; do
		grep -q -e "$word" help || { echo "no $word" && return 1; }
	done
'

test_expect_success 'the lists are printed' '
	"$OUTBAND" sim --list-generations >list && grep -q "^16.1 " list && grep -q "^5.0 " list &&
	"$OUTBAND" sim --list-faults >list && grep -q "^drop_commit=1 " list &&
	"$OUTBAND" sim --list-switches >list && grep -q "^busy " list
'

test_expect_success 'the releases as JSON and as CSV say the same, every cell with its source' '
	"$OUTBAND" sim --list-generations --json >list.json && "$OUTBAND" sim --list-generations --csv >list.csv &&
	"$OUTBAND" sim --json --list-generations >other && test_cmp list.json other &&
	python3 - "${OUTBAND_SRC:-$SHARNESS_TEST_SRCDIR/../..}/src/sim/generation.c" <<-\PY
	import csv, json, re, sys
	rows = json.load(open("list.json"))
	assert rows == list(csv.DictReader(open("list.csv"))), "CSV differs"
	names = list(dict.fromkeys(r["generation"] for r in rows))
	cells = list(dict.fromkeys(r["cell"] for r in rows))
	assert (len(names), names[0], names[-1]) == (22, "2.0", "22.0"), names
	assert len(rows) == len(names) * len(cells) and len(cells) > 40, len(rows)
	assert all(r["source"] in "CDPG" and r["meaning"] for r in rows)
	by = {(r["generation"], r["cell"]): (r["value"], r["source"]) for r in rows}
	assert by["16.1", "version"] == ("16.1.25.1917", "C") and by["11.8", "psk"] == ("no", "D")
	assert by["22.0", "key_bits"] == ("3072", "D") and by["5.0", "tls_max"] == ("TLS 1.0", "D")
	guesses = sum(r["source"] == "G" for r in rows)
	text = open(sys.argv[1]).read()
	shared = re.search(r"#define SOAP_ERA.*?\n\n", text, re.S).group().count("SRC_G")
	written = len(re.findall(r"\bSRC_G\b", text)) + shared * (text.count(" SOAP_ERA,") - 1)
	assert guesses == written, (guesses, written)
	PY
'

test_expect_success 'wrong values say what would be right' '
	refused 2 "known are 2.0, 2.1, 2.2, 2.5, 2.6, 3.0, 3.2.1, 4.0, 5.0, 6.2" --generation 8.3 &&
	refused 2 "known are disabled, factory" --state asleep &&
	refused 2 "faults: refuse hang drop" --fault nothing &&
	refused 2 "no fault .nothing" --fault=nothing &&
	refused 2 "off, server or mutual" --tls on &&
	refused 2 "1 to 100000" --devices 100001 &&
	refused 2 "no IPv4 address" --base 127.1.0 &&
	refused 2 "no speed" --speed fast &&
	refused 2 "on or off" --waits maybe &&
	refused 2 "1 to 65532" --port-base 65533 &&
	refused 2 "needs a value" --devices &&
	refused 2 "no option --device" --device 3 &&
	refused 2 "takes no value" --expose=on
'

test_expect_success 'what does not go together is refused' '
	refused 3 "127.0.0.0/8" --base 10.0.0.1 &&
	refused 3 "AMT 16.1 knows no PSK" --state setup-psk &&
	refused 3 "needs key pairs" --state setup-psk --generation 5.0 &&
	refused 3 "admin-password-file" --state configured &&
	sim_pairs 2 >keys.csv &&
	refused 3 "keys.csv has 2 key pairs" --devices 3 --state setup-psk --generation 5.0 --psk keys.csv
'

test_expect_success 'files that are wrong are named, with their line' '
	refused 3 "none.csv" --state setup-psk --generation 5.0 --psk none.csv &&
	refused 3 "none.pem" --roots none.pem &&
	echo hello >plain && refused 3 "plain holds no certificate" --roots plain &&
	sim_pairs 1 >keys.csv && echo "ABCD-EFGH,x,y" >>keys.csv &&
	refused 3 "keys.csv, line 3" --devices 2 --state setup-psk --generation 5.0 --psk keys.csv
'

test_expect_success 'a port that is taken is named, with the way out' '
	sim_start 21000 &&
	refused 3 "port 21003.*--port-base" --port-base 21003 &&
	refused 3 "another process answers" --port-base 21004 --ctl ctl &&
	sim_stop
'

test_expect_success 'a fleet file is read strictly, errors name the line' '
	cat >f.yaml <<-YAML &&
	seed: 1
	groups:
	  - count: 2
	    sate: silent
	YAML
	refused 3 "f.yaml, line 4: there is no key .sate" f.yaml &&
	printf "groups:\n  - count: 2\n    count: 3\n" >f.yaml &&
	refused 3 "f.yaml, line 3: this key stands here twice" f.yaml &&
	printf "groups:\n  - generation: [5.0, 7.0]\n" >f.yaml &&
	refused 3 "f.yaml, line 2: generation: .*known are" f.yaml &&
	printf "groups:\n  - count: 2\n    devices:\n      - index: 2\n" >f.yaml &&
	refused 3 "f.yaml, line 2: device 2 is described" f.yaml &&
	printf "groups:\n  - base: 127.1.0.1\n    count: 3\n  - base: 127.1.0.3\n" >f.yaml &&
	refused 3 "another group has one of these addresses" f.yaml &&
	refused 2 "f.yaml.*" f.yaml --devices 3
'

test_expect_success 'ctl says when nobody listens, or the request is wrong' '
	refused 4 "is a fleet running" ctl --ctl nobody list &&
	refused 2 "use: outband sim ctl" ctl list &&
	sim_start 21000 &&
	refused 3 "there is no request" ctl --ctl ctl dance &&
	refused 3 " boot media consent kvm " ctl --ctl ctl dance &&
	refused 3 "the fleet has 0 to 0" ctl --ctl ctl state 1 &&
	refused 3 "no device .127.9.9.9" ctl --ctl ctl state 127.9.9.9 &&
	refused 3 "use: state DEVICE" ctl --ctl ctl state &&
	refused 3 "no fault" ctl --ctl ctl fault 0 nothing &&
	refused 3 "without --hello" ctl --ctl ctl hello 0 &&
	sim_stop
'

test_done
