/* See line.h. Called by api/line.c. Credential, hold and budget are login.c's, what jobs see of it
 * session.c's. */
#include "engine/line.h"
#include "base/mem.h"
#include "engine/login.h"
#include "engine/session.h"
#include "engine/trace.h"
#include <stdio.h>

#define HOLD_MS  90000
#define LOGIN_MS 60000
#define BUSY_MS  30000

struct engine_line {
	struct engine *en;
	char *actor;
	enum wire_redir_session kind;
	struct amt_redir_events ev;
	void *arg;
	struct engine_login login;
	struct engine_session session;
	unsigned way;
	bool sent, open, freed;
	struct amt_redir *r;
	struct sched_timer *timer;
	struct err why;
};

static void line_free(struct engine_line *l)
{
	sched_cancel(l->timer);
	amt_redir_free(l->r);
	engine_login_deinit(&l->login);
	engine_session_deinit(&l->session);
	mem_free(l->actor);
	mem_free(l);
}

/* ---- the end ---- */

static void on_released(void *arg, const struct err *e)
{
	(void)arg;
	(void)e; /* the hold ends by itself, and the charge with its window */
}

/* The login is over: the PC is anybody's again. */
static void release(struct engine_line *l, bool proven)
{
	struct engine *en = l->en;
	enum engine_login_end end = proven ? ENGINE_LOGIN_PROVEN
		: !l->sent                 ? ENGINE_LOGIN_UNSENT
		: l->why.code == ERR_AUTH  ? ENGINE_LOGIN_REFUSED
					   : ENGINE_LOGIN_UNPROVEN;
	struct store_tx *tx;

	if (!l->login.held)
		return;
	tx = store_tx_new(en->conf.store);
	engine_login_settle(&l->login, tx, end);
	if (proven)
		engine_session_open(&l->session, tx);
	ENGINE_EVENT(en, tx, l->login.uuid, LOG_EV_LINE, l->why.code ? &l->why : NULL,
		     LOG_S("uuid", l->login.uuid),
		     LOG_S("session", wire_redir_session_name(l->kind)),
		     LOG_S("what", proven ? "opened" : "not opened"), LOG_S("actor", l->actor));
	store_tx_commit(tx, on_released, NULL);
}

static void closed(struct engine_line *l)
{
	struct engine *en = l->en;
	struct store_tx *tx = store_tx_new(en->conf.store);

	ENGINE_EVENT(en, tx, l->login.uuid, LOG_EV_LINE, l->why.code ? &l->why : NULL,
		     LOG_S("uuid", l->login.uuid),
		     LOG_S("session", wire_redir_session_name(l->kind)), LOG_S("what", "closed"),
		     LOG_S("actor", l->actor));
	l->open = false;
	engine_session_close(&l->session, tx);
}

static void on_end_due(void *arg)
{
	struct engine_line *l = arg;
	struct err e = l->why;

	l->timer = NULL;
	l->ev.on_down(l->arg, &e);
}

/* Not inside of a call: on_down soon. */
static void finish(struct engine_line *l, const struct err *e)
{
	l->why = *e;
	engine_login_explain(&l->login, &l->why);
	engine_session_blame(&l->session, &l->why);
	if (l->open)
		closed(l);
	release(l, false);
	amt_redir_free(l->r);
	l->r = NULL;
	sched_cancel(l->timer);
	l->timer = sched_after(l->en->conf.sched, 0, on_end_due, l);
}

void engine_line_free(struct engine_line *l)
{
	if (!l)
		return;
	if (l->open)
		closed(l);
	l->freed = true;
	engine_login_unhold(&l->login);
	if (l->login.storing)
		return; /* when it is reported */
	if (l->r)
		l->sent = l->sent || amt_redir_login_sent(l->r);
	release(l, false);
	line_free(l);
}

void engine_line_end(struct engine_line *l, const struct err *why)
{
	if (l && l->why.code == ERR_NONE)
		l->why = *why;
	engine_line_free(l);
}

/* ---- the session ---- */

static void dial(struct engine_line *l);

static void on_open(void *arg)
{
	struct engine_line *l = arg;

	l->open = true;
	sched_cancel(l->timer);
	l->timer = NULL;
	release(l, true);
	l->ev.on_open(l->arg);
}

static void on_data(void *arg, struct span bytes)
{
	struct engine_line *l = arg;

	l->ev.on_data(l->arg, bytes);
}

static void on_room(void *arg)
{
	struct engine_line *l = arg;

	if (l->ev.on_room)
		l->ev.on_room(l->arg);
}

static void on_down(void *arg, const struct err *why)
{
	struct engine_line *l = arg;
	struct err e = *why;

	l->sent = l->sent || amt_redir_login_sent(l->r);
	if (!l->open && e.code == ERR_TLS && l->way + 1 < engine_login_ways(&l->login)) {
		amt_redir_free(l->r);
		l->r = NULL;
		l->way++;
		dial(l);
		return;
	}
	if (e.code == ERR_NONE && l->open)
		err_set(&e, ERR_CLOSED, "%s ended the %s session", l->login.name,
			wire_redir_session_name(l->kind));
	else if (e.code == ERR_NONE)
		err_set(&e, ERR_CLOSED, "%s ended the line before it was open", l->login.name);
	finish(l, &e);
}

static void on_seen(void *arg, const struct amt_redir_event *ev)
{
	const struct engine_line *l = arg;

	engine_trace_redir(l->en, l->login.uuid, ev);
}

static bool may_login(void *arg)
{
	const struct engine_line *l = arg;

	return engine_login_may_send(&l->login);
}

static void on_late(void *arg)
{
	struct engine_line *l = arg;
	struct err e = { 0 };

	l->timer = NULL;
	if (l->r)
		l->sent = l->sent || amt_redir_login_sent(l->r);
	err_set(&e, ERR_TIMEOUT, "%s did not open a session within %d s", l->login.name,
		LOGIN_MS / 1000);
	finish(l, &e);
}

static void dial(struct engine_line *l)
{
	static const struct amt_redir_events events = { on_open, on_data, on_room, on_down };
	struct engine *en = l->en;
	struct amt_way w;

	engine_login_way(&l->login, l->way, &w);
	const struct amt_redir_conf c = { .dialer = en->conf.dialer,
					  .sched = en->conf.sched,
					  .rng = en->conf.rng,
					  .way = &w,
					  .kind = l->kind,
					  .may_login = may_login,
					  .watch = on_seen,
					  .watch_arg = l };
	l->r = amt_redir_start(&c, &events, l);
	amt_way_deinit(&w);
}

/* ---- before the first byte ---- */

static void on_held(void *arg, const struct err *e)
{
	struct engine_line *l = arg;

	if (l->freed) {
		release(l, false);
		line_free(l);
		return;
	}
	if (e) {
		finish(l, e);
		return;
	}
	l->timer = sched_after(l->en->conf.sched, LOGIN_MS, on_late, l);
	dial(l);
}

static void hold(struct engine_line *l)
{
	char owner[192];

	(void)snprintf(owner, sizeof owner, "%s/line-%016llx", l->en->owner,
		       (unsigned long long)rng_u64(l->en->conf.rng));
	engine_login_hold(&l->login,
			  &(struct engine_login_want){ .owner = owner,
						       .what = wire_redir_session_name(l->kind),
						       .hold_ms = HOLD_MS,
						       .busy_ms = BUSY_MS,
						       .fn = on_held,
						       .arg = l });
}

struct engine_line *engine_line_open(struct engine *en, const char *uuid,
				     enum wire_redir_session kind, const char *actor,
				     const struct amt_redir_events *ev, void *arg)
{
	struct engine_line *l = MEM_NEW(struct engine_line);
	struct err e = { 0 };

	*l = (struct engine_line){ .en = en, .kind = kind, .ev = *ev, .arg = arg };
	l->actor = mem_str(actor);
	engine_login_init(&l->login, en, uuid);
	engine_session_init(&l->session, en, uuid, wire_redir_session_name(kind), actor);
	if (engine_login_load(&l->login, &e))
		hold(l);
	else
		finish(l, &e);
	return l;
}

bool engine_line_send(struct engine_line *l, struct span bytes)
{
	return l->r && l->open && amt_redir_send(l->r, bytes);
}

size_t engine_line_queued(const struct engine_line *l)
{
	return l->r ? amt_redir_queued(l->r) : 0;
}

void engine_line_pause(struct engine_line *l, bool paused)
{
	if (l->r)
		amt_redir_pause(l->r, paused);
}
