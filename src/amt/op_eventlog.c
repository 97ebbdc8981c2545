/* Operations on the event log of a PC (AMT_MessageLog; wsman 3.1): "eventlog.read", "eventlog.clear",
 * "eventlog.freeze". Records come oldest first, whatever order the firmware has. A log that grows while
 * it is read shifts under the reader: it is read in one call where the firmware allows it. */
#include "amt/op_priv.h"
#include "base/str.h"
#include "wire/event_names.h"
#include "wire/event_record.h"

#define CLS       "AMT_MessageLog"
#define AT_ONCE   390u
#define CALLS_MAX 64

struct reading {
	uint8_t (
		*records)[WIRE_EVENT_RECORD_BYTES]; /* in the order of the firmware; in the arena */
	unsigned count, cap, calls;
	uint32_t limit; /* of those that are shown */
};

/* ---- rows ---- */

static void text_or_code(struct amt_op *o, const char *key, const struct wire_show_name *names,
			 unsigned code)
{
	const char *name = wire_show_name(names, code);

	if (name)
		amt_op_text(o, key, name);
	else
		amt_op_fmt(o, key, "%u", code);
}

static void hex_field(struct amt_op *o, const char *key, struct span bytes)
{
	char text[2 * WIRE_EVENT_RECORD_BYTES + 1] = "";
	struct out h;

	out_init(&h, text, sizeof text);
	out_hex(&h, bytes);
	amt_op_text(o, key, text);
}

static void show(struct amt_op *o, struct span bytes)
{
	struct wire_event_record ev;
	struct err e = { 0 };
	char message[160] = "", at[WIRE_SHOW_TIME_SIZE];
	struct out m;
	size_t used;

	if (wire_event_record_parse(bytes, &ev, &used, &e) != WIRE_DONE)
		return;
	out_init(&m, message, sizeof message);
	wire_event_record_message(&m, &ev);
	amt_op_begin(o, "");
	if (ev.time != 0 && ev.time != UINT32_MAX) {
		wire_show_time_text(ev.time, at);
		amt_op_text(o, "time", at);
	}
	text_or_code(o, "severity", wire_event_severities, ev.severity);
	text_or_code(o, "sensor", wire_event_sensors, ev.sensor_type);
	text_or_code(o, "entity", wire_event_entities, ev.entity);
	amt_op_text(o, "message", message);
	text_or_code(o, "source", wire_event_sources, ev.source_type);
	amt_op_number(o, "sensor_type", ev.sensor_type);
	amt_op_number(o, "event_type", ev.event_type);
	amt_op_number(o, "offset", ev.offset);
	hex_field(o, "data", span_make(ev.data, sizeof ev.data));
	hex_field(o, "raw", bytes);
	amt_op_emit(o);
}

static uint32_t time_of(const uint8_t *record)
{
	struct cur c = cur_make(span_make(record, 4));

	return cur_le32(&c);
}

/* Captures have the newest first; nothing promises it. */
static bool newest_first(const struct reading *s)
{
	return s->count < 2 || time_of(s->records[0]) >= time_of(s->records[s->count - 1]);
}

static void finish(struct amt_op *o)
{
	struct reading *s = amt_op_state(o);
	bool back = newest_first(s);

	for (unsigned i = s->count > s->limit ? s->count - s->limit : 0; i < s->count; i++)
		show(o,
		     span_make(s->records[back ? s->count - 1 - i : i], WIRE_EVENT_RECORD_BYTES));
	amt_op_end(o);
}

/* ---- reading ---- */

static bool keep(struct amt_op *o, const char *text)
{
	struct reading *s = amt_op_state(o);
	uint8_t b[64];
	size_t n;
	struct err e = { 0 };

	if (!text || !b64_decode(span_str(text), b, sizeof b, &n) || n < WIRE_EVENT_RECORD_BYTES) {
		err_set(&e, ERR_MALFORMED, "a record of the event log cannot be read");
		err_seen(&e, "%.60s", text ? text : "nothing");
		err_want(&e, "%d bytes as base64", WIRE_EVENT_RECORD_BYTES);
		amt_op_fail(o, &e);
		return false;
	}
	if (s->count < s->cap)
		memcpy(s->records[s->count++], b, WIRE_EVENT_RECORD_BYTES);
	return true;
}

static void on_records(struct amt_op *o, const struct amt_reply *r);

static void get_records(struct amt_op *o, const char *at)
{
	struct wsman_obj *in = amt_op_input(o, CLS, "GetRecords");
	struct reading *s = amt_op_state(o);

	s->calls++;
	wsman_obj_set_str(in, "IterationIdentifier", at);
	wsman_obj_set_u32(in, "MaxReadRecords", AT_ONCE);
	amt_op_ask(o, CLS, "GetRecords", in, on_records);
}

static void on_records(struct amt_op *o, const struct amt_reply *r)
{
	struct reading *s = amt_op_state(o);
	struct wsman_obj *out;
	const char *next;
	unsigned before = s->count;
	bool end = true;

	if (!amt_op_obj(o, r, &out))
		return;
	for (const struct wsman_val *v = wsman_obj_vals(out, "RecordArray"); v; v = v->next)
		if (!keep(o, v->text))
			return;
	wsman_obj_bool(out, "NoMoreRecords", &end);
	next = wsman_obj_str(out, "IterationIdentifier");
	if (end || !next || s->count == before || s->count == s->cap || s->calls >= CALLS_MAX)
		finish(o);
	else
		get_records(o, arena_str(amt_op_arena(o), span_str(next)));
}

static void on_position(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *out;
	const char *at;

	if (!amt_op_obj(o, r, &out))
		return;
	at = wsman_obj_str(out, "IterationIdentifier");
	get_records(o, arena_str(amt_op_arena(o), span_str(at ? at : "1")));
}

static void on_log(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *log;
	uint32_t count = 0;
	struct err e = { 0 };

	if (!amt_op_obj(o, r, &log))
		return;
	if (!wsman_obj_u32(log, "CurrentNumberOfRecords", &count) || count) {
		err_set(&e, ERR_MALFORMED, "the event log does not tell its first record");
		err_seen(&e, "%u records", count);
		amt_op_fail(o, &e);
		return;
	}
	amt_op_end(o);
}

/* Firmware may refuse to point at the first record of an empty log. */
static bool is_it_empty(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	if (!r->msg || e->code == ERR_FAULT)
		return false;
	amt_op_get(o, CLS, on_log);
	return true;
}

static void start_read(struct amt_op *o)
{
	struct reading *s = amt_op_state(o);
	struct err e = { 0 };

	s->limit = AT_ONCE;
	if (!amt_op_arg_u32(o, "limit", 1, AT_ONCE, &s->limit, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	s->cap = 2 * AT_ONCE;
	s->records = arena_alloc(amt_op_arena(o), (size_t)s->cap * WIRE_EVENT_RECORD_BYTES);
	if (!s->records)
		s->cap = 0;
	amt_op_on_error(o, is_it_empty);
	amt_op_ask(o, CLS, "PositionToFirstRecord", NULL, on_position);
}

const struct amt_op_fns amt_op_eventlog_read = { sizeof(struct reading), start_read, NULL };

/* ---- changes ---- */

static void on_changed(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	amt_op_end(o);
}

static void start_clear(struct amt_op *o)
{
	amt_op_invoke(o, CLS, "ClearLog", NULL, on_changed);
}

const struct amt_op_fns amt_op_eventlog_clear = { 0, start_clear, NULL };

static void start_freeze(struct amt_op *o)
{
	struct wsman_obj *in = amt_op_input(o, CLS, "FreezeLog");
	const char *on = amt_op_arg(o, "on");

	wsman_obj_set_bool(in, "Freeze", !*on || amt_op_arg_bool(o, "on"));
	amt_op_invoke(o, CLS, "FreezeLog", in, on_changed);
}

const struct amt_op_fns amt_op_eventlog_freeze = { 0, start_freeze, NULL };
