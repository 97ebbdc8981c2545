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

static const struct cli_col power_cols[] = {
	{ "device", "asked at", CLI_FORM_TEXT },  { "version", "AMT", CLI_FORM_TEXT },
	{ "interface", "speaks", CLI_FORM_TEXT }, { "power", "power", CLI_FORM_TEXT },
	{ "action", NULL, CLI_FORM_TEXT },        { "asked", NULL, CLI_FORM_TEXT },
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

#define WAIT_S 300
/* "300000" for --wait, as long as --timeout says; NULL: without. */
static bool wait_text(struct cli *c, const char **out_text, int64_t *out_deadline_ms, struct err *e)
{
	const char *timeout = cli_args_value(&c->args, "timeout");
	uint32_t s = WAIT_S;

	*out_text = NULL;
	if (!cli_args_has(&c->args, "wait"))
		return true;
	if (timeout && !str_to_u32(span_str(timeout), 1, 3600, &s, NULL)) {
		err_set(e, ERR_USAGE, "--timeout %s is no number of seconds", timeout);
		return err_want(e, "1 to 3600");
	}
	*out_text = arena_fmt(&c->arena, "%u000", (unsigned)s);
	*out_deadline_ms = (int64_t)s * 1000 + 60000;
	return true;
}

bool cli_cmd_power(struct cli *c, struct err *e)
{
	const char *word = cli_operand(c, 0);
	struct amt_op_arg args[] = { { "action", word },
				     { "wait_ms", NULL },
				     { "close_sessions", NULL } };
	struct cli_operate o = { .op = "power",
				 .args = args,
				 .arg_count = 3,
				 .first_target = 1,
				 .cols = power_cols,
				 .col_count = sizeof power_cols / sizeof *power_cols,
				 .record = true,
				 .limit = cli_args_value(&c->args, "limit"),
				 .say = say };
	enum amt_pc_role role;

	if (!amt_pc_role_parse(word, &role) || role == AMT_PC_INFO) {
		err_set(e, ERR_USAGE, "'%.40s' is no power action", word);
		return err_want(e, "status, " AMT_PC_ACTIONS);
	}
	if (role == AMT_PC_STATUS) {
		o.op = "power-status";
		o.arg_count = 0;
		o.say = NULL;
	} else if (role != AMT_PC_ON && role != AMT_PC_SLEEP && role != AMT_PC_HIBERNATE) {
		o.question = arena_fmt(
			&c->arena, "Send power %s to %%s? What is not saved there is lost.", word);
	}
	if (cli_args_has(&c->args, "close-sessions"))
		args[2].value = "true";
	return wait_text(c, &args[1].value, &o.deadline_ms, e) && cli_operate(c, &o, e);
}
