/* The engine: settings, the queue and its workers, leases, start and stop. A job that waits for
 * firmware holds no worker; when its wait is over it goes before new ones. */
#include "engine/agenda.h"
#include "engine/console.h"
#include "engine/discovery.h"
#include "engine/half.h"
#include "engine/operate_priv.h"
#include "engine/run_priv.h"
#include "engine/trace.h"

#include "base/clk.h"
#include "base/mem.h"

#define CLAIM_MAX      64
#define QUEUE_IDLE_MS  60000
#define CLAIM_AGAIN_MS 1000  /* after a lease that could not be written */
#define CLOCK_SET_MS   60000 /* less is not worth a write */
#define STOP_LIMIT_MS  15000

/* ---- settings ---- */

static int64_t setting_int(struct engine *en, struct arena *a, enum engine_setting s)
{
	const char *v;
	int64_t n = 0;
	const struct engine_setting_row *row = engine_setting_row(s);
	if (!store_setting_get(en->conf.store, a, row->key, &v) ||
	    !str_to_i64(span_str(v), row->min, row->max, &n, NULL))
		str_to_i64(span_str(row->def), INT64_MIN, INT64_MAX, &n, NULL);
	return n;
}

static const char *setting_text(struct engine *en, struct arena *a, enum engine_setting s)
{
	const char *v;
	const struct engine_setting_row *row = engine_setting_row(s);
	return store_setting_get(en->conf.store, a, row->key, &v) ? v : row->def;
}

#define LOAD_TEXT(en, a, member, s) \
	str_copy((en)->set.member, sizeof(en)->set.member, span_str(setting_text((en), (a), (s))))

static void load_name_settings(struct engine *en, struct arena *a)
{
	LOAD_TEXT(en, a, name_sources, SETTING_NAME_SOURCES);
	LOAD_TEXT(en, a, name_not_yet, SETTING_NAME_NOT_YET);
	LOAD_TEXT(en, a, hook_program, SETTING_HOOK_PROGRAM);
	LOAD_TEXT(en, a, dns_servers, SETTING_DNS_SERVERS);
	LOAD_TEXT(en, a, forward, SETTING_FORWARD);
	LOAD_TEXT(en, a, proxies, SETTING_PROXIES);
	en->set.forward_all = str_eq(setting_text(en, a, SETTING_FORWARD_WHICH), "all");
	en->set.forward_proxy = str_eq(setting_text(en, a, SETTING_FORWARD_PROXY), "true");
	en->set.otp_close = str_eq(setting_text(en, a, SETTING_OTP_CLOSE), "true");
	en->set.rekey = str_eq(setting_text(en, a, SETTING_REKEY), "true");
	en->set.trace_keys = str_eq(setting_text(en, a, SETTING_TRACE_KEYS), "true");
	en->set.name_replace = str_eq(setting_text(en, a, SETTING_NAME_TAKEN), "replace");
	en->set.hook_timeout_s = setting_int(en, a, SETTING_HOOK_TIMEOUT_S);
	en->set.hook_parallel = setting_int(en, a, SETTING_HOOK_PARALLEL);
	en->set.period_h = setting_int(en, a, SETTING_PERIOD_H);
}

static void load_settings(struct engine *en)
{
	struct arena a;
	enum log_level level;
	arena_init(&a, 65536);
	en->set.workers = setting_int(en, &a, SETTING_WORKERS);
	en->set.port_base = setting_int(en, &a, SETTING_PORT_BASE);
	en->set.lease_s = setting_int(en, &a, SETTING_LEASE_S);
	en->set.hello_rate = setting_int(en, &a, SETTING_HELLO_RATE);
	en->set.pki = str_eq(setting_text(en, &a, SETTING_PKI), "true");
	const char *otp = setting_text(en, &a, SETTING_OTP);
	en->set.otp = str_eq(otp, "required") ? ENGINE_OTP_REQUIRED
		: str_eq(otp, "optional")     ? ENGINE_OTP_OPTIONAL
					      : ENGINE_OTP_OFF;
	en->set.auth_int = str_eq(setting_text(en, &a, SETTING_AUTH_INT), "true");
	en->set.manual_approval = str_eq(setting_text(en, &a, SETTING_APPROVAL), "manual");
	str_copy(en->set.profile, sizeof en->set.profile,
		 span_str(setting_text(en, &a, SETTING_PROFILE)));
	str_copy(en->set.ca_url, sizeof en->set.ca_url,
		 span_str(setting_text(en, &a, SETTING_CA_URL)));
	load_name_settings(en, &a);
	en->set.retry.first_ms = setting_int(en, &a, SETTING_RETRY_S) * 1000;
	en->set.retry.max_ms = setting_int(en, &a, SETTING_RETRY_MAX_S) * 1000;
	en->set.retry.login_tries = setting_int(en, &a, SETTING_LOGIN_TRIES);
	en->set.retry.login_window_ms = setting_int(en, &a, SETTING_LOGIN_WINDOW_S) * 1000;
	en->set.check_h = setting_int(en, &a, SETTING_CHECK_H);
	en->set.logs_h = setting_int(en, &a, SETTING_LOGS_H);
	en->set.confirm_h = setting_int(en, &a, SETTING_ALERTS_CONFIRM_H);
	str_copy(en->set.alert_hook, sizeof en->set.alert_hook,
		 span_str(setting_text(en, &a, SETTING_ALERTS_HOOK)));
	str_copy(en->set.alert_webhook, sizeof en->set.alert_webhook,
		 span_str(setting_text(en, &a, SETTING_ALERTS_WEBHOOK)));
	en->set.renew_days = setting_int(en, &a, SETTING_RENEW_DAYS);
	en->set.rotate_days = setting_int(en, &a, SETTING_ROTATE_DAYS);
	const char *v = setting_text(en, &a, SETTING_REPAIR);
	en->set.repair = str_eq(v, "auto") ? ENGINE_REPAIR_AUTO
		: str_eq(v, "off")         ? ENGINE_REPAIR_OFF
					   : ENGINE_REPAIR_ASK;
	if (store_setting_get(en->conf.store, &a, engine_setting_row(SETTING_LOG_LEVEL)->key, &v) &&
	    log_level_parse(v, &level))
		log_set_level(level);
	arena_deinit(&a);
}

static void renew_leases(void *arg);
static void yield_surplus(struct engine *en);

void engine_reload(struct engine *en)
{
	struct err e = { 0 };
	int64_t lease_s = en->set.lease_s;
	load_settings(en);
	if (en->set.lease_s != lease_s) { /* the timer runs for the old length still */
		sched_cancel(en->lease_timer);
		renew_leases(en);
	}
	if (!engine_vault_load(en, &e))
		log_err(LOG_EV_SERVE_FAILED, &e,
			(const struct log_kv[]){ LOG_S("step", "reload"),
						 { LOG_KIND_END, NULL, NULL, 0 } });
	engine_expiry_soon(en);
	yield_surplus(en);
	engine_pump(en);
}

/* ---- leases ---- */

static void renew_leases(void *arg)
{
	struct engine *en = arg;
	int64_t until = clk_unix_ms() + en->set.lease_s * 1000;
	en->lease_timer = sched_after(en->conf.sched, en->set.lease_s * 1000 / 3, renew_leases, en);
	/* one transaction each: a lost lease must not undo its neighbours */
	for (struct engine_run *r = en->runs; r; r = r->next) {
		if (r->state == RUN_CLAIM || r->state == RUN_END)
			continue;
		struct store_tx *tx = store_tx_new(en->conf.store);
		store_tx_job_renew(tx, r->job, en->owner, until);
		store_tx_commit(tx, NULL, NULL);
	}
}

/* ---- workers ---- */

void engine_run_drop_worker(struct engine_run *r)
{
	if (!r->holds_worker)
		return;
	r->holds_worker = false;
	r->en->running--;
	engine_kick(r->en);
}

static bool worker_free(const struct engine *en)
{
	return en->running + en->claiming < (unsigned)en->set.workers;
}

bool engine_run_is_one_too_many(const struct engine_run *r)
{
	return r->holds_worker && r->en->running > (unsigned)r->en->set.workers;
}

/* Those that only knock give up now; the others when their answer is there. */
static void yield_surplus(struct engine *en)
{
	struct engine_run *next;
	for (struct engine_run *r = en->runs; r; r = next) {
		next = r->next;
		if (engine_run_is_one_too_many(r))
			engine_run_yield(r);
	}
}

static void resume(struct engine_run *r)
{
	r->holds_worker = true;
	r->en->running++;
	r->resume(r);
}

void engine_run_want_worker(struct engine_run *r)
{
	if (worker_free(r->en) || r->en->stopping || r->cancelled)
		resume(r);
	/* else it stays RUN_READY until engine_pump finds it */
}

void engine_stop_look(struct engine *en)
{
	if (!en->stopping || !en->stopped || en->runs || en->operating || en->logins ||
	    en->discovery || en->telling)
		return;
	void (*fn)(void *) = en->stopped;
	en->stopped = NULL;
	sched_cancel(en->stop_timer);
	en->stop_timer = NULL;
	fn(en->stopped_arg);
}

void engine_run_gone(struct engine_run *r)
{
	struct engine *en = r->en;
	engine_run_drop_worker(r);
	for (struct engine_run **p = &en->runs; *p; p = &(*p)->next) {
		if (*p == r) {
			*p = r->next;
			break;
		}
	}
	engine_run_free(r);
	engine_vault_drop_old(en);
	engine_kick(en);
	engine_stop_look(en);
}

/* ---- queue ---- */

static void on_queue_timer(void *arg)
{
	struct engine *en = arg;
	en->queue_timer = NULL;
	engine_pump(en);
}

static void arm_queue(struct engine *en, int64_t ms)
{
	sched_cancel(en->queue_timer);
	en->queue_timer = sched_after(en->conf.sched, ms, on_queue_timer, en);
}

static void cancel_waiting(struct engine_run *r)
{
	struct store_tx *tx = store_tx_new(r->en->conf.store);
	store_tx_job_set(tx, r->job, STORE_JOB_CANCELLED, clk_unix_ms());
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_JOB_CANCELLED, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job));
	store_tx_commit(tx, NULL, NULL);
}

static void on_claimed(void *arg, const struct err *e)
{
	struct engine_run *r = arg;
	r->en->claiming--;
	if (e) { /* somebody else took it, or the database is busy: look again later */
		struct engine *en = r->en;
		if (r->cancelled) /* it waits still, and nobody else was told */
			cancel_waiting(r);
		engine_run_gone(r);
		if (!en->stopping) /* not at once: a full disk stays full */
			arm_queue(en, CLAIM_AGAIN_MS);
		return;
	}
	r->holds_worker = true;
	r->en->running++;
	engine_run_start(r);
}

static bool is_ours(const struct engine *en, const char *job)
{
	for (const struct engine_run *r = en->runs; r; r = r->next)
		if (str_eq(r->job, job))
			return true;
	return false;
}

static void claim(struct engine *en, const struct store_job *j)
{
	struct engine_run *r = engine_run_new(en, j);
	int64_t now = clk_unix_ms();
	r->lease_until_unix_ms = now + en->set.lease_s * 1000;
	r->next = en->runs;
	en->runs = r;
	en->claiming++;
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_job_lease(tx, r->job, en->owner, now, r->lease_until_unix_ms);
	store_tx_commit(tx, on_claimed, r);
}

void engine_kick(struct engine *en)
{
	if (!en->stopping)
		arm_queue(en, 0);
}

/* Runs whose wait is over come first: they are half done. */
static void resume_ready(struct engine *en)
{
	struct engine_run *r = en->runs;
	while (r && worker_free(en)) {
		struct engine_run *next = r->next;
		if (r->state == RUN_READY) {
			resume(r);
			next = en->runs; /* the list may have changed */
		}
		r = next;
	}
}

/* The longest that a delayed job may wait, seen from now. */
static int64_t latest_try(const struct engine *en)
{
	const struct engine_retry_conf *c = &en->set.retry;
	int64_t most = c->max_ms / 5 * 6;
	return clk_unix_ms() + (most > c->login_window_ms ? most : c->login_window_ms) +
		QUEUE_IDLE_MS;
}

/* Somebody set the clock. Back: what waits would wait longer by that. On: the window of the failed
 * logins would be over before the device's own. */
static void follow_clock(struct engine *en)
{
	int64_t offset = clk_unix_ms() - clk_mono_ms(), step = offset - en->clock_offset_ms;
	if (step > -CLOCK_SET_MS && step < CLOCK_SET_MS)
		return;
	en->clock_offset_ms = offset;
	for (struct engine_run *r = en->runs; r; r = r->next)
		r->login.since_unix_ms += step;
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_job_clamp(tx, latest_try(en));
	store_tx_device_shift_fails(tx, step);
	ENGINE_EVENT(en, tx, "", LOG_EV_CLOCK, NULL, LOG_I("step_ms", step));
	store_tx_commit(tx, NULL, NULL);
}

/* As many as there are workers for. Those that are being claimed are due still, as far as the store
 * knows, and ours after the end of a lease: when such fill the list, a longer one is read, once. True:
 * others may hide behind them even so. */
static bool claim_due(struct engine *en, int64_t now)
{
	struct arena a;
	struct store_job jobs[CLAIM_MAX];
	unsigned limit = (unsigned)en->set.workers - en->running, n, claimed = 0;
	arena_init(&a, 1 << 20);
	for (;; limit = CLAIM_MAX) {
		if (limit > CLAIM_MAX)
			limit = CLAIM_MAX;
		n = store_job_due(en->conf.store, &a, now, limit, jobs);
		for (unsigned i = 0; i < n && worker_free(en); i++)
			if (!is_ours(en, jobs[i].id)) {
				claim(en, &jobs[i]);
				claimed++;
			}
		if (n < limit || limit == CLAIM_MAX || !worker_free(en))
			break;
		arena_reset(&a);
	}
	arena_deinit(&a);
	return n == CLAIM_MAX && claimed;
}

void engine_pump(struct engine *en)
{
	if (en->stopping || en->pumping)
		return;
	en->pumping = true;
	follow_clock(en);
	resume_ready(en);
	int64_t now = clk_unix_ms(), delay = QUEUE_IDLE_MS;
	if (worker_free(en)) {
		bool more = claim_due(en, now);
		int64_t next = store_job_next_unix_ms(en->conf.store);
		if (next >= 0 && next - now < delay)
			delay = next > now ? next - now : 1000;
		if (more && delay > 50)
			delay = 50;
	}
	arm_queue(en, delay);
	en->pumping = false;
}

bool engine_job_cancel(struct engine *en, const char *job_id)
{
	for (struct engine_run *r = en->runs; r; r = r->next) {
		if (!str_eq(r->job, job_id))
			continue;
		r->cancelled = true;
		engine_run_stop(r);
		return true;
	}
	return false;
}

/* ---- start and stop ---- */

static void on_recovered(void *arg, const struct err *e)
{
	struct engine *en = arg;
	if (e)
		log_err(LOG_EV_STORE, e,
			(const struct log_kv[]){ { LOG_KIND_END, NULL, NULL, 0 } });
	engine_pump(en);
	engine_half_tick(en);
	engine_discovery_kick(en);
}

struct engine *engine_new(const struct engine_conf *c, struct err *e)
{
	struct engine *en = MEM_NEW(struct engine);
	en->conf = *c;
	if (!en->conf.make_key)
		en->conf.make_key = pki_key_generate_rsa;
	en->clock_offset_ms = clk_unix_ms() - clk_mono_ms();
	str_copy(en->owner, sizeof en->owner, span_str(c->owner));
	load_settings(en);
	if (!engine_vault_load(en, e)) {
		engine_free(en);
		return NULL;
	}
	struct store_tx *tx = store_tx_new(c->store);
	store_tx_job_recover(tx, en->owner, clk_unix_ms());
	store_tx_hold_recover(tx, clk_unix_ms());
	store_tx_pc_session_recover(tx, clk_unix_ms());
	engine_half_recover(tx);
	store_tx_job_clamp(tx, latest_try(en));
	store_tx_commit(tx, on_recovered, en);
	en->lease_timer = sched_after(c->sched, en->set.lease_s * 1000 / 3, renew_leases, en);
	engine_vault_publish_soon(en, 0);
	engine_expiry_soon(en);
	engine_schedule_start(en);
	engine_agenda_start(en);
	return en;
}

static void on_stop_limit(void *arg)
{
	struct engine *en = arg;
	en->stop_timer = NULL;
	/* a device that never answers must not hold the service: its lease runs out by itself */
	if (en->stopped) {
		void (*fn)(void *) = en->stopped;
		en->stopped = NULL;
		fn(en->stopped_arg);
	}
}

static void on_stop_idle(void *arg)
{
	struct engine *en = arg;
	en->stop_timer = NULL;
	engine_stop_look(en);
}

void engine_stop(struct engine *en, void (*fn)(void *arg), void *arg)
{
	en->stopping = true;
	engine_discovery_suspend(en);
	en->stopped = fn;
	en->stopped_arg = arg;
	sched_cancel(en->queue_timer);
	en->queue_timer = NULL;
	bool busy = en->runs || en->operating || en->logins || en->discovery;
	en->stop_timer = sched_after(en->conf.sched, busy ? STOP_LIMIT_MS : 0,
				     busy ? on_stop_limit : on_stop_idle, en);
	struct engine_run *next;
	for (struct engine_run *r = en->runs; r; r = next) {
		next = r->next;
		engine_run_stop(r);
	}
	engine_console_stop_all(en);
	engine_operate_stop_all(en);
}

void engine_free(struct engine *en)
{
	if (!en)
		return;
	sched_cancel(en->queue_timer);
	sched_cancel(en->check_timer);
	sched_cancel(en->lease_timer);
	sched_cancel(en->stop_timer);
	engine_vault_publish_end(en);
	sched_cancel(en->expiry_timer);
	struct engine_run *next;
	for (struct engine_run *r = en->runs; r; r = next) {
		next = r->next;
		engine_run_free(r);
	}
	en->runs = NULL;
	engine_agenda_free(en);
	engine_discovery_free(en);
	engine_console_free_all(en);
	engine_operate_free_all(en);
	engine_forward_orphan(en);
	engine_alerts_end(en);
	engine_trace_free(en);
	engine_vault_free(en);
	mem_free(en);
}

struct engine_status engine_get_status(const struct engine *en)
{
	struct engine_status s = en->st;
	s.workers = (unsigned)en->set.workers;
	s.running = en->running;
	s.waiting = en->waiting;
	for (unsigned i = 0; i < sizeof en->alert_ways / sizeof *en->alert_ways; i++) {
		s.alerts_waiting += en->alert_ways[i].count;
		s.alerts_sent += en->alert_ways[i].sent;
		s.alerts_failed += en->alert_ways[i].failed;
		s.alerts_lost += en->alert_ways[i].lost;
	}
	return s;
}
