/* Tests of jobs, leases and the journal of actions. */
#include "store/test_rows.h"

static void add_job(struct world *w, const char *id, const char *uuid)
{
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, id, uuid);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static enum err_code lease(struct world *w, const char *id, const char *owner, int64_t now)
{
	struct store_tx *tx = world_tx(w);
	store_tx_job_lease(tx, id, owner, now, now + 100);
	return world_commit(w, tx);
}

static enum err_code end(struct world *w, const char *id, enum store_job_state to,
			 int64_t not_before)
{
	struct store_tx *tx = world_tx(w);
	store_tx_job_end(tx, id, to, not_before, NULL, NULL, T0);
	return world_commit(w, tx);
}

static struct store_job get(struct world *w, const char *id)
{
	struct store_job j;
	if (!store_job_get(w->s, &w->a, id, &j))
		fail_msg("there is no job %s", id);
	return j;
}

static void one_active_job_of_a_kind(void **state)
{
	struct world *w = *state;
	struct store_job j;
	add_job(w, "j1", "u1");
	add_job(w, "j2", "u1"); /* no change */
	assert_false(store_job_get(w->s, &w->a, "j2", &j));
	assert_int_equal(store_job_count(w->s, NULL), 1);
	static const enum store_job_state active[] = { STORE_JOB_QUEUED, STORE_JOB_DELAYED,
						       STORE_JOB_PAUSED };
	for (size_t i = 0; i < sizeof active / sizeof *active; i++) {
		assert_int_equal(end(w, "j1", active[i], T0), ERR_NONE);
		add_job(w, "j2", "u1");
		assert_int_equal(store_job_count(w->s, NULL), 1);
	}
	assert_int_equal(end(w, "j1", STORE_JOB_DONE, 0), ERR_NONE);
	assert_false(store_job_active(w->s, &w->a, "u1", "configure", &j));
	add_job(w, "j2", "u1");
	assert_true(store_job_active(w->s, &w->a, "u1", "configure", &j));
	assert_string_equal(j.id, "j2");
	assert_int_equal(end(w, "j2", STORE_JOB_CANCELLED, 0), ERR_NONE);
	add_job(w, "j3", "u1");
	assert_int_equal(store_job_count(w->s, NULL), 3);
	assert_int_equal(store_job_count(w->s, "queued"), 1);
	/* An id of the past is a mistake and no "second add". */
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "j1", "u9");
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
}

static void only_free_jobs_are_leased(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name;
		enum store_job_state state;
		int64_t not_before, now;
		enum err_code want;
	} cases[] = {
		{ "queued", STORE_JOB_QUEUED, 0, T0, ERR_NONE },
		{ "delayed, early", STORE_JOB_DELAYED, T0 + 10, T0 + 9, ERR_CONFLICT },
		{ "delayed, due", STORE_JOB_DELAYED, T0 + 10, T0 + 10, ERR_NONE },
		{ "paused", STORE_JOB_PAUSED, 0, T0, ERR_CONFLICT },
		{ "done", STORE_JOB_DONE, 0, T0, ERR_CONFLICT },
		{ "cancelled", STORE_JOB_CANCELLED, 0, T0, ERR_CONFLICT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		add_job(w, cases[i].name, cases[i].name);
		assert_int_equal(end(w, cases[i].name, cases[i].state, cases[i].not_before),
				 ERR_NONE);
		enum err_code got = lease(w, cases[i].name, "me", cases[i].now);
		struct store_job j = get(w, cases[i].name);
		if (got != cases[i].want || j.attempt != (got == ERR_NONE))
			fail_msg("%s: %s, attempt %d", cases[i].name, err_name(got),
				 (int)j.attempt);
	}
	assert_int_equal(lease(w, "no such job", "me", T0), ERR_CONFLICT);
}

static void lease_ends_by_time(void **state)
{
	struct world *w = *state;
	add_job(w, "j1", "u1");
	assert_int_equal(lease(w, "j1", "one", T0), ERR_NONE);
	assert_int_equal(lease(w, "j1", "two", T0 + 99), ERR_CONFLICT);
	assert_int_equal(lease(w, "j1", "two", T0 + 100), ERR_NONE);
	struct store_job j = get(w, "j1");
	assert_string_equal(j.lease_owner, "two");
	assert_int_equal(j.lease_until_unix_ms, T0 + 200);
	assert_int_equal(j.attempt, 2);

	struct store_tx *tx = world_tx(w);
	store_tx_job_renew(tx, "j1", "two", T0 + 900);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(get(w, "j1").lease_until_unix_ms, T0 + 900);
	tx = world_tx(w);
	store_tx_job_renew(tx, "j1", "one", T0 + 950);
	struct err e = world_commit_err(w, tx);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(e.msg, "the lease of the job is lost: j1");
}

static void lost_lease_undoes_everything(void **state)
{
	struct world *w = *state;
	struct store_device d;
	static const struct {
		const char *name, *owner;
		int64_t now;
		enum err_code want;
	} cases[] = {
		{ "held", "me", T0 + 50, ERR_NONE },
		{ "other owner", "you", T0 + 50, ERR_CONFLICT },
		{ "too late", "me", T0 + 100, ERR_CONFLICT },
	};
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	add_job(w, "j1", "u1");
	assert_int_equal(lease(w, "j1", "me", T0), ERR_NONE);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tx = world_tx(w);
		store_tx_device_text(tx, "u1", STORE_DEVICE_FACTS, cases[i].name);
		store_tx_job_require(tx, "j1", cases[i].owner, cases[i].now);
		store_tx_job_stage(tx, "j1", cases[i].name, T0);
		enum err_code got = world_commit(w, tx);
		assert_true(store_device_get(w->s, &w->a, "u1", &d));
		bool written =
			str_eq(d.facts, cases[i].name) && str_eq(get(w, "j1").stage, cases[i].name);
		if (got != cases[i].want || written != (got == ERR_NONE))
			fail_msg("%s: %s, facts '%s'", cases[i].name, err_name(got), d.facts);
	}
	assert_string_equal(d.facts, "held");
}

static void end_tells_why(void **state)
{
	struct world *w = *state;
	struct err why = { 0 };
	add_job(w, "j1", "u1");
	assert_int_equal(lease(w, "j1", "me", T0), ERR_NONE);
	err_set(&why, ERR_AUTH, "device refused");
	err_seen(&why, "401");
	err_want(&why, "200");
	err_hint(&why, "wait");
	why.rule = "D051";
	struct store_tx *tx = world_tx(w);
	store_tx_job_end(tx, "j1", STORE_JOB_DELAYED, T0 + 60, &why, "round_trips=3", T0 + 7);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	struct store_job j = get(w, "j1");
	assert_string_equal(j.state, "delayed");
	assert_string_equal(j.lease_owner, "");
	assert_int_equal(j.lease_until_unix_ms, 0);
	assert_int_equal(j.not_before_unix_ms, T0 + 60);
	assert_string_equal(j.err_code, "device.auth");
	assert_string_equal(j.err_rule, "D051");
	assert_string_equal(j.err_msg, "device refused");
	assert_string_equal(j.err_seen, "401");
	assert_string_equal(j.err_want, "200");
	assert_string_equal(j.err_hint, "wait");
	assert_string_equal(j.stats, "round_trips=3");
	assert_int_equal(j.changed_unix_ms, T0 + 7);
	assert_int_equal(j.attempt, 1);
	assert_int_equal(end(w, "j1", STORE_JOB_DONE, 0), ERR_NONE);
	assert_string_equal(get(w, "j1").err_code, "");
}

static void operator_leaves_running_ones(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name;
		enum store_job_state from, to;
		const char *want;
	} cases[] = {
		{ "retry delayed", STORE_JOB_DELAYED, STORE_JOB_QUEUED, "queued" },
		{ "retry paused", STORE_JOB_PAUSED, STORE_JOB_QUEUED, "queued" },
		{ "pause queued", STORE_JOB_QUEUED, STORE_JOB_PAUSED, "paused" },
		{ "cancel paused", STORE_JOB_PAUSED, STORE_JOB_CANCELLED, "cancelled" },
		{ "retry done", STORE_JOB_DONE, STORE_JOB_QUEUED, "done" },
		{ "cancel running", STORE_JOB_RUNNING, STORE_JOB_CANCELLED, "running" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *id = cases[i].name;
		add_job(w, id, id);
		assert_int_equal(lease(w, id, "me", T0), ERR_NONE);
		if (cases[i].from != STORE_JOB_RUNNING)
			assert_int_equal(end(w, id, cases[i].from, T0 + 1000), ERR_NONE);
		struct store_tx *tx = world_tx(w);
		store_tx_job_set(tx, id, cases[i].to, T0);
		assert_int_equal(world_commit(w, tx), ERR_NONE);
		struct store_job j = get(w, id);
		if (!str_eq(j.state, cases[i].want) || j.attempt != 1)
			fail_msg("%s: %s, attempt %d", id, j.state, (int)j.attempt);
	}
	/* A cancelled one makes room for the next. */
	add_job(w, "next", "cancel paused");
	assert_string_equal(get(w, "next").state, "queued");
}

static void due_ones_by_priority_then_age(void **state)
{
	struct world *w = *state;
	struct store_job rows[8];
	static const struct {
		const char *id;
		int64_t priority, created;
	} jobs[] = {
		{ "late", 5, T0 + 3 },    { "early", 5, T0 + 1 }, { "urgent", 1, T0 + 9 },
		{ "delayed", 5, T0 + 2 }, { "waits", 0, T0 },     { "lost", 5, T0 + 4 },
		{ "busy", 0, T0 },
	};
	struct store_tx *tx = world_tx(w);
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
		store_tx_job_add(tx,
				 &(struct store_job){ .id = jobs[i].id,
						      .uuid = jobs[i].id,
						      .kind = "configure",
						      .priority = jobs[i].priority,
						      .created_unix_ms = jobs[i].created });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_job_next_unix_ms(w->s), -1);
	assert_int_equal(end(w, "delayed", STORE_JOB_DELAYED, T0 + 50), ERR_NONE);
	assert_int_equal(end(w, "waits", STORE_JOB_DELAYED, T0 + 101), ERR_NONE);
	assert_int_equal(store_job_next_unix_ms(w->s), T0 + 50);
	assert_int_equal(lease(w, "lost", "me", T0), ERR_NONE);
	assert_int_equal(lease(w, "busy", "me", T0 + 1), ERR_NONE);

	static const char *const want[] = { "urgent", "early", "delayed", "late", "lost" };
	assert_int_equal(store_job_due(w->s, &w->a, T0 + 100, 8, rows), 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(rows[i].id, want[i]);
	assert_int_equal(store_job_due(w->s, &w->a, T0 + 100, 2, rows), 2);
	assert_string_equal(rows[1].id, "early");
}

static void recover_frees_running_ones(void **state)
{
	struct world *w = *state;
	add_job(w, "j1", "u1");
	add_job(w, "j2", "u2");
	assert_int_equal(lease(w, "j1", "former", T0), ERR_NONE);
	assert_int_equal(end(w, "j2", STORE_JOB_DELAYED, T0 + 50), ERR_NONE);
	struct store_tx *tx = world_tx(w);
	store_tx_job_recover(tx, "new", T0 + 1);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_string_equal(get(w, "j1").state, "queued");
	assert_string_equal(get(w, "j1").lease_owner, "");
	assert_int_equal(get(w, "j1").attempt, 1);
	assert_string_equal(get(w, "j2").state, "delayed");
}

static void lists_by_state_and_device(void **state)
{
	struct world *w = *state;
	struct store_job rows[8];
	for (int i = 0; i < 6; i++) {
		char id[3] = { 'j', (char)('0' + i), 0 };
		add_job(w, id, i < 4 ? "u1" : "u2");
		if (i != 3 && i != 5)
			assert_int_equal(
				end(w, id, i == 1 ? STORE_JOB_CANCELLED : STORE_JOB_DONE, 0),
				ERR_NONE);
	}
	static const struct {
		const char *name, *state, *uuid, *after;
		unsigned want;
		const char *first;
	} cases[] = {
		{ "all", NULL, NULL, NULL, 6, "j0" },
		{ "all after", NULL, NULL, "j3", 2, "j4" },
		{ "state", "done", NULL, NULL, 3, "j0" },
		{ "state after", "done", NULL, "j2", 1, "j4" },
		{ "device", NULL, "u1", NULL, 4, "j0" },
		{ "device and state", "queued", "u1", NULL, 1, "j3" },
		{ "device after", NULL, "u1", "j1", 2, "j2" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned n = store_job_list(w->s, &w->a, cases[i].state, cases[i].uuid,
					    cases[i].after, 8, rows);
		if (n != cases[i].want || !str_eq(rows[0].id, cases[i].first))
			fail_msg("%s: %u rows, first %s", cases[i].name, n, rows[0].id);
	}
	assert_int_equal(store_job_list(w->s, &w->a, NULL, NULL, NULL, 4, rows), 4);
}

static void journal_keeps_one_row_per_action(void **state)
{
	struct world *w = *state;
	struct store_step rows[4];
	struct store_tx *tx = world_tx(w);
	store_tx_step(
		tx, &(struct store_step){ "u1", "j1", "admin_password", 3, 1, "intent", "c1", T0 });
	store_tx_step(tx,
		      &(struct store_step){ "u1", "j1", "commit", 3, 1, "intent", NULL, T0 + 1 });
	store_tx_step(tx, &(struct store_step){ "u2", "j2", "commit", 3, 1, "intent", NULL, T0 });
	store_tx_step(tx,
		      &(struct store_step){ "u1", "j9", "admin_password", 4, 2, "verified", "c2",
					    T0 + 2 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_step_list(w->s, &w->a, "u1", 4, rows), 2);
	assert_string_equal(rows[0].action, "commit");
	assert_string_equal(rows[1].action, "admin_password");
	assert_string_equal(rows[1].job, "j9");
	assert_string_equal(rows[1].phase, "verified");
	assert_string_equal(rows[1].detail, "c2");
	assert_int_equal(rows[1].plan_version, 4);
	assert_int_equal(rows[1].attempt, 2);
	assert_int_equal(rows[1].at_unix_ms, T0 + 2);
	tx = world_tx(w);
	store_tx_step_clear(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_step_list(w->s, &w->a, "u1", 4, rows), 0);
	assert_int_equal(store_step_list(w->s, &w->a, "u2", 4, rows), 1);
}

/* A rotation that is done in between does not make a renewal forget that it has sent a key. */
static void a_job_that_waits_keeps_its_journal(void **state)
{
	struct world *w = *state;
	struct store_step rows[4];
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "ended", "u1");
	store_tx_job_set(tx, "ended", STORE_JOB_CANCELLED, T0);
	world_add_job(tx, "waits", "u1"); /* one of a kind at a time */
	store_tx_step(tx, &(struct store_step){ "u1", "waits", "add_key", 3, 1, "intent", "", T0 });
	store_tx_step(tx, &(struct store_step){ "u1", "ended", "commit", 3, 1, "intent", "", T0 });
	store_tx_step(tx, &(struct store_step){ "u1", "mine", "mebx", 3, 1, "intent", "", T0 });
	store_tx_step_settle(tx, "u1", "mine");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_step_list(w->s, &w->a, "u1", 4, rows), 1);
	assert_string_equal(rows[0].job, "waits");
	tx = world_tx(w);
	store_tx_step_settle(tx, "u1", "waits");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_step_list(w->s, &w->a, "u1", 4, rows), 0);
}

/* Kept by the database: every way into a state and out of it counts. */
static void amounts_follow_every_change(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	world_add_hello(tx, "u1", "10.0.0.1", T0 + 1);
	world_add_hello(tx, "u2", "10.0.0.2", T0);
	for (int i = 0; i < 2; i++) /* the second adds nothing */
		world_add_job(tx, i ? "j9" : "j1", "u1");
	world_add_job(tx, "j2", "u2");
	store_tx_job_lease(tx, "j2", "me", T0, T0 + 1000);
	store_tx_device_text(tx, "u2", STORE_DEVICE_STATE, "configured");
	store_tx_device_text(tx, "u2", STORE_DEVICE_STATE, "configured");
	store_tx_psk_add(tx, &(struct store_psk){ .pid = "4444-0001" });
	store_tx_psk_use(tx, "4444-0001", "u2", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_device_count(w->s, NULL), 2);
	assert_int_equal(store_device_count(w->s, "new"), 1);
	assert_int_equal(store_device_count(w->s, "configured"), 1);
	assert_int_equal(store_job_count(w->s, NULL), 2);
	assert_int_equal(store_job_count(w->s, "queued"), 1);
	assert_int_equal(store_job_count(w->s, "running"), 1);
	assert_int_equal(store_psk_count(w->s, "unused"), 0);
	assert_int_equal(store_psk_count(w->s, "used"), 1);
	tx = world_tx(w);
	store_tx_job_end(tx, "j2", STORE_JOB_DONE, 0, NULL, "", T0);
	store_tx_psk_release(tx, "4444-0001");
	store_tx_device_forget(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_device_count(w->s, NULL), 1);
	assert_int_equal(store_device_count(w->s, "new"), 0);
	assert_int_equal(store_job_count(w->s, NULL), 1);
	assert_int_equal(store_job_count(w->s, "done"), 1);
	assert_int_equal(store_psk_count(w->s, "released"), 1);
	/* A transaction that is undone leaves them as they were. */
	tx = world_tx(w);
	world_add_hello(tx, "u3", "10.0.0.3", T0);
	store_tx_psk_use(tx, "none", "u3", T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
	assert_int_equal(store_device_count(w->s, NULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(amounts_follow_every_change),
		WORLD_BOTH(one_active_job_of_a_kind),
		WORLD_BOTH(only_free_jobs_are_leased),
		WORLD_BOTH(lease_ends_by_time),
		WORLD_BOTH(lost_lease_undoes_everything),
		WORLD_BOTH(end_tells_why),
		WORLD_BOTH(operator_leaves_running_ones),
		WORLD_BOTH(due_ones_by_priority_then_age),
		WORLD_BOTH(recover_frees_running_ones),
		WORLD_BOTH(lists_by_state_and_device),
		WORLD_BOTH(journal_keeps_one_row_per_action),
		WORLD_BOTH(a_job_that_waits_keeps_its_journal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
