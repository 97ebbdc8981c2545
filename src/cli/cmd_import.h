/* Importing CSV files, for cmd_device.c and cmd_key.c. */
#pragma once
#include "cli/rpc.h"

/* Sends the file of operand 0; target has one % for preview. Bad rows are listed on standard error
 * and make the exit status 3; good ones are taken all the same. */
bool cli_import_body(struct cli *c, const struct cli_rpc_req *req, const char *what, struct err *e);
bool cli_import(struct cli *c, const char *target, const char *what, struct err *e);
