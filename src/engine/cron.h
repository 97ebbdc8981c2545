/* When something runs: "0 7 * * mon-fri" (minute hour day month weekday; lists, ranges, steps, names),
 * "@daily" and its like, or "once 2031-05-02 07:00", in a time zone. Where clocks are set on, what falls
 * into the hour that is left out runs when it is over; where they are set back, what has an hour of its
 * own runs once. Pure. */
#pragma once
#include "engine/zone.h"

struct engine_cron {
	uint64_t minutes;
	uint32_t hours, days, months, weekdays; /* bits; days from 1, weekdays from Sunday 0 */
	bool any_hour, any_day, any_weekday;    /* "*" */
	bool once;
	int64_t once_local_s;
};
bool engine_cron_parse(struct span text, struct engine_cron *out_c, struct err *e);
/* The first time after that one; 0: never (within eight years). */
int64_t engine_cron_next(const struct engine_cron *c, const struct engine_zone *z, int64_t after_unix_s);

/* What is to be done with a run that comes late, as it was stored. */
enum engine_missed { ENGINE_MISSED_RUN, ENGINE_MISSED_SKIP };
#define ENGINE_MISSED_GRACE_MS 90000 /* less is not late */
enum engine_missed engine_cron_missed(const char *policy, int64_t within_ms, int64_t late_ms);
