/* Rows of the profile language and the tree of a profile that was read (engine/key.h). */
#include "engine/key.h"

#include "base/str.h"

const char *engine_key_name(const struct engine_key *k)
{
	const char *dot = strrchr(k->path, '.');
	return dot ? dot + 1 : k->path;
}

/* Path of a member: that of its group, a dot, one word. */
static bool is_child(const struct engine_key *k, const struct engine_key *of)
{
	size_t n = strlen(of->path);
	if (n == 0)
		return k->path[0] && !strchr(k->path, '.');
	return strncmp(k->path, of->path, n) == 0 && k->path[n] == '.' &&
		!strchr(k->path + n + 1, '.');
}

const struct engine_key *engine_key_child(const struct engine_key *rows,
					  const struct engine_key *of, struct span key)
{
	for (; rows->path; rows++)
		if (is_child(rows, of) && span_eq_str(key, engine_key_name(rows)))
			return rows;
	return NULL;
}

const struct engine_key *engine_key_child_at(const struct engine_key *rows,
					     const struct engine_key *of, unsigned i)
{
	for (; rows->path; rows++)
		if (is_child(rows, of) && i-- == 0)
			return rows;
	return NULL;
}

const struct engine_node *engine_node_get(const struct engine_node *group, const char *key)
{
	for (const struct engine_node *n = group ? group->children : NULL; n; n = n->next)
		if (str_eq(n->key, key))
			return n;
	return NULL;
}

const char *engine_node_text(const struct engine_node *group, const char *key)
{
	const struct engine_node *n = engine_node_get(group, key);
	return n ? n->text : NULL;
}

bool engine_node_number(const struct engine_node *group, const char *key, uint32_t *out_v)
{
	const char *t = engine_node_text(group, key);
	uint64_t v;
	if (!t || !str_to_u64(span_str(t), 0, UINT32_MAX, &v, NULL))
		return false;
	*out_v = (uint32_t)v;
	return true;
}

bool engine_node_switch(const struct engine_node *group, const char *key, bool *out_v)
{
	const char *t = engine_node_text(group, key);
	if (t)
		*out_v = str_eq(t, "on");
	return t != NULL;
}

unsigned engine_node_count(const struct engine_node *list)
{
	unsigned n = 0;
	for (const struct engine_node *c = list ? list->children : NULL; c; c = c->next)
		n++;
	return n;
}

const char *engine_node_id(const struct engine_node *item)
{
	for (const struct engine_node *n = item->children; n; n = n->next)
		if (n->row->flags & KEY_ID && n->text)
			return n->text;
	return "";
}

bool engine_node_has_word(const struct engine_node *list, const char *word)
{
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (n->text && span_eq_nocase(span_str(n->text), span_str(word)))
			return true;
	return false;
}
