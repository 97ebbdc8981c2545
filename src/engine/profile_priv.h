/* What reads the YAML of a profile: events one by one, errors with their place. Shared by the files
 * profile*.c only. */
#pragma once
#include "base/arena.h"
#include "engine/profile.h"
#include <yaml.h>

struct engine_reader {
	yaml_parser_t parser;
	yaml_event_t ev; /* the current one */
	bool has_ev;
	unsigned events;
	bool mebx_named, mebx_left; /* by the key mebx */
	const char *name; /* of the profile, in errors */
	struct engine_profile *to;
	struct arena *arena; /* of the tree */
	struct err *e;
};
/* Always false. */
bool engine_reader_fail_at(struct engine_reader *r, enum err_code code, yaml_mark_t at, const char *what);
bool engine_reader_fail(struct engine_reader *r, const char *what); /* at the current event */
/* "the value of 'key' is wrong", with what was seen when show, and what is wanted. */
bool engine_reader_fail_value(struct engine_reader *r, const char *key, const char *want, bool show);
bool engine_reader_next(struct engine_reader *r);
bool engine_reader_next_is(struct engine_reader *r, yaml_event_type_t type, const char *otherwise);
struct span engine_reader_text(const struct engine_reader *r); /* of a scalar; else empty */
void engine_reader_drop(struct engine_reader *r);
/* The current event is the key of the part; its tree goes to r->to->parts. */
struct engine_part;
bool engine_reader_part(struct engine_reader *r, const struct engine_part *part);
/* The current event is the value's first. */
bool engine_reader_required(struct engine_reader *r);
