/* Growable buffer with a maximum, for bytes whose number somebody else decides: received data,
 * bodies, printed text. Once a write did not fit, later ones are refused too, so that a buffer
 * never holds a text with a hole in it. Never grows past max. */
#include "base/buf.h"
#include "base/mem.h"

enum { FIRST_BYTES = 256 };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_deinit(struct buf *b)
{
	mem_free(b->p);
	buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
	mem_wipe(b->p, b->cap);
	buf_deinit(b);
}

bool buf_reserve(struct buf *b, size_t n)
{
	if (n > b->max || b->n > b->max - n)
		return false;
	if (b->p && b->cap - b->n >= n)
		return true;
	size_t cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
	if (cap < FIRST_BYTES)
		cap = FIRST_BYTES < b->max ? FIRST_BYTES : b->max;
	if (cap < b->n + n)
		cap = b->n + n;
	if (cap == SIZE_MAX)
		return false;
	b->p = mem_grow(b->p, cap + 1); /* one more for the terminator */
	b->cap = cap;
	b->p[b->n] = 0;
	return true;
}

bool buf_add(struct buf *b, struct span s)
{
	if (b->bad)
		return false;
	/* The added bytes may be the buffer's own, which move when it grows. */
	bool own = b->p && s.p >= b->p && s.p <= b->p + b->n;
	size_t offset = own ? (size_t)(s.p - b->p) : 0;
	if (!buf_reserve(b, s.n)) {
		b->bad = true;
		return false;
	}
	if (s.n)
		memmove(b->p + b->n, own ? b->p + offset : s.p, s.n);
	b->n += s.n;
	b->p[b->n] = 0;
	return true;
}

void buf_consume(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (!n)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = 0;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->bad = false;
	if (b->p)
		b->p[0] = 0;
}
