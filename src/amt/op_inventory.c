/* Operation "inventory.read": everything of hw.h, class by class. What the PC has no instance of is
 * left out; what it refuses to tell is a row of table "unread" with the table that is not complete, so
 * that nobody takes it for hardware that has gone. Rows come at the end, one for each part, whatever
 * number of classes told of it. Changes nothing. */
#include "amt/hw.h"
#include "amt/op_priv.h"
#include "base/str.h"

#define FIELDS_MAX 48 /* of one part */
#define PARTS_MAX  2048

struct part {
	struct part *next;
	const char *table, *item;
	unsigned count;
	struct amt_op_field fields[FIELDS_MAX];
};
struct inventory {
	unsigned at; /* in the list of classes */
	struct part *first, **end;
	unsigned parts;
	bool memory; /* the chips brought it */
	bool again;  /* this class is enumerated since a Get was refused */
};

static void ask(struct amt_op *o);

/* ---- parts ---- */

static struct part *part_find(struct inventory *s, const char *table, const char *item)
{
	struct part *p = s->first;

	while (p && !(str_eq(p->table, table) && str_eq(p->item, item)))
		p = p->next;
	return p;
}

static struct part *part_new(struct amt_op *o, const char *table, const char *item)
{
	struct inventory *s = amt_op_state(o);
	struct part *p = s->parts < PARTS_MAX ? ARENA_NEW(amt_op_arena(o), struct part) : NULL;

	if (!p)
		return NULL;
	if (!s->first)
		s->end = &s->first;
	p->table = table;
	p->item = item;
	*s->end = p;
	s->end = &p->next;
	s->parts++;
	return p;
}

static bool has(const struct part *p, const char *key)
{
	for (unsigned i = 0; i < p->count; i++)
		if (str_eq(p->fields[i].key, key))
			return true;
	return false;
}

static void put(struct part *p, const char *key, const char *text, enum amt_op_type is)
{
	if (text && *text && p->count < FIELDS_MAX && !has(p, key))
		p->fields[p->count++] = (struct amt_op_field){ key, text, is };
}

/* Two instances of one class with one name are two parts. */
static const char *own_name(struct amt_op *o, const struct amt_hw_class *c, const char *item,
			    unsigned index)
{
	struct part *p = part_find(amt_op_state(o), c->table, item);
	const char *name = item;

	if (!index || !p || !has(p, c->cols[0].key))
		return item;
	for (unsigned n = 2; name && part_find(amt_op_state(o), c->table, name); n++)
		name = arena_fmt(amt_op_arena(o), "%s #%u", item, n);
	return name ? name : item;
}

static bool take(struct amt_op *o, const struct amt_hw_class *c, const struct wsman_obj *obj,
		 unsigned index)
{
	struct arena *a = amt_op_arena(o);
	const char *item = own_name(o, c, amt_hw_item(obj, c, a), index);
	struct part *p = part_find(amt_op_state(o), c->table, item);

	if (!p)
		p = part_new(o, c->table, item);
	for (const struct amt_hw_col *col = c->cols; p && col->key; col++) {
		const char *text = amt_hw_text(obj, col, a);
		put(p, col->key, text, amt_hw_type(col, text));
	}
	return p != NULL;
}

static void unread(struct amt_op *o, const struct amt_hw_class *c, const char *why)
{
	struct part *p = part_new(o, "unread", c->table);

	if (!p)
		return;
	put(p, "class", c->class_name, AMT_OP_TEXT);
	put(p, "reason", arena_str(amt_op_arena(o), span_str(why)), AMT_OP_TEXT);
}

/* ---- the end ---- */

static void emit(struct amt_op *o, const struct part *p)
{
	amt_op_begin(o, p->table);
	amt_op_text(o, "item", p->item);
	for (unsigned i = 0; i < p->count; i++) {
		const struct amt_op_field *f = &p->fields[i];
		int64_t v = 0;
		if (f->is == AMT_OP_BOOL)
			amt_op_flag(o, f->key, str_eq(f->text, "true"));
		else if (f->is == AMT_OP_NUMBER &&
			 str_to_i64(span_str(f->text), INT64_MIN / 2, INT64_MAX / 2, &v, NULL))
			amt_op_number(o, f->key, v);
		else
			amt_op_text(o, f->key, f->text);
	}
	amt_op_emit(o);
}

/* Kind by kind, in the order in which kinds were first asked for. */
static void finish(struct amt_op *o)
{
	struct inventory *s = amt_op_state(o);
	const struct amt_hw_class *c;

	for (unsigned i = 0; (c = amt_hw_class_at(i)); i++) {
		bool seen = false;
		for (unsigned k = 0; k < i; k++)
			seen |= str_eq(amt_hw_class_at(k)->table, c->table);
		for (struct part *p = seen ? NULL : s->first; p; p = p->next)
			if (str_eq(p->table, c->table))
				emit(o, p);
	}
	for (struct part *p = s->first; p; p = p->next)
		if (str_eq(p->table, "unread"))
			emit(o, p);
	amt_op_end(o);
}

static void next_class(struct amt_op *o)
{
	struct inventory *s = amt_op_state(o);

	s->at++;
	s->again = false;
	const struct amt_hw_class *c = amt_hw_class_at(s->at);
	if (c && s->memory && str_eq(c->class_name, "CIM_PhysicalMemory"))
		s->at++;
	ask(o);
}

/* ---- replies ---- */

static void full(struct amt_op *o)
{
	struct err e = { 0 };

	err_set(&e, ERR_LIMIT, "the PC tells of more than %d parts", PARTS_MAX);
	amt_op_fail(o, &e);
}

static void got_one(struct amt_op *o, const struct amt_reply *r)
{
	struct inventory *s = amt_op_state(o);
	const struct amt_hw_class *c = amt_hw_class_at(s->at);
	struct wsman_obj *obj;

	if (!amt_op_obj(o, r, &obj))
		return;
	if (take(o, c, obj, 0))
		next_class(o);
	else
		full(o);
}

static void got_many(struct amt_op *o, const struct amt_reply *r)
{
	struct inventory *s = amt_op_state(o);
	const struct amt_hw_class *c = amt_hw_class_at(s->at);
	struct err e = { 0 };

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *obj;
		if (!wsman_envelope_item(r->items[i], r->arena, &obj, &e)) {
			unread(o, c, e.msg);
			break;
		}
		const struct amt_hw_class *own = amt_hw_class_find(obj->shape->name);
		s->memory |= own && str_eq(own->class_name, "CIM_PhysicalMemory");
		if (own && !take(o, own, obj, i)) {
			full(o);
			return;
		}
	}
	next_class(o);
}

/* A fault is about this class only: it has no instance, or what there is cannot be had. */
static bool refused(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct inventory *s = amt_op_state(o);
	const struct amt_hw_class *c = amt_hw_class_at(s->at);

	if (!r->msg || r->msg->op != WSMAN_OP_FAULT)
		return false;
	bool none = str_eq(r->msg->fault.subcode, "DestinationUnreachable");
	if (!none && c->get && !s->again && str_eq(r->msg->fault.subcode, "InvalidSelectors")) {
		s->again = true; /* there is more than one */
		ask(o);
		return true;
	}
	if (!none)
		unread(o, c, e->msg);
	next_class(o);
	return true;
}

static void ask(struct amt_op *o)
{
	struct inventory *s = amt_op_state(o);
	const struct amt_hw_class *c = amt_hw_class_at(s->at);

	if (!c) {
		finish(o);
		return;
	}
	amt_op_on_error(o, refused);
	if (c->get && !s->again)
		amt_op_get(o, c->class_name, got_one);
	else
		amt_op_enumerate(o, c->class_name, got_many);
}

const struct amt_op_fns amt_op_inventory = { sizeof(struct inventory), ask, NULL };
