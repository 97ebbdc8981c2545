/* See hello_life.h. Called by the API for device show and the list of PCs in limbo. */
#include "engine/hello_life.h"
#include "base/source.h"
#include "base/str.h"

#define MINUTE_MS 60000LL
#define HOUR_MS   (60 * MINUTE_MS)
#define LATE_MS   90000 /* firmware is not on the second, nor is the network */
#define GAP_MS    (HOUR_MS + 15 * MINUTE_MS)
#define FIRST_MS  (24 * HOUR_MS)
#define LATER_MS  (6 * HOUR_MS)

/* The published schedule: so many hellos, so far apart. All generations: no other is known. */
static const struct {
	unsigned count;
	int64_t every_ms;
	enum source source;
} schedule[] = {
	{ 5, MINUTE_MS, SRC_D },
	{ 12, 5 * MINUTE_MS, SRC_D },
	{ 23, HOUR_MS, SRC_D },
};
#define STEPS (sizeof schedule / sizeof *schedule)

/* Since the first hello; 0 is the first. */
static int64_t offset_of(int64_t index)
{
	int64_t at = 0;
	for (unsigned i = 0; i < STEPS; i++) {
		int64_t n = index < schedule[i].count ? index : schedule[i].count;
		at += n * schedule[i].every_ms;
		index -= n;
	}
	return at;
}

static int64_t last_index(void)
{
	int64_t n = 0;
	for (unsigned i = 0; i < STEPS; i++)
		n += schedule[i].count;
	return n;
}

/* A series is heard without a longer gap than the schedule has, and its RetryCount does not begin
 * anew. The count tells how many there were at least; it stands still or wraps at 14. */
static int64_t begin_of(const struct engine_hello_known *k)
{
	int64_t began = k->rows[0].at_unix_ms - offset_of(k->rows[0].retry_count);
	for (unsigned i = 1; i < k->count; i++) {
		const struct engine_hello_heard *h = &k->rows[i], *later = &k->rows[i - 1];
		bool anew = later->retry_count < h->retry_count && h->retry_count < 14;
		if (later->at_unix_ms - h->at_unix_ms > GAP_MS || anew)
			break;
		int64_t at = h->at_unix_ms - offset_of(h->retry_count);
		if (at < began)
			began = at;
	}
	return began;
}

static void predict(const struct engine_hello_known *k, int64_t now, struct engine_hello_life *l)
{
	int64_t last = k->rows[0].at_unix_ms;
	for (int64_t i = 1; i <= last_index(); i++) {
		int64_t at = l->began_unix_ms + offset_of(i);
		if (at >= l->end_unix_ms)
			break;
		if (at <= last + LATE_MS / 2)
			continue;
		if (at + LATE_MS < now) {
			l->missed++;
		} else {
			l->next_unix_ms = at;
			break;
		}
	}
}

void engine_hello_life(const struct engine_hello_known *k, int64_t now_unix_ms,
		       struct engine_hello_life *out_l)
{
	*out_l = (struct engine_hello_life){ 0 };
	if (!k->count)
		return;
	int64_t began = begin_of(k), since_first = k->rows[0].at_unix_ms - k->first_seen_unix_ms;
	out_l->is_first = !k->configured_unix_ms && since_first <= FIRST_MS + LATE_MS;
	if (out_l->is_first && k->first_seen_unix_ms < began)
		began = k->first_seen_unix_ms;
	out_l->began_unix_ms = began;
	out_l->end_unix_ms = began + (out_l->is_first ? FIRST_MS : LATER_MS);
	if (out_l->end_unix_ms < k->rows[0].at_unix_ms) /* its schedule is another one */
		out_l->end_unix_ms = k->rows[0].at_unix_ms;
	out_l->moved = k->count > 1 && !str_eq(k->rows[0].address, k->rows[1].address);
	if (!k->in_setup)
		return;
	predict(k, now_unix_ms, out_l);
	out_l->in_limbo = now_unix_ms > out_l->end_unix_ms + LATE_MS || out_l->missed >= 2;
	if (out_l->in_limbo)
		out_l->rule = out_l->moved ? "D045" : "D026";
}
