/* What `wsman` says and shows: classes, selectors, properties from the command line, and replies as
 * text or JSON. No network here. A class that the table does not know is written with the names
 * as given and shown as a tree. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd_wsman.h"
#include "wsman/obj.h"
#include "wsman/status.h"

#define TEXT_BYTES ((size_t)32 * 1024 * 1024)

static bool split(const char *pair, struct span *out_name, struct span *out_value, struct err *e)
{
	struct span s = span_str(pair);
	size_t n = span_find(s, '=');

	if (n == 0 || n >= s.n) {
		err_set(e, ERR_USAGE, "'%.*s' is no pair of name and value", n < s.n ? 0 : 60,
			pair);
		return err_want(e, "Name=value");
	}
	*out_name = span_make(s.p, n);
	*out_value = span_make(s.p + n + 1, s.n - n - 1);
	return true;
}

/* --- the command line --- */

static bool find_class(const char *name, struct cli_wsman_call *k, struct err *e)
{
	const char *near = NULL;
	unsigned best = 99;

	k->class_name = name;
	k->cls = wsman_classes_find(name);
	for (unsigned i = 0; !k->cls && wsman_classes_at(i); i++) {
		const char *known = wsman_classes_at(i)->name;
		unsigned d = cli_commands_distance(name, known);
		if (str_eq_nocase(name, known))
			k->cls = wsman_classes_at(i);
		if (d < best) {
			best = d;
			near = known;
		}
	}
	if (k->cls) {
		k->class_name = k->cls->name;
		return str_copy(k->uri, sizeof k->uri, span_str(k->cls->uri));
	}
	if (wsman_classes_uri_of(name, k->uri, sizeof k->uri)) {
		if (near && best <= 3)
			cli_note(
				"outband: no class %s is known here, %s is; asking for it all the same",
				name, near);
		return true;
	}
	err_set(e, ERR_USAGE, "'%s' is no class name", name);
	err_want(e, "a name that begins with AMT_, CIM_ or IPS_");
	return err_hint(e, "'outband wsman classes' lists those that are known");
}

static bool add_selectors(struct cli *c, struct cli_wsman_call *k, struct err *e)
{
	const char *pair;
	for (unsigned i = 0; (pair = cli_args_nth(&c->args, "selector", i)); i++) {
		struct span name = { NULL, 0 }, value = { NULL, 0 };
		if (!split(pair, &name, &value, e))
			return err_wrap(e, "--selector");
		k->selectors = wsman_obj_selector(&c->arena, arena_str(&c->arena, name),
						  arena_str(&c->arena, value),
						  (struct wsman_selector *)k->selectors);
	}
	return true;
}

static void find_method(const char *name, struct cli_wsman_call *k)
{
	k->method = name;
	if (!k->cls)
		return;
	const struct wsman_method *m = wsman_classes_method(k->cls, name);
	if (m) {
		k->method = m->name;
		return;
	}
	const char *near = NULL;
	unsigned best = 99;
	for (unsigned i = 0; i < k->cls->method_count; i++) {
		unsigned d = cli_commands_distance(name, k->cls->methods[i].name);
		if (d < best) {
			best = d;
			near = k->cls->methods[i].name;
		}
	}
	if (near && best <= 4)
		cli_note(
			"outband: no method %s.%s is known here, %s is; asking for it all the same",
			k->class_name, name, near);
}

bool cli_wsman_prepare(struct cli *c, struct cli_wsman_call *out_k, struct err *e)
{
	static const struct {
		const char *sub;
		enum wsman_op op;
		unsigned first_pair;
	} ops[] = {
		{ "identify", WSMAN_OP_IDENTIFY, 0 },   { "get", WSMAN_OP_GET, 1 },
		{ "enumerate", WSMAN_OP_ENUMERATE, 1 }, { "put", WSMAN_OP_PUT, 1 },
		{ "create", WSMAN_OP_CREATE, 1 },       { "delete", WSMAN_OP_DELETE, 1 },
		{ "invoke", WSMAN_OP_INVOKE, 2 },
	};
	*out_k = (struct cli_wsman_call){ .c = c };
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (str_eq(ops[i].sub, c->cmd->sub)) {
			out_k->op = ops[i].op;
			out_k->first_pair = ops[i].first_pair;
		}
	}
	if (out_k->op == WSMAN_OP_IDENTIFY)
		return true;
	if (!find_class(cli_operand(c, 0), out_k, e) || !add_selectors(c, out_k, e))
		return false;
	if (out_k->op == WSMAN_OP_DELETE && !out_k->selectors) {
		err_set(e, ERR_USAGE, "which %s shall be deleted is not said", out_k->class_name);
		return err_hint(e, "--selector KEY=VALUE; 'outband wsman enumerate %s' shows them",
				out_k->class_name);
	}
	if (out_k->op == WSMAN_OP_CREATE)
		return cli_wsman_instance(out_k, e);
	if (out_k->op != WSMAN_OP_INVOKE)
		return true;
	find_method(cli_operand(c, 1), out_k);
	return cli_wsman_input(out_k, e);
}

/* --- objects --- */

/* A shape of exactly the members that are named on the command line. */
static const struct wsman_shape *shape_of_pairs(const struct cli_wsman_call *k, const char *name,
						struct err *e)
{
	struct cli *c = k->c;
	unsigned n = c->args.count - k->first_pair;
	struct wsman_shape *s = ARENA_NEW(&c->arena, struct wsman_shape);
	struct wsman_prop *props = ARENA_ARRAY(&c->arena, struct wsman_prop, n + 1);

	s->name = name;
	s->props = props;
	for (unsigned i = 0; i < n; i++) {
		struct span prop = { NULL, 0 }, value = { NULL, 0 };
		if (!split(cli_operand(c, k->first_pair + i), &prop, &value, e))
			return NULL;
		const char *text = arena_str(&c->arena, prop);
		int at = wsman_classes_prop(s, text);
		if (at >= 0) {
			props[at].flags |= WSMAN_ARRAY;
			continue;
		}
		props[s->prop_count++] = (struct wsman_prop){ .name = text, .type = WSMAN_STR };
	}
	return s;
}

static bool set_pairs(const struct cli_wsman_call *k, struct wsman_obj *o, struct err *e)
{
	for (unsigned i = k->first_pair; i < k->c->args.count; i++) {
		struct span name = { NULL, 0 }, value = { NULL, 0 };
		if (!split(cli_operand(k->c, i), &name, &value, e))
			return false;
		const char *text = arena_str(&k->c->arena, name);
		int at = wsman_classes_prop(o->shape, text);
		bool again = false;
		for (unsigned j = k->first_pair; j < i; j++)
			again |= strncmp(cli_operand(k->c, j), text, name.n) == 0 &&
				cli_operand(k->c, j)[name.n] == '=';
		/* The second value of an array comes behind the first. */
		if (again && at >= 0 && (o->shape->props[at].flags & WSMAN_ARRAY) &&
		    o->shape->props[at].type != WSMAN_EPR) {
			const char *v = arena_str(&k->c->arena, value);
			if (!wsman_obj_check(&o->shape->props[at], v, e))
				return false;
			wsman_obj_add_str(o, text, v);
		} else if (!wsman_obj_set_text(o, name, value, e)) {
			if (at < 0)
				err_hint(e, "'outband wsman classes %s' lists members and methods",
					 k->class_name);
			return false;
		}
	}
	return true;
}

struct wsman_obj *cli_wsman_input(const struct cli_wsman_call *k, struct err *e)
{
	const struct wsman_method *m = k->cls ? wsman_classes_method(k->cls, k->method) : NULL;
	struct arena *a = &k->c->arena;
	const struct wsman_shape *s =
		m ? &m->in : shape_of_pairs(k, arena_fmt(a, "%s_INPUT", k->method), e);

	if (!s)
		return NULL;
	struct wsman_obj *o = wsman_obj_new(a, s, arena_str(a, span_str(k->uri)));
	if (!set_pairs(k, o, e))
		return NULL;
	const char *missing = wsman_obj_missing(o);
	if (missing)
		cli_note("outband: %s.%s usually needs %s; sending it without", k->class_name,
			 k->method, missing);
	return o;
}

struct wsman_obj *cli_wsman_instance(const struct cli_wsman_call *k, struct err *e)
{
	const struct wsman_shape *s = k->cls ? &k->cls->shape : shape_of_pairs(k, k->class_name, e);
	struct arena *a = &k->c->arena;

	if (!s)
		return NULL;
	struct wsman_obj *o = wsman_obj_new(a, s, arena_str(a, span_str(k->uri)));
	return set_pairs(k, o, e) ? o : NULL;
}

struct wsman_obj *cli_wsman_change(const struct cli_wsman_call *k, const struct wsman_msg *m,
				   struct err *e)
{
	const struct wsman_shape *s = k->cls ? &k->cls->shape : shape_of_pairs(k, k->class_name, e);
	struct arena *a = &k->c->arena;
	struct wsman_obj *o;

	if (!s)
		return NULL;
	if (!m->payload) {
		err_set(e, ERR_MALFORMED, "the device's %s is empty", k->class_name);
		return NULL;
	}
	/* Members that are not in the shape stay as they came. */
	if (!wsman_obj_read(a, s, k->uri, m->payload, &o, e))
		return NULL;
	o = wsman_obj_clone(a, o);
	if (!o) {
		err_set(e, ERR_LIMIT, "the device's %s does not fit into memory", k->class_name);
		return NULL;
	}
	return set_pairs(k, o, e) ? o : NULL;
}

/* --- replies --- */

static void put_obj(struct out *o, bool json, const struct wsman_obj *obj,
		    const struct wsman_xml *x)
{
	if (obj && json)
		wsman_obj_print_json(o, obj);
	else if (obj)
		wsman_obj_print(o, obj);
	else if (json)
		wsman_xml_print_json(o, x);
	else
		wsman_xml_print(o, x);
}

static void put_items(const struct cli_wsman_call *k, const struct amt_reply *r, struct out *o)
{
	bool json = cli_writer_kind(k->c->writer) != CLI_WRITER_TEXT;

	out_str(o, json ? "[" : "");
	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *obj = NULL;
		if (!wsman_envelope_item(r->items[i], r->arena, &obj, NULL))
			obj = NULL;
		if (json)
			out_str(o, i ? ",\n " : "\n ");
		else
			out_fmt(o, "%s%s, %u of %u:\n", i ? "\n" : "", r->items[i]->name, i + 1,
				r->item_count);
		put_obj(o, json, obj, r->items[i]);
	}
	if (json)
		out_str(o, "\n]\n");
	else if (!r->item_count)
		out_fmt(o, "The device has no instance of %s.\n", k->class_name);
}

/* For replies without a body. */
static const char *done_text(enum wsman_op op)
{
	if (op == WSMAN_OP_PUT)
		return "Changed.\n";
	if (op == WSMAN_OP_CREATE)
		return "Created.\n";
	return op == WSMAN_OP_DELETE ? "Deleted.\n" : "";
}

void cli_wsman_show(const struct cli_wsman_call *k, const struct amt_reply *r)
{
	bool json = cli_writer_kind(k->c->writer) != CLI_WRITER_TEXT;
	struct wsman_obj *obj = NULL;
	struct buf b;
	struct out o;

	buf_init(&b, TEXT_BYTES);
	out_init_buf(&o, &b);
	if (k->op == WSMAN_OP_ENUMERATE)
		put_items(k, r, &o);
	else if (r->msg && r->msg->payload) {
		if (!wsman_envelope_obj(r->msg, r->arena, &obj, NULL))
			obj = NULL;
		put_obj(&o, json, obj, r->msg->payload);
	} else {
		out_str(&o, json ? "{}" : done_text(k->op));
	}
	if (json)
		cli_writer_json_text(k->c->writer, buf_span(&b));
	else
		cli_writer_text(k->c->writer, buf_span(&b));
	buf_wipe(&b);
}
