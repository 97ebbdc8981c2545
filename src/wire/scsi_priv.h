/* Inside of the SCSI target: what the files of its commands share. */
#pragma once
#include "wire/scsi.h"

#define KEY_NOT_READY    0x02
#define KEY_ILLEGAL      0x05
#define KEY_ATTENTION    0x06
#define KEY_PROTECTED    0x07
#define EVENT_NEW_MEDIUM 2
#define EVENT_REMOVED    3

struct wire_scsi_call {
	struct wire_scsi_unit *u;
	const uint8_t *cdb;
	struct wire_scsi_answer *a;
};
static inline uint32_t wire_scsi_be(const uint8_t *p, unsigned n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

/* Check condition. */
void wire_scsi_check(struct wire_scsi_call *c, uint8_t key, uint8_t asc, uint8_t ascq);
void wire_scsi_bad_field(struct wire_scsi_call *c); /* 05/24/00 */
/* Ends a data answer: what was written to o, cut to what the host allocated. */
void wire_scsi_give(struct wire_scsi_call *c, const struct out *o, uint32_t allocated);

/* scsi_mode.c: what a drive says of itself */
void wire_scsi_inquiry(struct wire_scsi_call *c);
void wire_scsi_mode_sense6(struct wire_scsi_call *c);
void wire_scsi_mode_sense10(struct wire_scsi_call *c);
/* scsi_disc.c: what MMC adds */
void wire_scsi_toc(struct wire_scsi_call *c);
void wire_scsi_configuration(struct wire_scsi_call *c);
void wire_scsi_event(struct wire_scsi_call *c);
void wire_scsi_disc_info(struct wire_scsi_call *c);
void wire_scsi_track_info(struct wire_scsi_call *c);
void wire_scsi_performance(struct wire_scsi_call *c);
void wire_scsi_mechanism(struct wire_scsi_call *c);
void wire_scsi_read_cd(struct wire_scsi_call *c);
/* scsi.c: checks the range, then asks for the transfer */
void wire_scsi_move(struct wire_scsi_call *c, enum wire_scsi_do what, uint32_t block, uint32_t count);
