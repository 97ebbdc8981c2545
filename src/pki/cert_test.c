/* Issuing and reading back; keys and their forms; the odd certificates of old firmware. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "pki/cert.h"
#include "pki/key_priv.h"
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447120)

static struct arena a;

static int set_up(void **state)
{
	(void)state;
	arena_init(&a, 1024 * 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&a);
	return 0;
}

static struct span spki_of(enum test_key k)
{
	struct span spki;
	assert_true(pki_key_public_spki(test_chain_key(k), &a, &spki));
	return spki;
}

static struct pki_cert make(const struct pki_issue *what, enum test_key k)
{
	struct span der;
	struct pki_cert c;
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, 7);
	if (!pki_cert_issue(what, spki_of(k), (struct span){ NULL, 0 }, test_chain_key(k), &rng, &a,
			    &der, &e) ||
	    !pki_cert_parse(der, &a, &c, &e))
		fail_msg("%s %s", e.msg, e.seen);
	return c;
}

/* Kinds of keys that the context with few algorithms leaves out are read all the same. */
static void reads_a_rare_key(void **state)
{
	(void)state;
	EVP_PKEY *rare = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *rsa = pki_key_evp(test_chain_key(TEST_KEY_2048_A));
	X509 *x = X509_new();
	uint8_t *der = NULL;
	struct pki_cert c;
	struct err e = { 0 };
	assert_true(X509_set_pubkey(x, rare) == 1 && X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
		    X509_gmtime_adj(X509_getm_notAfter(x), 60) && X509_sign(x, rsa, EVP_sha256()));
	int n = i2d_X509(x, &der);
	assert_true(n > 0 && pki_cert_parse(span_make(der, (size_t)n), &a, &c, &e));
	assert_int_equal(c.key_kind, PKI_KEY_OTHER);
	assert_int_equal(c.key_bits, 256);
	assert_int_equal(c.der.n, n);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(rare);
}

static void reads_what_was_issued(void **state)
{
	(void)state;
	static const char *const dns[] = { "pc1.example.com", "pc1", NULL };
	struct pki_issue what = {
		.cn = "pc1.example.com",
		.o = "Example",
		.ou = PKI_OU_SETUP,
		.dns = dns,
		.not_before_unix_ms = NOW - 1000,
		.not_after_unix_ms = INT64_C(2540000000000), /* past 2050: another time form */
		.eku_server_auth = true,
		.eku_amt = true,
		.sig_hash = PKI_SIG_SHA384,
		.serial =
			(const uint8_t
				 *)"\xff\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	};
	struct pki_cert c = make(&what, TEST_KEY_2048_A);
	assert_string_equal(c.cn, "pc1.example.com");
	assert_string_equal(c.subject, "CN=pc1.example.com,OU=" PKI_OU_SETUP ",O=Example");
	assert_string_equal(c.subject, c.issuer);
	assert_true(c.ou_setup && c.has_eku && c.eku_server_auth && c.eku_amt && c.self_issued);
	assert_false(c.eku_client_auth || c.is_ca || c.bad_dates);
	assert_true(c.not_before_unix_ms == (NOW - 1000) / 1000 * 1000);
	assert_true(c.not_after_unix_ms == INT64_C(2540000000000));
	assert_int_equal(c.key_kind, PKI_KEY_RSA);
	assert_int_equal(c.key_bits, 2048);
	assert_int_equal(c.sig_hash, PKI_SIG_SHA384);
	assert_string_equal(c.serial, "7f02030405060708090a0b0c0d0e0f10");
	assert_int_equal(c.san_count, 2);
	assert_string_equal(c.san[1], "pc1");
	assert_int_equal(c.ski.n, 20);
	assert_true(span_eq(c.spki_der, spki_of(TEST_KEY_2048_A)));
	uint8_t digest[HASH_MAX_SIZE];
	hash_of(HASH_SHA256, c.der, digest);
	assert_memory_equal(digest, c.sha256, 32);
	assert_true(pki_cert_signed_by(&c, &c));
}

static void is_for_the_names_in_it(void **state)
{
	static const char *const dns[] = { "noc.example.com", "*.lab.example.com", NULL };
	static const struct {
		const char *name, *cn;
		bool san;
		const char *ip, *host;
		bool is;
	} cases[] = {
		{ "a name", "x", true, NULL, "NOC.example.com", true },
		{ "a wildcard", "x", true, NULL, "pc.lab.example.com", true },
		{ "two labels", "x", true, NULL, "a.pc.lab.example.com", false },
		{ "another", "x", true, NULL, "noc.example.org", false },
		{ "the CN beside a SAN", "x.example.com", true, NULL, "x.example.com", false },
		{ "the CN alone", "x.example.com", false, NULL, "x.example.com", true },
		{ "an address", "x", false, "192.0.2.7", "192.0.2.7", true },
		{ "another address", "x", true, "192.0.2.7", "192.0.2.8", false },
		{ "an address and names", "x", true, "192.0.2.7", "noc.example.com", true },
		{ "an address as CN", "192.0.2.7", false, NULL, "192.0.2.7", false },
		{ "IPv6", "x", false, "2001:db8::7", "2001:DB8:0::7", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pki_issue what = { .cn = cases[i].cn,
					  .dns = cases[i].san ? dns : NULL,
					  .ip = cases[i].ip,
					  .not_after_unix_ms = NOW,
					  .sig_hash = PKI_SIG_SHA256 };
		struct pki_cert c = make(&what, TEST_KEY_2048_A);
		if (pki_cert_is_for(&c, cases[i].host) != cases[i].is)
			fail_msg("%s", cases[i].name);
	}
}

static void same_seed_same_certificate(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "x", .not_after_unix_ms = NOW, .sig_hash = PKI_SIG_SHA256 };
	struct pki_cert one = make(&what, TEST_KEY_2048_A), two = make(&what, TEST_KEY_2048_A);
	assert_true(span_eq(one.der, two.der));
}

/* AMT 3.2.1 shows something of this kind: it must be readable, not fine. */
static void reads_odd_certificate(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "amt",
				  .not_before_unix_ms = NOW,
				  .not_after_unix_ms = NOW + 1000000,
				  .sig_hash = PKI_SIG_SHA1,
				  .odd_321 = true };
	struct pki_cert c = make(&what, TEST_KEY_1024);
	assert_true(c.bad_dates);
	assert_true(c.not_before_unix_ms > c.not_after_unix_ms);
	assert_int_equal(c.serial[0], '-');
	assert_int_equal(c.sig_hash, PKI_SIG_SHA1);
}

static void unreadable_dates_are_a_fact(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "x",
				  .not_before_unix_ms = NOW,
				  .not_after_unix_ms = NOW + 1000000 };
	struct pki_cert c = make(&what, TEST_KEY_2048_A);
	uint8_t *der = arena_copy(&a, c.der);
	uint8_t *time =
		memmem(der, c.der.n, "Z\x17\x0d", 3); /* end of notBefore, begin of notAfter */
	struct err e = { 0 };
	assert_non_null(time);
	memcpy(time + 3, "xx", 2);
	assert_true(pki_cert_parse(span_make(der, c.der.n), &a, &c, &e));
	assert_true(c.bad_dates);
	assert_string_equal(c.cn, "x");
}

static void long_and_strange_names(void **state)
{
	(void)state;
	static const char long_cn[] =
		"a-very-long-host-name-of-a-pc-in-a-far-away-department.and-a-site."
		"with-a-domain.example.com";
	struct pki_issue what = { .cn = long_cn, .not_after_unix_ms = NOW };
	struct pki_cert c = make(&what, TEST_KEY_2048_A);
	assert_string_equal(c.cn, long_cn);
	what.cn = "setup\x01\xc3\xbc.example.com";
	c = make(&what, TEST_KEY_2048_A);
	assert_string_equal(c.cn, "setup\\x01\\xc3\\xbc.example.com");
	what.cn = NULL;
	c = make(&what, TEST_KEY_2048_A);
	assert_string_equal(c.cn, "");
	assert_string_equal(c.subject, "");
}

static void a_zero_byte_does_not_end_a_name(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "setup.example.com#evil.net", .not_after_unix_ms = NOW };
	struct pki_cert c = make(&what, TEST_KEY_2048_A);
	uint8_t *der = arena_copy(&a, c.der);
	size_t n = c.der.n;
	for (uint8_t *p = der; (p = memmem(p, n - (size_t)(p - der), "com#evil", 8)); p++)
		p[3] = 0;
	assert_true(pki_cert_parse(span_make(der, c.der.n), &a, &c, NULL));
	assert_string_equal(c.cn, "setup.example.com\\x00evil.net");
}

static void refuses_what_is_no_certificate(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "x", .not_after_unix_ms = NOW };
	struct pki_cert c = make(&what, TEST_KEY_2048_A), got;
	struct err e = { 0 };
	for (size_t n = 0; n < c.der.n; n += 7) {
		if (pki_cert_parse(span_make(c.der.p, n), &a, &got, &e) || e.code != ERR_CERT)
			fail_msg("%zu bytes of %zu are taken", n, c.der.n);
	}
	uint8_t *big = mem_new(20000);
	memcpy(big, c.der.p, c.der.n);
	assert_false(pki_cert_parse(span_make(big, 20000), &a, &got, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	/* A fixed-size blob has zeros behind the certificate. */
	assert_true(pki_cert_parse(span_make(big, 4100), &a, &got, &e));
	assert_true(span_eq(got.der, c.der));
	mem_free(big);
	struct arena small;
	arena_init(&small, 1000);
	assert_false(pki_cert_parse(c.der, &small, &got, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_deinit(&small);
}

static void signatures(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum test_key issuer, claimed;
		enum pki_sig_hash hash;
		bool damaged, want;
	} cases[] = {
		{ "SHA-256", TEST_KEY_2048_B, TEST_KEY_2048_B, PKI_SIG_SHA256, false, true },
		{ "SHA-1", TEST_KEY_1024, TEST_KEY_1024, PKI_SIG_SHA1, false, true },
		{ "MD5", TEST_KEY_2048_B, TEST_KEY_2048_B, PKI_SIG_MD5, false, true },
		{ "SHA-512", TEST_KEY_2048_B, TEST_KEY_2048_B, PKI_SIG_SHA512, false, true },
		{ "EC", TEST_KEY_EC256, TEST_KEY_EC256, PKI_SIG_SHA256, false, true },
		{ "another key", TEST_KEY_2048_B, TEST_KEY_2048_C, PKI_SIG_SHA256, false, false },
		{ "RSA, not EC", TEST_KEY_2048_B, TEST_KEY_EC256, PKI_SIG_SHA256, false, false },
		{ "EC, not RSA", TEST_KEY_EC256, TEST_KEY_2048_B, PKI_SIG_SHA256, false, false },
		{ "damaged", TEST_KEY_2048_B, TEST_KEY_2048_B, PKI_SIG_SHA256, true, false },
	};
	struct rng rng;
	rng_seed(&rng, 7);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pki_issue what = { .cn = "CA", .not_after_unix_ms = NOW, .is_ca = true };
		struct pki_cert issuer = make(&what, cases[i].issuer),
				claimed = make(&what, cases[i].claimed), c;
		struct span der;
		what = (struct pki_issue){ .cn = "leaf",
					   .not_after_unix_ms = NOW,
					   .sig_hash = cases[i].hash };
		assert_true(pki_cert_issue(&what, spki_of(TEST_KEY_2048_A), issuer.der,
					   test_chain_key(cases[i].issuer), &rng, &a, &der, NULL));
		uint8_t *p = arena_copy(&a, der);
		p[der.n / 2] ^= cases[i].damaged;
		assert_true(pki_cert_parse(span_make(p, der.n), &a, &c, NULL));
		if (pki_cert_signed_by(&c, &claimed) != cases[i].want)
			fail_msg("%s", cases[i].name);
		assert_true(issuer.is_ca && span_eq(c.issuer_der, issuer.subject_der));
		if (!cases[i].damaged)
			assert_true(span_eq(c.akid, issuer.ski));
	}
}

static void issuing_refuses_a_wrong_key(void **state)
{
	(void)state;
	struct pki_issue what = { .cn = "CA", .not_after_unix_ms = NOW, .is_ca = true };
	struct pki_cert ca = make(&what, TEST_KEY_2048_B);
	struct span der, none = { NULL, 0 };
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, 7);
	assert_false(pki_cert_issue(&what, spki_of(TEST_KEY_2048_A), ca.der,
				    test_chain_key(TEST_KEY_2048_C), &rng, &a, &der, &e));
	assert_int_equal(e.code, ERR_CERT);
	assert_false(pki_cert_issue(&what, spki_of(TEST_KEY_2048_A), none,
				    test_chain_key(TEST_KEY_2048_C), &rng, &a, &der, &e));
	assert_false(pki_cert_issue(&what, span_str("no key"), ca.der,
				    test_chain_key(TEST_KEY_2048_B), &rng, &a, &der, &e));
}

static void key_forms(void **state)
{
	(void)state;
	struct pki_key *k = test_chain_key(TEST_KEY_2048_A);
	struct span pkcs1, spki, got;
	struct secret der = SECRET_NONE;
	struct err e = { 0 };
	assert_true(pki_key_public_pkcs1(k, &a, &pkcs1));
	assert_true(pki_key_public_spki(k, &a, &spki));
	assert_int_equal(spki.n, pkcs1.n + 24); /* what tells AMT's two forms apart */
	assert_true(pki_key_public_normalise(pkcs1, &a, &got, &e) && span_eq(got, spki));
	assert_true(pki_key_public_normalise(spki, &a, &got, &e) && span_eq(got, spki));
	assert_false(pki_key_public_normalise(span_make(spki.p, spki.n - 1), &a, &got, &e));
	assert_false(pki_key_public_normalise(span_make(NULL, 0), &a, &got, &e));
	assert_false(pki_key_public_normalise(spki_of(TEST_KEY_EC256), &a, &got, &e));
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_false(pki_key_public_pkcs1(test_chain_key(TEST_KEY_EC256), &a, &got));

	assert_true(pki_key_private_pkcs1(k, &der));
	struct pki_key *again = pki_key_from_der(secret_reveal(&der), &e);
	assert_non_null(again);
	assert_int_equal(pki_key_bits(again), 2048);
	assert_true(pki_key_public_spki(again, &a, &got) && span_eq(got, spki));
	struct pki_key *ref = pki_key_ref(again);
	pki_key_free(again);
	assert_int_equal(pki_key_bits(ref), 2048);
	pki_key_free(ref);
	secret_deinit(&der);
	assert_null(pki_key_from_der(span_str("0"), &e));
	assert_null(pki_key_from_pem(span_str("-----BEGIN PRIVATE KEY-----\n"), &e));
	assert_null(pki_key_generate_rsa(512, &e));
	assert_null(pki_key_ref(NULL));
}

static void key_belongs_to_certificate(void **state)
{
	(void)state;
	static const enum test_key keys_of[] = { TEST_KEY_2048_A, TEST_KEY_2048_B, TEST_KEY_1024,
						 TEST_KEY_EC256 };
	size_t n = sizeof keys_of / sizeof *keys_of;
	struct pki_issue what = { .cn = "x", .not_after_unix_ms = NOW };
	for (size_t i = 0; i < n; i++) {
		struct pki_cert c = make(&what, keys_of[i]);
		for (size_t j = 0; j < n; j++)
			assert_int_equal(pki_key_matches(test_chain_key(keys_of[j]), &c), i == j);
		assert_false(pki_key_matches(NULL, &c));
	}
}

static void makes_rsa_keys(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct pki_key *k = pki_key_generate_rsa(1024, &e);
	assert_non_null(k);
	assert_int_equal(pki_key_bits(k), 1024);
	pki_key_free(k);
}

static void writes_pem(void **state)
{
	(void)state;
	static const char want[] =
		"-----BEGIN CERTIFICATE-----\n"
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\n"
		"ODk=\n"
		"-----END CERTIFICATE-----\n";
	char text[512];
	struct out o;
	out_init(&o, text, sizeof text);
	assert_true(pki_cert_to_pem(span_str("01234567890123456789012345678901234567890123456789"),
				    &o));
	assert_string_equal(text, want);
	out_init(&o, text, 40);
	assert_false(pki_cert_to_pem(span_str("0123456789"), &o));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(reads_what_was_issued),
		T(reads_a_rare_key),
		T(same_seed_same_certificate),
		T(is_for_the_names_in_it),
		T(reads_odd_certificate),
		T(unreadable_dates_are_a_fact),
		T(long_and_strange_names),
		T(a_zero_byte_does_not_end_a_name),
		T(refuses_what_is_no_certificate),
		T(signatures),
		T(issuing_refuses_a_wrong_key),
		T(key_forms),
		T(key_belongs_to_certificate),
		T(makes_rsa_keys),
		T(writes_pem),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
