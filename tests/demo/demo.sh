#!/bin/sh
# The demonstration: a service and a virtual fleet of 50 PCs on this machine's loopback. 48 become
# configured; one has a key that nobody imported, one sees a foreign DNS suffix: both are refused
# and say why. Called by ./dev demo and by the system tests.
#   demo.sh [--stay] [--keep DIR] [--then COMMAND]
# --stay leaves both running until you press Enter; --keep works in DIR and leaves it;
# --then runs COMMAND (with DEMO_DIR, DEMO_BASE, OUTBAND and OUTBAND_SOCKET set) at the end.
# DEMO_PORT (default 26992) moves all ports: devices use PORT to PORT+3, hellos go to PORT+4.
set -eu
umask 077

say() { printf '%s\n' "$*"; }
die() { echo "demo: $*" >&2; exit 1; }

root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
port=${DEMO_PORT:-26992}
base=127.77.1.1
stay=no keep= then=
while [ $# -gt 0 ]; do
	case $1 in
	--stay) stay=yes ;;
	--keep) shift; keep=${1:?--keep needs a folder} ;;
	--then) shift; then=${1:?--then needs a command} ;;
	*) echo "demo: unknown option '$1' (known: --stay --keep DIR --then COMMAND)" >&2; exit 2 ;;
	esac
	shift
done

serve= sim= dir=
clean() {
	status=$?
	trap - EXIT INT TERM
	for pid in $serve $sim; do kill "$pid" 2>/dev/null || :; done
	for pid in $serve $sim; do wait "$pid" 2>/dev/null || :; done
	[ -n "$keep" ] || [ -z "$dir" ] || rm -rf "$dir"
	exit $status
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ -n "$keep" ]; then
	[ ! -e "$keep/data" ] || die "$keep holds an earlier demonstration; name a new folder"
	mkdir -p "$keep"
	dir=$(cd "$keep" && pwd)
else
	dir=$(mktemp -d)
fi
export OUTBAND OUTBAND_SOCKET="$dir/outband.sock" DEMO_DIR="$dir" DEMO_BASE="$port"
cd "$dir"

wait_for() { # FILE WORD PID NAME
	n=0
	until grep -q "^$2" "$1" 2>/dev/null; do
		kill -0 "$3" 2>/dev/null || { cat "$1" "$4.log" >&2; die "$4 ended; its messages are above"; }
		n=$((n + 1))
		[ $n -lt 3000 ] || die "$4 does not become ready"
		sleep 0.1
	done
}

say "1. A provisioning certificate, as a vendor would sell it, for setup.example.com"
cat > leaf.ext <<'END'
basicConstraints=CA:false
keyUsage=digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,2.16.840.1.113741.1.2.3
END
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/O=Demo/CN=Demo Root' \
	-keyout root.key -out roots.pem 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr \
	-subj '/O=Demo/OU=Intel(R) Client Setup Certificate/CN=setup.example.com' 2>/dev/null
openssl x509 -req -in leaf.csr -CA roots.pem -CAkey root.key -CAcreateserial -sha256 -days 800 \
	-extfile leaf.ext -out leaf.pem 2>/dev/null
cat leaf.pem roots.pem leaf.key > provisioning.pem

say "2. The service, listening for hellos on 127.0.0.1:$((port + 4))"
"$OUTBAND" serve --data "$dir/data" --hello "127.0.0.1:$((port + 4))" --log-file "$dir/serve.log" > serve.out 2>> serve.log &
serve=$!
wait_for serve.out ready $serve serve
"$OUTBAND" setting set workers 50 > /dev/null
"$OUTBAND" setting set device.port_base "$port" > /dev/null
"$OUTBAND" cert import demo provisioning.pem > /dev/null
"$OUTBAND" profile set baseline "$root/docs/examples/profile.yaml" > /dev/null
"$OUTBAND" key generate --count 20 > /dev/null 2>&1
"$OUTBAND" key export --reveal --output keys.csv > /dev/null

say "3. A fleet of 50 virtual PCs of four generations"
cat > stranger.csv <<'END'
pid,pps,mebx_password
0000-037M,NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ,Stranger!2026
END
cat > fleet.yaml <<END
seed: 2026
waits: on
port_base: $port
ctl: sim.sock
groups:
  - {count: 20, base: $base, generation: [5.0, 9.5], state: setup-psk, psk: keys.csv, suffix: example.com}
  - {count: 28, generation: [9.5, 11.8, 16.1, 16.1], state: setup-pki, roots: roots.pem, suffix: example.com}
  - {count: 1, generation: 5.0, state: setup-psk, psk: stranger.csv, suffix: example.com}
  - {count: 1, generation: 16.1, state: setup-pki, roots: roots.pem, suffix: elsewhere.example}
END
# once without hellos, to learn the UUIDs: an inventory would know them
"$OUTBAND" sim fleet.yaml > sim.out 2> sim.log &
sim=$!
wait_for sim.out ready $sim sim
"$OUTBAND" sim ctl --ctl sim.sock list > list.txt
kill $sim
wait $sim 2>/dev/null || :
: > sim.out
awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9a-f]*-[0-9a-f]*-[0-9a-f]*-[0-9a-f]*-[0-9a-f]*$/ || $i ~ /^uuid=/) {
	sub(/^uuid=/, "", $i); printf "%s,pc%02d.example.com,demo\n", $i, ++n } }' list.txt > names.csv
[ "$(wc -l < names.csv)" -eq 50 ] || die "the fleet did not list 50 UUIDs"
"$OUTBAND" device import names.csv > /dev/null
started=$(date +%s)
"$OUTBAND" sim fleet.yaml --hello "127.0.0.1:$((port + 4))" > sim.out 2>> sim.log &
sim=$!
wait_for sim.out ready $sim sim

say "4. They say hello; the service configures them"
say "   (their firmware takes its time: a key 3 to 30 s, the restart of its network 5 to 10 s)"
bar() { # COUNT of 50: a line that is written again and again
	printf "\r   [%-50.${1}s] %2d configured, %d refused, %2d s " '##################################################' \
		"$done_now" "$refused" $(($(date +%s) - started))
}
count() { # STATE
	"$OUTBAND" device list --state "$1" --csv | tail -n +2 | wc -l
}
while :; do
	done_now=$(count configured)
	refused=$(count refused)
	bar $((done_now + refused))
	[ $((done_now + refused)) -ge 50 ] && break
	[ $(($(date +%s) - started)) -lt 600 ] || { echo; die "not done after 600 s; look at $dir/serve.log (use --keep)"; }
	sleep 1
done
took=$(($(date +%s) - started))
echo
say
say "Configured, each proven by a login with its new password:"
"$OUTBAND" device list --state configured --csv | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ n[$at["version"]]++; of[$at["version"], $at["kind"]]++ }
	END { for (v in n) printf "   AMT %-13s %2d PCs: %2d by key, %2d by certificate\n", v, n[v], of[v, "psk"], of[v, "pki"] }' |
	sort -k 2 -V
for address in 127.77.1.49 127.77.1.50; do
	say
	say "Refused, and why (outband device show $address):"
	"$OUTBAND" device show "$address" | grep -E '^(name|health|rule|what to do)  ' |
		sed 's/^/   /; s/   device [0-9a-f-]*: /   /'
done
say
say "configured: $done_now, refused: $refused, after $took s"
[ "$done_now" -eq 48 ] && [ "$refused" -eq 2 ] || die "expected 48 configured and 2 refused"
if [ -n "$then" ]; then
	"$then"
fi
if [ "$stay" = yes ]; then
	say "Both go on. In another terminal:"
	say "    export OUTBAND_SOCKET=$OUTBAND_SOCKET"
	say "    $OUTBAND device list"
	say "The virtual PCs answer to: $OUTBAND sim ctl --ctl $dir/sim.sock list"
	printf 'Press Enter to end. '
	read -r _ || :
elif [ -z "$keep$then" ]; then
	say "Ask them yourself: ./dev demo --stay leaves service and fleet running."
fi
