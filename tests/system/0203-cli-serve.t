#!/bin/sh
test_description='outband serve: start, hello ports, refusals, log, end'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"
. "$SHARNESS_TEST_SRCDIR/cli.sh"

port=22030

tell() { # PORT HEX [keep]: sends bytes, prints the answer
	python3 - "$@" <<-'PY'
	import socket, sys
	s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 60)
	s.sendall(bytes.fromhex(sys.argv[2]))
	if len(sys.argv) < 4:
	    s.shutdown(socket.SHUT_WR)
	s.settimeout(60)
	try:
	    while True:
	        b = s.recv(4096)
	        if not b:
	            break
	        sys.stdout.buffer.write(b)
	except ConnectionResetError:
	    pass
	PY
}

figure() { # NAME: of hellos
	"$OUTBAND" status --json >status.json && json status.json "d['hellos']['$1']"
}

figure_is() {
	test "$(figure "$1")" = "$2"
}

test_expect_success 'it starts, in folders of its own' '
	serve_start $port --hello "[::1]:0" --log-file serve2.log &&
	grep -q "^ready hello=127.0.0.1:$port,\[::1\]:[0-9]* socket=$OUTBAND_SOCKET$" serve.out &&
	test "$(stat -c %a data data/outband.db data/seal.key "$OUTBAND_SOCKET" | tr "\n" " ")" = "700 600 600 600 " &&
	test ! -s serve.log && grep -q "ev=serve.started" serve2.log
'

test_expect_success 'no core dumps' '
	grep -q "Max core file size  *0  *0" /proc/$serve_pid/limits
'

test_expect_success 'a browser is told what this is' '
	tell $port "$(printf "GET / HTTP/1.1\r\nHost: x\r\n\r\n" | od -An -v -tx1 | tr -d " \n")" >page &&
	grep -q "HTTP/1.0 200 OK" page && grep -q "PCs say hello here" page
'

hello=000002000000000033221100554477668899aabbccddeeff5445535430303045

test_expect_success 'a hello is taken, in one piece and without FIN' '
	tell $port $hello keep >answer && test ! -s answer &&
	sim_until figure_is received 1 && "$OUTBAND" device show 00112233-4455-6677-8899-aabbccddeeff >out &&
	grep -q "^address  *127.0.0.1" out && grep -q "^next step" out
'

test_expect_success 'what is no hello is counted and explained, and nothing else happens' '
	tell $port 0900 keep && tell $port 68656c6c6f && tell $port 00000200 && tell $port "" &&
	tell $port "$(printf "%.0s00" $(seq 9000))" &&
	sim_until figure_is malformed 4 &&
	sim_until grep -q "ev=hello.malformed address=127.0.0.1" serve2.log && figure_is received 5
'

test_expect_success 'the level of the log can be changed' '
	"$OUTBAND" log level debug && "$OUTBAND" status >/dev/null && sim_until grep -q "ev=api.request" serve2.log &&
	refused 3 "one of: error warn info debug" log level loud
'

test_expect_success 'SIGHUP opens the log anew' '
	mv serve2.log old.log && kill -HUP $serve_pid && sim_until test -f serve2.log &&
	"$OUTBAND" log level info && sim_until grep -q "ev=" serve2.log
'

test_expect_success 'a second one on the same database, port or socket says what is wrong' '
	refused 1 "another service uses" serve --data data --hello 127.0.0.1:0 --socket s2 &&
	refused 3 "hello 127.0.0.1:$port: cannot listen" serve --data d2 --hello 127.0.0.1:$port --socket s2 &&
	refused 3 "name another socket with --socket" serve --data d3 --hello 127.0.0.1:0 &&
	"$OUTBAND" status >/dev/null
'

test_expect_success 'wrong options change nothing' '
	refused 2 "is no place to listen" serve --data d4 --hello 127.0.0.1:99999 &&
	refused 2 "error, warn, info or debug" serve --data d4 --log-level loud &&
	refused 1 "writ" serve --data /proc/x &&
	refused 1 "OUTBAND_SOCKET" serve --data d5 --hello 127.0.0.1:0 --socket /proc/x/s &&
	test ! -e d4
'

test_expect_success 'SIGTERM ends it in order' '
	serve_stop && test ! -e "$OUTBAND_SOCKET" && grep -q "ev=serve.stopped reason=SIGTERM" serve2.log
'

test_expect_success 'what was there is there again' '
	serve_start $port && "$OUTBAND" device list --csv >list.csv && grep -q "^00112233-4455" list.csv && serve_stop INT
'

test_expect_success 'the key file has to be there, and private' '
	chmod 640 data/seal.key && refused 3 "chmod 600" serve --data data --hello 127.0.0.1:0 &&
	mv data/seal.key away && refused 3 "bring the key file back" serve --data data --hello 127.0.0.1:0 &&
	test ! -e data/seal.key && chmod 600 away && mv away data/seal.key &&
	serve_start $port && serve_stop
'

test_done
