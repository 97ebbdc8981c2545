/* The tables behind inventory.read and how each form of a value is made, see hw.h. Asks nobody. */
#include "amt/hw.h"
#include "base/str.h"
#include <inttypes.h>

/* clang-format off */
static const struct amt_hw_col general[] = {
	{ "host", "HostName", AMT_HW_TEXT }, { "domain", "DomainName", AMT_HW_TEXT },
	{ "host_os_fqdn", "HostOSFQDN", AMT_HW_TEXT }, { "shared_fqdn", "SharedFQDN", AMT_HW_BOOL },
	{ "realm", "DigestRealm", AMT_HW_TEXT }, { "ping", "PingResponseEnabled", AMT_HW_BOOL },
	{ "rmcp_ping", "RmcpPingResponseEnabled", AMT_HW_BOOL }, { "ddns", "DDNSUpdateEnabled", AMT_HW_BOOL },
	{ "privacy", "PrivacyLevel", AMT_HW_MEANING }, { "power_source", "PowerSource", AMT_HW_MEANING },
	{ NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col setup[] = {
	{ "state", "ProvisioningState", AMT_HW_MEANING }, { "mode", "ProvisioningMode", AMT_HW_MEANING },
	{ "dhcp_suffix", "DhcpDNSSuffix", AMT_HW_TEXT }, { "trusted_suffix", "TrustedDNSSuffix", AMT_HW_TEXT },
	{ "server_fqdn", "ConfigurationServerFQDN", AMT_HW_TEXT },
	{ "zero_touch", "ZeroTouchConfigurationEnabled", AMT_HW_BOOL },
	{ "password_model", "PasswordModel", AMT_HW_MEANING }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col package[] = {
	{ "uuid", "PlatformGUID", AMT_HW_UUID }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col chassis[] = {
	{ "manufacturer", "Manufacturer", AMT_HW_TEXT }, { "model", "Model", AMT_HW_TEXT },
	{ "serial", "SerialNumber", AMT_HW_TEXT }, { "version", "Version", AMT_HW_TEXT },
	{ "chassis", "ChassisPackageType", AMT_HW_MEANING }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col board[] = {
	{ "manufacturer", "Manufacturer", AMT_HW_TEXT }, { "model", "Model", AMT_HW_TEXT },
	{ "serial", "SerialNumber", AMT_HW_TEXT }, { "version", "Version", AMT_HW_TEXT },
	{ "replaceable", "CanBeFRUed", AMT_HW_BOOL }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col bios[] = {
	{ "manufacturer", "Manufacturer", AMT_HW_TEXT }, { "version", "Version", AMT_HW_TEXT },
	{ "released", "ReleaseDate", AMT_HW_DATE }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col feature[] = {
	{ "product", "ProductName", AMT_HW_TEXT }, { "product_vendor", "Vendor", AMT_HW_TEXT },
	{ "characteristics", "Characteristics", AMT_HW_LIST }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col host_ip[] = {
	{ "ip", "IpAddress", AMT_HW_TEXT }, { "mask", "SubnetMask", AMT_HW_TEXT }, { "gateway", "DefaultGateway", AMT_HW_TEXT },
	{ "dns1", "PrimaryDNS", AMT_HW_TEXT }, { "dns2", "SecondaryDNS", AMT_HW_TEXT },
	{ "dhcp", "DHCPEnabled", AMT_HW_BOOL }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col software[] = {
	{ "version", "VersionString", AMT_HW_TEXT }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col chip[] = {
	{ "manufacturer", "Manufacturer", AMT_HW_TEXT }, { "model", "Version", AMT_HW_TEXT }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col memory[] = {
	{ "size_mb", "Capacity", AMT_HW_MB }, { "type", "MemoryType", AMT_HW_MEANING },
	{ "form", "FormFactor", AMT_HW_MODULE }, { "speed_mhz", "ConfiguredMemoryClockSpeed", AMT_HW_NONZERO },
	{ "max_speed_mhz", "MaxMemorySpeed", AMT_HW_NONZERO }, { "manufacturer", "Manufacturer", AMT_HW_TEXT },
	{ "part", "PartNumber", AMT_HW_TEXT }, { "serial", "SerialNumber", AMT_HW_TEXT }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col processor[] = {
	{ "family", "Family", AMT_HW_NUMBER }, { "clock_mhz", "CurrentClockSpeed", AMT_HW_NONZERO },
	{ "max_clock_mhz", "MaxClockSpeed", AMT_HW_NONZERO }, { "bus_mhz", "ExternalBusClockSpeed", AMT_HW_NONZERO },
	{ "cores", "NumberOfEnabledCores", AMT_HW_NONZERO }, { "stepping", "Stepping", AMT_HW_TEXT },
	{ "status", "CPUStatus", AMT_HW_MEANING }, { "socket", "UpgradeMethod", AMT_HW_MEANING },
	{ NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col media[] = {
	{ "size_mb", "MaxMediaSize", AMT_HW_KB_MB }, { "capabilities", "Capabilities", AMT_HW_MEANING },
	{ "security", "Security", AMT_HW_MEANING }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col pci[] = {
	{ "vendor_id", "VendorID", AMT_HW_HEX4 }, { "class", "ClassCode", AMT_HW_HEX2 }, { "subclass", "Subclass", AMT_HW_HEX2 },
	{ "subsystem_vendor_id", "SubsystemVendorID", AMT_HW_HEX4 }, { "subsystem_id", "SubsystemID", AMT_HW_HEX4 },
	{ "revision", "RevisionID", AMT_HW_NUMBER }, { "location", "DeviceLocation", AMT_HW_HEX4 }, { NULL, NULL, AMT_HW_TEXT },
};
/* DesignCapacity: a capture has a tenth of the mWh that such a battery has, so no unit is promised. */
static const struct amt_hw_col battery[] = {
	{ "status", "BatteryStatus", AMT_HW_MEANING }, { "chemistry", "Chemistry", AMT_HW_MEANING },
	{ "design_capacity", "DesignCapacity", AMT_HW_NONZERO }, { "full_capacity", "FullChargeCapacity", AMT_HW_NONZERO },
	{ "design_mv", "DesignVoltage", AMT_HW_NONZERO }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col fan[] = {
	{ "health", "HealthState", AMT_HW_MEANING }, { "status", "OperationalStatus", AMT_HW_MEANING },
	{ "active", "ActiveCooling", AMT_HW_BOOL }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col sensor[] = {
	{ "type", "SensorType", AMT_HW_MEANING }, { "state", "CurrentState", AMT_HW_TEXT },
	{ "health", "HealthState", AMT_HW_MEANING }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col supply[] = {
	{ "output_w", "TotalOutputPower", AMT_HW_WATTS }, { "low_mv", "Range1InputVoltageLow", AMT_HW_NONZERO },
	{ "high_mv", "Range1InputVoltageHigh", AMT_HW_NONZERO }, { NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col network[] = {
	{ "mac", "MACAddress", AMT_HW_MAC }, { "ip", "IPAddress", AMT_HW_TEXT }, { "mask", "SubnetMask", AMT_HW_TEXT },
	{ "gateway", "DefaultGateway", AMT_HW_TEXT }, { "dns1", "PrimaryDNS", AMT_HW_TEXT },
	{ "dns2", "SecondaryDNS", AMT_HW_TEXT }, { "dhcp", "DHCPEnabled", AMT_HW_BOOL },
	{ "link_up", "LinkIsUp", AMT_HW_BOOL }, { "connection", "PhysicalConnectionType", AMT_HW_MEANING },
	{ "shared_mac", "SharedMAC", AMT_HW_BOOL }, { "ip_sync", "IpSyncEnabled", AMT_HW_BOOL },
	{ "shared_static_ip", "SharedStaticIp", AMT_HW_BOOL }, { "link_policy", "LinkPolicy", AMT_HW_LIST },
	{ NULL, NULL, AMT_HW_TEXT },
};
static const struct amt_hw_col port[] = {
	{ "speed_mbps", "Speed", AMT_HW_MBPS }, { "max_speed_mbps", "MaxSpeed", AMT_HW_MBPS }, { NULL, NULL, AMT_HW_TEXT },
};

/* The memory stands behind the chips: it is asked for only when they did not bring it. */
static const struct amt_hw_class classes[] = {
	{ "AMT_GeneralSettings", "setup", true, NULL, NULL, AMT_HW_TEXT, general },
	{ "AMT_SetupAndConfigurationService", "setup", true, NULL, NULL, AMT_HW_TEXT, setup },
	{ "CIM_ComputerSystemPackage", "system", true, NULL, NULL, AMT_HW_TEXT, package },
	{ "CIM_Chassis", "system", true, NULL, NULL, AMT_HW_TEXT, chassis },
	{ "CIM_Card", "board", true, NULL, NULL, AMT_HW_TEXT, board },
	{ "CIM_BIOSElement", "bios", true, NULL, NULL, AMT_HW_TEXT, bios },
	{ "CIM_BIOSFeature", "bios", true, NULL, NULL, AMT_HW_TEXT, feature },
	{ "IPS_HostIPSettings", "host_network", true, NULL, NULL, AMT_HW_TEXT, host_ip },
	{ "CIM_SoftwareIdentity", "software", false, "InstanceID", NULL, AMT_HW_TEXT, software },
	{ "CIM_Chip", "processor", false, "Tag", NULL, AMT_HW_TEXT, chip },
	{ "CIM_PhysicalMemory", "memory", false, "BankLabel", "Tag", AMT_HW_TEXT, memory },
	{ "CIM_Processor", "processor", false, "DeviceID", NULL, AMT_HW_TEXT, processor },
	{ "CIM_MediaAccessDevice", "media", false, "DeviceID", NULL, AMT_HW_TEXT, media },
	{ "AMT_PCIDevice", "pci", false, "DeviceID", NULL, AMT_HW_TEXT, pci },
	{ "CIM_Battery", "battery", false, "DeviceID", NULL, AMT_HW_TEXT, battery },
	{ "CIM_Fan", "fan", false, "DeviceID", NULL, AMT_HW_TEXT, fan },
	{ "CIM_Sensor", "sensor", false, "DeviceID", NULL, AMT_HW_TEXT, sensor },
	{ "CIM_PowerSupply", "supply", false, "DeviceID", NULL, AMT_HW_TEXT, supply },
	{ "AMT_EthernetPortSettings", "network", false, "InstanceID", NULL, AMT_HW_LAST, network },
	{ "CIM_EthernetPort", "network", false, "DeviceID", NULL, AMT_HW_LAST, port },
};
/* clang-format on */

const struct amt_hw_class *amt_hw_class_at(unsigned i)
{
	return i < sizeof classes / sizeof *classes ? &classes[i] : NULL;
}

const struct amt_hw_class *amt_hw_class_find(const char *class_name)
{
	for (unsigned i = 0; amt_hw_class_at(i); i++)
		if (str_eq(classes[i].class_name, class_name))
			return &classes[i];
	return NULL;
}

/* ---- values ---- */

static const char *number(struct arena *a, struct span text, uint64_t divide, bool zero)
{
	uint64_t v;

	if (!str_to_u64(text, 0, UINT64_MAX, &v, NULL) || (v == 0 && !zero))
		return NULL;
	return arena_fmt(a, "%" PRIu64, v / divide);
}

static const char *hex(struct arena *a, struct span text, int digits)
{
	uint32_t v;

	return str_to_u32(text, 0, 0xffff, &v, NULL) ? arena_fmt(a, "%0*x", digits, (unsigned)v)
						     : NULL;
}

static const char *meanings(const struct wsman_prop *p, const struct wsman_val *v, bool names,
			    struct arena *a)
{
	const char *joined = NULL;

	for (; v; v = v->next) {
		const char *text = v->text, *name;
		uint32_t n;
		if (!text)
			continue;
		if (names && p->type != WSMAN_OBJ && p->names &&
		    str_to_u32(span_str(text), 0, UINT32_MAX, &n, NULL) &&
		    (name = wsman_classes_name(p->names, n)))
			text = name;
		joined = joined ? arena_fmt(a, "%s%s %s", joined, names ? "," : "", text)
				: arena_str(a, span_str(text));
	}
	return joined;
}

/* The numbers of SMBIOS, as captures have them. */
static const char *module(struct arena *a, struct span text)
{
	static const struct wsman_name forms[] = {
		{ 3, "SIMM" },    { 9, "DIMM" },     { 11, "row of chips" },
		{ 13, "SODIMM" }, { 15, "FB-DIMM" }, { 16, "die" },
		{ 0, NULL }
	};
	uint32_t v;

	if (!str_to_u32(text, 0, UINT32_MAX, &v, NULL))
		return NULL;
	const char *name = wsman_classes_name(forms, v);
	return name ? name : arena_fmt(a, "%u", (unsigned)v);
}

/* "00-be-43-d8-22-a4" and "00be43d822a4"; all zero: no address. */
static const char *mac(struct arena *a, struct span text)
{
	char out[18];
	unsigned n = 0;
	bool any = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = (char)text.p[i];
		if (c == '-' || c == ':')
			continue;
		if (n >= 17)
			return NULL;
		if (n % 3 == 2)
			out[n++] = ':';
		out[n++] = (char)(c >= 'A' && c <= 'F' ? c | 0x20 : c);
		any |= c != '0';
	}
	out[n] = '\0';
	return any && n == 17 ? arena_str(a, span_make(out, n)) : NULL;
}

static const char *uuid_text(struct arena *a, struct span text)
{
	uint8_t bytes[16];
	char out[UUID_TEXT_SIZE];
	struct uuid u;
	size_t n;

	if (!hex_decode(text, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return NULL;
	uuid_from_smbios(bytes, &u);
	uuid_print(&u, out);
	return arena_str(a, span_str(out));
}

static const char *last_word(struct arena *a, struct span text)
{
	size_t at = text.n;

	while (at > 0 && text.p[at - 1] != ' ')
		at--;
	return arena_str(a, span_make(text.p + at, text.n - at));
}

static const char *of_form(enum amt_hw_form form, const struct wsman_prop *p,
			   const struct wsman_val *v, struct arena *a)
{
	struct span text = span_trim(span_str(v->text ? v->text : ""));

	switch (form) {
	case AMT_HW_TEXT:
		return arena_str(a, text);
	case AMT_HW_NUMBER:
		return number(a, text, 1, true);
	case AMT_HW_NONZERO:
		return number(a, text, 1, false);
	case AMT_HW_MEANING:
		return meanings(p, v, true, a);
	case AMT_HW_LIST:
		return meanings(p, v, false, a);
	case AMT_HW_BOOL:
		return span_eq_str(text, "true") || span_eq_str(text, "1") ? "true" : "false";
	case AMT_HW_DATE:
		return arena_str(a, span_make(text.p, text.n < 10 ? text.n : 10));
	case AMT_HW_HEX4:
		return hex(a, text, 4);
	case AMT_HW_HEX2:
		return hex(a, text, 2);
	case AMT_HW_LAST:
		return last_word(a, text);
	case AMT_HW_MAC:
		return mac(a, text);
	case AMT_HW_UUID:
		return uuid_text(a, text);
	case AMT_HW_MB:
		return number(a, text, 1048576, false);
	case AMT_HW_KB_MB:
	case AMT_HW_WATTS:
		return number(a, text, 1000, false);
	case AMT_HW_MBPS:
		return number(a, text, 1000000, false);
	case AMT_HW_MODULE:
		return module(a, text);
	}
	return NULL;
}

const char *amt_hw_text(const struct wsman_obj *o, const struct amt_hw_col *c, struct arena *a)
{
	int at = wsman_classes_prop(o->shape, c->prop);
	const struct wsman_val *v = at < 0 ? NULL : o->vals[at];
	const char *text = v ? of_form(c->form, &o->shape->props[at], v, a) : NULL;

	return text && *text ? text : NULL;
}

enum amt_op_type amt_hw_type(const struct amt_hw_col *c, const char *text)
{
	switch (c->form) {
	case AMT_HW_NUMBER:
	case AMT_HW_NONZERO:
	case AMT_HW_MB:
	case AMT_HW_KB_MB:
	case AMT_HW_MBPS:
	case AMT_HW_WATTS:
		return AMT_OP_NUMBER;
	case AMT_HW_BOOL:
		return AMT_OP_BOOL;
	default:
		break;
	}
	(void)text;
	return AMT_OP_TEXT;
}

const char *amt_hw_item(const struct wsman_obj *o, const struct amt_hw_class *c, struct arena *a)
{
	const char *const members[] = { c->item, c->item_else };

	for (unsigned i = 0; i < 2; i++) {
		struct amt_hw_col col = { "item", members[i], c->item_form };
		const char *text = members[i] ? amt_hw_text(o, &col, a) : NULL;
		if (text)
			return text;
	}
	return "";
}
