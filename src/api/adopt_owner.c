/* Who owns a device, and handing it over: what a job "adopt" told, from the timeline; and credentials
 * and certificates with their secrets, audited before they leave. */
#include "api/api_priv.h"

#define NOTES_MAX 64
#define ROWS_MAX  100

/* The value of key in a line of the timeline; quotes are taken off. NULL: none. */
static const char *value_of(struct api_req *r, const char *line, const char *key)
{
	const char *at = strstr(line, key);
	char text[512];
	struct out o;

	if (!at)
		return NULL;
	at += strlen(key);
	if (*at != '"')
		return arena_str(&r->arena, span_make(at, strcspn(at, " ")));
	out_init(&o, text, sizeof text);
	for (at++; *at && *at != '"'; at++) {
		at += *at == '\\' && at[1] == '"';
		out_u8(&o, (uint8_t)*at);
	}
	return arena_str(&r->arena, out_span(&o));
}

static void write_notes(struct api_req *r, const struct store_device *d)
{
	struct store_event *rows = ARENA_ARRAY(&r->arena, struct store_event, NOTES_MAX);
	struct store_event_query q = {
		.uuid = d->uuid, .name = "device.owner", .newest = true, .limit = NOTES_MAX
	};
	unsigned n = rows ? store_event_list(r->api->conf.store, &r->arena, &q, rows) : 0;
	const char *last = n ? value_of(r, rows[n - 1].line, "job=") : NULL;

	api_json_time(&r->json, "at", n ? rows[n - 1].at_unix_ms : 0);
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++) {
		const char *job = value_of(r, rows[i].line, "job=");
		if (!job || !last || !str_eq(job, last))
			continue;
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "what", value_of(r, rows[i].line, " what="));
		api_json_str(&r->json, "note", value_of(r, rows[i].line, " note="));
		api_json_end(&r->json, '}');
	}
	api_json_end(&r->json, ']');
}

void api_device_owner(struct api_req *r)
{
	struct store_device d;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	const char *who = str_eq(d.state, "configured") ? "this service configured it"
		: str_eq(d.state, "adopted")
		? "others configured it; this service has a way in and changed nothing"
		: "this service has no way in";
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", d.uuid);
	api_json_str(&r->json, "fqdn", d.fqdn);
	api_json_str(&r->json, "state", d.state);
	api_json_str(&r->json, "owner", who);
	write_notes(r, &d);
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* ---- handing over ---- */

static void write_credentials(struct api_req *r, const struct store_device *d)
{
	struct store_credential *rows = ARENA_ARRAY(&r->arena, struct store_credential, ROWS_MAX);
	struct api_json *j = &r->json;
	unsigned n = !rows ? 0
			   : store_credential_list(r->api->conf.store, &r->arena, d->uuid, NULL,
						   ROWS_MAX, rows);

	for (unsigned i = 0; i < n; i++) {
		struct secret s = SECRET_NONE;
		const char *label = arena_fmt(&r->arena, "credential:%s:%s", d->uuid, rows[i].kind);
		if (!api_word_in("admin mebx", rows[i].kind) ||
		    !engine_unseal(r->api->conf.engine, label, rows[i].sealed, &s, NULL))
			continue;
		api_json_begin(j, NULL, '{');
		api_json_str(j, "uuid", d->uuid);
		api_json_str(j, "fqdn", d->fqdn);
		api_json_str(j, "address", d->address);
		api_json_str(j, "kind", rows[i].kind);
		api_json_str(j, "state", rows[i].state);
		api_json_str(j, "user", rows[i].user);
		api_json_bytes(j, "value", secret_reveal(&s));
		api_json_str(j, "tls", rows[i].tls_mode);
		api_json_end(j, '}');
		secret_deinit(&s);
	}
}

static void write_certificates(struct api_req *r, const struct store_device *d)
{
	struct store_cert *rows = ARENA_ARRAY(&r->arena, struct store_cert, ROWS_MAX);
	unsigned n = !rows
		? 0
		: store_cert_list(r->api->conf.store, &r->arena, "device", d->uuid, ROWS_MAX, rows);

	for (unsigned i = 0; i < n; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "uuid", d->uuid);
		api_json_str(&r->json, "fqdn", d->fqdn);
		api_json_str(&r->json, "address", d->address);
		api_json_str(&r->json, "kind", "certificate");
		api_json_str(&r->json, "state", rows[i].state);
		api_json_str(&r->json, "user", rows[i].subject);
		api_json_bytes(&r->json, "value", rows[i].pem);
		api_json_str(&r->json, "tls", "");
		api_json_end(&r->json, '}');
	}
}

static void hand_over(struct api_req *r)
{
	const struct store_device *d = r->state;

	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	write_credentials(r, d);
	write_certificates(r, d);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_device_export(struct api_req *r)
{
	struct store_device *d = ARENA_NEW(&r->arena, struct store_device);
	struct err e = { 0 };

	if (!api_device_find(r, d, &e)) {
		api_fail(r, &e);
		return;
	}
	r->state = d;
	/* The secrets leave only after it is written down who took them. */
	struct store_tx *tx = api_tx(r, "device.export", d->uuid);
	API_EVENT(r, tx, d->uuid, LOG_EV_REVEAL, LOG_S("uuid", d->uuid), LOG_S("kind", "export"),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, hand_over);
}
