/* Makes revocation lists. Called by the engine for what it publishes, on a worker. Never decides
 * what is revoked and reads nothing but its arguments. */
#include "pki/crl.h"
#include "base/str.h"
#include "pki/key_priv.h"
#include "pki/lib.h"
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

bool pki_crl_reason(const char *name, int *out_code)
{
	static const struct {
		const char *name;
		int code;
	} rows[] = {
#define X(name, code) { name, code },
		PKI_CRL_REASONS(X)
#undef X
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!str_eq(rows[i].name, name))
			continue;
		*out_code = rows[i].code;
		return true;
	}
	return false;
}

static bool add_reason(X509_REVOKED *rev, const char *name)
{
	int code = 0;
	if (!pki_crl_reason(name, &code) || code == 0)
		return true; /* unspecified: RFC 5280 wants it left out */
	ASN1_ENUMERATED *v = ASN1_ENUMERATED_new();
	bool done = v && ASN1_ENUMERATED_set(v, code) &&
		X509_REVOKED_add1_ext_i2d(rev, NID_crl_reason, v, 0, 0) == 1;
	ASN1_ENUMERATED_free(v);
	return done;
}

static bool add_row(X509_CRL *crl, const struct pki_crl_row *row)
{
	BIGNUM *bn = NULL;
	X509_REVOKED *rev = X509_REVOKED_new();
	ASN1_INTEGER *serial = NULL;
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(row->at_unix_ms / 1000));
	bool done = rev && at && row->serial[0] && BN_hex2bn(&bn, row->serial) > 0;
	serial = done ? BN_to_ASN1_INTEGER(bn, NULL) : NULL;
	done = serial && X509_REVOKED_set_serialNumber(rev, serial) &&
		X509_REVOKED_set_revocationDate(rev, at) && add_reason(rev, row->reason) &&
		X509_CRL_add0_revoked(crl, rev);
	if (!done)
		X509_REVOKED_free(rev);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	BN_free(bn);
	return done;
}

static bool add_number(X509_CRL *crl, int64_t number)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	bool done = n && ASN1_INTEGER_set_int64(n, number) &&
		X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;
	ASN1_INTEGER_free(n);
	return done;
}

static bool add_key_id(X509_CRL *crl, X509 *issuer)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509_EXTENSION *ext =
		X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid");
	bool done = ext && X509_CRL_add_ext(crl, ext, -1);
	X509_EXTENSION_free(ext);
	return done;
}

static bool fill(X509_CRL *crl, X509 *issuer, const struct pki_crl *what)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)(what->this_unix_ms / 1000));
	ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)(what->next_unix_ms / 1000));
	bool done = now && next && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
		X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) &&
		X509_CRL_set1_lastUpdate(crl, now) && X509_CRL_set1_nextUpdate(crl, next) &&
		add_key_id(crl, issuer) && add_number(crl, what->number);
	for (unsigned i = 0; done && i < what->row_count; i++)
		done = add_row(crl, &what->rows[i]);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	return done && X509_CRL_sort(crl);
}

bool pki_crl_make(const struct pki_crl *what, struct span issuer_cert_der,
		  const struct pki_key *issuer_key, struct arena *a, struct span *out_der,
		  struct err *e)
{
	X509 *issuer = pki_lib_x509(issuer_cert_der);
	X509_CRL *crl = X509_CRL_new();
	uint8_t *der = NULL;
	int n = 0;
	*out_der = (struct span){ NULL, 0 };
	bool done = issuer && crl && issuer_key &&
		X509_check_private_key(issuer, pki_key_evp(issuer_key)) == 1;
	if (!done) {
		err_set(e, ERR_CERT, "the CA's key does not belong to its certificate");
	} else if (!fill(crl, issuer, what) ||
		   !X509_CRL_sign(crl, pki_key_evp(issuer_key),
				  what->sig_hash == PKI_SIG_SHA384 ? EVP_sha384() : EVP_sha256())) {
		done = err_set(e, ERR_CERT, "a revocation list of %u rows cannot be made",
			       what->row_count);
	} else {
		n = i2d_X509_CRL(crl, &der);
		*out_der = pki_key_i2d_priv(a, der, n);
		done = out_der->n > 0 || err_set(e, ERR_LIMIT, "no room for a revocation list");
	}
	X509_CRL_free(crl);
	X509_free(issuer);
	ERR_clear_error();
	return done;
}

bool pki_crl_to_pem(struct span der, struct out *o)
{
	return pki_pem_priv("X509 CRL", der, o);
}
