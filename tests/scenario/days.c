/* Days and weeks in the in-process world: hellos end, certificates end, clocks are set, and what waits
 * is tried again in time, inside the budget of logins. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)
#define PSK     .generation = "9.5", .state = SIM_SETUP_PSK

static bool is_off(struct world *w, const struct world_service *s, unsigned dev)
{
	(void)s;
	return dev == 0 && *(bool *)w->arg;
}

/* Somebody sets the clock, to and fro, for days: with the service running and while it is dead. */
static void keeps_time_when_the_clock_is_set(void **state)
{
	(void)state;
	static const int64_t steps[] = { 2 * HOUR_MS, -90 * 24 * HOUR_MS, 90 * 24 * HOUR_MS,
					 -3 * HOUR_MS };
	for (int dead = 0; dead < 2; dead++) {
		struct world w;
		struct arena a;
		struct store_job j;
		world_init(&w, 592);
		world_start_service(&w);
		world_add_with(&w, &(struct world_want){ PSK, .mebx_password = "0ther!Pass" });
		world_run_ms(&w, HOUR_MS);
		const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[0].dev);
		arena_init(&a, 65536);
		for (unsigned i = 0; i < 12; i++) {
			unsigned before = st->failed_logins;
			if (dead)
				world_kill_service(&w);
			clk_fake_step_unix_ms(steps[i % 4]);
			if (dead)
				world_start_service(&w);
			sim_dev_g3(w.devs[0].dev); /* else it listens for a day only */
			world_run_ms(&w, 61 * 1000);
			arena_reset(&a);
			assert_true(world_job(&w, 0, &a, &j));
			if (j.not_before_unix_ms - clk_unix_ms() > 8 * HOUR_MS)
				fail_msg("step %u: the next try is in %lld s", i,
					 (long long)(j.not_before_unix_ms - clk_unix_ms()) / 1000);
			for (int k = 0; k < 6; k++) { /* an impatient operator */
				world_retry(&w, 0);
				world_run_ms(&w, HOUR_MS);
			}
			if (st->failed_logins == before)
				fail_msg("step %u, %s: no try in six hours", i,
					 dead ? "dead" : "running");
		}
		if (!dead) /* a step while it is dead cannot be told from time that went by */
			assert_int_equal(st->max_failed_in_window, 2);
		else
			assert_in_range(st->max_failed_in_window, 1, 4); /* five lock the account */
		print_message("%u wrong logins in three days\n", st->failed_logins);
		arena_deinit(&a);
		world_deinit(&w);
	}
}

/* ---- a day of hellos, then silence; a name comes later ---- */

static void outlives_the_day_of_hellos(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_job j;
	struct store_device d;
	world_init(&w, 593);
	world_start_service(&w);
	world_add_with(&w, &(struct world_want){ PSK, .no_name = true });
	world_run_ms(&w, 24 * HOUR_MS);
	unsigned first_day = w.hello_count;
	assert_in_range(first_day, 30, 60); /* minutes, then every five, then hours */
	world_run_ms(&w, 4 * 24 * HOUR_MS);
	assert_in_range(w.hello_count, first_day, first_day + 1);
	arena_init(&a, 1 << 20);
	assert_true(world_job(&w, 0, &a, &j));
	assert_string_equal(j.state, "delayed");
	assert_string_equal(j.err_rule, "D076");
	assert_in_range(j.attempt, 30, 200); /* back-off: not a storm in five days */
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->handshakes, 0);
	world_set_name(&w, 0, "host0.example.com");
	world_retry(&w, 0);
	world_run_ms(&w, 12 * HOUR_MS);
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	if (d.health_rule[0] != 'D' || !strstr(d.health, ". Now: ")) /* named, and out of reach */
		fail_msg("%s %s", d.health_rule, d.health);
	assert_true(world_job(&w, 0, &a, &j));
	assert_string_equal(j.err_code, "net.refused");
	unsigned before = w.hello_count;
	sim_dev_g3(w.devs[0].dev);
	assert_true(world_run_until_done(&w, HOUR_MS));
	assert_in_range(w.hello_count, before + 1, before + 10);
	arena_deinit(&a);
	world_deinit(&w);
}

/* ---- a certificate ends while jobs wait for it ---- */

static void takes_the_next_certificate_when_one_ends(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_job j;
	bool off = false;
	world_init_bare(&w, 594);
	world_set_chain(&w, "leaf ends soon");
	w.is_cut = is_off;
	w.arg = &off;
	world_start_service(&w);
	world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	while (w.hello_count == 0)
		world_run_ms(&w, 1);
	off = true;
	world_run_ms(&w, 12 * HOUR_MS); /* it cannot be reached; the certificate is good */
	arena_init(&a, 65536);
	assert_true(world_job(&w, 0, &a, &j));
	assert_string_equal(j.err_code, "net.timeout");
	world_run_ms(&w, 40 * 24 * HOUR_MS);
	off = false; /* it is back, and too late */
	world_run_ms(&w, 24 * HOUR_MS);
	arena_reset(&a);
	assert_true(world_job(&w, 0, &a, &j));
	if (strcmp(j.err_rule, "D059") != 0 || !strstr(j.err_seen, "ended"))
		fail_msg("%s: %s, seen %s", j.err_rule, j.err_msg, j.err_seen);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->handshakes, 0);
	world_set_chain(&w, "good");
	world_retry(&w, 0);
	world_run_ms(&w, HOUR_MS); /* its hellos ended weeks ago: it listens no more */
	sim_dev_g3(w.devs[0].dev);
	assert_true(world_run_until_done(&w, HOUR_MS));
	arena_deinit(&a);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_time_when_the_clock_is_set),
		cmocka_unit_test(outlives_the_day_of_hellos),
		cmocka_unit_test(takes_the_next_certificate_when_one_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
