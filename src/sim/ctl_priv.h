/* Requests of `sim ctl` that have a file of their own. For ctl.c. */
#pragma once
#include "base/out.h"
#include "sim/dev.h"

/* The PC starts with that file setup.bin on a stick. What was used up is written back. */
bool sim_ctl_usb(struct sim_dev *d, const char *path, struct out *o, struct err *e);
