/* For those who write operations (amt/op_*.c): arguments, calls, rows, the end. Every call here is
 * followed by exactly one later step, or by the end of the operation: an error that the operation
 * did not ask for (amt_op_on_error) ends it. One call at a time. */
#pragma once
#include "amt/op.h"
#include "wsman/obj.h"

/* The reply is valid inside the step only; what must stay is copied into amt_op_arena. */
typedef void amt_op_step_fn(struct amt_op *o, const struct amt_reply *r);
/* True: the error is dealt with, and a next call was made or the operation was ended. */
typedef bool amt_op_error_fn(struct amt_op *o, const struct amt_reply *r, const struct err *e);

void *amt_op_state(struct amt_op *o);
struct arena *amt_op_arena(struct amt_op *o);       /* as long as the operation */
struct amt_client *amt_op_client(struct amt_op *o); /* for machines of their own (amt/pc.c) */
struct rng *amt_op_rng(struct amt_op *o);
const char *amt_op_version(const struct amt_op *o); /* of the firmware as far as it is known; "" */

const char *amt_op_arg(const struct amt_op *o, const char *key); /* "" when not given */
bool amt_op_arg_u32(const struct amt_op *o, const char *key, uint32_t min, uint32_t max, uint32_t *inout_v,
		    struct err *e); /* *inout_v stays when not given */
bool amt_op_arg_bool(const struct amt_op *o, const char *key); /* "true", "yes" or "1" */

/* Reads; may be repeated by the client. */
void amt_op_get(struct amt_op *o, const char *class_name, amt_op_step_fn *next);
void amt_op_get_instance(struct amt_op *o, const char *class_name, const char *key, const char *value,
			 amt_op_step_fn *next);
void amt_op_enumerate(struct amt_op *o, const char *class_name, amt_op_step_fn *next);
/* A method that only reads; else as amt_op_invoke. */
void amt_op_ask(struct amt_op *o, const char *class_name, const char *method, const struct wsman_obj *input,
		amt_op_step_fn *next);
/* HTTP GET of a page: only r->http_status counts. */
void amt_op_path(struct amt_op *o, const char *path, amt_op_step_fn *next);
/* Changes, sent once. A method's ReturnValue other than 0 is an error with its meaning. input NULL: no
 * parameters. */
void amt_op_invoke(struct amt_op *o, const char *class_name, const char *method, const struct wsman_obj *input,
		   amt_op_step_fn *next);
void amt_op_put(struct amt_op *o, const char *class_name, const struct wsman_obj *instance, amt_op_step_fn *next);
void amt_op_call(struct amt_op *o, const struct wsman_req *r, bool repeatable, amt_op_step_fn *next);
void amt_op_wait(struct amt_op *o, int64_t ms, void (*next)(struct amt_op *o));
/* For the call that follows only. */
void amt_op_on_error(struct amt_op *o, amt_op_error_fn *fn);
/* Empty input of a method, in the operation's arena. */
struct wsman_obj *amt_op_input(struct amt_op *o, const char *class_name, const char *method);
/* The instance in a reply of Get, Put or Invoke; on failure the operation has ended: return. */
bool amt_op_obj(struct amt_op *o, const struct amt_reply *r, struct wsman_obj **out_obj);
/* The i-th instance of an enumeration, valid inside the step; NULL when it cannot be read. */
struct wsman_obj *amt_op_item(const struct amt_reply *r, unsigned i);
/* A property, and a selector of one that is a reference; "" when it is not there. */
const char *amt_op_text_of(const struct wsman_obj *o, const char *prop);
const char *amt_op_key_of(const struct wsman_obj *o, const char *prop, const char *key);

/* One row: begin, its fields in order, emit. Keys are static text. */
void amt_op_begin(struct amt_op *o, const char *table);
void amt_op_text(struct amt_op *o, const char *key, const char *text);    /* NULL or "": left out */
void amt_op_fmt(struct amt_op *o, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void amt_op_number(struct amt_op *o, const char *key, int64_t v);
void amt_op_flag(struct amt_op *o, const char *key, bool v);
void amt_op_emit(struct amt_op *o);

/* Before the first change of something that must not stay half; next follows once that is on record. whole:
 * all of it is told, or taken back. */
void amt_op_half(struct amt_op *o, void (*next)(struct amt_op *o));
void amt_op_whole(struct amt_op *o);
/* Who presses CTRL-C: fn takes back what is set half, then ends the operation with ERR_CANCELLED; no call
 * is under way when it is called. Without it the operation ends at once. Set in start. */
void amt_op_on_interrupt(struct amt_op *o, void (*fn)(struct amt_op *o));
void amt_op_end(struct amt_op *o);
void amt_op_fail(struct amt_op *o, const struct err *e);
void amt_op_peer(struct amt_op *o, const struct amt_peer *p); /* when own machines talked */

/* Are the values of the arguments possible? Of o only these are read. Operations without such a function say
 * so when they begin. */
bool amt_op_power_check(const struct amt_op *o, struct err *e);
bool amt_op_boot_check(const struct amt_op *o, struct err *e);
#define X(id, name, args, flags, fns, text) extern const struct amt_op_fns fns;
AMT_OPS(X)
#undef X
