/* Alerts of PCs in the service: listeners as the settings say (alerts.traps, alerts.events), to the engine.
 * Made by cmd_serve.c. */
#pragma once
#include "cli/alert_listener.h"

struct engine;
/* *out_a NULL: the settings name no place. */
bool cli_serve_alerts(struct net_loop *l, struct engine *en, uint64_t seed, struct cli_alerts **out_a, struct err *e);
