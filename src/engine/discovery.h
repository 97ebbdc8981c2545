/* Discoveries that the service runs by itself: ranges of addresses looked through for AMT, one after the
 * other, what was seen kept as sightings (store_sighting.h). How far one came is stored with what it saw,
 * so that the next start goes on from there. Nothing that was seen changes a device. Used by
 * api/discovery.c, the schedules and engine.c. */
#pragma once
#include "engine/engine.h"

#define ENGINE_DISCOVERY      "discover" /* in schedules, beside the operations of AMT_OPS */
#define ENGINE_DISCOVERY_ID   12
#define ENGINE_DISCOVERY_RATE 1000       /* the usual one */

struct engine_discovery_want {
	const char *ranges;            /* base/names.h */
	uint32_t rate;                 /* pings a second; 0: as fast as answers come */
	bool only_ping;
	uint16_t port_base, rmcp_port; /* 0: the usual ones */
	const char *actor;
};
/* An argument of a schedule: rate, ping, port_base, rmcp_port. */
bool engine_discovery_arg(struct engine_discovery_want *w, const char *key, const char *value, struct err *e);
/* May it be stored? out_total: how many addresses. */
bool engine_discovery_check(const struct engine_discovery_want *w, uint64_t *out_total, struct err *e);
/* Queued with tx; then engine_discovery_kick. */
bool engine_discovery_add(struct engine *en, struct store_tx *tx, const struct engine_discovery_want *w,
			  char out_id[ENGINE_DISCOVERY_ID], struct err *e);
void engine_discovery_kick(struct engine *en);                /* rows were added or changed: look at them now */
bool engine_discovery_stop(struct engine *en, const char *id); /* false: it does not run */
/* Addresses done, also those behind the stored place. False: it does not run now. */
bool engine_discovery_done(const struct engine *en, const char *id, uint64_t *out_done, uint64_t *out_found);

void engine_discovery_suspend(struct engine *en); /* the service ends: what was seen is stored, it goes on next time */
void engine_discovery_free(struct engine *en);    /* as if the process died */
