/* Help texts, all from commands.h. Called by main.c and the command help; the test compares
 * cli_help_man with man/outband.1. */
#include "cli/help.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/topics.h"

#define WIDTH  100
#define INDENT 8

static void full_name(struct out *o, const struct cli_cmd *cmd)
{
	out_str(o, cmd->name);
	if (*cmd->sub)
		out_fmt(o, " %s", cmd->sub);
}

/* Words up to a column; a group in brackets and an option with its value stay together. */
static void wrap(struct out *o, const char *text, size_t at, size_t indent)
{
	while (*text) {
		size_t n = 0;
		int depth = 0;
		bool option = strncmp(text, "--", 2) == 0 && text[2] >= 'a';
		while (text[n] && (text[n] != ' ' || depth > 0 || (option && text[n + 1] != '['))) {
			option &= text[n] != ' ';
			depth += text[n] == '[' ? 1 : text[n] == ']' ? -1 : 0;
			n++;
		}
		if (at > indent && at + 1 + n > WIDTH) {
			out_fmt(o, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			out_str(o, " ");
			at++;
		}
		out_bytes(o, span_make(text, n));
		at += n;
		text += n;
		text += *text == ' ';
	}
	out_str(o, "\n");
}

void cli_help_usage(struct out *o, const struct cli_cmd *cmd)
{
	size_t before = out_len(o);
	out_str(o, "usage: outband ");
	full_name(o, cmd);
	if (*cmd->args) {
		size_t at = out_len(o) - before;
		out_str(o, " ");
		/* The first word never breaks. */
		wrap(o, cmd->args, at + 1, at + 1);
	} else {
		out_str(o, "\n");
	}
}

static void one_option(struct out *o, const struct cli_cmd *cmd, const struct cli_arg_spec *s)
{
	const char *text = cli_commands_option(cmd, s->name);
	size_t n = 4 + s->name.n + (s->value.n ? 1 + s->value.n : 0);

	out_str(o, "  --");
	out_bytes(o, s->name);
	if (s->value.n) {
		out_str(o, " ");
		out_bytes(o, s->value);
	}
	if (n < 26)
		out_fmt(o, "%*s", (int)(26 - n), "");
	else
		out_fmt(o, "\n%26s", "");
	wrap(o, text ? text : "", 26, 26);
}

static void options(struct out *o, const struct cli_cmd *cmd, const char *synopsis,
		    const char *head)
{
	struct cli_arg_spec s;
	size_t at = 0;
	bool any = false;

	while (cli_args_next_option(synopsis, &at, &s)) {
		if (!any)
			out_fmt(o, "\n%s:\n", head);
		any = true;
		one_option(o, cmd, &s);
	}
}

/* Names stand in a column that is as wide as the longest of them. */
static size_t name_width(const char *name)
{
	const struct cli_cmd *cmd;
	size_t width = 0;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		size_t n = strlen(cmd->name) + (*cmd->sub ? 1 + strlen(cmd->sub) : 0);
		if ((!name || strcmp(cmd->name, name) == 0) && n > width)
			width = n;
	}
	return width;
}

static void row(struct out *o, const struct cli_cmd *cmd, size_t width)
{
	size_t before = out_len(o), at = 2 + width + 2;
	out_str(o, "  ");
	full_name(o, cmd);
	out_fmt(o, "%*s", (int)(at - (out_len(o) - before)), "");
	wrap(o, cmd->help, at, at);
}

/* Whether that word stands for an operand: not within another word, and not the value of an option. */
static bool has_operand(const char *args, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = args; (at = strstr(at, word)); at += n) {
		const char *from = at;
		if (at[n] && !strchr(" ].,[", at[n]))
			continue;
		if (at == args || (at == args + 1 && *args == '['))
			return true;
		if (at[-1] == '[' && at[-2] == ' ')
			return true;
		if (at[-1] != ' ')
			continue;
		from--;
		while (from > args && from[-1] != ' ')
			from--;
		if (strncmp(from, "--", 2) != 0 && strncmp(from, "[--", 3) != 0)
			return true;
	}
	return false;
}

/* How PCs and ranges are written, where a command takes them. */
static void operands(struct out *o, const struct cli_cmd *cmd)
{
	static const struct {
		const char *word, *text;
	} words[] = {
		{ "RANGE",
		  "10.1.0.0/16, 10.1.0.5-90, lab[01-40].example.com, a name, an address; "
		  "several with commas or blanks between" },
		{ "TARGET",
		  "a PC by name, address or UUID, a range lab[01-40].example.com, or a "
		  "group @lab" },
		{ "DEVICE", "a PC by UUID, host name or address" },
		{ "ADDRESS",
		  "an address, a name, or a range of them; with the service also a PC "
		  "that it knows" },
	};
	bool any = false;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!has_operand(cmd->args, words[i].word))
			continue;
		out_str(o, any ? "" : "\narguments:\n");
		any = true;
		out_fmt(o, "  %-24s", words[i].word);
		wrap(o, words[i].text, 26, 26);
	}
}

void cli_help_command(struct out *o, const struct cli_cmd *cmd)
{
	cli_help_usage(o, cmd);
	out_fmt(o, "\n  %s\n", cmd->help);
	if (cmd->flags & CMD_CHANGES_DEVICE)
		out_str(o, "  This command changes the PC.\n");
	if (cmd->flags & CMD_NEEDS_SERVER)
		out_fmt(o, "  It asks the service, which 'outband serve' starts%s.\n",
			strstr(cmd->args, "[--direct") ? "; with --direct one PC, without it" : "");
	operands(o, cmd);
	options(o, cmd, cmd->args, "options");
	options(o, cmd, CLI_GLOBAL_ARGS, "options of every command");
	const struct cli_cmd *other;
	bool any = false;
	for (unsigned i = 0; !*cmd->sub && (other = cli_commands_at(i)); i++) {
		if (other == cmd || strcmp(other->name, cmd->name) != 0)
			continue;
		out_str(o, any ? "" : "\nsee also:\n");
		any = true;
		row(o, other, name_width(cmd->name));
	}
}

void cli_help_group(struct out *o, const char *name)
{
	const struct cli_cmd *cmd;

	out_fmt(o, "usage: outband %s COMMAND\n\n", name);
	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++)
		if (strcmp(cmd->name, name) == 0)
			row(o, cmd, name_width(name));
	out_fmt(o, "\n'outband help %s COMMAND' shows arguments and options.\n", name);
}

static const struct cli_topic topics[] = {
#define X(head, word, text) { head, word, text },
	CLI_TOPICS(X)
#undef X
};

const struct cli_topic *cli_topics_at(unsigned i)
{
	return i < sizeof topics / sizeof *topics ? &topics[i] : NULL;
}

/* "WORD  what it is about: its sub-commands". */
static void topic(struct out *o, const struct cli_topic *t)
{
	char text[512];
	struct out line;
	const struct cli_cmd *cmd;
	unsigned subs = 0;
	static const size_t at = 14;

	out_init(&line, text, sizeof text - 1);
	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
		if (strcmp(cmd->name, t->word) != 0)
			continue;
		if (!*cmd->sub)
			out_str(&line, cmd->help);
		else if (subs++ == 0)
			out_fmt(&line, t->text ? "%s: %s" : "; %s%s", t->text ? t->text : "also ",
				cmd->sub);
		else
			out_fmt(&line, ", %s", cmd->sub);
	}
	text[out_len(&line)] = 0;
	out_fmt(o, "  %-*s", (int)(at - 2), t->word);
	wrap(o, text, at, at);
}

void cli_help_overview(struct out *o)
{
	const struct cli_topic *t;

	out_str(o,
		"outband " CLI_VERSION
		" - sets up, configures and diagnoses Intel AMT (vPro) PCs out of band\n\n"
		"usage: outband COMMAND [ARGUMENTS]\n");
	for (unsigned i = 0; (t = cli_topics_at(i)); i++) {
		if (i == 0 || strcmp(t->head, topics[i - 1].head) != 0)
			out_fmt(o, "\n%s\n", t->head);
		topic(o, t);
	}
	out_str(o,
		"\n'outband help COMMAND' shows arguments and options, 'outband help --all' every command in a\n"
		"line. Results go to standard output, as text or with --json or --csv; errors and notes go to\n"
		"standard error.\n");
}

void cli_help_all(struct out *o)
{
	const struct cli_cmd *cmd;
	static const struct {
		unsigned flag;
		const char *head;
	} parts[] = {
		{ CMD_LOCAL, "Commands that work on their own" },
		{ CMD_NEEDS_SERVER,
		  "Commands that ask the running service ('outband serve'), or with --direct one PC" },
	};
	for (size_t k = 0; k < 2; k++) {
		out_fmt(o, "%s%s:\n", k ? "\n" : "", parts[k].head);
		for (unsigned i = 0; (cmd = cli_commands_at(i)); i++)
			if (cmd->flags & parts[k].flag)
				row(o, cmd, name_width(NULL));
	}
}

/* --- man page --- */

static void man_text(struct out *o, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '-')
			out_str(o, "\\-");
		else if (s.p[i] == '\\')
			out_str(o, "\\e");
		else if (s.p[i] == '\'')
			out_str(o, "\\(aq");
		else
			out_u8(o, s.p[i]);
	}
}

static void man_options(struct out *o, const struct cli_cmd *cmd, const char *synopsis)
{
	struct cli_arg_spec s;
	size_t at = 0;

	while (cli_args_next_option(synopsis, &at, &s)) {
		const char *text = cli_commands_option(cmd, s.name);
		out_str(o, ".TP\n\\fB\\-\\-");
		man_text(o, s.name);
		out_str(o, "\\fR");
		if (s.value.n) {
			out_str(o, " \\fI");
			man_text(o, s.value);
			out_str(o, "\\fR");
		}
		out_str(o, "\n");
		man_text(o, span_str(text ? text : ""));
		out_str(o, "\n");
	}
}

static void man_command(struct out *o, const struct cli_cmd *cmd)
{
	out_str(o, ".SS outband ");
	full_name(o, cmd);
	out_str(o, " ");
	man_text(o, span_str(cmd->args));
	out_str(o, "\n");
	man_text(o, span_str(cmd->help));
	out_str(o, ".\n");
	if (cmd->flags & CMD_CHANGES_DEVICE)
		out_str(o, "Changes the PC.\n");
	if (cmd->flags & CMD_NEEDS_SERVER)
		out_str(o, "Needs the service.\n");
	man_options(o, cmd, cmd->args);
}

void cli_help_man(struct out *o)
{
	const struct cli_cmd *cmd;

	out_str(o, ".SH COMMANDS\n");
	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++)
		man_command(o, cmd);
	out_str(o, ".SH OPTIONS OF EVERY COMMAND\n");
	man_options(o, cli_commands_at(0), CLI_GLOBAL_ARGS);
}
