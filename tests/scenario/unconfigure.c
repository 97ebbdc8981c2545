/* The way back: full and partial, on each kind of PC, refused, blocked, unanswered, with the service
 * dying at every point; and the PC is not configured again until somebody approves. */
#include "parts.h"

#include "base/clk.h"
#include "base/fault.h"
#include "sim/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

static void expect_archived(struct world *w, unsigned i, bool full)
{
	unsigned kept = 0;
	struct arena a;
	struct store_credential rows[64];
	struct store_cert certs[16];
	struct store_device d;
	arena_init(&a, 1 << 20);
	unsigned n = store_credential_list(w->store, &a, w->devs[i].uuid, NULL, 64, rows);
	assert_true(n >= 2);
	for (unsigned k = 0; k < n; k++)
		if (strcmp(rows[k].state, "previous") == 0)
			kept++;
		else
			assert_string_equal(rows[k].state, "archived");
	/* a partial one leaves the admin password in the PC */
	assert_int_equal(kept, full ? 0 : 1);
	n = store_cert_list(w->store, &a, "device", w->devs[i].uuid, 16, certs);
	assert_true(n >= 1);
	for (unsigned k = 0; k < n; k++)
		assert_string_not_equal(certs[k].state, "current");
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	assert_false(d.approved);
	arena_deinit(&a);
}

static const struct {
	const char *name, *generation, *kind, *switches;
	enum sim_state after;
} rows[] = {
	{ "full, PSK", "5.0", "unconfigure", "", SIM_SETUP_PKI }, /* the pair is gone */
	{ "partial, PSK", "5.0", "unconfigure_partial", "", SIM_SETUP_PSK },
	{ "full, PKI", "11.8", "unconfigure", "", SIM_SETUP_PKI },
	{ "partial, 16.1", "16.1", "unconfigure_partial", "", SIM_SETUP_PKI },
	{ "full, 22", "22.0", "unconfigure", "", SIM_SETUP_PKI },
	{ "full, silent", "11.8", "unconfigure", "unprovision=silent", SIM_CHANGED },
	{ "partial, silent", "5.0", "unconfigure_partial", "unprovision=silent", SIM_CHANGED },
};
#define ROWS (sizeof rows / sizeof *rows)

static unsigned start(struct world *w, size_t k)
{
	unsigned i = parts_start_with(w, rows[k].generation, "", rows[k].switches, NULL);
	return i;
}

static void goes_back_and_is_held(void **state)
{
	(void)state;
	for (size_t k = 0; k < ROWS; k++) {
		struct world w;
		char line[512];
		unsigned i = start(&w, k);
		parts_add_job(&w, i, rows[k].kind);
		if (!parts_run_until(&w, i, "unconfigured", HOUR_MS) &&
		    !parts_state_is(&w, i, "approval")) {
			world_print(&w);
			fail_msg("%s: not unconfigured", rows[k].name);
		}
		assert_int_equal(sim_dev_state(w.devs[i].dev), rows[k].after);
		expect_archived(&w, i, strcmp(rows[k].kind, "unconfigure") == 0);
		assert_true(world_event(&w, w.devs[i].uuid, "device.unconfigured", "archived", line,
					sizeof line));
		assert_true(world_event(&w, w.devs[i].uuid, "unconfigure.loses", "certificate",
					line, sizeof line));
		/* hellos of a day change nothing */
		world_run_ms(&w, 24 * HOUR_MS);
		assert_int_not_equal(sim_dev_state(w.devs[i].dev), SIM_CONFIGURED);
		world_deinit(&w);
	}
}

/* Approved, it is configured by what it has: after a partial one the password of before. */
static void is_configured_again(void **state)
{
	(void)state;
	for (size_t k = 0; k < ROWS; k++) {
		struct world w;
		if (strstr(rows[k].name, "silent") || strcmp(rows[k].name, "full, PSK") == 0)
			continue; /* says no hello; lost its pair, so another key would be needed */
		unsigned i = start(&w, k);
		parts_add_job(&w, i, rows[k].kind);
		assert_true(parts_run_until(&w, i, "unconfigured", HOUR_MS) ||
			    parts_state_is(&w, i, "approval"));
		watch_forget(&w.watch, i);
		struct store_tx *tx = store_tx_new(w.store);
		store_tx_device_int(tx, w.devs[i].uuid, STORE_DEVICE_APPROVED, 1);
		store_tx_commit(tx, NULL, NULL);
		if (!parts_run_until(&w, i, "configured", 3 * HOUR_MS)) {
			world_print(&w);
			fail_msg("%s: not configured again", rows[k].name);
		}
		world_check_ways(&w, i);
		assert_true(sim_dev_get_stats(w.devs[i].dev)->max_failed_in_window < 2);
		world_deinit(&w);
	}
}

static void only_looks(void **state)
{
	struct world w;
	char line[512];
	(void)state;
	unsigned i = parts_start(&w, "9.5", "");
	unsigned before = parts_changes(&w, i);
	parts_add_job(&w, i, "unconfigure_look");
	world_run_ms(&w, HOUR_MS);
	assert_true(world_event(&w, w.devs[i].uuid, "unconfigure.loses", "admin password", line,
				sizeof line));
	assert_int_equal(parts_changes(&w, i), before);
	assert_true(parts_state_is(&w, i, "configured"));
	parts_stop(&w);
}

/* The PC says no, or its auditor does: it stays configured and is not held. */
static void a_no_leaves_it_as_it_was(void **state)
{
	static const char *const faults[] = { "unprovision_refused=16",
					      "unprovision_refused=2076" };
	static const char *const expect[] = { "NOT_PERMITTED", "BLOCKING_COMPONENT: Audit log" };
	(void)state;
	for (int f = 0; f < 2; f++) {
		struct world w;
		struct err e = { 0 };
		struct arena a;
		struct store_device d;
		char line[768];
		unsigned i = parts_start(&w, "11.8", "");
		assert_true(sim_dev_fault(w.devs[i].dev, span_str(faults[f]), &e));
		parts_add_job(&w, i, "unconfigure");
		world_run_ms(&w, 20000);
		if (!world_event(&w, w.devs[i].uuid, "job.delayed", expect[f], line, sizeof line)) {
			world_print(&w);
			fail_msg("%s: not told", faults[f]);
		}
		arena_init(&a, 65536);
		assert_true(store_device_get(w.store, &a, w.devs[i].uuid, &d));
		assert_true(d.approved);
		arena_deinit(&a);
		assert_true(parts_state_is(&w, i, "configured"));
		parts_stop(&w);
	}
}

/* The service dies at each point in turn; the PC goes on. In the end it is unconfigured and held. */
static void survives_every_death(void **state)
{
	static const char *const points[] = { "engine.store", "engine.stored", "engine.send",
					      "engine.reply", "death.send",    "death.half_sent",
					      "death.sent",   "death.reply",   "death.half_reply",
					      "death.lost",   "death.torn",    "death.unreported" };
	unsigned deaths = 0;
	(void)state;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
		for (int n = 1; n < 60; n++) {
			struct world w;
			unsigned i = start(&w, p % ROWS);
			fault_arm(points[p], n);
			parts_add_job(&w, i, rows[p % ROWS].kind);
			bool ok = parts_run_until(&w, i, "unconfigured", 24 * HOUR_MS) ||
				parts_state_is(&w, i, "approval");
			bool fired = w.dead;
			fault_disarm();
			if (!ok) {
				world_print(&w);
				fail_msg("%s %d (%s): not unconfigured", points[p], n,
					 rows[p % ROWS].name);
			}
			world_run_ms(&w, 2 * HOUR_MS);
			assert_int_equal(sim_dev_state(w.devs[i].dev), rows[p % ROWS].after);
			expect_archived(&w, i, strcmp(rows[p % ROWS].kind, "unconfigure") == 0);
			world_deinit(&w);
			deaths += fired;
			if (!fired)
				break;
		}
	}
	print_message("%u deaths\n", deaths);
	assert_true(deaths > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_back_and_is_held),
		cmocka_unit_test(is_configured_again),
		cmocka_unit_test(only_looks),
		cmocka_unit_test(a_no_leaves_it_as_it_was),
		cmocka_unit_test(survives_every_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
