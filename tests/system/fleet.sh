# What the scripts from 0600 on share: a service that can configure, the names of a fleet, and a
# client that is not ours. Sourced after sim.sh and cli.sh.

fleet_profile='version: 1
admin_password: random
mebx_password: random
names: fqdn
clock: sync
tls: server
redirection: {sol: on, ider: on}
kvm: on
ping: on
'

# fleet_service HELLO-PORT DEVICE-PORT: with a certificate for setup.example.com under ./root.pem
fleet_service() {
	sim_root root && sim_leaf leaf root setup.example.com && cat leaf.pem root.pem leaf.key >provisioning.pem &&
		printf '%s' "$fleet_profile" >profile.yaml && serve_start "$1" &&
		"$OUTBAND" setting set device.port_base "$2" >/dev/null &&
		"$OUTBAND" cert import test provisioning.pem >/dev/null &&
		"$OUTBAND" profile set baseline profile.yaml >/dev/null
}

# strong_chain ROOT LEAF CN: RSA-3072 and SHA-384, as AMT 22 wants them
strong_chain() {
	sim_key "$1" 3072 && openssl req -x509 -new -key "$1.key" -sha384 -days 3650 -out "$1.pem" \
		-subj "/CN=Test $1" 2>/dev/null && sim_key "$2" 3072 &&
		openssl req -new -key "$2.key" -sha384 -out "$2.csr" \
			-subj "/OU=Intel(R) Client Setup Certificate/CN=$3" 2>/dev/null &&
		openssl x509 -req -in "$2.csr" -CA "$1.pem" -CAkey "$1.key" -CAcreateserial -sha384 \
			-days 365 -extfile leaf.cnf -extensions v3 -out "$2.pem" 2>/dev/null
}

# fleet_names FLEET-FILE PORT-BASE: names.csv for its UUIDs, learned from a run without hellos
fleet_names() {
	sim_start "$2" "$1" && sim_ctl list | sim_field uuid >uuids && sim_stop &&
		awk '{ printf "%s,pc%02d.example.com\n", $1, NR }' uuids >names.csv
}

# fleet_count: how many devices themselves say that they are configured
fleet_count() {
	sim_ctl list | grep -c ' state=configured '
}

# fleet_until SECONDS COMMAND...: a busy machine may take ten times as long
fleet_until() {
	fleet_end=$(($(date +%s) + 10 * $1))
	shift
	until "$@" >/dev/null 2>&1; do
		test "$(date +%s)" -le $fleet_end || return 1
		sleep 0.1
	done
}

# fleet_opens ADDRESS PORT-BASE FILE: curl posts the file with the stored password of that PC
fleet_opens() {
	fleet_uuid=$(sim_ctl list "$1" | sim_field uuid)
	"$OUTBAND" credential reveal "$fleet_uuid" --json | python3 -c '
import json, sys
(pw,) = [r["secret"] for r in json.load(sys.stdin) if r["state"] == "current"]
print("user = \"admin:%s\"" % pw.replace("\\", "\\\\").replace("\"", "\\\""))' >login || return 1
	curl --silent --max-time 120 --insecure --digest --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 -K - \
		--data-binary "@$3" --output reply --write-out '%{http_code}' "https://$1:$(($2 + 1))/wsman" \
		<login >status
	rm -f login
	test "$(cat status)" = 200 || { cat status && return 1; }
}

# fleet_error ADDRESS RULE WORD: the job of that PC failed, see fleet_why
fleet_error() {
	fleet_uuid=$(sim_ctl list "$1" | sim_field uuid)
	"$OUTBAND" device show "$fleet_uuid" --json >device.json && fleet_why "$2" "$3"
}

# fleet_why RULE WORD: ./device.json has an error with this rule ('' for none) and with the word in
# message, value or advice; what was seen, what is wanted and a hint are there
fleet_why() {
	python3 - "$1" "$2" <<-'PY'
	import json, re, sys
	e = (json.load(open('device.json'))['job'] or {}).get('error') or sys.exit('no error')
	bad = [k for k in ('msg', 'seen', 'want', 'hint') if not e.get(k)]
	if bad or not re.fullmatch(sys.argv[1], e.get('rule') or '') or \
	   not re.search(sys.argv[2], ' '.join(str(v) for v in e.values())):
	    sys.exit('missing %s in %s' % (bad, e))
	PY
}
