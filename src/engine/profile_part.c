/* The parts of a profile, read by the rows of their keys into a tree (engine/key.h). The rows decide
 * what is allowed; this file knows the kinds of values only. */
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "engine/part.h"
#include "engine/profile_priv.h"

static bool read_value(struct engine_reader *r, const struct engine_key *rows,
		       const struct engine_key *row, struct engine_node **out_n);

static bool full(struct engine_reader *r)
{
	return engine_reader_fail_at(r, ERR_LIMIT, r->ev.start_mark, "it has too many parts");
}

static struct engine_node *new_node(struct engine_reader *r, const struct engine_key *row,
				    const char *key)
{
	struct engine_node *n = ARENA_NEW(r->arena, struct engine_node);

	if (!n) {
		full(r);
		return NULL;
	}
	n->key = key;
	n->row = row;
	n->line = (unsigned)r->ev.start_mark.line + 1;
	n->column = (unsigned)r->ev.start_mark.column + 1;
	return n;
}

/* ---- scalars ---- */

static bool in_range(const char *allowed, struct span text)
{
	size_t dots = span_find(span_str(allowed), '.');
	uint64_t low, high, v;

	return str_to_u64(span_make(allowed, dots), 0, UINT64_MAX, &low, NULL) &&
		str_to_u64(span_str(allowed + dots + 2), 0, UINT64_MAX, &high, NULL) &&
		str_to_u64(text, low, high, &v, NULL);
}

static bool has_length(const char *allowed, struct span text)
{
	char n[24];
	struct out o;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return false;
	out_init(&o, n, sizeof n);
	out_fmt(&o, "%zu", text.n);
	return in_range(allowed && *allowed ? allowed : "1..255", out_span(&o));
}

static bool is_one_of(const char *words, struct span text)
{
	for (struct span left = span_str(words); left.n;) {
		size_t len = span_find(left, ' ');
		if (span_eq(span_make(left.p, len), text))
			return true;
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	return false;
}

static bool is_ipv4(struct span text)
{
	unsigned fields = 0;

	for (struct span left = text; fields < 5; fields++) {
		size_t len = span_find(left, '.');
		uint64_t v;
		if (!str_to_u64(span_make(left.p, len), 0, 255, &v, NULL))
			return false;
		if (len == left.n)
			return fields == 3;
		left = span_make(left.p + len + 1, left.n - len - 1);
	}
	return false;
}

static const char *switch_text(struct span text)
{
	static const char *const on[] = { "on", "true", "yes" },
				 *const off[] = { "off", "false", "no" };

	for (int i = 0; i < 3; i++) {
		if (span_eq_nocase(text, span_str(on[i])))
			return "on";
		if (span_eq_nocase(text, span_str(off[i])))
			return "off";
	}
	return NULL;
}

static bool fits(const struct engine_key *row, struct span text)
{
	switch (row->kind) {
	case KEY_WORD:
	case KEY_WORDS:
		return is_one_of(row->allowed, text);
	case KEY_NUMBER:
		return in_range(row->allowed, text);
	case KEY_IPV4:
		return is_ipv4(text);
	case KEY_TEXT:
	case KEY_TEXTS:
		return has_length(row->allowed, text);
	case KEY_CERT:
		return has_length("1..63", text);
	default:
		return false;
	}
}

static bool fail_row(struct engine_reader *r, const struct engine_key *row)
{
	static const char *const texts[KEY_KIND_COUNT] = {
		[KEY_GROUP] = "a mapping",
		[KEY_LIST] = "a list of mappings",
		[KEY_TEXTS] = "a list of texts",
		[KEY_WORDS] = "a list of words: ",
		[KEY_SWITCH] = "on, off or leave",
		[KEY_WORD] = "one of: ",
		[KEY_NUMBER] = "a number ",
		[KEY_TEXT] = "printable text, number of characters ",
		[KEY_IPV4] = "an IPv4 address: 192.0.2.1",
		[KEY_SECRET] = "random or {secret: NAME}",
		[KEY_CERT] = "the name of a stored certificate, or ca",
	};
	char want[200];
	struct out o;

	out_init(&o, want, sizeof want);
	out_fmt(&o, "%s%s", texts[row->kind], row->allowed ? row->allowed : "");
	return engine_reader_fail_value(r, engine_key_name(row), want, row->kind != KEY_SECRET);
}

static bool read_scalar(struct engine_reader *r, const struct engine_key *row,
			struct engine_node *n)
{
	struct span text = engine_reader_text(r);

	if (r->ev.type != YAML_SCALAR_EVENT)
		return fail_row(r, row);
	if (row->kind == KEY_SWITCH) {
		n->text = switch_text(text);
		return n->text || fail_row(r, row);
	}
	if (!fits(row, text))
		return fail_row(r, row);
	n->text = arena_str(r->arena, text);
	return n->text || full(r);
}

/* random, or {secret: NAME}. A secret in clear text is the likely mistake: it is not shown. */
static bool read_secret(struct engine_reader *r, const struct engine_key *row,
			struct engine_node *n)
{
	if (span_eq_str(engine_reader_text(r), "random") && !(row->flags & KEY_NO_RANDOM)) {
		n->is_random = true;
		return true;
	}
	if (r->ev.type != YAML_MAPPING_START_EVENT)
		return fail_row(r, row);
	if (!engine_reader_next(r))
		return false;
	if (!span_eq_str(engine_reader_text(r), "secret"))
		return fail_row(r, row);
	if (!engine_reader_next(r))
		return false;
	if (r->ev.type != YAML_SCALAR_EVENT || !has_length("1..63", engine_reader_text(r)))
		return fail_row(r, row);
	n->text = arena_str(r->arena, engine_reader_text(r));
	if (!n->text)
		return full(r);
	return engine_reader_next_is(r, YAML_MAPPING_END_EVENT, "only 'secret' can stand here");
}

/* ---- groups and lists ---- */

static bool fail_key(struct engine_reader *r, const struct engine_key *rows,
		     const struct engine_key *of)
{
	struct span seen = engine_reader_text(r);
	char what[160], allowed[256] = "";
	struct out o, names;
	const struct engine_key *k;

	out_init(&o, what, sizeof what);
	out_fmt(&o, "unknown key '%.*s'", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	engine_reader_fail(r, what);
	out_init(&names, allowed, sizeof allowed - 1);
	for (unsigned i = 0; (k = engine_key_child_at(rows, of, i)); i++)
		out_fmt(&names, "%s%s", i ? " " : "", engine_key_name(k));
	err_seen(r->e, "%.*s", seen.n < 60 ? (int)seen.n : 60, (const char *)seen.p);
	err_want(r->e, "%s", allowed);
	return err_hint(r->e, "the keys allowed here are: %s", allowed);
}

static bool check_needed(struct engine_reader *r, const struct engine_key *rows,
			 const struct engine_node *group, yaml_mark_t start)
{
	const struct engine_key *k;
	char what[96];
	struct out o;

	for (unsigned i = 0; (k = engine_key_child_at(rows, group->row, i)); i++) {
		if (!(k->flags & (KEY_NEEDED | KEY_ID)) ||
		    engine_node_get(group, engine_key_name(k)))
			continue;
		out_init(&o, what, sizeof what);
		out_fmt(&o, "'%s' is missing here", engine_key_name(k));
		return engine_reader_fail_at(r, ERR_INVALID, start, what);
	}
	return true;
}

static bool read_group(struct engine_reader *r, const struct engine_key *rows,
		       struct engine_node *group)
{
	struct engine_node **last = &group->children;
	yaml_mark_t start = r->ev.start_mark;

	if (r->ev.type != YAML_MAPPING_START_EVENT)
		return fail_row(r, group->row);
	for (;;) {
		if (!engine_reader_next(r))
			return false;
		if (r->ev.type == YAML_MAPPING_END_EVENT)
			return check_needed(r, rows, group, start);
		if (r->ev.type != YAML_SCALAR_EVENT)
			return engine_reader_fail(r, "a key must be a plain word");
		const struct engine_key *row =
			engine_key_child(rows, group->row, engine_reader_text(r));
		if (!row)
			return fail_key(r, rows, group->row);
		if (engine_node_get(group, engine_key_name(row)))
			return engine_reader_fail(r, "this key stands here twice");
		if (!engine_reader_next(r) || !read_value(r, rows, row, last))
			return false;
		if (*last)
			last = &(*last)->next;
	}
}

static bool is_twin(const struct engine_node *list, const struct engine_node *item)
{
	const char *id = engine_node_id(item);

	for (const struct engine_node *n = list->children; n && n != item; n = n->next)
		if (*id && span_eq_nocase(span_str(engine_node_id(n)), span_str(id)))
			return true;
	return false;
}

static bool read_list(struct engine_reader *r, const struct engine_key *rows,
		      struct engine_node *list)
{
	struct engine_node **last = &list->children;

	if (r->ev.type != YAML_SEQUENCE_START_EVENT)
		return fail_row(r, list->row);
	for (;;) {
		if (!engine_reader_next(r))
			return false;
		if (r->ev.type == YAML_SEQUENCE_END_EVENT)
			return true;
		yaml_mark_t start = r->ev.start_mark;
		struct engine_node *n = new_node(r, list->row, "");
		if (!n)
			return false;
		*last = n;
		last = &n->next;
		if (list->row->kind != KEY_LIST) {
			if (!read_scalar(r, list->row, n))
				return false;
		} else if (!read_group(r, rows, n)) {
			return false;
		} else if (is_twin(list, n)) {
			return engine_reader_fail_at(r, ERR_INVALID, start,
						     "another item of this list has the same name");
		}
	}
}

static bool read_value(struct engine_reader *r, const struct engine_key *rows,
		       const struct engine_key *row, struct engine_node **out_n)
{
	*out_n = NULL;
	if (span_eq_str(engine_reader_text(r), "leave"))
		return true;
	struct engine_node *n = new_node(r, row, engine_key_name(row));
	if (!n)
		return false;
	*out_n = n;
	switch (row->kind) {
	case KEY_GROUP:
		return read_group(r, rows, n);
	case KEY_LIST:
	case KEY_TEXTS:
	case KEY_WORDS:
		return read_list(r, rows, n);
	case KEY_SECRET:
		return read_secret(r, row, n);
	default:
		return read_scalar(r, row, n);
	}
}

bool engine_reader_part(struct engine_reader *r, const struct engine_part *part)
{
	struct engine_node **last = &r->to->parts;
	struct engine_node *n;

	for (; *last; last = &(*last)->next)
		if (str_eq((*last)->key, part->name))
			return engine_reader_fail(r, "this key stands here twice");
	if (!engine_reader_next(r) || !read_value(r, part->keys, part->keys, &n))
		return false;
	if (!n)
		return true;
	char what[160];
	const struct engine_node *bad = part->check ? part->check(n, what, sizeof what) : NULL;
	if (bad)
		return engine_reader_fail_at(
			r, ERR_INVALID,
			(yaml_mark_t){ .line = bad->line - 1, .column = bad->column - 1 }, what);
	n->key = part->name;
	n->next = NULL;
	*last = n;
	return true;
}

bool engine_reader_required(struct engine_reader *r)
{
	static const struct engine_key rows[] = {
		{ "required", KEY_TEXTS, "1..32", 0, "", "", SRC_D, "", NULL },
		ENGINE_KEYS_END,
	};
	struct engine_node *n;

	if (!read_value(r, rows, rows, &n))
		return false;
	r->to->required = n;
	for (const struct engine_node *c = n ? n->children : NULL; c; c = c->next) {
		char what[96];
		struct out o;
		if (engine_parts_find(span_str(c->text)) || str_eq(c->text, "mebx_password"))
			continue;
		out_init(&o, what, sizeof what);
		out_fmt(&o, "'%.40s' under required is no part", c->text);
		return engine_reader_fail(r, what);
	}
	return true;
}
