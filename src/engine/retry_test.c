/* Backoff and the lock-out budget: attempts, classes of errors, bounds of the jitter, the edge of the
 * window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/retry.h"

#define SECOND 1000LL
#define WINDOW (600 * SECOND)

static const struct engine_retry_conf conf = {
	.first_ms = 30 * SECOND,
	.max_ms = 21600 * SECOND,
	.login_tries = 2,
	.login_window_ms = WINDOW,
};

static void delays_double_by_class(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct { const char *name; enum err_code code; int64_t attempt, want_s; } cases[] = {
		{ "soon, first",       ERR_TIMEOUT,   1,  30 },
		{ "soon, second",      ERR_REFUSED,   2,  60 },
		{ "soon, fifth",       ERR_BUSY,      5,  480 },
		{ "later, first",      ERR_MALFORMED, 1,  60 },
		{ "later, third",      ERR_MALFORMED, 3,  240 },
		{ "human, first",      ERR_AUTH,      1,  240 },
		{ "human, fourth",     ERR_PREFLIGHT, 4,  1920 },
		{ "attempt 0",         ERR_TIMEOUT,   0,  30 },
		{ "at the limit",      ERR_TIMEOUT,   11, 21600 },
		{ "far past it",       ERR_AUTH,      60, 21600 },
		{ "no overflow",       ERR_AUTH,      INT64_MAX, 21600 },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { .code = cases[i].code };
		struct rng rng;
		int64_t least = INT64_MAX, most = 0, want = cases[i].want_s * SECOND;
		rng_seed(&rng, 40 + i);
		for (int k = 0; k < 500; k++) {
			int64_t d = engine_retry_delay_ms(&conf, &e, cases[i].attempt, &rng);
			least = d < least ? d : least;
			most = d > most ? d : most;
		}
		/* within a fifth, and it does reach for both ends */
		if (least < want - want / 5 || most > want + want / 5 || least > want - want / 6 ||
		    most < want + want / 6)
			fail_msg("%s: %lld to %lld ms, wanted around %lld", cases[i].name,
				 (long long)least, (long long)most, (long long)want);
	}
}

static void tiny_delays_have_no_jitter(void **state)
{
	(void)state;
	struct engine_retry_conf c = { .first_ms = 4, .max_ms = 4 };
	struct err e = { .code = ERR_TIMEOUT };
	struct rng rng;
	rng_seed(&rng, 1);
	assert_int_equal(engine_retry_delay_ms(&c, &e, 1, &rng), 4);
}

static void budget_opens_and_closes(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct { const char *name; int64_t tries, count, since, now; bool ok; int64_t wait; } cases[] = {
		{ "none spent",          2, 0, 0,    50,                true,  0 },
		{ "one spent",           2, 1, 1000, 2000,              true,  0 },
		{ "all spent",           2, 2, 1000, 2000,              false, WINDOW - 1000 },
		{ "more than all",       2, 9, 1000, 2000,              false, WINDOW - 1000 },
		{ "last instant",        2, 2, 1000, 1000 + WINDOW - 1, false, 1 },
		{ "window is over",      2, 2, 1000, 1000 + WINDOW,     true,  0 },
		{ "clock went back",     2, 2, 5000, 1000,              false, WINDOW + 4000 },
		{ "no limit",            0, 9, 1000, 1000,              true,  0 },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_retry_conf c = conf;
		int64_t wait = 0;
		c.login_tries = cases[i].tries;
		bool ok = engine_retry_login_ok(&c, cases[i].count, cases[i].since, cases[i].now,
						&wait);
		if (ok != cases[i].ok || (!ok && wait != cases[i].wait))
			fail_msg("%s: ok=%d wait=%lld", cases[i].name, ok, (long long)wait);
	}
}

static void spending_begins_a_new_window(void **state)
{
	(void)state;
	int64_t count = 0, since = 0, wait;
	engine_retry_login_spend(&conf, &count, &since, 7000);
	assert_int_equal(count, 1);
	assert_int_equal(since, 7000);
	engine_retry_login_spend(&conf, &count, &since, 7000 + WINDOW - 1);
	assert_int_equal(count, 2);
	assert_int_equal(since, 7000 + WINDOW - 1);
	assert_false(engine_retry_login_ok(&conf, count, since, 7000 + WINDOW - 1, &wait));
	assert_false(engine_retry_login_ok(&conf, count, since, 7000 + 2 * WINDOW - 2, &wait));
	assert_int_equal(wait, 1);
	engine_retry_login_spend(&conf, &count, &since, 7000 + 2 * WINDOW - 1);
	assert_int_equal(count, 1);
	assert_int_equal(since, 7000 + 2 * WINDOW - 1);
}

/* However the tries fall, no stretch of the length of the window sees more than the budget. */
static void random_tries_stay_in_budget(void **state)
{
	(void)state;
	struct rng rng;
	int64_t now = 1000, count = 0, since = 0, wait, last[2] = { -WINDOW, -WINDOW };
	unsigned spent = 0;
	rng_seed(&rng, 3);
	for (int i = 0; i < 20000; i++) {
		now += rng_range(&rng, 0, WINDOW / 3);
		if (!engine_retry_login_ok(&conf, count, since, now, &wait)) {
			assert_in_range(wait, 1, WINDOW);
			continue;
		}
		engine_retry_login_spend(&conf, &count, &since, now);
		assert_true(now - last[0] >= WINDOW); /* the one before the last one */
		last[0] = last[1];
		last[1] = now;
		spent++;
	}
	assert_in_range(spent, 3000, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_double_by_class),
		cmocka_unit_test(tiny_delays_have_no_jitter),
		cmocka_unit_test(budget_opens_and_closes),
		cmocka_unit_test(spending_begins_a_new_window),
		cmocka_unit_test(random_tries_stay_in_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
