/* Pre-flight against the table of tests/support/chains.c: each rule broken alone, by generation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/mem.h"
#include "base/str.h"
#include "pki/preflight.h"
#include <stdio.h>
/* A unit test is built from one file, and these chains are shared with other tests. */
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447120) /* 2031-05-02 */

struct loaded {
	struct test_chain_built *built;
	struct pki_chain *chain;
	const struct pki_chain *list[4]; /* the chain and its other ways to a root */
	unsigned count;
};

static struct loaded load(const struct test_chain *t)
{
	struct loaded l = { .built = test_chain_build(t, NOW) };
	struct err e = { 0 };
	l.chain = pki_chain_load(buf_span(&l.built->pem), NULL, &e);
	if (!l.chain)
		fail_msg("%s: does not load: %s", t->name, e.msg);
	for (const struct pki_chain *c = l.chain; c && l.count < 4; c = c->alt)
		l.list[l.count++] = c;
	return l;
}

static void unload(struct loaded *l)
{
	pki_chain_free(l->chain);
	test_chain_free(l->built);
}

static struct pki_preflight_want want_of(const struct loaded *l, unsigned major)
{
	return (struct pki_preflight_want){ .hello = &l->built->hello,
					    .suffix = l->built->suffix,
					    .amt_major = major };
}

static char verdict_of(const struct pki_preflight *p)
{
	if (!p->usable)
		return '-';
	for (int i = 0; i < PKI_CONDITION_COUNT; i++) {
		if (p->rows[i].verdict != PKI_OK)
			return '~';
	}
	return '+';
}

static void print_rows(const char *name, unsigned major, const struct pki_preflight *p)
{
	static const char *const words[] = { "ok", "warn", "FAIL", "unknown" };
	for (int i = 0; i < PKI_CONDITION_COUNT; i++)
		print_message("%s, AMT %u: %-7s %s; seen %s; want %s\n", name, major,
			      words[p->rows[i].verdict],
			      pki_preflight_cond_text((enum pki_condition)i), p->rows[i].seen,
			      p->rows[i].want);
}

/* Besides the verdict: the row that is broken is the one that objects, and it alone. */
static void check_alone(const struct test_chain *t, const struct pki_preflight *p)
{
	for (int i = 0; i < PKI_CONDITION_COUNT; i++) {
		bool objects = p->rows[i].verdict == PKI_FAIL || p->rows[i].verdict == PKI_WARN;
		if (objects == !!(t->breaks & 1u << i))
			continue;
		print_rows(t->name, 11, p);
		fail_msg("%s: '%s' %s", t->name, pki_preflight_cond_text((enum pki_condition)i),
			 objects ? "objects too" : "does not object");
	}
}

static void check_row(const struct test_chain *t, const struct loaded *l, unsigned major,
		      enum test_gen g)
{
	struct pki_preflight_want want = want_of(l, major);
	struct pki_preflight p;
	struct err e = { 0 };
	int chosen = pki_preflight_choose(l->list, l->count, &want, NOW, &p, &e);
	if (verdict_of(&p) != t->expect[g]) {
		print_rows(t->name, major, &p);
		fail_msg("%s: AMT %u: %c instead of %c", t->name, major, verdict_of(&p),
			 t->expect[g]);
	}
	assert_int_equal(chosen >= 0, p.usable);
	if (!p.usable && (e.code != ERR_PREFLIGHT || !e.seen[0] || !e.want[0] || !e.hint[0]))
		fail_msg("%s: AMT %u: a refusal without reason: %s", t->name, major, e.msg);
	if (g == TEST_GEN_11_8)
		check_alone(t, &p);
}

/* What only some generations refuse is no refusal while the generation is not known. */
static void check_unknown_generation(const struct test_chain *t, const struct loaded *l)
{
	struct pki_preflight_want want = want_of(l, 0);
	struct pki_preflight p;
	pki_preflight_choose(l->list, l->count, &want, NOW, &p, NULL);
	if (p.usable == str_eq(t->expect, "-----")) {
		print_rows(t->name, 0, &p);
		fail_msg("%s: generation unknown: usable=%d", t->name, p.usable);
	}
}

static void every_rule_broken_alone(void **state)
{
	(void)state;
	for (unsigned i = 0; i < test_chain_count; i++) {
		const struct test_chain *t = &test_chains[i];
		struct loaded l = load(t);
		for (enum test_gen g = TEST_GEN_OLD; g < TEST_GEN_COUNT; g++)
			check_row(t, &l, test_gen_major(g), g);
		check_row(t, &l, 2, TEST_GEN_OLD); /* 2.6 and 5.0 are not known to differ */
		check_unknown_generation(t, &l);
		unload(&l);
	}
}

static void nothing_known_of_the_device(void **state)
{
	(void)state;
	struct loaded l = load(test_chain_find("good"));
	struct pki_preflight_want want = { 0 };
	struct pki_preflight p;
	pki_preflight(l.chain, &want, NOW, &p);
	assert_true(p.usable);
	assert_int_equal(p.rows[PKI_COND_ROOT_ACTIVE].verdict, PKI_UNKNOWN);
	assert_int_equal(p.rows[PKI_COND_SUFFIX].verdict, PKI_UNKNOWN);
	/* 22 refuses it, the current ones take it. */
	assert_int_equal(p.rows[PKI_COND_KEY_SIZE].verdict, PKI_UNKNOWN);
	assert_string_equal(p.rows[PKI_COND_KEY_SIZE].want, "AMT 22: at least 3072 bits");
	assert_true(p.not_after_unix_ms == l.chain->certs[0].not_after_unix_ms);
	unload(&l);
}

static void domain_of_the_fqdn_is_a_guess(void **state)
{
	(void)state;
	static const struct {
		const char *name, *fqdn, *suffix;
		enum pki_verdict want;
	} cases[] = {
		{ "fits", "pc1.example.com", NULL, PKI_OK },
		{ "other domain", "pc1.example.net", NULL, PKI_WARN },
		{ "suffix counts more", "pc1.example.net", "example.com", PKI_OK },
		{ "suffix refuses", "pc1.example.com", "example.net", PKI_FAIL },
		{ "no domain", "pc1", NULL, PKI_UNKNOWN },
		{ "empty suffix", "pc1.example.com", "", PKI_OK },
	};
	struct loaded l = load(test_chain_find("good"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pki_preflight_want want = { .fqdn = cases[i].fqdn,
						   .suffix = cases[i].suffix,
						   .amt_major = 11 };
		struct pki_preflight p;
		pki_preflight(l.chain, &want, NOW, &p);
		if (p.rows[PKI_COND_SUFFIX].verdict != cases[i].want)
			fail_msg("%s: %d", cases[i].name, (int)p.rows[PKI_COND_SUFFIX].verdict);
	}
	unload(&l);
}

static void old_firmware_warns_of_length(void **state)
{
	(void)state;
	static const char *const names[] = { "chain of five", "chain of more than 4100 bytes" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct loaded l = load(test_chain_find(names[i]));
		struct pki_preflight_want want = want_of(&l, 6);
		struct pki_preflight p;
		pki_preflight(l.chain, &want, NOW, &p);
		assert_int_equal(p.rows[PKI_COND_LENGTH].verdict, PKI_WARN);
		want.amt_major = 7;
		pki_preflight(l.chain, &want, NOW, &p);
		assert_int_equal(p.rows[PKI_COND_LENGTH].verdict, PKI_OK);
		unload(&l);
	}
}

static void which_hash_matched(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum hash_kind want;
	} cases[] = {
		{ "good", HASH_SHA256 },
		{ "list of SHA-1 hashes", HASH_SHA1 },
		{ "list of SHA-384 hashes", HASH_SHA384 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct loaded l = load(test_chain_find(cases[i].name));
		struct pki_preflight_want want = want_of(&l, 11);
		struct pki_preflight p;
		pki_preflight(l.chain, &want, NOW, &p);
		if (p.root_hash != cases[i].want)
			fail_msg("%s: %s", cases[i].name, hash_name(p.root_hash));
		unload(&l);
	}
}

static void errors_name_the_rule(void **state)
{
	(void)state;
	static const struct {
		const char *name, *rule;
	} cases[] = {
		{ "no key", "D066" },
		{ "root left out", "D058" },
		{ "leaf expired", "D059" },
		{ "no serverAuth", "D053" },
		{ "no OU, no OID", "D054" },
		{ "CN of another domain", "D057" },
		{ "CN with one label", "D057" },
		{ "root not in the list", "D056" },
		{ "EC leaf", NULL },
		{ "signature damaged", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct loaded l = load(test_chain_find(cases[i].name));
		struct pki_preflight_want want = want_of(&l, 16);
		struct pki_preflight p;
		struct err e = { 0 };
		pki_preflight(l.chain, &want, NOW, &p);
		assert_false(pki_preflight_err(&p, &e));
		if (!str_eq(e.rule, cases[i].rule))
			fail_msg("%s: rule %s: %s", cases[i].name, e.rule ? e.rule : "none", e.msg);
		unload(&l);
	}
}

/* The index chosen among several, or -1 and the rule of the error. */
static void chooses_the_best(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *chains[3];
		unsigned major;
		int want;
		const char *rule;
	} cases[] = {
		{ "only one fits",
		  { "CN of another domain", "leaf expired", "good" },
		  11,
		  2,
		  NULL },
		{ "SHA-256 before SHA-1", { "good, SHA-1", "good" }, 11, 1, NULL },
		{ "no doubt before a doubt",
		  { "SHA-1 leaf", "leaf valid for a shorter time" },
		  11,
		  1,
		  NULL },
		{ "a renewed one", { "leaf ends soon", "good" }, 11, 1, NULL },
		{ "the longer valid", { "leaf valid for a shorter time", "good" }, 11, 1, NULL },
		{ "strict before relaxed", { "CN is the suffix", "good" }, 11, 1, NULL },
		{ "3072 bits for 22", { "good", "good, 3072 and SHA-384" }, 22, 1, NULL },
		{ "first of equals", { "good", "OU only" }, 11, 0, NULL },
		{ "none has the suffix",
		  { "CN of another domain", "leaf expired" },
		  11,
		  -1,
		  "D057" },
		{ "the fewest faults explain",
		  { "CN with one label", "no serverAuth" },
		  11,
		  -1,
		  "D053" },
		{ "one with another root",
		  { "root of 4096 bits", "leaf expired" },
		  11,
		  -1,
		  "D056" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct loaded l[3] = { 0 };
		const struct pki_chain *list[3];
		unsigned n = 0;
		for (; n < 3 && cases[i].chains[n]; n++) {
			l[n] = load(test_chain_find(cases[i].chains[n]));
			list[n] = l[n].chain;
		}
		/* The list of the last one: those with the usual root are in it. */
		struct pki_preflight_want want = want_of(&l[n - 1], cases[i].major);
		struct pki_preflight p;
		struct err e = { 0 };
		if (str_eq(cases[i].rule, "D056"))
			n = 1;
		int got = pki_preflight_choose(list, n, &want, NOW, &p, &e);
		if (got != cases[i].want || (got < 0 && !str_eq(e.rule, cases[i].rule)))
			fail_msg("%s: %d %s %s", cases[i].name, got, e.rule ? e.rule : "", e.msg);
		for (n = 0; n < 3 && l[n].chain; n++)
			unload(&l[n]);
	}
}

/* Both roots are known to the PC, one by its SHA-1 hash only. */
static void match_by_sha256_is_preferred(void **state)
{
	(void)state;
	struct loaded one = load(test_chain_find("root of 4096 bits"));
	struct loaded two = load(test_chain_find("leaf valid for a shorter time"));
	struct wire_hello h = { .kind = WIRE_HELLO_PKI, .hash_count = 2 };
	h.hashes[0] = (struct wire_hello_hash){ WIRE_HELLO_SHA1,
						span_make(one.chain->certs[2].sha1, 20) };
	h.hashes[1] = (struct wire_hello_hash){ WIRE_HELLO_SHA256,
						span_make(two.chain->certs[2].sha256, 32) };
	const struct pki_chain *list[] = { one.chain, two.chain };
	struct pki_preflight_want want = { .hello = &h, .suffix = "example.com", .amt_major = 11 };
	struct pki_preflight p;
	assert_int_equal(pki_preflight_choose(list, 2, &want, NOW, &p, NULL), 1);
	assert_int_equal(p.root_hash, HASH_SHA256);
	unload(&one);
	unload(&two);
}

/* The release is not known before the first connection; the PC knows both roots. */
static void sha384_alone_wants_the_strong_chain(void **state)
{
	(void)state;
	struct loaded weak = load(test_chain_find("good"));
	struct loaded strong = load(test_chain_find("good, 3072 and SHA-384"));
	const struct pki_cert *w = &weak.chain->certs[weak.chain->count - 1];
	const struct pki_cert *s = &strong.chain->certs[strong.chain->count - 1];
	struct wire_hello h = { .kind = WIRE_HELLO_PKI, .hash_count = 2 };
	h.hashes[0] = (struct wire_hello_hash){ WIRE_HELLO_SHA384, span_make(w->sha384, 48) };
	h.hashes[1] = (struct wire_hello_hash){ WIRE_HELLO_SHA384, span_make(s->sha384, 48) };
	const struct pki_chain *list[] = { weak.chain, strong.chain };
	struct pki_preflight_want want = { .hello = &h, .suffix = "example.com" };
	struct pki_preflight p;
	assert_int_equal(pki_preflight_choose(list, 2, &want, NOW, &p, NULL), 1);
	/* only likely: where there is no strong chain, the other one is tried */
	assert_int_equal(pki_preflight_choose(list, 1, &want, NOW, &p, NULL), 0);
	want.amt_major = 18;
	assert_int_equal(pki_preflight_choose(list, 2, &want, NOW, &p, NULL), 0);
	want.amt_major = 0;
	h.hashes[2] = (struct wire_hello_hash){ WIRE_HELLO_SHA256, span_make(w->sha256, 32) };
	h.hash_count = 3;
	assert_int_equal(pki_preflight_choose(list, 2, &want, NOW, &p, NULL), 0);
	unload(&weak);
	unload(&strong);
}

static void no_certificate_at_all(void **state)
{
	(void)state;
	struct pki_preflight_want want = { 0 };
	struct pki_preflight p;
	struct err e = { 0 };
	assert_int_equal(pki_preflight_choose(NULL, 0, &want, NOW, &p, &e), -1);
	assert_int_equal(e.code, ERR_PREFLIGHT);
	assert_false(p.usable);
	assert_non_null(strstr(e.hint, "cert import"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_broken_alone),
		cmocka_unit_test(nothing_known_of_the_device),
		cmocka_unit_test(domain_of_the_fqdn_is_a_guess),
		cmocka_unit_test(old_firmware_warns_of_length),
		cmocka_unit_test(which_hash_matched),
		cmocka_unit_test(errors_name_the_rule),
		cmocka_unit_test(chooses_the_best),
		cmocka_unit_test(match_by_sha256_is_preferred),
		cmocka_unit_test(sha384_alone_wants_the_strong_chain),
		cmocka_unit_test(no_certificate_at_all),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
