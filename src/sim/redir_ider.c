/* Virtual drives on the side of the firmware (redirection 6): opening, features, heartbeat, and one
 * command of the host at a time, whose answer is checked as strictly as firmware and a host could:
 * numbers, pieces, registers, length. What is wrong is counted, and the line is cut. Hooks of redir.c;
 * the host is loader.c. Faults ask for odd commands, resets in the middle of a read, and dead lines. */
#include "base/str.h"
#include "sim/ider_priv.h"
#include "sim/redir_priv.h"

#define READ_MAX     8192
#define WRITE_MAX    8192
#define RX_MIN_MS    10000
#define HEART_MIN_MS 100
#define COMMAND_MS   60000
#define DATA_MAX     ((size_t)2 << 20)
#define CD_DRIVE     0xb0
#define FLOPPY_DRIVE 0xa0
#define ATA_PACKET   0xa0
#define IANA_INTEL   343

enum drives { DRIVES_OFF, DRIVES_WAIT, DRIVES_ON };
static const char *const drive_names[] = { "off", "at-next-start", "on" };

struct ider {
	struct sim_redir *r;
	bool opened;
	struct wire_redir_ider_open set;
	uint32_t seq_out, seq_in;
	enum drives drives;
	struct sched_timer *rx, *heartbeat, *late;
	/* the command at work */
	bool busy, sent, resetting;
	unsigned odd; /* which odd command is tried before it, from 1 */
	struct sim_ider_request q;
	struct buf in, out;
	size_t out_at;
	sim_ider_fn *fn; /* NULL: nobody waits any more */
	void *arg;
};

static struct sched *sched_of(const struct ider *s)
{
	return sim_redir_dev(s->r)->env->sched;
}

static void emit(struct ider *s, struct wire_redir_msg m)
{
	struct sim_dev *d = sim_redir_dev(s->r);

	if (sim_fault_has(d, SIM_FAULT_IDER_MUTE))
		return;
	if (sim_fault_hit(d, SIM_FAULT_IDER_SEQ, NULL))
		s->seq_out++;
	m.seq = s->seq_out++;
	(void)sim_redir_emit(s->r, &m);
}

/* The console did what no console may do. */
static void mistake(struct ider *s, const char *what)
{
	struct sim_media *media = sim_media_of(sim_redir_dev(s->r));

	media->mistakes++;
	(void)str_copy(media->mistake, sizeof media->mistake, span_str(what));
	sim_redir_cut(s->r);
}

/* ---- commands of the host ---- */

/* What hosts never ask, and the sense that is right. */
static const struct {
	uint8_t ata, cdb[WIRE_SCSI_CDB];
	struct wire_scsi_sense want;
} odds[] = {
	{ 0xec, { 0x28, 0, 0, 0, 0, 16, 0, 0, 1 }, { 0x05, 0x20, 0x00 } }, /* no packet */
	{ ATA_PACKET, { 0xff, 0xff, 0xff, 0xff }, { 0x05, 0x20, 0x00 } },
	{ ATA_PACKET, { 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff }, { 0x05, 0x21, 0x00 } },
	{ ATA_PACKET, { 0x5a, 0, 0x33, 0, 0, 0, 0, 0, 8 }, { 0x05, 0x24, 0x00 } },
	{ ATA_PACKET, { 0x2a, 0, 0, 0, 0, 0, 0, 0, 1 }, { 0x05, 0x20, 0x00 } }, /* writes to a CD */
};
#define ODD_COUNT (sizeof odds / sizeof *odds)

static void on_late(void *arg)
{
	struct ider *s = arg;

	s->late = NULL;
	mistake(s, "a command was never answered");
}

static void send_command(struct ider *s)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_COMMAND };
	const uint8_t *cdb = s->odd ? odds[s->odd - 1].cdb : s->q.cdb;
	struct sim_dev *d = sim_redir_dev(s->r);

	if (sim_fault_hit(d, SIM_FAULT_IDER_DROP_COMMAND, NULL)) {
		sim_redir_cut(s->r);
		return;
	}
	m.command.features = s->q.dma;
	m.command.bytes = 0xfffe;
	m.command.drive = s->q.cd || s->odd ? CD_DRIVE : FLOPPY_DRIVE;
	m.command.command = s->odd ? odds[s->odd - 1].ata : ATA_PACKET;
	memcpy(m.command.cdb, cdb, sizeof m.command.cdb);
	buf_clear(&s->in);
	s->sent = true;
	sched_cancel(s->late);
	s->late = sched_after(sched_of(s), COMMAND_MS, on_late, s);
	sim_media_of(d)->commands++;
	emit(s, m);
}

static void reply(struct ider *s, const struct sim_ider_reply *r)
{
	sim_ider_fn *fn = s->fn;

	sched_cancel(s->late);
	s->late = NULL;
	s->busy = s->sent = false;
	s->fn = NULL;
	if (fn)
		fn(s->arg, r);
}

static void complete(struct ider *s, struct wire_scsi_sense sense)
{
	const struct sim_ider_reply r = { true, sense, buf_span(&s->in) };

	if (!s->odd) {
		if (!sense.key && s->in.n != s->q.expect)
			mistake(s, "another number of bytes than was asked for");
		else
			reply(s, &r);
		return;
	}
	const struct wire_scsi_sense *want = &odds[s->odd - 1].want;
	/* Unit attention comes first, whatever was asked. */
	if (sense.key != 6 && (sense.key != want->key || sense.asc != want->asc)) {
		mistake(s, "an odd command was answered by another sense");
		return;
	}
	if (sense.key != 6)
		s->odd = s->odd == ODD_COUNT ? 0 : s->odd + 1;
	send_command(s);
}

bool sim_ider_has_drives(struct sim_dev *d)
{
	const struct ider *s = sim_redir_state(d, WIRE_REDIR_IDER);

	return s && s->drives == DRIVES_ON;
}

bool sim_ider_run(struct sim_dev *d, const struct sim_ider_request *q, sim_ider_fn *fn, void *arg)
{
	struct ider *s = sim_redir_state(d, WIRE_REDIR_IDER);

	if (!s || s->drives != DRIVES_ON || s->busy || q->expect > DATA_MAX)
		return false;
	s->busy = true;
	s->q = *q;
	s->fn = fn;
	s->arg = arg;
	s->out_at = 0;
	buf_clear(&s->out);
	(void)buf_add(&s->out, q->out);
	s->odd = q->cd && sim_fault_hit(d, SIM_FAULT_IDER_ODD, NULL) ? 1 : 0;
	if (!s->resetting)
		send_command(s);
	return true;
}

void sim_ider_forget(struct sim_dev *d, void *arg)
{
	struct ider *s = sim_redir_state(d, WIRE_REDIR_IDER);

	if (s && s->arg == arg)
		s->fn = NULL;
}

static void reset_bus(struct ider *s)
{
	s->resetting = true;
	emit(s, (struct wire_redir_msg){ .type = WIRE_REDIR_IDER_RESET, .reset_mask = 2 });
}

void sim_ider_host_starts(struct sim_dev *d)
{
	struct ider *s = sim_redir_state(d, WIRE_REDIR_IDER);

	if (!s || !s->opened)
		return;
	s->fn = NULL; /* the host that waited is no more */
	if (s->drives == DRIVES_WAIT)
		s->drives = DRIVES_ON;
	if (s->drives == DRIVES_ON)
		reset_bus(s);
}

static void on_reset_done(struct ider *s)
{
	struct sim_ider_reply r = { 0 };

	if (!s->resetting) {
		mistake(s, "a reset that did not occur was answered");
		return;
	}
	s->resetting = false;
	if (!s->busy)
		return;
	if (s->sent && s->fn && s->in.n > 0 && s->in.n < s->q.expect)
		mistake(s, "a reset was answered in the middle of a read");
	else if (s->sent) /* dropped with the reset: the host asks again */
		reply(s, &r);
	else
		send_command(s);
}

/* ---- data ---- */

static bool regs_fit(const struct ider *s, const uint8_t regs[8])
{
	return regs[6] == (s->q.cd || s->odd ? CD_DRIVE : FLOPPY_DRIVE);
}

static void on_data(struct ider *s, const struct wire_redir_msg *m)
{
	struct sim_dev *d = sim_redir_dev(s->r);
	bool last = m->head[2] & WIRE_REDIR_ATTR_LAST;

	if (!s->busy || !s->sent)
		return; /* of a command that nobody waits for after a reset */
	if (m->data.n > READ_MAX)
		mistake(s, "a piece is larger than the read buffer");
	else if (!regs_fit(s, m->ata.in) || (last && !regs_fit(s, m->ata.out)))
		mistake(s, "the registers name another drive");
	else if (!s->q.dma != !(m->head[2] & WIRE_REDIR_ATTR_DMA))
		mistake(s, "PIO and DMA are mixed up");
	else if (!buf_add(&s->in, m->data))
		mistake(s, "more bytes than any command asks for");
	else if (last)
		complete(s, (struct wire_scsi_sense){ 0 });
	else if (sim_fault_hit(d, SIM_FAULT_IDER_DROP_DATA, NULL))
		sim_redir_cut(s->r);
	else if (!s->resetting && sim_fault_hit(d, SIM_FAULT_IDER_RESET, NULL))
		reset_bus(s);
}

static void on_response(struct ider *s, const struct wire_redir_msg *m)
{
	const struct wire_scsi_sense sense = { m->ata.sense[0], m->ata.sense[1], m->ata.sense[2] };

	if (!s->busy || !s->sent)
		return;
	if (!(m->head[2] & WIRE_REDIR_ATTR_LAST) || !regs_fit(s, m->ata.out) ||
	    (m->ata.out[7] & 1) != (sense.key != 0))
		mistake(s, "status and sense contradict each other");
	else
		complete(s, sense);
}

static void on_get(struct ider *s, const struct wire_redir_msg *m)
{
	size_t left = s->out.n - s->out_at, n = m->ata.size;
	struct wire_redir_msg data = { .type = WIRE_REDIR_IDER_FROM_HOST };

	if (!s->busy || !s->sent || n > WRITE_MAX || n > left || !n) {
		mistake(s, "bytes that the host does not have were asked for");
		return;
	}
	data.data = span_make(s->out.p + s->out_at, n);
	s->out_at += n;
	emit(s, data);
}

/* ---- the session ---- */

static void on_rx_late(void *arg)
{
	struct ider *s = arg;

	s->rx = NULL;
	sim_redir_end(s->r);
}

static void heard(struct ider *s)
{
	sched_cancel(s->rx);
	s->rx = sched_after(sched_of(s), s->set.rx_ms < RX_MIN_MS ? RX_MIN_MS : s->set.rx_ms,
			    on_rx_late, s);
}

static void on_heartbeat(void *arg)
{
	struct ider *s = arg;

	s->heartbeat = sched_after(sched_of(s), s->set.heartbeat_ms, on_heartbeat, s);
	emit(s, (struct wire_redir_msg){ .type = WIRE_REDIR_IDER_HEARTBEAT });
}

static void on_open(struct ider *s, const struct wire_redir_msg *m)
{
	struct wire_redir_msg r = { .type = WIRE_REDIR_IDER_OPENED };
	struct sim_dev *d = sim_redir_dev(s->r);

	if (s->opened) {
		mistake(s, "the session was opened twice");
		return;
	}
	if (sim_fault_hit(d, SIM_FAULT_IDER_DROP_OPEN, NULL)) {
		sim_redir_cut(s->r);
		return;
	}
	r.head[0] = sim_fault_hit(d, SIM_FAULT_IDER_REFUSE, NULL) ? 2 : 0;
	s->opened = !r.head[0];
	s->set = m->ider_open;
	if (s->set.heartbeat_ms && s->set.heartbeat_ms < HEART_MIN_MS)
		s->set.heartbeat_ms = HEART_MIN_MS;
	r.ider_opened.major = 1;
	r.ider_opened.fw_major = (uint8_t)d->gen->major;
	r.ider_opened.fw_minor = (uint8_t)d->gen->minor;
	r.ider_opened.read_max = READ_MAX;
	r.ider_opened.write_max = WRITE_MAX;
	r.ider_opened.iana = IANA_INTEL;
	emit(s, r);
	if (s->opened && s->set.heartbeat_ms)
		s->heartbeat = sched_after(sched_of(s), s->set.heartbeat_ms, on_heartbeat, s);
}

static void on_features(struct ider *s, const struct wire_redir_features *f)
{
	struct wire_redir_msg r = { .type = WIRE_REDIR_IDER_FEATURES_REPLY };

	if (sim_fault_hit(sim_redir_dev(s->r), SIM_FAULT_IDER_DROP_SET, NULL)) {
		sim_redir_cut(s->r);
		return;
	}
	r.features.sub = f->sub;
	r.features.has_value = true;
	switch (f->sub) {
	case 1:
		r.features.value = 1;
		break;
	case 2:
		r.features.value = s->drives == DRIVES_ON ? 2 : s->drives == DRIVES_WAIT ? 1 : 0;
		break;
	case 3:
		r.features.value = 1;
		if (!(f->value & 1))
			s->drives = DRIVES_OFF;
		else if ((f->value & 0x18) == 0x08)
			s->drives = s->drives == DRIVES_ON ? DRIVES_ON : DRIVES_WAIT;
		else if (f->value & 0x10) /* now, and when the bus is idle, which it is here */
			s->drives = DRIVES_ON;
		else
			r.features.value = 0;
		break;
	default:
		break;
	}
	emit(s, r);
}

static void on_message(struct ider *s, const struct wire_redir_msg *m)
{
	switch (m->type) {
	case WIRE_REDIR_IDER_OPEN:
		on_open(s, m);
		break;
	case WIRE_REDIR_IDER_CLOSE:
		s->drives = DRIVES_OFF;
		emit(s, (struct wire_redir_msg){ .type = WIRE_REDIR_IDER_CLOSED });
		sim_redir_end(s->r);
		break;
	case WIRE_REDIR_IDER_PING:
		emit(s, (struct wire_redir_msg){ .type = WIRE_REDIR_IDER_PONG });
		break;
	case WIRE_REDIR_IDER_RESET_DONE:
		on_reset_done(s);
		break;
	case WIRE_REDIR_IDER_FEATURES:
		on_features(s, &m->features);
		break;
	case WIRE_REDIR_IDER_RESPONSE:
		on_response(s, m);
		break;
	case WIRE_REDIR_IDER_GET:
		on_get(s, m);
		break;
	case WIRE_REDIR_IDER_TO_HOST:
		on_data(s, m);
		break;
	case WIRE_REDIR_END:
		sim_redir_end(s->r);
		break;
	case WIRE_REDIR_IDER_PONG:
	case WIRE_REDIR_IDER_HEARTBEAT:
		break;
	default:
		mistake(s, "a message that only the PC sends");
		break;
	}
}

static size_t take(void *state, struct span in)
{
	struct ider *s = state;
	struct wire_redir_msg m;
	size_t used = 0;

	switch (wire_redir_parse(in, WIRE_REDIR_IDER, &m, &used, NULL)) {
	case WIRE_MORE:
		return 0;
	case WIRE_BAD:
		mistake(s, "what came is no message");
		return 0;
	case WIRE_DONE:
		break;
	}
	heard(s);
	if (m.type == WIRE_REDIR_END) {
		sim_redir_end(s->r);
	} else if (m.seq != s->seq_in) {
		mistake(s, "a message has a wrong number");
	} else if (!s->opened && m.type != WIRE_REDIR_IDER_OPEN) {
		mistake(s, "the session is not open");
	} else {
		s->seq_in++;
		on_message(s, &m);
	}
	return used;
}

/* ---- life ---- */

static uint8_t may(const struct sim_dev *d)
{
	const char *state = sim_var_active(d, SIM_VAR_REDIR_STATE);
	bool on = str_eq(state, "32769") || str_eq(state, "32771");

	if (!on || !sim_var_is_true(d, SIM_VAR_REDIR_LISTEN))
		return WIRE_REDIR_DISABLED;
	/* Which status firmware gives without consent, nobody says (G). */
	return sim_consent_ok((struct sim_dev *)(uintptr_t)d, SIM_CONSENT_STORAGE)
		? WIRE_REDIR_OK
		: WIRE_REDIR_DISABLED;
}

static void *open_session(struct sim_redir *r)
{
	struct ider *s = MEM_NEW(struct ider);

	s->r = r;
	buf_init(&s->in, DATA_MAX);
	buf_init(&s->out, DATA_MAX);
	sim_media_of(sim_redir_dev(r))->sessions++;
	sim_consent_session(sim_redir_dev(r), true);
	heard(s);
	return s;
}

static void close_session(void *state)
{
	const struct sim_ider_reply gone = { 0 };
	struct ider *s = state;

	s->drives = DRIVES_OFF;
	sim_consent_session(sim_redir_dev(s->r), false);
	if (s->busy)
		reply(s, &gone);
	sched_cancel(s->rx);
	sched_cancel(s->heartbeat);
	sched_cancel(s->late);
	buf_deinit(&s->in);
	buf_wipe(&s->out);
	mem_free(s);
}

const struct sim_redir_hooks sim_redir_ider = {
	.may = may,
	.open = open_session,
	.take = take,
	.close = close_session,
};

void sim_ider_print(struct sim_dev *d, struct out *o)
{
	const struct ider *s = sim_redir_state(d, WIRE_REDIR_IDER);

	const struct sim_media *media = sim_media_of(d);

	out_fmt(o, "drives=%s sessions=%u commands=%llu mistakes=%u",
		drive_names[s ? s->drives : DRIVES_OFF], media->sessions,
		(unsigned long long)media->commands, media->mistakes);
	out_str(o, " mistake=");
	out_json_str(o, span_str(media->mistake));
	out_str(o, "\n");
}
