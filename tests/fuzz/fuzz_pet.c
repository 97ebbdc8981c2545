/* Platform event traps: what parses prints, and what was emitted parses as the same trap. */
#include "wire/pet.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t once[1 << 12], twice[1 << 12], text[1 << 18];
	struct wire_pet pet;
	struct out a, b, t;
	size_t used;
	if (wire_pet_parse(span_make(data, size), &pet, &used, NULL) != WIRE_DONE)
		return 0;
	out_init(&t, text, sizeof text);
	struct wire_show s = wire_show_make(&t, size % 2);
	wire_pet_print(&s, &pet);
	out_init(&a, once, sizeof once);
	out_init(&b, twice, sizeof twice);
	/* lengths and numbers have many forms: the one that we write is the one that stays */
	if (!wire_pet_emit(&a, &pet) ||
	    wire_pet_parse(out_span(&a), &pet, &used, NULL) != WIRE_DONE ||
	    !wire_pet_emit(&b, &pet) || !span_eq(out_span(&a), out_span(&b)))
		abort();
	return 0;
}
