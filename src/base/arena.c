/* Region of memory that is freed at once. Everybody who decodes input from outside allocates
 * here, so the maximum is what bounds a hostile document. Blocks double in size up to 64 KB, so
 * that a small unit of work costs one malloc. Wipes only when asked to (arena_wipe). */
#include "base/arena.h"
#include "base/mem.h"
#include <stdio.h>

enum { ALIGN = 16, FIRST_BLOCK_BYTES = 2048, LARGEST_BLOCK_BYTES = 64 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t cap, n;
	_Alignas(16) uint8_t bytes[];
};

void arena_init(struct arena *a, size_t max_bytes)
{
	*a = (struct arena){ .max_bytes = max_bytes };
}

static void forget(struct arena *a)
{
	a->used_bytes = 0;
	a->full = false;
}

void arena_deinit(struct arena *a)
{
	while (a->head) {
		struct arena_block *older = a->head->older;
		mem_free(a->head);
		a->head = older;
	}
	forget(a);
}

void arena_wipe(struct arena *a)
{
	for (struct arena_block *b = a->head; b; b = b->older)
		mem_wipe(b->bytes, b->n);
	arena_deinit(a);
}

void arena_reset(struct arena *a)
{
	/* The oldest block is kept: it is the small one, later ones may be huge exceptions. */
	while (a->head && a->head->older) {
		struct arena_block *older = a->head->older;
		mem_free(a->head);
		a->head = older;
	}
	if (a->head)
		a->head->n = 0;
	forget(a);
}

static void add_block(struct arena *a, size_t n)
{
	size_t cap = a->head ? a->head->cap * 2 : FIRST_BLOCK_BYTES;
	if (cap > LARGEST_BLOCK_BYTES)
		cap = LARGEST_BLOCK_BYTES;
	if (cap < n)
		cap = n;
	struct arena_block *b = mem_grow(NULL, sizeof *b + cap);
	b->older = a->head;
	b->cap = cap;
	b->n = 0;
	a->head = b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n == 0)
		n = 1;
	/* Compared before rounding up, so that a huge n cannot wrap around. */
	if (a->full || n > a->max_bytes - a->used_bytes) {
		a->full = true;
		return NULL;
	}
	size_t rounded = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (rounded < n || rounded > a->max_bytes - a->used_bytes) {
		a->full = true;
		return NULL;
	}
	if (!a->head || a->head->cap - a->head->n < rounded)
		add_block(a, rounded);
	void *p = a->head->bytes + a->head->n;
	a->head->n += rounded;
	a->used_bytes += rounded;
	return memset(p, 0, rounded);
}

void *arena_array(struct arena *a, size_t size, size_t count)
{
	size_t n;
	if (__builtin_mul_overflow(size, count, &n)) {
		a->full = true;
		return NULL;
	}
	return arena_alloc(a, n);
}

void *arena_copy(struct arena *a, struct span s)
{
	void *p = arena_alloc(a, s.n);
	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

char *arena_str(struct arena *a, struct span s)
{
	if (s.n == SIZE_MAX) {
		a->full = true;
		return NULL;
	}
	char *p = arena_alloc(a, s.n + 1);
	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	char *p = arena_alloc(a, (size_t)len + 1);
	if (!p)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return p;
}
