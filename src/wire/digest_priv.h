/* What the two halves of the digest code share; not for other folders. */
#pragma once
#include "wire/digest.h"

struct wire_digest_input {
	enum wire_digest_qop qop;
	const char *method, *target, *nonce, *nc, *cnonce; /* nc and cnonce: with qop only */
	struct span body;                                  /* auth-int only */
};
void wire_digest_compute(const uint8_t ha1[16], const struct wire_digest_input *in,
			 char out_hex[33]);
const char *wire_digest_qop_name(enum wire_digest_qop qop); /* "" for none */
