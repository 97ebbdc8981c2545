/* Setting members of an object by our own code: a wrong name or type is our bug. Used by amt/ and
 * engine/ to build requests, by sim/ to build replies. Text that somebody typed comes in through
 * obj_text.c. When the arena is full nothing is set and the arena says so; emitting refuses then. */
#include "base/mem.h"
#include "base/str.h"
#include "wsman/obj_inner.h"
#include <assert.h>

bool wsman_obj_bool_text(const char *text, bool *out_v)
{
	if (str_eq_nocase(text, "true") || strcmp(text, "1") == 0)
		*out_v = true;
	else if (str_eq_nocase(text, "false") || strcmp(text, "0") == 0)
		*out_v = false;
	else
		return false;
	return true;
}

static bool is_base64(const char *text)
{
	size_t cap = b64_max_decoded(strlen(text)), n;
	uint8_t *bytes = mem_new(cap);
	bool ok = b64_decode(span_str(text), bytes, cap, &n);
	mem_wipe(bytes, cap);
	mem_free(bytes);
	return ok;
}

static bool is_hex(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");
	return text[n] == '\0' && n % 2 == 0;
}

/* -12.5 or 1.5E3. */
static bool is_real(const char *text)
{
	const char *digits = "0123456789";
	text += *text == '-' || *text == '+';
	size_t n = strspn(text, digits);
	text += n;
	if (*text == '.') {
		size_t fraction = strspn(text + 1, digits);
		n += fraction;
		text += 1 + fraction;
	}
	if (n && (*text == 'e' || *text == 'E')) {
		text++;
		text += *text == '-' || *text == '+';
		n = strspn(text, digits);
		text += n;
	}
	return n && *text == '\0';
}

/* 2022-12-31T23:59:00Z or P1DT23H59M: the shape only. */
static bool is_datetime(const char *text)
{
	if (*text == 'P')
		return text[1] && text[strspn(text, "PTYMWDHS0123456789.")] == '\0';
	return strlen(text) >= 10 && text[4] == '-' && text[7] == '-' &&
		text[strspn(text, "0123456789-+:.TZ")] == '\0';
}

static bool fits(enum wsman_type type, const char *text, const char **out_want)
{
	struct span s = span_str(text);
	uint32_t u32;
	uint64_t u64;
	int64_t i64;
	bool b;
	switch (type) {
	case WSMAN_STR:
		return true;
	case WSMAN_BOOL:
		*out_want = "true or false";
		return wsman_obj_bool_text(text, &b);
	case WSMAN_U8:
		*out_want = "a number from 0 to 255";
		return str_to_u32(s, 0, UINT8_MAX, &u32, NULL);
	case WSMAN_U16:
		*out_want = "a number from 0 to 65535";
		return str_to_u32(s, 0, UINT16_MAX, &u32, NULL);
	case WSMAN_U32:
		*out_want = "a number from 0 to 4294967295";
		return str_to_u32(s, 0, UINT32_MAX, &u32, NULL);
	case WSMAN_U64:
		*out_want = "a number from 0 to 18446744073709551615";
		return str_to_u64(s, 0, UINT64_MAX, &u64, NULL);
	case WSMAN_I16:
		*out_want = "a number from -32768 to 32767";
		return str_to_i64(s, INT16_MIN, INT16_MAX, &i64, NULL);
	case WSMAN_I32:
		*out_want = "a number from -2147483648 to 2147483647";
		return str_to_i64(s, INT32_MIN, INT32_MAX, &i64, NULL);
	case WSMAN_I64:
		*out_want = "a whole number of 64 bits";
		return str_to_i64(s, INT64_MIN, INT64_MAX, &i64, NULL);
	case WSMAN_REAL:
		*out_want = "a decimal number";
		return is_real(text);
	case WSMAN_B64:
		*out_want = "base64";
		return is_base64(text);
	case WSMAN_HEX:
		*out_want = "pairs of hex digits";
		return is_hex(text);
	case WSMAN_DATETIME:
		*out_want = "a time such as 2031-05-02T09:14:07Z or a duration such as PT60S";
		return is_datetime(text);
	case WSMAN_EPR:
		*out_want = "an endpoint reference";
		return false;
	case WSMAN_OBJ:
		*out_want = "an instance, whose members are set one by one";
		return false;
	case WSMAN_TYPE_COUNT:
		break;
	}
	return false;
}

bool wsman_obj_check(const struct wsman_prop *p, const char *text, struct err *e)
{
	const char *want = "";
	if (fits(p->type, text, &want))
		return true;
	if (p->flags & WSMAN_SECRET)
		return err_set(e, ERR_INVALID, "the value of %s (not shown) is not %s", p->name,
			       want);
	err_set(e, ERR_INVALID, "%s '%.64s' is not %s", p->name, text, want);
	err_seen(e, "%s", text);
	return err_want(e, "%s", want);
}

static unsigned index_of(const struct wsman_obj *o, const char *prop)
{
	int i = wsman_classes_prop(o->shape, prop);
	assert(i >= 0 && "no such member in the class table");
	return (unsigned)i;
}

static bool is_number(enum wsman_type t)
{
	return t >= WSMAN_U8 && t <= WSMAN_I64;
}

static struct wsman_val *make(struct wsman_obj *o, struct span text)
{
	struct wsman_val *v = ARENA_NEW(o->arena, struct wsman_val);
	if (v)
		v->text = arena_str(o->arena, text);
	return v && v->text ? v : NULL;
}

static void set_text(struct wsman_obj *o, const char *prop, struct span text)
{
	unsigned i = index_of(o, prop);
	struct wsman_val *v = make(o, text);
	if (v)
		o->vals[i] = v;
}

void wsman_obj_set_str(struct wsman_obj *o, const char *prop, const char *v)
{
	if (!o)
		return;
	const struct wsman_prop *p = &o->shape->props[index_of(o, prop)];
	assert(p->type != WSMAN_EPR && p->type != WSMAN_OBJ);
	assert((!is_number(p->type) && p->type != WSMAN_BOOL) || wsman_obj_check(p, v, NULL));
	set_text(o, prop, span_str(v));
	(void)p;
}

void wsman_obj_set_u32(struct wsman_obj *o, const char *prop, uint32_t v)
{
	if (!o)
		return;
	char text[11];
	struct out w;
	out_init(&w, text, sizeof text);
	out_fmt(&w, "%u", (unsigned)v);
	const struct wsman_prop *p = &o->shape->props[index_of(o, prop)];
	assert(is_number(p->type) && wsman_obj_check(p, text, NULL));
	set_text(o, prop, out_span(&w));
	(void)p;
}

void wsman_obj_set_bool(struct wsman_obj *o, const char *prop, bool v)
{
	if (!o)
		return;
	assert(o->shape->props[index_of(o, prop)].type == WSMAN_BOOL);
	set_text(o, prop, span_str(v ? "true" : "false"));
}

void wsman_obj_set_b64(struct wsman_obj *o, const char *prop, struct span bytes)
{
	if (!o)
		return;
	assert(o->shape->props[index_of(o, prop)].type == WSMAN_B64);
	size_t cap = (bytes.n + 2) / 3 * 4 + 1;
	char *text = arena_alloc(o->arena, cap);
	if (!text)
		return;
	struct out w;
	out_init(&w, text, cap);
	out_b64(&w, bytes);
	set_text(o, prop, out_span(&w));
}

static struct wsman_selector *copy_selectors(struct arena *a, const struct wsman_selector *from);

static const struct wsman_epr *copy_epr(struct arena *a, const struct wsman_epr *from)
{
	struct wsman_epr *epr = from ? ARENA_NEW(a, struct wsman_epr) : NULL;
	if (!epr)
		return NULL;
	epr->resource_uri = arena_str(a, span_str(from->resource_uri));
	epr->selectors = copy_selectors(a, from->selectors);
	return epr->resource_uri ? epr : NULL;
}

static struct wsman_selector *copy_selectors(struct arena *a, const struct wsman_selector *from)
{
	struct wsman_selector *first = NULL, **tail = &first;
	for (; from; from = from->next) {
		struct wsman_selector *s = wsman_obj_selector(a, from->name, from->value, NULL);
		if (!s)
			return NULL;
		s->epr = copy_epr(a, from->epr);
		*tail = s;
		tail = &s->next;
	}
	return first;
}

static struct wsman_val *make_epr(struct wsman_obj *o, unsigned i, const struct wsman_epr *epr)
{
	assert(o->shape->props[i].type == WSMAN_EPR);
	struct wsman_val *v = make(o, span_str(""));
	if (v)
		v->epr = copy_epr(o->arena, epr);
	return v;
}

static void append(struct wsman_obj *o, unsigned i, struct wsman_val *v)
{
	assert(o->shape->props[i].flags & WSMAN_ARRAY);
	struct wsman_val **tail = &o->vals[i];
	while (*tail)
		tail = &(*tail)->next;
	*tail = v;
}

void wsman_obj_set_epr(struct wsman_obj *o, const char *prop, const struct wsman_epr *epr)
{
	if (!o)
		return;
	unsigned i = index_of(o, prop);
	o->vals[i] = make_epr(o, i, epr);
}

void wsman_obj_set_obj(struct wsman_obj *o, const char *prop, const struct wsman_obj *value)
{
	if (!o)
		return;
	unsigned i = index_of(o, prop);
	assert(o->shape->props[i].type == WSMAN_OBJ);
	struct wsman_val *v = make(o, span_str(""));
	if (v)
		v->obj = wsman_obj_clone(o->arena, value);
	o->vals[i] = v;
}

void wsman_obj_add_epr(struct wsman_obj *o, const char *prop, const struct wsman_epr *epr)
{
	if (!o)
		return;
	unsigned i = index_of(o, prop);
	append(o, i, make_epr(o, i, epr));
}

void wsman_obj_add_str(struct wsman_obj *o, const char *prop, const char *text)
{
	if (!o)
		return;
	unsigned i = index_of(o, prop);
	const struct wsman_prop *p = &o->shape->props[i];
	assert(p->type != WSMAN_EPR && p->type != WSMAN_OBJ);
	assert((!is_number(p->type) && p->type != WSMAN_BOOL) || wsman_obj_check(p, text, NULL));
	(void)p;
	append(o, i, make(o, span_str(text)));
}

void wsman_obj_unset(struct wsman_obj *o, const char *prop)
{
	if (o)
		o->vals[index_of(o, prop)] = NULL;
}

static struct wsman_xml *copy_xml(struct arena *a, const struct wsman_xml *from,
				  struct wsman_xml *parent)
{
	struct wsman_xml *x = ARENA_NEW(a, struct wsman_xml);
	if (!x)
		return NULL;
	x->ns = arena_str(a, span_str(from->ns));
	x->name = arena_str(a, span_str(from->name));
	x->text = arena_str(a, span_str(from->text));
	x->parent = parent;
	if (!x->ns || !x->name || !x->text)
		return NULL;
	const struct wsman_xml_attr **at_tail = &x->attrs;
	for (const struct wsman_xml_attr *at = from->attrs; at; at = at->next) {
		struct wsman_xml_attr *copy = ARENA_NEW(a, struct wsman_xml_attr);
		if (!copy)
			return NULL;
		copy->ns = arena_str(a, span_str(at->ns));
		copy->name = arena_str(a, span_str(at->name));
		copy->value = arena_str(a, span_str(at->value));
		*at_tail = copy;
		at_tail = &copy->next;
	}
	struct wsman_xml **tail = &x->first;
	for (const struct wsman_xml *c = from->first; c; c = c->next) {
		*tail = copy_xml(a, c, x);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	return x;
}

struct wsman_obj *wsman_obj_clone(struct arena *a, const struct wsman_obj *from)
{
	struct wsman_obj *o = from ? wsman_obj_new(a, from->shape, NULL) : NULL;
	if (!o)
		return NULL;
	o->ns = arena_str(a, span_str(from->ns));
	o->return_value = from->return_value;
	o->has_return_value = from->has_return_value;
	o->unknown_count = from->unknown_count;
	/* Only unknown members still need the document. */
	if (from->xml && from->unknown_count)
		o->xml = copy_xml(a, from->xml, NULL);
	for (unsigned i = 0; i < from->shape->prop_count; i++) {
		struct wsman_val **tail = &o->vals[i];
		for (const struct wsman_val *v = from->vals[i]; v; v = v->next) {
			*tail = make(o, span_str(v->text));
			if (!*tail)
				return NULL;
			(*tail)->epr = copy_epr(a, v->epr);
			(*tail)->obj = wsman_obj_clone(a, v->obj);
			tail = &(*tail)->next;
		}
	}
	return a->full ? NULL : o;
}

struct wsman_selector *wsman_obj_selector(struct arena *a, const char *name, const char *value,
					  struct wsman_selector *next)
{
	struct wsman_selector *s = ARENA_NEW(a, struct wsman_selector);
	if (!s)
		return NULL;
	s->name = arena_str(a, span_str(name));
	s->value = value ? arena_str(a, span_str(value)) : NULL;
	s->next = next;
	return s->name && (!value || s->value) ? s : NULL;
}

struct wsman_epr *wsman_obj_epr_of(struct arena *a, const char *class_name, const char *key,
				   const char *value)
{
	char uri[256];
	bool known = wsman_classes_uri_of(class_name, uri, sizeof uri);
	assert(known && "class names begin with AMT_, CIM_ or IPS_");
	struct wsman_epr *epr = known ? ARENA_NEW(a, struct wsman_epr) : NULL;
	if (!epr)
		return NULL;
	epr->resource_uri = arena_str(a, span_str(uri));
	epr->selectors = key ? wsman_obj_selector(a, key, value, NULL) : NULL;
	return epr->resource_uri && (!key || epr->selectors) ? epr : NULL;
}
