/* XML reading on expat into a tree in the caller's arena. Used by wsman/envelope.c and by
 * whoever shows a document that no table knows. It never resolves entities beyond the five of
 * XML, never reads a DTD, and gives up at the limits of base/limits.h. */
#include "wsman/xml.h"
#include "base/limits.h"
#include "base/rng.h"
#include "wsman/xml_ns.h"
#include <expat.h>

struct frame {
	struct wsman_xml *x, *last_child;
};
struct reader {
	XML_Parser parser;
	struct arena *arena;
	struct frame stack[LIMIT_XML_DEPTH];
	unsigned depth, node_count;
	struct buf text; /* of the innermost open element since the last tag */
	struct wsman_xml_scope scope;
	struct wsman_xml *root;
	enum err_code bad;
	const char *why;
};

static void give_up(struct reader *r, enum err_code code, const char *why)
{
	if (r->bad != ERR_NONE)
		return;
	r->bad = code;
	r->why = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static void give_up_memory(struct reader *r)
{
	give_up(r, ERR_LIMIT, "it needs more memory than one document may use");
}

/* An element or attribute of size bytes together with its name: one allocation is quicker. */
static void *new_named(struct reader *r, size_t size, const char *qname, bool attribute,
		       const char **out_ns, const char **out_name)
{
	const char *name;
	if (!wsman_xml_ns_resolve(&r->scope, qname, attribute, out_ns, &name)) {
		give_up(r, ERR_MALFORMED, "a namespace prefix is not declared");
		return NULL;
	}
	size_t n = strlen(name);
	char *p = arena_alloc(r->arena, size + n + 1);
	if (!p)
		return NULL;
	memcpy(p + size, name, n);
	*out_name = p + size;
	return p;
}

static void flush_text(struct reader *r)
{
	if (!r->text.n || !r->depth)
		return;
	struct wsman_xml *x = r->stack[r->depth - 1].x;
	size_t old = strlen(x->text);
	if (!old) {
		x->text = arena_str(r->arena, buf_span(&r->text));
	} else {
		char *joined = arena_alloc(r->arena, old + r->text.n + 1);
		if (joined) {
			memcpy(joined, x->text, old);
			memcpy(joined + old, r->text.p, r->text.n);
		}
		x->text = joined;
	}
	if (!x->text) {
		x->text = "";
		give_up_memory(r);
	}
	buf_clear(&r->text);
}

static bool declare_namespaces(struct reader *r, const char **atts)
{
	for (; atts[0]; atts += 2)
		if (wsman_xml_ns_is_declaration(atts[0]) &&
		    !wsman_xml_ns_declare(&r->scope, r->arena, r->depth + 1, atts[0], atts[1])) {
			give_up(r, ERR_LIMIT, "it declares too many namespaces");
			return false;
		}
	return true;
}

static bool copy_attrs(struct reader *r, struct wsman_xml *x, const char **atts)
{
	const struct wsman_xml_attr **tail = &x->attrs;
	for (; atts[0]; atts += 2) {
		if (wsman_xml_ns_is_declaration(atts[0]))
			continue;
		const char *ns, *name;
		struct wsman_xml_attr *at =
			new_named(r, sizeof(struct wsman_xml_attr), atts[0], true, &ns, &name);
		if (!at)
			return false;
		at->ns = ns;
		at->name = name;
		at->value = arena_str(r->arena, span_str(atts[1]));
		if (!at->value)
			return false;
		*tail = at;
		tail = &at->next;
		r->node_count++;
	}
	return true;
}

static void link_to_parent(struct reader *r, struct wsman_xml *x)
{
	if (r->depth) {
		struct frame *f = &r->stack[r->depth - 1];
		x->parent = f->x;
		if (f->last_child)
			f->last_child->next = x;
		else
			f->x->first = x;
		f->last_child = x;
	} else {
		r->root = x;
	}
	r->stack[r->depth++] = (struct frame){ x, NULL };
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reader *r = arg;
	if (r->bad != ERR_NONE)
		return;
	flush_text(r);
	if (r->depth == LIMIT_XML_DEPTH) {
		give_up(r, ERR_LIMIT, "its elements are nested too deep");
		return;
	}
	if (!declare_namespaces(r, atts))
		return;
	const char *ns, *local;
	struct wsman_xml *x = new_named(r, sizeof(struct wsman_xml), name, false, &ns, &local);
	if (x) {
		x->ns = ns;
		x->name = local;
		x->text = "";
	}
	/* When a name is at fault that has been said already, and the first word stays. */
	if (!x || !copy_attrs(r, x, atts)) {
		give_up_memory(r);
		return;
	}
	if (++r->node_count > LIMIT_XML_NODES)
		give_up(r, ERR_LIMIT, "it has too many elements");
	else
		link_to_parent(r, x);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void on_end(void *arg, const XML_Char *name)
{
	struct reader *r = arg;
	(void)name;
	if (r->bad != ERR_NONE || !r->depth)
		return;
	while (r->text.n && is_blank(r->text.p[r->text.n - 1]))
		r->text.n--;
	flush_text(r);
	struct wsman_xml *x = r->stack[--r->depth].x;
	wsman_xml_ns_leave(&r->scope, r->depth);
	/* What came before a child has its blanks yet. */
	size_t n = x->first ? strlen(x->text) : 0;
	if (n && is_blank((uint8_t)x->text[n - 1])) {
		struct span trimmed = span_trim(span_make(x->text, n));
		const char *copy = arena_str(r->arena, trimmed);
		if (!copy)
			give_up_memory(r);
		else
			x->text = copy;
	}
	buf_clear(&r->text);
}

static void on_text(void *arg, const XML_Char *s, int len)
{
	struct reader *r = arg;
	if (r->bad != ERR_NONE || !r->depth || len <= 0)
		return;
	struct span piece = span_make(s, (size_t)len);
	/* Blanks at the start are dropped at once: indentation costs nothing. */
	if (!r->text.n && !*r->stack[r->depth - 1].x->text)
		while (piece.n && is_blank(piece.p[0])) {
			piece.p++;
			piece.n--;
		}
	if (piece.n && !buf_add(&r->text, piece))
		give_up_memory(r);
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
		       const XML_Char *pubid, int has_internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)has_internal;
	give_up(arg, ERR_MALFORMED, "it has a DOCTYPE, which no management message has");
}

static bool is_forbidden(uint8_t c)
{
	return c < 0x20 && !is_blank(c);
}

/* Place of the next control character from at on, a blank or not; n when there is none. Looks at
 * eight bytes at a time: every byte of every document passes here. */
static size_t next_control(struct span in, size_t at)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	for (uint64_t w; in.n - at >= sizeof w; at += sizeof w) {
		memcpy(&w, in.p + at, sizeof w);
		if ((w - ones * 0x20) & ~w & high)
			break;
	}
	while (at < in.n && in.p[at] >= 0x20)
		at++;
	return at;
}

/* Control characters that XML forbids, seen in strings of some firmware, are taken out, and so is
 * white space in front of the XML declaration. Usually there is nothing to do and no copy. */
static bool clean(struct span *in, struct buf *copy)
{
	*in = span_trim(*in);
	size_t first = next_control(*in, 0);
	while (first < in->n && !is_forbidden(in->p[first]))
		first = next_control(*in, first + 1);
	if (first == in->n)
		return true;
	buf_init(copy, LIMIT_XML_BYTES);
	if (!buf_reserve(copy, in->n))
		return false;
	size_t from = 0;
	for (size_t i = 0; i <= in->n; i++)
		if (i == in->n || is_forbidden(in->p[i])) {
			if (!buf_add(copy, span_make(in->p + from, i - from)))
				return false;
			from = i + 1;
		}
	*in = buf_span(copy);
	return true;
}

/* expat's protection against names that collide in its tables. It would ask the kernel for every
 * document. */
static unsigned long salt(void)
{
	static _Thread_local unsigned long value;
	if (!value) {
		struct rng rng;
		rng_os(&rng);
		value = (unsigned long)rng_u64(&rng) | 1;
	}
	return value;
}

/* Making a parser costs as much as reading 500 bytes, so each thread that reads keeps one; not
 * one that has grown with a large document. */
#define KEPT_BYTES ((size_t)64 * 1024)
static _Thread_local XML_Parser kept;

static XML_Parser take_parser(void)
{
	XML_Parser p = kept;
	kept = NULL;
	if (p && XML_ParserReset(p, NULL))
		return p;
	if (p)
		XML_ParserFree(p);
	return XML_ParserCreate(NULL);
}

static void give_back_parser(XML_Parser p, size_t document_bytes)
{
	if (kept || document_bytes > KEPT_BYTES)
		XML_ParserFree(p);
	else
		kept = p;
}

static bool run(struct reader *r, struct span in, struct err *e)
{
	XML_SetHashSalt(r->parser, salt());
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	enum XML_Status st = XML_Parse(r->parser, (const char *)in.p, (int)in.n, 1);
	if (st == XML_STATUS_OK && r->bad == ERR_NONE && r->root && !r->arena->full)
		return true;
	/* expat counts lines only when asked, and then from the start. */
	unsigned long line = (unsigned long)XML_GetCurrentLineNumber(r->parser);
	unsigned long column = (unsigned long)XML_GetCurrentColumnNumber(r->parser);
	if (r->bad != ERR_NONE)
		return err_set(e, r->bad, "XML document refused at line %lu column %lu: %s", line,
			       column, r->why);
	if (st != XML_STATUS_OK)
		return err_set(e, ERR_MALFORMED, "not XML: %s at line %lu column %lu",
			       XML_ErrorString(XML_GetErrorCode(r->parser)), line, column);
	return err_set(e, ERR_LIMIT, "XML document does not fit into memory");
}

bool wsman_xml_parse(struct span in, struct arena *a, struct wsman_xml **out_root, struct err *e)
{
	*out_root = NULL;
	if (in.n > LIMIT_XML_BYTES)
		return err_set(e, ERR_LIMIT, "XML document of %zu bytes; the limit is %d", in.n,
			       LIMIT_XML_BYTES);
	struct buf copy = { 0 };
	struct reader r = { .arena = a };
	bool ok = false;
	if (!clean(&in, &copy)) {
		err_set(e, ERR_LIMIT, "XML document does not fit into memory");
		goto out;
	}
	if (!in.n) {
		err_set(e, ERR_MALFORMED, "not XML: the document is empty");
		goto out;
	}
	buf_init(&r.text, LIMIT_XML_BYTES);
	r.parser = take_parser();
	if (!r.parser) {
		err_set(e, ERR_INTERNAL, "no memory for an XML parser");
		goto out;
	}
	ok = run(&r, in, e);
	give_back_parser(r.parser, in.n);
	if (ok)
		*out_root = r.root;
out:
	buf_deinit(&r.text);
	buf_deinit(&copy);
	return ok;
}

const struct wsman_xml *wsman_xml_child(const struct wsman_xml *x, const char *ns, const char *name)
{
	if (!x)
		return NULL;
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		if (strcmp(c->name, name) == 0 && (!ns || strcmp(c->ns, ns) == 0))
			return c;
	return NULL;
}

const char *wsman_xml_attr(const struct wsman_xml *x, const char *name)
{
	for (const struct wsman_xml_attr *at = x ? x->attrs : NULL; at; at = at->next)
		if (strcmp(at->name, name) == 0)
			return at->value;
	return NULL;
}
