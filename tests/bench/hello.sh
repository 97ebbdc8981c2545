#!/bin/sh
# Hellos a second, parsed and durable (hello, device, job and event rows), against a bare accept and
# read loop, with the same generator in the same run. Prints one line; asserts nothing.
#   hello.sh [COUNT]    (default 50000)
# OUTBAND: the program; tests/bench_hello is looked for beside it.
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
BENCH_HELLO=${BENCH_HELLO:-$(dirname "$OUTBAND")/tests/bench_hello}
count=${1:-50000}
port=${BENCH_HELLO_PORT:-23950}
dir=$(mktemp -d)
serve='' loop=''
clean() {
	status=$?
	trap - EXIT INT TERM
	for pid in $serve $loop; do kill "$pid" 2>/dev/null || :; done
	for pid in $serve $loop; do wait "$pid" 2>/dev/null || :; done
	rm -rf "$dir"
	exit $status
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
wait_for() { # FILE PID
	n=0
	until grep -q '^ready' "$1" 2>/dev/null; do
		kill -0 "$2" 2>/dev/null && [ $n -lt 300 ] || { cat "$dir"/*.log >&2; exit 1; }
		n=$((n + 1))
		sleep 0.1
	done
}
export OUTBAND_SOCKET="$dir/outband.sock"

"$BENCH_HELLO" bare "$port" "$count" >"$dir/bare.out" &
loop=$!
wait_for "$dir/bare.out" $loop
bare=$("$BENCH_HELLO" send "$port" "$count")
wait $loop
loop=

"$OUTBAND" serve --data "$dir" --hello "127.0.0.1:$((port + 1))" --log-level error >"$dir/serve.out" 2>"$dir/serve.log" &
serve=$!
wait_for "$dir/serve.out" $serve
# the jobs that the hellos ask for are not what is measured
"$OUTBAND" setting set workers 1 >/dev/null
durable=$("$BENCH_HELLO" send $((port + 1)) "$count" "$dir/outband.db")
cpu=$("$OUTBAND" status --json | sed -n 's/.*"cpu_ms": *\([0-9]*\).*/\1/p')
kill $serve
wait $serve 2>/dev/null || :
serve=

set -- $bare $durable
printf 'hello: %s sent; bare accept and read loop %s/s; service, durable %s/s; ratio %s %% (cpu of the service %s us each)\n' \
	"$count" "$1" "$4" "$((100 * $4 / $1))" "$((1000 * ${cpu:-0} / count))"
