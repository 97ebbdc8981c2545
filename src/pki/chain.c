/* Builds the chain of a certificate file: which certificate is the leaf, and every way from it to
 * a self-signed root. Called by import and by whoever holds ordered DERs. Orders and counts only;
 * whether a device takes the chain is pre-flight's matter, so an incomplete one is no error. */
#include "pki/chain.h"
#include "base/mem.h"
#include "pki/intake_priv.h"
#include "pki/lib.h"
#include <openssl/x509.h>

#define MAX_PATHS 8
#define MAX_STEPS 2000 /* a hostile file of same-named certificates ends here */

struct path {
	unsigned n, at[LIMIT_CERT_CHAIN]; /* indexes into the intake, leaf first */
	bool rooted, all_signed;
};

struct build {
	const struct intake *in;
	int8_t is_signed[INTAKE_MAX_CERTS][INTAKE_MAX_CERTS]; /* 0 not looked at, 1 yes, -1 no */
	unsigned steps, count;
	struct path cur, found[MAX_PATHS]; /* best first */
};

static bool signed_by(struct build *b, unsigned c, unsigned issuer)
{
	int8_t *known = &b->is_signed[c][issuer];
	if (*known == 0)
		*known = pki_cert_signed_by(&b->in->certs[c], &b->in->certs[issuer]) ? 1 : -1;
	return *known > 0;
}

/* Better: ends in a root, signatures hold, then the shorter one; without a root the longer one. */
static bool is_better(const struct path *a, const struct path *b)
{
	if (a->rooted != b->rooted)
		return a->rooted;
	if (a->all_signed != b->all_signed)
		return a->all_signed;
	return a->rooted ? a->n < b->n : a->n > b->n;
}

static void keep_path(struct build *b, bool rooted)
{
	unsigned at = b->count;
	b->cur.rooted = rooted;
	b->cur.all_signed = true;
	for (unsigned i = 0; i + 1 < b->cur.n; i++)
		b->cur.all_signed &= signed_by(b, b->cur.at[i], b->cur.at[i + 1]);
	while (at > 0 && is_better(&b->cur, &b->found[at - 1]))
		at--;
	if (at == MAX_PATHS)
		return;
	if (b->count < MAX_PATHS)
		b->count++;
	memmove(&b->found[at + 1], &b->found[at], (b->count - at - 1) * sizeof b->found[0]);
	b->found[at] = b->cur;
}

static bool key_ids_agree(const struct pki_cert *c, const struct pki_cert *issuer)
{
	return c->akid.n == 0 || issuer->ski.n == 0 || span_eq(c->akid, issuer->ski);
}

/* The same key under the same name again would be a loop of cross-certificates. */
static bool in_path(const struct build *b, unsigned c)
{
	const struct pki_cert *certs = b->in->certs;
	for (unsigned i = 0; i < b->cur.n; i++) {
		const struct pki_cert *seen = &certs[b->cur.at[i]];
		if (b->cur.at[i] == c ||
		    (span_eq(seen->subject_der, certs[c].subject_der) &&
		     span_eq(seen->spki_der, certs[c].spki_der)))
			return true;
	}
	return false;
}

static void walk(struct build *b);

/* Goes on with every issuer whose signature holds, or else with those that only look right: a
 * damaged signature shall be reported as such and not as a missing certificate. */
static bool walk_issuers(struct build *b, bool must_be_signed)
{
	unsigned c = b->cur.at[b->cur.n - 1];
	const struct pki_cert *certs = b->in->certs;
	bool any = false;
	for (unsigned i = 0; i < b->in->cert_count; i++) {
		if (!span_eq(certs[c].issuer_der, certs[i].subject_der) || in_path(b, i))
			continue;
		if (must_be_signed ? !signed_by(b, c, i) : !key_ids_agree(&certs[c], &certs[i]))
			continue;
		any = true;
		b->cur.at[b->cur.n++] = i;
		walk(b);
		b->cur.n--;
	}
	return any;
}

static void walk(struct build *b)
{
	unsigned last = b->cur.at[b->cur.n - 1];
	if (b->in->certs[last].self_issued && signed_by(b, last, last)) {
		keep_path(b, true);
		return;
	}
	if (b->cur.n == LIMIT_CERT_CHAIN || ++b->steps > MAX_STEPS ||
	    (!walk_issuers(b, true) && !walk_issuers(b, false)))
		keep_path(b, false);
}

/* A renewed certificate may lie beside the former one with the same key: the longer valid wins,
 * and one that is no CA wins over one that is. */
static bool is_better_leaf(const struct pki_cert *a, const struct pki_cert *b)
{
	if (a->is_ca != b->is_ca)
		return !a->is_ca;
	if (a->self_issued != b->self_issued)
		return !a->self_issued;
	return a->not_after_unix_ms > b->not_after_unix_ms;
}

static bool find_leaf(const struct intake *in, unsigned *out_leaf, struct err *e)
{
	unsigned ends = 0, end = 0;
	bool found = false;
	for (unsigned i = 0; i < in->cert_count; i++) {
		const struct pki_cert *c = &in->certs[i];
		if (in->key && pki_key_matches(in->key, c) &&
		    (!found || is_better_leaf(c, &in->certs[*out_leaf]))) {
			*out_leaf = i;
			found = true;
		}
		if (!c->is_ca && !c->self_issued) {
			end = i;
			ends++;
		}
	}
	if (found)
		return true;
	*out_leaf = end;
	if (ends == 1 || in->cert_count == 1)
		return true;
	err_set(e, ERR_CERT,
		"the file does not tell which certificate is the provisioning certificate");
	err_seen(e, "%u end certificates%s", ends,
		 in->key ? ", none belongs to the private key" : ", no private key");
	err_want(e, "a private key, or exactly one end certificate");
	return in->key ? false : err_rule(e, "D066");
}

static struct pki_chain *chain_of(const struct build *b, const struct path *p, struct err *e)
{
	struct span ders[LIMIT_CERT_CHAIN];
	for (unsigned i = 0; i < p->n; i++)
		ders[i] = b->in->certs[p->at[i]].der;
	struct pki_chain *c = pki_chain_from_der(ders, p->n, e);
	if (!c)
		return NULL;
	c->leaf_was_first = p->at[0] == 0;
	c->key = pki_key_ref(b->in->key);
	return c;
}

/* Is there a better path to the same root already? */
static bool root_is_new(const struct build *b, unsigned index)
{
	const struct path *p = &b->found[index];
	for (unsigned i = 0; i < index; i++) {
		if (b->found[i].at[b->found[i].n - 1] == p->at[p->n - 1])
			return false;
	}
	return true;
}

static void count_used(const struct path *p, bool used[INTAKE_MAX_CERTS])
{
	for (unsigned i = 0; i < p->n; i++)
		used[p->at[i]] = true;
}

static struct pki_chain *chains_of(const struct build *b, struct err *e)
{
	bool used[INTAKE_MAX_CERTS] = { false };
	struct pki_chain *first = chain_of(b, &b->found[0], e);
	struct pki_chain *last = first;
	count_used(&b->found[0], used);
	for (unsigned i = 1; last && i < b->count; i++) {
		const struct path *p = &b->found[i];
		if (!p->rooted || !p->all_signed || !root_is_new(b, i))
			continue;
		last->alt = chain_of(b, p, e);
		last = last->alt;
		count_used(p, used);
	}
	if (!last) {
		pki_chain_free(first);
		return NULL;
	}
	for (unsigned i = 0; i < b->in->cert_count; i++)
		first->extra_count += !used[i];
	for (struct pki_chain *c = first->alt; c; c = c->alt)
		c->extra_count = first->extra_count;
	return first;
}

static struct pki_chain *build_chain(const struct intake *in, struct err *e)
{
	struct pki_chain *c = NULL;
	struct build *b = MEM_NEW(struct build);
	b->in = in;
	if (find_leaf(in, &b->cur.at[0], e)) {
		b->cur.n = 1;
		walk(b);
		c = chains_of(b, e);
	}
	mem_free(b);
	return c;
}

struct pki_chain *pki_chain_load(struct span file, const struct secret *password, struct err *e)
{
	struct intake *in = pki_intake_read_priv(file, password, e);
	struct pki_chain *c = in ? build_chain(in, e) : NULL;
	pki_intake_free_priv(in);
	return c;
}

struct pki_chain *pki_chain_load_for(struct span file, struct pki_key *key, struct err *e)
{
	struct intake *in = pki_intake_read_priv(file, NULL, e);
	struct pki_chain *c = NULL;
	if (in) {
		pki_key_free(in->key); /* the one that made the request is the one that counts */
		in->key = pki_key_ref(key);
		c = build_chain(in, e);
	}
	pki_intake_free_priv(in);
	return c;
}

bool pki_chain_file_to_pem(struct span file, struct out *o, struct err *e)
{
	struct intake *in = pki_intake_read_priv(file, NULL, e);
	if (!in)
		return false;
	for (unsigned i = 0; i < in->cert_count; i++)
		pki_cert_to_pem(in->certs[i].der, o);
	pki_intake_free_priv(in);
	return !o->bad || err_set(e, ERR_LIMIT, "no room for the certificates");
}

struct pki_chain *pki_chain_from_pem(struct span pem, struct err *e)
{
	struct span ders[LIMIT_CERT_CHAIN];
	struct pki_chain *c = NULL;
	struct intake *in = pki_intake_read_priv(pem, NULL, e);
	if (!in)
		return NULL;
	if (in->cert_count > LIMIT_CERT_CHAIN) {
		err_set(e, ERR_LIMIT, "a stored chain has %u certificates", in->cert_count);
	} else {
		for (unsigned i = 0; i < in->cert_count; i++)
			ders[i] = in->certs[i].der;
		c = pki_chain_from_der(ders, in->cert_count, e);
	}
	pki_intake_free_priv(in);
	return c;
}

struct pki_chain *pki_chain_from_der(const struct span *ders, unsigned count, struct err *e)
{
	if (count == 0 || count > LIMIT_CERT_CHAIN) {
		err_set(e, count ? ERR_LIMIT : ERR_CERT, "a chain has %u certificates", count);
		err_want(e, "1 to %d", LIMIT_CERT_CHAIN);
		return NULL;
	}
	struct pki_chain *c = MEM_NEW(struct pki_chain);
	arena_init(&c->arena, (size_t)LIMIT_CERT_CHAIN * 8 * LIMIT_CERT_DER_BYTES);
	c->x509s = ARENA_ARRAY(&c->arena, struct x509_st *, count);
	c->leaf_was_first = true;
	for (; c->count < count; c->count++) {
		if (!pki_cert_parse(ders[c->count], &c->arena, &c->certs[c->count], e)) {
			err_wrap(e, "certificate %u of the chain", c->count + 1);
			pki_chain_free(c);
			return NULL;
		}
	}
	for (unsigned i = 0; i + 1 < count; i++)
		c->signed_by_next[i] = pki_cert_signed_by(&c->certs[i], &c->certs[i + 1]);
	const struct pki_cert *last = &c->certs[count - 1];
	c->has_root = last->self_issued && pki_cert_signed_by(last, last);
	return c;
}

void pki_chain_free(struct pki_chain *c)
{
	while (c) {
		struct pki_chain *alt = c->alt;
		for (unsigned i = 0; i < c->count; i++)
			X509_free(c->x509s[i]);
		pki_key_free(c->key);
		arena_deinit(&c->arena);
		mem_free(c);
		c = alt;
	}
}

X509 *pki_chain_x509(const struct pki_chain *c, unsigned i)
{
	if (!c->x509s[i])
		c->x509s[i] = pki_lib_x509(c->certs[i].der);
	return c->x509s[i];
}

bool pki_chain_to_pem(const struct pki_chain *c, struct out *o)
{
	for (unsigned i = 0; i < c->count; i++)
		pki_cert_to_pem(c->certs[i].der, o);
	return !o->bad;
}
