/* The firmware's own judgement of a provisioning chain (setup-and-configuration 3.2-3.4), in the
 * order root hash, chain, usage, suffix, as firmware checks. Called from the TLS handshake. Shares
 * X.509 parsing with the service and nothing else, so that each is a test of the other. */
#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"
#include "pki/cert.h"
#include "sim/fw_chain_priv.h"
#include "sim/fw_crl_priv.h"
#include "wire/hello.h"
#include <limits.h>

#define ARENA_BYTES 524288

struct chain {
	const struct fw_chain_want *want;
	const struct pki_cert *certs;
	unsigned count;
};

static bool say(struct err *e, const char *rule, const char *what, const char *seen,
		const char *want)
{
	err_set(e, ERR_CERT, "%s", what);
	err_seen(e, "%s", seen);
	err_want(e, "%s", want);
	return rule ? err_rule(e, rule) : false;
}

/* ---- suffix (3.4) ---- */

static bool in_list(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at++) {
		bool begins = at == words || at[-1] == ' ';
		if (begins && (at[n] == ' ' || at[n] == '\0'))
			return true;
	}
	return false;
}

/* The last n labels of a name; the whole name when it has no more. */
static const char *last_labels(const char *name, unsigned n)
{
	const char *p = name + strlen(name);

	while (p > name) {
		if (p[-1] == '.' && --n == 0)
			break;
		p--;
	}
	return p;
}

/* How many labels of the CN have to agree; 0: all. */
static unsigned labels_kept(const char *cn)
{
	const char *tld = last_labels(cn, 1);

	if (in_list("com net org gov edu de ch dk cz cl ua", tld))
		return 2;
	if (in_list("arpa fr cn nl br mx uk pl tw ca fi be ru se ar es no at in tr ro hu nz pt il "
		    "gr co ie za th sg hk lt id hr ee bg",
		    tld))
		return 3;
	return 0;
}

static bool equal_or_under(const char *name, const char *domain)
{
	size_t n = strlen(name), k = strlen(domain);

	return k > 0 && n >= k && str_eq(name + n - k, domain) &&
		(n == k || name[n - k - 1] == '.');
}

static bool is_host_name(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")] == '\0';
}

bool sim_fw_chain_suffix(const struct sim_generation *gen, const char *cn_in, const char *suffix_in)
{
	char cn[256], suffix[256];

	if (!str_copy(cn, sizeof cn, span_str(cn_in)) ||
	    !str_copy(suffix, sizeof suffix, span_str(suffix_in)))
		return false;
	str_lower(cn);
	str_lower(suffix);
	size_t n = strlen(suffix);
	if (n > 0 && suffix[n - 1] == '.')
		suffix[n - 1] = '\0';
	const char *name = strncmp(cn, "*.", 2) == 0 ? cn + 2 : cn;
	const char *domain = strchr(name, '.');
	if (!*suffix || !domain || !domain[1] || !is_host_name(name))
		return false;
	/* The rule of the first releases: the CN names a host in exactly this domain. */
	if (str_eq(domain + 1, suffix))
		return true;
	if (gen->suffix_rule.n == SIM_SUFFIX_COM_NET && !in_list("com net", last_labels(name, 1)))
		return false;
	unsigned kept = labels_kept(name);
	return equal_or_under(suffix, kept ? last_labels(name, kept) : name);
}

/* ---- parts of the check, in firmware's order ---- */

static const uint8_t *digest_of(const struct pki_cert *c, uint8_t alg)
{
	switch (alg) {
	case WIRE_HELLO_SHA1:
		return c->sha1;
	case WIRE_HELLO_SHA256:
		return c->sha256;
	case WIRE_HELLO_SHA384:
		return c->sha384;
	default:
		return NULL;
	}
}

static bool root_known(const struct chain *k, struct err *e)
{
	const struct pki_cert *root = &k->certs[k->count - 1];

	if (!span_eq(root->subject_der, root->issuer_der) || !pki_cert_signed_by(root, root))
		return say(e, "D056", "the chain does not end in a root", root->subject,
			   "the self-signed root as the last certificate");
	for (unsigned i = 0; i < k->want->root_count; i++) {
		const struct sim_root *r = &k->want->roots[i];
		const uint8_t *digest = digest_of(root, r->alg);
		bool spoken = r->alg < 32 && (k->want->algs & 1u << r->alg);
		if (r->active && spoken && digest &&
		    memcmp(digest, r->digest, wire_hello_alg_size(r->alg)) == 0)
			return true;
	}
	return say(e, "D056", "the root is not among the active hashes", root->subject,
		   "a root of the device's list");
}

static bool links_hold(const struct chain *k, struct err *e)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < k->count; i++) {
		const struct pki_cert *c = &k->certs[i];
		bytes += c->der.n;
		if (i + 1 == k->count)
			break;
		const struct pki_cert *issuer = &k->certs[i + 1];
		if (!span_eq(c->issuer_der, issuer->subject_der) || !pki_cert_signed_by(c, issuer))
			return say(e, NULL, "a certificate is not signed by the next one",
				   c->subject, issuer->subject);
		if (!issuer->is_ca && i + 2 < k->count)
			return say(e, NULL, "an issuer is no CA", issuer->subject,
				   "basicConstraints CA");
	}
	size_t max = k->want->gen->chain_bytes.n;
	if (max == 0 || bytes <= max)
		return true;
	err_set(e, ERR_CERT, "the chain is too large for this firmware");
	err_seen(e, "%zu bytes", bytes);
	return err_want(e, "at most %zu bytes", max);
}

static bool key_fits(const struct sim_generation *g, const struct pki_cert *c, bool leaf,
		     struct err *e)
{
	/* Issuers of newer lists have EC keys as well. */
	bool rsa = c->key_kind == PKI_KEY_RSA;
	if (!rsa && (leaf || g->ec_min.n == 0))
		return say(e, "D060", "a key is not RSA", c->subject, "RSA keys");
	unsigned min = rsa ? g->rsa_min.n : g->ec_min.n, max = rsa ? g->rsa_max.n : UINT_MAX;
	if (c->key_bits >= min && c->key_bits <= max)
		return true;
	say(e, "D060", "a key has a size that this firmware does not take", c->subject, "");
	err_seen(e, "%u bits in %s", c->key_bits, c->subject);
	return rsa ? err_want(e, "%u to %u bits", min, max) : err_want(e, "at least %u bits", min);
}

static bool keys_fit(const struct chain *k, struct err *e)
{
	const struct sim_generation *g = k->want->gen;

	for (unsigned i = 0; i < k->count; i++) {
		const struct pki_cert *c = &k->certs[i];
		bool sha2 = c->sig_hash != PKI_SIG_SHA1;
		if (!k->want->any_key && !key_fits(g, c, i == 0, e))
			return false;
		if (!sim_gen_sig_ok(g, c->sig_hash) ||
		    (sha2 && (k->want->sha1_only || !g->chain_sha2.is)))
			return say(e, "M01", "a signature's hash is refused by this firmware",
				   pki_cert_sig_hash_name(c->sig_hash),
				   pki_cert_sig_hash_name((enum pki_sig_hash)g->chain_sig.n));
	}
	return true;
}

/* clientAuth is not asked for, although the certificate is a TLS client's. */
static bool usage_fits(const struct chain *k, struct err *e)
{
	const struct pki_cert *leaf = &k->certs[0];

	if (!leaf->eku_server_auth)
		return say(e, "D053", "the leaf lacks Server Authentication", leaf->subject,
			   "extended key usage serverAuth");
	if (!leaf->ou_setup && !leaf->eku_amt)
		return say(e, "D054", "the leaf has neither the setup OU nor the AMT OID",
			   leaf->subject, PKI_OU_SETUP " or " PKI_OID_AMT_PROVISIONING);
	return true;
}

static bool dates_hold(const struct chain *k, struct err *e)
{
	for (unsigned i = 0; k->want->check_dates && i < k->count; i++) {
		const struct pki_cert *c = &k->certs[i];
		if (c->bad_dates || k->want->now_unix_ms < c->not_before_unix_ms ||
		    k->want->now_unix_ms > c->not_after_unix_ms)
			return say(e, "D059", "a certificate is expired or not yet valid",
				   c->subject, "valid now");
	}
	return true;
}

static bool suffix_fits(const struct chain *k, struct err *e)
{
	const struct pki_cert *leaf = &k->certs[0];

	if (sim_fw_chain_suffix(k->want->gen, leaf->cn, k->want->suffix))
		return true;
	return say(e, "D057", "the common name does not fit the DNS suffix", leaf->cn,
		   *k->want->suffix ? k->want->suffix : "(the device has no suffix)");
}

/* ---- reading what the peer sent ---- */

static const struct pki_cert *read_all(struct arena *a, const struct span *ders, unsigned count,
				       struct err *e)
{
	struct pki_cert *certs = ARENA_ARRAY(a, struct pki_cert, count);

	for (unsigned i = 0; certs && i < count; i++) {
		if (!pki_cert_parse(ders[i], a, &certs[i], e)) {
			err_wrap(e, "certificate %u of the chain", i);
			return NULL;
		}
	}
	if (!certs)
		err_set(e, ERR_LIMIT, "the chain does not fit into memory");
	return certs;
}

static bool count_ok(unsigned count, struct err *e)
{
	if (count == 0)
		return err_set(e, ERR_CERT, "the peer sent no certificate");
	if (count > LIMIT_CERT_CHAIN)
		return err_set(e, ERR_CERT, "the chain has %u certificates", count);
	return true;
}

bool sim_fw_chain_check(const struct fw_chain_want *want, const struct span *ders, unsigned count,
			struct err *e)
{
	struct arena a;
	struct chain k = { .want = want, .count = count };

	if (!count_ok(count, e))
		return false;
	arena_init(&a, ARENA_BYTES);
	k.certs = read_all(&a, ders, count, e);
	bool ok = k.certs && root_known(&k, e) && links_hold(&k, e) && keys_fit(&k, e) &&
		usage_fits(&k, e) && dates_hold(&k, e) && suffix_fits(&k, e);
	arena_deinit(&a);
	return ok;
}

/* ---- mutual TLS of a configured device ---- */

/* TrustedCN empty: any name; else the CN is one of them or under it. */
static bool cn_trusted(const struct sim_dev *d, const struct pki_cert *leaf)
{
	struct span left = span_str(sim_var_active(d, SIM_VAR_TLS_CN));
	char one[256];
	bool any = left.n == 0;

	while (!any && left.n > 0) {
		size_t n = span_find(left, '\n');
		str_copy(one, sizeof one, span_make(left.p, n));
		any = str_eq_nocase(leaf->cn, one) ||
			(str_ends_nocase(leaf->cn, one) && strlen(leaf->cn) > strlen(one) &&
			 leaf->cn[strlen(leaf->cn) - strlen(one) - 1] == '.');
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return any;
}

static bool under_trusted_root(const struct sim_dev *d, struct arena *a,
			       const struct pki_cert *last)
{
	struct pki_cert *root = ARENA_NEW(a, struct pki_cert);

	for (unsigned i = 0; root && i < d->cert_count; i++) {
		struct span der = span_make(d->certs[i].der, d->certs[i].der_n);
		if (!d->certs[i].trusted_root || !pki_cert_parse(der, a, root, NULL))
			continue;
		if (span_eq(der, last->der) ||
		    (span_eq(last->issuer_der, root->subject_der) &&
		     pki_cert_signed_by(last, root)))
			return true;
	}
	return false;
}

bool sim_fw_chain_client(const struct sim_dev *d, const struct span *ders, unsigned count,
			 struct err *e)
{
	struct arena a;
	bool ok = false;

	if (!count_ok(count, e))
		return false;
	arena_init(&a, ARENA_BYTES);
	const struct pki_cert *certs = read_all(&a, ders, count, e);
	if (!certs)
		goto out;
	for (unsigned i = 0; i + 1 < count; i++) {
		if (!span_eq(certs[i].issuer_der, certs[i + 1].subject_der) ||
		    !pki_cert_signed_by(&certs[i], &certs[i + 1])) {
			say(e, NULL, "a certificate is not signed by the next one",
			    certs[i].subject, certs[i + 1].subject);
			goto out;
		}
	}
	if (sim_fw_crl_has(d, certs[0].serial))
		say(e, NULL, "the certificate is on the revocation list", certs[0].serial,
		    "a serial number that AddCRL did not name");
	else if (!under_trusted_root(d, &a, &certs[count - 1]))
		say(e, NULL, "the chain ends in no trusted root of the device",
		    certs[count - 1].issuer, "a root given by AddTrustedRootCertificate");
	else if (!cn_trusted(d, &certs[0]))
		say(e, NULL, "the common name is not trusted", certs[0].cn,
		    sim_var_active(d, SIM_VAR_TLS_CN));
	else
		ok = true;
out:
	arena_deinit(&a);
	return ok;
}
