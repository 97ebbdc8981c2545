/* The built-in CA over the API: what there is, lists of what was taken back, taking back, renewal.
 * Keys are made and lists signed on workers. Leaves are issued by jobs, never here. */
#include "api/api_priv.h"
#include "engine/vault.h"
#include "pki/crl.h"

/* ---- what there is ---- */

void api_ca_list(struct api_req *r)
{
	struct engine_vault_ca *rows =
		ARENA_ARRAY(&r->arena, struct engine_vault_ca, ENGINE_VAULT_MAX_CAS);
	struct api_json *j = &r->json;
	unsigned n = !rows
		? 0
		: engine_vault_cas(r->api->conf.engine, &r->arena, ENGINE_VAULT_MAX_CAS, rows);

	api_json_begin(j, NULL, '{');
	api_json_begin(j, "items", '[');
	for (unsigned i = 0; i < n; i++) {
		const struct engine_vault_ca *ca = &rows[i];
		api_json_begin(j, NULL, '{');
		api_json_str(j, "name", ca->id);
		api_json_str(j, "tier", ca->tier);
		api_json_str(j, "state", ca->state);
		api_json_str(j, "subject", ca->subject);
		api_json_str(j, "serial", ca->serial);
		api_json_str(j, "key_id", ca->key_id);
		api_json_int(j, "key_bits", ca->key_bits);
		api_json_str(j, "hash", ca->sha384 ? "SHA-384" : "SHA-256");
		api_json_time(j, "not_before", ca->not_before_unix_ms);
		api_json_time(j, "not_after", ca->not_after_unix_ms);
		api_json_int(j, "revoked", ca->revoked);
		api_json_str(j, "list_file", ca->list_file);
		api_json_str(j, "pem", arena_str(&r->arena, ca->pem));
		api_json_end(j, '}');
	}
	api_list_end(r, NULL);
}

/* ---- lists ---- */

struct list {
	struct engine_vault_list *l;
	struct err e;
};

static void list_free(void *state)
{
	struct list *s = state;

	engine_vault_list_free(s->l);
	mem_free(s);
}

static void list_make(void *arg)
{
	struct api_req *r = arg;
	struct list *s = r->state;

	(void)engine_vault_list_make(s->l, &s->e);
}

static void list_made(struct api_req *r)
{
	struct list *s = r->state;

	if (s->e.code)
		api_fail(r, &s->e);
	else if (buf_add(&r->reply, engine_vault_list_der(s->l)))
		api_send(r, "application/pkix-crl");
	else
		api_send(r, "text/plain"); /* fails: too large */
}

void api_ca_crl(struct api_req *r)
{
	struct list *s = MEM_NEW(struct list);
	struct err e = { 0 };

	r->state = s;
	r->state_free = list_free;
	s->l = engine_vault_list_new(r->api->conf.engine, r->name, &e);
	if (s->l)
		api_work(r, list_make, list_made);
	else
		api_fail(r, &e);
}

/* ---- taking back ---- */

struct revoke {
	const char *what, *reason, *uuid;
	unsigned count;
};

static void revoked(struct api_req *r)
{
	struct revoke *v = r->state;

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", v->uuid);
	api_json_str(&r->json, "reason", v->reason);
	api_json_int(&r->json, "count", v->count);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static bool read_reason(struct api_req *r, struct revoke *v, struct err *e)
{
	const char *reason = NULL;
	int code;
	json_t *o = api_json_read(buf_span(&r->body), "reason", e);

	if (!o)
		return false;
	bool ok = api_json_text(o, "reason", &reason, e);
	v->reason = arena_str(&r->arena, span_str(reason ? reason : "unspecified"));
	if (ok && !pki_crl_reason(v->reason, &code)) {
		ok = err_set(e, ERR_INVALID, "'reason' in the body is '%.40s'", v->reason);
		err_want(e, "one of: " PKI_CRL_REASON_WORDS);
	}
	api_json_drop(o);
	return ok;
}

/* A serial number of a leaf, else a PC: all that it has. */
static bool add(struct api_req *r, struct revoke *v, struct store_tx *tx, struct err *e)
{
	struct engine *en = r->api->conf.engine;
	struct store_cert row;
	struct store_device d;
	struct uuid u;
	char text[UUID_TEXT_SIZE];

	if (store_cert_get(r->api->conf.store, &r->arena, r->name, &row) &&
	    str_eq(row.kind, "device")) {
		v->count = 1;
		return engine_vault_revoke_serial(en, tx, r->name, v->reason, &v->uuid, &r->arena,
						  e);
	}
	if (api_device_find(r, &d, e)) {
		v->uuid = d.uuid;
	} else if (uuid_parse(span_str(r->name), &u)) { /* one that was forgotten */
		uuid_print(&u, text);
		v->uuid = arena_str(&r->arena, span_str(text));
		err_clear(e);
	} else {
		return false;
	}
	if (!engine_vault_revoke(en, tx, v->uuid, v->reason, &v->count, e))
		return false;
	if (v->count)
		return true;
	err_set(e, ERR_CONFLICT, "device %s has no certificate of ours that is not revoked",
		v->uuid);
	return false;
}

void api_ca_revoke(struct api_req *r)
{
	struct revoke *v = ARENA_NEW(&r->arena, struct revoke);
	struct err e = { 0 };

	r->state = v;
	if (!v || !read_reason(r, v, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "cert.revoke", arena_fmt(&r->arena, "%s %s", r->name, v->reason));
	if (add(r, v, tx, &e)) {
		api_commit(r, tx, revoked);
		return;
	}
	store_tx_drop(tx);
	api_fail(r, &e);
}

/* ---- renewal ---- */

struct renewal {
	struct engine_vault_renewal *n;
	struct err e;
};

static void renewal_free(void *state)
{
	struct renewal *s = state;

	engine_vault_renewal_free(s->n);
	mem_free(s);
}

static void renewal_make(void *arg)
{
	struct api_req *r = arg;
	struct renewal *s = r->state;

	(void)engine_vault_renewal_make(s->n, &s->e);
}

static void renewed(struct api_req *r)
{
	struct err e = { 0 };

	if (engine_vault_renewal_done(r->api->conf.engine, &e))
		api_ca_list(r);
	else
		api_fail(r, &e);
}

static void renewal_made(struct api_req *r)
{
	struct renewal *s = r->state;
	struct store_tx *tx = NULL;

	if (!s->e.code) {
		tx = api_tx(r, "ca.renew", "ca");
		if (engine_vault_renewal_add(r->api->conf.engine, s->n, tx, &s->e)) {
			api_commit(r, tx, renewed);
			return;
		}
		store_tx_drop(tx);
	}
	api_fail(r, &s->e);
}

void api_ca_renew(struct api_req *r)
{
	struct err e = { 0 };
	bool root = false;

	if (!api_query_bool(r, "root", &root, &e)) {
		api_fail(r, &e);
		return;
	}
	struct renewal *s = MEM_NEW(struct renewal);
	r->state = s;
	r->state_free = renewal_free;
	s->n = engine_vault_renewal_new(r->api->conf.engine, root);
	api_work(r, renewal_make, renewal_made);
}
