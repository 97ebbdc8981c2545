/* What can only be read: firmware versions, control mode, trusted root hashes, the two computer
 * systems. Called through the table of classes. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/fw_priv.h"
#include "wire/hello.h"

/* ---- CIM_SoftwareIdentity ---- */

static const char *const software[] = { "Flash",
					"Netstack",
					"AMTApps",
					"AMT",
					"Sku",
					"VendorID",
					"Build Number",
					"Recovery Version",
					"Recovery Build Num",
					"Legacy Mode",
					"AMT FW Core Version" };
#define SOFTWARE_COUNT (sizeof software / sizeof *software)

static unsigned count_software(const struct sim_dev *d)
{
	(void)d;
	return SOFTWARE_COUNT;
}

/* The first three numbers of the version, or the fourth. */
static const char *version_part(struct fw_ctx *x, bool build)
{
	struct span v = span_str(x->d->gen->version.text);
	size_t at = 0;

	for (int dots = 0; at < v.n; at++) {
		if (v.p[at] == '.' && ++dots == 3)
			break;
	}
	if (!build)
		return arena_str(x->a, span_make(v.p, at));
	return at < v.n ? arena_str(x->a, span_make(v.p + at + 1, v.n - at - 1)) : "1000";
}

static void fill_software(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	sim_fw_set(o, "InstanceID", software[i]);
	if (x->keys_only)
		return;
	sim_fw_set(o, "IsEntity", "true");
	if (str_eq(software[i], "Sku"))
		sim_fw_set(o, "VersionString", "16392");
	else if (str_eq(software[i], "VendorID"))
		sim_fw_set(o, "VersionString", "8086");
	else if (str_eq(software[i], "Legacy Mode"))
		sim_fw_set(o, "VersionString", "False");
	else
		sim_fw_set(o, "VersionString",
			   version_part(x, strstr(software[i], "Build") != NULL));
}

/* ---- IPS_HostBasedSetupService ---- */

static unsigned count_hbs(const struct sim_dev *d)
{
	return d->gen->host_based.is;
}

static void fill_hbs(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	uint8_t nonce[HASH_MAX_SIZE];

	(void)i;
	if (x->keys_only)
		return;
	wsman_obj_add_str(o, "AllowedControlModes", "2");
	wsman_obj_add_str(o, "AllowedControlModes", "1");
	sim_fw_set(o, "CertChainStatus", "0");
	hash_of(HASH_SHA1, span_make(x->d->nonce_key, sizeof x->d->nonce_key), nonce);
	wsman_obj_set_b64(o, "ConfigurationNonce", span_make(nonce, 20));
	const char *mode = x->d->client_control ? "1" : "2";
	sim_fw_set(o, "CurrentControlMode", x->d->state == SIM_CONFIGURED ? mode : "0");
}

static const struct fw_member hbs_members[] = {
	FW_OWN("AllowedControlModes"),
	FW_OWN("CertChainStatus"),
	FW_OWN("ConfigurationNonce"),
	FW_SERVICE("IPS_HostBasedSetupService", "Intel(r) AMT Host Based Setup Service"),
	FW_OWN("CurrentControlMode"),
	FW_END,
};

/* ---- AMT_ProvisioningCertificateHash ---- */

static unsigned count_hashes(const struct sim_dev *d)
{
	unsigned count;

	(void)sim_dev_roots((struct sim_dev *)d, &count);
	return count;
}

static void fill_hash(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned count;
	const struct sim_root *r = &sim_dev_roots(x->d, &count)[i];

	/* The form of this key is a guess. */
	sim_fw_set(o, "InstanceID", arena_fmt(x->a, "Intel(r) AMT Certificate Hash %u", i));
	if (x->keys_only)
		return;
	sim_fw_set(o, "Enabled", r->active ? "true" : "false");
	wsman_obj_set_b64(o, "HashData", span_make(r->digest, wire_hello_alg_size(r->alg)));
	sim_fw_set(o, "HashType", arena_fmt(x->a, "%u", r->alg));
	sim_fw_set(o, "IsDefault", i < x->d->env->root_count ? "true" : "false");
}

/* ---- systems ---- */

static const struct fw_member host_members[] = {
	FW_FIX("CreationClassName", "CIM_ComputerSystem"),
	FW_FIX("Name", "ManagedSystem"),
	FW_END,
};
static const struct fw_member me_members[] = {
	FW_FIX("CreationClassName", "CIM_ComputerSystem"),
	FW_FIX("Name", "Intel(r) AMT"),
	FW_END,
};
static const struct fw_member none[] = { FW_END };

const struct fw_class sim_fw_info_classes[] = {
	{ .name = "CIM_SoftwareIdentity",
	  .members = { none },
	  .count = count_software,
	  .fill = fill_software },
	{ .name = "IPS_HostBasedSetupService",
	  .members = { hbs_members },
	  .count = count_hbs,
	  .fill = fill_hbs },
	{ .name = "AMT_ProvisioningCertificateHash",
	  .members = { none },
	  .count = count_hashes,
	  .fill = fill_hash },
	{ .name = "CIM_ComputerSystem", .members = { host_members, me_members } },
	{ .name = NULL },
};
