/* The hook program, DNS, a server to forward to and addresses to discover, of the in-process world: each
 * call is answered by the test, after the fake time that it says. See world.h. */
#include "world.h"

#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/names.h"

struct call {
	struct world *w;
	struct sched_timer *timer;
	struct engine_hook_end hook_end;
	struct engine_dns_end dns_end;
	engine_hook_fn *hook_fn;
	engine_dns_fn *dns_fn;
	engine_forward_fn *forward_fn;
	struct err e;
	void *out; /* a copy */
	void *arg;
};

static void end_of(struct call *c)
{
	mem_free(c->out);
	mem_free(c);
}

static void on_due(void *arg)
{
	struct call *c = arg;
	c->timer = NULL;
	c->w->hook_running -= c->hook_fn != NULL; /* it has ended when it is told */
	if (c->hook_fn)
		c->hook_fn(c->arg, &c->hook_end);
	else if (c->dns_fn)
		c->dns_fn(c->arg, &c->dns_end);
	else
		c->forward_fn(c->arg, c->e.code != ERR_NONE ? &c->e : NULL);
	end_of(c);
}

static void cancel(void *handle)
{
	struct call *c = handle;
	sched_cancel(c->timer);
	c->w->hook_running -= c->hook_fn != NULL;
	end_of(c);
}

static void *ask_hook(void *ctx, const struct engine_hook_ask *q, engine_hook_fn *fn, void *arg)
{
	struct world_service *s = ctx;
	struct world *w = s->w;
	struct call *c = MEM_NEW(struct call);
	int64_t ms = 10;
	*c = (struct call){ .w = w, .hook_fn = fn, .arg = arg };
	w->hook_count++;
	if (++w->hook_running > w->hook_peak)
		w->hook_peak = w->hook_running;
	w->hook(w, q, &c->hook_end, &ms);
	c->hook_end.elapsed_ms = ms;
	c->out = mem_new(c->hook_end.out.n + 1);
	if (c->hook_end.out.n)
		memcpy(c->out, c->hook_end.out.p, c->hook_end.out.n);
	c->hook_end.out = span_make(c->out, c->hook_end.out.n);
	if (ms > q->timeout_ms) {
		c->hook_end = (struct engine_hook_end){ .signal = 9, .elapsed_ms = q->timeout_ms };
		err_set(&c->hook_end.why, ERR_TIMEOUT, "the program did not end in time");
		ms = q->timeout_ms;
	}
	c->timer = sched_after(s->sched, ms, on_due, c);
	return c;
}

static void *ask_dns(void *ctx, const struct engine_dns_ask *q, engine_dns_fn *fn, void *arg)
{
	struct world_service *s = ctx;
	struct call *c = MEM_NEW(struct call);
	int64_t ms = 10;
	*c = (struct call){ .w = s->w, .dns_fn = fn, .arg = arg };
	s->w->dns(s->w, q, &c->dns_end, &ms);
	c->timer = sched_after(s->sched, ms, on_due, c);
	return c;
}

/* Nothing can cancel it: it ends within the world, which runs what is left at its end. */
static void forward(void *ctx, const char *to, struct span bytes, engine_forward_fn *fn, void *arg)
{
	struct world_service *s = ctx;
	struct call *c = MEM_NEW(struct call);
	*c = (struct call){ .w = s->w, .forward_fn = fn, .arg = arg };
	s->w->forward(s->w, to, bytes, &c->e);
	c->timer = sched_after(s->sched, 10, on_due, c);
}

/* ---- discoveries ---- */

struct walk {
	struct world_service *s;
	struct engine_discover_ask ask;
	struct names names;
	struct sched_timer *timer;
	uint64_t at, found;
	bool stopped;
};

static void walk_free(struct walk *v)
{
	v->s->w->discover_running--;
	sched_cancel(v->timer);
	names_deinit(&v->names);
	mem_free(v);
}

static void walk_on(void *arg)
{
	struct walk *v = arg;
	struct world *w = v->s->w;
	char address[NAMES_TEXT_SIZE];

	v->timer = NULL;
	for (unsigned i = 0; !v->stopped && i < w->discover_step; i++) {
		struct store_sighting s = { .state = "configured",
					    .version = "",
					    .mark = "",
					    .content = "{}",
					    .at_unix_ms = clk_unix_ms() };
		if (!names_at(&v->names, v->at, address))
			break;
		s.address = address;
		v->at++;
		if (w->discover(w, address, &s)) {
			v->found++;
			v->ask.on_found(v->ask.arg, &s);
		}
	}
	if (v->stopped || v->at == v->names.count) {
		v->ask.on_end(v->ask.arg);
		walk_free(v);
	} else {
		v->timer = sched_after(v->s->sched, 100, walk_on, v);
	}
}

static void *discover(void *ctx, const struct engine_discover_ask *q, struct err *e)
{
	struct world_service *s = ctx;
	struct walk *v = MEM_NEW(struct walk);

	*v = (struct walk){ .s = s, .ask = *q, .at = q->position };
	s->w->discover_running++;
	names_init(&v->names, LIMIT_DISCOVER_ADDRESSES);
	if (!names_add(&v->names, span_str(q->ranges), e)) {
		walk_free(v);
		return NULL;
	}
	v->timer = sched_after(s->sched, 0, walk_on, v);
	return v;
}

static void discover_look(const void *handle, struct engine_discover_counts *out_n)
{
	const struct walk *v = handle;

	*out_n = (struct engine_discover_counts){ .position = v->at,
						  .done = v->at,
						  .found = v->found };
}

static void discover_stop(void *handle)
{
	struct walk *v = handle;

	v->stopped = true;
	sched_cancel(v->timer);
	v->timer = sched_after(v->s->sched, 0, walk_on, v);
}

static void discover_drop(void *handle)
{
	walk_free(handle);
}

void world_init_outside(struct world_service *s)
{
	s->outside = (struct engine_outside){
		.ctx = s,
		.hook = ask_hook,
		.hook_cancel = cancel,
		.dns = ask_dns,
		.dns_cancel = cancel,
		.forward = forward,
		.post = forward,
		.discover = s->w->discover ? discover : NULL,
		.discover_look = discover_look,
		.discover_stop = discover_stop,
		.discover_drop = discover_drop,
	};
}
