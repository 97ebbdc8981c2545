/* The library context for what comes from devices by the thousand: TLS connections, the
 * certificates in them, and the public keys that are put into new leaves.
 *
 *   SSL_CTX *ctx = SSL_CTX_new_ex(pki_lib(), NULL, TLS_client_method());
 *
 * OpenSSL 3.0 looks through every decoder of its providers each time that it meets a public key,
 * which costs as much as a sixth of an RSA signature; this context has only the decoders for RSA
 * and EC keys. Everything else is the library's default provider, unchanged. */
#pragma once
#include "base/span.h"

struct ossl_lib_ctx_st;
struct x509_st;
struct evp_pkey_st;

/* One for the process, made at the first call from any thread. NULL, which is the library's own
 * default context and works as well, when it cannot be made. */
struct ossl_lib_ctx_st *pki_lib(void);

/* A certificate with an RSA or EC key; NULL when it is none. Caller frees with X509_free. */
struct x509_st *pki_lib_x509(struct span der);

/* The key of a SubjectPublicKeyInfo; *out_used bytes are it. Caller frees with EVP_PKEY_free. */
struct evp_pkey_st *pki_lib_spki(struct span der, size_t *out_used);
