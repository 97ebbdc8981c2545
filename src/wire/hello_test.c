/* Tests of the hello codec: hand-written messages, every prefix. Real ones: corpus_test.c. */
#include "wire/hello.h"
#include "base/limits.h"
#include "base/mem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UUID_BYTES           "00112233445566778899aabbccddeeff"
#define HEAD(admin, version) admin version "05000000" UUID_BYTES
#define SHA1_BYTES           "0102030405060708090a0b0c0d0e0f1011121314"

static const char psk_hex[] = HEAD("0100", "0200") "303030303033374d";
/* one SHA-1, one unknown algorithm 9 of 3 bytes, one unknown of none */
static const char pki_hex[] = HEAD("0000", "0300") "03"
						   "0114" SHA1_BYTES "0903c0ffee"
						   "fe00";

static struct span from_hex(const char *hex, uint8_t *mem, size_t cap)
{
	size_t n = 0;

	assert_true(hex_decode(span_str(hex), mem, cap, &n));
	return span_make(mem, n);
}

static void reads_fields(void **state)
{
	static struct wire_hello m;
	uint8_t mem[256];
	size_t used;
	char uuid[UUID_TEXT_SIZE];
	(void)state;

	assert_int_equal(wire_hello_parse(from_hex(psk_hex, mem, 256), &m, &used, NULL), WIRE_DONE);
	assert_int_equal(used, 32);
	assert_int_equal(m.kind, WIRE_HELLO_PSK);
	assert_int_equal(m.admin_set, 1);
	assert_int_equal(m.retry_count, 5);
	assert_string_equal(m.pid, "0000037M");
	uuid_print(&m.uuid, uuid);
	assert_string_equal(uuid, "33221100-5544-7766-8899-aabbccddeeff");

	assert_int_equal(wire_hello_parse(from_hex(pki_hex, mem, 256), &m, &used, NULL), WIRE_DONE);
	assert_int_equal(used, 25 + 22 + 5 + 2);
	assert_int_equal(m.kind, WIRE_HELLO_PKI);
	assert_string_equal(m.pid, "");
	assert_int_equal(m.hash_count, 3);
	assert_int_equal(m.hashes[0].alg, WIRE_HELLO_SHA1);
	assert_int_equal(m.hashes[0].digest.p[19], 0x14);
	assert_int_equal(m.hashes[1].alg, 9);
	assert_int_equal(m.hashes[1].digest.n, 3);
	assert_int_equal(m.hashes[2].digest.n, 0);
}

static void refuses_wrong_fields(void **state)
{
	static const struct {
		const char *name, *hex;
		size_t at;
		const char *seen, *want;
	} cases[] = {
		{ "credentials set 2", "0200", 0, "2 at offset 0", "0 or 1" },
		{ "browser", "4745", 0, "17735 at offset 0", "0 or 1" },
		{ "version 1", "01000100", 2, "1 at offset 2", "2 (PSK) or 3 (PKI)" },
		{ "version 4", "00000400", 2, "4 at offset 2", "2 (PSK) or 3 (PKI)" },
		{ "PID with dash", HEAD("0100", "0200") "303030302d303337", 28,
		  "byte 0x2d at offset 28", "8 characters of A-Z and 0-9, no dash" },
		{ "PID lower case", HEAD("0100", "0200") "303030303033376d", 31,
		  "byte 0x6d at offset 31", "8 characters of A-Z and 0-9, no dash" },
		{ "SHA-256 of 20", HEAD("0100", "0300") "010214", 26, "20 at offset 26", "32" },
		{ "second, SHA-1 of 0", HEAD("0100", "0300") "020902aaaa0100", 30, "0 at offset 30",
		  "20" },
		{ "SHA-384 of 64", HEAD("0100", "0300") "010340", 26, "64 at offset 26", "48" },
	};
	static struct wire_hello m;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[256];
		size_t used;
		struct err e = { 0 };
		struct span in = from_hex(cases[i].hex, mem, sizeof mem);
		enum wire_got got = wire_hello_parse(in, &m, &used, &e);
		if (got != WIRE_BAD || used != cases[i].at || e.code != ERR_MALFORMED ||
		    strcmp(e.seen, cases[i].seen) != 0 || strcmp(e.want, cases[i].want) != 0)
			fail_msg("%s: got=%d at=%zu seen=%s want=%s", cases[i].name, got, used,
				 e.seen, e.want);
	}
}

/* Every prefix waits, the whole is done, more bytes behind it are left; emit gives it back. */
static void check_message(const char *name, struct span in)
{
	static struct wire_hello m;
	struct err e = { 0 };
	struct buf again;
	struct out o;
	size_t used;

	for (size_t n = 0; n <= in.n; n++) {
		uint8_t *exact = mem_new(n + 1);
		memcpy(exact, in.p, n);
		enum wire_got got = wire_hello_parse(span_make(exact, n), &m, &used, &e);
		if (got != (n == in.n ? WIRE_DONE : WIRE_MORE))
			fail_msg("%s: %zu of %zu bytes: got %d", name, n, in.n, got);
		mem_free(exact);
	}
	uint8_t *longer = mem_new(in.n + 9);
	memcpy(longer, in.p, in.n);
	memset(longer + in.n, 0xEE, 9);
	assert_int_equal(wire_hello_parse(span_make(longer, in.n + 9), &m, &used, &e), WIRE_DONE);
	assert_int_equal(used, in.n);

	buf_init(&again, LIMIT_HELLO_BYTES);
	out_init_buf(&o, &again);
	assert_true(wire_hello_emit(&o, &m));
	if (!span_eq(out_span(&o), in))
		fail_msg("%s: emit(parse(x)) is not x", name);
	buf_deinit(&again);
	mem_free(longer);
}

static void keeps_own_messages(void **state)
{
	uint8_t mem[256];
	(void)state;

	check_message("psk", from_hex(psk_hex, mem, sizeof mem));
	check_message("pki", from_hex(pki_hex, mem, sizeof mem));
	check_message("no hashes", from_hex(HEAD("0100", "0300") "00", mem, sizeof mem));
}

static void ends_at_the_limit(void **state)
{
	static struct wire_hello m;
	static uint8_t big[2 * LIMIT_HELLO_BYTES];
	uint8_t head[32];
	struct err e = { 0 };
	size_t used;
	(void)state;

	struct span h = from_hex(HEAD("0100", "0300") "ff", head, sizeof head);
	memcpy(big, h.p, h.n);
	for (size_t at = h.n; at + 66 <= sizeof big; at += 66) {
		big[at] = 77;
		big[at + 1] = 64;
	}
	assert_int_equal(wire_hello_parse(span_make(big, LIMIT_HELLO_BYTES - 1), &m, &used, &e),
			 WIRE_MORE);
	assert_int_equal(wire_hello_parse(span_make(big, LIMIT_HELLO_BYTES), &m, &used, &e),
			 WIRE_BAD);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(wire_hello_parse(span_make(big, sizeof big), &m, &used, &e), WIRE_BAD);
	assert_true(used <= LIMIT_HELLO_BYTES);
}

static void emits_only_what_fits(void **state)
{
	static struct wire_hello m;
	uint8_t mem[64];
	struct out o;
	(void)state;

	out_init(&o, mem, sizeof mem);
	assert_false(wire_hello_emit(&o, &m)); /* no kind */
	m.kind = WIRE_HELLO_PSK;
	str_copy(m.pid, sizeof m.pid, span_str("0000"));
	assert_false(wire_hello_emit(&o, &m));
	assert_int_equal(out_len(&o), 0);
	m.kind = WIRE_HELLO_PKI;
	m.hash_count = 2;
	m.hashes[0].digest = m.hashes[1].digest = span_make(psk_hex, 20);
	assert_false(wire_hello_emit(&o, &m)); /* no room */
	m.hashes[0].digest.n = 256;
	out_init(&o, mem, sizeof mem);
	assert_false(wire_hello_emit(&o, &m));
}

static void prints(void **state)
{
	static struct wire_hello m;
	uint8_t mem[256];
	char text[1024];
	size_t used;
	struct out o;
	(void)state;

	wire_hello_parse(from_hex(pki_hex, mem, sizeof mem), &m, &used, NULL);
	out_init(&o, text, sizeof text);
	wire_hello_print(&o, &m);
	assert_string_equal(text,
			    "hello pki (InterfaceVersion 3)\n"
			    "  AdminCredentialsSet 0\n"
			    "  RetryCount 5\n"
			    "  UUID 33221100-5544-7766-8899-aabbccddeeff\n"
			    "  HashCount 3\n"
			    "    1 SHA-1 " SHA1_BYTES "\n"
			    "    2 unknown algorithm 9 c0ffee\n"
			    "    3 unknown algorithm 254 \n");
	out_init(&o, text, sizeof text);
	wire_hello_print_json(&o, &m);
	assert_string_equal(text,
			    "{\"kind\":\"pki\",\"admin_credentials_set\":0,"
			    "\"interface_version\":3,\"retry_count\":5,"
			    "\"uuid\":\"33221100-5544-7766-8899-aabbccddeeff\",\"hashes\":["
			    "{\"algorithm_id\":1,\"algorithm\":\"SHA-1\",\"digest\":\"" SHA1_BYTES
			    "\"},{\"algorithm_id\":9,\"algorithm\":null,\"digest\":\"c0ffee\"},"
			    "{\"algorithm_id\":254,\"algorithm\":null,\"digest\":\"\"}]}");
	for (size_t cap = 0; cap < sizeof text; cap++) { /* too small is cut, never a crash */
		out_init(&o, text, cap);
		wire_hello_print(&o, &m);
		out_init(&o, text, cap);
		wire_hello_print_json(&o, &m);
	}
	wire_hello_parse(from_hex(psk_hex, mem, sizeof mem), &m, &used, NULL);
	out_init(&o, text, sizeof text);
	wire_hello_print_json(&o, &m);
	assert_non_null(strstr(text, ",\"pid\":\"0000037M\"}"));
	memset(&m, 0xFF, sizeof m); /* nothing that parse gives */
	m.hash_count = 0;
	out_init(&o, text, sizeof text);
	wire_hello_print(&o, &m);
	assert_non_null(strstr(text, "hello unknown"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fields),
		cmocka_unit_test(refuses_wrong_fields),
		cmocka_unit_test(keeps_own_messages),

		cmocka_unit_test(ends_at_the_limit),
		cmocka_unit_test(emits_only_what_fits),
		cmocka_unit_test(prints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
