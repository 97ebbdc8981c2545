/* Provisioning chains in the database: list, import, delete. A chain is stored with its key sealed;
 * a chain without a key never. One leaf under several roots becomes NAME, NAME-2, ... so that each
 * device is offered the one that it trusts. */
#include "api/cert.h"

static const char states[] = "active disabled";

/* ---- list ---- */

void api_cert_list(struct api_req *r)
{
	struct store_cert *rows = ARENA_ARRAY(&r->arena, struct store_cert, API_PAGE_MAX);
	struct err e = { 0 };
	const char *state;

	if (!api_query_word(r, "state", states, &state, &e)) {
		api_fail(r, &e);
		return;
	}
	unsigned n = !rows ? 0
			   : store_cert_list(r->api->conf.store, &r->arena, "provisioning", NULL,
					     API_PAGE_MAX, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(rows[i].state, state ? state : "active"))
			continue;
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "name", rows[i].id);
		api_json_str(&r->json, "subject", rows[i].subject);
		api_json_str(&r->json, "serial", rows[i].serial);
		api_json_time(&r->json, "not_after", rows[i].not_after_unix_ms);
		api_json_str(&r->json, "state", rows[i].state);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, NULL);
}

/* ---- export ---- */

static void write_pem(struct api_req *r, const struct store_cert *rows, unsigned n)
{
	struct buf pem;
	struct out o;

	buf_init(&pem, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &pem);
	for (unsigned i = 0; i < n; i++)
		out_bytes(&o, rows[i].pem);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_str(&r->json, "pem", arena_str(&r->arena, buf_span(&pem)));
	api_json_end(&r->json, '}');
	buf_deinit(&pem);
	api_ok(r);
}

void api_cert_get(struct api_req *r)
{
	struct store_cert rows[8]; /* newest CA first; former ones have signed PCs too */
	struct err e = { 0 };
	unsigned n = 0;

	if (str_eq(r->name, "ca"))
		n = store_cert_list(r->api->conf.store, &r->arena, "ca", NULL, 8, rows);
	else if (store_cert_get(r->api->conf.store, &r->arena, r->name, &rows[0]))
		n = str_eq(rows[0].kind, "provisioning") && str_eq(rows[0].state, "active");
	if (n) {
		write_pem(r, rows, n);
		return;
	}
	err_set(&e, ERR_NOT_FOUND, "no certificate '%.70s' is stored", r->name);
	err_hint(&e, "see 'outband cert list'; 'ca' is the CA that signs the PCs' certificates");
	api_fail(r, &e);
}

/* ---- import ---- */

static const char *nth_name(struct api_req *r, unsigned i)
{
	return i == 0 ? r->name : arena_fmt(&r->arena, "%s-%u", r->name, i + 1);
}

/* The row with that name when it is a provisioning chain. False: the name is taken by another. */
static bool look_up(struct api_req *r, const char *name, struct store_cert *out_c, bool *out_found,
		    struct err *e)
{
	*out_found = store_cert_get(r->api->conf.store, &r->arena, name, out_c);
	if (!*out_found || str_eq(out_c->kind, "provisioning"))
		return true;
	err_set(e, ERR_CONFLICT, "the name '%s' belongs to a certificate of the service", name);
	return err_hint(e, "choose another name");
}

/* Chain and key erased, the row stays for the record. */
static void disable(struct api_req *r, struct store_tx *tx, const struct store_cert *c)
{
	struct store_cert row = *c;

	row.state = "disabled";
	row.sealed_key = span_make("", 0);
	row.at_unix_ms = r->now_unix_ms;
	store_tx_cert_put(tx, &row);
}

static bool same_leaf(const struct store_cert *a, const struct store_cert *b)
{
	return b && str_eq(a->serial, b->serial) && str_eq(a->subject, b->subject);
}

static bool put_one(struct api_req *r, struct store_tx *tx, const struct pki_chain *chain,
		    struct err *e)
{
	struct api_cert *c = r->state;
	const char *name = nth_name(r, c->name_count);
	struct secret key = SECRET_NONE;
	struct pki_preflight p;
	struct store_cert old;
	struct buf pem;
	struct out o;
	bool found;

	if (!look_up(r, name, &old, &found, e))
		return false;
	if (found && c->name_count && str_eq(old.state, "active") && !same_leaf(&old, c->former)) {
		err_set(e, ERR_CONFLICT, "the alternative chain '%s' would replace another one",
			name);
		return err_hint(e, "choose another name");
	}
	buf_init(&pem, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &pem);
	pki_preflight(chain, &c->want, r->now_unix_ms, &p);
	bool ok = pki_chain_to_pem(chain, &o) && pki_key_private_pkcs1(c->chain->key, &key);
	if (ok) {
		const char *label = arena_fmt(&r->arena, "cert:%s", name);
		store_tx_cert_put(tx,
				  &(struct store_cert){
					  .id = name,
					  .kind = "provisioning",
					  .uuid = "",
					  .state = "active",
					  .subject = chain->certs[0].subject,
					  .serial = chain->certs[0].serial,
					  .pem = buf_span(&pem),
					  .sealed_key = engine_seal(r->api->conf.engine, label,
								    secret_reveal(&key), &r->arena),
					  .not_after_unix_ms = p.not_after_unix_ms,
					  .at_unix_ms = r->now_unix_ms });
		c->names[c->name_count++] = name;
	} else {
		err_set(e, ERR_CERT, "the chain or its key cannot be written down");
	}
	secret_deinit(&key);
	buf_deinit(&pem);
	return ok;
}

/* Alternatives of an earlier import under the same name. */
static void disable_rest(struct api_req *r, struct store_tx *tx, unsigned from,
			 const struct store_cert *former)
{
	struct store_cert old;

	for (unsigned i = from; former && i < LIMIT_CERT_CHAIN * 2; i++)
		if (store_cert_get(r->api->conf.store, &r->arena, nth_name(r, i), &old) &&
		    str_eq(old.kind, "provisioning") && str_eq(old.state, "active") &&
		    same_leaf(&old, former))
			disable(r, tx, &old);
}

static void stored(struct api_req *r)
{
	struct api_cert *c = r->state;

	c->stored = true;
	engine_reload(r->api->conf.engine);
	c->requeue = (struct api_requeue){
		.rules = "D053 D054 D055 D056 D057 D058 D059 D060 D066 M01",
		.then = api_cert_answer,
	};
	api_requeue_start(r, &c->requeue);
}

static bool put_all(struct api_req *r, struct store_tx *tx, struct err *e)
{
	struct api_cert *c = r->state;
	struct store_cert *old = ARENA_NEW(&r->arena, struct store_cert);

	if (old && store_cert_get(r->api->conf.store, &r->arena, r->name, old))
		c->former = old;
	for (const struct pki_chain *alt = c->chain; alt && c->name_count < LIMIT_CERT_CHAIN * 2;
	     alt = alt->alt)
		if (!put_one(r, tx, alt, e))
			return false;
	disable_rest(r, tx, c->name_count, c->former);
	return true;
}

static bool has_key(const struct pki_chain *c, bool is_answer, struct err *e)
{
	if (c->key && pki_key_matches(c->key, &c->certs[0]))
		return true;
	if (is_answer) {
		err_set(e, ERR_CERT,
			"the file does not answer this request: '%.100s' is over another key",
			c->certs[0].cn[0] ? c->certs[0].cn : c->certs[0].subject);
		err_want(e, "a certificate over the key of the request");
		err_rule(e, "D066");
		return err_hint(e,
				"if the request was made again since, order with the newest one");
	}
	err_set(e, ERR_CERT, "the private key of '%.120s' is not in the file",
		c->certs[0].cn[0] ? c->certs[0].cn : c->certs[0].subject);
	err_seen(e, "%s", c->key ? "a key that belongs to another certificate" : "no private key");
	return err_rule(e, "D066");
}

/* Its key is in the new row now. */
static void end_request(struct api_req *r, struct store_tx *tx)
{
	struct api_cert *c = r->state;
	struct store_cert row;

	if (c->request && store_cert_get(r->api->conf.store, &r->arena, c->request, &row))
		disable(r, tx, &row);
}

static void put(struct api_req *r)
{
	struct api_cert *c = r->state;
	struct pki_preflight p;
	struct err e = { 0 };

	api_cert_judge(r, &p);
	/* Not even force stores what cannot answer a handshake. */
	if (!has_key(c->chain, c->key != NULL, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!p.usable && !c->force) {
		api_cert_answer(r);
		return;
	}
	const char *subject = c->chain->certs[0].subject;
	struct store_tx *tx = api_tx(r, p.usable ? "cert.put" : "cert.put.forced",
				     arena_fmt(&r->arena, "%s %s", r->name, subject));
	if (!put_all(r, tx, &e)) {
		store_tx_drop(tx);
		api_fail(r, &e);
		return;
	}
	end_request(r, tx);
	API_EVENT(r, tx, "", LOG_EV_CERT, LOG_S("name", r->name), LOG_S("subject", subject),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, stored);
}

static void begin_put(struct api_req *r)
{
	struct api_cert *c = r->state;
	bool force = false;

	(void)api_query_bool(r, "force", &force, NULL); /* checked before */
	c->force = force;
	put(r);
}

void api_cert_put(struct api_req *r)
{
	api_cert_put_for(r, NULL, NULL);
}

void api_cert_put_for(struct api_req *r, struct pki_key *key, const char *request)
{
	struct store_cert old;
	struct err e = { 0 };
	bool force, found;

	if (!api_name_check("certificate", r->name, &e) ||
	    !api_query_bool(r, "force", &force, &e) || !look_up(r, r->name, &old, &found, &e)) {
		pki_key_free(key);
		api_fail(r, &e);
	} else {
		api_cert_read_for(r, key, request, begin_put);
	}
}

/* ---- delete ---- */

static void deleted(struct api_req *r)
{
	engine_reload(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_cert_delete(struct api_req *r)
{
	struct store_cert old = { 0 };
	struct err e = { 0 };
	bool found;

	if (look_up(r, r->name, &old, &found, &e) && (!found || !str_eq(old.state, "active"))) {
		err_set(&e, ERR_NOT_FOUND, "no provisioning certificate '%.70s' is stored",
			r->name);
		err_hint(&e, "see 'outband cert list'");
	}
	if (e.code) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "cert.delete", arena_fmt(&r->arena, "%s %s", r->name, old.subject));
	disable(r, tx, &old);
	/* NAME goes with its alternatives, NAME-2 alone. */
	disable_rest(r, tx, 1, &old);
	API_EVENT(r, tx, "", LOG_EV_CERT, LOG_S("name", r->name), LOG_S("subject", old.subject),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, deleted);
}
