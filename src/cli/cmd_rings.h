/* device apply with --accept-loss, --ring or --stop-on: the PCs are looked at first, then configured ring by
 * ring. Part of cmd_device.c. */
#pragma once
#include "cli/cli.h"

bool cli_apply_rings(struct cli *c, struct err *e);
/* Where a job is asked for: apply or approve, with --period when it was given. In the command's arena. */
const char *cli_rings_target(struct cli *c, const char *name, const char *verb, bool accept);
