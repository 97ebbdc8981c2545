#!/bin/sh
test_description='key pairs: on sticks, on paper, for groups, from files of others; with PCs that take them'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=29710 hello=29718
shared=${OUTBAND_SHARED:-$SHARNESS_TEST_SRCDIR/../../../shared}

is_configured() { # DEVICE...
	for pc; do
		sim_ctl state "$pc" | grep -q configured || return 1
	done
}

keys() {
	"$OUTBAND" key list --csv "$@" | tail -n +2 | wc -l
}

used_are() { # COUNT
	test "$(keys --used)" = "$1"
}

known_are() { # COUNT: configured, as the service knows
	test "$("$OUTBAND" device list --state configured --csv | tail -n +2 | wc -l)" = "$1"
}

# nothing_made STATUS PATTERN ARGUMENT...: key usb refuses, no file is there and no key was made
nothing_made() {
	want_status=$1 want_text=$2
	shift 2
	keys >before && refused "$want_status" "$want_text" key usb none.bin "$@" && test ! -e none.bin &&
		keys >after && test_cmp before after && test -z "$(ls none.bin* 2>/dev/null)"
}

test_expect_success 'a service, and twelve PCs in factory default that it has names for' '
	fleet_service $hello $base &&
	sim_start $base --devices 12 --generation 5.0,9.5,3.2.1 --state factory --hello 127.0.0.1:$hello --waits off &&
	sim_ctl list | sim_field uuid >uuids &&
	awk "{ printf \"%s,pc%02d.example.com\\n\", \$1, NR }" uuids >names.csv && "$OUTBAND" device import names.csv
'

test_expect_success 'a stick for two: its keys are in the service, the file is private' '
	"$OUTBAND" key usb stick.bin --count 2 >out && grep -q "^stick.bin: version 1, 2 records, one PC each" out &&
	test "$(stat -c %a stick.bin)" = 600 && test "$(ls stick.bin*)" = stick.bin &&
	sed -n "s/^record [12]  //p" out | sort >onstick &&
	"$OUTBAND" key list --unused --csv | grep ",usb," | cut -d, -f1 | sort >stored && test_cmp onstick stored &&
	"$OUTBAND" audit list --json >audit.json && grep -q "usb, 2 keys, " audit.json
'

test_expect_success 'show hides what is secret, unless told' '
	"$OUTBAND" usb show stick.bin >shown && "$OUTBAND" usb show stick.bin --show-secrets >all &&
	"$OUTBAND" key export --reveal >export.csv && pw=$(sed -n "2s/.*,//p" export.csv | tr -d "\r") &&
	grep -qF -e "$pw" all && ! grep -qF -e "$pw" shown && ! grep -q remark all
'

test_expect_success 'two PCs take them, say hello and end up configured; the third finds none' '
	sim_ctl usb 0 stick.bin && sim_ctl usb 1 stick.bin && fleet_until 60 is_configured 0 1 && fleet_until 10 used_are 2 &&
	test_must_fail sim_ctl usb 2 stick.bin 2>err && grep -q "no record is left" err &&
	test "$(keys --unused)" = 0
'

test_expect_success 'a PC that was configured ignores a stick (D040), and its keys stay unused' '
	"$OUTBAND" key usb more.bin >out && test_must_fail sim_ctl usb 0 more.bin 2>err &&
	grep -q "not in factory default" err && test "$(keys --unused)" = 1
'

test_expect_success 'chosen keys: an unused one may, one in use may not (D044)' '
	pid=$("$OUTBAND" key list --unused --csv | sed -n "2s/,.*//p") &&
	used=$("$OUTBAND" key list --used --csv | sed -n "2s/,.*//p") &&
	"$OUTBAND" key usb chosen.bin $pid >out 2>err && grep -q "record 1  $pid" out && grep -q "made for a stick" err &&
	nothing_made 3 "cannot go onto a stick" $used && grep -q "D044" err &&
	nothing_made 3 "no key with PID" 0000-037M && nothing_made 3 "wrong check character" 0000-037N
'

test_expect_success 'one key for many PCs: no D044, and everybody is told what it means' '
	"$OUTBAND" key usb all.bin --unlimited >out 2>err && grep -q "version 2, 1 record, for any number" out &&
	grep -q "proves the group, not the PC" err && cp all.bin copy && sim_ctl usb 3-5 all.bin && cmp all.bin copy &&
	fleet_until 60 is_configured 3 4 5 && fleet_until 20 known_are 5 && test "$(keys --state group)" = 1 &&
	"$OUTBAND" log $(sed -n 4p uuids) >log && grep -q "key.group" log &&
	"$OUTBAND" audit list --json >audit.json && grep -q "1 group keys" audit.json
'

test_expect_success 'a key of one PC does not go onto a stick for many' '
	nothing_made 3 "is for one PC" $pid --unlimited && grep -q D044 err
'

test_expect_success 'released, a group key is one for the next PC alone' '
	group=$("$OUTBAND" key list --state group --csv | sed -n "2s/,.*//p") && "$OUTBAND" key release $group &&
	sim_ctl usb 6 all.bin && fleet_until 60 is_configured 6 && fleet_until 10 used_are 3 && sim_ctl usb 7 all.bin &&
	fleet_until 60 fleet_error 127.1.0.8 D044 "already used"
'

test_expect_success 'remote configuration: suffix and own root by stick, no key pair' '
	echo "N3w!Password" >pw && "$OUTBAND" key usb remote.bin --no-psk --mebx-password-file pw --unlimited \
		--suffix example.com --hash root.pem >out && grep -q "version 2, 1 record, for any number" out &&
	sim_ctl usb 9-10 remote.bin && fleet_until 60 is_configured 9 10
'

test_expect_success 'what PCs would refuse is refused before a key is made' '
	echo weakling >weak && echo admin >admin && openssl x509 -in leaf.pem >leaf-only.pem &&
	nothing_made 3 "no upper-case" --no-psk --mebx-password-file weak &&
	nothing_made 3 "no upper-case" --mebx-password-file weak &&
	nothing_made 2 "needs --mebx-password-file" --no-psk &&
	nothing_made 3 "always used up" --unlimited --version 1 &&
	nothing_made 3 "too old for it" --version 1 --suffix example.com &&
	nothing_made 3 "too old for it" --version 2.1 --set KVM=on &&
	nothing_made 3 "no version .5" --version 5 && nothing_made 3 "D050\\|FQDN" --suffix not_a_name &&
	nothing_made 3 "no variable .colour" --set colour=red &&
	nothing_made 3 "not given this way" --set 1/2=Secret-77 &&
	nothing_made 3 "no root certificate" --hash leaf-only.pem &&
	nothing_made 3 "nothing.pem" --hash nothing.pem &&
	nothing_made 2 "only ever read the first" --unlimited --count 2 &&
	nothing_made 2 "no number of keys" --count 0
'

test_expect_success 'a file that is there stays, a folder gets setup.bin, a folder that is not there is told' '
	cp stick.bin copy && refused 3 "exists already" key usb stick.bin && cmp stick.bin copy &&
	mkdir usb && "$OUTBAND" key usb usb >out && test -s usb/setup.bin &&
	"$OUTBAND" key usb usb --overwrite >out && keys >before && refused 1 nowhere key usb nowhere/setup.bin &&
	keys >after && test_cmp before after
'

test_expect_success 'a sheet for MEBx: only with --reveal, text and HTML, audited' '
	refused 2 "shows PPS and passwords" key sheet && "$OUTBAND" key sheet --reveal >sheet &&
	"$OUTBAND" key sheet --reveal --html --output sheet.html && test "$(stat -c %a sheet.html)" = 600 &&
	"$OUTBAND" key export --reveal | grep "$pid" >row && pps=$(cut -d, -f2 row) &&
	grep -q "PID            $pid" sheet && grep -q "$(echo "$pps" | cut -c1-19)-" sheet &&
	grep -q "<td>$pps</td>" sheet.html && ! grep -q "$used" sheet &&
	"$OUTBAND" key sheet $used --reveal >one && grep -q "1 of 1" one &&
	"$OUTBAND" audit list --json >audit.json && grep -q "sheet, 1 keys, " audit.json
'

test_expect_success 'the bytes of a real file from the same inputs' '
	if test -f "$shared/corpus/setupbin/rgl-Setup.bin"; then
		cp "$shared/corpus/setupbin/rgl-Setup.bin" real.bin &&
		"$OUTBAND" usb show real.bin --show-secrets --json >real.json &&
		json real.json "d[\"records\"][0][\"variables\"][1][\"value\"]" >real.pw &&
		"$OUTBAND" key usb same.bin --no-psk --unlimited --version 4 --mebx-password-file real.pw \
			--set manageability-feature=AMT --set "power-package=Desktop: ON in S0, ME wake in S3, S4-5" \
			--set 2/10=7 --set DHCP=enabled --set 2/23=1 --set KVM=on --set user-consent=none \
			--set 2/27=1 --set manual-setup=manual >out && cmp real.bin same.bin
	else
		echo "no shared corpus: not compared"
	fi
'

test_expect_success 'files of others: headings, semicolons, what is wrong by its line' '
	sim_pairs 4 | tail -n +2 | awk -F, "{ printf \"%s;%s;admin;%s;T60\\r\\n\", \$1, \$2, \$3 }" >rows &&
	{ printf "\\357\\273\\277PID;PPS;ME default password;ME new password;Model\\r\\n" && cat rows &&
		sed -n 2p rows && sed -n "1s/^TEST000./TEST000X/p" rows && sed -n "3s/;T60//p" rows |
		sed "s/;Mebx.*/;/" && echo "$pid;$(sed -n "1s/^[^;]*;\\([^;]*\\).*/\\1/p" rows);admin;Other-Pass1;T60"; } >oem.csv &&
	keys >before && test_expect_code 3 "$OUTBAND" key import oem.csv --preview 2>err && keys >after &&
	test_cmp before after && test_expect_code 3 "$OUTBAND" key import oem.csv >out 2>err &&
	grep -q "4 added, 0 changed, 0 unchanged, 4 refused" out && grep -q "^oem.csv:6: .*stands in line 3 already" err &&
	grep -q "^oem.csv:7: .*column pid.*check character" err && grep -q "^oem.csv:8: " err &&
	grep -q "^oem.csv:9: .*stored already with another PPS" err && ! grep -q "Mebx-Pass\|AAA" err &&
	"$OUTBAND" key list --csv | grep -c ",import," >count && test "$(cat count)" = 4 &&
	"$OUTBAND" key import oem.csv --preview 2>err >out; grep -q "0 added, 0 changed, 4 unchanged" out
'

test_expect_success 'a list without passwords, and one for all of them' '
	"$OUTBAND" key generate >made && "$OUTBAND" key export --reveal | grep "$(cat made)" | cut -d, -f1,2 >pair &&
	sed "s/,/	/" pair >tabs && echo "C0mmon!Pass" >common &&
	test_expect_code 3 "$OUTBAND" key import tabs 2>err && grep -q "the row has 2 fields" err &&
	"$OUTBAND" key import tabs --mebx-password-file common >out && grep -q "1 changed" out &&
	"$OUTBAND" key export --reveal | grep "$(cat made)" | grep -q "C0mmon!Pass" &&
	printf "\\377\\376" >wide && refused 3 "no text in UTF-8" key import wide --mebx-password-file common
'

test_expect_success 'the largest stick' '
	"$OUTBAND" key usb large.bin --count 10000 --json >large.json && test "$(json large.json "len(d[\"pids\"])")" = 10000 &&
	sim_ctl usb 11 large.bin >out && grep -q "record=1 left=9999" out &&
	"$OUTBAND" usb show large.bin >shown && test "$(grep -c "valid yes" shown)" = 9999
'

test_expect_success 'no secret is in a log' '
	"$OUTBAND" key export --reveal | tail -n +2 | tr -d "\r" | tr , "\n" | grep -v "^....-....\$" >secrets &&
	test -s secrets && ! grep -qF -f secrets serve.log sim.log
'

test_expect_success 'the end' 'serve_stop && sim_stop'

test_done
