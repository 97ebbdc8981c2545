/* The report with no PC, one, and a thousand: counts, joined rows, and that nothing that a PC told gets out
 * of its place in HTML and SVG. */
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/report.h"
#include "wsman/xml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static json_t *pc(unsigned i, const char *maker)
{
	char name[64], ip[32], os[32], bios[32];

	(void)snprintf(name, sizeof name, "pc%u.example.com", i);
	(void)snprintf(ip, sizeof ip, "192.0.2.%u", i % 250);
	(void)snprintf(os, sizeof os, "192.0.2.%u", (i % 10 ? i : i + 1) % 250);
	(void)snprintf(bios, sizeof bios, "B%u", i % 40);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:[s]}", "fqdn",
			 name, "uuid", name, "state", i % 3 ? "configured" : "refused", "version",
			 i % 2 ? "11.8.50" : "16.1.25.1917", "health_rule", i % 3 ? "" : "D016",
			 "build", "3425", "read", "2026-01-01T00:00:00Z", "maker", maker, "bios",
			 bios, "me_ip", ip, "os_ip", os, "memory_mb", 8192, "dhcp_suffix",
			 i % 5 ? "example.com" : "example.org", "advisories", "INTEL-SA-00404");
}

static json_t *report_of(unsigned n, const char *maker)
{
	struct cli_report *r = cli_report_new(0);

	cli_report_cert_name(r, "CN=setup.example.com, O=x");
	for (unsigned i = 0; i < n; i++) {
		json_t *row = pc(i, maker);
		cli_report_pc(r, row);
		json_decref(row);
	}
	json_t *doc = cli_report_json(r);
	cli_report_free(r);
	return doc;
}

static json_int_t count_at(const json_t *doc, const char *section, const char *what)
{
	const json_t *s, *row;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "sections"), i, s)
	{
		if (!str_eq(json_string_value(json_object_get(s, "name")), section))
			continue;
		json_array_foreach(
			json_object_get(s, "rows"), k,
			row) if (str_eq(json_string_value(json_object_get(row, "what")),
					what)) return json_integer_value(json_object_get(row,
											 "count"));
	}
	return 0;
}

static void counts(void **state)
{
	json_t *doc = report_of(1000, "M");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(doc, "pcs")), 1000);
	assert_int_equal(count_at(doc, "state", "configured"), 666);
	assert_int_equal(count_at(doc, "generation", "AMT 11"), 500);
	assert_int_equal(count_at(doc, "firmware", "11.8.50.3425"), 500);
	assert_int_equal(count_at(doc, "firmware", "16.1.25.1917"), 500);
	assert_int_equal(count_at(doc, "bios", "M B7"), 25);
	assert_int_equal(count_at(doc, "memory", "8 GB"), 1000);
	assert_int_equal(count_at(doc, "suffix", "example.com: fits setup.example.com"), 800);
	assert_int_equal(count_at(doc, "suffix", "example.org: no certificate fits"), 200);
	assert_int_equal(count_at(doc, "address", "different"), 100);
	assert_int_equal(json_array_size(json_object_get(doc, "shared")), 200); /* limited */
	assert_int_equal(json_integer_value(json_object_get(doc, "shared_count")), 750);
	assert_int_equal(json_integer_value(json_object_get(doc, "differ_count")), 100);
	assert_int_equal(count_at(doc, "risk", "critical advisory"), 1000);
	assert_int_equal(count_at(doc, "advisory", "INTEL-SA-00404"), 1000);
	json_decref(doc);
}

static const json_t *rows_of(const json_t *doc, const char *section)
{
	const json_t *s;
	size_t i;

	json_array_foreach(json_object_get(doc, "sections"), i, s)
	{
		if (str_eq(json_string_value(json_object_get(s, "name")), section))
			return json_object_get(s, "rows");
	}
	return NULL;
}

/* Rows of a section in their order, with bars between. */
static void is_order(const json_t *doc, const char *section, const char *want)
{
	char text[1024] = "";
	const json_t *row;
	struct out o;
	size_t i;

	out_init(&o, text, sizeof text);
	json_array_foreach(rows_of(doc, section), i, row)
		out_fmt(&o, "%s%s", i ? "|" : "", json_string_value(json_object_get(row, "what")));
	if (!str_eq(text, want))
		fail_msg("%s: '%s', wanted '%s'", section, text, want);
}

static void add(struct cli_report *r, void (*take)(struct cli_report *r, const json_t *row),
		json_t *row)
{
	take(r, row);
	json_decref(row);
}

/* Numbers and ends of certificates go by themselves, all else by how many. */
static void orders(void **state)
{
	static const struct {
		const char *version;
		int mb;
	} pcs[] = { { "9.5.61", 16384 }, { "9.5.61.3000", 16384 },
		    { "16.1.25", 512 },  { "3.2.1", 8192 },
		    { "", 0 },           { "12.0.90.2072", 3072 } };
	static const struct {
		const char *kind;
		bool ended;
		int days;
	} certs[] = { { "device", false, 700 },     { "ca", false, 31 },
		      { "device", false, 800 },     { "root", false, 365 },
		      { "provisioning", true, -3 }, { "device", false, 30 } };
	struct cli_report *r = cli_report_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof pcs / sizeof *pcs; i++)
		add(r, cli_report_pc,
		    json_pack("{s:s,s:s,s:s,s:i,s:[]}", "state", "configured", "version",
			      pcs[i].version, "read", "x", "memory_mb", pcs[i].mb, "advisories"));
	for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
		add(r, cli_report_cert,
		    json_pack("{s:s,s:b,s:i}", "kind", certs[i].kind, "ended", certs[i].ended,
			      "days", certs[i].days));
	for (int i = 0; i < 3; i++)
		add(r, cli_report_seen,
		    i ? json_pack("{s:s,s:s}", "state", "configured", "uuid", "u")
		      : json_pack("{s:s,s:n}", "state", "setup-pki", "uuid"));
	json_t *doc = cli_report_json(r);
	is_order(doc, "generation", "AMT 3|AMT 9|AMT 12|AMT 16|not known");
	is_order(doc, "memory", "512 MB|3 GB|8 GB|16 GB|not told");
	is_order(doc, "risk",
		 "the build is not known|no advisory is known|the version is not known");
	is_order(
		doc, "certificate",
		"for setup: has ended|of a PC: ends within 30 days|issuing CA: ends within 90 days|"
		"root CA: ends within a year|of a PC: ends in more than a year");
	is_order(doc, "seen",
		 "configured (known to the service)|setup-pki (not known to the service)");
	json_decref(doc);
	cli_report_free(r);
}

/* What a browser sees: every element is closed, and no text became one. */
static void html(unsigned n, const char *maker)
{
	json_t *doc = report_of(n, maker);
	struct buf b;
	struct out o;

	buf_init(&b, (size_t)4 << 20);
	out_init_buf(&o, &b);
	cli_report_html(&o, doc, "now");
	assert_false(b.bad);
	out_u8(&o, 0);
	const char *text = (const char *)b.p;
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "href="));
	for (const char *at = text; (at = strstr(at, "<svg")); at++) {
		const char *end = strstr(at, "</svg>") + strlen("</svg>");
		struct arena a;
		struct err e = { 0 };
		struct wsman_xml *root;
		arena_init(&a, (size_t)4 << 20);
		if (!wsman_xml_parse(span_make(at, (size_t)(end - at)), &a, &root, &e))
			fail_msg("%u PCs: %s", n, e.msg);
		arena_deinit(&a);
	}
	assert_int_equal(n == 0, strstr(text, "knows no PC yet") != NULL);
	assert_null(strstr(text,
			   "<section id=\"rule\"><h2>What hinders configuration</h2>\n</section>"));
	/* a long tail does not dwarf what has names, and is there in full */
	assert_int_equal(n == 1000, strstr(text, "26 others together") != NULL);
	assert_int_equal(n == 1000, strstr(text, "<summary>All 40</summary>") != NULL);
	if (n == 1000) {
		assert_non_null(strstr(text, "class=\"b o\" width=\"1000\""));
		assert_non_null(strstr(text, ">666</td><td class=\"n s\">67&#8239;%</td>"));
		assert_non_null(strstr(text, "The first 200; "));
	}
	buf_deinit(&b);
	json_decref(doc);
}

static void escapes(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "<b class=\"x\" id='y'>&", "&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;&amp;" },
		{ "a\x01\x1b[2Jb\x7f", "a  [2Jb " },
		{ "S\xc3\xb6hne \xe2\x80\xa6", "S\xc3\xb6hne \xe2\x80\xa6" },
		{ "a\xe2\x80\xae"
		  "fdp.exe\xe2\x81\xa9",
		  "afdp.exe" },
		{ "\xe2\x80", "\xe2\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char got[128] = "";
		struct out o;
		out_init(&o, got, sizeof got - 1);
		cli_report_escape(&o, cases[i].in);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: '%s'", cases[i].in, got);
	}
}

static void files_of_any_size(void **state)
{
	(void)state;
	html(0, "M");
	html(1, "M");
	html(6, "M");
	html(1000, "M");
	html(3,
	     "<script src=x>\"'&\x01\xc3\xa9\xc3\xa9 a maker whose name is longer than any bar can be, and then some");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(orders),
		cmocka_unit_test(escapes),
		cmocka_unit_test(files_of_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
