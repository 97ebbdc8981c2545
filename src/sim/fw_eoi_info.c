/* Legacy SOAP services that only tell: versions, realm, limits, names, addresses, clock. The tables
 * are asked by fw_eoi.c. Operations that change settings are not played: nothing is known of their
 * elements beyond names. */
#include "sim/fw_eoi_priv.h"
#include "base/hash.h"
#include "base/str.h"

/* ---- SecurityAdministration, GeneralInfo ---- */

static uint32_t get_core_version(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "Version", x->d->gen->version.text);
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_digest_realm(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "DigestRealm", x->d->realm);
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_admin_status(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "IsDefault", x->d->mebx_default && !x->d->admin_set ? "true" : "false");
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_pki_capabilities(struct fw_eoi_ctx *x)
{
	static const struct {
		const char *name;
		uint32_t n;
	} caps[] = {
		{ "CrlStoreSize", 1424 },           { "RootCertMaxSize", 1500 },
		{ "RootCertMaxInstances", 4 },      { "FqdnSuffixMaxEntries", 4 },
		{ "FqdnSuffixMaxEntryLength", 63 }, { "CertChainMaxSize", 4100 },
		{ "SupportedKeyLengths", 1024 },    { "SupportedKeyLengths", 1536 },
		{ "SupportedKeyLengths", 2048 },
	};

	sim_fw_eoi_open(x, "PkiCaps");
	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++)
		sim_fw_eoi_put_u32(x, caps[i].name, caps[i].n);
	sim_fw_eoi_close(x, "PkiCaps");
	return WSMAN_PT_SUCCESS;
}

/* 0 before, 1 in, 2 after setup */
static uint32_t get_provisioning_state(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put_u32(x, "ProvisioningState", x->d->state == SIM_CONFIGURED ? 2 : 1);
	return WSMAN_PT_SUCCESS;
}

/* ---- NetworkAdministration ---- */

static uint32_t get_host_name(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "HostName", sim_var_active(x->d, SIM_VAR_HOST_NAME));
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_domain_name(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "DomainName", sim_var_active(x->d, SIM_VAR_DOMAIN));
	return WSMAN_PT_SUCCESS;
}

static uint32_t enumerate_interfaces(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put_u32(x, "InterfaceHandle", 0);
	return WSMAN_PT_SUCCESS;
}

/* First octet most significant; 0 for an empty text (DHCP gave what we cannot know). */
static uint32_t address_of(const char *text)
{
	struct span left = span_str(text);
	uint32_t all = 0, v;

	for (int part = 0; part < 4; part++) {
		size_t n = span_find(left, '.');
		if (!str_to_u32(span_make(left.p, n), 0, 255, &v, NULL))
			return 0;
		all = all << 8 | v;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return all;
}

static void put_addresses(struct fw_eoi_ctx *x)
{
	static const struct {
		const char *name;
		enum sim_var v;
	} rows[] = {
		{ "LocalAddress", SIM_VAR_IP },
		{ "SubnetMask", SIM_VAR_MASK },
		{ "DefaultGatewayAddress", SIM_VAR_GATEWAY },
		{ "PrimaryDnsAddress", SIM_VAR_DNS1 },
		{ "SecondaryDnsAddress", SIM_VAR_DNS2 },
	};

	sim_fw_eoi_open(x, "IPv4Parameters");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		sim_fw_eoi_put_u32(x, rows[i].name, address_of(sim_var_active(x->d, rows[i].v)));
	sim_fw_eoi_close(x, "IPv4Parameters");
}

static uint32_t get_interface(struct fw_eoi_ctx *x)
{
	char mac[18];
	uint32_t handle = 0;
	bool dhcp = sim_var_is_true(x->d, SIM_VAR_DHCP);

	(void)sim_fw_eoi_param(x, "InterfaceHandle", &handle);
	if (handle != 0)
		return WSMAN_PT_INVALID_HANDLE;
	sim_dev_mac(x->d, mac);
	sim_fw_eoi_open(x, "InterfaceDescriptor");
	sim_fw_eoi_put(x, "HardwareAddressDescription", "Wired0");
	sim_fw_eoi_put(x, "MACAddress", mac);
	sim_fw_eoi_put(x, "InterfaceMode", dhcp ? "SHARED_MAC_ADDRESS" : "SEPARATE_MAC_ADDRESS");
	sim_fw_eoi_put(x, "DhcpEnabled", dhcp ? "true" : "false");
	put_addresses(x);
	sim_fw_eoi_close(x, "InterfaceDescriptor");
	return WSMAN_PT_SUCCESS;
}

/* ---- NetworkTime, Redirection ---- */

static uint32_t get_time(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put_u32(x, "Ta0", (uint32_t)((x->now_unix_ms + x->d->clock_offset_ms) / 1000));
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_listener(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put(x, "State", sim_var_active(x->d, SIM_VAR_REDIR_LISTEN));
	return WSMAN_PT_SUCCESS;
}

static const struct fw_eoi_param interface_params[] = {
	{ "InterfaceHandle", UINT32_MAX, true },
	{ NULL, 0, false },
};
const struct fw_eoi_method sim_fw_eoi_security[] = {
	{ "GetCoreVersion", 0, NULL, get_core_version, SRC_P },
	{ "GetDigestRealm", 0, NULL, get_digest_realm, SRC_P },
	{ "GetAdminAclEntryStatus", 0, NULL, get_admin_status, SRC_P },
	{ "GetPkiCapabilities", 0, NULL, get_pki_capabilities, SRC_P },
	{ .name = NULL },
};
const struct fw_eoi_method sim_fw_eoi_general[] = {
	{ "GetCoreVersion", 0, NULL, get_core_version, SRC_G },
	{ "GetProvisioningState", 0, NULL, get_provisioning_state, SRC_G },
	{ "GetHostName", 0, NULL, get_host_name, SRC_G },
	{ .name = NULL },
};
const struct fw_eoi_method sim_fw_eoi_network[] = {
	{ "GetHostName", 0, NULL, get_host_name, SRC_P },
	{ "GetDomainName", 0, NULL, get_domain_name, SRC_P },
	{ "EnumerateInterfaces", 25, NULL, enumerate_interfaces, SRC_P },
	{ "GetInterfaceSettings", 25, interface_params, get_interface, SRC_P },
	{ .name = NULL },
};
const struct fw_eoi_method sim_fw_eoi_time[] = {
	{ "GetLowAccuracyTimeSynch", 0, NULL, get_time, SRC_G },
	{ .name = NULL },
};
const struct fw_eoi_method sim_fw_eoi_redirection[] = {
	{ "GetRedirectionListenerState", 0, NULL, get_listener, SRC_G },
	{ .name = NULL },
};
