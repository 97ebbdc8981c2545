/* See sol.h. Settings and keep-alive as consoles that work use them (redirection 5): a heartbeat of ours
 * every 2 s, since the firmware ends sessions that say nothing; its own every 5 s tells that it lives.
 * Never repeats what was typed. */
#include "amt/sol.h"
#include "base/buf.h"
#include "base/mem.h"

#define MAX_TX 10000 /* the PC may collect so much, or so long, before it sends */
#define TX_MS  20
#define RX_MS  10000
#define RX_FLUSH_MS \
	30000 /* a PC that restarts reads nothing for a while: do not lose what was typed */
#define HEARTBEAT_MS 5000
#define OUR_BEAT_MS  2000
#define SILENCE_MS   20000
#define OPEN_MS      10000
#define END_MS       2000
#define CHUNK        1024
#define QUEUE_MAX    ((size_t)64 * 1024)
#define IN_MAX       131072
#define AGAIN_MIN_MS 1000
#define AGAIN_MAX_MS 15000

enum state { SOL_IDLE, SOL_CONNECTING, SOL_OPENING, SOL_OPEN, SOL_ENDING, SOL_DOWN };
struct amt_sol {
	struct amt_sol_conf c;
	struct amt_way way;
	struct amt_sol_events ev;
	void *arg;
	struct amt_redir *r;
	enum state state;
	struct buf in;
	uint32_t seq;
	struct sched_timer *timer; /* opening, coming back, the end */
	struct sched_timer *beat;
	struct sched_timer *silence;
	struct err why;
	int64_t lost_ms, again_ms; /* waited so far since the loss; next wait */
	bool was_open, told_controls, login_sent;
	uint8_t control, status;
	struct amt_sol_stats stats;
	bool *gone;
};

static void connect_now(struct amt_sol *s);
static void lose(struct amt_sol *s, const struct err *why);

/* ---- sending ---- */

static bool emit(struct amt_sol *s, struct wire_redir_msg *m)
{
	uint8_t mem[CHUNK + 64];
	struct out o;

	m->session = WIRE_REDIR_SOL;
	m->seq = s->seq++;
	out_init(&o, mem, sizeof mem);
	return wire_redir_emit(&o, m) && amt_redir_send(s->r, out_span(&o));
}

size_t amt_sol_send(struct amt_sol *s, struct span bytes)
{
	size_t done = 0;

	while (s->state == SOL_OPEN && done < bytes.n && amt_redir_queued(s->r) < QUEUE_MAX) {
		size_t n = bytes.n - done < CHUNK ? bytes.n - done : CHUNK;
		struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_TO_HOST };
		m.data = span_make(bytes.p + done, n);
		if (!emit(s, &m))
			break;
		done += n;
	}
	s->stats.to_host += done;
	return done;
}

bool amt_sol_break(struct amt_sol *s)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_LINES,
				    .lines = { WIRE_REDIR_BREAK, 0, 0x1B } };

	return s->state == SOL_OPEN && emit(s, &m);
}

/* ---- the end ---- */

static void drop_line(struct amt_sol *s)
{
	s->login_sent = s->login_sent || (s->r && amt_redir_login_sent(s->r));
	amt_redir_free(s->r);
	s->r = NULL;
}

bool amt_sol_login_sent(const struct amt_sol *s)
{
	return s->login_sent || (s->r && amt_redir_login_sent(s->r));
}

static void stop_timers(struct amt_sol *s)
{
	sched_cancel(s->timer);
	sched_cancel(s->beat);
	sched_cancel(s->silence);
	s->timer = s->beat = s->silence = NULL;
}

static void go_down(struct amt_sol *s, const struct err *why)
{
	struct err e = *why;

	stop_timers(s);
	s->state = SOL_DOWN;
	drop_line(s);
	s->ev.on_down(s->arg, &e);
}

static void on_end_late(void *arg)
{
	struct amt_sol *s = arg;
	const struct err none = { 0 };

	s->timer = NULL;
	go_down(s, &none);
}

/* ---- coming back ---- */

static bool may_come_back(const struct amt_sol *s, const struct err *why)
{
	bool passes = why->code == ERR_NONE || why->code == ERR_CLOSED ||
		why->code == ERR_TIMEOUT || why->code == ERR_REFUSED ||
		why->code == ERR_UNREACHABLE || why->code == ERR_BUSY || why->code == ERR_TLS;

	return s->was_open && passes && s->lost_ms < s->c.come_back_ms;
}

static void on_again(void *arg)
{
	struct amt_sol *s = arg;

	s->timer = NULL;
	connect_now(s);
}

static void wait_again(struct amt_sol *s)
{
	s->state = SOL_IDLE;
	s->timer = sched_after(s->c.session.sched, s->again_ms, on_again, s);
	s->lost_ms += s->again_ms;
	s->again_ms = s->again_ms * 2 < AGAIN_MAX_MS ? s->again_ms * 2 : AGAIN_MAX_MS;
}

/* The line is gone. s may be gone afterwards. */
static void lose(struct amt_sol *s, const struct err *why)
{
	struct err e = *why;
	bool first = s->state == SOL_OPEN;

	stop_timers(s);
	drop_line(s);
	buf_clear(&s->in);
	if (e.code == ERR_NONE)
		err_set(&e, ERR_CLOSED, "%s ended the serial session", s->way.address);
	if (!may_come_back(s, &e)) {
		go_down(s, &e);
		return;
	}
	wait_again(s);
	if (first && s->ev.on_lost)
		s->ev.on_lost(s->arg, &e);
}

static void on_silence(void *arg)
{
	struct amt_sol *s = arg;
	struct err e = { 0 };

	s->silence = NULL;
	err_set(&e, ERR_TIMEOUT, "%s is silent: no heartbeat of its serial session for %d s",
		s->way.address, SILENCE_MS / 1000);
	lose(s, &e);
}

static void heard(struct amt_sol *s)
{
	sched_cancel(s->silence);
	s->silence = sched_after(s->c.session.sched, SILENCE_MS, on_silence, s);
}

static void on_beat(void *arg)
{
	struct amt_sol *s = arg;
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_HEARTBEAT };

	s->beat = sched_after(s->c.session.sched, OUR_BEAT_MS, on_beat, s);
	(void)emit(s, &m);
}

/* ---- messages ---- */

static void on_opened(struct amt_sol *s, uint8_t status)
{
	struct err e = { 0 };

	if (status != 0) {
		err_set(&e, ERR_DENIED, "%s refuses the serial session", s->way.address);
		err_seen(&e, "status %u", status);
		go_down(s, &e);
		return;
	}
	sched_cancel(s->timer);
	s->timer = NULL;
	s->state = SOL_OPEN;
	s->was_open = true;
	s->lost_ms = 0;
	s->again_ms = AGAIN_MIN_MS;
	s->stats.opens++;
	s->beat = sched_after(s->c.session.sched, OUR_BEAT_MS, on_beat, s);
	s->ev.on_open(s->arg);
}

static void on_control(struct amt_sol *s, const struct wire_redir_sol_control_msg *c)
{
	bool same = s->told_controls && c->control == s->control && c->status == s->status;

	s->told_controls = true;
	s->control = c->control;
	s->status = c->status;
	s->stats.drops += (c->status & (WIRE_REDIR_TX_OVERFLOW | WIRE_REDIR_RX_FLUSH)) != 0;
	if (!same && s->ev.on_controls)
		s->ev.on_controls(s->arg, c->control, c->status);
}

static void strange(struct amt_sol *s, uint8_t type)
{
	struct err e = { 0 };

	err_set(&e, ERR_MALFORMED, "%s sent message 0x%02X in a serial session", s->way.address,
		type);
	go_down(s, &e);
}

/* s may be gone afterwards: *gone. */
static void on_message(struct amt_sol *s, const struct wire_redir_msg *m)
{
	const struct wire_redir_row *row = wire_redir_find(m->type, WIRE_REDIR_SOL);
	struct wire_redir_msg pong = { .type = WIRE_REDIR_SOL_PONG };

	if (!(row->from & WIRE_REDIR_PC) || m->type < WIRE_REDIR_SOL_OPEN) {
		strange(s, m->type);
		return;
	}
	switch (m->type) {
	case WIRE_REDIR_SOL_OPENED:
		if (s->state == SOL_OPENING)
			on_opened(s, m->head[0]);
		else
			strange(s, m->type);
		break;
	case WIRE_REDIR_SOL_FROM_HOST:
		s->stats.from_host += m->data.n;
		if (s->state == SOL_OPEN && m->data.n)
			s->ev.on_data(s->arg, m->data);
		break;
	case WIRE_REDIR_SOL_CONTROL:
		if (s->state == SOL_OPEN)
			on_control(s, &m->control);
		break;
	case WIRE_REDIR_SOL_CLOSED:
		if (s->state == SOL_ENDING)
			amt_redir_end(s->r);
		break;
	case WIRE_REDIR_SOL_PING:
		(void)emit(s, &pong);
		break;
	default:
		break;
	}
}

/* How many bytes were worked off; s may be gone. */
static size_t take_all(struct amt_sol *s, struct span in, bool *gone)
{
	struct wire_redir_msg m;
	struct err e = { 0 };
	size_t at = 0, used;

	while (!*gone && at < in.n && (s->state >= SOL_OPENING && s->state <= SOL_ENDING)) {
		enum wire_got got = wire_redir_parse(span_make(in.p + at, in.n - at),
						     WIRE_REDIR_SOL, &m, &used, &e);
		if (got == WIRE_MORE)
			break;
		if (got == WIRE_BAD) {
			(void)err_wrap(&e, "%s", s->way.address);
			go_down(s, &e);
			return in.n;
		}
		at += used;
		on_message(s, &m);
	}
	return at;
}

/* ---- the session below ---- */

static void on_late(void *arg)
{
	struct amt_sol *s = arg;
	struct err e = { 0 };

	s->timer = NULL;
	err_set(&e, ERR_TIMEOUT, "%s did not answer: the start of the serial session",
		s->way.address);
	lose(s, &e);
}

static void on_session(void *arg)
{
	struct amt_sol *s = arg;
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_OPEN,
				    .sol_open = { .max_tx = MAX_TX,
						  .tx_ms = TX_MS,
						  .rx_ms = RX_MS,
						  .rx_flush_ms = RX_FLUSH_MS,
						  .heartbeat_ms = HEARTBEAT_MS } };

	s->state = SOL_OPENING;
	s->seq = 1;
	s->told_controls = false;
	s->timer = sched_after(s->c.session.sched, OPEN_MS, on_late, s);
	heard(s);
	(void)emit(s, &m);
}

static void on_bytes(void *arg, struct span bytes)
{
	struct amt_sol *s = arg;
	struct err e = { 0 };
	bool gone = false;
	size_t n;

	heard(s);
	s->gone = &gone;
	if (s->in.n == 0) {
		n = take_all(s, bytes, &gone);
		bytes = span_make(bytes.p + n, bytes.n - n);
		if (!gone && s->r && bytes.n && !buf_add(&s->in, bytes))
			err_set(&e, ERR_LIMIT, "%s sent an endless message", s->way.address);
	} else if (!buf_add(&s->in, bytes)) {
		err_set(&e, ERR_LIMIT, "%s sent an endless message", s->way.address);
	} else {
		struct buf all = s->in;
		buf_init(&s->in, IN_MAX);
		n = take_all(s, buf_span(&all), &gone);
		if (!gone && s->r)
			(void)buf_add(&s->in, span_make(all.p + n, all.n - n));
		buf_wipe(&all);
	}
	if (gone)
		return;
	s->gone = NULL;
	if (e.code != ERR_NONE)
		go_down(s, &e);
}

static void on_session_room(void *arg)
{
	struct amt_sol *s = arg;

	if (s->state == SOL_OPEN && s->ev.on_room)
		s->ev.on_room(s->arg);
}

static void on_session_down(void *arg, const struct err *why)
{
	struct amt_sol *s = arg;
	const struct err none = { 0 };

	if (s->state == SOL_ENDING)
		go_down(s, &none);
	else
		lose(s, why);
}

static bool may_login(void *arg)
{
	struct amt_sol *s = arg;

	return !s->c.session.may_login || s->c.session.may_login(s->arg);
}

static void connect_now(struct amt_sol *s)
{
	static const struct amt_redir_events events = { on_session, on_bytes, on_session_room,
							on_session_down };
	struct amt_redir_conf c = s->c.session;

	c.kind = WIRE_REDIR_SOL;
	c.way = &s->way;
	c.may_login = may_login;
	s->state = SOL_CONNECTING;
	s->r = amt_redir_start(&c, &events, s);
}

/* ---- the calls ---- */

struct amt_sol *amt_sol_start(const struct amt_sol_conf *c, const struct amt_sol_events *ev,
			      void *arg)
{
	struct amt_sol *s = MEM_NEW(struct amt_sol);

	s->c = *c;
	s->ev = *ev;
	s->arg = arg;
	s->way = *c->session.way;
	s->way.password = secret_copy(&c->session.way->password);
	s->again_ms = AGAIN_MIN_MS;
	buf_init(&s->in, IN_MAX);
	connect_now(s);
	return s;
}

void amt_sol_pause(struct amt_sol *s, bool paused)
{
	if (s->r)
		amt_redir_pause(s->r, paused);
	sched_cancel(s->silence);
	s->silence = NULL;
	if (!paused && s->r)
		heard(s);
}

bool amt_sol_is_open(const struct amt_sol *s)
{
	return s->state == SOL_OPEN;
}

void amt_sol_end(struct amt_sol *s)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_SOL_CLOSE };

	if (s->state == SOL_DOWN || s->state == SOL_ENDING)
		return;
	bool open = s->state == SOL_OPEN;
	stop_timers(s);
	s->state = SOL_ENDING;
	amt_sol_pause(s, false);
	if (open)
		(void)emit(s, &m);
	s->timer = sched_after(s->c.session.sched, open ? END_MS : 0, on_end_late, s);
}

void amt_sol_free(struct amt_sol *s)
{
	if (!s)
		return;
	if (s->gone)
		*s->gone = true;
	stop_timers(s);
	amt_redir_free(s->r);
	amt_way_deinit(&s->way);
	buf_wipe(&s->in);
	mem_free(s);
}

const struct amt_sol_stats *amt_sol_get_stats(const struct amt_sol *s)
{
	return &s->stats;
}

const struct net_tls_facts *amt_sol_facts(const struct amt_sol *s)
{
	return s->r ? amt_redir_facts(s->r) : NULL;
}
