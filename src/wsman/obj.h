/* Instances, method inputs and outputs as values by table. Values keep their lexical text; typed
 * get and set check it against the property's type, so wrong text from a peer is an error that
 * names class, property and value. Everything lives in the arena given at creation. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"
#include "wsman/classes.h"
#include "wsman/xml.h"

struct wsman_selector {
	const char *name, *value;    /* value NULL when it is an EPR */
	const struct wsman_epr *epr;
	struct wsman_selector *next;
};
struct wsman_epr { /* endpoint reference: which instance */
	const char *resource_uri;
	struct wsman_selector *selectors;
};
struct wsman_val {
	const char *text;
	const struct wsman_epr *epr; /* WSMAN_EPR only */
	struct wsman_obj *obj;       /* WSMAN_OBJ only */
	struct wsman_val *next;      /* further elements of an array, in order */
};
struct wsman_obj {
	const struct wsman_shape *shape;
	const char *ns; /* namespace of the members */
	struct arena *arena;
	struct wsman_val **vals;         /* shape->prop_count slots; NULL: absent */
	uint32_t return_value;           /* method output; 0 when absent */
	bool has_return_value;
	unsigned unknown_count;          /* members that the table does not know, those within too */
	const struct wsman_xml *xml;     /* the element it was read from; NULL when built */
};
struct wsman_obj *wsman_obj_new(struct arena *a, const struct wsman_shape *s, const char *ns);
/* Reads the members of element x; unknown ones are counted and stay reachable through xml. */
bool wsman_obj_read(struct arena *a, const struct wsman_shape *s, const char *ns,
		    const struct wsman_xml *x, struct wsman_obj **out_obj, struct err *e);

/* Name of the first WSMAN_REQUIRED member that has no value; NULL when all have one. */
const char *wsman_obj_missing(const struct wsman_obj *o);

bool wsman_obj_has(const struct wsman_obj *o, const char *prop);
const char *wsman_obj_str(const struct wsman_obj *o, const char *prop); /* NULL when absent */
bool wsman_obj_u32(const struct wsman_obj *o, const char *prop, uint32_t *out_v);
bool wsman_obj_bool(const struct wsman_obj *o, const char *prop, bool *out_v);
bool wsman_obj_b64(const struct wsman_obj *o, const char *prop, struct span *out_bytes); /* in the arena */
const struct wsman_epr *wsman_obj_epr(const struct wsman_obj *o, const char *prop);
const struct wsman_obj *wsman_obj_obj(const struct wsman_obj *o, const char *prop); /* NULL */
const struct wsman_val *wsman_obj_vals(const struct wsman_obj *o, const char *prop); /* list or NULL */

/* Set replaces; add appends to an array. Unknown property or wrong type is our own bug: assert. */
void wsman_obj_set_str(struct wsman_obj *o, const char *prop, const char *v);
void wsman_obj_set_u32(struct wsman_obj *o, const char *prop, uint32_t v);
void wsman_obj_set_bool(struct wsman_obj *o, const char *prop, bool v);
void wsman_obj_set_b64(struct wsman_obj *o, const char *prop, struct span bytes);
void wsman_obj_set_epr(struct wsman_obj *o, const char *prop, const struct wsman_epr *epr);
void wsman_obj_set_obj(struct wsman_obj *o, const char *prop, const struct wsman_obj *v); /* copied */
void wsman_obj_add_str(struct wsman_obj *o, const char *prop, const char *v);
void wsman_obj_add_epr(struct wsman_obj *o, const char *prop, const struct wsman_epr *epr);
void wsman_obj_unset(struct wsman_obj *o, const char *prop);
/* Set from outside text (CLI "Prop=value"): checks name and type. An array grows. A reference is
 * "CLASS{KEY=VALUE,...}", a member of an instance within "Prop.Inner". */
bool wsman_obj_set_text(struct wsman_obj *o, struct span prop, struct span value, struct err *e);
/* Text is valid for that type? Names class-free: e says property, value, type. */
bool wsman_obj_check(const struct wsman_prop *p, const char *text, struct err *e);

struct wsman_obj *wsman_obj_clone(struct arena *a, const struct wsman_obj *o);
struct wsman_selector *wsman_obj_selector(struct arena *a, const char *name, const char *value,
					  struct wsman_selector *next);
struct wsman_epr *wsman_obj_epr_of(struct arena *a, const char *class_name, const char *key,
				   const char *value);
const char *wsman_obj_epr_selector(const struct wsman_epr *epr, const char *name); /* NULL */
void wsman_obj_print(struct out *o, const struct wsman_obj *obj);      /* "Name = value (meaning)" lines */
void wsman_obj_print_json(struct out *o, const struct wsman_obj *obj);
/* The names of the enumeration values that it has, by member. */
void wsman_obj_print_json_meanings(struct out *o, const struct wsman_obj *obj);
