/* Profile text (YAML) to its record. The text comes from an operator through the API or the command
 * line, and again from the store whenever the engine loads it. Read as a stream of events, so that
 * neither depth nor aliases can make a small text large. Knows nothing of devices. */
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "engine/profile.h"
#include <assert.h>
#include <yaml.h>

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

#define KEY_MAX 16 /* of one mapping */

struct reader;
struct key {
	const char *name;
	bool (*read)(struct reader *r, const struct key *k);
	size_t offset, secret_offset;
	const char *want; /* in errors */
};

struct reader {
	yaml_parser_t parser;
	yaml_event_t ev; /* the current one */
	bool has_ev;
	unsigned events;
	const char *name; /* of the profile, in errors */
	struct engine_profile *to;
	struct err *e;
};

/* ---- errors ---- */

static bool fail_at(struct reader *r, enum err_code code, yaml_mark_t at, const char *what)
{
	err_set(r->e, code, "profile %s: line %zu, column %zu: %s", r->name, at.line + 1,
		at.column + 1, what);
	return false;
}

static bool fail(struct reader *r, const char *what)
{
	return fail_at(r, ERR_INVALID, r->ev.start_mark, what);
}

static struct span text_of(const struct reader *r)
{
	if (r->ev.type != YAML_SCALAR_EVENT)
		return span_make(NULL, 0);
	return span_make(r->ev.data.scalar.value, r->ev.data.scalar.length);
}

static bool fail_value(struct reader *r, const struct key *k)
{
	char what[96];
	struct out o;
	struct span seen = text_of(r);

	out_init(&o, what, sizeof what);
	out_fmt(&o, "the value of '%s' is wrong", k->name);
	fail(r, what);
	if (r->ev.type == YAML_SCALAR_EVENT)
		err_seen(r->e, "%.*s", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	return err_want(r->e, "%s", k->want);
}

static bool fail_parser(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	char what[160];
	struct out o;

	if (p->error == YAML_MEMORY_ERROR)
		return fail_at(r, ERR_LIMIT, p->mark, "no memory to read it");
	out_init(&o, what, sizeof what);
	out_fmt(&o, "this is not YAML: %.120s", p->problem ? p->problem : "unreadable");
	/* Bytes that are no text have an offset only; the mark is then the last good place. */
	return fail_at(r, ERR_INVALID,
		       p->problem_mark.line || p->problem_mark.column ? p->problem_mark : p->mark,
		       what);
}

/* ---- events ---- */

static bool has_anchor(const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ev->data.scalar.anchor;
	case YAML_MAPPING_START_EVENT:
		return ev->data.mapping_start.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return ev->data.sequence_start.anchor;
	default:
		return ev->type == YAML_ALIAS_EVENT;
	}
}

static bool has_tag(const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ev->data.scalar.tag;
	case YAML_MAPPING_START_EVENT:
		return ev->data.mapping_start.tag;
	case YAML_SEQUENCE_START_EVENT:
		return ev->data.sequence_start.tag;
	default:
		return false;
	}
}

static void drop_event(struct reader *r)
{
	if (r->has_ev)
		yaml_event_delete(&r->ev);
	r->has_ev = false;
}

static bool next(struct reader *r)
{
	drop_event(r);
	if (!yaml_parser_parse(&r->parser, &r->ev))
		return fail_parser(r);
	r->has_ev = true;
	if (++r->events > LIMIT_YAML_NODES)
		return fail_at(r, ERR_LIMIT, r->ev.start_mark, "it has too many parts");
	if (has_anchor(&r->ev))
		return fail(r, "anchors and aliases (& and *) are not taken");
	if (has_tag(&r->ev))
		return fail(r, "tags (!) are not taken");
	return true;
}

static bool next_is(struct reader *r, yaml_event_type_t type, const char *otherwise)
{
	return next(r) && (r->ev.type == type || fail(r, otherwise));
}

/* ---- mappings ---- */

static bool fail_key(struct reader *r, const struct key *keys, unsigned count)
{
	struct span seen = text_of(r);
	char what[96], allowed[128];
	struct out o;

	out_init(&o, what, sizeof what);
	out_fmt(&o, "unknown key '%.*s'", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	fail(r, what);
	out_init(&o, allowed, sizeof allowed);
	for (unsigned i = 0; i < count; i++)
		out_fmt(&o, "%s%s", i ? " " : "", keys[i].name);
	err_seen(r->e, "%.*s", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	err_want(r->e, "%s", allowed);
	return err_hint(r->e, "the keys allowed here are: %s", allowed);
}

/* Behind the start of the mapping, up to and with its end. */
static bool read_mapping(struct reader *r, const struct key *keys, unsigned count,
			 bool out_seen[KEY_MAX])
{
	memset(out_seen, 0, KEY_MAX * sizeof *out_seen);
	for (;;) {
		unsigned i = 0;
		if (!next(r))
			return false;
		if (r->ev.type == YAML_MAPPING_END_EVENT)
			return true;
		if (r->ev.type != YAML_SCALAR_EVENT)
			return fail(r, "a key must be a plain word");
		while (i < count && !span_eq_str(text_of(r), keys[i].name))
			i++;
		if (i == count)
			return fail_key(r, keys, count);
		if (out_seen[i])
			return fail(r, "this key stands here twice");
		out_seen[i] = true;
		if (!next(r) || !keys[i].read(r, &keys[i]))
			return false;
	}
}

/* ---- values: the current event is the value's first ---- */

static void *field_of(const struct reader *r, size_t offset)
{
	return (uint8_t *)r->to + offset;
}

static bool read_version(struct reader *r, const struct key *k)
{
	return span_eq_str(text_of(r), "1") || fail_value(r, k);
}

static bool is_word(struct span s, const char *const *words)
{
	for (; *words; words++) {
		if (span_eq_nocase(s, span_str(*words)))
			return true;
	}
	return false;
}

static bool read_want(struct reader *r, const struct key *k)
{
	static const char *const on[] = { "on", "true", "yes", NULL };
	static const char *const off[] = { "off", "false", "no", NULL };
	enum engine_want *want = field_of(r, k->offset);

	if (is_word(text_of(r), on))
		*want = ENGINE_ON;
	else if (is_word(text_of(r), off))
		*want = ENGINE_OFF;
	else if (span_eq_str(text_of(r), "leave"))
		*want = ENGINE_LEAVE;
	else
		return fail_value(r, k);
	return true;
}

/* Two words: the one that switches the part on, or leave. want begins with the former. */
static bool read_part(struct reader *r, const struct key *k)
{
	struct span word = span_make(k->want, span_find(span_str(k->want), ' '));
	bool *part = field_of(r, k->offset);

	*part = span_eq(text_of(r), word);
	return *part || span_eq_str(text_of(r), "leave") || fail_value(r, k);
}

static bool read_secret_name(struct reader *r, const struct key *k)
{
	struct span s = text_of(r);
	bool ok = s.n > 0 && str_copy(field_of(r, k->secret_offset), 64, s);

	for (size_t i = 0; ok && i < s.n; i++)
		ok = s.p[i] > 0x20 && s.p[i] < 0x7f;
	return ok || fail_value(r, k);
}

static bool read_password(struct reader *r, const struct key *k)
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
			(seen[0] || fail_at(r, ERR_INVALID, start, "'secret' is missing here"));
	}
	*pw = ENGINE_PW_RANDOM;
	if (span_eq_str(text_of(r), "random"))
		return true;
	*pw = ENGINE_PW_LEAVE;
	/* A password in clear text is the likely mistake: it must not enter the error. */
	if (span_eq_str(text_of(r), "leave") && strstr(k->want, "leave"))
		return true;
	fail_value(r, k);
	return err_seen(r->e, "(not shown)");
}

static bool read_redirection(struct reader *r, const struct key *k)
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

#define AT(field) offsetof(struct engine_profile, field)
static const struct key top[] = {
	{ "version", read_version, 0, 0, "1" },
	{ "admin_password", read_password, AT(admin_pw), AT(admin_secret),
	  "random or {secret: NAME}" },
	{ "mebx_password", read_password, AT(mebx_pw), AT(mebx_secret),
	  "random, {secret: NAME} or leave" },
	{ "names", read_part, AT(names), 0, "fqdn or leave" },
	{ "clock", read_part, AT(clock), 0, "sync or leave" },
	{ "tls", read_part, AT(tls), 0, "server or leave" },
	{ "redirection", read_redirection, 0, 0, "{sol: on, ider: on}, each on, off or leave" },
	{ "kvm", read_want, AT(kvm), 0, "on, off or leave" },
	{ "webui", read_want, AT(webui), 0, "on, off or leave" },
	{ "ping", read_want, AT(ping), 0, "on, off or leave" },
};
_Static_assert(sizeof top / sizeof *top <= KEY_MAX, "marks for each key");
_Static_assert(sizeof((struct engine_profile *)0)->admin_secret == 64, "read_secret_name");
_Static_assert(sizeof((struct engine_profile *)0)->mebx_secret == 64, "read_secret_name");

static bool read_document(struct reader *r)
{
	bool seen[KEY_MAX];

	if (!next(r) || !next(r))
		return false;
	if (r->ev.type == YAML_STREAM_END_EVENT)
		return fail(r, "there is nothing in it");
	if (!next_is(r, YAML_MAPPING_START_EVENT, "a profile is a list of 'key: value' lines"))
		return false;
	yaml_mark_t start = r->ev.start_mark;
	if (!read_mapping(r, top, sizeof top / sizeof *top, seen))
		return false;
	if (!seen[0]) {
		fail_at(r, ERR_INVALID, start, "'version' is missing");
		return err_want(r->e, "version: 1");
	}
	return next(r) && next_is(r, YAML_STREAM_END_EVENT, "there is a second document");
}

bool engine_profile_parse(const char *name, int64_t version, struct span yaml,
			  struct engine_profile *out_p, struct err *e)
{
	struct reader r = { .name = name, .to = out_p, .e = e };

	*out_p = (struct engine_profile){ .version = version, .admin_pw = ENGINE_PW_RANDOM };
	if (!str_copy(out_p->name, sizeof out_p->name, span_str(name)) || !name[0]) {
		err_set(e, ERR_INVALID, "'%.80s' cannot be the name of a profile", name);
		return err_want(e, "1 to %zu characters", sizeof out_p->name - 1);
	}
	if (yaml.n > LIMIT_YAML_BYTES) {
		err_set(e, ERR_LIMIT, "profile %s has %zu bytes", name, yaml.n);
		return err_want(e, "at most %d bytes", LIMIT_YAML_BYTES);
	}
	if (!yaml_parser_initialize(&r.parser))
		return err_set(e, ERR_LIMIT, "no memory to read profile %s", name);
	yaml_parser_set_input_string(&r.parser, yaml.p ? yaml.p : (const uint8_t *)"", yaml.n);
	bool ok = read_document(&r);
	drop_event(&r);
	yaml_parser_delete(&r.parser);
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
