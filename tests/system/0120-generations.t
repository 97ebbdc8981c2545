#!/bin/sh
test_description='every firmware generation is set up by the service, as openssl and curl see it'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=21120 hello=21129 total=24

# NUMBER GENERATION HIGHEST-TLS SIGNATURE BITS: what a client of today gets from the configured
# device; PSK devices first, in the order of the fleet file below.
cat >want <<-'TABLE'
	1 3.2.1 TLSv1 sha256WithRSAEncryption 2048
	2 4.0 TLSv1 sha256WithRSAEncryption 2048
	3 5.0 TLSv1 sha256WithRSAEncryption 2048
	4 6.2 TLSv1.1 sha256WithRSAEncryption 2048
	5 7.1 TLSv1.1 sha256WithRSAEncryption 2048
	6 9.0 TLSv1.1 sha256WithRSAEncryption 2048
	7 9.5 TLSv1.1 sha256WithRSAEncryption 2048
	8 10.0 TLSv1.1 sha256WithRSAEncryption 2048
	9 3.2.1 TLSv1 sha256WithRSAEncryption 2048
	10 4.0 TLSv1 sha256WithRSAEncryption 2048
	11 5.0 TLSv1 sha256WithRSAEncryption 2048
	12 6.2 TLSv1.1 sha256WithRSAEncryption 2048
	13 7.1 TLSv1.1 sha256WithRSAEncryption 2048
	14 9.0 TLSv1.1 sha256WithRSAEncryption 2048
	15 9.5 TLSv1.1 sha256WithRSAEncryption 2048
	16 10.0 TLSv1.1 sha256WithRSAEncryption 2048
	17 11.8 TLSv1.1 sha256WithRSAEncryption 2048
	18 12.0 TLSv1.2 sha256WithRSAEncryption 2048
	19 14.0 TLSv1.2 sha256WithRSAEncryption 2048
	20 15.0 TLSv1.2 sha256WithRSAEncryption 2048
	21 16.1 TLSv1.3 sha256WithRSAEncryption 2048
	22 18.0 TLSv1.3 sha256WithRSAEncryption 2048
	23 19.0 TLSv1.3 sha256WithRSAEncryption 2048
	24 22.0 TLSv1.3 sha384WithRSAEncryption 3072
TABLE

# seen NUMBER: TLS version, and signature and RSA bits of the leaf, of that device as it is now. A
# line "Protocol" comes up to TLS 1.2 only.
seen() {
	openssl s_client -connect "127.21.20.$1:$((base + 1))" -min_protocol TLSv1 -cipher ALL@SECLEVEL=0 \
		</dev/null >shown 2>/dev/null || return 1
	openssl x509 -in shown -noout -text >leaf || return 1
	printf '%s %s %s\n' "$(sed -n 's/^New, \(TLSv1.3\),.*/\1/p; s/^ *Protocol *: //p' shown | head -n 1)" \
		"$(sed -n 's/^ *Signature Algorithm: //p' leaf | head -n 1)" \
		"$(sed -n 's/^ *Public-Key: (\(.*\) bit)/\1/p' leaf)"
}

all_configured() {
	test "$(fleet_count)" = $total
}

test_expect_success 'a service with keys, a chain of today and one of RSA-3072 and SHA-384' '
	fleet_service $hello $base && strong_chain strong leaf3 setup.example.com &&
	cat leaf3.pem strong.pem leaf3.key >strong.all && "$OUTBAND" cert import strong strong.all &&
	"$OUTBAND" setting set workers 8 && "$OUTBAND" setting set job.retry_s 1 &&
	"$OUTBAND" key generate --count 8 && "$OUTBAND" key export --reveal --output keys.csv
'

test_expect_success 'a fleet with each generation, by key where there are keys, and by certificate' '
	cat >fleet.yaml <<-YAML &&
	seed: 120
	waits: on
	speed: 10
	groups:
	  - {count: 8, base: 127.21.20.1, generation: [3.2.1, 4.0, 5.0, 6.2, 7.1, 9.0, 9.5, 10.0], state: setup-psk, psk: keys.csv, suffix: example.com}
	  - {count: 15, generation: [3.2.1, 4.0, 5.0, 6.2, 7.1, 9.0, 9.5, 10.0, 11.8, 12.0, 14.0, 15.0, 16.1, 18.0, 19.0], state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: 1, generation: 22.0, state: setup-pki, roots: strong.pem, suffix: example.com}
	YAML
	fleet_names fleet.yaml $base && "$OUTBAND" device import names.csv &&
	sim_start $base fleet.yaml --hello 127.0.0.1:$hello && sim_ctl list >list &&
	cut -d" " -f2 want >want.gens && sim_field generation <list >got.gens && test_cmp want.gens got.gens
'

test_expect_success 'the table above has a row for every generation there is' '
	"$OUTBAND" sim --list-generations --json >gens.json &&
	json gens.json "\"\\n\".join(r[\"generation\"] for r in d if r[\"cell\"] == \"wsman\" and r[\"value\"] == \"yes\")" >all.gens &&
	tail -n 16 want.gens >pki.gens && test_cmp all.gens pki.gens &&
	json gens.json "\"\\n\".join(r[\"generation\"] for r in d if r[\"cell\"] == \"psk\" and r[\"value\"] == \"yes\")" | grep -Fxf all.gens >all.psk &&
	head -n 8 want.gens >psk.gens && test_cmp all.psk psk.gens
'

test_expect_success 'all of them are configured' '
	fleet_until 150 all_configured || { sim_ctl list && "$OUTBAND" device list && false; }
'

test_expect_success 'the service has proven each of them, none needed a second go at a login' '
	fleet_until 60 eval "test \$(\"$OUTBAND\" device list --state configured --csv | tail -n +2 | wc -l) = $total" &&
	sim_ctl stats >stats && sim_field configured_count <stats | sort -u >counts && echo 1 >one &&
	test_cmp one counts && sim_field max_failed_in_window <stats | sort -n | tail -n 1 >most &&
	test "$(cat most)" -le 2
'

sim_get AMT_GeneralSettings >get.xml
while read -r n generation version sig bits; do
	name=$(printf "pc%02d.example.com" "$n")
	test_expect_success "$n: AMT $generation speaks $version, its leaf has $sig, RSA $bits and our name" '
		echo "$version $sig $bits" >expected && seen $n >got && test_cmp expected got &&
		openssl x509 -in shown -noout -subject | grep "$name"
	'
	test_expect_success "$n: AMT $generation opens by digest with the stored password" '
		fleet_opens 127.21.20.$n $base get.xml && grep "HostName>pc" reply
	'
done <want

test_done
