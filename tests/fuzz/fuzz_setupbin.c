/* setup.bin: what parses prints, and emits as the bytes it came from. */
#include "wire/setupbin.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[1 << 20];
	struct wire_setupbin f;
	struct arena a;
	struct out o, t;
	struct buf b;
	arena_init(&a, 1 << 22);
	buf_init(&b, 1 << 24);
	out_init_buf(&o, &b);
	out_init(&t, text, sizeof text);
	struct wire_show s = wire_show_make(&t, size % 2);
	if (wire_setupbin_parse(span_make(data, size), &a, &f, NULL)) {
		wire_setupbin_print(&s, &f, size & 2);
		if (!wire_setupbin_emit(&o, &f) || !span_eq(out_span(&o), span_make(data, size)))
			abort();
	}
	buf_deinit(&b);
	arena_deinit(&a);
	return 0;
}
