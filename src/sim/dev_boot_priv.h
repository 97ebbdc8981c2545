/* What the next start of the PC is told to do: the options of AMT_BootSettingData as rows, the boot
 * source and role. fw_boot.c sets them over WS-MAN, dev_boot.c lets a start use them up. Single use:
 * whatever starts the PC clears all of it. */
#pragma once
#include "sim/boot.h"

/* X(constant, property, capability that allows it, releases that have the property, releases whose
 * board can do it: from, to). 162 is 16.2; 0: no bound; 9999: none. */
#define SIM_BOOT_FLAGS(X)                                                                           \
	X(SIM_BOOT_PAUSE, "BIOSPause", "BIOSPause", 0, 0, 69)                                       \
	X(SIM_BOOT_SETUP, "BIOSSetup", "BIOSSetup", 0, 0, 0)                                        \
	X(SIM_BOOT_CONFIG_RESET, "ConfigurationDataReset", "ConfigurationDataReset", 0, 9999, 0)    \
	X(SIM_BOOT_SECURE, "EnforceSecureBoot", "BIOSSecureBoot", 80, 80, 0)                        \
	X(SIM_BOOT_PROGRESS, "ForcedProgressEvents", "ForcedProgressEvents", 0, 0, 0)               \
	X(SIM_BOOT_LOCK_KEYBOARD, "LockKeyboard", "KeyboardLock", 0, 0, 0)                          \
	X(SIM_BOOT_LOCK_POWER, "LockPowerButton", "PowerButtonLock", 0, 0, 69)                      \
	X(SIM_BOOT_LOCK_RESET, "LockResetButton", "ResetButtonLock", 0, 0, 69)                      \
	X(SIM_BOOT_LOCK_SLEEP, "LockSleepButton", "SleepButtonLock", 0, 0, 69)                      \
	X(SIM_BOOT_PLATFORM_ERASE, "PlatformErase", "PlatformErase", 160, 160, 0)                   \
	X(SIM_BOOT_REFLASH, "ReflashBIOS", "BIOSReflash", 0, 0, 0)                                  \
	X(SIM_BOOT_ERASE, "SecureErase", "SecureErase", 0, 110, 0)                                  \
	X(SIM_BOOT_IDER, "UseIDER", "IDER", 0, 0, 0)                                                \
	X(SIM_BOOT_SOL, "UseSOL", "SOL", 0, 0, 0)                                                   \
	X(SIM_BOOT_SAFE, "UseSafeMode", "ForceHardDriveSafeModeBoot", 0, 0, 69)                     \
	X(SIM_BOOT_BYPASS, "UserPasswordBypass", "UserPasswordBypass", 0, 0, 0)
enum sim_boot_flag {
#define X(name, prop, cap, since, from, to) name,
	SIM_BOOT_FLAGS(X)
#undef X
	SIM_BOOT_FLAG_COUNT
};
/* X(constant, InstanceID behind "Intel(r) AMT: ", StructuredBootString, property of the capabilities, from, to) */
#define SIM_BOOT_SOURCES(X)                                                                         \
	X(SIM_BOOT_SOURCE_DISK, "Force Hard-drive Boot", "CIM:Hard-Disk:1", "ForceHardDriveBoot", 0, 0) \
	X(SIM_BOOT_SOURCE_PXE, "Force PXE Boot", "CIM:Network:1", "ForcePXEBoot", 0, 0)             \
	X(SIM_BOOT_SOURCE_CD, "Force CD/DVD Boot", "CIM:CD/DVD:1", "ForceCDorDVDBoot", 0, 0)        \
	X(SIM_BOOT_SOURCE_DIAG, "Force Diagnostic Boot", "", "ForceDiagnosticBoot", 0, 69)          \
	X(SIM_BOOT_SOURCE_HTTPS, "Force OCR UEFI HTTPS Boot", "", "ForceUEFIHTTPSBoot", 150, 0)     \
	X(SIM_BOOT_SOURCE_PBA, "Force OCR UEFI Boot Option 1", "", "ForceUEFILocalPBABoot", 160, 0) \
	X(SIM_BOOT_SOURCE_WINRE, "Force OCR UEFI Boot Option 2", "", "ForceWinREBoot", 160, 0)
enum sim_boot_source {
	SIM_BOOT_SOURCE_NONE,
#define X(name, id, text, cap, from, to) name,
	SIM_BOOT_SOURCES(X)
#undef X
	SIM_BOOT_SOURCE_COUNT
};
struct sim_boot_row {
	const char *name, *cap; /* property or InstanceID; capability */
	const char *text;       /* of a source; else NULL */
	unsigned since, from, to;
};
extern const struct sim_boot_row sim_boot_flags[], sim_boot_sources[]; /* sources from 1 on */

struct sim_boot {
	bool role;              /* "is next single use": without it nothing of this acts */
	bool left;              /* something was put that no start has used up: OptionsCleared false */
	bool ocr_off;           /* CIM_BootService.RequestStateChange */
	bool rpe_off;
	uint32_t flags;         /* 1 << enum sim_boot_flag */
	uint8_t verbosity, ider_device;
	uint16_t media_index;
	enum sim_boot_source source;
	uint32_t param_count;
	uint8_t *params;        /* UefiBootParametersArray; NULL: none */
	size_t param_bytes;
	char rse_password[33];
	struct sim_boot_choice last;
};
struct sim_boot *sim_boot_of(struct sim_dev *d);             /* made when first asked for */
bool sim_boot_has(const struct sim_dev *d, const struct sim_boot_row *r); /* the property */
bool sim_boot_can(const struct sim_dev *d, const struct sim_boot_row *r); /* the capability */
bool sim_boot_flag(const struct sim_boot *b, enum sim_boot_flag f);
void sim_boot_clear(struct sim_boot *b);                     /* what a start uses up */
void sim_boot_start(struct sim_dev *d);                      /* the PC starts: uses it up */
void sim_boot_free(struct sim_dev *d);
