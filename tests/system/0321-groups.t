#!/bin/sh
test_description='outband group: names for many PCs, nested, by condition, in operations'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22320

ob() {
	"$OUTBAND" "$@"
}

adopted() {
	test "$(ob device list --state adopted --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))')" = "$1"
}

pcs() { # GROUP: how many it stands for
	ob group show "$1" --json >show.json && json show.json "d['pcs_count']"
}

test_expect_success 'a service that knows six PCs' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 321
	groups:
	  - {count: 6, base: 127.22.21.1, generation: [16.1, 9.5], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 22330 && ob setting set device.port_base $base &&
	{ echo address,password && for n in 1 2 3 4 5 6; do echo "127.22.21.$n,$sim_password"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until adopted 6
'

test_expect_success 'a group of names and ranges, one by condition, and one of both' '
	ob group create lab3 "pc[0-1].example.com" 127.22.21.3 --note "third floor" && test "$(pcs lab3)" = 3 &&
	ob group create new --where "generation >= 16" && test "$(pcs new)" = 3 &&
	ob group create most @lab3 @new && test "$(pcs most)" = 4 &&
	ob group list --csv >list && grep -q "^lab3,2," list && test "$(wc -l <list)" = 4 &&
	ob group show most | grep -q "pc\[0-2,4\].example.com"
'

test_expect_success 'operations take groups, with names and conditions beside them' '
	ob power status @most --json >rows && test "$(json rows "len(d)")" = 4 &&
	ob power status @lab3,pc5.example.com --json >rows && test "$(json rows "len(d)")" = 4 &&
	ob power status pc5.example.com,@lab3 --json >rows && test "$(json rows "len(d)")" = 4 &&
	ob power status @most --where "generation < 16" --json >rows && test "$(json rows "len(d)")" = 1
'

test_expect_success 'circles, unknown groups, wrong members and wrong conditions are refused' '
	refused 3 "would be a circle" group add lab3 @most && refused 3 "would be a circle" group add lab3 @lab3 &&
	refused 3 "there is no group @nowhere" group add lab3 @nowhere && refused 3 "there is no group nowhere" group add nowhere pc1 &&
	refused 3 "no group @nowhere" power status @nowhere && refused 3 "already" group create lab3 &&
	refused 3 "behind its end" group create bad --where "state = a b" && refused 3 "cannot be the name" group create "a b" &&
	refused 3 "a name has a slash" group create a/b && refused 2 "a name is empty" group create "" &&
	refused 2 "a name is empty" device show "" && refused 3 "a name has a slash" device show 127.22.21.1/delete &&
	refused 3 "" group add lab3 "pc[1-" && test "$(pcs lab3)" = 3
'

test_expect_success 'members are taken out as they were written; a group in use is not deleted' '
	ob group add lab3 pc98 2>err && grep -q "no PC is known as pc98 until now" err && ob group remove lab3 pc98 &&
	ob group remove lab3 127.22.21.3 && test "$(pcs lab3)" = 2 &&
	refused 3 "member of most" group delete lab3 && ob group remove most @lab3 && ob group delete lab3 &&
	refused 3 "no group lab3" group show lab3 && test "$(pcs most)" = 3
'

test_expect_success 'the group of an import of names counts too' '
	uuid=$(ob device list --search pc5 --json | python3 -c "import json,sys; print(json.load(sys.stdin)[0][\"uuid\"])") &&
	echo "$uuid,pc5.example.com,cellar" >names.csv && ob device import names.csv &&
	ob power status @cellar --json >rows && test "$(json rows "[r[\"device\"] for r in d]")" = "['"'pc5.example.com'"']"
'

test_expect_success 'a thousand groups in one another, and the last one holds a PC' '
	cat >many.py <<-\PY &&
	import http.client, json, socket, sys
	class C(http.client.HTTPConnection):
	    def connect(self):
	        self.sock = socket.socket(socket.AF_UNIX)
	        self.sock.connect(sys.argv[1])
	def put(name, doc):
	    c = C("outband")
	    c.request("PUT", "/v1/groups/" + name, json.dumps(doc), {"Content-Type": "application/json"})
	    r = c.getresponse()
	    text = r.read()
	    assert r.status == 200, (name, text)
	put("g0", {"new": True, "add": ["pc5.example.com"]})
	for n in range(1, 1000):
	    put("g%d" % n, {"new": True, "add": ["@g%d" % (n - 1)]})
	PY
	python3 many.py "$OUTBAND_SOCKET" && test "$(pcs g999)" = 1 && refused 3 "circle" group add g0 @g999 &&
	ob group list --json >all && test "$(json all "len(d)")" = 1002
'

test_done
