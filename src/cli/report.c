/* Counting for the report, see report.h: one PC after the other, so that a million of them need no more
 * than their different values. */
#include "cli/report.h"
#include "base/mem.h"
#include "base/rules.h"
#include "base/str.h"
#include "engine/vulnerable.h"
#include "pki/preflight.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMES_MAX 64

enum of { OF_PCS, OF_ASKED, OF_ADDRESSES, OF_CERTS, OF_COUNT };
enum order { BY_COUNT, BY_NUMBER, BY_RANK };

static const struct {
	const char *name, *title, *text;
	enum of of;
	enum order order;
} sections[] = {
#define X(id, name, head, text, of, order) { name, head, text, of, order },
	CLI_REPORT_SECTIONS(X)
#undef X
};
/* Ends of rows: their order where it is not that of counts, and how bad they are. */
static const struct {
	const char *tail, *weight;
} ranks[] = {
	{ "critical advisory", "bad" },
	{ "high advisory", "bad" },
	{ "medium advisory", "poor" },
	{ "the build is not known", "poor" },
	{ "no advisory is known", "" },
	{ "the version is not known", "poor" },
	{ "has ended", "bad" },
	{ "ends within 30 days", "bad" },
	{ "ends within 90 days", "poor" },
	{ "ends within a year", "" },
	{ "ends in more than a year", "" },
	{ "no certificate fits", "poor" },
	{ "AMT gets none by DHCP", "poor" },
	{ "different", "poor" },
};
#define RANKS (sizeof ranks / sizeof *ranks)

struct cli_report {
	int64_t now_unix_ms;
	unsigned of[OF_COUNT], vulnerable, differ_count, shared_count;
	json_t *sums[REPORT_SECTION_COUNT]; /* value -> count */
	json_t *holders;                    /* address -> name of the first PC that has it */
	json_t *shared, *differ;
	char names[NAMES_MAX][256];
	unsigned name_count;
};

struct cli_report *cli_report_new(int64_t now_unix_ms)
{
	struct cli_report *r = MEM_NEW(struct cli_report);

	r->now_unix_ms = now_unix_ms;
	for (unsigned i = 0; i < REPORT_SECTION_COUNT; i++)
		r->sums[i] = json_object();
	r->holders = json_object();
	r->shared = json_array();
	r->differ = json_array();
	return r;
}

void cli_report_free(struct cli_report *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < REPORT_SECTION_COUNT; i++)
		json_decref(r->sums[i]);
	json_decref(r->holders);
	json_decref(r->shared);
	json_decref(r->differ);
	mem_free(r);
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *t = json_string_value(json_object_get(row, key));

	return t ? t : "";
}

static void count(struct cli_report *r, enum cli_report_section s, const char *what)
{
	json_int_t n = json_integer_value(json_object_get(r->sums[s], what));

	(void)json_object_set_new(r->sums[s], what, json_integer(n + 1));
}

static void count_two(struct cli_report *r, enum cli_report_section s, const char *a, const char *b)
{
	char text[256];

	(void)snprintf(text, sizeof text, "%s%s%s", a, *a && *b ? " " : "", b);
	count(r, s, *text ? text : "not told");
}

/* "CN=setup.example.com, O=..." or the name alone. */
void cli_report_cert_name(struct cli_report *r, const char *subject)
{
	const char *cn = strstr(subject, "CN=");

	cn = cn ? cn + 3 : subject;
	if (r->name_count < NAMES_MAX)
		(void)str_copy(r->names[r->name_count++], sizeof r->names[0],
			       span_make(cn, strcspn(cn, ",/")));
}

/* ---- one PC ---- */

static void add_firmware(struct cli_report *r, const json_t *row)
{
	const char *version = text_of(row, "version"), *build = text_of(row, "build");
	char text[128];
	size_t n = strspn(version, "0123456789"), dots = 0;

	for (const char *p = version; *p; p++)
		dots += *p == '.';
	if (!n) {
		count(r, REPORT_GENERATION, "not known");
		count(r, REPORT_FIRMWARE, "not known");
		return;
	}
	(void)snprintf(text, sizeof text, "AMT %.*s", (int)n, version);
	count(r, REPORT_GENERATION, text);
	(void)snprintf(text, sizeof text, "%s%s%s", version, dots < 3 && *build ? "." : "",
		       dots < 3 ? build : "");
	count(r, REPORT_FIRMWARE, text);
}

static const struct engine_advisory *advisory(const char *id)
{
	const struct engine_advisory *a;

	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++) {
		if (str_eq(a->id, id))
			break;
	}
	return a;
}

static bool is_unsure(const char *version, const char *build)
{
	const struct engine_advisory *a;

	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++) {
		if (engine_vulnerable_is(a, version, build) == ENGINE_VULNERABLE_UNSURE)
			return true;
	}
	return false;
}

static void add_risk(struct cli_report *r, const json_t *row)
{
	static const char *const severities[] = { "medium", "high", "critical" };
	const json_t *list = json_object_get(row, "advisories"), *item;
	const char *version = text_of(row, "version");
	unsigned worst = 0, k;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *id = json_string_value(item);
		const struct engine_advisory *a = advisory(id ? id : "");
		count(r, REPORT_VULNERABLE, id ? id : "not told");
		for (k = 0; a && k < sizeof severities / sizeof *severities; k++)
			worst = str_eq(a->severity, severities[k]) && k > worst ? k : worst;
	}
	r->vulnerable += json_array_size(list) > 0;
	if (json_array_size(list))
		count_two(r, REPORT_RISK, severities[worst], "advisory");
	else
		count(r, REPORT_RISK,
		      !*version ? "the version is not known"
			      : is_unsure(version, text_of(row, "build")) ? "the build is not known"
									  : "no advisory is known");
}

static void add_rule(struct cli_report *r, const json_t *row)
{
	const char *id = text_of(row, "health_rule"), *state = text_of(row, "state");
	const struct rules_row *rule = *id ? rules_find(id) : NULL;

	if (*id && !str_eq(state, "configured"))
		count_two(r, REPORT_RULE, id, rule ? rule->text : "");
}

static const char *fitting_name(const struct cli_report *r, const char *suffix, const char *version)
{
	bool strict;

	for (unsigned i = 0; i < r->name_count; i++)
		if (pki_preflight_suffix_fits(r->names[i], suffix,
					      (unsigned)strtoul(version, NULL, 10), &strict))
			return r->names[i];
	return NULL;
}

static void add_suffix(struct cli_report *r, const json_t *row)
{
	const char *suffix = text_of(row, "dhcp_suffix");
	const char *name = *suffix ? fitting_name(r, suffix, text_of(row, "version")) : NULL;
	char text[640];

	(void)snprintf(text, sizeof text, "%s: %s%s", *suffix ? suffix : "no suffix",
		       !*suffix       ? "AMT gets none by DHCP"
			       : name ? "fits "
				      : "no certificate fits",
		       name ? name : "");
	count(r, REPORT_SUFFIX, text);
}

static void list_pc(json_t *list, const json_t *row, const char *what)
{
	if (json_array_size(list) < CLI_REPORT_LISTED)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s,s:s}", "fqdn", text_of(row, "fqdn"),
						      "uuid", text_of(row, "uuid"), "what", what));
}

static void add_address(struct cli_report *r, const json_t *row)
{
	const char *own = text_of(row, "me_ip"), *os = text_of(row, "os_ip"),
		   *name = text_of(row, "fqdn");
	const char *me = *own && !str_eq(own, "0.0.0.0") ? own : text_of(row, "address");
	char text[256];

	if (!*os || str_eq(os, "0.0.0.0")) {
		count(r, REPORT_ADDRESS, "the system tells none");
	} else if (str_eq(me, os)) {
		count(r, REPORT_ADDRESS, "the same");
	} else {
		count(r, REPORT_ADDRESS, "different");
		r->differ_count++;
		(void)snprintf(text, sizeof text, "AMT %s, system %s", me, os);
		list_pc(r->differ, row, text);
	}
	const char *holder = json_string_value(json_object_get(r->holders, me));
	if (holder) {
		(void)snprintf(text, sizeof text, "%s, as %s", me, *holder ? holder : "another PC");
		list_pc(r->shared, row, text);
		r->shared_count++;
	} else if (*me) {
		(void)json_object_set_new(r->holders, me, json_string(name));
	}
}

static void add_hardware(struct cli_report *r, const json_t *row)
{
	json_int_t mb = json_integer_value(json_object_get(row, "memory_mb"));
	char text[64];

	count_two(r, REPORT_BIOS, text_of(row, "maker"), text_of(row, "bios"));
	count_two(r, REPORT_MODEL, text_of(row, "maker"), text_of(row, "model"));
	count_two(r, REPORT_MODE, text_of(row, "mode"), "");
	(void)snprintf(text, sizeof text, mb % 1024 ? "%lld MB" : "%lld GB",
		       (long long)(mb % 1024 ? mb : mb / 1024));
	count(r, REPORT_MEMORY, mb ? text : "not told");
}

void cli_report_pc(struct cli_report *r, const json_t *row)
{
	r->of[OF_PCS]++;
	count(r, REPORT_STATE, text_of(row, "state"));
	add_firmware(r, row);
	add_risk(r, row);
	add_rule(r, row);
	if (!json_is_string(json_object_get(row, "read")))
		return;
	r->of[OF_ASKED]++;
	add_suffix(r, row);
	add_address(r, row);
	add_hardware(r, row);
}

void cli_report_cert(struct cli_report *r, const json_t *row)
{
	static const struct {
		const char *kind, *text;
	} kinds[] = { { "provisioning", "for setup:" },
		      { "ca", "issuing CA:" },
		      { "root", "root CA:" },
		      { "device", "of a PC:" } };
	json_int_t days = json_integer_value(json_object_get(row, "days"));
	const char *kind = text_of(row, "kind");
	const char *when = json_is_true(json_object_get(row, "ended")) ? "has ended"
		: days <= 30                                           ? "ends within 30 days"
		: days <= 90                                           ? "ends within 90 days"
		: days <= 365                                          ? "ends within a year"
								       : "ends in more than a year";

	r->of[OF_CERTS]++;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		kind = str_eq(kind, kinds[i].kind) ? kinds[i].text : kind;
	count_two(r, REPORT_CERT, kind, when);
}

void cli_report_seen(struct cli_report *r, const json_t *row)
{
	r->of[OF_ADDRESSES]++;
	count_two(r, REPORT_SEEN, text_of(row, "state"),
		  *text_of(row, "uuid") ? "(known to the service)" : "(not known to the service)");
}

/* ---- the result ---- */

static bool ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && str_eq(text + n - m, tail);
}

static unsigned rank_of(const char *what)
{
	unsigned i = 0;

	while (i < RANKS && !ends_with(what, ranks[i].tail))
		i++;
	return i;
}

/* The first number in it, "8 GB" after "512 MB"; texts without one are last. */
static unsigned long long number_of(const char *what)
{
	size_t n = strcspn(what, "0123456789");
	unsigned long long v = what[n] ? strtoull(what + n, NULL, 10) : ULLONG_MAX;

	return ends_with(what, " GB") ? v * 1024 : v;
}

struct sum { /* one row of a section */
	const char *what;
	json_int_t count;
	unsigned long long key; /* goes before the count */
};

static int compare_sums(const void *pa, const void *pb)
{
	const struct sum *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return strcmp(a->what, b->what);
}

static json_t *row_of(enum cli_report_section s, const struct sum *sum)
{
	const struct engine_advisory *a = s == REPORT_VULNERABLE ? advisory(sum->what) : NULL;
	const char *weight = s == REPORT_RULE ? "bad" : "";
	unsigned rank = s == REPORT_RULE ? RANKS : rank_of(sum->what);
	char note[256] = "";

	if (rank < RANKS)
		weight = ranks[rank].weight;
	if (a) {
		(void)snprintf(note, sizeof note, "%s, %s: %s", a->severity, a->cves, a->text);
		weight = str_eq(a->severity, "medium") ? "poor" : "bad";
	}
	return json_pack("{s:s,s:I,s:s,s:s}", "what", sum->what, "count", sum->count, "note", note,
			 "weight", weight);
}

static json_t *rows_of(const struct cli_report *r, enum cli_report_section s)
{
	size_t n = json_object_size(r->sums[s]), i = 0;
	struct sum *sums = mem_new((n + 1) * sizeof(struct sum));
	json_t *list = json_array(), *v;
	const char *key;

	json_object_foreach(r->sums[s], key, v)
	{
		sums[i++] = (struct sum){ key, json_integer_value(v),
					  sections[s].order == BY_NUMBER         ? number_of(key)
						  : sections[s].order == BY_RANK ? rank_of(key)
										 : 0 };
	}
	if (n)
		qsort(sums, n, sizeof *sums, compare_sums);
	for (i = 0; i < n; i++)
		(void)json_array_append_new(list, row_of(s, &sums[i]));
	mem_free(sums);
	return list;
}

json_t *cli_report_json(struct cli_report *r)
{
	static const char *const units[] = { "PCs", "PCs", "addresses", "certificates" };
	json_t *list = json_array();

	for (unsigned i = 0; i < REPORT_SECTION_COUNT; i++)
		(void)json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:s,s:s,s:i,s:b,s:o}", "name", sections[i].name,
				  "title", sections[i].title, "text", sections[i].text, "unit",
				  units[sections[i].of], "of", (int)r->of[sections[i].of], "asked",
				  sections[i].of == OF_ASKED, "rows",
				  rows_of(r, (enum cli_report_section)i)));
	return json_pack("{s:i,s:i,s:i,s:i,s:i,s:o,s:O,s:O}", "pcs", (int)r->of[OF_PCS], "asked",
			 (int)r->of[OF_ASKED], "vulnerable", (int)r->vulnerable, "differ_count",
			 (int)r->differ_count, "shared_count", (int)r->shared_count, "sections",
			 list, "differ", r->differ, "shared", r->shared);
}
