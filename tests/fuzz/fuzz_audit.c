/* Audit records after each other: each prints, and emits as the bytes it came from. */
#include "wire/audit_record.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[1024], text[1 << 16];
	struct wire_audit_record r;
	struct out o, t;
	size_t used;
	for (size_t at = 0; at < size; at += used) {
		struct span in = { data + at, size - at };
		if (wire_audit_record_parse(in, &r, &used, NULL) != WIRE_DONE)
			break;
		out_init(&o, again, sizeof again);
		out_init(&t, text, sizeof text);
		struct wire_show s = wire_show_make(&t, used % 2);
		wire_audit_record_print(&s, &r);
		if (!wire_audit_record_emit(&o, &r) ||
		    !span_eq(out_span(&o), span_make(in.p, used)) || t.bad)
			abort();
	}
	return 0;
}
