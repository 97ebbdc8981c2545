/* Roles of the translator: which calls over which interface, what their answers become, what is done
 * and what is refused in which state of power, and what leaves as a command. */
#include "amt/pc_priv.h"
#include "base/limits.h"
#include "base/str.h"
#include "wsman/classes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void tells_eras_apart(void **state)
{
	(void)state;
	static const struct {
		const char *version;
		bool soap;
	} rows[] = {
		{ "2.0.5", true }, { "2.6", true },    { "3.0.5", true },  { "3.1", true },
		{ "3.2", true },   { "3.2.0", true },  { "3.2.1", false }, { "3.2.10", false },
		{ "3.3", false },  { "4.0.7", false }, { "16.1", false },  { "", false },
		{ "x", false },    { "2.x", false },   { "0.9", false },   { "2", true },
		{ "-2.0", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (amt_pc_is_soap_era(rows[i].version) != rows[i].soap)
			fail_msg("%s", rows[i].version);
	}
}

/* "Class.Method" or operation, in order. */
static void lists_calls(void **state)
{
	(void)state;
	static const struct {
		enum amt_pc_role role;
		enum amt_pc_speaks speaks;
		const char *version, *calls;
	} rows[] = {
		{ AMT_PC_INFO, AMT_PC_WSMAN, "5.0.3",
		  "AMT_SetupAndConfigurationService AMT_GeneralSettings AMT_EthernetPortSettings "
		  "CIM_AssociatedPowerManagementService " },
		{ AMT_PC_RESET, AMT_PC_WSMAN, "5.0.3", "CIM_AssociatedPowerManagementService " },
		{ AMT_PC_INFO, AMT_PC_SOAP, "2.0.5",
		  "GetDigestRealm GetHostName GetDomainName GetSystemPowerState "
		  "GetRemoteControlCapabilities " },
		{ AMT_PC_INFO, AMT_PC_SOAP, "2.5.15",
		  "GetDigestRealm GetHostName GetDomainName GetInterfaceSettings "
		  "GetSystemPowerState GetRemoteControlCapabilities " },
		{ AMT_PC_STATUS, AMT_PC_SOAP, "3.0.5",
		  "GetSystemPowerState GetRemoteControlCapabilities " },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct amt_pc_facts f = { .speaks = rows[i].speaks };
		const struct amt_pc_step *s;
		char text[512] = "";
		struct out o;
		assert_true(str_copy(f.version, sizeof f.version, span_str(rows[i].version)));
		out_init(&o, text, sizeof text);
		for (unsigned n = 0; (s = amt_pc_step_at(rows[i].role, &f, n)); n++) {
			out_fmt(&o, "%s ", s->op ? s->op : s->class_name);
			assert_true(s->op ? s->take_eoi != NULL : s->take_obj != NULL);
			assert_true(s->op || wsman_classes_find(s->class_name));
		}
		assert_string_equal(text, rows[i].calls);
	}
}

static const struct amt_pc_step *step_of(enum amt_pc_speaks speaks, const char *name)
{
	static struct amt_pc_facts f;
	const struct amt_pc_step *s;

	f = (struct amt_pc_facts){ .speaks = speaks, .version = "3.0.5" };
	for (unsigned n = 0; (s = amt_pc_step_at(AMT_PC_INFO, &f, n)); n++) {
		if (str_eq(s->op ? s->op : s->class_name, name))
			return s;
	}
	fail_msg("no call %s", name);
	return NULL;
}

#define SOAP(ns, op, inner)                                                             \
	"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><" op  \
	"Response xmlns='" WSMAN_EOI_NS ns "/2004/01'><Status>0</Status>" inner "</" op \
	"Response></e:Body></e:Envelope>"

static void reads_soap(void **state)
{
	(void)state;
	static const struct {
		const char *name, *op, *reply;
		bool ok;
		const char *want; /* the fact that it is about */
	} rows[] = {
		{ "UUID in the realm", "GetDigestRealm",
		  SOAP("SecurityAdministration", "GetDigestRealm",
		       "<DigestRealm>Intel(R) AMT (ID:10d2c28f-2bdd-4aff-b45b-2bff40ab0a59)</DigestRealm>"),
		  true, "10d2c28f-2bdd-4aff-b45b-2bff40ab0a59" },
		{ "realm cut short", "GetDigestRealm",
		  SOAP("SecurityAdministration", "GetDigestRealm",
		       "<DigestRealm>Intel(R) AMT (ID:10d2</DigestRealm>"),
		  true, "" },
		{ "soft-off", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState",
		       "<SystemPowerState>5</SystemPowerState>"),
		  true, "off" },
		{ "only the low digit counts", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState",
		       "<SystemPowerState>48</SystemPowerState>"),
		  true, "on" },
		{ "S3", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState",
		       "<SystemPowerState>3</SystemPowerState>"),
		  true, "sleep" },
		{ "S4", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState",
		       "<SystemPowerState>4</SystemPowerState>"),
		  true, "hibernate" },
		{ "state that nobody knows", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState",
		       "<SystemPowerState>9</SystemPowerState>"),
		  true, "unknown" },
		{ "no state", "GetSystemPowerState",
		  SOAP("RemoteControl", "GetSystemPowerState", ""), false, "unknown" },
		{ "address", "GetInterfaceSettings",
		  SOAP("NetworkAdministration", "GetInterfaceSettings",
		       "<InterfaceDescriptor><MACAddress>02-00</MACAddress><IPv4Parameters>"
		       "<LocalAddress>3232235777</LocalAddress></IPv4Parameters></InterfaceDescriptor>"),
		  true, "192.168.1.1" },
		{ "no address", "GetInterfaceSettings",
		  SOAP("NetworkAdministration", "GetInterfaceSettings",
		       "<InterfaceDescriptor><MACAddress>02-00</MACAddress></InterfaceDescriptor>"),
		  true, "" },
		{ "no descriptor", "GetInterfaceSettings",
		  SOAP("NetworkAdministration", "GetInterfaceSettings", ""), false, "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct amt_pc_facts f = { .speaks = AMT_PC_SOAP };
		struct wsman_eoi_msg m;
		const struct amt_pc_step *s = step_of(AMT_PC_SOAP, rows[i].op);
		assert_true(wsman_eoi_parse(span_str(rows[i].reply), &arena, &m, NULL));
		bool ok = s->take_eoi(&f, &m);
		const char *got = str_eq(rows[i].op, "GetDigestRealm") ? f.uuid
			: str_eq(rows[i].op, "GetInterfaceSettings")   ? f.address
								       : amt_pc_power_name(f.power);
		if (ok != rows[i].ok || !str_eq(got, rows[i].want))
			fail_msg("%s: %d, '%s'", rows[i].name, ok, got);
	}
}

static struct wsman_obj *power_obj(const char *state, const char *const *can)
{
	const struct wsman_class *c = wsman_classes_find("CIM_AssociatedPowerManagementService");
	struct wsman_obj *o = wsman_obj_new(&arena, &c->shape, c->uri);

	wsman_obj_set_str(o, "PowerState", state);
	for (; *can; can++)
		wsman_obj_add_str(o, "AvailableRequestedPowerStates", *can);
	return o;
}

static void asks_for_what_the_pc_offers(void **state)
{
	(void)state;
	static const struct {
		const char *name, *state, *can[8];
		enum amt_pc_role role;
		bool ok, need;
		const char *request;
	} rows[] = {
		{ "off, softly", "2", { "10", "8", "5" }, AMT_PC_OFF, true, true, "8" },
		{ "off, only the hard way", "2", { "10", "6" }, AMT_PC_OFF, true, true, "6" },
		{ "off, and it is", "8", { "2" }, AMT_PC_OFF, true, false, NULL },
		{ "on, and it is", "2", { "8" }, AMT_PC_ON, true, false, NULL },
		{ "on out of S5", "8", { "2" }, AMT_PC_ON, true, true, "2" },
		{ "on out of hibernation", "7", { "2" }, AMT_PC_ON, true, true, "2" },
		{ "cycle, the hard way", "2", { "9" }, AMT_PC_CYCLE, true, true, "9" },
		{ "reset of one that is off", "8", { "2" }, AMT_PC_RESET, false, false, NULL },
		{ "cycle of one that hibernates", "7", { "2" }, AMT_PC_CYCLE, false, false, NULL },
		{ "off while a session forbids it", "2", { "10" }, AMT_PC_OFF, false, false, NULL },
		{ "firmware that lists nothing", "2", { NULL }, AMT_PC_RESET, true, true, "10" },
		{ "unknown state", "1", { NULL }, AMT_PC_OFF, true, true, "8" },
		{ "a look", "2", { "10" }, AMT_PC_STATUS, true, false, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct amt_pc_facts f = { .speaks = AMT_PC_WSMAN };
		struct err e = { 0 };
		bool need = true;
		assert_true(step_of(AMT_PC_WSMAN, "CIM_AssociatedPowerManagementService")
				    ->take_obj(&f, power_obj(rows[i].state, rows[i].can)));
		bool ok = amt_pc_judge(rows[i].role, &f, &need, &e);
		if (ok != rows[i].ok || need != rows[i].need || ok != (e.code == ERR_NONE) ||
		    (!ok && !e.hint[0]))
			fail_msg("%s: %d %d %s", rows[i].name, ok, need, e.msg);
		if (!rows[i].request)
			continue;
		struct wsman_obj *in = amt_pc_power_input(rows[i].role, &f, &arena);
		assert_non_null(in);
		assert_string_equal(wsman_obj_str(in, "PowerState"), rows[i].request);
		assert_string_equal(
			wsman_obj_epr_selector(wsman_obj_epr(in, "ManagedElement"), "Name"),
			"ManagedSystem");
	}
}

static void words_and_commands(void **state)
{
	(void)state;
	static const struct {
		const char *word, *command;
	} rows[] = { { "on", "17" }, { "off", "18" }, { "cycle", "19" }, { "reset", "16" } };
	enum amt_pc_role role;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(amt_pc_role_parse(rows[i].word, &role));
		assert_string_equal(amt_pc_power_command(role), rows[i].command);
	}
	assert_true(amt_pc_role_parse("status", &role) && role == AMT_PC_STATUS);
	assert_false(amt_pc_role_parse("On", &role));
	assert_false(amt_pc_role_parse("", &role));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_eras_apart),   cmocka_unit_test(lists_calls),
		cmocka_unit_test(reads_soap),         cmocka_unit_test(asks_for_what_the_pc_offers),
		cmocka_unit_test(words_and_commands),
	};
	return cmocka_run_group_tests(tests, up, down);
}
