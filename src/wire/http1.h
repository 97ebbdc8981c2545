/* HTTP/1.1 as AMT speaks it, for both sides: heads, Content-Length, chunked, read-to-close.
 * A push parser: give it bytes in any split, it calls back nothing and copies the body into the
 * caller's buffer. Limits: LIMIT_HTTP_HEAD_BYTES, LIMIT_HTTP_HEADERS, body at most body->max.
 * Bytes after the message stay with the caller (out_used). No pipelining, no trailers kept, no
 * 1xx but 100 (skipped). Framing of real firmware: wsman 1.2. */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/out.h"
#include "wire/hello.h" /* enum wire_got */

struct wire_http1_header {
	struct span name, value; /* valid until wire_http1_reset */
};
struct wire_http1_msg {
	bool is_request;
	struct span method, target; /* request */
	unsigned status;            /* reply */
	struct span reason;
	unsigned minor; /* HTTP/1.minor */
	unsigned header_count;
	struct wire_http1_header headers[64];
	/* close: Connection: close, HTTP/1.0 without keep-alive, or a reply that ends by closing */
	bool chunked, has_length, close;
	uint64_t length;
};
struct wire_http1;
/* Replies to HEAD are not for this parser: nobody here sends it. */
struct wire_http1 *wire_http1_new(bool is_request, size_t max_body_bytes);
void wire_http1_free(struct wire_http1 *p);
void wire_http1_reset(struct wire_http1 *p); /* for the next message on the same stream */
/* Takes bytes; WIRE_DONE when head and body are complete, WIRE_MORE, or WIRE_BAD. DONE and BAD stay
 * until wire_http1_reset. Too large: ERR_LIMIT; otherwise wrong: ERR_MALFORMED. */
enum wire_got wire_http1_feed(struct wire_http1 *p, struct span in, size_t *out_used,
			      struct err *e);
/* The peer closed: WIRE_DONE when the body was read-to-close, else WIRE_BAD (cut message,
 * ERR_CLOSED) or, when nothing at all had come, WIRE_MORE. */
enum wire_got wire_http1_eof(struct wire_http1 *p, struct err *e);
bool wire_http1_head_done(const struct wire_http1 *p); /* msg is valid from here on */
bool wire_http1_started(const struct wire_http1 *p);   /* at least one byte came */
const struct wire_http1_msg *wire_http1_msg(const struct wire_http1 *p);
struct span wire_http1_body(const struct wire_http1 *p);
/* First header of that name (any case); an empty span when there is none. */
struct span wire_http1_header(const struct wire_http1_msg *m, const char *name);
/* The n-th (from 0) header of that name; false when there are fewer. WWW-Authenticate may repeat. */
bool wire_http1_header_nth(const struct wire_http1_msg *m, const char *name, unsigned n,
			   struct span *out_value);

/* Head and body of a request in one buffer (firmware is picky about split requests).
 * extra: complete further header lines with CRLF, or NULL. host without blanks. Values that would
 * break the head make o bad. No Content-Length for GET and DELETE without body. */
void wire_http1_emit_request(struct out *o, const char *method, const char *target,
			     const char *host, const char *extra, const char *content_type,
			     struct span body);
/* Body of a reply, with the last chunk and the empty line. Chunk sizes as firmware writes them: 4
 * upper-case hex digits; first_bytes for the first chunk, next_bytes for the rest (0x220 and 0x2FA
 * in captures; 0: all in one). */
void wire_http1_emit_chunked(struct out *o, struct span body, size_t first_bytes,
			     size_t next_bytes);
/* Printer for transcripts: at most 64 KiB of the body, no digest
 * responses, no other credentials. */
void wire_http1_print(struct out *text, const struct wire_http1_msg *m, struct span body);
/* The message again with another body and without what its login proves: for traces. Lengths fit; what
 * was chunked no longer is. */
void wire_http1_emit_shown(struct out *o, const struct wire_http1_msg *m, struct span body);
struct wire_show;
/* The head, field by field and with credentials hidden as above, for `decode http`. */
void wire_http1_show_head(struct wire_show *s, const struct wire_http1_msg *m);
