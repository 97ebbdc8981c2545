/* See console.h. Credential, hold and budget are login.c's: the PC is held while the session logs in.
 * Decides nothing about what is shown. */
#include "engine/console.h"
#include "amt/sol.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/login.h"
#include "engine/session.h"
#include "engine/trace.h"
#include <stdio.h>

#define MAX_CONSOLES 256
#define KEEP_MS      30000 /* nobody asked for so long: nobody looks; what ended is known for as long */
#define BACK_MS      300000 /* a lost line is tried for so long */
#define HOLD_MS      90000  /* for the login */
#define BUSY_MS      30000
#define WRITER_MS    60000 /* a writer that typed nothing for so long is none any more */

struct engine_console_wait {
	struct engine_console_wait *next;
	struct engine_console *k;
	struct engine *en;
	void (*fn)(void *arg);
	void *arg;
	struct sched_timer *timer;
};
enum console_state { CONSOLE_OPENING, CONSOLE_OPEN, CONSOLE_LOST, CONSOLE_ENDED };
struct engine_console {
	struct engine *en;
	struct engine_console *next;
	char uuid[UUID_TEXT_SIZE];
	char writer[64];
	int64_t typed_mono_ms;
	struct engine_login login;
	struct engine_session session;
	unsigned n; /* of the ways */
	struct amt_sol *sol;
	enum console_state state;
	struct buf past;
	uint64_t said;            /* bytes in all */
	uint64_t version;         /* counts what there is to tell */
	bool power, proven, dead; /* dead: goes when its hold is reported */
	struct err e;
	struct engine_console_wait *waits;
	struct sched_timer *keep, *again;
};

static struct engine_console *find(struct engine *en, const char *uuid)
{
	for (struct engine_console *k = en->consoles; k; k = k->next)
		if (str_eq(k->uuid, uuid) && !k->dead)
			return k;
	return NULL;
}

/* ---- who waits ---- */

static void call_waiter(void *arg)
{
	struct engine_console_wait *w = arg;
	void (*fn)(void *) = w->fn;
	void *fn_arg = w->arg;
	struct engine *en = w->en;

	mem_free(w);
	fn(fn_arg);
	en->telling--;
	engine_stop_look(en);
}

static void notify(struct engine_console *k)
{
	k->version++;
	while (k->waits) {
		struct engine_console_wait *w = k->waits;
		k->waits = w->next;
		w->k = NULL;
		w->timer = sched_after(k->en->conf.sched, 0, call_waiter, w);
		k->en->telling++;
	}
}

struct engine_console_wait *engine_console_wait(struct engine *en, const char *uuid, uint64_t from,
						uint64_t version, void (*fn)(void *arg), void *arg)
{
	struct engine_console *k = find(en, uuid);

	if (!k || k->said > from || k->state == CONSOLE_ENDED || (version && version != k->version))
		return NULL;
	struct engine_console_wait *w = MEM_NEW(struct engine_console_wait);
	*w = (struct engine_console_wait){
		.next = k->waits, .k = k, .en = en, .fn = fn, .arg = arg
	};
	k->waits = w;
	return w;
}

void engine_console_unwait(struct engine_console_wait *w)
{
	if (!w)
		return;
	if (w->timer)
		w->en->telling--;
	sched_cancel(w->timer);
	for (struct engine_console_wait **at = w->k ? &w->k->waits : NULL; at && *at;
	     at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			break;
		}
	}
	mem_free(w);
}

/* ---- life ---- */

static void console_free(struct engine_console *k)
{
	for (struct engine_console **at = &k->en->consoles; *at; at = &(*at)->next) {
		if (*at == k) {
			*at = k->next;
			break;
		}
	}
	sched_cancel(k->keep);
	sched_cancel(k->again);
	amt_sol_free(k->sol);
	engine_login_deinit(&k->login);
	engine_session_deinit(&k->session);
	buf_wipe(&k->past);
	mem_free(k);
}

static void on_settled(void *arg, const struct err *e)
{
	(void)arg;
	(void)e; /* the hold ends by itself, and the charge with its window */
}

/* The login is over, one way or the other. */
static void settle(struct engine_console *k, enum engine_login_end end)
{
	struct store_tx *tx;

	if (!k->login.held && end != ENGINE_LOGIN_REFUSED)
		return;
	tx = store_tx_new(k->en->conf.store);
	engine_login_settle(&k->login, tx, end);
	store_tx_commit(tx, on_settled, NULL);
}

/* The timeline says who had the line. */
static void tell(struct engine_console *k, struct store_tx *tx, const char *what,
		 const struct err *why)
{
	ENGINE_EVENT(k->en, tx, k->uuid, LOG_EV_LINE, why && why->code ? why : NULL,
		     LOG_S("uuid", k->uuid), LOG_S("session", k->session.kind), LOG_S("what", what),
		     LOG_S("actor", k->session.actor));
}

static void closed(struct engine_console *k, const struct err *why)
{
	struct store_tx *tx;

	if (!k->session.open)
		return;
	tx = store_tx_new(k->en->conf.store);
	tell(k, tx, "closed", why);
	engine_session_close(&k->session, tx);
}

static enum engine_login_end login_end(const struct engine_console *k)
{
	return k->sol && amt_sol_login_sent(k->sol) ? ENGINE_LOGIN_UNPROVEN : ENGINE_LOGIN_UNSENT;
}

/* The session and its hold, whatever state they are in. A hold that is being stored still speaks of it. */
static void let_go(struct engine_console *k, const struct err *why)
{
	sched_cancel(k->again);
	k->again = NULL;
	engine_login_unhold(&k->login);
	settle(k, login_end(k));
	closed(k, why);
	amt_sol_free(k->sol);
	k->sol = NULL;
}

/* Nobody finds it any more. */
static void drop(struct engine_console *k)
{
	notify(k);
	k->dead = true;
	sched_cancel(k->keep);
	k->keep = NULL;
	let_go(k, NULL);
	if (!k->login.storing)
		console_free(k);
}

static void keep(struct engine_console *k);

/* Who looks is told why; then it is forgotten. */
static void end(struct engine_console *k, const struct err *why)
{
	if (k->state == CONSOLE_ENDED)
		return;
	k->e = *why;
	k->state = CONSOLE_ENDED;
	let_go(k, why);
	notify(k);
	keep(k);
}

void engine_console_stop_all(struct engine *en)
{
	struct engine_console *next;
	struct err e = { 0 };

	err_set(&e, ERR_SERVICE_DOWN,
		"the service is being stopped, and its serial sessions with it");
	for (struct engine_console *k = en->consoles; k; k = next) {
		next = k->next;
		if (!k->dead)
			end(k, &e);
	}
}

void engine_console_free_all(struct engine *en)
{
	while (en->consoles) {
		notify(en->consoles);
		console_free(en->consoles);
	}
}

static void on_keep_over(void *arg)
{
	struct engine_console *k = arg;
	struct err e = { 0 };

	k->keep = NULL;
	if (k->state == CONSOLE_ENDED) {
		drop(k);
		return;
	}
	err_set(&e, ERR_TIMEOUT,
		"the service let the console of %s go: nobody had asked for %d s what it says",
		k->login.name, KEEP_MS / 1000);
	err_hint(&e, "a terminal that stands still looks no more; begin again");
	end(k, &e);
}

static void keep(struct engine_console *k)
{
	sched_cancel(k->keep);
	k->keep = sched_after(k->en->conf.sched, KEEP_MS, on_keep_over, k);
}

static void set_state(struct engine_console *k, enum console_state s)
{
	k->state = s;
	notify(k);
}

/* ---- the session ---- */

static void begin(struct engine_console *k);

static void on_open(void *arg)
{
	struct engine_console *k = arg;
	struct store_tx *tx = store_tx_new(k->en->conf.store);

	k->proven = true;
	engine_login_settle(&k->login, tx, ENGINE_LOGIN_PROVEN);
	engine_session_open(&k->session, tx);
	tell(k, tx, "opened", NULL);
	store_tx_commit(tx, on_settled, NULL);
	set_state(k, CONSOLE_OPEN);
}

static void on_data(void *arg, struct span bytes)
{
	struct engine_console *k = arg;

	k->said += bytes.n;
	if (bytes.n > ENGINE_CONSOLE_PAST / 2)
		bytes = span_make(bytes.p + bytes.n - ENGINE_CONSOLE_PAST / 2,
				  ENGINE_CONSOLE_PAST / 2);
	if (k->past.n + bytes.n > ENGINE_CONSOLE_PAST)
		buf_consume(&k->past,
			    k->past.n + bytes.n - ENGINE_CONSOLE_PAST / 2 < k->past.n
				    ? k->past.n + bytes.n - ENGINE_CONSOLE_PAST / 2
				    : k->past.n);
	(void)buf_add(&k->past, bytes);
	notify(k);
}

static void on_controls(void *arg, uint8_t control, uint8_t status)
{
	struct engine_console *k = arg;

	(void)control;
	k->power = status & WIRE_REDIR_POWER_ON;
	notify(k);
}

static void on_lost(void *arg, const struct err *why)
{
	struct engine_console *k = arg;

	k->e = *why;
	closed(k, why); /* jobs that waited may go on beside the tries */
	set_state(k, CONSOLE_LOST);
}

static void on_again(void *arg)
{
	struct engine_console *k = arg;

	k->again = NULL;
	begin(k);
}

/* Not within a callback of the session. */
static void on_down(void *arg, const struct err *why)
{
	struct engine_console *k = arg;
	enum engine_login_end how = why->code == ERR_AUTH ? ENGINE_LOGIN_REFUSED : login_end(k);
	bool rung = !k->proven && why->code == ERR_TLS && k->n + 1 < engine_login_ways(&k->login);

	k->e = *why;
	amt_sol_free(k->sol);
	k->sol = NULL;
	if (rung) {
		k->n++;
		k->again = sched_after(k->en->conf.sched, 0, on_again, k);
		return;
	}
	engine_login_explain(&k->login, &k->e);
	engine_session_blame(&k->session, &k->e);
	settle(k, how);
	closed(k, &k->e);
	set_state(k, CONSOLE_ENDED);
}

static void on_seen(void *arg, const struct amt_redir_event *ev)
{
	const struct engine_console *k = arg;

	engine_trace_redir(k->en, k->uuid, ev);
}

static bool may_login(void *arg)
{
	const struct engine_console *k = arg;

	return k->proven || engine_login_may_send(&k->login);
}

static void begin(struct engine_console *k)
{
	static const struct amt_sol_events events = { on_open, on_data, on_controls,
						      NULL,    on_lost, on_down };
	const struct engine_conf *c = &k->en->conf;
	struct amt_way w;

	engine_login_way(&k->login, k->n, &w);
	const struct amt_sol_conf conf = {
		.session = { .dialer = c->dialer,
			     .sched = c->sched,
			     .rng = c->rng,
			     .way = &w,
			     .may_login = may_login,
			     .watch = on_seen,
			     .watch_arg = k },
		.come_back_ms = BACK_MS,
	};
	k->sol = amt_sol_start(&conf, &events, k);
	amt_way_deinit(&w);
}

static void on_held(void *arg, const struct err *e)
{
	struct engine_console *k = arg;

	if (k->dead || k->state == CONSOLE_ENDED) {
		settle(k, ENGINE_LOGIN_UNSENT);
		if (k->dead)
			console_free(k);
	} else if (e) {
		k->e = *e;
		set_state(k, CONSOLE_ENDED);
	} else {
		begin(k);
	}
}

static void hold(struct engine_console *k)
{
	char owner[192];

	(void)snprintf(owner, sizeof owner, "%s/console-%016llx", k->en->owner,
		       (unsigned long long)rng_u64(k->en->conf.rng));
	engine_login_hold(&k->login,
			  &(struct engine_login_want){ .owner = owner,
						       .what = "console",
						       .hold_ms = HOLD_MS,
						       .busy_ms = BUSY_MS,
						       .fn = on_held,
						       .arg = k });
}

bool engine_console_open(struct engine *en, const char *uuid, const char *actor, struct err *e)
{
	struct engine_console *k = find(en, uuid);
	struct engine_login login;
	unsigned count = 0;

	if (k && k->state != CONSOLE_ENDED) {
		keep(k);
		return true;
	}
	if (k)
		drop(k);
	for (const struct engine_console *other = en->consoles; other; other = other->next)
		count++;
	if (count >= MAX_CONSOLES)
		return err_set(e, ERR_LIMIT, "%u consoles are open, as many as the service takes",
			       count);
	engine_login_init(&login, en, uuid);
	if (!engine_login_load(&login, e)) {
		engine_login_deinit(&login);
		return false;
	}
	k = MEM_NEW(struct engine_console);
	*k = (struct engine_console){
		.en = en, .next = en->consoles, .login = login, .power = true
	};
	str_copy(k->uuid, sizeof k->uuid, span_str(uuid));
	engine_session_init(&k->session, en, uuid, wire_redir_session_name(WIRE_REDIR_SOL), actor);
	buf_init(&k->past, ENGINE_CONSOLE_PAST);
	en->consoles = k;
	keep(k);
	hold(k);
	return true;
}

/* ---- looking and typing ---- */

bool engine_console_get(struct engine *en, const char *uuid, struct engine_console_view *out_v)
{
	static const char *const names[] = { "opening", "open", "lost", "ended" };
	struct engine_console *k = find(en, uuid);

	if (!k)
		return false;
	keep(k);
	*out_v = (struct engine_console_view){
		.uuid = k->uuid,
		.name = k->login.name,
		.state = names[k->state],
		.writer = k->writer,
		.next = k->said,
		.version = k->version,
		.power = k->power,
		.drops = k->sol ? amt_sol_get_stats(k->sol)->drops : 0,
		.e = &k->e,
	};
	return true;
}

struct span engine_console_said(struct engine *en, const char *uuid, uint64_t from,
				uint64_t *out_from)
{
	struct engine_console *k = find(en, uuid);
	uint64_t first = k ? k->said - k->past.n : 0;

	*out_from = from;
	if (!k || from >= k->said) {
		*out_from = k ? k->said : from;
		return span_make(NULL, 0);
	}
	if (from < first)
		*out_from = first;
	size_t at = (size_t)(*out_from - first);
	return span_make(k->past.p + at, k->past.n - at);
}

static void set_writer(struct engine_console *k, const char *writer)
{
	if (str_eq(k->writer, writer))
		return;
	str_copy(k->writer, sizeof k->writer, span_str(writer));
	notify(k);
}

/* The console, when this one may type there. */
static struct engine_console *find_for(struct engine *en, const char *uuid, const char *writer,
				       bool force, struct err *e)
{
	struct engine_console *k = find(en, uuid);
	int64_t now = clk_mono_ms();

	if (!k) {
		err_set(e, ERR_NOT_FOUND, "no console of this PC is open");
		return NULL;
	}
	bool other =
		k->writer[0] && !str_eq(k->writer, writer) && now - k->typed_mono_ms < WRITER_MS;
	if (other && !force) {
		err_set(e, ERR_DENIED, "somebody else types at %s", k->login.name);
		err_seen(e, "%s", k->writer);
		err_hint(e, "look on with --read-only, or take it over with --force");
		return NULL;
	}
	k->typed_mono_ms = now;
	set_writer(k, writer);
	return k;
}

bool engine_console_type(struct engine *en, const char *uuid, const char *writer, bool force,
			 struct span bytes, size_t *out_took, struct err *e)
{
	struct engine_console *k = find_for(en, uuid, writer, force, e);

	*out_took = k && k->state == CONSOLE_OPEN ? amt_sol_send(k->sol, bytes) : 0;
	return k != NULL;
}

bool engine_console_break(struct engine *en, const char *uuid, const char *writer, bool force,
			  bool *out_sent, struct err *e)
{
	struct engine_console *k = find_for(en, uuid, writer, force, e);

	*out_sent = k && k->state == CONSOLE_OPEN && amt_sol_break(k->sol);
	return k != NULL;
}

void engine_console_leave(struct engine *en, const char *uuid, const char *writer)
{
	struct engine_console *k = find(en, uuid);

	if (k && str_eq(k->writer, writer))
		set_writer(k, "");
}

bool engine_console_end(struct engine *en, const char *uuid, const char *actor)
{
	struct engine_console *k = find(en, uuid);
	struct err e = { 0 };

	if (!k)
		return false;
	err_set(&e, ERR_CLOSED, "%s ended the console of %s, for all who look", actor,
		k->login.name);
	end(k, &e);
	return true;
}
