/* Discoveries of the running service: what engine/discovery.c asks for goes to amt/discover.h. Made by
 * serve_outside.c. */
#pragma once
#include "engine/outside.h"

/* ctx: struct cli_outside. As engine/outside.h says. */
void *cli_serve_discover(void *ctx, const struct engine_discover_ask *q, struct err *e);
void cli_serve_discover_look(const void *handle, struct engine_discover_counts *out_n);
void cli_serve_discover_stop(void *handle);
void cli_serve_discover_drop(void *handle);
