/* Operation "alerts.show": whom a PC tells of its events (wsman 3.13): receivers of SNMP traps with the
 * filters that choose for them, and subscriptions to WS-Events. Profiles make them (engine/part_alerts.c). */
#include "amt/op_priv.h"
#include "base/str.h"

#define SNMP "AMT_SNMPEventSubscriber"
#define PET  "AMT_PETFilterSetting"
#define SUB  "CIM_FilterCollectionSubscription"
#define DEST "CIM_ListenerDestinationWSManagement"

struct alerts {
	struct {
		const char *name, *what; /* of a destination; collection */
		uint32_t state, left_s;  /* 0, UINT32_MAX: not told */
	} subs[32];
	unsigned count;
};

/* ---- traps: gone with 18 ---- */

static void put_any(struct amt_op *o, const char *key, const struct wsman_obj *f, const char *prop)
{
	const char *v = amt_op_text_of(f, prop);

	amt_op_text(o, key, str_eq(v, "255") ? "any" : v);
}

static void on_filters(struct amt_op *o, const struct amt_reply *r)
{
	bool v;

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *f = amt_op_item(r, i);
		if (!f)
			continue;
		amt_op_begin(o, "filter");
		amt_op_text(o, "policy", amt_op_text_of(f, "PolicyID"));
		put_any(o, "sensor", f, "EventSensorType");
		put_any(o, "event", f, "EventType");
		put_any(o, "offset", f, "EventOffset");
		if (wsman_obj_bool(f, "EnableFilter", &v))
			amt_op_flag(o, "enabled", v);
		if (wsman_obj_bool(f, "SendAlert", &v))
			amt_op_flag(o, "sends", v);
		if (wsman_obj_bool(f, "LogOnEvent", &v))
			amt_op_flag(o, "logs", v);
		amt_op_emit(o);
	}
	amt_op_end(o);
}

static bool no_traps(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (e->code != ERR_FAULT)
		return false;
	amt_op_end(o);
	return true;
}

static void on_receivers(struct amt_op *o, const struct amt_reply *r)
{
	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *t = amt_op_item(r, i);
		if (!t)
			continue;
		amt_op_begin(o, "receiver");
		amt_op_text(o, "kind", "trap");
		amt_op_text(o, "to", amt_op_text_of(t, "AccessInfo"));
		amt_op_text(o, "policy", amt_op_text_of(t, "PolicyID"));
		amt_op_emit(o);
	}
	amt_op_on_error(o, no_traps);
	amt_op_enumerate(o, PET, on_filters);
}

/* ---- WS-Events ---- */

/* SubscriptionState 4 is disabled; a subscription without an end does not tell how much is left. */
static void put_subscription(struct amt_op *o, const char *name)
{
	const struct alerts *s = amt_op_state(o);
	unsigned i = 0;

	while (i < s->count && !str_eq(s->subs[i].name, name))
		i++;
	amt_op_text(o, "events", i < s->count ? s->subs[i].what : "");
	if (i < s->count && s->subs[i].state)
		amt_op_flag(o, "enabled", s->subs[i].state != 4);
	if (i < s->count && s->subs[i].left_s != UINT32_MAX)
		amt_op_number(o, "left_s", s->subs[i].left_s);
}

static void on_destinations(struct amt_op *o, const struct amt_reply *r)
{
	uint32_t mode;

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *d = amt_op_item(r, i);
		if (!d)
			continue;
		amt_op_begin(o, "receiver");
		amt_op_text(o, "kind", "event");
		amt_op_text(o, "to", amt_op_text_of(d, "Destination"));
		put_subscription(o, amt_op_text_of(d, "Name"));
		if (wsman_obj_u32(d, "DeliveryMode", &mode))
			amt_op_flag(o, "acknowledged", mode == 3);
		amt_op_flag(o, "login", *amt_op_text_of(d, "DeliveryAuth") != '\0');
		amt_op_emit(o);
	}
	amt_op_on_error(o, no_traps);
	amt_op_enumerate(o, SNMP, on_receivers);
}

static void on_subscriptions(struct amt_op *o, const struct amt_reply *r)
{
	struct alerts *s = amt_op_state(o);
	struct arena *a = amt_op_arena(o);

	for (unsigned i = 0; i < r->item_count && s->count < 32; i++) {
		struct wsman_obj *sub = amt_op_item(r, i);
		if (!sub)
			continue;
		s->subs[s->count].name =
			arena_str(a, span_str(amt_op_key_of(sub, "Handler", "Name")));
		s->subs[s->count].what =
			arena_str(a, span_str(amt_op_key_of(sub, "Filter", "InstanceID")));
		s->subs[s->count].left_s = UINT32_MAX;
		(void)wsman_obj_u32(sub, "SubscriptionState", &s->subs[s->count].state);
		(void)str_to_u32(span_str(amt_op_text_of(sub, "SubscriptionTimeRemaining")), 0,
				 UINT32_MAX - 1, &s->subs[s->count].left_s, NULL);
		s->count += s->subs[s->count].name && s->subs[s->count].what;
	}
	amt_op_enumerate(o, DEST, on_destinations);
}

static void start(struct amt_op *o)
{
	amt_op_enumerate(o, SUB, on_subscriptions);
}

const struct amt_op_fns amt_op_alerts_show = { sizeof(struct alerts), start, NULL };
