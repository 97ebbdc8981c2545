/* YAML of a profile as a stream of events (engine/profile_priv.h), so that neither depth nor aliases
 * can make a small text large. Knows no keys. */
#include "engine/profile_priv.h"

#include "base/limits.h"
#include "base/out.h"

/* ---- errors ---- */

bool engine_reader_fail_at(struct engine_reader *r, enum err_code code, yaml_mark_t at,
			   const char *what)
{
	err_set(r->e, code, "profile %s: line %zu, column %zu: %s", r->name, at.line + 1,
		at.column + 1, what);
	r->to->bad_line = (unsigned)at.line + 1;
	r->to->bad_column = (unsigned)at.column + 1;
	return false;
}

bool engine_reader_fail(struct engine_reader *r, const char *what)
{
	return engine_reader_fail_at(r, ERR_INVALID, r->ev.start_mark, what);
}

struct span engine_reader_text(const struct engine_reader *r)
{
	if (r->ev.type != YAML_SCALAR_EVENT)
		return span_make(NULL, 0);
	return span_make(r->ev.data.scalar.value, r->ev.data.scalar.length);
}

bool engine_reader_fail_value(struct engine_reader *r, const char *key, const char *want, bool show)
{
	char what[96];
	struct out o;
	struct span seen = engine_reader_text(r);

	out_init(&o, what, sizeof what);
	out_fmt(&o, "the value of '%s' is wrong", key);
	engine_reader_fail(r, what);
	if (r->ev.type == YAML_SCALAR_EVENT && !show)
		err_seen(r->e, "(not shown)");
	else if (r->ev.type == YAML_SCALAR_EVENT)
		err_seen(r->e, "%.*s", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	return err_want(r->e, "%s", want);
}

static bool fail_parser(struct engine_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	char what[160];
	struct out o;

	if (p->error == YAML_MEMORY_ERROR)
		return engine_reader_fail_at(r, ERR_LIMIT, p->mark, "no memory to read it");
	out_init(&o, what, sizeof what);
	out_fmt(&o, "this is not YAML: %.120s", p->problem ? p->problem : "unreadable");
	/* Bytes that are no text have an offset only; the mark is then the last good place. */
	return engine_reader_fail_at(
		r, ERR_INVALID,
		p->problem_mark.line || p->problem_mark.column ? p->problem_mark : p->mark, what);
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

void engine_reader_drop(struct engine_reader *r)
{
	if (r->has_ev)
		yaml_event_delete(&r->ev);
	r->has_ev = false;
}

bool engine_reader_next(struct engine_reader *r)
{
	engine_reader_drop(r);
	if (!yaml_parser_parse(&r->parser, &r->ev))
		return fail_parser(r);
	r->has_ev = true;
	if (++r->events > LIMIT_YAML_NODES)
		return engine_reader_fail_at(r, ERR_LIMIT, r->ev.start_mark,
					     "it has too many parts");
	if (has_anchor(&r->ev))
		return engine_reader_fail(r, "anchors and aliases (& and *) are not taken");
	if (has_tag(&r->ev))
		return engine_reader_fail(r, "tags (!) are not taken");
	return true;
}

bool engine_reader_next_is(struct engine_reader *r, yaml_event_type_t type, const char *otherwise)
{
	return engine_reader_next(r) && (r->ev.type == type || engine_reader_fail(r, otherwise));
}
