/* Tests of objects: reading by table, typed getting and setting, text from outside, printing. */
#include "wsman/obj.h"
#include "base/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define URI "http://intel.com/wbem/wscim/1/amt-schema/1/"

struct fix {
	struct arena a;
	struct err e;
	char text[4096];
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

/* members, in which r: is the namespace of the class */
static bool read_as(struct fix *f, const char *class_name, const char *method, const char *members,
		    bool output, struct wsman_obj **out_obj)
{
	const struct wsman_class *c = wsman_classes_find(class_name);
	const struct wsman_method *m = wsman_classes_method(c, method);
	const struct wsman_shape *s = !m ? &c->shape : output ? &m->out : &m->in;
	struct wsman_xml *x;
	char *doc = arena_fmt(&f->a,
			      "<r:X xmlns:r='%s' "
			      "xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' "
			      "xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' "
			      "xmlns:c='http://schemas.dmtf.org/wbem/wscim/1/common'>%s</r:X>",
			      c->uri, members);
	if (!wsman_xml_parse(span_str(doc), &f->a, &x, &f->e))
		fail_msg("%s", f->e.msg);
	return wsman_obj_read(&f->a, s, c->uri, x, out_obj, &f->e);
}

static struct wsman_obj *must_read(struct fix *f, const char *class_name, const char *members)
{
	struct wsman_obj *o;
	if (!read_as(f, class_name, NULL, members, false, &o))
		fail_msg("%s", f->e.msg);
	return o;
}

static void reads_values(void **state)
{
	struct fix *f = *state;
	uint32_t u;
	bool b;
	struct wsman_obj *o =
		must_read(f, "AMT_EthernetPortSettings",
			  "<r:LinkPolicy>14</r:LinkPolicy><r:DHCPEnabled>1</r:DHCPEnabled>"
			  "<r:LinkPolicy> 1 </r:LinkPolicy><r:IPAddress></r:IPAddress>"
			  "<r:LinkIsUp>FALSE</r:LinkIsUp><r:VLANTag/><r:New>1</r:New>"
			  "<a:IPAddress>10.0.0.1</a:IPAddress>");
	assert_true(wsman_obj_bool(o, "DHCPEnabled", &b) && b);
	assert_true(wsman_obj_bool(o, "LinkIsUp", &b) && !b);
	assert_true(wsman_obj_u32(o, "LinkPolicy", &u) && u == 14);
	assert_string_equal(wsman_obj_vals(o, "LinkPolicy")->next->text, "1");
	assert_string_equal(wsman_obj_str(o, "IPAddress"), "");
	assert_true(wsman_obj_has(o, "VLANTag") && !wsman_obj_u32(o, "VLANTag", &u));
	assert_false(wsman_obj_has(o, "SubnetMask"));
	assert_null(wsman_obj_str(o, "SubnetMask"));
	assert_false(wsman_obj_bool(o, "IPAddress", &b));
	assert_null(wsman_obj_str(o, "NoSuchMember"));
	assert_null(wsman_obj_str(NULL, "IPAddress"));
	assert_int_equal(o->unknown_count, 2);
}

static void reads_arrays_with_children(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o;
	assert_true(read_as(f, "AMT_AuthorizationService", "AddUserAclEntryEx",
			    "<r:Realms><r:RealmValue>3</r:RealmValue><r:RealmValue>5</r:RealmValue>"
			    "</r:Realms>",
			    false, &o));
	assert_string_equal(wsman_obj_vals(o, "Realms")->text, "3");
	assert_string_equal(wsman_obj_vals(o, "Realms")->next->text, "5");
	assert_null(wsman_obj_vals(o, "Realms")->next->next);
	assert_string_equal(wsman_obj_missing(o), "AccessPermission");
	wsman_obj_set_u32(o, "AccessPermission", 2);
	assert_null(wsman_obj_missing(o));
}

#define IPS "http://intel.com/wbem/wscim/1/ips-schema/1/"

static void reads_instances_within(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o;
	assert_true(read_as(f, "AMT_AlarmClockService", "AddAlarm",
			    "<r:AlarmTemplate xmlns:s='" IPS "IPS_AlarmClockOccurrence'>"
			    "<s:InstanceID>n</s:InstanceID><s:StartTime><c:Datetime>"
			    "2031-05-02T09:14:00Z</c:Datetime></s:StartTime><s:New>1</s:New>"
			    "<r:ElementName>of the wrong class</r:ElementName></r:AlarmTemplate>",
			    false, &o));
	const struct wsman_obj *alarm = wsman_obj_obj(o, "AlarmTemplate");
	assert_string_equal(wsman_obj_str(alarm, "StartTime"), "2031-05-02T09:14:00Z");
	assert_false(wsman_obj_has(alarm, "ElementName"));
	assert_int_equal(alarm->unknown_count, 2);
	assert_int_equal(o->unknown_count, 2);
	struct wsman_obj *copy = wsman_obj_clone(&f->a, o);
	assert_ptr_not_equal(wsman_obj_obj(copy, "AlarmTemplate"), alarm);
	wsman_obj_print(&f->o, copy);
	assert_non_null(strstr(f->text, "AlarmTemplate.InstanceID = n\n"));
	out_init(&f->o, f->text, sizeof f->text);
	wsman_obj_print_json(&f->o, copy);
	assert_non_null(strstr(f->text, "{\"AlarmTemplate\":{\"InstanceID\":\"n\","));
	assert_true(read_as(f, "AMT_AlarmClockService", "AddAlarm", "", false, &o));
	assert_string_equal(wsman_obj_missing(o), "AlarmTemplate");
	assert_null(wsman_obj_obj(o, "AlarmTemplate"));
	assert_true(
		read_as(f, "AMT_AlarmClockService", "AddAlarm", "<r:AlarmTemplate/>", false, &o));
	assert_non_null(wsman_obj_obj(o, "AlarmTemplate"));
}

/* As in one captured Pull; anywhere else such a member is unknown. */
static void takes_members_of_the_enumeration(void **state)
{
	struct fix *f = *state;
	static const char member[] =
		"<g:InstanceID xmlns:g='http://schemas.xmlsoap.org/ws/2004/09/enumeration'>n"
		"</g:InstanceID>";
	const struct wsman_class *c = wsman_classes_find("IPS_AlarmClockOccurrence");
	struct wsman_obj *o = must_read(f, c->name, member);
	assert_int_equal(o->unknown_count, 1);
	struct wsman_xml *x;
	char *doc = arena_fmt(&f->a,
			      "<Items xmlns='http://schemas.xmlsoap.org/ws/2004/09/enumeration'>"
			      "<r:X xmlns:r='%s'>%s</r:X></Items>",
			      c->uri, member);
	assert_true(wsman_xml_parse(span_str(doc), &f->a, &x, &f->e));
	assert_true(wsman_obj_read(&f->a, &c->shape, c->uri, x->first, &o, &f->e));
	assert_string_equal(wsman_obj_str(o, "InstanceID"), "n");
	assert_int_equal(o->unknown_count, 0);
}

static void sets_references_and_instances_from_text(void **state)
{
	struct fix *f = *state;
	static const struct {
		const char *text, *printed; /* NULL: refused */
	} cases[] = {
		{ "CIM_WiFiEndpoint{Name=WiFi Endpoint 0}",
		  "CIM_WiFiEndpoint {Name=WiFi Endpoint 0}" },
		{ " CIM_X { A = 1 , B = b=c } ", "CIM_X {A=1, B=b=c}" },
		{ "AMT_C{In=AMT_P{InstanceID=1, Z=2}, Where=AMT_T{E=x}}",
		  "AMT_C {In=AMT_P {InstanceID=1, Z=2}, Where=AMT_T {E=x}}" },
		{ "CIM_X", "CIM_X {}" },
		{ "CIM_X{}", "CIM_X {}" },
		{ "CIM_X{A=}", "CIM_X {A=}" },
		{ "", NULL },
		{ "}", NULL },
		{ "X{A=1}", NULL },
		{ "CIM_X{A=1", NULL },
		{ "CIM_X{A}", NULL },
		{ "CIM_X{=1}", NULL },
		{ "CIM_A{B=CIM_A{B=CIM_A{B=CIM_A{B=CIM_A{B=1}}}}}", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_obj *o;
		assert_true(read_as(f, "AMT_WiFiPortConfigurationService", "AddWiFiSettings", "",
				    false, &o));
		bool ok = wsman_obj_set_text(o, span_str("WiFiEndpoint"), span_str(cases[i].text),
					     &f->e);
		if (ok != (cases[i].printed != NULL))
			fail_msg("'%s': %s", cases[i].text, f->e.msg);
		out_init(&f->o, f->text, sizeof f->text);
		wsman_obj_print(&f->o, o);
		if (ok &&
		    (strncmp(f->text, "WiFiEndpoint = ", 15) != 0 ||
		     strncmp(f->text + 15, cases[i].printed, strlen(cases[i].printed)) != 0))
			fail_msg("'%s': %s", cases[i].text, f->text);
	}
	struct wsman_obj *o;
	assert_true(
		read_as(f, "AMT_WiFiPortConfigurationService", "AddWiFiSettings", "", false, &o));
	const struct span key = span_str("WiFiEndpointSettingsInput.PSKPassPhrase");
	assert_true(wsman_obj_set_text(o, span_str("WiFiEndpointSettingsInput.Priority"),
				       span_str("3"), &f->e));
	assert_true(wsman_obj_set_text(o, key, span_str("hunter2hunter2"), &f->e));
	assert_string_equal(
		wsman_obj_str(wsman_obj_obj(o, "WiFiEndpointSettingsInput"), "Priority"), "3");
	out_init(&f->o, f->text, sizeof f->text);
	wsman_obj_print(&f->o, o);
	assert_null(strstr(f->text, "hunter2"));
	assert_non_null(strstr(f->text, "WiFiEndpointSettingsInput.PSKPassPhrase = ********\n"));
	assert_false(wsman_obj_set_text(o, span_str("WiFiEndpointSettingsInput.None"),
					span_str("3"), &f->e));
	assert_false(wsman_obj_set_text(o, span_str("WiFiEndpoint.Name"), span_str("3"), &f->e));
	assert_false(wsman_obj_set_text(o, span_str("."), span_str("3"), &f->e));
}

static void prints_units_and_meanings(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o =
		must_read(f, "CIM_PhysicalMemory",
			  "<r:Capacity>1024</r:Capacity><r:MemoryType>26</r:MemoryType>"
			  "<r:OperationalStatus>2</r:OperationalStatus>"
			  "<r:OperationalStatus>99</r:OperationalStatus>");
	wsman_obj_print(&f->o, o);
	assert_string_equal(f->text,
			    "Capacity = 1024 bytes\nMemoryType = 26 (DDR4)\n"
			    "OperationalStatus = 2 (OK)\nOperationalStatus = 99\n");
	out_init(&f->o, f->text, sizeof f->text);
	wsman_obj_print_json_meanings(&f->o, o);
	assert_string_equal(f->text,
			    "{\"MemoryType\":\"DDR4\",\"OperationalStatus\":[\"OK\",null]}");
}

static void second_of_one_is_unknown(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o = must_read(f, "AMT_GeneralSettings",
					"<r:HostName>a</r:HostName><r:HostName>b</r:HostName>");
	assert_string_equal(wsman_obj_str(o, "HostName"), "a");
	assert_null(wsman_obj_vals(o, "HostName")->next);
	assert_int_equal(o->unknown_count, 1);
}

static void refuses_wrong_values(void **state)
{
	static const struct {
		const char *cls, *members, *msg;
	} cases[] = {
		{ "AMT_GeneralSettings", "<r:DDNSTTL>x</r:DDNSTTL>",
		  "AMT_GeneralSettings.DDNSTTL" },
		{ "AMT_GeneralSettings", "<r:OemID>65536</r:OemID>", "65535" },
		{ "AMT_GeneralSettings", "<r:SharedFQDN>yes</r:SharedFQDN>", "true or false" },
		{ "AMT_EthernetPortSettings", "<r:LinkPolicy>256</r:LinkPolicy>",
		  "LinkPolicy '256'" },
		{ "AMT_EthernetPortSettings", "<r:LinkPolicy>-1</r:LinkPolicy>",
		  "LinkPolicy '-1'" },
		{ "AMT_TLSCredentialContext", "<r:ElementInContext>1</r:ElementInContext>",
		  "not an endpoint reference" },
		{ "AMT_TLSCredentialContext",
		  "<r:ElementInContext><a:ReferenceParameters><w:ResourceURI>u</w:ResourceURI>"
		  "<w:SelectorSet><w:Selector>v</w:Selector></w:SelectorSet>"
		  "</a:ReferenceParameters></r:ElementInContext>",
		  "without attribute Name" },
	};
	struct fix *f = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_obj *o;
		err_clear(&f->e);
		if (read_as(f, cases[i].cls, NULL, cases[i].members, false, &o))
			fail_msg("accepted: %s", cases[i].members);
		if (!strstr(f->e.msg, cases[i].msg))
			fail_msg("'%s' does not say '%s'", f->e.msg, cases[i].msg);
	}
}

static void reads_return_value(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o;
	assert_true(read_as(f, "AMT_AuthorizationService", "GetAdminAclEntry",
			    "<r:Username>admin</r:Username><r:ReturnValue>2057</r:ReturnValue>",
			    true, &o));
	assert_int_equal(o->return_value, 2057);
	assert_true(o->has_return_value);
	assert_int_equal(o->unknown_count, 0);
	assert_false(read_as(f, "AMT_AuthorizationService", "GetAdminAclEntry",
			     "<r:ReturnValue>0x1</r:ReturnValue>", true, &o));
}

static void reads_references_and_times(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o = must_read(
		f, "AMT_TLSCredentialContext",
		"<r:ElementInContext><a:Address>any</a:Address><a:ReferenceParameters>"
		"<w:ResourceURI>" URI "AMT_PublicKeyCertificate</w:ResourceURI><w:SelectorSet>"
		"<w:Selector w:Name='InstanceID'>Handle: 1</w:Selector>"
		"<w:Selector Name='Inner'><a:EndpointReference><a:ReferenceParameters>"
		"<w:ResourceURI>u</w:ResourceURI></a:ReferenceParameters></a:EndpointReference>"
		"</w:Selector></w:SelectorSet></a:ReferenceParameters></r:ElementInContext>"
		"<r:ElementProvidingContext/>");
	const struct wsman_epr *epr = wsman_obj_epr(o, "ElementInContext");
	assert_string_equal(epr->resource_uri, URI "AMT_PublicKeyCertificate");
	assert_string_equal(wsman_obj_epr_selector(epr, "InstanceID"), "Handle: 1");
	assert_null(wsman_obj_epr_selector(epr, "Inner"));
	assert_string_equal(epr->selectors->next->epr->resource_uri, "u");
	assert_null(wsman_obj_epr(o, "ElementProvidingContext"));
	assert_string_equal(wsman_obj_missing(o), "ElementProvidingContext");
	wsman_obj_print(&f->o, o);
	assert_string_equal(f->text,
			    "ElementInContext = AMT_PublicKeyCertificate {InstanceID=Handle: 1, "
			    "Inner=u {}}\nElementProvidingContext = \n");
	o = must_read(f, "AMT_ProvisioningCertificateHash",
		      "<r:Issued><c:Datetime>2022-12-31T23:59:00Z</c:Datetime></r:Issued>");
	assert_string_equal(wsman_obj_str(o, "Issued"), "2022-12-31T23:59:00Z");
}

static void bounds_arrays(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o;
	struct buf b;
	buf_init(&b, LIMIT_XML_BYTES);
	for (unsigned i = 0; i < 5000; i++)
		buf_add(&b, span_str("<r:LinkPolicy>1</r:LinkPolicy>"));
	assert_false(read_as(f, "AMT_EthernetPortSettings", NULL, (const char *)b.p, false, &o));
	assert_int_equal(f->e.code, ERR_LIMIT);
	buf_deinit(&b);
}

static void sets_and_clones(void **state)
{
	struct fix *f = *state;
	const struct wsman_class *c = wsman_classes_find("AMT_TLSSettingData");
	struct wsman_obj *o = wsman_obj_new(&f->a, &c->shape, c->uri);
	struct span bytes;
	bool b;
	wsman_obj_set_bool(o, "Enabled", true);
	wsman_obj_set_str(o, "InstanceID", "one");
	wsman_obj_set_str(o, "InstanceID", "two");
	wsman_obj_set_b64(o, "X509SerialNumber", span_str("abcd"));
	wsman_obj_add_str(o, "TrustedCN", "x.example");
	wsman_obj_add_str(o, "TrustedCN", "y.example");
	wsman_obj_set_bool(o, "MutualAuthentication", true);
	wsman_obj_unset(o, "MutualAuthentication");
	struct arena other;
	arena_init(&other, 65536);
	struct wsman_obj *k = wsman_obj_clone(&other, o);
	arena_reset(&f->a);
	assert_true(wsman_obj_bool(k, "Enabled", &b) && b);
	assert_string_equal(wsman_obj_str(k, "InstanceID"), "two");
	assert_true(wsman_obj_b64(k, "X509SerialNumber", &bytes) && span_eq_str(bytes, "abcd"));
	assert_string_equal(wsman_obj_vals(k, "TrustedCN")->next->text, "y.example");
	assert_false(wsman_obj_has(k, "MutualAuthentication"));
	assert_false(wsman_obj_b64(k, "Enabled", &bytes) && span_eq_str(bytes, "abcd"));
	arena_deinit(&other);
	arena_init(&other, 64);
	assert_null(wsman_obj_new(&other, &c->shape, c->uri));
	assert_true(other.full);
	wsman_obj_set_bool(NULL, "Enabled", true);
	wsman_obj_set_str(NULL, "InstanceID", "x");
	assert_null(wsman_obj_clone(&other, NULL));
	arena_deinit(&other);
}

static void clone_keeps_unknown_members(void **state)
{
	struct fix *f = *state;
	struct arena other;
	struct wsman_obj *o =
		must_read(f, "AMT_GeneralSettings",
			  "<r:HostName>h</r:HostName><r:Later k='v'><r:In>1</r:In></r:Later>");
	arena_init(&other, 65536);
	struct wsman_obj *k = wsman_obj_clone(&other, o);
	arena_reset(&f->a);
	assert_int_equal(k->unknown_count, 1);
	wsman_obj_print(&f->o, k);
	assert_string_equal(f->text, "HostName = h\nLater [k=v]\n  In = 1\n");
	arena_deinit(&other);
}

static void sets_text_from_outside(void **state)
{
	static const struct {
		const char *prop, *value;
		bool ok;
		const char *want;
	} cases[] = {
		{ "SharedFQDN", "1", true, "true" },
		{ "SharedFQDN", "no", false, NULL },
		{ "DDNSTTL", "900", true, "900" },
		{ "DDNSTTL", " 900", false, NULL },
		{ "DDNSTTL", "4294967296", false, NULL },
		{ "DHCPv6ConfigurationTimeout", "65536", false, NULL },
		{ "HostName", "any <text>", true, "any <text>" },
		{ "hostname", "x", false, NULL },
		{ "", "x", false, NULL },
	};
	struct fix *f = *state;
	const struct wsman_class *c = wsman_classes_find("AMT_GeneralSettings");
	struct wsman_obj *o = wsman_obj_new(&f->a, &c->shape, c->uri);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool ok = wsman_obj_set_text(o, span_str(cases[i].prop), span_str(cases[i].value),
					     &f->e);
		if (ok != cases[i].ok)
			fail_msg("%s=%s: %s", cases[i].prop, cases[i].value, f->e.msg);
		if (ok)
			assert_string_equal(wsman_obj_str(o, cases[i].prop), cases[i].want);
	}
}

static void checks_types(void **state)
{
	static const struct {
		enum wsman_type type;
		const char *text;
		bool ok;
	} cases[] = {
		{ WSMAN_U64, "18446744073709551615", true },
		{ WSMAN_U64, "18446744073709551616", false },
		{ WSMAN_I64, "-9223372036854775808", true },
		{ WSMAN_I64, "1.5", false },
		{ WSMAN_B64, "AAEC", true },
		{ WSMAN_B64, "A", false },
		{ WSMAN_HEX, "00ffAB", true },
		{ WSMAN_HEX, "0f0", false },
		{ WSMAN_HEX, "xy", false },
		{ WSMAN_DATETIME, "2031-05-02T09:14:07Z", true },
		{ WSMAN_DATETIME, "P1DT23H59M", true },
		{ WSMAN_DATETIME, "P", false },
		{ WSMAN_DATETIME, "yesterday", false },
		{ WSMAN_EPR, "x", false },
		{ WSMAN_OBJ, "x", false },
		{ WSMAN_I16, "-32768", true },
		{ WSMAN_I16, "-32769", false },
		{ WSMAN_I16, "32768", false },
		{ WSMAN_I32, "-2147483648", true },
		{ WSMAN_I32, "2147483648", false },
		{ WSMAN_REAL, "-12.5", true },
		{ WSMAN_REAL, "1.5E-3", true },
		{ WSMAN_REAL, ".5", true },
		{ WSMAN_REAL, ".", false },
		{ WSMAN_REAL, "", false },
		{ WSMAN_REAL, "1e", false },
		{ WSMAN_REAL, "1.5x", false },
		{ WSMAN_U8, "255", true },
		{ WSMAN_U8, "", false },
	};
	struct fix *f = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_prop p = { "P", cases[i].type, 0, { NULL } };
		if (wsman_obj_check(&p, cases[i].text, &f->e) != cases[i].ok)
			fail_msg("type %d '%s'", cases[i].type, cases[i].text);
	}
	struct wsman_prop secret = { "Code", WSMAN_U32, WSMAN_SECRET, { NULL } };
	assert_false(wsman_obj_check(&secret, "hunter2", &f->e));
	assert_null(strstr(f->e.msg, "hunter2"));
	assert_null(strstr(f->e.seen, "hunter2"));
}

static void prints(void **state)
{
	struct fix *f = *state;
	struct wsman_obj *o = must_read(
		f, "AMT_SetupAndConfigurationService",
		"<r:ProvisioningState>2</r:ProvisioningState><r:PasswordModel>9</r:PasswordModel>"
		"<r:ProvisioningServerOTP>c2VjcmV0</r:ProvisioningServerOTP>"
		"<r:ZeroTouchConfigurationEnabled>1</r:ZeroTouchConfigurationEnabled>"
		"<r:NewPassword>hunter2</r:NewPassword>");
	wsman_obj_print(&f->o, o);
	assert_string_equal(f->text,
			    "PasswordModel = 9\nProvisioningServerOTP = ********\n"
			    "ProvisioningState = 2 (Post-provisioning)\n"
			    "ZeroTouchConfigurationEnabled = 1\nNewPassword = ********\n");
	out_init(&f->o, f->text, sizeof f->text);
	wsman_obj_print_json(&f->o, o);
	assert_string_equal(
		f->text,
		"{\"PasswordModel\":9,\"ProvisioningServerOTP\":\"********\",\"ProvisioningState\":2,"
		"\"ZeroTouchConfigurationEnabled\":true,\"unknown\":[{\"name\":\"NewPassword\",\"ns\":\"" URI
		"AMT_SetupAndConfigurationService\",\"text\":\"********\"}]}");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(reads_values),
		T(reads_arrays_with_children),
		T(reads_instances_within),
		T(takes_members_of_the_enumeration),
		T(sets_references_and_instances_from_text),
		T(prints_units_and_meanings),
		T(second_of_one_is_unknown),
		T(refuses_wrong_values),
		T(reads_return_value),
		T(reads_references_and_times),
		T(bounds_arrays),
		T(sets_and_clones),
		T(clone_keeps_unknown_members),
		T(sets_text_from_outside),
		T(checks_types),
		T(prints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
