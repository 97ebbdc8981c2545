/* Push parser for HTTP/1.1 messages: collects the head, then copies the body by its framing. Used
 * by net (replies of devices) and by sim (requests). Each step takes at least one byte and knows
 * the message end as soon as its last byte came, so any split of the input gives the same result.
 * Never calls back, never keeps more than head limit plus body limit. */
#include "wire/http1.h"
#include "base/limits.h"
#include "base/mem.h"
#include "wire/http1_priv.h"

#define CHUNK_LINE_SIZE   128 /* size and extension; firmware writes 4 digits */
#define MAX_CONTINUE      8   /* replies 100 before the real one */
#define MAX_LEADING_LINES 4   /* empty lines before a message */

enum state {
	ST_HEAD,
	ST_LENGTH,
	ST_TO_CLOSE,
	ST_CHUNK_SIZE,
	ST_CHUNK_DATA,
	ST_CHUNK_END,
	ST_TRAILER,
	ST_DONE,
	ST_BAD
};

struct wire_http1 {
	bool is_request, started, head_done;
	enum state state;
	struct wire_http1_msg msg;
	struct buf head, body;
	size_t line_at;        /* where the current head line starts */
	unsigned lines_before; /* empty lines skipped */
	unsigned continues;
	uint64_t left; /* of the body or of the chunk */
	uint8_t line[CHUNK_LINE_SIZE];
	size_t line_n, trailer_n;
	struct err err;
};

struct wire_http1 *wire_http1_new(bool is_request, size_t max_body_bytes)
{
	struct wire_http1 *p = MEM_NEW(struct wire_http1);

	p->is_request = is_request;
	buf_init(&p->head, LIMIT_HTTP_HEAD_BYTES);
	buf_init(&p->body, max_body_bytes);
	return p;
}

void wire_http1_free(struct wire_http1 *p)
{
	if (!p)
		return;
	/* heads carry digests, bodies may carry passwords */
	buf_wipe(&p->head);
	buf_wipe(&p->body);
	mem_free(p);
}

void wire_http1_reset(struct wire_http1 *p)
{
	p->started = p->head_done = false;
	p->state = ST_HEAD;
	memset(&p->msg, 0, sizeof p->msg);
	buf_clear(&p->head);
	buf_clear(&p->body);
	p->line_at = p->line_n = p->trailer_n = 0;
	p->lines_before = p->continues = 0;
	p->left = 0;
	err_clear(&p->err);
}

static const char *what(const struct wire_http1 *p)
{
	return p->is_request ? "request" : "reply";
}

static void body_too_large(struct wire_http1 *p)
{
	err_set(&p->err, ERR_LIMIT, "body of the HTTP %s is larger than %zu bytes", what(p),
		p->body.max);
	if (p->msg.has_length)
		err_seen(&p->err, "Content-Length %llu", (unsigned long long)p->msg.length);
	else
		err_seen(&p->err, "more after %zu bytes", p->body.n);
	err_want(&p->err, "at most %zu bytes", p->body.max);
	p->state = ST_BAD;
}

/* The head is complete: decide where the body ends. */
static void start_body(struct wire_http1 *p)
{
	struct wire_http1_msg *m = &p->msg;

	p->head_done = true;
	if (!p->is_request && (m->status == 204 || m->status == 304)) {
		p->state = ST_DONE;
	} else if (m->chunked) {
		p->state = ST_CHUNK_SIZE;
	} else if (m->has_length && m->length > p->body.max) {
		body_too_large(p);
	} else if (m->has_length || p->is_request) {
		p->left = m->length;
		p->state = p->left ? ST_LENGTH : ST_DONE;
	} else {
		m->close = true;
		p->state = ST_TO_CLOSE;
	}
}

static void finish_head(struct wire_http1 *p)
{
	struct wire_http1_msg *m = &p->msg;

	if (!wire_http1_head_parse(buf_span(&p->head), p->is_request, m, &p->err)) {
		p->state = ST_BAD;
	} else if (p->is_request || m->status >= 200) {
		start_body(p);
	} else if (m->status == 100 && p->continues < MAX_CONTINUE) {
		p->continues++;
		p->line_at = 0;
		buf_clear(&p->head);
		memset(m, 0, sizeof *m); /* its spans pointed into the head */
	} else {
		err_set(&p->err, ERR_MALFORMED, "HTTP reply has an unexpected interim status");
		err_seen(&p->err, "%u after %u times 100", m->status, p->continues);
		err_want(&p->err, "a final status");
		p->state = ST_BAD;
	}
}

/* Bytes that cannot begin a reply are refused at once: a TLS alert on a clear connection has no
 * line end to wait for. */
static bool starts_like_reply(const struct wire_http1 *p)
{
	static const char prefix[] = "HTTP/1.";
	size_t n = p->head.n < sizeof prefix - 1 ? p->head.n : sizeof prefix - 1;

	if (p->is_request || p->head.p[0] == '\r' || p->head.p[0] == '\n')
		return true;
	return memcmp(p->head.p, prefix, n) == 0;
}

static size_t step_head(struct wire_http1 *p, struct span in)
{
	size_t lf = span_find(in, '\n');
	size_t n = lf < in.n ? lf + 1 : in.n;

	if (n > p->head.max - p->head.n) {
		err_set(&p->err, ERR_LIMIT, "head of the HTTP %s is larger than %d bytes", what(p),
			LIMIT_HTTP_HEAD_BYTES);
		err_seen(&p->err, "more after %zu bytes", p->head.n);
		err_want(&p->err, "an empty line before that");
		p->state = ST_BAD;
		return n;
	}
	buf_add(&p->head, span_make(in.p, n));
	if (!starts_like_reply(p)) {
		err_set(&p->err, ERR_MALFORMED, "peer does not answer with HTTP");
		err_seen(&p->err, "%.*s", (int)(p->head.n < 32 ? p->head.n : 32),
			 (char *)p->head.p);
		err_want(&p->err, "HTTP/1.1");
		p->state = ST_BAD;
	} else if (lf < in.n) {
		struct span line = { p->head.p + p->line_at, p->head.n - p->line_at - 1 };
		(void)wire_http1_head_strip(&line, p->is_request);
		if (line.n) {
			p->line_at = p->head.n;
		} else if (p->line_at) {
			finish_head(p);
		} else if (++p->lines_before > MAX_LEADING_LINES) {
			err_set(&p->err, ERR_MALFORMED, "HTTP %s starts with empty lines", what(p));
			p->state = ST_BAD;
		} else {
			buf_clear(&p->head);
		}
	}
	return n;
}

static size_t take_body(struct wire_http1 *p, struct span in, uint64_t at_most)
{
	size_t n = at_most < in.n ? (size_t)at_most : in.n;

	if (n > p->body.max - p->body.n)
		body_too_large(p);
	else
		buf_add(&p->body, span_make(in.p, n));
	return n;
}

/* Collects one line of the chunk framing; true when its LF came and its end is well-formed. */
static bool take_line(struct wire_http1 *p, uint8_t c, struct span *out_line)
{
	if (c != '\n') {
		if (p->line_n < sizeof p->line) {
			p->line[p->line_n++] = c;
		} else {
			err_set(&p->err, ERR_MALFORMED, "chunk size line is longer than %d bytes",
				CHUNK_LINE_SIZE);
			err_seen(&p->err, "%.32s", (const char *)p->line);
			err_want(&p->err, "hex digits and the end of the line");
			p->state = ST_BAD;
		}
		return false;
	}
	*out_line = span_make(p->line, p->line_n);
	p->line_n = 0;
	if (!wire_http1_head_strip(out_line, p->is_request)) {
		err_set(&p->err, ERR_MALFORMED, "chunk line does not end with CRLF");
		p->state = ST_BAD;
		return false;
	}
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hex digits, then perhaps blanks and ";extension". False for anything else; a value that does
 * not fit is UINT64_MAX, which no body limit allows. */
static bool parse_chunk_size(struct span line, uint64_t *out_n)
{
	struct span digits = span_trim(span_make(line.p, span_find(line, ';')));
	uint64_t n = 0;

	if (digits.n == 0 || digits.p != line.p)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		int d = hex_digit(digits.p[i]);
		if (d < 0)
			return false;
		n = n > UINT64_MAX >> 4 ? UINT64_MAX : n << 4 | (uint64_t)d;
	}
	*out_n = n;
	return true;
}

static size_t step_chunk_size(struct wire_http1 *p, struct span in)
{
	struct span line;

	if (!take_line(p, in.p[0], &line))
		return 1;
	if (!parse_chunk_size(line, &p->left)) {
		err_set(&p->err, ERR_MALFORMED, "chunk size of the HTTP %s cannot be read",
			what(p));
		err_seen(&p->err, "%.*s", line.n > 32 ? 32 : (int)line.n, (const char *)line.p);
		err_want(&p->err, "hex digits");
		p->state = ST_BAD;
	} else if (p->left > p->body.max - p->body.n) {
		body_too_large(p);
	} else {
		p->state = p->left ? ST_CHUNK_DATA : ST_TRAILER;
	}
	return 1;
}

static size_t step_chunk_end(struct wire_http1 *p, struct span in)
{
	struct span line;

	if (take_line(p, in.p[0], &line) && line.n == 0) {
		p->state = ST_CHUNK_SIZE;
	} else if (p->state != ST_BAD && (in.p[0] != '\r' || p->line_n != 1)) {
		err_set(&p->err, ERR_MALFORMED, "chunk of the HTTP %s is longer than its size says",
			what(p));
		err_seen(&p->err, "%.*s", 1, (const char *)in.p);
		err_want(&p->err, "CRLF after the data");
		p->state = ST_BAD;
	}
	return 1;
}

/* Trailers are read over; firmware sends none. */
static size_t step_trailer(struct wire_http1 *p, struct span in)
{
	if (++p->trailer_n > LIMIT_HTTP_HEAD_BYTES) {
		err_set(&p->err, ERR_LIMIT, "trailer of the HTTP %s is larger than %d bytes",
			what(p), LIMIT_HTTP_HEAD_BYTES);
		err_seen(&p->err, "more after %zu bytes", p->trailer_n - 1);
		err_want(&p->err, "an empty line before that");
		p->state = ST_BAD;
	} else if (in.p[0] != '\n') {
		/* only "nothing", "one CR" and "something" must be told apart */
		if (p->line_n < 2)
			p->line[p->line_n++] = in.p[0];
	} else {
		bool cr = p->line_n == 1 && p->line[0] == '\r';
		if (cr || (p->line_n == 0 && !p->is_request))
			p->state = ST_DONE;
		p->line_n = 0;
	}
	return 1;
}

static size_t step(struct wire_http1 *p, struct span in)
{
	size_t n;

	switch (p->state) {
	case ST_HEAD:
		return step_head(p, in);
	case ST_LENGTH:
	case ST_CHUNK_DATA:
		n = take_body(p, in, p->left);
		p->left -= n;
		if (p->left == 0 && p->state != ST_BAD)
			p->state = p->state == ST_LENGTH ? ST_DONE : ST_CHUNK_END;
		return n;
	case ST_TO_CLOSE:
		return take_body(p, in, in.n);
	case ST_CHUNK_SIZE:
		return step_chunk_size(p, in);
	case ST_CHUNK_END:
		return step_chunk_end(p, in);
	case ST_TRAILER:
		return step_trailer(p, in);
	default:
		return in.n;
	}
}

static enum wire_got verdict(const struct wire_http1 *p, struct err *e)
{
	if (p->state == ST_DONE)
		return WIRE_DONE;
	if (p->state != ST_BAD)
		return WIRE_MORE;
	if (e)
		*e = p->err;
	return WIRE_BAD;
}

enum wire_got wire_http1_feed(struct wire_http1 *p, struct span in, size_t *out_used, struct err *e)
{
	size_t at = 0;

	while (at < in.n && p->state != ST_DONE && p->state != ST_BAD) {
		p->started = true;
		at += step(p, span_make(in.p + at, in.n - at));
	}
	*out_used = at;
	return verdict(p, e);
}

enum wire_got wire_http1_eof(struct wire_http1 *p, struct err *e)
{
	if (p->state == ST_TO_CLOSE) {
		p->state = ST_DONE;
	} else if (p->state != ST_DONE && p->state != ST_BAD && p->started) {
		err_set(&p->err, ERR_CLOSED, "peer closed in the middle of an HTTP %s", what(p));
		err_seen(&p->err, "%s, %zu body bytes", p->head_done ? "head" : "part of a head",
			 p->body.n);
		err_want(&p->err, "a complete message");
		p->state = ST_BAD;
	}
	return verdict(p, e);
}

bool wire_http1_head_done(const struct wire_http1 *p)
{
	return p->head_done;
}

bool wire_http1_started(const struct wire_http1 *p)
{
	return p->started;
}

const struct wire_http1_msg *wire_http1_msg(const struct wire_http1 *p)
{
	return &p->msg;
}

struct span wire_http1_body(const struct wire_http1 *p)
{
	return buf_span(&p->body);
}

bool wire_http1_header_nth(const struct wire_http1_msg *m, const char *name, unsigned n,
			   struct span *out_value)
{
	for (unsigned i = 0; i < m->header_count; i++) {
		if (!span_eq_nocase(m->headers[i].name, span_str(name)) || n-- > 0)
			continue;
		*out_value = m->headers[i].value;
		return true;
	}
	return false;
}

struct span wire_http1_header(const struct wire_http1_msg *m, const char *name)
{
	struct span v = { NULL, 0 };

	(void)wire_http1_header_nth(m, name, 0, &v);
	return v;
}
