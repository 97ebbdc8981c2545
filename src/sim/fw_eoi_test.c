/* The legacy SOAP interface as a foreign client meets it: which requests are refused and how, what
 * replies say, the power of the PC over both interfaces, and who has which interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"

#define BASE       "http://schemas.intel.com/platform/client/"
#define RCI        BASE "RemoteControl/2004/01"
#define SAI        BASE "SecurityAdministration/2004/01"
#define NAI        BASE "NetworkAdministration/2004/01"
#define CONTROL    "/RemoteControlService"
#define ADMIN      "/SecurityAdministrationService"
#define NET        "/NetworkAdministrationService"
#define COMMAND(n) "<Command>" n "</Command><IanaOemNumber>343</IanaOemNumber>"
#define CIM_POWER  CIM "CIM_PowerManagementService"

/* Logged in over the clear port, after one challenge. */
static void enter(struct peer *p, const char *generation, const char *switches)
{
	*p = (struct peer){ 0 };
	new_dev(generation, SIM_CONFIGURED, switches);
	assert_true(dial(p, 16992, NULL));
	set_login(p, "admin", ADMIN_PW);
	assert_int_equal(send_once(p, "POST", ADMIN, "x", 1), 401);
	hang_up(p);
	assert_true(dial(p, 16992, NULL));
}

/* A fault ends the connection: each request may need a new one. */
static unsigned call(struct peer *p, const char *path, const char *text)
{
	if (p->down || !p->s) {
		hang_up(p);
		assert_true(dial(p, 16992, NULL));
	}
	unsigned status = send_once(p, "POST", path, text, 1);
	if (p->down)
		run_ms(1);
	return status;
}

static const char *soap(const char *ns, const char *op, const char *params)
{
	static char text[4096];

	(void)snprintf(text, sizeof text,
		       "<?xml version=\"1.0\"?><soap:Envelope "
		       "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
		       "<%s xmlns=\"%s\">%s</%s></soap:Body></soap:Envelope>",
		       op, ns, params, op);
	return text;
}

static long status_of(const struct peer *p)
{
	const char *at = p->got.p ? strstr((char *)p->got.p, ":Status>") : NULL;

	return at ? strtol(at + 8, NULL, 10) : -1;
}

static void refuses_what_firmware_refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path, *ns, *op, *params;
		unsigned http;
		const char *says;
	} rows[] = {
		{ "another service's namespace", CONTROL, SAI, "GetSystemPowerState", "", 500,
		  "Wrong namespace" },
		{ "no namespace", CONTROL, "", "GetSystemPowerState", "", 500, "Wrong namespace" },
		{ "unknown operation", CONTROL, RCI, "SelfDestruct", "", 500, "Unknown method" },
		{ "operation of another service", ADMIN, SAI, "RemoteControl", COMMAND("17"), 500,
		  "Unknown method" },
		{ "reply as request", ADMIN, SAI, "GetCoreVersionResponse", "", 500,
		  "Wrong namespace" },
		{ "no parameters", CONTROL, RCI, "RemoteControl", "", 500, "Validation" },
		{ "one parameter missing", CONTROL, RCI, "RemoteControl", "<Command>17</Command>",
		  500, "Validation" },
		{ "wrong order", CONTROL, RCI, "RemoteControl",
		  "<IanaOemNumber>343</IanaOemNumber><Command>17</Command>", 500, "Validation" },
		{ "parameter twice", CONTROL, RCI, "RemoteControl",
		  COMMAND("17") "<IanaOemNumber>343</IanaOemNumber>", 500, "Validation" },
		{ "unknown parameter", CONTROL, RCI, "RemoteControl",
		  COMMAND("17") "<Colour>1</Colour>", 500, "Validation" },
		{ "parameter of another namespace", CONTROL, RCI, "RemoteControl",
		  "<Command xmlns=\"urn:x\">17</Command><IanaOemNumber>343</IanaOemNumber>", 500,
		  "Validation" },
		{ "command that does not fit a byte", CONTROL, RCI, "RemoteControl", COMMAND("256"),
		  500, "Validation" },
		{ "command that is no number", CONTROL, RCI, "RemoteControl", COMMAND("up"), 500,
		  "Validation" },
		{ "operation with a parameter it does not have", ADMIN, SAI, "GetCoreVersion",
		  "<Version>1</Version>", 500, "Validation" },
		{ "unknown path", "/PowerService", RCI, "GetSystemPowerState", "", 404,
		  "not found" },
		{ "path in other letters", "/remotecontrolservice", RCI, "GetSystemPowerState", "",
		  404, "not found" },
		{ "WS-MAN", "/wsman", RCI, "GetSystemPowerState", "", 404, "not found" },
		{ "service of which no operation is known", "/HardwareAssetService",
		  BASE "HardwareAsset/2004/01", "EnumerateAssetTypes", "", 500, "Unknown method" },
	};
	struct peer p;

	enter(&p, "2.5", NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned got = call(&p, rows[i].path, soap(rows[i].ns, rows[i].op, rows[i].params));
		if (got != rows[i].http || !says(&p, rows[i].says))
			fail_msg("%s: HTTP %u\n%s", rows[i].name, got, (char *)p.got.p);
	}
	assert_int_equal(call(&p, ADMIN, "no XML"), 400);
	assert_int_equal(sim_dev_get_stats(dev)->power_offs, 0);
	hang_up(&p);
}

static void power_command_codes(void **state)
{
	(void)state;
	static const struct {
		const char *name, *params;
		long status;
		bool on; /* afterwards */
	} rows[] = {
		{ "on while it is on", COMMAND("17"), 16, true },
		{ "reset", COMMAND("16"), 0, true },
		{ "cycle", COMMAND("19"), 0, true },
		{ "unknown command", COMMAND("20"), 2051, true },
		{ "set boot options only", COMMAND("33"), 0, true },
		{ "the same, of another vendor",
		  "<Command>33</Command><IanaOemNumber>4542</IanaOemNumber>", 2049, true },
		{ "unknown vendor", "<Command>16</Command><IanaOemNumber>311</IanaOemNumber>", 2049,
		  true },
		{ "reset of the common vendor",
		  "<Command>16</Command><IanaOemNumber>4542</IanaOemNumber>", 0, true },
		{ "reset with PXE", COMMAND("16") "<SpecialCommand>1</SpecialCommand>", 0, true },
		{ "unknown special command", COMMAND("16") "<SpecialCommand>6</SpecialCommand>",
		  2052, true },
		{ "BIOS setup over text redirection",
		  COMMAND("16") "<SpecialCommand>193</SpecialCommand><SpecialCommandParameter>8"
				"</SpecialCommandParameter><OEMparameters>1</OEMparameters>",
		  0, true },
		{ "off with a boot option", COMMAND("18") "<SpecialCommand>1</SpecialCommand>",
		  2050, true },
		{ "off", COMMAND("18"), 0, false },
		{ "off while it is off", COMMAND("18"), 16, false },
		{ "reset while it is off", COMMAND("16"), 16, false },
		{ "on", COMMAND("17"), 0, true },
	};
	struct peer p;

	enter(&p, "2.0", NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(call(&p, CONTROL, soap(RCI, "RemoteControl", rows[i].params)),
				 200);
		if (status_of(&p) != rows[i].status || sim_dev_is_on(dev) != rows[i].on)
			fail_msg("%s: status %ld, %s", rows[i].name, status_of(&p),
				 sim_dev_is_on(dev) ? "on" : "off");
		assert_int_equal(call(&p, CONTROL, soap(RCI, "GetSystemPowerState", "")), 200);
		assert_true(says(&p, rows[i].on ? "PowerState>0<" : "PowerState>5<"));
	}
	const struct sim_dev_stats *s = sim_dev_get_stats(dev);
	assert_int_equal(s->power_ons, 1);
	assert_int_equal(s->power_offs, 1);
	assert_int_equal(s->power_cycles, 1);
	assert_int_equal(s->resets, 4);
	hang_up(&p);
}

static void tells_what_the_references_know(void **state)
{
	(void)state;
	static const struct {
		const char *path, *ns, *op, *params, *says;
	} rows[] = {
		{ ADMIN, SAI, "GetCoreVersion", "",
		  "<sai:Status>0</sai:Status><sai:Version>2.5.15<" },
		{ ADMIN, SAI, "GetDigestRealm", "", "<sai:DigestRealm>Intel(R) AMT (ID:" },
		{ ADMIN, SAI, "GetAdminAclEntryStatus", "", "<sai:IsDefault>false<" },
		{ ADMIN, SAI, "GetPkiCapabilities", "", "<sai:CertChainMaxSize>4100<" },
		{ NET, NAI, "GetHostName", "", "<net:HostName>pc1<" },
		{ NET, NAI, "GetDomainName", "", "<net:DomainName>example.com<" },
		{ NET, NAI, "EnumerateInterfaces", "", "<net:InterfaceHandle>0<" },
		{ NET, NAI, "GetInterfaceSettings", "<InterfaceHandle>0</InterfaceHandle>",
		  "<net:MACAddress>02-" },
		{ NET, NAI, "GetInterfaceSettings", "<InterfaceHandle>7</InterfaceHandle>",
		  "<net:Status>2053</net:Status></net:GetInterfaceSettingsResponse>" },
		{ CONTROL, RCI, "GetRemoteControlCapabilities", "", "<rci:IanaOemNumber>343<" },
		{ "/NetworkTimeService", BASE "NetworkTime/2004/01", "GetLowAccuracyTimeSynch", "",
		  "<tim:Ta0>1935478" },
		{ "/RedirectionService", BASE "Redirection/2004/01", "GetRedirectionListenerState",
		  "", "<idr:State>false<" },
		{ "/GeneralInfoService", BASE "GeneralInfo/2004/01", "GetProvisioningState", "",
		  "<inf:ProvisioningState>2<" },
	};
	struct peer p;

	enter(&p, "2.5", NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned got = call(&p, rows[i].path, soap(rows[i].ns, rows[i].op, rows[i].params));
		if (got != 200 || !says(&p, rows[i].says))
			fail_msg("%s: HTTP %u\n%s", rows[i].op, got, (char *)p.got.p);
		assert_true(says(&p, "Content-Type: text/xml; charset=UTF-8\r\n") &&
			    says(&p, "Expires: Thu, 26 Oct 1995 00:00:00 GMT\r\n") &&
			    says(&p, "Transfer-Encoding: chunked\r\n"));
	}
	hang_up(&p);
	enter(&p, "2.2", NULL);
	assert_int_equal(call(&p, NET, soap(NAI, "EnumerateInterfaces", "")), 500);
	hang_up(&p);
}

/* One machine behind both interfaces. */
static void both_interfaces_show_one_machine(void **state)
{
	(void)state;
	static const char self[] =
		"<h:ManagedElement><a:Address xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">"
		"http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>"
		"<a:ReferenceParameters xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">"
		"<w:ResourceURI xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">" CIM
		"CIM_ComputerSystem</w:ResourceURI><w:SelectorSet "
		"xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><w:Selector "
		"Name=\"CreationClassName\">CIM_ComputerSystem</w:Selector><w:Selector Name=\"Name\">"
		"%s</w:Selector></w:SelectorSet></a:ReferenceParameters></h:ManagedElement>";
	char host[1200], me[1200], params[1400];
	struct peer p;

	(void)snprintf(host, sizeof host, self, "ManagedSystem");
	(void)snprintf(me, sizeof me, self, "Intel(r) AMT");
	enter(&p, "5.0", NULL);
	again_port = 16992;
	(void)snprintf(params, sizeof params, "<h:PowerState>8</h:PowerState>%s", me);
	assert_int_equal(invoke(&p, CIM_POWER, "RequestPowerStateChange", params), 200);
	assert_int_equal(returned(&p), 5);
	(void)snprintf(params, sizeof params, "<h:PowerState>8</h:PowerState>%s", host);
	assert_int_equal(invoke(&p, CIM_POWER, "RequestPowerStateChange", params), 200);
	assert_int_equal(returned(&p), 0);
	assert_int_equal(invoke(&p, CIM_POWER, "RequestPowerStateChange", params), 200);
	assert_int_equal(returned(&p), 2);
	assert_int_equal(get(&p, CIM "CIM_AssociatedPowerManagementService", NULL), 200);
	assert_true(says(&p, ":PowerState>8<") && says(&p, "AvailableRequestedPowerStates>2<"));
	assert_false(says(&p, "AvailableRequestedPowerStates>10<"));
	assert_int_equal(call(&p, CONTROL, soap(RCI, "GetSystemPowerState", "")), 200);
	assert_true(says(&p, "PowerState>5<"));
	assert_int_equal(call(&p, CONTROL, soap(RCI, "RemoteControl", COMMAND("17"))), 200);
	assert_int_equal(get(&p, CIM "CIM_AssociatedPowerManagementService", NULL), 200);
	assert_true(says(&p, ":PowerState>2<") && says(&p, "AvailableRequestedPowerStates>10<"));
	assert_false(says(&p, "AvailableRequestedPowerStates>2<"));
	again_port = 0;
	hang_up(&p);
}

/* Settings and switches that open, close or change the interface. */
static void who_has_which_interface(void **state)
{
	(void)state;
	static const struct {
		const char *generation, *switches;
		unsigned eoi;
		const char *says;
	} rows[] = {
		{ "3.0", NULL, 200, ":Status>0<" },
		{ "3.0", "eoi_status=code", 200, ":StatusCode>0<" },
		{ "7.1", NULL, 200, ":Status>0<" },
		{ "7.1", "eoi=gone", 404, "not found" },
		{ "9.0", NULL, 404, "not found" },
		{ "9.0", "eoi=served", 200, ":Status>0<" },
	};
	struct peer p;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		p = (struct peer){ 0 };
		new_dev(rows[i].generation, SIM_CONFIGURED, rows[i].switches);
		assert_true(dial(&p, 16992, NULL));
		set_login(&p, "admin", ADMIN_PW);
		if (send_once(&p, "POST", ADMIN, soap(SAI, "GetCoreVersion", ""), 1) == 401) {
			hang_up(&p);
			assert_true(dial(&p, 16992, NULL));
			(void)send_once(&p, "POST", ADMIN, soap(SAI, "GetCoreVersion", ""), 1);
		}
		unsigned got = (unsigned)strtoul((char *)p.got.p + 9, NULL, 10);
		if (got != rows[i].eoi || !says(&p, rows[i].says))
			fail_msg("%s %s: HTTP %u", rows[i].generation,
				 rows[i].switches ? rows[i].switches : "", got);
		hang_up(&p);
	}
	enter(&p, "5.0", NULL);
	again_port = 16992;
	assert_int_equal(put(&p, AMT "AMT_GeneralSettings", NULL,
			     "<h:PingResponseEnabled>true</h:PingResponseEnabled>"
			     "<h:WsmanOnlyMode>true</h:WsmanOnlyMode>"),
			 200);
	assert_int_equal(call(&p, ADMIN, soap(SAI, "GetCoreVersion", "")), 404);
	again_port = 0;
	hang_up(&p);
}

/* A user of the access list comes in by its own digest, and gets no further than its realms. */
static void users_keep_to_their_realms(void **state)
{
	(void)state;
	char text[256], b64[64], params[512];
	uint8_t ha1[HASH_MAX_SIZE];
	struct peer p;
	struct out o;

	enter(&p, "5.0", NULL);
	again_port = 16992;
	(void)snprintf(text, sizeof text, "oper:%s:0per!Pass", p.realm);
	hash_of(HASH_MD5, span_str(text), ha1);
	memset(b64, 0, sizeof b64);
	out_init(&o, b64, sizeof b64 - 1);
	out_b64(&o, span_make(ha1, 16));
	(void)snprintf(params, sizeof params,
		       "<h:DigestUsername>oper</h:DigestUsername><h:DigestPassword>%s"
		       "</h:DigestPassword><h:AccessPermission>2</h:AccessPermission>"
		       "<h:Realms>5</h:Realms>",
		       b64);
	assert_int_equal(invoke(&p, AMT "AMT_AuthorizationService", "AddUserAclEntryEx", params),
			 200);
	assert_int_equal(returned(&p), 0);
	set_login(&p, "oper", "0per!Pass");
	unsigned got = call(&p, CONTROL, soap(RCI, "RemoteControl", COMMAND("18")));
	if (got == 401)
		got = call(&p, CONTROL, soap(RCI, "RemoteControl", COMMAND("18")));
	assert_int_equal(got, 200);
	assert_int_equal(status_of(&p), 0);
	assert_false(sim_dev_is_on(dev));
	assert_int_equal(call(&p, ADMIN, soap(SAI, "GetDigestRealm", "")), 500);
	assert_true(says(&p, "Access denied"));
	assert_int_equal(call(&p, NET, soap(NAI, "GetHostName", "")), 500);
	again_port = 0;
	hang_up(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_firmware_refuses),
		cmocka_unit_test(power_command_codes),
		cmocka_unit_test(tells_what_the_references_know),
		cmocka_unit_test(both_interfaces_show_one_machine),
		cmocka_unit_test(who_has_which_interface),
		cmocka_unit_test(users_keep_to_their_realms),
	};
	return cmocka_run_group_tests(tests, world_up, world_down);
}
