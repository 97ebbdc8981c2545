/* Tests of the writer: bytes, escapes, and the error that stays. */
#include "base/out.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void writes_numbers(void **state)
{
	(void)state;
	static const uint8_t want[] = { 0xab, 0x34, 0x12, 0x12, 0x34, 0xdd, 0xcc,
					0xbb, 0xaa, 0xaa, 0xbb, 0xcc, 0xdd };
	uint8_t got[sizeof want]; /* exactly full: no room for a terminator is fine */
	struct out o;
	out_init(&o, got, sizeof got);
	out_u8(&o, 0xab);
	out_le16(&o, 0x1234);
	out_be16(&o, 0x1234);
	out_le32(&o, 0xaabbccdd);
	out_be32(&o, 0xaabbccdd);
	assert_false(o.bad);
	assert_int_equal(out_len(&o), sizeof want);
	assert_memory_equal(got, want, sizeof want);
	assert_ptr_equal(out_span(&o).p, got);
}

static void put_u8(struct out *o)
{
	out_u8(o, 1);
}
static void put_le16(struct out *o)
{
	out_le16(o, 1);
}
static void put_be16(struct out *o)
{
	out_be16(o, 1);
}
static void put_le32(struct out *o)
{
	out_le32(o, 1);
}
static void put_be32(struct out *o)
{
	out_be32(o, 1);
}
static void put_str(struct out *o)
{
	out_str(o, "abc");
}
static void put_fmt(struct out *o)
{
	out_fmt(o, "%d", 12345);
}
static void put_long_fmt(struct out *o)
{
	out_fmt(o, "%300d", 1);
}
static void put_hex(struct out *o)
{
	out_hex(o, span_make("\1", 1));
}
static void put_b64(struct out *o)
{
	out_b64(o, span_make("\1", 1));
}
static void put_safe(struct out *o)
{
	out_safe(o, span_make("\1", 1));
}

static const struct {
	const char *name;
	void (*put)(struct out *o);
	size_t size;
} writers[] = {
	{ "u8", put_u8, 1 },           { "le16", put_le16, 2 }, { "be16", put_be16, 2 },
	{ "le32", put_le32, 4 },       { "be32", put_be32, 4 }, { "str", put_str, 3 },
	{ "fmt", put_fmt, 5 },         { "hex", put_hex, 2 },   { "b64", put_b64, 4 },
	{ "long", put_long_fmt, 300 }, { "safe", put_safe, 4 },
};

static void overflow_is_sticky(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
		for (size_t room = 0; room <= writers[i].size; room++) {
			uint8_t mem[400];
			struct out o, grows;
			struct buf b;
			memset(mem, 0xee, sizeof mem);
			out_init(&o, mem + 1, room);
			buf_init(&b, room);
			out_init_buf(&grows, &b);
			writers[i].put(&o);
			writers[i].put(&grows);
			bool fits = room == writers[i].size;
			if (o.bad == fits || grows.bad == fits)
				fail_msg("%s into %zu: bad=%d,%d", writers[i].name, room, o.bad,
					 grows.bad);
			if (out_len(&o) != (fits ? room : 0) || out_len(&grows) != out_len(&o))
				fail_msg("%s into %zu: len %zu", writers[i].name, room,
					 out_len(&o));
			if (mem[0] != 0xee || mem[1 + room] != 0xee)
				fail_msg("%s into %zu: wrote outside", writers[i].name, room);
			out_bytes(&o, span_make(NULL, 0));
			if (!fits) { /* even what would fit is refused now */
				out_u8(&o, 7);
				assert_int_equal(out_len(&o), 0);
				assert_true(o.bad);
			}
			buf_deinit(&b);
		}
	}
}

static void keeps_text_terminated(void **state)
{
	(void)state;
	char mem[6];
	struct out o;
	memset(mem, 'x', sizeof mem);
	out_init(&o, mem, sizeof mem);
	assert_string_equal(mem, "");
	out_str(&o, "ab");
	assert_string_equal(mem, "ab");
	out_fmt(&o, "%d", 345);
	assert_string_equal(mem, "ab345");
	out_str(&o, "67");
	assert_true(o.bad);
	assert_string_equal(mem, "ab345");
	out_init(&o, NULL, 0);
	out_str(&o, "");
	assert_false(o.bad);
	out_u8(&o, 1);
	assert_true(o.bad);
}

static void long_text_goes_through(void **state)
{
	(void)state;
	struct buf b;
	struct out o;
	buf_init(&b, 1000);
	out_init_buf(&o, &b);
	out_fmt(&o, "%-600d|", 1);
	assert_int_equal(out_len(&o), 601);
	assert_int_equal(b.p[600], '|');
	out_fmt(&o, "%-255d|", 1); /* the border of the small area */
	out_fmt(&o, "%-142d|", 1);
	assert_int_equal(out_span(&o).n, 1000);
	assert_false(o.bad);
	out_fmt(&o, "%s", "");
	assert_false(o.bad);
	out_fmt(&o, "%d", 1);
	assert_true(o.bad);
	buf_deinit(&b);
}

struct text_case {
	const char *name;
	struct span in;
	const char *want;
};
#define BYTES(s)                                    \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static void check_text(const struct text_case *c, size_t count,
		       void (*put)(struct out *, struct span))
{
	for (size_t i = 0; i < count; i++) {
		char got[200];
		struct out o;
		out_init(&o, got, sizeof got);
		put(&o, c[i].in);
		if (o.bad || strcmp(got, c[i].want) != 0)
			fail_msg("%s: %s", c[i].name, got);
	}
}

static void escapes_for_terminals(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "plain", BYTES("az AZ~!\\"), "az AZ~!\\" },
		{ "control", BYTES("\0\x1f\x7f\n"), "\\x00\\x1f\\x7f\\x0a" },
		{ "not ASCII", BYTES("\x80\xff"), "\\x80\\xff" },
		{ "empty", { NULL, 0 }, "" },
	};
	check_text(cases, sizeof cases / sizeof *cases, out_safe);
}

static void encodes_base64(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		/* RFC 4648, 10 */
		{ "0", { NULL, 0 }, "" },
		{ "1", BYTES("f"), "Zg==" },
		{ "2", BYTES("fo"), "Zm8=" },
		{ "3", BYTES("foo"), "Zm9v" },
		{ "4", BYTES("foob"), "Zm9vYg==" },
		{ "6", BYTES("foobar"), "Zm9vYmFy" },
		{ "last digits", BYTES("\xfb\xff\xfe"), "+//+" },
	};
	check_text(cases, sizeof cases / sizeof *cases, out_b64);
}

static void encodes_hex(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "all digits", BYTES("\x01\x23\x45\x67\x89\xab\xcd\xef"), "0123456789abcdef" },
		{ "empty", { NULL, 0 }, "" },
	};
	check_text(cases, sizeof cases / sizeof *cases, out_hex);
}

#define FFFD "\xef\xbf\xbd"
static void writes_json_strings(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "empty", { NULL, 0 }, "\"\"" },
		{ "plain", BYTES("a/b'c"), "\"a/b'c\"" },
		{ "short escapes", BYTES("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"" },
		{ "control", BYTES("\0\x1b\x7f"), "\"\\u0000\\u001b\\u007f\"" },
		{ "C1 control", BYTES("\xc2\x9b"), "\"\\u009b\"" },
		{ "two bytes", BYTES("\xc3\xbc\xc2\xa0"), "\"\xc3\xbc\xc2\xa0\"" },
		{ "three bytes", BYTES("\xe2\x82\xac"), "\"\xe2\x82\xac\"" },
		{ "four bytes", BYTES("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"" },
		{ "the last", BYTES("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"" },
		{ "lone byte", BYTES("a\x80z"), "\"a" FFFD "z\"" },
		{ "overlong", BYTES("\xc0\xaf"), "\"" FFFD FFFD "\"" },
		{ "overlong 3", BYTES("\xe0\x9f\xbf"), "\"" FFFD FFFD FFFD "\"" },
		{ "surrogate", BYTES("\xed\xa0\x80"), "\"" FFFD FFFD FFFD "\"" },
		{ "overlong 4", BYTES("\xf0\x8f\xbf\xbf"), "\"" FFFD FFFD FFFD FFFD "\"" },
		{ "too large", BYTES("\xf4\x90\x80\x80"), "\"" FFFD FFFD FFFD FFFD "\"" },
		{ "cut 2", BYTES("\xc3"), "\"" FFFD "\"" },
		{ "cut 3", BYTES("\xe2\x82"), "\"" FFFD FFFD "\"" },
		{ "cut 4", BYTES("\xf0\x9f\x98"), "\"" FFFD FFFD FFFD "\"" },
		{ "then ASCII", BYTES("\xe2\x82z"), "\"" FFFD FFFD "z\"" },
	};
	check_text(cases, sizeof cases / sizeof *cases, out_json_str);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_numbers),        cmocka_unit_test(overflow_is_sticky),
		cmocka_unit_test(keeps_text_terminated), cmocka_unit_test(long_text_goes_through),
		cmocka_unit_test(escapes_for_terminals), cmocka_unit_test(encodes_base64),
		cmocka_unit_test(encodes_hex),           cmocka_unit_test(writes_json_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
