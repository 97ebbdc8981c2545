/* See login.h. Everything is read again at each look at a busy PC: a job that had it may have changed
 * its password, or used up the budget. */
#include "engine/login.h"
#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/operate.h"
#include "engine/vault.h"
#include "store/store_operate.h"
#include <stdio.h>

#define BUSY_LOOK_MS 1000
#define CLIENT_BITS  2048

static void forget(struct engine_login *l)
{
	secret_deinit(&l->password);
	arena_reset(&l->arena);
	l->cred = NULL;
	l->clear = l->was_refused = false;
}

void engine_login_init(struct engine_login *l, struct engine *en, const char *uuid)
{
	*l = (struct engine_login){ .en = en, .name = mem_str(uuid) };
	str_copy(l->uuid, sizeof l->uuid, span_str(uuid));
	arena_init(&l->arena, 1 << 18);
}

void engine_login_deinit(struct engine_login *l)
{
	sched_cancel(l->timer);
	secret_deinit(&l->password);
	arena_deinit(&l->arena);
	mem_free(l->name);
	mem_free(l->what);
}

/* ---- what is stored ---- */

/* M19: what was refused once is not sent again, until a job has opened the PC with it. And what is
 * unproven only so often. */
static bool check_budget(struct engine_login *l, struct err *e)
{
	const struct engine_retry_conf *c = &l->en->set.retry;
	struct store_mark marks[4];
	int64_t wait = 0;
	unsigned n = store_mark_list(l->en->conf.store, &l->arena, l->uuid,
				     ENGINE_LOGIN_REFUSED_MARK, 4, marks);

	for (unsigned i = 0; i < n; i++)
		l->was_refused |= str_eq(marks[i].mark, l->cred->id);
	if (l->was_refused && l->fail_count) {
		err_set(e, ERR_AUTH, "%s refused the stored password before: it is not sent again",
			l->name);
		err_hint(e,
			 "'outband device adopt' takes another password; a job that opens the "
			 "PC ends this");
		return err_rule(e, "D051");
	}
	if (engine_retry_login_ok(c, l->fail_count, l->fail_since_unix_ms, clk_unix_ms(), &wait))
		return true;
	err_set(e, ERR_LOCKOUT,
		"%s: %lld logins failed or are unproven, the next is sent in %lld s", l->name,
		(long long)l->fail_count, (long long)(wait / 1000));
	err_seen(e, "%lld logins in the window", (long long)l->fail_count);
	err_want(e, "at most %lld in %lld s", (long long)c->login_tries,
		 (long long)(c->login_window_ms / 1000));
	return err_rule(e, "M19");
}

static bool load_credential(struct engine_login *l, struct err *e)
{
	struct engine *en = l->en;
	struct store_credential *rows = ARENA_ARRAY(&l->arena, struct store_credential, 16);
	char label[96];
	unsigned n = rows
		? store_credential_list(en->conf.store, &l->arena, l->uuid, "admin", 16, rows)
		: 0;

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
	return engine_unseal(en, label, l->cred->sealed, &l->password, e);
}

bool engine_login_load(struct engine_login *l, struct err *e)
{
	struct engine *en = l->en;
	struct store_device d;

	forget(l);
	if (!store_device_get(en->conf.store, &l->arena, l->uuid, &d))
		return err_set(e, ERR_NOT_FOUND, "there is no device %s", l->uuid);
	mem_free(l->name);
	l->name = mem_str(d.fqdn[0] ? d.fqdn : d.address[0] ? d.address : d.uuid);
	str_copy(l->address, sizeof l->address, span_str(d.address));
	str_copy(l->version, sizeof l->version, span_str(d.version));
	l->fail_count = d.login_fail_count;
	l->fail_since_unix_ms = d.login_fail_since_unix_ms;
	l->ladder_count = amt_quirks_ladder(d.version, false, l->ladder);
	l->has_client = engine_vault_client(en, CLIENT_BITS) != NULL;
	return load_credential(l, e) && check_budget(l, e);
}

/* ---- ways ---- */

unsigned engine_login_ways(const struct engine_login *l)
{
	return l->clear ? 1 : l->ladder_count * (l->has_client ? 2 : 1);
}

void engine_login_way(const struct engine_login *l, unsigned n, struct amt_way *out_w)
{
	struct engine *en = l->en;
	struct amt_way w = { .clear = l->clear };
	size_t bytes;

	str_copy(w.address, sizeof w.address, span_str(l->address));
	w.port = (uint16_t)(en->set.port_base + (l->clear ? 0 : 1));
	w.tls.policy = l->ladder[n % l->ladder_count];
	if (n >= l->ladder_count)
		w.tls.chain = engine_vault_client(en, CLIENT_BITS);
	w.tls.has_pin = l->cred->leaf_sha256[0] &&
		hex_decode(span_str(l->cred->leaf_sha256), w.tls.pin_sha256, 32, &bytes);
	str_copy(w.user, sizeof w.user, span_str(l->cred->user[0] ? l->cred->user : "admin"));
	str_copy(w.realm, sizeof w.realm, span_str(l->cred->realm));
	w.password = secret_copy(&l->password);
	*out_w = w;
}

/* ---- the hold ---- */

static void take(struct engine_login *l);

static void look_again(void *arg)
{
	struct engine_login *l = arg;
	struct err e = { 0 };

	l->timer = NULL;
	if (engine_login_load(l, &e))
		take(l);
	else
		l->want.fn(l->want.arg, &e);
}

static void busy(struct engine_login *l)
{
	struct err e = { 0 };

	if (clk_mono_ms() < l->busy_until_mono_ms) {
		l->timer = sched_after(l->en->conf.sched, BUSY_LOOK_MS, look_again, l);
		return;
	}
	const char *who = engine_operate_holder(l->en, l->uuid, &l->arena);
	err_set(&e, ERR_BUSY, "somebody else works with %s: %s", l->name,
		*who ? who : "it has just ended");
	err_hint(&e, "wait for its end, or end it ('outband job cancel')");
	l->want.fn(l->want.arg, &e);
}

static void on_taken(void *arg, const struct err *e)
{
	struct engine_login *l = arg;
	struct engine *en = l->en;

	en->logins--;
	l->storing = false;
	l->held = l->charged = !e;
	if (e && e->code == ERR_CONFLICT && !l->given_up)
		busy(l);
	else
		l->want.fn(l->want.arg, e);
	engine_stop_look(en);
}

static void take(struct engine_login *l)
{
	struct engine *en = l->en;
	int64_t now = clk_unix_ms(), count = l->fail_count, since = l->fail_since_unix_ms;
	struct store_tx *tx = store_tx_new(en->conf.store);
	struct store_hold h = { .uuid = l->uuid, .owner = l->owner, .what = l->what };

	l->hold_until_unix_ms = h.until_unix_ms = now + l->want.hold_ms;
	store_tx_hold_take(tx, &h, now);
	if (l->was_refused) /* and taken since: the count of failures is 0 again */
		store_tx_mark_drop(tx, l->uuid, ENGINE_LOGIN_REFUSED_MARK, l->cred->id);
	engine_retry_login_spend(&en->set.retry, &count, &since, now);
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, count);
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, since);
	l->storing = true;
	en->logins++;
	store_tx_commit(tx, on_taken, l);
}

void engine_login_hold(struct engine_login *l, const struct engine_login_want *w)
{
	l->want = *w;
	str_copy(l->owner, sizeof l->owner, span_str(w->owner));
	l->what = mem_str(w->what);
	l->busy_until_mono_ms = clk_mono_ms() + w->busy_ms;
	take(l);
}

void engine_login_unhold(struct engine_login *l)
{
	sched_cancel(l->timer);
	l->timer = NULL;
	l->given_up = true;
}

bool engine_login_may_send(const void *login)
{
	const struct engine_login *l = login;

	return clk_unix_ms() < l->hold_until_unix_ms;
}

/* ---- afterwards ---- */

/* A session that was open before came back to a PC that wants another password now. */
static void charge_refusal(struct engine_login *l, struct store_tx *tx)
{
	struct store_device d;
	int64_t count = 0, since = 0;

	if (store_device_get(l->en->conf.store, &l->arena, l->uuid, &d)) {
		count = d.login_fail_count;
		since = d.login_fail_since_unix_ms;
	}
	engine_retry_login_spend(&l->en->set.retry, &count, &since, clk_unix_ms());
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, count);
	store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, since);
}

void engine_login_settle(struct engine_login *l, struct store_tx *tx, enum engine_login_end end)
{
	if (l->held)
		store_tx_hold_drop(tx, l->uuid, l->owner);
	if (l->charged && (end == ENGINE_LOGIN_PROVEN || end == ENGINE_LOGIN_UNSENT)) {
		store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT,
				    end == ENGINE_LOGIN_PROVEN ? 0 : l->fail_count);
		store_tx_device_int(tx, l->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE,
				    l->fail_since_unix_ms);
	}
	if (end == ENGINE_LOGIN_REFUSED && l->cred) {
		if (!l->charged)
			charge_refusal(l, tx);
		store_tx_mark_set(tx, l->uuid, ENGINE_LOGIN_REFUSED_MARK, l->cred->id,
				  clk_unix_ms());
	}
	l->held = l->charged = false;
}

void engine_login_explain(const struct engine_login *l, struct err *e)
{
	long long left = l->en->set.retry.login_tries - l->fail_count - 1;

	if (e->code == ERR_AUTH)
		err_hint(e,
			 "the stored password is not sent again; wrong ones that are still safe "
			 "within %lld min: %lld. The right one: 'outband device adopt'",
			 (long long)l->en->set.retry.login_window_ms / 60000, left > 0 ? left : 0);
	if (e->hint[0] || amt_client_explain_denied(l->cred ? l->cred->user : "", e))
		return;
	if (e->code == ERR_TIMEOUT || e->code == ERR_UNREACHABLE)
		err_hint(e, "check that %s has power and network", l->address);
}
