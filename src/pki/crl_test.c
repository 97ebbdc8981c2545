/* Revocation lists: what is in them, as another reader of them sees it, and the places in leaves that
 * lead to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "pki/crl.h"
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447000)
#define DAY INT64_C(86400000)

static struct arena a;

static struct span sign_one(struct pki_issue what, struct span issuer, enum test_key k,
			    enum test_key signer)
{
	struct span spki, der;
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, 7);
	what.not_before_unix_ms = NOW - DAY;
	what.not_after_unix_ms = NOW + DAY;
	assert_true(pki_key_public_spki(test_chain_key(k), &a, &spki));
	if (!pki_cert_issue(&what, spki, issuer, test_chain_key(signer), &rng, &a, &der, &e))
		fail_msg("%s %s", e.msg, e.seen);
	return der;
}

static struct span ca_der(void)
{
	return sign_one((struct pki_issue){ .cn = "CA", .is_ca = true, .ca_of_leaves = true },
			(struct span){ NULL, 0 }, TEST_KEY_2048_A, TEST_KEY_2048_A);
}

static X509_CRL *make_list(const struct pki_crl *what)
{
	struct span der;
	struct err e = { 0 };
	if (!pki_crl_make(what, ca_der(), test_chain_key(TEST_KEY_2048_A), &a, &der, &e))
		fail_msg("%s", e.msg);
	const unsigned char *p = der.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.n);
	assert_non_null(crl);
	return crl;
}

static void lists_what_is_revoked(void **state)
{
	(void)state;
	static const struct pki_crl_row rows[] = {
		{ "7f00000000000000000000000000000f", "superseded", NOW - 5000 },
		{ "01", "unspecified", NOW - 4000 },
		{ "80", "no such reason", NOW - 3000 }, /* not negative */
	};
	X509_CRL *crl = make_list(&(struct pki_crl){ .number = 77,
						     .this_unix_ms = NOW,
						     .next_unix_ms = NOW + DAY,
						     .rows = rows,
						     .row_count = 3 });
	EVP_PKEY *key = pki_key_evp(test_chain_key(TEST_KEY_2048_A));
	assert_int_equal(X509_CRL_verify(crl, key), 1);
	assert_int_equal(X509_CRL_get_signature_nid(crl), NID_sha256WithRSAEncryption);
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
	assert_int_equal(sk_X509_REVOKED_num(all), 3);
	static const long codes[] = { 4, -1, -1 };
	for (size_t i = 0; i < 3; i++) {
		X509_REVOKED *rev = NULL;
		BIGNUM *bn = NULL;
		BN_hex2bn(&bn, rows[i].serial);
		ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(bn, NULL);
		if (X509_CRL_get0_by_serial(crl, &rev, serial) != 1)
			fail_msg("%s is not in the list", rows[i].serial);
		ASN1_ENUMERATED *why = X509_REVOKED_get_ext_d2i(rev, NID_crl_reason, NULL, NULL);
		assert_int_equal(why ? ASN1_ENUMERATED_get(why) : -1, codes[i]);
		ASN1_ENUMERATED_free(why);
		ASN1_INTEGER_free(serial);
		BN_free(bn);
	}
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	assert_int_equal(ASN1_INTEGER_get(number), 77);
	ASN1_INTEGER_free(number);
	X509_CRL_free(crl);
}

static void empty_one_with_sha384(void **state)
{
	(void)state;
	X509_CRL *crl = make_list(&(struct pki_crl){ .number = 1,
						     .this_unix_ms = NOW,
						     .next_unix_ms = NOW + DAY,
						     .sig_hash = PKI_SIG_SHA384 });
	assert_int_equal(X509_CRL_get_signature_nid(crl), NID_sha384WithRSAEncryption);
	assert_null(X509_CRL_get_REVOKED(crl));
	X509_CRL_free(crl);
}

static void wrong_key_or_row(void **state)
{
	(void)state;
	struct span der;
	struct err e = { 0 };
	struct pki_crl_row bad = { "xyz", "superseded", NOW };
	assert_false(pki_crl_make(&(struct pki_crl){ .number = 1 }, ca_der(),
				  test_chain_key(TEST_KEY_2048_B), &a, &der, &e));
	assert_int_equal(e.code, ERR_CERT);
	assert_false(pki_crl_make(&(struct pki_crl){ .number = 1, .rows = &bad, .row_count = 1 },
				  ca_der(), test_chain_key(TEST_KEY_2048_A), &a, &der, &e));
}

static void leaves_say_where_the_list_is(void **state)
{
	(void)state;
	static const char crl[] = "http://ca.example.com/x,y.crl",
			  aia[] = "http://ca.example.com/a.crt";
	struct span der =
		sign_one((struct pki_issue){ .cn = "pc", .crl_url = crl, .issuer_url = aia },
			 ca_der(), TEST_KEY_2048_B, TEST_KEY_2048_A);
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	assert_int_equal(sk_DIST_POINT_num(points), 1);
	const GENERAL_NAME *name =
		sk_GENERAL_NAME_value(sk_DIST_POINT_value(points, 0)->distpoint->name.fullname, 0);
	assert_string_equal(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier), crl);
	AUTHORITY_INFO_ACCESS *infos = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
	assert_int_equal(sk_ACCESS_DESCRIPTION_num(infos), 1);
	name = sk_ACCESS_DESCRIPTION_value(infos, 0)->location;
	assert_string_equal(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier), aia);
	AUTHORITY_INFO_ACCESS_free(infos);
	CRL_DIST_POINTS_free(points);
	X509_free(x);
	der = ca_der();
	p = der.p;
	x = d2i_X509(NULL, &p, (long)der.n);
	assert_int_equal(X509_get_pathlen(x), 0);
	assert_int_equal(X509_get_ext_by_NID(x, NID_crl_distribution_points, -1), -1);
	X509_free(x);
}

static int begin(void **state)
{
	(void)state;
	arena_init(&a, 1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_deinit(&a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists_what_is_revoked, begin, end),
		cmocka_unit_test_setup_teardown(empty_one_with_sha384, begin, end),
		cmocka_unit_test_setup_teardown(wrong_key_or_row, begin, end),
		cmocka_unit_test_setup_teardown(leaves_say_where_the_list_is, begin, end),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
