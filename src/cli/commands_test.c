/* The table of commands against itself and against the man page; finding commands, and what is said
 * when there is none. */
#include "base/log.h"
#include "base/str.h"
#include "cli/args.h"
#include "cli/help.h"
#include "cli/topics.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void options_have_texts(void **state)
{
	const struct cli_cmd *cmd;
	(void)state;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		const char *const synopses[] = { cmd->args, CLI_GLOBAL_ARGS };
		for (size_t k = 0; k < 2; k++) {
			struct cli_arg_spec s;
			size_t at = 0;
			while (cli_args_next_option(synopses[k], &at, &s))
				if (!cli_commands_option(cmd, s.name))
					fail_msg("%s %s: --%.*s has no text", cmd->name, cmd->sub,
						 (int)s.name.n, (const char *)s.name.p);
		}
	}
}

static bool is_used(const struct cli_option_row *row)
{
	const struct cli_cmd *cmd;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		const char *const synopses[] = { cmd->args, CLI_GLOBAL_ARGS };
		for (size_t k = 0; k < 2; k++) {
			struct cli_arg_spec s;
			size_t at = 0;
			while (cli_args_next_option(synopses[k], &at, &s))
				if (cli_commands_option(cmd, s.name) == row->text)
					return true;
		}
	}
	return false;
}

static void texts_are_used(void **state)
{
	(void)state;
	for (unsigned i = 0; cli_commands_option_at(i); i++)
		if (!is_used(cli_commands_option_at(i)))
			fail_msg("no command has --%s (%s)", cli_commands_option_at(i)->name,
				 cli_commands_option_at(i)->where);
}

/* Wherever its row stands: behind the one of all commands, too. */
static void own_text_comes_first(void **state)
{
	const struct cli_option_row *row;
	const struct cli_cmd *cmd;
	(void)state;

	for (unsigned i = 0; (row = cli_commands_option_at(i)); i++)
		for (unsigned k = 0; (cmd = cli_commands_at(k)); k++)
			if (str_eq(cmd->name, row->where) &&
			    !str_eq(cli_commands_option(cmd, span_str(row->name)), row->text))
				fail_msg("%s --%s: '%s' is told", cmd->name, row->name,
					 cli_commands_option(cmd, span_str(row->name)));
}

static void rows_are_whole(void **state)
{
	const struct cli_cmd *cmd, *other;
	(void)state;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		if (!(cmd->flags & (CMD_LOCAL | CMD_NEEDS_SERVER)))
			fail_msg("%s %s: neither local nor of the service", cmd->name, cmd->sub);
		size_t n = strlen(cmd->help);
		if (n < 10 || n > 90 || cmd->help[n - 1] == '.')
			fail_msg("%s %s: help of %zu characters", cmd->name, cmd->sub, n);
		for (unsigned k = 0; k < i && (other = cli_commands_at(k)); k++)
			if (str_eq(cmd->name, other->name) && str_eq(cmd->sub, other->sub))
				fail_msg("%s %s stands there twice", cmd->name, cmd->sub);
	}
}

/* The overview has every first word once, with a text for what has none of its own. */
static void topics_are_whole(void **state)
{
	const struct cli_cmd *cmd;
	const struct cli_topic *t;
	(void)state;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		unsigned times = 0;
		for (unsigned k = 0; (t = cli_topics_at(k)); k++)
			times += str_eq(t->word, cmd->name);
		if (times != 1)
			fail_msg("%s: %u rows in topics.h", cmd->name, times);
	}
	for (unsigned k = 0; (t = cli_topics_at(k)); k++) {
		bool known = false, own = false;
		for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
			known |= str_eq(t->word, cmd->name);
			own |= str_eq(t->word, cmd->name) && !*cmd->sub;
		}
		if (!known || own == (t->text != NULL))
			fail_msg("%s: %s", t->word,
				 known ? "one text, and only one" : "no such command");
	}
}

static void finds_commands(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *words[4];
		int count, used;
		const char *sub, *hint; /* sub NULL: not found */
	} cases[] = {
		{ "plain", { "status" }, 1, 1, "", "" },
		{ "sub", { "device", "list" }, 2, 2, "list", "" },
		{ "sub with operand", { "device", "show", "x" }, 3, 2, "show", "" },
		{ "plain beside subs", { "log", "pc1" }, 2, 1, "", "" },
		{ "sub beside plain", { "log", "level", "info" }, 3, 2, "level", "" },
		{ "option first", { "log", "--follow" }, 2, 1, "", "" },
		{ "unknown", { "frobnicate" }, 1, 0, NULL, "'outband help' lists all" },
		{ "misspelt", { "staus" }, 1, 0, NULL, "'outband status'" },
		{ "beginning", { "dev" }, 1, 0, NULL, "'outband device'" },
		{ "sub alone", { "enumerate" }, 1, 0, NULL, "'outband wsman enumerate'" },
		{ "sub missing", { "device" }, 1, 0, NULL, "'outband help device'" },
		{ "sub misspelt", { "device", "shwo" }, 2, 0, NULL, "'outband device show'" },
		{ "sub is an option", { "device", "--json" }, 2, 0, NULL, "'outband help device'" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		int used = -1;
		const struct cli_cmd *cmd =
			cli_commands_find(cases[i].count, cases[i].words, &used, &e);
		if (!cmd != !cases[i].sub || (cmd && !str_eq(cmd->sub, cases[i].sub)) ||
		    used != cases[i].used)
			fail_msg("%s: got %s, %d words", cases[i].name, cmd ? cmd->sub : "nothing",
				 used);
		if (!cmd && (e.code != ERR_USAGE || !strstr(e.hint, cases[i].hint)))
			fail_msg("%s: hint '%s'", cases[i].name, e.hint);
	}
}

static void measures_words(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		unsigned want;
	} cases[] = {
		{ "", "", 0 },
		{ "abc", "abc", 0 },
		{ "abc", "abd", 1 },
		{ "abc", "ab", 1 },
		{ "ab", "xab", 1 },
		{ "lst", "list", 1 },
		{ "", "abc", 3 },
		{ "kitten", "sitting", 3 },
		{ "a", "0123456789012345678901234567890123456789", 99 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cli_commands_distance(cases[i].a, cases[i].b) != cases[i].want)
			fail_msg("%s %s: %u", cases[i].a, cases[i].b,
				 cli_commands_distance(cases[i].a, cases[i].b));
}

#define BEGIN ".\\\" generated: outband help --man\n"
#define END   ".\\\" end of the generated part\n"

static void man_page_agrees(void **state)
{
	(void)state;
	const char *src = getenv("OUTBAND_SRC");
	static char page[512 * 1024];
	char path[512];
	struct buf b;
	struct out o;

	if (!src)
		skip();
	(void)snprintf(path, sizeof path, "%s/man/outband.1", src);
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("there is no %s", path);
	page[fread(page, 1, sizeof page - 1, f)] = 0;
	(void)fclose(f);
	char *from = strstr(page, BEGIN), *to = strstr(page, END);
	if (!from || !to)
		fail_msg("%s has no generated part", path);
	from += strlen(BEGIN);
	buf_init(&b, sizeof page);
	out_init_buf(&o, &b);
	cli_help_man(&o);
	if (!span_eq(span_make(from, (size_t)(to - from)), buf_span(&b)))
		fail_msg(
			"%s differs from the table of commands: put the output of 'outband help --man' there",
			path);
	buf_deinit(&b);
}

static void help_names_everything(void **state)
{
	const struct cli_cmd *cmd;
	struct buf b;
	struct out o;
	(void)state;

	buf_init(&b, 1048576);
	out_init_buf(&o, &b);
	cli_help_all(&o);
	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		char line[64];
		(void)snprintf(line, sizeof line, "\n  %s%s%s ", cmd->name, *cmd->sub ? " " : "",
			       cmd->sub);
		if (!strstr((char *)b.p, line))
			fail_msg("%s %s is not in the list", cmd->name, cmd->sub);
	}
	cli_help_overview(&o);
	size_t column = 0;
	for (size_t i = 0; i < b.n; i++) {
		column = b.p[i] == '\n' ? 0 : column + 1;
		if (column > 100)
			fail_msg("a line of the overview is longer than 100");
	}
	buf_deinit(&b);
}

/* Operands that are PCs or ranges are explained; values of options with such a name are not operands. */
static void help_explains_operands(void **state)
{
	static const struct {
		const char *words[2], *want; /* NULL: no arguments */
	} cases[] = {
		{ { "discover", NULL }, "  RANGE  " },
		{ { "discover", "start" }, "  RANGE  " },
		{ { "probe", NULL }, "  ADDRESS  " },
		{ { "power", NULL }, "  TARGET  " },
		{ { "device", "show" }, "  DEVICE  " },
		{ { "device", "forget" }, "  DEVICE  " },
		{ { "serve", NULL }, NULL },
		{ { "version", NULL }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct buf b;
		struct out o;
		int used;
		const struct cli_cmd *cmd =
			cli_commands_find(cases[i].words[1] ? 2 : 1, cases[i].words, &used, &e);
		assert_non_null(cmd);
		buf_init(&b, 65536);
		out_init_buf(&o, &b);
		cli_help_command(&o, cmd);
		out_u8(&o, 0);
		const char *text = (const char *)b.p, *head = strstr(text, "\narguments:\n");
		if (cases[i].want ? !head || !strstr(head, cases[i].want) : head != NULL)
			fail_msg("%s: %s", cases[i].words[0], text);
		buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_have_texts),    cmocka_unit_test(texts_are_used),
		cmocka_unit_test(own_text_comes_first),  cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(topics_are_whole),      cmocka_unit_test(finds_commands),
		cmocka_unit_test(measures_words),        cmocka_unit_test(man_page_agrees),
		cmocka_unit_test(help_names_everything), cmocka_unit_test(help_explains_operands),
	};
	return cmocka_run_group_tests_name("cli/commands", tests, NULL, NULL);
}
