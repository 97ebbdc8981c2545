/* Tests of the byte view and the cursor: every read at the end of its input. */
#include "base/span.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t read_u8(struct cur *c)
{
	return cur_u8(c);
}
static uint64_t read_le16(struct cur *c)
{
	return cur_le16(c);
}
static uint64_t read_be16(struct cur *c)
{
	return cur_be16(c);
}
static uint64_t read_le32(struct cur *c)
{
	return cur_le32(c);
}
static uint64_t read_be32(struct cur *c)
{
	return cur_be32(c);
}
static uint64_t read_take(struct cur *c)
{
	struct span s = cur_take(c, 3);
	return s.n ? (uint64_t)s.p[0] << 16 | (uint64_t)s.p[1] << 8 | s.p[2] : 0;
}

static void reads_up_to_the_end_and_no_further(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint64_t (*read)(struct cur *c);
		size_t size;
		uint64_t want;
	} cases[] = {
		{ "u8", read_u8, 1, 0xf1 },           { "le16", read_le16, 2, 0xf2f1 },
		{ "be16", read_be16, 2, 0xf1f2 },     { "le32", read_le32, 4, 0xf4f3f2f1 },
		{ "be32", read_be32, 4, 0xf1f2f3f4 }, { "take", read_take, 3, 0xf1f2f3 },
	};
	static const uint8_t bytes[] = { 0xaa, 0xf1, 0xf2, 0xf3, 0xf4 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t have = 0; have <= cases[i].size; have++) {
			struct cur c = cur_make(span_make(bytes, 1 + have));
			assert_int_equal(cur_u8(&c), 0xaa);
			bool fits = have == cases[i].size;
			uint64_t got = cases[i].read(&c);
			if (got != (fits ? cases[i].want : 0) || c.bad == fits)
				fail_msg("%s with %zu bytes: %llx bad=%d", cases[i].name, have,
					 (unsigned long long)got, c.bad);
			if (cur_left(&c) != 0)
				fail_msg("%s with %zu bytes: %zu left", cases[i].name, have,
					 cur_left(&c));
			/* Once bad every read gives 0, also the one that would fit. */
			if (!fits && (cur_u8(&c) != 0 || cur_take(&c, 0).p || !c.bad))
				fail_msg("%s: the error did not stay", cases[i].name);
		}
	}
}

static void takes_nothing_and_refuses_too_much(void **state)
{
	(void)state;
	struct cur c = cur_make(span_make(NULL, 0));
	assert_int_equal(cur_take(&c, 0).n, 0);
	assert_false(c.bad);
	c = cur_make(span_str("abc"));
	assert_int_equal(cur_left(&c), 3);
	assert_int_equal(cur_take(&c, SIZE_MAX).n, 0);
	assert_true(c.bad);
	assert_int_equal(c.at, 0);
	c = cur_make(span_str("abc"));
	assert_true(span_eq_str(cur_take(&c, 3), "abc"));
	assert_int_equal(cur_take(&c, 0).n, 0);
	assert_false(c.bad);
}

static void compares(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool eq, nocase, starts;
	} cases[] = {
		{ "abc", "abc", true, true, true },
		{ "abc", "ABC", false, true, false },
		{ "abc", "ab", false, false, true },
		{ "ab", "abc", false, false, false },
		{ "", "", true, true, true },
		{ "a", "", false, false, true },
		{ "[", "{", false, false, false },
		{ "@", "`", false, false, false },
		{ "\xc4", "\xe4", false, false, false },
		{ NULL, "", true, true, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct span a = span_str(cases[i].a), b = span_str(cases[i].b);
		if (span_eq(a, b) != cases[i].eq || span_eq_str(a, cases[i].b) != cases[i].eq ||
		    span_eq_nocase(a, b) != cases[i].nocase ||
		    span_starts(a, cases[i].b) != cases[i].starts)
			fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
	}
}

static void trims_and_finds(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ " a b\t\r\n", "a b" }, { "a", "a" }, { " \t", "" }, { "", "" }, { "\va", "\va" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!span_eq_str(span_trim(span_str(cases[i].in)), cases[i].want))
			fail_msg("'%s'", cases[i].in);
	}
	assert_int_equal(span_trim(span_make(NULL, 0)).n, 0);
	assert_int_equal(span_find(span_str("a:b:"), ':'), 1);
	assert_int_equal(span_find(span_str("ab"), ':'), 2);
	assert_int_equal(span_find(span_make(NULL, 0), ':'), 0);
	assert_int_equal(span_find(span_make("a\0b", 3), 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_up_to_the_end_and_no_further),
		cmocka_unit_test(takes_nothing_and_refuses_too_much),
		cmocka_unit_test(compares),
		cmocka_unit_test(trims_and_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
