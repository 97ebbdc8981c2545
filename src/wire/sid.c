/* Security identifiers (wire/sid.h). Called by the users of a profile and by the simulator. Knows no
 * directory: names are not its business. */
#include "wire/sid.h"

#include "base/str.h"

#define HEAD_BYTES 8

bool wire_sid_parse(struct span bytes, struct wire_sid *out_sid)
{
	struct cur c = cur_make(bytes);

	*out_sid = (struct wire_sid){ 0 };
	out_sid->revision = cur_u8(&c);
	out_sid->count = cur_u8(&c);
	uint64_t high = cur_be16(&c);
	out_sid->authority = high << 32 | cur_be32(&c);
	if (c.bad || out_sid->revision != 1 || out_sid->count < 1 ||
	    out_sid->count > WIRE_SID_SUB_MAX)
		return false;
	for (unsigned i = 0; i < out_sid->count; i++)
		out_sid->sub[i] = cur_le32(&c);
	return !c.bad && bytes.n == HEAD_BYTES + 4u * out_sid->count;
}

/* The number up to the next dash, which is taken too. */
static bool number(struct span *left, uint64_t max, uint64_t *out_v)
{
	size_t n = span_find(*left, '-');

	if (!str_to_u64(span_make(left->p, n), 0, max, out_v, NULL))
		return false;
	if (n + 1 == left->n)
		return false; /* a dash at the end */
	n += n < left->n;
	*left = span_make(left->p + n, left->n - n);
	return true;
}

bool wire_sid_parse_text(struct span text, struct wire_sid *out_sid)
{
	uint64_t v;

	*out_sid = (struct wire_sid){ 0 };
	if (text.n < 4 || (text.p[0] != 'S' && text.p[0] != 's') || text.p[1] != '-')
		return false;
	struct span left = span_make(text.p + 2, text.n - 2);
	if (!number(&left, 1, &v) || v != 1)
		return false;
	out_sid->revision = 1;
	if (!number(&left, (1ULL << 48) - 1, &out_sid->authority))
		return false;
	while (left.n) {
		if (out_sid->count == WIRE_SID_SUB_MAX || !number(&left, UINT32_MAX, &v))
			return false;
		out_sid->sub[out_sid->count++] = (uint32_t)v;
	}
	return out_sid->count > 0;
}

void wire_sid_emit(struct out *o, const struct wire_sid *sid)
{
	out_u8(o, sid->revision);
	out_u8(o, sid->count);
	out_be16(o, (uint16_t)(sid->authority >> 32));
	out_be32(o, (uint32_t)sid->authority);
	for (unsigned i = 0; i < sid->count; i++)
		out_le32(o, sid->sub[i]);
}

void wire_sid_print(struct out *o, const struct wire_sid *sid)
{
	out_fmt(o, "S-%u-%llu", sid->revision, (unsigned long long)sid->authority);
	for (unsigned i = 0; i < sid->count; i++)
		out_fmt(o, "-%u", sid->sub[i]);
}

static bool same_head(const struct wire_sid *a, const struct wire_sid *b, unsigned subs)
{
	if (a->authority != b->authority || a->count != b->count)
		return false;
	for (unsigned i = 0; i < subs; i++)
		if (a->sub[i] != b->sub[i])
			return false;
	return true;
}

bool wire_sid_eq(const struct wire_sid *a, const struct wire_sid *b)
{
	return same_head(a, b, a->count);
}

bool wire_sid_same_domain(const struct wire_sid *a, const struct wire_sid *b)
{
	bool has_a = a->count == WIRE_SID_SUB_MAX, has_b = b->count == WIRE_SID_SUB_MAX;

	return has_a || has_b ? same_head(a, b, a->count - 1u) : true;
}
