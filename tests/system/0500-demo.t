#!/bin/sh
test_description='the demonstration: 48 of 50 PCs become configured, seen by curl and openssl

The checks themselves are in tests/demo/verify.sh; here each of them must have been made and have
gone well, by name.'

. /usr/share/sharness/sharness.sh

demo=$SHARNESS_TEST_SRCDIR/../demo
DEMO_PORT=25000
export OUTBAND DEMO_PORT

# went NAME: exactly one line says that this went well
went() {
	test "$(grep -c -F -x -e "ok $1" kept/verified)" = 1 || { grep -F -e "$1" kept/verified; false; }
}

test_expect_success 'the demonstration ends well, with 48 configured and 2 refused' '
	"$demo/demo.sh" --keep kept --then "$demo/verify.sh" >demo.out 2>demo.err || {
		grep -e "^not ok" demo.out
		tail -n 20 demo.err
		false
	} &&
	grep -q "^configured: 48, refused: 2, after" demo.out
'

test_expect_success 'nothing that it started is left' '
	! curl --silent --max-time 2 http://127.77.1.1:$DEMO_PORT/ && test ! -e kept/sim.sock &&
	! grep -q "^not ok" kept/verified
'

for name in '48 PCs are configured' '2 PCs are refused' 'a wrong password is answered 401' \
	'no secret in serve.log' 'no secret in sim.log' 'no secret in events.txt'; do
	test_expect_success "$name" 'went "$name"'
done

# a PC in one line: its name and how many checks must have gone well
sed -n 's/^ok \(pc[0-9]*\) \([^ ]*\).*/\1/p' kept/verified 2>/dev/null | sort -u >names
test_expect_success 'every one of the 50 PCs was looked at' 'test $(wc -l <names) = 50'

i=1
while test $i -le 48; do
	pc=pc$(printf %02d $i)
	for what in general.HostName general.DomainName general.PingResponseEnabled \
		redirection.EnabledState redirection.ListenerEnabled \
		tls.Enabled tls.MutualAuthentication tls.AcceptNonSecureConnections \
		leaf.serial leaf.issuer; do
		test_expect_success "$pc $what" 'went "$pc $what"'
	done
	test_expect_success "$pc kvm, or none in firmware without" '
		went "$pc kvm.EnabledState" || went "$pc kvm.absent"
	'
	test_expect_success "$pc has a timeline with its stages" '
		test $(grep -c "^ok $pc timeline " kept/verified) = 5
	'
	i=$((i + 1))
done

for pc in pc49 pc50; do
	test $pc = pc49 && rule=D043 || rule=D057
	for what in 'answers no stranger over TLS' 'answers no wrong PPS' 'answers nobody without TLS' \
		"is refused by $rule, with seen, want, hint and the next try" "says $rule in its log" \
		'has its next try in the list of jobs'; do
		test_expect_success "$pc $what" 'went "$pc $what"'
	done
done

test_done
