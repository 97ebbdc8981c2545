/* What is done to configured PCs: a new admin password, a new TLS certificate. On each kind of PC, with
 * the service dying at every point, and the PC losing nothing. */
#include "parts.h"

#include "base/clk.h"
#include "base/fault.h"

#include "../support/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define YEAR_MS (365LL * 24 * 3600 * 1000)
#define HOUR_MS (3600 * 1000LL)

static const char *const generations[] = { "3.2.1", "5.0", "7.1", "9.5", "11.8", "16.1", "22.0" };
#define GENERATIONS (sizeof generations / sizeof *generations)

struct was {
	uint8_t leaf[32];
	char credential[64], serial[80];
	unsigned credentials; /* of the admin, whatever their state */
};

static void current(struct world *w, unsigned i, struct was *out)
{
	struct arena a;
	struct store_credential c, all[32];
	struct store_device d;
	struct span leaf;
	arena_init(&a, 1 << 20);
	parts_current(w, i, &a, &c);
	snprintf(out->credential, sizeof out->credential, "%s", c.id);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	out->credentials = store_credential_list(w->store, &a, w->devs[i].uuid, "admin", 32, all);
	snprintf(out->serial, sizeof out->serial, "%s", d.serial);
	assert_true(sim_dev_leaf(w->devs[i].dev, &leaf));
	hash_of(HASH_SHA256, leaf, out->leaf);
	arena_deinit(&a);
}

/* Another key each time, as a real one would be. */
static struct pki_key *next_key(unsigned bits, struct err *e)
{
	static const int keys[] = { TEST_KEY_2048_A, TEST_KEY_2048_B, TEST_KEY_2048_C,
				    TEST_KEY_2048_D, TEST_KEY_2048_E };
	static unsigned n;
	(void)bits, (void)e;
	return pki_key_ref(test_chain_key(keys[n++ % 5]));
}

static void fill(struct world *w)
{
	w->make_key = next_key;
}

static bool run_job(struct world *w, unsigned i, const char *kind)
{
	watch_forget(&w->watch, i); /* its former password is proven: another one is no mistake */
	parts_add_job(w, i, kind);
	for (int k = 0; k < 24 * 3600 && !parts_job_is_done(w); k++)
		world_run_ms(w, 1000);
	return parts_job_is_done(w);
}

/* Ours in the PC: the one that it shows, and no other. */
static void expect_one_leaf(struct world *w, unsigned i)
{
	char notes[1024], text[1024];
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(w, i, notes, sizeof notes);
	if (strstr(notes, "old_certificates"))
		fail_msg("an old certificate stays: %s", notes);
}

static void check(struct world *w, unsigned i, const char *kind, const struct was *before,
		  const char *name)
{
	struct was now;
	world_check_ways(w, i); /* the current password opens it, its leaf is the stored one */
	current(w, i, &now);
	bool renew = strcmp(kind, "renew_certificate") == 0;
	if (!strcmp(now.credential, before->credential))
		fail_msg("%s: the credential is the old one", name);
	if (renew == !memcmp(now.leaf, before->leaf, 32))
		fail_msg("%s: the leaf is %s", name, renew ? "the old one" : "another one");
	if (renew == !strcmp(now.serial, before->serial))
		fail_msg("%s: the serial is %s", name, now.serial);
	assert_true(sim_dev_get_stats(w->devs[i].dev)->max_failed_in_window < 3);
	assert_int_equal(sim_dev_get_stats(w->devs[i].dev)->parallel_requests, 0);
}

/* One job, one new credential, also after a death. */
static void check_once(struct world *w, unsigned i, const struct was *before, const char *name)
{
	struct was now;
	current(w, i, &now);
	if (now.credentials != before->credentials + 1)
		fail_msg("%s: %u credentials after %u", name, now.credentials, before->credentials);
}

static void check_same(struct world *w, unsigned i, const struct was *before)
{
	struct was now;
	current(w, i, &now);
	assert_string_equal(now.credential, before->credential);
	assert_string_equal(now.serial, before->serial);
}

static void each_generation(const char *kind)
{
	for (size_t g = 0; g < GENERATIONS; g++) {
		struct world w;
		struct was before;
		unsigned i = parts_start_with(&w, generations[g],
					      "power: {idle_wake_minutes: 10}\n", NULL, fill);
		/* several times: slots do not run out */
		for (int n = 0; n < 4; n++) {
			current(&w, i, &before);
			if (!run_job(&w, i, kind)) {
				world_print(&w);
				fail_msg("%s, %s, time %d: not done", kind, generations[g], n);
			}
			check(&w, i, kind, &before, generations[g]);
			check_once(&w, i, &before, generations[g]);
			if (n == 3)
				expect_one_leaf(&w, i);
		}
		world_deinit(&w);
	}
}

static void renews_the_certificate(void **state)
{
	(void)state;
	each_generation("renew_certificate");
}

static void rotates_the_password(void **state)
{
	(void)state;
	each_generation("rotate_password");
}

static void survives(const char *kind)
{
	static const char *const points[] = { "engine.store", "engine.stored", "engine.send",
					      "engine.reply", "death.send",    "death.half_sent",
					      "death.sent",   "death.reply",   "death.half_reply",
					      "death.lost",   "death.torn",    "death.unreported" };
	unsigned deaths = 0;
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : 3;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
		for (int n = 1 + (int)p % step; n < 200; n += step) {
			struct world w;
			struct was before;
			const char *g = generations[p % GENERATIONS];
			unsigned i = parts_start_with(&w, g, "", NULL, fill);
			current(&w, i, &before);
			fault_arm(points[p], n);
			bool ok = run_job(&w, i, kind);
			bool fired = w.dead;
			fault_disarm();
			if (!ok) {
				world_print(&w);
				fail_msg("%s, %s: %s %d: not done", kind, g, points[p], n);
			}
			check(&w, i, kind, &before, g);
			check_once(&w, i, &before, g);
			world_deinit(&w);
			deaths += fired;
			if (!fired)
				break;
		}
	}
	print_message("%s: %u deaths\n", kind, deaths);
	assert_true(deaths > 20);
}

static void renewal_survives_every_death(void **state)
{
	(void)state;
	survives("renew_certificate");
}

static void rotation_survives_every_death(void **state)
{
	(void)state;
	survives("rotate_password");
}

static bool job_is(struct world *w, const char *id, const char *state)
{
	struct arena a;
	struct store_job j;
	arena_init(&a, 65536);
	assert_true(store_job_get(w->store, &a, id, &j));
	bool is = strcmp(j.state, state) == 0;
	arena_deinit(&a);
	return is;
}

static void set_fault(struct world *w, unsigned i, const char *text)
{
	struct err e = { 0 };
	if (!sim_dev_fault(w->devs[i].dev, span_str(text), &e))
		fail_msg("%s", e.msg);
}

/* A renewal that the network breaks off at its nth request, a job of another kind, and the rest of the
 * renewal. False: it has less requests. */
static bool broken_off(const char *generation, unsigned n, const char *kind)
{
	struct world w;
	struct was before;
	char id[32], name[96];
	unsigned i = parts_start_with(&w, generation, "", NULL, fill);
	const struct sim_dev_stats *stats = sim_dev_get_stats(w.devs[i].dev);
	unsigned sets = stats->admin_sets, requests = stats->requests;
	bool off = false;

	snprintf(name, sizeof name, "%s: %s within a renewal, request %u", generation, kind, n);
	current(&w, i, &before);
	watch_forget(&w.watch, i);
	parts_add_job(&w, i, "renew_certificate");
	snprintf(id, sizeof id, "parts-job-%u", w.job_count);
	/* The requests are counted in every ms; a look into the database costs more than many of these. */
	for (int k = 0; k < 600 * 1000 &&
	     (k % 50 != 0 || (!job_is(&w, id, "delayed") && !job_is(&w, id, "done")));
	     k++) {
		if (!off && stats->requests - requests >= n) {
			set_fault(&w, i, "drop_before=1,refuse=50");
			off = true;
		}
		world_run_ms(&w, 1);
	}
	bool delayed = job_is(&w, id, "delayed");
	set_fault(&w, i, "none");
	if (delayed && !run_job(&w, i, kind))
		fail_msg("%s: not done", name);
	watch_forget(&w.watch, i);
	for (int k = 0; k < 24 * 60 && !job_is(&w, id, "done"); k++)
		world_run_ms(&w, 60 * 1000);
	if (!job_is(&w, id, "done")) {
		world_print(&w);
		fail_msg("%s: the renewal is not done", name);
	}
	check(&w, i, "renew_certificate", &before, name);
	unsigned want = sets + (delayed && strcmp(kind, "rotate_password") == 0);
	if (stats->admin_sets != want)
		fail_msg("%s: the password was set %u times", name, stats->admin_sets - sets);
	expect_one_leaf(&w, i);
	world_deinit(&w);
	return delayed;
}

/* Each job proves its own purpose only: a rotation does not take the password of a renewal for a new one,
 * nor does it end the renewal, which then would add the key a second time. */
static void other_jobs_come_within_a_renewal(void **state)
{
	static const char *const kinds[] = { "rotate_password", "configure", "check" };
	static const char *const on[] = { "5.0", "11.8" };
	unsigned step = getenv("OUTBAND_CRASH_ALL") ? 1 : 3, worlds = 0;

	(void)state;
	for (unsigned k = 0; k < 3; k++)
		for (unsigned g = 0; g < 2; g++)
			for (unsigned n = 1 + (k + g) % step; broken_off(on[g], n, kinds[k]);
			     n += step)
				worlds++;
	print_message("%u renewals were broken off\n", worlds);
	assert_true(worlds > 20);
}

/* By the clock: a certificate that ends within the days of the setting, a password that is so old. A
 * certificate whose whole life is within those days is left alone for the first half of it. */
static void comes_by_itself(void **state)
{
	static const struct {
		const char *key, *value, *kind;
	} rows[] = { { "certificate.renew_days", "3650", "renew_certificate" },
		     { "password.rotate_days", "2", "rotate_password" } };
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct world w;
		struct was before;
		unsigned i = parts_start_with(&w, "11.8", "", NULL, fill);
		current(&w, i, &before);
		world_run_ms(&w, 2 * HOUR_MS);
		check_same(&w, i, &before);
		world_set(&w, rows[k].key, rows[k].value);
		watch_forget(&w.watch, i);
		if (k == 0) {
			world_run_ms(&w, 2 * HOUR_MS);
			check_same(&w, i, &before);
			clk_fake_step_unix_ms(5 * YEAR_MS);
		}
		world_run_ms(&w, k ? 47 * HOUR_MS : 2 * HOUR_MS);
		check(&w, i, rows[k].kind, &before, rows[k].key);
		check_once(&w, i, &before, rows[k].key);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renews_the_certificate),
		cmocka_unit_test(rotates_the_password),
		cmocka_unit_test(comes_by_itself),
		cmocka_unit_test(other_jobs_come_within_a_renewal),
		cmocka_unit_test(renewal_survives_every_death),
		cmocka_unit_test(rotation_survives_every_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
