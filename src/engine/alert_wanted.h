/* Whether a PC should tell of events, by its profile: that of its last check or configuration, as it is now; of
 * a PC that others configured, the one that it would get. For the watch of alerts (alert_watch.h) and for
 * those who list it. Reads the store only. */
#pragma once
#include "base/arena.h"

struct engine;
struct engine_node;
struct engine_profile;
struct store_device;

/* Its group `alerts`, and whether that names any receiver. NULL, false: it has none. */
const struct engine_node *engine_alert_wanted_part(const struct engine_profile *p);
bool engine_alert_wanted_any(const struct engine_node *alerts);
/* The profile to go by. False: there is none, or it cannot be read. In the arena. */
bool engine_alert_wanted_profile(struct engine *en, struct arena *a, const char *uuid, struct engine_profile *out_p);

/* For one page or one tick: remembers what profiles said. */
struct engine_alert_wanted;
struct engine_alert_wanted *engine_alert_wanted_new(struct engine *en);
void engine_alert_wanted_free(struct engine_alert_wanted *w);
/* *out_profile: its name, "" none; as long as w. */
bool engine_alert_wanted_of(struct engine_alert_wanted *w, const struct store_device *d, const char **out_profile);
