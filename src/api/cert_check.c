/* Reads a certificate file on a worker (opening a PKCS#12 is slow on purpose) and judges it: for
 * one device or for any, and for the generations of firmware. Stores nothing. */
#include "api/cert.h"

static const struct {
	const char *name;
	unsigned major, minor;
} generations[] = {
	{ "5.0", 5, 0 }, { "9.5", 9, 5 }, { "11.8", 11, 8 }, { "16.1", 16, 1 }, { "22", 22, 0 }
};

static const char *const verdicts[] = {
	[PKI_OK] = "ok",
	[PKI_WARN] = "warn",
	[PKI_FAIL] = "fail",
	[PKI_UNKNOWN] = "unknown",
};

static void cert_free(void *state)
{
	struct api_cert *c = state;

	secret_deinit(&c->file);
	secret_deinit(&c->password);
	pki_chain_free(c->chain);
	pki_key_free(c->key);
	mem_free(c);
}

/* ---- the body ---- */

static bool read_version(struct api_cert *c, const char *text, struct err *e)
{
	struct span v = span_str(text), major = { v.p, span_find(v, '.') };
	struct span rest = v.n > major.n ? span_make(v.p + major.n + 1, v.n - major.n - 1)
					 : span_make(NULL, 0);
	uint32_t a, b = 0;

	if (!str_to_u32(major, 1, 99, &a, NULL) ||
	    (v.n > major.n &&
	     !str_to_u32(span_make(rest.p, span_find(rest, '.')), 0, 99, &b, NULL))) {
		err_set(e, ERR_INVALID, "'version' in the body is '%.40s'", text);
		return err_want(e, "a firmware version such as 11.8");
	}
	c->want.amt_major = a;
	c->want.amt_minor = b;
	return true;
}

static bool read_file(struct api_cert *c, const char *data, struct err *e)
{
	struct span text = span_str(data);
	size_t cap = b64_max_decoded(text.n), n;

	if (!data || !text.n) {
		err_set(e, ERR_INVALID, "'data' in the body is missing");
		return err_want(e, "the file (PKCS#12 or PEM) in base64");
	}
	if (cap > LIMIT_PFX_BYTES + 16)
		return err_set(e, ERR_LIMIT, "the file is larger than %d bytes", LIMIT_PFX_BYTES);
	uint8_t *bytes = mem_new(cap);
	bool ok = b64_decode(text, bytes, cap, &n) && n > 0;
	if (ok)
		secret_set(&c->file, span_make(bytes, n));
	mem_wipe(bytes, cap);
	mem_free(bytes);
	return ok || err_set(e, ERR_INVALID, "'data' in the body is not base64");
}

/* A known device tells which roots it trusts and which firmware it has. */
static void use_device(struct api_req *r, struct api_cert *c, const char *fqdn)
{
	struct store_device d;
	size_t used;

	c->want.fqdn = arena_str(&r->arena, span_str(fqdn));
	if (!store_device_find(r->api->conf.store, &r->arena, fqdn, &d))
		return;
	if (d.fqdn[0])
		c->want.fqdn = d.fqdn;
	if (str_eq(d.kind, "pki") &&
	    wire_hello_parse(d.hello_raw, &c->hello, &used, NULL) == WIRE_DONE)
		c->want.hello = &c->hello;
	if (d.version[0] && !c->want.amt_major)
		(void)read_version(c, d.version, NULL);
}

static bool read_body(struct api_req *r, struct api_cert *c, struct err *e)
{
	const char *data, *password, *fqdn, *version;
	json_t *o = api_json_read(buf_span(&r->body), "data password fqdn version", e);

	if (!o)
		return false;
	bool ok = api_json_text(o, "data", &data, e) &&
		api_json_text(o, "password", &password, e) && api_json_text(o, "fqdn", &fqdn, e) &&
		api_json_text(o, "version", &version, e) && read_file(c, data, e);
	if (ok && password)
		secret_set(&c->password, span_str(password));
	if (ok && version && version[0])
		ok = read_version(c, version, e);
	if (ok && fqdn && fqdn[0])
		use_device(r, c, fqdn);
	api_json_drop(o);
	return ok;
}

/* On the worker: touches only the file, the password and what comes of them. */
static void load(void *arg)
{
	struct api_req *r = arg;
	struct api_cert *c = r->state;

	c->chain = c->key ? pki_chain_load_for(secret_reveal(&c->file), c->key, &c->err)
			  : pki_chain_load(secret_reveal(&c->file), &c->password, &c->err);
}

static void loaded(struct api_req *r)
{
	struct api_cert *c = r->state;

	if (c->chain)
		c->read(r);
	else
		api_fail(r, &c->err);
}

void api_cert_read(struct api_req *r, api_then_fn *read)
{
	api_cert_read_for(r, NULL, NULL, read);
}

void api_cert_read_for(struct api_req *r, struct pki_key *key, const char *request,
		       api_then_fn *read)
{
	struct api_cert *c = MEM_NEW(struct api_cert);
	struct err e = { 0 };

	c->key = key;
	c->request = request;
	r->state = c;
	r->state_free = cert_free;
	c->read = read;
	if (read_body(r, c, &e))
		api_work(r, load, loaded);
	else
		api_fail(r, &e);
}

/* ---- the judgement ---- */

void api_cert_judge(struct api_req *r, struct pki_preflight *out_p)
{
	struct api_cert *c = r->state;

	pki_preflight(c->chain, &c->want, r->now_unix_ms, out_p);
}

static unsigned weight(enum pki_verdict v)
{
	static const unsigned weights[] = {
		[PKI_OK] = 0, [PKI_UNKNOWN] = 1, [PKI_WARN] = 2, [PKI_FAIL] = 3
	};
	return weights[v];
}

/* Worst row of a generation; what only one device could tell does not count. */
static enum pki_condition worst(const struct pki_preflight *p)
{
	enum pki_condition at = PKI_COND_KEY;

	for (unsigned i = 0; i < PKI_COND_ROOT_ACTIVE; i++)
		if (weight(p->rows[i].verdict) > weight(p->rows[at].verdict))
			at = (enum pki_condition)i;
	return at;
}

static void write_generations(struct api_req *r, bool notes)
{
	struct api_cert *c = r->state;
	struct pki_preflight p;

	api_json_begin(&r->json, notes ? "generation_notes" : "generations", '{');
	for (size_t i = 0; i < sizeof generations / sizeof *generations; i++) {
		struct pki_preflight_want want = {
			.amt_major = generations[i].major,
			.amt_minor = generations[i].minor,
		};
		pki_preflight(c->chain, &want, r->now_unix_ms, &p);
		enum pki_condition at = worst(&p);
		const struct pki_preflight_row *row = &p.rows[at];
		if (!notes)
			api_json_str(&r->json, generations[i].name, verdicts[row->verdict]);
		else if (row->verdict != PKI_OK)
			api_json_str(&r->json, generations[i].name,
				     arena_fmt(&r->arena, "%s: %s%s%s", pki_preflight_cond_text(at),
					       row->seen, row->want[0] ? "; expected " : "",
					       row->want));
	}
	api_json_end(&r->json, '}');
}

static void write_rows(struct api_req *r, const struct pki_preflight *p)
{
	struct api_json *j = &r->json;

	api_json_begin(j, "rows", '[');
	for (unsigned i = 0; i < PKI_CONDITION_COUNT; i++) {
		enum pki_condition cond = (enum pki_condition)i;
		api_json_begin(j, NULL, '{');
		api_json_str(j, "condition", pki_preflight_cond_text(cond));
		api_json_str(j, "rule", pki_preflight_cond_rule(cond));
		api_json_str(j, "verdict", verdicts[p->rows[i].verdict]);
		api_json_str(j, "seen", p->rows[i].seen);
		api_json_str(j, "want", p->rows[i].want);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
}

void api_cert_answer(struct api_req *r)
{
	struct api_cert *c = r->state;
	struct api_json *j = &r->json;
	struct pki_preflight p;

	api_cert_judge(r, &p);
	api_json_begin(j, NULL, '{');
	api_json_bool(j, "usable", p.usable);
	api_json_bool(j, "stored", c->stored);
	api_json_str(j, "subject", c->chain->certs[0].subject);
	api_json_str(j, "serial", c->chain->certs[0].serial);
	api_json_time(j, "not_after", p.not_after_unix_ms);
	write_rows(r, &p);
	write_generations(r, false);
	write_generations(r, true);
	api_json_begin(j, "names", '[');
	for (unsigned i = 0; i < c->name_count; i++)
		api_json_str(j, NULL, c->names[i]);
	api_json_end(j, ']');
	api_json_end(j, '}');
	api_ok(r);
}

void api_cert_check(struct api_req *r)
{
	api_cert_read(r, api_cert_answer);
}
