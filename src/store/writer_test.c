/* Tests of group commits: neighbours, failures of the database and of the disk, the bound of the
 * queue. OUTBAND_BENCH_HELLOS=200000 makes the last one a measurement. */
#include "store/test_rows.h"
#include "base/fault.h"
#include "base/limits.h"
#include <sqlite3.h>
#include <sys/stat.h>

enum { GROUP = 9 };

static void write_group(struct world *w, struct store_tx **txs, unsigned n)
{
	store_group_write(store_writer_db(w->s), txs, n);
}

static const char *const ids[GROUP] = { "j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8" };

static void make_group(struct world *w, struct store_tx *txs[GROUP])
{
	for (unsigned i = 0; i < GROUP; i++) {
		txs[i] = world_tx(w);
		world_add_job(txs[i], ids[i], ids[i]);
	}
}

static unsigned drop_group(struct store_tx *txs[GROUP], enum err_code want)
{
	unsigned failed = 0;
	for (unsigned i = 0; i < GROUP; i++) {
		if (txs[i]->err) {
			assert_int_equal(txs[i]->err->code, want);
			failed++;
		}
		store_tx_drop(txs[i]);
	}
	return failed;
}

static void neighbours_survive(void **state)
{
	struct world *w = *state;
	struct store_tx *txs[GROUP];
	struct store_job j;
	make_group(w, txs);
	world_add_job(txs[4], "more", "more");
	store_tx_job_require(txs[4], "j4", "nobody", T0);
	write_group(w, txs, GROUP);
	assert_non_null(txs[4]->err);
	assert_int_equal(drop_group(txs, ERR_CONFLICT), 1);
	assert_int_equal(store_job_count(w->s, NULL), GROUP - 1);
	assert_false(store_job_get(w->s, &w->a, "j4", &j));
	assert_false(store_job_get(w->s, &w->a, "more", &j));
}

static void later_ones_see_earlier_ones(void **state)
{
	struct world *w = *state;
	struct store_tx *txs[2] = { world_tx(w), world_tx(w) };
	world_add_job(txs[0], "j0", "u0");
	store_tx_job_lease(txs[1], "j0", "me", T0, T0 + 1);
	write_group(w, txs, 2);
	assert_null(txs[0]->err);
	assert_null(txs[1]->err);
	store_tx_drop(txs[0]);
	store_tx_drop(txs[1]);
}

/* Whatever step fails: who was told of success is stored, who was told of failure is not. */
static void every_failing_step_is_told(void **state)
{
	struct world *w = *state;
	int fired = 0;
	for (int nth = 1;; nth++) {
		struct store_tx *txs[GROUP];
		struct store_job j;
		bool told[GROUP];
		world_script(w, "delete from job");
		make_group(w, txs);
		fault_arm("store.", nth);
		write_group(w, txs, GROUP);
		bool hit = fault_fired() != NULL;
		fault_disarm();
		for (unsigned i = 0; i < GROUP; i++)
			told[i] = !txs[i]->err;
		unsigned failed = drop_group(txs, ERR_STORE);
		assert_true(failed <= (unsigned)hit);
		for (unsigned i = 0; i < GROUP; i++) {
			if (store_job_get(w->s, &w->a, ids[i], &j) != told[i])
				fail_msg("point %d: %s was told %d", nth, ids[i], told[i]);
		}
		if (!hit)
			break;
		fired++;
	}
	assert_int_equal(fired, 2 * GROUP + 1); /* begin and write of each, one commit */
}

static void single_one_fails_at_each_point(void **state)
{
	struct world *w = *state;
	static const char *const points[] = { "store.begin", "store.write", "store.commit" };
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		struct store_tx *tx = world_tx(w);
		world_add_job(tx, "j1", "u1");
		fault_arm(points[i], 1);
		enum err_code got = world_commit(w, tx);
		fault_disarm();
		if (got != ERR_STORE || store_job_count(w->s, NULL) != 0)
			fail_msg("%s: %s", points[i], err_name(got));
	}
	struct store_tx *tx = world_tx(w);
	world_add_job(tx, "j1", "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void add_large(struct world *w, struct store_tx *txs[GROUP])
{
	static uint8_t bytes[64 * 1024];
	for (unsigned i = 0; i < GROUP; i++) {
		txs[i] = world_tx(w);
		store_tx_setting_set(txs[i], ids[i], ids[i]);
		if (i == 3)
			store_tx_secret_set(txs[i], "large", span_make(bytes, sizeof bytes));
	}
}

static void full_disk_hurts_only_what_does_not_fit(void **state)
{
	struct world *w = *state;
	struct store_tx *txs[GROUP];
	const char *v;
	/* The limit becomes what the file has already, of which ten pages are free. */
	world_script(w,
		     "create table pad (x bytea); insert into pad values (zeroblob(40000));"
		     "delete from pad; pragma max_page_count = 1");
	add_large(w, txs);
	write_group(w, txs, GROUP);
	assert_non_null(txs[3]->err);
	assert_non_null(strstr(txs[3]->err->msg, "no space is left for database"));
	assert_true(txs[3]->err->hint[0]);
	assert_int_equal(drop_group(txs, ERR_STORE), 1);
	assert_true(store_setting_get(w->s, &w->a, "j8", &v));
	assert_false(store_setting_get(w->s, &w->a, "j3", &v));
	/* Space comes back. */
	world_script(w, "pragma max_page_count = 1000000");
	add_large(w, txs);
	write_group(w, txs, GROUP);
	assert_int_equal(drop_group(txs, ERR_STORE), 0);
	assert_true(store_setting_get(w->s, &w->a, "j3", &v));
}

static int64_t log_bytes(struct world *w)
{
	char name[112];
	struct stat st;
	(void)snprintf(name, sizeof name, "%s-wal", w->path);
	return stat(name, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void tidying_empties_the_log(void **state)
{
	struct world *w = *state;
	const char *v;
	struct store_tx *tx = world_tx(w);
	store_tx_setting_set(tx, "k", "v");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(log_bytes(w) > 0);
	store_db_tidy(store_writer_db(w->s));
	assert_int_equal(log_bytes(w), 0);
	assert_true(store_setting_get(w->s, &w->a, "k", &v));
	assert_string_equal(v, "v");
}

static void foreign_lock_is_told(void **state)
{
	struct world *w = *state;
	sqlite3 *other;
	const char *v;
	assert_int_equal(sqlite3_open(w->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
	struct store_tx *tx = world_tx(w);
	store_tx_setting_set(tx, "k", "v");
	struct err e = world_commit_err(w, tx);
	assert_int_equal(e.code, ERR_STORE_BUSY);
	assert_non_null(strstr(e.msg, "locked by another program"));
	assert_false(store_setting_get(w->s, &w->a, "k", &v));
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	tx = world_tx(w);
	store_tx_setting_set(tx, "k", "v");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void queue_is_bounded(void **state)
{
	struct world *w = *state;
	struct result r = { 0 };
	bool was_full = false;
	/* Nobody polls: what is finished counts until its function has run. */
	for (unsigned i = 0; i < LIMIT_STORE_QUEUE + 10; i++) {
		struct store_tx *tx = world_tx(w);
		store_tx_setting_set(tx, "k", "v");
		store_tx_commit(tx, world_count, &r);
		assert_true(store_is_full(w->s) >= was_full);
		was_full = store_is_full(w->s);
	}
	assert_true(was_full);
	assert_int_equal(store_queue_len(w->s), LIMIT_STORE_QUEUE);
	assert_int_equal(r.calls, 0);
	while (r.calls < LIMIT_STORE_QUEUE + 10) {
		assert_non_null(mq_pop_wait(w->woken, WAIT_MS));
		store_poll(w->s);
	}
	assert_int_equal(store_queue_len(w->s), 0);
	assert_false(store_is_full(w->s));
	struct store_tx *tx = world_tx(w);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void refused_ones_are_told(void **state)
{
	struct world *w = *state;
	struct result fits = { 0 }, refused = { 0 };
	for (unsigned i = 0; i < LIMIT_STORE_QUEUE; i++)
		store_tx_commit(world_tx(w), world_count, &fits);
	store_tx_commit(world_tx(w), world_count, &refused);
	assert_int_equal(refused.calls, 0);
	world_wait(w, &refused);
	assert_int_equal(refused.err.code, ERR_STORE_BUSY);
	world_wait(w, NULL);
	assert_int_equal(fits.calls, LIMIT_STORE_QUEUE);
	assert_int_equal(fits.err.code, ERR_NONE);
}

static void add_ingest(struct world *w, unsigned i, struct result *r)
{
	static const uint8_t raw[807];
	char uuid[40], job[24];
	/* As UUIDs are: in no order. */
	uint64_t k = (uint64_t)i * 0x9e3779b97f4a7c15u;
	(void)snprintf(uuid, sizeof uuid, "%08x-0000-4000-8000-%012llx", (unsigned)(k >> 32),
		       (unsigned long long)i);
	(void)snprintf(job, sizeof job, "j%010u", i);
	struct store_tx *tx = world_tx(w);
	store_tx_hello(tx,
		       &(struct store_hello){ .uuid = uuid,
					      .address = "127.10.20.30",
					      .kind = "pki",
					      .raw = span_make(raw, sizeof raw),
					      .at_unix_ms = T0 + i,
					      .approved = true });
	world_add_job(tx, job, uuid);
	store_tx_event(tx,
		       &(struct store_event){ .uuid = uuid,
					      .level = "info",
					      .name = "hello.received",
					      .line = "address=127.10.20.30 kind=pki hash_count=24",
					      .at_unix_ms = T0 + i });
	store_tx_commit(tx, world_count, r);
}

static void ingest(struct world *w, unsigned count, const char *what)
{
	struct result r = { 0 };
	int64_t start = clk_mono_us(), cpu = clk_cpu_us();
	for (unsigned i = 0; i < count; i++) {
		add_ingest(w, i, &r);
		while (store_is_full(w->s)) {
			assert_non_null(mq_pop_wait(w->woken, WAIT_MS));
			store_poll(w->s);
		}
	}
	world_wait(w, NULL);
	int64_t us = clk_mono_us() - start;
	assert_int_equal(r.calls, count);
	assert_int_equal(r.err.code, ERR_NONE);
	print_message("# %u hellos of %s devices, durable: %lld a second, %.1f us CPU each\n",
		      count, what, (long long)count * 1000000 / (us ? us : 1),
		      (double)(clk_cpu_us() - cpu) / count);
}

static void hellos_in_masses(void **state)
{
	struct world *w = *state;
	const char *text = getenv("OUTBAND_BENCH_HELLOS");
	unsigned count = text ? (unsigned)strtoul(text, NULL, 10) : 500;
	ingest(w, count, "new");
	ingest(w, count, "known");
	assert_int_equal(store_device_count(w->s, NULL), count);
	assert_int_equal(store_job_count(w->s, NULL), count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_INLINE(neighbours_survive),
		WORLD_INLINE(later_ones_see_earlier_ones),
		WORLD_INLINE(every_failing_step_is_told),
		WORLD_FILE(every_failing_step_is_told),
		WORLD_BOTH(single_one_fails_at_each_point),
		WORLD_INLINE(full_disk_hurts_only_what_does_not_fit),
		WORLD_FILE(full_disk_hurts_only_what_does_not_fit),
		WORLD_FILE(tidying_empties_the_log),
		WORLD_THREAD(foreign_lock_is_told),
		WORLD_THREAD(queue_is_bounded),
		WORLD_THREAD(refused_ones_are_told),
		WORLD_THREAD(hellos_in_masses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
