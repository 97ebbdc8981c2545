/* Tests of the error value: hostile bytes, cutting, rules, and the two tables. */
#include "base/err.h"
#include "base/rules.h"
#include "base/secret.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

/* A secret is no text: a call that passes one where text is wanted does not compile. */
#define IS_TEXT(x) \
	_Generic((x), char * : 1, const char * : 1, uint8_t * : 1, void * : 1, default : 0)
_Static_assert(!IS_TEXT(SECRET_NONE), "no log or error function takes a secret");
_Static_assert(!IS_TEXT(&SECRET_NONE), "nor its address");

static void makes_peer_text_printable(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "device 10.1.2.3", "device 10.1.2.3" },
		{ "escape sequence", "\x1b[2Jx", "\\x1b[2Jx" },
		{ "forged line", "a\r\nlevel=error", "a\\x0d\\x0alevel=error" },
		{ "umlaut", "M\xc3\xbcller", "M\\xc3\\xbcller" },
		{ "delete and C1", "\x7f\x9b", "\\x7f\\x9b" },
		{ "percent", "100%s%n", "100%s%n" },
		{ "empty", "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e;
		err_set(&e, ERR_AUTH, "%s", cases[i].in);
		err_seen(&e, "%s", cases[i].in);
		err_want(&e, "%s", cases[i].in);
		err_hint(&e, "%s", cases[i].in);
		const char *got[] = { e.msg, e.seen, e.want, e.hint };
		for (size_t k = 0; k < sizeof got / sizeof *got; k++) {
			if (strcmp(got[k], cases[i].want) != 0)
				fail_msg("%s: field %zu is %s", cases[i].name, k, got[k]);
		}
	}
}

static void cuts_visibly_and_between_escapes(void **state)
{
	(void)state;
	struct err e;
	char text[3000];
	for (size_t n = 100; n < sizeof text; n += n < 300 ? 1 : 500) {
		memset(text, 'a', n);
		text[n] = 0;
		err_set(&e, ERR_IO, "%s", text);
		size_t len = strlen(e.msg);
		assert_int_equal(len, n < 255 ? n : 255);
		assert_int_equal(strcmp(e.msg + len - 3, "...") == 0, n > 255);
		memset(text, '\n', n);
		err_seen(&e, "x%s", text);
		len = strlen(e.seen);
		assert_true(len <= 127);
		assert_true((len - 4) % 4 == 0); /* x, whole escapes, dots */
		assert_string_equal(e.seen + len - 3, "...");
	}
}

static void starts_anew_and_wraps(void **state)
{
	(void)state;
	struct err e = { .code = ERR_IO };
	assert_false(err_set(&e, ERR_TIMEOUT, "no answer after %d ms", 500));
	assert_false(err_seen(&e, "%d", 1));
	assert_false(err_want(&e, "%d", 2));
	assert_false(err_rule(&e, "D057"));
	assert_false(err_wrap(&e, "device %s", "10.0.0.1"));
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_string_equal(e.msg, "device 10.0.0.1: no answer after 500 ms");
	assert_string_equal(e.seen, "1");
	assert_string_equal(e.want, "2");
	for (int i = 0; i < 100; i++)
		err_wrap(&e, "again");
	assert_int_equal(strlen(e.msg), 255);
	err_set(&e, ERR_IO, "after %s", e.seen); /* an argument may be a field */
	assert_string_equal(e.msg, "after 1");
	assert_string_equal(e.seen, "");
	assert_string_equal(e.want, "");
	assert_string_equal(e.hint, "");
	assert_null(e.rule);
	err_clear(&e);
	assert_int_equal(e.code, ERR_NONE);
	err_wrap(&e, "alone");
	assert_string_equal(e.msg, "alone");
}

static void takes_the_hint_of_a_rule(void **state)
{
	(void)state;
	struct err e;
	err_set(&e, ERR_PREFLIGHT, "x");
	err_rule(&e, "D070");
	assert_string_equal(e.rule, "D070");
	assert_string_equal(e.hint, rules_find("D070")->fix);
	err_set(&e, ERR_PREFLIGHT, "x");
	err_hint(&e, "my own");
	err_rule(&e, "D070");
	assert_string_equal(e.hint, "my own");
	err_set(&e, ERR_PREFLIGHT, "x");
	err_rule(&e, "Z999");
	assert_string_equal(e.rule, "Z999");
	assert_string_equal(e.hint, "");
	err_rule(&e, NULL);
	assert_null(e.rule);
}

static void names_system_errors(void **state)
{
	(void)state;
	struct err e;
	assert_false(err_errno(&e, ERR_REFUSED, ECONNREFUSED, "cannot connect to 10.0.0.1"));
	assert_string_equal(e.msg, "cannot connect to 10.0.0.1: Connection refused (ECONNREFUSED)");
	assert_int_equal(e.code, ERR_REFUSED);
	err_errno(&e, ERR_IO, 99999, "read");
	assert_string_equal(e.msg, "read: system error 99999");
}

static void takes_no_error_value(void **state)
{
	(void)state;
	assert_false(err_set(NULL, ERR_IO, "x"));
	assert_false(err_hint(NULL, "x"));
	assert_false(err_seen(NULL, "x"));
	assert_false(err_want(NULL, "x"));
	assert_false(err_wrap(NULL, "x"));
	assert_false(err_rule(NULL, "D057"));
	assert_false(err_errno(NULL, ERR_IO, 1, "x"));
	err_clear(NULL);
}

static void code_table_is_sound(void **state)
{
	(void)state;
	enum err_code c;
	for (int i = 0; i < ERR_CODE_COUNT; i++) {
		assert_true(err_from_name(err_name((enum err_code)i), &c));
		assert_int_equal(c, i); /* fails for a text used twice */
		assert_in_range(err_http((enum err_code)i), 200, 599);
		assert_in_range(err_exit((enum err_code)i), 0, 7);
		assert_in_range(err_retry((enum err_code)i), RETRY_NEVER, RETRY_HUMAN);
	}
	assert_int_equal(err_exit(ERR_NONE), 0);
	assert_int_equal(err_retry(ERR_AUTH), RETRY_HUMAN);
	assert_string_equal(err_name(ERR_TLS_PEER), "tls.wrong_peer");
	assert_string_equal(err_name(ERR_CODE_COUNT), "internal");
	assert_string_equal(err_name((enum err_code) - 1), "internal");
	c = ERR_IO;
	assert_false(err_from_name("no such", &c));
	assert_false(err_from_name(NULL, &c));
	assert_int_equal(c, ERR_IO);
}

static void rule_table_is_sound(void **state)
{
	(void)state;
	struct err e;
	unsigned i = 0;
	for (; rules_at(i); i++) {
		const struct rules_row *row = rules_at(i);
		if (rules_find(row->id) != row)
			fail_msg("%s stands in the table twice", row->id);
		err_set(&e, ERR_PREFLIGHT, "%s", row->text);
		err_rule(&e, row->id);
		if (strcmp(e.hint, row->fix) != 0 || strcmp(e.msg, row->text) != 0)
			fail_msg("%s: the text does not fit into an error", row->id);
	}
	assert_true(i > 10);
	assert_null(rules_find("D999"));
	assert_null(rules_find(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_peer_text_printable),
		cmocka_unit_test(cuts_visibly_and_between_escapes),
		cmocka_unit_test(starts_anew_and_wraps),
		cmocka_unit_test(takes_the_hint_of_a_rule),
		cmocka_unit_test(names_system_errors),
		cmocka_unit_test(takes_no_error_value),
		cmocka_unit_test(code_table_is_sound),
		cmocka_unit_test(rule_table_is_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
