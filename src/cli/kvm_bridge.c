/* See kvm_bridge.h. A session begins with its viewer and ends with it; why the PC ended one stands in its
 * last bytes. A login that was refused is never sent again. */
#include "cli/kvm_bridge.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "net/loop.h"
#include <signal.h>

#define QUEUE_MAX ((size_t)512 * 1024)
#define EARLY_MAX 65536 /* of the viewer, before the PC has opened */
#define TAIL      32    /* last bytes of the PC: its reason stands there */
#define TURN_MS   300 /* a viewer that comes as another one goes: which was first, nobody can tell */

struct cli_kvm {
	struct cli_kvm_conf conf;
	struct net_loop *loop;
	struct net_listen *listen;
	struct net_stream *viewer; /* NULL: none */
	struct cli_line *pc;       /* NULL: none */
	struct net_conn *next;     /* a viewer that came while there was one; NULL: none */
	struct sched_timer *turn;  /* of next */
	struct buf early;
	bool open, ending, finished, old_pc;
	char tail[TAIL + 1];
	size_t tail_n;
	unsigned sessions;
	size_t still_queued;
	struct sched_timer *still; /* the viewer takes nothing */
	struct sched_timer *again; /* to dial; behind the end: to tell it */
	struct err why;
};

/* ---- the end of a session, of all ---- */

static void tell_end(void *arg)
{
	struct cli_kvm *b = arg;

	b->again = NULL;
	b->conf.on_end(b->conf.arg, &b->why);
}

static void close_session(struct cli_kvm *b)
{
	cli_line_free(b->pc);
	b->pc = NULL;
	net_stream_close(b->viewer);
	b->viewer = NULL;
	sched_cancel(b->still);
	sched_cancel(b->again); /* without a viewer nobody wants the PC */
	b->still = b->again = NULL;
}

static void drop_next(struct cli_kvm *b)
{
	sched_cancel(b->turn);
	b->turn = NULL;
	if (b->next)
		net_conn_close(b->next, true);
	b->next = NULL;
}

static void finish(struct cli_kvm *b, const struct err *why)
{
	if (b->finished)
		return;
	b->finished = true;
	if (why)
		b->why = *why;
	drop_next(b);
	net_listen_close(b->listen);
	b->listen = NULL;
	close_session(b);
	b->again = sched_after(net_loop_sched(b->loop), 0, tell_end, b);
}

static const char *reason_text(const char *code)
{
	static const struct {
		const char *code, *text;
	} reasons[] = {
		{ "0x80862300", "the user of the PC did not consent, or consent ended" },
		{ "0x80862700", "nobody used it for too long (SessionTimeout of the PC)" },
		{ "0x80862100", "it was ended from elsewhere" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (strncmp(reasons[i].code, code, strlen(reasons[i].code)) == 0)
			return reasons[i].text;
	}
	return "a reason that is not known here";
}

static void keep_tail(struct cli_kvm *b, struct span s)
{
	if (s.n >= TAIL) {
		memcpy(b->tail, s.p + s.n - TAIL, TAIL);
		b->tail_n = TAIL;
		return;
	}
	size_t keep = b->tail_n + s.n > TAIL ? TAIL - s.n : b->tail_n;
	memmove(b->tail, b->tail + b->tail_n - keep, keep);
	memcpy(b->tail + keep, s.p, s.n);
	b->tail_n = keep + s.n;
}

static void note_end(struct cli_kvm *b, const struct err *why)
{
	const char *at;

	for (size_t i = 0; i < b->tail_n; i++) {
		if (!b->tail[i])
			b->tail[i] = ' ';
	}
	b->tail[b->tail_n] = '\0';
	at = strstr(b->tail, "0x8086");
	if (at)
		cli_note("the PC ended the session: %.10s, %s", at, reason_text(at));
	else if (why->code != ERR_NONE)
		cli_note("the session ended: %s", why->msg);
	else
		cli_note("the PC ended the session");
}

static void on_turn(void *arg);

static void session_over(struct cli_kvm *b)
{
	close_session(b);
	buf_clear(&b->early);
	b->open = b->ending = false;
	if (b->conf.once) {
		finish(b, NULL);
	} else if (b->next) {
		sched_cancel(b->turn);
		b->turn = sched_after(net_loop_sched(b->loop), 0, on_turn, b);
	}
}

/* ---- the PC ---- */

static void dial(struct cli_kvm *b);

static void pc_open(void *arg)
{
	struct cli_kvm *b = arg;

	b->open = true;
	b->old_pc = true;
	b->sessions++;
	cli_note("a viewer is connected");
	if (b->early.n > 0)
		(void)cli_line_send(b->pc, buf_span(&b->early));
	buf_clear(&b->early);
	net_stream_pause(b->viewer, false);
}

static void session_over(struct cli_kvm *b);

static void on_still(void *arg);

static void watch_viewer(struct cli_kvm *b)
{
	b->still_queued = net_stream_queued(b->viewer);
	b->still = sched_after(net_loop_sched(b->loop), b->conf.still_ms, on_still, b);
}

static void on_still(void *arg)
{
	struct cli_kvm *b = arg;

	b->still = NULL;
	if (net_stream_queued(b->viewer) < b->still_queued) { /* slow, but it takes */
		watch_viewer(b);
		return;
	}
	cli_note("the viewer took nothing for %lld s: it was sent away, and the PC let go",
		 (long long)b->conf.still_ms / 1000);
	session_over(b);
}

static void pc_data(void *arg, struct span bytes)
{
	struct cli_kvm *b = arg;

	keep_tail(b, bytes);
	if (!b->viewer || b->ending)
		return;
	if (net_stream_send(b->viewer, bytes) && net_stream_queued(b->viewer) <= QUEUE_MAX)
		return;
	cli_line_pause(b->pc, true);
	if (!b->still)
		watch_viewer(b);
}

static void pc_room(void *arg)
{
	struct cli_kvm *b = arg;

	if (b->viewer && b->open)
		net_stream_pause(b->viewer, false);
}

static void redial(void *arg)
{
	struct cli_kvm *b = arg;

	b->again = NULL;
	cli_line_free(b->pc);
	b->pc = NULL;
	dial(b);
}

/* A login that was refused is never sent again; a session that somebody else has may be free later. */
static void pc_down(void *arg, const struct err *why)
{
	struct cli_kvm *b = arg;
	struct err e;

	if (b->open) {
		note_end(b, why);
		b->ending = true;
		if (b->viewer)
			net_stream_end(b->viewer); /* session_over with its on_down */
		else
			session_over(b);
		return;
	}
	if (!b->old_pc && b->conf.way.again && b->conf.way.again(b->conf.way.arg, why)) {
		b->again = sched_after(net_loop_sched(b->loop), 0, redial, b);
		return;
	}
	if (why->code == ERR_BUSY) {
		cli_note("%s%s%s%s", why->msg, why->seen[0] ? ": " : "", why->seen,
			 why->hint[0] ? "" : "; try again later");
		if (why->hint[0])
			cli_note("%s", why->hint);
		b->ending = true;
		net_stream_end(b->viewer);
		return;
	}
	e = *why;
	if (why->code == ERR_FAULT) {
		err_want(&e, "user consent for KVM, where the PC wants it");
		err_rule(&e, "M24");
	}
	err_wrap(&e, "KVM of %s", b->conf.pc);
	finish(b, &e);
}

static void dial(struct cli_kvm *b)
{
	static const struct amt_redir_events events = { pc_open, pc_data, pc_room, pc_down };

	b->tail_n = 0;
	b->pc = b->conf.way.open(b->conf.way.arg, &events, b);
}

/* ---- the viewer ---- */

static void viewer_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void viewer_data(void *arg, struct span bytes)
{
	struct cli_kvm *b = arg;

	if (b->ending)
		return;
	if (!b->open) {
		if (!buf_add(&b->early, bytes) || b->early.n > EARLY_MAX / 2)
			net_stream_pause(b->viewer, true);
		return;
	}
	if (!cli_line_send(b->pc, bytes))
		net_stream_end(b->viewer);
	else if (cli_line_queued(b->pc) > QUEUE_MAX)
		net_stream_pause(b->viewer, true);
}

static void viewer_down(void *arg, const struct err *why)
{
	struct cli_kvm *b = arg;

	(void)why;
	if (!b->ending && b->open)
		cli_note("the viewer has gone");
	session_over(b);
}

static void viewer_room(void *arg)
{
	struct cli_kvm *b = arg;

	sched_cancel(b->still);
	b->still = NULL;
	if (b->pc && b->open && !b->ending)
		cli_line_pause(b->pc, false);
}

static void take(struct cli_kvm *b, struct net_conn *nc)
{
	static const struct net_stream_events events = { viewer_up, viewer_data, viewer_down };

	b->viewer = net_conn_clear(nc);
	net_stream_start(b->viewer, &events, b);
	net_stream_on_room(b->viewer, viewer_room);
	dial(b);
}

static void send_away(struct net_conn *nc)
{
	cli_note("a second viewer from %s was sent away", nc->peer);
	net_conn_close(nc, true);
}

/* The place is free, or was not given up. */
static void on_turn(void *arg)
{
	struct cli_kvm *b = arg;
	struct net_conn *nc = b->next;

	b->turn = NULL;
	b->next = NULL;
	if (b->viewer)
		send_away(nc);
	else
		take(b, nc);
}

static void on_accept(void *arg, struct net_conn *nc)
{
	struct cli_kvm *b = arg;

	if (b->finished || b->next) {
		send_away(nc);
	} else if (b->viewer) {
		b->next = nc;
		b->turn = sched_after(net_loop_sched(b->loop), TURN_MS, on_turn, b);
	} else {
		take(b, nc);
	}
}

/* ---- life ---- */

static void on_signal(void *arg, int signum)
{
	(void)signum;
	finish(arg, NULL);
}

struct cli_kvm *cli_kvm_start(struct net_loop *loop, const struct cli_kvm_conf *conf, struct err *e)
{
	const struct net_listen_conf at = { .address = conf->address, .port = conf->port };
	struct cli_kvm *b = MEM_NEW(struct cli_kvm);

	*b = (struct cli_kvm){ .conf = *conf, .loop = loop };
	if (!b->conf.still_ms)
		b->conf.still_ms = LIMIT_KVM_STILL_MS;
	b->listen = net_listen_open(loop, &at, on_accept, b, e);
	if (!b->listen) {
		if (e->code == ERR_CONFLICT)
			err_hint(e, "another program listens there; choose another --listen");
		mem_free(b);
		return NULL;
	}
	buf_init(&b->early, EARLY_MAX);
	net_loop_on_signal(loop, SIGINT, on_signal, b);
	net_loop_on_signal(loop, SIGTERM, on_signal, b);
	if (!cli_signal_ignored(SIGHUP)) /* nohup */
		net_loop_on_signal(loop, SIGHUP, on_signal, b);
	return b;
}

uint16_t cli_kvm_port(const struct cli_kvm *b)
{
	return net_listen_port(b->listen);
}

unsigned cli_kvm_free(struct cli_kvm *b)
{
	unsigned sessions = b ? b->sessions : 0;

	if (!b)
		return 0;
	drop_next(b);
	net_listen_close(b->listen);
	close_session(b);
	buf_deinit(&b->early);
	mem_free(b);
	return sessions;
}
