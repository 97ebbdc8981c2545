/* WS-MAN and legacy SOAP calls to one device over net/http (amt/client.h). Called by the engine's runner and by
 * `wsman --direct`. Never repeats a request on its own: what may be repeated is the caller's word. */
#include "amt/client.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"
#include "wsman/enumerate.h"
#include "wsman/status.h"

#include <assert.h>
#include <stdio.h>

#define CONTENT_TYPE  "application/soap+xml; charset=utf-8"
#define SERVER_PREFIX "Intel(R) Active Management Technology "

enum call_kind { CALL_NONE, CALL_CONNECT, CALL_WSMAN, CALL_ENUMERATE, CALL_GET, CALL_EOI };

struct amt_client {
	struct net_http *http;
	struct net_http_op *op;
	enum call_kind kind;
	enum wsman_op expect;
	enum wsman_eoi_service service; /* of CALL_EOI, and its operation */
	char operation[64];
	uint32_t message_id;
	struct arena arena; /* of the running call: reply, enumeration */
	struct wsman_enumerate en;
	amt_client_fn *fn;
	void *arg;
	struct amt_peer peer;
	char user[64];
	uint16_t port;
	void (*watch)(void *arg, const struct amt_event *ev);
	void *watch_arg;
};

void amt_way_deinit(struct amt_way *w)
{
	secret_deinit(&w->password);
	secret_deinit(&w->tls.psk);
}

static void on_seen(void *arg, const struct net_http_event *ev)
{
	static const enum amt_event_what what[] = { [NET_HTTP_UP] = AMT_EVENT_UP,
						    [NET_HTTP_REQUEST] = AMT_EVENT_REQUEST,
						    [NET_HTTP_REPLY] = AMT_EVENT_REPLY,
						    [NET_HTTP_DOWN] = AMT_EVENT_DOWN };
	const struct amt_client *c = arg;
	bool tls = ev->facts && ev->facts->tls;
	struct amt_event e = {
		.what = what[ev->what],
		.client = c,
		.address = ev->to->address,
		.port = ev->to->port,
		.connection = ev->connection,
		.tls = tls ? pki_tls_version_name(ev->facts->version) : "",
		.suite = tls ? ev->facts->suite : "",
		.request = ev->request,
		.reply = ev->reply,
		.body = ev->body,
		.why = ev->why,
	};
	c->watch(c->watch_arg, &e);
}

struct amt_client *amt_client_new(const struct amt_client_conf *c)
{
	struct amt_client *a = MEM_NEW(struct amt_client);
	struct net_http_conf hc = {
		.dialer = c->dialer,
		.sched = c->sched,
		.rng = c->rng,
		.up_ms = c->up_ms,
		.first_byte_ms = c->first_byte_ms,
		.whole_ms = c->whole_ms,
		.prefer_auth_int = c->prefer_auth_int,
		.may_send = c->may_send,
		.may_send_arg = c->may_send_arg,
		.watch = c->watch ? on_seen : NULL,
		.watch_arg = a,
	};
	a->watch = c->watch;
	a->watch_arg = c->watch_arg;
	a->http = net_http_new(&hc);
	arena_init(&a->arena, LIMIT_XML_ARENA_BYTES);
	return a;
}

void amt_client_free(struct amt_client *c)
{
	if (!c)
		return;
	amt_client_cancel(c);
	net_http_free(c->http);
	arena_deinit(&c->arena);
	mem_free(c);
}

void amt_client_set_way(struct amt_client *c, const struct amt_way *w)
{
	assert(c->kind == CALL_NONE);
	struct net_target t = { .port = w->port, .tls = w->clear ? NULL : &w->tls };
	str_copy(t.address, sizeof t.address, span_str(w->address));
	c->port = w->port;
	struct net_http_cred cred = {
		.user = w->user[0] ? w->user : NULL,
		.password = &w->password,
		.realm = w->realm[0] ? w->realm : NULL,
	};
	net_http_set(c->http, &t, &cred);
}

void amt_client_close(struct amt_client *c)
{
	net_http_close(c->http);
}

unsigned amt_client_connection(const struct amt_client *c)
{
	return net_http_is_open(c->http) ? net_http_get_stats(c->http)->connects : 0;
}

bool amt_client_leaf(const struct amt_client *c, uint8_t out_sha256[32])
{
	const struct net_tls_facts *f = net_http_facts(c->http);
	if (!f || !f->tls || f->peer_count == 0)
		return false;
	memcpy(out_sha256, f->peer_sha256, 32);
	return true;
}

void amt_client_cancel(struct amt_client *c)
{
	net_http_cancel(c->op);
	c->op = NULL;
	c->kind = CALL_NONE;
}

/* Ends the call: the client is free for the next one before the callback runs. */
static void finish(struct amt_client *c, struct amt_reply *r, const struct err *e)
{
	static const struct err none;
	amt_client_fn *fn = c->fn;
	r->arena = &c->arena;
	r->peer = &c->peer;
	c->kind = CALL_NONE;
	fn(c->arg, r, e ? e : &none);
}

static void note_peer(struct amt_client *c, const struct net_http_reply *r)
{
	const struct net_tls_facts *f = r->facts;
	if (f) {
		c->peer.tls = f->tls;
		c->peer.tls_version = f->version;
		str_copy(c->peer.suite, sizeof c->peer.suite, span_str(f->suite));
		c->peer.has_leaf = f->tls && f->peer_count > 0;
		if (c->peer.has_leaf) {
			memcpy(c->peer.leaf_sha256, f->peer_sha256, sizeof c->peer.leaf_sha256);
			c->peer.leaf_der = f->peer_der[0];
		}
	}
	if (r->msg) {
		struct span s = wire_http1_header(r->msg, "Server");
		if (s.n)
			str_copy(c->peer.server, sizeof c->peer.server, s);
	}
}

static void send_enumerate(struct amt_client *c);

static void on_enumerated(struct amt_client *c, struct amt_reply *ar, const struct err *e)
{
	struct err fail = *e;
	switch (wsman_enumerate_feed(&c->en, ar->msg, ar->http_status, &fail)) {
	case WSMAN_ENUMERATE_SEND:
		send_enumerate(c);
		return;
	case WSMAN_ENUMERATE_DONE:
		ar->items = c->en.items;
		ar->item_count = c->en.item_count;
		finish(c, ar, NULL);
		return;
	case WSMAN_ENUMERATE_FAILED:
		finish(c, ar, &fail);
		return;
	}
}

static void on_wsman(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct amt_client *c = arg;
	struct amt_reply ar = { .sent = sent };
	struct err fail = { 0 };
	c->op = NULL;
	if (!r) {
		finish(c, &ar, e);
		return;
	}
	note_peer(c, r);
	ar.http_status = r->msg->status;
	ar.authenticated = r->authenticated;
	struct wsman_msg *m = ARENA_NEW(&c->arena, struct wsman_msg);
	if (!m || !wsman_envelope_parse(r->body, &c->arena, m, &fail)) {
		if (ar.http_status != 200) {
			/* one of the ways in which firmware may say that it makes a key */
			err_set(&fail, ar.http_status == 503 ? ERR_BUSY : ERR_HTTP,
				"the device answered HTTP %u without a WS-MAN message",
				ar.http_status);
			err_seen(&fail, "HTTP %u, %zu bytes", ar.http_status, r->body.n);
			err_want(&fail, "HTTP 200 with a SOAP envelope");
		} else if (!fail.seen[0]) {
			struct span type = wire_http1_header(r->msg, "Content-Type");
			err_seen(&fail, "%zu bytes of %.*s", r->body.n, type.n ? (int)type.n : 10,
				 type.n ? (const char *)type.p : "no type");
			err_want(&fail, "application/soap+xml with an envelope");
		}
		finish(c, &ar, &fail);
		return;
	}
	ar.msg = m;
	if (c->kind == CALL_ENUMERATE) {
		on_enumerated(c, &ar, &fail);
		return;
	}
	wsman_status_reply(m, c->expect, ar.http_status, &fail);
	finish(c, &ar, &fail);
}

static void begin(struct amt_client *c, enum call_kind kind, amt_client_fn *fn, void *arg)
{
	assert(c->kind == CALL_NONE);
	c->kind = kind;
	c->fn = fn;
	c->arg = arg;
	arena_deinit(
		&c->arena); /* most of a job's time is waiting: with nothing of the last reply */
}

static void send_body(struct amt_client *c, struct span body, bool repeatable,
		      uint32_t first_byte_ms)
{
	struct net_http_req hr = {
		.method = "POST",
		.target = "/wsman",
		.content_type = CONTENT_TYPE,
		.body = body,
		.repeatable = repeatable,
		.first_byte_ms = first_byte_ms,
	};
	c->op = net_http_start(c->http, &hr, on_wsman, c);
}

/* The next request of an enumeration. */
static void send_enumerate(struct amt_client *c)
{
	struct buf b;
	struct out o;
	char id[16];
	snprintf(id, sizeof id, "%u", c->message_id++);
	buf_init(&b, LIMIT_XML_BYTES);
	out_init_buf(&o, &b);
	wsman_enumerate_emit(&c->en, id, &o);
	send_body(c, buf_span(&b), true, 0);
	buf_deinit(&b);
}

void amt_client_call(struct amt_client *c, const struct wsman_req *req, bool repeatable,
		     uint32_t first_byte_ms, amt_client_fn *fn, void *arg)
{
	struct wsman_req r = *req;
	char id[16];
	if (!r.message_id) {
		snprintf(id, sizeof id, "%u", c->message_id++);
		r.message_id = id;
	}
	struct buf b;
	struct out o;
	buf_init(&b, LIMIT_XML_BYTES);
	out_init_buf(&o, &b);
	wsman_envelope_emit_request(
		&o, &r); /* it may be about what the last reply said: that goes now */
	begin(c, CALL_WSMAN, fn, arg);
	c->expect = r.op;
	send_body(c, buf_span(&b), repeatable, first_byte_ms);
	buf_wipe(&b); /* it was copied, and may hold a password */
}

void amt_client_enumerate(struct amt_client *c, const char *resource_uri, amt_client_fn *fn,
			  void *arg)
{
	begin(c, CALL_ENUMERATE, fn, arg);
	wsman_enumerate_init(&c->en, resource_uri, &c->arena);
	send_enumerate(c);
}

static void on_plain(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct amt_client *c = arg;
	struct amt_reply ar = { .sent = sent };
	c->op = NULL;
	if (!r) {
		finish(c, &ar, e);
		return;
	}
	note_peer(c, r);
	if (r->msg) {
		ar.http_status = r->msg->status;
		ar.authenticated = r->authenticated;
		ar.body = r->body;
	}
	finish(c, &ar, NULL);
}

static void on_eoi(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct amt_client *c = arg;
	struct amt_reply ar = { .sent = sent };
	struct err fail = { 0 };
	c->op = NULL;
	if (!r) {
		finish(c, &ar, e);
		return;
	}
	note_peer(c, r);
	ar.http_status = r->msg->status;
	ar.authenticated = r->authenticated;
	struct wsman_eoi_msg *m = ARENA_NEW(&c->arena, struct wsman_eoi_msg);
	if (!m || !wsman_eoi_parse(r->body, &c->arena, m, &fail)) {
		if (ar.http_status != 200) {
			err_set(&fail, ERR_HTTP,
				"the device answered HTTP %u without a SOAP message",
				ar.http_status);
			err_seen(&fail, "HTTP %u, %zu bytes", ar.http_status, r->body.n);
			err_want(&fail, "HTTP 200 with a SOAP 1.1 envelope");
		}
		finish(c, &ar, &fail);
		return;
	}
	ar.eoi = m;
	wsman_eoi_check(m, c->service, c->operation, &fail);
	finish(c, &ar, &fail);
}

void amt_client_eoi(struct amt_client *c, enum wsman_eoi_service s, const char *op,
		    const struct wsman_eoi_param *params, unsigned count, bool repeatable,
		    amt_client_fn *fn, void *arg)
{
	char action[256];
	struct buf body;
	struct out o;
	begin(c, CALL_EOI, fn, arg);
	c->service = s;
	str_copy(c->operation, sizeof c->operation, span_str(op));
	memset(action, 0, sizeof action);
	out_init(&o, action, sizeof action - 1);
	wsman_eoi_action(&o, s, op);
	buf_init(&body, LIMIT_XML_BYTES);
	out_init_buf(&o, &body);
	wsman_eoi_emit_request(&o, s, op, params, count);
	struct net_http_req hr = {
		.method = "POST",
		.target = wsman_eoi_service_at(s)->path,
		.content_type = WSMAN_EOI_CONTENT_TYPE,
		.soap_action = action,
		.body = buf_span(&body),
		.repeatable = repeatable,
	};
	c->op = net_http_start(c->http, &hr, on_eoi, c);
	buf_wipe(&body); /* it was copied */
}

void amt_client_connect(struct amt_client *c, amt_client_fn *fn, void *arg)
{
	begin(c, CALL_CONNECT, fn, arg);
	c->op = net_http_connect(c->http, on_plain, c);
}

void amt_client_get_path(struct amt_client *c, const char *path, amt_client_fn *fn, void *arg)
{
	begin(c, CALL_GET, fn, arg);
	struct net_http_req hr = { .method = "GET", .target = path, .repeatable = true };
	c->op = net_http_start(c->http, &hr, on_plain, c);
}

bool amt_client_explain_denied(const char *user, struct err *e)
{
	if (e->code != ERR_FAULT || !strstr(e->seen, "AccessDenied"))
		return false;
	if (!e->hint[0] && user[0] && !str_eq(user, "admin")) /* who may all, but for consent */
		err_hint(e,
			 "user '%.32s' has no right to that in the PC: take the administrator, or "
			 "give that user the realm",
			 user);
	return true;
}

struct amt_client_stats amt_client_get_stats(const struct amt_client *c)
{
	const struct net_http_stats *s = net_http_get_stats(c->http);
	return (struct amt_client_stats){ .round_trips = s->exchanges,
					  .challenges = s->challenges,
					  .handshakes = s->handshakes,
					  .connects = s->connects,
					  .ups = s->ups,
					  .logins = s->logins };
}

uint16_t amt_client_port(const struct amt_client *c)
{
	return c->port;
}

const char *amt_client_realm(const struct amt_client *c)
{
	return net_http_realm(c->http);
}

bool amt_client_version_of(const char *server_header, char *out_version, size_t cap)
{
	struct span s = span_str(server_header);
	if (!span_starts(s, SERVER_PREFIX))
		return false;
	size_t skip = strlen(SERVER_PREFIX);
	return str_copy(out_version, cap, span_trim(span_make(s.p + skip, s.n - skip)));
}
