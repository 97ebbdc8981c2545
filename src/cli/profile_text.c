/* A profile that was read, as text again: YAML with every key, and the lines of `profile check`. Called
 * by cmd_profile.c. Never shows a secret: a profile has only their names. */
#include "base/str.h"
#include "cli/profile_doc.h"
#include "engine/part.h"

#include <stdio.h>

#define NEST_MAX 8 /* of the keys of a profile */

/* ---- YAML ---- */

static bool is_plain(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-",
			    *p))
			return false;
	return *text && *text != '-';
}

static void scalar(struct out *o, const char *text)
{
	if (is_plain(text))
		out_str(o, text);
	else
		out_json_str(o, span_str(text)); /* is YAML, too */
}

static const char *word_of(enum engine_want w)
{
	return w == ENGINE_ON ? "on" : w == ENGINE_OFF ? "off" : "leave";
}

static void password(struct out *o, const char *key, enum engine_pw pw, const char *name)
{
	out_fmt(o, "%s: ", key);
	if (pw == ENGINE_PW_SECRET) {
		out_str(o, "{secret: ");
		scalar(o, name);
		out_str(o, "}\n");
		return;
	}
	out_str(o, pw == ENGINE_PW_RANDOM ? "random\n" : "leave\n");
}

static void texts(struct out *o, const struct engine_node *list)
{
	const char *comma = "";
	out_str(o, "[");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		out_str(o, comma);
		scalar(o, n->text);
		comma = ", ";
	}
	out_str(o, "]");
}

static void value(struct out *o, const struct engine_node *n)
{
	if (n->row->kind == KEY_TEXTS || n->row->kind == KEY_WORDS) {
		texts(o, n);
	} else if (n->row->kind == KEY_SECRET && n->text) {
		out_str(o, "{secret: ");
		scalar(o, n->text);
		out_str(o, "}");
	} else if (n->row->kind == KEY_SECRET) {
		out_str(o, "random");
	} else {
		scalar(o, n->text);
	}
}

/* Members of a group, each behind indent; what it does not name is left. Bounded by the rows. */
static void members(struct out *o, const struct engine_key *rows, const struct engine_key *of,
		    const struct engine_node *group, int indent, bool in_item)
{
	const struct engine_key *k;
	for (unsigned i = 0; indent / 2 < NEST_MAX && (k = engine_key_child_at(rows, of, i)); i++) {
		const struct engine_node *n = engine_node_get(group, engine_key_name(k));
		if (!in_item || i)
			out_fmt(o, "%*s", indent, "");
		out_fmt(o, "%s:", engine_key_name(k));
		if (!n) {
			out_str(o, " leave\n");
		} else if (k->kind == KEY_GROUP) {
			out_str(o, "\n");
			members(o, rows, k, n, indent + 2, false);
		} else if (k->kind == KEY_LIST) {
			out_str(o, n->children ? "\n" : " []\n");
			for (const struct engine_node *it = n->children; it; it = it->next) {
				out_fmt(o, "%*s- ", indent + 2, "");
				members(o, rows, k, it, indent + 4, true);
			}
		} else {
			out_str(o, " ");
			value(o, n);
			out_str(o, "\n");
		}
	}
}

static const struct engine_node *part_of(const struct engine_profile *p, const char *name)
{
	const struct engine_node *n = p->parts;
	while (n && !str_eq(n->key, name))
		n = n->next;
	return n;
}

static void one_part(struct out *o, const struct engine_part *part, const struct engine_node *n)
{
	out_fmt(o, "%s:", part->name);
	if (!n) {
		out_str(o, " leave\n");
	} else if (n->row->kind == KEY_LIST) {
		out_str(o, n->children ? "\n" : " []\n");
		for (const struct engine_node *it = n->children; it; it = it->next) {
			out_str(o, "  - ");
			members(o, part->keys, part->keys, it, 4, true);
		}
	} else if (n->row->kind == KEY_GROUP) {
		out_str(o, n->children ? "\n" : " {}\n");
		if (n->children)
			members(o, part->keys, part->keys, n, 2, false);
	} else {
		out_str(o, " ");
		value(o, n);
		out_str(o, "\n");
	}
}

void cli_profile_effective(const struct engine_profile *p, struct out *o)
{
	out_str(o, "version: 1\n");
	password(o, "admin_password", p->admin_pw, p->admin_secret);
	password(o, "mebx_password", p->mebx_pw, p->mebx_secret);
	out_fmt(o, "mebx: %s\n",
		p->mebx_pw == ENGINE_PW_LEAVE ? "leave"
			: p->mebx_if_default  ? "if-default"
					      : "set");
	out_fmt(o, "names: %s\n", p->names ? "fqdn" : "leave");
	out_fmt(o, "clock: %s\n", p->clock ? "sync" : "leave");
	out_fmt(o, "tls: %s\n", p->tls ? "server" : "leave");
	out_fmt(o, "redirection: {sol: %s, ider: %s}\n", word_of(p->sol), word_of(p->ider));
	out_fmt(o, "kvm: %s\nwebui: %s\nping: %s\nrequired: ", word_of(p->kvm), word_of(p->webui),
		word_of(p->ping));
	texts(o, p->required);
	out_str(o, "\n");
	for (unsigned i = 0; engine_parts_at(i); i++)
		one_part(o, engine_parts_at(i), part_of(p, engine_parts_at(i)->name));
}

/* ---- JSON ---- */

static json_t *text_of(const struct engine_node *n)
{
	if (n->row->kind != KEY_SECRET)
		return json_string(n->text);
	return n->text ? json_sprintf("secret %s", n->text)
		       : json_string("random, another one for each PC");
}

static json_t *joined(const struct engine_node *list)
{
	char text[1024];
	struct out o;
	out_init(&o, text, sizeof text);
	for (const struct engine_node *n = list->children; n; n = n->next)
		out_fmt(&o, "%s%s", n == list->children ? "" : " ", n->text);
	return json_string(out_len(&o) ? text : "none");
}

static void flatten(json_t *to, const struct engine_node *n, const char *path)
{
	char below[200];
	unsigned i = 0;
	if (n->row->kind == KEY_TEXTS || n->row->kind == KEY_WORDS) {
		json_object_set_new(to, path, joined(n));
		return;
	}
	if (n->row->kind != KEY_GROUP && n->row->kind != KEY_LIST) {
		json_object_set_new(to, path, text_of(n));
		return;
	}
	if (!n->children)
		json_object_set_new(to, path, json_string("none"));
	for (const struct engine_node *c = n->children; c; c = c->next) {
		const char *id = *c->key ? c->key : engine_node_id(c);
		if (*id)
			(void)snprintf(below, sizeof below, "%s.%s", path, id);
		else
			(void)snprintf(below, sizeof below, "%s.%u", path, ++i);
		flatten(to, c, below);
	}
}

json_t *cli_profile_flat(const struct engine_profile *p)
{
	json_t *doc = json_object();
	for (unsigned i = 0; engine_parts_at(i); i++) {
		const struct engine_node *n = part_of(p, engine_parts_at(i)->name);
		if (n)
			flatten(doc, n, n->key);
	}
	return doc;
}

static json_t *nested(const struct engine_node *n, bool item)
{
	enum engine_key_kind kind = n->row->kind;
	bool group = kind == KEY_GROUP || (kind == KEY_LIST && item),
	     list = !group && (kind == KEY_LIST || kind == KEY_TEXTS || kind == KEY_WORDS);
	if (list && n->text)
		return json_string(n->text);
	if (!group && !list)
		return text_of(n);
	json_t *to = group ? json_object() : json_array();
	for (const struct engine_node *c = n->children; c; c = c->next) {
		if (group)
			json_object_set_new(to, c->key, nested(c, false));
		else
			json_array_append_new(to, nested(c, true));
	}
	return to;
}

json_t *cli_profile_tree(const struct engine_profile *p)
{
	json_t *doc = json_object();
	for (unsigned i = 0; engine_parts_at(i); i++) {
		const struct engine_node *n = part_of(p, engine_parts_at(i)->name);
		if (n)
			json_object_set_new(doc, n->key, nested(n, false));
	}
	return doc;
}
