/* Tests of the arena: limits, alignment, zeroing, use after reset. */
#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1 << 20);
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 2048, 2049, 70000, 3 };
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			uint8_t *p = arena_alloc(&a, sizes[i]);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xee, sizes[i]);
		}
		arena_reset(&a); /* the second round gets used memory */
		assert_int_equal(a.used_bytes, 0);
	}
	arena_deinit(&a);
	assert_null(a.head);
}

static void stops_at_its_maximum(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t max, first, second;
		bool ok_first, ok_second;
	} cases[] = {
		{ "exactly", 64, 32, 32, true, true },
		{ "one over", 64, 32, 33, true, false },
		{ "rounding counts", 64, 33, 17, true, false },
		{ "rounding past an odd maximum", 40, 33, 1, false, false },
		{ "nothing allowed", 0, 1, 1, false, false },
		{ "huge", 64, SIZE_MAX, 1, false, false },
		{ "huge, rounding wraps", SIZE_MAX, SIZE_MAX - 3, 1, false, false },
		{ "stays full", 64, 65, 1, false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		arena_init(&a, cases[i].max);
		bool first = arena_alloc(&a, cases[i].first) != NULL;
		bool second = arena_alloc(&a, cases[i].second) != NULL;
		if (first != cases[i].ok_first || second != cases[i].ok_second)
			fail_msg("%s: first=%d second=%d", cases[i].name, first, second);
		if (a.full == (first && second))
			fail_msg("%s: full=%d", cases[i].name, a.full);
		arena_deinit(&a);
		if (a.full || a.used_bytes)
			fail_msg("%s: not usable again", cases[i].name);
		if (cases[i].max >= 16 && !arena_alloc(&a, 16))
			fail_msg("%s: refused after deinit", cases[i].name);
		arena_deinit(&a);
	}
}

static void refuses_arrays_that_wrap(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1024);
	assert_non_null(ARENA_ARRAY(&a, uint64_t, 8));
	assert_non_null(ARENA_NEW(&a, struct span));
	assert_null(ARENA_ARRAY(&a, uint64_t, SIZE_MAX / 4));
	assert_true(a.full);
	arena_deinit(&a);
	assert_null(arena_str(&a, (struct span){ (const uint8_t *)"x", SIZE_MAX }));
	assert_true(a.full);
	arena_deinit(&a);
}

static void copies_and_formats(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 4096);
	uint8_t *copy = arena_copy(&a, span_make("a\0b", 3));
	assert_memory_equal(copy, "a\0b", 3);
	assert_string_equal(arena_str(&a, span_make("hello", 4)), "hell");
	assert_string_equal(arena_str(&a, span_make(NULL, 0)), "");
	assert_string_equal(arena_fmt(&a, "%s-%d", "x", 7), "x-7");
	assert_null(arena_fmt(&a, "%5000d", 1));
	assert_true(a.full);
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_aligned_memory),
		cmocka_unit_test(stops_at_its_maximum),
		cmocka_unit_test(refuses_arrays_that_wrap),
		cmocka_unit_test(copies_and_formats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
