/* See net_rig.h. */
#include "net_rig.h"
#include "base/clk.h"
#include "base/out.h"
#include "wire/http1.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#define SPIN_ROUNDS 100

struct net_loop *rig_loop(void)
{
	struct err e = { 0 };
	struct net_loop *l = net_loop_new(&e);

	if (!l)
		fail_msg("%s", e.msg);
	return l;
}

static void on_time(void *arg)
{
	*(bool *)arg = true;
}

bool rig_until(struct net_loop *l, bool (*is)(void *arg), void *arg, int ms)
{
	bool late = false;
	struct sched_timer *t = sched_after(net_loop_sched(l), ms, on_time, &late);

	while (!is(arg) && !late)
		(void)uv_run(net_loop_uv(l), UV_RUN_ONCE);
	if (!late)
		sched_cancel(t);
	return is(arg);
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

void rig_spin(struct net_loop *l, int ms)
{
	(void)rig_until(l, never, NULL, ms);
	/* Time may have passed without us: what is there by now is taken, step by step. */
	for (int i = 0; i < SPIN_ROUNDS; i++)
		(void)uv_run(net_loop_uv(l), UV_RUN_NOWAIT);
}

void rig_end_loop(struct net_loop *l)
{
	net_loop_stop(l);
	net_loop_run(l);
	net_loop_free(l);
}

/* --- ends --- */

static void keep_facts(struct rig_end *x, const struct net_tls_facts *f)
{
	uint8_t *p = x->ders;

	x->facts = *f;
	for (unsigned i = 0; i < f->peer_count; i++) {
		assert_true(f->peer_der[i].n <= (size_t)(x->ders + sizeof x->ders - p));
		memcpy(p, f->peer_der[i].p, f->peer_der[i].n);
		x->facts.peer_der[i] = span_make(p, f->peer_der[i].n);
		p += f->peer_der[i].n;
	}
}

static void on_up(void *arg, const struct net_tls_facts *f)
{
	struct rig_end *x = arg;

	assert_int_equal(x->ups + x->downs, 0);
	x->ups++;
	keep_facts(x, f);
}

static void answer(struct rig_end *x, struct span bytes)
{
	char text[512];
	struct err e;
	size_t used;
	struct out o;

	if (wire_http1_feed(x->parser, bytes, &used, &e) != WIRE_DONE)
		return;
	x->srv->requests++;
	wire_http1_reset(x->parser);
	out_init(&o, text, sizeof text);
	out_fmt(&o, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		strlen(x->facts.psk_identity), x->facts.psk_identity);
	(void)net_stream_send(x->s, out_span(&o));
}

static void on_data(void *arg, struct span bytes)
{
	struct rig_end *x = arg;

	assert_int_equal(x->ups, 1);
	assert_int_equal(x->downs, 0);
	x->bytes += bytes.n;
	for (size_t i = 0; i < bytes.n; i++)
		x->sum = (uint8_t)(x->sum * 31 + bytes.p[i]);
	if (x->srv && x->srv->mode == RIG_ECHO)
		(void)net_stream_send(x->s, bytes);
	if (x->srv && x->srv->mode == RIG_HTTP)
		answer(x, bytes);
}

static void on_down(void *arg, const struct err *why)
{
	struct rig_end *x = arg;

	assert_int_equal(x->downs, 0);
	x->downs++;
	x->why = *why;
	if (x->srv && !x->keep_open)
		rig_close(x);
}

void rig_start(struct rig_end *c, struct net_stream *s)
{
	static const struct net_stream_events ev = { on_up, on_data, on_down };
	unsigned before = c->ups + c->downs;

	c->s = s;
	net_stream_start(s, &ev, c);
	assert_int_equal(c->ups + c->downs, before); /* never inside the call */
}

void rig_close(struct rig_end *c)
{
	net_stream_close(c->s);
	c->s = NULL;
}

static bool is_settled(void *arg)
{
	struct rig_end *c = arg;
	return c->ups + c->downs > 0;
}

static bool is_down(void *arg)
{
	return ((struct rig_end *)arg)->downs > 0;
}

void rig_dial(struct rig_end *c, struct net_loop *l, const char *address, uint16_t port,
	      const struct pki_tls_client *tls)
{
	struct net_dialer *d = net_stream_dialer_new(l, 5000, 5000);
	struct net_target t = { .port = port, .tls = tls };

	memset(c, 0, sizeof *c);
	(void)str_copy(t.address, sizeof t.address, span_str(address));
	rig_start(c, d->dial(d, &t));
	net_stream_dialer_free(d);
	if (!rig_until(l, is_settled, c, RIG_WAIT_MS))
		fail_msg("dialling %s:%u: nothing happened", address, port);
}

bool rig_wait_down(struct net_loop *l, struct rig_end *c)
{
	return rig_until(l, is_down, c, RIG_WAIT_MS);
}

struct want_bytes {
	struct rig_end *c;
	size_t n;
};

static bool has_bytes(void *arg)
{
	struct want_bytes *w = arg;
	return w->c->bytes >= w->n || w->c->downs;
}

bool rig_wait_bytes(struct net_loop *l, struct rig_end *c, size_t n)
{
	struct want_bytes w = { c, n };
	return rig_until(l, has_bytes, &w, RIG_WAIT_MS) && c->bytes >= n;
}

/* --- server --- */

static void on_accept(void *arg, struct net_conn *conn)
{
	struct rig_srv *s = arg;
	struct rig_end *x;

	s->accepts++;
	(void)str_copy(s->local, sizeof s->local, span_str(conn->local));
	(void)str_copy(s->peer, sizeof s->peer, span_str(conn->peer));
	if (s->hold) {
		s->held = conn;
		return;
	}
	if (s->reset_all) {
		net_conn_close(conn, true);
		return;
	}
	x = MEM_NEW(struct rig_end);
	x->srv = s;
	x->next = s->ends;
	s->ends = x;
	x->parser = wire_http1_new(true, 65536);
	rig_start(x, s->tls ? net_conn_tls(conn, s->tls) : net_conn_clear(conn));
}

void rig_srv_open(struct rig_srv *s, struct net_loop *l, const struct pki_tls_server *tls,
		  enum rig_mode mode)
{
	struct net_listen_conf lc = { .address = "0.0.0.0", .loopback_only = true };
	struct err e = { 0 };

	memset(s, 0, sizeof *s);
	s->l = l;
	s->tls = tls;
	s->mode = mode;
	s->ls = net_listen_open(l, &lc, on_accept, s, &e);
	if (!s->ls)
		fail_msg("%s %s", e.msg, e.seen);
	s->port = net_listen_port(s->ls);
	assert_int_not_equal(s->port, 0);
}

void rig_srv_close(struct rig_srv *s)
{
	net_listen_close(s->ls);
	while (s->ends) {
		struct rig_end *x = s->ends;
		s->ends = x->next;
		rig_close(x);
		wire_http1_free(x->parser);
		mem_free(x);
	}
}

/* --- http --- */

static void on_reply(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct rig_reply *out = arg;

	out->calls++;
	out->ok = r != NULL;
	out->sent = sent;
	out->e = *e;
	if (!r)
		return;
	out->status = r->msg->status;
	out->authenticated = r->authenticated;
	(void)str_copy(out->body, sizeof out->body, r->body);
}

static bool is_called(void *arg)
{
	return ((struct rig_reply *)arg)->calls > 0;
}

void rig_exchange(struct net_loop *l, struct net_http *h, const char *method, const char *target,
		  const char *body, struct rig_reply *out_r)
{
	struct net_http_req req = {
		.method = method,
		.target = target,
		.body = span_str(body),
		.repeatable = true,
	};

	memset(out_r, 0, sizeof *out_r);
	(void)net_http_start(h, &req, on_reply, out_r);
	assert_int_equal(out_r->calls, 0);
	if (!rig_until(l, is_called, out_r, RIG_WAIT_MS))
		fail_msg("%s %s: no answer and no error", method, target);
}

/* --- certificates --- */

static struct rig_pki made;
static struct arena arena;
static struct rng rng;

static struct span issue(const char *cn, bool is_ca, struct pki_key *key, struct span issuer,
			 struct pki_key *issuer_key)
{
	struct pki_issue what = {
		.cn = cn,
		.ou = is_ca ? NULL : PKI_OU_SETUP,
		.not_before_unix_ms = clk_unix_ms() - 3600000,
		.not_after_unix_ms = clk_unix_ms() + 86400000,
		.is_ca = is_ca,
		.eku_server_auth = !is_ca,
		.eku_client_auth = !is_ca,
		.sig_hash = PKI_SIG_SHA256,
	};
	struct span spki, der;
	struct err e = { 0 };

	assert_true(pki_key_public_spki(key, &arena, &spki));
	if (!pki_cert_issue(&what, spki, issuer, issuer_key, &rng, &arena, &der, &e))
		fail_msg("%s", e.msg);
	return der;
}

const struct rig_pki *rig_pki(void)
{
	static const struct span none;
	struct pki_key *ca, *key[2];
	struct span root, mid, ders[3];
	struct err e = { 0 };

	if (made.ours[0])
		return &made;
	arena_init(&arena, (size_t)1024 * 1024);
	rng_os(&rng);
	ca = pki_key_generate_rsa(2048, &e);
	root = issue("Rig Root", true, ca, none, ca);
	mid = issue("Rig Intermediate", true, ca, root, ca);
	for (int i = 0; i < 2; i++) {
		key[i] = pki_key_generate_rsa(2048, &e);
		ders[0] = issue(i ? "two.example" : "one.example", false, key[i], mid, ca);
		ders[1] = mid;
		ders[2] = root;
		made.ours[i] = pki_chain_from_der(ders, 3, &e);
		made.ours[i]->key = pki_key_ref(key[i]);
		ders[0] = issue(i ? "device two" : "device one", false, key[i], none, key[i]);
		made.device[i] = pki_chain_from_der(ders, 1, &e);
		made.device[i]->key = key[i];
	}
	pki_key_free(ca);
	return &made;
}

void rig_pki_free(void)
{
	for (int i = 0; i < 2 && made.ours[i]; i++) {
		pki_chain_free(made.ours[i]);
		pki_chain_free(made.device[i]);
	}
	memset(&made, 0, sizeof made);
	arena_deinit(&arena);
}

void rig_server_cert(struct pki_tls_server *s, unsigned device)
{
	const struct pki_chain *c = rig_pki()->device[device];

	s->cert_count = 1;
	s->cert_der[0] = c->certs[0].der;
	s->key = c->key;
}

/* --- children --- */

bool rig_has(const char *program)
{
	const char *path = getenv("PATH");
	char file[512];

	while (path && *path) {
		size_t n = strcspn(path, ":");
		(void)snprintf(file, sizeof file, "%.*s/%s", (int)n, path, program);
		if (access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

int rig_spawn(const char *const argv[], const char *input)
{
	int in[2], quiet, pid;

	if (!rig_has(argv[0]) || pipe2(in, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		quiet = open(getenv("RIG_LOUD") ? "/dev/stderr" : "/dev/null",
			     O_WRONLY | O_CLOEXEC);
		(void)dup2(in[0], 0);
		(void)dup2(quiet, 1);
		(void)dup2(quiet, 2);
		(void)execvp(argv[0], (char *const *)argv); /* changes none of it */
		_exit(127);
	}
	(void)close(in[0]);
	if (input)
		(void)!write(in[1], input, strlen(input));
	/* The other end stays open: some servers end with their input. */
	if (input)
		(void)close(in[1]);
	return pid;
}

void rig_kill(int pid)
{
	int status;

	if (pid <= 0)
		return;
	(void)kill(pid, SIGTERM);
	for (int i = 0; i < 200; i++) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			return;
		(void)usleep(10000);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

uint16_t rig_free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0);
	assert_true(getsockname(fd, (struct sockaddr *)&sa, &n) == 0);
	(void)close(fd);
	return ntohs(sa.sin_port);
}

bool rig_wait_port(struct net_loop *l, uint16_t port)
{
	for (int i = 0; i < RIG_WAIT_MS / 100; i++) {
		struct rig_end c;
		rig_dial(&c, l, "127.0.0.1", port, NULL);
		bool up = c.ups > 0;
		rig_close(&c);
		if (up)
			return true;
		rig_spin(l, 100);
	}
	return false;
}
