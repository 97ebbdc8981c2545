/* Part "proxy": HTTP proxies for tunnels and downloads of the firmware, one for each network that has
 * one (setup-and-configuration 5.10). An entry cannot be changed: what differs is deleted and added. Two
 * proxies of one network stand in the order of their making. */
#include "base/str.h"
#include "engine/part.h"

#define SERVICE "IPS_HTTPProxyService"
#define POINT   "IPS_HTTPProxyAccessPoint"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "16.1", SRC_P, "HTTP proxies on the way out.", NULL },
	{ "own", KEY_SWITCH, NULL, 0, "", "16.1", SRC_P,
	  "Proxies that are not in the list are removed.", "off" },
	{ "servers", KEY_LIST, NULL, 0, "", "16.1", SRC_P, "The proxies.", NULL },
	{ "servers.host", KEY_TEXT, "1..255", KEY_ID, SERVICE ".AddProxyAccessPoint", "16.1", SRC_P,
	  "Name or address.", "proxy.example.com" },
	{ "servers.port", KEY_NUMBER, "1..65535", KEY_NEEDED, SERVICE ".AddProxyAccessPoint",
	  "16.1", SRC_P, "Its port.", "8080" },
	{ "servers.suffix", KEY_TEXT, "1..191", KEY_NEEDED, SERVICE ".AddProxyAccessPoint", "16.1",
	  SRC_P, "DNS suffix of the network that it serves.", "example.com" },
	ENGINE_KEYS_END,
};
enum { READ_SERVICE, READ_POINTS };
static const struct engine_part_read reads[] = {
	{ PART_GET, SERVICE, NULL, NULL, false },
	{ PART_ENUMERATE, POINT, NULL, NULL, false },
};
static const struct engine_part_prop props[] = {
	{ "port", "Port", NULL },
	{ "suffix", "NetworkDnsSuffix", NULL },
	{ NULL, NULL, NULL },
};

static const char *path_of(struct arena *a, const char *host)
{
	return arena_fmt(a, "proxy.servers.%s", host);
}

static const char *host_of(const struct wsman_obj *point)
{
	const char *host = wsman_obj_str(point, "AccessInfo");
	return host ? host : "?";
}

static const struct engine_node *wanted(const struct engine_part_in *in, const char *host)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (str_eq_nocase(engine_node_id(n), host))
			return n;
	return NULL;
}

static bool is_right(const struct engine_part_in *in, struct arena *a,
		     const struct wsman_obj *point)
{
	const struct engine_node *n = wanted(in, host_of(point));
	return n && !engine_part_fields(a, n, "", props, point, NULL, NULL);
}

/* The entry of that host that is right, else any of it; NULL. */
static const struct wsman_obj *point_of(const struct engine_part_in *in, struct arena *a,
					const char *host)
{
	const struct wsman_obj *found = NULL;
	for (unsigned i = 0; i < in->have[READ_POINTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_POINTS].items[i];
		if (str_eq_nocase(host_of(o), host) && (!found || is_right(in, a, o)))
			found = o;
	}
	return found;
}

static void drop(struct engine_changes *c, const struct wsman_obj *point, bool tell)
{
	const char *name = wsman_obj_str(point, "Name");
	struct engine_change *ch = engine_part_change(c, 0, "drop:%s", name ? name : "");
	engine_part_delete(c, ch, POINT, wsman_obj_selector(c->a, "Name", name, NULL));
	if (tell)
		engine_part_line(ch, path_of(c->a, host_of(point)),
				 arena_fmt(c->a, "port %s, %s", wsman_obj_str(point, "Port"),
					   wsman_obj_str(point, "NetworkDnsSuffix")),
				 NULL);
}

static const char *format_of(const char *host)
{
	unsigned dots = 0;
	bool digits = true;
	if (strchr(host, ':'))
		return "4";
	for (const char *p = host; *p; p++) {
		dots += *p == '.';
		digits &= *p == '.' || (*p >= '0' && *p <= '9');
	}
	return digits && dots == 3 ? "3" : "201";
}

static void add(struct engine_changes *c, const struct engine_node *n, const struct wsman_obj *was)
{
	const char *host = engine_node_id(n), *port = engine_node_text(n, "port"),
		   *suffix = engine_node_text(n, "suffix");
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "add:%s", host);
	struct wsman_obj *o = engine_part_call(c, ch, SERVICE, "AddProxyAccessPoint", NULL);
	struct err e = { 0 };
	if (!o)
		return;
	wsman_obj_set_str(o, "AccessInfo", host);
	wsman_obj_set_text(o, span_str("InfoFormat"), span_str(format_of(host)), &e);
	wsman_obj_set_text(o, span_str("Port"), span_str(port), &e);
	wsman_obj_set_str(o, "NetworkDnsSuffix", suffix);
	if (was)
		engine_part_fields(c->a, n, path_of(c->a, host), props, was, NULL, ch);
	else
		engine_part_line(ch, path_of(c->a, host), NULL,
				 arena_fmt(c->a, "port %s, %s", port, suffix));
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	bool own = false;
	(void)e;
	engine_node_switch(in->want, "own", &own);
	for (unsigned i = 0; list && i < in->have[READ_POINTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_POINTS].items[i];
		bool ours = wanted(in, host_of(o)) && o == point_of(in, c->a, host_of(o));
		if (ours ? !is_right(in, c->a, o) : own)
			drop(c, o, !ours);
		else if (!ours)
			engine_part_report(c, path_of(c->a, host_of(o)), "not in the profile");
	}
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const struct wsman_obj *o = point_of(in, c->a, engine_node_id(n));
		if (!o || !is_right(in, c->a, o))
			add(c, n, o);
	}
	return true;
}

const struct engine_part engine_part_proxy = {
	.name = "proxy",
	.title = "HTTP proxies",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.diff = diff,
};
