/* Schedules: list, show, store, delete, run now (engine/agenda.h). */
#include "api/api_priv.h"
#include "engine/agenda.h"

#define LINES_BYTES 65536

/* ---- answers ---- */

/* Lines of a text as a list. */
static void put_lines(struct api_req *r, const char *key, const char *text)
{
	struct span left = span_str(text);

	api_json_begin(&r->json, key, '[');
	while (left.n) {
		size_t n = span_find(left, '\n');
		api_json_bytes(&r->json, NULL, span_make(left.p, n));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	api_json_end(&r->json, ']');
}

static void put_schedule(struct api_req *r, const struct store_schedule *s)
{
	struct api_json *j = &r->json;

	api_json_str(j, "name", s->name);
	api_json_str(j, "when", s->spec);
	api_json_str(j, "tz", s->tz[0] ? s->tz : "UTC");
	api_json_str(j, "op", s->op);
	put_lines(r, "args", s->args);
	put_lines(r, "targets", s->targets);
	api_json_str(j, "missed", s->missed);
	api_json_int(j, "missed_ms", s->missed_ms);
	api_json_int(j, "limit", s->parallel);
	api_json_int(j, "stagger_ms", s->stagger_ms);
	api_json_bool(j, "enabled", s->enabled);
	api_json_time(j, "next", s->next_unix_ms);
	api_json_time(j, "last", s->last_unix_ms);
	api_json_str(j, "last_note", s->last_note);
	api_json_str(j, "actor", s->actor);
	api_json_time(j, "changed", s->at_unix_ms);
}

void api_schedule_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_schedule *rows = ARENA_ARRAY(&r->arena, struct store_schedule, page.limit + 1);
	unsigned n = rows ? store_schedule_list(r->api->conf.store, &r->arena,
						page.after ? page.after : "", page.limit + 1, rows)
			  : 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		put_schedule(r, &rows[i]);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].name : NULL);
}

static void answer(struct api_req *r)
{
	struct store_schedule s;
	struct err e = { 0 };

	if (!store_schedule_get(r->api->conf.store, &r->arena, r->name, &s)) {
		err_set(&e, ERR_NOT_FOUND, "there is no schedule %.70s", r->name);
		err_hint(&e, "see 'outband schedule list'");
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	put_schedule(r, &s);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_schedule_get(struct api_req *r)
{
	answer(r);
}

/* ---- change ---- */

static bool lines_of(struct api_req *r, const json_t *list, const char *key, const char **out_text,
		     struct err *e)
{
	struct buf b;
	struct out o;
	json_t *v;
	size_t i;
	bool ok = json_is_array(list);

	buf_init(&b, LINES_BYTES);
	out_init_buf(&o, &b);
	json_array_foreach(list, i, v)
	{
		const char *text = json_string_value(v);
		ok = ok && text && *text && !strchr(text, '\n') &&
			strlen(text) == json_string_length(v);
		if (ok)
			out_fmt(&o, "%s%s", i ? "\n" : "", text);
	}
	*out_text = ok && !o.bad ? arena_str(&r->arena, buf_span(&b)) : NULL;
	buf_deinit(&b);
	if (*out_text)
		return true;
	err_set(e, ERR_INVALID, "the schedule has a wrong '%s'", key);
	return err_want(e, "a list of texts of one line each");
}

static bool take_number(const json_t *o, const char *key, int64_t max, int64_t *inout_v,
			struct err *e)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return true;
	if (json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= max) {
		*inout_v = json_integer_value(v);
		return true;
	}
	err_set(e, ERR_INVALID, "the schedule has a wrong '%s'", key);
	return err_want(e, "0 to %lld", (long long)max);
}

static bool take_text(struct api_req *r, const json_t *o, const char *key, const char **inout_v,
		      struct err *e)
{
	const char *v = NULL;

	if (!api_json_text(o, key, &v, e))
		return false;
	if (v)
		*inout_v = arena_str(&r->arena, span_str(v));
	return true;
}

static bool read_schedule(struct api_req *r, const json_t *o, struct store_schedule *s,
			  struct err *e)
{
	const json_t *args = json_object_get(o, "args"), *targets = json_object_get(o, "targets");

	*s = (struct store_schedule){ .name = r->name,
				      .spec = "",
				      .tz = "",
				      .missed = "skip",
				      .op = "",
				      .args = "",
				      .targets = "",
				      .enabled = true,
				      .last_note = "",
				      .actor = r->actor,
				      .at_unix_ms = r->now_unix_ms };
	if (store_schedule_get(r->api->conf.store, &r->arena, r->name, s) &&
	    json_is_true(json_object_get(o, "new"))) {
		err_set(e, ERR_CONFLICT, "there is a schedule %s already", r->name);
		return err_hint(e, "remove it first: 'outband schedule remove %s'", r->name);
	}
	s->actor = r->actor;
	s->at_unix_ms = r->now_unix_ms;
	if (json_is_boolean(json_object_get(o, "enabled")))
		s->enabled = json_is_true(json_object_get(o, "enabled"));
	bool ok = api_name_check("schedule", r->name, e) && take_text(r, o, "when", &s->spec, e) &&
		take_text(r, o, "tz", &s->tz, e) && take_text(r, o, "op", &s->op, e) &&
		take_text(r, o, "missed", &s->missed, e) &&
		(!args || lines_of(r, args, "args", &s->args, e)) &&
		(!targets || lines_of(r, targets, "targets", &s->targets, e)) &&
		take_number(o, "missed_ms", (int64_t)366 * 86400000, &s->missed_ms, e) &&
		take_number(o, "limit", 100000, &s->parallel, e) &&
		take_number(o, "stagger_ms", 3600000, &s->stagger_ms, e);
	if (ok && (!s->targets || !s->targets[0])) {
		err_set(e, ERR_INVALID, "the schedule names no PC");
		return err_hint(e, "name PCs, or a group such as @lab3");
	}
	return ok && engine_agenda_check(r->api->conf.engine, s, e);
}

void api_schedule_put(struct api_req *r)
{
	struct store_schedule s;
	struct err e = { 0 };
	json_t *o = api_json_read(
		buf_span(&r->body),
		"new when tz op args targets missed missed_ms limit stagger_ms enabled", &e);

	if (o && read_schedule(r, o, &s, &e)) {
		struct store_tx *tx = api_tx(r, "schedule.set", r->name);
		store_tx_schedule_put(tx, &s);
		api_commit(r, tx, answer);
	} else {
		api_fail(r, &e);
	}
	api_json_drop(o);
}

static void removed(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_schedule_delete(struct api_req *r)
{
	struct store_tx *tx = api_tx(r, "schedule.delete", r->name);

	store_tx_schedule_delete(tx, r->name);
	api_commit(r, tx, removed);
}

static void run_now(struct api_req *r)
{
	struct err e = { 0 };

	if (engine_agenda_run(r->api->conf.engine, r->name, &e))
		answer(r);
	else
		api_fail(r, &e);
}

void api_schedule_run(struct api_req *r)
{
	api_commit(r, api_tx(r, "schedule.run", r->name), run_now);
}
