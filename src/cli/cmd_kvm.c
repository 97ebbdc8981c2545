/* outband kvm status, enable, disable: the switches of KVM (amt/op_kvm.c). Sessions are in cmd_kvm_open.c. */
#include "base/str.h"
#include "cli/commands.h"
#include "cli/operate.h"

bool cli_cmd_kvm_state(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "state", "KVM", CLI_FORM_TEXT },
		{ "mebx", "allowed in MEBx", CLI_FORM_TEXT },
		{ "listener", "redirection ports", CLI_FORM_TEXT },
		{ "port_5900", "port 5900", CLI_FORM_TEXT },
		{ "timeout_min", "ends after idle (min)", CLI_FORM_NUMBER },
		{ "screen", "screen", CLI_FORM_NUMBER },
		{ "screens", "active screens", CLI_FORM_TEXT },
		{ "advice", "advice", CLI_FORM_TEXT },
		{ "consent", "consent wanted for", CLI_FORM_TEXT },
		{ "consent_state", "consent", CLI_FORM_TEXT },
		{ "sprite_consent", "consent at each session", CLI_FORM_TEXT },
	};
	const char *op = str_eq(c->cmd->sub, "status") ? "kvm.state"
		: str_eq(c->cmd->sub, "enable")        ? "kvm.enable"
						       : "kvm.disable";
	const struct cli_operate run = {
		.op = op, .cols = cols, .col_count = sizeof cols / sizeof *cols, .record = true
	};

	return cli_operate(c, &run, e);
}
