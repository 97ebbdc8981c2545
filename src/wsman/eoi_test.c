/* Tests of the legacy SOAP messages: what is no message, what a reply says, both names of the status,
 * what is written and read again, and the real requests of another client. */
#include "wsman/eoi.h"
#include "base/limits.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ENV(body)                                                                         \
	"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>" body \
	"</e:Body>"                                                                       \
	"</e:Envelope>"
#define SAI "xmlns=\"http://schemas.intel.com/platform/client/SecurityAdministration/2004/01\""
#define RCI "xmlns=\"http://schemas.intel.com/platform/client/RemoteControl/2004/01\""

static struct arena arena;

static int up(void **state)
{
	(void)state;
	arena_init(&arena, LIMIT_XML_ARENA_BYTES);
	return 0;
}

static int down(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
	} cases[] = {
		{ "empty", "" },
		{ "no XML", "Service not available" },
		{ "SOAP 1.2",
		  "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'>"
		  "<e:Body><a/></e:Body></e:Envelope>" },
		{ "another outer element", "<a><b/></a>" },
		{ "no body", "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'/>" },
		{ "empty body", ENV("") },
		{ "two operations", ENV("<a/><b/>") },
		{ "cut",
		  "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_eoi_msg m;
		struct err e = { 0 };
		if (wsman_eoi_parse(span_str(cases[i].in), &arena, &m, &e))
			fail_msg("%s: taken", cases[i].name);
		if (e.code == ERR_NONE || !e.msg[0])
			fail_msg("%s: no reason", cases[i].name);
	}
}

static void judges_replies(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		enum err_code code;
		const char *seen;
	} cases[] = {
		{ "good",
		  ENV("<GetCoreVersionResponse " SAI
		      "><Status>0</Status></GetCoreVersionResponse>"),
		  ERR_NONE, "" },
		{ "the other name of the status",
		  ENV("<GetCoreVersionResponse " SAI
		      "><StatusCode>0</StatusCode></GetCoreVersionResponse>"),
		  ERR_NONE, "" },
		{ "refused",
		  ENV("<GetCoreVersionResponse " SAI
		      "><Status>16</Status></GetCoreVersionResponse>"),
		  ERR_PT_STATUS, "16 NOT_PERMITTED" },
		{ "no status",
		  ENV("<GetCoreVersionResponse " SAI
		      "><Version>3</Version></GetCoreVersionResponse>"),
		  ERR_MALFORMED, "" },
		{ "status that is no number",
		  ENV("<GetCoreVersionResponse " SAI
		      "><Status>ok</Status></GetCoreVersionResponse>"),
		  ERR_MALFORMED, "" },
		{ "status too large",
		  ENV("<GetCoreVersionResponse " SAI
		      "><Status>4294967296</Status></GetCoreVersionResponse>"),
		  ERR_MALFORMED, "" },
		{ "reply of another operation",
		  ENV("<GetHostNameResponse " SAI "><Status>0</Status></GetHostNameResponse>"),
		  ERR_MALFORMED, "GetHostName" },
		{ "reply of another service",
		  ENV("<GetCoreVersionResponse " RCI
		      "><Status>0</Status></GetCoreVersionResponse>"),
		  ERR_MALFORMED, "GetCoreVersion" },
		{ "our own request", ENV("<GetCoreVersion " SAI "/>"), ERR_MALFORMED,
		  "GetCoreVersion" },
		{ "only the ending", ENV("<Response " SAI "/>"), ERR_MALFORMED, "Response" },
		{ "fault",
		  ENV("<e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault>"),
		  ERR_FAULT, "e:Client: no" },
		{ "fault that says nothing", ENV("<e:Fault/>"), ERR_FAULT, ": " },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wsman_eoi_msg m;
		struct err e = { 0 };
		if (!wsman_eoi_parse(span_str(cases[i].in), &arena, &m, &e))
			fail_msg("%s: %s", cases[i].name, e.msg);
		bool ok = wsman_eoi_check(&m, WSMAN_EOI_SECURITY, "GetCoreVersion", &e);
		if (ok != (cases[i].code == ERR_NONE) || e.code != cases[i].code ||
		    !str_eq(e.seen, cases[i].seen))
			fail_msg("%s: %s (%s)", cases[i].name, e.msg, e.seen);
	}
}

static void reads_back_what_it_writes(void **state)
{
	(void)state;
	static const struct wsman_eoi_param params[] = { { "Command", "17" },
							 { "IanaOemNumber", "<&>" } };
	char text[2048], inner[256];
	struct out o, in;
	struct wsman_eoi_msg m;
	uint32_t v = 0;

	out_init(&o, text, sizeof text);
	wsman_eoi_emit_request(&o, WSMAN_EOI_REMOTE_CONTROL, "RemoteControl", params, 2);
	assert_true(wsman_eoi_parse(out_span(&o), &arena, &m, NULL));
	assert_string_equal(m.op, "RemoteControl");
	assert_string_equal(m.ns, WSMAN_EOI_NS "RemoteControl/2004/01");
	assert_false(m.is_reply || m.must_understand);
	assert_true(wsman_eoi_u32(&m, "Command", &v) && v == 17);
	assert_false(wsman_eoi_u32(&m, "IanaOemNumber", &v));
	assert_string_equal(wsman_eoi_text(&m, "IanaOemNumber"), "<&>");
	assert_null(wsman_eoi_text(&m, "SpecialCommand"));

	out_init(&in, inner, sizeof inner);
	wsman_eoi_element(&in, WSMAN_EOI_REMOTE_CONTROL, "SystemPowerState", "5");
	out_init(&o, text, sizeof text);
	wsman_eoi_emit_reply(&o, WSMAN_EOI_REMOTE_CONTROL, "GetSystemPowerState", "StatusCode", 0,
			     out_span(&in));
	assert_true(wsman_eoi_parse(out_span(&o), &arena, &m, NULL));
	assert_true(m.is_reply && m.has_status && m.status == 0);
	assert_true(wsman_eoi_u32(&m, "SystemPowerState", &v) && v == 5);

	out_init(&o, text, sizeof text);
	wsman_eoi_emit_fault(&o, "Client", "no & never");
	assert_true(wsman_eoi_parse(out_span(&o), &arena, &m, NULL));
	assert_true(m.is_fault);
	assert_string_equal(m.fault_code, "SOAP-ENV:Client");
	assert_string_equal(m.fault_text, "no & never");
}

static void finds_services_and_headers(void **state)
{
	(void)state;
	static const char doc[] =
		"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header>"
		"<a xmlns='urn:a' e:mustUnderstand='1'/></e:Header><e:Body><b/></e:Body></e:Envelope>";
	struct wsman_eoi_msg m;
	enum wsman_eoi_service s = WSMAN_EOI_SERVICE_COUNT;
	char text[128] = "";
	struct out o;

	for (unsigned i = 0; wsman_eoi_service_at(i); i++) {
		assert_true(wsman_eoi_service_find(span_str(wsman_eoi_service_at(i)->path), &s));
		assert_int_equal(s, i);
	}
	assert_false(wsman_eoi_service_find(span_str("/remotecontrolservice"), &s));
	assert_false(wsman_eoi_service_find(span_str("/wsman"), &s));
	out_init(&o, text, sizeof text);
	wsman_eoi_action(&o, WSMAN_EOI_SECURITY, "GetCoreVersion");
	assert_string_equal(text,
			    "\"http://schemas.intel.com/platform/client/"
			    "SecurityAdministration/2004/01#GetCoreVersion\"");
	assert_true(wsman_eoi_parse(span_str(doc), &arena, &m, NULL));
	assert_true(m.must_understand);
}

static void prints_nothing_that_steers_a_terminal(void **state)
{
	(void)state;
	char text[512] = "";
	struct out o;
	struct wsman_eoi_msg m;

	assert_true(wsman_eoi_parse(span_str(ENV("<e:Fault><faultcode>a</faultcode><faultstring>"
						 "x\xc2\x9b"
						 "2J</faultstring></e:Fault>")),
				    &arena, &m, NULL));
	out_init(&o, text, sizeof text);
	wsman_eoi_print_json(&o, &m);
	assert_non_null(strstr(text, "\"kind\":\"fault\",\"code\":\"a\""));
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text);
	wsman_eoi_print(&o, &m);
	assert_null(strchr(text, '\xc2'));
	assert_non_null(strstr(text, "SOAP 1.1 fault a: x"));
}

/* What a client in use sends, word by word. */
static void reads_requests_of_another_client(void **state)
{
	(void)state;
	static const struct {
		const char *file, *op, *command;
	} cases[] = {
		{ "cmd_info.xml", "GetSystemPowerState", NULL },
		{ "cmd_powerreset.xml", "RemoteControl", "16" },
		{ "cmd_powerup.xml", "RemoteControl", "17" },
	};
	const char *shared = getenv("OUTBAND_SHARED");

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static char text[65536];
		char path[1024];
		struct wsman_eoi_msg m;
		struct err e = { 0 };
		(void)snprintf(path, sizeof path, "%s/corpus/eoi/requests/%s", shared ? shared : "",
			       cases[i].file);
		FILE *f = fopen(path, "rb");
		if (!f)
			skip();
		size_t n = fread(text, 1, sizeof text, f);
		(void)fclose(f);
		if (!wsman_eoi_parse(span_make(text, n), &arena, &m, &e))
			fail_msg("%s: %s", cases[i].file, e.msg);
		assert_string_equal(m.op, cases[i].op);
		assert_string_equal(m.ns, WSMAN_EOI_NS "RemoteControl/2004/01");
		if (cases[i].command)
			assert_string_equal(wsman_eoi_text(&m, "Command"), cases[i].command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(judges_replies),
		cmocka_unit_test(reads_back_what_it_writes),
		cmocka_unit_test(finds_services_and_headers),
		cmocka_unit_test(prints_nothing_that_steers_a_terminal),
		cmocka_unit_test(reads_requests_of_another_client),
	};
	return cmocka_run_group_tests(tests, up, down);
}
