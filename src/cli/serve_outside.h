/* What the engine of a running service asks outside (engine/outside.h): child programs, DNS, TCP to
 * another server, and discoveries (serve_discover.c). Made by cmd_serve.c. */
#pragma once
#include "engine/outside.h"

struct net_loop;
struct net_dialer;
struct cli_outside {
	struct engine_outside way; /* for engine_conf */
	struct net_loop *loop;
	struct net_dialer *dialer;
};
void cli_outside_init(struct cli_outside *o, struct net_loop *l, struct net_dialer *d);
