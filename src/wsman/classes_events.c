/* Logs, events and their filters, alarms: classes of wsman 3.13.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name capabilities[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Write record supported" },
	{ 3, "Delete record supported" }, { 4, "Can move backward in log" },
	{ 5, "Freeze log supported" }, { 6, "Clear log supported" },
	{ 7, "Supports addressing by ordinal record number" },
	{ 8, "Variable length records supported" }, { 9, "Variable formats for records" },
	{ 10, "Can flag records for overwrite" }, { 0, NULL },
};
static const struct wsman_name character_set[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "ASCII" }, { 3, "Unicode" }, { 4, "ISO 2022" },
	{ 5, "ISO8859" }, { 6, "Extended UNIX code" }, { 7, "UTF-8" }, { 8, "UCS-2" },
	{ 9, "Bitmapped data" }, { 10, "Octet string" },
	{ 11, "Defined by individual records" }, { 0, NULL },
};
static const struct wsman_name last_change[] = {
	{ 0, "Unknown" }, { 1, "Add" }, { 2, "Delete" }, { 3, "Modify" }, { 4, "Log cleared" },
	{ 0, NULL },
};
static const struct wsman_name log_state[] = {
	{ 0, "Unknown" }, { 2, "Normal" }, { 3, "Erasing" }, { 5, "Not applicable" },
	{ 0, NULL },
};
static const struct wsman_name overwrite_policy[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Wrap when full" }, { 3, "Clear when full" },
	{ 4, "Overwrite outdated when needed" }, { 5, "Remove outdated records" },
	{ 6, "Overwrite specific records" }, { 7, "Never overwrite" }, { 0, NULL },
};
static const struct wsman_prop message_log[] = {
	E("Capabilities", U16, ARR, capabilities),
	E("CharacterSet", U16, 0, character_set),
	P("CreationClassName", STR, KEY),
	P("CurrentNumberOfRecords", U64, 0),
	P("ElementName", STR, 0),
	E("EnabledDefault", U16, 0, wsman_names_enabled_default),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	P("IsFrozen", BOOL, 0),
	E("LastChange", U16, 0, last_change),
	E("LogState", U16, 0, log_state),
	P("MaxLogSize", U64, UNIT(BYTES)),
	P("MaxNumberOfRecords", U64, 0),
	P("MaxRecordSize", U64, UNIT(BYTES)),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("OverwritePolicy", U16, 0, overwrite_policy),
	P("PercentageNearFull", U8, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SizeOfHeader", U64, UNIT(BYTES)),
	P("SizeOfRecordHeader", U64, UNIT(BYTES)),
	P("Status", STR, 0),
};
static const struct wsman_method message_log_methods[] = {
	M(CancelIteration, MEMBERS(P("IterationIdentifier", STR, 0)), NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(ClearLog, NONE, NONE),
	M(GetRecords, MEMBERS(P("IterationIdentifier", STR, REQ), P("MaxReadRecords", U32, REQ)),
	  MEMBERS(P("IterationIdentifier", STR, 0), P("NoMoreRecords", BOOL, 0),
	  P("RecordArray", STR, ARR))),
	M(GetRecord, MEMBERS(P("IterationIdentifier", STR, REQ), P("PositionToNext", BOOL, 0)),
	  MEMBERS(P("IterationIdentifier", STR, 0), P("RecordNumber", U64, 0),
	  P("RecordData", U8, ARR))),
	M(PositionAtRecord, MEMBERS(P("IterationIdentifier", STR, REQ),
	  P("MoveAbsolute", BOOL, REQ), P("RecordNumber", I64, REQ)),
	  MEMBERS(P("IterationIdentifier", STR, 0), P("RecordNumber", I64, 0))),
	M(PositionToFirstRecord, NONE, MEMBERS(P("IterationIdentifier", STR, 0))),
	M(FreezeLog, MEMBERS(P("Freeze", BOOL, REQ)), NONE),
};
CLASS_M(AMT, AMT_MessageLog, message_log, true);

/* Known from another client's requests only. */
static const struct wsman_prop record_log[] = {
	P("CurrentNumberOfRecords", U64, 0),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	P("InstanceID", STR, KEY),
	E("LogState", U16, 0, log_state),
	P("MaxNumberOfRecords", U64, 0),
	P("Name", STR, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OverwritePolicy", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
};
static const struct wsman_method record_log_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	D(ClearLog, NONE, NONE),
};
CLASS_M(CIM, CIM_RecordLog, record_log, true);

static const struct wsman_name entity[] = {
	{ 3, "Processor" }, { 4, "Disk" }, { 5, "Peripheral" }, { 6, "Management module" },
	{ 7, "System board" }, { 8, "Memory module" }, { 10, "Power supply" },
	{ 11, "Add-in card" }, { 12, "Front panel" }, { 23, "System chassis" },
	{ 26, "Drive bay" }, { 29, "Fan" }, { 32, "Memory device" },
	{ 33, "System management software" }, { 34, "BIOS" }, { 35, "Operating system" },
	{ 36, "System bus" }, { 38, "Intel ME" }, { 39, "External environment" },
	{ 40, "Battery" }, { 46, "Management controller firmware" }, { 0, NULL },
};
static const struct wsman_name event_severity[] = {
	{ 0, "Unspecified" }, { 1, "Monitor" }, { 2, "Information" }, { 4, "OK" },
	{ 8, "Non-critical" }, { 16, "Critical" }, { 32, "Non-recoverable" }, { 0, NULL },
};
static const struct wsman_prop event_log_entry[] = {
	P("CreationClassName", STR, 0), /* another reader */
	P("DeviceAddress", U8, 0),
	P("ElementName", STR, 0),
	E("Entity", U8, 0, entity),
	P("EntityInstance", U8, 0),
	P("EventData", STR, ARR), /* numbers; one text in hand-made samples */
	P("EventOffset", U8, 0),
	P("EventSensorType", U8, 0),
	E("EventSeverity", U8, 0, event_severity),
	P("EventSourceType", U8, 0),
	P("EventType", U8, 0),
	P("InstanceID", STR, KEY),
	P("RecordID", STR, 0),
	P("SensorNumber", U8, 0),
	P("TimeStamp", U32, 0), /* another reader */
};
CLASS(AMT, AMT_EventLogEntry, event_log_entry, true);

static const struct wsman_name audit_state[] = {
	{ 0, "Enabled" }, { 1, "Disabled" }, { 2, "Locked" }, { 4, "Almost full" },
	{ 8, "Full" }, { 16, "No signing key set" }, { 0, NULL },
};
static const struct wsman_name overwrite_policy_2[] = {
	{ 0, "Unknown" }, { 2, "Wraps when full" }, { 7, "Never overwrites" },
	{ 32768, "Partial restricted rollover" }, { 0, NULL },
};
static const struct wsman_name storage_policy[] = {
	{ 0, "No roll over" }, { 1, "Roll over" }, { 2, "Restricted roll over" }, { 0, NULL },
};
static const struct wsman_name flag[] = {
	{ 0, "AUDIT_LOG_LOCK" }, { 1, "UNPROVISIONING_LOCK" }, { 2, "AUDIT_LOG_UNLOCK" },
	{ 0, NULL },
};
static const struct wsman_name signing_mechanism[] = {
	{ 0, "RSA_SHA1" }, { 1, "RSA_SHA256" }, { 2, "RSA_SHA384" }, { 0, NULL },
};
static const struct wsman_prop audit_log[] = {
	E("AuditState", U32, REQ, audit_state),
	P("CurrentNumberOfRecords", U64, 0),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("MaxAllowedAuditors", U16, REQ),
	P("MaxNumberOfRecords", U64, 0),
	P("MinDaysToKeep", U8, 0),
	P("Name", STR, KEY),
	E("OverwritePolicy", U16, 0, overwrite_policy_2),
	P("PercentageFree", U32, REQ),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	E("StoragePolicy", U8, 0, storage_policy),
	P("TimeOfLastRecord", DATETIME, 0),
};
static const struct wsman_method audit_log_methods[] = {
	M(ClearLog, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(ReadRecords, MEMBERS(P("StartIndex", U32, REQ)), MEMBERS(P("TotalRecordCount", U32, 0),
	  P("RecordsReturned", U32, 0), P("EventRecords", STR, ARR))),
	M(SetAuditLock, MEMBERS(P("LockTimeoutInSeconds", U32, 0), E("Flag", U32, REQ, flag),
	  P("Handle", U32, 0)), MEMBERS(P("Handle", U32, 0))),
	M(ExportAuditLogSignature, MEMBERS(E("SigningMechanism", U32, REQ, signing_mechanism)),
	  MEMBERS(P("TotalRecordCount", U32, 0), P("StartLogTime", DATETIME, 0),
	  P("EndLogTime", DATETIME, 0), P("GenerationTime", DATETIME, 0), P("UUID", HEX, 0),
	  P("FQDN", STR, 0), E("SignatureMechanism", U32, 0, signing_mechanism),
	  P("Signature", B64, 0), P("LengthOfCertificates", U16, ARR),
	  P("Certificates", B64, 0))),
	M(SetSigningKeyMaterial, MEMBERS(E("SigningMechanismType", U32, REQ, signing_mechanism),
	  P("SigningKey", B64, REQ | SEC), P("LengthOfCertificates", U16, ARR | REQ),
	  P("Certificates", B64, REQ)), NONE),
};
CLASS_M(AMT, AMT_AuditLog, audit_log, true);

static const struct wsman_name policy_type[] = { { 0, "NONE" }, { 1, "CRITICAL" }, { 0, NULL } };
static const struct wsman_prop audit_policy_rule[] = {
	P("AuditApplicationEventID", U32, ARR | REQ),
	P("ConditionListType", U16, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	P("Enabled", U16, 0),
	P("ExecutionStrategy", U16, 0),
	P("Mandatory", BOOL, 0),
	P("PolicyDecisionStrategy", U16, 0),
	P("PolicyRoles", STR, ARR),
	P("PolicyRuleName", STR, KEY),
	E("PolicyType", U32, ARR | REQ, policy_type),
	P("Priority", U16, 0),
	P("RuleUsage", STR, 0),
	P("SequencedActions", U16, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method audit_policy_rule_methods[] = {
	M(SetAuditPolicy, MEMBERS(P("Enable", BOOL, REQ), P("AuditedAppID", U16, REQ),
	  P("EventID", U16, REQ), E("PolicyType", U32, 0, policy_type)), NONE),
	M(SetAuditPolicyBulk, MEMBERS(P("Enable", BOOL, ARR | REQ),
	  P("AuditedAppID", U16, ARR | REQ), P("EventID", U16, ARR | REQ),
	  E("PolicyType", U32, ARR | REQ, policy_type)), NONE),
};
CLASS_M(AMT, AMT_AuditPolicyRule, audit_policy_rule, false);

static const struct wsman_prop event_manager_service[] = {
	P("CreationClassName", STR, KEY),
	P("DefaultCommunityString", STR, SEC),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method event_manager_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_EventManagerService, event_manager_service, true);

static const struct wsman_prop event_subscriber[] = {
	P("AccessContext", U16, 0),
	P("AccessInfo", STR, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InfoFormat", U16, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OtherAccessContext", STR, 0),
	P("OtherInfoFormatDescription", STR, 0),
	P("OtherProtocolDescription", STR, 0),
	P("PortInfo", STR, 0),
	P("PortProtocol", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method event_subscriber_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_EventSubscriber, event_subscriber, true);

static const struct wsman_prop snmp_event_subscriber[] = {
	P("AccessContext", U16, 0),
	P("AccessInfo", STR, 0),
	P("CommunityString", STR, SEC),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("InfoFormat", U16, 0),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OtherAccessContext", STR, 0),
	P("OtherInfoFormatDescription", STR, 0),
	P("OtherProtocolDescription", STR, 0),
	P("PolicyID", U8, REQ),
	P("PortInfo", STR, 0),
	P("PortProtocol", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method snmp_event_subscriber_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_SNMPEventSubscriber, snmp_event_subscriber, true);

static const struct wsman_prop pet_filter_setting[] = {
	P("DeviceAddress", U8, REQ),
	P("ElementName", STR, 0), /* inherited */
	P("EnableFilter", BOOL, REQ),
	E("Entity", U8, REQ, entity),
	P("EntityInstance", U8, REQ),
	P("EventOffset", U8, REQ),
	P("EventSensorType", U8, REQ),
	E("EventSeverity", U8, REQ, event_severity),
	P("EventSourceType", U8, REQ),
	P("EventType", U8, REQ),
	P("InstanceID", STR, KEY),
	P("LogOnEvent", BOOL, REQ),
	P("OEMFilter", BOOL, REQ),
	P("PolicyID", U8, REQ),
	P("SendAlert", BOOL, REQ),
	P("SensorNumber", U8, REQ),
};
CLASS(AMT, AMT_PETFilterSetting, pet_filter_setting, false);

static const struct wsman_prop pet_filter_for_target[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_PETFilterForTarget, pet_filter_for_target, false);

static const struct wsman_prop pet_capabilities[] = {
	P("AssertionEvent", BOOL, 0),
	P("DeassertionEvent", BOOL, 0),
	P("DeviceAddress", U8, 0),
	P("ElementName", STR, 0), /* inherited */
	E("Entity", U8, 0, entity),
	P("EntityInstance", U8, 0),
	P("EventOffset", U8, 0),
	P("EventSensorType", U8, 0),
	E("EventSeverity", U8, 0, event_severity),
	P("EventSourceType", U8, 0),
	P("EventType", U8, 0),
	P("Index", U8, 0),
	P("InstanceID", STR, KEY),
	P("IsLegacySensor", BOOL, 0),
	P("SensorNumber", U8, 0),
};
CLASS(AMT, AMT_PETCapabilities, pet_capabilities, false);

static const struct wsman_prop trap_target_for_service[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(AMT, AMT_TrapTargetForService, trap_target_for_service, false);

static const struct wsman_prop filter_collection[] = {
	P("CollectionName", STR, 0),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
};
CLASS(CIM, CIM_FilterCollection, filter_collection, false);

static const struct wsman_prop filter_collection_subscription[] = {
	P("FailureTriggerTimeInterval", U64, 0),
	P("Filter", EPR, KEY),
	P("Handler", EPR, KEY),
	P("OnFatalErrorPolicy", U16, 0),
	P("OtherOnFatalErrorPolicy", STR, 0),
	P("OtherRepeatNotificationPolicy", STR, 0),
	P("OtherSubscriptionState", STR, 0),
	P("RepeatNotificationCount", U16, 0),
	P("RepeatNotificationGap", U64, 0),
	P("RepeatNotificationInterval", U64, 0),
	P("RepeatNotificationPolicy", U16, 0),
	P("SubscriptionDuration", U64, 0),
	P("SubscriptionInfo", STR, 0),
	P("SubscriptionStartTime", DATETIME, 0),
	P("SubscriptionState", U16, 0),
	P("SubscriptionTimeRemaining", U64, 0),
	P("TimeOfLastStateChange", DATETIME, 0),
};
CLASS(CIM, CIM_FilterCollectionSubscription, filter_collection_subscription, true);

static const struct wsman_prop listener_destination_ws_management[] = {
	P("ContentEncoding", STR, 0),
	P("CreationClassName", STR, KEY),
	P("DeliveryAuth", STR, 0),
	P("DeliveryMode", U16, 0),
	P("Destination", STR, 0),
	P("DestinationEndTo", STR, 0),
	P("ElementName", STR, 0), /* inherited */
	P("Heartbeat", U64, 0),
	P("Locale", STR, 0),
	P("MaxTime", U64, 0),
	P("Name", STR, KEY),
	P("OtherPersistenceType", STR, 0),
	P("OtherProtocol", STR, 0),
	P("PersistenceType", U16, 0),
	P("PolyMorphismMode", U16, 0),
	P("Protocol", U16, 0),
	P("SendBookmark", BOOL, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
CLASS(CIM, CIM_ListenerDestinationWSManagement, listener_destination_ws_management, false);

static const struct wsman_prop alert_indication[] = {
	P("AlertType", U16, REQ),
	P("AlertingElementFormat", U16, 0),
	P("AlertingManagedElement", STR, 0),
	P("CorrelatedIndications", STR, ARR),
	P("Description", STR, 0),
	P("EventID", STR, 0),
	P("EventTime", DATETIME, 0),
	P("IndicationFilterName", STR, 0),
	P("IndicationIdentifier", STR, 0),
	P("IndicationTime", DATETIME, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OtherAlertType", STR, 0),
	P("OtherAlertingElementFormat", STR, 0),
	P("OtherSeverity", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("ProbableCause", U16, REQ),
	P("ProbableCauseDescription", STR, 0),
	P("ProviderName", STR, 0),
	P("RecommendedActions", STR, ARR),
	P("SequenceContext", STR, 0),
	P("SequenceNumber", I64, 0),
	P("SystemCreationClassName", STR, 0),
	P("SystemName", STR, 0),
	P("Trending", U16, 0),
};
CLASS(CIM, CIM_AlertIndication, alert_indication, true);

static const struct wsman_prop indication_service[] = {
	P("CreationClassName", STR, KEY),
	P("DeliveryRetryAttempts", U16, 0),
	P("DeliveryRetryInterval", U32, UNIT(SECONDS)),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	P("FilterCreationEnabled", BOOL, 0),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SubscriptionRemovalAction", U16, 0),
	P("SubscriptionRemovalTimeInterval", U32, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method indication_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_IndicationService, indication_service, true);

static const struct wsman_prop alarm_clock_service[] = {
	P("AMTAlarmClockInterval", DATETIME, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("Name", STR, KEY),
	P("NextAMTAlarmTime", DATETIME, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method alarm_clock_service_methods[] = {
	M(AddAlarm, MEMBERS(O("AlarmTemplate", REQ, "IPS_AlarmClockOccurrence")),
	  MEMBERS(P("AlarmClock", EPR, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_AlarmClockService, alarm_clock_service, true);

/* Not in byte order: this is how firmware sends it. */
static const struct wsman_prop alarm_clock_occurrence[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("StartTime", DATETIME, 0),
	P("Interval", DATETIME, 0),
	P("DeleteOnCompletion", BOOL, 0),
};
CLASS(IPS, IPS_AlarmClockOccurrence, alarm_clock_occurrence, true);
