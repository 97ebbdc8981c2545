#!/bin/sh
test_description='discoveries that the service runs: kept, known again, stopped, killed, by the clock'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22430 rmcp=22434 hello=22439
ports="--port-base $base --rmcp-port $rmcp"

[ -n "${OUTBAND_SANITIZED:-}" ] || test_set_prereq OWN_MEMORY

ob() {
	"$OUTBAND" "$@"
}

adopted() {
	test "$(ob device list --state adopted --json | jq length)" = "$1"
}

# field ID KEY: of a discovery
field() {
	ob discover show "$1" --json | jq -r ".$2"
}

has_state() {
	test "$(field "$1" state)" = "$2"
}

has_done() {
	test "$(field "$1" done)" -ge "$2"
}

# newest: id of the discovery that was begun last
newest() {
	ob discover jobs --json | jq -r '.[0].id'
}

fleet() { # BASE
	cat <<-YAML
	seed: 352
	waits: off
	groups:
	  - {count: 2, base: $1, generation: [12.0, 16.1], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, generation: 9.0, state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, generation: 9.0, state: factory}
	  - {count: 1, generation: 9.0, state: configured, tls: off, admin_password_file: admin.txt, switch: rmcp=silent}
	YAML
}

test_expect_success 'a service that knows three PCs of five' '
	echo "$sim_password" >admin.txt && fleet 127.35.2.1 >fleet.yaml && fleet 127.35.3.1 >moved.yaml &&
	sim_start $base fleet.yaml && serve_start $hello && ob setting set device.port_base $base &&
	{ echo address,password && for n in 1 2 3; do echo "127.35.2.$n,$sim_password"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until adopted 3
'

test_expect_success 'nothing was seen so far' '
	ob discover list >out && grep -q "discover start" out && ob discover jobs >out && grep -q "No discoveries" out &&
	ob device show pc0.example.com --json >pc.json && test "$(jq .seen pc.json)" = null
'

test_expect_success 'the service discovers: all five, known ones by name' '
	ob discover start 127.35.2.0/28 $ports --rate max --wait >out && grep -q "is done: 14 of 14 addresses, 5 found" out &&
	ob discover list --json >list.json && test "$(jq length list.json)" = 5 &&
	jq -r ".[] | [.address, .fqdn, .known_by, .state, .certificate_owner] | join(\",\")" list.json | sort -V >got &&
	cat >want <<-TABLE &&
	127.35.2.1,pc0.example.com,certificate,configured,self-signed
	127.35.2.2,pc1.example.com,certificate,configured,self-signed
	127.35.2.3,pc2.example.com,realm,configured,
	127.35.2.4,,,not-set-up,
	127.35.2.5,,,configured,
	TABLE
	test_cmp want got &&
	ob discover list | grep -q "^127.35.2.1 *pc0.example.com *configured *12.0.67.1579 .* certificate " &&
	ob audit list --json | grep -q "discovery.begin" && ob log | grep "ev=discovery.state" | grep -q "state=done addresses=14 found=5"
'

test_expect_success 'a PC says where, in which state and when it was seen' '
	ob device show pc0.example.com >out && grep -q "^seen at *127.35.2.1$" out && grep -q "^seen in state *configured$" out &&
	grep -q "^known there by *certificate$" out && grep -q "^seen  *20" out &&
	ob device show pc0.example.com --json >pc.json && test "$(jq -r .seen.state pc.json)" = configured &&
	ob power status --where "seen = configured and seen_days < 1" >out && grep -q pc2 out &&
	refused 0 "no PC fits" power status --where "seen_days > 1"
'

test_expect_success 'PCs with other addresses are known again' '
	sim_stop && sim_start $base moved.yaml &&
	ob discover start 127.35.3.0/28 $ports --rate max --wait && ob device show pc2.example.com --json >pc.json &&
	test "$(jq -r .address pc.json)" = 127.35.2.3 && test "$(jq -r .seen.address pc.json)" = 127.35.3.3 &&
	test "$(jq -r .seen.known_by pc.json)" = realm &&
	ob discover list --json | jq -r ".[] | select(.address == \"127.35.3.3\") | .fqdn" >got && grep -q "^pc2.example.com$" got
'

test_expect_success 'stopped, and gone on with' '
	ob discover start 127.35.0.0/16 $ports --rate 500 --ping >out && id=$(newest) && grep -q "Discovery $id is queued" out &&
	sim_until has_done $id 200 && ob discover stop $id >out && grep -q "is told to stop: [0-9]* of 65534" out && sim_until has_state $id stopped &&
	at=$(field $id done) && test $at -lt 65534 && refused 3 "has ended: stopped" discover stop $id &&
	ob discover resume $id && sim_until has_done $id $((at + 200)) && has_state $id running &&
	refused 3 "is not stopped: running" discover resume $id
'

test_expect_success 'killed, it goes on where it was; another one waits for its turn' '
	ob discover start 127.35.3.0/28 $ports --rate max >out && second=$(newest) && has_state $second queued &&
	sim_until has_done $id 2000 && serve_stop KILL; serve_start $hello && has_state $id running &&
	has_done $id 200 && sim_until has_done $id 3000 && has_state $second queued &&
	ob discover stop $id && sim_until has_state $second done && test "$(field $second found)" = 5
'

test_expect_success 'told to end, the service stores how far it came' '
	ob discover resume $id && sim_until has_state $id running && at=$(field $id done) && sim_until has_done $id $((at + 300)) &&
	at=$(field $id done) && serve_stop && serve_start $hello && has_done $id $at && ob discover stop $id &&
	sim_until has_state $id stopped
'

test_expect_success 'by the clock' '
	ob schedule add nightly "0 3 * * *" discover 127.35.3.0/29 127.35.3.9-12 --arg rate=max --arg port_base=$base --arg rmcp_port=$rmcp &&
	ob schedule run nightly && began() { test "$(ob discover jobs --json | jq -r ".[0].actor")" = schedule:nightly; } &&
	sim_until began && nightly=$(newest) && sim_until has_state $nightly done && test "$(field $nightly found)" = 5 &&
	test "$(field $nightly total)" = 10 && ob schedule show nightly | grep -q "discovery $nightly" &&
	refused 2 "takes no argument" schedule add bad @daily discover 127.35.3.1 --arg loud=yes &&
	refused 3 "ends before it begins" schedule add bad @daily discover 127.35.3.9-1
'

# rss: KiB of memory that the service has had at most
peak() {
	sed -n "s/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$serve_pid/status"
}

test_expect_success OWN_MEMORY '16 million addresses take no more memory than a few' '
	before=$(peak) && ob discover start 127.0.0.0/8 $ports --ping --rate 20000 && big=$(newest) && sim_until has_done $big 100000 &&
	after=$(peak) && ob discover stop $big && sim_until has_state $big stopped &&
	echo "peak $before KiB before, $after KiB after" && test $((after - before)) -lt 16384
'

test_expect_success 'wrong use' '
	refused 2 "" discover start && refused 3 "ends before it begins" discover start 127.35.0.9-1 &&
	refused 3 "too many" discover start 10.0.0.0/7 && refused 2 "rate" discover start 127.35.0.1 --rate 0 &&
	refused 3 "no discovery" discover show none && refused 3 "no discovery" discover stop none &&
	refused 3 "no discovery" discover resume none &&
	ob discover start no-such-pc.invalid --wait >out && grep -q "0 found; no-such-pc.invalid has no address" out &&
	id=$(newest) && test "$(field $id note)" = "no-such-pc.invalid has no address"
'

test_done
