/* HTTP conversation with one device: a queue of exchanges of which one runs, over one stream at a
 * time. Used by amt. Every wait has a deadline on the scheduler, so all of this runs under the
 * fake clock. Never calls back inside a call; never repeats a request that may have been acted
 * upon unless it is marked repeatable. */
#include "net/http.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http_auth_priv.h"
#include "net/stream_priv.h"
#include <assert.h>

#define UP_MS             20000
#define FIRST_BYTE_MS     30000
#define WHOLE_MS          60000
#define REQUEST_MAX_BYTES (LIMIT_HTTP_HEAD_BYTES + 4u * 1024 * 1024)

enum phase { OP_QUEUED, OP_CONNECT, OP_WAIT, OP_BODY, OP_FAILED, OP_DONE };

struct net_http_op {
	struct net_http_op *next;
	struct net_http *h;
	enum phase phase;
	bool connect_only, repeatable, repeated;
	bool maybe_acted; /* a request left that has not been answered by a 401 */
	enum wire_digest_sent sent;
	uint32_t first_byte_ms;
	int64_t start_mono_ms, connect_mono_ms;
	struct sched_timer *timer; /* deadline of the phase, or the late telling of a failure */
	struct err why;
	net_http_fn *fn;
	void *arg;
	const char *method, *target, *content_type,
		*soap_action; /* behind the struct, as the body */
	struct span body;
	size_t extra_bytes;
};

struct net_http {
	struct net_http_conf conf;
	struct net_target to;
	char *bind_address;
	struct pki_tls_client tls;
	char *suites;
	bool is_set;
	char where[NET_WHERE_SIZE];
	struct net_http_auth auth;
	struct net_stream *stream;
	const struct net_tls_facts *facts; /* NULL: not up */
	unsigned requests;                 /* on this stream */
	struct wire_http1 *parser;
	struct net_http_op *first;
	struct net_http_stats stats;
	bool in_fn, freed;
};

static void start_next(struct net_http *h);

/* --- stream --- */

static void close_stream(struct net_http *h)
{
	struct net_stream *s = h->stream;

	h->stream = NULL;
	h->facts = NULL;
	h->requests = 0;
	net_stream_close(s);
}

static void show(struct net_http *h, struct net_http_event ev)
{
	if (!h->conf.watch)
		return;
	ev.to = &h->to;
	ev.connection = h->stats.connects;
	ev.facts = h->facts;
	h->conf.watch(h->conf.watch_arg, &ev);
}

static void set_deadline(struct net_http_op *op, uint32_t ms, sched_fn *fn)
{
	sched_cancel(op->timer);
	op->timer = sched_after(op->h->conf.sched, ms, fn, op);
}

static void op_free(struct net_http_op *op)
{
	size_t extra = op->extra_bytes;

	sched_cancel(op->timer);
	mem_wipe(op + 1, extra); /* bodies carry passwords */
	mem_free(op);
}

static void unlink_op(struct net_http_op *op)
{
	struct net_http_op **at = &op->h->first;

	while (*at != op)
		at = &(*at)->next;
	*at = op->next;
}

/* --- the end of an exchange --- */

static void destroy(struct net_http *h)
{
	net_http_auth_deinit_priv(&h->auth);
	secret_deinit(&h->tls.psk);
	mem_free(h->suites);
	mem_free(h->bind_address);
	wire_http1_free(h->parser);
	mem_free(h);
}

/* Calls back; afterwards op is gone, and h too when it was freed inside. */
static void tell(struct net_http_op *op, const struct net_http_reply *r, bool sent,
		 const struct err *e)
{
	struct net_http *h = op->h;

	sched_cancel(op->timer);
	op->timer = NULL;
	unlink_op(op);
	op->phase = OP_DONE;
	h->auth.fresh = false;
	h->in_fn = true;
	op->fn(op->arg, r, sent, e);
	h->in_fn = false;
	op_free(op);
	wire_http1_free(h->parser);
	h->parser = NULL;
	if (h->freed)
		destroy(h);
	else
		start_next(h);
}

static void on_tell_failure(void *arg)
{
	struct net_http_op *op = arg;

	op->timer = NULL;
	tell(op, NULL, op->maybe_acted, &op->why);
}

/* The stream is given up with it: whatever still arrives belongs to no request. */
static void fail(struct net_http_op *op, const struct err *why)
{
	op->why = *why;
	op->phase = OP_FAILED;
	show(op->h, (struct net_http_event){ .what = NET_HTTP_DOWN, .why = why });
	close_stream(op->h);
	set_deadline(op, 0, on_tell_failure);
}

static void log_exchange(const struct net_http_op *op, unsigned status)
{
	log_ev(LOG_EV_NET_DEBUG, LOG_S("address", op->h->where), LOG_S("request", op->target),
	       LOG_I("status", status), LOG_I("elapsed_ms", clk_mono_ms() - op->start_mono_ms));
}

static void succeed(struct net_http_op *op, bool keep)
{
	struct net_http *h = op->h;
	struct net_stream *over = NULL;
	struct net_http_reply r = {
		.facts = h->facts,
		.authenticated = op->sent != WIRE_DIGEST_SENT_NOTHING,
	};
	struct err none = { 0 };

	if (!op->connect_only) {
		r.msg = wire_http1_msg(h->parser);
		r.body = wire_http1_body(h->parser);
		log_exchange(op, r.msg->status);
	}
	if (!keep) { /* the facts live as long as the stream */
		over = h->stream;
		h->stream = NULL;
		h->facts = NULL;
		h->requests = 0;
	}
	tell(op, &r, op->maybe_acted, &none);
	net_stream_close(over);
}

static void on_kept_up(void *arg)
{
	struct net_http_op *op = arg;

	op->timer = NULL;
	succeed(op, true);
}

static void on_late(void *arg);

/* A stream that had to wait for others has its whole time after that. */
static bool still_has_time(struct net_http_op *op)
{
	int64_t used = clk_mono_ms() - op->connect_mono_ms - net_stream_queued_ms(op->h->stream);

	if (used >= op->h->conf.up_ms)
		return false;
	set_deadline(op, op->h->conf.up_ms - (uint32_t)(used > 0 ? used : 0), on_late);
	return true;
}

static void on_late(void *arg)
{
	struct net_http_op *op = arg;
	const char *where = op->h->where;
	struct err e = { 0 };

	op->timer = NULL;
	if (op->phase == OP_CONNECT && still_has_time(op))
		return;
	if (op->phase == OP_CONNECT)
		err_set(&e, ERR_TIMEOUT, "no connection with %s within %u ms", where,
			op->h->conf.up_ms);
	else if (op->phase == OP_WAIT)
		err_set(&e, ERR_TIMEOUT, "%s did not answer %s %s within %u ms", where, op->method,
			op->target, op->first_byte_ms);
	else
		err_set(&e, ERR_TIMEOUT, "the reply of %s to %s %s did not end within %u ms", where,
			op->method, op->target, op->h->conf.whole_ms);
	fail(op, &e);
}

/* --- sending --- */

static void send_request(struct net_http_op *op)
{
	struct net_http *h = op->h;
	struct net_http_line line = { op->method, op->target, op->body };
	struct buf request, extra;
	struct out o;
	struct err e = { 0 };

	if (h->conf.may_send && !h->conf.may_send(h->conf.may_send_arg)) {
		err_set(&e, ERR_CONFLICT, "%s %s was not sent to %s any more", op->method,
			op->target, h->where);
		fail(op, &e);
		return;
	}
	buf_init(&extra, LIMIT_HTTP_HEAD_BYTES);
	out_init_buf(&o, &extra);
	op->sent =
		net_http_auth_emit_priv(&h->auth, h->conf.rng, h->conf.prefer_auth_int, &line, &o);
	h->stats.logins += op->sent != WIRE_DIGEST_SENT_NOTHING;
	if (op->soap_action)
		out_fmt(&o, "SOAPAction: %s\r\n", op->soap_action);
	buf_init(&request, REQUEST_MAX_BYTES);
	out_init_buf(&o, &request);
	wire_http1_emit_request(&o, op->method, op->target, h->where,
				extra.n ? (const char *)extra.p : NULL, op->content_type, op->body);
	if (o.bad || request.bad || extra.bad) {
		err_set(&e, ERR_INVALID, "%s request for %s cannot be written", op->method,
			h->where);
		fail(op, &e);
	} else {
		wire_http1_free(h->parser);
		h->parser = NULL; /* made with the first byte: a waiting job holds none */
		h->stats.exchanges++;
		h->requests++;
		op->phase = OP_WAIT;
		op->maybe_acted = true;
		set_deadline(op, op->first_byte_ms, on_late);
		/* Refused: the stream is on its way down and says why itself. */
		(void)net_stream_send(h->stream, buf_span(&request));
		show(h,
		     (struct net_http_event){ .what = NET_HTTP_REQUEST,
					      .request = buf_span(&request) });
	}
	buf_wipe(&extra);
	buf_wipe(&request);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct net_http *h = arg;
	struct net_http_op *op = h->first;

	h->facts = facts;
	h->stats.handshakes += facts->tls;
	h->stats.ups++;
	show(h, (struct net_http_event){ .what = NET_HTTP_UP });
	assert(op && op->phase == OP_CONNECT);
	if (op->connect_only)
		succeed(op, true);
	else
		send_request(op);
}

static void on_data(void *arg, struct span bytes);
static void on_down(void *arg, const struct err *why);

static void connect_stream(struct net_http_op *op)
{
	static const struct net_stream_events ev = { on_up, on_data, on_down };
	struct net_http *h = op->h;

	op->phase = OP_CONNECT;
	op->connect_mono_ms = clk_mono_ms();
	set_deadline(op, h->conf.up_ms, on_late);
	h->stats.connects++;
	h->stream = h->conf.dialer->dial(h->conf.dialer, &h->to);
	net_stream_start(h->stream, &ev, h);
}

/* --- replies --- */

static void on_challenge(struct net_http_op *op, bool keep)
{
	struct net_http *h = op->h;
	struct err e = { 0 };

	h->stats.challenges++;
	op->maybe_acted = false; /* what was asked for was refused */
	log_exchange(op, 401);
	if (!net_http_auth_on_401_priv(&h->auth, op->sent, wire_http1_msg(h->parser), h->where,
				       &e)) {
		fail(op, &e);
		return;
	}
	if (keep) {
		send_request(op);
		return;
	}
	close_stream(h);
	connect_stream(op);
}

static void on_reply(struct net_http_op *op, bool keep)
{
	const struct wire_http1_msg *m = wire_http1_msg(op->h->parser);

	show(op->h,
	     (struct net_http_event){
		     .what = NET_HTTP_REPLY, .reply = m, .body = wire_http1_body(op->h->parser) });
	keep = keep && !m->close;
	if (m->status == 401)
		on_challenge(op, keep);
	else
		succeed(op, keep);
}

static void on_data(void *arg, struct span bytes)
{
	struct net_http *h = arg;
	struct net_http_op *op = h->first;
	struct err e = { 0 };
	size_t used = 0;

	if (!op || (op->phase != OP_WAIT && op->phase != OP_BODY)) {
		close_stream(h); /* nobody asked */
		return;
	}
	if (op->phase == OP_WAIT) {
		op->phase = OP_BODY;
		h->parser = wire_http1_new(false, (size_t)LIMIT_HTTP_BODY_BYTES);
		set_deadline(op, h->conf.whole_ms, on_late);
	}
	switch (wire_http1_feed(h->parser, bytes, &used, &e)) {
	case WIRE_MORE:
		break;
	case WIRE_DONE:
		on_reply(op, used == bytes.n);
		break;
	case WIRE_BAD:
		err_wrap(&e, "%s, reply to %s %s", h->where, op->method, op->target);
		fail(op, &e);
		break;
	}
}

/* The stream went down before any byte of the reply. */
static void on_unanswered(struct net_http_op *op, bool kept, const struct err *why)
{
	struct err e = *why;

	if (kept && op->repeatable && !op->repeated && (!e.code || e.code == ERR_CLOSED)) {
		op->repeated = true;
		connect_stream(op);
		return;
	}
	if (e.code == ERR_NONE)
		err_set(&e, ERR_CLOSED, "%s closed the connection without answering %s %s",
			op->h->where, op->method, op->target);
	if (e.code == ERR_TLS && !kept)
		op->maybe_acted = false; /* our certificate was refused: nobody read the request */
	fail(op, &e);
}

static void on_cut(struct net_http_op *op, const struct err *why)
{
	struct err e = { 0 };

	if (wire_http1_eof(op->h->parser, &e) == WIRE_DONE && why->code == ERR_NONE) {
		on_reply(op, false);
		return;
	}
	if (why->code != ERR_NONE)
		e = *why;
	err_wrap(&e, "%s, reply to %s %s", op->h->where, op->method, op->target);
	fail(op, &e);
}

static void on_down(void *arg, const struct err *why)
{
	struct net_http *h = arg;
	struct net_http_op *op = h->first;
	struct err e = *why;
	bool kept = h->requests > 1;

	if (op && op->phase == OP_BODY) {
		on_cut(op, why);
		return;
	}
	close_stream(h);
	if (!op || op->phase == OP_QUEUED || op->phase == OP_FAILED)
		return; /* died idle: the next exchange makes a new one */
	if (op->phase == OP_WAIT) {
		on_unanswered(op, kept, &e);
		return;
	}
	if (e.code == ERR_NONE)
		err_set(&e, ERR_CLOSED, "%s closed the connection at once", h->where);
	fail(op, &e);
}

/* --- the calls --- */

static void start_next(struct net_http *h)
{
	struct net_http_op *op = h->first;
	struct err e = { 0 };

	if (h->in_fn || !op || op->phase != OP_QUEUED)
		return;
	op->start_mono_ms = clk_mono_ms();
	if (!h->is_set) {
		err_set(&e, ERR_INTERNAL, "no target was set");
		fail(op, &e);
	} else if (!h->stream) {
		connect_stream(op);
	} else if (op->connect_only) {
		op->phase = OP_CONNECT;
		set_deadline(op, 0, on_kept_up);
	} else {
		send_request(op);
	}
}

static const char *put(char **at, const char *s)
{
	size_t n = s ? strlen(s) + 1 : 0;
	char *p = *at;

	if (!s)
		return NULL;
	memcpy(p, s, n);
	*at += n;
	return p;
}

static size_t size_of(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static struct net_http_op *enqueue(struct net_http *h, const struct net_http_req *req,
				   net_http_fn *fn, void *arg)
{
	size_t extra = size_of(req->method) + size_of(req->target) + size_of(req->content_type) +
		size_of(req->soap_action) + req->body.n;
	struct net_http_op *op = mem_new(sizeof *op + extra), **last = &h->first;
	char *at = (char *)(op + 1);

	op->h = h;
	op->extra_bytes = extra;
	op->fn = fn;
	op->arg = arg;
	op->repeatable = req->repeatable;
	op->first_byte_ms = req->first_byte_ms ? req->first_byte_ms : h->conf.first_byte_ms;
	op->method = put(&at, req->method);
	op->target = put(&at, req->target);
	op->content_type = put(&at, req->content_type);
	op->soap_action = put(&at, req->soap_action);
	if (req->body.n)
		memcpy(at, req->body.p, req->body.n);
	op->body = span_make(at, req->body.n);
	while (*last)
		last = &(*last)->next;
	*last = op;
	return op;
}

struct net_http_op *net_http_start(struct net_http *h, const struct net_http_req *req,
				   net_http_fn *fn, void *arg)
{
	struct net_http_op *op = enqueue(h, req, fn, arg);

	start_next(h);
	return op;
}

struct net_http_op *net_http_connect(struct net_http *h, net_http_fn *fn, void *arg)
{
	struct net_http_req none = { .method = "connect", .target = "" };
	struct net_http_op *op = enqueue(h, &none, fn, arg);

	op->connect_only = true;
	start_next(h);
	return op;
}

void net_http_cancel(struct net_http_op *op)
{
	struct net_http *h;

	if (!op || op->phase == OP_DONE)
		return;
	h = op->h;
	if (op->phase != OP_QUEUED) {
		close_stream(h);
		h->auth.fresh = false;
	}
	unlink_op(op);
	op_free(op);
	start_next(h);
}

/* Takes the ground from under a running exchange: it fails, its turn ends. */
static void interrupt(struct net_http *h, const char *what)
{
	struct net_http_op *op = h->first;
	struct err e = { 0 };

	if (op && op->phase != OP_QUEUED && op->phase != OP_FAILED) {
		err_set(&e, ERR_CANCELLED, "%s while waiting for %s", what, h->where);
		fail(op, &e);
	}
	close_stream(h);
	net_http_auth_forget_priv(&h->auth);
}

bool net_http_is_open(const struct net_http *h)
{
	return h->stream != NULL;
}

const struct net_tls_facts *net_http_facts(const struct net_http *h)
{
	return h->facts;
}

void net_http_close(struct net_http *h)
{
	interrupt(h, "the conversation was closed");
}

static bool same_target(const struct net_http *h, const struct net_target *t)
{
	if (!h->is_set || !str_eq(h->to.address, t->address) || h->to.port != t->port ||
	    !str_eq(h->bind_address, t->bind_address) || !h->to.tls != !t->tls)
		return false;
	return !t->tls || pki_tls_client_same(&h->tls, t->tls);
}

static void set_target(struct net_http *h, const struct net_target *t)
{
	struct net_target to = *t;
	struct pki_tls_client tls = { 0 };
	char *suites = NULL, *bind_address = mem_str(t->bind_address);

	if (t->tls) {
		tls = *t->tls;
		tls.psk = secret_copy(&t->tls->psk);
		tls.policy.suites = suites = mem_str(t->tls->policy.suites);
	}
	secret_deinit(&h->tls.psk);
	mem_free(h->suites);
	mem_free(h->bind_address);
	h->tls = tls;
	h->suites = suites;
	h->bind_address = bind_address;
	h->to = to;
	h->to.bind_address = bind_address;
	h->to.tls = t->tls ? &h->tls : NULL;
	h->is_set = true;
	net_where_priv(h->where, h->to.address, h->to.port);
}

void net_http_set(struct net_http *h, const struct net_target *t, const struct net_http_cred *cred)
{
	bool same = same_target(h, t) && net_http_auth_same_priv(&h->auth, cred);

	if (!same && h->is_set)
		interrupt(h, "target or credential changed");
	set_target(h, t); /* also when the same: the chain may lie elsewhere now */
	if (!same)
		net_http_auth_set_priv(&h->auth, cred);
}

struct net_http *net_http_new(const struct net_http_conf *c)
{
	struct net_http *h = MEM_NEW(struct net_http);

	h->conf = *c;
	if (!h->conf.up_ms)
		h->conf.up_ms = UP_MS;
	if (!h->conf.first_byte_ms)
		h->conf.first_byte_ms = FIRST_BYTE_MS;
	if (!h->conf.whole_ms)
		h->conf.whole_ms = WHOLE_MS;
	return h;
}

void net_http_free(struct net_http *h)
{
	if (!h)
		return;
	close_stream(h);
	while (h->first) {
		struct net_http_op *op = h->first;
		h->first = op->next;
		op_free(op);
	}
	h->freed = true;
	if (!h->in_fn)
		destroy(h);
}

const struct net_http_stats *net_http_get_stats(const struct net_http *h)
{
	return &h->stats;
}

const char *net_http_realm(const struct net_http *h)
{
	return h->auth.last_realm;
}
