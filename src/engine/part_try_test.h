/* For unit tests of parts: a profile, a device made of instances, and what diff says of both. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/str.h"
#include "engine/part.h"
#include "engine/profile.h"

struct try {
	struct arena a;
	struct engine_profile profile;
	struct engine_part_reply have[16];
	struct wsman_obj *items[16][16];
	struct engine_part_more more[16];
	unsigned more_count;
	struct engine_part_in in;
	struct engine_changes c;
	struct err e;
};

static inline void try_init(struct try *t, const char *yaml)
{
	char text[4096];
	memset(t, 0, sizeof *t);
	arena_init(&t->a, LIMIT_PROFILE_TREE_BYTES);
	(void)snprintf(text, sizeof text, "version: 1\n%s", yaml);
	if (!engine_profile_parse_in("try", 1, span_str(text), &t->a, &t->profile, &t->e))
		fail_msg("%s: %s", t->e.msg, t->e.want);
	t->in.want = t->profile.parts;
	t->in.have = t->have;
	for (int i = 0; i < 16; i++)
		t->have[i].items = t->items[i];
}

/* An instance behind read i: "Prop=value" texts, NULL at the end. */
static inline struct wsman_obj *try_has(struct try *t, unsigned i, const char *cls, ...)
{
	const struct wsman_class *c = wsman_classes_find(cls);
	struct wsman_obj *o = wsman_obj_new(&t->a, &c->shape, c->uri);
	const char *text;
	va_list ap;
	va_start(ap, cls);
	while ((text = va_arg(ap, const char *))) {
		const char *eq = strchr(text, '=');
		if (!wsman_obj_set_text(o, span_make(text, (size_t)(eq - text)), span_str(eq + 1),
					&t->e))
			fail_msg("%s", t->e.msg);
	}
	va_end(ap);
	t->items[i][t->have[i].count++] = o;
	return o;
}

/* All lines of what is sent, or of what is only told. */
static inline const char *try_lines(struct try *t, bool told)
{
	static char text[8192];
	struct out o;
	t->c = (struct engine_changes){ .a = &t->a };
	err_clear(&t->e);
	out_init(&o, text, sizeof text);
	if (!engine_parts_find(span_str(t->in.want->key))->diff(&t->in, &t->c, &t->e))
		out_fmt(&o, "error: %s\n", t->e.msg);
	for (const struct engine_change *ch = t->c.first; ch; ch = ch->next)
		if (!!(ch->flags & CHANGE_REPORT) == told)
			out_bytes(&o, out_span(&ch->text));
	out_u8(&o, 0);
	return text;
}

static inline const struct engine_change *try_change(const struct try *t, const char *id)
{
	for (const struct engine_change *ch = t->c.first; ch; ch = ch->next)
		if (str_eq(ch->id, id))
			return ch;
	fail_msg("no change %s", id);
	return NULL;
}

static inline void try_deinit(struct try *t)
{
	arena_deinit(&t->a);
}

struct try_refusal {
	const char *yaml, *place;
};
static inline void try_refusals(const struct try_refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct engine_profile p;
		struct err e = { 0 };
		char text[1024];
		(void)snprintf(text, sizeof text, "version: 1\n%s", rows[i].yaml);
		if (engine_profile_parse("try", 1, span_str(text), &p, &e))
			fail_msg("taken: %s", rows[i].yaml);
		if (!strstr(e.msg, rows[i].place))
			fail_msg("%s: %s", rows[i].yaml, e.msg);
	}
}
