/* Blast radius: of random fleets and random lists of home domains, the PCs that a check says would go dark
 * are those that the simulator loses, where they are or in a network that they were seen in before, no more
 * and no fewer; and none is lost that nobody accepted.
 * OUTBAND_BLAST_SEEDS=1000 takes so many fleets. */
#include "parts.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)
#define FLEET   4

static const char *const sites[] = { "example.com", "branch.example.com", "ad.example.com",
				     "elsewhere.example" };

static bool is_up(struct world *w, unsigned i)
{
	struct pki_tls_server conf;
	return sim_dev_accept(w->devs[i].dev, 16993, &conf) == SIM_ACCEPT_TLS;
}

/* "home_domains: {suffixes: [..]}" with some of the sites; sometimes the empty list. */
static void random_profile(struct rng *rng, char *out, size_t cap)
{
	uint64_t bits = rng_u64(rng);
	int n = snprintf(out, cap, "home_domains: {suffixes: [");
	bool first = true;
	for (unsigned k = 0; k < 4; k++) {
		if (!(bits >> k & 1))
			continue;
		n += snprintf(out + n, cap - (size_t)n, "%s%s", first ? "" : ", ", sites[k]);
		first = false;
	}
	snprintf(out + n, cap - (size_t)n, "]}\n");
}

static void add_fleet(struct world *w, struct rng *rng)
{
	static const char *const generations[] = { "5.0", "9.5" };
	for (unsigned k = 0; k < FLEET - 1; k++) {
		uint64_t r = rng_u64(rng);
		world_add_with(w,
			       &(struct world_want){ .generation = generations[r % 2],
						     .state = SIM_SETUP_PSK,
						     .suffix = sites[r / 2 % 4] });
	}
	if (!world_run_until_done(w, HOUR_MS))
		fail_msg("the fleet is not configured");
}

/* Networks that each PC was in before: bits of sites. The service was told by an import, or saw it. */
static unsigned add_past(struct world *w, struct rng *rng, unsigned i)
{
	unsigned bits = rng_below(rng, 3) ? 0 : (unsigned)rng_below(rng, 16);
	struct store_tx *tx = store_tx_new(w->store);
	for (unsigned k = 0; k < 4; k++)
		if (bits >> k & 1)
			store_tx_suffix_set(tx, w->devs[i].uuid, sites[k], "import", clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	return bits;
}

/* Here, and wherever it was before. */
static bool is_up_everywhere(struct world *w, unsigned i, unsigned past)
{
	bool up = is_up(w, i);
	for (unsigned k = 0; k < 4 && up; k++)
		if (past >> k & 1) {
			sim_dev_move(w->devs[i].dev, sites[k]);
			up = is_up(w, i);
		}
	return up;
}

static void loses_what_was_said(void **state)
{
	const char *wish = getenv("OUTBAND_BLAST_SEEDS");
	long seeds = wish ? strtol(wish, NULL, 10) : 25;
	unsigned lost = 0, kept = 0;
	(void)state;
	for (long seed = 1; seed <= seeds; seed++) {
		struct world w;
		struct rng rng;
		char tail[256], text[1024], why[512];
		bool dark[FLEET];
		unsigned past[FLEET];
		rng_seed(&rng, (uint64_t)seed);
		parts_start(&w, "9.5", "");
		add_fleet(&w, &rng);
		random_profile(&rng, tail, sizeof tail);
		parts_profile(&w, tail);
		for (unsigned i = 0; i < FLEET; i++) {
			past[i] = add_past(&w, &rng, i);
			parts_drift(&w, i, text, sizeof text);
			parts_notes(&w, i, text, sizeof text);
			dark[i] = strstr(text, "would go dark") != NULL;
			/* nobody accepted it: nothing is lost */
			bool ok = parts_apply(&w, i, why, sizeof why);
			assert_true(is_up(&w, i));
			if (ok == dark[i])
				fail_msg("seed %ld, PC %u: said %s, apply %s", seed, i,
					 dark[i] ? "dark" : "fine", ok ? "went" : why);
		}
		for (unsigned i = 0; i < FLEET; i++) {
			parts_apply_accepting(&w, i, why, sizeof why);
			bool up = is_up_everywhere(&w, i, past[i]);
			if (up == dark[i])
				fail_msg("seed %ld, PC %u: said %s, is %s (%s)", seed, i,
					 dark[i] ? "dark" : "fine", up ? "up" : "dark", tail);
			lost += dark[i];
			kept += !dark[i];
		}
		world_deinit(&w);
	}
	print_message("%ld fleets: %u PCs said to be lost and lost, %u kept\n", seeds, lost, kept);
	assert_true(lost > 10 && kept > 10);
}

/* A PC that moved is remembered: what it saw at the look before counts at the next one. */
static void remembers_where_it_was(void **state)
{
	struct world w;
	char text[1024], why[512];
	(void)state;
	unsigned i = parts_start(&w, "9.5", "");
	sim_dev_move(w.devs[i].dev, "branch.example.com");
	parts_profile(&w, "home_domains: {suffixes: [branch.example.com]}\n");
	parts_drift(&w, i, text, sizeof text);
	parts_notes(&w, i, text, sizeof text);
	assert_null(strstr(text, "would go dark"));
	sim_dev_move(w.devs[i].dev, "example.com");
	parts_profile(&w, "home_domains: {suffixes: [example.com]}\n");
	parts_drift(&w, i, text, sizeof text);
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(
		strstr(text, "would go dark: it was seen with the DNS suffix branch.example.com"));
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "branch.example.com"));
	parts_profile(&w, "home_domains: {suffixes: [example.com, branch.example.com]}\n");
	assert_true(parts_apply(&w, i, why, sizeof why));
	parts_stop(&w);
}

/* An address of its own that is not the one where the service reaches it. */
static void moves_away(void **state)
{
	struct world w;
	char text[1024], why[512];
	(void)state;
	unsigned i = parts_start(&w, "9.5", "");
	parts_profile(&w, "ethernet: {dhcp: off, address: 192.0.2.10, mask: 255.255.255.0}\n");
	parts_drift(&w, i, text, sizeof text);
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "would go dark: it would have the address 192.0.2.10"));
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_true(sim_dev_is_at(w.devs[i].dev, w.devs[i].address));
	/* the one that it has is no loss */
	snprintf(text, sizeof text, "ethernet: {dhcp: off, address: %s, mask: 255.255.255.0}\n",
		 w.devs[i].address);
	parts_profile(&w, text);
	assert_true(parts_apply(&w, i, why, sizeof why));
	assert_true(sim_dev_is_at(w.devs[i].dev, w.devs[i].address));
	/* accepted, it is lost indeed */
	parts_profile(&w, "ethernet: {dhcp: off, address: 192.0.2.10, mask: 255.255.255.0}\n");
	parts_apply_accepting(&w, i, why, sizeof why);
	assert_false(sim_dev_is_at(w.devs[i].dev, w.devs[i].address));
	assert_false(parts_job(&w, i, "check", why, sizeof why));
	parts_forget();
	world_deinit(&w);
}

static void last_words(struct world *w, unsigned i, char *out, size_t cap)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 18);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	snprintf(out, cap, "%s %s", d.health_rule, d.health);
	arena_deinit(&a);
}

static unsigned open_jobs(struct world *w)
{
	return (unsigned)(store_job_count(w->store, "queued") +
			  store_job_count(w->store, "running") +
			  store_job_count(w->store, "delayed"));
}

/* No job waits for a PC that was lost on purpose; when it is there again, one look brings it back. */
static void comes_back(void **state)
{
	struct world w;
	char text[1024], why[512];
	(void)state;
	unsigned i = parts_start(&w, "9.5", "");
	world_set(&w, "password.rotate_days", "1");
	world_set(&w, "drift.check_h", "24");
	assert_true(parts_job(&w, i, "check", why, sizeof why)); /* from now on once a day */
	parts_profile(&w, "home_domains: {suffixes: [elsewhere.example]}\n");
	assert_false(parts_apply_accepting(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "is dark since 20"));
	assert_non_null(strstr(why, "accepted by"));
	last_words(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "D125 device"));
	/* days later still: looks come and go, passwords are left alone */
	world_run_ms(&w, 72 * HOUR_MS);
	assert_int_equal(open_jobs(&w), 0);
	assert_in_range(store_job_count(w.store, "cancelled"), 3, 10);
	last_words(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "is dark since 20"));
	/* back in a network that it takes for its home: the next look finds it */
	sim_dev_move(w.devs[i].dev, "elsewhere.example");
	watch_forget(&w.watch, i); /* its password is overdue: it gets another one */
	world_run_ms(&w, 26 * HOUR_MS);
	last_words(&w, i, text, sizeof text);
	assert_string_equal(text, " ");
	/* from now on its silence is trouble again */
	sim_dev_move(w.devs[i].dev, "example.com");
	assert_false(parts_job(&w, i, "check", why, sizeof why));
	assert_null(strstr(why, "dark"));
	parts_forget();
	world_deinit(&w);
}

static unsigned dark_marks(struct world *w, unsigned i)
{
	struct store_mark m;
	struct arena a;
	arena_init(&a, 1 << 18);
	unsigned n = store_mark_list(w->store, &a, w->devs[i].uuid, ENGINE_MARK_DARK, 1, &m);
	arena_deinit(&a);
	return n;
}

/* Somebody goes there, clears it and starts its setup anew: its hello brings it back, configured, long before
 * the next look by the clock. */
static void comes_back_by_hello(void **state)
{
	struct world w;
	struct err e = { 0 };
	char text[1024], why[512], line[512];
	(void)state;
	unsigned i = parts_start(&w, "9.5", "");
	parts_profile(&w, "home_domains: {suffixes: [elsewhere.example]}\n");
	assert_false(parts_apply_accepting(&w, i, why, sizeof why));
	assert_int_equal(dark_marks(&w, i), 1);
	world_run_ms(&w, 2 * HOUR_MS);
	assert_false(world_event(&w, w.devs[i].uuid, "device.answers", "job=", line, sizeof line));
	parts_profile(&w, "home_domains: {suffixes: [example.com]}\n");
	unsigned hellos = w.hello_count;
	assert_true(sim_dev_to_state(w.devs[i].dev, SIM_FACTORY, &e));
	assert_true(sim_dev_to_state(w.devs[i].dev, SIM_SETUP_PKI, &e));
	watch_forget(&w.watch, i);
	world_run_ms(&w, HOUR_MS);
	assert_true(w.hello_count > hellos);
	if (!parts_state_is(&w, i, "configured") || dark_marks(&w, i) != 0) {
		world_print(&w);
		fail_msg("it is still dark");
	}
	assert_true(world_event(&w, w.devs[i].uuid, "device.answers", "job=", line, sizeof line));
	last_words(&w, i, text, sizeof text);
	assert_string_equal(text, " ");
	assert_int_equal(open_jobs(&w), 0);
	assert_int_equal(sim_dev_state(w.devs[i].dev), SIM_CONFIGURED);
	world_check_ways(&w, i);
	/* its silence is trouble again */
	sim_dev_move(w.devs[i].dev, "elsewhere.example");
	assert_false(parts_job(&w, i, "check", why, sizeof why));
	assert_null(strstr(why, "dark"));
	parts_forget();
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_what_was_said), cmocka_unit_test(remembers_where_it_was),
		cmocka_unit_test(moves_away),          cmocka_unit_test(comes_back),
		cmocka_unit_test(comes_back_by_hello),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
