/* wsman classes: what the class table knows, so that nobody has to look names up elsewhere. */
#include "base/str.h"
#include "cli/cli.h"
#include "wsman/classes.h"

#define VALUES_MAX 4096

/* "0 None, 1 KVM". */
static void print_values(struct out *o, const struct wsman_name *names)
{
	for (const struct wsman_name *n = names; n && n->text; n++)
		out_fmt(o, "%s%u %s", n == names ? "" : ", ", (unsigned)n->value, n->text);
}

static void add_row(struct cli_writer *w, const char *of, const char *name, const char *type,
		    const char *notes, const struct wsman_name *names)
{
	static char values[VALUES_MAX];
	struct out o;
	out_init(&o, values, sizeof values);
	print_values(&o, names);
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "of", of, "name", name, "type", type,
				"notes", notes, "values", values);
	cli_writer_list_row(w, row);
	json_decref(row);
}

static void add_members(struct cli_writer *w, const char *what, const struct wsman_shape *s)
{
	for (unsigned i = 0; i < s->prop_count; i++) {
		const struct wsman_prop *p = &s->props[i];
		const char *unit = wsman_classes_unit(p);
		bool number = p->type >= WSMAN_U8 && p->type <= WSMAN_U32;
		char notes[64], type[96];
		struct out o;
		out_init(&o, type, sizeof type);
		out_str(&o, wsman_classes_type_name(p->type));
		if (p->type == WSMAN_OBJ)
			out_fmt(&o, " of %s", p->of);
		else if (unit)
			out_fmt(&o, ", %s", unit);
		out_init(&o, notes, sizeof notes);
		out_str(&o, p->flags & WSMAN_KEY ? " key" : "");
		out_str(&o, p->flags & WSMAN_ARRAY ? " list" : "");
		out_str(&o, p->flags & WSMAN_REQUIRED ? " needed" : "");
		out_str(&o, p->flags & WSMAN_READONLY ? " read-only" : "");
		out_str(&o, p->flags & WSMAN_SECRET ? " secret" : "");
		add_row(w, what, p->name, type, *notes ? notes + 1 : "", number ? p->names : NULL);
	}
}

static bool one_class(struct cli *c, const char *name, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "of", "of", CLI_FORM_TEXT },         { "name", "name", CLI_FORM_TEXT },
		{ "type", "type", CLI_FORM_TEXT },     { "notes", "notes", CLI_FORM_TEXT },
		{ "values", "values", CLI_FORM_TEXT },
	};
	const struct wsman_class *cls = wsman_classes_find(name);

	for (unsigned i = 0; !cls && wsman_classes_at(i); i++)
		if (str_eq_nocase(name, wsman_classes_at(i)->name))
			cls = wsman_classes_at(i);
	if (!cls) {
		err_set(e, ERR_NOT_FOUND, "the table has no class %s", name);
		return err_hint(
			e,
			"'outband wsman classes' lists the known ones; 'wsman get' works with any class");
	}
	cli_writer_list_begin(c->writer, cols, 5);
	add_members(c->writer, "instance", &cls->shape);
	for (unsigned i = 0; i < cls->method_count; i++) {
		const struct wsman_method *m = &cls->methods[i];
		add_row(c->writer, m->name, "", "method", "", NULL);
		add_members(c->writer, arena_fmt(&c->arena, "%s in", m->name), &m->in);
		add_members(c->writer, arena_fmt(&c->arena, "%s out", m->name), &m->out);
		if (m->returns)
			add_row(c->writer, arena_fmt(&c->arena, "%s out", m->name), "ReturnValue",
				wsman_classes_type_name(WSMAN_U32), "", m->returns);
	}
	cli_writer_list_end(c->writer, NULL);
	return true;
}

bool cli_cmd_wsman_classes(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "class", CLI_FORM_TEXT },
		{ "members", "members", CLI_FORM_NUMBER },
		{ "methods", "methods", CLI_FORM_TEXT },
		{ "uri", NULL, CLI_FORM_TEXT },
	};
	const struct wsman_class *cls;

	if (c->args.count)
		return one_class(c, cli_operand(c, 0), e);
	cli_writer_list_begin(c->writer, cols, 4);
	for (unsigned i = 0; (cls = wsman_classes_at(i)); i++) {
		json_t *methods = json_array();
		for (unsigned k = 0; k < cls->method_count; k++)
			(void)json_array_append_new(methods, json_string(cls->methods[k].name));
		json_t *row =
			json_pack("{s:s, s:i, s:o, s:s}", "name", cls->name, "members",
				  (int)cls->shape.prop_count, "methods", methods, "uri", cls->uri);
		cli_writer_list_row(c->writer, row);
		json_decref(row);
	}
	cli_writer_list_end(c->writer, NULL);
	return true;
}
