/* Security identifiers: text and bytes both ways, and what is no SID. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/str.h"
#include "wire/sid.h"

static void both_ways(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{ "S-1-5-32-544", "01020000000000052000000020020000" },
		{ "S-1-5-21-1-2-3-500",
		  "010500000000000515000000010000000200000003000000f4010000" },
		{ "S-1-1-0", "010100000000000100000000" },
		{ "S-1-281474976710655-4294967295", "0101ffffffffffffffffffff" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_sid a, b;
		uint8_t bytes[WIRE_SID_MAX];
		char hex[64], text[80];
		struct out o, h, t;
		if (!wire_sid_parse_text(span_str(cases[i].text), &a))
			fail_msg("%s: not taken", cases[i].text);
		out_init(&o, bytes, sizeof bytes);
		wire_sid_emit(&o, &a);
		out_init(&h, hex, sizeof hex);
		out_hex(&h, out_span(&o));
		assert_string_equal(hex, cases[i].hex);
		for (size_t n = 0; n < out_len(&o); n++)
			assert_false(wire_sid_parse(span_make(bytes, n), &b));
		assert_true(wire_sid_parse(out_span(&o), &b));
		assert_true(wire_sid_eq(&a, &b));
		out_init(&t, text, sizeof text);
		wire_sid_print(&t, &b);
		assert_string_equal(text, cases[i].text);
	}
}

static void refuses(void **state)
{
	static const char *const cases[] = {
		"",
		"S",
		"S-1",
		"S-1-",
		"S-1-5",
		"S-1-5-",
		"S-2-5-1",
		"S-1-5-21-",
		"S-1-5--1",
		"X-1-5-1",
		"S-1-5-4294967296",
		"S-1-281474976710656-1",
		"S-1-5-1-2-3-4-5-6",
		"S-1-5-1x",
		"1-5-1",
	};
	struct wire_sid sid;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (wire_sid_parse_text(span_str(cases[i]), &sid))
			fail_msg("'%s' was taken", cases[i]);
	/* six numbers, another revision, a byte too many */
	static const uint8_t six[32] = { 1, 6 }, revision[12] = { 2, 1 }, more[13] = { 1, 1 };
	assert_false(wire_sid_parse(span_make(six, sizeof six), &sid));
	assert_false(wire_sid_parse(span_make(revision, sizeof revision), &sid));
	assert_false(wire_sid_parse(span_make(more, sizeof more), &sid));
}

static void knows_domains(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "S-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-501", true },
		{ "S-1-5-21-1-2-3-500", "S-1-5-21-1-2-4-500", false },
		{ "S-1-5-32-544", "S-1-1-0", true },
		{ "S-1-5-32-544", "S-1-5-21-1-2-3-544", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_sid a, b;
		assert_true(wire_sid_parse_text(span_str(cases[i].a), &a));
		assert_true(wire_sid_parse_text(span_str(cases[i].b), &b));
		if (wire_sid_same_domain(&a, &b) != cases[i].same ||
		    wire_sid_same_domain(&b, &a) != cases[i].same)
			fail_msg("%s %s", cases[i].a, cases[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(refuses),
		cmocka_unit_test(knows_domains),
	};
	return cmocka_run_group_tests_name("wire/sid", tests, NULL, NULL);
}
