/* A property of the active configuration as text, for invariants and the control socket: what a Get
 * would show if nothing were staged. Never changes the device. */
#include "base/limits.h"
#include "base/str.h"
#include "sim/fw_priv.h"

#define ARENA_BYTES 1048576

struct place { /* "Class[key].Prop" */
	char cls[80], key[96], prop[64];
};

static bool read_place(const char *text, struct place *out_p)
{
	struct span s = span_str(text);
	size_t open = span_find(s, '['), end;
	struct span cls, key = { NULL, 0 };

	if (open < s.n) {
		cls = span_make(s.p, open);
		s = span_make(s.p + open + 1, s.n - open - 1);
		end = span_find(s, ']');
		key = span_make(s.p, end);
		if (end + 1 >= s.n || s.p[end + 1] != '.')
			return false;
		s = span_make(s.p + end + 2, s.n - end - 2);
	} else {
		end = span_find(s, '.');
		cls = span_make(s.p, end);
		if (end == s.n)
			return false;
		s = span_make(s.p + end + 1, s.n - end - 1);
	}
	return str_copy(out_p->cls, sizeof out_p->cls, cls) &&
		str_copy(out_p->key, sizeof out_p->key, key) &&
		str_copy(out_p->prop, sizeof out_p->prop, s);
}

/* One of its keys has this text; every instance has when none is asked for. */
static bool is_instance(const struct wsman_obj *o, const char *key)
{
	for (unsigned i = 0; *key && i < o->shape->prop_count; i++) {
		const struct wsman_prop *p = &o->shape->props[i];
		if ((p->flags & WSMAN_KEY) && o->vals[i] && str_eq(o->vals[i]->text, key))
			return true;
	}
	return !*key;
}

static void print(struct out *o, const struct wsman_val *v)
{
	for (const char *between = ""; v; v = v->next, between = ",") {
		out_str(o, between);
		if (v->epr && v->epr->selectors && v->epr->selectors->value)
			out_str(o, v->epr->selectors->value);
		else
			out_str(o, v->text ? v->text : "");
	}
}

bool sim_dev_value(const struct sim_dev *cd, const char *class_prop, struct out *o)
{
	struct sim_dev *d = (struct sim_dev *)cd; /* what is made at first contact is no change */
	struct place at;
	struct arena a;
	struct wsman_msg m = { .message_id = "" };
	struct fw_ctx x = { .d = d, .a = &a, .m = &m, .active = true };
	const struct fw_class *c;
	bool found = false;

	if (!read_place(class_prop, &at) || !(c = sim_fw_class_find(at.cls)))
		return false;
	sim_tls_first_contact(d);
	arena_init(&a, ARENA_BYTES);
	for (unsigned i = 0; !found && i < sim_fw_count(d, c); i++) {
		const struct wsman_obj *obj = sim_fw_instance(&x, c, i);
		if (!obj || !is_instance(obj, at.key) || !wsman_obj_has(obj, at.prop))
			continue;
		print(o, wsman_obj_vals(obj, at.prop));
		found = true;
	}
	arena_deinit(&a);
	return found;
}
