/* Class table, namespace CIM (wsman 3.5-3.15). Order and remarks as in classes_amt.c. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name kvm_protocol[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Raw" }, { 3, "RDP" }, { 4, "VNC-RFB" }, { 0, NULL },
};
static const struct wsman_prop kvm_sap[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	E("KVMProtocol", U16, RO, kvm_protocol),
	P("Name", STR, KEY),
	P("OtherKVMProtocol", STR, RO),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method kvm_sap_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};

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

const struct wsman_class wsman_classes_cim[] = {
	CLASS(CIM, CIM_AssociatedPowerManagementService, associated_power, true),
	CLASS_M(CIM, CIM_ComputerSystem, computer_system, computer_system_methods, true),
	CLASS_M(CIM, CIM_KVMRedirectionSAP, kvm_sap, kvm_sap_methods, true),
	CLASS_M(CIM, CIM_PowerManagementService, power_service, power_service_methods, true),
	CLASS(CIM, CIM_SoftwareIdentity, software_identity, true),
};
const unsigned wsman_classes_cim_count = COUNT(wsman_classes_cim);
