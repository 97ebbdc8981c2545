/* device apply with --accept-loss, --ring or --stop-on: the PCs are looked at first, then configured ring by
 * ring. Part of cmd_device.c. */
#pragma once
#include "cli/cli.h"

bool cli_apply_rings(struct cli *c, struct err *e);
