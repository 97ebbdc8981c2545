/* Tests of the request comparator itself: seeded mutations that it must tell apart, and a proof
 * for each row of what it ignores. Needs no captures. */
#include "support/wsman_compare.h"
#include "base/limits.h"
#include "base/rng.h"
#include "base/str.h"
#include "wsman/envelope.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SEEDS      4
#define TARGET_MAX 32
#define NS_SOAP    "http://www.w3.org/2003/05/soap-envelope"
#define NS_WSA     "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_WSMAN   "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define URI_AMT    "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define URI_IPS    "http://intel.com/wbem/wscim/1/ips-schema/1/"
#define URI_CIM    "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"

/* ---- messages to mutate ---- */

static struct wsman_obj *input(struct arena *a, const char *class_name, const char *method)
{
	const struct wsman_class *c = wsman_classes_find(class_name);
	const struct wsman_method *m = wsman_classes_method(c, method);
	return wsman_obj_new(a, m ? &m->in : &c->shape, c->uri);
}

static void power(struct arena *a, struct wsman_req *r)
{
	struct wsman_epr *host = wsman_obj_epr_of(a, "CIM_ComputerSystem", "Name", "ManagedSystem");
	struct wsman_obj *o = input(a, "CIM_PowerManagementService", "RequestPowerStateChange");
	host->selectors =
		wsman_obj_selector(a, "CreationClassName", "CIM_ComputerSystem", host->selectors);
	wsman_obj_set_u32(o, "PowerState", 8);
	wsman_obj_set_epr(o, "ManagedElement", host);
	wsman_obj_set_str(o, "TimeoutPeriod", "PT60S");
	*r = (struct wsman_req){ .op = WSMAN_OP_INVOKE,
				 .method = "RequestPowerStateChange",
				 .obj = o };
	r->resource_uri = URI_CIM "CIM_PowerManagementService";
	r->selectors =
		wsman_obj_selector(a, "Name", "Intel(r) AMT Power Management Service",
				   wsman_obj_selector(a, "SystemName", "Intel(r) AMT", NULL));
}

static void user(struct arena *a, struct wsman_req *r)
{
	struct wsman_obj *o = input(a, "AMT_AuthorizationService", "AddUserAclEntryEx");
	wsman_obj_set_str(o, "DigestUsername", "operator");
	wsman_obj_set_b64(o, "DigestPassword", span_str("0123456789abcdef"));
	wsman_obj_set_u32(o, "AccessPermission", 2);
	wsman_obj_add_str(o, "Realms", "3");
	wsman_obj_add_str(o, "Realms", "20");
	wsman_obj_add_str(o, "Realms", "5");
	*r = (struct wsman_req){ .op = WSMAN_OP_INVOKE, .method = "AddUserAclEntryEx", .obj = o };
	r->resource_uri = URI_AMT "AMT_AuthorizationService";
}

static void redirection(struct arena *a, struct wsman_req *r)
{
	struct wsman_obj *o = input(a, "AMT_RedirectionService", NULL);
	wsman_obj_set_u32(o, "EnabledState", 32771);
	wsman_obj_set_bool(o, "ListenerEnabled", true);
	wsman_obj_set_str(o, "Name", "Intel(r) AMT Redirection Service");
	wsman_obj_add_str(o, "AccessLog", "one");
	wsman_obj_add_str(o, "AccessLog", "two");
	*r = (struct wsman_req){ .op = WSMAN_OP_PUT, .obj = o };
	r->resource_uri = URI_AMT "AMT_RedirectionService";
	r->selectors = wsman_obj_selector(a, "Name", "Intel(r) AMT Redirection Service", NULL);
}

static void credential(struct arena *a, struct wsman_req *r)
{
	struct wsman_selector *cert = wsman_obj_selector(a, "ElementInContext", NULL, NULL);
	struct wsman_selector *where = wsman_obj_selector(a, "ElementProvidingContext", NULL, cert);
	cert->epr = wsman_obj_epr_of(a, "AMT_PublicKeyCertificate", "InstanceID",
				     "Intel(r) AMT Certificate: Handle: 1");
	where->epr = wsman_obj_epr_of(a, "AMT_TLSProtocolEndpointCollection", "ElementName",
				      "TLSProtocolEndpoint Instances Collection");
	*r = (struct wsman_req){ .op = WSMAN_OP_DELETE, .selectors = where };
	r->resource_uri = URI_AMT "AMT_TLSCredentialContext";
}

static void pull(struct arena *a, struct wsman_req *r)
{
	(void)a;
	*r = (struct wsman_req){ .op = WSMAN_OP_PULL };
	r->resource_uri = URI_AMT "AMT_TLSSettingData";
	r->enum_context = "AC070000-0000-0000-0000-000000000000";
}

static void alarm_clock(struct arena *a, struct wsman_req *r)
{
	struct wsman_obj *o = input(a, "AMT_AlarmClockService", "AddAlarm");
	struct wsman_obj *alarm = input(a, "IPS_AlarmClockOccurrence", NULL);
	wsman_obj_set_str(alarm, "ElementName", "nightly");
	wsman_obj_set_str(alarm, "InstanceID", "nightly");
	wsman_obj_set_str(alarm, "StartTime", "2031-05-02T01:00:00Z");
	wsman_obj_set_bool(alarm, "DeleteOnCompletion", true);
	wsman_obj_set_obj(o, "AlarmTemplate", alarm);
	*r = (struct wsman_req){ .op = WSMAN_OP_INVOKE, .method = "AddAlarm", .obj = o };
	r->resource_uri = URI_AMT "AMT_AlarmClockService";
}

static void subscribe(struct arena *a, struct wsman_req *r)
{
	static const struct wsman_subscription events = {
		.delivery = WSMAN_DELIVERY_PUSH_WITH_ACK,
		.notify_to = "http://192.0.2.1:16998/",
		.arg_ns = "urn:x",
		.arg_name = "arg",
		.arg = "101",
		.expires = "PT1H",
		.user = "event1",
		.password = "secret1",
	};
	*r = (struct wsman_req){ .op = WSMAN_OP_SUBSCRIBE, .subscription = &events };
	r->resource_uri = URI_CIM "CIM_FilterCollection";
	r->selectors = wsman_obj_selector(a, "InstanceID", "Intel(r) AMT:All", NULL);
}

/* ---- mutations ---- */

/* WITHIN: an instance as a member; LEAF: any text of the payload; TOKEN: any text of the login;
 * DELIVERY: the element of that name, whose attribute says the mode. */
enum target {
	PAYLOAD,
	MEMBER,
	ARRAY,
	SELECTOR,
	EPR_SELECTOR,
	EPR_RESOURCE,
	ACTION,
	RESOURCE,
	SET,
	WITHIN,
	LEAF,
	TOKEN,
	DELIVERY
};
enum change { DROP, DUP, TEXT, FLIP, EMPTY, RENAME, OTHER_NS, SWAP, KEY };

static const struct row {
	const char *name;
	void (*build)(struct arena *a, struct wsman_req *r);
	enum target target;
	enum change change;
} rows[] = {
	{ "action text", power, ACTION, TEXT },
	{ "action missing", power, ACTION, DROP },
	{ "action in another namespace", power, ACTION, OTHER_NS },
	{ "action of a Put", redirection, ACTION, TEXT },
	{ "resource text", power, RESOURCE, TEXT },
	{ "resource missing", redirection, RESOURCE, DROP },
	{ "resource in another namespace", pull, RESOURCE, OTHER_NS },
	{ "all selectors missing", power, SET, DROP },
	{ "selector set in another namespace", redirection, SET, OTHER_NS },
	{ "selector missing", power, SELECTOR, DROP },
	{ "selector twice", power, SELECTOR, DUP },
	{ "selector value", power, SELECTOR, TEXT },
	{ "selector value empty", redirection, SELECTOR, EMPTY },
	{ "selector name", power, SELECTOR, KEY },
	{ "selector name of an EPR", credential, SELECTOR, KEY },
	{ "selector in another namespace", power, SELECTOR, OTHER_NS },
	{ "selector element renamed", redirection, SELECTOR, RENAME },
	{ "selector with an EPR missing", credential, SELECTOR, DROP },
	{ "key inside an EPR missing", power, EPR_SELECTOR, DROP },
	{ "key inside an EPR twice", power, EPR_SELECTOR, DUP },
	{ "key inside an EPR, value", power, EPR_SELECTOR, TEXT },
	{ "key inside an EPR, empty", power, EPR_SELECTOR, EMPTY },
	{ "key inside an EPR, name", power, EPR_SELECTOR, KEY },
	{ "key inside an EPR, namespace", power, EPR_SELECTOR, OTHER_NS },
	{ "key inside a selector's EPR", credential, EPR_SELECTOR, TEXT },
	{ "key inside a selector's EPR missing", credential, EPR_SELECTOR, DROP },
	{ "resource of an EPR", power, EPR_RESOURCE, TEXT },
	{ "resource of an EPR missing", power, EPR_RESOURCE, DROP },
	{ "resource of a selector's EPR", credential, EPR_RESOURCE, TEXT },
	{ "payload missing", power, PAYLOAD, DROP },
	{ "payload twice", user, PAYLOAD, DUP },
	{ "payload renamed", power, PAYLOAD, RENAME },
	{ "payload in another namespace", redirection, PAYLOAD, OTHER_NS },
	{ "parameter missing", power, MEMBER, DROP },
	{ "parameter twice", power, MEMBER, DUP },
	{ "parameter value", user, MEMBER, TEXT },
	{ "parameter empty", user, MEMBER, EMPTY },
	{ "parameter renamed", power, MEMBER, RENAME },
	{ "parameter in another namespace", power, MEMBER, OTHER_NS },
	{ "parameter order", power, MEMBER, SWAP },
	{ "parameter order beside an array", user, MEMBER, SWAP },
	{ "array element missing", user, ARRAY, DROP },
	{ "array element twice", user, ARRAY, DUP },
	{ "array element value", user, ARRAY, TEXT },
	{ "array order", user, ARRAY, SWAP },
	{ "array order in an instance", redirection, ARRAY, SWAP },
	{ "member missing", redirection, MEMBER, DROP },
	{ "member twice", redirection, MEMBER, DUP },
	{ "member value", redirection, MEMBER, TEXT },
	{ "member boolean", redirection, MEMBER, FLIP },
	{ "member empty", redirection, MEMBER, EMPTY },
	{ "member renamed", redirection, MEMBER, RENAME },
	{ "member in another namespace", redirection, MEMBER, OTHER_NS },
	{ "pull context or size", pull, MEMBER, TEXT },
	{ "pull member missing", pull, MEMBER, DROP },
	{ "pull member order", pull, MEMBER, SWAP },
	{ "member within missing", alarm_clock, WITHIN, DROP },
	{ "member within twice", alarm_clock, WITHIN, DUP },
	{ "member within, value", alarm_clock, WITHIN, TEXT },
	{ "member within, boolean", alarm_clock, WITHIN, FLIP },
	{ "member within renamed", alarm_clock, WITHIN, RENAME },
	{ "member within in another namespace", alarm_clock, WITHIN, OTHER_NS },
	{ "instance within missing", alarm_clock, MEMBER, DROP },
	{ "any text of a subscription", subscribe, LEAF, TEXT },
	{ "any text of a subscription missing", subscribe, LEAF, DROP },
	{ "any text of a login", subscribe, TOKEN, TEXT },
	{ "any text of a login missing", subscribe, TOKEN, DROP },
	{ "delivery mode", subscribe, DELIVERY, KEY },
	{ "delivery missing", subscribe, DELIVERY, DROP },
};

struct targets {
	struct wsman_xml *x[TARGET_MAX];
	unsigned n;
};

static struct wsman_xml *child(struct wsman_xml *x, const char *name)
{
	for (struct wsman_xml *c = x ? x->first : NULL; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static bool can(const struct wsman_xml *x, enum change change)
{
	switch (change) {
	case TEXT:
	case EMPTY:
		return *x->text;
	case FLIP:
		return strcmp(x->text, "true") == 0;
	case SWAP:
		return x->next &&
			(strcmp(x->name, x->next->name) != 0 ||
			 strcmp(x->text, x->next->text) != 0);
	default:
		return true;
	}
}

static void add(struct targets *t, struct wsman_xml *x, enum change change)
{
	if (x && t->n < TARGET_MAX && can(x, change))
		t->x[t->n++] = x;
}

static void add_children(struct targets *t, struct wsman_xml *x, enum change change)
{
	for (struct wsman_xml *c = x ? x->first : NULL; c; c = c->next)
		add(t, c, change);
}

/* Every element with text. */
static void add_leaves(struct targets *t, struct wsman_xml *x, enum change change)
{
	if (x && !x->first && *x->text)
		add(t, x, change);
	for (struct wsman_xml *c = x ? x->first : NULL; c; c = c->next)
		add_leaves(t, c, change);
}

/* Everything inside endpoint references, at any depth. */
static void add_epr_parts(struct targets *t, struct wsman_xml *x, const struct row *r)
{
	if (strcmp(x->name, "ReferenceParameters") == 0) {
		if (r->target == EPR_RESOURCE)
			add(t, child(x, "ResourceURI"), r->change);
		else
			add_children(t, child(x, "SelectorSet"), r->change);
	}
	for (struct wsman_xml *c = x->first; c; c = c->next)
		add_epr_parts(t, c, r);
}

static void find_targets(struct targets *t, struct wsman_xml *root, const struct row *r)
{
	struct wsman_xml *header = child(root, "Header"), *payload = child(root, "Body")->first;
	switch (r->target) {
	case PAYLOAD:
		add(t, payload, r->change);
		break;
	case MEMBER:
		add_children(t, payload, r->change);
		break;
	case ARRAY:
		for (struct wsman_xml *c = payload->first; c; c = c->next)
			if (strcmp(c->name, "Realms") == 0 || strcmp(c->name, "AccessLog") == 0)
				if (r->change != SWAP ||
				    (c->next && strcmp(c->next->name, c->name) == 0))
					add(t, c, r->change);
		break;
	case SELECTOR:
		add_children(t, child(header, "SelectorSet"), r->change);
		break;
	case EPR_SELECTOR:
	case EPR_RESOURCE:
		add_epr_parts(t, root, r);
		break;
	case ACTION:
		add(t, child(header, "Action"), r->change);
		break;
	case RESOURCE:
		add(t, child(header, "ResourceURI"), r->change);
		break;
	case SET:
		add(t, child(header, "SelectorSet"), r->change);
		break;
	case WITHIN:
		add_children(t, payload->first, r->change);
		break;
	case LEAF:
		add_leaves(t, payload, r->change);
		break;
	case TOKEN:
		add_leaves(t, child(header, "IssuedTokens"), r->change);
		break;
	case DELIVERY:
		add(t, child(payload, "Delivery"), r->change);
		break;
	}
}

static struct wsman_xml **link_to(struct wsman_xml *x)
{
	struct wsman_xml **at = &x->parent->first;
	while (*at != x)
		at = &(*at)->next;
	return at;
}

/* One character of the text becomes another one. */
static const char *changed(struct arena *a, const char *text, struct rng *rng)
{
	char *copy = arena_str(a, span_str(text));
	size_t i = rng_below(rng, (uint32_t)strlen(text));
	copy[i] = copy[i] == '1' ? '2' : '1';
	return copy;
}

static void mutate(struct wsman_xml *x, enum change change, struct arena *a, struct rng *rng)
{
	struct wsman_xml *copy, *next = x->next;
	struct wsman_xml_attr *key;
	switch (change) {
	case DROP:
		*link_to(x) = next;
		break;
	case DUP:
		copy = ARENA_NEW(a, struct wsman_xml);
		*copy = *x;
		x->next = copy;
		break;
	case TEXT:
		x->text = changed(a, x->text, rng);
		break;
	case FLIP:
		x->text = "false";
		break;
	case EMPTY:
		x->text = "";
		break;
	case RENAME:
		x->name = changed(a, x->name, rng);
		break;
	case OTHER_NS:
		x->ns = changed(a, x->ns, rng);
		break;
	case SWAP:
		*link_to(x) = next;
		x->next = next->next;
		next->next = x;
		break;
	case KEY:
		key = ARENA_NEW(a, struct wsman_xml_attr);
		*key = *x->attrs;
		key->value = changed(a, key->value, rng);
		x->attrs = key;
		break;
	}
}

/* The tree as a document without prefixes. */
static void emit(struct out *o, const struct wsman_xml *x)
{
	out_fmt(o, "<%s xmlns=\"", x->name);
	wsman_xml_escape(o, span_str(x->ns));
	out_str(o, "\"");
	for (const struct wsman_xml_attr *at = x->attrs; at; at = at->next) {
		out_fmt(o, " %s=\"", at->name);
		wsman_xml_escape(o, span_str(at->value));
		out_str(o, "\"");
	}
	out_str(o, ">");
	wsman_xml_escape(o, span_str(x->text));
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		emit(o, c);
	out_fmt(o, "</%s>", x->name);
}

static bool same(struct span a, struct span b, char *why, size_t cap)
{
	struct out o;
	out_init(&o, why, cap);
	return wsman_compare(a, b, &o);
}

static void try_row(const struct row *r, unsigned seed)
{
	static uint8_t before[16384], after[16384];
	struct arena a;
	struct wsman_req req;
	struct wsman_xml *root;
	struct rng rng;
	struct targets t = { .n = 0 };
	struct out o, m;
	char why[512];
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	r->build(&a, &req);
	out_init(&o, before, sizeof before);
	wsman_envelope_emit_request(&o, &req);
	assert_false(o.bad);
	assert_true(wsman_xml_parse(out_span(&o), &a, &root, NULL));
	out_init(&m, after, sizeof after);
	emit(&m, root);
	if (!same(out_span(&o), out_span(&m), why, sizeof why))
		fail_msg("%s: told apart before any change: %s", r->name, why);
	find_targets(&t, root, r);
	if (!t.n)
		fail_msg("%s: nothing to change", r->name);
	rng_seed(&rng, seed);
	mutate(t.x[rng_below(&rng, t.n)], r->change, &a, &rng);
	out_init(&m, after, sizeof after);
	emit(&m, root);
	if (same(out_span(&o), out_span(&m), why, sizeof why) ||
	    same(out_span(&m), out_span(&o), why, sizeof why))
		fail_msg("%s, seed %u: not told apart: %s", r->name, seed, (char *)after);
	arena_deinit(&a);
}

static void tells_mutations_apart(void **state)
{
	(void)state;
	unsigned n = sizeof rows / sizeof *rows;
	assert_true(n >= 30);
	for (unsigned i = 0; i < n; i++)
		for (unsigned seed = 0; seed < SEEDS; seed++)
			try_row(&rows[i], i * SEEDS + seed);
	print_message("# %u mutations, all told apart\n", n * SEEDS);
}

/* ---- what is ignored ---- */

#define DOC(ns, header, body) \
	"<Envelope " ns "><Header>" header "</Header><Body>" body "</Body></Envelope>"
#define NS          "xmlns='" NS_SOAP "' xmlns:a='" NS_WSA "' xmlns:w='" NS_WSMAN "'"
#define HEAD_ACTION "<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Put</a:Action>"
#define HEAD_URI    "<w:ResourceURI>" URI_AMT "AMT_RedirectionService</w:ResourceURI>"
#define HEAD        HEAD_ACTION HEAD_URI
#define SELECT(set) "<w:SelectorSet>" set "</w:SelectorSet>"
#define PUT(members)                                                                     \
	"<r:AMT_RedirectionService xmlns:r='" URI_AMT "AMT_RedirectionService'>" members \
	"</r:AMT_RedirectionService>"
#define ALARM(members)                                                                   \
	"<r:AddAlarm_INPUT xmlns:r='" URI_AMT "AMT_AlarmClockService'><r:AlarmTemplate " \
	"xmlns:s='" URI_IPS "IPS_AlarmClockOccurrence'>" members                         \
	"</r:AlarmTemplate></r:AddAlarm_INPUT>"
#define EPR(address)                   \
	PUT("<r:X><a:Address>" address \
	    "</a:Address><a:ReferenceParameters><w:ResourceURI>u</w:ResourceURI></a:ReferenceParameters></r:X>")

static const struct {
	const char *what, *a, *b;
} ignored[] = {
	{ "prefix", DOC(NS, HEAD, PUT("<r:Name>n</r:Name>")),
	  DOC(NS, HEAD,
	      "<AMT_RedirectionService xmlns='" URI_AMT
	      "AMT_RedirectionService'><Name>n</Name></AMT_RedirectionService>") },
	{ "white space", DOC(NS, HEAD, PUT("<r:Name>n</r:Name>")),
	  DOC(NS, "\n " HEAD "\n", "\n\t" PUT("\n <r:Name>n</r:Name>\r\n") "\n") },
	{ "header order", DOC(NS, HEAD_ACTION HEAD_URI, ""), DOC(NS, HEAD_URI HEAD_ACTION, "") },
	{ "message id", DOC(NS, HEAD "<a:MessageID>0</a:MessageID>", ""),
	  DOC(NS, HEAD "<a:MessageID>uuid:1</a:MessageID>", "") },
	{ "to", DOC(NS, HEAD "<a:To>/wsman</a:To>", ""),
	  DOC(NS, HEAD "<a:To>http://192.0.2.1:16992/wsman</a:To>", "") },
	{ "reply to", DOC(NS, HEAD, ""),
	  DOC(NS, HEAD "<a:ReplyTo><a:Address>" NS_WSA "/role/anonymous</a:Address></a:ReplyTo>",
	      "") },
	{ "operation timeout", DOC(NS, HEAD "<w:OperationTimeout>PT60S</w:OperationTimeout>", ""),
	  DOC(NS, HEAD "<w:OperationTimeout>PT60.000S</w:OperationTimeout>", "") },
	{ "must understand", DOC(NS " xmlns:s='" NS_SOAP "'", HEAD, ""),
	  DOC(NS " xmlns:s='" NS_SOAP "'",
	      "<a:Action s:mustUnderstand='true'>http://schemas.xmlsoap.org/ws/2004/09/transfer/Put</a:Action>" HEAD_URI,
	      "") },
	{ "epr address", DOC(NS, HEAD, EPR("/wsman")),
	  DOC(NS, HEAD, EPR(NS_WSA "/role/anonymous")) },
	{ "qualified Name", DOC(NS, HEAD SELECT("<w:Selector Name='K'>v</w:Selector>"), ""),
	  DOC(NS, HEAD SELECT("<w:Selector w:Name='K'>v</w:Selector>"), "") },
	{ "selector order",
	  DOC(NS,
	      HEAD SELECT("<w:Selector Name='K'>v</w:Selector><w:Selector Name='L'>w</w:Selector>"),
	      ""),
	  DOC(NS,
	      HEAD SELECT("<w:Selector Name='L'>w</w:Selector><w:Selector Name='K'>v</w:Selector>"),
	      "") },
	{ "member order of an instance",
	  DOC(NS, HEAD, PUT("<r:Name>n</r:Name><r:ListenerEnabled>true</r:ListenerEnabled>")),
	  DOC(NS, HEAD, PUT("<r:ListenerEnabled>true</r:ListenerEnabled><r:Name>n</r:Name>")) },
	{ "member order within a member",
	  DOC(NS, HEAD, ALARM("<s:InstanceID>n</s:InstanceID><s:ElementName>m</s:ElementName>")),
	  DOC(NS, HEAD, ALARM("<s:ElementName>m</s:ElementName><s:InstanceID>n</s:InstanceID>")) },
	{ "boolean spelling", DOC(NS, HEAD, PUT("<r:ListenerEnabled>true</r:ListenerEnabled>")),
	  DOC(NS, HEAD, PUT("<r:ListenerEnabled>1</r:ListenerEnabled>")) },
};

static void ignores_what_the_table_says(void **state)
{
	char why[512];
	(void)state;
	for (unsigned i = 0; i < wsman_compare_ignored_count; i++) {
		const char *what = wsman_compare_ignored[i].what;
		bool proven = false;
		assert_true(strlen(wsman_compare_ignored[i].why) > 20);
		for (size_t k = 0; k < sizeof ignored / sizeof *ignored; k++) {
			if (!str_eq(ignored[k].what, what))
				continue;
			proven = true;
			assert_string_not_equal(ignored[k].a, ignored[k].b);
			if (!same(span_str(ignored[k].a), span_str(ignored[k].b), why, sizeof why))
				fail_msg("%s: told apart: %s", what, why);
		}
		if (!proven)
			fail_msg("%s: no proof", what);
	}
	assert_int_equal(sizeof ignored / sizeof *ignored, wsman_compare_ignored_count);
}

static void names_the_difference(void **state)
{
	char why[512];
	(void)state;
	assert_false(same(span_str(DOC(NS, HEAD, PUT("<r:Name>n</r:Name>"))),
			  span_str(DOC(NS, HEAD, PUT("<r:Name>m</r:Name>"))), why, sizeof why));
	assert_string_equal(why, "Name: 'n' and 'm'");
	assert_false(same(span_str("<x"), span_str("<x/>"), why, sizeof why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_mutations_apart),
		cmocka_unit_test(ignores_what_the_table_says),
		cmocka_unit_test(names_the_difference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
