/* Power: states, requests, supplies: classes of wsman 3.5.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name power_request[] = {
	{ 2, "Power on" }, { 3, "Sleep - light" }, { 4, "Sleep - deep" },
	{ 5, "Power cycle (off soft)" }, { 6, "Power off - hard" }, { 7, "Hibernate" },
	{ 8, "Power off - soft" }, { 9, "Power cycle (off hard)" }, { 10, "Master bus reset" },
	{ 11, "Diagnostic interrupt (NMI)" }, { 12, "Power off - soft graceful" },
	{ 13, "Power off - hard graceful" }, { 14, "Master bus reset graceful" },
	{ 15, "Power cycle (off - soft graceful)" }, { 16, "Power cycle (off - hard graceful)" },
	{ 17, "Diagnostic interrupt (INIT)" }, { 0, NULL },
};
static const struct wsman_prop power_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method power_service_methods[] = {
	D(RequestPowerStateChange,
	  MEMBERS(E("PowerState", U16, REQ, power_request), P("ManagedElement", EPR, REQ),
		  P("Time", DATETIME, 0), P("TimeoutPeriod", DATETIME, 0)),
	  MEMBERS(P("Job", EPR, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_PowerManagementService, power_service, true);

static const struct wsman_name power_state[] = {
	{ 2, "On (S0)" }, { 3, "Sleep - light (S1/S2)" }, { 4, "Sleep - deep (S3)" },
	{ 5, "Power cycle (off soft)" }, { 6, "Off - hard" }, { 7, "Hibernate (S4)" },
	{ 8, "Off - soft (S5)" }, { 9, "Power cycle (off hard)" }, { 10, "Master bus reset" },
	{ 11, "Diagnostic interrupt (NMI)" }, { 12, "Off - soft graceful" },
	{ 13, "Off - hard graceful" }, { 14, "Master bus reset graceful" },
	{ 15, "Power cycle (off - soft graceful)" }, { 16, "Power cycle (off - hard graceful)" },
	{ 0, NULL },
};
static const struct wsman_prop associated_power[] = {
	E("AvailableRequestedPowerStates", U16, RO | ARR, power_request),
	P("OtherPowerState", STR, RO),
	P("OtherRequestedPowerState", STR, RO),
	P("PowerOnTime", DATETIME, RO),
	E("PowerState", U16, RO, power_state),
	E("RequestedPowerState", U16, RO, power_request),
	P("ServiceProvided", EPR, KEY),
	E("TransitioningToPowerState", U16, RO, power_request),
	P("UserOfService", EPR, KEY),
};
CLASS(CIM, CIM_AssociatedPowerManagementService, associated_power, true);

static const struct wsman_prop power_management_capabilities[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("OtherPowerCapabilitiesDescriptions", STR, ARR),
	P("OtherPowerChangeCapabilities", STR, 0),
	P("PowerCapabilities", U16, ARR),
	P("PowerChangeCapabilities", U16, ARR),
	E("PowerStatesSupported", U16, ARR, power_request),
	E("RequestedPowerStatesSupported", U16, ARR, power_request),
};
CLASS(CIM, CIM_PowerManagementCapabilities, power_management_capabilities, false);

static const struct wsman_prop power_supply[] = {
	P("ActiveInputVoltage", U16, 0),
	P("CreationClassName", STR, KEY),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("IsSwitchingSupply", BOOL, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("Range1InputFrequencyHigh", U32, 0),
	P("Range1InputFrequencyLow", U32, 0),
	P("Range1InputVoltageHigh", U32, UNIT(MILLIVOLTS)),
	P("Range1InputVoltageLow", U32, UNIT(MILLIVOLTS)),
	P("Range2InputFrequencyHigh", U32, 0),
	P("Range2InputFrequencyLow", U32, 0),
	P("Range2InputVoltageHigh", U32, UNIT(MILLIVOLTS)),
	P("Range2InputVoltageLow", U32, UNIT(MILLIVOLTS)),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TotalOutputPower", U32, UNIT(MILLIWATTS)),
	P("TypeOfRangeSwitching", U16, 0),
};
static const struct wsman_method power_supply_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_PowerSupply, power_supply, true);

static const struct wsman_name battery_status[] = {
	{ 1, "Other" }, { 2, "Unknown" }, { 3, "Fully charged" }, { 4, "Low" },
	{ 5, "Critical" }, { 6, "Charging" }, { 7, "Charging and high" },
	{ 8, "Charging and low" }, { 9, "Charging and critical" }, { 10, "Undefined" },
	{ 11, "Partially charged" }, { 12, "Learning" }, { 13, "Overcharged" }, { 0, NULL },
};
static const struct wsman_name charging_status[] = {
	{ 0, "Unknown" }, { 2, "Charging" }, { 3, "Discharging" }, { 4, "Idle" }, { 0, NULL },
};
static const struct wsman_name chemistry[] = {
	{ 1, "Other" }, { 2, "Unknown" }, { 3, "Lead acid" }, { 4, "Nickel cadmium" },
	{ 5, "Nickel metal hydride" }, { 6, "Lithium ion" }, { 7, "Zinc air" },
	{ 8, "Lithium polymer" }, { 0, NULL },
};
static const struct wsman_prop battery[] = {
	E("BatteryStatus", U16, 0, battery_status),
	E("ChargingStatus", U16, 0, charging_status),
	E("Chemistry", U16, 0, chemistry),
	P("CreationClassName", STR, KEY),
	P("DesignCapacity", U32, 0),
	P("DesignVoltage", U64, 0),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("EstimatedChargeRemaining", U16, 0),
	P("FullChargeCapacity", U32, 0),
	E("HealthState", U16, 0, wsman_names_health_state),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method battery_methods[] = {
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_Battery, battery, true);

static const struct wsman_name os_power_saving_state[] = {
	{ 0, "Unknown" }, { 1, "Unsupported" }, { 2, "Full power" }, { 3, "OS power saving" },
	{ 0, NULL },
};
static const struct wsman_name os_power_saving_state_2[] = {
	{ 2, "Full Power" }, { 3, "OS power saving" }, { 0, NULL },
};
/* Firmware sends the member of its own last. */
static const struct wsman_prop power_management_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	E("OSPowerSavingState", U16, 0, os_power_saving_state),
};
static const struct wsman_method power_management_service_methods[] = {
	D(RequestOSPowerSavingStateChange,
	  MEMBERS(E("OSPowerSavingState", U16, 0, os_power_saving_state_2),
	  P("ManagedElement", EPR, 0), P("Time", DATETIME, 0), P("TimeoutPeriod", DATETIME, 0)),
	  NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_PowerManagementService, power_management_service, true);

/* The last six are known only from another client's reader. */
static const struct wsman_prop power_scheme[] = {
	P("CreationClassName", STR, 0),
	P("Description", STR, 0),
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("Name", STR, 0),
	P("PolicyOwner", U16, 0),
	P("PolicyPrecedence", U16, 0),
	P("SchemeGUID", B64, KEY),
	P("SystemCreationClassName", STR, 0),
	P("SystemName", STR, 0),
};
static const struct wsman_method power_scheme_methods[] = {
	M(SetPowerScheme, NONE, NONE),
};
CLASS_M(AMT, AMT_SystemPowerScheme, power_scheme, false);

static const struct wsman_name dedicated[] = {
	{ 0, "Not dedicated" }, { 1, "Unknown" }, { 2, "Other" }, { 28, "Management controller" },
	{ 0, NULL },
};
static const struct wsman_name reset_capability[] = {
	{ 1, "Other" }, { 2, "Unknown" }, { 3, "Disabled" }, { 4, "Enabled" },
	{ 5, "Not implemented" }, { 0, NULL },
};
static const struct wsman_prop computer_system[] = {
	P("CreationClassName", STR, KEY),
	E("Dedicated", U16, RO | ARR, dedicated),
	P("ElementName", STR, 0),                                       /* inherited */
	E("EnabledState", U16, RO, wsman_names_enabled_state),          /* inherited */
	E("HealthState", U16, RO, wsman_names_health_state),            /* inherited */
	P("IdentifyingDescriptions", STR, RO | ARR),
	P("Name", STR, KEY),
	P("NameFormat", STR, RO),
	E("OperationalStatus", U16, RO | ARR, wsman_names_operational_status), /* inherited */
	P("OtherDedicatedDescriptions", STR, RO | ARR),
	P("OtherIdentifyingInfo", STR, RO | ARR),
	P("PowerManagementCapabilities", U16, RO | ARR),
	P("PrimaryOwnerContact", STR, 0),
	P("PrimaryOwnerName", STR, 0),
	E("RequestedState", U16, RO, wsman_names_requested_state),      /* inherited */
	E("ResetCapability", U16, RO, reset_capability),
	P("Roles", STR, ARR),
};
static const struct wsman_method computer_system_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_ComputerSystem, computer_system, true);

static const struct wsman_prop host_boot_reason[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("PreviousSxState", U32, REQ),
	P("Reason", U32, REQ),
	P("ReasonDetails", STR, 0),
};
CLASS(IPS, IPS_HostBootReason, host_boot_reason, false);
