/* What a running job knows of logins (M19). Each one that is not proven is charged to the PC's budget
 * before it is sent; what was never sent is given back. The login that a PC in setup took before, and
 * that nobody is known to have changed since, is no guess: it is free, whatever becomes of the
 * connection. The journal remembers it, and the one that was refused, for the next try of the job. */
#include "engine/run_priv.h"

#include "base/clk.h"

#include <stdio.h>

/* In the journal; never renamed. Their detail is the id of a way's login. */
#define STEP_TAKEN   "login" /* phase intent: it may have been changed since */
#define STEP_REFUSED "login_refused"

static bool is_login(const struct run_way *w)
{
	return w->kind != WAY_PKI;
}

static bool is_free(const struct engine_run *r, const struct run_way *w)
{
	return r->login.is_sure && w->login[0] && str_eq(w->login, r->login.taken);
}

static bool is_refused(const struct engine_run *r, const struct run_way *w)
{
	return w->login[0] && str_eq(w->login, r->login.refused);
}

/* ---- the journal ---- */

bool engine_run_login_step(struct engine_run *r, const struct store_step *st)
{
	if (str_eq(st->action, STEP_TAKEN)) {
		str_copy(r->login.taken, sizeof r->login.taken, span_str(st->detail));
		r->login.is_sure = str_eq(st->phase, "replied");
		return true;
	}
	if (str_eq(st->action, STEP_REFUSED)) {
		str_copy(r->login.refused, sizeof r->login.refused, span_str(st->detail));
		return true;
	}
	return false;
}

static void note(struct engine_run *r, struct store_tx *tx, const char *action, const char *phase,
		 const char *id)
{
	store_tx_step(tx,
		      &(struct store_step){ .uuid = r->uuid,
					    .job = r->job,
					    .action = action,
					    .plan_version = ENGINE_PLAN_VERSION,
					    .attempt = r->attempt,
					    .phase = phase,
					    .detail = id,
					    .at_unix_ms = clk_unix_ms() });
}

void engine_run_login_tx(struct engine_run *r, struct store_tx *tx)
{
	if (r->login.count_due) {
		store_tx_device_int(tx, r->uuid, STORE_DEVICE_LOGIN_FAIL_COUNT, r->login.count);
		store_tx_device_int(tx, r->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE,
				    r->login.since_unix_ms);
	}
	if (r->login.taken_due)
		note(r, tx, STEP_TAKEN, r->login.is_sure ? "replied" : "intent", r->login.taken);
	if (r->login.refused_due)
		note(r, tx, STEP_REFUSED, "replied", r->login.refused);
	r->login.count_due = r->login.taken_due = r->login.refused_due = false;
}

static void set_taken(struct engine_run *r, const char *id, bool is_sure)
{
	if (r->login.is_sure == is_sure && str_eq(r->login.taken, id))
		return;
	if (id != r->login.taken)
		str_copy(r->login.taken, sizeof r->login.taken, span_str(id));
	r->login.is_sure = is_sure;
	r->login.taken_due = true;
}

static void set_refused(struct engine_run *r, const char *id)
{
	if (str_eq(r->login.refused, id))
		return;
	str_copy(r->login.refused, sizeof r->login.refused, span_str(id));
	r->login.refused_due = true;
}

void engine_run_login_changes(struct engine_run *r)
{
	set_taken(r, r->login.taken, false);
	if (str_eq(r->login.refused, r->admin_id))
		set_refused(r, "");
}

/* ---- the budget ---- */

static void spend(struct engine_run *r)
{
	engine_retry_login_spend(&r->en->set.retry, &r->login.count, &r->login.since_unix_ms,
				 clk_unix_ms());
	r->login.count_due = true;
}

static void give_back(struct engine_run *r)
{
	r->login.is_spent = false;
	r->login.count -= r->login.count > 0;
	r->login.count_due = true;
}

bool engine_run_login_charge(struct engine_run *r)
{
	const struct run_way *w = &r->ways[r->way];

	if (r->login.is_spent || !is_login(w) || is_free(r, w))
		return false;
	spend(r);
	r->login.is_spent = true;
	r->login.sent_before = amt_client_get_stats(r->client).logins;
	engine_run_commit(r, engine_run_tx(r), engine_run_plan);
	return true;
}

bool engine_run_login_may(struct engine_run *r, struct err *e)
{
	const struct engine_retry_conf *c = &r->en->set.retry;
	int64_t wait = 0;

	if (r->login.is_spent || !is_login(&r->ways[r->way]) ||
	    engine_retry_login_ok(c, r->login.count, r->login.since_unix_ms, clk_unix_ms(), &wait))
		return true;
	err_set(e, ERR_LOCKOUT,
		"device %s: %lld logins failed or are unproven, the next is sent in %lld s",
		r->uuid, (long long)r->login.count, (long long)(wait / 1000));
	err_seen(e, "%lld logins in the window", (long long)r->login.count);
	err_want(e, "at most %lld in %lld s", (long long)c->login_tries,
		 (long long)(c->login_window_ms / 1000));
	return err_rule(e, "M19");
}

void engine_run_login_unsent(struct engine_run *r)
{
	if (r->login.is_spent && amt_client_get_stats(r->client).logins == r->login.sent_before)
		give_back(r);
}

void engine_run_proven(struct engine_run *r)
{
	const struct run_way *w = &r->ways[r->way];

	r->way_proven = true;
	r->reopen_count = 0;
	engine_run_dark_answers(r);
	if (w->login[0]) {
		set_taken(r, w->login, true);
		if (is_refused(r, w))
			set_refused(r, "");
	}
	/* its own charge comes back, those of refused passwords stay for their window: firmware may
	 * count them on although another one was right */
	if (r->login.is_spent)
		give_back(r);
}

/* ---- refusals ---- */

/* The new password is refused that was perhaps set: then it was not, and the former one is in. */
static void learn(struct engine_run *r, const struct run_way *w)
{
	if (!w->login[0])
		return;
	set_refused(r, w->login);
	if (str_eq(w->login, r->login.taken))
		set_taken(r, "", false);
	else if (str_eq(w->login, r->admin_id) && r->login.taken[0])
		set_taken(r, r->login.taken, true);
}

static void after_refusal(struct engine_run *r)
{
	engine_run_next_way(r, &r->adopt.why);
}

void engine_run_login_failed(struct engine_run *r, const struct err *why)
{
	struct err e = *why;
	struct run_way *w = &r->ways[r->way];

	if (is_login(w) && !r->login.is_spent && !r->way_proven)
		spend(r); /* it was free */
	learn(r, w);
	if (w->kind == WAY_PKI && e.code == ERR_DENIED)
		engine_run_add_pki_logins(r, w->policy);
	err_wrap(&e, "device %s, %s session", r->uuid, engine_run_way_name(r));
	e.hint[0] = '\0'; /* the rule's own, where there is a key to enter it with */
	if (!r->psk)
		err_hint(
			&e,
			"nobody knows this PC's admin password: unconfigure AMT in its MEBx (Ctrl+P); it then says hello with the default one");
	err_rule(&e, "D051");
	if (!e.seen[0])
		err_seen(&e, "the login was refused, %lld in the window",
			 (long long)r->login.count);
	if (!e.want[0])
		err_want(&e, "a login as admin with the stored password");
	engine_run_way_event(r, LOG_EV_LOGIN_FAILED, &e);
	r->login.is_spent = false; /* it stays charged */
	amt_client_close(r->client);
	if (r->kind == RUN_ADOPT)
		engine_run_adopt_refused(r, &e, after_refusal);
	else
		engine_run_next_way(r, &e);
}

/* ---- order ---- */

static unsigned rank(const struct engine_run *r, const struct run_way *w)
{
	return is_free(r, w) ? 0 : is_refused(r, w) ? 2 : 1;
}

void engine_run_login_order(struct engine_run *r, unsigned first)
{
	for (unsigned i = first + 1; i < r->way_count; i++)
		for (unsigned k = i; k > first && rank(r, &r->ways[k]) < rank(r, &r->ways[k - 1]);
		     k--) {
			struct run_way w = r->ways[k];
			r->ways[k] = r->ways[k - 1];
			r->ways[k - 1] = w;
		}
}
