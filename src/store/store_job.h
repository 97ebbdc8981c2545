/* Jobs with their leases, and the journal of actions. Part of store/store.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct store;
struct store_tx;

/* ---- jobs: queue, delayed queue, leases ---- */
#define STORE_JOB_STATES(X)                                                                          \
	X(STORE_JOB_QUEUED, "queued")     X(STORE_JOB_RUNNING, "running")                            \
	X(STORE_JOB_DELAYED, "delayed")   X(STORE_JOB_PAUSED, "paused")                              \
	X(STORE_JOB_DONE, "done")         X(STORE_JOB_CANCELLED, "cancelled")
enum store_job_state {
#define X(name, text) name,
	STORE_JOB_STATES(X)
#undef X
	STORE_JOB_STATE_COUNT
};
const char *store_job_state_name(enum store_job_state s);
struct store_job {
	const char *id, *uuid, *kind;  /* kind: configure */
	const char *state;
	int64_t priority;              /* smaller first */
	int64_t not_before_unix_ms;
	int64_t attempt;               /* tries so far */
	const char *lease_owner;
	int64_t lease_until_unix_ms;
	int64_t plan_version;
	const char *stage;             /* what it is doing, for people */
	const char *err_code, *err_rule, *err_msg, *err_seen, *err_want, *err_hint; /* last failure */
	const char *stats;             /* "round_trips=21 challenges=1 ..." of the last run */
	int64_t created_unix_ms, changed_unix_ms;
	const char *period_h;          /* of a setup, for setup.period_h; "" as that says; "0": not at all after a wrong OTP */
};
/* At most one job of a kind that is not done or cancelled per device: a second add is no change. */
void store_tx_job_add(struct store_tx *tx, const struct store_job *j);
void store_tx_job_period(struct store_tx *tx, const char *id, const char *hours);
/* queued or due delayed, or running with a lease that ended -> running; else ERR_CONFLICT.
 * attempt + 1. */
void store_tx_job_lease(struct store_tx *tx, const char *id, const char *owner, int64_t now_unix_ms,
			int64_t until_unix_ms);
/* The rest of the tx counts only while owner holds the lease of the job: else ERR_CONFLICT. */
void store_tx_job_require(struct store_tx *tx, const char *id, const char *owner, int64_t now_unix_ms);
void store_tx_job_renew(struct store_tx *tx, const char *id, const char *owner, int64_t until_unix_ms);
void store_tx_job_stage(struct store_tx *tx, const char *id, const char *stage, int64_t now_unix_ms);
/* Ends the lease: state done | delayed | queued | cancelled | paused, with error (NULL: none). */
void store_tx_job_end(struct store_tx *tx, const char *id, enum store_job_state state,
		      int64_t not_before_unix_ms, const struct err *why, const char *stats, int64_t now_unix_ms);
/* Operator: queued now, attempt kept (retry); paused; cancelled. Running ones are left to the engine. */
void store_tx_job_set(struct store_tx *tx, const char *id, enum store_job_state state, int64_t now_unix_ms);
/* At start of a service: running jobs of a former instance become queued (they hold no lease any more). */
void store_tx_job_recover(struct store_tx *tx, const char *owner, int64_t now_unix_ms);
/* No delayed job waits longer than until then: the clock may have been set back since. */
void store_tx_job_clamp(struct store_tx *tx, int64_t latest_unix_ms);
bool store_job_get(struct store *s, struct arena *a, const char *id, struct store_job *out_j);
bool store_job_active(struct store *s, struct arena *a, const char *uuid, const char *kind, struct store_job *out_j);
/* Runnable now, by priority then age. */
unsigned store_job_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit, struct store_job *out_rows);
int64_t store_job_next_unix_ms(struct store *s); /* earliest not_before of delayed ones; -1 none */
unsigned store_job_list(struct store *s, struct arena *a, const char *state, const char *uuid,
			const char *after_id, unsigned limit, struct store_job *out_rows);
int64_t store_job_count(struct store *s, const char *state);

/* ---- journal of actions (style 3.7) ---- */
struct store_step {
	const char *uuid, *job, *action;
	int64_t plan_version, attempt;
	const char *phase;           /* intent | replied | verified */
	const char *detail;          /* text for the next run: what was sent (no secrets), e.g. credential id */
	int64_t at_unix_ms;
};
/* Upserts (uuid, action). */
void store_tx_step(struct store_tx *tx, const struct store_step *st);
void store_tx_step_clear(struct store_tx *tx, const char *uuid); /* all of a device: it was cleared */
/* The job is done: its own, and those of jobs that ended; another one that waits goes on from its own. */
void store_tx_step_settle(struct store_tx *tx, const char *uuid, const char *job);
unsigned store_step_list(struct store *s, struct arena *a, const char *uuid, unsigned limit, struct store_step *out_rows);
