/* The way to a PC in setup breaks off again and again, each time when a login is on its way: nobody
 * knows whether it was taken. One that the PC took before is no guess and costs nothing of the budget
 * (M19), so the PC is configured as soon as the way is there; one that it never took is charged. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define BREAKS    6 /* more than the budget has logins */

/* The way breaks when the PC has got that far; so many pieces of what goes over it then still get through. */
static struct {
	unsigned handshakes, challenges, requests, pieces;
	bool is_set, is_broken;
} breaks_at;

static bool is_broken(struct world *w, const struct world_service *s, unsigned dev)
{
	const struct sim_dev_stats *st = sim_dev_get_stats(w->devs[dev].dev);
	(void)s;

	if (!breaks_at.is_set || st->handshakes < breaks_at.handshakes ||
	    st->challenges < breaks_at.challenges || st->requests < breaks_at.requests)
		return false;
	breaks_at.is_broken |= breaks_at.pieces == 0;
	breaks_at.pieces -= breaks_at.pieces > 0;
	return breaks_at.is_broken;
}

/* Behind the next challenge but so many: the login is lost, or its answer, by turns. */
static void break_behind_challenge(struct world *w, unsigned but)
{
	static unsigned count;
	memset(&breaks_at, 0, sizeof breaks_at);
	breaks_at.challenges = sim_dev_get_stats(w->devs[0].dev)->challenges + but + 1;
	breaks_at.pieces = 2 + count++ % 2; /* head and body of the challenge; the login */
	breaks_at.is_set = true;
}

static void begin(struct world *w)
{
	world_init(w, 352);
	world_add(w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	w->is_cut = is_broken;
	breaks_at.is_set = false;
}

static void break_a_login(struct world *w)
{
	break_behind_challenge(w, 0);
	world_retry(w, 0);
	world_run_ms(w, 2 * MINUTE_MS);
	assert_true(breaks_at.is_broken);
	breaks_at.is_set = false;
}

static void mend(struct world *w, const char *name, unsigned want_failed)
{
	char state[32];

	world_retry(w, 0);
	world_run_ms(w, MINUTE_MS);
	if (!world_device_state(w, 0, state) || strcmp(state, "configured") != 0) {
		world_print(w);
		fail_msg("%s: %s", name, state);
	}
	assert_int_equal(sim_dev_get_stats(w->devs[0].dev)->failed_logins, want_failed);
	world_check(w);
}

static void taken_before(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned requests;
		bool dies; /* the service, in between */
	} cases[] = { { "after the first answer", 3, false },
		      { "between two steps", 9, false },
		      { "between two steps, and the service dies", 9, true } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static struct world w;
		begin(&w);
		memset(&breaks_at, 0, sizeof breaks_at);
		breaks_at.requests = cases[i].requests;
		breaks_at.is_set = true;
		world_start_service(&w);
		world_run_ms(&w, 2 * MINUTE_MS);
		for (unsigned k = 0; k < BREAKS; k++)
			break_a_login(&w);
		if (cases[i].dies) {
			world_kill_service(&w);
			world_start_service(&w);
			world_run_ms(&w, 2 * MINUTE_MS);
		}
		mend(&w, cases[i].name, 0);
		world_deinit(&w);
	}
}

static bool is_at_stage(struct world *w, const char *stage)
{
	struct arena a;
	struct store_job j = { .stage = "" };

	arena_init(&a, 1 << 18);
	bool is = world_job(w, 0, &a, &j) && strcmp(j.stage, stage) == 0;
	arena_deinit(&a);
	return is;
}

/* The new password was perhaps set and is refused: the former one is known to be in. */
static void not_set_after_all(void **state)
{
	(void)state;
	static struct world w;

	begin(&w);
	world_start_service(&w);
	while (!is_at_stage(&w, "second: admin password"))
		assert_true(world_step(&w, clk_mono_ms() + MINUTE_MS));
	memset(&breaks_at, 0, sizeof breaks_at);
	breaks_at.is_set = true; /* now */
	world_run_ms(&w, 2 * MINUTE_MS);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->admin_sets, 0);
	break_behind_challenge(&w, 1); /* of the former password, which comes second */
	world_retry(&w, 0);
	world_run_ms(&w, 2 * MINUTE_MS);
	assert_true(breaks_at.is_broken);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, 1);
	for (unsigned k = 0; k < BREAKS; k++)
		break_a_login(&w);
	mend(&w, "not set after all", 1);
	world_deinit(&w);
}

/* Nothing is known of it yet: M19 holds it back, however often a try is asked for. */
static void never_taken(void **state)
{
	(void)state;
	static struct world w;
	char line[1024];

	begin(&w);
	break_behind_challenge(&w, 0);
	world_start_service(&w);
	world_run_ms(&w, 2 * MINUTE_MS);
	break_a_login(&w);
	unsigned before = sim_dev_get_stats(w.devs[0].dev)->challenges;
	world_retry(&w, 0);
	world_run_ms(&w, MINUTE_MS);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->challenges, before);
	assert_true(world_event(&w, w.devs[0].uuid, "job.delayed", "M19", line, sizeof line));
	world_deinit(&w);
}

/* The way breaks before a challenge comes: no login was sent, none is charged. */
static void never_sent(void **state)
{
	(void)state;
	static struct world w;

	begin(&w);
	for (unsigned k = 0; k < BREAKS; k++) {
		memset(&breaks_at, 0, sizeof breaks_at);
		breaks_at.handshakes = sim_dev_get_stats(w.devs[0].dev)->handshakes + 1;
		breaks_at.is_set = true;
		if (k == 0)
			world_start_service(&w);
		world_retry(&w, 0);
		world_run_ms(&w, 2 * MINUTE_MS);
		assert_true(breaks_at.is_broken);
		breaks_at.is_set = false;
	}
	mend(&w, "never sent", 0);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_before),
		cmocka_unit_test(not_set_after_all),
		cmocka_unit_test(never_taken),
		cmocka_unit_test(never_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
