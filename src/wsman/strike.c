/* See strike.h. Works on the text and not on the tree, so that broken messages can be shown too. */
#include "wsman/strike.h"

#include "wsman/classes.h"

#include <assert.h>
#include <string.h>

#define STRUCK    "***"
#define NAMES_MAX 64

/* Endings of names that other firmware and legacy SOAP have; the tables know the rest. */
static const char *const endings[] = { "password", "passphrase", "secret", "pwd", "pps", "otp" };

static bool ends_like_one(struct span name)
{
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);
		if (name.n >= n &&
		    span_eq_nocase(span_make(name.p + name.n - n, n), span_str(endings[i])))
			return true;
	}
	return false;
}

/* Names of all members that are marked; each once. */
struct names {
	const char *name[NAMES_MAX];
	unsigned count;
};

static bool is_among(const struct names *l, struct span name)
{
	for (unsigned i = 0; i < l->count; i++)
		if (span_eq_nocase(name, span_str(l->name[i])))
			return true;
	return ends_like_one(name);
}

static void collect(struct names *l, const struct wsman_shape *s)
{
	for (unsigned i = 0; i < s->prop_count; i++) {
		const char *name = s->props[i].name;
		if (!(s->props[i].flags & WSMAN_SECRET) || is_among(l, span_str(name)))
			continue;
		assert(l->count < NAMES_MAX);
		l->name[l->count++] = name;
	}
}

static void collect_all(struct names *l)
{
	const struct wsman_class *c;
	l->count = 0;
	for (unsigned i = 0; (c = wsman_classes_at(i)); i++) {
		collect(l, &c->shape);
		for (unsigned k = 0; k < c->method_count; k++) {
			collect(l, &c->methods[k].in);
			collect(l, &c->methods[k].out);
		}
	}
}

/* "<p:Name a='x>y'>": its qualified name, and where it ends. */
struct tag {
	struct span name, local, all;
	bool is_start; /* has content and an end tag */
};

static bool ends_name(uint8_t c)
{
	return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* False: no element begins here, or it never ends. */
static bool read_tag(struct span at, struct tag *out_t)
{
	size_t n = 1, end;
	uint8_t quote = 0;
	if (at.n < 2 || at.p[0] != '<' || strchr("!?/", at.p[1]))
		return false;
	while (n < at.n && !ends_name(at.p[n]))
		n++;
	for (end = n; end < at.n && (quote || at.p[end] != '>'); end++) {
		if (at.p[end] == '<') /* never within a tag: the one before is broken */
			return false;
		if (quote)
			quote = at.p[end] == quote ? 0 : quote;
		else if (at.p[end] == '"' || at.p[end] == '\'')
			quote = at.p[end];
	}
	if (end == at.n)
		return false;
	out_t->name = out_t->local = span_make(at.p + 1, n - 1);
	size_t colon = span_find(out_t->name, ':');
	if (colon < out_t->name.n)
		out_t->local = span_make(out_t->name.p + colon + 1, out_t->name.n - colon - 1);
	out_t->all = span_make(at.p, end + 1);
	out_t->is_start = at.p[end - 1] != '/';
	return true;
}

/* A key of a reference: <w:Selector Name="...">. */
static bool names_secret(const struct names *l, const struct tag *t)
{
	if (!span_eq_nocase(t->local, span_str("Selector")))
		return false;
	for (size_t i = 0; i < t->all.n; i++) {
		uint8_t quote = t->all.p[i];
		if (quote != '"' && quote != '\'')
			continue;
		struct span rest = span_make(t->all.p + i + 1, t->all.n - i - 1);
		size_t n = span_find(rest, quote);
		if (is_among(l, span_make(rest.p, n)))
			return true;
		i += n + 1;
	}
	return false;
}

/* Length of what stands before the end tag of that name; all of it when there is none. */
static size_t content_of(struct span rest, struct span name)
{
	for (size_t i = 0; i + name.n + 2 < rest.n; i++)
		if (rest.p[i] == '<' && rest.p[i + 1] == '/' &&
		    memcmp(rest.p + i + 2, name.p, name.n) == 0 &&
		    ends_name(rest.p[i + 2 + name.n]))
			return i;
	return rest.n;
}

static bool looks_like_xml(struct span s)
{
	struct span t = span_trim(s);
	if (t.n >= 3 && memcmp(t.p, "\xef\xbb\xbf", 3) == 0)
		t = span_trim(span_make(t.p + 3, t.n - 3));
	/* NUL: another encoding, in which no name would be found */
	return t.n && t.p[0] == '<' && !memchr(s.p, 0, s.n);
}

void wsman_strike(struct span xml, struct out *o)
{
	struct names l;
	size_t shown = 0;
	if (!xml.n)
		return;
	if (!looks_like_xml(xml)) {
		out_fmt(o, "(%zu bytes that are no XML)", xml.n);
		return;
	}
	collect_all(&l);
	for (size_t i = 0; i < xml.n; i++) {
		struct tag t;
		if (xml.p[i] != '<' || !read_tag(span_make(xml.p + i, xml.n - i), &t))
			continue;
		i += t.all.n - 1;
		if (!t.is_start || (!is_among(&l, t.local) && !names_secret(&l, &t)))
			continue;
		struct span rest = span_make(xml.p + i + 1, xml.n - i - 1);
		size_t n = content_of(rest, t.name);
		out_bytes(o, span_make(xml.p + shown, i + 1 - shown));
		if (n)
			out_str(o, STRUCK);
		i += n;
		shown = i + 1;
	}
	out_bytes(o, span_make(xml.p + shown, xml.n - shown));
}
