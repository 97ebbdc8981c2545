/* Where the service puts what others fetch: revocation lists and certificates of its CA. */
#pragma once
#include "base/span.h"

/* Of engine_conf: ctx is the folder, made when it is not there (0755; files 0644). On a worker. A
 * file that cannot be written is an event; the next try is made with the next list. */
void cli_serve_publish(void *ctx, const char *name, struct span bytes);
