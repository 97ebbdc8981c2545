/* What comes due by the clock: looks at configured devices, certificates that end soon, passwords that
 * grew old. Once a minute a bounded number of each becomes jobs. Called by engine.c. */
#include "engine/alert_watch.h"
#include "engine/engine_priv.h"
#include "engine/half.h"
#include "engine/pc_log.h"

#include "base/clk.h"

#define TICK_MS 60000
#define BATCH   200 /* of a kind in one tick: 12,000 an hour by one service */
#define DAY_MS  INT64_C(86400000)

static void on_queued(void *arg, const struct err *e)
{
	if (!e)
		engine_kick(arg);
}

static unsigned queue_checks(struct engine *en, struct store_tx *tx, struct arena *a)
{
	struct store_drift *rows = ARENA_ARRAY(a, struct store_drift, BATCH);
	if (!rows || !en->set.check_h || en->set.repair == ENGINE_REPAIR_OFF)
		return 0;
	unsigned n = store_drift_due(en->conf.store, a, clk_unix_ms(), BATCH, rows);
	for (unsigned i = 0; i < n; i++) {
		engine_add_job(en, tx, rows[i].uuid, "check");
		store_tx_drift_next(tx, rows[i].uuid, engine_check_next(en, rows[i].uuid));
	}
	return n;
}

static unsigned queue_old(struct engine *en, struct store_tx *tx, struct arena *a,
			  enum store_old what, int64_t before_unix_ms, const char *kind)
{
	const char *uuids[BATCH];
	unsigned n = store_old_list(en->conf.store, a, what, before_unix_ms, kind, BATCH, uuids);
	unsigned added = 0;
	for (unsigned i = 0; i < n; i++) {
		struct store_mark dark;
		if (store_mark_list(en->conf.store, a, uuids[i], ENGINE_MARK_DARK, 1, &dark))
			continue; /* it is looked at by the checks */
		engine_add_job(en, tx, uuids[i], kind);
		added++;
	}
	return added;
}

static void tick(void *arg)
{
	struct engine *en = arg;
	struct arena a;
	int64_t now = clk_unix_ms();
	en->check_timer = sched_after(en->conf.sched, TICK_MS, tick, en);
	if (en->stopping)
		return;
	engine_pc_log_tick(en);
	engine_alert_watch_tick(en);
	engine_half_tick(en);
	arena_init(&a, 1 << 24);
	struct store_tx *tx = store_tx_new(en->conf.store);
	unsigned n = queue_checks(en, tx, &a);
	if (en->set.renew_days)
		n += queue_old(en, tx, &a, STORE_OLD_CERT, now + en->set.renew_days * DAY_MS,
			       "renew_certificate");
	if (en->set.rotate_days)
		n += queue_old(en, tx, &a, STORE_OLD_PASSWORD, now - en->set.rotate_days * DAY_MS,
			       "rotate_password");
	if (n)
		store_tx_commit(tx, on_queued, en);
	else
		store_tx_drop(tx);
	arena_deinit(&a);
}

void engine_schedule_start(struct engine *en)
{
	en->check_timer = sched_after(en->conf.sched, TICK_MS, tick, en);
}
