#!/bin/sh
test_description='a session through the service holds up jobs that would cut it; they say for whom they wait'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/media.sh"

base=23440
pc=127.23.44.1

if ! command -v genisoimage >/dev/null || ! command -v curl >/dev/null; then
	skip_all='needs genisoimage and curl'
	test_done
fi

ob() {
	"$OUTBAND" "$@"
}

state_is() { # STATE
	test "$(ob device show $pc --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["state"])')" = "$1"
}

job_field() { # KIND FIELD: of a job of that kind, one that is not done first
	ob job list --json >jobs && python3 -c 'import json,sys
rows = [r for r in json.load(open("jobs")) if r["kind"] == sys.argv[1]]
rows.sort(key=lambda r: (r["state"] != "done", r["created"]))
print(rows[-1][sys.argv[2]] if rows else "none")' "$1" "$2"
}

job_is() { # KIND STATE
	test "$(job_field "$1" state)" = "$2"
}

# rotate: in the background, its pid in $rotate; goes on when it waits for a session
rotate() {
	: >rotate.err
	"$OUTBAND" device rotate $pc --yes >rotate.out 2>rotate.err &
	rotate=$!
	sim_pids="$sim_pids $rotate"
	sim_until grep -q "queued waits for the end of the .* session of uid:$(id -u) since 20..-" rotate.err
}

serve_cd() {
	: >media.err
	"$OUTBAND" media $pc --cd disc.iso >media.out 2>media.err &
	media_pid=$!
	sim_pids="$sim_pids $media_pid"
	sim_until grep -q "has its virtual drives" media.err
}

test_expect_success 'a service that has configured a PC' '
	echo "P@ssw0rd1" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 343
	groups:
	  - {count: 1, base: $pc, generation: 11.8, state: configured, redirection: on, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 23450 && ob setting set device.port_base $base &&
	ob wsman put IPS_OptInService OptInRequired=0 --direct $pc:$base --password-file admin.txt >/dev/null &&
	printf "version: 1\nadmin_password: random\nnames: leave\nclock: sync\nredirection: {sol: on, ider: on}\n" >profile.yaml &&
	ob profile set baseline profile.yaml && printf "address,password,tls\n$pc,P@ssw0rd1,false\n" >adopt.csv &&
	ob device adopt adopt.csv && sim_until state_is adopted && ob device apply $pc --wait --yes && state_is configured && media_disc disc 31200 2000000 &&
	genisoimage -quiet -R -V HOLD -o disc.iso disc
'

test_expect_success 'a rotation waits for the drives that somebody lends, and says so; a check does not' '
	serve_cd && rotate && ob device drift $pc --check >/dev/null && sim_until job_is check done &&
	job_is rotate_password queued && job_field rotate_password waits_for >who && cat who &&
	grep -q "^the end of the IDE-R session of uid:$(id -u) since 20..-" who && id=$(job_field rotate_password id) &&
	ob job show "$id" >job && grep -q "waits for *the end of the IDE-R session of uid" job && ob job list | grep -q "the end of the IDE-R session" && ob info $pc >/dev/null
'

test_expect_success 'a power off that firmware refuses for it names whose it is' '
	refused 3 "IDE-R session of uid:$(id -u) since" power off $pc --yes
'

test_expect_success 'its end lets the job go on' '
	media_end && wait $rotate && job_is rotate_password done
'

test_expect_success 'a dead client lets go too' '
	serve_cd && rotate && kill -KILL $media_pid && { wait $media_pid; wait $rotate; }
'

test_expect_success 'a console holds the PC, until it is ended' '
	{ "$OUTBAND" console $pc --read-only </dev/null >said 2>console.err & } && console=$! && sim_pids="$sim_pids $console" &&
	{ is_open() { ob log | grep -q "device.line.*session=SOL what=opened actor=uid:"; }; sim_until is_open; } &&
	rotate && grep -q "SOL session" rotate.err && job_is rotate_password queued &&
	curl --silent --unix-socket "$OUTBAND_SOCKET" -X DELETE http://x/v1/devices/$pc/console >/dev/null && wait $rotate &&
	ob log | grep -q "device.line.*session=SOL what=closed"; r=$?; kill $console; wait $console; test $r -eq 0
'

test_expect_success 'a service that died held nothing' '
	serve_cd && rotate && kill -KILL $serve_pid && { wait $serve_pid; wait $rotate; :; } &&
	serve_start 23450 && { sim_until job_is rotate_password done; r=$?; media_end; test $r -eq 0; }
'

test_done
