/* Part "ethernet": addresses and power states of the wired port (setup-and-configuration 5.3). One Put,
 * since an instance carries all its members; addresses act at the commit, the link policy at once. A
 * wrong address makes the PC unreachable. */
#include "base/str.h"
#include "engine/part_links.h"

#include <stdio.h>

#define CLASS ENGINE_LINKS_CLASS
#define WIRED ENGINE_LINKS_CABLE
#define CUTS  (KEY_STAGED | KEY_CUTS_OFF)

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "3.2", SRC_P, "Addresses of the wired port.",
	  NULL },
	{ "dhcp", KEY_SWITCH, NULL, CUTS, CLASS ".DHCPEnabled", "3.2", SRC_P,
	  "The address comes from DHCP; else it is the host's, or one of its own.", "off" },
	{ "shared_static", KEY_SWITCH, NULL, CUTS, CLASS ".SharedStaticIp", "3.2", SRC_P,
	  "Without DHCP: the host's static address is used.", "off" },
	{ "ip_sync", KEY_SWITCH, NULL, CUTS, CLASS ".IpSyncEnabled", "6.0", SRC_P,
	  "The host's software tells the firmware its static address.", "on" },
	{ "address", KEY_IPV4, NULL, CUTS, CLASS ".IPAddress", "3.2", SRC_P,
	  "Address of its own; in a profile for one PC only.", "192.0.2.10" },
	{ "mask", KEY_IPV4, NULL, CUTS, CLASS ".SubnetMask", "3.2", SRC_P, "Its subnet mask.",
	  "255.255.255.0" },
	{ "gateway", KEY_IPV4, NULL, CUTS, CLASS ".DefaultGateway", "3.2", SRC_P, "Its gateway.",
	  "192.0.2.1" },
	{ "dns1", KEY_IPV4, NULL, CUTS, CLASS ".PrimaryDNS", "3.2", SRC_P, "Its name server.",
	  "192.0.2.2" },
	{ "dns2", KEY_IPV4, NULL, CUTS, CLASS ".SecondaryDNS", "3.2", SRC_P, "Another name server.",
	  "192.0.2.3" },
	{ "link_policy", KEY_WORDS, "s0-ac sx-ac s0-dc sx-dc", KEY_CUTS_OFF, CLASS ".LinkPolicy",
	  "3.2", SRC_P,
	  "When the port has power: host on or asleep, on mains or battery. Without sx-ac the PC "
	  "cannot be reached while it is off.",
	  "[s0-ac, sx-ac]" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, CLASS, NULL, WIRED, false },
	{ PART_GET, CLASS, NULL, ENGINE_LINKS_RADIO, true },
};
static const struct engine_part_prop switches[] = {
	{ "dhcp", "DHCPEnabled", NULL },
	{ "shared_static", "SharedStaticIp", NULL },
	{ "ip_sync", "IpSyncEnabled", NULL },
	{ NULL, NULL, NULL },
};
static const struct engine_part_prop addresses[] = {
	{ "address", "IPAddress", NULL },      { "mask", "SubnetMask", NULL },
	{ "gateway", "DefaultGateway", NULL }, { "dns1", "PrimaryDNS", NULL },
	{ "dns2", "SecondaryDNS", NULL },      { NULL, NULL, NULL },
};
#define HOST_ON "1"
static const char policies[] = "s0-ac=" HOST_ON " sx-ac=14 s0-dc=16 sx-dc=224";

static bool skip(const struct engine_node *want, unsigned read)
{
	return read == 1 && !engine_node_get(want, "link_policy");
}

/* ---- what the rows cannot say ---- */

static bool is_mask(const char *text)
{
	uint32_t v = 0, field = 0;
	for (; *text; text++) {
		if (*text == '.') {
			v = v << 8 | field;
			field = 0;
		} else {
			field = field * 10 + (uint32_t)(*text - '0');
		}
	}
	v = ~(v << 8 | field);
	return v != UINT32_MAX && (v & (v + 1)) == 0;
}

static const struct engine_node *check(const struct engine_node *want, char *out_what, size_t cap)
{
	const struct engine_node *dhcp = engine_node_get(want, "dhcp"),
				 *address = engine_node_get(want, "address"),
				 *mask = engine_node_get(want, "mask");
	bool shared = false;
	engine_node_switch(want, "shared_static", &shared);
	if (mask && !is_mask(mask->text)) {
		snprintf(out_what, cap, "no subnet mask: write it as 255.255.255.0");
		return mask;
	}
	if (dhcp && str_eq(dhcp->text, "off") && !shared && !(address && mask)) {
		snprintf(out_what, cap,
			 "without DHCP the PC needs 'address' and 'mask', or 'shared_static: on'");
		return dhcp;
	}
	if (address && !(dhcp && str_eq(dhcp->text, "off"))) {
		snprintf(out_what, cap, "'address' goes with 'dhcp: off'");
		return address;
	}
	return NULL;
}

/* ---- link policy: a set ---- */

static const char *policy_of_device(struct arena *a, const struct wsman_val *v)
{
	const char *text = NULL;
	for (; v && v->text; v = v->next) {
		const char *word = engine_part_word(a, policies, v->text, false);
		text = text ? arena_fmt(a, "%s %s", text, word) : word;
	}
	return text ? text : "none";
}

static const char *policy_of_profile(struct arena *a, const struct engine_node *list)
{
	const char *text = NULL;
	for (const struct engine_node *c = list->children; c; c = c->next)
		text = text ? arena_fmt(a, "%s %s", text, c->text) : c->text;
	return text ? text : "none";
}

static bool same_policy(struct arena *a, const struct engine_node *list,
			const struct wsman_val *have)
{
	unsigned n = 0;
	for (const struct wsman_val *v = have; v; v = v->next, n++)
		if (!engine_node_has_word(list, engine_part_word(a, policies, v->text, false)))
			return false;
	return n == engine_node_count(list);
}

/* True: it differs, and o has the wanted one now. */
static bool diff_policy(const struct engine_part_in *in, struct arena *a,
			const struct wsman_obj *have, struct wsman_obj *o, struct engine_change *ch)
{
	const struct engine_node *list = engine_node_get(in->want, "link_policy");
	const struct wsman_val *is = wsman_obj_vals(have, "LinkPolicy");
	if (!list || same_policy(a, list, is))
		return false;
	if (!o)
		return true;
	wsman_obj_unset(o, "LinkPolicy");
	for (const struct engine_node *c = list->children; c; c = c->next)
		wsman_obj_add_str(o, "LinkPolicy", engine_part_word(a, policies, c->text, true));
	engine_part_line(ch, "ethernet.link_policy", policy_of_device(a, is),
			 policy_of_profile(a, list));
	return true;
}

/* The port has no power while the host is on: it is off. */
static bool loses_cable(const struct engine_part_in *in)
{
	const struct wsman_val *v = wsman_obj_vals(in->have[0].items[0], "LinkPolicy");
	while (v && !str_eq(v->text, HOST_ON))
		v = v->next;
	return v && engine_part_links_no_cable(in->want);
}

/* ---- addresses ---- */

/* What DHCP or the host gives must not stand in a Put. */
static void drop_addresses(struct wsman_obj *o)
{
	for (int i = 0; addresses[i].prop; i++)
		wsman_obj_unset(o, addresses[i].prop);
}

static unsigned diff_addresses(const struct engine_part_in *in, struct arena *a,
			       const struct wsman_obj *have, struct wsman_obj *o,
			       struct engine_change *ch)
{
	bool dhcp = true, shared = false;
	unsigned n = engine_part_fields(a, in->want, "ethernet", switches, have, o, ch);
	if (!engine_node_switch(in->want, "dhcp", &dhcp))
		wsman_obj_bool(have, "DHCPEnabled", &dhcp);
	if (!engine_node_switch(in->want, "shared_static", &shared))
		wsman_obj_bool(have, "SharedStaticIp", &shared);
	if (dhcp || shared) {
		if (o)
			drop_addresses(o);
		return n;
	}
	return n + engine_part_fields(a, in->want, "ethernet", addresses, have, o, ch);
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct wsman_obj *have = in->have[0].items[0];
	unsigned moved = diff_addresses(in, c->a, have, NULL, NULL);
	(void)e;
	if (!moved && !diff_policy(in, c->a, have, NULL, NULL))
		return true;
	struct engine_change *ch = engine_part_change(
		c, (moved ? CHANGE_STAGED : 0) | (moved || loses_cable(in) ? CHANGE_CUTS_OFF : 0),
		"set");
	struct wsman_obj *o =
		engine_part_put(c, ch, have, wsman_obj_selector(c->a, "InstanceID", WIRED, NULL));
	if (!o)
		return true;
	diff_addresses(in, c->a, have, o, ch);
	diff_policy(in, c->a, have, o, ch);
	return true;
}

static void seen(const struct engine_part_in *in, struct engine_part_seen *s)
{
	if (engine_node_get(in->want, "link_policy"))
		s->link = engine_part_links_word(&in->have[0], &in->have[1]);
}

/* With an address of its own the PC is there, and nowhere else: no hello tells of it. */
static const char *dark_address(const struct engine_part_in *in, struct arena *a)
{
	const struct wsman_obj *have = in->have[0].items[0];
	const char *address = engine_node_text(in->want, "address");
	bool dhcp = true, shared = false;
	if (!engine_node_switch(in->want, "dhcp", &dhcp))
		wsman_obj_bool(have, "DHCPEnabled", &dhcp);
	if (!engine_node_switch(in->want, "shared_static", &shared))
		wsman_obj_bool(have, "SharedStaticIp", &shared);
	if (dhcp || shared || !address || !in->address || str_eq(address, in->address))
		return NULL;
	return arena_fmt(a, "it would have the address %s, and is reached at %s", address,
			 in->address[0] ? in->address : "none that is known");
}

static const char *dark(const struct engine_part_in *in, struct arena *a)
{
	const char *why = dark_address(in, a);
	return why || !loses_cable(in)
		? why
		: engine_part_links_dark(in, a, &in->have[0], &in->have[1], false);
}

const struct engine_part engine_part_ethernet = {
	.name = "ethernet",
	.title = "wired network",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.skip = skip,
	.check = check,
	.dark = dark,
	.seen = seen,
	.diff = diff,
};
