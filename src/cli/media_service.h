/* Virtual media for PCs that the service knows: it opens the line and logs in, the images are served
 * from here. For cmd_media.c. */
#pragma once
#include "cli/media.h"

bool cli_media_service(struct cli *c, const struct cli_media_conf *conf, struct err *e);
