/* Tests of the text helpers: the edges of numbers, hex and base64. */
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void parses_unsigned(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		uint64_t min, max;
		bool ok;
		uint64_t want;
	} cases[] = {
		{ "plain", "16993", 1, 65535, true, 16993 },
		{ "zero", "0", 0, 10, true, 0 },
		{ "lowest", "1", 1, 10, true, 1 },
		{ "below", "0", 1, 10, false, 0 },
		{ "highest", "10", 1, 10, true, 10 },
		{ "above", "11", 1, 10, false, 0 },
		{ "leading zeros", "007", 0, 10, true, 7 },
		{ "empty", "", 0, 10, false, 0 },
		{ "none", NULL, 0, 10, false, 0 },
		{ "trailing letter", "80x", 0, 100, false, 0 },
		{ "trailing blank", "80 ", 0, 100, false, 0 },
		{ "leading blank", " 80", 0, 100, false, 0 },
		{ "plus", "+1", 0, 100, false, 0 },
		{ "minus", "-1", 0, UINT64_MAX, false, 0 },
		{ "hex", "0x10", 0, 100, false, 0 },
		{ "fraction", "1.0", 0, 100, false, 0 },
		{ "next to 9", "1:", 0, 100, false, 0 },
		{ "next to 0", "1/", 0, 100, false, 0 },
		{ "largest", "18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX },
		{ "wraps by adding", "18446744073709551616", 0, UINT64_MAX, false, 0 },
		{ "wraps by ten", "99999999999999999999", 0, UINT64_MAX, false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t got = 0;
		struct err e = { 0 };
		bool ok = str_to_u64(span_str(cases[i].in), cases[i].min, cases[i].max, &got, &e);
		if (ok != cases[i].ok || got != cases[i].want)
			fail_msg("%s: ok=%d got=%llu", cases[i].name, ok, (unsigned long long)got);
		if ((e.code == ERR_INVALID) == ok || !e.want[0] == !ok)
			fail_msg("%s: error %s", cases[i].name, e.msg);
	}
}

static void parses_signed(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		int64_t min, max;
		bool ok;
		int64_t want;
	} cases[] = {
		{ "plain", "-5", -10, 10, true, -5 },
		{ "below", "-11", -10, 10, false, 0 },
		{ "minus zero", "-0", -10, 10, true, 0 },
		{ "only a sign", "-", -10, 10, false, 0 },
		{ "two signs", "--1", -10, 10, false, 0 },
		{ "plus", "+1", -10, 10, false, 0 },
		{ "empty", "", -10, 10, false, 0 },
		{ "smallest", "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
		{ "below it", "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0 },
		{ "largest", "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
		{ "above it", "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = 0;
		bool ok = str_to_i64(span_str(cases[i].in), cases[i].min, cases[i].max, &got, NULL);
		if (ok != cases[i].ok || got != cases[i].want)
			fail_msg("%s: ok=%d got=%lld", cases[i].name, ok, (long long)got);
	}
}

static void narrower_types_keep_their_range(void **state)
{
	(void)state;
	uint32_t v32 = 7;
	uint16_t v16 = 7;
	struct err e;
	assert_true(str_to_u32(span_str("4294967295"), 0, UINT32_MAX, &v32, &e));
	assert_true(v32 == UINT32_MAX);
	assert_false(str_to_u32(span_str("4294967296"), 0, UINT32_MAX, &v32, &e));
	assert_true(v32 == UINT32_MAX); /* untouched on failure */
	assert_true(str_to_u16(span_str("65535"), 1, 65535, &v16, &e));
	assert_int_equal(v16, 65535);
	assert_false(str_to_u16(span_str("65536"), 1, 65535, &v16, &e));
	assert_int_equal(v16, 65535);
	assert_string_equal(e.msg, "'65536' is not a whole number in the range 1 to 65535");
	assert_string_equal(e.seen, "65536");
	assert_string_equal(e.want, "1 to 65535");
	static char hostile[2000];
	memset(hostile, 0x1b, sizeof hostile - 1);
	assert_false(str_to_u16(span_str(hostile), 1, 2, &v16, &e));
	assert_null(strchr(e.msg, 0x1b));
}

static void copies_and_compares(void **state)
{
	(void)state;
	char s[5] = "xxxx";
	assert_true(str_copy(s, sizeof s, span_str("abcd")));
	assert_string_equal(s, "abcd");
	assert_false(str_copy(s, sizeof s, span_str("efghi")));
	assert_string_equal(s, "efgh");
	assert_true(str_copy(s, sizeof s, span_make(NULL, 0)));
	assert_string_equal(s, "");
	assert_false(str_copy(s, 0, span_str("a")));
	assert_false(str_copy(s, 1, span_str("a")));
	assert_true(str_eq("a", "a") && str_eq(NULL, NULL));
	assert_false(str_eq("a", "A") || str_eq("", NULL) || str_eq(NULL, ""));
	assert_true(str_eq_nocase("aB", "Ab") && str_eq_nocase(NULL, NULL));
	assert_false(str_eq_nocase("a", "ab") || str_eq_nocase(NULL, ""));
	assert_true(str_ends_nocase("pc.Example.COM", ".example.com"));
	assert_true(str_ends_nocase("a", "") && str_ends_nocase("a", "A"));
	assert_false(str_ends_nocase("m", "com") || str_ends_nocase(NULL, "") ||
		     str_ends_nocase("", NULL));
	char mixed[] = "AZaz[@\xc4";
	str_lower(mixed);
	assert_string_equal(mixed, "azaz[@\xc4");
}

struct decode_case {
	const char *name, *in;
	size_t cap;
	bool ok;
	const char *want;
	size_t want_n;
};

static void check_decode(const struct decode_case *c, size_t count,
			 bool (*decode)(struct span, uint8_t *, size_t, size_t *))
{
	for (size_t i = 0; i < count; i++) {
		uint8_t got[64];
		size_t n = 99;
		memset(got, 0xee, sizeof got);
		bool ok = decode(span_str(c[i].in), got, c[i].cap, &n);
		if (ok != c[i].ok || n != (ok ? c[i].want_n : 99))
			fail_msg("%s: ok=%d n=%zu", c[i].name, ok, n);
		if (ok && memcmp(got, c[i].want, n) != 0)
			fail_msg("%s: wrong bytes", c[i].name);
		if (got[ok ? n : 0] != 0xee)
			fail_msg("%s: wrote too much", c[i].name);
	}
}

static void decodes_hex(void **state)
{
	(void)state;
	static const struct decode_case cases[] = {
		{ "lower", "00ff1a", 3, true, "\x00\xff\x1a", 3 },
		{ "upper", "ABCDEF", 9, true, "\xab\xcd\xef", 3 },
		{ "empty", "", 0, true, "", 0 },
		{ "odd", "abc", 9, false, NULL, 0 },
		{ "too long", "abcdef", 2, false, NULL, 0 },
		{ "bad digit", "0g", 9, false, NULL, 0 },
		{ "bad digit late", "000:", 9, false, NULL, 0 },
		{ "blank", "00 11 ", 9, false, NULL, 0 },
		{ "prefix", "0x11", 9, false, NULL, 0 },
	};
	check_decode(cases, sizeof cases / sizeof *cases, hex_decode);
}

static void decodes_base64(void **state)
{
	(void)state;
	static const struct decode_case cases[] = {
		{ "empty", "", 0, true, "", 0 },
		{ "1 byte", "Zg==", 1, true, "f", 1 },
		{ "2 bytes", "Zm8=", 2, true, "fo", 2 },
		{ "3 bytes", "Zm9v", 3, true, "foo", 3 },
		{ "6 bytes", "Zm9vYmFy", 6, true, "foobar", 6 },
		{ "no padding, 1", "Zg", 9, true, "f", 1 },
		{ "no padding, 2", "Zm9vYmE", 9, true, "fooba", 5 },
		{ "line breaks", " Zm\r\n9v\tYg = = \n", 9, true, "foob", 4 },
		{ "last digits", "+//+", 9, true, "\xfb\xff\xfe", 3 },
		{ "too long", "Zm9v", 2, false, NULL, 0 },
		{ "one digit left", "Zm9vY", 9, false, NULL, 0 },
		{ "half padding", "Zg=", 9, false, NULL, 0 },
		{ "too much padding", "Zm8==", 9, false, NULL, 0 },
		{ "padding without need", "Zm9v=", 9, false, NULL, 0 },
		{ "four more", "Zm9v====", 9, false, NULL, 0 },
		{ "only padding", "====", 9, false, NULL, 0 },
		{ "padding inside", "Zg==Zg==", 9, false, NULL, 0 },
		{ "digit after padding", "Zg=g", 9, false, NULL, 0 },
		{ "rest bits, 1", "Zh==", 9, false, NULL, 0 },
		{ "rest bits, 2", "Zm9=", 9, false, NULL, 0 },
		{ "URL alphabet", "-__-", 9, false, NULL, 0 },
		{ "bad digit", "Zm9*", 9, false, NULL, 0 },
		{ "not ASCII", "Zm9\xc3", 9, false, NULL, 0 },
	};
	check_decode(cases, sizeof cases / sizeof *cases, b64_decode);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(b64_max_decoded(strlen(cases[i].in)) >= cases[i].want_n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_unsigned),
		cmocka_unit_test(parses_signed),
		cmocka_unit_test(narrower_types_keep_their_range),
		cmocka_unit_test(copies_and_compares),
		cmocka_unit_test(decodes_hex),
		cmocka_unit_test(decodes_base64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
