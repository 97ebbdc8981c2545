/* An operation on one device: holds it, opens it with its current credential, runs the operation, gives
 * it back (operate_priv.h). The login is charged to the lock-out budget with the hold, before it is
 * sent, and the charge is taken back with the release when the PC took it. A PC that did not even take a
 * connection sleeps, maybe: it is tried once more. Called by operate.c. */
#include "engine/operate_priv.h"
#include "engine/pc_log.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/asset.h"
#include "engine/trace.h"

#include <stdio.h>

#define WAKE_MS        2000 /* firmware that sleeps is up within 10 s */
#define BUSY_LOOK_MS   1000
#define HOLD_MARGIN_MS 30000
#define BREAK_MS       20000 /* for taking back what is set half */

struct operate_pc *engine_operate_pc_new(struct engine_operation *o, const char *uuid)
{
	struct operate_pc *p = MEM_NEW(struct operate_pc);

	p->o = o;
	p->r = MEM_NEW(struct operate_result);
	str_copy(p->r->uuid, sizeof p->r->uuid, span_str(uuid));
	buf_init(&p->r->rows, LIMIT_OP_BYTES);
	arena_init(&p->arena, 1 << 18);
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
	secret_deinit(&p->password);
	result_free(p->r);
	p->r = NULL;
	arena_deinit(&p->arena);
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

/* The charge is taken back when the PC took the login, and when none was sent. */
static void settle_login(struct operate_pc *p, struct store_tx *tx)
{
	bool unsent = !p->client || amt_client_get_stats(p->client).connects == 0;

	if (!p->charged || (!p->proven && !unsent))
		return;
	store_tx_device_int(tx, p->r->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT,
			    p->proven ? 0 : p->fail_count);
	store_tx_device_int(tx, p->r->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, p->fail_since_unix_ms);
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

static void release(void *arg)
{
	struct operate_pc *p = arg;
	struct engine *en = p->o->en;
	struct store_tx *tx = store_tx_new(en->conf.store);

	if (p->r->e.code == ERR_NONE)
		keep_rows(p, tx);
	bool bad = p->r->e.code != ERR_NONE, changes = p->o->kind->flags & AMT_OP_CHANGES;
	p->timer = NULL;
	if (p->held)
		store_tx_hold_drop(tx, p->r->uuid, p->o->owner);
	settle_login(p, tx);
	if (p->r->e.code == ERR_AUTH && p->cred)
		store_tx_mark_set(tx, p->r->uuid, OPERATE_MARK_REFUSED, p->cred->id, clk_unix_ms());
	if (bad)
		engine_pc_log_failed(en, tx, p->r->uuid, p->o->text);
	else
		engine_pc_log_keep(en, tx, p->r->uuid, p->o->text, buf_span(&p->r->rows));
	ENGINE_EVENT(en, changes || bad ? tx : NULL, p->r->uuid,
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
	if (!p->storing) /* else when it is stored */
		p->timer = sched_after(p->o->en->conf.sched, 0, release, p);
}

static void on_deadline(void *arg);

void engine_operate_pc_cancel(struct operate_pc *p, const struct err *e)
{
	struct err own = *e;

	if (p->client && amt_client_get_stats(p->client).connects && !own.hint[0])
		err_hint(&own, "what was sent before may have been done: look at the PC");
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

static void explain(const struct operate_pc *p, struct err *e)
{
	if (e->hint[0])
		return;
	if (e->code == ERR_AUTH)
		err_hint(e, "the stored password is not tried again: see 'outband device show %s'",
			 p->r->uuid);
	else if (e->code == ERR_TIMEOUT || e->code == ERR_UNREACHABLE)
		err_hint(e, "check that %s has power and network", p->r->address);
}

static void on_done(void *arg, const struct amt_peer *peer, const struct err *end)
{
	struct operate_pc *p = arg;
	struct err e = *end;
	unsigned ways = p->clear ? 1 : p->ladder_count * (p->has_client ? 2 : 1);
	bool silent = !peer && amt_client_get_stats(p->client).connects == 0 &&
		(e.code == ERR_TIMEOUT || e.code == ERR_UNREACHABLE);

	p->proven = e.code != ERR_AUTH && e.code != ERR_REALM && peer;
	if (is_broken(p, &e))
		return;
	if (p->ending || e.code == ERR_NONE) {
		finish(p, NULL);
	} else if (!peer && e.code == ERR_TLS && p->way + 1 < ways) {
		p->way++;
		try_again(p, 0);
	} else if (silent && !p->again) {
		p->again = true;
		try_again(p, WAKE_MS);
	} else {
		explain(p, &e);
		finish(p, &e);
	}
}

static bool may_send(void *arg)
{
	const struct operate_pc *p = arg;

	return clk_unix_ms() < p->hold_until_unix_ms;
}

static void on_seen(void *arg, const struct amt_event *ev)
{
	const struct operate_pc *p = arg;

	engine_trace_seen(p->o->en, p->r->uuid, ev);
}

static void make_way(const struct operate_pc *p, struct amt_way *out_w)
{
	struct engine *en = p->o->en;
	struct amt_way w = { .clear = p->clear };
	size_t n;

	str_copy(w.address, sizeof w.address, span_str(p->r->address));
	w.port = (uint16_t)(en->set.port_base + (p->clear ? 0 : 1));
	w.tls.policy = p->ladder[p->way % p->ladder_count];
	if (p->way >= p->ladder_count)
		w.tls.chain = engine_vault_client(en, 2048);
	w.tls.has_pin = p->cred->leaf_sha256[0] &&
		hex_decode(span_str(p->cred->leaf_sha256), w.tls.pin_sha256, 32, &n);
	str_copy(w.user, sizeof w.user, span_str(p->cred->user[0] ? p->cred->user : "admin"));
	str_copy(w.realm, sizeof w.realm, span_str(p->cred->realm));
	w.password = secret_copy(&p->password);
	*out_w = w;
}

static void set_way(struct operate_pc *p)
{
	struct amt_way w;

	make_way(p, &w);
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
				 .version = p->version,
				 .args = p->o->args,
				 .arg_count = p->o->arg_count,
				 .on_row = on_row,
				 .on_done = on_done,
				 .arg = p };
	if (!amt_op_start(p->o->kind, &c, &p->op, &e))
		finish(p, &e);
}

/* ---- before the first byte ---- */

static void hold(void *arg);

static void busy(struct operate_pc *p)
{
	struct err e = { 0 };
	const char *who = engine_operate_holder(p->o->en, p->r->uuid, &p->arena);

	if (clk_mono_ms() < p->busy_until_mono_ms) {
		p->timer = sched_after(p->o->en->conf.sched, BUSY_LOOK_MS, hold, p);
		return;
	}
	err_set(&e, ERR_BUSY, "somebody else works with %s: %s", p->r->name,
		*who ? who : "it has just ended");
	err_hint(&e, "wait for its end, or end it ('outband job cancel')");
	finish(p, &e);
}

static void on_held(void *arg, const struct err *e)
{
	struct operate_pc *p = arg;
	struct engine *en = p->o->en;

	p->storing = false;
	p->held = !e;
	p->charged = !e;
	if (p->ending) {
		p->timer = sched_after(en->conf.sched, 0, release, p);
		return;
	}
	if (e && e->code == ERR_CONFLICT) {
		busy(p);
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

static void hold(void *arg)
{
	struct operate_pc *p = arg;
	struct engine *en = p->o->en;
	int64_t now = clk_unix_ms(), count = p->fail_count, since = p->fail_since_unix_ms;
	struct store_tx *tx = store_tx_new(en->conf.store);
	struct store_hold h = { .uuid = p->r->uuid, .owner = p->o->owner, .what = p->o->text };

	p->timer = NULL;
	p->hold_until_unix_ms = now + p->o->deadline_ms + HOLD_MARGIN_MS;
	h.until_unix_ms = p->hold_until_unix_ms;
	store_tx_hold_take(tx, &h, now);
	if (p->was_refused) /* and taken since: the count of failures is 0 again */
		store_tx_mark_drop(tx, p->r->uuid, OPERATE_MARK_REFUSED, p->cred->id);
	engine_retry_login_spend(&en->set.retry, &count, &since, now);
	store_tx_device_int(tx, p->r->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, count);
	store_tx_device_int(tx, p->r->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, since);
	p->storing = true;
	store_tx_commit(tx, on_held, p);
}

/* M19: what was refused once is not sent again, until a job has opened the PC with it. And what is
 * unproven only so often. */
static bool check_login(struct operate_pc *p, struct err *e)
{
	const struct engine_retry_conf *c = &p->o->en->set.retry;
	struct store_mark marks[4];
	int64_t wait = 0;
	unsigned n = store_mark_list(p->o->en->conf.store, &p->arena, p->r->uuid,
				     OPERATE_MARK_REFUSED, 4, marks);

	for (unsigned i = 0; i < n; i++)
		p->was_refused |= str_eq(marks[i].mark, p->cred->id);
	if (p->was_refused && p->fail_count) {
		err_set(e, ERR_AUTH, "%s refused the stored password before: it is not sent again",
			p->r->name);
		err_hint(e,
			 "'outband device adopt' takes another password; a job that opens the "
			 "PC ends this");
		return err_rule(e, "D051");
	}
	if (engine_retry_login_ok(c, p->fail_count, p->fail_since_unix_ms, clk_unix_ms(), &wait))
		return true;
	err_set(e, ERR_LOCKOUT,
		"%s: %lld logins failed or are unproven, the next is sent in %lld s", p->r->name,
		(long long)p->fail_count, (long long)(wait / 1000));
	err_seen(e, "%lld logins in the window", (long long)p->fail_count);
	err_want(e, "at most %lld in %lld s", (long long)c->login_tries,
		 (long long)(c->login_window_ms / 1000));
	return err_rule(e, "M19");
}

static bool load_credential(struct operate_pc *p, struct err *e)
{
	struct engine *en = p->o->en;
	struct store_credential *rows = ARENA_ARRAY(&p->arena, struct store_credential, 16);
	char label[96];
	unsigned n = rows
		? store_credential_list(en->conf.store, &p->arena, p->r->uuid, "admin", 16, rows)
		: 0;

	for (unsigned i = 0; i < n && !p->cred; i++)
		if (str_eq(rows[i].state, "current"))
			p->cred = &rows[i];
	if (!p->cred) {
		err_set(e, ERR_AUTH, "no way into %s is known: no credential of it is current",
			p->r->name);
		err_hint(e,
			 "configure it ('outband device apply'), or take it over ('outband "
			 "device adopt')");
		return err_rule(e, "D051");
	}
	snprintf(label, sizeof label, "credential:%s:admin", p->r->uuid);
	p->clear = str_eq(p->cred->tls_mode, "clear");
	return engine_unseal(en, label, p->cred->sealed, &p->password, e);
}

static bool load(struct operate_pc *p, struct err *e)
{
	struct engine *en = p->o->en;
	struct store_device d;

	if (!store_device_get(en->conf.store, &p->arena, p->r->uuid, &d)) {
		p->r->name = mem_str(p->r->uuid);
		return err_set(e, ERR_NOT_FOUND, "there is no device %s", p->r->uuid);
	}
	p->r->name = mem_str(d.fqdn[0] ? d.fqdn : d.address[0] ? d.address : d.uuid);
	str_copy(p->r->address, sizeof p->r->address, span_str(d.address));
	str_copy(p->version, sizeof p->version, span_str(d.version));
	p->fail_count = d.login_fail_count;
	p->fail_since_unix_ms = d.login_fail_since_unix_ms;
	p->ladder_count = amt_quirks_ladder(d.version, false, p->ladder);
	p->has_client = engine_vault_client(en, 2048) != NULL;
	return load_credential(p, e) && check_login(p, e);
}

bool engine_operate_way(struct engine *en, const char *uuid, unsigned n, struct operate_way *out_w,
			struct err *e)
{
	struct engine_operation o = { .en = en };
	struct operate_pc *p = engine_operate_pc_new(&o, uuid);
	bool ok = load(p, e);

	*out_w = (struct operate_way){ .fail_count = p->fail_count,
				       .fail_since_unix_ms = p->fail_since_unix_ms };
	str_copy(out_w->name, sizeof out_w->name, span_str(p->r->name));
	out_w->count = p->clear ? 1 : p->ladder_count * (p->has_client ? 2 : 1);
	if (ok) {
		p->way = n;
		make_way(p, &out_w->way);
		str_copy(out_w->cred_id, sizeof out_w->cred_id, span_str(p->cred->id));
	}
	engine_operate_pc_free(p);
	return ok;
}

void engine_operate_pc_start(struct operate_pc *p)
{
	struct err e = { 0 };

	p->begin_mono_ms = clk_mono_ms();
	p->busy_until_mono_ms = p->begin_mono_ms + p->o->busy_ms;
	if (load(p, &e))
		hold(p);
	else
		finish(p, &e);
}
