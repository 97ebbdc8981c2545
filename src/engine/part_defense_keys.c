/* What a profile may say of System Defense (part_defense.c): the keys with their sources, and what a filter, a policy
 * or a port needs beside them. Knows nothing of a PC. */
#include "base/str.h"
#include "engine/part_defense.h"
#include "engine/part_entry.h"

#define SRC_PROFILE "AMT_Hdr8021Filter.FilterProfile AMT_IPHeadersFilter.FilterProfile"
#define POLICY      "AMT_SystemDefensePolicy."
#define IP          "AMT_IPHeadersFilter."
const struct engine_key engine_part_defense_keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D,
	  "System Defense: what the network port of the PC lets through. Not in client control mode; the ports of AMT itself are exempt.",
	  NULL },
	{ "own", KEY_SWITCH, NULL, 0, "", "", SRC_D,
	  "Filters and policies that are not named here are deleted; off: only reported.", "on" },
	{ "filters", KEY_LIST, NULL, 0, "", "", SRC_D, "What a packet is like, and what is done.",
	  NULL },
	{ "filters.name", KEY_TEXT, "1..16", KEY_ID, "AMT_ComplexFilterEntryBase.Name", "", SRC_P,
	  "Name of the filter.", "telnet" },
	{ "filters.direction", KEY_WORD, "transmit receive", KEY_NEEDED,
	  "AMT_ComplexFilterEntryBase.FilterDirection", "", SRC_P, "Which packets, seen by the PC.",
	  "receive" },
	{ "filters.action", KEY_WORD, "pass drop rate-limit pass-count drop-count", KEY_NEEDED,
	  SRC_PROFILE, "", SRC_P, "What is done with them; counts are shown by a check.",
	  "drop-count" },
	{ "filters.rate", KEY_NUMBER, "1..65535", 0, "AMT_ComplexFilterEntryBase.FilterProfileData",
	  "", SRC_P, "With rate-limit: packets in a second.", "100" },
	{ "filters.event", KEY_SWITCH, NULL, 0, "AMT_ComplexFilterEntryBase.ActionEventOnMatch", "",
	  SRC_D, "A match is an event of the PC's log.", "on" },
	{ "filters.ethertype", KEY_WORD, "ip arp", 0, "AMT_Hdr8021Filter.HdrProtocolID8021", "",
	  SRC_P, "Makes it a filter of Ethernet frames; either this or version.", "arp" },
	{ "filters.vlan", KEY_NUMBER, "1..4094", 0, "AMT_Hdr8021Filter.HdrVLANID8021", "", SRC_D,
	  "Ethernet: number of the VLAN.", "12" },
	{ "filters.version", KEY_WORD, "4 6", 0, IP "HdrIPVersion", "", SRC_D,
	  "Makes it a filter of IP packets.", "4" },
	{ "filters.protocol", KEY_NUMBER, "0..255", 0, IP "HdrProtocolID", "", SRC_D,
	  "IP: protocol, 1 ICMP, 6 TCP, 17 UDP.", "6" },
	{ "filters.source", KEY_IPV4, NULL, 0, IP "HdrSrcAddress", "", SRC_G, "IP: from.",
	  "192.0.2.0" },
	{ "filters.source_mask", KEY_IPV4, NULL, 0, IP "HdrSrcMask", "", SRC_G,
	  "IP: bits of source that count.", "255.255.255.0" },
	{ "filters.destination", KEY_IPV4, NULL, 0, IP "HdrDestAddress", "", SRC_G, "IP: to.",
	  "198.51.100.7" },
	{ "filters.destination_mask", KEY_IPV4, NULL, 0, IP "HdrDestMask", "", SRC_G,
	  "IP: bits of destination that count.", "255.255.255.255" },
	{ "filters.source_port", KEY_NUMBER, "0..65535", 0, IP "HdrSrcPortStart", "", SRC_D,
	  "IP: first source port.", "1024" },
	{ "filters.source_port_end", KEY_NUMBER, "0..65535", 0, IP "HdrSrcPortEnd", "", SRC_D,
	  "IP: last source port.", "65535" },
	{ "filters.destination_port", KEY_NUMBER, "0..65535", 0, IP "HdrDestPortStart", "", SRC_D,
	  "IP: first destination port.", "23" },
	{ "filters.destination_port_end", KEY_NUMBER, "0..65535", 0, IP "HdrDestPortEnd", "", SRC_D,
	  "IP: last destination port.", "23" },
	{ "policies", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "Sets of filters, and what is done with all other packets.", NULL },
	{ "policies.name", KEY_TEXT, "1..16", KEY_ID, POLICY "PolicyName", "", SRC_D,
	  "Name of the policy.", "office" },
	{ "policies.precedence", KEY_NUMBER, "0..255", KEY_NEEDED, POLICY "PolicyPrecedence", "",
	  SRC_D, "Of several on one port the highest acts.", "10" },
	{ "policies.anti_spoofing", KEY_NUMBER, "0..2", 0, POLICY "AntiSpoofingSupport", "", SRC_G,
	  "Drops packets with a source that is not the PC's.", "0" },
	{ "policies.filters", KEY_TEXTS, "1..16", 0, POLICY "FilterCreationHandles", "", SRC_G,
	  "Names of filters of this profile.", "[telnet]" },
	{ "policies.tx_drop", KEY_SWITCH, NULL, 0, POLICY "TxDefaultDrop", "", SRC_D,
	  "Drops what no filter names, on its way out.", "off" },
	{ "policies.tx_count", KEY_SWITCH, NULL, 0, POLICY "TxDefaultCount", "", SRC_D,
	  "Counts it.", "off" },
	{ "policies.tx_event", KEY_SWITCH, NULL, 0, POLICY "TxDefaultMatchEvent", "", SRC_D,
	  "Makes it an event.", "off" },
	{ "policies.rx_drop", KEY_SWITCH, NULL, 0, POLICY "RxDefaultDrop", "", SRC_D,
	  "Drops what no filter names, on its way in.", "off" },
	{ "policies.rx_count", KEY_SWITCH, NULL, 0, POLICY "RxDefaultCount", "", SRC_D,
	  "Counts it.", "on" },
	{ "policies.rx_event", KEY_SWITCH, NULL, 0, POLICY "RxDefaultMatchEvent", "", SRC_D,
	  "Makes it an event.", "off" },
	{ "policies.timeout", KEY_NUMBER, "0..65535", 0, POLICY "SetTimeout", "", SRC_D,
	  "Minutes after which it ends by itself; 0 never.", "0" },
	{ "active", KEY_GROUP, NULL, 0, "", "", SRC_D, "The policy that is enabled on a port.",
	  NULL },
	{ "active.wired", KEY_TEXT, "1..16", 0, "AMT_NetworkPortSystemDefensePolicy", "", SRC_D,
	  "A policy of this profile; none: no policy at all.", "office" },
	{ "active.wireless", KEY_TEXT, "1..16", 0, "AMT_NetworkPortSystemDefensePolicy", "", SRC_D,
	  "The same, where the PC has Wi-Fi.", "none" },
	{ "default", KEY_GROUP, NULL, 0, "", "", SRC_D,
	  "The policy that acts when none is enabled.", NULL },
	{ "default.wired", KEY_TEXT, "1..16", 0, "AMT_NetworkPortDefaultSystemDefensePolicy", "",
	  SRC_D, "A policy of this profile, or none.", "none" },
	{ "default.wireless", KEY_TEXT, "1..16", 0, "AMT_NetworkPortDefaultSystemDefensePolicy", "",
	  SRC_D, "The same, where the PC has Wi-Fi.", "none" },
	ENGINE_KEYS_END,
};

bool engine_part_defense_is_ip(const struct engine_node *filter)
{
	return engine_node_text(filter, "version");
}

static const struct engine_node *check_filter(const struct engine_node *f, char *what, size_t cap)
{
	static const char *const ip_only[] = {
		"protocol",        "source",           "source_mask",
		"destination",     "destination_mask", "source_port",
		"source_port_end", "destination_port", "destination_port_end"
	};
	bool ethernet = engine_node_text(f, "ethertype"), ip = engine_part_defense_is_ip(f);
	if (ethernet == ip) {
		str_copy(what, cap, span_str("a filter has either 'ethertype' or 'version'"));
		return f;
	}
	for (size_t i = 0; !ip && i < sizeof ip_only / sizeof *ip_only; i++) {
		str_copy(what, cap, span_str("this key needs 'version' in its filter"));
		if (engine_node_get(f, ip_only[i]))
			return engine_node_get(f, ip_only[i]);
	}
	str_copy(what, cap, span_str("'vlan' needs 'ethertype' in its filter"));
	if (ip && engine_node_get(f, "vlan"))
		return engine_node_get(f, "vlan");
	const char *action = engine_node_text(f, "action");
	str_copy(what, cap, span_str("'rate' belongs to action rate-limit, which needs it"));
	if (!!engine_node_get(f, "rate") != (action && str_eq(action, "rate-limit")))
		return f;
	return NULL;
}

static const struct engine_node *check_links(const struct engine_node *want, char *what, size_t cap)
{
	static const char *const groups[] = { "active", "default" };
	str_copy(what, cap, span_str("neither a policy of this profile nor none"));
	for (int i = 0; i < 2; i++) {
		const struct engine_node *g = engine_node_get(want, groups[i]);
		for (const struct engine_node *n = g ? g->children : NULL; n; n = n->next)
			if (!str_eq(n->text, "none") &&
			    !engine_entry_find(engine_node_get(want, "policies"), n->text))
				return n;
	}
	return NULL;
}

const struct engine_node *engine_part_defense_check(const struct engine_node *want, char *what,
						    size_t cap)
{
	const struct engine_node *filters = engine_node_get(want, "filters"),
				 *policies = engine_node_get(want, "policies");
	for (const struct engine_node *f = filters ? filters->children : NULL; f; f = f->next) {
		const struct engine_node *bad = check_filter(f, what, cap);
		if (bad)
			return bad;
	}
	str_copy(what, cap, span_str("this is no filter of the profile"));
	for (const struct engine_node *p = policies ? policies->children : NULL; p; p = p->next) {
		const struct engine_node *names = engine_node_get(p, "filters");
		for (const struct engine_node *n = names ? names->children : NULL; n; n = n->next)
			if (!engine_entry_find(filters, n->text))
				return n;
	}
	return check_links(want, what, cap);
}
