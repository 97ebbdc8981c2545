/* General settings, provisioning and its records, time, assets: classes of wsman 3.7.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_name off_on[] = { { 0, "Disabled" }, { 1, "Enabled" }, { 0, NULL } };
static const struct wsman_name address_family[] = { { 0, "IPv4" }, { 1, "IPv6" }, { 0, NULL } };
static const struct wsman_name power_source[] = { { 0, "AC" }, { 1, "DC" }, { 0, NULL } };
static const struct wsman_name privacy_level[] = {
	{ 0, "Default" }, { 1, "Enhanced" }, { 2, "Extreme" }, { 0, NULL },
};
static const struct wsman_name signature_mechanism[] = {
	{ 0, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" }, { 0, NULL },
};
static const struct wsman_prop general_settings[] = {
	E("AMTNetworkEnabled", U32, 0, off_on),
	P("DDNSPeriodicUpdateInterval", U32, 0),
	P("DDNSTTL", U32, 0),
	P("DDNSUpdateByDHCPServerEnabled", BOOL, 0),
	P("DDNSUpdateEnabled", BOOL, 0),
	E("DHCPSyncRequiresHostname", U32, 0, off_on),
	P("DHCPv6ConfigurationTimeout", U16, UNIT(SECONDS)),
	P("DigestRealm", STR, RO),
	P("DomainName", STR, 0),
	P("ElementName", STR, 0),
	P("HostName", STR, 0),
	P("HostOSFQDN", STR, 0),
	P("IdleWakeTimeout", U32, UNIT(MINUTES)),
	P("InstanceID", STR, KEY),
	P("NetworkInterfaceEnabled", BOOL, RO),
	P("OemID", U16, RO),
	P("PingResponseEnabled", BOOL, REQ),
	E("PowerSource", U32, RO, power_source),
	E("PreferredAddressFamily", U32, 0, address_family),
	P("PresenceNotificationInterval", U32, 0),
	E("PrivacyLevel", U32, RO, privacy_level),
	P("RmcpPingResponseEnabled", BOOL, 0),
	P("SharedFQDN", BOOL, 0),
	E("ThunderboltDockEnabled", U32, 0, off_on),
	P("WsmanOnlyMode", BOOL, 0),
};
static const struct wsman_method general_settings_methods[] = {
	M(AMTAuthenticate,
	  MEMBERS(P("MC_Nonce", B64, REQ)),
	  MEMBERS(P("Nonce", B64, 0), P("UUID", HEX, 0), P("FQDN", STR, 0), P("FWVersion", STR, 0),
		  P("AMTSVN", U32, 0), E("SignatureMechanism", U32, 0, signature_mechanism),
		  P("Signature", B64, 0), P("LengthOfCertificates", U16, ARR),
		  P("Certificates", B64, 0))),
};
CLASS_M(AMT, AMT_GeneralSettings, general_settings, false);

static const struct wsman_name provisioning_mode[] = {
	{ 1, "Admin control" }, { 2, "Small business" }, { 3, "Remote connectivity" },
	{ 4, "Client control" }, { 0, NULL },
};
static const struct wsman_name provisioning_state[] = {
	{ 0, "Pre-provisioning" }, { 1, "In-provisioning" }, { 2, "Post-provisioning" }, { 0, NULL },
};
static const struct wsman_name password_model[] = {
	{ 0, "Coupled" }, { 1, "Separate" }, { 2, "Separate hash" }, { 0, NULL },
};
static const struct wsman_name unprovision_mode[] = {
	{ 0, "Current" }, { 1, "Enterprise" }, { 2, "Small business" },
	{ 3, "Remote connectivity" }, { 0, NULL },
};
static const struct wsman_name blocking_component[] = { { 1, "Audit log" }, { 0, NULL } };
static const struct wsman_prop setup_service[] = {
	P("ConfigurationServerFQDN", STR, 0),
	P("CreationClassName", STR, KEY),
	P("DhcpDNSSuffix", STR, RO),
	P("ElementName", STR, 0),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("PasswordModel", U8, RO, password_model),
	E("ProvisioningMode", U8, RO, provisioning_mode),
	P("ProvisioningServerOTP", B64, SEC),
	E("ProvisioningState", U8, RO, provisioning_state),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TrustedDNSSuffix", STR, RO),
	P("ZeroTouchConfigurationEnabled", BOOL, 0),
};
static const struct wsman_method setup_service_methods[] = {
	M(CommitChanges, NONE, NONE),
	M(Unprovision, MEMBERS(E("ProvisioningMode", U32, REQ, unprovision_mode)), NONE),
	M(PartialUnprovision, NONE, NONE),
	M(ExtendProvisioningPeriod, MEMBERS(P("Duration", U32, REQ)), NONE),
	M(SetMEBxPassword, MEMBERS(P("Password", STR, REQ | SEC)), NONE),
	M(GetUuid, NONE, MEMBERS(P("UUID", B64, 0))),
	M(GetUnprovisionBlockingComponents, NONE,
	  MEMBERS(E("Component", U32, ARR, blocking_component))),
	M(SetTLSPSK, MEMBERS(P("PID", STR, REQ), P("PPS", STR, REQ | SEC)), NONE),
	M(ResetFlashWearOutProtection, NONE, NONE),
	/* The record's layout is not known: it is shown as a tree. */
	M(GetProvisioningAuditRecord, NONE, NONE),
	M(GetProvisioningAuditRecordV2, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_SetupAndConfigurationService, setup_service, true);

static const struct wsman_name control_mode[] = {
	{ 0, "Not provisioned" }, { 1, "Client" }, { 2, "Admin" }, { 0, NULL },
};
static const struct wsman_name chain_status[] = {
	{ 0, "Not started" }, { 1, "Chain in progress" }, { 2, "Chain complete" }, { 0, NULL },
};
static const struct wsman_name pass_encryption[] = {
	{ 0, "None" }, { 1, "Other" }, { 2, "HTTP digest MD5(A1)" }, { 0, NULL },
};
static const struct wsman_name signing[] = {
	{ 0, "None" }, { 1, "Other" }, { 2, "RSA with SHA-256" },
	{ 3, "RSA with SHA-384" }, { 0, NULL },
};
static const struct wsman_prop host_based_setup[] = {
	E("AllowedControlModes", U8, RO | ARR, control_mode),
	E("CertChainStatus", U8, RO, chain_status),
	P("ConfigurationNonce", B64, RO),
	P("CreationClassName", STR, KEY),
	E("CurrentControlMode", U8, RO, control_mode),
	P("ElementName", STR, 0),
	P("Name", STR, KEY),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method host_based_setup_methods[] = {
	M(Setup,
	  MEMBERS(E("NetAdminPassEncryptionType", U16, REQ, pass_encryption),
		  P("NetworkAdminPassword", HEX, REQ | SEC), P("McNonce", B64, 0),
		  P("Certificate", B64, 0), E("SigningAlgorithm", U16, 0, signing),
		  P("DigitalSignature", B64, 0)),
	  NONE),
	M(AddNextCertInChain,
	  MEMBERS(P("NextCertificate", B64, REQ), P("IsLeafCertificate", BOOL, 0),
		  P("IsRootCertificate", BOOL, 0)),
	  NONE),
	M(AdminSetup,
	  MEMBERS(E("NetAdminPassEncryptionType", U16, REQ, pass_encryption),
		  P("NetworkAdminPassword", HEX, REQ | SEC), P("McNonce", B64, 0),
		  E("SigningAlgorithm", U16, 0, signing), P("DigitalSignature", B64, 0)),
	  NONE),
	M(UpgradeClientToAdmin,
	  MEMBERS(P("McNonce", B64, 0), E("SigningAlgorithm", U16, 0, signing),
		  P("DigitalSignature", B64, 0)),
	  NONE),
	M(DisableClientControlMode, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_HostBasedSetupService, host_based_setup, true);

static const struct wsman_name local_time_sync[] = {
	{ 0, "True (default)" }, { 1, "True (configured)" }, { 2, "False" }, { 0, NULL },
};
static const struct wsman_name time_source[] = {
	{ 0, "BIOS RTC" }, { 1, "Configured" }, { 0, NULL },
};
static const struct wsman_prop time_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	E("LocalTimeSyncEnabled", U32, RO, local_time_sync),
	P("Name", STR, KEY),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	E("TimeSource", U32, RO, time_source),
};
static const struct wsman_method time_service_methods[] = {
	M(GetLowAccuracyTimeSynch, NONE, MEMBERS(P("Ta0", U32, 0))),
	M(SetHighAccuracyTimeSynch,
	  MEMBERS(P("Ta0", U32, REQ), P("Tm1", U32, REQ), P("Tm2", U32, REQ)), NONE),
	M(EnableLocalTimeSync, MEMBERS(P("Enable", BOOL, REQ)), NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_TimeSynchronizationService, time_service, true);

static const struct wsman_prop web_ui_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),                                       /* inherited */
	E("EnabledState", U16, RO, wsman_names_enabled_state),          /* inherited */
	P("Name", STR, KEY),
	E("RequestedState", U16, RO, wsman_names_requested_state),      /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method web_ui_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_WebUIService, web_ui_service, true);

/* The numbers of HashType are those of the host interface (setup-and-configuration 4). */
static const struct wsman_name hash_type[] = {
	{ 0, "MD5" }, { 1, "SHA-1" }, { 2, "SHA-256" }, { 3, "SHA-384" }, { 0, NULL },
};
static const struct wsman_prop provisioning_hash[] = {
	P("ElementName", STR, 0), /* inherited */
	P("Enabled", BOOL, 0),
	P("Expires", DATETIME, RO),
	P("HashData", B64, 0),
	E("HashType", U8, 0, hash_type),
	P("InstanceID", STR, KEY),
	P("IsDefault", BOOL, RO),
	P("Issued", DATETIME, RO),
};
CLASS(AMT, AMT_ProvisioningCertificateHash, provisioning_hash, true);

static const struct wsman_prop cryptographic_capabilities[] = {
	P("ElementName", STR, 0),
	P("HardwareAcceleration", U32, 0),
	P("InstanceID", STR, KEY),
};
CLASS(AMT, AMT_CryptographicCapabilities, cryptographic_capabilities, false);

static const struct wsman_prop asset_table_service[] = {
	P("AssetTableCount", U32, 0), /* another reader */
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("TableTypes", STR, ARR | REQ),
};
static const struct wsman_method asset_table_service_methods[] = {
	M(RequestMediaDeviceTableUpdate, MEMBERS(P("FullUpdate", BOOL, REQ),
	  P("Sticky", BOOL, REQ)), NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_AssetTableService, asset_table_service, true);

static const struct wsman_prop asset_table[] = {
	P("AssetTableIndex", U32, 0), /* another reader */
	P("Checksum", STR, 0), /* another reader */
	P("CreationClassName", STR, 0), /* another reader */
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("Name", STR, 0), /* another reader */
	P("SystemCreationClassName", STR, 0), /* another reader */
	P("SystemName", STR, 0), /* another reader */
	P("TableData", B64, REQ),
	P("TableID", U32, 0), /* another reader */
	P("TableSize", U32, 0), /* another reader */
	P("TableType", U32, 0),
	P("TableTypeInfo", STR, 0),
};
CLASS(AMT, AMT_AssetTable, asset_table, false);

static const struct wsman_name log_state[] = {
	{ 0, "Unknown" }, { 2, "Normal" }, { 3, "Erasing" }, { 5, "Not applicable" },
	{ 0, NULL },
};
static const struct wsman_prop provisioning_record_log[] = {
	P("CurrentNumberOfRecords", U64, 0),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	P("InstanceID", STR, KEY),
	E("LogState", U16, 0, log_state),
	P("MaxNumberOfRecords", U64, 0),
	P("Name", STR, 0),
	P("OverwritePolicy", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
};
static const struct wsman_method provisioning_record_log_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(ClearLog, NONE, NONE),
};
CLASS_M(IPS, IPS_ProvisioningRecordLog, provisioning_record_log, true);

static const struct wsman_prop provisioning_audit_record[] = {
	P("CreationTimeStamp", DATETIME, 0),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
};
CLASS(IPS, IPS_ProvisioningAuditRecord, provisioning_audit_record, true);

static const struct wsman_prop admin_provisioning_record[] = {
	P("AdditionalCaSerialNums", BOOL, 0),
	P("CaCertificateSerials", HEX, 0),
	P("CertificateCN", STR, 0),
	P("CreationTimeStamp", DATETIME, 0),
	P("EHBCState", U8, 0),
	P("ElementName", STR, 0), /* inherited */
	P("HashIsOemDefault", BOOL, 0),
	P("InstanceID", STR, KEY),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
	P("SecureDNS", BOOL, 0),
	P("SelectedHashData", B64, 0),
	P("SelectedHashType", U8, 0),
};
CLASS(IPS, IPS_AdminProvisioningRecord, admin_provisioning_record, true);

static const struct wsman_prop client_provisioning_record[] = {
	P("CreationTimeStamp", DATETIME, 0),
	P("ElementName", STR, 0), /* inherited */
	P("HashAlgorithm", U8, 0),
	P("InstanceID", STR, KEY),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("ProvCertificateHash", B64, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
};
CLASS(IPS, IPS_ClientProvisioningRecord, client_provisioning_record, true);

static const struct wsman_prop manual_provisioning_record[] = {
	P("CreationTimeStamp", DATETIME, 0),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
};
CLASS(IPS, IPS_ManualProvisioningRecord, manual_provisioning_record, true);

static const struct wsman_prop tls_provisioning_record[] = {
	P("AdditionalCaSerialNums", BOOL, 0),
	P("CaCertificateSerials", HEX, 0),
	P("CreationTimeStamp", DATETIME, 0),
	P("ElementName", STR, 0), /* inherited */
	P("HashIsOemDefault", BOOL, 0),
	P("HostInitiated", BOOL, 0),
	P("InstanceID", STR, KEY),
	P("IsTimeValid", BOOL, 0),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("ProvServerFQDN", STR, 0),
	P("ProvServerIP", STR, 0),
	P("ProvisioningTLSMode", U8, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
	P("SecureDNS", BOOL, 0),
	P("SelectedHashData", B64, 0),
	P("SelectedHashType", U8, 0),
};
CLASS(IPS, IPS_TLSProvisioningRecord, tls_provisioning_record, true);

static const struct wsman_prop dal_provisioning_record[] = {
	P("CreationTimeStamp", DATETIME, 0),
	P("DALRecord", B64, 0),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("Locale", STR, 0),
	P("LogInstanceID", STR, 0),
	P("LogName", STR, 0),
	P("Message", STR, 0),
	P("MessageArguments", STR, ARR),
	P("MessageID", STR, 0),
	P("OwningEntity", STR, 0),
	P("PerceivedSeverity", U16, 0),
	P("RecordData", STR, 0),
	P("RecordFormat", STR, 0),
	P("RecordID", STR, 0),
};
CLASS(IPS, IPS_DALProvisioningRecord, dal_provisioning_record, true);
