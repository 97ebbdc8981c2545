/* Reads and writes setup.bin. Called by `decode setupbin` and by its tests. Keeps every byte that
 * it does not understand, so that what it writes is what it read; trusts no count before it was
 * checked against the size. */
#include "wire/setupbin.h"
#include "base/str.h"

#define SCRAMBLE 0x11

static const uint8_t guids[WIRE_SETUPBIN_MAX_VERSION][16] = {
	{ 0xb5, 0x16, 0xfb, 0x71, 0x87, 0xcb, 0xf9, 0x4a, 0xb4, 0x41, 0xca, 0x7b, 0x38, 0x35, 0x78,
	  0xf9 },
	{ 0x96, 0xb2, 0x81, 0x58, 0xcf, 0x6b, 0x72, 0x4c, 0x8b, 0x91, 0xa1, 0x5e, 0x51, 0x2e, 0x99,
	  0xc4 },
	{ 0xa7, 0xf7, 0xf6, 0xc6, 0x89, 0xc4, 0xf6, 0x47, 0x93, 0xed, 0xe2, 0xe5, 0x02, 0x0d, 0xa5,
	  0x1d },
	{ 0xaa, 0xa9, 0x34, 0x52, 0xe1, 0x29, 0xa9, 0x44, 0x8d, 0x4d, 0x08, 0x1c, 0x07, 0xb9, 0x63,
	  0x53 },
};

static bool cut(struct err *e, size_t at, size_t have, size_t want)
{
	err_set(e, ERR_MALFORMED, "setup.bin is cut: it ends at offset %zu", have);
	err_seen(e, "%zu bytes from offset %zu on", have > at ? have - at : 0, at);
	return err_want(e, "%zu bytes there", want);
}

static bool is_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static struct span unless_zero(struct span s)
{
	return is_zero(s) ? span_make(NULL, 0) : s;
}

static unsigned version_of(struct span guid)
{
	for (unsigned i = 0; i < WIRE_SETUPBIN_MAX_VERSION; i++)
		if (span_eq(guid, span_make(guids[i], sizeof guids[i])))
			return i + 1;
	return 0;
}

static bool parse_modules(struct cur *c, struct wire_setupbin *f, struct err *e)
{
	for (;;) {
		uint16_t module = cur_le16(c);
		if (c->bad)
			return err_set(
				e, ERR_MALFORMED,
				"the list of modules of setup.bin does not end in its chunk");
		if (!module)
			return true;
		if (f->module_count == WIRE_SETUPBIN_MAX_MODULES) {
			err_set(e, ERR_LIMIT, "setup.bin lists more than %d modules",
				WIRE_SETUPBIN_MAX_MODULES);
			return err_seen(e, "%u at offset %zu", module, c->at - 2);
		}
		f->modules[f->module_count++] = module;
	}
}

static bool parse_header(struct cur *c, struct wire_setupbin *f, struct err *e)
{
	if (cur_left(c) < WIRE_SETUPBIN_CHUNK)
		return cut(e, 0, c->in.n, WIRE_SETUPBIN_CHUNK);
	struct span guid = cur_take(c, 16);
	f->version = version_of(guid);
	if (!f->version) {
		char hex[33];
		struct out o;
		out_init(&o, hex, sizeof hex);
		out_hex(&o, guid);
		err_set(e, ERR_MALFORMED, "this is no setup.bin: it begins with another GUID");
		err_seen(e, "%s at offset 0", hex);
		return err_want(e, "the GUID of version 1 to %d", WIRE_SETUPBIN_MAX_VERSION);
	}
	f->chunk_count = cur_le16(c);
	f->header_bytes = cur_le16(c);
	f->record_number = cur_le32(c);
	f->major = cur_u8(c);
	f->minor = cur_u8(c);
	f->flags = cur_le16(c);
	f->record_count = cur_le32(c);
	f->consumed_count = cur_le32(c);
	f->record_chunk_count = cur_le16(c);
	f->reserved = cur_le16(c);
	size_t size = (size_t)f->chunk_count * WIRE_SETUPBIN_CHUNK;
	if (!size) {
		err_set(e, ERR_MALFORMED, "the header of setup.bin has no chunk");
		err_seen(e, "0 at offset 16");
		return err_want(e, "1");
	}
	if (size > c->in.n)
		return cut(e, 0, c->in.n, size);
	struct cur list = { span_make(c->in.p, size), c->at, false };
	if (!parse_modules(&list, f, e))
		return false;
	f->rest = unless_zero(cur_take(&list, cur_left(&list)));
	c->at = size;
	return true;
}

static bool parse_var(struct cur *c, struct wire_setupbin_var *v, size_t from, struct err *e)
{
	size_t at = c->at;

	v->module = cur_le16(c);
	v->id = cur_le16(c);
	uint16_t size = cur_le16(c);
	v->reserved = cur_le16(c);
	v->value = cur_take(c, size);
	size_t pad_n = (4u - size % 4u) % 4u;
	struct span pad = cur_take(c, pad_n);
	if (c->bad) {
		err_set(e, ERR_MALFORMED, "variable %u/%u of setup.bin runs past its record",
			v->module, v->id);
		err_seen(e, "%u bytes at offset %zu", size, from + at);
		return err_want(e, "at most %zu", c->in.n - at - WIRE_SETUPBIN_VAR_HEAD);
	}
	if (pad.n)
		memcpy(v->pad, pad.p, pad.n);
	return true;
}

/* Whether another variable begins here: module and id are not 0. */
static bool has_var(const struct cur *c)
{
	struct cur look = *c;

	if (cur_left(c) < WIRE_SETUPBIN_VAR_HEAD)
		return false;
	uint16_t module = cur_le16(&look), id = cur_le16(&look);
	return module && id;
}

static bool parse_vars(struct span body, size_t from, struct arena *a,
		       struct wire_setupbin_record *r, struct err *e)
{
	struct wire_setupbin_var v;
	struct cur c = cur_make(body);
	unsigned count = 0;

	for (; has_var(&c); count++)
		if (!parse_var(&c, &v, from, e))
			return false;
	r->rest = unless_zero(cur_take(&c, cur_left(&c)));
	r->vars = ARENA_ARRAY(a, struct wire_setupbin_var, count ? count : 1);
	if (!r->vars)
		return err_set(e, ERR_LIMIT, "setup.bin has more variables than fit into memory");
	c = cur_make(body);
	for (; r->var_count < count; r->var_count++)
		(void)parse_var(&c, &r->vars[r->var_count], from, e);
	return true;
}

static bool wrong_field(struct err *e, const char *what, unsigned seen, size_t at, const char *want)
{
	err_set(e, ERR_MALFORMED, "a record of setup.bin has a wrong %s", what);
	err_seen(e, "%u at offset %zu", seen, at);
	return err_want(e, "%s", want);
}

static bool parse_record(struct cur *c, struct arena *a, struct wire_setupbin_record *r,
			 struct err *e)
{
	size_t from = c->at, left = cur_left(c);

	r->offset = from;
	if (left < WIRE_SETUPBIN_CHUNK)
		return cut(e, from, c->in.n, WIRE_SETUPBIN_CHUNK);
	r->type = cur_le32(c);
	r->flags = cur_le32(c);
	memcpy(r->reserved, cur_take(c, sizeof r->reserved).p, sizeof r->reserved);
	r->chunk_count = cur_le16(c);
	uint16_t head = cur_le16(c);
	r->number = cur_le32(c);
	if (r->chunk_count == 0)
		return wrong_field(e, "number of chunks", 0, from + 16, "1");
	if (head != WIRE_SETUPBIN_RECORD_HEAD)
		return wrong_field(e, "header size", head, from + 18, "24");
	size_t size = (size_t)r->chunk_count * WIRE_SETUPBIN_CHUNK;
	if (size > left)
		return cut(e, from, c->in.n, size);
	struct span body = cur_take(c, size - WIRE_SETUPBIN_RECORD_HEAD);
	if (r->flags & WIRE_SETUPBIN_SCRAMBLED) {
		uint8_t *plain = arena_copy(a, body);
		if (!plain)
			return err_set(e, ERR_LIMIT,
				       "setup.bin has more records than fit into memory");
		for (size_t i = 0; i < body.n; i++)
			plain[i] = (uint8_t)(plain[i] - SCRAMBLE);
		body.p = plain;
	}
	return parse_vars(body, from + WIRE_SETUPBIN_RECORD_HEAD, a, r, e);
}

bool wire_setupbin_parse(struct span in, struct arena *a, struct wire_setupbin *out_file,
			 struct err *e)
{
	struct wire_setupbin *f = out_file;
	struct cur c = cur_make(in);

	memset(f, 0, sizeof *f);
	if (!parse_header(&c, f, e))
		return false;
	size_t room = cur_left(&c) / WIRE_SETUPBIN_CHUNK;
	if (f->record_count > room) {
		err_set(e, ERR_MALFORMED, "setup.bin has fewer records than it says");
		err_seen(e, "room for %zu from offset %zu on", room, c.at);
		return err_want(e, "%u (offset 28)", f->record_count);
	}
	f->records =
		ARENA_ARRAY(a, struct wire_setupbin_record, f->record_count ? f->record_count : 1);
	if (!f->records)
		return err_set(e, ERR_LIMIT, "setup.bin has more records than fit into memory");
	for (uint32_t i = 0; i < f->record_count; i++)
		if (!parse_record(&c, a, &f->records[i], e))
			return false;
	f->behind = cur_take(&c, cur_left(&c));
	return true;
}

static void put_zeros(struct out *o, size_t n)
{
	static const uint8_t zeros[64];

	for (size_t part; n && !o->bad; n -= part) {
		part = n < sizeof zeros ? n : sizeof zeros;
		out_bytes(o, span_make(zeros, part));
	}
}

/* Up to the size since `from`; more than that is the caller's mistake. */
static bool fill(struct out *o, size_t from, size_t size)
{
	size_t n = out_len(o) - from;

	if (o->bad || n > size)
		return false;
	put_zeros(o, size - n);
	return !o->bad;
}

static bool emit_header(struct out *o, const struct wire_setupbin *f)
{
	size_t from = out_len(o);

	if (f->version < 1 || f->version > WIRE_SETUPBIN_MAX_VERSION ||
	    f->module_count > WIRE_SETUPBIN_MAX_MODULES)
		return false;
	out_bytes(o, span_make(guids[f->version - 1], 16));
	out_le16(o, f->chunk_count);
	out_le16(o, f->header_bytes);
	out_le32(o, f->record_number);
	out_u8(o, f->major);
	out_u8(o, f->minor);
	out_le16(o, f->flags);
	out_le32(o, f->record_count);
	out_le32(o, f->consumed_count);
	out_le16(o, f->record_chunk_count);
	out_le16(o, f->reserved);
	for (unsigned i = 0; i < f->module_count; i++)
		out_le16(o, f->modules[i]);
	out_le16(o, 0);
	out_bytes(o, f->rest);
	return fill(o, from, (size_t)f->chunk_count * WIRE_SETUPBIN_CHUNK);
}

static bool emit_var(struct out *o, const struct wire_setupbin_var *v)
{
	if (v->value.n > UINT16_MAX)
		return false;
	out_le16(o, v->module);
	out_le16(o, v->id);
	out_le16(o, (uint16_t)v->value.n);
	out_le16(o, v->reserved);
	out_bytes(o, v->value);
	out_bytes(o, span_make(v->pad, (4 - v->value.n % 4) % 4));
	return !o->bad;
}

static void scramble(struct out *o, size_t from)
{
	uint8_t *p = o->buf ? o->buf->p : o->p;

	for (size_t i = from; i < out_len(o); i++)
		p[i] = (uint8_t)(p[i] + SCRAMBLE);
}

static bool emit_record(struct out *o, const struct wire_setupbin_record *r)
{
	size_t from = out_len(o);

	out_le32(o, r->type);
	out_le32(o, r->flags);
	out_bytes(o, span_make(r->reserved, sizeof r->reserved));
	out_le16(o, r->chunk_count);
	out_le16(o, WIRE_SETUPBIN_RECORD_HEAD);
	out_le32(o, r->number);
	for (unsigned i = 0; i < r->var_count; i++)
		if (!emit_var(o, &r->vars[i]))
			return false;
	out_bytes(o, r->rest);
	if (!fill(o, from, (size_t)r->chunk_count * WIRE_SETUPBIN_CHUNK))
		return false;
	if (r->flags & WIRE_SETUPBIN_SCRAMBLED)
		scramble(o, from + WIRE_SETUPBIN_RECORD_HEAD);
	return true;
}

bool wire_setupbin_emit(struct out *o, const struct wire_setupbin *file)
{
	bool ok = emit_header(o, file);

	for (uint32_t i = 0; ok && i < file->record_count; i++)
		ok = emit_record(o, &file->records[i]);
	if (ok)
		out_bytes(o, file->behind);
	return ok && !o->bad;
}
