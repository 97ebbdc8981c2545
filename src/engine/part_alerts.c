/* Part "alerts": who is told of events (wsman 3.13, setup-and-configuration 5.14): SNMP traps (PET) with
 * the filters that choose them, and WS-Events. A subscription is known by where it goes to; what is there
 * twice, left over from an answer that never came, is taken off before anything is added, for the table
 * is small. Community and login cannot be read back. */
#include "base/str.h"
#include "engine/part_entry.h"

#define SNMP "AMT_SNMPEventSubscriber"
#define PET  "AMT_PETFilterSetting"
#define SUB  "CIM_FilterCollectionSubscription"
#define DEST "CIM_ListenerDestinationWSManagement"
static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Who is told of events of the PC.", NULL },
	{ "own", KEY_SWITCH, NULL, 0, "", "", SRC_D,
	  "Destinations that are not named here are taken off; off: only reported.", "on" },
	{ "traps", KEY_LIST, NULL, 0, "", "3.2-17", SRC_D, "Receivers of SNMP traps (PET).", NULL },
	{ "traps.address", KEY_IPV4, NULL, KEY_ID, SNMP ".AccessInfo", "3.2-17", SRC_G,
	  "Address of the receiver.", "192.0.2.20" },
	{ "traps.policy", KEY_NUMBER, "1..255", KEY_NEEDED, SNMP ".PolicyID", "3.2-17", SRC_D,
	  "Number by which filters choose it.", "1" },
	{ "traps.community", KEY_SECRET, NULL, KEY_NO_RANDOM, SNMP ".CommunityString", "3.2-17",
	  SRC_D, "Community of the trap; left out: that of the firmware.", "{secret: snmp}" },
	{ "filters", KEY_LIST, NULL, 0, "", "3.2-17", SRC_D,
	  "Which events are sent or logged; never deleted, for firmware has its own.", NULL },
	{ "filters.name", KEY_TEXT, "1..24", KEY_ID, "", "", SRC_D,
	  "Of the profile only: the PC knows a filter by what it matches.", "case-open" },
	{ "filters.sensor", KEY_NUMBER, "0..255", 0, PET ".EventSensorType", "3.2-17", SRC_D,
	  "Type of the sensor; left out: any.", "5" },
	{ "filters.event", KEY_NUMBER, "0..255", 0, PET ".EventType", "3.2-17", SRC_D,
	  "Type of the event; left out: any.", "111" },
	{ "filters.offset", KEY_NUMBER, "0..255", 0, PET ".EventOffset", "3.2-17", SRC_D,
	  "Offset of the event; left out: any.", "0" },
	{ "filters.policy", KEY_NUMBER, "0..255", KEY_NEEDED, PET ".PolicyID", "3.2-17", SRC_D,
	  "Number of the receivers.", "1" },
	{ "filters.enabled", KEY_SWITCH, NULL, 0, PET ".EnableFilter", "3.2-17", SRC_D,
	  "The filter acts.", "on" },
	{ "filters.log", KEY_SWITCH, NULL, 0, PET ".LogOnEvent", "3.2-17", SRC_D,
	  "The event is written to the log.", "on" },
	{ "filters.send", KEY_SWITCH, NULL, 0, PET ".SendAlert", "3.2-17", SRC_D, "A trap is sent.",
	  "on" },
	{ "subscriptions", KEY_LIST, NULL, 0, "", "", SRC_D, "Receivers of WS-Events.", NULL },
	{ "subscriptions.name", KEY_TEXT, "1..24", KEY_ID, "", "", SRC_D,
	  "Of the profile only: the PC knows a subscription by its url.", "noc" },
	{ "subscriptions.url", KEY_TEXT, "8..250", KEY_NEEDED, "Subscribe NotifyTo", "", SRC_P,
	  "Where events are posted to; https from AMT 11 on, and the PC then needs the receiver's root in "
	  "tls_auth.roots (ca when alerts.https of the service is the place).",
	  "https://noc.example.com:16998/events" },
	{ "subscriptions.events", KEY_WORD, "all firmware-progress platform", KEY_NEEDED,
	  "Subscribe on CIM_FilterCollection", "", SRC_P, "Which events.", "all" },
	{ "subscriptions.acknowledged", KEY_SWITCH, NULL, 0, "Subscribe Delivery Mode", "", SRC_P,
	  "The receiver answers each event.", "off" },
	{ "subscriptions.user", KEY_TEXT, "1..32", 0, "Subscribe UsernameToken", "", SRC_P,
	  "Digest login of the PC at the receiver.", "amt" },
	{ "subscriptions.password", KEY_SECRET, NULL, KEY_NO_RANDOM, "Subscribe UsernameToken", "",
	  SRC_P, "Its password.", "{secret: noc}" },
	ENGINE_KEYS_END,
};
enum { READ_SUBS, READ_DESTS, READ_SNMP, READ_PET };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, SUB, NULL, NULL, false },
	{ PART_ENUMERATE, DEST, NULL, NULL, false },
	{ PART_ENUMERATE, SNMP, NULL, NULL, true },
	{ PART_ENUMERATE, PET, NULL, NULL, true },
};
static const struct engine_entry_col trap_cols[] = {
	{ "policy", "PolicyID", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};
#define ANY "255" /* of a member of a filter */
static const struct engine_entry_col match_cols[] = {
	{ "sensor", "EventSensorType", NULL, ANY },
	{ "event", "EventType", NULL, ANY },
	{ "offset", "EventOffset", NULL, ANY },
	{ NULL, NULL, NULL, NULL },
};
static const struct engine_entry_col filter_cols[] = {
	{ "policy", "PolicyID", NULL, NULL },
	{ "enabled", "EnableFilter", NULL, "true" },
	{ "log", "LogOnEvent", NULL, "false" },
	{ "send", "SendAlert", NULL, "true" },
	{ "", "DeviceAddress", NULL, ANY },
	{ "", "EventSourceType", NULL, ANY },
	{ "", "EventSeverity", NULL, ANY },
	{ "", "SensorNumber", NULL, ANY },
	{ "", "Entity", NULL, ANY },
	{ "", "EntityInstance", NULL, ANY },
	{ "", "OEMFilter", NULL, "false" },
	{ NULL, NULL, NULL, NULL },
};
static const struct {
	const char *word, *id;
} collections[] = {
	{ "all", "Intel(r) AMT:All" },
	{ "firmware-progress", "Intel(r) AMT:FW Progress" },
	{ "platform", "Intel(r) AMT:Platform" },
};

/* ---- what the profile says ---- */

static const struct engine_node *check(const struct engine_node *want, char *what, size_t cap)
{
	const struct engine_node *list = engine_node_get(want, "subscriptions");
	for (const struct engine_node *s = list ? list->children : NULL; s; s = s->next) {
		const struct engine_node *url = engine_node_get(s, "url");
		str_copy(what, cap, span_str("an url begins with http:// or https://"));
		if (!span_starts(span_str(url->text), "http://") &&
		    !span_starts(span_str(url->text), "https://"))
			return url;
		str_copy(what, cap, span_str("'user' and 'password' belong together"));
		if (!engine_node_get(s, "user") != !engine_node_get(s, "password"))
			return s;
		str_copy(what, cap, span_str("another subscription has the same url"));
		for (const struct engine_node *o = list->children; o != s; o = o->next)
			if (str_eq(engine_node_text(o, "url"), url->text))
				return url;
	}
	return NULL;
}

static const char *path(struct engine_changes *c, const char *list, const char *name)
{
	const char *p = arena_fmt(c->a, "alerts.%s.%s", list, name);
	return p ? p : "";
}

static const char *secret_text(struct arena *a, const struct engine_part_secret *s)
{
	return arena_fmt(a, "the stored secret '%s'", s->node->text);
}

/* ---- traps ---- */

static const struct wsman_selector *by_name(struct engine_changes *c, const struct wsman_obj *o,
					    const char *key)
{
	const char *v = wsman_obj_str(o, key);
	return wsman_obj_selector(c->a, key, v ? v : "", NULL);
}

static void add_trap(const struct engine_node *t, struct engine_part_secret *s,
		     struct engine_changes *c)
{
	static const char *const zero[] = { "CreationClassName", "SystemCreationClassName",
					    "SystemName", "Name" };
	const char *address = engine_node_id(t);
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "trap:%s", address);
	struct wsman_obj *o = engine_part_create(c, ch, SNMP);
	if (!o)
		return;
	engine_part_line(ch, path(c, "traps", address), NULL,
			 arena_fmt(c->a, "policy %s", engine_node_text(t, "policy")));
	engine_entry_fill(c->a, t, trap_cols, o);
	wsman_obj_set_str(o, "AccessInfo", address);
	wsman_obj_set_str(o, "InfoFormat", "3");                /* IPv4 */
	for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) /* firmware gives them */
		wsman_obj_set_str(o, zero[i], "0");
	ch->secret = s;
	if (s)
		wsman_obj_set_str(o, "CommunityString", arena_str(c->a, secret_reveal(&s->value)));
}

static void diff_trap(const struct engine_part_in *in, const struct engine_node *t,
		      struct engine_changes *c)
{
	const char *address = engine_node_id(t);
	struct engine_part_secret *s = engine_part_secret(in, t, "community");
	const struct wsman_obj *have = engine_part_item(in, READ_SNMP, "AccessInfo", address);
	bool unset = s && !s->was_set;
	if (!have) {
		add_trap(t, s, c);
		return;
	}
	if (!unset && !engine_entry_differs(c->a, t, have, trap_cols))
		return;
	struct engine_change *ch = engine_part_change(c, CHANGE_REREAD, "replace-trap:%s", address);
	engine_part_delete(c, ch, SNMP, by_name(c, have, "Name"));
	engine_entry_change(c->a, t, have, trap_cols, path(c, "traps", address), ch, NULL);
	if (unset)
		engine_part_line(ch, path(c, "traps", arena_fmt(c->a, "%s.community", address)),
				 "unknown", secret_text(c->a, s));
}

/* ---- filters ---- */

static bool matches(struct arena *a, const struct engine_node *f, const struct wsman_obj *o)
{
	for (const struct engine_entry_col *col = match_cols; col->key; col++) {
		const struct engine_node *n = engine_node_get(f, col->key);
		const char *want = n ? n->text : col->fallback, *have = wsman_obj_str(o, col->prop);
		if (!have || !str_eq(have, want))
			return false;
	}
	(void)a;
	return true;
}

static void diff_filter(const struct engine_part_in *in, const struct engine_node *f,
			struct engine_changes *c)
{
	static const char *const shown[] = { "enabled", "log", "send", NULL };
	const char *name = engine_node_id(f);
	const struct wsman_obj *have = NULL;
	for (unsigned i = 0; i < in->have[READ_PET].count && !have; i++)
		if (matches(c->a, f, in->have[READ_PET].items[i]))
			have = in->have[READ_PET].items[i];
	if (have && !engine_entry_differs(c->a, f, have, filter_cols))
		return;
	struct engine_change *ch =
		engine_part_change(c, have ? 0 : CHANGE_CREATES, "filter:%s", name);
	if (have) {
		struct wsman_obj *o = engine_part_put(c, ch, have, by_name(c, have, "InstanceID"));
		engine_entry_change(c->a, f, have, filter_cols, path(c, "filters", name), ch, o);
		return;
	}
	struct wsman_obj *o = engine_part_create(c, ch, PET);
	if (!o)
		return;
	engine_part_line(ch, path(c, "filters", name), NULL, engine_entry_text(c->a, f, shown));
	engine_entry_fill(c->a, f, match_cols, o);
	engine_entry_fill(c->a, f, filter_cols, o);
	wsman_obj_set_str(o, "InstanceID", "0");
}

/* ---- subscriptions ---- */

static const char *key_of(const struct wsman_obj *o, const char *prop, const char *key)
{
	const struct wsman_epr *epr = wsman_obj_epr(o, prop);
	const char *v = epr ? wsman_obj_epr_selector(epr, key) : NULL;
	return v ? v : "";
}

static const struct wsman_obj *dest_of(const struct engine_part_in *in, const struct wsman_obj *sub)
{
	return engine_part_item(in, READ_DESTS, "Name", key_of(sub, "Handler", "Name"));
}

static const char *url_of(const struct engine_part_in *in, const struct wsman_obj *sub)
{
	const struct wsman_obj *d = dest_of(in, sub);
	const char *url = d ? wsman_obj_str(d, "Destination") : NULL;
	return url ? url : "";
}

static const char *events_of(const struct wsman_obj *sub)
{
	const char *id = key_of(sub, "Filter", "InstanceID");
	for (size_t i = 0; i < sizeof collections / sizeof *collections; i++)
		if (str_eq(collections[i].id, id))
			return collections[i].word;
	return id;
}

static const char *collection_of(const char *word)
{
	for (size_t i = 0; i < sizeof collections / sizeof *collections; i++)
		if (str_eq(collections[i].word, word))
			return collections[i].id;
	return "";
}

static bool wants_ack(const struct engine_node *s)
{
	bool ack = false;
	engine_node_switch(s, "acknowledged", &ack);
	return ack;
}

/* DeliveryMode 2 is push, 3 push with ack; when it is not told, it is as it should be. */
static bool has_other_mode(const struct engine_part_in *in, const struct engine_node *s,
			   const struct wsman_obj *sub)
{
	const struct wsman_obj *d = dest_of(in, sub);
	uint32_t mode;
	return d && engine_node_get(s, "acknowledged") && wsman_obj_u32(d, "DeliveryMode", &mode) &&
		(mode == 3) != wants_ack(s);
}

static bool has_other_login(const struct engine_part_in *in, const struct engine_node *s,
			    const struct wsman_obj *sub)
{
	const struct wsman_obj *d = dest_of(in, sub);
	const char *auth = d ? wsman_obj_str(d, "DeliveryAuth") : NULL;
	struct engine_part_secret *pw = engine_part_secret(in, s, "password");
	return pw ? !pw->was_set : auth && *auth;
}

static void subscribe(const struct engine_part_in *in, const struct engine_node *s,
		      struct engine_changes *c)
{
	const char *name = engine_node_id(s), *events = engine_node_text(s, "events");
	struct engine_part_secret *pw = engine_part_secret(in, s, "password");
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "subscribe:%s", name);
	struct wsman_subscription *sub = ARENA_NEW(c->a, struct wsman_subscription);
	if (!ch || !sub)
		return;
	*sub = (struct wsman_subscription){
		.delivery = wants_ack(s) ? WSMAN_DELIVERY_PUSH_WITH_ACK : WSMAN_DELIVERY_PUSH,
		.notify_to = engine_node_text(s, "url"),
		.arg_ns = "http://x.com", /* as others have it: comes back with each event */
		.arg_name = in->uuid ? "arg" : "",
		.arg = in->uuid ? in->uuid : "",
		.user = pw ? engine_node_text(s, "user") : "",
		.password = pw ? arena_str(c->a, secret_reveal(&pw->value)) : "",
	};
	ch->secret = pw;
	engine_part_subscribe(c, ch, collection_of(events), sub);
	engine_part_line(ch, path(c, "subscriptions", name), NULL, events);
}

static struct engine_change *unsubscribe(struct engine_changes *c, const struct wsman_obj *sub)
{
	struct wsman_selector *to = wsman_obj_selector(c->a, "Handler", NULL, NULL),
			      *of = wsman_obj_selector(c->a, "Filter", NULL, to);
	struct engine_change *ch =
		engine_part_change(c, CHANGE_REREAD, "unsubscribe:%.40s:%.30s",
				   key_of(sub, "Handler", "Name"), events_of(sub));
	if (!ch || !to || !of)
		return NULL;
	to->epr = wsman_obj_epr(sub, "Handler");
	of->epr = wsman_obj_epr(sub, "Filter");
	engine_part_unsubscribe(ch, of);
	return ch;
}

/* The subscription as it should be; others that go to the same place are taken off. */
static bool keep_one(const struct engine_part_in *in, const struct engine_node *s,
		     struct engine_changes *c)
{
	const char *field = path(c, "subscriptions", engine_node_id(s)),
		   *events = engine_node_text(s, "events");
	struct engine_part_secret *pw = engine_part_secret(in, s, "password");
	bool found = false;
	for (unsigned i = 0; i < in->have[READ_SUBS].count; i++) {
		const struct wsman_obj *sub = in->have[READ_SUBS].items[i];
		if (!str_eq(url_of(in, sub), engine_node_text(s, "url")))
			continue;
		bool other = !str_eq(events_of(sub), events), mode = has_other_mode(in, s, sub),
		     login = has_other_login(in, s, sub), twin = found;
		if (!other && !mode && !login && !twin) {
			found = true;
			continue;
		}
		struct engine_change *ch = unsubscribe(c, sub);
		if (other)
			engine_part_line(ch, arena_fmt(c->a, "%s.events", field), events_of(sub),
					 events);
		if (mode)
			engine_part_line(ch, arena_fmt(c->a, "%s.acknowledged", field),
					 wants_ack(s) ? "off" : "on", wants_ack(s) ? "on" : "off");
		if (login)
			engine_part_line(ch, arena_fmt(c->a, "%s.password", field), "unknown",
					 pw ? secret_text(c->a, pw) : NULL);
		if (!other && !mode && !login)
			engine_part_line(ch, field, "there twice", "once");
	}
	return found;
}

/* Replaced ones are seen as missing in the next look: their lines are those of the change. */
static bool is_replaced(const struct engine_part_in *in, const struct engine_node *s)
{
	for (unsigned i = 0; i < in->have[READ_SUBS].count; i++)
		if (str_eq(url_of(in, in->have[READ_SUBS].items[i]), engine_node_text(s, "url")))
			return true;
	return false;
}

static void diff_subscriptions(const struct engine_part_in *in, struct engine_changes *c)
{
	const struct engine_node *list = engine_node_get(in->want, "subscriptions");
	if (!list)
		return;
	for (unsigned i = 0; i < in->have[READ_SUBS].count; i++) {
		const struct wsman_obj *sub = in->have[READ_SUBS].items[i];
		const char *url = url_of(in, sub);
		const struct engine_node *s = list->children;
		while (s && !str_eq(engine_node_text(s, "url"), url))
			s = s->next;
		if (s)
			continue;
		if (!engine_entry_own(in))
			engine_entry_stray(c, path(c, "subscriptions", url));
		else
			engine_part_line(unsubscribe(c, sub), path(c, "subscriptions", url),
					 events_of(sub), NULL);
	}
	for (const struct engine_node *s = list->children; s; s = s->next)
		if (!keep_one(in, s, c) && !is_replaced(in, s))
			subscribe(in, s, c);
}

/* ---- */

static void diff_traps(const struct engine_part_in *in, struct engine_changes *c)
{
	const struct engine_node *list = engine_node_get(in->want, "traps");
	for (unsigned i = 0; list && i < in->have[READ_SNMP].count; i++) {
		const struct wsman_obj *o = in->have[READ_SNMP].items[i];
		const char *address = wsman_obj_str(o, "AccessInfo");
		address = address ? address : "?";
		if (engine_entry_find(list, address))
			continue;
		if (!engine_entry_own(in)) {
			engine_entry_stray(c, path(c, "traps", address));
			continue;
		}
		struct engine_change *ch =
			engine_part_change(c, 0, "delete-trap:%s", wsman_obj_str(o, "Name"));
		engine_part_delete(c, ch, SNMP, by_name(c, o, "Name"));
		engine_part_line(ch, path(c, "traps", address), "there", NULL);
	}
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		diff_trap(in, n, c);
}

/* Traps went with release 18: what names them is told, the rest goes on. */
static bool lacks(const struct engine_part_in *in, struct engine_changes *c, unsigned read,
		  const char *list)
{
	if (!in->have[read].absent)
		return false;
	if (engine_node_get(in->want, list))
		engine_part_line(engine_part_change(c, CHANGE_REPORT, "lack:%s", list),
				 arena_fmt(c->a, "alerts.%s", list), "not available", "wanted");
	return true;
}

static bool skip(const struct engine_node *want, unsigned read)
{
	static const char *const lists[] = { [READ_SUBS] = "subscriptions",
					     [READ_DESTS] = "subscriptions",
					     [READ_SNMP] = "traps",
					     [READ_PET] = "filters" };
	return !engine_node_get(want, lists[read]);
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *filters = engine_node_get(in->want, "filters");
	(void)e;
	if (!lacks(in, c, READ_SNMP, "traps"))
		diff_traps(in, c);
	if (!lacks(in, c, READ_PET, "filters"))
		for (const struct engine_node *f = filters ? filters->children : NULL; f;
		     f = f->next)
			diff_filter(in, f, c);
	diff_subscriptions(in, c);
	return true;
}

const struct engine_part engine_part_alerts = {
	.name = "alerts",
	.title = "alerts",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.skip = skip,
	.diff = diff,
};
