/* Issues certificates: our own CA's for devices and services, the simulator's device certificates
 * and chains, and test chains. Only what struct pki_issue can say; it reads no configuration and
 * decides nothing about validity or names. */
#include "pki/cert.h"
#include "pki/key_priv.h"
#include "pki/lib.h"
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static const EVP_MD *digest_of(enum pki_sig_hash h)
{
	switch (h) {
	case PKI_SIG_MD5:
		return EVP_md5();
	case PKI_SIG_SHA1:
		return EVP_sha1();
	case PKI_SIG_SHA384:
		return EVP_sha384();
	case PKI_SIG_SHA512:
		return EVP_sha512();
	default:
		return EVP_sha256();
	}
}

static bool set_serial(X509 *x, const struct pki_issue *what, struct rng *rng)
{
	uint8_t serial[16];
	if (what->serial)
		memcpy(serial, what->serial, sizeof serial);
	else
		rng_fill(rng, serial, sizeof serial);
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and always 16 bytes */
	BIGNUM *bn = BN_bin2bn(serial, sizeof serial, NULL);
	if (bn)
		BN_set_negative(bn, what->odd_321);
	bool done = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));
	BN_free(bn);
	return done;
}

/* As a plain UTF8String: the library's own way refuses names of more than 64 characters, and the
 * FQDN of a PC may have more. */
static bool add_text(X509_NAME *name, int nid, const char *text)
{
	return !text ||
		X509_NAME_add_entry_by_NID(name, nid, V_ASN1_UTF8STRING,
					   (const unsigned char *)text, -1, -1, 0);
}

static bool set_subject(X509 *x, const struct pki_issue *what)
{
	X509_NAME *name = X509_NAME_new();
	bool done = name && add_text(name, NID_organizationName, what->o) &&
		add_text(name, NID_organizationalUnitName, what->ou) &&
		add_text(name, NID_commonName, what->cn) && X509_set_subject_name(x, name);
	X509_NAME_free(name);
	return done;
}

static bool set_dates(X509 *x, const struct pki_issue *what)
{
	time_t from = (time_t)(what->not_before_unix_ms / 1000);
	time_t until = (time_t)(what->not_after_unix_ms / 1000);
	if (what->odd_321 && from < until) {
		time_t swap = from;
		from = until;
		until = swap;
	}
	return ASN1_TIME_set(X509_getm_notBefore(x), from) &&
		ASN1_TIME_set(X509_getm_notAfter(x), until);
}

/* Texts are ours, never a user's: this is OpenSSL's configuration language. */
static bool add_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool done = ext && X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	return done;
}

static bool add_eku(X509 *x, const struct pki_issue *what)
{
	const struct {
		bool wanted;
		const char *oid;
	} rows[] = {
		{ what->eku_server_auth, "1.3.6.1.5.5.7.3.1" },
		{ what->eku_client_auth, "1.3.6.1.5.5.7.3.2" },
		{ what->eku_amt, PKI_OID_AMT_PROVISIONING },
		{ what->eku_console, PKI_OID_AMT_CONSOLE },
	};
	STACK_OF(ASN1_OBJECT) *eku = sk_ASN1_OBJECT_new_null();
	bool done = eku != NULL;
	for (size_t i = 0; done && i < sizeof rows / sizeof *rows; i++) {
		ASN1_OBJECT *oid = rows[i].wanted ? OBJ_txt2obj(rows[i].oid, 1) : NULL;
		done = !rows[i].wanted || (oid && sk_ASN1_OBJECT_push(eku, oid) > 0);
	}
	if (done && sk_ASN1_OBJECT_num(eku) > 0)
		done = X509_add1_ext_i2d(x, NID_ext_key_usage, eku, 0, X509V3_ADD_DEFAULT) == 1;
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return done;
}

/* Takes: value, also when it fails. */
static bool push_name(GENERAL_NAMES *names, int type, ASN1_STRING *value)
{
	GENERAL_NAME *name = value ? GENERAL_NAME_new() : NULL;

	if (!name) {
		ASN1_STRING_free(value);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, value);
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

static bool push_dns(GENERAL_NAMES *names, const char *dns)
{
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();

	if (text && ASN1_STRING_set(text, dns, -1))
		return push_name(names, GEN_DNS, text);
	ASN1_IA5STRING_free(text);
	return false;
}

static bool add_san(X509 *x, const char *const *dns, const char *ip)
{
	if (!ip && (!dns || !*dns))
		return true;
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool done = names && (!ip || push_name(names, GEN_IPADD, a2i_IPADDRESS(ip)));
	for (; done && dns && *dns; dns++)
		done = push_dns(names, *dns);
	done = done &&
		X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	return done;
}

static GENERAL_NAME *url_name(const char *url)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	if (name && text && ASN1_STRING_set(text, url, -1)) {
		GENERAL_NAME_set0_value(name, GEN_URI, text);
		return name;
	}
	ASN1_IA5STRING_free(text);
	GENERAL_NAME_free(name);
	return NULL;
}

/* Where the issuer's revocation list is. */
static bool add_cdp(X509 *x, const char *url)
{
	if (!url)
		return true;
	CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
	DIST_POINT *point = DIST_POINT_new();
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = url_name(url);
	bool done = points && point && names && name && sk_GENERAL_NAME_push(names, name) > 0;
	name = done ? NULL : name;
	if (done) {
		point->distpoint = DIST_POINT_NAME_new();
		done = point->distpoint != NULL;
	}
	if (done) {
		point->distpoint->type = 0; /* a full name */
		point->distpoint->name.fullname = names;
		names = NULL;
		done = sk_DIST_POINT_push(points, point) > 0;
		point = done ? NULL : point;
	}
	done = done &&
		X509_add1_ext_i2d(x, NID_crl_distribution_points, points, 0, X509V3_ADD_DEFAULT) ==
			1;
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(names);
	DIST_POINT_free(point);
	CRL_DIST_POINTS_free(points);
	return done;
}

/* Where the issuer's certificate is. */
static bool add_aia(X509 *x, const char *url)
{
	if (!url)
		return true;
	AUTHORITY_INFO_ACCESS *infos = AUTHORITY_INFO_ACCESS_new();
	ACCESS_DESCRIPTION *one = ACCESS_DESCRIPTION_new();
	GENERAL_NAME *name = url_name(url);
	bool done = infos && one && name;
	if (done) {
		ASN1_OBJECT_free(one->method);
		one->method = OBJ_nid2obj(NID_ad_ca_issuers);
		GENERAL_NAME_free(one->location);
		one->location = name;
		name = NULL;
		done = sk_ACCESS_DESCRIPTION_push(infos, one) > 0;
		one = done ? NULL : one;
	}
	done = done && X509_add1_ext_i2d(x, NID_info_access, infos, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAME_free(name);
	ACCESS_DESCRIPTION_free(one);
	AUTHORITY_INFO_ACCESS_free(infos);
	return done;
}

static bool add_extensions(X509 *x, X509 *issuer, const struct pki_issue *what)
{
	bool done;
	if (what->is_ca)
		done = add_ext(x, issuer, NID_basic_constraints,
			       what->ca_of_leaves ? "critical,CA:TRUE,pathlen:0"
						  : "critical,CA:TRUE") &&
			add_ext(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
	else
		done = add_ext(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
			add_ext(x, issuer, NID_key_usage,
				"critical,digitalSignature,keyEncipherment");
	return done && add_eku(x, what) && add_san(x, what->dns, what->ip) &&
		add_cdp(x, what->crl_url) && add_aia(x, what->issuer_url) &&
		add_ext(x, issuer, NID_subject_key_identifier, "hash") &&
		add_ext(x, issuer, NID_authority_key_identifier, "keyid");
}

/* X509_set_pubkey encodes the key and decodes it again, past pki_lib. An RSA key goes in as it is. */
static bool put_key(X509 *x, struct span spki, EVP_PKEY *pub)
{
	struct span bits;
	uint8_t *copy;
	if (!pki_spki_rsa_priv(spki, &bits))
		return X509_set_pubkey(x, pub) == 1;
	copy = OPENSSL_memdup(bits.p, bits.n);
	if (copy &&
	    X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x), OBJ_nid2obj(NID_rsaEncryption),
				   V_ASN1_NULL, NULL, copy, (int)bits.n) == 1)
		return true;
	OPENSSL_free(copy);
	return false;
}

/* The public key of spki into x; for a self-signed one it must be the signer's. */
static bool set_key(X509 *x, struct span spki, const struct pki_key *issuer_key, X509 *issuer,
		    struct err *e)
{
	size_t used;
	EVP_PKEY *pub = pki_lib_spki(spki, &used);
	EVP_PKEY *of_issuer = issuer ? X509_get0_pubkey(issuer) : pub;
	bool done = false;
	if (!pub || !put_key(x, span_make(spki.p, used), pub))
		err_set(e, ERR_CERT,
			"the public key for a new certificate (%zu bytes) cannot be read", spki.n);
	else if (!of_issuer || EVP_PKEY_eq(of_issuer, pki_key_evp(issuer_key)) != 1)
		err_set(e, ERR_CERT, "the signing key does not belong to the issuer's certificate");
	else
		done = true;
	EVP_PKEY_free(pub);
	return done;
}

static bool fill(X509 *x, X509 *issuer, const struct pki_issue *what, struct rng *rng)
{
	return X509_set_version(x, X509_VERSION_3) && set_serial(x, what, rng) &&
		set_subject(x, what) && X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
		set_dates(x, what) && add_extensions(x, issuer, what);
}

bool pki_cert_issue(const struct pki_issue *what, struct span spki, struct span issuer_cert_der,
		    const struct pki_key *issuer_key, struct rng *rng, struct arena *a,
		    struct span *out_der, struct err *e)
{
	X509 *issuer = pki_lib_x509(issuer_cert_der);
	X509 *x = X509_new();
	uint8_t *der = NULL;
	bool done = false;
	*out_der = (struct span){ NULL, 0 };
	if (issuer_cert_der.n && !issuer) {
		err_set(e, ERR_CERT, "the issuer's certificate (%zu bytes) cannot be read",
			issuer_cert_der.n);
		goto out;
	}
	if (!x || !issuer_key) {
		err_set(e, ERR_CERT, "there is no key to sign '%s' with", what->cn ? what->cn : "");
		goto out;
	}
	if (!set_key(x, spki, issuer_key, issuer, e))
		goto out;
	if (!fill(x, issuer ? issuer : x, what, rng) ||
	    !X509_sign(x, pki_key_evp(issuer_key), digest_of(what->sig_hash))) {
		err_set(e, ERR_CERT, "a certificate for '%s' cannot be made",
			what->cn ? what->cn : "");
		err_seen(e, "%s",
			 ERR_reason_error_string(ERR_peek_last_error())
				 ? ERR_reason_error_string(ERR_peek_last_error())
				 : "");
		goto out;
	}
	int n = i2d_X509(x, &der);
	*out_der = pki_key_i2d_priv(a, der, n);
	done = out_der->n > 0 || err_set(e, ERR_LIMIT, "no room for a certificate");
out:
	X509_free(x);
	X509_free(issuer);
	ERR_clear_error();
	return done;
}
