/* UUIDs of which no hello is taken, beside the built-in placeholders; and what two PCs have in common
 * that only one should have. */
#include "api/api_priv.h"

static bool read_uuid(const char *text, char out_text[UUID_TEXT_SIZE], struct err *e)
{
	struct uuid u;

	if (!uuid_parse(span_str(text), &u)) {
		err_set(e, ERR_INVALID, "'%.80s' is no UUID", text);
		return err_want(e, "a UUID such as 4c4c4544-0031-3610-8052-b4c04f564231");
	}
	uuid_print(&u, out_text);
	return true;
}

void api_denied_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_deny *rows = ARENA_ARRAY(&r->arena, struct store_deny, page.limit + 1);
	unsigned n = !rows
		? 0
		: store_deny_list(r->api->conf.store, &r->arena, page.after, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "uuid", rows[i].uuid);
		api_json_str(&r->json, "note", rows[i].note);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].uuid : NULL);
}

static void answer(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", r->state);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static bool read_note(struct api_req *r, const char **out_note, struct err *e)
{
	const char *text = NULL;
	json_t *o = api_json_read(buf_span(&r->body), "note", e);
	bool ok = o && api_json_text(o, "note", &text, e);

	*out_note = text ? arena_str(&r->arena, span_str(text)) : "";
	if (ok && strlen(*out_note) > 200) {
		ok = err_set(e, ERR_INVALID, "the note is too long");
		err_want(e, "at most 200 bytes");
	}
	if (o)
		api_json_drop(o);
	return ok;
}

void api_denied_put(struct api_req *r)
{
	char uuid[UUID_TEXT_SIZE];
	const char *note;
	struct err e = { 0 };

	if (!read_uuid(r->name, uuid, &e) || !read_note(r, &note, &e)) {
		api_fail(r, &e);
		return;
	}
	r->state = arena_str(&r->arena, span_str(uuid));
	struct store_tx *tx = api_tx(r, "uuid.deny", arena_fmt(&r->arena, "%s %s", uuid, note));
	store_tx_deny_set(
		tx,
		&(struct store_deny){ .uuid = uuid, .note = note, .at_unix_ms = r->now_unix_ms });
	api_commit(r, tx, answer);
}

void api_denied_delete(struct api_req *r)
{
	char uuid[UUID_TEXT_SIZE];
	struct store_deny d;
	struct err e = { 0 };
	bool ok = read_uuid(r->name, uuid, &e);

	if (ok && !store_deny_get(r->api->conf.store, &r->arena, uuid, &d)) {
		ok = err_set(&e, ERR_NOT_FOUND, "the UUID %s is not refused", uuid);
		err_hint(&e, "see 'outband device denied'");
	}
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	r->state = arena_str(&r->arena, span_str(uuid));
	struct store_tx *tx = api_tx(r, "uuid.allow", uuid);
	store_tx_deny_delete(tx, uuid);
	api_commit(r, tx, answer);
}

/* ---- marks that several PCs have ---- */

/* "mac|00:11:..|uuid": where the next page begins. */
static bool read_after(struct api_req *r, const char *text, struct store_mark *out_m, struct err *e)
{
	char *copy = arena_str(&r->arena, span_str(text));
	char *one = copy ? strchr(copy, '|') : NULL, *two = one ? strchr(one + 1, '|') : NULL;

	if (!two) {
		err_set(e, ERR_INVALID, "the query has after=%.80s", text);
		return err_want(e, "the 'next' of the page before");
	}
	*one = *two = '\0';
	*out_m = (struct store_mark){ .kind = copy, .mark = one + 1, .uuid = two + 1 };
	return true;
}

static void write_mark(struct api_req *r, const struct store_mark *m)
{
	struct store_device d;
	bool known = store_device_get(r->api->conf.store, &r->scratch, m->uuid, &d);

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "kind", m->kind);
	api_json_str(&r->json, "mark", m->mark);
	api_json_str(&r->json, "uuid", m->uuid);
	api_json_str(&r->json, "fqdn", known ? d.fqdn : "");
	api_json_str(&r->json, "address", known ? d.address : "");
	api_json_str(&r->json, "state", known ? d.state : "");
	api_json_time(&r->json, "first_seen", m->first_unix_ms);
	api_json_time(&r->json, "last_seen", m->last_unix_ms);
	api_json_str(&r->json, "rule", "M09");
	api_json_end(&r->json, '}');
	arena_reset(&r->scratch);
}

void api_duplicate_list(struct api_req *r)
{
	struct api_page page;
	struct store_mark after;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e) ||
	    (page.after && !read_after(r, page.after, &after, &e))) {
		api_fail(r, &e);
		return;
	}
	struct store_mark *rows = ARENA_ARRAY(&r->arena, struct store_mark, page.limit + 1);
	unsigned n = !rows ? 0
			   : store_mark_twice(r->api->conf.store, &r->arena,
					      page.after ? &after : NULL, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++)
		write_mark(r, &rows[i]);
	const struct store_mark *last = n > page.limit ? &rows[page.limit - 1] : NULL;
	api_list_end(r,
		     last ? arena_fmt(&r->arena, "%s|%s|%s", last->kind, last->mark, last->uuid)
			  : NULL);
}
