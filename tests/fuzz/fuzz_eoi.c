/* Fuzzes the reader of legacy SOAP messages: reading, judging, printing, writing what was read. */
#include "base/limits.h"
#include "wsman/eoi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[LIMIT_XML_BYTES];
	struct wsman_eoi_msg m;
	struct out o;
	struct arena a;
	struct err e = { 0 };
	uint32_t v;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	out_init(&o, text, sizeof text);
	if (wsman_eoi_parse(span_make(data, size), &a, &m, &e)) {
		const char *version = wsman_eoi_text(&m, "Version");
		struct wsman_eoi_param p = { "Version", version ? version : "" };
		(void)wsman_eoi_u32(&m, "SystemPowerState", &v);
		(void)wsman_eoi_check(&m, WSMAN_EOI_SECURITY, "GetCoreVersion", &e);
		wsman_eoi_print(&o, &m);
		wsman_eoi_print_json(&o, &m);
		wsman_eoi_emit_request(&o, WSMAN_EOI_SECURITY, m.op, &p, 1);
		wsman_eoi_emit_fault(&o, "Client", m.fault_text);
	}
	arena_deinit(&a);
	return 0;
}
