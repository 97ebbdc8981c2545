/* Comparator of requests: what must be the same is compared, what is ignored is in one table with
 * the reason. Used by the corpus tests of wsman. */
#include "wsman_compare.h"
#include "base/limits.h"
#include "base/str.h"
#include "wsman/classes.h"
#include "wsman/xml.h"

#define NS_SOAP  "http://www.w3.org/2003/05/soap-envelope"
#define NS_WSA   "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define NS_TRUST "http://schemas.xmlsoap.org/ws/2005/02/trust"

const struct wsman_compare_ignored wsman_compare_ignored[] = {
	{ "prefix", "a prefix is only a name for a namespace, which is what is compared" },
	{ "white space", "firmware and clients match elements; blanks between them say nothing" },
	{ "header order", "headers are found by name; every client has another order" },
	{ "message id", "a counter or a uuid of the sender's choice, echoed as RelatesTo" },
	{ "to", "/wsman and a full URL name the same service" },
	{ "reply to", "always the anonymous role: the answer comes on the same connection" },
	{ "operation timeout", "optional, a wish; firmware has its own minimum" },
	{ "must understand", "all of these headers are understood anyway" },
	{ "epr address", "firmware ignores it: clients send four different texts there" },
	{ "qualified Name", "one client writes the attribute wsman:Name, firmware takes both" },
	{ "selector order", "selectors are a set of keys" },
	{ "member order of an instance",
	  "Put and Create are read by name; clients differ. The order "
	  "of a method's members is compared" },
	{ "member order within a member",
	  "an instance among a method's arguments is read by name, as one in a Put is" },
	{ "boolean spelling", "1 and true, 0 and false are the same values of a boolean member" },
};
const unsigned wsman_compare_ignored_count =
	sizeof wsman_compare_ignored / sizeof *wsman_compare_ignored;

static bool differ(struct out *why, const char *what, const char *a, const char *b)
{
	out_fmt(why, "%s: '%.200s' and '%.200s'", what, a, b);
	return false;
}

static bool same_name(const struct wsman_xml *a, const struct wsman_xml *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->ns, b->ns) == 0;
}

static const char *text(const struct wsman_xml *x)
{
	return x ? x->text : "(absent)";
}

static unsigned child_count(const struct wsman_xml *x)
{
	unsigned n = 0;
	for (const struct wsman_xml *c = x ? x->first : NULL; c; c = c->next)
		n++;
	return n;
}

static bool same_header(const struct wsman_xml *a, const struct wsman_xml *b, const char *ns,
			const char *name, struct out *why)
{
	const char *ta = text(wsman_xml_child(a, ns, name)),
		   *tb = text(wsman_xml_child(b, ns, name));
	return strcmp(ta, tb) == 0 || differ(why, name, ta, tb);
}

static bool same_epr(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why);

static bool same_selector(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	const struct wsman_xml *ea = wsman_xml_child(a, NS_WSA, "EndpointReference");
	const struct wsman_xml *eb = wsman_xml_child(b, NS_WSA, "EndpointReference");
	if (ea && eb)
		return same_epr(ea, eb, why);
	if (!ea != !eb || strcmp(a->text, b->text) != 0)
		return differ(why, "selector value", a->text, b->text);
	return true;
}

static bool same_selectors(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	if (child_count(a) != child_count(b))
		return differ(why, "selectors", "number", "number");
	for (const struct wsman_xml *s = a ? a->first : NULL; s; s = s->next) {
		const char *name = wsman_xml_attr(s, "Name");
		const struct wsman_xml *match = NULL;
		for (const struct wsman_xml *t = b->first; t && !match; t = t->next)
			if (same_name(s, t) && str_eq(name, wsman_xml_attr(t, "Name")))
				match = t;
		if (!match)
			return differ(why, "selector", name ? name : "", "(absent)");
		if (!same_selector(s, match, why))
			return false;
	}
	return true;
}

static bool same_epr(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	const struct wsman_xml *pa = wsman_xml_child(a, NS_WSA, "ReferenceParameters");
	const struct wsman_xml *pb = wsman_xml_child(b, NS_WSA, "ReferenceParameters");
	if (!pa || !pb)
		return differ(why, "ReferenceParameters", pa ? "present" : "absent",
			      pb ? "present" : "absent");
	return same_header(pa, pb, NS_WSMAN, "ResourceURI", why) &&
		same_selectors(wsman_xml_child(pa, NS_WSMAN, "SelectorSet"),
			       wsman_xml_child(pb, NS_WSMAN, "SelectorSet"), why);
}

/* The address to send events to has parameters and no resource: there all of it counts. */
static bool is_epr(const struct wsman_xml *x)
{
	const struct wsman_xml *params = wsman_xml_child(x, NS_WSA, "ReferenceParameters");
	return wsman_xml_child(params, NS_WSMAN, "ResourceURI") != NULL;
}

/* Is x a member that holds an instance of another class, whose namespace its members have? */
static bool is_within(const struct wsman_xml *x)
{
	const char *slash = x->first ? strrchr(x->first->ns, '/') : NULL;
	char uri[256];
	return slash && strcmp(x->first->ns, x->ns) != 0 &&
		wsman_classes_uri_of(slash + 1, uri, sizeof uri);
}

static bool same_attrs(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	const struct wsman_xml_attr *s = a->attrs, *t = b->attrs;
	for (; s && t; s = s->next, t = t->next)
		if (strcmp(s->name, t->name) != 0 || strcmp(s->value, t->value) != 0)
			return differ(why, "attribute", s->value, t->value);
	return s == t || differ(why, "attributes of", a->name, b->name);
}

static bool is_bool(const struct wsman_xml *x)
{
	const struct wsman_class *c = wsman_classes_find_uri(x->ns);
	const struct wsman_shape *s = NULL;
	if (c && x->parent && strcmp(x->parent->name, c->name) == 0)
		s = &c->shape;
	for (unsigned i = 0; c && x->parent && !s && i < c->method_count; i++)
		if (str_eq_nocase(c->methods[i].in.name, x->parent->name))
			s = &c->methods[i].in;
	int i = s ? wsman_classes_prop(s, x->name) : -1;
	return i >= 0 && s->props[i].type == WSMAN_BOOL;
}

static const char *bool_text(const char *t)
{
	return strcmp(t, "1") == 0 ? "true" : strcmp(t, "0") == 0 ? "false" : t;
}

static bool same_tree(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why);

static bool same_instance(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why);

static bool same_content(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	if (!same_attrs(a, b, why))
		return false;
	if (is_epr(a) || is_epr(b))
		return same_epr(a, b, why);
	if (is_within(a) && is_within(b))
		return same_instance(a, b, why);
	bool boolean = is_bool(a);
	const char *ta = boolean ? bool_text(a->text) : a->text;
	const char *tb = boolean ? bool_text(b->text) : b->text;
	if (strcmp(ta, tb) != 0)
		return differ(why, a->name, a->text, b->text);
	const struct wsman_xml *x = a->first, *y = b->first;
	for (; x && y; x = x->next, y = y->next)
		if (!same_tree(x, y, why))
			return false;
	return x == y || differ(why, "members of", a->name, b->name);
}

static bool same_tree(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	if (!same_name(a, b))
		return differ(why, "element", a->name, b->name) ||
			differ(why, " in namespace", a->ns, b->ns);
	return same_content(a, b, why);
}

/* The nth child with the name of like. */
static const struct wsman_xml *nth(const struct wsman_xml *parent, const struct wsman_xml *like,
				   unsigned n)
{
	for (const struct wsman_xml *c = parent->first; c; c = c->next)
		if (same_name(c, like) && n-- == 0)
			return c;
	return NULL;
}

/* Members by name; those of one name in their order. */
static bool same_instance(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	if (child_count(a) != child_count(b))
		return differ(why, "number of members", a->name, b->name);
	for (const struct wsman_xml *x = a->first; x; x = x->next) {
		unsigned n = 0;
		for (const struct wsman_xml *y = a->first; y != x; y = y->next)
			n += same_name(x, y);
		const struct wsman_xml *match = nth(b, x, n);
		if (!match)
			return differ(why, "member", x->name, "(absent)");
		if (!same_content(x, match, why))
			return false;
	}
	return strcmp(a->text, b->text) == 0 || differ(why, a->name, a->text, b->text);
}

/* The login that a device is told to use where its events go. */
static bool same_token(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	const struct wsman_xml *x = wsman_xml_child(a, NS_TRUST, "IssuedTokens");
	const struct wsman_xml *y = wsman_xml_child(b, NS_TRUST, "IssuedTokens");
	if (!x || !y)
		return x == y || differ(why, "IssuedTokens", text(x), text(y));
	return same_tree(x, y, why);
}

static bool same_body(const struct wsman_xml *a, const struct wsman_xml *b, struct out *why)
{
	const struct wsman_xml *x = a->first, *y = b->first;
	if (!x && !y)
		return true;
	if (!x || !y || !same_name(x, y) || x->next || y->next)
		return differ(why, "payload", x ? x->name : "(absent)", y ? y->name : "(absent)");
	/* An instance is named like its class, which is the end of its namespace. */
	const char *slash = strrchr(x->ns, '/');
	if (slash && strcmp(slash + 1, x->name) == 0)
		return same_instance(x, y, why);
	return same_content(x, y, why);
}

bool wsman_compare(struct span a, struct span b, struct out *why)
{
	struct arena arena;
	struct wsman_xml *x, *y;
	struct err e = { 0 };
	arena_init(&arena, LIMIT_XML_ARENA_BYTES);
	bool same = wsman_xml_parse(a, &arena, &x, &e) && wsman_xml_parse(b, &arena, &y, &e);
	if (!same) {
		differ(why, "not XML", e.msg, "");
		goto out;
	}
	const struct wsman_xml *hx = wsman_xml_child(x, NS_SOAP, "Header");
	const struct wsman_xml *hy = wsman_xml_child(y, NS_SOAP, "Header");
	const struct wsman_xml *bx = wsman_xml_child(x, NS_SOAP, "Body");
	const struct wsman_xml *by = wsman_xml_child(y, NS_SOAP, "Body");
	same = same_name(x, y) && bx && by && !hx == !hy;
	if (!same) {
		differ(why, "envelope", x->name, y->name);
		goto out;
	}
	same = same_header(hx, hy, NS_WSA, "Action", why) &&
		same_header(hx, hy, NS_WSMAN, "ResourceURI", why) &&
		same_selectors(wsman_xml_child(hx, NS_WSMAN, "SelectorSet"),
			       wsman_xml_child(hy, NS_WSMAN, "SelectorSet"), why) &&
		same_token(hx, hy, why) && same_body(bx, by, why);
out:
	arena_deinit(&arena);
	return same;
}
