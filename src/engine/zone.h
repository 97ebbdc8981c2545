/* Time zones: the offset of local time at any moment, from the files of the system's zone database
 * (TZif) with the rule behind their last change. Parsing is pure; engine_zone_load alone opens a file.
 * Used by the schedules. */
#pragma once
#include "base/err.h"
#include "base/span.h"

#define ENGINE_ZONE_CHANGES 512
struct engine_zone_rule { /* the last d-day of week w (5: the last) of month m, at that second of the day */
	int m, w, d;
	int32_t at_s;
};
struct engine_zone {
	unsigned count;
	int64_t at_s[ENGINE_ZONE_CHANGES];   /* UTC */
	int32_t offset_s[ENGINE_ZONE_CHANGES];
	int32_t first_s;                     /* before the first change */
	bool has_rule, has_dst;
	int32_t std_s, dst_s;                /* by the rule */
	struct engine_zone_rule begin, end;
};
/* "Europe/Berlin", "UTC" or "" (UTC). */
bool engine_zone_load(const char *name, struct engine_zone *out_z, struct err *e);
bool engine_zone_parse(struct span bytes, struct engine_zone *out_z, struct err *e);
int32_t engine_zone_offset_s(const struct engine_zone *z, int64_t unix_s);

struct engine_civil { int year, month, day, hour, minute, weekday; }; /* weekday 0: Sunday */
void engine_civil_of(int64_t local_s, struct engine_civil *out_c);
int64_t engine_civil_s(int year, int month, int day); /* seconds of its midnight */
