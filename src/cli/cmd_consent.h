/* Asking for a code of user consent within another command. For cmd_boot.c and cmd_kvm.c. */
#pragma once
#include "cli/cli.h"

/* Has the PC of the command show its code, and asks for it on the terminal. what: "all" or "kvm", what a PC
 * must want at least. *out_code: NULL when none is needed, or it is given already; else in c->arena. */
bool cli_consent_ask(struct cli *c, unsigned first_target, const char *what, const char **out_code,
		     struct err *e);
/* Consent is not needed, or given; else M24. */
bool cli_consent_check(struct cli *c, unsigned first_target, const char *what, struct err *e);
