/* What an operator does with a device: apply, approve, forget. Changes rows and wakes the engine;
 * never waits for the device itself. */
#include "api/api_priv.h"
#include "pki/preflight.h"
#include <assert.h>

#define PERIOD_MAX_H 24 /* as setup.period_h */

struct act {
	const char *uuid, *job;
};

static struct act *act_new(struct api_req *r, const struct store_device *d)
{
	struct act *act = ARENA_NEW(&r->arena, struct act);

	assert(act);
	act->uuid = d->uuid;
	r->state = act;
	return act;
}

static void queued(struct api_req *r)
{
	struct act *act = r->state;

	engine_kick(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "job", act->job);
	api_json_str(&r->json, "uuid", act->uuid);
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* NULL: not said. */
static bool read_period(struct api_req *r, const char **out_hours, struct err *e)
{
	uint32_t v;

	*out_hours = api_query(r, "period");
	if (!*out_hours)
		return true;
	if (str_to_u32(span_str(*out_hours), 0, PERIOD_MAX_H, &v, NULL)) {
		*out_hours = arena_fmt(&r->arena, "%u", (unsigned)v);
		return true;
	}
	err_set(e, ERR_INVALID, "'%.40s' is no time that a setup may take", *out_hours);
	return err_want(e, "0 to %d hours", PERIOD_MAX_H);
}

void api_device_apply(struct api_req *r)
{
	struct store_device d;
	struct err e = { 0 };
	const char *period;
	bool accept = false;

	if (!api_device_find(r, &d, &e) || !api_query_bool(r, "accept_loss", &accept, &e) ||
	    !read_period(r, &period, &e)) {
		api_fail(r, &e);
		return;
	}
	if (str_eq(d.state, "approval")) {
		err_set(&e, ERR_CONFLICT, "device %s waits for approval", d.uuid);
		err_hint(&e, "'outband device approve %.80s' approves and configures it", r->name);
		api_fail(r, &e);
		return;
	}
	struct act *act = act_new(r, &d);
	struct store_tx *tx =
		api_tx(r, accept ? "device.apply.accept_loss" : "device.apply", d.uuid);
	if (!api_job_queue(r, tx, d.uuid, "configure", &act->job)) {
		store_tx_drop(tx);
		err_set(&e, ERR_CONFLICT, "device %s is being configured now by job %s", d.uuid,
			act->job);
		err_hint(&e, "wait for its end, or cancel it first: 'outband job cancel %s'",
			 act->job);
		api_fail(r, &e);
		return;
	}
	if (str_eq(d.state, "adopted")) /* somebody says now that it is ours */
		store_tx_device_int(tx, d.uuid, STORE_DEVICE_APPROVED, 1);
	if (accept)
		store_tx_mark_set(tx, d.uuid, ENGINE_MARK_ACCEPT,
				  arena_fmt(&r->arena, "%s %s", act->job, r->actor),
				  r->now_unix_ms);
	if (period)
		store_tx_job_period(tx, act->job, period);
	api_commit(r, tx, queued);
}

/* ---- approve ---- */

static bool read_fqdn(struct api_req *r, const char **out_fqdn, struct err *e)
{
	const char *text = NULL;
	bool ok;

	*out_fqdn = NULL;
	json_t *o = api_json_read(buf_span(&r->body), "fqdn", e);
	if (!o)
		return false;
	ok = api_json_text(o, "fqdn", &text, e);
	if (ok && text && text[0]) {
		ok = pki_preflight_fqdn(span_str(text), e);
		*out_fqdn = arena_str(&r->arena, span_str(text));
	}
	api_json_drop(o);
	return ok;
}

void api_device_approve(struct api_req *r)
{
	const char *fqdn = NULL, *period;
	struct store_device d;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e) || !read_fqdn(r, &fqdn, &e) ||
	    !read_period(r, &period, &e)) {
		api_fail(r, &e);
		return;
	}
	struct act *act = act_new(r, &d);
	struct store_tx *tx =
		api_tx(r, "device.approve",
		       arena_fmt(&r->arena, "%s%s%s", d.uuid, fqdn ? " " : "", fqdn ? fqdn : ""));
	store_tx_device_int(tx, d.uuid, STORE_DEVICE_APPROVED, 1);
	if (str_eq(d.state, "approval")) {
		store_tx_device_text(tx, d.uuid, STORE_DEVICE_STATE, "new");
		API_EVENT(r, tx, d.uuid, LOG_EV_DEVICE_STATE, LOG_S("uuid", d.uuid),
			  LOG_S("from", d.state), LOG_S("to", "new"));
	}
	if (fqdn)
		store_tx_name_set(tx,
				  &(struct store_name){ .uuid = d.uuid,
							.fqdn = fqdn,
							.grp = "",
							.source = "operator",
							.at_unix_ms = r->now_unix_ms });
	/* One that runs already is not disturbed; approval of a known device changes nothing else. */
	if (api_job_queue(r, tx, d.uuid, "configure", &act->job) && period)
		store_tx_job_period(tx, act->job, period);
	api_commit(r, tx, queued);
}

/* ---- forget ---- */

static void forgotten(struct api_req *r)
{
	struct act *act = r->state;

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", act->uuid);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_device_forget(struct api_req *r)
{
	struct store_device d;
	struct store_job job;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	/* A running job ends by itself: what it still writes finds no row. */
	if (store_job_active(r->api->conf.store, &r->arena, d.uuid, "configure", &job) &&
	    str_eq(job.state, "running"))
		(void)engine_job_cancel(r->api->conf.engine, job.id);
	act_new(r, &d);
	struct store_tx *tx =
		api_tx(r, "device.forget",
		       arena_fmt(&r->arena, "%s%s%s", d.uuid, d.fqdn[0] ? " " : "", d.fqdn));
	store_tx_device_forget(tx, d.uuid);
	API_EVENT(r, tx, d.uuid, LOG_EV_DEVICE_FORGOTTEN, LOG_S("uuid", d.uuid),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, forgotten);
}
