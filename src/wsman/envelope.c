/* Reading envelopes, requests and replies, in every dialect: elements are found by namespace and
 * name, never by prefix or position. Called by amt/ for replies, by sim/ for requests, by the
 * CLI's decode. Emitting is in envelope_emit.c and envelope_reply.c. */
#include "wsman/envelope.h"
#include "base/str.h"
#include "wsman/envelope_ns.h"
#include "wsman/obj_inner.h"

const char *wsman_envelope_op_name(enum wsman_op op)
{
	static const char *const names[] = {
#define X(name, text) [name] = text,
		WSMAN_OPS(X)
#undef X
	};
	_Static_assert(sizeof names / sizeof *names == WSMAN_OP_COUNT, "one name per operation");
	return (unsigned)op < WSMAN_OP_COUNT ? names[op] : "unknown";
}

static const char *text_of(const struct wsman_xml *x)
{
	return x ? x->text : "";
}

static bool is_element(const struct wsman_xml *x, const char *ns, const char *name)
{
	return x && strcmp(x->name, name) == 0 && strcmp(x->ns, ns) == 0;
}

/* "DestinationUnreachable" of "b:DestinationUnreachable". */
static const char *local_part(const char *qname)
{
	const char *colon = strrchr(qname, ':');
	return colon ? colon + 1 : qname;
}

static const char *last_part(const char *uri)
{
	const char *slash = strrchr(uri, '/');
	return slash ? slash + 1 : uri;
}

/* The number behind "AMT-STATUS" anywhere in the text. */
static bool find_pt_status(const char *text, uint32_t *out_v)
{
	const char *at = strstr(text, "AMT-STATUS");
	if (!at)
		return false;
	at += strlen("AMT-STATUS");
	at += strspn(at, " :=\t\r\n");
	return str_to_u32(span_make(at, strspn(at, "0123456789")), 0, UINT32_MAX, out_v, NULL);
}

static bool find_pt_status_in(const struct wsman_xml *x, uint32_t *out_v)
{
	if (!x)
		return false;
	if (find_pt_status(x->text, out_v))
		return true;
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		if (find_pt_status_in(c, out_v))
			return true;
	return false;
}

static void read_fault(const struct wsman_xml *x, struct wsman_fault *f)
{
	const struct wsman_xml *code = wsman_xml_child(x, NULL, "Code");
	const struct wsman_xml *sub = wsman_xml_child(code, NULL, "Subcode");
	const struct wsman_xml *reason = wsman_xml_child(x, NULL, "Reason");
	f->code = local_part(text_of(wsman_xml_child(code, NULL, "Value")));
	f->subcode = local_part(text_of(wsman_xml_child(sub, NULL, "Value")));
	f->reason = text_of(wsman_xml_child(reason, NULL, "Text"));
	f->has_pt_status = find_pt_status_in(wsman_xml_child(x, NULL, "Detail"), &f->pt_status) ||
		find_pt_status(f->reason, &f->pt_status);
}

static void read_header(struct wsman_msg *m)
{
	for (const struct wsman_xml *x = m->header ? m->header->first : NULL; x; x = x->next) {
		bool wsa = strcmp(x->ns, NS_WSA) == 0;
		if (wsa && strcmp(x->name, "Action") == 0)
			m->action = x->text;
		else if (wsa && strcmp(x->name, "To") == 0)
			m->to = x->text;
		else if (wsa && strcmp(x->name, "MessageID") == 0)
			m->message_id = x->text;
		else if (wsa && strcmp(x->name, "RelatesTo") == 0)
			m->relates_to = x->text;
		else if (is_element(x, NS_WSMAN, "ResourceURI"))
			m->resource_uri = x->text;
	}
}

/* The operation whose action this is, with or without Response behind it. */
static enum wsman_op op_of_action(const char *action)
{
	static const struct {
		const char *prefix, *name;
		enum wsman_op op;
	} ops[] = {
		{ NS_TRANSFER "/", "Get", WSMAN_OP_GET },
		{ NS_TRANSFER "/", "Put", WSMAN_OP_PUT },
		{ NS_TRANSFER "/", "Create", WSMAN_OP_CREATE },
		{ NS_TRANSFER "/", "Delete", WSMAN_OP_DELETE },
		{ NS_ENUM "/", "Enumerate", WSMAN_OP_ENUMERATE },
		{ NS_ENUM "/", "Pull", WSMAN_OP_PULL },
		{ NS_ENUM "/", "Release", WSMAN_OP_RELEASE },
		{ NS_EVENTING "/", "Subscribe", WSMAN_OP_SUBSCRIBE },
		{ NS_EVENTING "/", "Renew", WSMAN_OP_RENEW },
		{ NS_EVENTING "/", "Unsubscribe", WSMAN_OP_UNSUBSCRIBE },
		{ WSMAN_ACTION "/", "Event", WSMAN_OP_EVENT },
	};
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		size_t n = strlen(ops[i].prefix), k = strlen(ops[i].name);
		if (strncmp(action, ops[i].prefix, n) != 0 ||
		    strncmp(action + n, ops[i].name, k) != 0)
			continue;
		const char *rest = action + n + k;
		if (*rest == '\0' || strcmp(rest, "Response") == 0)
			return ops[i].op;
	}
	return WSMAN_OP_UNKNOWN;
}

static bool starts_with_uri(const char *action, const char *uri)
{
	size_t n = strlen(uri);
	return n && strncmp(action, uri, n) == 0 && action[n] == '/' && action[n + 1];
}

static bool classify(struct wsman_msg *m, struct arena *a)
{
	const char *payload = m->payload ? m->payload->name : "";
	m->is_reply = str_ends_nocase(m->action, "Response") || *m->relates_to ||
		str_ends_nocase(payload, "_OUTPUT");
	m->op = op_of_action(m->action);
	if (is_element(m->payload, NS_SOAP, "Fault")) {
		m->op = WSMAN_OP_FAULT;
		m->is_reply = true;
		read_fault(m->payload, &m->fault);
	} else if (is_element(m->payload, NS_WSMID, "Identify")) {
		m->op = WSMAN_OP_IDENTIFY;
	} else if (is_element(m->payload, NS_WSMID, "IdentifyResponse")) {
		m->op = WSMAN_OP_IDENTIFY;
		m->is_reply = true;
	} else if (m->op == WSMAN_OP_UNKNOWN && starts_with_uri(m->action, m->resource_uri)) {
		m->op = WSMAN_OP_INVOKE;
		struct span name = span_str(last_part(m->action));
		/* Some firmware leaves the word out of the reply's action. */
		if (m->is_reply && name.n > 8 && memcmp(name.p + name.n - 8, "Response", 8) == 0)
			name.n -= 8;
		m->method = arena_str(a, name);
	}
	return m->method != NULL;
}

static bool read_eventing(struct wsman_msg *m, struct arena *a, struct err *e)
{
	const struct wsman_xml *p = m->payload;
	const struct wsman_xml *manager = wsman_xml_child(p, NS_EVENTING, "SubscriptionManager");
	if (is_element(p, NS_EVENTING, "Subscribe"))
		return wsman_eventing_read(p, m->header, a, &m->subscription, e);
	m->expires = text_of(wsman_xml_child(p, NS_EVENTING, "Expires"));
	return !manager || wsman_obj_read_epr(a, manager, &m->created, e);
}

static bool read_payload(struct wsman_msg *m, struct arena *a, struct err *e)
{
	const struct wsman_xml *p = m->payload;
	if (!p)
		return true;
	if (strcmp(p->ns, NS_ENUM) == 0) {
		m->enum_context = text_of(wsman_xml_child(p, NS_ENUM, "EnumerationContext"));
		m->end_of_sequence = wsman_xml_child(p, NULL, "EndOfSequence") != NULL;
		m->items = wsman_xml_child(p, NULL, "Items");
		str_to_u32(span_str(text_of(wsman_xml_child(p, NULL, "MaxElements"))), 0,
			   UINT32_MAX, &m->max_elements, NULL);
	}
	if (is_element(p, NS_TRANSFER, "ResourceCreated"))
		return wsman_obj_read_epr(a, p, &m->created, e);
	if (strcmp(p->ns, NS_EVENTING) == 0)
		return read_eventing(m, a, e);
	return true;
}

bool wsman_envelope_parse(struct span in, struct arena *a, struct wsman_msg *m, struct err *e)
{
	struct wsman_xml *root;
	*m = (struct wsman_msg){ .action = "",
				 .to = "",
				 .resource_uri = "",
				 .message_id = "",
				 .relates_to = "",
				 .class_name = "",
				 .method = "",
				 .enum_context = "",
				 .expires = "",
				 .fault = { .code = "", .subcode = "", .reason = "" } };
	if (!wsman_xml_parse(in, a, &root, e))
		return false;
	if (!is_element(root, NS_SOAP, "Envelope"))
		return err_set(e, ERR_MALFORMED, "not a SOAP 1.2 envelope: the document is a %.80s",
			       root->name);
	m->header = wsman_xml_child(root, NS_SOAP, "Header");
	m->body = wsman_xml_child(root, NS_SOAP, "Body");
	if (!m->body)
		return err_set(e, ERR_MALFORMED, "SOAP envelope without Body");
	m->payload = m->body->first;
	read_header(m);
	m->class_name = last_part(m->resource_uri);
	m->cls = wsman_classes_find_uri(m->resource_uri);
	const struct wsman_xml *set = wsman_xml_child(m->header, NS_WSMAN, "SelectorSet");
	if (!wsman_obj_read_selectors(a, set, &m->selectors, e))
		return false;
	if (!classify(m, a))
		return err_set(e, ERR_LIMIT, "envelope does not fit into memory");
	return read_payload(m, a, e);
}

/* The shape that describes element x of class c: the class itself, or what a method takes or
 * gives. The method is found by the element, whose name may be spelled in another way. */
static const struct wsman_shape *shape_of(const struct wsman_class *c, const struct wsman_xml *x)
{
	if (strcmp(x->name, c->name) == 0)
		return &c->shape;
	for (unsigned i = 0; i < c->method_count; i++) {
		const struct wsman_method *m = &c->methods[i];
		if (str_eq_nocase(m->in.name, x->name))
			return &m->in;
		if (str_eq_nocase(m->out.name, x->name))
			return &m->out;
	}
	return NULL;
}

static bool typed(const struct wsman_xml *x, struct arena *a, struct wsman_obj **out_obj,
		  struct err *e)
{
	const struct wsman_class *c = wsman_classes_find_uri(x->ns);
	const struct wsman_shape *s = c ? shape_of(c, x) : NULL;
	if (!s)
		return err_set(e, ERR_UNSUPPORTED,
			       "no entry in the class table for element %.80s of %.120s", x->name,
			       *x->ns ? x->ns : "no namespace");
	return wsman_obj_read(a, s, c->uri, x, out_obj, e);
}

bool wsman_envelope_obj(const struct wsman_msg *m, struct arena *a, struct wsman_obj **out_obj,
			struct err *e)
{
	if (m->op != WSMAN_OP_GET && m->op != WSMAN_OP_PUT && m->op != WSMAN_OP_CREATE &&
	    m->op != WSMAN_OP_INVOKE && m->op != WSMAN_OP_EVENT)
		return err_set(e, ERR_MALFORMED, "a message of operation %s has no instance",
			       wsman_envelope_op_name(m->op));
	if (!m->payload)
		return err_set(e, ERR_MALFORMED, "%s %s of %.80s has an empty body",
			       wsman_envelope_op_name(m->op), m->is_reply ? "reply" : "request",
			       m->class_name);
	return typed(m->payload, a, out_obj, e);
}

bool wsman_envelope_item(const struct wsman_xml *item, struct arena *a, struct wsman_obj **out_obj,
			 struct err *e)
{
	/* EnumerateObjectAndEPR wraps each instance together with its endpoint reference. */
	if (is_element(item, NS_WSMAN, "Item") && item->first)
		item = item->first;
	return typed(item, a, out_obj, e);
}
