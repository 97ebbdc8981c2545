/* The hook program, DNS, forwarding and discoveries for the service: carries questions of the engine to net/ and
 * the answers back. Decides nothing. */
#include "cli/serve_outside.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/serve_discover.h"
#include "net/child.h"
#include "net/dns.h"
#include "net/fetch.h"
#include "net/loop.h"
#include "net/stream.h"

/* ---- hook ---- */

struct hook {
	struct net_child *child;
	engine_hook_fn *fn;
	void *arg;
};

static void on_hook(void *arg, const struct net_child_end *end)
{
	struct hook *h = arg;
	struct engine_hook_end said = {
		.why = end->why,
		.exit_code = end->exit_code,
		.signal = end->signal,
		.out = end->out,
		.err_text = end->err_text,
		.elapsed_ms = end->elapsed_ms,
	};

	h->fn(h->arg, &said);
	mem_free(h);
}

static void *ask_hook(void *ctx, const struct engine_hook_ask *q, engine_hook_fn *fn, void *arg)
{
	struct cli_outside *o = ctx;
	struct hook *h = MEM_NEW(struct hook);
	struct net_child_conf c = {
		.program = q->program,
		.args = q->args,
		.in = q->in,
		.out_max = ENGINE_HOOK_OUT_MAX,
		.timeout_ms = q->timeout_ms,
	};

	h->fn = fn;
	h->arg = arg;
	h->child = net_child_start(o->loop, &c, on_hook, h);
	return h;
}

static void cancel_hook(void *handle)
{
	struct hook *h = handle;

	net_child_cancel(h->child);
	mem_free(h);
}

/* ---- DNS ---- */

struct dns {
	struct net_dns *d;
	engine_dns_fn *fn;
	void *arg;
};

_Static_assert(NET_DNS_NAMES <= ENGINE_DNS_NAMES, "all names fit");

static void on_dns(void *arg, const struct net_dns_end *end)
{
	struct dns *d = arg;
	struct engine_dns_end said = { .why = end->why,
				       .address = end->address,
				       .count = end->count };

	for (unsigned i = 0; i < end->count; i++) {
		said.names[i].name = end->names[i].name;
		said.names[i].agrees = end->names[i].agrees;
	}
	d->fn(d->arg, &said);
	mem_free(d);
}

static void *ask_dns(void *ctx, const struct engine_dns_ask *q, engine_dns_fn *fn, void *arg)
{
	struct cli_outside *o = ctx;
	struct dns *d = MEM_NEW(struct dns);

	d->fn = fn;
	d->arg = arg;
	d->d = q->address
		? net_dns_start(o->loop, q->address, q->servers, q->timeout_ms, on_dns, d)
		: net_dns_start_name(o->loop, q->name, q->servers, q->timeout_ms, on_dns, d);
	return d;
}

static void cancel_dns(void *handle)
{
	struct dns *d = handle;

	net_dns_cancel(d->d);
	mem_free(d);
}

/* ---- web servers, on a worker ---- */

#define POST_MS 10000 /* a worker has it, and whoever stops waits for it */

struct post {
	char *url;
	struct buf json;
	struct err e;
	bool ok;
	engine_forward_fn *fn;
	void *arg;
};

static void post_work(void *arg)
{
	struct post *p = arg;

	p->ok = net_fetch_post(p->url, buf_span(&p->json), POST_MS, &p->e);
}

static void post_done(void *arg)
{
	struct post *p = arg;

	p->fn(p->arg, p->ok ? NULL : &p->e);
	mem_free(p->url);
	buf_deinit(&p->json);
	mem_free(p);
}

static void post(void *ctx, const char *url, struct span json, engine_forward_fn *fn, void *arg)
{
	struct cli_outside *o = ctx;
	struct post *p = MEM_NEW(struct post);

	p->url = mem_str(url);
	buf_init(&p->json, json.n + 1);
	buf_add(&p->json, json);
	p->fn = fn;
	p->arg = arg;
	net_loop_work(o->loop, post_work, post_done, p);
}

/* ---- forwarding ---- */

#define FORWARD_MS 10000

struct forward {
	struct net_stream *s;
	struct sched_timer *deadline;
	struct buf bytes;
	bool sent;
	engine_forward_fn *fn;
	void *arg;
};

static void end_forward(struct forward *f, const struct err *e)
{
	sched_cancel(f->deadline);
	net_stream_close(f->s);
	f->fn(f->arg, e);
	buf_deinit(&f->bytes);
	mem_free(f);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct forward *f = arg;

	(void)facts;
	f->sent = net_stream_send(f->s, buf_span(&f->bytes));
	net_stream_end(f->s);
}

static void on_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
}

static void on_down(void *arg, const struct err *why)
{
	struct forward *f = arg;

	/* servers close, or reset, once they have what they want */
	end_forward(f, f->sent ? NULL : why);
}

static void on_deadline(void *arg)
{
	struct forward *f = arg;
	struct err e = { 0 };

	f->deadline = NULL;
	err_set(&e, ERR_TIMEOUT, "the server takes nothing");
	end_forward(f, f->sent ? NULL : &e);
}

static void forward(void *ctx, const char *to, struct span bytes, engine_forward_fn *fn, void *arg)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_outside *o = ctx;
	struct forward *f = MEM_NEW(struct forward);
	struct net_target t = { 0 };
	const char *colon = strrchr(to, ':');
	struct span host = span_make(to, colon ? (size_t)(colon - to) : 0);

	if (host.n > 2 && host.p[0] == '[')
		host = span_make(host.p + 1, host.n - 2);
	(void)str_copy(t.address, sizeof t.address, host);
	(void)str_to_u16(span_str(colon ? colon + 1 : ""), 1, UINT16_MAX, &t.port, NULL);
	f->fn = fn;
	f->arg = arg;
	buf_init(&f->bytes, bytes.n + 1);
	(void)buf_add(&f->bytes, bytes);
	f->s = o->dialer->dial(o->dialer, &t);
	f->deadline = sched_after(net_loop_sched(o->loop), FORWARD_MS, on_deadline, f);
	net_stream_start(f->s, &events, f);
}

void cli_outside_init(struct cli_outside *o, struct net_loop *l, struct net_dialer *dialer)
{
	*o = (struct cli_outside){ .loop = l, .dialer = dialer };
	o->way = (struct engine_outside){
		.ctx = o,
		.hook = ask_hook,
		.hook_cancel = cancel_hook,
		.dns = ask_dns,
		.dns_cancel = cancel_dns,
		.forward = forward,
		.post = post,
		.discover = cli_serve_discover,
		.discover_look = cli_serve_discover_look,
		.discover_stop = cli_serve_discover_stop,
		.discover_drop = cli_serve_discover_drop,
	};
}
