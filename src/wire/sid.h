/* Security identifiers of a directory as AMT takes them (setup-and-configuration 5.7): 1 byte of
 * revision, 1 of count, 6 of authority (big-endian), then up to 5 numbers, little-endian. In text
 * "S-1-5-21-1-2-3-500". */
#pragma once
#include "base/out.h"

#define WIRE_SID_MAX      28 /* bytes that firmware takes (G) */
#define WIRE_SID_SUB_MAX  5
struct wire_sid {
	uint8_t revision, count;
	uint64_t authority; /* 48 bits */
	uint32_t sub[WIRE_SID_SUB_MAX];
};
bool wire_sid_parse(struct span bytes, struct wire_sid *out_sid);
bool wire_sid_parse_text(struct span text, struct wire_sid *out_sid);
void wire_sid_emit(struct out *o, const struct wire_sid *sid);
void wire_sid_print(struct out *o, const struct wire_sid *sid);
bool wire_sid_eq(const struct wire_sid *a, const struct wire_sid *b);
/* Both of one domain: all but the last number are the same. Those without a domain (S-1-5-32-544)
 * count as one. */
bool wire_sid_same_domain(const struct wire_sid *a, const struct wire_sid *b);
