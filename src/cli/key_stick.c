/* The content of a stick: variables of setup.bin from options and key pairs, in the oldest version
 * that can hold them. Called by `key usb`. Reads and writes no file. */
#include "base/str.h"
#include "cli/key_pairs.h"
#include "wire/hello.h"
#include "wire/psk.h"
#include "wire/setupbin.h"

#define VARS_MAX (8 + CLI_STICK_HASHES + CLI_STICK_SETS)

struct record {
	struct wire_setupbin_var *vars;
	unsigned count;
};

static void add(struct record *r, uint16_t module, uint16_t id, struct span value)
{
	r->vars[r->count++] =
		(struct wire_setupbin_var){ .module = module, .id = id, .value = value };
}

static bool has(const struct cli_stick *s, uint16_t module, uint16_t id)
{
	for (unsigned i = 0; i < s->set_count; i++)
		if (s->sets[i].module == module && s->sets[i].id == id)
			return true;
	return false;
}

/* Algorithm, digest, name: SHA-256 from version 3 on. */
static bool add_hash(const struct cli_stick *s, unsigned i, struct arena *a, struct record *r)
{
	bool old = s->version < 3;
	size_t n = old ? sizeof s->hashes[i].sha1 : sizeof s->hashes[i].sha256;
	size_t name_n = strlen(s->hashes[i].name);
	uint8_t *p = arena_alloc(a, 2 + n + name_n);

	if (!p)
		return false;
	p[0] = old ? WIRE_HELLO_SHA1 : WIRE_HELLO_SHA256;
	memcpy(p + 1, old ? s->hashes[i].sha1 : s->hashes[i].sha256, n);
	p[1 + n] = (uint8_t)name_n;
	memcpy(p + 2 + n, s->hashes[i].name, name_n);
	add(r, 2, 8, span_make(p, 2 + n + name_n));
	return true;
}

static bool fill(const struct cli_stick *s, const struct cli_key_pair *k, struct arena *a,
		 struct record *r)
{
	static const uint8_t on = 1;
	struct span one = span_make(&on, 1);

	r->vars = ARENA_ARRAY(a, struct wire_setupbin_var, VARS_MAX);
	if (!r->vars)
		return false;
	add(r, 1, 1, secret_reveal(&s->current));
	if (k || secret_is_set(&s->password))
		add(r, 1, 2, k ? span_str(k->password) : secret_reveal(&s->password));
	if (k) {
		add(r, 2, 1, span_str(k->pid));
		add(r, 2, 2, span_str(k->pps));
	}
	/* remote configuration: AMT on, and hashes switched on before the first */
	bool remote = s->suffix || s->hash_count;
	if (remote && !has(s, 1, 3))
		add(r, 1, 3, one);
	if (s->suffix)
		add(r, 2, 3, span_str(s->suffix));
	if (remote && !has(s, 2, 5))
		add(r, 2, 5, one);
	if (s->hash_count && !has(s, 2, 7))
		add(r, 2, 7, one);
	for (unsigned i = 0; i < s->hash_count; i++)
		if (!add_hash(s, i, a, r))
			return false;
	for (unsigned i = 0; i < s->set_count; i++)
		r->vars[r->count++] = s->sets[i];
	return true;
}

static bool build(const struct cli_stick *s, const struct cli_key_pairs *k, struct arena *a,
		  struct wire_setupbin *f, struct err *e)
{
	unsigned count = k ? k->count : 1;
	struct wire_setupbin_record *records = ARENA_ARRAY(a, struct wire_setupbin_record, count);
	bool ok = records;

	for (unsigned i = 0; ok && i < count; i++) {
		struct record r = { 0 };
		ok = fill(s, k ? &k->pairs[i] : NULL, a, &r);
		if (ok)
			wire_setupbin_record(&records[i], i + 1, r.vars, r.count);
	}
	if (!ok)
		return err_set(e, ERR_LIMIT, "%u records are too many for one setup.bin", count);
	wire_setupbin_begin(f, s->version, s->minor, s->keep, records, count);
	return wire_setupbin_check(f, e);
}

bool cli_stick_make(struct cli_stick *s, const struct cli_key_pairs *k, struct arena *a,
		    struct out *o, struct err *e)
{
	static const struct {
		unsigned version, minor;
	} all[] = { { 1, 0 }, { 2, 0 }, { 2, 1 }, { 3, 0 }, { 4, 0 } };
	bool given = s->version, ok = given;
	struct wire_setupbin f;

	if (given) {
		ok = build(s, k, a, &f, e);
	} else {
		for (size_t i = 0; !ok && i < sizeof all / sizeof *all; i++) {
			err_clear(e);
			s->version = all[i].version;
			s->minor = all[i].minor;
			ok = build(s, k, a, &f, e);
		}
	}
	if (!ok && !given)
		s->version = s->minor = 0;
	return ok &&
		(wire_setupbin_emit(o, &f) ||
		 err_set(e, ERR_LIMIT, "setup.bin does not fit into memory"));
}
