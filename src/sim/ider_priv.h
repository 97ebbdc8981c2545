/* Virtual drives on the side of the firmware and of the PC behind it: redir_ider.c speaks with the
 * console, loader.c is the boot loader that reads a disc through it and prints what is on it. For the
 * files of this folder. */
#pragma once
#include "sim/dev_priv.h"
#include "wire/scsi.h"

struct sim_loader;
struct sim_media {          /* of a device; made when first asked for */
	unsigned sessions, mistakes;
	uint64_t commands;
	char mistake[80];   /* of the console, the last one; "" */
	struct sim_loader *loader;
};
struct sim_media *sim_media_of(struct sim_dev *d);
void sim_media_free(struct sim_dev *d);
void sim_media_host_starts(struct sim_dev *d, bool from_cd); /* a start of the PC */

/* ---- redir_ider.c: what the host of the PC can do ---- */
struct sim_ider_request {
	bool cd, dma;
	uint8_t cdb[WIRE_SCSI_CDB];
	size_t expect;      /* bytes to come; a different number is a mistake of the console */
	struct span out;    /* of a write; copied */
};
struct sim_ider_reply {
	bool ok;            /* false: the drives are gone, or the console made a mistake */
	struct wire_scsi_sense sense; /* key 0: good */
	struct span data;   /* valid inside the callback */
};
typedef void sim_ider_fn(void *arg, const struct sim_ider_reply *r);
bool sim_ider_has_drives(struct sim_dev *d);
/* One at a time. False: no drives, or one is at work. Else fn once, not before this returns, unless
 * sim_ider_forget was called. */
bool sim_ider_run(struct sim_dev *d, const struct sim_ider_request *q, sim_ider_fn *fn, void *arg);
void sim_ider_forget(struct sim_dev *d, void *arg);
void sim_ider_host_starts(struct sim_dev *d); /* its bus is reset; drives that waited for it appear */
void sim_ider_print(struct sim_dev *d, struct out *o); /* state and counters, one line */

