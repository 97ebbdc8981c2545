/* The parts of span.h that are too long to be inline: compare, trim, find. ASCII only, no locale.
 * Never allocates. */
#include "base/span.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool span_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

bool span_starts(struct span a, const char *prefix)
{
	struct span want = span_str(prefix);
	return a.n >= want.n && span_eq(span_make(a.p, want.n), want);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span a)
{
	while (a.n && is_blank(a.p[a.n - 1]))
		a.n--;
	while (a.n && is_blank(a.p[0])) {
		a.p++;
		a.n--;
	}
	return a;
}

size_t span_find(struct span a, uint8_t c)
{
	const uint8_t *found = a.n ? memchr(a.p, c, a.n) : NULL;
	return found ? (size_t)(found - a.p) : a.n;
}
