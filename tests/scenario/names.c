/* Names from all sources in the in-process world: which one wins, hooks that hang, flood, lie or
 * die, DNS that is stale, names of others. Every failure ends as an event with its rule, costs no
 * other PC its turn, and once mended the PC gets configured. */
#include "world.h"

#include "base/clk.h"
#include "base/fault.h"
#include "engine/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

/* ---- the hook that a test scripts ---- */

struct script {
	const char *out, *err_text;
	int exit_code, signal;
	int64_t ms;
	enum err_code why;
	char args[160], in[4096]; /* of the last call */
};

static void hook(struct world *w, const struct engine_hook_ask *q, struct engine_hook_end *end,
		 int64_t *ms)
{
	struct script *s = w->arg;
	snprintf(s->args, sizeof s->args, "%s %s %s", q->args[0], q->args[1], q->args[2]);
	assert_null(q->args[3]);
	assert_true(str_copy(s->in, sizeof s->in, q->in));
	if (s->why != ERR_NONE)
		err_set(&end->why, s->why, "/x/hook cannot be started");
	end->exit_code = s->exit_code;
	end->signal = s->signal;
	end->out = span_str(s->out);
	end->err_text = span_str(s->err_text);
	if (s->ms)
		*ms = s->ms;
}

static void begin(struct world *w, struct script *s, const char *sources)
{
	*s = (struct script){ .out = "{}" };
	world_init(w, 7);
	w->hook = hook;
	w->arg = s;
	world_set(w, "name.sources", sources);
	world_set(w, "hook.program", "/x/hook");
	world_start_service(w);
}

static void expect_device(struct world *w, unsigned i, const char *fqdn, const char *source,
			  const char *profile)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	assert_string_equal(d.state, "configured");
	assert_string_equal(d.fqdn, fqdn);
	assert_string_equal(d.name_source, source);
	assert_string_equal(d.profile, profile);
	arena_deinit(&a);
}

static void run_until_done(struct world *w, int64_t ms)
{
	if (!world_run_until_done(w, ms)) {
		world_print(w);
		fail_msg("not all are configured");
	}
}

static void expect_event(struct world *w, unsigned i, const char *name, const char *part)
{
	if (world_event(w, w->devs[i].uuid, name, part, NULL, 0))
		return;
	world_print(w);
	fail_msg("no event %s with '%s'", name, part);
}

/* ---- */

static void the_hook_names_a_pc(void **state)
{
	(void)state;
	struct world w;
	struct script s;
	begin(&w, &s, "map,import,hook");
	s.out = "{\"fqdn\": \"pc7.example.com\", \"profile\": \"baseline\", \"ou\": \"OU=PCs\","
		" \"allow\": true}\n";
	world_add_with(&w,
		       &(struct world_want){
			       .generation = "7.1", .state = SIM_SETUP_PSK, .no_name = true });
	run_until_done(&w, HOUR_MS);
	expect_device(&w, 0, "pc7.example.com", "hook", "baseline");
	expect_event(&w, 0, "hook.called", "exit_code=0");
	expect_event(&w, 0, "hook.called", "pc7.example.com");
	expect_event(&w, 0, "device.named", "source=hook");
	assert_non_null(strstr(s.args, w.devs[0].uuid));
	assert_non_null(strstr(s.args, w.devs[0].address));
	assert_non_null(strstr(s.args, w.devs[0].pid));
	assert_non_null(strstr(s.in, "\"hello\":{\"kind\":\"psk\""));
	assert_non_null(strstr(s.in, w.devs[0].uuid));
	assert_int_equal(w.hook_count, 1);
	world_check(&w);
	world_deinit(&w);
}

/* The order decides; a source that is not in it is not asked. */
static void the_first_source_wins(void **state)
{
	(void)state;
	static const struct {
		const char *sources, *fqdn, *source;
		unsigned hook_count;
	} cases[] = {
		{ "map,import,hook,report", "host0.example.com", "import", 0 },
		{ "hook,import", "hook0.example.com", "hook", 1 },
		{ "report,hook,import", "report0.example.com", "report", 0 },
		{ "dns,report", "dns0.example.com", "dns", 0 },
		{ "import", "host0.example.com", "import", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct script s;
		begin(&w, &s, cases[i].sources);
		s.out = "{\"fqdn\":\"hook0.example.com\"}";
		w.dns = NULL;
		world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
		struct store_tx *tx = store_tx_new(w.store);
		store_tx_said_set(tx,
				  &(struct store_said){ w.devs[0].uuid, "report", "said",
							"report0.example.com", "", "", "", "", 1 });
		store_tx_said_set(tx,
				  &(struct store_said){ w.devs[0].uuid, "dns", "said",
							"dns0.example.com", "", "", "", "",
							INT64_MAX });
		store_tx_commit(tx, NULL, NULL);
		run_until_done(&w, HOUR_MS);
		expect_device(&w, 0, cases[i].fqdn, cases[i].source, "baseline");
		assert_int_equal(w.hook_count, cases[i].hook_count);
		world_deinit(&w);
	}
}

/* ---- hooks that are wrong ---- */

static void wrong_hooks(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct script s;
		const char *rule, *code, *seen;
	} cases[] = {
		{ "hangs", { .ms = HOUR_MS }, "D077", "name.hook", "180000 ms" },
		{ "floods", { .why = ERR_LIMIT }, "D075", "name.hook", "65536 bytes" },
		{ "missing", { .why = ERR_NOT_FOUND }, "D075", "name.hook", "cannot be started" },
		{ "dies", { .signal = 11 }, "D075", "name.hook", "signal 11" },
		{ "fails",
		  { .exit_code = 3, .err_text = "no database\nmore" },
		  "D075",
		  "name.hook",
		  "exit status 3 after 10 ms: no database" },
		{ "says nothing", { .out = "" }, "D075", "name.hook", "nothing" },
		{ "no JSON", { .out = "pc7.example.com" }, "D075", "name.hook", "no JSON" },
		{ "two", { .out = "{}{}" }, "D075", "name.hook", "no JSON" },
		{ "list", { .out = "[]" }, "D075", "name.hook", "no object" },
		{ "unknown key",
		  { .out = "{\"FQDN\":\"a.b\"}" },
		  "D075",
		  "name.hook",
		  "not known" },
		{ "number", { .out = "{\"fqdn\":7}" }, "D075", "name.hook", "no text" },
		{ "NUL", { .out = "{\"fqdn\":\"a\\u0000b.c\"}" }, "D075", "name.hook", "" },
		{ "illegal name",
		  { .out = "{\"fqdn\":\"a_b.example.com\"}" },
		  "D050",
		  "preflight.refused",
		  "" },
		{ "not allowed",
		  { .out = "{\"fqdn\":\"pc7.example.com\",\"allow\":false}" },
		  "D075",
		  "preflight.refused",
		  "allow = false" },
		{ "no name", { .out = "{\"fqdn\":null}" }, "D076", "preflight.refused", "" },
		{ "no such profile",
		  { .out = "{\"fqdn\":\"pc7.example.com\",\"profile\":\"x\"}" },
		  "D079",
		  "not_found",
		  "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct script s;
		char line[2048];
		begin(&w, &s, "import,hook");
		s = cases[i].s;
		world_add_with(&w,
			       &(struct world_want){ .generation = "7.1",
						     .state = SIM_SETUP_PSK,
						     .no_name = true });
		world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL); /* nothing is wrong with it */
		world_run_ms(&w, 8 * MINUTE_MS);
		char want[64];
		snprintf(want, sizeof want, "rule=%s", cases[i].rule);
		if (!world_event(&w, w.devs[0].uuid, "engine.refused", want, line, sizeof line) ||
		    !strstr(line, cases[i].code) || !strstr(line, cases[i].seen) ||
		    !strstr(line, "hint=")) {
			world_print(&w);
			fail_msg("%s: %s", cases[i].name, line);
		}
		struct arena a;
		struct store_job j;
		arena_init(&a, 65536);
		assert_true(world_job(&w, 0, &a, &j));
		arena_deinit(&a);
		expect_device(&w, 1, "host1.example.com", "import", "baseline");
		s = (struct script){ .out = "{\"fqdn\":\"pc7.example.com\"}" };
		world_retry(&w, 0);
		run_until_done(&w, 7 * HOUR_MS);
		expect_device(&w, 0, "pc7.example.com", "hook", "baseline");
		world_check(&w);
		world_deinit(&w);
	}
}

/* Hooks that hang and few workers: at most hook.parallel at once, and PCs that need no hook
 * are configured meanwhile. */
static void hanging_hooks_hold_nobody(void **state)
{
	(void)state;
	struct world w;
	struct script s;
	begin(&w, &s, "import,hook");
	world_set(&w, "workers", "4");
	world_set(&w, "hook.parallel", "2");
	s.ms = HOUR_MS;
	for (unsigned i = 0; i < 3; i++)
		world_add_with(&w,
			       &(struct world_want){ .generation = "7.1",
						     .state = SIM_SETUP_PSK,
						     .no_name = true });
	for (unsigned i = 3; i < 8; i++)
		world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	world_run_ms(&w, 2 * MINUTE_MS + 50 * SECOND_MS);
	assert_int_equal(w.hook_count, 2);
	assert_int_equal(w.hook_running, 2);
	for (unsigned i = 3; i < 8; i++) {
		char fqdn[64];
		snprintf(fqdn, sizeof fqdn, "host%u.example.com", i);
		expect_device(&w, i, fqdn, "import", "baseline");
	}
	/* the third has its turn when one was ended */
	world_run_ms(&w, MINUTE_MS);
	assert_in_range(w.hook_count, 3, 4);
	assert_int_equal(w.hook_peak, 2);
	world_deinit(&w);
}

/* Death of the service and cancel while the hook runs: nothing is left of it. */
static void death_and_cancel_while_asked(void **state)
{
	(void)state;
	struct world w;
	struct script s;
	begin(&w, &s, "hook");
	s.ms = MINUTE_MS;
	s.out = "{\"fqdn\":\"pc7.example.com\"}";
	world_add(&w, "7.1", SIM_SETUP_PSK, NULL, NULL);
	world_run_ms(&w, 30 * SECOND_MS);
	assert_int_equal(w.hook_running, 1);
	world_kill_service(&w);
	assert_int_equal(w.hook_running, 0);
	world_start_service(&w);
	world_run_ms(&w, 30 * SECOND_MS);
	assert_int_equal(w.hook_running, 1);
	struct arena a;
	struct store_job j;
	arena_init(&a, 65536);
	assert_true(world_job(&w, 0, &a, &j));
	assert_true(engine_job_cancel(w.engine, j.id));
	assert_int_equal(w.hook_running, 0);
	arena_deinit(&a);
	s.ms = 0;
	run_until_done(&w, HOUR_MS); /* its next hello makes a new job */
	expect_device(&w, 0, "pc7.example.com", "hook", "baseline");
	world_deinit(&w);
}

/* The service dies before and after each transaction, the ones around the hook among them: what the
 * hook said for this hello is not asked again, and the PC gets one name. */
static void death_at_every_write(void **state)
{
	(void)state;
	static const char *const points[] = { "engine.store", "engine.stored" };
	for (size_t p = 0; p < 2; p++) {
		int runs = 0;
		for (int n = 1; n <= 12; n++) {
			struct world w;
			struct script s;
			begin(&w, &s, "hook,import");
			s.out = "{\"fqdn\":\"pc7.example.com\",\"ou\":\"OU=x\"}";
			world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
			fault_arm(points[p], n);
			run_until_done(&w, 24 * HOUR_MS);
			runs += w.dead || fault_fired() != NULL;
			fault_disarm();
			expect_device(&w, 0, "pc7.example.com", "hook", "baseline");
			assert_int_equal(w.hook_running, 0);
			assert_in_range(w.hook_count, 1, 3);
			world_check(&w);
			world_deinit(&w);
		}
		assert_true(runs >= 10);
	}
}

/* ---- DNS ---- */

struct dns_script {
	enum err_code why;
	unsigned count;
	const char *names[4];
	bool agrees[4];
};

static void dns(struct world *w, const struct engine_dns_ask *q, struct engine_dns_end *end,
		int64_t *ms)
{
	const struct dns_script *s = w->arg;
	(void)ms;
	assert_string_equal(q->address, w->devs[0].address);
	if (s->why != ERR_NONE)
		err_set(&end->why, s->why, "no answer");
	end->count = s->count;
	for (unsigned i = 0; i < s->count; i++) {
		end->names[i].name = s->names[i];
		end->names[i].agrees = s->agrees[i];
	}
}

static void dns_must_agree(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct dns_script s;
		const char *rule, *part; /* rule NULL: configured */
	} cases[] = {
		{ "agrees", { ERR_NONE, 1, { "pc7.example.com" }, { true } }, NULL, "source=dns" },
		{ "one of two agrees",
		  { ERR_NONE, 2, { "old.example.com", "pc7.example.com" }, { false, true } },
		  NULL,
		  "source=dns" },
		{ "stale", { ERR_NONE, 1, { "pc7.example.com" }, { false } }, "D078", "not this" },
		{ "two names",
		  { ERR_NONE, 2, { "pc7.example.com", "pc8.example.com" }, { true, true } },
		  "D078",
		  "pc8.example.com" },
		{ "illegal", { ERR_NONE, 1, { "pc_7.example.com" }, { true } }, "D050", "pc_7" },
		{ "none", { ERR_NOT_FOUND, 0, { NULL }, { false } }, "D076", "" },
		{ "silent", { ERR_TIMEOUT, 0, { NULL }, { false } }, "D076", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct script unused;
		struct dns_script s = cases[i].s;
		char want[32];
		begin(&w, &unused, "import,dns");
		w.dns = dns;
		w.arg = &s;
		world_add_with(&w,
			       &(struct world_want){ .generation = "7.1",
						     .state = SIM_SETUP_PSK,
						     .no_name = true });
		if (cases[i].rule) {
			world_run_ms(&w, 8 * MINUTE_MS);
			snprintf(want, sizeof want, "rule=%s", cases[i].rule);
			expect_event(&w, 0, "engine.refused", want);
			expect_event(&w, 0, "name.dns", cases[i].part);
			s = (struct dns_script){ ERR_NONE, 1, { "pc7.example.com" }, { true } };
			world_retry(&w, 0);
		}
		run_until_done(&w, 7 * HOUR_MS);
		expect_device(&w, 0, "pc7.example.com", "dns", "baseline");
		world_deinit(&w);
	}
}

/* ---- names that are not for this PC ---- */

static void not_yet_and_taken(void **state)
{
	(void)state;
	struct world w;
	struct script s;
	begin(&w, &s, "import");
	world_set(&w, "name.not_yet", "minint-*,localhost");
	world_add_with(&w,
		       &(struct world_want){ .generation = "7.1",
					     .state = SIM_SETUP_PSK,
					     .fqdn = "MININT-7XY.example.com" });
	world_run_ms(&w, 3 * MINUTE_MS);
	expect_event(&w, 0, "engine.refused", "rule=D046");
	world_set_name(&w, 0, "pc7.example.com");
	world_retry(&w, 0);
	run_until_done(&w, 7 * HOUR_MS);
	/* another PC with this name, in another case */
	world_add_with(&w,
		       &(struct world_want){ .generation = "11.8",
					     .state = SIM_SETUP_PKI,
					     .fqdn = "PC7.example.com" });
	world_run_ms(&w, 3 * MINUTE_MS);
	expect_event(&w, 1, "engine.refused", "rule=D078");
	expect_event(&w, 1, "engine.refused", w.devs[0].uuid);
	expect_device(&w, 0, "pc7.example.com", "import", "baseline");
	/* the old one is mapped to another name: then it is free */
	world_set_name(&w, 0, "old7.example.com");
	world_retry(&w, 1);
	run_until_done(&w, 7 * HOUR_MS);
	expect_device(&w, 1, "PC7.example.com", "import", "baseline");
	world_deinit(&w);
}

static void replaced_and_renamed(void **state)
{
	(void)state;
	struct world w;
	struct script s;
	struct arena a;
	struct store_device d;
	begin(&w, &s, "import");
	world_set(&w, "name.taken", "replace");
	world_add(&w, "7.1", SIM_SETUP_PSK, NULL, NULL);
	run_until_done(&w, 7 * HOUR_MS);
	world_add_with(&w,
		       &(struct world_want){ .generation = "11.8",
					     .state = SIM_SETUP_PKI,
					     .fqdn = "host0.example.com" });
	run_until_done(&w, 7 * HOUR_MS);
	expect_device(&w, 1, "host0.example.com", "import", "baseline");
	expect_event(&w, 0, "device.name_lost", w.devs[1].uuid);
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	assert_string_equal(d.fqdn, "");
	arena_deinit(&a);
	world_set_name(&w, 1, "new.example.com");
	world_add_job(&w, 1);
	world_run_ms(&w, HOUR_MS);
	expect_device(&w, 1, "new.example.com", "import", "baseline");
	expect_event(&w, 1, "device.renamed", "from=host0.example.com to=new.example.com");
	world_deinit(&w);
}

static void patterns(void **state)
{
	(void)state;
	static const struct {
		const char *patterns, *fqdn;
		bool want;
	} cases[] = {
		{ "", "a.b", false },
		{ "*", "a.b", true },
		{ "minint-*", "MININT-1.b", true },
		{ "minint-*", "xminint-1.b", false },
		{ "a, b*c ,d", "bxxc.e", true },
		{ "a,b*c,d", "bxxcx.e", false },
		{ "*a*b", "xaxab.c", true },
		{ "host.b", "host.b", false },
		{ "localhost", "localhost", true },
		{ ",,", "a", false },
		{ "a**", "a", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (engine_name_is_not_yet(cases[i].patterns, cases[i].fqdn) != cases[i].want)
			fail_msg("'%s' and %s", cases[i].patterns, cases[i].fqdn);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hook_names_a_pc),
		cmocka_unit_test(the_first_source_wins),
		cmocka_unit_test(wrong_hooks),
		cmocka_unit_test(hanging_hooks_hold_nobody),
		cmocka_unit_test(death_and_cancel_while_asked),
		cmocka_unit_test(death_at_every_write),
		cmocka_unit_test(dns_must_agree),
		cmocka_unit_test(not_yet_and_taken),
		cmocka_unit_test(replaced_and_renamed),
		cmocka_unit_test(patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
