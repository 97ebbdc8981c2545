/* Whole messages for people (`decode wsman`, --json for programs): header lines, then typed
 * members with meanings when the table knows the class, else the tree. Never prints a secret. */
#include "base/limits.h"
#include "wsman/obj_inner.h"
#include "wsman/status.h"

static void line(struct out *o, const char *name, const char *value)
{
	if (!*value)
		return;
	out_str(o, name);
	out_str(o, ": ");
	out_safe(o, span_str(value));
	out_str(o, "\n");
}

static void print_selectors(struct out *o, const struct wsman_selector *s)
{
	for (; s; s = s->next) {
		out_str(o, "selector: ");
		out_safe(o, span_str(s->name));
		out_str(o, " = ");
		out_safe(o, span_str(s->epr ? s->epr->resource_uri : s->value ? s->value : ""));
		out_str(o, "\n");
		for (const struct wsman_selector *k = s->epr ? s->epr->selectors : NULL; k;
		     k = k->next) {
			out_str(o, "  ");
			out_safe(o, span_str(k->name));
			out_str(o, " = ");
			out_safe(o, span_str(k->value ? k->value : ""));
			out_str(o, "\n");
		}
	}
}

static bool has_instance(const struct wsman_msg *m)
{
	return m->payload &&
		(m->op == WSMAN_OP_GET || m->op == WSMAN_OP_PUT || m->op == WSMAN_OP_CREATE ||
		 m->op == WSMAN_OP_INVOKE || m->op == WSMAN_OP_EVENT);
}

/* Typed when possible; why not is told, except that a class is simply not in the table. */
static void print_instance(struct out *o, const struct wsman_msg *m, const struct wsman_xml *x)
{
	struct arena a;
	struct wsman_obj *obj;
	struct err e = { 0 };
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (wsman_envelope_item(x, &a, &obj, &e)) {
		out_str(o, obj->shape->name);
		out_str(o, "\n");
		wsman_obj_print(o, obj);
		if (obj->has_return_value && obj->return_value) {
			const struct wsman_method *method = wsman_classes_method(m->cls, m->method);
			out_str(o, "status: ");
			wsman_status_print(o, obj->return_value, method ? method->returns : NULL);
			out_str(o, "\n");
		}
	} else {
		if (e.code != ERR_UNSUPPORTED)
			line(o, "not understood", e.msg);
		wsman_xml_print(o, x);
	}
	arena_deinit(&a);
}

void wsman_envelope_print(struct out *o, const struct wsman_msg *m)
{
	out_fmt(o, "%s %s\n", wsman_envelope_op_name(m->op), m->is_reply ? "reply" : "request");
	line(o, "class", m->class_name);
	line(o, "method", m->method);
	line(o, "action", m->op == WSMAN_OP_UNKNOWN ? m->action : "");
	line(o, "message", m->message_id);
	line(o, "answers", m->relates_to);
	print_selectors(o, m->selectors);
	if (m->op == WSMAN_OP_FAULT) {
		line(o, "code", m->fault.code);
		line(o, "subcode", m->fault.subcode);
		line(o, "reason", m->fault.reason);
		if (m->fault.has_pt_status) {
			out_str(o, "status: ");
			wsman_status_print(o, m->fault.pt_status, NULL);
			out_str(o, "\n");
		}
		return;
	}
	line(o, "context", m->enum_context);
	if (m->end_of_sequence)
		out_str(o, "end of sequence\n");
	if (m->items) {
		for (const struct wsman_xml *x = m->items->first; x; x = x->next)
			print_instance(o, m, x);
	} else if (m->created) {
		out_str(o, "created: ");
		wsman_obj_print_epr(o, m->created);
		out_str(o, "\n");
		line(o, "expires", m->expires);
	} else if (m->subscription) {
		wsman_eventing_print(o, m->subscription);
	} else if (has_instance(m)) {
		print_instance(o, m, m->payload);
	} else if (m->payload) {
		wsman_xml_print(o, m->payload);
	}
}

static void json_str(struct out *o, const char *key, const char *value)
{
	if (!*value)
		return;
	out_fmt(o, ",\"%s\":", key);
	out_json_str(o, span_str(value));
}

static void json_instance(struct out *o, const struct wsman_xml *x)
{
	struct arena a;
	struct wsman_obj *obj;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (wsman_envelope_item(x, &a, &obj, NULL)) {
		out_fmt(o, "{\"type\":\"%s\",\"members\":", obj->shape->name);
		wsman_obj_print_json(o, obj);
		out_str(o, ",\"meanings\":");
		wsman_obj_print_json_meanings(o, obj);
		out_str(o, "}");
	} else {
		out_str(o, "{\"tree\":");
		wsman_xml_print_json(o, x);
		out_str(o, "}");
	}
	arena_deinit(&a);
}

static void json_fault(struct out *o, const struct wsman_fault *f)
{
	out_str(o, ",\"fault\":{\"code\":");
	out_json_str(o, span_str(f->code));
	json_str(o, "subcode", f->subcode);
	json_str(o, "reason", f->reason);
	if (f->has_pt_status)
		out_fmt(o, ",\"pt_status\":%u,\"pt_status_name\":\"%s\"", (unsigned)f->pt_status,
			wsman_status_name(f->pt_status));
	out_str(o, "}");
}

void wsman_envelope_print_json(struct out *o, const struct wsman_msg *m)
{
	out_fmt(o, "{\"operation\":\"%s\",\"reply\":%s", wsman_envelope_op_name(m->op),
		m->is_reply ? "true" : "false");
	json_str(o, "class", m->class_name);
	json_str(o, "method", m->method);
	json_str(o, "action", m->action);
	json_str(o, "resource_uri", m->resource_uri);
	json_str(o, "message_id", m->message_id);
	json_str(o, "relates_to", m->relates_to);
	if (m->selectors) {
		out_str(o, ",\"selectors\":");
		wsman_obj_print_json_selectors(o, m->selectors);
	}
	json_str(o, "enumeration_context", m->enum_context);
	if (m->op == WSMAN_OP_FAULT) {
		json_fault(o, &m->fault);
	} else if (m->items) {
		out_fmt(o, ",\"end_of_sequence\":%s,\"items\":[",
			m->end_of_sequence ? "true" : "false");
		for (const struct wsman_xml *x = m->items->first; x; x = x->next) {
			json_instance(o, x);
			out_str(o, x->next ? "," : "");
		}
		out_str(o, "]");
	} else if (m->subscription) {
		out_str(o, ",\"subscription\":");
		wsman_eventing_print_json(o, m->subscription);
	} else if (m->payload) {
		out_str(o, ",\"body\":");
		json_instance(o, m->payload);
	}
	out_str(o, "}\n");
}
