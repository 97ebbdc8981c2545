/* Boot: options, sources, order: classes of wsman 3.6.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
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
CLASS(AMT, AMT_BootSettingData, boot_setting_data, false);

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
CLASS(AMT, AMT_BootCapabilities, boot_capabilities, false);

static const struct wsman_prop boot_config_setting[] = {
	P("ElementName", STR, 0),
	P("InstanceID", STR, KEY),
};
static const struct wsman_method boot_config_setting_methods[] = {
	/* no Source at all clears the order */
	R(ChangeBootOrder, MEMBERS(P("Source", EPR, ARR)), NONE, wsman_names_config_return),
};
CLASS_M(CIM, CIM_BootConfigSetting, boot_config_setting, false);

static const struct wsman_name fail_through_supported[] = {
	{ 0, "Unknown" }, { 1, "Is supported" }, { 2, "Not supported" }, { 0, NULL },
};
static const struct wsman_prop boot_source_setting[] = {
	P("BIOSBootString", STR, 0),
	P("BootString", STR, 0),
	P("ElementName", STR, 0),
	E("FailThroughSupported", U16, 0, fail_through_supported),
	P("InstanceID", STR, KEY),
	P("StructuredBootString", STR, 0),
};
CLASS(CIM, CIM_BootSourceSetting, boot_source_setting, false);

static const struct wsman_name enabled_state[] = {
	{ 0, "Unknown" }, { 1, "Other" }, { 2, "Enabled" }, { 3, "Disabled" },
	{ 4, "Shutting down" }, { 5, "Not applicable" }, { 6, "Enabled but offline" },
	{ 7, "In test" }, { 8, "Deferred" }, { 9, "Quiesce" }, { 10, "Starting" },
	{ 32768, "OCR and RPE disabled" }, { 32769, "OCR enabled" }, { 32770, "RPE enabled" },
	{ 32771, "OCR and RPE enabled" }, { 0, NULL },
};
static const struct wsman_name role[] = {
	{ 0, "Is next" }, { 1, "Is next single use" }, { 2, "Is default" }, { 0, NULL },
};
static const struct wsman_name boot_service_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" }, { 6, "Offline" },
	{ 7, "Test" }, { 8, "Defer" }, { 9, "Quiesce" }, { 10, "Reboot" }, { 11, "Reset" },
	{ 32768, "Disable OCR and RPE" }, { 32769, "Enable OCR" }, { 32770, "Enable RPE" },
	{ 32771, "Enable OCR and RPE" }, { 0, NULL },
};
static const struct wsman_prop boot_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledState", U16, 0, enabled_state),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status),
	E("RequestedState", U16, 0, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method boot_service_methods[] = {
	D(SetBootConfigRole, MEMBERS(P("BootConfigSetting", EPR, REQ), E("Role", U16, REQ, role)),
	  NONE),
	REQUEST_STATE_CHANGE(boot_service_change),
};
CLASS_M(CIM, CIM_BootService, boot_service, true);

static const struct wsman_prop cim_boot_setting_data[] = {
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("OwningEntity", STR, 0),
};
CLASS(CIM, CIM_BootSettingData, cim_boot_setting_data, false);

static const struct wsman_prop element_setting_data[] = {
	P("IsCurrent", U16, 0),
	P("IsDefault", U16, 0),
	P("IsNext", U16, 0),
	P("ManagedElement", EPR, KEY),
	P("SettingData", EPR, KEY),
};
CLASS(CIM, CIM_ElementSettingData, element_setting_data, false);
