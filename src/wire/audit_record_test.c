/* Tests of audit records: every form of initiator, every prefix, and each layout of extended data.
 * Real ones: corpus_test.c. */
#include "wire/audit_record.h"
#include "base/str.h"
#include "wire/audit_events.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define ADMIN                  \
	"00100012"             \
	"00"                   \
	"0561646d696e"         \
	"5ef9d68f"             \
	"00"                   \
	"093132372e302e302e31" \
	"00"
#define SID "0105000000000005150000000100000002000000030000007b040000"

static struct span from_hex(const char *hex, uint8_t *mem, size_t cap)
{
	size_t n = 0;

	assert_true(hex_decode(span_str(hex), mem, cap, &n));
	return span_make(mem, n);
}

static const char *print(const char *hex, bool json)
{
	static char text[8192];
	static uint8_t mem[1024];
	struct wire_audit_record r;
	struct err e = { 0 };
	struct out o;
	size_t used;
	struct span in = from_hex(hex, mem, sizeof mem);

	if (wire_audit_record_parse(in, &r, &used, &e) != WIRE_DONE || used != in.n)
		fail_msg("%s: %zu of %zu bytes: %s", hex, used, in.n, e.msg);
	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, json);
	wire_audit_record_print(&s, &r);
	assert_false(o.bad);
	return text;
}

static void reads_initiators(void **state)
{
	(void)state;
	static const struct {
		const char *name, *hex, *want;
	} cases[] = {
		{ "digest", ADMIN, "user admin\n" },
		{ "Kerberos",
		  "00100012"
		  "01"
		  "00000200"
		  "1c" SID "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "sid S-1-5-21-1-2-3-1147\n  domain user 512\n" },
		{ "no SID",
		  "00100012"
		  "01"
		  "00000200"
		  "021234"
		  "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "sid 1234\n" },
		{ "local",
		  "00100012"
		  "02"
		  "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "initiator 2 (local)\n" },
		{ "KVM",
		  "00100012"
		  "03"
		  "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "initiator 3 (KVM default port)\n" },
		{ "unknown",
		  "00100012"
		  "09"
		  "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "initiator 9\n" },
		{ "counted NUL",
		  "00100012"
		  "00"
		  "0661646d696e00"
		  "5ef9d68f"
		  "02"
		  "00"
		  "00",
		  "user admin\\x00\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!strstr(print(cases[i].hex, false), cases[i].want))
			fail_msg("%s: no '%s' in\n%s", cases[i].name, cases[i].want,
				 print(cases[i].hex, false));
}

static void keeps_every_byte(void **state)
{
	(void)state;
	static const char *const all[] = {
		ADMIN,
		"00100012"
		"01"
		"00000200"
		"1c" SID "5ef9d68f"
		"02"
		"00"
		"00",
		"ffffffff"
		"02"
		"ffffffff"
		"ff"
		"00"
		"03010203",
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		uint8_t mem[256], again[256];
		struct wire_audit_record r;
		struct out o;
		size_t used;
		struct span in = from_hex(all[i], mem, sizeof mem);
		for (size_t n = 0; n < in.n; n++)
			assert_int_equal(
				wire_audit_record_parse(span_make(in.p, n), &r, &used, NULL),
				WIRE_MORE);
		assert_int_equal(wire_audit_record_parse(in, &r, &used, NULL), WIRE_DONE);
		out_init(&o, again, sizeof again);
		assert_true(wire_audit_record_emit(&o, &r));
		assert_true(span_eq(out_span(&o), in));
	}
}

/* Application, event and extended data; everything else as in HEAD. */
#define WITH(app_event, data) \
	app_event "02"        \
		  "5ef9d68f"  \
		  "02"        \
		  "00" data
static void reads_extended_data(void **state)
{
	(void)state;
	static const struct {
		const char *name, *hex, *want;
	} cases[] = {
		{ "setup",
		  WITH("00100001",
		       "33"
		       "02"
		       "01"
		       "0102030405060708090a0b0c0d0e0f1011121314"
		       "01"
		       "000000000000000000000000000000ff"
		       "00"
		       "0a"
		       "2e65782e746573742e2e"),
		  "method 2 (remote configuration)\n    hash algorithm 1 (SHA-1)\n    root hash "
		  "0102030405060708090a0b0c0d0e0f1011121314\n    serial count 1\n    serials 1 "
		  "000000000000000000000000000000ff\n    more serials 0\n    server .ex.test..\n" },
		{ "who",
		  WITH("00100002",
		       "06"
		       "00"
		       "0461626364"),
		  "entry 0 (HTTP digest)\n    who abcd\n" },
		{ "who by SID",
		  WITH("00100003",
		       "23"
		       "02"
		       "01"
		       "1c" SID "00000007"),
		  "parameter mask 2\n    entry 1 (Kerberos)\n    who S-1-5-21-1-2-3-1147\n    "
		  "domain user 7\n" },
		{ "realm",
		  WITH("00100011",
		       "05"
		       "00000003"
		       "01"),
		  "realm 3\n    mode 1 (authenticated)\n" },
		{ "boot",
		  WITH("00110003",
		       "07"
		       "c1"
		       "0001"
		       "0002"
		       "0003"),
		  "special command 193 (Intel)\n    parameter 1\n" },
		{ "versions",
		  WITH("00130000",
		       "10"
		       "000c000000280599000c000000240594"),
		  "first version 12.0.40.1433\n    second version 12.0.36.1428\n" },
		{ "time",
		  WITH("00150000",
		       "04"
		       "5c99216e"),
		  "new time 2019-03-25T18:43:58Z\n" },
		{ "addresses",
		  WITH("00160000",
		       "19"
		       "00000000"
		       "01"
		       "c0000201"
		       "ffffff00"
		       "c00002fe"
		       "01020304"
		       "00000000"),
		  "dhcp 1 (on)\n    address 192.0.2.1\n    mask 255.255.255.0\n" },
		{ "name",
		  WITH("00160001",
		       "05"
		       "04686f7374"),
		  "name host\n" },
		{ "VLAN",
		  WITH("00160003",
		       "06"
		       "00000000"
		       "0102"),
		  "tag 258\n" },
		{ "IPv6",
		  WITH("00160005",
		       "4e"
		       "00000000"
		       "01"
		       "02"
		       "0000000000000001"
		       "20010db8000000000000000000000001"
		       "20010db8000000000000000000000002"
		       "00000000000000000000000000000000"
		       "00000000000000000000000000000000"),
		  "id 0000000000000001\n    address 2001:0db8:0000:0000:0000:0000:0000:0001\n" },
		{ "alert",
		  WITH("00180000",
		       "07"
		       "01"
		       "02"
		       "00"
		       "c0000207"),
		  "address 192.0.2.7\n" },
		{ "alert by IPv6",
		  WITH("00180001",
		       "13"
		       "01"
		       "02"
		       "01"
		       "20010db8000000000000000000000001"),
		  "address 2001:0db8:" },
		{ "agent",
		  WITH("001a0000",
		       "14"
		       "00112233445566778899aabbccddeeff"
		       "003c"
		       "0078"),
		  "agent 33221100-5544-7766-8899-aabbccddeeff\n    heartbeat s 60\n" },
		{ "Wi-Fi",
		  WITH("001b0000",
		       "25"
		       "6f666669636500000000000000000000"
		       "00000000000000000000000000000000"
		       "01"
		       "026162"
		       "99"),
		  "ssid office\n    priority 1\n    profile ab\n    more 99\n" },
		{ "serial",
		  WITH("00100008",
		       "03"
		       "0a0b0c"),
		  "serial 0a0b0c\n" },
		{ "too short",
		  WITH("00160003",
		       "03"
		       "000001"),
		  "more 000001\n" },
		{ "too long",
		  WITH("00160001",
		       "07"
		       "04686f737401"
		       "02"),
		  "name host\n    more 0102\n" },
		{ "unknown hash",
		  WITH("00100001",
		       "03"
		       "02"
		       "09"
		       "00"),
		  "more 0900\n" },
		{ "unknown address",
		  WITH("00180000",
		       "04"
		       "01"
		       "02"
		       "07"
		       "aa"),
		  "more 07aa\n" },
		{ "unknown event",
		  WITH("00990001",
		       "02"
		       "beef"),
		  "event 1\n  initiator 2 (local)" },
		{ "its data",
		  WITH("00990001",
		       "02"
		       "beef"),
		  "more beef\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!strstr(print(cases[i].hex, false), cases[i].want))
			fail_msg("%s: no '%s' in\n%s", cases[i].name, cases[i].want,
				 print(cases[i].hex, false));
}

/* Data of every size for every event that the table knows: nothing is read past, and all of it is
 * there as bytes. */
static void survives_any_data(void **state)
{
	uint8_t data[255];
	static char text[16384];
	unsigned known = 0;
	(void)state;

	memset(data, 1, sizeof data);
	for (unsigned code = 0; code < 40 * 32; code++) {
		uint16_t app = (uint16_t)(code / 32), event = (uint16_t)(code % 32);
		known += wire_audit_record_event_name(app, event) != NULL;
		for (size_t n = 0; n < sizeof data; n += 5) {
			struct wire_audit_record r = {
				.app = app, .event = event, .by = 2, .data = { data, n }
			};
			struct out o;
			out_init(&o, text, sizeof text);
			struct wire_show s = wire_show_make(&o, n % 2);
			wire_audit_record_print(&s, &r);
			assert_false(o.bad);
		}
	}
	assert_int_equal(known, 97);
}

static void writes_json(void **state)
{
	(void)state;
	assert_string_equal(
		print(ADMIN, true),
		"{\"time\":\"2020-06-29T11:54:55Z\",\"time_unix\":1593431695,"
		"\"application\":16,\"application_name\":\"security admin\",\"event\":18,"
		"\"event_name\":\"upgraded from client to admin control mode\","
		"\"initiator\":0,\"initiator_name\":\"HTTP digest\",\"user\":\"admin\","
		"\"location\":0,\"location_name\":\"IPv4\",\"address\":\"127.0.0.1\","
		"\"data\":\"\"}");
}

static void refuses_to_write(void **state)
{
	uint8_t mem[600], long_name[256] = { 0 };
	struct wire_audit_record r = { .user = { long_name, sizeof long_name } };
	struct out o;
	(void)state;

	out_init(&o, mem, sizeof mem);
	assert_false(wire_audit_record_emit(&o, &r));
	r.user.n = 255;
	assert_true(wire_audit_record_emit(&o, &r));
	out_init(&o, mem, 100);
	assert_false(wire_audit_record_emit(&o, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_initiators),    cmocka_unit_test(keeps_every_byte),
		cmocka_unit_test(reads_extended_data), cmocka_unit_test(survives_any_data),
		cmocka_unit_test(writes_json),         cmocka_unit_test(refuses_to_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
