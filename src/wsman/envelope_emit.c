/* Sending as a client: exactly the minimal dialect that real clients use (wsman 2.2). Also the
 * pieces of a body that requests and replies share. Called by amt/ and the CLI. Refuses (out is
 * bad) rather than send an instance that lost members because memory was short. */
#include "wsman/emit_inner.h"
#include "wsman/envelope_ns.h"
#include "wsman/obj_inner.h"

static void raw(struct out *o, const char *s)
{
	out_str(o, s);
}

static void text(struct out *o, const char *s)
{
	wsman_xml_escape(o, span_str(s));
}

void wsman_emit_leaf(struct out *o, const char *prefix, const char *name, const char *value)
{
	raw(o, "<");
	raw(o, prefix);
	raw(o, name);
	raw(o, ">");
	text(o, value);
	raw(o, "</");
	raw(o, prefix);
	raw(o, name);
	raw(o, ">");
}

void wsman_emit_tag(struct out *o, const char *open, const char *prefix, const char *name)
{
	raw(o, open);
	raw(o, prefix);
	raw(o, name);
	raw(o, ">");
}

static void epr_content(struct out *o, const struct wsman_prefixes *p, const struct wsman_epr *epr)
{
	/* A method that made nothing answers with a reference to nothing, which looks like this. */
	bool none = !*epr->resource_uri;
	wsman_emit_leaf(o, p->wsa, "Address", none ? "default" : WSA_ANONYMOUS);
	wsman_emit_tag(o, "<", p->wsa, "ReferenceParameters");
	wsman_emit_leaf(o, p->wsman, "ResourceURI", epr->resource_uri);
	if (none)
		wsman_emit_leaf(o, p->wsman, "SelectorSet", "");
	wsman_emit_selectors(o, p, epr->selectors);
	wsman_emit_tag(o, "</", p->wsa, "ReferenceParameters");
}

void wsman_emit_selectors(struct out *o, const struct wsman_prefixes *p,
			  const struct wsman_selector *s)
{
	if (!s)
		return;
	wsman_emit_tag(o, "<", p->wsman, "SelectorSet");
	for (; s; s = s->next) {
		raw(o, "<");
		raw(o, p->wsman);
		raw(o, "Selector Name=\"");
		text(o, s->name);
		raw(o, "\">");
		if (s->epr) {
			wsman_emit_tag(o, "<", p->wsa, "EndpointReference");
			epr_content(o, p, s->epr);
			wsman_emit_tag(o, "</", p->wsa, "EndpointReference");
		} else {
			text(o, s->value ? s->value : "");
		}
		wsman_emit_tag(o, "</", p->wsman, "Selector");
	}
	wsman_emit_tag(o, "</", p->wsman, "SelectorSet");
}

void wsman_emit_epr(struct out *o, const struct wsman_prefixes *p, const char *prefix,
		    const char *name, const struct wsman_epr *epr)
{
	wsman_emit_tag(o, "<", prefix, name);
	if (epr)
		epr_content(o, p, epr);
	wsman_emit_tag(o, "</", prefix, name);
}

static void datetime(struct out *o, const struct wsman_prefixes *p, const char *name,
		     const char *value)
{
	const char *kind = *value == 'P' ? "Interval" : "Datetime";
	wsman_emit_tag(o, "<", p->cls, name);
	if (p->common) {
		wsman_emit_leaf(o, p->common, kind, value);
	} else {
		raw(o, "<p:");
		raw(o, kind);
		raw(o, " xmlns:p=\"" NS_COMMON "\">");
		text(o, value);
		wsman_emit_tag(o, "</", "p:", kind);
	}
	wsman_emit_tag(o, "</", p->cls, name);
}

/* An element that the table does not know goes back as it came; declares what it needs. */
static void tree(struct out *o, const struct wsman_prefixes *p, const struct wsman_xml *x,
		 const char *ns)
{
	bool own = strcmp(x->ns, ns) == 0;
	const char *prefix = own               ? p->cls
		: strcmp(x->ns, NS_WSA) == 0   ? p->wsa
		: strcmp(x->ns, NS_WSMAN) == 0 ? p->wsman
					       : "x:";
	raw(o, "<");
	raw(o, prefix);
	raw(o, x->name);
	if (strcmp(prefix, "x:") == 0) {
		raw(o, " xmlns:x=\"");
		text(o, x->ns);
		raw(o, "\"");
	}
	for (const struct wsman_xml_attr *at = x->attrs; at; at = at->next)
		if (!*at->ns) {
			raw(o, " ");
			raw(o, at->name);
			raw(o, "=\"");
			text(o, at->value);
			raw(o, "\"");
		}
	raw(o, ">");
	text(o, x->text);
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		tree(o, p, c, ns);
	wsman_emit_tag(o, "</", prefix, x->name);
}

/* A member twice, or one of no namespace at all, is not repeated. */
static bool is_unknown(const struct wsman_obj *obj, const struct wsman_xml *x)
{
	return *x->ns && wsman_classes_prop(obj->shape, x->name) < 0 &&
		wsman_obj_member_of(obj, x, 0) == WSMAN_OBJ_UNKNOWN;
}

/* An instance as a member: what is in it belongs to its own class. */
static void within(struct out *o, const struct wsman_prefixes *p, const char *name,
		   const struct wsman_obj *obj)
{
	struct wsman_prefixes inner = *p;
	inner.cls = "s:";
	raw(o, "<");
	raw(o, p->cls);
	raw(o, name);
	if (obj) {
		raw(o, " xmlns:s=\"");
		text(o, obj->ns);
		raw(o, "\"");
	}
	raw(o, ">");
	wsman_emit_members(o, &inner, obj);
	wsman_emit_tag(o, "</", p->cls, name);
}

void wsman_emit_members(struct out *o, const struct wsman_prefixes *p, const struct wsman_obj *obj)
{
	if (!obj)
		return;
	if (obj->arena->full)
		o->bad = true;
	for (unsigned i = 0; i < obj->shape->prop_count; i++) {
		const struct wsman_prop *prop = &obj->shape->props[i];
		for (const struct wsman_val *v = obj->vals[i]; v; v = v->next) {
			if (prop->type == WSMAN_EPR)
				wsman_emit_epr(o, p, p->cls, prop->name, v->epr);
			else if (prop->type == WSMAN_OBJ)
				within(o, p, prop->name, v->obj);
			else if (prop->type == WSMAN_DATETIME && *v->text)
				datetime(o, p, prop->name, v->text);
			else
				wsman_emit_leaf(o, p->cls, prop->name, v->text);
		}
	}
	/* Newer firmware has members that we do not know: a get-modify-put must not lose them. */
	if (!obj->xml || !obj->unknown_count)
		return;
	for (const struct wsman_xml *c = obj->xml->first; c; c = c->next)
		if (is_unknown(obj, c))
			tree(o, p, c, obj->ns);
}

static const struct wsman_prefixes ours = { .wsa = "a:", .wsman = "w:", .cls = "r:" };

static void action(struct out *o, const struct wsman_req *r)
{
	static const char *const uris[WSMAN_OP_COUNT] = {
		[WSMAN_OP_GET] = NS_TRANSFER "/Get",
		[WSMAN_OP_PUT] = NS_TRANSFER "/Put",
		[WSMAN_OP_CREATE] = NS_TRANSFER "/Create",
		[WSMAN_OP_DELETE] = NS_TRANSFER "/Delete",
		[WSMAN_OP_ENUMERATE] = NS_ENUM "/Enumerate",
		[WSMAN_OP_PULL] = NS_ENUM "/Pull",
		[WSMAN_OP_RELEASE] = NS_ENUM "/Release",
		[WSMAN_OP_SUBSCRIBE] = NS_EVENTING "/Subscribe",
		[WSMAN_OP_RENEW] = NS_EVENTING "/Renew",
		[WSMAN_OP_UNSUBSCRIBE] = NS_EVENTING "/Unsubscribe",
	};
	raw(o, "<a:Action>");
	if (r->op == WSMAN_OP_INVOKE) {
		text(o, r->resource_uri);
		raw(o, "/");
		text(o, r->method);
	} else if ((unsigned)r->op < WSMAN_OP_COUNT && uris[r->op]) {
		raw(o, uris[r->op]);
	} else {
		o->bad = true;
	}
	raw(o, "</a:Action>");
}

/* <r:NAME xmlns:r="URI">members</r:NAME> */
static void payload(struct out *o, const struct wsman_req *r, const char *name, const char *suffix)
{
	raw(o, "<r:");
	raw(o, name);
	raw(o, suffix);
	raw(o, " xmlns:r=\"");
	text(o, r->obj ? r->obj->ns : r->resource_uri);
	raw(o, "\">");
	wsman_emit_members(o, &ours, r->obj);
	raw(o, "</r:");
	raw(o, name);
	raw(o, suffix);
	raw(o, ">");
}

static void body(struct out *o, const struct wsman_req *r)
{
	switch (r->op) {
	case WSMAN_OP_PUT:
	case WSMAN_OP_CREATE:
		if (r->obj)
			payload(o, r, r->obj->shape->name, "");
		else
			o->bad = true;
		break;
	case WSMAN_OP_INVOKE:
		payload(o, r, r->method, "_INPUT");
		break;
	case WSMAN_OP_ENUMERATE:
		raw(o, "<Enumerate xmlns=\"" NS_ENUM "\"/>");
		break;
	case WSMAN_OP_PULL:
		raw(o, "<Pull xmlns=\"" NS_ENUM "\">");
		wsman_emit_leaf(o, "", "EnumerationContext",
				r->enum_context ? r->enum_context : "");
		raw(o, "<MaxElements>999</MaxElements><MaxCharacters>99999</MaxCharacters></Pull>");
		break;
	case WSMAN_OP_RELEASE:
		raw(o, "<Release xmlns=\"" NS_ENUM "\">");
		wsman_emit_leaf(o, "", "EnumerationContext",
				r->enum_context ? r->enum_context : "");
		raw(o, "</Release>");
		break;
	case WSMAN_OP_SUBSCRIBE:
		wsman_eventing_emit_subscribe(o, r->subscription);
		break;
	case WSMAN_OP_RENEW:
		raw(o, "<Renew xmlns=\"" NS_EVENTING "\">");
		if (r->expires)
			wsman_emit_leaf(o, "", "Expires", r->expires);
		raw(o, "</Renew>");
		break;
	case WSMAN_OP_UNSUBSCRIBE:
		raw(o, "<Unsubscribe xmlns=\"" NS_EVENTING "\"/>");
		break;
	default:
		break;
	}
}

void wsman_envelope_emit_request(struct out *o, const struct wsman_req *r)
{
	if (r->op == WSMAN_OP_IDENTIFY) {
		raw(o,
		    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns=\"" NS_SOAP "\">"
		    "<Header></Header><Body><i:Identify xmlns:i=\"" NS_WSMID
		    "\"/></Body></Envelope>");
		return;
	}
	raw(o,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns:a=\"" NS_WSA
	    "\" xmlns:w=\"" NS_WSMAN "\" xmlns=\"" NS_SOAP "\"><Header>");
	action(o, r);
	raw(o, "<a:To>/wsman</a:To>");
	wsman_emit_leaf(o, "w:", "ResourceURI", r->resource_uri);
	wsman_emit_leaf(o, "a:", "MessageID", r->message_id ? r->message_id : "0");
	raw(o,
	    "<a:ReplyTo><a:Address>" WSA_ANONYMOUS "</a:Address></a:ReplyTo>"
	    "<w:OperationTimeout>PT60S</w:OperationTimeout>");
	wsman_emit_selectors(o, &ours, r->selectors);
	if (r->op == WSMAN_OP_SUBSCRIBE)
		wsman_eventing_emit_token(o, r->subscription);
	raw(o, "</Header><Body>");
	body(o, r);
	raw(o, "</Body></Envelope>");
}
