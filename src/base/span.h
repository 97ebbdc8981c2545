/* Byte views and the reading cursor.
 * A span borrows: it is valid while what it points into is. A cursor has a sticky error: once a
 * read ran past the end, `bad` is set and every later read gives zero, so that a parser is a
 * straight list of reads and one check at its end. Nothing here allocates. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

struct cur {
	struct span in;
	size_t at;
	bool bad;
};

static inline struct span span_make(const void *p, size_t n)
{
	return (struct span){ (const uint8_t *)p, n };
}

static inline struct span span_str(const char *s)
{
	return (struct span){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || (a.p && b.p && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool span_eq_str(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span a, const char *prefix);
struct span span_trim(struct span a); /* without blanks, tabs, CR and LF at both ends */
/* Index of the first byte c, or a.n. */
size_t span_find(struct span a, uint8_t c);

static inline struct cur cur_make(struct span in)
{
	return (struct cur){ in, 0, false };
}

static inline size_t cur_left(const struct cur *c)
{
	return c->bad ? 0 : c->in.n - c->at;
}

/* The next n bytes; an empty span and `bad` when there are fewer. */
static inline struct span cur_take(struct cur *c, size_t n)
{
	if (c->bad || c->in.n - c->at < n) {
		c->bad = true;
		return (struct span){ NULL, 0 };
	}
	/* Nothing of nothing: arithmetic on NULL is not defined, even by 0. */
	if (!c->in.p)
		return (struct span){ NULL, 0 };
	struct span s = { c->in.p + c->at, n };
	c->at += n;
	return s;
}

static inline uint8_t cur_u8(struct cur *c)
{
	struct span s = cur_take(c, 1);
	return s.n ? s.p[0] : 0;
}

static inline uint16_t cur_le16(struct cur *c)
{
	struct span s = cur_take(c, 2);
	return (uint16_t)(s.n ? s.p[0] | s.p[1] << 8 : 0);
}

static inline uint32_t cur_le32(struct cur *c)
{
	struct span s = cur_take(c, 4);
	return s.n ? (uint32_t)s.p[0] | (uint32_t)s.p[1] << 8 | (uint32_t)s.p[2] << 16 |
			     (uint32_t)s.p[3] << 24
		   : 0;
}

static inline uint16_t cur_be16(struct cur *c)
{
	struct span s = cur_take(c, 2);
	return (uint16_t)(s.n ? s.p[0] << 8 | s.p[1] : 0);
}

static inline uint32_t cur_be32(struct cur *c)
{
	struct span s = cur_take(c, 4);
	return s.n ? (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 |
			     (uint32_t)s.p[3]
		   : 0;
}
