/* Reads: what is asked for each group of facts, and what each answer makes of the facts; wrong and
 * missing members are errors, absent instances are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"
#include "engine/actions_priv.h"
#include "engine/reads.h"

#define NOW INT64_C(1795000000000)

struct fix {
	struct arena a;
	struct engine_profile p;
	struct engine_facts f;
	struct engine_plan_in in;
	struct err e;
	struct wsman_obj *obj;
};

static void begin(struct fix *x)
{
	*x = (struct fix){ 0 };
	arena_init(&x->a, LIMIT_XML_ARENA_BYTES);
	engine_profile_default(&x->p);
	x->in = (struct engine_plan_in){ .want = &x->p, .have = &x->f };
}

/* The answer of a device to the read, with these members in the namespace r:. */
static struct wsman_msg *answer(struct fix *x, const struct engine_read *r, const char *members)
{
	const struct wsman_class *c = wsman_classes_find(r->class_name);
	struct wsman_msg *m = ARENA_NEW(&x->a, struct wsman_msg);
	bool invoke = r->kind == ENGINE_READ_INVOKE;
	const char *action = invoke ? arena_fmt(&x->a, "%s/%sResponse", c->uri, r->method)
				    : "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";
	const char *element = invoke ? arena_fmt(&x->a, "%s_OUTPUT", r->method) : r->class_name;
	const char *doc =
		arena_fmt(&x->a,
			  "<a:Envelope xmlns:a='http://www.w3.org/2003/05/soap-envelope' "
			  "xmlns:b='http://schemas.xmlsoap.org/ws/2004/08/addressing' "
			  "xmlns:c='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' xmlns:r='%s'>"
			  "<a:Header><b:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/"
			  "anonymous</b:To><b:RelatesTo>0</b:RelatesTo><b:Action>%s</b:Action>"
			  "<b:MessageID>uuid:1</b:MessageID><c:ResourceURI>%s</c:ResourceURI>"
			  "</a:Header><a:Body><r:%s>%s</r:%s></a:Body></a:Envelope>",
			  c->uri, action, c->uri, element, members, element);
	if (!m || !doc || !wsman_envelope_parse(span_str(doc), &x->a, m, &x->e))
		fail_msg("%s: %s", r->class_name, x->e.msg);
	return m;
}

static bool apply(struct fix *x, unsigned group, const char *members)
{
	const struct engine_read *r = engine_reads_for(group, &x->in);
	struct engine_read_reply reply = { .now_unix_ms = NOW };
	reply.m = members ? answer(x, r, members) : NULL;
	err_clear(&x->e);
	return engine_reads_apply(r, &x->in, &x->f, &reply, &x->a, &x->obj, &x->e);
}

static bool apply_items(struct fix *x, unsigned group, const char *const *items, unsigned n)
{
	const struct engine_read *r = engine_reads_for(group, &x->in);
	const struct wsman_xml *list[8];
	struct engine_read_reply reply = { .items = list, .item_count = n, .now_unix_ms = NOW };
	const char *uri = wsman_classes_find(r->class_name)->uri;
	assert_int_equal(r->kind, ENGINE_READ_ENUMERATE);
	for (unsigned i = 0; i < n; i++) {
		struct wsman_xml *xml;
		char *doc = arena_fmt(
			&x->a,
			"<r:%s xmlns:r='%s' xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' "
			"xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'>%s</r:%s>",
			r->class_name, uri, items[i], r->class_name);
		if (!wsman_xml_parse(span_str(doc), &x->a, &xml, &x->e))
			fail_msg("%s", x->e.msg);
		list[i] = xml;
	}
	err_clear(&x->e);
	return engine_reads_apply(r, &x->in, &x->f, &reply, &x->a, &x->obj, &x->e);
}

/* ---- what is asked ---- */

static void asks_in_a_fixed_order(void **state)
{
	(void)state;
	static const char *const want[] = {
		"AMT_SetupAndConfigurationService",
		"AMT_EthernetPortSettings",
		"AMT_GeneralSettings",
		"AMT_TLSSettingData",
		"AMT_TimeSynchronizationService",
		"AMT_RedirectionService",
		"CIM_KVMRedirectionSAP",
		"AMT_PublicKeyCertificate",
		"AMT_PublicPrivateKeyPair",
		"AMT_TLSCredentialContext",
		"/logon.htm",
	};
	struct fix x;
	unsigned left = FACTS_IDENTITY | FACTS_GENERAL | FACTS_TLS | FACTS_CONTEXT | FACTS_CLOCK |
		FACTS_REDIR | FACTS_KVM | FACTS_WEBUI | FACTS_KEYS | FACTS_CERTS | FACTS_PORT;
	begin(&x);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const struct engine_read *r = engine_reads_for(left, &x.in);
		assert_non_null(r);
		assert_string_equal(r->class_name, want[i]);
		left &= ~r->group;
	}
	assert_int_equal(left, 0);
	assert_null(engine_reads_for(left, &x.in));
	arena_deinit(&x.a);
}

static void builds_each_request(void **state)
{
	(void)state;
	static const struct {
		unsigned group;
		enum wsman_op op;
		const char *method, *id;
	} cases[] = {
		{ FACTS_IDENTITY, WSMAN_OP_INVOKE, "GetUuid", NULL },
		{ FACTS_GENERAL, WSMAN_OP_GET, NULL, NULL },
		{ FACTS_PORT, WSMAN_OP_GET, NULL, "Intel(r) AMT Ethernet Port Settings 0" },
		{ FACTS_TLS, WSMAN_OP_GET, NULL, "Intel(r) AMT 802.3 TLS Settings" },
		{ FACTS_CLOCK, WSMAN_OP_INVOKE, "GetLowAccuracyTimeSynch", NULL },
		{ FACTS_KVM, WSMAN_OP_GET, NULL, NULL },
		{ FACTS_KEYS, WSMAN_OP_GET, NULL, "Intel(r) AMT Key: Handle: 7" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fix x;
		struct wsman_req req = { 0 };
		begin(&x);
		str_copy(x.f.key_handle, sizeof x.f.key_handle,
			 span_str("Intel(r) AMT Key: Handle: 7"));
		assert_true(engine_reads_build(engine_reads_for(cases[i].group, &x.in), &x.in, &x.a,
					       &req));
		assert_int_equal(req.op, cases[i].op);
		if (cases[i].method)
			assert_string_equal(req.method, cases[i].method);
		if (cases[i].id)
			assert_string_equal(req.selectors->value, cases[i].id);
		else
			assert_null(req.selectors);
		arena_deinit(&x.a);
	}
}

static void a_key_is_asked_for_by_name_if_it_has_one(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	assert_int_equal(engine_reads_for(FACTS_KEYS, &x.in)->kind, ENGINE_READ_ENUMERATE);
	str_copy(x.f.key_handle, sizeof x.f.key_handle, span_str("k"));
	assert_int_equal(engine_reads_for(FACTS_KEYS, &x.in)->kind, ENGINE_READ_GET);
	assert_true(engine_reads_for(FACTS_KEYS, &x.in)->fault_means_absent);
	x.in.keys_by_list = true;
	assert_int_equal(engine_reads_for(FACTS_KEYS, &x.in)->kind, ENGINE_READ_ENUMERATE);
	arena_deinit(&x.a);
}

/* ---- what the answers mean ---- */

static void identity_is_in_smbios_order(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	assert_true(
		apply(&x, FACTS_IDENTITY,
		      "<r:UUID>AQIDBAUGBwgJCgsMDQ4PEA==</r:UUID><r:ReturnValue>0</r:ReturnValue>"));
	assert_string_equal(x.f.uuid, "04030201-0605-0807-090a-0b0c0d0e0f10");
	assert_int_equal(x.f.known, FACTS_IDENTITY);
	x.f.known = 0;
	assert_false(
		apply(&x, FACTS_IDENTITY, "<r:UUID>AQID</r:UUID><r:ReturnValue>0</r:ReturnValue>"));
	assert_int_equal(x.e.code, ERR_MALFORMED);
	assert_false(apply(&x, FACTS_IDENTITY, "<r:ReturnValue>1</r:ReturnValue>"));
	assert_int_equal(x.f.known, 0);
	arena_deinit(&x.a);
}

static void values_become_facts(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	assert_true(apply(&x, FACTS_PORT, "<r:MACAddress>02-1A-00-FF-0b-0C</r:MACAddress>"));
	assert_string_equal(x.f.mac, "02:1a:00:ff:0b:0c");
	x.f.known = 0;
	assert_true(apply(
		&x, FACTS_GENERAL,
		"<r:DigestRealm>Digest:1</r:DigestRealm><r:HostName>pc</r:HostName>"
		"<r:InstanceID>i</r:InstanceID><r:PingResponseEnabled>true</r:PingResponseEnabled>"));
	assert_string_equal(x.f.realm, "Digest:1");
	assert_string_equal(x.f.host_name, "pc");
	assert_string_equal(x.f.domain, "");
	assert_true(x.f.ping);
	assert_non_null(x.obj); /* kept for the Put */
	assert_true(apply(&x, FACTS_CLOCK,
			  "<r:Ta0>1794999990</r:Ta0><r:ReturnValue>0</r:ReturnValue>"));
	assert_int_equal(x.f.clock_skew_ms, -10000);
	assert_int_equal(x.f.clock_read_unix_ms, NOW);
	assert_false(apply(&x, FACTS_CLOCK, "<r:ReturnValue>0</r:ReturnValue>"));
	assert_true(apply(
		&x, FACTS_REDIR,
		"<r:EnabledState>32770</r:EnabledState><r:ListenerEnabled>true</r:ListenerEnabled>"));
	assert_int_equal(x.f.redir_state, 32770);
	assert_true(x.f.redir_listener);
	assert_true(apply(&x, FACTS_KVM, "<r:EnabledState>6</r:EnabledState>"));
	assert_true(x.f.kvm_exists && x.f.kvm_state == 6);
	assert_true(apply(&x, FACTS_KVM, NULL)); /* a fault: this PC has none */
	assert_false(x.f.kvm_exists);
	assert_int_equal(x.f.known, FACTS_GENERAL | FACTS_CLOCK | FACTS_REDIR | FACTS_KVM);
	arena_deinit(&x.a);
}

static void tls_tells_what_it_does_not_say(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	x.f.tls_mutual = x.f.tls_clear_supported = true;
	assert_true(
		apply(&x, FACTS_TLS, "<r:InstanceID>i</r:InstanceID><r:Enabled>true</r:Enabled>"));
	assert_true(x.f.tls_enabled && !x.f.tls_mutual && !x.f.tls_clear_known &&
		    !x.f.tls_clear_supported);
	assert_true(
		apply(&x, FACTS_TLS,
		      "<r:Enabled>true</r:Enabled><r:InstanceID>i</r:InstanceID>"
		      "<r:NonSecureConnectionsSupported>false</r:NonSecureConnectionsSupported>"));
	assert_true(x.f.tls_clear_known && !x.f.tls_clear_supported);
	arena_deinit(&x.a);
}

static void webui_is_seen_from_outside(void **state)
{
	(void)state;
	static const struct {
		unsigned status;
		bool on;
	} cases[] = {
		{ 200, true },  { 303, true },  { 401, true },
		{ 404, false }, { 503, false }, { 0, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fix x;
		begin(&x);
		struct engine_read_reply reply = { .http_status = cases[i].status };
		assert_true(engine_reads_apply(engine_reads_for(FACTS_WEBUI, &x.in), &x.in, &x.f,
					       &reply, &x.a, &x.obj, &x.e));
		assert_int_equal(x.f.webui_on, cases[i].on);
		assert_int_equal(x.f.known, FACTS_WEBUI);
		arena_deinit(&x.a);
	}
}

/* ---- lists ---- */

static void finds_our_leaf_by_its_bytes(void **state)
{
	(void)state;
	static const char *const items[] = {
		"<r:InstanceID>Certificate 0</r:InstanceID><r:X509Certificate>b3RoZXI=</r:X509Certificate>",
		"<r:InstanceID>Certificate 1</r:InstanceID><r:X509Certificate>bGVhZg==</r:X509Certificate>",
	};
	struct fix x;
	begin(&x);
	str_copy(x.f.cert_handle, sizeof x.f.cert_handle, span_str("stale"));
	assert_true(apply_items(&x, FACTS_CERTS, items, 2)); /* nothing issued: none is ours */
	assert_string_equal(x.f.cert_handle, "");
	x.in.leaf_der = span_str("leaf");
	assert_true(apply_items(&x, FACTS_CERTS, items, 2));
	assert_string_equal(x.f.cert_handle, "Certificate 1");
	assert_true(apply_items(&x, FACTS_CERTS, items, 1));
	assert_string_equal(x.f.cert_handle, "");
	assert_true(apply_items(&x, FACTS_CERTS, items, 0));
	assert_int_equal(x.f.known, FACTS_CERTS);
	arena_deinit(&x.a);
}

static void a_key_that_is_gone_is_forgotten(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	str_copy(x.f.key_handle, sizeof x.f.key_handle, span_str("k"));
	str_copy(x.f.key_public, sizeof x.f.key_public, span_str("AAAA"));
	x.in.keys_by_list = true;
	assert_true(apply_items(&x, FACTS_KEYS, NULL, 0));
	assert_string_equal(x.f.key_handle, "");
	assert_string_equal(x.f.key_public, "");
	/* asked for by its name, it must be the right one and readable */
	x.in.keys_by_list = false;
	str_copy(x.f.key_handle, sizeof x.f.key_handle, span_str("k"));
	assert_false(apply(&x, FACTS_KEYS,
			   "<r:InstanceID>other</r:InstanceID><r:DERKey>AAAA</r:DERKey>"));
	assert_int_equal(x.e.code, ERR_MALFORMED);
	assert_false(
		apply(&x, FACTS_KEYS, "<r:InstanceID>k</r:InstanceID><r:DERKey>AAAA</r:DERKey>"));
	assert_false(apply(&x, FACTS_KEYS, "<r:InstanceID>k</r:InstanceID>"));
	arena_deinit(&x.a);
}

static void a_context_names_its_certificate(void **state)
{
	(void)state;
	static const char *const items[] = {
		"<r:ElementInContext><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>u</w:ResourceURI>"
		"<w:SelectorSet><w:Selector Name='InstanceID'>Certificate 1</w:Selector></w:SelectorSet>"
		"</a:ReferenceParameters></r:ElementInContext>",
	};
	struct fix x;
	begin(&x);
	assert_true(apply_items(&x, FACTS_CONTEXT, items, 1));
	assert_true(x.f.context_exists && x.obj);
	assert_string_equal(x.f.context_cert, "Certificate 1");
	assert_true(apply_items(&x, FACTS_CONTEXT, NULL, 0));
	assert_true(!x.f.context_exists && !x.obj);
	assert_string_equal(x.f.context_cert, "");
	arena_deinit(&x.a);
}

static void one_time_password_is_compared(void **state)
{
	(void)state;
	static const struct {
		const char *name, *expected, *members;
		uint32_t want;
	} cases[] = {
		/* "open-sesame" and zeros up to 32 bytes */
		{ "the same", "open-sesame",
		  "<r:ProvisioningServerOTP>b3Blbi1zZXNhbWUAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</r:ProvisioningServerOTP>",
		  ENGINE_OTP_FITS },
		{ "without zeros", "open-sesame",
		  "<r:ProvisioningServerOTP>b3Blbi1zZXNhbWU=</r:ProvisioningServerOTP>",
		  ENGINE_OTP_FITS },
		{ "another", "open-barley",
		  "<r:ProvisioningServerOTP>b3Blbi1zZXNhbWU=</r:ProvisioningServerOTP>",
		  ENGINE_OTP_OTHER },
		{ "a part of it", "open-ses",
		  "<r:ProvisioningServerOTP>b3Blbi1zZXNhbWU=</r:ProvisioningServerOTP>",
		  ENGINE_OTP_OTHER },
		{ "only zeros", "open-sesame",
		  "<r:ProvisioningServerOTP>AAAAAAAA</r:ProvisioningServerOTP>", ENGINE_OTP_NONE },
		{ "not there", "open-sesame", "<r:PasswordModel>0</r:PasswordModel>",
		  ENGINE_OTP_NONE },
		{ "refused", "open-sesame", NULL, ENGINE_OTP_NONE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fix x;
		struct secret otp = secret_make(span_str(cases[i].expected));
		begin(&x);
		x.in.otp = &otp;
		x.f.otp = 9;
		if (!apply(&x, FACTS_OTP, cases[i].members) || x.f.otp != cases[i].want)
			fail_msg("%s: %u, %s", cases[i].name, (unsigned)x.f.otp, x.e.msg);
		assert_int_equal(x.f.known, FACTS_OTP);
		secret_deinit(&otp);
		arena_deinit(&x.a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_in_a_fixed_order),
		cmocka_unit_test(builds_each_request),
		cmocka_unit_test(a_key_is_asked_for_by_name_if_it_has_one),
		cmocka_unit_test(identity_is_in_smbios_order),
		cmocka_unit_test(values_become_facts),
		cmocka_unit_test(tls_tells_what_it_does_not_say),
		cmocka_unit_test(webui_is_seen_from_outside),
		cmocka_unit_test(finds_our_leaf_by_its_bytes),
		cmocka_unit_test(a_key_that_is_gone_is_forgotten),
		cmocka_unit_test(one_time_password_is_compared),
		cmocka_unit_test(a_context_names_its_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
