/* An operation on one device: holds it and opens it with its current credential (login.h), runs the
 * operation, gives it back (operate_priv.h). A PC that did not even take a connection sleeps, maybe: it
 * is tried once more. Called by operate.c. */
#include "engine/operate_priv.h"
#include "engine/alert_watch.h"
#include "engine/pc_log.h"

#include "base/clk.h"
#include "base/mem.h"
#include "engine/asset.h"
#include "engine/half.h"
#include "engine/session.h"
#include "engine/trace.h"

#define WAKE_MS        2000 /* firmware that sleeps is up within 10 s */
#define HOLD_MARGIN_MS 30000
#define BREAK_MS       20000 /* for taking back what is set half */

struct operate_pc *engine_operate_pc_new(struct engine_operation *o, const char *uuid)
{
	struct operate_pc *p = MEM_NEW(struct operate_pc);

	p->o = o;
	p->r = MEM_NEW(struct operate_result);
	str_copy(p->r->uuid, sizeof p->r->uuid, span_str(uuid));
	buf_init(&p->r->rows, LIMIT_OP_BYTES);
	engine_login_init(&p->login, o->en, uuid);
	return p;
}

static void stop_talking(struct operate_pc *p)
{
	sched_cancel(p->timer);
	sched_cancel(p->deadline);
	p->timer = p->deadline = NULL;
	amt_op_free(p->op);
	p->op = NULL;
	amt_client_free(p->client);
	p->client = NULL;
}

static void result_free(struct operate_result *r)
{
	if (!r)
		return;
	mem_free(r->name);
	buf_deinit(&r->rows);
	mem_free(r);
}

void engine_operate_pc_free(struct operate_pc *p)
{
	stop_talking(p);
	engine_login_deinit(&p->login);
	result_free(p->r);
	p->r = NULL;
	mem_free(p);
}

/* ---- the end ---- */

static void ended(struct operate_pc *p)
{
	struct operate_result *r = p->r;

	p->r = NULL;
	r->elapsed_ms = clk_mono_ms() - p->begin_mono_ms;
	engine_operate_pc_ended(p, r);
}

static void on_released(void *arg, const struct err *e)
{
	struct operate_pc *p = arg;

	p->storing = false;
	if (e && p->r->e.code == ERR_NONE) {
		p->r->e = *e;
		err_wrap(&p->r->e, "it was done, but is not on record");
	}
	ended(p);
}

static enum engine_login_end login_end(const struct operate_pc *p)
{
	if (p->r->e.code == ERR_AUTH && p->login.held)
		return ENGINE_LOGIN_REFUSED;
	if (p->proven)
		return ENGINE_LOGIN_PROVEN;
	return !p->client || amt_client_get_stats(p->client).logins == 0 ? ENGINE_LOGIN_UNSENT
									 : ENGINE_LOGIN_UNPROVEN;
}

/* Some operations leave more than their rows. */
static void keep_rows(struct operate_pc *p, struct store_tx *tx)
{
	struct err e = { 0 };

	if (p->o->kind == amt_op_at(AMT_OP_INVENTORY) &&
	    !engine_asset_take(p->o->en->conf.store, tx, p->r->uuid, buf_span(&p->r->rows),
			       clk_unix_ms(), &e))
		p->r->e = e;
}

/* What the service reads by the clock as well: when it was read last, and what is new. */
static void keep_for_clock(struct operate_pc *p, struct store_tx *tx, bool bad)
{
	struct engine *en = p->o->en;
	struct span rows = buf_span(&p->r->rows);

	if (bad) {
		engine_pc_log_failed(en, tx, p->r->uuid, p->o->text);
		engine_alert_watch_failed(en, tx, p->r->uuid, p->o->text, &p->r->e);
	} else {
		engine_pc_log_keep(en, tx, p->r->uuid, p->o->text, rows);
		engine_alert_watch_keep(en, tx, p->r->uuid, p->o->text, rows);
	}
}

/* Boot options that are there half stay on record, and so do those that could not be taken back. */
static void keep_half(struct operate_pc *p, struct store_tx *tx, bool bad)
{
	bool clears = !p->half && p->o->kind == amt_op_at(AMT_OP_BOOT_CLEAR);

	if ((p->half && !p->whole) || (clears && bad))
		engine_half_stays(p->o->en, tx, p->r->uuid, &p->r->e);
	else if (clears)
		engine_half_over(p->o->en, tx, p->r->uuid);
}

/* Told once (half.c), and then seen in `device show`: a PC that is away for weeks has a timeline for more. */
static bool is_told(const struct operate_pc *p)
{
	return !p->half && p->r->e.code != ERR_NONE && p->o->kind == amt_op_at(AMT_OP_BOOT_CLEAR) &&
		str_eq(p->o->actor, "clock");
}

static void release(void *arg)
{
	struct operate_pc *p = arg;
	struct engine *en = p->o->en;
	struct store_tx *tx = store_tx_new(en->conf.store);

	if (p->r->e.code == ERR_NONE)
		keep_rows(p, tx);
	bool bad = p->r->e.code != ERR_NONE, changes = p->o->kind->flags & AMT_OP_CHANGES;
	p->timer = NULL;
	engine_login_settle(&p->login, tx, login_end(p));
	keep_for_clock(p, tx, bad);
	keep_half(p, tx, bad);
	ENGINE_EVENT(en, (changes || bad) && !is_told(p) ? tx : NULL, p->r->uuid,
		     bad ? LOG_EV_OPERATE_FAILED : LOG_EV_OPERATED, &p->r->e,
		     LOG_S("uuid", p->r->uuid), LOG_S("op", p->o->id), LOG_S("what", p->o->text),
		     LOG_S("actor", p->o->actor),
		     LOG_I("elapsed_ms", clk_mono_ms() - p->begin_mono_ms));
	stop_talking(p);
	p->storing = true;
	store_tx_commit(tx, on_released, p);
}

/* Never within a callback of the operation: its memory is still in use there. */
static void finish(struct operate_pc *p, const struct err *e)
{
	if (p->ending)
		return;
	p->ending = true;
	if (e)
		p->r->e = *e;
	sched_cancel(p->deadline);
	p->deadline = NULL;
	sched_cancel(p->timer);
	p->timer = NULL;
	engine_login_unhold(&p->login);
	if (!p->storing && !p->login.storing && !p->noting) /* else when it is stored */
		p->timer = sched_after(p->o->en->conf.sched, 0, release, p);
}

static void on_deadline(void *arg);

void engine_operate_pc_cancel(struct operate_pc *p, const struct err *e)
{
	struct err own = *e;

	if (p->client && amt_client_get_stats(p->client).logins && !own.hint[0])
		err_hint(&own, "what was sent before may have been done: look at the PC");
	else if (own.code == ERR_TIMEOUT && !own.hint[0])
		err_hint(&own, "it did not answer and nothing was sent: has it power and network?");
	if (!p->op || p->timer || p->ending || p->breaking) { /* timer: between two tries */
		finish(p, &own);
		return;
	}
	/* The operation may have set something half: it gets the time to take it back. */
	p->breaking = true;
	p->why = own;
	sched_cancel(p->deadline);
	p->deadline = sched_after(p->o->en->conf.sched, BREAK_MS, on_deadline, p);
	amt_op_interrupt(p->op);
}

/* Ends it, with what it was broken off for. */
static bool is_broken(struct operate_pc *p, const struct err *end)
{
	if (!p->breaking || p->ending || end->code == ERR_NONE)
		return false;
	if (end->code != ERR_CANCELLED || end->hint[0])
		err_hint(&p->why, "%s", end->hint[0] ? end->hint : end->msg);
	else if (amt_op_takes_back(p->op)) /* nothing of it is left to look at */
		p->why.hint[0] = '\0';
	finish(p, &p->why);
	return true;
}

static void on_deadline(void *arg)
{
	struct operate_pc *p = arg;
	struct err e = { 0 };

	p->deadline = NULL;
	err_set(&e, ERR_TIMEOUT, "%s did not end within %lld s", p->o->kind->name,
		(long long)(p->o->deadline_ms / 1000));
	engine_operate_pc_cancel(p, &e);
}

/* ---- talking ---- */

static void open_way(struct operate_pc *p);

static void on_row(void *arg, const struct amt_op_row *row)
{
	struct operate_pc *p = arg;
	struct buf *b = &p->r->rows;
	struct out o;
	size_t before = b->n;

	if (p->ending)
		return;
	out_init_buf(&o, b);
	if (before)
		out_str(&o, ",");
	amt_op_row_json(&o, row);
	p->o->bytes += b->n - before;
	if (!o.bad && !b->bad && p->o->bytes <= OPERATE_RESULT_BYTES)
		return;
	struct err e = { 0 };
	err_set(&e, ERR_LIMIT, "the answers are more than the service keeps");
	err_hint(&e, "ask fewer PCs at once");
	buf_clear(b);
	finish(p, &e);
}

static void reopen(void *arg)
{
	struct operate_pc *p = arg;

	p->timer = NULL;
	open_way(p);
}

/* Later, since this is called by the operation itself. */
static void try_again(struct operate_pc *p, int64_t ms)
{
	p->timer = sched_after(p->o->en->conf.sched, ms, reopen, p);
}

static void name_sessions(struct operate_pc *p, struct err *e)
{
	const char *who = engine_session_who(p->o->en, p->r->uuid, NULL, &p->login.arena);

	if (*who && !e->seen[0])
		err_seen(e, "%s", who);
}

static void on_done(void *arg, const struct amt_peer *peer, const struct err *end)
{
	struct operate_pc *p = arg;
	struct err e = *end;
	bool silent = !peer && amt_client_get_stats(p->client).ups == 0 &&
		(e.code == ERR_TIMEOUT || e.code == ERR_UNREACHABLE);

	p->proven = e.code != ERR_AUTH && e.code != ERR_REALM && peer;
	if (is_broken(p, &e))
		return;
	if (p->ending || e.code == ERR_NONE) {
		finish(p, NULL);
	} else if (!peer && e.code == ERR_TLS && p->way + 1 < engine_login_ways(&p->login)) {
		p->way++;
		try_again(p, 0);
	} else if (silent && !p->again) {
		p->again = true;
		try_again(p, WAKE_MS);
	} else {
		if (e.code == ERR_CONFLICT) /* firmware tells of sessions, not whose they are */
			name_sessions(p, &e);
		engine_login_explain(&p->login, &e);
		finish(p, &e);
	}
}

static void on_noted(void *arg, const struct err *e)
{
	struct operate_pc *p = arg;

	p->noting = false;
	if (p->ending) {
		p->timer = sched_after(p->o->en->conf.sched, 0, release, p);
	} else if (e) {
		p->half = false; /* and nothing of it was sent */
		finish(p, e);
	} else {
		amt_op_go_on(p->op);
	}
}

static bool on_half(void *arg, bool half)
{
	struct operate_pc *p = arg;
	struct store_tx *tx = store_tx_new(p->o->en->conf.store);

	if (half) {
		p->half = p->noting = true;
		engine_half_begin(tx, p->r->uuid, p->o->text, p->o->actor,
				  p->login.hold_until_unix_ms);
		store_tx_commit(tx, on_noted, p);
		return true;
	}
	p->whole = true;
	engine_half_over(p->o->en, tx, p->r->uuid);
	store_tx_commit(tx, NULL, NULL);
	return false;
}

static bool may_send(void *arg)
{
	const struct operate_pc *p = arg;

	return engine_login_may_send(&p->login);
}

static void on_seen(void *arg, const struct amt_event *ev)
{
	const struct operate_pc *p = arg;

	engine_trace_seen(p->o->en, p->r->uuid, ev);
}

static void set_way(struct operate_pc *p)
{
	struct amt_way w;

	engine_login_way(&p->login, p->way, &w);
	amt_client_set_way(p->client, &w);
	amt_way_deinit(&w);
}

static void open_way(struct operate_pc *p)
{
	struct engine *en = p->o->en;
	struct err e = { 0 };

	amt_op_free(p->op);
	p->op = NULL;
	p->o->bytes -= p->r->rows.n;
	buf_clear(&p->r->rows);
	set_way(p);
	struct amt_op_conf c = { .client = p->client,
				 .sched = en->conf.sched,
				 .rng = en->conf.rng,
				 .version = p->login.version,
				 .args = p->o->args,
				 .arg_count = p->o->arg_count,
				 .on_row = on_row,
				 .on_done = on_done,
				 .on_half = on_half,
				 .arg = p };
	if (!amt_op_start(p->o->kind, &c, &p->op, &e))
		finish(p, &e);
}

/* ---- before the first byte ---- */

static void on_held(void *arg, const struct err *e)
{
	struct operate_pc *p = arg;
	struct engine *en = p->o->en;

	if (p->ending) {
		p->timer = sched_after(en->conf.sched, 0, release, p);
		return;
	}
	if (e) {
		finish(p, e);
		return;
	}
	struct amt_client_conf c = { .dialer = en->conf.dialer,
				     .sched = en->conf.sched,
				     .rng = en->conf.rng,
				     .prefer_auth_int = en->set.auth_int,
				     .may_send = may_send,
				     .may_send_arg = p,
				     .watch = on_seen,
				     .watch_arg = p };
	p->client = amt_client_new(&c);
	p->deadline = sched_after(en->conf.sched, p->o->deadline_ms, on_deadline, p);
	open_way(p);
}

static void hold(struct operate_pc *p)
{
	engine_login_hold(
		&p->login,
		&(struct engine_login_want){ .owner = p->o->owner,
					     .what = p->o->text,
					     .hold_ms = p->o->deadline_ms + HOLD_MARGIN_MS,
					     .busy_ms = p->o->busy_ms,
					     .fn = on_held,
					     .arg = p });
}

void engine_operate_pc_start(struct operate_pc *p)
{
	struct err e = { 0 };

	p->begin_mono_ms = clk_mono_ms();
	bool ok = engine_login_load(&p->login, &e);
	p->r->name = mem_str(p->login.name);
	str_copy(p->r->address, sizeof p->r->address, span_str(p->login.address));
	if (ok)
		hold(p);
	else
		finish(p, &e);
}
