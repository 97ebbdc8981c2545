#!/bin/sh
test_description='serial over LAN under strain: random pieces, slow readers, a restart (SOL_MINUTES=10: ten minutes)'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

base=22230 near=22235
# of each of the two forms
seconds=5
[ -z "${SOL_MINUTES:-}" ] || seconds=$((SOL_MINUTES * 30))

# strain GENERATION [OPTION]...: the console through the relay; its line is said
strain() {
	device=$1
	shift
	python3 "$SHARNESS_TEST_SRCDIR/sol_peer.py" $seconds "$device" $base 127.22.31.9 $near \
		"$OUTBAND" console --direct 127.22.31.9:$near --password-file admin.txt "$@" >strain.out 2>strain.err ||
		{ cat strain.out strain.err && return 1; }
	cat strain.out && grep -q "1 restarts, .*: all equal$" strain.out
}

test_expect_success 'two PCs, one with TLS' '
	echo "$sim_password" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 303
	groups:
	  - {count: 1, base: 127.22.31.1, generation: 9.5, state: configured, redirection: sol, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.31.2, generation: 16.1, state: configured, tls: server, redirection: sol, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off
'

test_expect_success 'clear: no byte lost in either direction' 'strain 127.22.31.1'

test_expect_success 'over TLS: no byte lost in either direction' 'strain 127.22.31.2 --tls'

test_done
