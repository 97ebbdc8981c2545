/* A key on USB as firmware reads it: one record of setup.bin, judged and taken apart. For dev_usb.c,
 * which applies it. Shares the codec with those who write such files, and no rule with them. */
#pragma once
#include "sim/dev.h"
#include "wire/setupbin.h"

#define FW_USB_ROOTS 8
struct fw_usb { /* spans point into the file */
	uint32_t record;       /* its index */
	struct span mebx, pid, pps, suffix, host, domain;
	bool amt_off, remote, manual, halted, drop_roots;
	struct sim_root roots[FW_USB_ROOTS];
	unsigned root_count;
};
/* What a PC of this release and state takes of the file. False: it ignores it, with the reason. */
bool sim_fw_usb_judge(const struct sim_dev *d, const struct wire_setupbin *f, struct fw_usb *out_u, struct err *e);
