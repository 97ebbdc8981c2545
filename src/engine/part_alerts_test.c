/* Alerts: own subscriptions that are there twice, what cannot be read back, releases without traps. */
#include "engine/part_try_test.h"

enum { SUBS, DESTS, SNMP, PET };

#define URL "http://192.0.2.10:16998/"
#define NOC                                               \
	"alerts: {subscriptions: [{name: noc, url: '" URL \
	"', events: platform, acknowledged: off}]}"

static void has(struct try *t, const char *n, const char *collection, const char *mode)
{
	char handler[200], name[64], filter[100];
	(void)snprintf(handler, sizeof handler,
		       "Handler=CIM_ListenerDestinationWSManagement{CreationClassName=x,Name=%s}",
		       n);
	(void)snprintf(filter, sizeof filter, "Filter=CIM_FilterCollection{InstanceID=%s}",
		       collection);
	(void)snprintf(name, sizeof name, "Name=%s", n);
	try_has(t, SUBS, "CIM_FilterCollectionSubscription", filter, handler, NULL);
	try_has(t, DESTS, "CIM_ListenerDestinationWSManagement", name, "Destination=" URL, mode,
		NULL);
}

static void subscribes_as_peers_do(void **state)
{
	(void)state;
	struct try t;
	char text[4096];
	struct out o;
	try_init(&t, NOC);
	t.in.uuid = "11111111-2222-3333-4444-555555555555";
	assert_string_equal(try_lines(&t, false), "alerts.subscriptions.noc: absent -> platform\n");
	out_init(&o, text, sizeof text);
	wsman_envelope_emit_request(&o, &try_change(&t, "subscribe:noc")->req);
	assert_false(o.bad);
	assert_non_null(strstr(text, "/CIM_FilterCollection</w:ResourceURI>"));
	assert_non_null(strstr(text, "<w:Selector Name=\"InstanceID\">Intel(r) AMT:Platform<"));
	assert_non_null(strstr(text, "DeliveryModes/Push\"><e:NotifyTo><a:Address>" URL "<"));
	/* so that each event says whose it is, wherever it comes from */
	assert_non_null(
		strstr(text, "arg xmlns:m=\"http://x.com\">11111111-2222-3333-4444-555555555555<"));
	try_deinit(&t);
}

static void takes_off_its_own_stale_ones_first(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, NOC);
	has(&t, "name0", "Intel(r) AMT:Platform", "DeliveryMode=2");
	assert_string_equal(try_lines(&t, false), "");
	has(&t, "name3", "Intel(r) AMT:Platform", "DeliveryMode=2");
	has(&t, "name4", "Intel(r) AMT:All", "DeliveryMode=2");
	assert_string_equal(try_lines(&t, false),
			    "alerts.subscriptions.noc: there twice -> once\n"
			    "alerts.subscriptions.noc.events: all -> platform\n");
	assert_int_equal(t.c.count, 2);
	assert_int_equal(t.c.first->req.op, WSMAN_OP_UNSUBSCRIBE);
	assert_string_equal(wsman_obj_epr_selector(t.c.first->req.selectors->next->epr, "Name"),
			    "name3");
	try_deinit(&t);
}

static void another_mode_is_another_subscription(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, NOC);
	has(&t, "name0", "Intel(r) AMT:Platform", "DeliveryMode=3");
	assert_string_equal(try_lines(&t, false),
			    "alerts.subscriptions.noc.acknowledged: on -> off\n");
	try_deinit(&t);
	/* not named: as it is */
	try_init(&t, "alerts: {subscriptions: [{name: noc, url: '" URL "', events: platform}]}");
	has(&t, "name0", "Intel(r) AMT:Platform", "DeliveryMode=3");
	assert_string_equal(try_lines(&t, false), "");
	try_deinit(&t);
}

static void a_secret_that_was_never_set_replaces(void **state)
{
	(void)state;
	struct try t;
	struct engine_part_secret s = { 0 };
	try_init(&t,
		 "alerts: {traps: [{address: 192.0.2.7, policy: 1, community: {secret: snmp}}]}");
	s.node = engine_node_get(engine_node_get(t.in.want, "traps")->children, "community");
	s.value = secret_make(span_str("Planted-1"));
	t.in.secrets = &s;
	t.in.secret_count = 1;
	try_has(&t, SNMP, "AMT_SNMPEventSubscriber", "AccessInfo=192.0.2.7", "PolicyID=1",
		"Name=s 1", NULL);
	assert_string_equal(
		try_lines(&t, false),
		"alerts.traps.192.0.2.7.community: unknown -> the stored secret 'snmp'\n");
	s.was_set = true;
	assert_string_equal(try_lines(&t, false), "");
	t.have[SNMP].count = 0;
	assert_string_equal(try_lines(&t, false), "alerts.traps.192.0.2.7: absent -> policy 1\n");
	assert_ptr_equal(try_change(&t, "trap:192.0.2.7")->secret, &s);
	assert_string_equal(
		wsman_obj_str(try_change(&t, "trap:192.0.2.7")->req.obj, "CommunityString"),
		"Planted-1");
	secret_deinit(&s.value);
	try_deinit(&t);
}

static void newer_releases_have_no_traps(void **state)
{
	(void)state;
	struct try t;
	try_init(&t,
		 "alerts: {own: on, traps: [{address: 192.0.2.7, policy: 1}],"
		 " filters: [{name: all, policy: 1}]}");
	t.have[SNMP].absent = t.have[PET].absent = true;
	assert_string_equal(try_lines(&t, false), "");
	assert_string_equal(try_lines(&t, true),
			    "alerts.traps: not available -> wanted\n"
			    "alerts.filters: not available -> wanted\n");
	try_deinit(&t);
}

static void filters_are_known_by_what_they_match(void **state)
{
	(void)state;
	struct try t;
	try_init(&t, "alerts: {filters: [{name: case, sensor: 5, policy: 1, log: on, send: off}]}");
	assert_string_equal(try_lines(&t, false), "alerts.filters.case: absent -> log\n");
	assert_null(wsman_obj_missing(try_change(&t, "filter:case")->req.obj));
	try_has(&t, PET, "AMT_PETFilterSetting", "InstanceID=1", "EventSensorType=5", "EventType=6",
		"EventOffset=255", "PolicyID=1", "LogOnEvent=false", "SendAlert=false", NULL);
	assert_string_equal(try_lines(&t, false), "alerts.filters.case: absent -> log\n");
	wsman_obj_set_str(t.items[PET][0], "EventType", "255");
	assert_string_equal(try_lines(&t, false), "alerts.filters.case.log: off -> on\n");
	try_deinit(&t);
}

static void refuses_what_rows_cannot_tell(void **state)
{
	(void)state;
	static const struct try_refusal rows[] = {
		{ "alerts: {subscriptions: [{name: a, url: 'ftp://x.example', events: all}]}",
		  "line 2, column 41: an url begins with http:// or https://" },
		{ "alerts: {subscriptions: [{name: a, url: 'http://x', events: all, user: u}]}",
		  "'user' and 'password' belong together" },
		{ "alerts: {subscriptions: [{name: a, url: 'http://x', events: all},"
		  " {name: b, url: 'http://x', events: platform}]}",
		  "another subscription has the same url" },
		{ "alerts: {traps: [{address: noc.example.com, policy: 1}]}",
		  "the value of 'address' is wrong" },
		{ "alerts: {subscriptions: [{name: a, url: 'http://x', events: some}]}",
		  "the value of 'events' is wrong" },
	};
	try_refusals(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subscribes_as_peers_do),
		cmocka_unit_test(takes_off_its_own_stale_ones_first),
		cmocka_unit_test(another_mode_is_another_subscription),
		cmocka_unit_test(a_secret_that_was_never_set_replaces),
		cmocka_unit_test(newer_releases_have_no_traps),
		cmocka_unit_test(filters_are_known_by_what_they_match),
		cmocka_unit_test(refuses_what_rows_cannot_tell),
	};
	return cmocka_run_group_tests_name("engine/part_alerts", tests, NULL, NULL);
}
