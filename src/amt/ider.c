/* The session of virtual media with one PC (redirection 6): the messages around the commands. Numbers
 * of both directions are kept and checked, the PC is pinged so that it does not give us up, and it is
 * given up itself when it is silent. A reset of its bus waits until the read at work is done. What
 * commands mean is in ider_io.c. Never touches a socket: bytes go through the line. */
#include "amt/ider.h"
#include "amt/ider_priv.h"
#include "base/clk.h"
#include "base/mem.h"

#define RX_MS        30000 /* the PC ends the session when it hears nothing for so long */
#define HEARTBEAT    20000
#define VERSION      1
#define PING_MS      7000
#define TICK_MS      1000
#define SILENCE_MS   30000
#define OPEN_MS      20000
#define CLOSE_MS     2000
#define IN_MAX       ((size_t)256 * 1024)
#define OUT_MAX      ((size_t)512 * 1024)
#define CHUNK_MAX    32768
#define FEATURES_SET 3

static const char *const drive_names[] = { "CD", "floppy" };

const char *amt_ider_drive_name(enum amt_ider_drive d)
{
	return drive_names[d];
}

const struct amt_ider_stats *amt_ider_get_stats(const struct amt_ider *x)
{
	return &x->stats;
}

/* ---- sending ---- */

void amt_ider_emit(struct amt_ider *x, struct wire_redir_msg *m)
{
	struct out o;

	m->session = WIRE_REDIR_IDER;
	m->seq = x->seq_out++;
	out_init_buf(&o, &x->out);
	(void)wire_redir_emit(&o, m);
}

void amt_ider_flush(struct amt_ider *x)
{
	struct err e = { 0 };

	if (!x->out.n || x->state == IDER_ENDED)
		return;
	/* The line tells by itself why it goes down; this is for one that does not. */
	if (!x->conf.line.send(x->conf.line.arg, buf_span(&x->out))) {
		err_set(&e, ERR_CLOSED, "the line to the PC takes nothing more");
		amt_ider_end(x, &e);
	}
	buf_clear(&x->out);
}

static void send_plain(struct amt_ider *x, uint8_t type)
{
	amt_ider_emit(x, &(struct wire_redir_msg){ .type = type });
	amt_ider_flush(x);
}

static void send_features(struct amt_ider *x, uint32_t value)
{
	amt_ider_emit(x,
		      &(struct wire_redir_msg){ .type = WIRE_REDIR_IDER_FEATURES,
						.features = { FEATURES_SET, true, value } });
	amt_ider_flush(x);
}

/* ---- the end ---- */

static void on_end_due(void *arg)
{
	struct amt_ider *x = arg;

	x->end_timer = NULL;
	x->conf.events.on_end(x->conf.events.arg, &x->why);
}

void amt_ider_end(struct amt_ider *x, const struct err *why)
{
	if (x->state == IDER_ENDED)
		return;
	x->state = IDER_ENDED;
	x->why = *why;
	amt_ider_drop(x);
	sched_cancel(x->timer);
	x->timer = NULL;
	x->end_timer = sched_after(x->conf.sched, 0, on_end_due, x);
}

static void end_with(struct amt_ider *x, enum err_code code, const char *text, const char *hint)
{
	struct err e = { 0 };

	err_set(&e, code, "%s", text);
	if (hint)
		err_hint(&e, "%s", hint);
	amt_ider_end(x, &e);
}

void amt_ider_close(struct amt_ider *x)
{
	if (x->state == IDER_ENDED || x->state == IDER_CLOSING)
		return;
	amt_ider_drop(x);
	if (x->stats.ready)
		send_features(x, 0);
	send_plain(x, WIRE_REDIR_IDER_CLOSE);
	if (x->state == IDER_ENDED)
		return;
	x->state = IDER_CLOSING;
	x->since_mono_ms = clk_mono_ms();
}

/* ---- messages of the PC ---- */

static void on_opened(struct amt_ider *x, const struct wire_redir_msg *m)
{
	static const uint32_t values[] = { 0x09, 0x11, 0x19 }; /* enable, and when */
	const struct wire_redir_ider_opened *o = &m->ider_opened;
	struct err e = { 0 };

	if (x->state != IDER_OPENING) {
		end_with(x, ERR_MALFORMED, "the PC opened the storage session twice", NULL);
		return;
	}
	if (m->head[0]) {
		err_set(&e, ERR_BUSY, "the PC opens no storage session");
		err_seen(&e, "status %u", m->head[0]);
		err_hint(&e, "another console may have one open; see the settings of redirection");
		amt_ider_end(x, &e);
		return;
	}
	if (o->protocol != 0 || !o->read_max) {
		err_set(&e, ERR_UNSUPPORTED, "the PC speaks another protocol of storage");
		err_seen(&e, "protocol %u, read buffer %u", o->protocol, o->read_max);
		err_want(&e, "protocol 0");
		amt_ider_end(x, &e);
		return;
	}
	x->chunk = o->read_max < CHUNK_MAX ? o->read_max : CHUNK_MAX;
	if (x->chunk >= 512)
		x->chunk -= x->chunk % 512;
	x->write_max = o->write_max ? o->write_max : 512;
	x->stats.chunk = (unsigned)x->chunk;
	x->state = IDER_SETTING;
	send_features(x, values[x->conf.start]);
}

static void on_features(struct amt_ider *x, const struct wire_redir_features *f)
{
	struct err e = { 0 };

	if (f->sub != FEATURES_SET || x->state != IDER_SETTING)
		return;
	if (f->value != 1) {
		err_set(&e, ERR_UNSUPPORTED, "the PC does not show virtual drives");
		err_seen(&e, "0x%08x", (unsigned)f->value);
		amt_ider_end(x, &e);
		return;
	}
	x->state = IDER_RUNNING;
	x->stats.ready = true;
	if (x->conf.events.on_ready)
		x->conf.events.on_ready(x->conf.events.arg);
}

void amt_ider_reset_now(struct amt_ider *x)
{
	uint8_t mask = x->reset_mask;

	x->reset_pending = false;
	x->queued = 0;
	for (unsigned i = 0; i < AMT_IDER_DRIVES; i++)
		wire_scsi_reset(&x->units[i]);
	send_plain(x, WIRE_REDIR_IDER_RESET_DONE);
	if (x->conf.events.on_reset)
		x->conf.events.on_reset(x->conf.events.arg, mask);
}

/* Of the bus. A read at work is finished first; a write may never go on. */
static void on_reset(struct amt_ider *x, uint8_t mask)
{
	x->stats.resets++;
	x->reset_mask = mask;
	x->reset_pending = true;
	x->queued = 0;
	if (x->job.busy && x->job.writes)
		amt_ider_drop(x);
	if (!x->job.busy)
		amt_ider_reset_now(x);
}

static void on_error(struct amt_ider *x, const struct wire_redir_error *r)
{
	struct err e = { 0 };

	x->stats.errors++;
	err_set(&e, ERR_FAULT, "the PC reports an error of its virtual drives");
	err_seen(&e, "reason %u", r->reason);
	if (x->conf.events.on_trouble)
		x->conf.events.on_trouble(x->conf.events.arg, &e);
}

static void on_closed(struct amt_ider *x)
{
	static const struct err none = { 0 };

	if (x->state == IDER_CLOSING)
		amt_ider_end(x, &none);
	else
		end_with(x, ERR_CLOSED, "the PC ended the storage session",
			 "another console may have taken it, or the PC lost power");
}

static void take(struct amt_ider *x, const struct wire_redir_msg *m)
{
	switch (m->type) {
	case WIRE_REDIR_IDER_OPENED:
		on_opened(x, m);
		break;
	case WIRE_REDIR_IDER_CLOSED:
		on_closed(x);
		break;
	case WIRE_REDIR_IDER_PING:
		send_plain(x, WIRE_REDIR_IDER_PONG);
		break;
	case WIRE_REDIR_IDER_RESET:
		on_reset(x, m->reset_mask);
		break;
	case WIRE_REDIR_IDER_FEATURES_REPLY:
		on_features(x, &m->features);
		break;
	case WIRE_REDIR_IDER_ERROR:
		on_error(x, &m->error);
		break;
	case WIRE_REDIR_IDER_COMMAND:
		if (x->state != IDER_CLOSING)
			amt_ider_take_command(x, &m->command);
		break;
	case WIRE_REDIR_IDER_FROM_HOST:
		amt_ider_take_data(x, m->data);
		break;
	default: /* pongs and heartbeats: that it lives is known already */
		break;
	}
}

static bool in_order(struct amt_ider *x, const struct wire_redir_msg *m)
{
	struct err e = { 0 };

	if (m->seq == x->seq_in) {
		x->seq_in++;
		return true;
	}
	err_set(&e, ERR_MALFORMED, "a message of the PC's storage session is missing");
	err_seen(&e, "number %u", (unsigned)m->seq);
	err_want(&e, "number %u", (unsigned)x->seq_in);
	amt_ider_end(x, &e);
	return false;
}

void amt_ider_feed(struct amt_ider *x, struct span bytes)
{
	struct wire_redir_msg m;
	struct err e = { 0 };
	size_t used, at = 0;

	x->heard_mono_ms = x->stats.heard_mono_ms = clk_mono_ms();
	if (x->state == IDER_ENDED)
		return;
	if (!buf_add(&x->in, bytes)) {
		end_with(x, ERR_LIMIT, "the PC sends faster than it may", NULL);
		return;
	}
	while (x->state != IDER_ENDED) {
		struct span left = span_make(x->in.p + at, x->in.n - at);
		enum wire_got got =
			left.n ? wire_redir_parse(left, WIRE_REDIR_IDER, &m, &used, &e) : WIRE_MORE;
		if (got == WIRE_MORE)
			break;
		if (got == WIRE_BAD) {
			err_wrap(&e, "storage session");
			amt_ider_end(x, &e);
			break;
		}
		at += used;
		if (in_order(x, &m))
			take(x, &m);
	}
	buf_consume(&x->in, at);
	amt_ider_flush(x);
}

void amt_ider_room(struct amt_ider *x)
{
	/* On a slow line a long read keeps the PC from speaking, but not from taking bytes. */
	x->heard_mono_ms = clk_mono_ms();
	if (x->state != IDER_ENDED)
		amt_ider_move(x);
}

/* ---- time ---- */

static void on_tick(void *arg)
{
	static const struct err none = { 0 };
	struct amt_ider *x = arg;
	int64_t now = clk_mono_ms();

	x->timer = sched_after(x->conf.sched, TICK_MS, on_tick, x);
	if (x->state == IDER_CLOSING) {
		if (now - x->since_mono_ms >= CLOSE_MS)
			amt_ider_end(x, &none);
	} else if (!x->stats.ready && now - x->since_mono_ms >= OPEN_MS) {
		end_with(x, ERR_TIMEOUT, "the PC does not open the storage session", NULL);
	} else if (now - x->heard_mono_ms >= SILENCE_MS) {
		end_with(x, ERR_TIMEOUT, "the PC is silent in the storage session", NULL);
	} else if (now - x->pinged_mono_ms >= PING_MS) {
		x->pinged_mono_ms = now;
		send_plain(x, WIRE_REDIR_IDER_PING);
	}
}

/* ---- the whole ---- */

static void insert(struct amt_ider *x, enum amt_ider_drive d, struct net_image *image)
{
	uint64_t bytes = image ? net_image_bytes(image) : 0;
	uint64_t blocks = bytes / wire_scsi_block_size(&x->units[d]);

	x->conf.images[d] = image;
	if (image)
		wire_scsi_insert(&x->units[d], blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX,
				 net_image_is_writable(image));
	else
		wire_scsi_remove(&x->units[d]);
}

void amt_ider_change(struct amt_ider *x, enum amt_ider_drive d, struct net_image *image)
{
	amt_ider_abort(x, d);
	insert(x, d, image);
}

struct amt_ider *amt_ider_new(const struct amt_ider_conf *c)
{
	struct amt_ider *x = MEM_NEW(struct amt_ider);
	struct wire_redir_msg open = {
		.type = WIRE_REDIR_IDER_OPEN,
		.ider_open = { .rx_ms = RX_MS, .heartbeat_ms = HEARTBEAT, .version = VERSION },
	};

	*x = (struct amt_ider){ .conf = *c };
	buf_init(&x->in, IN_MAX);
	buf_init(&x->out, OUT_MAX);
	wire_scsi_init(&x->units[AMT_IDER_CD], WIRE_SCSI_CD);
	wire_scsi_init(&x->units[AMT_IDER_FLOPPY], WIRE_SCSI_FLOPPY);
	for (unsigned i = 0; i < AMT_IDER_DRIVES; i++)
		insert(x, i, c->images[i]);
	x->heard_mono_ms = x->since_mono_ms = x->pinged_mono_ms = clk_mono_ms();
	x->timer = sched_after(c->sched, TICK_MS, on_tick, x);
	amt_ider_emit(x, &open);
	amt_ider_flush(x);
	return x;
}

void amt_ider_free(struct amt_ider *x)
{
	if (!x)
		return;
	amt_ider_drop(x);
	sched_cancel(x->timer);
	sched_cancel(x->end_timer);
	buf_deinit(&x->in);
	buf_deinit(&x->out);
	mem_free(x);
}
