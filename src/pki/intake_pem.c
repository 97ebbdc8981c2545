/* Reads PEM: certificates and keys in any order, other blocks passed over. Called by intake.c.
 * Never asks for a password on a terminal. */
#include "pki/intake_priv.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

static int give_password(char *buf, int size, int rwflag, void *arg)
{
	const struct intake *in = arg;
	(void)rwflag;
	if (in->password_len <= 0 || in->password_len > size)
		return -1;
	memcpy(buf, in->password, (size_t)in->password_len);
	return in->password_len;
}

static bool is_cert(const char *name)
{
	static const char *const names[] = { PEM_STRING_X509, PEM_STRING_X509_OLD,
					     PEM_STRING_X509_TRUSTED };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool read_key(struct intake *in, char *header, unsigned char *data, long n, struct err *e)
{
	EVP_CIPHER_INFO cipher;
	if (!PEM_get_EVP_CIPHER_INFO(header, &cipher)) {
		ERR_clear_error();
		return err_set(e, ERR_CERT,
			       "the private key is encrypted in a way that is not known");
	}
	if (cipher.cipher && !PEM_do_header(&cipher, data, &n, give_password, in))
		return pki_intake_wrong_password_priv(in, "the private key", e);
	const unsigned char *p = data;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &p, n);
	/* One wrong password in 256 leaves what looks like padding; it is no key then. */
	if (!pkey && cipher.cipher) {
		ERR_clear_error();
		return pki_intake_wrong_password_priv(in, "the private key", e);
	}
	return pki_intake_key_priv(in, pkey, e);
}

static bool read_encrypted_key(struct intake *in, const unsigned char *data, long n, struct err *e)
{
	X509_SIG *sig = d2i_X509_SIG(NULL, &data, n);
	bool done = sig ? pki_intake_pkcs8_priv(in, sig, e)
			: err_set(e, ERR_CERT, "the encrypted private key cannot be read");
	X509_SIG_free(sig);
	ERR_clear_error();
	return done;
}

bool pki_intake_p7_priv(struct intake *in, struct span der, bool *out_is_p7, struct err *e)
{
	const unsigned char *p = der.p;
	PKCS7 *p7 = der.n ? d2i_PKCS7(NULL, &p, (long)der.n) : NULL;
	const STACK_OF(X509) *certs =
		p7 && PKCS7_type_is_signed(p7) && p7->d.sign ? p7->d.sign->cert : NULL;
	bool done = true;
	*out_is_p7 = p7 && PKCS7_type_is_signed(p7);
	for (int i = 0; done && i < sk_X509_num(certs); i++) {
		uint8_t *one = NULL;
		int n = i2d_X509(sk_X509_value(certs, i), &one);
		done = n > 0 && pki_intake_cert_priv(in, span_make(one, (size_t)n), NULL, e);
		OPENSSL_free(one);
	}
	PKCS7_free(p7);
	ERR_clear_error();
	return done;
}

static bool read_p7(struct intake *in, struct span der, struct err *e)
{
	bool is_p7;
	bool done = pki_intake_p7_priv(in, der, &is_p7, e);
	return is_p7 ? done : err_set(e, ERR_CERT, "the PKCS#7 block has no certificates");
}

static bool read_block(struct intake *in, const char *name, char *header, unsigned char *data,
		       long n, struct err *e)
{
	size_t len = strlen(name);
	if (is_cert(name))
		return pki_intake_cert_priv(in, span_make(data, (size_t)n), NULL, e);
	if (strcmp(name, PEM_STRING_PKCS7) == 0 || strcmp(name, PEM_STRING_PKCS7_SIGNED) == 0)
		return read_p7(in, span_make(data, (size_t)n), e);
	if (strcmp(name, PEM_STRING_PKCS8) == 0)
		return read_encrypted_key(in, data, n, e);
	if (len >= 11 && strcmp(name + len - 11, "PRIVATE KEY") == 0)
		return read_key(in, header, data, n, e);
	return true;
}

bool pki_intake_pem_priv(struct intake *in, struct span file, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(file.p, (int)file.n);
	bool done = bio != NULL;
	for (unsigned nr = 1; done; nr++) {
		char *name = NULL, *header = NULL;
		unsigned char *data = NULL;
		long n = 0;
		if (PEM_read_bio(bio, &name, &header, &data, &n)) {
			done = read_block(in, name, header, data, n, e);
			if (!done)
				err_wrap(e, "PEM block %u", nr);
			OPENSSL_free(name);
			OPENSSL_free(header);
			OPENSSL_clear_free(data, (size_t)n); /* it may hold a key */
			continue;
		}
		bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
		ERR_clear_error();
		if (!at_end)
			done = err_set(e, ERR_CERT, "PEM block %u of the file is damaged", nr);
		break;
	}
	BIO_free(bio);
	return done;
}
