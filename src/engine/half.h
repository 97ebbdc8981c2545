/* Boot options that may be set half in a PC: whoever sets some has this on record before the first of them is
 * sent (operate_pc.c), and off the record when all are told or taken back. What a service that died, or a PC
 * that went away in the middle, left behind is taken back by itself: at the start, then again and again until
 * the PC answers. Seen in the timeline and in `device show`. */
#pragma once
#include "engine/engine.h"
#include "engine/job_waits.h"

/* Before the first change. until: whoever sets them has the PC so long at most. */
void engine_half_begin(struct store_tx *tx, const char *uuid, const char *what, const char *actor,
		       int64_t until_unix_ms);
/* None is half there any more. */
void engine_half_over(struct engine *en, struct store_tx *tx, const char *uuid);
/* They are there still, and tried again later: why. Nothing when none are on record. */
void engine_half_stays(struct engine *en, struct store_tx *tx, const char *uuid, const struct err *why);
/* As of a job (job_waits.h): the next try, or a person who consents. */
struct store_boot_half;
struct engine_job_waits engine_half_waits(const struct store_boot_half *h, struct arena *a);
void engine_half_recover(struct store_tx *tx); /* start of a service: all are left behind */
void engine_half_tick(struct engine *en);      /* behind that, and once a minute */
