/* outband boot: the next start of PCs (amt/op_boot.c). A start takes the work of who sits there, so it is
 * asked for unless --yes. With --ask-consent the user's code is asked for and carried: its user reads
 * it from the screen to whoever runs this. */
#include "base/str.h"
#include "cli/cmd_consent.h"
#include "cli/commands.h"
#include "cli/operate_priv.h"

static const struct cli_col cols[] = {
	{ "target", "starts from", CLI_FORM_TEXT },
	{ "power", "power", CLI_FORM_TEXT },
	{ "consent", "consent", CLI_FORM_TEXT },
	{ "used", "options used", CLI_FORM_TEXT },
	{ "left_before", "left by others", CLI_FORM_TEXT },
};

static void say(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *power = json_string_value(json_object_get(row, "power"));
	const char *used = json_string_value(json_object_get(row, "used"));
	const char *left = json_string_value(json_object_get(row, "left_before"));
	const char *from = json_string_value(json_object_get(row, "target"));

	(void)arg;
	if (left)
		cli_note("%s: %s was set before and never used; it is cleared", device, left);
	if (!from)
		cli_writer_say(c->writer, "%s has no boot options left", device);
	else if (str_eq(power, "none"))
		cli_writer_say(c->writer, "%s starts from %s next time", device, from);
	else
		cli_writer_say(c->writer, "%s took power %s and starts from %s%s%s", device,
			       power ? power : "", from, used ? "; options used: " : "",
			       used ? used : "");
}

static const char *join_options(struct cli *c)
{
	const char *all = NULL, *one;

	for (unsigned i = 0; (one = cli_args_nth(&c->args, "option", i)); i++)
		all = all ? arena_fmt(&c->arena, "%s,%s", all, one) : one;
	return all;
}

/* Before somebody walks to the PC. */
static bool ask_first(struct cli *c, struct cli_operate *run, struct err *e)
{
	const char *question = run->question, *host = cli_args_value(&c->args, "direct");
	const char *whom = host ? host : cli_operand(c, 1);
	struct cli_operate asked = *run;

	run->question = NULL;
	asked.question = question;
	return cli_operate_ask(c, &asked, whom ? whom : "it", e);
}

static bool boot_with_code(struct cli *c, const struct cli_operate *run, struct amt_op_arg *code,
			   struct err *e)
{
	struct cli_consent k;

	if (!cli_consent_ask(c, 1, "all", &k, e))
		return false;
	code->value = k.code;
	if (cli_operate(c, run, e))
		return true;
	if (e->code == ERR_CANCELLED)
		cli_consent_take_back(c, 1, &k);
	return false;
}

#define CODE 8 /* its place among the arguments */

bool cli_cmd_boot(struct cli *c, struct err *e)
{
	const char *power = cli_args_value(&c->args, "power"), *from = cli_operand(c, 0);
	const char *code = cli_args_value(&c->args, "code");
	bool plain = str_eq(power, "none");
	char question[160];

	struct amt_op_arg args[] = {
		{ "target", from },
		{ "power", power },
		{ "options", join_options(c) },
		{ "verbosity", cli_args_value(&c->args, "verbosity") },
		{ "media", cli_args_value(&c->args, "media") },
		{ "uri", cli_args_value(&c->args, "uri") },
		{ "wait", cli_args_value(&c->args, "wait") },
		{ "erase", cli_args_has(&c->args, "erase-disks") ? "yes" : NULL },
		[CODE] = { "code", code },
	};
	struct out o;

	out_init(&o, question, sizeof question - 1);
	question[sizeof question - 1] = '\0';
	out_fmt(&o, "Start %%s from %.40s? What is not saved there is lost.", from);
	struct cli_operate run = { .op = "boot",
				   .args = args,
				   .arg_count = sizeof args / sizeof *args,
				   .first_target = 1,
				   .cols = cols,
				   .col_count = sizeof cols / sizeof *cols,
				   .record = true,
				   .question = plain ? NULL : question,
				   .limit = cli_args_value(&c->args, "limit"),
				   .say = say };
	if (!cli_operate_check(&run, e))
		return false;
	if (!cli_args_has(&c->args, "ask-consent") || code)
		return cli_operate(c, &run, e);
	return ask_first(c, &run, e) && boot_with_code(c, &run, &args[CODE], e);
}

bool cli_cmd_boot_can(struct cli *c, struct err *e)
{
	static const struct cli_col can_cols[] = {
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "name", "name", CLI_FORM_TEXT },
		{ "can", "can", CLI_FORM_TEXT },
		{ "text", "what", CLI_FORM_TEXT },
	};
	const struct cli_operate run = { .op = "boot.can",
					 .cols = can_cols,
					 .col_count = sizeof can_cols / sizeof *can_cols };

	return cli_operate(c, &run, e);
}

bool cli_cmd_boot_clear(struct cli *c, struct err *e)
{
	const struct cli_operate run = { .op = "boot.clear",
					 .cols = cols,
					 .col_count = sizeof cols / sizeof *cols,
					 .record = true,
					 .say = say };

	return cli_operate(c, &run, e);
}
