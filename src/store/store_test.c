/* Tests of opening, closing and process death. */
#include "store/test_rows.h"

#include "base/fault.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct store *open_path(const char *path, struct sched *sched, struct err *e)
{
	struct store_conf c = { .path = path, .is_inline = sched != NULL, .sched = sched };
	return store_open(&c, e);
}

static void one_service_per_file(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct store *second = open_path(w->path, NULL, &e);
	assert_null(second);
	assert_int_equal(e.code, ERR_STORE_BUSY);
	assert_non_null(strstr(e.msg, "another service uses database"));
	assert_non_null(strstr(e.msg, w->path));
	assert_true(e.hint[0]);
	/* When the first ends, the next may come, and finds everything. */
	struct store_tx *tx = world_tx(w);
	store_tx_setting_set(tx, "k", "v");
	store_tx_commit(tx, NULL, NULL);
	store_close(w->s);
	w->s = open_path(w->path, NULL, &e);
	assert_non_null(w->s);
	const char *v = NULL;
	assert_true(store_setting_get(w->s, &w->a, "k", &v));
	assert_string_equal(v, "v");
}

static void file_is_for_nobody_else(void **state)
{
	struct world *w = *state;
	struct stat st;
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void refuses_what_it_cannot_use(void **state)
{
	(void)state;
	struct world w = { 0 };
	char dir_path[96], deep_path[128];
	world_make_dir(&w);
	write_file(
		w.path,
		"this is a text file and no database, and it is longer than a header of one is\n");
	(void)snprintf(dir_path, sizeof dir_path, "%s", w.dir);
	(void)snprintf(deep_path, sizeof deep_path, "%s/none/db", w.dir);
	const struct {
		const char *name, *path, *msg;
		enum err_code code;
	} cases[] = {
		{ "text file", w.path, "is not a database", ERR_STORE },
		{ "folder", dir_path, "EISDIR", ERR_STORE },
		{ "no folder", deep_path, "ENOENT", ERR_STORE },
		{ "memory needs inline", ":memory:", "inline", ERR_USAGE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct store *s = open_path(cases[i].path, NULL, &e);
		if (s || e.code != cases[i].code || !strstr(e.msg, cases[i].msg))
			fail_msg("%s: %s", cases[i].name, s ? "opened" : e.msg);
	}
	(void)snprintf(dir_path, sizeof dir_path, "%s.lock", w.dir);
	(void)unlink(dir_path);
	world_clean_dir(&w);
}

static void close_writes_what_is_queued(void **state)
{
	struct world *w = *state;
	struct result r = { 0 };
	for (int i = 0; i < 500; i++) {
		char id[16];
		struct store_tx *tx = world_tx(w);
		(void)snprintf(id, sizeof id, "j%d", i);
		world_add_job(tx, id, id);
		store_tx_commit(tx, world_count, &r);
	}
	store_close(w->s);
	assert_int_equal(r.calls, 0);
	w->s = open_path(w->path, NULL, NULL);
	assert_non_null(w->s);
	assert_int_equal(store_job_count(w->s, NULL), 500);
}

static void dropped_one_writes_nothing(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "j1", "u1");
	store_tx_drop(tx);
	store_tx_drop(NULL);
	assert_int_equal(store_job_count(w->s, NULL), 0);
	assert_int_equal(world_commit(w, world_tx(w)), ERR_NONE); /* empty is fine */
}

/* Committed is what store_tx_commit was given; its function dies with the process. */
static void crash_loses_the_uncommitted(void **state)
{
	struct world *w = *state;
	struct result r = { 0 };
	struct store_tx *given = world_tx(w), *open = world_tx(w);
	world_add_job(given, "j1", "u1");
	world_add_job(open, "j2", "u2");
	store_tx_commit(given, world_count, &r);
	assert_int_equal(store_queue_len(w->s), 1);
	store_crash(w->s);
	store_tx_drop(open);
	assert_int_equal(store_queue_len(w->s), 0);
	assert_false(sched_fake_step(w->sched, clk_mono_ms() + 1000));
	assert_int_equal(r.calls, 0);
	assert_int_equal(store_job_count(w->s, NULL), 1);
	/* The next "process" works on. */
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "j3", "u3");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

/* A process ends before, within and after its commit; another one beside it lives on. */
static void dies_around_a_commit(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *point;
		int jobs;
	} cases[] = { { "death.lost", 0 }, { "death.torn", 0 }, { "death.unreported", 1 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct result r = { 0 }, later = { 0 }, other = { 0 };
		struct store *b = store_open_beside(w->s, w->sched, true);
		int64_t before = store_job_count(w->s, NULL);
		char id[16];
		(void)snprintf(id, sizeof id, "j%zu", i);
		struct store_tx *tx = store_tx_new(b), *more = store_tx_new(b);
		world_add_job(tx, id, id);
		world_add_job(more, "more", "more");
		fault_arm(cases[i].point, 1);
		store_tx_commit(tx, world_count, &r);
		fault_disarm();
		store_tx_commit(more, world_count, &later);
		assert_true(store_is_dead(b));
		assert_false(store_is_dead(w->s));
		tx = world_tx(w);
		store_tx_setting_set(tx, "k", "v");
		store_tx_commit(tx, world_count, &other);
		world_wait(w, &other);
		if (store_job_count(w->s, NULL) - before != cases[i].jobs)
			fail_msg("%s: wrong number of jobs", cases[i].point);
		assert_int_equal(r.calls + later.calls, 0);
		store_crash(b);
		assert_false(store_is_dead(b));
		store_close(b);
	}
	assert_int_equal(store_job_count(w->s, NULL), 1);
}

/* At its start a lone service takes what runs; one with company leaves it to the leases. */
static void recovers_alone_only(void **state)
{
	struct world *w = *state;
	struct store_job j;
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "j1", "u1");
	store_tx_job_lease(tx, "j1", "a", T0, T0 + 60000);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	for (int company = 1; company >= 0; company--) {
		struct store *b = store_open_beside(w->s, w->sched, company);
		struct result r = { 0 };
		tx = store_tx_new(b);
		store_tx_job_recover(tx, "b", T0);
		store_tx_commit(tx, world_count, &r);
		world_wait(w, &r);
		assert_true(store_job_get(w->s, &w->a, "j1", &j));
		assert_string_equal(j.state, company ? "running" : "queued");
		store_close(b);
	}
}

static void functions_run_in_order(void **state)
{
	struct world *w = *state;
	struct result r[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		struct store_tx *tx = world_tx(w);
		world_add_job(tx, i == 1 ? "j0" : "j9", i == 1 ? "u1" : "u0");
		store_tx_commit(tx, world_count, &r[i]);
	}
	world_wait(w, &r[2]);
	for (int i = 0; i < 3; i++)
		assert_int_equal(r[i].calls, 1);
	assert_int_equal(store_queue_len(w->s), 0);
}

static void too_large_is_refused(void **state)
{
	struct world *w = *state;
	size_t n = 9u * 1024 * 1024;
	uint8_t *bytes = mem_new(n);
	struct store_tx *tx = world_tx(w);
	store_tx_setting_set(tx, "k", "v");
	for (int i = 0; i < 4; i++)
		store_tx_secret_set(tx, "large", span_make(bytes, n));
	assert_int_equal(world_commit(w, tx), ERR_LIMIT);
	const char *v;
	assert_false(store_setting_get(w->s, &w->a, "k", &v));
	mem_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_THREAD(one_service_per_file),
		WORLD_THREAD(file_is_for_nobody_else),
		cmocka_unit_test(refuses_what_it_cannot_use),
		WORLD_THREAD(close_writes_what_is_queued),
		WORLD_BOTH(dropped_one_writes_nothing),
		WORLD_INLINE(crash_loses_the_uncommitted),
		WORLD_FILE(crash_loses_the_uncommitted),
		WORLD_INLINE(dies_around_a_commit),
		WORLD_FILE(dies_around_a_commit),
		WORLD_INLINE(recovers_alone_only),
		WORLD_BOTH(functions_run_in_order),
		WORLD_BOTH(too_large_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
