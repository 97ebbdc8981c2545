/* Part "remote_access": what has to go before what, and what is asked. */
#include "engine/test_part_shape.h"

enum { SERVICE, SERVERS, RULES, LINKS, LOGINS, INTERFACE, CERTS, CONTEXTS };
#define SERVER "AMT_ManagementPresenceRemoteSAP"
#define RULE   "AMT_RemoteAccessPolicyRule"
#define LINK   "AMT_RemoteAccessPolicyAppliesToMPS"
#define ONE                                                                                              \
	"remote_access:\n  servers: [{host: 192.168.0.38, port: 4433, auth: password, username: admin, " \
	"password: {secret: s}, common_name: 192.168.0.38}]\n"
#define SAP(n, host, port) "Name=Server_" n " AccessInfo=" host " Port=" port
#define LOGIN(n, user)     "InstanceID=Login_" n " RemoteID=" user
#define USES(rule, n)                                                                          \
	"ManagedElement=" SERVER "{Name=Server_" n "} PolicySet=" RULE "{PolicyRuleName=" rule \
	"} OrderOfAccess=0 MpsType=0"

static void start(struct test_part *t, const char *yaml, bool set)
{
	test_part_start(t, &engine_part_remote_access, yaml);
	test_part_have(t, SERVICE, "AMT_RemoteAccessService", "Name=s");
	for (unsigned i = 0; set && i < t->in.secret_count; i++)
		t->secrets[i].was_set = true;
	t->in.secrets = t->secrets;
}

static void first(struct test_part *t, const char *port)
{
	char sap[128];
	snprintf(sap, sizeof sap, SAP("0", "192.168.0.38", "%s") " CN=192.168.0.38", port);
	test_part_have(t, SERVERS, SERVER, sap);
	test_part_have(t, LOGINS, "AMT_MPSUsernamePassword", LOGIN("0", "admin"));
}

static void order(void **state)
{
	static const struct {
		const char *name, *tail, *port, *rules[3], *links[3], *ids;
	} cases[] = {
		{ "nothing there",
		  "  policies: [{trigger: user}]",
		  NULL,
		  { NULL },
		  { NULL },
		  "add:192.168.0.38(6) add:user(2) " },
		{ "all is right",
		  "  policies: [{trigger: user}]",
		  "4433",
		  { "PolicyRuleName=U Trigger=0 TunnelLifeTime=0" },
		  { USES("U", "0") },
		  "" },
		{ "the rule goes before its server",
		  "  policies: [{trigger: user}]",
		  "1",
		  { "PolicyRuleName=U Trigger=0 TunnelLifeTime=0" },
		  { USES("U", "0") },
		  "drop:U(16) remove:0(0) add:192.168.0.38(6) add:user(2) " },
		{ "a rule that stays is made anew",
		  "  policies: [{trigger: user, lifetime_s: 9}]",
		  "4433",
		  { "PolicyRuleName=U Trigger=0 TunnelLifeTime=0" },
		  { USES("U", "0") },
		  "drop:U(16) add:user(2) " },
		{ "a type is only put",
		  "  policies: [{trigger: user, mps_type: both}]",
		  "4433",
		  { "PolicyRuleName=U Trigger=0 TunnelLifeTime=0" },
		  { USES("U", "0") },
		  "type:user:0(16) " },
		{ "rules of others are told",
		  "  policies: []",
		  "4433",
		  { "PolicyRuleName=A Trigger=1 TunnelLifeTime=0" },
		  { USES("A", "0") },
		  "report:remote_access.policies.alert(8) " },
		{ "or removed",
		  "  policies: []\n  own: on",
		  "4433",
		  { "PolicyRuleName=A Trigger=1 TunnelLifeTime=0" },
		  { USES("A", "0") },
		  "drop:A(16) " },
		{ "no list, no remark",
		  "",
		  "4433",
		  { "PolicyRuleName=A Trigger=1 TunnelLifeTime=0" },
		  { USES("A", "0") },
		  "" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		char yaml[512];
		snprintf(yaml, sizeof yaml, ONE "%s\n", cases[n].tail);
		start(&t, yaml, true);
		if (cases[n].port)
			first(&t, cases[n].port);
		for (int k = 0; k < 3 && cases[n].rules[k]; k++)
			test_part_have(&t, RULES, RULE, cases[n].rules[k]);
		for (int k = 0; k < 3 && cases[n].links[k]; k++)
			test_part_have(&t, LINKS, LINK, cases[n].links[k]);
		if (!test_part_diff(&t))
			fail_msg("%s: %s", cases[n].name, t.e.msg);
		if (!str_eq(t.ids, cases[n].ids))
			fail_msg("%s: %s\n%s", cases[n].name, t.ids, t.lines);
		test_part_stop(&t);
	}
}

/* Two servers and their logins: by the context, else by the number at the end of their names. */
static void finds_the_login_of_a_server(void **state)
{
	struct test_part t;
	(void)state;
	for (int tied = 0; tied < 2; tied++) {
		start(&t, ONE, true);
		test_part_have(&t, SERVERS, SERVER, SAP("3", "other", "4433"));
		test_part_have(&t, SERVERS, SERVER,
			       SAP("0", "192.168.0.38", "4433") " CN=192.168.0.38");
		test_part_have(&t, LOGINS, "AMT_MPSUsernamePassword", LOGIN("3", "else"));
		test_part_have(&t, LOGINS, "AMT_MPSUsernamePassword", LOGIN("0", "admin"));
		if (tied)
			test_part_have(
				&t, CONTEXTS, "AMT_RemoteAccessCredentialContext",
				"ElementInContext=AMT_MPSUsernamePassword{InstanceID=Login_3} "
				"ElementProvidingContext=" SERVER "{Name=Server_0}");
		assert_true(test_part_diff(&t));
		assert_string_equal(
			t.lines,
			tied ? "remote_access.servers.other: not in the profile\n"
			       "remote_access.servers.192.168.0.38.username: else -> admin\n"
			     : "remote_access.servers.other: not in the profile\n");
		test_part_stop(&t);
	}
}

static void asks_like_others(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, ONE "  policies: [{trigger: periodic, every_s: 25}]\n  user_interface: both\n",
	      false);
	test_part_have(&t, INTERFACE, "AMT_UserInitiatedConnectionService", "EnabledState=32768");
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "add:192.168.0.38", "requests/AMT_RemoteAccessService.AddMPS.xml");
	test_part_shape(&t, "user_interface",
			"requests/AMT_UserInitiatedConnectionService.RequestStateChange.xml");
	test_part_stop(&t);
	start(&t, ONE "  policies: [{trigger: periodic, every_s: 25}]\n", true);
	first(&t, "4433");
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "add:periodic",
			"requests/AMT_RemoteAccessService.AddRemoteAccessPolicyRule.xml");
	assert_string_equal(wsman_obj_str(t.c.first->req.obj, "ExtendedData"), "AAAAAAAAABk=");
	test_part_stop(&t);
}

static void kinds_of_addresses(void **state)
{
	static const struct {
		const char *host, *format;
	} cases[] = {
		{ "192.0.2.1", "3" },       { "'2001:db8::1'", "4" }, { "mps.example.com", "201" },
		{ "1.2.3.example", "201" }, { "1.2.3", "201" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		char yaml[256];
		snprintf(
			yaml, sizeof yaml,
			"remote_access: {servers: [{host: %s, port: 1, auth: password, username: a, "
			"password: random}]}",
			cases[n].host);
		start(&t, yaml, false);
		assert_true(test_part_diff(&t));
		assert_string_equal(wsman_obj_str(t.c.first->req.obj, "InfoFormat"),
				    cases[n].format);
		test_part_stop(&t);
	}
}

static void refuses_a_profile(void **state)
{
	static const struct {
		const char *yaml, *why;
	} cases[] = {
		{ "{servers: [{host: a, port: 1, auth: password}]}",
		  "line 2, column 52: 'password' needs 'username' and 'password'" },
		{ "{policies: [{trigger: user}]}", "policies need 'servers'" },
		{ "{servers: [{host: a, port: 1, auth: mutual}], policies: [{trigger: periodic}]}",
		  "'periodic' needs 'every_s' or 'at'" },
		{ "{servers: [{host: a, port: 1, auth: mutual}], policies: [{trigger: periodic, at: "
		  "'24:00'}]}",
		  "no time of day: write it as '23:30'" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct engine_profile p;
		struct err e = { 0 };
		struct arena a;
		char text[512];
		arena_init(&a, 1 << 20);
		snprintf(text, sizeof text, "version: 1\nremote_access: %s\n", cases[n].yaml);
		assert_false(engine_profile_parse_in("test", 1, span_str(text), &a, &p, &e));
		if (!strstr(e.msg, cases[n].why))
			fail_msg("%s", e.msg);
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(finds_the_login_of_a_server),
		cmocka_unit_test(asks_like_others),
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(refuses_a_profile),
	};
	return cmocka_run_group_tests_name("engine/part_remote_access", tests, NULL, NULL);
}
