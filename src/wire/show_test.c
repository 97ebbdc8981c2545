/* Tests of the two printed forms: the same calls as text and as JSON, dates, odd bytes. */
#include "wire/show.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct wire_show_name names[] = { { 7, "seven" }, { 0, "none" }, { 0, NULL } };

static void draw(struct wire_show *s)
{
	wire_show_open(s, NULL, "thing");
	wire_show_num(s, "big_number", UINT64_MAX);
	wire_show_code(s, "known", 7, wire_show_name(names, 7));
	wire_show_code(s, "unknown", 8, wire_show_name(names, 8));
	wire_show_list_open(s, "parts");
	for (int i = 0; i < 2; i++) {
		wire_show_open(s, NULL, "part");
		wire_show_bool(s, "first", i == 0);
		wire_show_close(s);
	}
	wire_show_list_close(s);
	wire_show_text(s, "odd", span_make("a\"\xff\n", 4));
	wire_show_hex(s, "bytes", span_make("\x01\xfe", 2));
	wire_show_time(s, "at", 1);
	wire_show_close(s);
}

static void writes_text(void **state)
{
	char text[512];
	struct out o;
	(void)state;

	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, false);
	draw(&s);
	assert_string_equal(text,
			    "thing\n"
			    "  big number 18446744073709551615\n"
			    "  known 7 (seven)\n"
			    "  unknown 8\n"
			    "  part\n"
			    "    first yes\n"
			    "  part\n"
			    "    first no\n"
			    "  odd a\"\\xff\\x0a\n"
			    "  bytes 01fe\n"
			    "  at 1970-01-01T00:00:01Z\n");
}

static void writes_json(void **state)
{
	char text[512];
	struct out o;
	(void)state;

	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, true);
	draw(&s);
	assert_string_equal(text,
			    "{\"big_number\":18446744073709551615,\"known\":7,"
			    "\"known_name\":\"seven\",\"unknown\":8,\"unknown_name\":null,"
			    "\"parts\":[{\"first\":true},{\"first\":false}],"
			    "\"odd\":\"a\\\"\xef\xbf\xbd\\n\",\"odd_hex\":\"6122ff0a\","
			    "\"bytes\":\"01fe\",\"at\":\"1970-01-01T00:00:01Z\","
			    "\"at_unix\":1}");
}

static void tells_dates(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t at;
		const char *want;
	} cases[] = {
		{ "the beginning", 0, "1970-01-01T00:00:00Z" },
		{ "end of a year", 31535999, "1970-12-31T23:59:59Z" },
		{ "leap day of 2000", 951782400, "2000-02-29T00:00:00Z" },
		{ "day after it", 951868800, "2000-03-01T00:00:00Z" },
		{ "leap day of 2004", 1078012800, "2004-02-29T00:00:00Z" },
		{ "no leap day in 2100", 4107542400, "2100-03-01T00:00:00Z" },
		{ "before it", 4107542399, "2100-02-28T23:59:59Z" },
		{ "the last one", UINT32_MAX, "2106-02-07T06:28:15Z" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[WIRE_SHOW_TIME_SIZE];
		wire_show_time_text(cases[i].at, text);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].name, text, cases[i].want);
	}
}

static void finds_names(void **state)
{
	(void)state;
	assert_string_equal(wire_show_name(names, 0), "none");
	assert_null(wire_show_name(names, 1));
	assert_null(wire_show_name(NULL, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_text),
		cmocka_unit_test(writes_json),
		cmocka_unit_test(tells_dates),
		cmocka_unit_test(finds_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
