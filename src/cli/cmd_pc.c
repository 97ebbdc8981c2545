/* outband pc ... --direct: what one PC is, and its power, whatever its firmware speaks: operations
 * (cli/operate.h). Off, cycle and reset take the work of who sits there, so they are asked for unless
 * --yes. */
#include "amt/pc.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/operate.h"

static const struct cli_col cols[] = {
	{ "device", "asked at", CLI_FORM_TEXT },
	{ "version", "AMT", CLI_FORM_TEXT },
	{ "interface", "speaks", CLI_FORM_TEXT },
	{ "uuid", "UUID", CLI_FORM_TEXT },
	{ "host", "host", CLI_FORM_TEXT },
	{ "domain", "domain", CLI_FORM_TEXT },
	{ "realm", "realm", CLI_FORM_TEXT },
	{ "mac", "MAC", CLI_FORM_TEXT },
	{ "ip", "IP", CLI_FORM_TEXT },
	{ "power", "power", CLI_FORM_TEXT },
};

bool cli_cmd_pc_info(struct cli *c, struct err *e)
{
	return cli_cmd_info(c, e);
}

bool cli_cmd_info(struct cli *c, struct err *e)
{
	const struct cli_operate o = {
		.op = "info", .cols = cols, .col_count = sizeof cols / sizeof *cols, .record = true
	};

	return cli_operate(c, &o, e);
}

static void say(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *power = json_string_value(json_object_get(row, "power"));

	(void)arg;
	if (json_is_true(json_object_get(row, "asked")))
		cli_writer_say(c->writer, "%s took power %s and says it is %s", device,
			       cli_operand(c, 0), power ? power : "unknown");
	else
		cli_writer_say(c->writer, "%s is %s already", device, power ? power : "unknown");
}

bool cli_cmd_pc_power(struct cli *c, struct err *e)
{
	return cli_cmd_power(c, e);
}

bool cli_cmd_power(struct cli *c, struct err *e)
{
	const char *word = cli_operand(c, 0);
	const struct amt_op_arg args[] = { { "action", word } };
	struct cli_operate o = { .op = "power",
				 .args = args,
				 .arg_count = 1,
				 .first_target = 1,
				 .cols = cols,
				 .col_count = sizeof cols / sizeof *cols,
				 .record = true,
				 .limit = cli_args_value(&c->args, "limit"),
				 .say = say };
	enum amt_pc_role role;

	if (!amt_pc_role_parse(word, &role) || role == AMT_PC_INFO) {
		err_set(e, ERR_USAGE, "'%.40s' is no power action", word);
		return err_want(e, "status, on, off, cycle or reset");
	}
	if (role == AMT_PC_STATUS) {
		o.op = "power-status";
		o.arg_count = 0;
		o.say = NULL;
	} else if (role != AMT_PC_ON) {
		o.question = arena_fmt(
			&c->arena, "Send power %s to %%s? What is not saved there is lost.", word);
	}
	return cli_operate(c, &o, e);
}
