/* Arguments of Subscribe: reading, writing and printing. Called by the files of wsman/ that read
 * and write envelopes. Never decides whether a subscription is accepted, and never shows the
 * password that the device is to log in with at the receiver of its events. */
#include "wsman/eventing.h"
#include "base/str.h"
#include "wsman/emit_inner.h"
#include "wsman/envelope_ns.h"

#define MODE_PUSH NS_EVENTING "/DeliveryModes/Push"
#define MODE_ACK  "http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck"
#define DIGEST    "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest"
#define TOKEN_TYPE                                                                           \
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0" \
	"#UsernameToken"

static const char *text_of(const struct wsman_xml *x)
{
	return x ? x->text : "";
}

static enum wsman_delivery delivery_of(const char *mode)
{
	/* Push is what WS-Eventing assumes when nothing is said. */
	if (!mode || strcmp(mode, MODE_PUSH) == 0)
		return WSMAN_DELIVERY_PUSH;
	return strcmp(mode, MODE_ACK) == 0 ? WSMAN_DELIVERY_PUSH_WITH_ACK : WSMAN_DELIVERY_OTHER;
}

static void read_token(const struct wsman_xml *header, struct wsman_subscription *s)
{
	const struct wsman_xml *x = wsman_xml_child(header, NS_TRUST, "IssuedTokens");
	x = wsman_xml_child(x, NS_TRUST, "RequestSecurityTokenResponse");
	x = wsman_xml_child(x, NS_TRUST, "RequestedSecurityToken");
	x = wsman_xml_child(x, NS_WSSE, "UsernameToken");
	s->user = text_of(wsman_xml_child(x, NS_WSSE, "Username"));
	s->password = text_of(wsman_xml_child(x, NS_WSSE, "Password"));
}

bool wsman_eventing_read(const struct wsman_xml *x, const struct wsman_xml *header, struct arena *a,
			 const struct wsman_subscription **out_sub, struct err *e)
{
	const struct wsman_xml *delivery = wsman_xml_child(x, NS_EVENTING, "Delivery");
	const struct wsman_xml *to = wsman_xml_child(delivery, NS_EVENTING, "NotifyTo");
	const struct wsman_xml *params = wsman_xml_child(to, NS_WSA, "ReferenceParameters");
	const struct wsman_xml *arg = params ? params->first : NULL;
	struct wsman_subscription *s = ARENA_NEW(a, struct wsman_subscription);
	if (!s)
		return err_set(e, ERR_LIMIT, "subscription does not fit into memory");
	s->delivery = delivery_of(wsman_xml_attr(delivery, "Mode"));
	s->notify_to = text_of(wsman_xml_child(to, NS_WSA, "Address"));
	s->arg_ns = arg ? arg->ns : "";
	s->arg_name = arg ? arg->name : "";
	s->arg = text_of(arg);
	s->expires = text_of(wsman_xml_child(x, NS_EVENTING, "Expires"));
	read_token(header, s);
	*out_sub = s;
	return true;
}

void wsman_eventing_emit_token(struct out *o, const struct wsman_subscription *s)
{
	if (!s || !s->user || !*s->user)
		return;
	out_str(o,
		"<t:IssuedTokens xmlns:t=\"" NS_TRUST "\" xmlns:se=\"" NS_WSSE
		"\"><t:RequestSecurityTokenResponse><t:TokenType>" TOKEN_TYPE
		"</t:TokenType><t:RequestedSecurityToken><se:UsernameToken>");
	wsman_emit_leaf(o, "se:", "Username", s->user);
	out_str(o, "<se:Password Type=\"" NS_WSSE "#PasswordText\">");
	wsman_xml_escape(o, span_str(s->password ? s->password : ""));
	out_str(o,
		"</se:Password></se:UsernameToken></t:RequestedSecurityToken>"
		"</t:RequestSecurityTokenResponse></t:IssuedTokens>");
}

void wsman_eventing_emit_subscribe(struct out *o, const struct wsman_subscription *s)
{
	if (!s || s->delivery == WSMAN_DELIVERY_OTHER || !s->notify_to || !*s->notify_to) {
		o->bad = true;
		return;
	}
	out_str(o, "<e:Subscribe xmlns:e=\"" NS_EVENTING "\"><e:Delivery Mode=\"");
	out_str(o, s->delivery == WSMAN_DELIVERY_PUSH ? MODE_PUSH : MODE_ACK);
	out_str(o, "\"><e:NotifyTo>");
	wsman_emit_leaf(o, "a:", "Address", s->notify_to);
	if (s->arg_name && *s->arg_name) {
		out_str(o, "<a:ReferenceParameters><m:");
		out_str(o, s->arg_name);
		out_str(o, " xmlns:m=\"");
		wsman_xml_escape(o, span_str(s->arg_ns));
		out_str(o, "\">");
		wsman_xml_escape(o, span_str(s->arg ? s->arg : ""));
		wsman_emit_tag(o, "</", "m:", s->arg_name);
		out_str(o, "</a:ReferenceParameters>");
	}
	out_str(o, "</e:NotifyTo>");
	if (s->user && *s->user)
		out_str(o, "<w:Auth Profile=\"" DIGEST "\"/>");
	out_str(o, "</e:Delivery>");
	if (s->expires && *s->expires)
		wsman_emit_leaf(o, "e:", "Expires", s->expires);
	out_str(o, "</e:Subscribe>");
}

static const char *delivery_name(enum wsman_delivery d)
{
	return d == WSMAN_DELIVERY_PUSH             ? "push"
		: d == WSMAN_DELIVERY_PUSH_WITH_ACK ? "push with ack"
						    : "other";
}

static void line(struct out *o, const char *name, const char *value)
{
	if (!*value)
		return;
	out_fmt(o, "%s: ", name);
	out_safe(o, span_str(value));
	out_str(o, "\n");
}

void wsman_eventing_print(struct out *o, const struct wsman_subscription *s)
{
	line(o, "delivery", delivery_name(s->delivery));
	line(o, "notify to", s->notify_to);
	line(o, "comes back", s->arg_name);
	line(o, "comes back as", s->arg);
	line(o, "expires", s->expires);
	line(o, "login", s->user);
	line(o, "password", *s->password ? "********" : "");
}

void wsman_eventing_print_json(struct out *o, const struct wsman_subscription *s)
{
	out_fmt(o, "{\"delivery\":\"%s\",\"notify_to\":", delivery_name(s->delivery));
	out_json_str(o, span_str(s->notify_to));
	if (*s->expires) {
		out_str(o, ",\"expires\":");
		out_json_str(o, span_str(s->expires));
	}
	if (*s->user) {
		out_str(o, ",\"login\":");
		out_json_str(o, span_str(s->user));
	}
	out_str(o, "}");
}
