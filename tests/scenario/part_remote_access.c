/* Part "remote_access" of the profile, on the first release that has it and the newest: gateways, what
 * opens a tunnel, the user's part; changed behind our back, repaired, replaced, removed. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SERVICE "AMT_RemoteAccessService"
#define SERVER  "AMT_ManagementPresenceRemoteSAP"
#define RULE    "AMT_RemoteAccessPolicyRule"
#define NAME(n) "Intel(r) AMT:Management Presence Server " n
#define MPS                                                                                               \
	"  servers:\n  - {host: mps.example.com, port: 4433, ca: radius, auth: password, username: amt, " \
	"password: {secret: mps}}\n"
#define ALL                                            \
	"remote_access:\n  user_interface: both\n" MPS \
	"  policies:\n  - {trigger: user, lifetime_s: 300}\n  - {trigger: periodic, every_s: 3600}\n"

static void fill(struct world *w)
{
	parts_secret(w, "mps", "Planted-Mps-1");
	parts_trust(w, "radius");
}

static void must_apply(struct world *w, unsigned i)
{
	char why[512], text[4096];
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("%s", why);
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
}

static uint32_t add_rule(struct world *w, unsigned i, const char *trigger, const char *data,
			 const char *server)
{
	char t[32], d[64], s[128];
	snprintf(t, sizeof t, "Trigger=%s", trigger);
	snprintf(d, sizeof d, "ExtendedData=%s", data);
	snprintf(s, sizeof s, "MpServer=" SERVER "{Name=%s}", server);
	return parts_invoke(w, i, SERVICE, NULL, "AddRemoteAccessPolicyRule", t,
			    "TunnelLifeTime=60", d, s, NULL);
}

static uint32_t add_server(struct world *w, unsigned i, const char *host, const char *user)
{
	char h[64], u[64];
	snprintf(h, sizeof h, "AccessInfo=%s", host);
	snprintf(u, sizeof u, "Username=%s", user);
	return parts_invoke(w, i, SERVICE, NULL, "AddMpServer", h, "InfoFormat=201", "Port=4433",
			    "AuthMethod=2", u, "Password=Other-Pass-1", NULL);
}

static void drifts(struct world *w, unsigned i)
{
	assert_int_equal(parts_invoke(w, i, "AMT_UserInitiatedConnectionService", NULL,
				      "RequestStateChange", "RequestedState=32770", NULL),
			 0);
	parts_expect_drift(w, i, "remote_access.user_interface: os -> both\n");

	assert_true(parts_delete(w, i, RULE, "PolicyRuleName=User Initiated"));
	parts_expect_drift(w, i, "remote_access.policies.user: absent -> user\n");
	assert_true(parts_delete(w, i, RULE, "PolicyRuleName=Periodic"));
	assert_int_equal(add_rule(w, i, "2", "AAAAAAAAABk=", NAME("0")), 0);
	parts_expect_drift(w, i,
			   "remote_access.policies.periodic.lifetime_s: 60 -> 0\n"
			   "remote_access.policies.periodic.when: every 25 s -> every 3600 s\n");

	assert_true(parts_put(w, i, "AMT_MPSUsernamePassword", NULL, "RemoteID=other", NULL));
	parts_expect_drift(w, i, "remote_access.servers.mps.example.com.username: other -> amt\n");

	/* all of it gone */
	assert_false(parts_delete(w, i, SERVER, "Name=" NAME("0"))); /* rules stand on it */
	assert_true(parts_delete(w, i, RULE, "PolicyRuleName=User Initiated"));
	assert_true(parts_delete(w, i, RULE, "PolicyRuleName=Periodic"));
	assert_true(parts_delete(w, i, SERVER, "Name=" NAME("0")));
	parts_expect_drift(w, i,
			   "remote_access.servers.mps.example.com: absent -> port 4433, password\n"
			   "remote_access.policies.user: absent -> user\n"
			   "remote_access.policies.periodic: absent -> every 3600 s\n");
	/* the same secret, another one in the store */
	parts_secret(w, "mps", "Planted-Mps-2");
	parts_expect_drift(
		w, i,
		"remote_access.servers.mps.example.com.password: unknown -> as in the profile\n");
}

/* A server cannot be changed: it is removed and added, with the rules that stand on it. */
static void replaces(struct world *w, unsigned i)
{
	char text[4096];
	parts_profile(w,
		      "remote_access:\n  servers:\n"
		      "  - {host: mps.example.com, port: 4434, auth: mutual}\n"
		      "  - {host: 192.0.2.7, port: 4433, auth: password, username: amt, "
		      "password: {secret: mps}, common_name: mps2.example.com}\n"
		      "  policies:\n  - {trigger: user, lifetime_s: 300}\n"
		      "  - {trigger: periodic, at: '23:30'}\n");
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text,
			    "remote_access.servers.mps.example.com.port: 4433 -> 4434\n"
			    "remote_access.servers.mps.example.com.auth: password -> mutual\n"
			    "remote_access.servers.192.0.2.7: absent -> port 4433, password\n"
			    "remote_access.policies.user.servers: mps.example.com -> "
			    "mps.example.com 192.0.2.7\n"
			    "remote_access.policies.periodic.when: every 3600 s -> at 23:30\n"
			    "remote_access.policies.periodic.servers: mps.example.com -> "
			    "mps.example.com 192.0.2.7\n");
	must_apply(w, i);
	const struct wsman_obj *o = parts_get(w, i, RULE, "PolicyRuleName=Periodic");
	assert_string_equal(wsman_obj_str(o, "ExtendedData"), "AAAAAQAAABcAAAAe");
}

static void others(struct world *w, unsigned i)
{
	char text[4096];
	assert_int_equal(add_server(w, i, "mps.example.com", "a"), 0); /* another port */
	assert_int_equal(add_server(w, i, "mps.example.com", "a"), 2058);
	assert_int_equal(add_server(w, i, "other.example.com", "a-name-of-17-chars"), 36);
	assert_int_equal(add_server(w, i, "other.example.com", "a"), 0);
	assert_int_equal(add_rule(w, i, "1", "", NAME("2")), 0);
	assert_int_equal(add_rule(w, i, "1", "", NAME("2")), 2058);
	assert_int_equal(add_rule(w, i, "2", "AAAA", NAME("2")), 36);
	assert_int_equal(add_rule(w, i, "3", "", NAME("9")), 2068);
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(w, i, text, sizeof text);
	assert_string_equal(text,
			    "remote_access.policies.alert: not in the profile\n"
			    "remote_access.servers.mps.example.com: not in the profile\n"
			    "remote_access.servers.other.example.com: not in the profile\n");
	parts_profile(w, "remote_access: {own: on, servers: [], policies: []}\n");
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text,
			    "remote_access.policies.user: there -> absent\n"
			    "remote_access.policies.periodic: there -> absent\n"
			    "remote_access.policies.alert: there -> absent\n"
			    "remote_access.servers.mps.example.com: port 4434 -> absent\n"
			    "remote_access.servers.192.0.2.7: port 4433 -> absent\n"
			    "remote_access.servers.mps.example.com: port 4433 -> absent\n"
			    "remote_access.servers.other.example.com: port 4433 -> absent\n");
	must_apply(w, i);
	assert_null(parts_get(w, i, SERVER, NULL));
	assert_null(parts_get(w, i, RULE, NULL));
}

static void sets_drifts_repairs(void **state)
{
	static const char *const generations[] = { "4.0", "22.0" };
	char text[4096];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start_with(&w, generations[g], ALL, NULL, fill);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_null(
			wsman_obj_str(parts_get(&w, i, "AMT_MPSUsernamePassword", NULL), "Secret"));
		drifts(&w, i);
		replaces(&w, i);
		others(&w, i);
		parts_stop(&w);
	}
}

/* Gateways inside came with 11.6. */
static void kinds_of_gateways(void **state)
{
	static const struct {
		const char *generation, *type, *notes;
	} cases[] = {
		{ "10.0", NULL,
		  "remote_access.policies.user.mps_type: not available in this release\n" },
		{ "11.8", "2", "" },
	};
	char text[1024];
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct world w;
		unsigned i = parts_start_with(&w, cases[k].generation,
					      "remote_access:\n" MPS
					      "  policies: [{trigger: user, mps_type: both}]\n",
					      NULL, fill);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, cases[k].notes);
		const char *is = wsman_obj_str(
			parts_get(&w, i, "AMT_RemoteAccessPolicyAppliesToMPS", NULL), "MpsType");
		if (cases[k].type) {
			assert_string_equal(is, cases[k].type);
			assert_true(parts_put(&w, i, "AMT_RemoteAccessPolicyAppliesToMPS", NULL,
					      "MpsType=0", NULL));
			parts_expect_drift(
				&w, i, "remote_access.policies.user.mps_type: external -> both\n");
		} else {
			assert_null(is);
		}
		parts_stop(&w);
	}
}

static void tells_what_cannot_be(void **state)
{
	char text[1024], why[512], host[32];
	struct world w;
	(void)state;
	unsigned i = parts_start_with(&w, "3.2.1", ALL, NULL, fill);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "remote access: not available in AMT 3.2"));
	parts_stop(&w);

	i = parts_start_with(&w, "9.0", "remote_access: leave\n", NULL, fill);
	for (int n = 0; n < 4; n++) {
		snprintf(host, sizeof host, "mps%d.example.com", n);
		assert_int_equal(add_server(&w, i, host, "a"), 0);
	}
	assert_int_equal(add_server(&w, i, "mps4.example.com", "a"), 23);
	parts_profile(&w, ALL);
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "AddMpServer"));
	assert_non_null(strstr(why, "23 MAX_LIMIT_REACHED"));
	/* a rule of somebody else stands on a server that has to change */
	assert_int_equal(add_rule(&w, i, "1", "", NAME("1")), 0);
	parts_profile(
		&w,
		"remote_access: {servers: [{host: mps1.example.com, port: 1, auth: mutual}]}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "remote_access.policies.alert is not in the profile"));
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(kinds_of_gateways),
		cmocka_unit_test(tells_what_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
