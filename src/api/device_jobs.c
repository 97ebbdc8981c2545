/* Jobs for configured devices (look, renew, rotate, unconfigure), and what a look saw last. */
#include "api/api_priv.h"

static void queued(struct api_req *r)
{
	const char **job = r->state;

	engine_kick(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "job", *job);
	api_json_end(&r->json, '}');
	api_ok(r);
}

bool api_job_start(struct api_req *r, const struct store_device *d, const char *kind,
		   const char *action, struct err *e)
{
	const char **job = ARENA_NEW(&r->arena, const char *);
	struct store_tx *tx = api_tx(r, action, d->uuid);

	if (job && api_job_queue(r, tx, d->uuid, kind, job)) {
		r->state = job;
		api_commit(r, tx, queued);
		return true;
	}
	store_tx_drop(tx);
	err_set(e, ERR_CONFLICT, "job %s does that for device %s now", job ? *job : "?", d->uuid);
	return err_hint(e, "wait for its end, or cancel it first: 'outband job cancel %s'",
			job ? *job : "?");
}

/* A job for a device that is open to us. */
static void start(struct api_req *r, const char *kind, const char *action, bool also_adopted)
{
	struct store_device d;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!str_eq(d.state, "configured") && !(also_adopted && str_eq(d.state, "adopted"))) {
		err_set(&e, ERR_CONFLICT, "device %s is %s: there is no way in yet", d.uuid,
			d.state);
		err_want(&e, "a configured device");
		err_hint(&e, "'outband device plan %.80s' shows what configuration would set",
			 r->name);
		api_fail(r, &e);
	} else if (!api_job_start(r, &d, kind, action, &e)) {
		api_fail(r, &e);
	}
}

void api_device_check(struct api_req *r)
{
	start(r, "check", "device.check", true);
}

void api_device_renew(struct api_req *r)
{
	start(r, "renew_certificate", "device.renew", false);
}

void api_device_rotate(struct api_req *r)
{
	start(r, "rotate_password", "device.rotate", false);
}

void api_device_rekey(struct api_req *r)
{
	start(r, "rekey_psk", "device.rekey", false);
}

void api_device_unconfigure(struct api_req *r)
{
	struct err e = { 0 };
	const char *mode = NULL;

	if (!api_query_word(r, "mode", "full partial look", &mode, &e)) {
		api_fail(r, &e);
		return;
	}
	start(r,
	      !mode || str_eq(mode, "full")     ? "unconfigure"
		      : str_eq(mode, "partial") ? "unconfigure_partial"
						: "unconfigure_look",
	      "device.unconfigure", true);
}

static void put_lines(struct api_req *r, const char *key, const char *text)
{
	api_json_begin(&r->json, key, '[');
	for (struct span left = span_str(text); left.n;) {
		size_t n = span_find(left, '\n');
		api_json_bytes(&r->json, NULL, span_make(left.p, n));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	api_json_end(&r->json, ']');
}

static void put_drift(struct api_req *r, const struct store_drift *d, const char *fqdn)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", d->uuid);
	api_json_str(&r->json, "fqdn", fqdn);
	api_json_time(&r->json, "at", d->at_unix_ms);
	api_json_str(&r->json, "profile", d->profile);
	api_json_int(&r->json, "profile_version", d->profile_version);
	api_json_int(&r->json, "differences", d->count);
	put_lines(r, "lines", d->lines);
	put_lines(r, "notes", d->notes);
	api_json_end(&r->json, '}');
}

void api_device_drift(struct api_req *r)
{
	struct store_device d;
	struct store_drift drift;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!store_drift_get(r->api->conf.store, &r->arena, d.uuid, &drift)) {
		err_set(&e, ERR_NOT_FOUND, "nobody has looked at device %s yet", d.uuid);
		err_hint(&e, "'outband device drift %.80s --check' does", r->name);
		api_fail(r, &e);
		return;
	}
	put_drift(r, &drift, d.fqdn);
	api_ok(r);
}

void api_drift_list(struct api_req *r)
{
	struct api_page page;
	struct store_device d;
	struct err e = { 0 };
	bool all = false;

	if (!api_query_page(r, &page, &e) || !api_query_bool(r, "all", &all, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_drift *rows = ARENA_ARRAY(&r->arena, struct store_drift, page.limit + 1);
	unsigned n = rows ? store_drift_list(r->api->conf.store, &r->arena, all ? 0 : 1,
					     page.after ? page.after : "", page.limit + 1, rows)
			  : 0;
	bool more = n > page.limit;
	n = more ? page.limit : n;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++) {
		bool known = store_device_get(r->api->conf.store, &r->arena, rows[i].uuid, &d);
		put_drift(r, &rows[i], known ? d.fqdn : "");
	}
	api_list_end(r, more ? rows[n - 1].uuid : NULL);
}
