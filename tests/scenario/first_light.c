/* The main job in the in-process world: from the first hello to a proven configuration, for PSK and
 * PKI and every generation; then the same with the service dying at every crash point. Three kinds
 * get every second point, the other half in the sanitized build; the others every SAMPLE-th;
 * OUTBAND_CRASH_ALL=1 gives all to all. */
#include "world.h"

#include "base/clk.h"
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)
#define SAMPLE  16

static const struct {
	const char *name, *generation;
	enum sim_state state;
	const char *switches;
	bool always; /* every second crash point, not a few */
} kinds[] = {
	{ "psk 5.0", "5.0", SIM_SETUP_PSK, NULL, true },
	{ "pki 5.0", "5.0", SIM_SETUP_PKI, NULL, false },
	{ "psk 9.5", "9.5", SIM_SETUP_PSK, NULL, false },
	{ "pki 9.5", "9.5", SIM_SETUP_PKI, NULL, false },
	{ "pki 11.8", "11.8", SIM_SETUP_PKI, NULL, true },
	{ "pki 16.1", "16.1", SIM_SETUP_PKI, NULL, true },
	{ "pki 16.1 strict digest", "16.1", SIM_SETUP_PKI, "pki_digest=strict", false },
	{ "pki 11.8 active read-back", "11.8", SIM_SETUP_PKI, "readback=active", false },
};
#define KINDS (sizeof kinds / sizeof *kinds)

static void configures_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct world w;
		world_init(&w, 7 + i);
		world_start_service(&w);
		world_add(&w, kinds[i].generation, kinds[i].state, NULL, kinds[i].switches);
		if (!world_run_until_done(&w, HOUR_MS)) {
			world_print(&w);
			fail_msg("%s: not configured", kinds[i].name);
		}
		world_check(&w);
		world_deinit(&w);
	}
}

/* The service dies at the nth crash point, for every n until none fires; the device goes on. */
static void survives_every_crash(const char *point)
{
	for (size_t k = 0; k < KINDS; k++) {
		if (getenv("WORLD_KIND") && (size_t)atoi(getenv("WORLD_KIND")) != k)
			continue;
		int step = getenv("OUTBAND_CRASH_ALL") ? 1 : kinds[k].always ? 2 : SAMPLE, runs = 0;
		/* samples begin elsewhere for each kind */
		for (int n = step == 1 ? 1 : step == 2 ? 1 + WORLD_HALF : 1 + (int)k;; n += step) {
			struct world w;
			world_init(&w, 100 + k);
			world_start_service(&w);
			world_add(&w, kinds[k].generation, kinds[k].state, NULL, kinds[k].switches);
			fault_arm(point, n);
			bool done = world_run_until_done(&w, 24 * HOUR_MS);
			bool fired = w.dead;
			fault_disarm();
			if (!done) {
				world_print(&w);
				fail_msg("%s: %s %d: not configured", kinds[k].name, point, n);
			}
			if (getenv("WORLD_STEPS"))
				print_message("%s %d: %lld s\n", point, n,
					      (long long)(clk_mono_ms() / 1000 - 1000));
			world_check(&w);
			world_deinit(&w);
			if (!fired)
				break;
			runs++;
		}
		print_message("%s: %d crashes at %s\n", kinds[k].name, runs, point);
		assert_true(runs >= (step > 1 ? 1 : 5));
	}
}

static void survives_death_before_store(void **state)
{
	(void)state;
	survives_every_crash("engine.store");
}

static void survives_death_after_store(void **state)
{
	(void)state;
	survives_every_crash("engine.stored");
}

static void survives_death_before_send(void **state)
{
	(void)state;
	survives_every_crash("engine.send");
}

static void survives_death_before_reply(void **state)
{
	(void)state;
	survives_every_crash("engine.reply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configures_every_kind),
		cmocka_unit_test(survives_death_before_store),
		cmocka_unit_test(survives_death_after_store),
		cmocka_unit_test(survives_death_before_send),
		cmocka_unit_test(survives_death_before_reply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
