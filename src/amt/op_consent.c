/* User consent: its state, the code on the PC's screen, and the check that other operations make first
 * (wsman 3.9, IPS_OptInService). In client control mode it is always needed. A wrong code is sent once:
 * after three the PC ends the request. */
#include "amt/op_consent_priv.h"
#include "base/str.h"

#define CODE_DIGITS 6
#define CODE_MAX    999999
#define MODE_CLIENT 1
#define MODE_ADMIN  2

bool amt_consent_absent(const struct err *e)
{
	return e->code == ERR_FAULT && strstr(e->seen, "DestinationUnreachable");
}

void amt_consent_explain(struct err *e)
{
	if (e->code != ERR_FAULT || !strstr(e->seen, "AccessDenied"))
		return;
	err_want(e, "user consent, or an account with the realm for it");
	err_rule(e, "M24");
}

bool amt_consent_needed(const struct amt_consent *c, enum amt_consent_for what)
{
	if (c->none)
		return false;
	return c->required == AMT_CONSENT_ALL || c->mode == MODE_CLIENT ||
		(c->required == 1 && what == AMT_CONSENT_KVM);
}

bool amt_consent_given(const struct amt_consent *c)
{
	return c->state == AMT_CONSENT_RECEIVED || c->state == AMT_CONSENT_IN_SESSION;
}

const char *amt_consent_word(const struct amt_consent *c)
{
	return amt_consent_needed(c, c->what) ? "given" : "not needed";
}

const char *amt_consent_required_name(const struct amt_consent *c)
{
	if (c->none || (c->required == 0 && c->mode != MODE_CLIENT))
		return "none";
	return c->required == 1 && c->mode != MODE_CLIENT ? "kvm" : "all";
}

const char *amt_consent_state_name(const struct amt_consent *c)
{
	static const char *const names[] = { "not asked for", "requested", "code is shown", "given",
					     "given, in a session" };

	return c->state < sizeof names / sizeof *names ? names[c->state] : "unknown";
}

/* ---- reading it ---- */

static bool no_mode(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct amt_consent *c = amt_op_state(o);

	(void)r;
	if (!amt_consent_absent(e))
		return false;
	c->next(o);
	return true;
}

static void on_mode(struct amt_op *o, const struct amt_reply *r)
{
	struct amt_consent *c = amt_op_state(o);
	struct wsman_obj *host;

	if (!amt_op_obj(o, r, &host))
		return;
	(void)wsman_obj_u32(host, "CurrentControlMode", &c->mode);
	c->next(o);
}

static bool no_service(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct amt_consent *c = amt_op_state(o);

	(void)r;
	if (!amt_consent_absent(e))
		return false;
	c->none = true;
	c->next(o);
	return true;
}

static void on_service(struct amt_op *o, const struct amt_reply *r)
{
	struct amt_consent *c = amt_op_state(o);
	struct wsman_obj *s;

	if (!amt_op_obj(o, r, &s))
		return;
	(void)wsman_obj_u32(s, "OptInRequired", &c->required);
	(void)wsman_obj_u32(s, "OptInState", &c->state);
	(void)wsman_obj_u32(s, "OptInDisplayTimeout", &c->display_s);
	(void)wsman_obj_u32(s, "OptInCodeTimeout", &c->code_s);
	/* Some firmware in client control mode does not say that it wants it. */
	amt_op_on_error(o, no_mode);
	amt_op_get(o, "IPS_HostBasedSetupService", on_mode);
}

void amt_consent_read(struct amt_op *o, void (*next)(struct amt_op *o))
{
	struct amt_consent *c = amt_op_state(o);

	c->next = next;
	amt_op_on_error(o, no_service);
	amt_op_get(o, "IPS_OptInService", on_service);
}

/* ---- sending a code ---- */

static void on_state_after(struct amt_op *o, const struct amt_reply *r)
{
	struct amt_consent *c = amt_op_state(o);
	struct wsman_obj *s;
	struct err e = c->refused;

	if (!amt_op_obj(o, r, &s))
		return;
	c->state = AMT_CONSENT_IDLE;
	(void)wsman_obj_u32(s, "OptInState", &c->state);
	err_wrap(&e, "the PC refused the consent code");
	if (c->state == AMT_CONSENT_DISPLAYED)
		err_hint(
			&e,
			"its code is still on the screen: compare and try again; the third wrong one ends it");
	else
		err_hint(&e,
			 "it shows no code any more (time over, or three wrong ones): "
			 "'outband consent request'");
	amt_op_fail(o, &e);
}

static bool refused_code(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct amt_consent *c = amt_op_state(o);

	(void)r;
	if (e->code != ERR_PT_STATUS && e->code != ERR_BUSY)
		return false;
	c->refused = *e;
	c->refused.code = ERR_DENIED;
	amt_op_get(o, "IPS_OptInService", on_state_after);
	return true;
}

static void on_sent(struct amt_op *o, const struct amt_reply *r)
{
	struct amt_consent *c = amt_op_state(o);

	(void)r;
	c->state = AMT_CONSENT_RECEIVED;
	c->next(o);
}

static bool read_code(const char *text, uint32_t *out_code, struct err *e)
{
	if (strlen(text) == CODE_DIGITS && str_to_u32(span_str(text), 0, CODE_MAX, out_code, NULL))
		return true;
	err_set(e, ERR_USAGE, "that is no consent code");
	return err_want(e, "%d digits, as the PC's screen shows them", CODE_DIGITS);
}

static void send_code(struct amt_op *o, const char *text)
{
	struct wsman_obj *in = amt_op_input(o, "IPS_OptInService", "SendOptInCode");
	struct err e = { 0 };
	uint32_t code = 0;

	if (!read_code(text, &code, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	wsman_obj_set_u32(in, "OptInCode", code);
	amt_op_on_error(o, refused_code);
	amt_op_invoke(o, "IPS_OptInService", "SendOptInCode", in, on_sent);
}

/* ---- for other operations ---- */

static void judge(struct amt_op *o)
{
	struct amt_consent *c = amt_op_state(o);
	struct err e = { 0 };

	c->next = c->after;
	if (!amt_consent_needed(c, c->what) || amt_consent_given(c)) {
		c->next(o);
		return;
	}
	if (*c->code && c->state == AMT_CONSENT_DISPLAYED) {
		send_code(o, c->code);
		return;
	}
	err_set(&e, ERR_PREFLIGHT,
		"the PC wants the consent of its user first; nothing was changed");
	err_seen(&e, "consent %s; wanted for %s%s", amt_consent_state_name(c),
		 amt_consent_required_name(c),
		 c->mode == MODE_CLIENT ? "; client control mode" : "");
	err_want(&e, "consent given");
	err_rule(&e, "M24");
	amt_op_fail(o, &e);
}

void amt_consent_need(struct amt_op *o, enum amt_consent_for what, const char *code,
		      void (*next)(struct amt_op *o))
{
	struct amt_consent *c = amt_op_state(o);

	c->what = what;
	c->code = code;
	c->after = next;
	amt_consent_read(o, judge);
}

/* ---- operations ---- */

static void show(struct amt_op *o)
{
	const struct amt_consent *c = amt_op_state(o);

	amt_op_begin(o, "");
	amt_op_text(o, "required", amt_consent_required_name(c));
	amt_op_text(o, "state", amt_consent_state_name(c));
	amt_op_text(o, "control_mode",
		    c->mode == MODE_CLIENT          ? "client"
			    : c->mode == MODE_ADMIN ? "admin"
						    : NULL);
	if (!c->none) {
		amt_op_number(o, "shown_s", c->display_s);
		amt_op_number(o, "valid_s", c->code_s);
	}
	amt_op_emit(o);
	amt_op_end(o);
}

static bool not_wanted(struct amt_op *o)
{
	const struct amt_consent *c = amt_op_state(o);
	struct err e = { 0 };

	if (amt_consent_needed(c, AMT_CONSENT_KVM))
		return false;
	err_set(&e, ERR_CONFLICT,
		c->none ? "this firmware knows no user consent (it came with 7.0)"
			: "this PC wants no user consent");
	amt_op_fail(o, &e);
	return true;
}

static void start_state(struct amt_op *o)
{
	amt_consent_read(o, show);
}

static bool cannot_show(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err why = *e;

	(void)r;
	if (e->code != ERR_PT_STATUS && e->code != ERR_BUSY)
		return false;
	why.code = ERR_PT_STATUS;
	err_hint(&why, "a PC that is off shows no code; three wrong codes block it for a while");
	amt_op_fail(o, &why);
	return true;
}

static void on_requested(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	start_state(o);
}

static void request(struct amt_op *o)
{
	const struct amt_consent *c = amt_op_state(o);

	if (not_wanted(o))
		return;
	if (c->state != AMT_CONSENT_IDLE) {
		show(o);
		return;
	}
	amt_op_on_error(o, cannot_show);
	amt_op_invoke(o, "IPS_OptInService", "StartOptIn", NULL, on_requested);
}

static void start_request(struct amt_op *o)
{
	amt_consent_read(o, request);
}

static void sending(struct amt_op *o)
{
	struct amt_consent *c = amt_op_state(o);
	struct err e = { 0 };

	if (not_wanted(o))
		return;
	if (c->state == AMT_CONSENT_DISPLAYED || c->state == AMT_CONSENT_REQUESTED) {
		c->next = start_state;
		send_code(o, amt_op_arg(o, "code"));
		return;
	}
	err_set(&e, ERR_CONFLICT, "the PC waits for no code");
	err_seen(&e, "consent %s", amt_consent_state_name(c));
	err_hint(&e, "'outband consent request' shows one on its screen");
	amt_op_fail(o, &e);
}

static void start_send(struct amt_op *o)
{
	struct err e = { 0 };
	uint32_t code = 0;

	if (!read_code(amt_op_arg(o, "code"), &code, &e))
		amt_op_fail(o, &e);
	else
		amt_consent_read(o, sending);
}

static void cancel(struct amt_op *o)
{
	const struct amt_consent *c = amt_op_state(o);

	if (c->none || c->state == AMT_CONSENT_IDLE)
		show(o);
	else
		amt_op_invoke(o, "IPS_OptInService", "CancelOptIn", NULL, on_requested);
}

static void start_cancel(struct amt_op *o)
{
	amt_consent_read(o, cancel);
}

const struct amt_op_fns amt_op_consent_state = { sizeof(struct amt_consent), start_state, NULL };
const struct amt_op_fns amt_op_consent_request = { sizeof(struct amt_consent), start_request,
						   NULL };
const struct amt_op_fns amt_op_consent_send = { sizeof(struct amt_consent), start_send, NULL };
const struct amt_op_fns amt_op_consent_cancel = { sizeof(struct amt_consent), start_cancel, NULL };
