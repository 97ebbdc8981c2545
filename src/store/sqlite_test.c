/* Tests of the table of statements and of the names in the schema. Prints how many statements
 * have a second text for PostgreSQL. */
#include "store/test_rows.h"
#include <sqlite3.h>

static const char *const pg_texts[] = {
#define X(name, must, said, text, pg) pg,
	STORE_SQL(X)
#undef X
};

static sqlite3 *open_schema(void)
{
	sqlite3 *h;
	assert_int_equal(sqlite3_open(":memory:", &h), SQLITE_OK);
	for (unsigned i = 0; i < store_schema_file_count; i++)
		assert_int_equal(sqlite3_exec(h, store_schema_files[i].text, NULL, NULL, NULL),
				 SQLITE_OK);
	return h;
}

/* $1 to $n, each used, none left out: what typed functions rely on. */
static void every_statement_prepares(void **state)
{
	(void)state;
	sqlite3 *h = open_schema();
	unsigned overrides = 0;
	for (unsigned id = 0; id < STORE_SQL_COUNT; id++) {
		sqlite3_stmt *st;
		const char *name = store_sql_name((enum store_sql)id);
		overrides += pg_texts[id] != NULL;
		if (sqlite3_prepare_v2(h, store_sql_text((enum store_sql)id), -1, &st, NULL) !=
		    SQLITE_OK)
			fail_msg("%s: %s", name, sqlite3_errmsg(h));
		int count = sqlite3_bind_parameter_count(st);
		if (count > STORE_VALS_MAX)
			fail_msg("%s: %d parameters", name, count);
		for (int i = 1; i <= count; i++) {
			char param[16];
			(void)snprintf(param, sizeof param, "$%d", i);
			if (!sqlite3_bind_parameter_index(st, param))
				fail_msg("%s: %d parameters, but no %s", name, count, param);
		}
		if (!str_eq(sqlite3_sql(st), store_sql_text((enum store_sql)id)))
			fail_msg("%s is more than one statement", name);
		sqlite3_finalize(st);
	}
	print_message("# %u of %u statements have a second text for PostgreSQL\n", overrides,
		      (unsigned)STORE_SQL_COUNT);
	sqlite3_close(h);
}

/* What PostgreSQL reserves, fully or for functions and types (its manual, appendix C). */
static const char *const pg_reserved =
	" all analyse analyze and any array as asc asymmetric authorization binary both case cast check"
	" collate collation column concurrently constraint create cross current_catalog current_date"
	" current_role current_schema current_time current_timestamp current_user default deferrable"
	" desc distinct do else end except false fetch for foreign freeze from full grant group having"
	" ilike in initially inner intersect into is isnull join lateral leading left like limit"
	" localtime localtimestamp natural not notnull null offset on only or order outer overlaps"
	" placing primary references returning right select session_user similar some symmetric"
	" system_user table tablesample then to trailing true union unique user using variadic verbose"
	" when where window with ";

static bool is_reserved(const char *name)
{
	char word[80];
	(void)snprintf(word, sizeof word, " %s ", name);
	return sqlite3_keyword_check(name, (int)strlen(name)) || strstr(pg_reserved, word);
}

static void no_name_is_reserved(void **state)
{
	(void)state;
	static const char *const must_show[] = { "user", "order", "limit",  "action",
						 "key",  "end",   "analyse" };
	for (size_t i = 0; i < sizeof must_show / sizeof *must_show; i++)
		assert_true(is_reserved(must_show[i]));
	sqlite3 *h = open_schema();
	sqlite3_stmt *st;
	unsigned names = 0;
	assert_int_equal(
		sqlite3_prepare_v2(
			h,
			"select name from sqlite_master where name not like 'sqlite_%'"
			" union select c.name from sqlite_master m, pragma_table_info(m.name) c"
			" where m.type = 'table'",
			-1, &st, NULL),
		SQLITE_OK);
	for (; sqlite3_step(st) == SQLITE_ROW; names++) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		if (is_reserved(name))
			fail_msg("'%s' is a reserved word", name);
	}
	assert_true(names > 50);
	sqlite3_finalize(st);
	sqlite3_close(h);
}

static void nothing_is_ever_null(void **state)
{
	(void)state;
	sqlite3 *h = open_schema();
	sqlite3_stmt *st;
	/* "integer primary key" is the row number, which is never null by nature. */
	assert_int_equal(
		sqlite3_prepare_v2(h,
				   "select m.name || '.' || c.name from sqlite_master m,"
				   " pragma_table_info(m.name) c where m.type = 'table'"
				   " and not c.\"notnull\" and not (c.pk and c.type = 'INTEGER')",
				   -1, &st, NULL),
		SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		fail_msg("%s may be null", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(h);
}

/* A list that walks a whole table shows only with a million rows; the plan shows it here. */
static void reads_use_an_index(void **state)
{
	(void)state;
	static const enum store_sql ids[] = {
		STORE_SQL_DEVICE_GET,        STORE_SQL_DEVICE_BY_FQDN,
		STORE_SQL_DEVICE_BY_ADDRESS, STORE_SQL_DEVICE_LIST,
		STORE_SQL_DEVICE_LIST_STATE, STORE_SQL_DEVICE_COUNT_STATE,
		STORE_SQL_DEVICE_SEARCH,     STORE_SQL_JOB_GET,
		STORE_SQL_JOB_ACTIVE,        STORE_SQL_JOB_DUE,
		STORE_SQL_JOB_NEXT,          STORE_SQL_JOB_LIST,
		STORE_SQL_JOB_LIST_STATE,    STORE_SQL_JOB_LIST_UUID,
		STORE_SQL_JOB_COUNT_STATE,   STORE_SQL_CREDENTIAL_LIST,
		STORE_SQL_CERT_LIST_UUID,    STORE_SQL_EVENT_LIST,
		STORE_SQL_EVENT_NEWEST,      STORE_SQL_EVENT_LIST_UUID,
		STORE_SQL_EVENT_NEWEST_UUID, STORE_SQL_STEP_LIST,
		STORE_SQL_HELLO_KEEP,        STORE_SQL_AUDIT_LAST,
		STORE_SQL_FORGET_JOB,        STORE_SQL_FORGET_HELLO,
		STORE_SQL_CREDENTIAL_RETIRE,
	};
	sqlite3 *h = open_schema();
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		char text[4096];
		sqlite3_stmt *st;
		(void)snprintf(text, sizeof text, "explain query plan %s", store_sql_text(ids[i]));
		assert_int_equal(sqlite3_prepare_v2(h, text, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *line = (const char *)sqlite3_column_text(st, 3);
			/* In the order of the row number, with a limit, is no walk. */
			bool by_number = strstr(line, "SCAN audit") != NULL;
			bool own = strstr(line, "SCAN q") || strstr(line, "SCAN d") ||
				strstr(line, "SCAN r") || strstr(line, "SCAN (") ||
				strstr(line, "SCAN due");
			if (strstr(line, "SCAN") && !strstr(line, "USING") && !by_number && !own)
				fail_msg("%s: %s", store_sql_name(ids[i]), line);
		}
		sqlite3_finalize(st);
	}
	sqlite3_close(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_prepares),
		cmocka_unit_test(no_name_is_reserved),
		cmocka_unit_test(nothing_is_ever_null),
		cmocka_unit_test(reads_use_an_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
