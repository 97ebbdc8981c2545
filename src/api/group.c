/* Groups of PCs and the conditions that choose them: list, show, change, delete. Members are kept as
 * they were written and looked up when the group is used (engine/targets.h). Talks to no PC. */
#include "api/api_priv.h"
#include "base/names.h"
#include "engine/targets.h"

#define MEMBERS_AT_ONCE 10000
#define TEXT_MAX        1000

static void put_group(struct api_req *r, const struct store_grp *g)
{
	api_json_str(&r->json, "name", g->name);
	api_json_str(&r->json, "where", g->expr);
	api_json_str(&r->json, "note", g->note);
	api_json_int(&r->json, "members_count", g->member_count);
	api_json_time(&r->json, "changed", g->at_unix_ms);
}

void api_group_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_grp *rows = ARENA_ARRAY(&r->arena, struct store_grp, page.limit + 1);
	unsigned n = rows ? store_grp_list(r->api->conf.store, &r->arena,
					   page.after ? page.after : "", page.limit + 1, rows)
			  : 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		put_group(r, &rows[i]);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].name : NULL);
}

static bool find(struct api_req *r, struct store_grp *out_g, struct err *e)
{
	if (store_grp_get(r->api->conf.store, &r->arena, r->name, out_g))
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no group %.70s", r->name);
	return err_hint(e, "see 'outband group list'");
}

void api_group_get(struct api_req *r)
{
	struct store_grp g;
	struct err e = { 0 };

	if (!find(r, &g, &e)) {
		api_fail(r, &e);
		return;
	}
	const char **rows = ARENA_ARRAY(&r->arena, const char *, MEMBERS_AT_ONCE);
	unsigned n = rows ? store_grp_members(r->api->conf.store, &r->arena, g.name, "",
					      MEMBERS_AT_ONCE, rows)
			  : 0;
	api_json_begin(&r->json, NULL, '{');
	put_group(r, &g);
	api_json_begin(&r->json, "members", '[');
	for (unsigned i = 0; i < n; i++)
		api_json_str(&r->json, NULL, rows[i]);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* ---- change ---- */

static bool check_group_member(struct api_req *r, const char *text, struct err *e)
{
	struct store_grp g;

	if (strchr(text, ',')) {
		err_set(e, ERR_INVALID, "'%.60s' is more than one member", text);
		return err_hint(e, "name groups one by one");
	}
	if (!store_grp_get(r->api->conf.store, &r->scratch, text + 1, &g)) {
		err_set(e, ERR_NOT_FOUND, "there is no group %.60s", text);
		return err_hint(e, "make it first: 'outband group create %.60s'", text + 1);
	}
	if (!engine_targets_is_cycle(r->api->conf.engine, r->name, text))
		return true;
	err_set(e, ERR_CONFLICT, "@%.60s in %.60s would be a circle: it holds @%.60s already",
		text + 1, r->name, r->name);
	return err_hint(e, "take that out first");
}

static bool check_member(struct api_req *r, const json_t *v, struct err *e)
{
	const char *text = json_string_value(v);
	struct names n;

	if (!text || !*text || strlen(text) > TEXT_MAX)
		return err_set(e, ERR_INVALID, "a member of a group is a text of 1 to %d bytes",
			       TEXT_MAX);
	if (text[0] == '@')
		return check_group_member(r, text, e);
	names_init(&n, 1048576);
	bool ok = names_add(&n, span_str(text), e);
	names_deinit(&n);
	return ok;
}

static bool check_members(struct api_req *r, const json_t *o, const char *key, struct err *e)
{
	const json_t *list = json_object_get(o, key);
	json_t *v;
	size_t i;

	if (list && (!json_is_array(list) || json_array_size(list) > MEMBERS_AT_ONCE)) {
		err_set(e, ERR_INVALID, "'%s' is no list of members", key);
		return err_want(e, "a list of at most %d texts", MEMBERS_AT_ONCE);
	}
	json_array_foreach(list, i, v)
	{
		if (!check_member(r, v, e))
			return false;
	}
	return true;
}

static void answer_name(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void write_group(struct api_req *r, const json_t *o, const struct store_grp *g)
{
	struct store_tx *tx = api_tx(r, "group.set", g->name);
	json_t *v;
	size_t i;

	store_tx_grp_put(tx, g);
	json_array_foreach(json_object_get(o, "add"), i, v)
		store_tx_grp_add(tx, g->name, json_string_value(v));
	json_array_foreach(json_object_get(o, "remove"), i, v)
		store_tx_grp_take_out(tx, g->name, json_string_value(v));
	api_commit(r, tx, answer_name);
}

static bool read_group(struct api_req *r, const json_t *o, struct store_grp *out_g, struct err *e)
{
	const char *expr = NULL, *note = NULL;
	bool is_new = json_is_true(json_object_get(o, "new"));

	*out_g = (struct store_grp){ .name = r->name, .expr = "", .note = "" };
	bool known = store_grp_get(r->api->conf.store, &r->arena, r->name, out_g);
	if (known && is_new) {
		err_set(e, ERR_CONFLICT, "there is a group %s already", r->name);
		return err_hint(e, "'outband group add' puts PCs into it");
	}
	if (!known && !is_new)
		return find(r, out_g, e);
	out_g->at_unix_ms = r->now_unix_ms;
	if (!api_name_check("group", r->name, e) || !api_json_text(o, "where", &expr, e) ||
	    !api_json_text(o, "note", &note, e) || (expr && !engine_targets_check(expr, e)) ||
	    !check_members(r, o, "add", e))
		return false;
	if (expr)
		out_g->expr = arena_str(&r->arena, span_str(expr));
	if (note && strlen(note) <= TEXT_MAX)
		out_g->note = arena_str(&r->arena, span_str(note));
	return true;
}

void api_group_put(struct api_req *r)
{
	struct err e = { 0 };
	struct store_grp g;
	json_t *o = api_json_read(buf_span(&r->body), "new where note add remove", &e);

	if (o && read_group(r, o, &g, &e))
		write_group(r, o, &g);
	else
		api_fail(r, &e);
	api_json_drop(o);
}

void api_group_delete(struct api_req *r)
{
	const char *parents[8];
	struct store_grp g;
	struct err e = { 0 };

	if (!find(r, &g, &e)) {
		api_fail(r, &e);
		return;
	}
	unsigned n = store_grp_parents(r->api->conf.store, &r->arena,
				       arena_fmt(&r->arena, "@%s", g.name), 8, parents);
	if (n) {
		err_set(&e, ERR_CONFLICT, "group %s is a member of %s%s", g.name, parents[0],
			n > 1 ? " and others" : "");
		err_hint(&e, "take it out there: 'outband group remove %s @%s'", parents[0],
			 g.name);
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "group.delete", g.name);
	store_tx_grp_delete(tx, g.name);
	api_commit(r, tx, answer_name);
}
