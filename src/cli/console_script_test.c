/* Tests of console scripts: what is refused and where, and the machine against a line that talks in
 * pieces. */
#include "cli/console_script.h"
#include "base/out.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void refuses(void **state)
{
	static const struct {
		const char *text, *in_msg;
	} cases[] = {
		{ "say hello\n", "f:1: 'say' is no command" },
		{ "# one\n\nsend x\nexpect\n", "f:4: nothing to expect" },
		{ "send \n", "f:1: nothing to send" },
		{ "send a\\qb\n", "f:1: a backslash" },
		{ "send a\\\n", "f:1: a backslash" },
		{ "send \\x4\n", "f:1: a backslash" },
		{ "key f13\n", "f:1: no key is called 'f13'" },
		{ "timeout 0\n", "f:1: '0' is no time" },
		{ "timeout\n", "f:1: '' is no time" },
		{ "pause ever\n", "f:1: 'ever' is no time" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cli_script s;
		struct arena a;
		struct err e = { 0 };
		arena_init(&a, 65536);
		if (cli_script_parse(&s, "f", span_str(cases[i].text), &a, &e) ||
		    !strstr(e.msg, cases[i].in_msg))
			fail_msg("%s: %s", cases[i].text, e.msg);
		cli_script_deinit(&s);
		arena_deinit(&a);
	}
}

/* What a script says, with '|' between; '!' for a failure, '.' for its end. */
static void run(const char *script, const char *const *said, char *out_text, size_t cap,
		struct err *e)
{
	struct cli_script s;
	struct arena a;
	struct span text;
	struct out o;
	int64_t now = 1000, until = 0;

	out_init(&o, out_text, cap);
	arena_init(&a, 65536);
	if (!cli_script_parse(&s, "f", span_str(script), &a, e))
		fail_msg("%s: %s", script, e->msg);
	for (;;) {
		enum cli_script_state st = cli_script_step(&s, now, &text, &until, e);
		if (st == CLI_SCRIPT_SAYS) {
			out_bytes(&o, text);
			out_str(&o, "|");
		} else if (st == CLI_SCRIPT_WAITS && *said) {
			cli_script_hear(&s, span_str(*said++));
		} else if (st == CLI_SCRIPT_WAITS) {
			assert_true(until > now);
			now = until;
		} else {
			out_str(&o, st == CLI_SCRIPT_DONE ? "." : "!");
			break;
		}
	}
	cli_script_deinit(&s);
	arena_deinit(&a);
}

static void goes_through(void **state)
{
	static const struct {
		const char *name, *script;
		const char *said[6];
		const char *want, *in_msg;
	} cases[] = {
		{ "nothing", "", { NULL }, ".", "" },
		{ "comments", "# a\n\n  \n#b", { NULL }, ".", "" },
		{ "talks",
		  "expect in:\nsend root\\r\nexpect # \nsend ls\\x20\\t\\e\\\\\n",
		  { "log", "in:", " pc7:~# " },
		  "root\r|ls \t\033\\|.",
		  "" },
		{ "line ends of other systems", "expect a\r\nsend b\r\n", { "a" }, "b|.", "" },
		{ "two in one piece", "expect a\nexpect b\nsend c\n", { "xaybz" }, "c|.", "" },
		{ "the order counts",
		  "expect b\nexpect a\n",
		  { "ab" },
		  "!",
		  "f:2: 'a' was not said in 30 s" },
		{ "nothing twice", "expect a\nexpect a\n", { "a" }, "!", "f:2: 'a' was not said" },
		{
			"own timeout",
			"timeout 2\nexpect a\n",
			{ "b" },
			"!",
			"f:1: ",
		},
		{ "keys", "key f10\nkey up\nkey enter\n", { NULL }, "\033[21~|\033[A|\r|.", "" },
		{ "pause", "pause 500\nsend x\n", { NULL }, "x|.", "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char got[128];
		struct err e = { 0 };
		run(cases[i].script, cases[i].said, got, sizeof got, &e);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: it went '%s'", cases[i].name, got);
		const char *in_msg = str_eq(cases[i].name, "own timeout") ? "was not said in 2 s"
									  : cases[i].in_msg;
		if (!strstr(e.msg, in_msg))
			fail_msg("%s: %s", cases[i].name, e.msg);
	}
}

/* However much is said, only the end of it is kept. */
static void stays_small(void **state)
{
	static char noise[100000];
	struct cli_script s;
	struct arena a;
	struct span text;
	struct err e = { 0 };
	int64_t until;
	(void)state;

	memset(noise, 'x', sizeof noise);
	arena_init(&a, 65536);
	assert_true(cli_script_parse(&s, "f", span_str("expect end\n"), &a, &e));
	assert_int_equal(cli_script_step(&s, 0, &text, &until, &e), CLI_SCRIPT_WAITS);
	for (int i = 0; i < 50; i++) {
		cli_script_hear(&s, span_make(noise, sizeof noise));
		assert_true(s.said.n <= 400000 && !s.said.bad);
		assert_int_equal(cli_script_step(&s, 0, &text, &until, &e), CLI_SCRIPT_WAITS);
	}
	cli_script_hear(&s, span_str("e"));
	cli_script_hear(&s, span_str("nd"));
	assert_int_equal(cli_script_step(&s, 0, &text, &until, &e), CLI_SCRIPT_DONE);
	cli_script_deinit(&s);
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(goes_through),
		cmocka_unit_test(stays_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
