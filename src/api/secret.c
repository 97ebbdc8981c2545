/* What is secret and named by an operator: secrets of profiles go in here, credentials of devices
 * come out, audited before. Values go from the body to the seal, and from the seal to the reply,
 * without a third copy. */
#include "api/api_priv.h"
#include "wire/psk.h"

#define MAX_SECRET_BYTES 4096

/* ---- secrets of profiles ---- */

static void stored(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static bool secret_check(struct api_req *r, struct span *out_value, struct err *e)
{
	struct span v = buf_span(&r->body);

	/* A file or a prompt ends in a newline, a password never does. */
	if (v.n && v.p[v.n - 1] == '\n')
		v.n--;
	if (v.n && v.p[v.n - 1] == '\r')
		v.n--;
	*out_value = v;
	if (!api_name_check("secret", r->name, e))
		return false;
	if (v.n < 1 || v.n > MAX_SECRET_BYTES) {
		err_set(e, v.n ? ERR_LIMIT : ERR_INVALID, "secret '%s' has %zu bytes", r->name,
			v.n);
		return err_want(e, "1 to %d bytes", MAX_SECRET_BYTES);
	}
	return true;
}

void api_secret_put(struct api_req *r)
{
	struct span value;
	struct err e = { 0 };

	if (!secret_check(r, &value, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "secret.set", r->name);
	const char *label = arena_fmt(&r->arena, "secret:%s", r->name);
	store_tx_secret_set(tx, r->name, engine_seal(r->api->conf.engine, label, value, &r->arena));
	api_commit(r, tx, stored);
}

/* ---- credentials of devices ---- */

struct reveal {
	const char *uuid, *kind;
	struct store_credential *rows;
	unsigned count;
};
enum { MAX_CREDENTIALS = 100 };

static void write_secret(struct api_req *r, const struct store_credential *c)
{
	struct reveal *v = r->state;
	const char *label = arena_fmt(&r->arena, "credential:%s:%s", v->uuid, v->kind);
	struct secret s = SECRET_NONE;
	struct err e = { 0 };

	if (engine_unseal(r->api->conf.engine, label, c->sealed, &s, &e)) {
		api_json_bytes(&r->json, "secret", secret_reveal(&s));
	} else {
		/* One row that does not open must not hide the others. */
		api_json_str(&r->json, "secret", NULL);
		api_json_err(&r->json, "error", &e);
	}
	secret_deinit(&s);
}

static void reveal(struct api_req *r)
{
	struct reveal *v = r->state;
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_begin(j, "items", '[');
	for (unsigned i = 0; i < v->count; i++) {
		const struct store_credential *c = &v->rows[i];
		api_json_begin(j, NULL, '{');
		api_json_str(j, "kind", c->kind);
		api_json_str(j, "state", c->state);
		api_json_str(j, "user", c->user);
		write_secret(r, c);
		api_json_str(j, "realm", c->realm);
		api_json_time(j, "at", c->at_unix_ms);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
	api_json_end(j, '}');
	api_ok(r);
}

static bool read_kind(struct api_req *r, const char **out_kind, struct err *e)
{
	const char *kind = NULL;
	json_t *o = api_json_read(buf_span(&r->body), "kind", e);

	if (!o)
		return false;
	bool ok = api_json_text(o, "kind", &kind, e);
	if (ok && kind && !api_word_in("admin mebx", kind)) {
		ok = err_set(e, ERR_INVALID, "'kind' in the body is '%.40s'", kind);
		err_want(e, "admin or mebx");
	}
	*out_kind = arena_str(&r->arena, span_str(kind ? kind : "admin"));
	api_json_drop(o);
	return ok;
}

/* Also of a device that was forgotten: its credentials were kept for this. */
static bool find_uuid(struct api_req *r, const char **out_uuid, struct err *e)
{
	struct store_device d;
	struct uuid u;
	char text[UUID_TEXT_SIZE];

	if (api_device_find(r, &d, e)) {
		*out_uuid = d.uuid;
		return true;
	}
	if (!uuid_parse(span_str(r->name), &u))
		return false;
	uuid_print(&u, text);
	*out_uuid = arena_str(&r->arena, span_str(text));
	err_clear(e);
	return true;
}

void api_credential_reveal(struct api_req *r)
{
	struct reveal *v = ARENA_NEW(&r->arena, struct reveal);
	struct err e = { 0 };

	r->state = v;
	if (!read_kind(r, &v->kind, &e) || !find_uuid(r, &v->uuid, &e)) {
		api_fail(r, &e);
		return;
	}
	v->rows = ARENA_ARRAY(&r->arena, struct store_credential, MAX_CREDENTIALS);
	v->count = store_credential_list(r->api->conf.store, &r->arena, v->uuid, v->kind,
					 MAX_CREDENTIALS, v->rows);
	if (v->count == 0) {
		err_set(&e, ERR_NOT_FOUND, "no %s credential of device %s is stored", v->kind,
			v->uuid);
		err_hint(&e, "only configured devices have one; see 'outband device show'");
		api_fail(r, &e);
		return;
	}
	/* The secrets leave only after it is written down who took them. */
	struct store_tx *tx =
		api_tx(r, "credential.reveal", arena_fmt(&r->arena, "%s %s", v->uuid, v->kind));
	API_EVENT(r, tx, v->uuid, LOG_EV_REVEAL, LOG_S("uuid", v->uuid), LOG_S("kind", v->kind),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, reveal);
}
