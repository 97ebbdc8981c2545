/* Class table, namespace AMT (wsman 3.5-3.12). One row per class, members in byte order of their
 * names, as firmware sends them; method members in the order of the class definition, which is
 * the order that firmware expects. A member known only from another client's reader, or inherited
 * and unseen, says so: it is there so that a reply that has it is understood. */
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
	P("DHCPv6ConfigurationTimeout", U16, 0),
	P("DigestRealm", STR, RO),
	P("DomainName", STR, 0),
	P("ElementName", STR, 0),
	P("HostName", STR, 0),
	P("HostOSFQDN", STR, 0),
	P("IdleWakeTimeout", U32, 0),
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

static const struct wsman_name access_permission[] = {
	{ 0, "Local" }, { 1, "Network" }, { 2, "Any" }, { 0, NULL },
};
static const struct wsman_name realms[] = {
	{ 0, "Invalid" }, { 2, "Redirection" }, { 3, "PT administration" }, { 4, "Hardware asset" },
	{ 5, "Remote control" }, { 6, "Storage" }, { 7, "Event manager" },
	{ 8, "Storage admin" }, { 9, "Agent presence local" }, { 10, "Agent presence remote" },
	{ 11, "Circuit breaker" }, { 12, "Network time" }, { 13, "General info" },
	{ 14, "Firmware update" }, { 15, "EIT" }, { 16, "Local UN" },
	{ 17, "Endpoint access control" }, { 18, "Endpoint access control admin" },
	{ 19, "Event log reader" }, { 20, "Audit log" }, { 21, "ACL" }, { 24, "Local system" },
	{ 0, NULL },
};
static const struct wsman_prop authorization_service[] = {
	P("AllowHttpQopAuthOnly", U32, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method authorization_service_methods[] = {
	M(AddUserAclEntryEx,
	  MEMBERS(P("DigestUsername", STR, 0), P("DigestPassword", B64, SEC),
		  P("KerberosUserSid", B64, 0), E("AccessPermission", U32, REQ, access_permission),
		  E("Realms", U32, REQ | ARR, realms)),
	  MEMBERS(P("Handle", U32, 0))),
	M(EnumerateUserAclEntries, MEMBERS(P("StartIndex", U32, REQ)),
	  MEMBERS(P("TotalCount", U32, 0), P("HandlesCount", U32, 0), P("Handles", U32, ARR))),
	M(GetUserAclEntryEx, MEMBERS(P("Handle", U32, REQ)),
	  MEMBERS(P("DigestUsername", STR, 0), P("DigestPassword", B64, SEC),
		  P("KerberosUserSid", B64, 0), E("AccessPermission", U32, 0, access_permission),
		  E("Realms", U32, ARR, realms))),
	M(UpdateUserAclEntryEx,
	  MEMBERS(P("Handle", U32, REQ), P("DigestUsername", STR, 0),
		  P("DigestPassword", B64, SEC), P("KerberosUserSid", B64, 0),
		  E("AccessPermission", U32, REQ, access_permission),
		  E("Realms", U32, REQ | ARR, realms)),
	  NONE),
	M(RemoveUserAclEntry, MEMBERS(P("Handle", U32, REQ)), NONE),
	M(SetAdminAclEntryEx,
	  MEMBERS(P("Username", STR, REQ), P("DigestPassword", B64, REQ | SEC)), NONE),
	M(GetAdminAclEntry, NONE, MEMBERS(P("Username", STR, 0))),
	M(GetAdminAclEntryStatus, NONE, MEMBERS(P("IsDefault", BOOL, 0))),
	M(GetAdminNetAclEntryStatus, NONE, MEMBERS(P("IsDefault", BOOL, 0))),
	M(SetAclEnabledState, MEMBERS(P("Handle", U32, REQ), P("Enabled", BOOL, REQ)), NONE),
	M(GetAclEnabledState, MEMBERS(P("Handle", U32, REQ)), MEMBERS(P("Enabled", BOOL, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};

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

static const struct wsman_prop tls_setting_data[] = {
	P("AcceptNonSecureConnections", BOOL, 0),
	P("ElementName", STR, 0),
	P("Enabled", BOOL, REQ),
	P("InstanceID", STR, KEY),
	P("MutualAuthentication", BOOL, 0),
	P("NonSecureConnectionsSupported", BOOL, RO),
	P("TrustedCN", STR, ARR),
	P("X509IssuerName", STR, RO),
	P("X509SerialNumber", B64, RO),
};
static const struct wsman_prop tls_credential_context[] = {
	P("ElementInContext", EPR, KEY | REQ),
	P("ElementProvidingContext", EPR, KEY | REQ),
};
static const struct wsman_prop tls_endpoint_collection[] = {
	P("ElementName", STR, KEY),
};

static const struct wsman_name signing_algorithm[] = {
	{ 0, "SHA1" }, { 1, "SHA256" }, { 2, "SHA384" }, { 0, NULL },
};
static const struct wsman_name key_algorithm[] = { { 0, "RSA" }, { 0, NULL } };
static const struct wsman_prop key_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledDefault", U16, RO, wsman_names_enabled_default),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, RO | ARR, wsman_names_operational_status),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method key_service_methods[] = {
	M(AddCRL, MEMBERS(P("Url", STR, 0), P("SerialNumbers", STR, REQ | ARR)),
	  MEMBERS(P("CRL", EPR, 0))),
	M(ResetCRLList, NONE, NONE),
	M(AddCertificate, MEMBERS(P("CertificateBlob", B64, REQ)),
	  MEMBERS(P("CreatedCertificate", EPR, 0))),
	M(AddTrustedRootCertificate, MEMBERS(P("CertificateBlob", B64, REQ)),
	  MEMBERS(P("CreatedCertificate", EPR, 0))),
	M(AddKey, MEMBERS(P("KeyBlob", B64, REQ | SEC)), MEMBERS(P("CreatedKey", EPR, 0))),
	M(GeneratePKCS10RequestEx,
	  MEMBERS(P("KeyPair", EPR, REQ), E("SigningAlgorithm", U32, REQ, signing_algorithm),
		  P("NullSignedCertificateRequest", B64, REQ)),
	  MEMBERS(P("SignedCertificateRequest", B64, 0))),
	M(GenerateKeyPair,
	  MEMBERS(E("KeyAlgorithm", U32, REQ, key_algorithm), P("KeyLength", U32, REQ)),
	  MEMBERS(P("KeyPair", EPR, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
static const struct wsman_prop certificate[] = {
	P("ElementName", STR, 0),
	P("Expires", DATETIME, RO), /* inherited */
	P("InstanceID", STR, KEY),
	P("Issued", DATETIME, RO),  /* inherited */
	P("Issuer", STR, RO),
	P("ReadOnlyCertificate", BOOL, RO),
	P("Subject", STR, RO),
	P("TrustedRootCertficate", BOOL, 0),  /* firmware's own spelling */
	P("TrustedRootCertificate", BOOL, 0), /* another reader's spelling */
	P("X509Certificate", B64, 0),
};
static const struct wsman_prop key_pair[] = {
	P("DERKey", B64, RO), /* the public part only */
	P("ElementName", STR, 0),
	P("Expires", DATETIME, RO), /* inherited */
	P("InstanceID", STR, KEY),
	P("Issued", DATETIME, RO),  /* inherited */
};
static const struct wsman_prop key_capabilities[] = {
	P("CertChainMaxSize", U32, RO),
	P("CommonNameMaxCount", U32, RO),
	P("CommonNameMaxSize", U32, RO),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("MaximumCRLSize", U32, RO),
	P("RootCertMaxCount", U32, RO),
	P("RootCertMaxSize", U32, RO),
	P("SupportedKeyLengths", U32, RO | ARR),
};

static const struct wsman_name redirection_state[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Enabled" }, { 3, "Disabled" },
	{ 4, "Shutting down" }, { 5, "Not applicable" }, { 6, "Enabled but offline" },
	{ 7, "In test" }, { 8, "Deferred" }, { 9, "Quiesce" }, { 10, "Starting" },
	{ 32768, "IDER and SOL disabled" }, { 32769, "IDER enabled, SOL disabled" },
	{ 32770, "SOL enabled, IDER disabled" }, { 32771, "IDER and SOL enabled" }, { 0, NULL },
};
static const struct wsman_name redirection_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" }, { 6, "Offline" }, { 7, "Test" },
	{ 8, "Defer" }, { 9, "Quiesce" }, { 10, "Reboot" }, { 11, "Reset" },
	{ 32768, "Disable IDER and SOL" }, { 32769, "Enable IDER, disable SOL" },
	{ 32770, "Enable SOL, disable IDER" }, { 32771, "Enable IDER and SOL" }, { 0, NULL },
};
static const struct wsman_name session_type[] = { { 0, "IDER" }, { 1, "SOL" }, { 0, NULL } };
static const struct wsman_prop redirection_service[] = {
	P("AccessLog", STR, ARR),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, redirection_state),
	P("ListenerEnabled", BOOL, 0),
	P("Name", STR, KEY),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method redirection_service_methods[] = {
	REQUEST_STATE_CHANGE(redirection_change),
	M(TerminateSession, MEMBERS(E("SessionType", U32, REQ, session_type)), NONE),
};

static const struct wsman_name link_policy[] = {
	{ 1, "S0 AC" }, { 14, "Sx AC" }, { 16, "S0 DC" }, { 224, "Sx DC" }, { 0, NULL },
};
static const struct wsman_name link_owner[] = { { 1, "ME" }, { 2, "Host" }, { 0, NULL } };
static const struct wsman_name connection_type[] = {
	{ 0, "Integrated LAN" }, { 1, "Discrete LAN" }, { 2, "LAN via Thunderbolt dock" },
	{ 3, "Wireless LAN" }, { 0, NULL },
};
static const struct wsman_name nic_medium[] = { { 0, "SMBus" }, { 1, "PCIe" }, { 0, NULL } };
static const struct wsman_name link_protection[] = {
	{ 0, "Override" }, { 1, "None" }, { 2, "Passive" }, { 3, "High" }, { 0, NULL },
};
static const struct wsman_prop ethernet_port[] = {
	P("ConsoleTcpMaxRetransmissions", U32, 0),
	P("DHCPEnabled", BOOL, 0),
	P("DefaultGateway", STR, 0),
	P("ElementName", STR, 0),
	P("IPAddress", STR, 0),
	P("InstanceID", STR, KEY),
	P("IpSyncEnabled", BOOL, 0),
	E("LinkControl", U32, RO, link_owner),
	P("LinkIsUp", BOOL, RO),
	E("LinkPolicy", U8, ARR, link_policy),
	E("LinkPreference", U32, RO, link_owner),
	P("MACAddress", STR, RO),
	E("PhysicalConnectionType", U32, RO, connection_type),
	E("PhysicalNicMedium", U32, RO, nic_medium),
	P("PrimaryDNS", STR, 0),
	P("SecondaryDNS", STR, 0),
	P("SharedDynamicIP", BOOL, 0),
	P("SharedMAC", BOOL, 0),
	P("SharedStaticIp", BOOL, 0),
	P("SubnetMask", STR, 0),
	P("VLANTag", U16, 0),
	E("WLANLinkProtectionLevel", U32, 0, link_protection),
};
static const struct wsman_method ethernet_port_methods[] = {
	M(SetLinkPreference,
	  MEMBERS(E("LinkPreference", U32, REQ, link_owner), P("Timeout", U32, 0)), NONE),
	M(CancelLinkProtection, NONE, NONE),
	M(RestoreLinkProtection, NONE, NONE),
};

static const struct wsman_name verbosity[] = {
	{ 0, "System default" }, { 1, "Quiet" }, { 2, "Verbose" }, { 3, "Screen blank" }, { 0, NULL },
};
static const struct wsman_name ider_device[] = {
	{ 0, "Floppy" }, { 1, "CD" }, { 0, NULL },
};
static const struct wsman_prop boot_setting_data[] = {
	P("BIOSLastStatus", U16, RO | ARR),
	P("BIOSPause", BOOL, REQ),
	P("BIOSSetup", BOOL, REQ),
	P("BootMediaIndex", U16, REQ),
	P("BootguardStatus", U32, RO),
	P("ConfigurationDataReset", BOOL, REQ),
	P("ElementName", STR, 0),
	P("EnforceSecureBoot", BOOL, 0),
	E("FirmwareVerbosity", U8, REQ, verbosity),
	P("ForcedProgressEvents", BOOL, REQ),
	E("IDERBootDevice", U8, REQ, ider_device),
	P("InstanceID", STR, KEY),
	P("LockKeyboard", BOOL, REQ),
	P("LockPowerButton", BOOL, REQ),
	P("LockResetButton", BOOL, REQ),
	P("LockSleepButton", BOOL, REQ),
	P("OptionsCleared", BOOL, RO),
	P("OwningEntity", STR, 0),
	P("PlatformErase", BOOL, 0),
	P("RPEEnabled", BOOL, RO),
	P("RSEPassword", STR, SEC),
	P("ReflashBIOS", BOOL, REQ),
	P("SecureBootControlEnabled", BOOL, RO),
	P("SecureErase", BOOL, REQ),
	P("UEFIBootNumberOfParams", U32, 0),      /* another client's spelling */
	P("UEFIBootParametersArray", B64, SEC),   /* another client's spelling */
	P("UEFIHTTPSBootEnabled", BOOL, RO),
	P("UEFILocalPBABootEnabled", BOOL, RO),
	P("UefiBootNumberOfParams", U32, 0),
	P("UefiBootParametersArray", B64, SEC),   /* may hold a user name and password */
	P("UseIDER", BOOL, REQ),
	P("UseSOL", BOOL, REQ),
	P("UseSafeMode", BOOL, REQ),
	P("UserPasswordBypass", BOOL, REQ),
	P("WinREBootEnabled", BOOL, RO),
};
static const struct wsman_prop boot_capabilities[] = {
	P("AMTSecureBootControl", BOOL, RO),
	P("BIOSPause", BOOL, RO),
	P("BIOSReflash", BOOL, RO),
	P("BIOSSecureBoot", BOOL, RO),
	P("BIOSSetup", BOOL, RO),
	P("ConfigurationDataReset", BOOL, RO),
	P("ElementName", STR, 0),
	P("ForceCDorDVDBoot", BOOL, RO),
	P("ForceDiagnosticBoot", BOOL, RO),
	P("ForceHardDriveBoot", BOOL, RO),
	P("ForceHardDriveSafeModeBoot", BOOL, RO),
	P("ForcePXEBoot", BOOL, RO),
	P("ForceUEFIHTTPSBoot", BOOL, RO),
	P("ForceUEFILocalPBABoot", BOOL, RO), /* both spellings are in use */
	P("ForceUEFIPBABoot", BOOL, RO),
	P("ForceWinREBoot", BOOL, RO),
	P("ForcedProgressEvents", BOOL, RO),
	P("IDER", BOOL, RO),
	P("InstanceID", STR, KEY),
	P("KeyboardLock", BOOL, RO),
	P("PlatformErase", U32, RO),
	P("PowerButtonLock", BOOL, RO),
	P("ResetButtonLock", BOOL, RO),
	P("SOL", BOOL, RO),
	P("SecureErase", BOOL, RO),
	P("SleepButtonLock", BOOL, RO),
	P("UEFIWiFiCoExistenceAndProfileShare", BOOL, RO),
	P("UserPasswordBypass", BOOL, RO),
	P("VerbosityQuiet", BOOL, RO),
	P("VerbosityScreenBlank", BOOL, RO),
	P("VerbosityVerbose", BOOL, RO),
};

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

const struct wsman_class wsman_classes_amt[] = {
	CLASS_M(AMT, AMT_AuthorizationService, authorization_service, authorization_service_methods, true),
	CLASS(AMT, AMT_BootCapabilities, boot_capabilities, false),
	CLASS(AMT, AMT_BootSettingData, boot_setting_data, false),
	CLASS_M(AMT, AMT_EthernetPortSettings, ethernet_port, ethernet_port_methods, false),
	CLASS_M(AMT, AMT_GeneralSettings, general_settings, general_settings_methods, false),
	CLASS(AMT, AMT_ProvisioningCertificateHash, provisioning_hash, true),
	CLASS(AMT, AMT_PublicKeyCertificate, certificate, true),
	CLASS(AMT, AMT_PublicKeyManagementCapabilities, key_capabilities, false),
	CLASS_M(AMT, AMT_PublicKeyManagementService, key_service, key_service_methods, true),
	CLASS(AMT, AMT_PublicPrivateKeyPair, key_pair, true),
	CLASS_M(AMT, AMT_RedirectionService, redirection_service, redirection_service_methods, true),
	CLASS_M(AMT, AMT_SetupAndConfigurationService, setup_service, setup_service_methods, true),
	CLASS_M(AMT, AMT_SystemPowerScheme, power_scheme, power_scheme_methods, false),
	CLASS(AMT, AMT_TLSCredentialContext, tls_credential_context, false),
	CLASS(AMT, AMT_TLSProtocolEndpointCollection, tls_endpoint_collection, false),
	CLASS(AMT, AMT_TLSSettingData, tls_setting_data, false),
	CLASS_M(AMT, AMT_TimeSynchronizationService, time_service, time_service_methods, true),
	CLASS_M(AMT, AMT_WebUIService, web_ui_service, web_ui_service_methods, true),
};
const unsigned wsman_classes_amt_count = COUNT(wsman_classes_amt);
