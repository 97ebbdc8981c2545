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

enum { PLAN_SIZE = 4096 };

static void read_plan(sqlite3 *h, enum store_sql id, char out_plan[PLAN_SIZE])
{
	char text[PLAN_SIZE];
	sqlite3_stmt *st;
	size_t n = 0;
	(void)snprintf(text, sizeof text, "explain query plan %s", store_sql_text(id));
	assert_int_equal(sqlite3_prepare_v2(h, text, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW && n < PLAN_SIZE)
		n += (size_t)snprintf(out_plan + n, PLAN_SIZE - n, "%s\n",
				      sqlite3_column_text(st, 3));
	assert_true(n < PLAN_SIZE);
	sqlite3_finalize(st);
}

/* A statement that walks or sorts a whole table shows only with a million rows; its plan shows it
 * here. must: what the plan has to name; may_not: what it has to do without. */
static void plans_suit_a_million_rows(void **state)
{
	(void)state;
	static const struct {
		enum store_sql id;
		const char *must[3], *may_not;
	} cases[] = {
		{ STORE_SQL_DEVICE_GET, { "autoindex_device" }, "SCAN" },
		{ STORE_SQL_DEVICE_BY_FQDN, { "device_by_fqdn" }, "SCAN" },
		{ STORE_SQL_DEVICE_BY_SHORT, { "device_by_fqdn" }, "SCAN" },
		{ STORE_SQL_DEVICE_BY_ADDRESS, { "device_by_address" }, "SCAN" },
		{ STORE_SQL_DEVICE_LIST, { "autoindex_device" }, "TEMP B-TREE" },
		{ STORE_SQL_DEVICE_LIST_STATE, { "device_by_state" }, "TEMP B-TREE" },
		{ STORE_SQL_AMOUNT, { "SEARCH counter USING INDEX" }, "SCAN" },
		{ STORE_SQL_DEVICE_SEARCH,
		  { "COVERING INDEX sqlite_autoindex_device_1 (uuid>? AND uuid<?)",
		    "COVERING INDEX device_by_address (address>? AND address<?)",
		    "COVERING INDEX device_by_fqdn (fqdn_key>? AND fqdn_key<?)" },
		  "TEMP B-TREE" },
		{ STORE_SQL_DEVICE_SEARCH_FEW,
		  { "COVERING INDEX sqlite_autoindex_device_1 (uuid>? AND uuid<?)",
		    "COVERING INDEX device_by_address (address>? AND address<?)",
		    "COVERING INDEX device_by_fqdn (fqdn_key>? AND fqdn_key<?)" },
		  "TEMP B-TREE" },
		{ STORE_SQL_DEVICE_SEARCH_NEAR_END,
		  { "COVERING INDEX sqlite_autoindex_device_1 (uuid>?)" },
		  "TEMP B-TREE" },
		{ STORE_SQL_DEVICE_SEARCH_NEAR_STATE,
		  { "device_by_state (state=? AND uuid>?)" },
		  "SCAN device" },
		{ STORE_SQL_HELLO_KEEP, { "autoindex_device" }, "SCAN" },
		{ STORE_SQL_JOB_GET, { "autoindex_job" }, "SCAN" },
		{ STORE_SQL_JOB_ACTIVE, { "(uuid=? AND kind=? AND ended=?)" }, "SCAN" },
		{ STORE_SQL_JOB_DUE,
		  { "job_queued (state=?)", "job_delayed (state=? AND not_before_ms<?)",
		    "job_running (state=? AND lease_until_ms<?)" },
		  "SCAN job" },
		{ STORE_SQL_JOB_NEXT, { "COVERING INDEX job_delayed" }, "SCAN" },
		{ STORE_SQL_JOB_LIST, { "autoindex_job" }, "TEMP B-TREE" },
		{ STORE_SQL_JOB_LIST_STATE, { "job_by_state (state=? AND id>?)" }, "TEMP B-TREE" },
		{ STORE_SQL_JOB_LIST_UUID, { "(uuid=?)" }, "SCAN" },
		{ STORE_SQL_CREDENTIAL_LIST, { "credential_by_uuid" }, "SCAN" },
		{ STORE_SQL_CREDENTIAL_RETIRE, { "credential_by_uuid" }, "SCAN" },
		{ STORE_SQL_CERT_LIST, { "cert_by_time" }, "TEMP B-TREE" },
		{ STORE_SQL_CERT_LIST_UUID, { "cert_by_uuid" }, "SCAN" },
		{ STORE_SQL_GRP_PARENTS, { "grp_member_by_member (member=?)" }, "SCAN" },
		{ STORE_SQL_SIGHTING_DEVICE,
		  { "credential_by_uuid (uuid=?)" },
		  "credential_by_age" },
		{ STORE_SQL_EVENT_LIST, { "PRIMARY KEY" }, "TEMP B-TREE" },
		{ STORE_SQL_EVENT_NEWEST, { "PRIMARY KEY" }, "TEMP B-TREE" },
		{ STORE_SQL_EVENT_LIST_UUID, { "event_by_uuid" }, "TEMP B-TREE" },
		{ STORE_SQL_EVENT_NEWEST_UUID, { "event_by_uuid" }, "TEMP B-TREE" },
		{ STORE_SQL_PC_LOG_OF,
		  { "device_by_state (state=? AND uuid>?)", "(uuid=? AND log=?)" },
		  "SCAN device" },
		{ STORE_SQL_PC_LOG_ALERTS, { "pc_log_by_pc (log=? AND uuid>?)" }, "SCAN pc_log" },
		{ STORE_SQL_PC_LOG_OLD, { "pc_log_by_time (log=? AND at_ms<?)" }, "TEMP B-TREE" },
		{ STORE_SQL_AUDIT_LAST, { "autoindex_audit" }, "TEMP B-TREE" },
		{ STORE_SQL_FORGET_JOB, { "(uuid=?)" }, "SCAN" },
		{ STORE_SQL_HELLO_LIST, { "(uuid=?)" }, "SCAN device" },
		{ STORE_SQL_FORGET_HELLO, { "(uuid=?)" }, "SCAN" },
	};
	sqlite3 *h = open_schema();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char plan[PLAN_SIZE];
		read_plan(h, cases[i].id, plan);
		bool ok = !strstr(plan, cases[i].may_not);
		for (unsigned k = 0; k < 3 && cases[i].must[k]; k++)
			ok = ok && strstr(plan, cases[i].must[k]);
		if (!ok)
			fail_msg("%s: %s", store_sql_name(cases[i].id), plan);
	}
	sqlite3_close(h);
}

/* Every other query, those of tomorrow too: it walks no table from end to end and sorts nothing, unless it is
 * named here with the reason why that stays small. */
static const struct {
	enum store_sql id;
	const char *why;
} may_walk[] = {
	{ STORE_SQL_TABLE_COUNT, "of the schema itself" },
	{ STORE_SQL_HAS_VERSION, "of the schema itself" },
	{ STORE_SQL_BACKUP_COUNTS, "counts a whole copy, on purpose" },
	{ STORE_SQL_SEALED, "proves a whole copy, on purpose" },
	{ STORE_SQL_HELLO_LIST, "hellos of one PC: eight" },
	{ STORE_SQL_DEVICE_BY_FQDN, "PCs of one name" },
	{ STORE_SQL_DEVICE_BY_ADDRESS, "PCs of one address" },
	{ STORE_SQL_NAME_HOLDERS, "PCs of one name" },
	{ STORE_SQL_DEVICE_SEARCH_NEAR, "at most 2,000 rows" },
	{ STORE_SQL_DEVICE_SEARCH_NEAR_STATE, "at most 2,000 rows" },
	{ STORE_SQL_JOB_DUE, "sorts what is due by its turn" },
	{ STORE_SQL_JOB_LIST_UUID, "jobs of one PC" },
	{ STORE_SQL_STEP_LIST, "steps of one PC" },
	{ STORE_SQL_CERT_LIST, "ends at its limit" },
	{ STORE_SQL_CERT_LIST_UUID, "certificates of one PC" },
	{ STORE_SQL_CREDENTIAL_LIST, "credentials of one PC" },
	{ STORE_SQL_PROFILE_LIST, "profiles: written by hand" },
	{ STORE_SQL_RULE_LIST, "rules: at most LIMIT_PROFILE_RULES" },
	{ STORE_SQL_AUDIT_LAST, "ends at the first row" },
	{ STORE_SQL_MARK_LIST, "marks of one PC" },
	{ STORE_SQL_MARK_HOLDERS, "PCs of one mark" },
	{ STORE_SQL_SUFFIX_LIST, "suffixes of one PC" },
	{ STORE_SQL_SIGHTING_LIST, "a page, once more behind its join" },
	{ STORE_SQL_SIGHTING_SEEN, "a page, once more behind its join" },
	{ STORE_SQL_SIGHTING_CHANGED, "a page, once more behind its join" },
	{ STORE_SQL_SIGHTING_DEVICE, "addresses of one PC" },
	{ STORE_SQL_DISCOVERY_LIST, "discoveries: old ones are dropped" },
	{ STORE_SQL_DISCOVERY_NEXT, "discoveries that are open: few" },
	{ STORE_SQL_PC_LOG_ALERTS, "two pages, into one" },
	{ STORE_SQL_PC_LOG_OF, "two pages, into one" },
	{ STORE_SQL_PC_LOG_NEVER, "two pages, into one" },
	{ STORE_SQL_PC_SESSION_LIST, "sessions of one PC" },
	{ STORE_SQL_SCHEDULE_DUE, "schedules: written by hand" },
};

/* A part of the query that was made before ("CO-ROUTINE d"), and not a table or another name of one. */
static bool is_part(const char *plan, const char *line)
{
	static const char *const makes[] = { "CO-ROUTINE", "MATERIALIZE" };
	size_t n = strcspn(line, " \n");
	char want[128];
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
		(void)snprintf(want, sizeof want, "%s %.*s\n", makes[i], (int)n, line);
		if (strstr(plan, want))
			return true;
	}
	return strncmp(line, "CONSTANT", 8) == 0;
}

/* A sort of rows that came with a limit is no harm, and is not told apart from one without: it has a reason. */
static bool walks(const char *plan)
{
	for (const char *at = plan; (at = strstr(at, "SCAN ")); at++)
		if (!is_part(plan, at + 5))
			return true;
	return strstr(plan, "TEMP B-TREE FOR ORDER BY");
}

static const char *reason(enum store_sql id)
{
	for (size_t i = 0; i < sizeof may_walk / sizeof *may_walk; i++)
		if (may_walk[i].id == id)
			return may_walk[i].why;
	return NULL;
}

static void no_query_walks_or_sorts_a_table(void **state)
{
	(void)state;
	sqlite3 *h = open_schema();
	unsigned bad = 0;
	for (unsigned i = 0; i < STORE_SQL_COUNT; i++) {
		enum store_sql id = (enum store_sql)i;
		char plan[PLAN_SIZE] = "";
		if (strncmp(store_sql_text(id), "select", 6) != 0)
			continue;
		read_plan(h, id, plan);
		if (walks(plan) == (reason(id) != NULL))
			continue;
		bad++;
		print_error("%s %s:\n%s", store_sql_name(id),
			    reason(id) ? "needs no reason any more" : "walks or sorts", plan);
	}
	sqlite3_close(h);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_prepares),
		cmocka_unit_test(no_name_is_reserved),
		cmocka_unit_test(nothing_is_ever_null),
		cmocka_unit_test(plans_suit_a_million_rows),
		cmocka_unit_test(no_query_walks_or_sorts_a_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
