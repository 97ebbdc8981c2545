/* The name of a running job's device: walks the sources, and asks the hook program and DNS where
 * the walk needs them. What they said is durable before it is used. While they are asked the job
 * holds no worker, up to LIMIT_NAME_ASKED of them; hooks run hook.parallel at once. */
#include "engine/name.h"
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/mem.h"
#include "engine/outside.h"

#define DNS_MS 15000

struct run_ask {
	enum engine_name_source source;
	void *handle;       /* under way; NULL: waits for its turn, or has ended */
	bool queued, waits; /* waits: without a worker */
	bool forward;       /* the address of a name is asked for, not its name */
	struct engine_name_step step;
	struct err e;
	struct buf in;
};

/* ---- turns ---- */

static void begin_hook(struct engine_run *r);

/* The job that has waited longest is at the end of the list. */
static void next_turn(struct engine *en)
{
	struct engine_run *found = NULL;
	for (struct engine_run *r = en->runs; r; r = r->next)
		if (r->ask && r->ask->queued)
			found = r;
	if (found && en->hook_count < en->set.hook_parallel && !en->stopping)
		begin_hook(found);
}

static void forget_ask(struct engine_run *r)
{
	struct run_ask *a = r->ask;
	if (!a)
		return;
	r->ask = NULL;
	if (a->handle && a->source == NAME_HOOK) {
		r->en->conf.outside->hook_cancel(a->handle);
		r->en->hook_count--;
	} else if (a->handle) {
		r->en->conf.outside->dns_cancel(a->handle);
	}
	if (a->waits)
		r->en->waiting--;
	buf_deinit(&a->in);
	mem_free(a);
}

void engine_run_name_stop(struct engine_run *r)
{
	forget_ask(r);
}

/* ---- what came back ---- */

static void go_on(struct engine_run *r)
{
	struct run_ask *a = r->ask;
	struct err e = a->e;
	bool forward = a->forward;
	r->name_asked |= 1u << a->source;
	forget_ask(r);
	if (!engine_run_may_go_on(r))
		return;
	if (e.code != ERR_NONE)
		engine_run_refuse(r, &e);
	else if (forward)
		engine_run_named(r, NULL, NULL);
	else
		engine_run_name(r);
}

static void on_said_stored(struct engine_run *r)
{
	if (r->holds_worker) {
		go_on(r);
		return;
	}
	if (r->ask->waits) {
		r->ask->waits = false;
		r->en->waiting--;
	}
	r->state = RUN_READY;
	r->resume = go_on;
	engine_run_want_worker(r);
}

static void add_said(struct engine_run *r, struct store_tx *tx)
{
	const struct engine_name_step *s = &r->ask->step;
	store_tx_said_set(tx,
			  &(struct store_said){
				  .uuid = r->uuid,
				  .source = engine_name_source_text(s->source),
				  .verdict = engine_name_verdict_text(s->verdict),
				  .fqdn = s->fqdn,
				  .profile = s->profile,
				  .ou = s->ou,
				  .detail = s->detail,
				  .rule = s->rule,
				  .at_unix_ms = clk_unix_ms(),
			  });
}

static const char *shown(char *dst, size_t cap, struct span s)
{
	str_copy(dst, cap, s);
	return dst;
}

static void hook_event(struct engine_run *r, struct store_tx *tx, const struct engine_hook_end *end)
{
	char in[400], out[400], err_text[240];
	struct run_ask *a = r->ask;
	ENGINE_EVENT(r->en, tx, r->uuid, a->e.code == ERR_NONE ? LOG_EV_HOOK : LOG_EV_HOOK_FAILED,
		     &a->e, LOG_S("uuid", r->uuid), LOG_S("job", r->job),
		     LOG_S("program", r->en->set.hook_program),
		     LOG_S("verdict", engine_name_verdict_text(a->step.verdict)),
		     LOG_I("exit_code", end->exit_code), LOG_I("signal", end->signal),
		     LOG_I("elapsed_ms", end->elapsed_ms), LOG_S("address", r->address),
		     LOG_S("pid", r->pid), LOG_I("size", end->out.n),
		     LOG_S("output", shown(out, sizeof out, end->out)),
		     LOG_S("error_output", shown(err_text, sizeof err_text, end->err_text)),
		     LOG_S("input", shown(in, sizeof in, buf_span(&a->in))));
}

static void on_hook(void *arg, const struct engine_hook_end *end)
{
	struct engine_run *r = arg;
	struct run_ask *a = r->ask;
	struct engine *en = r->en;
	a->handle = NULL;
	en->hook_count--;
	engine_hook_judge(end, en->set.hook_timeout_s * 1000, &a->step, &a->e);
	if (a->e.code != ERR_NONE)
		err_wrap(&a->e, "device %s", r->uuid);
	struct store_tx *tx = engine_run_tx(r);
	add_said(r, tx);
	hook_event(r, tx, end);
	engine_run_commit(r, tx, on_said_stored);
	next_turn(en);
}

static void on_dns(void *arg, const struct engine_dns_end *end)
{
	struct engine_run *r = arg;
	struct run_ask *a = r->ask;
	a->handle = NULL;
	engine_dns_judge(end, r->address, &a->step);
	struct store_tx *tx = engine_run_tx(r);
	add_said(r, tx);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_NAME_DNS, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("address", r->address),
		     LOG_S("verdict", engine_name_verdict_text(a->step.verdict)),
		     LOG_S("fqdn", a->step.fqdn), LOG_S("said", a->step.detail));
	engine_run_commit(r, tx, on_said_stored);
}

/* A PC of a list that names it: its address is as good as the record. Its login goes there, and who it
 * is, it has to tell. */
static void on_address(void *arg, const struct engine_dns_end *end)
{
	struct engine_run *r = arg;
	struct run_ask *a = r->ask;
	bool found = end->why.code == ERR_NONE;
	a->handle = NULL;
	a->e = end->why;
	if (!found) {
		err_wrap(&a->e, "host %.100s of device %s", a->step.fqdn, r->uuid);
		err_want(&a->e, "an address of it");
		err_hint(&a->e,
			 "give an address beside the name in the list, or see to its record");
	}
	struct store_tx *tx = engine_run_tx(r);
	if (found)
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_ADDRESS, end->address);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_NAME_DNS, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("address", found ? end->address : ""),
		     LOG_S("verdict", found ? "found" : "none"), LOG_S("fqdn", a->step.fqdn),
		     LOG_S("said", found ? "" : end->why.seen));
	engine_run_commit(r, tx, on_said_stored);
}

/* ---- asking ---- */

static void give_worker_back(struct engine_run *r)
{
	if (r->en->waiting >= LIMIT_NAME_ASKED)
		return; /* so many hang already that new jobs wait for a worker instead */
	r->ask->waits = true;
	r->en->waiting++;
	engine_run_drop_worker(r);
}

static void begin_hook(struct engine_run *r)
{
	struct run_ask *a = r->ask;
	struct engine *en = r->en;
	struct engine_hook_ask q = {
		.program = en->set.hook_program,
		.args = { r->uuid, r->address, r->pid },
		.in = buf_span(&a->in),
		.timeout_ms = en->set.hook_timeout_s * 1000,
	};
	a->queued = false;
	en->hook_count++;
	a->handle = en->conf.outside->hook(en->conf.outside->ctx, &q, on_hook, r);
	if (r->holds_worker)
		give_worker_back(r);
}

static void ask(struct engine_run *r, const struct store_device *d, enum engine_name_source source)
{
	struct engine *en = r->en;
	struct run_ask *a = MEM_NEW(struct run_ask);
	struct out o;
	r->ask = a;
	r->state = RUN_NAME;
	a->source = a->step.source = source;
	buf_init(&a->in, 1 << 17);
	if (source == NAME_DNS) {
		struct engine_dns_ask q = { r->address, NULL, en->set.dns_servers, DNS_MS };
		a->handle = en->conf.outside->dns(en->conf.outside->ctx, &q, on_dns, r);
		give_worker_back(r);
		return;
	}
	struct wire_hello *h = ARENA_NEW(&r->keep, struct wire_hello);
	size_t used;
	bool said = h && wire_hello_parse(d->hello_raw, h, &used, NULL) == WIRE_DONE;
	out_init_buf(&o, &a->in);
	engine_hook_write(&o, d, said ? h : NULL);
	a->queued = true;
	if (en->hook_count < en->set.hook_parallel)
		begin_hook(r);
}

void engine_run_name_address(struct engine_run *r, const char *fqdn)
{
	struct engine *en = r->en;
	struct run_ask *a = MEM_NEW(struct run_ask);
	struct engine_dns_ask q = { NULL, fqdn, en->set.dns_servers, DNS_MS };
	r->ask = a;
	r->state = RUN_NAME;
	a->source = NAME_DNS;
	a->forward = true;
	str_copy(a->step.fqdn, sizeof a->step.fqdn, span_str(fqdn));
	buf_init(&a->in, 1);
	a->handle = en->conf.outside->dns(en->conf.outside->ctx, &q, on_address, r);
	give_worker_back(r);
}

void engine_run_name(struct engine_run *r)
{
	struct arena a;
	struct store_device d;
	struct err e = { 0 };
	enum engine_name_end end = NAME_NONE;
	struct engine_name *n = MEM_NEW(struct engine_name);
	arena_init(&a, 1 << 20);
	if (!store_device_get(r->en->conf.store, &a, r->uuid, &d)) {
		err_set(&e, ERR_NOT_FOUND, "device %s is not in the list", r->uuid);
	} else {
		str_copy(r->address, sizeof r->address, span_str(d.address));
		str_copy(r->pid, sizeof r->pid, span_str(d.pid));
		end = engine_name_walk(r->en, &d, r->name_asked, r->kind == RUN_CONFIGURE, n, &e);
		if (end == NAME_ASK)
			ask(r, &d, n->ask);
		else if (end == NAME_FOUND)
			engine_run_named(r, n, &d);
	}
	if (end == NAME_NONE)
		engine_run_refuse(r, &e);
	arena_deinit(&a);
	mem_free(n);
}

/* ---- what the name changes, with the transaction that begins the job ---- */

void engine_run_name_rows(struct engine_run *r, struct store_tx *tx, const struct engine_name *n,
			  const struct store_device *d)
{
	bool kept = str_eq(n->source, "kept");
	const char *source = kept ? d->name_source : n->source;
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_FQDN, n->fqdn);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_NAME_SOURCE, source);
	if (n->profile[0])
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_PROFILE, n->profile);
	if (n->taken_from[0]) {
		store_tx_device_text(tx, n->taken_from, STORE_DEVICE_FQDN, "");
		ENGINE_EVENT(r->en, tx, n->taken_from, LOG_EV_NAME_LOST, NULL,
			     LOG_S("uuid", n->taken_from), LOG_S("fqdn", n->fqdn),
			     LOG_S("other", r->uuid));
	}
	if (kept || (str_eq_nocase(d->fqdn, n->fqdn) && str_eq(d->name_source, source)))
		return;
	if (d->fqdn[0] && !str_eq_nocase(d->fqdn, n->fqdn))
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_RENAMED, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("from", d->fqdn), LOG_S("to", n->fqdn), LOG_S("source", source));
	else
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_NAMED, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("fqdn", n->fqdn), LOG_S("source", source));
}
