/* Region of memory freed at once: one per unit of work (a request, a reply, a step). Nothing
 * allocated in an arena is stored outside it. An arena has a maximum; going past it returns NULL
 * and sets `full`, because arena sizes follow input from outside. */
#pragma once
#include "base/span.h"
#include <stdarg.h>

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t used_bytes, max_bytes;
	bool full;
};

void arena_init(struct arena *a, size_t max_bytes);
void arena_deinit(struct arena *a); /* also resets `full`; the arena may be used again */
void arena_wipe(struct arena *a);   /* overwrites what was in it, then as arena_deinit */
void arena_reset(struct arena *a);  /* forget everything, keep one block */
void *arena_alloc(struct arena *a, size_t n);  /* zeroed, 16-byte aligned; NULL when full */
void *arena_copy(struct arena *a, struct span s);
char *arena_str(struct arena *a, struct span s); /* NUL-terminated copy */
char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
/* NULL and `full` also when size * count does not fit into a size_t. */
void *arena_array(struct arena *a, size_t size, size_t count);
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), sizeof(type), (count)))
