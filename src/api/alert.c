/* GET /v1/alerts: which PCs told of events, by what, how often, what last and when, so that one that has
 * gone silent is seen. Reads the store only; called by the dispatcher. */
#include "api/api_priv.h"
#include "base/str.h"

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
