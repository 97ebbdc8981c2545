/* Discoveries of the service: begin, list, show, stop, go on (engine/discovery.h). What they see is
 * listed by sighting.c. */
#include "api/api_priv.h"
#include "engine/discovery.h"

#define KEYS "ranges rate ping port_base rmcp_port"

/* ---- answers ---- */

static void put(struct api_req *r, const struct store_discovery *d)
{
	struct api_json *j = &r->json;
	uint64_t done = (uint64_t)d->done_to, found = (uint64_t)d->found;

	(void)engine_discovery_done(r->api->conf.engine, d->id, &done, &found);
	api_json_str(j, "id", d->id);
	api_json_str(j, "ranges", d->ranges);
	api_json_str(j, "state", d->state);
	api_json_str(j, "note", d->note);
	api_json_int(j, "total", d->total);
	api_json_int(j, "done", (int64_t)done);
	api_json_int(j, "found", (int64_t)found);
	api_json_int(j, "rate", d->rate);
	api_json_bool(j, "ping", d->only_ping);
	api_json_int(j, "port_base", d->port_base);
	api_json_int(j, "rmcp_port", d->rmcp_port);
	api_json_str(j, "actor", d->actor);
	api_json_time(j, "begun", d->at_unix_ms);
	api_json_time(j, "changed", d->changed_unix_ms);
}

/* There are few: a page is cut out of all of them. */
void api_discovery_list(struct api_req *r)
{
	const unsigned max = LIMIT_DISCOVERIES + LIMIT_DISCOVERIES_KEPT;
	struct store_discovery *rows = ARENA_ARRAY(&r->arena, struct store_discovery, max);
	struct api_page page;
	struct err e = { 0 };
	unsigned i = 0, end;

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	unsigned n = rows ? store_discovery_list(r->api->conf.store, &r->arena, max, rows) : 0;
	while (page.after && i < n && !str_eq(rows[i++].id, page.after))
		;
	end = n - i > page.limit ? i + page.limit : n;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (; i < end; i++) {
		api_json_begin(&r->json, NULL, '{');
		put(r, &rows[i]);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, end < n ? rows[end - 1].id : NULL);
}

static bool find(struct api_req *r, struct store_discovery *out_d, struct err *e)
{
	if (store_discovery_get(r->api->conf.store, &r->arena, r->name, out_d))
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no discovery %.40s", r->name);
	return err_hint(e, "see 'outband discover jobs'");
}

static void answer(struct api_req *r)
{
	struct store_discovery d;
	struct err e = { 0 };

	if (!find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	put(r, &d);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_discovery_get(struct api_req *r)
{
	answer(r);
}

/* ---- begin ---- */

static bool bad_member(struct err *e, const char *key, const char *want)
{
	err_set(e, ERR_INVALID, "the discovery has a wrong '%s'", key);
	return err_want(e, "%s", want);
}

/* A list of ranges as one text with commas. */
static bool take_ranges(struct api_req *r, const json_t *list, struct engine_discovery_want *w,
			struct err *e)
{
	struct buf b;
	struct out o;
	json_t *v;
	size_t i;
	bool ok = json_array_size(list) > 0;

	buf_init(&b, LIMIT_DISCOVER_RANGES);
	out_init_buf(&o, &b);
	json_array_foreach(list, i, v)
	{
		const char *text = json_string_value(v);
		ok = ok && text && *text && strlen(text) == json_string_length(v);
		if (ok)
			out_fmt(&o, "%s%s", i ? "," : "", text);
	}
	w->ranges = ok && !o.bad ? arena_str(&r->arena, buf_span(&b)) : NULL;
	bool fits = !o.bad;
	buf_deinit(&b);
	if (!fits)
		return err_set(e, ERR_LIMIT, "so many ranges are too long");
	return w->ranges || bad_member(e, "ranges", "a list of ranges of addresses");
}

/* Numbers and texts in the form in which schedules have them. */
static bool take_rest(struct api_req *r, const json_t *o, struct engine_discovery_want *w,
		      struct err *e)
{
	static const char *const keys[] = { "rate", "ping", "port_base", "rmcp_port" };

	for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
		const json_t *v = json_object_get(o, keys[i]);
		const char *text = NULL;
		if (!v)
			continue;
		if (json_is_boolean(v))
			text = json_is_true(v) ? "true" : "false";
		else if (json_is_integer(v) && i == 0 && json_integer_value(v) == 0)
			text = "max";
		else if (json_is_integer(v))
			text = arena_fmt(&r->arena, "%lld", (long long)json_integer_value(v));
		if (!text)
			return bad_member(e, keys[i], i == 1 ? "true or false" : "a number");
		if (!engine_discovery_arg(w, keys[i], text, e))
			return false;
	}
	return true;
}

static void begun(struct api_req *r)
{
	engine_discovery_kick(r->api->conf.engine);
	answer(r);
}

void api_discovery_post(struct api_req *r)
{
	struct engine_discovery_want w = { .rate = ENGINE_DISCOVERY_RATE, .actor = r->actor };
	struct err e = { 0 };
	char id[ENGINE_DISCOVERY_ID];
	json_t *o = api_json_read(buf_span(&r->body), KEYS, &e);
	struct store_tx *tx = NULL;

	bool ok = o && take_ranges(r, json_object_get(o, "ranges"), &w, &e) &&
		take_rest(r, o, &w, &e);
	api_json_drop(o);
	if (ok) {
		tx = api_tx(r, "discovery.begin", w.ranges);
		ok = engine_discovery_add(r->api->conf.engine, tx, &w, id, &e);
	}
	if (ok) {
		r->name = arena_str(&r->arena, span_str(id));
		api_commit(r, tx, begun);
		return;
	}
	if (tx)
		store_tx_drop(tx);
	api_fail(r, &e);
}

/* ---- stop and go on ---- */

static void stopped(struct api_req *r)
{
	(void)engine_discovery_stop(r->api->conf.engine, r->name);
	answer(r);
}

void api_discovery_stop(struct api_req *r)
{
	struct store_discovery d;
	struct err e = { 0 };

	bool ok = find(r, &d, &e);
	bool waits = ok && str_eq(d.state, "queued");
	if (ok && !waits && !str_eq(d.state, "running"))
		ok = err_set(&e, ERR_CONFLICT, "discovery %s has ended: %s", d.id, d.state);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "discovery.stop", d.id);
	if (waits) /* one that runs is stopped by who runs it, behind what it found */
		store_tx_discovery_state(tx, d.id, "stopped", "", r->now_unix_ms);
	api_commit(r, tx, stopped);
}

void api_discovery_resume(struct api_req *r)
{
	struct store_discovery d;
	struct err e = { 0 };

	bool ok = find(r, &d, &e);
	if (ok && !str_eq(d.state, "stopped") && !str_eq(d.state, "failed"))
		ok = err_set(&e, ERR_CONFLICT, "discovery %s is not stopped: %s", d.id, d.state);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "discovery.resume", d.id);
	store_tx_discovery_state(tx, d.id, "queued", "", r->now_unix_ms);
	api_commit(r, tx, begun);
}
