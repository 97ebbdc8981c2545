/* Refusals in the in-process world: each ends as an event with its rule, what was seen, what was
 * wanted and what to do; the job waits with its time, the service serves the others, and once the
 * cause is mended the device gets configured. Then what silence, wrong logins and a swapped address do. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)

#define OTHER 1 /* index of the device that nothing is wrong with */

struct refusal {
	const char *name, *rule;
	struct world_want want;
	const char *chain;               /* row of test_chains; NULL: none */
	void (*before)(struct world *w); /* device 0 exists, the service does not yet */
	void (*mend)(struct world *w);   /* NULL: nothing of ours can */
	const char *event;
	const char *seen, *expected, *hint; /* parts of what the operator reads */
};

/* ---- before and after ---- */

static void spend_key(struct world *w)
{
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_psk_use(tx, w->devs[0].pid, "4c4c4544-0000-0000-0000-000000000001", clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
}

static void release_key(struct world *w)
{
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_psk_release(tx, w->devs[0].pid);
	store_tx_commit(tx, NULL, NULL);
	world_retry(w, 0);
}

static void add_key(struct world *w)
{
	world_add_key(w, w->devs[0].pid, w->devs[0].pps, "Mebx!pass1");
	world_retry(w, 0);
}

static void pki_off(struct world *w)
{
	world_set(w, "pki.enabled", "false");
}

static void pki_on(struct world *w)
{
	world_set(w, "pki.enabled", "true");
	world_retry(w, 0);
}

static void good_chain(struct world *w)
{
	world_set_chain(w, "good");
	world_retry(w, 0);
}

static void good_name(struct world *w)
{
	world_set_name(w, 0, "host0.example.com");
	world_retry(w, 0);
}

/* The row as an import that lost its key left it. */
static void lose_private_key(struct world *w)
{
	struct arena a;
	struct store_cert c;
	arena_init(&a, 1 << 20);
	assert_true(store_cert_get(w->store, &a, "test", &c));
	c.sealed_key = span_make("", 0);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_cert_put(tx, &c);
	store_tx_commit(tx, NULL, NULL);
	arena_deinit(&a);
}

static void faults_off(struct world *w)
{
	struct err e = { 0 };
	if (!sim_dev_fault(w->devs[0].dev, span_str("none"), &e))
		fail_msg("%s", e.msg);
}

#define PKI                                                  \
	{                                                    \
		.generation = "11.8", .state = SIM_SETUP_PKI \
	}
#define PSK   .generation = "9.5", .state = SIM_SETUP_PSK
#define EARLY "engine.refused"
#define LATE  "job.delayed" /* the PC has judged */

#define SITE .generation = "11.8", .state = SIM_SETUP_PKI
#define OLD  .generation = "5.0", .state = SIM_SETUP_PKI
#define NEW  .generation = "16.1", .state = SIM_SETUP_PKI

static const struct refusal refusals[] = {
	{ "PID unknown",
	  "D043",
	  { PSK, .no_key = true },
	  "good",
	  NULL,
	  add_key,
	  EARLY,
	  "PID ",
	  "a key pair with this PID",
	  "key import" },
	{ "PID used by another",
	  "D044",
	  { PSK },
	  "good",
	  spend_key,
	  release_key,
	  EARLY,
	  "used by 4c4c4544-0000-0000-0000-000000000001",
	  "an unused key",
	  "key list --used" },
	{ "PKI switched off", "D070", PKI, "good", pki_off, pki_on, EARLY, "pki.enabled = false",
	  "pki.enabled = true", "setting set pki.enabled true" },
	{ "no certificate", "D056", PKI, NULL, NULL, good_chain, EARLY, "no certificate stored",
	  "1 hashes of the hello", "hash list" },
	{ "root not in the list",
	  "D056",
	  { SITE, .fault = "root_not_in_list" },
	  "good",
	  NULL,
	  faults_off,
	  EARLY,
	  "root 'Test Root', SHA-256",
	  "1 root hashes",
	  "hash list" },
	{ "certificate expired", "D059", PKI, "leaf expired", NULL, good_chain, EARLY,
	  "'setup.example.com' ended 2026-11-17", "valid today", "cert import" },
	{ "not yet valid", "D059", PKI, "leaf not yet valid", NULL, good_chain, EARLY,
	  "'setup.example.com' begins 2026-11-19", "valid today", "cert import" },
	{ "intermediate expired", "D059", PKI, "intermediate expired", NULL, good_chain, EARLY,
	  "'Test Issuing CA' ended", "valid today", "cert import" },
	{ "no serverAuth", "D053", PKI, "no serverAuth", NULL, good_chain, EARLY,
	  "extended key usage: AMT", "serverAuth", "order the certificate again" },
	{ "no OU, no OID", "D054", PKI, "no OU, no OID", NULL, good_chain, EARLY,
	  "CN=setup.example.com,O=Example", "Intel(R) Client Setup Certificate",
	  "order the certificate again" },
	{ "leaf alone", "D058", PKI, "leaf alone", NULL, good_chain, EARLY,
	  "issued by 'CN=Test Issuing CA", "a self-signed root", "intermediate and root" },
	{ "intermediate left out", "D058", PKI, "intermediate left out", NULL, good_chain, EARLY,
	  "issued by 'CN=Test Issuing CA", "a self-signed root", "intermediate and root" },
	{ "4096 bits, AMT 5",
	  "D060",
	  { OLD },
	  "leaf of 4096 bits",
	  NULL,
	  good_chain,
	  LATE,
	  "bad certificate",
	  "likely AMT 5: 1024 to 2048 bits",
	  "has a key of 4096 bits; else" },
	{ "1024 bits, AMT 16",
	  "D060",
	  { NEW },
	  "leaf of 1024 bits",
	  NULL,
	  good_chain,
	  LATE,
	  "bad certificate",
	  "likely AMT 16: at least 2048 bits",
	  "has a key of 1024 bits; else" },
	{ "SHA-1, AMT 16",
	  "M01",
	  { NEW },
	  "SHA-1 leaf",
	  NULL,
	  good_chain,
	  LATE,
	  "bad certificate",
	  "likely AMT 16: SHA-256",
	  "is signed with SHA-1; else" },
	{ "private key missing", "D066", PKI, "good", lose_private_key, good_chain, EARLY,
	  "no private key", "the private key of the leaf", "export it with its key" },
	{ "another domain", "D057", PKI, "CN of another domain", NULL, good_chain, LATE,
	  "bad certificate", "suffix fits setup.example.net (likely", "DHCP option 15" },
	{ "suffix",
	  "D057",
	  { SITE, .fault = "suffix_untrusted" },
	  "good",
	  NULL,
	  faults_off,
	  LATE,
	  "bad certificate",
	  "suffix fits setup.example.com (likely",
	  "DHCP option 15" },
	{ "FQDN illegal, PSK",
	  "D050",
	  { PSK, .fqdn = "host_0.example.com" },
	  "good",
	  NULL,
	  good_name,
	  EARLY,
	  "host_0.example.com",
	  "letters, digits, minus",
	  "rename the PC" },
	{ "FQDN illegal, PKI",
	  "D050",
	  { SITE, .fqdn = "host 0.example.com" },
	  "good",
	  NULL,
	  good_name,
	  EARLY,
	  "host 0.example.com",
	  "letters, digits, minus",
	  "rename the PC" },
	{ "FQDN unknown, PSK",
	  "D076",
	  { PSK, .no_name = true },
	  "good",
	  NULL,
	  good_name,
	  EARLY,
	  "no mapping for this UUID",
	  "uuid,fqdn",
	  "device import FILE" },
	{ "FQDN unknown, PKI",
	  "D076",
	  { SITE, .no_name = true },
	  "good",
	  NULL,
	  good_name,
	  EARLY,
	  "no mapping for this UUID",
	  "uuid,fqdn",
	  "device import FILE" },
	{ "wrong MEBx password",
	  "D051",
	  { PSK, .mebx_password = "0ther!Pass" },
	  "good",
	  NULL,
	  NULL,
	  LATE,
	  "the login was refused, 1 in the window",
	  "a login as admin",
	  "key import" },
	{ "admin password that nobody knows, PSK",
	  "D051",
	  { PSK, .fault = "bad_admin_pw" },
	  "good",
	  NULL,
	  NULL,
	  LATE,
	  "the login was refused, 1 in the window",
	  "a login as admin",
	  "key import" },
	{ "admin password that nobody knows, PKI",
	  "D051",
	  { SITE, .fault = "bad_admin_pw", .switches = "pki_digest=strict" },
	  "good",
	  NULL,
	  NULL,
	  LATE,
	  "the login was refused, 2 in the window",
	  "a login as admin",
	  "MEBx" },
};

static void check_refused(struct world *w, const struct refusal *c)
{
	char line[2048], state[32], part[32];
	struct arena a;
	struct store_job j;
	struct store_device d;
	arena_init(&a, 1 << 20);
	snprintf(part, sizeof part, "rule=%s", c->rule);
	if (!world_event(w, w->devs[0].uuid, c->event, part, line, sizeof line)) {
		world_print(w);
		fail_msg("%s: no event %s with %s", c->name, c->event, part);
	}
	if (!strstr(line, " seen=") || !strstr(line, " want=") || !strstr(line, " hint="))
		fail_msg("%s: an event without seen, want or hint: %s", c->name, line);
	if (!world_event(w, w->devs[0].uuid, "job.delayed", "not_before_unix_ms=", NULL, 0))
		fail_msg("%s: no delayed job in the timeline", c->name);
	assert_true(world_job(w, 0, &a, &j));
	if (strcmp(j.state, "delayed") != 0 || strcmp(j.err_rule, c->rule) != 0 || !j.err_hint[0] ||
	    !j.err_seen[0] || !j.err_want[0] || j.not_before_unix_ms <= j.changed_unix_ms)
		fail_msg("%s: job is %s, %s: %s", c->name, j.state, j.err_rule, j.err_msg);
	const char *uuid = w->devs[0].uuid, *whole = j.err_msg;
	if (!(strstr(whole, uuid) || strstr(j.err_seen, uuid)) || !strstr(j.err_seen, c->seen) ||
	    !strstr(j.err_want, c->expected) || !strstr(j.err_hint, c->hint))
		fail_msg("%s: %s; seen: %s; expected: %s; to do: %s", c->name, whole, j.err_seen,
			 j.err_want, j.err_hint);
	assert_true(store_device_get(w->store, &a, w->devs[0].uuid, &d));
	assert_string_equal(d.state, "refused");
	assert_string_equal(d.health_rule, c->rule);
	assert_true(d.health[0]);
	/* the others are served meanwhile */
	assert_true(world_device_state(w, OTHER, state));
	if (strcmp(state, "configured") != 0)
		fail_msg("%s: the other device is %s", c->name, state);
	arena_deinit(&a);
}

static void refuse(const struct refusal *c, uint64_t seed)
{
	struct world w;
	world_init_bare(&w, seed);
	if (c->chain)
		world_set_chain(&w, c->chain);
	world_add_with(&w, &c->want);
	if (c->before)
		c->before(&w);
	world_start_service(&w);
	world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	world_run_ms(&w, 15 * MINUTE_MS);
	check_refused(&w, c);
	/* pre-flight sends nothing at all */
	const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[0].dev);
	if (strcmp(c->event, EARLY) == 0)
		assert_int_equal(st->handshakes + st->requests, 0);
	assert_int_equal(st->admin_sets, 0);
	if (c->mend) {
		c->mend(&w);
		if (!world_run_until_done(&w, 24 * HOUR_MS)) {
			world_print(&w);
			fail_msg("%s: not configured after it was mended", c->name);
		}
		world_check(&w);
	} else {
		world_run_ms(&w, 48 * HOUR_MS);
		if (st->max_failed_in_window > 2)
			fail_msg("%s: %u wrong logins in a window", c->name,
				 st->max_failed_in_window);
		assert_int_equal(st->admin_sets, 0);
		assert_in_range(st->failed_logins, 2, 48);
	}
	world_deinit(&w);
}

static void refuses_with_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		refuse(&refusals[i], 500 + i);
}

/* ---- what a refused PC's silence must not hide ---- */

static unsigned events_of(struct world *w, const char *name)
{
	struct arena a;
	struct store_event ev[400];
	arena_init(&a, 4 << 20);
	struct store_event_query q = {
		.uuid = w->devs[0].uuid, .name = name, .newest = true, .limit = 400
	};
	unsigned n = store_event_list(w->store, &a, &q, ev);
	arena_deinit(&a);
	return n;
}

static bool is_off(struct world *w, const struct world_service *s, unsigned dev)
{
	(void)s;
	return dev == 0 && *(bool *)w->arg;
}

static void keeps_a_refusal_through_silence(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_device d;
	bool off = false;
	char line[2048];
	world_init(&w, 580);
	w.is_cut = is_off;
	w.arg = &off;
	world_start_service(&w);
	world_add_with(&w,
		       &(struct world_want){ .generation = "11.8",
					     .state = SIM_SETUP_PKI,
					     .fault = "suffix_untrusted" });
	world_run_ms(&w, 15 * MINUTE_MS);
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	assert_string_equal(d.health_rule, "D057");
	char root[300];
	str_copy(root, sizeof root, span_str(d.health));
	off = true;
	for (int i = 0; i < 5; i++) { /* however often */
		world_retry(&w, 0);
		world_run_ms(&w, 10 * MINUTE_MS);
	}
	assert_true(world_event(&w, w.devs[0].uuid, "job.delayed", "err=net.timeout", NULL, 0));
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	assert_string_equal(d.health_rule, "D057");
	assert_string_equal(d.state, "refused");
	if (strncmp(d.health, root, strlen(root)) != 0 || !strstr(d.health, ". Now: ") ||
	    strlen(d.health) > strlen(root) + 120)
		fail_msg("health is: %s", d.health);
	/* the timeline has each way that failed, once, not each time */
	assert_true(world_event(&w, w.devs[0].uuid, "engine.connect_failed", "rule=D057", line,
				sizeof line));
	assert_non_null(strstr(line, "way=pki"));
	assert_true(world_event(&w, w.devs[0].uuid, "engine.connect_failed", "err=net.timeout",
				NULL, 0));
	assert_in_range(events_of(&w, "engine.connect_failed"), 2, 6);
	off = false;
	faults_off(&w);
	world_retry(&w, 0);
	assert_true(world_run_until_done(&w, 24 * HOUR_MS));
	arena_reset(&a);
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	assert_string_equal(d.health, "");
	arena_deinit(&a);
	world_deinit(&w);
}

static void tells_wrong_logins_in_the_timeline(void **state)
{
	(void)state;
	struct world w;
	char line[2048];
	world_init(&w, 585);
	world_start_service(&w);
	world_add_with(&w, &(struct world_want){ PSK, .mebx_password = "0ther!Pass" });
	world_run_ms(&w, 48 * HOUR_MS);
	assert_true(world_event(&w, w.devs[0].uuid, "engine.login_failed", "rule=D051", line,
				sizeof line));
	if (!strstr(line, "way=psk") || !strstr(line, "tries=") || !strstr(line, "seen="))
		fail_msg("%s", line);
	unsigned told = events_of(&w, "engine.login_failed");
	unsigned failed = sim_dev_get_stats(w.devs[0].dev)->failed_logins;
	if (told < 2 || told * 2 > failed)
		fail_msg("%u of %u wrong logins are in the timeline", told, failed);
	world_deinit(&w);
}

/* ---- wrong logins: the budget holds however impatient the operator is ---- */

static void never_locks_an_account(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 590);
	world_set(&w, "job.retry_s", "1");
	world_set(&w, "job.retry_max_s", "2");
	world_start_service(&w);
	world_add_with(&w, &(struct world_want){ PSK, .mebx_password = "0ther!Pass" });
	const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[0].dev);
	for (int64_t ms = 0; ms < 3 * HOUR_MS; ms += 20000) {
		world_run_ms(&w, 20000);
		world_retry(&w, 0);
		if (ms % (40 * MINUTE_MS) == 0) { /* a restart forgets nothing */
			world_kill_service(&w);
			world_start_service(&w);
		}
	}
	print_message("%u wrong logins in three hours, at most %u in a window\n", st->failed_logins,
		      st->max_failed_in_window);
	assert_int_equal(st->max_failed_in_window, 2);
	assert_in_range(st->failed_logins, 18, 38); /* it does go on trying */
	world_deinit(&w);
}

/* ---- two devices whose addresses were swapped ---- */

static void sends_no_secret_to_a_wrong_device(void **state)
{
	(void)state;
	struct world w;
	char line[2048];
	struct store_credential cred[8];
	struct arena a;
	world_init(&w, 610);
	world_start_service(&w);
	for (int i = 0; i < 2; i++)
		world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	/* each device says hello with the address where the other one answers */
	for (unsigned i = 0; i < 2; i++) {
		struct buf b;
		struct out o;
		buf_init(&b, 16384);
		out_init_buf(&o, &b);
		assert_true(sim_dev_hello(w.devs[i].dev, &o));
		engine_hello(w.engine, buf_span(&b), w.devs[1 - i].address);
		buf_deinit(&b);
	}
	world_run_ms(&w, 900);
	arena_init(&a, 1 << 20);
	for (unsigned i = 0; i < 2; i++) {
		if (!world_event(&w, w.devs[i].uuid, "job.delayed", "rule=D045", line,
				 sizeof line)) {
			world_print(&w);
			fail_msg("no refusal with D045 of device %u", i);
		}
		assert_non_null(strstr(line, "err=device.wrong"));
		assert_non_null(strstr(line, w.devs[1 - i].uuid)); /* seen */
		assert_int_equal(store_credential_list(w.store, &a, w.devs[i].uuid, NULL, 8, cred),
				 0);
		assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->admin_sets, 0);
		assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->mebx_sets, 0);
	}
	arena_deinit(&a);
	/* the next hellos come from the right addresses */
	assert_true(world_run_until_done(&w, 24 * HOUR_MS));
	world_check(&w);
	world_deinit(&w);
}

/* ---- what the profile leaves and firmware insists on ---- */

static void put_profile(struct world *w, const char *left)
{
	static const char *const usual[] = { "names: fqdn", "clock: sync",
					     "mebx_password: random" };
	char yaml[256];
	int n = snprintf(yaml, sizeof yaml, "version: 1\nadmin_password: random\ntls: server\n%s\n",
			 left);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (strncmp(usual[i], left, strcspn(left, ":")) != 0 || !*left)
			n += snprintf(yaml + n, sizeof yaml - (size_t)n, "%s\n", usual[i]);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_profile_put(tx, "baseline", yaml, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
}

/* CommitChanges answers 2057 and not why. The seed makes PCs whose clocks lost their battery. */
static void says_what_a_commit_misses(void **state)
{
	(void)state;
	static const struct {
		struct world_want want;
		const char *left, *expected, *hint;
	} cases[] = {
		{ { SITE }, "mebx_password: leave", "MEBx password", "'mebx_password: random'" },
		{ { SITE }, "clock: leave", "clock", "'clock: sync'" },
		{ { SITE }, "names: leave", "host name", "'names: fqdn'" },
		{ { PSK }, "clock: leave", "clock", "'clock: sync'" },
		{ { OLD, .switches = "rng=required" }, "", "random generator", "firmware" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct arena a;
		struct store_job j;
		world_init(&w, 664);
		put_profile(&w, cases[i].left);
		world_start_service(&w);
		world_add_with(&w, &cases[i].want);
		world_run_ms(&w, 15 * MINUTE_MS);
		arena_init(&a, 1 << 20);
		if (!world_job(&w, 0, &a, &j))
			fail_msg("case %zu: no job is left", i);
		if (!strstr(j.err_seen, "2057") || !strstr(j.err_want, cases[i].expected) ||
		    !strstr(j.err_hint, cases[i].hint))
			fail_msg("case %zu: %s; seen: %s; expected: %s; to do: %s", i, j.err_msg,
				 j.err_seen, j.err_want, j.err_hint);
		arena_deinit(&a);
		if (*cases[i].left) {
			put_profile(&w, "");
			world_retry(&w, 0);
			assert_true(world_run_until_done(&w, 24 * HOUR_MS));
			world_check_ways(&w, 0);
		}
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_with_a_reason),
		cmocka_unit_test(keeps_a_refusal_through_silence),
		cmocka_unit_test(tells_wrong_logins_in_the_timeline),
		cmocka_unit_test(never_locks_an_account),
		cmocka_unit_test(sends_no_secret_to_a_wrong_device),
		cmocka_unit_test(says_what_a_commit_misses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
