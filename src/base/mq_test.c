/* Tests of the queue between threads: order, bound, closing, and many threads at once. */
#include "base/mq.h"
#include "base/clk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

static int items[6];

static void keeps_order_and_bound(void **state)
{
	(void)state;
	struct mq *q = mq_new(3);
	for (int round = 0; round < 5; round++) { /* goes around the ring */
		assert_null(mq_pop(q));
		assert_null(mq_pop_wait(q, 0));
		assert_true(mq_push(q, &items[0]));
		assert_true(mq_push(q, &items[1]));
		assert_ptr_equal(mq_pop(q), &items[0]);
		assert_true(mq_push(q, &items[2]));
		assert_true(mq_push(q, &items[3]));
		assert_false(mq_push(q, &items[4]));
		assert_int_equal(mq_count(q), 3);
		assert_ptr_equal(mq_pop_wait(q, 0), &items[1]);
		assert_ptr_equal(mq_pop_wait(q, -1), &items[2]);
		assert_ptr_equal(mq_pop(q), &items[3]);
		assert_int_equal(mq_count(q), 0);
	}
	mq_free(q);
	mq_free(NULL);
}

static void closed_gives_the_rest(void **state)
{
	(void)state;
	struct mq *q = mq_new(2);
	assert_true(mq_push(q, &items[0]));
	mq_close(q);
	assert_false(mq_push(q, &items[1]));
	assert_ptr_equal(mq_pop_wait(q, -1), &items[0]);
	assert_null(mq_pop_wait(q, -1));
	mq_close(q);
	mq_free(q);
}

static void waits_by_the_real_clock(void **state)
{
	(void)state;
	struct mq *q = mq_new(1);
	clk_fake_start(0); /* stands still */
	int64_t before = clk_real_mono_ms();
	assert_null(mq_pop_wait(q, 3));
	assert_true(clk_real_mono_ms() - before >= 3);
	clk_fake_stop();
	mq_free(q);
}

enum { NUMBERS = 500 };

struct pair {
	struct mq *there, *back;
};

/* Gives every number back, until the queue is closed. */
static void *echo(void *arg)
{
	struct pair *p = arg;
	for (void *item; (item = mq_pop_wait(p->there, -1)) != NULL;) {
		while (!mq_push(p->back, item))
			;
	}
	return NULL;
}

static void passes_everything_once(void **state)
{
	(void)state;
	static int numbers[NUMBERS], seen[NUMBERS];
	struct pair p = { mq_new(16), mq_new(16) };
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, echo, &p), 0);
	int sent = 0, got = 0;
	while (got < NUMBERS) {
		if (sent < NUMBERS && mq_push(p.there, &numbers[sent]))
			sent++;
		int *item = sent < NUMBERS ? mq_pop(p.back) : mq_pop_wait(p.back, 10000);
		if (item) {
			seen[item - numbers]++;
			got++;
		} else if (sent == NUMBERS) {
			fail_msg("%d of %d came back", got, NUMBERS);
		}
	}
	mq_close(p.there);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NUMBERS; i++)
		assert_int_equal(seen[i], 1);
	assert_null(mq_pop(p.back));
	mq_free(p.there);
	mq_free(p.back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order_and_bound),
		cmocka_unit_test(closed_gives_the_rest),
		cmocka_unit_test(waits_by_the_real_clock),
		cmocka_unit_test(passes_everything_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
