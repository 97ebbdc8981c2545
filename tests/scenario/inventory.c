/* Hardware of PCs over time, under the fake clock: what is read, what changes in the PC between two
 * readings and how the history tells it, by the clock, and when the service dies in a reading. */
#include "world.h"

#include "base/clk.h"
#include "engine/agenda.h"
#include "engine/operate.h"
#include "sim/hw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)
#define PCS       3
#define CHANGES   64

static void configured(struct world *w)
{
	static const char *const generations[PCS] = { "16.1", "9.5", "7.1" };

	world_init(w, 370);
	for (unsigned i = 0; i < PCS; i++)
		world_add(w, generations[i], SIM_SETUP_PKI, NULL, NULL);
	world_start_service(w);
	if (!world_run_until_done(w, HOUR_MS)) {
		world_print(w);
		fail_msg("not configured");
	}
}

static void start(struct world *w, char id[ENGINE_OPERATE_ID])
{
	const char *uuids[PCS];
	struct engine_operate_want want = { .kind = amt_op_find("inventory.read"),
					    .actor = "uid:0",
					    .uuids = uuids,
					    .uuid_count = PCS,
					    .busy_ms = -1 };
	struct err e = { 0 };

	for (unsigned i = 0; i < PCS; i++)
		uuids[i] = w->devs[i].uuid;
	if (!engine_operate_start(w->engine, &want, id, &e))
		fail_msg("%s", e.msg);
}

static void read_all(struct world *w)
{
	struct engine_operate_view v = { 0 };
	char id[ENGINE_OPERATE_ID];

	start(w, id);
	for (unsigned k = 0; k < 6000 && !v.ended; k++) {
		world_run_ms(w, 100);
		assert_true(engine_operate_get(w->engine, id, &v));
	}
	for (unsigned n = 0; v.failed && n < PCS; n++) {
		struct engine_operate_result r;
		if (engine_operate_result(w->engine, id, n, &r) && r.e->code != ERR_NONE)
			fail_msg("%s: %s", r.name, r.e->msg);
	}
	assert_int_equal(v.done, PCS);
}

/* The history of a PC since then, and which of it is about memory. */
static unsigned changes(struct world *w, struct arena *a, unsigned i, int64_t since,
			struct store_asset_change rows[CHANGES])
{
	return store_asset_changes(w->store, a, w->devs[i].uuid, since, 0, CHANGES, rows);
}

static void change(struct world *w, unsigned i, const char *what)
{
	struct err e = { 0 };

	if (!sim_hw_change(w->devs[i].dev, span_str(what), &e))
		fail_msg("%s: %s", what, e.msg);
}

static int64_t memory_of(struct world *w, struct arena *a, unsigned i)
{
	struct store_asset_head h = { 0 };

	assert_true(store_asset_head_get(w->store, a, w->devs[i].uuid, &h));
	return h.memory_mb;
}

static void reads_and_compares(void **state)
{
	(void)state;
	static struct world w;
	struct store_asset_change rows[CHANGES];
	struct store_asset parts[256];
	struct arena a;
	int64_t before[PCS], began;

	configured(&w);
	arena_init(&a, 16 << 20);
	read_all(&w);
	for (unsigned i = 0; i < PCS; i++) {
		assert_true(store_asset_list(w.store, &a, w.devs[i].uuid, 256, parts) > 10);
		assert_int_equal(changes(&w, &a, i, 0, rows), 0); /* the first one is no change */
		before[i] = memory_of(&w, &a, i);
		assert_true(before[i] > 0);
	}
	world_run_ms(&w, 24 * HOUR_MS);
	read_all(&w);
	for (unsigned i = 0; i < PCS; i++)
		assert_int_equal(changes(&w, &a, i, 0, rows), 0); /* nothing has changed */
	began = clk_unix_ms();
	change(&w, 1, "out memory:0");
	read_all(&w);
	assert_int_equal(changes(&w, &a, 0, 0, rows), 0); /* only of the PC that was opened */
	assert_int_equal(changes(&w, &a, 1, began, rows), 1);
	assert_string_equal(rows[0].kind, "memory");
	assert_non_null(strstr(rows[0].was, "size_mb"));
	assert_string_equal(rows[0].content, ""); /* it is gone */
	assert_true(rows[0].at_unix_ms >= began);
	assert_true(memory_of(&w, &a, 1) < before[1]);
	world_run_ms(&w, HOUR_MS);
	int64_t put_back = clk_unix_ms();
	change(&w, 1, "in memory:0");
	change(&w, 1, "swap memory:0");
	read_all(&w);
	assert_int_equal(changes(&w, &a, 1, put_back, rows),
			 1); /* since: the former one is left out */
	assert_string_equal(rows[0].was, "");
	assert_non_null(strstr(rows[0].content, "size_mb"));
	assert_int_equal(changes(&w, &a, 1, 0, rows), 2);
	assert_int_equal(memory_of(&w, &a, 1), before[1]);
	arena_deinit(&a);
	world_deinit(&w);
}

static void every_night(void **state)
{
	(void)state;
	static struct world w;
	struct store_asset_change rows[CHANGES];
	struct err e = { 0 };
	struct arena a;

	configured(&w);
	arena_init(&a, 16 << 20);
	struct store_schedule s = { .name = "nightly",
				    .spec = "0 3 * * *",
				    .tz = "",
				    .missed = "run",
				    .op = "inventory.read",
				    .args = "",
				    .targets = w.devs[2].uuid,
				    .enabled = true,
				    .last_note = "",
				    .actor = "uid:0",
				    .at_unix_ms = clk_unix_ms() };
	if (!engine_agenda_check(w.engine, &s, &e))
		fail_msg("%s", e.msg);
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_schedule_put(tx, &s);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 24 * HOUR_MS);
	change(&w, 2, "swap memory:0");
	int64_t opened = clk_unix_ms();
	world_run_ms(&w, 48 * HOUR_MS);
	assert_int_equal(changes(&w, &a, 2, opened, rows),
			 1); /* told once, by the night after it */
	assert_string_equal(rows[0].kind, "memory");
	assert_true(rows[0].at_unix_ms - opened < 25 * HOUR_MS);
	assert_true(rows[0].was[0] && rows[0].content[0]);
	arena_deinit(&a);
	world_deinit(&w);
}

/* Dies after so many events of a second reading. The history is whole or not there, and the next reading
 * tells the change once. True: it had ended before that. */
static bool dies_after(unsigned steps)
{
	static struct world w;
	struct store_asset_change rows[CHANGES];
	struct engine_operate_view v;
	char id[ENGINE_OPERATE_ID];
	struct arena a;
	bool ended = false;

	configured(&w);
	arena_init(&a, 16 << 20);
	read_all(&w);
	for (unsigned i = 0; i < PCS; i++)
		change(&w, i, "swap memory:0");
	start(&w, id);
	for (unsigned k = 0; k < steps && !ended; k++) {
		(void)world_step(&w, clk_mono_ms() + MINUTE_MS);
		ended = engine_operate_get(w.engine, id, &v) && v.ended;
	}
	world_kill_service(&w);
	world_start_service(&w);
	world_run_ms(&w, HOUR_MS);
	read_all(&w);
	for (unsigned i = 0; i < PCS; i++) {
		unsigned n = changes(&w, &a, i, 0, rows);
		if (n != 1)
			fail_msg("death after %u steps: PC %u has %u changes", steps, i, n);
	}
	world_check(&w);
	arena_deinit(&a);
	world_deinit(&w);
	return ended;
}

static void dies_in_a_reading(void **state)
{
	(void)state;
	unsigned steps = 5;

	while (!dies_after(steps))
		steps += 61;
	assert_true(steps > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_compares),
		cmocka_unit_test(every_night),
		cmocka_unit_test(dies_in_a_reading),
	};
	log_set_fd(-1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
