/* JSON Schema of the profile language, for editors that check YAML while it is typed. Made from the
 * rows of its keys; called by `profile schema`. */
#include "base/str.h"
#include "cli/profile_doc.h"
#include "engine/part.h"

/* A word of digits is a number to who reads YAML by its rules. */
static json_t *words(const char *allowed)
{
	json_t *list = json_array();
	for (struct span left = span_str(allowed); left.n;) {
		size_t len = span_find(left, ' ');
		uint64_t number;
		json_array_append_new(list, json_stringn((const char *)left.p, len));
		if (str_to_u64(span_make(left.p, len), 0, INT64_MAX, &number, NULL))
			json_array_append_new(list, json_integer((json_int_t)number));
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	return list;
}

static void range(const char *allowed, const char *low_key, const char *high_key, json_t *to)
{
	uint64_t low, high;
	struct span all = span_str(allowed && *allowed ? allowed : "1..255");
	size_t dots = span_find(all, '.');
	if (!str_to_u64(span_make(all.p, dots), 0, UINT64_MAX, &low, NULL) ||
	    !str_to_u64(span_make(all.p + dots + 2, all.n - dots - 2), 0, UINT64_MAX, &high, NULL))
		return;
	json_object_set_new(to, low_key, json_integer((json_int_t)low));
	json_object_set_new(to, high_key, json_integer((json_int_t)high));
}

static json_t *secret(const struct engine_key *row)
{
	json_t *named = json_pack("{s:s, s:{s:{s:s, s:i, s:i}}, s:[s], s:b}", "type", "object",
				  "properties", "secret", "type", "string", "minLength", 1,
				  "maxLength", 63, "required", "secret", "additionalProperties", 0);
	json_t *any = json_array();
	json_array_append_new(any, named);
	if (!(row->flags & KEY_NO_RANDOM))
		json_array_append_new(any, json_pack("{s:s}", "const", "random"));
	return json_pack("{s:o}", "anyOf", any);
}

/* Of one value; groups and lists get their members by node_of. */
static json_t *value_of(const struct engine_key *row)
{
	json_t *v;
	switch (row->kind) {
	case KEY_SWITCH:
		return json_pack("{s:[b, b, s, s, s, s]}", "enum", 1, 0, "on", "off", "yes", "no");
	case KEY_WORD:
		return json_pack("{s:o}", "enum", words(row->allowed));
	case KEY_WORDS:
		return json_pack("{s:s, s:{s:o}}", "type", "array", "items", "enum",
				 words(row->allowed));
	case KEY_NUMBER:
		v = json_pack("{s:s}", "type", "integer");
		range(row->allowed, "minimum", "maximum", v);
		return v;
	case KEY_TEXTS:
		v = json_pack("{s:[s,s]}", "type", "string", "number");
		range(row->allowed, "minLength", "maxLength", v);
		return json_pack("{s:s, s:o}", "type", "array", "items", v);
	case KEY_IPV4:
		return json_pack("{s:s, s:s}", "type", "string", "format", "ipv4");
	case KEY_SECRET:
		return secret(row);
	case KEY_CERT:
		return json_pack("{s:s, s:i, s:i}", "type", "string", "minLength", 1, "maxLength",
				 63);
	default:
		v = json_pack("{s:[s,s]}", "type", "string", "number");
		range(row->allowed, "minLength", "maxLength", v);
		return v;
	}
}

static json_t *node_of(const struct engine_key *rows, const struct engine_key *row);

static json_t *group_of(const struct engine_key *rows, const struct engine_key *row)
{
	json_t *props = json_object(), *needed = json_array();
	const struct engine_key *k;
	for (unsigned i = 0; (k = engine_key_child_at(rows, row, i)); i++) {
		json_object_set_new(props, engine_key_name(k), node_of(rows, k));
		if (k->flags & (KEY_NEEDED | KEY_ID))
			json_array_append_new(needed, json_string(engine_key_name(k)));
	}
	return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", props, "required",
			 needed, "additionalProperties", 0);
}

static json_t *node_of(const struct engine_key *rows, const struct engine_key *row)
{
	json_t *v;
	if (row->kind == KEY_GROUP)
		v = group_of(rows, row);
	else if (row->kind == KEY_LIST)
		v = json_pack("{s:s, s:o}", "type", "array", "items", group_of(rows, row));
	else
		v = value_of(row);
	if (*row->path || row != engine_profile_keys) {
		if (!(row->flags & KEY_NO_LEAVE))
			v = json_pack("{s:[o, {s:s}]}", "anyOf", v, "const", "leave");
		json_object_set_new(v, "description", json_string(row->help));
	}
	return v;
}

json_t *cli_profile_schema(void)
{
	json_t *doc = node_of(engine_profile_keys, engine_profile_keys);
	json_t *props = json_object_get(doc, "properties");
	for (unsigned i = 0; engine_parts_at(i); i++)
		json_object_set_new(props, engine_parts_at(i)->name,
				    node_of(engine_parts_at(i)->keys, engine_parts_at(i)->keys));
	json_object_set_new(doc, "$schema",
			    json_string("https://json-schema.org/draft/2020-12/schema"));
	json_object_set_new(doc, "title", json_string("outband profile"));
	return doc;
}
