/* `outband sim`: a virtual fleet on real sockets. One wildcard listener per port; the address that
 * was dialled says which device is meant. Runs until SIGTERM or SIGINT. */
#pragma once
#include "sim/fleet.h"

/* on_ready is called once, when everything listens, with "ready devices=N base=A ports=a-b". */
bool sim_serve_run(const struct sim_fleet_conf *c, void (*on_ready)(void *arg, const char *line), void *arg,
		   struct err *e);
