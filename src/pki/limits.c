/* Limits of firmware generations for provisioning chains: one row per fact, range of releases and
 * range of values. Called by preflight.c. The simulator has rows of its own, on purpose: what one
 * of the two gets wrong, the other shows. */
#include "pki/limits_priv.h"
#include "base/source.h"
#include <limits.h>
#include <stdio.h>

#define OLDEST  2
#define NEWEST  22
#define ANY_MAX UINT_MAX

struct row {
	enum pki_fact fact;
	unsigned major_from, major_to;
	unsigned from, to; /* values, both included; what no row names is taken */
	enum pki_verdict verdict;
	enum source src;
	const char *want;
};
/* clang-format off */
static const struct row rows[] = {
	/* The capability reply of 3.0-like firmware lists 1024, 1536 and 2048. */
	{ PKI_FACT_LEAF_RSA,  2,  6,    0, 1023,    PKI_FAIL, SRC_P, "1024 to 2048 bits" },
	{ PKI_FACT_LEAF_RSA,  2,  6, 2049, ANY_MAX, PKI_FAIL, SRC_G, "1024 to 2048 bits" },
	{ PKI_FACT_LEAF_RSA,  7, 14,    0, 1023,    PKI_FAIL, SRC_G, "2048 bits" },
	{ PKI_FACT_LEAF_RSA,  7, 14, 1024, 2047,    PKI_WARN, SRC_G, "2048 bits" },
	{ PKI_FACT_LEAF_RSA,  7, 15, 2049, ANY_MAX, PKI_WARN, SRC_G, "2048 bits" },
	{ PKI_FACT_LEAF_RSA, 15, 21,    0, 2047,    PKI_FAIL, SRC_D, "at least 2048 bits" },
	{ PKI_FACT_LEAF_RSA, 22, 22,    0, 3071,    PKI_FAIL, SRC_D, "at least 3072 bits" },

	/* D060 speaks of any element of the chain, but not of which releases. */
	{ PKI_FACT_CA_RSA,    2,  6,    0, 1023,    PKI_WARN, SRC_G, "1024 to 2048 bits" },
	{ PKI_FACT_CA_RSA,    2,  6, 2049, ANY_MAX, PKI_FAIL, SRC_G, "1024 to 2048 bits" },
	{ PKI_FACT_CA_RSA,    7, 10, 2049, ANY_MAX, PKI_WARN, SRC_G, "at most 2048 bits" },
	{ PKI_FACT_CA_RSA,    7, 14,    0, 2047,    PKI_WARN, SRC_G, "at least 2048 bits" },
	{ PKI_FACT_CA_RSA,   15, 21,    0, 2047,    PKI_FAIL, SRC_D, "at least 2048 bits" },
	{ PKI_FACT_CA_RSA,   22, 22,    0, 3071,    PKI_FAIL, SRC_D, "at least 3072 bits" },

	{ PKI_FACT_CA_EC,     2,  6,    0, ANY_MAX, PKI_FAIL, SRC_G, "RSA keys only" },
	{ PKI_FACT_CA_EC,     7, 10,    0, ANY_MAX, PKI_WARN, SRC_G, "RSA keys only" },
	{ PKI_FACT_CA_EC,    22, 22,    0, 383,     PKI_FAIL, SRC_D, "at least 384 bits" },

	{ PKI_FACT_SIG,  2,  6, PKI_SIG_MD5,    PKI_SIG_MD5,    PKI_WARN, SRC_G, "SHA-1" },
	{ PKI_FACT_SIG,  7, 14, PKI_SIG_MD5,    PKI_SIG_MD5,    PKI_WARN, SRC_G, "SHA-256" },
	{ PKI_FACT_SIG, 15, 21, PKI_SIG_MD5,    PKI_SIG_MD5,    PKI_FAIL, SRC_D, "SHA-256 or better" },
	{ PKI_FACT_SIG,  7, 14, PKI_SIG_SHA1,   PKI_SIG_SHA1,   PKI_WARN, SRC_D, "SHA-256" },
	{ PKI_FACT_SIG, 15, 21, PKI_SIG_SHA1,   PKI_SIG_SHA1,   PKI_FAIL, SRC_D, "SHA-256 or better" },
	{ PKI_FACT_SIG,  2,  5, PKI_SIG_SHA256, PKI_SIG_SHA256, PKI_WARN, SRC_G, "SHA-1" },
	{ PKI_FACT_SIG,  2,  5, PKI_SIG_SHA384, PKI_SIG_SHA512, PKI_WARN, SRC_G, "SHA-1" },
	{ PKI_FACT_SIG,  6, 14, PKI_SIG_SHA384, PKI_SIG_SHA512, PKI_WARN, SRC_G, "SHA-256" },
	{ PKI_FACT_SIG, 22, 22, PKI_SIG_MD5,    PKI_SIG_SHA1,   PKI_FAIL, SRC_D, "SHA-384" },
	{ PKI_FACT_SIG, 22, 22, PKI_SIG_SHA256, PKI_SIG_SHA256, PKI_FAIL, SRC_D, "SHA-384" },
	{ PKI_FACT_SIG, 22, 22, PKI_SIG_SHA512, PKI_SIG_SHA512, PKI_WARN, SRC_G, "SHA-384" },
	{ PKI_FACT_SIG,  2, 14, PKI_SIG_OTHER,  PKI_SIG_OTHER,  PKI_WARN, SRC_G, "SHA-256" },
	{ PKI_FACT_SIG, 15, 22, PKI_SIG_OTHER,  PKI_SIG_OTHER,  PKI_FAIL, SRC_D, "a SHA-2 hash" },

	/* Blob of 4100 bytes: schema and capability reply of old firmware. Four certificates: the
	 * provisioning record keeps three issuers, and a published server refuses more. */
	{ PKI_FACT_COUNT,     2,  6,    5, ANY_MAX, PKI_WARN, SRC_P, "at most 4 certificates" },
	{ PKI_FACT_BYTES,     2,  6, 4101, ANY_MAX, PKI_WARN, SRC_P, "at most 4100 bytes" },
};
/* clang-format on */

static const struct row *row_for(enum pki_fact fact, unsigned value, unsigned major)
{
	if (major > NEWEST)
		major = NEWEST;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		if (r->fact == fact && major >= r->major_from && major <= r->major_to &&
		    value >= r->from && value <= r->to)
			return r;
	}
	return NULL;
}

static enum pki_verdict judge_unknown(enum pki_fact fact, unsigned value, char *want, size_t cap)
{
	bool all_same = true, current_objects = false;
	const struct row *worst = NULL;
	enum pki_verdict first = PKI_OK;
	for (unsigned major = OLDEST; major <= NEWEST; major++) {
		const struct row *r = row_for(fact, value, major);
		enum pki_verdict v = r ? r->verdict : PKI_OK;
		if (major == OLDEST)
			first = v;
		all_same &= v == first;
		current_objects |= v != PKI_OK && major >= 7 && major < NEWEST;
		if (r && (!worst || r->verdict > worst->verdict))
			worst = r;
	}
	if (!worst)
		return PKI_OK;
	if (worst->major_from == worst->major_to)
		snprintf(want, cap, "AMT %u: %s", worst->major_from, worst->want);
	else
		snprintf(want, cap, "AMT %u to %u: %s", worst->major_from, worst->major_to,
			 worst->want);
	if (all_same)
		return first;
	return current_objects ? PKI_WARN : PKI_UNKNOWN;
}

enum pki_verdict pki_limits_judge_priv(enum pki_fact fact, unsigned value, unsigned amt_major,
				       char *want, size_t cap)
{
	if (amt_major == 0)
		return judge_unknown(fact, value, want, cap);
	const struct row *r = row_for(fact, value, amt_major);
	if (!r)
		return PKI_OK;
	snprintf(want, cap, "AMT %u: %s%s", amt_major, r->want,
		 r->src == SRC_G ? " (not certain)" : "");
	return r->verdict;
}
