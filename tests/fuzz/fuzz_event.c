/* Event records and events of traps: what parses prints, and emits as the bytes it came from. */
#include "wire/event_record.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[1 << 16], text[1 << 18];
	struct wire_event_record ev;
	struct wire_event_pet pet;
	struct out o, t;
	size_t used;
	out_init(&t, text, sizeof text);
	struct wire_show s = wire_show_make(&t, size % 2);
	out_init(&o, again, sizeof again);
	if (wire_event_record_parse(span_make(data, size), &ev, &used, NULL) == WIRE_DONE) {
		wire_event_record_print(&s, &ev);
		if (!wire_event_record_emit(&o, &ev) ||
		    !span_eq(out_span(&o), span_make(data, used)))
			abort();
	}
	out_init(&o, again, sizeof again);
	if (wire_event_pet_parse(span_make(data, size), &pet, &used, NULL) == WIRE_DONE) {
		wire_event_pet_print(&s, &pet);
		if (!wire_event_pet_emit(&o, &pet) || !span_eq(out_span(&o), span_make(data, used)))
			abort();
	}
	return 0;
}
