/* Agent presence: agents by UUID in either spelling, actions as a set, what is deleted first. */
#include "engine/part_try_test.h"

enum { WATCHDOGS, ACTIONS, CONDITIONS, LIMITS };

#define AV                                                                                 \
	"presence: {watchdogs: [{name: av, agent: 00112233-4455-6677-8899-aabbccddeeff,"   \
	" timeout: 60, startup: 3600, actions: [{from: [running], to: [stopped, expired]," \
	" event: on}, {from: [not-started], to: [expired], policy: activate}]}]}"
#define B64 "MyIRAFVEd2aImaq7zN3u/w=="
#define HEX "33221100554477668899AABBCCDDEEFF"

static void has_watchdog(struct try *t, const char *id)
{
	char device[64];
	(void)snprintf(device, sizeof device, "DeviceID=%s", id);
	try_has(t, WATCHDOGS, "AMT_AgentPresenceWatchdog", device, "MonitoredEntityDescription=av",
		"StartupInterval=3600", "TimeoutInterval=60", NULL);
}

static void has_action(struct try *t, const char *rule, const char *old_state,
		       const char *new_state, const char *event, const char *sd)
{
	struct wsman_obj *o =
		try_has(t, ACTIONS, "AMT_AgentPresenceWatchdogAction", rule, event, NULL);
	if (sd)
		wsman_obj_set_str(o, "ActionSd", sd);
	try_has(t, CONDITIONS, "AMT_StateTransitionCondition", rule, old_state, new_state, NULL);
}

static void knows_agents_in_either_spelling(void **state)
{
	(void)state;
	static const char *const ids[] = { B64, HEX };
	for (int i = 0; i < 2; i++) {
		struct try t;
		char one[64], two[64];
		try_init(&t, AV);
		has_watchdog(&t, ids[i]);
		(void)snprintf(one, sizeof one, "PolicyRuleName=%s:1", ids[i]);
		(void)snprintf(two, sizeof two, "PolicyRuleName=%s:2", ids[i]);
		has_action(&t, two, "OldState=1", "NewState=8", "EventOnTransition=false", "0");
		has_action(&t, one, "OldState=4", "NewState=10", "EventOnTransition=true", NULL);
		assert_string_equal(try_lines(&t, false), "");
		try_deinit(&t);
	}
}

static void makes_the_watchdog_as_peers_do(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, AV);
	assert_string_equal(
		try_lines(&t, false),
		"presence.watchdogs.av: absent -> 00112233-4455-6677-8899-aabbccddeeff\n");
	const struct wsman_obj *o = try_change(&t, "watchdog:av")->req.obj;
	assert_string_equal(wsman_obj_str(o, "DeviceID"), B64);
	assert_string_equal(wsman_obj_str(o, "SystemName"), "0");
	assert_string_equal(wsman_obj_str(o, "TimeoutInterval"), "60");
	try_deinit(&t);
}

static void one_action_too_many_clears_all(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, AV);
	has_watchdog(&t, B64);
	has_action(&t, "PolicyRuleName=" B64 ":1", "OldState=4", "NewState=10",
		   "EventOnTransition=true", NULL);
	has_action(&t, "PolicyRuleName=" B64 ":2", "OldState=4", "NewState=10",
		   "EventOnTransition=true", NULL);
	assert_string_equal(
		try_lines(&t, false),
		"presence.watchdogs.av.actions: running to stopped+expired, event -> absent\n"
		"presence.watchdogs.av.actions: absent -> not-started to expired, activate\n");
	/* what is added is looked at anew once all is cleared */
	assert_true(try_change(&t, "clear-actions:av")->flags & CHANGE_REREAD);
	assert_string_equal(wsman_obj_str(try_change(&t, "action:av:1-8-0-0")->req.obj, "ActionSd"),
			    "0");
	try_deinit(&t);
}

static void other_times_replace_it(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, AV);
	has_watchdog(&t, B64);
	wsman_obj_set_str(t.items[WATCHDOGS][0], "TimeoutInterval", "61");
	wsman_obj_set_str(t.items[WATCHDOGS][0], "MonitoredEntityDescription", "virus");
	assert_string_equal(try_lines(&t, false),
			    "presence.watchdogs.av.name: virus -> av\n"
			    "presence.watchdogs.av.timeout: 61 -> 60\n");
	assert_int_equal(t.c.count, 1);
	assert_int_equal(t.c.first->req.op, WSMAN_OP_DELETE);
	try_deinit(&t);
}

static void owns_or_only_tells(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, "presence: {watchdogs: []}");
	has_watchdog(&t, B64);
	assert_string_equal(try_lines(&t, false), "");
	assert_string_equal(try_lines(&t, true), "presence.watchdogs.av: not in the profile\n");
	try_deinit(&t);
	try_init(&t, "presence: {own: on, watchdogs: []}");
	has_watchdog(&t, B64);
	assert_string_equal(try_lines(&t, false), "presence.watchdogs.av: there -> absent\n");
	try_deinit(&t);
}

static void refuses_wrong_agents(void **state)
{
	(void)state;
	static const struct try_refusal rows[] = {
		{ "presence: {watchdogs: [{name: a, timeout: 1, startup: 1, agent: 0011223344556677-8899-aabbccddeeff00}]}",
		  "line 2, column 65: this is no UUID" },
		{ "presence: {watchdogs: [{name: a, timeout: 1, startup: 1, agent: 00112233-4455-6677-8899-aabbccddeeff},"
		  " {name: b, timeout: 1, startup: 1, agent: 00112233-4455-6677-8899-AABBCCDDEEFF}]}",
		  "another watchdog has the same agent" },
		{ "presence: {watchdogs: [{name: a, agent: x}]}", "the value of 'agent' is wrong" },
		{ "presence: {watchdogs: [{name: a, timeout: 0}]}",
		  "the value of 'timeout' is wrong" },
	};
	try_refusals(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_agents_in_either_spelling),
		cmocka_unit_test(makes_the_watchdog_as_peers_do),
		cmocka_unit_test(one_action_too_many_clears_all),
		cmocka_unit_test(other_times_replace_it),
		cmocka_unit_test(owns_or_only_tells),
		cmocka_unit_test(refuses_wrong_agents),
	};
	return cmocka_run_group_tests_name("engine/part_presence", tests, NULL, NULL);
}
