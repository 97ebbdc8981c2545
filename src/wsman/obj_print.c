/* Objects as text and JSON for people: values with their meaning. Secret members are masked,
 * and of members that the table does not know those whose name says so. */
#include "base/str.h"
#include "wsman/obj_inner.h"

#define MASK "********"

const char *wsman_obj_value_name(const struct wsman_prop *p, const char *text)
{
	uint32_t v;
	bool number = p->type >= WSMAN_U8 && p->type <= WSMAN_U32 &&
		str_to_u32(span_str(text), 0, UINT32_MAX, &v, NULL);
	return number ? wsman_classes_name(p->names, v) : NULL;
}

void wsman_obj_print_epr(struct out *o, const struct wsman_epr *epr)
{
	const char *slash = strrchr(epr->resource_uri, '/');
	if (!*epr->resource_uri) {
		out_str(o, "(none)");
		return;
	}
	out_safe(o, span_str(slash ? slash + 1 : epr->resource_uri));
	out_str(o, " {");
	for (const struct wsman_selector *s = epr->selectors; s; s = s->next) {
		out_safe(o, span_str(s->name));
		out_str(o, "=");
		if (s->epr)
			wsman_obj_print_epr(o, s->epr);
		else
			out_safe(o, span_str(s->value ? s->value : ""));
		out_str(o, s->next ? ", " : "");
	}
	out_str(o, "}");
}

static void print_val(struct out *o, const struct wsman_prop *p, const struct wsman_val *v)
{
	if (p->type == WSMAN_EPR) {
		if (v->epr)
			wsman_obj_print_epr(o, v->epr);
		return;
	}
	if ((p->flags & WSMAN_SECRET) && *v->text) {
		out_str(o, MASK);
		return;
	}
	out_safe(o, span_str(v->text));
	const char *name = wsman_obj_value_name(p, v->text), *unit = wsman_classes_unit(p);
	if (unit && *v->text)
		out_fmt(o, " %s", unit);
	if (name)
		out_fmt(o, " (%s)", name);
}

static bool is_unknown(const struct wsman_obj *obj, const struct wsman_xml *c)
{
	return wsman_obj_member_of(obj, c, 0) == WSMAN_OBJ_UNKNOWN;
}

struct path { /* of the instance that is printed, within others */
	const struct path *up;
	const char *name;
};

static void print_path(struct out *o, const struct path *path)
{
	if (!path)
		return;
	print_path(o, path->up);
	out_fmt(o, "%s.", path->name);
}

/* The depth is bounded by that of the document. */
static void print_obj(struct out *o, const struct wsman_obj *obj, const struct path *path)
{
	for (unsigned i = 0; i < obj->shape->prop_count; i++)
		for (const struct wsman_val *v = obj->vals[i]; v; v = v->next) {
			const struct wsman_prop *p = &obj->shape->props[i];
			if (v->obj) {
				print_obj(o, v->obj, &(struct path){ path, p->name });
				continue;
			}
			print_path(o, path);
			out_fmt(o, "%s = ", p->name);
			print_val(o, p, v);
			out_str(o, "\n");
		}
	if (obj->has_return_value)
		out_fmt(o, "ReturnValue = %u\n", (unsigned)obj->return_value);
	if (!obj->xml || !obj->unknown_count)
		return;
	for (const struct wsman_xml *c = obj->xml->first; c; c = c->next)
		if (is_unknown(obj, c))
			wsman_xml_print(o, c);
}

void wsman_obj_print(struct out *o, const struct wsman_obj *obj)
{
	print_obj(o, obj, NULL);
}

static void json_key(struct out *o, bool *first, const char *key)
{
	out_str(o, *first ? "" : ",");
	*first = false;
	out_json_str(o, span_str(key));
	out_str(o, ":");
}

static void json_epr(struct out *o, const struct wsman_epr *epr)
{
	out_str(o, "{\"resource_uri\":");
	out_json_str(o, span_str(epr->resource_uri));
	out_str(o, ",\"selectors\":");
	wsman_obj_print_json_selectors(o, epr->selectors);
	out_str(o, "}");
}

void wsman_obj_print_json_selectors(struct out *o, const struct wsman_selector *s)
{
	bool first = true;
	out_str(o, "{");
	for (; s; s = s->next) {
		json_key(o, &first, s->name);
		if (s->epr)
			json_epr(o, s->epr);
		else
			out_json_str(o, span_str(s->value ? s->value : ""));
	}
	out_str(o, "}");
}

static void json_val(struct out *o, const struct wsman_prop *p, const struct wsman_val *v)
{
	bool b;
	uint32_t u;
	if (p->type == WSMAN_EPR && v->epr)
		json_epr(o, v->epr);
	else if (v->obj)
		wsman_obj_print_json(o, v->obj);
	else if ((p->flags & WSMAN_SECRET) && *v->text)
		out_str(o, "\"" MASK "\"");
	else if (p->type == WSMAN_BOOL && wsman_obj_bool_text(v->text, &b))
		out_str(o, b ? "true" : "false");
	else if (p->type >= WSMAN_U8 && p->type <= WSMAN_U32 &&
		 str_to_u32(span_str(v->text), 0, UINT32_MAX, &u, NULL))
		out_fmt(o, "%u", (unsigned)u);
	else
		out_json_str(o, span_str(v->text));
}

void wsman_obj_print_json(struct out *o, const struct wsman_obj *obj)
{
	bool first = true;
	out_str(o, "{");
	for (unsigned i = 0; i < obj->shape->prop_count; i++) {
		const struct wsman_prop *p = &obj->shape->props[i];
		if (!obj->vals[i])
			continue;
		json_key(o, &first, p->name);
		out_str(o, p->flags & WSMAN_ARRAY ? "[" : "");
		for (const struct wsman_val *v = obj->vals[i]; v; v = v->next) {
			json_val(o, p, v);
			out_str(o, v->next ? "," : "");
		}
		out_str(o, p->flags & WSMAN_ARRAY ? "]" : "");
	}
	if (obj->has_return_value) {
		json_key(o, &first, "ReturnValue");
		out_fmt(o, "%u", (unsigned)obj->return_value);
	}
	if (obj->xml && obj->unknown_count) {
		bool first_unknown = true;
		json_key(o, &first, "unknown");
		out_str(o, "[");
		for (const struct wsman_xml *c = obj->xml->first; c; c = c->next)
			if (is_unknown(obj, c)) {
				out_str(o, first_unknown ? "" : ",");
				first_unknown = false;
				wsman_xml_print_json(o, c);
			}
		out_str(o, "]");
	}
	out_str(o, "}");
}

/* The array of an enumeration keeps its places: null where the table has no name. */
void wsman_obj_print_json_meanings(struct out *o, const struct wsman_obj *obj)
{
	bool first = true;
	out_str(o, "{");
	for (unsigned i = 0; i < obj->shape->prop_count; i++) {
		const struct wsman_prop *p = &obj->shape->props[i];
		bool array = p->flags & WSMAN_ARRAY, any = false;
		for (const struct wsman_val *v = obj->vals[i]; v && !any; v = v->next)
			any = !(p->flags & WSMAN_SECRET) && wsman_obj_value_name(p, v->text);
		if (!any)
			continue;
		json_key(o, &first, p->name);
		out_str(o, array ? "[" : "");
		for (const struct wsman_val *v = obj->vals[i]; v; v = v->next) {
			const char *name = wsman_obj_value_name(p, v->text);
			if (name)
				out_json_str(o, span_str(name));
			else
				out_str(o, "null");
			out_str(o, v->next ? "," : "");
		}
		out_str(o, array ? "]" : "");
	}
	out_str(o, "}");
}
