/* Makes certificate requests for provisioning certificates. Called on a worker by the API. Only
 * what struct pki_request can say; the key stays with whoever gave it. */
#include "pki/request.h"
#include "base/str.h"
#include "pki/key_priv.h"
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define MAX_TEXT 64 /* of RFC 5280 for these names; public CAs hold to it */

/* Whole characters of UTF-8, none of them a control character. */
static bool is_text(const char *text)
{
	int left = (int)strlen(text);
	while (left > 0) {
		unsigned long c = 0;
		int n = UTF8_getc((const unsigned char *)text, left, &c);
		if (n <= 0 || c < ' ' || c == 0x7f)
			return false;
		text += n;
		left -= n;
	}
	return true;
}

static bool check_text(const char *option, const char *text, size_t max, struct err *e)
{
	size_t n = text ? strlen(text) : 0;
	if (!text || (n >= 1 && n <= max && is_text(text)))
		return true;
	err_set(e, ERR_INVALID, "--%s cannot be in a certificate", option);
	err_seen(e, "%zu bytes", n);
	return err_want(e, "1 to %zu bytes of UTF-8", max);
}

bool pki_request_check(const struct pki_request *what, struct err *e)
{
	const char *c = what->c;
	if (c && (strlen(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z')) {
		err_set(e, ERR_INVALID, "--country is no country");
		err_seen(e, "%.40s", c);
		return err_want(e, "two capital letters such as DE or US");
	}
	return check_text("fqdn", what->cn, MAX_TEXT, e) &&
		check_text("province", what->st, 2 * (size_t)MAX_TEXT, e) &&
		check_text("city", what->l, 2 * (size_t)MAX_TEXT, e) &&
		check_text("organization", what->o, MAX_TEXT, e);
}

static bool add_name(X509_NAME *name, int nid, int type, const char *text)
{
	return !text ||
		X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)text, -1, -1, 0);
}

static bool set_subject(X509_REQ *req, const struct pki_request *what)
{
	X509_NAME *name = X509_NAME_new();
	bool done = name && add_name(name, NID_countryName, V_ASN1_PRINTABLESTRING, what->c) &&
		add_name(name, NID_stateOrProvinceName, V_ASN1_UTF8STRING, what->st) &&
		add_name(name, NID_localityName, V_ASN1_UTF8STRING, what->l) &&
		add_name(name, NID_organizationName, V_ASN1_UTF8STRING, what->o) &&
		add_name(name, NID_organizationalUnitName, V_ASN1_UTF8STRING, PKI_OU_SETUP) &&
		add_name(name, NID_commonName, V_ASN1_UTF8STRING, what->cn) &&
		X509_REQ_set_subject_name(req, name);
	X509_NAME_free(name);
	return done;
}

static bool push(STACK_OF(X509_EXTENSION) * exts, int nid, int critical, void *value)
{
	return X509V3_add1_i2d(&exts, nid, value, critical, X509V3_ADD_DEFAULT) == 1;
}

static bool add_eku(STACK_OF(X509_EXTENSION) * exts)
{
	static const char *const oids[] = { "1.3.6.1.5.5.7.3.1", PKI_OID_AMT_PROVISIONING };
	STACK_OF(ASN1_OBJECT) *eku = sk_ASN1_OBJECT_new_null();
	bool done = eku != NULL;
	for (size_t i = 0; done && i < sizeof oids / sizeof *oids; i++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(oids[i], 1);
		done = oid && sk_ASN1_OBJECT_push(eku, oid) > 0;
	}
	done = done && push(exts, NID_ext_key_usage, 0, eku);
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return done;
}

static bool add_san(STACK_OF(X509_EXTENSION) * exts, const char *dns)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	bool done = names && name && text && ASN1_STRING_set(text, dns, -1);
	if (done) {
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
		text = NULL;
		done = sk_GENERAL_NAME_push(names, name) > 0;
		name = done ? NULL : name;
	}
	done = done && push(exts, NID_subject_alt_name, 0, names);
	ASN1_IA5STRING_free(text);
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(names);
	return done;
}

static bool add_usage(STACK_OF(X509_EXTENSION) * exts)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	bool done = bits && ASN1_BIT_STRING_set_bit(bits, 0, 1) && /* digitalSignature */
		ASN1_BIT_STRING_set_bit(bits, 2, 1) &&             /* keyEncipherment */
		push(exts, NID_key_usage, 1, bits);
	ASN1_BIT_STRING_free(bits);
	return done;
}

static bool add_extensions(X509_REQ *req, const struct pki_request *what)
{
	STACK_OF(X509_EXTENSION) *exts = sk_X509_EXTENSION_new_null();
	bool done = exts && add_usage(exts) && add_eku(exts) && add_san(exts, what->cn) &&
		X509_REQ_add_extensions(req, exts);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	return done;
}

bool pki_request_make(const struct pki_request *what, const struct pki_key *key, struct out *o,
		      struct err *e)
{
	X509_REQ *req = X509_REQ_new();
	const EVP_MD *md = pki_key_bits(key) > 2048 ? EVP_sha384() : EVP_sha256();
	uint8_t *der = NULL;
	int n = 0;
	bool done = req && X509_REQ_set_version(req, X509_REQ_VERSION_1) &&
		set_subject(req, what) && X509_REQ_set_pubkey(req, pki_key_evp(key)) &&
		add_extensions(req, what) && X509_REQ_sign(req, pki_key_evp(key), md) > 0;
	if (done)
		n = i2d_X509_REQ(req, &der);
	done = n > 0 && pki_pem_priv("CERTIFICATE REQUEST", span_make(der, (size_t)n), o);
	OPENSSL_free(der);
	X509_REQ_free(req);
	ERR_clear_error();
	return done ||
		err_set(e, ERR_CERT, "a certificate request for '%s' cannot be made", what->cn);
}
