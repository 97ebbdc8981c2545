#!/bin/sh
# Serial over LAN over TLS on loopback: the simulated PC says so many MB of text, the console writes them
# away; lossless means that the SHA-256 of what came is the one that the PC tells. One line: MB/s, CPU
# milliseconds per MB of the console, of the simulator, KB of the simulator's memory for the session, lossless.
#   sol.sh [MB]    (default 200)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
mb=${1:-200}
port=${BENCH_PORT:-23992}
. "$root/tests/bench/fleet.sh"

export OUTBAND_PASSWORD='B3nch!Password'
printf '%s\n' "$OUTBAND_PASSWORD" >"$dir/password"
fleet_sim --devices 1 --base 127.77.1.1 --generation 16.1 --state configured --tls server \
	--redirection sol --admin-password-file "$dir/password"
console() { # BYTES: the time that it took, in ms of wall and CPU, on standard output
	printf 'timeout 600\nsend send %s\\r\nexpect bytes, sha256 \nexpect :~# \n' "$1" >"$dir/script"
	python3 - "$OUTBAND" "$port" "$dir" <<'PY'
import os, subprocess, sys, time
outband, port, folder = sys.argv[1:]
with open(folder + '/said', 'wb') as said:
    begin = time.monotonic()
    subprocess.run([outband, 'console', '--tls', '--direct', '127.77.1.1:' + port, '--expect', folder + '/script'],
                   stdout=said, check=True)
    wall = time.monotonic() - begin
used = os.times()
print(round(wall * 1000), round((used.children_user + used.children_system) * 1000))
PY
}
console 1000 >/dev/null # first contact makes a certificate
before_kb=$(rss sim)
set -- $(console 1000)
start_ms=$1
before=$(cpu_ms_of $sim)
set -- $(console "$((mb * 1000000))")
after=$(cpu_ms_of $sim)
after_kb=$(awk '/VmHWM/ { print $2 }' /proc/$sim/status)
lossless=$(python3 - "$dir/said" "$((mb * 1000000))" <<'PY'
import hashlib, sys
said = open(sys.argv[1], 'rb').read()
size = int(sys.argv[2])
begin = said.index(b'begin\r\n') + 7
digest = hashlib.sha256(said[begin:begin + size]).hexdigest().encode()
print('lossless' if digest in said[begin + size:] else 'LOST')
PY
)
echo "$mb $1 $start_ms $2 $((after - before)) $((after_kb - before_kb)) $lossless" |
	awk '{ printf "%.0f %.2f %.2f %d %s\n", $1 * 1000 / ($2 - $3), $4 / $1, $5 / $1, $6, $7 }'
