/* Agent presence (wsman 3.14): watchdogs that a client makes, and their actions. With the switch
 * host_agent=runs every watchdog has its agent, which lives as the system of the PC does; else they stay
 * "not started". What only the local host may call is refused. How rules are named and how many there
 * may be are guesses. Called through the table of classes, and by power commands. */
#include "base/str.h"
#include "sim/events.h"
#include "sim/fw_record_priv.h"
#include "sim/presence_priv.h"

#define WATCHDOG    "AMT_AgentPresenceWatchdog"
#define ACTION      "AMT_AgentPresenceWatchdogAction"
#define AGENTS_MAX  16
#define ACTIONS_MAX 64
#define STATES      31 /* all bits */

FW_RECORD_COUNT(AMT_AgentPresenceWatchdog)
FW_RECORD_COUNT(AMT_AgentPresenceWatchdogAction)

static bool refuse(struct fw_ctx *x, uint32_t pt_status)
{
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, pt_status);
}

static bool create_watchdog(struct fw_ctx *x, const struct wsman_obj *in,
			    const struct wsman_epr **out_epr)
{
	const char *id = wsman_obj_str(in, "DeviceID");
	uint8_t b[16];
	size_t n;
	uint32_t v = 1;

	if (!id ||
	    ((!hex_decode(span_str(id), b, sizeof b, &n) || n != 16) &&
	     (!b64_decode(span_str(id), b, sizeof b, &n) || n != 16)) ||
	    !wsman_obj_u32(in, "StartupInterval", &v) || v == 0 ||
	    !wsman_obj_u32(in, "TimeoutInterval", &v) || v == 0)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (sim_record_find(x->d, WATCHDOG, "DeviceID", id))
		return sim_fw_refuse(x, FW_FAULT_EXISTS);
	struct sim_record *r = sim_record_add(x->d, WATCHDOG, AGENTS_MAX);
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(r, in);
	sim_record_set(r, "CreationClassName", WATCHDOG);
	sim_record_set(r, "SystemCreationClassName", "CIM_ComputerSystem");
	sim_record_set(r, "SystemName", "Intel(r) AMT");
	sim_record_set(r, "CurrentState", "1");
	*out_epr = sim_fw_epr(x, WATCHDOG, "DeviceID", id);
	return true;
}

static void drop_actions(struct fw_ctx *x, const char *id)
{
	struct sim_record *r;

	while ((r = sim_record_find(x->d, ACTION, "Watchdog", id)))
		sim_record_drop(x->d, r);
}

static bool del_watchdog(struct fw_ctx *x, unsigned i)
{
	drop_actions(x, sim_record_get(sim_fw_record(x, i), "DeviceID"));
	return sim_fw_record_del(x, i);
}

static bool states_ok(const struct wsman_obj *in, const char *prop)
{
	uint32_t v;

	return wsman_obj_u32(in, prop, &v) && v && v <= STATES;
}

static uint32_t add_action(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);
	uint32_t sd = 0;

	(void)out;
	if (!states_ok(in, "OldState") || !states_ok(in, "NewState") ||
	    (wsman_obj_u32(in, "ActionSd", &sd) && sd > 1))
		return WSMAN_PT_INVALID_PARAMETER;
	if (i < 0)
		return 0;
	const char *id = sim_record_get(sim_fw_record(x, (unsigned)i), "DeviceID");
	struct sim_record *r = sim_record_add(x->d, ACTION, ACTIONS_MAX);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	sim_record_from(r, in);
	sim_record_set(r, "Watchdog", id);
	sim_record_set(r, "PolicyRuleName", arena_fmt(x->a, "%s:%u", id, (unsigned)r->handle));
	return WSMAN_PT_SUCCESS;
}

static uint32_t delete_actions(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);

	(void)in;
	(void)out;
	if (i >= 0)
		drop_actions(x, sim_record_get(sim_fw_record(x, (unsigned)i), "DeviceID"));
	return WSMAN_PT_SUCCESS;
}

/* Condition i is the half of action i that says when. */
static void fill_condition(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, ACTION, i);

	if (r)
		sim_record_to(r, o);
}

static uint32_t get_eac(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);
	const char *eac =
		i >= 0 ? sim_record_get(sim_fw_record(x, (unsigned)i), "ActionEac") : NULL;

	(void)in;
	sim_fw_set(out, "ActionEac", eac ? eac : "false");
	return WSMAN_PT_SUCCESS;
}

/* ---- what agents do ---- */

static unsigned number(const struct sim_record *r, const char *name)
{
	const char *text = sim_record_get(r, name);
	uint32_t v = 0;

	(void)str_to_u32(span_str(text ? text : ""), 0, UINT32_MAX, &v, NULL);
	return v;
}

static void guid_of(const char *id, uint8_t out_guid[16])
{
	size_t n;

	memset(out_guid, 0, 16);
	if (!hex_decode(span_str(id), out_guid, 16, &n))
		(void)b64_decode(span_str(id), out_guid, 16, &n);
}

static void act(struct sim_dev *d, const struct sim_record *a, const char *id, unsigned to)
{
	const char *event = sim_record_get(a, "EventOnTransition");
	const char *sd = sim_record_get(a, "ActionSd");
	uint8_t guid[16];

	guid_of(id, guid);
	if (event && str_eq(event, "true"))
		sim_event_agent(d, guid, (uint8_t)to);
	if (sd && str_eq(sd, "0") &&
	    sim_record_count(
		    d,
		    "AMT_SystemDefensePolicy")) /* a System Defense policy stops the host's sending */
		sim_event(d, SIM_EV_POLICY, 0);
}

static void enter(struct sim_dev *d, struct sim_record *w, unsigned to)
{
	const char *id = sim_record_get(w, "DeviceID");
	unsigned from = number(w, "CurrentState");
	const struct sim_record *a;
	char text[12];
	struct out o;

	if (from == to || !id)
		return;
	out_init(&o, text, sizeof text);
	out_fmt(&o, "%u", to);
	sim_record_set(w, "CurrentState", text);
	for (unsigned i = 0; (a = sim_record_at(d, ACTION, i)); i++)
		if (str_eq(sim_record_get(a, "Watchdog"), id) && (number(a, "OldState") & from) &&
		    (number(a, "NewState") & to))
			act(d, a, id, to);
}

static void all_enter(struct sim_dev *d, unsigned to)
{
	struct sim_record *w;

	for (unsigned i = 0; (w = sim_record_at(d, WATCHDOG, i)); i++)
		enter(d, w, to);
}

void sim_presence_power(struct sim_dev *d, enum sim_power_act act)
{
	bool runs = sim_switches_is(&d->sw, SIM_SW_HOST_AGENT, "runs");

	switch (act) {
	case SIM_POWER_ON:
	case SIM_POWER_CYCLE:
	case SIM_POWER_RESET:
	case SIM_POWER_SOFT_RESET:
		if (act == SIM_POWER_SOFT_RESET)
			all_enter(d, AGENT_STOPPED);
		all_enter(d, runs ? AGENT_RUNNING : AGENT_NOT_STARTED);
		break;
	case SIM_POWER_SOFT_DOWN:
		all_enter(d, AGENT_STOPPED);
		break;
	case SIM_POWER_SLEEP:
	case SIM_POWER_HIBERNATE:
		all_enter(d, AGENT_SUSPENDED);
		break;
	case SIM_POWER_INTERRUPT: /* its system stands still: nobody asserts presence any more */
		if (runs)
			all_enter(d, AGENT_EXPIRED);
		break;
	case SIM_POWER_DOWN:
		all_enter(d, AGENT_NOT_STARTED);
		break;
	}
}

#define RULE \
	FW_FIX("PolicyRuleCreationClassName", "CIM_PolicyRule"), FW_OWN("PolicyRuleName"), FW_SYSTEM
static const struct fw_member watchdog_members[] = {
	FW_OWN("CreationClassName"),
	FW_OWN("CurrentState"),
	FW_OWN("DeviceID"),
	FW_OWN("MonitoredEntityDescription"),
	FW_OWN("StartupInterval"),
	FW_OWN("SystemCreationClassName"),
	FW_OWN("SystemName"),
	FW_OWN("TimeoutInterval"),
	FW_END,
};
static const struct fw_method watchdog_methods[] = {
	{ "AddAction", add_action },
	{ "DeleteAllActions", delete_actions },
	{ NULL, NULL },
};
static const struct fw_member action_members[] = {
	FW_OWN("ActionSd"),
	FW_FIX("CreationClassName", ACTION),
	FW_FIX("DoActionLogging", "false"),
	FW_OWN("EventOnTransition"),
	FW_FIX("PolicyActionName", "Action"),
	RULE,
	FW_END,
};
static const struct fw_method action_methods[] = {
	{ "GetActionEac", get_eac },
	{ NULL, NULL },
};
static const struct fw_member condition_members[] = {
	FW_FIX("CreationClassName", "AMT_StateTransitionCondition"),
	FW_OWN("NewState"),
	FW_OWN("OldState"),
	FW_FIX("PolicyConditionName", "Condition"),
	RULE,
	FW_FIX("StateSpace", "AgentPresenceState"),
	FW_END,
};
static const struct fw_member capability_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT Agent Presence Capabilities"),
	FW_FIX("InstanceID", "Intel(r) AMT Agent Presence Capabilities"),
	FW_FIX("MaxTotalActions", "64"),
	FW_FIX("MaxTotalAgents", "16"),
	FW_FIX("MinGuaranteedActionListSize", "2"),
	FW_END,
};

const struct fw_class sim_fw_presence_classes[] = {
	{ .name = WATCHDOG,
	  .members = { watchdog_members },
	  .count = count_AMT_AgentPresenceWatchdog,
	  .fill = sim_fw_record_fill,
	  .create = create_watchdog,
	  .del = del_watchdog,
	  .methods = watchdog_methods },
	{ .name = ACTION,
	  .members = { action_members },
	  .count = count_AMT_AgentPresenceWatchdogAction,
	  .fill = sim_fw_record_fill,
	  .methods = action_methods },
	{ .name = "AMT_StateTransitionCondition",
	  .members = { condition_members },
	  .count = count_AMT_AgentPresenceWatchdogAction,
	  .fill = fill_condition },
	{ .name = "AMT_AgentPresenceCapabilities", .members = { capability_members } },
	{ .name = NULL },
};
