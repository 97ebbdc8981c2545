/* The table of advisories and comparing versions with it, see vulnerable.h. Order of rows: as published. */
#include "engine/vulnerable.h"
#include "base/str.h"

#define PARTS 4

/* clang-format off */
static const struct engine_advisory rows[] = {
	/* Repaired firmware of every line has a build number of 3000 or more. */
	{ "INTEL-SA-00075", "CVE-2017-5689", "critical", SRC_D, "6.0-11.6+3000",
	  "anybody on the network gets in as administrator without a password" },
	{ "INTEL-SA-00086", "CVE-2017-5705 CVE-2017-5708 CVE-2017-5711 CVE-2017-5712", "high", SRC_D,
	  "11.0-11.8<11.8.50.3425 11.10-11.11<11.11.50.1422 11.20-11.21<11.21.50.1424",
	  "whoever is administrator there or remotely runs own code in the firmware" },
	{ "INTEL-SA-00141", "CVE-2018-3616 CVE-2018-3657 CVE-2018-3658", "high", SRC_D, "12.0<12.0.5",
	  "TLS session keys can be found from the network; overflows and leaks of memory" },
	{ "INTEL-SA-00213", "CVE-2019-0092 CVE-2019-0094 CVE-2019-0096", "high", SRC_D,
	  "11.0-11.8<11.8.65 11.10-11.11<11.11.65 11.20-11.22<11.22.65 12.0<12.0.35",
	  "input is not checked: denial of service from the network, more rights with physical access" },
	{ "INTEL-SA-00241", "CVE-2019-11131 CVE-2019-11132", "critical", SRC_D,
	  "11.0-11.8<11.8.70 11.10-11.11<11.11.70 11.20-11.22<11.22.70 12.0<12.0.45",
	  "more rights from the network without a login" },
	{ "INTEL-SA-00295", "CVE-2020-0594 CVE-2020-0595", "critical", SRC_D,
	  "11.0-11.8<11.8.77 11.10-11.12<11.12.77 11.20-11.22<11.22.77 12.0<12.0.64",
	  "more rights from the network without a login, where IPv6 is on" },
	{ "INTEL-SA-00404", "CVE-2020-8758", "critical", SRC_D,
	  "11.0-11.8<11.8.79 11.10-11.12<11.12.79 11.20-11.22<11.22.79 12.0<12.0.68 14.0<14.0.39",
	  "more rights from the network without a login, where AMT is configured" },
	{ "INTEL-SA-00391", "CVE-2020-8752 CVE-2020-8753", "critical", SRC_D,
	  "11.0-11.8<11.8.80 11.10-11.12<11.12.80 11.20-11.22<11.22.80 12.0<12.0.70 14.0<14.0.45",
	  "more rights from the network without a login (IPv6), reads beyond buffers" },
	{ "INTEL-SA-00470", "CVE-2021-33068", "medium", SRC_D, "15.0<15.0.35",
	  "whoever can log in makes the firmware stop answering" },
};
/* clang-format on */

const struct engine_advisory *engine_vulnerable_at(unsigned i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

struct version {
	uint32_t part[PARTS];
	unsigned count; /* 0: none */
};

static struct version read_version(struct span text)
{
	struct version v = { .count = 0 };

	while (text.n && v.count < PARTS) {
		size_t n = span_find(text, '.');
		if (!str_to_u32(span_make(text.p, n), 0, 99999, &v.part[v.count], NULL))
			return (struct version){ .count = 0 };
		v.count++;
		n += n < text.n;
		text = span_make(text.p + n, text.n - n);
	}
	return text.n ? (struct version){ .count = 0 } : v;
}

/* Major and minor only. */
static int compare_line(const struct version *a, const struct version *b)
{
	for (unsigned i = 0; i < 2; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

/* The repaired version, as far as it is written. */
static enum engine_vulnerable below(const struct version *v, const struct version *fixed)
{
	for (unsigned i = 0; i < fixed->count; i++) {
		if (i >= v->count)
			return ENGINE_VULNERABLE_UNSURE;
		if (v->part[i] != fixed->part[i])
			return v->part[i] < fixed->part[i] ? ENGINE_VULNERABLE_YES
							   : ENGINE_VULNERABLE_NO;
	}
	return ENGINE_VULNERABLE_NO;
}

static struct span before_any(struct span text, const char *marks, struct span *out_rest)
{
	size_t n = 0;

	while (n < text.n && !strchr(marks, text.p[n]))
		n++;
	*out_rest = span_make(text.p + n, text.n - n);
	return span_make(text.p, n);
}

/* "11.0-11.8<11.8.77", "12.0<12.0.5", "6.0-11.6+3000" */
static bool judge_line(struct span line, const struct version *v, enum engine_vulnerable *out_is)
{
	struct span limit, to, range = before_any(line, "<+", &limit);
	struct version low = read_version(before_any(range, "-", &to)), high = low;

	if (to.n)
		high = read_version(span_make(to.p + 1, to.n - 1));
	if (compare_line(v, &low) < 0 || compare_line(v, &high) > 0 || !limit.n)
		return false;
	struct version fixed = read_version(span_make(limit.p + 1, limit.n - 1));
	if (limit.p[0] == '<')
		*out_is = below(v, &fixed);
	else if (v->count < PARTS)
		*out_is = ENGINE_VULNERABLE_UNSURE;
	else
		*out_is = v->part[3] < fixed.part[0] ? ENGINE_VULNERABLE_YES : ENGINE_VULNERABLE_NO;
	return true;
}

enum engine_vulnerable engine_vulnerable_is(const struct engine_advisory *a, const char *version,
					    const char *build)
{
	struct version v = read_version(span_str(version));
	struct span left = span_str(a->lines), line;
	enum engine_vulnerable is = ENGINE_VULNERABLE_NO;

	if (v.count < 2)
		return ENGINE_VULNERABLE_NO;
	if (v.count == 3 && str_to_u32(span_str(build), 0, 99999, &v.part[3], NULL))
		v.count = 4;
	while (left.n) {
		line = before_any(left, " ", &left);
		if (judge_line(line, &v, &is))
			return is;
		left = span_make(left.p + (left.n > 0), left.n - (left.n > 0));
	}
	return ENGINE_VULNERABLE_NO;
}
