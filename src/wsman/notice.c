/* Events of WS-Eventing; see notice.h. The emitter writes what one captured event shows, in its order of
 * members; the table of messages is that of public alert texts. */
#include "wsman/notice.h"
#include "base/str.h"
#include "wsman/envelope_ns.h"

#define CIM_ALERT NS_CIM "CIM_AlertIndication"
#define NS_CIM    "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WSMAN_1   "http://schemas.dmtf.org/wbem/wsman/1/wsman"
#define ELEMENT \
	"Interop:CIM_ComputerSystem.CreationClassName=\"CIM_ComputerSystem\",Name=\"Intel(r) AMT\""
#define BARE "Interop:CIM_ComputerSystem.CreationClassName=CIM_ComputerSystem,Name=Intel(r) AMT"

/* ---- what messages mean ---- */

/* argument -1: whatever it is. Source P (public alert texts, a peer's table). */
static const struct {
	unsigned id;
	int argument;
	const char *text;
} meanings[] = {
	{ 1, -1, "a System Defense filter matched" },
	{ 2, -1, "agent watchdog: not started" },
	{ 3, -1, "agent watchdog: stopped" },
	{ 4, -1, "agent watchdog: running" },
	{ 5, -1, "agent watchdog: expired" },
	{ 6, -1, "agent watchdog: suspended" },
	{ 7, -1, "software of the host tried to disable the network link of AMT" },
	{ 8, -1, "software of the host blocked the network link of AMT" },
	{ 9, -1, "protection of the clock or of the flash was disabled" },
	{ 10, -1, "traffic heuristics: slow threshold passed" },
	{ 11, -1, "traffic heuristics: fast threshold passed" },
	{ 12, -1, "traffic heuristics: factory threshold passed" },
	{ 13, -1, "traffic heuristics: the time of an encounter is over" },
	{ 14, -1, "certificate: general error" },
	{ 15, -1, "certificate: expired" },
	{ 16, -1, "certificate: no trusted root" },
	{ 17, -1, "certificate: not for server authentication" },
	{ 18, -1, "certificate: revoked" },
	{ 19, -1, "certificate: exponent of its RSA key" },
	{ 20, -1, "certificate: modulus of its RSA key" },
	{ 21, -1, "certificate: digest" },
	{ 22, -1, "certificate: length of its name" },
	{ 23, -1, "certificate: key usage" },
	{ 24, -1, "TLS handshake failed" },
	{ 25, -1, "802.1X: general error" },
	{ 26, -1, "endpoint access control failed" },
	{ 27, -1, "endpoint access control failed" },
	{ 28, -1, "endpoint access control failed" },
	{ 29, -1, "the audit log is 50 % full" },
	{ 30, -1, "the audit log is 75 % full" },
	{ 31, -1, "the audit log is 85 % full" },
	{ 32, -1, "the audit log is 95 % full" },
	{ 33, -1, "the audit log is full" },
	{ 34, -1, "an update of the firmware ended half way" },
	{ 35, -1, "an update of the firmware failed" },
	{ 36, -1, "remote connectivity was begun" },
	{ 37, -1, "the ME is present" },
	{ 38, 0, "unprovisioned by the BIOS" },
	{ 38, 1, "unprovisioned by local software" },
	{ 38, 2, "unprovisioned over local WS-MAN" },
	{ 38, 3, "unprovisioned over remote WS-MAN" },
	{ 50, 16, "circuit breaker: sending dropped" },
	{ 50, 17, "circuit breaker: sending slowed" },
	{ 50, 18, "circuit breaker: receiving dropped" },
	{ 50, 19, "circuit breaker: receiving slowed" },
	{ 50, 32, "notice of network access control" },
	{ 50, 48, "serial over LAN started" },
	{ 50, 49, "serial over LAN ended" },
	{ 50, 50, "storage redirection started" },
	{ 50, 51, "storage redirection ended" },
	{ 50, 66, "WLAN: the profile of the host does not fit" },
	{ 50, 67, "WLAN: AMT takes the radio" },
	{ 50, 68, "WLAN: the security of the host does not fit" },
	{ 50, 69, "WLAN: AMT gives the radio back" },
	{ 51, 0, "consent screen: with the host" },
	{ 51, 1, "consent screen: with the ME" },
	{ 51, 2, "consent screen: timeout" },
	{ 52, 0, "KVM was asked for" },
	{ 52, 1, "KVM started" },
	{ 52, 2, "KVM ended" },
	{ 52, 3, "KVM: data channel" },
	{ 53, 50, "the user asked for help and was connected" },
	{ 53, 52, "the user asked for help; nothing connects by itself" },
	{ 53, 53, "remote connectivity: contracts updated" },
	{ 54, -1, "synchronisation of wireless profiles was switched" },
	{ 55, 0, "before provisioning" },
	{ 55, 1, "in provisioning" },
	{ 55, 2, "provisioned" },
	{ 55, 3, "unprovisioning started" },
	{ 56, -1, "System Defense changed" },
	{ 57, -1, "the state of the network changed" },
	{ 58, 0, "the tunnel of remote access closed" },
	{ 58, 1, "the tunnel of remote access opened" },
	{ 59, 0, "KVM disabled" },
	{ 59, 1, "KVM enabled" },
	{ 60, -1, "the consent screen was configured" },
	{ 61, -1, "the firmware of the ME was restarted" },
	{ 62, 0, "synchronisation of the IP address disabled" },
	{ 62, 1, "synchronisation of the IP address enabled" },
	{ 63, 0, "synchronisation of the HTTP proxy disabled" },
	{ 63, 1, "synchronisation of the HTTP proxy enabled" },
	{ 64, 1, "user consent given" },
	{ 64, 2, "user consent ended" },
	{ 64, 3, "user consent asked for" },
	{ 64, 4, "user consent: policy changed" },
	{ 66, -1, "the state of the WLAN changed" },
	{ 67, 0, "the system is asked to shut down" },
	{ 67, 1, "the system is asked to restart" },
	{ 67, 2, "the system is asked to sleep" },
	{ 67, 3, "the system is asked to hibernate" },
	{ 68, -1, "the state of the WLAN changed" },
	{ 69, -1, "the clock was set from the host" },
	{ 71, -1, "somebody tried to disable AMT" },
	{ 80, -1, "AMT is active" },
};

const char *wsman_notice_meaning(const char *id, const char *argument)
{
	struct span s = span_str(id);
	uint32_t n, v = UINT32_MAX;

	if (!span_starts(s, "iAMT") || !str_to_u32(span_make(s.p + 4, s.n - 4), 1, 9999, &n, NULL))
		return NULL;
	(void)str_to_u32(span_str(argument), 0, INT32_MAX, &v, NULL);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].id == n &&
		    (meanings[i].argument < 0 || (uint32_t)meanings[i].argument == v))
			return meanings[i].text;
	return NULL;
}

bool wsman_notice_at(unsigned i, unsigned *out_id, int *out_argument)
{
	if (i >= sizeof meanings / sizeof *meanings)
		return false;
	*out_id = meanings[i].id;
	*out_argument = meanings[i].argument;
	return true;
}

/* ---- reading ---- */

static const char *text_of(const struct wsman_obj *o, const char *prop)
{
	const char *v = wsman_obj_str(o, prop);

	return v ? v : "";
}

/* The header that is none of the protocol's own is what the subscription asked to have back. */
static void read_arg(const struct wsman_msg *m, struct wsman_notice *n)
{
	for (const struct wsman_xml *h = m->header ? m->header->first : NULL; h; h = h->next) {
		if (str_eq(h->ns, NS_WSA) || str_eq(h->ns, NS_WSMAN) || str_eq(h->ns, NS_EVENTING))
			continue;
		n->arg_ns = h->ns;
		n->arg_name = h->name;
		n->arg = h->text;
		return;
	}
}

bool wsman_notice_read(const struct wsman_msg *m, struct arena *a, struct wsman_notice *out_n,
		       struct err *e)
{
	struct wsman_obj *o;

	*out_n = (struct wsman_notice){
		.to = m->to, .message_id = m->message_id, .arg_ns = "", .arg_name = "", .arg = ""
	};
	if (m->op != WSMAN_OP_EVENT || m->is_reply) {
		err_set(e, ERR_MALFORMED, "no event of a PC");
		err_seen(e, "%.60s", m->action);
		return err_want(e, "%s", WSMAN_1 "/Event");
	}
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	if (!str_eq(o->shape->name, "CIM_AlertIndication")) {
		err_set(e, ERR_MALFORMED, "an event tells no alert");
		err_seen(e, "%s", o->shape->name);
		return err_want(e, "CIM_AlertIndication");
	}
	read_arg(m, out_n);
	const struct wsman_val *args = wsman_obj_vals(o, "MessageArguments");
	uint32_t severity = 0;
	wsman_obj_u32(o, "PerceivedSeverity", &severity);
	out_n->filter = text_of(o, "IndicationFilterName");
	out_n->identifier = text_of(o, "IndicationIdentifier");
	out_n->time = text_of(o, "IndicationTime");
	out_n->id = text_of(o, "MessageID");
	out_n->text = text_of(o, "Message");
	out_n->first_argument = args && args->text ? args->text : "";
	out_n->severity = severity;
	return true;
}

/* ---- writing ---- */

static void leaf(struct out *o, const char *name, const char *text)
{
	out_fmt(o, "<p:%s>", name);
	wsman_xml_escape(o, span_str(text));
	out_fmt(o, "</p:%s>", name);
}

static void emit_header(struct out *o, const struct wsman_notice *n)
{
	out_str(o, "<a:Header><b:To>");
	wsman_xml_escape(o, span_str(n->to));
	out_str(o,
		"</b:To><b:ReplyTo><b:Address>" WSA_ANONYMOUS "</b:Address></b:ReplyTo>"
		"<c:AckRequested></c:AckRequested>"
		"<b:Action a:mustUnderstand=\"true\">" WSMAN_1 "/Event</b:Action><b:MessageID>");
	wsman_xml_escape(o, span_str(n->message_id));
	out_str(o, "</b:MessageID><c:ResourceURI>" CIM_ALERT "</c:ResourceURI>");
	if (*n->arg_name) {
		out_fmt(o, "<m:%s xmlns:m=\"", n->arg_name);
		wsman_xml_escape(o, span_str(n->arg_ns));
		out_str(o, "\">");
		wsman_xml_escape(o, span_str(n->arg));
		out_fmt(o, "</m:%s>", n->arg_name);
	}
	out_str(o, "</a:Header>");
}

void wsman_notice_emit(struct out *o, const struct wsman_notice *n)
{
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" NS_SOAP
		"\" xmlns:b=\"" NS_WSA "\" xmlns:c=\"" NS_WSMAN "\" xmlns:p=\"" CIM_ALERT
		"\" xmlns:q=\"" NS_COMMON "\">");
	emit_header(o, n);
	out_str(o, "<a:Body><p:CIM_AlertIndication>");
	leaf(o, "AlertType", "8");
	leaf(o, "AlertingElementFormat", "2");
	leaf(o, "AlertingManagedElement", ELEMENT);
	leaf(o, "IndicationFilterName", n->filter);
	leaf(o, "IndicationIdentifier", n->identifier);
	out_str(o, "<p:IndicationTime><q:Datetime>");
	wsman_xml_escape(o, span_str(n->time));
	out_str(o, "</q:Datetime></p:IndicationTime>");
	leaf(o, "Message", n->text);
	leaf(o, "MessageArguments", n->first_argument);
	leaf(o, "MessageArguments", BARE);
	leaf(o, "MessageID", n->id);
	leaf(o, "OtherAlertingElementFormat", "");
	leaf(o, "OtherSeverity", "");
	leaf(o, "OwningEntity", "Intel(r) AMT");
	out_fmt(o, "<p:PerceivedSeverity>%u</p:PerceivedSeverity>", n->severity);
	leaf(o, "ProbableCause", "0");
	leaf(o, "SystemName", "Intel(r) AMT");
	out_str(o, "</p:CIM_AlertIndication></a:Body></a:Envelope>");
}

void wsman_notice_emit_ack(struct out *o, const char *relates_to, const char *message_id)
{
	out_str(o,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"" NS_SOAP
		"\" xmlns:a=\"" NS_WSA "\"><s:Header><a:To>" WSA_ANONYMOUS
		"</a:To><a:Action>" WSMAN_1 "/Ack</a:Action><a:RelatesTo>");
	wsman_xml_escape(o, span_str(relates_to));
	out_str(o, "</a:RelatesTo><a:MessageID>");
	wsman_xml_escape(o, span_str(message_id));
	out_str(o, "</a:MessageID></s:Header><s:Body></s:Body></s:Envelope>");
}
