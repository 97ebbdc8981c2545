/* Reads a fleet file: fleet-wide keys and a list of groups, each with the options of fleet_keys.c
 * and, if wished, single devices. Strict: an unknown or repeated key is an error that names its
 * line. Makes no device. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/fleet_priv.h"
#include <stdlib.h>
#include <yaml.h>

struct reader {
	yaml_document_t doc;
	const char *name; /* of the file, for errors */
	struct sim_fleet_conf *c;
	struct err *e;
};

static struct span text_of(const yaml_node_t *n)
{
	if (!n || n->type != YAML_SCALAR_NODE)
		return span_make(NULL, 0);
	return span_make(n->data.scalar.value, n->data.scalar.length);
}

static bool at(struct reader *r, const yaml_node_t *n)
{
	return err_wrap(r->e, "%s, line %lu", r->name, (unsigned long)n->start_mark.line + 1);
}

static bool fail(struct reader *r, const yaml_node_t *n, const char *why)
{
	err_set(r->e, ERR_INVALID, "%s", why);
	return at(r, n);
}

static const yaml_node_t *node(struct reader *r, int id)
{
	return yaml_document_get_node(&r->doc, id);
}

/* A key that the mapping had before is refused: YAML readers differ in which one counts. */
static bool is_repeated(struct reader *r, const yaml_node_t *map, const yaml_node_pair_t *upto)
{
	struct span key = text_of(node(r, upto->key));

	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < upto; p++) {
		if (span_eq(text_of(node(r, p->key)), key))
			return true;
	}
	return false;
}

static bool unknown_key(struct reader *r, const yaml_node_t *key, unsigned scope,
			const char *others)
{
	char list[512];
	struct out o;

	out_init(&o, list, sizeof list);
	out_str(&o, others);
	for (unsigned i = 0; sim_fleet_key_at(i); i++) {
		if (sim_fleet_key_at(i)->scope & scope)
			out_fmt(&o, " %s", sim_fleet_key_at(i)->key);
	}
	err_set(r->e, ERR_INVALID, "there is no key '%.*s' here", (int)text_of(key).n,
		(const char *)text_of(key).p);
	err_want(r->e, "%s", list);
	return at(r, key);
}

static const struct sim_fleet_key *find_key(struct span name, unsigned scope)
{
	for (unsigned i = 0; sim_fleet_key_at(i); i++) {
		const struct sim_fleet_key *k = sim_fleet_key_at(i);
		if ((k->scope & scope) && span_eq_str(name, k->key))
			return k;
	}
	return NULL;
}

/* A scalar, or a list of scalars, which is the same as the scalar with commas. */
static bool value_text(struct reader *r, const yaml_node_t *v, struct buf *b)
{
	if (v->type == YAML_SCALAR_NODE)
		return buf_add(b, text_of(v)) || fail(r, v, "the value is too long");
	if (v->type != YAML_SEQUENCE_NODE)
		return fail(r, v, "a text or a list of texts is wanted");
	for (yaml_node_item_t *i = v->data.sequence.items.start; i < v->data.sequence.items.top;
	     i++) {
		const yaml_node_t *item = node(r, *i);
		if (item->type != YAML_SCALAR_NODE)
			return fail(r, item, "a text is wanted");
		if ((b->n && !buf_add(b, span_str(","))) || !buf_add(b, text_of(item)))
			return fail(r, item, "the list is too long");
	}
	return true;
}

static bool read_key(struct reader *r, struct sim_fleet_opts *o, const struct sim_fleet_key *k,
		     const yaml_node_t *v)
{
	struct buf b = { 0 };
	bool ok;

	buf_init(&b, 4096);
	ok = value_text(r, v, &b);
	if (ok && !sim_fleet_key_set(r->c, o, k, buf_span(&b), r->e)) {
		err_wrap(r->e, "%s", k->key);
		ok = at(r, v);
	}
	buf_deinit(&b);
	return ok;
}

/* Walks a mapping; other takes the keys that are not in the table of options. */
typedef bool other_fn(struct reader *r, void *arg, const yaml_node_t *key, const yaml_node_t *value,
		      bool *out_taken);

static bool read_map(struct reader *r, const yaml_node_t *map, unsigned scope,
		     struct sim_fleet_opts *o, other_fn *other, void *arg, const char *others)
{
	if (map->type != YAML_MAPPING_NODE)
		return fail(r, map, "a mapping (key: value) is wanted");
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		const yaml_node_t *key = node(r, p->key), *value = node(r, p->value);
		bool taken = false;
		if (key->type != YAML_SCALAR_NODE)
			return fail(r, key, "a key must be a text");
		if (is_repeated(r, map, p))
			return fail(r, key, "this key stands here twice");
		if (!other(r, arg, key, value, &taken))
			return false;
		if (taken)
			continue;
		const struct sim_fleet_key *k = find_key(text_of(key), scope);
		if (!k)
			return unknown_key(r, key, scope, others);
		if (!read_key(r, o, k, value))
			return false;
	}
	return true;
}

/* ---- single devices ---- */

struct each_arg {
	struct sim_fleet_each *x;
	bool has_index;
};

static bool each_other(struct reader *r, void *arg, const yaml_node_t *key,
		       const yaml_node_t *value, bool *out_taken)
{
	struct each_arg *a = arg;

	if (!span_eq_str(text_of(key), "index"))
		return true;
	*out_taken = a->has_index = true;
	return str_to_u32(text_of(value), 0, SIM_FLEET_MAX - 1, &a->x->index, r->e) || at(r, value);
}

static int by_index(const void *pa, const void *pb)
{
	const struct sim_fleet_each *a = pa, *b = pb;

	return (a->index > b->index) - (a->index < b->index);
}

static bool check_each(struct reader *r, struct sim_fleet_group *g, const yaml_node_t *list)
{
	qsort(g->each, g->each_count, sizeof *g->each, by_index);
	for (unsigned i = 1; i < g->each_count; i++) {
		if (g->each[i].index == g->each[i - 1].index) {
			err_set(r->e, ERR_INVALID, "device %u of this group is described twice",
				g->each[i].index);
			return at(r, list);
		}
	}
	return true;
}

static bool read_each(struct reader *r, struct sim_fleet_group *g, const yaml_node_t *list)
{
	if (list->type != YAML_SEQUENCE_NODE)
		return fail(r, list, "a list of devices is wanted");
	size_t n = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
	if (n > SIM_FLEET_EACH)
		return fail(r, list, "more than 4096 devices are described one by one");
	g->each = ARENA_ARRAY(&r->c->arena, struct sim_fleet_each, n ? n : 1);
	if (!g->each)
		return fail(r, list, "the description of the fleet is too large");
	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *item = node(r, list->data.sequence.items.start[i]);
		struct each_arg a = { .x = &g->each[i] };
		if (!read_map(r, item, SIM_FLEET_KEY_EACH, &a.x->opts, each_other, &a, "index"))
			return false;
		if (!a.has_index)
			return fail(r, item,
				    "which device? 'index' is missing (0 is the group's first)");
	}
	g->each_count = (unsigned)n;
	return check_each(r, g, list);
}

/* ---- groups ---- */

static bool group_other(struct reader *r, void *arg, const yaml_node_t *key,
			const yaml_node_t *value, bool *out_taken)
{
	*out_taken = span_eq_str(text_of(key), "devices");
	return !*out_taken || read_each(r, arg, value);
}

static bool read_group(struct reader *r, const yaml_node_t *item)
{
	struct sim_fleet_conf *c = r->c;

	if (c->group_count == SIM_FLEET_GROUPS)
		return fail(r, item, "more than 64 groups");
	struct sim_fleet_group *g = &c->groups[c->group_count++];
	*g = (struct sim_fleet_group){ .each = NULL };
	if (!read_map(r, item, SIM_FLEET_KEY_GROUP, &g->opts, group_other, g, "devices"))
		return false;
	unsigned count = g->opts.count ? g->opts.count : 1;
	if (g->each_count && g->each[g->each_count - 1].index >= count) {
		err_set(r->e, ERR_INVALID,
			"device %u is described, the group has %u (0 is the first)",
			g->each[g->each_count - 1].index, count);
		return at(r, item);
	}
	return true;
}

static bool top_other(struct reader *r, void *arg, const yaml_node_t *key, const yaml_node_t *value,
		      bool *out_taken)
{
	(void)arg;
	*out_taken = span_eq_str(text_of(key), "groups");
	if (!*out_taken)
		return true;
	if (value->type != YAML_SEQUENCE_NODE)
		return fail(r, value, "a list of groups is wanted");
	for (yaml_node_item_t *i = value->data.sequence.items.start;
	     i < value->data.sequence.items.top; i++) {
		if (!read_group(r, node(r, *i)))
			return false;
	}
	return true;
}

static bool read_doc(struct reader *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->doc);

	if (!root)
		return err_set(r->e, ERR_INVALID, "%s is empty", r->name);
	if (r->doc.nodes.top - r->doc.nodes.start > LIMIT_YAML_NODES)
		return err_set(r->e, ERR_LIMIT, "%s has more than %d values", r->name,
			       LIMIT_YAML_NODES);
	if (!read_map(r, root, SIM_FLEET_KEY_FLEET, NULL, top_other, NULL, "groups"))
		return false;
	return r->c->group_count > 0 || fail(r, root, "the fleet has no groups");
}

bool sim_fleet_yaml_parse(struct sim_fleet_conf *c, const char *name, struct span text,
			  struct err *e)
{
	struct err none;
	struct reader r = { .name = name, .c = c, .e = e ? e : &none };
	yaml_parser_t parser;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		return err_set(e, ERR_INTERNAL, "the YAML reader cannot start");
	yaml_parser_set_input_string(&parser, text.p, text.n);
	ok = yaml_parser_load(&parser, &r.doc);
	if (!ok) {
		err_set(e, ERR_INVALID, "%s, line %lu: %s", name,
			(unsigned long)parser.problem_mark.line + 1,
			parser.problem ? parser.problem : "not YAML");
		yaml_parser_delete(&parser);
		return false;
	}
	ok = read_doc(&r);
	yaml_document_delete(&r.doc);
	yaml_parser_delete(&parser);
	return ok;
}

bool sim_fleet_yaml_read(struct sim_fleet_conf *c, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct buf b = { 0 };
	bool ok;

	if (!sim_fleet_file_read(path, (size_t)LIMIT_YAML_BYTES, &b, e))
		return false;
	size_t n = slash ? (size_t)(slash - path) : 0;
	c->folder = slash ? arena_str(&c->arena, span_make(path, n ? n : 1)) : NULL;
	ok = sim_fleet_yaml_parse(c, path, buf_span(&b), e);
	c->folder = NULL;
	buf_deinit(&b);
	return ok;
}
