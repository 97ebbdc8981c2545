/* XML reading on expat (no DTD, no entities beyond the five, bounded bytes, depth and nodes) into
 * a tree in the caller's arena, and escaping for writing. Names are matched by namespace, never by
 * prefix. Control characters below 0x20 that some firmware sends are dropped before parsing. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"

struct wsman_xml_attr {
	const char *ns, *name, *value; /* ns: "" when the attribute is unqualified */
	const struct wsman_xml_attr *next;
};
struct wsman_xml {
	const char *ns, *name; /* ns: "" when none */
	const char *text;      /* character data of this element, blanks at both ends removed; "" */
	const struct wsman_xml_attr *attrs;
	struct wsman_xml *parent, *first, *next;
};
bool wsman_xml_parse(struct span in, struct arena *a, struct wsman_xml **out_root, struct err *e);
/* First child with that local name (ns NULL: any namespace); NULL when there is none. */
const struct wsman_xml *wsman_xml_child(const struct wsman_xml *x, const char *ns, const char *name);
const char *wsman_xml_attr(const struct wsman_xml *x, const char *name); /* any namespace; NULL */
void wsman_xml_escape(struct out *o, struct span text);
/* The name says password, pass phrase, key material or secret: its text is never printed. */
bool wsman_xml_is_secret(const char *name);
/* Indented tree for people; text of elements whose name says password, key or secret is masked. */
void wsman_xml_print(struct out *o, const struct wsman_xml *x);
void wsman_xml_print_json(struct out *o, const struct wsman_xml *x);
