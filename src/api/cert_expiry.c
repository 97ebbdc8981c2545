/* What ends when: provisioning certificates, CAs and the leaves that PCs show, the first to end
 * first. Reads only; the warnings are made by the engine. */
#include "api/api_priv.h"
#include <stdlib.h>

#define DAY_MS       (24LL * 3600 * 1000)
#define DAYS_DEFAULT 90
#define DAYS_MAX     36500

static int by_end(const void *a, const void *b)
{
	const struct store_cert *x = a, *y = b;

	return (x->not_after_unix_ms > y->not_after_unix_ms) -
		(x->not_after_unix_ms < y->not_after_unix_ms);
}

static void write_row(struct api_req *r, const struct store_cert *c)
{
	struct api_json *j = &r->json;
	int64_t left = c->not_after_unix_ms - r->now_unix_ms;

	api_json_begin(j, NULL, '{');
	api_json_str(j, "kind", c->kind);
	api_json_str(j, "name", c->id);
	api_json_str(j, "subject", c->subject);
	api_json_str(j, "uuid", c->uuid[0] ? c->uuid : NULL);
	api_json_time(j, "not_after", c->not_after_unix_ms);
	api_json_int(j, "days", left > 0 ? (left + DAY_MS - 1) / DAY_MS : 0);
	api_json_bool(j, "ended", left <= 0);
	api_json_end(j, '}');
}

void api_cert_expiry(struct api_req *r)
{
	static const char *const kinds[] = { "provisioning", "ca", "root", "device" };
	const char *text = api_query(r, "days");
	struct api_page page;
	struct err e = { 0 };
	uint32_t days = DAYS_DEFAULT;
	unsigned n = 0;

	if (text && !str_to_u32(span_str(text), 1, DAYS_MAX, &days, NULL)) {
		err_set(&e, ERR_INVALID, "'days' is '%.40s'", text);
		err_want(&e, "1 to %d", DAYS_MAX);
	}
	if (e.code || !api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_cert *rows =
		ARENA_ARRAY(&r->arena, struct store_cert, 4 * (size_t)API_PAGE_MAX);
	for (size_t k = 0; rows && k < sizeof kinds / sizeof *kinds; k++) {
		struct store_cert_ends q = { kinds[k], 0, r->now_unix_ms + days * DAY_MS };
		n += store_cert_list_end(r->api->conf.store, &r->arena, &q, page.limit, rows + n);
	}
	if (n)
		qsort(rows, n, sizeof *rows, by_end);
	api_json_begin(&r->json, NULL, '{');
	api_json_bool(&r->json, "more", n > page.limit);
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++)
		write_row(r, &rows[i]);
	api_list_end(r, NULL);
}
