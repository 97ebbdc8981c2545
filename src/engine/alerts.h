/* Alerts of PCs (amt/alert.h) in the service: whose they are, into the timeline of the device, and on to
 * the operator's program (alerts.hook) and web server (alerts.webhook). The listeners are cli/serve_alerts.c. */
#pragma once
#include "amt/alert.h"
#include "base/arena.h"

struct engine;
struct secret;
/* Came in just now, and for the first time. */
void engine_alerts_take(struct engine *en, const struct amt_alert *a);
/* Where to listen; "" not at all. Texts are in the arena. */
struct engine_alerts_conf {
	const char *traps, *events, *https, *name, *user;
	bool has_password;
	struct secret *password; /* the caller's: filled in */
	unsigned per_minute;
};
bool engine_alerts_conf(struct engine *en, struct arena *a, struct engine_alerts_conf *inout_c, struct err *e);
