/* Virtual drives of a virtual PC, for the control socket. */
#pragma once
#include "sim/dev.h"

/* A line of state and counters, then what the boot loader said. */
void sim_dev_print_media(struct sim_dev *d, struct out *o);
