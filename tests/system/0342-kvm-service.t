#!/bin/sh
test_description='outband kvm through the service: it logs in, and a viewer that we did not write sees the PC'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

if ! test -x "${KVM_VIEWER:-/nothing}"; then
	skip_all='libvncclient is not installed: no viewer was built'
	test_done
fi
base=23410 listen=23420
clear=127.23.41.1 tls=127.23.41.2 none=127.23.41.3 client=127.23.42.1

ob() {
	"$OUTBAND" "$@"
}

kvm() {
	sim_ctl kvm "$1" | sim_field "$2"
}

session_is() {
	test "$(kvm "$1" session)" = "$2"
}

all_are() { # STATE COUNT
	test "$(ob device list --json | python3 -c 'import json,sys; print([d["state"] for d in json.load(sys.stdin)].count(sys.argv[1]))' "$1")" = "$2"
}

# bridge PC OPTION...: in the background, its pid in $bridge
bridge() {
	: >bridge.out
	"$OUTBAND" kvm "$@" --listen $listen >bridge.out 2>bridge.err &
	bridge=$!
	sim_pids="$sim_pids $bridge"
	sim_until grep -q "VNC viewers reach" bridge.out
}

bridge_end() {
	kill -INT "$bridge"
	wait "$bridge"
}

view() {
	timeout 300 "$KVM_VIEWER" "$@" 2>viewer.err
}

# hold_screen SECONDS: a viewer that greets and then does nothing, its pid in $holder
hold_screen() {
	rm -f hello
	timeout "$1" bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; read -r -n 12 hello <&3; echo \$hello >hello; cat <&3 >/dev/null" &
	holder=$!
	sim_until test -s hello
}

test_expect_success 'a service that knows PCs with and without TLS, without KVM, in client control mode' '
	echo "P@ssw0rd1" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 342
	groups:
	  - {count: 1, base: $clear, generation: 11.8, state: configured, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: $tls, generation: 16.1, tls: server, state: configured, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: $none, generation: 5.0, state: configured, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, base: $client, generation: 11.8, state: configured, control_mode: client, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 23430 && ob setting set device.port_base $base &&
	{ echo address,password,tls && echo "$clear,P@ssw0rd1,false" && echo "$tls,P@ssw0rd1,true" && echo "$none,P@ssw0rd1,false" &&
	echo "$client,P@ssw0rd1,false"; } >adopt.csv && ob device adopt adopt.csv && sim_until all_are adopted 4 &&
	for n in $clear:$base "$tls:$base --tls"; do
		ob wsman put IPS_OptInService OptInRequired=0 --direct $n --password-file admin.txt >/dev/null || return 1
	done
'

test_expect_success 'refused before a port is opened: unknown, several, no KVM, switched off, wrong options' '
	refused 3 "no PC is known as 127.23.41.99" kvm 127.23.41.99 --listen $listen &&
	refused 2 "names 2" kvm "127.23.41.[1-2]" --listen $listen &&
	refused 2 "one PC" kvm $clear $tls --listen $listen && refused 2 "no PC is named" kvm --listen $listen &&
	refused 2 "goes with --direct only" kvm $clear --tls --listen $listen &&
	refused 6 "no KVM" kvm $none --listen $listen && refused 3 "switched off" kvm $clear --listen $listen &&
	refused 2 "others than this machine" kvm $clear --listen 0.0.0.0:$listen
'

for at in $clear $tls; do
	test_expect_success "$at: the viewer sees the pattern, types and points; no password is asked" "
		bridge $at --enable && view 127.0.0.1 $listen >said && grep -q 'AMT KVM: pattern, key and pointer' said &&
		test \"\$(kvm $at last_key)\" = 0x71 && test \"\$(kvm $at pointer)\" = 100,150,1 && sim_until session_is $at none
	"
	test_expect_success "$at: and a second one after it" "
		view 127.0.0.1 $listen >said && bridge_end && grep -q '2 sessions' bridge.err
	"
done

test_expect_success 'a client is stopped (and looked at again at the end)' '
	: >still.out && { "$OUTBAND" kvm $tls --listen $((listen + 6)) >still.out 2>still.err & } && still=$! && sim_pids="$sim_pids $still" &&
	sim_until grep -q "VNC viewers reach" still.out &&
	{ timeout 600 bash -c "exec 3<>/dev/tcp/127.0.0.1/$((listen + 6)); cat <&3 >/dev/null" & } && sim_until session_is $tls open && kill -STOP $still
'

test_expect_success 'one session each: another command is told that the PC is busy, and for whom' '
	bridge $clear && hold_screen 300 && sim_until session_is $clear open && ! view 127.0.0.1 $listen && grep -q "sent away" bridge.err &&
	first=$bridge && listen=$((listen + 2)) && bridge $clear && { ! view 127.0.0.1 $listen; } && grep -q "another console has the KVM session.*: KVM session of uid:$(id -u) since 20" bridge.err;
	r=$?; bridge_end; listen=23420; kill $holder; wait $holder; bridge=$first; bridge_end; test $r -eq 0
'

test_expect_success 'a session that is ended elsewhere says why, and --once ends with it' '
	bridge $clear --once &&
	{ timeout 300 bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; printf \"RFB 003.008\\n\\001\\001\" >&3; cat <&3 >/dev/null" & } &&
	shows() { test "$(kvm $clear shows) $(kvm $clear session)" = "yes open"; } && sim_until shows &&
	ob wsman invoke IPS_KVMRedirectionSettingData TerminateSession --direct $clear:$base --password-file admin.txt &&
	{ wait $bridge; test $? -eq 0; } && grep -q "0x80862100, it was ended from elsewhere" bridge.err
'

test_expect_success 'client control mode: not without consent, with the code it works' '
	refused 7 M24 kvm $client --enable --listen $listen && ob consent request $client &&
	bridge $client --code "$(sim_ctl consent $client | sim_field code)" --once && view 127.0.0.1 $listen >said && wait $bridge &&
	sim_ctl consent $client | grep -q "state=received"
'

test_expect_success 'the timeline says who had the screen, and when it ended' '
	ob log >events && grep -q "device.line.*session=KVM.*what=opened.*actor=uid:" events && grep -q "device.line.*what=closed" events &&
	grep -q "what=closed.*msg=\"pc0.example.com ended the KVM session\"" events
'

test_expect_success 'a client that stands still lets the PC go, and hears why when it goes on' '
	session_is $tls open; sim_until session_is $tls none && kill -CONT $still && sim_until grep -q "let the PC go: this command stood still for 30 s" still.err &&
	kill -INT $still && { wait $still; test "$(grep -c "the session ended" still.err)" = 1; } && ob log | grep -q "device.line.*what=closed.*stood still"
'

test_expect_success 'the viewer goes: the PC is free at once; the service ends: it is said, and another try fails' '
	ob device trace $clear on && bridge $clear && hold_screen 300 && sim_until session_is $clear open && kill $holder && sim_until session_is $clear none &&
	traced() { ob device trace $clear show | grep -q "KVM: ended: in order; [1-9][0-9]* bytes came"; } && sim_until traced &&
	hold_screen 300 && sim_until session_is $clear open && serve_stop && sim_until grep -q "the session ended: the service is being stopped, and its lines to PCs with it" bridge.err &&
	{ view 127.0.0.1 $listen; wait $bridge; test $? -ne 0; } && grep -q "KVM of pc0.example.com: .*connecting to the service" bridge.err
'

test_done
