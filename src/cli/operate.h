/* Runs an operation (amt/op.h) for a command: with --direct on that PC and those that the operands name
 * beside it, over cli/direct.c, else through the service on the PCs that the operands name. Both show the
 * same: rows go to the writer, failures of many PCs are grouped on standard error. The synopsis of such a command has CLI_PC_ARGS
 * (commands.h), and [TARGET]... as its last operand. */
#pragma once
#include "amt/op.h"
#include "cli/cli.h"

struct cli_operate {
	const char *op;                   /* its name in AMT_OPS */
	const struct amt_op_arg *args;    /* value NULL: not given */
	unsigned arg_count;
	unsigned first_target;            /* so many operands stand before the targets */
	/* How rows are shown. "device" comes in front by itself when there are many PCs. NULL: all keys
	 * as they come, a list for each table. */
	const struct cli_col *cols;
	unsigned col_count;
	bool record;                      /* a PC gives one row: an object when it is the only PC */
	const char *none;                 /* said as text when there were no rows */
	const char *limit;                /* value of --limit: PCs at once; NULL: the usual */
	int64_t deadline_ms;              /* for each PC, by the service; 0: --timeout, or the usual */
	/* Asked unless --yes, with "%s" for the PCs, such as "Send power off to %s?"; NULL: only asked when
	 * it changes many. */
	const char *question;
	/* Instead of the list, as text only: a sentence, a block. */
	void (*say)(struct cli *c, const char *device, const json_t *row, void *arg);
	/* Instead of the writer, whatever the form: for commands that go on with what they read. */
	void (*each)(struct cli *c, const char *device, const json_t *row, void *arg);
	void *arg;
	bool takes_back; /* what an interrupted one has begun: runs in spite of that */
};
/* Can its arguments be? cli_operate asks this first; commands that do something before it, too. */
bool cli_operate_check(const struct cli_operate *o, struct err *e);
/* False when it failed for the only PC. When many were asked and some failed: true, with
 * c->exit_status 8 (some) or 9 (all). */
bool cli_operate(struct cli *c, const struct cli_operate *o, struct err *e);
