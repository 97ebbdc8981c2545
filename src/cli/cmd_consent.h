/* Asking for a code of user consent within another command. For cmd_boot.c and cmd_kvm.c. */
#pragma once
#include "cli/cli.h"

struct cli_consent {
	const char *code; /* NULL: none is needed, or it is given already; else in the arena of the command */
	bool requested;   /* by this command: nobody else waits for it */
};
/* Has the PC of the command show its code, and asks for it on the terminal. what: "all" or "kvm", what a PC
 * must want at least. Whoever breaks it off, by a signal too, has the code off the PC's screen. */
bool cli_consent_ask(struct cli *c, unsigned first_target, const char *what, struct cli_consent *out_k,
		     struct err *e);
/* What was asked for is not wanted any more: takes the code off the screen, and says so. */
void cli_consent_take_back(struct cli *c, unsigned first_target, const struct cli_consent *k);
/* Consent is not needed, or given; else M24. */
bool cli_consent_check(struct cli *c, unsigned first_target, const char *what, struct err *e);
