/* The SCSI target of virtual media: the table of commands, what all of them have in common (unit
 * attention, no medium, sense that is kept), and the block commands. Called by amt/ider.c with what
 * the host of the PC asked for, and by the fuzzer. It never moves a block and never trusts a field:
 * ranges are checked before the caller hears of them. */
#include "wire/scsi_priv.h"

#define FOR_CD   1u
#define FOR_FD   2u
#define FOR_BOTH (FOR_CD | FOR_FD)
#define MEDIUM   4u  /* refused while none is in */
#define QUIET    8u  /* answers under unit attention, which stays (SPC, MMC) */
#define LBA10    16u /* block at 2, count at 7 */
#define LBA12    32u /* block at 2, count at 6 */

uint32_t wire_scsi_block_size(const struct wire_scsi_unit *u)
{
	return u->kind == WIRE_SCSI_CD ? WIRE_SCSI_CD_BLOCK : WIRE_SCSI_FD_BLOCK;
}

bool wire_scsi_ready(const struct wire_scsi_unit *u)
{
	return u->closed && u->blocks > 0;
}

void wire_scsi_init(struct wire_scsi_unit *u, enum wire_scsi_kind kind)
{
	*u = (struct wire_scsi_unit){ .kind = kind, .closed = true };
}

void wire_scsi_insert(struct wire_scsi_unit *u, uint32_t blocks, bool writable)
{
	u->blocks = blocks;
	u->writable = writable && u->kind == WIRE_SCSI_FLOPPY;
	u->closed = true;
	if (!blocks)
		return;
	u->event = EVENT_NEW_MEDIUM;
	u->attention = (struct wire_scsi_sense){ KEY_ATTENTION, 0x28, 0x00 };
}

void wire_scsi_remove(struct wire_scsi_unit *u)
{
	u->event = u->blocks && u->closed ? EVENT_REMOVED : u->event;
	u->blocks = 0;
	u->closed = true;
	u->attention.key = 0;
}

void wire_scsi_reset(struct wire_scsi_unit *u)
{
	u->locked = false;
	u->last.key = 0;
	u->attention = (struct wire_scsi_sense){ KEY_ATTENTION, 0x29, 0x00 };
}

void wire_scsi_check(struct wire_scsi_call *c, uint8_t key, uint8_t asc, uint8_t ascq)
{
	wire_scsi_fail(c->u, (struct wire_scsi_sense){ key, asc, ascq }, c->a);
}

void wire_scsi_bad_field(struct wire_scsi_call *c)
{
	wire_scsi_check(c, KEY_ILLEGAL, 0x24, 0x00);
}

void wire_scsi_fail(struct wire_scsi_unit *u, struct wire_scsi_sense s,
		    struct wire_scsi_answer *out_answer)
{
	out_answer->what = WIRE_SCSI_STATUS;
	out_answer->n = 0;
	out_answer->count = 0;
	out_answer->ejected = false;
	out_answer->sense = u->last = s;
}

void wire_scsi_give(struct wire_scsi_call *c, const struct out *o, uint32_t allocated)
{
	c->a->n = o->n < allocated ? o->n : allocated;
	c->a->what = c->a->n ? WIRE_SCSI_IN : WIRE_SCSI_STATUS;
}

void wire_scsi_move(struct wire_scsi_call *c, enum wire_scsi_do what, uint32_t block,
		    uint32_t count)
{
	if (block >= c->u->blocks || count > c->u->blocks - block) {
		/* Nothing of nothing is in range, also right behind the last block. */
		if (count || block > c->u->blocks)
			wire_scsi_check(c, KEY_ILLEGAL, 0x21, 0x00);
		return;
	}
	if (!count)
		return;
	c->a->what = what;
	c->a->block = block;
	c->a->count = count;
}

static void no_medium(struct wire_scsi_call *c)
{
	wire_scsi_check(c, KEY_NOT_READY, 0x3a, c->u->closed ? 0x01 : 0x02);
}

static void do_nothing(struct wire_scsi_call *c)
{
	(void)c;
}

/* REQUEST SENSE: fixed format. Under unit attention it tells that, and it is told then. */
static void request_sense(struct wire_scsi_call *c)
{
	struct wire_scsi_sense s = c->u->last.key ? c->u->last : c->u->attention;
	struct out o;

	if (!c->u->last.key)
		c->u->attention.key = 0;
	c->u->last.key = 0;
	if (!s.key)
		s = (struct wire_scsi_sense){ 0 };
	out_init(&o, c->a->data, sizeof c->a->data);
	out_u8(&o, 0x70);
	out_u8(&o, 0);
	out_u8(&o, s.key);
	out_be32(&o, 0);
	out_u8(&o, 10); /* bytes that follow */
	out_be32(&o, 0);
	out_u8(&o, s.asc);
	out_u8(&o, s.ascq);
	out_be32(&o, 0);
	wire_scsi_give(c, &o, c->cdb[4]);
}

static void read6(struct wire_scsi_call *c)
{
	uint32_t block = wire_scsi_be(c->cdb + 1, 3) & 0x1fffff, n = c->cdb[4];

	wire_scsi_move(c, WIRE_SCSI_READ, block, n ? n : 256);
}

static void read_blocks(struct wire_scsi_call *c)
{
	bool twelve = c->cdb[0] >= 0xa0;
	uint32_t n = twelve ? wire_scsi_be(c->cdb + 6, 4) : wire_scsi_be(c->cdb + 7, 2);

	wire_scsi_move(c, WIRE_SCSI_READ, wire_scsi_be(c->cdb + 2, 4), n);
}

static bool is_protected(struct wire_scsi_call *c)
{
	if (c->u->writable)
		return false;
	wire_scsi_check(c, KEY_PROTECTED, 0x27, 0x00);
	return true;
}

static void write6(struct wire_scsi_call *c)
{
	uint32_t block = wire_scsi_be(c->cdb + 1, 3) & 0x1fffff, n = c->cdb[4];

	if (!is_protected(c))
		wire_scsi_move(c, WIRE_SCSI_WRITE, block, n ? n : 256);
}

static void write_blocks(struct wire_scsi_call *c)
{
	bool twelve = c->cdb[0] >= 0xa0;
	uint32_t n = twelve ? wire_scsi_be(c->cdb + 6, 4) : wire_scsi_be(c->cdb + 7, 2);

	if (!is_protected(c))
		wire_scsi_move(c, WIRE_SCSI_WRITE, wire_scsi_be(c->cdb + 2, 4), n);
}

/* VERIFY and SEEK: the range, nothing else. Comparing with bytes of the host is not offered. */
static void check_range(struct wire_scsi_call *c)
{
	bool verify = c->cdb[0] == 0x2f;
	uint32_t n = verify ? wire_scsi_be(c->cdb + 7, 2) : 1;

	if (verify && (c->cdb[1] & 0x02)) {
		wire_scsi_bad_field(c);
		return;
	}
	wire_scsi_move(c, WIRE_SCSI_READ, wire_scsi_be(c->cdb + 2, 4), n);
	if (c->a->what == WIRE_SCSI_READ) {
		c->a->what = WIRE_SCSI_STATUS;
		c->a->count = 0;
	}
}

static void read_capacity(struct wire_scsi_call *c)
{
	struct out o;

	/* Without PMI there is only the capacity of the whole medium. */
	if (!(c->cdb[8] & 1) && wire_scsi_be(c->cdb + 2, 4) != 0) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, c->a->data, sizeof c->a->data);
	out_be32(&o, c->u->blocks - 1);
	out_be32(&o, wire_scsi_block_size(c->u));
	wire_scsi_give(c, &o, 8);
}

/* READ FORMAT CAPACITIES: one descriptor, of the medium or of what an empty drive takes. */
static void format_capacities(struct wire_scsi_call *c)
{
	bool in = wire_scsi_ready(c->u);
	uint32_t most = c->u->kind == WIRE_SCSI_CD ? 0x57e3f : 0xb40;
	struct out o;

	out_init(&o, c->a->data, sizeof c->a->data);
	out_be32(&o, 8);
	out_be32(&o, in ? c->u->blocks : most);
	out_be32(&o, (in ? 0x02000000u : 0x03000000u) | wire_scsi_block_size(c->u));
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

static void start_stop(struct wire_scsi_call *c)
{
	bool load = c->cdb[4] & 2, start = c->cdb[4] & 1;
	struct wire_scsi_unit *u = c->u;

	if (c->cdb[4] >> 4)
		return; /* a power condition: always the same here */
	if (load && start) {
		if (u->blocks && !u->closed)
			wire_scsi_insert(u, u->blocks, u->writable);
		u->closed = true;
	} else if (load) {
		if (u->locked) {
			wire_scsi_check(c, KEY_ILLEGAL, 0x53, 0x02);
			return;
		}
		c->a->ejected = u->closed;
		u->event = u->blocks && u->closed ? EVENT_REMOVED : u->event;
		u->closed = false;
		return;
	}
	if (start && !wire_scsi_ready(u))
		no_medium(c);
}

static void prevent(struct wire_scsi_call *c)
{
	bool lock = c->cdb[4] & 1;

	if (lock && !wire_scsi_ready(c->u)) {
		no_medium(c);
		return;
	}
	c->u->locked = lock;
}

/* clang-format off */
static const struct command {
	uint8_t opcode;
	const char *name;
	unsigned flags;
	void (*run)(struct wire_scsi_call *c);
} commands[] = {
	{ 0x00, "TEST UNIT READY",        FOR_BOTH | MEDIUM,         do_nothing },
	{ 0x03, "REQUEST SENSE",          FOR_BOTH | QUIET,          request_sense },
	{ 0x08, "READ(6)",                FOR_BOTH | MEDIUM,         read6 },
	{ 0x0a, "WRITE(6)",               FOR_FD | MEDIUM,           write6 },
	{ 0x12, "INQUIRY",                FOR_BOTH | QUIET,          wire_scsi_inquiry },
	{ 0x1a, "MODE SENSE(6)",          FOR_BOTH,                  wire_scsi_mode_sense6 },
	{ 0x1b, "START STOP UNIT",        FOR_BOTH,                  start_stop },
	{ 0x1e, "PREVENT ALLOW REMOVAL",  FOR_BOTH,                  prevent },
	{ 0x23, "READ FORMAT CAPACITIES", FOR_BOTH,                  format_capacities },
	{ 0x25, "READ CAPACITY",          FOR_BOTH | MEDIUM,         read_capacity },
	{ 0x28, "READ(10)",               FOR_BOTH | MEDIUM | LBA10, read_blocks },
	{ 0x2a, "WRITE(10)",              FOR_FD | MEDIUM | LBA10,   write_blocks },
	{ 0x2b, "SEEK(10)",               FOR_BOTH | MEDIUM,         check_range },
	{ 0x2e, "WRITE AND VERIFY(10)",   FOR_FD | MEDIUM | LBA10,   write_blocks },
	{ 0x2f, "VERIFY(10)",             FOR_BOTH | MEDIUM | LBA10, check_range },
	{ 0x35, "SYNCHRONIZE CACHE",      FOR_BOTH | MEDIUM,         do_nothing },
	{ 0x43, "READ TOC",               FOR_CD | MEDIUM,           wire_scsi_toc },
	{ 0x46, "GET CONFIGURATION",      FOR_CD | QUIET,            wire_scsi_configuration },
	{ 0x4a, "GET EVENT STATUS",       FOR_CD | QUIET,            wire_scsi_event },
	{ 0x51, "READ DISC INFORMATION",  FOR_CD | MEDIUM,           wire_scsi_disc_info },
	{ 0x52, "READ TRACK INFORMATION", FOR_CD | MEDIUM,           wire_scsi_track_info },
	{ 0x5a, "MODE SENSE(10)",         FOR_BOTH,                  wire_scsi_mode_sense10 },
	{ 0xa8, "READ(12)",               FOR_BOTH | MEDIUM | LBA12, read_blocks },
	{ 0xaa, "WRITE(12)",              FOR_FD | MEDIUM | LBA12,   write_blocks },
	{ 0xac, "GET PERFORMANCE",        FOR_CD,                    wire_scsi_performance },
	{ 0xbb, "SET CD SPEED",           FOR_CD,                    do_nothing },
	{ 0xbd, "MECHANISM STATUS",       FOR_CD | QUIET,            wire_scsi_mechanism },
	{ 0xbe, "READ CD",                FOR_CD | MEDIUM,           wire_scsi_read_cd },
};
/* clang-format on */

static const struct command *find(uint8_t opcode)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (commands[i].opcode == opcode)
			return &commands[i];
	return NULL;
}

void wire_scsi_command(struct wire_scsi_unit *u, const uint8_t cdb[WIRE_SCSI_CDB],
		       struct wire_scsi_answer *out_answer)
{
	struct wire_scsi_call c = { u, cdb, out_answer };
	const struct command *cmd = find(cdb[0]);
	unsigned mine = u->kind == WIRE_SCSI_CD ? FOR_CD : FOR_FD;

	*out_answer = (struct wire_scsi_answer){ .what = WIRE_SCSI_STATUS };
	if (!cmd || cmd->run != request_sense)
		u->last.key = 0;
	if (!cmd || !(cmd->flags & mine)) {
		wire_scsi_check(&c, KEY_ILLEGAL, 0x20, 0x00);
	} else if (u->attention.key && !(cmd->flags & QUIET)) {
		wire_scsi_fail(u, u->attention, out_answer);
		u->attention.key = 0;
	} else if ((cmd->flags & MEDIUM) && !wire_scsi_ready(u)) {
		no_medium(&c);
	} else {
		cmd->run(&c);
	}
}

const char *wire_scsi_name(uint8_t opcode)
{
	const struct command *c = find(opcode);

	return c ? c->name : "unknown command";
}

void wire_scsi_print(struct out *text, const uint8_t cdb[WIRE_SCSI_CDB])
{
	const struct command *c = find(cdb[0]);

	if (!c) {
		out_str(text, "unknown command ");
		out_hex(text, span_make(cdb, WIRE_SCSI_CDB));
		return;
	}
	out_str(text, c->name);
	if (c->flags & (LBA10 | LBA12))
		out_fmt(text, " block %u count %u", (unsigned)wire_scsi_be(cdb + 2, 4),
			(unsigned)(c->flags & LBA10 ? wire_scsi_be(cdb + 7, 2)
						    : wire_scsi_be(cdb + 6, 4)));
}
