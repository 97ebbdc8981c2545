/* AMT_EthernetPortSettings: 0 is the wired port, 1 the wireless one (absent here: its address is
 * all zero). Addresses are staged, LinkPolicy acts at once. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/fw_priv.h"

#define NAME               "Intel(r) AMT Ethernet Port Settings"
#define INVALID_DHCP_MODE  26
#define INVALID_IP_ADDRESS 27

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	char mac[18];

	if (x->keys_only || i != 0)
		return;
	sim_dev_mac(x->d, mac);
	sim_fw_set(o, "MACAddress", mac);
}

static bool ipv4_ok(const char *text)
{
	struct span left = span_str(text);
	uint32_t v;

	for (int part = 0; part < 4; part++) {
		size_t n = span_find(left, '.');
		if ((part < 3) != (n < left.n) ||
		    !str_to_u32(span_make(left.p, n), 0, 255, &v, NULL))
			return false;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return true;
}

static bool policy_ok(const struct wsman_obj *in)
{
	uint32_t v;

	for (const struct wsman_val *w = wsman_obj_vals(in, "LinkPolicy"); w; w = w->next) {
		if (!str_to_u32(span_str(w->text), 0, 255, &v, NULL) ||
		    (v != 1 && v != 14 && v != 16 && v != 224))
			return false;
	}
	return true;
}

static bool put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	static const char *const addresses[] = { "IPAddress", "SubnetMask", "DefaultGateway",
						 "PrimaryDNS", "SecondaryDNS" };
	bool dhcp = str_eq(sim_fw_will_be(x, in, "DHCPEnabled", SIM_VAR_DHCP), "true");
	const char *ip, *mask;

	if (!policy_ok(in))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	for (size_t n = 0; n < sizeof addresses / sizeof *addresses; n++) {
		const char *text = wsman_obj_str(in, addresses[n]);
		if (!text || !*text)
			continue;
		if (dhcp)
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, INVALID_DHCP_MODE);
		if (!ipv4_ok(text))
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, INVALID_IP_ADDRESS);
	}
	/* with a shared static address the host tells it */
	if (i != 0 || dhcp ||
	    str_eq(sim_fw_will_be(x, in, "SharedStaticIp", SIM_VAR_STATIC_IP), "true"))
		return true;
	ip = sim_fw_will_be(x, in, "IPAddress", SIM_VAR_IP);
	mask = sim_fw_will_be(x, in, "SubnetMask", SIM_VAR_MASK);
	if (!*ip || !*mask)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, INVALID_IP_ADDRESS);
	return true;
}

static const struct fw_member wired[] = {
	FW_VAR("DHCPEnabled", SIM_VAR_DHCP),
	FW_VAR("DefaultGateway", SIM_VAR_GATEWAY),
	FW_FIX("ElementName", NAME),
	FW_VAR("IPAddress", SIM_VAR_IP),
	FW_FIX("InstanceID", NAME " 0"),
	FW_VAR("IpSyncEnabled", SIM_VAR_IP_SYNC),
	FW_FIX("LinkIsUp", "true"),
	FW_VAR("LinkPolicy", SIM_VAR_LINK_POLICY),
	FW_OWN("MACAddress"),
	FW_FIX("PhysicalConnectionType", "0"),
	FW_VAR("PrimaryDNS", SIM_VAR_DNS1),
	FW_VAR("SecondaryDNS", SIM_VAR_DNS2),
	FW_FIX("SharedDynamicIP", "true"),
	FW_FIX("SharedMAC", "true"),
	FW_VAR("SharedStaticIp", SIM_VAR_STATIC_IP),
	FW_VAR("SubnetMask", SIM_VAR_MASK),
	FW_END,
};
static const struct fw_member wireless[] = {
	FW_FIX("DHCPEnabled", "true"),
	FW_FIX("ElementName", NAME),
	FW_FIX("InstanceID", NAME " 1"),
	FW_FIX("LinkIsUp", "false"),
	FW_VAR("LinkPolicy", SIM_VAR_WLAN_POLICY),
	FW_FIX("MACAddress", "00-00-00-00-00-00"),
	FW_FIX("PhysicalConnectionType", "3"),
	FW_FIX("SharedMAC", "true"),
	FW_END,
};

const struct fw_class sim_fw_net_classes[] = {
	{ .name = "AMT_EthernetPortSettings",
	  .members = { wired, wireless },
	  .fill = fill,
	  .can_put = true,
	  .put = put },
	{ .name = NULL },
};
