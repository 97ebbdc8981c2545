/* Times as ISO 8601 text in UTC, "2031-05-02T09:14:00Z", and durations, "P1DT2H", as WS-MAN has them.
 * Pure arithmetic: no clock, no time zone. Anything else than these forms is refused. */
#pragma once
#include "base/span.h"
#include <stdbool.h>
#include <stdint.h>

#define ISO_TIME_SIZE     24
#define ISO_DURATION_SIZE 32
/* Seconds may be left out. Years 1970 to 9999. */
bool iso_time_parse(struct span text, int64_t *out_unix_s);
void iso_time_print(int64_t unix_s, char out_text[ISO_TIME_SIZE]);
/* Days, hours, minutes, seconds; no years and months, whose length nobody knows. */
bool iso_duration_parse(struct span text, int64_t *out_s);
void iso_duration_print(int64_t s, char out_text[ISO_DURATION_SIZE]); /* "PT0S" for 0 */
