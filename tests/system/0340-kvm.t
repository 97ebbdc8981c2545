#!/bin/sh
test_description='outband kvm: a viewer that we did not write sees the PC, through the bridge and on port 5900'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

if ! test -x "${KVM_VIEWER:-/nothing}"; then
	skip_all='libvncclient is not installed: no viewer was built'
	test_done
fi
base=22370 listen=22380 port_5900=22381
clear=127.22.38.1 tls=127.22.38.2 none=127.22.38.3 client=127.22.39.1

# ob ADDRESS COMMAND...: with that PC
ob() {
	at=$1
	shift
	test "$at" = $tls && s=--tls || s=
	"$OUTBAND" "$@" --direct "$at:$base" --password-file admin.txt --timeout 20 $s
}

# no EXIT PATTERN ADDRESS COMMAND...
no() {
	want=$1 pattern=$2 at=$3
	shift 3
	test "$at" = $tls && s=--tls || s=
	refused "$want" "$pattern" "$@" --direct "$at:$base" --password-file "${password:-admin.txt}" $s
}

kvm() {
	sim_ctl kvm "$1" | sim_field "$2"
}

# bridge ADDRESS OPTION...: in the background, its pid in $bridge
bridge() {
	at=$1
	shift
	test "$at" = $tls && s=--tls || s=
	: >bridge.out
	"$OUTBAND" kvm --direct "$at:$base" --password-file admin.txt --listen $listen $s "$@" >bridge.out 2>bridge.err &
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

test_expect_success 'PCs with and without TLS, without KVM, in client control mode' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	kvm_port: $port_5900
	groups:
	  - {count: 3, base: $clear, generation: [11.8, 16.1, 5.0], state: configured, admin_password_file: admin.txt}
	  - {count: 1, base: $client, generation: 11.8, state: configured, control_mode: client, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off &&
	ob $clear wsman put IPS_OptInService OptInRequired=0 >/dev/null && ob $tls wsman put IPS_OptInService OptInRequired=0 >/dev/null
'

test_expect_success 'refused before a port is opened: no KVM, switched off, other machines' '
	no 6 "no KVM" $none kvm --listen $listen && no 3 "switched off" $clear kvm --listen $listen &&
	no 2 "others than this machine" $clear kvm --listen 0.0.0.0:$listen &&
	no 2 "others than this machine" $clear kvm --listen [::]:$listen && no 2 "no address" $clear kvm --listen nowhere
'

for at in $clear $tls; do
	test_expect_success "$at: the viewer sees the pattern, types and points" "
		bridge $at --enable && view 127.0.0.1 $listen >said && grep -q 'AMT KVM: pattern, key and pointer' said &&
		test \"\$(kvm $at last_key)\" = 0x71 && test \"\$(kvm $at pointer)\" = 100,150,1 &&
		gone() { test \"\$(kvm $at session)\" = none; } && sim_until gone
	"
	test_expect_success "$at: and a second one after it" "
		view 127.0.0.1 $listen >said && bridge_end && grep -q '2 sessions' bridge.err
	"
done

test_expect_success 'one session each: the PC says busy to another console, the bridge to another viewer' '
	bridge $clear && { timeout 300 bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; read -r -n 12 hello <&3; echo \$hello >hello; cat <&3 >/dev/null" & } &&
	holder=$! && is_open() { test "$(kvm $clear session)" = open; } && sim_until is_open && sim_until test -s hello &&
	grep -q "RFB 003.008" hello && ! view 127.0.0.1 $listen && grep -q "sent away" bridge.err &&
	ob $clear kvm status >said && grep -q "in use" said && no 3 "KVM" $clear power off --yes;
	first_ok=$?; first=$bridge; listen=$((listen + 2)); bridge $clear && ! view 127.0.0.1 $listen && grep -q "another console" bridge.err;
	r=$?; bridge_end; bridge=$first; listen=$((listen - 2)); bridge_end; kill $holder 2>/dev/null; test "$first_ok $r" = "0 0"
'

test_expect_success 'a session that is ended elsewhere says why' '
	bridge $clear --once &&
	{ timeout 300 bash -c "exec 3<>/dev/tcp/127.0.0.1/$listen; printf \"RFB 003.008\\n\\001\\001\" >&3; cat <&3 >/dev/null" & } &&
	shows() { test "$(kvm $clear shows) $(kvm $clear session)" = "yes open"; } && sim_until shows &&
	{ ! command -v ss || ss -tno dst $clear | grep keepalive; } && # a PC whose cable was pulled is noticed
	ob $clear wsman invoke IPS_KVMRedirectionSettingData TerminateSession && { wait $bridge; test $? -eq 0; } &&
	grep -q "0x80862100, it was ended from elsewhere" bridge.err
'

test_expect_success 'why viewers may see nothing is said before they do (M16)' '
	sim_ctl fault $clear no_monitor && ob $clear kvm status >said && grep -q "active screens  *none" said && grep -q "M16: no screen is active" said &&
	sim_ctl fault $clear big_screen && bridge $clear && bridge_end && grep -q "M16: a picture of 15 MB is more than the 8 MB" bridge.err &&
	sim_ctl fault $clear none && ob $clear kvm status >said && grep -q "active screens  *640x480" said && ! grep M16 said
'

test_expect_success 'a wrong password is sent once' '
	echo Wr0ng-Pass >wrong.txt && before=$(sim_ctl stats $clear | sim_field failed_logins) &&
	password=wrong.txt no 5 password $clear kvm --listen $listen && 
	test "$(sim_ctl stats $clear | sim_field failed_logins)" = $((before + 1))
'

test_expect_success 'client control mode: not without consent, with the code it works' '
	no 7 M24 $client kvm --enable --listen $listen && ob $client consent request &&
	bridge $client --code "$(sim_ctl consent $client | sim_field code)" --once && view 127.0.0.1 $listen >said && wait $bridge &&
	sim_ctl consent $client | grep -q "state=received"
'

test_expect_success 'the code is asked for on a terminal: one that is mistyped is not sent' '
	ob $client consent cancel && CODE_FROM="$OUTBAND sim ctl --ctl ctl consent $client" timeout 300 ruby "$SHARNESS_TEST_SRCDIR/console_pty.rb" consent \
		"$OUTBAND" kvm --direct $client:$base --password-file admin.txt --listen $listen --ask-consent &&
	sim_ctl consent $client | grep -q "state=received"
'

test_expect_success 'port 5900: closed until it is switched on, then with its own password' '
	echo "P@ssw0rd" >rfb.txt && ! view $clear $port_5900 rfb.txt &&
	ob $clear wsman put IPS_KVMRedirectionSettingData Is5900PortEnabled=true RFBPassword=P@ssw0rd >/dev/null &&
	view $clear $port_5900 rfb.txt >said && grep -q pattern said && echo Wr0ng.pw >bad.txt && ! view $clear $port_5900 bad.txt
'

test_done
