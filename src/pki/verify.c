/* Checks one certificate's signature with another's key. Called for every link of a chain. RSA with
 * PKCS#1 padding, which is nearly all of them, goes past the library's X.509 decoder: that costs
 * ten times the check itself, and a fleet sends many chains. Judges nothing but the signature. */
#include "pki/key_priv.h"
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

/* One DER element at c; its whole encoding and its content. False, and c is bad, when it is none. */
static bool der_next(struct cur *c, uint8_t tag, struct span *out_whole, struct span *out_content)
{
	size_t start = c->at;
	bool is_tag = cur_u8(c) == tag;
	size_t n = cur_u8(c);
	if (n >= 0x80) {
		size_t bytes = n & 0x7f;
		c->bad |= bytes == 0 || bytes > 3;
		for (n = 0; bytes > 0 && !c->bad; bytes--)
			n = n << 8 | cur_u8(c);
	}
	*out_content = cur_take(c, n);
	c->bad |= !is_tag;
	*out_whole = c->bad ? (struct span){ NULL, 0 } : span_make(c->in.p + start, c->at - start);
	return !c->bad;
}

enum { DER_SEQUENCE = 0x30, DER_BIT_STRING = 0x03 };

static bool bits_of(struct cur *c, struct span *out_bits)
{
	struct span whole, bits;
	if (!der_next(c, DER_BIT_STRING, &whole, &bits) || !bits.p || bits.n < 2 || bits.p[0] != 0)
		return false;
	*out_bits = span_make(bits.p + 1, bits.n - 1);
	return true;
}

struct parts {
	struct span tbs, alg, sig;
};

static bool cert_parts(struct span der, struct parts *out_p)
{
	struct span whole, content, ignored;
	struct cur outer = cur_make(der);
	if (!der_next(&outer, DER_SEQUENCE, &whole, &content))
		return false;
	struct cur c = cur_make(content);
	return der_next(&c, DER_SEQUENCE, &out_p->tbs, &ignored) &&
		der_next(&c, DER_SEQUENCE, &out_p->alg, &ignored) && bits_of(&c, &out_p->sig);
}

/* rsaEncryption, with its NULL or without. */
static bool is_rsa(struct span alg_content)
{
	static const uint8_t rsa[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
				       0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	return (alg_content.n == sizeof rsa || alg_content.n == sizeof rsa - 2) &&
		memcmp(alg_content.p, rsa, alg_content.n) == 0;
}

bool pki_spki_rsa_priv(struct span spki, struct span *out_pkcs1)
{
	struct span whole, content, alg;
	struct cur outer = cur_make(spki);
	if (!der_next(&outer, DER_SEQUENCE, &whole, &content))
		return false;
	struct cur c = cur_make(content);
	return der_next(&c, DER_SEQUENCE, &whole, &alg) && is_rsa(alg) && bits_of(&c, out_pkcs1);
}

static EVP_PKEY *rsa_key(struct span spki)
{
	struct span pkcs1;
	if (!pki_spki_rsa_priv(spki, &pkcs1))
		return NULL;
	const unsigned char *p = pkcs1.p;
	return d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)pkcs1.n);
}

/* The digest of plain RSA signatures; NULL for every other algorithm. */
static const EVP_MD *rsa_digest(struct span alg_der)
{
	const unsigned char *p = alg_der.p;
	const ASN1_OBJECT *oid = NULL;
	int hash_nid = NID_undef, key_nid = NID_undef;
	X509_ALGOR *alg = d2i_X509_ALGOR(NULL, &p, (long)alg_der.n);
	if (alg)
		X509_ALGOR_get0(&oid, NULL, NULL, alg);
	bool known = oid && OBJ_find_sigid_algs(OBJ_obj2nid(oid), &hash_nid, &key_nid);
	X509_ALGOR_free(alg);
	return known && key_nid == NID_rsaEncryption ? EVP_get_digestbynid(hash_nid) : NULL;
}

static bool verify_rsa(const struct parts *p, const EVP_MD *md, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, p->sig.p, p->sig.n, p->tbs.p, p->tbs.n) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

static bool verify_any(const struct pki_cert *c, const struct pki_cert *issuer)
{
	const unsigned char *p = c->der.p, *q = issuer->spki_der.p;
	X509 *x = c->der.n ? d2i_X509(NULL, &p, (long)c->der.n) : NULL;
	EVP_PKEY *key = issuer->spki_der.n ? d2i_PUBKEY(NULL, &q, (long)issuer->spki_der.n) : NULL;
	bool good = x && key && X509_verify(x, key) == 1;
	EVP_PKEY_free(key);
	X509_free(x);
	return good;
}

bool pki_cert_signed_by(const struct pki_cert *c, const struct pki_cert *issuer)
{
	struct parts parts;
	EVP_PKEY *key = NULL;
	const EVP_MD *md = NULL;
	if (issuer->key_kind == PKI_KEY_RSA && cert_parts(c->der, &parts))
		md = rsa_digest(parts.alg);
	if (md)
		key = rsa_key(issuer->spki_der);
	bool good = key ? verify_rsa(&parts, md, key) : verify_any(c, issuer);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}
