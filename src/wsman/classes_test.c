/* Tests of the class table: order and form of its rows, look-ups. */
#include "wsman/classes.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Firmware's own order (wsman 2.4). */
static bool sends_in_byte_order(const char *name)
{
	return strcmp(name, "IPS_AlarmClockOccurrence") != 0 &&
		strcmp(name, "IPS_PowerManagementService") != 0;
}

/* An event, and a base class of which there are no instances. */
static bool has_no_key(const char *name)
{
	return strcmp(name, "CIM_AlertIndication") == 0 || strcmp(name, "AMT_FilterEntryBase") == 0;
}

static void check_shape(const char *where, const struct wsman_shape *s)
{
	for (unsigned i = 0; i < s->prop_count; i++) {
		const struct wsman_prop *p = &s->props[i];
		if (!p->name || !*p->name || wsman_classes_prop(s, p->name) != (int)i)
			fail_msg("%s.%s member %u is there twice or has no name", where, s->name,
				 i);
		if (p->type == WSMAN_OBJ) {
			if (!wsman_classes_find(p->of))
				fail_msg("%s.%s is of an unknown class", s->name, p->name);
			continue;
		}
		if (p->names && (p->type < WSMAN_U8 || p->type > WSMAN_U32))
			fail_msg("%s.%s has names and is no number", s->name, p->name);
		if (wsman_classes_unit(p) && (p->type < WSMAN_U8 || p->type > WSMAN_REAL))
			fail_msg("%s.%s has a unit and is no number", s->name, p->name);
		if ((p->flags >> WSMAN_UNIT_SHIFT) >= WSMAN_UNIT_COUNT)
			fail_msg("%s.%s has an unknown unit", s->name, p->name);
		for (const struct wsman_name *n = p->names; n && n->text; n++)
			if (n[1].text && n[1].value <= n[0].value)
				fail_msg("%s.%s: names are not in order at %u", s->name, p->name,
					 (unsigned)n->value);
	}
}

static void rows_are_well_formed(void **state)
{
	(void)state;
	static const char *const prefixes[] = { "AMT_", "CIM_", "IPS_" };
	unsigned n = 0;
	const struct wsman_class *c;
	for (; (c = wsman_classes_at(n)); n++) {
		char uri[256];
		unsigned keys = 0;
		assert_true(wsman_classes_uri_of(c->name, uri, sizeof uri));
		assert_string_equal(uri, c->uri);
		assert_memory_equal(c->name, prefixes[c->base], 4);
		assert_string_equal(c->shape.name, c->name);
		assert_ptr_equal(wsman_classes_find(c->name), c);
		assert_ptr_equal(wsman_classes_find_uri(c->uri), c);
		check_shape(c->name, &c->shape);
		for (unsigned i = 0; i < c->shape.prop_count; i++) {
			const struct wsman_prop *p = &c->shape.props[i];
			keys += !!(p->flags & WSMAN_KEY);
			if (i && strcmp(p[-1].name, p->name) >= 0 && sends_in_byte_order(c->name))
				fail_msg("%s: %s is not in byte order", c->name, p->name);
		}
		if (!keys != has_no_key(c->name))
			fail_msg("%s has %u keys", c->name, keys);
		if (n && strcmp(wsman_classes_at(n - 1)->name, c->name) >= 0)
			fail_msg("%s is not at its place in the index", c->name);
		for (unsigned i = 0; i < c->method_count; i++) {
			const struct wsman_method *m = &c->methods[i];
			check_shape(c->name, &m->in);
			check_shape(c->name, &m->out);
			assert_ptr_equal(wsman_classes_method(c, m->name), m);
			assert_true(str_ends_nocase(m->in.name, "_INPUT"));
			assert_true(str_ends_nocase(m->out.name, "_OUTPUT"));
			assert_int_equal(wsman_classes_prop(&m->out, "ReturnValue"), -1);
		}
	}
	assert_true(n >= 162);
}

static void has_the_classes_of_set_up(void **state)
{
	(void)state;
	static const char *const names[] = {
		"AMT_GeneralSettings",
		"AMT_SetupAndConfigurationService",
		"IPS_HostBasedSetupService",
		"AMT_TimeSynchronizationService",
		"AMT_WebUIService",
		"AMT_AuthorizationService",
		"AMT_ProvisioningCertificateHash",
		"AMT_TLSSettingData",
		"AMT_TLSCredentialContext",
		"AMT_TLSProtocolEndpointCollection",
		"AMT_PublicKeyManagementService",
		"AMT_PublicKeyCertificate",
		"AMT_PublicPrivateKeyPair",
		"AMT_PublicKeyManagementCapabilities",
		"AMT_RedirectionService",
		"CIM_KVMRedirectionSAP",
		"IPS_KVMRedirectionSettingData",
		"IPS_OptInService",
		"AMT_EthernetPortSettings",
		"CIM_SoftwareIdentity",
		"CIM_ComputerSystem",
		"CIM_PowerManagementService",
		"CIM_AssociatedPowerManagementService",
		"AMT_BootSettingData",
		"AMT_BootCapabilities",
		"AMT_SystemPowerScheme",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!wsman_classes_find(names[i]))
			fail_msg("%s is missing", names[i]);
}

static void finds(void **state)
{
	(void)state;
	char uri[80];
	const struct wsman_class *setup = wsman_classes_find("AMT_SetupAndConfigurationService");
	const struct wsman_class *acl = wsman_classes_find("AMT_AuthorizationService");
	const struct wsman_class *cert = wsman_classes_find("AMT_PublicKeyCertificate");
	assert_string_equal(wsman_classes_method(setup, "SetMEBXPassword")->name,
			    "SetMEBxPassword");
	assert_string_equal(wsman_classes_method(acl, "SetAdminACLEntryEx")->name,
			    "SetAdminAclEntryEx");
	assert_null(wsman_classes_method(setup, "NoSuchMethod"));
	assert_null(wsman_classes_method(NULL, "Get"));
	assert_null(wsman_classes_method(setup, NULL));
	assert_true(wsman_classes_prop(&cert->shape, "TrustedRootCertficate") >= 0);
	assert_int_equal(wsman_classes_prop(&cert->shape, "trustedrootcertficate"), -1);
	assert_null(wsman_classes_find(NULL));
	assert_null(wsman_classes_find("AMT_"));
	assert_null(wsman_classes_find("XYZ_GeneralSettings"));
	assert_null(wsman_classes_find_uri("urn:x/AMT_GeneralSettings"));
	assert_null(wsman_classes_find_uri("AMT_GeneralSettings"));
	assert_null(wsman_classes_find_uri(""));
	assert_true(wsman_classes_uri_of("CIM_Chip", uri, sizeof uri));
	assert_string_equal(uri, "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Chip");
	assert_false(wsman_classes_uri_of("CIM_Chip", uri, 20));
	assert_false(wsman_classes_uri_of("CIM_Chip", uri, 55));
	assert_false(wsman_classes_uri_of("Chip", uri, sizeof uri));
	assert_false(wsman_classes_uri_of(NULL, uri, sizeof uri));
}

static void marks_secrets(void **state)
{
	(void)state;
	static const struct {
		const char *cls, *method, *prop;
	} cases[] = {
		{ "AMT_SetupAndConfigurationService", "SetMEBxPassword", "Password" },
		{ "AMT_SetupAndConfigurationService", "SetTLSPSK", "PPS" },
		{ "AMT_SetupAndConfigurationService", NULL, "ProvisioningServerOTP" },
		{ "AMT_AuthorizationService", "SetAdminAclEntryEx", "DigestPassword" },
		{ "AMT_AuthorizationService", "AddUserAclEntryEx", "DigestPassword" },
		{ "AMT_AuthorizationService", "UpdateUserAclEntryEx", "DigestPassword" },
		{ "IPS_HostBasedSetupService", "Setup", "NetworkAdminPassword" },
		{ "IPS_HostBasedSetupService", "AdminSetup", "NetworkAdminPassword" },
		{ "AMT_PublicKeyManagementService", "AddKey", "KeyBlob" },
		{ "IPS_KVMRedirectionSettingData", NULL, "RFBPassword" },
		{ "AMT_BootSettingData", NULL, "RSEPassword" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wsman_class *c = wsman_classes_find(cases[i].cls);
		const struct wsman_method *m = wsman_classes_method(c, cases[i].method);
		const struct wsman_shape *s = m ? &m->in : &c->shape;
		int k = wsman_classes_prop(s, cases[i].prop);
		if (k < 0 || !(s->props[k].flags & WSMAN_SECRET))
			fail_msg("%s.%s is no secret", s->name, cases[i].prop);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_well_formed),
		cmocka_unit_test(has_the_classes_of_set_up),
		cmocka_unit_test(finds),
		cmocka_unit_test(marks_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
