/* After an operator removed a cause, the jobs that were refused for it are tried now instead of at
 * their time. Called at the end of imports and settings; goes through the delayed jobs in pages,
 * each a transaction, so that the loop is never held long. */
#include "api/import.h"

static bool is_meant(struct api_req *r, const struct api_requeue *rq, const struct store_job *j)
{
	struct store_device d;

	if (!j->err_rule[0] || !api_word_in(rq->rules, j->err_rule))
		return false;
	if (rq->by == API_REQUEUE_UUID)
		return api_set_has(rq->set, j->uuid);
	if (rq->by == API_REQUEUE_PID)
		return store_device_get(r->api->conf.store, &r->scratch, j->uuid, &d) &&
			api_set_has(rq->set, d.pid);
	return true;
}

static void finish(struct api_req *r)
{
	struct api_requeue *rq = r->requeue;

	/* Also when nothing was queued: what changed may let the engine begin. */
	engine_kick(r->api->conf.engine);
	rq->then(r);
}

static void next_page(struct api_req *r)
{
	struct api_requeue *rq = r->requeue;
	struct store_tx *tx = NULL;

	arena_reset(&r->scratch);
	struct store_job *rows = ARENA_ARRAY(&r->scratch, struct store_job, API_CHUNK);
	unsigned n = !rows ? 0
			   : store_job_list(r->api->conf.store, &r->scratch, "delayed", NULL,
					    rq->after[0] ? rq->after : NULL, API_CHUNK, rows);
	for (unsigned i = 0; i < n; i++) {
		if (!is_meant(r, rq, &rows[i]))
			continue;
		if (!tx)
			tx = store_tx_new(r->api->conf.store);
		store_tx_job_set(tx, rows[i].id, STORE_JOB_QUEUED, r->now_unix_ms);
		API_EVENT(r, tx, rows[i].uuid, LOG_EV_JOB_QUEUED, LOG_S("uuid", rows[i].uuid),
			  LOG_S("job", rows[i].id), LOG_S("kind", rows[i].kind));
		rq->count++;
	}
	if (n)
		(void)str_copy(rq->after, sizeof rq->after, span_str(rows[n - 1].id));
	api_then_fn *then = n == API_CHUNK ? next_page : finish;
	if (tx)
		api_commit(r, tx, then);
	else
		api_later(r, then);
}

void api_requeue_start(struct api_req *r, struct api_requeue *rq)
{
	r->requeue = rq;
	next_page(r);
}
