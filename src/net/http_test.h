/* The world of the http tests: a server that follows a script, in memory, under the fake clock. A
 * script is a list of what the server does with each request; what it saw is noted as text, one
 * mark per event: '|' a connection, '-' a request without login, '+' a right digest, 'i' a right
 * one with auth-int, 'x' a wrong one. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"
#include "net/stream_mem.h"
#include "net/stream_priv.h"
#include <stdio.h>

#define REALM  "Digest:A4070000000000000000000000000000"
#define REALM2 "Digest:2517B2332AFD88353D5F5FD352697901"
#define NEED(realm, nonce, more)                                               \
	"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"" realm \
	"\", nonce=\"" nonce                                                   \
	"\",stale=\"false\",qop=\"auth-int, auth\"\r\nContent-Length: 4\r\n" more "\r\nbody"
#define CLOSE    "Connection: close\r\n"
#define OK       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define OK_CLOSE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
#define OK_CHUNKED                                                                             \
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0004\r\n<a:b\r\n0003\r\n>1<\r\n" \
	"0005\r\n/a:b>\r\n0\r\n\r\n"

enum does { END, SAY, SAY_CLOSE, SAY_BYTEWISE, SILENT, HANG_UP, RESET, STOP_AFTER };
struct step {
	enum does does;
	const char *text;
	int pieces; /* SAY_BYTEWISE: bytes per piece */
};

struct world;
struct server {
	struct server *next;
	struct world *w;
	struct net_stream *s;
	struct wire_http1 *parser;
	bool gone;
};
struct world {
	struct net_dialer dialer;
	struct sched *sched;
	struct rng rng;
	struct net_http *h;
	struct server *servers;
	const struct step *steps;
	unsigned at;
	int64_t dial_fails_after_ms; /* < 0: it works */
	struct err dial_err;
	char seen[128];
	const char *nonce; /* that the server gave out last */
	char realm[64];
	/* the result */
	unsigned calls;
	bool ok, sent, authenticated;
	unsigned status;
	char body[64];
	struct err e;
	bool starting;
};

static void note(struct world *w, char c)
{
	size_t n = strlen(w->seen);
	if (n + 1 < sizeof w->seen)
		w->seen[n] = c;
}

static char judge(const struct wire_http1_msg *m, struct span body)
{
	struct span v = wire_http1_header(m, "Authorization");
	struct wire_digest_response r;
	uint8_t ha1[16];

	if (!v.p)
		return '-';
	if (!wire_digest_parse_response(v, &r, NULL))
		return '?';
	wire_digest_ha1("admin", r.realm, span_str("P@ssw0rd"), ha1);
	if (!wire_digest_check(&r, ha1, "POST", body))
		return 'x';
	return r.qop == WIRE_DIGEST_AUTH_INT ? 'i' : '+';
}

static void act(struct server *sv, const struct step *st)
{
	size_t n = st->text ? strlen(st->text) : 0;

	switch (st->does) {
	case END:
		fail_msg("one request more than the script has");
		break;
	case SAY:
	case SAY_CLOSE:
	case STOP_AFTER:
		net_stream_send(sv->s, span_make(st->text, n));
		break;
	case SAY_BYTEWISE:
		for (size_t i = 0; i < n; i += (size_t)st->pieces)
			net_stream_send(
				sv->s,
				span_make(st->text + i,
					  n - i < (size_t)st->pieces ? n - i : (size_t)st->pieces));
		break;
	case SILENT:
		break;
	case RESET:
		net_stream_reset(sv->s);
		break;
	case HANG_UP:
		break;
	}
	if (st->does == SAY_CLOSE || st->does == HANG_UP)
		net_stream_end(sv->s);
}

static void sv_up(void *arg, const struct net_tls_facts *f)
{
	(void)arg;
	(void)f;
}

static void sv_data(void *arg, struct span bytes)
{
	struct server *sv = arg;
	struct err e;
	size_t used;

	enum wire_got got = wire_http1_feed(sv->parser, bytes, &used, &e);
	if (got == WIRE_BAD)
		fail_msg("bad request: %s", e.msg);
	if (got != WIRE_DONE)
		return;
	assert_int_equal(used, bytes.n);
	note(sv->w, judge(wire_http1_msg(sv->parser), wire_http1_body(sv->parser)));
	wire_http1_reset(sv->parser);
	act(sv, &sv->w->steps[sv->w->at++]);
}

static void sv_down(void *arg, const struct err *why)
{
	struct server *sv = arg;

	(void)why;
	sv->gone = true;
	net_stream_close(sv->s);
	sv->s = NULL;
}

static struct net_stream *dial(struct net_dialer *d, const struct net_target *t)
{
	static const struct net_stream_events ev = { sv_up, sv_data, sv_down };
	struct world *w = NET_OWNER(d, struct world, dialer);
	struct net_stream *client;
	struct server *sv;

	assert_string_equal(t->address, "127.1.0.1");
	note(w, '|');
	if (w->dial_fails_after_ms >= 0)
		return net_stream_mem_dead(w->sched, w->dial_fails_after_ms, &w->dial_err);
	sv = MEM_NEW(struct server);
	sv->w = w;
	sv->next = w->servers;
	w->servers = sv;
	sv->parser = wire_http1_new(true, 65536);
	net_stream_mem_pair(w->sched, 5, &client, &sv->s);
	net_stream_start(sv->s, &ev, sv);
	return client;
}

static void set_login(struct world *w, const char *user, const char *password, const char *realm)
{
	struct secret p = secret_make(span_str(password));
	struct net_http_cred cred = { user, &p, realm };
	struct net_target t = { .address = "127.1.0.1", .port = 16992 };

	net_http_set(w->h, &t, &cred);
	secret_deinit(&p);
}

static struct world *world_new(const struct step *steps)
{
	struct world *w = MEM_NEW(struct world);
	struct net_http_conf c = {
		.dialer = &w->dialer,
		.rng = &w->rng,
		.up_ms = 1000,
		.first_byte_ms = 2000,
		.whole_ms = 3000,
	};

	clk_fake_start(1000000000000);
	w->dialer.dial = dial;
	w->sched = c.sched = sched_new(NULL, NULL);
	rng_seed(&w->rng, 1);
	w->steps = steps;
	w->dial_fails_after_ms = -1;
	w->h = net_http_new(&c);
	set_login(w, "admin", "P@ssw0rd", NULL);
	return w;
}

static void world_free(struct world *w)
{
	net_http_free(w->h);
	while (sched_fake_step(w->sched, clk_mono_ms() + 100000))
		;
	while (w->servers) {
		struct server *sv = w->servers;
		w->servers = sv->next;
		net_stream_close(sv->s);
		wire_http1_free(sv->parser);
		mem_free(sv);
	}
	assert_int_equal(sched_next_mono_ms(w->sched), -1); /* nothing keeps a timer */
	sched_free(w->sched);
	clk_fake_stop();
	mem_free(w);
}

static void on_done(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct world *w = arg;

	assert_false(w->starting); /* never inside the call */
	w->calls++;
	w->ok = r != NULL;
	w->sent = sent;
	w->e = *e;
	if (!r)
		return;
	assert_non_null(r->facts);
	w->authenticated = r->authenticated;
	w->status = r->msg ? r->msg->status : 0;
	str_copy(w->body, sizeof w->body, r->body);
}

static struct net_http_op *start(struct world *w, bool repeatable)
{
	struct net_http_req req = {
		"POST", "/wsman", "text/xml", span_str("<body/>"), repeatable, 0
	};
	struct net_http_op *op;

	w->starting = true;
	op = net_http_start(w->h, &req, on_done, w);
	w->starting = false;
	return op;
}

static void run_for(struct world *w, int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	while (sched_fake_step(w->sched, until))
		;
}

static void exchange(struct world *w, bool repeatable)
{
	unsigned before = w->calls;

	start(w, repeatable);
	run_for(w, 20000);
	assert_int_equal(w->calls, before + 1);
}
