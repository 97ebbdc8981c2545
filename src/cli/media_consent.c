/* See media_consent.h. Firmware says the same of drives that are switched off and of consent that
 * lacks (status 3), so the difference is asked for when it matters. Sends no code that was not typed. */
#include "cli/media_consent.h"
#include "base/str.h"
#include "cli/cmd_consent.h"
#include "cli/operate.h"

static void drop_row(struct cli *c, const char *device, const json_t *row, void *arg)
{
	(void)c;
	(void)device;
	(void)row;
	(void)arg;
}

bool cli_media_consent_give(struct cli *c, struct err *e)
{
	struct cli_consent k = { cli_args_value(&c->args, "code"), false };
	struct amt_op_arg arg = { "code", NULL };
	const struct cli_operate send = {
		.op = "consent.send", .args = &arg, .arg_count = 1, .each = drop_row
	};

	if (!k.code && cli_args_has(&c->args, "ask-consent") &&
	    !cli_consent_ask(c, 0, "all", &k, e))
		return false;
	arg.value = k.code;
	if (!k.code || cli_operate(c, &send, e))
		return true;
	if (e->code == ERR_CANCELLED)
		cli_consent_take_back(c, 0, &k);
	return false;
}

void cli_media_consent_explain(struct cli *c, struct err *e)
{
	struct err why = { 0 };

	if (str_eq(e->rule, "D091") && !cli_consent_check(c, 0, "all", &why) &&
	    why.code == ERR_PREFLIGHT)
		*e = why;
}
