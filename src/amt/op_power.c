/* Operations "power" and "power-status": the state of a PC, or one change of it, whatever its firmware
 * speaks (amt/pc.h makes the calls). The change is sent once, unless the firmware refused it because of
 * a session that was then closed on request. With wait_ms the PC is asked until it is as it shall be. */
#include "amt/op_priv.h"
#include "amt/pc.h"
#include "base/str.h"

#define POLL_MS     1000
#define WAIT_MAX_MS 3600000

/* Sessions that forbid off and cycle, and how each is closed. */
static const struct session {
	const char *class_name, *text;
	const char *service, *type; /* type: of AMT_RedirectionService's TerminateSession */
} sessions[] = {
	{ "IPS_SolSessionUsingPort", "a serial console (SOL)", "AMT_RedirectionService", "1" },
	{ "IPS_IderSessionUsingPort", "virtual media (IDE-R)", "AMT_RedirectionService", "0" },
	{ "IPS_KvmSessionUsingPort", "KVM", "IPS_KVMRedirectionSettingData", NULL },
};
#define SESSIONS (sizeof sessions / sizeof *sessions)

struct power {
	struct amt_pc *pc;
	enum amt_pc_role role;
	bool asked, closing, closed;
	uint32_t wait_ms, waited_ms;
	struct err refusal; /* what the PC said, while its sessions are looked at */
	unsigned at, open;  /* session that is looked at or closed; bits of those that are open */
};

static void begin(struct amt_op *o);

/* ---- the result ---- */

static void give(struct amt_op *o, const struct amt_pc_facts *f)
{
	const struct power *s = amt_op_state(o);

	amt_op_begin(o, "");
	if (s->role != AMT_PC_STATUS) {
		amt_op_text(o, "action", amt_op_arg(o, "action"));
		amt_op_flag(o, "asked", s->asked);
	}
	amt_op_text(o, "version", f->version);
	amt_op_text(o, "interface", amt_pc_speaks_name(f->speaks));
	amt_op_text(o, "power", amt_pc_power_name(f->power));
	amt_op_emit(o);
	amt_op_end(o);
}

/* ---- waiting ---- */

static enum amt_pc_power wanted(enum amt_pc_role role)
{
	switch (role) {
	case AMT_PC_OFF:
	case AMT_PC_SOFT_OFF:
		return AMT_PC_POWER_OFF;
	case AMT_PC_SLEEP:
		return AMT_PC_POWER_SLEEP;
	case AMT_PC_HIBERNATE:
		return AMT_PC_POWER_HIBERNATE;
	default:
		return AMT_PC_POWER_ON;
	}
}

static void look(struct amt_op *o);

static void wait_more(struct amt_op *o, const char *is)
{
	struct power *s = amt_op_state(o);
	struct err e = { 0 };

	if (s->waited_ms < s->wait_ms) {
		s->waited_ms += POLL_MS;
		amt_op_wait(o, POLL_MS, look);
		return;
	}
	err_set(&e, ERR_TIMEOUT, "the PC took power %s, and is %s still after %u s",
		amt_op_arg(o, "action"), is, (unsigned)(s->waited_ms / 1000));
	err_want(&e, "%s", amt_pc_power_name(wanted(s->role)));
	err_hint(&e, "look at its screen; its system may wait for somebody");
	amt_op_fail(o, &e);
}

static void on_look(void *arg, const struct amt_pc_result *r, const struct err *e)
{
	struct amt_op *o = arg;
	const struct power *s = amt_op_state(o);

	if (r->replied)
		amt_op_peer(o, r->peer);
	if (e->code == ERR_AUTH || e->code == ERR_LOCKOUT)
		amt_op_fail(o, e);
	else if (e->code != ERR_NONE)
		wait_more(o, "silent"); /* a PC that changes its state may lose the line */
	else if (r->facts->power == wanted(s->role))
		give(o, r->facts);
	else
		wait_more(o, amt_pc_power_name(r->facts->power));
}

static void look(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	amt_pc_start(s->pc, AMT_PC_STATUS, on_look, o);
}

/* ---- sessions that are in the way ---- */

static void next_session(struct amt_op *o);

static void on_closed(struct amt_op *o, const struct amt_reply *r)
{
	struct power *s = amt_op_state(o);

	(void)r;
	s->at++;
	next_session(o);
}

static void close_session(struct amt_op *o)
{
	const struct power *s = amt_op_state(o);
	const struct session *row = &sessions[s->at];
	struct wsman_obj *in = amt_op_input(o, row->service, "TerminateSession");

	if (row->type)
		wsman_obj_set_str(in, "SessionType", row->type);
	amt_op_invoke(o, row->service, "TerminateSession", in, on_closed);
}

static void again(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	s->closed = true;
	begin(o);
}

/* Who is there, and what to do: the firmware says neither. */
static void explain(struct amt_op *o)
{
	const struct power *s = amt_op_state(o);
	struct err e = s->refusal;
	char names[128];
	struct out t;

	memset(names, 0, sizeof names);
	out_init(&t, names, sizeof names - 1);
	for (unsigned i = 0; i < SESSIONS; i++)
		if (s->open & 1u << i)
			out_fmt(&t, "%s%s", out_len(&t) ? " and " : "", sessions[i].text);
	if (names[0]) {
		err_clear(&e);
		err_set(&e, ERR_CONFLICT, "firmware refuses power %s while %s is open",
			amt_op_arg(o, "action"), names);
		err_hint(&e,
			 "take reset, or --close-sessions, which ends the work of who is there");
	}
	amt_op_fail(o, &e);
}

static void on_sessions(struct amt_op *o, const struct amt_reply *r)
{
	struct power *s = amt_op_state(o);

	if (r->item_count)
		s->open |= 1u << s->at;
	s->at++;
	next_session(o);
}

/* Older firmware does not tell. */
static bool on_no_sessions(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct power *s = amt_op_state(o);

	(void)r;
	if (e->code != ERR_FAULT && e->code != ERR_HTTP)
		return false;
	s->at++;
	next_session(o);
	return true;
}

/* First all are looked at (at counts up), then those that are open are closed. */
static void next_session(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	if (!s->closing && s->at < SESSIONS) {
		amt_op_on_error(o, on_no_sessions);
		amt_op_enumerate(o, sessions[s->at].class_name, on_sessions);
		return;
	}
	if (!s->closing && (!s->open || !amt_op_arg_bool(o, "close_sessions"))) {
		explain(o);
		return;
	}
	if (!s->closing)
		s->at = 0;
	s->closing = true;
	while (s->at < SESSIONS && !(s->open & 1u << s->at))
		s->at++;
	if (s->at < SESSIONS) {
		close_session(o);
		return;
	}
	s->closing = false;
	amt_op_wait(o, POLL_MS, again); /* lines end a moment later */
}

/* ---- the change ---- */

static bool may_be_session(const struct power *s, const struct amt_pc_facts *f, const struct err *e)
{
	bool ends = s->role == AMT_PC_OFF || s->role == AMT_PC_CYCLE || s->role == AMT_PC_SOFT_OFF;

	return ends && !s->closed && f->speaks == AMT_PC_WSMAN &&
		(e->code == ERR_UNSUPPORTED || e->code == ERR_PT_STATUS);
}

static void on_done(void *arg, const struct amt_pc_result *r, const struct err *e)
{
	struct amt_op *o = arg;
	struct power *s = amt_op_state(o);

	if (r->replied)
		amt_op_peer(o, r->peer);
	if (e->code != ERR_NONE) {
		s->refusal = *e;
		s->at = 0;
		if (may_be_session(s, r->facts, e))
			next_session(o);
		else
			amt_op_fail(o, e);
		return;
	}
	s->asked = r->asked;
	if (s->asked && s->wait_ms && s->role != AMT_PC_NMI && r->facts->power != wanted(s->role))
		wait_more(o, amt_pc_power_name(r->facts->power));
	else
		give(o, r->facts);
}

static void begin(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	if (!s->pc)
		s->pc = amt_pc_new(amt_op_client(o));
	amt_pc_know_version(s->pc, amt_op_version(o));
	amt_pc_start(s->pc, s->role, on_done, o);
}

static bool read_args(const struct amt_op *o, enum amt_pc_role *out_role, uint32_t *out_wait_ms,
		      struct err *e)
{
	const char *action = amt_op_arg(o, "action");

	if (amt_pc_role_parse(action, out_role) && amt_pc_role_is_action(*out_role))
		return amt_op_arg_u32(o, "wait_ms", 0, WAIT_MAX_MS, out_wait_ms, e);
	err_set(e, ERR_USAGE, *action ? "'%.40s' is no power action" : "power%s needs an action",
		action);
	return err_want(e, AMT_PC_ACTIONS);
}

bool amt_op_power_check(const struct amt_op *o, struct err *e)
{
	enum amt_pc_role role;
	uint32_t wait_ms;

	return read_args(o, &role, &wait_ms, e);
}

static void start(struct amt_op *o)
{
	struct power *s = amt_op_state(o);
	struct err e = { 0 };

	if (read_args(o, &s->role, &s->wait_ms, &e))
		begin(o);
	else
		amt_op_fail(o, &e);
}

static void start_status(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	s->role = AMT_PC_STATUS;
	begin(o);
}

static void stop(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	amt_pc_free(s->pc);
}

const struct amt_op_fns amt_op_power = { sizeof(struct power), start, stop };
const struct amt_op_fns amt_op_power_status = { sizeof(struct power), start_status, stop };
