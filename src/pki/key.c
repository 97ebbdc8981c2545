/* Private keys: making, reading and giving out their forms. Called by the chain intake, by
 * issuing and by whoever has to sign or to show a public key. Never asks for a password on a
 * terminal, never writes a key anywhere, and leaves OpenSSL's error queue empty. */
#include "pki/key_priv.h"
#include "base/limits.h"
#include "base/mem.h"
#include "pki/lib.h"
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct pki_key {
	EVP_PKEY *pkey;
	int refs;
	uint8_t *pub; /* public key as a certificate's bit string holds it */
	size_t pub_n;
};

struct pki_key *pki_key_wrap_priv(EVP_PKEY *pkey, struct err *e)
{
	ERR_clear_error();
	if (!pkey) {
		err_set(e, ERR_CERT, "the private key cannot be read");
		return NULL;
	}
	if (EVP_PKEY_get_bits(pkey) <= 0) {
		EVP_PKEY_free(pkey);
		err_set(e, ERR_CERT, "the private key is of a kind that certificates do not use");
		return NULL;
	}
	struct pki_key *k = MEM_NEW(struct pki_key);
	k->pkey = pkey;
	k->refs = 1;
	int n = i2d_PublicKey(pkey, &k->pub);
	k->pub_n = n > 0 ? (size_t)n : 0;
	ERR_clear_error();
	return k;
}

struct pki_key *pki_key_generate_rsa(unsigned bits, struct err *e)
{
	if (bits < 1024 || bits > 8192) {
		err_set(e, ERR_INVALID, "an RSA key of %u bits is not made here", bits);
		err_want(e, "1024 to 8192");
		return NULL;
	}
	return pki_key_wrap_priv(EVP_RSA_gen(bits), e);
}

static int no_password(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

struct pki_key *pki_key_from_pem(struct span pem, struct err *e)
{
	if (pem.n > (size_t)LIMIT_PFX_BYTES) {
		err_set(e, ERR_LIMIT, "the private key file has %zu bytes", pem.n);
		err_want(e, "at most %d", LIMIT_PFX_BYTES);
		return NULL;
	}
	BIO *bio = BIO_new_mem_buf(pem.n ? (const void *)pem.p : "", (int)pem.n);
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	struct pki_key *k = pki_key_wrap_priv(pkey, e);
	if (!k)
		err_want(e, "one private key as PEM, without a password");
	return k;
}

struct pki_key *pki_key_from_der(struct span der, struct err *e)
{
	if (der.n > LIMIT_CERT_DER_BYTES) {
		err_set(e, ERR_LIMIT, "the private key has %zu bytes", der.n);
		err_want(e, "at most %d", LIMIT_CERT_DER_BYTES);
		return NULL;
	}
	const unsigned char *p = der.p;
	EVP_PKEY *pkey = der.n ? d2i_AutoPrivateKey(NULL, &p, (long)der.n) : NULL;
	return pki_key_wrap_priv(pkey, e);
}

struct pki_key *pki_key_ref(struct pki_key *k)
{
	if (k)
		__atomic_add_fetch(&k->refs, 1, __ATOMIC_RELAXED);
	return k;
}

void pki_key_free(struct pki_key *k)
{
	if (!k || __atomic_sub_fetch(&k->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	EVP_PKEY_free(k->pkey); /* wipes the numbers */
	OPENSSL_free(k->pub);
	mem_free(k);
}

struct evp_pkey_st *pki_key_evp(const struct pki_key *k)
{
	return k ? k->pkey : NULL;
}

unsigned pki_key_bits(const struct pki_key *k)
{
	return k ? (unsigned)EVP_PKEY_get_bits(k->pkey) : 0;
}

/* Compares encodings: the public key is the end of SubjectPublicKeyInfo, and what stands before it
 * differs among certificate makers (RSA with or without its NULL). */
bool pki_key_matches(const struct pki_key *k, const struct pki_cert *c)
{
	if (!k || k->pub_n == 0 || k->pub_n > c->spki_der.n)
		return false;
	return memcmp(c->spki_der.p + c->spki_der.n - k->pub_n, k->pub, k->pub_n) == 0;
}

struct span pki_key_i2d_priv(struct arena *a, uint8_t *der, int n)
{
	struct span s = { NULL, 0 };
	if (der && n > 0) {
		s.p = arena_copy(a, span_make(der, (size_t)n));
		s.n = s.p ? (size_t)n : 0;
	}
	OPENSSL_clear_free(der, n > 0 ? (size_t)n : 0);
	ERR_clear_error();
	return s;
}

bool pki_key_public_pkcs1(const struct pki_key *k, struct arena *a, struct span *out_der)
{
	uint8_t *der = NULL;
	*out_der = (struct span){ NULL, 0 };
	if (!k || !EVP_PKEY_is_a(k->pkey, "RSA"))
		return false;
	int n = i2d_PublicKey(k->pkey, &der);
	*out_der = pki_key_i2d_priv(a, der, n);
	return out_der->n > 0;
}

bool pki_key_public_spki(const struct pki_key *k, struct arena *a, struct span *out_der)
{
	uint8_t *der = NULL;
	*out_der = (struct span){ NULL, 0 };
	if (!k)
		return false;
	int n = i2d_PUBKEY(k->pkey, &der);
	*out_der = pki_key_i2d_priv(a, der, n);
	return out_der->n > 0;
}

bool pki_key_private_pkcs1(const struct pki_key *k, struct secret *out_der)
{
	uint8_t *der = NULL;
	int n = k ? i2d_PrivateKey(k->pkey, &der) : 0;
	ERR_clear_error();
	if (n <= 0)
		return false;
	*out_der = secret_make(span_make(der, (size_t)n));
	OPENSSL_clear_free(der, (size_t)n);
	return true;
}

bool pki_key_public_normalise(struct span der, struct arena *a, struct span *out_spki,
			      struct err *e)
{
	*out_spki = (struct span){ NULL, 0 };
	if (der.n == 0 || der.n > LIMIT_CERT_DER_BYTES)
		return err_set(e, ERR_MALFORMED, "the public key has %zu bytes", der.n);
	size_t used;
	EVP_PKEY *pub = pki_lib_spki(der, &used);
	if (!pub) {
		const unsigned char *p = der.p;
		pub = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.n);
		used = (size_t)(p - der.p);
	}
	bool whole = pub && used == der.n && EVP_PKEY_is_a(pub, "RSA");
	if (whole) {
		uint8_t *spki = NULL;
		int n = i2d_PUBKEY(pub, &spki);
		*out_spki = pki_key_i2d_priv(a, spki, n);
	}
	EVP_PKEY_free(pub);
	ERR_clear_error();
	if (!whole) {
		err_set(e, ERR_MALFORMED, "the public key (%zu bytes) cannot be read", der.n);
		return err_want(e, "an RSA public key: RSAPublicKey or SubjectPublicKeyInfo");
	}
	if (!out_spki->n)
		return err_set(e, ERR_LIMIT, "no room for a public key");
	return true;
}
