/* Instances and method members as values by table: creating, reading from XML, typed getting.
 * Setting is in obj_set.c, printing in obj_print.c. Reading checks numbers and booleans; base64,
 * hex and dates are checked by the one who decodes them, so that one odd value does not make the
 * whole instance unreadable. */
#include "wsman/obj.h"
#include "base/str.h"
#include "wsman/obj_inner.h"

/* More elements of one array than any device has; bounds the work on hostile input. */
#define ARRAY_MAX 4096

static const char NS_ADDRESSING[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
static const char NS_ENUMERATION[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";

struct wsman_obj *wsman_obj_new(struct arena *a, const struct wsman_shape *s, const char *ns)
{
	struct wsman_obj *o = ARENA_NEW(a, struct wsman_obj);
	struct wsman_val **vals = ARENA_ARRAY(a, struct wsman_val *, s->prop_count + 1);
	if (!o || !vals)
		return NULL;
	o->shape = s;
	o->ns = ns;
	o->arena = a;
	o->vals = vals;
	return o;
}

/* Members come in table order, so looking on from the last one found is nearly free. */
static int find_from(const struct wsman_shape *s, const char *name, unsigned start)
{
	for (unsigned k = 0; k < s->prop_count; k++) {
		unsigned i = start + k < s->prop_count ? start + k : start + k - s->prop_count;
		if (strcmp(s->props[i].name, name) == 0)
			return (int)i;
	}
	return WSMAN_OBJ_UNKNOWN;
}

/* One captured Pull has the members in the namespace of what is around the instances. */
static bool is_of_pull(const struct wsman_xml *x)
{
	const struct wsman_xml *items = x->parent ? x->parent->parent : NULL;
	return items && strcmp(items->name, "Items") == 0 && strcmp(x->ns, NS_ENUMERATION) == 0 &&
		strcmp(items->ns, NS_ENUMERATION) == 0;
}

int wsman_obj_member_of(const struct wsman_obj *o, const struct wsman_xml *x, unsigned hint)
{
	bool own = strcmp(x->ns, o->ns) == 0 || is_of_pull(x);
	int i = own ? find_from(o->shape, x->name, hint) : WSMAN_OBJ_UNKNOWN;
	if (i < 0 && strcmp(x->name, "ReturnValue") == 0 &&
	    str_ends_nocase(o->shape->name, "_OUTPUT"))
		return WSMAN_OBJ_RETURN_VALUE;
	return i;
}

static bool err_full(struct err *e)
{
	return err_set(e, ERR_LIMIT, "instance does not fit into memory");
}

bool wsman_obj_read_selectors(struct arena *a, const struct wsman_xml *set,
			      struct wsman_selector **out_first, struct err *e)
{
	struct wsman_selector **tail = out_first;
	*out_first = NULL;
	for (const struct wsman_xml *x = set ? set->first : NULL; x; x = x->next) {
		const char *name = wsman_xml_attr(x, "Name");
		if (strcmp(x->name, "Selector") != 0)
			continue;
		if (!name)
			return err_set(e, ERR_MALFORMED, "Selector without attribute Name");
		struct wsman_selector *s = ARENA_NEW(a, struct wsman_selector);
		if (!s)
			return err_full(e);
		s->name = name;
		const struct wsman_xml *epr =
			wsman_xml_child(x, NS_ADDRESSING, "EndpointReference");
		if (epr) {
			if (!wsman_obj_read_epr(a, epr, &s->epr, e))
				return err_wrap(e, "selector %s", name);
		} else {
			s->value = x->text;
		}
		*tail = s;
		tail = &s->next;
	}
	return true;
}

/* The depth is bounded by that of the document. */
bool wsman_obj_read_epr(struct arena *a, const struct wsman_xml *x, const struct wsman_epr **out,
			struct err *e)
{
	const struct wsman_xml *params = wsman_xml_child(x, NS_ADDRESSING, "ReferenceParameters");
	const struct wsman_xml *uri = wsman_xml_child(params, NULL, "ResourceURI");
	if (!uri)
		return err_set(e, ERR_MALFORMED, "%s is not an endpoint reference: no ResourceURI",
			       x->name);
	struct wsman_epr *epr = ARENA_NEW(a, struct wsman_epr);
	if (!epr)
		return err_full(e);
	epr->resource_uri = uri->text;
	*out = epr;
	return wsman_obj_read_selectors(a, wsman_xml_child(params, NULL, "SelectorSet"),
					&epr->selectors, e);
}

/* Text of one element of property p; NULL with e set when it is wrong for its type. */
static const char *member_text(const struct wsman_prop *p, const struct wsman_xml *x, struct err *e)
{
	if (p->type == WSMAN_DATETIME && x->first)
		return x->first->text;
	bool checked = p->type == WSMAN_BOOL || (p->type >= WSMAN_U8 && p->type <= WSMAN_I64);
	if (checked && *x->text && !wsman_obj_check(p, x->text, e))
		return NULL;
	return x->text;
}

struct place { /* where the next value of an array goes */
	struct wsman_val **tail;
	int index;
	unsigned count;
};

static bool append(struct wsman_obj *o, struct place *at, int i, struct wsman_val value,
		   struct err *e)
{
	if (at->index != i) {
		at->index = i;
		at->count = 0;
		at->tail = &o->vals[i];
		while (*at->tail) {
			at->tail = &(*at->tail)->next;
			at->count++;
		}
	}
	if (at->count && !(o->shape->props[i].flags & WSMAN_ARRAY)) {
		o->unknown_count++; /* a second one of what there can be one of: the first stays */
		return true;
	}
	if (at->count++ >= ARRAY_MAX)
		return err_set(e, ERR_LIMIT, "%s.%s has more than %d elements", o->shape->name,
			       o->shape->props[i].name, ARRAY_MAX);
	struct wsman_val *v = ARENA_NEW(o->arena, struct wsman_val);
	if (!v)
		return err_full(e);
	v->text = value.text;
	v->epr = value.epr;
	v->obj = value.obj;
	*at->tail = v;
	at->tail = &v->next;
	return true;
}

/* The class is that of the members' namespace, which may be a derived one. */
static bool read_obj(struct wsman_obj *o, const struct wsman_prop *p, const struct wsman_xml *x,
		     struct wsman_obj **out_obj, struct err *e)
{
	const struct wsman_class *c = x->first ? wsman_classes_find_uri(x->first->ns) : NULL;
	struct wsman_obj *within = NULL;
	if (!c)
		c = wsman_classes_find(p->of);
	if (!c)
		return err_set(e, ERR_INTERNAL, "the table has no class %s", p->of);
	if (!wsman_obj_read(o->arena, &c->shape, c->uri, x, &within, e) || !within)
		return false;
	o->unknown_count += within->unknown_count;
	*out_obj = within;
	return true;
}

/* The depth is bounded by that of the document. */
static bool read_member(struct wsman_obj *o, struct place *at, int i, const struct wsman_xml *x,
			struct err *e)
{
	const struct wsman_prop *p = &o->shape->props[i];
	struct wsman_val v = { .text = "" };
	if (p->type == WSMAN_OBJ)
		return read_obj(o, p, x, &v.obj, e) && append(o, at, i, v, e);
	if (p->type == WSMAN_EPR) {
		if ((x->first || *x->text) && !wsman_obj_read_epr(o->arena, x, &v.epr, e))
			return false;
		return append(o, at, i, v, e);
	}
	if ((p->flags & WSMAN_ARRAY) && x->first && p->type != WSMAN_DATETIME) {
		/* Another client writes an array as one element with children. */
		for (const struct wsman_xml *c = x->first; c; c = c->next) {
			v.text = member_text(p, c, e);
			if (!v.text || !append(o, at, i, v, e))
				return false;
		}
		return true;
	}
	v.text = member_text(p, x, e);
	return v.text && append(o, at, i, v, e);
}

static bool read_return_value(struct wsman_obj *o, const struct wsman_xml *x, struct err *e)
{
	o->has_return_value = true;
	if (str_to_u32(span_str(x->text), 0, UINT32_MAX, &o->return_value, NULL))
		return true;
	err_set(e, ERR_MALFORMED, "ReturnValue '%s' is not a number", x->text);
	return err_seen(e, "%s", x->text);
}

bool wsman_obj_read(struct arena *a, const struct wsman_shape *s, const char *ns,
		    const struct wsman_xml *x, struct wsman_obj **out_obj, struct err *e)
{
	struct wsman_obj *o = wsman_obj_new(a, s, ns);
	if (!o)
		return err_full(e);
	o->xml = x;
	struct place at = { NULL, -1, 0 };
	unsigned hint = 0;
	for (const struct wsman_xml *c = x->first; c; c = c->next) {
		int i = wsman_obj_member_of(o, c, hint);
		if (i >= 0) {
			hint = (unsigned)i;
			if (!read_member(o, &at, i, c, e))
				return err_wrap(e, "%s.%s", s->name, c->name);
		} else if (i == WSMAN_OBJ_RETURN_VALUE) {
			if (!read_return_value(o, c, e))
				return err_wrap(e, "%s", s->name);
		} else {
			o->unknown_count++;
		}
	}
	*out_obj = o;
	return true;
}

const struct wsman_val *wsman_obj_vals(const struct wsman_obj *o, const char *prop)
{
	int i = o ? wsman_classes_prop(o->shape, prop) : -1;
	return i < 0 ? NULL : o->vals[i];
}

const char *wsman_obj_missing(const struct wsman_obj *o)
{
	for (unsigned i = 0; i < o->shape->prop_count; i++) {
		const struct wsman_prop *p = &o->shape->props[i];
		const struct wsman_val *v = o->vals[i];
		if ((p->flags & WSMAN_REQUIRED) &&
		    (!v || (p->type == WSMAN_EPR && !v->epr) || (p->type == WSMAN_OBJ && !v->obj)))
			return p->name;
	}
	return NULL;
}

bool wsman_obj_has(const struct wsman_obj *o, const char *prop)
{
	return wsman_obj_vals(o, prop) != NULL;
}

const char *wsman_obj_str(const struct wsman_obj *o, const char *prop)
{
	const struct wsman_val *v = wsman_obj_vals(o, prop);
	return v ? v->text : NULL;
}

bool wsman_obj_u32(const struct wsman_obj *o, const char *prop, uint32_t *out_v)
{
	const char *text = wsman_obj_str(o, prop);
	return text && str_to_u32(span_str(text), 0, UINT32_MAX, out_v, NULL);
}

bool wsman_obj_bool(const struct wsman_obj *o, const char *prop, bool *out_v)
{
	const char *text = wsman_obj_str(o, prop);
	return text && wsman_obj_bool_text(text, out_v);
}

bool wsman_obj_b64(const struct wsman_obj *o, const char *prop, struct span *out_bytes)
{
	const char *text = wsman_obj_str(o, prop);
	if (!text)
		return false;
	size_t cap = b64_max_decoded(strlen(text)), n;
	uint8_t *bytes = arena_alloc(o->arena, cap);
	if (!bytes || !b64_decode(span_str(text), bytes, cap, &n))
		return false;
	*out_bytes = span_make(bytes, n);
	return true;
}

const struct wsman_epr *wsman_obj_epr(const struct wsman_obj *o, const char *prop)
{
	const struct wsman_val *v = wsman_obj_vals(o, prop);
	return v ? v->epr : NULL;
}

const struct wsman_obj *wsman_obj_obj(const struct wsman_obj *o, const char *prop)
{
	const struct wsman_val *v = wsman_obj_vals(o, prop);
	return v ? v->obj : NULL;
}

const char *wsman_obj_epr_selector(const struct wsman_epr *epr, const char *name)
{
	for (const struct wsman_selector *s = epr ? epr->selectors : NULL; s; s = s->next)
		if (strcmp(s->name, name) == 0)
			return s->value;
	return NULL;
}
