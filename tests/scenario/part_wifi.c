/* Part "wifi" of the profile, on the first release that has it and the newest: networks set in their
 * order, changed behind our back, repaired, left alone or removed; 802.1X with its certificates; what a
 * PC does not have and what it refuses. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define TWO                                                                                   \
	"wifi:\n  port: s0-sx-ac\n  local_sync: user\n  networks:\n"                          \
	"  - {name: office, ssid: Example, security: wpa2-psk, passphrase: {secret: wifi}}\n" \
	"  - {name: depot, ssid: Depot, security: wpa-psk, encryption: tkip, passphrase: {secret: wifi}}\n"
#define SERVICE  "AMT_WiFiPortConfigurationService"
#define SETTINGS "CIM_WiFiEndpointSettings"
#define ID(name) "Intel(r) AMT:WiFi Endpoint Settings " name
#define IN       "WiFiEndpointSettingsInput."

static void fill(struct world *w)
{
	parts_secret(w, "wifi", "Planted-Phrase-1");
	parts_secret(w, "radius", "Planted-Login-1");
	parts_trust(w, "radius");
}

/* By a client that is not the engine: the network is set anew. */
static uint32_t update(struct world *w, unsigned i, const char *name, const char *ssid,
		       const char *priority)
{
	char at[160], id[96], n[64], s[64], p[64];
	snprintf(at, sizeof at, "WiFiEndpointSettings=" SETTINGS "{InstanceID=" ID("%s") "}", name);
	snprintf(id, sizeof id, IN "InstanceID=" ID("%s"), name);
	snprintf(n, sizeof n, IN "ElementName=%s", name);
	snprintf(s, sizeof s, IN "SSID=%s", ssid);
	snprintf(p, sizeof p, IN "Priority=%s", priority);
	return parts_invoke(w, i, SERVICE, NULL, "UpdateWiFiSettings", at, id, n, s, p,
			    IN "AuthenticationMethod=6", IN "EncryptionMethod=4",
			    IN "PSKPassPhrase=another-phrase", NULL);
}

static uint32_t add(struct world *w, unsigned i, const char *name, const char *priority)
{
	char id[96], n[64], p[64];
	snprintf(id, sizeof id, IN "InstanceID=" ID("%s"), name);
	snprintf(n, sizeof n, IN "ElementName=%s", name);
	snprintf(p, sizeof p, IN "Priority=%s", priority);
	return parts_invoke(w, i, SERVICE, NULL, "AddWiFiSettings",
			    "WiFiEndpoint=CIM_WiFiEndpoint{Name=WiFi Endpoint 0}", id, n, p,
			    IN "SSID=Other", IN "AuthenticationMethod=6", IN "EncryptionMethod=4",
			    IN "PSKPassPhrase=another-phrase", NULL);
}

static void expect(struct world *w, unsigned i, const char *sel, const char *prop, const char *want)
{
	const struct wsman_obj *o = parts_get(w, i, SETTINGS, sel);
	if (!o)
		fail_msg("%s is not there", sel);
	assert_string_equal(wsman_obj_str(o, prop), want);
}

static void drifts(struct world *w, unsigned i)
{
	assert_int_equal(parts_invoke(w, i, "CIM_WiFiPort", NULL, "RequestStateChange",
				      "RequestedState=3", NULL),
			 0);
	parts_expect_drift(w, i, "wifi.port: off -> s0-sx-ac\n");
	assert_true(parts_put(w, i, SERVICE, NULL, "localProfileSynchronizationEnabled=3", NULL));
	parts_expect_drift(w, i, "wifi.local_sync: any -> user\n");
	assert_int_equal(update(w, i, "office", "Wrong", "1"), 0);
	parts_expect_drift(w, i, "wifi.networks.office.ssid: Wrong -> Example\n");
	assert_int_equal(update(w, i, "office", "Example", "9"), 0);
	parts_expect_drift(w, i, "wifi.networks.office.priority: 9 -> 1\n");
	assert_int_equal(update(w, i, "depot", "Depot", "2"), 0);
	parts_expect_drift(w, i,
			   "wifi.networks.depot.security: wpa2-psk -> wpa-psk\n"
			   "wifi.networks.depot.encryption: ccmp -> tkip\n");
	assert_true(parts_delete(w, i, SETTINGS, "InstanceID=" ID("depot")));
	parts_expect_drift(w, i, "wifi.networks.depot: absent -> Depot, wpa-psk, priority 2\n");
}

/* The list the other way round: priorities are exchanged, which firmware takes one at a time only. */
static void reorders(struct world *w, unsigned i)
{
	char why[512];
	parts_profile(w,
		      "wifi:\n  networks:\n"
		      "  - {name: depot, ssid: Depot, security: wpa-psk, encryption: tkip, "
		      "passphrase: {secret: wifi}}\n"
		      "  - {name: office, ssid: Example, security: wpa2-psk, passphrase: "
		      "{secret: wifi}}\n");
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("%s", why);
	expect(w, i, "InstanceID=" ID("depot"), "Priority", "1");
	expect(w, i, "InstanceID=" ID("office"), "Priority", "2");
	/* a changed passphrase cannot be read back: it is sent because it is another one */
	parts_secret(w, "wifi", "Planted-Phrase-2");
	parts_expect_drift(w, i,
			   "wifi.networks.depot.passphrase: unknown -> as in the profile\n"
			   "wifi.networks.office.passphrase: unknown -> as in the profile\n");
}

static void others(struct world *w, unsigned i)
{
	char text[1024], why[512];
	assert_true(sim_dev_sync_wifi(w->devs[i].dev, "home", "Home"));
	assert_int_equal(add(w, i, "guest", "1"), 3); /* that priority is taken */
	assert_int_equal(add(w, i, "depot", "7"), 3); /* that name is */
	assert_int_equal(add(w, i, "guest", "7"), 0);
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(w, i, text, sizeof text);
	assert_string_equal(text,
			    "wifi.networks.home: a profile of the user, left alone\n"
			    "wifi.networks.guest: not in the profile\n");
	/* one that is left alone keeps its priority */
	parts_profile(w,
		      "wifi:\n  own: on\n  networks:\n"
		      "  - {name: office, ssid: Example, security: wpa2-psk, passphrase: "
		      "{secret: wifi}}\n");
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text,
			    "wifi.networks.depot: Depot -> absent\n"
			    "wifi.networks.guest: Other -> absent\n"
			    "wifi.networks.office.priority: 2 -> 1\n");
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("%s", why);
	assert_null(parts_get(w, i, SETTINGS, "InstanceID=" ID("guest")));
	assert_non_null(parts_get(w, i, SETTINGS, "InstanceID=home"));
	parts_profile(w, "wifi: {own: on, networks: []}\n");
	parts_expect_drift(w, i, "wifi.networks.office: Example -> absent\n");
	assert_null(parts_get(w, i, SETTINGS, "InstanceID=" ID("office")));
	assert_non_null(parts_get(w, i, SETTINGS, "InstanceID=home"));
}

static void sets_drifts_repairs(void **state)
{
	static const char *const generations[] = { "4.0", "22.0" };
	char text[1024];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start_with(&w, generations[g], TWO, NULL, fill);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		expect(&w, i, "InstanceID=" ID("office"), "Priority", "1");
		expect(&w, i, "InstanceID=" ID("depot"), "Priority", "2");
		assert_null(wsman_obj_str(parts_get(&w, i, SETTINGS, "InstanceID=" ID("office")),
					  "PSKPassPhrase"));
		drifts(&w, i);
		reorders(&w, i);
		others(&w, i);
		parts_stop(&w);
	}
}

#define LOGIN                                                                                         \
	"wifi:\n  networks:\n  - name: office\n    ssid: Example\n    security: wpa2-802.1x\n"        \
	"    dot1x: {protocol: %s, ca: radius, server_name: example.com, server_name_match: suffix, " \
	"%s}\n"

/* A network with a login: the trusted root comes into the PC first, its own certificate is used, and
 * neither can be deleted while it is. */
static void logs_in_with_802_1x(void **state)
{
	static const char *const generations[] = { "4.0", "22.0" };
	char tail[512], text[1024], why[512];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		snprintf(tail, sizeof tail, LOGIN, "peap-mschapv2",
			 "username: pc, password: {secret: radius}");
		unsigned i = parts_start_with(&w, generations[g], tail, NULL, fill);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		const struct wsman_obj *o = parts_get(&w, i, "CIM_IEEE8021xSettings", NULL);
		assert_string_equal(wsman_obj_str(o, "AuthenticationProtocol"), "2");
		assert_string_equal(wsman_obj_str(o, "Username"), "pc");
		assert_null(wsman_obj_str(o, "Password"));

		snprintf(tail, sizeof tail, LOGIN, "tls", "client_certificate: own");
		parts_profile(&w, tail);
		parts_drift(&w, i, text, sizeof text);
		assert_true(strstr(text,
				   "wifi.networks.office.dot1x.protocol: peap-mschapv2 -> tls\n"
				   "wifi.networks.office.dot1x.client_certificate: absent -> "
				   "Intel(r) AMT Certificate: Handle: "));
		if (!parts_apply(&w, i, why, sizeof why))
			fail_msg("%s", why);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");

		assert_true(parts_delete(&w, i, SETTINGS, "InstanceID=" ID("office")));
		assert_null(parts_get(&w, i, "CIM_IEEE8021xSettings", NULL));
		parts_expect_drift(
			&w, i,
			"wifi.networks.office: absent -> Example, wpa2-802.1x, priority 1\n");
		parts_stop(&w);
	}
}

static void tells_what_cannot_be(void **state)
{
	char text[1024], why[512], name[16], priority[16];
	struct world w;
	(void)state;
	/* desktops of 5.x have none; of others, one without a card */
	unsigned i = parts_start_with(&w, "5.0", TWO, NULL, fill);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "wireless network: not available in AMT 5.0.3: " SERVICE
			    ": DestinationUnreachable\n");
	parts_stop(&w);

	i = parts_start_with(&w, "12.0", TWO, NULL, fill);
	/* the newest security is not in an old radio */
	parts_profile(&w,
		      "wifi:\n  networks:\n  - {name: office, ssid: Example, security: wpa3-sae, "
		      "passphrase: {secret: wifi}}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why,
			       "wifi.networks.office.security: this PC's wireless card does not "
			       "offer it"));
	/* the BIOS's share came with 16.1 */
	parts_profile(&w, "wifi: {uefi_share: on}\n");
	assert_true(parts_apply(&w, i, why, sizeof why));
	parts_drift(&w, i, text, sizeof text);
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text, "wifi.uefi_share: not available -> on\n");
	/* full */
	for (int n = 3; n <= 8; n++) {
		snprintf(name, sizeof name, "other%d", n);
		snprintf(priority, sizeof priority, "%d", n);
		assert_int_equal(add(&w, i, name, priority), 0);
	}
	assert_int_equal(add(&w, i, "other9", "9"), 2);
	parts_profile(&w,
		      "wifi:\n  networks:\n  - {name: new, ssid: Example, security: wpa2-psk, "
		      "passphrase: {secret: wifi}}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "1 networks do not fit beside 8 others"));
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(logs_in_with_802_1x),
		cmocka_unit_test(tells_what_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
