/* Alarm clock of a virtual device; fw_dispatch.c lets its time go on before each request. */
#pragma once
#include "sim/fw_priv.h"

void sim_fw_alarms_tick(struct fw_ctx *x);
