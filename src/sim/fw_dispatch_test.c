/* Requests that firmware refuses, one row each, and the form of what it answers. The client writes
 * its own text: nothing of the product's request code is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"

#define XFER          "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
#define ENUM          "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
#define SETUP         AMT "AMT_SetupAndConfigurationService"
#define TLS           AMT "AMT_TLSSettingData"
#define NET           AMT "AMT_EthernetPortSettings"
#define GEN           AMT "AMT_GeneralSettings"
#define H(cls, inner) "<h:" cls " xmlns:h=\"" AMT cls "\">" inner "</h:" cls ">"
#define PING          "<h:PingResponseEnabled>true</h:PingResponseEnabled>"

static const struct row {
	const char *name, *action, *uri, *selector, *body;
	unsigned status;
	const char *says; /* in the reply */
} rows[] = {
	{ "unknown class", XFER "Get", AMT "AMT_Nothing", NULL, "", 400,
	  ">b:DestinationUnreachable<" },
	{ "class that this firmware has not", XFER "Get", AMT "AMT_EndpointAccessControlService",
	  NULL, "", 400, ">b:DestinationUnreachable<" },
	{ "class without instance", XFER "Get", AMT "AMT_TLSCredentialContext", NULL, "", 400,
	  ">b:DestinationUnreachable<" },
	{ "certificate that is not there", XFER "Get", AMT "AMT_PublicKeyCertificate",
	  "InstanceID=Intel(r) AMT Certificate: Handle: 9", "", 400, ">e:InvalidSelectors<" },
	{ "several instances, no selector", XFER "Get", TLS, NULL, "", 400,
	  ">e:InvalidSelectors<" },
	{ "selector that is no key", XFER "Get", GEN, "HostName=pc1", "", 400,
	  ">e:InvalidSelectors<" },
	{ "selector of another instance", XFER "Get", GEN, "InstanceID=nobody", "", 400,
	  ">e:InvalidSelectors<" },
	{ "unknown action", XFER "Fetch", GEN, NULL, "", 400, ">b:ActionNotSupported<" },
	{ "reply as request", XFER "GetResponse", GEN, NULL, "", 400, ">b:ActionNotSupported<" },
	{ "unknown method", SETUP "/Explode", SETUP, NULL,
	  H("AMT_SetupAndConfigurationService", ""), 400, ">b:ActionNotSupported<" },
	{ "method of another class", SETUP "/GenerateKeyPair", SETUP, NULL, "", 400,
	  ">b:ActionNotSupported<" },
	{ "Put of a class that cannot", XFER "Put", SETUP, NULL,
	  H("AMT_SetupAndConfigurationService", ""), 400, ">b:ActionNotSupported<" },
	{ "Create of a class that cannot", XFER "Create", GEN, NULL, H("AMT_GeneralSettings", PING),
	  400, ">b:ActionNotSupported<" },
	{ "Delete of a class that cannot", XFER "Delete", GEN, NULL, "", 400,
	  ">b:ActionNotSupported<" },

	{ "Put without body", XFER "Put", GEN, NULL, "", 400, ">e:SchemaValidationError<" },
	{ "Put of another class", XFER "Put", GEN, NULL, H("AMT_TLSSettingData", ""), 400,
	  ">e:SchemaValidationError<" },
	{ "Put in no namespace", XFER "Put", GEN, NULL, "<AMT_GeneralSettings/>", 400,
	  ">e:SchemaValidationError<" },
	{ "number where a boolean belongs", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", "<h:PingResponseEnabled>7</h:PingResponseEnabled>"), 400,
	  ">e:SchemaValidationError<" },
	{ "text where a number belongs", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:DDNSTTL>long</h:DDNSTTL>"), 400,
	  ">e:SchemaValidationError<" },
	{ "required member missing", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", "<h:HostName>pc2</h:HostName>"), 400,
	  ">d:InvalidRepresentation<" },
	{ "unknown member", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:Colour>red</h:Colour>"), 400,
	  ">d:InvalidRepresentation<" },
	{ "member in another namespace", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<HostName xmlns=\"urn:x\">pc2</HostName>"), 400,
	  ">d:InvalidRepresentation<" },
	{ "member twice", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:HostName>a</h:HostName><h:HostName>b</h:HostName>"),
	  400, ">d:InvalidRepresentation<" },
	{ "key of another instance", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:InstanceID>mine</h:InstanceID>"), 400,
	  ">d:InvalidRepresentation<" },
	{ "member of newer firmware", XFER "Put", TLS, "InstanceID=Intel(r) AMT 802.3 TLS Settings",
	  H("AMT_TLSSettingData",
	    "<h:Enabled>false</h:Enabled>"
	    "<h:NonSecureConnectionsSupported>true</h:NonSecureConnectionsSupported>"),
	  400, ">d:InvalidRepresentation<" },
	{ "host name with a blank", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:HostName>my pc</h:HostName>"), 500, "AMT-STATUS 36<" },
	{ "domain name with an underscore", XFER "Put", GEN, NULL,
	  H("AMT_GeneralSettings", PING "<h:DomainName>a_b.com</h:DomainName>"), 500,
	  "AMT-STATUS 28<" },
	{ "address while DHCP is on", XFER "Put", NET,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0",
	  H("AMT_EthernetPortSettings",
	    "<h:DHCPEnabled>true</h:DHCPEnabled><h:IPAddress>10.0.0.1</h:IPAddress>"),
	  500, "AMT-STATUS 26<" },
	{ "no address while DHCP is off", XFER "Put", NET,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0",
	  H("AMT_EthernetPortSettings", "<h:DHCPEnabled>false</h:DHCPEnabled>"), 500,
	  "AMT-STATUS 27<" },
	{ "address that is none", XFER "Put", NET,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0",
	  H("AMT_EthernetPortSettings",
	    "<h:DHCPEnabled>false</h:DHCPEnabled><h:IPAddress>10.0.0</h:IPAddress>"
	    "<h:SubnetMask>255.0.0.0</h:SubnetMask>"),
	  500, "AMT-STATUS 27<" },
	{ "link policy that is none", XFER "Put", NET,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0",
	  H("AMT_EthernetPortSettings", "<h:LinkPolicy>3</h:LinkPolicy>"), 500, "AMT-STATUS 36<" },

	{ "method without input", SETUP "/CommitChanges", SETUP, NULL, "", 400,
	  ">e:InvalidParameter<" },
	{ "input of another method", SETUP "/CommitChanges", SETUP, NULL,
	  "<h:GetUuid_INPUT xmlns:h=\"" SETUP "\"/>", 400, ">e:InvalidParameter<" },
	{ "parameter in another namespace", SETUP "/SetMEBxPassword", SETUP, NULL,
	  "<h:SetMEBxPassword_INPUT xmlns:h=\"" SETUP "\"><Password xmlns=\"urn:x\">x</Password>"
	  "</h:SetMEBxPassword_INPUT>",
	  400, ">e:InvalidParameter<" },
	{ "parameter missing", AMT "AMT_AuthorizationService/SetAdminAclEntryEx",
	  AMT "AMT_AuthorizationService", NULL,
	  "<h:SetAdminAclEntryEx_INPUT xmlns:h=\"" AMT
	  "AMT_AuthorizationService\"><h:Username>admin"
	  "</h:Username></h:SetAdminAclEntryEx_INPUT>",
	  400, ">e:InvalidParameter<" },
	{ "unknown parameter", SETUP "/GetUuid", SETUP, NULL,
	  "<h:GetUuid_INPUT xmlns:h=\"" SETUP "\"><h:Fast>1</h:Fast></h:GetUuid_INPUT>", 400,
	  ">e:InvalidParameter<" },

	{ "stale context", ENUM "Pull", GEN, NULL,
	  "<Pull xmlns=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><EnumerationContext>"
	  "14000000-0000-0000-0000-000000000000</EnumerationContext></Pull>",
	  400, ">c:InvalidEnumerationContext<" },
	{ "KVM where there is one", XFER "Get", CIM "CIM_KVMRedirectionSAP", NULL, "", 200,
	  "KVMProtocol" },
};

static unsigned ask(struct peer *p, const struct row *r)
{
	static char text[8192];
	envelope(text, sizeof text, r->action, r->uri, r->selector, r->body);
	return post(p, text);
}

static void refuses_what_firmware_refuses(void **state)
{
	(void)state;
	struct peer p;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		log_in(&p, "11.8", NULL);
		unsigned status = ask(&p, &rows[i]);
		if (status != rows[i].status || !says(&p, rows[i].says))
			fail_msg("%s: %u, expected %u %s\n%s", rows[i].name, status, rows[i].status,
				 rows[i].says, (char *)p.got.p);
		/* A refusal ends the connection and changes nothing. */
		if (status != 200) {
			assert_true(says(&p, "Connection: close\r\n"));
			assert_true(p.down);
		}
		assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc1");
		hang_up(&p);
	}
}

static void refuses_headers(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from, *to;
		unsigned status;
		const char *says;
	} cases[] = {
		{ "not XML", "<Envelope", "<<", 400, "text/html" },
		{ "no SOAP 1.2", "http://www.w3.org/2003/05/soap-envelope",
		  "http://schemas.xmlsoap.org/soap/envelope/", 400, "text/html" },
		{ "OptionSet that must be understood", "</Header>",
		  "<w:OptionSet xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
		  "s:mustUnderstand=\"true\"/></Header>",
		  400, "a:MustUnderstand" },
		{ "small envelope", "</Header>",
		  "<w:MaxEnvelopeSize>49999</w:MaxEnvelopeSize></Header>", 400,
		  ">e:EncodingLimit<" },
		{ "envelope just large enough", "</Header>",
		  "<w:MaxEnvelopeSize>50000</w:MaxEnvelopeSize></Header>", 200,
		  "AMT_GeneralSettings" },
		{ "unknown header", "</Header>", "<w:Colour>red</w:Colour></Header>", 200,
		  "AMT_GeneralSettings" },
		{ "wrong case in the resource", "AMT_GeneralSettings", "amt_generalsettings", 400,
		  ">b:DestinationUnreachable<" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct peer p;
		char good[4096], text[8192];
		envelope(good, sizeof good, XFER "Get", GEN, NULL, "");
		char *at = strstr(good, cases[i].from);
		assert_non_null(at);
		(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, cases[i].to,
			       at + strlen(cases[i].from));
		log_in(&p, "11.8", NULL);
		unsigned status = post(&p, text);
		if (status != cases[i].status || !says(&p, cases[i].says))
			fail_msg("%s: %u\n%s", cases[i].name, status, (char *)p.got.p);
		hang_up(&p);
	}
}

static void switch_gives_the_other_fault(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", "selector=unreachable");
	assert_int_equal(get(&p, GEN, "InstanceID=nobody"), 400);
	assert_true(says(&p, ">b:DestinationUnreachable<"));
	hang_up(&p);
}

/* ---- enumeration ---- */

static unsigned enumerate(struct peer *p, const char *uri, char *context, size_t cap)
{
	static char text[4096];
	envelope(text, sizeof text, ENUM "Enumerate", uri, NULL,
		 "<Enumerate xmlns=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"/>");
	unsigned status = post(p, text);
	context[0] = '\0';
	const char *at = p->got.p ? strstr((char *)p->got.p, "EnumerationContext>") : NULL;
	if (at)
		str_copy(context, cap, span_make(at + 19, strcspn(at + 19, "<")));
	return status;
}

static unsigned pull(struct peer *p, const char *uri, const char *context, unsigned max)
{
	static char text[4096];
	char body[512];
	(void)snprintf(
		body, sizeof body,
		"<Pull xmlns=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">"
		"<EnumerationContext>%s</EnumerationContext><MaxElements>%u</MaxElements></Pull>",
		context, max);
	envelope(text, sizeof text, ENUM "Pull", uri, NULL, body);
	return post(p, text);
}

static void a_context_serves_once(void **state)
{
	(void)state;
	struct peer p;
	char c[64], other[64];
	log_in(&p, "11.8", NULL);
	assert_int_equal(enumerate(&p, TLS, c, sizeof c), 200);
	assert_int_equal(strlen(c), 36);
	assert_int_equal(pull(&p, TLS, c, 999), 200);
	assert_true(says(&p, "Intel(r) AMT 802.3 TLS Settings"));
	assert_true(says(&p, "Intel(r) AMT LMS TLS Settings"));
	assert_true(says(&p, "EndOfSequence"));
	assert_int_equal(pull(&p, TLS, c, 999), 400);
	hang_up(&p);
	log_in(&p, "11.8", NULL);
	assert_int_equal(enumerate(&p, TLS, c, sizeof c), 200);
	assert_int_equal(pull(&p, GEN, c, 999), 400); /* of another class */
	hang_up(&p);
	log_in(&p, "11.8", NULL);
	assert_int_equal(enumerate(&p, TLS, c, sizeof c), 200);
	for (int i = 0; i < 4; i++)
		assert_int_equal(enumerate(&p, GEN, other, sizeof other), 200);
	assert_int_equal(pull(&p, TLS, c, 999), 400); /* the oldest gave way */
	hang_up(&p);
}

static void pull_in_parts(void **state)
{
	(void)state;
	struct peer p;
	char c[64], next[64];
	log_in(&p, "11.8", NULL);
	assert_int_equal(enumerate(&p, TLS, c, sizeof c), 200);
	assert_int_equal(pull(&p, TLS, c, 1), 200);
	assert_true(says(&p, "802.3 TLS"));
	assert_false(says(&p, "LMS TLS"));
	assert_false(says(&p, "EndOfSequence"));
	const char *at = strstr((char *)p.got.p, "EnumerationContext>");
	assert_non_null(at);
	str_copy(next, sizeof next, span_make(at + 19, 36));
	assert_int_equal(pull(&p, TLS, next, 1), 200);
	assert_true(says(&p, "LMS TLS"));
	assert_true(says(&p, "EndOfSequence"));
	hang_up(&p);
}

static void class_without_instance_enumerates_empty(void **state)
{
	(void)state;
	struct peer p;
	char c[64];
	log_in(&p, "11.8", NULL);
	assert_int_equal(enumerate(&p, AMT "AMT_TLSCredentialContext", c, sizeof c), 200);
	assert_int_equal(pull(&p, AMT "AMT_TLSCredentialContext", c, 999), 200);
	assert_true(says(&p, "Items></g:Items><g:EndOfSequence>"));
	hang_up(&p);
	log_in(&p, "5.0", NULL);
	assert_int_equal(get(&p, CIM "CIM_KVMRedirectionSAP", NULL), 400);
	assert_true(says(&p, ">b:DestinationUnreachable<"));
	hang_up(&p);
}

/* ---- every class of the tables ---- */

static void every_class_can_be_read(void **state)
{
	(void)state;
	static const char *const uris[] = {
		GEN,
		SETUP,
		TLS,
		NET,
		AMT "AMT_AuthorizationService",
		AMT "AMT_TimeSynchronizationService",
		AMT "AMT_TLSProtocolEndpointCollection",
		AMT "AMT_PublicKeyManagementService",
		AMT "AMT_PublicKeyCertificate",
		AMT "AMT_PublicPrivateKeyPair",
		AMT "AMT_RedirectionService",
		AMT "AMT_WebUIService",
		AMT "AMT_ProvisioningCertificateHash",
		AMT "AMT_TLSCredentialContext",
		CIM "CIM_KVMRedirectionSAP",
		CIM "CIM_SoftwareIdentity",
		CIM "CIM_ComputerSystem",
		CIM "CIM_PowerManagementService",
		CIM "CIM_AssociatedPowerManagementService",
		IPS "IPS_KVMRedirectionSettingData",
		IPS "IPS_ScreenSettingData",
		IPS "IPS_OptInService",
		IPS "IPS_HostBasedSetupService",
	};
	for (unsigned g = 0; sim_generation_at(g); g++) {
		struct peer p;
		if (!sim_generation_at(g)->wsman.is)
			continue;
		log_in(&p, sim_generation_at(g)->name, NULL);
		for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
			char c[64];
			if (enumerate(&p, uris[i], c, sizeof c) != 200 ||
			    pull(&p, uris[i], c, 999) != 200 || !says(&p, "EndOfSequence"))
				fail_msg("AMT %s %s\n%s", sim_generation_at(g)->name, uris[i],
					 (char *)p.got.p);
		}
		hang_up(&p);
	}
}

/* What a Get shows can be put back as it is. */
static void what_get_shows_can_be_put(void **state)
{
	(void)state;
	static const struct {
		const char *uri, *selector;
	} cases[] = {
		{ GEN, NULL },
		{ TLS, "InstanceID=Intel(r) AMT 802.3 TLS Settings" },
		{ TLS, "InstanceID=Intel(r) AMT LMS TLS Settings" },
		{ NET, "InstanceID=Intel(r) AMT Ethernet Port Settings 0" },
		{ NET, "InstanceID=Intel(r) AMT Ethernet Port Settings 1" },
		{ AMT "AMT_RedirectionService", NULL },
		{ IPS "IPS_KVMRedirectionSettingData", NULL },
		{ IPS "IPS_OptInService", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct peer p;
		char members[4096], tag[96];
		const char *cls = strrchr(cases[i].uri, '/') + 1;
		log_in(&p, "16.1", NULL);
		assert_int_equal(get(&p, cases[i].uri, cases[i].selector), 200);
		(void)snprintf(tag, sizeof tag, "<g:%s>", cls);
		const char *from = strstr((char *)p.got.p, tag);
		(void)snprintf(tag, sizeof tag, "</g:%s>", cls);
		const char *to = from ? strstr(from, tag) : NULL;
		assert_non_null(to);
		from = strchr(from, '>') + 1;
		str_copy(members, sizeof members, span_make(from, (size_t)(to - from)));
		for (char *at = members; (at = strstr(at, "g:")); at++)
			*at = 'h';
		unsigned status = put(&p, cases[i].uri, cases[i].selector, members);
		if (status != 200 || !says(&p, "PutResponse"))
			fail_msg("%s: %u\n%s", cls, status, (char *)p.got.p);
		hang_up(&p);
	}
}

static void web_pages(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	assert_int_equal(send_once(&p, "GET", "/", "", 1), 303);
	assert_true(says(&p, "Location: /logon.htm\r\n"));
	assert_int_equal(invoke(&p, AMT "AMT_WebUIService", "RequestStateChange",
				"<h:RequestedState>3</h:RequestedState>"),
			 200);
	assert_int_equal(returned(&p), 0);
	assert_int_equal(send_once(&p, "GET", "/", "", 1), 404);
	assert_true(says(&p, "Server: Intel(R) Active Management Technology 11.8.50.3425\r\n"));
	hang_up(&p);
	log_in(&p, "11.8", NULL);
	assert_int_equal(send_once(&p, "POST", "/RemoteControlService", "", 1), 404);
	hang_up(&p);
}

/* Heads and chunks as captured: order of lines, four upper-case hex digits, 0x220 and 0x2FA. */
static void replies_look_like_firmware(void **state)
{
	(void)state;
	struct peer p = { 0 };
	char text[4096], line[1024];
	new_dev("11.8", SIM_CONFIGURED, NULL);
	set_login(&p, "admin", ADMIN_PW);
	assert_true(dial(&p, 16992, NULL));
	again_port = 0;
	assert_int_equal(get(&p, GEN, NULL), 401);
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	envelope(text, sizeof text, XFER "Get", GEN, NULL, "");
	login_line(&p, "POST", "/wsman", text, line, sizeof line);
	struct buf b;
	buf_init(&b, 65536);
	struct out o;
	out_init_buf(&o, &b);
	out_fmt(&o, "POST /wsman HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n%s", line,
		strlen(text), text);
	buf_clear(&p.got);
	net_stream_send(p.s, buf_span(&b));
	run_ms(1);
	static const char head[] = "HTTP/1.1 200 OK\r\nDate: Fri, 02 May 2031 ";
	assert_memory_equal(p.got.p, head, sizeof head - 1);
	const char *rest = strstr((char *)p.got.p, " GMT\r\n");
	static const char second[] =
		" GMT\r\nServer: Intel(R) Active Management Technology 11.8.50.3425\r\n"
		"X-Frame-Options: DENY\r\nContent-Type: application/octet-stream\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0220\r\n<?xml version=\"1.0\"";
	assert_non_null(rest);
	assert_memory_equal(rest, second, sizeof second - 1);
	assert_true(says(&p, "\r\n02FA\r\n"));
	assert_memory_equal(p.got.p + p.got.n - 7, "\r\n0\r\n\r\n", 7);
	buf_deinit(&b);
	hang_up(&p);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(refuses_what_firmware_refuses),
		T(refuses_headers),
		T(switch_gives_the_other_fault),
		T(a_context_serves_once),
		T(pull_in_parts),
		T(class_without_instance_enumerates_empty),
		T(every_class_can_be_read),
		T(what_get_shows_can_be_put),
		T(web_pages),
		T(replies_look_like_firmware),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
