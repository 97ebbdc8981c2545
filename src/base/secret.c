/* Holder for passwords, keys and PPS: copied in, wiped when freed, compared in constant time.
 * Used by everybody who handles a credential. Never prints, and there is no function that would. */
#include "base/secret.h"
#include "base/mem.h"

struct secret secret_make(struct span s)
{
	if (!s.p)
		return SECRET_NONE;
	/* One byte more, so that an empty secret has an address and C interfaces find a NUL. */
	struct secret made = { mem_new(s.n + 1), s.n };
	if (s.n)
		memcpy(made.p_hidden, s.p, s.n);
	return made;
}

struct secret secret_copy(const struct secret *s)
{
	return secret_make(secret_reveal(s));
}

void secret_deinit(struct secret *s)
{
	mem_wipe(s->p_hidden, s->n_hidden);
	mem_free(s->p_hidden);
	*s = SECRET_NONE;
}

void secret_set(struct secret *s, struct span value)
{
	struct secret fresh = secret_make(value); /* first: value may be the former content */
	secret_deinit(s);
	*s = fresh;
}

bool secret_eq(const struct secret *a, const struct secret *b)
{
	if (secret_is_set(a) != secret_is_set(b) || a->n_hidden != b->n_hidden)
		return false;
	const volatile uint8_t *pa = a->p_hidden, *pb = b->p_hidden;
	uint8_t differ = 0;
	for (size_t i = 0; i < a->n_hidden; i++)
		differ = (uint8_t)(differ | (pa[i] ^ pb[i]));
	return differ == 0;
}

struct span secret_reveal(const struct secret *s)
{
	return (struct span){ s->p_hidden, s->n_hidden };
}
