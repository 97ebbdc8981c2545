/* See fw_record_priv.h. Called by the services through the table of classes. */
#include "sim/fw_record_priv.h"

#include "base/str.h"

struct sim_record *sim_fw_record(struct fw_ctx *x, unsigned i)
{
	return sim_record_at(x->d, x->cls->name, i);
}

void sim_fw_record_fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, o->shape->name, i);

	if (r)
		sim_record_to(r, o);
}

bool sim_fw_record_may_put(struct fw_ctx *x)
{
	return !sim_switches_is(&x->d->sw, SIM_SW_ENTRY_PUT, "refused") ||
		sim_fw_refuse(x, FW_FAULT_ACTION);
}

bool sim_fw_record_put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	sim_record_from(sim_fw_record(x, i), in);
	return true;
}

bool sim_fw_record_del(struct fw_ctx *x, unsigned i)
{
	sim_record_drop(x->d, sim_fw_record(x, i));
	return true;
}

bool sim_fw_record_name_ok(struct fw_ctx *x, const char *name, size_t max)
{
	if (name && *name && strlen(name) <= max)
		return true;
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
}

const char *sim_fw_record_key(const struct wsman_epr *epr, const char *class_name, const char *key)
{
	const char *slash = epr ? strrchr(epr->resource_uri, '/') : NULL;

	return slash && str_eq(slash + 1, class_name) ? wsman_obj_epr_selector(epr, key) : NULL;
}
