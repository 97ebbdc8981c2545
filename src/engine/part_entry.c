/* See part_entry.h. Called by the diffs of part_*.c; sends nothing and keeps nothing. */
#include "engine/part_entry.h"

#include "base/str.h"

/* ---- values ---- */

/* The other half of the pair "word=value" that has text; NULL: no pair has. */
static const char *pair(struct arena *a, const char *words, const char *text, bool by_word)
{
	for (struct span left = span_str(words); left.n;) {
		size_t len = span_find(left, ' ');
		struct span both = span_make(left.p, len);
		size_t eq = span_find(both, '=');
		struct span word = span_make(both.p, eq),
			    value = span_make(both.p + eq + 1, both.n - eq - 1);
		if (span_eq_str(by_word ? word : value, text))
			return arena_str(a, by_word ? value : word);
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	return NULL;
}

static const char *hex_of_ipv4(struct arena *a, const char *text)
{
	uint8_t b[4] = { 0 };
	struct span left = span_str(text);
	for (int i = 0; i < 4; i++) {
		size_t n = span_find(left, '.');
		uint64_t v;
		if (!str_to_u64(span_make(left.p, n), 0, 255, &v, NULL))
			return text;
		b[i] = (uint8_t)v;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return arena_fmt(a, "%02x%02x%02x%02x", b[0], b[1], b[2], b[3]);
}

static const char *ipv4_of_hex(struct arena *a, const char *text)
{
	uint8_t b[4];
	size_t n;
	if (!hex_decode(span_str(text), b, sizeof b, &n) || n != sizeof b)
		return text;
	return arena_fmt(a, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

const char *engine_entry_to_device(struct arena *a, const struct engine_entry_col *col,
				   const struct engine_node *n, enum wsman_type type)
{
	const char *v = col->words ? pair(a, col->words, n->text, true) : NULL;
	if (v)
		return v;
	if (n->row->kind == KEY_SWITCH)
		return str_eq(n->text, "on") ? "true" : "false";
	if (n->row->kind == KEY_IPV4 && type == WSMAN_HEX)
		return hex_of_ipv4(a, n->text);
	return n->text;
}

static const char *to_people(struct arena *a, const struct engine_entry_col *col,
			     const struct engine_node *n, const char *device)
{
	const char *v = device && col->words ? pair(a, col->words, device, false) : NULL;
	if (v || !device)
		return v;
	if (n->row->kind == KEY_SWITCH)
		return str_eq(device, "true") || str_eq(device, "1") ? "on" : "off";
	return n->row->kind == KEY_IPV4 ? ipv4_of_hex(a, device) : device;
}

/* ---- one entry ---- */

static const struct wsman_prop *prop_of(const struct wsman_obj *o, const char *name)
{
	int at = wsman_classes_prop(o->shape, name);
	return at < 0 ? NULL : &o->shape->props[at];
}

/* Value now and wanted, in words of the profile; false: it is as it should be, or nothing is asked. */
static bool compare(struct arena *a, const struct engine_node *item, const struct wsman_obj *have,
		    const struct engine_entry_col *col, const char **out_is, const char **out_want)
{
	const struct engine_node *n = engine_node_get(item, col->key);
	const struct wsman_prop *p = prop_of(have, col->prop);
	if (!n || !n->text || !p || n->row->flags & KEY_ID) /* found by its name */
		return false;
	const char *device = wsman_obj_str(have, col->prop);
	*out_want = n->text;
	*out_is = to_people(a, col, n, device);
	if (!device)
		return true;
	return !str_eq_nocase(device, engine_entry_to_device(a, col, n, p->type)) &&
		!str_eq_nocase(*out_is, n->text);
}

bool engine_entry_differs(struct arena *a, const struct engine_node *item,
			  const struct wsman_obj *have, const struct engine_entry_col *cols)
{
	const char *is, *want;
	for (; cols->key; cols++)
		if (compare(a, item, have, cols, &is, &want))
			return true;
	return false;
}

static void set(struct arena *a, const struct engine_node *item, const struct engine_entry_col *col,
		struct wsman_obj *o)
{
	const struct engine_node *n = engine_node_get(item, col->key);
	const struct wsman_prop *p = prop_of(o, col->prop);
	const char *v =
		n && n->text && p ? engine_entry_to_device(a, col, n, p->type) : col->fallback;
	if (!p || !v)
		return;
	wsman_obj_unset(o, col->prop);
	wsman_obj_set_text(o, span_str(col->prop), span_str(v), NULL);
}

void engine_entry_change(struct arena *a, const struct engine_node *item,
			 const struct wsman_obj *have, const struct engine_entry_col *cols,
			 const char *field, struct engine_change *ch, struct wsman_obj *o)
{
	const char *is, *want;
	for (; cols->key; cols++) {
		if (!compare(a, item, have, cols, &is, &want))
			continue;
		const char *path = arena_fmt(a, "%s.%s", field, cols->key);
		if (path)
			engine_part_line(ch, path, is, want);
		if (o)
			set(a, item, cols, o);
	}
}

void engine_entry_fill(struct arena *a, const struct engine_node *item,
		       const struct engine_entry_col *cols, struct wsman_obj *o)
{
	for (; o && cols->key; cols++)
		set(a, item, cols, o);
}

const char *engine_entry_text(struct arena *a, const struct engine_node *item,
			      const char *const *keys)
{
	const char *text = "";
	for (; *keys && text; keys++) {
		const struct engine_node *n = engine_node_get(item, *keys);
		if (!n || !n->text || (n->row->kind == KEY_SWITCH && str_eq(n->text, "off")))
			continue;
		const char *word = n->row->kind == KEY_SWITCH ? *keys : n->text;
		text = *text ? arena_fmt(a, "%s %s", text, word) : word;
	}
	return text && *text ? text : "set";
}

/* ---- lists ---- */

void engine_entry_stray(struct engine_changes *c, const char *field)
{
	struct engine_change *ch = engine_part_change(c, CHANGE_REPORT, "stray:%s", field);
	if (!ch)
		return;
	out_safe(&ch->text, span_str(field));
	out_str(&ch->text, ": not in the profile\n");
}

bool engine_entry_own(const struct engine_part_in *in)
{
	bool own = false;
	engine_node_switch(in->want, "own", &own);
	return own;
}

const struct engine_node *engine_entry_find(const struct engine_node *list, const char *id)
{
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (str_eq_nocase(engine_node_id(n), id))
			return n;
	return NULL;
}
