/* The library context with few algorithms: reads the keys that devices have as the whole library
 * does, refuses the others, and leaves TLS what it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "pki/lib.h"
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

static EVP_PKEY *new_key(const char *kind, const char *curve)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;
	assert_true(EVP_PKEY_keygen_init(ctx) == 1);
	if (strstr(kind, "RSA"))
		assert_true(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 512) == 1);
	if (curve)
		assert_true(EVP_PKEY_CTX_set_group_name(ctx, curve) == 1);
	assert_true(EVP_PKEY_keygen(ctx, &key) == 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void reads_keys(void **state)
{
	(void)state;
	static const struct {
		const char *name, *kind, *curve;
		bool read;
	} cases[] = {
		{ "RSA", "RSA", NULL, true },
		{ "RSA-PSS", "RSA-PSS", NULL, true },
		{ "EC P-384", "EC", "P-384", true },
		{ "a kind that no device has", "ED25519", NULL, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		EVP_PKEY *whole = new_key(cases[i].kind, cases[i].curve);
		uint8_t *der = NULL;
		int n = i2d_PUBKEY(whole, &der);
		size_t used;
		assert_true(n > 0);
		EVP_PKEY *few = pki_lib_spki(span_make(der, (size_t)n), &used);
		if ((few != NULL) != cases[i].read || used != (few ? (size_t)n : 0) ||
		    (few && EVP_PKEY_eq(few, whole) != 1))
			fail_msg("%s: read %d, %zu bytes of %d", cases[i].name, few != NULL, used,
				 n);
		EVP_PKEY_free(few);
		assert_null(pki_lib_spki(span_make(der, (size_t)n - 1), &used));
		EVP_PKEY_free(whole);
		OPENSSL_free(der);
	}
}

static void reads_no_certificate_in_nothing(void **state)
{
	(void)state;
	assert_null(pki_lib_x509((struct span){ NULL, 0 }));
	assert_null(pki_lib_x509(span_str("0\x03\x02\x01\x05")));
}

static bool has_suite(SSL *ssl, const char *name)
{
	STACK_OF(SSL_CIPHER) *all = SSL_get1_supported_ciphers(ssl);
	bool found = false;
	for (int i = 0; i < sk_SSL_CIPHER_num(all); i++)
		found |= strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, i)), name) == 0;
	sk_SSL_CIPHER_free(all);
	return found;
}

static void leaves_tls_its_suites(void **state)
{
	(void)state;
	static const char *const names[] = {
		"TLS_AES_128_GCM_SHA256",
		"TLS_AES_256_GCM_SHA384",
		"TLS_CHACHA20_POLY1305_SHA256",
		"ECDHE-RSA-AES256-GCM-SHA384",
		"ECDHE-ECDSA-AES256-GCM-SHA384",
		"DHE-RSA-AES128-SHA256",
		"AES128-SHA",
		"AES256-SHA256",
	};
	SSL_CTX *ctx;
	SSL *ssl;
	assert_non_null(pki_lib());
	ctx = SSL_CTX_new_ex(pki_lib(), NULL, TLS_client_method());
	assert_non_null(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	assert_true(SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384:P-521:ffdhe2048"));
	assert_true(SSL_CTX_set_cipher_list(ctx, "ALL"));
	ssl = SSL_new(ctx);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!has_suite(ssl, names[i]))
			fail_msg("TLS misses the suite %s", names[i]);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}

static void keeps_few_algorithms(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool kept;
	} cases[] = { { "AES-128-GCM", true },
		      { "AES-128-XTS", false },
		      { "ARIA-128-CBC", false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		EVP_CIPHER *c = EVP_CIPHER_fetch(pki_lib(), cases[i].name, NULL);
		if ((c != NULL) != cases[i].kept)
			fail_msg("%s: there %d", cases[i].name, c != NULL);
		EVP_CIPHER_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_keys),
		cmocka_unit_test(reads_no_certificate_in_nothing),
		cmocka_unit_test(leaves_tls_its_suites),
		cmocka_unit_test(keeps_few_algorithms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
