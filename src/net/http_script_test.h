/* A server in memory that follows a script, for the http tests (through http_test.h). A script is
 * a list of what the server does with each request; what it saw is noted as text, one mark per
 * event: '|' a connection, '-' a request without login, '+' a right digest, 'i' a right one with
 * auth-int, 'x' a wrong one. */
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
