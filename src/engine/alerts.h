/* Alerts of PCs (amt/alert.h) in the service: whose they are, into the timeline of the device, and on to
 * the operator's program (alerts.hook) and web server (alerts.webhook). The listeners are cli/serve_alerts.c. */
#pragma once
#include "amt/alert.h"
#include "base/arena.h"

struct engine;
struct secret;
/* Came in just now, and for the first time. fn exactly once, after this returned: kept says whether it is durable
 * (and counted, and handed on). False: it is not taken, and fn is not called: nobody knows its sender and there
 * are too many of that kind, or the disk does not keep up. */
bool engine_alerts_take(struct engine *en, const struct amt_alert *a, void (*fn)(void *arg, bool kept), void *arg);
/* Where to listen; "" not at all. Texts are in the arena. */
struct engine_alerts_conf {
	const char *traps, *events, *https, *name, *user;
	bool has_password;
	struct secret *password; /* the caller's: filled in */
	unsigned per_minute;
};
bool engine_alerts_conf(struct engine *en, struct arena *a, struct engine_alerts_conf *inout_c, struct err *e);
