/* Pre-flight results as one error, and the choice among several chains for one device. Called by
 * the engine before it connects and by the commands that show why a device would be refused. */
#include "pki/preflight.h"
#include <string.h>

#define FIRST_SHA384_ALONE 22

/* What is wrong, and what to do where the rules table (base/rules.h) has nothing to say. */
static const struct {
	const char *fault, *hint;
} faults[PKI_CONDITION_COUNT] = {
	[PKI_COND_KEY] = { "its private key is missing or belongs to another certificate", NULL },
	[PKI_COND_COMPLETE] = { "its chain is not complete",
				"import it together with the intermediate and root certificates of its CA" },
	[PKI_COND_SIGNATURES] = { "a signature in its chain does not hold",
				  "get the CA's certificates anew and import them with the certificate" },
	[PKI_COND_DATES] = { "a certificate of its chain is not valid now", NULL },
	[PKI_COND_SERVER_AUTH] = { "it lacks Server Authentication", NULL },
	[PKI_COND_OU_OID] = { "it is not marked for Intel AMT setup", NULL },
	[PKI_COND_RSA] = { "its key is not RSA",
			   "order the certificate again with an RSA key of 2048 bits" },
	[PKI_COND_KEY_SIZE] = { "the firmware does not take a key of its chain", NULL },
	[PKI_COND_SIG_HASH] = { "the firmware does not take a signature hash of its chain", NULL },
	[PKI_COND_CN] = { "its common name is no host name with a domain",
			  "order the certificate again for a host name in the domain of the PCs" },
	[PKI_COND_LENGTH] = { "its chain is too long for the firmware",
			      "use a certificate with a shorter chain" },
	[PKI_COND_ROOT_ACTIVE] = { "its root is not in the PC's list of trusted roots", NULL },
	[PKI_COND_SUFFIX] = { "its common name does not fit the PC's DNS suffix", NULL },
};

bool pki_preflight_err(const struct pki_preflight *p, struct err *e)
{
	for (int i = 0; i < PKI_CONDITION_COUNT; i++) {
		const struct pki_preflight_row *r = &p->rows[i];
		const char *rule = pki_preflight_cond_rule((enum pki_condition)i);
		if (r->verdict != PKI_FAIL)
			continue;
		err_set(e, ERR_PREFLIGHT, "the provisioning certificate '%.60s' cannot be used: %s",
			p->rows[PKI_COND_CN].seen, faults[i].fault);
		err_seen(e, "%s", r->seen);
		err_want(e, "%s", r->want);
		if (faults[i].hint)
			err_hint(e, "%s", faults[i].hint);
		return rule ? err_rule(e, rule) : false;
	}
	return true;
}

static unsigned count_of(const struct pki_preflight *p, enum pki_verdict v)
{
	unsigned n = 0;
	for (int i = 0; i < PKI_CONDITION_COUNT; i++)
		n += p->rows[i].verdict == v;
	return n;
}

/* Larger is better: +1, 0 or -1 as a and b compare. */
static int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Both usable: hash match, suffix, fewer doubts, SHA-256 match, longer validity. */
static int compare(const struct pki_preflight *a, const struct pki_preflight *b)
{
	int by = order(a->rows[PKI_COND_ROOT_ACTIVE].verdict == PKI_OK,
		       b->rows[PKI_COND_ROOT_ACTIVE].verdict == PKI_OK);
	if (!by)
		by = order(a->rows[PKI_COND_SUFFIX].verdict == PKI_OK,
			   b->rows[PKI_COND_SUFFIX].verdict == PKI_OK);
	if (!by)
		by = order(a->suffix_strict, b->suffix_strict);
	if (!by)
		by = order(count_of(b, PKI_WARN), count_of(a, PKI_WARN));
	if (!by)
		by = order(a->root_hash == HASH_SHA256, b->root_hash == HASH_SHA256);
	return by ? by : order(a->not_after_unix_ms, b->not_after_unix_ms);
}

/* Neither usable: which of them explains best? The one that the PC's list would let in first,
 * then the one with the fewest faults. */
static int compare_bad(const struct pki_preflight *a, const struct pki_preflight *b)
{
	int by = order(a->rows[PKI_COND_ROOT_ACTIVE].verdict != PKI_FAIL,
		       b->rows[PKI_COND_ROOT_ACTIVE].verdict != PKI_FAIL);
	return by ? by : order(count_of(b, PKI_FAIL), count_of(a, PKI_FAIL));
}

/* A hello tells no release, but firmware that lists its roots by SHA-384 alone (AMT 22) has left the
 * weaker hashes and keys behind. */
static bool lists_sha384_alone(const struct pki_preflight_want *want)
{
	const struct wire_hello *h = want->hello;
	if (want->amt_major || !h || h->kind != WIRE_HELLO_PKI || h->hash_count == 0)
		return false;
	for (unsigned i = 0; i < h->hash_count && i < WIRE_HELLO_MAX_HASHES; i++)
		if (h->hashes[i].alg != WIRE_HELLO_SHA384)
			return false;
	return true;
}

static int best_of(const struct pki_chain *const *chains, unsigned count,
		   const struct pki_preflight_want *want, int64_t now_unix_ms,
		   struct pki_preflight *out_p)
{
	int best = -1;
	memset(out_p, 0, sizeof *out_p);
	for (unsigned i = 0; i < count; i++) {
		struct pki_preflight p;
		pki_preflight(chains[i], want, now_unix_ms, &p);
		bool better = best < 0 || (p.usable && !out_p->usable) ||
			(p.usable == out_p->usable &&
			 (p.usable ? compare(&p, out_p) : compare_bad(&p, out_p)) > 0);
		if (!better)
			continue;
		*out_p = p;
		best = (int)i;
	}
	return best;
}

int pki_preflight_choose(const struct pki_chain *const *chains, unsigned count,
			 const struct pki_preflight_want *want, int64_t now_unix_ms,
			 struct pki_preflight *out_p, struct err *e)
{
	struct pki_preflight_want likely = *want;
	int best;
	if (lists_sha384_alone(want)) {
		likely.amt_major = FIRST_SHA384_ALONE;
		best = best_of(chains, count, &likely, now_unix_ms, out_p);
		if (out_p->usable)
			return best;
	} /* else no refusal for what is only likely */
	best = best_of(chains, count, want, now_unix_ms, out_p);
	if (best < 0) {
		err_set(e, ERR_PREFLIGHT, "there is no provisioning certificate");
		err_hint(e, "import one with 'outband cert import FILE'");
		return -1;
	}
	if (out_p->usable)
		return best;
	pki_preflight_err(out_p, e);
	if (count > 1)
		err_wrap(e, "none of %u certificates fits", count);
	return -1;
}
