/* Writing HTTP/1.1: requests for devices, chunked bodies as firmware cuts them, and the printer of
 * `decode http` and of transcripts. Values that would break the framing make the writer bad
 * instead of reaching the wire; the printer never shows what an Authorization header proves. */
#include "wire/http1.h"
#include "base/limits.h"
#include "wire/show.h"

#define PRINT_BODY_BYTES 65536

static bool is_one_line(const char *s, bool blanks)
{
	for (; *s; s++)
		if ((uint8_t)*s < 0x20 || *s == 0x7F || (*s == ' ' && !blanks))
			return false;
	return true;
}

/* Complete lines: each ends with CRLF, none is empty, no CR or LF elsewhere. */
static bool are_lines(const char *s)
{
	struct span rest = span_str(s);

	while (rest.n) {
		size_t lf = span_find(rest, '\n');
		if (lf == rest.n || lf < 2 || span_find(rest, '\r') != lf - 1)
			return false;
		rest = span_make(rest.p + lf + 1, rest.n - lf - 1);
	}
	return true;
}

void wire_http1_emit_request(struct out *o, const char *method, const char *target,
			     const char *host, const char *extra, const char *content_type,
			     struct span body)
{
	if (!*method || !*target || !is_one_line(method, false) || !is_one_line(target, false) ||
	    !is_one_line(host, false) || (content_type && !is_one_line(content_type, true)) ||
	    (extra && !are_lines(extra))) {
		o->bad = true;
		return;
	}
	out_fmt(o, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host);
	out_str(o, extra ? extra : "");
	if (content_type)
		out_fmt(o, "Content-Type: %s\r\n", content_type);
	/* a POST without body says so; a GET has no length at all */
	if (body.n || (strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0))
		out_fmt(o, "Content-Length: %zu\r\n", body.n);
	out_str(o, "\r\n");
	out_bytes(o, body);
}

void wire_http1_emit_chunked(struct out *o, struct span body, size_t first_bytes, size_t next_bytes)
{
	size_t want = first_bytes;

	while (body.n) {
		size_t n = want == 0 || want > body.n ? body.n : want;
		out_fmt(o, "%04zX\r\n", n);
		out_bytes(o, span_make(body.p, n));
		out_str(o, "\r\n");
		body = span_make(body.p + n, body.n - n);
		want = next_bytes;
	}
	out_str(o, "0\r\n\r\n");
}

static void print_without(struct out *text, struct span v, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i + n <= v.n; i++) {
		if (!span_eq_nocase(span_make(v.p + i, n), span_str(key)))
			continue;
		size_t from = i + n;
		struct span rest = { v.p + from, v.n - from };
		size_t skip = span_find(rest, ',');
		out_safe(text, span_make(v.p, from));
		out_str(text, "(hidden)");
		v = span_make(rest.p + skip, rest.n - skip);
		i = 0;
	}
	out_safe(text, v);
}

/* Scheme and parameters stay visible for diagnosis; a digest response could be guessed offline
 * and Basic is the password itself. */
static void print_credential(struct out *text, struct span v)
{
	size_t scheme = span_find(v, ' ');

	if (span_eq_nocase(span_make(v.p, scheme), span_str("Digest"))) {
		print_without(text, v, "response=");
		return;
	}
	out_safe(text, span_make(v.p, scheme));
	out_str(text, " (hidden)");
}

static void print_value(struct out *text, const struct wire_http1_header *h)
{
	if (span_eq_nocase(h->name, span_str("Authorization")) ||
	    span_eq_nocase(h->name, span_str("Proxy-Authorization")))
		print_credential(text, h->value);
	else if (span_eq_nocase(h->name, span_str("Authentication-Info")))
		print_without(text, h->value, "rspauth="); /* proves the password as well */
	else
		out_safe(text, h->value);
}

static void show_header(struct wire_show *s, const struct wire_http1_header *h)
{
	static char value[4 * LIMIT_HTTP_HEAD_BYTES], line[5 * LIMIT_HTTP_HEAD_BYTES];
	struct out o;

	out_init(&o, value, sizeof value);
	print_value(&o, h);
	wire_show_open(s, NULL, NULL);
	if (s->json) {
		wire_show_text(s, "name", h->name);
		wire_show_text(s, "value", out_span(&o));
	} else {
		struct out l;
		out_init(&l, line, sizeof line);
		out_safe(&l, h->name);
		out_str(&l, ": ");
		out_bytes(&l, out_span(&o));
		wire_show_text(s, "header", out_span(&l));
	}
	wire_show_close(s);
}

void wire_http1_show_head(struct wire_show *s, const struct wire_http1_msg *m)
{
	wire_show_text(s, "kind", span_str(m->is_request ? "request" : "reply"));
	wire_show_num(s, "http_minor", m->minor);
	if (m->is_request) {
		wire_show_text(s, "method", m->method);
		wire_show_text(s, "target", m->target);
	} else {
		wire_show_num(s, "status", m->status);
		wire_show_text(s, "reason", m->reason);
	}
	wire_show_list_open(s, "headers");
	for (unsigned i = 0; i < m->header_count; i++)
		show_header(s, &m->headers[i]);
	wire_show_list_close(s);
	wire_show_bool(s, "chunked", m->chunked);
	if (m->has_length)
		wire_show_num(s, "content_length", m->length);
	wire_show_bool(s, "closes", m->close);
}

static void print_body(struct out *text, struct span body)
{
	size_t total = body.n;

	if (body.n > PRINT_BODY_BYTES)
		body.n = PRINT_BODY_BYTES;
	while (body.n) {
		size_t lf = span_find(body, '\n');
		size_t n = lf < body.n ? lf + 1 : lf;
		size_t cr = lf < body.n && lf > 0 && body.p[lf - 1] == '\r' ? 1 : 0;
		out_safe(text, span_make(body.p, lf - cr));
		out_str(text, "\n");
		body = span_make(body.p + n, body.n - n);
	}
	if (total > PRINT_BODY_BYTES)
		out_fmt(text, "(%zu more bytes)\n", total - PRINT_BODY_BYTES);
}

static bool is_framing(struct span name)
{
	return span_eq_nocase(name, span_str("Content-Length")) ||
		span_eq_nocase(name, span_str("Transfer-Encoding"));
}

void wire_http1_emit_shown(struct out *o, const struct wire_http1_msg *m, struct span body)
{
	if (m->is_request) {
		out_safe(o, m->method);
		out_str(o, " ");
		out_safe(o, m->target);
		out_fmt(o, " HTTP/1.%u\r\n", m->minor);
	} else {
		out_fmt(o, "HTTP/1.%u %u ", m->minor, m->status);
		out_safe(o, m->reason);
		out_str(o, "\r\n");
	}
	for (unsigned i = 0; i < m->header_count; i++) {
		const struct wire_http1_header *h = &m->headers[i];
		if (is_framing(h->name))
			continue;
		out_safe(o, h->name);
		out_str(o, ": ");
		print_value(o, h);
		out_str(o, "\r\n");
	}
	if (body.n || !m->is_request)
		out_fmt(o, "Content-Length: %zu\r\n", body.n);
	out_str(o, "\r\n");
	out_bytes(o, body);
}

void wire_http1_print(struct out *text, const struct wire_http1_msg *m, struct span body)
{
	if (m->is_request) {
		out_safe(text, m->method);
		out_str(text, " ");
		out_safe(text, m->target);
		out_fmt(text, " HTTP/1.%u\n", m->minor);
	} else {
		out_fmt(text, "HTTP/1.%u %u ", m->minor, m->status);
		out_safe(text, m->reason);
		out_str(text, "\n");
	}
	for (unsigned i = 0; i < m->header_count; i++) {
		const struct wire_http1_header *h = &m->headers[i];
		out_safe(text, h->name);
		out_str(text, ": ");
		print_value(text, h);
		out_str(text, "\n");
	}
	out_fmt(text, "\n(%zu body bytes%s)\n", body.n, m->chunked ? ", chunked" : "");
	print_body(text, body);
}
