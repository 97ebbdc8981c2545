#!/bin/sh
# What a session costs the service in memory: COUNT serial consoles over TLS that it holds, and COUNT lines
# of virtual media that it carries for one `outband media`. Each kind: one session of it comes and goes
# first, then VmRSS of the service with all of them open, less what it was before, for each. Prints a line
# of each kind: WHAT KB-PER-SESSION; of media also what the program that serves the image takes for each.
#   sessions.sh [COUNT]     (default 50)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
port=${BENCH_PORT:-23992}
count=${1:-50}
. "$root/tests/bench/fleet.sh"

export OUTBAND_PASSWORD='B3nch!Password'
printf '%s\n' "$OUTBAND_PASSWORD" >"$dir/password"
mkdir "$dir/run" "$dir/disc"
seq 1 20000 >"$dir/disc/file.txt"
genisoimage -quiet -R -V BENCH -o "$dir/bench.iso" "$dir/disc"
"$OUTBAND" serve --data "$dir/run" --hello "127.0.0.1:$((port + 4))" --log-level error >"$dir/serve.out" 2>"$dir/serve.log" &
serve=$!
wait_for "$dir/serve.out" $serve
fleet_sim --devices "$count" --base 127.79.1.1 --generation 16.1 --state configured --tls server --redirection on \
	--waits off --suffix example.com --admin-password-file "$dir/password"
"$OUTBAND" setting set device.port_base "$port" >/dev/null
"$OUTBAND" setting set workers 50 >/dev/null
seq 1 "$count" | awk -v p="$OUTBAND_PASSWORD" 'BEGIN { print "address,password,tls" }
	{ printf "127.79.1.%d,%s,true\n", $1, p }' >"$dir/adopt.csv"
"$OUTBAND" device adopt "$dir/adopt.csv" >/dev/null
n=0
until [ "$("$OUTBAND" device list --state adopted --json | grep -o '"uuid"' | wc -l)" = "$count" ]; do
	n=$((n + 1)) && [ $n -lt 300 ] || { echo 'the PCs were not adopted' >&2; exit 1; }
	sleep 0.2
done

wait_lines() { # COUNT PATTERN FILE
	n=0
	until [ "$(grep -c -e "$2" "$3")" -ge "$1" ]; do
		n=$((n + 1)) && [ $n -lt 600 ] || { tail -3 "$3" >&2; exit 1; }
		sleep 0.1
	done
}

ask() { # METHOD PC QUERY
	curl --silent --unix-socket "$OUTBAND_SOCKET" -X "$1" "http://x/v1/devices/127.79.1.$2/console$3"
}
consoles() { # COUNT: open them; each says that it is, and goes on while it is asked
	for i in $(seq 1 "$1"); do ask POST "$i" '' >/dev/null; done
	n=0
	until [ "$(for i in $(seq 1 "$1"); do ask GET "$i" '?from=0'; echo; done | grep -c '"state":"open"')" = "$1" ]; do
		n=$((n + 1)) && [ $n -lt 60 ] || { echo 'the consoles do not open' >&2; exit 1; }
		sleep 0.2
	done
}

consoles 1
sleep 12 # a heap that has rested is trimmed
consoles 1
idle=$(rss serve)
consoles "$count"
echo "console $((($(rss serve) - idle) / (count - 1)))"
for i in $(seq 1 "$count"); do ask DELETE "$i" '' >/dev/null; done

for i in $(seq 1 "$count"); do
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 --tls --direct "127.79.1.$i:$port" >/dev/null
done
media() { # FIRST LAST: in the background, until each has its drives
	: >"$dir/media.err"
	"$OUTBAND" media "127.79.1.$1-$2" --cd "$dir/bench.iso" >/dev/null 2>"$dir/media.err" &
	media=$!
	wait_lines $(($2 - $1 + 1)) 'has its virtual drives' "$dir/media.err"
}
media 1 1
one=$(rss media)
kill -INT $media && wait $media || :
sleep 12
idle=$(rss serve)
media 1 "$count"
echo "media $((($(rss serve) - idle) / count)) $((($(rss media) - one) / (count - 1)))"
kill -INT $media && wait $media || :
