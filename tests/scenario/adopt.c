/* PCs that somebody else configured: taken over with what is known of their passwords, on each kind of
 * PC, with the service dying at every point. Nothing in the PC changes, no password is tried twice, and
 * the lock-out budget holds. */
#include "parts.h"

#include "base/clk.h"
#include "base/fault.h"
#include "engine/adopt.h"
#include "wire/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS  (3600 * 1000LL)
#define PASSWORD "Their-Pass-77"

static struct world_want theirs(const char *generation, enum sim_tls_mode tls)
{
	return (struct world_want){ .generation = generation,
				    .state = SIM_CONFIGURED,
				    .admin_password = PASSWORD,
				    .tls = tls,
				    .no_name = true };
}

static const char *their_user = "admin";

static void add_candidate(struct world *w, struct store_tx *tx, const char *uuid,
			  const char *password, const char *mode)
{
	static unsigned count;
	struct arena a;
	char id[32], label[96];
	arena_init(&a, 65536);
	snprintf(id, sizeof id, "candidate-%u", ++count);
	snprintf(label, sizeof label, "credential:%s:" ENGINE_ADOPT_KIND, uuid);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = id,
			.uuid = uuid,
			.kind = ENGINE_ADOPT_KIND,
			.state = "candidate",
			.sealed = engine_seal(w->engine, label, span_str(password), &a),
			.user = their_user,
			.realm = "",
			.leaf_sha256 = "",
			.tls_mode = mode,
			.at_unix_ms = clk_unix_ms(),
			.changed_unix_ms = clk_unix_ms(),
		});
	arena_deinit(&a);
}

static void add_job(struct world *w, struct store_tx *tx, const char *uuid)
{
	char id[32];
	snprintf(id, sizeof id, "adopt-%u", ++w->job_count);
	store_tx_job_add(tx,
			 &(struct store_job){
				 .id = id,
				 .uuid = uuid,
				 .kind = "adopt",
				 .state = "queued",
				 .priority = 5,
				 .not_before_unix_ms = clk_unix_ms(),
				 .created_unix_ms = clk_unix_ms(),
				 .changed_unix_ms = clk_unix_ms(),
			 });
}

/* As POST /v1/adopt does: the list of passwords ends with NULL. */
static void import(struct world *w, unsigned i, const char *uuid, const char *mode,
		   const char *const *passwords)
{
	struct store_tx *tx = store_tx_new(w->store);
	bool known = strcmp(uuid, w->devs[i].uuid) == 0;
	store_tx_device_adopt(tx, uuid, w->devs[i].address, known ? "adopt" : "address",
			      clk_unix_ms());
	for (; *passwords; passwords++)
		add_candidate(w, tx, uuid, *passwords, mode);
	add_job(w, tx, uuid);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	if (w->engine)
		engine_kick(w->engine);
}

static bool is_adopted(struct world *w, unsigned i)
{
	char state[32];
	return world_device_state(w, i, state) && strcmp(state, "adopted") == 0;
}

static bool run_until_adopted(struct world *w, unsigned i, int64_t ms)
{
	for (int64_t t = 0; t < ms && !is_adopted(w, i); t += 1000)
		world_run_ms(w, 1000);
	return is_adopted(w, i);
}

/* One way in, proven; nothing was changed; nobody was locked out. */
static void check(struct world *w, unsigned i, enum sim_tls_mode tls, const char *name)
{
	struct arena a;
	struct store_credential rows[16];
	char label[96];
	struct secret pw = SECRET_NONE;
	arena_init(&a, 1 << 20);
	unsigned current = 0;
	unsigned n = store_credential_list(w->store, &a, w->devs[i].uuid, "admin", 16, rows);
	for (unsigned k = 0; k < n; k++) {
		if (strcmp(rows[k].state, "current") != 0)
			continue;
		current++;
		snprintf(label, sizeof label, "credential:%s:admin", w->devs[i].uuid);
		assert_true(pki_seal_reveal(w->seal, label, rows[k].sealed, &pw, NULL));
		assert_true(span_eq(secret_reveal(&pw), span_str(PASSWORD)));
		assert_string_equal(rows[k].tls_mode, tls == SIM_TLS_OFF ? "clear" : "server");
		assert_int_equal(rows[k].leaf_sha256[0] != '\0', tls != SIM_TLS_OFF);
		secret_deinit(&pw);
	}
	if (current != 1)
		fail_msg("%s: %u current passwords", name, current);
	assert_true(sim_dev_admin_is(w->devs[i].dev, span_str(PASSWORD)));
	const struct sim_dev_stats *s = sim_dev_get_stats(w->devs[i].dev);
	assert_int_equal(s->admin_sets + s->mebx_sets + s->keys_made + s->certs_added + s->commits,
			 0);
	assert_int_equal(s->parallel_requests, 0);
	arena_deinit(&a);
}

static const struct {
	const char *generation, *mode;
	enum sim_tls_mode tls;
} kinds[] = {
	{ "3.2.1", "", SIM_TLS_OFF },        { "5.0", "clear", SIM_TLS_OFF },
	{ "7.1", "", SIM_TLS_SERVER },       { "9.5", "server", SIM_TLS_SERVER },
	{ "11.8", "clear", SIM_TLS_SERVER }, { "16.1", "", SIM_TLS_SERVER },
};
#define KINDS (sizeof kinds / sizeof *kinds)
static const char *const right[] = { PASSWORD, NULL };

static unsigned start(struct world *w, size_t k)
{
	world_init(w, 35);
	world_start_service(w);
	struct world_want want = theirs(kinds[k].generation, kinds[k].tls);
	return world_add_with(w, &want);
}

/* By its UUID, and by its address alone. */
static void takes_over_each_kind(void **state)
{
	(void)state;
	for (size_t k = 0; k < KINDS * 2; k++) {
		struct world w;
		char made_up[UUID_TEXT_SIZE], line[512];
		struct arena a;
		struct store_device d;
		unsigned i = start(&w, k / 2);
		engine_adopt_made_up(w.devs[i].address, made_up);
		import(&w, i, k % 2 ? made_up : w.devs[i].uuid, kinds[k / 2].mode, right);
		if (!run_until_adopted(&w, i, HOUR_MS)) {
			world_print(&w);
			fail_msg("%s: not adopted", kinds[k / 2].generation);
		}
		check(&w, i, kinds[k / 2].tls, kinds[k / 2].generation);
		assert_true(world_event(&w, w.devs[i].uuid, "device.owner", "realm", line,
					sizeof line));
		arena_init(&a, 65536);
		assert_false(store_device_get(w.store, &a, made_up, &d));
		assert_true(store_device_get(w.store, &a, w.devs[i].uuid, &d));
		assert_string_equal(d.fqdn, "desk.example.com");
		assert_int_equal(store_device_count(w.store, NULL), 1);
		arena_deinit(&a);
		world_deinit(&w);
	}
}

static const char *record; /* of desk.example.com; NULL: none */

static void dns(struct world *w, const struct engine_dns_ask *q, struct engine_dns_end *end,
		int64_t *ms)
{
	(void)w;
	*ms = 5000; /* others go on meanwhile */
	assert_null(q->address);
	assert_string_equal(q->name, "desk.example.com");
	end->address = record;
	if (!record)
		err_set(&end->why, ERR_NOT_FOUND, "the name has no address in DNS");
}

static void health_of(struct world *w, const char *uuid, char out_text[320])
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 65536);
	assert_true(store_device_get(w->store, &a, uuid, &d));
	str_copy(out_text, 320, span_str(d.health));
	arena_deinit(&a);
}

/* The row has a name and no address: each try asks for it anew, and the error names it. */
static void by_its_name(void **state)
{
	(void)state;
	for (unsigned known = 0; known < 2; known++) {
		struct world w;
		char uuid[UUID_TEXT_SIZE], health[320];
		struct store_device d;
		struct store_mark m;
		struct arena a;
		unsigned i = start(&w, 5);
		w.dns = dns;
		record = NULL;
		engine_adopt_made_up("desk.example.com", uuid);
		if (known)
			str_copy(uuid, sizeof uuid, span_str(w.devs[i].uuid));
		struct store_tx *tx = store_tx_new(w.store);
		store_tx_device_adopt(tx, uuid, "", known ? "adopt" : "address", clk_unix_ms());
		store_tx_device_text(tx, uuid, STORE_DEVICE_FQDN, "desk.example.com");
		store_tx_mark_set(tx, uuid, ENGINE_MARK_RESOLVE, "desk.example.com", clk_unix_ms());
		add_candidate(&w, tx, uuid, PASSWORD, "");
		add_job(&w, tx, uuid);
		store_tx_commit(tx, NULL, NULL);
		engine_kick(w.engine);
		world_run_ms(&w, 10000);
		health_of(&w, uuid, health);
		if (!strstr(health, "host desk.example.com"))
			fail_msg("%s", health);
		record = "10.254.254.254"; /* a stale one: nobody is there */
		world_run_ms(&w, HOUR_MS / 2);
		assert_false(is_adopted(&w, i));
		record = w.devs[i].address;
		if (!run_until_adopted(&w, i, HOUR_MS)) {
			world_print(&w);
			fail_msg("not adopted");
		}
		check(&w, i, SIM_TLS_SERVER, "by its name");
		arena_init(&a, 65536);
		assert_true(store_device_get(w.store, &a, w.devs[i].uuid, &d));
		assert_string_equal(d.address, w.devs[i].address);
		assert_int_equal(store_device_count(w.store, NULL), 1);
		assert_int_equal(store_mark_list(w.store, &a, uuid, ENGINE_MARK_RESOLVE, 1, &m), 0);
		arena_deinit(&a);
		world_deinit(&w);
	}
}

/* Nobody said that it shall change: not in a week, although repair is automatic. */
static void leaves_it_alone(void **state)
{
	struct world w;
	(void)state;
	unsigned i = start(&w, 5);
	world_set(&w, "drift.repair", "auto");
	world_set(&w, "password.rotate_days", "1");
	import(&w, i, w.devs[i].uuid, "", right);
	assert_true(run_until_adopted(&w, i, HOUR_MS));
	unsigned requests = sim_dev_get_stats(w.devs[i].dev)->requests;
	world_run_ms(&w, 7 * 24 * HOUR_MS);
	assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->requests, requests);
	assert_true(is_adopted(&w, i));
	check(&w, i, SIM_TLS_SERVER, "a week");
	world_deinit(&w);
}

static unsigned count(struct world *w, unsigned i, const char *state)
{
	struct arena a;
	struct store_credential rows[64];
	unsigned found = 0;
	arena_init(&a, 1 << 20);
	unsigned n =
		store_credential_list(w->store, &a, w->devs[i].uuid, ENGINE_ADOPT_KIND, 64, rows);
	for (unsigned k = 0; k < n; k++)
		found += strcmp(rows[k].state, state) == 0;
	arena_deinit(&a);
	return found;
}

/* Wrong ones before it: each is sent once, and never more in a window than the setting allows. */
static void tries_each_once(void **state)
{
	static const char *const list[] = { "Wrong-1", "Wrong-2", "Wrong-3", "Wrong-4", "Wrong-5",
					    "Wrong-6", "Wrong-7", PASSWORD,  NULL };
	static const char *const tries[] = { "1", "2", "3", "0" };
	(void)state;
	for (size_t t = 0; t < 4; t++) {
		struct world w;
		unsigned most = (unsigned)strtoul(tries[t], NULL, 10);
		unsigned i = start(&w, 5);
		world_set(&w, "login.tries", tries[t]);
		import(&w, i, w.devs[i].uuid, "", list);
		if (!run_until_adopted(&w, i, 24 * HOUR_MS)) {
			world_print(&w);
			fail_msg("tries %s: not adopted", tries[t]);
		}
		const struct sim_dev_stats *s = sim_dev_get_stats(w.devs[i].dev);
		if (s->failed_logins != 7) {
			world_print(&w);
			fail_msg("tries %s: %u logins failed", tries[t], s->failed_logins);
		}
		if (most)
			assert_true(s->max_failed_in_window <= most);
		check(&w, i, SIM_TLS_SERVER, tries[t]);
		world_deinit(&w);
	}
}

/* None fits: it ends there, and no later try sends a login. */
static void gives_up(void **state)
{
	static const char *const list[] = { "Wrong-1", "Wrong-2", "Wrong-3", NULL };
	struct world w;
	struct arena a;
	struct store_device d;
	(void)state;
	unsigned i = start(&w, 5);
	import(&w, i, w.devs[i].uuid, "", list);
	world_run_ms(&w, 3 * 24 * HOUR_MS);
	assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->failed_logins, 3);
	assert_int_equal(count(&w, i, "refused"), 3);
	arena_init(&a, 65536);
	assert_true(store_device_get(w.store, &a, w.devs[i].uuid, &d));
	assert_string_equal(d.health_rule, "D051");
	assert_string_equal(d.state, "new");
	arena_deinit(&a);
	import(&w, i, w.devs[i].uuid, "", right);
	struct store_job j;
	arena_init(&a, 65536);
	assert_true(store_job_active(w.store, &a, w.devs[i].uuid, "adopt", &j));
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_job_set(tx, j.id, STORE_JOB_QUEUED, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	arena_deinit(&a);
	assert_true(run_until_adopted(&w, i, HOUR_MS));
	world_deinit(&w);
}

/* The one behind the address has another UUID than was imported (D045). */
static void refuses_another_pc(void **state)
{
	struct world w;
	struct arena a;
	struct store_device d;
	static const char uuid[] = "00112233-4455-6677-8899-aabbccddeeff";
	(void)state;
	unsigned i = start(&w, 5);
	char own[UUID_TEXT_SIZE];
	memcpy(own, w.devs[i].uuid, sizeof own);
	memcpy(w.devs[i].uuid, uuid, sizeof uuid); /* as the list says, wrongly */
	import(&w, i, uuid, "", right);
	world_run_ms(&w, 60000);
	memcpy(w.devs[i].uuid, own, sizeof own);
	arena_init(&a, 65536);
	assert_true(store_device_get(w.store, &a, uuid, &d));
	assert_string_equal(d.health_rule, "D045");
	assert_string_equal(d.state, "new");
	assert_false(store_device_get(w.store, &a, own, &d));
	arena_deinit(&a);
	world_deinit(&w);
}

static void survives_every_death(void **state)
{
	static const char *const points[] = { "engine.store",     "engine.stored", "death.send",
					      "death.half_sent",  "death.sent",    "death.reply",
					      "death.half_reply", "death.lost",    "death.torn",
					      "death.unreported" };
	static const char *const list[] = { "Wrong-1", PASSWORD, NULL };
	unsigned deaths = 0;
	(void)state;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
		for (int n = 1; n < 60; n++) {
			struct world w;
			char made_up[UUID_TEXT_SIZE];
			size_t k = (p + (size_t)n) % KINDS;
			unsigned i = start(&w, k);
			engine_adopt_made_up(w.devs[i].address, made_up);
			import(&w, i, n % 2 ? made_up : w.devs[i].uuid, kinds[k].mode, list);
			fault_arm(points[p], n);
			bool ok = run_until_adopted(&w, i, 24 * HOUR_MS);
			bool fired = w.dead;
			fault_disarm();
			if (!ok) {
				world_print(&w);
				fail_msg("%s %d on %s: not adopted", points[p], n,
					 kinds[k].generation);
			}
			check(&w, i, kinds[k].tls, points[p]);
			assert_true(sim_dev_get_stats(w.devs[i].dev)->max_failed_in_window <= 2);
			world_deinit(&w);
			deaths += fired;
			if (!fired)
				break;
		}
	}
	print_message("%u deaths\n", deaths);
	assert_true(deaths > 60);
}

/* A digest user of the PC who sees little: taken over with what is readable, and the rest is told. */
static void by_another_user(void **state)
{
	static const struct {
		const char *realms, *told;
		bool want;
	} cases[] = { { "Realms=13", "login", true }, /* general info */
		      { "Realms=4", "may not ask who the PC is", false } };
	static const char *const wrong_first[] = { "Wrong-1", "Bobs-Pass-7", NULL };
	(void)state;
	for (size_t n = 0; n < 2; n++) {
		struct world w;
		struct arena a;
		struct store_credential c;
		char ha1[16], text[64] = "DigestPassword=", line[512];
		struct out o;
		unsigned i = start(&w, 5);
		arena_init(&a, 1 << 20);
		import(&w, i, w.devs[i].uuid, "", right);
		assert_true(run_until_adopted(&w, i, HOUR_MS));
		parts_use(&w);
		parts_current(&w, i, &a, &c);
		wire_digest_ha1("bob", c.realm, span_str("Bobs-Pass-7"), (uint8_t *)ha1);
		out_init(&o, text + strlen(text), sizeof text - strlen(text) - 1);
		out_b64(&o, span_make((uint8_t *)ha1, 16));
		assert_int_equal(parts_invoke(&w, i, "AMT_AuthorizationService", NULL,
					      "AddUserAclEntryEx", "DigestUsername=bob", text,
					      "AccessPermission=2", cases[n].realms, NULL),
				 0);
		their_user = "bob";
		import(&w, i, w.devs[i].uuid, "", wrong_first);
		their_user = "admin";
		world_run_ms(&w, HOUR_MS);
		assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->failed_logins, 1);
		parts_current(&w, i, &a, &c);
		assert_string_equal(c.user, cases[n].want ? "bob" : "admin");
		if (!world_event(&w, w.devs[i].uuid, NULL, cases[n].told, line, sizeof line)) {
			world_print(&w);
			fail_msg("%s", cases[n].told);
		}
		assert_int_equal(world_event(&w, w.devs[i].uuid, "device.owner",
					     "AMT_AuthorizationService: user 'bob' may not read",
					     line, sizeof line),
				 cases[n].want);
		assert_true(sim_dev_admin_is(w.devs[i].dev, span_str(PASSWORD)));
		if (cases[n].want) {
			/* to be configured by that user it takes more: who, and what to do */
			char why[512];
			assert_false(parts_job(&w, i, "configure", why, sizeof why));
			assert_non_null(strstr(why, "AccessDenied"));
			if (!world_event(&w, w.devs[i].uuid, "job.delayed",
					 "the login of 'bob' was taken over, who may not do this",
					 line, sizeof line)) {
				world_print(&w);
				fail_msg("nothing of bob");
			}
			assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->failed_logins, 1);
		}
		arena_deinit(&a);
		parts_forget();
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_over_each_kind),
		cmocka_unit_test(leaves_it_alone),
		cmocka_unit_test(by_its_name),
		cmocka_unit_test(tries_each_once),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(by_another_user),
		cmocka_unit_test(refuses_another_pc),
		cmocka_unit_test(survives_every_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
