/* PCs of the old SOAP interface and of AMT 3.2.1: a hello of the former is refused by name, before
 * anything was changed and without a login; the odd certificate of the latter is told and is no
 * obstacle. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

static void refuses_the_old_interface(void **state)
{
	(void)state;
	static const struct {
		const char *generation;
		enum sim_state state;
		const char *seen;
	} rows[] = {
		{ "2.0", SIM_SETUP_PSK, "AMT 2.0.5" },  { "2.1", SIM_SETUP_PSK, "AMT 2.1.3" },
		{ "2.2", SIM_SETUP_PKI, "AMT 2.2.10" }, { "2.5", SIM_SETUP_PSK, "AMT 2.5.15" },
		{ "2.6", SIM_SETUP_PKI, "AMT 2.6.20" }, { "2.6", SIM_SETUP_PSK, "AMT 2.6.20" },
		{ "3.0", SIM_SETUP_PKI, "AMT 3.0.5" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w;
		char line[2048], dev[32];
		world_init(&w, 700 + i);
		world_start_service(&w);
		world_add(&w, rows[i].generation, rows[i].state, NULL, NULL);
		world_run_ms(&w, 12 * HOUR_MS);
		if (!world_event(&w, w.devs[0].uuid, NULL, "rule=D015", line, sizeof line)) {
			world_print(&w);
			fail_msg("AMT %s: no D015", rows[i].generation);
		}
		if (!strstr(line, rows[i].seen) || !strstr(line, "unproven and not built") ||
		    !strstr(line, "AMT 3.2.1 or later"))
			fail_msg("AMT %s: %s", rows[i].generation, line);
		assert_true(world_device_state(&w, 0, dev));
		assert_string_equal(dev, "refused");
		const struct sim_dev_stats *s = sim_dev_get_stats(w.devs[0].dev);
		/* one look with each hello, for its firmware may have been updated */
		assert_in_range(s->requests, 1, 40);
		assert_int_equal(s->failed_logins + s->admin_sets + s->mebx_sets + s->commits, 0);
		assert_int_equal(sim_dev_state(w.devs[0].dev), rows[i].state);
		world_deinit(&w);
	}
}

static void tells_the_certificate_of_321(void **state)
{
	(void)state;
	static const struct {
		const char *generation, *fault;
		bool told;
	} rows[] = {
		{ "3.2.1", "cert_321", true },
		{ "3.2.1", NULL, false },
		{ "9.0", NULL, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w;
		char line[2048];
		world_init(&w, 720 + i);
		world_start_service(&w);
		world_add(&w, rows[i].generation, SIM_SETUP_PKI, rows[i].fault, NULL);
		if (!world_run_until_done(&w, 12 * HOUR_MS)) {
			world_print(&w);
			fail_msg("row %zu: not configured", i);
		}
		bool told = world_event(&w, w.devs[0].uuid, "engine.odd_certificate", "rule=D062",
					line, sizeof line);
		if (told != rows[i].told)
			world_print(&w);
		if (told != rows[i].told)
			fail_msg("row %zu: told %d", i, told);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_the_old_interface),
		cmocka_unit_test(tells_the_certificate_of_321),
	};
	return cmocka_run_group_tests_name("scenario/legacy", tests, NULL, NULL);
}
