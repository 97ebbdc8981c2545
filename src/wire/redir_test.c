/* Tests of redirection messages: observed vectors, every prefix, one byte at a time, what each type
 * says, logins and their digests. */
#include "wire/redir_auth.h"
#include "base/str.h"
#include "wire/digest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define REALM "Digest:A4070000000000000000000000000000"
#define NONCE "0123456789abcdef0123456789abcdef"

/* One good message of each type; observed ones first (redirection 3 to 6). */
static const struct sample {
	const char *name;
	enum wire_redir_session session;
	const char *hex;
	const char *want; /* in the print */
} samples[] = {
	{ "start SOL", 0, "10000000534f4c20", "session SOL" },
	{ "start KVM", 0, "100100004b564d52", "version 1" },
	{ "started", 0, "11000000010002005701000000", "iana 343" },
	{ "started with OEM bytes", 0, "11000000010002005701000002aabb", "rest aabb" },
	{ "end", 0, "12000000", "end session" },
	{ "query", 0, "130000000000000000", "method 0 (query)" },
	{ "methods", 0, "14000000000400000001020304", "methods 01020304" },
	{ "password", 0,
	  "130000000110000000056"
	  "1646d696e09504073737730726431",
	  "user admin" },
	{ "password taken", 0, "140000000100000000", "status 0 (success)" },
	{ "open SOL", WIRE_REDIR_SOL,
	  "2000000000000000e803640000001027000088130000"
	  "0000",
	  "heartbeat ms 5000" },
	{ "SOL opened", WIRE_REDIR_SOL,
	  "2100000000000000e803640000001027000088130000"
	  "00",
	  "status 0 (success)" },
	{ "end SOL", WIRE_REDIR_SOL, "2200000000000000", "end SOL" },
	{ "SOL ended", WIRE_REDIR_SOL, "2300000009000000", "sequence 9" },
	{ "ping", WIRE_REDIR_SOL, "2400000000000000", "SOL ping" },
	{ "pong", WIRE_REDIR_SOL, "2500000000000000", "SOL pong" },
	{ "lines", WIRE_REDIR_SOL, "270000000200000000001b000000", "lines 00001b000000" },
	{ "to host", WIRE_REDIR_SOL, "2800000000000000030061620d", "bytes 3" },
	{ "control", WIRE_REDIR_SOL, "29000000010000000305", "(bytes dropped, powered on)" },
	{ "from host", WIRE_REDIR_SOL, "2a00000001000000050068656c6c6f", "data hello" },
	{ "no data", WIRE_REDIR_SOL, "2a000000010000000000", "bytes 0" },
	{ "heartbeat", WIRE_REDIR_SOL, "2b00000002000000", "sequence 2" },
	{ "open IDE-R", WIRE_REDIR_IDER,
	  "40000000000000003075"
	  "0000204e01000000",
	  "rx ms 30000" },
	{ "IDE-R opened", WIRE_REDIR_IDER,
	  "4100000000000000010002000000000000200020"
	  "00000000005701000000",
	  "read buffer 8192" },
	{ "end IDE-R", WIRE_REDIR_IDER, "4200000001000000", "end IDE-R" },
	{ "IDE-R ended", WIRE_REDIR_IDER, "4300000001000000", "end IDE-R reply" },
	{ "IDE-R ping", WIRE_REDIR_IDER, "4400000001000000", "IDE-R ping" },
	{ "IDE-R pong", WIRE_REDIR_IDER, "4500000001000000", "IDE-R pong" },
	{ "reset", WIRE_REDIR_IDER, "460000000100000003", "mask 3" },
	{ "reset reply", WIRE_REDIR_IDER, "4700000001000000", "reset occurred reply" },
	{ "feature 1", WIRE_REDIR_IDER, "480000000100000001", "sub 1 (supported)" },
	{ "feature 3", WIRE_REDIR_IDER, "48000000010000000319000000", "value 25" },
	{ "feature reply", WIRE_REDIR_IDER, "49000000010000000301000000", "value 1" },
	{ "error", WIRE_REDIR_IDER, "4a00000001000000050000", "reason 5" },
	{ "IDE-R heartbeat", WIRE_REDIR_IDER, "4b00000001000000", "IDE-R heartbeat" },
	{ "command", WIRE_REDIR_IDER,
	  "50000000050000000001000000"
	  "08b0a0280000000010000001000000",
	  "drive 176 (CD)" },
	{ "response", WIRE_REDIR_IDER,
	  "5100000205000000000000000000000000000000"
	  "87500300000000b0052100",
	  "sense 052100" },
	{ "get", WIRE_REDIR_IDER, "520000000600000000000200b50000000002a0580000000000000000000000",
	  "bytes 512" },
	{ "written", WIRE_REDIR_IDER, "5300000006000000000300000000616263", "bytes 3" },
	{ "data", WIRE_REDIR_IDER,
	  "540000030500000000040000b40002000000b0588500030000"
	  "00b05000000000000001020304",
	  "last yes" },
	{ "open KVM", WIRE_REDIR_KVM, "4000000000000000", "open KVM" },
	{ "KVM opened", WIRE_REDIR_KVM, "4100000000000000", "open KVM reply" },
};
#define SAMPLES (sizeof samples / sizeof *samples)

static struct span from_hex(const char *name, const char *hex, uint8_t *mem, size_t cap)
{
	size_t n = 0;

	if (!hex_decode(span_str(hex), mem, cap, &n))
		fail_msg("%s: bad hex in the test", name);
	return span_make(mem, n);
}

static bool printed(const struct wire_redir_msg *m, const char *want, bool secrets)
{
	static char text[4096];
	struct out o;

	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, false);
	wire_redir_print(&s, m, secrets);
	return !o.bad && strstr(text, want) != NULL;
}

static void reads_and_writes(void **state)
{
	uint8_t mem[256], again[256];
	struct wire_redir_msg m;
	struct err e = { 0 };
	struct out o;
	size_t used;
	(void)state;

	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		struct span in = from_hex(s->name, s->hex, mem, sizeof mem);
		for (size_t n = 0; n < in.n; n++)
			if (wire_redir_parse(span_make(in.p, n), s->session, &m, &used, &e) !=
			    WIRE_MORE)
				fail_msg("%s: %zu of %zu bytes are not too few", s->name, n, in.n);
		if (wire_redir_parse(in, s->session, &m, &used, &e) != WIRE_DONE || used != in.n)
			fail_msg("%s: not read (%zu of %zu): %s", s->name, used, in.n, e.msg);
		out_init(&o, again, sizeof again);
		if (!wire_redir_emit(&o, &m) || !span_eq(out_span(&o), in))
			fail_msg("%s: written otherwise than read", s->name);
		if (!printed(&m, s->want, false))
			fail_msg("%s: the print lacks '%s'", s->name, s->want);
		out_init(&o, again, in.n - 1);
		if (wire_redir_emit(&o, &m))
			fail_msg("%s: written where there is no room", s->name);
	}
}

/* The table and the samples speak of the same types. */
static void knows_each_type(void **state)
{
	(void)state;
	for (unsigned s = WIRE_REDIR_NONE; s < WIRE_REDIR_SESSIONS; s++)
		for (unsigned t = 0; t < 256; t++) {
			bool sampled = false;
			for (size_t i = 0; i < SAMPLES; i++) {
				uint8_t type = 0;
				size_t n;
				(void)hex_decode(span_make(samples[i].hex, 2), &type, 1, &n);
				sampled |= type == t &&
					(samples[i].session == s || t < WIRE_REDIR_SOL_OPEN);
			}
			bool known = wire_redir_find((uint8_t)t, (enum wire_redir_session)s) ||
				(t == WIRE_REDIR_AUTH || t == WIRE_REDIR_AUTH_REPLY);
			if (known != sampled && t != WIRE_REDIR_START)
				fail_msg("type 0x%02X in session %u: in table %d, in samples %d", t,
					 s, known, sampled);
		}
}

static void refuses(void **state)
{
	static const struct {
		const char *name;
		enum wire_redir_session session;
		const char *hex, *want;
	} cases[] = {
		{ "unknown type", WIRE_REDIR_NONE, "99", "unknown type 0x99" },
		{ "SOL without session", WIRE_REDIR_NONE, "2a00", "unknown type 0x2A" },
		{ "IDE-R in SOL", WIRE_REDIR_SOL, "40", "unknown type 0x40" },
		{ "SOL in IDE-R", WIRE_REDIR_IDER, "2a", "unknown type 0x2A" },
		{ "0x26, whose length nobody knows", WIRE_REDIR_SOL, "26000000", "0x26" },
		{ "recording mark of a relay", WIRE_REDIR_SOL, "f0", "0xF0" },
		{ "endless login", WIRE_REDIR_NONE, "1300000004ffffffff", "4294967295 bytes" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[32];
		struct wire_redir_msg m;
		struct err e = { 0 };
		size_t used;
		struct span in = from_hex(cases[i].name, cases[i].hex, mem, sizeof mem);
		if (wire_redir_parse(in, cases[i].session, &m, &used, &e) != WIRE_BAD ||
		    !strstr(e.msg, cases[i].want))
			fail_msg("%s: %s", cases[i].name, e.msg);
	}
}

/* A failure is whole from four bytes on: the peer closes behind it. */
static void reads_failed_starts(void **state)
{
	static const struct {
		const char *hex;
		size_t used;
		const char *want;
	} cases[] = {
		{ "11020000", 4, "2 (busy)" },
		{ "110300000000", 6, "3 (disabled)" },
		{ "1101000000000000000000000012", 13, "1 (unknown session type)" },
		{ "11ff0000", 4, "255 (error)" },
		{ "11770000", 4, "119" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[32], again[32];
		struct wire_redir_msg m;
		struct out o;
		size_t used;
		struct span in = from_hex(cases[i].hex, cases[i].hex, mem, sizeof mem);
		assert_int_equal(wire_redir_parse(in, WIRE_REDIR_NONE, &m, &used, NULL), WIRE_DONE);
		assert_int_equal(used, cases[i].used);
		if (!printed(&m, cases[i].want, false))
			fail_msg("%s is not printed as %s", cases[i].hex, cases[i].want);
		out_init(&o, again, sizeof again);
		assert_true(wire_redir_emit(&o, &m));
		assert_true(span_eq(out_span(&o), span_make(in.p, used)));
	}
}

/* Feature 2 comes with and without its value. */
static void peeks_behind_features(void **state)
{
	static const struct {
		const char *hex;
		enum wire_got want;
		size_t used;
	} cases[] = {
		{ "480000000100000002", WIRE_DONE, 9 },
		{ "48000000010000000244", WIRE_DONE, 9 },
		{ "48000000010000000200", WIRE_MORE, 0 },
		{ "48000000010000000200000000", WIRE_DONE, 13 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[32];
		struct wire_redir_msg m;
		size_t used;
		struct span in = from_hex(cases[i].hex, cases[i].hex, mem, sizeof mem);
		assert_int_equal(wire_redir_parse(in, WIRE_REDIR_IDER, &m, &used, NULL),
				 cases[i].want);
		assert_int_equal(used, cases[i].used);
	}
}

/* ---- logins ---- */

static void computes_digests(void **state)
{
	static const struct {
		uint8_t method;
		const char *want;
	} cases[] = {
		/* what a foreign client sent for this login */
		{ WIRE_REDIR_DIGEST, "389c3d934938b980b0ee17e50c75169e" },
		{ WIRE_REDIR_DIGEST_OLD, "068e761668fe338aec48dc9dd7737dae" },
	};
	uint8_t ha1[16];
	char got[33];
	(void)state;

	wire_digest_ha1("admin", REALM, span_str("P@ssw0rd1"), ha1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_redir_auth a = { .method = cases[i].method,
					     .nonce = span_str(NONCE),
					     .uri = span_str(WIRE_REDIR_URI),
					     .cnonce = span_str("b602427297d696f753c542f43e98b6a4"),
					     .nc = span_str("00000002"),
					     .qop = span_str("auth") };
		wire_redir_digest(ha1, &a, got);
		assert_string_equal(got, cases[i].want);
	}
}

static struct wire_redir_auth again(const struct wire_redir_auth *a, bool reply, uint8_t status,
				    uint8_t *mem, size_t cap, size_t *out_size)
{
	struct wire_redir_msg m;
	struct wire_redir_auth got;
	struct out o;
	size_t used;

	out_init(&o, mem, cap);
	assert_true(reply ? wire_redir_auth_reply_emit(&o, status, a)
			  : wire_redir_auth_emit(&o, a));
	assert_int_equal(wire_redir_parse(out_span(&o), WIRE_REDIR_NONE, &m, &used, NULL),
			 WIRE_DONE);
	assert_int_equal(used, o.n);
	assert_true(wire_redir_auth_parse(&m, &got, NULL));
	*out_size = used;
	return got;
}

static void goes_through_digest(void **state)
{
	uint8_t mem[512];
	size_t n;
	struct wire_redir_auth a = { .method = WIRE_REDIR_DIGEST,
				     .user = span_str("admin"),
				     .uri = span_str(WIRE_REDIR_URI) },
			       got;
	(void)state;

	got = again(&a, false, 0, mem, sizeof mem, &n);
	assert_int_equal(n, 41); /* as a foreign client's */
	assert_int_equal(got.realm.n, 0);
	struct wire_redir_auth c = { .method = WIRE_REDIR_DIGEST,
				     .challenge = true,
				     .realm = span_str(REALM),
				     .nonce = span_str(NONCE),
				     .qop = span_str("auth") };
	got = again(&c, true, WIRE_REDIR_AUTH_FAIL, mem, sizeof mem, &n);
	assert_true(got.challenge && span_eq_str(got.realm, REALM) && span_eq_str(got.qop, "auth"));
	a.realm = span_str(REALM);
	a.nonce = span_str(NONCE);
	a.cnonce = span_str("b602427297d696f753c542f43e98b6a4");
	a.nc = span_str("00000002");
	a.response = span_str("389c3d934938b980b0ee17e50c75169e");
	a.qop = span_str("auth");
	got = again(&a, false, 0, mem, sizeof mem, &n);
	assert_int_equal(n, 188); /* as a foreign client's */
	assert_true(span_eq(got.response, a.response) && span_eq_str(got.nc, "00000002"));
	a.method = c.method = WIRE_REDIR_DIGEST_OLD;
	got = again(&a, false, 0, mem, sizeof mem, &n);
	assert_true(span_eq(got.response, a.response) && got.qop.n == 0);
	got = again(&c, true, WIRE_REDIR_AUTH_FAIL, mem, sizeof mem, &n);
	assert_true(got.challenge && span_eq_str(got.nonce, NONCE) && got.qop.n == 0);
	got = again(&c, true, WIRE_REDIR_AUTH_OK, mem, sizeof mem, &n);
	assert_false(got.challenge);
}

static void refuses_odd_logins(void **state)
{
	static const struct {
		const char *name, *hex;
	} cases[] = {
		{ "text past the end", "130000000403000000056162" },
		{ "bytes left",
		  "1300000001040000000161016"
		  "2"
		  "ff" },
		{ "query with content", "13000000000100000000" },
		{ "cut challenge",
		  "14010000040300000001"
		  "6105" },
	};
	static char big[300];
	uint8_t mem[512];
	struct out o;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char hex[80];
		struct wire_redir_msg m;
		struct wire_redir_auth a;
		struct err e = { 0 };
		size_t used, n = strlen(cases[i].hex) & ~(size_t)1;
		assert_true(str_copy(hex, sizeof hex, span_make(cases[i].hex, n)));
		struct span in = from_hex(cases[i].name, hex, mem, sizeof mem);
		/* the length is set to what is there: only the payload is odd */
		mem[5] = (uint8_t)(in.n - 9);
		if (wire_redir_parse(in, WIRE_REDIR_NONE, &m, &used, &e) != WIRE_DONE)
			fail_msg("%s: no message: %s", cases[i].name, e.msg);
		if (wire_redir_auth_parse(&m, &a, &e))
			fail_msg("%s: taken", cases[i].name);
	}
	memset(big, 'x', sizeof big - 1);
	const struct wire_redir_auth long_user = { .method = WIRE_REDIR_BASIC,
						   .user = span_str(big) };
	out_init(&o, mem, sizeof mem);
	assert_false(wire_redir_auth_emit(&o, &long_user));
}

static void hides_passwords(void **state)
{
	const struct wire_redir_auth a = { .method = WIRE_REDIR_BASIC,
					   .user = span_str("admin"),
					   .password = span_str("P@ssw0rd1") };
	uint8_t mem[64];
	struct wire_redir_msg m;
	struct out o;
	size_t used;
	(void)state;

	out_init(&o, mem, sizeof mem);
	assert_true(wire_redir_auth_emit(&o, &a));
	assert_int_equal(wire_redir_parse(out_span(&o), WIRE_REDIR_NONE, &m, &used, NULL),
			 WIRE_DONE);
	assert_false(printed(&m, "P@ssw0rd1", false));
	assert_true(printed(&m, "P@ssw0rd1", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(knows_each_type),
		cmocka_unit_test(refuses),
		cmocka_unit_test(reads_failed_starts),
		cmocka_unit_test(peeks_behind_features),
		cmocka_unit_test(computes_digests),
		cmocka_unit_test(goes_through_digest),
		cmocka_unit_test(refuses_odd_logins),
		cmocka_unit_test(hides_passwords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
