/* See discovery.h. What was found is gathered in a transaction together with the place up to which all
 * is done; one at a time is on its way to the disk, so that a place is never stored before what was seen
 * before it. When the database does not take it, or not fast enough, the discovery begins again from the
 * stored place. Called by engine.c, agenda.c and api/discovery.c. Sends nothing itself. */
#include "engine/discovery.h"

#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/names.h"
#include "engine/engine_priv.h"
#include "engine/outside.h"

#define FLUSH_MS    2000
#define FLUSH_ROWS  500
#define PENDING_MAX 3000 /* rows that wait for the disk */
#define AGAIN_MS    5000
#define PRUNE_EVERY 50 /* flushes */
#define RATE_MAX    1000000
#define RMCP_PORT   623
#define PORT_BASE   65532

struct engine_discovery {
	struct engine *en;
	char id[ENGINE_DISCOVERY_ID];
	void *handle;        /* NULL: it has ended, or waits to begin again */
	struct store_tx *tx; /* rows on their way; NULL: none */
	unsigned rows, flushes;
	int64_t found; /* by earlier runs */
	struct engine_discover_counts last;
	struct sched_timer *timer;
	const char *end_state; /* what it becomes at its end; NULL: it stays as it is */
	bool writing, ended, closing, again;
};

/* ---- what may be looked through ---- */

static bool number(const char *key, const char *value, uint32_t min, uint32_t max, uint32_t *out_v,
		   struct err *e)
{
	if (str_to_u32(span_str(value), min, max, out_v, NULL))
		return true;
	err_set(e, ERR_INVALID, "%s=%.40s is not possible", key, value);
	return err_want(e, "%u to %u", (unsigned)min, (unsigned)max);
}

bool engine_discovery_arg(struct engine_discovery_want *w, const char *key, const char *value,
			  struct err *e)
{
	uint32_t v = 0;
	bool ok = true;

	if (str_eq(key, "rate") && str_eq(value, "max")) {
		w->rate = 0;
	} else if (str_eq(key, "rate")) {
		ok = number(key, value, 1, RATE_MAX, &w->rate, e);
	} else if (str_eq(key, "ping")) {
		w->only_ping = str_eq(value, "true");
		ok = w->only_ping || str_eq(value, "false") ||
			err_set(e, ERR_INVALID, "ping=%.40s is neither true nor false", value);
	} else if (str_eq(key, "port_base")) {
		ok = number(key, value, 1, PORT_BASE, &v, e);
		w->port_base = (uint16_t)v;
	} else if (str_eq(key, "rmcp_port")) {
		ok = number(key, value, 1, UINT16_MAX, &v, e);
		w->rmcp_port = (uint16_t)v;
	} else {
		ok = err_set(e, ERR_USAGE, "'%s' takes no argument '%.40s'", ENGINE_DISCOVERY, key);
		err_want(e, "rate, ping, port_base or rmcp_port");
	}
	return ok;
}

bool engine_discovery_check(const struct engine_discovery_want *w, uint64_t *out_total,
			    struct err *e)
{
	struct span ranges = span_trim(span_str(w->ranges));
	struct names n;

	if (!ranges.n || ranges.n > LIMIT_DISCOVER_RANGES) {
		err_set(e, ranges.n ? ERR_LIMIT : ERR_INVALID,
			ranges.n ? "so many ranges are too long" : "no ranges to discover");
		return err_want(e, "such as 10.1.0.0/16, 10.1.0.5-90 or lab[01-40].example.com");
	}
	names_init(&n, LIMIT_DISCOVER_ADDRESSES);
	bool ok = names_add(&n, ranges, e);
	*out_total = n.count;
	names_deinit(&n);
	return ok;
}

bool engine_discovery_add(struct engine *en, struct store_tx *tx,
			  const struct engine_discovery_want *w, char out_id[ENGINE_DISCOVERY_ID],
			  struct err *e)
{
	uint64_t total;
	struct out o;

	if (!engine_discovery_check(w, &total, e))
		return false;
	if (store_discovery_open(en->conf.store, "") >= LIMIT_DISCOVERIES) {
		err_set(e, ERR_BUSY, "%d discoveries wait for their turn", LIMIT_DISCOVERIES);
		return err_hint(e, "see 'outband discover jobs'");
	}
	memset(out_id, 0, ENGINE_DISCOVERY_ID);
	out_init(&o, out_id, ENGINE_DISCOVERY_ID - 1);
	out_fmt(&o, "d-%08x", (unsigned)(rng_u64(en->conf.rng) & 0xffffffff));
	int64_t now = clk_unix_ms();
	store_tx_discovery_add(tx,
			       &(struct store_discovery){
				       .id = out_id,
				       .ranges = w->ranges,
				       .rate = w->rate,
				       .only_ping = w->only_ping,
				       .port_base = w->port_base ? w->port_base : en->set.port_base,
				       .rmcp_port = w->rmcp_port ? w->rmcp_port : RMCP_PORT,
				       .state = "queued",
				       .actor = w->actor,
				       .total = (int64_t)total,
				       .at_unix_ms = now,
				       .changed_unix_ms = now });
	store_tx_discovery_prune(tx, LIMIT_DISCOVERIES_KEPT);
	return true;
}

/* ---- what was found goes to the disk ---- */

static void begin(void *arg);
static void look_end(struct engine_discovery *d);

static struct store_tx *tx_of(struct engine_discovery *d)
{
	if (!d->tx)
		d->tx = store_tx_new(d->en->conf.store);
	return d->tx;
}

static void drop_rows(struct engine_discovery *d)
{
	if (d->tx)
		store_tx_drop(d->tx);
	d->tx = NULL;
	d->rows = 0;
}

/* From the stored place, later. */
static void back_off(struct engine_discovery *d)
{
	d->again = true;
	if (d->end_state && str_eq(d->end_state, "done"))
		d->end_state = NULL; /* what was seen last is lost: it is looked at again */
	if (d->handle)
		d->en->conf.outside->discover_stop(d->handle);
}

static void flush(struct engine_discovery *d);

static void on_written(void *arg, const struct err *e)
{
	struct engine_discovery *d = arg;

	d->writing = false;
	if (e && !d->again)
		back_off(d);
	if (d->ended)
		look_end(d);
	else if (d->rows >= FLUSH_ROWS)
		flush(d);
}

static void flush(struct engine_discovery *d)
{
	struct store_tx *tx;

	if (d->writing || d->again)
		return;
	if (d->handle)
		d->en->conf.outside->discover_look(d->handle, &d->last);
	tx = tx_of(d);
	d->tx = NULL;
	d->rows = 0;
	d->writing = true;
	store_tx_discovery_at(tx, d->id, (int64_t)d->last.position,
			      d->found + (int64_t)d->last.found, clk_unix_ms());
	if (d->closing || ++d->flushes % PRUNE_EVERY == 0)
		store_tx_sighting_prune(tx, LIMIT_SIGHTINGS);
	store_tx_commit(tx, on_written, d);
}

static void on_found(void *arg, const struct store_sighting *s)
{
	struct engine_discovery *d = arg;

	if (d->again)
		return;
	store_tx_sighting_put(tx_of(d), s);
	d->rows++;
	if (d->rows >= PENDING_MAX)
		back_off(d);
	else if (d->rows >= FLUSH_ROWS)
		flush(d);
}

static void on_tick(void *arg)
{
	struct engine_discovery *d = arg;

	d->timer = sched_after(d->en->conf.sched, FLUSH_MS, on_tick, d);
	flush(d);
}

/* ---- the end ---- */

static void gone(struct engine_discovery *d)
{
	struct engine *en = d->en;

	en->discovery = NULL;
	sched_cancel(d->timer);
	drop_rows(d);
	mem_free(d);
	engine_discovery_kick(en);
	engine_stop_look(en);
}

#define NOTE_SIZE 128

static void note_end(const struct engine_discovery *d, char note[NOTE_SIZE])
{
	struct out o;

	memset(note, 0, NOTE_SIZE);
	out_init(&o, note, NOTE_SIZE - 1);
	if (d->last.unresolved == 1)
		out_fmt(&o, "%s has no address", d->last.unresolved_name);
	else if (d->last.unresolved)
		out_fmt(&o, "%s and %llu more names have no address", d->last.unresolved_name,
			(unsigned long long)d->last.unresolved - 1);
}

static void close_row(struct engine_discovery *d)
{
	struct engine *en = d->en;
	struct store_tx *tx = tx_of(d);
	char note[NOTE_SIZE];

	d->ended = d->closing = true;
	if (d->end_state) {
		note_end(d, note);
		store_tx_discovery_state(tx, d->id, d->end_state, note, clk_unix_ms());
		ENGINE_EVENT(
			en, tx, "", LOG_EV_DISCOVERY, NULL, LOG_S("id", d->id),
			LOG_S("state", d->end_state), LOG_I("addresses", (int64_t)d->last.done),
			LOG_I("found", d->found + (int64_t)d->last.found), LOG_S("note", note));
	}
	flush(d);
}

/* The rows are written, or have to be thrown away. */
static void look_end(struct engine_discovery *d)
{
	if (d->writing)
		return;
	if (d->again) {
		drop_rows(d);
		sched_cancel(d->timer);
		d->timer =
			d->en->stopping ? NULL : sched_after(d->en->conf.sched, AGAIN_MS, begin, d);
		if (d->en->stopping)
			gone(d);
	} else if (!d->closing) {
		close_row(d);
	} else {
		gone(d);
	}
}

static void on_end(void *arg)
{
	struct engine_discovery *d = arg;

	d->en->conf.outside->discover_look(d->handle, &d->last);
	d->handle = NULL;
	d->ended = true;
	if (!d->end_state && !d->again && !d->en->stopping)
		d->end_state = "done";
	look_end(d);
}

/* ---- the beginning ---- */

static unsigned our_certs(const struct engine *en, struct span *out_ders, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ENGINE_CA_COUNT; i++) {
		for (unsigned k = 0; en->ca[i] && k < en->ca[i]->count && n < max; k++)
			out_ders[n++] = en->ca[i]->certs[k].der;
	}
	return n;
}

static bool ask(struct engine_discovery *d, const struct store_discovery *row, struct err *e)
{
	const struct engine_outside *outside = d->en->conf.outside;
	struct span ours[ENGINE_CA_COUNT * LIMIT_CERT_CHAIN];
	const struct engine_discover_ask q = {
		.ranges = row->ranges,
		.position = (uint64_t)row->done_to,
		.rate = (uint32_t)row->rate,
		.only_ping = row->only_ping,
		.port_base = (uint16_t)row->port_base,
		.rmcp_port = (uint16_t)row->rmcp_port,
		.ours = ours,
		.our_count = our_certs(d->en, ours, sizeof ours / sizeof *ours),
		.on_found = on_found,
		.on_end = on_end,
		.arg = d,
	};

	if (!outside || !outside->discover)
		return err_set(e, ERR_UNSUPPORTED, "this service looks for no PCs");
	d->handle = outside->discover(outside->ctx, &q, e);
	return d->handle != NULL;
}

/* It cannot begin: the row says why. */
static void refuse(struct engine_discovery *d, const struct err *e)
{
	struct engine *en = d->en;
	struct store_tx *tx = tx_of(d);

	store_tx_discovery_state(tx, d->id, "failed", e->msg, clk_unix_ms());
	ENGINE_EVENT(en, tx, "", LOG_EV_DISCOVERY, e, LOG_S("id", d->id), LOG_S("state", "failed"));
	d->ended = d->closing = d->writing = true;
	d->tx = NULL;
	store_tx_commit(tx, on_written, d);
}

static void run(struct engine_discovery *d, const struct store_discovery *row)
{
	struct engine *en = d->en;
	struct err e = { 0 };

	d->again = d->ended = d->closing = false;
	if (!ask(d, row, &e)) {
		refuse(d, &e);
		return;
	}
	d->timer = sched_after(en->conf.sched, FLUSH_MS, on_tick, d);
	struct store_tx *tx = tx_of(d);
	store_tx_discovery_state(tx, d->id, "running", "", clk_unix_ms());
	ENGINE_EVENT(en, tx, "", LOG_EV_DISCOVERY, NULL, LOG_S("id", d->id),
		     LOG_S("state", "running"), LOG_I("addresses", row->done_to),
		     LOG_I("found", row->found));
	flush(d);
}

static void begin(void *arg)
{
	struct engine_discovery *d = arg;
	struct store_discovery row;
	struct arena a;

	d->timer = NULL;
	d->again = false;
	arena_init(&a, 1 << 18);
	if (!store_discovery_get(d->en->conf.store, &a, d->id, &row)) {
		gone(d);
	} else {
		d->found = row.found;
		d->last = (struct engine_discover_counts){ .position = (uint64_t)row.done_to,
							   .done = (uint64_t)row.done_to };
		if (d->end_state) /* stopped before it began */
			close_row(d);
		else
			run(d, &row);
	}
	arena_deinit(&a);
}

void engine_discovery_kick(struct engine *en)
{
	struct store_discovery row;
	struct arena a;

	if (en->discovery || en->stopping)
		return;
	arena_init(&a, 1 << 18);
	if (store_discovery_next(en->conf.store, &a, &row)) {
		struct engine_discovery *d = MEM_NEW(struct engine_discovery);
		d->en = en;
		(void)str_copy(d->id, sizeof d->id, span_str(row.id));
		en->discovery = d;
		d->timer = sched_after(en->conf.sched, 0, begin, d);
	}
	arena_deinit(&a);
}

/* ---- from outside ---- */

static struct engine_discovery *find(const struct engine *en, const char *id)
{
	return en->discovery && str_eq(en->discovery->id, id) ? en->discovery : NULL;
}

bool engine_discovery_stop(struct engine *en, const char *id)
{
	struct engine_discovery *d = find(en, id);

	if (!d)
		return false;
	d->end_state = "stopped";
	if (d->handle)
		en->conf.outside->discover_stop(d->handle);
	return true;
}

bool engine_discovery_done(const struct engine *en, const char *id, uint64_t *out_done,
			   uint64_t *out_found)
{
	const struct engine_discovery *d = find(en, id);
	struct engine_discover_counts n;

	if (!d || !d->handle)
		return false;
	en->conf.outside->discover_look(d->handle, &n);
	*out_done = n.done;
	*out_found = (uint64_t)d->found + n.found;
	return true;
}

void engine_discovery_suspend(struct engine *en)
{
	struct engine_discovery *d = en->discovery;

	if (!d)
		return;
	if (d->handle)
		en->conf.outside->discover_stop(d->handle);
	else if (!d->writing)
		gone(d);
}

void engine_discovery_free(struct engine *en)
{
	struct engine_discovery *d = en->discovery;

	if (!d)
		return;
	if (d->handle)
		en->conf.outside->discover_drop(d->handle);
	sched_cancel(d->timer);
	drop_rows(d);
	en->discovery = NULL;
	mem_free(d);
}
