#!/bin/sh
# Figures of the main job: CPU of the service per device, round trips, elapsed and imposed waits,
# memory. Prints a table with the machine; asserts nothing. Called by ./dev bench.
#   bench.sh [DEVICES]    (default 200)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
many=${1:-200}
port=${BENCH_PORT:-23992}
dir=$(mktemp -d)
serve= sim=
clean() {
	status=$?
	trap - EXIT INT TERM
	for pid in $serve $sim; do kill "$pid" 2>/dev/null || :; done
	for pid in $serve $sim; do wait "$pid" 2>/dev/null || :; done
	rm -rf "$dir"
	exit $status
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export OUTBAND_SOCKET="$dir/outband.sock"
cd "$dir"
wait_for() { # FILE PID
	n=0
	until grep -q '^ready' "$1" 2>/dev/null; do
		kill -0 "$2" 2>/dev/null || { cat ./*.log >&2; exit 1; }
		n=$((n + 1)); [ $n -lt 600 ] || exit 1
		sleep 0.1
	done
}
cat > leaf.ext <<'END'
basicConstraints=CA:false
extendedKeyUsage=serverAuth,2.16.840.1.113741.1.2.3
END
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/O=Bench/CN=Bench Root' \
	-keyout root.key -out roots.pem 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr \
	-subj '/OU=Intel(R) Client Setup Certificate/CN=setup.example.com' 2>/dev/null
openssl x509 -req -in leaf.csr -CA roots.pem -CAkey root.key -CAcreateserial -sha256 -days 800 \
	-extfile leaf.ext -out leaf.pem 2>/dev/null
cat leaf.pem roots.pem leaf.key > provisioning.pem

run() { # NAME DEVICES GENERATION LATENCY_MS WAITS
	rm -f ./*.out && mkdir "$dir/run"
	"$OUTBAND" serve --data "$dir/run" --hello "127.0.0.1:$((port + 4))" --log-level error > serve.out 2> serve.log &
	serve=$!
	wait_for serve.out $serve
	idle=$(awk '/VmRSS/ { print $2 }' "/proc/$serve/status")
	{ "$OUTBAND" setting set workers "$2"; "$OUTBAND" setting set device.port_base "$port"
	"$OUTBAND" setting set hello.rate_per_s 100000; "$OUTBAND" cert import bench provisioning.pem; } > /dev/null
	set -- "$1" "$2" "$3" "$4" "$5" --devices "$2" --base 127.78.1.1 --generation "$3" --state setup-pki \
		--roots roots.pem --suffix example.com --latency "$4" --waits "$5" --port-base "$port" --log-level error
	name=$1 devices=$2
	shift 5
	"$OUTBAND" sim "$@" --ctl list.sock > list.out 2> list.log &
	sim=$!
	wait_for list.out $sim
	"$OUTBAND" sim ctl --ctl list.sock list | awk '{ for (i = 1; i <= NF; i++) { sub(/^uuid=/, "", $i)
		if ($i ~ /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/) printf "%s,pc%d.example.com\n", $i, ++n } }' > names.csv
	kill $sim; wait $sim 2>/dev/null || :
	"$OUTBAND" device import names.csv > /dev/null 2>&1
	before=$("$OUTBAND" status --json | sed -n 's/.*"cpu_ms": *\([0-9]*\).*/\1/p')
	"$OUTBAND" sim "$@" --hello "127.0.0.1:$((port + 4))" > sim.out 2> sim.log &
	sim=$!
	wait_for sim.out $sim
	started=$(date +%s%N)
	while :; do
		"$OUTBAND" status --json > status.json
		done_now=$(sed -n 's/.*"configured": *\([0-9]*\).*/\1/p' status.json | head -1)
		[ "${done_now:-0}" -ge "$devices" ] && break
		[ $(($(date +%s%N) - started)) -lt 300000000000 ] || break
		sleep 0.05
	done
	elapsed=$((($(date +%s%N) - started) / 1000000))
	figure() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" status.json | head -1; }
	peak=$(awk '/VmHWM/ { print $2 }' "/proc/$serve/status")
	printf '%-34s %6d %9d %9s %7s %7s %7s %9d %7d %8d\n' "$name" "$done_now" "$elapsed" \
		"$(echo "$(figure cpu_ms) $before $devices" | awk '{ printf "%.2f", ($1 - $2) / $3 }')" \
		"$(echo "$(figure round_trips) $devices" | awk '{ printf "%.1f", $1 / $2 }')" \
		"$(echo "$(figure challenges) $devices" | awk '{ printf "%.1f", $1 / $2 }')" \
		"$(echo "$(figure handshakes) $devices" | awk '{ printf "%.1f", $1 / $2 }')" \
		"$(echo "$(figure imposed_wait_ms) $devices" | awk '{ printf "%d", $1 / $2 }')" "$idle" "$peak"
	kill $sim $serve
	wait $sim 2>/dev/null || :
	wait $serve 2>/dev/null || :
	serve= sim=
	rm -rf "$dir/run"
}

printf 'machine: %s, %s CPUs, %s\n' "$(uname -srm)" "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"
printf '%-34s %6s %9s %9s %7s %7s %7s %9s %7s %8s\n' run done 'ms' 'cpu ms/PC' 'trips' '401s' 'TLS' 'waited ms' 'idle KB' 'peak KB'
run "PKI 16.1, no waits" "$many" 16.1 0 off
run "PKI 11.8, no waits" "$many" 11.8 0 off
run "PKI 16.1, 150 ms latency, one PC" 1 16.1 150 off
run "PKI 16.1, 150 ms latency" "$many" 16.1 150 off
run "PKI 16.1, firmware's waits" "$many" 16.1 0 on
