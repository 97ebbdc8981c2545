/* Tests of the setup.bin codec: files that the test writes, each way to be wrong, what is hidden.
 * A real one: corpus_test.c. */
#include "wire/setupbin.h"
#include "base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define VAR(m, i, s)                                       \
	{                                                  \
		.module = (m), .id = (i), .value = TEXT(s) \
	}
#define PASSWORD "Hidden-77"
#define PPS      "PPS0PPS0PPS0PPS0PPS0PPS0PPS0PPS0"

static struct wire_setupbin_var keys[] = {
	VAR(1, 1, "admin"),
	VAR(1, 2, PASSWORD),
	VAR(2, 1, "TEST000E"),
	VAR(2, 2, PPS),
};
static struct wire_setupbin_var odd[] = {
	VAR(2, 8,
	    "\x02"
	    "12345678901234567890123456789012"
	    "\x03"
	    "abc"),
	VAR(2, 7, "\x02"),
	VAR(2, 18, "\xF3\x26"),
	VAR(2, 18, "\xF3"),
	VAR(1, 6, "0123456789abcdef"),
	VAR(9, 9, "\xDE\xAD"),
	VAR(2, 33, "Code-1"),
};
static struct wire_setupbin_record records[] = {
	{ .type = 1, .flags = 3, .chunk_count = 1, .number = 1, .vars = keys, .var_count = 4 },
	{ .type = 1, .flags = 0, .chunk_count = 2, .number = 2, .vars = odd, .var_count = 7 },
};
static const struct wire_setupbin sample = {
	.version = 2,
	.chunk_count = 1,
	.header_bytes = 46,
	.major = 2,
	.minor = 1,
	.record_count = 2,
	.record_chunk_count = 1,
	.module_count = 2,
	.modules = { 1, 2 },
	.records = records,
};

static struct span write_sample(uint8_t *mem, size_t cap)
{
	struct out o;

	out_init(&o, mem, cap);
	assert_true(wire_setupbin_emit(&o, &sample));
	assert_int_equal(out_len(&o), 4 * WIRE_SETUPBIN_CHUNK);
	return out_span(&o);
}

static void print(const struct wire_setupbin *f, bool json, bool secrets, char *text, size_t cap)
{
	struct out o;

	out_init(&o, text, cap);
	struct wire_show s = wire_show_make(&o, json);
	wire_setupbin_print(&s, f, secrets);
	assert_false(o.bad);
}

static void reads_what_it_writes(void **state)
{
	uint8_t mem[4096], again[4096];
	struct wire_setupbin f;
	struct arena a;
	struct err e = { 0 };
	struct out o;
	(void)state;

	struct span in = write_sample(mem, sizeof mem);
	/* scrambled: no password in the file */
	assert_null(memmem(in.p, in.n, PASSWORD, sizeof PASSWORD - 1));
	arena_init(&a, 1 << 20);
	if (!wire_setupbin_parse(in, &a, &f, &e))
		fail_msg("%s (%s)", e.msg, e.seen);
	assert_int_equal(f.version, 2);
	assert_int_equal(f.module_count, 2);
	assert_int_equal(f.record_count, 2);
	assert_int_equal(f.records[0].var_count, 4);
	assert_int_equal(f.records[1].var_count, 7);
	assert_int_equal(f.records[1].offset, 1024);
	assert_true(span_eq_str(f.records[0].vars[1].value, PASSWORD));
	assert_true(span_eq(f.records[1].vars[5].value, span_make("\xDE\xAD", 2)));
	out_init(&o, again, sizeof again);
	assert_true(wire_setupbin_emit(&o, &f));
	assert_true(span_eq(out_span(&o), in));
	arena_deinit(&a);
}

/* Bytes that mean nothing stay where they are. */
static void keeps_odd_bytes(void **state)
{
	static const size_t places[] = { 38, 50, 511, 520, 1023, 1024, 1049 + 6, 1560, 2047 };
	(void)state;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		uint8_t mem[4096], again[4096];
		static char text[65536];
		struct wire_setupbin f;
		struct arena a;
		struct err e = { 0 };
		struct out o;
		struct span in = write_sample(mem, sizeof mem);
		mem[places[i]] ^= 0x40;
		memcpy(mem + in.n, "tail", 4);
		in.n += 4;
		arena_init(&a, 1 << 20);
		if (!wire_setupbin_parse(in, &a, &f, &e))
			fail_msg("byte %zu: %s (%s)", places[i], e.msg, e.seen);
		out_init(&o, again, sizeof again);
		assert_true(wire_setupbin_emit(&o, &f));
		if (!span_eq(out_span(&o), in))
			fail_msg("byte %zu is not kept", places[i]);
		print(&f, false, true, text, sizeof text);
		assert_non_null(strstr(text, "behind 7461696c\n"));
		arena_deinit(&a);
	}
}

static void refuses_wrong_files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
		size_t size; /* 0: whole */
		const char *msg, *seen;
	} cases[] = {
		{ "nothing", 0, 0xB5, 1, "cut", "1 bytes from offset 0" },
		{ "half a header", 0, 0x96, 300, "cut", "300 bytes from offset 0" },
		{ "another GUID", 3, 0x00, 0, "no setup.bin", "offset 0" },
		{ "no header chunk", 16, 0, 0, "no chunk", "offset 16" },
		{ "header too large", 17, 1, 0, "cut", "from offset 0" },
		{ "records missing", 28, 9, 0, "fewer records", "room for 3 from offset 512" },
		{ "records by the million", 31, 9, 0, "fewer records", "room for 3" },
		{ "second cut", 0, 0x96, 1536, "cut", "512 bytes from offset 1024" },
		{ "no chunk", 512 + 16, 0, 0, "number of chunks", "offset 528" },
		{ "too many chunks", 512 + 17, 1, 0, "cut", "1536 bytes from offset 512" },
		{ "header size", 512 + 18, 25, 0, "header size", "25 at offset 530" },
		{ "variable too long", 1024 + 24 + 5, 0x80, 0, "2/8 of setup.bin runs past",
		  "32805 bytes at offset 1048" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t mem[4096];
		struct wire_setupbin f;
		struct arena a;
		struct err e = { 0 };
		struct span in = write_sample(mem, sizeof mem);
		mem[cases[i].at] = cases[i].byte;
		if (cases[i].size)
			in.n = cases[i].size;
		arena_init(&a, 1 << 20);
		if (wire_setupbin_parse(in, &a, &f, &e) || !strstr(e.msg, cases[i].msg) ||
		    !strstr(e.seen, cases[i].seen))
			fail_msg("%s: '%s' '%s'", cases[i].name, e.msg, e.seen);
		arena_deinit(&a);
	}
}

static void bounds_lists(void **state)
{
	uint8_t mem[4096];
	struct wire_setupbin f;
	struct arena a;
	struct err e = { 0 };
	(void)state;

	struct span in = write_sample(mem, sizeof mem);
	memset(mem + 40, 1, 2 * (WIRE_SETUPBIN_MAX_MODULES + 1));
	arena_init(&a, 1 << 20);
	assert_false(wire_setupbin_parse(in, &a, &f, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_deinit(&a);

	in = write_sample(mem, sizeof mem);
	arena_init(&a, 1);
	assert_false(wire_setupbin_parse(in, &a, &f, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_deinit(&a);
}

static void hides_secrets(void **state)
{
	static const char *const hidden[] = { PASSWORD, PPS, "Code-1", "admin" };
	static char text[65536];
	(void)state;

	for (int json = 0; json < 2; json++) {
		print(&sample, json, false, text, sizeof text);
		for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
			if (strstr(text, hidden[i]))
				fail_msg("%s is in:\n%s", hidden[i], text);
		assert_non_null(strstr(text, "TEST000E"));
		print(&sample, json, true, text, sizeof text);
		for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
			if (!strstr(text, hidden[i]))
				fail_msg("%s is not in:\n%s", hidden[i], text);
	}
}

static void remarks_on_order_and_sizes(void **state)
{
	static const char *const want[] = {
		"remark 2/8: 2/7 has to be 1 before it\n",
		"remark 2/8: only SHA-1 before version 3\n",
		"remark 2/33: this version of the file does not have it\n",
		"remark 2/7: stands behind a later variable; they have to ascend\n",
		"remark 2/18: a size that this variable cannot have\n",
		"remark 2/2: a check character of the PPS is wrong\n",
		"remark not valid: used up, or never meant to be used\n",
		"variable 2/18, setup server port, 2 bytes\n      value 9971\n",
		"variable 9/9, unknown, 2 bytes\n      value dead\n",
		"hash algorithm 2 (SHA-256)\n",
		"value 33323130-3534-3736-3839-616263646566\n",
	};
	static char text[65536];
	(void)state;

	print(&sample, false, false, text, sizeof text);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		if (!strstr(text, want[i]))
			fail_msg("no '%s' in:\n%s", want[i], text);
	assert_null(strstr(text, "remark 1/2"));
	assert_null(strstr(text, "every record is used"));
	assert_null(strstr(text, "only ever read the first"));

	struct wire_setupbin other = sample;
	other.flags = WIRE_SETUPBIN_KEEP;
	print(&other, false, false, text, sizeof text);
	assert_non_null(
		strstr(text, "remark records are not used up: PCs only ever read the first\n"));
	other.flags = 0;
	other.consumed_count = 2;
	print(&other, false, false, text, sizeof text);
	assert_non_null(
		strstr(text, "remark every record is used: no PC takes anything from it\n"));
	keys[3].id = 1; /* a PID in the place of the PPS */
	print(&sample, false, false, text, sizeof text);
	keys[3].id = 2;
	assert_non_null(strstr(text, "remark PID and PPS have to come together\n"));
}

static void refuses_to_write(void **state)
{
	uint8_t mem[4096], big[900] = { 0 };
	struct wire_setupbin_var large = { .module = 2, .id = 3, .value = { big, sizeof big } };
	struct wire_setupbin_record r = {
		.type = 1, .chunk_count = 1, .vars = &large, .var_count = 1
	};
	struct wire_setupbin f = { .version = 5, .chunk_count = 1 };
	struct out o;
	(void)state;

	out_init(&o, mem, sizeof mem);
	assert_false(wire_setupbin_emit(&o, &f));
	f.version = 1;
	assert_true(wire_setupbin_emit(&o, &f));
	f.record_count = 1;
	f.records = &r;
	assert_false(wire_setupbin_emit(&o, &f));
	r.chunk_count = 2;
	out_init(&o, mem, sizeof mem);
	assert_true(wire_setupbin_emit(&o, &f));
	out_init(&o, mem, 1000);
	assert_false(wire_setupbin_emit(&o, &f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(keeps_odd_bytes),
		cmocka_unit_test(refuses_wrong_files),
		cmocka_unit_test(bounds_lists),
		cmocka_unit_test(hides_secrets),
		cmocka_unit_test(remarks_on_order_and_sizes),
		cmocka_unit_test(refuses_to_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
