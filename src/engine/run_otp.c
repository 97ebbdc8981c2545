/* The one-time password of a setup (setup-and-configuration 3.6): an agent on the PC writes it into
 * the firmware and reports it here, as the secret otp.UUID; during setup the firmware shows it, which
 * tells that this is the PC. Compared before anything secret is sent. Never with PSK. What the bytes
 * are, ASCII with zeros behind it, is read from other programs' ways (source S). */
#include "engine/run_otp.h"
#include "engine/run_priv.h"

#include "base/fault.h"
#include "engine/actions_priv.h"

#include <stdio.h>

bool engine_run_otp_load(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct span sealed;
	char name[64], label[80];
	if (r->en->set.otp == ENGINE_OTP_OFF)
		return true;
	snprintf(name, sizeof name, "otp.%s", r->uuid);
	snprintf(label, sizeof label, "secret:%s", name);
	arena_init(&a, 65536);
	bool found = store_secret_get(r->en->conf.store, &a, name, &sealed);
	bool ok = !found || engine_unseal(r->en, label, sealed, &r->otp, e);
	arena_deinit(&a);
	if (!ok)
		return err_wrap(e, "one-time password of device %s", r->uuid);
	if (found || r->en->set.otp == ENGINE_OTP_OPTIONAL)
		return true;
	err_set(e, ERR_PREFLIGHT, "no one-time password was reported for device %s", r->uuid);
	err_seen(e, "pki.otp = required");
	err_want(e, "the secret %s", name);
	return err_hint(e, "the agent on the PC reports it with 'outband secret set %s'", name);
}

bool engine_run_otp_check(struct engine_run *r, struct err *e)
{
	if (r->facts.otp == ENGINE_OTP_FITS ||
	    (r->facts.otp == ENGINE_OTP_NONE && r->en->set.otp != ENGINE_OTP_REQUIRED))
		return true;
	err_set(e, ERR_PREFLIGHT,
		"device %s does not show the one-time password that was reported for it; nothing "
		"secret was sent",
		r->uuid);
	err_seen(e, "%s", r->facts.otp == ENGINE_OTP_NONE ? "none" : "another one");
	err_want(e, "the one of the secret otp.%s", r->uuid);
	return err_hint(
		e,
		"let the agent write and report a new one; if it did, another PC may answer "
		"at %s",
		r->address);
}

/* ---- how long the PC's network stays open ---- */

static void send_period(struct engine_run *r, uint32_t hours, amt_client_fn *fn)
{
	struct arena a;
	struct wsman_req req = { 0 };
	if (!engine_run_may_go_on(r))
		return;
	arena_init(&a, 65536);
	struct wsman_obj *o = engine_act_invoke(&a, &req, "AMT_SetupAndConfigurationService",
						"ExtendProvisioningPeriod");
	wsman_obj_set_u32(o, "Duration", hours);
	r->state = RUN_PART_ACT;
	r->act = ACT_COUNT;
	if (!fault_hit("engine.send"))
		amt_client_call(r->client, &req, false, 0, fn, r);
	arena_deinit(&a);
}

/* Whatever it answers: that the password does not fit is what counts. */
static void on_closed(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct err e = r->why;
	struct wsman_obj *o;
	if (fault_hit("engine.reply"))
		return;
	bool closed = err->code == ERR_NONE &&
		wsman_envelope_obj(reply->msg, reply->arena, &o, NULL) && o->return_value == 0;
	if (closed)
		err_hint(&e,
			 "its network was closed (%s): let the agent write and report a new one, "
			 "and start the setup again on the PC",
			 r->period_h == 0 ? "this job's period is 0" : "pki.otp_close");
	engine_run_fail(r, &e);
}

void engine_run_otp_refused(struct engine_run *r, const struct err *e)
{
	if ((!r->en->set.otp_close && r->period_h != 0) || r->facts.otp == ENGINE_OTP_NONE) {
		engine_run_fail(r, e);
		return;
	}
	r->why = *e;
	send_period(r, 0, on_closed);
}

static void on_extended(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct wsman_obj *o;
	if (fault_hit("engine.reply"))
		return;
	if (err->code == ERR_AUTH || err->code == ERR_DENIED || err->code == ERR_REALM) {
		engine_run_login_failed(r, err);
		return;
	}
	if (err->code != ERR_NONE && !reply->msg) {
		engine_run_reopen(r, err);
		return;
	}
	bool taken = err->code == ERR_NONE &&
		wsman_envelope_obj(reply->msg, reply->arena, &o, NULL) && o->return_value == 0;
	struct store_tx *tx = engine_run_tx(r);
	engine_run_event(r, tx, taken ? LOG_EV_STEP : LOG_EV_STEP_NOTE, "provisioning_period",
			 taken ? NULL : "not taken: its network closes when its firmware says",
			 NULL);
	engine_run_commit(r, tx, engine_run_plan);
}

bool engine_run_extend_period(struct engine_run *r)
{
	int64_t hours = r->period_h >= 0 ? r->period_h : r->en->set.period_h;
	if (!hours || !r->in.setup || r->kind != RUN_CONFIGURE || r->period_told)
		return false;
	if (engine_run_looks_again(r, ACT_COUNT))
		return true;
	r->period_told = true;
	send_period(r, (uint32_t)hours, on_extended);
	return true;
}
