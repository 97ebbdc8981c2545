/* Reads the facts of one X.509 certificate. Called by intake, pre-flight, TLS peers' judges and
 * the simulator. Only takes apart and checks single signatures; whether a certificate is any good
 * is said elsewhere. Odd dates, negative serial numbers, broken extensions and bytes after the
 * certificate are facts or are passed over, since old firmware (AMT 3.2.1) shows such things. */
#include "pki/cert.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/str.h"
#include "pki/key_priv.h"
#include "pki/lib.h"
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

/* The text of one name entry as UTF-8, made safe to print: an embedded NUL becomes visible. */
static void entry_text(const ASN1_STRING *s, char *dst, size_t cap)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, s);
	struct out o;
	out_init(&o, dst, cap);
	dst[0] = 0;
	if (n > 0)
		out_safe(&o, span_make(utf8, (size_t)n));
	dst[out_len(&o) < cap ? out_len(&o) : cap - 1] = 0;
	OPENSSL_free(utf8);
}

static void read_names(X509_NAME *subject, struct pki_cert *c)
{
	int n = X509_NAME_entry_count(subject);
	for (int i = 0; i < n; i++) {
		X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
		int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
		char text[sizeof c->cn];
		if (nid != NID_commonName && nid != NID_organizationalUnitName)
			continue;
		entry_text(X509_NAME_ENTRY_get_data(entry), text, sizeof text);
		if (nid == NID_commonName)
			str_copy(c->cn, sizeof c->cn, span_str(text));
		else if (str_eq(text, PKI_OU_SETUP))
			c->ou_setup = true;
	}
}

static void name_text(const X509_NAME *name, char *dst, size_t cap)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	struct out o;
	out_init(&o, dst, cap);
	dst[0] = 0;
	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
		long n = BIO_get_mem_data(bio, &text);
		size_t keep = n > 0 ? (size_t)n : 0;
		/* All of it is printable ASCII; out_safe only makes sure. */
		out_safe(&o, span_make(text, keep < cap ? keep : cap - 1));
	}
	dst[out_len(&o) < cap ? out_len(&o) : cap - 1] = 0;
	BIO_free(bio);
}

static struct span name_der(struct arena *a, const X509_NAME *name)
{
	uint8_t *der = NULL;
	int n = i2d_X509_NAME(name, &der);
	return pki_key_i2d_priv(a, der, n);
}

static struct span octets(struct arena *a, const ASN1_OCTET_STRING *s)
{
	struct span in = { NULL, 0 };
	if (s && ASN1_STRING_length(s) > 0) {
		in = span_make(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
		in.p = arena_copy(a, in);
		in.n = in.p ? in.n : 0;
	}
	return in;
}

static bool read_time(const ASN1_TIME *t, int64_t *out_unix_ms)
{
	struct tm tm = { 0 };
	*out_unix_ms = 0;
	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	*out_unix_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

static void read_dates(const X509 *x, struct pki_cert *c)
{
	bool from = read_time(X509_get0_notBefore(x), &c->not_before_unix_ms);
	bool until = read_time(X509_get0_notAfter(x), &c->not_after_unix_ms);
	c->bad_dates = !from || !until || c->not_before_unix_ms > c->not_after_unix_ms;
}

static void read_serial(const X509 *x, struct pki_cert *c)
{
	static const char digits[] = "0123456789abcdef";
	const ASN1_INTEGER *s = X509_get0_serialNumber(x);
	const uint8_t *p = ASN1_STRING_get0_data(s);
	size_t left = ASN1_STRING_length(s) > 0 ? (size_t)ASN1_STRING_length(s) : 0, at = 0;
	if (ASN1_STRING_type(s) == V_ASN1_NEG_INTEGER)
		c->serial[at++] = '-';
	for (; left > 1 && *p == 0; left--)
		p++;
	for (; left > 0 && at + 2 < sizeof c->serial; left--, p++) {
		c->serial[at++] = digits[*p >> 4];
		c->serial[at++] = digits[*p & 15];
	}
	c->serial[at] = 0;
}

static void read_eku(const X509 *x, struct pki_cert *c)
{
	int crit = 0;
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(x, NID_ext_key_usage, &crit, NULL);
	/* crit is -1 when there is none; anything else is one, readable or not. */
	c->has_eku = crit != -1;
	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++) {
		char oid[64];
		OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(eku, i), 1);
		c->eku_server_auth |= str_eq(oid, "1.3.6.1.5.5.7.3.1");
		c->eku_client_auth |= str_eq(oid, "1.3.6.1.5.5.7.3.2");
		c->eku_amt |= str_eq(oid, PKI_OID_AMT_PROVISIONING);
	}
	EXTENDED_KEY_USAGE_free(eku);
}

static void read_san(const X509 *x, struct arena *a, struct pki_cert *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	size_t max = sizeof c->san / sizeof *c->san;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && c->san_count < max; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char text[256];
		if (name->type != GEN_DNS)
			continue;
		entry_text(name->d.dNSName, text, sizeof text);
		c->san[c->san_count] = arena_str(a, span_str(text));
		if (c->san[c->san_count])
			c->san_count++;
	}
	GENERAL_NAMES_free(names);
}

static void read_key(X509 *x, struct arena *a, struct pki_cert *c)
{
	EVP_PKEY *pub = X509_get0_pubkey(x);
	int kind = pub ? EVP_PKEY_get_base_id(pub) : NID_undef;
	uint8_t *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	c->spki_der = pki_key_i2d_priv(a, der, n);
	c->key_kind = kind == EVP_PKEY_RSA ? PKI_KEY_RSA
		: kind == EVP_PKEY_EC      ? PKI_KEY_EC
					   : PKI_KEY_OTHER;
	c->key_bits = pub && EVP_PKEY_get_bits(pub) > 0 ? (unsigned)EVP_PKEY_get_bits(pub) : 0;
}

static enum pki_sig_hash sig_hash(X509 *x)
{
	int hash_nid = NID_undef;
	if (!X509_get_signature_info(x, &hash_nid, NULL, NULL, NULL))
		OBJ_find_sigid_algs(X509_get_signature_nid(x), &hash_nid, NULL);
	switch (hash_nid) {
	case NID_md5:
		return PKI_SIG_MD5;
	case NID_sha1:
		return PKI_SIG_SHA1;
	case NID_sha256:
		return PKI_SIG_SHA256;
	case NID_sha384:
		return PKI_SIG_SHA384;
	case NID_sha512:
		return PKI_SIG_SHA512;
	default:
		return PKI_SIG_OTHER;
	}
}

/* In the context with few algorithms; a kind of key that is not there, in the whole one. The bytes that
 * are it are left in der. */
static X509 *read_x509(struct span *der)
{
	OSSL_LIB_CTX *contexts[] = { pki_lib(), NULL };
	for (unsigned i = 0; i < 2 && der->n; i++) {
		const unsigned char *p = der->p;
		X509 *x = X509_new_ex(contexts[i], NULL);
		if (x && d2i_X509(&x, &p, (long)der->n) && (i == 1 || X509_get0_pubkey(x))) {
			der->n = (size_t)(p - der->p);
			return x;
		}
		X509_free(x);
		ERR_clear_error();
	}
	return NULL;
}

bool pki_cert_parse(struct span der, struct arena *a, struct pki_cert *out_c, struct err *e)
{
	struct pki_cert *c = out_c;
	*c = (struct pki_cert){ 0 };
	if (der.n > LIMIT_CERT_DER_BYTES) {
		err_set(e, ERR_LIMIT, "a certificate has %zu bytes", der.n);
		return err_want(e, "at most %d", LIMIT_CERT_DER_BYTES);
	}
	X509 *x = read_x509(&der);
	if (!x)
		return err_set(e, ERR_CERT, "%zu bytes cannot be read as a certificate", der.n);
	c->der = span_make(arena_copy(a, der), der.n);
	read_names(X509_get_subject_name(x), c);
	name_text(X509_get_subject_name(x), c->subject, sizeof c->subject);
	name_text(X509_get_issuer_name(x), c->issuer, sizeof c->issuer);
	c->subject_der = name_der(a, X509_get_subject_name(x));
	c->issuer_der = name_der(a, X509_get_issuer_name(x));
	c->self_issued = span_eq(c->subject_der, c->issuer_der);
	c->ski = octets(a, X509_get0_subject_key_id(x));
	c->akid = octets(a, X509_get0_authority_key_id(x));
	read_eku(x, c);
	read_san(x, a, c);
	c->is_ca = X509_check_ca(x) != 0;
	read_dates(x, c);
	read_key(x, a, c);
	c->sig_hash = sig_hash(x);
	read_serial(x, c);
	X509_free(x);
	ERR_clear_error();
	hash_of(HASH_SHA1, der, c->sha1);
	hash_of(HASH_SHA256, der, c->sha256);
	hash_of(HASH_SHA384, der, c->sha384);
	if (a->full || !c->der.p)
		return err_set(e, ERR_LIMIT, "no room for a certificate of %zu bytes", der.n);
	return true;
}

bool pki_cert_is_address(const char *host)
{
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(host);

	ASN1_OCTET_STRING_free(ip);
	ERR_clear_error();
	return ip != NULL;
}

bool pki_cert_is_for(const struct pki_cert *c, const char *host)
{
	struct span der = c->der;
	X509 *x = read_x509(&der);
	bool is = x &&
		(pki_cert_is_address(host)
			 ? X509_check_ip_asc(x, host, 0) == 1
			 : X509_check_host(x, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
					   NULL) == 1);

	X509_free(x);
	ERR_clear_error();
	return is;
}

const char *pki_cert_sig_hash_name(enum pki_sig_hash h)
{
	static const char *const names[] = { "SHA-256", "MD5",     "SHA-1",
					     "SHA-384", "SHA-512", "another hash" };
	return names[(unsigned)h <= PKI_SIG_OTHER ? h : PKI_SIG_OTHER];
}

bool pki_pem_priv(const char *label, struct span der, struct out *o)
{
	out_fmt(o, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < der.n; at += 48) { /* lines of 64 characters */
		out_b64(o, span_make(der.p + at, der.n - at < 48 ? der.n - at : 48));
		out_str(o, "\n");
	}
	out_fmt(o, "-----END %s-----\n", label);
	return !o->bad;
}

bool pki_cert_to_pem(struct span der, struct out *o)
{
	return pki_pem_priv("CERTIFICATE", der, o);
}
