/* Part "defense" of the profile, on the oldest and the newest release: filters, policies and ports set,
 * changed behind our back, repaired, taken off; tables that are full; what is not ours. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define FILTERS                                                                                                  \
	"  filters:\n"                                                                                           \
	"  - {name: arp, direction: receive, action: rate-limit, rate: 50, ethertype: arp}\n"                    \
	"  - {name: telnet, direction: receive, action: drop-count, version: 4, protocol: 6, source: 192.0.2.0," \
	" source_mask: 255.255.255.0, destination_port: 23, destination_port_end: 23}\n"
#define OFFICE                                                                                   \
	"defense:\n" FILTERS "  policies:\n"                                                     \
	"  - {name: office, precedence: 9, filters: [telnet, arp], rx_count: on, timeout: 60}\n" \
	"  - {name: cut, precedence: 99, tx_drop: on, rx_drop: on}\n"                            \
	"  active: {wired: office}\n  default: {wired: cut}\n"
#define PORT0     "Antecedent=CIM_EthernetPort{DeviceID=Intel(r) AMT Ethernet Port 0}"
#define POLICY(n) "AMT_SystemDefensePolicy{InstanceID=Intel(r) AMT:SystemDefensePolicy " #n "}"

static const char *const generations[] = { "3.2.1", "22.0" };

static void sets_drifts_repairs_removes(void **state)
{
	char why[512], text[2048];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], OFFICE);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");

		assert_true(parts_put(&w, i, "AMT_IPHeadersFilter",
				      "InstanceID=Intel(r) AMT:Filter 2", "HdrDestPortStart=80",
				      "ActionEventOnMatch=true", NULL));
		parts_expect_drift(&w, i, "defense.filters.telnet.destination_port: 80 -> 23\n");
		assert_true(parts_put(&w, i, "AMT_SystemDefensePolicy",
				      "InstanceID=Intel(r) AMT:SystemDefensePolicy 1",
				      "RxDefaultCount=false", "FilterCreationHandles=1", NULL));
		parts_expect_drift(&w, i,
				   "defense.policies.office.rx_count: off -> on\n"
				   "defense.policies.office.filters: arp -> telnet arp\n");
		assert_int_equal(parts_invoke(&w, i, "AMT_SystemDefensePolicy",
					      "InstanceID=Intel(r) AMT:SystemDefensePolicy 1",
					      "SetTimeout", "Timeout=5", NULL),
				 0);
		parts_expect_drift(&w, i, "defense.policies.office.timeout: 5 -> 60\n");
		assert_true(parts_delete(&w, i, "AMT_NetworkPortSystemDefensePolicy",
					 "Dependent=" POLICY(1)));
		parts_expect_drift(&w, i, "defense.active.wired: absent -> office\n");
		/* a filter of a policy cannot go; without one it can */
		assert_false(parts_delete(&w, i, "AMT_Hdr8021Filter",
					  "InstanceID=Intel(r) AMT:Filter 1"));

		parts_profile(&w,
			      "defense: {own: on, filters: [], policies: [],"
			      " active: {wired: none}, default: {wired: none}}\n");
		parts_expect_drift(&w, i,
				   "defense.active.wired: office -> absent\n"
				   "defense.default.wired: cut -> absent\n"
				   "defense.policies.office: there -> absent\n"
				   "defense.policies.cut: there -> absent\n"
				   "defense.filters.arp: there -> absent\n"
				   "defense.filters.telnet: there -> absent\n");
		assert_true(parts_apply(&w, i, why, sizeof why));
		parts_stop(&w);
	}
}

/* Others' entries stay and are told; what counts is told too. */
static void leaves_what_is_not_ours(void **state)
{
	char text[2048], why[512];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "9.5", OFFICE);
	assert_true(parts_create(&w, i, "AMT_Hdr8021Filter", "Name=theirs", "FilterDirection=0",
				 "FilterProfile=3", "ActionEventOnMatch=false",
				 "HdrProtocolID8021=2048", NULL));
	assert_true(parts_create(&w, i, "AMT_SystemDefensePolicy", "PolicyName=quarantine",
				 "PolicyPrecedence=1", "TxDefaultDrop=true",
				 "TxDefaultMatchEvent=false", "TxDefaultCount=false",
				 "RxDefaultDrop=true", "RxDefaultMatchEvent=false",
				 "RxDefaultCount=false", "FilterCreationHandles=3", NULL));
	assert_true(parts_create(&w, i, "AMT_NetworkPortSystemDefensePolicy", PORT0,
				 "Dependent=" POLICY(3), NULL));
	unsigned before = parts_changes(&w, i);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "defense.active.wired.quarantine: not in the profile\n"));
	assert_non_null(strstr(text, "defense.policies.quarantine: not in the profile\n"));
	assert_non_null(strstr(text, "defense.filters.theirs: not in the profile\n"));
	assert_non_null(strstr(text, "defense.filters.telnet: counted "));
	assert_true(parts_apply(&w, i, why, sizeof why));
	assert_int_equal(parts_changes(&w, i), before);
	parts_stop(&w);
}

static void says_what_it_cannot(void **state)
{
	char text[2048], why[512], name[64];
	struct world w;
	(void)state;
	/* no Wi-Fi here: told, no error */
	unsigned i = parts_start(
		&w, "16.1",
		"defense: {policies: [{name: p, precedence: 1}], active: {wireless: p}}\n");
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text, "defense.active.wireless: not available -> p\n");
	/* seven more policies of somebody else: there is no room for another one of ours */
	for (int n = 0; n < 7; n++) {
		snprintf(name, sizeof name, "PolicyName=other%d", n);
		assert_true(parts_create(&w, i, "AMT_SystemDefensePolicy", name,
					 "PolicyPrecedence=1", "TxDefaultDrop=false",
					 "TxDefaultMatchEvent=false", "TxDefaultCount=false",
					 "RxDefaultDrop=false", "RxDefaultMatchEvent=false",
					 "RxDefaultCount=false", NULL));
	}
	assert_false(parts_create(
		&w, i, "AMT_SystemDefensePolicy", "PolicyName=ninth", "PolicyPrecedence=1",
		"TxDefaultDrop=false", "TxDefaultMatchEvent=false", "TxDefaultCount=false",
		"RxDefaultDrop=false", "RxDefaultMatchEvent=false", "RxDefaultCount=false", NULL));
	parts_profile(
		&w, "defense: {policies: [{name: p, precedence: 1}, {name: q, precedence: 2}]}\n");
	unsigned before = parts_changes(&w, i);
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "no room: 2 of the profile and 7 others"));
	assert_int_equal(parts_changes(&w, i), before);
	parts_stop(&w);
}

/* Should firmware take no Put of an entry: the change is named, the rest of the PC stays managed. */
static void a_refused_put_is_named(void **state)
{
	char why[512], text[2048];
	struct world w;
	(void)state;
	unsigned i = parts_start_with(&w, "16.1", "defense:\n" FILTERS, "entry_put=refused", NULL);
	parts_profile(&w,
		      "power: {idle_wake_minutes: 7}\n"
		      "defense: {filters: [{name: arp, direction: receive, action: drop,"
		      " ethertype: arp}]}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "defense/filter-set:arp"));
	assert_non_null(strstr(why, "ActionNotSupported"));
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "defense.filters.arp.action: rate-limit -> drop\n");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs_removes),
		cmocka_unit_test(leaves_what_is_not_ours),
		cmocka_unit_test(says_what_it_cannot),
		cmocka_unit_test(a_refused_put_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
