#!/bin/sh
test_description='outband: the commands that ask the service, with two virtual PCs configured on the way'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22040 base=22044

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

count_is() { # COUNT: of devices
	"$OUTBAND" device list --json >list.json && test "$(json list.json "len(d)")" = "$1"
}

# Each hello of a PC that was refused makes its job run again, so that it is not refused all the time.
shows() { # DEVICE PATTERN
	"$OUTBAND" device show "$1" >out && grep -q "$2" out
}

refused_rows() { # COUNT: with the heading
	"$OUTBAND" device list --state refused --csv >out && test "$(wc -l <out)" -eq "$1"
}

# goes_on COUNT PATTERN COMMAND...: what never ends by itself has said so many such lines; then it is ended
goes_on() {
	times=$1 pattern=$2
	shift 2
	: >out
	"$OUTBAND" "$@" >out 2>err &
	watch=$! && sim_pids="$sim_pids $watch"
	sim_until eval 'test "$(grep -c -e "$pattern" out)" -ge "$times"'
	went=$?
	kill "$watch"
	wait "$watch"
	sim_pids=$(printf '%s' "$sim_pids" | sed "s/ $watch\$//")
	return $went
}

test_expect_success 'a service without PCs' '
	serve_start $port && "$OUTBAND" device list >out && grep -q "^No PCs yet" out &&
	"$OUTBAND" device list --json >out && test "$(cat out | tr -d "\n")" = "[]" &&
	"$OUTBAND" job list >out && grep -q "No jobs" out &&
	"$OUTBAND" status --json >out && test "$(json out "d[\"hello_ports\"]")" = "[$port]"
'

test_expect_success 'who does not take the output any more ends what goes on by itself' '
	for words in "status --watch" "status --watch --json"; do
		{ timeout 300 "$OUTBAND" $words; echo $? >ended; } | head -n 1 >first && test "$(cat ended)" = 0 && test -s first || return 1
	done
'

test_expect_success 'also when no line comes any more, and without a word' '
	port2=$((port + 8)) && for words in "log --follow --level error" "log --follow --level error --json" \
		"status --watch" "probe listen --port $port2 --udp-port $port2"; do
		{ timeout 300 "$OUTBAND" $words 2>said; echo $? >ended; } | true
		test "$(cat ended)" = 0 && ! grep -v "listening at" said || { echo "$words" && cat ended said && return 1; }
	done
'

test_expect_success 'settings' '
	"$OUTBAND" setting set device.port_base $base >out && "$OUTBAND" setting get device.port_base --csv >out &&
	grep -q "^device.port_base,$base,16992" out &&
	"$OUTBAND" setting list >out && grep -q "^workers  *10" out &&
	"$OUTBAND" setting set profile.default nosuch 2>err && grep -q "warning: no profile is stored as .nosuch." err &&
	"$OUTBAND" setting set profile.default baseline 2>err && ! grep warning err &&
	refused 3 "1 to 10000" setting set workers 0 && refused 3 "did you mean workers" setting get worker &&
	"$OUTBAND" setting set job.retry_s 1
'

test_expect_success 'key pairs, whose secrets come out only when asked for' '
	"$OUTBAND" key generate --count 2 >pids 2>/dev/null && test $(wc -l <pids) -eq 2 &&
	"$OUTBAND" key export >plain.csv && ! grep -q "....-....-....-....-" plain.csv &&
	"$OUTBAND" key export --reveal --output keys.csv && test "$(stat -c %a keys.csv)" = 600 &&
	test $(grep -c "....-....-....-....-" keys.csv) -eq 2 &&
	refused 3 "does not exist yet" key export --reveal --output keys.csv &&
	"$OUTBAND" key list --unused --json >list.json && test "$(json list.json "len(d)")" = 2 &&
	"$OUTBAND" key list --used >out && grep -q "No such keys" out &&
	"$OUTBAND" audit list >out && test $(grep -c key.reveal out) -eq 1
'

test_expect_success 'importing key pairs, good rows and bad ones' '
	sim_pairs 2 >more.csv && echo "SHORT,x,y" >>more.csv &&
	test_expect_code 3 "$OUTBAND" key import more.csv --preview >out 2>err && grep -q "^more.csv:4: " err &&
	grep -q "preview of keys: 2 added.* 1 refused" out &&
	"$OUTBAND" key list --json >list.json && test "$(json list.json "len(d)")" = 2 &&
	test_expect_code 3 "$OUTBAND" key import more.csv --json >out 2>err && test "$(json out "d[\"added\"]")" = 2 &&
	! grep -q "AAA" err
'

test_expect_success 'two PCs say hello, and are refused for want of a name' '
	sim_start $base --base 127.1.23.1 --devices 2 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$port --speed 50 &&
	sim_until count_is 2 && sim_until shows 127.1.23.1 "^rule  *D076" && sim_until refused_rows 3
'

test_expect_success 'importing a name configures the PC' '
	"$OUTBAND" device list --json >list.json &&
	uuid=$(json list.json "[x[\"uuid\"] for x in d if x[\"address\"] == \"127.1.23.1\"][0]") &&
	echo "$uuid,pc1.example.com,lab" >names.csv &&
	"$OUTBAND" device import names.csv --preview >out && grep -q "preview of names: 1 added" out &&
	"$OUTBAND" device plan 127.1.23.1 >plan || true &&
	"$OUTBAND" device import names.csv && "$OUTBAND" device names --csv >out &&
	grep -q "^$uuid,pc1.example.com,lab," out &&
	sim_until state_is pc1.example.com configured
'

test_expect_success 'its password, which the audit tells' '
	"$OUTBAND" credential reveal pc1.example.com --json >out && json out "d[0][\"secret\"]" >pw &&
	"$OUTBAND" wsman get AMT_GeneralSettings --direct 127.1.23.1:$base --tls --password-file pw >out &&
	grep -q "^HostName = pc1" out &&
	"$OUTBAND" audit list --limit 1 >out && grep -q "credential.reveal.*$uuid" out &&
	refused 2 "admin or mebx" credential reveal pc1.example.com --kind root &&
	! grep -rqF -e "$(cat pw)" serve.log data
'

tries_again() { # the job runs
	"$OUTBAND" device show 127.1.23.2 >out && grep -q "^last try  *no FQDN is known" out
}

test_expect_success 'approving the other by hand, with a name; what was wrong before is told as such' '
	sim_until shows 127.1.23.2 "^what to do  *import a mapping" &&
	"$OUTBAND" setting set approval auto 2>err && ! grep -q warning err &&
	sim_ctl fault 1 slow=1000 && "$OUTBAND" device approve 127.1.23.2 --fqdn pc2.example.com >out &&
	sim_until tries_again && ! grep -e "^health" -e "^rule" -e "^what to do" out &&
	sim_ctl fault 1 none && sim_until state_is 127.1.23.2 configured
'

test_expect_success 'a plan of a configured PC, and applying again' '
	"$OUTBAND" device plan pc1.example.com >plan && test -s plan &&
	"$OUTBAND" device apply pc1.example.com --wait >out 2>err && grep -q "pc1.example.com: done" out &&
	"$OUTBAND" job list --device pc1.example.com --csv >out && test $(wc -l <out) -ge 2
'

test_expect_success 'jobs by id' '
	"$OUTBAND" job list --json >list.json && id=$(json list.json "d[0][\"id\"]") &&
	"$OUTBAND" job show $id >out && grep -q "^job  *$id" out && grep -q "^state  *done" out &&
	refused 3 "done" job cancel $id && refused 3 "no job" job show j-none
'

test_expect_success 'the timeline, of all and of one' '
	"$OUTBAND" log --limit 1000 >out && grep -q "ev=device.configured uuid=$uuid" out &&
	"$OUTBAND" log pc1.example.com >out && grep -q "ev=device.configured" out &&
	"$OUTBAND" log pc1.example.com --level warn >out && ! grep -q "level=info" out &&
	"$OUTBAND" log --json >out && head -n 1 out >one && json one "d[\"id\"]" >/dev/null &&
	refused 2 "error, warn, info or debug" log --level loud &&
	goes_on 1 "ev=device.configured" log --follow
'

test_expect_success 'profiles and secrets' '
	printf "version: 1\nadmin_password: {secret: lab}\nping: on\n" >lab.yaml &&
	echo "Lab-Pass-77" >lab.txt && "$OUTBAND" secret set lab --file lab.txt >out && ! grep -q Lab-Pass out &&
	"$OUTBAND" profile set lab lab.yaml >out && grep -q "version 1" out &&
	"$OUTBAND" profile show lab >out && test_cmp lab.yaml out &&
	"$OUTBAND" profile show lab --effective >all.yaml && grep -q "^webui: leave$" all.yaml && grep -q "^defense: leave$" all.yaml &&
	"$OUTBAND" profile check all.yaml >/dev/null &&
	"$OUTBAND" profile list >out && grep -q "^lab " out && grep -q "^baseline " out &&
	echo "kvm: perhaps" >>lab.yaml && refused 3 "lab.yaml:4:6" profile set lab lab.yaml
'

test_expect_success 'provisioning certificates' '
	sim_root root && sim_leaf leaf root setup.example.com && cat leaf.pem leaf.key root.pem >chain.pem &&
	"$OUTBAND" cert import main chain.pem >out && grep -q "^Stored as main" out &&
	"$OUTBAND" cert list >out && grep -q "^main .*setup.example.com" out &&
	"$OUTBAND" cert export ca >ca.pem && openssl x509 -in ca.pem -noout -subject | grep -q "outband device CA" &&
	openssl verify -CAfile ca.pem ca.pem && ! grep -q KEY ca.pem &&
	"$OUTBAND" cert export ca --json | python3 -c "import json,sys; assert json.load(sys.stdin)[\"name\"] == \"ca\"" &&
	"$OUTBAND" cert export main | grep -c BEGIN >out && ! grep -qx 0 out &&
	refused 3 "cert list" cert export none &&
	cat leaf.pem root.pem >nokey.pem && refused 7 "cert check nokey.pem" cert import bad nokey.pem &&
	refused 2 "add --yes" cert delete main && "$OUTBAND" cert delete main --yes &&
	"$OUTBAND" cert list >out && ! grep -q "^main" out
'

test_expect_success 'forgetting' '
	refused 2 "add --yes" device forget pc2.example.com && "$OUTBAND" device forget pc2.example.com --yes &&
	count_is 1 && refused 3 "pc2.example.com" device show pc2.example.com
'

test_expect_success 'the list of PCs says what the database says' '
	"$OUTBAND" device list --json >list.json && python3 - list.json <<-\PY
	import json, os, sqlite3, sys, glob
	path = [p for p in glob.glob("data/*") if os.path.isfile(p) and open(p, "rb").read(6) == b"SQLite"]
	db = sqlite3.connect("file:%s?mode=ro" % path[0], uri=True)
	rows = [json.loads(l) for l in open(sys.argv[1])] if open(sys.argv[1]).read(1) == "{" else json.load(open(sys.argv[1]))
	said = sorted((d["uuid"], d["fqdn"], d["version"], d["state"], d["address"]) for d in rows)
	kept = sorted(db.execute("select uuid, fqdn, version, state, address from device"))
	assert said and said == kept, (said, kept)
	PY
'

test_expect_success 'the figures' '
	"$OUTBAND" status >out && grep -q "^PCs .*1 configured" out && grep -q "^keys  *[0-9]* unused" out &&
	grep -q "^workers .*limit=10" out && grep -q "^figures .*[1-9][0-9]* round trips" out &&
	"$OUTBAND" setting set workers 3 >/dev/null && "$OUTBAND" status | grep -q "^workers .*limit=3" &&
	goes_on 2 "^version" status --watch
'

test_expect_success 'the end' '
	serve_stop && refused 4 "outband serve" status
'

test_done
