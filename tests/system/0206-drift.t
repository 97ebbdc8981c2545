#!/bin/sh
test_description='outband: a PC is changed behind the back of the service, which shows the difference and repairs it'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22140 base=22144 pc=127.1.24.1

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

differs_in() { # COUNT, as last seen
	"$OUTBAND" device drift $pc --json >drift.json && test "$(json drift.json "d['differences']")" = "$1"
}

test_expect_success 'a PC is configured with a profile of parts' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base &&
	cat >lab.yaml <<-EOF &&
	version: 1
	admin_password: random
	mebx_password: random
	names: fqdn
	clock: sync
	tls: server
	redirection: {sol: on, ider: on}
	power: {package: always, idle_wake_minutes: 10}
	consent: {required: kvm}
	alerts: {subscriptions: [{name: noc, url: "http://127.0.0.1:22149/amt", events: all}]}
	EOF
	"$OUTBAND" profile set lab lab.yaml && "$OUTBAND" setting set profile.default lab &&
	sim_pairs 1 >keys.csv && "$OUTBAND" key import keys.csv &&
	sim_start $base --base $pc --devices 1 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$port --speed 50 &&
	sim_until state_is $pc refused && "$OUTBAND" device list --json >list.json &&
	echo "$(json list.json "d[0][\"uuid\"]"),pc1.example.com" >names.csv &&
	"$OUTBAND" device import names.csv && sim_until state_is $pc configured && sim_until jobs_rest
'

test_expect_success 'right after that nothing differs' '
	"$OUTBAND" device plan $pc >plan && grep -q "nothing to do" plan &&
	"$OUTBAND" device drift >out && grep -q "^Every PC" out && differs_in 0
'

test_expect_success 'two fields are changed by another client' '
	"$OUTBAND" credential reveal $pc --json >out && json out "d[0][\"secret\"]" >pw &&
	"$OUTBAND" wsman put AMT_GeneralSettings IdleWakeTimeout=77 --direct $pc:$base --tls --password-file pw &&
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 --direct $pc:$base --tls --password-file pw &&
	"$OUTBAND" wsman invoke AMT_RedirectionService RequestStateChange RequestedState=32768 \
		--direct $pc:$base --tls --password-file pw
'

test_expect_success 'the plan has exactly these lines, and nothing was sent' '
	"$OUTBAND" device plan $pc >plan && cat plan &&
	cat >want <<-EOF &&
	  consent.required: none -> kvm
	  power.idle_wake_minutes: 77 -> 10
	  redirection: SOL off, IDE-R off -> SOL on, IDE-R on
	EOF
	sed 1d plan | LC_ALL=C sort >have && test_cmp want have && differs_in 3 &&
	"$OUTBAND" device drift --csv >out && grep -q "^pc1.example.com,3,lab" out &&
	"$OUTBAND" wsman get AMT_GeneralSettings --direct $pc:$base --tls --password-file pw >out &&
	grep -q "^IdleWakeTimeout = 77" out
'

test_expect_success 'apply repairs it, and only that' '
	"$OUTBAND" device apply $pc --wait >out 2>err && differs_in 0 &&
	"$OUTBAND" device plan $pc >plan && grep -q "nothing to do" plan &&
	"$OUTBAND" wsman get AMT_GeneralSettings --direct $pc:$base --tls --password-file pw >out &&
	grep -q "^IdleWakeTimeout = 10" out &&
	"$OUTBAND" log $pc --limit 1000 >out && test $(grep -c "step=power/" out) -eq 3 && grep "ev=device.drift" out
'

test_expect_success 'with repair on auto a look is enough' '
	"$OUTBAND" setting set drift.repair auto &&
	"$OUTBAND" wsman put AMT_GeneralSettings IdleWakeTimeout=78 --direct $pc:$base --tls --password-file pw &&
	"$OUTBAND" device drift $pc --check >out && sim_until differs_in 0 &&
	"$OUTBAND" wsman get AMT_GeneralSettings --direct $pc:$base --tls --password-file pw >out &&
	grep -q "^IdleWakeTimeout = 10" out
'

subscription() { # STATE
	"$OUTBAND" alert subscriptions --json >subs.json && test "$(json subs.json "d[0]['state']")" = "$1"
}

test_expect_success 'whether it still tells of events is seen, told, and mended by the same job' '
	"$OUTBAND" setting set drift.repair ask && subscription confirmed &&
	test "$("$OUTBAND" alert subscriptions --bad)" = "All PCs whose profile has alerts tell of events." &&
	"$OUTBAND" wsman enumerate CIM_FilterCollectionSubscription --direct $pc:$base --tls --password-file pw >out &&
	python3 "$SHARNESS_TEST_SRCDIR/alert_peer.py" unsubscribe "Intel(r) AMT:All" name0 >request.xml &&
	curl -sk --digest -u "admin:$(cat pw)" -H "Content-Type: application/soap+xml" --data-binary @request.xml https://$pc:$((base + 1))/wsman >out &&
	grep -q UnsubscribeResponse out && "$OUTBAND" alert show $pc >out && grep -q "Nobody is told" out &&
	subscription missing && "$OUTBAND" alert subscriptions --bad >out && grep -q "pc1.example.com.*missing.*noc: absent.*device apply" out &&
	"$OUTBAND" log $pc >out && grep -q "ev=alerts.lost.*noc: absent" out &&
	"$OUTBAND" setting set drift.repair auto && "$OUTBAND" alert show $pc >out && sim_until subscription confirmed &&
	"$OUTBAND" alert show $pc >out && grep -q 22149 out && "$OUTBAND" log $pc >out && grep -q "ev=alerts.back" out &&
	refused 2 "hours" alert subscriptions --hours 0
'

test_expect_success 'what cannot be looked at' '
	refused 3 "no device" device drift nobody.example.com
'

test_expect_success 'a PC that does not answer' '
	sim_stop && refused 6 "refused" device drift $pc --check && "$OUTBAND" job list --state delayed >out &&
	grep -q check out && state_is $pc configured
'

test_expect_success 'no secret in logs or database' '
	! grep -rqF -e "$(cat pw)" serve.log data && serve_stop
'

test_done
