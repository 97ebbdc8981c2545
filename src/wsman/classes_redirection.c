/* Redirection, KVM, user consent, screens: classes of wsman 3.9.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
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
CLASS_M(AMT, AMT_RedirectionService, redirection_service, true);

static const struct wsman_prop cim_redirection_service[] = {
	P("AccessLog", STR, ARR), /* another reader */
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("MaxCurrentEnabledSAPs", U16, 0),
	P("Name", STR, KEY),
	P("OtherRedirectionServiceType", STR, 0),
	P("RedirectionServiceType", U16, ARR),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SharingMode", U16, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method cim_redirection_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(CIM, CIM_RedirectionService, cim_redirection_service, true);

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
CLASS_M(CIM, CIM_KVMRedirectionSAP, kvm_sap, true);

/* Greyscale..., DoubleBufferMode and DoubleBufferState are known only from another reader. */
static const struct wsman_prop kvm_settings[] = {
	P("BackToBackFbMode", BOOL, 0),
	P("DefaultScreen", U8, 0),
	P("DoubleBufferActive", BOOL, RO),
	P("DoubleBufferEnabled", BOOL, 0),
	P("DoubleBufferMode", BOOL, 0),
	P("DoubleBufferState", BOOL, 0),
	P("ElementName", STR, 0),
	P("EnabledByMEBx", BOOL, RO),
	P("GrayscalePixelFormatSupported", BOOL, RO),
	P("GreyscalePixelFormatSupported", BOOL, RO),
	P("InitialDecimationModeForLowRes", U8, 0),
	P("InstanceID", STR, KEY),
	P("Is5900PortEnabled", BOOL, 0),
	P("OptInPolicy", BOOL, 0),
	P("OptInPolicyTimeout", U16, UNIT(SECONDS)),
	P("RFBPassword", STR, SEC),
	P("SessionTimeout", U16, UNIT(MINUTES)),
	P("ZlibControlSupported", BOOL, RO),
};
/* The data channel methods are known from another client's requests only. */
static const struct wsman_method kvm_settings_methods[] = {
	M(TerminateSession, NONE, NONE),
	M(DataChannelRead, NONE, MEMBERS(P("DataMessage", B64, 0))),
	M(DataChannelWrite, MEMBERS(P("DataMessage", B64, REQ)), NONE),
};
CLASS_M(IPS, IPS_KVMRedirectionSettingData, kvm_settings, false);

static const struct wsman_name consent_required[] = {
	{ 0, "None" }, { 1, "KVM" }, { 4294967295u, "All" }, { 0, NULL },
};
static const struct wsman_name consent_state[] = {
	{ 0, "Not started" }, { 1, "Requested" }, { 2, "Displayed" }, { 3, "Received" },
	{ 4, "In session" }, { 0, NULL },
};
static const struct wsman_name no_yes[] = { { 0, "False" }, { 1, "True" }, { 0, NULL } };
static const struct wsman_prop opt_in_service[] = {
	E("CanModifyOptInPolicy", U8, RO, no_yes),
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	P("Name", STR, KEY),
	P("OptInCodeTimeout", U32, UNIT(SECONDS)),
	P("OptInDisplayTimeout", U16, 0),
	E("OptInRequired", U32, 0, consent_required),
	E("OptInState", U8, RO, consent_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method opt_in_service_methods[] = {
	M(StartOptIn, NONE, NONE),
	M(CancelOptIn, NONE, NONE),
	M(SendOptInCode, MEMBERS(P("OptInCode", U32, REQ | SEC)), NONE),
	D(StartService, NONE, NONE), /* inherited, as StopService */
	D(StopService, NONE, NONE),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_OptInService, opt_in_service, true);

static const struct wsman_prop screen_setting_data[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
	P("IsActive", BOOL, ARR),
	P("PrimaryIndex", U8, 0),
	P("QuadraryIndex", U8, 0),
	P("ResolutionX", U32, ARR),
	P("ResolutionY", U32, ARR),
	P("SecondaryIndex", U8, 0),
	P("TertiaryIndex", U8, 0),
	P("UpperLeftX", I32, ARR),
	P("UpperLeftY", I32, ARR),
};
static const struct wsman_method screen_setting_data_methods[] = {
	M(ResetToDefault, NONE, NONE),
};
CLASS_M(IPS, IPS_ScreenSettingData, screen_setting_data, false);

static const struct wsman_name session_state[] = { { 0, "Close" }, { 1, "Open" }, { 0, NULL } };
static const struct wsman_prop screen_configuration_service[] = {
	P("CreationClassName", STR, KEY),
	P("CurrentState", U16, 0),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("RemainingConsecutiveRebootsNum", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method screen_configuration_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
	M(SetSessionState, MEMBERS(E("SessionState", U8, 0, session_state),
	  P("ConsecutiveRebootsNum", U8, 0)), NONE),
};
CLASS_M(IPS, IPS_ScreenConfigurationService, screen_configuration_service, true);

static const struct wsman_prop sec_io_service[] = {
	P("CreationClassName", STR, KEY),
	P("DefaultScreen", U8, 0),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, wsman_names_enabled_state),
	P("InstanceID", STR, 0),
	P("Name", STR, KEY),
	P("NumberOfScreens", U8, 0),
	P("RequestedLanguage", U16, 0),
	P("Started", BOOL, 0),
	P("Status", STR, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
	P("language", U16, 0),
	P("zoom", U16, 0),
};
static const struct wsman_method sec_io_service_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(IPS, IPS_SecIOService, sec_io_service, true);

static const struct wsman_prop session_using_port[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(IPS, IPS_SessionUsingPort, session_using_port, false);

static const struct wsman_prop sol_session_using_port[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(IPS, IPS_SolSessionUsingPort, sol_session_using_port, false);

static const struct wsman_prop ider_session_using_port[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(IPS, IPS_IderSessionUsingPort, ider_session_using_port, false);

static const struct wsman_prop kvm_session_using_port[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(IPS, IPS_KvmSessionUsingPort, kvm_session_using_port, false);

static const struct wsman_prop ras_session_using_port[] = {
	P("Antecedent", EPR, KEY),
	P("Dependent", EPR, KEY),
};
CLASS(IPS, IPS_RasSessionUsingPort, ras_session_using_port, false);
