/* The firmware's own check of provisioning chains against the table that the service's pre-flight
 * is held to: each rule broken alone, by generation. Where the service only warns, either is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/mem.h"
#include "base/str.h"
#include "sim/fw_chain_priv.h"
/* A unit test is built from one file, and these chains are shared with other tests. */
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447120) /* 2031-05-02 */

static const struct {
	const char *name;
	enum test_gen column; /* of expect */
} generations[] = {
	{ "3.2.1", TEST_GEN_OLD }, { "4.0", TEST_GEN_OLD },   { "5.0", TEST_GEN_OLD },
	{ "7.1", TEST_GEN_9_5 },   { "9.0", TEST_GEN_9_5 },   { "9.5", TEST_GEN_9_5 },
	{ "10.0", TEST_GEN_9_5 },  { "11.8", TEST_GEN_11_8 }, { "12.0", TEST_GEN_11_8 },
	{ "14.0", TEST_GEN_11_8 }, { "15.0", TEST_GEN_16_1 }, { "16.1", TEST_GEN_16_1 },
	{ "18.0", TEST_GEN_16_1 }, { "19.0", TEST_GEN_16_1 }, { "22.0", TEST_GEN_22 },
}; /* 6.2 is between the first two: tests/scenario/chain_verdicts.c */

static unsigned roots_of(const struct wire_hello *h, struct sim_root *out_roots)
{
	for (unsigned i = 0; i < h->hash_count; i++) {
		out_roots[i] = (struct sim_root){ .alg = h->hashes[i].alg, .active = true };
		memcpy(out_roots[i].digest, h->hashes[i].digest.p, h->hashes[i].digest.n);
	}
	return h->hash_count;
}

static bool check(const struct fw_chain_want *want, const struct pki_chain *c, struct err *e)
{
	struct span ders[LIMIT_CERT_CHAIN];

	for (unsigned i = 0; i < c->count; i++)
		ders[i] = c->certs[i].der;
	return sim_fw_chain_check(want, ders, c->count, e);
}

static void judges_the_shared_table(void **state)
{
	(void)state;
	for (unsigned t = 0; t < test_chain_count; t++) {
		const struct test_chain *row = &test_chains[t];
		struct test_chain_built *b = test_chain_build(row, NOW);
		struct err e = { 0 };
		struct pki_chain *c = pki_chain_load(buf_span(&b->pem), NULL, &e);
		static struct sim_root roots[WIRE_HELLO_MAX_HASHES];
		unsigned count = roots_of(&b->hello, roots);
		if (row->flags & (TEST_NO_KEY | TEST_WRONG_KEY)) {
			pki_chain_free(c); /* what the service alone can see */
			test_chain_free(b);
			continue;
		}
		if (!c)
			fail_msg("%s: does not load: %s", row->name, e.msg);
		for (size_t g = 0; g < sizeof generations / sizeof *generations; g++) {
			struct fw_chain_want want = { .gen = sim_generation_find(
							      generations[g].name),
						      .roots = roots,
						      .root_count = count,
						      .algs = UINT32_MAX,
						      .suffix = b->suffix,
						      .check_dates = true,
						      .now_unix_ms = NOW };
			bool ok = false;
			for (const struct pki_chain *way = c; way && !ok; way = way->alt)
				ok = check(&want, way, &e);
			char expect = row->expect[generations[g].column];
			if ((expect == '+' && !ok) || (expect == '-' && ok))
				fail_msg("%s, AMT %s: %s, expected %c (%s; seen %s)", row->name,
					 generations[g].name, ok ? "taken" : "refused", expect,
					 ok ? "" : e.msg, ok ? "" : e.seen);
		}
		pki_chain_free(c);
		test_chain_free(b);
	}
}

static void names_the_rule(void **state)
{
	(void)state;
	static const struct {
		const char *chain, *rule;
	} rows[] = {
		{ "no OU, no OID", "D054" }, { "no serverAuth", "D053" },
		{ "leaf expired", "D059" },  { "root not in the list", "D056" },
		{ "root left out", "D056" }, { "CN of another domain", "D057" },
		{ "EC leaf", "D060" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct test_chain_built *b = test_chain_build(test_chain_find(rows[i].chain), NOW);
		struct err e = { 0 };
		struct pki_chain *c = pki_chain_load(buf_span(&b->pem), NULL, &e);
		static struct sim_root roots[WIRE_HELLO_MAX_HASHES];
		struct fw_chain_want want = { .gen = sim_generation_find("11.8"),
					      .roots = roots,
					      .root_count = roots_of(&b->hello, roots),
					      .algs = UINT32_MAX,
					      .suffix = b->suffix,
					      .check_dates = true,
					      .now_unix_ms = NOW };
		assert_non_null(c);
		assert_false(check(&want, c, &e));
		if (!str_eq(e.rule, rows[i].rule))
			fail_msg("%s: rule %s, expected %s (%s)", rows[i].chain,
				 e.rule ? e.rule : "none", rows[i].rule, e.msg);
		pki_chain_free(c);
		test_chain_free(b);
	}
}

static void dates_can_be_ignored(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("leaf expired"), NOW);
	struct err e = { 0 };
	struct pki_chain *c = pki_chain_load(buf_span(&b->pem), NULL, &e);
	static struct sim_root roots[WIRE_HELLO_MAX_HASHES];
	struct fw_chain_want want = { .gen = sim_generation_find("11.8"),
				      .roots = roots,
				      .root_count = roots_of(&b->hello, roots),
				      .algs = UINT32_MAX,
				      .suffix = b->suffix,
				      .now_unix_ms = NOW };
	assert_non_null(c);
	assert_true(check(&want, c, &e));
	want.algs = 0; /* a list that speaks no hash that we know */
	assert_false(check(&want, c, &e));
	want.algs = UINT32_MAX;
	for (unsigned i = 0; i < want.root_count; i++)
		roots[i].active = false;
	assert_false(check(&want, c, &e));
	pki_chain_free(c);
	test_chain_free(b);
}

static int tear_down(void **state)
{
	(void)state;
	test_chains_deinit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_the_shared_table),
		cmocka_unit_test(names_the_rule),
		cmocka_unit_test(dates_can_be_ignored),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
