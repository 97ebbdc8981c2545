/* The frame of operations (amt/op.h): the table, arguments, one call at a time, rows, and the end,
 * which comes exactly once. What is asked of the PC is in op_*.c. Never repeats a change. */
#include "amt/op_priv.h"
#include "base/mem.h"
#include "base/str.h"
#include "wsman/classes.h"
#include "wsman/status.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define ROW_FIELDS 96

struct amt_op {
	const struct amt_op_kind *kind;
	struct amt_op_conf conf;
	const struct amt_op_arg *args;
	struct arena arena, row_arena;
	void *state;
	struct amt_op_field fields[ROW_FIELDS];
	struct amt_op_row row;
	const char *class_name; /* of the call under way */
	const char *method;
	bool change; /* the call under way is one */
	amt_op_step_fn *next;
	amt_op_error_fn *on_error;
	void (*on_interrupt)(struct amt_op *o);
	void (*after_wait)(struct amt_op *o);
	struct sched_timer *timer; /* of a wait, or of the end */
	bool calling, ended;
	bool half, noting; /* noting: the caller makes a record of it */
	bool begun, interrupted,
		stopping; /* stopping: interrupted, and the operation was not told yet */
	struct amt_peer peer;
	bool has_peer;
	struct err end;
};

static const struct amt_op_kind kinds[] = {
#define X(id, name, args, flags, fns, text) { name, args, flags, &(fns), text },
	AMT_OPS(X)
#undef X
};

/* Before an operation begins, is stored, or people are asked about it. */
static const struct {
	const struct amt_op_fns *fns;
	bool (*check)(const struct amt_op *o, struct err *e);
} checks[] = { { &amt_op_power, amt_op_power_check }, { &amt_op_boot, amt_op_boot_check } };

const struct amt_op_kind *amt_op_at(unsigned i)
{
	return i < AMT_OP_COUNT ? &kinds[i] : NULL;
}

const struct amt_op_kind *amt_op_find(const char *name)
{
	for (unsigned i = 0; i < AMT_OP_COUNT; i++)
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* ---- start and end ---- */

static bool takes_as(const struct amt_op_kind *k, const char *key, bool *out_secret)
{
	struct span left = span_str(k->args);

	while (left.n) {
		size_t n = span_find(left, ' ');
		*out_secret = n && left.p[n - 1] == '*';
		if (span_eq_str(span_make(left.p, n - *out_secret), key))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

static bool takes(const struct amt_op_kind *k, const char *key)
{
	bool secret;

	return takes_as(k, key, &secret);
}

bool amt_op_arg_is_secret(const struct amt_op_kind *k, const char *key)
{
	bool secret;

	return takes_as(k, key, &secret) && secret;
}

static void begin(void *arg)
{
	struct amt_op *o = arg;

	o->timer = NULL;
	o->kind->fns->start(o);
}

bool amt_op_check(const struct amt_op_kind *k, const struct amt_op_arg *args, unsigned count,
		  struct err *e)
{
	for (unsigned i = 0; i < count; i++) {
		if (takes(k, args[i].key))
			continue;
		err_set(e, ERR_USAGE, "'%s' takes no %.40s", k->name, args[i].key);
		return err_want(e, "%s", k->args[0] ? k->args : "no arguments");
	}
	if (count > AMT_OP_ARGS)
		return err_set(e, ERR_LIMIT, "'%s' got %u arguments, more than %d", k->name, count,
			       AMT_OP_ARGS);
	const struct amt_op probe = { .kind = k, .args = args, .conf = { .arg_count = count } };
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (checks[i].fns == k->fns)
			return checks[i].check(&probe, e);
	return true;
}

bool amt_op_start(const struct amt_op_kind *k, const struct amt_op_conf *c, struct amt_op **out_op,
		  struct err *e)
{
	if (!amt_op_check(k, c->args, c->arg_count, e))
		return false;
	struct amt_op *o = MEM_NEW(struct amt_op);
	o->kind = k;
	o->conf = *c;
	arena_init(&o->arena, LIMIT_OP_BYTES);
	arena_init(&o->row_arena, LIMIT_OP_BYTES);
	o->state = mem_new(k->fns->state_bytes + 1);
	struct amt_op_arg *own = mem_new((c->arg_count + 1) * sizeof(struct amt_op_arg));
	for (unsigned i = 0; i < c->arg_count; i++) {
		own[i].key = mem_str(c->args[i].key);
		own[i].value = mem_str(c->args[i].value);
	}
	o->args = own;
	o->timer = sched_after(c->sched, 0, begin, o);
	*out_op = o;
	return true;
}

void amt_op_free(struct amt_op *o)
{
	if (!o)
		return;
	if (o->calling)
		amt_client_cancel(o->conf.client);
	sched_cancel(o->timer);
	if (o->kind->fns->stop)
		o->kind->fns->stop(o);
	for (unsigned i = 0; i < o->conf.arg_count; i++) {
		mem_wipe((char *)o->args[i].value, strlen(o->args[i].value));
		mem_free((char *)o->args[i].key);
		mem_free((char *)o->args[i].value);
	}
	mem_free((void *)(uintptr_t)o->args);
	mem_free(o->state);
	arena_deinit(&o->arena);
	arena_deinit(&o->row_arena);
	mem_free(o);
}

static void done(void *arg)
{
	struct amt_op *o = arg;

	o->timer = NULL;
	o->conf.on_done(o->conf.arg, o->has_peer ? &o->peer : NULL, &o->end);
}

void amt_op_fail(struct amt_op *o, const struct err *e)
{
	assert(!o->ended && !o->calling && !o->timer && !o->noting);
	o->ended = true;
	o->end = *e;
	o->timer = sched_after(o->conf.sched, 0, done, o);
}

void amt_op_end(struct amt_op *o)
{
	const struct err none = { 0 };

	amt_op_fail(o, &none);
}

/* ---- what operations ask for ---- */

void *amt_op_state(struct amt_op *o)
{
	return o->state;
}

struct arena *amt_op_arena(struct amt_op *o)
{
	return &o->arena;
}

struct amt_client *amt_op_client(struct amt_op *o)
{
	return o->conf.client;
}

const char *amt_op_version(const struct amt_op *o)
{
	return o->conf.version ? o->conf.version : "";
}

struct rng *amt_op_rng(struct amt_op *o)
{
	return o->conf.rng;
}

const char *amt_op_arg(const struct amt_op *o, const char *key)
{
	assert(takes(o->kind, key));
	for (unsigned i = 0; i < o->conf.arg_count; i++)
		if (str_eq(o->args[i].key, key))
			return o->args[i].value;
	return "";
}

bool amt_op_arg_u32(const struct amt_op *o, const char *key, uint32_t min, uint32_t max,
		    uint32_t *inout_v, struct err *e)
{
	const char *text = amt_op_arg(o, key);

	if (!*text || str_to_u32(span_str(text), min, max, inout_v, NULL))
		return true;
	err_set(e, ERR_USAGE, "%s %.40s is out of range", key, text);
	return err_want(e, "%" PRIu32 " to %" PRIu32, min, max);
}

bool amt_op_arg_bool(const struct amt_op *o, const char *key)
{
	const char *text = amt_op_arg(o, key);

	return str_eq(text, "true") || str_eq(text, "yes") || str_eq(text, "1");
}

/* ---- calls ---- */

void amt_op_peer(struct amt_op *o, const struct amt_peer *p)
{
	o->peer = *p;
	o->peer.leaf_der = span_make(NULL, 0);
	o->has_peer = true;
}

/* A change whose answer never came: nobody knows whether the PC has acted. */
static void unsure(const struct amt_op *o, const struct amt_reply *r, struct err *e)
{
	if (o->change && r->sent && !r->http_status && !e->hint[0])
		err_hint(e, "whether the PC has acted is not known: look before it is asked again");
}

static void stop_early(struct amt_op *o)
{
	struct err e = { 0 };

	o->stopping = false;
	if (o->on_interrupt) {
		o->on_interrupt(o);
		return;
	}
	err_set(&e, ERR_CANCELLED, "broken off");
	amt_op_fail(o, &e);
}

void amt_op_interrupt(struct amt_op *o)
{
	if (o->ended || o->interrupted)
		return;
	o->interrupted = o->stopping = true;
	/* A change that is under way is waited for: only then is it known what to take back. */
	if ((o->calling || o->noting) && o->on_interrupt)
		return;
	if (o->calling)
		amt_client_cancel(o->conf.client);
	o->calling = o->noting = false;
	sched_cancel(o->timer);
	o->timer = NULL;
	stop_early(o);
}

bool amt_op_takes_back(const struct amt_op *o)
{
	return o->on_interrupt != NULL;
}

/* ---- what must not stay half ---- */

void amt_op_half(struct amt_op *o, void (*next)(struct amt_op *o))
{
	assert(!o->calling && !o->ended && !o->timer && !o->noting);
	o->half = true;
	o->after_wait = next;
	o->noting = o->conf.on_half && o->conf.on_half(o->conf.arg, true);
	if (!o->noting)
		next(o);
}

void amt_op_whole(struct amt_op *o)
{
	if (o->half && o->conf.on_half)
		(void)o->conf.on_half(o->conf.arg, false);
	o->half = false;
}

void amt_op_go_on(struct amt_op *o)
{
	if (!o->noting)
		return;
	o->noting = false;
	if (o->stopping)
		stop_early(o);
	else
		o->after_wait(o);
}

static void on_reply(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_op *o = arg;
	amt_op_error_fn *on_error = o->on_error;
	struct err fail = *e;

	o->calling = false;
	o->on_error = NULL;
	if (r->http_status && r->peer)
		amt_op_peer(o, r->peer);
	if (o->stopping) {
		stop_early(o);
		return;
	}
	if (fail.code == ERR_NONE && o->method) {
		struct wsman_obj *out;
		if (wsman_envelope_obj(r->msg, r->arena, &out, &fail) && out->return_value)
			(void)wsman_status_check(r->msg, out->return_value, &fail);
	}
	if (fail.code == ERR_NONE) {
		o->next(o, r);
		return;
	}
	unsure(o, r, &fail);
	if (!on_error || !on_error(o, r, &fail))
		amt_op_fail(o, &fail);
}

static void call(struct amt_op *o, const struct wsman_req *req, const char *class_name,
		 bool repeatable, amt_op_step_fn *next)
{
	assert(!o->calling && !o->ended && !o->timer);
	o->class_name = class_name;
	o->method = req->op == WSMAN_OP_INVOKE ? req->method : NULL;
	o->change = !repeatable;
	o->next = next;
	o->calling = true;
	amt_client_call(o->conf.client, req, repeatable, 0, on_reply, o);
}

static const struct wsman_class *class_of(const char *name)
{
	const struct wsman_class *c = wsman_classes_find(name);

	assert(c);
	return c;
}

void amt_op_call(struct amt_op *o, const struct wsman_req *r, bool repeatable, amt_op_step_fn *next)
{
	call(o, r, "", repeatable, next);
}

void amt_op_get(struct amt_op *o, const char *class_name, amt_op_step_fn *next)
{
	struct wsman_req req = { .op = WSMAN_OP_GET, .resource_uri = class_of(class_name)->uri };

	call(o, &req, class_name, true, next);
}

void amt_op_get_instance(struct amt_op *o, const char *class_name, const char *key,
			 const char *value, amt_op_step_fn *next)
{
	struct wsman_selector sel = { .name = key, .value = value };
	struct wsman_req req = { .op = WSMAN_OP_GET,
				 .resource_uri = class_of(class_name)->uri,
				 .selectors = &sel };

	call(o, &req, class_name, true, next);
}

void amt_op_enumerate(struct amt_op *o, const char *class_name, amt_op_step_fn *next)
{
	assert(!o->calling && !o->ended && !o->timer);
	o->class_name = class_name;
	o->method = NULL;
	o->change = false;
	o->next = next;
	o->calling = true;
	amt_client_enumerate(o->conf.client, class_of(class_name)->uri, on_reply, o);
}

void amt_op_invoke(struct amt_op *o, const char *class_name, const char *method,
		   const struct wsman_obj *input, amt_op_step_fn *next)
{
	struct wsman_req req = { .op = WSMAN_OP_INVOKE,
				 .resource_uri = class_of(class_name)->uri,
				 .method = method,
				 .obj = input };

	call(o, &req, class_name, false, next);
}

void amt_op_path(struct amt_op *o, const char *path, amt_op_step_fn *next)
{
	assert(!o->calling && !o->ended && !o->timer);
	o->class_name = path;
	o->method = NULL;
	o->change = false;
	o->next = next;
	o->calling = true;
	amt_client_get_path(o->conf.client, path, on_reply, o);
}

void amt_op_ask(struct amt_op *o, const char *class_name, const char *method,
		const struct wsman_obj *input, amt_op_step_fn *next)
{
	struct wsman_req req = { .op = WSMAN_OP_INVOKE,
				 .resource_uri = class_of(class_name)->uri,
				 .method = method,
				 .obj = input };

	call(o, &req, class_name, true, next);
}

void amt_op_put(struct amt_op *o, const char *class_name, const struct wsman_obj *instance,
		amt_op_step_fn *next)
{
	/* what came with a reply goes with the next call's beginning */
	struct wsman_req req = { .op = WSMAN_OP_PUT,
				 .resource_uri = class_of(class_name)->uri,
				 .obj = wsman_obj_clone(&o->arena, instance) };

	call(o, &req, class_name, false, next);
}

static void waited(void *arg)
{
	struct amt_op *o = arg;

	o->timer = NULL;
	o->after_wait(o);
}

void amt_op_wait(struct amt_op *o, int64_t ms, void (*next)(struct amt_op *o))
{
	assert(!o->calling && !o->ended && !o->timer);
	o->after_wait = next;
	o->timer = sched_after(o->conf.sched, ms, waited, o);
}

void amt_op_on_interrupt(struct amt_op *o, void (*fn)(struct amt_op *o))
{
	o->on_interrupt = fn;
}

void amt_op_on_error(struct amt_op *o, amt_op_error_fn *fn)
{
	o->on_error = fn;
}

struct wsman_obj *amt_op_input(struct amt_op *o, const char *class_name, const char *method)
{
	const struct wsman_class *c = class_of(class_name);
	const struct wsman_method *m = wsman_classes_method(c, method);

	assert(m);
	return wsman_obj_new(&o->arena, &m->in, c->uri);
}

struct wsman_obj *amt_op_item(const struct amt_reply *r, unsigned i)
{
	struct wsman_obj *o;
	struct err e = { 0 };

	return wsman_envelope_item(r->items[i], r->arena, &o, &e) ? o : NULL;
}

const char *amt_op_text_of(const struct wsman_obj *o, const char *prop)
{
	const char *v = wsman_obj_str(o, prop);

	return v ? v : "";
}

const char *amt_op_key_of(const struct wsman_obj *o, const char *prop, const char *key)
{
	const struct wsman_epr *epr = wsman_obj_epr(o, prop);
	const char *v = epr ? wsman_obj_epr_selector(epr, key) : NULL;

	return v ? v : "";
}

bool amt_op_obj(struct amt_op *o, const struct amt_reply *r, struct wsman_obj **out_obj)
{
	struct err e = { 0 };

	if (wsman_envelope_obj(r->msg, r->arena, out_obj, &e))
		return true;
	err_wrap(&e, "reply to %s", o->class_name);
	amt_op_fail(o, &e);
	return false;
}

/* ---- rows ---- */

void amt_op_begin(struct amt_op *o, const char *table)
{
	arena_reset(&o->row_arena);
	o->row = (struct amt_op_row){ .table = table, .fields = o->fields };
}

static void add(struct amt_op *o, const char *key, const char *text, enum amt_op_type is)
{
	if (!text || !*text)
		return;
	assert(o->row.count < ROW_FIELDS);
	struct amt_op_field *f = &o->fields[o->row.count++];
	f->key = key;
	f->text = text;
	f->is = is;
}

void amt_op_text(struct amt_op *o, const char *key, const char *text)
{
	if (text)
		add(o, key, arena_str(&o->row_arena, span_str(text)), AMT_OP_TEXT);
}

void amt_op_fmt(struct amt_op *o, const char *key, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	amt_op_text(o, key, text);
}

void amt_op_number(struct amt_op *o, const char *key, int64_t v)
{
	add(o, key, arena_fmt(&o->row_arena, "%" PRId64, v), AMT_OP_NUMBER);
}

void amt_op_flag(struct amt_op *o, const char *key, bool v)
{
	add(o, key, v ? "true" : "false", AMT_OP_BOOL);
}

void amt_op_emit(struct amt_op *o)
{
	if (o->conf.on_row)
		o->conf.on_row(o->conf.arg, &o->row);
}
