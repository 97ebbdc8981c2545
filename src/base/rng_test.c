/* Tests of the generators: the seeded one repeats and is fair, the other one is not constant. */
#include "base/rng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void seeded_repeats(void **state)
{
	(void)state;
	struct rng a, b;
	uint8_t one[21], two[21];
	rng_seed(&a, 42);
	rng_seed(&b, 42);
	for (int i = 0; i < 100; i++)
		assert_true(rng_u64(&a) == rng_u64(&b));
	rng_fill(&a, one, sizeof one);
	rng_fill(&b, two, sizeof two);
	assert_memory_equal(one, two, sizeof one);
	rng_seed(&b, 43);
	assert_true(rng_u64(&a) != rng_u64(&b));
}

/* Computed once from the published definition of the two generators, apart from this code. */
static void seeded_is_the_published_generator(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, 0);
	assert_true(r.s[0] == UINT64_C(0xe220a8397b1dcdaf));
	r = (struct rng){ true, { 1, 2, 3, 4 } };
	static const uint64_t want[] = { 11520, 0, 1509978240, 1215971899390074240 };
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_true(rng_u64(&r) == want[i]);
}

static void below_is_fair_and_in_range(void **state)
{
	(void)state;
	struct rng r;
	int count[6] = { 0 };
	rng_seed(&r, 7);
	for (int i = 0; i < 60000; i++) {
		uint32_t v = rng_below(&r, 6);
		assert_true(v < 6);
		count[v]++;
	}
	for (int i = 0; i < 6; i++)
		assert_in_range(count[i], 9500, 10500);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(rng_below(&r, 1), 0);
		assert_true(rng_below(&r, UINT32_MAX) < UINT32_MAX);
	}
}

/* A width of 3/4 of all values: without rejection the lower third would come twice as often. */
static void range_rejects_what_is_unfair(void **state)
{
	(void)state;
	struct rng r;
	int low = 0;
	rng_seed(&r, 9);
	const int64_t hi = INT64_MAX / 2;
	for (int i = 0; i < 30000; i++) {
		int64_t v = rng_range(&r, INT64_MIN, hi);
		assert_true(v <= hi);
		low += v < INT64_MIN / 2;
	}
	assert_in_range(low, 9500, 10500);
}

static void range_takes_its_ends(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t lo, hi;
	} cases[] = {
		{ "one value", 5, 5 },
		{ "small", -2, 2 },
		{ "all", INT64_MIN, INT64_MAX },
		{ "upper end", INT64_MAX - 1, INT64_MAX },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rng r;
		bool saw_lo = false, saw_hi = false;
		rng_seed(&r, i);
		for (int k = 0; k < 200; k++) {
			int64_t v = rng_range(&r, cases[i].lo, cases[i].hi);
			if (v < cases[i].lo || v > cases[i].hi)
				fail_msg("%s: out of range", cases[i].name);
			saw_lo |= v == cases[i].lo;
			saw_hi |= v == cases[i].hi;
		}
		if (cases[i].lo != INT64_MIN && !(saw_lo && saw_hi))
			fail_msg("%s: an end never came", cases[i].name);
	}
}

static void os_is_not_constant(void **state)
{
	(void)state;
	struct rng r;
	uint8_t one[1000] = { 0 }, two[1000] = { 0 };
	rng_os(&r);
	assert_false(r.seeded);
	rng_fill(&r, one, sizeof one);
	rng_fill(&r, two, sizeof two);
	assert_memory_not_equal(one, two, sizeof one);
	assert_memory_not_equal(one, one + 500, 500);
	assert_true(rng_u64(&r) != rng_u64(&r));
	assert_true(rng_below(&r, 10) < 10);
	rng_fill(&r, one, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeded_repeats),
		cmocka_unit_test(seeded_is_the_published_generator),
		cmocka_unit_test(below_is_fair_and_in_range),
		cmocka_unit_test(range_rejects_what_is_unfair),
		cmocka_unit_test(range_takes_its_ends),
		cmocka_unit_test(os_is_not_constant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
