/* Tests of the counted rows: after every kind of write, in groups with and without failing members, the
 * amounts are what counting gives. */
#include "store/test_rows.h"
#include <sqlite3.h>

#define COUNTED                                                                         \
	"select 'device' as name, state, count(*) as amount from device group by state" \
	" union all select 'job', state, count(*) from job group by state"
#define KEPT "select name, state, amount from counter where amount <> 0 and name <> 'psk'"

static void check(struct world *w, const char *name)
{
	sqlite3 *h;
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_open(w->path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h,
					    "select * from (select * from (" COUNTED
					    ") except " KEPT ") union all select * from (" KEPT
					    " except select * from (" COUNTED "))",
					    -1, &st, NULL),
			 SQLITE_OK);
	if (sqlite3_step(st) != SQLITE_DONE)
		fail_msg("%s: %s in state %s: amount %lld", name, sqlite3_column_text(st, 0),
			 sqlite3_column_text(st, 1), (long long)sqlite3_column_int64(st, 2));
	sqlite3_finalize(st);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

/* Each letter is a statement about the PC or job of that number; '!' is one that fails; a blank begins
 * the next transaction of the group. */
static void add(struct store_tx *tx, char what, const char *id)
{
	switch (what) {
	case 'h':
		world_add_hello(tx, id, "10.0.0.1", T0);
		break;
	case 'j':
		world_add_job(tx, id, id);
		break;
	case 'm':
		store_tx_device_text(tx, id, STORE_DEVICE_STATE,
				     store_device_state_name(STORE_DEV_CONFIGURING));
		break;
	case 'l':
		store_tx_job_lease(tx, id, "me", T0, T0 + 1000);
		break;
	case 'f':
		store_tx_device_forget(tx, id);
		break;
	case '!':
		store_tx_job_require(tx, "none", "nobody", T0);
		break;
	default:
		fail_msg("no statement '%c'", what);
	}
}

static void run(struct world *w, const char *text)
{
	struct store_tx *txs[8] = { world_tx(w) };
	unsigned n = 1;
	for (const char *p = text; *p; p++) {
		if (*p == ' ') {
			txs[n++] = world_tx(w);
			continue;
		}
		char id[2] = { *p == '!' ? '0' : p[1], '\0' };
		add(txs[n - 1], *p, id);
		p += *p != '!';
	}
	store_group_write(store_writer_db(w->s), txs, n);
	for (unsigned i = 0; i < n; i++)
		store_tx_drop(txs[i]);
}

static void amounts_are_what_counting_gives(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *text;
		int64_t devices, jobs; /* afterwards; the rows of former cases stay */
	} cases[] = {
		{ "h0m0j0l0", 1, 1 }, /* alone; moved before it is counted */
		{ "h0j0", 1, 1 },     /* known already: neither is added */
		{ "h1j1 h2j2 h1j1", 3, 3 },
		{ "h3m3j3l3", 4, 4 },        /* moved before it is counted */
		{ "h4j4 f4", 4, 4 },         /* gone before it is counted */
		{ "h5j5 h6j6! h7j7", 6, 6 }, /* with savepoints: the second is undone */
		{ "h6j6!", 6, 6 },
		{ "f0 f1 f2 f3 f5 f7", 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run(w, cases[i].text);
		check(w, cases[i].text);
		if (store_device_count(w->s, NULL) != cases[i].devices ||
		    store_job_count(w->s, NULL) != cases[i].jobs)
			fail_msg("%s: %lld devices, %lld jobs", cases[i].text,
				 (long long)store_device_count(w->s, NULL),
				 (long long)store_job_count(w->s, NULL));
	}
}

static void add_states(struct store_tx *tx, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char id[16], name[32];
		(void)snprintf(id, sizeof id, "s%u", i);
		(void)snprintf(name, sizeof name, "state-%u", i);
		store_tx_job_add(tx,
				 &(struct store_job){ .id = id,
						      .uuid = id,
						      .kind = "configure",
						      .state = name,
						      .created_unix_ms = T0,
						      .changed_unix_ms = T0 });
	}
}

/* More states than are noted at once, also in a unit that is undone after some were written. */
static void many_states_are_written_early(void **state)
{
	struct world *w = *state;
	struct store_tx *txs[3] = { world_tx(w), world_tx(w), world_tx(w) };
	add_states(txs[0], STORE_TALLY_MAX - 1);
	add_states(txs[1], STORE_TALLY_MAX * 2);
	add(txs[1], '!', "0");
	add_states(txs[2], STORE_TALLY_MAX + 5);
	store_group_write(store_writer_db(w->s), txs, 3);
	assert_null(txs[0]->err);
	assert_non_null(txs[1]->err);
	assert_null(txs[2]->err);
	for (unsigned i = 0; i < 3; i++)
		store_tx_drop(txs[i]);
	check(w, "many states");
	assert_int_equal(store_job_count(w->s, NULL), STORE_TALLY_MAX + 5);
}

static void whoever_adds_rows_is_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STORE_SQL_COUNT; i++) {
		const char *text = store_sql_text((enum store_sql)i);
		bool adds = strstr(text, "insert into device ") || strstr(text, "insert into job ");
		if (adds != store_tally_counts((enum store_sql)i))
			fail_msg("%s: %s", store_sql_name((enum store_sql)i),
				 adds ? "its new rows are not counted" : "adds no counted row");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_adds_rows_is_counted),
		WORLD_FILE(amounts_are_what_counting_gives),
		WORLD_FILE(many_states_are_written_early),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
