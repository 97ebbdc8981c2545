/* Devices, read-only: list, one in full, plan. Never talks to a device: everything is what the
 * database knows. */
#include "api/api_priv.h"
#include "api/next_step.h"
#include "api/sighting.h"
#include "store/store_operate.h"
#include "wire/hello.h"

enum { MAX_STEPS = 200, MAX_CREDENTIALS = 200 };

static const char states[] = ""
#define X(name, text) text " "
	STORE_DEVICE_STATES(X)
#undef X
	;

static void write_fields(struct api_req *r, const struct store_device *d)
{
	struct api_json *j = &r->json;

	api_json_str(j, "uuid", d->uuid);
	api_json_str(j, "fqdn", d->fqdn);
	api_json_str(j, "name_source", d->name_source);
	api_json_str(j, "state", d->state);
	api_json_str(j, "client_state",
		     api_client_state_name(api_client_state_of(d, r->now_unix_ms)));
	api_json_str(j, "kind", d->kind);
	api_json_pid(j, "pid", d->pid);
	api_json_str(j, "address", d->address);
	api_json_str(j, "version", d->version);
	api_json_str(j, "profile", d->profile);
	api_json_str(j, "profile_version", d->profile_version);
	api_json_str(j, "serial", d->serial);
	api_json_str(j, "health", d->health);
	api_json_str(j, "health_rule", d->health_rule);
	api_json_bool(j, "approved", d->approved);
	api_json_time(j, "first_seen", d->first_seen_unix_ms);
	api_json_time(j, "last_hello", d->last_hello_unix_ms);
	api_json_time(j, "configured", d->configured_unix_ms);
	api_json_int(j, "hello_count", d->hello_count);
}

void api_device_list(struct api_req *r)
{
	struct store_device_query q = { 0 };
	struct store_device *rows;
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e) || !api_query_word(r, "state", states, &q.state, &e)) {
		api_fail(r, &e);
		return;
	}
	q.search = api_query(r, "search");
	q.after_uuid = page.after;
	q.limit = page.limit + 1;
	rows = ARENA_ARRAY(&r->arena, struct store_device, q.limit);
	unsigned n = rows ? store_device_list(r->api->conf.store, &r->arena, &q, rows) : 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		write_fields(r, &rows[i]);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].uuid : NULL);
}

/* "name=value" lines, as the engine wrote them. */
static void write_facts(struct api_req *r, const struct store_device *d)
{
	struct span rest = span_str(d->facts);

	api_json_begin(&r->json, "facts", '{');
	while (rest.n) {
		size_t n = span_find(rest, '\n');
		struct span line = { rest.p, n };
		size_t at = span_find(line, '=');
		const char *key = arena_str(&r->arena, (struct span){ line.p, at });
		if (key && at > 0 && at < n)
			api_json_bytes(&r->json, key, span_make(line.p + at + 1, n - at - 1));
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	api_json_end(&r->json, '}');
}

static void write_hello(struct api_req *r, const struct store_device *d)
{
	struct wire_hello *h = ARENA_NEW(&r->arena, struct wire_hello);
	size_t used;

	api_json_key(&r->json, "hello");
	if (h && wire_hello_parse(d->hello_raw, h, &used, NULL) == WIRE_DONE)
		wire_hello_print_json(&r->json.o, h);
	else
		out_str(&r->json.o, "null");
}

static void write_steps(struct api_req *r, const struct store_device *d)
{
	struct store_step *rows = ARENA_ARRAY(&r->arena, struct store_step, MAX_STEPS);
	struct api_json *j = &r->json;
	unsigned n =
		rows ? store_step_list(r->api->conf.store, &r->arena, d->uuid, MAX_STEPS, rows) : 0;

	api_json_begin(j, "steps", '[');
	for (unsigned i = 0; i < n; i++) {
		api_json_begin(j, NULL, '{');
		api_json_str(j, "action", rows[i].action);
		api_json_str(j, "phase", rows[i].phase);
		api_json_str(j, "detail", rows[i].detail);
		api_json_str(j, "job", rows[i].job);
		api_json_int(j, "attempt", rows[i].attempt);
		api_json_int(j, "plan_version", rows[i].plan_version);
		api_json_time(j, "at", rows[i].at_unix_ms);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
}

static void write_credentials(struct api_req *r, const struct store_device *d)
{
	struct store_credential *rows =
		ARENA_ARRAY(&r->arena, struct store_credential, MAX_CREDENTIALS);
	struct api_json *j = &r->json;
	unsigned n = !rows ? 0
			   : store_credential_list(r->api->conf.store, &r->arena, d->uuid, NULL,
						   MAX_CREDENTIALS, rows);

	api_json_begin(j, "credentials", '[');
	for (unsigned i = 0; i < n; i++) {
		api_json_begin(j, NULL, '{');
		api_json_str(j, "id", rows[i].id);
		api_json_str(j, "kind", rows[i].kind);
		api_json_str(j, "state", rows[i].state);
		api_json_str(j, "user", rows[i].user);
		api_json_str(j, "realm", rows[i].realm);
		api_json_str(j, "tls_mode", rows[i].tls_mode);
		api_json_int(j, "port", rows[i].port);
		api_json_str(j, "leaf_sha256", rows[i].leaf_sha256);
		api_json_time(j, "at", rows[i].at_unix_ms);
		api_json_time(j, "changed", rows[i].changed_unix_ms);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
}

/* Boot options that were set half and not taken back so far. */
static void write_boot_half(struct api_req *r, const struct store_device *d)
{
	struct api_json *j = &r->json;
	struct store_boot_half h;

	if (!store_boot_half_get(r->api->conf.store, &r->arena, d->uuid, &h)) {
		api_json_str(j, "boot_half", NULL);
		return;
	}
	api_json_begin(j, "boot_half", '{');
	api_json_str(j, "what", h.what);
	api_json_str(j, "actor", h.actor);
	api_json_time(j, "since", h.since_unix_ms);
	api_json_int(j, "tries", h.tries);
	api_json_time(j, "next", h.next_unix_ms);
	api_json_str(j, "note", h.note);
	api_json_end(j, '}');
}

void api_device_get(struct api_req *r)
{
	struct store *s = r->api->conf.store;
	struct store_device d;
	struct store_job job;
	struct err e = { 0 };
	struct buf text;
	struct out o;

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	bool has_job = store_job_active(s, &r->arena, d.uuid, "configure", &job) ||
		store_job_active(s, &r->arena, d.uuid, "adopt", &job);
	api_json_begin(&r->json, NULL, '{');
	write_fields(r, &d);
	api_hello_life_json(r, &d);
	api_sighting_device(r, d.uuid);
	write_facts(r, &d);
	write_hello(r, &d);
	if (has_job)
		api_job_json(r, "job", &job, d.fqdn);
	else
		api_json_str(&r->json, "job", NULL);
	buf_init(&text, 8192);
	out_init_buf(&o, &text);
	api_next_step_print(&d, has_job ? &job : NULL, r->now_unix_ms, &o);
	api_json_bytes(&r->json, "next_step", buf_span(&text));
	buf_deinit(&text);
	write_boot_half(r, &d);
	write_steps(r, &d);
	write_credentials(r, &d);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_device_plan(struct api_req *r)
{
	struct store_device d;
	struct err e = { 0 };
	struct buf text;
	struct out o;

	buf_init(&text, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &text);
	if (!api_device_find(r, &d, &e) || !engine_plan_text(r->api->conf.engine, d.uuid, &o, &e)) {
		buf_deinit(&text);
		api_fail(r, &e);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", d.uuid);
	api_json_bytes(&r->json, "text", buf_span(&text));
	api_json_end(&r->json, '}');
	buf_deinit(&text);
	api_ok(r);
}
