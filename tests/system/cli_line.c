/* Lines of commands through a service (cli/line.h) and the bridge for VNC viewers (cli/kvm_bridge.h), with a
 * service made here on a Unix socket: what is lost alone, what is told of an end, and viewers that take
 * nothing or go. No PC, no password. */
#include "net_rig.h"
#include "cli/kvm_bridge.h"
#include "cli/line.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICKET "0123456789abcdef0123456789abcdef"

struct end { /* one connection, as the service has it */
	struct svc *v;
	struct net_stream *s;
	char text[128];
	size_t n;
	bool is_watch, known;
};
struct svc {
	struct net_loop *l;
	struct net_listen *listen;
	char dir[40], path[80];
	struct end ends[16];
	struct end *line, *watch; /* the newest; NULL: gone */
	unsigned accepts, lines, watches, strange;
	size_t flood; /* bytes that a line says at once */
	bool refuses;
};
struct told {
	bool open, down;
	struct err why;
};

/* ---- the service ---- */

static void end_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void drop(struct end *c)
{
	if (c->v->line == c)
		c->v->line = NULL;
	if (c->v->watch == c)
		c->v->watch = NULL;
	net_stream_close(c->s);
	c->s = NULL;
}

static void end_down(void *arg, const struct err *why)
{
	(void)why;
	drop(arg);
}

static void flood(struct svc *v, struct end *c)
{
	static const uint8_t bytes[65536];

	for (size_t n = 0; n < v->flood; n += sizeof bytes)
		if (!net_stream_send(c->s, span_make(bytes, sizeof bytes)))
			return;
}

static void end_data(void *arg, struct span bytes)
{
	struct end *c = arg;
	struct svc *v = c->v;

	for (size_t i = 0; i < bytes.n && !c->known; i++) {
		if (bytes.p[i] != '\n') {
			assert_true(c->n + 1 < sizeof c->text);
			c->text[c->n++] = (char)bytes.p[i];
			continue;
		}
		c->known = true;
		c->is_watch = strstr(c->text, " watch") != NULL;
		v->strange += strncmp(c->text, TICKET, strlen(TICKET)) != 0;
		v->watches += c->is_watch;
		v->lines += !c->is_watch;
		*(c->is_watch ? &v->watch : &v->line) = c;
		(void)net_stream_send(c->s, span_str("ok\n"));
		if (!c->is_watch)
			flood(v, c);
	}
}

static void on_accept(void *arg, struct net_conn *nc)
{
	static const struct net_stream_events events = { end_up, end_data, end_down };
	struct svc *v = arg;

	if (v->refuses) {
		net_conn_close(nc, true);
		return;
	}
	struct end *c = &v->ends[v->accepts++];
	assert_true(v->accepts < sizeof v->ends / sizeof *v->ends);
	*c = (struct end){ .v = v, .s = net_conn_clear(nc) };
	net_stream_start(c->s, &events, c);
}

static void svc_open(struct svc *v)
{
	struct err e = { 0 };
	char path[128];

	*v = (struct svc){ .l = rig_loop(), .dir = "/tmp/outband-line-XXXXXX" };
	assert_non_null(mkdtemp(v->dir));
	(void)snprintf(v->path, sizeof v->path, "%s/s", v->dir);
	(void)snprintf(path, sizeof path, "%s.line", v->path);
	const struct net_listen_conf c = { .unix_path = path, .backlog = 8 };
	v->listen = net_listen_open(v->l, &c, on_accept, v, &e);
	if (!v->listen)
		fail_msg("%s", e.msg);
}

/* As when its process ends. */
static void svc_die(struct svc *v)
{
	char path[128];

	net_listen_close(v->listen);
	v->listen = NULL;
	(void)snprintf(path, sizeof path, "%s.line", v->path);
	(void)unlink(path);
	for (unsigned i = 0; i < v->accepts; i++)
		drop(&v->ends[i]);
}

static void svc_end(struct svc *v)
{
	svc_die(v);
	(void)rmdir(v->dir);
	rig_end_loop(v->l);
}

/* ---- a line ---- */

static void line_open(void *arg)
{
	((struct told *)arg)->open = true;
}

static void line_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
}

static void line_room(void *arg)
{
	(void)arg;
}

static void line_down(void *arg, const struct err *why)
{
	struct told *t = arg;

	assert_false(t->down);
	t->down = true;
	t->why = *why;
}

static const struct amt_redir_events events = { line_open, line_data, line_room, line_down };

static bool is_open(void *arg)
{
	return ((struct told *)arg)->open;
}

static bool is_down(void *arg)
{
	return ((struct told *)arg)->down;
}

static bool is_watched(void *arg)
{
	return ((struct svc *)arg)->watch != NULL;
}

static bool is_lined(void *arg)
{
	return ((struct svc *)arg)->line != NULL;
}

static bool is_free(void *arg)
{
	return !is_lined(arg);
}

static struct cli_line *open_line(struct svc *v, struct told *t)
{
	char ticket[] = TICKET;

	*t = (struct told){ 0 };
	struct cli_line *k = cli_line_open(v->l, v->path, ticket, &events, t);
	memset(ticket, 'x', sizeof ticket - 1); /* the caller's may change, or go */
	assert_true(rig_until(v->l, is_open, t, RIG_WAIT_MS));
	assert_true(rig_until(v->l, is_watched, v, RIG_WAIT_MS));
	assert_int_equal(v->strange, 0);
	return k;
}

static void a_watch_that_is_lost_alone(void **state)
{
	struct svc v;
	struct told t;

	(void)state;
	svc_open(&v);
	struct cli_line *k = open_line(&v, &t);
	drop(v.watch);
	assert_true(rig_until(v.l, is_watched, &v, RIG_WAIT_MS));
	assert_int_equal(v.watches, 2);
	assert_false(t.down);
	(void)net_stream_send(
		v.watch->s,
		span_str("{\"error\":{\"code\":\"net.timeout\",\"msg\":\"the PC is gone\"}}\n"));
	net_stream_end(v.line->s);
	assert_true(rig_until(v.l, is_down, &t, RIG_WAIT_MS));
	assert_int_equal(t.why.code, ERR_TIMEOUT);
	assert_string_equal(t.why.msg, "the PC is gone");
	cli_line_free(k);
	svc_end(&v);
}

static void what_an_end_is_called(void **state)
{
	struct svc v;
	struct told t;

	(void)state;
	svc_open(&v);
	struct cli_line *k = open_line(&v, &t);
	svc_die(&v);
	assert_true(rig_until(v.l, is_down, &t, RIG_WAIT_MS));
	assert_int_equal(t.why.code, ERR_SERVICE_DOWN);
	cli_line_free(k);
	svc_end(&v);
	/* Both are lost, and the service lives. */
	svc_open(&v);
	k = open_line(&v, &t);
	drop(v.watch);
	rig_spin(v.l, 20);
	drop(v.line);
	assert_true(rig_until(v.l, is_down, &t, RIG_WAIT_MS));
	if (t.why.code != ERR_CLOSED || strstr(t.why.msg, "service"))
		fail_msg("%s", t.why.msg);
	cli_line_free(k);
	svc_end(&v);
}

/* ---- the bridge ---- */

static struct cli_line *kvm_line(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	struct svc *v = arg;

	return cli_line_open(v->l, v->path, TICKET, ev, ev_arg);
}

static void kvm_end(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
	fail_msg("it ended: %s", why->msg);
}

static struct cli_kvm *bridge(struct svc *v)
{
	const struct cli_kvm_conf c = { .way = { kvm_line, NULL, v },
					.pc = "pc",
					.address = "127.0.0.1",
					.still_ms = 200,
					.on_end = kvm_end,
					.arg = v };
	struct err e = { 0 };
	struct cli_kvm *b = cli_kvm_start(v->l, &c, &e);

	if (!b)
		fail_msg("%s", e.msg);
	return b;
}

static int viewer(const struct cli_kvm *b)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(cli_kvm_port(b)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* It would hold the PC for ever, and nobody else could look. */
static void a_viewer_that_takes_nothing(void **state)
{
	struct svc v;

	(void)state;
	svc_open(&v);
	v.flood = 12 << 20;
	struct cli_kvm *b = bridge(&v);
	int fd = viewer(b);
	assert_true(rig_until(v.l, is_lined, &v, RIG_WAIT_MS));
	assert_true(rig_until(v.l, is_free, &v, RIG_WAIT_MS));
	close(fd);
	/* The next one is served. */
	v.flood = 0;
	fd = viewer(b);
	assert_true(rig_until(v.l, is_lined, &v, RIG_WAIT_MS));
	rig_spin(v.l, 400); /* nothing is said, and nothing is taken: that is no fault */
	assert_true(is_lined(&v));
	close(fd);
	assert_true(rig_until(v.l, is_free, &v, RIG_WAIT_MS));
	assert_int_equal(v.lines, 2);
	assert_int_equal(cli_kvm_free(b), 2);
	svc_end(&v);
}

/* ---- a PC that does not open, and is tried by other ways ---- */

struct tries {
	struct svc *v;
	unsigned dials, ends;
};

static struct cli_line *no_line(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	struct tries *t = arg;

	t->dials++;
	return cli_line_open(t->v->l, t->v->path, TICKET, ev, ev_arg);
}

static bool always(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
	return true;
}

static void count_end(void *arg, const struct err *why)
{
	(void)why;
	((struct tries *)arg)->ends++;
}

static bool is_tried(void *arg)
{
	return ((struct tries *)arg)->dials >= 3;
}

/* Without a viewer nobody wants the PC: no other way is tried, and nothing is when the bridge is gone. */
static void a_viewer_that_leaves_between_two_tries(void **state)
{
	struct svc v;
	struct tries t = { .v = &v };
	const struct cli_kvm_conf c = { .way = { no_line, always, &t },
					.pc = "pc",
					.address = "127.0.0.1",
					.on_end = count_end,
					.arg = &t };
	struct err e = { 0 };

	(void)state;
	svc_open(&v);
	v.refuses = true;
	struct cli_kvm *b = cli_kvm_start(v.l, &c, &e);
	assert_non_null(b);
	for (unsigned i = 0; i < 3; i++) {
		int fd = viewer(b);
		t.dials = 0;
		assert_true(rig_until(v.l, is_tried, &t, RIG_WAIT_MS));
		close(fd);
		rig_spin(v.l, 100);
		unsigned n = t.dials;
		rig_spin(v.l, 100);
		assert_int_equal(t.dials, n);
	}
	assert_int_equal(t.ends, 0);
	int fd = viewer(b);
	t.dials = 0;
	assert_true(rig_until(v.l, is_tried, &t, RIG_WAIT_MS));
	assert_int_equal(cli_kvm_free(b), 0);
	unsigned n = t.dials;
	rig_spin(v.l, 100);
	assert_int_equal(t.dials, n);
	close(fd);
	svc_end(&v);
}

static bool is_reset(void *arg)
{
	char byte;
	ssize_t r = recv(*(const int *)arg, &byte, 1, MSG_DONTWAIT);

	return r == 0 || (r < 0 && errno != EAGAIN); /* said once as an error, then as an end */
}

/* The next viewer has dialled before the bridge has seen the last one go: it is not sent away for one that
 * has gone. While the other one stays, it is. */
static void a_viewer_that_comes_as_another_goes(void **state)
{
	struct svc v;
	struct tries t = { .v = &v };
	const struct cli_kvm_conf c = { .way = { no_line, always, &t },
					.pc = "pc",
					.address = "127.0.0.1",
					.on_end = count_end,
					.arg = &t };
	struct err e = { 0 };

	(void)state;
	svc_open(&v);
	v.refuses = true;
	struct cli_kvm *b = cli_kvm_start(v.l, &c, &e);
	assert_non_null(b);
	int first = viewer(b);
	assert_true(rig_until(v.l, is_tried, &t, RIG_WAIT_MS));
	int second = viewer(b);
	close(first);
	rig_spin(v.l, 500);
	assert_false(is_reset(&second));
	t.dials = 0;
	assert_true(rig_until(v.l, is_tried, &t, RIG_WAIT_MS));
	int third = viewer(b);
	assert_true(rig_until(v.l, is_reset, &third, RIG_WAIT_MS));
	assert_false(is_reset(&second));
	int fourth = viewer(b);
	rig_spin(v.l, 10); /* it waits for its turn as the bridge ends */
	assert_int_equal(cli_kvm_free(b), 0);
	close(second);
	close(third);
	close(fourth);
	svc_end(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_watch_that_is_lost_alone),
		cmocka_unit_test(what_an_end_is_called),
		cmocka_unit_test(a_viewer_that_takes_nothing),
		cmocka_unit_test(a_viewer_that_leaves_between_two_tries),
		cmocka_unit_test(a_viewer_that_comes_as_another_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
