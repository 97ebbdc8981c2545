/* Reads what dev_save.c wrote: all of it or nothing. The document may have been edited by hand, so
 * every value is checked and an error names the line. */
#include "base/limits.h"
#include "base/str.h"
#include "sim/dev_state_priv.h"
#include <yaml.h>

struct load {
	yaml_document_t doc;
	struct sim_dev *to; /* scratch: only the persistent part is used */
	struct err *e;
};

static struct span text_of(const yaml_node_t *n)
{
	if (!n || n->type != YAML_SCALAR_NODE)
		return span_make(NULL, 0);
	return span_make(n->data.scalar.value, n->data.scalar.length);
}

static bool fail(struct load *l, const yaml_node_t *n, const char *name, const char *want)
{
	err_set(l->e, ERR_INVALID, "state of a virtual device, line %lu: %s is wrong",
		n ? (unsigned long)n->start_mark.line + 1 : 0, name);
	if (n && n->type == YAML_SCALAR_NODE)
		err_seen(l->e, "%.*s", (int)text_of(n).n, (const char *)text_of(n).p);
	return err_want(l->e, "%s", want);
}

static const yaml_node_t *child(struct load *l, const yaml_node_t *map, const char *name)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		if (span_eq_str(text_of(yaml_document_get_node(&l->doc, p->key)), name))
			return yaml_document_get_node(&l->doc, p->value);
	}
	return NULL;
}

static bool read_bool(struct span s, bool *out_v)
{
	*out_v = span_eq_str(s, "true");
	return *out_v || span_eq_str(s, "false");
}

static bool read_field(struct load *l, const struct sim_field *f, const yaml_node_t *n)
{
	uint8_t *at = (uint8_t *)l->to + f->offset;
	struct span s = text_of(n);
	uint32_t u = 0;
	size_t used;
	char *heap;

	switch (f->kind) {
	case SIM_FIELD_BOOL:
		return read_bool(s, (bool *)at) || fail(l, n, f->name, "true or false");
	case SIM_FIELD_U8:
		if (!str_to_u32(s, 0, 255, &u, NULL))
			return fail(l, n, f->name, "0 to 255");
		*at = (uint8_t)u;
		return true;
	case SIM_FIELD_U32:
		return str_to_u32(s, 0, UINT32_MAX, (uint32_t *)(void *)at, NULL) ||
			fail(l, n, f->name, "a number");
	case SIM_FIELD_I64:
		return str_to_i64(s, INT64_MIN / 4, INT64_MAX / 4, (int64_t *)(void *)at, NULL) ||
			fail(l, n, f->name, "a number");
	case SIM_FIELD_TEXT:
		return str_copy((char *)at, f->size, s) || fail(l, n, f->name, "a shorter text");
	case SIM_FIELD_HEAP:
		heap = mem_new(s.n + 1);
		memcpy(heap, s.p ? s.p : (const uint8_t *)"", s.n);
		memcpy(at, &heap, sizeof heap);
		return true;
	case SIM_FIELD_HEX:
		return (hex_decode(s, at, f->size, &used) && used == f->size) ||
			fail(l, n, f->name, "32 hex digits");
	case SIM_FIELD_STATE:
		return sim_dev_state_parse(s, (enum sim_state *)(void *)at) ||
			fail(l, n, f->name, "a state's name");
	}
	return false;
}

static bool read_fields(struct load *l, const yaml_node_t *root)
{
	for (unsigned i = 0; i < sim_field_count; i++) {
		const struct sim_field *f = &sim_fields[i];
		const yaml_node_t *n = child(l, root, f->name);
		if (!n && f->kind == SIM_FIELD_HEAP && !str_eq(f->name, "mebx"))
			continue;
		if (!n || n->type != YAML_SCALAR_NODE)
			return fail(l, root, f->name, "a value");
		if (!read_field(l, f, n))
			return false;
	}
	return true;
}

static bool read_settings(struct load *l, const yaml_node_t *map)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return true; /* none differs from its default */
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		const yaml_node_t *key = yaml_document_get_node(&l->doc, p->key);
		const yaml_node_t *value = yaml_document_get_node(&l->doc, p->value);
		unsigned v = 0;
		while (v < SIM_VAR_COUNT && !span_eq_str(text_of(key), sim_var_rows[v].name))
			v++;
		if (v == SIM_VAR_COUNT || !value || value->type != YAML_SCALAR_NODE)
			return fail(l, key, "settings", "a setting's name and text");
		char *text = mem_new(text_of(value).n + 1);
		memcpy(text, text_of(value).p, text_of(value).n);
		sim_var_set(l->to, (enum sim_var)v, text);
		mem_free(text);
	}
	return true;
}

static bool read_blob(struct load *l, const yaml_node_t *item, const char *name, uint8_t *bytes,
		      size_t *out_n)
{
	const yaml_node_t *n = child(l, item, name);

	return (b64_decode(text_of(n), bytes, LIMIT_CERT_DER_BYTES, out_n) && *out_n > 0) ||
		fail(l, n ? n : item, name, "base64");
}

static bool read_numbers(struct load *l, const yaml_node_t *item, uint32_t *out_handle,
			 int *out_pool)
{
	int64_t pool;

	if (!str_to_u32(text_of(child(l, item, "handle")), 0, 64, out_handle, NULL))
		return fail(l, item, "handle", "0 to 64");
	if (!str_to_i64(text_of(child(l, item, "pool")), -1, 255, &pool, NULL))
		return fail(l, item, "pool", "-1 to 255");
	*out_pool = (int)pool;
	return true;
}

static bool read_cert(struct load *l, const yaml_node_t *item)
{
	uint8_t der[LIMIT_CERT_DER_BYTES];
	size_t n;
	uint32_t handle = 0;
	int pool = -1;
	bool root = false, read_only = false;

	if (!read_numbers(l, item, &handle, &pool) || !read_blob(l, item, "der", der, &n))
		return false;
	if (!read_bool(text_of(child(l, item, "root")), &root) ||
	    !read_bool(text_of(child(l, item, "read_only")), &read_only))
		return fail(l, item, "root or read_only", "true or false");
	struct sim_cert *c = sim_store_add_cert(l->to, span_make(der, n), root);
	if (!c)
		return fail(l, item, "certs", "fewer certificates");
	c->handle = handle;
	c->read_only = read_only;
	c->pool = pool;
	return true;
}

static bool read_key(struct load *l, const yaml_node_t *item)
{
	uint8_t der[LIMIT_CERT_DER_BYTES];
	size_t n = 0;
	uint32_t handle;
	int pool = -1;

	if (!read_numbers(l, item, &handle, &pool))
		return false;
	if (pool < 0 && !read_blob(l, item, "pkcs1", der, &n))
		return false;
	struct sim_key *k = sim_store_add_key(l->to, pool, span_make(der, n));
	mem_wipe(der, n);
	if (!k || (pool < 0 && !k->loaded))
		return fail(l, item, "keys", "a readable key and a free slot");
	k->handle = handle;
	return true;
}

static bool read_record(struct load *l, const yaml_node_t *item)
{
	const yaml_node_t *cls = child(l, item, "class"), *texts = child(l, item, "members");
	char name[64], *value;
	struct sim_record *r = NULL;

	if (str_copy(name, sizeof name, text_of(cls)))
		r = sim_record_add(l->to, name, SIM_RECORDS_MAX);
	if (!r || !str_to_u32(text_of(child(l, item, "handle")), 0, UINT32_MAX, &r->handle, NULL) ||
	    !texts || texts->type != YAML_MAPPING_NODE)
		return fail(l, item, "records", "a class, a handle and members");
	for (yaml_node_pair_t *p = texts->data.mapping.pairs.start;
	     p < texts->data.mapping.pairs.top; p++) {
		struct span text = text_of(yaml_document_get_node(&l->doc, p->value));
		if (!str_copy(name, sizeof name, text_of(yaml_document_get_node(&l->doc, p->key))))
			return fail(l, item, "members", "shorter names");
		value = mem_new(text.n + 1);
		memcpy(value, text.p ? text.p : (const uint8_t *)"", text.n);
		sim_record_append(r, name, value);
		mem_free(value);
	}
	return true;
}

static bool read_list(struct load *l, const yaml_node_t *list,
		      bool (*one)(struct load *l, const yaml_node_t *item))
{
	if (!list || list->type != YAML_SEQUENCE_NODE)
		return true; /* empty */
	for (yaml_node_item_t *i = list->data.sequence.items.start;
	     i < list->data.sequence.items.top; i++) {
		if (!one(l, yaml_document_get_node(&l->doc, *i)))
			return false;
	}
	return true;
}

/* The document must be of this very device. */
static bool check_identity(struct load *l, const yaml_node_t *root, const struct sim_dev *d)
{
	struct uuid uuid;
	char want[UUID_TEXT_SIZE];
	const yaml_node_t *n = child(l, root, "uuid");

	uuid_print(&d->uuid, want);
	if (!uuid_parse(text_of(n), &uuid) || !uuid_eq(&uuid, &d->uuid))
		return fail(l, n ? n : root, "uuid", want);
	n = child(l, root, "generation");
	return span_eq_str(text_of(n), d->gen->name) ||
		fail(l, n ? n : root, "generation", d->gen->name);
}

static bool read_all(struct load *l, struct sim_dev *d)
{
	const yaml_node_t *root = yaml_document_get_root_node(&l->doc);

	if (!root || root->type != YAML_MAPPING_NODE)
		return err_set(l->e, ERR_INVALID, "state of a virtual device is no YAML mapping");
	return check_identity(l, root, d) && read_fields(l, root) &&
		sim_switches_parse(text_of(child(l, root, "switches")), &l->to->sw, l->e) &&
		read_settings(l, child(l, root, "settings")) &&
		read_list(l, child(l, root, "certs"), read_cert) &&
		read_list(l, child(l, root, "keys"), read_key) &&
		read_list(l, child(l, root, "records"), read_record);
}

/* Exchanges the persistent parts, so that freeing the scratch frees the former ones. */
static void exchange(struct sim_dev *a, struct sim_dev *b)
{
#define SWAP(member)                                       \
	do {                                               \
		__typeof__(a->member) t_;                  \
		memcpy(&t_, &a->member, sizeof t_);        \
		memcpy(&a->member, &b->member, sizeof t_); \
		memcpy(&b->member, &t_, sizeof t_);        \
	} while (0)
	for (unsigned i = 0; i < sim_field_count; i++) {
		uint8_t *x = (uint8_t *)a + sim_fields[i].offset;
		uint8_t *y = (uint8_t *)b + sim_fields[i].offset;
		for (size_t n = 0; n < sim_fields[i].size; n++) {
			uint8_t t = x[n];
			x[n] = y[n];
			y[n] = t;
		}
	}
	SWAP(sw);
	SWAP(active);
	SWAP(staged);
#undef SWAP
#define SWAP(member)                                  \
	do {                                          \
		__typeof__(a->member) t_ = a->member; \
		a->member = b->member;                \
		b->member = t_;                       \
	} while (0)
	SWAP(certs);
	SWAP(cert_count);
	SWAP(keys);
	SWAP(key_count);
	SWAP(records);
#undef SWAP
}

static struct sim_dev *scratch_new(const struct sim_dev *d)
{
	struct sim_dev *s = MEM_NEW(struct sim_dev);

	s->env = d->env;
	s->gen = d->gen;
	s->uuid = d->uuid;
	s->sw = (struct sim_switches){ { 0 } };
	return s;
}

bool sim_dev_load(struct sim_dev *d, struct span yaml, struct err *e)
{
	yaml_parser_t parser;
	struct load l = { .e = e };
	bool ok;

	if (yaml.n > LIMIT_YAML_BYTES)
		return err_set(e, ERR_LIMIT, "state of a virtual device has %zu bytes", yaml.n);
	if (!yaml_parser_initialize(&parser))
		return err_set(e, ERR_INTERNAL, "the YAML reader cannot start");
	yaml_parser_set_input_string(&parser, yaml.p, yaml.n);
	if (!yaml_parser_load(&parser, &l.doc)) {
		err_set(e, ERR_INVALID, "state of a virtual device, line %lu: not YAML",
			(unsigned long)parser.problem_mark.line + 1);
		yaml_parser_delete(&parser);
		return false;
	}
	l.to = scratch_new(d);
	ok = read_all(&l, d);
	if (ok) {
		exchange(d, l.to);
		d->acl_epoch++;
		sim_tls_forget_setup(d);
		sim_dev_bury(d, d->roots, NULL);
		d->roots = NULL;
		sim_dev_forget_ram(d);
		d->key_made = SIM_NO_HANDLE;
		sim_dev_restart_web(d);
	}
	if (!l.to->mebx)
		l.to->mebx = mem_str("");
	sim_dev_free(l.to);
	yaml_document_delete(&l.doc);
	yaml_parser_delete(&parser);
	return ok;
}
