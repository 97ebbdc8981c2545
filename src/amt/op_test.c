/* The table of operations: names and arguments are usable, unknown ones are refused before anything
 * starts. That they talk to PCs is shown by tests/system. */
#include "amt/op_priv.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names_are_unique_words(void **state)
{
	(void)state;
	for (unsigned i = 0; amt_op_at(i); i++) {
		const struct amt_op_kind *k = amt_op_at(i);
		assert_true(k->name[0] && k->text[0] && k->fns->start);
		assert_ptr_equal(amt_op_find(k->name), k);
	}
	assert_null(amt_op_find("nothing"));
}

static void an_unknown_argument_starts_nothing(void **state)
{
	const struct amt_op_arg args[] = { { "colour", "red" } };
	const struct amt_op_conf conf = { .args = args, .arg_count = 1 };
	struct amt_op *o = NULL;
	struct err e = { 0 };

	(void)state;
	assert_false(amt_op_start(amt_op_find("info"), &conf, &o, &e));
	assert_null(o);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.msg, "colour"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_words),
		cmocka_unit_test(an_unknown_argument_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
