/* Boot settings and user consent as firmware: what is refused, in which order, what a start uses up,
 * how long a code is worth. The client writes its own text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/boot.h"
#include "sim/test_peer.c"

#define DATA    AMT "AMT_BootSettingData"
#define CONFIG  CIM "CIM_BootConfigSetting"
#define SERVICE CIM "CIM_BootService"
#define OPTIN   IPS "IPS_OptInService"
#define POWER   CIM "CIM_PowerManagementService"
#define EPR(tag, cls, key, value)                                                               \
	"<h:" tag "><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous" \
	"</a:Address><a:ReferenceParameters><w:ResourceURI>" CIM cls "</w:ResourceURI>"         \
	"<w:SelectorSet><w:Selector Name=\"" key "\">" value "</w:Selector></w:SelectorSet>"    \
	"</a:ReferenceParameters></h:" tag ">"
#define SOURCE(name) EPR("Source", "CIM_BootSourceSetting", "InstanceID", "Intel(r) AMT: " name)
#define ROLE(config, role)                                                      \
	EPR("BootConfigSetting", "CIM_BootConfigSetting", "InstanceID", config) \
	"<h:Role>" role "</h:Role>"
#define GOOD_CONFIG "Intel(r) AMT: Boot Configuration 0"

static struct peer p;

static void meet(const char *generation, const char *switches)
{
	hang_up(&p);
	p = (struct peer){ 0 };
	new_dev(generation, SIM_CONFIGURED, switches);
	str_copy(p.user, sizeof p.user, span_str("admin"));
	str_copy(p.pw, sizeof p.pw, span_str(ADMIN_PW));
	again_tls = plain_client();
	again_port = strcmp(generation, "16.1") ? 16992 : 16993;
	assert_true(dial(&p, again_port, again_port == 16993 ? &again_tls : NULL));
}

static void wait_ms(int64_t ms)
{
	hang_up(&p);
	run_ms(ms);
	assert_true(dial(&p, again_port, again_port == 16993 ? &again_tls : NULL));
}

/* A fault ends the connection. */
static void stay_up(void)
{
	if (p.down)
		wait_ms(1);
}

static unsigned call(const char *uri, const char *method, const char *params)
{
	stay_up();
	return invoke(&p, uri, method, params);
}

static void need(const char *required)
{
	char text[128];

	(void)snprintf(text, sizeof text, "<h:OptInRequired>%s</h:OptInRequired>", required);
	assert_int_equal(put(&p, OPTIN, NULL, text), 200);
}

/* All that must be in a Put, with that member true (or as it stands, when it has a tag). */
static unsigned put_data(const char *with)
{
	static const char *const flags[] = {
		"BIOSPause",
		"BIOSSetup",
		"ConfigurationDataReset",
		"ForcedProgressEvents",
		"LockKeyboard",
		"LockPowerButton",
		"LockResetButton",
		"LockSleepButton",
		"ReflashBIOS",
		"SecureErase",
		"UseIDER",
		"UseSOL",
		"UseSafeMode",
		"UserPasswordBypass",
	};
	static char text[4096];
	struct out o;

	out_init(&o, text, sizeof text);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		out_fmt(&o, "<h:%s>%s</h:%s>", flags[i], strcmp(flags[i], with) ? "false" : "true",
			flags[i]);
	if (!strstr(with, "BootMediaIndex"))
		out_str(&o, "<h:BootMediaIndex>0</h:BootMediaIndex>");
	if (!strstr(with, "FirmwareVerbosity"))
		out_str(&o, "<h:FirmwareVerbosity>0</h:FirmwareVerbosity>");
	if (!strstr(with, "IDERBootDevice"))
		out_str(&o, "<h:IDERBootDevice>0</h:IDERBootDevice>");
	if (*with == '<')
		out_str(&o, with);
	stay_up();
	return put(&p, DATA, NULL, text);
}

static void start_pc(void)
{
	assert_int_equal(
		call(POWER, "RequestPowerStateChange",
		     "<h:PowerState>10</h:PowerState>" EPR("ManagedElement", "CIM_ComputerSystem",
							   "Name", "ManagedSystem")),
		200);
	assert_int_equal(returned(&p), 0);
}

static int order(const char *source)
{
	assert_int_equal(call(CONFIG, "ChangeBootOrder", source), 200);
	return returned(&p);
}

static int role(const char *in)
{
	assert_int_equal(call(SERVICE, "SetBootConfigRole", in), 200);
	return returned(&p);
}

static enum sim_boot_from booted(void)
{
	return sim_dev_boot_choice(dev)->from;
}

static void puts_by_capability(void **state)
{
	static const struct {
		const char *name, *generation, *with;
		unsigned status;
		const char *says;
	} cases[] = {
		{ "setup", "16.1", "BIOSSetup", 200, "" },
		{ "pause on old", "5.0", "BIOSPause", 200, "" },
		{ "pause on new", "11.8", "BIOSPause", 500, "2050" },
		{ "power button on old", "5.0", "LockPowerButton", 200, "" },
		{ "power button on new", "16.1", "LockPowerButton", 500, "2050" },
		{ "keyboard", "16.1", "LockKeyboard", 200, "" },
		{ "configuration reset", "5.0", "ConfigurationDataReset", 500, "2050" },
		{ "erase on old", "5.0", "SecureErase", 500, "2050" },
		{ "erase", "11.8", "SecureErase", 200, "" },
		{ "secure boot on old", "5.0", "<h:EnforceSecureBoot>true</h:EnforceSecureBoot>",
		  400, "InvalidRepresentation" },
		{ "secure boot", "11.8", "<h:EnforceSecureBoot>true</h:EnforceSecureBoot>", 200,
		  "" },
		{ "verbose on old", "5.0", "<h:FirmwareVerbosity>2</h:FirmwareVerbosity>", 200,
		  "" },
		{ "verbose on new", "16.1", "<h:FirmwareVerbosity>2</h:FirmwareVerbosity>", 500,
		  "2050" },
		{ "verbosity of nobody", "5.0", "<h:FirmwareVerbosity>4</h:FirmwareVerbosity>", 500,
		  "36" },
		{ "device of nobody", "5.0", "<h:IDERBootDevice>2</h:IDERBootDevice>", 500, "36" },
		{ "parameters on old", "11.8",
		  "<h:UefiBootNumberOfParams>0</h:UefiBootNumberOfParams>", 400,
		  "InvalidRepresentation" },
		{ "count without parameters", "16.1",
		  "<h:UefiBootNumberOfParams>1</h:UefiBootNumberOfParams>", 500, "36" },
		{ "parameter of another vendor", "16.1",
		  "<h:UefiBootNumberOfParams>1</h:UefiBootNumberOfParams>"
		  "<h:UefiBootParametersArray>h4ABAAIAAABhYg==</h:UefiBootParametersArray>",
		  500, "36" },
		{ "parameter", "16.1",
		  "<h:UefiBootNumberOfParams>1</h:UefiBootNumberOfParams>"
		  "<h:UefiBootParametersArray>hoABAAIAAABhYg==</h:UefiBootParametersArray>",
		  200, "" },
		{ "status is ignored", "16.1", "<h:OptionsCleared>true</h:OptionsCleared>", 200,
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		meet(cases[i].generation, NULL);
		if (strcmp(cases[i].generation, "5.0") != 0)
			need("0");
		unsigned got = put_data(cases[i].with);
		if (got != cases[i].status || !says(&p, cases[i].says))
			fail_msg("%s: %u %s", cases[i].name, got, (char *)p.got.p);
	}
	hang_up(&p);
}

static void orders(void **state)
{
	static const struct {
		const char *name, *source;
		int want;
	} cases[] = {
		{ "none", "", 0 },
		{ "PXE", SOURCE("Force PXE Boot"), 0 },
		{ "two", SOURCE("Force PXE Boot") SOURCE("Force CD/DVD Boot"), 5 },
		{ "unknown", SOURCE("Force Tape Boot"), 4 },
		{ "not of this release", SOURCE("Force Diagnostic Boot"), 4 },
		{ "HTTPS", SOURCE("Force OCR UEFI HTTPS Boot"), 0 },
		{ "another class",
		  EPR("Source", "CIM_BootConfigSetting", "InstanceID", GOOD_CONFIG), 4 },
	};

	(void)state;
	meet("16.1", NULL);
	need("0");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int got = order(cases[i].source);
		if (got != cases[i].want)
			fail_msg("%s: %d", cases[i].name, got);
	}
	assert_int_equal(role(ROLE(GOOD_CONFIG, "0")), 1);
	assert_int_equal(role(ROLE("Intel(r) AMT: Boot Configuration 1", "1")), 5);
	assert_int_equal(role(ROLE(GOOD_CONFIG, "1")), 0);
	/* a source and the setup do not go together, whichever comes first */
	assert_int_equal(put_data("BIOSSetup"), 500);
	assert_int_equal(order(""), 0);
	assert_int_equal(put_data("BIOSSetup"), 200);
	assert_int_equal(order(SOURCE("Force PXE Boot")), 5);
	/* one-click recovery switched off */
	assert_int_equal(put_data(""), 200);
	assert_int_equal(
		call(SERVICE, "RequestStateChange", "<h:RequestedState>32770</h:RequestedState>"),
		200);
	assert_int_equal(order(SOURCE("Force OCR UEFI HTTPS Boot")), 1);
	hang_up(&p);
}

static void a_start_uses_it_up(void **state)
{
	(void)state;
	meet("16.1", NULL);
	need("0");
	assert_int_equal(put_data("UseSOL"), 200);
	assert_true(says(&p, "OptionsCleared>false<"));
	assert_int_equal(order(SOURCE("Force PXE Boot")), 0);
	assert_int_equal(role(ROLE(GOOD_CONFIG, "1")), 0);
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_PXE);
	assert_true(sim_dev_boot_choice(dev)->sol);
	assert_int_equal(get(&p, DATA, NULL), 200);
	assert_true(says(&p, "OptionsCleared>true<") && says(&p, "UseSOL>false<"));
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_USUAL);
	assert_int_equal(sim_dev_boot_choice(dev)->starts, 2);
	/* without the role nothing acts; clearing the order takes the role too */
	assert_int_equal(put_data("BIOSSetup"), 200);
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_USUAL);
	assert_int_equal(order(SOURCE("Force CD/DVD Boot")), 0);
	assert_int_equal(role(ROLE(GOOD_CONFIG, "1")), 0);
	assert_int_equal(order(""), 0);
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_USUAL);
	meet("16.1", "boot_role=optional");
	need("0");
	assert_int_equal(put_data("BIOSSetup"), 200);
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_BIOS);
	assert_int_equal(put_data("<h:IDERBootDevice>1</h:IDERBootDevice>"), 200);
	assert_int_equal(put_data("UseIDER"), 200);
	start_pc();
	assert_int_equal(booted(), SIM_BOOT_IDER_FLOPPY);
	hang_up(&p);
}

/* ---- consent ---- */

static unsigned shown_code(void)
{
	char text[256] = "";
	struct out o;

	out_init(&o, text, sizeof text);
	sim_dev_print_consent(dev, &o);
	const char *at = strstr(text, "code=");
	return at ? (unsigned)strtoul(at + 5, NULL, 10) : UINT32_MAX;
}

static bool state_is(const char *name)
{
	char text[256] = "", want[64];
	struct out o;

	out_init(&o, text, sizeof text);
	sim_dev_print_consent(dev, &o);
	(void)snprintf(want, sizeof want, "state=%s", name);
	return strstr(text, want) != NULL;
}

static int optin(const char *method)
{
	assert_int_equal(call(OPTIN, method, ""), 200);
	return returned(&p);
}

static int send_code(unsigned code)
{
	char text[64];

	(void)snprintf(text, sizeof text, "<h:OptInCode>%u</h:OptInCode>", code);
	assert_int_equal(call(OPTIN, "SendOptInCode", text), 200);
	return returned(&p);
}

static void consent_guards_boot_settings(void **state)
{
	(void)state;
	meet("16.1", NULL); /* for all, as from the factory */
	assert_int_equal(put_data("BIOSSetup"), 400);
	assert_true(says(&p, "AccessDenied"));
	assert_int_equal(call(CONFIG, "ChangeBootOrder", ""), 400);
	assert_int_equal(call(SERVICE, "SetBootConfigRole", ROLE(GOOD_CONFIG, "1")), 400);
	start_pc(); /* plain power is free */
	assert_int_equal(optin("StartOptIn"), 0);
	assert_int_equal(put_data("BIOSSetup"), 400);
	assert_int_equal(send_code(shown_code()), 0);
	assert_true(state_is("received"));
	assert_int_equal(put_data("BIOSSetup"), 200);
	need("1"); /* only for KVM */
	assert_int_equal(optin("CancelOptIn"), 0);
	assert_int_equal(put_data("BIOSSetup"), 200);
	hang_up(&p);
}

static void a_code_has_its_time(void **state)
{
	(void)state;
	meet("16.1", NULL);
	assert_int_equal(optin("CancelOptIn"), 2);
	assert_int_equal(send_code(1), 2);
	assert_int_equal(optin("StartOptIn"), 0);
	assert_int_equal(optin("StartOptIn"), 2);
	wait_ms(299000);
	assert_true(state_is("displayed"));
	wait_ms(1100);
	assert_true(state_is("idle"));
	assert_int_equal(optin("StartOptIn"), 0);
	unsigned code = shown_code();
	assert_int_equal(send_code(code ^ 1), 2066);
	assert_int_equal(send_code(code ^ 1), 2066);
	assert_true(state_is("displayed"));
	assert_int_equal(send_code(code ^ 1), 2066);
	assert_true(state_is("idle"));
	assert_int_equal(send_code(code), 2);
	assert_int_equal(optin("StartOptIn"), 0);
	assert_int_equal(send_code(shown_code()), 0);
	wait_ms(119000);
	assert_true(state_is("received"));
	wait_ms(1100);
	assert_true(state_is("idle"));
	hang_up(&p);
}

static void a_dark_screen_shows_no_code(void **state)
{
	(void)state;
	meet("16.1", NULL);
	assert_int_equal(
		call(POWER, "RequestPowerStateChange",
		     "<h:PowerState>8</h:PowerState>" EPR("ManagedElement", "CIM_ComputerSystem",
							  "Name", "ManagedSystem")),
		200);
	assert_int_equal(optin("StartOptIn"), 2);
	hang_up(&p);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(puts_by_capability),  T(orders),
		T(a_start_uses_it_up),  T(consent_guards_boot_settings),
		T(a_code_has_its_time), T(a_dark_screen_shows_no_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
