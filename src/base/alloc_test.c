/* Tests of the small allocation. */
#include "base/mem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void gives_zeroed_memory(void **state)
{
	(void)state;
	static const char zero[100];
	char *p = mem_new(100);
	assert_memory_equal(p, zero, 100);
	memset(p, 'x', 100);
	p = mem_grow(p, 100000);
	assert_int_equal(p[99], 'x');
	mem_wipe(p, 100);
	assert_memory_equal(p, zero, 100);
	mem_free(p);
}

static void takes_nothing(void **state)
{
	(void)state;
	void *p = mem_new(0);
	assert_non_null(p);
	p = mem_grow(p, 0);
	assert_non_null(p);
	mem_free(p);
	mem_free(NULL);
	mem_wipe(NULL, 0);
	assert_null(mem_str(NULL));
}

static void copies_text(void **state)
{
	(void)state;
	char *s = mem_str("text");
	assert_string_equal(s, "text");
	mem_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_memory),
		cmocka_unit_test(takes_nothing),
		cmocka_unit_test(copies_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
