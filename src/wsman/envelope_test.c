/* Tests of envelopes: exact requests, exact replies, reading of every kind, limits. Real captures
 * are in tests/corpus/wsman_responses.c and wsman_requests.c. */
#include "wsman/envelope.h"
#include "base/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AMT  "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define CIM  "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WSA  "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define MAN  "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define SOAP "http://www.w3.org/2003/05/soap-envelope"
#define ANON WSA "/role/anonymous"
#define HEAD(action, uri, id, rest)                                                              \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns:a=\"" WSA "\" xmlns:w=\"" MAN \
	"\" xmlns=\"" SOAP "\"><Header><a:Action>" action "</a:Action><a:To>/wsman</a:To>"       \
	"<w:ResourceURI>" uri "</w:ResourceURI><a:MessageID>" id "</a:MessageID><a:ReplyTo>"     \
	"<a:Address>" ANON "</a:Address></a:ReplyTo><w:OperationTimeout>PT60S"                   \
	"</w:OperationTimeout>" rest "</Header>"
#define TRANSFER "http://schemas.xmlsoap.org/ws/2004/09/transfer"

struct fix {
	struct arena a;
	struct err e;
	char text[16384];
	struct out o;
};

static int set_up(void **state)
{
	static struct fix f;
	f = (struct fix){ .e = { 0 } };
	arena_init(&f.a, LIMIT_XML_ARENA_BYTES);
	out_init(&f.o, f.text, sizeof f.text);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fix *f = *state;
	arena_deinit(&f->a);
	return 0;
}

static void parse(struct fix *f, const char *doc, struct wsman_msg *m)
{
	if (!wsman_envelope_parse(span_str(doc), &f->a, m, &f->e))
		fail_msg("%s", f->e.msg);
}

static void sends_get(void **state)
{
	struct fix *f = *state;
	struct wsman_req r = { .op = WSMAN_OP_GET,
			       .resource_uri = AMT "AMT_EthernetPortSettings",
			       .message_id = "12" };
	r.selectors = wsman_obj_selector(&f->a, "InstanceID", "Port <0> & \"1\"", NULL);
	wsman_envelope_emit_request(&f->o, &r);
	assert_string_equal(
		f->text,
		HEAD(TRANSFER "/Get", AMT "AMT_EthernetPortSettings", "12",
		     "<w:SelectorSet><w:Selector Name=\"InstanceID\">Port &lt;0&gt; &amp; &quot;1&quot;"
		     "</w:Selector></w:SelectorSet>") "<Body></Body></Envelope>");
}

static void sends_invoke_with_reference(void **state)
{
	struct fix *f = *state;
	const struct wsman_class *c = wsman_classes_find("CIM_PowerManagementService");
	const struct wsman_method *m = wsman_classes_method(c, "RequestPowerStateChange");
	struct wsman_obj *in = wsman_obj_new(&f->a, &m->in, c->uri);
	/* Set in another order than it is sent. */
	wsman_obj_set_str(in, "TimeoutPeriod", "PT60S");
	wsman_obj_set_epr(in, "ManagedElement",
			  wsman_obj_epr_of(&f->a, "CIM_ComputerSystem", "Name", "ManagedSystem"));
	wsman_obj_set_u32(in, "PowerState", 8);
	struct wsman_req r = { .op = WSMAN_OP_INVOKE,
			       .resource_uri = c->uri,
			       .method = "RequestPowerStateChange",
			       .obj = in };
	wsman_envelope_emit_request(&f->o, &r);
	assert_string_equal(
		f->text,
		HEAD(CIM "CIM_PowerManagementService/RequestPowerStateChange",
		     CIM "CIM_PowerManagementService", "0",
		     "") "<Body><r:RequestPowerStateChange_INPUT xmlns:r=\"" CIM
			 "CIM_PowerManagementService\">"
			 "<r:PowerState>8</r:PowerState><r:ManagedElement><a:Address>" ANON
			 "</a:Address>"
			 "<a:ReferenceParameters><w:ResourceURI>" CIM
			 "CIM_ComputerSystem</w:ResourceURI>"
			 "<w:SelectorSet><w:Selector Name=\"Name\">ManagedSystem</w:Selector></w:SelectorSet>"
			 "</a:ReferenceParameters></r:ManagedElement><r:TimeoutPeriod>"
			 "<p:Interval xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/common\">PT60S</p:Interval>"
			 "</r:TimeoutPeriod></r:RequestPowerStateChange_INPUT></Body></Envelope>");
}

static void sends_delete_with_reference_selector(void **state)
{
	struct fix *f = *state;
	struct wsman_selector *s = wsman_obj_selector(&f->a, "ElementInContext", NULL, NULL);
	struct wsman_req r = { .op = WSMAN_OP_DELETE,
			       .resource_uri = AMT "AMT_TLSCredentialContext",
			       .selectors = s };
	struct wsman_msg m;
	s->epr = wsman_obj_epr_of(&f->a, "AMT_PublicKeyCertificate", "InstanceID", "Handle: 1");
	wsman_envelope_emit_request(&f->o, &r);
	assert_non_null(
		strstr(f->text,
		       "<w:Selector Name=\"ElementInContext\"><a:EndpointReference><a:Address>" ANON
		       "</a:Address><a:ReferenceParameters><w:ResourceURI>" AMT
		       "AMT_PublicKeyCertificate</w:ResourceURI><w:SelectorSet>"
		       "<w:Selector Name=\"InstanceID\">Handle: 1</w:Selector></w:SelectorSet>"
		       "</a:ReferenceParameters></a:EndpointReference></w:Selector>"));
	parse(f, f->text, &m);
	assert_int_equal(m.op, WSMAN_OP_DELETE);
	assert_null(m.selectors->value);
	assert_string_equal(wsman_obj_epr_selector(m.selectors->epr, "InstanceID"), "Handle: 1");
}

static void every_operation_is_read_again(void **state)
{
	struct fix *f = *state;
	static const enum wsman_op ops[] = { WSMAN_OP_GET,       WSMAN_OP_DELETE,
					     WSMAN_OP_ENUMERATE, WSMAN_OP_PULL,
					     WSMAN_OP_RELEASE,   WSMAN_OP_UNSUBSCRIBE,
					     WSMAN_OP_IDENTIFY };
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		struct wsman_msg m;
		struct wsman_req r = { .op = ops[i],
				       .resource_uri = AMT "AMT_GeneralSettings",
				       .enum_context = "C4" };
		out_init(&f->o, f->text, sizeof f->text);
		wsman_envelope_emit_request(&f->o, &r);
		assert_false(f->o.bad);
		parse(f, f->text, &m);
		if (m.op != ops[i] || m.is_reply)
			fail_msg("%s was read as %s", wsman_envelope_op_name(ops[i]),
				 wsman_envelope_op_name(m.op));
		if (ops[i] == WSMAN_OP_PULL) {
			assert_string_equal(m.enum_context, "C4");
			assert_int_equal(m.max_elements, 999);
		}
		if (ops[i] != WSMAN_OP_IDENTIFY)
			assert_string_equal(m.class_name, "AMT_GeneralSettings");
	}
	assert_string_equal(wsman_envelope_op_name(WSMAN_OP_COUNT), "unknown");
}

static void refuses_to_send_incomplete_requests(void **state)
{
	struct fix *f = *state;
	struct wsman_req r = { .op = WSMAN_OP_PUT, .resource_uri = AMT "AMT_GeneralSettings" };
	wsman_envelope_emit_request(&f->o, &r);
	assert_true(f->o.bad);
	r.op = WSMAN_OP_SUBSCRIBE;
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_emit_request(&f->o, &r);
	assert_true(f->o.bad);

	struct arena small;
	const struct wsman_class *c = wsman_classes_find("AMT_GeneralSettings");
	arena_init(&small, 1024);
	struct wsman_obj *o = wsman_obj_new(&small, &c->shape, c->uri);
	assert_non_null(o);
	char name[1024];
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	wsman_obj_set_str(o, "HostName", name);
	r.op = WSMAN_OP_PUT;
	r.obj = o;
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_emit_request(&f->o, &r);
	assert_true(f->o.bad);
	arena_deinit(&small);
}

static void modify_keeps_unknown_members(void **state)
{
	struct fix *f = *state;
	struct wsman_msg m;
	struct wsman_obj *o;
	parse(f,
	      "<s:Envelope xmlns:s='" SOAP "' xmlns:b='" WSA "' xmlns:c='" MAN "' xmlns:g='" AMT
	      "AMT_GeneralSettings'><s:Header><b:RelatesTo>1</b:RelatesTo><b:Action>" TRANSFER
	      "/GetResponse</b:Action><c:ResourceURI>" AMT "AMT_GeneralSettings</c:ResourceURI>"
	      "</s:Header><s:Body><g:AMT_GeneralSettings><g:HostName>h</g:HostName><g:Later>7</g:Later>"
	      "</g:AMT_GeneralSettings></s:Body></s:Envelope>",
	      &m);
	assert_true(wsman_envelope_obj(&m, &f->a, &o, &f->e));
	assert_int_equal(o->unknown_count, 1);
	wsman_obj_set_str(o, "HostName", "new");
	struct wsman_req r = { .op = WSMAN_OP_PUT, .resource_uri = m.resource_uri, .obj = o };
	wsman_envelope_emit_request(&f->o, &r);
	assert_non_null(strstr(f->text, "<r:HostName>new</r:HostName><r:Later>7</r:Later>"));
}

static void answers_like_firmware(void **state)
{
	struct fix *f = *state;
	struct wsman_msg get = { .op = WSMAN_OP_GET,
				 .action = TRANSFER "/Get",
				 .resource_uri = AMT "AMT_SystemPowerScheme",
				 .message_id = "<5>" };
	const struct wsman_class *c = wsman_classes_find("AMT_SystemPowerScheme");
	struct wsman_obj *o = wsman_obj_new(&f->a, &c->shape, c->uri);
	wsman_obj_set_str(o, "SchemeGUID", "AAEC");
	wsman_obj_set_str(o, "InstanceID", "SCHEME 0");
	struct wsman_rep rep = { .to = &get, .obj = o, .message_counter = 0x568D0 };
	wsman_envelope_emit_reply(&f->o, &rep);
	assert_string_equal(
		f->text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" SOAP
		"\" xmlns:b=\"" WSA "\" xmlns:c=\"" MAN
		"\" xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/02/trust\" "
		"xmlns:e=\"http://docs.oasis-open.org/wss/2004/01/"
		"oasis-200401-wss-wssecurity-secext-1.0.xsd\" "
		"xmlns:f=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\" xmlns:g=\"" AMT
		"AMT_SystemPowerScheme\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
		"<a:Header><b:To>" ANON "</b:To><b:RelatesTo>&lt;5&gt;</b:RelatesTo>"
		"<b:Action a:mustUnderstand=\"true\">" TRANSFER "/GetResponse</b:Action>"
		"<b:MessageID>uuid:00000000-8086-8086-8086-0000000568D0</b:MessageID><c:ResourceURI>" AMT
		"AMT_SystemPowerScheme</c:ResourceURI></a:Header><a:Body><g:AMT_SystemPowerScheme>"
		"<g:InstanceID>SCHEME 0</g:InstanceID><g:SchemeGUID>AAEC</g:SchemeGUID>"
		"</g:AMT_SystemPowerScheme></a:Body></a:Envelope>");
}

static void pulls_of_derived_classes(void **state)
{
	struct fix *f = *state;
	static const char *const names[] = { "AMT_PublicKeyCertificate", "AMT_TLSSettingData",
					     "AMT_PublicKeyCertificate" };
	const struct wsman_obj *items[3];
	const struct wsman_class *classes[3];
	struct wsman_msg pull = { .op = WSMAN_OP_PULL,
				  .action =
					  "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull",
				  .resource_uri = CIM "CIM_ManagedElement",
				  .message_id = "1" },
			 m;
	for (unsigned i = 0; i < 3; i++) {
		classes[i] = wsman_classes_find(names[i]);
		struct wsman_obj *o = wsman_obj_new(&f->a, &classes[i]->shape, classes[i]->uri);
		wsman_obj_set_str(o, "InstanceID", i == 1 ? "x" : "y");
		items[i] = o;
	}
	struct wsman_rep rep = { .to = &pull,
				 .items = items,
				 .item_classes = classes,
				 .item_count = 3,
				 .enum_context = "C5" };
	wsman_envelope_emit_reply(&f->o, &rep);
	assert_non_null(strstr(
		f->text,
		"xmlns:h=\"" AMT "AMT_PublicKeyCertificate\" xmlns:i=\"" AMT
		"AMT_TLSSettingData\" xmlns:j=\"http://schemas.dmtf.org/wbem/wscim/1/common\""));
	parse(f, f->text, &m);
	assert_string_equal(m.enum_context, "C5");
	assert_false(m.end_of_sequence);
	unsigned n = 0;
	for (const struct wsman_xml *x = m.items->first; x; x = x->next, n++) {
		struct wsman_obj *o;
		assert_true(wsman_envelope_item(x, &f->a, &o, &f->e));
		assert_string_equal(o->shape->name, names[n]);
		assert_string_equal(wsman_obj_str(o, "InstanceID"), n == 1 ? "x" : "y");
	}
	assert_int_equal(n, 3);
}

static void reads_item_with_its_reference(void **state)
{
	struct fix *f = *state;
	struct wsman_msg m;
	struct wsman_obj *o;
	parse(f,
	      "<s:Envelope xmlns:s='" SOAP
	      "' xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration' "
	      "xmlns:w='" MAN "'><s:Body><n:PullResponse><n:Items><w:Item>"
	      "<AMT_TLSSettingData xmlns='" AMT "AMT_TLSSettingData'><Enabled>true</Enabled>"
	      "</AMT_TLSSettingData></w:Item></n:Items><w:EndOfSequence/></n:PullResponse></s:Body>"
	      "</s:Envelope>",
	      &m);
	assert_true(m.end_of_sequence);
	assert_true(wsman_envelope_item(m.items->first, &f->a, &o, &f->e));
	assert_string_equal(wsman_obj_str(o, "Enabled"), "true");
}

static void reads_other_spellings(void **state)
{
	struct fix *f = *state;
	struct wsman_msg m;
	struct wsman_obj *o;
	parse(f,
	      "<s:Envelope xmlns:s='" SOAP "' xmlns:b='" WSA "' xmlns:c='" MAN "' xmlns:g='" AMT
	      "AMT_SetupAndConfigurationService'><s:Header><b:Action>\n " AMT
	      "AMT_SetupAndConfigurationService/SetMEBXPassword\n</b:Action><c:ResourceURI>" AMT
	      "AMT_SetupAndConfigurationService</c:ResourceURI></s:Header><s:Body>"
	      "<g:SetMEBXPassword_INPUT><g:Password>P@ssw0rd1</g:Password></g:SetMEBXPassword_INPUT>"
	      "</s:Body></s:Envelope>",
	      &m);
	assert_int_equal(m.op, WSMAN_OP_INVOKE);
	assert_string_equal(m.method, "SetMEBXPassword");
	assert_true(wsman_envelope_obj(&m, &f->a, &o, &f->e));
	assert_string_equal(o->shape->name, "SetMEBxPassword_INPUT");
	assert_string_equal(wsman_obj_str(o, "Password"), "P@ssw0rd1");
	wsman_envelope_print(&f->o, &m);
	wsman_envelope_print_json(&f->o, &m);
	assert_null(strstr(f->text, "P@ss"));
}

static void refuses(void **state)
{
	struct fix *f = *state;
	static const struct {
		const char *name, *doc;
	} cases[] = {
		{ "other document", "<html/>" },
		{ "SOAP 1.1",
		  "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>" },
		{ "no body", "<s:Envelope xmlns:s='" SOAP "'><s:Header/></s:Envelope>" },
		{ "selector without name",
		  "<s:Envelope xmlns:s='" SOAP "' xmlns:w='" MAN
		  "'><s:Header><w:SelectorSet><w:Selector/>"
		  "</w:SelectorSet></s:Header><s:Body/></s:Envelope>" },
		{ "created without reference",
		  "<s:Envelope xmlns:s='" SOAP "'><s:Body><r:ResourceCreated xmlns:r='" TRANSFER
		  "'/></s:Body></s:Envelope>" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_msg m;
		err_clear(&f->e);
		if (wsman_envelope_parse(span_str(cases[i].doc), &f->a, &m, &f->e) || !f->e.msg[0])
			fail_msg("%s: accepted", cases[i].name);
	}
}

static void typed_reading_refuses(void **state)
{
	struct fix *f = *state;
	static const struct {
		const char *name, *action, *body;
		enum err_code code;
	} cases[] = {
		{ "empty body", TRANSFER "/Get", "", ERR_MALFORMED },
		{ "no instance", TRANSFER "/Delete", "", ERR_MALFORMED },
		{ "unknown class", TRANSFER "/Put", "<CIM_Apple xmlns='" CIM "CIM_Apple'/>",
		  ERR_UNSUPPORTED },
		{ "unknown method", AMT "AMT_GeneralSettings/Dance",
		  "<Dance_INPUT xmlns='" AMT "AMT_GeneralSettings'/>", ERR_UNSUPPORTED },
		{ "no namespace", TRANSFER "/Put", "<AMT_GeneralSettings xmlns=''/>",
		  ERR_UNSUPPORTED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_msg m;
		struct wsman_obj *o;
		err_clear(&f->e);
		out_init(&f->o, f->text, sizeof f->text);
		out_fmt(&f->o,
			"<Envelope xmlns='" SOAP "'><Header><Action xmlns='" WSA "'>%s</Action>"
			"<ResourceURI xmlns='" MAN "'>" AMT
			"AMT_GeneralSettings</ResourceURI></Header>"
			"<Body>%s</Body></Envelope>",
			cases[i].action, cases[i].body);
		parse(f, f->text, &m);
		if (wsman_envelope_obj(&m, &f->a, &o, &f->e) || f->e.code != cases[i].code)
			fail_msg("%s: %s", cases[i].name, f->e.msg);
		wsman_envelope_print(&f->o, &m);
	}
}

static void identifies(void **state)
{
	struct fix *f = *state;
	struct wsman_msg to = { .op = WSMAN_OP_IDENTIFY, .action = "", .message_id = "" }, m;
	struct wsman_rep rep = { .to = &to, .product_version = "AMT 16.1.25" };
	wsman_envelope_emit_reply(&f->o, &rep);
	parse(f, f->text, &m);
	assert_int_equal(m.op, WSMAN_OP_IDENTIFY);
	assert_true(m.is_reply);
	assert_string_equal(wsman_xml_child(m.payload, NULL, "ProductVersion")->text,
			    "AMT 16.1.25");
}

static void faults_carry_status(void **state)
{
	struct fix *f = *state;
	struct wsman_fault_rep rep = { .relates_to = "3",
				       .receiver = true,
				       .subcode = "InternalError",
				       .reason = "Broken & out",
				       .has_pt_status = true,
				       .pt_status = 2061 };
	struct wsman_msg m;
	wsman_envelope_emit_fault(&f->o, &rep);
	parse(f, f->text, &m);
	assert_int_equal(m.op, WSMAN_OP_FAULT);
	assert_true(m.is_reply);
	assert_string_equal(m.fault.code, "Receiver");
	assert_string_equal(m.fault.subcode, "InternalError");
	assert_string_equal(m.fault.reason, "Broken & out");
	assert_true(m.fault.has_pt_status);
	assert_int_equal(m.fault.pt_status, 2061);
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_print(&f->o, &m);
	assert_non_null(strstr(f->text, "status: 2061 PKI_GENERATING_KEYS"));
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_print_json(&f->o, &m);
	assert_non_null(
		strstr(f->text, "\"pt_status\":2061,\"pt_status_name\":\"PKI_GENERATING_KEYS\""));
}

static void every_prefix_is_refused_or_read(void **state)
{
	struct fix *f = *state;
	struct wsman_req r = { .op = WSMAN_OP_PULL,
			       .resource_uri = AMT "AMT_GeneralSettings",
			       .enum_context = "C4" };
	wsman_envelope_emit_request(&f->o, &r);
	for (size_t n = 0; n < f->o.n; n++) {
		struct wsman_msg m;
		if (wsman_envelope_parse(span_make(f->text, n), &f->a, &m, &f->e))
			fail_msg("accepted %zu of %zu bytes", n, f->o.n);
		arena_reset(&f->a);
	}
}

#define EVENTING "http://schemas.xmlsoap.org/ws/2004/08/eventing"

static void subscribes(void **state)
{
	struct fix *f = *state;
	static const struct wsman_subscription events = {
		.delivery = WSMAN_DELIVERY_PUSH_WITH_ACK,
		.notify_to = "http://192.0.2.1:16998/<a>",
		.arg_ns = "urn:x&y",
		.arg_name = "arg",
		.arg = "<101>",
		.expires = "PT1H",
		.user = "event1",
		.password = "hunter2",
	};
	struct wsman_req r = { .op = WSMAN_OP_SUBSCRIBE,
			       .resource_uri = CIM "CIM_FilterCollection",
			       .subscription = &events };
	struct wsman_msg m;
	wsman_envelope_emit_request(&f->o, &r);
	parse(f, f->text, &m);
	assert_int_equal(m.op, WSMAN_OP_SUBSCRIBE);
	const struct wsman_subscription *s = m.subscription;
	assert_non_null(s);
	assert_int_equal(s->delivery, events.delivery);
	assert_string_equal(s->notify_to, events.notify_to);
	assert_string_equal(s->arg_ns, events.arg_ns);
	assert_string_equal(s->arg_name, events.arg_name);
	assert_string_equal(s->arg, events.arg);
	assert_string_equal(s->expires, events.expires);
	assert_string_equal(s->user, events.user);
	assert_string_equal(s->password, events.password);
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_print(&f->o, &m);
	wsman_envelope_print_json(&f->o, &m);
	assert_null(strstr(f->text, "hunter2"));
	assert_non_null(strstr(f->text, "delivery: push with ack\n"));
	assert_non_null(strstr(f->text, "login: event1\n"));

	struct wsman_subscription bad = events;
	bad.delivery = WSMAN_DELIVERY_OTHER;
	r.subscription = &bad;
	wsman_envelope_emit_request(&f->o, &r);
	assert_true(f->o.bad);
}

static void reads_sparse_subscriptions(void **state)
{
	struct fix *f = *state;
	static const struct {
		const char *name, *body;
		enum wsman_delivery delivery;
		const char *notify_to;
	} cases[] = {
		{ "nothing", "<Subscribe xmlns='" EVENTING "'/>", WSMAN_DELIVERY_PUSH, "" },
		{ "another mode",
		  "<Subscribe xmlns='" EVENTING "'><Delivery Mode='urn:pull'><NotifyTo>"
		  "<Address xmlns='" WSA "'>http://x/</Address></NotifyTo></Delivery></Subscribe>",
		  WSMAN_DELIVERY_OTHER, "http://x/" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_msg m;
		out_init(&f->o, f->text, sizeof f->text);
		out_fmt(&f->o,
			"<Envelope xmlns='" SOAP "'><Header><Action xmlns='" WSA "'>" EVENTING
			"/Subscribe</Action></Header><Body>%s</Body></Envelope>",
			cases[i].body);
		parse(f, f->text, &m);
		assert_non_null(m.subscription);
		assert_int_equal(m.subscription->delivery, cases[i].delivery);
		assert_string_equal(m.subscription->notify_to, cases[i].notify_to);
		assert_string_equal(m.subscription->user, "");
		wsman_envelope_print(&f->o, &m);
	}
}

static void answers_subscriptions(void **state)
{
	struct fix *f = *state;
	struct wsman_epr *made =
		wsman_obj_epr_of(&f->a, "CIM_FilterCollectionSubscription", "Handler", "1");
	struct wsman_msg to = { .op = WSMAN_OP_SUBSCRIBE,
				.action = EVENTING "/Subscribe",
				.resource_uri = CIM "CIM_FilterCollection",
				.message_id = "7" },
			 m;
	struct wsman_rep rep = { .to = &to, .created = made, .expires = "PT1H" };
	wsman_envelope_emit_reply(&f->o, &rep);
	parse(f, f->text, &m);
	assert_true(m.op == WSMAN_OP_SUBSCRIBE && m.is_reply && !m.subscription);
	assert_string_equal(wsman_obj_epr_selector(m.created, "Handler"), "1");
	assert_string_equal(m.expires, "PT1H");

	struct wsman_req renew = { .op = WSMAN_OP_RENEW,
				   .resource_uri = CIM "CIM_FilterCollectionSubscription",
				   .expires = "PT2H" };
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_emit_request(&f->o, &renew);
	parse(f, f->text, &m);
	assert_true(m.op == WSMAN_OP_RENEW && !m.is_reply);
	assert_string_equal(m.expires, "PT2H");
	rep = (struct wsman_rep){ .to = &m, .expires = "PT2H" };
	char text[2048];
	struct out o;
	out_init(&o, text, sizeof text);
	wsman_envelope_emit_reply(&o, &rep);
	assert_false(o.bad);
	parse(f, text, &m);
	assert_true(m.op == WSMAN_OP_RENEW && m.is_reply);
	assert_string_equal(m.expires, "PT2H");
}

static void reads_events(void **state)
{
	struct fix *f = *state;
	struct wsman_msg m;
	struct wsman_obj *o;
	parse(f,
	      "<Envelope xmlns='" SOAP "'><Header><Action xmlns='" WSA "'>"
	      "http://schemas.dmtf.org/wbem/wsman/1/wsman/Event</Action></Header><Body>"
	      "<CIM_AlertIndication xmlns='" CIM "CIM_AlertIndication'><AlertType>8</AlertType>"
	      "<MessageArguments>a</MessageArguments><MessageID>iAMT0005</MessageID>"
	      "</CIM_AlertIndication></Body></Envelope>",
	      &m);
	assert_true(m.op == WSMAN_OP_EVENT && !m.is_reply);
	assert_true(wsman_envelope_obj(&m, &f->a, &o, &f->e));
	assert_string_equal(wsman_obj_str(o, "MessageID"), "iAMT0005");
	assert_int_equal(o->unknown_count, 0);
}

static void writes_a_reference_to_nothing(void **state)
{
	struct fix *f = *state;
	const struct wsman_class *c = wsman_classes_find("AMT_AlarmClockService");
	struct wsman_obj *out =
		wsman_obj_new(&f->a, &wsman_classes_method(c, "AddAlarm")->out, c->uri);
	static const struct wsman_epr none = { "", NULL };
	wsman_obj_set_epr(out, "AlarmClock", &none);
	struct wsman_msg to = { .op = WSMAN_OP_INVOKE,
				.action = AMT "AMT_AlarmClockService/AddAlarm",
				.method = "AddAlarm",
				.resource_uri = AMT "AMT_AlarmClockService",
				.message_id = "1" },
			 m;
	struct wsman_rep rep = { .to = &to, .obj = out, .return_value = 2058 };
	wsman_envelope_emit_reply(&f->o, &rep);
	assert_non_null(strstr(f->text,
			       "<b:Address>default</b:Address><b:ReferenceParameters>"
			       "<c:ResourceURI></c:ResourceURI><c:SelectorSet></c:SelectorSet>"));
	parse(f, f->text, &m);
	out_init(&f->o, f->text, sizeof f->text);
	wsman_envelope_print(&f->o, &m);
	assert_non_null(strstr(f->text, "AlarmClock = (none)\n"));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(sends_get),
		T(sends_invoke_with_reference),
		T(sends_delete_with_reference_selector),
		T(every_operation_is_read_again),
		T(refuses_to_send_incomplete_requests),
		T(modify_keeps_unknown_members),
		T(answers_like_firmware),
		T(pulls_of_derived_classes),
		T(reads_item_with_its_reference),
		T(reads_other_spellings),
		T(refuses),
		T(typed_reading_refuses),
		T(identifies),
		T(faults_carry_status),
		T(subscribes),
		T(reads_sparse_subscriptions),
		T(answers_subscriptions),
		T(reads_events),
		T(writes_a_reference_to_nothing),
		T(every_prefix_is_refused_or_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
