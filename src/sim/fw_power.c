/* Power packages: which the platform has, which one acts (setup-and-configuration 5.9); the state of
 * the PC and commands that change it. Called through the table of classes; what a command does is
 * in dev_power.c. */
#include "base/str.h"
#include "sim/fw_priv.h"

/* X(description, SchemeGUID); desktop releases before 6.0 list all, later ones two */
static const struct scheme {
	const char *text, *guid;
} schemes_old[] = {
	{ "Desktop: ON in S0", "lE+DEvsQT9yWjh4jKwyQZQ==" },
	{ "Desktop: ON in S0, S3", "oYYAq5p/TEKm5rskOildng==" },
	{ "Desktop: ON in S0, S3, S4-5", "coarrJa0SOKbnpt9+Rx/1A==" },
	{ "Desktop: ON in S0, ME Wake in S3", "ezLNTWu+Q4mmKk172NvQJg==" },
	{ "Desktop: ON in S0, ME Wake in S3, S4-5", "cyJzRiPcQy+pihPTeYLYVQ==" },
}, schemes_new[] = {
	{ "Desktop: ON in S0", "lE+DEvsQT9yWjh4jKwyQZQ==" },
	{ "Desktop: ON in S0, ME Wake in S3, S4-5", "cyJzRiPcQy+pihPTeYLYVQ==" },
};

static const struct scheme *schemes(const struct sim_dev *d, unsigned *out_n)
{
	bool old = sim_gen_number(d->gen) < 60;

	*out_n = old ? sizeof schemes_old / sizeof *schemes_old
		     : sizeof schemes_new / sizeof *schemes_new;
	return old ? schemes_old : schemes_new;
}

static unsigned count_schemes(const struct sim_dev *d)
{
	unsigned n;

	schemes(d, &n);
	return n;
}

static void fill_scheme(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned n;
	const struct scheme *s = schemes(x->d, &n) + i;

	sim_fw_set(o, "InstanceID", arena_fmt(x->a, "SCHEME %u", i));
	if (x->keys_only)
		return;
	sim_fw_set(o, "Description", s->text);
	sim_fw_set(o, "ElementName", "Intel(r) AMT Power Scheme");
	sim_fw_set(o, "SchemeGUID", s->guid);
}

static uint32_t set_scheme(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);

	(void)in;
	(void)out;
	if (i < 0)
		return 0;
	sim_var_set(x->d, SIM_VAR_POWER_SCHEME, arena_fmt(x->a, "%d", i));
	return WSMAN_PT_SUCCESS;
}

static const struct fw_member scheme_members[] = {
	FW_OWN("Description"),
	FW_OWN("ElementName"),
	FW_OWN("InstanceID"),
	FW_OWN("SchemeGUID"),
	FW_END,
};
static const struct fw_method scheme_methods[] = {
	{ "SetPowerScheme", set_scheme },
	{ NULL, NULL },
};

/* Which package is current: one link for each. */
static void fill_setting(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned n;
	const char *current = sim_var_active(x->d, SIM_VAR_POWER_SCHEME);

	schemes(x->d, &n);
	wsman_obj_set_epr(o, "ManagedElement",
			  sim_fw_epr(x, "CIM_ComputerSystem", "Name", "ManagedSystem"));
	wsman_obj_set_epr(o, "SettingData",
			  sim_fw_epr(x, "AMT_SystemPowerScheme", "InstanceID",
				     arena_fmt(x->a, "SCHEME %u", i)));
	if (x->keys_only)
		return;
	sim_fw_set(o, "IsCurrent", str_eq(current, arena_fmt(x->a, "%u", i)) ? "1" : "2");
	sim_fw_set(o, "IsDefault", i == 0 ? "1" : "2");
}

static const struct fw_member setting_members[] = {
	FW_OWN("IsCurrent"),
	FW_OWN("IsDefault"),
	FW_OWN("ManagedElement"),
	FW_OWN("SettingData"),
	FW_END,
};

/* ---- state and commands ---- */

#define POWER_SERVICE "Intel(r) AMT Power Management Service"
static const struct fw_member power_members[] = {
	FW_SERVICE("CIM_PowerManagementService", POWER_SERVICE),
	FW_FIX("EnabledState", "5"),
	FW_FIX("RequestedState", "12"),
	FW_END,
};
/* As a real PC lists them while it is on; the last four need an agent in its system. */
static const struct {
	const char *value;
	enum sim_power_act act;
} power_requests[] = {
	{ "10", SIM_POWER_RESET },      { "8", SIM_POWER_DOWN },
	{ "5", SIM_POWER_CYCLE },       { "11", SIM_POWER_INTERRUPT },
	{ "2", SIM_POWER_ON },          { "4", SIM_POWER_SLEEP },
	{ "7", SIM_POWER_HIBERNATE },   { "12", SIM_POWER_SOFT_DOWN },
	{ "14", SIM_POWER_SOFT_RESET },
};
#define REQUESTS    (sizeof power_requests / sizeof *power_requests)
#define NOT_NOW     2 /* seen for a request that is refused in the present state */
#define BAD_REQUEST 5

static uint32_t power_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const char *want = wsman_obj_str(in, "PowerState");
	const struct wsman_epr *who = wsman_obj_epr(in, "ManagedElement");
	const char *name = wsman_obj_epr_selector(who, "Name");

	(void)out;
	if (!name || !str_eq(name, "ManagedSystem"))
		return BAD_REQUEST; /* the firmware itself cannot be switched off */
	for (size_t i = 0; i < REQUESTS; i++) {
		if (!str_eq(power_requests[i].value, want))
			continue;
		return sim_dev_power(x->d, power_requests[i].act) ? 0 : NOT_NOW;
	}
	return NOT_NOW;
}

static const struct fw_method power_methods[] = {
	{ "RequestPowerStateChange", power_change },
	{ NULL, NULL },
};

static struct wsman_epr *epr_of_service(struct fw_ctx *x)
{
	struct wsman_epr *e = sim_fw_epr(x, "CIM_PowerManagementService", "CreationClassName",
					 "CIM_PowerManagementService");
	struct wsman_selector *s = wsman_obj_selector(x->a, "SystemName", "Intel(r) AMT", NULL);

	s = wsman_obj_selector(x->a, "SystemCreationClassName", "CIM_ComputerSystem", s);
	s = wsman_obj_selector(x->a, "Name", POWER_SERVICE, s);
	if (e && e->selectors)
		e->selectors->next = s;
	return e;
}

static void fill_power(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	struct wsman_epr *host =
		sim_fw_epr(x, "CIM_ComputerSystem", "CreationClassName", "CIM_ComputerSystem");

	(void)i;
	if (host && host->selectors)
		host->selectors->next = wsman_obj_selector(x->a, "Name", "ManagedSystem", NULL);
	wsman_obj_set_epr(o, "ServiceProvided", epr_of_service(x));
	wsman_obj_set_epr(o, "UserOfService", host);
	if (x->keys_only)
		return;
	for (size_t n = 0; n < REQUESTS; n++) {
		if (sim_dev_power_can(x->d, power_requests[n].act))
			wsman_obj_add_str(o, "AvailableRequestedPowerStates",
					  power_requests[n].value);
	}
	switch (sim_dev_s_state(x->d)) {
	case 0:
		sim_fw_set(o, "PowerState", "2");
		break;
	case 3:
		sim_fw_set(o, "PowerState", "4");
		break;
	case 4:
		sim_fw_set(o, "PowerState", "7");
		break;
	default:
		sim_fw_set(o, "PowerState", "8");
	}
}

static const struct fw_member none[] = { FW_END };

const struct fw_class sim_fw_power_classes[] = {
	{ .name = "AMT_SystemPowerScheme",
	  .members = { scheme_members },
	  .count = count_schemes,
	  .fill = fill_scheme,
	  .methods = scheme_methods },
	{ .name = "CIM_ElementSettingData",
	  .members = { setting_members },
	  .count = count_schemes,
	  .fill = fill_setting },
	{ .name = "CIM_PowerManagementService",
	  .members = { power_members },
	  .methods = power_methods },
	{ .name = "CIM_AssociatedPowerManagementService", .members = { none }, .fill = fill_power },
	{ .name = NULL },
};
