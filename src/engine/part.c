/* Table of the parts of a profile, and what their diffs share: looking up, building changes. Called
 * by run_part.c and by the parts; sends nothing. */
#include "engine/part.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

static const struct engine_part *const rows[] = {
#define X(name) &engine_part_##name,
	ENGINE_PARTS(X)
#undef X
};
enum {
#define X(name) +1
	ROWS = 0 ENGINE_PARTS(X)
#undef X
};

const struct engine_part *engine_parts_all_at(unsigned i)
{
	return i < ROWS ? rows[i] : NULL;
}

const struct engine_part *engine_parts_at(unsigned i)
{
	for (unsigned n = 0; n < ROWS; n++)
		if (!rows[n]->hidden && i-- == 0)
			return rows[n];
	return NULL;
}

const struct engine_part *engine_parts_find(struct span name)
{
	for (unsigned i = 0; i < ROWS; i++)
		if (!rows[i]->hidden && span_eq_str(name, rows[i]->name))
			return rows[i];
	return NULL;
}

struct engine_part_secret *engine_part_secret(const struct engine_part_in *in,
					      const struct engine_node *group, const char *key)
{
	const struct engine_node *n = engine_node_get(group, key);
	for (unsigned i = 0; n && i < in->secret_count; i++)
		if (in->secrets[i].node == n)
			return &in->secrets[i];
	return NULL;
}

struct span engine_part_cert(const struct engine_part_in *in, const char *name)
{
	for (unsigned i = 0; i < in->cert_count; i++)
		if (str_eq(in->certs[i].name, name))
			return in->certs[i].der;
	return span_make(NULL, 0);
}

const struct engine_node *engine_part_other(const struct engine_part_in *in, const char *part)
{
	const struct engine_node *n = in->all;
	while (n && !str_eq(n->key, part))
		n = n->next;
	return n;
}

const struct wsman_obj *engine_part_more(const struct engine_part_in *in, const char *tag,
					 bool *out_asked)
{
	for (const struct engine_part_more *m = in->more; m; m = m->next) {
		if (!str_eq(m->tag, tag))
			continue;
		if (out_asked)
			*out_asked = true;
		return m->obj;
	}
	if (out_asked)
		*out_asked = false;
	return NULL;
}

struct wsman_obj *engine_part_item(const struct engine_part_in *in, unsigned i, const char *prop,
				   const char *text)
{
	for (unsigned n = 0; n < in->have[i].count; n++) {
		const char *v = prop ? wsman_obj_str(in->have[i].items[n], prop) : NULL;
		if (!prop || (v && str_eq(v, text)))
			return in->have[i].items[n];
	}
	return NULL;
}

/* ---- changes ---- */

#define TEXT_MAX 2048 /* of one change */

struct engine_change *engine_part_change(struct engine_changes *c, unsigned flags,
					 const char *id_fmt, ...)
{
	char id[96];
	va_list ap;
	va_start(ap, id_fmt);
	vsnprintf(id, sizeof id, id_fmt, ap);
	va_end(ap);
	struct engine_change *ch = ARENA_NEW(c->a, struct engine_change);
	char *text = arena_alloc(c->a, TEXT_MAX), *copy = arena_str(c->a, span_str(id));
	if (!ch || !text || !copy)
		return NULL;
	ch->id = copy;
	ch->flags = flags;
	out_init(&ch->text, text, TEXT_MAX);
	if (c->last)
		c->last->next = ch;
	else
		c->first = ch;
	c->last = ch;
	c->count++;
	return ch;
}

void engine_part_line(struct engine_change *ch, const char *field, const char *from, const char *to)
{
	if (!ch)
		return;
	out_fmt(&ch->text, "%s: ", field);
	out_safe(&ch->text, span_str(from ? from : "absent"));
	out_str(&ch->text, " -> ");
	out_safe(&ch->text, span_str(to ? to : "absent"));
	out_str(&ch->text, "\n");
}

static const struct wsman_class *class_of(const struct wsman_obj *o)
{
	return wsman_classes_find(o->shape->name);
}

struct wsman_obj *engine_part_put(struct engine_changes *c, struct engine_change *ch,
				  const struct wsman_obj *instance,
				  const struct wsman_selector *sel)
{
	struct wsman_obj *o = ch ? wsman_obj_clone(c->a, instance) : NULL;
	const struct wsman_class *cls = class_of(instance);
	if (!o || !cls)
		return NULL;
	ch->req = (struct wsman_req){
		.op = WSMAN_OP_PUT, .resource_uri = cls->uri, .selectors = sel, .obj = o
	};
	ch->obj = o;
	return o;
}

struct wsman_obj *engine_part_create(struct engine_changes *c, struct engine_change *ch,
				     const char *class_name)
{
	const struct wsman_class *cls = wsman_classes_find(class_name);
	struct wsman_obj *o = ch && cls ? wsman_obj_new(c->a, &cls->shape, cls->uri) : NULL;
	if (!o)
		return NULL;
	ch->req = (struct wsman_req){ .op = WSMAN_OP_CREATE, .resource_uri = cls->uri, .obj = o };
	ch->obj = o;
	return o;
}

struct wsman_obj *engine_part_call(struct engine_changes *c, struct engine_change *ch,
				   const char *class_name, const char *method,
				   const struct wsman_selector *sel)
{
	const struct wsman_class *cls = wsman_classes_find(class_name);
	const struct wsman_method *m = cls ? wsman_classes_method(cls, method) : NULL;
	struct wsman_obj *o = ch && m ? wsman_obj_new(c->a, &m->in, cls->uri) : NULL;
	if (!o)
		return NULL;
	ch->req = (struct wsman_req){ .op = WSMAN_OP_INVOKE,
				      .resource_uri = cls->uri,
				      .method = m->name,
				      .selectors = sel,
				      .obj = o };
	ch->obj = o;
	return o;
}

void engine_part_delete(struct engine_changes *c, struct engine_change *ch, const char *class_name,
			const struct wsman_selector *sel)
{
	const struct wsman_class *cls = wsman_classes_find(class_name);
	(void)c;
	if (ch && cls)
		ch->req = (struct wsman_req){ .op = WSMAN_OP_DELETE,
					      .resource_uri = cls->uri,
					      .selectors = sel };
}

struct engine_change *engine_part_put_of(struct engine_changes *c, unsigned flags,
					 const struct wsman_obj *instance,
					 const struct wsman_selector *sel)
{
	const char *id = arena_fmt(c->a, sel ? "set:%s:%s" : "set:%s", instance->shape->name,
				   sel ? sel->value : "");
	for (struct engine_change *ch = c->first; id && ch; ch = ch->next) {
		if (!str_eq(ch->id, id))
			continue;
		ch->flags |= flags;
		return ch;
	}
	struct engine_change *ch = id ? engine_part_change(c, flags, "%s", id) : NULL;
	return engine_part_put(c, ch, instance, sel) ? ch : NULL;
}

void engine_part_lack(struct engine_changes *c, const char *field, const char *to)
{
	engine_part_line(engine_part_change(c, CHANGE_REPORT, "lack:%s", field), field,
			 "not available", to);
}

void engine_part_subscribe(struct engine_changes *c, struct engine_change *ch,
			   const char *collection, const struct wsman_subscription *sub)
{
	if (ch)
		ch->req = (struct wsman_req){
			.op = WSMAN_OP_SUBSCRIBE,
			.resource_uri = wsman_classes_find("CIM_FilterCollection")->uri,
			.selectors = wsman_obj_selector(c->a, "InstanceID", collection, NULL),
			.subscription = sub
		};
}

void engine_part_unsubscribe(struct engine_change *ch, const struct wsman_selector *sel)
{
	if (ch)
		ch->req = (struct wsman_req){
			.op = WSMAN_OP_UNSUBSCRIBE,
			.resource_uri = wsman_classes_find("CIM_FilterCollectionSubscription")->uri,
			.selectors = sel
		};
}

/* ---- plain properties ---- */

static const struct engine_node *at_path(const struct engine_node *group, const char *path)
{
	char key[48];
	const char *dot = strchr(path, '.');
	if (!dot)
		return engine_node_get(group, path);
	if (!str_copy(key, sizeof key, span_make(path, (size_t)(dot - path))))
		return NULL;
	const struct engine_node *n = engine_node_get(group, key);
	return n ? at_path(n, dot + 1) : NULL;
}

/* Value of the device for a word of the profile, or the word for a value. Lists are short. */
const char *engine_part_word(struct arena *a, const char *words, const char *text, bool to_device)
{
	for (struct span left = span_str(words); left.n;) {
		size_t len = span_find(left, ' ');
		struct span pair = span_make(left.p, len);
		size_t eq = span_find(pair, '=');
		struct span word = span_make(pair.p, eq),
			    value = span_make(pair.p + eq + 1, pair.n - eq - 1);
		if (span_eq_str(to_device ? word : value, text))
			return arena_str(a, to_device ? value : word);
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	return text;
}

static const char *device_text(struct arena *a, const struct engine_part_prop *row,
			       const struct engine_node *n)
{
	if (row->words)
		return engine_part_word(a, row->words, n->text, true);
	if (n->row->kind == KEY_SWITCH)
		return str_eq(n->text, "on") ? "true" : "false";
	return n->text;
}

static const char *people_text(struct arena *a, const struct engine_part_prop *row,
			       const struct engine_node *n, const char *device)
{
	if (!device)
		return NULL;
	if (row->words)
		return engine_part_word(a, row->words, device, false);
	if (n->row->kind == KEY_SWITCH)
		return str_eq(device, "true") || str_eq(device, "1") ? "on" : "off";
	return device;
}

/* Texts without value are left out of an instance; numbers and switches are not. */
static bool is_lacking(const struct wsman_obj *o, const char *prop)
{
	int i = wsman_classes_prop(o->shape, prop);
	return i < 0 ||
		(o->shape->props[i].type != WSMAN_STR && !(o->shape->props[i].flags & WSMAN_ARRAY));
}

void engine_part_props(const struct engine_part_in *in, const struct wsman_obj *instance,
		       const struct wsman_selector *sel, const struct engine_part_prop *props,
		       unsigned flags, struct engine_changes *c)
{
	const char *part = in->want->key;
	for (; props->key; props++) {
		const struct engine_node *n = at_path(in->want, props->key);
		if (!n || !n->text)
			continue;
		const char *want = device_text(c->a, props, n),
			   *have = wsman_obj_str(instance, props->prop),
			   *field = arena_fmt(c->a, "%s.%s", part, props->key);
		if (!want || !field)
			return;
		const char *have_people = people_text(c->a, props, n, have);
		if (have && (str_eq(have, want) || str_eq(have_people, n->text)))
			continue;
		if (!have && is_lacking(instance, props->prop)) {
			engine_part_lack(c, field, n->text);
			continue;
		}
		struct engine_change *ch = engine_part_put_of(c, flags, instance, sel);
		if (!ch)
			return;
		engine_part_line(ch, field, have_people, n->text);
		struct err e = { 0 };
		wsman_obj_unset(ch->obj, props->prop);
		wsman_obj_set_text(ch->obj, span_str(props->prop), span_str(want), &e);
	}
}

/* ---- lists ---- */

static bool list_has(const struct wsman_val *list, const char *text)
{
	for (; list; list = list->next)
		if (str_eq(list->text, text))
			return true;
	return false;
}

static const char *joined(struct arena *a, const char *so_far, const char *text)
{
	return so_far && text ? arena_fmt(a, "%s%s%s", so_far, *so_far ? " " : "", text) : NULL;
}

void engine_part_list(const struct engine_part_in *in, const struct wsman_obj *instance,
		      const struct wsman_selector *sel, const char *key, const char *prop,
		      const char *words, unsigned flags, struct engine_changes *c)
{
	const struct engine_node *list = at_path(in->want, key);
	const struct wsman_val *have = wsman_obj_vals(instance, prop);
	const char *field = arena_fmt(c->a, "%s.%s", in->want->key, key), *from = "", *to = "";
	unsigned want_count = 0, have_count = 0;
	bool differs = false;
	if (!list)
		return;
	for (const struct wsman_val *v = have; v; v = v->next, have_count++)
		from = joined(c->a, from,
			      words ? engine_part_word(c->a, words, v->text, false) : v->text);
	for (const struct engine_node *n = list->children; n; n = n->next, want_count++) {
		differs |= !list_has(
			have, words ? engine_part_word(c->a, words, n->text, true) : n->text);
		to = joined(c->a, to, n->text);
	}
	if ((!differs && want_count == have_count) || !field || !from || !to)
		return;
	struct engine_change *ch = engine_part_put_of(c, flags, instance, sel);
	if (!ch)
		return;
	engine_part_line(ch, field, *from ? from : "none", *to ? to : "none");
	wsman_obj_unset(ch->obj, prop);
	for (const struct engine_node *n = list->children; n; n = n->next) {
		const char *text = words ? engine_part_word(c->a, words, n->text, true) : n->text;
		if (text)
			wsman_obj_add_str(ch->obj, prop, text);
	}
}

unsigned engine_part_fields(struct arena *a, const struct engine_node *group, const char *path,
			    const struct engine_part_prop *props, const struct wsman_obj *have,
			    struct wsman_obj *to, struct engine_change *ch)
{
	unsigned differ = 0;
	for (; props->key; props++) {
		const struct engine_node *n = at_path(group, props->key);
		if (!n || !n->text)
			continue;
		const char *want = device_text(a, props, n),
			   *is = have ? wsman_obj_str(have, props->prop) : NULL,
			   *is_people = people_text(a, props, n, is);
		struct err e = { 0 };
		if (to && want) {
			wsman_obj_unset(to, props->prop);
			wsman_obj_set_text(to, span_str(props->prop), span_str(want), &e);
		}
		if (is && (str_eq(is, want) || str_eq(is_people, n->text)))
			continue;
		differ++;
		engine_part_line(ch, arena_fmt(a, "%s.%s", path, props->key), is_people, n->text);
	}
	return differ;
}

void engine_part_report(struct engine_changes *c, const char *field, const char *what)
{
	struct engine_change *ch = engine_part_change(c, CHANGE_REPORT, "report:%s", field);
	if (!ch)
		return;
	out_safe(&ch->text, span_str(field));
	out_fmt(&ch->text, ": %s\n", what);
}
