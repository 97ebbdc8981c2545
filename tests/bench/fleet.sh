# What bench.sh and exchange.sh share: a service and a fleet on loopback, and their figures. Sourced;
# sets dir, and ends what it has started when the shell ends. Children are ended by process id.
dir=$(mktemp -d)
serve='' sim='' asked=0
fleet_end() {
	for pid in $serve $sim; do kill "$pid" 2>/dev/null || :; done
	for pid in $serve $sim; do wait "$pid" 2>/dev/null || :; done
	serve='' sim=''
	rm -rf "$dir/run"
}
fleet_clean() {
	status=$?
	trap - EXIT INT TERM
	fleet_end
	rm -rf "$dir"
	exit $status
}
trap fleet_clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export OUTBAND_SOCKET="$dir/outband.sock"

wait_for() { # FILE PID
	n=0
	until grep -q '^ready' "$1" 2>/dev/null; do
		kill -0 "$2" 2>/dev/null && [ $n -lt 600 ] || { cat "$dir"/*.log >&2; exit 1; }
		n=$((n + 1))
		sleep 0.1
	done
}
rss() { # serve|sim
	eval "awk '/VmRSS/ { print \$2 }' /proc/\$$1/status"
}
cpu_ms_of() { # PID: user and system time
	awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / hz) }' "/proc/$1/stat"
}

certificates() { # once: a root, and a provisioning certificate that it has signed
	[ ! -f "$dir/provisioning.pem" ] || return 0
	cat >"$dir/leaf.ext" <<-'EXT'
		basicConstraints=CA:false
		extendedKeyUsage=serverAuth,2.16.840.1.113741.1.2.3
	EXT
	openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/O=Bench/CN=Bench Root' \
		-keyout "$dir/root.key" -out "$dir/roots.pem" 2>/dev/null
	openssl req -new -newkey rsa:2048 -nodes -keyout "$dir/leaf.key" -out "$dir/leaf.csr" \
		-subj '/OU=Intel(R) Client Setup Certificate/CN=setup.example.com' 2>/dev/null
	openssl x509 -req -in "$dir/leaf.csr" -CA "$dir/roots.pem" -CAkey "$dir/root.key" -CAcreateserial \
		-sha256 -days 800 -extfile "$dir/leaf.ext" -out "$dir/leaf.pem" 2>/dev/null
	cat "$dir/leaf.pem" "$dir/roots.pem" "$dir/leaf.key" >"$dir/provisioning.pem"
}

fleet_sim() { # ARGUMENT...
	rm -f "$dir/sim.out"
	"$OUTBAND" sim "$@" --port-base "$port" --ctl "$dir/ctl" --log-level error >"$dir/sim.out" 2>"$dir/sim.log" &
	sim=$!
	wait_for "$dir/sim.out" $sim
}

ask_status() {
	asked=$((asked + 1))
	"$OUTBAND" status --json >"$dir/status"
}
figure() {
	sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$dir/status" | head -1
}

# What asking costs the service is no part of configuring.
ask_cost_us() {
	asked=0
	ask_status
	from=$(figure cpu_ms)
	while [ $asked -lt 51 ]; do ask_status; done
	echo $((($(figure cpu_ms) - from) * 1000 / 50))
}

figures_from() { # keeps the counters; figures_to sets the variables to what came on top
	ask_status
	asked=0
	for f in cpu_ms round_trips challenges handshakes polls imposed_wait_ms jobs_done; do
		eval "${f}_from=$(figure $f)"
	done
	started=$(date +%s%N)
}
figures_to() {
	elapsed_ms=$((($(date +%s%N) - started) / 1000000))
	for f in cpu_ms round_trips challenges handshakes polls imposed_wait_ms; do
		eval "$f=\$(($(figure $f) - ${f}_from))"
	done
	cpu_ms=$((cpu_ms - asked * ask_us / 1000))
	waited_ms=$imposed_wait_ms
}
until_jobs_done() { # DEVICES
	while :; do
		sleep 0.2
		ask_status
		done_count=$(($(figure jobs_done) - jobs_done_from))
		[ "$done_count" -lt "$1" ] || break
		[ $((($(date +%s%N) - started) / 1000000000)) -lt 600 ] || break
	done
	figures_to
}

# Configures a new fleet over PKI; the service and the fleet go on until fleet_end.
configure() { # DEVICES GENERATION LATENCY_MS WAITS
	certificates
	mkdir "$dir/run"
	rm -f "$dir/serve.out"
	"$OUTBAND" serve --data "$dir/run" --hello "127.0.0.1:$((port + 4))" --log-level error >"$dir/serve.out" 2>"$dir/serve.log" &
	serve=$!
	wait_for "$dir/serve.out" $serve
	idle_kb=$(rss serve)
	for setting in "workers $1" "device.port_base $port" 'hello.rate_per_s 100000'; do
		# shellcheck disable=SC2086
		"$OUTBAND" setting set $setting >/dev/null
	done
	"$OUTBAND" cert import bench "$dir/provisioning.pem" >/dev/null
	fleet_devices=$1
	set -- --devices "$1" --base 127.78.1.1 --generation "$2" --state setup-pki --roots "$dir/roots.pem" \
		--suffix example.com --latency "$3" --waits "$4"
	# who they are: a fleet that says no hello
	fleet_sim "$@"
	"$OUTBAND" sim ctl --ctl "$dir/ctl" list | sed -n 's/.*\buuid=\([^ ]*\).*/\1/p' >"$dir/uuids"
	awk '{ printf "%s,pc%d.example.com\n", $1, NR }' "$dir/uuids" >"$dir/names.csv"
	"$OUTBAND" device import "$dir/names.csv" >/dev/null 2>&1
	kill $sim
	wait $sim 2>/dev/null || :
	ask_us=$(ask_cost_us)
	figures_from
	fleet_sim "$@" --hello "127.0.0.1:$((port + 4))"
	until_jobs_done "$fleet_devices"
	sim_cpu_ms=$(cpu_ms_of $sim)
	peak_kb=$(awk '/VmHWM/ { print $2 }' "/proc/$serve/status")
}

# The same PCs once more: nothing is left to do.
configure_again() {
	figures_from
	xargs "$OUTBAND" device apply --yes <"$dir/uuids" >/dev/null
	until_jobs_done "$fleet_devices"
}
