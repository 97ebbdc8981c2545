/* AMT_AuthorizationService: the network admin. Its digest acts from the next request on. The methods
 * about other users are in fw_users.c. */
#include "base/str.h"
#include "sim/fw_users_priv.h"

#define NAME "Intel(r) AMT Authorization Service"

static uint32_t set_admin(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_dev *d = x->d;
	const char *user = wsman_obj_str(in, "Username");
	const char *digest = wsman_obj_str(in, "DigestPassword");
	uint8_t ha1[16];

	(void)out;
	if (!user || !digest || !sim_fw_users_name_ok(d, user) ||
	    !sim_fw_users_digest(d, digest, ha1))
		return WSMAN_PT_INVALID_PARAMETER;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	str_copy(d->admin_user, sizeof d->admin_user, span_str(user));
	memcpy(d->ha1, ha1, sizeof d->ha1);
	d->admin_set = true;
	d->acl_epoch++;
	d->stats.admin_sets++;
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_admin(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	sim_fw_set(out, "Username", x->d->admin_user);
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_status(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	bool is_default = x->d->mebx_default;

	if (sim_switches_is(&x->d->sw, SIM_SW_ADMIN_STATUS, "both"))
		is_default &= !x->d->admin_set;
	sim_fw_set(out, "IsDefault", is_default ? "true" : "false");
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_net_status(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	sim_fw_set(out, "IsDefault", x->d->admin_set ? "false" : "true");
	return WSMAN_PT_SUCCESS;
}

static const struct fw_member members[] = {
	FW_VAR("AllowHttpQopAuthOnly", SIM_VAR_QOP_AUTH),
	FW_SERVICE("AMT_AuthorizationService", NAME),
	FW_FIX("EnabledState", "5"),
	FW_FIX("RequestedState", "12"),
	FW_END,
};
static const struct fw_method methods[] = {
	{ "GetAdminAclEntry", get_admin },
	{ "GetAdminAclEntryStatus", get_status },
	{ "GetAdminNetAclEntryStatus", get_net_status },
	{ "SetAdminAclEntryEx", set_admin },
	{ NULL, NULL },
};

const struct fw_class sim_fw_admin_classes[] = {
	{ .name = "AMT_AuthorizationService",
	  .members = { members },
	  .can_put = true,
	  .methods = methods,
	  .more_methods = sim_fw_users_methods },
	{ .name = NULL },
};
