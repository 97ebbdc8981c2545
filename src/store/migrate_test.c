/* Tests of migrations: a new file, every earlier version kept as a golden dump, a newer schema, a
 * foreign database, a migration that fails half-way. The dumps lie in src/store/golden: NNNN.sql
 * makes a database of that version with a row in each table; schema.txt is what every one of them
 * has to become. */
#include "store/test_rows.h"
#include "base/buf.h"
#include <fcntl.h>
#include <sqlite3.h>

static void golden_path(char *out, size_t size, const char *name)
{
	const char *top = getenv("OUTBAND_SRC");
	if (!top)
		skip();
	(void)snprintf(out, size, "%s/src/store/golden/%s", top, name);
}

static bool read_golden(const char *name, struct buf *b)
{
	char path[512], chunk[4096];
	golden_path(path, sizeof path, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n;
	buf_init(b, 1024 * 1024);
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		assert_true(buf_add(b, span_make(chunk, (size_t)n)));
	close(fd);
	return true;
}

static void add_text(sqlite3 *h, const char *sql, struct buf *b)
{
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		assert_true(buf_add(b, span_str((const char *)sqlite3_column_text(st, 0))));
		assert_true(buf_add(b, span_str("\n")));
	}
	sqlite3_finalize(st);
}

/* Columns with types, then indexes, triggers and views with their text: what counts, whatever the way to it. */
static void dump_schema(const char *path, struct buf *b)
{
	sqlite3 *h;
	buf_init(b, 1024 * 1024);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	add_text(
		h,
		"select m.name || '.' || c.name || ' ' || c.type || case c.\"notnull\" when 1 then ' not null'"
		" else '' end || coalesce(' default ' || c.dflt_value, '') || case c.pk when 0 then '' else"
		" ' key ' || c.pk end from sqlite_master m, pragma_table_info(m.name) c"
		" where m.type = 'table' order by m.name, c.name",
		b);
	add_text(
		h,
		"select coalesce(sql, tbl_name || ' unique ' || (select group_concat(name) from"
		" pragma_index_info(m.name))) from sqlite_master m where type in ('index', 'trigger', 'view') order by 1",
		b);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

static struct store *open_inline(struct world *w, struct err *e)
{
	struct store_conf c = { .path = w->path, .is_inline = true, .sched = w->sched };
	return store_open(&c, e);
}

static int begin(void **state)
{
	struct world *w = MEM_NEW(struct world);
	world_make_dir(w);
	w->sched = sched_new(NULL, NULL);
	log_set_fd(-1);
	arena_init(&w->a, 1024 * 1024);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	sched_free(w->sched);
	arena_deinit(&w->a);
	world_clean_dir(w);
	mem_free(w);
	return 0;
}

static void run(const char *path, const char *sql)
{
	sqlite3 *h;
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(h));
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

/* OUTBAND_GOLDEN_WRITE=1 writes the golden schema anew; look at what git says of it. */
static void write_golden(const struct buf *have)
{
	char path[512];
	golden_path(path, sizeof path, "schema.txt");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, have->p, have->n), (ssize_t)have->n);
	close(fd);
}

static void check_schema(struct world *w, const char *name)
{
	struct buf have, want;
	dump_schema(w->path, &have);
	if (getenv("OUTBAND_GOLDEN_WRITE"))
		write_golden(&have);
	if (!read_golden("schema.txt", &want))
		fail_msg("golden/schema.txt is missing");
	for (size_t i = 0, line = 1; i <= have.n && i <= want.n; i++) {
		if (have.p[i] != want.p[i])
			fail_msg("%s: the schema differs from line %zu of golden/schema.txt on",
				 name, line);
		line += have.p[i] == '\n';
	}
	buf_deinit(&have);
	buf_deinit(&want);
}

static void new_file_has_the_golden_schema(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct store *s = open_inline(w, &e);
	if (!s)
		fail_msg("%s", e.msg);
	store_close(s);
	check_schema(w, "new file");
	/* A second start finds nothing to do. */
	s = open_inline(w, &e);
	assert_non_null(s);
	store_close(s);
	check_schema(w, "second start");
}

/* One row of each table went into each dump: all of them are still there. */
static void check_rows(struct world *w, struct store *s)
{
	struct store_device d;
	struct store_job j;
	struct store_credential c;
	struct store_psk k;
	struct store_profile p;
	struct store_step st;
	struct store_event ev;
	struct store_cert cert;
	struct store_name n;
	struct span sealed;
	const char *v;
	int64_t bad;
	const char *uuid = "11111111-2222-4333-8444-555555555555";
	assert_true(store_device_get(s, &w->a, uuid, &d));
	assert_string_equal(d.fqdn, "pc.example.com");
	assert_string_equal(d.facts, "facts");
	assert_true(span_eq_str(d.hello_raw, "raw"));
	assert_true(store_job_get(s, &w->a, "job-1", &j));
	assert_string_equal(j.state, "delayed");
	assert_int_equal(store_credential_list(s, &w->a, uuid, "admin", 1, &c), 1);
	assert_string_equal(c.state, "current");
	assert_true(span_eq_str(c.sealed, "sealed"));
	assert_true(store_psk_get(s, &w->a, "4444-0001", &k));
	assert_true(store_profile_get(s, &w->a, "base", &p));
	assert_int_equal(store_step_list(s, &w->a, uuid, 1, &st), 1);
	assert_int_equal(store_event_list(s, &w->a,
					  &(struct store_event_query){ .uuid = uuid, .limit = 1 },
					  &ev),
			 1);
	assert_true(store_cert_get(s, &w->a, "ca", &cert));
	assert_true(store_name_get(s, &w->a, uuid, &n));
	assert_true(store_secret_get(s, &w->a, "session", &sealed));
	assert_true(store_setting_get(s, &w->a, "pki.enabled", &v));
	assert_true(store_audit_verify(s, &bad, NULL));
	/* What was there before the counters is counted. */
	assert_int_equal(store_device_count(s, "configured"), 1);
	assert_int_equal(store_job_count(s, "delayed"), 1);
	assert_int_equal(store_psk_count(s, NULL), 1);
}

static void every_earlier_version_comes_forward(void **state)
{
	struct world *w = *state;
	for (unsigned i = 0; i < store_schema_file_count; i++) {
		char name[16];
		struct buf sql;
		struct err e = { 0 };
		(void)snprintf(name, sizeof name, "%.4s.sql", store_schema_files[i].name);
		if (!read_golden(name, &sql))
			fail_msg("golden/%s is missing: each version needs its dump", name);
		run(w->path, (const char *)sql.p);
		buf_deinit(&sql);
		struct store *s = open_inline(w, &e);
		if (!s)
			fail_msg("%s: %s", name, e.msg);
		check_rows(w, s);
		store_close(s);
		check_schema(w, name);
		assert_int_equal(unlink(w->path), 0);
	}
}

static void refuses_other_schemas(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *sql, *msg;
	} cases[] = {
		{ "newer", "insert into schema_version values (9999, 1)",
		  "was written by a newer outband" },
		{ "another program's", "drop table schema_version", "belongs to another program" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct buf before, after;
		struct store *s = open_inline(w, &e);
		assert_non_null(s);
		store_close(s);
		run(w->path, cases[i].sql);
		dump_schema(w->path, &before);
		s = open_inline(w, &e);
		if (s || e.code != ERR_STORE || !strstr(e.msg, cases[i].msg) || !e.hint[0])
			fail_msg("%s: %s", cases[i].name, s ? "opened" : e.msg);
		dump_schema(w->path, &after);
		assert_true(span_eq(buf_span(&before), buf_span(&after)));
		buf_deinit(&before);
		buf_deinit(&after);
		assert_int_equal(unlink(w->path), 0);
	}
}

static int64_t version(struct store_db *db)
{
	struct store_rows r;
	assert_true(store_rows_begin(&r, db, STORE_SQL_VERSION, STORE_NO_VALS, NULL));
	assert_true(store_rows_next(&r, NULL));
	int64_t v = store_rows_int(&r, 0);
	store_rows_end(&r);
	return v;
}

static void failing_one_leaves_a_version(void **state)
{
	struct world *w = *state;
	struct store_schema_file files[3] = { store_schema_files[0],
					      { "9001_good.sql",
						"create table extra (n bigint not null);" },
					      { "9002_bad.sql",
						"create table more (n bigint not null);"
						"insert into none values (1);" } };
	struct err e = { 0 };
	struct store_db *db = store_db_open(w->path, true, &e);
	assert_non_null(db);
	assert_false(store_migrate(db, (struct store_schema){ files, 3 }, &e));
	assert_int_equal(e.code, ERR_STORE);
	assert_non_null(strstr(e.msg, "changing the schema with 9002_bad.sql"));
	assert_int_equal(version(db), 9001);
	assert_false(store_db_in_tx(db));
	/* Mended, it goes on from there: "more" was undone. */
	files[2].text = "create table more (n bigint not null);";
	if (!store_migrate(db, (struct store_schema){ files, 3 }, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(version(db), 9002);
	store_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_file_has_the_golden_schema, begin, end),
		cmocka_unit_test_setup_teardown(every_earlier_version_comes_forward, begin, end),
		cmocka_unit_test_setup_teardown(refuses_other_schemas, begin, end),
		cmocka_unit_test_setup_teardown(failing_one_leaves_a_version, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
