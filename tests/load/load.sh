#!/bin/sh
# Load of a busy week in one run: a fleet says hello within seconds while others hold silent
# connections and send garbage, as fast as they can; then PCs come back, from other addresses, until
# the time is over. See drive.py for what is judged. Offered as ./dev load; a short one runs in
# tests/system/0960-load.t. OUTBAND and LOAD_NOISE name the programs.
set -eu
devices=10000 minutes=10 silent=500 garbage=10000 churn=10 workers=200 port=29540 status_ms=1000
usage() {
	echo "usage: load.sh [--devices N] [--minutes M] [--silent N] [--garbage PER-SECOND]"
	echo "               [--churn PER-SECOND] [--workers N] [--port P] [--status-ms LIMIT]"
	exit 2
}
while [ $# -gt 0 ]; do
	[ $# -gt 1 ] || usage
	case $1 in
	--devices) devices=$2 ;;
	--minutes) minutes=$2 ;;
	--silent) silent=$2 ;;
	--garbage) garbage=$2 ;;
	--churn) churn=$2 ;;
	--workers) workers=$2 ;;
	--port) port=$2 ;;
	--status-ms) status_ms=$2 ;;
	*) usage ;;
	esac
	shift 2
done

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/outband-load.XXXXXX")
cd "$dir"
SHARNESS_TEST_SRCDIR=$here/../system # as sharness does, for what is sourced
set +u
. "$here/../system/sim.sh"
. "$here/../system/cli.sh"
. "$here/../system/fleet.sh"
set -u
noise_pid=
end() {
	status=$?
	trap - EXIT
	sim_end
	cd /
	rm -rf "$dir"
	exit $status
}
trap end EXIT
ulimit -n 20000 2>/dev/null || :

fleet_service $((port + 4)) "$port" --log-level warn
"$OUTBAND" setting set workers "$workers" >/dev/null
set -- --devices "$devices" --generation 9.5,11.8,16.1 --state setup-pki --roots root.pem \
	--suffix example.com --waits off --base 127.100.0.1 --log-level error
sim_start "$port" "$@"
sim_ctl list | sim_field uuid >uuids
sim_stop
awk '{ printf "%s,pc%05d.example.com\n", $1, NR }' uuids >names.csv
"$OUTBAND" device import names.csv >/dev/null
"$LOAD_NOISE" $((port + 4)) "$silent" "$garbage" >noise.out &
noise_pid=$!
sim_pids="$sim_pids $noise_pid"
sim_start "$port" "$@" --hello "127.0.0.1:$((port + 4))"
result=0
python3 "$here/drive.py" "$devices" "$minutes" "$churn" "$workers" "$serve_pid" "$status_ms" || result=1
kill "$noise_pid" 2>/dev/null && wait "$noise_pid" || :
sed 's/^/noise: /' noise.out
sleep 3
"$OUTBAND" status | grep -e hellos -e jobs
awk '/VmRSS/ { print "rss three seconds later:", $2, "KiB" }' "/proc/$serve_pid/status"
grep -c ev=hello.dropped serve.log | sed 's/^/lines hello.dropped in the log: /' || :
exit $result
