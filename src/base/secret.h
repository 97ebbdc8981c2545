/* Bytes that cannot be printed: no log or error function takes a struct secret. The content is
 * wiped when freed. secret_reveal is the one way in; its callers are few and easy to list. */
#pragma once
#include "base/span.h"

struct secret {
	uint8_t *p_hidden;
	size_t n_hidden;
};
#define SECRET_NONE ((struct secret){ NULL, 0 })
/* Copy; secret_deinit frees. A span without address (p NULL) makes SECRET_NONE, an empty text is
 * a secret that is set. */
struct secret secret_make(struct span s);
struct secret secret_copy(const struct secret *s);
void secret_deinit(struct secret *s);
void secret_set(struct secret *s, struct span value); /* frees the former one */
static inline bool secret_is_set(const struct secret *s)
{
	return s->p_hidden != NULL;
}
bool secret_eq(const struct secret *a, const struct secret *b); /* constant time for equal sizes */
struct span secret_reveal(const struct secret *s); /* borrowed; a NUL byte stands behind it */
