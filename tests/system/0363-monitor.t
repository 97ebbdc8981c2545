#!/bin/sh
test_description='presence, alarm, defense, webui, storage: what PCs watch and offer'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22458
at=127.22.49.1

on() {
	"$OUTBAND" "$@" --direct $at:$base --password-file admin.txt --timeout 20
}

# create REQUEST...: of alert_peer.py, sent by curl
create() {
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" create "$@" >request.xml &&
		test "$(sim_curl request.xml http://$at:$base/wsman)" = 200
}

test_expect_success 'a PC' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 363
	groups:
	  - {count: 1, base: $at, generation: [11.8], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.49.2, generation: [3.2.1], state: configured, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off
'

test_expect_success 'agents and their states' '
	on presence | grep -q "No agents are watched" &&
	create AMT_AgentPresenceWatchdog DeviceID=00112233445566778899AABBCCDDEEFF MonitoredEntityDescription=scanner StartupInterval=120 \
		TimeoutInterval=60 CreationClassName=0 SystemCreationClassName=0 SystemName=0 &&
	on presence --json >list && test "$(json list "(d[0][\"name\"], d[0][\"state\"], d[0][\"heartbeat_s\"])")" = "('"'scanner', 'not started', 60"')" &&
	json list "d[0][\"agent\"]" | grep -qi "33221100-5544-7766-8899-aabbccddeeff"
'

test_expect_success 'alarms are listed, added and deleted' '
	on alarm list | grep -q "no alarms" &&
	on alarm add nightly 2040-01-01T02:00:00Z --every P1DT0H && on alarm add once 2040-01-01T03:00:00Z &&
	on alarm list --json >list && test "$(json list "[(r[\"name\"], r[\"start\"][:16], r[\"once\"]) for r in d]")" = "[('"'nightly', '2040-01-01T02:00', False), ('once', '2040-01-01T03:00', True"')]" &&
	on alarm delete nightly && on alarm list --json >list && test "$(json list "[r[\"name\"] for r in d]")" = "['"'once'"']" &&
	refused 3 "no alarm" alarm delete nightly --direct $at:$base --password-file admin.txt &&
	refused 3 "has an alarm .once. already" alarm add once 2040-01-01T03:00:00Z --direct $at:$base --password-file admin.txt &&
	refused 6 "yet to come" alarm add past 2001-01-01T03:00:00Z --direct $at:$base --password-file admin.txt &&
	refused 2 "name .a.xff." alarm add "$(printf "a\\377")" 2040-01-01T03:00:00Z --direct $at:$base --password-file admin.txt &&
	for n in 1 2 3 4; do on alarm add more$n 2040-01-01T03:00:00Z || return 1; done &&
	refused 3 "as many alarms as" alarm add more 2040-01-01T03:00:00Z --direct $at:$base --password-file admin.txt &&
	for n in 1 2 3 4; do on alarm delete more$n || return 1; done &&
	refused 2 "whole minute" alarm add x tomorrow --direct $at:$base --password-file admin.txt
'

test_expect_success 'what old firmware lacks is an error with a reason, and not an empty list' '
	refused 6 "no alarm clock" alarm list --direct 127.22.49.2:$base --password-file admin.txt && test_must_be_empty out &&
	refused 6 "AMT 11 and later" storage --direct 127.22.49.2:$base --password-file admin.txt && test_must_be_empty out &&
	refused 6 "no audit log" auditlog --direct 127.22.49.2:$base --password-file admin.txt && test_must_be_empty out &&
	refused 2 "limit 391 is out of range" eventlog --limit 391 --direct 127.22.49.2:$base --password-file admin.txt
'

test_expect_success 'System Defense is switched at run time' '
	on defense show | grep -q "no System Defense" &&
	create AMT_SystemDefensePolicy PolicyName=quarantine PolicyPrecedence=10 TxDefaultDrop=true TxDefaultMatchEvent=false TxDefaultCount=true \
		RxDefaultDrop=true RxDefaultMatchEvent=false RxDefaultCount=true InstanceID=0 AntiSpoofingSupport=0 &&
	on defense show --json >list && test "$(json list "[r[\"policy\"] for r in d]")" = "['"'quarantine'"']" &&
	refused 2 "cut the network" defense on quarantine --direct $at:$base --password-file admin.txt &&
	on defense on quarantine --yes && on defense on quarantine --yes &&
	on defense show --json >list && test "$(json list "[(r[\"interface\"], r[\"acts\"]) for r in d if r[\"table\"] == \"active\"]")" = "[('"'wired', True"')]" &&
	on defense off quarantine && refused 3 "nothing is counted" defense reset --yes --direct $at:$base --password-file admin.txt &&
	on defense off quarantine && on defense show --json >list && test "$(json list "len(d)")" = 1 &&
	refused 3 "has no System Defense policy" defense on nothing --yes --direct $at:$base --password-file admin.txt &&
	refused 2 "wired or wireless" defense on quarantine --interface x --yes --direct $at:$base --password-file admin.txt
'

packets() { # of filter arp-in, one each 5 seconds
	on defense show --json >list && json list "[r[\"packets\"] for r in d if r[\"table\"] == \"counter\" and r[\"filter\"] == \"arp-in\"][0]"
}

some_came() {
	before=$(packets) && test "$before" -gt 2
}

test_expect_success 'what a filter counted is shown by its name, and begins at 0 again' '
	create AMT_Hdr8021Filter InstanceID=0 Name=arp-in HdrProtocolID8021=2054 FilterProfile=0 FilterDirection=1 ActionEventOnMatch=false \
		CreationClassName=0 SystemName=0 SystemCreationClassName=0 &&
	create AMT_SystemDefensePolicy PolicyName=watch PolicyPrecedence=20 TxDefaultDrop=false TxDefaultMatchEvent=false TxDefaultCount=true \
		RxDefaultDrop=false RxDefaultMatchEvent=false RxDefaultCount=true InstanceID=0 AntiSpoofingSupport=0 FilterCreationHandles=1 &&
	on defense on watch --yes && sim_until some_came && since=$(date +%s) &&
	on defense reset --yes | grep -q "begin at 0" && after=$(packets) && echo "$before before, $after after" &&
	test "$after" -lt $((before - 1 + ($(date +%s) - since + 1) / 5))
'

test_expect_success 'the page of the PC, and why there is none' '
	on webui | grep -q "serves its page: http://$at:$base" &&
	on webui --json >list &&
	test "$(json list "(d[0][\"tls\"], d[0][\"port\"])")" = "(False, $base)" &&
	"$OUTBAND" wsman invoke AMT_WebUIService RequestStateChange RequestedState=3 --direct $at:$base --password-file admin.txt >out &&
	on webui >said && grep -q "D105" said && on webui --json >list && test "$(json list "(d[0][\"served\"], d[0][\"rule\"])")" = "(False, '"'D105'"')"
'

# put PATH TEXT: another program stores that
store() {
	test "$(curl -s -o /dev/null -w "%{http_code}" --digest -u "admin:$sim_password" -X PUT --data-binary "$2" \
		"http://$at:$base/amt-storage/$1")" = 200
}

test_expect_success 'what software keeps in the PC, and whose it is' '
	on storage | grep -q "Nothing is stored" &&
	store Acme/Asset/tag 0815 && store Acme/Asset/tag?append= 4711 && store Zenith/Guard/state on &&
	on storage --json >list &&
	test "$(json list "[(r[\"vendor\"], r[\"app\"], r[\"name\"], r[\"bytes\"]) for r in d]")" = "[('"'Acme', 'Asset', 'tag', 8), ('Zenith', 'Guard', 'state', 2"')]" &&
	test "$(curl -s --digest -u "admin:$sim_password" "http://$at:$base/amt-storage/Acme/Asset/tag")" = 08154711 &&
	curl -s --digest -u "admin:$sim_password" -X DELETE "http://$at:$base/amt-storage/Acme" &&
	on storage --csv >list && test $(wc -l <list) -eq 2 && ! grep -q Acme list &&
	curl -s -o /dev/null -w "%{http_code}" "http://$at:$base/amt-storage/" | grep -q 401
'

test_done
