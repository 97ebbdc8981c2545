#!/bin/sh
test_description='outband wsman --direct: one PC without the service'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22020

direct() { # COMMAND ARGUMENT...: on the PC $pc
	command=$1
	shift
	"$OUTBAND" wsman "$command" "$@" --direct "$pc:$base" --password-file admin.txt $tls
}

test_expect_success 'a clear and a TLS device' '
	echo "$sim_password" >admin.txt && echo wrong >wrong.txt &&
	sim_start $base --base 127.1.22.1 --generation 11.8,16.1 --devices 2 --state configured --tls server \
		--admin-password-file admin.txt
'

tls=--tls pc=127.1.22.1
test_expect_success 'identify, get, enumerate over TLS' '
	direct identify >out && grep -q "ProductVersion = AMT 11.8" out &&
	direct get AMT_GeneralSettings >out && grep -q "^HostName = pc0$" out &&
	direct get amt_generalsettings --json >get.json && test "$(json get.json "d[\"HostName\"]")" = pc0 &&
	direct enumerate AMT_TLSSettingData >out && grep -q "^AMT_TLSSettingData, 2 of 2:" out &&
	direct enumerate AMT_TLSSettingData --json >enum.json && test "$(json enum.json "len(d)")" = 2
'

test_expect_success 'what the PC showed, on --verbose' '
	direct identify -v >out 2>err && grep -q "it is Intel(R) Active Management Technology 11.8" err &&
	sed -n "s/.*certificate \([0-9a-f]\{64\}\).*/\1/p" err >pin && test -s pin &&
	direct identify --pin "$(cat pin)" >out &&
	! direct identify --pin "$(tr 0-9a-f 1-9a-f0 <pin)" >out 2>err && grep -q "" err
'

test_expect_success 'old TLS is tried when there is no new one' '
	direct identify -v 2>err >out && { grep -q "TLS 1.2\|TLS 1.3" err || grep -q "trying the versions of old" err; } &&
	pc=127.1.22.2 && direct identify >out && grep -q "AMT 16.1" out
'

test_expect_success 'put changes only what it names' '
	direct get AMT_GeneralSettings >before &&
	direct put AMT_GeneralSettings HostName=renamed PingResponseEnabled=false >out &&
	direct get AMT_GeneralSettings >after &&
	sed "s/^HostName = .*/HostName = renamed/; s/^PingResponseEnabled = .*/PingResponseEnabled = false/" before >want &&
	test_cmp want after
'

test_expect_success 'wrong values are refused before anything is sent' '
	refused 3 "PingResponseEnabled" wsman put AMT_GeneralSettings PingResponseEnabled=maybe \
		--direct $pc:$base --password-file admin.txt --tls &&
	refused 2 "no pair" wsman put AMT_GeneralSettings HostName --direct $pc:$base --password-file admin.txt --tls &&
	refused 2 "begins with AMT_" wsman get Nonsense --direct $pc:$base --password-file admin.txt --tls
'

test_expect_success 'invoke' '
	direct invoke AMT_TimeSynchronizationService GetLowAccuracyTimeSynch >out &&
	grep -q "^Ta0 = [0-9]" out && grep -q "^ReturnValue = 0" out &&
	direct invoke CIM_PowerManagementService RequestPowerStateChange PowerState=8 \
		"ManagedElement=CIM_ComputerSystem{CreationClassName=CIM_ComputerSystem,Name=ManagedSystem}" >out &&
	grep -q "^ReturnValue = 0" out &&
	refused 3 "is not a reference" wsman invoke CIM_PowerManagementService RequestPowerStateChange \
		PowerState=8 ManagedElement=nothing --direct $pc:$base --password-file admin.txt --tls &&
	direct invoke AMT_TimeSynchronizationService GetLowAccuracyTimeSynch --json >out.json && json out.json d
'

test_expect_success 'create and delete' '
	direct create AMT_SystemDefensePolicy PolicyName=quarantine PolicyPrecedence=10 TxDefaultDrop=true \
		TxDefaultMatchEvent=false TxDefaultCount=true RxDefaultDrop=true RxDefaultMatchEvent=false \
		RxDefaultCount=true InstanceID=0 AntiSpoofingSupport=0 >out && grep -q AMT_SystemDefensePolicy out &&
	direct enumerate AMT_SystemDefensePolicy --json >list.json &&
	test "$(json list.json "[p[\"PolicyName\"] for p in d]")" = "['"'quarantine'"']" &&
	id=$(json list.json "d[0][\"InstanceID\"]") &&
	refused 2 "which AMT_SystemDefensePolicy" wsman delete AMT_SystemDefensePolicy --direct $pc:$base --password-file admin.txt --tls &&
	refused 3 "PolicyPrecedence" wsman create AMT_SystemDefensePolicy PolicyPrecedence=high --direct $pc:$base --password-file admin.txt --tls &&
	direct delete AMT_SystemDefensePolicy --selector "InstanceID=$id" >out && grep -q "^Deleted" out &&
	direct enumerate AMT_SystemDefensePolicy --json >list.json && test "$(json list.json "len(d)")" = 0 &&
	refused 6 "" wsman delete AMT_SystemDefensePolicy --selector "InstanceID=$id" --direct $pc:$base --password-file admin.txt --tls
'

test_expect_success 'classes that nobody knows' '
	refused 6 "no such class" wsman get AMT_Unheard --direct $pc:$base --password-file admin.txt --tls &&
	refused 6 "AMT_GeneralSettings is" wsman get AMT_GeneralSetings --direct $pc:$base --password-file admin.txt --tls
'

test_expect_success 'a wrong password is sent once' '
	before=$(sim_ctl stats $pc | sim_field failed_logins) &&
	refused 5 "refused user" wsman get AMT_GeneralSettings --direct $pc:$base --password-file wrong.txt --tls &&
	test $(sim_ctl stats $pc | sim_field failed_logins) -eq $((before + 1)) && ! grep -q wrong$ err
'

test_expect_success 'the password may come from the environment' '
	OUTBAND_PASSWORD=$sim_password "$OUTBAND" wsman identify --direct $pc:$base --tls >out &&
	test_expect_code 2 setsid "$OUTBAND" wsman identify --direct $pc:$base --tls </dev/null 2>err &&
	grep -q "OUTBAND_PASSWORD" err
'

test_expect_success 'nobody there' '
	refused 4 "127.1.22.9" wsman identify --direct 127.1.22.9:$base --password-file admin.txt &&
	refused 2 "HOST or HOST:BASE" wsman identify --direct 127.1.22.9:x --password-file admin.txt
'

tls= pc=127.1.22.31
test_expect_success 'without TLS' '
	sim_stop &&
	sim_start $base --base $pc --generation 9.5 --state configured --tls off --admin-password-file admin.txt &&
	direct get AMT_GeneralSettings -v >out 2>err && grep -q "^HostName" out && grep -q "not encrypted" err &&
	# one listener plays all PCs, so a closed port takes the connection and resets it: the reset
	# comes before the handshake (4) or within it (5)
	{ "$OUTBAND" wsman identify --direct $pc:$base --password-file admin.txt --tls >out 2>err; code=$?; } &&
	cat err && { test $code = 4 || test $code = 5; } && grep -q "without --tls" err
'

test_done
