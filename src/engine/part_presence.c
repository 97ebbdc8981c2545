/* Part "presence": watchdogs of programs on the PC (wsman 3.14). A watchdog is known by the UUID of its
 * agent; one with other times is deleted and made again, for nothing says that firmware takes a Put.
 * Actions have no names: they are compared as a set, and cleared together when one is too many. */
#include "base/str.h"
#include "engine/part_entry.h"

#define WATCHDOG "AMT_AgentPresenceWatchdog"
#define STATES   "not-started stopped running expired suspended"
static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D,
	  "Agent presence: programs that tell firmware that they run, and what happens when they stop.",
	  NULL },
	{ "own", KEY_SWITCH, NULL, 0, "", "", SRC_D,
	  "Watchdogs that are not named here are deleted; off: only reported.", "on" },
	{ "watchdogs", KEY_LIST, NULL, 0, "", "", SRC_D, "One for each program.", NULL },
	{ "watchdogs.name", KEY_TEXT, "1..32", KEY_ID, WATCHDOG ".MonitoredEntityDescription", "",
	  SRC_P, "Name of the program.", "antivirus" },
	{ "watchdogs.agent", KEY_TEXT, "36..36", KEY_NEEDED, WATCHDOG ".DeviceID", "", SRC_P,
	  "UUID by which the program registers.", "7a9f1e2c-0b3d-4c5e-8f60-718293a4b5c6" },
	{ "watchdogs.timeout", KEY_NUMBER, "1..65535", KEY_NEEDED, WATCHDOG ".TimeoutInterval", "",
	  SRC_P, "Seconds within which it tells again that it runs.", "60" },
	{ "watchdogs.startup", KEY_NUMBER, "1..65535", KEY_NEEDED, WATCHDOG ".StartupInterval", "",
	  SRC_P, "Seconds that it has after the PC was started.", "3600" },
	{ "watchdogs.actions", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "What happens when its state changes.", NULL },
	{ "watchdogs.actions.from", KEY_WORDS, STATES, KEY_NEEDED, WATCHDOG ".AddAction OldState",
	  "", SRC_P, "States before.", "[running]" },
	{ "watchdogs.actions.to", KEY_WORDS, STATES, KEY_NEEDED, WATCHDOG ".AddAction NewState", "",
	  SRC_P, "States after.", "[expired, stopped]" },
	{ "watchdogs.actions.event", KEY_SWITCH, NULL, 0, WATCHDOG ".AddAction EventOnTransition",
	  "", SRC_P, "The change is an event of the PC's log.", "on" },
	{ "watchdogs.actions.policy", KEY_WORD, "none activate deactivate", 0,
	  WATCHDOG ".AddAction ActionSd", "", SRC_P,
	  "What is done with the System Defense policy of agent presence.", "none" },
	ENGINE_KEYS_END,
};
enum { READ_WATCHDOGS, READ_ACTIONS, READ_CONDITIONS, READ_LIMITS };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, WATCHDOG, NULL, NULL, false },
	{ PART_ENUMERATE, "AMT_AgentPresenceWatchdogAction", NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_StateTransitionCondition", NULL, NULL, true },
	{ PART_GET, "AMT_AgentPresenceCapabilities", NULL, NULL, true },
};
static const struct engine_entry_col cols[] = {
	{ "timeout", "TimeoutInterval", NULL, NULL },
	{ "startup", "StartupInterval", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};
static const struct {
	const char *word;
	uint32_t bit;
} states[] = { { "not-started", 1 },
	       { "stopped", 2 },
	       { "running", 4 },
	       { "expired", 8 },
	       { "suspended", 16 } };

static const struct engine_node *check(const struct engine_node *want, char *what, size_t cap)
{
	const struct engine_node *list = engine_node_get(want, "watchdogs");
	struct uuid u, v;
	for (const struct engine_node *w = list ? list->children : NULL; w; w = w->next) {
		const struct engine_node *n = engine_node_get(w, "agent");
		str_copy(what, cap,
			 span_str("this is no UUID: 7a9f1e2c-0b3d-4c5e-8f60-718293a4b5c6"));
		if (!uuid_parse(span_str(n->text), &u))
			return n;
		str_copy(what, cap, span_str("another watchdog has the same agent"));
		for (const struct engine_node *o = list->children; o != w; o = o->next)
			if (uuid_parse(span_str(engine_node_text(o, "agent")), &v) &&
			    uuid_eq(&u, &v))
				return n;
	}
	return NULL;
}

/* ---- a watchdog and its agent ---- */

/* As peers write it: base64 of the 16 bytes with the first three fields swapped. */
static const char *device_id(struct arena *a, const char *agent)
{
	struct uuid u;
	uint8_t wire[16];
	char text[32];
	struct out o;
	if (!uuid_parse(span_str(agent), &u))
		return "";
	uuid_to_smbios(&u, wire);
	out_init(&o, text, sizeof text);
	out_b64(&o, span_make(wire, sizeof wire));
	return arena_str(a, out_span(&o));
}

/* The agent of a watchdog, also when its id is 32 hex digits. */
static bool agent_of(const struct wsman_obj *o, struct uuid *out_u)
{
	const char *id = wsman_obj_str(o, "DeviceID");
	uint8_t b[16];
	size_t n;
	if (!id ||
	    ((!hex_decode(span_str(id), b, sizeof b, &n) || n != 16) &&
	     (!b64_decode(span_str(id), b, sizeof b, &n) || n != 16)))
		return false;
	uuid_from_smbios(b, out_u);
	return true;
}

static const struct wsman_obj *watchdog_of(const struct engine_part_in *in,
					   const struct engine_node *item)
{
	struct uuid want, have;
	if (!uuid_parse(span_str(engine_node_text(item, "agent")), &want))
		return NULL;
	for (unsigned i = 0; i < in->have[READ_WATCHDOGS].count; i++) {
		const struct wsman_obj *o = in->have[READ_WATCHDOGS].items[i];
		if (agent_of(o, &have) && uuid_eq(&want, &have))
			return o;
	}
	return NULL;
}

static const char *name_of(struct arena *a, const struct wsman_obj *o)
{
	const char *name = wsman_obj_str(o, "MonitoredEntityDescription");
	struct uuid u;
	char text[UUID_TEXT_SIZE];
	if (name && *name)
		return name;
	if (!agent_of(o, &u))
		return "?";
	uuid_print(&u, text);
	return arena_str(a, span_str(text));
}

static const struct wsman_selector *select_it(struct engine_changes *c, const struct wsman_obj *o)
{
	const char *id = o ? wsman_obj_str(o, "DeviceID") : NULL;
	return wsman_obj_selector(c->a, "DeviceID", id ? id : "", NULL);
}

/* ---- actions ---- */

struct action {
	uint32_t from, to;
	bool event, has_sd;
	uint32_t sd;
};

static bool same(const struct action *a, const struct action *b)
{
	return a->from == b->from && a->to == b->to && a->event == b->event &&
		a->has_sd == b->has_sd && (!a->has_sd || a->sd == b->sd);
}

static uint32_t bits(const struct engine_node *list)
{
	uint32_t v = 0;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (engine_node_has_word(list, states[i].word))
			v |= states[i].bit;
	return v;
}

static struct action wanted(const struct engine_node *n)
{
	const char *policy = engine_node_text(n, "policy");
	struct action a = { .from = bits(engine_node_get(n, "from")),
			    .to = bits(engine_node_get(n, "to")) };
	engine_node_switch(n, "event", &a.event);
	a.has_sd = policy && !str_eq(policy, "none");
	a.sd = a.has_sd && str_eq(policy, "deactivate");
	return a;
}

/* The i-th action of that watchdog: rules are named after it, and rule and condition after each other. */
static bool action_at(const struct engine_part_in *in, const struct wsman_obj *watchdog, unsigned i,
		      struct action *out_a)
{
	const char *id = wsman_obj_str(watchdog, "DeviceID");
	for (unsigned k = 0; k < in->have[READ_ACTIONS].count; k++) {
		const struct wsman_obj *o = in->have[READ_ACTIONS].items[k];
		const char *rule = wsman_obj_str(o, "PolicyRuleName");
		if (!rule || !id || strncmp(rule, id, strlen(id)) != 0 || i--)
			continue;
		const struct wsman_obj *cond =
			engine_part_item(in, READ_CONDITIONS, "PolicyRuleName", rule);
		*out_a = (struct action){ 0 };
		wsman_obj_bool(o, "EventOnTransition", &out_a->event);
		out_a->has_sd = wsman_obj_u32(o, "ActionSd", &out_a->sd);
		if (cond) {
			wsman_obj_u32(cond, "OldState", &out_a->from);
			wsman_obj_u32(cond, "NewState", &out_a->to);
		}
		return true;
	}
	return false;
}

static const char *state_text(struct arena *a, uint32_t v)
{
	const char *text = "";
	for (size_t i = 0; i < sizeof states / sizeof *states && text; i++)
		if (v & states[i].bit)
			text = arena_fmt(a, "%s%s%s", text, *text ? "+" : "", states[i].word);
	return text && *text ? text : "?";
}

static const char *action_text(struct arena *a, const struct action *x)
{
	return arena_fmt(a, "%s to %s%s%s", state_text(a, x->from), state_text(a, x->to),
			 x->event ? ", event" : "",
			 !x->has_sd      ? ""
				 : x->sd ? ", deactivate"
					 : ", activate");
}

static bool is_wanted(const struct engine_node *list, const struct action *x)
{
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		struct action w = wanted(n);
		if (same(&w, x))
			return true;
	}
	return false;
}

static bool is_there(const struct engine_part_in *in, const struct wsman_obj *watchdog,
		     const struct action *x)
{
	struct action have;
	for (unsigned i = 0; action_at(in, watchdog, i, &have); i++)
		if (same(&have, x))
			return true;
	return false;
}

static void add_action(const struct wsman_obj *watchdog, const char *field, const char *name,
		       const struct action *x, struct engine_changes *c)
{
	const char *text = action_text(c->a, x);
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES, "action:%s:%u-%u-%d-%d", name, x->from, x->to,
				   x->event, x->has_sd ? (int)x->sd : -1);
	struct wsman_obj *o =
		engine_part_call(c, ch, WATCHDOG, "AddAction", select_it(c, watchdog));
	if (!o)
		return;
	engine_part_line(ch, field, NULL, text);
	wsman_obj_set_u32(o, "OldState", x->from);
	wsman_obj_set_u32(o, "NewState", x->to);
	wsman_obj_set_bool(o, "EventOnTransition", x->event);
	if (x->has_sd)
		wsman_obj_set_u32(o, "ActionSd", x->sd);
}

/* Nothing says that an action may be there twice: the second is one too many. */
static bool is_twin(const struct engine_part_in *in, const struct wsman_obj *watchdog, unsigned i,
		    const struct action *x)
{
	struct action other;
	for (unsigned k = 0; k < i && action_at(in, watchdog, k, &other); k++)
		if (same(&other, x))
			return true;
	return false;
}

static void diff_actions(const struct engine_part_in *in, const struct engine_node *item,
			 const struct wsman_obj *watchdog, struct engine_changes *c)
{
	const struct engine_node *list = engine_node_get(item, "actions");
	const char *name = engine_node_id(item),
		   *field = arena_fmt(c->a, "presence.watchdogs.%s.actions", name);
	struct engine_change *clear = NULL;
	struct action x;
	if (!list || !field)
		return;
	for (unsigned i = 0; action_at(in, watchdog, i, &x); i++) {
		if (is_wanted(list, &x) && !is_twin(in, watchdog, i, &x))
			continue;
		if (!clear) {
			clear = engine_part_change(c, CHANGE_REREAD, "clear-actions:%s", name);
			engine_part_call(c, clear, WATCHDOG, "DeleteAllActions",
					 select_it(c, watchdog));
		}
		engine_part_line(clear, field, action_text(c->a, &x), NULL);
	}
	for (const struct engine_node *n = list->children; n; n = n->next) {
		x = wanted(n);
		if (!is_there(in, watchdog, &x))
			add_action(watchdog, field, name, &x, c);
	}
}

/* ---- watchdogs ---- */

static void add_watchdog(const struct engine_node *item, struct engine_changes *c)
{
	static const char *const zero[] = { "CreationClassName", "SystemCreationClassName",
					    "SystemName" };
	const char *name = engine_node_id(item), *agent = engine_node_text(item, "agent");
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "watchdog:%s", name);
	struct wsman_obj *o = engine_part_create(c, ch, WATCHDOG);
	if (!o)
		return;
	engine_part_line(ch, arena_fmt(c->a, "presence.watchdogs.%s", name), NULL, agent);
	engine_entry_fill(c->a, item, cols, o);
	wsman_obj_set_str(o, "DeviceID", device_id(c->a, agent));
	wsman_obj_set_str(o, "MonitoredEntityDescription", name);
	for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) /* as peers send it */
		wsman_obj_set_str(o, zero[i], "0");
}

static void diff_watchdog(const struct engine_part_in *in, const struct engine_node *item,
			  struct engine_changes *c)
{
	const struct wsman_obj *have = watchdog_of(in, item);
	const char *name = engine_node_id(item),
		   *field = arena_fmt(c->a, "presence.watchdogs.%s", name);
	if (!field)
		return;
	if (!have) {
		add_watchdog(item, c);
		return;
	}
	bool renamed = !str_eq(name_of(c->a, have), name);
	if (!renamed && !engine_entry_differs(c->a, item, have, cols)) {
		diff_actions(in, item, have, c);
		return;
	}
	/* its actions go with it; they come back with the new one */
	struct engine_change *ch = engine_part_change(c, CHANGE_REREAD, "replace:%s", name);
	engine_part_delete(c, ch, WATCHDOG, select_it(c, have));
	if (renamed)
		engine_part_line(ch, arena_fmt(c->a, "%s.name", field), name_of(c->a, have), name);
	engine_entry_change(c->a, item, have, cols, field, ch, NULL);
}

static bool has_room(const struct engine_part_in *in, const struct engine_node *list, struct err *e)
{
	unsigned others = in->have[READ_WATCHDOGS].count, wanted_count = engine_node_count(list);
	uint32_t limit;
	for (const struct engine_node *n = list->children; n; n = n->next)
		others -= watchdog_of(in, n) != NULL;
	others = engine_entry_own(in) ? 0 : others;
	if (!in->have[READ_LIMITS].count ||
	    !wsman_obj_u32(in->have[READ_LIMITS].items[0], "MaxTotalAgents", &limit) ||
	    wanted_count + others <= limit)
		return true;
	err_set(e, ERR_LIMIT, "presence.watchdogs: no room: %u of the profile and %u others",
		wanted_count, others);
	err_seen(e, "%u", wanted_count + others);
	err_want(e, "at most %u", limit);
	return err_hint(e,
			"take watchdogs off the profile or the PC; 'own: on' deletes the others");
}

static bool is_named(const struct engine_node *list, const struct wsman_obj *o)
{
	struct uuid have, want;
	if (!agent_of(o, &have))
		return false;
	for (const struct engine_node *n = list->children; n; n = n->next)
		if (uuid_parse(span_str(engine_node_text(n, "agent")), &want) &&
		    uuid_eq(&have, &want))
			return true;
	return false;
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "watchdogs");
	if (!list)
		return true;
	if (!has_room(in, list, e))
		return false;
	/* the owner's list: room first */
	for (unsigned i = 0; i < in->have[READ_WATCHDOGS].count; i++) {
		const struct wsman_obj *o = in->have[READ_WATCHDOGS].items[i];
		if (is_named(list, o))
			continue;
		const char *field = arena_fmt(c->a, "presence.watchdogs.%s", name_of(c->a, o));
		if (field && !engine_entry_own(in)) {
			engine_entry_stray(c, field);
		} else if (field) {
			struct engine_change *ch =
				engine_part_change(c, 0, "delete:%s", wsman_obj_str(o, "DeviceID"));
			engine_part_delete(c, ch, WATCHDOG, select_it(c, o));
			engine_part_line(ch, field, "there", NULL);
		}
	}
	for (const struct engine_node *n = list->children; n; n = n->next)
		diff_watchdog(in, n, c);
	return true;
}

const struct engine_part engine_part_presence = {
	.name = "presence",
	.title = "agent presence",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.diff = diff,
};
