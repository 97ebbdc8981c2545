/* Tests of the growable buffer: the maximum, the sticky refusal, moving content. */
#include "base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void stops_at_its_maximum(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t max, first, second;
		bool ok_first, ok_second;
		size_t want_n;
	} cases[] = {
		{ "fits", 1000, 300, 300, true, true, 600 },
		{ "exactly", 600, 300, 300, true, true, 600 },
		{ "one over", 599, 300, 300, true, false, 300 },
		{ "tiny", 1, 1, 1, true, false, 1 },
		{ "zero", 0, 1, 0, false, false, 0 },
		{ "sticky", 10, 11, 1, false, false, 0 },
		{ "no limit", SIZE_MAX - 1, 500, 500, true, true, 1000 },
	};
	static uint8_t bytes[500];
	memset(bytes, 'a', sizeof bytes);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b;
		buf_init(&b, cases[i].max);
		bool first = buf_add(&b, span_make(bytes, cases[i].first));
		bool second = buf_add(&b, span_make(bytes, cases[i].second));
		if (first != cases[i].ok_first || second != cases[i].ok_second ||
		    b.n != cases[i].want_n)
			fail_msg("%s: first=%d second=%d n=%zu", cases[i].name, first, second, b.n);
		if (b.bad == (first && second) || b.cap > cases[i].max)
			fail_msg("%s: bad=%d cap=%zu", cases[i].name, b.bad, b.cap);
		if (b.p && b.p[b.n] != 0)
			fail_msg("%s: no terminator", cases[i].name);
		buf_clear(&b);
		if (b.bad || b.n)
			fail_msg("%s: not clear", cases[i].name);
		buf_deinit(&b);
	}
}

static void reserves_without_becoming_bad(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 100);
	assert_false(buf_reserve(&b, 101));
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(b.bad);
	assert_true(buf_reserve(&b, 100));
	memset(b.p + b.n, 'x', 100);
	b.n += 100;
	b.p[b.n] = 0; /* the terminator has its own room */
	assert_false(buf_reserve(&b, 1));
	assert_true(buf_reserve(&b, 0));
	buf_deinit(&b);
	buf_init(&b, SIZE_MAX);
	assert_false(buf_reserve(&b, SIZE_MAX));
	buf_deinit(&b);
}

static void consumes_from_the_front(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 100);
	buf_consume(&b, 5);
	assert_true(buf_add(&b, span_str("abcdef")));
	buf_consume(&b, 0);
	buf_consume(&b, 2);
	assert_string_equal((char *)b.p, "cdef");
	buf_consume(&b, 99);
	assert_int_equal(b.n, 0);
	assert_string_equal((char *)b.p, "");
	buf_wipe(&b);
	assert_null(b.p);
	buf_deinit(&b);
}

static void adds_its_own_content(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 10000);
	assert_true(buf_add(&b, span_str("0123456789")));
	for (int i = 0; i < 8; i++) /* grows and moves on the way */
		assert_true(buf_add(&b, buf_span(&b)));
	assert_int_equal(b.n, 2560);
	assert_memory_equal(b.p + 2550, "0123456789", 10);
	buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stops_at_its_maximum),
		cmocka_unit_test(reserves_without_becoming_bad),
		cmocka_unit_test(consumes_from_the_front),
		cmocka_unit_test(adds_its_own_content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
