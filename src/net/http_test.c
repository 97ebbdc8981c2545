/* The HTTP conversation against scripted servers under the fake clock. A script is a list of what
 * the server does with each request; what it saw is noted as text, one mark per event:
 * '|' a connection, '-' a request without login, '+' a right digest, 'i' a right one with
 * auth-int, 'x' a wrong one. */
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

#define REALM	 "Digest:A4070000000000000000000000000000"
#define REALM2	 "Digest:2517B2332AFD88353D5F5FD352697901"
#define NEED(realm, nonce, more)                                                                   \
	"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"" realm "\", nonce=\""      \
	nonce "\",stale=\"false\",qop=\"auth-int, auth\"\r\nContent-Length: 4\r\n" more "\r\nbody"
#define CLOSE	 "Connection: close\r\n"
#define OK	 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define OK_CLOSE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
#define OK_CHUNKED                                                                                 \
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0004\r\n<a:b\r\n0003\r\n>1<\r\n"      \
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
			net_stream_send(sv->s, span_make(st->text + i,
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
		.dialer = &w->dialer, .rng = &w->rng,
		.up_ms = 1000, .first_byte_ms = 2000, .whole_ms = 3000,
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
	struct net_http_req req = { "POST", "/wsman", "text/xml", span_str("<body/>"), repeatable, 0 };
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

/* --- one exchange, a script --- */

static void scripts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct step steps[4];
		const char *seen;
		enum err_code code;
		unsigned status;
		bool sent;
		const char *body;
	} cases[] = {
		{ "no login asked", { { SAY, OK, 0 } }, "|-", ERR_NONE, 200, true, "ok" },
		{ "401 then 200", { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "401 that closes", { { SAY_CLOSE, NEED(REALM, "n1", CLOSE), 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "401 says close, server waits", { { SAY, NEED(REALM, "n1", CLOSE), 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "401 without length", { { SAY_CLOSE, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\",qop=\"auth\"\r\n\r\n<html>", 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "negotiate stands first", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n"
		  "WWW-Authenticate: Digest realm=\"" REALM "\",nonce=\"q\",qop=\"auth\"\r\nContent-Length: 0\r\n\r\n", 0 },
		  { SAY, OK, 0 } }, "|-+", ERR_NONE, 200, true, "ok" },
		{ "wrong password: one digest", { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, NEED(REALM, "n2", ""), 0 } },
		  "|-+", ERR_AUTH, 0, false, NULL },
		{ "wrong password, bare 401", { { SAY, NEED(REALM, "n1", ""), 0 },
		  { SAY, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 0 } }, "|-+", ERR_AUTH, 0, false, NULL },
		{ "stale is not believed", { { SAY, NEED(REALM, "n1", ""), 0 },
		  { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"n2\",stale=true,qop=\"auth\"\r\nContent-Length: 0\r\n\r\n", 0 } },
		  "|-+", ERR_AUTH, 0, false, NULL },
		{ "only negotiate", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n", 0 } },
		  "|-", ERR_UNSUPPORTED, 0, false, NULL },
		{ "auth-int only", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\",qop=\"auth-int\"\r\nContent-Length: 0\r\n\r\n", 0 }, { SAY, OK, 0 } },
		  "|-i", ERR_NONE, 200, true, "ok" },
		{ "no qop", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\"\r\nContent-Length: 0\r\n\r\n", 0 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "chunks cut inside a tag", { { SAY, OK_CHUNKED, 0 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "the same byte by byte", { { SAY_BYTEWISE, OK_CHUNKED, 1 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "the same by three", { { SAY_BYTEWISE, OK_CHUNKED, 3 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "401 byte by byte", { { SAY_BYTEWISE, NEED(REALM, "n1", ""), 1 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "fault with close", { { SAY_CLOSE, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0001\r\nf\r\n0\r\n\r\n", 0 } }, "|-", ERR_NONE, 400, true, "f" },
		{ "read to close", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\n\r\nall", 0 } }, "|-", ERR_NONE, 200, true, "all" },
		{ "100 first", { { SAY, "HTTP/1.1 100 Continue\r\n\r\n" OK, 0 } }, "|-", ERR_NONE, 200, true, "ok" },
		{ "cut in the head", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\nCont", 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "cut in the body", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 0 } },
		  "|-", ERR_CLOSED, 0, true, NULL },
		{ "garbage", { { SAY, "\x15\x03\x01\x02(", 0 } }, "|-", ERR_MALFORMED, 0, true, NULL },
		{ "hangs up", { { HANG_UP, NULL, 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "resets", { { RESET, NULL, 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "hangs up on the answer", { { SAY, NEED(REALM, "n1", ""), 0 }, { HANG_UP, NULL, 0 } },
		  "|-+", ERR_CLOSED, 0, true, NULL },
		{ "silent", { { SILENT, NULL, 0 } }, "|-", ERR_TIMEOUT, 0, true, NULL },
		{ "stops in the body", { { STOP_AFTER, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 0 } },
		  "|-", ERR_TIMEOUT, 0, true, NULL },
		{ "body too large", { { STOP_AFTER, "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", 0 } },
		  "|-", ERR_LIMIT, 0, true, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		exchange(w, false);
		if (w->e.code != cases[i].code || w->ok != (cases[i].code == ERR_NONE) ||
		    strcmp(w->seen, cases[i].seen) || w->sent != cases[i].sent ||
		    (w->ok && (w->status != cases[i].status || strcmp(w->body, cases[i].body))))
			fail_msg("%s: %s (%s), status %u, sent %d, server saw %s, body \"%s\"",
				 cases[i].name, err_name(w->e.code), w->e.msg, w->status, w->sent,
				 w->seen, w->body);
		if (w->ok && w->authenticated != (strpbrk(w->seen, "+i") != NULL))
			fail_msg("%s: authenticated is wrong", cases[i].name);
		world_free(w);
	}
}

/* --- several exchanges --- */

static void keeps_connection_and_nonce(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 }, { SAY, OK_CLOSE, 0 }, { SAY, OK, 0 },
	};
	struct world *w = world_new(steps);
	const struct net_http_stats *s = net_http_get_stats(w->h);

	for (int i = 0; i < 3; i++) {
		exchange(w, false);
		assert_true(w->ok);
	}
	assert_string_equal(w->seen, "|-++|+"); /* the third on a new connection */
	assert_int_equal(s->exchanges, 4);
	assert_int_equal(s->challenges, 1);
	assert_int_equal(s->connects, 2);
	assert_int_equal(s->handshakes, 0);
	assert_string_equal(net_http_realm(w->h), REALM);
	world_free(w);
}

static void old_nonce(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct step last[3];
		const char *seen;
		enum err_code code;
	} cases[] = {
		{ "answered once", { { SAY, NEED(REALM, "n2", ""), 0 }, { SAY, OK, 0 } }, "|-+++", ERR_NONE },
		{ "answered once, over a new connection",
		  { { SAY, NEED(REALM, "n2", CLOSE), 0 }, { SAY, OK, 0 } }, "|-++|+", ERR_NONE },
		{ "refused again", { { SAY, NEED(REALM, "n2", ""), 0 }, { SAY, NEED(REALM, "n3", ""), 0 } },
		  "|-+++", ERR_AUTH },
		{ "realm changed", { { SAY, NEED(REALM2, "n2", ""), 0 } }, "|-++", ERR_REALM },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct step steps[5] = { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } };
		memcpy(steps + 2, cases[i].last, sizeof cases[i].last);
		struct world *w = world_new(steps);
		exchange(w, false);
		assert_true(w->ok);
		exchange(w, false);
		if (w->e.code != cases[i].code || strcmp(w->seen, cases[i].seen))
			fail_msg("%s: %s, server saw %s", cases[i].name, err_name(w->e.code), w->seen);
		world_free(w);
	}
}

static void login_settings(void **state)
{
	(void)state;
	static const struct step need[] = { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(need);

	set_login(w, NULL, "", NULL); /* never log in */
	exchange(w, false);
	assert_int_equal(w->e.code, ERR_DENIED);
	assert_string_equal(net_http_realm(w->h), REALM);
	assert_string_equal(w->seen, "|-");
	world_free(w);

	w = world_new(need);
	set_login(w, "admin", "P@ssw0rd", REALM2);
	exchange(w, false);
	assert_int_equal(w->e.code, ERR_REALM);
	assert_string_equal(w->e.seen, REALM);
	assert_string_equal(w->seen, "|-"); /* no digest to a stranger */
	world_free(w);

	w = world_new(need);
	set_login(w, "admin", "other", NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|-x");
	assert_null(strstr(w->e.msg, "other"));
	world_free(w);
}

static void no_digest_after_refusal(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 }, { SAY, NEED(REALM, "n2", ""), 0 },
		{ SAY, NEED(REALM, "n3", ""), 0 }, { SAY, OK, 0 },
	};
	struct world *w = world_new(steps);

	exchange(w, false);
	assert_int_equal(w->e.code, ERR_AUTH);
	exchange(w, false); /* whoever tries again pays with one digest, not two */
	assert_true(w->ok);
	assert_string_equal(w->seen, "|-+|-+");
	world_free(w);
}

static void credential_change_closes(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 },
	};
	static const struct { const char *name, *user, *password, *realm, *seen; } cases[] = {
		{ "same", "admin", "P@ssw0rd", NULL, "|-++" },
		{ "user", "other", "P@ssw0rd", NULL, "|-+|-" },
		{ "password", "admin", "P@ssw0rd2", NULL, "|-+|-" },
		{ "realm", "admin", "P@ssw0rd", REALM, "|-+|-" },
		{ "none", NULL, "", NULL, "|-+|-" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(steps);
		exchange(w, false);
		set_login(w, cases[i].user, cases[i].password, cases[i].realm);
		exchange(w, false);
		if (strcmp(w->seen, cases[i].seen))
			fail_msg("%s: server saw %s", cases[i].name, w->seen);
		world_free(w);
	}
}

static void tls_change_closes(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct pki_tls_client a = { .psk_identity = "00000001", .psk = secret_make(span_str("k")) };
	struct pki_tls_client b = a;
	struct net_target t = { .address = "127.1.0.1", .port = 16993, .tls = &a };
	struct world *w = world_new(steps);

	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	t.tls = &b;
	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|--"); /* the same settings elsewhere in memory */
	b.psk_identity[7] = '2';
	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|--|-");
	world_free(w);
	secret_deinit(&a.psk);
}

static void kept_connection_dies(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct step steps[4];
		bool repeatable;
		int64_t idle_ms;
		const char *seen;
		enum err_code code;
	} cases[] = {
		{ "idle: nobody notices", { { SAY_CLOSE, OK, 0 }, { SAY, OK, 0 } }, false, 1000, "|-|-", ERR_NONE },
		{ "unanswered, repeatable", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 }, { SAY, OK, 0 } }, true, 0,
		  "|--|-", ERR_NONE },
		{ "reset, repeatable", { { SAY, OK, 0 }, { RESET, NULL, 0 }, { SAY, OK, 0 } }, true, 0,
		  "|--|-", ERR_NONE },
		{ "unanswered, not repeatable", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 } }, false, 0, "|--", ERR_CLOSED },
		{ "once only", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 }, { HANG_UP, NULL, 0 } }, true, 0,
		  "|--|-", ERR_CLOSED },
		{ "answered in part", { { SAY, OK, 0 }, { SAY_CLOSE, "HTTP/1.1 2", 0 } }, true, 0, "|--", ERR_CLOSED },
		{ "bytes that nobody asked for", { { SAY, OK "HTTP/1.1 200 OK\r\n", 0 }, { SAY, OK, 0 } }, false, 0,
		  "|-|-", ERR_NONE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		start(w, false);
		run_for(w, 100); /* short: the linger of the server's end is longer */
		assert_true(w->ok);
		run_for(w, cases[i].idle_ms);
		exchange(w, cases[i].repeatable);
		if (w->e.code != cases[i].code || strcmp(w->seen, cases[i].seen))
			fail_msg("%s: %s, server saw %s", cases[i].name, err_name(w->e.code), w->seen);
		if (!w->ok)
			assert_true(w->sent);
		world_free(w);
	}
}

/* --- deadlines, cancellation --- */

static void deadlines(void **state)
{
	(void)state;
	static const struct step silent[] = { { SILENT, NULL, 0 } };
	static const struct step part[] = { { STOP_AFTER, "HTTP/1.1 200 OK\r\n", 0 } };
	static const struct {
		const char *name;
		const struct step *steps;
		bool no_connect;
		int64_t after_ms;
		const char *says;
	} cases[] = {
		{ "connect", silent, true, 1000, "no connection with 127.1.0.1:16992 within 1000 ms" },
		{ "first byte", silent, false, 2005, "127.1.0.1:16992 did not answer POST /wsman within 2000 ms" },
		{ "whole", part, false, 3015, "the reply of 127.1.0.1:16992 to POST /wsman did not end within 3000 ms" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		w->dial_fails_after_ms = cases[i].no_connect ? 1000000 : -1;
		int64_t begin = clk_mono_ms();
		start(w, true);
		while (!w->calls && sched_fake_step(w->sched, begin + 60000))
			;
		if (w->e.code != ERR_TIMEOUT || strcmp(w->e.msg, cases[i].says) ||
		    clk_mono_ms() - begin != cases[i].after_ms)
			fail_msg("%s: %s after %d ms", cases[i].name, w->e.msg, (int)(clk_mono_ms() - begin));
		assert_int_equal(w->sent, !cases[i].no_connect);
		world_free(w);
	}
}

static void dial_errors_pass(void **state)
{
	(void)state;
	static const enum err_code codes[] = { ERR_REFUSED, ERR_UNREACHABLE, ERR_TLS, ERR_TLS_PEER, ERR_TIMEOUT };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct world *w = world_new(NULL);
		w->dial_fails_after_ms = 3;
		err_set(&w->dial_err, codes[i], "no");
		exchange(w, true);
		assert_int_equal(w->e.code, codes[i]);
		assert_false(w->sent);
		assert_string_equal(w->seen, "|");
		world_free(w);
	}
}

/* Cancelled after each number of timer steps: no callback comes, the next exchange works. */
static void cancel_anywhere(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", CLOSE), 0 }, { SAY_BYTEWISE, OK_CHUNKED, 9 },
	};
	static const struct step ok[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	unsigned stopped = 0;

	for (int n = 0; n < 200; n++) {
		struct world *w = world_new(steps);
		struct net_http_op *op = start(w, true);
		for (int i = 0; i < n && !w->calls; i++)
			sched_fake_step(w->sched, clk_mono_ms() + 20000);
		if (w->calls) {
			world_free(w);
			break;
		}
		net_http_cancel(op);
		stopped++;
		w->steps = ok;
		w->at = 0;
		exchange(w, false); /* counts calls: exactly one more */
		assert_true(w->ok);
		world_free(w);
	}
	assert_in_range(stopped, 10, 150);
}

static void cancel_failed_and_queued(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, "garbage here\r\n", 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);
	struct net_http_op *a = start(w, false), *b, *c;

	b = start(w, false);
	c = start(w, false);
	(void)c;
	net_http_cancel(b); /* of the queue: the running one goes on */
	net_http_cancel(a);
	net_http_cancel(NULL);
	w->at = 1;
	run_for(w, 10000);
	assert_int_equal(w->calls, 1);
	assert_true(w->ok);
	world_free(w);
}

static void one_at_a_time(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	start(w, false);
	start(w, false);
	start(w, false);
	run_for(w, 16); /* connection, request, reply: the second was not sent with the first */
	assert_string_equal(w->seen, "|-");
	run_for(w, 1000);
	assert_string_equal(w->seen, "|---");
	assert_int_equal(w->calls, 3);
	world_free(w);
}

static void connect_only(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	net_http_connect(w->h, on_done, w);
	run_for(w, 100);
	assert_int_equal(w->calls, 1);
	assert_true(w->ok);
	net_http_connect(w->h, on_done, w); /* kept */
	run_for(w, 100);
	assert_int_equal(w->calls, 2);
	exchange(w, false);
	assert_string_equal(w->seen, "|-");
	world_free(w);
}

static void free_in_callback(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct world *w = arg;

	on_done(arg, r, sent, e);
	net_http_free(w->h);
	w->h = NULL;
	if (r && r->msg)
		assert_true(span_eq_str(r->body, "ok")); /* spans hold until fn is back */
}

static void start_in_callback(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct world *w = arg;

	on_done(arg, r, sent, e);
	if (w->calls < 3) {
		struct net_http_req req = { .method = "POST", .target = "/wsman" };
		net_http_start(w->h, &req, start_in_callback, w);
	}
}

static void calls_inside_fn(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK_CLOSE, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	static const struct step fails[] = { { HANG_UP, NULL, 0 } };
	struct net_http_req req = { .method = "POST", .target = "/wsman" };

	for (int i = 0; i < 2; i++) {
		struct world *w = world_new(i ? fails : steps);
		net_http_start(w->h, &req, free_in_callback, w);
		net_http_start(w->h, &req, free_in_callback, w); /* freed with it, never told */
		run_for(w, 10000);
		assert_int_equal(w->calls, 1);
		world_free(w);
	}
	struct world *w = world_new(steps);
	net_http_start(w->h, &req, start_in_callback, w);
	run_for(w, 10000);
	assert_int_equal(w->calls, 3);
	assert_true(w->ok);
	world_free(w);
}

static void set_interrupts(void **state)
{
	(void)state;
	static const struct step steps[] = { { SILENT, NULL, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	start(w, true);
	run_for(w, 100);
	set_login(w, "other", "x", NULL);
	assert_int_equal(w->calls, 0);
	run_for(w, 0);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->e.code, ERR_CANCELLED);
	assert_true(w->sent);
	exchange(w, false);
	assert_true(w->ok);
	assert_string_equal(w->seen, "|-|-");
	world_free(w);
}

static void auth_int_preferred(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);
	struct net_http_conf c = {
		.dialer = &w->dialer, .sched = w->sched, .rng = &w->rng, .prefer_auth_int = true,
	};

	net_http_free(w->h);
	w->h = net_http_new(&c);
	set_login(w, "admin", "P@ssw0rd", REALM);
	exchange(w, false);
	assert_string_equal(w->seen, "|-i");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(keeps_connection_and_nonce),
		cmocka_unit_test(old_nonce),
		cmocka_unit_test(login_settings),
		cmocka_unit_test(no_digest_after_refusal),
		cmocka_unit_test(credential_change_closes),
		cmocka_unit_test(tls_change_closes),
		cmocka_unit_test(kept_connection_dies),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(dial_errors_pass),
		cmocka_unit_test(cancel_anywhere),
		cmocka_unit_test(cancel_failed_and_queued),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(connect_only),
		cmocka_unit_test(calls_inside_fn),
		cmocka_unit_test(set_interrupts),
		cmocka_unit_test(auth_int_preferred),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
