/* Line syntax and framing rules of HTTP/1.1 heads. Called by http1.c with a complete head. Refuses
 * everything that two readers could understand differently (folded lines, blanks before the colon,
 * two lengths), because a device and a proxy before it must not disagree about where a body ends.
 * Never allocates, never looks at bodies. */
#include "wire/http1_priv.h"
#include "base/limits.h"
#include "base/str.h"

_Static_assert(sizeof((struct wire_http1_msg *)0)->headers / sizeof(struct wire_http1_header) ==
		       LIMIT_HTTP_HEADERS,
	       "the header array has the size of its limit");

static bool is_token_char(uint8_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_field_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7F)
			return false;
	return true;
}

static bool is_visible_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7F)
			return false;
	return s.n > 0;
}

static struct span rest_of(struct span s, size_t at)
{
	return at >= s.n ? (struct span){ NULL, 0 } : (struct span){ s.p + at, s.n - at };
}

static int shown(struct span s)
{
	return s.n > 96 ? 96 : (int)s.n;
}

bool wire_http1_head_strip(struct span *line, bool is_request)
{
	if (line->n && line->p[line->n - 1] == '\r') {
		line->n--;
		return true;
	}
	return !is_request;
}

static bool bad_line(struct err *e, const char *what, struct span line, const char *want)
{
	err_set(e, ERR_MALFORMED, "HTTP %s cannot be read", what);
	err_seen(e, "%.*s", shown(line), line.n ? (const char *)line.p : "");
	err_want(e, "%s", want);
	return false;
}

/* "HTTP/1.x" */
static bool parse_version(struct span s, unsigned *out_minor)
{
	if (s.n != 8 || memcmp(s.p, "HTTP/1.", 7) != 0 || s.p[7] < '0' || s.p[7] > '9')
		return false;
	*out_minor = (unsigned)(s.p[7] - '0');
	return true;
}

static bool parse_request_line(struct span line, struct wire_http1_msg *m, struct err *e)
{
	size_t a = span_find(line, ' ');
	struct span rest = rest_of(line, a + 1);
	size_t b = span_find(rest, ' ');

	m->method = span_make(line.p, a);
	m->target = span_make(rest.p, b);
	if (!is_token(m->method) || !is_visible_ascii(m->target) ||
	    !parse_version(rest_of(rest, b + 1), &m->minor))
		return bad_line(e, "request line", line, "METHOD target HTTP/1.1");
	return true;
}

static bool parse_status_line(struct span line, struct wire_http1_msg *m, struct err *e)
{
	static const char want[] = "HTTP/1.1 NNN reason";
	uint32_t status;

	/* some servers leave the reason out, with or without the blank before it */
	if (line.n < 12 || line.p[8] != ' ' || (line.n > 12 && line.p[12] != ' ') ||
	    !parse_version(span_make(line.p, 8), &m->minor) ||
	    !str_to_u32(span_make(line.p + 9, 3), 100, 999, &status, NULL))
		return bad_line(e, "status line", line, want);
	m->status = status;
	m->reason = rest_of(line, 13);
	if (!is_field_text(m->reason))
		return bad_line(e, "status line", line, want);
	return true;
}

/* A header's value may be a credential: only its place and name are told. */
static bool bad_header(struct err *e, unsigned line_no, struct span name, const char *want)
{
	err_set(e, ERR_MALFORMED, "HTTP header line %u cannot be read", line_no);
	if (is_token(name))
		err_seen(e, "%.*s", shown(name), (const char *)name.p);
	err_want(e, "%s", want);
	return false;
}

static bool parse_header(struct span line, struct wire_http1_msg *m, struct err *e)
{
	static const char want[] = "Name: value, without control characters";
	unsigned line_no = m->header_count + 1;

	if (m->header_count == LIMIT_HTTP_HEADERS)
		return err_set(e, ERR_LIMIT, "HTTP head has more than %d header lines",
			       LIMIT_HTTP_HEADERS);
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return bad_header(e, line_no, span_make(NULL, 0),
				  "each header on one line, no folding");
	size_t colon = span_find(line, ':');
	struct wire_http1_header h = {
		.name = span_make(line.p, colon),
		.value = span_trim(rest_of(line, colon + 1)),
	};
	if (colon == line.n || !is_token(h.name) || !is_field_text(rest_of(line, colon + 1)))
		return bad_header(e, line_no, h.name, want);
	m->headers[m->header_count++] = h;
	return true;
}

/* True when the comma separated list holds the token. */
static bool list_has(struct span list, const char *token)
{
	while (list.n) {
		size_t comma = span_find(list, ',');
		if (span_eq_nocase(span_trim(span_make(list.p, comma)), span_str(token)))
			return true;
		list = rest_of(list, comma + 1);
	}
	return false;
}

static bool parse_lengths(struct wire_http1_msg *m, struct err *e)
{
	struct span v;

	for (unsigned i = 0; wire_http1_header_nth(m, "Content-Length", i, &v); i++) {
		uint64_t n;
		if (!str_to_u64(v, 0, INT64_MAX, &n, NULL))
			return bad_line(e, "Content-Length", v, "a decimal number");
		if (m->has_length && n != m->length)
			return bad_line(e, "Content-Length (two of them)", v, "one length");
		m->has_length = true;
		m->length = n;
	}
	for (unsigned i = 0; wire_http1_header_nth(m, "Transfer-Encoding", i, &v); i++) {
		if (span_eq_nocase(v, span_str("identity")))
			continue;
		if (m->chunked || !span_eq_nocase(v, span_str("chunked")))
			return bad_line(e, "Transfer-Encoding", v, "chunked, once");
		m->chunked = true;
	}
	return true;
}

static bool set_framing(struct wire_http1_msg *m, struct err *e)
{
	struct span v;
	bool keep = false;

	if (!parse_lengths(m, e))
		return false;
	if (m->chunked && m->has_length) {
		if (m->is_request)
			return err_set(e, ERR_MALFORMED,
				       "HTTP request has both Content-Length and chunked");
		m->has_length = false; /* RFC 9112 6.3: chunked wins */
		m->length = 0;
	}
	for (unsigned i = 0; wire_http1_header_nth(m, "Connection", i, &v); i++) {
		m->close |= list_has(v, "close");
		keep |= list_has(v, "keep-alive");
	}
	if (m->minor == 0 && !keep)
		m->close = true;
	return true;
}

bool wire_http1_head_parse(struct span head, bool is_request, struct wire_http1_msg *out_m,
			   struct err *e)
{
	struct wire_http1_msg *m = out_m;

	memset(m, 0, sizeof *m);
	m->is_request = is_request;
	for (unsigned line_no = 0; head.n; line_no++) {
		size_t lf = span_find(head, '\n');
		struct span line = span_make(head.p, lf);
		head = rest_of(head, lf + 1);
		if (!wire_http1_head_strip(&line, is_request))
			return bad_header(e, line_no, span_make(NULL, 0),
					  "lines that end with CRLF");
		if (line.n == 0 && line_no > 0)
			break;
		bool ok = line_no > 0 ? parse_header(line, m, e)
			: is_request  ? parse_request_line(line, m, e)
				      : parse_status_line(line, m, e);
		if (!ok)
			return false;
	}
	return set_framing(m, e);
}
