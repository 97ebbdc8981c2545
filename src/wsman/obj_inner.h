/* Shared by the files of wsman/ that read or write members; not for other folders. */
#pragma once
#include "wsman/obj.h"

/* Selectors of a SelectorSet element (NULL: none). */
bool wsman_obj_read_selectors(struct arena *a, const struct wsman_xml *set,
			      struct wsman_selector **out_first, struct err *e);
/* x is an EndpointReference or an element of that type. */
bool wsman_obj_read_epr(struct arena *a, const struct wsman_xml *x, const struct wsman_epr **out,
			struct err *e);
/* Which member of o element x is: index, WSMAN_OBJ_RETURN_VALUE or WSMAN_OBJ_UNKNOWN. hint: where
 * to begin to look. */
#define WSMAN_OBJ_UNKNOWN      (-1)
#define WSMAN_OBJ_RETURN_VALUE (-2)
int wsman_obj_member_of(const struct wsman_obj *o, const struct wsman_xml *x, unsigned hint);
bool wsman_obj_bool_text(const char *text, bool *out_v); /* true, false, 1, 0 in any case */
/* Name of an enumeration value; NULL when there is none. */
const char *wsman_obj_value_name(const struct wsman_prop *p, const char *text);
void wsman_obj_print_epr(struct out *o, const struct wsman_epr *epr);
void wsman_obj_print_json_selectors(struct out *o, const struct wsman_selector *s);
