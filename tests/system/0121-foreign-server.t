#!/bin/sh
test_description='outband sim: a provisioning server that is not ours sets up the devices'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/foreign.sh"

base=21140 port=21141
setup=AMT_SetupAndConfigurationService
keys=AMT_PublicKeyManagementService
old='--tlsv1.0 --ciphers DEFAULT@SECLEVEL=0'

# chain NAME BITS HASH: root and leaf of the other server, in NAME.chain and NAME-leaf.key; the leaf has
# no clientAuth
chain() {
	printf '[v3]\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >leaf.cnf
	openssl req -x509 -newkey "rsa:$2" -nodes "-$3" -days 3650 -keyout "$1.key" -out "$1.pem" \
		-subj "/CN=Test $1" 2>/dev/null &&
		openssl req -newkey "rsa:$2" -nodes "-$3" -keyout "$1-leaf.key" -out "$1-leaf.csr" \
			-subj "/OU=Intel(R) Client Setup Certificate/CN=prov.example.com" 2>/dev/null &&
		openssl x509 -req -in "$1-leaf.csr" -CA "$1.pem" -CAkey "$1.key" -CAcreateserial "-$3" \
			-days 365 -extfile leaf.cnf -extensions v3 -out "$1-leaf.pem" 2>/dev/null &&
		cat "$1-leaf.pem" "$1.pem" >"$1.chain"
}

# with CHAIN OPTION...: how to talk while the device is in setup; admin has an empty password
with() {
	how="--cert $1.chain --key $1-leaf.key"
	shift
	how="$how $*" login=admin:
}

# device_key BITS: makes a key pair in the device, its public half is ./public.pem
device_key() {
	invoke $keys GenerateKeyPair "<@:KeyAlgorithm>0</@:KeyAlgorithm><@:KeyLength>$1</@:KeyLength>" &&
		handle >key && get AMT_PublicPrivateKeyPair "$(selector "$(cat key)")" &&
		element DERKey | base64 -d >key.der &&
		{ openssl rsa -RSAPublicKey_in -inform DER -in key.der -pubout -out public.pem ||
			openssl pkey -pubin -inform DER -in key.der -pubout -out public.pem; } 2>/dev/null
}

# sent_key: makes it here and sends it
sent_key() {
	openssl genrsa -traditional -out sent.pem 2048 2>/dev/null &&
		openssl rsa -in sent.pem -traditional -outform DER -out sent.der 2>/dev/null &&
		openssl rsa -in sent.pem -pubout -out public.pem 2>/dev/null &&
		invoke $keys AddKey "<@:KeyBlob>$(base64 -w 0 sent.der)</@:KeyBlob>"
}

# put_certificate CHAIN HASH: for ./public.pem, under our own root; its reference goes to ./cert
put_certificate() {
	openssl x509 -new -force_pubkey public.pem -subj "/CN=desk.example.com" -CA "$1.pem" -CAkey "$1.key" \
		"-$2" -days 3650 -extfile leaf.cnf -extensions v3 -outform DER -out tls.der 2>/dev/null &&
		invoke $keys AddCertificate "<@:CertificateBlob>$(base64 -w 0 tls.der)</@:CertificateBlob>" &&
		handle >cert
}

# context Create|Put ELEMENT-NAME: TLS shall use ./cert
context() {
	test "$(tell "$style" "$transfer/$1" AMT_TLSCredentialContext "" "<@:AMT_TLSCredentialContext @ns><@:ElementInContext>$(
		reference AMT_PublicKeyCertificate InstanceID "$(cat cert)"
	)</@:ElementInContext><@:ElementProvidingContext>$(
		reference AMT_TLSProtocolEndpointCollection ElementName "$2"
	)</@:ElementProvidingContext></@:AMT_TLSCredentialContext>")" = 200 || { cat message reply && return 1; }
}

# clock: of the device, from ours
clock() {
	invoke AMT_TimeSynchronizationService GetLowAccuracyTimeSynch "" && element Ta0 >ta0 && now=$(date +%s) &&
		invoke AMT_TimeSynchronizationService SetHighAccuracyTimeSynch \
			"<@:Ta0>$(cat ta0)</@:Ta0><@:Tm1>$now</@:Tm1><@:Tm2>$now</@:Tm2>"
}

# admin: the password of sim_password, as base64 of the digest's 16 bytes
admin() {
	get AMT_GeneralSettings && element DigestRealm >realm &&
		printf 'admin:%s:%s' "$(cat realm)" "$sim_password" | openssl md5 -binary | base64 >ha1 &&
		invoke AMT_AuthorizationService SetAdminAclEntryEx \
			"<@:Username>admin</@:Username><@:DigestPassword>$(cat ha1)</@:DigestPassword>"
}

state() {
	sim_ctl list "${device%:*}" | sim_field state
}

# opens OPTION...: with the new password on a new connection, without our chain
opens() {
	how="$*" login="admin:$sim_password" && get AMT_GeneralSettings && grep "HostName>desk<" reply
}

# shows: the leaf is the one that was put, also to openssl
shows() {
	openssl s_client -connect "$device" -min_protocol TLSv1 -cipher ALL@SECLEVEL=0 </dev/null 2>/dev/null |
		openssl x509 -outform DER >shown.der && cmp tls.der shown.der
}

test_expect_success 'the other server has certificates without clientAuth; the devices know its roots' '
	chain plain 2048 sha256 && chain strong 3072 sha384 &&
	openssl x509 -in plain-leaf.pem -noout -text | grep "Web Server Authentication" &&
	! openssl x509 -in plain-leaf.pem -noout -text | grep "Web Client" &&
	cat >fleet.yaml <<-YAML &&
	seed: 121
	groups:
	  - {count: 8, base: 127.21.21.1, generation: [16.1, 16.1, 11.8, 5.0, 18.0, 7.1], state: setup-pki, roots: plain.pem, suffix: example.com}
	  - {count: 1, base: 127.21.21.22, generation: 22.0, state: setup-pki, roots: strong.pem, suffix: example.com}
	  - {count: 1, base: 127.21.21.30, generation: 16.1, state: setup-pki, roots: plain.pem, suffix: example.com, switch: pki_digest=strict}
	YAML
	sim_start $base fleet.yaml --waits off && sim_ctl list
'

# whole_setup DEVICE STYLE CHAIN HASH KEY-COMMAND CONTEXT ELEMENT-NAME TLS-OPTION...
whole_setup() {
	device=127.21.21.$1:$port style=$2 name=$3 hash=$4 key=$5 context=$6 collection=$7
	shift 7
	options=$*
	test_expect_success "${device%:*} ($style): Identify and GetUuid with an empty password" '
		with $name $options && printf "%s" "$sim_identify" >message &&
		test "$(curl --silent --insecure $how --digest --user $login --output reply --write-out "%{http_code}" \
			--data-binary @message https://$device/wsman)" = 200 && grep "ProductVendor>Intel" reply &&
		invoke $setup GetUuid "" && element UUID | base64 -d | od -An -tx1 | tr -d " \n" >uuid &&
		sim_ctl list ${device%:*} | sim_field uuid | tr -d - >want &&
		test "$(cut -c17- uuid)" = "$(cut -c17- want)"
	'
	test_expect_success "${device%:*} ($style): a commit is refused while the host name and more is missing" '
		returns 2057 $setup CommitChanges ""
	'
	test_expect_success "${device%:*} ($style): host name, MEBx password, admin, clock" '
		change AMT_GeneralSettings "" "s|HostName>[^<]*<|HostName>desk<|; s|DomainName>[^<]*<|DomainName>example.com<|" &&
		invoke $setup SetMEBxPassword "<@:Password>Mebx-Pass7</@:Password>" && clock && admin
	'
	test_expect_success "${device%:*} ($style): key, certificate, TLS, still with the empty password" '
		$key && put_certificate $name $hash && context $context "$collection" &&
		change AMT_TLSSettingData "$(selector "Intel(r) AMT 802.3 TLS Settings")" "s|:Enabled>[a-z]*<|:Enabled>true<|"
	'
	test_expect_success "${device%:*} ($style): CommitChanges, and the device is configured" '
		invoke $setup CommitChanges "" && sim_until eval "test \$(state) = configured"
	'
	test_expect_success "${device%:*} ($style): the new password opens, the empty one does not; the leaf is ours" '
		case $options in *--tls*) opens $options ;; *) opens $old ;; esac && shows &&
		login=admin: && test "$(tell $style $transfer/Get AMT_GeneralSettings "" "")" = 401
	'
}

spaced='TLSProtocolEndpoint Instances Collection' joined='TLSProtocolEndpointInstances Collection'

whole_setup 1 usual plain sha256 'device_key 2048' Put "$spaced" --tls-max 1.2 --ciphers AES128-GCM-SHA256
whole_setup 2 default plain sha256 'device_key 2048' Put "$joined" --tlsv1.3
whole_setup 3 loud plain sha256 'device_key 2048' Create "$spaced" "$old"
whole_setup 4 odd plain sha256 sent_key Create "$joined" "$old"
whole_setup 5 odd plain sha256 'device_key 2048' Put "$spaced" --tls-max 1.2 --ciphers AES256-GCM-SHA384
whole_setup 6 default plain sha256 'device_key 2048' Create "$joined" "$old"
whole_setup 22 loud strong sha384 'device_key 3072' Put "$spaced" --tls-max 1.2 --ciphers AES256-GCM-SHA384

test_expect_success 'nothing of all that was a wrong login in a setup session' '
	sim_ctl stats >stats && sim_field max_failed_in_window <stats | sort -n | tail -n 1 >most &&
	test "$(cat most)" -le 1 && test "$(sim_field refused_chains <stats | sort -u)" = 0
'

device=127.21.21.7:$port # 16.1 again, still in setup

for style in usual default loud odd; do
	test_expect_success "($style) what firmware refuses is refused, whatever the style" '
		with plain &&
		faults 400 DestinationUnreachable $transfer/Get AMT_NoSuchThing "" "" &&
		faults 400 ActionNotSupported $transfer/Delete AMT_GeneralSettings "" "" &&
		faults 400 ActionNotSupported $amt/$setup/Dance $setup "" "<@:Dance_INPUT @ns/>" &&
		faults 400 EncodingLimit $transfer/Get AMT_GeneralSettings \
			"<#:MaxEnvelopeSize>49999</#:MaxEnvelopeSize>" "" &&
		faults 400 MustUnderstand $transfer/Get AMT_GeneralSettings \
			"<#:OptionSet xmlns:S=\"$soap\" S:mustUnderstand=\"true\"/>" "" &&
		faults 400 InvalidSelectors $transfer/Get AMT_TLSSettingData "$(selector nothing)" "" &&
		faults 400 SchemaValidationError $transfer/Put AMT_GeneralSettings "" "<#:AMT_GeneralSettings/>"
	'
done

test_expect_success 'what must not be understood, or is tolerated, does not hurt' '
	style=loud && with plain &&
	get AMT_GeneralSettings "<#:OptionSet/><#:MaxEnvelopeSize>50000</#:MaxEnvelopeSize>" &&
	test "$(tell usual $enumeration/Enumerate AMT_TLSSettingData "" \
		"<Enumerate xmlns=\"$enumeration\"><#:OptimizeEnumeration/><#:MaxElements>9</#:MaxElements></Enumerate>")" = 200 &&
	grep ":EnumerationContext>" reply
'

test_expect_success 'HTTP in the ways that are about: no Content-Type, chunked, any Host' '
	write_message usual $transfer/Get $amt/AMT_GeneralSettings "" "" >message &&
	for header in Content-Type: "Transfer-Encoding: chunked" "Host: node//4711" "Expect:" "Accept: */*"; do
		test "$(curl --silent --insecure $how -H "$header" --output reply --write-out "%{http_code}" \
			--data-binary @message https://$device/wsman)" = 200 || { echo "$header" && return 1; }
	done
'

test_expect_success 'methods are found in any case of their letters' '
	style=usual && invoke $setup getuuid "" &&
	invoke $setup SetMEBXPassword "<@:Password>Mebx-Pass7</@:Password>"
'

test_expect_success 'the digest of the password as hex is no base64 of 16 bytes' '
	returns 36 AMT_AuthorizationService SetAdminAclEntryEx \
		"<@:Username>admin</@:Username><@:DigestPassword>00112233445566778899aabbccddeeff</@:DigestPassword>"
'

test_expect_success 'TLS cannot be left out without clear ports; a context that exists is not created' '
	style=loud && device_key 2048 && put_certificate plain sha256 &&
	get AMT_TLSSettingData "$(selector "Intel(r) AMT 802.3 TLS Settings")" && grep "Enabled>true<" reply &&
	faults 500 InternalError $transfer/Put AMT_TLSSettingData "$(selector "Intel(r) AMT 802.3 TLS Settings")" \
		"<@:AMT_TLSSettingData @ns><@:InstanceID>Intel(r) AMT 802.3 TLS Settings</@:InstanceID><@:Enabled>false</@:Enabled></@:AMT_TLSSettingData>" &&
	! context Create "$spaced" && grep ":AlreadyExists<" reply && context Put "$spaced"
'

test_expect_success 'what is no XML, or a reply, is refused before anything is done' '
	printf "no XML" >message &&
	test "$(curl --silent --insecure $how --digest --user $login --output reply --write-out "%{http_code}" \
		--data-binary @message https://$device/wsman)" = 400 && grep -i "<html" reply &&
	faults 400 ActionNotSupported ${transfer}/GetResponse AMT_GeneralSettings "" ""
'

test_expect_success 'AMT 22 makes no key of 2048 bits, AMT 16.1 none of 3072' '
	returns 36 $keys GenerateKeyPair "<@:KeyAlgorithm>0</@:KeyAlgorithm><@:KeyLength>3072</@:KeyLength>" &&
	device=127.21.21.22:$port how=--tlsv1.2 login=admin:$sim_password &&
	returns 36 $keys GenerateKeyPair "<@:KeyAlgorithm>0</@:KeyAlgorithm><@:KeyLength>2048</@:KeyLength>"
'

test_expect_success 'a device that looks at the digest takes its default password, not the empty one' '
	device=127.21.21.30:$port style=default && with plain &&
	test "$(tell $style $transfer/Get AMT_GeneralSettings "" "")" = 401 && login=admin:admin &&
	get AMT_GeneralSettings
'

test_done
