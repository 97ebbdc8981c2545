/* Operations on configured PCs through the service's engine: many at once, beside jobs, with a password
 * that is refused, with deaths of the service at every step, and by the clock. That nothing is sent
 * without a hold on the PC, and no change repeated blindly, is watched (watch.h). */
#include "world.h"

#include "base/clk.h"
#include "engine/agenda.h"
#include "engine/job_waits.h"
#include "engine/operate.h"
#include "sim/boot.h"
#include "engine/targets.h"
#include "store/store_operate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)
#define PCS       4

static void configured(struct world *w)
{
	static const char *const generations[PCS] = { "16.1", "9.5", "5.0", "11.8" };

	world_init(w, 320);
	for (unsigned i = 0; i < PCS; i++)
		world_add(w, generations[i], SIM_SETUP_PKI, NULL, NULL);
	world_start_service(w);
	if (!world_run_until_done(w, HOUR_MS)) {
		world_print(w);
		fail_msg("not configured");
	}
}

static bool start(struct world *w, unsigned count, const char *action, char id[ENGINE_OPERATE_ID],
		  struct err *e)
{
	const struct amt_op_arg args[] = { { "action", action } };
	const char *uuids[PCS];
	struct engine_operate_want want = { .kind = amt_op_find(action ? "power" : "power-status"),
					    .args = args,
					    .arg_count = action ? 1 : 0,
					    .actor = "uid:0",
					    .uuids = uuids,
					    .uuid_count = count,
					    .busy_ms = -1 };
	for (unsigned i = 0; i < count; i++)
		uuids[i] = w->devs[i].uuid;
	return engine_operate_start(w->engine, &want, id, e);
}

static struct engine_operate_view finish(struct world *w, const char *id)
{
	struct engine_operate_view v = { 0 };

	for (unsigned k = 0; k < 6000; k++) {
		assert_true(engine_operate_get(w->engine, id, &v));
		if (v.ended)
			return v;
		world_run_ms(w, 100);
	}
	fail_msg("%s does not end: %u of %u", v.op, v.done, v.total);
	return v;
}

static struct engine_operate_view run(struct world *w, unsigned count, const char *action)
{
	char id[ENGINE_OPERATE_ID];
	struct err e = { 0 };

	if (!start(w, count, action, id, &e))
		fail_msg("%s", e.msg);
	return finish(w, id);
}

static struct err error_of(struct world *w, const char *id, unsigned n)
{
	struct engine_operate_result r;

	assert_true(engine_operate_result(w->engine, id, n, &r));
	return *r.e;
}

static void nothing_is_held(struct world *w)
{
	struct arena a;

	arena_init(&a, 1 << 18);
	for (unsigned i = 0; i < w->dev_count; i++) {
		struct store_hold h;
		struct store_device d;
		if (store_hold_get(w->store, &a, w->devs[i].uuid, clk_unix_ms(), &h))
			fail_msg("device %u is held: %s", i, h.what);
		assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
		assert_int_equal(d.login_fail_count, 0);
	}
	arena_deinit(&a);
}

static void many_at_once(void **state)
{
	(void)state;
	static struct world w;

	configured(&w);
	struct engine_operate_view v = run(&w, PCS, "off");
	assert_int_equal(v.total, PCS);
	assert_int_equal(v.failed, 0);
	for (unsigned i = 0; i < PCS; i++)
		assert_false(sim_dev_is_on(w.devs[i].dev));
	v = run(&w, PCS, NULL);
	assert_int_equal(v.failed, 0);
	struct engine_operate_result r;
	assert_true(engine_operate_result(w.engine, v.id, 0, &r));
	char rows[512];
	assert_true(str_copy(rows, sizeof rows, r.rows));
	assert_non_null(strstr(rows, "\"power\":\"off\""));
	v = run(&w, PCS, "on");
	assert_int_equal(v.failed, 0);
	char line[512];
	assert_true(
		world_event(&w, w.devs[0].uuid, "device.operated", "action=on", line, sizeof line));
	nothing_is_held(&w);
	world_deinit(&w);
}

/* A job and an operation want the same PC: one after the other, whoever comes first. */
static void beside_jobs(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_OPERATE_ID];
	struct err e = { 0 };

	configured(&w);
	world_add_job(&w, 0);
	world_run_ms(&w, 200);
	assert_true(start(&w, PCS, "reset", id, &e));
	world_add_job(&w, 1);
	struct engine_operate_view v = finish(&w, id);
	assert_int_equal(v.failed, 0);
	world_run_ms(&w, 5 * MINUTE_MS);
	for (unsigned i = 0; i < PCS; i++)
		assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->resets, 1);
	nothing_is_held(&w);
	world_check(&w);
	world_deinit(&w);
}

/* What 'job list' says of a job that could begin and does not, for each reason. */
static void jobs_say_what_they_wait_for(void **state)
{
	(void)state;
	static struct world w;
	char uuid[UUID_TEXT_SIZE];
	struct arena a;

	configured(&w);
	arena_init(&a, 1 << 18);
	str_copy(uuid, sizeof uuid, span_str(w.devs[0].uuid));
	int64_t now = clk_unix_ms();
	struct {
		const char *name, *state, *err_code;
		int64_t not_before;
		const char *kind, *text;
	} cases[] = {
		{ "paused", "paused", "", 0, "person", "job retry" },
		{ "delayed", "delayed", "net.timeout", now + 60000, "retry", "its next try at 20" },
		{ "lock-out", "delayed", "device.lockout_budget", now + 60000, "lockout",
		  "(M19), 20" },
		{ "due", "delayed", "net.timeout", now, "", "" },
		{ "queued", "queued", "", 0, "", "" },
		{ "running", "running", "", 0, "", "" },
		{ "done", "done", "", 0, "", "" },
		{ "held", "queued", "", 0, "operation",
		  "the end of the operation 'power action=off'" },
		{ "job", "queued", "", 0, "job", "the end of job j-other (check) with" },
		{ "session", "queued", "", 0, "session",
		  "the end of the KVM session of uid:7 since 20" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_job j = { .id = "j-this",
				       .uuid = uuid,
				       .kind = "configure",
				       .state = cases[i].state,
				       .err_code = cases[i].err_code,
				       .not_before_unix_ms = cases[i].not_before };
		struct store_tx *tx = store_tx_new(w.store);
		if (str_eq(cases[i].kind, "operation"))
			store_tx_hold_take(tx,
					   &(struct store_hold){ .uuid = uuid,
								 .owner = "x",
								 .what = "power action=off",
								 .until_unix_ms = now + 60000 },
					   now);
		if (str_eq(cases[i].kind, "job")) {
			store_tx_hold_drop(tx, uuid, "x");
			store_tx_job_add(tx,
					 &(struct store_job){
						 .id = "j-other", .uuid = uuid, .kind = "check" });
			store_tx_job_lease(tx, "j-other", "x", now, now + 60000);
		}
		if (str_eq(cases[i].kind, "session"))
			store_tx_pc_session_put(
				tx,
				&(struct store_pc_session){ .uuid = uuid,
							    .owner = "x",
							    .kind = "KVM",
							    .actor = "uid:7",
							    .since_unix_ms = now,
							    .until_unix_ms = now + 60000 });
		store_tx_commit(tx, NULL, NULL);
		struct engine_job_waits got = engine_job_waits(w.engine, &j, now, &a);
		if (!str_eq(got.kind, cases[i].kind) || !strstr(got.text, cases[i].text))
			fail_msg("%s: %s: %s", cases[i].name, got.kind, got.text);
	}
	arena_deinit(&a);
	world_deinit(&w);
}

/* Deeper than a stack is: each within the next, the first with a PC. */
static void groups_in_groups(void **state)
{
	(void)state;
	static struct world w;
	enum { DEEP = 4000 };
	char name[16], member[UUID_TEXT_SIZE + 1];
	struct err e = { 0 };
	bool done = false;
	unsigned count;

	world_init(&w, 321);
	world_add(&w, "16.1", SIM_SETUP_PKI, NULL, NULL);
	world_start_service(&w);
	assert_true(world_run_until_done(&w, HOUR_MS));
	struct store_tx *tx = store_tx_new(w.store);
	for (unsigned i = 0; i < DEEP; i++) {
		(void)snprintf(name, sizeof name, "g%u", i);
		(void)snprintf(member, sizeof member, i ? "@g%u" : "host0.example.com", i - 1);
		store_tx_grp_put(tx, &(struct store_grp){ .name = name, .expr = "", .note = "" });
		store_tx_grp_add(tx, name, member);
	}
	store_tx_commit(tx, NULL, NULL);
	assert_true(engine_targets_is_cycle(w.engine, "g0", "@g3999"));
	assert_true(engine_targets_is_cycle(w.engine, "g0", "@g0"));
	assert_false(engine_targets_is_cycle(w.engine, "g3999", "@g0"));
	struct engine_targets *t = engine_targets_new(w.engine);
	if (!engine_targets_add(t, "@g3999", &e))
		fail_msg("%s", e.msg);
	while (!done)
		assert_true(engine_targets_step(t, 100, &done, &e));
	const char *const *uuids = engine_targets_uuids(t, &count);
	assert_int_equal(count, 1);
	assert_string_equal(uuids[0], w.devs[0].uuid);
	engine_targets_free(t);
	world_deinit(&w);
}

static int64_t dark_until_mono_ms;

static bool is_dark(struct world *w, const struct world_service *s, unsigned dev)
{
	(void)w;
	(void)s;
	return dev == 0 && clk_mono_ms() < dark_until_mono_ms;
}

/* Firmware that sleeps misses the first knock and answers the second, which comes by itself. */
static void one_that_sleeps(void **state)
{
	(void)state;
	static struct world w;

	configured(&w);
	w.is_cut = is_dark;
	dark_until_mono_ms = clk_mono_ms() + 1500; /* the second knock comes after two */
	struct engine_operate_view v = run(&w, PCS, "reset");
	if (v.failed)
		fail_msg("%s", error_of(&w, v.id, PCS - 1).msg);
	for (unsigned i = 0; i < PCS; i++)
		assert_int_equal(sim_dev_get_stats(w.devs[i].dev)->resets, 1);
	nothing_is_held(&w);
	world_deinit(&w);
}

/* A PC without power, asked again and again: no login left, so none is charged, and it is asked as soon as
 * it is there. */
static void one_that_is_gone(void **state)
{
	(void)state;
	static struct world w;

	configured(&w);
	w.is_cut = is_dark;
	dark_until_mono_ms = INT64_MAX;
	for (unsigned k = 0; k < 4; k++) {
		struct engine_operate_view v = run(&w, 1, NULL);
		struct err e = error_of(&w, v.id, 0);
		if (v.failed != 1 || (e.code != ERR_TIMEOUT && e.code != ERR_UNREACHABLE))
			fail_msg("%u: %s", k, e.msg);
		if (strstr(e.hint, "may have been done"))
			fail_msg("%u: %s", k, e.hint);
		nothing_is_held(&w);
	}
	dark_until_mono_ms = 0;
	struct engine_operate_view v = run(&w, 1, "reset");
	if (v.failed)
		fail_msg("%s", error_of(&w, v.id, 0).msg);
	nothing_is_held(&w);
	world_deinit(&w);
}

/* M19: a password that the PC does not take goes out once, whatever is asked afterwards. */
static void a_refused_password(void **state)
{
	(void)state;
	static struct world w;
	struct store_credential rows[4];
	struct arena a;
	char label[96];

	configured(&w);
	world_set(&w, "drift.check_h", "0"); /* a check would try the former password too */
	arena_init(&a, 1 << 18);
	assert_true(store_credential_list(w.store, &a, w.devs[0].uuid, "admin", 4, rows) > 0);
	(void)snprintf(label, sizeof label, "credential:%s:admin", w.devs[0].uuid);
	struct store_credential bad = rows[0];
	bad.id = "wrong-one";
	bad.state = "candidate";
	bad.sealed = engine_seal(w.engine, label, span_str("Wr0ng-Word!"), &a);
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_credential_add(tx, &bad);
	store_tx_credential_current(tx, bad.id, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 100);
	unsigned before = sim_dev_get_stats(w.devs[0].dev)->failed_logins;
	struct engine_operate_view v = run(&w, PCS, "reset");
	assert_int_equal(v.failed, 1);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, before + 1);
	for (unsigned k = 0; k < 3; k++) {
		v = run(&w, 1, "reset");
		struct err e = error_of(&w, v.id, 0);
		assert_int_equal(e.code, ERR_AUTH);
		if (!strstr(e.msg, "not sent again"))
			fail_msg("%s", e.msg);
		world_run_ms(&w, 12 * MINUTE_MS); /* longer than the window of the budget */
	}
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, before + 1);
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->resets, 0);
	arena_deinit(&a);
	world_deinit(&w);
}

/* The service dies after so many events. What it did it did once; afterwards PCs are free and take jobs and
 * operations. True: it had ended before that. */
static bool dies_after(unsigned steps)
{
	static struct world w;
	char id[ENGINE_OPERATE_ID];
	struct engine_operate_view v;
	struct err e = { 0 };
	bool ended = false;

	configured(&w);
	assert_true(start(&w, PCS, "reset", id, &e));
	for (unsigned k = 0; k < steps && !ended; k++) {
		(void)world_step(&w, clk_mono_ms() + MINUTE_MS);
		ended = engine_operate_get(w.engine, id, &v) && v.ended;
	}
	world_kill_service(&w);
	world_start_service(&w);
	assert_false(engine_operate_get(w.engine, id, &v));
	world_run_ms(&w, 5 * MINUTE_MS);
	for (unsigned i = 0; i < PCS; i++)
		assert_true(sim_dev_get_stats(w.devs[i].dev)->resets <= 1);
	world_run_ms(&w, HOUR_MS); /* the charged logins leave their window */
	v = run(&w, PCS, "off");
	if (v.failed)
		fail_msg("death after %u steps: %s", steps, error_of(&w, v.id, 0).msg);
	nothing_is_held(&w);
	world_check(&w);
	world_deinit(&w);
	return ended;
}

static void dies_in_the_middle(void **state)
{
	(void)state;
	unsigned steps = 1;

	while (!dies_after(steps))
		steps += steps < 24 ? 1 : 7;
	assert_true(steps > 40);
}

static void is_cancelled(void **state)
{
	(void)state;
	static struct world w;
	char id[ENGINE_OPERATE_ID];
	struct engine_operate_view v;
	struct err e = { 0 };

	configured(&w);
	assert_true(start(&w, PCS, "off", id, &e));
	assert_true(engine_operate_cancel(w.engine, id));
	v = finish(&w, id);
	assert_true(v.cancelled);
	assert_int_equal(v.done, PCS);
	assert_int_equal(v.failed, PCS);
	assert_int_equal(error_of(&w, id, 0).code, ERR_CANCELLED);
	for (unsigned i = 0; i < PCS; i++)
		assert_true(sim_dev_is_on(w.devs[i].dev));
	assert_true(engine_operate_drop(w.engine, id));
	world_run_ms(&w, 100);
	assert_false(engine_operate_get(w.engine, id, &v));
	nothing_is_held(&w);
	world_deinit(&w);
}

/* What of a start from elsewhere is in the PC. */
static void boot_of(struct world *w, unsigned i, char out_text[512])
{
	struct out o;

	memset(out_text, 0, 512);
	out_init(&o, out_text, 511);
	sim_dev_print_boot(w->devs[i].dev, &o);
}

/* CTRL-C at every step of a start from the BIOS setup: nothing of it is left in the PC that a later start
 * would use, and what started started from there. True: it had ended before that. */
static bool boot_broken_off_after(struct world *w, unsigned steps)
{
	const struct amt_op_arg args[] = { { "target", "bios" }, { "wait", "5" } };
	const char *uuid = w->devs[2].uuid;
	const struct engine_operate_want want = { .kind = amt_op_find("boot"),
						  .args = args,
						  .arg_count = 2,
						  .actor = "uid:0",
						  .uuids = &uuid,
						  .uuid_count = 1,
						  .busy_ms = -1 };
	const struct sim_boot_choice *c = sim_dev_boot_choice(w->devs[2].dev);
	unsigned starts = c->starts;
	char id[ENGINE_OPERATE_ID], text[512];
	struct engine_operate_view v = { 0 };
	struct err e = { 0 };

	assert_true(engine_operate_start(w->engine, &want, id, &e));
	for (unsigned k = 0; k < steps && !v.ended; k++) {
		(void)world_step(w, clk_mono_ms() + MINUTE_MS);
		assert_true(engine_operate_get(w->engine, id, &v));
	}
	bool ended = v.ended;
	assert_true(engine_operate_cancel(w->engine, id));
	v = finish(w, id);
	if (ended && v.failed)
		fail_msg("%s", error_of(w, id, 0).msg);
	world_run_ms(w, MINUTE_MS);
	boot_of(w, 2, text);
	if (!strstr(text, "next=usual role=none left=no"))
		fail_msg("broken off after %u steps: %s", steps, text);
	if (c->starts != starts && !strstr(text, "last=bios"))
		fail_msg("broken off after %u steps, started from elsewhere: %s", steps, text);
	assert_true(engine_operate_drop(w->engine, id));
	world_run_ms(w, 11 * MINUTE_MS); /* the charged login leaves its window */
	return ended;
}

static void boot_is_broken_off_anywhere(void **state)
{
	(void)state;
	static struct world w;
	unsigned steps = 0;

	configured(&w);
	while (!boot_broken_off_after(&w, steps))
		steps++;

	assert_in_range(steps, 20, 2000);
	world_deinit(&w);
}

/* ---- by the clock ---- */

static void add_schedule(struct world *w, const char *name, const char *spec, const char *missed,
			 int64_t missed_ms)
{
	struct err e = { 0 };
	struct store_schedule s = { .name = name,
				    .spec = spec,
				    .tz = "",
				    .missed = missed,
				    .missed_ms = missed_ms,
				    .op = "power",
				    .args = "action=reset",
				    .targets = w->devs[0].uuid,
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

static struct store_schedule schedule_of(struct world *w, struct arena *a, const char *name)
{
	struct store_schedule s = { 0 };

	assert_true(store_schedule_get(w->store, a, name, &s));
	return s;
}

static unsigned resets(struct world *w)
{
	return sim_dev_get_stats(w->devs[0].dev)->resets;
}

static void runs_by_the_clock(void **state)
{
	(void)state;
	static struct world w;
	struct arena a;

	configured(&w);
	arena_init(&a, 1 << 18);
	add_schedule(&w, "hourly", "15 * * * *", "skip", 0);
	unsigned before = resets(&w);
	world_run_ms(&w, 24 * HOUR_MS);
	assert_int_equal(resets(&w), before + 24);
	assert_string_equal(schedule_of(&w, &a, "hourly").last_note, "1 PCs, 0 failed");
	nothing_is_held(&w);
	arena_deinit(&a);
	world_deinit(&w);
}

static void makes_up_what_was_missed(void **state)
{
	(void)state;
	static const struct {
		const char *missed;
		int64_t within_ms, down_ms;
		unsigned want;
	} cases[] = {
		{ "skip", 0, 3 * HOUR_MS, 0 },
		{ "run", 0, 3 * HOUR_MS, 1 }, /* once, however many were missed */
		{ "within", 2 * HOUR_MS, 61 * MINUTE_MS, 1 },
		{ "within", 5 * MINUTE_MS, 61 * MINUTE_MS, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static struct world w;
		struct arena a;
		configured(&w);
		arena_init(&a, 1 << 18);
		/* just before the hour, so that the run lies half an hour after the death */
		world_run_ms(&w, HOUR_MS - clk_unix_ms() % HOUR_MS);
		add_schedule(&w, "it", "30 * * * *", cases[i].missed, cases[i].within_ms);
		unsigned before = resets(&w);
		world_kill_service(&w);
		world_run_ms(&w, cases[i].down_ms);
		world_start_service(&w);
		world_run_ms(&w, 3 * MINUTE_MS);
		if (resets(&w) != before + cases[i].want)
			fail_msg("%s, case %zu: %u runs", cases[i].missed, i, resets(&w) - before);
		assert_true(schedule_of(&w, &a, "it").next_unix_ms > clk_unix_ms());
		arena_deinit(&a);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(beside_jobs),
		cmocka_unit_test(jobs_say_what_they_wait_for),
		cmocka_unit_test(groups_in_groups),
		cmocka_unit_test(one_that_sleeps),
		cmocka_unit_test(one_that_is_gone),
		cmocka_unit_test(a_refused_password),
		cmocka_unit_test(dies_in_the_middle),
		cmocka_unit_test(is_cancelled),
		cmocka_unit_test(boot_is_broken_off_anywhere),
		cmocka_unit_test(runs_by_the_clock),
		cmocka_unit_test(makes_up_what_was_missed),
	};
	log_set_fd(-1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
