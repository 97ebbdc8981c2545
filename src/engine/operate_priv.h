/* One operation on many devices (operate.c), and on one of them (operate_pc.c). */
#pragma once
#include "engine/login.h"
#include "engine/operate.h"

struct operate_result {
	char uuid[UUID_TEXT_SIZE];
	char *name;
	char address[64];
	struct buf rows;
	struct err e;
	int64_t elapsed_ms;
};
struct operate_pc;
struct engine_operation {
	struct engine *en;
	struct engine_operation *next;
	char id[ENGINE_OPERATE_ID];
	char owner[192];                /* of the holds: the service and this operation */
	const struct amt_op_kind *kind;
	struct amt_op_arg args[AMT_OP_ARGS];
	unsigned arg_count;
	char *actor, *text;             /* text: the operation with its arguments, without secrets */
	char (*uuids)[UUID_TEXT_SIZE];
	unsigned count, begun, limit;
	int64_t stagger_ms, deadline_ms, busy_ms;
	struct operate_pc *running;     /* list */
	unsigned running_count, failed;
	struct operate_result **results; /* result_count of them, room for count */
	unsigned result_count;
	size_t bytes;                   /* of all rows */
	struct engine_operate_wait *waits;
	struct sched_timer *timer;      /* stagger; after the end: until it is forgotten */
	int64_t last_begin_mono_ms, began_unix_ms, ended_unix_ms;
	bool cancelled, ended, dropped;
};

/* operate.c */
void engine_operate_pc_ended(struct operate_pc *p, struct operate_result *r); /* takes r; frees p */
void engine_operate_free_all(struct engine *en);      /* as if the process died */
void engine_operate_stop_all(struct engine *en);
#define OPERATE_RESULT_BYTES (64u << 20)       /* of all PCs of an operation */

/* operate_pc.c */
struct operate_pc {
	struct operate_pc *next;
	struct engine_operation *o;
	struct operate_result *r;
	struct engine_login login;
	unsigned way;
	bool again, ending, proven, storing, breaking; /* storing: the release */
	bool half, noting, whole; /* half: on record (half.h); noting: is being stored; whole: off the record */
	int64_t begin_mono_ms;
	struct amt_client *client;
	struct amt_op *op;
	struct sched_timer *timer, *deadline;
	struct err why; /* it is being broken off for */
};
struct operate_pc *engine_operate_pc_new(struct engine_operation *o, const char *uuid);
void engine_operate_pc_start(struct operate_pc *p);   /* exactly one engine_operate_pc_ended, never before this returns */
void engine_operate_pc_cancel(struct operate_pc *p, const struct err *e); /* ends soon with that */
void engine_operate_pc_free(struct operate_pc *p);    /* never while a transaction of it may be reported */
