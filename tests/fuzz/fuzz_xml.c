/* Fuzzes the XML reader: any bytes, then the tree as text and as JSON. */
#include "base/limits.h"
#include "wsman/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct buf b;
	struct out o;
	struct wsman_xml *x;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	buf_init(&b, LIMIT_XML_ARENA_BYTES);
	out_init_buf(&o, &b);
	if (wsman_xml_parse(span_make(data, size), &a, &x, NULL)) {
		wsman_xml_print(&o, x);
		wsman_xml_print_json(&o, x);
	}
	buf_deinit(&b);
	arena_deinit(&a);
	return 0;
}
