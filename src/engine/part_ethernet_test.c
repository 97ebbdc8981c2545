/* Part "ethernet": what stands in the one Put, and which profiles are refused. */
#include "engine/test_part.h"

#define CLASS  "AMT_EthernetPortSettings"
#define STATIC "ethernet: {dhcp: off, address: 1.2.3.4, mask: 255.0.0.0}"

static void one_put(void **state)
{
	static const struct {
		const char *name, *yaml, *have, *lines, *ids, *address;
	} cases[] = {
		{ "nothing named", "ethernet: {}", "DHCPEnabled=true", "", "", NULL },
		{ "what DHCP gave is not sent back", "ethernet: {link_policy: [s0-ac]}",
		  "DHCPEnabled=true SubnetMask=255.0.0.0 IPAddress=1.2.3.4 LinkPolicy=1 LinkPolicy=14",
		  "ethernet.link_policy: s0-ac sx-ac -> s0-ac\n", "set(0) ", NULL },
		{ "an address of its own is", "ethernet: {link_policy: [s0-ac]}",
		  "DHCPEnabled=false IPAddress=1.2.3.4", "ethernet.link_policy: none -> s0-ac\n",
		  "set(0) ", "1.2.3.4" },
		{ "staged, and may cut it off", STATIC, "DHCPEnabled=true",
		  "ethernet.dhcp: on -> off\nethernet.address: absent -> 1.2.3.4\n"
		  "ethernet.mask: absent -> 255.0.0.0\n",
		  "set(17) ", "1.2.3.4" },
		{ "another order of the policy", "ethernet: {link_policy: [sx-ac, s0-ac]}",
		  "DHCPEnabled=true LinkPolicy=1 LinkPolicy=14", "", "", NULL },
		{ "one that we do not know", "ethernet: {link_policy: [s0-ac]}",
		  "DHCPEnabled=true LinkPolicy=1 LinkPolicy=7",
		  "ethernet.link_policy: s0-ac 7 -> s0-ac\n", "set(0) ", NULL },
		{ "the host's address", "ethernet: {dhcp: off, shared_static: on}",
		  "DHCPEnabled=false SharedStaticIp=false IPAddress=1.2.3.4",
		  "ethernet.shared_static: off -> on\n", "set(17) ", NULL },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		test_part_start(&t, &engine_part_ethernet, cases[n].yaml);
		test_part_have(&t, 0, CLASS, cases[n].have);
		assert_true(test_part_diff(&t));
		if (!str_eq(t.lines, cases[n].lines) || !str_eq(t.ids, cases[n].ids))
			fail_msg("%s:\n%s%s", cases[n].name, t.lines, t.ids);
		if (t.c.first &&
		    !str_eq(wsman_obj_str(t.c.first->req.obj, "IPAddress"), cases[n].address))
			fail_msg("%s: address", cases[n].name);
		test_part_stop(&t);
	}
}

static void refuses_a_profile(void **state)
{
	static const struct {
		const char *yaml, *why;
	} cases[] = {
		{ "{dhcp: off}", "line 2, column 18: without DHCP the PC needs 'address'" },
		{ "{dhcp: on, address: 1.2.3.4, mask: 255.0.0.0}",
		  "'address' goes with 'dhcp: off'" },
		{ "{address: 1.2.3.4}", "'address' goes with 'dhcp: off'" },
		{ "{mask: 255.0.255.0}", "no subnet mask" },
		{ "{mask: 0.0.0.0}", "no subnet mask" },
		{ "{address: 1.2.3}", "an IPv4 address" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct engine_profile p;
		struct err e = { 0 };
		struct arena a;
		char text[512];
		arena_init(&a, 1 << 20);
		snprintf(text, sizeof text, "version: 1\nethernet: %s\n", cases[n].yaml);
		assert_false(engine_profile_parse_in("test", 1, span_str(text), &a, &p, &e));
		if (!strstr(e.msg, cases[n].why) && !strstr(e.want, cases[n].why))
			fail_msg("%s", e.msg);
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_put),
		cmocka_unit_test(refuses_a_profile),
	};
	return cmocka_run_group_tests_name("engine/part_ethernet", tests, NULL, NULL);
}
