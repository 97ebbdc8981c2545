/* Writer for bytes and text: into a fixed area (out_init) or a growable buffer (out_init_buf).
 * The error is sticky: after a write that does not fit, `bad` is set and nothing more is written.
 * A fixed area is kept NUL terminated while there is room, so printed text can be used as a
 * string (the terminator is not counted in n). */
#pragma once
#include "base/buf.h"
#include <stdarg.h>

struct out {
	uint8_t *p;
	size_t n, cap;
	struct buf *buf; /* when set, p/n/cap are unused and the bytes go there */
	bool bad;
};

void out_init(struct out *o, void *mem, size_t cap);
void out_init_buf(struct out *o, struct buf *buf);
size_t out_len(const struct out *o);
struct span out_span(const struct out *o);

void out_bytes(struct out *o, struct span s);
void out_str(struct out *o, const char *s);
void out_u8(struct out *o, uint8_t v);
void out_le16(struct out *o, uint16_t v);
void out_le32(struct out *o, uint32_t v);
void out_be16(struct out *o, uint16_t v);
void out_be32(struct out *o, uint32_t v);
void out_fmt(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_vfmt(struct out *o, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void out_hex(struct out *o, struct span s); /* lower-case hex digits */
void out_b64(struct out *o, struct span s); /* base64 with padding, no line breaks */
/* Text from a peer, made safe for a terminal: control bytes and non-ASCII as \xNN. */
void out_safe(struct out *o, struct span s);
/* JSON string with quotes; invalid UTF-8 becomes U+FFFD. */
void out_json_str(struct out *o, struct span s);
void out_html(struct out *o, const char *text); /* its text, in an element or a quoted attribute */
