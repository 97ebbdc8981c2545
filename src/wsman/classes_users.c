/* Users, roles, authentication: classes of wsman 3.8.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
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
CLASS_M(AMT, AMT_AuthorizationService, authorization_service, true);

static const struct wsman_name configured_encryption_algorithms[] = {
	{ 0, "RC4-HMAC" }, { 1, "AES128-CTS-HMAC-SHA1-96" }, { 2, "AES256-CTS-HMAC-SHA1-96" },
	{ 0, NULL },
};
static const struct wsman_name encryption_algorithm[] = {
	{ 0, "RC4 encryption and HMAC authentication" }, { 0, NULL },
};
static const struct wsman_name service_principal_protocol[] = {
	{ 0, "HTTP" }, { 1, "HTTPS" }, { 2, "SOL and IDER" }, { 3, "SOL and IDER over TLS" },
	{ 0, NULL },
};
static const struct wsman_prop kerberos_setting_data[] = {
	E("ConfiguredEncryptionAlgorithms", U16, ARR, configured_encryption_algorithms),
	P("ElementName", STR, 0),
	E("EncryptionAlgorithm", U16, 0, encryption_algorithm),
	P("InstanceID", STR, KEY),
	P("IterationCount", U32, 0),
	P("KeyVersion", U32, 0),
	P("KrbEnabled", BOOL, REQ),
	P("MasterKey", B64, SEC),
	P("MaximumClockTolerance", U32, 0),
	P("Passphrase", STR, SEC),
	P("RealmName", STR, 0),
	P("Salt", STR, 0),
	P("ServicePrincipalName", STR, ARR),
	E("ServicePrincipalProtocol", U16, ARR, service_principal_protocol),
	E("SupportedEncryptionAlgorithms", U16, ARR, configured_encryption_algorithms),
};
static const struct wsman_method kerberos_setting_data_methods[] = {
	M(GetCredentialCacheState, NONE, MEMBERS(P("Enabled", BOOL, 0))),
	M(SetCredentialCacheState, MEMBERS(P("Enable", BOOL, REQ)), NONE),
};
CLASS_M(AMT, AMT_KerberosSettingData, kerberos_setting_data, false);

static const struct wsman_prop account[] = {
	P("ComplexPasswordRulesEnforced", U16, ARR),
	P("CreationClassName", STR, KEY),
	P("Descriptions", STR, ARR),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Host", STR, ARR),
	P("InactivityTimeout", DATETIME, 0),
	P("LastLogin", DATETIME, 0),
	P("LocalityName", STR, ARR),
	P("MaximumSuccessiveLoginFailures", U16, 0),
	P("Name", STR, KEY),
	P("OU", STR, ARR),
	P("ObjectClass", STR, ARR),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OrganizationName", STR, ARR | REQ),
	P("OtherUserPasswordEncryptionAlgorithm", STR, 0),
	P("PasswordExpiration", DATETIME, 0),
	P("PasswordHistoryDepth", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SeeAlso", STR, ARR),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("UserCertificate", HEX, 0),
	P("UserID", STR, 0),
	P("UserPassword", HEX, SEC),
	P("UserPasswordEncoding", U32, 0),
	P("UserPasswordEncryptionAlgorithm", U16, 0),
};
static const struct wsman_method account_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_Account, account, true);

static const struct wsman_prop account_management_service[] = {
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
static const struct wsman_method account_management_service_methods[] = {
	D(CreateAccount, MEMBERS(P("System", EPR, REQ), O("AccountTemplate", REQ, "CIM_Account")),
	  MEMBERS(P("Account", EPR, 0), P("Identities", EPR, ARR))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_AccountManagementService, account_management_service, true);

static const struct wsman_prop role[] = {
	P("BusinessCategory", STR, 0),
	P("CommonName", STR, REQ),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	P("Name", STR, KEY),
	P("RoleCharacteristics", U16, ARR),
};
CLASS(CIM, CIM_Role, role, false);

static const struct wsman_prop privilege[] = {
	P("Activities", U16, ARR),
	P("ActivityQualifiers", STR, ARR),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("PrivilegeGranted", BOOL, 0),
	P("QualifierFormats", U16, ARR),
	P("RepresentsAuthorizationRights", BOOL, 0),
};
CLASS(CIM, CIM_Privilege, privilege, false);

static const struct wsman_prop identity[] = {
	P("CurrentlyAuthenticated", BOOL, 0),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
};
CLASS(CIM, CIM_Identity, identity, false);

static const struct wsman_prop credential_context[] = {
	P("ElementInContext", EPR, KEY),
	P("ElementProvidingContext", EPR, KEY),
	P("Usage", U16, 0),
};
CLASS(CIM, CIM_CredentialContext, credential_context, false);
