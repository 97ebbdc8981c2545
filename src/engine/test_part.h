/* For the unit tests of parts: a profile, what a device answered, and the lines that diff gives. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "engine/part.h"
#include "engine/profile.h"

struct test_part {
	const struct engine_part *part;
	struct engine_profile profile;
	struct arena a;
	struct engine_facts facts;
	struct engine_part_reply have[PART_READS_MAX];
	struct engine_part_more *last;
	struct engine_part_secret secrets[64];
	struct engine_part_in in;
	struct engine_changes c;
	struct err e;
	char lines[4096], ids[1024]; /* of the last diff; ids with flags: "add:bob(2) " */
};

/* Every secret that the profile names is "Secret-1" and was not sent before. */
static inline void test_part_secrets(struct test_part *t, const struct engine_node *n)
{
	for (; n; n = n->next) {
		if (n->row->kind == KEY_SECRET) {
			struct engine_part_secret *s = &t->secrets[t->in.secret_count++];
			s->node = n;
			s->value = secret_make(span_str("Secret-1"));
		}
		test_part_secrets(t, n->children);
	}
}

static inline void test_part_start(struct test_part *t, const struct engine_part *part, const char *yaml)
{
	char text[4096];
	memset(t, 0, sizeof *t);
	t->part = part;
	arena_init(&t->a, 1 << 20);
	snprintf(text, sizeof text, "version: 1\n%s", yaml);
	if (!engine_profile_parse_in("test", 1, span_str(text), &t->a, &t->profile, &t->e))
		fail_msg("%s", t->e.msg);
	str_copy(t->facts.realm, sizeof t->facts.realm, span_str("Digest:1"));
	t->in.want = t->profile.parts;
	t->in.have = t->have;
	t->in.facts = &t->facts;
	t->in.secrets = t->secrets;
	test_part_secrets(t, t->in.want);
}

static inline void test_part_stop(struct test_part *t)
{
	for (unsigned i = 0; i < t->in.secret_count; i++)
		secret_deinit(&t->secrets[i].value);
	arena_deinit(&t->a);
}

/* "Prop=value Prop=value", _ for a blank in a value. */
static inline void test_part_members(struct wsman_obj *o, const char *members)
{
	char text[1024], *word, *left = text;
	snprintf(text, sizeof text, "%s", members);
	while ((word = strsep(&left, " "))) {
		char *eq = strchr(word, '=');
		if (!eq)
			continue;
		for (char *p = eq; *p; p++)
			if (*p == '_' && (p - eq < 4 || p[-4] != '=')) /* =AMT_...{}: a reference */
				*p = ' ';
		struct err e = { 0 };
		if (!wsman_obj_set_text(o, span_make(word, (size_t)(eq - word)), span_str(eq + 1), &e))
			fail_msg("%s", e.msg);
	}
}

static inline void test_part_have(struct test_part *t, unsigned i, const char *cls, const char *members)
{
	const struct wsman_class *k = wsman_classes_find(cls);
	struct wsman_obj *o = wsman_obj_new(&t->a, &k->shape, k->uri);
	struct wsman_obj **items = ARENA_ARRAY(&t->a, struct wsman_obj *, t->have[i].count + 1);
	test_part_members(o, members);
	for (unsigned n = 0; n < t->have[i].count; n++)
		items[n] = t->have[i].items[n];
	items[t->have[i].count++] = o;
	t->have[i].items = items;
}

/* The answer to a further question; members NULL: a fault. */
static inline void test_part_more(struct test_part *t, const char *tag, const char *cls, const char *method,
				  const char *members)
{
	const struct wsman_class *k = wsman_classes_find(cls);
	struct engine_part_more *m = ARENA_NEW(&t->a, struct engine_part_more);
	m->tag = arena_str(&t->a, span_str(tag));
	if (members) {
		m->obj = wsman_obj_new(&t->a, &wsman_classes_method(k, method)->out, k->uri);
		test_part_members(m->obj, members);
	}
	if (t->last)
		t->last->next = m;
	else
		t->in.more = m;
	t->last = m;
}

/* Lines and ids of what is to be done; false: refused, t->e tells. */
static inline bool test_part_diff(struct test_part *t)
{
	struct out lines, ids;
	out_init(&lines, t->lines, sizeof t->lines);
	out_init(&ids, t->ids, sizeof t->ids);
	t->c = (struct engine_changes){ .a = &t->a };
	err_clear(&t->e);
	bool ok = t->part->diff(&t->in, &t->c, &t->e);
	for (struct engine_change *ch = t->c.first; ok && ch; ch = ch->next) {
		out_bytes(&lines, out_span(&ch->text));
		out_fmt(&ids, "%s(%u) ", ch->id, ch->flags);
	}
	assert_false(t->a.full);
	return ok;
}
