/* Operations on PCs: who is meant, the audit, the beginning, and results as they come (engine/operate.h).
 * Talks to no PC itself. */
#include "api/api_priv.h"
#include "base/names.h"
#include "engine/operate.h"
#include "engine/targets.h"

#define LOOKS_AT_ONCE 500
#define WAIT_MAX_MS   30000
#define ANSWER_BYTES  ((size_t)8 << 20) /* then the rest comes with the next answer */
#define TARGETS_MAX   100000            /* as written */

struct post {
	struct engine *en;
	struct engine_targets *t;
	struct engine_operate_want want;
	struct amt_op_arg args[AMT_OP_ARGS];
	const char *what; /* for the audit */
	bool preview;
	struct api_req *r;
};

static void post_free(void *state)
{
	struct post *p = state;

	engine_targets_free(p->t);
}

/* ---- what is asked ---- */

static bool bad(struct err *e, const char *key, const char *want)
{
	err_set(e, ERR_INVALID, "the operation has a wrong '%s'", key);
	return err_want(e, "%s", want);
}

static bool read_number(const json_t *o, const char *key, int64_t max, int64_t *inout_v,
			struct err *e)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max) {
		bad(e, key, "");
		return err_want(e, "0 to %lld", (long long)max);
	}
	*inout_v = json_integer_value(v);
	return true;
}

static bool read_args(struct post *p, const json_t *o, struct err *e)
{
	const json_t *args = json_object_get(o, "args");
	const char *key;
	json_t *v;

	if (args && !json_is_object(args))
		return bad(e, "args", "an object of texts");
	json_object_foreach((json_t *)args, key, v)
	{
		const char *text = json_string_value(v);
		if (!text || strlen(text) != json_string_length(v))
			return bad(e, "args", "an object of texts");
		if (p->want.arg_count == AMT_OP_ARGS)
			return bad(e, "args", "fewer of them");
		struct amt_op_arg *a = &p->args[p->want.arg_count++];
		a->key = arena_str(&p->r->arena, span_str(key));
		a->value = arena_str(&p->r->arena, span_str(text));
	}
	p->want.args = p->args;
	return amt_op_check(p->want.kind, p->args, p->want.arg_count, e);
}

static bool read_targets(struct post *p, const json_t *o, struct err *e)
{
	const json_t *list = json_object_get(o, "targets");
	const char *where = NULL;
	json_t *v;
	size_t i;

	if (list && (!json_is_array(list) || json_array_size(list) > TARGETS_MAX))
		return bad(e, "targets", "a list of texts");
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v))
			return bad(e, "targets", "a list of texts");
		if (!engine_targets_add(p->t, json_string_value(v), e))
			return false;
	}
	return api_json_text(o, "where", &where, e) &&
		(!where || engine_targets_where(p->t, where, e));
}

static bool read_kind(struct post *p, const json_t *o, struct err *e)
{
	const char *name = NULL;

	if (!api_json_text(o, "op", &name, e))
		return false;
	p->want.kind = name ? amt_op_find(name) : NULL;
	if (p->want.kind)
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no operation '%.40s'", name ? name : "");
	return err_hint(e, "this service may be older than the command");
}

static bool read_post(struct post *p, const json_t *o, struct err *e)
{
	int64_t limit = 0;

	p->preview = json_is_true(json_object_get(o, "preview"));
	p->want.busy_ms = -1;
	p->want.actor = p->r->actor;
	bool ok = read_kind(p, o, e) && read_args(p, o, e) && read_targets(p, o, e) &&
		read_number(o, "limit", 100000, &limit, e) &&
		read_number(o, "stagger_ms", 3600000, &p->want.stagger_ms, e) &&
		read_number(o, "deadline_ms", 86400000, &p->want.deadline_ms, e) &&
		read_number(o, "busy_ms", 86400000, &p->want.busy_ms, e);
	p->want.limit = (unsigned)limit;
	return ok;
}

/* ---- who is meant ---- */

static const char *compressed(struct api_req *r, const char *const *texts, unsigned count,
			      size_t max)
{
	const char **copy = ARENA_ARRAY(&r->arena, const char *, count + 1);
	struct buf b;
	struct out o;

	if (!copy)
		return "";
	for (unsigned i = 0; i < count; i++)
		copy[i] = texts[i];
	buf_init(&b, max);
	out_init_buf(&o, &b);
	names_print(&o, copy, count);
	const char *text = o.bad ? "(too many to name)" : arena_str(&r->arena, buf_span(&b));
	buf_deinit(&b);
	return text ? text : "";
}

/* UUIDs as people call the PCs. */
static const char **names_of(struct api_req *r, const char *const *uuids, unsigned count)
{
	const char **names = ARENA_ARRAY(&r->arena, const char *, count + 1);

	for (unsigned i = 0; names && i < count; i++) {
		struct store_device d;
		names[i] = uuids[i];
		if (store_device_get(r->api->conf.store, &r->scratch, uuids[i], &d))
			names[i] = arena_str(&r->arena, span_str(d.fqdn[0] ? d.fqdn : d.address));
		arena_reset(&r->scratch);
		if (!names[i] || !names[i][0])
			names[i] = uuids[i];
	}
	return names;
}

static void put_names(struct api_req *r, const char *key, const char *const *names, unsigned n)
{
	api_json_begin(&r->json, key, '[');
	for (unsigned i = 0; names && i < n; i++)
		api_json_str(&r->json, NULL, names[i]);
	api_json_end(&r->json, ']');
}

static void answer(struct post *p, const char *id)
{
	struct api_req *r = p->r;
	unsigned unknown, total;
	const char *const *names = engine_targets_unknown(p->t, &unknown);
	const char *const *uuids = engine_targets_uuids(p->t, &total);

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "id", id);
	api_json_int(&r->json, "total", total);
	if (p->preview)
		api_json_str(&r->json, "names",
			     compressed(r, names_of(r, uuids, total), total, LIMIT_API_BODY_BYTES));
	put_names(r, "unknown", names, unknown);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void begin(struct api_req *r)
{
	struct post *p = r->state;
	char id[ENGINE_OPERATE_ID];
	struct err e = { 0 };

	if (engine_operate_start(p->en, &p->want, id, &e))
		answer(p, id);
	else
		api_fail(r, &e);
}

static void name_op(struct post *p)
{
	struct api_req *r = p->r;
	const struct amt_op_kind *k = p->want.kind;
	const char *text = k->name;

	for (unsigned i = 0; i < p->want.arg_count && text; i++)
		if (!amt_op_arg_is_secret(k, p->args[i].key) && strlen(p->args[i].value) < 100)
			text = arena_fmt(&r->arena, "%s %s=%s", text, p->args[i].key,
					 p->args[i].value);
	p->what = text ? text : k->name;
}

static void resolve(struct api_req *r)
{
	struct post *p = r->state;
	struct err e = { 0 };
	bool done;
	unsigned unknown;

	if (!engine_targets_step(p->t, LOOKS_AT_ONCE, &done, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!done) {
		api_later(r, resolve);
		return;
	}
	p->want.uuids = engine_targets_uuids(p->t, &p->want.uuid_count);
	const char *const *missing = engine_targets_unknown(p->t, &unknown);
	if (!p->want.uuid_count && unknown && !p->preview) {
		err_set(&e, ERR_NOT_FOUND, "no PC is known as %.120s",
			compressed(r, missing, unknown, 1024));
		err_hint(&e,
			 "see 'outband device list'; a PC is named by UUID, host name or "
			 "address");
		api_fail(r, &e);
	} else if (p->preview) {
		answer(p, NULL);
	} else if (!(p->want.kind->flags & AMT_OP_CHANGES)) {
		begin(r);
	} else {
		name_op(p);
		const char **names = names_of(r, p->want.uuids, p->want.uuid_count);
		struct store_tx *tx = api_tx(
			r, "operation",
			arena_fmt(&r->arena, "%s: %u PCs: %s", p->what, p->want.uuid_count,
				  compressed(r, names, names ? p->want.uuid_count : 0, 4096)));
		api_commit(r, tx, begin);
	}
}

void api_operation_post(struct api_req *r)
{
	struct err e = { 0 };
	json_t *o = api_json_read(
		buf_span(&r->body),
		"op args targets where limit stagger_ms deadline_ms busy_ms preview", &e);
	struct post *p = ARENA_NEW(&r->arena, struct post);

	if (!o || !p) {
		api_json_drop(o);
		api_fail(r, &e);
		return;
	}
	p->r = r;
	p->en = r->api->conf.engine;
	p->t = engine_targets_new(p->en);
	r->state = p;
	r->state_free = post_free;
	bool ok = read_post(p, o, &e);
	api_json_drop(o);
	if (ok)
		resolve(r);
	else
		api_fail(r, &e);
}

/* ---- looks ---- */

static void put_view(struct api_req *r, const struct engine_operate_view *v)
{
	struct api_json *j = &r->json;

	api_json_str(j, "id", v->id);
	api_json_str(j, "op", v->op);
	api_json_str(j, "actor", v->actor);
	api_json_int(j, "total", v->total);
	api_json_int(j, "running", v->running);
	api_json_int(j, "done", v->done);
	api_json_int(j, "failed", v->failed);
	api_json_bool(j, "ended", v->ended);
	api_json_bool(j, "cancelled", v->cancelled);
	api_json_time(j, "began", v->began_unix_ms);
	api_json_time(j, "end", v->ended_unix_ms);
}

void api_operation_list(struct api_req *r)
{
	struct engine_operate_view v;
	const char *id;

	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; (id = engine_operate_at(r->api->conf.engine, i)); i++) {
		if (!engine_operate_get(r->api->conf.engine, id, &v))
			continue;
		api_json_begin(&r->json, NULL, '{');
		put_view(r, &v);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, NULL);
}

static bool no_operation(struct api_req *r, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "there is no operation %.40s", r->name);
	return err_hint(e,
			"results are kept for ten minutes; after a restart of the service look "
			"at the PCs");
}

struct look {
	struct engine_operate_wait *wait;
	struct api_req *r;
	unsigned after, limit;
};

static void put_result(struct api_req *r, unsigned n, const struct engine_operate_result *one)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_int(j, "n", n);
	api_json_str(j, "uuid", one->uuid);
	api_json_str(j, "device", one->name);
	api_json_str(j, "address", one->address);
	api_json_bool(j, "ok", one->e->code == ERR_NONE);
	api_json_int(j, "elapsed_ms", one->elapsed_ms);
	api_json_key(j, "rows");
	out_str(&j->o, "[");
	out_bytes(&j->o, one->rows);
	out_str(&j->o, "]");
	if (one->e->code != ERR_NONE)
		api_json_err(j, "error", one->e);
	api_json_end(j, '}');
}

static void show(struct api_req *r)
{
	const struct look *l = r->state;
	struct engine *en = r->api->conf.engine;
	struct engine_operate_view v;
	struct engine_operate_result one;
	struct err e = { 0 };
	unsigned n = l->after, end = l->after + l->limit;

	if (!engine_operate_get(en, r->name, &v)) {
		no_operation(r, &e);
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	put_view(r, &v);
	api_json_begin(&r->json, "items", '[');
	while (n < end && r->reply.n < ANSWER_BYTES && engine_operate_result(en, r->name, n, &one))
		put_result(r, ++n, &one);
	api_json_end(&r->json, ']');
	api_json_int(&r->json, "next", n);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void look_free(void *state)
{
	struct look *l = state;

	engine_operate_unwait(l->wait);
}

static void on_news(void *arg)
{
	struct look *l = arg;

	l->wait = NULL;
	sched_cancel(l->r->timer);
	l->r->timer = NULL;
	show(l->r);
}

static void on_wait_over(void *arg)
{
	struct look *l = arg;

	l->r->timer = NULL;
	engine_operate_unwait(l->wait);
	l->wait = NULL;
	show(l->r);
}

static bool query_number(struct api_req *r, const char *key, uint32_t max, uint32_t *inout_v,
			 struct err *e)
{
	const char *text = api_query(r, key);

	if (!text || str_to_u32(span_str(text), 0, max, inout_v, NULL))
		return true;
	err_set(e, ERR_INVALID, "the query has %s=%.40s", key, text);
	return err_want(e, "0 to %u", (unsigned)max);
}

void api_operation_get(struct api_req *r)
{
	struct look *l = ARENA_NEW(&r->arena, struct look);
	struct engine_operate_view v;
	uint32_t after = 0, wait_ms = 0, limit = API_PAGE_MAX;
	struct err e = { 0 };

	if (!l || !query_number(r, "after", UINT32_MAX / 2, &after, &e) ||
	    !query_number(r, "wait_ms", WAIT_MAX_MS, &wait_ms, &e) ||
	    !query_number(r, "limit", API_PAGE_MAX, &limit, &e) ||
	    (!engine_operate_get(r->api->conf.engine, r->name, &v) && !no_operation(r, &e))) {
		api_fail(r, &e);
		return;
	}
	*l = (struct look){ .r = r, .after = after, .limit = limit ? limit : 1 };
	r->state = l;
	r->state_free = look_free;
	l->wait = wait_ms ? engine_operate_wait(r->api->conf.engine, r->name, after, on_news, l)
			  : NULL;
	if (l->wait)
		r->timer = sched_after(api_sched(r->api), wait_ms, on_wait_over, l);
	else
		show(r);
}

static void end_operation(struct api_req *r, bool (*end)(struct engine *en, const char *id))
{
	struct err e = { 0 };

	if (!end(r->api->conf.engine, r->name)) {
		no_operation(r, &e);
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "id", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_operation_delete(struct api_req *r)
{
	end_operation(r, engine_operate_drop);
}

void api_operation_cancel(struct api_req *r)
{
	end_operation(r, engine_operate_cancel);
}
