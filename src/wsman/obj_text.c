/* Members set from text that somebody typed: names and values are checked, references and members of
 * instances within have a form of their own. Called by the CLI's "Name=value" arguments. Never
 * shows the value of a secret. */
#include "base/str.h"
#include "wsman/obj_inner.h"

/* References within references: a credential context names two others; nobody needs more. */
#define DEPTH_MAX 4

static bool err_reference(struct err *e, struct span text)
{
	err_set(e, ERR_INVALID, "'%.*s' is not a reference", (int)(text.n < 64 ? text.n : 64),
		text.p);
	return err_want(e, "CLASS{KEY=VALUE,KEY=VALUE}");
}

static struct span head(struct span s, size_t n)
{
	return span_trim(span_make(s.p, n));
}

static struct span tail(struct span s, size_t n)
{
	return span_trim(span_make(s.p + n, s.n - n));
}

/* End of the first KEY=VALUE: a comma that is in no braces. */
static size_t pair_end(struct span s)
{
	unsigned depth = 0;
	for (size_t i = 0; i < s.n; i++) {
		depth += s.p[i] == '{';
		depth -= s.p[i] == '}' && depth;
		if (s.p[i] == ',' && !depth)
			return i;
	}
	return s.n;
}

static bool read_epr(struct arena *a, struct span text, unsigned depth, struct wsman_epr **out_epr,
		     struct err *e);

static bool read_pair(struct arena *a, struct span pair, unsigned depth,
		      struct wsman_selector **out_sel, struct err *e)
{
	size_t eq = span_find(pair, '=');
	struct span key = head(pair, eq),
		    value = eq < pair.n ? tail(pair, eq + 1) : span_make("", 0);
	bool nested = value.n && value.p[value.n - 1] == '}' && span_find(value, '{') < value.n;
	struct wsman_epr *epr = NULL;
	if (eq == pair.n || !key.n)
		return err_reference(e, pair);
	if (nested && !read_epr(a, value, depth + 1, &epr, e))
		return false;
	const char *name = arena_str(a, key), *v = nested ? NULL : arena_str(a, value);
	struct wsman_selector *s = name ? wsman_obj_selector(a, name, v, NULL) : NULL;
	if (!s)
		return err_set(e, ERR_LIMIT, "the reference does not fit into memory");
	s->epr = epr;
	*out_sel = s;
	return true;
}

static bool read_epr(struct arena *a, struct span text, unsigned depth, struct wsman_epr **out_epr,
		     struct err *e)
{
	size_t open = span_find(text, '{');
	const char *class_name = arena_str(a, head(text, open));
	char uri[256];
	if (depth >= DEPTH_MAX || !class_name ||
	    !wsman_classes_uri_of(class_name, uri, sizeof uri) ||
	    (open < text.n && text.p[text.n - 1] != '}'))
		return err_reference(e, text);
	struct wsman_epr *epr = wsman_obj_epr_of(a, class_name, NULL, NULL);
	if (!epr)
		return err_set(e, ERR_LIMIT, "the reference does not fit into memory");
	struct wsman_selector **at = &epr->selectors;
	struct span keys = open < text.n ? head(tail(text, open + 1), tail(text, open + 1).n - 1)
					 : span_make("", 0);
	while (keys.n) {
		size_t end = pair_end(keys);
		if (!read_pair(a, head(keys, end), depth, at, e))
			return false;
		at = &(*at)->next;
		keys = end < keys.n ? tail(keys, end + 1) : span_make("", 0);
	}
	*out_epr = epr;
	return true;
}

static bool set_epr(struct wsman_obj *o, const struct wsman_prop *p, struct span value,
		    struct err *e)
{
	struct wsman_epr *epr = NULL;
	if (!read_epr(o->arena, span_trim(value), 0, &epr, e))
		return err_wrap(e, "%s.%s", o->shape->name, p->name);
	if (p->flags & WSMAN_ARRAY)
		wsman_obj_add_epr(o, p->name, epr);
	else
		wsman_obj_set_epr(o, p->name, epr);
	return true;
}

static bool err_no_member(const struct wsman_obj *o, struct span name, struct err *e)
{
	err_set(e, ERR_INVALID, "%s has no member '%.*s'", o->shape->name,
		(int)(name.n < 96 ? name.n : 96), name.p);
	return err_hint(e, "names are case sensitive; `decode` of a Get shows them");
}

static const struct wsman_prop *prop_of(const struct wsman_obj *o, struct span name)
{
	char text[96];
	int i = str_copy(text, sizeof text, name) ? wsman_classes_prop(o->shape, text) : -1;
	return i < 0 ? NULL : &o->shape->props[i];
}

/* "Member.InnerMember": the instance within is made when its first member comes. */
static bool set_within(struct wsman_obj *o, struct span path, size_t dot, struct span value,
		       struct err *e)
{
	const struct wsman_prop *p = prop_of(o, span_make(path.p, dot));
	const struct wsman_class *c = p && p->type == WSMAN_OBJ ? wsman_classes_find(p->of) : NULL;
	if (!c)
		return err_no_member(o, path, e);
	if (!wsman_obj_obj(o, p->name))
		wsman_obj_set_obj(o, p->name, wsman_obj_new(o->arena, &c->shape, c->uri));
	struct wsman_val *v = o->vals[p - o->shape->props];
	if (!v || !v->obj)
		return err_set(e, ERR_LIMIT, "%s does not fit into memory", p->name);
	return wsman_obj_set_text(v->obj, span_make(path.p + dot + 1, path.n - dot - 1), value, e);
}

bool wsman_obj_set_text(struct wsman_obj *o, struct span name, struct span value, struct err *e)
{
	size_t dot = span_find(name, '.');
	if (dot < name.n)
		return set_within(o, name, dot, value, e);
	const struct wsman_prop *p = prop_of(o, name);
	if (!p)
		return err_no_member(o, name, e);
	if (p->type == WSMAN_EPR)
		return set_epr(o, p, value, e);
	const char *text = arena_str(o->arena, value);
	bool b = false;
	if (!text)
		return err_set(e, ERR_LIMIT, "the value of %s does not fit into memory", p->name);
	if (!wsman_obj_check(p, text, e))
		return err_wrap(e, "%s", o->shape->name);
	if (p->type == WSMAN_BOOL && wsman_obj_bool_text(text, &b))
		text = b ? "true" : "false";
	if (p->flags & WSMAN_ARRAY)
		wsman_obj_add_str(o, p->name, text);
	else
		wsman_obj_set_str(o, p->name, text);
	return true;
}
