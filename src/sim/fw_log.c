/* AMT_MessageLog and AMT_EventLogEntry (wsman 3.1, 3.13): how clients read the event log, newest record
 * first. An iteration is the number of the next record, counted from 1. What is written into the log
 * is sim/events.h's business. */
#include "base/str.h"
#include "sim/events.h"
#include "sim/fw_priv.h"

#define LOG_NAME "Intel(r) AMT:MessageLog 1"
/* return values of the log's methods (G) */
#define LOG_OK        0
#define LOG_INVALID   2
#define LOG_NO_RECORD 3

static uint32_t position(struct fw_ctx *x, const struct wsman_obj *in, uint32_t *out_at)
{
	const char *text = wsman_obj_str(in, "IterationIdentifier");

	if (!text || !str_to_u32(span_str(text), 1, SIM_EVENT_LOG_MAX + 1, out_at, NULL))
		return LOG_INVALID;
	return *out_at <= sim_event_count(x->d) ? LOG_OK : LOG_NO_RECORD;
}

static void put_position(struct fw_ctx *x, struct wsman_obj *out, uint32_t at)
{
	wsman_obj_set_str(out, "IterationIdentifier", arena_fmt(x->a, "%u", at));
}

static uint32_t to_first(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	if (!sim_event_count(x->d))
		return sim_switches_is(&x->d->sw, SIM_SW_LOG_EMPTY, "first")
			? (put_position(x, out, 1), LOG_OK)
			: LOG_NO_RECORD;
	put_position(x, out, 1);
	return LOG_OK;
}

static uint32_t get_records(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint8_t b[WIRE_EVENT_RECORD_BYTES];
	uint32_t at, max, r = position(x, in, &at);

	if (r == LOG_INVALID || !wsman_obj_u32(in, "MaxReadRecords", &max) || !max ||
	    max > SIM_EVENT_LOG_MAX)
		return LOG_INVALID;
	for (; max-- && sim_event_at(x->d, at - 1, b); at++) {
		char text[32] = "";
		struct out o;
		out_init(&o, text, sizeof text);
		out_b64(&o, span_make(b, sizeof b));
		wsman_obj_add_str(out, "RecordArray", arena_str(x->a, span_str(text)));
	}
	put_position(x, out, at);
	wsman_obj_set_bool(out, "NoMoreRecords", at > sim_event_count(x->d));
	return LOG_OK;
}

static uint32_t get_record(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint8_t b[WIRE_EVENT_RECORD_BYTES];
	uint32_t at, r = position(x, in, &at);
	bool next = false;

	if (r != LOG_OK || !sim_event_at(x->d, at - 1, b))
		return r == LOG_OK ? LOG_NO_RECORD : r;
	wsman_obj_bool(in, "PositionToNext", &next);
	put_position(x, out, next ? at + 1 : at);
	wsman_obj_set_str(out, "RecordNumber", arena_fmt(x->a, "%u", at));
	for (size_t i = 0; i < sizeof b; i++)
		wsman_obj_add_str(out, "RecordData", arena_fmt(x->a, "%u", b[i]));
	return LOG_OK;
}

static uint32_t to_record(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const char *number = wsman_obj_str(in, "RecordNumber");
	uint32_t at;
	int64_t n = 0;
	bool absolute = true;

	if (position(x, in, &at) == LOG_INVALID ||
	    !str_to_i64(span_str(number ? number : ""), INT32_MIN, INT32_MAX, &n, NULL))
		return LOG_INVALID;
	wsman_obj_bool(in, "MoveAbsolute", &absolute);
	n += absolute ? 0 : at;
	if (n < 1 || n > sim_event_count(x->d))
		return LOG_NO_RECORD;
	put_position(x, out, (uint32_t)n);
	wsman_obj_set_str(out, "RecordNumber", arena_fmt(x->a, "%lld", (long long)n));
	return LOG_OK;
}

static uint32_t cancel(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t at;

	(void)out;
	return position(x, in, &at) == LOG_INVALID ? LOG_INVALID : LOG_OK;
}

static uint32_t clear(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	if (sim_var_is_true(x->d, SIM_VAR_LOG_FROZEN))
		return WSMAN_PT_NOT_PERMITTED;
	sim_event_clear(x->d);
	return LOG_OK;
}

static uint32_t freeze(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	bool on = false;

	(void)out;
	wsman_obj_bool(in, "Freeze", &on);
	sim_var_set(x->d, SIM_VAR_LOG_FROZEN, on ? "true" : "false");
	return LOG_OK;
}

static void fill_log(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const char *const able[] = { "5", "6", "8", "7" };
	unsigned n = sim_event_count(x->d);

	(void)i;
	if (x->keys_only)
		return;
	for (size_t k = 0; k < sizeof able / sizeof *able; k++)
		wsman_obj_add_str(o, "Capabilities", able[k]);
	sim_fw_set(o, "CurrentNumberOfRecords", arena_fmt(x->a, "%u", n));
	sim_fw_set(o, "PercentageNearFull", arena_fmt(x->a, "%u", n * 100 / SIM_EVENT_LOG_MAX));
	sim_fw_set(o, "IsFrozen", sim_var_active(x->d, SIM_VAR_LOG_FROZEN));
}

static const struct fw_member log_members[] = {
	FW_OWN("Capabilities"),
	FW_FIX("CharacterSet", "10"),
	FW_FIX("CreationClassName", "AMT_MessageLog"),
	FW_OWN("CurrentNumberOfRecords"),
	FW_FIX("ElementName", LOG_NAME),
	FW_FIX("EnabledDefault", "2"),
	FW_FIX("EnabledState", "2"),
	FW_FIX("HealthState", "5"),
	FW_OWN("IsFrozen"),
	FW_FIX("LastChange", "0"),
	FW_FIX("LogState", "4"),
	FW_FIX("MaxLogSize", "0"),
	FW_FIX("MaxNumberOfRecords", "390"),
	FW_FIX("MaxRecordSize", "21"),
	FW_FIX("Name", LOG_NAME),
	FW_FIX("OperationalStatus", "2"),
	FW_FIX("OverwritePolicy", "2"),
	FW_OWN("PercentageNearFull"),
	FW_FIX("RequestedState", "12"),
	FW_FIX("SizeOfHeader", "0"),
	FW_FIX("SizeOfRecordHeader", "0"),
	FW_FIX("Status", "OK"),
	FW_END,
};
static const struct fw_method log_methods[] = {
	{ "PositionToFirstRecord", to_first },
	{ "PositionAtRecord", to_record },
	{ "GetRecords", get_records },
	{ "GetRecord", get_record },
	{ "CancelIteration", cancel },
	{ "ClearLog", clear },
	{ "FreezeLog", freeze },
	{ NULL, NULL },
};

/* ---- the same records as instances ---- */

static unsigned count_entries(const struct sim_dev *d)
{
	return sim_event_count(d);
}

static void fill_entry(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	uint8_t b[WIRE_EVENT_RECORD_BYTES];
	struct wire_event_record ev;
	struct err e = { 0 };
	size_t used;

	sim_fw_set(o, "InstanceID", arena_fmt(x->a, "Intel(r) AMT:EventLogEntry %u", i + 1));
	if (x->keys_only || !sim_event_at(x->d, i, b) ||
	    wire_event_record_parse(span_make(b, sizeof b), &ev, &used, &e) != WIRE_DONE)
		return;
#define PUT(prop, v) sim_fw_set(o, prop, arena_fmt(x->a, "%u", (unsigned)(v)))
	PUT("DeviceAddress", ev.device_address);
	PUT("Entity", ev.entity);
	PUT("EntityInstance", ev.entity_instance);
	PUT("EventOffset", ev.offset);
	PUT("EventSensorType", ev.sensor_type);
	PUT("EventSeverity", ev.severity);
	PUT("EventSourceType", ev.source_type);
	PUT("EventType", ev.event_type);
	PUT("SensorNumber", ev.sensor_number);
	PUT("TimeStamp", ev.time);
#undef PUT
	for (size_t k = 0; k < sizeof ev.data; k++)
		wsman_obj_add_str(o, "EventData", arena_fmt(x->a, "%u", ev.data[k]));
}

static const struct fw_member entry_members[] = {
	FW_OWN("DeviceAddress"),
	FW_OWN("Entity"),
	FW_OWN("EntityInstance"),
	FW_OWN("EventData"),
	FW_OWN("EventOffset"),
	FW_OWN("EventSensorType"),
	FW_OWN("EventSeverity"),
	FW_OWN("EventSourceType"),
	FW_OWN("EventType"),
	FW_OWN("InstanceID"),
	FW_OWN("SensorNumber"),
	FW_OWN("TimeStamp"),
	FW_END,
};

const struct fw_class sim_fw_log_classes[] = {
	{ .name = "AMT_MessageLog",
	  .members = { log_members },
	  .fill = fill_log,
	  .methods = log_methods },
	{ .name = "AMT_EventLogEntry",
	  .members = { entry_members },
	  .count = count_entries,
	  .fill = fill_entry },
	{ .name = NULL },
};
