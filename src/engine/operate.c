/* Operations on many devices (engine/operate.h): how many at once, how long after one another, results,
 * who waits for them, the end. What happens with one PC is in operate_pc.c. Sends nothing itself. */
#include "engine/operate_priv.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define LIMIT_DEFAULT    256
#define DEADLINE_DEFAULT 120000
#define BUSY_DEFAULT     30000
#define MAX_OPERATIONS   64
#define MAX_RUNNING      2048   /* PCs, of all operations */
#define MAX_DEVICES      200000 /* of one operation */
#define CLOCK_LIMIT      16     /* PCs of what the service does by itself */
#define KEEP_MS          600000 /* results that nobody fetches */

struct engine_operate_wait {
	struct engine_operate_wait *next;
	struct engine_operation *o;
	unsigned n;
	void (*fn)(void *arg);
	void *arg;
	struct sched_timer *timer; /* fn is about to be called */
	struct engine *en;
};

static struct engine_operation *find(const struct engine *en, const char *id)
{
	for (struct engine_operation *o = en->operations; o; o = o->next)
		if (str_eq(o->id, id) && !o->dropped)
			return o;
	return NULL;
}

/* ---- who waits for results ---- */

static void call_waiter(void *arg)
{
	struct engine_operate_wait *w = arg;
	void (*fn)(void *) = w->fn;
	void *fn_arg = w->arg;
	struct engine *en = w->en;

	mem_free(w);
	fn(fn_arg);
	en->telling--;
	engine_stop_look(en);
}

static void notify(struct engine_operation *o)
{
	struct engine_operate_wait **at = &o->waits;

	while (*at) {
		struct engine_operate_wait *w = *at;
		if (!o->ended && !o->dropped && o->result_count <= w->n) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		w->o = NULL;
		w->timer = sched_after(o->en->conf.sched, 0, call_waiter, w);
		o->en->telling++;
	}
}

struct engine_operate_wait *engine_operate_wait(struct engine *en, const char *id, unsigned n,
						void (*fn)(void *arg), void *arg)
{
	struct engine_operation *o = find(en, id);

	if (!o || o->ended || o->result_count > n)
		return NULL;
	struct engine_operate_wait *w = MEM_NEW(struct engine_operate_wait);
	*w = (struct engine_operate_wait){
		.next = o->waits, .o = o, .n = n, .fn = fn, .arg = arg, .en = en
	};
	o->waits = w;
	return w;
}

void engine_operate_unwait(struct engine_operate_wait *w)
{
	if (!w)
		return;
	if (w->timer)
		w->en->telling--;
	sched_cancel(w->timer);
	for (struct engine_operate_wait **at = w->o ? &w->o->waits : NULL; at && *at;
	     at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			break;
		}
	}
	mem_free(w);
}

/* ---- life of an operation ---- */

static void free_args(struct engine_operation *o)
{
	for (unsigned i = 0; i < o->arg_count; i++) {
		mem_wipe((char *)o->args[i].value, strlen(o->args[i].value));
		mem_free((char *)o->args[i].key);
		mem_free((char *)o->args[i].value);
	}
	o->arg_count = 0;
}

static void operation_free(struct engine_operation *o)
{
	struct engine *en = o->en;

	for (struct engine_operation **at = &en->operations; *at; at = &(*at)->next) {
		if (*at == o) {
			*at = o->next;
			en->operation_count--;
			break;
		}
	}
	sched_cancel(o->timer);
	for (struct engine_operate_wait *w = o->waits; w; w = w->next)
		w->o = NULL;
	for (struct operate_pc *p = o->running, *next; p; p = next) {
		next = p->next;
		engine_operate_pc_free(p);
	}
	for (unsigned i = 0; i < o->result_count; i++) {
		mem_free(o->results[i]->name);
		buf_deinit(&o->results[i]->rows);
		mem_free(o->results[i]);
	}
	mem_free(o->results);
	mem_free(o->uuids);
	free_args(o);
	mem_free(o->actor);
	mem_free(o->text);
	mem_free(o);
}

static void forget(void *arg)
{
	struct engine_operation *o = arg;

	o->timer = NULL;
	operation_free(o);
}

static void end_when_done(struct engine_operation *o)
{
	if (o->running || (o->begun < o->count && !o->cancelled))
		return;
	if (!o->ended) {
		o->ended = true;
		o->ended_unix_ms = clk_unix_ms();
		free_args(o);
		sched_cancel(o->timer);
		o->timer = sched_after(o->en->conf.sched, o->dropped ? 0 : KEEP_MS, forget, o);
	}
	notify(o);
}

static void add_result(struct engine_operation *o, struct operate_result *r)
{
	o->failed += r->e.code != ERR_NONE;
	o->results[o->result_count++] = r;
}

static void pump(struct engine_operation *o);

static void on_stagger(void *arg)
{
	struct engine_operation *o = arg;

	o->timer = NULL;
	pump(o);
}

static void begin_one(struct engine_operation *o)
{
	struct operate_pc *p = engine_operate_pc_new(o, o->uuids[o->begun++]);

	o->last_begin_mono_ms = clk_mono_ms();
	p->next = o->running;
	o->running = p;
	o->running_count++;
	o->en->operating++;
	engine_operate_pc_start(p);
}

static void pump(struct engine_operation *o)
{
	while (!o->ended && !o->cancelled && o->begun < o->count && o->running_count < o->limit &&
	       o->en->operating < MAX_RUNNING && !o->timer) {
		int64_t wait = o->begun ? o->last_begin_mono_ms + o->stagger_ms - clk_mono_ms() : 0;
		if (o->stagger_ms && wait > 0)
			o->timer = sched_after(o->en->conf.sched, wait, on_stagger, o);
		else
			begin_one(o);
	}
}

/* Room for one more: the oldest operation first, which stands last. */
static void pump_all(struct engine *en)
{
	for (struct engine_operation *o = en->operations; o; o = o->next)
		pump(o);
}

void engine_operate_pc_ended(struct operate_pc *p, struct operate_result *r)
{
	struct engine_operation *o = p->o;
	struct engine *en = o->en;

	for (struct operate_pc **at = &o->running; *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	o->running_count--;
	en->operating--;
	engine_operate_pc_free(p);
	add_result(o, r);
	notify(o);
	end_when_done(o);
	pump_all(en);
	engine_stop_look(en);
	engine_kick(en); /* a job may have waited for the PC */
}

/* ---- start ---- */

static void make_text(struct engine_operation *o)
{
	struct buf b;
	struct out out;

	buf_init(&b, 1024);
	out_init_buf(&out, &b);
	out_str(&out, o->kind->name);
	for (unsigned i = 0; i < o->arg_count; i++)
		if (!amt_op_arg_is_secret(o->kind, o->args[i].key) &&
		    strlen(o->args[i].value) < 100)
			out_fmt(&out, " %s=%s", o->args[i].key, o->args[i].value);
	o->text = mem_str(b.p && !out.bad ? (const char *)b.p : o->kind->name);
	buf_deinit(&b);
}

static bool too_much(const struct engine *en, const struct engine_operate_want *w, struct err *e)
{
	if (en->stopping)
		return !err_set(e, ERR_SERVICE_DOWN, "the service stops");
	if (w->uuid_count > MAX_DEVICES) {
		err_set(e, ERR_LIMIT, "%u PCs are more than one operation takes", w->uuid_count);
		return !err_want(e, "at most %d", MAX_DEVICES);
	}
	if (en->operation_count < MAX_OPERATIONS)
		return false;
	err_set(e, ERR_BUSY, "%u operations are under way or not fetched", en->operation_count);
	return !err_hint(e, "wait for their ends, or drop them");
}

/* The newest of those that nobody fetches gives its place up only after KEEP_MS; the oldest ended one
 * at once when all places are taken. */
static void make_room(struct engine *en)
{
	struct engine_operation *oldest = NULL;

	for (struct engine_operation *o = en->operations; o; o = o->next)
		if (o->ended && !o->waits)
			oldest = o;
	if (oldest && en->operation_count >= MAX_OPERATIONS)
		operation_free(oldest);
}

bool engine_operate_start(struct engine *en, const struct engine_operate_want *w,
			  char out_id[ENGINE_OPERATE_ID], struct err *e)
{
	make_room(en);
	if (!amt_op_check(w->kind, w->args, w->arg_count, e) || too_much(en, w, e))
		return false;
	struct engine_operation *o = MEM_NEW(struct engine_operation);
	o->en = en;
	o->kind = w->kind;
	snprintf(o->id, sizeof o->id, "op-%016llx", (unsigned long long)rng_u64(en->conf.rng));
	snprintf(o->owner, sizeof o->owner, "%s/%s", en->owner, o->id);
	for (; o->arg_count < w->arg_count; o->arg_count++) {
		o->args[o->arg_count].key = mem_str(w->args[o->arg_count].key);
		o->args[o->arg_count].value = mem_str(w->args[o->arg_count].value);
	}
	make_text(o);
	o->actor = mem_str(w->actor);
	o->count = w->uuid_count;
	o->uuids = mem_new((size_t)o->count * sizeof(o->uuids[0]) + 1);
	o->results = mem_new((size_t)o->count * sizeof(struct operate_result *) + 1);
	for (unsigned i = 0; i < o->count; i++)
		str_copy(o->uuids[i], sizeof o->uuids[i], span_str(w->uuids[i]));
	o->limit = w->limit ? w->limit : LIMIT_DEFAULT;
	o->stagger_ms = w->stagger_ms;
	o->deadline_ms = w->deadline_ms ? w->deadline_ms : DEADLINE_DEFAULT;
	o->busy_ms = w->busy_ms >= 0 ? w->busy_ms : BUSY_DEFAULT;
	o->began_unix_ms = clk_unix_ms();
	o->next = en->operations;
	en->operations = o;
	en->operation_count++;
	memcpy(out_id, o->id, sizeof o->id);
	pump(o);
	end_when_done(o); /* of no PC at all */
	return true;
}

void engine_operate_by_clock(struct engine *en, const char *op, const char *const *uuids,
			     unsigned count)
{
	char id[ENGINE_OPERATE_ID];
	struct err e = { 0 };
	const struct engine_operate_want w = { .kind = amt_op_find(op),
					       .actor = "clock",
					       .uuids = uuids,
					       .uuid_count = count,
					       .limit = CLOCK_LIMIT,
					       .busy_ms = 0 };

	if (count && !engine_operate_start(en, &w, id, &e))
		log_err(LOG_EV_CLOCK_FAILED, &e,
			(const struct log_kv[]){ LOG_S("what", op),
						 { LOG_KIND_END, NULL, NULL, 0 } });
}

/* ---- looks ---- */

bool engine_operate_get(const struct engine *en, const char *id, struct engine_operate_view *out_v)
{
	const struct engine_operation *o = find(en, id);

	if (!o)
		return false;
	*out_v = (struct engine_operate_view){ .id = o->id,
					       .op = o->text,
					       .actor = o->actor,
					       .total = o->count,
					       .running = o->running_count,
					       .done = o->result_count,
					       .failed = o->failed,
					       .ended = o->ended,
					       .cancelled = o->cancelled,
					       .began_unix_ms = o->began_unix_ms,
					       .ended_unix_ms = o->ended_unix_ms };
	return true;
}

const char *engine_operate_at(const struct engine *en, unsigned i)
{
	for (const struct engine_operation *o = en->operations; o; o = o->next)
		if (!o->dropped && i-- == 0)
			return o->id;
	return NULL;
}

bool engine_operate_result(const struct engine *en, const char *id, unsigned n,
			   struct engine_operate_result *out_r)
{
	const struct engine_operation *o = find(en, id);

	if (!o || n >= o->result_count)
		return false;
	const struct operate_result *r = o->results[n];
	*out_r = (struct engine_operate_result){ .uuid = r->uuid,
						 .name = r->name,
						 .address = r->address,
						 .rows = buf_span(&r->rows),
						 .e = &r->e,
						 .elapsed_ms = r->elapsed_ms };
	return true;
}

const char *engine_operate_holder(struct engine *en, const char *uuid, struct arena *a)
{
	struct store_job j;
	struct store_hold h;
	const char *text = NULL;

	if (store_job_list(en->conf.store, a, "running", uuid, "", 1, &j))
		text = arena_fmt(a, "job %s (%s)", j.id, j.kind);
	else if (store_hold_get(en->conf.store, a, uuid, clk_unix_ms(), &h))
		text = arena_fmt(a, "operation '%s'", h.what);
	return text ? text : "";
}

/* ---- the end by command ---- */

static void cancel(struct engine_operation *o)
{
	struct err e = { 0 };

	if (o->ended || o->cancelled)
		return;
	o->cancelled = true;
	err_set(&e, ERR_CANCELLED, "the operation was cancelled");
	for (struct operate_pc *p = o->running; p; p = p->next)
		engine_operate_pc_cancel(p, &e);
	err_hint(&e, "nothing was sent to this PC");
	for (; o->begun < o->count; o->begun++) {
		struct operate_result *r = MEM_NEW(struct operate_result);
		str_copy(r->uuid, sizeof r->uuid, span_str(o->uuids[o->begun]));
		r->name = mem_str(r->uuid);
		buf_init(&r->rows, LIMIT_OP_BYTES);
		r->e = e;
		add_result(o, r);
	}
	notify(o);
	end_when_done(o);
}

bool engine_operate_cancel(struct engine *en, const char *id)
{
	struct engine_operation *o = find(en, id);

	if (o)
		cancel(o);
	return o != NULL;
}

bool engine_operate_drop(struct engine *en, const char *id)
{
	struct engine_operation *o = find(en, id);

	if (!o)
		return false;
	o->dropped = true;
	cancel(o);
	notify(o);
	if (o->ended) {
		sched_cancel(o->timer);
		o->timer = sched_after(en->conf.sched, 0, forget, o);
	}
	return true;
}

void engine_operate_stop_all(struct engine *en)
{
	for (struct engine_operation *o = en->operations; o; o = o->next)
		cancel(o);
}

void engine_operate_free_all(struct engine *en)
{
	while (en->operations)
		operation_free(en->operations);
}
