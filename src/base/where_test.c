/* Tests of conditions: what fits, and where an error points. */
#include "base/where.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct where_col cols[] = {
	{ "name", WHERE_TEXT },     { "generation", WHERE_NUMBER }, { "version", WHERE_VERSION },
	{ "approved", WHERE_BOOL }, { "state", WHERE_TEXT },
};
#define COLS (sizeof cols / sizeof *cols)

static const char *get(void *ctx, unsigned col)
{
	return ((const char *const *)ctx)[col];
}

static const char *const row[] = { "Lab01.example.com", "11", "11.8.50.3399", "true",
				   "configured" };
static const char *const bare[] = { "pc", "", "", "", NULL };

static void fits_rows(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool row, bare;
	} cases[] = {
		{ "", true, true },
		{ "  ", true, true },
		{ "generation>=11 and state=configured", true, false },
		{ "generation >= 12 or state = configured", true, false },
		{ "generation<12", true, false },
		{ "generation != 12", true, true },
		{ "generation=11", true, false },
		{ "not generation=11", false, true },
		{ "not (generation=11 or name=pc)", false, false },
		{ "name ~ lab*", true, false },
		{ "name ~ LAB0?.*", true, false },
		{ "name ~ *", true, true },
		{ "name ~ '*.com'", true, false },
		{ "name ~ lab", false, false },
		{ "name='lab01.EXAMPLE.com'", true, false },
		{ "name in (pc, \"lab01.example.com\")", true, true },
		{ "name in (a,b)", false, false },
		{ "generation in (10, 11)", true, false },
		{ "version < 11.10", true, false },
		{ "version < 11.8.50", false, false },
		{ "version = 11.8.50.3399", true, false },
		{ "version >= 11", true, false },
		{ "version != 11.8", true, true },
		{ "approved = yes", true, false },
		{ "approved = false", false, false },
		{ "state = configured and name = pc or generation = 11", true, false },
		{ "state = configured and (name = pc or generation = 10)", false, false },
		{ "STATE=CONFIGURED AND NOT name=pc", true, false },
		{ "state = ''", false, true },
		{ "name > lab", true, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		struct err e = { 0 };
		arena_init(&a, 65536);
		const struct where *w = where_parse(span_str(cases[i].text), cols, COLS, &a, &e);
		if (!w)
			fail_msg("%s: %s (%s)", cases[i].text, e.msg, e.seen);
		if (where_fits(w, get, (void *)row) != cases[i].row)
			fail_msg("%s: the row", cases[i].text);
		if (where_fits(w, get, (void *)bare) != cases[i].bare)
			fail_msg("%s: the bare row", cases[i].text);
		arena_deinit(&a);
	}
}

static void errors_point(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned column;
		const char *msg;
	} cases[] = {
		{ "genration = 11", 1, "no such column" },
		{ "state = configured and x=1", 24, "no such column" },
		{ "state", 6, "comparison is missing" },
		{ "state configured", 7, "comparison is missing" },
		{ "state =", 8, "value is missing" },
		{ "state = )", 9, "value is missing" },
		{ "generation >= eleven", 15, "no number" },
		{ "version = 11.x", 11, "no version" },
		{ "approved = maybe", 12, "neither true" },
		{ "(state = a", 11, "bracket has no end" },
		{ "state = a)", 10, "behind its end" },
		{ "state = a b", 11, "behind its end" },
		{ "state = 'a", 9, "quote has no end" },
		{ "state in a", 10, "list of 'in'" },
		{ "state in (a", 12, "list has no end" },
		{ "state in ()", 11, "value is missing" },
		{ "not", 4, "column is missing" },
		{ "state = a and", 14, "column is missing" },
		{ "'state' = a", 1, "no such column" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		struct err e = { 0 };
		char want[32];
		arena_init(&a, 65536);
		if (where_parse(span_str(cases[i].text), cols, COLS, &a, &e))
			fail_msg("%s: taken", cases[i].text);
		(void)snprintf(want, sizeof want, "column %u:", cases[i].column);
		if (strncmp(e.seen, want, strlen(want)) != 0 || !strstr(e.msg, cases[i].msg) ||
		    !e.want[0])
			fail_msg("%s: '%s' at '%s'", cases[i].text, e.msg, e.seen);
		arena_deinit(&a);
	}
}

/* All names are told, none of them cut. */
static void names_all_columns(void **state)
{
	static const struct where_col many[] = {
		{ "name", WHERE_TEXT },         { "processors_of_this_machine", WHERE_NUMBER },
		{ "address", WHERE_TEXT },      { "when_it_was_configured_first", WHERE_NUMBER },
		{ "generation", WHERE_NUMBER }, { "memory_gb", WHERE_NUMBER },
		{ "vulnerable", WHERE_TEXT },
	};
	struct err e = { 0 };
	struct arena a;

	(void)state;
	arena_init(&a, 65536);
	assert_null(
		where_parse(span_str("memry_gb < 8"), many, sizeof many / sizeof *many, &a, &e));
	assert_string_equal(e.want,
			    "name processors_of_this_machine address "
			    "when_it_was_configured_first generation memory_gb");
	assert_string_equal(e.hint, "or one of: vulnerable");
	arena_deinit(&a);
}

static void deep_and_long_ones_are_refused(void **state)
{
	(void)state;
	char text[20000];
	struct arena a;
	struct err e = { 0 };

	arena_init(&a, 1 << 20);
	memset(text, '(', 1000);
	text[1000] = '\0';
	assert_null(where_parse(span_str(text), cols, COLS, &a, &e));
	assert_non_null(strstr(e.msg, "nested too deep"));
	err_clear(&e);
	size_t n = 0;
	for (unsigned i = 0; i < 700; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%sname=a", i ? " or " : "");
	assert_null(where_parse(span_str(text), cols, COLS, &a, &e));
	assert_non_null(strstr(e.msg, "too long"));
	err_clear(&e);
	memset(text, ' ', sizeof text);
	assert_null(where_parse(span_make(text, sizeof text), cols, COLS, &a, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_deinit(&a);
}

static void knows_its_columns(void **state)
{
	(void)state;
	struct arena a;

	arena_init(&a, 65536);
	const struct where *w =
		where_parse(span_str("not name=a or state in (b, c)"), cols, COLS, &a, NULL);
	assert_true(w && where_uses(w, 0) && where_uses(w, 4) && !where_uses(w, 1));
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_rows),
		cmocka_unit_test(errors_point),
		cmocka_unit_test(names_all_columns),
		cmocka_unit_test(deep_and_long_ones_are_refused),
		cmocka_unit_test(knows_its_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
