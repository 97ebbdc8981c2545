/* AMT_GeneralSettings: names and switches of the network. Host and domain name are staged, the
 * rest acts at once. A Put must carry PingResponseEnabled (class table). */
#include "base/str.h"
#include "sim/fw_priv.h"

#define NAME       "Intel(r) AMT: General Settings"
#define HOST_MAX   63
#define DOMAIN_MAX 191

static bool name_ok(const char *text, size_t max)
{
	for (const char *c = text; *c; c++) {
		bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
		bool digit = *c >= '0' && *c <= '9';
		if (!letter && !digit && *c != '-' && *c != '.')
			return false;
	}
	return strlen(text) <= max;
}

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "DigestRealm", x->d->realm);
	sim_fw_set(o, "NetworkInterfaceEnabled", "true");
	sim_fw_set(o, "PowerSource", "0");
	sim_fw_set(o, "PrivacyLevel", "0");
}

static bool put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	const char *host = sim_fw_will_be(x, in, "HostName", SIM_VAR_HOST_NAME);
	const char *domain = sim_fw_will_be(x, in, "DomainName", SIM_VAR_DOMAIN);

	(void)i;
	if (!name_ok(host, HOST_MAX) || strchr(host, '.'))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (!name_ok(domain, DOMAIN_MAX))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, 28 /* INVALID_DOMAIN_NAME */);
	return true;
}

static const struct fw_member members[] = {
	FW_VAR("AMTNetworkEnabled", SIM_VAR_NETWORK),
	FW_VAR("DDNSPeriodicUpdateInterval", SIM_VAR_DDNS_INTERVAL),
	FW_VAR("DDNSTTL", SIM_VAR_DDNS_TTL),
	FW_VAR("DDNSUpdateByDHCPServerEnabled", SIM_VAR_DDNS_DHCP),
	FW_VAR("DDNSUpdateEnabled", SIM_VAR_DDNS),
	FW_VAR("DHCPv6ConfigurationTimeout", SIM_VAR_DHCPV6_TIMEOUT),
	FW_OWN("DigestRealm"),
	FW_VAR("DomainName", SIM_VAR_DOMAIN),
	FW_FIX("ElementName", NAME),
	FW_VAR("HostName", SIM_VAR_HOST_NAME),
	FW_VAR("HostOSFQDN", SIM_VAR_HOST_OS_FQDN),
	FW_VAR("IdleWakeTimeout", SIM_VAR_IDLE_WAKE),
	FW_FIX("InstanceID", NAME),
	FW_OWN("NetworkInterfaceEnabled"),
	FW_VAR("PingResponseEnabled", SIM_VAR_PING),
	FW_OWN("PowerSource"),
	FW_VAR("PreferredAddressFamily", SIM_VAR_ADDRESS_FAMILY),
	FW_VAR("PresenceNotificationInterval", SIM_VAR_PRESENCE),
	FW_OWN("PrivacyLevel"),
	FW_VAR("RmcpPingResponseEnabled", SIM_VAR_RMCP_PING),
	FW_VAR("SharedFQDN", SIM_VAR_SHARED_FQDN),
	FW_VAR("WsmanOnlyMode", SIM_VAR_WSMAN_ONLY),
	FW_END,
};

const struct fw_class sim_fw_general_classes[] = {
	{ .name = "AMT_GeneralSettings",
	  .members = { members },
	  .fill = fill,
	  .can_put = true,
	  .put = put },
	{ .name = NULL },
};
