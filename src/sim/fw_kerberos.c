/* AMT_KerberosSettingData (kerberos-ad 3). Settings only: no ticket is ever looked at. Keys go in and
 * never come out. */
#include "base/str.h"
#include "sim/fw_priv.h"

#define ID             "Intel (r) AMT: Kerberos Settings" /* with the blank */
#define REALM_MAX      48
#define PRINCIPALS_MAX 4
#define MASTER_KEY_LEN 16
#define TOLERANCE_MAX  5
#define INVALID_REALM  2055

static bool knows_aes(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) >= 80;
}

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (x->keys_only || !knows_aes(x->d))
		return;
	wsman_obj_add_str(o, "SupportedEncryptionAlgorithms", "0");
	wsman_obj_add_str(o, "SupportedEncryptionAlgorithms", "1");
	wsman_obj_add_str(o, "SupportedEncryptionAlgorithms", "2");
}

static bool refuse(struct fw_ctx *x, uint32_t status)
{
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, status);
}

static bool lists_ok(const struct wsman_obj *in)
{
	unsigned names = 0;
	uint32_t v;

	for (const struct wsman_val *n = wsman_obj_vals(in, "ServicePrincipalName"); n; n = n->next)
		names++;
	for (const struct wsman_val *n = wsman_obj_vals(in, "ServicePrincipalProtocol"); n;
	     n = n->next) {
		if (!str_to_u32(span_str(n->text), 0, 3, &v, NULL))
			return false;
	}
	for (const struct wsman_val *n = wsman_obj_vals(in, "ConfiguredEncryptionAlgorithms"); n;
	     n = n->next) {
		if (!str_to_u32(span_str(n->text), 0, 2, &v, NULL))
			return false;
	}
	return names <= PRINCIPALS_MAX;
}

static bool put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	static const char *const of_8[] = { "Passphrase", "Salt", "IterationCount",
					    "ConfiguredEncryptionAlgorithms",
					    "SupportedEncryptionAlgorithms" };
	const char *realm = wsman_obj_str(in, "RealmName"),
		   *passphrase = wsman_obj_str(in, "Passphrase");
	struct span key = { NULL, 0 };
	uint32_t v;

	(void)i;
	for (size_t n = 0; n < sizeof of_8 / sizeof *of_8; n++) {
		if (!knows_aes(x->d) && wsman_obj_has(in, of_8[n]))
			return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	}
	if (realm && strlen(realm) > REALM_MAX)
		return refuse(x, INVALID_REALM);
	if (wsman_obj_b64(in, "MasterKey", &key) && key.n && key.n != MASTER_KEY_LEN)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (key.n && passphrase && *passphrase) /* one or the other */
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (wsman_obj_u32(in, "MaximumClockTolerance", &v) && v > TOLERANCE_MAX)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (wsman_obj_u32(in, "EncryptionAlgorithm", &v) && v != 0)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	return lists_ok(in) || refuse(x, WSMAN_PT_INVALID_PARAMETER);
}

static uint32_t get_cache(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	sim_fw_set(out, "Enabled", sim_var_active(x->d, SIM_VAR_KRB_CACHE));
	return WSMAN_PT_SUCCESS;
}

static uint32_t set_cache(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	bool on;

	(void)out;
	if (!wsman_obj_bool(in, "Enable", &on))
		return WSMAN_PT_INVALID_PARAMETER;
	sim_var_set(x->d, SIM_VAR_KRB_CACHE, on ? "true" : "false");
	return WSMAN_PT_SUCCESS;
}

static const struct fw_member members[] = {
	FW_VAR("ConfiguredEncryptionAlgorithms", SIM_VAR_KRB_CIPHERS),
	FW_FIX("ElementName", "Intel(r) AMT: Kerberos Settings"),
	FW_VAR("EncryptionAlgorithm", SIM_VAR_KRB_ALG),
	FW_FIX("InstanceID", ID),
	FW_VAR("IterationCount", SIM_VAR_KRB_ITERATIONS),
	FW_VAR("KeyVersion", SIM_VAR_KRB_VERSION),
	FW_VAR("KrbEnabled", SIM_VAR_KRB_ON),
	FW_VAR("MasterKey", SIM_VAR_KRB_KEY),
	FW_VAR("MaximumClockTolerance", SIM_VAR_KRB_TOLERANCE),
	FW_VAR("Passphrase", SIM_VAR_KRB_PASSPHRASE),
	FW_VAR("RealmName", SIM_VAR_KRB_REALM),
	FW_VAR("Salt", SIM_VAR_KRB_SALT),
	FW_VAR("ServicePrincipalName", SIM_VAR_KRB_SPN),
	FW_VAR("ServicePrincipalProtocol", SIM_VAR_KRB_SPP),
	FW_OWN("SupportedEncryptionAlgorithms"),
	FW_END,
};
static const struct fw_method methods[] = {
	{ "GetCredentialCacheState", get_cache },
	{ "SetCredentialCacheState", set_cache },
	{ NULL, NULL },
};

const struct fw_class sim_fw_kerberos_classes[] = {
	{ .name = "AMT_KerberosSettingData",
	  .members = { members },
	  .fill = fill,
	  .can_put = true,
	  .put = put,
	  .methods = methods },
	{ .name = NULL },
};
