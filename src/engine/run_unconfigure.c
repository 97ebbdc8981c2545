/* The job "unconfigure": what the PC loses is told, the request sent, and that it happened is proven
 * from outside; then credentials are archived, certificates revoked, and the PC is held until somebody
 * approves it again (setup-and-configuration 5.15; F055, F128, D110). Called by run.c. */
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/fault.h"
#include "engine/actions_priv.h"
#include "engine/vault.h"
#include "wsman/status.h"

#include <stdio.h>

#define SERVICE   "AMT_SetupAndConfigurationService"
#define STEP      "unprovision" /* in the journal; never renamed */
#define WAIT_MS   5000
#define POLLS_MAX 36 /* three minutes */
#define BLOCKED   2076

bool engine_run_is_unconfigure(const struct engine_run *r)
{
	return r->kind == RUN_UNCONFIGURE || r->kind == RUN_UNCONFIGURE_PARTIAL ||
		r->kind == RUN_UNCONFIGURE_LOOK;
}

bool engine_run_unconfigure_step(const struct engine_run *r, const char *step)
{
	return engine_run_is_unconfigure(r) && str_eq(step, STEP);
}

static void note(struct engine_run *r, struct store_tx *tx, const char *what)
{
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_UNCONFIGURE_LOSES, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("note", what));
}

static void tell_losses(struct engine_run *r, struct store_tx *tx)
{
	bool full = r->kind != RUN_UNCONFIGURE_PARTIAL;
	char text[400];
	note(r, tx, "TLS certificate and key, users, redirection, Wi-Fi, remote access, policies");
	snprintf(text, sizeof text,
		 full ? "admin password, realm, host name %s"
		      : "its admin password and host name %s stay",
		 r->fqdn);
	note(r, tx, text);
	if (r->pid[0]) {
		snprintf(
			text, sizeof text,
			full ? "PID/PPS pair %s: a new one has to be typed or brought by USB key (D110)"
			     : "its PID/PPS pair %s stays",
			r->pid);
		note(r, tx, text);
	}
	for (unsigned i = 0; i < r->unconf.hash_count && full; i++) {
		snprintf(text, sizeof text, "root hash '%s' that somebody added (D110)",
			 r->unconf.hashes[i]);
		note(r, tx, text);
	}
	if (r->leaf_serial[0]) {
		snprintf(text, sizeof text, "certificate %s will be revoked here", r->leaf_serial);
		note(r, tx, text);
	}
}

/* ---- what is known of the hashes ---- */

static void on_hashes(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct wsman_obj *o;
	r->unconf.hashes_read = true;
	if (err->code == ERR_AUTH || err->code == ERR_DENIED) {
		engine_run_login_failed(r, err);
		return;
	}
	if (err->code != ERR_NONE && !reply->msg) {
		engine_run_reopen(r, err);
		return;
	}
	for (unsigned i = 0; i < reply->item_count; i++) {
		bool factory = true;
		if (r->unconf.hash_count == RUN_HASHES ||
		    !wsman_envelope_item(reply->items[i], reply->arena, &o, NULL) ||
		    !wsman_obj_bool(o, "IsDefault", &factory) || factory)
			continue;
		const char *name = wsman_obj_str(o, "Name");
		snprintf(r->unconf.hashes[r->unconf.hash_count++], sizeof r->unconf.hashes[0],
			 "%.39s", name ? name : "?");
	}
	engine_run_plan(r);
}

/* ---- the end ---- */

static void on_done(struct engine_run *r)
{
	ENGINE_EVENT(r->en, NULL, r->uuid, LOG_EV_UNCONFIGURED, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("kind", engine_run_kind_name(r->kind)));
	r->en->st.jobs_done++;
	engine_run_ended(r);
}

/* What a partial one leaves in the PC: its next setup over PSK asks for that password (run_open.c). */
static bool stays(const struct engine_run *r, const struct store_credential *c)
{
	return r->kind == RUN_UNCONFIGURE_PARTIAL && str_eq(c->kind, "admin") &&
		str_eq(c->state, "current");
}

static void archive_credentials(struct engine_run *r, struct store_tx *tx, struct arena *a)
{
	struct store_credential rows[64];
	unsigned n = store_credential_list(r->en->conf.store, a, r->uuid, NULL, 64, rows);
	for (unsigned i = 0; i < n; i++)
		if (!str_eq(rows[i].state, "archived"))
			store_tx_credential_state(tx, rows[i].id,
						  stays(r, &rows[i]) ? "previous" : "archived",
						  clk_unix_ms());
}

static void cancel_configure(struct engine_run *r, struct store_tx *tx, struct arena *a)
{
	struct store_job j;
	if (store_job_active(r->en->conf.store, a, r->uuid, "configure", &j) &&
	    !str_eq(j.state, "running"))
		store_tx_job_set(tx, j.id, STORE_JOB_CANCELLED, clk_unix_ms());
	if (store_job_active(r->en->conf.store, a, r->uuid, "check", &j) &&
	    !str_eq(j.state, "running"))
		store_tx_job_set(tx, j.id, STORE_JOB_CANCELLED, clk_unix_ms());
}

static void end_device(struct engine_run *r, struct store_tx *tx)
{
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_STATE,
			     store_device_state_name(STORE_DEV_UNCONFIGURED));
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_FACTS, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_SERIAL, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH_RULE, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_PROFILE_VERSION, "");
	store_tx_device_int(tx, r->uuid, STORE_DEVICE_APPROVED, 0);
	store_tx_drift_drop(tx, r->uuid);
	store_tx_step_clear(tx, r->uuid);
}

/* proof: how it is known, a sentence. */
static void finish(struct engine_run *r, const char *proof)
{
	struct arena a;
	struct err e = { 0 };
	char text[200];
	unsigned revoked = 0;
	amt_client_close(r->client);
	r->facts.known = 0;
	struct store_tx *tx = engine_run_tx(r);
	arena_init(&a, 1 << 20);
	bool ok = engine_vault_revoke(r->en, tx, r->uuid, "cessation", &revoked, &e);
	archive_credentials(r, tx, &a);
	cancel_configure(r, tx, &a);
	arena_deinit(&a);
	end_device(r, tx);
	snprintf(text, sizeof text,
		 "%s; credentials archived; certificates revoked: %u%s; held until approved", proof,
		 revoked, ok ? "" : " (one could not be read)");
	engine_event_row(tx, r->uuid, LOG_EV_UNCONFIGURED, NULL,
			 (const struct log_kv[]){ LOG_S("uuid", r->uuid),
						  LOG_S("job", r->job),
						  LOG_S("kind", engine_run_kind_name(r->kind)),
						  LOG_S("note", text),
						  { LOG_KIND_END, NULL, NULL, 0 } });
	store_tx_job_stage(tx, r->job, text, clk_unix_ms());
	engine_run_print_stats(r, text, sizeof text);
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, text, clk_unix_ms());
	engine_run_commit(r, tx, on_done);
}

bool engine_run_unconfigure_proven(struct engine_run *r, const struct err *e)
{
	if (!engine_run_is_unconfigure(r) || !r->unconf.sent || r->cancelled)
		return false;
	switch (e->code) {
	case ERR_REFUSED:
		finish(r, "its management ports are closed");
		return true;
	case ERR_TLS_PEER:
		finish(r, "it shows another certificate than ours");
		return true;
	case ERR_TLS:
		finish(r, "it wants the handshake of setup again");
		return true;
	case ERR_AUTH:
		finish(r, "the password that opened it does not any more");
		return true;
	default:
		return false; /* silence proves nothing */
	}
}

/* ---- the request ---- */

/* A clear no: the hold is taken back, nothing has changed. */
static void refused(struct engine_run *r, struct err *e)
{
	err_wrap(e, "device %s", r->uuid);
	if (!e->hint[0])
		err_hint(e,
			 "the audit log's policy or the MEBx may forbid it; clear AMT in the MEBx");
	r->unconf.sent = false;
	struct store_tx *tx = engine_run_tx(r);
	store_tx_device_int(tx, r->uuid, STORE_DEVICE_APPROVED, 1);
	store_tx_step_clear(tx, r->uuid);
	store_tx_commit(tx, NULL, NULL);
	engine_run_fail(r, e);
}

static void on_blocking(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct err e = r->unconf.why;
	struct wsman_obj *o;
	const struct wsman_prop *p;
	struct out seen;
	out_init(&seen, e.seen, sizeof e.seen - 1);
	out_str(&seen, "2076 BLOCKING_COMPONENT");
	if (err->code == ERR_NONE && wsman_envelope_obj(reply->msg, reply->arena, &o, NULL)) {
		p = &o->shape->props[wsman_classes_prop(o->shape, "Component")];
		for (const struct wsman_val *v = wsman_obj_vals(o, "Component"); v; v = v->next) {
			uint32_t n = 0;
			str_to_u32(span_str(v->text), 0, UINT32_MAX, &n, NULL);
			const char *name = wsman_classes_name(p->names, n);
			out_fmt(&seen, ": %s", name ? name : v->text);
		}
	}
	err_hint(&e,
		 "let the auditor unlock it in the audit log of the PC, or clear AMT in its MEBx");
	refused(r, &e);
}

static void ask_blocking(struct engine_run *r, const struct err *why)
{
	struct arena a;
	struct wsman_req req = { 0 };
	r->unconf.why = *why;
	arena_init(&a, 65536);
	engine_act_invoke(&a, &req, SERVICE, "GetUnprovisionBlockingComponents");
	r->state = RUN_READ;
	amt_client_call(r->client, &req, true, 0, on_blocking, r);
	arena_deinit(&a);
}

static void look(struct engine_run *r)
{
	struct err e = { 0 };
	if (!engine_run_ways(r, &e))
		engine_run_fail(r, &e);
	else
		engine_run_open(r);
}

static void look_later(struct engine_run *r)
{
	amt_client_close(r->client);
	r->facts.known = 0;
	r->in.verified_identity = false;
	engine_run_wait(r, WAIT_MS, "unconfigure: the device restarts its network", look);
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
	else
		o = NULL;
	if (o && o->return_value == BLOCKED) {
		ask_blocking(r, &e);
		return;
	}
	if (e.code == ERR_BUSY) {
		engine_run_busy(r, &e);
		return;
	}
	if (e.code != ERR_NONE && reply->msg) {
		refused(r, &e);
		return;
	}
	look_later(r); /* answered well, or not at all: which of both, the look tells */
}

static void send(struct engine_run *r)
{
	struct arena a;
	struct wsman_req req = { 0 };
	bool full = r->kind == RUN_UNCONFIGURE;
	if (!engine_run_may_go_on(r))
		return;
	arena_init(&a, 65536);
	struct wsman_obj *o =
		engine_act_invoke(&a, &req, SERVICE, full ? "Unprovision" : "PartialUnprovision");
	if (full)
		wsman_obj_set_u32(o, "ProvisioningMode", 1);
	r->state = RUN_PART_ACT;
	r->act = ACT_COUNT;
	r->unconf.sent = true;
	if (!fault_hit("engine.send"))
		amt_client_call(r->client, &req, false, 0, on_reply, r);
	arena_deinit(&a);
}

static void hold_and_send(struct engine_run *r)
{
	struct store_tx *tx = engine_run_tx(r);
	/* from now on its hellos wait: it must not be configured again by itself */
	store_tx_device_int(tx, r->uuid, STORE_DEVICE_APPROVED, 0);
	store_tx_step(tx,
		      &(struct store_step){
			      .uuid = r->uuid,
			      .job = r->job,
			      .action = STEP,
			      .plan_version = ENGINE_PLAN_VERSION,
			      .attempt = r->attempt,
			      .phase = "intent",
			      .detail = engine_run_kind_name(r->kind),
			      .at_unix_ms = clk_unix_ms(),
		      });
	tell_losses(r, tx);
	engine_run_stage(r, tx, "unconfigure");
	engine_run_commit(r, tx, send);
}

static void only_look(struct engine_run *r)
{
	struct store_tx *tx = engine_run_tx(r);
	char stats[200];
	tell_losses(r, tx);
	engine_run_print_stats(r, stats, sizeof stats);
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, stats, clk_unix_ms());
	engine_run_commit(r, tx, engine_run_ended);
}

void engine_run_unconfigure(struct engine_run *r)
{
	struct err e = { 0 };
	if (r->unconf.overtaken) { /* somebody approved it meanwhile: that was the later word */
		err_set(&e, ERR_CONFLICT,
			"device %s was configured again after its configuration was taken off",
			r->uuid);
		err_hint(&e, "'outband device unconfigure %.60s' does it once more", r->uuid);
		engine_run_end(r, STORE_JOB_CANCELLED, 0, &e);
		return;
	}
	if (r->unconf.sent && r->unconf.asked_here) {
		if (++r->unconf.polls < POLLS_MAX) { /* the old credential opens it still */
			look_later(r);
			return;
		}
		err_set(&e, ERR_VERIFY, "device %s answered well, and is configured still",
			r->uuid);
		err_seen(&e, "the old password opens it after %d s", POLLS_MAX * WAIT_MS / 1000);
		err_want(&e, "closed ports, another certificate or a refused password");
		r->unconf.sent = false;
		engine_run_fail(r, &e);
		return;
	}
	if (!r->unconf.hashes_read) {
		r->state = RUN_READ;
		amt_client_enumerate(r->client,
				     wsman_classes_find("AMT_ProvisioningCertificateHash")->uri,
				     on_hashes, r);
		return;
	}
	if (r->kind == RUN_UNCONFIGURE_LOOK) {
		only_look(r);
		return;
	}
	/* what a former run sent did not happen, or not yet: asking again does no harm */
	r->unconf.asked_here = true;
	hold_and_send(r);
}
