#!/bin/sh
test_description='outband sim: hellos over real sockets, wrong ones included'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

command -v ruby >/dev/null || {
	skip_all='ruby is not installed'
	test_done
}

sink_start() { # PORT
	: >sink.out
	: >hellos
	ruby "$SHARNESS_TEST_SRCDIR/sim_sink.rb" "$1" hellos >sink.out 2>sink.err &
	sink_pid=$!
	sim_pids="$sim_pids $sink_pid"
	sim_until grep -q ready sink.out
}

sink_stop() {
	kill "$sink_pid" && { wait "$sink_pid" || :; } &&
		sim_pids=$(printf '%s' "$sim_pids" | sed "s/ $sink_pid\$//; s/ $sink_pid / /")
}

has_lines() { # COUNT
	test "$(wc -l <hellos)" -ge "$1"
}

# each_said: every device has said hello, from its own address
each_said() {
	cut -d" " -f1 hellos | sort -u >addresses && printf "127.1.0.1\n127.1.0.2\n127.1.0.3\n" >want &&
		cmp -s want addresses
}

# say DEVICE-NUMBER: one more hello of it, which is then in ./last; no device says any by itself meanwhile
say() {
	before=$(wc -l <hellos)
	sim_ctl hello "$1" && sim_until has_lines $((before + 1)) && tail -n 1 hellos >last
}

test_expect_success 'three devices say hello by themselves, each from its own address' '
	sim_root good &&
	sink_start 21059 &&
	sim_start 21050 --devices 3 --generation 16.1 --roots good.pem --hello 127.0.0.1:21059 \
		--speed 10 --seed 5 &&
	sim_until each_said
'

test_expect_success 'the bytes are those of a PKI hello with the hashes of the root' '
	hash=$(openssl x509 -in good.pem -outform DER | sha256sum | cut -d" " -f1) &&
	hash384=$(openssl x509 -in good.pem -outform DER | sha384sum | cut -d" " -f1) &&
	uuid=$(sim_ctl list 127.1.0.2 | sim_field uuid | tr -d -) &&
	smbios=$(echo $uuid | sed "s/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\4\3\2\1\6\5\8\7/") &&
	grep "^127.1.0.2 " hellos | head -n 1 | cut -d" " -f4 >got &&
	echo "0100030000000000${smbios}020220${hash}0330${hash384}" >want && test_cmp want got
'

test_expect_success 'RetryCount goes up' '
	sim_stop && sink_stop && sink_start 21059 &&
	sim_start 21050 --devices 3 --generation 16.1 --roots good.pem --hello 127.0.0.1:21059 \
		--speed 0.001 --seed 5 &&
	say 0 && cut -d" " -f4 last | grep "^0100030000000000" &&
	say 0 && cut -d" " -f4 last | grep "^0100030001000000"
'

test_expect_success 'wrong hellos are sent as told' '
	whole=$(cut -d" " -f2 last) &&
	sim_ctl fault 0 hello_truncated=20 && say 0 && test "$(cut -d" " -f2 last)" = 20 &&
	sim_ctl fault 0 hello_oversized=9000 && say 0 &&
	test "$(cut -d" " -f2 last)" = $((whole + 9000)) &&
	sim_ctl fault 0 hello_split=9 && say 0 &&
	test "$(cut -d" " -f2 last)" = $whole && test "$(cut -d" " -f3 last)" -ge 2 &&
	sim_ctl fault 0 hello_bytewise && say 0 &&
	test "$(cut -d" " -f2 last)" = $whole && test "$(cut -d" " -f3 last)" -gt 10 &&
	sim_ctl fault 0 ip_changed && say 0 && test "$(cut -d" " -f1 last)" != 127.1.0.1 &&
	sim_ctl fault 0 none && say 0 && test "$(cut -d" " -f1,2 last)" = "127.1.0.1 $whole"
'

test_expect_success 'a device that is not in setup says none' '
	sim_ctl state 2 disabled && test_must_fail sim_ctl hello 2 2>err &&
	grep "says no hello in state disabled" err && sim_stop
'

test_expect_success 'a PSK hello has the PID' '
	sim_pairs 1 >keys.csv &&
	sim_start 21050 --generation 9.5 --state setup-psk --psk keys.csv --hello localhost:21059 \
		--speed 10 &&
	pid=$(sed -n 2p keys.csv | cut -d, -f1 | tr -d "\n" | od -An -tx1 | tr -d " \n") &&
	sim_until grep -q "^127.1.0.1 32 .*$pid\$" hellos && sim_stop
'

test_expect_success 'nobody listening is counted and told' '
	sim_start 21050 --roots good.pem --hello 127.0.0.1:21058 --speed 10 &&
	failed() { test "$(sim_ctl fleet | sim_field hellos_failed)" -ge 1; } &&
	sim_until failed && sim_ctl fleet | grep "refused" && sim_stop
'

test_done
