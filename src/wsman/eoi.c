/* Reads and writes messages of the legacy SOAP interface (wsman/eoi.h). Names are matched by
 * namespace; what a message holds beyond its operation is left to the caller. Never decides what
 * an operation means. */
#include "wsman/eoi.h"
#include "base/limits.h"
#include "base/str.h"
#include "wsman/status.h"

#define NS_SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define REPLY     "Response"

static const struct wsman_eoi_service_row services[] = {
#define X(name, path, ns, prefix) { "/" path "Service", path, WSMAN_EOI_NS ns, prefix },
	WSMAN_EOI_SERVICES(X)
#undef X
};

const struct wsman_eoi_service_row *wsman_eoi_service_at(unsigned i)
{
	return i < WSMAN_EOI_SERVICE_COUNT ? &services[i] : NULL;
}

bool wsman_eoi_service_find(struct span path, enum wsman_eoi_service *out_s)
{
	for (unsigned i = 0; i < WSMAN_EOI_SERVICE_COUNT; i++) {
		if (!span_eq_str(path, services[i].path))
			continue;
		*out_s = (enum wsman_eoi_service)i;
		return true;
	}
	return false;
}

/* ---- reading ---- */

static bool bad(struct err *e, const char *what, const char *seen)
{
	err_set(e, ERR_MALFORMED, "the message is no SOAP 1.1: %s", what);
	return err_seen(e, "%.90s", seen);
}

static const char *text_of(const struct wsman_xml *x, const char *name)
{
	const struct wsman_xml *c = wsman_xml_child(x, NULL, name);

	return c ? c->text : NULL;
}

static bool any_must_understand(const struct wsman_xml *header)
{
	for (const struct wsman_xml *h = header ? header->first : NULL; h; h = h->next) {
		const char *v = wsman_xml_attr(h, "mustUnderstand");
		if (v && (str_eq(v, "1") || str_eq(v, "true")))
			return true;
	}
	return false;
}

static void read_fault(const struct wsman_xml *body, struct wsman_eoi_msg *m)
{
	const char *code = text_of(body, "faultcode"), *text = text_of(body, "faultstring");

	m->is_fault = m->is_reply = true;
	m->fault_code = code ? code : "";
	m->fault_text = text ? text : "";
}

static void read_status(struct wsman_eoi_msg *m)
{
	const char *text = text_of(m->body, "Status");

	if (!text)
		text = text_of(m->body, "StatusCode");
	m->has_status = text && str_to_u32(span_str(text), 0, UINT32_MAX, &m->status, NULL);
}

bool wsman_eoi_parse(struct span in, struct arena *a, struct wsman_eoi_msg *out_m, struct err *e)
{
	struct wsman_xml *root;
	size_t n, tail = strlen(REPLY);

	*out_m = (struct wsman_eoi_msg){ .ns = "", .op = "", .fault_code = "", .fault_text = "" };
	if (!wsman_xml_parse(in, a, &root, e))
		return false;
	if (!str_eq(root->name, "Envelope") || !str_eq(root->ns, NS_SOAP11))
		return bad(e, "it has another outer element", root->name);
	const struct wsman_xml *body = wsman_xml_child(root, NS_SOAP11, "Body");
	if (!body || !body->first)
		return bad(e, "its body is missing or empty", body ? "Body" : "no Body");
	if (body->first->next)
		return bad(e, "its body has more than one element", body->first->next->name);
	out_m->body = body->first;
	out_m->ns = out_m->body->ns;
	out_m->must_understand = any_must_understand(wsman_xml_child(root, NS_SOAP11, "Header"));
	if (str_eq(out_m->ns, NS_SOAP11) && str_eq(out_m->body->name, "Fault")) {
		read_fault(out_m->body, out_m);
		return true;
	}
	out_m->op = out_m->body->name;
	n = strlen(out_m->op);
	if (n > tail && str_eq(out_m->op + n - tail, REPLY)) {
		out_m->is_reply = true;
		out_m->op = arena_str(a, span_make(out_m->op, n - tail));
		if (!out_m->op)
			return err_set(e, ERR_LIMIT, "the message is too large");
		read_status(out_m);
	}
	return true;
}

const char *wsman_eoi_text(const struct wsman_eoi_msg *m, const char *name)
{
	return m->body ? text_of(m->body, name) : NULL;
}

bool wsman_eoi_u32(const struct wsman_eoi_msg *m, const char *name, uint32_t *out_v)
{
	const char *text = wsman_eoi_text(m, name);

	return text && str_to_u32(span_str(text), 0, UINT32_MAX, out_v, NULL);
}

void wsman_eoi_print(struct out *o, const struct wsman_eoi_msg *m)
{
	if (m->is_fault) {
		out_str(o, "SOAP 1.1 fault ");
		out_safe(o, span_str(m->fault_code));
		out_str(o, ": ");
		out_safe(o, span_str(m->fault_text));
		out_str(o, "\n");
		return;
	}
	out_str(o, m->is_reply ? "SOAP 1.1 reply to " : "SOAP 1.1 request ");
	out_safe(o, span_str(m->op));
	out_str(o, " of ");
	out_safe(o, span_str(m->ns));
	out_str(o, "\n");
	if (m->has_status) {
		out_str(o, "status ");
		wsman_status_print(o, m->status, NULL);
		out_str(o, "\n");
	}
	if (m->body)
		wsman_xml_print(o, m->body);
}

static void member(struct out *o, const char *before, const char *name, const char *text)
{
	out_fmt(o, "%s\"%s\":", before, name);
	out_json_str(o, span_str(text));
}

void wsman_eoi_print_json(struct out *o, const struct wsman_eoi_msg *m)
{
	member(o, "{", "kind", m->is_fault ? "fault" : m->is_reply ? "reply" : "request");
	if (m->is_fault) {
		member(o, ",", "code", m->fault_code);
		member(o, ",", "text", m->fault_text);
		out_str(o, "}");
		return;
	}
	member(o, ",", "operation", m->op);
	member(o, ",", "namespace", m->ns);
	if (m->has_status) {
		out_fmt(o, ",\"status\":%u", m->status);
		member(o, ",", "meaning", wsman_status_name(m->status));
	}
	out_str(o, ",\"body\":");
	wsman_xml_print_json(o, m->body);
	out_str(o, "}");
}

/* ---- writing ---- */

static void begin(struct out *o)
{
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"" NS_SOAP11
		"\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		"xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><SOAP-ENV:Body>");
}

static void end(struct out *o)
{
	out_str(o, "</SOAP-ENV:Body></SOAP-ENV:Envelope>");
}

void wsman_eoi_emit_request(struct out *o, enum wsman_eoi_service s, const char *op,
			    const struct wsman_eoi_param *params, unsigned count)
{
	begin(o);
	out_fmt(o, "<%s xmlns=\"%s\">", op, services[s].ns);
	for (unsigned i = 0; i < count; i++) {
		out_fmt(o, "<%s>", params[i].name);
		wsman_xml_escape(o, span_str(params[i].text));
		out_fmt(o, "</%s>", params[i].name);
	}
	out_fmt(o, "</%s>", op);
	end(o);
}

void wsman_eoi_element(struct out *o, enum wsman_eoi_service s, const char *name, const char *text)
{
	out_fmt(o, "<%s:%s>", services[s].prefix, name);
	wsman_xml_escape(o, span_str(text));
	out_fmt(o, "</%s:%s>", services[s].prefix, name);
}

void wsman_eoi_emit_reply(struct out *o, enum wsman_eoi_service s, const char *op,
			  const char *status_name, uint32_t status, struct span inner)
{
	char number[16];
	struct out n;

	memset(number, 0, sizeof number);
	out_init(&n, number, sizeof number - 1);
	out_fmt(&n, "%u", status);
	begin(o);
	out_fmt(o, "<%s:%s" REPLY " xmlns:%s=\"%s\">", services[s].prefix, op, services[s].prefix,
		services[s].ns);
	wsman_eoi_element(o, s, status_name, number);
	out_bytes(o, inner);
	out_fmt(o, "</%s:%s" REPLY ">", services[s].prefix, op);
	end(o);
}

void wsman_eoi_emit_fault(struct out *o, const char *code, const char *text)
{
	begin(o);
	out_fmt(o, "<SOAP-ENV:Fault><faultcode>SOAP-ENV:%s</faultcode><faultstring>", code);
	wsman_xml_escape(o, span_str(text));
	out_str(o, "</faultstring></SOAP-ENV:Fault>");
	end(o);
}

void wsman_eoi_action(struct out *o, enum wsman_eoi_service s, const char *op)
{
	out_fmt(o, "\"%s#%s\"", services[s].ns, op);
}

/* ---- judging a reply ---- */

bool wsman_eoi_check(const struct wsman_eoi_msg *m, enum wsman_eoi_service s, const char *op,
		     struct err *e)
{
	char text[64];
	struct out o;

	if (m->is_fault) {
		err_set(e, ERR_FAULT, "%s.%s was answered with a fault", services[s].name, op);
		return err_seen(e, "%.40s: %.50s", m->fault_code, m->fault_text);
	}
	if (!m->is_reply || !str_eq(m->op, op) || !str_eq(m->ns, services[s].ns)) {
		err_set(e, ERR_MALFORMED, "%s.%s was answered with another message",
			services[s].name, op);
		err_seen(e, "%.40s", m->op);
		return err_want(e, "%s" REPLY, op);
	}
	if (!m->has_status) {
		err_set(e, ERR_MALFORMED, "the reply to %s.%s has no status", services[s].name, op);
		return err_want(e, "Status or StatusCode");
	}
	if (m->status == WSMAN_PT_SUCCESS)
		return true;
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	wsman_status_print(&o, m->status, NULL);
	err_set(e, ERR_PT_STATUS, "%s.%s returned %s", services[s].name, op, text);
	err_seen(e, "%s", text);
	return err_want(e, "0 SUCCESS");
}
