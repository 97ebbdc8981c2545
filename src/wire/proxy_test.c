/* The line of a forwarder: what is one, what may become one, what is none; each prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "wire/proxy.h"

static void parses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		enum wire_got got;
		const char *address;
	} cases[] = {
		{ "IPv4", "PROXY TCP4 10.1.2.3 10.0.0.1 40000 9971\r\nrest", WIRE_DONE,
		  "10.1.2.3" },
		{ "IPv6", "PROXY TCP6 fe80::1 ::1 0 0\r\n", WIRE_DONE, "fe80::1" },
		{ "nothing yet", "", WIRE_MORE, NULL },
		{ "unknown", "PROXY UNKNOWN\r\n", WIRE_BAD, NULL },
		{ "no CR", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", WIRE_BAD, NULL },
		{ "no port", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", WIRE_BAD, NULL },
		{ "large port", "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", WIRE_BAD, NULL },
		{ "more words", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", WIRE_BAD, NULL },
		{ "two blanks", "PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", WIRE_BAD, NULL },
		{ "a name", "PROXY TCP4 pc.example 1.2.3.4 1 2\r\n", WIRE_BAD, NULL },
		{ "colons in IPv4", "PROXY TCP4 ::1 1.2.3.4 1 2\r\n", WIRE_BAD, NULL },
		{ "lower case", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", WIRE_BAD, NULL },
		{ "a hello", "\x01\x02", WIRE_BAD, NULL },
		{ "never ends",
		  "PROXY TCP4 1111111111111111111111111111111111111111111111111111111111111111111111"
		  "11111111111111111111111111111111111111111111",
		  WIRE_BAD, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char address[64] = "";
		size_t used;
		struct span in = span_str(cases[i].in);
		enum wire_got got = wire_proxy_parse(in, address, &used);
		if (got != cases[i].got ||
		    (got == WIRE_DONE && strcmp(address, cases[i].address) != 0))
			fail_msg("%s: %d '%s'", cases[i].name, got, address);
		for (size_t n = 0; got == WIRE_DONE && n < used; n++)
			if (wire_proxy_parse(span_make(in.p, n), address, &used) != WIRE_MORE)
				fail_msg("%s: %zu bytes of it", cases[i].name, n);
	}
}

static void emits_what_it_parses(void **state)
{
	(void)state;
	static const char *const addresses[] = { "10.1.2.3", "fe80::abcd:1" };
	for (size_t i = 0; i < 2; i++) {
		char text[WIRE_PROXY_MAX + 1], address[64];
		struct out o;
		size_t used;
		out_init(&o, text, sizeof text);
		assert_true(wire_proxy_emit(&o, addresses[i]));
		assert_int_equal(wire_proxy_parse(out_span(&o), address, &used), WIRE_DONE);
		assert_int_equal(used, out_len(&o));
		assert_string_equal(address, addresses[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(emits_what_it_parses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
