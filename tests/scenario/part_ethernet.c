/* Part "ethernet" of the profile, on the oldest and the newest release: a static address, the host's, DHCP;
 * staged until the commit; the link policy at once. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLASS "AMT_EthernetPortSettings"
#define WIRED "InstanceID=Intel(r) AMT Ethernet Port Settings 0"
#define STATIC                                                                                   \
	"ethernet: {dhcp: off, ip_sync: off, address: 127.1.0.1, mask: 255.255.255.0, gateway: " \
	"192.0.2.1, dns1: 192.0.2.2, dns2: 192.0.2.3, link_policy: [s0-ac, sx-ac, s0-dc]}\n"

static void expect(struct world *w, unsigned i, const char *prop, const char *want)
{
	const char *is = wsman_obj_str(parts_get(w, i, CLASS, WIRED), prop);
	if (!want)
		assert_null(is);
	else
		assert_string_equal(is, want);
}

/* What acts, not what is staged. */
static void expect_active(struct world *w, unsigned i, const char *want)
{
	char text[64] = "";
	struct out o;
	out_init(&o, text, sizeof text);
	assert_true(sim_dev_value(w->devs[i].dev, CLASS ".IPAddress", &o));
	assert_string_equal(text, want);
}

static void commit(struct world *w, unsigned i)
{
	assert_int_equal(
		parts_invoke(w, i, "AMT_SetupAndConfigurationService", NULL, "CommitChanges", NULL),
		0);
	world_run_ms(w, 20000); /* the network restarts */
}

static void drifts(struct world *w, unsigned i)
{
	assert_true(parts_put(w, i, CLASS, WIRED, "LinkPolicy=1", NULL));
	parts_expect_drift(w, i, "ethernet.link_policy: s0-ac -> s0-ac sx-ac s0-dc\n");
	assert_true(parts_put(w, i, CLASS, WIRED, "IpSyncEnabled=true", "DefaultGateway=192.0.2.9",
			      "SecondaryDNS=", NULL));
	commit(w, i);
	parts_expect_drift(w, i,
			   "ethernet.ip_sync: on -> off\n"
			   "ethernet.gateway: 192.0.2.9 -> 192.0.2.1\n"
			   "ethernet.dns2: absent -> 192.0.2.3\n");
	/* addresses go with no DHCP, and the other way round */
	assert_false(parts_put(w, i, CLASS, WIRED, "DHCPEnabled=true", NULL));
	assert_false(parts_put(w, i, CLASS, WIRED, "IPAddress=192.0.2.300", NULL));
	assert_false(parts_put(w, i, CLASS, WIRED, "LinkPolicy=2", NULL));
	assert_true(parts_put(w, i, CLASS, WIRED, "DHCPEnabled=true", "IPAddress=", "SubnetMask=",
			      "DefaultGateway=", "PrimaryDNS=", "SecondaryDNS=", NULL));
	commit(w, i);
	parts_expect_drift(w, i,
			   "ethernet.dhcp: on -> off\n"
			   "ethernet.address: absent -> 127.1.0.1\n"
			   "ethernet.mask: absent -> 255.255.255.0\n"
			   "ethernet.gateway: absent -> 192.0.2.1\n"
			   "ethernet.dns1: absent -> 192.0.2.2\n"
			   "ethernet.dns2: absent -> 192.0.2.3\n");
}

static void sets_drifts_repairs(void **state)
{
	static const char *const generations[] = { "3.2.1", "22.0" };
	char text[1024], why[512];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], STATIC);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		expect(&w, i, "IPAddress", "127.1.0.1");
		expect_active(&w, i, "127.1.0.1");
		drifts(&w, i);
		/* the host's address: no own one in the request */
		parts_profile(&w, "ethernet: {dhcp: off, shared_static: on}\n");
		parts_expect_drift(&w, i, "ethernet.shared_static: off -> on\n");
		/* back to DHCP */
		parts_profile(&w, "ethernet: {dhcp: on, shared_static: off}\n");
		parts_expect_drift(&w, i,
				   "ethernet.dhcp: off -> on\n"
				   "ethernet.shared_static: on -> off\n");
		parts_profile(&w, "ethernet: leave\n");
		unsigned before = parts_changes(&w, i);
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
