/* See line.h. Called by api/line.c. The login is charged to the lock-out budget with the hold, before
 * it is sent; the release takes the charge back when the PC took it, or when none was sent. */
#include "engine/line.h"
#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/engine_priv.h"
#include "engine/operate.h"
#include "engine/vault.h"
#include "store/store_operate.h"
#include <stdio.h>

#define MARK_REFUSED "login.refused" /* as in operate_pc.c */
#define HOLD_MS      90000
#define LOGIN_MS     60000
#define BUSY_MS      30000
#define BUSY_LOOK_MS 1000

struct engine_line {
	struct engine *en;
	char uuid[UUID_TEXT_SIZE], owner[192];
	char *actor, *name;
	enum wire_redir_session kind;
	struct amt_redir_events ev;
	void *arg;
	struct arena arena;
	struct store_credential *cred; /* in the arena */
	struct secret password;
	char address[64];
	struct pki_tls_policy ladder[2];
	unsigned ladder_count, way; /* with the service's client certificate after those without */
	bool clear, has_client;
	int64_t fail_count, fail_since_unix_ms, hold_until_unix_ms, busy_until_mono_ms;
	bool storing, held, sent, open, freed, ended;
	struct amt_redir *r;
	struct sched_timer *timer;
	struct err why;
};

static void line_free(struct engine_line *l)
{
	sched_cancel(l->timer);
	amt_redir_free(l->r);
	secret_deinit(&l->password);
	arena_deinit(&l->arena);
	mem_free(l->actor);
	mem_free(l->name);
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
	struct store_tx *tx;

	if (!l->held)
		return;
	l->held = false;
	tx = store_tx_new(en->conf.store);
	store_tx_hold_drop(tx, l->uuid, l->owner);
	if (proven || !l->sent) {
		store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT,
				    proven ? 0 : l->fail_count);
		store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE,
				    l->fail_since_unix_ms);
	}
	if (l->why.code == ERR_AUTH && l->sent)
		store_tx_mark_set(tx, l->uuid, MARK_REFUSED, l->cred->id, clk_unix_ms());
	ENGINE_EVENT(en, tx, l->uuid, LOG_EV_LINE, l->why.code ? &l->why : NULL,
		     LOG_S("uuid", l->uuid), LOG_S("session", wire_redir_session_name(l->kind)),
		     LOG_S("what", proven ? "opened" : "not opened"), LOG_S("actor", l->actor));
	store_tx_commit(tx, on_released, NULL);
}

static void on_end_due(void *arg)
{
	struct engine_line *l = arg;
	struct err e = l->why;

	l->timer = NULL;
	l->ended = true;
	l->ev.on_down(l->arg, &e);
}

/* Not inside of a call: on_down soon. */
static void finish(struct engine_line *l, const struct err *e)
{
	l->why = *e;
	if (l->why.code == ERR_AUTH && !l->why.hint[0])
		err_hint(&l->why,
			 "the stored password is not tried again: see 'outband device show %s'",
			 l->uuid);
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
	if (l->open) {
		struct engine *en = l->en;
		ENGINE_EVENT(en, NULL, l->uuid, LOG_EV_LINE, NULL, LOG_S("uuid", l->uuid),
			     LOG_S("session", wire_redir_session_name(l->kind)),
			     LOG_S("what", "closed"), LOG_S("actor", l->actor));
	}
	l->freed = true;
	if (l->storing)
		return; /* when it is reported */
	if (l->r)
		l->sent = l->sent || amt_redir_login_sent(l->r);
	release(l, false);
	line_free(l);
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
	unsigned ways = l->clear ? 1 : l->ladder_count * (l->has_client ? 2 : 1);
	struct err e = *why;

	l->sent = l->sent || amt_redir_login_sent(l->r);
	if (!l->open && e.code == ERR_TLS && l->way + 1 < ways) {
		amt_redir_free(l->r);
		l->r = NULL;
		l->way++;
		dial(l);
		return;
	}
	if (!l->open && e.code == ERR_NONE)
		err_set(&e, ERR_CLOSED, "%s ended the line before it was open", l->name);
	finish(l, &e);
}

static bool may_login(void *arg)
{
	const struct engine_line *l = arg;

	return clk_unix_ms() < l->hold_until_unix_ms;
}

static void on_late(void *arg)
{
	struct engine_line *l = arg;
	struct err e = { 0 };

	l->timer = NULL;
	if (l->r)
		l->sent = l->sent || amt_redir_login_sent(l->r);
	err_set(&e, ERR_TIMEOUT, "%s did not open a session within %d s", l->name, LOGIN_MS / 1000);
	finish(l, &e);
}

static void dial(struct engine_line *l)
{
	static const struct amt_redir_events events = { on_open, on_data, on_room, on_down };
	struct engine *en = l->en;
	struct amt_way w = { .clear = l->clear };
	size_t n;

	str_copy(w.address, sizeof w.address, span_str(l->address));
	w.port = (uint16_t)(en->set.port_base + (l->clear ? 0 : 1));
	w.tls.policy = l->ladder[l->way % l->ladder_count];
	if (l->way >= l->ladder_count)
		w.tls.chain = engine_vault_client(en, 2048);
	w.tls.has_pin = l->cred->leaf_sha256[0] &&
		hex_decode(span_str(l->cred->leaf_sha256), w.tls.pin_sha256, 32, &n);
	str_copy(w.user, sizeof w.user, span_str(l->cred->user[0] ? l->cred->user : "admin"));
	str_copy(w.realm, sizeof w.realm, span_str(l->cred->realm));
	w.password = secret_copy(&l->password);
	const struct amt_redir_conf c = { .dialer = en->conf.dialer,
					  .sched = en->conf.sched,
					  .rng = en->conf.rng,
					  .way = &w,
					  .kind = l->kind,
					  .may_login = may_login };
	l->r = amt_redir_start(&c, &events, l);
	amt_way_deinit(&w);
}

/* ---- before the first byte ---- */

static void hold(void *arg);

static void on_held(void *arg, const struct err *e)
{
	struct engine_line *l = arg;
	struct err own = { 0 };

	l->storing = false;
	l->held = !e;
	if (l->freed) {
		release(l, false);
		line_free(l);
		return;
	}
	if (e && e->code == ERR_CONFLICT && clk_mono_ms() < l->busy_until_mono_ms) {
		l->timer = sched_after(l->en->conf.sched, BUSY_LOOK_MS, hold, l);
		return;
	}
	if (e && e->code == ERR_CONFLICT) {
		const char *who = engine_operate_holder(l->en, l->uuid, &l->arena);
		err_set(&own, ERR_BUSY, "somebody else works with %s: %s", l->name,
			*who ? who : "it has just ended");
		finish(l, &own);
		return;
	}
	if (e) {
		finish(l, e);
		return;
	}
	l->timer = sched_after(l->en->conf.sched, LOGIN_MS, on_late, l);
	dial(l);
}

static void hold(void *arg)
{
	struct engine_line *l = arg;
	struct engine *en = l->en;
	int64_t now = clk_unix_ms(), count = l->fail_count, since = l->fail_since_unix_ms;
	struct store_tx *tx = store_tx_new(en->conf.store);
	struct store_hold h = { .uuid = l->uuid,
				.owner = l->owner,
				.what = wire_redir_session_name(l->kind),
				.until_unix_ms = now + HOLD_MS };

	l->timer = NULL;
	l->hold_until_unix_ms = now + LOGIN_MS;
	store_tx_hold_take(tx, &h, now);
	engine_retry_login_spend(&en->set.retry, &count, &since, now);
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, count);
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, since);
	l->storing = true;
	store_tx_commit(tx, on_held, l);
}

/* M19: what was refused once is not sent again, and what is unproven only so often. */
static bool check_login(struct engine_line *l, struct err *e)
{
	const struct engine_retry_conf *c = &l->en->set.retry;
	struct store_mark marks[4];
	int64_t wait = 0;
	unsigned n = l->fail_count
		? store_mark_list(l->en->conf.store, &l->arena, l->uuid, MARK_REFUSED, 4, marks)
		: 0;

	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(marks[i].mark, l->cred->id) ||
		    marks[i].last_unix_ms < l->fail_since_unix_ms)
			continue;
		err_set(e, ERR_AUTH, "%s refused the stored password before: it is not sent again",
			l->name);
		return err_rule(e, "D051");
	}
	if (engine_retry_login_ok(c, l->fail_count, l->fail_since_unix_ms, clk_unix_ms(), &wait))
		return true;
	err_set(e, ERR_LOCKOUT,
		"%s: %lld logins failed or are unproven, the next is sent in %lld s", l->name,
		(long long)l->fail_count, (long long)(wait / 1000));
	return err_rule(e, "M19");
}

static bool load(struct engine_line *l, struct err *e)
{
	struct engine *en = l->en;
	struct store_credential *rows = ARENA_ARRAY(&l->arena, struct store_credential, 16);
	struct store_device d;
	char label[96];

	if (!rows || !store_device_get(en->conf.store, &l->arena, l->uuid, &d))
		return err_set(e, ERR_NOT_FOUND, "there is no device %s", l->uuid);
	l->name = mem_str(d.fqdn[0] ? d.fqdn : d.address[0] ? d.address : d.uuid);
	str_copy(l->address, sizeof l->address, span_str(d.address));
	l->fail_count = d.login_fail_count;
	l->fail_since_unix_ms = d.login_fail_since_unix_ms;
	l->ladder_count = amt_quirks_ladder(d.version, false, l->ladder);
	l->has_client = engine_vault_client(en, 2048) != NULL;
	unsigned n = store_credential_list(en->conf.store, &l->arena, l->uuid, "admin", 16, rows);
	for (unsigned i = 0; i < n && !l->cred; i++)
		if (str_eq(rows[i].state, "current"))
			l->cred = &rows[i];
	if (!l->cred) {
		err_set(e, ERR_AUTH, "no way into %s is known: no credential of it is current",
			l->name);
		err_hint(e,
			 "configure it ('outband device apply'), or take it over ('outband "
			 "device adopt')");
		return err_rule(e, "D051");
	}
	(void)snprintf(label, sizeof label, "credential:%s:admin", l->uuid);
	l->clear = str_eq(l->cred->tls_mode, "clear");
	return engine_unseal(en, label, l->cred->sealed, &l->password, e) && check_login(l, e);
}

struct engine_line *engine_line_open(struct engine *en, const char *uuid,
				     enum wire_redir_session kind, const char *actor,
				     const struct amt_redir_events *ev, void *arg)
{
	struct engine_line *l = MEM_NEW(struct engine_line);
	struct err e = { 0 };

	*l = (struct engine_line){ .en = en, .kind = kind, .ev = *ev, .arg = arg };
	arena_init(&l->arena, 1 << 18);
	l->actor = mem_str(actor);
	str_copy(l->uuid, sizeof l->uuid, span_str(uuid));
	(void)snprintf(l->owner, sizeof l->owner, "%s/line-%016llx", en->owner,
		       (unsigned long long)rng_u64(en->conf.rng));
	l->busy_until_mono_ms = clk_mono_ms() + BUSY_MS;
	if (load(l, &e))
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
