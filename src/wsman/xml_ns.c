/* Namespace prefixes in scope, for wsman/xml.c. Envelopes have about ten, with names of one
 * letter, so a search from the innermost one is the quickest. */
#include "wsman/xml_ns.h"

bool wsman_xml_ns_is_declaration(const char *attr_name)
{
	return strncmp(attr_name, "xmlns", 5) == 0 && (attr_name[5] == '\0' || attr_name[5] == ':');
}

bool wsman_xml_ns_declare(struct wsman_xml_scope *s, struct arena *a, unsigned depth,
			  const char *attr_name, const char *uri)
{
	const char *prefix = attr_name[5] ? attr_name + 6 : "";
	if (s->count == WSMAN_XML_NS_MAX)
		return false;
	struct wsman_xml_binding *b = &s->bindings[s->count];
	b->prefix_n = strlen(prefix);
	b->prefix = arena_str(a, span_make(prefix, b->prefix_n));
	b->uri = arena_str(a, span_str(uri));
	b->depth = depth;
	s->count++;
	return b->prefix && b->uri;
}

void wsman_xml_ns_leave(struct wsman_xml_scope *s, unsigned depth)
{
	while (s->count && s->bindings[s->count - 1].depth > depth)
		s->count--;
}

bool wsman_xml_ns_resolve(const struct wsman_xml_scope *s, const char *qname, bool attribute,
			  const char **out_ns, const char **out_local)
{
	const char *colon = strchr(qname, ':');
	size_t n = colon ? (size_t)(colon - qname) : 0;
	*out_local = colon ? colon + 1 : qname;
	*out_ns = "";
	if (!colon && attribute)
		return true;
	if (colon && (n == 0 || colon[1] == '\0' || strchr(colon + 1, ':')))
		return false;
	for (unsigned i = s->count; i-- > 0;) {
		const struct wsman_xml_binding *b = &s->bindings[i];
		if (b->prefix_n == n && memcmp(b->prefix, qname, n) == 0) {
			*out_ns = b->uri;
			return !colon || *b->uri;
		}
	}
	if (n == 3 && memcmp(qname, "xml", 3) == 0)
		*out_ns = "http://www.w3.org/XML/1998/namespace";
	return !colon || **out_ns;
}
