/* Every field of a TLS identity makes another stream when it differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "pki/tlsconf.h"
#include <stdio.h>
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447120)

static struct pki_chain *chain_named(const char *name)
{
	struct test_chain_built *b = test_chain_build(test_chain_find(name), NOW);
	struct pki_chain *c = pki_chain_load(buf_span(&b->pem), NULL, NULL);
	test_chain_free(b);
	assert_non_null(c);
	return c;
}

static struct pki_tls_client base_of(const struct pki_chain *chain, const char *psk)
{
	struct pki_tls_client c = { .policy = { PKI_TLS_1_0, PKI_TLS_1_2, 0, "AES128-SHA", true },
				    .chain = chain,
				    .psk_identity = "4444-4444",
				    .psk = secret_make(span_str(psk)),
				    .has_pin = true };
	c.pin_sha256[31] = 1;
	return c;
}

static void every_field_counts(void **state)
{
	(void)state;
	enum {
		SAME,
		MIN,
		MAX,
		LEVEL,
		SUITES,
		NO_SUITES,
		RENEG,
		CHAIN,
		NO_CHAIN,
		NO_KEY,
		PSK_ID,
		PSK,
		NO_PSK,
		PIN,
		NO_PIN,
		CASES
	};
	struct pki_chain *one = chain_named("good"), *same = chain_named("good"),
			 *other = chain_named("OU only");
	struct pki_tls_client a = base_of(one, "secret");
	for (int i = SAME; i < CASES; i++) {
		struct pki_tls_client b = base_of(same, i == PSK ? "Secret" : "secret");
		b.policy.min += i == MIN;
		b.policy.max += i == MAX;
		b.policy.level += i == LEVEL;
		b.policy.legacy_reneg = i != RENEG;
		b.policy.suites = i == SUITES ? "AES256-SHA" : i == NO_SUITES ? NULL : "AES128-SHA";
		b.chain = i == CHAIN ? other : i == NO_CHAIN ? NULL : same;
		b.psk_identity[0] = i == PSK_ID ? '5' : '4';
		b.pin_sha256[31] = i == PIN ? 2 : 1;
		b.has_pin = i != NO_PIN;
		struct pki_key *key = same->key;
		if (i == NO_KEY)
			same->key = NULL;
		if (i == NO_PSK)
			secret_deinit(&b.psk);
		if (pki_tls_client_same(&a, &b) != (i == SAME) ||
		    pki_tls_client_same(&b, &a) != (i == SAME))
			fail_msg("case %d", i);
		same->key = key;
		secret_deinit(&b.psk);
	}
	struct pki_tls_client none = { 0 }, none2 = { 0 };
	assert_true(pki_tls_client_same(&none, &none2));
	none2.pin_sha256[0] = 1; /* not looked at without has_pin */
	assert_true(pki_tls_client_same(&none, &none2));
	secret_deinit(&a.psk);
	pki_chain_free(one);
	pki_chain_free(same);
	pki_chain_free(other);
}

static void version_names(void **state)
{
	(void)state;
	assert_string_equal(pki_tls_version_name(PKI_TLS_1_2), "TLS 1.2");
	assert_string_equal(pki_tls_version_name(0x0304), "TLS 1.3");
	assert_string_equal(pki_tls_version_name(0x7777), "unknown TLS version");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_counts),
		cmocka_unit_test(version_names),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
