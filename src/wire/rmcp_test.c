/* Tests of presence pings and pongs: the examples of the reference, what is refused, every prefix. */
#include "wire/rmcp.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "06000006000011be"
/* An AMT 12.0 that is configured without TLS, and a 16.1 with TLS (discovery 1.2). */
#define PONG_12                            \
	"0600ff06000011be4007001000000157" \
	"4260c0020120000000000000"
#define PONG_16                            \
	"0600ff06000011be4007001000000157" \
	"4261000201201001"                 \
	"00000000"

static struct span bytes(const char *hex, uint8_t *mem, size_t cap)
{
	size_t n = 0;

	assert_true(hex_decode(span_str(hex), mem, cap, &n));
	return span_make(mem, n);
}

static void reads(void **state)
{
	(void)state;
	static const struct {
		const char *name, *hex, *want;
	} cases[] = {
		{ "ping", HEAD "80050000", "presence ping, tag 5, sequence 0" },
		{ "ping, no acknowledgement", "0600ff06000011be80fe0000",
		  "presence ping, tag 254, sequence 255" },
		{ "12.0", PONG_12,
		  "presence pong, tag 7, sequence 255, maker 343 (Intel), port 16992, state post, "
		  "version 12.0, entities 0x01, interactions 0x20" },
		{ "16.1", PONG_16,
		  "presence pong, tag 7, sequence 255, maker 343 (Intel), port 16993, state post, "
		  "version 16.1, entities 0x01, interactions 0x20" },
		{ "not set up, old",
		  HEAD "40010010"
		       "00000157"
		       "0000"
		       "00"
		       "00"
		       "2100"
		       "0000"
		       "00000000",
		  "presence pong, tag 1, sequence 0, maker 343 (Intel), port 0, state pre, version "
		  "not said, entities 0x21, interactions 0x00" },
		{ "in setup, both ports",
		  HEAD "40010010"
		       "00000157"
		       "4261"
		       "b8"
		       "05"
		       "0120"
		       "0000"
		       "00000000",
		  "presence pong, tag 1, sequence 0, maker 343 (Intel), port 16993 (16992 and 16993), "
		  "state in, version 11.8, entities 0x01, interactions 0x20" },
		{ "another maker",
		  HEAD "40010010"
		       "000011be"
		       "0000"
		       "00"
		       "00"
		       "8100"
		       "0000"
		       "00000000",
		  "presence pong, tag 1, sequence 0, maker 4542, port 0, state pre, version not said, "
		  "entities 0x81, interactions 0x00" },
		{ "acknowledgement", "06000086", "acknowledgement of sequence 0" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[64], again[64];
		char text[256] = "";
		struct wire_rmcp m;
		struct err e = { 0 };
		struct out t, o;
		struct span in = bytes(cases[i].hex, mem, sizeof mem);
		if (!wire_rmcp_parse(in, &m, &e))
			fail_msg("%s: %s", cases[i].name, e.msg);
		out_init(&t, text, sizeof text);
		wire_rmcp_print(&t, &m);
		if (!str_eq(text, cases[i].want))
			fail_msg("%s: %s", cases[i].name, text);
		out_init(&o, again, sizeof again);
		if (!wire_rmcp_emit(&o, &m) || !span_eq(out_span(&o), in))
			fail_msg("%s: emitted otherwise", cases[i].name);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *hex;
	} cases[] = {
		{ "nothing", "" },
		{ "another version", "05000006000011be80050000" },
		{ "IPMI", "06000007000011be80050000" },
		{ "another enterprise", "060000060000015780050000" },
		{ "another type", HEAD "20050000" },
		{ "a pong without data", HEAD "40050000" },
		{ "a pong that says less",
		  HEAD "40050008"
		       "00000157"
		       "00000000"
		       "0120000000000000" },
		{ "a pong that is cut",
		  HEAD "40050010"
		       "00000157"
		       "42600000012000" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[64];
		struct wire_rmcp m;
		struct err e = { 0 };
		if (wire_rmcp_parse(bytes(cases[i].hex, mem, sizeof mem), &m, &e) || !e.msg[0])
			fail_msg("%s: taken", cases[i].name);
	}
}

/* A cut pong is refused until the four bytes that mean nothing. */
static void refuses_prefixes(void **state)
{
	(void)state;
	uint8_t mem[64];
	struct wire_rmcp m;
	struct span in = bytes(PONG_16, mem, sizeof mem);

	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(wire_rmcp_parse(span_make(in.p, n), &m, NULL), n >= 24);
}

/* Any version comes back, whichever of its two places it takes. */
static void keeps_versions(void **state)
{
	(void)state;
	for (unsigned major = 0; major < 40; major++) {
		for (unsigned minor = 0; minor < 40; minor++) {
			uint8_t mem[64];
			struct wire_rmcp back,
				m = { .kind = WIRE_RMCP_PONG,
				      .maker = WIRE_RMCP_INTEL,
				      .major = major,
				      .minor = minor };
			struct out o;
			out_init(&o, mem, sizeof mem);
			assert_true(wire_rmcp_emit(&o, &m));
			assert_int_equal(out_len(&o), WIRE_RMCP_PONG_SIZE);
			assert_true(wire_rmcp_parse(out_span(&o), &back, NULL));
			assert_int_equal(back.major, major);
			assert_int_equal(back.minor, minor);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_prefixes),
		cmocka_unit_test(keeps_versions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
