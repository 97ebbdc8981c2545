#!/bin/sh
test_description='discover finds the PCs of a fleet of all states and kinds, without a login'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"
. "$SHARNESS_TEST_SRCDIR/fleet.sh"

base=22400 rmcp=22404 hello=22409
ports="--port-base $base --rmcp-port $rmcp"

command -v tshark >/dev/null && test_set_prereq TSHARK
[ -n "${OUTBAND_SANITIZED:-}" ] || test_set_prereq OWN_MEMORY

# found FILE: address, state and version of each line, in order
found() {
	awk '{ print $1, $2, $3 }' "$1" | sort -V
}

# seen PATTERN FILE: what the first line with it says
seen() {
	grep -e "$1" "$2" | head -n 1
}

# peak PID: KiB of memory that it has had at most
peak() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

test_expect_success 'a fleet with each state, and what is known of it' '
	echo "$sim_password" >admin.txt && sim_root root && sim_pairs 2 >psk.csv &&
	cat >fleet.yaml <<-YAML &&
	seed: 350
	waits: off
	groups:
	  - {count: 2, base: 127.35.0.1, generation: [9.0, 12.0], state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 3, generation: [7.1, 12.0, 16.1], state: configured, tls: server, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 2, generation: [9.0, 16.1], state: factory}
	  - {count: 1, generation: 9.0, state: changed}
	  - {count: 2, generation: [4.0, 9.0], state: setup-psk, psk: psk.csv, suffix: example.com}
	  - {count: 4, generation: [4.0, 9.0, 12.0, 16.1], state: setup-pki, roots: root.pem, suffix: example.com}
	  - {count: 1, generation: 9.0, state: silent}
	  - {count: 1, generation: 9.0, state: disabled}
	  - {count: 2, generation: [3.2.1, 2.6], state: configured, tls: off, admin_password_file: admin.txt, suffix: example.com}
	  - {count: 1, generation: 9.0, state: configured, tls: off, admin_password_file: admin.txt, switch: rmcp=silent}
	  - {count: 1, generation: 9.0, state: configured, tls: off, admin_password_file: admin.txt, switch: rmcp=ack}
	YAML
	cat >want <<-TABLE &&
	127.35.0.1 configured 9.0.31
	127.35.0.2 configured 12.0.67.1579
	127.35.0.3 configured 7.1.91
	127.35.0.4 configured 12.0.67.1579
	127.35.0.5 configured 16.1.25.1917
	127.35.0.6 not-set-up 9.0
	127.35.0.7 not-set-up 16.1
	127.35.0.8 not-set-up 9.0
	127.35.0.9 setup-psk -
	127.35.0.10 setup-psk 9.0
	127.35.0.11 setup-pki -
	127.35.0.12 setup-pki 9.0
	127.35.0.13 setup-pki 12.0
	127.35.0.14 setup-pki 16.1
	127.35.0.15 stopped 9.0
	127.35.0.17 configured 3.2.1
	127.35.0.18 configured 2.6.20
	127.35.0.19 configured 9.0.31
	127.35.0.20 configured 9.0.31
	TABLE
	sim_start $base fleet.yaml
'

test_expect_success 'all are found, each in its state, and nobody else' '
	"$OUTBAND" discover 127.35.0.0/27 $ports --ports >out 2>err &&
	found out >got && test_cmp want got &&
	grep -q "^30 of 30 addresses in .* 19 found$" err &&
	seen "^127.35.0.5 " out | grep -q "TLS 1.3  self-signed .* refused open .* pc4.example.com" &&
	seen "^127.35.0.9 " out | grep -q " key "
'

test_expect_success 'nobody was logged in at, and no login failed' '
	sim_ctl stats >stats && test "$(sim_field failed_logins <stats | sort -u)" = 0
'

test_expect_success 'ranges in other forms, twice the same address, a name' '
	"$OUTBAND" discover 127.35.0.1-3 "127.35.0.[3,5]" localhost $ports >out 2>err &&
	found out >got && sed -n "1,3p;5p" want >few && test_cmp few got &&
	grep -q "^6 of 6 addresses" err
'

test_expect_success 'as JSON a line each, as CSV a table' '
	"$OUTBAND" discover 127.35.0.0/27 $ports --json >out.json 2>err &&
	test "$(wc -l <out.json)" = 19 &&
	jq -r "[.address, .state, (if .version == \"\" then \"-\" else .version end)] | join(\" \")" out.json |
		sort -V >got && test_cmp want got &&
	jq -r "select(.address == \"127.35.0.14\") | .certificate.cn, .certificate.owner" out.json >got &&
	printf "iAMT CSME IDevID RCFG\nfirmware\n" >few && test_cmp few got &&
	jq -r "select(.address == \"127.35.0.1\") | .realm, .pong.port, .ports[\"16992\"]" out.json >got &&
	grep -q "^Digest:[0-9A-F]" got && grep -q "^16992$" got && grep -q "^open$" got &&
	"$OUTBAND" discover 127.35.0.0/27 $ports --csv >out.csv 2>err &&
	test "$(wc -l <out.csv)" = 20 && head -n 1 out.csv | grep -q "^address,name,state,version"
'

test_expect_success 'only pings find those that answer them' '
	"$OUTBAND" discover 127.35.0.0/27 $ports --ping >out 2>err && test "$(wc -l <out)" = 14 &&
	seen "^127.35.0.10 " out | grep -q " setup " && ! grep "^127.35.0.19 " out
'

test_expect_success 'wrong pongs are not taken for PCs' '
	sim_ctl fault 127.35.0.1 rmcp_bad=1 && sim_ctl fault 127.35.0.2 rmcp_bad=2 &&
	sim_ctl fault 127.35.0.6 rmcp_bad=3 &&
	"$OUTBAND" discover 127.35.0.1-6 $ports --ping >out 2>err &&
	found out | cut -d" " -f1 >got && sed -n "3,5p" want | cut -d" " -f1 >few && test_cmp few got &&
	sim_ctl fault all none
'

# Hosts that answer by halves: garbage for TLS, a head without an end, a web server, ports that close late,
# redirection alone, a pong alone, half a pong, and a pong of a PC that is not set up with ports that close late.
test_expect_success 'what is no AMT, or answers by halves, is told from AMT and holds nothing up' '
	cat >halves.py <<-PY || return 1
	import socket, threading, time
	def serve(n, port, fn):
	    s = socket.socket(); s.bind(("127.35.4.%d" % n, port)); s.listen(9)
	    def loop():
	        while True: threading.Thread(target=run, args=(fn, s.accept()[0]), daemon=True).start()
	    threading.Thread(target=loop, daemon=True).start()
	def run(fn, c):
	    try: fn(c)
	    except OSError: pass
	    c.close()
	def say(c, *texts):
	    c.recv(4096)
	    for t in texts: c.sendall(t)
	    c.recv(4096)
	def late(c): time.sleep(0.4)
	def garbage(c): say(c, bytes(range(256)))
	def endless(c): say(c, b"HTTP/1.1 200 OK\\r\\n", *[b"X-%d: " % i + b"a" * 1000 + b"\\r\\n" for i in range(10240)])
	def other(c): say(c, b"HTTP/1.1 404 Not Found\\r\\nServer: nginx/1.22.1\\r\\nContent-Length: 0\\r\\n\\r\\n")
	def pong(n, head, tail):
	    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.35.4.%d" % n, 22394))
	    def loop():
	        while True:
	            d, a = u.recvfrom(99); u.sendto(bytes.fromhex(head) + d[9:10] + bytes.fromhex(tail), a)
	    threading.Thread(target=loop, daemon=True).start()
	for p in range(22390, 22394): serve(1, p, garbage); serve(2, p, endless); serve(4, p, late); serve(8, p, late)
	serve(3, 22390, other); serve(5, 22392, garbage)
	try:
	    six = socket.socket(socket.AF_INET6); six.bind(("::1", 22390)); six.listen(9)
	    threading.Thread(target=lambda: [run(other, six.accept()[0]) for _ in range(9)], daemon=True).start()
	    open("six", "w").close()
	except OSError: pass
	pong(6, "0600ff06000011be40", "001000000157426 0c002012000000000 0000".replace(" ", "")); pong(7, "0600ff06000011be40", "")
	pong(8, "0600ff06000011be40", "0010000001574260c0000120000000000000")
	open("halves.up", "w").close(); time.sleep(300)
	PY
	python3 halves.py &
	pid=$! && sim_pids="$sim_pids $pid" && sim_until test -e halves.up &&
	"$OUTBAND" discover 127.35.4.1-8 --port-base 22390 --rmcp-port 22394 >out 2>err &&
	if test -e six; then
		"$OUTBAND" discover ::1 --port-base 22390 --json 2>err6 | jq -r ".address, .server" >got && printf "::1\nnginx/1.22.1\n" >few && test_cmp few got
	fi && kill $pid &&
	awk "{ print \$1, \$2 }" out | sort -V >got &&
	printf "127.35.4.%s\n" "1 unclear" "2 unclear" "3 unclear" "5 unclear" "6 configured" "8 not-set-up" >few && test_cmp few got &&
	grep -q "^8 of 8 addresses in .* 2 found$" err && grep -q "^4 more take connections" err
'

# The walk is the same each time: an interrupted one and its rest are the whole, and the rest is less.
test_expect_success 'stopped by SIGINT, it says where, and goes on from there' '
	"$OUTBAND" discover 127.35.0.0/24 $ports --ping --rate 20 --resume state --json >one.json 2>err1 &
	pid=$! && sim_pids="$sim_pids $pid" &&
	sim_until test -s one.json && kill -INT $pid && test_expect_code 1 wait $pid &&
	grep -q "stopped at [0-9]* of 254" err1 && grep -q "discover --resume state" err1 &&
	position=$(sed -n "s/^position //p" state) && test "$position" -lt 254 &&
	"$OUTBAND" discover $ports --ping --rate max --resume state --json >two.json 2>err2 &&
	! test -e state && test "$(wc -l <two.json)" -lt 15 &&
	"$OUTBAND" discover 127.35.0.0/24 $ports --ping --rate max --json >whole.json 2>err3 &&
	cat one.json two.json | jq -r .address | sort -u >got && jq -r .address whole.json | sort >all &&
	test_cmp all got && test "$(wc -l <all)" = 14 &&
	"$OUTBAND" discover 127.35.0.0/24 $ports --ping --rate max --json --skip "$position" >three.json 2>err4 &&
	jq -r .address two.json | sort >rest && jq -r .address three.json | sort >got && test_cmp rest got
'

# A terminal of 20 columns: progress never wraps, and rows are not written behind it.
test_expect_success 'on a narrow terminal' '
	cat >narrow.py <<-PY &&
	import fcntl, os, pty, re, struct, sys, termios
	pid, fd = pty.fork()
	if pid == 0:
	    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 20, 0, 0))
	    os.execv(sys.argv[1], sys.argv[1:])
	text = b""
	try:
	    while True: text += os.read(fd, 4096)
	except OSError: pass
	os.waitpid(pid, 0)
	lines = [l for l in text.decode().replace("\\r\\n", "\\n").split("\\n")]
	last = [l.split("\\r\\x1b[K")[-1] for l in lines]
	progress = [p for l in lines for p in l.split("\\r\\x1b[K")[:-1] if p]
	bad = [p for p in progress if len(p) > 19 or not re.match(r"[0-9]+ of 30, [0-9]+ f", p)] + \
	    [l for l in last if re.search(r"found, .*127|found127", l)]
	sys.exit(0 if progress and not bad and last[0].startswith("address") else repr((bad, text)))
	PY
	python3 narrow.py "$OUTBAND" discover 127.35.0.0/27 $ports --ping --rate 10
'

test_expect_success OWN_MEMORY '16 million addresses take no more memory than a few; killed, it goes on' '
	{ timeout 300 "$OUTBAND" discover 127.0.0.0/8 $ports --ping --rate 20 --resume lost 2>said; echo $? >ended; } | true &&
	test "$(cat ended)" = 0 && test -s lost && ! grep "stopped at" said &&
	"$OUTBAND" discover 127.0.0.0/8 $ports --ping --rate 20000 --resume large >out 2>err &
	pid=$! && sim_pids="$sim_pids $pid" &&
	far() { test "$(sed -n "s/^position //p" large)" -gt 10000; } && sim_until far &&
	at=$(sed -n "s/^position //p" large) && kill -KILL $pid && { wait $pid || true; } || return 1
	"$OUTBAND" discover $ports --ping --rate 20000 --resume large >out 2>err &
	pid=$! && sim_pids="$sim_pids $pid" && farther() { test "$(sed -n "s/^position //p" large)" -gt $((at + 10000)); } &&
	sim_until farther && kb=$(peak $pid) && kill -INT $pid && test_expect_code 1 wait $pid &&
	grep -q "of 16777214 addresses" err && echo "peak $kb KiB" && test "$kb" -lt 65536
'

test_expect_success 'wrong use' '
	refused 2 "no ranges to discover" discover &&
	refused 2 "there is no option\|no option" discover 127.35.0.1 --loud &&
	refused 3 "ends before it begins" discover 127.35.0.9-1 &&
	refused 3 "these are too many" discover 10.0.0.0/7 &&
	refused 2 "no rate" discover 127.35.0.1 --rate 0 &&
	refused 3 "^no-such-pc.invalid has no address" discover no-such-pc.invalid $ports &&
	refused 3 "what DNS says" discover no-such-pc.invalid $ports &&
	refused 3 "^::1 has no IPv4 address" discover ::1 --ping $ports &&
	refused 0 "^no[-rthisucpc]*.invalid and 1 more names have no address" discover 127.35.0.1,no-such-pc.invalid,nor-this.invalid $ports &&
	refused 0 "^3 addresses were left out" discover 224.0.0.1,0.0.0.0,255.255.255.255 $ports &&
	refused 1 "in a folder that you may write to" discover 127.35.0.1 $ports --resume no/such/folder/state &&
	refused 3 "port-base" discover 127.35.0.1 --port-base 0 &&
	echo nonsense >state && refused 3 "no state of a discovery" discover --resume state &&
	printf "outband discover 1\nposition 1\nof 2\nranges pc[1-2]\n" >state &&
	refused 2 "about other ranges" discover pc9 --resume state && rm state &&
	refused 2 "do not go together" discover 127.35.0.1 --resume state --skip 3 &&
	refused 4 "" discover 127.35.0.1 --store
'

# What leaves on the wire, taken by a program that is not ours.
test_expect_success TSHARK 'Wireshark reads ping and pong' '
	ruby -rsocket -rtimeout -e "
		s = UDPSocket.new; s.bind(%q(127.0.0.1), 22405)
		File.write(%q(up), %q()); d, = Timeout.timeout(300) { s.recvfrom(99) }
		c = UDPSocket.new; c.send(d, 0, %q(127.35.0.2), $rmcp)
		a, = Timeout.timeout(300) { c.recvfrom(99) }
		[[%q(ping), d], [%q(pong), a]].each { |n, b|
			File.write(n + %q(.txt), %q(0000 ) + b.bytes.map { |x| %q(%02x) % x }.join(%q( )) + 10.chr) }" &
	pid=$! && sim_until test -e up &&
	"$OUTBAND" discover 127.0.0.1 --ping --rmcp-port 22405 >out 2>err && wait $pid &&
	text2pcap -q -u 40000,623 ping.txt ping.pcap && text2pcap -q -u 623,40000 pong.txt pong.pcap &&
	tshark -r ping.pcap -V >ping.out 2>err && tshark -r pong.pcap -V >pong.out 2>err &&
	grep -q "Remote Management Control Protocol, Class: ASF" ping.out &&
	grep -q "Message Type: Presence Ping" ping.out && ! grep -i malformed ping.out &&
	grep -q "Message Type: Presence Pong" pong.out && grep -q "Data Length: 16" pong.out &&
	! grep -i malformed pong.out
'

# Ours: certificates of the service that runs, and of --ca when it does not.
test_expect_success 'a service says which certificates are its own' '
	sim_stop && "$OUTBAND" --version >/dev/null && fleet_service $hello $base &&
	cat >one.yaml <<-YAML &&
	seed: 351
	waits: off
	groups:
	  - {count: 1, base: 127.35.1.1, generation: 12.0, state: setup-pki, roots: root.pem, suffix: example.com}
	YAML
	fleet_names one.yaml $base && "$OUTBAND" device import names.csv &&
	sim_start $base one.yaml --hello 127.0.0.1:$hello && configured() { "$OUTBAND" device list --state configured | grep -q pc01; } &&
	fleet_until 60 configured &&
	"$OUTBAND" discover 127.35.1.1 $ports --store >out 2>err && grep -q " ours .* pc01.example.com" out &&
	"$OUTBAND" discover list >out && grep -q "^127.35.1.1 *pc01.example.com *configured *12.0.67.1579 *ours " out &&
	"$OUTBAND" discover list --since 1h --json >list.json && test "$(jq length list.json)" = 1 &&
	"$OUTBAND" discover list --since 2099-01-01 --json >list.json && test "$(jq length list.json)" = 0 &&
	sim_ctl state 0 factory && "$OUTBAND" discover 127.35.1.1 $ports --store >out 2>err &&
	"$OUTBAND" discover list --since 1h --changed >out && grep -q "^127.35.1.1 .* not-set-up " out &&
	refused 2 "is no time" discover list --since yesterday &&
	sim_ctl state 0 setup-pki && reconfigured() { sim_ctl list 0 | grep -q "state=configured"; } &&
	fleet_until 60 reconfigured && "$OUTBAND" cert export ca >ca.pem && serve_stop &&
	"$OUTBAND" discover 127.35.1.1 $ports >out 2>err && ! grep " ours " out &&
	"$OUTBAND" discover 127.35.1.1 $ports --ca ca.pem >out 2>err && grep -q " ours " out
'

test_done
