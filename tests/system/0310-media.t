#!/bin/sh
test_description='outband media: PCs start from images of ours, whatever happens to the line'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/media.sh"

# nothing_left: no scratch file of a disc that is nobody's; other tests may have theirs
nothing_left() {
	for made in /var/tmp/outband-media-*; do
		! (flock -n -x 9) 9<"$made" 2>/dev/null || return 1
	done
}

base=22255
pc0=127.22.251.1:$base
pc1=127.22.251.2:$base
slow=127.22.251.3:$base

test_expect_success 'three PCs, one with TLS, one slow' '
	echo "P@ssw0rd1" >admin.txt &&
	cat >fleet.yaml <<-YAML &&
	seed: 310
	groups:
	  - {count: 1, base: 127.22.251.1, generation: [9.5], state: configured, redirection: on, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.251.2, generation: [16.1], state: configured, tls: server, redirection: on, admin_password_file: admin.txt}
	  - {count: 1, base: 127.22.251.3, generation: [9.5], state: configured, redirection: on, latency: 300, admin_password_file: admin.txt}
	YAML
	sim_start $base fleet.yaml --waits off &&
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 --direct $pc0 --password-file admin.txt >/dev/null &&
	media_disc one 1000 3000000 && media_disc two 500000 900000
'

command -v genisoimage >/dev/null && test_set_prereq GENISOIMAGE
command -v xorriso >/dev/null && test_set_prereq XORRISO

test_expect_success GENISOIMAGE 'an ISO of genisoimage starts a PC' '
	genisoimage -quiet -R -J -V ONE -o one.iso one &&
	media_serve $pc0 --cd one.iso && media_start $pc0 && media_booted 0 one &&
	grep -qx "volume ONE" loader && media_end && grep -q "^bytes read" media.out
'

test_expect_success XORRISO 'an ISO of xorriso starts a PC over TLS' '
	xorriso -as mkisofs -quiet -R -V TWO -o two.iso two 2>/dev/null &&
	media_serve $pc1 --tls --cd two.iso --json && media_start $pc1 --tls && media_booted 1 two &&
	media_end && test "$(json media.out "d[\"device\"]")" = $pc1 &&
	test "$(json media.out "d[\"read_bytes\"] > 900000")" = True
'

test_expect_success GENISOIMAGE 'a directory is made into a disc, which leaves nothing behind' '
	media_serve $pc0 --cd two --label FROMDIR && media_start $pc0 && media_booted 0 two &&
	grep -qx "volume FROMDIR" loader && media_end && sim_until nothing_left
'

test_expect_success GENISOIMAGE 'a disc of 6 GB' '
	cp one.iso large.iso && truncate -s 6G large.iso &&
	media_serve $pc0 --cd large.iso && grep -q "6442.5 MB" media.err &&
	media_start $pc0 && media_booted 0 one && media_end
'

test_expect_success GENISOIMAGE 'drives that appear with the next start' '
	media_serve $pc0 --cd one.iso --start reboot && sim_ctl media 0 | grep -q drives=at-next-start &&
	media_start $pc0 && media_booted 0 one && media_end
'

for fault in ider_drop_command=5 ider_drop_data=30 ider_drop_command=5,ider_drop_open=2 \
	ider_drop_command=5,ider_drop_set=2 ider_seq=20 ider_reset=25 ider_odd=3 split=100; do
	test_expect_success GENISOIMAGE "$fault: the disc is read all the same" "
		sim_ctl fault 0 $fault && media_serve $pc0 --cd one.iso && media_start $pc0 &&
		media_booted 0 one && media_end && sim_ctl fault 0 none
	"
done

test_expect_success GENISOIMAGE 'starts again and again, from the same session' '
	media_serve $pc0 --cd one.iso && media_start $pc0 && media_booted 0 one &&
	media_start $pc0 && media_booted 0 one && media_start $pc0 && media_booted 0 one &&
	media_end && grep -qx "sessions *1" media.out && grep -qx "starts *3" media.out
'

test_expect_success GENISOIMAGE 'the CD is taken out and put in again' '
	media_serve $pc0 --cd one.iso && kill -USR1 $media_pid && sim_until grep -q "CD is out" media.err &&
	media_start $pc0 && sim_until eval "sim_ctl media 0 | grep -q waiting" &&
	kill -USR1 $media_pid && media_booted 0 one && media_end
'

# keys: what the person presses, from a fifo; the terminal's own end is in pty.out
keys_begin() {
	rm -f keys && mkfifo keys && : >pty.out &&
	{ timeout 800 ruby "$SHARNESS_TEST_SRCDIR/media_pty.rb" "$OUTBAND" media --direct $pc0 --password-file admin.txt "$@" \
		<keys >pty.out 2>pty.err & } && pty=$! && exec 8>keys
}

press() { # KEY TEXT: waits until it is said
	echo "$1 $2" >&8 && sim_until grep -q "seen $2" pty.out
}

test_expect_success GENISOIMAGE 'keys: the CD out and in, no floppy, how far it is, the end; the PC hears MEDIUM NOT PRESENT' '
	sim_until eval "sim_ctl media 0 | grep drives=off" && keys_begin --cd one.iso && press - "keys: e CD" &&
	press - "has its virtual drives" && press e "the CD is out" && media_start $pc0 &&
	sim_until eval "sim_ctl media 0 | grep -q sense=02/3a/01" && press f "there is no floppy" && press e "the CD is in" &&
	media_booted 0 one && press - "MB/s, CD at " && press - "%)" && press q "bytes read"; exec 8>&-; wait $pty; r=$?; cat pty.err; test $r -eq 0 && grep -q "seen bytes read" pty.out
'

test_expect_success 'the drives are gone when it ends' '
	sim_ctl media 0 | grep drives=off && sim_ctl media 1 | grep drives=off
'

test_expect_success GENISOIMAGE 'an image that shrinks: an error that names it, and the session goes on' '
	cp one.iso shrinks.iso && media_serve $pc0 --cd shrinks.iso && truncate -s 1M shrinks.iso &&
	media_start $pc0 && sim_until media_done 0 && grep -q "sense=03/11/00" loader &&
	grep -q "shrinks.iso became shorter" media.err && kill -0 $media_pid && media_end
'

# refused STATUS WORDS ARGUMENT...
refused() {
	want=$1 words=$2
	shift 2
	timeout 300 "$OUTBAND" media --direct $pc0 --password-file admin.txt "$@" >out 2>err
	test $? = "$want" && grep -q "$words" err || { cat err; return 1; }
}

test_expect_success 'what cannot be served is said before the PC is asked' '
	head -c 100000 /dev/zero >text.iso && : >empty.img &&
	refused 3 "missing.iso" --cd missing.iso &&
	refused 3 "is no image of a CD" --cd text.iso &&
	refused 3 "is no image of a floppy" --floppy empty.img &&
	refused 2 "nothing to put" &&
	refused 2 "no use without --floppy" --cd one.iso --write-floppy &&
	refused 2 "now, reboot or graceful" --cd one.iso --start later &&
	refused 2 "no number of milliseconds" --cd one.iso --stagger soon &&
	refused 2 "names no image" --cd "" && refused 3 "mount -t cifs" --cd //server/share/x.iso &&
	refused 4 "fetching http" --cd http://127.0.0.1:9/x.iso
'

test_expect_success GENISOIMAGE 'why a PC takes no drives' '
	sim_ctl fault 0 redir_off && refused 3 "switched off" --cd one.iso &&
	sim_ctl fault 0 redir_busy && refused 6 "another console" --cd one.iso &&
	sim_ctl fault 0 ider_refuse=1 && refused 6 "opens no storage session" --cd one.iso &&
	sim_ctl fault 0 none && echo wrong >admin.txt && refused 5 "refused user" --cd one.iso &&
	echo "P@ssw0rd1" >admin.txt
'

test_expect_success GENISOIMAGE 'who wants consent is not called switched off; with its code it lends the drives' '
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=4294967295 --direct $pc0 --password-file admin.txt >/dev/null &&
	refused 7 "wants the consent" --cd one.iso && grep -q "rule: *M24" err &&
	refused 3 "waits for no code" --cd one.iso --code 123456 &&
	"$OUTBAND" consent request --direct $pc0 --password-file admin.txt >/dev/null &&
	code=$(sim_ctl consent 0 | sim_field code) && : >media.err && {
		"$OUTBAND" media --direct $pc0 --password-file admin.txt --cd one.iso --code "$code" >media.out 2>media.err &
	} && media_pid=$! && sim_pids="$sim_pids $media_pid" && sim_until grep -q "has its virtual drives" media.err && media_end
'

unshare -m mount --bind /dev/null /usr/bin/genisoimage 2>/dev/null && test_set_prereq OWN_MOUNTS

# with_tool SCRIPT ARGUMENT...: media save, where the programs that make discs are SCRIPT; "": there are none
with_tool() {
	printf "#!/bin/sh\n%s\n" "$1" >tool && if test -n "$1"; then chmod +x tool; else chmod -x tool; fi
	shift
	unshare -m sh -c "for p in xorriso genisoimage mkisofs; do
		test ! -e /usr/bin/\$p || mount --bind tool /usr/bin/\$p || exit 99; done; exec \"\$0\" media save \"\$@\"" "$OUTBAND" "$@" >out 2>err
}

test_expect_success OWN_MOUNTS,GENISOIMAGE 'no program that makes discs, one that fails, one that leaves files out' '
	test_expect_code 6 with_tool "" two x.iso && grep -q "install the Debian package xorriso" err &&
	test_expect_code 1 with_tool "echo lib: FAILURE : no such thing >&2; echo t : FAILURE : in /two/a >&2; exit 5" two x.iso &&
	grep -q "exit status 5: no such thing; in /two/a" err &&
	test_expect_code 1 with_tool "kill -KILL \$\$" two x.iso && grep -q "signal 9\$" err &&
	test_expect_code 1 with_tool "echo File two/a is not readable - ignoring >&2; exit 0" two x.iso &&
	grep -q "left out a part of two" err && grep -q "two/a is not readable" err && ! test -e x.iso && sim_until nothing_left
'

test_expect_success OWN_MOUNTS,GENISOIMAGE 'CTRL-C while the disc is made: neither program nor scratch file are left' '
	rm -f making && { with_tool "echo \$\$ >\"$PWD/making\"; exec sleep 60" two x.iso & } && pid=$! && sim_until test -s making &&
	kill -INT $(pgrep -P $pid) && { wait $pid; test $? = 1; } && sim_until eval "! kill -0 $(cat making)" && sim_until nothing_left
'

# boot_has WORDS: of what the slow PC's next start was told
boot_has() {
	sim_ctl boot 2 | grep -q "$1"
}

test_expect_success GENISOIMAGE 'CTRL-C, once and twice, while a start is being told: no boot option is left' '
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 --direct $slow --password-file admin.txt >/dev/null &&
	for twice in "" yes; do
		"$OUTBAND" media --direct $slow --password-file admin.txt --cd one.iso --boot --yes >media.out 2>media.err & media_pid=$! &&
		sim_pids="$sim_pids $media_pid" && sim_until boot_has "left=yes\|role=set" && kill -INT $media_pid &&
		{ test -z "$twice" || kill -INT $media_pid; } && wait $media_pid &&
		grep -q "no boot option is left" media.err && boot_has "starts=0 .*next=usual role=none left=no" || return 1
	done
'

test_expect_success GENISOIMAGE 'CTRL-C before the PC answers: nothing is known of the password' '
	mkdir -p state/outband && echo "$slow 2 $(date +%s%3N)" >state/outband/tries && cp state/outband/tries want &&
	kill -STOP $sim_pid &&
	{ XDG_STATE_HOME=$PWD/state "$OUTBAND" media --direct $slow --password-file admin.txt --cd one.iso >media.out 2>media.err &
		media_pid=$!; } && sim_pids="$sim_pids $media_pid" &&
	sim_until eval "ss -Htn dst 127.22.251.3 | grep -q ESTAB" && kill -INT $media_pid && { wait $media_pid || :; } &&
	kill -CONT $sim_pid && test_cmp want state/outband/tries &&
	XDG_STATE_HOME=$PWD/state "$OUTBAND" info --direct $slow --password-file admin.txt >/dev/null && test ! -s state/outband/tries
'

test_expect_success GENISOIMAGE 'the same disc as a file, with its digest' '
	"$OUTBAND" media save one.iso copy.iso --json >saved && cmp one.iso copy.iso &&
	test "$(json saved "d[\"sha256\"]")" = "$(sha256sum <one.iso | cut -d" " -f1)" &&
	test_must_fail "$OUTBAND" media save one.iso copy.iso 2>err && grep -q copy.iso err &&
	test_expect_code 2 "$OUTBAND" media save one.iso - && ! test -e ./- &&
	cp one.iso never.iso && truncate -s 4G never.iso && { "$OUTBAND" media save never.iso half.iso 2>err & } && save=$! &&
	sim_pids="$sim_pids $save" && sim_until eval "ls -l /proc/$save/fd | grep -E \"#[0-9]|half.iso\"" && kill -INT $save &&
	{ wait $save; test $? = 1; } && grep -q "was stopped" err && ! test -e half.iso && rm never.iso &&
	"$OUTBAND" media save two made.iso --label MADE >said && grep -q "from discs only" said &&
	media_serve $pc0 --cd made.iso && media_start $pc0 && media_booted 0 two &&
	grep -qx "volume MADE" loader && media_end
'

# got PATH OPTION...: what curl says of the page of 'media share'
got() {
	path=$1
	shift
	curl --silent --max-time 300 "$@" "http://127.0.0.1:22259$path"
}

test_expect_success GENISOIMAGE 'the same disc as a download, whole, in parts, and what is none' '
	: >share.out && { "$OUTBAND" media share one.iso --listen 127.0.0.1:22259 >share.out 2>share.err & } && share=$! &&
	sim_pids="$sim_pids $share" && sim_until grep -q "^SHA-256" share.out && grep -q "http://127.0.0.1:22259/$" share.out &&
	sum=$(sha256sum <one.iso | cut -d" " -f1) && size=$(stat -c %s one.iso) &&
	got / -D head >page && grep -q "text/html; charset=utf-8" head && grep -q "href=\"/one.iso\" download" page &&
	grep -q "<pre>$sum</pre>" page && grep -q "made for discs" page && ! grep -q "rdiskN" page &&
	got /one.iso >copy && cmp copy one.iso &&
	got /one.iso -r 2047-4096 >part && dd if=one.iso bs=1 skip=2047 count=2050 2>/dev/null | cmp - part &&
	got /one.iso -r -700 >part && tail -c 700 one.iso | cmp - part &&
	head -c 1000000 one.iso >copy && got /one.iso -C - -o copy && cmp copy one.iso &&
	test "$(got /one.iso -r $size- -o /dev/null -w "%{http_code}")" = 416 &&
	test "$(got /one.iso -H "Range: bytes=9-2" -o /dev/null -w "%{http_code} %{size_download}")" = "200 $size" &&
	test "$(got /one.iso -H "Range: bytes=0-0,5-5" -o /dev/null -w "%{http_code}")" = 200 &&
	test "$(got /one.iso -H "Range: bytes=0-9" -H "If-Range: \"old\"" -o /dev/null -w "%{http_code}")" = 200 &&
	test "$(got /one.iso -r 0-9 -H "If-Range: \"$(echo $sum | cut -c1-32)\"" -o /dev/null -w "%{http_code}")" = 206 &&
	test "$(got /one.iso -I -o /dev/null -w "%{http_code} %{size_download}")" = "200 0" &&
	test "$(got /../etc/passwd --path-as-is -o /dev/null -w "%{http_code}")" = 404 &&
	test "$(got / -X DELETE -o /dev/null -w "%{http_code}")" = 405 &&
	sim_until eval "test \$(grep -c \"downloaded it to its end\" share.err) = 6" &&
	kill -INT $share && wait $share
'

test_expect_success GENISOIMAGE 'an image for sticks too says so; one that shrinks is cut, and not taken for whole' '
	cp one.iso both.iso && printf "\125\252" | dd of=both.iso bs=1 seek=510 conv=notrunc 2>/dev/null && truncate -s 40M both.iso &&
	"$OUTBAND" media save both.iso stick.iso | grep -q "dd if=stick.iso" && : >share.out && {
		"$OUTBAND" media share both.iso --listen 127.0.0.1:22259 >share.out 2>share.err & } && share=$! &&
	sim_pids="$sim_pids $share" && sim_until grep -q "^SHA-256" share.out && got / | grep -q "of=/dev/rdiskN" &&
	truncate -s 4M both.iso && { got /both.iso -o cut; test $? != 0; } && test "$(stat -c %s cut)" -lt 30000000 &&
	sim_until grep -q "not to its end" share.err && kill -TERM $share && wait $share &&
	refused_share() { timeout 300 "$OUTBAND" media share "$@" 2>err; } &&
	{ refused_share one.iso --listen nowhere; test $? = 2; } && { refused_share gone.iso --listen 127.0.0.1:22259; test $? = 3; }
'

test_done
