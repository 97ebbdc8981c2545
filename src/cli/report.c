/* Counting for the report, see report.h: one PC after the other, so that a million of them need no more
 * than their different values. */
#include "cli/report.h"
#include "base/mem.h"
#include "base/rules.h"
#include "base/str.h"
#include "pki/preflight.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NAMES_MAX 64
#define DAY_MS    86400000LL

struct cli_report {
	int64_t now_unix_ms;
	unsigned pcs, asked, vulnerable;
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
	size_t n = strspn(version, "0123456789"), dots = 0, i;
	json_t *a;

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
	json_array_foreach(json_object_get(row, "advisories"), i, a)
		count(r, REPORT_VULNERABLE, json_string_value(a));
	r->vulnerable += json_array_size(json_object_get(row, "advisories")) > 0;
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
		(void)snprintf(text, sizeof text, "AMT %s, system %s", me, os);
		list_pc(r->differ, row, text);
	}
	const char *holder = json_string_value(json_object_get(r->holders, me));
	if (holder) {
		(void)snprintf(text, sizeof text, "%s, as %s", me, *holder ? holder : "another PC");
		list_pc(r->shared, row, text);
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
	r->pcs++;
	count(r, REPORT_STATE, text_of(row, "state"));
	add_firmware(r, row);
	add_rule(r, row);
	if (!json_is_string(json_object_get(row, "read")))
		return;
	r->asked++;
	add_suffix(r, row);
	add_address(r, row);
	add_hardware(r, row);
}

void cli_report_cert(struct cli_report *r, const json_t *row)
{
	json_int_t days = json_integer_value(json_object_get(row, "days"));
	const char *when = json_is_true(json_object_get(row, "ended")) ? "ended"
		: days <= 30                                           ? "ends within 30 days"
		: days <= 90                                           ? "ends within 90 days"
		: days <= 365                                          ? "ends within a year"
								       : "later";
	count_two(r, REPORT_CERT, text_of(row, "kind"), when);
}

/* ---- the result ---- */

static int by_count(const void *pa, const void *pb)
{
	const json_t *a = *(json_t *const *)pa, *b = *(json_t *const *)pb;
	json_int_t x = json_integer_value(json_object_get(a, "count")),
		   y = json_integer_value(json_object_get(b, "count"));

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(text_of(a, "what"), text_of(b, "what"));
}

static json_t *sorted(const json_t *sums)
{
	size_t n = json_object_size(sums), i = 0;
	json_t **rows = mem_new((n + 1) * sizeof(json_t *)), *list = json_array(), *v;
	const char *key;

	json_object_foreach((json_t *)sums, key, v) rows[i++] =
		json_pack("{s:s,s:O}", "what", key, "count", v);
	if (n)
		qsort(rows, n, sizeof(json_t *), by_count);
	for (i = 0; i < n; i++)
		(void)json_array_append_new(list, rows[i]);
	mem_free(rows);
	return list;
}

json_t *cli_report_json(struct cli_report *r)
{
	static const struct {
		const char *name, *title, *text;
	} sections[] = {
#define X(id, name, head, text) { name, head, text },
		CLI_REPORT_SECTIONS(X)
#undef X
	};
	json_t *list = json_array();

	for (unsigned i = 0; i < REPORT_SECTION_COUNT; i++)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s,s:s,s:o}", "name", sections[i].name,
						      "title", sections[i].title, "text",
						      sections[i].text, "rows",
						      sorted(r->sums[i])));
	return json_pack("{s:i,s:i,s:i,s:o,s:O,s:O}", "pcs", (int)r->pcs, "asked", (int)r->asked,
			 "vulnerable", (int)r->vulnerable, "sections", list, "differ", r->differ,
			 "shared", r->shared);
}
