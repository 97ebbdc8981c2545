/* Virtual media of one PC over lines that may die (see media.h): open a line, run a session on it,
 * wait, open another one. Before the first session was ready every failure is final, so that nobody
 * waits for what never worked; afterwards only what a human has to settle is. */
#include "amt/media.h"
#include "base/clk.h"
#include "base/mem.h"

#define FIRST_WAIT_MS 500
#define MOST_WAIT_MS  15000
#define GIVE_UP_MS    600000
#define CLOSE_MS      3000

struct amt_media {
	struct amt_media_conf conf;
	enum amt_media_state state;
	void *line;
	struct amt_ider *ider;
	struct sched_timer *timer; /* the next line; the end, soon; a close that takes too long */
	int64_t wait_ms, lost_mono_ms;
	bool closing, touched; /* touched: the host has used its drives */
	unsigned sessions;
	struct amt_ider_stats sum; /* of sessions that are over */
	struct err why;
};

static const char *const state_names[] = { "connecting", "opening", "ready", "reconnecting",
					   "ended" };

const char *amt_media_state_name(enum amt_media_state s)
{
	return state_names[s];
}

enum amt_media_state amt_media_get_state(const struct amt_media *m)
{
	return m->state;
}

unsigned amt_media_sessions(const struct amt_media *m)
{
	return m->sessions;
}

static void add_stats(struct amt_ider_stats *sum, const struct amt_ider_stats *s)
{
	sum->commands += s->commands;
	sum->read_bytes += s->read_bytes;
	sum->written_bytes += s->written_bytes;
	sum->errors += s->errors;
	sum->resets += s->resets;
}

struct amt_ider_stats amt_media_get_stats(const struct amt_media *m)
{
	struct amt_ider_stats s = m->sum;

	if (m->ider) {
		const struct amt_ider_stats *now = amt_ider_get_stats(m->ider);
		add_stats(&s, now);
		memcpy(s.at, now->at, sizeof s.at);
		s.chunk = now->chunk;
		s.ready = now->ready;
	}
	return s;
}

static void set_state(struct amt_media *m, enum amt_media_state s, const struct err *why)
{
	m->state = s;
	if (m->conf.events.on_state)
		m->conf.events.on_state(m->conf.events.arg, s, why);
}

/* ---- the end ---- */

static void drop_session(struct amt_media *m)
{
	void *line = m->line;

	if (m->ider) {
		const struct amt_ider_stats *s = amt_ider_get_stats(m->ider);
		add_stats(&m->sum, s);
		memcpy(m->sum.at, s->at, sizeof m->sum.at);
		m->touched = m->touched || s->commands > 0;
		amt_ider_free(m->ider);
		m->ider = NULL;
	}
	m->line = NULL;
	if (line)
		m->conf.way.free(line);
}

static void on_end_due(void *arg)
{
	struct amt_media *m = arg;

	m->timer = NULL;
	m->conf.events.on_end(m->conf.events.arg, &m->why);
}

static void finish(struct amt_media *m, const struct err *why)
{
	struct err e = *why;

	drop_session(m);
	if (m->closing)
		e = (struct err){ 0 };
	m->why = e;
	set_state(m, AMT_MEDIA_ENDED, &m->why);
	sched_cancel(m->timer);
	m->timer = sched_after(m->conf.sched, 0, on_end_due, m);
}

/* ---- another line ---- */

static void open_line(struct amt_media *m);

static void on_wait_over(void *arg)
{
	struct amt_media *m = arg;

	m->timer = NULL;
	open_line(m);
}

static bool is_final(const struct amt_media *m, const struct err *why)
{
	int64_t most = m->conf.give_up_ms ? m->conf.give_up_ms : GIVE_UP_MS;

	if (m->closing || !m->sessions || clk_mono_ms() - m->lost_mono_ms > most)
		return true;
	switch (why->code) {
	case ERR_AUTH:
	case ERR_REALM:
	case ERR_DENIED:
	case ERR_LOCKOUT:
	case ERR_TLS_PEER:
	case ERR_UNSUPPORTED:
	case ERR_WRONG_DEVICE:
		return true;
	default: /* also busy: the PC may not know yet that the former session is dead */
		return false;
	}
}

static void lost(struct amt_media *m, const struct err *why)
{
	struct err e = *why;

	if (m->state == AMT_MEDIA_READY) {
		m->lost_mono_ms = clk_mono_ms();
		m->wait_ms = FIRST_WAIT_MS;
	}
	if (e.code == ERR_NONE && !m->closing)
		err_set(&e, ERR_CLOSED, "the PC ended the line");
	if (is_final(m, &e)) {
		finish(m, &e);
		return;
	}
	drop_session(m);
	m->timer = sched_after(m->conf.sched, m->wait_ms, on_wait_over, m);
	m->wait_ms = m->wait_ms * 2 < MOST_WAIT_MS ? m->wait_ms * 2 : MOST_WAIT_MS;
	set_state(m, AMT_MEDIA_WAITING, &e);
}

/* ---- events of the session ---- */

static void on_ready(void *arg)
{
	struct amt_media *m = arg;

	m->sessions++;
	set_state(m, AMT_MEDIA_READY, NULL);
}

static void on_reset(void *arg, uint8_t mask)
{
	struct amt_media *m = arg;

	(void)mask;
	m->touched = true;
	if (m->conf.events.on_reset)
		m->conf.events.on_reset(m->conf.events.arg);
}

static void on_eject(void *arg, enum amt_ider_drive d)
{
	struct amt_media *m = arg;

	if (m->conf.events.on_eject)
		m->conf.events.on_eject(m->conf.events.arg, d);
}

static void on_trouble(void *arg, const struct err *e)
{
	struct amt_media *m = arg;

	if (m->conf.events.on_trouble)
		m->conf.events.on_trouble(m->conf.events.arg, e);
}

static void on_ider_end(void *arg, const struct err *why)
{
	struct err e = *why;

	lost(arg, &e);
}

/* ---- events of the line ---- */

static bool line_send(void *arg, struct span bytes)
{
	struct amt_media *m = arg;

	return m->line && m->conf.way.send(m->line, bytes);
}

static size_t line_queued(void *arg)
{
	struct amt_media *m = arg;

	return m->line ? m->conf.way.queued(m->line) : 0;
}

static void on_line_open(void *arg)
{
	struct amt_media *m = arg;
	struct amt_ider_conf c = {
		.sched = m->conf.sched,
		/* A host that has its drives already does not start again for them. */
		.start = m->touched ? AMT_IDER_NOW : m->conf.start,
		.line = { line_send, line_queued, m },
		.events = { on_ready, on_reset, on_eject, on_trouble, on_ider_end, m },
	};

	memcpy(c.images, m->conf.images, sizeof c.images);
	set_state(m, AMT_MEDIA_OPENING, NULL);
	m->ider = amt_ider_new(&c);
}

static void on_line_data(void *arg, struct span bytes)
{
	struct amt_media *m = arg;

	if (m->ider)
		amt_ider_feed(m->ider, bytes);
}

static void on_line_room(void *arg)
{
	struct amt_media *m = arg;

	if (m->ider)
		amt_ider_room(m->ider);
}

static void on_line_down(void *arg, const struct err *why)
{
	struct err e = *why;

	lost(arg, &e);
}

static void open_line(struct amt_media *m)
{
	static const struct amt_redir_events events = { on_line_open, on_line_data, on_line_room,
							on_line_down };

	set_state(m, AMT_MEDIA_CONNECTING, NULL);
	m->line = m->conf.way.open(m->conf.way.arg, &events, m);
}

/* ---- the whole ---- */

static void on_first(void *arg)
{
	struct amt_media *m = arg;

	m->timer = NULL;
	open_line(m);
}

struct amt_media *amt_media_new(const struct amt_media_conf *c)
{
	struct amt_media *m = MEM_NEW(struct amt_media);

	*m = (struct amt_media){ .conf = *c, .wait_ms = FIRST_WAIT_MS };
	m->lost_mono_ms = clk_mono_ms();
	m->timer = sched_after(c->sched, 0, on_first, m);
	return m;
}

void amt_media_free(struct amt_media *m)
{
	if (!m)
		return;
	sched_cancel(m->timer);
	drop_session(m);
	mem_free(m);
}

static void on_close_late(void *arg)
{
	static const struct err none = { 0 };
	struct amt_media *m = arg;

	m->timer = NULL;
	finish(m, &none);
}

void amt_media_close(struct amt_media *m)
{
	static const struct err none = { 0 };

	if (m->state == AMT_MEDIA_ENDED || m->closing)
		return;
	m->closing = true;
	if (!m->ider) {
		finish(m, &none);
		return;
	}
	sched_cancel(m->timer);
	m->timer = sched_after(m->conf.sched, CLOSE_MS, on_close_late, m);
	amt_ider_close(m->ider);
}

void amt_media_change(struct amt_media *m, enum amt_ider_drive d, struct net_image *image)
{
	m->conf.images[d] = image;
	if (m->ider)
		amt_ider_change(m->ider, d, image);
}

/* ---- lines of our own ---- */

static void *direct_open(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	struct amt_redir_conf c = *(const struct amt_redir_conf *)arg;

	c.kind = WIRE_REDIR_IDER;
	return amt_redir_start(&c, ev, ev_arg);
}

static bool direct_send(void *line, struct span bytes)
{
	return amt_redir_send(line, bytes);
}

static size_t direct_queued(void *line)
{
	return amt_redir_queued(line);
}

static void direct_free(void *line)
{
	amt_redir_free(line);
}

struct amt_media_way amt_media_direct(const struct amt_redir_conf *conf)
{
	return (struct amt_media_way){ direct_open, direct_send, direct_queued, direct_free,
				       (void *)(uintptr_t)conf };
}
