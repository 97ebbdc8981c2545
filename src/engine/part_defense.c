/* Part "defense": System Defense (setup-and-configuration 5.13): filters and policies by name, which
 * policy acts on which port. Filters come first, for policies refer to them by number; what is taken off
 * goes in the other direction. Never touches a filter, policy or link that the profile does not name,
 * unless it owns the lists. */
#include "base/str.h"
#include "engine/part_defense.h"
#include "engine/part_entry.h"

enum {
	READ_POLICIES,
	READ_ETHERNET,
	READ_IP,
	READ_LINKS,
	READ_DEFAULTS,
	READ_COUNTS,
	READ_PORTS,
	READ_LIMITS
};
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, "AMT_SystemDefensePolicy", NULL, NULL, false },
	{ PART_ENUMERATE, "AMT_Hdr8021Filter", NULL, NULL, false },
	{ PART_ENUMERATE, "AMT_IPHeadersFilter", NULL, NULL, false },
	{ PART_ENUMERATE, "AMT_NetworkPortSystemDefensePolicy", NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_NetworkPortDefaultSystemDefensePolicy", NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_ActiveFilterStatistics", NULL, NULL, true },
	{ PART_ENUMERATE, "CIM_EthernetPort", NULL, NULL, true },
	{ PART_GET, "AMT_GeneralSystemDefenseCapabilities", NULL, NULL, true },
};
static const struct engine_entry_col filter_cols[] = {
	{ "name", "Name", NULL, NULL },
	{ "name", "ElementName", NULL, NULL },
	{ "direction", "FilterDirection", "transmit=0 receive=1", NULL },
	{ "action", "FilterProfile", "pass-count=0 drop-count=1 rate-limit=2 pass=3 drop=4", NULL },
	{ "rate", "FilterProfileData", NULL, "0" },
	{ "event", "ActionEventOnMatch", NULL, "false" },
	{ "ethertype", "HdrProtocolID8021", "ip=2048 arp=2054", NULL },
	{ "vlan", "HdrVLANID8021", NULL, NULL },
	{ "version", "HdrIPVersion", NULL, NULL },
	{ "protocol", "HdrProtocolID", NULL, NULL },
	{ "source", "HdrSrcAddress", NULL, NULL },
	{ "source_mask", "HdrSrcMask", NULL, NULL },
	{ "destination", "HdrDestAddress", NULL, NULL },
	{ "destination_mask", "HdrDestMask", NULL, NULL },
	{ "source_port", "HdrSrcPortStart", NULL, NULL },
	{ "source_port_end", "HdrSrcPortEnd", NULL, NULL },
	{ "destination_port", "HdrDestPortStart", NULL, NULL },
	{ "destination_port_end", "HdrDestPortEnd", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};
static const struct engine_entry_col policy_cols[] = {
	{ "name", "PolicyName", NULL, NULL },
	{ "precedence", "PolicyPrecedence", NULL, "0" },
	{ "anti_spoofing", "AntiSpoofingSupport", NULL, "0" },
	{ "tx_drop", "TxDefaultDrop", NULL, "false" },
	{ "tx_event", "TxDefaultMatchEvent", NULL, "false" },
	{ "tx_count", "TxDefaultCount", NULL, "false" },
	{ "rx_drop", "RxDefaultDrop", NULL, "false" },
	{ "rx_event", "RxDefaultMatchEvent", NULL, "false" },
	{ "rx_count", "RxDefaultCount", NULL, "false" },
	{ NULL, NULL, NULL, NULL },
};

/* ---- what the device has ---- */

static const char *filter_name(const struct wsman_obj *o)
{
	const char *name = wsman_obj_str(o, "Name");
	return name && *name ? name : wsman_obj_str(o, "ElementName");
}

static const struct wsman_obj *filter_at(const struct engine_part_in *in, unsigned i)
{
	unsigned first = in->have[READ_ETHERNET].count;
	if (i < first)
		return in->have[READ_ETHERNET].items[i];
	i -= first;
	return i < in->have[READ_IP].count ? in->have[READ_IP].items[i] : NULL;
}

static const struct wsman_obj *filter_find(const struct engine_part_in *in, const char *name)
{
	const struct wsman_obj *o;
	for (unsigned i = 0; (o = filter_at(in, i)); i++)
		if (filter_name(o) && str_eq_nocase(filter_name(o), name))
			return o;
	return NULL;
}

/* The number by which policies refer to it: that at the end of its InstanceID. */
static const char *handle_of(const struct wsman_obj *filter)
{
	const char *id = filter ? wsman_obj_str(filter, "InstanceID") : NULL,
		   *blank = id ? strrchr(id, ' ') : NULL;
	return blank ? blank + 1 : NULL;
}

static const char *name_of_handle(const struct engine_part_in *in, struct arena *a,
				  const char *handle)
{
	const struct wsman_obj *o;
	for (unsigned i = 0; (o = filter_at(in, i)); i++)
		if (handle_of(o) && str_eq(handle_of(o), handle) && filter_name(o))
			return filter_name(o);
	return arena_fmt(a, "#%s", handle);
}

static const struct wsman_obj *policy_find(const struct engine_part_in *in, const char *name)
{
	for (unsigned i = 0; i < in->have[READ_POLICIES].count; i++) {
		const struct wsman_obj *o = in->have[READ_POLICIES].items[i];
		const char *have = wsman_obj_str(o, "PolicyName");
		if (have && str_eq_nocase(have, name))
			return o;
	}
	return NULL;
}

static const struct wsman_selector *by_id(struct engine_changes *c, const struct wsman_obj *o)
{
	const char *id = o ? wsman_obj_str(o, "InstanceID") : NULL;
	return wsman_obj_selector(c->a, "InstanceID", id ? id : "", NULL);
}

static const char *path(struct engine_changes *c, const char *list, const char *name)
{
	const char *p = arena_fmt(c->a, "defense.%s.%s", list, name);
	return p ? p : "";
}

/* ---- room ---- */

static bool has_room(const struct engine_part_in *in, const char *list, unsigned there,
		     const char *limit_prop, struct err *e)
{
	const struct engine_part_reply *limits = &in->have[READ_LIMITS];
	const struct engine_node *want = engine_node_get(in->want, list);
	unsigned others = there, wanted = engine_node_count(want);
	uint32_t limit;
	for (const struct engine_node *n = want ? want->children : NULL; n; n = n->next) {
		const char *id = engine_node_id(n);
		others -= str_eq(list, "filters") ? !!filter_find(in, id) : !!policy_find(in, id);
	}
	if (!limits->count || !wsman_obj_u32(limits->items[0], limit_prop, &limit) ||
	    (engine_entry_own(in) && wanted <= limit) || wanted + others <= limit)
		return true;
	err_set(e, ERR_LIMIT, "defense.%s: no room: %u of the profile and %u others", list, wanted,
		others);
	err_seen(e, "%u", wanted + others);
	err_want(e, "at most %u", limit);
	return err_hint(e, "take entries off the profile or the PC; 'own: on' deletes the others");
}

/* ---- filters ---- */

static void add_filter(const struct engine_node *f, struct engine_changes *c)
{
	static const char *const shown[] = { "direction", "action", NULL };
	static const char *const none[] = { "InstanceID", "CreationClassName",
					    "SystemCreationClassName", "SystemName" };
	const char *name = engine_node_id(f);
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "filter:%s", name);
	struct wsman_obj *o = engine_part_create(
		c, ch, engine_part_defense_is_ip(f) ? "AMT_IPHeadersFilter" : "AMT_Hdr8021Filter");
	if (!o)
		return;
	engine_part_line(ch, path(c, "filters", name), NULL, engine_entry_text(c->a, f, shown));
	engine_entry_fill(c->a, f, filter_cols, o);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) /* firmware gives them */
		wsman_obj_set_str(o, none[i], "0");
}

static bool diff_filters(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "filters");
	if (!list)
		return true;
	if (!has_room(in, "filters", in->have[READ_ETHERNET].count + in->have[READ_IP].count,
		      "GlobalMaxSupportedFilters", e))
		return false;
	for (const struct engine_node *f = list->children; f; f = f->next) {
		const char *name = engine_node_id(f);
		const struct wsman_obj *have = filter_find(in, name);
		if (!have) {
			add_filter(f, c);
			continue;
		}
		if (engine_part_defense_is_ip(f) !=
		    str_eq(have->shape->name, "AMT_IPHeadersFilter")) {
			err_set(e, ERR_VERIFY,
				"defense.filters.%s: the PC has a filter of that name for %s", name,
				engine_part_defense_is_ip(f) ? "Ethernet frames" : "IP packets");
			return err_hint(e, "give one of the two another name");
		}
		if (!engine_entry_differs(c->a, f, have, filter_cols))
			continue;
		struct engine_change *ch = engine_part_change(c, 0, "filter-set:%s", name);
		struct wsman_obj *o = engine_part_put(c, ch, have, by_id(c, have));
		engine_entry_change(c->a, f, have, filter_cols, path(c, "filters", name), ch, o);
	}
	return true;
}

/* ---- policies ---- */

static const char *names_have(const struct engine_part_in *in, struct arena *a,
			      const struct wsman_obj *policy)
{
	const char *text = "";
	for (const struct wsman_val *v = wsman_obj_vals(policy, "FilterCreationHandles"); v && text;
	     v = v->next)
		text = arena_fmt(a, "%s%s%s", text, *text ? " " : "",
				 name_of_handle(in, a, v->text));
	return text;
}

static const char *names_want(struct arena *a, const struct engine_node *list)
{
	const char *text = "";
	for (const struct engine_node *n = list->children; n && text; n = n->next)
		text = arena_fmt(a, "%s%s%s", text, *text ? " " : "", n->text);
	return text;
}

/* The same set, in any order. */
static bool same_filters(const struct engine_part_in *in, const struct wsman_obj *policy,
			 const struct engine_node *list)
{
	unsigned there = 0;
	for (const struct wsman_val *v = wsman_obj_vals(policy, "FilterCreationHandles"); v;
	     v = v->next)
		there++;
	if (there != engine_node_count(list))
		return false;
	for (const struct engine_node *n = list->children; n; n = n->next) {
		const char *handle = handle_of(filter_find(in, n->text));
		const struct wsman_val *v = wsman_obj_vals(policy, "FilterCreationHandles");
		while (v && !(handle && str_eq(v->text, handle)))
			v = v->next;
		if (!v)
			return false;
	}
	return true;
}

static void set_filters(const struct engine_part_in *in, const struct engine_node *list,
			struct wsman_obj *o)
{
	wsman_obj_unset(o, "FilterCreationHandles");
	for (const struct engine_node *n = list->children; n; n = n->next) {
		const char *handle = handle_of(filter_find(in, n->text));
		if (handle)
			wsman_obj_set_text(o, span_str("FilterCreationHandles"), span_str(handle),
					   NULL);
	}
}

static void diff_timeout(const struct engine_part_in *in, const struct engine_node *p,
			 const struct wsman_obj *have, struct engine_changes *c)
{
	const char *want = engine_node_text(p, "timeout"), *name = engine_node_id(p);
	bool asked;
	const char *tag = arena_fmt(c->a, "timeout:%s", name);
	const struct wsman_obj *o = tag ? engine_part_more(in, tag, &asked) : NULL;
	const char *is = o ? wsman_obj_str(o, "Timeout") : NULL;
	if (!want || (is && str_eq(is, want)))
		return;
	struct engine_change *ch = engine_part_change(c, 0, "timeout:%s", name);
	struct wsman_obj *call =
		engine_part_call(c, ch, "AMT_SystemDefensePolicy", "SetTimeout", by_id(c, have));
	if (!call)
		return;
	wsman_obj_set_text(call, span_str("Timeout"), span_str(want), NULL);
	engine_part_line(ch, path(c, "policies", arena_fmt(c->a, "%s.timeout", name)), is, want);
}

static void add_policy(const struct engine_part_in *in, const struct engine_node *p,
		       struct engine_changes *c)
{
	static const char *const shown[] = { "tx_drop", "rx_drop", NULL };
	const char *name = engine_node_id(p);
	const struct engine_node *filters = engine_node_get(p, "filters");
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "policy:%s", name);
	struct wsman_obj *o = engine_part_create(c, ch, "AMT_SystemDefensePolicy");
	if (!o)
		return;
	const char *text = filters && filters->children ? names_want(c->a, filters)
							: engine_entry_text(c->a, p, shown);
	engine_part_line(ch, path(c, "policies", name), NULL, text);
	engine_entry_fill(c->a, p, policy_cols, o);
	if (filters)
		set_filters(in, filters, o);
}

static void change_policy(const struct engine_part_in *in, const struct engine_node *p,
			  const struct wsman_obj *have, struct engine_changes *c)
{
	const char *name = engine_node_id(p);
	const struct engine_node *filters = engine_node_get(p, "filters");
	bool other = filters && !same_filters(in, have, filters);
	if (!other && !engine_entry_differs(c->a, p, have, policy_cols))
		return;
	struct engine_change *ch = engine_part_change(c, 0, "policy-set:%s", name);
	struct wsman_obj *o = engine_part_put(c, ch, have, by_id(c, have));
	engine_entry_change(c->a, p, have, policy_cols, path(c, "policies", name), ch, o);
	if (!other || !o)
		return;
	const char *is = names_have(in, c->a, have), *want = names_want(c->a, filters);
	engine_part_line(ch, path(c, "policies", arena_fmt(c->a, "%s.filters", name)),
			 is && *is ? is : "none", want && *want ? want : "none");
	set_filters(in, filters, o);
}

static bool diff_policies(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "policies");
	if (!list)
		return true;
	if (!has_room(in, "policies", in->have[READ_POLICIES].count, "GlobalMaxSupportedPolicies",
		      e))
		return false;
	for (const struct engine_node *p = list->children; p; p = p->next) {
		const struct wsman_obj *have = policy_find(in, engine_node_id(p));
		if (!have) {
			add_policy(in, p, c);
			continue;
		}
		change_policy(in, p, have, c);
		diff_timeout(in, p, have, c);
	}
	return true;
}

/* ---- which policy on which port ---- */

/* DeviceID of the port; NULL: the PC has none. The wired one is there even when it is not listed. */
static const char *port_id(const struct engine_part_in *in, bool wired)
{
	for (unsigned i = 0; i < in->have[READ_PORTS].count; i++) {
		const char *id = wsman_obj_str(in->have[READ_PORTS].items[i], "DeviceID");
		if (id && str_ends_nocase(id, wired ? " 0" : " 1"))
			return id;
	}
	return wired ? "Intel(r) AMT Ethernet Port 0" : NULL;
}

static const char *key_of(const struct wsman_obj *link, const char *prop, const char *key)
{
	const struct wsman_epr *epr = wsman_obj_epr(link, prop);
	const char *v = epr ? wsman_obj_epr_selector(epr, key) : NULL;
	return v ? v : "";
}

/* Name of the policy behind a link; "#n" when the device does not list it. */
static const char *policy_of(const struct engine_part_in *in, struct arena *a,
			     const struct wsman_obj *link)
{
	const char *id = key_of(link, "Dependent", "InstanceID");
	const struct wsman_obj *o = engine_part_item(in, READ_POLICIES, "InstanceID", id);
	const char *name = o ? wsman_obj_str(o, "PolicyName") : NULL;
	return name ? name : arena_fmt(a, "#%s", id);
}

static struct engine_change *drop_link(struct engine_changes *c, const struct wsman_obj *link,
				       const char *what, const char *name)
{
	struct wsman_selector *to = wsman_obj_selector(c->a, "Dependent", NULL, NULL),
			      *at = wsman_obj_selector(c->a, "Antecedent", NULL, to);
	struct engine_change *ch = engine_part_change(c, 0, "off:%s:%s", what, name);
	if (!ch || !to || !at)
		return NULL;
	to->epr = wsman_obj_epr(link, "Dependent");
	at->epr = wsman_obj_epr(link, "Antecedent");
	engine_part_delete(c, ch, link->shape->name, at);
	return ch;
}

static void add_link(const struct engine_part_in *in, struct engine_changes *c,
		     const char *class_name, const char *what, const char *port, const char *name,
		     const char *was)
{
	const struct wsman_obj *policy = policy_find(in, name);
	const char *id = policy ? wsman_obj_str(policy, "InstanceID") : NULL;
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "on:%s:%s", what, name);
	struct wsman_obj *o = engine_part_create(c, ch, class_name);
	if (!o)
		return;
	engine_part_line(ch, arena_fmt(c->a, "defense.%s", what), was, name);
	wsman_obj_set_epr(o, "Antecedent",
			  wsman_obj_epr_of(c->a, "CIM_EthernetPort", "DeviceID", port));
	wsman_obj_set_epr(o, "Dependent",
			  wsman_obj_epr_of(c->a, "AMT_SystemDefensePolicy", "InstanceID",
					   id ? id : "")); /* made before this is sent */
}

/* One port: `what` is "active.wired", links those of its class. */
static void diff_port(const struct engine_part_in *in, struct engine_changes *c, unsigned links,
		      const char *what, bool wired, const char *want)
{
	const char *port = port_id(in, wired), *was = NULL;
	bool is_default = links == READ_DEFAULTS, found = false;
	bool none = str_eq(want, "none");
	if (!port) {
		struct engine_change *ch =
			none ? NULL : engine_part_change(c, CHANGE_REPORT, "lack:%s", what);
		engine_part_line(ch, arena_fmt(c->a, "defense.%s", what), "not available", want);
		return;
	}
	for (unsigned i = 0; i < in->have[links].count; i++) {
		const struct wsman_obj *link = in->have[links].items[i];
		const char *name = policy_of(in, c->a, link);
		if (!name || !str_eq(key_of(link, "Antecedent", "DeviceID"), port))
			continue;
		if (!none && str_eq_nocase(name, want)) {
			found = true;
		} else if (is_default && !none) { /* there is one only: it gives way */
			was = name;
			drop_link(c, link, what, name);
		} else if (none || engine_entry_own(in)) {
			struct engine_change *ch = drop_link(c, link, what, name);
			engine_part_line(ch, arena_fmt(c->a, "defense.%s", what), name, NULL);
		} else {
			engine_entry_stray(c, arena_fmt(c->a, "defense.%s.%s", what, name));
		}
	}
	if (!none && !found)
		add_link(in, c, reads[links].class_name, what, port, want, was);
}

static void diff_ports(const struct engine_part_in *in, struct engine_changes *c)
{
	static const struct {
		const char *group, *key, *what;
		unsigned links;
	} rows[] = {
		{ "active", "wired", "active.wired", READ_LINKS },
		{ "active", "wireless", "active.wireless", READ_LINKS },
		{ "default", "wired", "default.wired", READ_DEFAULTS },
		{ "default", "wireless", "default.wireless", READ_DEFAULTS },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *want =
			engine_node_text(engine_node_get(in->want, rows[i].group), rows[i].key);
		if (want)
			diff_port(in, c, rows[i].links, rows[i].what, str_eq(rows[i].key, "wired"),
				  want);
	}
}

/* ---- what is there and not named ---- */

/* A policy that goes must not be linked any more. Links that a port's key speaks of are gone already. */
static void unlink_policy(const struct engine_part_in *in, struct engine_changes *c,
			  const char *name)
{
	static const struct {
		const char *group;
		unsigned links;
	} rows[] = { { "active", READ_LINKS }, { "default", READ_DEFAULTS } };
	for (int k = 0; k < 2; k++) {
		const struct engine_node *g = engine_node_get(in->want, rows[k].group);
		for (unsigned i = 0; i < in->have[rows[k].links].count; i++) {
			const struct wsman_obj *link = in->have[rows[k].links].items[i];
			const char *port = key_of(link, "Antecedent", "DeviceID"),
				   *key = str_ends_nocase(port, " 1") ? "wireless" : "wired";
			const char *is = policy_of(in, c->a, link);
			if (!is || !str_eq(is, name) || engine_node_text(g, key))
				continue;
			const char *what = arena_fmt(c->a, "%s.%s", rows[k].group, key);
			struct engine_change *ch = drop_link(c, link, what, name);
			engine_part_line(ch, arena_fmt(c->a, "defense.%s", what), name, NULL);
		}
	}
}

static void diff_strays(const struct engine_part_in *in, struct engine_changes *c, bool policies)
{
	const char *list = policies ? "policies" : "filters";
	const struct engine_node *want = engine_node_get(in->want, list);
	const struct wsman_obj *o;
	for (unsigned i = 0; want; i++) {
		o = !policies                               ? filter_at(in, i)
			: i < in->have[READ_POLICIES].count ? in->have[READ_POLICIES].items[i]
							    : NULL;
		if (!o)
			return;
		const char *name = policies ? wsman_obj_str(o, "PolicyName") : filter_name(o);
		name = name ? name : "#";
		if (engine_entry_find(want, name))
			continue;
		if (!engine_entry_own(in)) {
			engine_entry_stray(c, path(c, list, name));
			continue;
		}
		if (policies)
			unlink_policy(in, c, name);
		struct engine_change *ch = engine_part_change(c, 0, "delete-%s:%s", list, name);
		engine_part_delete(c, ch, o->shape->name, by_id(c, o));
		engine_part_line(ch, path(c, list, name), "there", NULL);
	}
}

static void tell_counts(const struct engine_part_in *in, struct engine_changes *c)
{
	for (unsigned i = 0; i < in->have[READ_COUNTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_COUNTS].items[i];
		const char *count = wsman_obj_str(o, "ReadCount"), *name = NULL;
		const struct wsman_obj *f;
		for (unsigned k = 0; (f = filter_at(in, k)); k++) {
			const char *id = wsman_obj_str(f, "InstanceID");
			if (id &&
			    (str_eq(key_of(o, "Antecedent", "InstanceID"), id) ||
			     str_eq(key_of(o, "Dependent", "InstanceID"), id)))
				name = filter_name(f);
		}
		if (!name || !count ||
		    !engine_entry_find(engine_node_get(in->want, "filters"), name))
			continue;
		struct engine_change *ch = engine_part_change(c, CHANGE_REPORT, "count:%s", name);
		if (ch)
			out_fmt(&ch->text, "%s: counted %s\n", path(c, "filters", name), count);
	}
}

/* ---- */

static const char *more(const struct engine_part_in *in, struct arena *a, struct wsman_req *req)
{
	const struct engine_node *list = engine_node_get(in->want, "policies");
	const struct wsman_class *cls = wsman_classes_find("AMT_SystemDefensePolicy");
	const struct wsman_method *m = wsman_classes_method(cls, "GetTimeout");
	for (const struct engine_node *p = list ? list->children : NULL; p; p = p->next) {
		const struct wsman_obj *have = policy_find(in, engine_node_id(p));
		const char *tag = arena_fmt(a, "timeout:%s", engine_node_id(p));
		bool asked = true;
		if (tag)
			engine_part_more(in, tag, &asked);
		if (!engine_node_text(p, "timeout") || !have || asked)
			continue;
		*req = (struct wsman_req){ .op = WSMAN_OP_INVOKE,
					   .resource_uri = cls->uri,
					   .method = m->name,
					   .obj = wsman_obj_new(a, &m->in, cls->uri),
					   .selectors = wsman_obj_selector(
						   a, "InstanceID",
						   wsman_obj_str(have, "InstanceID"), NULL) };
		return tag;
	}
	return NULL;
}

static bool has_counter(const struct engine_node *want)
{
	const struct engine_node *list = engine_node_get(want, "filters");
	for (const struct engine_node *f = list ? list->children : NULL; f; f = f->next)
		if (str_ends_nocase(engine_node_text(f, "action"), "-count"))
			return true;
	return false;
}

/* Each enumeration is two requests, and a new filter is followed by all of them. */
static bool skip(const struct engine_node *want, unsigned read)
{
	bool active = engine_node_get(want, "active"),
	     by_default = engine_node_get(want, "default"), own = engine_node_get(want, "own"),
	     filters = engine_node_get(want, "filters"),
	     policies = engine_node_get(want, "policies");
	switch (read) {
	case READ_ETHERNET:
	case READ_IP:
		return !filters && !policies;
	case READ_LINKS:
		return !active && !own;
	case READ_DEFAULTS:
		return !by_default && !own;
	case READ_COUNTS:
		return !has_counter(want);
	case READ_PORTS:
		return !active && !by_default;
	case READ_LIMITS:
		return !filters && !policies;
	default:
		return false;
	}
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	if (!diff_filters(in, c, e) || !diff_policies(in, c, e))
		return false;
	diff_ports(in, c);
	diff_strays(in, c, true);
	diff_strays(in, c, false);
	tell_counts(in, c);
	return true;
}

const struct engine_part engine_part_defense = {
	.name = "defense",
	.title = "System Defense",
	.keys = engine_part_defense_keys,
	.example =
		"defense:\n"
		"  own: on\n"
		"  filters:\n"
		"    - {name: arp, direction: receive, action: rate-limit, rate: 100, ethertype: arp}\n"
		"    - name: telnet\n"
		"      direction: receive\n"
		"      action: drop-count\n"
		"      version: 4\n"
		"      protocol: 6\n"
		"      destination_port: 23\n"
		"      destination_port_end: 23\n"
		"  policies:\n"
		"    - {name: office, precedence: 10, filters: [arp, telnet], rx_count: on}\n"
		"  active:\n"
		"    wired: office\n",
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = engine_part_defense_check,
	.skip = skip,
	.more = more,
	.diff = diff,
};
