/* Namespace prefixes in scope while a document is read; for wsman/xml.c only. expat's own
 * namespace mode glues URI and name together for every element, which costs a quarter of the time
 * of reading an envelope. */
#pragma once
#include "base/arena.h"

#define WSMAN_XML_NS_MAX 128 /* bindings in scope at one time */

struct wsman_xml_binding {
	const char *prefix; /* "" for the default namespace */
	size_t prefix_n;
	const char *uri;
	unsigned depth;     /* of the element that declared it */
};
struct wsman_xml_scope {
	struct wsman_xml_binding bindings[WSMAN_XML_NS_MAX];
	unsigned count;
};
/* Attribute name xmlns or xmlns:prefix? */
bool wsman_xml_ns_is_declaration(const char *attr_name);
/* Declares; false when there are too many or memory is short. */
bool wsman_xml_ns_declare(struct wsman_xml_scope *s, struct arena *a, unsigned depth,
			  const char *attr_name, const char *uri);
/* Forgets the declarations of elements deeper than depth. */
void wsman_xml_ns_leave(struct wsman_xml_scope *s, unsigned depth);
/* Splits prefix:local. Unprefixed attributes have no namespace. False: the prefix is unknown or
 * the name has no such form. */
bool wsman_xml_ns_resolve(const struct wsman_xml_scope *s, const char *qname, bool attribute,
			  const char **out_ns, const char **out_local);
