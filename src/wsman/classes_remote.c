/* Remote access through a gateway (CIRA), environment detection: classes of wsman 3.12.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name info_format[] = {
	{ 3, "IPv4 Address" }, { 4, "IPv6 Address" }, { 201, "FQDN" }, { 0, NULL },
};
static const struct wsman_name auth_method[] = {
	{ 1, "Mutual Authentication" }, { 2, "Username Password Authentication" }, { 0, NULL },
};
static const struct wsman_name trigger[] = {
	{ 0, "User Initiated" }, { 1, "Alert" }, { 2, "Periodic" }, { 3, "Home Provisioning" },
	{ 0, NULL },
};
static const struct wsman_prop remote_access_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("IsRemoteTunnelConnected", BOOL, 0), /* another reader */
	P("Name", STR, KEY),
	P("RemoteTunnelKeepAliveTimeout", U32, UNIT(SECONDS)), /* another reader */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method remote_access_service_methods[] = {
	M(AddMpServer, MEMBERS(P("AccessInfo", STR, REQ), E("InfoFormat", U16, REQ, info_format),
	  P("Port", U16, REQ), E("AuthMethod", U32, REQ, auth_method), P("Certificate", EPR, 0),
	  P("Username", STR, 0), P("Password", STR, SEC), P("CN", STR, 0)),
	  MEMBERS(P("MpServer", EPR, 0))),
	M(AddRemoteAccessPolicyRule, MEMBERS(E("Trigger", U16, REQ, trigger),
	  P("TunnelLifeTime", U32, REQ), P("ExtendedData", B64, 0), P("MpServer", EPR, ARR | REQ),
	  P("InternalMpServer", EPR, ARR)) /* no peer sends it */, MEMBERS(P("PolicyRule", EPR, 0))),
	M(CloseRemoteAccessConnection, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_RemoteAccessService, remote_access_service, true);

static const struct wsman_prop remote_access_capabilities[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("LastRemoteAccessTrigger", STR, 0), /* another reader */
	P("MaxMpsPerPolicy", U32, 0),
	P("MaxTotalMpServers", U32, 0),
	P("MaxTotalPolicies", U32, 0),
	P("MaxTotalProxyEntryPoints", U32, 0),
};
CLASS(AMT, AMT_RemoteAccessCapabilities, remote_access_capabilities, false);

static const struct wsman_name trigger_2[] = {
	{ 0, "User initiated" }, { 1, "Alert" }, { 2, "Periodic" }, { 3, "Home provisioning" },
	{ 0, NULL },
};
static const struct wsman_prop remote_access_policy_rule[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("ExtendedData", B64, 0),
	P("PolicyRuleName", STR, KEY),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	E("Trigger", U16, REQ, trigger_2),
	P("TunnelLifeTime", U32, REQ | UNIT(SECONDS)),
};
CLASS(AMT, AMT_RemoteAccessPolicyRule, remote_access_policy_rule, false);

static const struct wsman_name mps_type[] = {
	{ 0, "External MPS" }, { 1, "Internal MPS" }, { 2, "Both" }, { 0, NULL },
};
static const struct wsman_prop remote_access_policy_applies_to_mps[] = {
	P("ManagedElement", EPR, KEY),
	E("MpsType", U16, 0, mps_type),
	P("OrderOfAccess", U16, 0),
	P("PolicySet", EPR, KEY),
};
CLASS(AMT, AMT_RemoteAccessPolicyAppliesToMPS, remote_access_policy_applies_to_mps, false);

static const struct wsman_name info_format_2[] = {
	{ 1, "Other" }, { 2, "Host name" }, { 3, "IPv4 address" }, { 4, "IPv6 address" },
	{ 5, "IPX address" }, { 6, "DECnet address" }, { 7, "SNA address" },
	{ 8, "Autonomous system number" }, { 9, "MPLS label" }, { 10, "IPv4 subnet address" },
	{ 11, "IPv6 subnet address" }, { 12, "IPv4 address range" },
	{ 13, "IPv6 address range" }, { 100, "Dial string" }, { 101, "Ethernet address" },
	{ 102, "Token ring address" }, { 103, "ATM address" }, { 104, "Frame relay address" },
	{ 200, "URL" }, { 201, "FQDN" }, { 202, "User FQDN" }, { 203, "DER ASN.1 DN" },
	{ 204, "DER ASN.1 GN" }, { 205, "Key id" }, { 206, "ParameterizedURL" }, { 0, NULL },
};
static const struct wsman_prop management_presence_remote_sap[] = {
	P("AccessInfo", STR, 0),
	P("CN", STR, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("InfoFormat", U16, 0, info_format_2),
	P("Name", STR, KEY),
	P("Port", U16, REQ),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method management_presence_remote_sap_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_ManagementPresenceRemoteSAP, management_presence_remote_sap, true);

static const struct wsman_prop mps_username_password[] = {
	P("Algorithm", STR, 0),
	P("InstanceID", STR, KEY),
	P("Protocol", STR, 0),
	P("RemoteID", STR, 0),
	P("Secret", STR, SEC),
};
CLASS(AMT, AMT_MPSUsernamePassword, mps_username_password, true);

static const struct wsman_prop remote_access_credential_context[] = {
	P("ElementInContext", EPR, KEY),
	P("ElementProvidingContext", EPR, KEY),
	P("Usage", U16, 0),
};
CLASS(AMT, AMT_RemoteAccessCredentialContext, remote_access_credential_context, false);

static const struct wsman_prop remote_access_available_to_element[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("IsDefault", BOOL, 0),
	P("OrderOfAccess", U16, 0),
};
CLASS(CIM, CIM_RemoteAccessAvailableToElement, remote_access_available_to_element, false);

static const struct wsman_name enabled_state[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Enabled" }, { 3, "Disabled" },
	{ 4, "Shutting down" }, { 5, "Not applicable" }, { 6, "Enabled but offline" },
	{ 7, "In test" }, { 8, "Deferred" }, { 9, "Quiesce" }, { 10, "Starting" },
	{ 32768, "All interfaces disabled" }, { 32769, "BIOS interface enabled" },
	{ 32770, "OS interface enabled" }, { 32771, "BIOS and OS interfaces enabled" },
	{ 0, NULL },
};
static const struct wsman_name user_initiated_connection_service_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut Down" }, { 6, "Offline" },
	{ 7, "Test" }, { 8, "Defer" }, { 9, "Quiesce" }, { 10, "Reboot" }, { 11, "Reset" },
	{ 32768, "All Interfaces disabled" }, { 32769, "BIOS Interface enabled" },
	{ 32770, "OS Interface enabled" }, { 32771, "BIOS and OS Interfaces enabled" },
	{ 0, NULL },
};
static const struct wsman_prop user_initiated_connection_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, enabled_state),
	P("LastConnectionReason", STR, 0),
	P("Name", STR, KEY),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method user_initiated_connection_service_methods[] = {
	REQUEST_STATE_CHANGE(user_initiated_connection_service_change),
};
CLASS_M(AMT, AMT_UserInitiatedConnectionService, user_initiated_connection_service, true);

static const struct wsman_name detection_algorithm[] = {
	{ 0, "Local domains" }, { 1, "Remote URLs" }, { 0, NULL },
};
static const struct wsman_prop environment_detection_setting_data[] = {
	E("DetectionAlgorithm", U16, REQ, detection_algorithm),
	P("DetectionIPv6LocalPrefixes", STR, ARR),
	P("DetectionStrings", STR, ARR),
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
};
static const struct wsman_method environment_detection_setting_data_methods[] = {
	M(SetSystemDefensePolicy, MEMBERS(P("Policy", EPR, 0)), NONE),
	M(EnableVpnRouting, MEMBERS(P("Enable", BOOL, REQ)), NONE),
};
CLASS_M(AMT, AMT_EnvironmentDetectionSettingData, environment_detection_setting_data, false);

static const struct wsman_prop environment_detection_interface_policy[] = {
	P("Active", BOOL, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("Enabled", BOOL, 0),
};
CLASS(AMT, AMT_EnvironmentDetectionInterfacePolicy, environment_detection_interface_policy, false);
