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

test_expect_success 'profiles are checked with line and column' '
	printf "version: 1\nadmin_password: random\nkvm: on\n" >good.yaml &&
	"$OUTBAND" profile check good.yaml >out && grep -q "^KVM  *on$" out && grep -q "^TLS  *leave$" out &&
	printf "version: 1\nadmin_password: random\nkwm: on\n" >bad.yaml &&
	refused 3 "line 3" profile check bad.yaml && grep -q "bad.yaml" err
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
	refused 3 "no class AMT_No" wsman classes AMT_No
'

test_done
