/* PCs with which an operation failed, by what was said: one line for all that say the same. */
#pragma once
#include "cli/cli.h"

struct cli_operate_failed {
	json_t *groups; /* text -> {"pcs": [name...], "hint", "rule"} */
	unsigned count;
	int status;     /* exit status of the first */
};
/* error: as the API gives it. name, address and uuid are taken out of the text. */
void cli_operate_failed_add(struct cli_operate_failed *f, const json_t *item, const json_t *error);
void cli_operate_failed_print(struct cli_operate_failed *f, struct cli *c, unsigned total); /* on standard error */
void cli_operate_failed_deinit(struct cli_operate_failed *f);
