/* The invariants of the design (3): no credential lost, no device configured twice at once, no job
 * lost, nothing irreversible repeated, plan empty at the end; the lock-out budget; no secret in a
 * log line. What can be seen in the wire is in watch.c. */
#include "soak.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define ROWS_MAX  256
#define LOGIN_MAX 2 /* login.tries */
#define LOCK_AT   5 /* wrong logins that lock firmware */

void soak_log_sink(void *arg, enum log_event ev, struct span line)
{
	struct soak *s = arg;
	(void)ev;
	buf_add(&s->log, line);
	buf_add(&s->log, span_str("\n"));
}

static void check_device(struct soak *s, unsigned i)
{
	struct world *w = &s->w;
	const struct sim_dev_stats *st = sim_dev_get_stats(w->devs[i].dev);
	unsigned logins = s->stepped ? LOCK_AT - 1 : LOGIN_MAX;
	if (st->configured_count > 1 + s->devs[i].clears)
		watch_fail(&w->watch, "configured twice: device %u went into operation %u times", i,
			   st->configured_count);
	/* Two requests at a time are no sign here: what a dead service asked last, or what a partition
	 * cut off, may still be worked on. That one service sends at a time, watch.c sees. */
	if (st->max_failed_in_window > logins)
		watch_fail(&w->watch,
			   "lock-out budget: device %u saw %u wrong logins in 10 minutes", i,
			   st->max_failed_in_window);
}

/* A device that the store knows is configured, or has a job that is not ended. */
static void check_job(struct soak *s, unsigned i)
{
	struct world *w = &s->w;
	struct arena a;
	struct store_device d;
	struct store_job j;
	if (s->devs[i].operated)
		return;
	arena_init(&a, 1 << 20);
	if (store_device_get(w->store, &a, w->devs[i].uuid, &d) &&
	    strcmp(d.state, "configured") != 0 && !world_job_any(w, d.uuid, NULL, &a, &j) &&
	    strcmp(d.state, "adopted") != 0 &&
	    !(s->devs[i].taken_back &&
	      (strcmp(d.state, "unconfigured") == 0 || strcmp(d.state, "approval") == 0)))
		watch_fail(&w->watch, "job lost: device %u is '%s' and has none", i, d.state);
	arena_deinit(&a);
}

void soak_check_event(struct soak *s)
{
	unsigned n = s->w.dev_count;
	s->totals->events++;
	for (unsigned i = 0; i < n; i++)
		check_device(s, i);
	if (n == 0)
		return;
	unsigned i = s->next_look++;
	check_job(s, i % n);
	if (i % 64 == 0)
		watch_check_secrets(&s->w.watch, i / 64 % n);
}

bool soak_is_settled(struct soak *s)
{
	struct world *w = &s->w;
	struct arena a;
	bool settled = w->dev_count == s->dev_count;
	arena_init(&a, 1 << 20);
	for (unsigned i = 0; i < w->dev_count && settled; i++) {
		struct store_job j;
		char state[32];
		settled = sim_dev_state(w->devs[i].dev) == SIM_CONFIGURED &&
			world_device_state(w, i, state) && strcmp(state, "configured") == 0 &&
			!world_job_any(w, w->devs[i].uuid, NULL, &a, &j);
		arena_reset(&a);
	}
	arena_deinit(&a);
	return settled;
}

/* ---- secrets in texts ---- */

#define SECRETS_MAX 8192
#define BLOOM_BITS  65536

struct leaks {
	struct span found[SECRETS_MAX]; /* texts that must not show up; at least 8 bytes */
	unsigned count;
	uint8_t bloom[BLOOM_BITS / 8];
	struct arena a;
};

static unsigned bloom_of(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return (unsigned)((v * UINT64_C(0x9E3779B97F4A7C15)) >> 48);
}

static void add_text(struct leaks *l, struct span text)
{
	if (text.n < 8 || l->count == SECRETS_MAX)
		return;
	uint8_t *p = arena_copy(&l->a, text);
	l->found[l->count++] = span_make(p, text.n);
	l->bloom[bloom_of(p) / 8] |= (uint8_t)(1u << bloom_of(p) % 8);
}

static void add_sealed(struct soak *s, struct leaks *l, const char *label, struct span sealed)
{
	struct secret plain = SECRET_NONE;
	if (!pki_seal_reveal(s->w.seal, label, sealed, &plain, NULL))
		watch_fail(&s->w.watch, "credential lost: what is stored as %s does not open",
			   label);
	add_text(l, secret_reveal(&plain));
	secret_deinit(&plain);
}

static void add_device(struct soak *s, struct leaks *l, unsigned i)
{
	static struct store_credential rows[ROWS_MAX];
	const struct world_dev *d = &s->w.devs[i];
	const struct watch_dev *seen = &s->w.watch.devs[i];
	struct arena a;
	char label[96], text[64];
	struct out o;
	arena_init(&a, 4 << 20);
	unsigned n = store_credential_list(s->w.store, &a, d->uuid, NULL, ROWS_MAX, rows);
	for (unsigned k = 0; k < n; k++) {
		snprintf(label, sizeof label, "credential:%s:%s", d->uuid, rows[k].kind);
		add_sealed(s, l, label, rows[k].sealed);
	}
	for (unsigned k = 0; k < seen->secret_count; k++) {
		if (strcmp(seen->secrets[k].kind, "admin") != 0)
			continue;
		out_init(&o, text, sizeof text); /* the stored form of a password is one as well */
		out_b64(&o, span_make(seen->secrets[k].bytes, seen->secrets[k].n));
		add_text(l, span_str(text));
	}
	add_text(l, span_str(d->pps));
	arena_deinit(&a);
}

static void scan(struct soak *s, const struct leaks *l, struct span text, const char *where)
{
	for (size_t i = 0; i + 8 <= text.n; i++) {
		unsigned b = bloom_of(text.p + i);
		if (!(l->bloom[b / 8] & 1u << b % 8))
			continue;
		for (unsigned k = 0; k < l->count; k++) {
			struct span t = l->found[k];
			if (t.n <= text.n - i && memcmp(t.p, text.p + i, t.n) == 0)
				watch_fail(&s->w.watch, "secret in %s: %.*s", where,
					   (int)(text.n - i < 80 ? text.n - i : 80),
					   (const char *)text.p + i);
		}
	}
}

static void scan_events(struct soak *s, const struct leaks *l)
{
	static struct store_event rows[ROWS_MAX];
	struct store_event_query q = { .limit = ROWS_MAX };
	unsigned n;
	do {
		struct arena a;
		arena_init(&a, 16 << 20);
		n = store_event_list(s->w.store, &a, &q, rows);
		for (unsigned i = 0; i < n; i++) {
			scan(s, l, span_str(rows[i].line), "the timeline");
			q.after_id = rows[i].id;
		}
		arena_deinit(&a);
	} while (n == ROWS_MAX);
}

static void check_leaks(struct soak *s)
{
	struct leaks *l = MEM_NEW(struct leaks);
	arena_init(&l->a, 16 << 20);
	for (unsigned i = 0; i < s->w.dev_count; i++)
		add_device(s, l, i);
	scan(s, l, buf_span(&s->log), "the log");
	scan_events(s, l);
	arena_deinit(&l->a);
	mem_free(l);
}

/* ---- the end ---- */

/* The stored current password opens each device, and the leaf that it shows is the stored one. */
static void check_ways(struct soak *s)
{
	for (unsigned i = 0; i < s->w.dev_count; i++) {
		check_device(s, i);
		check_job(s, i);
		watch_check_secrets(&s->w.watch, i);
		world_check_ways(&s->w, i);
	}
}

static void configure_all(struct soak *s)
{
	int64_t end = clk_mono_ms() + 24 * 3600 * INT64_C(1000);
	for (unsigned i = 0; i < s->w.dev_count; i++)
		world_add_job(&s->w, i);
	while (!soak_is_settled(s)) {
		for (int i = 0; i < 200; i++)
			if (!world_step(&s->w, end))
				watch_fail(&s->w.watch, "a configured PC is not configured again");
		soak_check_event(s);
	}
}

void soak_check_end(struct soak *s)
{
	unsigned before[SOAK_DEVS];
	check_ways(s);
	configure_all(s); /* what drifted (a clock, a lost setting) is put right */
	for (unsigned i = 0; i < s->w.dev_count; i++)
		before[i] = s->w.watch.devs[i].changes;
	configure_all(s); /* now the plan must be empty */
	for (unsigned i = 0; i < s->w.dev_count; i++)
		if (s->w.watch.devs[i].changes != before[i])
			watch_fail(
				&s->w.watch,
				"plan not empty: device %u was sent %u changes although it is right",
				i, s->w.watch.devs[i].changes - before[i]);
	check_ways(s);
	check_leaks(s);
}
