/* Facts of a device as text and back: what the store keeps between two runs, and what a takeover by
 * another service reads. One line "name=value" per field; "known=" names the groups. Bytes that
 * are not printable ASCII, and the backslash, stand as \xNN. */
#include "base/str.h"
#include "engine/facts.h"
#include <inttypes.h>

#define ENGINE_FACTS_BYTES 65536 /* far more than all fields escaped */

enum kind { KIND_S, KIND_U, KIND_B, KIND_L };
struct field {
	const char *name;
	enum kind kind;
	size_t offset, size;
	unsigned group;
};

static const struct field fields[] = {
#define X(kind, name, size, group) \
	{ #name, KIND_##kind, offsetof(struct engine_facts, name), size, group },
	ENGINE_FACTS(X)
#undef X
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

static const struct {
	unsigned bit;
	const char *name;
} groups[] = {
	{ FACTS_IDENTITY, "identity" }, { FACTS_GENERAL, "general" },   { FACTS_TLS, "tls" },
	{ FACTS_CONTEXT, "context" },   { FACTS_CLOCK, "clock" },       { FACTS_REDIR, "redir" },
	{ FACTS_KVM, "kvm" },           { FACTS_WEBUI, "webui" },       { FACTS_KEYS, "keys" },
	{ FACTS_CERTS, "certs" },       { FACTS_LISTENER, "listener" }, { FACTS_PORT, "port" },
	{ FACTS_MEBX, "mebx" },         { FACTS_OTP, "otp" },
};
#define GROUP_COUNT (sizeof groups / sizeof *groups)

/* ---- to text ---- */

static void emit_text(struct out *o, const char *s)
{
	while (*s) {
		size_t n = 0;
		while (s[n] >= 0x20 && s[n] < 0x7f && s[n] != '\\')
			n++;
		out_bytes(o, span_make(s, n));
		s += n;
		if (*s)
			out_fmt(o, "\\x%02x", (uint8_t)*s++);
	}
}

static void emit_field(struct out *o, const struct field *f, const void *at)
{
	out_str(o, f->name);
	out_u8(o, '=');
	switch (f->kind) {
	case KIND_S:
		emit_text(o, at);
		break;
	case KIND_U:
		out_fmt(o, "%" PRIu32, *(const uint32_t *)at);
		break;
	case KIND_B:
		out_str(o, *(const bool *)at ? "true" : "false");
		break;
	case KIND_L:
		out_fmt(o, "%" PRId64, *(const int64_t *)at);
		break;
	}
	out_str(o, "\n");
}

void engine_facts_emit(const struct engine_facts *f, struct out *o)
{
	out_str(o, "known=");
	for (size_t i = 0, n = 0; i < GROUP_COUNT; i++) {
		if (f->known & groups[i].bit)
			out_fmt(o, "%s%s", n++ ? " " : "", groups[i].name);
	}
	out_str(o, "\n");
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		/* Group 0 is no reading of its own: it comes along with any. */
		if (fields[i].group == 0 || f->known & fields[i].group)
			emit_field(o, &fields[i], (const uint8_t *)f + fields[i].offset);
	}
}

/* ---- from text ---- */

static bool refuse(const char *name, struct span value, const char *want, struct err *e)
{
	int shown = value.n < 60 ? (int)value.n : 60;

	err_set(e, ERR_INVALID, "stored facts: the value of '%s' is wrong", name);
	err_seen(e, "%.*s", shown, value.n ? (const char *)value.p : "");
	err_want(e, "%s", want);
	return err_hint(e, "the device is read again when its facts are deleted");
}

static bool parse_text(const struct field *f, struct span v, char *dst)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		size_t used;
		if (c == '\\') {
			if (v.n - i < 4 || v.p[i + 1] != 'x' ||
			    !hex_decode(span_make(v.p + i + 2, 2), &c, 1, &used) || c == 0)
				return false;
			i += 3;
		} else if (c < 0x20 || c >= 0x7f) {
			return false;
		}
		if (n + 1 >= f->size)
			return false;
		dst[n++] = (char)c;
	}
	dst[n] = '\0';
	return true;
}

static bool parse_field(const struct field *f, struct span v, void *at, struct err *e)
{
	switch (f->kind) {
	case KIND_S:
		if (parse_text(f, v, at))
			return true;
		refuse(f->name, v, "", e);
		return err_want(e, "printable text of at most %zu bytes", f->size - 1);
	case KIND_U:
		return str_to_u32(v, 0, UINT32_MAX, at, NULL) ||
			refuse(f->name, v, "a number from 0 to 4294967295", e);
	case KIND_B:
		*(bool *)at = span_eq_str(v, "true");
		return *(bool *)at || span_eq_str(v, "false") ||
			refuse(f->name, v, "true or false", e);
	case KIND_L:
		return str_to_i64(v, INT64_MIN, INT64_MAX, at, NULL) ||
			refuse(f->name, v, "a whole number", e);
	}
	return false;
}

/* Groups that this version does not have are of no use to it. */
static unsigned parse_known(struct span v)
{
	unsigned known = 0;

	while (v.n > 0) {
		size_t n = span_find(v, ' ');
		for (size_t i = 0; i < GROUP_COUNT; i++) {
			if (span_eq_str(span_make(v.p, n), groups[i].name))
				known |= groups[i].bit;
		}
		n += n < v.n;
		v = span_make(v.p + n, v.n - n);
	}
	return known;
}

struct reading {
	struct engine_facts *to;
	bool seen[FIELD_COUNT], seen_known;
};

static bool parse_line(struct reading *r, struct span line, struct err *e)
{
	size_t n = span_find(line, '=');

	if (n == line.n)
		return refuse("(a line)", line, "name=value", e);
	struct span name = span_make(line.p, n), v = span_make(line.p + n + 1, line.n - n - 1);
	if (span_eq_str(name, "known")) {
		if (r->seen_known)
			return refuse("known", v, "one line", e);
		r->seen_known = true;
		r->to->known = parse_known(v);
		return true;
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (!span_eq_str(name, fields[i].name))
			continue;
		if (r->seen[i])
			return refuse(fields[i].name, v, "one line of that name", e);
		r->seen[i] = true;
		return parse_field(&fields[i], v, (uint8_t *)r->to + fields[i].offset, e);
	}
	return true;
}

bool engine_facts_parse(struct span text, struct engine_facts *out_f, struct err *e)
{
	struct reading r = { .to = out_f };
	bool ok = true;

	*out_f = (struct engine_facts){ 0 };
	if (text.n > ENGINE_FACTS_BYTES) {
		err_set(e, ERR_LIMIT, "stored facts have %zu bytes", text.n);
		return err_want(e, "at most %d bytes", ENGINE_FACTS_BYTES);
	}
	while (ok && text.n > 0) {
		size_t n = span_find(text, '\n');
		if (n > 0)
			ok = parse_line(&r, span_make(text.p, n), e);
		n += n < text.n;
		text = span_make(text.p + n, text.n - n);
	}
	/* An older service stored fewer fields: half a group is none, it is read again. */
	for (size_t i = 0; ok && i < FIELD_COUNT; i++) {
		if (!r.seen[i])
			out_f->known &= ~fields[i].group;
	}
	if (!ok)
		*out_f = (struct engine_facts){ 0 };
	return ok;
}
