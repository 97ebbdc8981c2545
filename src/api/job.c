/* Jobs: list, and what an operator does with one. The engine owns running ones; everything else is
 * a row. Never starts a job itself. */
#include "api/api_priv.h"
#include "engine/job_waits.h"
#include "engine/plan.h"

static const char states[] = ""
#define X(name, text) text " "
	STORE_JOB_STATES(X)
#undef X
	;

static void write_failure(struct api_req *r, const struct store_job *j)
{
	struct api_json *o = &r->json;

	if (!j->err_code[0] || str_eq(j->err_code, "ok")) {
		api_json_str(o, "error", NULL);
		return;
	}
	api_json_begin(o, "error", '{');
	api_json_str(o, "code", j->err_code);
	api_json_str(o, "msg", j->err_msg);
	if (j->err_rule[0])
		api_json_str(o, "rule", j->err_rule);
	if (j->err_seen[0])
		api_json_str(o, "seen", j->err_seen);
	if (j->err_want[0])
		api_json_str(o, "want", j->err_want);
	if (j->err_hint[0])
		api_json_str(o, "hint", j->err_hint);
	api_json_end(o, '}');
}

void api_job_json(struct api_req *r, const char *key, const struct store_job *j, const char *fqdn)
{
	struct engine_job_waits w =
		engine_job_waits(r->api->conf.engine, j, r->now_unix_ms, &r->arena);
	struct api_json *o = &r->json;

	api_json_begin(o, key, '{');
	api_json_str(o, "id", j->id);
	api_json_str(o, "uuid", j->uuid);
	api_json_str(o, "fqdn", fqdn);
	api_json_str(o, "kind", j->kind);
	api_json_str(o, "state", j->state);
	api_json_str(o, "stage", j->stage);
	api_json_int(o, "attempt", j->attempt);
	api_json_str(o, "waits_for", w.text);
	api_json_str(o, "waits_kind", w.kind);
	api_json_time(o, "not_before", j->not_before_unix_ms);
	api_json_int(o, "priority", j->priority);
	write_failure(r, j);
	api_json_str(o, "stats", j->stats);
	if (j->period_h[0])
		api_json_int(o, "period_h", strtol(j->period_h, NULL, 10));
	else
		api_json_str(o, "period_h", NULL);
	api_json_time(o, "created", j->created_unix_ms);
	api_json_time(o, "changed", j->changed_unix_ms);
	api_json_end(o, '}');
}

static const char *fqdn_of(struct api_req *r, const struct store_job *j)
{
	struct store_device d;

	return store_device_get(r->api->conf.store, &r->arena, j->uuid, &d) ? d.fqdn : "";
}

void api_job_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };
	const char *state;

	if (!api_query_page(r, &page, &e) || !api_query_word(r, "state", states, &state, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_job *rows = ARENA_ARRAY(&r->arena, struct store_job, page.limit + 1);
	const char *last = NULL, *after = api_job_half_is(page.after) ? NULL : page.after;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	unsigned left = page.limit -
		api_job_half_list(r, state, api_query(r, "uuid"), page.after, page.limit, &last);
	unsigned n = !rows || !left ? 0
				    : store_job_list(r->api->conf.store, &r->arena, state,
						     api_query(r, "uuid"), after, left + 1, rows);
	for (unsigned i = 0; i < n && i < left; i++)
		api_job_json(r, NULL, &rows[i], fqdn_of(r, &rows[i]));
	api_list_end(r, n > left ? rows[left - 1].id : !left ? last : NULL);
}

static bool find(struct api_req *r, struct store_job *out_j, struct err *e)
{
	if (store_job_get(r->api->conf.store, &r->arena, r->name, out_j))
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no job '%.80s'", r->name);
	if (api_job_half_is(r->name))
		return err_hint(e, "'outband boot clear PC' takes back now what is half set there");
	return err_hint(e, "see 'outband job list'");
}

/* Also the answer of every action: the job as it is now. */
void api_job_get(struct api_req *r)
{
	struct store_job j;
	struct err e = { 0 };

	if (api_job_half_is(r->name) && api_job_half_get(r)) {
		api_ok(r);
	} else if (find(r, &j, &e)) {
		api_job_json(r, NULL, &j, fqdn_of(r, &j));
		api_ok(r);
	} else {
		api_fail(r, &e);
	}
}

static void changed(struct api_req *r)
{
	engine_kick(r->api->conf.engine);
	api_job_get(r);
}

static bool may_set(const struct store_job *j, const char *what, struct err *e)
{
	if (str_eq(j->state, "queued") || str_eq(j->state, "delayed") || str_eq(j->state, "paused"))
		return true;
	err_set(e, ERR_CONFLICT, "job %s is %s and cannot be %s", j->id, j->state, what);
	if (str_eq(j->state, "running"))
		return err_hint(e, "wait for its end, or 'outband job cancel %s'", j->id);
	return err_hint(e, "'outband device apply %s' makes a new job", j->uuid);
}

static void set_state(struct api_req *r, enum store_job_state state, const char *action,
		      const char *what)
{
	struct store_job j;
	struct err e = { 0 };

	if (!find(r, &j, &e) || !may_set(&j, what, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, action, arena_fmt(&r->arena, "%s device %s", j.id, j.uuid));
	store_tx_job_set(tx, j.id, state, r->now_unix_ms);
	if (state == STORE_JOB_CANCELLED)
		API_EVENT(r, tx, j.uuid, LOG_EV_JOB_CANCELLED, LOG_S("uuid", j.uuid),
			  LOG_S("job", j.id));
	else if (state == STORE_JOB_QUEUED)
		API_EVENT(r, tx, j.uuid, LOG_EV_JOB_QUEUED, LOG_S("uuid", j.uuid),
			  LOG_S("job", j.id), LOG_S("kind", j.kind));
	api_commit(r, tx, changed);
}

void api_job_retry(struct api_req *r)
{
	set_state(r, STORE_JOB_QUEUED, "job.retry", "tried again");
}

void api_job_pause(struct api_req *r)
{
	set_state(r, STORE_JOB_PAUSED, "job.pause", "paused");
}

static void cancel_running(struct api_req *r)
{
	struct err e = { 0 };

	if (engine_job_cancel(r->api->conf.engine, r->name)) {
		api_job_get(r);
		return;
	}
	err_set(&e, ERR_CONFLICT, "job %.80s is no longer running here", r->name);
	err_hint(&e, "look at it again: 'outband job list'");
	api_fail(r, &e);
}

void api_job_cancel(struct api_req *r)
{
	struct store_job j;
	struct err e = { 0 };

	if (!find(r, &j, &e)) {
		api_fail(r, &e);
	} else if (str_eq(j.state, "running")) {
		struct store_tx *tx =
			api_tx(r, "job.cancel", arena_fmt(&r->arena, "%s device %s", j.id, j.uuid));
		api_commit(r, tx, cancel_running);
	} else {
		set_state(r, STORE_JOB_CANCELLED, "job.cancel", "cancelled");
	}
}

/* As the engine's own, but before those that hellos made: an operator waits. */
static const char *add(struct api_req *r, struct store_tx *tx, const char *uuid, const char *kind)
{
	uint8_t b[12];
	char hex[2 * sizeof b + 1];
	struct out o;

	rng_fill(&r->api->rng, b, sizeof b);
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(b, sizeof b));
	const char *id = arena_fmt(&r->arena, "j-%s", hex);
	store_tx_job_add(tx,
			 &(struct store_job){ .id = id,
					      .uuid = uuid,
					      .kind = kind,
					      .priority = 5,
					      .plan_version = ENGINE_PLAN_VERSION,
					      .created_unix_ms = r->now_unix_ms,
					      .changed_unix_ms = r->now_unix_ms });
	return id;
}

bool api_job_queue(struct api_req *r, struct store_tx *tx, const char *uuid, const char *kind,
		   const char **out_id)
{
	struct store_job j;

	if (store_job_active(r->api->conf.store, &r->arena, uuid, kind, &j)) {
		*out_id = j.id;
		if (str_eq(j.state, "running"))
			return false;
		store_tx_job_set(tx, j.id, STORE_JOB_QUEUED, r->now_unix_ms);
	} else {
		*out_id = add(r, tx, uuid, kind);
	}
	API_EVENT(r, tx, uuid, LOG_EV_JOB_QUEUED, LOG_S("uuid", uuid), LOG_S("job", *out_id),
		  LOG_S("kind", kind));
	return true;
}
