# What the 02*-cli-*.t scripts share: the service, and checking messages about wrong use. Sourced
# after sim.sh.

OUTBAND_SOCKET=$PWD/outband.sock
export OUTBAND_SOCKET
unset OUTBAND_PASSWORD XDG_STATE_HOME

# refused STATUS PATTERN ARGUMENT...: the exit status, and a message with the pattern
refused() {
	want=$1 pattern=$2
	shift 2
	"$OUTBAND" "$@" >out 2>err </dev/null
	got=$?
	test $got -eq "$want" || { echo "exit $got, wanted $want" && cat err && return 1; }
	grep -q -e "$pattern" err || { echo "no '$pattern' in:" && cat err && return 1; }
}

# serve_start PORT ARGUMENT...: a service whose hello port is that one of 127.0.0.1
serve_start() {
	serve_port=$1
	shift
	: >serve.out
	"$OUTBAND" serve --data data --hello "127.0.0.1:$serve_port" "$@" >serve.out 2>serve.log &
	serve_pid=$!
	sim_pids="$sim_pids $serve_pid"
	sim_until grep -q '^ready ' serve.out || { cat serve.log >&2 && return 1; }
}

# serve_stop [SIGNAL]: its exit status
serve_stop() {
	kill -"${1:-TERM}" "$serve_pid" && wait "$serve_pid"
	serve_status=$?
	sim_pids=$(printf '%s' "$sim_pids" | sed "s/ $serve_pid\$//; s/ $serve_pid / /")
	return $serve_status
}

# jobs_rest: no job runs or is about to; a PC is configured before the parts of its profile are done
jobs_rest() {
	"$OUTBAND" job list --json >jobs.json &&
		test "$(json jobs.json "any(j['state'] in ('queued', 'running') for j in d)")" = False
}

# json FILE PYTHON-EXPRESSION: of the document d
json() {
	python3 -c 'import json,sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

# hex_hello_psk PID: a PSK hello as hex
hex_hello_psk() {
	printf '0000 0200 00000000 4f524f42 4c2d1000 8000 001122334455 '
	printf '%s' "$1" | od -An -tx1 | tr -d ' \n'
	echo
}
