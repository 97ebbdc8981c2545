/* Fuzzes the XML reader: any bytes, then the tree as text and as JSON. What is escaped comes back
 * as it was, less what XML cannot hold. */
#include "base/limits.h"
#include "wsman/xml.h"
#include <stdlib.h>

static void escape(struct arena *a, struct span in)
{
	static char text[1 << 16];
	struct wsman_xml *x;
	struct out o;
	size_t n = 0;
	while (n < in.n && n < 4096 && in.p[n] > 0x20 && in.p[n] < 0x7F)
		n++;
	out_init(&o, text, sizeof text);
	out_str(&o, "<a b='1'>");
	wsman_xml_escape(&o, span_make(in.p, n));
	out_str(&o, "</a>");
	if (!wsman_xml_parse(out_span(&o), a, &x, NULL) || strlen(x->text) != n ||
	    memcmp(x->text, n ? in.p : (const uint8_t *)"", n) != 0)
		abort();
	wsman_xml_escape(&o, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct buf b;
	struct out o;
	struct wsman_xml *x;
	struct err e = { 0 };
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	buf_init(&b, LIMIT_XML_ARENA_BYTES);
	out_init_buf(&o, &b);
	if (wsman_xml_parse(span_make(data, size), &a, &x, &e)) {
		wsman_xml_print(&o, x);
		wsman_xml_print_json(&o, x);
		if (wsman_xml_child(x, NULL, "a"))
			(void)wsman_xml_attr(wsman_xml_child(x, "n", "a"), "b");
		(void)wsman_xml_attr(x, "b");
	}
	if (size % 4 == 0)
		escape(&a, span_make(data, size));
	buf_deinit(&b);
	arena_deinit(&a);
	return 0;
}
