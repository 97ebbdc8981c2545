/* See twins.h. Looks for A, then B, then A again; judges nothing else about a hello. */
#include "engine/twins.h"

#include "base/str.h"

#define WINDOW_MS 86400000

static bool same(const struct engine_twins_hello *a, const struct engine_twins_hello *b)
{
	return str_eq(a->address, b->address) && str_eq(a->pid, b->pid);
}

bool engine_twins_seen(const struct engine_twins_hello *now, const struct engine_twins_hello *rows,
		       unsigned count, unsigned *out_other)
{
	bool other_pid = false, rises = true;
	int64_t later = now->retry_count;

	for (unsigned i = 0; i < count; i++) {
		const struct engine_twins_hello *h = &rows[i];
		if (now->at_unix_ms - h->at_unix_ms > WINDOW_MS)
			return false;
		rises = rises && h->retry_count < later;
		later = h->retry_count;
		if (same(h, now)) {
			/* its own count goes on, so it did not begin anew in between */
			bool goes_on = h->retry_count < now->retry_count;
			return i > 0 && (other_pid || (goes_on && !rises));
		}
		if (i == 0)
			*out_other = 0;
		other_pid = other_pid || !str_eq(h->pid, now->pid);
	}
	return false;
}
