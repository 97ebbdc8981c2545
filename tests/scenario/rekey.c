/* A new PID/PPS pair in configured PCs, and the time that a setup has. The pair is the one of their next
 * setup, whichever point the service dies at; every former one stays; PCs without pre-shared keys are
 * told so. */
#include "parts.h"

#include "base/clk.h"
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

static unsigned pairs_of(struct world *w, unsigned i, char out_newest[9])
{
	struct arena a;
	struct store_psk rows[64];
	unsigned count = 0;
	int64_t newest = -1;
	arena_init(&a, 1 << 20);
	unsigned n = store_psk_list(w->store, &a, NULL, NULL, 64, rows);
	for (unsigned k = 0; k < n; k++) {
		if (strcmp(rows[k].used_by, w->devs[i].uuid) != 0)
			continue;
		count++;
		if (rows[k].at_unix_ms < newest)
			continue;
		snprintf(out_newest, 9, "%s", rows[k].pid);
		newest = rows[k].at_unix_ms;
	}
	arena_deinit(&a);
	return count;
}

static unsigned in_state(struct world *w, unsigned i, const char *state)
{
	struct arena a;
	struct store_credential rows[32];
	unsigned count = 0;
	arena_init(&a, 1 << 20);
	unsigned n = store_credential_list(w->store, &a, w->devs[i].uuid, "psk", 32, rows);
	for (unsigned k = 0; k < n; k++)
		count += strcmp(rows[k].state, state) == 0;
	arena_deinit(&a);
	return count;
}

static bool was_set_up_with(struct world *w, unsigned i, const char *pid)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	bool same = strcmp(d.pid, pid) == 0 && strcmp(d.state, "configured") == 0;
	arena_deinit(&a);
	return same;
}

/* Partly unconfigured, it says hello with the pair that is in it, and is set up over that. */
static void set_up_again(struct world *w, unsigned i)
{
	char why[512];
	watch_forget(&w->watch, i);
	if (!parts_job(w, i, "unconfigure_partial", why, sizeof why))
		fail_msg("not unconfigured: %s", why);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_device_int(tx, w->devs[i].uuid, STORE_DEVICE_APPROVED, 1);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	watch_forget(&w->watch, i);
	if (parts_run_until(w, i, "configured", 4 * HOUR_MS))
		return;
	world_print(w);
	fail_msg("not set up again");
}

/* It was configured twice, which is no mistake here. */
static void stop(struct world *w, unsigned i)
{
	world_check_ways(w, i);
	parts_forget();
	world_deinit(w);
}

static void the_new_pair_sets_it_up(void **state)
{
	static const char *const generations[] = { "3.2.1", "5.0", "7.1" };
	(void)state;
	for (size_t g = 0; g < sizeof generations / sizeof *generations; g++) {
		struct world w;
		char pid[9], former[9], why[512];
		unsigned i = parts_start(&w, generations[g], "");
		snprintf(former, sizeof former, "%s", w.devs[i].pid);
		assert_int_equal(pairs_of(&w, i, pid), 1);
		for (unsigned n = 1; n <= 3; n++) {
			if (!parts_job(&w, i, "rekey_psk", why, sizeof why)) {
				world_print(&w);
				fail_msg("%s: %s", generations[g], why);
			}
			assert_int_equal(pairs_of(&w, i, pid), 1 + n);
			assert_string_not_equal(pid, former);
			assert_int_equal(in_state(&w, i, "unverifiable"), 1);
			assert_int_equal(in_state(&w, i, "previous"), n - 1);
		}
		assert_true(world_event(&w, w.devs[i].uuid, "key.installed", pid, NULL, 0));
		set_up_again(&w, i);
		assert_true(was_set_up_with(&w, i, pid));
		stop(&w, i);
	}
}

static const char *const points[] = { "engine.store", "engine.stored", "engine.send",
				      "engine.reply" };

/* At every hit of every point until none is left. */
static void dies_anywhere(void **state)
{
	unsigned deaths = 0;
	(void)state;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++)
		for (unsigned nth = 1; nth < 40; nth++) {
			struct world w;
			char pid[9];
			unsigned i = parts_start(&w, "7.1", "");
			fault_arm(points[p], nth);
			parts_add_job(&w, i, "rekey_psk");
			world_run_ms(&w, HOUR_MS / 4);
			bool died = w.dead;
			fault_disarm();
			world_run_ms(&w, HOUR_MS);
			if (!parts_job_is_done(&w)) {
				world_print(&w);
				fail_msg("%s, hit %u: not done", points[p], nth);
			}
			assert_int_equal(pairs_of(&w, i, pid), 2);
			assert_int_equal(in_state(&w, i, "unverifiable"), 1);
			assert_int_equal(in_state(&w, i, "candidate"), 0);
			if (died)
				set_up_again(&w, i);
			stop(&w, i);
			deaths += died;
			if (!died)
				break;
		}
	assert_true(deaths >= 8);
}

static void after_each_setup(void **state)
{
	struct world w;
	char pid[9];
	(void)state;
	world_init(&w, 3);
	world_set(&w, "psk.rekey", "true");
	world_start_service(&w);
	unsigned i = world_add(&w, "5.0", SIM_SETUP_PSK, NULL, NULL);
	world_add(&w, "9.5", SIM_SETUP_PKI, NULL, NULL);
	assert_true(world_run_until_done(&w, HOUR_MS));
	world_run_ms(&w, HOUR_MS / 4);
	assert_int_equal(pairs_of(&w, i, pid), 2);
	assert_int_equal(in_state(&w, i, "unverifiable"), 1);
	assert_int_equal(in_state(&w, 1, "unverifiable"), 0);
	world_deinit(&w);
}

/* Told once at the start of a setup, never after it. */
static void keeps_the_window_open(void **state)
{
	struct world w;
	(void)state;
	world_init(&w, 3);
	world_set(&w, "setup.period_h", "24");
	world_start_service(&w);
	world_add(&w, "5.0", SIM_SETUP_PSK, NULL, NULL);
	world_add(&w, "16.1", SIM_SETUP_PKI, NULL, NULL);
	assert_true(world_run_until_done(&w, HOUR_MS));
	for (unsigned i = 0; i < 2; i++) {
		assert_true(world_event(&w, w.devs[i].uuid, "engine.step",
					"step=provisioning_period", NULL, 0));
		unsigned before = parts_changes(&w, i);
		world_add_job(&w, i);
		world_run_ms(&w, HOUR_MS / 4);
		assert_int_equal(parts_changes(&w, i), before);
	}
	world_check(&w);
	world_deinit(&w);
}

static bool is_told(struct world *w, unsigned i)
{
	return world_event(w, w->devs[i].uuid, "engine.step", "step=provisioning_period", NULL, 0);
}

/* What the job says wins over the setting, both ways, and is gone with the job. */
static void a_job_has_its_own_window(void **state)
{
	static const struct {
		const char *setting, *job;
		bool want;
	} cases[] = {
		{ "0", "5", true }, { "24", "0", false }, { "24", "", true }, { "0", "", false }
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct world w;
		struct store_job j;
		struct arena a;
		arena_init(&a, 65536);
		world_init(&w, 3);
		world_set(&w, "setup.period_h", cases[n].setting);
		world_start_service(&w);
		world_add_with(&w,
			       &(struct world_want){ .generation = "9.5",
						     .state = SIM_SETUP_PKI,
						     .no_name = true });
		while (!world_job(&w, 0, &a, &j) || !str_eq(j.state, "delayed"))
			world_run_ms(&w, 1000);
		struct store_tx *tx = store_tx_new(w.store);
		store_tx_job_period(tx, j.id, cases[n].job);
		store_tx_commit(tx, NULL, NULL);
		world_set_name(&w, 0, "host0.example.com");
		world_retry(&w, 0);
		assert_true(world_run_until_done(&w, HOUR_MS));
		if (is_told(&w, 0) != cases[n].want)
			fail_msg("setting %s, job '%s'", cases[n].setting, cases[n].job);
		world_deinit(&w);
		arena_deinit(&a);
	}
}

static void not_where_there_is_none(void **state)
{
	struct world w;
	char why[512], pid[9];
	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	unsigned before = parts_changes(&w, i);
	assert_false(parts_job(&w, i, "rekey_psk", why, sizeof why));
	assert_non_null(strstr(why, "no pre-shared keys"));
	assert_int_equal(parts_changes(&w, i), before);
	assert_int_equal(pairs_of(&w, i, pid), 0);
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_new_pair_sets_it_up),
		cmocka_unit_test(dies_anywhere),
		cmocka_unit_test(after_each_setup),
		cmocka_unit_test(keeps_the_window_open),
		cmocka_unit_test(a_job_has_its_own_window),
		cmocka_unit_test(not_where_there_is_none),
	};
	return cmocka_run_group_tests_name("rekey", tests, NULL, NULL);
}
