/* RSA signatures over data (PKCS#1), as audit logs have them. Certificates are signed elsewhere. */
#pragma once
#include "base/hash.h"
#include "pki/cert.h"

#define PKI_SIGN_MAX 1024 /* bytes of a signature */
bool pki_sign(const struct pki_key *k, enum hash_kind hash, struct span data, uint8_t out_sig[PKI_SIGN_MAX],
	      size_t *out_n, struct err *e);
/* False: that certificate's key did not sign these bytes, or is no RSA key. */
bool pki_sign_check(const struct pki_cert *c, enum hash_kind hash, struct span data, struct span sig);
