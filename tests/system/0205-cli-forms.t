#!/bin/sh
test_description='outband: every command of the table with --json and with --csv'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22050 base=22054

cat >check.py <<'PY'
import csv, json, sys
def check(form, text):
    if form == 'json':
        try:
            json.loads(text)
        except ValueError:  # one object a line
            for line in text.splitlines():
                assert isinstance(json.loads(line), dict), line
        assert text.strip(), 'nothing was printed'
    else:
        rows = list(csv.reader(text.splitlines(True), strict=True))
        assert rows and all(rows[0]), 'no heading'
        assert all(len(r) == len(rows[0]) for r in rows), 'rows of different widths'
        assert all(h.strip() == h and '=' not in h for h in rows[0]), rows[0]
bad = 0
for line in sys.stdin:  # FILE FORM COMMAND
    path, form, command = line.rstrip('\n').split(' ', 2)
    try:
        check(form, open(path, newline='').read())
    except Exception as why:
        bad += 1
        print(f'{command} --{form}: {why!r}\n{open(path).read()}')
sys.exit(bad > 0)
PY

# form WORDS... -- ARGUMENT...: the command of the table in the form under test, with its result
# in out. Which commands were tried is in seen; what each printed is looked at in the end, all at once.
mkdir printed && count=0
form() {
	words=
	while test "$1" != --; do
		words="$words${words:+ }$1" && shift
	done
	shift
	echo "$words" >>seen
	# shellcheck disable=SC2086
	"$OUTBAND" $words "$@" "--$form" >out 2>err || { echo "$words failed:" && cat err && return 1; }
	count=$((count + 1)) && cp out printed/$count && echo "printed/$count $form $words" >>printed.list
}

state_is() { # DEVICE STATE
	"$OUTBAND" device show "$1" --json >show.json && test "$(json show.json "d['state']")" = "$2"
}

discovery_is() { # STATE: of $discovery
	"$OUTBAND" discover show "$discovery" --json >show.json && test "$(json show.json "d['state']")" = "$1"
}

job_is() { # STATE: of $job
	"$OUTBAND" job show "$job" --json >show.json && test "$(json show.json "d['state']")" = "$1"
}

test_expect_success 'a service, and two PCs without names' '
	serve_start $port && "$OUTBAND" setting set device.port_base $base && "$OUTBAND" setting set job.retry_s 60 &&
	"$OUTBAND" key generate --count 2 && "$OUTBAND" key export --reveal --output keys.csv &&
	echo "Admin-Word-1" >admin.txt &&
	sim_start $base --base 127.1.24.1 --devices 2 --state setup-psk --generation 9.5 --psk keys.csv \
		--hello 127.0.0.1:$port --speed 50 &&
	sim_until state_is 127.1.24.1 refused && sim_until state_is 127.1.24.2 refused &&
	sim_root root && sim_leaf leaf root setup.example.com && cat leaf.pem leaf.key root.pem >chain.pem &&
	printf "version: 1\nadmin_password: random\nkvm: on\n" >lab.yaml && echo "Lab-Pass-77" >lab.txt &&
	sim_pairs 1 >more.csv && echo "00112233-4455-6677-8899-aabbccddeeff,x.example.com,lab" >names.csv
'

for form in json csv; do
	case $form in json) pc=127.1.24.1 n=1 ;; csv) pc=127.1.24.2 n=2 ;; esac

	test_expect_success "$form: what there is" '
		form status -- && form device list -- && form device show -- $pc && form setting list -- &&
		form setting get -- workers && form key list -- && form audit list -- && form log -- --limit 5 &&
		form profile list -- && form profile show -- baseline && form cert list -- && form cert export -- ca && form device names -- &&
		form version -- && form wsman classes -- && form wsman classes -- AMT_GeneralSettings
	'

	test_expect_success "$form: what is changed" '
		form setting set -- workers 7 && form log level -- debug && form secret set -- lab$n --file lab.txt &&
		form profile set -- lab$n lab.yaml && form profile check -- lab.yaml && form key generate -- --count 2 &&
		form key usb -- stick.$form --count 2 && form usb show -- stick.$form &&
		form key import -- more.csv --preview && form device import -- names.csv &&
		form cert check -- chain.pem && form cert import -- c$n chain.pem && form cert delete -- c$n --yes
	'

	test_expect_success "$form: refused UUIDs, inventories, hellos" '
		form device deny -- 00112233-4455-6677-8899-aabbccddee0$n --note test && form device denied -- &&
		form device allow -- 00112233-4455-6677-8899-aabbccddee0$n && form device duplicates -- &&
		echo "uuid,fqdn" >inv.csv && cat names.csv | cut -d, -f1,2 >>inv.csv &&
		form inventory export -- && form inventory import -- inv.csv --preview &&
		form hello send -- --to 127.0.0.1:$port --uuid 00112233-4455-6677-8899-aabbccddee2$n --from 127.1.24.9 --pid 4444-000S
	'

	test_expect_success "$form: certificates kept, and the CA" '
		echo "Backup-Pass-1" >p12.txt && form cert import -- kept$n chain.pem &&
		form cert backup -- kept$n kept.$form.p12 --password-file p12.txt &&
		form cert ca -- && form cert renew-ca -- --yes &&
		form cert trust -- root$n root.pem && form cert trusted -- && form cert distrust -- root$n
	'

	test_expect_success "$form: jobs" '
		"$OUTBAND" job list --device $pc --json >jobs.json && job=$(json jobs.json "d[0][\"id\"]") &&
		form job list -- && form job show -- $job && sim_until form job pause -- $job && # not while it runs
		sim_until form job retry -- $job && sim_until job_is delayed && sim_until form job cancel -- $job
	'

	test_expect_success "$form: a PC is configured, looked at and forgotten" '
		form device approve -- $pc --fqdn pc$n.example.com && sim_until state_is $pc configured && sim_until jobs_rest &&
		form device plan -- $pc && form device drift -- $pc && form device drift -- --all &&
		form device why-name -- $pc && form cert match -- $pc && form device unconfigure -- $pc --preview &&
		form device renew -- $pc --yes && form device rotate -- $pc --yes && form cert expiry -- --days 9999 &&
		form device apply -- $pc && sim_until state_is $pc configured &&
		form device apply -- $pc --wait && form credential reveal -- $pc &&
		"$OUTBAND" key list --used --json >used.json && form key release -- $(json used.json "d[0][\"pid\"]") &&
		"$OUTBAND" credential reveal $pc --json >pw.json && json pw.json "d[0][\"secret\"]" >pw &&
		direct="--direct $pc:$base --tls --password-file pw" &&
		form device issues -- $pc && form issues -- --firmware 2.6.20 && form device owner -- $pc && form device export -- $pc --reveal &&
		printf "address,password\n$pc,Some-Word-1\n" >adopt.csv && form device adopt -- adopt.csv --preview && form pc info -- $direct && form pc power -- status $direct && form power -- status $pc && form info -- $pc && form group create -- g$n $pc --where state=x && form group list -- && form group show -- g$n && form group add -- g$n pc9 && form group remove -- g$n pc9 && form group delete -- g$n && form schedule add -- s$n "0 7 * * *" check $pc && form schedule list -- && form schedule show -- s$n && form schedule run -- s$n && form schedule remove -- s$n && form wsman identify -- $direct && form wsman get -- AMT_GeneralSettings $direct &&
		"$OUTBAND" wsman put IPS_OptInService OptInDisplayTimeout=60000 OptInCodeTimeout=60000 $direct >out &&
		form consent state -- $direct && form consent request -- $direct &&
		form consent send -- "$(sim_ctl consent $pc | sim_field code)" $direct && form boot -- usual --yes $direct &&
		form boot can -- $direct && form boot clear -- $direct && form consent cancel -- $direct &&
		form kvm enable -- $direct && form kvm status -- $direct && form kvm disable -- $direct && echo kvm >>seen &&
		form wsman enumerate -- AMT_TLSSettingData $direct &&
		form wsman put -- AMT_GeneralSettings PingResponseEnabled=false $direct &&
		form wsman invoke -- AMT_TimeSynchronizationService GetLowAccuracyTimeSynch $direct &&
		form wsman create -- AMT_SystemDefensePolicy PolicyName=p$n PolicyPrecedence=10 TxDefaultDrop=true TxDefaultMatchEvent=false \
			TxDefaultCount=true RxDefaultDrop=true RxDefaultMatchEvent=false RxDefaultCount=true InstanceID=0 \
			AntiSpoofingSupport=0 $direct &&
		"$OUTBAND" wsman enumerate AMT_SystemDefensePolicy $direct --json >policies.json &&
		form wsman delete -- AMT_SystemDefensePolicy --selector InstanceID="$(json policies.json "d[0][\"InstanceID\"]")" $direct &&
		"$OUTBAND" wsman get AMT_GeneralSettings $direct --json >get.json &&
		form alarm add -- a$n 2098-05-02T01:30:00Z --yes $direct && form alarm list -- $direct && form alarm delete -- a$n --yes $direct &&
		form alert list -- && form alert subscriptions -- && form alert show -- $direct &&
		form auditlog -- $direct && form eventlog -- $direct && form presence -- $direct && form webui -- $direct &&
		form defense show -- $direct && form device profile -- $pc baseline && form device why-profile -- $pc &&
		form device profile -- $pc - && form profile rule -- list && form device trace -- $pc on && form device trace -- $pc show &&
		form device trace -- $pc off && form device rekey -- $pc --yes &&
		printf "%s\n" "alert listen" "auditlog verify" "defense on" "defense off" "defense reset" storage console media "media share" >>seen && # 0362, 0361, 0363, 0301, 0310
		form device name -- $pc by-hand$n.example.com && form device name -- $pc - &&
		form cert revoke -- $pc --yes && form device forget -- $pc --yes
	'

	test_expect_success "$form: messages in files" '
		echo "0000 0200 07000000 33221100 5544 7766 8899aabbccddeeff 5445535430303045" >psk.hex &&
		echo "d757a961ff0f6f026801ff00004012000000000000 6227b161ff066f056810ff2661aa0a000000000000" >event.hex &&
		echo "00100012000561646d696e5ef9d68f00093132372e302e302e3100" >audit.hex &&
		printf "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" >two.http &&
		{ printf "b516fb7187cbf94ab441ca7b383578f901002c000000000001000000" &&
			printf "%0968d" 0; } >empty.hex &&
		sim_get AMT_GeneralSettings >get.xml &&
		form decode hello -- psk.hex && form decode event -- event.hex && form decode pet -- "$SHARNESS_TEST_SRCDIR/../corpus/pet/intrusion" && form decode audit -- audit.hex &&
		echo "10000000534f4c20 11000000010000000000000000" >redir.hex && form decode redir -- redir.hex &&
		mkdir -p disc && cp two.http disc/ && form media save -- disc saved$n.iso &&
		form decode http -- two.http && form decode setupbin -- empty.hex && form decode wsman -- get.xml
	'

	test_expect_success "$form: a backup, and back" '
		form backup -- b.$form --data data && mkdir d.$form && cp data/seal.key d.$form/ &&
		form restore -- b.$form --data d.$form --yes
	'
done

test_expect_success 'actions say ok in one object, or in rows' '
	"$OUTBAND" setting set workers 8 --json >out && test "$(json out "d[\"ok\"], d[\"done\"][0][\"name\"]")" = "(True, '"'workers'"')" &&
	test $(wc -l <out) -eq 1 &&
	"$OUTBAND" setting set workers 8 --csv >out && printf "kind,name,message\nsetting,workers,workers is now 8.\n" >want &&
	test_cmp want out && refused 3 "no setting" setting set nothing 8 --json && test ! -s out
'

test_expect_success 'key pairs are CSV as they are, and no JSON' '
	form=csv && form key export -- && refused 2 "key list --json" key export --json
'

test_expect_success 'where CSV makes no sense it is refused' '
	for command in serve help "key sheet" "cert request x" "cert crl"; do
		refused 2 "no result that CSV could hold" $command --csv || return 1
		echo ${command%% [xy]*} >>seen
	done && form=json && form help -- && form help -- device list
'

test_expect_success 'what needs an outside CA, or prints a schema, as JSON' '
	form=json && form cert request -- order --fqdn setup.example.com && form profile schema -- &&
	test_expect_code 7 "$OUTBAND" cert install order chain.pem --json >out 2>err && grep -q "{" err &&
	echo cert install >>seen
'

test_expect_success 'what looks at PCs from outside, in both forms' '
	for form in json csv; do
		form discover -- 127.1.24.1 --port-base $base --rmcp-port $((base + 4)) --store &&
			form discover list -- --since 1h --changed &&
			form discover start -- 127.99.0.0/16 --rate 10 --ping && form discover jobs -- &&
			discovery=$("$OUTBAND" discover jobs --json | jq -r ".[0].id") &&
			form discover show -- "$discovery" && form discover stop -- "$discovery" &&
			sim_until discovery_is stopped && form discover resume -- "$discovery" &&
			"$OUTBAND" discover stop "$discovery" && sim_until discovery_is stopped &&
			form probe -- 127.1.24.1 --port-base $base --rmcp-port $((base + 4)) || return 1
		"$OUTBAND" probe listen --port $((base + 5)) --$form >out 2>err &
		pid=$! && sim_pids="$sim_pids $pid" && sim_until grep -q "listening" err &&
			"$OUTBAND" hello send --to 127.0.0.1:$((base + 5)) --hash 2796bae63f1801e277261ba0d77770028f20eee4 >sent &&
			sim_until test -s out && kill -INT $pid && wait $pid && echo "out $form probe listen" | python3 check.py || return 1
	done && echo probe listen >>seen
'

test_expect_success 'hardware of PCs, in both forms; errors as JSON' '
	pc=00112233-4455-6677-8899-aabbccddeea1 &&
	"$OUTBAND" hello send --to 127.0.0.1:$port --uuid $pc --from 127.1.24.9 --pid 4444-000S &&
	sim_until "$OUTBAND" device show $pc &&
	for form in json csv; do
		form inventory list -- && form inventory software -- --kind memory && form inventory diff -- $pc &&
			form inventory vulnerable -- --firmware 11.8.50 && form report environment -- || return 1
	done && form=json && form report environment -- --output report.html && grep -q "</html>" report.html &&
	test_expect_code 3 "$OUTBAND" inventory show $pc --json >out 2>err && grep -q "{" err &&
	test_must_fail "$OUTBAND" inventory read --direct 127.1.24.9:9 --password-file admin.txt --json >out 2>err && grep -q "{" err &&
	printf "inventory show\ninventory read\n" >>seen
'

test_expect_success 'what all of them printed is JSON, or CSV' '
	test $count -gt 100 && python3 check.py <printed.list
'

test_expect_success 'no command was left out' '
	"$OUTBAND" help --man | sed -n "s/^\.SS outband //p" | sed "s/ [^a-z].*//; s/ *\$//" | sort -u >all &&
	{ echo sim && sort -u seen; } | sort -u >tried && test_cmp all tried
'

test_expect_success 'the end' 'serve_stop'

test_done
