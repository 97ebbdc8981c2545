/* Tests of the clock: printing, and a fake one that moves only when told. */
#include "base/clk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void prints_wall_time(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t unix_ms;
		const char *want;
	} cases[] = {
		{ "epoch", 0, "1970-01-01T00:00:00.000Z" },
		{ "the header's", INT64_C(1935479647120), "2031-05-02T09:14:07.120Z" },
		{ "one ms before", -1, "1969-12-31T23:59:59.999Z" },
		{ "whole second before", -1000, "1969-12-31T23:59:59.000Z" },
		{ "leap day", INT64_C(951827696789), "2000-02-29T12:34:56.789Z" },
		{ "last", INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
		{ "past the last", INT64_MAX, "9999-12-31T23:59:59.999Z" },
		{ "before the first", INT64_MIN, "0001-01-01T00:00:00.000Z" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[CLK_TEXT_SIZE];
		clk_print_unix_ms(cases[i].unix_ms, text);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, text);
	}
}

static void fake_moves_when_told(void **state)
{
	(void)state;
	assert_false(clk_is_fake());
	clk_fake_advance_ms(1000); /* nothing to move */
	clk_fake_start(5000);
	int64_t mono = clk_mono_ms();
	assert_true(clk_is_fake());
	assert_true(mono > 0);
	assert_int_equal(clk_unix_ms(), 5000);
	clk_fake_advance_ms(86400000);
	assert_int_equal(clk_unix_ms(), 86405000);
	assert_int_equal(clk_mono_ms(), mono + 86400000);
	assert_int_equal(clk_mono_us(), (mono + 86400000) * 1000);
	clk_fake_step_unix_ms(-3600000); /* the wall clock may go either way */
	assert_int_equal(clk_unix_ms(), 86405000 - 3600000);
	assert_int_equal(clk_mono_ms(), mono + 86400000);
	clk_fake_step_unix_ms(3600000);
	clk_fake_advance_ms(-1); /* never back */
	assert_int_equal(clk_unix_ms(), 86405000);
	clk_fake_start(7);
	assert_int_equal(clk_mono_ms(), mono);
	clk_fake_stop();
	assert_false(clk_is_fake());
	assert_true(clk_unix_ms() > INT64_C(1600000000000));
}

static void real_goes_forward(void **state)
{
	(void)state;
	int64_t us = clk_mono_us(), ms = clk_real_mono_ms(), cpu = clk_cpu_us();
	assert_true(clk_mono_us() >= us);
	assert_true(clk_real_mono_ms() >= ms);
	assert_true(clk_cpu_us() >= cpu);
	clk_fake_start(0);
	clk_fake_advance_ms(INT64_C(1000000000000));
	assert_true(clk_real_mono_ms() < ms + 60000);
	clk_fake_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_wall_time),
		cmocka_unit_test(fake_moves_when_told),
		cmocka_unit_test(real_goes_forward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
