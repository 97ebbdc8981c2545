#!/bin/sh
test_description='outband: PCs that others configured are taken over, unchanged, and handed over again'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22270 base=22274 a=127.1.28.1 b=127.1.28.2

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

health_is() { # DEVICE RULE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['health_rule']")" = "$2"
}

# What the PC $1 tells of itself to somebody else: it must stay so.
picture() { # ADDRESS
	for class in AMT_GeneralSettings AMT_TLSSettingData AMT_RedirectionService AMT_PublicKeyCertificate; do
		"$OUTBAND" wsman enumerate $class --direct "$1:$base" --tls --password-file admin.txt || return 1
	done
}

test_expect_success 'two PCs that somebody else configured' '
	echo "$sim_password" >admin.txt && serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	"$OUTBAND" setting set drift.repair auto && "$OUTBAND" setting set job.retry_s 1 &&
	sim_start $base --base $a --generation 11.8 --devices 2 --state configured --tls server \
		--suffix example.com --host-name "desk{n}" --admin-password-file admin.txt &&
	picture $a >before
'

test_expect_success 'a preview takes nothing; bad lines are told without their passwords' '
	printf "Name;IP Address;AMT password;TLS\r\ndesk;$a;$sim_password;yes\r\n;;Secret-Word-1;yes\r\npc;$b;Secret-Word-2;perhaps\r\n" >list.csv &&
	test_expect_code 3 "$OUTBAND" device adopt list.csv --preview >out 2>err && cat err &&
	grep -q "list.csv:3: .*neither address" err && grep -q "list.csv:4: .*tls.*perhaps" err &&
	! grep -q Secret-Word err && "$OUTBAND" device list --json >list.json && test "$(json list.json "len(d)")" = 0
'

test_expect_success 'a user of a directory cannot log in; one of the PC can' '
	printf "%s\n" "ip,user,password" "$b,CORP\\bob,Secret-Word-3" "$a,helpdesk,Secret-Word-3" >users.csv &&
	test_expect_code 3 "$OUTBAND" device adopt users.csv --preview >out 2>err && cat out err &&
	grep -q "users.csv:2: .*no digest user" err && test $(grep -c "users.csv:" err) -eq 1 && ! grep -q Secret-Word err
'

test_expect_success 'by address alone: its UUID is asked, its name kept, nothing changed' '
	printf "Name;IP Address;AMT password;TLS\r\ndesk;$a;$sim_password;yes\r\n" >list.csv &&
	"$OUTBAND" device adopt list.csv >out && cat out && grep -q "1 added" out && sim_until state_is $a adopted &&
	picture $a >after && test_cmp before after &&
	"$OUTBAND" device list --json >list.json && test "$(json list.json "len(d), d[0][\"version\"][:4]")" = "(1, '"'11.8'"')"
'

test_expect_success 'who owns it' '
	"$OUTBAND" device owner $a >out && cat out && grep -q "others configured it" out && grep -q "realm .*Digest:" out &&
	grep -q "TLS certificate .*issued by" out && grep -q "control mode .*admin" out && grep -q "users .*0 beside" out
'

test_expect_success 'a wrong password: one login each, then the right one of the list' '
	printf "[{\"name\":\"desk\",\"host\":\"$b\",\"intelamt\":{\"user\":\"admin\",\"pass\":\"Wrong-Word-1\",\"tls\":1}}]" >mesh.json &&
	"$OUTBAND" device adopt mesh.json && sim_until health_is $b D051 &&
	printf "$sim_password\n" >more.txt && "$OUTBAND" setting set login.tries 3 &&
	"$OUTBAND" device adopt mesh.json --passwords-from more.txt && sim_until state_is $b adopted
'

test_expect_success 'another UUID than imported is refused' '
	"$OUTBAND" device forget $b --yes && printf "address,uuid,password\n$b,00112233-4455-6677-8899-aabbccddeeff,$sim_password\n" >other.csv &&
	"$OUTBAND" device adopt other.csv && sim_until health_is 00112233-4455-6677-8899-aabbccddeeff D045 &&
	"$OUTBAND" device forget 00112233-4455-6677-8899-aabbccddeeff --yes
'

test_expect_success 'handed over, and that is audited' '
	test_expect_code 2 "$OUTBAND" device export $a >out 2>err && "$OUTBAND" device export $a --reveal >out &&
	grep -q "admin,current,admin,server,$sim_password" out && "$OUTBAND" audit list >audit && grep -q "device.export" audit
'

test_expect_success 'its plan is shown, nothing is repaired; apply makes it ours' '
	"$OUTBAND" device plan $a >out && cat out && state_is $a adopted && picture $a >after && test_cmp before after &&
	"$OUTBAND" device apply $a --wait && state_is $a configured
'

test_expect_success 'no secret in logs or database' '
	! grep -rqF -e "$sim_password" -e Wrong-Word -e Secret-Word serve.log data && serve_stop
'

test_done
