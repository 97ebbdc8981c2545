/* What a profile may say of gateways and tunnels (part_remote_access.c): the keys with their sources, and what a
 * server or a policy needs beside them. Knows nothing of a PC. */
#include "base/str.h"
#include "engine/part_remote.h"

#include <stdio.h>

#define SERVICE   "AMT_RemoteAccessService"
#define RULE      "AMT_RemoteAccessPolicyRule"
#define LINK      "AMT_RemoteAccessPolicyAppliesToMPS"
#define LOGIN     "AMT_MPSUsernamePassword"
#define INTERFACE "AMT_UserInitiatedConnectionService"

const struct engine_key engine_part_remote_keys[] = {
	{ "", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P,
	  "Tunnels of PCs that are away from home.", NULL },
	{ "user_interface", KEY_WORD, "off bios os both", 0, INTERFACE ".RequestStateChange", "4.0",
	  SRC_P, "Where the user can ask for help.", "both" },
	{ "own", KEY_SWITCH, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P,
	  "Servers and policies that are not in the lists are removed.", "off" },
	{ "servers", KEY_LIST, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P,
	  "Gateways; every policy uses the first two.", NULL },
	{ "servers.host", KEY_TEXT, "1..255", KEY_ID, SERVICE ".AddMpServer", "4.0", SRC_P,
	  "Name or address of the gateway.", "mps.example.com" },
	{ "servers.port", KEY_NUMBER, "1..65535", KEY_NEEDED, SERVICE ".AddMpServer", "4.0", SRC_P,
	  "Its port.", "4433" },
	{ "servers.ca", KEY_CERT, NULL, 0,
	  "AMT_PublicKeyManagementService.AddTrustedRootCertificate", "4.0", SRC_P,
	  "Trusted root of its certificate.", "ca" },
	{ "servers.auth", KEY_WORD, "password mutual", KEY_NEEDED, SERVICE ".AddMpServer", "4.0",
	  SRC_P, "How the PC logs in; mutual: with its own certificate.", "password" },
	{ "servers.username", KEY_TEXT, "1..16", 0, LOGIN ".RemoteID", "4.0", SRC_P,
	  "Name of the login.", "amt" },
	{ "servers.password", KEY_SECRET, NULL, 0, LOGIN ".Secret", "4.0", SRC_P,
	  "Password of the login; cannot be read back.", "{secret: mps}" },
	{ "servers.common_name", KEY_TEXT, "1..255", 0, SERVICE ".AddMpServer", "4.0", SRC_P,
	  "Name in its certificate, where host is an address.", "mps.example.com" },
	{ "policies", KEY_LIST, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P, "What opens a tunnel.",
	  NULL },
	{ "policies.trigger", KEY_WORD, "user alert periodic", KEY_ID, RULE ".Trigger", "4.0",
	  SRC_P, "The user's wish, an event, or the time.", "periodic" },
	{ "policies.lifetime_s", KEY_NUMBER, "0..4294967295", 0, RULE ".TunnelLifeTime", "4.0",
	  SRC_P, "Seconds after which the tunnel ends; 0, the default: never.", "300" },
	{ "policies.every_s", KEY_NUMBER, "1..4294967295", 0, RULE ".ExtendedData", "4.0", SRC_P,
	  "Of periodic: seconds between two tunnels.", "3600" },
	{ "policies.at", KEY_TEXT, "5..5", 0, RULE ".ExtendedData", "4.0", SRC_P,
	  "Of periodic: time of day instead, as 23:30.", "'23:30'" },
	{ "policies.mps_type", KEY_WORD, "external internal both", KEY_CUTS_OFF, LINK ".MpsType",
	  "11.6", SRC_P, "Whether the gateway is outside (CIRA), inside (CILA), or both.",
	  "external" },
	ENGINE_KEYS_END,
};

/* ---- what the rows cannot say ---- */

bool engine_part_remote_time(const char *text, unsigned *out_hour, unsigned *out_minute)
{
	uint32_t h, m;
	if (!text || strlen(text) != 5 || text[2] != ':' ||
	    !str_to_u32(span_make(text, 2), 0, 23, &h, NULL) ||
	    !str_to_u32(span_make(text + 3, 2), 0, 59, &m, NULL))
		return false;
	*out_hour = h;
	*out_minute = m;
	return true;
}

static const struct engine_node *check_policy(const struct engine_node *n, char *out_what,
					      size_t cap)
{
	const struct engine_node *trigger = engine_node_get(n, "trigger"),
				 *at = engine_node_get(n, "at");
	unsigned hour, minute;
	if (at && !engine_part_remote_time(at->text, &hour, &minute)) {
		snprintf(out_what, cap, "no time of day: write it as '23:30'");
		return at;
	}
	if (str_eq(trigger->text, "periodic") && !at && !engine_node_get(n, "every_s")) {
		snprintf(out_what, cap, "'periodic' needs 'every_s' or 'at'");
		return trigger;
	}
	return NULL;
}

const struct engine_node *engine_part_remote_check(const struct engine_node *want, char *out_what,
						   size_t cap)
{
	const struct engine_node *servers = engine_node_get(want, "servers"),
				 *policies = engine_node_get(want, "policies"), *bad = NULL;
	for (const struct engine_node *n = servers ? servers->children : NULL; n; n = n->next) {
		const struct engine_node *auth = engine_node_get(n, "auth");
		if (!auth || !str_eq(auth->text, "password") ||
		    (engine_node_get(n, "username") && engine_node_get(n, "password")))
			continue;
		snprintf(out_what, cap, "'password' needs 'username' and 'password'");
		return auth;
	}
	for (const struct engine_node *n = policies ? policies->children : NULL; n && !bad;
	     n = n->next)
		bad = check_policy(n, out_what, cap);
	if (!bad && engine_node_count(policies) && !engine_node_count(servers)) {
		snprintf(out_what, cap, "policies need 'servers'");
		bad = policies;
	}
	return bad;
}
