/* Boot options that are set half when the service dies, or the PC goes away, in the middle of `boot`: the service
 * takes them back by itself, at its next start, or as soon as the PC answers (engine/half.h). */
#include "world.h"

#include "base/clk.h"
#include "engine/half.h"
#include "engine/operate.h"
#include "sim/boot.h"
#include "store/store_operate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)

static int64_t dark_until_mono_ms;

static bool is_dark(struct world *w, const struct world_service *s, unsigned dev)
{
	(void)w;
	(void)s;
	(void)dev;
	return clk_mono_ms() < dark_until_mono_ms;
}

static void configured(struct world *w)
{
	world_init(w, 330);
	world_add(w, "5.0", SIM_SETUP_PSK, NULL, NULL);
	world_start_service(w);
	if (!world_run_until_done(w, HOUR_MS)) {
		world_print(w);
		fail_msg("not configured");
	}
	w->is_cut = is_dark;
	dark_until_mono_ms = 0;
}

static void start(struct world *w, char id[ENGINE_OPERATE_ID])
{
	const struct amt_op_arg args[] = { { "target", "bios" }, { "wait", "5" } };
	const char *uuid = w->devs[0].uuid;
	const struct engine_operate_want want = { .kind = amt_op_find("boot"),
						  .args = args,
						  .arg_count = 2,
						  .actor = "uid:0",
						  .uuids = &uuid,
						  .uuid_count = 1,
						  .busy_ms = -1 };
	struct err e = { 0 };

	if (!engine_operate_start(w->engine, &want, id, &e))
		fail_msg("%s", e.msg);
}

static bool is_clean(struct world *w)
{
	char text[512] = "";
	struct out o;

	out_init(&o, text, sizeof text - 1);
	sim_dev_print_boot(w->devs[0].dev, &o);
	return strstr(text, "next=usual role=none left=no");
}

static bool on_record(struct world *w, struct store_boot_half *out_h, struct arena *a)
{
	return store_boot_half_get(w->store, a, w->devs[0].uuid, out_h);
}

static bool told(struct world *w, const char *event)
{
	char line[512];

	return world_event(w, w->devs[0].uuid, event,
			   "what=\"boot target=bios wait=5\" actor=uid:0", line, sizeof line);
}

/* What is set half and what is on record, after so many events of a boot. True: it had ended. */
static bool boot_for(struct world *w, unsigned steps, bool *out_half)
{
	struct engine_operate_view v = { 0 };
	struct store_boot_half h;
	char id[ENGINE_OPERATE_ID];
	struct arena a;

	start(w, id);
	for (unsigned k = 0; k < steps && !v.ended; k++) {
		(void)world_step(w, clk_mono_ms() + MINUTE_MS);
		assert_true(engine_operate_get(w->engine, id, &v));
	}
	arena_init(&a, 1 << 16);
	*out_half = !is_clean(w);
	if (*out_half && !on_record(w, &h, &a))
		fail_msg("%u steps: set half, and not on record", steps);
	if (v.ended && (v.failed || on_record(w, &h, &a)))
		fail_msg("%u steps: it ended, and is on record still", steps);
	arena_deinit(&a);
	return v.ended;
}

/* kill -9 at every step: nothing of it is in the PC some minutes after the next start of the service. */
static void the_service_dies_anywhere(void **state)
{
	(void)state;
	static struct world w;
	unsigned steps = 0, halves = 0;
	struct store_boot_half h;
	bool ended = false, half;
	struct arena a;

	configured(&w);
	arena_init(&a, 1 << 16);
	for (; !ended; steps++) {
		ended = boot_for(&w, steps, &half);
		world_kill_service(&w);
		world_run_ms(&w, MINUTE_MS);
		world_start_service(&w);
		world_run_ms(&w, 3 * MINUTE_MS);
		if (!is_clean(&w) || on_record(&w, &h, &a))
			fail_msg("death after %u steps: half set still", steps);
		halves += half;
		if (half && (!told(&w, "device.boot_half") || !told(&w, "device.boot_taken_back")))
			fail_msg("death after %u steps: the timeline does not tell", steps);
		world_run_ms(&w, 11 * MINUTE_MS); /* the charged login leaves its window */
	}
	assert_in_range(steps, 20, 2000);
	assert_in_range(halves, 5, steps);
	arena_deinit(&a);
	world_deinit(&w);
}

static void until_half(struct world *w)
{
	char id[ENGINE_OPERATE_ID];

	start(w, id);
	for (unsigned k = 0; k < 2000 && is_clean(w); k++)
		(void)world_step(w, clk_mono_ms() + MINUTE_MS);
	assert_false(is_clean(w));
}

/* What `job list` says of it. */
static void waits_for(struct world *w, const char *kind, const char *text)
{
	struct store_boot_half h;
	struct arena a;

	arena_init(&a, 1 << 16);
	assert_int_equal(store_boot_half_left(w->store, &a, "", "", 1, &h), 1);
	assert_int_equal(store_boot_half_left(w->store, &a, h.uuid, "", 1, &h), 0);
	struct engine_job_waits is = engine_half_waits(&h, &a);
	if (!str_eq(is.kind, kind) || !strstr(is.text, text))
		fail_msg("%s: %s", is.kind, is.text);
	arena_deinit(&a);
}

/* The PC wants its user's consent for taking it back: that is said, and tried seldom. */
static void the_pc_wants_consent(void **state)
{
	(void)state;
	static struct world w;
	struct err why = { 0 };

	configured(&w);
	until_half(&w);
	world_kill_service(&w);
	dark_until_mono_ms = clk_mono_ms() + 6 * HOUR_MS;
	world_start_service(&w);
	world_run_ms(&w, 10 * MINUTE_MS);
	waits_for(&w, "retry", "its next try at");
	err_set(&why, ERR_DENIED, "no");
	err_rule(&why, "M24");
	struct store_tx *tx = store_tx_new(w.store);
	engine_half_stays(w.engine, tx, w.devs[0].uuid, &why);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 1000);
	waits_for(&w, "person", "consent, its next try at");
	world_deinit(&w);
}

/* Dead, and the PC has no network for hours: tried again and again, seldom, without a login spent. */
static void the_pc_is_away(void **state)
{
	(void)state;
	static struct world w;
	struct store_boot_half h = { 0 };
	struct store_device d;
	struct arena a;

	configured(&w);
	arena_init(&a, 1 << 18);
	until_half(&w);
	world_kill_service(&w);
	dark_until_mono_ms = clk_mono_ms() + 6 * HOUR_MS;
	world_start_service(&w);
	world_run_ms(&w, 5 * HOUR_MS);
	assert_true(on_record(&w, &h, &a));
	assert_in_range(h.tries, 3, 60);
	assert_true(h.next_unix_ms > clk_unix_ms());
	if (!strstr(h.what, "boot target=bios") || !h.note[0])
		fail_msg("%s: %s", h.what, h.note);
	waits_for(&w, "retry", "its next try at");
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	assert_in_range(d.login_fail_count, 0, 1); /* that of the boot */
	assert_false(is_clean(&w));
	world_run_ms(&w, 4 * HOUR_MS);
	assert_true(is_clean(&w));
	assert_false(on_record(&w, &h, &a));
	assert_true(told(&w, "device.boot_taken_back"));
	assert_int_equal(sim_dev_boot_choice(w.devs[0].dev)->starts, 0);
	arena_deinit(&a);
	world_deinit(&w);
}

/* The service lives, the PC goes away in the middle: the command fails, and the rest comes by itself. */
static void the_pc_goes_in_the_middle(void **state)
{
	(void)state;
	static struct world w;
	struct store_boot_half h;
	struct arena a;

	configured(&w);
	arena_init(&a, 1 << 18);
	until_half(&w);
	dark_until_mono_ms = clk_mono_ms() + 20 * MINUTE_MS;

	world_run_ms(&w, 10 * MINUTE_MS);
	assert_true(on_record(&w, &h, &a));
	assert_true(told(&w, "device.boot_half"));
	world_run_ms(&w, 2 * HOUR_MS);
	assert_true(is_clean(&w));
	assert_false(on_record(&w, &h, &a));
	arena_deinit(&a);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_service_dies_anywhere),
		cmocka_unit_test(the_pc_wants_consent),
		cmocka_unit_test(the_pc_is_away),
		cmocka_unit_test(the_pc_goes_in_the_middle),
	};
	log_set_fd(-1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
