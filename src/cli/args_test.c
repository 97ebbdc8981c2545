/* Command lines against synopses: what is taken, and what is said about what is not. */
#include "base/out.h"
#include "base/str.h"
#include "cli/args.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void reads_synopses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *synopsis,
			*options; /* "name=VALUE" or "name", "!" needed, "+" repeats */
		unsigned min, max;
	} cases[] = {
		{ "nothing", "", "", 0, 0 },
		{ "operand", "DEVICE", "", 1, 1 },
		{ "optional operand", "[DEVICE]", "", 0, 1 },
		{ "repeated", "ID...", "", 1, UINT_MAX },
		{ "optional repeated", "CLASS METHOD [PROP=VALUE]...", "", 2, UINT_MAX },
		{ "switch", "FILE [--preview]", "preview ", 1, 1 },
		{ "value", "[--db FILE]", "db=FILE ", 0, 0 },
		{ "value in brackets", "[--hello [HOST:]PORT]...", "hello=[HOST:]PORT+ ", 0, 0 },
		{ "needed option first", "--direct HOST", "direct=HOST! ", 0, 0 },
		{ "needed option", "CLASS --direct HOST[:BASE] [--tls]", "direct=HOST[:BASE]! tls ",
		  1, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[256] = "";
		struct cli_arg_spec s;
		struct out o;
		size_t at = 0;
		unsigned min, max;
		out_init(&o, text, sizeof text);
		while (cli_args_next_option(cases[i].synopsis, &at, &s)) {
			out_bytes(&o, s.name);
			out_str(&o, s.value.n ? "=" : "");
			out_bytes(&o, s.value);
			out_str(&o, s.needed ? "!" : "");
			out_str(&o, s.repeats ? "+ " : " ");
		}
		cli_args_operands(cases[i].synopsis, &min, &max);
		if (!str_eq(text, cases[i].options) || min != cases[i].min || max != cases[i].max)
			fail_msg("%s: '%s' %u %u", cases[i].name, text, min, max);
	}
}

static bool no_handler(struct cli *c, struct err *e)
{
	(void)c;
	(void)e;
	return true;
}

static const struct cli_cmd serve = { "serve", "",        "[--db FILE] [--hello [HOST:]PORT]...",
				      "",      CMD_LOCAL, no_handler };
static const struct cli_cmd apply = { "device", "apply",   "DEVICE... [--wait] [--yes]",
				      "",       CMD_LOCAL, no_handler };
static const struct cli_cmd get = { "wsman", "get",     "CLASS --direct HOST[:BASE] [--tls]",
				    "",      CMD_LOCAL, no_handler };

static void parses(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const struct cli_cmd *cmd;
		const char *words[6];
		int count;
		const char *msg, *hint; /* msg NULL: taken */
		unsigned operands, opts;
	} cases[] = {
		{ "nothing", &serve, { NULL }, 0, NULL, "", 0, 0 },
		{ "value behind", &serve, { "--db", "x" }, 2, NULL, "", 0, 1 },
		{ "value with =", &serve, { "--db=x=y" }, 1, NULL, "", 0, 1 },
		{ "empty value", &serve, { "--db=" }, 1, NULL, "", 0, 1 },
		{ "repeated", &serve, { "--hello", "1", "--hello", "2" }, 4, NULL, "", 0, 2 },
		{ "of every command", &serve, { "--json", "-v" }, 2, NULL, "", 0, 2 },
		{ "mixed order", &apply, { "--wait", "a", "-y", "b" }, 4, NULL, "", 2, 2 },
		{ "behind --", &apply, { "--", "--wait" }, 2, NULL, "", 1, 0 },
		{ "stdin", &apply, { "-" }, 1, NULL, "", 1, 0 },
		{ "help needs nothing else", &get, { "--help" }, 1, NULL, "", 0, 1 },
		{ "twice", &serve, { "--db", "x", "--db", "y" }, 4, "given twice", "", 0, 0 },
		{ "value missing", &serve, { "--db" }, 1, "needs a value", "", 0, 0 },
		{ "value for a switch",
		  &apply,
		  { "a", "--wait=1" },
		  2,
		  "takes no value",
		  "",
		  0,
		  0 },
		{ "unknown", &apply, { "a", "--frob" }, 2, "no option --frob", "", 0, 0 },
		{ "misspelt", &apply, { "a", "--wiat" }, 2, "no option --wiat", "--wait", 0, 0 },
		{ "of another command", &apply, { "a", "--tls" }, 2, "no option --tls", "", 0, 0 },
		{ "too many", &serve, { "x" }, 1, "too many: 'x'", "", 0, 0 },
		{ "too few", &apply, { "--wait" }, 1, "DEVICE is missing", "", 0, 0 },
		{ "option missing",
		  &get,
		  { "CIM_X" },
		  1,
		  "--direct HOST[:BASE] is missing",
		  "",
		  0,
		  0 },
		{ "password on the command line",
		  &get,
		  { "CIM_X", "--password=x" },
		  2,
		  "no option --password",
		  "",
		  0,
		  0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cli_args a;
		struct err e = { 0 };
		bool ok = cli_args_parse(cases[i].cmd, cases[i].count, cases[i].words, &a, &e);
		if (ok != !cases[i].msg)
			fail_msg("%s: ok=%d %s", cases[i].name, ok, e.msg);
		if (ok && (a.count != cases[i].operands || a.opt_count != cases[i].opts))
			fail_msg("%s: %u operands, %u options", cases[i].name, a.count,
				 a.opt_count);
		if (!ok &&
		    (e.code != ERR_USAGE || !strstr(e.msg, cases[i].msg) ||
		     !strstr(e.hint, cases[i].hint)))
			fail_msg("%s: '%s' '%s'", cases[i].name, e.msg, e.hint);
		cli_args_deinit(&a);
	}
}

static void gives_values(void **state)
{
	(void)state;
	const char *words[] = { "--hello", "1", "--db=a", "--hello=2", "--json" };
	struct cli_args a;

	assert_true(cli_args_parse(&serve, 5, words, &a, NULL));
	assert_string_equal(cli_args_value(&a, "db"), "a");
	assert_string_equal(cli_args_nth(&a, "hello", 0), "1");
	assert_string_equal(cli_args_nth(&a, "hello", 1), "2");
	assert_null(cli_args_nth(&a, "hello", 2));
	assert_true(cli_args_has(&a, "json"));
	assert_false(cli_args_has(&a, "csv"));
	assert_null(cli_args_value(&a, "key-file"));
	cli_args_deinit(&a);
}

static void many_options_end(void **state)
{
	(void)state;
	const char *words[CLI_ARGS_MAX_OPTS + 1];
	struct cli_args a;
	struct err e = { 0 };

	for (int i = 0; i <= CLI_ARGS_MAX_OPTS; i++)
		words[i] = "--hello=1";
	assert_true(cli_args_parse(&serve, CLI_ARGS_MAX_OPTS, words, &a, &e));
	cli_args_deinit(&a);
	assert_false(cli_args_parse(&serve, CLI_ARGS_MAX_OPTS + 1, words, &a, &e));
	assert_int_equal(e.code, ERR_USAGE);
	cli_args_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_synopses),
		cmocka_unit_test(parses),
		cmocka_unit_test(gives_values),
		cmocka_unit_test(many_options_end),
	};
	return cmocka_run_group_tests_name("cli/args", tests, NULL, NULL);
}
