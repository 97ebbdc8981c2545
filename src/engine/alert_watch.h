/* Whether PCs still tell of events: a subscription can be lost on the PC without a word (another console took
 * it off, a reset, a full table), and silence looks like peace. So every check of a PC whose profile has
 * `alerts` says so here (run_check.c), and in between, every alerts.confirm_h hours, its receivers are listed
 * by the operation "alerts.show". What is missing is told, and goes to the job of `drift`. */
#pragma once
#include "base/arena.h"
#include "base/span.h"

struct engine;
struct engine_alert_wanted;
struct err;
struct engine_node;
struct engine_profile;
struct store_device;
struct store_pc_log;
struct store_tx;

#define ENGINE_ALERT_WATCHES(X) \
	X(ENGINE_WATCH_CONFIRMED, "confirmed")     /* all that the profile wants is there */ \
	X(ENGINE_WATCH_MISSING, "missing")                                                   \
	X(ENGINE_WATCH_UNSUPPORTED, "unsupported") /* the PC has no such classes */          \
	X(ENGINE_WATCH_UNREACHED, "unreached")     /* the last look failed */                \
	X(ENGINE_WATCH_OVERDUE, "overdue")         /* only in what is told: too long ago */  \
	X(ENGINE_WATCH_WAITING, "waiting")         /* it should tell, and nobody has looked */ \
	X(ENGINE_WATCH_UNWANTED, "unwanted")       /* only in what is told: by its profile it need not */
enum engine_watch_state {
#define X(id, name) id,
	ENGINE_ALERT_WATCHES(X)
#undef X
	ENGINE_WATCH_COUNT
};
struct engine_alert_watch {
	enum engine_watch_state state;
	const char *detail;                            /* what is missing, or why it is not known */
	int64_t confirmed_unix_ms, looked_unix_ms;     /* 0: never */
};
/* Of a stored row. Texts are in the arena. */
void engine_alert_watch_read(struct arena *a, const struct store_pc_log *row, struct engine_alert_watch *out_w);
/* The state to show: a confirmation that is older than that is none any more. hours 0: twice alerts.confirm_h. */
enum engine_watch_state engine_alert_watch_judge(const struct engine *en, const struct engine_alert_watch *w,
						 int64_t hours);
const char *engine_alert_watch_name(enum engine_watch_state s);
/* What the administrator can do, and what happens by itself. "" nothing. adopted: others configured the PC. */
const char *engine_alert_watch_advice(const struct engine *en, enum engine_watch_state s, bool adopted);
/* Of a PC without a row: whether it should have one. Texts are in the arena. */
void engine_alert_watch_unlooked(struct engine_alert_wanted *w, const struct store_device *d, struct arena *a,
				 struct engine_alert_watch *out_w);

/* A check (lines that differ, notes) or a configuration (no lines; what the PC lacks) has read all that the
 * profile names. */
void engine_alert_watch_checked(struct engine *en, struct store_tx *tx, const char *uuid, const struct engine_profile *p,
				const char *version, const char *lines, const char *notes);
/* What an operation gave of a PC; other operations than "alerts.show" are left alone. */
void engine_alert_watch_keep(struct engine *en, struct store_tx *tx, const char *uuid, const char *text,
			     struct span rows);
void engine_alert_watch_failed(struct engine *en, struct store_tx *tx, const char *uuid, const char *text,
			       const struct err *why);
void engine_alert_watch_tick(struct engine *en); /* schedule.c, once a minute */
/* Which receiver of the group `alerts` is not among those rows of "alerts.show", or does not act there. False:
 * all are. traps: the firmware can send them. Pure. */
bool engine_alert_watch_lacks(const struct engine_node *alerts, struct span rows, bool traps, char *out_what, size_t cap);
