/* Growable byte buffer with a maximum. Used wherever the size is decided by somebody else:
 * request and reply bodies, receive buffers, printed text. Growing past `max` sets `bad` and
 * drops the data; nothing grows without limit. One owner: buf_deinit frees. */
#pragma once
#include "base/span.h"

struct buf {
	uint8_t *p; /* always NUL terminated behind n once anything was allocated */
	size_t n, cap, max;
	bool bad;   /* a write did not fit into max; sticky until buf_clear */
};

void buf_init(struct buf *b, size_t max);
void buf_deinit(struct buf *b); /* frees; the buffer may be used again after buf_init */
void buf_wipe(struct buf *b);   /* overwrites the content, then frees */
bool buf_add(struct buf *b, struct span s);
/* Room for n more bytes (and a terminator) at b->p + b->n; false when that would exceed max, which
 * does not set bad. Who writes there adds to n and sets b->p[b->n] = 0. */
bool buf_reserve(struct buf *b, size_t n);
void buf_consume(struct buf *b, size_t n); /* drops the first n bytes */
void buf_clear(struct buf *b);             /* keeps the memory, clears bad */
static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}
