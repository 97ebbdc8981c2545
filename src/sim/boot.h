/* The starts of a virtual PC: what AMT told the last one to do, for whoever plays the PC behind the
 * firmware and for the control socket. What was set is used up by a start. */
#pragma once
#include "sim/dev.h"

/* What the last start of the PC was told to do. */
#define SIM_BOOTS(X)                                                                               \
	X(SIM_BOOT_USUAL, "usual") X(SIM_BOOT_DISK, "disk") X(SIM_BOOT_PXE, "pxe") X(SIM_BOOT_CD, "cd") \
	X(SIM_BOOT_DIAG, "diagnostics") X(SIM_BOOT_HTTPS, "https") X(SIM_BOOT_PBA, "pba")          \
	X(SIM_BOOT_WINRE, "winre") X(SIM_BOOT_BIOS, "bios") X(SIM_BOOT_HALT, "pause")              \
	X(SIM_BOOT_IDER_FLOPPY, "ider-floppy") X(SIM_BOOT_IDER_CD, "ider-cd")
enum sim_boot_from {
#define X(name, text) name,
	SIM_BOOTS(X)
#undef X
};
struct sim_boot_choice {
	enum sim_boot_from from;
	unsigned media_index;      /* which of them, from 1; 0: the usual one */
	bool sol;                  /* the console is on SOL */
	bool lock_keyboard, bypass_password, reflash, erase, platform_erase, safe_mode, progress;
	unsigned verbosity;        /* 0 the usual, 1 quiet, 2 verbose, 3 blank screen */
	char uri[301];             /* of HTTPS boot; "" none */
	unsigned starts;           /* of the PC so far */
};
const char *sim_dev_boot_name(enum sim_boot_from f);
const struct sim_boot_choice *sim_dev_boot_choice(struct sim_dev *d);
bool sim_dev_boot_half(struct sim_dev *d); /* something is set that a start would use */
void sim_dev_print_boot(struct sim_dev *d, struct out *o);    /* last and next start, one line */
void sim_dev_print_consent(struct sim_dev *d, struct out *o); /* what the screen shows of it, one line */
