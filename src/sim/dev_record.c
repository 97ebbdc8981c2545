/* Records of a virtual device (sim/dev_record_priv.h). Services fill and change them; the state file
 * keeps them. Judges nothing. */
#include "sim/dev_record_priv.h"

#include "base/str.h"
#include "sim/dev_priv.h"

unsigned sim_record_count(const struct sim_dev *d, const char *cls)
{
	unsigned n = 0;

	for (const struct sim_record *r = d->records; r; r = r->next)
		n += str_eq(r->cls, cls);
	return n;
}

struct sim_record *sim_record_at(const struct sim_dev *d, const char *cls, unsigned i)
{
	for (struct sim_record *r = d->records; r; r = r->next) {
		if (str_eq(r->cls, cls) && i-- == 0)
			return r;
	}
	return NULL;
}

struct sim_record *sim_record_handle(const struct sim_dev *d, const char *cls, uint32_t handle)
{
	for (struct sim_record *r = d->records; r; r = r->next) {
		if (str_eq(r->cls, cls) && r->handle == handle)
			return r;
	}
	return NULL;
}

struct sim_record *sim_record_find(const struct sim_dev *d, const char *cls, const char *name,
				   const char *value)
{
	for (struct sim_record *r = d->records; r; r = r->next) {
		const char *have = str_eq(r->cls, cls) ? sim_record_get(r, name) : NULL;
		if (have && str_eq(have, value))
			return r;
	}
	return NULL;
}

struct sim_record *sim_record_add(struct sim_dev *d, const char *cls, unsigned limit)
{
	const struct wsman_class *c = wsman_classes_find(cls);
	struct sim_record **last = &d->records, *r;
	unsigned all = 0;
	uint32_t handle = 1;

	for (; *last; last = &(*last)->next)
		all++;
	if (!c || all >= SIM_RECORDS_MAX || sim_record_count(d, cls) >= limit)
		return NULL;
	while (sim_record_handle(d, cls, handle))
		handle++;
	r = MEM_NEW(struct sim_record);
	r->cls = c->name;
	r->handle = handle;
	*last = r;
	return r;
}

static void drop_text(struct sim_record_text **at)
{
	struct sim_record_text *t = *at;

	*at = t->next;
	mem_wipe(t->value, strlen(t->value));
	mem_free(t->value);
	mem_free(t);
}

void sim_record_drop(struct sim_dev *d, struct sim_record *r)
{
	struct sim_record **at = &d->records;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	while (r->texts)
		drop_text(&r->texts);
	mem_free(r);
}

void sim_record_drop_all(struct sim_dev *d, const char *cls)
{
	struct sim_record *next;

	for (struct sim_record *r = d->records; r; r = next) {
		next = r->next;
		if (!cls || str_eq(r->cls, cls))
			sim_record_drop(d, r);
	}
}

/* ---- members ---- */

const char *sim_record_get(const struct sim_record *r, const char *name)
{
	for (const struct sim_record_text *t = r->texts; t; t = t->next) {
		if (str_eq(t->name, name))
			return t->value;
	}
	return NULL;
}

void sim_record_append(struct sim_record *r, const char *name, const char *value)
{
	struct sim_record_text **last = &r->texts;
	size_t n = strlen(name) + 1;

	while (*last)
		last = &(*last)->next;
	*last = mem_new(sizeof **last + n);
	memcpy((*last)->name, name, n);
	(*last)->value = mem_str(value);
}

void sim_record_set(struct sim_record *r, const char *name, const char *value)
{
	for (struct sim_record_text **at = &r->texts; *at;) {
		if (str_eq((*at)->name, name))
			drop_text(at);
		else
			at = &(*at)->next;
	}
	if (value)
		sim_record_append(r, name, value);
}

/* "AMT_PublicKeyCertificate{InstanceID=...}": what wsman_obj_set_text reads. */
static const char *epr_text(struct arena *a, const struct wsman_epr *epr)
{
	const char *slash = strrchr(epr->resource_uri, '/');
	const char *text = arena_fmt(a, "%s{", slash ? slash + 1 : epr->resource_uri);

	for (const struct wsman_selector *s = epr->selectors; text && s; s = s->next)
		text = arena_fmt(a, "%s%s=%s%s", text, s->name, s->value ? s->value : "",
				 s->next ? "," : "");
	return text ? arena_fmt(a, "%s}", text) : NULL;
}

void sim_record_from(struct sim_record *r, const struct wsman_obj *o)
{
	for (unsigned i = 0; i < o->shape->prop_count; i++) {
		const struct wsman_prop *p = &o->shape->props[i];
		if (!o->vals[i] || p->type == WSMAN_OBJ)
			continue;
		sim_record_set(r, p->name, NULL);
		for (const struct wsman_val *v = o->vals[i]; v; v = v->next) {
			const char *text = v->epr ? epr_text(o->arena, v->epr) : v->text;
			if (text)
				sim_record_append(r, p->name, text);
		}
	}
}

void sim_record_to(const struct sim_record *r, struct wsman_obj *o)
{
	for (const struct sim_record_text *t = r->texts; t; t = t->next) {
		if (wsman_classes_prop(o->shape, t->name) >= 0)
			wsman_obj_set_text(o, span_str(t->name), span_str(t->value), NULL);
	}
}
