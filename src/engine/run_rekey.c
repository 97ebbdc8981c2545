/* The job "rekey_psk": a configured PC gets a new PID/PPS pair for its next setup (SetTLSPSK). The pair is
 * sealed and durable before it is sent, the same one is sent again after a death, and every former one
 * stays: no login can prove which of them is in the PC. That it acts at once, without a commit, is a
 * guess. Called by run.c. */
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/fault.h"
#include "engine/actions_priv.h"
#include "wire/psk.h"
#include "wsman/status.h"

#include <stdio.h>

#define KIND "psk"
#define STEP "set_psk" /* in the journal; never renamed */

static void on_done(struct engine_run *r)
{
	r->en->st.jobs_done++;
	engine_run_ended(r);
}

static bool has_psk(const struct engine_run *r, struct err *e)
{
	const struct amt_quirks *q = amt_quirks_find(r->version);
	if (!q || q->psk.psk)
		return true;
	err_set(e, ERR_UNSUPPORTED, "device %s has no pre-shared keys", r->uuid);
	err_seen(e, "AMT %s", r->version);
	return err_want(e, "AMT 2 to 10");
}

/* ---- the pair: that of a former run, or a new one ---- */

/* "PID PPS" */
static bool take_pair(struct engine_run *r, struct span text)
{
	if (text.n != WIRE_PSK_PID_LEN + 1 + WIRE_PSK_PPS_LEN)
		return false;
	str_copy(r->rekey.pid, sizeof r->rekey.pid, span_make(text.p, WIRE_PSK_PID_LEN));
	secret_set(&r->rekey.pps, span_make(text.p + WIRE_PSK_PID_LEN + 1, WIRE_PSK_PPS_LEN));
	return true;
}

static bool load_pair(struct engine_run *r, struct arena *a)
{
	struct store_credential rows[32];
	char label[96];
	bool found = false;
	unsigned n = store_credential_list(r->en->conf.store, a, r->uuid, KIND, 32, rows);
	snprintf(label, sizeof label, "credential:%s:" KIND, r->uuid);
	for (unsigned i = 0; i < n && !found; i++) {
		struct secret s = SECRET_NONE;
		if (!str_eq(rows[i].state, "candidate"))
			continue;
		found = engine_unseal(r->en, label, rows[i].sealed, &s, NULL) &&
			take_pair(r, secret_reveal(&s));
		str_copy(r->rekey.id, sizeof r->rekey.id, span_str(rows[i].id));
		secret_deinit(&s);
	}
	return found;
}

/* What the login of the next setup will want: the MEBx password as far as it is known (setup 2.3). */
static void next_password(struct engine_run *r, struct arena *a, struct secret *out_s)
{
	struct store_credential rows[32];
	char label[96];
	unsigned n = store_credential_list(r->en->conf.store, a, r->uuid, "mebx", 32, rows);
	snprintf(label, sizeof label, "credential:%s:mebx", r->uuid);
	for (unsigned i = 0; i < n; i++)
		if (!str_eq(rows[i].state, "archived") && !str_eq(rows[i].state, "candidate") &&
		    engine_unseal(r->en, label, rows[i].sealed, out_s, NULL))
			return;
	struct store_psk k;
	snprintf(label, sizeof label, "mebx:%s", r->pid);
	if (r->pid[0] && store_psk_get(r->en->conf.store, a, r->pid, &k) &&
	    engine_unseal(r->en, label, k.sealed_password, out_s, NULL))
		return;
	secret_set(out_s, secret_reveal(&r->ways[r->way].password));
}

static void add_pair(struct engine_run *r, struct store_tx *tx, struct arena *a)
{
	struct secret password = SECRET_NONE;
	char text[WIRE_PSK_PID_LEN + WIRE_PSK_PPS_LEN + 2], label[96], pps[WIRE_PSK_PPS_LEN + 1];
	struct store_psk old;
	int64_t now = clk_unix_ms();
	do
		wire_psk_make_pid(r->en->conf.rng, r->rekey.pid);
	while (store_psk_get(r->en->conf.store, a, r->rekey.pid, &old));
	wire_psk_make_pps(r->en->conf.rng, pps);
	secret_set(&r->rekey.pps, span_str(pps));
	snprintf(text, sizeof text, "%s %s", r->rekey.pid, pps);
	engine_run_new_id(r, r->rekey.id);
	snprintf(label, sizeof label, "credential:%s:" KIND, r->uuid);
	struct store_credential c = { .id = r->rekey.id,
				      .uuid = r->uuid,
				      .kind = KIND,
				      .state = "candidate",
				      .sealed = engine_seal(r->en, label, span_str(text), a),
				      .user = "",
				      .realm = "",
				      .leaf_sha256 = "",
				      .tls_mode = KIND,
				      .port = r->en->set.port_base + 1,
				      .at_unix_ms = now,
				      .changed_unix_ms = now };
	store_tx_credential_add(tx, &c);
	next_password(r, a, &password);
	char of_pps[24], of_password[24];
	snprintf(of_pps, sizeof of_pps, "psk:%s", r->rekey.pid);
	snprintf(of_password, sizeof of_password, "mebx:%s", r->rekey.pid);
	store_tx_psk_add(
		tx,
		&(struct store_psk){ .pid = r->rekey.pid,
				     .sealed_pps = engine_seal(r->en, of_pps, span_str(pps), a),
				     .sealed_password = engine_seal(r->en, of_password,
								    secret_reveal(&password), a),
				     .state = "used",
				     .used_by = r->uuid,
				     .source = "rekey",
				     .at_unix_ms = now });
	secret_deinit(&password);
	explicit_bzero(text, sizeof text);
	explicit_bzero(pps, sizeof pps);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_CREDENTIAL, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("kind", KIND), LOG_S("state", "candidate"));
}

/* ---- the end ---- */

static void former_pairs(struct engine_run *r, struct store_tx *tx)
{
	struct arena a;
	struct store_credential rows[64];
	arena_init(&a, 1 << 20);
	unsigned n = store_credential_list(r->en->conf.store, &a, r->uuid, KIND, 64, rows);
	for (unsigned i = 0; i < n; i++)
		if (str_eq(rows[i].state, "unverifiable") && !str_eq(rows[i].id, r->rekey.id))
			store_tx_credential_state(tx, rows[i].id, "previous", clk_unix_ms());
	arena_deinit(&a);
}

static void installed(struct engine_run *r)
{
	char stats[200];
	struct store_tx *tx = engine_run_tx(r);
	store_tx_credential_state(tx, r->rekey.id, "unverifiable", clk_unix_ms());
	former_pairs(r, tx);
	store_tx_step_settle(tx, r->uuid, r->job);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_REKEYED, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("pid", r->rekey.pid));
	engine_run_print_stats(r, stats, sizeof stats);
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, stats, clk_unix_ms());
	engine_run_commit(r, tx, on_done);
}

/* A clear no. Had it been sent before without an answer, it may be in all the same: then it stays. */
static void refused(struct engine_run *r, struct err *e)
{
	struct store_tx *tx = engine_run_tx(r);
	err_wrap(e, "device %s, new key pair", r->uuid);
	store_tx_credential_state(tx, r->rekey.id, r->rekey.maybe_in ? "unverifiable" : "archived",
				  clk_unix_ms());
	store_tx_step_settle(tx, r->uuid, r->job);
	store_tx_commit(tx, NULL, NULL);
	engine_run_fail(r, e);
}

static void on_reply(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct wsman_obj *o;
	struct err e = *err;
	if (fault_hit("engine.reply"))
		return; /* the process died here: the device has acted */
	if (e.code == ERR_NONE && wsman_envelope_obj(reply->msg, reply->arena, &o, &e))
		wsman_status_check(reply->msg, o->return_value, &e);
	if (e.code == ERR_BUSY) {
		engine_run_busy(r, &e);
	} else if (e.code == ERR_AUTH || e.code == ERR_DENIED || e.code == ERR_REALM) {
		engine_run_login_failed(r, &e);
	} else if (e.code == ERR_NONE) {
		installed(r);
	} else if (reply->msg) {
		refused(r, &e);
	} else {
		r->rekey.maybe_in = r->rekey.maybe_in || reply->sent;
		engine_run_reopen(r, &e); /* the same pair again */
	}
}

static void send(struct engine_run *r)
{
	struct arena a;
	struct wsman_req req = { 0 };
	char pps[WIRE_PSK_PPS_LEN + 1];
	if (!engine_run_may_go_on(r))
		return;
	arena_init(&a, 65536);
	struct wsman_obj *o =
		engine_act_invoke(&a, &req, "AMT_SetupAndConfigurationService", "SetTLSPSK");
	str_copy(pps, sizeof pps, secret_reveal(&r->rekey.pps));
	wsman_obj_set_str(o, "PID", r->rekey.pid);
	wsman_obj_set_str(o, "PPS", pps);
	explicit_bzero(pps, sizeof pps);
	r->state = RUN_PART_ACT;
	r->act = ACT_COUNT;
	if (!fault_hit("engine.send"))
		amt_client_call(r->client, &req, false, 0, on_reply, r);
	arena_wipe(&a);
}

void engine_run_rekey(struct engine_run *r)
{
	struct arena a;
	struct err e = { 0 };
	if (engine_run_looks_again(r, ACT_COUNT))
		return;
	if (!has_psk(r, &e)) {
		engine_run_fail(r, &e);
		return;
	}
	if (r->rekey.id[0]) {
		send(r);
		return;
	}
	arena_init(&a, 1 << 20);
	if (load_pair(r, &a)) { /* of a run that died: it may have sent it */
		r->rekey.maybe_in = true;
		arena_deinit(&a);
		send(r);
		return;
	}
	struct store_tx *tx = engine_run_tx(r);
	add_pair(r, tx, &a);
	store_tx_step(tx,
		      &(struct store_step){ .uuid = r->uuid,
					    .job = r->job,
					    .action = STEP,
					    .plan_version = ENGINE_PLAN_VERSION,
					    .attempt = r->attempt,
					    .phase = "intent",
					    .detail = r->rekey.pid,
					    .at_unix_ms = clk_unix_ms() });
	arena_wipe(&a);
	engine_run_commit(r, tx, send);
}
