#!/bin/sh
test_description='outband auditlog: who did what with a PC, as its firmware recorded it'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22454
at=127.22.46.1

audit() {
	"$OUTBAND" auditlog "$@" --direct "$at:$base" --password-file admin.txt --timeout 20
}

policy() {
	"$OUTBAND" wsman invoke AMT_AuditPolicyRule SetAuditPolicy Enable=true AuditedAppID=$1 EventID=$2 PolicyType=$3 \
		--direct $at:$base --password-file admin.txt >policy.out
}

test_expect_success 'a PC whose audit log is on' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 361
	groups:
	  - {count: 1, base: $at, generation: [11.8], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.46.2, generation: [3.2.1], state: configured, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off && audit | grep -q "audit log is empty"
'

test_expect_success 'what is done is recorded with who and from where' '
	policy 17 2 0 && policy 17 1 1 &&
	"$OUTBAND" pc power cycle --yes --direct $at:$base --password-file admin.txt &&
	audit --json >list && test "$(json list "len(d)")" = 1 &&
	json list "d[0]" >row && grep -q "power cycle" row && grep -q "remote control" row && grep -q "127.0.0.1" row && grep -q "admin" row
'

test_expect_success 'more records than one answer holds come once each, in order' '
	n=0 && while test $n -lt 23; do sim_ctl audit $at 16/13:0$((n % 10)) || return 1; n=$((n + 1)); done &&
	audit --json >list && test "$(json list "len(d)")" = 24 &&
	test "$(json list "[r[\"number\"] for r in d] == list(range(1, 25))")" = True &&
	json list "d[1][\"details\"]" | grep -q "time tolerance" &&
	audit --limit 3 --json >list && test "$(json list "[r[\"number\"] for r in d]")" = "[22, 23, 24]"
'

test_expect_success 'raw records decode to the same words' '
	audit --raw --json >list && json list "d[0][\"raw\"]" >hex && "$OUTBAND" decode audit hex | grep -q "power cycle"
'

test_expect_success 'what is audited' '
	audit --policy --json >list &&
	test "$(json list "[r[\"enabled\"] for r in d if r[\"table\"] == \"log\"]")" = "[True]" &&
	test "$(json list "[r[\"critical\"] for r in d if r.get(\"event\") == \"power down\"]")" = "[True]" &&
	test "$(json list "[r[\"critical\"] for r in d if r.get(\"event\") == \"power cycle\"]")" = "[False]" &&
	audit --policy | grep -q "power cycle"
'

test_expect_success 'exported as JSON lines, which say that nobody signed them' '
	audit --export log.jsonl >said && grep -q "24 records in log.jsonl, not signed" said && test $(wc -l <log.jsonl) = 24 &&
	python3 -c "import json; [json.loads(l)[\"raw\"] for l in open(\"log.jsonl\")]" && test "$(stat -c %a log.jsonl)" = 600 &&
	test_must_fail audit --export log.jsonl 2>err && grep -q "must not exist" err && test $(wc -l <log.jsonl) = 24
'

# signing KEY CERT...: the PC gets a key to sign its log with
signing() {
	key=$(openssl pkey -in "$1" -outform DER 2>/dev/null | base64 -w0) && shift && : >certs.der && sizes= &&
	for cert; do
		openssl x509 -in "$cert" -outform DER >one.der && cat one.der >>certs.der || return 1
		sizes="$sizes LengthOfCertificates=$(wc -c <one.der)"
	done &&
	"$OUTBAND" wsman invoke AMT_AuditLog SetSigningKeyMaterial SigningMechanismType=1 "SigningKey=$key" $sizes \
		"Certificates=$(base64 -w0 <certs.der)" --direct $at:$base --password-file admin.txt >signing.out
}

test_expect_success 'a PC with a key signs its log, and a foreign program finds the same' '
	refused 6 "nobody signed it" auditlog verify log.jsonl && sim_root anchor && sim_leaf signer anchor log.example.com &&
	{ signing signer.key anchor.pem; ! grep -q "ReturnValue = 0" signing.out; } &&
	cat signer.key signer.pem anchor.pem >signing.pem && audit --signing-key signing.pem --yes >said && grep -q "signs its audit log" said &&
	audit --policy --json >list && test "$(json list "[r[\"can_sign\"] for r in d if r[\"table\"] == \"log\"]")" = "[True]" &&
	audit --export signed.jsonl >said && grep -q "with a signature" said && test $(wc -l <signed.jsonl) = 25 &&
	"$OUTBAND" auditlog verify signed.jsonl --json >good.json && test "$(json good.json "d[\"records\"], d[\"root\"]")" = "(24, '"'any'"')" &&
	"$OUTBAND" auditlog verify signed.jsonl --csv >good && grep -q "^24," good &&
	"$OUTBAND" auditlog verify signed.jsonl --root anchor.pem >good && grep -q "log.example.com" good && grep -q checked good &&
	python3 - <<-PY &&
	import base64, json, struct, datetime
	rows = [json.loads(l) for l in open("signed.jsonl")]
	s = rows.pop()["signature"]
	t = lambda x: int(datetime.datetime.fromisoformat(x.replace("Z", "+00:00")).timestamp())
	data = b"".join(bytes.fromhex(r["raw"]) for r in rows)
	data += struct.pack(">IIII", s["records"], t(s["first"]), t(s["last"]), t(s["made"])) + bytes.fromhex(s["uuid"])
	data += struct.pack(">H", len(s.get("fqdn", ""))) + s.get("fqdn", "").encode()
	open("signed.bin", "wb").write(data)
	open("signed.sig", "wb").write(base64.b64decode(s["signature"]))
	PY
	openssl x509 -in signer.pem -pubkey -noout >signer.pub && openssl dgst -sha256 -verify signer.pub -signature signed.sig signed.bin
'

test_expect_success 'a key that cannot sign is refused here, and none is told' '
	openssl ecparam -genkey -name prime256v1 -out ec.key 2>/dev/null && openssl req -x509 -new -key ec.key -subj /CN=ec -out ec.pem 2>/dev/null &&
	cat ec.key ec.pem >ec.all && refused 6 "RSA keys only" auditlog --signing-key ec.all --yes --direct $at:$base --password-file admin.txt &&
	cat signer.key anchor.pem >other.all && refused 3 "does not belong" auditlog --signing-key other.all --yes --direct $at:$base --password-file admin.txt &&
	refused 3 "no key beside" auditlog --signing-key signer.pem --yes --direct $at:$base --password-file admin.txt &&
	refused 3 "no-such" auditlog --signing-key no-such --yes --direct $at:$base --password-file admin.txt &&
	refused 2 "sign the audit log" auditlog --signing-key signing.pem --direct $at:$base --password-file admin.txt &&
	refused 6 "no audit log" auditlog --signing-key signing.pem --yes --direct 127.22.46.2:$base --password-file admin.txt
'

test_expect_success 'what was changed since is told: a record less, another record, another root, a bad file' '
	sim_root stranger && refused 7 "does not lead to that root" auditlog verify signed.jsonl --root stranger.pem &&
	sed 3d signed.jsonl >less && refused 7 "records are missing" auditlog verify less && grep -q "23 records" err &&
	sed "3{h;d};4{G}" signed.jsonl >order && refused 7 "not over these records" auditlog verify order &&
	sed "s/5f2/5f3/;s/\"made\":\"20/\"made\":\"21/" signed.jsonl >date && refused 7 . auditlog verify date &&
	python3 - <<-PY &&
	lines = open("signed.jsonl").read().split("\n")
	raw = lines[1].index("\"raw\"") + 23
	digit = "1" if lines[1][raw] == "0" else "0"
	lines[1] = lines[1][:raw] + digit + lines[1][raw + 1:]
	open("changed", "w").write("\n".join(lines))
	PY
	refused 7 "not over these records" auditlog verify changed &&
	echo "{}" >bad && refused 6 "line 1" auditlog verify bad && echo nonsense >bad && refused 6 "line 1" auditlog verify bad &&
	head -c 300 signed.jsonl >bad && refused 6 . auditlog verify bad && printf "{\"signature\": {}}" >bad && refused 6 "not whole" auditlog verify bad
'

test_expect_success 'emptied, which is recorded too' '
	policy 20 0 0 && refused 2 "for good" auditlog --clear --direct $at:$base --password-file admin.txt &&
	audit --clear --yes && audit --json >list && test "$(json list "[r[\"event\"] for r in d]")" = "['"'audit log cleared'"']"
'

test_expect_success 'firmware without the log says so' '
	refused 6 "AMT_AuditLog" auditlog --direct 127.22.46.2:$base --password-file admin.txt
'

shared=${OUTBAND_SHARED:-$SHARNESS_TEST_SRCDIR/../../../shared}
test -f "$shared/corpus/records/auditlog.b64" && test_set_prereq CORPUS
test_expect_success CORPUS 'records of real PCs have a name for what they tell' '
	while read -r b64; do
		echo "$b64" >one && "$OUTBAND" decode audit one >said && ! grep -q "event:.*unknown" said || return 1
	done <"$shared/corpus/records/auditlog.b64"
'

# What is printed is all: the bytes can be made of it again. Two records are worked out in the reference.
test_expect_success CORPUS 'records of real PCs are printed in full, and tell what they should' '
	"$OUTBAND" decode audit "$shared/corpus/records/auditlog.b64" --json >all.json &&
	python3 - "$shared/corpus/records/auditlog.b64" <<-PY &&
	import base64, json, struct, sys
	lines = open(sys.argv[1]).read().split()
	rows = json.load(open("all.json"))
	assert len(rows) == len(lines) == 15
	for r, b64 in zip(rows, lines):
	    made = struct.pack(">HHB", r["application"], r["event"], r["initiator"])
	    if r["initiator"] == 0:
	        made += bytes([len(r["user"])]) + r["user"].encode()
	    made += struct.pack(">IBB", r["time_unix"], r["location"], len(r["address"])) + r["address"].encode()
	    data = bytes.fromhex(r["data"])
	    made += bytes([len(data)]) + data
	    assert made == base64.b64decode(b64), r
	worked = [r for r in rows if r["time"] == "2020-06-29T11:54:55Z" and r["event"] == 18]
	assert worked and worked[0]["user"] == "admin" and worked[0]["address"] == "127.0.0.1" and not worked[0]["data"]
	PY
	"$OUTBAND" decode audit "$shared/corpus/records/auditlog.b64" >all && grep -q "12\.0\.40\.1433" all && grep -q "12\.0\.36\.1428" all
'

test_done
