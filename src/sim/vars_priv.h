/* Settings of a virtual device as named texts: one row per writable property that it keeps. A text
 * is what WS-MAN carries ("true", "2", "pc1"); elements of an array are divided by newlines. Staged
 * ones act only after CommitChanges. The names stand in state files and never change. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum sim_var_flags {
	SIM_VAR_STAGED = 1, /* acts at CommitChanges */
	SIM_VAR_ARRAY = 2,
	SIM_VAR_HIDDEN = 4, /* reads back empty */
	SIM_VAR_OPTIONAL = 8, /* left out of an instance while empty */
};
#define SIM_TLS_REMOTE "Intel(r) AMT 802.3 TLS Settings"
#define SIM_TLS_LOCAL  "Intel(r) AMT LMS TLS Settings"
/* X(constant, name, default, flags) */
#define SIM_VARS(X)                                                                                 \
	X(SIM_VAR_HOST_NAME, "AMT_GeneralSettings.HostName", "", SIM_VAR_STAGED)                    \
	X(SIM_VAR_DOMAIN, "AMT_GeneralSettings.DomainName", "", SIM_VAR_STAGED)                     \
	X(SIM_VAR_NETWORK, "AMT_GeneralSettings.AMTNetworkEnabled", "1", SIM_VAR_STAGED)            \
	X(SIM_VAR_DDNS_INTERVAL, "AMT_GeneralSettings.DDNSPeriodicUpdateInterval", "1440", 0)       \
	X(SIM_VAR_DDNS_TTL, "AMT_GeneralSettings.DDNSTTL", "900", 0)                                \
	X(SIM_VAR_DDNS_DHCP, "AMT_GeneralSettings.DDNSUpdateByDHCPServerEnabled", "true", 0)        \
	X(SIM_VAR_DDNS, "AMT_GeneralSettings.DDNSUpdateEnabled", "false", 0)                        \
	X(SIM_VAR_DHCPV6_TIMEOUT, "AMT_GeneralSettings.DHCPv6ConfigurationTimeout", "0", 0)         \
	X(SIM_VAR_HOST_OS_FQDN, "AMT_GeneralSettings.HostOSFQDN", "", 0)                            \
	X(SIM_VAR_IDLE_WAKE, "AMT_GeneralSettings.IdleWakeTimeout", "65535", 0)                     \
	X(SIM_VAR_PING, "AMT_GeneralSettings.PingResponseEnabled", "true", 0)                       \
	X(SIM_VAR_ADDRESS_FAMILY, "AMT_GeneralSettings.PreferredAddressFamily", "0", 0)             \
	X(SIM_VAR_PRESENCE, "AMT_GeneralSettings.PresenceNotificationInterval", "0", 0)             \
	X(SIM_VAR_RMCP_PING, "AMT_GeneralSettings.RmcpPingResponseEnabled", "true", 0)              \
	X(SIM_VAR_SHARED_FQDN, "AMT_GeneralSettings.SharedFQDN", "true", SIM_VAR_STAGED)            \
	X(SIM_VAR_WSMAN_ONLY, "AMT_GeneralSettings.WsmanOnlyMode", "false", 0)                      \
	X(SIM_VAR_TLS_ON, "AMT_TLSSettingData.Enabled", "false", SIM_VAR_STAGED)                    \
	X(SIM_VAR_TLS_MUTUAL, "AMT_TLSSettingData.MutualAuthentication", "false", SIM_VAR_STAGED)   \
	X(SIM_VAR_TLS_CLEAR, "AMT_TLSSettingData.AcceptNonSecureConnections", "false",              \
	  SIM_VAR_STAGED)                                                                           \
	X(SIM_VAR_TLS_CN, "AMT_TLSSettingData.TrustedCN", "", SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)     \
	X(SIM_VAR_LMS_ON, "AMT_TLSSettingData.local.Enabled", "false", SIM_VAR_STAGED)              \
	X(SIM_VAR_LMS_MUTUAL, "AMT_TLSSettingData.local.MutualAuthentication", "false",             \
	  SIM_VAR_STAGED)                                                                           \
	X(SIM_VAR_LMS_CLEAR, "AMT_TLSSettingData.local.AcceptNonSecureConnections", "true",         \
	  SIM_VAR_STAGED)                                                                           \
	X(SIM_VAR_LMS_CN, "AMT_TLSSettingData.local.TrustedCN", "",                                 \
	  SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)                                                         \
	X(SIM_VAR_QOP_AUTH, "AMT_AuthorizationService.AllowHttpQopAuthOnly", "1", 0)                \
	X(SIM_VAR_TIME_LOCAL, "AMT_TimeSynchronizationService.LocalTimeSyncEnabled", "0", 0)        \
	X(SIM_VAR_REDIR_LISTEN, "AMT_RedirectionService.ListenerEnabled", "false", 0)               \
	X(SIM_VAR_REDIR_STATE, "AMT_RedirectionService.EnabledState", "32768", 0)                   \
	X(SIM_VAR_POWER_SCHEME, "AMT_SystemPowerScheme.current", "0", 0)                            \
	X(SIM_VAR_KVM_STATE, "CIM_KVMRedirectionSAP.EnabledState", "3", 0)                          \
	X(SIM_VAR_KVM_5900, "IPS_KVMRedirectionSettingData.Is5900PortEnabled", "false", 0)          \
	X(SIM_VAR_KVM_OPTIN, "IPS_KVMRedirectionSettingData.OptInPolicy", "true", 0)                \
	X(SIM_VAR_KVM_OPTIN_TIMEOUT, "IPS_KVMRedirectionSettingData.OptInPolicyTimeout", "300", 0)  \
	X(SIM_VAR_KVM_TIMEOUT, "IPS_KVMRedirectionSettingData.SessionTimeout", "3", 0)              \
	X(SIM_VAR_KVM_SCREEN, "IPS_KVMRedirectionSettingData.DefaultScreen", "0", 0)                \
	X(SIM_VAR_KVM_B2B, "IPS_KVMRedirectionSettingData.BackToBackFbMode", "false", 0)            \
	X(SIM_VAR_KVM_RFB, "IPS_KVMRedirectionSettingData.RFBPassword", "", SIM_VAR_HIDDEN)         \
	X(SIM_VAR_OPTIN, "IPS_OptInService.OptInRequired", "4294967295", 0)                         \
	X(SIM_VAR_OPTIN_CODE_TIMEOUT, "IPS_OptInService.OptInCodeTimeout", "120", 0)                \
	X(SIM_VAR_OPTIN_SHOW_TIMEOUT, "IPS_OptInService.OptInDisplayTimeout", "300", 0)             \
	X(SIM_VAR_LOG_FROZEN, "AMT_MessageLog.IsFrozen", "false", 0)                                \
	X(SIM_VAR_AUDIT_ON, "AMT_AuditLog.EnabledState", "", 0)                                     \
	X(SIM_VAR_AUDIT_STORAGE, "AMT_AuditLog.StoragePolicy", "0", 0)                              \
	X(SIM_VAR_AUDIT_DAYS, "AMT_AuditLog.MinDaysToKeep", "", SIM_VAR_OPTIONAL)                   \
	X(SIM_VAR_AUDIT_EVENTS, "AMT_AuditPolicyRule.events", "default", 0)                         \
	X(SIM_VAR_KRB_ON, "AMT_KerberosSettingData.KrbEnabled", "false", 0)                         \
	X(SIM_VAR_KRB_REALM, "AMT_KerberosSettingData.RealmName", "", SIM_VAR_OPTIONAL)             \
	X(SIM_VAR_KRB_SPN, "AMT_KerberosSettingData.ServicePrincipalName", "",                      \
	  SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)                                                         \
	X(SIM_VAR_KRB_SPP, "AMT_KerberosSettingData.ServicePrincipalProtocol", "",                  \
	  SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)                                                         \
	X(SIM_VAR_KRB_VERSION, "AMT_KerberosSettingData.KeyVersion", "", SIM_VAR_OPTIONAL)          \
	X(SIM_VAR_KRB_ALG, "AMT_KerberosSettingData.EncryptionAlgorithm", "", SIM_VAR_OPTIONAL)     \
	X(SIM_VAR_KRB_KEY, "AMT_KerberosSettingData.MasterKey", "",                                 \
	  SIM_VAR_HIDDEN | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_KRB_TOLERANCE, "AMT_KerberosSettingData.MaximumClockTolerance", "",               \
	  SIM_VAR_OPTIONAL)                                                                         \
	X(SIM_VAR_KRB_PASSPHRASE, "AMT_KerberosSettingData.Passphrase", "",                         \
	  SIM_VAR_HIDDEN | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_KRB_SALT, "AMT_KerberosSettingData.Salt", "", SIM_VAR_HIDDEN | SIM_VAR_OPTIONAL)  \
	X(SIM_VAR_KRB_ITERATIONS, "AMT_KerberosSettingData.IterationCount", "", SIM_VAR_OPTIONAL)   \
	X(SIM_VAR_KRB_CIPHERS, "AMT_KerberosSettingData.ConfiguredEncryptionAlgorithms", "",        \
	  SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)                                                         \
	X(SIM_VAR_KRB_CACHE, "AMT_KerberosSettingData.CredentialCache", "false", 0)                 \
	X(SIM_VAR_WEBUI, "AMT_WebUIService.EnabledState", "2", 0)                                   \
	X(SIM_VAR_DHCP, "AMT_EthernetPortSettings.DHCPEnabled", "true", SIM_VAR_STAGED)             \
	X(SIM_VAR_IP, "AMT_EthernetPortSettings.IPAddress", "",                                     \
	  SIM_VAR_STAGED | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_MASK, "AMT_EthernetPortSettings.SubnetMask", "",                                  \
	  SIM_VAR_STAGED | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_GATEWAY, "AMT_EthernetPortSettings.DefaultGateway", "",                           \
	  SIM_VAR_STAGED | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_DNS1, "AMT_EthernetPortSettings.PrimaryDNS", "",                                  \
	  SIM_VAR_STAGED | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_DNS2, "AMT_EthernetPortSettings.SecondaryDNS", "",                                \
	  SIM_VAR_STAGED | SIM_VAR_OPTIONAL)                                                        \
	X(SIM_VAR_STATIC_IP, "AMT_EthernetPortSettings.SharedStaticIp", "false", SIM_VAR_STAGED)    \
	X(SIM_VAR_IP_SYNC, "AMT_EthernetPortSettings.IpSyncEnabled", "true", SIM_VAR_STAGED)        \
	X(SIM_VAR_VLAN, "AMT_EthernetPortSettings.VLANTag", "", SIM_VAR_STAGED | SIM_VAR_OPTIONAL)  \
	X(SIM_VAR_LINK_POLICY, "AMT_EthernetPortSettings.LinkPolicy", "1\n14", SIM_VAR_ARRAY)       \
	X(SIM_VAR_WLAN_POLICY, "AMT_EthernetPortSettings.wlan.LinkPolicy", "",                      \
	  SIM_VAR_ARRAY | SIM_VAR_OPTIONAL)                                                         \
	X(SIM_VAR_HOME, "AMT_EnvironmentDetectionSettingData.DetectionStrings", "", SIM_VAR_ARRAY)  \
	X(SIM_VAR_HOME_V6, "AMT_EnvironmentDetectionSettingData.DetectionIPv6LocalPrefixes", "",    \
	  SIM_VAR_ARRAY)                                                                            \
	X(SIM_VAR_USER_CONNECT, "AMT_UserInitiatedConnectionService.EnabledState", "32768", 0)      \
	X(SIM_VAR_WIFI_PORT, "CIM_WiFiPort.EnabledState", "3", 0)                                   \
	X(SIM_VAR_WIFI_SYNC,                                                                        \
	  "AMT_WiFiPortConfigurationService.localProfileSynchronizationEnabled", "0", 0)            \
	X(SIM_VAR_WIFI_UEFI, "AMT_WiFiPortConfigurationService.UEFIWiFiProfileShareEnabled",        \
	  "false", 0)
enum sim_var {
#define X(name, text, def, flags) name,
	SIM_VARS(X)
#undef X
	SIM_VAR_COUNT
};
struct sim_var_row {
	const char *name, *def;
	unsigned flags;
};
extern const struct sim_var_row sim_var_rows[];

struct sim_dev;
/* What acts now; what would act after a commit. Never NULL. */
const char *sim_var_active(const struct sim_dev *d, enum sim_var v);
const char *sim_var_staged(const struct sim_dev *d, enum sim_var v);
bool sim_var_is_true(const struct sim_dev *d, enum sim_var v);        /* active */
bool sim_var_staged_is_true(const struct sim_dev *d, enum sim_var v); /* after a commit */
void sim_var_set(struct sim_dev *d, enum sim_var v, const char *text);        /* active, at once */
void sim_var_put(struct sim_dev *d, enum sim_var v, const char *text);        /* staged or at once */
void sim_var_commit(struct sim_dev *d);  /* staged become active */
void sim_var_forget(struct sim_dev *d);  /* staged are lost */
void sim_var_reset(struct sim_dev *d);   /* all to their defaults */
