/* Certificate revocation lists of our own CA: made from rows, signed with the CA's key, as DER. The
 * rows come from the store, the URL under which the list is found is in the leaves (cert.h). */
#pragma once
#include "pki/cert.h"

/* Names as commands and the store have them, and the codes of RFC 5280. */
#define PKI_CRL_REASONS(X)                      \
	X("unspecified", 0)                     \
	X("key-compromise", 1)                  \
	X("ca-compromise", 2)                   \
	X("affiliation-changed", 3)             \
	X("superseded", 4)                      \
	X("cessation", 5)                       \
	X("privilege-withdrawn", 9)
#define PKI_CRL_REASON_WORDS                                                              \
	"unspecified key-compromise ca-compromise affiliation-changed superseded cessation " \
	"privilege-withdrawn"
bool pki_crl_reason(const char *name, int *out_code); /* false: no such reason */

struct pki_crl_row {
	const char *serial;     /* hex, as in struct pki_cert */
	const char *reason;     /* unknown ones count as unspecified */
	int64_t at_unix_ms;
};
struct pki_crl {
	int64_t number;         /* never less than that of the list before */
	int64_t this_unix_ms, next_unix_ms;
	enum pki_sig_hash sig_hash;
	const struct pki_crl_row *rows;
	unsigned row_count;
};
/* 1 ms and 2 us per row: large ones on a worker. */
bool pki_crl_make(const struct pki_crl *what, struct span issuer_cert_der, const struct pki_key *issuer_key,
		  struct arena *a, struct span *out_der, struct err *e);
bool pki_crl_to_pem(struct span der, struct out *o);
