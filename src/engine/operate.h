/* Operations (amt/op.h) on devices of the store, one or thousands at once, over their stored
 * credentials. A PC is held while its operation runs (store_operate.h): no job begins there meanwhile,
 * and one that runs is waited for. What was sent is never sent again; a refused password is not tried a
 * second time. Results are kept in memory until they are fetched or dropped: a service that dies knows
 * nothing of them, and what its PCs did stands in their own logs. Used by api/operation.c and the
 * schedules. */
#pragma once
#include "amt/op.h"
#include "engine/engine.h"

#define ENGINE_OPERATE_ID 24

struct engine_operate_want {
	const struct amt_op_kind *kind;
	const struct amt_op_arg *args;    /* copied, as all else here */
	unsigned arg_count;
	const char *actor;
	const char *const *uuids;         /* each once */
	unsigned uuid_count;
	unsigned limit;                   /* PCs at once; 0: the usual */
	int64_t stagger_ms;               /* between the beginnings of two */
	int64_t deadline_ms;              /* of each PC, from its beginning; 0: the usual */
	int64_t busy_ms;                  /* so long a PC is waited for that somebody else works with; -1: the usual */
};
/* False: too much is under way, or the arguments are not of the kind's. */
bool engine_operate_start(struct engine *en, const struct engine_operate_want *w, char out_id[ENGINE_OPERATE_ID],
			  struct err *e);

/* What the service does by itself: on so many PCs at once that people hardly notice. One that cannot begin is
 * told in the log: whoever wants it comes again. */
void engine_operate_by_clock(struct engine *en, const char *op, const char *const *uuids, unsigned count);

struct engine_operate_view {
	const char *id, *op, *actor;
	unsigned total, running, done, failed; /* done: of both kinds, failed: of these */
	bool ended, cancelled;
	int64_t began_unix_ms, ended_unix_ms;
};
bool engine_operate_get(const struct engine *en, const char *id, struct engine_operate_view *out_v);
const char *engine_operate_at(const struct engine *en, unsigned i); /* id of the i-th kept; NULL past the end */

struct engine_operate_result {
	const char *uuid, *name, *address; /* name: of the PC, or its address */
	struct span rows;                 /* JSON objects with commas between */
	const struct err *e;              /* ERR_NONE: it went well */
	int64_t elapsed_ms;
};
/* In the order in which they ended; false past the last one so far. Valid until the loop goes on. */
bool engine_operate_result(const struct engine *en, const char *id, unsigned n, struct engine_operate_result *out_r);

/* What has not begun does not begin; what runs is ended at once. The results stay. */
bool engine_operate_cancel(struct engine *en, const char *id);
/* The same, and all of it is forgotten. */
bool engine_operate_drop(struct engine *en, const char *id);

/* fn once, when there are more than n results, the operation has ended or is gone. */
struct engine_operate_wait;
struct engine_operate_wait *engine_operate_wait(struct engine *en, const char *id, unsigned n, void (*fn)(void *arg),
						void *arg); /* NULL: it is so already */
void engine_operate_unwait(struct engine_operate_wait *w); /* before fn; NULL is fine */

/* Somebody who works with the PC, as people read it; "" nobody. */
const char *engine_operate_holder(struct engine *en, const char *uuid, struct arena *a);
