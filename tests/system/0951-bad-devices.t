#!/bin/sh
test_description='outband serve: PCs that answer with anything but what they should, over real TLS'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

port=29530

# Each line: fault, word in what was seen, word in what is wanted
cat >bad <<'ROWS'
refuse;connection|reset;an answer of 127|no firewall between
http10;.;.
no_http;220 mail;HTTP/1.1
html;text/html;application/soap
xml_bomb;application/soap;envelope
huge_body;104857600;1048576 bytes
endless_body;more after;1048576 bytes
endless_head;more after;empty line
chunk_extension;10.ext=value;hex digits
interim=20;100;final status
ROWS
cat >good <<'ROWS'
drop_at=1:0,drop_at=1:9,drop_at=1:300
interim=1
split=7
drop_at=3:200
drop_at=9:1000
ROWS

fleet_files() {
	{
		printf 'waits: off\ngroups:\n'
		{ cut -d';' -f1 bad && cat good; } | while read -r fault; do
			n=$((n + 1))
			printf -- '- { count: 1, base: 127.82.0.%d, generation: 16.1, state: setup-pki,' "$n"
			printf ' roots: root.pem, suffix: example.com, fault: "%s" }\n' "$fault"
		done
	} >fleet.yaml
}
ended() { "$OUTBAND" job list >jobs && test "$(grep -c " delayed " jobs) $(grep -c " done " jobs)" = "10 5"; }

test_expect_success 'every job ends: what is only odd is configured, the rest is told' '
	fleet_service $((port + 4)) $port && fleet_files && fleet_names fleet.yaml $port &&
	"$OUTBAND" device import names.csv && "$OUTBAND" setting set workers 4 &&
	"$OUTBAND" setting set job.retry_s 3600 &&
	sim_start $port fleet.yaml --hello 127.0.0.1:$((port + 4)) && fleet_until 90 ended
'

n=0
while IFS=';' read -r fault seen want; do
	n=$((n + 1)) pc=127.82.0.$n
	test_expect_success "$fault: the error says what was seen and what is wanted" '
		fleet_until 30 fleet_error $pc "(D057)?" . && json device.json "d[\"job\"][\"error\"][\"seen\"]" >seen &&
		json device.json "d[\"job\"][\"error\"][\"want\"]" >want && cat seen want &&
		grep -E -e "$seen" seen && grep -E -e "$want" want
	' || break
done <bad

# A sanitizer's memory is not the service's.
[ -n "${OUTBAND_SANITIZED:-}" ] || test_set_prereq OWN_MEMORY
test_expect_success OWN_MEMORY 'no reply, however long, made the service large' '
	test "$(sed -n "s/VmHWM:[^0-9]*\([0-9]*\).*/\1/p" /proc/$serve_pid/status)" -lt 60000
'

test_expect_success 'the end' '
	sim_stop && serve_stop
'

test_done
