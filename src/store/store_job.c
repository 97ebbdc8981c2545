/* Jobs, leases and the journal of actions: statements and reads. Called by the engine, lists by
 * the api. Never decides when a job is tried again. */
#include "store/tx.h"
#include <assert.h>

#define T(m) STORE_F_TEXT(store_job, m)
#define I(m) STORE_F_INT(store_job, m)
static const struct store_field job_fields[] = {
	T(id),
	T(uuid),
	T(kind),
	T(state),
	I(priority),
	I(not_before_unix_ms),
	I(attempt),
	T(lease_owner),
	I(lease_until_unix_ms),
	I(plan_version),
	T(stage),
	T(err_code),
	T(err_rule),
	T(err_msg),
	T(err_seen),
	T(err_want),
	T(err_hint),
	T(stats),
	I(created_unix_ms),
	I(changed_unix_ms),
	T(period_h),
};
#undef T
#undef I
#define JOB STORE_SHAPE(store_job, job_fields)

static const struct store_field step_fields[] = {
	STORE_F_TEXT(store_step, uuid),   STORE_F_TEXT(store_step, job),
	STORE_F_TEXT(store_step, action), STORE_F_INT(store_step, plan_version),
	STORE_F_INT(store_step, attempt), STORE_F_TEXT(store_step, phase),
	STORE_F_TEXT(store_step, detail), STORE_F_INT(store_step, at_unix_ms),
};
#define STEP STORE_SHAPE(store_step, step_fields)

static const char *const state_names[] = {
#define X(name, text) text,
	STORE_JOB_STATES(X)
#undef X
};

const char *store_job_state_name(enum store_job_state s)
{
	assert((unsigned)s < STORE_JOB_STATE_COUNT);
	return state_names[s];
}

void store_tx_job_add(struct store_tx *tx, const struct store_job *j)
{
	struct store_job row = *j;
	struct store_val vals[STORE_VALS_MAX];
	if (!row.state || !row.state[0])
		row.state = store_job_state_name(STORE_JOB_QUEUED);
	if (!row.period_h)
		row.period_h = "";
	store_tx_add(tx, STORE_SQL_JOB_ADD, store_shape_vals(JOB, &row, vals));
}

void store_tx_job_period(struct store_tx *tx, const char *id, const char *hours)
{
	store_tx_add(tx, STORE_SQL_JOB_PERIOD, STORE_VALS(STORE_T(id), STORE_T(hours)));
}

void store_tx_job_lease(struct store_tx *tx, const char *id, const char *owner, int64_t now_unix_ms,
			int64_t until_unix_ms)
{
	store_tx_add(tx, STORE_SQL_JOB_LEASE,
		     STORE_VALS(STORE_T(id), STORE_T(owner), STORE_I(now_unix_ms),
				STORE_I(until_unix_ms)));
}

void store_tx_job_require(struct store_tx *tx, const char *id, const char *owner,
			  int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_JOB_REQUIRE,
		     STORE_VALS(STORE_T(id), STORE_T(owner), STORE_I(now_unix_ms)));
}

void store_tx_job_renew(struct store_tx *tx, const char *id, const char *owner,
			int64_t until_unix_ms)
{
	store_tx_add(tx, STORE_SQL_JOB_RENEW,
		     STORE_VALS(STORE_T(id), STORE_T(owner), STORE_I(until_unix_ms)));
}

void store_tx_job_stage(struct store_tx *tx, const char *id, const char *stage, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_JOB_STAGE,
		     STORE_VALS(STORE_T(id), STORE_T(stage), STORE_I(now_unix_ms)));
}

void store_tx_job_end(struct store_tx *tx, const char *id, enum store_job_state state,
		      int64_t not_before_unix_ms, const struct err *why, const char *stats,
		      int64_t now_unix_ms)
{
	static const struct err none;
	const struct err *e = why ? why : &none;
	assert(state != STORE_JOB_RUNNING);
	store_tx_add(tx, STORE_SQL_JOB_END,
		     STORE_VALS(STORE_T(id), STORE_T(store_job_state_name(state)),
				STORE_I(not_before_unix_ms), STORE_T(why ? err_name(e->code) : ""),
				STORE_T(e->rule), STORE_T(e->msg), STORE_T(e->seen),
				STORE_T(e->want), STORE_T(e->hint), STORE_T(stats),
				STORE_I(now_unix_ms)));
}

void store_tx_job_set(struct store_tx *tx, const char *id, enum store_job_state state,
		      int64_t now_unix_ms)
{
	assert(state != STORE_JOB_RUNNING);
	store_tx_add(tx, STORE_SQL_JOB_SET,
		     STORE_VALS(STORE_T(id), STORE_T(store_job_state_name(state)),
				STORE_I(now_unix_ms)));
}

void store_tx_job_recover(struct store_tx *tx, const char *owner, int64_t now_unix_ms)
{
	if (store_has_company(tx->s)) /* the former ones may live: their leases run out */
		return;
	store_tx_add(tx, STORE_SQL_JOB_RECOVER, STORE_VALS(STORE_T(owner), STORE_I(now_unix_ms)));
}

void store_tx_job_clamp(struct store_tx *tx, int64_t latest_unix_ms)
{
	store_tx_add(tx, STORE_SQL_JOB_CLAMP, STORE_VALS(STORE_I(latest_unix_ms)));
}

bool store_job_get(struct store *s, struct arena *a, const char *id, struct store_job *out_j)
{
	return store_read_row(s, a, STORE_SQL_JOB_GET, STORE_VALS(STORE_T(id)), JOB, out_j);
}

bool store_job_active(struct store *s, struct arena *a, const char *uuid, const char *kind,
		      struct store_job *out_j)
{
	return store_read_row(s, a, STORE_SQL_JOB_ACTIVE, STORE_VALS(STORE_T(uuid), STORE_T(kind)),
			      JOB, out_j);
}

unsigned store_job_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
		       struct store_job *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_JOB_DUE,
			       STORE_VALS(STORE_I(now_unix_ms), STORE_I(limit)), JOB, out_rows,
			       limit);
}

int64_t store_job_next_unix_ms(struct store *s)
{
	return store_read_int(s, STORE_SQL_JOB_NEXT, STORE_NO_VALS);
}

unsigned store_job_list(struct store *s, struct arena *a, const char *state, const char *uuid,
			const char *after_id, unsigned limit, struct store_job *out_rows)
{
	if (uuid)
		return store_read_rows(s, a, STORE_SQL_JOB_LIST_UUID,
				       STORE_VALS(STORE_T(after_id), STORE_T(uuid), STORE_T(state),
						  STORE_I(limit)),
				       JOB, out_rows, limit);
	if (state)
		return store_read_rows(
			s, a, STORE_SQL_JOB_LIST_STATE,
			STORE_VALS(STORE_T(after_id), STORE_T(state), STORE_I(limit)), JOB,
			out_rows, limit);
	return store_read_rows(s, a, STORE_SQL_JOB_LIST,
			       STORE_VALS(STORE_T(after_id), STORE_I(limit)), JOB, out_rows, limit);
}

int64_t store_job_count(struct store *s, const char *state)
{
	return store_read_int(s, STORE_SQL_AMOUNT, STORE_VALS(STORE_T("job"), STORE_T(state)));
}

void store_tx_step(struct store_tx *tx, const struct store_step *st)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_STEP, store_shape_vals(STEP, st, vals));
}

void store_tx_step_clear(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_FORGET_STEP, STORE_VALS(STORE_T(uuid)));
}

void store_tx_step_settle(struct store_tx *tx, const char *uuid, const char *job)
{
	store_tx_add(tx, STORE_SQL_STEP_SETTLE, STORE_VALS(STORE_T(uuid), STORE_T(job)));
}

unsigned store_step_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			 struct store_step *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_STEP_LIST, STORE_VALS(STORE_T(uuid), STORE_I(limit)),
			       STEP, out_rows, limit);
}
