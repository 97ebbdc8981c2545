/* Network: ports, addresses, Wi-Fi, 802.1X, proxy: classes of wsman 3.10.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
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
	  MEMBERS(E("LinkPreference", U32, REQ, link_owner), P("Timeout", U32, UNIT(SECONDS))),
	  NONE),
	M(CancelLinkProtection, NONE, NONE),
	M(RestoreLinkProtection, NONE, NONE),
};
CLASS_M(AMT, AMT_EthernetPortSettings, ethernet_port, false);

static const struct wsman_prop cim_ethernet_port[] = {
	P("Capabilities", U16, ARR),
	P("CapabilityDescriptions", STR, ARR),
	P("CreationClassName", STR, KEY),
	P("Description", STR, 0),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	P("EnabledCapabilities", U16, ARR),
	E("EnabledDefault", U16, 0, wsman_names_enabled_default),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("LinkTechnology", U16, 0),
	P("MaxDataSize", U32, 0),
	P("MaxSpeed", U64, UNIT(BITS_PER_SECOND)),
	P("NetworkAddresses", STR, ARR),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	P("OtherEnabledCapabilities", STR, ARR),
	P("PermanentAddress", STR, 0),
	P("PortType", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("Speed", U64, UNIT(BITS_PER_SECOND)),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method cim_ethernet_port_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_EthernetPort, cim_ethernet_port, true);

static const struct wsman_prop lan_endpoint[] = {
	P("AliasAddresses", STR, ARR),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	P("GroupAddresses", STR, ARR),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("LANID", STR, 0),
	P("LANType", U16, 0),
	P("MACAddress", STR, 0),
	P("MaxDataSize", U32, 0),
	P("Name", STR, KEY),
	P("NameFormat", STR, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OtherLANType", STR, 0),
	P("OtherTypeDescription", STR, 0),
	P("ProtocolIFType", U16, 0),
	P("ProtocolType", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method lan_endpoint_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_LANEndpoint, lan_endpoint, true);

static const struct wsman_prop ips_lan_endpoint[] = {
	P("CreationClassName", STR, KEY),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("LANType", U16, 0),
	P("MACAddress", STR, 0),
	P("Name", STR, KEY),
	P("ProtocolType", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method ips_lan_endpoint_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_LANEndpoint, ips_lan_endpoint, true);

static const struct wsman_prop i_pv6_port_settings[] = {
	P("CurrentAddressInfo", STR, ARR),
	P("CurrentDefaultRouter", STR, 0),
	P("CurrentPrimaryDNS", STR, 0),
	P("CurrentSecondaryDNS", STR, 0),
	P("DefaultRouter", STR, 0),
	P("ElementName", STR, 0),
	P("IPv6Address", STR, 0),
	P("InstanceID", STR, KEY),
	P("InterfaceIDType", U32, 0),
	P("ManualInterfaceID", HEX, 0),
	P("PrimaryDNS", STR, 0),
	P("SecondaryDNS", STR, 0),
};
CLASS(IPS, IPS_IPv6PortSettings, i_pv6_port_settings, false);

static const struct wsman_prop host_ip_settings[] = {
	P("DHCPEnabled", BOOL, 0),
	P("DefaultGateway", STR, 0),
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("IpAddress", STR, 0),
	P("PrimaryDNS", STR, 0),
	P("SecondaryDNS", STR, 0),
	P("SubnetMask", STR, 0),
};
CLASS(IPS, IPS_HostIPSettings, host_ip_settings, false);

static const struct wsman_name no_host_csme_software_policy[] = {
	{ 0, "Relaxed policy" }, { 1, "Aggressive policy" }, { 0, NULL },
};
static const struct wsman_name local_profile_synchronization_enabled[] = {
	{ 0, "Local sync disabled" }, { 1, "Local user profile synchronization enabled" },
	{ 3, "Unrestricted sync" }, { 0, NULL },
};
static const struct wsman_name wifi_return[] = {
	{ 0, "Completed with No Error" }, { 1, "Not Supported" }, { 2, "Failed" },
	{ 3, "Invalid Parameter" }, { 4, "Invalid Reference" }, { 0, NULL },
};
static const struct wsman_prop wifi_port_configuration_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	P("LastConnectedSsidUnderMeControl", STR, 0),
	P("Name", STR, KEY),
	E("NoHostCsmeSoftwarePolicy", U32, 0, no_host_csme_software_policy),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("UEFIWiFiProfileShareEnabled", BOOL, 0),
	E("localProfileSynchronizationEnabled", U32, 0, local_profile_synchronization_enabled),
};
static const struct wsman_method wifi_port_configuration_service_methods[] = {
	R(AddWiFiSettings, MEMBERS(P("WiFiEndpoint", EPR, REQ),
	  O("WiFiEndpointSettingsInput", REQ, "CIM_WiFiEndpointSettings"),
	  O("IEEE8021xSettingsInput", 0, "CIM_IEEE8021xSettings"), P("ClientCredential", EPR, 0),
	  P("CACredential", EPR, 0)), MEMBERS(P("WiFiEndpointSettings", EPR, 0),
	  P("IEEE8021xSettings", EPR, 0)), wifi_return),
	R(UpdateWiFiSettings, MEMBERS(P("WiFiEndpointSettings", EPR, REQ),
	  O("WiFiEndpointSettingsInput", REQ, "CIM_WiFiEndpointSettings"),
	  O("IEEE8021xSettingsInput", 0, "CIM_IEEE8021xSettings"), P("ClientCredential", EPR, 0),
	  P("CACredential", EPR, 0)), MEMBERS(P("IEEE8021xSettings", EPR, 0)), wifi_return),
	M(DeleteAllITProfiles, NONE, NONE),
	M(DeleteAllUserProfiles, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(AddLANEndpoint, MEMBERS(P("Port", EPR, REQ), P("Address", STR, REQ), P("LANID", STR, 0),
	  P("AliasAddresses", STR, ARR | REQ), P("GroupAddresses", STR, ARR | REQ)),
	  MEMBERS(P("Endpoint", EPR, 0))),
};
CLASS_M(AMT, AMT_WiFiPortConfigurationService, wifi_port_configuration_service, true);

static const struct wsman_name enabled_state[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Enabled" }, { 3, "Disabled" },
	{ 4, "Shutting down" }, { 5, "Not applicable" }, { 6, "Enabled but offline" },
	{ 7, "In test" }, { 8, "Deferred" }, { 9, "Quiesce" }, { 10, "Starting" },
	{ 32768, "Enabled in S0" }, { 32769, "Enabled in S0 and Sx on AC" }, { 0, NULL },
};
static const struct wsman_name link_technology[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Ethernet" }, { 3, "IB" }, { 4, "FC" },
	{ 5, "FDDI" }, { 6, "ATM" }, { 7, "Token ring" }, { 8, "Frame relay" },
	{ 9, "Infrared" }, { 10, "Bluetooth" }, { 11, "WirelessLAN" }, { 0, NULL },
};
static const struct wsman_name port_type[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 70, "802.11a" }, { 71, "802.11b" },
	{ 72, "802.11g" }, { 73, "802.11n" }, { 0, NULL },
};
static const struct wsman_name wifi_port_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" }, { 6, "Offline" },
	{ 7, "Test" }, { 8, "Defer" }, { 9, "Quiesce" }, { 10, "Reboot" }, { 11, "Reset" },
	{ 32768, "Enable in S0" }, { 32769, "Enable in S0 and Sx on AC" }, { 0, NULL },
};
static const struct wsman_prop wifi_port[] = {
	P("CreationClassName", STR, KEY),
	P("DeviceID", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state),
	E("LinkTechnology", U16, 0, link_technology),
	P("PermanentAddress", STR, 0),
	E("PortType", U16, 0, port_type),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method wifi_port_methods[] = {
	REQUEST_STATE_CHANGE(wifi_port_change),
	DEVICE_METHODS,
};
CLASS_M(CIM, CIM_WiFiPort, wifi_port, true);

static const struct wsman_name authentication_method[] = {
	{ 1, "Other" }, { 2, "Open system" }, { 3, "Shared key" }, { 4, "WPA-PSK" },
	{ 5, "WPA IEEE 802.1x" }, { 6, "WPA2-PSK" }, { 7, "WPA2 IEEE 802.1x" },
	{ 32768, "WPA3 SAE" }, { 32769, "WPA3 OWE" }, { 0, NULL },
};
static const struct wsman_name bss_type[] = {
	{ 0, "Unknown" }, { 2, "Independent" }, { 3, "Infrastructure" }, { 0, NULL },
};
static const struct wsman_name encryption_method[] = {
	{ 1, "Other" }, { 2, "WEP" }, { 3, "TKIP" }, { 4, "CCMP" }, { 5, "None" }, { 0, NULL },
};
static const struct wsman_prop wifi_endpoint[] = {
	P("AccessPointAddress", STR, 0),
	P("Associated", BOOL, 0),
	E("AuthenticationMethod", U16, 0, authentication_method),
	E("BSSType", U16, 0, bss_type),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EncryptionMethod", U16, 0, encryption_method),
	P("IEEE8021xAuthenticationProtocol", U16, 0),
	P("Name", STR, KEY),
	P("OtherAuthenticationMethod", STR, 0),
	P("OtherEncryptionMethod", STR, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method wifi_endpoint_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_WiFiEndpoint, wifi_endpoint, true);

static const struct wsman_prop wifi_endpoint_settings[] = {
	E("AuthenticationMethod", U16, 0, authentication_method),
	E("BSSType", U16, 0, bss_type),
	P("ElementName", STR, 0),
	E("EncryptionMethod", U16, 0, encryption_method),
	P("InstanceID", STR, KEY),
	P("KeyIndex", U8, 0),
	P("Keys", HEX, ARR | SEC),
	P("OtherAuthenticationMethod", STR, 0),
	P("OtherEncryptionMethod", STR, 0),
	P("PSKPassPhrase", STR, SEC),
	P("PSKValue", B64, SEC),
	P("Priority", U8, 0),
	P("SSID", STR, 0),
};
CLASS(CIM, CIM_WiFiEndpointSettings, wifi_endpoint_settings, false);

static const struct wsman_prop wifi_endpoint_capabilities[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("OtherSupportedAuthenticationMethods", STR, ARR),
	P("OtherSupportedEncryptionMethods", STR, ARR),
	E("SupportedAuthenticationMethods", U16, ARR, authentication_method),
	E("SupportedEncryptionMethods", U16, ARR, encryption_method),
};
CLASS(CIM, CIM_WiFiEndpointCapabilities, wifi_endpoint_capabilities, false);

static const struct wsman_prop wifi_port_capabilities[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("OtherSupportedPortTypes", STR, ARR),
	E("SupportedPortTypes", U16, ARR, port_type),
};
CLASS(CIM, CIM_WiFiPortCapabilities, wifi_port_capabilities, false);

static const struct wsman_name authentication_protocol[] = {
	{ 0, "TLS" }, { 1, "TTLS/MSCHAPv2" }, { 2, "PEAP/MSCHAPv2" }, { 3, "EAP-GTC" },
	{ 4, "EAP-FAST/MSCHAPv2" }, { 5, "EAP-FAST/GTC" }, { 6, "EAP-FAST/TLS" }, { 0, NULL },
};
static const struct wsman_name server_certificate_name_comparison[] = {
	{ 0, "Full name" }, { 1, "Domain suffix" }, { 0, NULL },
};
static const struct wsman_prop n8021_x_profile[] = {
	P("ActiveInS0", BOOL, 0),
	E("AuthenticationProtocol", U16, 0, authentication_protocol),
	P("ClientCertificate", EPR, 0),
	P("Domain", STR, 0),
	P("ElementName", STR, 0),
	P("Enabled", BOOL, REQ),
	P("InstanceID", STR, KEY),
	P("PACPassword", STR, SEC),
	P("Password", STR, SEC),
	P("ProtectedAccessCredential", B64, SEC),
	P("PxeTimeout", U32, UNIT(SECONDS)),
	P("RoamingIdentity", STR, 0),
	P("ServerCertificateIssue", STR, 0), /* another reader */
	P("ServerCertificateIssuer", EPR, 0),
	P("ServerCertificateName", STR, 0),
	E("ServerCertificateNameComparison", U16, 0, server_certificate_name_comparison),
	P("Username", STR, 0),
};
CLASS(AMT, AMT_8021XProfile, n8021_x_profile, false);

static const struct wsman_prop n8021x_credential_context[] = {
	P("ElementInContext", EPR, KEY),
	P("ElementProvidingContext", EPR, KEY),
};
CLASS(AMT, AMT_8021xCredentialContext, n8021x_credential_context, false);

static const struct wsman_name authentication_protocol_2[] = {
	{ 0, "EAP-TLS" }, { 1, "EAP-TTLS/MSCHAPv2" }, { 2, "PEAPv0/EAP-MSCHAPv2" },
	{ 3, "PEAPv1/EAP-GTC" }, { 4, "EAP-FAST/MSCHAPv2" }, { 5, "EAP-FAST/GTC" },
	{ 6, "EAP-MD5" }, { 7, "EAP-PSK" }, { 8, "EAP-SIM" }, { 9, "EAP-AKA" },
	{ 10, "EAP-FAST/TLS" }, { 0, NULL },
};
static const struct wsman_name enabled[] = {
	{ 2, "With certificates" }, { 3, "Disabled" }, { 6, "Without certificates" },
	{ 0, NULL },
};
static const struct wsman_prop ieee8021x_settings[] = {
	E("AuthenticationProtocol", U16, 0, authentication_protocol_2),
	P("AvailableInS0", BOOL, 0),
	P("Domain", STR, 0),
	P("ElementName", STR, 0),
	E("Enabled", U32, REQ, enabled),
	P("InstanceID", STR, KEY),
	P("PACPassword", STR, SEC),
	P("PSK", B64, SEC),
	P("Password", STR, SEC),
	P("ProtectedAccessCredential", B64, SEC),
	P("PxeTimeout", U32, UNIT(SECONDS)),
	P("RoamingIdentity", STR, 0),
	P("ServerCertificateName", STR, 0),
	P("ServerCertificateNameComparison", U16, 0),
	P("Username", STR, 0),
};
static const struct wsman_method ieee8021x_settings_methods[] = {
	M(SetCertificates, MEMBERS(P("ServerCertificateIssuer", EPR, 0),
	  P("ClientCertificate", EPR, 0)), NONE),
};
CLASS_M(IPS, IPS_IEEE8021xSettings, ieee8021x_settings, false);

static const struct wsman_prop ips_n8021x_credential_context[] = {
	P("ElementInContext", EPR, KEY),
	P("ElementProvidingContext", EPR, KEY),
};
CLASS(IPS, IPS_8021xCredentialContext, ips_n8021x_credential_context, false);

static const struct wsman_prop cim_ieee8021x_settings[] = {
	E("AuthenticationProtocol", U16, 0, authentication_protocol_2),
	P("Domain", STR, 0),
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("PACPassword", STR, SEC),
	P("PSK", B64, SEC),
	P("Password", STR, SEC),
	P("ProtectedAccessCredential", B64, SEC),
	P("RoamingIdentity", STR, 0),
	P("ServerCertificateName", STR, 0),
	P("ServerCertificateNameComparison", U16, 0),
	P("Username", STR, 0),
};
CLASS(CIM, CIM_IEEE8021xSettings, cim_ieee8021x_settings, false);

static const struct wsman_prop ieee8021x_capabilities[] = {
	P("ElementName", STR, 0), /* inherited */
	P("FastRoamingSupported", BOOL, 0),
	P("InstanceID", STR, KEY),
	P("RoamingSupported", BOOL, 0),
	E("SupportedAuthenticationProtocols", U16, ARR, authentication_protocol_2),
};
CLASS(CIM, CIM_IEEE8021xCapabilities, ieee8021x_capabilities, false);

static const struct wsman_name info_format[] = {
	{ 3, "IPv4 Address" }, { 4, "IPv6 Address" }, { 201, "FQDN" }, { 0, NULL },
};
static const struct wsman_prop http_proxy_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("Name", STR, KEY),
	P("SyncEnabled", BOOL, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method http_proxy_service_methods[] = {
	M(AddProxyAccessPoint, MEMBERS(P("AccessInfo", STR, REQ),
	  E("InfoFormat", U16, REQ, info_format), P("Port", U16, REQ),
	  P("NetworkDnsSuffix", STR, REQ)), MEMBERS(P("ProxyAccessPoint", EPR, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_HTTPProxyService, http_proxy_service, true);

static const struct wsman_name info_format_2[] = {
	{ 3, "IPv4" }, { 4, "IPv6" }, { 201, "FQDN" }, { 0, NULL },
};
static const struct wsman_prop http_proxy_access_point[] = {
	P("AccessInfo", STR, 0),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	E("InfoFormat", U16, 0, info_format_2),
	P("Name", STR, KEY),
	P("NetworkDnsSuffix", STR, REQ),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("Port", U16, REQ),
	P("Priority", U32, REQ),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("Type", U8, REQ),
};
static const struct wsman_method http_proxy_access_point_methods[] = {
	M(UpdatePriority, MEMBERS(P("Priority", U32, REQ)), NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_HTTPProxyAccessPoint, http_proxy_access_point, true);
