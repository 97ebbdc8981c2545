/* Commands of a PC's virtual drives: each is answered by the SCSI target (wire/scsi.h), and its blocks
 * are moved between the image and the PC, in pieces that fit the PC's buffers. One command is at work;
 * those that come meanwhile wait in a short queue, and one too many is answered as aborted. Nothing
 * waits for bytes here: the image calls back, the line tells when it has room. */
#include "amt/ider_priv.h"

#define DRIVE_CD     0xb0
#define DRIVE_FLOPPY 0xa0
#define ATA_PACKET   0xa0
#define OUT_AT_ONCE  ((size_t)64 * 1024)  /* messages that leave in one piece */
#define LINE_FULL    ((size_t)256 * 1024) /* more than the line's mark for room */

static uint8_t drive_code(enum amt_ider_drive d)
{
	return d == AMT_IDER_CD ? DRIVE_CD : DRIVE_FLOPPY;
}

/* ---- answers ---- */

static void set_regs(uint8_t regs[8], uint8_t mask, uint8_t error, uint8_t reason, size_t bytes,
		     uint8_t drive, uint8_t status)
{
	const uint8_t r[8] = { mask,  error, reason, 0, (uint8_t)bytes, (uint8_t)(bytes >> 8),
			       drive, status };

	memcpy(regs, r, sizeof r);
}

static void send_status(struct amt_ider *x, enum amt_ider_drive d, struct wire_scsi_sense s)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_RESPONSE };
	uint8_t dev = drive_code(d);

	m.head[2] = WIRE_REDIR_ATTR_LAST;
	if (s.key) {
		set_regs(m.ata.out, 0x87, (uint8_t)(s.key << 4), 0x03, 0, dev, 0x51);
		m.ata.sense[0] = s.key;
		m.ata.sense[1] = s.asc;
		m.ata.sense[2] = s.ascq;
	} else {
		set_regs(m.ata.out, 0xc5, 0, 0x03, 0, dev, 0x50);
	}
	amt_ider_emit(x, &m);
}

static void send_data(struct amt_ider *x, const struct amt_ider_command *c, struct span bytes,
		      bool last)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_TO_HOST, .data = bytes };
	uint8_t dev = drive_code(c->drive);

	m.head[2] =
		(uint8_t)((last ? WIRE_REDIR_ATTR_LAST : 0) | (c->dma ? WIRE_REDIR_ATTR_DMA : 0));
	set_regs(m.ata.in, c->dma ? 0xb4 : 0xb5, 0, 0x02, c->dma ? 0 : bytes.n, dev, 0x58);
	if (last)
		set_regs(m.ata.out, 0x85, 0, 0x03, 0, dev, 0x50);
	amt_ider_emit(x, &m);
}

static void ask_data(struct amt_ider *x)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_GET };
	struct amt_ider_job *j = &x->job;
	uint64_t left = j->end - j->at;

	j->asked = left < x->write_max ? (size_t)left : x->write_max;
	m.ata.size = (uint16_t)j->asked;
	set_regs(m.ata.in, 0xb5, 0, 0, j->asked, drive_code(j->cmd.drive), 0x58);
	amt_ider_emit(x, &m);
}

/* ---- the command at work ---- */

static void next_command(struct amt_ider *x);

static void finish(struct amt_ider *x)
{
	x->job.busy = false;
	x->job.waits = false;
	if (x->reset_pending)
		amt_ider_reset_now(x);
	else
		next_command(x);
}

static void fail(struct amt_ider *x, struct wire_scsi_sense s)
{
	struct wire_scsi_answer a;

	x->stats.errors++;
	wire_scsi_fail(&x->units[x->job.cmd.drive], s, &a);
	send_status(x, x->job.cmd.drive, a.sense);
	finish(x);
}

void amt_ider_abort(struct amt_ider *x, enum amt_ider_drive d)
{
	struct amt_ider_job *j = &x->job;

	if (!j->busy || j->cmd.drive != d)
		return;
	if (j->waits)
		net_image_forget(j->image, &x->wait);
	fail(x, WIRE_SCSI_NO_MEDIUM);
	amt_ider_move(x);
}

static void on_image(void *arg, const struct err *e)
{
	struct amt_ider *x = arg;
	struct amt_ider_job *j = &x->job;

	j->waits = false;
	if (e->code != ERR_NONE) {
		struct amt_ider_events *ev = &x->conf.events;
		if (ev->on_trouble)
			ev->on_trouble(ev->arg, e);
		fail(x, j->writes ? WIRE_SCSI_WRITE_ERROR : WIRE_SCSI_READ_ERROR);
	} else if (j->writes) {
		j->at += j->asked;
		x->stats.written_bytes += j->asked;
		j->asked = 0;
	}
	amt_ider_move(x);
}

static void wait_image(struct amt_ider *x)
{
	x->wait.fn = on_image;
	x->wait.arg = x;
	x->job.waits = true;
}

/* False: not further now. */
static bool read_some(struct amt_ider *x)
{
	struct amt_ider_job *j = &x->job;
	size_t want = j->end - j->at < x->chunk ? (size_t)(j->end - j->at) : x->chunk;

	if (x->out.n >= OUT_AT_ONCE) {
		amt_ider_flush(x);
		if (x->state == IDER_ENDED || x->conf.line.queued(x->conf.line.arg) >= LINE_FULL)
			return false;
	}
	struct span bytes = net_image_peek(j->image, j->at, want);
	if (!bytes.n) {
		wait_image(x);
		net_image_wait(j->image, &x->wait, j->at);
		return false;
	}
	j->at += bytes.n;
	x->stats.read_bytes += bytes.n;
	x->stats.at[j->cmd.drive] = j->at;
	send_data(x, &j->cmd, bytes, j->at == j->end);
	return true;
}

/* What the last command was that has been done; then others may be at work. */
void amt_ider_move(struct amt_ider *x)
{
	struct amt_ider_job *j = &x->job;

	while (j->busy && !j->waits && x->state != IDER_ENDED) {
		if (j->at == j->end) {
			if (j->writes)
				send_status(x, j->cmd.drive, (struct wire_scsi_sense){ 0 });
			finish(x);
		} else if (j->writes) {
			if (!j->asked)
				ask_data(x);
			break;
		} else if (!read_some(x)) {
			break;
		}
	}
	amt_ider_flush(x);
}

void amt_ider_take_data(struct amt_ider *x, struct span bytes)
{
	struct amt_ider_job *j = &x->job;

	if (!j->busy || !j->writes || !j->asked || j->waits)
		return; /* nobody asked */
	if (!bytes.n || bytes.n > j->asked) {
		fail(x, WIRE_SCSI_ABORTED);
		amt_ider_move(x);
		return;
	}
	j->asked = bytes.n;
	wait_image(x);
	net_image_write(j->image, &x->wait, j->at, bytes);
}

/* ---- commands ---- */

static void run(struct amt_ider *x, const struct amt_ider_command *c)
{
	struct wire_scsi_unit *u = &x->units[c->drive];
	uint32_t block = wire_scsi_block_size(u);
	struct wire_scsi_answer a;

	x->stats.commands++;
	if (c->code != ATA_PACKET)
		wire_scsi_fail(u, WIRE_SCSI_BAD_PACKET, &a);
	else
		wire_scsi_command(u, c->cdb, &a);
	if (a.what == WIRE_SCSI_STATUS) {
		send_status(x, c->drive, a.sense);
	} else if (a.what == WIRE_SCSI_IN) {
		send_data(x, c, span_make(a.data, a.n), true);
	} else {
		x->job = (struct amt_ider_job){
			.busy = true,
			.writes = a.what == WIRE_SCSI_WRITE,
			.cmd = *c,
			.image = x->conf.images[c->drive],
			.at = (uint64_t)a.block * block,
			.end = ((uint64_t)a.block + a.count) * block,
		};
	}
	if (a.ejected && x->conf.events.on_eject)
		x->conf.events.on_eject(x->conf.events.arg, c->drive);
}

static void next_command(struct amt_ider *x)
{
	while (!x->job.busy && x->queued) {
		struct amt_ider_command c = x->queue[0];
		memmove(x->queue, x->queue + 1, --x->queued * sizeof x->queue[0]);
		run(x, &c);
	}
}

void amt_ider_take_command(struct amt_ider *x, const struct wire_redir_command *c)
{
	struct amt_ider_command mine = {
		.drive = c->drive & 0x10 ? AMT_IDER_CD : AMT_IDER_FLOPPY,
		.code = c->command,
		.dma = c->features & 1,
	};

	memcpy(mine.cdb, c->cdb, sizeof mine.cdb);
	if (x->reset_pending)
		return; /* from before the reset */
	/* Before the session is open nobody knows how long its messages may be. */
	if (x->queued == AMT_IDER_QUEUE || !x->chunk) {
		send_status(x, mine.drive, WIRE_SCSI_ABORTED);
		return;
	}
	x->queue[x->queued++] = mine;
	next_command(x);
	amt_ider_move(x);
}

void amt_ider_drop(struct amt_ider *x)
{
	if (x->job.busy && x->job.waits)
		net_image_forget(x->job.image, &x->wait);
	x->job.busy = x->job.waits = false;
	x->queued = 0;
}
