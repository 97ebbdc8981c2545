/* What runs by the clock because an operator wants it so: operations on PCs, checks and discoveries (engine/cron.h
 * for the times, engine/targets.h for the PCs). Each run is noted durably before it begins, so that a service
 * that dies in the middle does not begin it again. What comes due by itself is in schedule.c. Used by
 * api/schedule.c. */
#pragma once
#include "engine/engine.h"
#include "store/store.h"

#define ENGINE_AGENDA_CHECK "check" /* beside the operations of AMT_OPS: a look as 'device drift --check' */

/* Time, zone, operation, arguments, policy: may it be stored? Sets next_unix_ms. */
bool engine_agenda_check(struct engine *en, struct store_schedule *s, struct err *e);
void engine_agenda_start(struct engine *en); /* from now on, until en->agenda_timer is cancelled */
void engine_agenda_free(struct engine *en);
/* Now, beside its times; false: there is none, or it runs. */
bool engine_agenda_run(struct engine *en, const char *name, struct err *e);
