/* Who works with a PC beside jobs, groups of PCs, and what runs by the clock. Part of store/store.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct store;
struct store_tx;

/* ---- holds: one operation or one running job at a time with a PC ---- */
struct store_hold { const char *uuid, *owner, *what; int64_t until_unix_ms; };
/* ERR_CONFLICT while a job runs or somebody else holds it. Ends by itself at until. */
void store_tx_hold_take(struct store_tx *tx, const struct store_hold *h, int64_t now_unix_ms);
void store_tx_hold_drop(struct store_tx *tx, const char *uuid, const char *owner);
void store_tx_hold_recover(struct store_tx *tx, int64_t now_unix_ms); /* start of a service */
bool store_hold_get(struct store *s, struct arena *a, const char *uuid, int64_t now_unix_ms, struct store_hold *out_h);

/* ---- sessions of people with a PC: jobs that would cut one wait (sql_job.h says which) ---- */
struct store_pc_session { const char *uuid, *owner, *kind, *actor; int64_t since_unix_ms, until_unix_ms; };
void store_tx_pc_session_put(struct store_tx *tx, const struct store_pc_session *s); /* a known one: only until */
void store_tx_pc_session_drop(struct store_tx *tx, const char *uuid, const char *owner);
void store_tx_pc_session_recover(struct store_tx *tx, int64_t now_unix_ms); /* start of a service */
unsigned store_pc_session_list(struct store *s, struct arena *a, const char *uuid, int64_t now_unix_ms,
			       unsigned limit, struct store_pc_session *out_rows); /* the oldest first */

/* ---- PCs in which boot options may be set half (engine/half.h) ---- */
struct store_boot_half {
	const char *uuid, *what, *actor;
	int64_t since_unix_ms, tries, next_unix_ms;
	const char *note;
};
void store_tx_boot_half_put(struct store_tx *tx, const struct store_boot_half *h); /* a known one: only next */
void store_tx_boot_half_later(struct store_tx *tx, const char *uuid, bool tried, int64_t next_unix_ms,
			      const char *note);
void store_tx_boot_half_drop(struct store_tx *tx, const char *uuid);
void store_tx_boot_half_recover(struct store_tx *tx, int64_t now_unix_ms); /* start of a service: all are due */
bool store_boot_half_get(struct store *s, struct arena *a, const char *uuid, struct store_boot_half *out_h);
/* Those that are being taken back, by UUID; of that PC only, when uuid is not "". */
unsigned store_boot_half_left(struct store *s, struct arena *a, const char *after, const char *uuid, unsigned limit,
			      struct store_boot_half *out_rows);
/* Of configured and adopted devices, the first due first. */
unsigned store_boot_half_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			     struct store_boot_half *out_rows);

/* ---- groups ---- */
struct store_grp { const char *name, *expr, *note; int64_t at_unix_ms, member_count; };
void store_tx_grp_put(struct store_tx *tx, const struct store_grp *g);    /* members stay */
void store_tx_grp_delete(struct store_tx *tx, const char *name);          /* none of that name: ERR_CONFLICT */
void store_tx_grp_add(struct store_tx *tx, const char *grp, const char *member);
void store_tx_grp_take_out(struct store_tx *tx, const char *grp, const char *member);
bool store_grp_get(struct store *s, struct arena *a, const char *name, struct store_grp *out_g);
unsigned store_grp_list(struct store *s, struct arena *a, const char *after, unsigned limit, struct store_grp *out_rows);
unsigned store_grp_members(struct store *s, struct arena *a, const char *grp, const char *after, unsigned limit,
			   const char **out_members);
/* Groups that have this member as it is written. */
unsigned store_grp_parents(struct store *s, struct arena *a, const char *member, unsigned limit, const char **out_grps);

/* ---- schedules ---- */
struct store_schedule {
	const char *name, *spec, *tz;
	const char *missed;             /* skip | run | within */
	int64_t missed_ms;              /* of within */
	const char *op, *args, *targets; /* a line each; args: key=value */
	int64_t parallel, stagger_ms;
	bool enabled;
	int64_t next_unix_ms, last_unix_ms; /* 0: never */
	const char *last_note, *actor;
	int64_t at_unix_ms;
};
void store_tx_schedule_put(struct store_tx *tx, const struct store_schedule *s); /* of a known one, last_* stay */
void store_tx_schedule_ran(struct store_tx *tx, const char *name, int64_t next_unix_ms, int64_t last_unix_ms,
			   const char *note);
void store_tx_schedule_delete(struct store_tx *tx, const char *name);
bool store_schedule_get(struct store *s, struct arena *a, const char *name, struct store_schedule *out_s);
unsigned store_schedule_list(struct store *s, struct arena *a, const char *after, unsigned limit,
			     struct store_schedule *out_rows);
unsigned store_schedule_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			    struct store_schedule *out_rows);
