/* See serve_discover.h. Keeps the ranges and our certificates for as long as the discovery runs, and makes
 * rows of what it saw. Stores nothing, decides nothing. */
#include "cli/serve_discover.h"
#include "amt/discover.h"
#include "api/sighting.h"
#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/seen_row.h"
#include "cli/serve_outside.h"
#include "net/loop.h"

#define CERTS_BYTES ((size_t)4 << 20)

struct discover {
	struct amt_discover *d;
	struct engine_discover_ask
		ask; /* its callbacks; on_found is NULL when nobody listens any more */
	struct names names;
	struct arena certs;
	struct rng rng;
};

static void discover_free(struct discover *v)
{
	amt_discover_free(v->d);
	names_deinit(&v->names);
	arena_deinit(&v->certs);
	mem_free(v);
}

static void on_found(void *arg, const char *address, const char *name, const struct amt_seen *s)
{
	struct discover *v = arg;
	int64_t now = clk_unix_ms();
	struct store_sighting row;
	struct arena a;

	if (!v->ask.on_found)
		return;
	json_t *json = cli_seen_row(address, name, s, now);
	arena_init(&a, 1 << 16);
	if (api_sighting_read(json, now, &a, &row, NULL))
		v->ask.on_found(v->ask.arg, &row);
	arena_deinit(&a);
	json_decref(json);
}

static void on_end(void *arg)
{
	struct discover *v = arg;

	if (v->ask.on_end)
		v->ask.on_end(v->ask.arg);
	discover_free(v);
}

void *cli_serve_discover(void *ctx, const struct engine_discover_ask *q, struct err *e)
{
	struct cli_outside *o = ctx;
	struct discover *v = MEM_NEW(struct discover);
	struct amt_discover_conf conf = { .loop = o->loop,
					  .rng = &v->rng,
					  .names = &v->names,
					  .position = q->position,
					  .rate = q->rate,
					  .ping_only = q->only_ping,
					  .rmcp_port = q->rmcp_port,
					  .port_base = q->port_base,
					  .on_found = on_found,
					  .on_end = on_end,
					  .arg = v };

	v->ask = *q;
	rng_os(&v->rng);
	names_init(&v->names, LIMIT_DISCOVER_ADDRESSES);
	arena_init(&v->certs, CERTS_BYTES);
	struct span *ours = ARENA_ARRAY(&v->certs, struct span, q->our_count + 1);
	for (unsigned i = 0; ours && i < q->our_count; i++) {
		const uint8_t *p = arena_copy(&v->certs, q->ours[i]);
		if (p)
			ours[conf.our_count++] = span_make(p, q->ours[i].n);
	}
	conf.ours = ours;
	if (names_add(&v->names, span_str(q->ranges), e))
		v->d = amt_discover_start(&conf, e);
	if (v->d)
		return v;
	discover_free(v);
	return NULL;
}

void cli_serve_discover_look(const void *handle, struct engine_discover_counts *out_n)
{
	const struct discover *v = handle;
	struct amt_discover_counts n = amt_discover_get_counts(v->d);

	*out_n = (struct engine_discover_counts){ .position = amt_discover_position(v->d),
						  .done = n.done,
						  .found = n.found,
						  .unresolved = n.unresolved };
	(void)str_copy(out_n->unresolved_name, sizeof out_n->unresolved_name,
		       span_str(n.unresolved_name));
}

void cli_serve_discover_stop(void *handle)
{
	struct discover *v = handle;

	amt_discover_stop(v->d);
}

void cli_serve_discover_drop(void *handle)
{
	struct discover *v = handle;

	v->ask.on_found = NULL;
	v->ask.on_end = NULL;
	amt_discover_stop(v->d);
}
