/* Power packages: which the platform has, which one acts (setup-and-configuration 5.9). Called through
 * the table of classes; power actions are not here. */
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
	{ .name = NULL },
};
