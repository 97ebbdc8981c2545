#!/bin/sh
# How fast a virtual PC reads a disc through IDE-R on loopback, and what that costs here. The PC's boot
# loader reads one file in commands of 256 KB, which come in pieces of 8 KB, and hashes it; the rate is
# what it says itself, from its first command to its last.
#   media.sh [MEGABYTES]     default 512; prints lines: HOW MB/S CPU-MS-PER-100MB PEAK-KB
#   peak of a program that serves nothing yet is the line "idle"
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
port=${BENCH_PORT:-23992}
mb=${1:-512}
. "$root/tests/bench/fleet.sh"

echo 'P@ssw0rd1' >"$dir/admin.txt"
mkdir "$dir/disc"
openssl enc -aes-128-ctr -K 00 -iv 00 </dev/zero 2>/dev/null | head -c "${mb}000000" >"$dir/disc/file.bin" || :
want=$(sha256sum <"$dir/disc/file.bin" | cut -d' ' -f1)
genisoimage -quiet -R -V BENCH -o "$dir/bench.iso" "$dir/disc"
rm "$dir/disc/file.bin"

read_disc() { # HOW GENERATION [--tls]
	how=$1
	shift 2
	set -- --direct "127.1.0.1:$port" --password-file "$dir/admin.txt" "$@"
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 "$@" >/dev/null
	"$OUTBAND" media --cd "$dir/bench.iso" "$@" >/dev/null 2>"$dir/media.err" &
	media=$!
	until grep -q 'has its virtual drives' "$dir/media.err"; do sleep 0.1; done
	idle=$(awk '/VmHWM/ { print $2 }' /proc/$media/status)
	"$OUTBAND" wsman put AMT_BootSettingData UseIDER=true IDERBootDevice=1 "$@" >/dev/null
	"$OUTBAND" wsman invoke CIM_BootService SetBootConfigRole Role=1 \
		'BootConfigSetting=CIM_BootConfigSetting{InstanceID=Intel(r) AMT: Boot Configuration 0}' "$@" >/dev/null
	cpu=$(cpu_ms_of $media)
	"$OUTBAND" pc power reset --yes "$@" >/dev/null
	until "$OUTBAND" sim ctl --ctl "$dir/ctl" media 0 >"$dir/loader" && grep -q '^boot \(done\|failed\)' "$dir/loader"; do
		sleep 0.2
	done
	cpu=$(($(cpu_ms_of $media) - cpu))
	grep -q "^file /file.bin ${mb}000000 $want" "$dir/loader" || { cat "$dir/loader" >&2; exit 1; }
	ms=$(sed -n 's/^boot done:.* ms=//p' "$dir/loader")
	echo "$how $((mb * 1000 / ms)) $((cpu * 100 / mb)) $(awk '/VmHWM/ { print $2 }' /proc/$media/status)"
	kill -INT $media && wait $media
}

fleet_sim --generation 11.8 --state configured --redirection on --waits off --admin-password-file "$dir/admin.txt"
read_disc clear 11.8
echo "idle - - $idle"
fleet_end
fleet_sim --generation 16.1 --state configured --redirection on --waits off --tls server --admin-password-file "$dir/admin.txt"
read_disc TLS 16.1 --tls
