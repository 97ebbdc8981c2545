/* Certificate requests (PKCS#10) for provisioning certificates: what a public or company CA is sent.
 * The subject and the extensions are those that firmware wants (setup-and-configuration 3.2). */
#pragma once
#include "pki/cert.h"

struct pki_request {
	const char *cn;                /* host name; also the one SAN */
	const char *c, *st, *l, *o;    /* country of two letters, state, city, company; NULL: left out */
};
/* Country, lengths and characters; the error names the option. */
bool pki_request_check(const struct pki_request *what, struct err *e);
/* PEM. Signed with SHA-384 by keys above 2048 bits, else with SHA-256. */
bool pki_request_make(const struct pki_request *what, const struct pki_key *key, struct out *o,
		      struct err *e);
