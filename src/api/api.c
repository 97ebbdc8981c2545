/* The life of the interface and of each request: from the socket to a handler, through
 * transactions and workers, to one answer and one line of log. Called by the service's main
 * program; never decides anything about devices. */
#include "api/api_priv.h"
#include "api/line.h"
#include <assert.h>

enum {
	ARENA_BYTES = 96 * 1024 * 1024, /* a page of 1000 devices with all their texts */
	REPLY_BYTES = 64 * 1024 * 1024,
};

struct sched *api_sched(const struct api *a)
{
	return a->conf.sched ? a->conf.sched : net_loop_sched(a->conf.loop);
}

/* ---- the end of a request ---- */

static void req_free(struct api_req *r)
{
	*(r->prev ? &r->prev->next : &r->api->open) = r->next;
	if (r->next)
		r->next->prev = r->prev;
	sched_cancel(r->timer);
	if (r->state_free)
		r->state_free(r->state);
	buf_wipe(&r->body);
	buf_wipe(&r->reply);
	arena_deinit(&r->scratch);
	arena_deinit(&r->arena);
	mem_free(r);
}

static void deliver(struct api_req *r)
{
	log_ev(LOG_EV_API, LOG_S("method", r->method), LOG_S("path", r->path),
	       LOG_I("status", r->status),
	       LOG_I("elapsed_ms", (clk_mono_us() - r->began_mono_us) / 1000));
	r->fn(r->arg, r->status, r->content_type, buf_span(&r->reply));
	req_free(r);
}

static void on_deliver(void *arg)
{
	struct api_req *r = arg;

	r->timer = NULL;
	deliver(r);
}

static void finish(struct api_req *r, int status, const char *content_type)
{
	r->status = status;
	r->content_type = content_type;
	r->timer = sched_after(api_sched(r->api), 0, on_deliver, r);
}

static void write_error(struct api_req *r, const struct err *e)
{
	buf_wipe(&r->reply);
	buf_init(&r->reply, REPLY_BYTES);
	api_json_init(&r->json, &r->reply);
	api_json_begin(&r->json, NULL, '{');
	api_json_err(&r->json, "error", e);
	api_json_end(&r->json, '}');
	out_u8(&r->json.o, '\n');
}

void api_fail(struct api_req *r, const struct err *e)
{
	/* The wrong method is the one thing that only HTTP has a number for. */
	bool is_method = !r->route && e->code == ERR_USAGE;

	write_error(r, e);
	finish(r, is_method ? 405 : err_http(e->code), "application/json");
}

void api_send(struct api_req *r, const char *content_type)
{
	struct err e = { 0 };

	if (!r->reply.bad && !r->arena.full) {
		finish(r, 200, content_type);
		return;
	}
	err_set(&e, ERR_LIMIT, "the answer to %s %s is too large", r->method, r->path);
	err_hint(&e, "ask for less with limit=");
	api_fail(r, &e);
}

void api_ok(struct api_req *r)
{
	out_u8(&r->json.o, '\n');
	api_send(r, "application/json");
}

/* ---- going on ---- */

struct store_tx *api_tx(struct api_req *r, const char *action, const char *object)
{
	struct store_tx *tx = store_tx_new(r->api->conf.store);

	store_tx_audit(tx, r->actor, action, object, r->now_unix_ms);
	return tx;
}

static void on_committed(void *arg, const struct err *e)
{
	struct api_req *r = arg;

	if (e)
		api_fail(r, e);
	else
		r->then(r);
}

void api_commit(struct api_req *r, struct store_tx *tx, api_then_fn *then)
{
	r->then = then;
	store_tx_commit(tx, on_committed, r);
}

static void on_later(void *arg)
{
	struct api_req *r = arg;

	r->timer = NULL;
	r->then(r);
}

void api_later(struct api_req *r, api_then_fn *then)
{
	assert(!r->timer);
	r->then = then;
	r->timer = sched_after(api_sched(r->api), 0, on_later, r);
}

static void on_worked(void *arg)
{
	struct api_req *r = arg;

	r->then(r);
}

void api_work(struct api_req *r, void (*work)(void *r), api_then_fn *then)
{
	const struct api_conf *c = &r->api->conf;

	r->then = then;
	if (c->work)
		c->work(c->work_ctx, work, on_worked, r);
	else
		net_loop_work(c->loop, work, on_worked, r);
}

void api_list_end(struct api_req *r, const char *key)
{
	api_json_end(&r->json, ']');
	api_json_str(&r->json, "next", key);
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* ---- the beginning of a request ---- */

static struct api_req *req_new(struct api *a, const struct api_call *c)
{
	struct api_req *r = MEM_NEW(struct api_req);

	r->api = a;
	r->next = a->open;
	if (r->next)
		r->next->prev = r;
	a->open = r;
	arena_init(&r->arena, ARENA_BYTES);
	arena_init(&r->scratch, ARENA_BYTES);
	buf_init(&r->reply, REPLY_BYTES);
	buf_init(&r->body, LIMIT_API_BODY_BYTES);
	api_json_init(&r->json, &r->reply);
	r->method = arena_str(&r->arena, span_str(c->method));
	r->path = arena_str(&r->arena, span_str(c->path));
	r->query = arena_str(&r->arena, span_str(c->query ? c->query : ""));
	r->uid = c->peer_uid;
	struct out o;
	out_init(&o, r->actor, sizeof r->actor);
	out_fmt(&o, "uid:%u", c->peer_uid);
	r->now_unix_ms = clk_unix_ms();
	r->began_mono_us = clk_mono_us();
	return r;
}

void api_handle(struct api *a, const struct api_call *c, api_reply_fn *fn, void *arg)
{
	struct api_req *r = req_new(a, c);
	struct err e = { 0 };

	r->fn = fn;
	r->arg = arg;
	r->route = api_route_find(r->method, r->path, &r->arena, &r->name, &e);
	if (r->route && c->body.n && !buf_add(&r->body, c->body))
		err_set(&e, ERR_LIMIT, "the body has %zu bytes, at most %u are read", c->body.n,
			LIMIT_API_BODY_BYTES);
	else if (r->route && !r->route->body[0] && span_trim(c->body).n &&
		 !span_eq_str(span_trim(c->body), "{}"))
		err_set(&e, ERR_INVALID, "%s %s takes no body", r->method, r->path);
	else if (r->route)
		(void)api_query_check(r, &e);
	if (e.code)
		api_fail(r, &e);
	else if (r->route)
		r->route->handler(r);
}

static void on_answer(void *arg, int status, const char *content_type, struct span body)
{
	struct net_httpd_call *call = arg;

	net_httpd_reply(call, status, content_type, body);
}

static void on_request(void *arg, const struct net_httpd_req *req)
{
	struct api *a = arg;
	struct api_call c = {
		.method = req->method,
		.path = req->path,
		.query = req->query,
		.body = req->body,
		.peer_uid = req->peer_uid,
	};

	api_handle(a, &c, on_answer, req->call);
}

/* ---- life ---- */

struct api *api_new(const struct api_conf *c, struct err *e)
{
	struct api *a = MEM_NEW(struct api);

	assert(c->loop || (c->sched && c->work && !c->socket_path));
	a->conf = *c;
	a->conf.socket_path = mem_str(c->socket_path);
	a->conf.version = mem_str(c->version ? c->version : "");
	a->conf.hello_ports = mem_str(c->hello_ports ? c->hello_ports : "");
	a->conf.db_path = mem_str(c->db_path ? c->db_path : "");
	rng_os(&a->rng);
	if (!c->socket_path)
		return a;
	a->httpd = net_httpd_new(c->loop, c->socket_path, on_request, a, e);
	a->lines = a->httpd ? api_lines_new(a, e) : NULL;
	if (a->lines)
		return a;
	api_free(a);
	return NULL;
}

static void end_open(struct api *a)
{
	struct err e = { 0 };

	err_set(&e, ERR_SERVICE_DOWN, "the service stops");
	err_hint(&e, "ask again when it runs; what was not answered may have been done");
	for (struct api_req *r = a->open, *next; r; r = next) {
		next = r->next;
		write_error(r, &e);
		r->status = err_http(e.code);
		r->content_type = "application/json";
		deliver(r);
	}
}

void api_stop(struct api *a)
{
	api_lines_stop(a->lines);
}

void api_free(struct api *a)
{
	if (!a)
		return;
	end_open(a);
	api_lines_free(a->lines);
	net_httpd_free(a->httpd);
	mem_free((void *)(uintptr_t)a->conf.socket_path);
	mem_free((void *)(uintptr_t)a->conf.version);
	mem_free((void *)(uintptr_t)a->conf.hello_ports);
	mem_free((void *)(uintptr_t)a->conf.db_path);
	mem_free(a);
}
