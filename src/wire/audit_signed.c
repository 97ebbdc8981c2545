/* See audit_signed.h: the guess stands in this one function. */
#include "wire/audit_signed.h"

void wire_audit_signed_emit(struct out *o, struct span records, const struct wire_audit_signed *s)
{
	out_bytes(o, records);
	out_be32(o, s->count);
	out_be32(o, (uint32_t)s->first_s);
	out_be32(o, (uint32_t)s->last_s);
	out_be32(o, (uint32_t)s->made_s);
	out_bytes(o, span_make(s->uuid, sizeof s->uuid));
	out_be16(o, (uint16_t)s->fqdn.n);
	out_bytes(o, s->fqdn);
}
