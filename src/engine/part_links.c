/* What joins a PC to its network, and what it would be without (engine/part_links.h). A PC that was ever
 * seen with one link alone will be there again. */
#include "engine/part_links.h"

#include "base/str.h"

static const struct wsman_obj *port_of(const struct engine_part_reply *r)
{
	return r->count ? r->items[0] : NULL;
}

/* A port in no network has no MAC address (wsman 3.2): that tells, where LinkIsUp is not there. */
static bool is_up(const struct engine_part_reply *r)
{
	const struct wsman_obj *port = port_of(r);
	const char *mac = port ? wsman_obj_str(port, "MACAddress") : NULL;
	bool up = false;
	if (port && wsman_obj_bool(port, "LinkIsUp", &up))
		return up;
	return mac && *mac && mac[strspn(mac, "0-:")];
}

const char *engine_part_links_word(const struct engine_part_reply *cable,
				   const struct engine_part_reply *radio)
{
	static const char *const words[] = { NULL, "cable", "radio", "both" };
	return words[is_up(cable) + 2 * is_up(radio)];
}

bool engine_part_links_no_radio(const struct engine_node *wifi)
{
	const char *port = wifi ? engine_node_text(wifi, "port") : NULL;
	const struct engine_node *list = wifi ? engine_node_get(wifi, "networks") : NULL;
	bool own = false;
	if (wifi)
		engine_node_switch(wifi, "own", &own);
	return (port && str_eq(port, "off")) || (own && list && !list->children);
}

bool engine_part_links_no_cable(const struct engine_node *ethernet)
{
	const struct engine_node *list = ethernet ? engine_node_get(ethernet, "link_policy") : NULL;
	return list && !engine_node_has_word(list, "s0-ac");
}

static const char *address_of(const struct engine_part_reply *r)
{
	const struct wsman_obj *port = port_of(r);
	const char *text = port ? wsman_obj_str(port, "IPAddress") : NULL;
	return text ? text : "";
}

const char *engine_part_links_dark(const struct engine_part_in *in, struct arena *a,
				   const struct engine_part_reply *cable,
				   const struct engine_part_reply *radio, bool without_radio)
{
	const struct engine_part_reply *lost = without_radio ? radio : cable,
				       *kept = without_radio ? cable : radio;
	const char *name = without_radio ? "radio" : "cable";
	bool other_goes = without_radio
		? engine_part_links_no_cable(engine_part_other(in, "ethernet"))
		: engine_part_links_no_radio(engine_part_other(in, "wifi"));
	if (!is_up(kept))
		return arena_fmt(a, "it would have no link: its %s is not connected",
				 without_radio ? "wired port" : "wireless port");
	if (other_goes)
		return "the profile turns off both its ports";
	if (in->address && in->address[0] && str_eq(address_of(lost), in->address) &&
	    !str_eq(address_of(kept), in->address))
		return arena_fmt(a, "it is reached at %s, the address of that port", in->address);
	for (const char *const *s = in->links; s && *s; s++)
		if (str_eq(*s, name))
			return arena_fmt(a, "it was seen with no other link than %s",
					 without_radio ? "radio" : "its cable");
	return NULL;
}
