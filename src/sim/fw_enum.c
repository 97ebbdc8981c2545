/* Enumerate, Pull, Release: few contexts at a time, each good for one Pull, the oldest gives way.
 * Called by fw_dispatch.c. Instances are made when they are pulled. */
#include "base/str.h"
#include "sim/fw_priv.h"

/* Contexts look like a counter in little-endian bytes (captures). */
static const char *context_text(struct fw_ctx *x, uint32_t id)
{
	return arena_fmt(x->a, "%02X%02X%02X%02X-0000-0000-0000-000000000000", id & 0xff,
			 id >> 8 & 0xff, id >> 16 & 0xff, id >> 24);
}

static const char *open_context(struct fw_ctx *x, unsigned at)
{
	struct sim_dev *d = x->d;
	struct sim_context *slot = &d->contexts[0];

	for (unsigned i = 1; i < SIM_CONTEXTS; i++) {
		if (d->contexts[i].id < slot->id)
			slot = &d->contexts[i];
	}
	*slot = (struct sim_context){ ++d->context_id, (uint16_t)sim_fw_class_index(x->cls),
				      (uint16_t)at };
	return context_text(x, slot->id);
}

/* The context of the request, which is used up; NULL with x->fault set. */
static const struct sim_context *take_context(struct fw_ctx *x, struct sim_context *out_c)
{
	for (unsigned i = 0; i < SIM_CONTEXTS; i++) {
		struct sim_context *c = &x->d->contexts[i];
		if (!c->id || !str_eq_nocase(context_text(x, c->id), x->m->enum_context))
			continue;
		if (sim_fw_class_at(c->cls) != x->cls)
			break;
		*out_c = *c;
		c->id = 0;
		return out_c;
	}
	sim_fw_refuse(x, FW_FAULT_CONTEXT);
	return NULL;
}

bool sim_fw_enumerate(struct fw_ctx *x, struct wsman_rep *rep)
{
	rep->enum_context = open_context(x, 0);
	return true;
}

bool sim_fw_pull(struct fw_ctx *x, struct wsman_rep *rep)
{
	struct sim_context c;
	unsigned count = sim_fw_count(x->d, x->cls);

	if (!take_context(x, &c))
		return false;
	unsigned end = x->cls->pull_end ? x->cls->pull_end(x->d, c.at) : count;
	if (x->m->max_elements && x->m->max_elements < end - (c.at < end ? c.at : end))
		end = c.at + x->m->max_elements;
	const struct wsman_obj **items = ARENA_ARRAY(x->a, const struct wsman_obj *, count + 1);
	const struct wsman_class **classes =
		ARENA_ARRAY(x->a, const struct wsman_class *, count + 1);
	if (!items || !classes)
		return sim_fw_refuse(x, FW_FAULT_INTERNAL);
	for (unsigned i = c.at; i < end; i++) {
		const struct wsman_obj *o = sim_fw_instance(x, x->cls, i);
		if (!o)
			return sim_fw_refuse(x, FW_FAULT_INTERNAL);
		classes[rep->item_count] = wsman_classes_find(o->shape->name);
		items[rep->item_count++] = o;
	}
	rep->items = items;
	rep->item_classes = classes;
	rep->end_of_sequence = end >= count;
	if (!rep->end_of_sequence)
		rep->enum_context = open_context(x, end);
	return true;
}

bool sim_fw_release(struct fw_ctx *x)
{
	struct sim_context c;

	return take_context(x, &c) != NULL;
}
