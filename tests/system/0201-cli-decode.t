#!/bin/sh
test_description='outband decode, profile check, cert check: work on files alone'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

test -r "$OUTBAND_SHARED/corpus/hello/pki-v3-1.bin" && test_set_prereq CAPTURES

# AdminCredentialsSet 0, version 2, retry 7, a UUID in SMBIOS order, PID TEST000 and its check.
psk='0000 0200 07000000 33221100 5544 7766 8899aabbccddeeff'

test_expect_success 'a PSK hello in hex' '
	echo "$psk 5445535430303045" >psk.hex &&
	"$OUTBAND" decode hello psk.hex >out && grep -q "hello psk" out && grep -q "RetryCount 7" out &&
	grep -q "UUID 00112233-4455-6677-8899-aabbccddeeff" out && grep -q "TEST000E\|TEST-000E" out
'

test_expect_success 'the same in binary, base64, from xxd, and from standard input' '
	python3 -c "import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))" <psk.hex >psk.bin &&
	test $(wc -c <psk.bin) -eq 32 &&
	base64 psk.bin >psk.b64 &&
	od -An -v -tx1 psk.bin >psk.od &&
	for file in psk.bin psk.b64 psk.od; do
		"$OUTBAND" decode hello $file >again && test_cmp out again || { echo $file && return 1; }
	done &&
	"$OUTBAND" decode hello - <psk.bin >again && test_cmp out again &&
	"$OUTBAND" decode hello psk.b64 --format base64 -v >again 2>err && grep -q "32 bytes, read as base64" err
'

test_expect_success 'as JSON' '
	"$OUTBAND" decode hello psk.hex --json >psk.json &&
	test "$(json psk.json "d[\"retry_count\"], d[\"uuid\"]")" = "(7, '"'00112233-4455-6677-8899-aabbccddeeff'"')"
'

test_expect_success 'what is wrong, and where' '
	echo "0500 0200" >bad && refused 6 "offset 0" decode hello bad &&
	echo "0000 0900" >bad && refused 6 "offset 2" decode hello bad &&
	grep -q "2 (PSK) or 3 (PKI)" err &&
	echo "$psk 54455354303030" >bad && refused 6 "ends at offset 31" decode hello bad &&
	echo "$psk 5445535430303045 00" >bad && refused 6 "from offset 32 on" decode hello bad &&
	echo "0000 0300 07000000 33221100 5544 7766 8899aabbccddeeff 01 01 13 00" >bad &&
	refused 6 "offset 26" decode hello bad &&
	echo "000" >bad && refused 3 "odd number" decode hello bad &&
	: >empty && refused 3 "is empty" decode hello empty &&
	refused 2 "hex, base64 or binary" decode hello bad --format octal
'

test_expect_success CAPTURES 'captured hellos' '
	for file in "$OUTBAND_SHARED"/corpus/hello/*.bin; do
		"$OUTBAND" decode hello "$file" >out && grep -q "^hello pki" out || return 1
		"$OUTBAND" decode hello "$file" --json >hello.json &&
			test "$(json hello.json "len(d[\"hashes\"]) > 10")" = True || return 1
	done
'

# what tests/system holds of setup.bin: version 2, one scrambled record with keys
setupbin() {
	python3 - <<-'PY'
	import struct, sys
	def var(module, number, value):
	    return struct.pack('<HHHH', module, number, len(value), 0) + value + b'\0' * (-len(value) % 4)
	head = bytes.fromhex('96b28158cf6b724c8b91a15e512e99c4') + struct.pack('<HHIBBHIIHH', 1, 46, 0, 2, 0, 0, 1, 0, 1, 0)
	body = var(1, 1, b'admin') + var(1, 2, b'Hidden-77') + var(2, 1, b'TEST000E') + var(2, 2, b'S' * 32)
	body = bytes((b + 17) % 256 for b in body.ljust(488, b'\0'))
	record = struct.pack('<II8sHHI', 1, 3, b'', 1, 24, 1) + body
	sys.stdout.buffer.write((head + struct.pack('<HHH', 1, 2, 0)).ljust(512, b'\0') + record)
	PY
}

test_expect_success 'setup.bin, whose secrets come out only when asked for' '
	setupbin >setup.bin && "$OUTBAND" decode setupbin setup.bin >out && grep -q "^  modules 1 2$" out &&
	grep -A1 "2/1, PID" out | grep -q "value TEST000E" && ! grep -q "Hidden-77\|SSSS" out &&
	grep -q "check character of the PPS" out &&
	"$OUTBAND" decode setupbin setup.bin --json >out && ! grep -q "Hidden-77\|SSSS" out &&
	test "$(json out "d[\"records\"][0][\"variables\"][1][\"value\"]")" = "(hidden)" &&
	"$OUTBAND" decode setupbin setup.bin --show-secrets --csv >out &&
	grep -q "^records.0.variables.1.value,Hidden-77$" out &&
	head -c 700 setup.bin >cut.bin && refused 6 "fewer records" decode setupbin cut.bin &&
	grep -q "from offset 512 on" err && refused 6 "cut" decode setupbin psk.bin
'

test_expect_success 'records of both logs: binary, base64 by the line, and in the reply that brought them' '
	printf "AB0AAgAFYWRtaW5egj0tAAkxMjcuMC4wLjEA\nABAAEwJe+dbrAgABAg==\nAB4AAQAFYWRtaW5hpfrtAAcxLjIuMy40AQA=\n" >audit.b64 &&
	"$OUTBAND" decode audit audit.b64 >out && test $(grep -c "^audit record" out) -eq 3 &&
	grep -q "by way of 2 (local MEI)" out &&
	while read -r line; do echo "$line" | base64 -d; done <audit.b64 >audit.bin &&
	"$OUTBAND" decode audit audit.bin >again && test_cmp out again &&
	{ echo "<R>" && sed "s:.*:<EventRecords>&</EventRecords>:" audit.b64 && echo "</R>"; } >audit.xml &&
	"$OUTBAND" decode audit audit.xml >again && test_cmp out again &&
	{ printf "HTTP/1.1 200 OK\r\nContent-Length: $(wc -c <audit.xml)\r\n\r\n" && cat audit.xml; } >audit.http &&
	"$OUTBAND" decode audit audit.http >again && test_cmp out again &&
	"$OUTBAND" decode audit audit.b64 --csv >out && test $(wc -l <out) -eq 4 &&
	"$OUTBAND" decode audit audit.b64 --json >out && test "$(json out "d[2][\"details\"][\"result_name\"]")" = ok &&
	head -c 39 audit.bin >cut && refused 6 "record 2" decode audit cut && grep -q "from offset 27 on" err &&
	refused 6 "no records" decode event audit.xml &&
	echo "6227b161ff066f056810ff2661aa0a0000000000" >short && refused 6 "cut" decode event short &&
	echo "6227b161ff066f056810ff2661aa0a000000000000" >event && "$OUTBAND" decode event event >out &&
	grep -q "message authentication failed 10 times" out &&
	echo "ffffffffffffffffffffffffffffffff001e18c3c5f0ffff506808ffff03004019000000000000ff0000041a0001c1" >trap &&
	"$OUTBAND" decode event trap >out && grep -q "^event of a trap" out && grep -q "severity 8 (non-critical)" out
'

test_expect_success 'a platform event trap: the datagram as bytes, hex, base64 and standard input' '
	pet="$SHARNESS_TEST_SRCDIR/../corpus/pet" &&
	"$OUTBAND" decode pet "$pet/intrusion" >out && grep -q "agent 192.0.2.7" out && grep -q "community public" out &&
	grep -qi "chassis\|case" out && grep -q "deasserted no" out &&
	od -An -v -tx1 "$pet/intrusion" >pet.hex && base64 "$pet/intrusion" >pet.b64 &&
	for file in pet.hex pet.b64; do
		"$OUTBAND" decode pet $file >again && test_cmp out again || { echo $file && return 1; }
	done &&
	"$OUTBAND" decode pet - <"$pet/intrusion" >again && test_cmp out again &&
	"$OUTBAND" decode pet "$pet/deasserted" --json >pet.json &&
	test "$(json pet.json "d[\"deasserted\"], d[\"sensor\"], d[\"event\"][\"sequence\"]")" = "(True, 5, 1)" &&
	for file in agent bios-hang deasserted intrusion long-lengths oem user; do
		"$OUTBAND" decode pet "$pet/$file" --csv >out && grep -q "^sensor," out || { echo $file && return 1; }
	done
'

test_expect_success 'what is no such trap says so, and where; cuts of one do' '
	for file in cut empty-number indefinite no-c1 version-2; do
		refused 6 "trap" decode pet "$pet/$file" && grep -q "offset" err || { echo $file && return 1; }
	done &&
	refused 6 "decode event" decode pet trap &&
	size=$(wc -c <"$pet/intrusion") && n=1 &&
	while test $n -lt $size; do
		head -c $n "$pet/intrusion" >cut.bin &&
		refused 6 "trap" decode pet cut.bin --format binary && grep -q "offset" err || { echo $n && return 1; }
		n=$((n + 9))
	done
'

test_expect_success 'HTTP of both directions, one message behind the other, whole and cut' '
	{ printf "POST /wsman HTTP/1.1\r\nHost: pc\r\nAuthorization: Digest username=\"admin\",response=\"0123456789abcdef\"\r\n" &&
		body="<a><AdminPassword>Hidden-77</AdminPassword><b>seen</b></a>" &&
		printf "Content-Length: ${#body}\r\n\r\n%s" "$body"; } >post.http &&
	"$OUTBAND" decode http post.http >out && grep -q "kind request" out && grep -q "complete yes" out &&
	grep -q seen out && ! grep -q "Hidden-77\|0123456789abcdef" out &&
	"$OUTBAND" decode http post.http --json >out && ! grep -q "Hidden-77\|0123456789abcdef" out &&
	printf "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\nok" >two.http &&
	"$OUTBAND" decode http two.http --json >out &&
	test "$(json out "[(m[\"status\"], m[\"offset\"], m[\"complete\"]) for m in d]")" = "[(200, 0, True), (401, 40, False)]" &&
	printf "HTTP/1.1 200 OK\r\nServer: x" >head.http && "$OUTBAND" decode http head.http >out && grep -q "cut inside of the head" out &&
	printf "HTTP/1.1 200 OK\r\n : x\r\n\r\n" >bad.http && refused 6 "offset" decode http bad.http &&
	echo nonsense >bad.http && refused 6 "bad.http" decode http bad.http
'

test_expect_success CAPTURES 'every captured record, setup.bin and HTTP message' '
	"$OUTBAND" decode event "$OUTBAND_SHARED/corpus/records/eventlog.b64" --csv >out && test $(wc -l <out) -eq 18 &&
	"$OUTBAND" decode audit "$OUTBAND_SHARED/corpus/records/auditlog.b64" --csv >out && test $(wc -l <out) -eq 16 &&
	"$OUTBAND" decode setupbin "$OUTBAND_SHARED/corpus/setupbin/rgl-Setup.bin" >out && grep -q "manual setup" out &&
	for file in "$OUTBAND_SHARED"/corpus/http/*.http; do
		"$OUTBAND" decode http "$file" --json >out && test "$(json out "len(d)")" = 1 || { echo "$file" && return 1; }
	done
'

test_expect_success CAPTURES 'captured WS-MAN, bare and in HTTP' '
	find "$OUTBAND_SHARED/corpus/wsman/responses" -name "*.xml" -type f >files && test -s files &&
	while read -r file; do
		"$OUTBAND" decode wsman "$file" >out && test -s out || { echo "$file" && return 1; }
	done <files &&
	"$OUTBAND" decode wsman "$OUTBAND_SHARED/corpus/faults/400-alreadyexists-amt15.http" >out &&
	grep -qi "AlreadyExists" out
'

test_expect_success 'a WS-MAN request of our own' '
	sim_get AMT_GeneralSettings >get.xml &&
	"$OUTBAND" decode wsman get.xml >out && grep -q "Get" out && grep -q AMT_GeneralSettings out &&
	base64 get.xml >get.b64 && "$OUTBAND" decode wsman get.b64 >again && test_cmp out again &&
	"$OUTBAND" decode wsman get.xml --json >get.json && json get.json d >/dev/null &&
	echo "<a><b></a>" >bad.xml && refused 6 "bad.xml" decode wsman bad.xml
'

test_expect_success CAPTURES 'legacy SOAP, as another client sends it' '
	for n in info powerup powerreset; do
		"$OUTBAND" decode wsman "$OUTBAND_SHARED/corpus/eoi/requests/cmd_$n.xml" >out.$n || return 1
	done &&
	grep -q "SOAP 1.1 request GetSystemPowerState" out.info && grep -q 17 out.powerup &&
	"$OUTBAND" decode wsman "$OUTBAND_SHARED/corpus/eoi/requests/cmd_powerreset.xml" --json >soap.json &&
	test "$(json soap.json "d[\"kind\"], d[\"operation\"]")" = "('"'"'request'"'"', '"'"'RemoteControl'"'"')"
'

test_expect_success 'profiles are checked with line and column' '
	printf "version: 1\nadmin_password: random\nkvm: on\n" >good.yaml &&
	"$OUTBAND" profile check good.yaml >out && grep -q "^KVM  *on$" out && grep -q "^TLS  *leave$" out &&
	printf "version: 1\nadmin_password: random\nkwm: on\n" >bad.yaml &&
	refused 3 "bad.yaml:3:1: unknown key" profile check bad.yaml &&
	printf "version: 1\npower: {package: always, idle_wake_minutes: 7}\n" >part.yaml &&
	"$OUTBAND" profile check part.yaml >out && grep -q "^power.idle_wake_minutes  7$" out &&
	"$OUTBAND" profile check part.yaml --json | grep -q "\"power\"" &&
	"$OUTBAND" profile schema | python3 -c "import json,sys; json.load(sys.stdin)[\"properties\"][\"power\"]"
'

test_expect_success 'a good certificate' '
	sim_root root && sim_leaf leaf root setup.example.com &&
	cat leaf.pem leaf.key root.pem >chain.pem &&
	"$OUTBAND" cert check chain.pem --suffix example.com >out &&
	grep -q "^private key present.*ok" out && grep -q "^Usable" out && grep -q "By release" out &&
	"$OUTBAND" cert check chain.pem --firmware 11.8 --json >check.json &&
	test "$(json check.json "d[\"usable\"], len(d[\"rows\"]) > 10")" = "(True, True)"
'

test_expect_success 'one that is none says why, by rule' '
	cat leaf.pem root.pem >nokey.pem && refused 7 "D066" cert check nokey.pem && grep -q "fail" out &&
	refused 7 "D057" cert check chain.pem --suffix other.net &&
	refused 7 "psk.hex" cert check psk.hex &&
	refused 2 "a version such as 11.8" cert check chain.pem --firmware new
'

test_expect_success 'PKCS#12 with a password from a file' '
	echo "Secret-77" >pw &&
	openssl pkcs12 -export -in leaf.pem -inkey leaf.key -certfile root.pem -passout file:pw -out chain.pfx &&
	"$OUTBAND" cert check chain.pfx --password-file pw >out && grep -q "^Usable" out &&
	echo "Secret-78" >wrong && refused 7 "password" cert check chain.pfx --password-file wrong &&
	refused 7 "give it with --password-file" cert check chain.pfx &&
	! grep -q "Secret-78" err
'

test_expect_success 'the hashes of a hello decide too' '
	{ printf "0000 0300 00000000 33221100 5544 7766 8899aabbccddeeff 01 02 20 " &&
		openssl x509 -in root.pem -outform DER | sha256sum | cut -d" " -f1; } >trusts.hex &&
	"$OUTBAND" cert check chain.pem --hello trusts.hex >out && grep -q "^root hash is in.* ok" out &&
	{ printf "0000 0300 00000000 33221100 5544 7766 8899aabbccddeeff 01 02 20 " &&
		openssl x509 -in leaf.pem -outform DER | sha256sum | cut -d" " -f1; } >other.hex &&
	refused 7 "D056" cert check chain.pem --hello other.hex
'

test_expect_success 'known classes' '
	"$OUTBAND" wsman classes >out && grep -q "^AMT_GeneralSettings " out &&
	"$OUTBAND" wsman classes AMT_SetupAndConfigurationService >out && grep -q "^SetMEBxPassword" out &&
	test $(wc -l <out) -gt 10 && "$OUTBAND" wsman classes IPS_OptInService >out &&
	grep -q "4294967295 All" out &&
	test $("$OUTBAND" wsman classes | wc -l) -gt 159 &&
	refused 3 "no class AMT_No" wsman classes AMT_No
'

test_done
