/* Compares two requests in meaning. Works on the XML trees alone, so that a mistake in our
 * envelope reader cannot hide one in our envelope writer. */
#pragma once
#include "base/out.h"

/* What is no difference, and why. tests/corpus/wsman_compare.c has a proof for each row. */
struct wsman_compare_ignored {
	const char *what, *why;
};
extern const struct wsman_compare_ignored wsman_compare_ignored[];
extern const unsigned wsman_compare_ignored_count;

/* Same action, resource, selectors and body? When not, says the first difference in why. */
bool wsman_compare(struct span a, struct span b, struct out *why);
