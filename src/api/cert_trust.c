/* Certificates that profiles name and PCs shall trust: the roots of a gateway, of a radius server, of a
 * client. Only the certificate is kept. */
#include "api/api_priv.h"
#include "base/out.h"
#include "pki/chain.h"

#define KIND "trusted"

static const char *id_of(struct api_req *r, const char *name)
{
	return arena_fmt(&r->arena, KIND ":%s", name);
}

static void put_row(struct api_req *r, const struct store_cert *c)
{
	const char *colon = strchr(c->id, ':');

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", colon ? colon + 1 : c->id);
	api_json_str(&r->json, "subject", c->subject);
	api_json_str(&r->json, "serial", c->serial);
	api_json_time(&r->json, "not_after", c->not_after_unix_ms);
	api_json_time(&r->json, "at", c->at_unix_ms);
	api_json_end(&r->json, '}');
}

void api_cert_trusted(struct api_req *r)
{
	struct store_cert *rows = ARENA_ARRAY(&r->arena, struct store_cert, API_PAGE_MAX);
	unsigned n = rows
		? store_cert_list(r->api->conf.store, &r->arena, KIND, NULL, API_PAGE_MAX, rows)
		: 0;

	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++)
		if (str_eq(rows[i].state, "active"))
			put_row(r, &rows[i]);
	api_list_end(r, NULL);
}

static void stored(struct api_req *r)
{
	engine_reload(r->api->conf.engine);
	put_row(r, r->state);
	api_ok(r);
}

/* The row for what was sent: the first certificate of it, which has to be a CA. */
static bool read_cert(struct api_req *r, struct store_cert *out_c, struct err *e)
{
	struct buf pem;
	struct out o;
	struct pki_chain *c = pki_chain_load(buf_span(&r->body), NULL, e);

	if (!c)
		return err_wrap(e, "certificate '%.70s'", r->name);
	const struct pki_cert *cert = &c->certs[c->count - 1];
	buf_init(&pem, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &pem);
	bool ok = pki_cert_to_pem(cert->der, &o);
	*out_c = (struct store_cert){
		.id = id_of(r, r->name),
		.kind = KIND,
		.uuid = "",
		.state = "active",
		.subject = arena_str(&r->arena, span_str(cert->cn)),
		.serial = arena_str(&r->arena, span_str(cert->serial)),
		.pem = span_str(arena_str(&r->arena, buf_span(&pem))),
		.not_after_unix_ms = cert->not_after_unix_ms,
		.at_unix_ms = r->now_unix_ms,
	};
	bool ended = cert->not_after_unix_ms < r->now_unix_ms;
	buf_deinit(&pem);
	pki_chain_free(c);
	if (!ok)
		return err_set(e, ERR_INVALID, "certificate '%.70s' cannot be written as PEM",
			       r->name);
	return !ended || err_set(e, ERR_INVALID, "certificate '%.70s' has ended", r->name);
}

void api_cert_trust(struct api_req *r)
{
	struct store_cert *c = ARENA_NEW(&r->arena, struct store_cert);
	struct err e = { 0 };

	if (!c || !api_name_check("certificate", r->name, &e) || !read_cert(r, c, &e)) {
		api_fail(r, &e);
		return;
	}
	if (str_eq(r->name, "ca")) {
		err_set(&e, ERR_CONFLICT, "'ca' is the CA of the service itself");
		err_hint(&e, "choose another name");
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "cert.trust", r->name);
	store_tx_cert_put(tx, c);
	r->state = c;
	api_commit(r, tx, stored);
}

void api_cert_distrust(struct api_req *r)
{
	struct store_cert *c = ARENA_NEW(&r->arena, struct store_cert);
	struct err e = { 0 };

	if (!c || !store_cert_get(r->api->conf.store, &r->arena, id_of(r, r->name), c) ||
	    !str_eq(c->state, "active")) {
		err_set(&e, ERR_NOT_FOUND, "no trusted certificate '%.70s' is stored", r->name);
		err_hint(&e, "see 'outband cert trusted'");
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "cert.distrust", r->name);
	store_tx_cert_state(tx, c->id, "disabled");
	r->state = c;
	api_commit(r, tx, stored);
}
