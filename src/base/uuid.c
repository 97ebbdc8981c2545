/* UUIDs of PCs: text and SMBIOS byte order, and the ones that are no identity at all. Used by the
 * hello codec, the store's keys and preflight. Never makes one up. */
#include "base/out.h"
#include "base/str.h"

/* Memory index of each SMBIOS byte: the first three groups stand little-endian on the wire. The
 * map is its own inverse. */
static const uint8_t smbios_index[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

/* What boards carry when the maker wrote no UUID; the same on many PCs. */
/* clang-format off */
static const struct uuid placeholders[] = {
	/* 03000200-0400-0500-0006-000700080009: AMI sample value */
	{ { 0x03, 0x00, 0x02, 0x00, 0x04, 0x00, 0x05, 0x00, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09 } },
	/* 00020003-0004-0005-0006-000700080009: the same in the other byte order */
	{ { 0x00, 0x02, 0x00, 0x03, 0x00, 0x04, 0x00, 0x05, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09 } },
	/* 00010203-0405-0607-0809-0a0b0c0d0e0f: counting up */
	{ { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f } },
	/* 03020100-0504-0706-0809-0a0b0c0d0e0f: the same in the other byte order */
	{ { 0x03, 0x02, 0x01, 0x00, 0x05, 0x04, 0x07, 0x06, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f } },
	/* 12345678-1234-5678-90ab-cddeefaabbcc: typed by hand */
	{ { 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xde, 0xef, 0xaa, 0xbb, 0xcc } },
	/* 12345678-1234-1234-1234-123456789abc: typed by hand */
	{ { 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc } },
	/* 4c4c4544-0000-2010-8020-80c04f202020: Dell board without a service tag */
	{ { 0x4c, 0x4c, 0x45, 0x44, 0x00, 0x00, 0x20, 0x10, 0x80, 0x20, 0x80, 0xc0, 0x4f, 0x20, 0x20, 0x20 } },
};
/* clang-format on */

static bool dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_print(const struct uuid *u, char out_text[UUID_TEXT_SIZE])
{
	struct out o;
	out_init(&o, out_text, UUID_TEXT_SIZE);
	for (size_t i = 0; i < sizeof u->b; i++) {
		if (dash_before(i))
			out_u8(&o, '-');
		out_hex(&o, span_make(&u->b[i], 1));
	}
}

bool uuid_parse(struct span text, struct uuid *out_u)
{
	struct uuid u;
	struct cur c = cur_make(text);
	if (text.n != UUID_TEXT_SIZE - 1)
		return false;
	for (size_t i = 0; i < sizeof u.b; i++) {
		size_t n;
		if (dash_before(i) && cur_u8(&c) != '-')
			return false;
		if (!hex_decode(cur_take(&c, 2), &u.b[i], 1, &n))
			return false;
	}
	*out_u = u;
	return true;
}

void uuid_from_smbios(const uint8_t wire[16], struct uuid *out_u)
{
	struct uuid u;
	for (size_t i = 0; i < sizeof u.b; i++)
		u.b[i] = wire[smbios_index[i]];
	*out_u = u;
}

void uuid_to_smbios(const struct uuid *u, uint8_t out_wire[16])
{
	struct uuid swapped;
	uuid_from_smbios(u->b, &swapped);
	memcpy(out_wire, swapped.b, sizeof swapped.b);
}

bool uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool uuid_is_placeholder(const struct uuid *u)
{
	/* One byte sixteen times: all zero, all ones, fefefefe and the like. */
	if (memcmp(u->b, u->b + 1, sizeof u->b - 1) == 0)
		return true;
	for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
		if (uuid_eq(u, &placeholders[i]))
			return true;
	return false;
}
