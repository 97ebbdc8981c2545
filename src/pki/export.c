/* Writes a chain with its key as PKCS#12, encrypted with AES-256. Called on a worker for backups of
 * provisioning certificates. Never writes a key without a password. */
#include "pki/chain.h"
#include "pki/key_priv.h"
#include "pki/lib.h"
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#define ITERATIONS 200000 /* 0.1 s each for key, certificates and MAC */

static PKCS12 *make(const struct pki_chain *c, const char *password, const char *name)
{
	STACK_OF(X509) *more = sk_X509_new_null();
	X509 *leaf = pki_lib_x509(c->certs[0].der);
	PKCS12 *p12 = NULL;
	bool ok = more && leaf;
	for (unsigned i = 1; ok && i < c->count; i++) {
		X509 *x = pki_lib_x509(c->certs[i].der);
		ok = x && sk_X509_push(more, x) > 0;
	}
	if (ok)
		p12 = PKCS12_create(password, name, pki_key_evp(c->key), leaf, more,
				    NID_aes_256_cbc, NID_aes_256_cbc, ITERATIONS, ITERATIONS, 0);
	X509_free(leaf);
	sk_X509_pop_free(more, X509_free);
	return p12;
}

bool pki_chain_to_p12(const struct pki_chain *c, const struct secret *password, const char *name,
		      struct secret *out_file, struct err *e)
{
	uint8_t *der = NULL;
	struct span pass = secret_reveal(password);
	if (pass.n < PKI_BACKUP_PASSWORD_MIN || memchr(pass.p, 0, pass.n)) {
		err_set(e, ERR_INVALID, "the password of the backup is too short");
		return err_want(e, "at least %d characters", PKI_BACKUP_PASSWORD_MIN);
	}
	if (!c->key)
		return err_set(e, ERR_CERT, "there is no private key to back up");
	PKCS12 *p12 = make(c, (const char *)pass.p, name); /* a NUL stands behind a secret */
	int n = p12 ? i2d_PKCS12(p12, &der) : 0;
	PKCS12_free(p12);
	ERR_clear_error();
	if (n <= 0)
		return err_set(e, ERR_CERT, "the chain cannot be written as PKCS#12");
	secret_set(out_file, span_make(der, (size_t)n));
	OPENSSL_clear_free(der, (size_t)n);
	return true;
}
