/* The mapping of UUIDs to names: list and import. The engine looks a name up when it configures a
 * device; nothing here touches one. */
#include "api/import.h"

void api_name_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_name *rows = ARENA_ARRAY(&r->arena, struct store_name, page.limit + 1);
	unsigned n = !rows
		? 0
		: store_name_list(r->api->conf.store, &r->arena, page.after, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "uuid", rows[i].uuid);
		api_json_str(&r->json, "fqdn", rows[i].fqdn);
		api_json_str(&r->json, "group", rows[i].grp);
		api_json_str(&r->json, "source", rows[i].source);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].uuid : NULL);
}

static enum api_import_result take(struct api_req *r, const struct engine_csv_row *row,
				   struct store_tx *tx, struct api_set *seen, char id[64],
				   struct err *e)
{
	struct engine_import_name n;
	struct store_name old;
	bool is_head;

	if (!engine_import_name(row, &is_head, &n, e))
		return API_IMPORT_BAD;
	if (is_head)
		return API_IMPORT_HEAD;
	(void)str_copy(id, 64, span_str(n.uuid));
	unsigned line = api_set_note(seen, id, row->csv->line);
	if (line) {
		err_set(e, ERR_INVALID, "UUID %s stands in line %u already", id, line);
		return API_IMPORT_BAD;
	}
	bool known = store_name_get(r->api->conf.store, &r->scratch, n.uuid, &old);
	if (known && str_eq(old.fqdn, n.fqdn) && str_eq(old.grp, n.grp))
		return API_IMPORT_UNCHANGED;
	if (tx)
		store_tx_name_set(tx,
				  &(struct store_name){ .uuid = n.uuid,
							.fqdn = n.fqdn,
							.grp = n.grp,
							.source = "import",
							.at_unix_ms = r->now_unix_ms });
	return known ? API_IMPORT_CHANGED : API_IMPORT_ADDED;
}

void api_name_import(struct api_req *r)
{
	static const struct api_import_kind kind = { "name", take, "D076 D050", API_REQUEUE_UUID,
						     NULL };
	struct err e = { 0 };
	bool preview;

	if (api_query_bool(r, "preview", &preview, &e))
		api_import_start(r, &kind, preview);
	else
		api_fail(r, &e);
}
