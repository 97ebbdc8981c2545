/* User consent of a virtual device: the code on its screen, the time it is worth, and the sessions that
 * hold it. fw_optin.c is its WS-MAN side; who opens a session or touches boot settings asks
 * sim_consent_ok. Time is looked at when somebody asks: no timer. */
#include "base/clk.h"
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/boot.h"
#include "sim/dev_priv.h"

#define CODES     1000000
#define WRONG_MAX 3 /* the audit log has an event for it */
/* Alerts (discovery 7.3): whose the screen is, and where consent stands. */
#define ALERT_SCREEN  51
#define SCREEN_HOST   0
#define SCREEN_ME     1
#define SCREEN_LATE   2
#define ALERT_CONSENT 64
#define CONSENT_ENDED 2
#define CONSENT_ASKED 3

static int64_t timeout_ms(const struct sim_dev *d, enum sim_var v)
{
	uint32_t s = 0;

	(void)str_to_u32(span_str(sim_var_active(d, v)), 0, UINT32_MAX, &s, NULL);
	return sim_dev_scale_ms(d, (int64_t)s * 1000);
}

uint32_t sim_consent_required(const struct sim_dev *d)
{
	uint32_t v = 0;

	if (d->client_control)
		return SIM_CONSENT_ALL;
	(void)str_to_u32(span_str(sim_var_active(d, SIM_VAR_OPTIN)), 0, UINT32_MAX, &v, NULL);
	return sim_gen_consent(d) ? v : 0;
}

void sim_consent_forget(struct sim_dev *d)
{
	d->consent = (struct sim_consent){ .sessions = d->consent.sessions };
}

/* Over by itself or by somebody: the screen is the host's again. */
static void over(struct sim_dev *d, int screen)
{
	bool shown = d->consent.state == SIM_CONSENT_DISPLAYED;

	sim_consent_forget(d);
	if (shown)
		sim_alerts_message(d, ALERT_SCREEN, screen, 2);
	sim_alerts_message(d, ALERT_CONSENT, CONSENT_ENDED, 2);
}

enum sim_consent_state sim_consent_now(struct sim_dev *d)
{
	struct sim_consent *c = &d->consent;
	bool timed = c->state == SIM_CONSENT_DISPLAYED || c->state == SIM_CONSENT_RECEIVED;

	if (timed && clk_mono_ms() >= c->until_mono_ms)
		over(d, SCREEN_LATE);
	return (enum sim_consent_state)c->state;
}

bool sim_consent_ok(struct sim_dev *d, enum sim_consent_for what)
{
	uint32_t required = sim_consent_required(d);

	if (required == 0 || (required == 1 && what != SIM_CONSENT_KVM))
		return true;
	return sim_consent_now(d) >= SIM_CONSENT_RECEIVED;
}

/* When the last session closes, the code is worth its time again. */
void sim_consent_session(struct sim_dev *d, bool opened)
{
	struct sim_consent *c = &d->consent;

	if (opened) {
		c->sessions++;
		if (sim_consent_now(d) == SIM_CONSENT_RECEIVED)
			c->state = SIM_CONSENT_IN_SESSION;
		return;
	}
	if (c->sessions > 0 && --c->sessions == 0 && c->state == SIM_CONSENT_IN_SESSION) {
		c->state = SIM_CONSENT_RECEIVED;
		c->until_mono_ms = clk_mono_ms() + timeout_ms(d, SIM_VAR_OPTIN_CODE_TIMEOUT);
	}
}

bool sim_consent_start(struct sim_dev *d)
{
	if (sim_consent_now(d) != SIM_CONSENT_IDLE || sim_consent_required(d) == 0 || d->power_off)
		return false;
	d->consent.state = SIM_CONSENT_DISPLAYED;
	d->consent.wrong = 0;
	d->consent.code = rng_below(&d->rng, CODES);
	d->consent.until_mono_ms = clk_mono_ms() + timeout_ms(d, SIM_VAR_OPTIN_SHOW_TIMEOUT);
	sim_alerts_message(d, ALERT_SCREEN, SCREEN_ME, 2);
	sim_alerts_message(d, ALERT_CONSENT, CONSENT_ASKED, 2);
	return true;
}

enum sim_consent_sent sim_consent_send(struct sim_dev *d, uint32_t code)
{
	struct sim_consent *c = &d->consent;

	if (sim_consent_now(d) != SIM_CONSENT_DISPLAYED)
		return SIM_CONSENT_NOT_NOW;
	if (code != c->code) {
		if (++c->wrong >= WRONG_MAX)
			over(d, SCREEN_HOST);
		return SIM_CONSENT_WRONG;
	}
	sim_alerts_message(d, ALERT_SCREEN, SCREEN_HOST, 2);
	c->state = SIM_CONSENT_RECEIVED;
	c->until_mono_ms = clk_mono_ms() + timeout_ms(d, SIM_VAR_OPTIN_CODE_TIMEOUT);
	return SIM_CONSENT_RIGHT;
}

bool sim_consent_cancel(struct sim_dev *d)
{
	if (sim_consent_now(d) == SIM_CONSENT_IDLE)
		return false;
	over(d, SCREEN_HOST);
	return true;
}

void sim_dev_print_consent(struct sim_dev *d, struct out *o)
{
	static const char *const names[] = { "idle", "requested", "displayed", "received",
					     "in-session" };
	enum sim_consent_state s = sim_consent_now(d);
	uint32_t required = sim_consent_required(d);

	out_fmt(o, "required=%s state=%s",
		required == 0           ? "none"
			: required == 1 ? "kvm"
					: "all",
		names[s]);
	if (s == SIM_CONSENT_DISPLAYED)
		out_fmt(o, " code=%06u wrong=%u", d->consent.code, d->consent.wrong);
}
