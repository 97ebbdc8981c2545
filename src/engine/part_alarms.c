/* Part "alarms": the alarm clock that wakes the PC (wsman 3.13). An alarm has the name that it was added
 * with; nothing changes one, so another time means delete and add. A time that is over is no drift: an
 * alarm that comes again is added with its next time, one that does not is only told. */
#include "base/iso.h"
#include "base/str.h"
#include "engine/part_entry.h"

#define ALARM "IPS_AlarmClockOccurrence"
#define SOON  120 /* seconds: what is nearer may be over when the request arrives */
static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "8.0", SRC_D, "Alarm clock: when the PC wakes by itself.",
	  NULL },
	{ "own", KEY_SWITCH, NULL, 0, "", "8.0", SRC_D,
	  "Alarms that are not named here are deleted; off: only reported.", "on" },
	{ "list", KEY_LIST, NULL, 0, "", "8.0", SRC_D, "The alarms.", NULL },
	{ "list.name", KEY_TEXT, "1..32", KEY_ID, ALARM ".InstanceID ElementName", "8.0", SRC_P,
	  "Name of the alarm.", "patches" },
	{ "list.start", KEY_TEXT, "17..20", KEY_NEEDED, ALARM ".StartTime", "8.0", SRC_P,
	  "First time, in UTC, on a whole minute.", "2031-05-02T01:30:00Z" },
	{ "list.interval", KEY_TEXT, "3..24", 0, ALARM ".Interval", "8.0", SRC_P,
	  "It comes again after this duration, in whole minutes; left out: once.", "P7D" },
	{ "list.delete", KEY_SWITCH, NULL, 0, ALARM ".DeleteOnCompletion", "8.0", SRC_P,
	  "It is deleted when it is over; left out: on.", "on" },
	ENGINE_KEYS_END,
};
enum { READ_ALARMS };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, ALARM, NULL, NULL, false },
};

struct alarm {
	int64_t start_s, interval_s;
	bool delete;
};

static bool wanted(const struct engine_node *item, struct alarm *out_a)
{
	const char *interval = engine_node_text(item, "interval");
	*out_a = (struct alarm){ .delete = true };
	engine_node_switch(item, "delete", &out_a->delete);
	return iso_time_parse(span_str(engine_node_text(item, "start")), &out_a->start_s) &&
		(!interval || iso_duration_parse(span_str(interval), &out_a->interval_s));
}

static const struct engine_node *check(const struct engine_node *want, char *what, size_t cap)
{
	const struct engine_node *list = engine_node_get(want, "list");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const struct engine_node *interval = engine_node_get(n, "interval");
		int64_t s = 0;
		str_copy(what, cap,
			 span_str("a time is written 2031-05-02T01:30:00Z, its minute whole"));
		if (!iso_time_parse(span_str(engine_node_text(n, "start")), &s) || s % 60)
			return engine_node_get(n, "start");
		str_copy(what, cap,
			 span_str("a duration is written P7D or PT1H30M, its minute whole"));
		if (interval && (!iso_duration_parse(span_str(interval->text), &s) || s % 60 || !s))
			return interval;
	}
	return NULL;
}

/* ---- the device's ---- */

static const struct wsman_obj *find(const struct engine_part_in *in, const char *name)
{
	for (unsigned i = 0; i < in->have[READ_ALARMS].count; i++) {
		const struct wsman_obj *o = in->have[READ_ALARMS].items[i];
		const char *id = wsman_obj_str(o, "InstanceID");
		if (id && str_eq_nocase(id, name))
			return o;
	}
	return NULL;
}

/* What the device tells in a form of its own counts as never and none: it is replaced. */
static struct alarm alarm_of(const struct wsman_obj *o)
{
	struct alarm a = { .start_s = -1 };
	const char *start = wsman_obj_str(o, "StartTime"), *interval = wsman_obj_str(o, "Interval");
	if (start)
		iso_time_parse(span_str(start), &a.start_s);
	if (interval)
		iso_duration_parse(span_str(interval), &a.interval_s);
	wsman_obj_bool(o, "DeleteOnCompletion", &a.delete);
	return a;
}

/* Firmware may tell the first time, or the next one: both are of the same alarm. */
static bool same_start(const struct alarm *want, const struct alarm *have)
{
	if (want->start_s == have->start_s)
		return true;
	return want->interval_s && have->interval_s == want->interval_s && have->start_s >= 0 &&
		(have->start_s - want->start_s) % want->interval_s == 0;
}

static const char *time_text(struct arena *a, int64_t s)
{
	char text[ISO_TIME_SIZE];
	if (s < 0)
		return "unknown";
	iso_time_print(s, text);
	return arena_str(a, span_str(text));
}

static const char *interval_text(struct arena *a, int64_t s)
{
	char text[ISO_DURATION_SIZE];
	if (!s)
		return "once";
	iso_duration_print(s, text);
	return arena_str(a, span_str(text));
}

/* ---- changes ---- */

static void line(struct engine_changes *c, struct engine_change *ch, const char *name,
		 const char *key, const char *is, const char *want)
{
	const char *field = arena_fmt(c->a, "alarms.list.%s%s%s", name, *key ? "." : "", key);
	if (field)
		engine_part_line(ch, field, is, want);
}

static struct engine_change *drop(struct engine_changes *c, const struct wsman_obj *o,
				  const char *verb)
{
	const char *id = wsman_obj_str(o, "InstanceID");
	struct engine_change *ch =
		engine_part_change(c, CHANGE_REREAD, "%s:%s", verb, id ? id : "");
	engine_part_delete(c, ch, ALARM,
			   wsman_obj_selector(c->a, "InstanceID", id ? id : "", NULL));
	return ch;
}

static void add(const struct engine_part_in *in, struct engine_changes *c, const char *name,
		struct alarm want)
{
	int64_t now_s = in->now_unix_ms / 1000 + SOON;
	if (want.start_s < now_s && !want.interval_s) {
		struct engine_change *told = engine_part_change(c, CHANGE_REPORT, "over:%s", name);
		if (told)
			out_fmt(&told->text, "alarms.list.%s: its time is over\n", name);
		return;
	}
	if (want.start_s < now_s)
		want.start_s += (now_s - want.start_s + want.interval_s - 1) / want.interval_s *
			want.interval_s;
	const struct wsman_class *cls = wsman_classes_find(ALARM);
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "add:%s", name);
	struct wsman_obj *call = engine_part_call(c, ch, "AMT_AlarmClockService", "AddAlarm", NULL);
	struct wsman_obj *o = wsman_obj_new(c->a, &cls->shape, cls->uri);
	if (!call || !o)
		return;
	wsman_obj_set_str(o, "InstanceID", name);
	wsman_obj_set_str(o, "ElementName", name);
	wsman_obj_set_str(o, "StartTime", time_text(c->a, want.start_s));
	if (want.interval_s)
		wsman_obj_set_str(o, "Interval", interval_text(c->a, want.interval_s));
	wsman_obj_set_bool(o, "DeleteOnCompletion", want.delete);
	wsman_obj_set_obj(call, "AlarmTemplate", o);
	line(c, ch, name, "", NULL,
	     arena_fmt(c->a, "%s %s", time_text(c->a, want.start_s),
		       interval_text(c->a, want.interval_s)));
}

static void diff_alarm(const struct engine_part_in *in, const struct engine_node *item,
		       struct engine_changes *c)
{
	const char *name = engine_node_id(item);
	const struct wsman_obj *o = find(in, name);
	struct alarm want, have;
	if (!wanted(item, &want))
		return;
	if (!o) {
		add(in, c, name, want);
		return;
	}
	have = alarm_of(o);
	bool start = !same_start(&want, &have), interval = want.interval_s != have.interval_s,
	     del = want.delete != have.delete;
	if (!start && !interval && !del)
		return;
	struct engine_change *ch = drop(c, o, "replace");
	if (start)
		line(c, ch, name, "start", time_text(c->a, have.start_s),
		     time_text(c->a, want.start_s));
	if (interval)
		line(c, ch, name, "interval", interval_text(c->a, have.interval_s),
		     interval_text(c->a, want.interval_s));
	if (del)
		line(c, ch, name, "delete", have.delete ? "on" : "off", want.delete ? "on" : "off");
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "list");
	(void)e;
	for (unsigned i = 0; list && i < in->have[READ_ALARMS].count; i++) {
		const struct wsman_obj *o = in->have[READ_ALARMS].items[i];
		const char *id = wsman_obj_str(o, "InstanceID");
		if (!id || engine_entry_find(list, id))
			continue;
		if (engine_entry_own(in))
			line(c, drop(c, o, "delete"), id, "", "there", NULL);
		else
			engine_entry_stray(c, arena_fmt(c->a, "alarms.list.%s", id));
	}
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		diff_alarm(in, n, c);
	return true;
}

const struct engine_part engine_part_alarms = {
	.name = "alarms",
	.title = "alarm clock",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.diff = diff,
};
