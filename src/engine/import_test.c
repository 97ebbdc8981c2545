/* CSV: rows as spreadsheets write them, bad rows that cost only themselves, and the two records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/limits.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"
#include "engine/import.h"

static struct engine_csv_row row;
static char shown[4096];

/* The whole file: fields in [] with a bar between, "!" and the error for a bad row. */
static const char *show(struct span in)
{
	struct engine_csv c;
	struct err e = { 0 };
	struct out o;

	out_init(&o, shown, sizeof shown);
	engine_csv_init(&c, in);
	for (unsigned i = 0; i < 100; i++) {
		if (!engine_csv_next(&c, &row, &e)) {
			if (e.code == ERR_NONE)
				return shown;
			out_fmt(&o, "!%u:%s\n", c.line, e.msg);
			continue;
		}
		out_fmt(&o, "%u:[", c.line);
		for (unsigned f = 0; f < row.count; f++)
			out_fmt(&o, "%s%.*s", f ? "|" : "", (int)row.f[f].n,
				(const char *)row.f[f].p);
		out_str(&o, "]\n");
	}
	fail_msg("no end");
	return NULL;
}

static void reads_rows(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "nothing", "", "" },
		{ "blank lines", "\n \r\n\t\n", "" },
		{ "one", "a,b", "1:[a|b]\n" },
		{ "LF", "a,b\nc,d\n", "1:[a|b]\n2:[c|d]\n" },
		{ "CRLF", "a,b\r\nc,d\r\n", "1:[a|b]\n2:[c|d]\n" },
		{ "blank line between", "a\n\nb\n", "1:[a]\n3:[b]\n" },
		{ "empty fields", ",\n,,x\n", "1:[|]\n2:[||x]\n" },
		{ "BOM",
		  "\xef\xbb\xbf"
		  "a,b\n",
		  "1:[a|b]\n" },
		{ "trimmed", " a ,\tb\t\n", "1:[a|b]\n" },
		{ "quoted", "\"a\",\"b c\"\n", "1:[a|b c]\n" },
		{ "comma in quotes", "\"a,b\",c\n", "1:[a,b|c]\n" },
		{ "quote in quotes", "\"a\"\"b\"\"\",c\n", "1:[a\"b\"|c]\n" },
		{ "empty quotes", "\"\",\"\"\n", "1:[|]\n" },
		{ "newline in quotes", "\"a\nb\",c\nd,e\n", "1:[a\nb|c]\n3:[d|e]\n" },
		{ "blanks around quotes", " \"a\" , \"b\" \r\nc\n", "1:[a|b]\n2:[c]\n" },
		{ "CR inside", "a\rb,c\n", "1:[a\rb|c]\n" },
		{ "quotes at the end", "a,\"b\"", "1:[a|b]\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!str_eq(show(span_str(cases[i].in)), cases[i].want))
			fail_msg("%s: %s", cases[i].name, shown);
	}
	assert_string_equal(show(span_make(NULL, 0)), "");
}

static void a_bad_row_costs_itself_only(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "quote inside", "a\nb\"c,d\ne\n",
		  "1:[a]\n"
		  "!2:field 1: a quote stands inside a field that does not begin with one\n"
		  "3:[e]\n" },
		{ "text after the quote", "a,\"b\"c\nd\n",
		  "!1:field 2: text follows the closing quote\n2:[d]\n" },
		{ "never closed", "a,\"b\nc,d\ne,f\n",
		  "!1:field 2: the quote is never closed\n2:[c|d]\n3:[e|f]\n" },
		{ "never closed at the end", "a\n\"",
		  "1:[a]\n!2:field 1: the quote is never closed\n" },
		{ "17 fields", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\nx\n",
		  "!1:field 17: the row has too many fields\n2:[x]\n" },
		{ "UTF-16",
		  "\xff\xfe"
		  "a,b\n",
		  "!0:the file is UTF-16 text\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!str_eq(show(span_str(cases[i].in)), cases[i].want))
			fail_msg("%s: %s", cases[i].name, shown);
	}
}

static void sizes_have_limits(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t sizes[3]; /* of the fields of line 1 */
		const char *want;
	} cases[] = {
		{ "largest field", { LIMIT_CSV_FIELD_BYTES }, NULL },
		{ "larger field",
		  { LIMIT_CSV_FIELD_BYTES + 1 },
		  "!1:field 1: it is too long\n2:[x]\n" },
		{ "largest row", { LIMIT_CSV_FIELD_BYTES, LIMIT_CSV_FIELD_BYTES }, NULL },
		{ "larger row",
		  { LIMIT_CSV_FIELD_BYTES, LIMIT_CSV_FIELD_BYTES, 1 },
		  "!1:field 3: it is too long\n2:[x]\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static char in[16384];
		struct engine_csv c;
		struct err e = { 0 };
		size_t n = 0;
		for (unsigned f = 0; f < 3 && cases[i].sizes[f]; f++) {
			if (f)
				in[n++] = ',';
			memset(in + n, 'a', cases[i].sizes[f]);
			n += cases[i].sizes[f];
		}
		in[n++] = '\n';
		in[n++] = 'x';
		if (cases[i].want) {
			if (!str_eq(show(span_make(in, n)), cases[i].want))
				fail_msg("%s: %s", cases[i].name, shown);
			continue;
		}
		engine_csv_init(&c, span_make(in, n));
		if (!engine_csv_next(&c, &row, &e) || row.f[0].n != cases[i].sizes[0])
			fail_msg("%s: %s", cases[i].name, e.msg);
	}
	struct engine_csv c;
	struct err e = { 0 };
	engine_csv_init(&c, span_make(shown, LIMIT_CSV_BYTES + 1u)); /* refused before it is read */
	assert_false(engine_csv_next(&c, &row, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_false(engine_csv_next(&c, &row, &e));
	assert_int_equal(e.code, ERR_NONE);
}

/* Many quotes that are never closed: each row looks ahead by one field at most. */
static void bad_rows_take_linear_time(void **state)
{
	(void)state;
	size_t n = 200000, rows = 0;
	char *in = mem_new(n);
	struct engine_csv c;
	struct err e = { 0 };
	for (size_t i = 0; i < n; i += 2) {
		in[i] = '"';
		in[i + 1] = i % 4 ? '\n' : 'a';
	}
	engine_csv_init(&c, span_make(in, n));
	while (engine_csv_next(&c, &row, &e) || e.code != ERR_NONE)
		assert_true(++rows <= n);
	mem_free(in);
}

static bool read_one(const char *line)
{
	static struct engine_csv c;
	struct err e = { 0 };
	engine_csv_init(&c, span_str(line));
	return engine_csv_next(&c, &row, &e);
}

#define TEST_PID       "6IT5-S0M4"
#define TEST_PID_PLAIN "6IT5S0M4"
#define TEST_PPS       "FMH3-1DME-MPMI-9OR2-Y1V8-9BCA-OSWX-2M94"

static void reads_keys(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *error; /* NULL: taken */
	} cases[] = {
		{ "plain", "@PID,@PPS,P@ssw0rd", NULL },
		{ "quoted", "\"@PID\",\"@PPS\",\"P@ssw0rd\"", NULL },
		{ "PID", "@PIX,@PPS,P@ssw0rd", "column pid: PID" },
		{ "PPS", "@PID,@PPX,P@ssw0rd", "column pps, PID " },
		{ "short PPS", "@PID,1234,P@ssw0rd", "column pps, PID " },
		{ "weak password", "@PID,@PPS,Planted1", "column mebx_password, PID " },
		{ "no password", "@PID,@PPS,", "column mebx_password, PID " },
		{ "long password", "@PID,@PPS,P@ssw0rdP@ssw0rdP@ssw0rdP@ssw0rdx",
		  "column mebx_password, PID " },
		{ "two fields", "@PID,@PPS", "the row has 2 fields" },
		{ "four fields", "@PID,@PPS,P@ssw0rd,x", "the row has 4 fields" },
		{ "semicolons", "@PID;@PPS;P@ssw0rd", NULL },
		{ "tabs", "@PID\t@PPS\tP@ssw0rd", NULL },
		{ "nothing", "\"\"", "the row has 1 field" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char line[256];
		struct out o;
		struct engine_import_key k;
		struct err e = { 0 };
		bool is_head = true;
		out_init(&o, line, sizeof line);
		for (const char *p = cases[i].in; *p; p++) {
			bool at =
				span_starts(span_str(p), "@PI") || span_starts(span_str(p), "@PP");
			if (!at) {
				out_u8(&o, (uint8_t)*p);
				continue;
			}
			out_str(&o, p[2] == 'I' ? TEST_PID : TEST_PPS);
			if (p[3] == 'X') /* wrong check character */
				o.p[o.n - 1] = o.p[o.n - 1] == 'A' ? 'B' : 'A';
			p += 3;
		}
		assert_true(read_one(line));
		bool ok = engine_import_key(&row, &is_head, &k, &e);
		if (ok != !cases[i].error || is_head)
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : e.msg);
		if (ok) {
			assert_string_equal(k.pid, TEST_PID_PLAIN);
			assert_string_equal(k.password, "P@ssw0rd");
			assert_int_equal(strlen(k.pps), 32);
			continue;
		}
		if (!span_starts(span_str(e.msg), cases[i].error))
			fail_msg("%s: %s", cases[i].name, e.msg);
		for (unsigned f = 1; f < row.count; f++) { /* no secret in any part of it */
			char secret[64] = "";
			str_copy(secret, sizeof secret, row.f[f]);
			if (strlen(secret) > 3 &&
			    (strstr(e.msg, secret) || strstr(e.seen, secret) ||
			     strstr(e.hint, secret) || strstr(e.want, secret)))
				fail_msg("%s: the error tells a secret", cases[i].name);
		}
		static const struct engine_import_key none;
		assert_memory_equal(&k, &none, sizeof none);
	}
}

static void another_separator_gets_a_hint(void **state)
{
	(void)state;
	struct engine_import_name n;
	struct engine_csv c;
	struct err e = { 0 };
	bool is_head;
	engine_csv_init(
		&c, span_str("uuid,fqdn\n4c4c4544-0031-3610-8052-b4c04f564231;pc1.example.com"));
	assert_true(engine_csv_next(&c, &row, &e) && engine_csv_next(&c, &row, &e));
	assert_false(engine_import_name(&row, &is_head, &n, &e));
	assert_string_equal(e.hint, "separate the fields as in the first line");
	assert_string_equal(e.want, "uuid,fqdn or uuid,fqdn,group");
}

#define K TEST_PID_PLAIN
#define P TEST_PPS
#define W "P@ssw0rd"

struct layout {
	const char *name, *in, *want; /* "+" a key, else the errors with bars between */
};

/* Files of others: what their headings and separators make of the rows. */
static const struct layout layouts[] = {
	{ "ours", "pid,pps,mebx_password\n" K "," P "," W "\n", "+" },
	{ "short names", "PID;PPS;MEBx\r\n" K ";" P ";" W "\r\n", "+" },
	{ "factory and new password",
	  "PID,PPS,ME default password,ME new password\n" K "," P ",admin," W "\n", "+" },
	{ "another order, more columns",
	  "Serial No.,New MEBx Password,PPS,PID,Model\nX1," W "," P "," K ",T60\n", "+" },
	{ "current and new, tabs, BOM",
	  "\xef\xbb\xbfPID\tPPS\tCurrentMEBxPassword\tNewMEBxPassword\r\n" K "\t" P "\tadmin\t" W
	  "\r\n",
	  "+" },
	{ "quotes and semicolons",
	  "\"PSK PID\";\"PSK PPS\";\"Password\"\n\"" K "\";\"" P "\";\"" W "\"\n", "+" },
	{ "sep line of a spreadsheet", "sep=;\r\nPID;PPS;MEBX_PWD\r\n" K ";" P ";" W "\r\n", "+" },
	{ "no separator at all", "sep=x\n", "the row has 1 field" },
	{ "semicolon in a password", K "," P ",P;ssw0rd\n", "+" },
	{ "lower case, without dashes", "6it5s0m4,fmh31dmempmi9or2y1v89bcaoswx2m94," W "\n", "+" },
	{ "a blank column", "PID,,PPS,MEBx\n" K ",," P "," W "\n", "+" },
	{ "headings twice", "PID,PPS,MEBx\n" K "," P "," W "\nMEBx,PPS,PID\n" W "," P "," K "\n",
	  "++" },
	{ "no password", "pid,pps\n" K "," P "\n",
	  "no column for the MEBx password|heading above" },
	{ "no PPS", "pid,mebx\n" K "," W "\n", "no column for the PPS|heading above" },
	{ "two passwords", "pid,pps,mebx,password\n" K "," P "," W "," W "\n",
	  "two columns for the MEBx password|heading above" },
	{ "short row", "PID,PPS,Model,MEBx\n" K "," P ",T60\n", "the row has 3 fields" },
	{ "no heading, four", K "," P ",admin," W "\n", "the row has 4 fields" },
	{ "check character under a heading", "MEBx,PID,PPS\n" W ",6IT5S0M5," P "\n", "column pid" },
};

static const char *key_or_error(const struct layout *l, const char *want)
{
	struct engine_import_key k;
	struct err e = { 0 };
	bool is_head;

	if (engine_import_key(&row, &is_head, &k, &e)) {
		bool right = str_eq(k.pid, K) && strlen(k.pps) == 32 &&
			(str_eq(k.password, W) || str_eq(k.password, "P;ssw0rd"));
		if (!is_head && (*want != '+' || !right))
			fail_msg("%s: %s", l->name, k.pid);
		return want + !is_head;
	}
	size_t n = strcspn(want, "|");
	if (!n || !memmem(e.msg, strlen(e.msg), want, n))
		fail_msg("%s: %s", l->name, e.msg);
	return want + n + (want[n] == '|');
}

static void reads_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		const char *want = layouts[i].want;
		struct engine_csv c;
		struct err e = { 0 };
		engine_csv_init(&c, span_str(layouts[i].in));
		while (engine_csv_next(&c, &row, &e))
			want = key_or_error(&layouts[i], want);
		if (*want || e.code != ERR_NONE)
			fail_msg("%s: '%s' did not come; %s", layouts[i].name, want, e.msg);
	}
}

static void knows_headings(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		bool is_key, want_head;
		const char *want; /* of the error; NULL: none */
	} cases[] = {
		{ "keys", "pid,pps,mebx_password", true, true, NULL },
		{ "keys, upper case", "\"PID\" , PPS,MEBx_Password", true, true, NULL },
		{ "keys, other order", "pid,mebx_password,pps", true, true, NULL },
		{ "keys, a column less", "pid,pps", true, true,
		  "pid, pps and mebx_password, in any order" },
		{ "names", "uuid,fqdn,group", false, true, NULL },
		{ "names, no group", "UUID,FQDN", false, true, NULL },
		{ "names, more columns", "uuid,fqdn,group,remark", false, true, NULL },
		{ "names, other column", "uuid,name", false, true, "fqdn" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_import_key k;
		struct engine_import_name n;
		struct err e = { 0 };
		bool is_head = false;
		assert_true(read_one(cases[i].in));
		bool ok = cases[i].is_key ? engine_import_key(&row, &is_head, &k, &e)
					  : engine_import_name(&row, &is_head, &n, &e);
		if (ok != !cases[i].want || is_head != cases[i].want_head)
			fail_msg("%s: %d %d %s", cases[i].name, ok, is_head, e.msg);
		if (!ok && !str_eq(e.want, cases[i].want))
			fail_msg("%s: want %s", cases[i].name, e.want);
	}
}

#define UUID "4c4c4544-0031-3610-8052-b4c04f564231"

static void reads_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *grp, *error, *rule; /* grp or error */
	} cases[] = {
		{ "two fields", UUID ",pc1.example.com", "", NULL, NULL },
		{ "empty group", UUID ",pc1.example.com,", "", NULL, NULL },
		{ "group", UUID ",pc1.example.com,Branch office", "Branch office", NULL, NULL },
		{ "upper case", "4C4C4544-0031-3610-8052-B4C04F564231,pc1.example.com,x", "x", NULL,
		  NULL },
		{ "no UUID", "pc1,pc1.example.com", NULL, "column uuid: this is no UUID", NULL },
		{ "placeholder", "00000000-0000-0000-0000-000000000000,pc1.example.com", NULL,
		  "column uuid: this is a placeholder", "M09" },
		{ "underscore", UUID ",pc_1.example.com", NULL, "column fqdn, UUID " UUID ": ",
		  "D050" },
		{ "no FQDN", UUID ",", NULL, "column fqdn, UUID " UUID ": ", "D050" },
		{ "long group",
		  UUID ",a.b,1234567890123456789012345678901234567890123456789012345678901234",
		  NULL, "column group: it cannot be the name of a group", NULL },
		{ "odd group", UUID ",a.b,x\x01y", NULL,
		  "column group: it cannot be the name of a group", NULL },
		{ "four fields", UUID ",a.b,c,d", NULL, "the row has 4 fields", NULL },
		{ "one field", UUID, NULL, "the row has 1 field", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_import_name n;
		struct err e = { 0 };
		bool is_head = true;
		assert_true(read_one(cases[i].in));
		bool ok = engine_import_name(&row, &is_head, &n, &e);
		if (ok != !cases[i].error || is_head)
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : e.msg);
		if (ok) {
			assert_string_equal(n.uuid, UUID);
			assert_string_equal(n.fqdn, "pc1.example.com");
			assert_string_equal(n.grp, cases[i].grp);
			continue;
		}
		if (!span_starts(span_str(e.msg), cases[i].error) || !str_eq(e.rule, cases[i].rule))
			fail_msg("%s: %s", cases[i].name, e.msg);
		assert_int_equal(n.uuid[0], 0);
	}
}

/* A file of docs/examples: what we show must be right. */
static struct span example(const char *name)
{
	static char path[1024], content[8192];
	struct out o;
	if (!getenv("OUTBAND_SRC"))
		skip();
	out_init(&o, path, sizeof path);
	out_fmt(&o, "%s/docs/examples/%s", getenv("OUTBAND_SRC"), name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s is missing", path);
	size_t n = fread(content, 1, sizeof content, f);
	fclose(f);
	return span_make(content, n);
}

static void the_examples_are_right(void **state)
{
	(void)state;
	for (unsigned keys = 0; keys < 2; keys++) {
		struct engine_import_key k;
		struct engine_import_name n;
		struct engine_csv c;
		struct err e = { 0 };
		unsigned records = 0;
		bool head;
		engine_csv_init(&c, example(keys ? "keys.csv" : "mapping.csv"));
		while (engine_csv_next(&c, &row, &e)) {
			bool ok = keys ? engine_import_key(&row, &head, &k, &e)
				       : engine_import_name(&row, &head, &n, &e);
			if (!ok)
				fail_msg("%s", e.msg);
			records += !head;
		}
		assert_int_equal(e.code, ERR_NONE);
		assert_int_equal(records, keys ? 3 : 4);
		if (!keys)
			assert_string_equal(n.grp, "Floor 2, left");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(a_bad_row_costs_itself_only),
		cmocka_unit_test(sizes_have_limits),
		cmocka_unit_test(bad_rows_take_linear_time),
		cmocka_unit_test(reads_keys),
		cmocka_unit_test(another_separator_gets_a_hint),
		cmocka_unit_test(reads_layouts),
		cmocka_unit_test(knows_headings),
		cmocka_unit_test(reads_names),
		cmocka_unit_test(the_examples_are_right),
	};
	return cmocka_run_group_tests_name("engine/import", tests, NULL, NULL);
}
