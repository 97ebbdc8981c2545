/* Part "general": switches of AMT_GeneralSettings beside names, ping and idle time, which have keys of their
 * own (setup-and-configuration 5.3, 5.12). Called by run_part.c. Never switches the network off. */
#include "engine/part.h"

#define CLS "AMT_GeneralSettings"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Names in DNS, presence, older interfaces.",
	  NULL },
	{ "rmcp_ping", KEY_SWITCH, NULL, 0, CLS ".RmcpPingResponseEnabled", "", SRC_D,
	  "Answers presence pings on UDP port 623.", "on" },
	{ "wsman_only", KEY_SWITCH, NULL, 0, CLS ".WsmanOnlyMode", "", SRC_D,
	  "The interfaces before WS-Management are off.", "on" },
	{ "shared_fqdn", KEY_SWITCH, NULL, KEY_STAGED, CLS ".SharedFQDN", "", SRC_D,
	  "PC and firmware share one name.", "on" },
	{ "ddns", KEY_SWITCH, NULL, 0, CLS ".DDNSUpdateEnabled", "", SRC_D,
	  "Firmware registers its name in DNS.", "off" },
	{ "ddns_by_dhcp", KEY_SWITCH, NULL, 0, CLS ".DDNSUpdateByDHCPServerEnabled", "", SRC_D,
	  "The DHCP server registers the name.", "on" },
	{ "ddns_interval", KEY_NUMBER, "20..65535", 0, CLS ".DDNSPeriodicUpdateInterval", "", SRC_G,
	  "Minutes between registrations.", "1440" },
	{ "ddns_ttl", KEY_NUMBER, "1..4294967295", 0, CLS ".DDNSTTL", "", SRC_G,
	  "Seconds for which others may keep the name.", "900" },
	{ "address_family", KEY_WORD, "ipv4 ipv6", 0, CLS ".PreferredAddressFamily", "", SRC_D,
	  "Which addresses are tried first.", "ipv4" },
	{ "presence_interval", KEY_NUMBER, "0..65535", 0, CLS ".PresenceNotificationInterval", "",
	  SRC_D, "Between messages about its presence; 0 is none.", "0" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, CLS, NULL, NULL, false },
};

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "rmcp_ping", "RmcpPingResponseEnabled", NULL },
		{ "wsman_only", "WsmanOnlyMode", NULL },
		{ "ddns", "DDNSUpdateEnabled", NULL },
		{ "ddns_by_dhcp", "DDNSUpdateByDHCPServerEnabled", NULL },
		{ "ddns_interval", "DDNSPeriodicUpdateInterval", NULL },
		{ "ddns_ttl", "DDNSTTL", NULL },
		{ "address_family", "PreferredAddressFamily", "ipv4=0 ipv6=1" },
		{ "presence_interval", "PresenceNotificationInterval", NULL },
		{ NULL, NULL, NULL },
	}, staged[] = {
		{ "shared_fqdn", "SharedFQDN", NULL },
		{ NULL, NULL, NULL },
	};
	const struct wsman_obj *have = in->have[0].items[0];
	(void)e;
	engine_part_props(in, have, NULL, props, 0, c);
	engine_part_props(in, have, NULL, staged, CHANGE_STAGED, c);
	return true;
}

const struct engine_part engine_part_general = {
	.name = "general",
	.title = "general settings",
	.keys = keys,
	.reads = reads,
	.read_count = 1,
	.diff = diff,
};
