/* Parts of the profile for a job that only looks (run_check.c): reads them all, then tells what differs
 * and what is to be remarked. */
#include "engine/run_part_priv.h"

bool engine_run_parts_observe(struct engine_run *r)
{
	struct err e = { 0 };
	if (!engine_run_parts_any(r))
		return false;
	if (!r->parts && !engine_run_parts_load(r, &e)) {
		engine_run_fail(r, &e);
		return true;
	}
	for (unsigned i = 0; i < r->parts->count; i++) {
		struct run_part *p = &r->parts->rows[i];
		r->parts->now = p;
		if (!p->known && !p->failed && !p->unavailable && engine_run_part_read(r, p))
			return true;
	}
	return false;
}

static void print_part(struct engine_run *r, struct run_part *p, struct out *lines,
		       struct out *notes)
{
	struct err e = { 0 };
	struct engine_part_in in = engine_run_part_in(r, p);
	arena_reset(&r->parts->work);
	struct engine_changes c = { .a = &r->parts->work };
	if (!p->failed && !p->unavailable && !p->part->diff(&in, &c, &e))
		out_fmt(notes, "%s: %s\n", p->part->title, e.msg);
	if (c.unavailable)
		out_fmt(notes, "%s: not available in AMT %s: %s\n", p->part->title, r->version,
			c.unavailable);
	if (p->unavailable)
		out_fmt(notes, "%s\n", p->lacks);
	bool cuts = false;
	for (const struct engine_change *ch = c.first; ch; ch = ch->next)
		cuts |= ch->flags & CHANGE_CUTS_OFF;
	const char *why = cuts && p->part->dark ? p->part->dark(&in, &r->parts->work) : NULL;
	if (why)
		out_fmt(notes, ENGINE_NOTE_DARK "%s\n", why);
	for (const struct engine_change *ch = c.first; ch; ch = ch->next)
		out_bytes(ch->flags & CHANGE_REPORT || p->part->hidden ? notes : lines,
			  out_span(&ch->text));
}

void engine_run_parts_print(struct engine_run *r, struct out *lines, struct out *notes)
{
	for (unsigned i = 0; r->parts && i < r->parts->count; i++)
		print_part(r, &r->parts->rows[i], lines, notes);
	if (r->parts && r->parts->has_refused)
		out_fmt(notes, "%s\n", r->parts->refused.msg);
}
