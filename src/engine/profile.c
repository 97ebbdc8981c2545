/* Profile text (YAML) to its record. The text comes from an operator through the API or the command
 * line, and again from the store whenever the engine loads it. Read as a stream of events, so that
 * neither depth nor aliases can make a small text large. Knows nothing of devices. */
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "engine/part.h"
#include "engine/profile_priv.h"
#include <assert.h>

const char engine_profile_default_yaml[] = "version: 1\n"
					   "admin_password: random\n"
					   "mebx_password: random\n"
					   "names: fqdn\n"
					   "clock: sync\n"
					   "tls: server\n"
					   "redirection: {sol: on, ider: on}\n"
					   "kvm: on\n"
					   "webui: off\n"
					   "ping: on\n";

#define KEY_MAX 24 /* of one mapping */

struct key {
	const char *name;
	bool (*read)(struct engine_reader *r, const struct key *k);
	size_t offset, secret_offset;
	const char *want; /* in errors */
};

static bool fail_value(struct engine_reader *r, const struct key *k)
{
	return engine_reader_fail_value(r, k->name, k->want, true);
}

/* ---- mappings ---- */

#define TOP_COUNT 12
static const struct key top[TOP_COUNT];

static bool fail_key(struct engine_reader *r, const struct key *keys, unsigned count)
{
	struct span seen = engine_reader_text(r);
	char what[96], allowed[512] = "";
	struct out o;

	out_init(&o, what, sizeof what);
	out_fmt(&o, "unknown key '%.*s'", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	engine_reader_fail(r, what);
	out_init(&o, allowed, sizeof allowed - 1);
	for (unsigned i = 0; i < count; i++)
		out_fmt(&o, "%s%s", i ? " " : "", keys[i].name);
	for (unsigned i = 0; keys == top && engine_parts_at(i); i++)
		out_fmt(&o, " %s", engine_parts_at(i)->name);
	err_seen(r->e, "%.*s", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	err_want(r->e, "%s", allowed);
	return err_hint(r->e, "the keys allowed here are: %s", allowed);
}

/* Behind the start of the mapping, up to and with its end. */
static bool read_mapping(struct engine_reader *r, const struct key *keys, unsigned count,
			 bool out_seen[KEY_MAX])
{
	memset(out_seen, 0, KEY_MAX * sizeof *out_seen);
	for (;;) {
		unsigned i = 0;
		if (!engine_reader_next(r))
			return false;
		if (r->ev.type == YAML_MAPPING_END_EVENT)
			return true;
		if (r->ev.type != YAML_SCALAR_EVENT)
			return engine_reader_fail(r, "a key must be a plain word");
		while (i < count && !span_eq_str(engine_reader_text(r), keys[i].name))
			i++;
		if (i == count && keys == top && engine_parts_find(engine_reader_text(r))) {
			if (!engine_reader_part(r, engine_parts_find(engine_reader_text(r))))
				return false;
			continue;
		}
		if (i == count)
			return fail_key(r, keys, count);
		if (out_seen[i])
			return engine_reader_fail(r, "this key stands here twice");
		out_seen[i] = true;
		if (!engine_reader_next(r) || !keys[i].read(r, &keys[i]))
			return false;
	}
}

/* ---- values: the current event is the value's first ---- */

static void *field_of(const struct engine_reader *r, size_t offset)
{
	return (uint8_t *)r->to + offset;
}

static bool read_version(struct engine_reader *r, const struct key *k)
{
	return span_eq_str(engine_reader_text(r), "1") || fail_value(r, k);
}

static bool is_word(struct span s, const char *const *words)
{
	for (; *words; words++) {
		if (span_eq_nocase(s, span_str(*words)))
			return true;
	}
	return false;
}

static bool read_want(struct engine_reader *r, const struct key *k)
{
	static const char *const on[] = { "on", "true", "yes", NULL };
	static const char *const off[] = { "off", "false", "no", NULL };
	enum engine_want *want = field_of(r, k->offset);

	if (is_word(engine_reader_text(r), on))
		*want = ENGINE_ON;
	else if (is_word(engine_reader_text(r), off))
		*want = ENGINE_OFF;
	else if (span_eq_str(engine_reader_text(r), "leave"))
		*want = ENGINE_LEAVE;
	else
		return fail_value(r, k);
	return true;
}

/* Two words: the one that switches the part on, or leave. want begins with the former. */
static bool read_part(struct engine_reader *r, const struct key *k)
{
	struct span word = span_make(k->want, span_find(span_str(k->want), ' '));
	bool *part = field_of(r, k->offset);

	*part = span_eq(engine_reader_text(r), word);
	return *part || span_eq_str(engine_reader_text(r), "leave") || fail_value(r, k);
}

static bool read_secret_name(struct engine_reader *r, const struct key *k)
{
	struct span s = engine_reader_text(r);
	bool ok = s.n > 0 && str_copy(field_of(r, k->secret_offset), 64, s);

	for (size_t i = 0; ok && i < s.n; i++)
		ok = s.p[i] > 0x20 && s.p[i] < 0x7f;
	return ok || fail_value(r, k);
}

static bool read_password(struct engine_reader *r, const struct key *k)
{
	const struct key inner[] = {
		{ "secret", read_secret_name, 0, k->secret_offset,
		  "the name of a stored secret: 1 to 63 printable characters, no blanks" },
	};
	enum engine_pw *pw = field_of(r, k->offset);
	bool seen[KEY_MAX];

	if (r->ev.type == YAML_MAPPING_START_EVENT) {
		yaml_mark_t start = r->ev.start_mark;
		*pw = ENGINE_PW_SECRET;
		return read_mapping(r, inner, 1, seen) &&
			(seen[0] ||
			 engine_reader_fail_at(r, ERR_INVALID, start, "'secret' is missing here"));
	}
	*pw = ENGINE_PW_RANDOM;
	if (span_eq_str(engine_reader_text(r), "random"))
		return true;
	*pw = ENGINE_PW_LEAVE;
	/* A password in clear text is the likely mistake: it must not enter the error. */
	if (span_eq_str(engine_reader_text(r), "leave") && strstr(k->want, "leave"))
		return true;
	fail_value(r, k);
	return err_seen(r->e, "(not shown)");
}

/* What to do with the password of the line above; without one it is random. */
static bool read_mebx(struct engine_reader *r, const struct key *k)
{
	struct span word = engine_reader_text(r);

	r->to->mebx_if_default = span_eq_str(word, "if-default");
	r->mebx_left = span_eq_str(word, "leave");
	r->mebx_named = true;
	return r->to->mebx_if_default || r->mebx_left || span_eq_str(word, "set") ||
		fail_value(r, k);
}

static bool read_redirection(struct engine_reader *r, const struct key *k)
{
	static const struct key inner[] = {
		{ "sol", read_want, offsetof(struct engine_profile, sol), 0, "on, off or leave" },
		{ "ider", read_want, offsetof(struct engine_profile, ider), 0, "on, off or leave" },
	};
	bool seen[KEY_MAX];

	if (r->ev.type != YAML_MAPPING_START_EVENT)
		return fail_value(r, k);
	return read_mapping(r, inner, sizeof inner / sizeof *inner, seen);
}

static bool read_required(struct engine_reader *r, const struct key *k)
{
	(void)k;
	return engine_reader_required(r);
}

#define AT(field) offsetof(struct engine_profile, field)
static const struct key top[TOP_COUNT] = {
	{ "version", read_version, 0, 0, "1" },
	{ "admin_password", read_password, AT(admin_pw), AT(admin_secret),
	  "random or {secret: NAME}" },
	{ "mebx_password", read_password, AT(mebx_pw), AT(mebx_secret),
	  "random, {secret: NAME} or leave" },
	{ "mebx", read_mebx, 0, 0, "set, if-default or leave" },
	{ "names", read_part, AT(names), 0, "fqdn or leave" },
	{ "clock", read_part, AT(clock), 0, "sync or leave" },
	{ "tls", read_part, AT(tls), 0, "server or leave" },
	{ "redirection", read_redirection, 0, 0, "{sol: on, ider: on}, each on, off or leave" },
	{ "kvm", read_want, AT(kvm), 0, "on, off or leave" },
	{ "webui", read_want, AT(webui), 0, "on, off or leave" },
	{ "ping", read_want, AT(ping), 0, "on, off or leave" },
	{ "required", read_required, 0, 0, "a list of parts: [wifi, users]" },
};
_Static_assert(sizeof top / sizeof *top == TOP_COUNT, "the declaration above");
_Static_assert(sizeof top / sizeof *top <= KEY_MAX, "marks for each key");
_Static_assert(sizeof((struct engine_profile *)0)->admin_secret == 64, "read_secret_name");
_Static_assert(sizeof((struct engine_profile *)0)->mebx_secret == 64, "read_secret_name");

static bool read_document(struct engine_reader *r)
{
	bool seen[KEY_MAX];

	if (!engine_reader_next(r) || !engine_reader_next(r))
		return false;
	if (r->ev.type == YAML_STREAM_END_EVENT)
		return engine_reader_fail(r, "there is nothing in it");
	if (!engine_reader_next_is(r, YAML_MAPPING_START_EVENT,
				   "a profile is a list of 'key: value' lines"))
		return false;
	yaml_mark_t start = r->ev.start_mark;
	if (!read_mapping(r, top, sizeof top / sizeof *top, seen))
		return false;
	if (!seen[0]) {
		engine_reader_fail_at(r, ERR_INVALID, start, "'version' is missing");
		return err_want(r->e, "version: 1");
	}
	if (r->mebx_left)
		r->to->mebx_pw = ENGINE_PW_LEAVE;
	else if (r->mebx_named && r->to->mebx_pw == ENGINE_PW_LEAVE)
		r->to->mebx_pw = ENGINE_PW_RANDOM;
	return engine_reader_next(r) &&
		engine_reader_next_is(r, YAML_STREAM_END_EVENT, "there is a second document");
}

static bool parse(struct engine_reader *r, const char *name, int64_t version, struct span yaml)
{
	*r->to = (struct engine_profile){ .version = version, .admin_pw = ENGINE_PW_RANDOM };
	if (!str_copy(r->to->name, sizeof r->to->name, span_str(name)) || !name[0]) {
		err_set(r->e, ERR_INVALID, "'%.80s' cannot be the name of a profile", name);
		return err_want(r->e, "1 to %zu characters", sizeof r->to->name - 1);
	}
	if (yaml.n > LIMIT_YAML_BYTES) {
		err_set(r->e, ERR_LIMIT, "profile %s has %zu bytes", name, yaml.n);
		return err_want(r->e, "at most %d bytes", LIMIT_YAML_BYTES);
	}
	if (!yaml_parser_initialize(&r->parser))
		return err_set(r->e, ERR_LIMIT, "no memory to read profile %s", name);
	yaml_parser_set_input_string(&r->parser, yaml.p ? yaml.p : (const uint8_t *)"", yaml.n);
	bool ok = read_document(r);
	engine_reader_drop(r);
	yaml_parser_delete(&r->parser);
	return ok;
}

bool engine_profile_parse_in(const char *name, int64_t version, struct span yaml, struct arena *a,
			     struct engine_profile *out_p, struct err *e)
{
	struct engine_reader r = { .name = name, .to = out_p, .arena = a, .e = e };

	return parse(&r, name, version, yaml);
}

bool engine_profile_parse(const char *name, int64_t version, struct span yaml,
			  struct engine_profile *out_p, struct err *e)
{
	struct arena a;

	arena_init(&a, LIMIT_PROFILE_TREE_BYTES);
	bool ok = engine_profile_parse_in(name, version, yaml, &a, out_p, e);
	arena_deinit(&a);
	out_p->parts = NULL;
	out_p->required = NULL;
	return ok;
}

void engine_profile_default(struct engine_profile *out_p)
{
	struct err e = { 0 };
	bool ok = engine_profile_parse("baseline", 0, span_str(engine_profile_default_yaml), out_p,
				       &e);

	assert(ok);
	(void)ok;
}
