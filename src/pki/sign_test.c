/* Signatures over data: what was signed is good for its own key and digest only, and no byte of it may
 * change. openssl signs and checks the same in tests/system/0361-audit-log.t. */
#include "pki/sign.h"
#include "base/arena.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct pki_cert made(struct pki_key *key, struct arena *a)
{
	const struct pki_issue what = { .cn = "signer",
					.not_before_unix_ms = 0,
					.not_after_unix_ms = INT64_C(4000000000000) };
	struct pki_cert c;
	struct span spki, der;
	struct rng rng;
	struct err e = { 0 };

	rng_seed(&rng, 1);
	assert_true(pki_key_public_spki(key, a, &spki));
	assert_true(pki_cert_issue(&what, spki, span_make(NULL, 0), key, &rng, a, &der, &e));
	assert_true(pki_cert_parse(der, a, &c, &e));
	return c;
}

static void what_was_signed_is_good(void **state)
{
	static const enum hash_kind kinds[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384 };
	uint8_t data[] = "records of a log", sig[PKI_SIGN_MAX];
	struct pki_key *key, *other;
	struct pki_cert c, of_other;
	struct arena a;
	struct err e = { 0 };
	size_t n;

	(void)state;
	arena_init(&a, 1 << 18);
	key = pki_key_generate_rsa(2048, &e);
	other = pki_key_generate_rsa(2048, &e);
	assert_non_null(key);
	assert_non_null(other);
	c = made(key, &a);
	of_other = made(other, &a);
	struct span d = span_make(data, sizeof data);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		assert_true(pki_sign(key, kinds[i], d, sig, &n, &e));
		assert_int_equal(n, 256);
		assert_true(pki_sign_check(&c, kinds[i], d, span_make(sig, n)));
		assert_false(pki_sign_check(&of_other, kinds[i], d, span_make(sig, n)));
		assert_false(pki_sign_check(&c, kinds[(i + 1) % 3], d, span_make(sig, n)));
		assert_false(pki_sign_check(&c, kinds[i], d, span_make(sig, n - 1)));
		for (size_t at = 0; at < sizeof data; at++) {
			data[at] ^= 1;
			assert_false(pki_sign_check(&c, kinds[i], d, span_make(sig, n)));
			data[at] ^= 1;
		}
	}
	assert_false(pki_sign(key, HASH_MD5, d, sig, &n, &e));
	pki_key_free(key);
	pki_key_free(other);
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_was_signed_is_good) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
