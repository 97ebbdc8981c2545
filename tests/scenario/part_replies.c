/* What the simulator answers for the network parts of a profile has the members, in their order, that
 * captured replies of real firmware have. Skips visibly without the captures. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TAIL                                                                                           \
	"wifi:\n  networks:\n"                                                                         \
	"  - {name: a, ssid: A, security: wpa2-psk, passphrase: {secret: s}}\n"                        \
	"  - {name: b, ssid: B, security: wpa2-802.1x, dot1x: {protocol: peap-mschapv2, username: u, " \
	"password: {secret: s}}}\n"                                                                    \
	"remote_access:\n  servers: [{host: 192.0.2.9, port: 4433, auth: password, username: u, "      \
	"password: {secret: s}, common_name: 192.0.2.9}]\n"                                            \
	"  policies: [{trigger: periodic, every_s: 25}]\n"                                             \
	"home_domains: {suffixes: [example.com]}\n"

static const struct {
	const char *generation, *cls, *sel, *file;
} rows[] = {
	{ "16.1", "AMT_EnvironmentDetectionSettingData", NULL, "amt/environmentdetection/put" },
	{ "16.1", "AMT_RemoteAccessService", NULL, "amt/remoteaccess/service/get" },
	{ "16.1", "AMT_RemoteAccessCapabilities", NULL, "amt/remoteaccess/capabilities/get" },
	{ "16.1", "AMT_RemoteAccessPolicyAppliesToMPS", NULL,
	  "amt/remoteaccess/policyappliestomps/get" },
	{ "16.1", "AMT_RemoteAccessPolicyRule", NULL, "amt/remoteaccess/policyrule/pull" },
	{ "16.1", "AMT_ManagementPresenceRemoteSAP", NULL, "amt/managementpresence/get" },
	{ "16.1", "AMT_MPSUsernamePassword", NULL, "amt/mps/get" },
	{ "16.1", "AMT_UserInitiatedConnectionService", NULL, "amt/userinitiatedconnection/get" },
	{ "16.1", "AMT_WiFiPortConfigurationService", NULL, "amt/wifiportconfiguration/pull" },
	{ "12.0", "AMT_WiFiPortConfigurationService", NULL, "amt/wifiportconfiguration/put" },
	{ "16.1", "CIM_WiFiPort", NULL, "cim/wifi/port/get" },
	{ "16.1", "CIM_WiFiEndpointSettings", "InstanceID=Intel(r) AMT:WiFi Endpoint Settings a",
	  "cim/wifi/endpointsettings/pull" },
	{ "16.1", "CIM_IEEE8021xSettings", NULL, "cim/ieee8021x/settings/pull" },
	{ "16.1", "IPS_IEEE8021xSettings", NULL, "ips/ieee8021x/settings/get" },
	{ "12.0", "AMT_8021XProfile", NULL, "amt/ieee8021x/profile/get" },
};

static void fill(struct world *w)
{
	parts_secret(w, "s", "Planted-Secret-1");
}

static void members(const struct wsman_obj *o, char *out, size_t cap)
{
	size_t n = 0;
	out[0] = 0;
	for (unsigned i = 0; i < o->shape->prop_count; i++)
		if (o->vals[i] && n < cap)
			n += (size_t)snprintf(out + n, cap - n, "%s ", o->shape->props[i].name);
}

/* The first instance of a captured reply; false: there are no captures. */
static bool captured(const char *file, struct arena *a, struct wsman_obj **out_o)
{
	static char text[262144];
	char path[512];
	const char *shared = getenv("OUTBAND_SHARED");
	struct wsman_msg m;
	struct err e = { 0 };
	snprintf(path, sizeof path, "%s/corpus/wsman/responses/%s.xml",
		 shared ? shared : "../shared", file);
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	size_t n = fread(text, 1, sizeof text, f);
	fclose(f);
	if (!wsman_envelope_parse(span_make(text, n), a, &m, &e))
		fail_msg("%s: %s", file, e.msg);
	if (!(m.items ? wsman_envelope_item(m.items->first, a, out_o, &e)
		      : wsman_envelope_obj(&m, a, out_o, &e)))
		fail_msg("%s: %s", file, e.msg);
	return true;
}

static void has_the_same_members(const char *generation)
{
	struct world w;
	unsigned bad = 0, looked = 0;
	unsigned i = parts_start_with(&w, generation, TAIL, NULL, fill);
	for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
		struct arena a;
		struct wsman_obj *theirs;
		char ours_text[1024], theirs_text[1024];
		if (strcmp(rows[n].generation, generation) != 0)
			continue;
		arena_init(&a, 4 << 20);
		if (!captured(rows[n].file, &a, &theirs)) {
			parts_stop(&w);
			arena_deinit(&a);
			skip();
		}
		const struct wsman_obj *ours = parts_get(&w, i, rows[n].cls, rows[n].sel);
		if (!ours)
			fail_msg("%s is not there", rows[n].cls);
		members(ours, ours_text, sizeof ours_text);
		members(theirs, theirs_text, sizeof theirs_text);
		looked++;
		if (strcmp(ours_text, theirs_text) != 0) {
			print_message("%s\n  ours:   %s\n  theirs: %s\n", rows[n].cls, ours_text,
				      theirs_text);
			bad++;
		}
		arena_deinit(&a);
	}
	assert_int_equal(bad, 0);
	assert_true(looked > 0);
	parts_stop(&w);
}

static void of_16_1(void **state)
{
	(void)state;
	has_the_same_members("16.1");
}

static void of_12_0(void **state)
{
	(void)state;
	has_the_same_members("12.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_16_1),
		cmocka_unit_test(of_12_0),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
