/* Tests of the timers in the fake world: order, cancelling at any moment, the owner's wake. */
#include "base/sched.h"
#include "base/clk.h"
#include "base/rng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct sched *s;
static char letters[128]; /* the address of one is the name of a timer */
static char ran[64];
static size_t ran_count;
static int64_t woken_ms;
static int wake_count;
static struct sched_timer *victim;

static void note(void *arg)
{
	const char *name = arg;
	assert_true(ran_count < sizeof ran - 1);
	ran[ran_count++] = (char)(name - letters);
	ran[ran_count] = 0;
}

static struct sched_timer *after(int64_t delay_ms, sched_fn *fn, char name)
{
	return sched_after(s, delay_ms, fn, &letters[(unsigned char)name]);
}

static void wake(void *arg, int64_t next_mono_ms)
{
	assert_ptr_equal(arg, &wake_count);
	woken_ms = next_mono_ms;
	wake_count++;
}

static int start(void **state)
{
	(void)state;
	clk_fake_start(0);
	s = sched_new(wake, &wake_count);
	ran_count = 0;
	ran[0] = 0;
	wake_count = 0;
	woken_ms = -2;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sched_free(s);
	clk_fake_stop();
	return 0;
}

static void runs_in_order_of_time_then_of_making(void **state)
{
	(void)state;
	int64_t t0 = clk_mono_ms();
	after(20, note, 'c');
	after(10, note, 'a');
	after(20, note, 'd');
	after(10, note, 'b');
	after(20, note, 'e');
	assert_string_equal(ran, ""); /* never before sched_after returned */
	sched_run_due(s, t0 + 9);
	assert_string_equal(ran, "");
	sched_run_due(s, t0 + 10);
	assert_string_equal(ran, "ab");
	sched_run_due(s, t0 + 1000);
	assert_string_equal(ran, "abcde");
	assert_int_equal(sched_next_mono_ms(s), -1);
}

static void takes_odd_delays(void **state)
{
	(void)state;
	int64_t t0 = clk_mono_ms();
	after(-5, note, 'a');
	assert_int_equal(sched_next_mono_ms(s), t0);
	after(0, note, 'b');
	after(INT64_MAX, note, 'z');
	sched_run_due(s, t0);
	assert_string_equal(ran, "ab");
	assert_true(sched_next_mono_ms(s) > t0);
}

static void tells_the_owner(void **state)
{
	(void)state;
	int64_t t0 = clk_mono_ms();
	struct sched_timer *late = after(50, note, 'x');
	assert_int_equal(woken_ms, t0 + 50);
	after(60, note, 'y');
	assert_int_equal(wake_count, 1); /* the first deadline is the same */
	struct sched_timer *early = after(10, note, 'z');
	assert_int_equal(woken_ms, t0 + 10);
	sched_cancel(late);
	assert_int_equal(wake_count, 2);
	sched_cancel(early);
	assert_int_equal(woken_ms, t0 + 60);
	assert_int_equal(wake_count, 3);
	sched_run_due(s, t0); /* woken too early: must be set again */
	assert_int_equal(wake_count, 4);
	sched_run_due(s, t0 + 60);
	assert_int_equal(woken_ms, -1);
	assert_string_equal(ran, "y");
	sched_cancel(NULL);
}

static void again_at_once(void *arg)
{
	note(&letters['r']);
	sched_after(arg, 0, again_at_once, arg);
}

static void new_timers_wait_for_the_next_run(void **state)
{
	(void)state;
	sched_after(s, 0, again_at_once, s);
	after(0, note, 'n');
	sched_run_due(s, clk_mono_ms());
	assert_string_equal(ran, "rn");
	assert_int_equal(woken_ms, clk_mono_ms());
	sched_run_due(s, clk_mono_ms());
	assert_string_equal(ran, "rnr");
}

static void cancel_victim(void *arg)
{
	note(arg);
	sched_cancel(victim);
}

static void cancels_from_a_callback(void **state)
{
	(void)state;
	after(5, cancel_victim, 'k');
	victim = after(5, note, 'v'); /* due in the same run */
	after(5, note, 'n');
	sched_run_due(s, clk_mono_ms() + 5);
	assert_string_equal(ran, "kn");
	victim = after(5, cancel_victim, 's'); /* itself: does nothing */
	sched_run_due(s, clk_mono_ms() + 5);
	assert_string_equal(ran, "kns");
	assert_int_equal(sched_next_mono_ms(s), -1);
}

static void steps_with_the_fake_clock(void **state)
{
	(void)state;
	int64_t t0 = clk_mono_ms();
	after(3600000, note, 'h');
	after(10, note, 'a');
	after(10, note, 'b');
	assert_true(sched_fake_step(s, t0 + 1000));
	assert_string_equal(ran, "a"); /* one at a time */
	assert_int_equal(clk_mono_ms(), t0 + 10);
	assert_true(sched_fake_step(s, t0 + 1000));
	assert_false(sched_fake_step(s, t0 + 1000));
	assert_string_equal(ran, "ab");
	assert_int_equal(clk_mono_ms(), t0 + 1000);
	assert_true(sched_fake_step(s, t0 + 3600000));
	assert_int_equal(clk_mono_ms(), t0 + 3600000);
	assert_int_equal(clk_unix_ms(), 3600000);
	assert_false(sched_fake_step(s, t0 + 3600001));
	assert_int_equal(clk_mono_ms(), t0 + 3600001);
	assert_false(sched_fake_step(s, t0)); /* the past: the clock stays */
	assert_int_equal(clk_mono_ms(), t0 + 3600001);
	after(5, note, 'l');
	clk_fake_advance_ms(100); /* somebody else moved it past the deadline */
	assert_true(sched_fake_step(s, clk_mono_ms()));
	assert_int_equal(clk_mono_ms(), t0 + 3600101);
	assert_string_equal(ran, "abhl");
}

enum { MANY = 500 };
struct seen {
	struct sched_timer *t;
	int64_t at_mono_ms;
	bool done, cancelled;
};
static struct seen many[MANY];
static int64_t last_at;
static size_t last_index;

static void check_order(void *arg)
{
	struct seen *m = arg;
	size_t index = (size_t)(m - many);
	assert_false(m->done);
	assert_false(m->cancelled);
	assert_int_equal(clk_mono_ms(), m->at_mono_ms);
	assert_true(m->at_mono_ms > last_at || (m->at_mono_ms == last_at && index > last_index));
	m->done = true;
	last_at = m->at_mono_ms;
	last_index = index;
}

static void keeps_order_among_many(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, 1);
	last_at = -1;
	for (size_t i = 0; i < MANY; i++) {
		int64_t delay = rng_range(&r, 0, 50);
		many[i] = (struct seen){ sched_after(s, delay, check_order, &many[i]),
					 clk_mono_ms() + delay, false, false };
	}
	for (size_t i = 0; i < MANY; i++) {
		if (rng_below(&r, 3) == 0) {
			sched_cancel(many[i].t);
			many[i].cancelled = true;
		}
	}
	while (sched_fake_step(s, clk_mono_ms() + 50))
		;
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(many[i].done, !many[i].cancelled);
}

/* The timer that fills the gap comes from another branch and is earlier than the gap's parent. */
static void cancelling_mends_the_heap_upwards(void **state)
{
	(void)state;
	static const char delays[] = { 1, 10, 2, 20, 21, 3, 30, 40, 41, 42, 43, 4 };
	static const char want[] = { 1, 2, 3, 4, 10, 21, 30, 40, 41, 42, 43, 0 };
	struct sched_timer *cancelled = NULL;
	for (size_t i = 0; i < sizeof delays; i++) {
		struct sched_timer *t = after(delays[i], note, delays[i]);
		if (delays[i] == 20)
			cancelled = t;
	}
	sched_cancel(cancelled);
	sched_run_due(s, clk_mono_ms() + 100);
	assert_string_equal(ran, want);
}

static void drops_timers_when_freed(void **state)
{
	(void)state;
	struct sched *other = sched_new(NULL, NULL);
	sched_after(other, 1, note, &letters['x']);
	sched_free(other);
	sched_free(NULL);
	assert_string_equal(ran, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_in_order_of_time_then_of_making, start, stop),
		cmocka_unit_test_setup_teardown(takes_odd_delays, start, stop),
		cmocka_unit_test_setup_teardown(tells_the_owner, start, stop),
		cmocka_unit_test_setup_teardown(new_timers_wait_for_the_next_run, start, stop),
		cmocka_unit_test_setup_teardown(cancels_from_a_callback, start, stop),
		cmocka_unit_test_setup_teardown(steps_with_the_fake_clock, start, stop),
		cmocka_unit_test_setup_teardown(keeps_order_among_many, start, stop),
		cmocka_unit_test_setup_teardown(cancelling_mends_the_heap_upwards, start, stop),
		cmocka_unit_test_setup_teardown(drops_timers_when_freed, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
