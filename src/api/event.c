/* The timeline and the audit, read-only, in pages by their numbers. */
#include "api/api_priv.h"

static bool number_page(struct api_req *r, struct api_page *p, int64_t *out_after, struct err *e)
{
	*out_after = 0;
	if (!api_query_page(r, p, e))
		return false;
	if (!p->after || str_to_i64(span_str(p->after), 0, INT64_MAX, out_after, NULL))
		return true;
	err_set(e, ERR_INVALID, "the query has after=%.60s", p->after);
	return err_want(e, "the number of an item");
}

static const char *number(struct api_req *r, int64_t id)
{
	return arena_fmt(&r->arena, "%lld", (long long)id);
}

static const char *uuid_of(struct api_req *r)
{
	const char *name = api_query(r, "uuid");
	struct store_device d;

	/* A name is taken too; a forgotten device has only its UUID. */
	if (name && store_device_find(r->api->conf.store, &r->arena, name, &d))
		return d.uuid;
	return name;
}

void api_event_list(struct api_req *r)
{
	struct store_event_query q = { 0 };
	struct api_page page;
	struct err e = { 0 };

	if (!number_page(r, &page, &q.after_id, &e) ||
	    !api_query_word(r, "level", "error warn info debug", &q.level, &e) ||
	    !api_query_bool(r, "newest", &q.newest, &e)) {
		api_fail(r, &e);
		return;
	}
	q.uuid = uuid_of(r);
	q.limit = q.newest ? page.limit : page.limit + 1;
	struct store_event *rows = ARENA_ARRAY(&r->arena, struct store_event, q.limit);
	unsigned n = rows ? store_event_list(r->api->conf.store, &r->arena, &q, rows) : 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_int(&r->json, "id", rows[i].id);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_str(&r->json, "uuid", rows[i].uuid);
		api_json_str(&r->json, "level", rows[i].level);
		api_json_str(&r->json, "name", rows[i].name);
		api_json_str(&r->json, "line", rows[i].line);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? number(r, rows[page.limit - 1].id) : NULL);
}

void api_audit_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };
	int64_t after;

	if (!number_page(r, &page, &after, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_audit *rows = ARENA_ARRAY(&r->arena, struct store_audit, page.limit + 1);
	unsigned n = !rows
		? 0
		: store_audit_list(r->api->conf.store, &r->arena, after, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_int(&r->json, "id", rows[i].id);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_str(&r->json, "actor", rows[i].actor);
		api_json_str(&r->json, "action", rows[i].action);
		api_json_str(&r->json, "object", rows[i].object);
		api_json_str(&r->json, "hash", rows[i].hash);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? number(r, rows[page.limit - 1].id) : NULL);
}
