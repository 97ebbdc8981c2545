/* Serial consoles (engine/console.h): opening one, what it said, typing, its end. Who looks asks again and
 * again, waiting for more; so a slow one costs nothing. Bytes travel as base64. */
#include "api/api_priv.h"
#include "engine/console.h"

#define WAIT_MAX_MS  25000
#define ANSWER_BYTES ((size_t)256 * 1024)
#define TYPE_BYTES   65536

struct look {
	struct engine_console_wait *wait;
	struct api_req *r;
	const char *uuid;
	uint64_t from, version;
};

static void put_bytes(struct api_req *r, const char *key, struct span bytes)
{
	struct api_json *j = &r->json;

	api_json_key(j, key);
	out_str(&j->o, "\"");
	out_b64(&j->o, bytes);
	out_str(&j->o, "\"");
}

static bool none(const struct api_req *r, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no console of %.80s is open", r->name);
	return err_hint(e, "it ends half a minute after the last one who looked");
}

static void show(struct api_req *r)
{
	const struct look *l = r->state;
	struct engine *en = r->api->conf.engine;
	struct engine_console_view v;
	struct err e = { 0 };
	uint64_t from;

	if (!engine_console_get(en, l->uuid, &v)) {
		none(r, &e);
		api_fail(r, &e);
		return;
	}
	struct span said = engine_console_said(en, l->uuid, l->from, &from);
	if (said.n > ANSWER_BYTES)
		said.n = ANSWER_BYTES;
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", v.uuid);
	api_json_str(&r->json, "device", v.name);
	api_json_str(&r->json, "state", v.state);
	api_json_str(&r->json, "writer", v.writer);
	api_json_bool(&r->json, "power", v.power);
	api_json_int(&r->json, "drops", (int64_t)v.drops);
	api_json_int(&r->json, "version", (int64_t)v.version);
	api_json_int(&r->json, "from", (int64_t)from);
	api_json_int(&r->json, "next", (int64_t)(from + said.n));
	put_bytes(r, "data", said);
	if (v.e->code != ERR_NONE)
		api_json_err(&r->json, "error", v.e);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void look_free(void *state)
{
	struct look *l = state;

	engine_console_unwait(l->wait);
}

static void on_news(void *arg)
{
	struct look *l = arg;

	l->wait = NULL;
	sched_cancel(l->r->timer);
	l->r->timer = NULL;
	show(l->r);
}

static void on_wait_over(void *arg)
{
	struct look *l = arg;

	l->r->timer = NULL;
	engine_console_unwait(l->wait);
	l->wait = NULL;
	show(l->r);
}

static bool read_query(struct api_req *r, struct look *l, uint32_t *inout_wait_ms, struct err *e)
{
	const char *from = api_query(r, "from"), *wait = api_query(r, "wait_ms"),
		   *version = api_query(r, "version");

	if (version && !str_to_u64(span_str(version), 0, INT64_MAX, &l->version, NULL)) {
		err_set(e, ERR_INVALID, "the query has version=%.40s", version);
		return err_want(e, "that of the last answer");
	}
	if (from && !str_to_u64(span_str(from), 0, INT64_MAX, &l->from, NULL)) {
		err_set(e, ERR_INVALID, "the query has from=%.40s", from);
		return err_want(e, "a number of bytes");
	}
	if (wait && !str_to_u32(span_str(wait), 0, WAIT_MAX_MS, inout_wait_ms, NULL)) {
		err_set(e, ERR_INVALID, "the query has wait_ms=%.40s", wait);
		return err_want(e, "0 to %d", WAIT_MAX_MS);
	}
	return true;
}

void api_console_get(struct api_req *r)
{
	struct look *l = ARENA_NEW(&r->arena, struct look);
	struct store_device d;
	uint32_t wait_ms = 0;
	struct err e = { 0 };

	if (!l || !api_device_find(r, &d, &e) || !read_query(r, l, &wait_ms, &e)) {
		api_fail(r, &e);
		return;
	}
	l->r = r;
	l->uuid = d.uuid;
	r->state = l;
	r->state_free = look_free;
	l->wait = wait_ms
		? engine_console_wait(r->api->conf.engine, l->uuid, l->from, l->version, on_news, l)
		: NULL;
	if (l->wait)
		r->timer = sched_after(api_sched(r->api), wait_ms, on_wait_over, l);
	else
		show(r);
}

/* ---- opening ---- */

static void opened(struct api_req *r)
{
	const struct look *l = r->state;
	struct err e = { 0 };

	if (engine_console_open(r->api->conf.engine, l->uuid, r->actor, &e))
		show(r);
	else
		api_fail(r, &e);
}

/* fn when it is in the audit. */
static void audit_first(struct api_req *r, const char *what, void (*fn)(struct api_req *r))
{
	struct look *l = ARENA_NEW(&r->arena, struct look);
	struct store_device d;
	struct err e = { 0 };

	if (!l || !api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	l->r = r;
	l->uuid = d.uuid;
	r->state = l;
	r->state_free = look_free;
	api_commit(r, api_tx(r, what, d.fqdn[0] ? d.fqdn : d.uuid), fn);
}

void api_console_post(struct api_req *r)
{
	audit_first(r, "console", opened);
}

/* ---- typing ---- */

struct typed {
	const char *writer;
	bool force, brk, leave;
	struct span bytes;
};

static bool read_typed(struct api_req *r, const json_t *o, struct typed *t, struct err *e)
{
	const char *data = NULL, *force = NULL, *brk = NULL, *leave = NULL;
	uint8_t *mem;

	if (!api_json_text(o, "writer", &t->writer, e) || !api_json_text(o, "data", &data, e) ||
	    !api_json_text(o, "force", &force, e) || !api_json_text(o, "break", &brk, e) ||
	    !api_json_text(o, "leave", &leave, e))
		return false;
	t->force = force && str_eq(force, "true");
	t->brk = brk && str_eq(brk, "true");
	t->leave = leave && str_eq(leave, "true");
	if ((t->brk || t->leave) && !data)
		data = "";
	size_t max = data ? b64_max_decoded(strlen(data)) : 0;
	if (!t->writer || !*t->writer || !data || max > TYPE_BYTES + 4) {
		err_set(e, ERR_INVALID, "typing needs a writer and data, break or leave");
		return err_want(e, "a name, and at most %d bytes as base64", TYPE_BYTES);
	}
	mem = arena_alloc(&r->arena, max + 1);
	t->bytes = span_make(mem, 0);
	return (mem && b64_decode(span_str(data), mem, max, &t->bytes.n)) ||
		err_set(e, ERR_INVALID, "data is no base64");
}

void api_console_type(struct api_req *r)
{
	struct store_device d;
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body), "writer data force break leave", &e);
	struct engine *en = r->api->conf.engine;
	struct typed t = { 0 };
	size_t took = 0;
	bool sent = false;
	bool ok = o && api_device_find(r, &d, &e) && read_typed(r, o, &t, &e) &&
		(!t.brk || engine_console_break(en, d.uuid, t.writer, t.force, &sent, &e)) &&
		(!t.bytes.n ||
		 engine_console_type(en, d.uuid, t.writer, t.force, t.bytes, &took, &e));

	if (ok && t.leave)
		engine_console_leave(en, d.uuid, t.writer);
	if (!ok)
		api_fail(r, &e);
	api_json_drop(o);
	if (!ok)
		return;
	api_json_begin(&r->json, NULL, '{');
	api_json_int(&r->json, "took", (int64_t)took);
	api_json_bool(&r->json, "break", sent);
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* Once it is in the audit. */
static void ended(struct api_req *r)
{
	const struct look *l = r->state;
	struct err e = { 0 };

	if (!engine_console_end(r->api->conf.engine, l->uuid, r->actor)) {
		none(r, &e);
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", l->uuid);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_console_delete(struct api_req *r)
{
	audit_first(r, "console.end", ended);
}
