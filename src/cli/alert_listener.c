/* See alert_listener.h. Events come over HTTP as firmware sends them: first without a login, again with one
 * after the 401; answered with 200, or with an acknowledgement when the envelope asks for one, once whoever
 * takes them has stored them. */
#include "cli/alert_listener.h"
#include "base/clk.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/udp.h"
#include "wire/digest.h"
#include "wire/http1.h"
#include <arpa/inet.h>
#include <stdio.h>

#define CONNS_MAX    256
#define BODY_MAX     ((size_t)16 * 1024)
#define DEADLINE_MS  5000
#define MARKS        512 /* what was told last: a power of two */
#define MARK_MS      120000
#define SOURCES      1024 /* a power of two */
#define PER_MINUTE   60
#define NONCE_MS     300000
#define NONCE_BYTES  24
#define REALM        "outband alerts"
#define DEFAULT_HOST "0.0.0.0"
#define HOST_MAX     64
#define REFUSALS     5 /* told of in a second */
#define ACK_MAX      2048

struct conn {
	struct cli_alerts *a;
	struct conn *next, **back;
	struct net_stream *s;
	struct sched_timer *deadline;
	struct wire_http1 *http;
	char peer[64];
	struct cli_alert_ticket *waits; /* for this the answer */
	bool ending;
};
/* An alert that is being stored. */
struct cli_alert_ticket {
	struct cli_alert_ticket *next, **back;
	struct cli_alerts *a; /* NULL: it is gone */
	struct conn *c;       /* NULL: nobody waits for an answer */
	uint64_t mark;
	size_t ack_n;
	uint8_t ack[ACK_MAX];
};
struct cli_alerts {
	struct cli_alerts_conf conf;
	struct net_udp *udp;
	struct net_listen *listen, *listen_tls;
	char trap_host[HOST_MAX], event_host[HOST_MAX], https_host[HOST_MAX];
	char *user;
	uint8_t ha1[16];
	struct conn *conns;
	unsigned conn_count;
	struct cli_alert_ticket *tickets;
	struct mark {
		uint64_t hash;
		int64_t mono_ms; /* 0: free */
		bool settled;    /* whoever takes alerts has it */
	} marks[MARKS];
	unsigned mark_at;
	struct {
		uint64_t hash;
		int64_t minute;
		unsigned count;
	} sources[SOURCES];
	uint64_t acks;
	struct log_rate refusals;
	struct cli_alerts_counts counts;
};

/* ---- what is told on ---- */

/* Told within two minutes: senders repeat themselves three times in one. NULL: it is new. */
static struct mark *find_mark(struct cli_alerts *a, uint64_t hash)
{
	int64_t now = clk_mono_ms() + 1;

	for (unsigned i = 0; i < MARKS; i++)
		if (a->marks[i].mono_ms && a->marks[i].hash == hash &&
		    now - a->marks[i].mono_ms < MARK_MS)
			return &a->marks[i];
	return NULL;
}

static void put_mark(struct cli_alerts *a, uint64_t hash, bool settled)
{
	a->marks[a->mark_at] = (struct mark){ hash, clk_mono_ms() + 1, settled };
	a->mark_at = (a->mark_at + 1) % MARKS;
}

/* Two sources may share a place: then they share the limit. */
static bool may_speak(struct cli_alerts *a, const char *from)
{
	uint64_t h = hash_mix64(span_str(from), a->conf.seed);
	unsigned i = (unsigned)(h % SOURCES);
	int64_t minute = clk_mono_ms() / 60000 + 1;

	if (a->sources[i].minute != minute) {
		a->sources[i].minute = minute;
		a->sources[i].count = 0;
	}
	if (a->sources[i].count++ < a->conf.per_minute)
		return true;
	a->counts.limited++;
	return false;
}

static void refused(struct cli_alerts *a, const char *from, const char *why)
{
	if (a->conf.on_refused && log_rate_ok(&a->refusals, REFUSALS))
		a->conf.on_refused(a->conf.arg, from, why);
}

static struct cli_alert_ticket *ticket_new(struct cli_alerts *a, uint64_t mark)
{
	struct cli_alert_ticket *t = MEM_NEW(struct cli_alert_ticket);

	t->a = a;
	t->mark = mark;
	t->next = a->tickets;
	t->back = &a->tickets;
	if (t->next)
		t->next->back = &t->next;
	a->tickets = t;
	return t;
}

static void ticket_free(struct cli_alert_ticket *t)
{
	if (t->a) {
		*t->back = t->next;
		if (t->next)
			t->next->back = t->back;
	}
	if (t->c)
		t->c->waits = NULL;
	mem_free(t);
}

/* *out_t: of CLI_ALERT_LATER, for whoever answers then. */
static enum cli_alert_taken tell(struct cli_alerts *a, const struct amt_alert *alert,
				 struct cli_alert_ticket **out_t)
{
	uint64_t hash = hash_mix64(span_str(alert->mark), a->conf.seed);
	const struct mark *m = find_mark(a, hash);

	if (m) {
		a->counts.repeated++;
		return m->settled ? CLI_ALERT_NOW : CLI_ALERT_NOT;
	}
	struct cli_alert_ticket *t = ticket_new(a, hash);
	enum cli_alert_taken taken = a->conf.on_alert(a->conf.arg, alert, t);
	if (taken == CLI_ALERT_NOT)
		a->counts.limited++;
	else
		a->counts.taken++;
	if (taken != CLI_ALERT_NOT)
		put_mark(a, hash, taken == CLI_ALERT_NOW);
	if (taken == CLI_ALERT_LATER)
		*out_t = t;
	else
		ticket_free(t);
	return taken;
}

/* ---- traps ---- */

static void on_datagram(void *arg, const struct net_udp_from *from, struct span bytes)
{
	struct cli_alerts *a = arg;
	struct amt_alert alert;
	struct in_addr ip = { htonl(from->ip) };
	struct cli_alert_ticket *t;
	char text[INET_ADDRSTRLEN];

	(void)inet_ntop(AF_INET, &ip, text, sizeof text);
	if (!may_speak(a, text))
		return;
	if (amt_alert_trap(bytes, text, &alert, NULL))
		(void)tell(a, &alert, &t);
	else {
		a->counts.malformed++;
		refused(a, text, "a datagram that is no trap of a PC");
	}
}

/* ---- events: HTTP ---- */

static void conn_free(struct conn *c)
{
	if (c->waits)
		c->waits->c = NULL;
	sched_cancel(c->deadline);
	net_stream_close(c->s);
	wire_http1_free(c->http);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->a->conn_count--;
	mem_free(c);
}

static void on_deadline(void *arg)
{
	struct conn *c = arg;

	c->deadline = NULL;
	conn_free(c);
}

static void reply(struct conn *c, const char *status, const char *extra, struct span body,
		  bool close)
{
	struct buf b;
	struct out o;

	buf_init(&b, BODY_MAX);
	out_init_buf(&o, &b);
	out_fmt(&o, "HTTP/1.1 %s\r\n%s%sContent-Length: %zu\r\n", status, extra,
		close ? "Connection: close\r\n" : "", body.n);
	if (body.n)
		out_str(&o, "Content-Type: application/soap+xml;charset=UTF-8\r\n");
	out_str(&o, "\r\n");
	out_bytes(&o, body);
	(void)net_stream_send(c->s, buf_span(&b));
	buf_deinit(&b);
	if (close) {
		c->ending = true;
		net_stream_end(c->s);
	}
}

/* 8 bytes of the time, 16 that only we can make of them. */
static void nonce_of(const struct cli_alerts *a, int64_t at_ms, char out_text[2 * NONCE_BYTES + 1])
{
	uint8_t b[NONCE_BYTES], digest[HASH_MAX_SIZE], seed[8], time[8];
	struct out o;

	out_init(&o, time, sizeof time);
	out_be32(&o, (uint32_t)((uint64_t)at_ms >> 32));
	out_be32(&o, (uint32_t)at_ms);
	out_init(&o, seed, sizeof seed);
	out_be32(&o, (uint32_t)(a->conf.seed >> 32));
	out_be32(&o, (uint32_t)a->conf.seed);
	const struct span parts[] = { { seed, 8 }, { time, 8 }, { a->ha1, 16 } };
	hash_of_parts(HASH_SHA256, parts, 3, digest);
	memcpy(b, time, 8);
	memcpy(b + 8, digest, 16);
	out_init(&o, out_text, 2 * NONCE_BYTES + 1);
	out_hex(&o, span_make(b, sizeof b));
}

static bool nonce_ok(const struct cli_alerts *a, const char *text)
{
	uint8_t b[NONCE_BYTES];
	char want[2 * NONCE_BYTES + 1] = "";
	size_t n;

	if (!hex_decode(span_str(text), b, sizeof b, &n) || n != NONCE_BYTES)
		return false;
	struct cur c = cur_make(span_make(b, 8));
	int64_t at = (int64_t)((uint64_t)cur_be32(&c) << 32);
	at |= cur_be32(&c);
	nonce_of(a, at, want);
	return str_eq(text, want) && clk_mono_ms() - at >= 0 && clk_mono_ms() - at < NONCE_MS;
}

static bool logged_in(const struct conn *c, const struct wire_http1_msg *m, struct span body,
		      bool *out_tried)
{
	const struct cli_alerts *a = c->a;
	struct span line = wire_http1_header(m, "Authorization");
	struct wire_digest_response r;
	char method[16];

	*out_tried = false;
	if (!a->user)
		return true;
	if (!line.n || !wire_digest_parse_response(line, &r, NULL) || !nonce_ok(a, r.nonce))
		return false;
	*out_tried = true;
	return str_eq(r.realm, REALM) && str_eq(r.user, a->user) &&
		span_eq_str(m->target, r.target) && str_copy(method, sizeof method, m->method) &&
		wire_digest_check(&r, a->ha1, method, body);
}

static void challenge(struct conn *c)
{
	char line[256], nonce[2 * NONCE_BYTES + 1] = "";

	nonce_of(c->a, clk_mono_ms(), nonce);
	(void)snprintf(line, sizeof line,
		       "WWW-Authenticate: Digest realm=\"" REALM
		       "\", nonce=\"%s\", qop=\"auth,auth-int\"\r\n",
		       nonce);
	reply(c, "401 Unauthorized", line, span_make(NULL, 0), false);
}

static void say_again(struct conn *c)
{
	reply(c, "503 Service Unavailable", "Retry-After: 5\r\n", span_make(NULL, 0), true);
}

void cli_alerts_settle(struct cli_alert_ticket *t, bool kept)
{
	struct mark *m = t->a ? find_mark(t->a, t->mark) : NULL;

	if (m && kept)
		m->settled = true;
	else if (m)
		m->mono_ms = 0; /* when it comes again it is new */
	if (t->c) {
		net_stream_pause(t->c->s, false);
		if (kept)
			reply(t->c, "200 OK", "", span_make(t->ack, t->ack_n), false);
		else
			say_again(t->c);
	}
	ticket_free(t);
}

static void accept_event(struct conn *c, struct span body)
{
	struct cli_alerts *a = c->a;
	struct cli_alert_ticket *t = NULL;
	struct amt_alert alert;
	uint8_t ack[ACK_MAX];
	struct out o;

	if (!amt_alert_event(body, c->peer, &alert, NULL)) {
		a->counts.malformed++;
		refused(a, c->peer, "a message that is no event of a PC");
		reply(c, "400 Bad Request", "", span_make(NULL, 0), true);
		return;
	}
	out_init(&o, ack, sizeof ack);
	amt_alert_ack(&alert, ++a->acks, &o);
	struct span bytes = o.bad ? span_make(NULL, 0) : out_span(&o);
	switch (tell(a, &alert, &t)) {
	case CLI_ALERT_NOW:
		reply(c, "200 OK", "", bytes, false);
		break;
	case CLI_ALERT_LATER:
		if (bytes.n)
			memcpy(t->ack, bytes.p, bytes.n);
		t->ack_n = bytes.n;
		t->c = c;
		c->waits = t;
		net_stream_pause(c->s, true);
		break;
	case CLI_ALERT_NOT:
		say_again(c);
		break;
	}
}

static void answer(struct conn *c)
{
	const struct wire_http1_msg *m = wire_http1_msg(c->http);
	struct span body = wire_http1_body(c->http);
	bool tried;

	if (!span_eq_str(m->method, "POST")) {
		reply(c, "405 Method Not Allowed", "Allow: POST\r\n", span_make(NULL, 0), true);
		return;
	}
	if (!logged_in(c, m, body, &tried)) {
		c->a->counts.refused += tried;
		if (tried) {
			refused(c->a, c->peer,
				"a wrong login: its subscription has another user or password");
			reply(c, "403 Forbidden", "", span_make(NULL, 0), true);
		} else {
			challenge(c);
		}
		return;
	}
	if (may_speak(c->a, c->peer))
		accept_event(c, body);
	else
		reply(c, "429 Too Many Requests", "Retry-After: 60\r\n", span_make(NULL, 0), true);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_data(void *arg, struct span bytes)
{
	struct conn *c = arg;

	while (bytes.n && !c->ending && !c->waits) { /* nobody sends before the answer has come */
		size_t used = 0;
		enum wire_got got = wire_http1_feed(c->http, bytes, &used, NULL);
		if (got == WIRE_BAD) {
			c->a->counts.malformed++;
			refused(c->a, c->peer, "a message that is no HTTP");
			reply(c, "400 Bad Request", "", span_make(NULL, 0), true);
			return;
		}
		if (got == WIRE_MORE)
			return;
		bytes = span_make(bytes.p + used, bytes.n - used);
		answer(c);
		wire_http1_reset(c->http);
	}
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	conn_free(arg);
}

/* Leaf to root: a PC knows the root only. */
static struct net_stream *take_tls(struct cli_alerts *a, struct net_conn *nc)
{
	struct pki_chain *fresh = a->conf.fresh ? a->conf.fresh(a->conf.arg, a->conf.chain) : NULL;

	if (fresh) { /* open connections have copies of their own */
		pki_chain_free(a->conf.chain);
		a->conf.chain = fresh;
	}
	const struct pki_chain *c = a->conf.chain;
	struct pki_tls_server conf = { .policy = { .min = PKI_TLS_1_1 },
				       .cert_count = c->count,
				       .key = c->key };

	for (unsigned i = 0; i < c->count; i++)
		conf.cert_der[i] = c->certs[i].der;
	return net_conn_tls(nc, &conf);
}

static void take(struct cli_alerts *a, struct net_conn *nc, bool tls)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };

	if (a->conn_count >= CONNS_MAX) {
		net_conn_close(nc, true);
		return;
	}
	struct conn *c = MEM_NEW(struct conn);
	c->a = a;
	str_copy(c->peer, sizeof c->peer, span_str(nc->peer));
	c->http = wire_http1_new(true, BODY_MAX);
	c->next = a->conns;
	c->back = &a->conns;
	if (c->next)
		c->next->back = &c->next;
	a->conns = c;
	a->conn_count++;
	c->deadline = sched_after(net_loop_sched(a->conf.loop), DEADLINE_MS, on_deadline, c);
	c->s = tls ? take_tls(a, nc) : net_conn_clear(nc);
	net_stream_start(c->s, &events, c);
}

static void on_accept(void *arg, struct net_conn *nc)
{
	take(arg, nc, false);
}

static void on_accept_tls(void *arg, struct net_conn *nc)
{
	take(arg, nc, true);
}

/* ---- both ---- */

static bool parse_place(const char *text, char *out_host, uint16_t *out_port, const char *what,
			struct err *e)
{
	struct span all = span_str(text);
	size_t colon = all.n;

	while (colon > 0 && all.p[colon - 1] != ':')
		colon--;
	struct span host = colon ? span_make(all.p, colon - 1) : span_str(DEFAULT_HOST);
	if (str_copy(out_host, HOST_MAX, host) && host.n &&
	    str_to_u16(span_make(all.p + colon, all.n - colon), 0, 65535, out_port, NULL))
		return true;
	err_set(e, ERR_INVALID, "%s: '%.60s' is no place to listen at", what, text);
	return err_want(e, "PORT or ADDRESS:PORT");
}

static bool open_traps(struct cli_alerts *a, const char *place, struct err *e)
{
	struct net_udp_conf conf = { .address = a->trap_host, .buffer_bytes = 1 << 20 };

	if (!parse_place(place, a->trap_host, &conf.port, "traps", e))
		return false;
	a->udp = net_udp_open(a->conf.loop, &conf, on_datagram, a, e);
	return a->udp || err_wrap(e, "traps at %s", place);
}

static bool open_events(struct cli_alerts *a, const char *place, struct err *e)
{
	struct net_listen_conf conf = { .address = a->event_host, .backlog = 128 };

	if (!parse_place(place, a->event_host, &conf.port, "events", e))
		return false;
	a->listen = net_listen_open(a->conf.loop, &conf, on_accept, a, e);
	return a->listen || err_wrap(e, "events at %s", place);
}

static bool open_https(struct cli_alerts *a, const char *place, struct err *e)
{
	struct net_listen_conf conf = { .address = a->https_host, .backlog = 128 };

	if (!a->conf.chain || !a->conf.chain->key)
		return err_set(e, ERR_INVALID, "events over TLS need a certificate with its key");
	if (!parse_place(place, a->https_host, &conf.port, "events over TLS", e))
		return false;
	a->listen_tls = net_listen_open(a->conf.loop, &conf, on_accept_tls, a, e);
	return a->listen_tls || err_wrap(e, "events over TLS at %s", place);
}

struct cli_alerts *cli_alerts_new(const struct cli_alerts_conf *c, struct err *e)
{
	struct cli_alerts *a = MEM_NEW(struct cli_alerts);

	a->conf = *c;
	if (!a->conf.per_minute)
		a->conf.per_minute = PER_MINUTE;
	if (c->user && *c->user) {
		a->user = mem_str(c->user);
		wire_digest_ha1(c->user, REALM,
				c->password ? secret_reveal(c->password) : span_str(""), a->ha1);
	}
	if ((c->traps && !open_traps(a, c->traps, e)) ||
	    (c->events && !open_events(a, c->events, e)) ||
	    (c->https && !open_https(a, c->https, e))) {
		cli_alerts_free(a);
		return NULL;
	}
	return a;
}

void cli_alerts_free(struct cli_alerts *a)
{
	if (!a)
		return;
	while (a->conns)
		conn_free(a->conns);
	for (struct cli_alert_ticket *t = a->tickets; t; t = t->next)
		t->a = NULL;
	net_udp_close(a->udp);
	net_listen_close(a->listen);
	net_listen_close(a->listen_tls);
	pki_chain_free(a->conf.chain);
	mem_free(a->user);
	mem_wipe(a->ha1, sizeof a->ha1);
	mem_free(a);
}

void cli_alerts_places(const struct cli_alerts *a, struct out *o)
{
	if (a->udp)
		out_fmt(o, "traps=%s:%u", a->trap_host, net_udp_port(a->udp));
	if (a->listen)
		out_fmt(o, "%sevents=%s:%u", a->udp ? " " : "", a->event_host,
			net_listen_port(a->listen));
	if (a->listen_tls)
		out_fmt(o, "%shttps=%s:%u", a->udp || a->listen ? " " : "", a->https_host,
			net_listen_port(a->listen_tls));
}

const struct cli_alerts_counts *cli_alerts_get_counts(const struct cli_alerts *a)
{
	return &a->counts;
}
