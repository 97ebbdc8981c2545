/* Serial over LAN on the side of the firmware (redirection 5): opening, settings, keep-alive, what goes
 * to and from the host, controls of its lines. The host itself is machine*.c. Hooks of redir.c. */
#include "base/clk.h"
#include "base/str.h"
#include "sim/machine_priv.h"
#include "sim/redir_priv.h"

#define GAP_MS        50     /* real clients lose what comes right behind 0x21 and 0x29 (5.7) */
#define LINE_MAX      262144 /* on the way to the console: more, and the line is full */
#define FIFO_MAX      4096 /* bytes that wait for a host that does not read (G); then the line stops */
#define FIFO_HARD     524288 /* what a line can still bring that was told to stop */
#define OPENED_FILL   12     /* of the reply's tail: the settings come back */
#define HEARTBEAT_MIN 100

enum sol_phase { SOL_WAIT, SOL_OPENED, SOL_RUN, SOL_CLOSING };
struct sol {
	struct sim_redir *r;
	enum sol_phase phase;
	struct wire_redir_sol_open set;
	uint32_t seq;
	struct sched_timer *gap, *heartbeat, *rx, *tx, *overflow, *flush;
	struct buf fifo; /* to the host */
	struct buf out;  /* from the host, not yet a message */
	struct wire_redir_sol_control_msg told;
	bool dropped, flushed; /* to be told with the next controls */
	bool paused;
};

static struct sched *sched_of(const struct sol *s)
{
	return sim_redir_dev(s->r)->env->sched;
}

static bool emit(struct sol *s, struct wire_redir_msg *m)
{
	m->seq = s->seq++;
	return sim_redir_emit(s->r, m);
}

/* ---- controls ---- */

static void tell_controls(struct sol *s)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_CONTROL };

	sim_machine_lines(sim_redir_dev(s->r), &m.control);
	s->told = m.control;
	m.control.status |=
		(s->dropped ? WIRE_REDIR_TX_OVERFLOW : 0) | (s->flushed ? WIRE_REDIR_RX_FLUSH : 0);
	s->dropped = s->flushed = false;
	(void)emit(s, &m);
}

static void run(struct sol *s);

static void go_on(struct sol *s)
{
	sim_machine_kick(sim_redir_dev(s->r));
}

static void on_gap(void *arg)
{
	struct sol *s = arg;

	s->gap = NULL;
	if (s->phase == SOL_OPENED) {
		s->phase = SOL_RUN;
		tell_controls(s);
		s->gap = sched_after(sched_of(s), GAP_MS, on_gap, s);
		return;
	}
	go_on(s);
}

/* Controls that changed, alone and with a gap behind them. */
static bool controls_first(struct sol *s)
{
	struct wire_redir_sol_control_msg now;

	sim_machine_lines(sim_redir_dev(s->r), &now);
	if (s->phase != SOL_RUN || s->gap)
		return true;
	if (now.control == s->told.control && now.status == s->told.status && !s->dropped &&
	    !s->flushed)
		return false;
	tell_controls(s);
	s->gap = sched_after(sched_of(s), GAP_MS, on_gap, s);
	return true;
}

/* ---- from the host ---- */

static void on_overflow(void *arg)
{
	struct sol *s = arg;

	s->overflow = NULL;
	s->dropped = true;
	buf_clear(&s->out);
	sim_machine_drain(sim_redir_dev(s->r));
	go_on(s);
}

static bool line_is_full(struct sol *s)
{
	bool full = sim_redir_queued(s->r) >= LINE_MAX;

	if (full && s->set.tx_overflow_ms > 0 && !s->overflow)
		s->overflow = sched_after(sched_of(s), s->set.tx_overflow_ms, on_overflow, s);
	if (!full) {
		sched_cancel(s->overflow);
		s->overflow = NULL;
	}
	return full;
}

static size_t chunk(const struct sol *s)
{
	return s->set.max_tx ? s->set.max_tx : 1;
}

static bool send_chunk(struct sol *s)
{
	size_t n = s->out.n < chunk(s) ? s->out.n : chunk(s);
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_FROM_HOST };

	m.data = span_make(s->out.p, n);
	if (!emit(s, &m))
		return false;
	buf_consume(&s->out, n);
	return true;
}

static void on_tx(void *arg)
{
	struct sol *s = arg;

	s->tx = NULL;
	if (s->out.n > 0 && !s->gap && !line_is_full(s))
		(void)send_chunk(s);
	go_on(s);
}

/* Whole chunks at once, a rest when its time has come. */
static void run(struct sol *s)
{
	if (s->phase != SOL_RUN || controls_first(s))
		return;
	while (!line_is_full(s)) {
		sim_machine_output(sim_redir_dev(s->r), &s->out, chunk(s));
		if (s->out.n < chunk(s))
			break;
		if (!send_chunk(s))
			return;
	}
	if (s->out.n > 0 && !s->tx)
		s->tx = sched_after(sched_of(s), s->set.tx_ms, on_tx, s);
}

void sim_sol_run(struct sim_dev *d)
{
	struct sol *s = sim_redir_state(d, WIRE_REDIR_SOL);

	if (s)
		run(s);
}

static void on_room(void *state)
{
	go_on(state);
}

/* ---- to the host ---- */

/* A line that brings more than the host reads stops; with rx_flush 0 the session ends (5.1). */
static void set_pause(struct sol *s)
{
	bool want = s->fifo.n > FIFO_MAX;

	if (want == s->paused)
		return;
	s->paused = want;
	sim_redir_pause(s->r, want);
}

/* Nobody in the host read for so long: what waits is lost. */
static void on_flush(void *arg)
{
	struct sol *s = arg;

	s->flush = NULL;
	buf_clear(&s->fifo);
	s->flushed = true;
	set_pause(s);
	go_on(s);
}

static bool feed(struct sol *s)
{
	size_t n = sim_machine_input(sim_redir_dev(s->r), buf_span(&s->fifo));

	buf_consume(&s->fifo, n);
	if (n > 0) {
		sched_cancel(s->flush);
		s->flush = NULL;
	}
	if (s->fifo.n > 0 && s->set.rx_flush_ms > 0 && !s->flush)
		s->flush = sched_after(sched_of(s), s->set.rx_flush_ms, on_flush, s);
	if (s->paused)
		set_pause(s);
	return n > 0;
}

bool sim_sol_feed(struct sim_dev *d)
{
	struct sol *s = sim_redir_state(d, WIRE_REDIR_SOL);

	return s && s->fifo.n > 0 && feed(s);
}

static void to_host(struct sol *s, struct span data)
{
	if (!buf_add(&s->fifo, data)) {
		sim_redir_cut(s->r);
		return;
	}
	go_on(s);
	if (s->fifo.n > FIFO_MAX && s->set.rx_flush_ms == 0)
		sim_redir_end(s->r);
	else
		set_pause(s);
}

/* ---- keep-alive ---- */

static void on_rx_late(void *arg)
{
	struct sol *s = arg;

	s->rx = NULL;
	sim_redir_end(s->r);
}

static void heard(struct sol *s)
{
	sched_cancel(s->rx);
	s->rx = s->set.rx_ms ? sched_after(sched_of(s), s->set.rx_ms, on_rx_late, s) : NULL;
}

static void on_heartbeat(void *arg)
{
	struct sol *s = arg;
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_HEARTBEAT };

	s->heartbeat = sched_after(sched_of(s), s->set.heartbeat_ms, on_heartbeat, s);
	(void)emit(s, &m);
}

/* ---- messages ---- */

static void on_open(struct sol *s, const struct wire_redir_msg *m)
{
	struct wire_redir_msg reply = { .type = WIRE_REDIR_SOL_OPENED };
	struct out o;

	if (s->phase != SOL_WAIT) {
		sim_redir_cut(s->r);
		return;
	}
	s->set = m->sol_open;
	if (s->set.heartbeat_ms > 0 && s->set.heartbeat_ms < HEARTBEAT_MIN)
		s->set.heartbeat_ms = HEARTBEAT_MIN;
	out_init(&o, reply.sol_opened, OPENED_FILL);
	out_le16(&o, s->set.max_tx);
	out_le16(&o, s->set.tx_ms);
	out_le16(&o, s->set.tx_overflow_ms);
	out_le16(&o, s->set.rx_ms);
	out_le16(&o, s->set.rx_flush_ms);
	out_le16(&o, s->set.heartbeat_ms);
	s->phase = SOL_OPENED;
	heard(s); /* also when nothing ever follows */
	(void)emit(s, &reply);
	s->gap = sched_after(sched_of(s), GAP_MS, on_gap, s);
	if (s->set.heartbeat_ms)
		s->heartbeat = sched_after(sched_of(s), s->set.heartbeat_ms, on_heartbeat, s);
}

static void on_close(struct sol *s)
{
	struct wire_redir_msg reply = { .type = WIRE_REDIR_SOL_CLOSED };

	s->phase = SOL_CLOSING; /* what still comes is of no use (5.8) */
	(void)emit(s, &reply);
}

static void on_message(struct sol *s, const struct wire_redir_msg *m)
{
	struct wire_redir_msg pong = { .type = WIRE_REDIR_SOL_PONG };

	switch (m->type) {
	case WIRE_REDIR_SOL_OPEN:
		on_open(s, m);
		break;
	case WIRE_REDIR_SOL_CLOSE:
		on_close(s);
		break;
	case WIRE_REDIR_SOL_PING:
		pong.seq = m->seq;
		(void)sim_redir_emit(s->r, &pong);
		break;
	case WIRE_REDIR_SOL_TO_HOST:
		if (s->phase == SOL_RUN || s->phase == SOL_OPENED)
			to_host(s, m->data);
		break;
	case WIRE_REDIR_END:
		sim_redir_end(s->r);
		break;
	case WIRE_REDIR_SOL_LINES: /* not known what it asks for; a break is a guess (G) */
		if (m->lines[0] & WIRE_REDIR_BREAK)
			sim_machine_break(sim_redir_dev(s->r));
		break;
	case WIRE_REDIR_SOL_HEARTBEAT:
	case WIRE_REDIR_SOL_PONG:
		break;
	default:
		sim_redir_cut(s->r);
		break;
	}
}

static size_t take(void *state, struct span in)
{
	struct sol *s = state;
	struct wire_redir_msg m;
	size_t used = 0;

	switch (wire_redir_parse(in, WIRE_REDIR_SOL, &m, &used, NULL)) {
	case WIRE_MORE:
		return 0;
	case WIRE_BAD:
		sim_redir_cut(s->r);
		return 0;
	case WIRE_DONE:
		break;
	}
	heard(s);
	on_message(s, &m);
	return used;
}

/* ---- life ---- */

static uint8_t may(const struct sim_dev *d)
{
	const char *state = sim_var_active(d, SIM_VAR_REDIR_STATE);
	bool on = str_eq(state, "32770") || str_eq(state, "32771");

	return on && sim_var_is_true(d, SIM_VAR_REDIR_LISTEN) ? WIRE_REDIR_OK : WIRE_REDIR_DISABLED;
}

static void *open_session(struct sim_redir *r)
{
	struct sol *s = MEM_NEW(struct sol);

	s->r = r;
	buf_init(&s->fifo, FIFO_HARD);
	buf_init(&s->out, (size_t)UINT16_MAX + 1);
	return s;
}

static void close_session(void *state)
{
	struct sol *s = state;

	sched_cancel(s->gap);
	sched_cancel(s->heartbeat);
	sched_cancel(s->rx);
	sched_cancel(s->tx);
	sched_cancel(s->overflow);
	sched_cancel(s->flush);
	buf_wipe(&s->fifo);
	buf_wipe(&s->out);
	mem_free(s);
}

const struct sim_redir_hooks sim_redir_sol = {
	.may = may,
	.open = open_session,
	.take = take,
	.room = on_room,
	.close = close_session,
};
