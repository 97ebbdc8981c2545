/* Fuzzes the envelope reader: reading, printing, typed reading, writing what was read. */
#include "base/limits.h"
#include "wsman/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[LIMIT_XML_BYTES];
	struct out o;
	struct arena a;
	struct wsman_msg m;
	struct wsman_obj *obj = NULL;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	out_init(&o, text, sizeof text);
	if (wsman_envelope_parse(span_make(data, size), &a, &m, NULL)) {
		wsman_envelope_print(&o, &m);
		wsman_envelope_print_json(&o, &m);
		wsman_envelope_obj(&m, &a, &obj, NULL);
		wsman_envelope_emit_reply(&o, &(struct wsman_rep){ .to = &m, .obj = obj });
		wsman_envelope_emit_request(&o,
					    &(struct wsman_req){ .op = m.op,
								 .resource_uri = m.resource_uri,
								 .method = m.method,
								 .selectors = m.selectors,
								 .obj = obj,
								 .subscription = m.subscription });
	}
	arena_deinit(&a);
	return 0;
}
