/* Takes in a certificate file of any kind: decides which, and offers its readers what they share.
 * Called by the chain builder. Key derivation costs are chosen by whoever wrote the file, so they
 * are added up and limited. No global OpenSSL state is changed, and no password is kept. */
#include "pki/intake_priv.h"
#include "base/limits.h"
#include "base/mem.h"
#include "pki/key_priv.h"
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

bool pki_intake_cert_priv(struct intake *in, struct span der, size_t *out_used, struct err *e)
{
	if (in->cert_count == INTAKE_MAX_CERTS) {
		err_set(e, ERR_LIMIT, "the file has too many certificates");
		return err_want(e, "at most %d", INTAKE_MAX_CERTS);
	}
	struct pki_cert *c = &in->certs[in->cert_count];
	if (!pki_cert_parse(der, &in->arena, c, e))
		return false;
	if (out_used)
		*out_used = c->der.n;
	for (unsigned i = 0; i < in->cert_count; i++) {
		if (span_eq(in->certs[i].der, c->der))
			return true; /* twice in the file is once for us */
	}
	in->cert_count++;
	return true;
}

bool pki_intake_key_priv(struct intake *in, EVP_PKEY *pkey, struct err *e)
{
	struct pki_key *k = pki_key_wrap_priv(pkey, e);
	if (!k)
		return false;
	if (!in->key) {
		in->key = k;
		return true;
	}
	bool same = EVP_PKEY_eq(pki_key_evp(in->key), pki_key_evp(k)) == 1;
	pki_key_free(k);
	ERR_clear_error();
	if (same)
		return true;
	err_set(e, ERR_CERT, "the file has more than one private key");
	err_want(e, "the key of the provisioning certificate only");
	return err_hint(e, "export the provisioning certificate into a file of its own");
}

bool pki_intake_spend_priv(struct intake *in, long iterations, struct err *e)
{
	if (iterations >= 0 && iterations <= in->iterations_left) {
		in->iterations_left -= iterations;
		return true;
	}
	err_set(e, ERR_LIMIT, "the file's password protection takes too long to undo");
	err_seen(e, "%ld iterations", iterations);
	err_want(e, "at most %d in all", INTAKE_MAX_ITERATIONS);
	return err_hint(e, "export the certificate again with default settings");
}

bool pki_intake_wrong_password_priv(const struct intake *in, const char *what, struct err *e)
{
	ERR_clear_error();
	if (in->password_len == 0) {
		err_set(e, ERR_CERT, "%s is encrypted and no password was given", what);
		return err_hint(e, "give the password that the file was exported with");
	}
	err_set(e, ERR_CERT, "the password does not open %s", what);
	return err_hint(e, "check the password; upper and lower case count");
}

static bool is_legacy(int nid)
{
	switch (nid) {
	case NID_pbe_WithSHA1And40BitRC2_CBC:
	case NID_pbe_WithSHA1And128BitRC2_CBC:
	case NID_pbe_WithSHA1And40BitRC4:
	case NID_pbe_WithSHA1And128BitRC4:
	case NID_pbeWithMD2AndDES_CBC:
	case NID_pbeWithMD5AndDES_CBC:
	case NID_pbeWithSHA1AndDES_CBC:
	case NID_pbeWithMD2AndRC2_CBC:
	case NID_pbeWithMD5AndRC2_CBC:
	case NID_pbeWithSHA1AndRC2_CBC:
	case NID_rc2_cbc:
	case NID_rc2_40_cbc:
	case NID_rc2_64_cbc:
	case NID_des_cbc:
		return true;
	default:
		return false;
	}
}

static long integer_of(const ASN1_INTEGER *i)
{
	int64_t v = -1;
	if (!i || ASN1_INTEGER_get_int64(&v, i) != 1 || v < 0 || v > INT32_MAX)
		return -1;
	return (long)v;
}

/* Cipher and iteration count of PBES2; -1 when unreadable, 1 for scrypt, which limits itself. */
static long pbes2_cost(const X509_ALGOR *alg, int *out_nid)
{
	long cost = -1;
	PBE2PARAM *pbe2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), alg->parameter);
	if (!pbe2)
		return -1;
	*out_nid = OBJ_obj2nid(pbe2->encryption->algorithm);
	if (OBJ_obj2nid(pbe2->keyfunc->algorithm) == NID_id_pbkdf2) {
		PBKDF2PARAM *kdf = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
							     pbe2->keyfunc->parameter);
		cost = kdf ? integer_of(kdf->iter) : -1;
		PBKDF2PARAM_free(kdf);
	} else if (OBJ_obj2nid(pbe2->keyfunc->algorithm) == NID_id_scrypt) {
		cost = 1;
	}
	PBE2PARAM_free(pbe2);
	return cost;
}

bool pki_intake_pbe_priv(struct intake *in, const X509_ALGOR *alg, struct err *e)
{
	int nid = OBJ_obj2nid(alg->algorithm);
	long cost = -1;
	if (nid == NID_pbes2) {
		cost = pbes2_cost(alg, &nid);
	} else {
		PBEPARAM *pbe = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), alg->parameter);
		cost = pbe ? integer_of(pbe->iter) : -1;
		PBEPARAM_free(pbe);
	}
	ERR_clear_error();
	if (is_legacy(nid) && !in->provider_legacy) {
		err_set(e, ERR_CERT,
			"the file is encrypted with %s, which only OpenSSL's legacy provider knows",
			OBJ_nid2ln(nid));
		return err_hint(
			e, "install OpenSSL's legacy provider, or export the file with AES-256");
	}
	if (cost < 0) {
		err_set(e, ERR_CERT, "the file is encrypted in a way that is not known");
		return err_seen(e, "%s", OBJ_nid2ln(nid) ? OBJ_nid2ln(nid) : "?");
	}
	return pki_intake_spend_priv(in, cost, e);
}

bool pki_intake_pkcs8_priv(struct intake *in, const X509_SIG *sig, struct err *e)
{
	const X509_ALGOR *alg = NULL;
	X509_SIG_get0(sig, &alg, NULL);
	if (!alg)
		return err_set(e, ERR_CERT, "the private key cannot be read");
	if (!pki_intake_providers_priv(in, e) || !pki_intake_pbe_priv(in, alg, e))
		return false;
	PKCS8_PRIV_KEY_INFO *p8 =
		PKCS8_decrypt_ex(sig, in->password, in->password_len, in->lib, NULL);
	if (!p8)
		return pki_intake_wrong_password_priv(in, "the private key", e);
	EVP_PKEY *pkey = EVP_PKCS82PKEY(p8);
	PKCS8_PRIV_KEY_INFO_free(p8);
	return pki_intake_key_priv(in, pkey, e);
}

static bool read_der(struct intake *in, struct span file, struct err *e)
{
	bool is_p12 = false;
	bool done = pki_intake_p12_priv(in, file, &is_p12, e);
	if (is_p12)
		return done;
	bool is_p7 = false;
	done = pki_intake_p7_priv(in, file, &is_p7, e);
	if (is_p7)
		return done;
	while (file.n > 0) {
		size_t used = 0;
		struct span next = { file.p,
				     file.n < LIMIT_CERT_DER_BYTES ? file.n
								   : LIMIT_CERT_DER_BYTES };
		if (!pki_intake_cert_priv(in, next, &used, e)) {
			err_set(e, ERR_CERT, "the file (%zu bytes) is no certificate file", file.n);
			return err_want(e, "PEM, PKCS#12 (.pfx, .p12) or DER");
		}
		file.p += used;
		file.n -= used;
	}
	return true;
}

static bool looks_like_pem(struct span file)
{
	static const char mark[] = "-----BEGIN ";
	return file.n && memmem(file.p, file.n, mark, sizeof mark - 1);
}

bool pki_intake_providers_priv(struct intake *in, struct err *e)
{
	if (in->provider_default)
		return true;
	in->lib = OSSL_LIB_CTX_new();
	in->provider_default = in->lib ? OSSL_PROVIDER_load(in->lib, "default") : NULL;
	if (!in->provider_default)
		return err_set(e, ERR_INTERNAL, "OpenSSL's default provider cannot be loaded");
	in->provider_legacy = OSSL_PROVIDER_load(in->lib, "legacy"); /* often not installed */
	ERR_clear_error();
	return true;
}

struct intake *pki_intake_read_priv(struct span file, const struct secret *password, struct err *e)
{
	if (file.n == 0 || file.n > (size_t)LIMIT_PFX_BYTES) {
		err_set(e, file.n ? ERR_LIMIT : ERR_CERT, "the certificate file has %zu bytes",
			file.n);
		err_want(e, "1 to %d bytes", LIMIT_PFX_BYTES);
		return NULL;
	}
	struct span pass = password ? secret_reveal(password) : (struct span){ NULL, 0 };
	if (pass.n > 1024) {
		err_set(e, ERR_LIMIT, "the password has more than 1024 bytes");
		return NULL;
	}
	struct intake *in = MEM_NEW(struct intake);
	arena_init(&in->arena, (size_t)2048 * 1024); /* a file, taken apart in all its forms */
	in->iterations_left = INTAKE_MAX_ITERATIONS;
	in->password = pass.n ? (const char *)pass.p : "";
	in->password_len = (int)pass.n;
	bool done = looks_like_pem(file) ? pki_intake_pem_priv(in, file, e) : read_der(in, file, e);
	ERR_clear_error();
	if (done && in->cert_count == 0) {
		err_set(e, ERR_CERT, "there is no certificate in the file (%zu bytes)", file.n);
		done = err_want(e, "the provisioning certificate with its chain");
	}
	if (!done) {
		pki_intake_free_priv(in);
		return NULL;
	}
	return in;
}

void pki_intake_free_priv(struct intake *in)
{
	if (!in)
		return;
	pki_key_free(in->key);
	arena_deinit(&in->arena);
	if (in->provider_legacy)
		OSSL_PROVIDER_unload(in->provider_legacy);
	if (in->provider_default)
		OSSL_PROVIDER_unload(in->provider_default);
	OSSL_LIB_CTX_free(in->lib);
	mem_free(in);
}
