/* The service dies at every write, commit, send and receive of a configuration, for every generation
 * that the simulator plays, with PSK and PKI. Series A: the PC goes on. Series B: the PC loses power
 * at the same moment, with all that it had staged. A sample in every run, OUTBAND_CRASH_ALL=1: all. */
#include "world.h"

#include "base/clk.h"
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND_MS 1000LL
#define HOUR_MS   (3600 * SECOND_MS)
#define SAMPLE    151 /* a prime: another set of points for each kind */

static const char *const points[] = { "death.lost",  "death.torn",      "death.unreported",
				      "death.send",  "death.half_sent", "death.sent",
				      "death.reply", "death.half_reply" };
#define POINTS (sizeof points / sizeof *points)

struct life { /* of one world: what the death shall do */
	bool power_loss;
	int64_t away_ms; /* of the service */
	const char *point;
};

static unsigned tally[POINTS];

static void come_back(void *arg)
{
	world_start_one(arg, 0, false);
}

static void on_death(struct world *w, struct world_service *s)
{
	struct life *l = w->arg;
	(void)s;
	l->point = fault_fired();
	for (size_t i = 0; i < POINTS; i++)
		tally[i] += strcmp(points[i], l->point) == 0;
	if (l->power_loss)
		sim_dev_power_loss(w->devs[0].dev);
	sched_after(w->sched, l->away_ms, come_back, w);
}

static void check_end(struct world *w, const struct life *l, const char *what)
{
	struct arena a;
	struct store_job j;
	const struct sim_dev_stats *st = sim_dev_get_stats(w->devs[0].dev);
	/* a key that was being made when the power went is made again, and only then */
	unsigned most = l->power_loss ? 2 : 1;
	world_check(w);
	watch_check_secrets(&w->watch, 0);
	arena_init(&a, 1 << 20);
	if (world_job(w, 0, &a, &j))
		fail_msg("%s: a job is left: %s", what, j.state);
	if (st->max_failed_in_window > 2)
		fail_msg("%s: %u wrong logins in a window", what, st->max_failed_in_window);
	if (st->keys_made > most || st->certs_added > most)
		fail_msg("%s: %u keys made, %u certificates added", what, st->keys_made,
			 st->certs_added);
	arena_deinit(&a);
}

/* Returns false when the run was over before the nth point. */
static bool live(const struct sim_generation *g, enum sim_state state, const char *prefix, int n,
		 bool power_loss)
{
	struct world w;
	char what[100];
	/* back before the PC notices, before its lease is over, and after it */
	static const int64_t away[] = { 0, 7 * SECOND_MS, 100 * SECOND_MS };
	struct life l = { .power_loss = power_loss, .away_ms = away[n % 3] };
	world_init_bare(&w, 5000);
	world_set_chain(&w, world_chain_for(g));
	world_trust_chain(&w, world_chain_for(g));
	w.on_death = on_death;
	w.arg = &l;
	world_start_service(&w);
	world_add(&w, g->name, state, NULL, NULL);
	fault_arm(prefix, n);
	bool done = world_run_until_done(&w, 24 * HOUR_MS);
	bool died = w.dead;
	fault_disarm();
	snprintf(what, sizeof what, "AMT %s %s, series %s, death %d at %s", g->name,
		 state == SIM_SETUP_PSK ? "PSK" : "PKI", power_loss ? "B" : "A", n,
		 l.point ? l.point : "none");
	if (!done) {
		world_print(&w);
		fail_msg("%s: not configured", what);
	}
	if (getenv("WORLD_STEPS"))
		print_message("%s: %lld s\n", what, (long long)(clk_mono_ms() / 1000 - 1000));
	check_end(&w, &l, what);
	world_deinit(&w);
	return died;
}

static void die_everywhere(bool power_loss)
{
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : SAMPLE;
	const char *only = getenv("WORLD_GENERATION"),
		   *nth = getenv("WORLD_NTH"); /* one, to look at */
	unsigned runs = 0, kinds = 0;
	memset(tally, 0, sizeof tally);
	for (unsigned i = 0; sim_generation_at(i); i++) {
		const struct sim_generation *g = sim_generation_at(i);
		for (int k = 0; k < 2; k++) {
			if (!g->wsman.is || (k == 0 ? !g->psk.is : !g->pki.is) ||
			    (only && strcmp(only, g->name) != 0))
				continue;
			int n = step > 1 ? 1 + (int)(kinds * 17 + power_loss * 31) % step : 1;
			unsigned before = runs;
			if (nth)
				n = atoi(nth);
			while (live(g, k == 0 ? SIM_SETUP_PSK : SIM_SETUP_PKI, "death.", n,
				    power_loss)) {
				n += step;
				runs++;
			}
			print_message("AMT %-6s %s %5u deaths\n", g->name, k == 0 ? "PSK" : "PKI",
				      runs - before);
			kinds++;
		}
	}
	for (size_t i = 0; i < POINTS; i++) {
		print_message("%6u at %s\n", tally[i], points[i]);
		assert_true(tally[i] > 0);
	}
	print_message("%6u deaths, %u kinds of PC\n", runs, kinds);
	assert_true(runs > kinds);
}

static void survives_every_death(void **state)
{
	(void)state;
	die_everywhere(false);
}

static void survives_every_death_without_power(void **state)
{
	(void)state;
	die_everywhere(true);
}

/* Firmware makes its key for a long time, and says so to whoever asks; the reply that names the key
 * may be the one that is missed. Also where there is a default certificate with a key of its own. */
static void misses_any_reply_about_the_key(void **state)
{
	(void)state;
	static const char *const generations[] = { "9.5", "16.1" };
	for (size_t i = 0; i < sizeof generations / sizeof *generations; i++) {
		int n = 1 + WORLD_HALF;
		while (live(sim_generation_find(generations[i]), SIM_SETUP_PKI, "death.sent", n,
			    false))
			n += 2;
		assert_true(n > 20);
	}
}

/* One of two services on one database stands still at some moment until its lease has gone to the
 * other, and then goes on as if nothing had been. The watch fails when it sends anything more. */
static void stands_still(enum sim_state state, const char *generation, unsigned events,
			 int64_t still_ms)
{
	struct world w;
	world_init(&w, 5100);
	w.watch.strict = true;
	world_start_one(&w, 0, true);
	world_add(&w, generation, state, NULL, NULL);
	for (unsigned i = 0; i < events; i++)
		world_step(&w, INT64_MAX);
	w.services[0].stalled_until_mono_ms = clk_mono_ms() + still_ms;
	world_start_one(&w, 1, true);
	if (!world_run_until_done(&w, 24 * HOUR_MS)) {
		world_print(&w);
		fail_msg("%s: still after %u events: not configured", generation, events);
	}
	world_check(&w);
	watch_check_secrets(&w.watch, 0);
	world_deinit(&w);
}

static void sends_nothing_after_standing_still(void **state)
{
	(void)state;
	unsigned step = getenv("OUTBAND_CRASH_ALL") ? 1 : 34;
	for (unsigned n = step > 1 ? 1 + 17 * WORLD_HALF : 1; n < 360; n += step) {
		stands_still(SIM_SETUP_PSK, "9.5", n, 3 * 60 * SECOND_MS);
		stands_still(SIM_SETUP_PKI, "11.8", n + step / 2, 62 * SECOND_MS + n);
	}
}

/* On both sides: a clear after the last answer is learned from the PC's next hello. */
static bool settles(struct world *w, int64_t limit_ms)
{
	int64_t end = clk_mono_ms() + limit_ms;
	while (clk_mono_ms() < end && world_run_until_done(w, end - clk_mono_ms())) {
		struct arena a;
		struct store_job j;
		arena_init(&a, 1 << 20);
		bool busy = world_job(w, 0, &a, &j);
		arena_deinit(&a);
		if (!busy && sim_dev_state(w->devs[0].dev) == SIM_CONFIGURED)
			return true;
		world_run_ms(w, SECOND_MS);
	}
	return false;
}

/* Returns false when the PC was configured before the nth event. */
static bool cleared_after(unsigned n, const char *generation)
{
	struct world w;
	struct err e = { 0 };
	char now[32];
	world_init(&w, 5300);
	world_start_service(&w);
	world_add(&w, generation, SIM_SETUP_PKI, NULL, NULL);
	for (unsigned i = 0; i < n; i++)
		world_step(&w, INT64_MAX);
	bool over = world_device_state(&w, 0, now) && strcmp(now, "configured") == 0;
	if (!over) {
		assert_true(sim_dev_to_state(w.devs[0].dev, SIM_FACTORY, &e));
		assert_true(sim_dev_to_state(w.devs[0].dev, SIM_SETUP_PKI, &e));
		watch_forget(&w.watch, 0);
		if (!settles(&w, 24 * HOUR_MS)) {
			world_print(&w);
			fail_msg("AMT %s, cleared after %u events: not configured", generation, n);
		}
		world_check_ways(&w, 0);
		watch_check_secrets(&w.watch, 0);
	}
	world_deinit(&w);
	return !over;
}

/* Somebody clears the PC in the middle: its realm, key and passwords are others from then on. */
static void is_cleared_in_the_middle(void **state)
{
	(void)state;
	static const char *const generations[] = { "5.0", "9.5", "16.1" };
	bool all = getenv("OUTBAND_CRASH_ALL") != NULL;
	for (unsigned g = 0; g < 3; g++) {
		unsigned runs = 0, from = all ? 1 : 2 + g;
		while (cleared_after(from + runs * (all ? 1 : 17), generations[g]))
			runs++;
		assert_true(runs > 3);
		print_message("AMT %-6s %5u clears\n", generations[g], runs);
	}
	/* between the names and the password; while the password is on its way */
	assert_true(cleared_after(72, "5.0"));
	assert_true(cleared_after(110, "16.1"));
}

static void exchange(struct world *w)
{
	char swap[sizeof w->devs[0].address];
	memcpy(swap, w->devs[0].address, sizeof swap);
	memcpy(w->devs[0].address, w->devs[1].address, sizeof swap);
	memcpy(w->devs[1].address, swap, sizeof swap);
}

/* Two PCs get each other's address in the middle, and their connections end: with the power, or each
 * at its next request, so that the client makes it again by itself. The watch fails when one is sent
 * a secret of the other; a key or certificate meant for the other is one too many. */
static void exchanged_after(unsigned n, const char *generation, enum sim_state state, bool silent)
{
	struct world w;
	struct err e = { 0 };
	world_init(&w, 5400);
	world_start_service(&w);
	for (unsigned i = 0; i < 2; i++)
		world_add(&w, generation, state, NULL, NULL);
	for (unsigned i = 0; i < n; i++)
		world_step(&w, INT64_MAX);
	exchange(&w);
	for (unsigned i = 0; i < 2; i++)
		if (!silent)
			sim_dev_power_loss(w.devs[i].dev);
		else
			assert_true(sim_dev_fault(w.devs[i].dev, span_str("drop_before=1"), &e));
	world_run_ms(&w, HOUR_MS);
	/* one that went into operation says no hello from its new address: it moves back */
	exchange(&w);
	if (!world_run_until_done(&w, 24 * HOUR_MS)) {
		world_print(&w);
		fail_msg("AMT %s, exchanged %s after %u events: not configured", generation,
			 silent ? "in silence" : "without power", n);
	}
	for (unsigned i = 0; silent && i < 2; i++) {
		/* not world_check: two jobs may have asked one PC at the same time who it is */
		const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[i].dev);
		world_check_ways(&w, i);
		if (st->keys_made > 1 || st->certs_added > 1 || st->configured_count != 1)
			fail_msg(
				"AMT %s, exchanged in silence after %u events: %u keys, %u certificates",
				generation, n, st->keys_made, st->certs_added);
	}
	if (!silent)
		world_check(&w);
	world_deinit(&w);
}

static void addresses_are_exchanged(void **state)
{
	(void)state;
	unsigned step = getenv("OUTBAND_CRASH_ALL") ? 1 : 13;
	for (unsigned n = 1; n < 420; n += step)
		for (unsigned silent = 0; silent < 2; silent++) {
			exchanged_after(n, n & 1 ? "5.0" : "11.8", SIM_SETUP_PKI, silent);
			if (silent && n % 3 == 0)
				exchanged_after(n, n & 1 ? "5.0" : "9.5", SIM_SETUP_PSK, silent);
		}
}

/* The wall clock jumps in the middle: leases end early or hold on for long, nothing is lost. */
static void takes_jumps_of_the_clock(void **state)
{
	(void)state;
	unsigned step = getenv("OUTBAND_CRASH_ALL") ? 3 : 41;
	static const int64_t jumps[] = { HOUR_MS, -HOUR_MS, 61 * SECOND_MS, -30 * 24 * HOUR_MS };
	for (unsigned n = 1; n < 330; n += step) {
		struct world w;
		world_init(&w, 5200);
		world_start_service(&w);
		world_add(&w, n & 1 ? "9.5" : "16.1", n & 1 ? SIM_SETUP_PSK : SIM_SETUP_PKI, NULL,
			  NULL);
		for (unsigned i = 0; i < n; i++)
			world_step(&w, INT64_MAX);
		clk_fake_step_unix_ms(jumps[n % 4]);
		if (!world_run_until_done(&w, 3 * HOUR_MS)) {
			world_print(&w);
			fail_msg("clock set by %lld s after %u events: not configured",
				 (long long)(jumps[n % 4] / 1000), n);
		}
		world_check(&w);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_every_death),
		cmocka_unit_test(survives_every_death_without_power),
		cmocka_unit_test(misses_any_reply_about_the_key),
		cmocka_unit_test(sends_nothing_after_standing_still),
		cmocka_unit_test(is_cleared_in_the_middle),
		cmocka_unit_test(addresses_are_exchanged),
		cmocka_unit_test(takes_jumps_of_the_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
