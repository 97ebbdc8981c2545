/* HTTP/1.1 messages (replies start with H): all at once and in pieces, with the same result. */
#include "wire/http1.h"
#include <stdlib.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[2][1 << 18];
	struct wire_http1 *p = wire_http1_new(!size || *data != 'H', 4096);
	size_t at[2] = { 0 }, used = 0;
	enum wire_got got[2] = { 0 };
	for (int i = 0; i < 2; i++, wire_http1_reset(p)) {
		struct out o;
		out_init(&o, text[i], sizeof text[i]);
		for (got[i] = WIRE_MORE; at[i] < size && got[i] == WIRE_MORE; at[i] += used) {
			size_t left = size - at[i], n = i && left > 5 ? size % 5 + 1 : left;
			got[i] = wire_http1_feed(p, span_make(data + at[i], n), &used, NULL);
		}
		got[i] = wire_http1_eof(p, NULL);
		wire_http1_print(&o, wire_http1_msg(p), wire_http1_body(p));
	}
	wire_http1_free(p);
	bool same = got[0] != WIRE_DONE || (at[0] == at[1] && !strcmp(text[0], text[1]));
	return same && got[0] == got[1] ? 0 : (abort(), 0);
}
