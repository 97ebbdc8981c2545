/* Part "audit": which events the audit log records, and what happens when it is full (wsman 3.2, 3.13).
 * Called by run_part.c. Reads no records, and never clears or locks the log. */
#include "base/str.h"
#include "engine/part.h"
#include "wire/audit_events.h"

#include <stdio.h>

#define LOG        "AMT_AuditLog"
#define RULE       "AMT_AuditPolicyRule"
#define EVENTS_MAX 256
#define EVENT_HELP "Events as APPLICATION/NUMBER, 16/2 is 'ACL entry added'"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "4.0", SRC_D,
	  "What the audit log records. Once a user holds the realm audit-log, only that user can change "
	  "it.",
	  NULL },
	{ "enabled", KEY_SWITCH, NULL, 0, LOG ".RequestStateChange", "4.0", SRC_D,
	  "Whether anything is recorded.", "on" },
	{ "storage", KEY_WORD, "no-rollover rollover restricted-rollover", 0, LOG ".StoragePolicy",
	  "4.0", SRC_D,
	  "When it is full: nothing more, the oldest go, or the oldest that are old enough.",
	  "rollover" },
	{ "min_days", KEY_NUMBER, "0..255", 0, LOG ".MinDaysToKeep", "4.0", SRC_D,
	  "Days for which restricted-rollover keeps records.", "30" },
	{ "own", KEY_SWITCH, NULL, 0, RULE ".SetAuditPolicy", "4.0", SRC_D,
	  "Events that are in neither list are not recorded any more.", "off" },
	{ "critical", KEY_TEXTS, "3..11", 0, RULE ".SetAuditPolicy", "4.0", SRC_G,
	  EVENT_HELP ", without which the action is refused: not when the log is full or locked.",
	  "[16/2, 16/4]" },
	{ "logged", KEY_TEXTS, "3..11", 0, RULE ".SetAuditPolicy", "4.0", SRC_G,
	  EVENT_HELP ", that are recorded if it is possible.", "[17/3]" },
	ENGINE_KEYS_END,
};
enum { READ_LOG, READ_RULE };
static const struct engine_part_read reads[] = {
	{ PART_GET, LOG, NULL, NULL, false },
	{ PART_GET, RULE, NULL, NULL, false },
};

static bool skip(const struct engine_node *want, unsigned read)
{
	return read == READ_RULE && !engine_node_get(want, "critical") &&
		!engine_node_get(want, "logged") && !engine_node_get(want, "own");
}

/* ---- the profile alone ---- */

static bool parse_event(const char *text, uint16_t *out_app, uint16_t *out_event)
{
	const char *slash = strchr(text, '/');
	return slash &&
		str_to_u16(span_make(text, (size_t)(slash - text)), 1, UINT16_MAX, out_app, NULL) &&
		str_to_u16(span_str(slash + 1), 0, UINT16_MAX, out_event, NULL);
}

static const struct engine_node *check(const struct engine_node *part, char *out_what, size_t cap)
{
	static const char *const lists[] = { "critical", "logged" };
	const struct engine_node *critical = engine_node_get(part, "critical");
	uint16_t app, event;
	for (int i = 0; i < 2; i++) {
		const struct engine_node *list = engine_node_get(part, lists[i]);
		for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
			if (!parse_event(n->text, &app, &event)) {
				snprintf(out_what, cap, "'%s' is no event: 16/2", n->text);
				return n;
			}
			if (i == 1 && engine_node_has_word(critical, n->text)) {
				snprintf(out_what, cap, "'%s' is critical and logged", n->text);
				return n;
			}
		}
	}
	return NULL;
}

/* ---- events ---- */

struct event {
	uint16_t app, number;
	bool is_critical, is_wanted;
};

/* Two arrays side by side. Which half of the number is the application, nobody says: the upper one. */
static unsigned read_events(const struct wsman_obj *rule, struct event *out_e)
{
	const struct wsman_val *id = wsman_obj_vals(rule, "AuditApplicationEventID"),
			       *type = wsman_obj_vals(rule, "PolicyType");
	unsigned n = 0;
	for (; id && n < EVENTS_MAX; id = id->next) {
		uint32_t v;
		if (str_to_u32(span_str(id->text), 0, UINT32_MAX, &v, NULL))
			out_e[n++] =
				(struct event){ .app = (uint16_t)(v >> 16),
						.number = (uint16_t)v,
						.is_critical = type && str_eq(type->text, "1") };
		type = type ? type->next : NULL;
	}
	return n;
}

static void set_event(struct engine_changes *c, uint16_t app, uint16_t number, const char *from,
		      const char *to)
{
	struct engine_change *ch = engine_part_change(c, 0, "event:%u/%u", app, number);
	struct wsman_obj *o = engine_part_call(c, ch, RULE, "SetAuditPolicy", NULL);
	const struct wire_audit_event *known = wire_audit_events_find(app, number);
	char field[96];
	if (!o)
		return;
	wsman_obj_set_bool(o, "Enable", !str_eq(to, "off"));
	wsman_obj_set_u32(o, "AuditedAppID", app);
	wsman_obj_set_u32(o, "EventID", number);
	wsman_obj_set_u32(o, "PolicyType", str_eq(to, "critical"));
	snprintf(field, sizeof field, "audit.%u/%u%s%s%s", app, number, known ? " (" : "",
		 known ? known->name : "", known ? ")" : "");
	engine_part_line(ch, field, from, to);
}

static const char *word_of(const struct event *e)
{
	if (!e)
		return "off";
	return e->is_critical ? "critical" : "logged";
}

static void diff_list(const struct engine_part_in *in, const char *key, struct event *have,
		      unsigned n, struct engine_changes *c)
{
	const struct engine_node *list = engine_node_get(in->want, key);
	for (const struct engine_node *w = list ? list->children : NULL; w; w = w->next) {
		struct event *is = NULL;
		uint16_t app, number;
		if (!parse_event(w->text, &app, &number))
			continue;
		for (unsigned i = 0; i < n; i++)
			if (have[i].app == app && have[i].number == number)
				is = &have[i];
		if (is)
			is->is_wanted = true;
		if (!str_eq(word_of(is), key))
			set_event(c, app, number, word_of(is), key);
	}
}

static void diff_events(const struct engine_part_in *in, struct engine_changes *c)
{
	struct event *have = ARENA_ARRAY(c->a, struct event, EVENTS_MAX);
	bool own = false;
	const char *others = "";
	if (!have || !in->have[READ_RULE].count)
		return;
	unsigned n = read_events(in->have[READ_RULE].items[0], have);
	diff_list(in, "critical", have, n, c);
	diff_list(in, "logged", have, n, c);
	engine_node_switch(in->want, "own", &own);
	for (unsigned i = 0; i < n; i++) {
		if (!have[i].is_wanted && others)
			others = arena_fmt(c->a, "%s %u/%u", others, have[i].app, have[i].number);
		if (own && !have[i].is_wanted)
			set_event(c, have[i].app, have[i].number, word_of(&have[i]), "off");
	}
	if (others && *others && !own)
		engine_part_report(c, "audit", arena_fmt(c->a, "also recorded:%s", others));
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "storage", "StoragePolicy", "no-rollover=0 rollover=1 restricted-rollover=2" },
		{ "min_days", "MinDaysToKeep", NULL },
		{ NULL, NULL, NULL },
	};
	const struct wsman_obj *log = in->have[READ_LOG].items[0];
	const char *state = wsman_obj_str(log, "EnabledState");
	bool is_on = state && str_eq(state, "2"), want = is_on;
	(void)e;
	/* a capture leaves the days out while they mean nothing */
	if (engine_part_fields(c->a, in->want, "audit", props, log, NULL, NULL)) {
		struct engine_change *put = engine_part_put_of(c, 0, log, NULL);
		if (put)
			engine_part_fields(c->a, in->want, "audit", props, log, put->obj, put);
	}
	diff_events(in, c);
	/* last: what is critical is known before anything is recorded */
	if (!engine_node_switch(in->want, "enabled", &want) || want == is_on)
		return true;
	struct engine_change *ch = engine_part_change(c, 0, "state");
	struct wsman_obj *o = engine_part_call(c, ch, LOG, "RequestStateChange", NULL);
	if (!o)
		return true;
	wsman_obj_set_u32(o, "RequestedState", want ? 2 : 3);
	engine_part_line(ch, "audit.enabled", is_on ? "on" : "off", want ? "on" : "off");
	return true;
}

const struct engine_part engine_part_audit = {
	.name = "audit",
	.title = "audit log",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.skip = skip,
	.diff = diff,
};
