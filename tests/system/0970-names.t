#!/bin/sh
test_description='names from real hook programs, a real DNS server, by hand and by report'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=28100 hello=28109 dns=28110 net=127.97.1

uuid_of() {
	sim_ctl list "$1" | sim_field uuid
}

# hook FILE <PROGRAM: it is the hook from now on
hook() {
	cat >"$1" && chmod 755 "$1" && "$OUTBAND" setting set hook.program "$PWD/$1" >/dev/null
}

try() { # ADDRESS: again, now
	"$OUTBAND" device show "$(uuid_of "$1")" --json >device.json &&
		job=$(json device.json "(d['job'] or {}).get('id', '')") &&
		{ test -z "$job" || "$OUTBAND" job retry "$job" >/dev/null 2>&1 || :; }
}

none_lives() {
	for pid in $(cat hook.pids); do
		kill -0 "$pid" 2>/dev/null && return 1
	done
	test -s hook.pids
}

# failed ADDRESS RULE PATTERN: an event hook.failed says so
failed() {
	try "$1" && "$OUTBAND" log "$(uuid_of "$1")" | grep -e "ev=hook.failed.*rule=$2" | grep -q -e "$3"
}

is_named() { # ADDRESS NAME SOURCE
	"$OUTBAND" device show "$(uuid_of "$1")" --json >device.json &&
		test "$(json device.json "d['state'], d['fqdn'], d['name_source']")" = "('configured', '$2', '$3')"
}

named() {
	try "$1" && is_named "$@"
}

test_expect_success 'a service with a hook, and PCs without names' '
	fleet_service $hello $base && "$OUTBAND" setting set job.retry_s 1 &&
	"$OUTBAND" setting set name.sources map,hook,report &&
	cat >fleet.yaml <<-YAML
	seed: 970
	waits: off
	groups:
	  - {count: 4, base: $net.1, generation: 16.1, state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
'

test_expect_success 'settings: 0 is no time, sources are checked, a program has a path' '
	refused 3 "D077" setting set hook.timeout_s 0 && grep -q "180 is usual" err &&
	refused 3 "separated by commas" setting set name.sources map,map &&
	refused 3 "separated by commas" setting set name.sources "" &&
	refused 3 "path from the root" setting set hook.program hook.sh
'

cat >hang.body <<SH
#!/bin/sh
trap "" TERM INT
sleep 600 &
echo \$! >>"$PWD/hook.pids"
wait
SH

test_expect_success 'a hook that hangs is killed with all that it started' '
	"$OUTBAND" setting set hook.timeout_s 1 && hook hang <hang.body &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello &&
	fleet_until 40 failed $net.1 D077 "hook.timeout_s" &&
	"$OUTBAND" setting set hook.program "" &&
	fleet_until 10 none_lives
'

test_expect_success 'hooks that flood, lie, die, fail or are not there: each said, none hurts' '
	"$OUTBAND" setting set hook.timeout_s 20 &&
	printf "#!/bin/sh\nyes 0123456789\n" | hook flood && fleet_until 40 failed $net.1 D075 "65536 bytes" &&
	printf "#!/bin/sh\necho \"{\\\"fqdn\\\": \\\"not_a_name\\\"}\"\n" | hook lie &&
	fleet_until 40 failed $net.1 D050 "not_a_name" &&
	printf "#!/bin/sh\nkill -SEGV \$\$\n" | hook die && fleet_until 40 failed $net.1 D075 "signal 11" &&
	printf "#!/bin/sh\necho no inventory >&2\nexit 3\n" | hook fail &&
	fleet_until 40 failed $net.1 D075 "exit status 3.*no inventory" &&
	"$OUTBAND" setting set hook.program /nowhere/hook && fleet_until 40 failed $net.1 D075 "no such file" &&
	"$OUTBAND" status --json >status.json
'

test_expect_success 'why-name tells what the hook said last, as text, JSON and CSV' '
	"$OUTBAND" device why-name $net.1 >why && grep -q "hook *failed" why && grep -q "It gets no name" why &&
	"$OUTBAND" device why-name $net.1 --json >why.json &&
	test "$(json why.json "[d[\"error\"][\"rule\"]] + [s[\"source\"] for s in d[\"steps\"]][:3]" | tr -d "[],'"'"'")" = "D075 map hook report" &&
	"$OUTBAND" device why-name $net.1 --csv | grep -q "^2,hook,failed"
'

test_expect_success 'a good hook names a PC; it sees uuid, address and JSON, no descriptor and no variable of ours' '
	hook good <<-\SH &&
	#!/usr/bin/python3
	import json, os, sys
	d = json.load(sys.stdin)
	assert sys.argv[1:] == [d["uuid"], d["address"], d["pid"]], sys.argv
	assert d["hello"]["uuid"] == d["uuid"] and d["hello"]["kind"] == "pki"
	assert sorted(os.listdir("/proc/self/fd")) == ["0", "1", "2", "3"], os.listdir("/proc/self/fd")
	assert not [k for k in os.environ if k not in ("PATH", "LANG", "HOME", "LC_CTYPE")], os.environ
	n = d["address"].split(".")[-1]
	print(json.dumps({"fqdn": "hook%s.example.com" % n, "profile": "baseline", "ou": "OU=x", "allow": n != "4"}))
	SH
	fleet_until 60 named $net.1 hook1.example.com hook &&
	"$OUTBAND" log $net.1 | grep "ev=hook.called" | grep -q "exit_code=0.*output=.*hook1.example.com" &&
	"$OUTBAND" device why-name $net.1 | grep -q "It is hook1.example.com: hook says so" &&
	fleet_until 60 failed $net.4 D075 "allow = false"
'

test_expect_success 'a name by hand stands above the hook' '
	"$OUTBAND" device name $net.4 hand.example.com && fleet_until 60 named $net.4 hand.example.com map &&
	refused 3 D050 device name $net.4 a_b.example.com &&
	"$OUTBAND" device names --csv | grep -q "hand.example.com,,operator"
'

cat >dns.conf <<CONF
no-resolv
no-hosts
port=$dns
listen-address=127.0.0.1
bind-interfaces
host-record=dns1.example.com,127.97.2.1
host-record=theirs.example.com,127.97.3.1
local=/example.com/
ptr-record=2.2.97.127.in-addr.arpa,stale.example.com
host-record=stale.example.com,10.9.9.9
CONF

dns_start() {
	dnsmasq --keep-in-foreground --conf-file="$PWD/dns.conf" --user="$(id -un)" --pid-file= --log-facility=- >dns.log 2>&1 &
	sim_pids="$sim_pids $!"
	sim_until grep -q "started" dns.log
}

# dns_said ADDRESS PATTERN
dns_said() {
	try "$1" && "$OUTBAND" log "$(uuid_of "$1")" | grep "ev=name.dns" | grep -q -e "$2"
}

test_expect_success 'DNS gives a name only when it leads back to the address, and says so' '
	sim_stop && dns_start && "$OUTBAND" setting set dns.servers 127.0.0.1:$dns &&
	"$OUTBAND" setting set name.sources map,dns 2>warned && grep -q "warning: DNS may give.*D078" warned &&
	sed "s/seed: 970/seed: 971/; s/$net.1/127.97.2.1/; s/count: 4/count: 3/" fleet.yaml >fleet2.yaml &&
	sim_start $base fleet2.yaml --hello 127.0.0.1:$hello &&
	fleet_until 60 named 127.97.2.1 dns1.example.com dns &&
	"$OUTBAND" device why-name 127.97.2.1 | grep -q "may be those of another PC" &&
	fleet_until 60 dns_said 127.97.2.2 "stale.example.com (the name is not this address)" &&
	fleet_until 60 dns_said 127.97.2.3 "verdict=nothing" &&
	"$OUTBAND" device why-name 127.97.2.2 | grep -q D078 &&
	"$OUTBAND" device show 127.97.2.2 --json >d.json && test "$(json d.json "d[\"fqdn\"]")" = ""
'

test_expect_success 'a name told by a program on the PC counts where report is a source' '
	"$OUTBAND" setting set name.sources map,dns,report &&
	curl -s --unix-socket "$OUTBAND_SOCKET" -d "{\"uuid\":\"$(uuid_of 127.97.2.3)\",\"fqdn\":\"told.example.com\"}" \
		http://x/v1/reports >reply && fleet_until 60 named 127.97.2.3 told.example.com report &&
	curl -s --unix-socket "$OUTBAND_SOCKET" -d "{\"uuid\":\"$(uuid_of 127.97.2.3)\",\"fqdn\":\"new.example.com\"}" \
		http://x/v1/reports >reply && "$OUTBAND" device show 127.97.2.3 --json >d.json &&
	test "$(json d.json "d[\"health_rule\"]")" = D049 &&
	"$OUTBAND" device why-name 127.97.2.3 | grep -q "gets the name new.example.com: report says so"
'

# error_of NAME PATTERN: of the PC of that name
error_of() {
	"$OUTBAND" device show "$1" --json >shown.json && json shown.json "d[\"health\"]" | grep -q -e "$2"
}

test_expect_success 'PCs that others configured are found by the names of a list; who has no address is named' '
	sim_stop && echo "$sim_password" >theirs.txt && sim_start $base --base 127.97.3.1 --generation 11.8 --devices 1 \
		--state configured --tls server --admin-password-file theirs.txt &&
	printf "fqdn,password\ntheirs.example.com,$sim_password\nnowhere.example.com,$sim_password\n" >theirs.csv &&
	"$OUTBAND" device adopt theirs.csv && is_theirs() { "$OUTBAND" device show 127.97.3.1 --json >t.json && test "$(json t.json "d[\"state\"], d[\"fqdn\"]")" = "$1"; } &&
	fleet_until 60 is_theirs "('"'"'adopted'"'"', '"'"'theirs.example.com'"'"')" &&
	fleet_until 60 error_of nowhere.example.com "host nowhere.example.com.*no address in DNS" &&
	"$OUTBAND" job list | grep -q "its next try at" && "$OUTBAND" log | grep "ev=name.dns" | grep -q "address=127.97.3.1 verdict=found fqdn=theirs"
'

test_expect_success 'a name that was misspelt in the list is asked for as it stands there now' '
	uuid=4c4c4544-0031-3610-8052-b4c04f564299 && for name in wrongly rightly; do
		printf "uuid,fqdn,password\n$uuid,$name.example.com,$sim_password\n" >theirs.csv && "$OUTBAND" device adopt theirs.csv &&
		fleet_until 60 error_of $uuid "host $name.example.com" || return 1
	done
'

test_done
