/* See sign.h. Knows no names and no dates: whose key it is, the caller judges. */
#include "pki/sign.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static const EVP_MD *digest_of(enum hash_kind h)
{
	switch (h) {
	case HASH_SHA1:
		return EVP_sha1();
	case HASH_SHA256:
		return EVP_sha256();
	case HASH_SHA384:
		return EVP_sha384();
	default:
		return NULL;
	}
}

bool pki_sign(const struct pki_key *k, enum hash_kind hash, struct span data,
	      uint8_t out_sig[PKI_SIGN_MAX], size_t *out_n, struct err *e)
{
	EVP_PKEY *key = pki_key_evp(k);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = digest_of(hash);

	*out_n = PKI_SIGN_MAX;
	bool ok = ctx && md && EVP_PKEY_is_a(key, "RSA") &&
		EVP_DigestSignInit(ctx, NULL, md, NULL, key) == 1 &&
		EVP_DigestSign(ctx, out_sig, out_n, data.p, data.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok || err_set(e, ERR_CERT, "the key cannot sign with %s", hash_name(hash));
}

bool pki_sign_check(const struct pki_cert *c, enum hash_kind hash, struct span data,
		    struct span sig)
{
	const unsigned char *p = c->spki_der.p;
	const EVP_MD *md = digest_of(hash);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = c->spki_der.n ? d2i_PUBKEY(NULL, &p, (long)c->spki_der.n) : NULL;
	bool good = ctx && md && key && EVP_PKEY_is_a(key, "RSA") &&
		EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, sig.p, sig.n, data.p, data.n) == 1;

	EVP_PKEY_free(key);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}
