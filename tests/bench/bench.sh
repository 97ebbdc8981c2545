#!/bin/sh
# What the service, its client and the simulator cost, beside the budgets and the best figures of
# other products on such a machine. Prints a table and asserts nothing. Called by ./dev bench.
#   bench.sh [--full] [DEVICES]   DEVICES: how many are configured at once (1000)
# Rows in order, and what each is made with; any of them can be run alone:
#   machine      openssl speed rsa2048: what one signature costs here today, other load included
#   hello        tests/bench/hello.sh
#   CPU, trips   configure: serve and sim, DEVICES PCs, no latency; cpu_ms of `outband status --json`,
#                less what the polling costs; then `outband device apply` for all of them once more
#   elapsed      configure with --latency 150: one PC with the firmware's waits (event job.done), and
#                DEVICES without, from the start of the fleet to the last job's end
#   memory       VmRSS and VmHWM of /proc/PID/status of the service; per job: what the peak of DEVICES
#                is above the peak of a quarter of them
#   exchange     tests/bench/exchange.sh
#   sol          tests/bench/sol.sh
#   media        tests/bench/media.sh
#   sessions     tests/bench/sessions.sh
#   simulator    sim --devices 100000, VmRSS; its CPU time in the rows above
#   discovery    discover --ping --rate max against sim --devices 32768
#   life         tests/bench/life.sh (only --full)
#   pages        bench_store_pages 1000000 (only --full: it fills a database of 3 GB)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
port=${BENCH_PORT:-23992}
full=no
[ "${1:-}" != --full ] || { full=yes; shift; }
many=${1:-1000}
. "$root/tests/bench/fleet.sh"

row() { # WHAT MEASURED BUDGET PEER [within|over]
	printf '%-52s %-26s %-22s %-26s %s\n' "$1" "$2" "$3" "$4" "${5:--}"
}
judge() { # MEASURED LIMIT [min]: is it within the budget?
	echo "$1 $2 ${3:-max}" | awk '{ print ($3 == "min" ? $1 >= $2 : $1 <= $2) ? "within" : "OVER" }'
}
per() { # FIGURE DEVICES [FORMAT]
	echo "$1 $2" | awk -v f="${3:-%.1f}" '{ printf f, $1 / $2 }'
}

machine() {
	printf 'machine   %s, %s cores, %s\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
		"$(nproc)" "$(uname -srm)"
	printf 'built by  %s\n' "$(readelf -p .comment "$OUTBAND" 2>/dev/null | sed -n 's/.*\(GCC\|clang version\)/\1/p' | head -1)"
	printf 'load      %s when this began; figures of CPU grow with what else runs\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
	printf 'RSA 2048  one signature costs %s ms here, one check %s ms (two and three of them per PC over PKI)\n\n' \
		$(openssl speed -seconds 1 rsa2048 2>/dev/null | awk '/^rsa 2048/ { printf "%.3f %.3f", $4 * 1000, $5 * 1000 }')
}

hello() {
	set -- $("$root/tests/bench/hello.sh" "$([ $full = yes ] && echo 100000 || echo 30000)" |
		sed 's/.*loop \([0-9]*\).*durable \([0-9]*\).*ratio \([0-9]*\).*/\1 \2 \3/')
	row 'hellos a second, durable' "$2 = $3 % of the loop" '>= 50 % of the loop' 'one, in memory only' "$(judge "$3" 50 min)"
	row '  bare accept and read loop, same run' "$1"  '' ''
}

generation() { # GENERATION
	configure "$many" "$1" 0 off
	row "CPU of the service per PC, $1" "$(per "$cpu_ms" "$many" %.2f) ms" '<= 4 ms' '470 ms (MeshCentral)' "$(judge "$(per "$cpu_ms" "$many" %.2f)" 4)"
	row '  of the simulator, the same run' "$(per "$sim_cpu_ms" "$many" %.2f) ms" '' ''
	row "round trips, new PC" "$(per "$round_trips" "$many")" '<= 25' '5-60 s of sleeps' "$(judge "$(per "$round_trips" "$many")" 25)"
	row '  apart from these: 401s, handshakes, polls' "$(per "$challenges" "$many"), $(per "$handshakes" "$many"), $(per "$polls" "$many")" '' ''
	configure_again
	row 'round trips, PC already right' "$(per "$round_trips" "$many")" '<= 8' '' "$(judge "$(per "$round_trips" "$many")" 8)"
	row '  apart from these: 401s, handshakes, polls' "$(per "$challenges" "$many"), $(per "$handshakes" "$many"), $(per "$polls" "$many")" '' ''
	row '  CPU of the service' "$(per "$cpu_ms" "$many" %.2f) ms" '' ''
	fleet_end
}

elapsed() {
	configure 1 16.1 150 on
	set -- $("$OUTBAND" log | sed -n 's/.*ev=job.done.* elapsed_ms=\([0-9]*\).* waits_ms=\([0-9]*\).*/\1 \2/p')
	own=$(per $(($1 - $2)) 1000 %.2f)
	row 'elapsed at 150 ms, one PC, its own time' "$own s" '<= 5 s' '108 s (DMT)' "$(judge "$own" 5)"
	row '  with the waits that the firmware imposed' "$(per "$1" 1000 %.2f) s, $(per "$2" 1000 %.2f) s of them" '' ''
	fleet_end
	few=$((many / 4))
	configure $few 16.1 150 off
	few_kb=$peak_kb
	fleet_end
	configure "$many" 16.1 150 off
	own=$(per $((elapsed_ms - waited_ms / many)) 1000 %.2f)
	row "elapsed at 150 ms, $many PCs at once, no waits" "$own s" '<= 60 s for 1,000' '14 s for 10 (MeshCentral)' "$(judge "$own" 60)"
	job_kb=$(((peak_kb - few_kb) / (many - few)))
	row 'memory of the idle service' "$idle_kb KB" '<= 20,480 KB' '180 MB (MeshCentral)' "$(judge "$idle_kb" 20480)"
	row "  per job in flight, $few to $many of them" "$job_kb KB" '<= 48 KB' '300 KB (MeshCentral)' "$(judge "$job_kb" 48)"
	row '  after these: live, trimmed after 10 s of rest' "$(rss serve) KB, $(sleep 10; rss serve) KB" '' ''
	power_on
	fleet_end
	[ $full = no ] || {
		configure "$many" 16.1 150 on
		row "elapsed at 150 ms, $many PCs, firmware's waits" "$(per "$elapsed_ms" 1000 %.2f) s" '' ''
		row '  mean of the waits that the firmware imposed' "$(per "$waited_ms" $((many * 1000)) %.2f) s" '' ''
		fleet_end
	}
}

power_on() { # of the fleet that runs
	"$OUTBAND" power off --where 'state = configured' --yes --limit 1000 >/dev/null 2>&1 || :
	began=$(date +%s%N)
	"$OUTBAND" power on --where 'state = configured' --yes --limit 1000 >"$dir/on" 2>/dev/null || :
	on_ms=$((($(date +%s%N) - began) / 1000000))
	on=$(grep -c 'says it is on' "$dir/on" || :)
	row "power on at 150 ms, $many PCs at once" "$(per "$on_ms" 1000 %.2f) s, $on are on" '<= 5 s for 1,000' '' \
		"$([ "$on" = "$many" ] && judge "$(per "$on_ms" 1000 %.2f)" 5 || echo OVER)"
}

exchange() {
	"$root/tests/bench/exchange.sh" >"$dir/exchange"
	while read -r how connections client_us sim_us; do
		budget='' peer='' verdict=''
		case $how$connections in
		clear8) budget='<= 0.05 ms' peer='0.144 ms (MeshCentral)' verdict=$(judge "$client_us" 50) ;;
		clear1) budget='<= 0.10 ms' peer='0.197 ms (MeshCentral)' verdict=$(judge "$client_us" 100) ;;
		esac
		row "CPU of the client, Enumerate+Pull, $connections kept, $how" "$(per "$client_us" 1000 %.3f) ms" "$budget" "$peer" "$verdict"
		row '  of the simulator per exchange' "$(per "$sim_us" 1000 %.3f) ms" '<= 0.3 ms' '' "$(judge "$sim_us" 300)"
	done <"$dir/exchange"
}

sol() {
	set -- $("$root/tests/bench/sol.sh")
	row 'SOL receive over TLS, MB a second' "$1, $5" '>= 50, lossless' '4-5 with loss (amtterm)' "$(judge "$1" 50 min)"
	row '  CPU per MB: console, simulator; its memory' "$2 ms, $3 ms, $4 KB" '' ''
}

media() {
	"$root/tests/bench/media.sh" >"$dir/media"
	while read -r how rate cpu kb; do
		case $how in
		idle) row '  before anything was read' "$kb KB" '' '' && continue ;;
		TLS) row 'IDE-R, a PC reads a CD, TLS' "$rate MB/s" '>= 150 MB/s' '52 MB/s (MeshCentral)' "$(judge "$rate" 150 min)" ;;
		*) row 'IDE-R, a PC reads a CD, clear' "$rate MB/s" '' '' ;;
		esac
		row '  CPU for 100 MB here; memory at most' "$cpu ms; $kb KB" '' ''
	done <"$dir/media"
}

sessions() {
	"$root/tests/bench/sessions.sh" 50 >"$dir/sessions"
	while read -r what kb program_kb; do
		case $what in
		console) row 'memory per serial console of the service, TLS' "$kb KB" '' '' ;;
		*) row 'memory per line of virtual media, TLS; of its program' "$kb KB; $program_kb KB" '' '' ;;
		esac
	done <"$dir/sessions"
}

simulator() {
	fleet_sim --devices 100000 --base 127.64.0.1 --generation 16.1 --state setup-pki --suffix example.com
	row 'simulator, 100,000 idle devices' "$(rss sim) KB" '<= 1,048,576 KB' '' "$(judge "$(rss sim)" 1048576)"
	fleet_end
}

discovery() {
	printf 'B3nch!Password\n' >"$dir/password"
	fleet_sim --devices 32768 --base 127.96.0.0 --generation 12.0 --state configured --admin-password-file "$dir/password"
	"$OUTBAND" discover 127.96.0.0-127.96.127.255 --port-base "$port" --rmcp-port $((port + 4)) --ping --rate max \
		--json >"$dir/found" 2>"$dir/discovered"
	set -- "$(sed -n 's/.* in \([0-9.]*\) s: .*/\1/p' "$dir/discovered")" "$(wc -l <"$dir/found")"
	rate=$(per 32768 "$1" %.0f)
	row 'discovery of 32,768 answering addresses, a second' "$rate, $2 found" '>= 20,000, all' '52 % or 99/s (MeshCentral)' \
		"$([ "$2" = 32768 ] && judge "$rate" 20000 min || echo OVER)"
	fleet_end
}

pages() {
	"${BENCH_PAGES:-$(dirname "$OUTBAND")/tests/bench_store_pages}" 1000000 |
		sed -n 's/^\([a-z].*[^ ]\)  *\([0-9.]*\)  *\([0-9.]*\)  *\([0-9.]*\)  *[0-9.]*$/\3 \1/p' >"$dir/pages"
	while read -r p99 what; do
		case $what in page*) continue ;; esac
		row "p99, 1,000,000 PCs, $what" "$p99 ms" '<= 20 ms' '' "$(judge "$p99" 20)"
	done <"$dir/pages"
}

life() {
	"$root/tests/bench/life.sh" "$many" >"$dir/life" 2>/dev/null || echo '0 0 0 0 0 0 broken' >"$dir/life"
	all=0
	while read -r seconds pcs _ each kb cpu stage; do
		row "life of $many mixed PCs, $stage" "$seconds s, $pcs PCs, $each trips each, peak $kb KB, CPU $cpu s" '' ''
		all=$((all + seconds))
	done <"$dir/life"
	row "life of $many mixed PCs, all of it" "$all s" '<= 300 s' '' \
		"$(grep -q broken "$dir/life" && echo OVER || judge "$all" 300)"
}

machine
row what measured budget 'others today' ''
hello
generation 16.1
generation 11.8
elapsed
exchange
sol
media
sessions
simulator
discovery
if [ $full = yes ]; then life && pages; else
	printf '\n--full adds the waits of the firmware, the life of 1,000 PCs, and pages of a database with 1,000,000 PCs.\n'
fi
printf 'Not here, for want of the part: CIRA tunnels.\n'
