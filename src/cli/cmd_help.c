/* The commands help and version. */
#include "cli/cli.h"
#include "cli/cmd_sim.h"
#include "cli/help.h"

/* The fleet explains its options itself. */
static int raw_help(void)
{
	static char name[] = "sim", option[] = "--help";
	static char *words[] = { name, option, NULL };

	return cli_cmd_sim(2, words);
}

bool cli_cmd_help(struct cli *c, struct err *e)
{
	struct buf b;
	struct out o;
	bool ok = true;

	buf_init(&b, 1048576);
	out_init_buf(&o, &b);
	if (cli_args_has(&c->args, "man")) {
		cli_help_man(&o);
	} else if (cli_args_has(&c->args, "bash")) {
		cli_help_complete(&o);
	} else if (cli_args_has(&c->args, "all")) {
		cli_help_all(&o);
	} else if (c->args.count == 0) {
		cli_help_overview(&o);
	} else if (c->args.count == 1 && cli_commands_is_group(c->args.operands[0])) {
		cli_help_group(&o, c->args.operands[0]);
	} else {
		int used;
		const struct cli_cmd *cmd =
			cli_commands_find((int)c->args.count, c->args.operands, &used, e);
		ok = cmd;
		if (cmd && cmd->flags & CMD_RAW)
			c->exit_status = raw_help();
		else if (cmd)
			cli_help_command(&o, cmd);
	}
	cli_writer_text(c->writer, buf_span(&b));
	json_t *doc = json_pack("{s:s%}", "text", b.p ? (const char *)b.p : "", b.n);
	if (ok && b.n)
		cli_writer_json(c->writer, doc);
	json_decref(doc);
	buf_deinit(&b);
	return ok;
}

bool cli_cmd_version(struct cli *c, struct err *e)
{
	(void)e;
	json_t *doc = json_pack("{s:s}", "version", CLI_VERSION);
	cli_writer_say(c->writer, "outband " CLI_VERSION);
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}
