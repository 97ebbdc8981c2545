/* Tests of UUIDs: text, the SMBIOS byte order, and placeholders. */
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Bytes of the hello vectors in setup-and-configuration 1.2 and 1.5. */
static void converts_from_smbios_order(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint8_t wire[16];
		const char *text;
	} cases[] = {
		{ "letters of 1.2",
		  { 0xdd, 0xcc, 0xbb, 0xaa, 0xff, 0xee, 0x77, 0x66, 0x88, 0x99, 0x10, 0x11, 0x12,
		    0x13, 0x14, 0x15 },
		  "aabbccdd-eeff-6677-8899-101112131415" },
		{ "first hello of 1.5",
		  { 0x4b, 0x52, 0x9b, 0x93, 0xd4, 0x13, 0x18, 0x1d, 0xe4, 0x87, 0x1c, 0x69, 0x7a,
		    0x6b, 0x7a, 0x2b },
		  "939b524b-13d4-1d18-e487-1c697a6b7a2b" },
		{ "second hello of 1.5",
		  { 0x3e, 0xc2, 0xff, 0xd2, 0xd1, 0x9d, 0x2d, 0x41, 0x86, 0x0a, 0x54, 0xb2, 0x03,
		    0x9b, 0x72, 0xff },
		  "d2ffc23e-9dd1-412d-860a-54b2039b72ff" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct uuid u, parsed;
		char text[UUID_TEXT_SIZE];
		uint8_t wire[16];
		uuid_from_smbios(cases[i].wire, &u);
		uuid_print(&u, text);
		uuid_to_smbios(&u, wire);
		if (strcmp(text, cases[i].text) != 0 || memcmp(wire, cases[i].wire, 16) != 0)
			fail_msg("%s: %s", cases[i].name, text);
		if (!uuid_parse(span_str(text), &parsed) || !uuid_eq(&parsed, &u))
			fail_msg("%s: does not parse back", cases[i].name);
		if (uuid_is_placeholder(&u))
			fail_msg("%s: taken for a placeholder", cases[i].name);
	}
}

static void parses_text(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		bool ok;
	} cases[] = {
		{ "lower", "939b524b-13d4-1d18-e487-1c697a6b7a2b", true },
		{ "upper", "939B524B-13D4-1D18-E487-1C697A6B7A2B", true },
		{ "empty", "", false },
		{ "short", "939b524b-13d4-1d18-e487-1c697a6b7a2", false },
		{ "long", "939b524b-13d4-1d18-e487-1c697a6b7a2b0", false },
		{ "braces", "{939b524b-13d4-1d18-e487-1c697a6b7a2b}", false },
		{ "no dashes", "939b524b13d41d18e4871c697a6b7a2b", false },
		{ "dash moved", "939b524b1-3d4-1d18-e487-1c697a6b7a2b", false },
		{ "underline", "939b524b_13d4-1d18-e487-1c697a6b7a2b", false },
		{ "last dash", "939b524b-13d4-1d18-e487x1c697a6b7a2b", false },
		{ "dash for a digit", "939b524b-13d4-1d18-e487-1c697a6b7a-b", false },
		{ "bad digit", "939b524b-13d4-1d18-e487-1c697a6b7a2g", false },
		{ "blank", " 39b524b-13d4-1d18-e487-1c697a6b7a2b", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct uuid u = { { 0xee } };
		bool ok = uuid_parse(span_str(cases[i].in), &u);
		if (ok != cases[i].ok || u.b[0] != (ok ? 0x93 : 0xee))
			fail_msg("%s: ok=%d", cases[i].name, ok);
	}
}

static void knows_placeholders(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{ "00000000-0000-0000-0000-000000000000", true },
		{ "ffffffff-ffff-ffff-ffff-ffffffffffff", true },
		{ "fefefefe-fefe-fefe-fefe-fefefefefefe", true },
		{ "03000200-0400-0500-0006-000700080009", true },
		{ "00020003-0004-0005-0006-000700080009", true },
		{ "03000200-0400-0500-0006-00070008000a", false },
		{ "00000000-0000-0000-0000-000000000001", false },
		{ "10000000-0000-0000-0000-000000000000", false },
		{ "4c4c4544-0042-4a10-8052-b4c04f4d3132", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct uuid u;
		assert_true(uuid_parse(span_str(cases[i].in), &u));
		if (uuid_is_placeholder(&u) != cases[i].want)
			fail_msg("%s", cases[i].in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(converts_from_smbios_order),
		cmocka_unit_test(parses_text),
		cmocka_unit_test(knows_placeholders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
