#!/bin/sh
test_description='outband sim: which TLS each firmware generation speaks, as openssl finds out'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

base=21160 port=21161

cbc='AES128-SHA AES256-SHA'
new='AES128-SHA256 AES128-GCM-SHA256 AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-SHA384 ECDHE-RSA-AES256-GCM-SHA384'
strong='AES256-GCM-SHA384 ECDHE-RSA-AES256-SHA384 ECDHE-RSA-AES256-GCM-SHA384'
asked="$cbc ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA AES256-SHA256 DHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 $new"
asked13='TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256'
both13='TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384'

# opens OPTION...: a handshake with $device succeeds
opens() {
	openssl s_client -connect "$device:$port" "$@" </dev/null >/dev/null 2>&1
}

# Each prints those of its list that open the device.
versions() {
	for version in 1 1_1 1_2 1_3; do
		! opens -tls$version -cipher ALL@SECLEVEL=0 || echo "$version"
	done
}
# chosen WORDS OPTION...: prints what the device chooses of these suites, then of the rest, until it
# wants none of them; the suites are the last option's value
chosen() {
	left=$1
	shift
	while test -n "$left" &&
		openssl s_client -connect "$device:$port" "$@" "$(echo $left | tr ' ' :)" </dev/null >shown 2>/dev/null; do
		suite=$(sed -n 's/^New, .*, Cipher is //p' shown)
		echo "$suite"
		rest=$(for word in $left; do test "$word" = "$suite" || echo "$word"; done)
		test "$rest" != "$left" || break
		left=$rest
	done
}
suites() {
	chosen "$asked @SECLEVEL=0" -min_protocol TLSv1 -max_protocol TLSv1.2 -cipher
}
suites13() {
	chosen "$asked13" -tls1_3 -ciphersuites
}
groups() {
	for group in P-256 P-384 P-521 X25519; do
		! opens "$@" -groups $group || echo $group
	done
}
signatures() {
	for sig in RSA+SHA256 RSA+SHA384 RSA+SHA512 RSA-PSS+SHA256 RSA-PSS+SHA384 RSA-PSS+SHA512; do
		! opens "$@" -sigalgs $sig || echo $sig
	done
}

# is WORDS COMMAND...: prints these, in any order of the words
is() {
	for word in $1; do
		echo "$word"
	done | LC_ALL=C sort >expected
	shift
	"$@" | LC_ALL=C sort >got && test_cmp expected got
}

test_expect_success 'a configured device of each generation; those with PSK in setup, too' '
	echo "$sim_password" >admin.txt && sim_pairs 8 >keys.csv &&
	"$OUTBAND" sim --list-generations --json >gens.json &&
	python3 -c "
import json
print(\", \".join(r[\"generation\"] for r in json.load(open(\"gens.json\")) if (r[\"cell\"], r[\"value\"]) == (\"wsman\", \"yes\")))" >gens &&
	cat >fleet.yaml <<-YAML &&
	seed: 122
	groups:
	  - {count: 16, base: 127.21.22.1, generation: [$(cat gens)], state: configured, tls: server, admin_password_file: admin.txt}
	  - {count: 8, base: 127.21.22.101, generation: [3.2.1, 4.0, 5.0, 6.2, 7.1, 9.0, 9.5, 10.0], state: setup-psk, psk: keys.csv}
	YAML
	sim_start $base fleet.yaml --waits off && sim_ctl list >list && test "$(wc -l <list)" = 24
'

# generation N NAME VERSIONS SUITES SUITES13
generation() {
	device=127.21.22.$1
	test_expect_success "AMT $2: TLS $3, and no other suites than it should" "
		sim_ctl list $device | grep ' generation=$2 ' && is '$3' versions && is '$4' suites && is '$5' suites13
	"
}

generation 1 3.2.1 '1' "$cbc" ''
generation 2 4.0 '1' "$cbc" ''
generation 3 5.0 '1' "$cbc" ''
generation 4 6.2 '1 1_1' "$cbc" ''
generation 5 7.1 '1 1_1' "$cbc" ''
generation 6 9.0 '1 1_1' "$cbc" ''
generation 7 9.5 '1 1_1' "$cbc" ''
generation 8 10.0 '1 1_1' "$cbc" ''
generation 9 11.8 '1 1_1' "$cbc" ''
generation 10 12.0 '1_1 1_2' "$cbc $new" ''
generation 11 14.0 '1_1 1_2' "$cbc $new" ''
generation 12 15.0 '1_2' "$new" ''
generation 13 16.1 '1_2 1_3' "$new" "$both13"
generation 14 18.0 '1_2 1_3' "$new" "$both13"
generation 15 19.0 '1_2 1_3' "$new" "$both13"
generation 16 22.0 '1_2 1_3' "$strong" TLS_AES_256_GCM_SHA384

all_groups='P-256 P-384 P-521 X25519'
all_signatures='RSA+SHA256 RSA+SHA384 RSA+SHA512 RSA-PSS+SHA256 RSA-PSS+SHA384 RSA-PSS+SHA512'

test_expect_success 'groups and signatures are the library'\''s before AMT 22' '
	for n in 10 15; do
		device=127.21.22.$n &&
		is "$all_groups" groups -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 &&
		is "$all_signatures" signatures -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 || return 1
	done &&
	is "$all_groups" groups -tls1_3 &&
	is "RSA-PSS+SHA256 RSA-PSS+SHA384 RSA-PSS+SHA512" signatures -tls1_3
'

test_expect_success 'AMT 22 has P-384 and SHA-384 only' '
	device=127.21.22.16 &&
	is P-384 groups -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 && is P-384 groups -tls1_3 &&
	is "RSA+SHA384 RSA-PSS+SHA384" signatures -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 &&
	is RSA-PSS+SHA384 signatures -tls1_3
'

test_expect_success 'it can be switched to those of the others, and the others to its' '
	sim_ctl switch 15 tls_strength=any && device=127.21.22.16 && is "$all_groups" groups -tls1_3 &&
	sim_ctl switch 14 tls_strength=384 && device=127.21.22.15 && is P-384 groups -tls1_3 &&
	is RSA-PSS+SHA384 signatures -tls1_3
'

test_expect_success 'key exchange of TLS 1.2 can be one of both' '
	device=127.21.22.13 && sim_ctl switch 12 suites=rsa && is "AES128-GCM-SHA256 AES256-GCM-SHA384" suites &&
	sim_ctl switch 12 suites=ecdhe && is "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384" suites &&
	sim_ctl switch 12 tls13=off && is 1_2 versions
'

n=1
for name in 3.2.1 4.0 5.0 6.2 7.1 9.0 9.5 10.0; do
	test_expect_success "AMT $name in setup: PSK-AES128-CBC-SHA alone fits a key pair" '
		device=127.21.22.$((100 + n)) && sim_ctl list $device | grep " generation=$name " &&
		pid=$(sed -n "$((n + 1))p" keys.csv | cut -d, -f1) &&
		key=$(sed -n "$((n + 1))p" keys.csv | cut -d, -f2 | tr -d "\n" | od -An -tx1 | tr -d " \n") &&
		psk_with() { opens -psk $key -psk_identity $pid -min_protocol TLSv1 -max_protocol TLSv1.2 -cipher "$1@SECLEVEL=0"; } &&
		psk_with PSK-AES128-CBC-SHA && ! psk_with PSK-AES256-CBC-SHA:PSK-AES128-GCM-SHA256:DHE-PSK-AES128-CBC-SHA
	'
	n=$((n + 1))
done

test_done
