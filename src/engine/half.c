/* See half.h. Called by operate_pc.c, engine.c and schedule.c. Sends nothing itself: what is left half is taken
 * back by the operation boot.clear, which anybody can run. */
#include "engine/half.h"
#include "base/clk.h"
#include "engine/engine_priv.h"
#include "engine/operate.h"
#include "store/store_operate.h"

#define BATCH    1000    /* PCs in one tick */
#define BUSY_MS  60000   /* somebody works with the PC: it is seen again in the next tick */
#define LATER_MS 3600000 /* at most between two tries: what is half set acts with the next start */
#define TAKE_MS  300000  /* longer than the operation lasts */
#define CONSENT  "the PC wants the consent of its user for that (M24)"

void engine_half_begin(struct store_tx *tx, const char *uuid, const char *what, const char *actor,
		       int64_t until_unix_ms)
{
	const struct store_boot_half h = { .uuid = uuid,
					   .what = what,
					   .actor = actor,
					   .since_unix_ms = clk_unix_ms(),
					   .next_unix_ms = until_unix_ms,
					   .note = "" };

	store_tx_boot_half_put(tx, &h);
}

void engine_half_over(struct engine *en, struct store_tx *tx, const char *uuid)
{
	struct store_boot_half h;
	struct arena a;

	arena_init(&a, 1 << 16);
	store_tx_boot_half_drop(tx, uuid);
	if (store_boot_half_get(en->conf.store, &a, uuid, &h) && h.note[0])
		ENGINE_EVENT(en, tx, uuid, LOG_EV_BOOT_WHOLE, NULL, LOG_S("uuid", uuid),
			     LOG_S("what", h.what), LOG_S("actor", h.actor));
	arena_deinit(&a);
}

/* Told once for each. */
static void tell(struct engine *en, struct store_tx *tx, const struct store_boot_half *h,
		 const struct err *why)
{
	if (!h->note[0])
		ENGINE_EVENT(en, tx, h->uuid, LOG_EV_BOOT_HALF, why, LOG_S("uuid", h->uuid),
			     LOG_S("what", h->what), LOG_S("actor", h->actor));
}

void engine_half_stays(struct engine *en, struct store_tx *tx, const char *uuid,
		       const struct err *why)
{
	bool busy = why->code == ERR_BUSY || why->code == ERR_CANCELLED;
	struct store_boot_half h;
	struct arena a;

	arena_init(&a, 1 << 16);
	if (store_boot_half_get(en->conf.store, &a, uuid, &h)) {
		int64_t ms = busy
			? BUSY_MS
			: engine_retry_delay_ms(&en->set.retry, why, h.tries + 1, en->conf.rng);
		ms = ms < LATER_MS ? ms : LATER_MS;
		tell(en, tx, &h, why);
		store_tx_boot_half_later(tx, uuid, !busy, clk_unix_ms() + ms,
					 why->rule && str_eq(why->rule, "M24") ? CONSENT
									       : why->msg);
	}
	arena_deinit(&a);
}

struct engine_job_waits engine_half_waits(const struct store_boot_half *h, struct arena *a)
{
	bool consent = str_eq(h->note, CONSENT);
	char at[CLK_TEXT_SIZE];

	clk_print_unix_ms(h->next_unix_ms, at);
	const char *text = consent
		? arena_fmt(a,
			    "consent, its next try at %s; 'outband boot clear PC --ask-consent' "
			    "does it now",
			    at)
		: arena_fmt(a, "its next try at %s", at);
	return (struct engine_job_waits){ consent ? "person" : "retry", text ? text : "" };
}

void engine_half_recover(struct store_tx *tx)
{
	store_tx_boot_half_recover(tx, clk_unix_ms());
}

static void take_back(struct engine *en, const struct store_boot_half *rows, unsigned n,
		      const char **uuids)
{
	struct store_tx *tx = store_tx_new(en->conf.store);
	struct err why = { 0 };

	for (unsigned i = 0; i < n; i++) {
		const struct store_boot_half *h = &rows[i];
		err_set(&why, ERR_SERVICE_DOWN, "the service ended in the middle");
		tell(en, tx, h, &why);
		store_tx_boot_half_later(tx, h->uuid, false, clk_unix_ms() + TAKE_MS,
					 h->note[0] ? h->note : why.msg);
		uuids[i] = h->uuid;
	}
	store_tx_commit(tx, NULL, NULL);
	engine_operate_by_clock(en, "boot.clear", uuids, n);
}

void engine_half_tick(struct engine *en)
{
	struct arena a;

	if (en->stopping)
		return;
	arena_init(&a, 1 << 22);
	struct store_boot_half *rows = ARENA_ARRAY(&a, struct store_boot_half, BATCH);
	const char **uuids = ARENA_ARRAY(&a, const char *, BATCH);
	unsigned n = rows && uuids
		? store_boot_half_due(en->conf.store, &a, clk_unix_ms(), BATCH, rows)
		: 0;
	if (n)
		take_back(en, rows, n, uuids);
	arena_deinit(&a);
}
