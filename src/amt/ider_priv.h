/* Inside of a session of virtual media: what ider.c (the session) and ider_io.c (commands and their
 * data) share. */
#pragma once
#include "amt/ider.h"
#include "base/buf.h"
#include "net/image.h"
#include "wire/redir.h"
#include "wire/scsi.h"

#define AMT_IDER_QUEUE 8 /* commands that came before the one at work was answered */

struct amt_ider_command {
	enum amt_ider_drive drive;
	uint8_t code, cdb[WIRE_SCSI_CDB];
	bool dma;
};
struct amt_ider_job { /* the command at work, while it moves blocks */
	bool busy, writes;
	struct amt_ider_command cmd;
	struct net_image *image;
	uint64_t at, end;    /* bytes of the image */
	size_t asked;        /* bytes that the PC was asked for (0x52); 0: none */
	bool waits;          /* for the image */
};
enum amt_ider_state { IDER_OPENING, IDER_SETTING, IDER_RUNNING, IDER_CLOSING, IDER_ENDED };

struct amt_ider {
	struct amt_ider_conf conf;
	enum amt_ider_state state;
	struct wire_scsi_unit units[AMT_IDER_DRIVES];
	uint32_t seq_out, seq_in;
	struct buf in, out;  /* out: messages that leave together */
	size_t chunk, write_max;
	struct amt_ider_job job;
	struct net_image_wait wait;
	struct amt_ider_command queue[AMT_IDER_QUEUE];
	unsigned queued;
	bool reset_pending;
	uint8_t reset_mask;
	struct sched_timer *timer, *end_timer;
	int64_t pinged_mono_ms, heard_mono_ms, since_mono_ms;
	struct err why;
	struct amt_ider_stats stats;
};

/* ider.c */
void amt_ider_emit(struct amt_ider *x, struct wire_redir_msg *m); /* numbers it; leaves with the next flush */
void amt_ider_flush(struct amt_ider *x);
void amt_ider_end(struct amt_ider *x, const struct err *why); /* on_end follows */
void amt_ider_reset_now(struct amt_ider *x);
/* ider_io.c */
void amt_ider_take_command(struct amt_ider *x, const struct wire_redir_command *c);
void amt_ider_take_data(struct amt_ider *x, struct span bytes);
void amt_ider_move(struct amt_ider *x); /* goes on with the command at work, as far as it goes */
void amt_ider_abort(struct amt_ider *x, enum amt_ider_drive d); /* its medium goes */
void amt_ider_drop(struct amt_ider *x); /* the command at work and all others end unanswered */
