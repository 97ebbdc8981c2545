/* See storage.h. A reader of JSON of its own, since the strict ones refuse what firmware writes: control
 * characters become blanks, the rest is as RFC 8259 has it. The leaf of the tree form is a guess. */
#include "wire/storage.h"
#include "base/str.h"

#define DEPTH_MAX 8

struct node {
	const char *key, *text; /* text: of a string, number or word; "" for the others */
	char kind;              /* '{' '[' '"' or '0' */
	struct node *first, *next;
};
struct reader {
	struct span in;
	size_t at;
	struct arena *a;
	unsigned depth;
};

/* ---- JSON ---- */

static int peek(struct reader *r)
{
	while (r->at < r->in.n && strchr(" \t\r\n", r->in.p[r->at]) && r->in.p[r->at])
		r->at++;
	return r->at < r->in.n ? r->in.p[r->at] : -1;
}

static bool eat(struct reader *r, char c)
{
	bool is = peek(r) == (uint8_t)c;

	r->at += is;
	return is;
}

/* Behind the backslash; what is no plain character becomes '?'. */
static bool escape(struct reader *r, char *out_c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/     ";
	const char *found;
	int c = r->at < r->in.n ? r->in.p[r->at++] : 0;
	uint8_t b[2];
	size_t n;

	if (c == 'u') {
		if (r->in.n - r->at < 4 ||
		    !hex_decode(span_make(r->in.p + r->at, 4), b, sizeof b, &n))
			return false;
		r->at += 4;
		*out_c = b[0] == 0 && b[1] >= 0x20 && b[1] < 0x7f ? (char)b[1] : '?';
		return true;
	}
	found = c ? strchr(from, c) : NULL;
	if (!found)
		return false;
	*out_c = to[found - from];
	return true;
}

static const char *string(struct reader *r)
{
	size_t n = 0;
	char *text;

	if (!eat(r, '"'))
		return NULL;
	while (r->at + n < r->in.n && (r->in.p[r->at + n] != '"'))
		n += r->in.p[r->at + n] == '\\' ? 2 : 1;
	text = arena_alloc(r->a, n + 1);
	for (n = 0; text && r->at < r->in.n; n++) {
		uint8_t c = r->in.p[r->at++];
		if (c == '"')
			return text;
		text[n] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
		if (c == '\\' && !escape(r, &text[n]))
			return NULL;
	}
	return NULL;
}

static const char *word(struct reader *r)
{
	size_t from = r->at;

	while (r->at < r->in.n && !strchr(" \t\r\n,]}:\"[{", r->in.p[r->at]) && r->in.p[r->at])
		r->at++;
	return r->at > from ? arena_str(r->a, span_make(r->in.p + from, r->at - from)) : NULL;
}

static struct node *value(struct reader *r);

static bool members(struct reader *r, struct node *of)
{
	char end = of->kind == '{' ? '}' : ']';
	struct node **tail = &of->first;

	if (eat(r, end))
		return true;
	do {
		const char *key = "";
		if (of->kind == '{' && (!(key = string(r)) || !eat(r, ':')))
			return false;
		*tail = value(r);
		if (!*tail)
			return false;
		(*tail)->key = key;
		tail = &(*tail)->next;
	} while (eat(r, ','));
	return eat(r, end);
}

static struct node *value(struct reader *r)
{
	int c = peek(r);
	struct node *n = ARENA_NEW(r->a, struct node);

	if (!n || c < 0 || r->depth == DEPTH_MAX)
		return NULL;
	n->key = n->text = "";
	n->kind = c == '{' || c == '[' || c == '"' ? (char)c : '0';
	if (c == '"')
		return (n->text = string(r)) ? n : NULL;
	if (n->kind == '0')
		return (n->text = word(r)) ? n : NULL;
	r->at++;
	r->depth++;
	bool ok = members(r, n);
	r->depth--;
	return ok ? n : NULL;
}

/* ---- what it says ---- */

struct list {
	struct arena *a;
	struct wire_storage_item **tail;
	unsigned count;
};

static const struct node *get(const struct node *of, const char *key)
{
	for (const struct node *n = of ? of->first : NULL; n; n = n->next)
		if (str_eq(n->key, key))
			return n;
	return NULL;
}

static const char *text_of(const struct node *of, const char *key)
{
	const struct node *n = get(of, key);

	return n ? n->text : "";
}

static bool add(struct list *l, const char *vendor, const char *app, const char *name,
		const struct node *leaf)
{
	struct wire_storage_item *i = ARENA_NEW(l->a, struct wire_storage_item);
	const char *size = leaf->kind == '{' ? text_of(leaf, "size") : leaf->text;

	if (!i || l->count++ == WIRE_STORAGE_MAX)
		return false;
	i->vendor = vendor;
	i->app = app;
	i->name = name;
	i->link = text_of(leaf, "link");
	i->has_size = str_to_u32(span_str(size), 0, UINT32_MAX, &i->size, NULL);
	*l->tail = i;
	l->tail = &i->next;
	return true;
}

static bool tree(struct list *l, const struct node *content)
{
	for (const struct node *v = content->first; v; v = v->next)
		for (const struct node *p = v->first; p; p = p->next)
			for (const struct node *f = p->first; f; f = f->next)
				if (!add(l, v->key, p->key, f->key, f))
					return false;
	return true;
}

static bool array(struct list *l, const struct node *content)
{
	for (const struct node *i = content->first; i; i = i->next)
		if (!add(l, text_of(i, "vendor"), text_of(i, "app"), text_of(i, "name"), i))
			return false;
	return true;
}

bool wire_storage_parse(struct span body, struct arena *a, struct wire_storage_item **out_items,
			struct err *e)
{
	struct reader r = { .in = body, .a = a };
	struct node *root = value(&r);
	const struct node *content = get(root, "content");
	struct list l = { .a = a, .tail = out_items };

	*out_items = NULL;
	if (!root || peek(&r) >= 0) {
		err_set(e, ERR_MALFORMED, "the list of stored data is no JSON");
		return err_seen(e, "offset %zu of %zu", r.at, body.n);
	}
	if (!content || content->kind == '"' || content->kind == '0') {
		err_set(e, ERR_MALFORMED, "the list of stored data has no content");
		return err_want(e, "an object with content, as GET " WIRE_STORAGE_PATH " gives it");
	}
	if (content->kind == '[' ? array(&l, content) : tree(&l, content))
		return true;
	return err_set(e, ERR_LIMIT, "there are more than %d stored items", WIRE_STORAGE_MAX);
}
