/* Operations: what an administrator does with one configured PC over WS-MAN (power, boot, logs,
 * inventory). An operation is a row of AMT_OPS: it takes named arguments, makes one call after the
 * other through an amt_client, and gives rows of named fields. The same operation runs for
 * `--direct` (cli/operate.c) and in the service (engine/operate.c); it knows neither JSON nor
 * sockets. What can change a PC is sent once and never repeated. */
#pragma once
#include "amt/client.h"
#include "amt/op_boot.h"
#include "amt/op_logs.h"
#include "amt/pc.h"

struct amt_op;

enum amt_op_flags {
	AMT_OP_CHANGES = 1,    /* sends something that changes the PC; goes to the audit log */
	AMT_OP_TAKES_WORK = 2, /* whoever sits there may lose work: ask first */
	AMT_OP_SOAP = 4,       /* also for firmware before 3.2.1 */
};
/* X(constant, name, argument keys separated by blanks, flags, functions, one sentence). Names are
 * stored with the timeline and used in routes: never renamed. */
#define AMT_OPS(X)                                                                                  \
	AMT_OPS_LOGS(X)                                                                             \
	AMT_OPS_BOOT(X)                                                                             \
	X(AMT_OP_INFO, "info", "", AMT_OP_SOAP, amt_op_info, "what the PC is: firmware, name, power") \
	X(AMT_OP_POWER_STATUS, "power-status", "", AMT_OP_SOAP, amt_op_power_status, "whether the PC is on") \
	X(AMT_OP_POWER, "power", "action wait_ms close_sessions", AMT_OP_CHANGES | AMT_OP_SOAP, amt_op_power, \
	  AMT_PC_ACTIONS ": changes the power of the PC")                                          \
	X(AMT_OP_INVENTORY, "inventory.read", "", 0, amt_op_inventory,                              \
	  "all tables of hardware and software; unread: what the PC refused to tell")
enum amt_op_id {
#define X(id, name, args, flags, fns, text) id,
	AMT_OPS(X)
#undef X
	AMT_OP_COUNT
};
struct amt_op_fns {
	size_t state_bytes;                /* amt_op_state: zeroed, as long as the operation */
	void (*start)(struct amt_op *o);
	void (*stop)(struct amt_op *o);    /* frees what the state holds, also after the end; NULL: nothing */
};
struct amt_op_kind {
	const char *name;
	const char *args; /* a key with * behind it is a secret: no log and no audit shows its value */
	unsigned flags;
	const struct amt_op_fns *fns;
	const char *text;
};
const struct amt_op_kind *amt_op_at(unsigned i);            /* NULL past the end */
const struct amt_op_kind *amt_op_find(const char *name);    /* NULL: none of that name */

#define AMT_OP_ARGS 24 /* at most so many at once */
struct amt_op_arg { const char *key, *value; };
/* False: one of them is not of the kind's, cannot be, or there are too many. */
bool amt_op_arg_is_secret(const struct amt_op_kind *k, const char *key);
bool amt_op_check(const struct amt_op_kind *k, const struct amt_op_arg *args, unsigned count, struct err *e);
enum amt_op_type { AMT_OP_TEXT, AMT_OP_NUMBER, AMT_OP_BOOL };
struct amt_op_field {
	const char *key, *text;
	enum amt_op_type is; /* text is that as JSON writes it */
};
struct amt_op_row {
	const char *table;                 /* "" when the operation has only one */
	const struct amt_op_field *fields;
	unsigned count;
};
struct out;
/* As a JSON object; "table" stands first unless it is "". */
void amt_op_row_json(struct out *o, const struct amt_op_row *r);
struct amt_op_conf {
	struct amt_client *client;         /* borrowed, with its way set; used by nobody else meanwhile */
	struct sched *sched;
	struct rng *rng;
	const char *version;               /* of the firmware, where it is known; else "" or NULL */
	const struct amt_op_arg *args;     /* copied */
	unsigned arg_count;
	void (*on_row)(void *arg, const struct amt_op_row *r);   /* valid inside the callback only */
	/* Exactly once, last, never before amt_op_start returned. e is ERR_NONE on success. peer: of
	 * the last reply, NULL when none came. */
	void (*on_done)(void *arg, const struct amt_peer *peer, const struct err *e);
	/* half: the first change of something that must not stay half is about to be sent. True: only when
	 * amt_op_go_on is called, once that is on record. Not half: the PC has nothing of it half any more.
	 * NULL: nobody keeps a record. */
	bool (*on_half)(void *arg, bool half);
	void *arg;
};
/* False (with nothing started) when an argument is not one of the kind's. */
bool amt_op_start(const struct amt_op_kind *k, const struct amt_op_conf *c, struct amt_op **out_op, struct err *e);
/* Ends it early, for who presses CTRL-C: on_done comes with ERR_CANCELLED, soon, or after the operation has
 * taken back what it had set half. */
void amt_op_interrupt(struct amt_op *o);
void amt_op_go_on(struct amt_op *o);                /* behind on_half */
bool amt_op_takes_back(const struct amt_op *o);     /* by itself, when it is interrupted */
void amt_op_free(struct amt_op *o); /* cancels; after on_done, or inside it; NULL is fine */
