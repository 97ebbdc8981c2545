/* Discoveries of the service under the fake clock: what is seen is kept, each address is looked at, also
 * when the service dies or is stopped in the middle, one goes after the other, and schedules begin them. */
#include "world.h"

#include "base/clk.h"
#include "base/fault.h"
#include "base/names.h"
#include "base/str.h"
#include "engine/agenda.h"
#include "engine/discovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)
#define RANGE     "10.1.0.0/22" /* 1022 addresses */
#define TOTAL     1022
#define STEP      7 /* addresses in 100 ms */

static struct visits {
	unsigned of[1024]; /* by address */
	unsigned all;
} visits;

static uint32_t index_of(const char *address)
{
	uint32_t ip = 0;

	assert_true(names_ip_parse(span_str(address), &ip));
	return ip & 1023;
}

/* Every fifth address has a PC. */
static bool sees(struct world *w, const char *address, struct store_sighting *s)
{
	uint32_t i = index_of(address);

	(void)w;
	visits.of[i]++;
	visits.all++;
	s->realm = "R";
	return i % 5 == 0;
}

static void begin_world(struct world *w)
{
	visits = (struct visits){ 0 };
	world_init_bare(w, 350);
	w->discover = sees;
	w->discover_step = STEP;
	world_start_service(w);
}

static bool add(struct world *w, const char *ranges, char id[ENGINE_DISCOVERY_ID], struct err *e)
{
	struct engine_discovery_want want = { .ranges = ranges, .rate = 100, .actor = "uid:0" };
	struct store_tx *tx = store_tx_new(w->engine ? w->services[0].store : w->store);

	if (!engine_discovery_add(w->engine, tx, &want, id, e)) {
		store_tx_drop(tx);
		return false;
	}
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	engine_discovery_kick(w->engine);
	return true;
}

static void add_ok(struct world *w, char id[ENGINE_DISCOVERY_ID])
{
	struct err e = { 0 };

	if (!add(w, RANGE, id, &e))
		fail_msg("%s", e.msg);
}

static struct store_discovery row_of(struct world *w, const char *id)
{
	static struct store_discovery d;
	static char state[32];
	struct arena a;

	arena_init(&a, 1 << 18);
	assert_true(store_discovery_get(w->store, &a, id, &d));
	(void)str_copy(state, sizeof state, span_str(d.state));
	d.state = state;
	arena_deinit(&a);
	return d;
}

static void run_until_done(struct world *w, const char *id)
{
	for (unsigned k = 0; k < 5000; k++) {
		if (str_eq(row_of(w, id).state, "done"))
			return;
		if (!w->engine)
			world_start_service(w);
		world_run_ms(w, 100);
	}
	fail_msg("%s: %s at %lld", id, row_of(w, id).state, (long long)row_of(w, id).done_to);
}

static unsigned sightings(struct world *w)
{
	static struct store_sighting rows[1024];
	struct arena a;

	arena_init(&a, 4 << 20);
	unsigned n =
		store_sighting_list(w->store, &a, STORE_SIGHTING_BY_ADDRESS, 0, "", 1024, rows);
	arena_deinit(&a);
	return n;
}

/* All addresses were looked at, and all PCs are kept. */
static void all_was_seen(struct world *w)
{
	for (unsigned i = 1; i < 1023; i++) {
		if (visits.of[i] == 0)
			fail_msg("10.1.%u.%u was left out", i >> 8, i & 255);
	}
	assert_int_equal(sightings(w), 204);
	assert_int_equal(w->discover_running, 0);
}

static void runs_and_keeps(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_DISCOVERY_ID], line[512];

	begin_world(&w);
	add_ok(&w, id);
	world_run_ms(&w, 6000);
	struct store_discovery d = row_of(&w, id);
	assert_string_equal(d.state, "running");
	assert_in_range(d.done_to, 1, TOTAL - 1); /* stored while it runs */
	assert_in_range(sightings(&w), d.done_to / 5 - 1, d.done_to / 5 + 1);
	uint64_t done = 0, found = 0;
	assert_true(engine_discovery_done(w.engine, id, &done, &found));
	assert_true(done >= (uint64_t)d.done_to);
	run_until_done(&w, id);
	all_was_seen(&w);
	assert_int_equal(visits.all, TOTAL);
	d = row_of(&w, id);
	assert_int_equal(d.done_to, TOTAL);
	assert_int_equal(d.found, 204);
	assert_true(world_event(&w, "", "discovery.state", "state=done", line, sizeof line));
	assert_non_null(strstr(line, "found=204"));
	assert_false(engine_discovery_done(w.engine, id, &done, &found));
	world_deinit(&w);
}

/* It dies after so many steps; the next one goes on where rows and place were durable together. */
static void dies_and_goes_on(void **state)
{
	(void)state;
	for (unsigned steps = 1; steps < 400; steps += steps < 8 ? 1 : 29) {
		static struct world w;
		char id[ENGINE_DISCOVERY_ID];
		begin_world(&w);
		add_ok(&w, id);
		for (unsigned k = 0; k < steps; k++)
			(void)world_step(&w, clk_mono_ms() + MINUTE_MS);
		world_kill_service(&w);
		assert_int_equal(w.discover_running, 0);
		unsigned before = visits.all;
		int64_t stored = row_of(&w, id).done_to;
		world_start_service(&w);
		run_until_done(&w, id);
		all_was_seen(&w);
		if (visits.all - before != TOTAL - stored)
			fail_msg("death after %u steps: %u again, %lld were stored", steps,
				 visits.all - before, (long long)stored);
		world_deinit(&w);
	}
}

static void on_stopped(void *arg)
{
	bool *done = arg;

	*done = true;
}

/* Told to end, the service stores the last place: nothing is looked at twice. */
static void ends_and_goes_on(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_DISCOVERY_ID];
	bool done = false;

	begin_world(&w);
	add_ok(&w, id);
	world_run_ms(&w, 3333);
	engine_stop(w.engine, on_stopped, &done);
	for (unsigned k = 0; k < 100 && !done; k++)
		world_run_ms(&w, 10);
	assert_true(done);
	assert_string_equal(row_of(&w, id).state, "running");
	world_kill_service(&w);
	world_start_service(&w);
	run_until_done(&w, id);
	all_was_seen(&w);
	assert_int_equal(visits.all, TOTAL);
	world_deinit(&w);
}

static void stops_and_resumes(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_DISCOVERY_ID], second[ENGINE_DISCOVERY_ID];

	begin_world(&w);
	add_ok(&w, id);
	add_ok(&w, second);
	world_run_ms(&w, 3333);
	assert_int_equal(w.discover_running, 1); /* one after the other */
	assert_string_equal(row_of(&w, second).state, "queued");
	assert_false(engine_discovery_stop(w.engine, second));
	assert_true(engine_discovery_stop(w.engine, id));
	world_run_ms(&w, 1000);
	assert_string_equal(row_of(&w, id).state, "stopped");
	assert_string_equal(row_of(&w, second).state, "running");
	run_until_done(&w, second);
	unsigned before = visits.all;
	int64_t stored = row_of(&w, id).done_to;
	assert_in_range(stored, 1, TOTAL - 1);
	world_run_ms(&w, HOUR_MS);
	assert_int_equal(visits.all, before); /* a stopped one stays so */
	struct store_tx *tx = store_tx_new(w.services[0].store);
	store_tx_discovery_state(tx, id, "queued", "", clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 1);
	engine_discovery_kick(w.engine);
	run_until_done(&w, id);
	assert_int_equal(visits.all - before, TOTAL - stored);
	world_deinit(&w);
}

/* The database does not take a batch: what was in it is looked at again. */
static void is_not_written(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_DISCOVERY_ID];

	begin_world(&w);
	add_ok(&w, id);
	world_run_ms(&w, 2500);
	int64_t stored = row_of(&w, id).done_to;
	fault_arm("store.write", 1);
	world_run_ms(&w, 2500);
	fault_disarm();
	assert_int_equal(row_of(&w, id).done_to, stored);
	run_until_done(&w, id);
	all_was_seen(&w);
	assert_true(visits.all > TOTAL);
	world_deinit(&w);
}

static void refuses(void **state)
{
	(void)state;
	static struct world w;
	static const struct {
		const char *name, *ranges, *msg;
	} cases[] = {
		{ "nothing", "", "no ranges" },
		{ "backwards", "10.0.0.9-1", "ends before it begins" },
		{ "too many", "10.0.0.0/7", "too many" },
	};
	char id[ENGINE_DISCOVERY_ID];

	begin_world(&w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		if (add(&w, cases[i].ranges, id, &e) || !strstr(e.msg, cases[i].msg))
			fail_msg("%s: '%s'", cases[i].name, e.msg);
	}
	struct err e = { 0 };
	unsigned n = 0;
	while (n < 1000 && add(&w, RANGE, id, &e))
		n++;
	assert_int_equal(n, 64); /* bounded */
	assert_int_equal(e.code, ERR_BUSY);
	world_deinit(&w);
}

/* ---- by the clock ---- */

static void add_schedule(struct world *w, const char *spec, const char *args)
{
	struct err e = { 0 };
	struct store_schedule s = { .name = "nightly",
				    .spec = spec,
				    .tz = "",
				    .missed = "skip",
				    .op = "discover",
				    .args = args,
				    .targets = "10.1.0.0/23\n10.1.2.0-10.1.3.255",
				    .enabled = true,
				    .last_note = "",
				    .actor = "uid:0",
				    .at_unix_ms = clk_unix_ms() };

	if (!engine_agenda_check(w->engine, &s, &e))
		fail_msg("%s", e.msg);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_schedule_put(tx, &s);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 10);
}

static void runs_by_the_clock(void **state)
{
	(void)state;
	static struct world w;
	struct store_discovery rows[32];
	struct store_schedule s;
	struct arena a;

	begin_world(&w);
	arena_init(&a, 1 << 20);
	add_schedule(&w, "15 * * * *", "rate=max\nping=true");
	world_run_ms(&w, 4 * HOUR_MS);
	assert_int_equal(store_discovery_list(w.store, &a, 32, rows), 4);
	assert_string_equal(rows[0].actor, "schedule:nightly");
	assert_string_equal(rows[0].state, "done");
	assert_int_equal(rows[0].rate, 0);
	assert_true(rows[0].only_ping);
	assert_string_equal(rows[0].ranges, "10.1.0.0/23,10.1.2.0-10.1.3.255");
	assert_int_equal(sightings(&w), 204);
	assert_true(store_schedule_get(w.store, &a, "nightly", &s));
	assert_non_null(strstr(s.last_note, "discovery"));
	/* ranges that take longer than an hour: the former run first */
	w.discover_step = 1;
	visits.all = 0;
	add_schedule(&w, "* * * * *", "");
	world_run_ms(&w, 2 * MINUTE_MS);
	assert_true(store_schedule_get(w.store, &a, "nightly", &s));
	assert_non_null(strstr(s.last_note, "has not ended"));
	assert_int_equal(store_discovery_open(w.store, "schedule:nightly"), 1);
	arena_deinit(&a);
	world_deinit(&w);
}

static void schedules_are_checked(void **state)
{
	(void)state;
	static struct world w;
	static const struct {
		const char *name, *args, *targets, *msg;
	} cases[] = {
		{ "no range", "", "10.0.0.9-1", "ends before" },
		{ "another argument", "loud=yes", "10.0.0.1", "takes no argument" },
		{ "a rate of nothing", "rate=0", "10.0.0.1", "rate=0" },
		{ "a wrong switch", "ping=maybe", "10.0.0.1", "neither true nor false" },
		{ "a wrong port", "rmcp_port=70000", "10.0.0.1", "rmcp_port=70000" },
	};

	begin_world(&w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct store_schedule s = { .name = "x",
					    .spec = "@daily",
					    .tz = "",
					    .missed = "skip",
					    .op = "discover",
					    .args = cases[i].args,
					    .targets = cases[i].targets };
		if (engine_agenda_check(w.engine, &s, &e) || !strstr(e.msg, cases[i].msg))
			fail_msg("%s: '%s'", cases[i].name, e.msg);
	}
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_and_keeps),    cmocka_unit_test(dies_and_goes_on),
		cmocka_unit_test(ends_and_goes_on),  cmocka_unit_test(stops_and_resumes),
		cmocka_unit_test(is_not_written),    cmocka_unit_test(refuses),
		cmocka_unit_test(runs_by_the_clock), cmocka_unit_test(schedules_are_checked),
	};
	log_set_fd(-1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
