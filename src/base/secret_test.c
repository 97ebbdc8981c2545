/* Tests of the secret holder. */
#include "base/secret.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void holds_a_copy(void **state)
{
	(void)state;
	char text[] = "P@ssw0rd";
	struct secret a = secret_make(span_str(text)), b = secret_copy(&a);
	text[0] = 'x';
	assert_true(secret_is_set(&a));
	assert_true(span_eq_str(secret_reveal(&a), "P@ssw0rd"));
	assert_int_equal(secret_reveal(&a).p[8], 0); /* terminated */
	assert_ptr_not_equal(a.p_hidden, b.p_hidden);
	secret_deinit(&a);
	assert_false(secret_is_set(&a));
	assert_int_equal(secret_reveal(&a).n, 0);
	assert_true(span_eq_str(secret_reveal(&b), "P@ssw0rd"));
	secret_set(&b, secret_reveal(&b)); /* its own content */
	assert_true(span_eq_str(secret_reveal(&b), "P@ssw0rd"));
	secret_set(&b, span_str("other"));
	assert_true(span_eq_str(secret_reveal(&b), "other"));
	secret_set(&b, span_make(NULL, 0));
	assert_false(secret_is_set(&b));
	secret_deinit(&b);
	secret_deinit(&b);
}

static void compares(void **state)
{
	(void)state;
	static const struct {
		const char *name, *a, *b;
		bool want;
	} cases[] = {
		{ "same", "abc", "abc", true },           { "last differs", "abc", "abd", false },
		{ "first differs", "abc", "xbc", false }, { "shorter", "abc", "ab", false },
		{ "empty and empty", "", "", true },      { "empty and none", "", NULL, false },
		{ "none and none", NULL, NULL, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct secret a = secret_make(span_str(cases[i].a)),
			      b = secret_make(span_str(cases[i].b));
		if (secret_eq(&a, &b) != cases[i].want || secret_eq(&b, &a) != cases[i].want)
			fail_msg("%s", cases[i].name);
		struct secret copy = secret_copy(&a);
		if (!secret_eq(&a, &copy))
			fail_msg("%s: copy differs", cases[i].name);
		secret_deinit(&copy);
		secret_deinit(&a);
		secret_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_a_copy),
		cmocka_unit_test(compares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
