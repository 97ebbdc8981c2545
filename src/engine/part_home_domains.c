/* Part "home_domains": environment detection (setup-and-configuration 5.10). Inside one of these domains
 * the PC answers on its network port; outside it does not, and only remote access reaches it. The last
 * part: a list without the domain that the PC is in ends the connection that brought it. */
#include "base/str.h"
#include "engine/part.h"

#include <stdio.h>

#define CLASS "AMT_EnvironmentDetectionSettingData"
#define SLOTS 5

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "3.2", SRC_P,
	  "Where the PC is at home: outside, its network port does not answer.", NULL },
	{ "suffixes", KEY_TEXTS, "1..63", KEY_CUTS_OFF, CLASS ".DetectionStrings", "3.2", SRC_P,
	  "DNS suffixes (DHCP option 15), up to 5; an empty list: at home everywhere.",
	  "[example.com, branch.example.com]" },
	{ "ipv6_prefixes", KEY_TEXTS, "3..50", KEY_CUTS_OFF, CLASS ".DetectionIPv6LocalPrefixes",
	  "6.0", SRC_G, "IPv6 networks that are home as well, up to 5.", "['2001:db8:1::/64']" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, CLASS, NULL, NULL, false },
	{ PART_GET, "AMT_SetupAndConfigurationService", NULL, NULL, true },
};

static const struct engine_node *check(const struct engine_node *want, char *out_what, size_t cap)
{
	static const char *const lists[] = { "suffixes", "ipv6_prefixes" };
	for (int k = 0; k < 2; k++) {
		const struct engine_node *list = engine_node_get(want, lists[k]);
		unsigned n = 0;
		for (const struct engine_node *c = list ? list->children : NULL; c; c = c->next) {
			if (++n > SLOTS) {
				snprintf(out_what, cap, "a PC keeps %d of them at most", SLOTS);
				return c;
			}
		}
	}
	return NULL;
}

static const char *of_device(struct arena *a, const struct wsman_val *v)
{
	const char *text = NULL;
	for (; v && v->text; v = v->next)
		text = text ? arena_fmt(a, "%s %s", text, v->text) : v->text;
	return text ? text : "none";
}

static const char *of_profile(struct arena *a, const struct engine_node *list)
{
	const char *text = NULL;
	for (const struct engine_node *c = list->children; c; c = c->next)
		text = text ? arena_fmt(a, "%s %s", text, c->text) : c->text;
	return text ? text : "none";
}

/* The order says nothing. */
static bool same(const struct engine_node *list, const struct wsman_val *have)
{
	unsigned n = 0;
	for (const struct wsman_val *v = have; v; v = v->next, n++)
		if (!engine_node_has_word(list, v->text ? v->text : ""))
			return false;
	for (const struct engine_node *c = list->children; c; c = c->next) {
		const struct wsman_val *v = have;
		while (v && !str_eq_nocase(v->text, c->text))
			v = v->next;
		if (!v)
			return false;
	}
	return n == engine_node_count(list);
}

static void set_list(struct wsman_obj *o, const char *prop, const struct engine_node *list)
{
	if (!o)
		return;
	wsman_obj_unset(o, prop);
	for (const struct engine_node *c = list->children; c; c = c->next)
		wsman_obj_add_str(o, prop, c->text);
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct {
		const char *key, *prop;
		unsigned from; /* major release */
	} lists[] = { { "suffixes", "DetectionStrings", 0 },
		      { "ipv6_prefixes", "DetectionIPv6LocalPrefixes", 6 } };
	const struct wsman_obj *have = in->have[0].items[0];
	struct engine_change *ch = NULL;
	struct wsman_obj *o = NULL;
	(void)e;
	for (int k = 0; k < 2; k++) {
		const struct engine_node *list = engine_node_get(in->want, lists[k].key);
		const struct wsman_val *is = wsman_obj_vals(have, lists[k].prop);
		const char *field = arena_fmt(c->a, "home_domains.%s", lists[k].key);
		if (!list || same(list, is))
			continue;
		if (in->major && in->major < lists[k].from) {
			engine_part_report(c, field, "not available in this release");
			continue;
		}
		if (!ch) {
			ch = engine_part_change(c, CHANGE_CUTS_OFF, "set");
			o = engine_part_put(c, ch, have,
					    wsman_obj_selector(c->a, "InstanceID",
							       wsman_obj_str(have, "InstanceID"),
							       NULL));
		}
		set_list(o, lists[k].prop, list);
		engine_part_line(ch, field, of_device(c->a, is), of_profile(c->a, list));
	}
	return true;
}

static void seen(const struct engine_part_in *in, struct engine_part_seen *s)
{
	if (in->have[1].count)
		s->suffix = wsman_obj_str(in->have[1].items[0], "DhcpDNSSuffix");
}

/* The suffix that the PC itself sees now decides (DHCP option 15), and each that it was ever seen in: it
 * will be there again. Where it sees none, or does not say, nobody knows: that counts as lost. */
static const char *dark(const struct engine_part_in *in, struct arena *a)
{
	const struct engine_node *list = engine_node_get(in->want, "suffixes");
	struct engine_part_seen now = { 0 };
	seen(in, &now);
	const char *sees = now.suffix;
	if (!list || !list->children)
		return NULL;
	if (!sees || !*sees)
		return "nobody knows the DNS suffix that it sees, and the list of home domains is not empty";
	if (!engine_node_has_word(list, sees))
		return arena_fmt(
			a, "it sees the DNS suffix %s, which is not among the home domains %s",
			sees, of_profile(a, list));
	for (const char *const *s = in->suffixes; s && *s; s++)
		if (!engine_node_has_word(list, *s))
			return arena_fmt(a,
					 "it was seen with the DNS suffix %s, which is not among "
					 "the home domains %s",
					 *s, of_profile(a, list));
	return NULL;
}

const struct engine_part engine_part_home_domains = {
	.name = "home_domains",
	.title = "home domains",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.dark = dark,
	.seen = seen,
	.diff = diff,
};
