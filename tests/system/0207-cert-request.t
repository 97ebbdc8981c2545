#!/bin/sh
test_description='outband: ordering a provisioning certificate, with openssl as the CA; replacing and backing it up'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22080 base=22084

# sign NAME DAYS [EXTENSIONS]: NAME.csr by the issuing CA, as a CA does that copies nothing
sign() {
	printf '[v3]\nextendedKeyUsage=%s\nbasicConstraints=CA:FALSE\n' "${3:-serverAuth,2.16.840.1.113741.1.2.3}" >v3.cnf
	openssl x509 -req -in "$1.csr" -CA issuing.pem -CAkey issuing.key -CAcreateserial -sha256 -days "$2" \
		-extfile v3.cnf -extensions v3 -out "$1.pem" 2>/dev/null
}

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

test_expect_success 'a CA of two tiers' '
	sim_root root && printf "[v3]\nbasicConstraints=critical,CA:TRUE\n" >ca.cnf &&
	openssl req -newkey rsa:2048 -nodes -sha256 -keyout issuing.key -out issuing.csr -subj "/CN=Test issuing" 2>/dev/null &&
	openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -CAcreateserial -sha256 -days 1000 \
		-extfile ca.cnf -extensions v3 -out issuing.pem 2>/dev/null &&
	serve_start $port && "$OUTBAND" setting set device.port_base $base >/dev/null
'

test_expect_success 'a request asks for what firmware wants' '
	"$OUTBAND" cert request main --fqdn setup.example.com --suffix example.com --country DE --organization "Example GmbH" >main.csr 2>err &&
	grep -q "cert install main" err && openssl req -in main.csr -noout -verify -text >text 2>&1 &&
	grep -q "OU = Intel(R) Client Setup Certificate" text && grep -q "2.16.840.1.113741.1.2.3" text &&
	grep -q "TLS Web Server Authentication" text && grep -q "Public-Key: (2048 bit)" text &&
	grep -q "C = DE, O = Example GmbH" text && grep -q "DNS:setup.example.com" text &&
	"$OUTBAND" cert request main >again.csr && cmp main.csr again.csr &&
	"$OUTBAND" cert request strong --fqdn setup.example.com --key-bits 3072 --output strong.csr &&
	openssl req -in strong.csr -noout -text | grep -q "Signature Algorithm: sha384" &&
	"$OUTBAND" cert list >out && ! grep -q "^main" out
'

test_expect_success 'requests that no CA or PC would take are refused' '
	refused 3 "waits for its answer" cert request main --fqdn setup.example.com &&
	refused 7 "DNS suffix" cert request x --fqdn setup.example.com --suffix example.org &&
	refused 3 "host name with a domain" cert request x --fqdn setup && refused 3 "two capital letters" cert request x --fqdn a.b --country Germany &&
	refused 3 "2048, 3072" cert request x --fqdn a.b.com --key-bits 1024 && refused 3 "no request" cert request x
'

test_expect_success 'an answer to another request, without its chain, or without the usage is refused' '
	sign main 300 && sign strong 300 && cat issuing.pem root.pem >chain.pem &&
	refused 7 "another key" cert install main strong.pem chain.pem && grep -q D066 err &&
	test_expect_code 7 "$OUTBAND" cert install main main.pem >out 2>err && grep -q "^chain complete.*fail" out &&
	sign main 300 clientAuth && test_expect_code 7 "$OUTBAND" cert install main main.pem chain.pem >out 2>err &&
	grep -q "D053" out && refused 3 "no request" cert install none main.pem && "$OUTBAND" cert list >out && ! grep -q "^main" out
'

test_expect_success 'the answer, completed from other files in other forms, is in use at once' '
	sign main 300 && openssl x509 -in main.pem -outform DER -out main.cer && openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7b &&
	"$OUTBAND" cert install main main.cer chain.p7b >out 2>err && grep -q "^Stored as main" out && grep -q "cert backup main" err &&
	"$OUTBAND" cert export main >exported && test $(grep -c BEGIN exported) = 3 &&
	refused 3 "no request" cert request main && "$OUTBAND" cert list >out && grep -q "^main .*setup.example.com" out
'

test_expect_success 'a PC is configured with it, and not with the one of another CA' '
	sim_root other && sim_leaf oleaf other setup.example.com && cat oleaf.pem oleaf.key other.pem >other.chain &&
	"$OUTBAND" cert import other other.chain >/dev/null &&
	sim_start $base --base 127.1.27.1 --devices 1 --state setup-pki --generation 11.8 --suffix example.com --roots root.pem \
		--hello 127.0.0.1:$port --speed 50 && sim_until state_is 127.1.27.1 refused &&
	"$OUTBAND" device approve 127.1.27.1 --fqdn pc1.example.com >/dev/null && sim_until state_is 127.1.27.1 configured &&
	"$OUTBAND" log pc1.example.com >out && grep -q "ev=engine.certificate .*cert=main" out && ! grep -q "cert=other" out &&
	"$OUTBAND" cert match pc1.example.com >out && grep -q "main  *accepted" out && grep -q "other  *refused .*D056" out &&
	"$OUTBAND" cert match --csv >out && grep -q "main,accepted,yes" out && "$OUTBAND" cert match --json >out &&
	test "$(json out "[x[\"rule\"] for x in d if x[\"cert\"] == \"other\"]")" = "['\''D056'\'']" &&
	"$OUTBAND" cert delete other --yes
'

test_expect_success 'replaced while the service runs' '
	"$OUTBAND" cert request main --fqdn setup.example.com >main.csr 2>err && sign main 350 &&
	"$OUTBAND" cert list --json >a.json && "$OUTBAND" cert install main main.pem chain.pem >out && "$OUTBAND" cert list --json >b.json &&
	test "$(json a.json "len(d)")" = 1 && test "$(json b.json "len(d)")" = 1 &&
	test "$(json a.json "d[0][\"serial\"]")" != "$(json b.json "d[0][\"serial\"]")"
'

test_expect_success 'an encrypted backup, which openssl opens, and which comes back by import' '
	echo "Correct-Horse-9" >pw && echo short >short &&
	refused 3 "too short" cert backup main main.p12 --password-file short && ! test -f main.p12 &&
	"$OUTBAND" cert backup main main.p12 --password-file pw && test "$(stat -c %a main.p12)" = 600 &&
	refused 3 "exists" cert backup main main.p12 --password-file pw &&
	openssl pkcs12 -in main.p12 -passin file:pw -nodes -out all.pem && openssl pkey -in all.pem -pubout >a.pub &&
	openssl x509 -in main.pem -pubkey -noout >b.pub && cmp a.pub b.pub && test $(grep -c "BEGIN CERT" all.pem) = 3 &&
	openssl pkcs12 -in main.p12 -passin file:pw -info -noout 2>info && grep -q "AES-256-CBC" info && ! grep -qi "RC2\|3DES" info &&
	test_must_fail openssl pkcs12 -in main.p12 -passin file:short -noout 2>/dev/null &&
	"$OUTBAND" cert delete main --yes && "$OUTBAND" cert import main main.p12 --password-file pw >out && grep -q "^Stored as main" out &&
	"$OUTBAND" audit list >out && grep -q "cert.backup" out
'

test_expect_success 'what ends soon is listed, counted and told once' '
	told() { "$OUTBAND" log --limit 1000 >log && test $(grep -c "ev=cert.ends .*name=soon" log) = "$1"; } &&
	"$OUTBAND" cert expiry >out && grep -q "^No certificate in use ends within 90 days" out &&
	"$OUTBAND" cert request soon --fqdn setup.example.com >soon.csr 2>err && sign soon 50 &&
	"$OUTBAND" cert install soon soon.pem chain.pem >out 2>err && "$OUTBAND" cert expiry >out && grep -q "^provisioning  *50 .*soon" out &&
	"$OUTBAND" cert expiry --days 40 >out && ! grep -q soon out && refused 2 "1 to 36500" cert expiry --days 0 &&
	"$OUTBAND" cert expiry --days 9999 --json >all.json && test "$(json all.json "sorted(set(x[\"kind\"] for x in d))")" = "['\''ca'\'', '\''device'\'', '\''provisioning'\'', '\''root'\'']" &&
	sim_until told 1 && grep -q "rule=M03" log && "$OUTBAND" status >out && grep -q "1 in 60 days" out
'

test_expect_success 'keys and passwords are nowhere in the clear' '
	! grep -rlq "PRIVATE KEY" data serve.log && ! grep -rlqF -e "Correct-Horse-9" data serve.log
'

test_done
