/* Makes new files setup.bin, and says before they go onto a stick what a PC would refuse. Called by
 * `key usb`. The simulator has a check of its own (sim/fw_usb.c): they share the reading of bytes
 * only. No error holds a password or a PPS. */
#include "base/mem.h"
#include "base/str.h"
#include "wire/hello.h"
#include "wire/psk.h"
#include "wire/setupbin_priv.h"

#define HEADER_BYTES 46 /* C: with an empty list of modules */

void wire_setupbin_begin(struct wire_setupbin *out_f, unsigned version, unsigned minor, bool keep,
			 struct wire_setupbin_record *records, uint32_t record_count)
{
	*out_f = (struct wire_setupbin){
		.version = version,
		.chunk_count = 1,
		.header_bytes = HEADER_BYTES,
		.major = (uint8_t)version,
		.minor = (uint8_t)minor,
		.flags = keep ? WIRE_SETUPBIN_KEEP : 0,
		.record_count = record_count,
		.record_chunk_count = 1,
		.records = records,
	};
}

static bool stands_behind(const struct wire_setupbin_var *a, const struct wire_setupbin_var *b)
{
	return a->module != b->module ? a->module > b->module : a->id > b->id;
}

void wire_setupbin_record(struct wire_setupbin_record *out_r, uint32_t number,
			  struct wire_setupbin_var *vars, unsigned var_count)
{
	*out_r = (struct wire_setupbin_record){
		.type = 1,
		.flags = WIRE_SETUPBIN_VALID | WIRE_SETUPBIN_SCRAMBLED,
		.chunk_count = 1,
		.number = number,
		.vars = vars,
		.var_count = var_count,
	};
	/* few, and several of one kind keep their order */
	for (unsigned i = 1; i < var_count; i++) {
		struct wire_setupbin_var v = vars[i];
		unsigned at = i;
		for (; at > 0 && stands_behind(&vars[at - 1], &v); at--)
			vars[at] = vars[at - 1];
		vars[at] = v;
	}
}

/* ---- what a PC takes ---- */

struct check {
	const struct wire_setupbin *f;
	const struct wire_setupbin_record *r;
	struct err *e;
};

static bool wrong(struct check *c, uint16_t module, uint16_t id, const char *why, const char *want)
{
	const char *name = wire_setupbin_var_name(module, id);

	err_set(c->e, ERR_INVALID, "record %u of setup.bin, variable %u/%u (%s): %s", c->r->number,
		module, id, name ? name : "unknown", why);
	return err_want(c->e, "%s", want);
}

static const struct wire_setupbin_var *find(const struct wire_setupbin_record *r, uint16_t module,
					    uint16_t id)
{
	for (unsigned i = 0; i < r->var_count; i++)
		if (r->vars[i].module == module && r->vars[i].id == id)
			return &r->vars[i];
	return NULL;
}

static uint8_t byte_of(const struct wire_setupbin_var *v)
{
	return v && v->value.n == 1 ? v->value.p[0] : 0;
}

static bool hash_ok(struct check *c, const struct wire_setupbin_var *v)
{
	struct cur in = cur_make(v->value);
	uint8_t alg = cur_u8(&in);
	struct span digest = cur_take(&in, wire_hello_alg_size(alg));
	struct span name = cur_take(&in, cur_u8(&in));

	if (in.bad || !digest.n || name.n > 32 || cur_left(&in))
		return wrong(c, v->module, v->id, "it is malformed",
			     "algorithm, digest, name of at most 32 bytes");
	if (c->f->version < 3 && alg != WIRE_HELLO_SHA1)
		return wrong(c, v->module, v->id, "it is no SHA-1",
			     "SHA-1 before version 3 of the file");
	if (byte_of(find(c->r, 2, 7)) != 1)
		return wrong(c, v->module, v->id, "own hashes are not switched on", "2/7=1");
	return true;
}

static bool known_ok(struct check *c, const struct wire_setupbin_var *v)
{
	const struct wire_setupbin_def *d = wire_setupbin_def_priv(v->module, v->id);
	char text[48];
	struct out o;

	if (!d)
		return wrong(c, v->module, v->id, "no such variable is known",
			     "one of the table in docs/keys.md");
	out_init(&o, text, sizeof text);
	if (v->value.n < d->min || v->value.n > d->max) {
		out_fmt(&o, "%u to %u bytes", d->min, d->max);
		return wrong(c, v->module, v->id, "its size is wrong", text);
	}
	if (c->f->version * 10 + c->f->minor < d->since) {
		out_fmt(&o, "version %u.%u or later", d->since / 10u, d->since % 10u);
		return wrong(c, v->module, v->id, "the version of the file is too old for it",
			     text);
	}
	return d->kind != WIRE_SETUPBIN_HASH || hash_ok(c, v);
}

static bool order_ok(struct check *c)
{
	for (unsigned i = 1; i < c->r->var_count; i++) {
		const struct wire_setupbin_var *a = &c->r->vars[i - 1], *b = &c->r->vars[i];
		if (stands_behind(a, b))
			return wrong(c, b->module, b->id, "it stands behind a later one",
				     "rising numbers");
		if (a->module == b->module && a->id == b->id && (b->module != 2 || b->id != 8))
			return wrong(c, b->module, b->id, "it is there twice", "once");
	}
	return true;
}

static bool passwords_ok(struct check *c)
{
	const struct wire_setupbin_var *now = find(c->r, 1, 1), *next = find(c->r, 1, 2);

	if (!now)
		return wrong(c, 1, 1, "it is missing", "the password that MEBx has");
	if (!next)
		return span_eq_str(now->value, "admin")
			? wrong(c, 1, 2, "it is missing", "a new password beside the factory one")
			: true;
	if (!wire_psk_check_password(next->value, c->e))
		return err_wrap(c->e, "record %u of setup.bin, variable 1/2", c->r->number);
	return !span_eq(now->value, next->value) ||
		wrong(c, 1, 2, "it is the current one", "another password");
}

static bool pair_ok(struct check *c)
{
	const struct wire_setupbin_var *pid = find(c->r, 2, 1), *pps = find(c->r, 2, 2);
	char plain_pid[WIRE_PSK_PID_LEN + 1], plain_pps[WIRE_PSK_PPS_LEN + 1];

	if (!pid && !pps)
		return true;
	if (!pid || !pps)
		return wrong(c, 2, pid ? 2 : 1, "it is missing", "PID and PPS together");
	bool ok = wire_psk_parse_pid(pid->value, plain_pid, c->e) &&
		wire_psk_parse_pps(pps->value, plain_pps, c->e);
	mem_wipe(plain_pps, sizeof plain_pps);
	return ok || err_wrap(c->e, "record %u of setup.bin", c->r->number);
}

static bool record_ok(struct check *c)
{
	size_t size = WIRE_SETUPBIN_RECORD_HEAD;
	unsigned hashes = 0;

	for (unsigned i = 0; i < c->r->var_count; i++) {
		const struct wire_setupbin_var *v = &c->r->vars[i];
		if (!known_ok(c, v))
			return false;
		size += WIRE_SETUPBIN_VAR_HEAD + (v->value.n + 3) / 4 * 4;
		hashes += v->module == 2 && v->id == 8;
	}
	if (size > WIRE_SETUPBIN_CHUNK) {
		err_set(c->e, ERR_LIMIT, "record %u of setup.bin has %zu bytes", c->r->number,
			size);
		err_want(c->e, "at most %d, as the BIOS reads it", WIRE_SETUPBIN_CHUNK);
		return err_hint(c->e, "leave out hashes or long names");
	}
	if (c->f->version == 2 && hashes > WIRE_SETUPBIN_HASHES_V2)
		return wrong(c, 2, 8, "there are more than three", "at most 3 in version 2");
	return order_ok(c) && passwords_ok(c) && pair_ok(c);
}

static bool version_ok(unsigned version, unsigned minor, struct err *e)
{
	if (version >= 1 && version <= WIRE_SETUPBIN_MAX_VERSION &&
	    (minor == 0 || (version == 2 && minor == 1)))
		return true;
	err_set(e, ERR_INVALID, "setup.bin has no version %u.%u", version, minor);
	return err_want(e, "1, 2, 2.1, 3 or 4");
}

bool wire_setupbin_check(const struct wire_setupbin *file, struct err *e)
{
	struct check c = { .f = file, .e = e };
	bool keep = file->flags & WIRE_SETUPBIN_KEEP;

	if (!version_ok(file->version, file->minor, e))
		return false;
	if (keep && file->version == 1) {
		err_set(e, ERR_INVALID,
			"records of setup.bin version 1 are always used up (AMT 2.x)");
		return err_want(e, "version 2 or later");
	}
	if (keep && file->record_count > 1) {
		err_set(e, ERR_INVALID,
			"setup.bin whose records are not used up has %u of them; PCs would only "
			"ever read the first",
			file->record_count);
		return err_want(e, "1 record");
	}
	if (!file->record_count) {
		err_set(e, ERR_INVALID, "setup.bin has no record");
		return err_want(e, "1 or more");
	}
	for (uint32_t i = 0; i < file->record_count; i++) {
		c.r = &file->records[i];
		if (!record_ok(&c))
			return false;
	}
	return true;
}

/* ---- from text ---- */

bool wire_setupbin_parse_version(struct span text, unsigned *out_version, unsigned *out_minor,
				 struct err *e)
{
	size_t dot = span_find(text, '.');
	uint32_t version = 0, minor = 0;

	if (str_to_u32(span_make(text.p, dot), 1, WIRE_SETUPBIN_MAX_VERSION, &version, NULL) &&
	    (dot == text.n ||
	     str_to_u32(span_make(text.p + dot + 1, text.n - dot - 1), 0, 1, &minor, NULL)) &&
	    version_ok(version, minor, NULL)) {
		*out_version = version;
		*out_minor = minor;
		return true;
	}
	err_set(e, ERR_INVALID, "setup.bin has no version '%.*s'", text.n < 20 ? (int)text.n : 20,
		(const char *)text.p);
	return err_want(e, "1, 2, 2.1, 3 or 4");
}

static const struct wire_setupbin_def *def_of(struct span name)
{
	size_t slash = span_find(name, '/');
	uint16_t module, id;

	if (slash == name.n)
		return wire_setupbin_def_named_priv(name);
	if (!str_to_u16(span_make(name.p, slash), 1, UINT16_MAX, &module, NULL) ||
	    !str_to_u16(span_make(name.p + slash + 1, name.n - slash - 1), 1, UINT16_MAX, &id,
			NULL))
		return NULL;
	return wire_setupbin_def_priv(module, id);
}

static bool parse_number(const struct wire_setupbin_def *d, struct span text, struct arena *a,
			 struct span *out_v, struct err *e)
{
	uint8_t bytes[4];
	uint32_t n = 0, max = d->max == 1 ? UINT8_MAX : d->max == 2 ? UINT16_MAX : UINT32_MAX;
	const struct wire_show_name *name = d->names;

	while (name && name->name && !span_eq_nocase(text, span_str(name->name)))
		name++;
	if (name && name->name)
		n = name->code;
	else if (!str_to_u32(text, 0, max, &n, e))
		return false;
	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(n >> 8 * i);
	*out_v = span_make(arena_copy(a, span_make(bytes, d->max)), d->max);
	return true;
}

static bool parse_bytes(struct span hex, struct arena *a, struct span *out_v, struct err *e)
{
	size_t cap = hex.n / 2 + 1;
	uint8_t *p = arena_alloc(a, cap);

	if (!p || !hex_decode(hex, p, cap, &out_v->n)) {
		err_set(e, ERR_INVALID, "the value is not in hex");
		return err_want(e, "pairs of hex digits");
	}
	out_v->p = p;
	return true;
}

static bool parse_value(const struct wire_setupbin_def *d, struct span text, struct arena *a,
			struct span *out_v, struct err *e)
{
	const char *package;

	switch (d->kind) {
	case WIRE_SETUPBIN_TEXT:
		*out_v = span_make(arena_copy(a, text), text.n);
		return true;
	case WIRE_SETUPBIN_NUMBER:
		return parse_number(d, text, a, out_v, e);
	case WIRE_SETUPBIN_GUID:
		package = wire_setupbin_package_hex_priv(text);
		return parse_bytes(package ? span_str(package) : text, a, out_v, e);
	case WIRE_SETUPBIN_HASH:
	case WIRE_SETUPBIN_BYTES:
		return parse_bytes(text, a, out_v, e);
	}
	return false;
}

bool wire_setupbin_parse_var(struct span text, struct arena *a, struct wire_setupbin_var *out_v,
			     struct err *e)
{
	size_t eq = span_find(text, '=');
	struct span name = span_make(text.p, eq);
	const struct wire_setupbin_def *d = def_of(name);

	*out_v = (struct wire_setupbin_var){ 0 };
	if (eq == text.n || !d) {
		err_set(e, ERR_INVALID, "setup.bin has no variable '%.*s'",
			name.n < 60 ? (int)name.n : 60, (const char *)name.p);
		return err_want(e, "NAME=VALUE or MODULE/NUMBER=VALUE, such as redirection=7");
	}
	if (d->secret || (d->module == 2 && d->id == 1)) {
		err_set(e, ERR_INVALID, "variable %u/%u (%s) is not given this way", d->module,
			d->id, d->name);
		return err_hint(e, "passwords come from files, PID and PPS from the service");
	}
	out_v->module = d->module;
	out_v->id = d->id;
	if (!parse_value(d, span_make(text.p + eq + 1, text.n - eq - 1), a, &out_v->value, e))
		return err_wrap(e, "variable %u/%u (%s)", d->module, d->id, d->name);
	return true;
}
