/* Tests of status names and of faults and return values as errors. */
#include "wsman/status.h"
#include "base/limits.h"
#include "wsman/classes_rows.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names(void **state)
{
	(void)state;
	static const struct {
		uint32_t value;
		const struct wsman_name *returns;
		const char *want;
	} cases[] = {
		{ 0, NULL, "0 SUCCESS" },
		{ 2057, NULL, "2057 DATA_MISSING" },
		{ 2082, NULL, "2082 OPERATION_IN_PROGRESS" },
		{ 2, NULL, "2 NOT_READY" },
		{ 2, wsman_names_dmtf_return, "2 Unknown error" },
		{ 4099, wsman_names_dmtf_return, "4099 Busy" },
		{ 4099, NULL, "4099 INVALID_PARAM" },
		{ 34825, NULL, "34825 = 32768 + 2057 DATA_MISSING" },
		{ 34825, wsman_names_dmtf_return, "34825 = 32768 + 2057 DATA_MISSING" },
		{ 77777, NULL, "77777 UNKNOWN" },
		{ 2057, wsman_names_dmtf_return, "2057 DATA_MISSING" },
		{ 3, wsman_names_config_return, "3 Busy" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[80];
		struct out o;
		out_init(&o, text, sizeof text);
		wsman_status_print(&o, cases[i].value, cases[i].returns);
		assert_string_equal(text, cases[i].want);
	}
	assert_string_equal(wsman_status_name(WSMAN_PT_INVALID_PID_FORMAT), "INVALID_PID_FORMAT");
	assert_string_equal(wsman_status_name(2081), "USER_CONSENT_REQUIRED");
	assert_string_equal(wsman_status_name(WSMAN_PT_CERT_KEY_NOT_MATCH), "CERT_KEY_NOT_MATCH");
	assert_string_equal(wsman_status_name(WSMAN_PT_MAX_LIMIT_REACHED), "MAX_LIMIT_REACHED");
	assert_string_equal(wsman_status_name(999), "UNKNOWN");
}

static void checks_return_values(void **state)
{
	(void)state;
	static const struct {
		const char *cls, *method;
		uint32_t value;
		enum err_code code;
		const char *msg;
	} cases[] = {
		{ "AMT_SetupAndConfigurationService", "CommitChanges", 0, ERR_NONE, "" },
		{ "AMT_SetupAndConfigurationService", "CommitChanges", 2057, ERR_PT_STATUS,
		  "AMT_SetupAndConfigurationService.CommitChanges returned 2057 DATA_MISSING" },
		{ "AMT_PublicKeyManagementService", "GenerateKeyPair", 2061, ERR_BUSY,
		  "AMT_PublicKeyManagementService.GenerateKeyPair returned 2061 PKI_GENERATING_KEYS" },
		{ "IPS_OptInService", "CancelOptIn", 2, ERR_PT_STATUS,
		  "IPS_OptInService.CancelOptIn returned 2 NOT_READY" },
		{ "CIM_PowerManagementService", "RequestPowerStateChange", 2, ERR_PT_STATUS,
		  "CIM_PowerManagementService.RequestPowerStateChange returned 2 Unknown error" },
		{ "CIM_PowerManagementService", "RequestPowerStateChange", 4099, ERR_BUSY,
		  "CIM_PowerManagementService.RequestPowerStateChange returned 4099 Busy" },
		{ "XYZ_Unknown", "Do", 1, ERR_PT_STATUS,
		  "XYZ_Unknown.Do returned 1 INTERNAL_ERROR" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct wsman_msg m = { .op = WSMAN_OP_INVOKE,
				       .class_name = cases[i].cls,
				       .method = cases[i].method,
				       .cls = wsman_classes_find(cases[i].cls) };
		bool ok = wsman_status_check(&m, cases[i].value, &e);
		assert_true(ok == (cases[i].code == ERR_NONE));
		assert_int_equal(e.code, cases[i].code);
		assert_string_equal(e.msg, cases[i].msg);
	}
}

static void parse_fault(const struct wsman_fault_rep *f, struct arena *a, struct wsman_msg *m)
{
	static char text[8192];
	struct out o;
	struct err e = { 0 };
	out_init(&o, text, sizeof text);
	wsman_envelope_emit_fault(&o, f);
	assert_false(o.bad);
	if (!wsman_envelope_parse(out_span(&o), a, m, &e))
		fail_msg("%s", e.msg);
}

static void turns_faults_into_errors(void **state)
{
	(void)state;
	static const struct {
		struct wsman_fault_rep fault;
		unsigned http;
		enum err_code code;
		const char *seen, *msg;
	} cases[] = {
		{ { .subcode = "DestinationUnreachable",
		    .addressing = true,
		    .reason = "No route." },
		  400,
		  ERR_FAULT,
		  "DestinationUnreachable",
		  "fault DestinationUnreachable for Get CIM_KVMRedirectionSAP: No route." },
		{ { .subcode = "InternalError",
		    .receiver = true,
		    .reason = "broken",
		    .has_pt_status = true,
		    .pt_status = 2061 },
		  500,
		  ERR_BUSY,
		  "InternalError",
		  "fault InternalError for Get CIM_KVMRedirectionSAP (HTTP 500), status 2061 "
		  "PKI_GENERATING_KEYS: broken" },
		{ { .subcode = "InternalError", .has_pt_status = true, .pt_status = 2 },
		  500,
		  ERR_BUSY,
		  "InternalError",
		  "fault InternalError for Get CIM_KVMRedirectionSAP (HTTP 500), status 2 NOT_READY" },
		{ { .subcode = "InternalError", .has_pt_status = true, .pt_status = 16 },
		  500,
		  ERR_FAULT,
		  "InternalError",
		  "fault InternalError for Get CIM_KVMRedirectionSAP (HTTP 500), status 16 NOT_PERMITTED" },
		{ { .subcode = "MustUnderstand", .reason = "option" },
		  0,
		  ERR_FAULT,
		  "MustUnderstand",
		  "fault MustUnderstand for Get CIM_KVMRedirectionSAP: option" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		struct wsman_msg m;
		struct err e = { 0 };
		arena_init(&a, LIMIT_XML_ARENA_BYTES);
		parse_fault(&cases[i].fault, &a, &m);
		assert_false(wsman_status_reply_for(&m, WSMAN_OP_GET, "urn:x/CIM_KVMRedirectionSAP",
						    cases[i].http, &e));
		assert_int_equal(e.code, cases[i].code);
		assert_string_equal(e.seen, cases[i].seen);
		assert_string_equal(e.msg, cases[i].msg);
		arena_deinit(&a);
	}
}

static void wants_the_right_reply(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct wsman_msg m = { .op = WSMAN_OP_PUT,
			       .is_reply = true,
			       .class_name = "AMT_GeneralSettings" };
	assert_true(wsman_status_reply(&m, WSMAN_OP_PUT, 200, &e));
	assert_false(wsman_status_reply(&m, WSMAN_OP_GET, 200, &e));
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_string_equal(e.msg, "answer to Get AMT_GeneralSettings is a Put reply");
	m.is_reply = false;
	assert_false(wsman_status_reply_for(&m, WSMAN_OP_PUT, NULL, 200, &e));
	assert_string_equal(e.msg, "answer to Put is a Put request");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(checks_return_values),
		cmocka_unit_test(turns_faults_into_errors),
		cmocka_unit_test(wants_the_right_reply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
