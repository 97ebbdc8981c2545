/* Connections to the redirection ports of a virtual device: start of a session, login, lock-out, one
 * session of each kind. What follows goes to the hooks of its kind (redir_priv.h). Takes its
 * stream from sim_dev_serve and frees itself. */
#include "base/clk.h"
#include "base/log.h"
#include "base/str.h"
#include "sim/events.h"
#include "sim/kvm_priv.h"
#include "sim/fw_http_priv.h"
#include "sim/alerts.h"
#include "sim/audit.h"
#include "sim/redir_priv.h"

#define IN_MAX     262144 /* the longest message is 64 KB */
#define LOGIN_MS   30000  /* a line that does not log in ends (G) */
#define REPLY_MAX  512
#define IANA_INTEL 343
#define QOP        "auth"

enum phase { PHASE_START, PHASE_LOGIN, PHASE_OPEN, PHASE_ENDING };
struct sim_redir {
	struct sim_dev *d;
	struct sim_redir *next, **back;
	struct net_stream *s;
	enum phase phase;
	enum wire_redir_session kind;
	struct buf in;
	struct sched_timer *timer; /* login takes too long; or the end, soon */
	unsigned failed_logins;
	uint32_t user;
	void *state;
	bool cut;
};

static const struct sim_redir_hooks *const hooks[WIRE_REDIR_SESSIONS] = {
	[WIRE_REDIR_SOL] = &sim_redir_sol,
	[WIRE_REDIR_IDER] = &sim_redir_ider,
	[WIRE_REDIR_KVM] = &sim_redir_kvm,
};

/* ---- life ---- */

static void redir_free(struct sim_redir *r)
{
	struct sim_dev *d = r->d;

	sched_cancel(r->timer);
	if (r->state)
		hooks[r->kind]->close(r->state);
	net_stream_close(r->s);
	buf_wipe(&r->in);
	*r->back = r->next;
	if (r->next)
		r->next->back = r->back;
	d->conn_count--;
	mem_free(r);
	sim_dev_dig(d);
}

void sim_redir_reset_all(struct sim_dev *d)
{
	while (d->redirs) {
		net_stream_reset(d->redirs->s);
		redir_free(d->redirs);
	}
}

void sim_redir_free_all(struct sim_dev *d)
{
	while (d->redirs)
		redir_free(d->redirs);
}

static void on_end(void *arg)
{
	struct sim_redir *r = arg;

	r->timer = NULL;
	if (r->cut) {
		net_stream_reset(r->s);
		redir_free(r);
		return;
	}
	net_stream_end(r->s);
}

static void end_soon(struct sim_redir *r, bool cut)
{
	if (r->phase == PHASE_ENDING && (r->cut || !cut))
		return;
	r->phase = PHASE_ENDING;
	r->cut = cut;
	sched_cancel(r->timer);
	r->timer = sched_after(r->d->env->sched, 0, on_end, r);
}

void sim_redir_end(struct sim_redir *r)
{
	end_soon(r, false);
}

void sim_redir_cut(struct sim_redir *r)
{
	end_soon(r, true);
}

/* ---- what hooks ask ---- */

struct sim_dev *sim_redir_dev(struct sim_redir *r)
{
	return r->d;
}

uint32_t sim_redir_user(const struct sim_redir *r)
{
	return r->user;
}

bool sim_redir_send(struct sim_redir *r, struct span bytes)
{
	int64_t each = sim_fault_n(r->d, SIM_FAULT_SPLIT, 0);

	if (r->phase == PHASE_ENDING)
		return false;
	while (each > 0 && bytes.n > (size_t)each) {
		if (!net_stream_send(r->s, span_make(bytes.p, (size_t)each)))
			return false;
		bytes = span_make(bytes.p + each, bytes.n - (size_t)each);
	}
	return net_stream_send(r->s, bytes);
}

bool sim_redir_emit(struct sim_redir *r, const struct wire_redir_msg *m)
{
	struct wire_redir_msg whole = *m;
	uint8_t mem[REPLY_MAX];
	struct out o;
	struct buf b;

	whole.session = r->kind;
	if (m->data.n < REPLY_MAX / 2) {
		out_init(&o, mem, sizeof mem);
		return wire_redir_emit(&o, &whole) && sim_redir_send(r, out_span(&o));
	}
	buf_init(&b, m->data.n + REPLY_MAX);
	out_init_buf(&o, &b);
	bool ok = wire_redir_emit(&o, &whole) && sim_redir_send(r, buf_span(&b));
	buf_deinit(&b);
	return ok;
}

size_t sim_redir_queued(const struct sim_redir *r)
{
	return net_stream_queued(r->s);
}

void sim_redir_pause(struct sim_redir *r, bool paused)
{
	net_stream_pause(r->s, paused);
}

static struct sim_redir *session(const struct sim_dev *d, enum wire_redir_session kind)
{
	for (struct sim_redir *r = d->redirs; r; r = r->next)
		if (r->state && (kind == WIRE_REDIR_NONE || r->kind == kind))
			return r;
	return NULL;
}

void sim_redir_end_kind(struct sim_dev *d, enum wire_redir_session kind)
{
	for (struct sim_redir *r = d->redirs; r; r = r->next)
		if (r->kind == kind && r->phase == PHASE_OPEN)
			sim_redir_end(r);
}

bool sim_redir_is_open(const struct sim_dev *d, enum wire_redir_session kind)
{
	return session(d, kind) != NULL;
}

void *sim_redir_state(const struct sim_dev *d, enum wire_redir_session kind)
{
	const struct sim_redir *r = session(d, kind);

	return r ? r->state : NULL;
}

bool sim_redir_listens(const struct sim_dev *d)
{
	return d->state == SIM_CONFIGURED &&
		(sim_var_is_true(d, SIM_VAR_REDIR_LISTEN) ||
		 (d->gen->kvm.is && str_eq(sim_var_active(d, SIM_VAR_KVM_STATE), "2")));
}

/* ---- start ---- */

static uint8_t may_start(struct sim_redir *r)
{
	struct sim_dev *d = r->d;

	if (r->kind == WIRE_REDIR_NONE)
		return WIRE_REDIR_UNKNOWN;
	if (sim_fault_has(d, SIM_FAULT_REDIR_OFF) || !hooks[r->kind])
		return WIRE_REDIR_DISABLED;
	uint8_t status = hooks[r->kind]->may(d);
	if (status != WIRE_REDIR_OK)
		return status;
	if (sim_fault_hit(d, SIM_FAULT_REDIR_BUSY, NULL) || session(d, r->kind))
		return WIRE_REDIR_BUSY;
	return WIRE_REDIR_OK;
}

static void on_start(struct sim_redir *r, const struct wire_redir_msg *m)
{
	static const uint8_t rest[9];
	struct wire_redir_msg reply = { .type = WIRE_REDIR_STARTED };

	r->kind = wire_redir_session_of(m->kind);
	reply.head[0] = may_start(r);
	if (reply.head[0] != WIRE_REDIR_OK) {
		reply.data = span_make(rest, sizeof rest);
		(void)sim_redir_emit(r, &reply);
		sim_redir_end(r);
		return;
	}
	reply.started = (struct wire_redir_started){ 1, 0, (uint8_t)r->d->gen->major,
						     (uint8_t)r->d->gen->minor, IANA_INTEL };
	r->phase = PHASE_LOGIN;
	(void)sim_redir_emit(r, &reply);
}

/* ---- login ---- */

static void answer(struct sim_redir *r, uint8_t status, const struct wire_redir_auth *a)
{
	uint8_t mem[REPLY_MAX];
	struct out o;

	out_init(&o, mem, sizeof mem);
	if (!wire_redir_auth_reply_emit(&o, status, a) || !sim_redir_send(r, out_span(&o)))
		sim_redir_cut(r);
}

static void offer(struct sim_redir *r)
{
	static const uint8_t all[] = { WIRE_REDIR_BASIC, WIRE_REDIR_DIGEST_OLD, WIRE_REDIR_DIGEST };
	bool basic = sim_gen_redir_basic(r->d);
	struct wire_redir_auth a = { .method = WIRE_REDIR_QUERY };

	a.methods = basic ? span_make(all, sizeof all) : span_make(all + 1, sizeof all - 1);
	answer(r, WIRE_REDIR_AUTH_OK, &a);
}

static void challenge(struct sim_redir *r, uint8_t method)
{
	char nonce[SIM_NONCE_TEXT + 1];
	struct wire_redir_auth a = { .method = method, .challenge = true, .qop = span_str(QOP) };

	sim_fw_nonce_make(r->d, nonce);
	a.nonce = span_str(nonce);
	a.realm = span_str(sim_fault_has(r->d, SIM_FAULT_REDIR_REALM) ? "Digest:00" : r->d->realm);
	answer(r, WIRE_REDIR_AUTH_FAIL, &a);
}

/* After the first wrong digest comes another challenge, after the second the end (G). */
static void refuse(struct sim_redir *r, const struct wire_redir_auth *a, bool locked)
{
	const struct wire_redir_auth plain = { .method = a->method };
	bool again = !locked && a->method != WIRE_REDIR_BASIC && r->failed_logins++ == 0 &&
		sim_switches_is(&r->d->sw, SIM_SW_REDIR_FAIL, "challenge");

	if (again) {
		challenge(r, a->method);
		return;
	}
	answer(r, WIRE_REDIR_AUTH_FAIL, &plain);
	sim_redir_end(r);
}

/* Events of application 18: SOL 4 and 5, KVM 8 and 9, storage 0 and 1. */
static void note_session(const struct sim_redir *r, bool begins)
{
	const struct sim_audit_who who = { .user = r->d->admin_user,
					   .address = net_stream_peer(r->s) };
	unsigned over = begins ? 0 : 1;
	unsigned audited = r->kind == WIRE_REDIR_SOL ? 4 : r->kind == WIRE_REDIR_KVM ? 8 : 0;
	char device[UUID_TEXT_SIZE];

	if (r->kind == WIRE_REDIR_KVM && begins)
		sim_alerts_message(r->d, SIM_KVM_ALERT, 0, 2);
	sim_audit(r->d, &who, 18, (uint16_t)(audited + over), span_make(NULL, 0));
	if (r->kind != WIRE_REDIR_KVM) /* its alerts go with the audit event */
		sim_event(r->d, SIM_EV_REDIRECTION, (r->kind == WIRE_REDIR_IDER ? 2U : 0U) + over);
	uuid_print(&r->d->uuid, device);
	log_ev(LOG_EV_SIM_REDIR, LOG_S("device", device),
	       LOG_S("session", wire_redir_session_name(r->kind)),
	       LOG_S("what", begins ? "open" : "closed"));
}

static void welcome(struct sim_redir *r, const struct wire_redir_auth *a)
{
	const struct wire_redir_auth plain = { .method = a->method };

	if (session(r->d, r->kind)) { /* somebody else was quicker */
		sim_redir_cut(r);
		return;
	}
	answer(r, WIRE_REDIR_AUTH_OK, &plain);
	if (r->phase == PHASE_ENDING)
		return;
	sched_cancel(r->timer);
	r->timer = NULL;
	r->phase = PHASE_OPEN;
	r->state = hooks[r->kind]->open(r);
	if (!r->state)
		sim_redir_cut(r);
	else
		note_session(r, true);
}

static void on_login(struct sim_redir *r, const struct wire_redir_msg *m)
{
	struct wire_redir_auth a;
	const struct wire_redir_auth plain = { .method = m->method };
	bool digest = m->method == WIRE_REDIR_DIGEST || m->method == WIRE_REDIR_DIGEST_OLD;
	bool basic = m->method == WIRE_REDIR_BASIC && sim_gen_redir_basic(r->d);

	if (!wire_redir_auth_parse(m, &a, NULL)) {
		sim_redir_cut(r);
		return;
	}
	if (m->method == WIRE_REDIR_QUERY) {
		offer(r);
		return;
	}
	if (!digest && !basic) {
		answer(r, WIRE_REDIR_AUTH_UNSUPPORTED, &plain);
		sim_redir_end(r);
		return;
	}
	switch (sim_fw_redir_login(r->d, &a, clk_mono_ms(), &r->user)) {
	case FW_LOGIN_OK:
		welcome(r, &a);
		break;
	case FW_LOGIN_CHALLENGE:
		challenge(r, m->method);
		break;
	case FW_LOGIN_FAILED:
		refuse(r, &a, false);
		break;
	case FW_LOGIN_LOCKED:
		refuse(r, &a, true);
		break;
	}
}

/* ---- bytes ---- */

/* A message before the session is open; gives its size, 0 when there is no whole one. */
static size_t take_message(struct sim_redir *r, struct span in)
{
	struct wire_redir_msg m;
	size_t used;

	switch (wire_redir_parse(in, WIRE_REDIR_NONE, &m, &used, NULL)) {
	case WIRE_MORE:
		return 0;
	case WIRE_BAD:
		sim_redir_cut(r);
		return 0;
	case WIRE_DONE:
		break;
	}
	if (m.type == WIRE_REDIR_START && r->phase == PHASE_START)
		on_start(r, &m);
	else if (m.type == WIRE_REDIR_AUTH && r->phase == PHASE_LOGIN)
		on_login(r, &m);
	else if (m.type == WIRE_REDIR_END)
		sim_redir_end(r);
	else
		sim_redir_cut(r);
	return used;
}

static size_t take_some(struct sim_redir *r, struct span in)
{
	if (r->phase == PHASE_ENDING)
		return in.n;
	if (r->phase == PHASE_OPEN)
		return hooks[r->kind]->take(r->state, in);
	return take_message(r, in);
}

static void on_data(void *arg, struct span bytes)
{
	struct sim_redir *r = arg;
	struct span rest = bytes;
	size_t n;

	if (r->in.n > 0) {
		if (!buf_add(&r->in, bytes)) {
			sim_redir_cut(r);
			return;
		}
		rest = buf_span(&r->in);
	}
	do {
		n = take_some(r, rest);
		rest = span_make(rest.p + n, rest.n - n);
	} while (n > 0 && rest.n > 0);
	if (r->in.n > 0)
		buf_consume(&r->in, r->in.n - rest.n);
	else if (rest.n > 0 && !buf_add(&r->in, rest))
		sim_redir_cut(r);
}

static void on_late(void *arg)
{
	struct sim_redir *r = arg;

	r->timer = NULL;
	sim_redir_cut(r);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct sim_redir *r = arg;

	if (facts && facts->tls)
		r->d->stats.handshakes++;
	r->timer = sched_after(r->d->env->sched, LOGIN_MS, on_late, r);
}

static void on_down(void *arg, const struct err *why)
{
	struct sim_redir *r = arg;

	(void)why;
	if (r->state)
		note_session(r, false);
	redir_free(r);
}

static void on_room(void *arg)
{
	struct sim_redir *r = arg;

	if (r->state && hooks[r->kind]->room)
		hooks[r->kind]->room(r->state);
}

void sim_redir_serve(struct sim_dev *d, struct net_stream *s)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct sim_redir *r = MEM_NEW(struct sim_redir);

	sim_tls_first_contact(d);
	*r = (struct sim_redir){ .d = d, .s = s, .next = d->redirs, .back = &d->redirs };
	buf_init(&r->in, IN_MAX);
	if (r->next)
		r->next->back = &r->next;
	d->redirs = r;
	d->conn_count++;
	net_stream_start(s, &events, r);
	net_stream_on_room(s, on_room);
}
