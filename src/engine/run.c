/* One running job: from the lease to its end. The loop is observe, plan, act, record; this file
 * holds the loop, the waits and the end, the other run_*.c files its parts. */
#include "engine/run_otp.h"
#include "engine/run_priv.h"
#include "engine/trace.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define ACTS_MAX   80
#define DOUBTS_MAX 24

const char *engine_run_kind_name(enum run_kind k)
{
	static const char *const names[] = {
#define X(name, text) [name] = text,
		RUN_KINDS(X)
#undef X
	};
	return names[k];
}

static enum run_kind kind_of(const char *name)
{
	for (int k = 0; k < RUN_KIND_COUNT; k++)
		if (str_eq(name, engine_run_kind_name((enum run_kind)k)))
			return (enum run_kind)k;
	return RUN_KIND_COUNT;
}

struct engine_run *engine_run_new(struct engine *en, const struct store_job *j)
{
	struct engine_run *r = MEM_NEW(struct engine_run);
	r->en = en;
	r->state = RUN_CLAIM;
	r->kind = j->kind ? kind_of(j->kind) : RUN_CONFIGURE;
	r->act = ACT_COUNT;
	r->attempt = j->attempt + 1;
	str_copy(r->uuid, sizeof r->uuid, span_str(j->uuid));
	str_copy(r->job, sizeof r->job, span_str(j->id));
	uint32_t hours;
	bool has_period = j->period_h && str_to_u32(span_str(j->period_h), 0, 24, &hours, NULL);
	r->period_h = has_period ? (int64_t)hours : -1;
	arena_init(&r->keep, 1 << 20);
	r->in.want = &r->profile;
	r->in.have = &r->facts;
	r->in.host = r->host;
	r->in.domain = r->domain;
	r->in.scope = r->kind == RUN_ROTATE ? PLAN_PASSWORD
		: r->kind == RUN_RENEW      ? PLAN_CERTIFICATE
					    : PLAN_ALL;
	r->in.otp = &r->otp;
	r->in.admin_password = &r->admin_pw;
	r->in.mebx_password = &r->mebx_pw;
	return r;
}

void engine_run_free(struct engine_run *r)
{
	sched_cancel(r->timer);
	engine_run_name_stop(r);
	engine_run_orphan(r->work);
	amt_client_free(r->client);
	engine_run_parts_free(r);
	for (unsigned i = 0; i < r->way_count; i++)
		secret_deinit(&r->ways[i].password);
	mem_free(r->ways);
	secret_deinit(&r->admin_pw);
	secret_deinit(&r->mebx_pw);
	secret_deinit(&r->own_key_der);
	secret_deinit(&r->otp);
	secret_deinit(&r->rekey.pps);
	pki_key_free(r->own_key);
	arena_deinit(&r->keep);
	mem_free(r);
}

/* What is known of the lease holds until its end; then the store is asked, where it was renewed or
 * went elsewhere while this process stood still or the clock was set. */
bool engine_run_holds_lease(struct engine_run *r)
{
	struct arena a;
	struct store_job j;
	int64_t now = clk_unix_ms();
	if (now < r->lease_until_unix_ms)
		return true;
	arena_init(&a, 65536);
	bool held = store_job_get(r->en->conf.store, &a, r->job, &j) &&
		str_eq(j.state, store_job_state_name(STORE_JOB_RUNNING)) &&
		str_eq(j.lease_owner, r->en->owner) && j.lease_until_unix_ms > now;
	if (held)
		r->lease_until_unix_ms = j.lease_until_unix_ms;
	arena_deinit(&a);
	return held;
}

bool engine_run_may_go_on(struct engine_run *r)
{
	if (!engine_run_holds_lease(
		    r)) { /* the end cannot be written either: the job is taken again */
		engine_run_end(r, STORE_JOB_QUEUED, 0, NULL);
		return false;
	}
	if (r->cancelled) {
		engine_run_end(r, STORE_JOB_CANCELLED, 0, NULL);
		return false;
	}
	if (r->en->stopping) {
		engine_run_end(r, STORE_JOB_QUEUED, 0, NULL);
		return false;
	}
	return true;
}

/* The PC said hello from elsewhere while we knocked at its old address (D045, F090). */
static bool address_moved(const struct engine_run *r)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 65536);
	bool moved = store_device_get(r->en->conf.store, &a, r->uuid, &d) &&
		!str_eq(d.address, r->address);
	arena_deinit(&a);
	return moved;
}

bool engine_run_is_network(enum err_code c)
{
	return c == ERR_REFUSED || c == ERR_UNREACHABLE || c == ERR_TIMEOUT || c == ERR_CLOSED;
}

/* What nobody, or another PC that got the address since, would answer. A refused login is not among
 * them: it counts wherever it was refused. */
static bool maybe_elsewhere(enum err_code c)
{
	return engine_run_is_network(c) || c == ERR_TLS || c == ERR_TLS_PEER ||
		c == ERR_WRONG_DEVICE;
}

/* The network says little: what was hoped for is known here. */
static void explain_network(const struct engine_run *r, struct err *e)
{
	if (!e->seen[0])
		err_seen(e, "%s",
			 e->code == ERR_TIMEOUT          ? "silence"
				 : e->code == ERR_CLOSED ? "the connection ended"
							 : "no connection");
	if (!e->want[0])
		err_want(e, "an answer of %s on its AMT port", r->address);
	if (!e->hint[0])
		err_hint(
			e,
			"check that the PC has power and network, and that no firewall is between");
}

void engine_run_fail(struct engine_run *r, const struct err *why)
{
	struct err e = *why;
	if (r->client)
		engine_run_login_unsent(r);
	if (engine_run_unconfigure_proven(r, &e))
		return;
	if (r->cancelled) { /* nobody wants another try */
		amt_client_close(r->client);
		engine_run_end(r, STORE_JOB_CANCELLED, 0, NULL);
		return;
	}
	if (engine_run_dark_explains(r, &e)) { /* nobody waits for it */
		amt_client_close(r->client);
		engine_run_end(r, STORE_JOB_CANCELLED, 0, &e);
		return;
	}
	int64_t delay = engine_retry_delay_ms(&r->en->set.retry, &e, r->attempt, r->en->conf.rng);
	int64_t lock_wait = 0;
	if (e.code == ERR_LOCKOUT || e.code == ERR_AUTH)
		engine_retry_login_ok(&r->en->set.retry, r->login.count, r->login.since_unix_ms,
				      clk_unix_ms(), &lock_wait);
	if (lock_wait > delay)
		delay = lock_wait;
	engine_run_explain_denied(r, &e);
	if (engine_run_is_network(e.code))
		explain_network(r, &e);
	else if ((e.code == ERR_MALFORMED || e.code == ERR_LIMIT) && !e.hint[0])
		err_hint(
			&e,
			"look what answers at %s: it may be no AMT, or something between changes the replies",
			r->address);
	if (maybe_elsewhere(e.code) && r->address[0] && address_moved(r))
		delay = 0;
	amt_client_close(r->client);
	engine_run_end(r, STORE_JOB_DELAYED, clk_unix_ms() + delay, &e);
}

/* ---- waits without a worker ---- */

static void on_wait_over(void *arg)
{
	struct engine_run *r = arg;
	r->timer = NULL;
	r->en->waiting--;
	r->state = RUN_READY;
	engine_run_want_worker(r);
}

void engine_run_wait(struct engine_run *r, int64_t ms, const char *reason,
		     void (*resume)(struct engine_run *r))
{
	if (reason)
		ENGINE_EVENT(r->en, NULL, r->uuid, LOG_EV_JOB_WAITING, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job), LOG_S("reason", reason), LOG_I("wait_ms", ms));
	r->resume = resume;
	r->state = RUN_WAIT;
	engine_run_drop_worker(r);
	r->en->waiting++;
	r->timer = sched_after(r->en->conf.sched, ms, on_wait_over, r);
}

void engine_run_stop(struct engine_run *r)
{
	if (r->state == RUN_WAIT) { /* nothing is under way: end at once */
		sched_cancel(r->timer);
		r->timer = NULL;
		r->en->waiting--;
		engine_run_may_go_on(r);
	} else if (r->state == RUN_READY) {
		engine_run_may_go_on(r);
	} else if (r->state == RUN_OPEN || r->state == RUN_READ ||
		   r->state == RUN_PART_READ) { /* changes nothing, may hang for long */
		amt_client_cancel(r->client);
		engine_run_may_go_on(r);
	} else if (r->state == RUN_NAME) {
		engine_run_name_stop(r);
		engine_run_may_go_on(r);
	} else if (r->state == RUN_WORK) { /* the key has gone nowhere yet */
		engine_run_orphan(r->work);
		r->work = NULL;
		engine_run_may_go_on(r);
	}
	/* any other state reaches a safe point by itself */
}

/* ---- start ---- */

void engine_run_refuse(struct engine_run *r, const struct err *e)
{
	struct store_tx *tx = engine_run_tx(r);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_PREFLIGHT_REFUSED, e, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job));
	store_tx_commit(tx, NULL, NULL);
	engine_run_fail(r, e);
}

static void on_started(struct engine_run *r)
{
	struct err e = { 0 };
	if (!engine_run_ways(r, &e)) {
		engine_run_fail(r, &e);
		return;
	}
	engine_run_open(r);
}

/* The three needs of an enterprise setup: authenticate, parameters, name (F057). */
static void note_needs(struct engine_run *r, struct store_tx *tx)
{
	const char *rows[3][2] = {
		{ "authenticate",
		  !r->said_hello   ? "stored credential"
			  : r->psk ? "PSK known"
				   : "certificate fits" },
		{ "parameters", r->profile.name },
		{ "name", r->fqdn },
	};
	for (int i = 0; i < 3; i++)
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_PREFLIGHT, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("need", rows[i][0]), LOG_S("verdict", rows[i][1]));
}

static bool may_send(void *arg);

static void on_seen(void *arg, const struct amt_event *ev)
{
	const struct engine_run *r = arg;
	engine_trace_seen(r->en, r->uuid, ev);
}

void engine_run_start(struct engine_run *r)
{
	r->started_mono_ms = clk_mono_ms();
	struct amt_client_conf cc = { .dialer = r->en->conf.dialer,
				      .sched = r->en->conf.sched,
				      .rng = r->en->conf.rng,
				      .may_send = may_send,
				      .may_send_arg = r,
				      .prefer_auth_int = r->en->set.auth_int,
				      .watch = on_seen,
				      .watch_arg = r };
	r->client = amt_client_new(&cc);
	r->in.setup = true;
	if (!engine_run_may_go_on(
		    r)) /* cancelled, or the service stops, since the lease was asked for */
		return;
	if (r->kind == RUN_ADOPT)
		engine_run_adopt_begin(r); /* it has a name already, or tells it */
	else
		engine_run_name(r);
}

void engine_run_named(struct engine_run *r, const struct engine_name *n,
		      const struct store_device *d)
{
	struct err e = { 0 };
	if (n)
		engine_run_set_name(r, n);
	if (!engine_run_prepare(r, &e)) {
		engine_run_refuse(r, &e);
		return;
	}
	struct store_tx *tx = engine_run_tx(r);
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_JOB_STARTED, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("kind", engine_run_kind_name(r->kind)),
		     LOG_I("attempt_count", r->attempt));
	if (r->kind != RUN_CONFIGURE) {
		engine_run_commit(r, tx, on_started);
		return;
	}
	note_needs(r, tx);
	if (!str_eq(r->choice.source, "kept") && !str_eq(r->choice.source, "default"))
		engine_run_profile_event(r, tx);
	if (!r->was_configured)
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_STATE,
				     store_device_state_name(STORE_DEV_CONFIGURING));
	engine_run_name_rows(r, tx, n, d);
	str_copy(r->stage, sizeof r->stage, span_str("first: authenticate"));
	store_tx_job_stage(tx, r->job, r->stage, clk_unix_ms());
	r->uses_key = r->said_hello && r->psk;
	if (r->uses_key && r->group_key)
		ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_KEY_GROUP, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("pid", r->pid), LOG_S("kind", engine_run_kind_name(r->kind)));
	if (r->uses_key) /* with one key two PCs cannot both be configured: the second never begins */
		store_tx_psk_take(tx, r->pid, r->uuid, clk_unix_ms());
	engine_run_commit(r, tx, on_started);
}

/* ---- the loop ---- */

bool engine_run_renews(const struct engine_run *r)
{
	return r->kind == RUN_RENEW ||
		(r->kind == RUN_CONFIGURE && !r->said_hello && r->no_leaf && r->profile.tls);
}

static void fill_in(struct engine_run *r)
{
	const struct amt_quirks *q = amt_quirks_find(r->version);
	r->in.now_unix_ms = clk_unix_ms();
	r->in.firmware_keys = q && q->keys.firmware_keys;
	r->in.key_bits = q ? q->key_bits.key_bits : 2048;
	r->in.default_context = q && q->context.default_context;
	unsigned major, minor;
	r->in.no_kvm = amt_quirks_parse_version(r->version, &major, &minor) && major < 6;
	/* a new PC is configured without it: that costs no round trip more */
	r->in.want_port = !r->port_read && r->said_hello == r->has_mac;
	const struct run_way *way = &r->ways[r->way];
	bool is_new = r->admin_stored && secret_eq(&way->password, &r->admin_pw);
	r->in.renew = engine_run_renews(r) && !r->renewed;
	r->in.shows_leaf = r->leaf_hex[0] && str_eq(r->facts.leaf_seen, r->leaf_hex);
	/* until the new password is the one that opens */
	r->in.rotate = r->kind == RUN_ROTATE && !is_new;
	if (r->kind == RUN_ROTATE) /* the certificate stays */
		str_copy(r->leaf_hex, sizeof r->leaf_hex, span_str(way->pin_hex));
	r->in.has_key = r->own_key != NULL;
	r->in.own_key_pkcs1 = secret_is_set(&r->own_key_der) ? secret_reveal(&r->own_key_der)
							     : (struct span){ NULL, 0 };
}

/* Nothing left to read or do: in operation that is the proof, if the login was one. */
static void converged(struct engine_run *r)
{
	struct err e = { 0 };
	if (r->in.setup || !r->authenticated) {
		err_set(&e, ERR_VERIFY, "device %s: the new credentials were never asked for",
			r->uuid);
		err_want(
			&e,
			"a digest login over a new connection without the provisioning certificate");
		engine_run_fail(r, &e);
		return;
	}
	const struct err *refused = engine_run_parts_refused(r);
	if (refused)
		engine_run_fail(r, refused);
	else
		engine_run_success(r);
}

/* Whether the open connection shows the leaf of the one that told the UUID. */
static bool shows_same_leaf(const struct engine_run *r)
{
	uint8_t want[32], seen[32];
	size_t n;
	return hex_decode(span_str(r->told.uuid_leaf), want, sizeof want, &n) && n == sizeof want &&
		amt_client_leaf(r->client, seen) && memcmp(want, seen, sizeof seen) == 0;
}

/* Connections end by themselves and are made again; behind the same address may then be another PC,
 * or the same one, cleared, with another realm: a password would close it for good. So what a change
 * depends on comes from the connection that it goes over: the UUID, or the TLS leaf of the PC that
 * told it; and the realm for the admin password. A PSK is of one PC, so the session proves the PID;
 * a pinned leaf proves the PC at each handshake. While nothing is open the leaf may yet prove it:
 * may_send asks again when the connection is there. */
static unsigned doubtful(const struct engine_run *r, enum engine_act a)
{
	const struct run_way *w = &r->ways[r->way];
	unsigned now = amt_client_connection(r->client), groups = 0;
	bool local = a < ACT_COUNT && engine_plan_action(a)->flags & ACTION_LOCAL;
	if (local || w->kind == WAY_PSK || (w->kind == WAY_OPERATIONAL && w->pin_hex[0]))
		return 0;
	bool same =
		now == 0 ? r->told.uuid_leaf[0] != 0 : r->told.uuid == now || shows_same_leaf(r);
	if (!same)
		groups |= FACTS_IDENTITY;
	if (a == ACT_ADMIN && (now == 0 || r->told.realm != now))
		groups |= FACTS_GENERAL;
	return groups;
}

static bool may_send(void *arg)
{
	struct engine_run *r = arg;
	bool changes = r->state == RUN_ACT || r->state == RUN_PART_ACT;
	return engine_run_holds_lease(r) && (!changes || !doubtful(r, r->act));
}

bool engine_run_looks_again(struct engine_run *r, enum engine_act a)
{
	struct err e = { 0 };
	unsigned again = doubtful(r, a);
	if (!again)
		return false;
	if (++r->doubt_count > DOUBTS_MAX) {
		err_set(&e, ERR_CLOSED,
			"device %s ends each connection after one request: a change would go to "
			"whoever answers next",
			r->uuid);
		engine_run_fail(r, &e);
		return true;
	}
	if (again & FACTS_IDENTITY)
		r->in.verified_identity = false;
	r->facts.known &= ~again;
	if (again & FACTS_IDENTITY) /* whoever answers next has to show it too */
		r->facts.known &= ~(unsigned)FACTS_OTP;
	engine_run_read(r, again);
	return true;
}

void engine_run_plan(struct engine_run *r)
{
	if (!engine_run_may_go_on(r))
		return;
	r->state = RUN_PLAN;
	if (engine_run_is_one_too_many(r) && engine_run_yield(r))
		return;
	struct err e = { 0 };
	if (r->choice.not_yet && r->facts.known && !engine_run_choose_again(r, &e)) {
		engine_run_fail(r, &e);
		return;
	}
	fill_in(r);
	unsigned needs = engine_plan_needs(&r->in) & ~r->facts.known;
	if (engine_run_is_unconfigure(r) || r->kind == RUN_REKEY)
		needs = r->in.verified_identity ? 0 : FACTS_IDENTITY;
	if (r->kind == RUN_ADOPT)
		needs = (FACTS_IDENTITY | FACTS_GENERAL | FACTS_TLS) & ~r->facts.known;
	if (needs) {
		engine_run_read(r, needs);
		return;
	}
	if (engine_run_is_unconfigure(r)) {
		engine_run_unconfigure(r);
		return;
	}
	if (r->kind == RUN_REKEY) {
		engine_run_rekey(r);
		return;
	}
	if (r->kind == RUN_ADOPT) {
		engine_run_adopt(r);
		return;
	}
	if (r->kind == RUN_CHECK) {
		engine_run_check(r);
		return;
	}
	if (engine_run_extend_period(r))
		return;
	enum engine_act a = engine_plan_next(&r->in);
	if (a < ACT_COUNT && engine_run_looks_again(r, a))
		return;
	if (a == ACT_COUNT) {
		if (r->in.setup || !engine_run_parts(r))
			converged(r);
		return;
	}
	if (++r->act_count > ACTS_MAX) {
		err_set(&e, ERR_VERIFY,
			"device %s: the plan does not become empty, '%s' is wanted again and again",
			r->uuid, engine_plan_action(a)->name);
		engine_run_fail(r, &e);
		return;
	}
	engine_run_act(r, a);
}
