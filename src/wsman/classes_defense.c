/* System defense, agent presence, endpoint access control: classes of wsman 3.14.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name timeout[] = { { 0, "Infinite" }, { 0, NULL } };
static const struct wsman_prop system_defense_policy[] = {
	P("AntiSpoofingSupport", U32, 0),
	P("ElementName", STR, 0), /* inherited */
	P("FilterCreationHandles", U32, ARR),
	P("InstanceID", STR, KEY),
	P("PolicyName", STR, 0),
	P("PolicyPrecedence", U32, REQ),
	P("RxDefaultCount", BOOL, REQ),
	P("RxDefaultDrop", BOOL, REQ),
	P("RxDefaultMatchEvent", BOOL, REQ),
	P("TxDefaultCount", BOOL, REQ),
	P("TxDefaultDrop", BOOL, REQ),
	P("TxDefaultMatchEvent", BOOL, REQ),
};
static const struct wsman_method system_defense_policy_methods[] = {
	M(GetTimeout, NONE, MEMBERS(P("Timeout", U32, 0))),
	M(SetTimeout, MEMBERS(E("Timeout", U32, REQ, timeout)), NONE),
	M(UpdateStatistics, MEMBERS(P("NetworkInterface", EPR, REQ), P("ResetOnRead", BOOL, REQ)),
	  NONE),
};
CLASS_M(AMT, AMT_SystemDefensePolicy, system_defense_policy, false);

static const struct wsman_prop system_defense_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method system_defense_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_SystemDefenseService, system_defense_service, true);

static const struct wsman_prop system_defense_policy_in_service[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_SystemDefensePolicyInService, system_defense_policy_in_service, false);

static const struct wsman_prop filter_in_system_defense_policy[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_FilterInSystemDefensePolicy, filter_in_system_defense_policy, false);

static const struct wsman_prop filter_entry_base[] = {
	P("ElementName", STR, 0), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("IsNegated", BOOL, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
};
CLASS(AMT, AMT_FilterEntryBase, filter_entry_base, true);

static const struct wsman_prop network_filter[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("IsNegated", BOOL, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OwnerID", U32, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
CLASS(AMT, AMT_NetworkFilter, network_filter, true);

static const struct wsman_prop complex_filter_entry_base[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InstanceID", STR, KEY),
	P("IsNegated", BOOL, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
CLASS(AMT, AMT_ComplexFilterEntryBase, complex_filter_entry_base, true);

static const struct wsman_name filter_direction[] = {
	{ 0, "Transmit" }, { 1, "Receive" }, { 0, NULL },
};
static const struct wsman_name filter_profile[] = {
	{ 0, "Allow and count" }, { 1, "Drop and count" }, { 2, "Rate limit" }, { 3, "Allow" },
	{ 4, "Drop" }, { 0, NULL },
};
static const struct wsman_name hdr_protocol_id8021[] = {
	{ 2048, "IP" }, { 2054, "ARP" }, { 0, NULL },
};
static const struct wsman_prop hdr8021_filter[] = {
	P("ActionEventOnMatch", BOOL, REQ),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("FilterDirection", U16, REQ, filter_direction),
	P("FilterEnabled", BOOL, 0), /* hand-made samples only */
	E("FilterProfile", U16, REQ, filter_profile),
	P("FilterProfileData", U32, 0),
	P("HdrDestMACAddr8021", B64, 0),
	P("HdrDestMACMask8021", B64, 0),
	P("HdrPriorityValue8021", U8, 0),
	E("HdrProtocolID8021", U16, REQ, hdr_protocol_id8021),
	P("HdrSrcMACAddr8021", B64, 0),
	P("HdrSrcMACMask8021", B64, 0),
	P("HdrVLANID8021", U32, 0),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InstanceID", STR, KEY),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("VLANID", U16, 0), /* hand-made samples only */
	P("VLANPriority", U8, 0), /* hand-made samples only */
};
CLASS(AMT, AMT_Hdr8021Filter, hdr8021_filter, true);

static const struct wsman_prop ip_headers_filter[] = {
	P("ActionEventOnMatch", BOOL, REQ),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("FilterDirection", U16, REQ, filter_direction),
	E("FilterProfile", U16, REQ, filter_profile),
	P("FilterProfileData", U32, 0),
	P("HdrDSCP", U8, ARR),
	P("HdrDestAddress", HEX, 0),
	P("HdrDestAddressEndOfRange", HEX, 0),
	P("HdrDestMask", HEX, 0),
	P("HdrDestPortEnd", U16, 0),
	P("HdrDestPortStart", U16, 0),
	P("HdrFlowLabel", HEX, 0),
	P("HdrIPVersion", U8, 0),
	P("HdrProtocolID", U8, 0),
	P("HdrSrcAddress", HEX, 0),
	P("HdrSrcAddressEndOfRange", HEX, 0),
	P("HdrSrcMask", HEX, 0),
	P("HdrSrcPortEnd", U16, 0),
	P("HdrSrcPortStart", U16, 0),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InstanceID", STR, KEY),
	P("IsNegated", BOOL, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TCPFlagsOff", U16, ARR),
	P("TCPFlagsOn", U16, ARR),
};
CLASS(AMT, AMT_IPHeadersFilter, ip_headers_filter, true);

static const struct wsman_prop interface_policy[] = {
	P("Active", BOOL, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_InterfacePolicy, interface_policy, false);

static const struct wsman_prop network_port_system_defense_policy[] = {
	P("Active", BOOL, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("Enabled", BOOL, 0),
};
CLASS(AMT, AMT_NetworkPortSystemDefensePolicy, network_port_system_defense_policy, false);

static const struct wsman_prop network_port_default_system_defense_policy[] = {
	P("Active", BOOL, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_NetworkPortDefaultSystemDefensePolicy, network_port_default_system_defense_policy, false);

static const struct wsman_prop network_port_system_defense_capabilities[] = {
	P("ElementName", STR, 0), /* inherited */
	P("IPv4_AntiSpoofingCapable", BOOL, 0),
	P("IPv4_MaxRxCounters", U16, 0),
	P("IPv4_MaxRxFilters", U16, 0),
	P("IPv4_MaxTxCounters", U16, 0),
	P("IPv4_MaxTxFilters", U16, 0),
	P("IPv6_AntiSpoofingCapable", BOOL, 0),
	P("IPv6_MaxRxCounters", U16, 0),
	P("IPv6_MaxRxFilters", U16, 0),
	P("IPv6_MaxTxCounters", U16, 0),
	P("IPv6_MaxTxFilters", U16, 0),
	P("IPv6_to_IPv4_Ratio", U16, 0),
	P("InstanceID", STR, KEY),
};
CLASS(AMT, AMT_NetworkPortSystemDefenseCapabilities, network_port_system_defense_capabilities, false);

static const struct wsman_prop general_system_defense_capabilities[] = {
	P("ElementName", STR, 0), /* inherited */
	P("GlobalMaxSupportedFilters", U32, 0),
	P("GlobalMaxSupportedPolicies", U32, 0),
	P("InstanceID", STR, KEY),
};
CLASS(AMT, AMT_GeneralSystemDefenseCapabilities, general_system_defense_capabilities, false);

static const struct wsman_prop active_filter_statistics[] = {
	P("ActivationTime", DATETIME, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("FilterMatched", BOOL, 0),
	P("LastResetTime", DATETIME, 0),
	P("ReadCount", U32, 0),
};
CLASS(AMT, AMT_ActiveFilterStatistics, active_filter_statistics, true);

/* Known from another client's requests only. */
static const struct wsman_prop statistical_data[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
};
static const struct wsman_method statistical_data_methods[] = {
	D(ResetSelectedStats, MEMBERS(P("SelectedStatistics", STR, ARR)), NONE),
};
CLASS_M(CIM, CIM_StatisticalData, statistical_data, false);

static const struct wsman_prop agent_presence_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method agent_presence_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_AgentPresenceService, agent_presence_service, true);

static const struct wsman_prop agent_presence_capabilities[] = {
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("MaxEacAgents", U32, 0),
	P("MaxTotalActions", U32, 0),
	P("MaxTotalAgents", U32, 0),
	P("MinGuaranteedActionListSize", U32, 0),
};
CLASS(AMT, AMT_AgentPresenceCapabilities, agent_presence_capabilities, false);

static const struct wsman_name current_state[] = {
	{ 1, "Not started" }, { 2, "Stopped" }, { 4, "Running" }, { 8, "Expired" },
	{ 16, "Suspended" }, { 0, NULL },
};
static const struct wsman_name action_sd[] = {
	{ 0, "Activate policy" }, { 1, "Deactivate policy" }, { 0, NULL },
};
static const struct wsman_prop agent_presence_watchdog[] = {
	P("ActionOnExpiration", U16, 0),
	P("CreationClassName", STR, KEY),
	E("CurrentState", U16, 0, current_state),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("MonitoredEntity", U16, 0),
	P("MonitoredEntityDescription", STR, 0),
	P("MonitoredEntityOnLastExpiration", U16, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("StartupInterval", U16, REQ),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastExpiration", DATETIME, 0),
	P("TimeoutInterval", U32, 0),
	P("TimerResolution", U32, 0),
};
static const struct wsman_method agent_presence_watchdog_methods[] = {
	M(RegisterAgent, NONE, MEMBERS(P("SessionSequenceNumber", U32, 0),
	  P("TimeoutInterval", U16, 0))),
	M(AssertPresence, MEMBERS(P("SequenceNumber", U32, REQ)), NONE),
	M(AssertShutdown, MEMBERS(P("SequenceNumber", U32, REQ)), NONE),
	M(AddAction, MEMBERS(P("OldState", U16, REQ), P("NewState", U16, REQ),
	  P("EventOnTransition", BOOL, REQ), E("ActionSd", U16, 0, action_sd),
	  P("ActionEac", BOOL, 0)), NONE),
	M(DeleteAllActions, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(AMT, AMT_AgentPresenceWatchdog, agent_presence_watchdog, true);

/* Known from another client's requests only. */
static const struct wsman_prop agent_presence_watchdog_va[] = {
	P("ActionOnExpiration", U16, 0),
	P("CreationClassName", STR, KEY),
	E("CurrentState", U16, 0, current_state),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("MonitoredEntity", U16, 0),
	P("MonitoredEntityDescription", STR, 0),
	P("MonitoredEntityOnLastExpiration", U16, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("StartupInterval", U16, REQ),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastExpiration", DATETIME, 0),
	P("TimeoutInterval", U32, 0),
	P("TimerResolution", U32, 0),
};
static const struct wsman_method agent_presence_watchdog_va_methods[] = {
	M(RegisterAgent, NONE, MEMBERS(P("SessionSequenceNumber", U32, 0),
	  P("TimeoutInterval", U16, 0))),
	M(AssertPresence, MEMBERS(P("SequenceNumber", U32, REQ)), NONE),
	M(AssertShutdown, MEMBERS(P("SequenceNumber", U32, REQ)), NONE),
	M(AddAction, MEMBERS(P("OldState", U16, REQ), P("NewState", U16, REQ),
	  P("EventOnTransition", BOOL, REQ), E("ActionSd", U16, 0, action_sd),
	  P("ActionEac", BOOL, 0)), NONE),
	M(DeleteAllActions, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(AMT, AMT_AgentPresenceWatchdogVA, agent_presence_watchdog_va, true);

static const struct wsman_prop agent_presence_watchdog_action[] = {
	E("ActionSd", U16, 0, action_sd),
	P("CreationClassName", STR, KEY),
	P("DoActionLogging", BOOL, 0),
	P("ElementName", STR, 0), /* inherited */
	P("EventOnTransition", BOOL, 0),
	P("PolicyActionName", STR, KEY),
	P("PolicyRuleCreationClassName", STR, KEY),
	P("PolicyRuleName", STR, KEY),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method agent_presence_watchdog_action_methods[] = {
	M(GetActionEac, NONE, MEMBERS(P("ActionEac", BOOL, 0))),
};
CLASS_M(AMT, AMT_AgentPresenceWatchdogAction, agent_presence_watchdog_action, false);

static const struct wsman_prop agent_presence_interface_policy[] = {
	P("Active", BOOL, 0),
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
	P("Enabled", BOOL, 0),
};
CLASS(AMT, AMT_AgentPresenceInterfacePolicy, agent_presence_interface_policy, false);

static const struct wsman_prop state_transition_condition[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	P("NewState", U16, 0),
	P("OldState", U16, 0),
	P("PolicyConditionName", STR, KEY),
	P("PolicyRuleCreationClassName", STR, KEY),
	P("PolicyRuleName", STR, KEY),
	P("StateSpace", STR, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
CLASS(AMT, AMT_StateTransitionCondition, state_transition_condition, false);

static const struct wsman_prop watch_dog_action[] = {
	P("AgentPresenceWatchDogExpirationAction", U32, REQ),
	P("ElementName", STR, 0), /* inherited */
	P("HeciWatchDogExpirationAction", U32, REQ),
	P("InstanceID", STR, KEY),
	P("ReArmReset", BOOL, 0),
	P("Timeout", U32, UNIT(SECONDS)),
};
static const struct wsman_method watch_dog_action_methods[] = {
	M(ApplyActionOnWatchDog, MEMBERS(P("AgentPresenceWatchDog", EPR, REQ),
	  P("ActionEnable", BOOL, REQ)), NONE),
	M(CancelRebootAction, NONE, NONE),
};
CLASS_M(IPS, IPS_WatchDogAction, watch_dog_action, false);

static const struct wsman_prop watchdog[] = {
	P("ActionOnExpiration", U16, 0),
	P("CreationClassName", STR, KEY),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("MonitoredEntity", U16, 0),
	P("MonitoredEntityDescription", STR, 0),
	P("MonitoredEntityOnLastExpiration", U16, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TimeOfLastExpiration", DATETIME, 0),
	P("TimeoutInterval", U32, 0),
	P("TimerResolution", U32, 0),
};
static const struct wsman_method watchdog_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	D(KeepAlive, NONE, NONE),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_Watchdog, watchdog, true);

static const struct wsman_name posture_type[] = {
	{ 0, "Attribute-Value pair (AVP) type" }, { 0, NULL },
};
static const struct wsman_name update_type[] = {
	{ 0, "Posture update boot counters" }, { 1, "Posture update agent presence state" },
	{ 0, NULL },
};
static const struct wsman_name eac_vendors[] = {
	{ 1, "EAC NAC" }, { 2, "EAC NAP" }, { 3, "EAC NAC and NAP" }, { 0, NULL },
};
static const struct wsman_name posture_hash_algorithm[] = {
	{ 1, "SHA-1-160" }, { 2, "SHA-2-256" }, { 3, "SHA-2-384" }, { 0, NULL },
};
static const struct wsman_prop endpoint_access_control_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method endpoint_access_control_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(GetPosture, MEMBERS(E("PostureType", U16, REQ, posture_type)),
	  MEMBERS(P("SignedPosture", B64, 0), P("PostureChangeHash", B64, 0))),
	M(GetPostureHash, MEMBERS(E("PostureType", U16, REQ, posture_type)),
	  MEMBERS(P("PostureChangeHash", B64, 0))),
	M(UpdatePostureState, MEMBERS(E("UpdateType", U16, REQ, update_type)), NONE),
	M(GetEacOptions, NONE, MEMBERS(E("EacVendors", U32, 0, eac_vendors),
	  E("PostureHashAlgorithm", U32, 0, posture_hash_algorithm))),
	M(SetEacOptions, MEMBERS(E("EacVendors", U32, REQ, eac_vendors),
	  E("PostureHashAlgorithm", U32, REQ, posture_hash_algorithm)), NONE),
};
CLASS_M(AMT, AMT_EndpointAccessControlService, endpoint_access_control_service, true);

static const struct wsman_prop eac_credential_context[] = {
	P("ElementInContext", EPR, KEY),
	P("ElementProvidingContext", EPR, KEY),
	P("Usage", U16, 0),
};
CLASS(AMT, AMT_EACCredentialContext, eac_credential_context, false);
