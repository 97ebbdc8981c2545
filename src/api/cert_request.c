/* Certificates that are ordered from here: the key is made on a worker and stays, sealed, in a row
 * of its own ("request:NAME"), until the answer of the CA is installed; and the encrypted backup of
 * what is stored. A certificate in use is replaced in one transaction, running jobs keep theirs. */
#include "api/cert.h"
#include "pki/request.h"

static const char *request_id(struct api_req *r)
{
	return arena_fmt(&r->arena, "request:%s", r->name);
}

/* The row of a request that waits for its answer. */
static bool find_request(struct api_req *r, struct store_cert *out_c)
{
	return store_cert_get(r->api->conf.store, &r->arena, request_id(r), out_c) &&
		str_eq(out_c->state, "active");
}

static bool no_request(const struct api_req *r, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no request '%.63s' waits for an answer", r->name);
	return err_hint(e, "make one with 'outband cert request %.40s --fqdn NAME'", r->name);
}

bool api_cert_key(struct api_req *r, const struct store_cert *row, struct pki_key **out_key,
		  struct err *e)
{
	struct secret der = SECRET_NONE;
	const char *label = arena_fmt(&r->arena, "cert:%s", row->id);

	*out_key = NULL;
	if (engine_unseal(r->api->conf.engine, label, row->sealed_key, &der, e))
		*out_key = pki_key_from_der(secret_reveal(&der), e);
	secret_deinit(&der);
	return *out_key || err_wrap(e, "private key of '%s'", row->id);
}

/* ---- ordering ---- */

struct request {
	struct pki_request what;
	struct pki_key *key;
	struct buf pem;
	struct err err;
	unsigned bits;
};

static void request_free(void *state)
{
	struct request *q = state;

	pki_key_free(q->key);
	buf_deinit(&q->pem);
	mem_free(q);
}

static void write_request(struct api_req *r, const char *subject, const char *pem)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_str(&r->json, "subject", subject);
	api_json_str(&r->json, "pem", pem);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_cert_request_get(struct api_req *r)
{
	struct store_cert row;
	struct err e = { 0 };

	if (find_request(r, &row)) {
		write_request(r, row.subject, arena_str(&r->arena, row.pem));
		return;
	}
	(void)no_request(r, &e);
	api_fail(r, &e);
}

static void make(void *arg)
{
	struct api_req *r = arg;
	struct request *q = r->state;
	struct out o;

	out_init_buf(&o, &q->pem);
	q->key = pki_key_generate_rsa(q->bits, &q->err);
	if (q->key)
		(void)pki_request_make(&q->what, q->key, &o, &q->err);
}

static void kept(struct api_req *r)
{
	struct request *q = r->state;

	write_request(r, q->what.cn, arena_str(&r->arena, buf_span(&q->pem)));
}

static void made(struct api_req *r)
{
	struct request *q = r->state;
	struct secret der = SECRET_NONE;

	if (!q->err.code && !pki_key_private_pkcs1(q->key, &der))
		err_set(&q->err, ERR_CERT, "the new key cannot be written down");
	if (q->err.code) {
		api_fail(r, &q->err);
		return;
	}
	const char *id = request_id(r), *label = arena_fmt(&r->arena, "cert:%s", id);
	struct store_tx *tx =
		api_tx(r, "cert.request", arena_fmt(&r->arena, "%s %s", r->name, q->what.cn));
	store_tx_cert_put(tx,
			  &(struct store_cert){
				  .id = id,
				  .kind = "request",
				  .uuid = "",
				  .state = "active",
				  .subject = q->what.cn,
				  .serial = "",
				  .pem = buf_span(&q->pem),
				  .sealed_key = engine_seal(r->api->conf.engine, label,
							    secret_reveal(&der), &r->arena),
				  .at_unix_ms = r->now_unix_ms,
			  });
	secret_deinit(&der);
	api_commit(r, tx, kept);
}

static bool read_bits(struct request *q, const char *text, struct err *e)
{
	uint32_t bits = 2048;

	if (text && (!str_to_u32(span_str(text), 2048, 4096, &bits, NULL) || bits % 1024)) {
		err_set(e, ERR_INVALID, "'key_bits' in the body is '%.40s'", text);
		return err_want(e, "2048, 3072 (AMT 22 and later) or 4096");
	}
	q->bits = bits;
	return true;
}

/* The name that PCs compare with their DNS suffix must be one that they can take. */
static bool check_name(const char *fqdn, const char *suffix, struct err *e)
{
	bool strict;

	if (!fqdn || !strchr(fqdn, '.')) {
		err_set(e, ERR_INVALID, "'fqdn' in the body is no host name with a domain");
		return err_want(e,
				"a host name in the domain of the PCs, such as setup.example.com");
	}
	if (!pki_preflight_fqdn(span_str(fqdn), e))
		return false;
	if (!suffix || pki_preflight_suffix_fits(fqdn, suffix, 0, &strict))
		return true;
	err_set(e, ERR_PREFLIGHT,
		"PCs with the DNS suffix %.100s would not take a certificate for "
		"%.60s",
		suffix, fqdn);
	err_seen(e, "%s", fqdn);
	err_want(e, "a name that fits %.80s", suffix);
	return err_rule(e, "D057");
}

static const char *keep_text(struct api_req *r, const char *text)
{
	return text ? arena_str(&r->arena, span_str(text)) : NULL;
}

static bool read_request(struct api_req *r, struct request *q, struct err *e)
{
	const char *fqdn, *suffix, *bits, *c, *st, *l, *o;
	json_t *body = api_json_read(buf_span(&r->body),
				     "fqdn suffix key_bits country state city organization", e);

	if (!body)
		return false;
	bool ok = api_json_text(body, "fqdn", &fqdn, e) &&
		api_json_text(body, "suffix", &suffix, e) &&
		api_json_text(body, "key_bits", &bits, e) &&
		api_json_text(body, "country", &c, e) && api_json_text(body, "state", &st, e) &&
		api_json_text(body, "city", &l, e) && api_json_text(body, "organization", &o, e) &&
		read_bits(q, bits, e) && check_name(fqdn, suffix, e);
	if (ok) {
		q->what = (struct pki_request){ .cn = keep_text(r, fqdn),
						.c = keep_text(r, c),
						.st = keep_text(r, st),
						.l = keep_text(r, l),
						.o = keep_text(r, o) };
		ok = pki_request_check(&q->what, e);
	}
	api_json_drop(body);
	return ok;
}

void api_cert_request(struct api_req *r)
{
	struct request *q = MEM_NEW(struct request);
	struct store_cert old;
	struct err e = { 0 };
	bool replace = false;

	r->state = q;
	r->state_free = request_free;
	buf_init(&q->pem, 65536);
	bool ok = api_name_check("certificate", r->name, &e) &&
		api_query_bool(r, "replace", &replace, &e) && read_request(r, q, &e);
	if (ok && !replace && find_request(r, &old)) {
		ok = err_set(&e, ERR_CONFLICT, "request '%s' waits for its answer already",
			     r->name);
		err_hint(&e,
			 "'outband cert request %.40s' prints it again; --replace makes a new "
			 "key, and an answer to the former one is of no use then",
			 r->name);
	}
	if (ok)
		api_work(r, make, made);
	else
		api_fail(r, &e);
}

/* ---- the answer ---- */

void api_cert_install(struct api_req *r)
{
	struct store_cert row;
	struct pki_key *key = NULL;
	struct err e = { 0 };

	if (find_request(r, &row) ? api_cert_key(r, &row, &key, &e) : no_request(r, &e))
		api_cert_put_for(r, key, row.id);
	else
		api_fail(r, &e);
}

/* ---- backup ---- */

struct backup {
	struct pki_chain *chain;
	struct secret password, file;
	struct err err;
};

static void backup_free(void *state)
{
	struct backup *b = state;

	pki_chain_free(b->chain);
	secret_deinit(&b->password);
	secret_deinit(&b->file);
	mem_free(b);
}

static void back_up(void *arg)
{
	struct api_req *r = arg;
	struct backup *b = r->state;

	(void)pki_chain_to_p12(b->chain, &b->password, r->name, &b->file, &b->err);
}

static void backed_up(struct api_req *r)
{
	struct backup *b = r->state;

	if (b->err.code)
		api_fail(r, &b->err);
	else if (buf_add(&r->reply, secret_reveal(&b->file)))
		api_send(r, "application/x-pkcs12");
	else
		api_send(r, "text/plain"); /* fails: too large */
}

static void begin_backup(struct api_req *r)
{
	api_work(r, back_up, backed_up);
}

static bool load_backup(struct api_req *r, struct backup *b, struct err *e)
{
	struct store_cert row;
	struct pki_key *key;
	const char *password = NULL;
	json_t *o = api_json_read(buf_span(&r->body), "password", e);

	if (!o)
		return false;
	bool ok = api_json_text(o, "password", &password, e);
	if (ok && password)
		secret_set(&b->password, span_str(password));
	api_json_drop(o);
	if (!ok)
		return false;
	if (!store_cert_get(r->api->conf.store, &r->arena, r->name, &row) ||
	    !str_eq(row.kind, "provisioning") || !str_eq(row.state, "active")) {
		err_set(e, ERR_NOT_FOUND, "no provisioning certificate '%.70s' is stored", r->name);
		return err_hint(e, "see 'outband cert list'");
	}
	b->chain = pki_chain_from_pem(row.pem, e);
	if (!b->chain || !api_cert_key(r, &row, &key, e))
		return false;
	b->chain->key = key;
	return true;
}

/* The audit row is durable before the key leaves, sealed by the password only. */
void api_cert_backup(struct api_req *r)
{
	struct backup *b = MEM_NEW(struct backup);
	struct err e = { 0 };

	r->state = b;
	r->state_free = backup_free;
	if (load_backup(r, b, &e))
		api_commit(r, api_tx(r, "cert.backup", r->name), begin_backup);
	else
		api_fail(r, &e);
}
