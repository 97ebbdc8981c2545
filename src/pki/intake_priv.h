/* What a file gave: certificates and at most one key, in the file's order. Shared by the readers
 * of PEM and PKCS#12 and by the chain builder; nobody else includes it. */
#pragma once
#include "pki/cert.h"
#include <openssl/evp.h>
#include <openssl/x509.h>

#define INTAKE_MAX_CERTS 32
#define INTAKE_MAX_ITERATIONS 3000000 /* of a whole file; common programs write 1 to 600,000 */

struct intake {
	struct arena arena;
	unsigned cert_count;
	struct pki_cert certs[INTAKE_MAX_CERTS];
	struct pki_key *key;
	const char *password; /* borrowed from a struct secret */
	int password_len;
	long iterations_left;
	/* A library context of its own, so that the legacy provider is active in here only;
	 * made by pki_intake_providers_priv when something is encrypted. */
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *provider_default, *provider_legacy;
};
struct intake *pki_intake_read_priv(struct span file, const struct secret *password, struct err *e);
void pki_intake_free_priv(struct intake *in);

/* For the readers. */
bool pki_intake_pem_priv(struct intake *in, struct span file, struct err *e);
bool pki_intake_p12_priv(struct intake *in, struct span file, bool *out_is_p12, struct err *e);
/* PKCS#7 with certificates only (.p7b), as CAs answer; false without e when it is something else. */
bool pki_intake_p7_priv(struct intake *in, struct span der, bool *out_is_p7, struct err *e);
bool pki_intake_cert_priv(struct intake *in, struct span der, size_t *out_used, struct err *e);
/* Takes: pkey. */
bool pki_intake_key_priv(struct intake *in, EVP_PKEY *pkey, struct err *e);
bool pki_intake_providers_priv(struct intake *in, struct err *e);
/* Decrypts a PKCS#8 key. */
bool pki_intake_pkcs8_priv(struct intake *in, const X509_SIG *sig, struct err *e);
/* May this password-based encryption be undone: affordable, and with what is installed? */
bool pki_intake_pbe_priv(struct intake *in, const X509_ALGOR *alg, struct err *e);
bool pki_intake_spend_priv(struct intake *in, long iterations, struct err *e);
bool pki_intake_wrong_password_priv(const struct intake *in, const char *what, struct err *e);
