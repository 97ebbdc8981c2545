/* Hardware that can only be read, in the shapes of captures: chassis, board, BIOS, processors, chips,
 * memory, media, PCI, battery, fans, sensors, power supply, network. What is in the PC is told by
 * hw.c. Called through the table of classes. Without a capture (G): PCI devices, power supply, and the
 * CIM number of DDR2. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/fw_priv.h"
#include "sim/hw.h"
#include <inttypes.h>

#define FW_HOST                                                  \
	FW_FIX("SystemCreationClassName", "CIM_ComputerSystem"), \
		FW_FIX("SystemName", "ManagedSystem")
#define DDR2         21
#define SENSOR_SPLIT 1 /* sensors of the first Pull: captures show one, and a context */

/* Eight digits that belong to this part of this PC for ever. */
static const char *serial(struct fw_ctx *x, const char *what, unsigned i)
{
	struct span uuid = span_make(x->d->uuid.b, sizeof x->d->uuid.b);
	uint64_t h = hash_mix64(uuid, hash_mix64(span_str(what), i + 1));

	return arena_fmt(x->a, "%08X", (unsigned)(h & 0xffffffff));
}

static void set_number(struct fw_ctx *x, struct wsman_obj *o, const char *prop, uint64_t v)
{
	sim_fw_set(o, prop, arena_fmt(x->a, "%" PRIu64, v));
}

static const struct sim_hw_model *model(const struct fw_ctx *x)
{
	return sim_hw_of(x->d);
}

static const struct sim_hw_era *era(const struct fw_ctx *x)
{
	return sim_hw_era_of(x->d->gen);
}

/* ---- chassis, board, BIOS ---- */

static const struct fw_member chassis_members[] = {
	FW_OWN("ChassisPackageType"),
	FW_FIX("CreationClassName", "CIM_Chassis"),
	FW_FIX("ElementName", "Managed System Chassis"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("PackageType", "3"),
	FW_FIX("Tag", "CIM_Chassis"),
	FW_END,
};

static void fill_chassis(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	if (x->keys_only)
		return;
	set_number(x, o, "ChassisPackageType", model(x)->package_type);
	sim_fw_set(o, "Manufacturer", model(x)->maker);
	sim_fw_set(o, "Model", model(x)->product);
	sim_fw_set(o, "SerialNumber", serial(x, "chassis", i));
	sim_fw_set(o, "Version", arena_fmt(x->a, "%u", era(x)->year));
}

static const struct fw_member card_members[] = {
	FW_FIX("CanBeFRUed", "true"),
	FW_FIX("CreationClassName", "CIM_Card"),
	FW_FIX("ElementName", "Managed System Base Board"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("PackageType", "9"),
	FW_FIX("Tag", "CIM_Card"),
	FW_END,
};

static void fill_card(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	if (x->keys_only)
		return;
	sim_fw_set(o, "Manufacturer", model(x)->board_maker);
	sim_fw_set(o, "Model", model(x)->board);
	sim_fw_set(o, "SerialNumber", serial(x, "board", i));
	sim_fw_set(o, "Version", "A02");
}

/* PCs of one model were bought at different times: one of three releases. */
static unsigned bios_release(const struct fw_ctx *x)
{
	return 1 + x->d->uuid.b[3] % 3;
}

static const struct fw_member bios_members[] = {
	FW_FIX("ElementName", "Primary BIOS"),
	FW_FIX("Name", "Primary BIOS"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("PrimaryBIOS", "true"),
	FW_FIX("SoftwareElementState", "2"),
	FW_FIX("TargetOperatingSystem", "66"),
	FW_END,
};

static void fill_bios(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned r = bios_release(x);
	const char *version = arena_fmt(x->a, "%s.%u.%02u", model(x)->bios, era(x)->major % 100, r);

	(void)i;
	sim_fw_set(o, "SoftwareElementID", version);
	sim_fw_set(o, "Version", version);
	if (x->keys_only)
		return;
	sim_fw_set(o, "Manufacturer", model(x)->bios_maker);
	sim_fw_set(
		o, "ReleaseDate",
		arena_fmt(x->a, "%04u-%02u-%02uT00:00:00Z", era(x)->year + (r > 2), r * 4, r * 9));
}

static void fill_feature(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const char *const can[] = { "7", "11", "12", "15", "16", "19", "27", "28" };

	(void)i;
	sim_fw_set(o, "IdentifyingNumber", serial(x, "chassis", 0));
	sim_fw_set(o, "Name", "Primary BIOS Features");
	sim_fw_set(o, "ProductName", model(x)->product);
	sim_fw_set(o, "Vendor", model(x)->maker);
	sim_fw_set(o, "Version", arena_fmt(x->a, "%u", era(x)->year));
	if (x->keys_only)
		return;
	for (size_t n = 0; n < sizeof can / sizeof *can; n++)
		wsman_obj_add_str(o, "Characteristics", can[n]);
	sim_fw_set(o, "ElementName", "Primary BIOS Features");
}

static struct wsman_epr *two_keys(struct fw_ctx *x, const char *cls, const char *key,
				  const char *value)
{
	struct wsman_epr *epr = sim_fw_epr(x, cls, "CreationClassName", cls);

	if (epr && epr->selectors)
		epr->selectors->next = wsman_obj_selector(x->a, key, value, NULL);
	return epr;
}

/* The UUID as SMBIOS stores it: its first three fields the other way round. */
static void fill_package(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	char hex[33];
	struct out t;

	(void)i;
	wsman_obj_set_epr(o, "Antecedent", two_keys(x, "CIM_Chassis", "Tag", "CIM_Chassis"));
	wsman_obj_set_epr(o, "Dependent",
			  two_keys(x, "CIM_ComputerSystem", "Name", "ManagedSystem"));
	if (x->keys_only)
		return;
	out_init(&t, hex, sizeof hex);
	for (unsigned n = 0; n < 16; n++)
		out_fmt(&t, "%02X", x->d->uuid.b[order[n]]);
	sim_fw_set(o, "PlatformGUID", arena_str(x->a, out_span(&t)));
}

/* ---- processors and chips ---- */

static unsigned count_processors(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) >= 210 ? 0 : sim_hw_of(d)->processors; /* P: none on 21 */
}

static const struct fw_member processor_members[] = {
	FW_FIX("CPUStatus", "1"),
	FW_FIX("CreationClassName", "CIM_Processor"),
	FW_FIX("ElementName", "Managed System CPU"),
	FW_FIX("EnabledState", "2"),
	FW_FIX("HealthState", "0"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("OtherFamilyDescription", ""),
	FW_FIX("RequestedState", "12"),
	FW_FIX("Role", "Central"),
	FW_HOST,
	FW_END,
};

static void fill_processor(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_hw_era *e = era(x);

	sim_fw_set(o, "DeviceID", arena_fmt(x->a, "CPU %u", i));
	if (x->keys_only)
		return;
	set_number(x, o, "CurrentClockSpeed", e->mhz);
	set_number(x, o, "ExternalBusClockSpeed", e->major < 6 ? 333 : 100);
	set_number(x, o, "Family", model(x)->server ? 179 : e->family);
	set_number(x, o, "MaxClockSpeed", e->max_mhz);
	sim_fw_set(o, "Stepping", "3");
	set_number(x, o, "UpgradeMethod", model(x)->mobile ? 6 : e->socket);
}

static unsigned count_cpu_chips(const struct sim_dev *d)
{
	return sim_hw_of(d)->processors;
}

static unsigned count_memory(const struct sim_dev *d)
{
	return sim_hw_count(d, SIM_HW_MEMORY);
}

static unsigned count_chips(const struct sim_dev *d)
{
	bool all = !sim_switches_is(&d->sw, SIM_SW_CHIPS, "processors");

	return count_cpu_chips(d) + (all ? count_memory(d) : 0);
}

/* A Pull of chips gives the processors first, then there is a context (capture); what comes of it is
 * not known (switch chips). */
static unsigned chips_of_pull(const struct sim_dev *d, unsigned at)
{
	return at < count_cpu_chips(d) ? count_cpu_chips(d) : count_chips(d);
}

static const struct fw_class *chip_derived(const struct sim_dev *d, unsigned *i)
{
	unsigned cpus = count_cpu_chips(d);

	if (*i < cpus)
		return sim_fw_class_find("CIM_Chip");
	*i -= cpus;
	return sim_fw_class_find("CIM_PhysicalMemory");
}

static const struct fw_member chip_members[] = {
	FW_FIX("CanBeFRUed", "true"),
	FW_FIX("CreationClassName", "CIM_Chip"),
	FW_FIX("ElementName", "Managed System Processor Chip"),
	FW_FIX("OperationalStatus", "0"),
	FW_END,
};

static void fill_chip(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_hw_model *m = model(x);

	sim_fw_set(o, "Tag", arena_fmt(x->a, "CPU %u", i));
	if (x->keys_only)
		return;
	sim_fw_set(o, "Manufacturer", "Intel(R) Corporation");
	sim_fw_set(o, "Version",
		   m->server           ? era(x)->server
			   : m->mobile ? era(x)->mobile
				       : era(x)->desktop);
}

static const struct fw_member memory_members[] = {
	FW_FIX("CreationClassName", "CIM_PhysicalMemory"),
	FW_FIX("ElementName", "Managed System Memory Chip"),
	FW_FIX("IsSpeedInMhz", "true"),
	FW_FIX("Speed", "0"),
	FW_END,
};

static void fill_memory(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const char *const makers[] = { "80CE", "80AD", "859B", "802C" };
	const struct sim_hw_era *e = era(x);
	unsigned place = sim_hw_place(x->d, SIM_HW_MEMORY, i);

	sim_fw_set(o, "Tag", i ? arena_fmt(x->a, "9876543210 (#%u)", i) : "9876543210");
	if (x->keys_only || place >= SIM_HW_SLOTS)
		return;
	const struct sim_hw_slot *s = &model(x)->memory[place];
	unsigned changed = sim_hw_exchanged(x->d, SIM_HW_MEMORY, place);
	unsigned maker = (x->d->uuid.b[5] + changed) % 4;
	sim_fw_set(o, "BankLabel", s->name);
	set_number(x, o, "Capacity", (uint64_t)s->size * e->memory_mb * 1048576);
	set_number(x, o, "ConfiguredMemoryClockSpeed", e->memory_mhz);
	sim_fw_set(o, "FormFactor", model(x)->mobile ? "13" : "9");
	sim_fw_set(o, "Manufacturer", makers[maker]);
	set_number(x, o, "MaxMemorySpeed", e->memory_mhz);
	set_number(x, o, "MemoryType", e->memory_type);
	sim_fw_set(o, "PartNumber",
		   arena_fmt(x->a, "OB%uG%u%s  ", s->size * e->memory_mb / 1024, e->memory_mhz,
			     model(x)->server ? "ECC" : ""));
	sim_fw_set(o, "SerialNumber", serial(x, "memory", place + 16 * changed));
}

/* ---- media ---- */

static unsigned count_media(const struct sim_dev *d)
{
	return sim_hw_count(d, SIM_HW_MEDIA);
}

static const struct fw_member media_members[] = {
	FW_FIX("CreationClassName", "CIM_MediaAccessDevice"),
	FW_FIX("ElementName", "Managed System Media Access Device"),
	FW_FIX("EnabledDefault", "2"),
	FW_FIX("EnabledState", "0"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("RequestedState", "12"),
	FW_FIX("Security", "2"),
	FW_HOST,
	FW_END,
};

/* The sizes of real disks of that many GB, in units of 1000 bytes (captures). A size of 1 is an optical
 * drive, which tells none. */
static uint64_t disk_kb(unsigned gb)
{
	return gb <= 1 ? 0 : ((uint64_t)97696368 + (uint64_t)1953504 * (gb - 50)) * 512 / 1000;
}

static void fill_media(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned place = sim_hw_place(x->d, SIM_HW_MEDIA, i);

	if (place >= SIM_HW_SLOTS)
		return;
	const struct sim_hw_slot *s = &model(x)->media[place];
	sim_fw_set(o, "DeviceID", s->name);
	if (x->keys_only)
		return;
	wsman_obj_add_str(o, "Capabilities", s->size == 1 ? "7" : "4");
	set_number(x, o, "MaxMediaSize", disk_kb(s->size));
}

/* ---- PCI ---- */

static unsigned count_pci(const struct sim_dev *d)
{
	unsigned n = 0;

	while (n < SIM_HW_SLOTS && sim_hw_of(d)->pci[n].vendor)
		n++;
	return n;
}

static const struct fw_member pci_members[] = {
	FW_FIX("CreationClassName", "AMT_PCIDevice"),
	FW_FIX("ElementName", "Managed System PCI Device"),
	FW_HOST,
	FW_END,
};

static void fill_pci(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_hw_pci *p = &model(x)->pci[i];

	sim_fw_set(o, "DeviceID", arena_fmt(x->a, "PCI DEV %u", i));
	if (x->keys_only)
		return;
	set_number(x, o, "ClassCode", p->class_code);
	set_number(x, o, "DeviceLocation", i << 3);
	set_number(x, o, "RevisionID", p->revision);
	set_number(x, o, "Subclass", p->subclass);
	set_number(x, o, "SubsystemID", p->subsystem);
	set_number(x, o, "SubsystemVendorID", 0x1e0b);
	set_number(x, o, "VendorID", p->vendor);
}

/* ---- battery, fans, sensors, supply ---- */

static unsigned count_batteries(const struct sim_dev *d)
{
	return sim_hw_count(d, SIM_HW_BATTERY);
}

static const struct fw_member battery_members[] = {
	FW_FIX("BatteryStatus", "2"),
	FW_FIX("ChargingStatus", "0"),
	FW_FIX("Chemistry", "2"),
	FW_FIX("CreationClassName", "CIM_Battery"),
	FW_FIX("DesignCapacity", "5601"),
	FW_FIX("DesignVoltage", "11550"),
	FW_FIX("ElementName", ""),
	FW_FIX("EnabledState", "2"),
	FW_FIX("EstimatedChargeRemaining", "0"),
	FW_FIX("FullChargeCapacity", "0"),
	FW_FIX("HealthState", "0"),
	FW_FIX("RequestedState", "2"),
	FW_HOST,
	FW_END,
};

static void fill_battery(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned changed = sim_hw_exchanged(x->d, SIM_HW_BATTERY, i);

	sim_fw_set(o, "DeviceID", arena_fmt(x->a, "KM%s", serial(x, "battery", 16 * changed)));
}

static unsigned count_fans(const struct sim_dev *d)
{
	return sim_hw_count(d, SIM_HW_FAN);
}

static const struct fw_member fan_members[] = {
	FW_FIX("ActiveCooling", "true"),
	FW_FIX("CreationClassName", "CIM_Fan"),
	FW_FIX("DesiredSpeed", "0"),
	FW_FIX("ElementName", "Fan"),
	FW_FIX("EnabledState", "5"),
	FW_FIX("HealthState", "5"),
	FW_FIX("OperationalStatus", "2"),
	FW_FIX("RequestedState", "12"),
	FW_HOST,
	FW_FIX("VariableSpeed", "false"),
	FW_END,
};

static void fill_fan(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	sim_fw_set(o, "DeviceID", arena_fmt(x->a, "Fan %u", sim_hw_place(x->d, SIM_HW_FAN, i)));
}

static unsigned count_sensors(const struct sim_dev *d)
{
	unsigned n = 0;

	while (n < SIM_HW_SLOTS && sim_hw_of(d)->sensors[n].state)
		n++;
	return n;
}

static unsigned sensors_of_pull(const struct sim_dev *d, unsigned at)
{
	unsigned n = count_sensors(d);

	return at < SENSOR_SPLIT && n > SENSOR_SPLIT ? SENSOR_SPLIT : n;
}

static const struct fw_member sensor_members[] = {
	FW_FIX("CreationClassName", "CIM_Sensor"),
	FW_FIX("ElementName", "Sensor"),
	FW_FIX("EnabledState", "5"),
	FW_FIX("HealthState", "5"),
	FW_FIX("OperationalStatus", "2"),
	FW_FIX("RequestedState", "12"),
	FW_HOST,
	FW_END,
};

static void fill_sensor(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const char *const can[] = { "Bad", "Good", "Unknown" };
	const struct sim_hw_sensor *s = &model(x)->sensors[i];

	sim_fw_set(o, "DeviceID", arena_fmt(x->a, "Sensor %u", i + 1));
	if (x->keys_only)
		return;
	sim_fw_set(o, "CurrentState", sim_dev_is_on(x->d) ? s->state : "Unknown");
	for (unsigned n = 0; n < 3; n++)
		wsman_obj_add_str(o, "PossibleStates", can[n]);
	set_number(x, o, "SensorType", s->type);
}

static unsigned count_supplies(const struct sim_dev *d)
{
	return sim_hw_of(d)->supply_watts ? 1 : 0;
}

static const struct fw_member supply_members[] = {
	FW_FIX("CreationClassName", "CIM_PowerSupply"),
	FW_FIX("DeviceID", "Power Supply 0"),
	FW_FIX("ElementName", "Power Supply"),
	FW_FIX("IsSwitchingSupply", "true"),
	FW_HOST,
	FW_END,
};

static void fill_supply(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (!x->keys_only)
		set_number(x, o, "TotalOutputPower", (uint64_t)model(x)->supply_watts * 1000);
}

/* ---- network ---- */

static const struct fw_member port_members[] = {
	FW_FIX("CreationClassName", "CIM_EthernetPort"),
	FW_FIX("Description", "Wired0"),
	FW_FIX("DeviceID", "Intel(r) AMT Ethernet Port 0"),
	FW_FIX("ElementName", "Intel(r) AMT Ethernet Port"),
	FW_FIX("EnabledDefault", "5"),
	FW_FIX("EnabledState", "2"),
	FW_FIX("LinkTechnology", "2"),
	FW_FIX("OperationalStatus", "0"),
	FW_FIX("PortType", "53"),
	FW_FIX("RequestedState", "12"),
	FW_FIX("Speed", "1000000000"),
	FW_SYSTEM,
	FW_END,
};

static void fill_port(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	char mac[18], bare[13];
	unsigned n = 0;

	(void)i;
	if (x->keys_only)
		return;
	set_number(x, o, "MaxSpeed", era(x)->port_bps);
	sim_dev_mac(x->d, mac);
	for (const char *p = mac; *p && n + 1 < sizeof bare; p++)
		if (*p != '-')
			bare[n++] = *p;
	bare[n] = '\0';
	wsman_obj_add_str(o, "NetworkAddresses", bare);
}

static const struct fw_member host_ip_members[] = {
	FW_OWN("DHCPEnabled"),
	FW_FIX("ElementName", "Intel(r) AMT: Host IP Settings"),
	FW_FIX("InstanceID", "Intel(r) AMT: Host IP Settings"),
	FW_END,
};

/* What the system of the PC told the firmware; nothing when none runs or it has no program for it. */
static void fill_host_ip(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const char *ip = x->d->host_ip;

	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "DHCPEnabled", ip ? "true" : "false");
	if (!ip)
		return;
	sim_fw_set(o, "IpAddress", ip);
	sim_fw_set(o, "SubnetMask", "255.255.255.0");
}

static const struct fw_member none[] = { FW_END };

/* clang-format off */
const struct fw_class sim_fw_hw_classes[] = {
	{ .name = "CIM_Chassis", .members = { chassis_members }, .fill = fill_chassis },
	{ .name = "CIM_Card", .members = { card_members }, .fill = fill_card },
	{ .name = "CIM_BIOSElement", .members = { bios_members }, .fill = fill_bios },
	{ .name = "CIM_BIOSFeature", .members = { none }, .fill = fill_feature },
	{ .name = "CIM_ComputerSystemPackage", .members = { none }, .fill = fill_package },
	{ .name = "CIM_Processor", .members = { processor_members }, .count = count_processors, .fill = fill_processor },
	{ .name = "CIM_Chip", .members = { chip_members }, .count = count_chips, .fill = fill_chip,
	  .derived = chip_derived, .pull_end = chips_of_pull },
	{ .name = "CIM_PhysicalMemory", .members = { memory_members }, .count = count_memory, .fill = fill_memory },
	{ .name = "CIM_MediaAccessDevice", .members = { media_members }, .count = count_media, .fill = fill_media },
	{ .name = "AMT_PCIDevice", .members = { pci_members }, .count = count_pci, .fill = fill_pci },
	{ .name = "CIM_Battery", .since = 60, .members = { battery_members }, .count = count_batteries, .fill = fill_battery },
	{ .name = "CIM_Fan", .members = { fan_members }, .count = count_fans, .fill = fill_fan },
	{ .name = "CIM_Sensor", .members = { sensor_members }, .count = count_sensors, .fill = fill_sensor,
	  .pull_end = sensors_of_pull },
	{ .name = "CIM_PowerSupply", .since = 60, .members = { supply_members }, .count = count_supplies, .fill = fill_supply },
	{ .name = "CIM_EthernetPort", .members = { port_members }, .fill = fill_port },
	{ .name = "IPS_HostIPSettings", .since = 60, .members = { host_ip_members }, .fill = fill_host_ip },
	{ .name = NULL },
};
/* clang-format on */
