/* Tests of making setup.bin: what is written, and each thing that a PC would refuse. The bytes of a
 * real file from the same inputs: corpus_test.c. */
#include "base/str.h"
#include "wire/setupbin_priv.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PASSWORD "Hidden-77"
#define PPS      "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"
#define SHA1     "12345678901234567890"
#define VAR(m, i, s)                                                                      \
	{                                                                                 \
		.module = (m), .id = (i), .value = {(const uint8_t *)(s), sizeof(s) - 1 } \
	}

static void writes_in_order(void **state)
{
	struct wire_setupbin_var vars[] = { VAR(2, 2, PPS), VAR(1, 2, PASSWORD),
					    VAR(2, 1, "0000037M"), VAR(1, 1, "admin") };
	static const struct {
		size_t at;
		const char *bytes;
		size_t n;
	} want[] = {
		{ 0, "\xb5\x16\xfb\x71", 4 },
		{ 16, "\x01\0\x2e\0\0\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0", 26 },
		{ 512, "\x01\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\x01\0\x18\0\x07\0\0\0", 24 },
		/* 1/1, 5 bytes, "admin" and its padding, each byte 0x11 more */
		{ 536, "\x12\x11\x12\x11\x16\x11\x11\x11ru~z\x7f\x11\x11\x11\x12\x11\x13", 19 },
		{ 1023, "\x11", 1 },
	};
	struct wire_setupbin_record r;
	struct wire_setupbin f;
	struct err e = { 0 };
	uint8_t mem[2048];
	struct out o;
	(void)state;

	wire_setupbin_record(&r, 7, vars, 4);
	wire_setupbin_begin(&f, 1, 0, false, &r, 1);
	if (!wire_setupbin_check(&f, &e))
		fail_msg("%s", e.msg);
	out_init(&o, mem, sizeof mem);
	assert_true(wire_setupbin_emit(&o, &f));
	assert_int_equal(out_len(&o), 1024);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		if (memcmp(mem + want[i].at, want[i].bytes, want[i].n) != 0)
			fail_msg("other bytes at %zu", want[i].at);
}

struct refusal {
	const char *name;
	unsigned version, minor;
	bool keep;
	struct wire_setupbin_var vars[6];
	const char *msg; /* NULL: taken */
};
#define MEBX VAR(1, 1, "admin"), VAR(1, 2, PASSWORD)

static const struct refusal refusals[] = {
	{ "key pair", 1, 0, false, { MEBX, VAR(2, 1, "0000037M"), VAR(2, 2, PPS) }, NULL },
	{ "remote configuration",
	  2,
	  0,
	  true,
	  { MEBX, VAR(2, 3, "example.com"), VAR(2, 5, "\1") },
	  NULL },
	{ "own hash", 2, 0, true, { MEBX, VAR(2, 7, "\1"), VAR(2, 8, "\1" SHA1 "\4root") }, NULL },
	{ "no new one, current is not the factory's", 3, 0, true, { VAR(1, 1, "Other-88") }, NULL },
	{ "version", 5, 0, false, { MEBX }, "no version 5.0" },
	{ "minor", 3, 1, false, { MEBX }, "no version 3.1" },
	{ "kept in version 1", 1, 0, true, { MEBX }, "always used up" },
	{ "suffix in version 1",
	  1,
	  0,
	  false,
	  { MEBX, VAR(2, 3, "example.com") },
	  "2/3 (PKI DNS suffix): the version" },
	{ "KVM in version 2.1",
	  2,
	  1,
	  false,
	  { MEBX, VAR(2, 25, "\1") },
	  "2/25 (KVM): the version" },
	{ "DHCP in version 2.0",
	  2,
	  0,
	  false,
	  { MEBX, VAR(2, 13, "\2") },
	  "2/13 (DHCP): the version" },
	{ "unknown", 3, 0, false, { MEBX, VAR(2, 9, "\1") }, "2/9 (unknown)" },
	{ "size", 3, 0, false, { MEBX, VAR(2, 18, "\1") }, "2/18 (setup server port): its size" },
	{ "no current password",
	  1,
	  0,
	  false,
	  { VAR(1, 2, PASSWORD) },
	  "1/1 (current MEBx password): it is missing" },
	{ "no new password",
	  1,
	  0,
	  false,
	  { VAR(1, 1, "admin") },
	  "1/2 (new MEBx password): it is missing" },
	{ "weak", 1, 0, false, { VAR(1, 1, "admin"), VAR(1, 2, "password") }, "no upper-case" },
	{ "the same",
	  1,
	  0,
	  false,
	  { VAR(1, 1, PASSWORD), VAR(1, 2, PASSWORD) },
	  "it is the current one" },
	{ "no PPS", 1, 0, false, { MEBX, VAR(2, 1, "0000037M") }, "2/2 (PPS): it is missing" },
	{ "no PID", 1, 0, false, { MEBX, VAR(2, 2, PPS) }, "2/1 (PID): it is missing" },
	{ "PID",
	  1,
	  0,
	  false,
	  { MEBX, VAR(2, 1, "0000037N"), VAR(2, 2, PPS) },
	  "wrong check character" },
	{ "PPS",
	  1,
	  0,
	  false,
	  { MEBX, VAR(2, 1, "0000037M"), VAR(2, 2, "AKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ") },
	  "group 1 of 8" },
	{ "hash not switched on",
	  2,
	  0,
	  false,
	  { MEBX, VAR(2, 8, "\1" SHA1 "\4root") },
	  "not switched on" },
	{ "hash deleted",
	  2,
	  0,
	  false,
	  { MEBX, VAR(2, 7, "\2"), VAR(2, 8, "\1" SHA1 "\4root") },
	  "not switched on" },
	{ "SHA-256 in version 2",
	  2,
	  0,
	  false,
	  { MEBX, VAR(2, 7, "\1"), VAR(2, 8, "\2" SHA1 "012345678901\0") },
	  "no SHA-1" },
	{ "cut hash",
	  3,
	  0,
	  false,
	  { MEBX, VAR(2, 7, "\1"), VAR(2, 8, "\2" SHA1 "\4root") },
	  "malformed" },
	{ "twice", 3, 0, false, { MEBX, VAR(2, 5, "\1"), VAR(2, 5, "\1") }, "twice" },
};

static void refuses_what_a_pc_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		const struct refusal *c = &refusals[i];
		struct wire_setupbin_record r;
		struct wire_setupbin_var vars[6];
		struct wire_setupbin f;
		struct err e = { 0 };
		unsigned n = 0;

		memcpy(vars, c->vars, sizeof vars);
		while (n < 6 && vars[n].module)
			n++;
		wire_setupbin_record(&r, 1, vars, n);
		wire_setupbin_begin(&f, c->version, c->minor, c->keep, &r, 1);
		bool ok = wire_setupbin_check(&f, &e);
		if (ok != !c->msg || (c->msg && !strstr(e.msg, c->msg)))
			fail_msg("%s: %d '%s'", c->name, ok, e.msg);
		if (strstr(e.msg, PASSWORD) || strstr(e.seen, PASSWORD) || strstr(e.msg, "NKLD"))
			fail_msg("%s: a secret is in '%s'", c->name, e.msg);
	}
}

static void refuses_files(void **state)
{
	struct wire_setupbin_var one[] = { MEBX }, two[] = { MEBX },
				 late[] = { VAR(1, 2, PASSWORD), VAR(1, 1, "admin") }, many[9];
	struct wire_setupbin_record r[2];
	struct wire_setupbin f;
	struct err e = { 0 };
	char suffix[254];
	(void)state;

	wire_setupbin_begin(&f, 3, 0, true, r, 0);
	assert_false(wire_setupbin_check(&f, &e));
	assert_non_null(strstr(e.msg, "no record"));
	wire_setupbin_record(&r[0], 1, one, 2);
	wire_setupbin_record(&r[1], 2, two, 2);
	wire_setupbin_begin(&f, 3, 0, true, r, 2);
	assert_false(wire_setupbin_check(&f, &e));
	assert_non_null(strstr(e.msg, "only ever read the first"));
	f.flags = 0;
	assert_true(wire_setupbin_check(&f, &e));
	r[1].vars = late;
	assert_false(wire_setupbin_check(&f, &e));
	assert_non_null(strstr(
		e.msg,
		"record 2 of setup.bin, variable 1/1 (current MEBx password): it stands behind"));

	memset(suffix, 'a', sizeof suffix);
	memcpy(many, one, sizeof one);
	many[2] = (struct wire_setupbin_var){ .module = 2,
					      .id = 3,
					      .value = { (uint8_t *)suffix, 250 } };
	many[3] = (struct wire_setupbin_var){ .module = 2,
					      .id = 12,
					      .value = { (uint8_t *)suffix, 250 } };
	wire_setupbin_record(&r[0], 1, many, 4);
	wire_setupbin_begin(&f, 3, 0, true, r, 1);
	assert_false(wire_setupbin_check(&f, &e));
	assert_int_equal(e.code, ERR_LIMIT);

	static const struct wire_setupbin_var hash = VAR(2, 8, "\1" SHA1 "\0"),
					      on = VAR(2, 7, "\1");
	many[2] = on;
	for (unsigned i = 3; i < 7; i++)
		many[i] = hash;
	wire_setupbin_record(&r[0], 1, many, 7);
	wire_setupbin_begin(&f, 2, 1, true, r, 1);
	assert_false(wire_setupbin_check(&f, &e));
	assert_non_null(strstr(e.msg, "more than three"));
	wire_setupbin_begin(&f, 3, 0, true, r, 1);
	assert_true(wire_setupbin_check(&f, &e));
}

static void reads_values(void **state)
{
	static const struct {
		const char *text, *want; /* want NULL: refused */
		size_t n;
		uint16_t module, id;
		const char *msg;
	} cases[] = {
		{ "2/10=7", "\7", 1, 2, 10, NULL },
		{ "redirection=sol and ider", "\3", 1, 2, 10, NULL },
		{ "Manual-Setup=manual", "\1", 1, 2, 29, NULL },
		{ "setup-server-port=9971", "\xf3\x26", 2, 2, 18, NULL },
		{ "service kind=4", "\4\0\0\0", 4, 2, 34, NULL },
		{ "host-name=pc7", "pc7", 3, 2, 11, NULL },
		{ "2/20=0aFF", "\x0a\xff", 2, 2, 20, NULL },
		{ "power-package=Desktop: ON in S0, ME wake in S3, S4-5",
		  "\x73\x22\x73\x46\x23\xdc\x43\x2f\xa9\x8a\x13\xd3\x79\x82\xd8\x55", 16, 1, 6,
		  NULL },
		{ "2/10", NULL, 0, 0, 0, "no variable '2/10'" },
		{ "2/9=1", NULL, 0, 0, 0, "no variable '2/9'" },
		{ "colour=1", NULL, 0, 0, 0, "no variable 'colour'" },
		{ "2/10=256", NULL, 0, 0, 0, "2/10 (redirection)" },
		{ "2/10=often", NULL, 0, 0, 0, "2/10 (redirection)" },
		{ "2/20=0", NULL, 0, 0, 0, "not in hex" },
		{ "1/2=Hidden-77", NULL, 0, 0, 0, "not given this way" },
		{ "PPS=NKLD", NULL, 0, 0, 0, "not given this way" },
		{ "pid=0000037M", NULL, 0, 0, 0, "not given this way" },
	};
	struct arena a;
	(void)state;

	arena_init(&a, 1 << 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_setupbin_var v;
		struct err e = { 0 };
		bool ok = wire_setupbin_parse_var(span_str(cases[i].text), &a, &v, &e);
		if (ok != !!cases[i].want)
			fail_msg("%s: %d %s", cases[i].text, ok, e.msg);
		if (ok &&
		    (v.module != cases[i].module || v.id != cases[i].id ||
		     !span_eq(v.value, span_make(cases[i].want, cases[i].n))))
			fail_msg("%s: %u/%u, %zu bytes", cases[i].text, v.module, v.id, v.value.n);
		if (!ok && !strstr(e.msg, cases[i].msg))
			fail_msg("%s: %s", cases[i].text, e.msg);
	}
	arena_deinit(&a);
}

static void reads_versions(void **state)
{
	static const struct {
		const char *text;
		unsigned want; /* 0: none */
	} cases[] = { { "1", 10 }, { "2", 20 }, { "2.0", 20 }, { "2.1", 21 },
		      { "3", 30 }, { "4", 40 }, { "5", 0 },    { "3.1", 0 },
		      { "2.", 0 }, { "", 0 },   { "v1", 0 },   { "0", 0 } };
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned version = 0, minor = 0;
		bool ok = wire_setupbin_parse_version(span_str(cases[i].text), &version, &minor,
						      NULL);
		if (ok != !!cases[i].want || version * 10 + minor != cases[i].want)
			fail_msg("'%s': %d %u.%u", cases[i].text, ok, version, minor);
	}
}

/* An error sends people there. */
static void document_has_the_table(void **state)
{
	const char *top = getenv("OUTBAND_SRC");
	static char text[65536];
	char path[512], row[96];
	size_t count = 0;
	(void)state;

	if (!top)
		skip();
	(void)snprintf(path, sizeof path, "%s/docs/keys.md", top);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	(void)fclose(f);
	for (uint16_t module = 1; module <= 2; module++) {
		for (uint16_t id = 1; id < 100; id++) {
			const struct wire_setupbin_def *d = wire_setupbin_def_priv(module, id);
			if (!d)
				continue;
			count++;
			(void)snprintf(row, sizeof row, "\n| %u/%u | %s | %u%s%.0u (%c) |", module,
				       id, d->name, d->since / 10u, d->since % 10 ? "." : "",
				       d->since % 10u, "CDPG"[d->since_src]);
			if (!strstr(text, row))
				fail_msg("docs/keys.md must have a row%s", row);
		}
	}
	assert_int_equal(count, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_in_order), cmocka_unit_test(refuses_what_a_pc_refuses),
		cmocka_unit_test(refuses_files),   cmocka_unit_test(reads_values),
		cmocka_unit_test(reads_versions),  cmocka_unit_test(document_has_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
