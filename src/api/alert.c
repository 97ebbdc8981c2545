/* GET /v1/alerts: which PCs told of events, by what, how often, what last and when. GET /v1/alerts/watch:
 * whether those that should tell still do (engine/alert_watch.h). Reads the store only; called by the
 * dispatcher. */
#include "api/api_priv.h"
#include "base/str.h"
#include "engine/alert_wanted.h"
#include "engine/alert_watch.h"

/* A page goes on behind "UUID/kind". */
static void split(struct arena *a, const char *after, const char **out_uuid, const char **out_log)
{
	struct span s = span_str(after ? after : "");
	size_t slash = span_find(s, '/');

	*out_uuid = arena_str(a, span_make(s.p, slash));
	*out_log = slash < s.n ? after + slash + 1 : "";
	if (!*out_uuid)
		*out_uuid = "";
}

static void write_row(struct api_req *r, const struct store_pc_log *l)
{
	struct api_json *j = &r->json;
	struct store_device d;
	bool known;

	arena_reset(&r->scratch);
	known = store_device_get(r->api->conf.store, &r->scratch, l->uuid, &d);
	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", l->uuid);
	api_json_str(j, "fqdn", known ? d.fqdn : "");
	api_json_str(j, "address", known ? d.address : "");
	api_json_str(j, "kind", str_eq(l->log, STORE_PC_LOG_TRAP) ? "trap" : "event");
	api_json_int(j, "count", l->amount);
	api_json_time(j, "last_at", l->at_unix_ms);
	api_json_str(j, "last", l->content);
	api_json_end(j, '}');
}

void api_alert_list(struct api_req *r)
{
	const char *uuid, *log, *after = NULL;
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	split(&r->arena, page.after, &uuid, &log);
	struct store_pc_log *rows = ARENA_ARRAY(&r->arena, struct store_pc_log, page.limit);
	unsigned n = rows
		? store_pc_log_alerts(r->api->conf.store, &r->arena, uuid, log, page.limit, rows)
		: 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++)
		write_row(r, &rows[i]);
	if (n == page.limit && n)
		after = arena_fmt(&r->arena, "%s/%s", rows[n - 1].uuid, rows[n - 1].log);
	api_list_end(r, after);
}

/* ---- whether they still tell ---- */

#define HOURS_MAX 87600 /* ten years */

static int64_t last_alert(struct api_req *r, const char *uuid)
{
	struct store *s = r->api->conf.store;
	struct store_pc_log trap = { 0 }, event = { 0 };

	(void)store_pc_log_get(s, &r->scratch, uuid, STORE_PC_LOG_TRAP, &trap);
	(void)store_pc_log_get(s, &r->scratch, uuid, STORE_PC_LOG_ALERT, &event);
	return trap.at_unix_ms > event.at_unix_ms ? trap.at_unix_ms : event.at_unix_ms;
}

static void write_watch(struct api_req *r, const struct store_pc_log *l,
			struct engine_alert_wanted *wanted, int64_t hours, bool bad)
{
	const struct engine *en = r->api->conf.engine;
	struct api_json *j = &r->json;
	struct engine_alert_watch w;
	struct store_device d;

	arena_reset(&r->scratch);
	if (!store_device_get(r->api->conf.store, &r->scratch, l->uuid, &d))
		return;
	if (*l->content)
		engine_alert_watch_read(&r->scratch, l, &w);
	else
		engine_alert_watch_unlooked(wanted, &d, &r->scratch, &w);
	enum engine_watch_state state = engine_alert_watch_judge(en, &w, hours);
	if (bad && (state == ENGINE_WATCH_CONFIRMED || state == ENGINE_WATCH_UNWANTED))
		return;
	bool adopted = str_eq(d.state, store_device_state_name(STORE_DEV_ADOPTED));
	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", l->uuid);
	api_json_str(j, "fqdn", d.fqdn);
	api_json_str(j, "address", d.address);
	api_json_str(j, "state", engine_alert_watch_name(state));
	api_json_str(j, "detail", w.detail);
	api_json_time(j, "confirmed_at", w.confirmed_unix_ms);
	api_json_time(j, "looked_at", w.looked_unix_ms);
	api_json_time(j, "last_alert_at", last_alert(r, l->uuid));
	api_json_str(j, "advice", engine_alert_watch_advice(en, state, adopted));
	api_json_end(j, '}');
}

void api_alert_watch(struct api_req *r)
{
	const char *text = api_query(r, "hours"), *after = NULL;
	struct api_page page;
	struct err e = { 0 };
	uint32_t hours = 0;
	bool bad = false;

	if (text && !str_to_u32(span_str(text), 1, HOURS_MAX, &hours, NULL)) {
		err_set(&e, ERR_INVALID, "hours=%.20s is no number of hours", text);
		err_want(&e, "1 to %d", HOURS_MAX);
	}
	if (e.code != ERR_NONE || !api_query_page(r, &page, &e) ||
	    !api_query_bool(r, "bad", &bad, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_pc_log *rows = ARENA_ARRAY(&r->arena, struct store_pc_log, page.limit);
	unsigned n = rows ? store_pc_log_list(r->api->conf.store, &r->arena, STORE_PC_LOG_WATCH,
					      page.after ? page.after : "", page.limit, rows)
			  : 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	struct engine_alert_wanted *wanted = engine_alert_wanted_new(r->api->conf.engine);
	for (unsigned i = 0; i < n; i++)
		write_watch(r, &rows[i], wanted, hours, bad);
	engine_alert_wanted_free(wanted);
	if (n == page.limit && n)
		after = rows[n - 1].uuid;
	api_list_end(r, after);
}
