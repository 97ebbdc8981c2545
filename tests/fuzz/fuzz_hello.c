/* Hello messages: what parses prints, and emits as the bytes it came from. */
#include "base/limits.h"
#include "wire/hello.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire_hello m;
	static uint8_t again[LIMIT_HELLO_BYTES], text[1 << 16];
	struct err e = { 0 };
	struct out o, t;
	size_t used;
	if (wire_hello_parse(span_make(data, size), &m, &used, &e) != WIRE_DONE)
		return 0;
	out_init(&o, again, sizeof again);
	out_init(&t, text, sizeof text);
	wire_hello_print(&t, &m);
	wire_hello_print_json(&t, &m);
	if (!wire_hello_emit(&o, &m) || !span_eq(out_span(&o), span_make(data, used)) || t.bad)
		abort();
	return 0;
}
