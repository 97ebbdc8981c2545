/* Part "remote_access": who is reached through the tunnel alone, and would not be any more. Away from home a PC
 * answers nobody on its network port; what the diff of part_remote_access.c deletes to make it again is gone
 * before it is back. Pure. */
#include "base/str.h"
#include "engine/part_remote.h"

#define HOME        "AMT_EnvironmentDetectionSettingData"
#define SETUP       "AMT_SetupAndConfigurationService"
#define TYPE_INSIDE "1" /* of PCs at home: no tunnel from outside */

/* A gateway outside of home that this rule opens a tunnel to. */
static bool opens(const struct engine_part_in *in, const struct wsman_obj *rule)
{
	for (unsigned i = 0; i < in->have[READ_LINKS].count; i++) {
		const struct wsman_obj *o = in->have[READ_LINKS].items[i];
		const char *type = wsman_obj_str(o, "MpsType");
		if (engine_part_remote_links(o, rule) && !(type && str_eq(type, TYPE_INSIDE)))
			return true;
	}
	return false;
}

static bool any_opens(const struct engine_part_in *in)
{
	for (unsigned i = 0; i < in->have[READ_RULES].count; i++)
		if (opens(in, in->have[READ_RULES].items[i]))
			return true;
	return false;
}

static bool knows_types(const struct engine_part_in *in)
{
	for (unsigned i = 0; i < in->have[READ_LINKS].count; i++)
		if (wsman_obj_has(in->have[READ_LINKS].items[i], "MpsType"))
			return true;
	return false;
}

/* A rule of the PC after all changes; *out_stays: it opens its tunnel all the time. */
static bool will_open(const struct engine_part_in *in, struct arena *a,
		      const struct wsman_obj *rule, bool own, bool *out_stays)
{
	const struct engine_node *list = engine_node_get(in->want, "policies"),
				 *want = engine_part_remote_want(in, a, rule);
	const char *type = want ? engine_node_text(want, "mps_type") : NULL;
	bool anew = engine_part_remote_anew(in, a, rule, want, own);
	*out_stays = false;
	if (!want && list && own)
		return false;
	if (type && str_eq(type, "internal") && knows_types(in))
		return false;
	if (anew)
		return want;
	*out_stays = opens(in, rule);
	return *out_stays || type;
}

/* What opens a tunnel after all changes; *out_through: one that does so all the time. */
static bool will_have(const struct engine_part_in *in, struct arena *a, bool *out_through)
{
	const struct engine_node *list = engine_node_get(in->want, "policies");
	bool own = false, any = false, stays;
	engine_node_switch(in->want, "own", &own);
	*out_through = false;
	for (unsigned i = 0; i < in->have[READ_RULES].count; i++) {
		any |= will_open(in, a, in->have[READ_RULES].items[i], own, &stays);
		*out_through |= stays;
	}
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const char *type = engine_node_text(n, "mps_type");
		any |= !engine_part_remote_rule(in, n) &&
			!(type && str_eq(type, "internal") && knows_types(in));
	}
	return any;
}

const char *engine_part_remote_more(const struct engine_part_in *in, struct arena *a,
				    struct wsman_req *req)
{
	static const char *const classes[] = { HOME, SETUP };
	bool asked;
	(void)a;
	for (int i = 0; i < 2 && any_opens(in); i++) {
		engine_part_more(in, classes[i], &asked);
		if (asked)
			continue;
		*req = (struct wsman_req){ .op = WSMAN_OP_GET,
					   .resource_uri = wsman_classes_find(classes[i])->uri };
		return classes[i];
	}
	return NULL;
}

void engine_part_remote_seen(const struct engine_part_in *in, struct engine_part_seen *s)
{
	bool asked;
	const struct wsman_obj *o = engine_part_more(in, SETUP, &asked);
	s->suffix = o ? wsman_obj_str(o, "DhcpDNSSuffix") : NULL;
}

static bool is_home(const struct wsman_val *domains, const char *suffix)
{
	for (const struct wsman_val *v = domains; v; v = v->next)
		if (str_eq_nocase(v->text, suffix))
			return true;
	return !domains;
}

/* The profile's own list comes after this part. */
static bool will_be_home(const struct engine_part_in *in, const char *suffix)
{
	const struct engine_node *home = engine_part_other(in, "home_domains"),
				 *list = home ? engine_node_get(home, "suffixes") : NULL;
	return list && (!list->children || engine_node_has_word(list, suffix));
}

/* Away from home the tunnel is the only way. Now: then the change must not close it for a moment. In a
 * network that it was seen in before: then there must be one afterwards. */
const char *engine_part_remote_dark(const struct engine_part_in *in, struct arena *a)
{
	bool asked, connected = false, through;
	const struct wsman_obj *home = engine_part_more(in, HOME, &asked);
	const struct wsman_val *domains = home ? wsman_obj_vals(home, "DetectionStrings") : NULL;
	struct engine_part_seen now = { 0 };
	if (!any_opens(in))
		return NULL;
	bool after = will_have(in, a, &through);
	engine_part_remote_seen(in, &now);
	wsman_obj_bool(in->have[READ_SERVICE].items[0], "IsRemoteTunnelConnected", &connected);
	if (connected && !through)
		return "it is reached through its tunnel, which this change closes";
	if (now.suffix && *now.suffix && !is_home(domains, now.suffix) && !through)
		return arena_fmt(a,
				 "it sees the DNS suffix %s, away from home, where its tunnel is "
				 "the only way, which this change closes",
				 now.suffix);
	for (const char *const *s = in->suffixes; s && *s && !after; s++)
		if (!is_home(domains, *s) && !will_be_home(in, *s))
			return arena_fmt(
				a,
				"it was seen with the DNS suffix %s, away from home, where "
				"its tunnel is the only way",
				*s);
	return NULL;
}
