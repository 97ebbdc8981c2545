/* HTTP proxies that the firmware may use: IPS_HTTPProxyService and its access points, which are records.
 * Called through the table of classes; no proxy is ever asked for anything. */
#include "base/str.h"
#include "sim/fw_priv.h"

#define SERVICE    "IPS_HTTPProxyService"
#define POINT      "IPS_HTTPProxyAccessPoint"
#define NAME       "Intel(r) ME:HTTP Proxy Access Point"
#define FROM       161
#define SLOTS      15 /* C: MaxTotalProxyEntryPoints */
#define SUFFIX_MAX 191

static const char *text_of(const struct wsman_obj *in, const char *prop)
{
	const char *text = wsman_obj_str(in, prop);

	return text ? text : "";
}

static const char *name_of(struct fw_ctx *x, const struct sim_record *r)
{
	return arena_fmt(x->a, NAME " %u", (unsigned)r->handle - 1);
}

static bool is_there(const struct sim_dev *d, const struct wsman_obj *in)
{
	static const char *const same[] = { "AccessInfo", "Port", "NetworkDnsSuffix" };
	const struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, POINT, i)); i++) {
		unsigned n = 0;
		for (size_t k = 0; k < sizeof same / sizeof *same; k++)
			n += str_eq_nocase(sim_record_get(r, same[k]), text_of(in, same[k]));
		if (n == sizeof same / sizeof *same)
			return true;
	}
	return false;
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	static const char *const members[] = { "AccessInfo", "InfoFormat", "Port",
					       "NetworkDnsSuffix" };
	uint32_t format = 0, port = 0;
	const char *suffix = text_of(in, "NetworkDnsSuffix");

	wsman_obj_u32(in, "InfoFormat", &format);
	wsman_obj_u32(in, "Port", &port);
	if ((format != 3 && format != 4 && format != 201) || port == 0 ||
	    !*text_of(in, "AccessInfo") || !*suffix || strlen(suffix) > SUFFIX_MAX)
		return WSMAN_PT_INVALID_PARAMETER;
	if (is_there(x->d, in))
		return WSMAN_PT_DUPLICATE;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	struct sim_record *r = sim_record_add(x->d, POINT, SLOTS);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		sim_record_set(r, members[i], text_of(in, members[i]));
	sim_record_set(r, "Priority", arena_fmt(x->a, "%u", (unsigned)r->handle));
	sim_record_set(r, "Type", "0");
	struct wsman_epr *epr = sim_fw_epr(x, POINT, "CreationClassName", POINT);
	if (epr && epr->selectors)
		epr->selectors->next = wsman_obj_selector(
			x->a, "Name", name_of(x, r),
			wsman_obj_selector(
				x->a, "SystemCreationClassName", "CIM_ComputerSystem",
				wsman_obj_selector(x->a, "SystemName", "Intel(r) AMT", NULL)));
	wsman_obj_set_epr(out, "ProxyAccessPoint", epr);
	return WSMAN_PT_SUCCESS;
}

static unsigned count_points(const struct sim_dev *d)
{
	return sim_record_count(d, POINT);
}

static void fill_point(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, POINT, i);

	sim_fw_set(o, "Name", name_of(x, r));
	if (!x->keys_only)
		sim_record_to(r, o);
}

static bool delete_point(struct fw_ctx *x, unsigned i)
{
	sim_record_drop(x->d, sim_record_at(x->d, POINT, i));
	return true;
}

static uint32_t set_priority(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);

	(void)out;
	if (i >= 0)
		sim_record_set(sim_record_at(x->d, POINT, (unsigned)i), "Priority",
			       text_of(in, "Priority"));
	return WSMAN_PT_SUCCESS;
}

static const struct fw_member service_members[] = {
	FW_FIX("CreationClassName", SERVICE),
	FW_FIX("ElementName", "Intel(r) ME:HTTP Proxy Service"),
	FW_FIX("Name", "Intel(r) ME:HTTP Proxy Service"),
	FW_FIX("SyncEnabled", "false"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "AddProxyAccessPoint", add },
	{ NULL, NULL },
};
static const struct fw_member point_members[] = {
	FW_FIX("CreationClassName", POINT),
	FW_FIX("ElementName", NAME),
	FW_OWN("Name"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method point_methods[] = {
	{ "UpdatePriority", set_priority },
	{ NULL, NULL },
};

const struct fw_class sim_fw_proxy_classes[] = {
	{ .name = SERVICE,
	  .since = FROM,
	  .members = { service_members },
	  .methods = service_methods },
	{ .name = POINT,
	  .since = FROM,
	  .members = { point_members },
	  .count = count_points,
	  .fill = fill_point,
	  .del = delete_point,
	  .methods = point_methods },
	{ .name = NULL },
};
