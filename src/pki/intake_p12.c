/* Reads PKCS#12: walks the bags itself, because the library's one-call reader gives one leaf and
 * loses the order, and takes any iteration count. Called by intake.c. */
#include "pki/intake_priv.h"
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#define MAX_NESTED_BAGS 4

static bool read_bags(struct intake *in, const STACK_OF(PKCS12_SAFEBAG) * bags, int depth,
		      struct err *e);

static bool read_cert_bag(struct intake *in, const PKCS12_SAFEBAG *bag, struct err *e)
{
	uint8_t *der = NULL;
	if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate)
		return true;
	X509 *x = PKCS12_SAFEBAG_get1_cert(bag);
	int n = x ? i2d_X509(x, &der) : 0;
	X509_free(x);
	bool done = n > 0
		? pki_intake_cert_priv(in, span_make(der, (size_t)n), NULL, e)
		: err_set(e, ERR_CERT, "a certificate in the PKCS#12 file cannot be read");
	OPENSSL_free(der);
	return done;
}

static bool read_bag(struct intake *in, const PKCS12_SAFEBAG *bag, int depth, struct err *e)
{
	const PKCS8_PRIV_KEY_INFO *p8;
	const X509_SIG *sig;
	const STACK_OF(PKCS12_SAFEBAG) * inner;
	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_certBag:
		return read_cert_bag(in, bag, e);
	case NID_keyBag:
		p8 = PKCS12_SAFEBAG_get0_p8inf(bag);
		return pki_intake_key_priv(in, p8 ? EVP_PKCS82PKEY(p8) : NULL, e);
	case NID_pkcs8ShroudedKeyBag:
		sig = PKCS12_SAFEBAG_get0_pkcs8(bag);
		return sig ? pki_intake_pkcs8_priv(in, sig, e)
			   : err_set(e, ERR_CERT,
				     "the private key in the PKCS#12 file cannot be read");
	case NID_safeContentsBag:
		inner = PKCS12_SAFEBAG_get0_safes(bag);
		return !inner || read_bags(in, inner, depth + 1, e);
	default:
		return true; /* CRLs and secrets are none of ours */
	}
}

static bool read_bags(struct intake *in, const STACK_OF(PKCS12_SAFEBAG) * bags, int depth,
		      struct err *e)
{
	if (depth > MAX_NESTED_BAGS)
		return err_set(e, ERR_LIMIT, "the PKCS#12 file nests its bags too deeply");
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		if (!read_bag(in, sk_PKCS12_SAFEBAG_value(bags, i), depth, e))
			return false;
	}
	return true;
}

static bool read_safe(struct intake *in, PKCS7 *p7, struct err *e)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
	if (PKCS7_type_is_data(p7)) {
		bags = PKCS12_unpack_p7data(p7);
		if (!bags)
			return err_set(e, ERR_CERT, "the PKCS#12 file is damaged");
	} else if (PKCS7_type_is_encrypted(p7)) {
		const PKCS7_ENCRYPT *enc = p7->d.encrypted;
		if (!enc || !enc->enc_data || !enc->enc_data->algorithm)
			return err_set(e, ERR_CERT, "the PKCS#12 file is damaged");
		if (!pki_intake_pbe_priv(in, enc->enc_data->algorithm, e))
			return false;
		bags = PKCS12_unpack_p7encdata(p7, in->password, in->password_len);
		if (!bags)
			return pki_intake_wrong_password_priv(in, "the PKCS#12 file", e);
	} else {
		err_set(e, ERR_CERT, "the PKCS#12 file is encrypted for a public key");
		return err_hint(e, "export it with a password instead");
	}
	bool done = read_bags(in, bags, 0, e);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return done;
}

/* An empty password is written in two ways; the MAC tells which one it is. */
static bool check_mac(struct intake *in, PKCS12 *p12, struct err *e)
{
	const ASN1_INTEGER *iterations = NULL;
	int64_t n = 1;
	if (!PKCS12_mac_present(p12))
		return true;
	PKCS12_get0_mac(NULL, NULL, NULL, &iterations, p12);
	if (iterations && ASN1_INTEGER_get_int64(&n, iterations) != 1)
		n = -1;
	if (n > INTAKE_MAX_ITERATIONS || !pki_intake_spend_priv(in, (long)n, e))
		return n <= INTAKE_MAX_ITERATIONS
			? false
			: pki_intake_spend_priv(in, INTAKE_MAX_ITERATIONS + 1, e);
	if (PKCS12_verify_mac(p12, in->password, in->password_len))
		return true;
	if (in->password_len == 0) {
		if (!pki_intake_spend_priv(in, (long)n, e))
			return false;
		in->password = NULL;
		if (PKCS12_verify_mac(p12, NULL, 0))
			return true;
	}
	return pki_intake_wrong_password_priv(in, "the PKCS#12 file", e);
}

bool pki_intake_p12_priv(struct intake *in, struct span file, bool *out_is_p12, struct err *e)
{
	*out_is_p12 = false;
	if (!pki_intake_providers_priv(in, e))
		return false;
	PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, in->lib, NULL);
	const unsigned char *p = file.p;
	/* On failure d2i frees what it was given. */
	*out_is_p12 = p12 && d2i_PKCS12(&p12, &p, (long)file.n);
	ERR_clear_error();
	if (!*out_is_p12)
		return false;
	STACK_OF(PKCS7) *safes = NULL;
	bool done = check_mac(in, p12, e);
	if (done) {
		safes = PKCS12_unpack_authsafes(p12);
		done = safes || err_set(e, ERR_CERT, "the PKCS#12 file is damaged");
	}
	for (int i = 0; done && i < sk_PKCS7_num(safes); i++)
		done = read_safe(in, sk_PKCS7_value(safes, i), e);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	PKCS12_free(p12);
	ERR_clear_error();
	return done;
}
