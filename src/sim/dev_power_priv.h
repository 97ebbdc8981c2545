/* Power of the PC behind the firmware (dev_power.c), for the services that switch it. */
#pragma once
#include "sim/dev.h"

enum sim_power_act { SIM_POWER_ON, SIM_POWER_DOWN, SIM_POWER_CYCLE, SIM_POWER_RESET, SIM_POWER_INTERRUPT };
bool sim_dev_power_can(const struct sim_dev *d, enum sim_power_act act); /* on: only when off; else only when on */
bool sim_dev_power(struct sim_dev *d, enum sim_power_act act);           /* false: not in this state */
