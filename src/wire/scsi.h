/* The ATAPI/SCSI target of virtual media: one drive (a CD or a floppy), the medium in it, and what
 * it answers to a 12-byte command block by SPC, SBC and MMC. Pure: the caller (amt/ider.c) moves the
 * blocks of reads and writes; everything else, data, sense and the state of the drive, is decided
 * here. Integers of command blocks and answers are big-endian. */
#pragma once
#include "base/out.h"

enum wire_scsi_kind { WIRE_SCSI_CD, WIRE_SCSI_FLOPPY };
#define WIRE_SCSI_CDB        12
#define WIRE_SCSI_CD_BLOCK   2048
#define WIRE_SCSI_FD_BLOCK   512
#define WIRE_SCSI_DATA_MAX   192
#define WIRE_SCSI_BLOCKS_MAX UINT32_MAX /* READ CAPACITY(10) names the last block in 32 bits */

struct wire_scsi_sense {
	uint8_t key, asc, ascq; /* key 0: none */
};
struct wire_scsi_unit {
	enum wire_scsi_kind kind;
	uint32_t blocks;       /* of the medium in the tray; 0: there is none */
	bool closed;           /* the medium is in the drive; false: ejected, and can be loaded again */
	bool writable, locked; /* locked: PREVENT, the host cannot eject */
	uint8_t event;         /* of the medium, not told yet (GET EVENT STATUS NOTIFICATION) */
	struct wire_scsi_sense attention; /* unit attention, told with the next command that may fail */
	struct wire_scsi_sense last;      /* what REQUEST SENSE tells */
};

enum wire_scsi_do {
	WIRE_SCSI_STATUS, /* nothing to transfer: good, or check condition when sense.key is set */
	WIRE_SCSI_IN,     /* data, which is short already, to the host; then good */
	WIRE_SCSI_READ,   /* count blocks from block to the host; then good */
	WIRE_SCSI_WRITE,  /* count blocks from the host; then good */
};
struct wire_scsi_answer {
	enum wire_scsi_do what;
	struct wire_scsi_sense sense;
	uint32_t block, count; /* READ and WRITE: inside of the medium, count > 0 */
	bool ejected;          /* this command opened the tray */
	size_t n;
	uint8_t data[WIRE_SCSI_DATA_MAX];
};

void wire_scsi_init(struct wire_scsi_unit *u, enum wire_scsi_kind kind); /* an empty drive */
/* Puts a medium of so many blocks in and closes the tray; the host learns of it by unit attention. */
void wire_scsi_insert(struct wire_scsi_unit *u, uint32_t blocks, bool writable);
void wire_scsi_remove(struct wire_scsi_unit *u); /* by the operator, also when the host locked it */
void wire_scsi_reset(struct wire_scsi_unit *u);  /* of the bus: the lock ends, unit attention 29 */
uint32_t wire_scsi_block_size(const struct wire_scsi_unit *u);
bool wire_scsi_ready(const struct wire_scsi_unit *u); /* a medium is in and the tray is closed */

/* Bytes of cdb behind its end (oversized or short commands of a peer) do not exist: it is always
 * WIRE_SCSI_CDB bytes. Every operation code gets an answer. */
void wire_scsi_command(struct wire_scsi_unit *u, const uint8_t cdb[WIRE_SCSI_CDB],
		       struct wire_scsi_answer *out_answer);
/* The transfer that the last answer asked for went wrong: check condition with this sense. */
void wire_scsi_fail(struct wire_scsi_unit *u, struct wire_scsi_sense s, struct wire_scsi_answer *out_answer);
#define WIRE_SCSI_READ_ERROR  ((struct wire_scsi_sense){ 0x03, 0x11, 0x00 }) /* unrecovered */
#define WIRE_SCSI_WRITE_ERROR ((struct wire_scsi_sense){ 0x03, 0x0c, 0x00 })
#define WIRE_SCSI_NO_MEDIUM   ((struct wire_scsi_sense){ 0x02, 0x3a, 0x00 })
#define WIRE_SCSI_ABORTED     ((struct wire_scsi_sense){ 0x0b, 0x00, 0x00 })
#define WIRE_SCSI_BAD_PACKET  ((struct wire_scsi_sense){ 0x05, 0x20, 0x00 }) /* no command of a drive */

const char *wire_scsi_name(uint8_t opcode); /* "READ(10)"; "unknown command" */
/* "READ(10) block 16 count 1": for logs and for `decode`. */
void wire_scsi_print(struct out *text, const uint8_t cdb[WIRE_SCSI_CDB]);
