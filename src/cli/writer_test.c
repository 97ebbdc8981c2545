/* What the writer makes of the same rows as text, JSON and CSV. Output goes into a memory file. */
#include "base/str.h"
#include "cli/writer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static const struct cli_col cols[] = {
	{ "name", "name", CLI_FORM_TEXT }, { "count", "count", CLI_FORM_NUMBER },
	{ "at", "at", CLI_FORM_TIME },     { "job.error.msg", "error", CLI_FORM_TEXT },
	{ "up_ms", NULL, CLI_FORM_MS },
};
#define COLS 5

static const char *const rows[] = {
	"{\"name\":\"pc1\",\"count\":7,\"at\":\"2031-05-02T09:14:07.120Z\",\"job\":{\"error\":{\"msg\":\"no, \\\"x\\\"\"}},"
	"\"up_ms\":5}",
	"{\"name\":\"\\u001b[2Jevil\",\"count\":12345,\"at\":null,\"job\":null,\"extra\":[1,2]}",
	"{\"name\":\"=cmd()\",\"count\":0,\"at\":\"soon\",\"job\":{\"error\":\"all\"}}",
};

struct catch
{
	int fd;
	struct cli_writer *w;
	char text[8192];
};

static void catch_begin(struct catch *c, enum cli_writer_kind kind, unsigned width)
{
	c->fd = memfd_create("writer", 0);
	assert_true(c->fd >= 0);
	c->w = cli_writer_new(kind, c->fd, width);
}

static const char *catch_end(struct catch *c)
{
	struct err e = { 0 };

	assert_true(cli_writer_end(c->w, &e));
	ssize_t n = pread(c->fd, c->text, sizeof c->text - 1, 0);
	assert_true(n >= 0);
	c->text[n] = 0;
	(void)close(c->fd);
	return c->text;
}

static void lists(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name;
		enum cli_writer_kind kind;
		unsigned width, count;
		const char *want;
	} cases[] = {
		{ "text", CLI_WRITER_TEXT, 0, 3,
		  "name         count  at                    error\n"
		  "pc1              7  2031-05-02 09:14:07Z  no, \"x\"\n"
		  "\\x1b[2Jevil  12345  -                     -\n"
		  "=cmd()           0  soon                  -\n" },
		{ "text, narrow", CLI_WRITER_TEXT, 40, 2,
		  "name         count  at           error\n"
		  "pc1              7  2031-05-...  no, \"x\"\n"
		  "\\x1b[2Jevil  12345  -            -\n" },
		{ "text, none", CLI_WRITER_TEXT, 0, 0, "nothing here\n" },
		{ "json, none", CLI_WRITER_JSON, 0, 0, "[]\n" },
		{ "csv, none", CLI_WRITER_CSV, 0, 0, "name,count,at,job.error.msg,up_ms\n" },
		{ "csv", CLI_WRITER_CSV, 0, 3,
		  "name,count,at,job.error.msg,up_ms\n"
		  "pc1,7,2031-05-02T09:14:07.120Z,\"no, \"\"x\"\"\",5\n"
		  "\\x1b[2Jevil,12345,,,\n"
		  "\"'=cmd()\",0,soon,,\n" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct catch c;
		catch_begin(&c, cases[i].kind, cases[i].width);
		cli_writer_list_begin(c.w, cols, COLS);
		for (unsigned k = 0; k < cases[i].count; k++) {
			json_t *row = json_loads(rows[k], 0, NULL);
			assert_non_null(row);
			cli_writer_list_row(c.w, row);
			json_decref(row);
		}
		cli_writer_list_end(c.w, "nothing here");
		if (!str_eq(catch_end(&c), cases[i].want))
			fail_msg("%s:\n%s", cases[i].name, c.text);
	}
}

static void json_is_whole(void **state)
{
	(void)state;
	struct catch c;
	json_t *row, *all, *want;

	catch_begin(&c, CLI_WRITER_JSON, 0);
	cli_writer_list_begin(c.w, cols, COLS);
	for (size_t i = 0; i < 3; i++) {
		row = json_loads(rows[i], 0, NULL);
		cli_writer_list_row(c.w, row);
		json_decref(row);
	}
	cli_writer_list_end(c.w, "nothing here");
	cli_writer_say(c.w, "for people");
	all = json_loads(catch_end(&c), 0, NULL);
	assert_int_equal(json_array_size(all), 3);
	for (size_t i = 0; i < 3; i++) {
		want = json_loads(rows[i], 0, NULL);
		assert_true(json_equal(json_array_get(all, i), want));
		json_decref(want);
	}
	json_decref(all);
}

static void long_values_wrap_on_terminals(void **state)
{
	(void)state;
	static const struct cli_col two[] = { { "a", "name", CLI_FORM_TEXT },
					      { "b", "why", CLI_FORM_TEXT } };
	static const struct {
		const char *name;
		unsigned width;
		const char *value, *want;
	} cases[] = {
		{ "no terminal", 0, "one two three four five", "one two three four five\n" },
		{ "wide enough", 40, "one two three four five", "one two three four five\n" },
		{ "wraps", 20, "one two three four five", "one two three\n      four five\n" },
		{ "just fits", 20, "one two three4", "one two three4\n" },
		{ "one long word", 20, "sha256:0123456789abcdef", "sha256:0123456789abcdef\n" },
		{ "too narrow", 12, "one two three four five", "one two three four five\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct catch c;
		static const char want[] = "name  x\nwhy   ";
		json_t *row = json_pack("{s:s,s:s}", "a", "x", "b", cases[i].value);

		catch_begin(&c, CLI_WRITER_TEXT, cases[i].width);
		cli_writer_record(c.w, two, 2, row);
		json_decref(row);
		const char *got = catch_end(&c);
		if (strncmp(got, want, strlen(want)) != 0 ||
		    !str_eq(got + strlen(want), cases[i].want))
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void counts_are_words(void **state)
{
	(void)state;
	static const struct cli_col col = { "v", "PCs", CLI_FORM_COUNTS };
	static const struct {
		const char *name, *value, *want;
	} cases[] = {
		{ "zeros are left out", "{\"v\":{\"total\":50,\"new\":0,\"configured\":48}}",
		  "PCs  50 total, 48 configured\n" },
		{ "nothing", "{\"v\":{\"ended\":0,\"in_7_days\":0}}", "PCs  none\n" },
		{ "words and durations", "{\"v\":{\"in_7_days\":2,\"held_ms\":12000}}",
		  "PCs  2 in 7 days, 12.0 s held\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct catch c;
		json_t *row = json_loads(cases[i].value, 0, NULL);

		catch_begin(&c, CLI_WRITER_TEXT, 0);
		cli_writer_record(c.w, &col, 1, row);
		json_decref(row);
		const char *got = catch_end(&c);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void records(void **state)
{
	(void)state;
	struct catch c;
	json_t *row = json_loads(rows[0], 0, NULL);

	catch_begin(&c, CLI_WRITER_TEXT, 0);
	cli_writer_record(c.w, cols, COLS, row);
	assert_string_equal(
		catch_end(&c),
		"name   pc1\ncount  7\nat     2031-05-02 09:14:07Z\nerror  no, \"x\"\n");
	catch_begin(&c, CLI_WRITER_CSV, 0);
	cli_writer_record(c.w, cols, 2, row);
	assert_string_equal(catch_end(&c), "name,count\npc1,7\n");
	json_decref(row);
}

static void shows_values(void **state)
{
	(void)state;
	static const struct {
		const char *name, *json;
		enum cli_form form;
		const char *want;
	} cases[] = {
		{ "yes", "true", CLI_FORM_TEXT, "yes" },
		{ "no", "false", CLI_FORM_TEXT, "no" },
		{ "list", "[\"a\",1]", CLI_FORM_TEXT, "a, 1" },
		{ "object", "{\"a\":1,\"b\":{\"c\":true}}", CLI_FORM_TEXT, "a=1 b=c=yes" },
		{ "ms", "999", CLI_FORM_MS, "999 ms" },
		{ "seconds", "61500", CLI_FORM_MS, "61.5 s" },
		{ "minutes", "125000", CLI_FORM_MS, "2 min 5 s" },
		{ "hours", "7325000", CLI_FORM_MS, "2 h 2 min" },
		{ "days", "180000000", CLI_FORM_MS, "2 d 2 h" },
		{ "line breaks", "\"a\\nb\"", CLI_FORM_TEXT, "a\\x0ab" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cli_col col = { "v", "v", cases[i].form };
		struct catch c;
		json_t *row = json_object();
		assert_int_equal(
			json_object_set_new(row, "v",
					    json_loads(cases[i].json, JSON_DECODE_ANY, NULL)),
			0);
		catch_begin(&c, CLI_WRITER_TEXT, 0);
		cli_writer_record(c.w, &col, 1, row);
		const char *got = catch_end(&c);
		json_decref(row);
		if (strncmp(got, "v  ", 3) != 0 ||
		    strncmp(got + 3, cases[i].want, strlen(cases[i].want)) != 0 ||
		    got[3 + strlen(cases[i].want)] != '\n')
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void text_is_safe(void **state)
{
	(void)state;
	struct catch c;

	catch_begin(&c, CLI_WRITER_TEXT, 0);
	cli_writer_text(c.w, span_str("a\tb\x1b[2J\nno end"));
	cli_writer_json_text(c.w, span_str("{}"));
	assert_string_equal(catch_end(&c), "a\tb\\x1b[2J\nno end\n");
	catch_begin(&c, CLI_WRITER_JSON, 0);
	cli_writer_text(c.w, span_str("people"));
	cli_writer_json_text(c.w, span_str(" {}\n"));
	assert_string_equal(catch_end(&c), "{}\n");
}

/* Any document as CSV: lists of objects are tables, the rest has a line for each value. */
static void takes_documents_apart(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name, *json, *want;
	} cases[] = {
		{ "object", "{\"a\":1,\"b\":{\"c\":true,\"d\":null},\"e\":[\"x\",2]}",
		  "field,value\na,1\nb.c,yes\nb.d,\ne,\"x, 2\"\n" },
		{ "objects inside", "{\"a\":[{\"b\":1},{\"b\":2}]}", "field,value\na.0.b,1\na.1.b,2\n" },
		{ "lines", "{\"yaml\":\"a: 1\\nb: \\u001b[2J\\n\"}", "field,value\nyaml,\"a: 1\nb: \\x1b[2J\n\"\n" },
		{ "a formula", "{\"v\":\"=cmd()\"}", "field,value\nv,\"'=cmd()\"\n" },
		{ "table", "[{\"a\":1},{\"b\":{\"c\":2},\"a\":3}]", "a,b.c\n1,\n3,2\n" },
		{ "plain list", "[1,2]", "field,value\nvalue,\"1, 2\"\n" },
		{ "nothing", "{}", "field,value\nvalue,\n" },
		{ "no rows", "[]", "field,value\nvalue,\n" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct catch c;
		json_t *doc = json_loads(cases[i].json, 0, NULL);
		catch_begin(&c, CLI_WRITER_CSV, 0);
		cli_writer_json(c.w, doc);
		json_decref(doc);
		if (!str_eq(catch_end(&c), cases[i].want))
			fail_msg("%s:\n%s", cases[i].name, c.text);
		catch_begin(&c, CLI_WRITER_CSV, 0);
		cli_writer_json_text(c.w, span_str(cases[i].json));
		if (!str_eq(catch_end(&c), cases[i].want))
			fail_msg("%s from text:\n%s", cases[i].name, c.text);
	}
}

static void says_what_was_done(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum cli_writer_kind kind;
		bool ok;
		const char *want;
	} cases[] = {
		{ "text", CLI_WRITER_TEXT, true, "Job 1 is done.\nJob 2 is done.\n" },
		{ "json", CLI_WRITER_JSON, true,
		  "{\"ok\": true, \"done\": [{\"kind\": \"job\", \"name\": \"1\", \"message\": \"Job 1 is done.\"}, "
		  "{\"kind\": \"job\", \"name\": \"2\", \"message\": \"Job 2 is done.\"}]}\n" },
		{ "json, not all", CLI_WRITER_JSON, false, "{\"ok\": false, " },
		{ "csv", CLI_WRITER_CSV, true,
		  "kind,name,message\njob,1,Job 1 is done.\njob,2,Job 2 is done.\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct catch c;
		catch_begin(&c, cases[i].kind, 0);
		cli_writer_done(c.w, "job", "1", "Job %d is done.", 1);
		cli_writer_done(c.w, "job", "2", "Job %d is done.", 2);
		cli_writer_finish(c.w, cases[i].ok);
		const char *got = catch_end(&c);
		if (strncmp(got, cases[i].want, strlen(cases[i].want)) != 0 ||
		    (cases[i].ok && strlen(got) != strlen(cases[i].want)))
			fail_msg("%s:\n%s", cases[i].name, got);
	}
	struct catch c;
	catch_begin(&c, CLI_WRITER_JSON, 0);
	cli_writer_finish(c.w, true);
	assert_string_equal(catch_end(&c), "");
}

static void tells_full_disks(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct cli_writer *w = cli_writer_new(CLI_WRITER_TEXT, -1, 0);

	cli_writer_say(w, "lost");
	assert_false(cli_writer_end(w, &e));
	assert_int_equal(e.code, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(json_is_whole),
		cmocka_unit_test(records),
		cmocka_unit_test(counts_are_words),
		cmocka_unit_test(long_values_wrap_on_terminals),
		cmocka_unit_test(shows_values),
		cmocka_unit_test(text_is_safe),
		cmocka_unit_test(tells_full_disks),
		cmocka_unit_test(takes_documents_apart),
		cmocka_unit_test(says_what_was_done),
	};
	return cmocka_run_group_tests_name("cli/writer", tests, NULL, NULL);
}
