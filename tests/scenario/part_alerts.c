/* Part "alerts" of the profile: traps and their filters on the oldest release and on the last one that
 * plays them, WS-Events on the oldest and the newest. Set, changed behind our back, repaired, taken off;
 * a table that is full; subscriptions of our own that nobody knows of any more. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define URL "https://noc.example.com:16998/"
#define OLD "http://noc.example.com:16998/" /* https came with 11 */
#define TRAPS                                                                                    \
	"  traps:\n  - {address: 192.0.2.20, policy: 1, community: {secret: snmp}}\n"            \
	"  - {address: 192.0.2.21, policy: 2}\n"                                                 \
	"  filters:\n  - {name: case, sensor: 5, event: 111, offset: 0, policy: 1, enabled: on," \
	" log: on, send: on}\n"
#define EVENTS EVENTS_TO(URL)
#define EVENTS_TO(url)                                                                     \
	"  subscriptions:\n  - {name: noc, url: '" url "', events: all, acknowledged: on," \
	" user: amt, password: {secret: noc}}\n"                                           \
	"  - {name: boot, url: 'http://192.0.2.30:16998/', events: firmware-progress}\n"
#define ALL  "Intel(r) AMT:All"
#define SNMP "AMT_SNMPEventSubscriber"
#define DEST "CIM_ListenerDestinationWSManagement"

static void secrets(struct world *w)
{
	parts_secret(w, "snmp", "Trap-Community");
	parts_secret(w, "noc", "Noc-Login-1");
}

static void traps_are_set_drift_and_go(void **state)
{
	static const char *const generations[] = { "3.2.1", "16.1" };
	char text[2048], why[512];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start_with(&w, generations[g], "alerts:\n" TRAPS, NULL, secrets);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_true(parts_put(&w, i, "AMT_PETFilterSetting",
				      "InstanceID=Intel(r) AMT:PETFilterSetting 1",
				      "LogOnEvent=false", "PolicyID=7", NULL));
		parts_expect_drift(&w, i,
				   "alerts.filters.case.policy: 7 -> 1\n"
				   "alerts.filters.case.log: off -> on\n");
		assert_true(parts_delete(&w, i, SNMP, "Name=Intel(r) AMT:SNMP Subscriber 1"));
		parts_expect_drift(&w, i, "alerts.traps.192.0.2.20: absent -> policy 1\n");
		assert_true(parts_delete(&w, i, SNMP, "Name=Intel(r) AMT:SNMP Subscriber 2"));
		assert_true(parts_create(&w, i, SNMP, "AccessInfo=192.0.2.21", "InfoFormat=3",
					 "PolicyID=9", NULL));
		parts_expect_drift(&w, i, "alerts.traps.192.0.2.21.policy: 9 -> 2\n");
		/* another community is set, though it cannot be read */
		parts_secret(&w, "snmp", "Other-Community");
		parts_expect_drift(&w, i,
				   "alerts.traps.192.0.2.20.community: unknown -> the stored "
				   "secret 'snmp'\n");
		/* somebody else's: told; deleted once the profile owns the list */
		assert_true(parts_create(&w, i, SNMP, "AccessInfo=192.0.2.99", "InfoFormat=3",
					 "PolicyID=1", NULL));
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, "alerts.traps.192.0.2.99: not in the profile\n");
		parts_profile(&w, "alerts: {own: on, traps: []}\n");
		parts_expect_drift(&w, i,
				   "alerts.traps.192.0.2.21: there -> absent\n"
				   "alerts.traps.192.0.2.20: there -> absent\n"
				   "alerts.traps.192.0.2.99: there -> absent\n");
		assert_true(parts_apply(&w, i, why, sizeof why));
		parts_stop(&w);
	}
}

#define GONE(url)                                                                      \
	"alerts.subscriptions.http://192.0.2.30:16998/: firmware-progress -> absent\n" \
	"alerts.subscriptions." url ": all -> absent\n"

static void events_are_set_drift_and_go(void **state)
{
	static const struct {
		const char *generation, *switches, *profile, *off;
	} rows[] = {
		{ "3.2.1", NULL, "alerts:\n" EVENTS_TO(OLD), GONE(OLD) },
		{ "22.0", NULL, "alerts:\n" EVENTS, GONE(URL) },
		{ "22.0", "event_mode=untold", "alerts:\n" EVENTS, GONE(URL) },
	};
	char text[2048];
	(void)state;
	for (size_t g = 0; g < sizeof rows / sizeof *rows; g++) {
		struct world w;
		unsigned i = parts_start_with(&w, rows[g].generation, rows[g].profile,
					      rows[g].switches, secrets);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		if (!rows[g].switches)
			assert_string_equal(
				wsman_obj_str(parts_get(&w, i, DEST, "Name=name0"), "DeliveryMode"),
				"3");
		assert_string_equal(
			wsman_obj_str(parts_get(&w, i, DEST, "Name=name1"), "Destination"),
			"http://192.0.2.30:16998/");
		assert_true(parts_unsubscribe(&w, i, "Intel(r) AMT:FW Progress", "name1"));
		parts_expect_drift(&w, i,
				   "alerts.subscriptions.boot: absent -> firmware-progress\n");
		assert_true(parts_unsubscribe(&w, i, "Intel(r) AMT:FW Progress", "name1"));
		assert_true(parts_subscribe(&w, i, "Intel(r) AMT:Platform",
					    "http://192.0.2.30:16998/"));
		parts_expect_drift(
			&w, i, "alerts.subscriptions.boot.events: platform -> firmware-progress\n");
		/* one of ours that nobody knows of: twice the same */
		assert_true(parts_subscribe(&w, i, "Intel(r) AMT:FW Progress",
					    "http://192.0.2.30:16998/"));
		parts_expect_drift(&w, i, "alerts.subscriptions.boot: there twice -> once\n");
		parts_secret(&w, "noc", "Noc-Login-2");
		parts_expect_drift(
			&w, i,
			"alerts.subscriptions.noc.password: unknown -> the stored secret "
			"'noc'\n");
		parts_profile(&w, "alerts: {own: on, subscriptions: []}\n");
		parts_expect_drift(&w, i, rows[g].off);
		parts_stop(&w);
	}
}

/* Six receivers at most up to 5.x, nine later: what is not ours stays, and the refusal is told. */
static void the_table_is_full(void **state)
{
	static const struct {
		const char *generation;
		int max;
	} rows[] = { { "5.0", 6 }, { "19.0", 9 } };
	char text[2048], why[512], url[64];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, rows[g].generation, "");
		for (int n = 0; n < rows[g].max; n++) {
			snprintf(url, sizeof url, "http://192.0.2.%d/", 100 + n);
			assert_true(parts_subscribe(&w, i, ALL, url));
		}
		assert_false(parts_subscribe(&w, i, ALL, "http://192.0.2.200/"));
		parts_profile(&w,
			      "alerts: {subscriptions: [{name: noc, url: 'http://192.0.2.201/',"
			      " events: all}]}\n");
		assert_false(parts_apply(&w, i, why, sizeof why));
		assert_non_null(strstr(why, "alerts/subscribe:noc"));
		assert_non_null(strstr(why, "MAX_LIMIT_REACHED"));
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "alerts.subscriptions.noc: absent -> all\n");
		parts_profile(&w,
			      "alerts: {own: on, subscriptions: [{name: noc,"
			      " url: 'http://192.0.2.201/', events: all}]}\n");
		assert_true(parts_apply(&w, i, why, sizeof why));
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_stop(&w);
	}
}

/* Traps went with 18: told, and the events are set all the same. */
static void traps_are_missing_from_18(void **state)
{
	char text[2048];
	struct world w;
	(void)state;
	unsigned i = parts_start_with(&w, "18.0", "alerts:\n" TRAPS EVENTS, NULL, secrets);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "alerts.traps: not available -> wanted\n"
			    "alerts.filters: not available -> wanted\n");
	assert_non_null(parts_get(&w, i, DEST, "Name=name1"));
	assert_null(parts_get(&w, i, SNMP, NULL));
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traps_are_set_drift_and_go),
		cmocka_unit_test(events_are_set_drift_and_go),
		cmocka_unit_test(the_table_is_full),
		cmocka_unit_test(traps_are_missing_from_18),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
