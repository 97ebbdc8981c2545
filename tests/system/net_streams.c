/* Real streams on loopback, both sides ours: the contract, deadlines, listeners, the loop's end.
 * TLS is in net_tls.c, foreign peers in net_foreign.c. */
#include "net_rig.h"
#include "base/clk.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* --- clear text --- */

static void clear_text(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c;

	rig_srv_open(&srv, l, NULL, RIG_ECHO);
	rig_dial(&c, l, "127.1.2.3", srv.port, NULL);
	assert_int_equal(c.ups, 1);
	assert_false(c.facts.tls);
	assert_string_equal(net_stream_peer(c.s), "127.1.2.3");
	assert_int_equal(net_stream_live_count(), 1);
	assert_true(net_stream_send(c.s, span_str("hello")));
	assert_true(rig_wait_bytes(l, &c, 5));
	assert_string_equal(srv.local, "127.1.2.3");
	assert_string_equal(srv.peer, "127.0.0.1");
	net_stream_end(c.s);
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_NONE);
	rig_close(&c);
	assert_int_equal(net_stream_live_count(), 0);
	assert_int_equal(srv.ends->downs, 1);
	assert_int_equal(srv.ends->why.code, ERR_NONE);
	rig_srv_close(&srv);
	rig_end_loop(l);
}

static void much_data(void **state)
{
	(void)state;
	struct pki_tls_server sc = { .policy = { 0, 0, 1, NULL, false } };
	struct pki_tls_client cc = { .policy = { 0, 0, 1, NULL, false } };
	size_t n = 3000000;
	uint8_t *big = mem_new(n), sum = 0;

	for (size_t i = 0; i < n; i++) {
		big[i] = (uint8_t)(i * i >> 3);
		sum = (uint8_t)(sum * 31 + big[i]);
	}
	rig_server_cert(&sc, 0);
	for (int tls = 0; tls < 2; tls++) {
		struct net_loop *l = rig_loop();
		struct rig_srv srv;
		struct rig_end c;

		rig_srv_open(&srv, l, tls ? &sc : NULL, RIG_ECHO);
		rig_dial(&c, l, "127.0.0.1", srv.port, tls ? &cc : NULL);
		assert_int_equal(c.ups, 1);
		net_stream_pause(c.s, true);
		assert_true(net_stream_send(c.s, span_make(big, n)));
		rig_spin(l, 200);
		assert_int_equal(c.bytes, 0);
		net_stream_pause(c.s, false);
		net_stream_pause(c.s, true);
		net_stream_pause(c.s, false);
		assert_int_equal(c.bytes, 0);
		assert_true(rig_wait_bytes(l, &c, n));
		assert_int_equal(c.sum, sum);
		assert_false(net_stream_send(c.s, span_make(big, 0x7fffffff))); /* bounded */
		rig_close(&c);
		rig_srv_close(&srv);
		rig_end_loop(l);
	}
	mem_free(big);
}

static bool listens(const char *address, struct net_loop *l)
{
	struct net_listen_conf lc = { .address = address };
	struct net_listen *ls = net_listen_open(l, &lc, NULL, NULL, NULL);

	net_listen_close(ls);
	return ls != NULL;
}

static void dial_errors(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c;
	char text[80];
	uint16_t port = rig_free_port();

	rig_dial(&c, l, "127.1.0.1", port, NULL);
	assert_int_equal(c.why.code, ERR_REFUSED);
	(void)snprintf(text, sizeof text, "connect to 127.1.0.1:%u refused", port);
	assert_string_equal(c.why.msg, text);
	rig_close(&c);

	rig_dial(&c, l, "not an address", 1, NULL);
	assert_int_equal(c.why.code, ERR_INVALID);
	rig_close(&c);

	if (listens("::1", l)) {
		rig_dial(&c, l, "::1", port, NULL);
		assert_int_equal(c.why.code, ERR_REFUSED);
		(void)snprintf(text, sizeof text, "connect to [::1]:%u refused", port);
		assert_string_equal(c.why.msg, text);
		rig_close(&c);
	}

	rig_srv_open(&srv, l, NULL, RIG_NOTE);
	srv.reset_all = true;
	rig_dial(&c, l, "127.0.0.1", srv.port, NULL);
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_CLOSED);
	rig_close(&c);

	/* An own address that is not ours. */
	struct net_dialer *d = net_stream_dialer_new(l, 0, 0);
	struct net_target t = { .address = "127.0.0.1",
				.port = srv.port,
				.bind_address = "192.0.2.1" };
	memset(&c, 0, sizeof c);
	rig_start(&c, d->dial(d, &t));
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_UNREACHABLE);
	rig_close(&c);
	t.bind_address = "127.9.9.9";
	srv.reset_all = false;
	memset(&c, 0, sizeof c);
	rig_start(&c, d->dial(d, &t));
	rig_spin(l, 50);
	assert_string_equal(srv.peer, "127.9.9.9");
	rig_close(&c);
	net_stream_dialer_free(d);
	rig_srv_close(&srv);
	rig_end_loop(l);
}

static void deadlines(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct net_dialer *d = net_stream_dialer_new(l, 300, 200);
	struct pki_tls_client cc = { .policy = { PKI_TLS_1_2, PKI_TLS_1_2, 1, NULL, false } };
	struct rig_srv srv;
	struct rig_end c = { 0 };
	struct net_target t = { .address = "127.0.0.1", .tls = &cc };

	rig_srv_open(&srv, l, NULL, RIG_NOTE); /* accepts and never shakes hands */
	t.port = srv.port;
	rig_start(&c, d->dial(d, &t));
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_TIMEOUT);
	assert_non_null(strstr(c.why.msg, "TLS handshake"));
	assert_non_null(strstr(c.why.msg, "200 ms"));
	rig_close(&c);
	rig_srv_close(&srv);

	/* A queue that is full: the kernel drops what asks to connect. */
	struct net_listen_conf lc = { .address = "127.0.0.1", .backlog = 1 };
	struct net_listen *ls = net_listen_open(l, &lc, NULL, NULL, NULL);
	struct rig_end fill[4];
	unsigned late = 0;
	net_listen_pause(ls, true);
	t.port = net_listen_port(ls);
	t.tls = NULL;
	memset(fill, 0, sizeof fill);
	rig_start(&fill[0], d->dial(d, &t));
	while (!fill[0].ups) /* the first has room */
		rig_spin(l, 10);
	for (int i = 1; i < 4; i++)
		rig_start(&fill[i], d->dial(d, &t));
	rig_spin(l, 600);
	for (int i = 0; i < 4; i++) {
		late += fill[i].downs && fill[i].why.code == ERR_TIMEOUT &&
			strstr(fill[i].why.msg, "300 ms");
		rig_close(&fill[i]);
	}
	assert_in_range(late, 1, 3);
	net_listen_close(ls);
	net_stream_dialer_free(d);
	rig_end_loop(l);
}

/* --- listeners --- */

static bool has_accepted(void *arg)
{
	return ((struct rig_srv *)arg)->accepts > 0;
}

static void listener_pauses(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c[3];

	rig_srv_open(&srv, l, NULL, RIG_ECHO);
	net_listen_pause(srv.ls, true);
	for (int i = 0; i < 3; i++)
		rig_dial(&c[i], l, "127.0.0.1", srv.port, NULL); /* the kernel answers */
	rig_spin(l, 50);
	assert_int_equal(srv.accepts, 0);
	net_listen_pause(srv.ls, false);
	assert_int_equal(srv.accepts, 0);
	assert_true(rig_until(l, has_accepted, &srv, 2000));
	rig_spin(l, 50);
	assert_int_equal(srv.accepts, 3);
	for (int i = 0; i < 3; i++)
		rig_close(&c[i]);
	rig_srv_close(&srv);
	rig_end_loop(l);
}

static void listener_errors(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct err e = { 0 };

	rig_srv_open(&srv, l, NULL, RIG_NOTE);
	struct net_listen_conf same = { .address = "0.0.0.0", .port = srv.port };
	assert_null(net_listen_open(l, &same, NULL, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	struct net_listen_conf bad = { .address = "localhost" };
	assert_null(net_listen_open(l, &bad, NULL, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	rig_srv_close(&srv);
	rig_end_loop(l);
}

struct unix_seen {
	unsigned accepts, uid;
	bool known;
};

static void on_unix(void *arg, struct net_conn *c)
{
	struct unix_seen *u = arg;

	u->accepts++;
	u->known = net_conn_peer_uid(c, &u->uid);
	net_conn_close(c, false);
}

static int connect_unix(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, path, strlen(path) + 1);
	assert_true(connect(fd, (struct sockaddr *)&un, sizeof un) == 0);
	return fd;
}

static void unix_socket(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct unix_seen seen = { 0 };
	char dir[] = "/tmp/net_streams.XXXXXX", path[64];
	struct err e = { 0 };
	struct stat st;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/s", dir);
	struct net_listen_conf lc = { .unix_path = path };
	struct net_listen *ls = net_listen_open(l, &lc, on_unix, &seen, &e);
	if (!ls)
		fail_msg("%s", e.msg);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	int fd = connect_unix(path);
	rig_spin(l, 50);
	assert_int_equal(seen.accepts, 1);
	assert_true(seen.known);
	assert_int_equal(seen.uid, getuid());
	(void)close(fd);
	assert_null(net_listen_open(l, &lc, on_unix, &seen, &e)); /* somebody answers there */
	assert_int_equal(e.code, ERR_CONFLICT);
	net_listen_close(ls);
	rig_spin(l, 10);

	/* What a killed process leaves behind is taken over; a file that is no socket is not. */
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	memcpy(un.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(bind(fd, (struct sockaddr *)&un, sizeof un) == 0);
	(void)close(fd);
	ls = net_listen_open(l, &lc, on_unix, &seen, &e);
	assert_non_null(ls);
	net_listen_close(ls);
	rig_spin(l, 10);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	(void)close(fd);
	assert_null(net_listen_open(l, &lc, on_unix, &seen, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	(void)unlink(path);
	(void)rmdir(dir);
	rig_end_loop(l);
}

/* --- the loop --- */

struct jobs {
	struct net_loop *l;
	pthread_t loop_thread;
	unsigned worked, done, woken, signals;
	bool wrong_thread;
	struct net_wake *wake;
};

static void work(void *arg)
{
	struct jobs *j = arg;
	j->wrong_thread |= pthread_equal(pthread_self(), j->loop_thread) != 0;
	j->worked++;
	net_loop_wake(j->wake);
}

static void work_done(void *arg)
{
	struct jobs *j = arg;
	j->wrong_thread |= !pthread_equal(pthread_self(), j->loop_thread);
	j->done++;
}

static bool is_worked(void *arg)
{
	return ((struct jobs *)arg)->done > 0;
}

static void woken(void *arg)
{
	struct jobs *j = arg;
	j->wrong_thread |= !pthread_equal(pthread_self(), j->loop_thread);
	j->woken++;
}

static void on_signal(void *arg, int signum)
{
	struct jobs *j = arg;
	assert_int_equal(signum, SIGUSR1);
	j->signals++;
	net_loop_stop(j->l);
}

static void raise_it(void *arg)
{
	(void)arg;
	(void)raise(SIGUSR1);
}

static void loop_runs_and_stops(void **state)
{
	(void)state;
	struct jobs j = { .l = rig_loop(), .loop_thread = pthread_self() };
	struct rig_srv srv;
	struct rig_end c, unanswered = { 0 };

	j.wake = net_loop_wake_new(j.l, woken, &j);
	net_loop_on_signal(j.l, SIGUSR1, on_signal, &j);
	net_loop_work(j.l, work, work_done, &j);
	rig_srv_open(&srv, j.l, NULL, RIG_ECHO);
	rig_dial(&c, j.l, "127.0.0.1", srv.port, NULL);
	assert_true(rig_until(j.l, is_worked, &j, RIG_WAIT_MS));
	rig_spin(j.l, 20);
	srv.ends->keep_open = true;
	srv.hold = true; /* and one connection that nobody took yet */
	rig_dial(&unanswered, j.l, "127.0.0.1", srv.port, NULL);
	rig_spin(j.l, 20);
	assert_non_null(srv.held);
	sched_after(net_loop_sched(j.l), 30, raise_it, NULL);
	net_loop_run(j.l); /* comes back with all of these still open */
	assert_int_equal(j.worked, 1);
	assert_int_equal(j.done, 1);
	assert_in_range(j.woken, 1, 1);
	assert_int_equal(j.signals, 1);
	assert_false(j.wrong_thread);
	assert_int_equal(c.downs, 1);
	assert_int_equal(c.why.code, ERR_CANCELLED);
	net_loop_wake(j.wake); /* late, and harmless */
	net_loop_wake_free(j.wake);
	net_conn_close(srv.held, false);
	rig_close(&c);
	rig_close(&unanswered);
	rig_srv_close(&srv);
	net_loop_free(j.l);
}

static void descriptors(void **state)
{
	(void)state;
	assert_true(net_loop_raise_fds() >= 256);
}

static int clean_up(void **state)
{
	(void)state;
	rig_pki_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clear_text),      cmocka_unit_test(much_data),
		cmocka_unit_test(dial_errors),     cmocka_unit_test(deadlines),
		cmocka_unit_test(listener_pauses), cmocka_unit_test(listener_errors),
		cmocka_unit_test(unix_socket),     cmocka_unit_test(loop_runs_and_stops),
		cmocka_unit_test(descriptors),
	};
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
