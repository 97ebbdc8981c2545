/* outband consent: the code that the user of a PC reads from its screen (amt/op_consent.c), as commands of
 * its own and as a question within others. The code is good for one use within minutes; it is no
 * secret worth a file. */
#include "cli/cmd_consent.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/operate.h"
#include <stdlib.h>

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
	unsigned count;
	bool needed, shown;
	const char *what;
};

static void look(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *required = json_string_value(json_object_get(row, "required"));
	const char *state = json_string_value(json_object_get(row, "state"));
	struct seen *s = arg;

	(void)c;
	(void)device;
	s->count++;
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

	s->count = 0;
	return cli_operate(c, &o, e) && (s->count || err_set(e, ERR_NOT_FOUND, "no PC answered"));
}

void cli_consent_take_back(struct cli *c, unsigned first_target, const struct cli_consent *k)
{
	struct seen s = { .what = "" };
	struct err e = { 0 };
	const struct cli_operate o = { .op = "consent.cancel",
				       .first_target = first_target,
				       .each = look,
				       .arg = &s,
				       .takes_back = true };

	if (!k->requested)
		return;
	if (cli_operate(c, &o, &e))
		cli_note("the code is taken off the PC's screen");
	else
		cli_note("the code stays on the PC's screen until its time is over (%s); 'outband "
			 "consent cancel' takes it off",
			 e.msg);
}

/* True: *out_s is what was typed. A signal ends the command, but not before the PC's screen is as it was. */
static bool type_code(struct cli *c, unsigned first_target, const struct cli_consent *k,
		      struct secret *out_s, struct err *e)
{
	int signum;

	if (cli_input_prompt_caught("Code on the PC's screen, as its user reads it out: ", out_s,
				    &signum, e))
		return true;
	if (e->code == ERR_USAGE)
		err_set(e, ERR_USAGE, "the code is needed, and there is no terminal to ask for it");
	else
		err_set(e, ERR_CANCELLED, "no code was entered");
	err_hint(e, "use 'outband consent request', then --code CODE");
	cli_consent_take_back(c, first_target, k);
	if (signum)
		exit(128 + signum);
	return false;
}

static bool is_code(struct span code)
{
	size_t digits = 0;

	while (digits < code.n && code.p[digits] >= '0' && code.p[digits] <= '9')
		digits++;
	return code.n == DIGITS && digits == DIGITS;
}

/* False: the PC does not show a code. */
static bool show_code(struct cli *c, unsigned first_target, struct seen *s, struct cli_consent *k,
		      struct err *e)
{
	if (s->shown)
		return true;
	k->requested = true; /* whatever becomes of the answer */
	if (run(c, "consent.request", first_target, s, e))
		return true;
	if (e->code == ERR_CANCELLED)
		cli_consent_take_back(c, first_target, k);
	return false;
}

bool cli_consent_ask(struct cli *c, unsigned first_target, const char *what,
		     struct cli_consent *out_k, struct err *e)
{
	struct seen s = { .what = what };
	struct secret typed = SECRET_NONE;

	*out_k = (struct cli_consent){ NULL, false };
	if (c->args.count > first_target + 1)
		return err_set(e, ERR_USAGE, "--ask-consent is for one PC at a time");
	if (!run(c, "consent.state", first_target, &s, e))
		return false;
	if (s.count > 1)
		return err_set(e, ERR_USAGE, "--ask-consent is for one PC at a time, not for %u",
			       s.count);
	if (!s.needed)
		return true;
	if (!show_code(c, first_target, &s, out_k, e))
		return false;
	for (unsigned tries = 0; tries < ASKED; tries++) { /* what has no form of one is not sent */
		if (!type_code(c, first_target, out_k, &typed, e))
			return false;
		if (is_code(secret_reveal(&typed)))
			out_k->code = arena_str(&c->arena, secret_reveal(&typed));
		secret_deinit(&typed);
		if (out_k->code)
			return true;
		cli_note("that is no code: it has %d digits", DIGITS);
	}
	cli_consent_take_back(c, first_target, out_k);
	return err_set(e, ERR_INVALID, "no code was given, so nothing was sent");
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
