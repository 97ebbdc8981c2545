/* AMT_EthernetPortSettings: 0 is the wired port, 1 the wireless one (its MAC address is all zero while it is
 * in no network). Addresses are staged, LinkPolicy acts at once. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/dev_reach_priv.h"
#include "sim/fw_priv.h"

#define NAME               "Intel(r) AMT Ethernet Port Settings"
#define INVALID_DHCP_MODE  26
#define INVALID_IP_ADDRESS 27
#define VLAN_MAX           4095
#define WIRELESS_PORT      1
#define DMTF_INVALID       5
/* alerts of discovery 7.3 */
#define ALERT_RADIO 50
#define RADIO_TAKEN 67
#define RADIO_BACK  69
#define ALERT_SYNC  62

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	char mac[18];

	if (x->keys_only)
		return;
	bool joined = sim_dev_is_joined(x->d, i ? SIM_LINK_RADIO : SIM_LINK_CABLE);
	wsman_obj_set_bool(o, "LinkIsUp", joined);
	sim_dev_mac(x->d, mac);
	if (i) /* its neighbour; all zero while it is in no network (wsman 3.2) */
		mac[16] = mac[16] == 'F' ? '0' : 'F';
	sim_fw_set(o, "MACAddress", i && !joined ? "00-00-00-00-00-00" : mac);
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

static bool vlan_ok(const struct wsman_obj *in)
{
	uint32_t v;

	return !wsman_obj_has(in, "VLANTag") || (wsman_obj_u32(in, "VLANTag", &v) && v <= VLAN_MAX);
}

static void tell_sync(struct fw_ctx *x, const struct wsman_obj *in)
{
	bool on;

	if (wsman_obj_bool(in, "IpSyncEnabled", &on) &&
	    on != sim_var_staged_is_true(x->d, SIM_VAR_IP_SYNC))
		sim_alerts_message(x->d, ALERT_SYNC, on, 2);
}

/* Who has the radio while both want it: ME (1) or the host (2). Only the wireless port has one. */
static uint32_t prefer(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);
	uint32_t who, s = 1;

	(void)out;
	if (i < 0)
		return DMTF_INVALID;
	if (i != WIRELESS_PORT || !wsman_obj_u32(in, "LinkPreference", &who) || who < 1 ||
	    who > 2 ||
	    (wsman_obj_has(in, "Timeout") &&
	     (!wsman_obj_u32(in, "Timeout", &s) || s < 1 || s > UINT16_MAX)))
		return WSMAN_PT_INVALID_PARAMETER;
	sim_alerts_message(x->d, ALERT_RADIO, who == 1 ? RADIO_TAKEN : RADIO_BACK, 2);
	return WSMAN_PT_SUCCESS;
}

/* While the host is on; virtual PCs are on mains. */
static bool keeps_power(const struct wsman_obj *in)
{
	const struct wsman_val *w = wsman_obj_vals(in, "LinkPolicy");
	bool any = w;

	for (; w; w = w->next) {
		if (str_eq(w->text, "1"))
			return true;
	}
	return !any;
}

static bool put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	static const char *const addresses[] = { "IPAddress", "SubnetMask", "DefaultGateway",
						 "PrimaryDNS", "SecondaryDNS" };
	bool dhcp = str_eq(sim_fw_will_be(x, in, "DHCPEnabled", SIM_VAR_DHCP), "true");
	const char *ip, *mask;

	if (!policy_ok(in) || !vlan_ok(in))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (i == 0 && !keeps_power(in) && sim_dev_is_on(x->d) &&
	    !sim_dev_is_joined(x->d, SIM_LINK_RADIO))
		x->effects |= SIM_EFFECT_DARK;
	for (size_t n = 0; n < sizeof addresses / sizeof *addresses; n++) {
		const char *text = wsman_obj_str(in, addresses[n]);
		if (!text || !*text)
			continue;
		if (dhcp)
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, INVALID_DHCP_MODE);
		if (!ipv4_ok(text))
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, INVALID_IP_ADDRESS);
	}
	if (i == 0)
		tell_sync(x, in);
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
	FW_OWN("LinkIsUp"),
	FW_VAR("LinkPolicy", SIM_VAR_LINK_POLICY),
	FW_OWN("MACAddress"),
	FW_FIX("PhysicalConnectionType", "0"),
	FW_VAR("PrimaryDNS", SIM_VAR_DNS1),
	FW_VAR("SecondaryDNS", SIM_VAR_DNS2),
	FW_FIX("SharedDynamicIP", "true"),
	FW_FIX("SharedMAC", "true"),
	FW_VAR("SharedStaticIp", SIM_VAR_STATIC_IP),
	FW_VAR("SubnetMask", SIM_VAR_MASK),
	FW_VAR("VLANTag", SIM_VAR_VLAN),
	FW_END,
};
static const struct fw_member wireless[] = {
	FW_FIX("DHCPEnabled", "true"),
	FW_FIX("ElementName", NAME),
	FW_FIX("InstanceID", NAME " 1"),
	FW_OWN("LinkIsUp"),
	FW_VAR("LinkPolicy", SIM_VAR_WLAN_POLICY),
	FW_OWN("MACAddress"),
	FW_FIX("PhysicalConnectionType", "3"),
	FW_FIX("SharedMAC", "true"),
	FW_END,
};

static const struct fw_method port_methods[] = {
	{ "SetLinkPreference", prefer },
	{ NULL, NULL },
};

const struct fw_class sim_fw_net_classes[] = {
	{ .name = "AMT_EthernetPortSettings",
	  .members = { wired, wireless },
	  .fill = fill,
	  .can_put = true,
	  .put = put,
	  .methods = port_methods },
	{ .name = NULL },
};
