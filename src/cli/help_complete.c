/* Shell completion, from the table of commands. Called by the command help; ./dev and meson install
 * what it prints. Knows words and options only: what a service has is not asked for. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/topics.h"

static void subs(struct out *o, const char *word)
{
	const struct cli_cmd *cmd;

	for (unsigned i = 0; (cmd = cli_commands_at(i)); i++)
		if (*cmd->sub && strcmp(cmd->name, word) == 0)
			out_fmt(o, " %s", cmd->sub);
}

static void options(struct out *o, const char *synopsis)
{
	struct cli_arg_spec s;
	size_t at = 0;

	while (cli_args_next_option(synopsis, &at, &s)) {
		out_str(o, " --");
		out_bytes(o, s.name);
	}
}

static void option_rows(struct out *o)
{
	const struct cli_cmd *cmd;

	/* 'boot can' stands before 'boot *': the first that fits wins. */
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; (cmd = cli_commands_at(i)); i++) {
			if ((k == 0) != (*cmd->sub != 0))
				continue;
			out_fmt(o, "\t'%s %s%s'*) options='", cmd->name, cmd->sub,
				*cmd->sub ? " " : "");
			options(o, cmd->args);
			options(o, CLI_GLOBAL_ARGS);
			out_str(o, "' ;;\n");
		}
}

void cli_help_complete(struct out *o)
{
	const struct cli_topic *t;

	out_str(o,
		"# bash completion for outband; made by 'outband help --bash'\n"
		"_outband()\n{\n"
		"\tlocal now=${COMP_WORDS[COMP_CWORD]} subs= options= words=\n"
		"\tcase ${COMP_WORDS[1]} in\n");
	for (unsigned i = 0; (t = cli_topics_at(i)); i++) {
		out_fmt(o, "\t%s) subs='", t->word);
		subs(o, t->word);
		out_str(o, "' ;;\n");
	}
	out_str(o, "\tesac\n\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n");
	option_rows(o);
	out_str(o, "\tesac\n\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords='");
	for (unsigned i = 0; (t = cli_topics_at(i)); i++)
		out_fmt(o, "%s%s", i ? " " : "", t->word);
	out_str(o,
		"'\n\telif [ \"${now#-}\" != \"$now\" ]; then\n\t\twords=$options\n"
		"\telif [ \"$COMP_CWORD\" = 2 ]; then\n\t\twords=$subs\n\tfi\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$now\")\n"
		"}\ncomplete -o bashdefault -o default -F _outband outband\n");
}
