/* Part "presence" of the profile, on the oldest and the newest release: watchdogs and actions set,
 * changed behind our back, repaired, deleted; a table that is full; what is not ours. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define AGENT "00112233-4455-6677-8899-aabbccddeeff"
#define ID    "MyIRAFVEd2aImaq7zN3u/w=="
#define AV                                                                \
	"presence:\n  watchdogs:\n  - name: antivirus\n    agent: " AGENT \
	"\n    timeout: 60\n    startup: 3600\n    actions:\n"            \
	"    - {from: [running], to: [stopped, expired], event: on}\n"    \
	"    - {from: [not-started], to: [expired], event: on, policy: activate}\n"
#define WATCHDOG "AMT_AgentPresenceWatchdog"

static void sets_drifts_repairs_removes(void **state)
{
	static const char *const generations[] = { "3.2.1", "22.0" };
	char text[2048];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], AV);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");

		assert_int_equal(parts_invoke(&w, i, WATCHDOG, "DeviceID=" ID, "AddAction",
					      "OldState=16", "NewState=4",
					      "EventOnTransition=false", "ActionSd=1", NULL),
				 0);
		parts_expect_drift(&w, i,
				   "presence.watchdogs.antivirus.actions: suspended to running, "
				   "deactivate -> absent\n");
		assert_int_equal(
			parts_invoke(&w, i, WATCHDOG, "DeviceID=" ID, "DeleteAllActions", NULL), 0);
		parts_expect_drift(&w, i,
				   "presence.watchdogs.antivirus.actions: absent -> running to "
				   "stopped+expired, event\n"
				   "presence.watchdogs.antivirus.actions: absent -> not-started to "
				   "expired, event, activate\n");
		/* somebody makes it again, with another time and no actions */
		assert_true(parts_delete(&w, i, WATCHDOG, "DeviceID=" ID));
		assert_true(parts_create(&w, i, WATCHDOG, "DeviceID=" ID, "StartupInterval=3600",
					 "TimeoutInterval=99",
					 "MonitoredEntityDescription=antivirus", NULL));
		parts_expect_drift(&w, i, "presence.watchdogs.antivirus.timeout: 99 -> 60\n");
		assert_true(parts_delete(&w, i, WATCHDOG, "DeviceID=" ID));
		parts_expect_drift(&w, i, "presence.watchdogs.antivirus: absent -> " AGENT "\n");

		parts_profile(&w, "presence: {own: on, watchdogs: []}\n");
		parts_expect_drift(&w, i, "presence.watchdogs.antivirus: there -> absent\n");
		assert_null(parts_get(&w, i, WATCHDOG, "DeviceID=" ID));
		parts_stop(&w);
	}
}

static void leaves_what_is_not_ours_and_has_limits(void **state)
{
	char text[2048], why[512], id[64];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "11.8", AV);
	for (int n = 0; n < 15; n++) {
		snprintf(id, sizeof id, "DeviceID=000000000000000000000000000000%02d", n);
		assert_true(parts_create(&w, i, WATCHDOG, id, "StartupInterval=1",
					 "TimeoutInterval=1", "MonitoredEntityDescription=other",
					 NULL));
	}
	assert_false(parts_create(&w, i, WATCHDOG, "DeviceID=ff0000000000000000000000000000ff",
				  "StartupInterval=1", "TimeoutInterval=1", NULL));
	unsigned before = parts_changes(&w, i);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "presence.watchdogs.other: not in the profile\n"));
	assert_true(parts_apply(&w, i, why, sizeof why));
	parts_profile(&w, AV "  - {name: backup, agent: " AGENT ", timeout: 1, startup: 1}\n");
	assert_false(parts_apply(&w, i, why, sizeof why)); /* one agent twice: it cannot be read */
	parts_profile(&w,
		      AV "  - {name: backup, agent: 99112233-4455-6677-8899-aabbccddeeff,"
			 " timeout: 1, startup: 1}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "no room: 2 of the profile and 15 others"));
	assert_int_equal(parts_changes(&w, i), before);
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs_removes),
		cmocka_unit_test(leaves_what_is_not_ours_and_has_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
