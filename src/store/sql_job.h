/* SQL about jobs and the journal of actions; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_JOB_COLS                                                                               \
	"id, uuid, kind, state, priority, not_before_ms, attempt, lease_owner, lease_until_ms,"    \
	" plan_version, stage, err_code, err_rule, err_msg, err_seen, err_want, err_hint, stats,"  \
	" created_ms, changed_ms, period_h"

/* Somebody looks at the PC's screen, say: only what does not cut that goes on. $t: the time. */
#define SQL_JOB_CUTS_NOBODY(t)                                                                     \
	" and (job.kind in ('check', 'adopt', 'unconfigure_look') or not exists"                   \
	" (select 1 from pc_session p where p.uuid = job.uuid and p.until_ms > " t "))"

#define STORE_SQL_JOB(X)                                                                           \
	X(STORE_SQL_JOB_ADD, false, "a job with this id exists already",                           \
	  "insert into job (id, uuid, kind, state, priority, not_before_ms, attempt, lease_owner," \
	  " lease_until_ms, plan_version, stage, err_code, err_rule, err_msg, err_seen, err_want," \
	  " err_hint, stats, created_ms, changed_ms, period_h) values ($1, $2, $3, $4, $5, $6, $7, $8, $9,"  \
	  " $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"                           \
	  " on conflict (uuid, kind, ended) do nothing", NULL)                                     \
	X(STORE_SQL_JOB_LEASE, true, "the job is not free to be taken",                            \
	  "update job set state = 'running', lease_owner = $2, lease_until_ms = $4,"               \
	  " stage = '', attempt = attempt + 1, changed_ms = $3 where id = $1 and (state = 'queued'"            \
	  " or state = 'delayed' and not_before_ms <= $3"                                          \
	  " or state = 'running' and lease_until_ms <= $3)"                                        \
	  /* one job at a time with a device, whatever its kind */                                 \
	  " and not exists (select 1 from job o where o.uuid = job.uuid and o.id <> job.id"        \
	  " and o.ended = '' and o.state = 'running' and o.lease_until_ms > $3)"                   \
	  " and not exists (select 1 from hold h where h.uuid = job.uuid and h.until_ms > $3)"     \
	  SQL_JOB_CUTS_NOBODY("$3"), NULL)                                                         \
	/* Changes nothing, but locks the row where several services write. */                     \
	X(STORE_SQL_JOB_REQUIRE, true, "the lease of the job is lost",                             \
	  "update job set lease_owner = $2 where id = $1 and state = 'running'"                    \
	  " and lease_owner = $2 and lease_until_ms > $3", NULL)                                   \
	X(STORE_SQL_JOB_RENEW, true, "the lease of the job is lost",                               \
	  "update job set lease_until_ms = $3 where id = $1 and state = 'running'"                 \
	  " and lease_owner = $2", NULL)                                                           \
	X(STORE_SQL_JOB_STAGE, false, NULL,                                                        \
	  "update job set stage = $2, changed_ms = $3 where id = $1", NULL)                        \
	X(STORE_SQL_JOB_PERIOD, false, NULL, "update job set period_h = $2 where id = $1", NULL)   \
	X(STORE_SQL_JOB_END, false, NULL,                                                          \
	  "update job set state = $2,"                                                             \
	  " ended = case when $2 in ('done', 'cancelled') then id else '' end,"                    \
	  " not_before_ms = $3, lease_owner = '', lease_until_ms = 0, err_code = $4,"              \
	  " err_rule = $5, err_msg = $6, err_seen = $7, err_want = $8, err_hint = $9,"             \
	  " stats = $10, changed_ms = $11 where id = $1", NULL)                                    \
	X(STORE_SQL_JOB_SET, false, NULL,                                                          \
	  "update job set state = $2,"                                                             \
	  " ended = case when $2 in ('done', 'cancelled') then id else '' end,"                    \
	  " not_before_ms = 0, changed_ms = $3"                                                    \
	  " where id = $1 and state in ('queued', 'delayed', 'paused')", NULL)                     \
	/* SQLite has one service per file, so that every running job is of a former instance;     \
	 * elsewhere others may be at work. */                                                     \
	X(STORE_SQL_JOB_RECOVER, false, NULL,                                                      \
	  "update job set state = 'queued', lease_owner = '', lease_until_ms = 0,"                 \
	  " changed_ms = $2 where state = 'running' and $1 = $1",                                  \
	  "update job set state = 'queued', lease_owner = '', lease_until_ms = 0,"                 \
	  " changed_ms = $2 where state = 'running' and lease_owner = $1")                         \
	X(STORE_SQL_JOB_CLAMP, false, NULL,                                                        \
	  "update job set not_before_ms = $1 where state = 'delayed' and not_before_ms > $1", NULL) \
	X(STORE_SQL_JOB_GET, false, NULL, "select " SQL_JOB_COLS " from job where id = $1", NULL)  \
	X(STORE_SQL_JOB_ACTIVE, false, NULL,                                                       \
	  "select " SQL_JOB_COLS " from job where uuid = $1 and kind = $2 and ended = ''", NULL)   \
	X(STORE_SQL_JOB_DUE, false, NULL,                                                          \
	  "select " SQL_JOB_COLS " from ("                                                         \
	  /* within, so that many PCs in use do not hide the rest of the queue */                  \
	  "select * from (select * from job where state = 'queued'" SQL_JOB_CUTS_NOBODY("$1")      \
	  " order by priority, created_ms, id limit $2) as q"                                      \
	  " union all select * from (select * from job where state = 'delayed'"                    \
	  " and not_before_ms <= $1" SQL_JOB_CUTS_NOBODY("$1")                                     \
	  " order by priority, created_ms, id limit $2) as d"                                      \
	  " union all select * from (select * from job where state = 'running'"                    \
	  " and lease_until_ms <= $1" SQL_JOB_CUTS_NOBODY("$1")                                    \
	  " order by priority, created_ms, id limit $2) as r"                                      \
	  ") as due where not exists (select 1 from job o where o.uuid = due.uuid"                 \
	  " and o.id <> due.id and o.ended = '' and o.state = 'running' and o.lease_until_ms > $1)" \
	  " and not exists (select 1 from hold h where h.uuid = due.uuid and h.until_ms > $1)"     \
	  " order by priority, created_ms, id limit $2", NULL)                             \
	X(STORE_SQL_JOB_NEXT, false, NULL,                                                         \
	  "select coalesce(min(not_before_ms), -1) from job where state = 'delayed'", NULL)        \
	X(STORE_SQL_JOB_LIST, false, NULL,                                                         \
	  "select " SQL_JOB_COLS " from job where id > $1 order by id limit $2", NULL)             \
	X(STORE_SQL_JOB_LIST_STATE, false, NULL,                                                   \
	  "select " SQL_JOB_COLS " from job where state = $2 and id > $1"                          \
	  " order by id limit $3", NULL)                                                           \
	X(STORE_SQL_JOB_LIST_UUID, false, NULL,                                                    \
	  "select " SQL_JOB_COLS " from job where uuid = $2 and id > $1"                           \
	  " and ($3 = '' or state = $3) order by id limit $4", NULL)                               \
	X(STORE_SQL_STEP, false, NULL,                                                             \
	  "insert into step (uuid, job, act, plan_version, attempt, phase, detail, at_ms)"         \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (uuid, act) do update set"         \
	  " job = excluded.job, plan_version = excluded.plan_version,"                             \
	  " attempt = excluded.attempt, phase = excluded.phase, detail = excluded.detail,"         \
	  " at_ms = excluded.at_ms", NULL)                                                         \
	X(STORE_SQL_STEP_LIST, false, NULL,                                                        \
	  "select uuid, job, act, plan_version, attempt, phase, detail, at_ms from step"           \
	  " where uuid = $1 order by at_ms, act limit $2", NULL)
