/* System Defense: what is wrong in a profile, order of what is sent, sets of filters, full tables. */
#include "engine/part_try_test.h"

enum { POLICIES, ETHERNET, IP_FILTERS, LINKS, DEFAULTS, COUNTS, PORTS, LIMITS };

#define ARP "{name: arp, direction: receive, action: drop, ethertype: arp}"
#define TLN \
	"{name: telnet, direction: receive, action: drop-count, version: 4, protocol: 6, destination_port: 23}"
#define OFFICE "policies: [{name: office, precedence: 9, filters: [telnet, arp]}]"

static void refuses_what_rows_cannot_tell(void **state)
{
	(void)state;
	static const struct try_refusal rows[] = {
		{ "defense: {filters: [{name: a, direction: receive, action: drop}]}",
		  "line 2, column 21: a filter has either 'ethertype' or 'version'" },
		{ "defense: {filters: [{name: a, direction: receive, action: drop, ethertype: ip, version: 4}]}",
		  "a filter has either 'ethertype' or 'version'" },
		{ "defense:\n  filters:\n  - name: a\n    direction: receive\n    action: drop\n"
		  "    ethertype: ip\n    source_port: 7\n",
		  "line 8, column 18: this key needs 'version' in its filter" },
		{ "defense: {filters: [{name: a, direction: receive, action: drop, version: 4, vlan: 3}]}",
		  "'vlan' needs 'ethertype' in its filter" },
		{ "defense: {filters: [{name: a, direction: receive, action: rate-limit, version: 4}]}",
		  "'rate' belongs to action rate-limit" },
		{ "defense: {filters: [" ARP
		  "], policies: [{name: p, precedence: 1, filters: [arp, ip]}]}",
		  "this is no filter of the profile" },
		{ "defense: {active: {wired: office}}",
		  "line 2, column 27: neither a policy of this profile nor none" },
		{ "defense: {filters: [" ARP ", " ARP "]}", "has the same name" },
		{ "defense: {filters: [{name: a-name-that-is-too-long, direction: receive, action: drop}]}",
		  "the value of 'name' is wrong" },
		{ "defense: {policies: [{name: p}]}", "'precedence' is missing here" },
	};
	try_refusals(rows, sizeof rows / sizeof *rows);
}

static void makes_filters_then_policy_then_link(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, "defense: {filters: [" ARP ", " TLN "], " OFFICE ", active: {wired: office}}");
	assert_string_equal(try_lines(&t, false),
			    "defense.filters.arp: absent -> receive drop\n"
			    "defense.filters.telnet: absent -> receive drop-count\n"
			    "defense.policies.office: absent -> telnet arp\n"
			    "defense.active.wired: absent -> office\n");
	const struct wsman_req *req = &try_change(&t, "filter:telnet")->req;
	assert_string_equal(wsman_obj_str(req->obj, "HdrDestPortStart"), "23");
	assert_string_equal(wsman_obj_str(req->obj, "FilterProfile"), "1");
	assert_string_equal(wsman_obj_str(req->obj, "ActionEventOnMatch"), "false");
	assert_null(wsman_obj_missing(req->obj));
	/* what follows needs the numbers of the filters: it is looked at again before it is sent */
	assert_true(try_change(&t, "filter:telnet")->flags & CHANGE_REREAD);
	assert_true(try_change(&t, "policy:office")->flags & CHANGE_REREAD);
	assert_null(wsman_obj_missing(try_change(&t, "policy:office")->req.obj));
	try_deinit(&t);
}

static void has_filters(struct try *t)
{
	try_has(t, ETHERNET, "AMT_Hdr8021Filter", "Name=arp", "InstanceID=Intel(r) AMT:Filter 7",
		"FilterDirection=1", "FilterProfile=4", "ActionEventOnMatch=false",
		"HdrProtocolID8021=2054", NULL);
	try_has(t, IP_FILTERS, "AMT_IPHeadersFilter", "ElementName=Telnet",
		"InstanceID=Intel(r) AMT:Filter 3", "FilterDirection=1", "FilterProfile=1",
		"ActionEventOnMatch=0", "HdrIPVersion=4", "HdrProtocolID=6", "HdrDestPortStart=23",
		"HdrSrcAddress=C0000200", NULL);
}

static void a_policy_is_a_set_of_filters(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, "defense: {filters: [" ARP ", " TLN "], " OFFICE "}");
	has_filters(&t);
	struct wsman_obj *p =
		try_has(&t, POLICIES, "AMT_SystemDefensePolicy", "PolicyName=office",
			"InstanceID=Intel(r) AMT:SystemDefensePolicy 1", "PolicyPrecedence=9",
			"FilterCreationHandles=7", "FilterCreationHandles=3", NULL);
	assert_string_equal(try_lines(&t, false), "");
	wsman_obj_add_str(p, "FilterCreationHandles", "5");
	assert_string_equal(try_lines(&t, false),
			    "defense.policies.office.filters: arp Telnet #5 -> telnet arp\n");
	wsman_obj_unset(p, "FilterCreationHandles");
	wsman_obj_add_str(p, "FilterCreationHandles", "3");
	wsman_obj_add_str(p, "FilterCreationHandles", "3");
	assert_string_equal(try_lines(&t, false),
			    "defense.policies.office.filters: Telnet Telnet -> telnet arp\n");
	const struct wsman_val *v = wsman_obj_vals(try_change(&t, "policy-set:office")->req.obj,
						   "FilterCreationHandles");
	assert_string_equal(v->text, "3");
	assert_string_equal(v->next->text, "7");
	try_deinit(&t);
}

static void addresses_are_hex(void **state)
{
	(void)state;
	struct try t;
	try_init(&t,
		 "defense: {filters: [{name: telnet, direction: receive, action: drop-count,"
		 " version: 4, source: 192.0.2.0, event: off}]}");
	has_filters(&t);
	assert_string_equal(try_lines(&t, false), "");
	wsman_obj_set_str(t.items[IP_FILTERS][0], "HdrSrcAddress", "C0000201");
	wsman_obj_set_str(t.items[IP_FILTERS][0], "FilterProfile", "3");
	assert_string_equal(try_lines(&t, false),
			    "defense.filters.telnet.action: pass -> drop-count\n"
			    "defense.filters.telnet.source: 192.0.2.1 -> 192.0.2.0\n");
	assert_string_equal(
		wsman_obj_str(try_change(&t, "filter-set:telnet")->req.obj, "HdrSrcAddress"),
		"c0000200");
	assert_string_equal(try_lines(&t, true), "defense.filters.arp: not in the profile\n");
	try_deinit(&t);
}

static void another_kind_of_that_name_is_no_drift(void **state)
{
	(void)state;
	struct try t;
	try_init(&t,
		 "defense: {filters: [{name: arp, direction: receive, action: drop, version: 6}]}");
	has_filters(&t);
	assert_string_equal(
		try_lines(&t, false),
		"error: defense.filters.arp: the PC has a filter of that name for Ethernet frames\n");
	try_deinit(&t);
}

static void tables_are_full(void **state)
{
	(void)state;
	struct try t;
	try_init(&t,
		 "defense: {filters: [" ARP
		 ", {name: new, direction: transmit, action: pass, version: 4}]}");
	has_filters(&t);
	try_has(&t, LIMITS, "AMT_GeneralSystemDefenseCapabilities", "GlobalMaxSupportedFilters=2",
		"GlobalMaxSupportedPolicies=8", NULL);
	assert_string_equal(try_lines(&t, false),
			    "error: defense.filters: no room: 2 of the profile and 1 others\n");
	assert_int_equal(t.e.code, ERR_LIMIT);
	assert_string_equal(t.e.want, "at most 2");
	try_deinit(&t);
}

/* The owner's list: a policy that goes is taken off its port first, and before its filters. */
static void deletes_from_the_outside_in(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, "defense: {own: on, filters: [], policies: []}");
	has_filters(&t);
	try_has(&t, POLICIES, "AMT_SystemDefensePolicy", "PolicyName=old",
		"InstanceID=Intel(r) AMT:SystemDefensePolicy 4", "FilterCreationHandles=3", NULL);
	try_has(&t, DEFAULTS, "AMT_NetworkPortDefaultSystemDefensePolicy",
		"Antecedent=CIM_EthernetPort{DeviceID=Intel(r) AMT Ethernet Port 0}",
		"Dependent=AMT_SystemDefensePolicy{InstanceID=Intel(r) AMT:SystemDefensePolicy 4}",
		NULL);
	assert_string_equal(try_lines(&t, false),
			    "defense.default.wired: old -> absent\n"
			    "defense.policies.old: there -> absent\n"
			    "defense.filters.arp: there -> absent\n"
			    "defense.filters.Telnet: there -> absent\n");
	assert_string_equal(try_lines(&t, true), "");
	try_deinit(&t);
}

static void reads_only_what_is_asked_for(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *reads; /* by read: + is sent */
	} rows[] = {
		{ "defense: {filters: [" ARP "]}", "+++----+" },
		{ "defense: {filters: [" TLN "]}", "+++--+-+" },
		{ "defense: {active: {wired: none}}", "+--+--+-" },
		{ "defense: {own: on, policies: []}", "+++++--+" },
	};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct try t;
		try_init(&t, rows[k].yaml);
		for (unsigned i = 0; i < engine_part_defense.read_count; i++)
			if ((engine_part_defense.skip)(t.in.want, i) != (rows[k].reads[i] == '-'))
				fail_msg("%s: read %u", rows[k].yaml, i);
		try_deinit(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_rows_cannot_tell),
		cmocka_unit_test(makes_filters_then_policy_then_link),
		cmocka_unit_test(a_policy_is_a_set_of_filters),
		cmocka_unit_test(addresses_are_hex),
		cmocka_unit_test(another_kind_of_that_name_is_no_drift),
		cmocka_unit_test(tables_are_full),
		cmocka_unit_test(deletes_from_the_outside_in),
		cmocka_unit_test(reads_only_what_is_asked_for),
	};
	return cmocka_run_group_tests_name("engine/part_defense", tests, NULL, NULL);
}
