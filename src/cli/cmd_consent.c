/* outband consent: the code that the user of a PC reads from its screen (amt/op_consent.c), as commands of
 * its own and as a question within others. The code is good for one use within minutes; it is no
 * secret worth a file. */
#include "cli/cmd_consent.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/operate.h"

static const struct cli_col cols[] = {
	{ "required", "wanted for", CLI_FORM_TEXT },
	{ "state", "consent", CLI_FORM_TEXT },
	{ "control_mode", "control mode", CLI_FORM_TEXT },
	{ "shown_s", "code is shown for (s)", CLI_FORM_NUMBER },
	{ "valid_s", "then good for (s)", CLI_FORM_NUMBER },
};

bool cli_cmd_consent(struct cli *c, struct err *e)
{
	bool sends = str_eq(c->cmd->sub, "send");
	const struct amt_op_arg code = { "code", sends ? cli_operand(c, 0) : NULL };
	const struct cli_operate run = { .op = arena_fmt(&c->arena, "consent.%s", c->cmd->sub),
					 .args = &code,
					 .arg_count = sends,
					 .first_target = sends,
					 .cols = cols,
					 .col_count = sizeof cols / sizeof *cols,
					 .record = true };

	return cli_operate(c, &run, e);
}

/* ---- within other commands ---- */

#define ASKED  3
#define DIGITS 6

struct seen {
	bool any, needed, shown;
	const char *what;
};

static void look(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *required = json_string_value(json_object_get(row, "required"));
	const char *state = json_string_value(json_object_get(row, "state"));
	struct seen *s = arg;

	(void)c;
	(void)device;
	s->any = true;
	s->needed = str_eq(required, "all") || (str_eq(required, "kvm") && str_eq(s->what, "kvm"));
	s->shown = str_eq(state, "code is shown") || str_eq(state, "requested");
	if (state && strncmp(state, "given", strlen("given")) == 0)
		s->needed = false;
}

static bool run(struct cli *c, const char *op, unsigned first_target, struct seen *s, struct err *e)
{
	const struct cli_operate o = {
		.op = op, .first_target = first_target, .each = look, .arg = s
	};

	return cli_operate(c, &o, e) && (s->any || err_set(e, ERR_NOT_FOUND, "no PC answered"));
}

bool cli_consent_ask(struct cli *c, unsigned first_target, const char *what, const char **out_code,
		     struct err *e)
{
	struct seen s = { .what = what };
	struct secret typed = SECRET_NONE;

	*out_code = NULL;
	if (c->args.count > first_target + 1)
		return err_set(e, ERR_USAGE, "--ask-consent is for one PC at a time");
	if (!run(c, "consent.state", first_target, &s, e))
		return false;
	if (!s.needed)
		return true;
	if (!s.shown && !run(c, "consent.request", first_target, &s, e))
		return false;
	for (unsigned tries = 0; tries < ASKED; tries++) { /* what has no form of one is not sent */
		if (!cli_input_prompt("Code on the PC's screen, as its user reads it out: ", false,
				      &typed, e)) {
			if (e->code == ERR_USAGE)
				err_set(e, ERR_USAGE,
					"the code is needed, and there is no terminal to ask for it");
			else
				err_set(e, ERR_CANCELLED, "no code was entered");
			return err_hint(e, "use 'outband consent request', then --code CODE");
		}
		struct span code = secret_reveal(&typed);
		size_t digits = 0;
		while (digits < code.n && code.p[digits] >= '0' && code.p[digits] <= '9')
			digits++;
		if (code.n == DIGITS && digits == DIGITS) {
			*out_code = arena_str(&c->arena, code);
			secret_deinit(&typed);
			return true;
		}
		secret_deinit(&typed);
		cli_note("that is no code: it has %d digits", DIGITS);
	}
	err_set(e, ERR_INVALID, "no code was given, so nothing was sent");
	return err_hint(e, "'outband consent cancel' takes the question off the PC's screen");
}

bool cli_consent_check(struct cli *c, unsigned first_target, const char *what, struct err *e)
{
	struct seen s = { .what = what };

	if (!run(c, "consent.state", first_target, &s, e))
		return false;
	if (!s.needed)
		return true;
	err_set(e, ERR_PREFLIGHT, "the PC wants the consent of its user first");
	err_want(e, "consent given: --code CODE, or --ask-consent");
	return err_rule(e, "M24");
}
