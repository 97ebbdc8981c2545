/* Every fault that a virtual device knows, in the in-process world: with the fault on, a device ends
 * configured or in a refusal that says why and when it is tried again; with it off, configured.
 * Faults that bite once are tried at request after request; OUTBAND_CRASH_ALL=1: at each of them. */
#include "world.h"

#include "base/clk.h"
#include "sim/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)
#define NTH_MAX 40
#define SAMPLE  6

static const struct {
	const char *generation;
	enum sim_state state;
} kinds[] = { { "9.5", SIM_SETUP_PSK }, { "11.8", SIM_SETUP_PKI } };

static void fault_off(struct world *w)
{
	struct err e = { 0 };
	if (!sim_dev_fault(w->devs[0].dev, span_str("none"), &e))
		fail_msg("%s", e.msg);
}

/* Not configured: then it must be known why and when, or no hello was ever understood. */
static void check_told(struct world *w, const char *what)
{
	struct arena a;
	struct store_job j;
	struct store_device d;
	arena_init(&a, 1 << 20);
	if (!store_device_get(w->store, &a, w->devs[0].uuid, &d)) {
		if (!world_event(w, "", "hello.malformed", "seen=", NULL, 0))
			fail_msg("%s: nothing is known of the device", what);
	} else if (!world_job(w, 0, &a, &j) || strcmp(j.state, "delayed") != 0 || !j.err_msg[0] ||
		   j.not_before_unix_ms <= j.changed_unix_ms) {
		world_print(w);
		fail_msg("%s: neither configured nor delayed with a reason", what);
	}
	arena_deinit(&a);
}

/* The device is wrong for two hours, then it is right. Returns whether it was configured before. */
static bool be_wrong(unsigned kind, const char *fault, uint64_t seed, bool mendable)
{
	struct world w;
	world_init(&w, seed);
	world_start_service(&w);
	world_add(&w, kinds[kind].generation, kinds[kind].state, fault, NULL);
	bool done = world_run_until_done(&w, 2 * HOUR_MS);
	if (!done)
		check_told(&w, fault);
	fault_off(&w);
	if (mendable) {
		if (!world_run_until_done(&w, 72 * HOUR_MS)) {
			world_print(&w);
			fail_msg("%s, AMT %s: not configured after the fault was taken off", fault,
				 kinds[kind].generation);
		}
		world_check(&w);
	}
	const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[0].dev);
	if (st->max_failed_in_window > 2)
		fail_msg("%s: %u wrong logins in a window", fault, st->max_failed_in_window);
	world_deinit(&w);
	return done;
}

static void ends_well_with_each_fault(void **state)
{
	(void)state;
	unsigned configured = 0, told = 0;
	for (unsigned i = 0; sim_fault_at(i); i++) {
		const struct sim_fault_row *f = sim_fault_at(i);
		for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			/* a password that nobody knows stays unknown */
			bool mendable =
				i != SIM_FAULT_BAD_ADMIN_PW || kinds[k].state == SIM_SETUP_PKI;
			bool done = be_wrong(k, f->name, 700 + i, mendable);
			configured += done;
			told += !done;
			print_message("%-18s AMT %-5s %s\n", f->name, kinds[k].generation,
				      done ? "configured in spite of it" : "told, then mended");
		}
	}
	assert_in_range(configured, 20, 2 * SIM_FAULT_COUNT - 8);
	assert_in_range(told, 8, 50);
}

static void ends_well_when_it_bites_at_any_request(void **state)
{
	(void)state;
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : 2 * SAMPLE;
	unsigned runs = 0;
	for (unsigned i = 0; sim_fault_at(i); i++) {
		const struct sim_fault_row *f = sim_fault_at(i);
		if (f->when != SIM_FAULT_NTH || i == SIM_FAULT_DROP_COMMIT)
			continue;
		for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			/* the samples of the kinds and faults lie between each other */
			for (int n = step == 1 ? 1
					       : 1 + (int)(i + 3 * k + WORLD_HALF * SAMPLE) % step;
			     n <= NTH_MAX; n += step) {
				char fault[64];
				snprintf(fault, sizeof fault, "%s=%d", f->name, n);
				if (!be_wrong(k, fault, 800 + i, true))
					fail_msg("%s, AMT %s: one fault was too much", fault,
						 kinds[k].generation);
				runs++;
			}
		}
	}
	print_message("%u runs\n", runs);
	assert_in_range(runs, 50, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_well_with_each_fault),
		cmocka_unit_test(ends_well_when_it_bites_at_any_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
