/* Tests of event records and trap events: fields, every prefix, what is said about each kind. Real
 * ones: corpus_test.c. */
#include "wire/event_record.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct span from_hex(const char *hex, uint8_t *mem, size_t cap)
{
	size_t n = 0;

	assert_true(hex_decode(span_str(hex), mem, cap, &n));
	return span_make(mem, n);
}

static void reads_fields(void **state)
{
	uint8_t mem[64];
	struct wire_event_record ev;
	size_t used;
	(void)state;

	struct span in = from_hex("0403020105060708090a0b0c0d1112131415161718ff", mem, 64);
	for (size_t n = 0; n < WIRE_EVENT_RECORD_BYTES; n++)
		assert_int_equal(wire_event_record_parse(span_make(in.p, n), &ev, &used, NULL),
				 WIRE_MORE);
	assert_int_equal(wire_event_record_parse(in, &ev, &used, NULL), WIRE_DONE);
	assert_int_equal(used, WIRE_EVENT_RECORD_BYTES);
	assert_int_equal(ev.time, 0x01020304);
	assert_int_equal(ev.device_address, 5);
	assert_int_equal(ev.sensor_type, 6);
	assert_int_equal(ev.event_type, 7);
	assert_int_equal(ev.offset, 8);
	assert_int_equal(ev.source_type, 9);
	assert_int_equal(ev.severity, 10);
	assert_int_equal(ev.sensor_number, 11);
	assert_int_equal(ev.entity, 12);
	assert_int_equal(ev.entity_instance, 13);
	assert_memory_equal(ev.data, "\x11\x12\x13\x14\x15\x16\x17\x18", 8);
}

static void explains_events(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint8_t sensor, offset, d[8];
		const char *want;
	} cases[] = {
		{ "case", 5, 0, { 0 }, "the case was opened" },
		{ "other security", 5, 1, { 0 }, "physical security" },
		{ "logins", 6, 0, { 0xAA, 0x0A, 1 }, "authentication failed 266 times" },
		{ "invalid", 15, 0, { 235 }, "invalid data" },
		{ "firmware error", 15, 0, { 0x40, 4 }, "firmware error: system board" },
		{ "unknown error", 15, 0, { 0x40, 99 }, "firmware error: code 99" },
		{ "progress", 15, 2, { 0x40, 19 }, "firmware progress: starting the OS" },
		{ "recovery error",
		  15,
		  3,
		  { 0xAA, 0x30, 7 },
		  "one-click recovery failed: image verification failed" },
		{ "erase error", 15, 3, { 0xAA, 0x40, 1 }, "platform erase failed: SSD" },
		{ "recovery",
		  15,
		  5,
		  { 0xAA, 0x30, 1, 2 },
		  "one-click recovery: boot option added, option 2" },
		{ "erase", 15, 5, { 0xAA, 0x40, 2, 3 }, "platform erase: erasing ended, option 3" },
		{ "OEM error", 15, 3, { 1 }, "OEM firmware error" },
		{ "OEM progress", 15, 5, { 1 }, "OEM firmware progress" },
		{ "agent",
		  18,
		  0,
		  { 0xAA, 4, 3, 2, 1, 6, 5, 8 },
		  "agent watchdog 01020304-0506-...: expired" },
		{ "no agent", 18, 0, { 1 }, "system event" },
		{ "no media", 30, 0, { 0 }, "no bootable media" },
		{ "lock-up", 32, 0, { 0 }, "the OS hangs, or power was interrupted" },
		{ "POST", 35, 1, { 64 }, "BIOS watchdog ran out during POST" },
		{ "boot failure", 35, 1, { 0 }, "system boot failure" },
		{ "filter",
		  36,
		  0,
		  { 0xAA, 0, 0, 1, 2 },
		  "system defense filter matched: filter 258, wired" },
		{ "all received",
		  36,
		  0,
		  { 1, 0xFF, 0xFF, 0xFF, 0xFD },
		  "system defense filter matched: all received packets, not wired" },
		{ "all sent",
		  36,
		  0,
		  { 1, 0xFF, 0xFF, 0xFF, 0xFC },
		  "system defense filter matched: all outbound packets, not wired" },
		{ "spoofing",
		  36,
		  0,
		  { 1, 0xFF, 0xFF, 0xFF, 0xFA },
		  "system defense filter matched: anti-spoofing, not wired" },
		{ "started", 37, 0, { 0 }, "system firmware started" },
		{ "SOL", 192, 0, { 0xAA, 0x30, 1 }, "redirection: serial over LAN ended" },
		{ "policy", 192, 1, { 0xAA, 0x30, 2 }, "security policy: receiving stopped" },
		{ "user", 193, 0, { 0xAA, 0x30 }, "the user asks for a remote connection" },
		{ "user, unknown", 193, 0, { 0xAA, 0x31 }, "unknown user notification" },
		{ "unknown", 99, 0, { 0 }, "unknown event" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_event_record ev = { .sensor_type = cases[i].sensor,
						.offset = cases[i].offset };
		char text[160];
		struct out o;
		memcpy(ev.data, cases[i].d, sizeof ev.data);
		out_init(&o, text, sizeof text);
		wire_event_record_message(&o, &ev);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: '%s'", cases[i].name, text);
	}
}

static void prints_unknown_numbers(void **state)
{
	struct wire_event_record ev = { .time = UINT32_MAX,
					.sensor_type = 201,
					.event_type = 202,
					.source_type = 203,
					.severity = 204,
					.entity = 205,
					.data = { 0xDE, 0xAD } };
	char text[1024];
	struct out o;
	(void)state;

	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, false);
	wire_event_record_print(&s, &ev);
	for (unsigned v = 201; v <= 205; v++) {
		char number[8];
		struct out n;
		out_init(&n, number, sizeof number);
		out_fmt(&n, " %u\n", v);
		if (!strstr(text, number))
			fail_msg("no %u in:\n%s", v, text);
	}
	assert_non_null(strstr(text, "time unix 4294967295 (none)"));
	assert_non_null(strstr(text, "dead000000000000"));
}

/* The sample of discovery 6, with OEM bytes put in. */
#define PET                                                                                \
	"ffffffffffffffffffffffffffffffff001e18c3c5f0ffff506808ffff03004019000000000000ff" \
	"0000041a0001"

static void reads_trap_events(void **state)
{
	uint8_t mem[128], again[128];
	struct wire_event_pet pet;
	struct err e = { 0 };
	struct out o;
	size_t used;
	(void)state;

	struct span in = from_hex(PET "0102c1", mem, sizeof mem);
	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(wire_event_pet_parse(span_make(in.p, n), &pet, &used, NULL),
				 WIRE_MORE);
	assert_int_equal(wire_event_pet_parse(in, &pet, &used, NULL), WIRE_DONE);
	assert_int_equal(used, 49);
	assert_int_equal(pet.sequence, 0x1e);
	assert_int_equal(pet.utc_offset_min, UINT16_MAX);
	assert_int_equal(pet.ev.severity, 8);
	assert_int_equal(pet.ev.entity, 3);
	assert_int_equal(pet.ev.data[1], 0x19);
	assert_int_equal(pet.manufacturer, 0x41a);
	assert_int_equal(pet.oem.n, 3);
	out_init(&o, again, sizeof again);
	assert_true(wire_event_pet_emit(&o, &pet));
	assert_true(span_eq(out_span(&o), in));
	in = from_hex(PET "c1c1", mem, sizeof mem);
	assert_int_equal(wire_event_pet_parse(in, &pet, &used, &e), WIRE_BAD);
	assert_non_null(strstr(e.seen, "offset 47"));
}

static void prints_trap_events(void **state)
{
	uint8_t mem[128];
	char text[2048];
	struct wire_event_pet pet;
	struct out o;
	size_t used;
	(void)state;

	(void)wire_event_pet_parse(from_hex(PET "c1", mem, sizeof mem), &pet, &used, NULL);
	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, false);
	wire_event_pet_print(&s, &pet);
	assert_non_null(strstr(text, "utc offset minutes 65535 (unspecified)"));
	/* 0x18c3c5f0 s after 1 January 1998 */
	assert_non_null(strstr(text, "local time 2011-03-02T20:02:56Z"));
	assert_non_null(strstr(text, "entity 3 (processor)"));
	assert_non_null(strstr(text, "oem c1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fields),           cmocka_unit_test(explains_events),
		cmocka_unit_test(prints_unknown_numbers), cmocka_unit_test(reads_trap_events),
		cmocka_unit_test(prints_trap_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
