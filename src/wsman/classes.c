/* Look-up in the class table, whose rows are in classes_*.c by subject. Used by envelope and obj, by
 * the client (amt/) and by the simulator. No state. */
#include "wsman/classes.h"
#include "base/str.h"
#include "wsman/classes_rows.h"
#include <string.h>

static const struct wsman_class *const rows[] = {
#define X(name) &wsman_classes_##name,
	WSMAN_CLASSES(X)
#undef X
};

enum {
#define X(name) +1
	ROW_COUNT = 0 WSMAN_CLASSES(X)
#undef X
};

static bool base_of(const char *class_name, enum wsman_base *out_base)
{
	static const struct {
		const char *prefix;
		enum wsman_base base;
	} prefixes[] = { { "AMT_", WSMAN_AMT }, { "CIM_", WSMAN_CIM }, { "IPS_", WSMAN_IPS } };
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(class_name, prefixes[i].prefix, 4) == 0) {
			*out_base = prefixes[i].base;
			return true;
		}
	return false;
}

const struct wsman_class *wsman_classes_find(const char *name)
{
	size_t low = 0, high = ROW_COUNT;
	while (name && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, rows[middle]->name);
		if (order == 0)
			return rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct wsman_class *wsman_classes_find_uri(const char *uri)
{
	const char *slash = uri ? strrchr(uri, '/') : NULL;
	const struct wsman_class *c = slash ? wsman_classes_find(slash + 1) : NULL;
	return c && strcmp(c->uri, uri) == 0 ? c : NULL;
}

const struct wsman_class *wsman_classes_at(unsigned i)
{
	return i < ROW_COUNT ? rows[i] : NULL;
}

const char *wsman_classes_unit(const struct wsman_prop *p)
{
	static const char *const texts[] = { NULL,
#define X(name, text) text,
					     WSMAN_UNITS(X)
#undef X
	};
	unsigned unit = p->flags >> WSMAN_UNIT_SHIFT;
	return unit < WSMAN_UNIT_COUNT ? texts[unit] : NULL;
}

const char *wsman_classes_type_name(enum wsman_type t)
{
	static const char *const names[] = {
		[WSMAN_STR] = "text",
		[WSMAN_BOOL] = "true or false",
		[WSMAN_U8] = "number 8 bit",
		[WSMAN_U16] = "number 16 bit",
		[WSMAN_U32] = "number 32 bit",
		[WSMAN_U64] = "number 64 bit",
		[WSMAN_I16] = "signed number 16 bit",
		[WSMAN_I32] = "signed number 32 bit",
		[WSMAN_I64] = "signed number 64 bit",
		[WSMAN_REAL] = "decimal number",
		[WSMAN_B64] = "base64",
		[WSMAN_HEX] = "hex",
		[WSMAN_DATETIME] = "time",
		[WSMAN_EPR] = "reference",
		[WSMAN_OBJ] = "instance",
	};
	_Static_assert(COUNT(names) == WSMAN_TYPE_COUNT, "one name per type");
	return names[t];
}

const char *wsman_classes_name(const struct wsman_name *names, uint32_t value)
{
	for (const struct wsman_name *n = names; n && n->text; n++)
		if (n->value == value)
			return n->text;
	return NULL;
}

const struct wsman_method *wsman_classes_method(const struct wsman_class *c, const char *name)
{
	for (unsigned i = 0; c && name && i < c->method_count; i++)
		if (str_eq_nocase(c->methods[i].name, name))
			return &c->methods[i];
	return NULL;
}

int wsman_classes_prop(const struct wsman_shape *s, const char *name)
{
	for (unsigned i = 0; i < s->prop_count; i++)
		if (strcmp(s->props[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool wsman_classes_uri_of(const char *class_name, char *buf, size_t cap)
{
	enum wsman_base base;
	if (!class_name || !base_of(class_name, &base))
		return false;
	const char *prefix = base == WSMAN_AMT ? URI_AMT : base == WSMAN_CIM ? URI_CIM : URI_IPS;
	size_t n = strlen(prefix);
	return n < cap && str_copy(buf, cap, span_str(prefix)) &&
		str_copy(buf + n, cap - n, span_str(class_name));
}
