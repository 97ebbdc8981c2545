/* Writer for bytes and text with a sticky error, used by every codec and printer. All writes go
 * through out_bytes: it is the one place that knows the two targets and the limit. Never writes a
 * piece that does not fit whole. */
#include "base/out.h"
#include "base/mem.h"
#include <stdio.h>

static const char hex_digits[] = "0123456789abcdef";

void out_init(struct out *o, void *mem, size_t cap)
{
	*o = (struct out){ .p = mem, .cap = cap };
	if (cap)
		o->p[0] = 0;
}

void out_init_buf(struct out *o, struct buf *buf)
{
	*o = (struct out){ .buf = buf };
}

size_t out_len(const struct out *o)
{
	return o->buf ? o->buf->n : o->n;
}

struct span out_span(const struct out *o)
{
	return o->buf ? buf_span(o->buf) : span_make(o->p, o->n);
}

void out_bytes(struct out *o, struct span s)
{
	if (o->bad)
		return;
	if (o->buf) {
		o->bad = !buf_add(o->buf, s);
		return;
	}
	if (s.n > o->cap - o->n) {
		o->bad = true;
		return;
	}
	if (s.n)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
	if (o->n < o->cap)
		o->p[o->n] = 0;
}

void out_str(struct out *o, const char *s)
{
	out_bytes(o, span_str(s));
}

void out_u8(struct out *o, uint8_t v)
{
	out_bytes(o, span_make(&v, 1));
}

void out_le16(struct out *o, uint16_t v)
{
	const uint8_t b[] = { (uint8_t)v, (uint8_t)(v >> 8) };
	out_bytes(o, span_make(b, sizeof b));
}

void out_le32(struct out *o, uint32_t v)
{
	const uint8_t b[] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
			      (uint8_t)(v >> 24) };
	out_bytes(o, span_make(b, sizeof b));
}

void out_be16(struct out *o, uint16_t v)
{
	const uint8_t b[] = { (uint8_t)(v >> 8), (uint8_t)v };
	out_bytes(o, span_make(b, sizeof b));
}

void out_be32(struct out *o, uint32_t v)
{
	const uint8_t b[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
			      (uint8_t)v };
	out_bytes(o, span_make(b, sizeof b));
}

void out_fmt(struct out *o, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	out_vfmt(o, fmt, ap);
	va_end(ap);
}

/* Whether n more bytes could be written; asked before memory is spent on a long text. */
static bool has_room(const struct out *o, size_t n)
{
	if (o->buf)
		return !o->buf->bad && o->buf->n <= o->buf->max && n <= o->buf->max - o->buf->n;
	return n <= o->cap - o->n;
}

void out_vfmt(struct out *o, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	if (o->bad)
		return;
	va_copy(again, ap);
	int len = vsnprintf(small, sizeof small, fmt, ap);
	if (len < 0 || !has_room(o, (size_t)len)) {
		o->bad = true;
	} else if ((size_t)len < sizeof small) {
		out_bytes(o, span_make(small, (size_t)len));
	} else {
		char *large = mem_new((size_t)len + 1);
		(void)vsnprintf(large, (size_t)len + 1, fmt, again);
		out_bytes(o, span_make(large, (size_t)len));
		mem_free(large);
	}
	va_end(again);
}

void out_hex(struct out *o, struct span s)
{
	for (size_t i = 0; i < s.n && !o->bad; i++) {
		const char pair[] = { hex_digits[s.p[i] >> 4], hex_digits[s.p[i] & 15] };
		out_bytes(o, span_make(pair, sizeof pair));
	}
}

void out_b64(struct out *o, struct span s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n && !o->bad; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)s.p[i] << 16;
		if (left > 1)
			v |= (uint32_t)s.p[i + 1] << 8;
		if (left > 2)
			v |= s.p[i + 2];
		const char four[] = { digits[v >> 18], digits[v >> 12 & 63],
				      left > 1 ? digits[v >> 6 & 63] : '=',
				      left > 2 ? digits[v & 63] : '=' };
		out_bytes(o, span_make(four, sizeof four));
	}
}

void out_safe(struct out *o, struct span s)
{
	for (size_t i = 0; i < s.n && !o->bad; i++) {
		uint8_t c = s.p[i];
		const char escaped[] = { '\\', 'x', hex_digits[c >> 4], hex_digits[c & 15] };
		if (c >= 0x20 && c < 0x7f)
			out_u8(o, c);
		else
			out_bytes(o, span_make(escaped, sizeof escaped));
	}
}

/* Bytes of the valid UTF-8 character at s.p, or 0: no overlong forms, surrogates, or values past
 * U+10FFFF. */
static size_t utf8_size(struct span s)
{
	uint8_t c = s.p[0], lo = 0x80, hi = 0xbf;
	size_t n;
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		n = 2;
	else if (c >= 0xe0 && c <= 0xef)
		n = 3;
	else if (c >= 0xf0 && c <= 0xf4)
		n = 4;
	else
		return 0;
	/* The second byte's range is what rules out the forbidden values. */
	if (c == 0xe0)
		lo = 0xa0;
	else if (c == 0xed)
		hi = 0x9f;
	else if (c == 0xf0)
		lo = 0x90;
	else if (c == 0xf4)
		hi = 0x8f;
	if (s.n < n || s.p[1] < lo || s.p[1] > hi)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

static void json_ascii(struct out *o, uint8_t c)
{
	static const char special[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *found = c ? strchr(special, c) : NULL;
	if (found) {
		const char two[] = { '\\', letter[found - special] };
		out_bytes(o, span_make(two, sizeof two));
	} else if (c < 0x20 || c == 0x7f) {
		const char six[] = { '\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15] };
		out_bytes(o, span_make(six, sizeof six));
	} else {
		out_u8(o, c);
	}
}

void out_json_str(struct out *o, struct span s)
{
	out_u8(o, '"');
	while (s.n && !o->bad) {
		size_t n = utf8_size(s);
		if (n == 1)
			json_ascii(o, s.p[0]);
		else if (n == 2 && s.p[0] == 0xc2 && s.p[1] < 0xa0)
			out_fmt(o, "\\u00%02x", s.p[1]); /* C1 controls: a terminal obeys some */
		else if (n)
			out_bytes(o, span_make(s.p, n));
		else
			out_str(o, "\xef\xbf\xbd");
		n = n ? n : 1;
		s = span_make(s.p + n, s.n - n);
	}
	out_u8(o, '"');
}

void out_html(struct out *o, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			out_str(o, "&amp;");
			break;
		case '<':
			out_str(o, "&lt;");
			break;
		case '>':
			out_str(o, "&gt;");
			break;
		case '\'':
			out_str(o, "&#39;");
			break;
		case '"':
			out_str(o, "&quot;");
			break;
		default:
			out_u8(o, (uint8_t)*text);
		}
	}
}
