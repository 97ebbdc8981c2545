/* Table of priors by firmware release (amt/quirks.h). Called by the engine before it connects. */
#include "amt/quirks.h"
#include "base/str.h"

/* PSK-AES128-CBC-SHA first: the only PSK suite known to be there; the others cost nothing. */
#define SUITES_PSK    "PSK-AES128-CBC-SHA:PSK-AES256-CBC-SHA:PSK-3DES-EDE-CBC-SHA"
#define SUITES_LEGACY "AES128-SHA:AES256-SHA:DES-CBC3-SHA"
#define TLS_LEGACY                                               \
	{                                                        \
		PKI_TLS_1_0, PKI_TLS_1_1, 0, SUITES_LEGACY, true \
	}
/* TLS 1.2 of 12-14 may sign with SHA-1 and show certificates of the old kind: level 0, yet no
 * version below 1.2. From 15 on level 1. */
#define TLS_MIDDLE                                       \
	{                                                \
		PKI_TLS_1_1, PKI_TLS_1_2, 0, NULL, false \
	}
#define TLS_MODERN                                       \
	{                                                \
		PKI_TLS_1_2, PKI_TLS_1_3, 1, NULL, false \
	}

static const struct amt_quirks rows[] = {
	{ 2,
	  0,
	  "2-5",
	  { TLS_LEGACY, SRC_D },
	  { false, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { true, SRC_D } },
	{ 6,
	  0,
	  "6.0-6.1",
	  { TLS_LEGACY, SRC_D },
	  { false, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { true, SRC_D } },
	{ 6,
	  2,
	  "6.2-10",
	  { TLS_LEGACY, SRC_D },
	  { true, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { true, SRC_D } },
	{ 11,
	  0,
	  "11",
	  { TLS_LEGACY, SRC_D },
	  { true, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { false, SRC_D } },
	{ 12,
	  0,
	  "12-14",
	  { TLS_MIDDLE, SRC_D },
	  { true, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { false, SRC_D } },
	{ 15,
	  0,
	  "15-16.0",
	  { TLS_MODERN, SRC_D },
	  { true, SRC_D },
	  { 2048, SRC_P },
	  { false, SRC_P },
	  { true, SRC_D },
	  { false, SRC_D } },
	{ 16,
	  1,
	  "16.1-21",
	  { TLS_MODERN, SRC_D },
	  { true, SRC_D },
	  { 2048, SRC_P },
	  { true, SRC_D },
	  { false, SRC_D },
	  { false, SRC_D } },
	{ 22,
	  0,
	  "22",
	  { TLS_MODERN, SRC_D },
	  { true, SRC_D },
	  { 3072, SRC_D },
	  { true, SRC_D },
	  { false, SRC_D },
	  { false, SRC_D } },
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

const struct amt_quirks *amt_quirks_at(unsigned i)
{
	return i < ROW_COUNT ? &rows[i] : NULL;
}

bool amt_quirks_parse_version(const char *version, unsigned *out_major, unsigned *out_minor)
{
	struct span v = span_str(version);
	size_t dot = span_find(v, '.');
	if (dot == v.n)
		return false;
	struct span rest = span_make(v.p + dot + 1, v.n - dot - 1);
	rest.n = span_find(rest, '.');
	uint32_t major, minor;
	if (!str_to_u32(span_make(v.p, dot), 1, 99, &major, NULL) ||
	    !str_to_u32(rest, 0, 99, &minor, NULL))
		return false;
	*out_major = major;
	*out_minor = minor;
	return true;
}

const struct amt_quirks *amt_quirks_find(const char *version)
{
	unsigned major, minor;
	if (!version || !amt_quirks_parse_version(version, &major, &minor))
		return NULL;
	const struct amt_quirks *found = NULL;
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (major > rows[i].from_major ||
		    (major == rows[i].from_major && minor >= rows[i].from_minor))
			found = &rows[i];
	return found;
}

unsigned amt_quirks_ladder(const char *version, bool psk, struct pki_tls_policy out_p[2])
{
	static const struct pki_tls_policy modern = TLS_MODERN, legacy = TLS_LEGACY;
	if (psk) {
		out_p[0] = legacy;
		out_p[0].suites = SUITES_PSK;
		return 1;
	}
	const struct amt_quirks *q = amt_quirks_find(version);
	if (q) {
		out_p[0] = q->tls.p;
		return 1;
	}
	out_p[0] = modern;
	out_p[1] = legacy;
	return 2;
}
