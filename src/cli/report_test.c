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
	assert_int_equal(count_at(doc, "advisory", "INTEL-SA-00404"), 1000);
	json_decref(doc);
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
	buf_deinit(&b);
	json_decref(doc);
}

static void files_of_any_size(void **state)
{
	(void)state;
	html(0, "M");
	html(1, "M");
	html(1000, "M");
	html(3,
	     "<script src=x>\"'&\x01\xc3\xa9\xc3\xa9 a maker whose name is longer than any bar can be, and then some");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(files_of_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
