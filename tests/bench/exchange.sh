#!/bin/sh
# CPU per WS-MAN Enumerate+Pull of AMT_GeneralSettings over kept connections, of the client and of the
# simulated device. One line each: clear or TLS, connections, microseconds of the client per
# Enumerate+Pull, microseconds of the simulator per HTTP exchange.
#   exchange.sh [COUNT]    (default 10000)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
BENCH_EXCHANGE=${BENCH_EXCHANGE:-$(dirname "$OUTBAND")/tests/bench_exchange}
count=${1:-10000}
port=${BENCH_PORT:-23992}
. "$root/tests/bench/fleet.sh"

export OUTBAND_PASSWORD='B3nch!Password'
printf '%s\n' "$OUTBAND_PASSWORD" >"$dir/password"
once() { # GENERATION clear|tls PORT CONNECTIONS TLS-MODE
	fleet_sim --devices 8 --base 127.77.1.1 --generation "$1" --state configured --tls "$5" \
		--admin-password-file "$dir/password" --waits off
	# handshakes and logins first, so that they are in neither figure
	"$BENCH_EXCHANGE" 127.77.1.1 "$3" "$2" "$4" "$4" >/dev/null
	before=$(cpu_ms_of $sim)
	"$BENCH_EXCHANGE" 127.77.1.1 "$3" "$2" "$4" "$count" >"$dir/took"
	after=$(cpu_ms_of $sim)
	echo "$2 $4 $(cat "$dir/took") $((after - before))" |
		awk '{ printf "%s %d %.1f %.1f\n", $1, $2, $4 / $3, $7 * 1000 / $6 }'
	fleet_end
}
for connections in 8 1; do once 11.8 clear "$port" $connections off; done
for connections in 8 1; do once 16.1 tls $((port + 1)) $connections server; done
