/* The three who log in over a stored credential beside jobs (an operation, a line, a console): each
 * refuses the same things in the same words and sends nothing then, a password that the PC does not take
 * goes out once whoever has it, and afterwards the PC is free and nothing stays charged. */
#include "world.h"

#include "base/clk.h"
#include "base/mem.h"
#include "engine/console.h"
#include "engine/line.h"
#include "engine/operate.h"
#include "engine/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)
#define SOMEBODY  "00000000-0000-4000-8000-00000000beef"

enum user { OPERATION, LINE, CONSOLE, USERS };
static const char *const user_names[] = { "operation", "line", "console" };

static void begin(struct world *w)
{
	world_init(w, 341);
	world_add(w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_profile_put(
		tx, "baseline",
		"version: 1\nadmin_password: random\nmebx_password: random\n"
		"names: fqdn\nclock: sync\ntls: server\n"
		"redirection: {sol: on, ider: on}\nkvm: on\nconsent: {required: none}\n",
		clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_start_service(w);
	if (!world_run_until_done(w, HOUR_MS)) {
		world_print(w);
		fail_msg("not configured");
	}
	world_set(w, "drift.check_h", "0"); /* a check would try the former password too */
}

/* ---- the three ---- */

static struct err operate(struct world *w, const char *uuid)
{
	struct engine_operate_want want = { .kind = amt_op_find("power-status"),
					    .actor = "uid:0",
					    .uuids = &uuid,
					    .uuid_count = 1,
					    .busy_ms = -1 };
	struct engine_operate_view v = { 0 };
	struct engine_operate_result r;
	char id[ENGINE_OPERATE_ID];
	struct err e = { 0 };

	assert_true(engine_operate_start(w->engine, &want, id, &e));
	for (unsigned k = 0; k < 3000 && !v.ended; k++) {
		world_run_ms(w, 100);
		assert_true(engine_operate_get(w->engine, id, &v));
	}
	assert_true(engine_operate_result(w->engine, id, 0, &r));
	return *r.e;
}

struct seen {
	bool open, down;
	struct err e;
};

static void on_open(void *arg)
{
	((struct seen *)arg)->open = true;
}

static void on_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
}

static void on_room(void *arg)
{
	(void)arg;
}

static void on_down(void *arg, const struct err *why)
{
	struct seen *s = arg;

	s->down = true;
	s->e = *why;
}

static struct err line(struct world *w, const char *uuid)
{
	static const struct amt_redir_events events = { on_open, on_data, on_room, on_down };
	struct seen s = { 0 };
	struct engine_line *l =
		engine_line_open(w->engine, uuid, WIRE_REDIR_IDER, "uid:0", &events, &s);

	for (unsigned k = 0; k < 3000 && !s.open && !s.down; k++)
		world_run_ms(w, 100);
	engine_line_free(l);
	return s.e;
}

static struct err console(struct world *w, const char *uuid)
{
	struct engine_console_view v = { .state = "opening" };
	struct err e = { 0 };

	if (!engine_console_open(w->engine, uuid, "uid:0", &e))
		return e;
	for (unsigned k = 0; k < 3000 && strcmp(v.state, "opening") == 0; k++) {
		world_run_ms(w, 100);
		assert_true(engine_console_get(w->engine, uuid, &v));
	}
	e = *v.e;
	assert_true(engine_console_end(w->engine, uuid, "uid:0"));
	return e;
}

static struct err login(struct world *w, enum user u, const char *uuid)
{
	struct err e = u == OPERATION ? operate(w, uuid)
		: u == LINE           ? line(w, uuid)
				      : console(w, uuid);
	world_run_ms(w, 1000);
	return e;
}

/* ---- what they meet ---- */

static void commit(struct world *w, struct store_tx *tx)
{
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 100);
}

static void make_nothing(struct world *w)
{
	(void)w;
}

static void take_credential(struct world *w)
{
	struct store_credential rows[4];
	struct arena a;

	arena_init(&a, 1 << 18);
	struct store_tx *tx = store_tx_new(w->store);
	unsigned n = store_credential_list(w->store, &a, w->devs[0].uuid, "admin", 4, rows);
	for (unsigned i = 0; i < n; i++)
		store_tx_credential_state(tx, rows[i].id, "previous", clk_unix_ms());
	commit(w, tx);
	arena_deinit(&a);
}

static void use_up_budget(struct world *w)
{
	struct store_tx *tx = store_tx_new(w->store);

	store_tx_device_int(tx, w->devs[0].uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, 50);
	store_tx_device_int(tx, w->devs[0].uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, clk_unix_ms());
	commit(w, tx);
}

static void hold_it(struct world *w)
{
	struct store_tx *tx = store_tx_new(w->store);
	const struct store_hold h = { .uuid = w->devs[0].uuid,
				      .owner = "another",
				      .what = "bios update",
				      .until_unix_ms = clk_unix_ms() + HOUR_MS };

	store_tx_hold_take(tx, &h, clk_unix_ms());
	commit(w, tx);
}

static void each_refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*make)(struct world *w);
		const char *uuid; /* NULL: the PC's */
		enum err_code code;
		const char *rule, *says;
	} cases[] = {
		{ "unknown", make_nothing, SOMEBODY, ERR_NOT_FOUND, NULL, "no device" },
		{ "no credential", take_credential, NULL, ERR_AUTH, "D051", "no way into" },
		{ "budget is used up", use_up_budget, NULL, ERR_LOCKOUT, "M19", "50 logins" },
		{ "held by another", hold_it, NULL, ERR_BUSY, NULL, "bios update" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static struct world w;
		begin(&w);
		cases[i].make(&w);
		for (enum user u = 0; u < USERS; u++) {
			unsigned before = sim_dev_get_stats(w.devs[0].dev)->handshakes;
			struct err e = login(&w, u, cases[i].uuid ? cases[i].uuid : w.devs[0].uuid);
			if (e.code != cases[i].code || !strstr(e.msg, cases[i].says) ||
			    strcmp(e.rule ? e.rule : "", cases[i].rule ? cases[i].rule : "") != 0)
				fail_msg("%s, %s: %s (%s)", cases[i].name, user_names[u], e.msg,
					 e.rule ? e.rule : "no rule");
			if (sim_dev_get_stats(w.devs[0].dev)->handshakes != before)
				fail_msg("%s, %s: went to the PC", cases[i].name, user_names[u]);
		}
		world_deinit(&w);
	}
}

static void wrong_password(struct world *w)
{
	struct store_credential rows[4];
	struct arena a;
	char label[96];

	arena_init(&a, 1 << 18);
	assert_true(store_credential_list(w->store, &a, w->devs[0].uuid, "admin", 4, rows) > 0);
	(void)snprintf(label, sizeof label, "credential:%s:admin", w->devs[0].uuid);
	struct store_credential bad = rows[0];
	bad.id = "wrong-one";
	bad.state = "candidate";
	bad.sealed = engine_seal(w->engine, label, span_str("Wr0ng-Word!"), &a);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_credential_add(tx, &bad);
	store_tx_credential_current(tx, bad.id, clk_unix_ms());
	commit(w, tx);
	arena_deinit(&a);
}

/* M19: whoever sends it first, the others do not send it again, however long they wait. */
static void a_refused_password(void **state)
{
	(void)state;
	for (enum user first = 0; first < USERS; first++) {
		static struct world w;
		begin(&w);
		wrong_password(&w);
		unsigned before = sim_dev_get_stats(w.devs[0].dev)->failed_logins;
		struct err e = login(&w, first, w.devs[0].uuid);
		if (e.code != ERR_AUTH)
			fail_msg("%s: %s", user_names[first], e.msg);
		assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, before + 1);
		for (enum user u = 0; u < USERS; u++) {
			e = login(&w, u, w.devs[0].uuid);
			if (e.code != ERR_AUTH || !strstr(e.msg, "not sent again"))
				fail_msg("%s after %s: %s", user_names[u], user_names[first],
					 e.msg);
			world_run_ms(&w, 12 * MINUTE_MS); /* longer than the budget's window */
		}
		assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, before + 1);
		world_deinit(&w);
	}
}

static void is_free(struct world *w, const char *who)
{
	struct arena a;
	struct store_hold h;
	struct store_device d;

	arena_init(&a, 1 << 18);
	if (store_hold_get(w->store, &a, w->devs[0].uuid, clk_unix_ms(), &h))
		fail_msg("%s: still held: %s", who, h.what);
	assert_true(store_device_get(w->store, &a, w->devs[0].uuid, &d));
	if (d.login_fail_count)
		fail_msg("%s: %lld logins stay charged", who, (long long)d.login_fail_count);
	arena_deinit(&a);
}

static void each_logs_in(void **state)
{
	(void)state;
	static struct world w;

	begin(&w);
	for (enum user u = 0; u < USERS; u++) {
		struct err e = login(&w, u, w.devs[0].uuid);
		if (e.code != ERR_NONE)
			fail_msg("%s: %s", user_names[u], e.msg);
		is_free(&w, user_names[u]);
	}
	world_deinit(&w);
}

static void until_it_runs(struct world *w)
{
	struct store_job j = { .state = "" };
	struct arena a;

	arena_init(&a, 1 << 18);
	for (unsigned k = 0; k < 1000 && strcmp(j.state, "running") != 0; k++) {
		(void)world_step(w, clk_mono_ms() + 10);
		if (!world_job_any(w, w->devs[0].uuid, NULL, &a, &j))
			j.state = "";
	}
	assert_string_equal(j.state, "running");
	arena_deinit(&a);
}

/* The PC is busy with a job that gives it another password: the new one is sent. */
static void the_password_changes_meanwhile(void **state)
{
	(void)state;
	for (enum user u = 0; u < USERS; u++) {
		static struct world w;
		begin(&w);
		unsigned before = sim_dev_get_stats(w.devs[0].dev)->failed_logins;
		world_add_job_of(&w, 0, "rotate_password");
		until_it_runs(&w);
		struct err e = login(&w, u, w.devs[0].uuid);
		if (e.code != ERR_NONE)
			fail_msg("%s: %s", user_names[u], e.msg);
		world_run_ms(&w, 2 * MINUTE_MS);
		assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->failed_logins, before);
		is_free(&w, user_names[u]);
		world_deinit(&w);
	}
}

/* The PC does not say whose its session is: one of ours is named when it is of that kind, and no other. */
static void busy_is_blamed_on_its_owner(void **state)
{
	(void)state;
	static const struct {
		enum wire_redir_session kind;
		const char *seen;
	} cases[] = { { WIRE_REDIR_IDER, "IDE-R session of uid:7 since 20" },
		      { WIRE_REDIR_KVM, "" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static struct world w;
		struct err e = { 0 };
		begin(&w);
		const struct store_pc_session ours = {
			.uuid = w.devs[0].uuid,
			.owner = "x",
			.kind = wire_redir_session_name(cases[i].kind),
			.actor = "uid:7",
			.since_unix_ms = clk_unix_ms(),
			.until_unix_ms = clk_unix_ms() + HOUR_MS,
		};
		struct store_tx *tx = store_tx_new(w.store);
		store_tx_pc_session_put(tx, &ours);
		commit(&w, tx);
		assert_true(sim_dev_fault(w.devs[0].dev, span_str("redir_busy=9"), &e));
		e = line(&w, w.devs[0].uuid);
		if (e.code != ERR_BUSY || !strstr(e.seen, cases[i].seen) ||
		    (!cases[i].seen[0] && strstr(e.seen, "uid:7")))
			fail_msg("%s: %s (%s)", ours.kind, e.msg, e.seen);
		world_deinit(&w);
	}
}

/* ---- sessions that stay open ---- */

static const char *state_of(struct world *w, const char *kind, struct arena *a)
{
	struct store_job rows[8];
	unsigned n = store_job_list(w->store, a, "", w->devs[0].uuid, "", 8, rows);

	for (unsigned i = 0; i < n; i++)
		if (strcmp(rows[i].kind, kind) == 0)
			return rows[i].state;
	return "none";
}

enum ending { IS_FREED, PC_DIES, ENDINGS };
static const char *const ending_names[] = { "is freed", "PC loses power" };

static struct engine_line *open_line(struct world *w, struct seen *s)
{
	static const struct amt_redir_events events = { on_open, on_data, on_room, on_down };
	struct engine_line *l =
		engine_line_open(w->engine, w->devs[0].uuid, WIRE_REDIR_KVM, "uid:7", &events, s);

	for (unsigned k = 0; k < 300 && !s->open && !s->down; k++)
		world_run_ms(w, 100);
	if (!s->open)
		fail_msg("not open: %s", s->e.msg);
	return l;
}

static void jobs_wait(enum ending how)
{
	static struct world w;
	struct seen s = { 0 };
	struct arena a;
	const char *who;

	begin(&w);
	arena_init(&a, 1 << 18);
	struct engine_line *l = open_line(&w, &s);
	world_add_job_of(&w, 0, "rotate_password");
	world_add_job_of(&w, 0, "check");
	world_run_ms(&w, 2 * MINUTE_MS); /* longer than a row that nobody renews */
	if (s.down)
		fail_msg("%s", s.e.msg);
	assert_string_equal(state_of(&w, "rotate_password", &a), "queued");
	assert_string_equal(state_of(&w, "check", &a), "done");
	who = engine_session_who(w.engine, w.devs[0].uuid, "rotate_password", &a);
	if (!strstr(who, "KVM session of uid:7 since 20"))
		fail_msg("waits for '%s'", who);
	assert_string_equal(engine_session_who(w.engine, w.devs[0].uuid, "check", &a), "");
	struct err e = login(&w, OPERATION, w.devs[0].uuid); /* goes on beside it */
	assert_int_equal(e.code, ERR_NONE);
	if (how == IS_FREED)
		engine_line_free(l);
	else
		sim_dev_power_loss(w.devs[0].dev);
	world_run_ms(&w, 2 * MINUTE_MS);
	if (strcmp(state_of(&w, "rotate_password", &a), "done") != 0)
		fail_msg("%s: %s", ending_names[how], state_of(&w, "rotate_password", &a));
	if (how == PC_DIES) {
		assert_true(s.down);
		engine_line_free(l);
	}
	assert_string_equal(engine_session_who(w.engine, w.devs[0].uuid, NULL, &a), "");
	is_free(&w, ending_names[how]);
	arena_deinit(&a);
	world_deinit(&w);
}

static void a_session_holds_up_what_would_cut_it(void **state)
{
	(void)state;
	for (enum ending how = 0; how < ENDINGS; how++)
		jobs_wait(how);
}

/* The row of a service that died is no longer renewed. */
static void a_dead_ones_row_runs_out(void **state)
{
	(void)state;
	static struct world w;
	struct arena a;

	begin(&w);
	arena_init(&a, 1 << 18);
	const struct store_pc_session row = { .uuid = w.devs[0].uuid,
					      .owner = "dead/session-1",
					      .kind = "KVM",
					      .actor = "uid:9",
					      .since_unix_ms = clk_unix_ms(),
					      .until_unix_ms = clk_unix_ms() + 90000 };
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_pc_session_put(tx, &row);
	commit(&w, tx);
	world_add_job_of(&w, 0, "rotate_password");
	world_run_ms(&w, MINUTE_MS);
	assert_string_equal(state_of(&w, "rotate_password", &a), "queued");
	world_run_ms(&w, 2 * MINUTE_MS);
	assert_string_equal(state_of(&w, "rotate_password", &a), "done");
	arena_deinit(&a);
	world_deinit(&w);
}

static void a_console_too(void **state)
{
	(void)state;
	static struct world w;
	struct engine_console_view v = { .state = "opening" };
	struct arena a;
	struct err e = { 0 };

	begin(&w);
	arena_init(&a, 1 << 18);
	assert_true(engine_console_open(w.engine, w.devs[0].uuid, "uid:8", &e));
	for (unsigned k = 0; k < 300 && strcmp(v.state, "open") != 0; k++) {
		world_run_ms(&w, 100);
		assert_true(engine_console_get(w.engine, w.devs[0].uuid, &v));
	}
	world_add_job_of(&w, 0, "rotate_password");
	for (unsigned k = 0; k < 60; k++) { /* somebody looks on */
		world_run_ms(&w, 5000);
		assert_true(engine_console_get(w.engine, w.devs[0].uuid, &v));
	}
	assert_string_equal(v.state, "open");
	assert_string_equal(state_of(&w, "rotate_password", &a), "queued");
	assert_non_null(strstr(engine_session_who(w.engine, w.devs[0].uuid, NULL, &a),
			       "SOL session of uid:8"));
	world_run_ms(&w, 2 * MINUTE_MS); /* nobody does any more */
	assert_string_equal(state_of(&w, "rotate_password", &a), "done");
	arena_deinit(&a);
	world_deinit(&w);
}

struct end {
	bool told, stopped, told_first;
};

static void on_news(void *arg)
{
	struct end *s = arg;

	s->told = true;
}

static void on_stopped(void *arg)
{
	struct end *s = arg;

	s->stopped = true;
	s->told_first = s->told;
}

/* Else the process is gone before the answer, and the looker knows no reason. */
static void who_looks_at_a_console_hears_of_the_end_first(void **state)
{
	(void)state;
	static struct world w;
	struct engine_console_view v = { .state = "opening" };
	struct end s = { 0 };
	struct err e = { 0 };

	begin(&w);
	assert_true(engine_console_open(w.engine, w.devs[0].uuid, "uid:8", &e));
	for (unsigned k = 0; k < 300 && strcmp(v.state, "open") != 0; k++) {
		world_run_ms(&w, 100);
		assert_true(engine_console_get(w.engine, w.devs[0].uuid, &v));
	}
	assert_string_equal(v.state, "open");
	assert_non_null(
		engine_console_wait(w.engine, w.devs[0].uuid, v.next, v.version, on_news, &s));
	engine_stop(w.engine, on_stopped, &s);
	assert_false(s.told);
	world_run_ms(&w, 20000);
	assert_true(s.told);
	assert_true(s.stopped);
	assert_true(s.told_first);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refuses),
		cmocka_unit_test(a_refused_password),
		cmocka_unit_test(each_logs_in),
		cmocka_unit_test(the_password_changes_meanwhile),
		cmocka_unit_test(busy_is_blamed_on_its_owner),
		cmocka_unit_test(a_session_holds_up_what_would_cut_it),
		cmocka_unit_test(a_dead_ones_row_runs_out),
		cmocka_unit_test(a_console_too),
		cmocka_unit_test(who_looks_at_a_console_hears_of_the_end_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
