/* Replies and faults in the form of real firmware (wsman 2.4, 2.5): which prefix means what is
 * decided by position, and faults declare another order. Called by sim/ only. It never decides
 * what to answer. */
#include "wsman/emit_inner.h"
#include "wsman/envelope_ns.h"

#define CLASSES_MAX 8 /* different classes in one Pull reply; further ones are declared inline */

struct reply { /* prefixes of this reply */
	struct out *o;
	const struct wsman_rep *r;
	const char *uris[CLASSES_MAX];
	unsigned uri_count;
	char first;     /* letter of uris[0]: g, or h behind a protocol namespace */
	char common[3]; /* "h:" or "" */
};

static const char *const letters[] = { "g:", "h:", "i:", "j:", "k:", "l:", "m:", "n:", "o:", "p:" };

static void declare(struct out *o, const char *prefix, const char *uri)
{
	out_str(o, " xmlns:");
	out_bytes(o, span_make(prefix, 1));
	out_str(o, "=\"");
	wsman_xml_escape(o, span_str(uri));
	out_str(o, "\"");
}

static const char *cls_ns(const struct reply *p, unsigned i)
{
	const struct wsman_class *c = p->r->item_classes ? p->r->item_classes[i] : NULL;
	return c ? c->uri : p->r->items[i]->ns;
}

static void add_uri(struct reply *p, const char *uri)
{
	for (unsigned i = 0; i < p->uri_count; i++)
		if (strcmp(p->uris[i], uri) == 0)
			return;
	if (p->uri_count < CLASSES_MAX)
		p->uris[p->uri_count++] = uri;
}

static const char *member_ns(const struct wsman_rep *r)
{
	return r->ns ? r->ns : r->obj ? r->obj->ns : r->to->resource_uri;
}

/* The protocol namespace that comes before the classes; NULL when the body needs none. */
static const char *protocol_ns(enum wsman_op op)
{
	switch (op) {
	case WSMAN_OP_ENUMERATE:
	case WSMAN_OP_PULL:
	case WSMAN_OP_RELEASE:
		return NS_ENUM;
	case WSMAN_OP_CREATE:
		return NS_TRANSFER;
	case WSMAN_OP_SUBSCRIBE:
	case WSMAN_OP_RENEW:
		return NS_EVENTING;
	default:
		return NULL;
	}
}

static bool needs_common(const struct reply *p)
{
	enum wsman_op op = p->r->to->op;
	if (op != WSMAN_OP_GET && op != WSMAN_OP_PUT && op != WSMAN_OP_PULL)
		return false;
	for (unsigned i = 0; i < p->uri_count; i++) {
		const struct wsman_class *c = wsman_classes_find_uri(p->uris[i]);
		if (c && c->common_ns)
			return true;
	}
	return false;
}

static void collect_uris(struct reply *p)
{
	const struct wsman_rep *r = p->r;
	enum wsman_op op = r->to->op;
	if (op == WSMAN_OP_GET || op == WSMAN_OP_PUT || op == WSMAN_OP_INVOKE)
		add_uri(p, member_ns(r));
	for (unsigned i = 0; op == WSMAN_OP_PULL && i < r->item_count; i++)
		add_uri(p, cls_ns(p, i));
}

static void open_envelope(struct reply *p)
{
	struct out *o = p->o;
	const char *protocol = protocol_ns(p->r->to->op);
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" NS_SOAP
		"\" xmlns:b=\"" NS_WSA "\" xmlns:c=\"" NS_WSMAN "\" xmlns:d=\"" NS_TRUST
		"\" xmlns:e=\"" NS_WSSE "\" xmlns:f=\"" NS_CIMBIND "\"");
	unsigned letter = 0;
	if (protocol)
		declare(o, letters[letter++], protocol);
	p->first = letters[letter][0];
	for (unsigned i = 0; i < p->uri_count; i++)
		declare(o, letters[letter++], p->uris[i]);
	if (needs_common(p)) {
		memcpy(p->common, letters[letter], sizeof p->common);
		declare(o, p->common, NS_COMMON);
	}
	out_str(o, " xmlns:xsi=\"" NS_XSI "\">");
}

static void reply_action(struct out *o, const struct wsman_msg *to)
{
	wsman_xml_escape(o, span_str(to->action));
	out_str(o, "Response");
}

static void header(struct reply *p)
{
	struct out *o = p->o;
	out_str(o, "<a:Header><b:To>" WSA_ANONYMOUS "</b:To>");
	wsman_emit_leaf(o, "b:", "RelatesTo", p->r->to->message_id);
	out_str(o, "<b:Action a:mustUnderstand=\"true\">");
	reply_action(o, p->r->to);
	out_fmt(o, "</b:Action><b:MessageID>uuid:00000000-8086-8086-8086-%012llX</b:MessageID>",
		(unsigned long long)(p->r->message_counter & 0xFFFFFFFFFFFFull));
	wsman_emit_leaf(o, "c:", "ResourceURI", p->r->to->resource_uri);
	out_str(o, "</a:Header><a:Body>");
}

static void instance(struct reply *p, const struct wsman_obj *obj, const char *ns, const char *name,
		     bool method)
{
	char prefix[3] = { 'x', ':', 0 };
	struct out *o = p->o;
	for (unsigned i = 0; i < p->uri_count; i++)
		if (strcmp(p->uris[i], ns) == 0)
			prefix[0] = (char)(p->first + (char)i);
	struct wsman_prefixes names = { "b:", "c:", prefix, *p->common ? p->common : NULL };
	out_str(o, "<");
	out_str(o, prefix);
	out_str(o, name);
	out_str(o, method ? "_OUTPUT" : "");
	if (prefix[0] == 'x')
		declare(o, prefix, ns);
	out_str(o, ">");
	wsman_emit_members(o, &names, obj);
	if (method)
		out_fmt(o, "<%sReturnValue>%u</%sReturnValue>", prefix,
			(unsigned)p->r->return_value, prefix);
	out_str(o, "</");
	out_str(o, prefix);
	out_str(o, name);
	out_str(o, method ? "_OUTPUT>" : ">");
}

static void pull_body(struct reply *p)
{
	struct out *o = p->o;
	out_str(o, "<g:PullResponse>");
	if (p->r->enum_context)
		wsman_emit_leaf(o, "g:", "EnumerationContext", p->r->enum_context);
	out_str(o, "<g:Items>");
	for (unsigned i = 0; i < p->r->item_count; i++)
		instance(p, p->r->items[i], cls_ns(p, i), p->r->items[i]->shape->name, false);
	out_str(o, "</g:Items>");
	if (p->r->end_of_sequence)
		out_str(o, "<g:EndOfSequence></g:EndOfSequence>");
	out_str(o, "</g:PullResponse>");
}

static void eventing_body(struct reply *p)
{
	static const struct wsman_prefixes names = { "b:", "c:", "g:", NULL };
	bool made = p->r->to->op == WSMAN_OP_SUBSCRIBE;
	struct out *o = p->o;
	out_str(o, made ? "<g:SubscribeResponse>" : "<g:RenewResponse>");
	if (made)
		wsman_emit_epr(o, &names, "g:", "SubscriptionManager", p->r->created);
	if (p->r->expires)
		wsman_emit_leaf(o, "g:", "Expires", p->r->expires);
	out_str(o, made ? "</g:SubscribeResponse>" : "</g:RenewResponse>");
}

static void reply_body(struct reply *p)
{
	static const struct wsman_prefixes names = { "b:", "c:", "g:", NULL };
	const struct wsman_rep *r = p->r;
	switch (r->to->op) {
	case WSMAN_OP_GET:
	case WSMAN_OP_PUT:
		if (r->obj)
			instance(p, r->obj, member_ns(r), r->obj->shape->name, false);
		break;
	case WSMAN_OP_INVOKE:
		instance(p, r->obj, member_ns(r), r->to->method, true);
		break;
	case WSMAN_OP_CREATE:
		wsman_emit_epr(p->o, &names, "g:", "ResourceCreated", r->created);
		break;
	case WSMAN_OP_ENUMERATE:
		out_str(p->o, "<g:EnumerateResponse>");
		wsman_emit_leaf(p->o, "g:", "EnumerationContext",
				r->enum_context ? r->enum_context : "");
		out_str(p->o, "</g:EnumerateResponse>");
		break;
	case WSMAN_OP_PULL:
		pull_body(p);
		break;
	case WSMAN_OP_SUBSCRIBE:
	case WSMAN_OP_RENEW:
		eventing_body(p);
		break;
	default: /* Delete, Release, Unsubscribe: empty */
		break;
	}
}

static void identify(struct out *o, const struct wsman_rep *r)
{
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" NS_SOAP
		"\" xmlns:b=\"" NS_WSMID "\" xmlns:c=\"" NS_DASH
		"\"><a:Header></a:Header><a:Body><b:IdentifyResponse>");
	wsman_emit_leaf(o, "b:", "ProtocolVersion", NS_WSMAN);
	wsman_emit_leaf(o, "b:", "ProductVendor", "Intel(r)");
	wsman_emit_leaf(o, "b:", "ProductVersion", r->product_version ? r->product_version : "");
	wsman_emit_leaf(o, "c:", "DASHVersion", "1.0.0");
	out_str(o, "</b:IdentifyResponse></a:Body></a:Envelope>");
}

void wsman_envelope_emit_reply(struct out *o, const struct wsman_rep *r)
{
	if (r->to->op == WSMAN_OP_IDENTIFY) {
		identify(o, r);
		return;
	}
	struct reply p = { .o = o, .r = r };
	collect_uris(&p);
	open_envelope(&p);
	header(&p);
	reply_body(&p);
	out_str(o, "</a:Body></a:Envelope>");
}

/* Prefix of the namespace that a fault's subcode belongs to. */
static const char *subcode_prefix(const char *subcode)
{
	static const struct {
		const char *name, *prefix;
	} table[] = {
		{ "DestinationUnreachable", "b:" },
		{ "ActionNotSupported", "b:" },
		{ "EndpointUnavailable", "b:" },
		{ "InvalidMessageInformationHeader", "b:" },
		{ "MessageInformationHeaderRequired", "b:" },
		{ "InvalidEnumerationContext", "c:" },
		{ "InvalidExpirationTime", "c:" },
		{ "FilteringNotSupported", "c:" },
		{ "InvalidRepresentation", "d:" },
		{ "DeliveryModeRequestedUnavailable", "f:" },
		{ "InvalidMessage", "f:" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, subcode) == 0)
			return table[i].prefix;
	return "e:";
}

void wsman_envelope_emit_fault(struct out *o, const struct wsman_fault_rep *f)
{
	const char *subcode = f->subcode ? f->subcode : "";
	bool must = strcmp(subcode, "MustUnderstand") == 0;
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:g=\"" NS_CIMBIND
		"\" xmlns:f=\"" NS_EVENTING "\" xmlns:e=\"" NS_WSMAN "\" xmlns:d=\"" NS_TRANSFER
		"\" xmlns:c=\"" NS_ENUM "\" xmlns:b=\"" NS_WSA "\" xmlns:a=\"" NS_SOAP
		"\" xmlns:h=\"" NS_TRUST "\" xmlns:i=\"" NS_WSSE "\" xmlns:xsi=\"" NS_XSI
		"\"><a:Header><b:To>" WSA_ANONYMOUS "</b:To>");
	wsman_emit_leaf(o, "b:", "RelatesTo", f->relates_to ? f->relates_to : "");
	out_str(o, "<b:Action a:mustUnderstand=\"true\">");
	out_str(o, f->addressing ? WSA_FAULT_URI : WSMAN_FAULT_URI);
	out_fmt(o, "</b:Action><b:MessageID>uuid:00000000-8086-8086-8086-%012llX</b:MessageID>",
		(unsigned long long)(f->message_counter & 0xFFFFFFFFFFFFull));
	out_str(o, "</a:Header><a:Body><a:Fault><a:Code><a:Value>a:");
	out_str(o, must ? "MustUnderstand" : f->receiver ? "Receiver" : "Sender");
	out_str(o, "</a:Value>");
	if (*subcode && !must) {
		out_str(o, "<a:Subcode><a:Value>");
		out_str(o, subcode_prefix(subcode));
		wsman_xml_escape(o, span_str(subcode));
		out_str(o, "</a:Value></a:Subcode>");
	}
	out_str(o, "</a:Code><a:Reason><a:Text xml:lang=\"en-US\">");
	wsman_xml_escape(o, span_str(f->reason ? f->reason : ""));
	out_str(o, "</a:Text></a:Reason><a:Detail>");
	if (f->has_pt_status)
		out_fmt(o, "AMT-STATUS %u", (unsigned)f->pt_status);
	out_str(o, "</a:Detail></a:Fault></a:Body></a:Envelope>");
}
