/* HTTP/1.1 messages (replies start with H): all at once and in pieces, with the same result; what
 * is written of a body is read again. */
#include "wire/http1.h"
#include "wire/show.h"
#include <stdlib.h>
static char text[2][1 << 18], out[1 << 20];

static void show(const struct wire_http1_msg *m, size_t size)
{
	struct out o;
	out_init(&o, out, sizeof out);
	struct wire_show s = wire_show_make(&o, size % 2);
	wire_http1_show_head(&s, m);
	(void)wire_http1_header(m, "Server");
}

static void write_again(struct span body)
{
	struct wire_http1 *p = wire_http1_new(true, 1 << 18);
	struct out o;
	size_t used;
	out_init(&o, out, sizeof out);
	wire_http1_emit_request(&o, "POST", "/wsman", "pc", "A: b\r\n", "text/xml", body);
	if (o.bad || wire_http1_feed(p, out_span(&o), &used, NULL) != WIRE_DONE ||
	    !span_eq(wire_http1_body(p), body) || !wire_http1_head_done(p) ||
	    !wire_http1_started(p))
		abort();
	wire_http1_reset(p);
	out_init(&o, out, sizeof out);
	out_str(&o, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
	wire_http1_emit_chunked(&o, body, 16, 100);
	if (wire_http1_feed(p, out_span(&o), &used, NULL) != WIRE_DONE ||
	    !span_eq(wire_http1_body(p), body))
		abort();
	wire_http1_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_http1 *p = wire_http1_new(!size || *data != 'H', 4096);
	size_t at[2] = { 0 }, used = 0;
	enum wire_got got[2] = { 0 };
	for (int i = 0; i < 2; i++, wire_http1_reset(p)) {
		struct err e = { 0 };
		struct out o;
		out_init(&o, text[i], sizeof text[i]);
		for (got[i] = WIRE_MORE; at[i] < size && got[i] == WIRE_MORE; at[i] += used) {
			size_t left = size - at[i], n = i && left > 5 ? size % 5 + 1 : left;
			got[i] = wire_http1_feed(p, span_make(data + at[i], n), &used, &e);
		}
		got[i] = wire_http1_eof(p, &e);
		wire_http1_print(&o, wire_http1_msg(p), wire_http1_body(p));
		show(wire_http1_msg(p), size);
	}
	wire_http1_free(p);
	write_again(span_make(data, size < 4096 ? size : 4096));
	bool same = got[0] != WIRE_DONE || (at[0] == at[1] && !strcmp(text[0], text[1]));
	return same && got[0] == got[1] ? 0 : (abort(), 0);
}
