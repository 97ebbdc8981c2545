/* AMT_AuditLog and AMT_AuditPolicyRule (wsman 3.2, 3.13): what is to be recorded, what happens when the
 * log is full, and how it is read. What writes it is fw_audit_note.c; who may ask, fw_users.c judges. */
#include "base/str.h"
#include "sim/fw_audit_priv.h"
#include "wire/audit_events.h"

#define LOG_NAME      "Intel(r) AMT:Audit Log"
#define RULE_NAME     "Intel(r) AMT:Audit Policy Rule"
#define READ_MAX      10 /* records of one answer */
#define STATE_OFF     1u
#define STATE_LOCKED  2u
#define STATE_NEAR    4u /* 85 % */
#define STATE_FULL    8u
#define STATE_NO_KEY  16u
#define LOCK_S_MAX    300
#define INVALID_INDEX 35
#define DMTF_OK       0
#define DMTF_INVALID  5
#define APP_SECURITY  16
#define EVENTS_MAX    64 /* of one application */

/* ---- the log ---- */

static void fill_log(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (x->keys_only)
		return;
	bool on = sim_audit_enabled(x->d);
	bool rolls = !str_eq(sim_var_active(x->d, SIM_VAR_AUDIT_STORAGE), "0");
	unsigned used = (unsigned)(sim_audit_bytes(x->d) * 100 / SIM_AUDIT_BYTES);
	unsigned state = on ? 0 : STATE_OFF;

	state |= sim_fw_audit_has_key(x->d) ? 0 : STATE_NO_KEY;
	state |= sim_audit_locked(x->d) ? STATE_LOCKED : 0;
	state |= used >= 85 ? STATE_NEAR : 0;
	state |= used >= 98 ? STATE_FULL : 0;
	sim_fw_set(o, "AuditState", arena_fmt(x->a, "%u", state));
	sim_fw_set(o, "CurrentNumberOfRecords", arena_fmt(x->a, "%u", sim_audit_count(x->d)));
	sim_fw_set(o, "PercentageFree", arena_fmt(x->a, "%u", 100 - used));
	sim_fw_set(o, "EnabledState", on ? "2" : "3");
	sim_fw_set(o, "OverwritePolicy", rolls ? "2" : "7");
	sim_fw_set(o, "RequestedState", on ? "2" : "3");
}

static bool put_log(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t v;

	(void)i;
	if (wsman_obj_u32(in, "StoragePolicy", &v) && v > 2)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	return true;
}

static uint32_t change_log(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || (s != 2 && s != 3))
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_AUDIT_ON, s == 2 ? "2" : "3");
	return DMTF_OK;
}

static uint32_t read_records(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t at, total = sim_audit_count(x->d), n = 0;

	if (!wsman_obj_u32(in, "StartIndex", &at) || !at || at > (total ? total : 1))
		return INVALID_INDEX;
	for (; n < READ_MAX && at <= total; n++, at++)
		wsman_obj_add_str(out, "EventRecords", arena_str(x->a, sim_audit_at(x->d, at - 1)));
	wsman_obj_set_u32(out, "TotalRecordCount", total);
	wsman_obj_set_u32(out, "RecordsReturned", n);
	return WSMAN_PT_SUCCESS;
}

/* Who holds the log for himself clears it; nobody else does. */
static uint32_t clear_log(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	if (sim_audit_locked(x->d) && x->d->audit_lock != x->user + 1)
		return WSMAN_PT_NOT_PERMITTED;
	sim_audit_clear(x->d);
	return WSMAN_PT_SUCCESS;
}

static uint32_t lock_log(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t flag, s = 0, handle = 0;

	wsman_obj_u32(in, "LockTimeoutInSeconds", &s);
	wsman_obj_u32(in, "Handle", &handle);
	if (!wsman_obj_u32(in, "Flag", &flag) || flag > 2 || s > LOCK_S_MAX)
		return WSMAN_PT_INVALID_PARAMETER;
	if (sim_audit_locked(x->d) && x->d->audit_lock != handle)
		return WSMAN_PT_NOT_PERMITTED;
	if (flag == 2) {
		x->d->audit_lock = 0;
		return WSMAN_PT_SUCCESS;
	}
	x->d->audit_lock = x->user + 1;
	x->d->audit_lock_until_mono_ms = x->now_mono_ms + (int64_t)s * 1000;
	wsman_obj_set_u32(out, "Handle", x->d->audit_lock);
	return WSMAN_PT_SUCCESS;
}

static const struct fw_member log_members[] = {
	FW_OWN("AuditState"),
	FW_OWN("CurrentNumberOfRecords"),
	FW_FIX("ElementName", "Intel(r) AMT Audit Log"),
	/* RequestStateChange sets it; a Put brings it back as it was read */
	FW_OWN("EnabledState"),
	FW_FIX("MaxAllowedAuditors", "1"),
	FW_FIX("MaxNumberOfRecords", "0"),
	FW_VAR("MinDaysToKeep", SIM_VAR_AUDIT_DAYS),
	FW_FIX("Name", LOG_NAME),
	FW_OWN("OverwritePolicy"),
	FW_OWN("PercentageFree"),
	FW_OWN("RequestedState"),
	FW_VAR("StoragePolicy", SIM_VAR_AUDIT_STORAGE),
	FW_END,
};
static const struct fw_method log_methods[] = {
	{ "RequestStateChange", change_log },
	{ "ReadRecords", read_records },
	{ "ClearLog", clear_log },
	{ "SetAuditLock", lock_log },
	{ NULL, NULL },
};

/* ---- the policy: "APP EVENT TYPE" a line, in the order of setting ---- */

/* From 8.0 on the events of security administration are on from the start. */
static const char *events_of(struct fw_ctx *x)
{
	const char *text = sim_var_active(x->d, SIM_VAR_AUDIT_EVENTS);

	if (!str_eq(text, "default"))
		return text;
	text = "";
	for (unsigned e = 0; sim_gen_number(x->d->gen) >= 80 && e < EVENTS_MAX; e++) {
		if (wire_audit_events_find(APP_SECURITY, (uint16_t)e))
			text = arena_fmt(x->a, "%s%u %u 0\n", text, APP_SECURITY, e);
		if (!text)
			return "";
	}
	return text;
}

static void fill_rule(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	struct span left = span_str(events_of(x));
	bool event_high = sim_switches_is(&x->d->sw, SIM_SW_AUDIT_ID, "event-high");
	uint32_t v[3];

	(void)i;
	while (!x->keys_only && sim_audit_next_event(&left, v)) {
		uint32_t id = event_high ? v[1] << 16 | v[0] : v[0] << 16 | v[1];
		wsman_obj_add_str(o, "AuditApplicationEventID", arena_fmt(x->a, "%u", id));
		wsman_obj_add_str(o, "PolicyType", arena_fmt(x->a, "%u", v[2]));
	}
}

static uint32_t set_event(struct fw_ctx *x, bool on, uint32_t app, uint32_t event, uint32_t type)
{
	const char *text = "";
	struct span left = span_str(events_of(x));
	uint32_t v[3];

	if (type > 1 || app > UINT16_MAX || event > UINT16_MAX ||
	    !wire_audit_events_find((uint16_t)app, (uint16_t)event))
		return WSMAN_PT_INVALID_PARAMETER;
	while (text && sim_audit_next_event(&left, v)) {
		if (v[0] != app || v[1] != event)
			text = arena_fmt(x->a, "%s%u %u %u\n", text, v[0], v[1], v[2]);
	}
	if (on && text)
		text = arena_fmt(x->a, "%s%u %u %u\n", text, app, event, type);
	if (!text)
		return WSMAN_PT_INTERNAL_ERROR;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	sim_var_set(x->d, SIM_VAR_AUDIT_EVENTS, text);
	return WSMAN_PT_SUCCESS;
}

static uint32_t set_policy(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t app, event, type = 0;
	bool on;

	(void)out;
	if (!wsman_obj_bool(in, "Enable", &on) || !wsman_obj_u32(in, "AuditedAppID", &app) ||
	    !wsman_obj_u32(in, "EventID", &event))
		return WSMAN_PT_INVALID_PARAMETER;
	wsman_obj_u32(in, "PolicyType", &type);
	return set_event(x, on, app, event, type);
}

/* Lists side by side; the first that is refused ends it. */
static uint32_t set_bulk(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_val *on = wsman_obj_vals(in, "Enable"),
			       *app = wsman_obj_vals(in, "AuditedAppID"),
			       *event = wsman_obj_vals(in, "EventID"),
			       *type = wsman_obj_vals(in, "PolicyType");
	uint32_t v[3], r = WSMAN_PT_SUCCESS;

	(void)out;
	while (on && app && event && type && r == WSMAN_PT_SUCCESS) {
		if (!str_to_u32(span_str(app->text), 0, UINT16_MAX, &v[0], NULL) ||
		    !str_to_u32(span_str(event->text), 0, UINT16_MAX, &v[1], NULL) ||
		    !str_to_u32(span_str(type->text), 0, 1, &v[2], NULL))
			return WSMAN_PT_INVALID_PARAMETER;
		r = set_event(x, str_eq(on->text, "true"), v[0], v[1], v[2]);
		on = on->next;
		app = app->next;
		event = event->next;
		type = type->next;
	}
	return on || app || event || type ? WSMAN_PT_INVALID_PARAMETER : r;
}

static const struct fw_member rule_members[] = {
	FW_OWN("AuditApplicationEventID"),
	FW_FIX("CreationClassName", "AMT_AuditPolicyRule"),
	FW_FIX("ElementName", RULE_NAME),
	FW_FIX("PolicyRuleName", RULE_NAME),
	FW_OWN("PolicyType"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method rule_methods[] = {
	{ "SetAuditPolicy", set_policy },
	{ "SetAuditPolicyBulk", set_bulk },
	{ NULL, NULL },
};

const struct fw_class sim_fw_audit_classes[] = {
	{ .name = "AMT_AuditLog",
	  .since = 40,
	  .members = { log_members },
	  .fill = fill_log,
	  .can_put = true,
	  .put = put_log,
	  .methods = log_methods,
	  .more_methods = sim_fw_audit_sign_methods },
	{ .name = "AMT_AuditPolicyRule",
	  .since = 40,
	  .members = { rule_members },
	  .fill = fill_rule,
	  .methods = rule_methods },
	{ .name = NULL },
};
