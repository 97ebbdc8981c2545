/* Agents on the host that watchdogs watch (fw_presence.c): what the power of the PC makes of them. */
#pragma once
#include "sim/dev_priv.h"

/* CurrentState (wsman 3.14) */
#define AGENT_NOT_STARTED 1u
#define AGENT_STOPPED     2u
#define AGENT_RUNNING     4u
#define AGENT_EXPIRED     8u
#define AGENT_SUSPENDED   16u
void sim_presence_power(struct sim_dev *d, enum sim_power_act act); /* it does that now */
