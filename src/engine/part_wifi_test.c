/* Part "wifi": what is to be done for which networks, without a device. */
#include "engine/test_part_shape.h"

enum { SERVICE, PORT, NETWORKS, ABLE, LOGINS, CERTS, CONTEXTS };
#define PSK(name) "{name: " name ", ssid: " name ", security: wpa2-psk, passphrase: {secret: s}}"
#define ONE(name) "wifi: {networks: [" PSK(name) "]}\n"
#define TWO(a, b) "wifi: {networks: [" PSK(a) ", " PSK(b) "]}\n"
#define NET       "CIM_WiFiEndpointSettings"
#define ID        "Intel(r)_AMT:WiFi_Endpoint_Settings_"
#define HAS(name, priority)                                                                 \
	"ElementName=" name " InstanceID=" ID name " SSID=" name " AuthenticationMethod=6 " \
	"EncryptionMethod=4 Priority=" priority

static void start(struct test_part *t, const char *yaml)
{
	test_part_start(t, &engine_part_wifi, yaml);
	test_part_have(t, SERVICE, "AMT_WiFiPortConfigurationService",
		       "Name=s localProfileSynchronizationEnabled=0");
	test_part_have(t, PORT, "CIM_WiFiPort", "DeviceID=WiFi_Port_0 EnabledState=3");
}

static void known(struct test_part *t)
{
	for (unsigned i = 0; i < t->in.secret_count; i++)
		t->secrets[i].was_set = true;
	t->in.secrets = t->secrets;
}

static void networks(void **state)
{
	static const struct {
		const char *name, *yaml, *have[4], *lines, *ids;
	} cases[] = {
		{ "none yet",
		  TWO("a", "b"),
		  { NULL },
		  "wifi.networks.a: absent -> a, wpa2-psk, priority 1\n"
		  "wifi.networks.b: absent -> b, wpa2-psk, priority 2\n",
		  "add:a(2) add:b(2) " },
		{ "both are right", TWO("a", "b"), { HAS("b", "2"), HAS("a", "1") }, "", "" },
		{ "exchanged: one goes out of the way first",
		  TWO("a", "b"),
		  { HAS("a", "2"), HAS("b", "1") },
		  "wifi.networks.a.priority: 2 -> 1\nwifi.networks.b.priority: 1 -> 2\n",
		  "move:b(0) set:a(0) set:b(0) " },
		{ "priority of one that stays is not taken",
		  ONE("a"),
		  { HAS("x", "1") },
		  "wifi.networks.x: not in the profile\n"
		  "wifi.networks.a: absent -> a, wpa2-psk, priority 2\n",
		  "report:wifi.networks.x(8) add:a(2) " },
		{ "the highest is held: the next below is used",
		  TWO("a", "b"),
		  { HAS("x", "255"), HAS("a", "2"), HAS("b", "1") },
		  "wifi.networks.x: not in the profile\nwifi.networks.a.priority: 2 -> 1\n"
		  "wifi.networks.b.priority: 1 -> 2\n",
		  "report:wifi.networks.x(8) move:b(0) set:a(0) set:b(0) " },
		{ "a profile of the user with our name is not ours",
		  ONE("a"),
		  { HAS("a", "0") },
		  "wifi.networks.a: a profile of the user, left alone\n"
		  "wifi.networks.a: absent -> a, wpa2-psk, priority 1\n",
		  "report:wifi.networks.a(8) add:a(2) " },
		{ "owned",
		  "wifi: {own: on, networks: [" PSK("a") "]}\n",
		  { HAS("x", "1"), HAS("a", "2"), HAS("u", "0") },
		  "wifi.networks.x: x -> absent\n"
		  "wifi.networks.u: a profile of the user, left alone\n"
		  "wifi.networks.a.priority: 2 -> 1\n",
		  "delete:x(16) report:wifi.networks.u(8) set:a(0) " },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		start(&t, cases[n].yaml);
		known(&t);
		for (int k = 0; k < 4 && cases[n].have[k]; k++)
			test_part_have(&t, NETWORKS, NET, cases[n].have[k]);
		assert_true(test_part_diff(&t));
		if (!str_eq(t.lines, cases[n].lines) || !str_eq(t.ids, cases[n].ids))
			fail_msg("%s:\n%s%s", cases[n].name, t.lines, t.ids);
		test_part_stop(&t);
	}
}

static void what_moves_keeps_its_secret(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, TWO("a", "b"));
	known(&t);
	test_part_have(&t, NETWORKS, NET, HAS("a", "2"));
	test_part_have(&t, NETWORKS, NET, HAS("b", "1"));
	assert_true(test_part_diff(&t));
	for (const struct engine_change *ch = t.c.first; ch; ch = ch->next) {
		const struct wsman_obj *s = wsman_obj_obj(ch->req.obj, "WiFiEndpointSettingsInput");
		assert_string_equal(wsman_obj_str(s, "PSKPassPhrase"), "Secret-1");
		assert_non_null(ch->secret);
	}
	const struct wsman_obj *moved =
		wsman_obj_obj(t.c.first->req.obj, "WiFiEndpointSettingsInput");
	assert_string_equal(wsman_obj_str(moved, "Priority"), "255");
	test_part_stop(&t);
}

static void a_full_list_is_refused_before_anything(void **state)
{
	struct test_part t;
	char have[256];
	(void)state;
	start(&t, ONE("a"));
	for (int i = 1; i <= 8; i++) {
		snprintf(have, sizeof have, "ElementName=x%d InstanceID=x%d SSID=x Priority=%d", i,
			 i, i);
		test_part_have(&t, NETWORKS, NET, have);
	}
	assert_false(test_part_diff(&t));
	assert_string_equal(t.e.msg,
			    "wifi.networks: 1 networks do not fit beside 8 others of this PC");
	test_part_stop(&t);
}

static void asks_the_radio(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, "wifi: {networks: [{name: a, ssid: a, security: wpa3-owe}]}\n");
	assert_true(test_part_diff(&t)); /* it does not say what it can: tried */
	test_part_have(&t, ABLE, "CIM_WiFiEndpointCapabilities",
		       "InstanceID=c SupportedAuthenticationMethods=6");
	assert_false(test_part_diff(&t));
	assert_string_equal(t.e.seen, "wpa3-owe");
	test_part_stop(&t);
}

static void asks_like_others(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, ONE("home"));
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "add:home",
			"requests/AMT_WiFiPortConfigurationService.AddWiFiSettings.xml");
	test_part_stop(&t);
	start(&t, "wifi: {own: on, networks: []}\n");
	test_part_have(&t, NETWORKS, NET, HAS("home", "1"));
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "delete:home", "requests/CIM_WiFiEndpointSettings.Delete.xml");
	test_part_stop(&t);
}

static void refuses_a_profile(void **state)
{
	static const struct {
		const char *yaml, *why;
	} cases[] = {
		{ "{name: a, ssid: a, security: wpa2-psk}",
		  "line 2, column 48: this security needs 'passphrase'" },
		{ "{name: a, ssid: a, security: wpa2-802.1x}",
		  "line 2, column 48: this security needs 'dot1x'" },
		{ "{name: a, ssid: a, security: wpa2-802.1x, dot1x: {protocol: tls}}",
		  "this protocol needs 'client_certificate: own'" },
		{ "{name: a, ssid: a, security: wpa2-802.1x, dot1x: {protocol: peap-mschapv2}}",
		  "this protocol needs 'username' and 'password'" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct engine_profile p;
		struct err e = { 0 };
		struct arena a;
		char text[512];
		arena_init(&a, 1 << 20);
		snprintf(text, sizeof text, "version: 1\nwifi: {networks: [%s]}\n", cases[n].yaml);
		assert_false(engine_profile_parse_in("test", 1, span_str(text), &a, &p, &e));
		if (!strstr(e.msg, cases[n].why))
			fail_msg("%s", e.msg);
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks),
		cmocka_unit_test(what_moves_keeps_its_secret),
		cmocka_unit_test(a_full_list_is_refused_before_anything),
		cmocka_unit_test(asks_the_radio),
		cmocka_unit_test(asks_like_others),
		cmocka_unit_test(refuses_a_profile),
	};
	return cmocka_run_group_tests_name("engine/part_wifi", tests, NULL, NULL);
}
