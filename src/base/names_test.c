/* Tests of lists of names: what people write, what is refused, and the way back to one text. */
#include "base/names.h"
#include "base/mem.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY UINT64_C(16777216)

/* Members with blanks between them; "..." after the eighth. */
static void expand(const char *in, bool *out_ok, uint64_t *out_count, struct out *o, struct err *e)
{
	struct names n;
	char text[NAMES_TEXT_SIZE];

	names_init(&n, MANY);
	*out_ok = names_add(&n, span_str(in), e);
	*out_count = n.count;
	for (uint64_t i = 0; i < n.count && i < 8; i++) {
		assert_true(names_at(&n, i, text));
		out_fmt(o, "%s%s", i ? " " : "", text);
	}
	if (n.count > 8) {
		assert_true(names_at(&n, n.count - 1, text));
		out_fmt(o, " ... %s", text);
	}
	assert_false(names_at(&n, n.count, text));
	names_deinit(&n);
}

static void expands(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		uint64_t count;
		const char *want;
	} cases[] = {
		{ "one name", "pc7", 1, "pc7" },
		{ "names", "pc7, pc9.example.com", 2, "pc7 pc9.example.com" },
		{ "padded", "lab[08-11].example.com", 4,
		  "lab08.example.com lab09.example.com lab10.example.com lab11.example.com" },
		{ "not padded", "lab[8-11]", 4, "lab8 lab9 lab10 lab11" },
		{ "parts", "lab[1-2,7,09-10]", 5, "lab1 lab2 lab7 lab09 lab10" },
		{ "two brackets", "r[1-2]pc[5-6]", 4, "r1pc5 r1pc6 r2pc5 r2pc6" },
		{ "bracket first", "[1-2].lan", 2, "1.lan 2.lan" },
		{ "dashes in a name", "pc-1-40", 1, "pc-1-40" },
		{ "only digits", "12345", 1, "12345" },
		{ "address", "10.1.2.3", 1, "10.1.2.3" },
		{ "short range", "10.1.2.3-5", 3, "10.1.2.3 10.1.2.4 10.1.2.5" },
		{ "long range", "10.1.2.254-10.1.3.1", 4,
		  "10.1.2.254 10.1.2.255 10.1.3.0 10.1.3.1" },
		{ "network", "10.1.2.77/30", 2, "10.1.2.77 10.1.2.78" },
		{ "network of two", "10.1.2.4/31", 2, "10.1.2.4 10.1.2.5" },
		{ "network of one", "10.1.2.4/32", 1, "10.1.2.4" },
		{ "a large one", "10.0.0.0/8", 16777214,
		  "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 ... "
		  "10.255.255.254" },
		{ "addresses in brackets", "10.0.[1-2].[1,9]", 4,
		  "10.0.1.1 10.0.1.9 10.0.2.1 10.0.2.9" },
		{ "IPv6", "2001:db8::7,[2001:db8::8]", 2, "2001:db8::7 2001:db8::8" },
		{ "UUID", "4c4c4544-0031-3610-8052-b4c04f564231", 1,
		  "4c4c4544-0031-3610-8052-b4c04f564231" },
		{ "group", "@lab3,pc7", 2, "@lab3 pc7" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[1024] = "";
		struct out o;
		struct err e = { 0 };
		bool ok;
		uint64_t count;
		out_init(&o, text, sizeof text);
		expand(cases[i].in, &ok, &count, &o, &e);
		if (!ok || count != cases[i].count || !str_eq(text, cases[i].want))
			fail_msg("%s: ok=%d count=%llu %s (%s)", cases[i].name, ok,
				 (unsigned long long)count, text, e.msg);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		enum err_code code;
	} cases[] = {
		{ "nothing", "", ERR_INVALID },
		{ "none", NULL, ERR_INVALID },
		{ "an empty place", "pc1,,pc2", ERR_INVALID },
		{ "comma at the end", "pc1,", ERR_INVALID },
		{ "blank inside", "pc 1", ERR_INVALID },
		{ "not a byte of a name", "pc$1", ERR_INVALID },
		{ "bracket not closed", "pc[1", ERR_INVALID },
		{ "bracket not opened", "pc1]", ERR_INVALID },
		{ "empty bracket", "pc[]", ERR_INVALID },
		{ "backwards", "pc[9-1]", ERR_INVALID },
		{ "letters", "pc[a-f]", ERR_INVALID },
		{ "comma in a bracket's end", "pc[1,]", ERR_INVALID },
		{ "no end", "pc[1-]", ERR_INVALID },
		{ "ten digits", "pc[1-1234567890]", ERR_INVALID },
		{ "five brackets", "[1][1][1][1][1]", ERR_INVALID },
		{ "not an address", "10.1.2.300", ERR_INVALID },
		{ "three numbers", "10.1.2", ERR_INVALID },
		{ "leading zero", "10.1.2.03", ERR_INVALID },
		{ "network too long", "10.1.2.0/33", ERR_INVALID },
		{ "network of a name", "pc/24", ERR_INVALID },
		{ "range backwards", "10.1.2.9-8", ERR_INVALID },
		{ "range to a name", "10.1.2.9-10.1", ERR_INVALID },
		{ "the whole Internet", "0.0.0.0/0", ERR_LIMIT },
		{ "too many by one", "10.0.0.0-10.255.255.255,11.0.0.1", ERR_LIMIT },
		{ "overflow", "[0-999999999][0-999999999][0-999999999]", ERR_LIMIT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[1024] = "";
		struct out o;
		struct err e = { 0 };
		bool ok;
		uint64_t count;
		out_init(&o, text, sizeof text);
		expand(cases[i].in, &ok, &count, &o, &e);
		if (ok || e.code != cases[i].code || count)
			fail_msg("%s: ok=%d count=%llu %s (%s)", cases[i].name, ok,
				 (unsigned long long)count, text, e.msg);
	}
}

/* A bad list adds nothing, and what was there stays as it was. */
static void adds_all_or_nothing(void **state)
{
	(void)state;
	struct names n;
	char text[NAMES_TEXT_SIZE];
	struct err e = { 0 };

	names_init(&n, 100);
	assert_true(names_add(&n, span_str("a[1-3]"), &e));
	assert_false(names_add(&n, span_str("b[1-3],c["), &e));
	assert_false(names_add(&n, span_str("d[1-98]"), &e));
	assert_int_equal(n.count, 3);
	assert_true(names_add(&n, span_str("e[1-97]"), &e));
	assert_int_equal(n.count, 100);
	assert_true(names_at(&n, 2, text));
	assert_string_equal(text, "a3");
	assert_true(names_at(&n, 99, text));
	assert_string_equal(text, "e97");
	names_deinit(&n);
}

static void gives_addresses(void **state)
{
	(void)state;
	struct names n;
	uint32_t ip = 0;
	struct err e = { 0 };

	names_init(&n, MANY);
	assert_true(names_add(&n, span_str("10.1.0.0/24,10.2.0.[7-8],pc1"), &e));
	assert_true(names_ip_at(&n, 253, &ip));
	assert_int_equal(ip, 0x0a0100fe);
	assert_true(names_ip_at(&n, 255, &ip));
	assert_int_equal(ip, 0x0a020008);
	assert_false(names_ip_at(&n, 256, &ip));
	assert_false(names_ip_at(&n, 257, &ip));
	names_deinit(&n);
}

static void prints(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *in[8];
		const char *want;
	} cases[] = {
		{ "none", { NULL }, "" },
		{ "one", { "pc7" }, "pc7" },
		{ "a run, out of order, twice", { "pc2", "pc1", "pc3", "pc1" }, "pc[1-3]" },
		{ "runs", { "pc1", "pc2", "pc7" }, "pc[1-2,7]" },
		{ "across ten", { "lab8", "lab9", "lab10", "lab11" }, "lab[8-11]" },
		{ "padded", { "lab08", "lab09", "lab10" }, "lab[08-10]" },
		{ "both ways", { "a9", "a010", "a10" }, "a[9-10,010]" },
		{ "behind the number",
		  { "r1.x.lan", "r2.x.lan", "r2.y.lan" },
		  "r[1-2].x.lan,r2.y.lan" },
		{ "no number", { "beta", "alpha" }, "alpha,beta" },
		{ "addresses", { "10.0.0.9", "10.0.0.10", "10.0.0.11" }, "10.0.0.9-11" },
		{ "across networks", { "10.0.0.255", "10.0.1.0" }, "10.0.0.255-10.0.1.0" },
		{ "the last address", { "255.255.255.255", "0.0.0.0" }, "0.0.0.0,255.255.255.255" },
		{ "addresses and names", { "10.0.0.1", "pc1" }, "pc1,10.0.0.1" },
		{ "UUIDs",
		  { "4c4c4544-0031-3610-8052-b4c04f564232",
		    "4c4c4544-0031-3610-8052-b4c04f564231" },
		  "4c4c4544-0031-3610-8052-b4c04f564231,4c4c4544-0031-3610-8052-b4c04f564232" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *texts[8];
		char got[512] = "";
		size_t n = 0;
		struct out o;
		for (; n < 8 && cases[i].in[n]; n++)
			texts[n] = cases[i].in[n];
		out_init(&o, got, sizeof got);
		names_print(&o, texts, n);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: %s", cases[i].name, got);
	}
}

/* 2,000 names with every third one missing come back as they were. */
static void reads_what_it_prints(void **state)
{
	(void)state;
	enum { COUNT = 2000 };
	const char **texts = mem_new(COUNT * sizeof(char *));
	char text[NAMES_TEXT_SIZE];
	struct names all, back;
	struct buf b;
	struct out o;
	struct err e = { 0 };
	size_t n = 0;

	names_init(&all, MANY);
	names_init(&back, MANY);
	assert_true(names_add(
		&all, span_str("lab[00001-00900].lan,10.9.250.[0-255],10.9.251.0-99,x[1-1000]"),
		&e));
	for (uint64_t i = 0; i < all.count && n < COUNT; i++) {
		if (i % 3 == 2)
			continue;
		assert_true(names_at(&all, i, text));
		texts[n++] = mem_str(text);
	}
	buf_init(&b, 1u << 20);
	out_init_buf(&o, &b);
	names_print(&o, texts, n);
	if (!names_add(&back, buf_span(&b), &e))
		fail_msg("%s: %.60s", e.msg, (const char *)b.p);
	assert_int_equal(back.count, n);
	for (uint64_t i = 0; i < n; i++) {
		assert_true(names_at(&back, i, text));
		assert_string_equal(text, texts[i]);
		mem_free((void *)(uintptr_t)texts[i]);
	}
	buf_deinit(&b);
	names_deinit(&all);
	names_deinit(&back);
	mem_free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands),
		cmocka_unit_test(refuses),
		cmocka_unit_test(adds_all_or_nothing),
		cmocka_unit_test(gives_addresses),
		cmocka_unit_test(prints),
		cmocka_unit_test(reads_what_it_prints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
