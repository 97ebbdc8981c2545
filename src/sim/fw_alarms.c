/* Alarm clock (wsman 3.13): the service from 5.1 on, alarms by name from 8.0 on, five at most. Time goes
 * on by itself: an alarm that rings is taken off, or set to its next time. Nobody is woken here. */
#include "base/iso.h"
#include "base/str.h"
#include "sim/fw_alarms_priv.h"
#include "sim/fw_record_priv.h"

#define ALARM      "IPS_AlarmClockOccurrence"
#define SERVICE    "AMT_AlarmClockService"
#define ALARMS_MAX 5 /* wsman 3.13: about five */

FW_RECORD_COUNT(IPS_AlarmClockOccurrence)

static int64_t device_now_s(const struct fw_ctx *x)
{
	return (x->now_unix_ms + x->d->clock_offset_ms) / 1000;
}

static int64_t start_of(const struct sim_record *r)
{
	int64_t s = 0;
	const char *text = sim_record_get(r, "StartTime");

	iso_time_parse(span_str(text ? text : ""), &s);
	return s;
}

static int64_t interval_of(const struct sim_record *r)
{
	int64_t s = 0;
	const char *text = sim_record_get(r, "Interval");

	iso_duration_parse(span_str(text ? text : ""), &s);
	return s;
}

static void set_time(struct sim_record *r, int64_t s)
{
	char text[ISO_TIME_SIZE];

	iso_time_print(s, text);
	sim_record_set(r, "StartTime", text);
}

/* What an alarm becomes once it has rung; false: it is gone. */
static bool ring(struct fw_ctx *x, struct sim_record *r, int64_t now_s)
{
	int64_t start = start_of(r), every = interval_of(r);
	const char *del = sim_record_get(r, "DeleteOnCompletion");

	if (start > now_s)
		return true;
	if (every) {
		if (!sim_switches_is(&x->d->sw, SIM_SW_ALARM_START, "first"))
			set_time(r, start + ((now_s - start) / every + 1) * every);
		return true;
	}
	if (!del || !str_eq(del, "true"))
		return true;
	sim_record_drop(x->d, r);
	return false;
}

void sim_fw_alarms_tick(struct fw_ctx *x)
{
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(x->d, ALARM, i));)
		i += ring(x, r, device_now_s(x));
}

static bool times_ok(struct fw_ctx *x, const struct wsman_obj *alarm)
{
	const char *start = wsman_obj_str(alarm, "StartTime"),
		   *every = wsman_obj_str(alarm, "Interval");
	int64_t s, n = 60;

	return start && iso_time_parse(span_str(start), &s) && s % 60 == 0 && s > device_now_s(x) &&
		(!every || (iso_duration_parse(span_str(every), &n) && n % 60 == 0));
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_obj *alarm = wsman_obj_obj(in, "AlarmTemplate");
	const char *id = alarm ? wsman_obj_str(alarm, "InstanceID") : NULL;
	bool del = false;

	if (!id || !*id || alarm->unknown_count || !times_ok(x, alarm))
		return WSMAN_PT_INVALID_PARAMETER;
	if (sim_record_find(x->d, ALARM, "InstanceID", id)) {
		sim_fw_refuse(x, FW_FAULT_EXISTS);
		return 0;
	}
	struct sim_record *r = sim_record_add(x->d, ALARM, ALARMS_MAX);
	if (!r) {
		sim_fw_refuse(x, FW_FAULT_QUOTA);
		return 0;
	}
	sim_record_from(r, alarm);
	set_time(r, start_of(r));
	wsman_obj_bool(alarm, "DeleteOnCompletion", &del);
	sim_record_set(r, "DeleteOnCompletion", del ? "true" : "false");
	wsman_obj_set_epr(out, "AlarmClock", sim_fw_epr(x, ALARM, "InstanceID", id));
	return WSMAN_PT_SUCCESS;
}

/* The next one of all; nothing when there is none, as captured. */
static void fill_service(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r, *next = NULL;

	(void)i;
	for (unsigned k = 0; (r = sim_record_at(x->d, ALARM, k)); k++)
		if (!next || start_of(r) < start_of(next))
			next = r;
	if (x->keys_only || !next)
		return;
	sim_fw_set(o, "NextAMTAlarmTime", sim_record_get(next, "StartTime"));
	if (interval_of(next))
		sim_fw_set(o, "AMTAlarmClockInterval", sim_record_get(next, "Interval"));
}

static const struct fw_member service_members[] = {
	FW_OWN("AMTAlarmClockInterval"),
	FW_FIX("CreationClassName", SERVICE),
	FW_FIX("ElementName", "Intel(r) AMT Alarm Clock Service"),
	FW_FIX("Name", "Intel(r) AMT Alarm Clock Service"),
	FW_OWN("NextAMTAlarmTime"),
	FW_FIX("SystemCreationClassName", "CIM_ComputerSystem"),
	FW_FIX("SystemName", "ManagedSystem"),
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "AddAlarm", add },
	{ NULL, NULL },
};
static const struct fw_member alarm_members[] = {
	FW_OWN("DeleteOnCompletion"), FW_OWN("ElementName"), FW_OWN("InstanceID"),
	FW_OWN("Interval"),           FW_OWN("StartTime"),   FW_END,
};
const struct fw_class sim_fw_alarms_classes[] = {
	{ .name = SERVICE,
	  .since = 51,
	  .members = { service_members },
	  .fill = fill_service,
	  .methods = service_methods },
	{ .name = ALARM,
	  .since = 80,
	  .members = { alarm_members },
	  .count = count_IPS_AlarmClockOccurrence,
	  .fill = sim_fw_record_fill,
	  .del = sim_fw_record_del },
	{ .name = NULL },
};
