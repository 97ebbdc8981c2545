/* Class table, namespace IPS (wsman 3.7-3.9). Order and remarks as in classes_amt.c. */
#include "wsman/classes_rows.h"

/* clang-format off */
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
	P("OptInPolicyTimeout", U16, 0),
	P("RFBPassword", STR, SEC),
	P("SessionTimeout", U16, 0),
	P("ZlibControlSupported", BOOL, RO),
};
/* The data channel methods are known from another client's requests only. */
static const struct wsman_method kvm_settings_methods[] = {
	M(TerminateSession, NONE, NONE),
	M(DataChannelRead, NONE, MEMBERS(P("DataMessage", B64, 0))),
	M(DataChannelWrite, MEMBERS(P("DataMessage", B64, REQ)), NONE),
};

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
	P("OptInCodeTimeout", U32, 0),
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

const struct wsman_class wsman_classes_ips[] = {
	CLASS_M(IPS, IPS_HostBasedSetupService, host_based_setup, host_based_setup_methods, true),
	CLASS_M(IPS, IPS_KVMRedirectionSettingData, kvm_settings, kvm_settings_methods, false),
	CLASS_M(IPS, IPS_OptInService, opt_in_service, opt_in_service_methods, true),
};
const unsigned wsman_classes_ips_count = COUNT(wsman_classes_ips);
