#!/bin/sh
test_description='outband media through the service: many PCs from one image, lines of the service'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/media.sh"

base=22265

if ! command -v genisoimage >/dev/null; then
	skip_all='needs genisoimage'
	test_done
fi

ob() {
	"$OUTBAND" "$@"
}

all_are() { # STATE COUNT
	test "$(ob device list --json | python3 -c 'import json,sys; print([d["state"] for d in json.load(sys.stdin)].count(sys.argv[1]))' "$1")" = "$2"
}

# serve_all COUNT ARGUMENT...: in the background, until COUNT PCs have their drives, and start when they
# are to: what their boot loaders say is then not of the start before
serve_all() {
	media_want=$1
	shift
	case " $* " in *" --boot "*) media_said="was told to start" ;; *) media_said="has its virtual drives" ;; esac
	: >media.err
	"$OUTBAND" media "$@" >media.out 2>media.err &
	media_pid=$!
	sim_pids="$sim_pids $media_pid"
	sim_until eval 'test "$(grep -c "$media_said" media.err)" = '"$media_want"
}

test_expect_success 'a service that knows twenty PCs of four generations' '
	echo "P@ssw0rd1" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 312
	groups:
	  - {count: 2, base: 127.22.252.1, generation: [16.1, 11.8], state: configured, tls: server, redirection: on, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 18, base: 127.22.252.3, generation: [9.5, 7.1], state: configured, redirection: on, admin_password_file: admin.txt, suffix: example.com}
	YAML
	sim_start $base fleet.yaml --waits off && serve_start 22269 && ob setting set device.port_base $base &&
	{ echo address,password,tls && for n in 1 2; do echo "127.22.252.$n,P@ssw0rd1,true"; done &&
	for n in $(seq 3 20); do echo "127.22.252.$n,P@ssw0rd1,false"; done; } >adopt.csv &&
	ob device adopt adopt.csv && sim_until all_are adopted 20 &&
	for n in $(seq 20); do
		test $n -gt 2 && tls= || tls=--tls
		ob wsman put IPS_OptInService OptInRequired=0 --direct 127.22.252.$n:$base $tls --password-file admin.txt >/dev/null || :
	done &&
	media_disc disc 31200 2000000 && genisoimage -quiet -R -V MANY -o disc.iso disc
'

test_expect_success 'one PC: it is told to start from the CD, and reads it' '
	serve_all 1 127.22.252.1 --cd disc.iso --boot --yes && media_booted 0 disc && media_end &&
	grep -q "was told to start" media.err && grep -qx "sessions *1" media.out
'

test_expect_success 'all of them at once, from one cache' '
	serve_all 4 "127.22.252.[1-4]" --cd disc.iso --boot --yes --json &&
	for n in 0 1 2 3; do media_booted $n disc || return 1; done &&
	media_end && test "$(json media.out "[r[\"read_bytes\"] > 1900000 and r[\"error\"] is None for r in d].count(True)")" = 4
'

test_expect_success 'twenty of them, the image is read once' '
	serve_all 20 "127.22.252.[1-20]" --cd disc.iso --boot --yes --stagger 10 --json &&
	for n in $(seq 0 19); do media_booted $n disc || return 1; done && media_end &&
	test "$(json media.out "min(r[\"read_bytes\"] for r in d) > 1900000 and len(d)")" = 20 &&
	reads=$(sed -n "s/^CD: disc.iso itself was read \([0-9]*\) times.*/\1/p" media.err) && cat media.err &&
	test "$reads" -gt 0 && test "$reads" -le $(($(stat -c %s disc.iso) / 262144 + 1))
'

test_expect_success 'PCs by a condition, and by group' '
	serve_all 1 --where "version = \"16.1\" or address = \"127.22.252.1\"" --cd disc.iso && media_end && ! grep -q 127.22.252.2 media.out &&
	ob group create lab "127.22.252.[3-4]" && serve_all 2 @lab --cd disc.iso && media_end &&
	refused 3 "no PC fits" media --where "address = \"10.9.9.9\"" --cd disc.iso &&
	refused 3 "the condition cannot be read" media --where "address is odd" --cd disc.iso
'

test_expect_success 'lines die and come back' '
	sim_ctl fault 0 ider_drop_data=20 && sim_ctl fault 2 ider_drop_command=4 &&
	serve_all 2 127.22.252.1 127.22.252.3 --cd disc.iso --boot --yes &&
	media_booted 0 disc && media_booted 2 disc && grep -q "trying again" media.err && media_end &&
	sim_ctl fault all none
'

test_expect_success 'jobs and operations go on beside it; who else wants the drives is told who has them' '
	serve_all 1 127.22.252.3 --cd disc.iso && refused 6 "IDE-R session of uid:$(id -u) since 2" media 127.22.252.3 --cd disc.iso && ob info 127.22.252.3 >/dev/null && media_end
'

test_expect_success 'the timeline of the PC says who had its drives' '
	ob log >events &&
	grep -q "device.line.*opened" events
'

test_expect_success 'what cannot be done is said' '
	refused 3 "no PC is known" media 127.22.252.77 --cd disc.iso &&
	refused 2 "no PC is named" media --cd disc.iso &&
	refused 2 "is for one PC: 2 of them would ruin f.img" media "127.22.252.[1-2]" --floppy f.img --write-floppy &&
	refused 2 "for one PC at a time" media "127.22.252.[1-2]" --cd disc.iso --ask-consent &&
	refused 2 "goes with --direct only" media 127.22.252.1 --cd disc.iso --tls &&
	refused 3 "missing.iso" media 127.22.252.1 --cd missing.iso &&
	sim_ctl fault 0 redir_off && refused 3 "switched off" media 127.22.252.1 --cd disc.iso &&
	sim_ctl fault 0 none
'

test_expect_success 'a PC that wants consent says so, and not that its drives are off' '
	ob wsman put IPS_OptInService OptInRequired=4294967295 --direct 127.22.252.3:$base --password-file admin.txt >/dev/null &&
	refused 7 "wants the consent" media 127.22.252.3 --cd disc.iso && serve_all 1 "127.22.252.[3-4]" --cd disc.iso && media_end;
	test $? = 8 && grep -q "or wants consent first" media.err
'

test_expect_success 'a socket that is asked nonsense answers and goes on' '
	python3 - "$OUTBAND_SOCKET.line" <<-PY &&
	import socket, sys
	def ask(b):
	    s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1]); s.sendall(b)
	    got = b""
	    try:
	        while True:
	            r = s.recv(4096)
	            if not r: break
	            got += r
	    except ConnectionError: pass
	    return got
	assert b"no such ticket" in ask(b"0" * 32 + b"\n")
	assert ask(b"x" * 5000) == b""
	assert ask(b"0" * 32 + b"\nmore") == b""
	assert b"no such ticket" in ask(b"\n")
	PY
	serve_all 1 127.22.252.4 --cd disc.iso && media_end
'

test_expect_success 'the service ends in the middle and comes back: the drives do, too, without anybody' '
	serve_all 2 "127.22.252.[4-5]" --cd disc.iso && serve_stop && sim_until grep -q "trying again" media.err &&
	serve_start 22269 && sim_until eval "test \$(grep -c \"has its drives again\" media.err) = 2" &&
	media_end && cat media.out && test "$(grep -c " 2  -$" media.out)" = 2
'

test_done
