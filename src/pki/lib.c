/* A library context whose provider is OpenSSL's default one with fewer decoders, encoders and kinds
 * of keys. Called by TLS and by issuing. Never implements an algorithm and never changes how one
 * works: it only leaves rows out of the tables that the default provider gives. */
#include "pki/lib.h"
#include "base/limits.h"
#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#define MAX_ROWS 32

/* The first name of each algorithm that stays, and what its properties must hold. Each look at a
 * key walks through every algorithm of every kind, hence the short lists. They hold all that TLS
 * 1.0 to 1.3 uses with firmware; kinds that are not here stay whole. */
struct keep {
	int operation;
	const char *property;
	const char *names[16];
};

static const struct keep keeps[] = {
	{ OSSL_OP_DECODER, "structure=SubjectPublicKeyInfo", { "RSA", "RSA-PSS", "EC" } },
	/* to compare keys, and to write one down */
	{ OSSL_OP_ENCODER, "structure=SubjectPublicKeyInfo", { "RSA", "RSA-PSS", "EC" } },
	{ OSSL_OP_KEYMGMT,
	  "",
	  { "RSA", "RSA-PSS", "EC", "DH", "X25519", "X448", "TLS1-PRF", "HKDF", "HMAC" } },
	{ OSSL_OP_DIGEST,
	  "",
	  { "SHA1", "SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "MD5", "MD5-SHA1" } },
	{ OSSL_OP_CIPHER,
	  "",
	  { "AES-128-CBC", "AES-256-CBC", "AES-128-GCM", "AES-256-GCM", "AES-128-CCM",
	    "AES-256-CCM", "AES-128-CBC-HMAC-SHA1", "AES-256-CBC-HMAC-SHA1",
	    "AES-128-CBC-HMAC-SHA256", "AES-256-CBC-HMAC-SHA256", "AES-256-CTR", "DES-EDE3-CBC",
	    "ChaCha20-Poly1305", "NULL" } },
	{ OSSL_OP_MAC, "", { "HMAC" } },
	{ OSSL_OP_KDF, "", { "HKDF", "TLS13-KDF", "TLS1-PRF" } },
};

static struct {
	CRYPTO_ONCE once;
	OSSL_LIB_CTX *inner, *outer;
	OSSL_PROVIDER *whole; /* the default provider, in inner */
	OSSL_ALGORITHM rows[sizeof keeps / sizeof *keeps][MAX_ROWS];
	bool filled[sizeof keeps / sizeof *keeps];
} lib = { .once = CRYPTO_ONCE_STATIC_INIT };

static bool is_kept(const struct keep *k, const OSSL_ALGORITHM *row)
{
	const char *colon = strchr(row->algorithm_names, ':');
	size_t n = colon ? (size_t)(colon - row->algorithm_names) : strlen(row->algorithm_names);

	if (!strstr(row->property_definition, k->property))
		return false;
	for (size_t i = 0; i < sizeof k->names / sizeof *k->names && k->names[i]; i++) {
		if (strlen(k->names[i]) == n && memcmp(k->names[i], row->algorithm_names, n) == 0)
			return true;
	}
	return false;
}

/* --- the provider --- */

static const OSSL_ALGORITHM *on_query(void *ctx, int operation, int *no_cache)
{
	const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(lib.whole, operation, no_cache);

	(void)ctx;
	for (size_t i = 0; all && i < sizeof keeps / sizeof *keeps; i++) {
		if (keeps[i].operation != operation)
			continue;
		return lib.filled[i] ? lib.rows[i] : all;
	}
	return all;
}

static const OSSL_PARAM *on_gettable(void *ctx)
{
	(void)ctx;
	return OSSL_PROVIDER_gettable_params(lib.whole);
}

static int on_get_params(void *ctx, OSSL_PARAM params[])
{
	(void)ctx;
	return OSSL_PROVIDER_get_params(lib.whole, params);
}

/* The groups of TLS. */
static int on_capabilities(void *ctx, const char *what, OSSL_CALLBACK *fn, void *arg)
{
	(void)ctx;
	return OSSL_PROVIDER_get_capabilities(lib.whole, what, fn, arg);
}

static int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
			 const OSSL_DISPATCH **out, void **ctx)
{
	static const OSSL_DISPATCH calls[] = {
		{ OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, (void (*)(void))on_gettable },
		{ OSSL_FUNC_PROVIDER_GET_PARAMS, (void (*)(void))on_get_params },
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))on_query },
		{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))on_capabilities },
		{ 0, NULL },
	};

	(void)handle;
	(void)in;
	*out = calls;
	*ctx = OSSL_PROVIDER_get0_provider_ctx(lib.whole);
	return 1;
}

/* --- making it --- */

/* A table that is not as expected stays whole. */
static void fill_rows(void)
{
	for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
		int no_cache = 0;
		size_t n = 0;
		const OSSL_ALGORITHM *row =
			OSSL_PROVIDER_query_operation(lib.whole, keeps[i].operation, &no_cache);
		for (; row && row->algorithm_names && n < MAX_ROWS; row++) {
			if (is_kept(&keeps[i], row))
				lib.rows[i][n++] = *row;
		}
		lib.filled[i] = n > 0 && n < MAX_ROWS && !no_cache;
	}
}

static void make(void)
{
	OSSL_LIB_CTX *outer = NULL;

	lib.inner = OSSL_LIB_CTX_new();
	lib.whole = lib.inner ? OSSL_PROVIDER_load(lib.inner, "default") : NULL;
	if (lib.whole) {
		fill_rows();
		outer = OSSL_LIB_CTX_new();
	}
	if (outer && OSSL_PROVIDER_add_builtin(outer, "outband", provider_init) == 1 &&
	    OSSL_PROVIDER_load(outer, "outband"))
		lib.outer = outer;
	else
		OSSL_LIB_CTX_free(outer);
	ERR_clear_error();
}

OSSL_LIB_CTX *pki_lib(void)
{
	(void)CRYPTO_THREAD_run_once(&lib.once, make);
	return lib.outer;
}

/* --- what is read in it --- */

X509 *pki_lib_x509(struct span der)
{
	const unsigned char *p = der.p;
	X509 *x = NULL;

	if (der.n > 0 && der.n <= LIMIT_CERT_DER_BYTES)
		x = X509_new_ex(pki_lib(), NULL);
	if (x && d2i_X509(&x, &p, (long)der.n))
		return x;
	X509_free(x);
	return NULL;
}

EVP_PKEY *pki_lib_spki(struct span der, size_t *out_used)
{
	const unsigned char *p = der.p;
	EVP_PKEY *pub = NULL;

	if (der.n > 0 && der.n <= LIMIT_CERT_DER_BYTES)
		pub = d2i_PUBKEY_ex(NULL, &p, (long)der.n, pki_lib(), NULL);
	*out_used = pub ? (size_t)(p - der.p) : 0;
	return pub;
}
