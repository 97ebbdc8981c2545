/* For the unit tests of parts: requests compared with captured ones. */
#pragma once
#include "engine/test_part.h"
#include <stdlib.h>

/* The request of that change has the shape of a captured one: action, resource, selectors, and the names of the
 * members in their order, repeated ones once. Skips visibly without the captures. */
static inline void test_part_shape(struct test_part *t, const char *id, const char *file)
{
	char path[1024], mine[2048], theirs[2048];
	static char text[65536];
	const char *shared = getenv("OUTBAND_SHARED");
	struct engine_change *ch = t->c.first;
	struct buf b;
	struct out o;
	while (ch && !str_eq(ch->id, id))
		ch = ch->next;
	if (!ch)
		fail_msg("no change %s among %s", id, t->ids);
	snprintf(path, sizeof path, "%s/corpus/wsman/%s", shared ? shared : "../shared", file);
	FILE *f = fopen(path, "rb");
	if (!f)
		skip();
	size_t n = fread(text, 1, sizeof text, f);
	fclose(f);
	buf_init(&b, 1 << 20);
	out_init_buf(&o, &b);
	wsman_envelope_emit_request(&o, &ch->req);
	const struct span both[] = { buf_span(&b), span_make(text, n) };
	char *texts[] = { mine, theirs };
	for (int i = 0; i < 2; i++) {
		struct wsman_msg m;
		struct err e = { 0 };
		struct out line;
		const char *before = "";
		if (!wsman_envelope_parse(both[i], &t->a, &m, &e))
			fail_msg("%s: %s", file, e.msg);
		out_init(&line, texts[i], sizeof mine);
		out_fmt(&line, "%s %s", m.action, m.resource_uri);
		for (const struct wsman_selector *s = m.selectors; s; s = s->next)
			out_fmt(&line, " [%s]", s->name);
		for (const struct wsman_xml *x = m.payload ? m.payload->first : NULL; x; x = x->next) {
			if (!str_eq(x->name, before))
				out_fmt(&line, " %s", x->name);
			before = x->name;
		}
	}
	buf_wipe(&b);
	assert_string_equal(mine, theirs);
}
