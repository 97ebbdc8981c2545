/* Service-side pre-flight of a provisioning chain (setup-and-configuration 3.2-3.4, 7): a verdict
 * per condition, for one device or for none in particular. Pure: takes facts and now. The
 * simulator's own check is written independently in sim/fw_chain.c. */
#pragma once
#include "pki/chain.h"
#include "wire/hello.h"

enum pki_verdict { PKI_OK, PKI_WARN, PKI_FAIL, PKI_UNKNOWN };
#define PKI_CONDITIONS(X)                                                                            \
	/* constant             rule    text */                                                      \
	X(PKI_COND_KEY,         "D066", "private key present and belongs to the leaf")               \
	X(PKI_COND_COMPLETE,    "D058", "chain complete up to a self-signed root")                   \
	X(PKI_COND_SIGNATURES,  NULL,   "every certificate is signed by the next one")               \
	X(PKI_COND_DATES,       "D059", "every certificate valid now")                               \
	X(PKI_COND_SERVER_AUTH, "D053", "leaf has Server Authentication")                            \
	X(PKI_COND_OU_OID,      "D054", "leaf has the Intel setup OU or the AMT OID")                \
	X(PKI_COND_RSA,         NULL,   "leaf key is RSA")                                           \
	X(PKI_COND_KEY_SIZE,    "D060", "key sizes fit the firmware")                                \
	X(PKI_COND_SIG_HASH,    "M01",  "signature hashes fit the firmware")                         \
	X(PKI_COND_CN,          "D057", "common name is a host name with at least two labels")       \
	X(PKI_COND_LENGTH,      NULL,   "chain length and size fit the firmware")                    \
	X(PKI_COND_ROOT_ACTIVE, "D056", "root hash is in the device's list")                         \
	X(PKI_COND_SUFFIX,      "D057", "common name fits the device's DNS suffix")
enum pki_condition {
#define X(name, rule, text) name,
	PKI_CONDITIONS(X)
#undef X
	PKI_CONDITION_COUNT
};
struct pki_preflight_want {          /* what is known of the device; all optional */
	const struct wire_hello *hello;  /* hash list; NULL: unknown */
	const char *fqdn;                /* its domain is the likely suffix; NULL */
	const char *suffix;              /* known DNS suffix; NULL */
	unsigned amt_major, amt_minor;   /* 0: unknown */
};
struct pki_preflight_row {
	enum pki_verdict verdict;
	char seen[160], want[160];
};
struct pki_preflight {
	struct pki_preflight_row rows[PKI_CONDITION_COUNT];
	bool usable;             /* no PKI_FAIL */
	bool suffix_strict;      /* matched without the relaxed rule of 3.4 */
	enum hash_kind root_hash;  /* which hash matched, when ROOT_ACTIVE is PKI_OK */
	int64_t not_after_unix_ms; /* earliest end of validity in the chain */
};
void pki_preflight(const struct pki_chain *c, const struct pki_preflight_want *want,
		   int64_t now_unix_ms, struct pki_preflight *out_p);
/* The first failing row as an error with rule, seen, want, hint. True when usable. */
bool pki_preflight_err(const struct pki_preflight *p, struct err *e);
/* Best usable chain for the device: hash match, suffix, SHA-256 before others, longest validity;
 * for a hash list of SHA-384 alone, one that AMT 22 takes before all others; -1 with the error that explains why none fits. */
int pki_preflight_choose(const struct pki_chain *const *chains, unsigned count,
			 const struct pki_preflight_want *want, int64_t now_unix_ms,
			 struct pki_preflight *out_p, struct err *e);
/* 3.4: does CN fit suffix for that firmware? out_strict: also without the per-TLD relaxation. */
bool pki_preflight_suffix_fits(const char *cn, const char *suffix, unsigned amt_major, bool *out_strict);
/* D050: letters, digits, minus, period; labels 1-63, whole <= LIMIT_FQDN, no empty labels. */
bool pki_preflight_fqdn(struct span fqdn, struct err *e);
const char *pki_preflight_cond_text(enum pki_condition c);
const char *pki_preflight_cond_rule(enum pki_condition c);
