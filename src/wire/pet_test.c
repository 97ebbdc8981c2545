/* Platform event traps: a trap made by hand from discovery.md 6 reads as the reference says and comes
 * out again as the same bytes; what is cut, longer or no such trap is refused with its place. */
#include "wire/pet.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* The captured event of the reference, in a trap that says "BIOS hang". */
#define EVENT                                                                              \
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001E18C3C5F0FFFF506808FFFF03004019000000000000FF" \
	"0000041A0001C1"
#define HEAD         \
	"306B020100" \
	"04067075626C6963"
#define TRAP                     \
	"A45E"                   \
	"06092B06010401986F0101" \
	"4004C0000207"           \
	"020106"                 \
	"02030F0101"             \
	"43020400"
#define BIND                       \
	"303F"                     \
	"303D"                     \
	"060A2B06010401986F010101" \
	"042F"
#define SAMPLE HEAD TRAP BIND EVENT

static size_t bytes_of(const char *hex, uint8_t *out, size_t cap)
{
	size_t n = 0;

	assert_true(hex_decode(span_str(hex), out, cap, &n));
	return n;
}

/* Lengths of the outer structures, set right for what is inside. */
static size_t make(const char *trap, uint8_t *out, size_t cap)
{
	return bytes_of(trap, out, cap);
}

static void reads_the_sample(void **state)
{
	uint8_t b[256];
	size_t n = make(SAMPLE, b, sizeof b), used;
	struct wire_pet pet;
	struct err e = { 0 };

	(void)state;
	if (wire_pet_parse(span_make(b, n), &pet, &used, &e) != WIRE_DONE)
		fail_msg("%s (%s)", e.msg, e.seen);
	assert_int_equal(used, n);
	assert_true(span_eq_str(pet.community, "public"));
	assert_memory_equal(pet.agent, "\xC0\0\2\7", 4);
	assert_int_equal(pet.ticks, 1024);
	assert_int_equal(pet.event.ev.sensor_type, 15);
	assert_int_equal(pet.event.ev.event_type, 1);
	assert_int_equal(pet.event.ev.offset, 1);
	assert_false(pet.deasserted);
	assert_int_equal(pet.event.sequence, 30);
	assert_int_equal(pet.event.ev.severity, 8);
	assert_int_equal(pet.event.ev.entity, 3);
	assert_int_equal(wire_pet_unix_s(&pet), 883612800 + 0x18C3C5F0);
}

static void comes_out_again(void **state)
{
	uint8_t b[256], again[256];
	size_t n = make(SAMPLE, b, sizeof b), used;
	struct wire_pet pet;
	struct out o;

	(void)state;
	assert_int_equal(wire_pet_parse(span_make(b, n), &pet, &used, NULL), WIRE_DONE);
	out_init(&o, again, sizeof again);
	assert_true(wire_pet_emit(&o, &pet));
	assert_int_equal(o.n, n);
	assert_memory_equal(again, b, n);
	for (size_t cap = 0; cap < n; cap++) {
		out_init(&o, again, cap);
		assert_false(wire_pet_emit(&o, &pet));
	}
}

static void numbers_keep_their_bits(void **state)
{
	static const uint32_t ticks[] = { 0,     127,        128,        255,       32767,
					  32768, 0x7FFFFFFF, 0x80000000, UINT32_MAX };
	uint8_t b[256], again[256];
	size_t n = make(SAMPLE, b, sizeof b), used;
	struct wire_pet pet, back;
	struct out o;

	(void)state;
	assert_int_equal(wire_pet_parse(span_make(b, n), &pet, &used, NULL), WIRE_DONE);
	for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
		pet.ticks = ticks[i];
		pet.deasserted = i % 2;
		pet.event.ev.sensor_type = i % 2 ? 193 : 6;
		out_init(&o, again, sizeof again);
		assert_true(wire_pet_emit(&o, &pet));
		assert_int_equal(wire_pet_parse(out_span(&o), &back, &used, NULL), WIRE_DONE);
		assert_int_equal(back.ticks, ticks[i]);
		assert_int_equal(back.deasserted, i % 2);
		assert_int_equal(back.event.ev.sensor_type, pet.event.ev.sensor_type);
	}
}

static void every_prefix_is_refused(void **state)
{
	uint8_t b[256];
	size_t n = make(SAMPLE "00", b, sizeof b), used;
	struct wire_pet pet;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i <= n; i++) {
		if (i == n - 1)
			continue; /* the whole */
		if (wire_pet_parse(span_make(b, i), &pet, &used, &e) != WIRE_BAD)
			fail_msg("%zu bytes were taken", i);
		assert_non_null(strstr(e.msg, "trap"));
	}
}

/* A flipped bit is another value, or is refused with the place; never a trap that prints or comes out
 * differently from how it reads. */
static void every_flipped_bit_is_told(void **state)
{
	uint8_t b[256], again[256];
	char text[4096];
	size_t n = make(SAMPLE, b, sizeof b), used, taken = 0;
	struct wire_pet pet, back;
	struct out o;

	(void)state;
	for (size_t i = 0; i < n * 8; i++) {
		struct err e = { 0 };
		b[i / 8] ^= (uint8_t)(1u << i % 8);
		if (wire_pet_parse(span_make(b, n), &pet, &used, &e) == WIRE_DONE) {
			taken++;
			out_init(&o, text, sizeof text);
			struct wire_show s = wire_show_make(&o, true);
			wire_pet_print(&s, &pet);
			assert_false(o.bad);
			out_init(&o, again, sizeof again);
			assert_true(wire_pet_emit(&o, &pet));
			assert_int_equal(wire_pet_parse(out_span(&o), &back, &used, &e), WIRE_DONE);
		} else if (!strstr(e.msg, "trap") || !strstr(e.seen, "offset") || !*e.want) {
			fail_msg("bit %zu: %s (%s, %s)", i, e.msg, e.seen, e.want);
		}
		b[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	/* community 48, address 32, number 24, ticks 16, event 46 bytes: all but a sign or two */
	assert_in_range(taken, 440, 490);
}

static void other_traps_are_refused(void **state)
{
	static const struct {
		const char *name, *hex, *says;
	} rows[] = {
		{ "version 2",
		  "306B020101"
		  "04067075626C6963" TRAP BIND EVENT,
		  "version" },
		{ "a get",
		  HEAD "A05E"
		       "06092B06010401986F0101"
		       "4004C0000207"
		       "020106"
		       "02030F0101"
		       "43020400" BIND EVENT,
		  "trap" },
		{ "another enterprise",
		  HEAD "A45E"
		       "06092B060104019870"
		       "0101"
		       "4004C0000207"
		       "020106"
		       "02030F0101"
		       "43020400" BIND EVENT,
		  "enterprise" },
		{ "a cold start",
		  HEAD "A45E"
		       "06092B06010401986F0101"
		       "4004C0000207"
		       "020100"
		       "02030F0101"
		       "43020400" BIND EVENT,
		  "generic" },
		{ "another variable",
		  HEAD TRAP "303F"
			    "303D"
			    "060A2B06010401986F010102"
			    "042F" EVENT,
		  "variable" },
		{ "no end of lengths",
		  "3080"
		  "020100"
		  "04067075626C6963" TRAP BIND EVENT,
		  "sequence" },
		{ "a length of four bytes",
		  "30840000006B"
		  "020100"
		  "04067075626C6963" TRAP BIND EVENT,
		  "sequence" },
		{ "a number of six bytes",
		  "3070"
		  "0206000000000000"
		  "04067075626C6963" TRAP BIND EVENT,
		  "version" },
		{ "a byte behind the event",
		  "306C020100"
		  "04067075626C6963"
		  "A45F"
		  "06092B06010401986F0101"
		  "4004C0000207"
		  "020106"
		  "02030F0101"
		  "43020400"
		  "3040"
		  "303E"
		  "060A2B06010401986F010101"
		  "042F" EVENT "00",
		  "event" },
		{ "an event without its end",
		  HEAD TRAP BIND
		  "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001E18C3C5F0FFFF506808FFFF03004019000000000000FF0000041A000100",
		  "C1" },
	};
	uint8_t b[256];
	struct wire_pet pet;
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { 0 };
		size_t n = make(rows[i].hex, b, sizeof b);
		if (wire_pet_parse(span_make(b, n), &pet, &used, &e) != WIRE_BAD)
			fail_msg("%s was taken", rows[i].name);
		if (!strstr(e.msg, rows[i].says))
			fail_msg("%s: %s", rows[i].name, e.msg);
	}
}

static void prints(void **state)
{
	uint8_t b[256];
	char text[4096];
	size_t n = make(SAMPLE, b, sizeof b), used;
	struct wire_pet pet;
	struct out o;

	(void)state;
	assert_int_equal(wire_pet_parse(span_make(b, n), &pet, &used, NULL), WIRE_DONE);
	for (int json = 0; json < 2; json++) {
		memset(text, 0, sizeof text);
		out_init(&o, text, sizeof text - 1);
		struct wire_show s = wire_show_make(&o, json);
		wire_pet_print(&s, &pet);
		assert_non_null(strstr(text, "192.0.2.7"));
		assert_non_null(strstr(text, json ? "\"event\":{" : "sequence"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_sample),
		cmocka_unit_test(comes_out_again),
		cmocka_unit_test(numbers_keep_their_bits),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(every_flipped_bit_is_told),
		cmocka_unit_test(other_traps_are_refused),
		cmocka_unit_test(prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
