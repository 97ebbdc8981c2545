/* See redir_session.h. Steps: connect, start, ask for methods, login, (KVM) open. One answer at a time
 * is waited for; whatever else comes is an error that names the step. Never repeats anything. */
#include "amt/redir_session.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "wire/digest.h"
#include "wire/redir_auth.h"
#include <stdio.h>

#define ANSWER_MS   10000
#define PORT_OFFSET 2          /* 16992 and 16994, 16993 and 16995 */
#define NC          "00000002" /* what each known client sends, and never counts on */
#define IN_MAX      (LIMIT_REDIR_AUTH_BYTES + 64)

/* X(step, what the PC has not done when the session ends there) */
#define STEPS(X)                                    \
	X(STEP_CONNECT, "the connection")           \
	X(STEP_START, "the start of the session")   \
	X(STEP_QUERY, "the offer of login methods") \
	X(STEP_CHALLENGE, "the login's challenge")  \
	X(STEP_LOGIN, "the login")                  \
	X(STEP_KVM, "the opening of KVM")           \
	X(STEP_OPEN, "")                            \
	X(STEP_DOWN, "")
enum step {
#define X(name, text) name,
	STEPS(X)
#undef X
};
static const char *const step_names[] = {
#define X(name, text) text,
	STEPS(X)
#undef X
};

struct amt_redir {
	struct amt_redir_conf c;
	struct amt_redir_events ev;
	void *arg;
	struct net_stream *s;
	char where[96], user[64], realm[128], want_realm[128];
	struct secret password;
	enum step step;
	uint8_t method;
	bool login_sent, told, seen_down, clear;
	char address[64];
	uint16_t port;
	uint64_t bytes_in, bytes_out; /* behind the start */
	struct sched_timer *timer;
	struct buf in;
	struct net_tls_facts facts;
	struct err why; /* told by the timer */
	bool *gone;     /* set when the owner frees it inside a callback */
};

static void fail(struct amt_redir *r, const struct err *e);

static const char *kind_name(const struct amt_redir *r)
{
	return wire_redir_session_name(r->c.kind);
}

/* ---- who looks on ---- */

static void seen(struct amt_redir *r, struct amt_redir_event ev)
{
	if (!r->c.watch)
		return;
	ev.kind = r->c.kind;
	ev.address = r->address;
	ev.port = r->port;
	r->c.watch(r->c.watch_arg, &ev);
}

static void seen_sent(struct amt_redir *r, struct span bytes)
{
	struct amt_redir_event ev = { .what = AMT_REDIR_SENT };
	struct wire_redir_msg m;
	size_t used;

	ev.msg = &m;
	if (r->c.watch &&
	    wire_redir_parse(bytes, r->step == STEP_LOGIN ? r->c.kind : WIRE_REDIR_NONE, &m, &used,
			     NULL) == WIRE_DONE)
		seen(r, ev);
}

static void seen_down(struct amt_redir *r, const struct err *why)
{
	if (r->seen_down)
		return;
	r->seen_down = true;
	seen(r,
	     (struct amt_redir_event){
		     .what = AMT_REDIR_DOWN, .why = why, .in = r->bytes_in, .out = r->bytes_out });
}

/* ---- the end ---- */

static void tell(struct amt_redir *r, const struct err *e)
{
	struct err copy = *e;

	sched_cancel(r->timer);
	r->timer = NULL;
	r->step = STEP_DOWN;
	if (r->told)
		return;
	r->told = true;
	seen_down(r, &copy);
	r->ev.on_down(r->arg, &copy);
}

static void on_failed(void *arg)
{
	struct amt_redir *r = arg;

	r->timer = NULL;
	tell(r, &r->why);
}

/* Nothing more is said; the owner is told soon. */
static void fail(struct amt_redir *r, const struct err *e)
{
	if (r->step == STEP_DOWN)
		return;
	r->step = STEP_DOWN;
	r->why = *e;
	sched_cancel(r->timer);
	net_stream_close(r->s);
	r->s = NULL;
	r->timer = sched_after(r->c.sched, 0, on_failed, r);
}

static void on_late(void *arg)
{
	struct amt_redir *r = arg;
	struct err e = { 0 };

	r->timer = NULL;
	err_set(&e, ERR_TIMEOUT, "%s did not answer: %s", r->where, step_names[r->step]);
	err_hint(&e, "try again; the PC may be busy or its network restarting");
	fail(r, &e);
}

static void wait_answer(struct amt_redir *r, enum step step)
{
	r->step = step;
	sched_cancel(r->timer);
	r->timer = sched_after(r->c.sched, r->c.answer_ms ? r->c.answer_ms : ANSWER_MS, on_late, r);
}

/* ---- login ---- */

static bool send_auth(struct amt_redir *r, const struct wire_redir_auth *a)
{
	uint8_t mem[IN_MAX];
	struct out o;

	out_init(&o, mem, sizeof mem);
	bool ok = wire_redir_auth_emit(&o, a) && net_stream_send(r->s, out_span(&o));
	if (ok)
		seen_sent(r, out_span(&o));
	mem_wipe(mem, sizeof mem);
	return ok;
}

static void unsendable(struct amt_redir *r)
{
	struct err e = { 0 };

	err_set(&e, ERR_INVALID, "user name or password do not fit into a login on %s", r->where);
	err_want(&e, "at most 255 bytes each");
	fail(r, &e);
}

static bool may_login(struct amt_redir *r)
{
	struct err e = { 0 };

	if (!r->c.may_login || r->c.may_login(r->arg)) {
		r->login_sent = true;
		return true;
	}
	err_set(&e, ERR_LOCKOUT, "the login on %s was held back", r->where);
	err_rule(&e, "M19");
	fail(r, &e);
	return false;
}

static void login_clear(struct amt_redir *r)
{
	struct wire_redir_auth a = { .method = WIRE_REDIR_BASIC, .user = span_str(r->user) };
	struct err e = { 0 };

	if (!r->c.allow_clear_password) {
		err_set(&e, ERR_UNSUPPORTED, "%s takes the password in clear only", r->where);
		err_hint(&e,
			 "allow it for this PC where nobody can listen, or update its firmware");
		fail(r, &e);
		return;
	}
	if (!may_login(r))
		return;
	a.password = secret_reveal(&r->password);
	r->method = WIRE_REDIR_BASIC;
	if (!send_auth(r, &a))
		unsendable(r);
	else
		wait_answer(r, STEP_LOGIN);
}

static void ask_challenge(struct amt_redir *r, uint8_t method)
{
	const struct wire_redir_auth a = { .method = method,
					   .user = span_str(r->user),
					   .uri = span_str(WIRE_REDIR_URI) };

	r->method = method;
	if (!send_auth(r, &a))
		unsendable(r);
	else
		wait_answer(r, STEP_CHALLENGE);
}

static void on_methods(struct amt_redir *r, const struct wire_redir_auth *a)
{
	struct err e = { 0 };
	bool has[8] = { false };

	for (size_t i = 0; i < a->methods.n; i++)
		has[a->methods.p[i] & 7] |= a->methods.p[i] < 8;
	if (has[WIRE_REDIR_DIGEST]) {
		ask_challenge(r, WIRE_REDIR_DIGEST);
	} else if (has[WIRE_REDIR_DIGEST_OLD]) {
		ask_challenge(r, WIRE_REDIR_DIGEST_OLD);
	} else if (has[WIRE_REDIR_BASIC]) {
		login_clear(r);
	} else {
		err_set(&e, ERR_UNSUPPORTED, "%s offers no login that is known here", r->where);
		fail(r, &e);
	}
}

static void wrong_realm(struct amt_redir *r)
{
	struct err e = { 0 };

	err_set(&e, ERR_REALM, "%s asks for a login to another digest realm", r->where);
	err_seen(&e, "%s", r->realm);
	err_want(&e, "%s", r->want_realm);
	err_hint(&e,
		 "another machine answers at this address, or AMT was unprovisioned and set "
		 "up again");
	fail(r, &e);
}

static void refused_early(struct amt_redir *r, uint8_t status)
{
	struct err e = { 0 };

	if (status == WIRE_REDIR_AUTH_UNSUPPORTED)
		err_set(&e, ERR_UNSUPPORTED, "%s refuses the login method that it offered",
			r->where);
	else
		err_set(&e, ERR_AUTH, "%s takes no login now: nothing was sent that could count",
			r->where);
	err_rule(&e, "M19");
	err_hint(&e, "the account may be locked after wrong passwords: wait some minutes");
	fail(r, &e);
}

static void on_challenge(struct amt_redir *r, uint8_t status, const struct wire_redir_auth *c)
{
	char response[33], cnonce[33];
	uint8_t ha1[16], noise[16];
	struct wire_redir_auth a = { .method = r->method };
	struct out o;

	if (!c->challenge || c->method != r->method || c->nonce.n == 0) {
		refused_early(r, status);
		return;
	}
	(void)str_copy(r->realm, sizeof r->realm, c->realm);
	if (r->want_realm[0] && !str_eq(r->want_realm, r->realm)) {
		wrong_realm(r);
		return;
	}
	if (!may_login(r))
		return;
	rng_fill(r->c.rng, noise, sizeof noise);
	out_init(&o, cnonce, sizeof cnonce);
	out_hex(&o, span_make(noise, sizeof noise));
	a.user = span_str(r->user);
	a.realm = c->realm;
	a.nonce = c->nonce;
	a.uri = span_str(WIRE_REDIR_URI);
	a.cnonce = span_str(cnonce);
	a.nc = span_str(NC);
	a.qop = span_str("auth");
	wire_digest_ha1(r->user, r->realm, secret_reveal(&r->password), ha1);
	wire_redir_digest(ha1, &a, response);
	mem_wipe(ha1, sizeof ha1);
	a.response = span_make(response, 32);
	if (!send_auth(r, &a))
		unsendable(r);
	else
		wait_answer(r, STEP_LOGIN);
}

static void opened(struct amt_redir *r)
{
	sched_cancel(r->timer);
	r->timer = NULL;
	r->step = STEP_OPEN; /* told when the message has been worked off */
}

static void on_login(struct amt_redir *r, uint8_t status)
{
	static const uint8_t open_kvm[8] = { WIRE_REDIR_KVM_OPEN };
	struct err e = { 0 };

	if (status != WIRE_REDIR_AUTH_OK) {
		err_set(&e, ERR_AUTH, "%s refused user \"%s\"", r->where, r->user);
		err_rule(&e, "M19");
		err_seen(&e, "one login, refused");
		err_want(&e, "at most 3 wrong ones in 10 minutes, over all ports of the PC");
		err_hint(&e,
			 "check user and password, and that the user has the redirection realm; "
			 "it is not sent again by itself");
		fail(r, &e);
		return;
	}
	if (r->c.kind != WIRE_REDIR_KVM) {
		opened(r);
		return;
	}
	(void)net_stream_send(r->s, span_make(open_kvm, sizeof open_kvm));
	seen_sent(r, span_make(open_kvm, sizeof open_kvm));
	wait_answer(r, STEP_KVM);
}

/* ---- start ---- */

static void on_started(struct amt_redir *r, uint8_t status)
{
	const struct wire_redir_auth query = { .method = WIRE_REDIR_QUERY };
	const char *kind = kind_name(r);
	struct err e = { 0 };

	switch (status) {
	case WIRE_REDIR_OK:
		if (!send_auth(r, &query))
			unsendable(r);
		else
			wait_answer(r, STEP_QUERY);
		return;
	case WIRE_REDIR_BUSY:
		err_set(&e, ERR_BUSY, "another console has the %s session of %s", kind, r->where);
		err_hint(&e, "the PC does not say who; it takes one %s session at a time", kind);
		break;
	case WIRE_REDIR_DISABLED:
		/* It says no more: where consent is wanted and lacks, the answer is the same. */
		err_set(&e, ERR_DENIED, "%s is switched off on %s, or wants consent first", kind,
			r->where);
		err_rule(&e, "D091");
		err_hint(&e,
			 "switch it on in the profile (redirection) and in MEBx; for the "
			 "consent of its user see 'outband consent state'");
		break;
	case WIRE_REDIR_UNKNOWN:
		err_set(&e, ERR_UNSUPPORTED, "%s knows no %s sessions", r->where, kind);
		break;
	default:
		err_set(&e, ERR_FAULT, "%s cannot start a %s session", r->where, kind);
	}
	err_seen(&e, "status %u", status);
	fail(r, &e);
}

static void unexpected(struct amt_redir *r, uint8_t type)
{
	struct err e = { 0 };

	err_set(&e, ERR_MALFORMED, "%s sent message 0x%02X instead of %s", r->where, type,
		step_names[r->step]);
	fail(r, &e);
}

static void on_message(struct amt_redir *r, const struct wire_redir_msg *m)
{
	struct wire_redir_auth a;
	struct err e = { 0 };

	if (r->step == STEP_KVM && m->type == WIRE_REDIR_KVM_OPENED) {
		opened(r);
		return;
	}
	if (r->step == STEP_START && m->type == WIRE_REDIR_STARTED) {
		on_started(r, m->head[0]);
		return;
	}
	if (m->type != WIRE_REDIR_AUTH_REPLY || r->step < STEP_QUERY || r->step > STEP_LOGIN) {
		unexpected(r, m->type);
		return;
	}
	if (!wire_redir_auth_parse(m, &a, &e)) {
		(void)err_wrap(&e, "%s", r->where);
		fail(r, &e);
	} else if (r->step == STEP_QUERY) {
		on_methods(r, &a);
	} else if (r->step == STEP_CHALLENGE) {
		on_challenge(r, m->head[0], &a);
	} else {
		on_login(r, m->head[0]);
	}
}

/* ---- the stream ---- */

/* Gives the size of the first message; 0: more is needed, or it is over. */
static size_t take(struct amt_redir *r, struct span in)
{
	enum wire_redir_session as = r->step == STEP_KVM ? WIRE_REDIR_KVM : WIRE_REDIR_NONE;
	struct wire_redir_msg m;
	struct err e = { 0 };
	size_t used;

	switch (wire_redir_parse(in, as, &m, &used, &e)) {
	case WIRE_MORE:
		return 0;
	case WIRE_BAD:
		(void)err_wrap(&e, "%s", r->where);
		fail(r, &e);
		return 0;
	case WIRE_DONE:
		break;
	}
	seen(r, (struct amt_redir_event){ .what = AMT_REDIR_GOT, .msg = &m });
	on_message(r, &m);
	return used;
}

/* It is open; what came behind the last message is the caller's. r may be gone afterwards. */
static void hand_over(struct amt_redir *r)
{
	struct buf rest = r->in;
	bool gone = false;

	buf_init(&r->in, IN_MAX);
	r->gone = &gone;
	r->bytes_in = rest.n;
	r->ev.on_open(r->arg);
	if (!gone && rest.n > 0)
		r->ev.on_data(r->arg, buf_span(&rest));
	if (!gone)
		r->gone = NULL;
	buf_wipe(&rest);
}

static void on_data(void *arg, struct span bytes)
{
	struct amt_redir *r = arg;
	size_t n = 1;

	if (r->step == STEP_OPEN && r->in.n == 0) {
		r->bytes_in += bytes.n;
		r->ev.on_data(r->arg, bytes);
		return;
	}
	if (!buf_add(&r->in, bytes)) {
		unexpected(r, bytes.p[0]);
		return;
	}
	while (n > 0 && r->in.n > 0 && r->step < STEP_OPEN) {
		n = take(r, buf_span(&r->in));
		if (r->step != STEP_DOWN)
			buf_consume(&r->in, n);
	}
	if (r->step == STEP_OPEN)
		hand_over(r);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct amt_redir *r = arg;
	uint8_t mem[16];
	struct out o;
	struct wire_redir_msg m = { .type = WIRE_REDIR_START };

	r->facts = *facts;
	seen(r, (struct amt_redir_event){ .what = AMT_REDIR_UP, .facts = facts });
	memcpy(m.kind, wire_redir_session_letters(r->c.kind), sizeof m.kind);
	m.head[0] = r->c.kind == WIRE_REDIR_KVM;
	out_init(&o, mem, sizeof mem);
	(void)wire_redir_emit(&o, &m);
	(void)net_stream_send(r->s, out_span(&o));
	seen_sent(r, out_span(&o));
	wait_answer(r, STEP_START);
}

static void on_stream_down(void *arg, const struct err *why)
{
	struct amt_redir *r = arg;
	struct err e = *why;

	net_stream_close(r->s);
	r->s = NULL;
	/* a PC that slams the door while something of ours is unread resets: the same to people */
	if (r->step < STEP_OPEN && r->step > STEP_CONNECT &&
	    (e.code == ERR_NONE || (e.code == ERR_CLOSED && r->step == STEP_START))) {
		err_set(&e, ERR_CLOSED, "%s closed the connection: %s did not come", r->where,
			step_names[r->step]);
		if (r->step == STEP_START)
			err_hint(&e,
				 r->clear ? "it may speak TLS only there (--tls), or redirection "
					    "is switched off in it (profile, MEBx)"
					  : "redirection may be switched off in this PC "
					    "(profile, MEBx)");
	} else if (e.code == ERR_REFUSED) {
		err_hint(&e,
			 r->clear ? "redirection is switched off in this PC, or it speaks TLS "
				    "only there (--tls)"
				  : "redirection is switched off in this PC, or it speaks no "
				    "TLS there");
	}
	tell(r, &e);
}

static void on_room(void *arg)
{
	struct amt_redir *r = arg;

	if (r->step == STEP_OPEN && r->ev.on_room)
		r->ev.on_room(r->arg);
}

/* ---- the calls ---- */

struct amt_redir *amt_redir_start(const struct amt_redir_conf *c, const struct amt_redir_events *ev,
				  void *arg)
{
	static const struct net_stream_events events = { on_up, on_data, on_stream_down };
	struct amt_redir *r = MEM_NEW(struct amt_redir);
	struct net_target t = { .port = (uint16_t)(c->way->port + PORT_OFFSET),
				.tls = c->way->clear ? NULL : &c->way->tls };

	r->c = *c;
	r->c.way = NULL;
	r->ev = *ev;
	r->arg = arg;
	r->password = secret_copy(&c->way->password);
	buf_init(&r->in, IN_MAX);
	(void)str_copy(t.address, sizeof t.address, span_str(c->way->address));
	(void)str_copy(r->user, sizeof r->user, span_str(c->way->user));
	(void)str_copy(r->want_realm, sizeof r->want_realm, span_str(c->way->realm));
	(void)str_copy(r->address, sizeof r->address, span_str(t.address));
	r->port = t.port;
	r->clear = !t.tls;
	(void)snprintf(r->where, sizeof r->where, "%s port %u", t.address, t.port);
	r->s = c->dialer->dial(c->dialer, &t);
	net_stream_start(r->s, &events, r);
	net_stream_on_room(r->s, on_room);
	return r;
}

bool amt_redir_send(struct amt_redir *r, struct span bytes)
{
	if (r->step != STEP_OPEN || !net_stream_send(r->s, bytes))
		return false;
	r->bytes_out += bytes.n;
	return true;
}

size_t amt_redir_queued(const struct amt_redir *r)
{
	return r->s ? net_stream_queued(r->s) : 0;
}

void amt_redir_pause(struct amt_redir *r, bool paused)
{
	if (r->s)
		net_stream_pause(r->s, paused);
}

void amt_redir_end(struct amt_redir *r)
{
	static const uint8_t end[4] = { WIRE_REDIR_END };

	if (!r->s)
		return;
	(void)net_stream_send(r->s, span_make(end, sizeof end));
	net_stream_end(r->s);
}

void amt_redir_free(struct amt_redir *r)
{
	if (!r)
		return;
	const struct err none = { 0 };

	if (r->gone)
		*r->gone = true;
	seen_down(r, r->step == STEP_DOWN ? &r->why : &none);
	sched_cancel(r->timer);
	net_stream_close(r->s);
	secret_deinit(&r->password);
	buf_wipe(&r->in);
	mem_free(r);
}

bool amt_redir_login_sent(const struct amt_redir *r)
{
	return r->login_sent;
}

const char *amt_redir_realm(const struct amt_redir *r)
{
	return r->realm;
}

const struct net_tls_facts *amt_redir_facts(const struct amt_redir *r)
{
	return r->step > STEP_CONNECT && r->s ? &r->facts : NULL;
}
