/* A drive and what a host does to it: byte 0 chooses drive and medium, then come commands of 12
 * bytes, and single bytes 0xff and 0xfe that reset it and take its medium out. Whatever comes, an
 * answer is short enough, and a transfer lies inside of the medium. */
#include "wire/scsi.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct wire_scsi_unit *u, const struct wire_scsi_answer *a)
{
	bool moves = a->what == WIRE_SCSI_READ || a->what == WIRE_SCSI_WRITE;

	if (moves != (a->count > 0) || a->n > sizeof a->data || (a->sense.key && (moves || a->n)))
		abort();
	if (moves && (a->block >= u->blocks || a->count > u->blocks - a->block))
		abort();
	if (a->what == WIRE_SCSI_WRITE && (!u->writable || u->kind == WIRE_SCSI_CD))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_scsi_answer a;
	struct wire_scsi_unit u;
	char text[128];

	wire_scsi_init(&u, size && (data[0] & 1) ? WIRE_SCSI_FLOPPY : WIRE_SCSI_CD);
	if (size && (data[0] & 2))
		wire_scsi_insert(&u, data[0] & 4 ? UINT32_MAX : 2880, data[0] & 8);
	for (size_t at = 1; at < size;) {
		if (data[at] >= 0xfe || size - at < WIRE_SCSI_CDB) {
			if (data[at++] == 0xff)
				wire_scsi_reset(&u);
			else
				wire_scsi_remove(&u);
			continue;
		}
		struct out o;
		out_init(&o, text, sizeof text);
		wire_scsi_print(&o, data + at);
		wire_scsi_command(&u, data + at, &a);
		check(&u, &a);
		at += WIRE_SCSI_CDB;
	}
	return 0;
}
