/* What a running job writes. Every transaction begins with the lease check, so that a job whose
 * lease went elsewhere cannot write any more, and carries what has become due since the last one. */
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/fault.h"

#include <stdio.h>

struct store_tx *engine_run_tx(struct engine_run *r)
{
	struct engine *en = r->en;
	int64_t now = clk_unix_ms();
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_job_require(tx, r->job, en->owner, now);
	if (r->chain_name[0]) {
		ENGINE_EVENT(en, tx, r->uuid, LOG_EV_CERT_CHOSEN, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job), LOG_S("cert", r->chain_name),
			     LOG_S("subject", r->chain->certs[0].subject));
		r->chain_name[0] = '\0';
	}
	for (int i = 0; i < ACT_COUNT; i++) {
		if (!r->replied[i])
			continue;
		r->replied[i] = false;
		if (i != ACT_COMMIT && !(i == (int)r->act && r->note[0]))
			engine_run_event(r, tx, LOG_EV_STEP,
					 engine_plan_action((enum engine_act)i)->name, NULL, NULL);
		store_tx_step(tx,
			      &(struct store_step){
				      .uuid = r->uuid,
				      .job = r->job,
				      .action = engine_plan_action((enum engine_act)i)->name,
				      .plan_version = ENGINE_PLAN_VERSION,
				      .attempt = r->attempt,
				      .phase = "replied",
				      .detail = "",
				      .at_unix_ms = now,
			      });
	}
	engine_run_parts_tx(r, tx);
	engine_run_dark_tx(r, tx);
	engine_run_login_tx(r, tx);
	if (r->facts.known) {
		char text[4096];
		struct out o;
		out_init(&o, text, sizeof text);
		engine_facts_emit(&r->facts, &o);
		if (!o.bad)
			store_tx_device_text(tx, r->uuid, STORE_DEVICE_FACTS, text);
	}
	return tx;
}

static void on_failed(struct engine_run *r);
static void on_succeeded(struct engine_run *r);

/* Two PCs with one key at the same time: the other one was faster (D044). */
static bool key_is_taken(struct engine_run *r, struct err *e)
{
	struct arena a;
	if (!r->uses_key)
		return false;
	r->uses_key = false;
	arena_init(&a, 65536);
	bool taken = !engine_run_check_psk(r, &a, e);
	arena_deinit(&a);
	/* written together with the end of the other one: the lease is ours still */
	if (!taken && engine_run_holds_lease(r))
		taken = !engine_run_key_in_use(r, "another PC until now", e);
	return taken;
}

static void on_stored(void *arg, const struct err *e)
{
	struct engine_run *r = arg;
	void (*stored)(struct engine_run *) = r->stored;
	if (fault_hit("engine.stored"))
		return; /* the process died here: the row is durable, nobody knows */
	r->stored = NULL;
	r->uses_key = r->uses_key && e;
	if (e) {
		struct err taken = { 0 };
		if (e->code == ERR_CONFLICT && key_is_taken(r, &taken)) {
			engine_run_refuse(r, &taken);
			return;
		}
		if (e->code == ERR_CONFLICT) {
			/* the lease is somebody else's now: nothing of ours may be written or sent */
			ENGINE_EVENT(r->en, NULL, r->uuid, LOG_EV_JOB_RELEASED, e,
				     LOG_S("uuid", r->uuid), LOG_S("job", r->job));
			r->state = RUN_END;
			engine_run_gone(r);
			return;
		}
		if (stored == engine_run_ended || stored == on_failed || stored == on_succeeded) {
			/* not even the end can be written (disk full, database locked): the lease runs
			 * out and the job is taken again, from what is durable */
			log_err(LOG_EV_STORE, e,
				(const struct log_kv[]){ LOG_S("statement", "end of job"),
							 { LOG_KIND_END, NULL, NULL, 0 } });
			engine_run_ended(r);
			return;
		}
		engine_run_fail(r, e);
		return;
	}
	stored(r);
}

void engine_run_commit(struct engine_run *r, struct store_tx *tx,
		       void (*stored)(struct engine_run *r))
{
	r->state = RUN_STORE;
	r->stored = stored;
	if (fault_hit("engine.store")) {
		store_tx_drop(tx);
		return; /* the process died here: nothing is durable */
	}
	store_tx_commit(tx, on_stored, r);
}

void engine_run_event(struct engine_run *r, struct store_tx *tx, enum log_event ev,
		      const char *step, const char *note, const struct err *e)
{
	ENGINE_EVENT(r->en, tx, r->uuid, ev, e, LOG_S("uuid", r->uuid), LOG_S("job", r->job),
		     LOG_S("step", step), LOG_S("note", note));
}

void engine_run_way_event(struct engine_run *r, enum log_event ev, const struct err *e)
{
	const struct log_kv kv[] = {
		LOG_S("uuid", r->uuid),
		LOG_S("job", r->job),
		LOG_S("way", engine_run_way_name(r)),
		ev == LOG_EV_LOGIN_FAILED ? LOG_I("tries", r->login.count)
					  : (struct log_kv){ LOG_KIND_END, NULL, NULL, 0 },
		{ LOG_KIND_END, NULL, NULL, 0 },
	};
	struct store_tx *tx = NULL;
	if (engine_event_is_news(r->en, r->uuid, ev, e, kv)) {
		tx = store_tx_new(r->en->conf.store);
		store_tx_job_require(tx, r->job, r->en->owner, clk_unix_ms());
	}
	engine_event(r->en, tx, r->uuid, ev, e, kv);
	if (tx)
		store_tx_commit(tx, NULL, NULL);
}

void engine_run_intent(struct engine_run *r, struct store_tx *tx, enum engine_act a)
{
	const struct engine_action *row = engine_plan_action(a);
	int64_t now = clk_unix_ms();
	if (a == ACT_ADMIN) {
		engine_run_login_changes(r);
		engine_run_login_tx(r, tx);
	}
	store_tx_step(tx,
		      &(struct store_step){
			      .uuid = r->uuid,
			      .job = r->job,
			      .action = row->name,
			      .plan_version = ENGINE_PLAN_VERSION,
			      .attempt = r->attempt,
			      .phase = "intent",
			      .detail = a == ACT_ADMIN ? r->admin_id
				      : a == ACT_MEBX  ? r->mebx_id
						       : "",
			      .at_unix_ms = now,
		      });
	engine_run_stage(r, tx, row->stage);
}

void engine_run_stage(struct engine_run *r, struct store_tx *tx, const char *stage)
{
	if (str_eq(r->stage, stage))
		return;
	str_copy(r->stage, sizeof r->stage, span_str(stage));
	store_tx_job_stage(tx, r->job, r->stage, clk_unix_ms());
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_STAGE, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("stage", r->stage));
}

/* HTTP exchanges without 401s and without those that only met firmware's own waits. */
static unsigned round_trips(const struct engine_run *r, const struct amt_client_stats *s)
{
	return s->round_trips - s->challenges - r->polls;
}

void engine_run_print_stats(const struct engine_run *r, char *text, size_t cap)
{
	struct amt_client_stats s = { 0 };
	if (r->client)
		s = amt_client_get_stats(r->client);
	snprintf(
		text, cap,
		"round_trips=%u polls=%u challenges=%u handshakes=%u connects=%u imposed_wait_ms=%lld elapsed_ms=%lld",
		round_trips(r, &s), r->polls, s.challenges, s.handshakes, s.connects,
		(long long)r->imposed_wait_ms, (long long)(clk_mono_ms() - r->started_mono_ms));
}

static void add_stats(struct engine_run *r)
{
	if (!r->client)
		return;
	struct amt_client_stats s = amt_client_get_stats(r->client);
	struct engine_status *st = &r->en->st;
	st->round_trips += round_trips(r, &s);
	st->polls += r->polls;
	st->challenges += s.challenges;
	st->handshakes += s.handshakes;
	st->imposed_wait_ms += r->imposed_wait_ms;
}

void engine_run_ended(struct engine_run *r)
{
	r->state = RUN_END;
	add_stats(r);
	engine_run_gone(r);
}

/* Counted when it is durable: a run whose lease went elsewhere has done nothing. */
static void on_failed(struct engine_run *r)
{
	r->en->st.jobs_failed++;
	engine_run_ended(r);
}

static void say(struct engine_run *r, struct store_tx *tx, enum log_event ev,
		const struct log_kv *kv)
{
	if (tx)
		engine_event_row(tx, r->uuid, ev, NULL, kv);
	else
		engine_event(r->en, NULL, r->uuid, ev, NULL, kv);
}

/* With tx: the rows. Without: the log, which must not say it before it is so for good. */
static void say_success(struct engine_run *r, struct store_tx *tx)
{
	struct amt_client_stats s = amt_client_get_stats(r->client);
	const struct log_kv configured[] = { LOG_S("uuid", r->uuid),
					     LOG_S("fqdn", r->fqdn),
					     LOG_S("version", r->version),
					     LOG_S("serial", r->leaf_serial),
					     { LOG_KIND_END, NULL, NULL, 0 } };
	const struct log_kv done[] = { LOG_S("uuid", r->uuid),
				       LOG_S("job", r->job),
				       LOG_S("kind", engine_run_kind_name(r->kind)),
				       LOG_I("elapsed_ms", r->elapsed_ms),
				       LOG_I("round_trips", round_trips(r, &s)),
				       LOG_I("waits_ms", r->imposed_wait_ms),
				       { LOG_KIND_END, NULL, NULL, 0 } };
	say(r, tx, LOG_EV_CONFIGURED, configured);
	say(r, tx, LOG_EV_JOB_DONE, done);
}

static void on_succeeded(struct engine_run *r)
{
	say_success(r, NULL);
	r->en->st.jobs_done++;
	engine_run_ended(r);
}

#define NOW ". Now: " /* between the refusal and what the network said since */

/* A PC that could not be reached has not taken its refusal back: it stays, with the news behind it. */
static bool keep_refusal(struct engine_run *r, struct store_tx *tx, const struct err *e)
{
	struct arena a;
	struct store_device d;
	char text[512];
	if (e->rule || !engine_run_is_network(e->code))
		return false;
	arena_init(&a, 1 << 18);
	bool keep = store_device_get(r->en->conf.store, &a, r->uuid, &d) && d.health_rule[0];
	if (keep) {
		const char *since = strstr(d.health, NOW);
		size_t n = since ? (size_t)(since - d.health) : strlen(d.health);
		snprintf(text, sizeof text, "%.*s" NOW "%s", (int)n, d.health, e->msg);
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH, text);
	}
	arena_deinit(&a);
	return keep;
}

static void end_device(struct engine_run *r, struct store_tx *tx, const struct err *e)
{
	if (e && (r->kind == RUN_CONFIGURE || r->kind == RUN_ADOPT)) {
		if (!keep_refusal(r, tx, e)) {
			store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH, e->msg);
			store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH_RULE,
					     e->rule ? e->rule : "");
		}
		if (r->kind == RUN_CONFIGURE && (!r->was_configured || r->in.setup))
			store_tx_device_text(tx, r->uuid, STORE_DEVICE_STATE,
					     store_device_state_name(STORE_DEV_REFUSED));
	}
	if (r->version[0])
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_VERSION, r->version);
}

void engine_run_end(struct engine_run *r, enum store_job_state state, int64_t not_before_unix_ms,
		    const struct err *e)
{
	char stats[200];
	int64_t now = clk_unix_ms();
	engine_run_print_stats(r, stats, sizeof stats);
	struct store_tx *tx = engine_run_tx(r);
	end_device(r, tx, e);
	store_tx_job_end(tx, r->job, state, not_before_unix_ms, e, stats, now);
	if (state == STORE_JOB_DELAYED)
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_JOB_DELAYED, e, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job), LOG_S("kind", engine_run_kind_name(r->kind)),
			     LOG_I("attempt_count", r->attempt),
			     LOG_I("not_before_unix_ms", not_before_unix_ms));
	else if (state == STORE_JOB_QUEUED)
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_JOB_RELEASED, e, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job));
	else if (state == STORE_JOB_CANCELLED)
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_JOB_CANCELLED, e, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job));
	engine_run_commit(r, tx, e ? on_failed : engine_run_ended);
}

/* What a job about one subject knows of the PC is no more than that. */
static void success_device(struct engine_run *r, struct store_tx *tx, int64_t now)
{
	char version[24];
	if (r->leaf_serial[0])
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_SERIAL, r->leaf_serial);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_VERSION, r->version);
	if (r->in.scope != PLAN_ALL)
		return;
	snprintf(version, sizeof version, "%lld", (long long)r->profile.version);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_FQDN, r->fqdn);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_PROFILE, r->profile.name);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_PROFILE_VERSION, version);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH_RULE, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_STATE,
			     store_device_state_name(STORE_DEV_CONFIGURED));
	store_tx_device_int(tx, r->uuid, STORE_DEVICE_CONFIGURED_AT, now);
}

/* What is left to do, taking away the former one, may fail and be tried again: without another key. */
static void renewed(struct engine_run *r, struct store_tx *tx)
{
	r->renewed = true;
	store_tx_cert_former(tx, r->uuid);
	store_tx_step_settle(tx, r->uuid, r->job);
	store_tx_step(tx,
		      &(struct store_step){
			      .uuid = r->uuid,
			      .job = r->job,
			      .action = ENGINE_STEP_RENEWED,
			      .plan_version = ENGINE_PLAN_VERSION,
			      .attempt = r->attempt,
			      .phase = "verified",
			      .detail = r->leaf_serial,
			      .at_unix_ms = clk_unix_ms(),
		      });
}

void engine_run_proof(struct engine_run *r, struct store_tx *tx)
{
	int64_t now = clk_unix_ms();
	/* what opened it: the stored candidate, by its row or by another with the same password (a clock that
	 * was set changes their order), or one that is current already */
	struct run_way *w = &r->ways[r->way];
	r->admin_stored &= str_eq(w->credential, r->admin_id) ||
		(str_eq(w->pin_hex, r->admin_leaf) && secret_eq(&w->password, &r->admin_pw));
	success_device(r, tx, now);
	uint8_t leaf[32];
	if (amt_client_leaf(r->client, leaf)) {
		char hex[65];
		struct out o;
		out_init(&o, hex, sizeof hex);
		out_hex(&o, span_make(leaf, sizeof leaf));
		store_tx_mark_set(tx, r->uuid, "cert", hex, now);
	}
	/* only now: it opened the device over a new connection without the provisioning certificate */
	if (w->mixed) {
		engine_run_new_id(r, w->credential);
		engine_run_add_credential(r, tx, "admin", w->credential, &w->password, w->pin_hex);
		store_tx_credential_current(tx, w->credential, now);
		w->mixed = false;
	} else if (r->admin_stored) {
		store_tx_credential_current(tx, r->admin_id, now);
	} else if (w->candidate) {
		store_tx_credential_current(tx, w->credential, now);
	}
	w->candidate = false;
	if (r->leaf_serial[0] && r->in.leaf_der.n) {
		if (engine_run_renews(r))
			renewed(r, tx);
		store_tx_cert_state(tx, r->leaf_serial, "current");
	}
	r->uses_key = r->psk && r->admin_stored;
	if (r->uses_key)
		store_tx_psk_use(tx, r->pid, r->uuid, now);
}

void engine_run_success(struct engine_run *r)
{
	char stats[200];
	int64_t now = clk_unix_ms();
	engine_run_print_stats(r, stats, sizeof stats);
	struct store_tx *tx = engine_run_tx(r);
	engine_run_proof(r, tx);
	if (r->in.scope == PLAN_ALL)
		engine_run_as_wanted(r, tx);
	store_tx_step_settle(tx, r->uuid, r->job);
	store_tx_job_stage(tx, r->job, "proven over the new credentials", now);
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, stats, now);
	if (r->en->set.rekey && r->kind == RUN_CONFIGURE && r->psk && r->said_hello)
		engine_add_job(r->en, tx, r->uuid, "rekey_psk");
	r->elapsed_ms = clk_mono_ms() - r->started_mono_ms;
	say_success(r, tx);
	engine_run_commit(r, tx, on_succeeded);
}
