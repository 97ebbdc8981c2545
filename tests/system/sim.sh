# What the 01*-sim-*.t scripts share: starting a virtual fleet, asking it, and making the files
# that it needs. Sourced after sharness.sh. Children are ended by their process ids.

OUTBAND=${OUTBAND:?set OUTBAND to the program}
sim_pids=

sim_end() {
	for pid in $sim_pids; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	sim_pids=
}
# sharness sets its own trap on EXIT, which knows nothing of children; it ends with the status that
# it finds.
trap 'sim_code=$?; sim_end; (exit $sim_code); die' EXIT
trap 'exit 1' INT TERM

# sim_start PORT-BASE ARGUMENT...: starts a fleet and waits until it listens. Its control socket
# is ./ctl, what it says is in ./sim.out and ./sim.log, its process id in $sim_pid.
sim_start() {
	sim_base=$1
	shift
	: >sim.out
	"$OUTBAND" sim "$@" --port-base "$sim_base" --ctl ctl >sim.out 2>sim.log &
	sim_pid=$!
	sim_pids="$sim_pids $sim_pid"
	sim_tries=0
	while ! grep -q '^ready ' sim.out; do
		sim_tries=$((sim_tries + 1))
		if ! kill -0 "$sim_pid" 2>/dev/null || test $sim_tries -gt 3000; then
			cat sim.log >&2
			return 1
		fi
		sleep 0.1
	done
}

# sim_stop [SIGNAL]
sim_stop() {
	kill -"${1:-TERM}" "$sim_pid" && wait "$sim_pid"
	sim_status=$?
	sim_pids=$(printf '%s' "$sim_pids" | sed "s/ $sim_pid\$//")
	return $sim_status
}

sim_ctl() {
	"$OUTBAND" sim ctl --ctl ctl "$@"
}

# sim_field NAME: its value in the lines of list or stats on standard input
sim_field() {
	sed -n "s/^.*\\b$1=\\([^ ]*\\).*\$/\\1/p"
}

# sim_until COMMAND...: waits until it succeeds; five minutes and more, which only ends what hangs
sim_until() {
	sim_tries=0
	until "$@" >/dev/null 2>&1; do
		sim_tries=$((sim_tries + 1))
		test $sim_tries -lt 3000 || return 1
		sleep 0.1
	done
}

sim_identify='<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/>
<s:Body><i:Identify/></s:Body></s:Envelope>'

# sim_get CLASS: a WS-MAN Get
sim_get() {
	cat <<XML
<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header>
<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To>
<w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/$1</w:ResourceURI>
<a:MessageID>uuid:1</a:MessageID>
<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
</s:Header><s:Body/></s:Envelope>
XML
}

# sim_curl FILE URL [OPTION...]: posts the file with the admin's login; prints the status, the
# reply is in ./reply
sim_curl() {
	sim_body=$1 sim_url=$2
	shift 2
	curl --silent --max-time 120 --digest --user "admin:$sim_password" "$@" \
		--output reply --write-out '%{http_code}' --data-binary "@$sim_body" "$sim_url"
}

sim_password='Str0ng-Pass'

# sim_check TEXT: the check character of a PID or PPS group
sim_check() {
	sim_sum=0
	for c in $(printf '%s' "$1" | od -An -tu1); do
		sim_sum=$((sim_sum + c))
	done
	sim_rest=$((sim_sum % 36))
	test $sim_rest -lt 10 && sim_code=$((48 + sim_rest)) || sim_code=$((55 + sim_rest))
	printf "\\$(printf %o $sim_code)"
}

# sim_pairs COUNT: key pairs as CSV
sim_pairs() {
	echo 'pid,pps,mebx_password'
	sim_n=0
	while test $sim_n -lt "$1"; do
		sim_pid7=$(printf 'TEST%03d' $sim_n)
		printf '%s%s,' "$sim_pid7" "$(sim_check "$sim_pid7")"
		for group in AAA BBB CCC DDD EEE FFF GGG; do
			printf '%s%s' "$group" "$(sim_check $group)"
		done
		group=$(printf '%03d' $sim_n)
		printf '%s%s,Mebx-Pass%d\n' "$group" "$(sim_check "$group")" $sim_n
		sim_n=$((sim_n + 1))
	done
}

# sim_key NAME BITS: NAME.key, of 2048 or 3072 bits, another one at each call. They are the last of the
# simulator's pool, which begins with the first: to make them anew costs more than many a script.
sim_left_2048=63 sim_left_3072=79
sim_key() {
	case $2 in
	2048) sim_number=$sim_left_2048 sim_left_2048=$((sim_left_2048 - 1)) ;;
	3072) sim_number=$sim_left_3072 sim_left_3072=$((sim_left_3072 - 1)) ;;
	esac
	openssl pkey -in "$SHARNESS_TEST_SRCDIR/../../src/sim/testkeys/test-key-$sim_number.pem" -out "$1.key"
}

# sim_root NAME: NAME.pem with NAME.key
sim_root() {
	sim_key "$1" 2048 && openssl req -x509 -new -key "$1.key" -sha256 -days 3650 -out "$1.pem" \
		-subj "/CN=Test $1" 2>/dev/null
}

# sim_leaf NAME ROOT CN: a provisioning certificate under that root
sim_leaf() {
	printf '[v3]\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >leaf.cnf
	sim_key "$1" 2048 && openssl req -new -key "$1.key" -sha256 -out "$1.csr" \
		-subj "/OU=Intel(R) Client Setup Certificate/CN=$3" 2>/dev/null &&
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -sha256 \
			-days 365 -extfile leaf.cnf -extensions v3 -out "$1.pem" 2>/dev/null
}

md5() {
	printf '%s' "$1" | md5sum | cut -d' ' -f1
}

# sim_digest HEADER-FILE USER PASSWORD METHOD TARGET: the Authorization header for the challenge
sim_digest() {
	sim_challenge=$(grep -i '^WWW-Authenticate:' "$1" | tr -d '\r')
	sim_realm=$(printf '%s' "$sim_challenge" | sed 's/.*realm="\([^"]*\)".*/\1/')
	sim_nonce=$(printf '%s' "$sim_challenge" | sed 's/.*nonce="\([^"]*\)".*/\1/')
	sim_ha1=$(md5 "$2:$sim_realm:$3")
	sim_ha2=$(md5 "$4:$5")
	sim_response=$(md5 "$sim_ha1:$sim_nonce:00000001:0a4f113b:auth:$sim_ha2")
	printf 'Authorization: Digest username="%s",realm="%s",nonce="%s",uri="%s",' \
		"$2" "$sim_realm" "$sim_nonce" "$5"
	printf 'response="%s",qop=auth,nc=00000001,cnonce="0a4f113b"' "$sim_response"
}

# sim_request FILE [HEADER]: a whole HTTP request with this body, after whose answer the device hangs up
sim_request() {
	printf 'POST /wsman HTTP/1.1\r\nHost: device\r\nContent-Type: application/soap+xml\r\nConnection: close\r\n'
	test -z "$2" || printf '%s\r\n' "$2"
	printf 'Content-Length: %d\r\n\r\n' "$(wc -c <"$1")"
	cat "$1"
}
