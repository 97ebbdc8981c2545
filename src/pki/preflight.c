/* Service-side pre-flight: one function per condition, each filling its row with a verdict, what
 * was seen and what is wanted. Called before an import is accepted, before a device is contacted
 * and by the doctor. Takes now as an argument and looks at nothing but its arguments. */
#include "pki/preflight.h"
#include "base/clk.h"
#include "base/str.h"
#include "pki/limits_priv.h"
#include <stdarg.h>
#include <stdio.h>

#define SOON_MS ((int64_t)30 * 24 * 3600 * 1000)

struct judge {
	const struct pki_chain *chain;
	const struct pki_preflight_want *want;
	int64_t now_unix_ms;
	struct pki_preflight *p;
};

__attribute__((format(printf, 2, 3))) static void set_seen(struct pki_preflight_row *r,
							   const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(r->seen, sizeof r->seen, fmt, ap);
	va_end(ap);
}

static void set_row(struct pki_preflight_row *r, enum pki_verdict v, const char *want)
{
	r->verdict = v;
	str_copy(r->want, sizeof r->want, span_str(want));
}

/* How a certificate is called in texts. */
static const char *name_of(const struct pki_cert *c)
{
	return c->cn[0] ? c->cn : c->subject[0] ? c->subject : "(no name)";
}

static void judge_key(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_chain *c = j->chain;
	bool fits = pki_key_matches(c->key, &c->certs[0]);
	set_row(r, fits ? PKI_OK : PKI_FAIL, "the private key of the leaf");
	if (c->key)
		set_seen(r, "a key of %u bits%s", pki_key_bits(c->key),
			 fits ? "" : " that belongs to another certificate");
	else
		set_seen(r, "no private key");
}

static void judge_complete(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_cert *last = &j->chain->certs[j->chain->count - 1];
	set_row(r, j->chain->has_root ? PKI_OK : PKI_FAIL, "a self-signed root at the end");
	set_seen(r, "%u certificates, the last is '%.50s' issued by '%.60s'", j->chain->count,
		 name_of(last), last->issuer);
}

static void judge_signatures(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_cert *certs = j->chain->certs;
	set_row(r, PKI_OK, "each certificate signed by the next one");
	for (unsigned i = 0; i + 1 < j->chain->count; i++) {
		if (j->chain->signed_by_next[i])
			continue;
		r->verdict = PKI_FAIL;
		set_seen(r, "'%.60s' is not signed by '%.60s'", name_of(&certs[i]),
			 name_of(&certs[i + 1]));
		return;
	}
	set_seen(r, "%u signatures hold", j->chain->count - 1);
}

static enum pki_verdict date_verdict(const struct pki_cert *c, int64_t now,
				     struct pki_preflight_row *r)
{
	char at[CLK_TEXT_SIZE];
	const char *what = "ends";
	enum pki_verdict v = PKI_FAIL;
	if (c->bad_dates) {
		set_seen(r, "'%.60s' has no usable dates", name_of(c));
		return PKI_FAIL;
	}
	clk_print_unix_ms(
		now < c->not_before_unix_ms ? c->not_before_unix_ms : c->not_after_unix_ms, at);
	if (now < c->not_before_unix_ms)
		what = "begins";
	else if (now > c->not_after_unix_ms)
		what = "ended";
	else
		v = c->not_after_unix_ms - now < SOON_MS ? PKI_WARN : PKI_OK;
	set_seen(r, "'%.60s' %s %.10s", name_of(c), what, at);
	return v;
}

static void judge_dates(const struct judge *j, struct pki_preflight_row *r)
{
	struct pki_preflight_row one = { 0 };
	int64_t first_end = INT64_MAX;
	set_row(r, PKI_OK, "valid today and 30 days on");
	for (unsigned i = 0; i < j->chain->count; i++) {
		const struct pki_cert *c = &j->chain->certs[i];
		enum pki_verdict v = date_verdict(c, j->now_unix_ms, &one);
		bool is_first = c->not_after_unix_ms < first_end;
		if (is_first)
			first_end = c->not_after_unix_ms;
		if (v > r->verdict || (v == r->verdict && v != PKI_FAIL && is_first)) {
			r->verdict = v;
			memcpy(r->seen, one.seen, sizeof r->seen);
		}
	}
	j->p->not_after_unix_ms = first_end;
}

static void judge_server_auth(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_cert *c = &j->chain->certs[0];
	set_row(r, c->eku_server_auth ? PKI_OK : PKI_FAIL, "extended key usage serverAuth");
	set_seen(r, "%s%s%s%s", c->has_eku ? "extended key usage:" : "no extended key usage",
		 c->eku_server_auth ? " serverAuth" : "", c->eku_client_auth ? " clientAuth" : "",
		 c->eku_amt ? " AMT" : "");
}

static void judge_ou_oid(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_cert *c = &j->chain->certs[0];
	set_row(r, c->ou_setup || c->eku_amt ? PKI_OK : PKI_FAIL,
		"OU '" PKI_OU_SETUP "' or extended key usage " PKI_OID_AMT_PROVISIONING);
	if (c->ou_setup || c->eku_amt)
		set_seen(r, "%s%s%s", c->ou_setup ? "the OU" : "",
			 c->ou_setup && c->eku_amt ? " and " : "", c->eku_amt ? "the OID" : "");
	else
		set_seen(r, "%.150s", c->subject);
}

static void judge_rsa(const struct judge *j, struct pki_preflight_row *r)
{
	static const char *const kinds[] = { "RSA", "elliptic curve", "another kind" };
	const struct pki_cert *c = &j->chain->certs[0];
	set_row(r, c->key_kind == PKI_KEY_RSA ? PKI_OK : PKI_FAIL, "an RSA key");
	set_seen(r, "%s, %u bits", kinds[c->key_kind], c->key_bits);
}

/* Of several findings the worst stays: FAIL, WARN, UNKNOWN, OK. */
static bool is_worse(enum pki_verdict a, enum pki_verdict b)
{
	static const int rank[] = {
		[PKI_OK] = 0, [PKI_UNKNOWN] = 1, [PKI_WARN] = 2, [PKI_FAIL] = 3
	};
	return rank[a] > rank[b];
}

static void judge_key_size(const struct judge *j, struct pki_preflight_row *r)
{
	set_row(r, PKI_OK, "");
	set_seen(r, "leaf %u bits", j->chain->certs[0].key_bits);
	for (unsigned i = 0; i < j->chain->count; i++) {
		const struct pki_cert *c = &j->chain->certs[i];
		char want[sizeof r->want] = "";
		enum pki_fact fact = i == 0 ? PKI_FACT_LEAF_RSA : PKI_FACT_CA_RSA;
		if (c->key_kind == PKI_KEY_OTHER || (i == 0 && c->key_kind != PKI_KEY_RSA))
			continue; /* judged by its kind alone */
		if (c->key_kind == PKI_KEY_EC)
			fact = PKI_FACT_CA_EC;
		enum pki_verdict v = pki_limits_judge_priv(fact, c->key_bits, j->want->amt_major,
							   want, sizeof want);
		if (!is_worse(v, r->verdict))
			continue;
		set_row(r, v, want);
		set_seen(r, "'%.60s' has %s of %u bits", name_of(c),
			 c->key_kind == PKI_KEY_EC ? "a curve" : "a key", c->key_bits);
	}
}

static void judge_sig_hash(const struct judge *j, struct pki_preflight_row *r)
{
	set_row(r, PKI_OK, "");
	set_seen(r, "leaf signed with %s", pki_cert_sig_hash_name(j->chain->certs[0].sig_hash));
	for (unsigned i = 0; i < j->chain->count; i++) {
		const struct pki_cert *c = &j->chain->certs[i];
		char want[sizeof r->want] = "";
		enum pki_verdict v = pki_limits_judge_priv(PKI_FACT_SIG, c->sig_hash,
							   j->want->amt_major, want, sizeof want);
		if (!is_worse(v, r->verdict))
			continue;
		set_row(r, v, want);
		set_seen(r, "'%.60s' is signed with %s", name_of(c),
			 pki_cert_sig_hash_name(c->sig_hash));
	}
}

static void judge_cn(const struct judge *j, struct pki_preflight_row *r)
{
	const char *cn = j->chain->certs[0].cn;
	bool wildcard = cn[0] == '*' && cn[1] == '.';
	const char *name = wildcard ? cn + 2 : cn;
	bool good = pki_preflight_fqdn(span_str(name), NULL) && strchr(name, '.');
	set_row(r,
		!good              ? PKI_FAIL
			: wildcard ? PKI_WARN
				   : PKI_OK,
		"a host name such as setup.example.com");
	set_seen(r, "%.150s", cn[0] ? cn : "no common name");
}

static void judge_length(const struct judge *j, struct pki_preflight_row *r)
{
	const struct pki_chain *c = j->chain;
	char want[sizeof r->want] = "";
	size_t bytes = 0;
	for (unsigned i = 0; i < c->count; i++)
		bytes += c->certs[i].der.n;
	enum pki_verdict v = pki_limits_judge_priv(PKI_FACT_COUNT, c->count, j->want->amt_major,
						   want, sizeof want);
	set_row(r, v, want);
	v = pki_limits_judge_priv(PKI_FACT_BYTES, (unsigned)bytes, j->want->amt_major, want,
				  sizeof want);
	if (is_worse(v, r->verdict))
		set_row(r, v, want);
	set_seen(r, "%u certificates, %zu bytes", c->count, bytes);
}

static bool hash_listed(const struct wire_hello *h, enum wire_hello_alg alg, struct span digest)
{
	for (unsigned i = 0; i < h->hash_count && i < WIRE_HELLO_MAX_HASHES; i++) {
		if (h->hashes[i].alg == alg && span_eq(h->hashes[i].digest, digest))
			return true;
	}
	return false;
}

static void judge_root_active(const struct judge *j, struct pki_preflight_row *r)
{
	const struct wire_hello *h = j->want->hello;
	const struct pki_cert *root = &j->chain->certs[j->chain->count - 1];
	const struct {
		enum wire_hello_alg alg;
		enum hash_kind kind;
		struct span digest;
	} forms[] = {
		{ WIRE_HELLO_SHA256, HASH_SHA256, { root->sha256, sizeof root->sha256 } },
		{ WIRE_HELLO_SHA384, HASH_SHA384, { root->sha384, sizeof root->sha384 } },
		{ WIRE_HELLO_SHA1, HASH_SHA1, { root->sha1, sizeof root->sha1 } },
	};
	set_row(r, PKI_UNKNOWN, "a root that the PC trusts");
	if (!j->chain->has_root) {
		set_seen(r, "no root in the chain");
		return;
	}
	set_seen(r, "root '%.60s', SHA-256 %02x%02x%02x%02x%02x%02x%02x%02x...", name_of(root),
		 root->sha256[0], root->sha256[1], root->sha256[2], root->sha256[3],
		 root->sha256[4], root->sha256[5], root->sha256[6], root->sha256[7]);
	if (!h || h->kind != WIRE_HELLO_PKI)
		return;
	snprintf(r->want, sizeof r->want, "one of the %u root hashes that the PC sent",
		 h->hash_count);
	r->verdict = PKI_FAIL;
	for (size_t i = 0; i < sizeof forms / sizeof *forms && r->verdict != PKI_OK; i++) {
		if (!hash_listed(h, forms[i].alg, forms[i].digest))
			continue;
		r->verdict = PKI_OK;
		j->p->root_hash = forms[i].kind;
	}
}

static void judge_suffix(const struct judge *j, struct pki_preflight_row *r)
{
	const char *cn = j->chain->certs[0].cn;
	const char *suffix = j->want->suffix;
	const char *dot = j->want->fqdn ? strchr(j->want->fqdn, '.') : NULL;
	bool guessed = !suffix || !suffix[0];
	if (guessed)
		suffix = dot ? dot + 1 : "";
	set_row(r, PKI_UNKNOWN, "the PC's DNS suffix");
	set_seen(r, "common name %.120s", cn);
	if (!suffix[0])
		return;
	snprintf(r->want, sizeof r->want, "a name that fits %s %.80s",
		 guessed ? "the PC's domain" : "the DNS suffix", suffix);
	bool strict = false;
	bool fits = pki_preflight_suffix_fits(cn, suffix, j->want->amt_major, &strict);
	j->p->suffix_strict = strict;
	/* The suffix that the PC really uses may differ from its domain, so that is no refusal. */
	if (!fits)
		r->verdict = guessed ? PKI_WARN : PKI_FAIL;
	else
		r->verdict = strict || j->want->amt_major >= 6 ? PKI_OK : PKI_WARN;
}

void pki_preflight(const struct pki_chain *c, const struct pki_preflight_want *want,
		   int64_t now_unix_ms, struct pki_preflight *out_p)
{
	static void (*const judges[PKI_CONDITION_COUNT])(const struct judge *,
							 struct pki_preflight_row *) = {
		[PKI_COND_KEY] = judge_key,
		[PKI_COND_COMPLETE] = judge_complete,
		[PKI_COND_SIGNATURES] = judge_signatures,
		[PKI_COND_DATES] = judge_dates,
		[PKI_COND_SERVER_AUTH] = judge_server_auth,
		[PKI_COND_OU_OID] = judge_ou_oid,
		[PKI_COND_RSA] = judge_rsa,
		[PKI_COND_KEY_SIZE] = judge_key_size,
		[PKI_COND_SIG_HASH] = judge_sig_hash,
		[PKI_COND_CN] = judge_cn,
		[PKI_COND_LENGTH] = judge_length,
		[PKI_COND_ROOT_ACTIVE] = judge_root_active,
		[PKI_COND_SUFFIX] = judge_suffix,
	};
	struct judge j = { c, want, now_unix_ms, out_p };
	*out_p = (struct pki_preflight){ .usable = true };
	for (int i = 0; i < PKI_CONDITION_COUNT; i++) {
		judges[i](&j, &out_p->rows[i]);
		out_p->usable &= out_p->rows[i].verdict != PKI_FAIL;
	}
}

const char *pki_preflight_cond_text(enum pki_condition c)
{
	static const char *const texts[] = {
#define X(name, rule, text) text,
		PKI_CONDITIONS(X)
#undef X
	};
	return (unsigned)c < PKI_CONDITION_COUNT ? texts[c] : "";
}

const char *pki_preflight_cond_rule(enum pki_condition c)
{
	static const char *const rules[] = {
#define X(name, rule, text) rule,
		PKI_CONDITIONS(X)
#undef X
	};
	return (unsigned)c < PKI_CONDITION_COUNT ? rules[c] : NULL;
}
