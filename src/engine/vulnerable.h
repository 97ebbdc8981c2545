/* Security advisories about the firmware itself, as data: which versions each is about. Told by
 * `inventory vulnerable`, `device issues` and the report. A version below the one that repairs it, of
 * the same line, is vulnerable; versions that no row names are not known to be. Facts are those of the
 * public advisories (D); a line whose repaired version we do not know for sure has no row. */
#pragma once
#include "base/source.h"
#include <stdbool.h>

struct engine_advisory {
	const char *id;       /* "INTEL-SA-00075" */
	const char *cves;     /* with blanks between */
	const char *severity; /* of the worst: critical, high, medium */
	enum source src;
	const char *lines;    /* "11.0-11.8<11.8.77 12.0<12.0.64": from-to<repaired; +3000: by the build */
	const char *text;
};
const struct engine_advisory *engine_vulnerable_at(unsigned i); /* NULL past the end */
enum engine_vulnerable {
	ENGINE_VULNERABLE_NO,     /* repaired, or not concerned */
	ENGINE_VULNERABLE_YES,
	ENGINE_VULNERABLE_UNSURE, /* the version has no build number, which decides */
};
/* version: "11.8.50" or "11.8.50.3425"; build: where it is known apart; "" else. */
enum engine_vulnerable engine_vulnerable_is(const struct engine_advisory *a, const char *version, const char *build);
