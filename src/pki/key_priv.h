/* What the files of this folder share about keys; nobody else includes it. */
#pragma once
#include "pki/cert.h"
#include <openssl/evp.h>

/* Takes: pkey. NULL with e set when its kind is none that we know. */
struct pki_key *pki_key_wrap_priv(EVP_PKEY *pkey, struct err *e);
/* The RSAPublicKey in a SubjectPublicKeyInfo; false when it is of another kind. */
bool pki_spki_rsa_priv(struct span spki, struct span *out_pkcs1);
/* Runs an i2d function of OpenSSL into arena memory; the i2d result is wiped. */
struct span pki_key_i2d_priv(struct arena *a, uint8_t *der, int n);
/* DER as a PEM block with that label. */
bool pki_pem_priv(const char *label, struct span der, struct out *o);
