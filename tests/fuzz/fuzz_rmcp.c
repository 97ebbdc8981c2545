/* Presence pings and pongs: what parses prints, and emits as a message that reads the same. */
#include "wire/rmcp.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[64];
	char text[256];
	struct wire_rmcp m, back;
	struct err e = { 0 };
	struct out o, t;
	if (!wire_rmcp_parse(span_make(data, size), &m, &e))
		return 0;
	out_init(&o, again, sizeof again);
	out_init(&t, text, sizeof text);
	wire_rmcp_print(&t, &m);
	if (t.bad || !wire_rmcp_emit(&o, &m) || !wire_rmcp_parse(out_span(&o), &back, &e) ||
	    back.kind != m.kind || back.tag != m.tag || back.port != m.port ||
	    back.state != m.state || back.major != m.major || back.minor != m.minor)
		abort();
	return 0;
}
