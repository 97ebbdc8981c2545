/* Operations on System Defense (wsman 3.14): "defense.show": which policies there are, which one acts where,
 * and what its filters counted; "defense.on" and "defense.off" switch a policy of the PC at run time,
 * "defense.reset" lets counters begin at 0. Makes no policies and no filters: the profile does
 * (engine/part_defense.c). */
#include "amt/op_priv.h"
#include "base/str.h"
#include "wsman/classes.h"

#define POLICY  "AMT_SystemDefensePolicy"
#define LINK    "AMT_NetworkPortSystemDefensePolicy"
#define DEFAULT "AMT_NetworkPortDefaultSystemDefensePolicy"
#define COUNTER "AMT_ActiveFilterStatistics"
#define ETHER   "AMT_Hdr8021Filter"
#define IP      "AMT_IPHeadersFilter"
#define PORT    "CIM_EthernetPort"
#define NAMES   16  /* policies that a PC can have: 8 */
#define FILTERS 128 /* of all policies: 80 */
#define LINKS   16

struct name {
	const char *id, *name;
};
struct defense { /* texts are in the operation's arena */
	struct name policies[NAMES], filters[FILTERS];
	struct {
		const char *policy, *port; /* ids */
	} links[LINKS];                    /* that act: their counters are brought up to date */
	unsigned count, filter_count, link_count, at;
	bool reset;
};

static bool flag_of(const struct wsman_obj *o, const char *prop)
{
	bool v = false;

	wsman_obj_bool(o, prop, &v);
	return v;
}

/* "wired" and "wireless" as profiles name them. */
static const char *port_name(const char *id)
{
	return strstr(id, "Port 1") ? "wireless" : "wired";
}

static const char *name_of(const struct name *names, unsigned count, const char *id)
{
	for (unsigned i = 0; i < count; i++)
		if (str_eq(names[i].id, id) && *names[i].name)
			return names[i].name;
	return id;
}

/* ---- counters are brought up to date ---- */

static void keep_link(struct amt_op *o, const struct wsman_obj *l)
{
	struct defense *s = amt_op_state(o);
	struct arena *a = amt_op_arena(o);

	bool active = true; /* firmware that does not tell may count */

	wsman_obj_bool(l, "Active", &active);
	if (s->link_count == LINKS || !active)
		return;
	s->links[s->link_count].policy =
		arena_str(a, span_str(amt_op_key_of(l, "Dependent", "InstanceID")));
	s->links[s->link_count].port =
		arena_str(a, span_str(amt_op_key_of(l, "Antecedent", "DeviceID")));
	s->link_count += s->links[s->link_count].policy && s->links[s->link_count].port;
}

static void update_next(struct amt_op *o);
static void on_all_updated(struct amt_op *o);

static void on_updated(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	update_next(o);
}

/* Firmware that cannot shows what it has. */
static bool not_updated(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	const struct defense *s = amt_op_state(o);

	(void)r;
	if (s->reset || (e->code != ERR_FAULT && e->code != ERR_PT_STATUS))
		return false;
	update_next(o);
	return true;
}

static void update_next(struct amt_op *o)
{
	struct defense *s = amt_op_state(o);

	if (s->at == s->link_count) {
		on_all_updated(o);
		return;
	}
	struct arena *a = amt_op_arena(o);
	const char *policy = s->links[s->at].policy, *port = s->links[s->at].port;
	struct wsman_selector which = { .name = "InstanceID", .value = policy };
	struct wsman_obj *in = amt_op_input(o, POLICY, "UpdateStatistics");
	s->at++;
	wsman_obj_set_epr(in, "NetworkInterface", wsman_obj_epr_of(a, PORT, "DeviceID", port));
	wsman_obj_set_bool(in, "ResetOnRead", s->reset);
	const struct wsman_req req = { .op = WSMAN_OP_INVOKE,
				       .resource_uri = wsman_classes_find(POLICY)->uri,
				       .method = "UpdateStatistics",
				       .selectors = &which,
				       .obj = in };
	amt_op_on_error(o, not_updated);
	amt_op_call(o, &req, !s->reset, on_updated);
}

static void keep_policy(struct amt_op *o, const struct wsman_obj *p)
{
	struct defense *s = amt_op_state(o);

	if (s->count == NAMES)
		return;
	s->policies[s->count].id =
		arena_str(amt_op_arena(o), span_str(amt_op_text_of(p, "InstanceID")));
	s->policies[s->count].name =
		arena_str(amt_op_arena(o), span_str(amt_op_text_of(p, "PolicyName")));
	s->count += s->policies[s->count].id && s->policies[s->count].name;
}

/* ---- show ---- */

static void on_counters(struct amt_op *o, const struct amt_reply *r)
{
	const struct defense *s = amt_op_state(o);

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *c = amt_op_item(r, i);
		uint32_t n = 0;
		if (!c)
			continue;
		amt_op_begin(o, "counter");
		amt_op_text(o, "filter",
			    name_of(s->filters, s->filter_count,
				    amt_op_key_of(c, "Antecedent", "InstanceID")));
		amt_op_text(o, "interface", port_name(amt_op_key_of(c, "Dependent", "DeviceID")));
		if (wsman_obj_u32(c, "ReadCount", &n))
			amt_op_number(o, "packets", n);
		amt_op_flag(o, "matched", flag_of(c, "FilterMatched"));
		amt_op_text(o, "since", amt_op_text_of(c, "ActivationTime"));
		amt_op_text(o, "counted_since", amt_op_text_of(c, "LastResetTime"));
		amt_op_emit(o);
	}
	amt_op_end(o);
}

static void keep_filters(struct amt_op *o, const struct amt_reply *r)
{
	struct defense *s = amt_op_state(o);
	struct arena *a = amt_op_arena(o);

	for (unsigned i = 0; i < r->item_count && s->filter_count < FILTERS; i++) {
		struct wsman_obj *f = amt_op_item(r, i);
		if (!f)
			continue;
		struct name *n = &s->filters[s->filter_count];
		n->id = arena_str(a, span_str(amt_op_text_of(f, "InstanceID")));
		n->name = arena_str(a, span_str(amt_op_text_of(f, "Name")));
		s->filter_count += n->id && n->name;
	}
}

static void on_ip_filters(struct amt_op *o, const struct amt_reply *r)
{
	keep_filters(o, r);
	amt_op_enumerate(o, COUNTER, on_counters);
}

static bool no_ip_filters(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (e->code != ERR_FAULT)
		return false;
	amt_op_enumerate(o, COUNTER, on_counters);
	return true;
}

static void on_ether_filters(struct amt_op *o, const struct amt_reply *r)
{
	keep_filters(o, r);
	amt_op_on_error(o, no_ip_filters);
	amt_op_enumerate(o, IP, on_ip_filters);
}

static bool no_ether_filters(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (e->code != ERR_FAULT)
		return false;
	amt_op_on_error(o, no_ip_filters);
	amt_op_enumerate(o, IP, on_ip_filters);
	return true;
}

static void on_all_updated(struct amt_op *o)
{
	const struct defense *s = amt_op_state(o);

	if (s->reset || !s->link_count) {
		amt_op_end(o); /* nothing acts, nothing counts */
		return;
	}
	amt_op_on_error(o, no_ether_filters);
	amt_op_enumerate(o, ETHER, on_ether_filters);
}

static void show_links(struct amt_op *o, const struct amt_reply *r, const char *how)
{
	const struct defense *s = amt_op_state(o);

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *l = amt_op_item(r, i);
		if (!l)
			continue;
		keep_link(o, l);
		amt_op_begin(o, "active");
		amt_op_text(o, "policy",
			    name_of(s->policies, s->count,
				    amt_op_key_of(l, "Dependent", "InstanceID")));
		amt_op_text(o, "interface", port_name(amt_op_key_of(l, "Antecedent", "DeviceID")));
		amt_op_text(o, "how", how);
		amt_op_flag(o, "acts", flag_of(l, "Active"));
		amt_op_emit(o);
	}
}

static void on_defaults(struct amt_op *o, const struct amt_reply *r)
{
	show_links(o, r, "default");
	update_next(o);
}

static void on_links(struct amt_op *o, const struct amt_reply *r)
{
	show_links(o, r, "switched on");
	amt_op_enumerate(o, DEFAULT, on_defaults);
}

static void on_policies(struct amt_op *o, const struct amt_reply *r)
{
	uint32_t n;

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *p = amt_op_item(r, i);
		unsigned filters = 0;
		if (!p)
			continue;
		keep_policy(o, p);
		for (const struct wsman_val *v = wsman_obj_vals(p, "FilterCreationHandles"); v;
		     v = v->next)
			filters++;
		amt_op_begin(o, "policy");
		amt_op_text(o, "policy", amt_op_text_of(p, "PolicyName"));
		if (wsman_obj_u32(p, "PolicyPrecedence", &n))
			amt_op_number(o, "precedence", n);
		amt_op_number(o, "filters", filters);
		amt_op_flag(o, "drops_sent", flag_of(p, "TxDefaultDrop"));
		amt_op_flag(o, "drops_received", flag_of(p, "RxDefaultDrop"));
		amt_op_emit(o);
	}
	amt_op_enumerate(o, LINK, on_links);
}

static void start_show(struct amt_op *o)
{
	amt_op_enumerate(o, POLICY, on_policies);
}

const struct amt_op_fns amt_op_defense_show = { sizeof(struct defense), start_show, NULL };

/* ---- switching ---- */

static const char *policy_id(struct amt_op *o, const struct amt_reply *r)
{
	const char *want = amt_op_arg(o, "policy");
	struct err e = { 0 };

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *p = amt_op_item(r, i);
		if (p &&
		    (str_eq(amt_op_text_of(p, "PolicyName"), want) ||
		     str_eq(amt_op_text_of(p, "InstanceID"), want)))
			return arena_str(amt_op_arena(o),
					 span_str(amt_op_text_of(p, "InstanceID")));
	}
	err_set(&e, ERR_NOT_FOUND, "the PC has no System Defense policy '%.40s'", want);
	err_hint(&e, "'outband defense show' lists those that it has; profiles make them");
	amt_op_fail(o, &e);
	return NULL;
}

static bool port_id(struct amt_op *o, const char **out_id)
{
	const char *want = amt_op_arg(o, "interface");
	struct err e = { 0 };

	*out_id = str_eq(want, "wireless") ? "Intel(r) AMT Ethernet Port 1"
					   : "Intel(r) AMT Ethernet Port 0";
	if (!*want || str_eq(want, "wired") || str_eq(want, "wireless"))
		return true;
	err_set(&e, ERR_USAGE, "there is no interface '%.40s'", want);
	err_want(&e, "wired or wireless");
	amt_op_fail(o, &e);
	return false;
}

static void on_done(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	amt_op_end(o);
}

/* It is on already: that is what was wanted. */
static bool is_there(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (e->code != ERR_FAULT || !str_eq(e->seen, "AlreadyExists"))
		return false;
	amt_op_end(o);
	return true;
}

static void on_found(struct amt_op *o, const struct amt_reply *r)
{
	const struct wsman_class *cls = wsman_classes_find(LINK);
	const char *id = policy_id(o, r), *port;

	if (!id || !port_id(o, &port))
		return;
	struct arena *a = amt_op_arena(o);
	struct wsman_obj *link = wsman_obj_new(a, &cls->shape, cls->uri);
	wsman_obj_set_epr(link, "Antecedent", wsman_obj_epr_of(a, PORT, "DeviceID", port));
	wsman_obj_set_epr(link, "Dependent", wsman_obj_epr_of(a, POLICY, "InstanceID", id));
	const struct wsman_req req = { .op = WSMAN_OP_CREATE,
				       .resource_uri = cls->uri,
				       .obj = link };
	amt_op_on_error(o, is_there);
	amt_op_call(o, &req, false, on_done);
}

static void start_on(struct amt_op *o)
{
	amt_op_enumerate(o, POLICY, on_found);
}

const struct amt_op_fns amt_op_defense_on = { 0, start_on, NULL };

/* The link of that policy and port is taken off; one that is not there is off. */
static void on_linked(struct amt_op *o, const struct amt_reply *r)
{
	struct defense *s = amt_op_state(o);
	const char *id = s->policies[0].id, *port;

	if (!port_id(o, &port))
		return;
	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *l = amt_op_item(r, i);
		if (!l || !str_eq(amt_op_key_of(l, "Dependent", "InstanceID"), id) ||
		    !str_eq(amt_op_key_of(l, "Antecedent", "DeviceID"), port))
			continue;
		struct wsman_selector to = { .name = "Dependent",
					     .epr = wsman_obj_epr(l, "Dependent") },
				      at = { .name = "Antecedent",
					     .epr = wsman_obj_epr(l, "Antecedent"),
					     .next = &to };
		const struct wsman_req req = { .op = WSMAN_OP_DELETE,
					       .resource_uri = wsman_classes_find(LINK)->uri,
					       .selectors = &at };
		amt_op_call(o, &req, false, on_done);
		return;
	}
	amt_op_end(o);
}

static void on_found_for_off(struct amt_op *o, const struct amt_reply *r)
{
	struct defense *s = amt_op_state(o);

	s->policies[0].id = policy_id(o, r);
	if (s->policies[0].id)
		amt_op_enumerate(o, LINK, on_linked);
}

static void start_off(struct amt_op *o)
{
	amt_op_enumerate(o, POLICY, on_found_for_off);
}

const struct amt_op_fns amt_op_defense_off = { sizeof(struct defense), start_off, NULL };

/* ---- counting anew ---- */

static void on_default_links(struct amt_op *o, const struct amt_reply *r)
{
	struct defense *s = amt_op_state(o);
	struct err e = { 0 };

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *l = amt_op_item(r, i);
		if (l)
			keep_link(o, l);
	}
	if (s->link_count) {
		update_next(o);
		return;
	}
	err_set(&e, ERR_NOT_FOUND, "no System Defense policy acts on the PC: nothing is counted");
	err_hint(&e, "'outband defense show' lists its policies, 'defense on' switches one on");
	amt_op_fail(o, &e);
}

static void on_own_links(struct amt_op *o, const struct amt_reply *r)
{
	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *l = amt_op_item(r, i);
		if (l)
			keep_link(o, l);
	}
	amt_op_enumerate(o, DEFAULT, on_default_links);
}

static void start_reset(struct amt_op *o)
{
	struct defense *s = amt_op_state(o);

	s->reset = true;
	amt_op_enumerate(o, LINK, on_own_links);
}

const struct amt_op_fns amt_op_defense_reset = { sizeof(struct defense), start_reset, NULL };
