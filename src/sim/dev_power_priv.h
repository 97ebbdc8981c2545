/* Power of the PC behind the firmware (dev_power.c), for the services that switch it. */
#pragma once
#include "sim/dev.h"

enum sim_power_act { SIM_POWER_ON, SIM_POWER_DOWN, SIM_POWER_CYCLE, SIM_POWER_RESET, SIM_POWER_INTERRUPT,
	/* these are its system's work, and need the agent in it (switch host_agent) */
	SIM_POWER_SOFT_DOWN, SIM_POWER_SOFT_RESET, SIM_POWER_SLEEP, SIM_POWER_HIBERNATE };
unsigned sim_dev_s_state(const struct sim_dev *d); /* ACPI: 0 on, 3 sleep, 4 hibernate, 5 off */
bool sim_dev_power_can(const struct sim_dev *d, enum sim_power_act act); /* on: only when off; else only when on */
bool sim_dev_power(struct sim_dev *d, enum sim_power_act act);           /* false: not in this state */
