/* Who would be out of reach without a port or a tunnel, by what the PC tells and what is remembered. */
#include "engine/part_try_test.h"

#define PORTS  "AMT_EthernetPortSettings"
#define WIFI   "wifi: {port: off}\n"
#define NOLINK "it would have no link: its "

static bool says(const char *why, const char *want)
{
	return want ? why && strstr(why, want) == why : !why;
}

static void radio_is_turned_off(void **state)
{
	static const struct {
		const char *name, *yaml, *cable, *radio, *links[3], *want;
	} cases[] = {
		{ "by cable", WIFI, "LinkIsUp=true", "LinkIsUp=false", { NULL }, NULL },
		{ "both", WIFI, "LinkIsUp=true", "LinkIsUp=true", { "both", "cable" }, NULL },
		{ "by radio", WIFI, "LinkIsUp=false", "LinkIsUp=true", { NULL }, NOLINK "wired" },
		{ "by radio once",
		  WIFI,
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { "both", "radio" },
		  "it was seen with no other link than radio" },
		{ "no LinkIsUp: a MAC address tells",
		  WIFI,
		  "MACAddress=02-00-00-00-00-01",
		  "MACAddress=00-00-00-00-00-00",
		  { NULL },
		  NULL },
		{ "no LinkIsUp, no cable",
		  WIFI,
		  "MACAddress=00-00-00-00-00-00",
		  "MACAddress=02-00-00-00-00-01",
		  { NULL },
		  NOLINK "wired" },
		{ "reached at the address of its radio",
		  WIFI,
		  "LinkIsUp=true",
		  "IPAddress=10.1.2.3",
		  { NULL },
		  "it is reached at 10.1.2.3" },
		{ "both ports",
		  WIFI "ethernet: {link_policy: [sx-ac]}\n",
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { NULL },
		  "the profile turns off both" },
		{ "another policy of the cable",
		  WIFI "ethernet: {link_policy: [s0-ac]}\n",
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { NULL },
		  NULL },
		{ "the port stays on",
		  "wifi: {port: s0}\n",
		  "LinkIsUp=false",
		  "LinkIsUp=true",
		  { NULL },
		  NULL },
		{ "no network is left",
		  "wifi: {own: on, networks: []}\n",
		  "LinkIsUp=false",
		  "LinkIsUp=true",
		  { NULL },
		  NOLINK "wired" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct try t;
		try_init(&t, cases[i].yaml);
		t.in.all = t.profile.parts;
		t.in.want = engine_part_other(&t.in, "wifi");
		t.in.address = "10.1.2.3";
		t.in.links = cases[i].links;
		try_has(&t, 1, "CIM_WiFiPort", "EnabledState=32768", NULL);
		try_has(&t, 2, "CIM_WiFiEndpointSettings", "Priority=1", NULL);
		try_has(&t, 7, PORTS, cases[i].cable, NULL);
		try_has(&t, 8, PORTS, cases[i].radio, NULL);
		const char *why = engine_part_wifi.dark(&t.in, &t.a);
		if (!says(why, cases[i].want))
			fail_msg("%s: %s", cases[i].name, why ? why : "fine");
		try_deinit(&t);
	}
}

static void cable_is_turned_off(void **state)
{
	static const struct {
		const char *name, *yaml, *policy, *cable, *radio, *links[3], *want;
	} cases[] = {
		{ "by cable",
		  "ethernet: {link_policy: [sx-ac]}\n",
		  "1",
		  "LinkIsUp=true",
		  "LinkIsUp=false",
		  { NULL },
		  NOLINK "wireless" },
		{ "both",
		  "ethernet: {link_policy: [sx-ac]}\n",
		  "1",
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { "radio", "both" },
		  NULL },
		{ "by cable once",
		  "ethernet: {link_policy: [sx-ac]}\n",
		  "1",
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { "both", "cable" },
		  "it was seen with no other link than its" },
		{ "it has none already",
		  "ethernet: {link_policy: [sx-ac]}\n",
		  "14",
		  "LinkIsUp=true",
		  "LinkIsUp=false",
		  { NULL },
		  NULL },
		{ "less power, still on",
		  "ethernet: {link_policy: [s0-ac]}\n",
		  "1",
		  "LinkIsUp=true",
		  "LinkIsUp=false",
		  { NULL },
		  NULL },
		{ "both ports",
		  "wifi: {port: off}\nethernet: {link_policy: [sx-ac]}\n",
		  "1",
		  "LinkIsUp=true",
		  "LinkIsUp=true",
		  { NULL },
		  "the profile turns off both" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct try t;
		try_init(&t, cases[i].yaml);
		t.in.all = t.profile.parts;
		t.in.want = engine_part_other(&t.in, "ethernet");
		t.in.links = cases[i].links;
		struct wsman_obj *o = try_has(&t, 0, PORTS, cases[i].cable, NULL);
		wsman_obj_add_str(o, "LinkPolicy", cases[i].policy);
		try_has(&t, 1, PORTS, cases[i].radio, NULL);
		const char *why = engine_part_ethernet.dark(&t.in, &t.a);
		if (!says(why, cases[i].want))
			fail_msg("%s: %s", cases[i].name, why ? why : "fine");
		try_deinit(&t);
	}
}

/* ---- tunnels: one server, rules "user" and "periodic" that use it ---- */

enum { SERVICE, SERVERS, RULES, LINKS, LOGINS };
#define SERVER(host)                                                       \
	"  servers: [{host: " host                                         \
	", port: 4433, auth: password, username: amt, password: {secret: " \
	"s}}]\n"
#define RULE "AMT_RemoteAccessPolicyRule"

static void has_link(struct try *t, const char *rule, const char *type)
{
	struct wsman_obj *o = try_has(t, LINKS, "AMT_RemoteAccessPolicyAppliesToMPS",
				      "OrderOfAccess=0", type, NULL);
	wsman_obj_set_epr(o, "PolicySet", wsman_obj_epr_of(&t->a, RULE, "PolicyRuleName", rule));
	wsman_obj_set_epr(
		o, "ManagedElement",
		wsman_obj_epr_of(&t->a, "AMT_ManagementPresenceRemoteSAP", "Name", "Server 0"));
}

static void is_told(struct try *t, const char *cls, const char *member)
{
	const struct wsman_class *c = wsman_classes_find(cls);
	struct engine_part_more *m = &t->more[t->more_count++];
	m->tag = cls;
	m->obj = wsman_obj_new(&t->a, &c->shape, c->uri);
	const char *eq = strchr(member, '=');
	assert_true(wsman_obj_set_text(m->obj, span_make(member, (size_t)(eq - member)),
				       span_str(eq + 1), &t->e));
	m->next = t->in.more;
	t->in.more = m;
}

static void tunnels_are_closed(void **state)
{
	static const struct {
		const char *name, *yaml, *connected, *sees, *type, *suffixes[3], *want;
	} cases[] = {
		{ "at home, nothing seen",
		  "remote_access:\n  own: on\n  servers: []\n  policies: []\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=0",
		  { NULL },
		  NULL },
		{ "at home, away before",
		  "remote_access:\n  own: on\n  servers: []\n  policies: []\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=0",
		  { "home.com", "away.com" },
		  "it was seen with the DNS suffix away.com" },
		{ "away before, its rules use an inner gateway",
		  "remote_access:\n  own: on\n  servers: []\n  policies: []\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=1",
		  { "away.com" },
		  NULL },
		{ "away before, will be home",
		  "remote_access:\n  own: on\n  servers: []\n  policies: []\n"
		  "home_domains: {suffixes: [home.com, away.com]}\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=0",
		  { "away.com" },
		  NULL },
		{ "away before, another gateway",
		  "remote_access:\n  own: on\n" SERVER("new") "  policies: [{trigger: user}]\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=0",
		  { "away.com" },
		  NULL },
		{ "away now, another gateway: closed before it is opened again",
		  "remote_access:\n  own: on\n" SERVER("new") "  policies: [{trigger: user}]\n",
		  "IsRemoteTunnelConnected=false",
		  "away.com",
		  "MpsType=0",
		  { NULL },
		  "it sees the DNS suffix away.com" },
		{ "through the tunnel now, another interval; the user's rule stays",
		  "remote_access:\n" SERVER(
			  "old") "  policies: [{trigger: user}, {trigger: periodic, "
				 "every_s: 60}]\n",
		  "IsRemoteTunnelConnected=true",
		  "",
		  "MpsType=0",
		  { NULL },
		  NULL },
		{ "through the tunnel now, both rules anew",
		  "remote_access:\n" SERVER("old") "  policies: [{trigger: user, lifetime_s: 9}, "
						   "{trigger: periodic, every_s: 60}]\n",
		  "IsRemoteTunnelConnected=true",
		  "",
		  "MpsType=0",
		  { NULL },
		  "it is reached through its tunnel" },
		{ "away before, gateways become inner ones",
		  "remote_access:\n" SERVER(
			  "old") "  policies: [{trigger: user, mps_type: internal}, "
				 "{trigger: periodic, every_s: 3600, mps_type: "
				 "internal}]\n",
		  "IsRemoteTunnelConnected=false",
		  "home.com",
		  "MpsType=0",
		  { "away.com" },
		  "it was seen with the DNS suffix away.com" },
		{ "lists that it does not own stay",
		  "remote_access:\n  servers: []\n  policies: []\n",
		  "IsRemoteTunnelConnected=true",
		  "away.com",
		  "MpsType=0",
		  { NULL },
		  NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct try t;
		char sees[64];
		try_init(&t, cases[i].yaml);
		t.in.all = t.profile.parts;
		t.in.want = engine_part_other(&t.in, "remote_access");
		t.in.suffixes = cases[i].suffixes;
		try_has(&t, SERVICE, "AMT_RemoteAccessService", cases[i].connected, NULL);
		try_has(&t, SERVERS, "AMT_ManagementPresenceRemoteSAP", "Name=Server 0",
			"AccessInfo=old", "Port=4433", NULL);
		try_has(&t, LOGINS, "AMT_MPSUsernamePassword", "InstanceID=Login 0", "RemoteID=amt",
			NULL);
		try_has(&t, RULES, RULE, "PolicyRuleName=User Initiated", "Trigger=0",
			"TunnelLifeTime=0", NULL);
		try_has(&t, RULES, RULE, "PolicyRuleName=Periodic", "Trigger=2", "TunnelLifeTime=0",
			"ExtendedData=AAAAAAAADhA=", NULL);
		has_link(&t, "User Initiated", cases[i].type);
		has_link(&t, "Periodic", cases[i].type);
		snprintf(sees, sizeof sees, "DhcpDNSSuffix=%s", cases[i].sees);
		is_told(&t, "AMT_SetupAndConfigurationService", sees);
		is_told(&t, "AMT_EnvironmentDetectionSettingData", "DetectionStrings=home.com");
		const char *why = engine_part_remote_access.dark(&t.in, &t.a);
		if (!says(why, cases[i].want))
			fail_msg("%s: %s", cases[i].name, why ? why : "fine");
		try_deinit(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(radio_is_turned_off),
		cmocka_unit_test(cable_is_turned_off),
		cmocka_unit_test(tunnels_are_closed),
	};
	return cmocka_run_group_tests_name("engine/part_links", tests, NULL, NULL);
}
