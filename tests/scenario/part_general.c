/* Part "general" of the profile, on the oldest and the newest release. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLS "AMT_GeneralSettings"

static void sets_drifts_repairs(void **state)
{
	static const char *const releases[] = { "3.2.1", "22.0" };
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		char text[1024], why[512];
		unsigned i = parts_start(
			&w, releases[g],
			"general: {rmcp_ping: off, wsman_only: on, shared_fqdn: off, ddns: on, "
			"ddns_by_dhcp: off, ddns_interval: 60, ddns_ttl: 300, address_family: ipv6, "
			"presence_interval: 10}\n");
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		const struct wsman_obj *o = parts_get(&w, i, CLS, NULL);
		assert_string_equal(wsman_obj_str(o, "DDNSTTL"), "300");
		assert_string_equal(wsman_obj_str(o, "SharedFQDN"), "false");
		assert_true(parts_put(&w, i, CLS, NULL, "RmcpPingResponseEnabled=true",
				      "DDNSPeriodicUpdateInterval=90", "PreferredAddressFamily=0",
				      NULL));
		parts_expect_drift(&w, i,
				   "general.rmcp_ping: on -> off\n"
				   "general.ddns_interval: 90 -> 60\n"
				   "general.address_family: ipv4 -> ipv6\n");
		assert_true(parts_put(&w, i, CLS, NULL, "WsmanOnlyMode=false", "DDNSTTL=301",
				      "DDNSUpdateEnabled=false",
				      "DDNSUpdateByDHCPServerEnabled=true",
				      "PresenceNotificationInterval=11", NULL));
		parts_expect_drift(&w, i,
				   "general.wsman_only: off -> on\n"
				   "general.ddns: off -> on\n"
				   "general.ddns_by_dhcp: on -> off\n"
				   "general.ddns_ttl: 301 -> 300\n"
				   "general.presence_interval: 11 -> 10\n");
		/* staged: it acts at the commit, of which the service does one */
		assert_true(parts_put(&w, i, CLS, NULL, "SharedFQDN=true", NULL));
		parts_invoke(&w, i, "AMT_SetupAndConfigurationService", NULL, "CommitChanges",
			     NULL);
		world_run_ms(&w, 60 * 1000);
		parts_expect_drift(&w, i, "general.shared_fqdn: on -> off\n");
		assert_string_equal(wsman_obj_str(parts_get(&w, i, CLS, NULL), "SharedFQDN"),
				    "false");
		/* what the profile does not name stays */
		unsigned before = parts_changes(&w, i);
		parts_profile(&w, "general: {ddns: on}\n");
		assert_true(parts_apply(&w, i, why, sizeof why));
		assert_int_equal(parts_changes(&w, i), before);
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
