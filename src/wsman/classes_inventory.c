/* Inventory: boards, processors, memory, media, firmware, sensors: classes of wsman 3.15.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name chassis_package_type[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 3, "Desktop" }, { 4, "Low profile desktop" },
	{ 5, "Pizza box" }, { 6, "Mini tower" }, { 7, "Tower" }, { 8, "Portable" },
	{ 9, "Laptop" }, { 10, "Notebook" }, { 11, "Hand held" }, { 12, "Docking station" },
	{ 13, "All in one" }, { 14, "Sub notebook" }, { 15, "Space saving" },
	{ 16, "Lunch box" }, { 17, "Main system chassis" }, { 18, "Expansion chassis" },
	{ 19, "Sub chassis" }, { 20, "Bus expansion chassis" }, { 21, "Peripheral chassis" },
	{ 22, "Storage chassis" }, { 24, "Sealed case PC" }, { 26, "CompactPCI" },
	{ 27, "AdvancedTCA" }, { 28, "Blade enclosure" }, { 30, "Tablet" },
	{ 31, "Convertible" }, { 32, "Detachable" }, { 33, "IoT gateway" },
	{ 34, "Embedded PC" }, { 35, "Mini PC" }, { 36, "Stick PC" }, { 0, NULL },
};
static const struct wsman_name package_type[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Rack" }, { 3, "Chassis or frame" },
	{ 4, "Cross connect backplane" }, { 5, "Container frame slot" }, { 6, "Power supply" },
	{ 7, "Fan" }, { 8, "Sensor" }, { 9, "Module or card" }, { 10, "Port connector" },
	{ 11, "Battery" }, { 12, "Processor" }, { 13, "Memory" },
	{ 14, "Power source or generator" }, { 15, "Storage media package" }, { 16, "Blade" },
	{ 17, "Blade expansion" }, { 0, NULL },
};
static const struct wsman_prop chassis[] = {
	E("ChassisPackageType", U16, 0, chassis_package_type),
	P("ChassisTypeDescription", STR, 0),
	P("ChassisTypes", U16, ARR),
	P("CreationClassName", STR, KEY),
	P("CurrentRequiredOrProduced", I16, 0),
	P("ElementName", STR, 0),
	P("HeatGeneration", U16, 0),
	P("Manufacturer", STR, 0),
	P("Model", STR, 0),
	P("MultipleSystemSupport", U16, 0),
	P("NumberOfPowerCords", U16, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("PackageType", U16, 0, package_type),
	P("RackMountable", U16, 0),
	P("SerialNumber", STR, 0),
	P("Tag", STR, KEY),
	P("TypeDescriptions", STR, ARR),
	P("Version", STR, 0),
};
static const struct wsman_method chassis_methods[] = {
	D(IsCompatible, MEMBERS(P("ElementToCheck", EPR, 0)), NONE),
};
CLASS_M(CIM, CIM_Chassis, chassis, true);

static const struct wsman_prop card[] = {
	P("CanBeFRUed", BOOL, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("HostingBoard", BOOL, 0),
	P("Manufacturer", STR, 0),
	P("Model", STR, 0),
	P("OperatingVoltages", I16, ARR),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("PackageType", U16, 0, package_type),
	P("RequirementsDescription", STR, 0),
	P("RequiresDaughterBoard", BOOL, 0),
	P("SerialNumber", STR, 0),
	P("SlotLayout", STR, 0),
	P("SpecialRequirements", BOOL, 0),
	P("Tag", STR, KEY),
	P("Version", STR, 0),
};
static const struct wsman_method card_methods[] = {
	D(IsCompatible, MEMBERS(P("ElementToCheck", EPR, 0)), NONE),
	D(ConnectorPower, MEMBERS(P("Connector", EPR, 0), P("PoweredOn", BOOL, 0)), NONE),
};
CLASS_M(CIM, CIM_Card, card, true);

static const struct wsman_name software_element_state[] = {
	{ 0, "Deployable" }, { 1, "Installable" }, { 2, "Executable" }, { 3, "Running" },
	{ 0, NULL },
};
static const struct wsman_name target_operating_system[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "MACOS" }, { 3, "ATTUNIX" }, { 4, "DGUX" },
	{ 5, "DECNT" }, { 6, "Tru64UNIX" }, { 7, "OpenVMS" }, { 8, "HPUX" }, { 9, "AIX" },
	{ 10, "MVS" }, { 11, "OS400" }, { 12, "OS2" }, { 13, "JavaVM" }, { 14, "MSDOS" },
	{ 15, "WIN3x" }, { 16, "WIN95" }, { 17, "WIN98" }, { 18, "WINNT" }, { 19, "WINCE" },
	{ 20, "NCR3000" }, { 21, "NetWare" }, { 22, "OSF" }, { 23, "DCOS" },
	{ 24, "ReliantUNIX" }, { 25, "SCO unix ware" }, { 26, "SCO open server" },
	{ 27, "Sequent" }, { 28, "IRIX" }, { 29, "Solaris" }, { 30, "SunOS" }, { 31, "U6000" },
	{ 32, "ASERIES" }, { 33, "HPNonStopOS" }, { 34, "HPNonStopOSS" }, { 35, "BS2000" },
	{ 36, "LINUX" }, { 37, "Lynx" }, { 38, "XENIX" }, { 39, "VM" }, { 0, NULL },
};
static const struct wsman_prop bios_element[] = {
	P("CurrentLanguage", STR, 0),
	P("ElementName", STR, 0),
	P("ListOfLanguages", STR, ARR),
	P("LoadUtilityInformation", STR, 0),
	P("LoadedEndingAddress", U64, 0),
	P("LoadedStartingAddress", U64, 0),
	P("Manufacturer", STR, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("PrimaryBIOS", BOOL, 0),
	P("RegistryURIs", STR, ARR),
	P("ReleaseDate", DATETIME, 0),
	P("SoftwareElementID", STR, KEY),
	E("SoftwareElementState", U16, 0, software_element_state),
	E("TargetOperatingSystem", U16, 0, target_operating_system),
	P("Version", STR, KEY),
};
CLASS(CIM, CIM_BIOSElement, bios_element, true);

static const struct wsman_prop bios_feature[] = {
	P("CharacteristicDescriptions", STR, ARR),
	P("Characteristics", U16, ARR),
	P("ElementName", STR, 0),
	P("IdentifyingNumber", STR, KEY),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("ProductName", STR, KEY),
	P("Vendor", STR, KEY),
	P("Version", STR, KEY),
};
CLASS(CIM, CIM_BIOSFeature, bios_feature, true);

static const struct wsman_name cpu_status[] = {
	{ 0, "Unknown" }, { 1, "Enabled" }, { 2, "Disabled by user" },
	{ 3, "Disabled by BIOS" }, { 4, "Idle" }, { 5, "Other" }, { 0, NULL },
};
static const struct wsman_name upgrade_method[] = {
	{ 1, "Other" }, { 2, "Unknown" }, { 3, "Daughter board" }, { 4, "ZIF socket" },
	{ 5, "Replacement piggy back" }, { 6, "None" }, { 7, "LIF socket" }, { 8, "Slot1" },
	{ 9, "Slot2" }, { 10, "370PinSocket" }, { 11, "SlotA" }, { 12, "SlotM" },
	{ 13, "Socket423" }, { 14, "SocketASocket462" }, { 15, "Socket478" },
	{ 16, "Socket754" }, { 17, "Socket940" }, { 18, "Socket939" }, { 19, "SocketmPGA604" },
	{ 20, "SocketLGA771" }, { 21, "SocketLGA775" }, { 22, "SocketS1" },
	{ 23, "SocketAM2" }, { 24, "SocketF1207" }, { 25, "SocketLGA1366" },
	{ 26, "SocketG34" }, { 27, "SocketAM3" }, { 28, "SocketC32" }, { 29, "SocketLGA1156" },
	{ 30, "SocketLGA1567" }, { 31, "SocketPGA988A" }, { 32, "SocketBGA1288" },
	{ 33, "rPGA988B" }, { 34, "BGA1023" }, { 35, "BGA1224" }, { 36, "LGA1155" },
	{ 37, "LGA1356" }, { 38, "LGA2011" }, { 39, "SocketFS1" }, { 40, "SocketFS2" },
	{ 0, NULL },
};
static const struct wsman_prop processor[] = {
	P("AddressWidth", U16, 0),
	E("CPUStatus", U16, 0, cpu_status),
	P("Characteristics", U16, ARR),
	P("CreationClassName", STR, KEY),
	P("CurrentClockSpeed", U32, UNIT(MHZ)),
	P("DataWidth", U16, 0),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	P("EnabledProcessorCharacteristics", U16, ARR),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("ExternalBusClockSpeed", U32, UNIT(MHZ)),
	P("Family", U16, 0),
	E("HealthState", U16, 0, wsman_names_health_state),
	P("LoadPercentage", U16, 0),
	P("MaxClockSpeed", U32, UNIT(MHZ)),
	P("NumberOfEnabledCores", U16, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("OtherFamilyDescription", STR, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("Role", STR, 0),
	P("Stepping", STR, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("UniqueID", STR, 0),
	E("UpgradeMethod", U16, 0, upgrade_method),
};
static const struct wsman_method processor_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_Processor, processor, true);

static const struct wsman_prop chip[] = {
	P("CanBeFRUed", BOOL, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("FormFactor", U16, 0),
	P("Manufacturer", STR, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("Tag", STR, KEY),
	P("Version", STR, 0),
};
CLASS(CIM, CIM_Chip, chip, true);

static const struct wsman_name memory_type[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "DRAM" }, { 3, "Synchronous DRAM" },
	{ 4, "Cache DRAM" }, { 5, "EDO" }, { 6, "EDRAM" }, { 7, "VRAM" }, { 8, "SRAM" },
	{ 9, "RAM" }, { 10, "ROM" }, { 11, "Flash" }, { 12, "EEPROM" }, { 13, "FEPROM" },
	{ 14, "EPROM" }, { 15, "CDRAM" }, { 16, "3DRAM" }, { 17, "SDRAM" }, { 18, "SGRAM" },
	{ 19, "RDRAM" }, { 20, "DDR" }, { 21, "DDR2" }, { 22, "BRAM" }, { 23, "FBDIMM" },
	{ 24, "DDR3" }, { 25, "FBD2" }, { 26, "DDR4" }, { 27, "LPDDR" }, { 28, "LPDDR2" },
	{ 29, "LPDDR3" }, { 30, "LPDDR4" }, { 31, "Logical non volatile device" },
	{ 32, "HBM" }, { 33, "HBM2" }, { 34, "DDR5" }, { 35, "LPDDR5" }, { 36, "HBM3" },
	{ 0, NULL },
};
static const struct wsman_prop physical_memory[] = {
	P("BankLabel", STR, 0),
	P("Capacity", U64, UNIT(BYTES)),
	P("ConfiguredMemoryClockSpeed", U32, UNIT(MHZ)),
	P("CreationClassName", STR, KEY),
	P("DataWidth", U16, 0),
	P("ElementName", STR, 0),
	P("FormFactor", U16, 0),
	P("InterleavePosition", U32, 0),
	P("IsSpeedInMhz", BOOL, 0),
	P("Manufacturer", STR, 0),
	P("MaxMemorySpeed", U32, UNIT(MHZ)),
	E("MemoryType", U16, 0, memory_type),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("PartNumber", STR, 0),
	P("PositionInRow", U32, 0),
	P("SerialNumber", STR, 0),
	P("Speed", U32, UNIT(NANOSECONDS)),
	P("Tag", STR, KEY),
	P("TotalWidth", U16, 0),
};
CLASS(CIM, CIM_PhysicalMemory, physical_memory, true);

static const struct wsman_prop physical_package[] = {
	P("CanBeFRUed", BOOL, 0),
	P("CreationClassName", STR, KEY),
	P("Depth", REAL, 0),
	P("ElementName", STR, 0),
	P("Height", REAL, 0),
	P("HotSwappable", BOOL, 0),
	P("ManufactureDate", DATETIME, 0),
	P("Manufacturer", STR, 0),
	P("Model", STR, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("OtherIdentifyingInfo", STR, 0),
	P("OtherPackageType", STR, 0),
	P("PackageType", U16, 0),
	P("Removable", BOOL, 0),
	P("RemovalConditions", U16, 0),
	P("Replaceable", BOOL, 0),
	P("SKU", STR, 0),
	P("SerialNumber", STR, 0),
	P("Tag", STR, KEY),
	P("VendorCompatibilityStrings", STR, ARR),
	P("VendorEquipmentType", STR, 0),
	P("Weight", REAL, 0),
	P("Width", REAL, 0),
};
static const struct wsman_method physical_package_methods[] = {
	D(IsCompatible, MEMBERS(P("ElementToCheck", EPR, 0)), NONE),
};
CLASS_M(CIM, CIM_PhysicalPackage, physical_package, true);

static const struct wsman_prop physical_frame[] = {
	P("AudibleAlarm", BOOL, 0),
	P("BreachDescription", STR, 0),
	P("CableManagementStrategy", STR, 0),
	P("CreationClassName", STR, KEY),
	P("Depth", REAL, 0),
	P("ElementName", STR, 0), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Height", REAL, 0),
	P("HotSwappable", BOOL, 0),
	P("IsLocked", BOOL, 0),
	P("LockPresent", BOOL, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OtherPackageType", STR, 0),
	P("PackageType", U16, 0),
	P("Removable", BOOL, 0),
	P("RemovalConditions", U16, 0),
	P("Replaceable", BOOL, 0),
	P("SecurityBreach", U16, 0),
	P("ServiceDescriptions", STR, ARR),
	P("ServicePhilosophy", U16, ARR),
	P("Tag", STR, KEY),
	P("VendorCompatibilityStrings", STR, ARR),
	P("VisibleAlarm", BOOL, 0),
	P("Weight", REAL, 0),
	P("Width", REAL, 0),
};
static const struct wsman_method physical_frame_methods[] = {
	D(IsCompatible, MEMBERS(P("ElementToCheck", EPR, 0)), NONE),
};
CLASS_M(CIM, CIM_PhysicalFrame, physical_frame, true);

static const struct wsman_prop physical_component[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("HotSwappable", BOOL, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("Removable", BOOL, 0),
	P("RemovalConditions", U16, 0),
	P("Replaceable", BOOL, 0),
	P("Tag", STR, KEY),
};
CLASS(CIM, CIM_PhysicalComponent, physical_component, true);

static const struct wsman_name capabilities[] = {
	{ 0, "Unknown capabilities" }, { 1, "Other capabilities" }, { 2, "Sequential access" },
	{ 3, "Random access" }, { 4, "Supports writing" }, { 5, "Encryption" },
	{ 6, "Compression" }, { 7, "Supports removable media" }, { 8, "Manual cleaning" },
	{ 9, "Automatic cleaning" }, { 10, "Smart notification" },
	{ 11, "Supports dual sided media" }, { 12, "Pre dismount eject not required" },
	{ 0, NULL },
};
static const struct wsman_name security[] = {
	{ 1, "Other" }, { 2, "Unknown" }, { 3, "None" }, { 4, "Read only" },
	{ 5, "Locked out" }, { 6, "Boot bypass" }, { 7, "Boot bypass and read only" },
	{ 0, NULL },
};
static const struct wsman_prop media_access_device[] = {
	E("Capabilities", U16, ARR, capabilities),
	P("CapabilityDescriptions", STR, ARR),
	P("CompressionMethod", STR, 0),
	P("CreationClassName", STR, KEY),
	P("DefaultBlockSize", U64, UNIT(BYTES)),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledDefault", U16, 0, wsman_names_enabled_default),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("ErrorMethodology", STR, 0),
	P("LastCleaned", DATETIME, 0),
	P("LoadTime", U64, UNIT(MILLISECONDS)),
	P("MaxAccessTime", U64, UNIT(MILLISECONDS)),
	P("MaxBlockSize", U64, UNIT(BYTES)),
	P("MaxMediaSize", U64, 0),
	P("MaxUnitsBeforeCleaning", U64, 0),
	P("MediaIsLocked", BOOL, 0),
	P("MinBlockSize", U64, UNIT(BYTES)),
	P("MountCount", U64, 0),
	P("NeedsCleaning", BOOL, 0),
	P("NumberOfMediaSupported", U32, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	E("Security", U16, 0, security),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastMount", DATETIME, 0),
	P("TotalMountTime", U64, UNIT(SECONDS)),
	P("UncompressedDataRate", U32, 0),
	P("UnitsDescription", STR, 0),
	P("UnitsUsed", U64, 0),
	P("UnloadTime", U64, UNIT(MILLISECONDS)),
};
static const struct wsman_method media_access_device_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	D(LockMedia, MEMBERS(P("Lock", BOOL, 0)), NONE),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_MediaAccessDevice, media_access_device, true);

static const struct wsman_prop software_identity[] = {
	P("BuildNumber", U16, RO),
	P("ClassificationDescriptions", STR, RO | ARR),
	P("Classifications", U16, RO | ARR),
	P("ElementName", STR, 0), /* inherited */
	P("ExtendedResourceType", U16, RO),
	P("IdentityInfoType", STR, RO | ARR),
	P("IdentityInfoValue", STR, RO | ARR),
	P("InstanceID", STR, KEY),
	P("IsEntity", BOOL, RO),
	P("IsLargeBuildNumber", BOOL, RO),
	P("Languages", STR, RO | ARR),
	P("LargeBuildNumber", U64, RO),
	P("MajorVersion", U16, RO),
	P("Manufacturer", STR, RO),
	P("MinExtendedResourceTypeBuildNumber", U16, RO),
	P("MinExtendedResourceTypeMajorVersion", U16, RO),
	P("MinExtendedResourceTypeMinorVersion", U16, RO),
	P("MinExtendedResourceTypeRevisionNumber", U16, RO),
	P("MinorVersion", U16, RO),
	P("OtherExtendedResourceTypeDescription", STR, RO),
	P("ReleaseDate", DATETIME, RO),
	P("RevisionNumber", U16, RO),
	P("SerialNumber", STR, RO),
	P("TargetOSTypes", U16, RO | ARR),
	P("TargetOperatingSystems", STR, RO | ARR),
	P("TargetTypes", STR, RO | ARR),
	P("VersionString", STR, RO),
};
CLASS(CIM, CIM_SoftwareIdentity, software_identity, true);

static const struct wsman_prop installed_software_identity[] = {
	P("InstalledSoftware", EPR, KEY),
	P("System", EPR, KEY),
};
CLASS(CIM, CIM_InstalledSoftwareIdentity, installed_software_identity, false);

static const struct wsman_prop computer_system_package[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("PlatformGUID", STR, 0),
};
CLASS(CIM, CIM_ComputerSystemPackage, computer_system_package, false);

static const struct wsman_prop system_packaging[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(CIM, CIM_SystemPackaging, system_packaging, false);

static const struct wsman_prop system_bios[] = {
	P("GroupComponent", EPR, KEY),
	P("PartComponent", EPR, KEY),
};
CLASS(CIM, CIM_SystemBIOS, system_bios, false);

static const struct wsman_prop fan[] = {
	P("ActiveCooling", BOOL, 0),
	P("CreationClassName", STR, KEY),
	P("DesiredSpeed", U64, 0),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("VariableSpeed", BOOL, 0),
};
static const struct wsman_method fan_methods[] = {
	D(SetSpeed, MEMBERS(P("DesiredSpeed", U64, 0)), NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_Fan, fan, true);

static const struct wsman_name sensor_type[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Temperature" }, { 3, "Voltage" },
	{ 4, "Current" }, { 5, "Tachometer" }, { 6, "Counter" }, { 7, "Switch" },
	{ 8, "Lock" }, { 9, "Humidity" }, { 10, "Smoke detection" }, { 11, "Presence" },
	{ 12, "Air flow" }, { 13, "Power consumption" }, { 14, "Power production" },
	{ 15, "Pressure" }, { 16, "Intrusion" }, { 0, NULL },
};
static const struct wsman_prop sensor[] = {
	P("CreationClassName", STR, KEY),
	P("CurrentState", STR, 0),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("OtherSensorTypeDescription", STR, 0),
	P("PollingInterval", U64, 0),
	P("PossibleStates", STR, ARR),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SensorContext", STR, 0),
	E("SensorType", U16, 0, sensor_type),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method sensor_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_Sensor, sensor, true);

static const struct wsman_prop pci_device[] = {
	P("BaseAddress", U32, ARR),
	P("CacheLineSize", U8, 0),
	P("Capabilities", U16, ARR),
	P("CapabilityDescriptions", STR, ARR),
	P("ClassCode", U8, 0),
	P("CommandRegister", U16, 0),
	P("CreationClassName", STR, KEY),
	P("DeviceID", STR, KEY),
	P("DeviceLocation", U16, 0),
	P("DeviceSelectTiming", U16, 0),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	P("ExpansionROMBaseAddress", U32, 0),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InterruptPin", U16, 0),
	P("LatencyTimer", U8, 0),
	P("MaxLatency", U8, 0),
	P("MaxNumberControlled", U32, 0),
	P("MinGrantTime", U8, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("ProgIf", U8, 0),
	P("ProtocolDescription", STR, 0),
	P("ProtocolSupported", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("RevisionID", U8, 0),
	P("SelfTestEnabled", BOOL, 0),
	P("Subclass", U8, 0),
	P("SubsystemID", U16, 0),
	P("SubsystemVendorID", U16, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastReset", DATETIME, 0),
	P("VendorID", U16, 0),
};
static const struct wsman_method pci_device_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(BISTExecution, NONE, NONE),
	DEVICE_METHODS,
};
CLASS_M(AMT, AMT_PCIDevice, pci_device, true);

static const struct wsman_prop pci_controller[] = {
	P("CacheLineSize", U8, 0),
	P("Capabilities", U16, ARR),
	P("CapabilityDescriptions", STR, ARR),
	P("ClassCode", U8, 0),
	P("CommandRegister", U16, 0),
	P("CreationClassName", STR, KEY),
	P("DeviceID", STR, KEY),
	P("DeviceSelectTiming", U16, 0),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	P("ExpansionROMBaseAddress", U32, 0),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InterruptPin", U16, 0),
	P("LatencyTimer", U8, 0),
	P("MaxNumberControlled", U32, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("ProtocolDescription", STR, 0),
	P("ProtocolSupported", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SelfTestEnabled", BOOL, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastReset", DATETIME, 0),
};
static const struct wsman_method pci_controller_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
	D(BISTExecution, NONE, NONE),
};
CLASS_M(CIM, CIM_PCIController, pci_controller, true);

static const struct wsman_prop concrete_dependency[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(CIM, CIM_ConcreteDependency, concrete_dependency, false);

static const struct wsman_prop service_available_to_element[] = {
	P("ServiceProvided", EPR, KEY),
	P("UserOfService", EPR, KEY),
};
CLASS(CIM, CIM_ServiceAvailableToElement, service_available_to_element, false);

static const struct wsman_prop registered_profile[] = {
	P("AdvertiseTypeDescriptions", STR, ARR),
	P("AdvertiseTypes", U16, ARR | REQ),
	P("ElementName", STR, 0), /* inherited */
	P("ImplementedFeatures", STR, ARR),
	P("InstanceID", STR, KEY),
	P("OtherRegisteredOrganization", STR, 0),
	P("RegisteredName", STR, REQ),
	P("RegisteredOrganization", U16, REQ),
	P("RegisteredVersion", STR, REQ),
};
CLASS(CIM, CIM_RegisteredProfile, registered_profile, false);
