/* What changed in a PC between readings of its hardware, field by field. Reads rows. */
#include "api/api_priv.h"
#include "engine/asset.h"

static void put_value(struct api_json *j, const char *key, const json_t *v)
{
	char *text = json_is_string(v) || !v ? NULL : json_dumps(v, JSON_ENCODE_ANY);

	api_json_str(j, key, text ? text : json_string_value(v));
	mem_free(text);
}

static void put_field(struct api_req *r, const struct store_asset_change *c, const char *field,
		      const json_t *was, const json_t *now)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_int(j, "id", c->id);
	api_json_time(j, "at", c->at_unix_ms);
	api_json_str(j, "kind", c->kind);
	api_json_str(j, "item", c->item);
	api_json_str(j, "change", !*c->was ? "added" : !*c->content ? "removed" : "changed");
	api_json_str(j, "field", field);
	put_value(j, "from", was);
	put_value(j, "to", now);
	api_json_end(j, '}');
}

/* Of a part that came or went all its fields are told. */
static void put_change(struct api_req *r, const struct store_asset_change *c)
{
	json_t *was = json_loads(c->was, 0, NULL), *now = json_loads(c->content, 0, NULL);
	json_t *all = json_object(), *v;
	const char *key;

	(void)json_object_update(all, was);
	(void)json_object_update(all, now);
	json_object_foreach(all, key, v)
	{
		const json_t *a = json_object_get(was, key), *b = json_object_get(now, key);
		bool same = a && b && json_equal(a, b);
		bool moves = was && now && engine_asset_is_volatile(c->kind, key);
		if (!same && !moves)
			put_field(r, c, key, a, b);
	}
	json_decref(all);
	json_decref(was);
	json_decref(now);
}

static bool read_query(struct api_req *r, struct api_page *page, int64_t *out_since,
		       int64_t *out_after, struct err *e)
{
	const char *since = api_query(r, "since");

	return api_query_page(r, page, e) &&
		(!since || str_to_i64(span_str(since), 0, INT64_MAX / 2, out_since, e) ||
		 err_wrap(e, "since")) &&
		(!page->after ||
		 str_to_i64(span_str(page->after), 0, INT64_MAX / 2, out_after, e) ||
		 err_wrap(e, "after"));
}

void api_device_asset_changes(struct api_req *r)
{
	int64_t since = 0, after = 0;
	struct api_page page;
	struct store_device d;
	struct err e = { 0 };

	if (!read_query(r, &page, &since, &after, &e) || !api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_asset_change *rows =
		ARENA_ARRAY(&r->arena, struct store_asset_change, page.limit + 1);
	unsigned n = !rows ? 0
			   : store_asset_changes(r->api->conf.store, &r->arena, d.uuid, since,
						 after, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++)
		put_change(r, &rows[i]);
	api_list_end(r,
		     n > page.limit
			     ? arena_fmt(&r->arena, "%lld", (long long)rows[page.limit - 1].id)
			     : NULL);
}
