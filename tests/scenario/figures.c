/* What a configuration costs in requests, by kind: a new device, and one that is already right. A
 * round trip is one HTTP exchange; 401s, handshakes and polls that only ask again what firmware is
 * still busy with are counted apart. Asserts the budgets of the design. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS       (3600 * 1000LL)
#define BUDGET_NEW    25
#define BUDGET_RIGHT  8
#define LATENCY_MS    150
#define BUDGET_OWN_MS 5000

static const struct {
	const char *name, *generation;
	enum sim_state state;
	const char *switches;
} kinds[] = {
	{ "psk 5.0", "5.0", SIM_SETUP_PSK, NULL },
	{ "pki 5.0", "5.0", SIM_SETUP_PKI, NULL },
	{ "psk 9.5", "9.5", SIM_SETUP_PSK, NULL },
	{ "pki 9.5", "9.5", SIM_SETUP_PKI, NULL },
	{ "pki 11.8", "11.8", SIM_SETUP_PKI, NULL },
	{ "pki 16.1", "16.1", SIM_SETUP_PKI, NULL },
	{ "pki 16.1 strict digest", "16.1", SIM_SETUP_PKI, "pki_digest=strict" },
	{ "pki 11.8 active read-back", "11.8", SIM_SETUP_PKI, "readback=active" },
};

/* Of the last run that ended. */
static struct engine_status ended(struct world *w, const struct engine_status *before)
{
	struct engine_status s = engine_get_status(w->engine);
	s.round_trips -= before->round_trips;
	s.challenges -= before->challenges;
	s.handshakes -= before->handshakes;
	s.polls -= before->polls;
	s.imposed_wait_ms -= before->imposed_wait_ms;
	return s;
}

static void print_row(const char *name, const char *what, const struct engine_status *s)
{
	print_message("%-26s %-6s %5lld %5lld %5lld %5lld %8lld\n", name, what,
		      (long long)s->round_trips, (long long)s->polls, (long long)s->challenges,
		      (long long)s->handshakes, (long long)s->imposed_wait_ms);
}

static void measure(bool waits)
{
	print_message("%-26s %-6s %5s %5s %5s %5s %8s\n", "kind", "device", "trips", "polls",
		      "401s", "tls", "waits ms");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct world w;
		struct engine_status zero = { 0 }, fresh, right;
		world_init(&w, 300 + i);
		w.env.waits = waits;
		world_start_service(&w);
		world_add(&w, kinds[i].generation, kinds[i].state, NULL, kinds[i].switches);
		if (!world_run_until_done(&w, HOUR_MS))
			fail_msg("%s: not configured", kinds[i].name);
		world_run_ms(&w, 1000);
		fresh = ended(&w, &zero);
		print_row(kinds[i].name, "new", &fresh);
		struct engine_status before = engine_get_status(w.engine);
		world_add_job(&w, 0);
		world_run_ms(&w, HOUR_MS);
		right = ended(&w, &before);
		print_row(kinds[i].name, "right", &right);
		assert_int_equal(right.jobs_done, 2);
		world_check(&w);
		assert_in_range(fresh.round_trips, 10, BUDGET_NEW);
		assert_in_range(right.round_trips, 3, BUDGET_RIGHT);
		assert_int_equal(right.polls, 0);
		if (!waits)
			assert_int_equal(fresh.polls, 0);
		world_deinit(&w);
	}
}

/* A PC whose firmware could have KVM and has none: the refusal of the switch is looked into. */
static void finds_out_that_there_is_no_kvm(void **state)
{
	(void)state;
	struct world w;
	struct engine_status zero = { 0 }, fresh;
	struct sim_generation g = *sim_generation_find("11.8");
	g.kvm.is = false;
	world_init(&w, 390);
	w.env.waits = false;
	world_start_service(&w);
	world_add_with(&w, &(struct world_want){ .made = &g, .state = SIM_SETUP_PKI });
	if (!world_run_until_done(&w, HOUR_MS)) {
		world_print(&w);
		fail_msg("not configured without KVM");
	}
	world_run_ms(&w, 1000);
	fresh = ended(&w, &zero);
	print_row("pki 11.8 without KVM", "new", &fresh);
	assert_in_range(fresh.round_trips, 10, BUDGET_NEW);
	assert_true(world_event(&w, w.devs[0].uuid, "engine.step_note", "step=kvm", NULL, 0));
	world_check(&w);
	world_deinit(&w);
}

static int64_t number_in(const char *line, const char *key)
{
	const char *at = strstr(line, key);
	if (!at)
		fail_msg("no %s in %s", key, line);
	return strtoll(at + strlen(key), NULL, 10);
}

/* At 150 ms: what is left without the waits of firmware are the exchanges and nothing else. While it is
 * busy with its key, polls and their latency are its time. */
static void own_time_is_that_of_the_exchanges(void **state)
{
	(void)state;
	static const char *const generations[] = { "9.5", "11.8", "16.1" };
	for (size_t i = 0; i < sizeof generations / sizeof *generations; i++) {
		struct world w;
		struct engine_status zero = { 0 }, fresh;
		char line[1024];
		world_init(&w, 380 + i);
		w.env.latency_ms = LATENCY_MS;
		world_start_service(&w);
		world_add(&w, generations[i], SIM_SETUP_PKI, NULL, NULL);
		if (!world_run_until_done(&w, HOUR_MS))
			fail_msg("AMT %s: not configured", generations[i]);
		world_run_ms(&w, 1000);
		fresh = ended(&w, &zero);
		assert_true(world_event(&w, w.devs[0].uuid, "job.done", "waits_ms=", line,
					sizeof line));
		int64_t all = number_in(line, "elapsed_ms="), waits = number_in(line, "waits_ms=");
		int64_t trips = (fresh.round_trips + fresh.challenges) * LATENCY_MS;
		print_message("AMT %-5s %lld ms, %lld of firmware, %lld of exchanges, %lld polls\n",
			      generations[i], (long long)all, (long long)waits, (long long)trips,
			      (long long)fresh.polls);
		assert_true(fresh.polls > 1);
		assert_in_range(all - waits, trips - LATENCY_MS, BUDGET_OWN_MS);
		world_deinit(&w);
	}
}

static void keeps_the_budget_without_waits(void **state)
{
	(void)state;
	measure(false);
}

static void keeps_the_budget_with_waits(void **state)
{
	(void)state;
	measure(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_budget_without_waits),
		cmocka_unit_test(keeps_the_budget_with_waits),
		cmocka_unit_test(own_time_is_that_of_the_exchanges),
		cmocka_unit_test(finds_out_that_there_is_no_kvm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
