#!/bin/sh
test_description='outband: the built-in CA as openssl sees it: chain, lists, taking back, renewal'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22060 base=22064

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

leaf_of() { # ADDRESS: what the PC shows
	openssl s_client -connect "$1:$((base + 1))" </dev/null 2>/dev/null | openssl x509 >"$1.pem"
}

cas() { # PYTHON-EXPRESSION over the list of CAs d
	"$OUTBAND" cert ca --json >ca.json && json ca.json "$1"
}

# certs FILE: the certificates of a file as 1.crt, 2.crt, ...
certs() {
	rm -f ?.crt && awk '/BEGIN CERT/ { n++ } { print >(n ".crt") }' "$1"
}

listed() { # SERIAL: is it in the published list?
	openssl crl -inform DER -in "data/published/$list" -noout -text | grep -qi "Serial Number: $1"
}

test_expect_success 'a root and an issuing CA, which openssl takes' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base >/dev/null &&
	"$OUTBAND" setting set ca.url http://127.0.0.1:9/pki >/dev/null &&
	test "$(cas "[(x[\"name\"], x[\"tier\"]) for x in d]")" = "[('\''ca'\'', '\''issuing'\''), ('\''ca-root'\'', '\''root'\'')]" &&
	"$OUTBAND" cert export ca >ca.pem && certs ca.pem && test -f 2.crt && ! test -f 3.crt &&
	openssl verify -x509_strict -CAfile 2.crt 1.crt && openssl x509 -in 1.crt -noout -text | grep -q "pathlen:0"
'

test_expect_success 'its lists are published, and are its own' '
	list=$(cas "d[0][\"list_file\"]") && sim_until test -f "data/published/${list%.crl}.crt" &&
	test "$(stat -c %a "data/published/$list")" = 644 && test "$(stat -c %a data/published)" = 755 &&
	openssl crl -inform DER -in "data/published/$list" -CAfile ca.pem -noout 2>out && grep -q "verify OK" out &&
	openssl x509 -inform DER -in "data/published/${list%.crl}.crt" >issuer.pem && cmp issuer.pem 1.crt &&
	"$OUTBAND" cert crl >one.crl && openssl crl -in one.crl -CAfile ca.pem -noout 2>out && grep -q "verify OK" out &&
	"$OUTBAND" cert crl ca-root --der --output root.crl && openssl crl -inform DER -in root.crl -CAfile ca.pem -noout 2>out &&
	grep -q "verify OK" out && refused 3 "cert ca" cert crl nothing && refused 2 "PEM or DER" cert crl --json
'

test_expect_success 'two PCs get certificates that say where the list is' '
	sim_pairs 2 >keys.csv && "$OUTBAND" key import keys.csv >/dev/null &&
	sim_start $base --base 127.1.26.1 --devices 2 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$port --speed 50 &&
	sim_until state_is 127.1.26.1 refused && sim_until state_is 127.1.26.2 refused &&
	"$OUTBAND" device approve 127.1.26.1 --fqdn pc1.example.com >/dev/null &&
	"$OUTBAND" device approve 127.1.26.2 --fqdn pc2.example.com >/dev/null &&
	sim_until state_is 127.1.26.1 configured && sim_until state_is 127.1.26.2 configured && sim_until jobs_rest &&
	leaf_of 127.1.26.1 && leaf_of 127.1.26.2 &&
	openssl x509 -in 127.1.26.1.pem -noout -text >text &&
	grep -q "URI:http://127.0.0.1:9/pki/$list" text && grep -q "CA Issuers - URI:http://127.0.0.1:9/pki/${list%.crl}.crt" text &&
	"$OUTBAND" cert crl ca-root >>one.crl &&
	openssl verify -purpose sslserver -crl_check_all -CRLfile one.crl -CAfile 2.crt -untrusted 1.crt 127.1.26.1.pem
'

test_expect_success 'taking back by PC: published at once, refused by openssl, the other PC is not touched' '
	serial=$(openssl x509 -in 127.1.26.1.pem -noout -serial | cut -d= -f2) && ! listed $serial &&
	refused 2 "add --yes" cert revoke pc1.example.com && refused 2 "key-compromise" cert revoke pc1.example.com --reason why --yes &&
	"$OUTBAND" cert revoke pc1.example.com --reason superseded --yes >out && grep -q "^Revoked 1 of " out &&
	sim_until listed $serial && "$OUTBAND" cert crl >one.crl && openssl crl -in one.crl -noout -text >text &&
	grep -q "Superseded" text && "$OUTBAND" cert crl ca-root >>one.crl &&
	test_must_fail openssl verify -crl_check_all -CRLfile one.crl -CAfile 2.crt -untrusted 1.crt 127.1.26.1.pem 2>out &&
	grep -q "certificate revoked" out &&
	openssl verify -crl_check_all -CRLfile one.crl -CAfile 2.crt -untrusted 1.crt 127.1.26.2.pem &&
	refused 3 "not revoked" cert revoke pc1.example.com --yes &&
	"$OUTBAND" log pc1.example.com >out && grep -q "ev=cert.revoked .*reason=superseded" out &&
	"$OUTBAND" audit list >out && grep -q "cert.revoke" out && test "$(cas "d[0][\"revoked\"]")" = 1
'

test_expect_success 'a new issuing CA under the same root; former leaves stay valid, and can be taken back' '
	former=$list && cp 1.crt former.crt && cp 2.crt root.crt &&
	"$OUTBAND" cert renew-ca --yes >out 2>err && grep -q previous out &&
	"$OUTBAND" cert export ca >ca.pem && certs ca.pem && ! cmp -s 1.crt former.crt &&
	openssl verify -CAfile root.crt 1.crt && openssl verify -CAfile ca.pem 127.1.26.2.pem &&
	list=$former serial=$(openssl x509 -in 127.1.26.2.pem -noout -serial | cut -d= -f2) &&
	"$OUTBAND" cert revoke "$(echo $serial | tr A-F a-f)" --yes && sim_until listed $serial &&
	openssl crl -inform DER -in data/published/$former -CAfile former.crt -noout 2>out && grep -q "verify OK" out &&
	refused 3 "revoked already" cert revoke "$(echo $serial | tr A-F a-f)" --yes
'

test_expect_success 'a new root as well; all of it is there after a start' '
	"$OUTBAND" cert renew-ca --root --yes >out && test "$(cas "len(d)")" = 5 &&
	serve_stop && serve_start $port && test "$(cas "len(d)")" = 5 &&
	"$OUTBAND" cert export ca >ca.pem && certs ca.pem && openssl verify -CAfile 2.crt 1.crt &&
	! cmp -s 2.crt root.crt && openssl verify -CAfile ca.pem 127.1.26.2.pem
'

test_expect_success 'the PCs go on: they are known by their own certificate' '
	"$OUTBAND" device apply pc2.example.com --wait >out 2>err && grep -q "pc2.example.com: done" out &&
	! grep -q "PRIVATE KEY" serve.log && ls data/published >out && ! grep -q "new$" out &&
	! grep -rlq "PRIVATE KEY" data/published
'

test_done
