/* Intake of files as programs write them, and finding the chain in them. PKCS#12 files are made
 * here by the library, so that every encryption and order occurs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/mem.h"
#include "base/str.h"
#include "pki/chain.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <stdio.h>
#include <stdlib.h>
#include <../tests/support/chains.c>

#define NOW      INT64_C(1935478447120)
#define PASSWORD "Planted-Password-1"

static struct pki_chain *load(struct span file, const char *password, struct err *e)
{
	struct secret s = secret_make(span_str(password));
	struct pki_chain *c = pki_chain_load(file, &s, e);
	secret_deinit(&s);
	assert_int_equal(ERR_peek_error(), 0); /* TLS reads the queue of the same thread */
	if (e &&
	    (strstr(e->msg, PASSWORD) || strstr(e->seen, PASSWORD) || strstr(e->hint, PASSWORD)))
		fail_msg("the password is in the error: %s", e->msg);
	return c;
}

static void orders_what_is_in_the_file(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned count, extra, alts;
		bool root, first, key;
	} cases[] = {
		{ "good", 3, 0, 0, true, true, true },
		{ "root signs leaf", 2, 0, 0, true, true, true },
		{ "leaf last in the file", 3, 0, 0, true, false, true },
		{ "a certificate too many", 3, 1, 0, true, true, true },
		{ "root left out", 2, 0, 0, false, true, true },
		{ "intermediate left out", 1, 1, 0, false, true, true },
		{ "leaf alone", 1, 0, 0, false, true, true },
		{ "cross-signed root", 3, 0, 1, true, true, true },
		{ "wrong key", 3, 0, 0, true, true, true },
		{ "no key", 3, 0, 0, true, true, false },
		{ "chain of five", 5, 0, 0, true, true, true },
		{ "signature damaged", 3, 0, 0, true, true, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_chain_built *b = test_chain_build(test_chain_find(cases[i].name), NOW);
		struct err e = { 0 };
		struct pki_chain *c = load(buf_span(&b->pem), "", &e);
		unsigned alts = 0;
		if (!c)
			fail_msg("%s: %s", cases[i].name, e.msg);
		for (struct pki_chain *alt = c->alt; alt; alt = alt->alt)
			alts++;
		if (c->count != cases[i].count || c->extra_count != cases[i].extra ||
		    alts != cases[i].alts || c->has_root != cases[i].root ||
		    c->leaf_was_first != cases[i].first || !c->key == cases[i].key)
			fail_msg(
				"%s: %u certificates, %u extra, %u other ways, root %d, first %d, key %d",
				cases[i].name, c->count, c->extra_count, alts, c->has_root,
				c->leaf_was_first, c->key != NULL);
		if (!str_eq(c->certs[0].cn, "setup.example.com"))
			fail_msg("%s: leaf %s", cases[i].name, c->certs[0].cn);
		pki_chain_free(c);
		test_chain_free(b);
	}
}

static void other_way_to_the_older_root(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("cross-signed root"), NOW);
	struct pki_chain *c = load(buf_span(&b->pem), "", NULL);
	assert_string_equal(c->certs[2].cn, "Test Root");
	assert_int_equal(c->alt->count, 4);
	assert_string_equal(c->alt->certs[2].cn, "Test Root");
	assert_string_equal(c->alt->certs[3].cn, "Older Root");
	assert_true(c->alt->signed_by_next[0] && c->alt->signed_by_next[1] &&
		    c->alt->signed_by_next[2]);
	assert_true(c->alt->has_root && c->alt->key &&
		    pki_key_matches(c->alt->key, &c->alt->certs[0]));
	pki_chain_free(c);
	test_chain_free(b);
}

static void broken_link_is_kept_and_known(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("signature damaged"), NOW);
	struct pki_chain *c = load(buf_span(&b->pem), "", NULL);
	assert_false(c->signed_by_next[0]);
	assert_true(c->signed_by_next[1]);
	pki_chain_free(c);
	test_chain_free(b);
}

/* A file of certificates put together by hand, with the key of TEST_KEY_2048_A when it has one. */
static struct pki_chain *load_list(const struct span *ders, unsigned count, bool with_key,
				   struct err *e)
{
	struct buf file;
	struct out o;
	buf_init(&file, 100000);
	out_init_buf(&o, &file);
	for (unsigned i = 0; i < count; i++)
		pki_cert_to_pem(ders[i], &o);
	if (with_key)
		add_key(&o, test_chain_key(TEST_KEY_2048_A));
	struct pki_chain *c = load(buf_span(&file), "", e);
	buf_wipe(&file);
	return c;
}

static const struct test_cert_want plain, sha384 = { .sig = TEST_SIG_SHA384 };
static const struct test_chain plain_leaf = { .name = "leaf", .expect = "" };
static const struct test_chain short_leaf = { .name = "leaf",
					      .expect = "",
					      .leaf.when = TEST_SHORTER };

static struct span root_of(const char *cn, enum test_key k)
{
	return make_ca(cn, &plain, k, (struct span){ NULL, 0 }, k, NOW);
}

/* Two roots that certify each other, both ways round and more than once. */
static void loops_end(void **state)
{
	(void)state;
	struct arena a;
	struct err e = { 0 };
	arena_init(&a, 100000);
	struct span one = root_of("One", TEST_KEY_2048_C), two = root_of("Two", TEST_KEY_2048_D);
	const struct span ders[] = {
		make_leaf(&plain_leaf, TEST_KEY_2048_A, one, TEST_KEY_2048_C, NOW, &a),
		make_ca("One", &plain, TEST_KEY_2048_C, two, TEST_KEY_2048_D, NOW),
		make_ca("Two", &plain, TEST_KEY_2048_D, one, TEST_KEY_2048_C, NOW),
		make_ca("One", &sha384, TEST_KEY_2048_C, two, TEST_KEY_2048_D, NOW),
		make_ca("Two", &sha384, TEST_KEY_2048_D, one, TEST_KEY_2048_C, NOW),
	};
	struct pki_chain *c = load_list(ders, 5, false, &e);
	assert_non_null(c);
	assert_false(c->has_root);
	assert_int_equal(c->count, 3);
	pki_chain_free(c);
	arena_deinit(&a);
}

/* The way that ends nowhere comes first in the file, and is as long. */
static void a_way_with_a_root_is_better(void **state)
{
	(void)state;
	struct arena a;
	struct err e = { 0 };
	arena_init(&a, 100000);
	struct span root = root_of("Root", TEST_KEY_2048_C),
		    gone = root_of("Gone", TEST_KEY_2048_D);
	const struct span ders[] = {
		make_ca("Root", &plain, TEST_KEY_2048_C, gone, TEST_KEY_2048_D, NOW),
		make_leaf(&plain_leaf, TEST_KEY_2048_A, root, TEST_KEY_2048_C, NOW, &a),
		root,
	};
	struct pki_chain *c = load_list(ders, 3, true, &e);
	assert_non_null(c);
	assert_true(c->has_root);
	assert_int_equal(c->extra_count, 1);
	assert_null(c->alt);
	pki_chain_free(c);
	arena_deinit(&a);
}

static void a_renewed_intermediate_is_no_other_root(void **state)
{
	(void)state;
	struct arena a;
	struct err e = { 0 };
	arena_init(&a, 100000);
	struct span root = root_of("Root", TEST_KEY_2048_C);
	struct span old = make_ca("CA", &plain, TEST_KEY_2048_B, root, TEST_KEY_2048_C, NOW);
	const struct span ders[] = {
		make_leaf(&plain_leaf, TEST_KEY_2048_A, old, TEST_KEY_2048_B, NOW, &a),
		old,
		root,
		make_ca("CA", &sha384, TEST_KEY_2048_B, root, TEST_KEY_2048_C, NOW),
	};
	struct pki_chain *c = load_list(ders, 4, true, &e);
	assert_non_null(c);
	assert_true(c->has_root && c->count == 3 && c->extra_count == 1);
	assert_null(c->alt);
	pki_chain_free(c);
	arena_deinit(&a);
}

/* All of them have the leaf's key. */
static void the_best_leaf_of_a_key(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 100000);
	struct span root = root_of("Root", TEST_KEY_2048_C);
	struct span later = make_leaf(&plain_leaf, TEST_KEY_2048_A, root, TEST_KEY_2048_C, NOW, &a);
	struct span sooner =
		make_leaf(&short_leaf, TEST_KEY_2048_A, root, TEST_KEY_2048_C, NOW, &a);
	struct span ca = make_ca("CA", &plain, TEST_KEY_2048_A, root, TEST_KEY_2048_C, NOW);
	struct span own = make_leaf(&plain_leaf, TEST_KEY_2048_A, (struct span){ NULL, 0 },
				    TEST_KEY_2048_A, NOW, &a);
	const struct {
		const char *name;
		struct span first, second, want;
	} cases[] = {
		{ "renewed, at the end", sooner, later, later },
		{ "renewed, at the start", later, sooner, later },
		{ "CA at the start", ca, sooner, sooner },
		{ "CA at the end", sooner, ca, sooner },
		{ "self-signed at the start", own, sooner, sooner },
		{ "self-signed at the end", sooner, own, sooner },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct span ders[] = { cases[i].first, root, cases[i].second };
		struct err e = { 0 };
		struct pki_chain *c = load_list(ders, 3, true, &e);
		if (!c || !span_eq(c->certs[0].der, cases[i].want) || c->count != 2 || !c->has_root)
			fail_msg("%s: %s", cases[i].name, e.msg);
		pki_chain_free(c);
	}
	arena_deinit(&a);
}

static void leaf_without_key_must_be_clear(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("no key"), NOW);
	struct test_chain_built *b2 = test_chain_build(test_chain_find("CN is the suffix"), NOW);
	struct buf both;
	struct err e = { 0 };
	buf_init(&both, 100000);
	buf_add(&both, buf_span(&b->pem));
	size_t one =
		(size_t)((uint8_t *)memmem(b2->pem.p, b2->pem.n, "END CERT", 8) - b2->pem.p) + 21;
	buf_add(&both, span_make(b2->pem.p, one));
	assert_null(load(buf_span(&both), "", &e));
	assert_int_equal(e.code, ERR_CERT);
	assert_string_equal(e.rule, "D066");
	assert_string_equal(e.seen, "2 end certificates, no private key");
	buf_deinit(&both);
	test_chain_free(b2);
	test_chain_free(b);
}

static void two_keys_are_refused(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	struct out o;
	struct err e = { 0 };
	out_init_buf(&o, &b->pem);
	add_key(&o, test_chain_key(TEST_KEY_2048_A));
	struct pki_chain *c = load(buf_span(&b->pem), "", &e);
	assert_non_null(c); /* the same one twice is fine */
	pki_chain_free(c);
	add_key(&o, test_chain_key(TEST_KEY_2048_E));
	assert_null(load(buf_span(&b->pem), "", &e));
	assert_non_null(strstr(e.msg, "more than one private key"));
	test_chain_free(b);
}

/* The good chain as X509s: leaf, and the others. */
static X509 *x509s(STACK_OF(X509) * out_cas)
{
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	BIO *bio = BIO_new_mem_buf(b->pem.p, (int)b->pem.n);
	X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	for (X509 *x; (x = PEM_read_bio_X509(bio, NULL, NULL, NULL));)
		sk_X509_push(out_cas, x);
	BIO_free(bio);
	test_chain_free(b);
	ERR_clear_error();
	return leaf;
}

struct p12_case {
	const char *name;
	const char *password; /* NULL: none at all, which is written in another way than "" */
	int key_nid, cert_nid, iterations, mac_iterations;
};

static struct span p12_of(const struct p12_case *t, uint8_t **out_der)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *p = OSSL_PROVIDER_load(lib, "default"),
		      *legacy = OSSL_PROVIDER_load(lib, "legacy");
	STACK_OF(X509) *cas = sk_X509_new_null();
	X509 *leaf = x509s(cas);
	PKCS12 *p12 = PKCS12_create_ex(
		t->password, "AMT", pki_key_evp(test_chain_key(TEST_KEY_2048_A)), leaf, cas,
		t->key_nid, t->cert_nid, t->iterations, t->mac_iterations, 0, lib, NULL);
	int n = p12 ? i2d_PKCS12(p12, out_der) : 0;
	PKCS12_free(p12);
	X509_free(leaf);
	sk_X509_pop_free(cas, X509_free);
	OSSL_PROVIDER_unload(legacy);
	OSSL_PROVIDER_unload(p);
	OSSL_LIB_CTX_free(lib);
	ERR_clear_error();
	if (n <= 0)
		fail_msg("%s: no file made", t->name);
	return span_make(*out_der, (size_t)n);
}

#define RC2_40 NID_pbe_WithSHA1And40BitRC2_CBC
#define DES3   NID_pbe_WithSHA1And3_Key_TripleDES_CBC
#define AES    NID_aes_256_cbc

static void reads_pkcs12(void **state)
{
	(void)state;
	static const struct p12_case cases[] = {
		{ "AES-256", PASSWORD, AES, AES, 2048, 2048 },
		{ "RC2-40 and 3DES", PASSWORD, DES3, RC2_40, 2048, 1 },
		{ "3DES", PASSWORD, DES3, DES3, 2000, 2000 },
		{ "certificates in the clear", PASSWORD, AES, -1, 2048, 2048 },
		{ "nothing encrypted", PASSWORD, -1, -1, 2048, 2048 },
		{ "without MAC", PASSWORD, AES, AES, 2048, -1 },
		{ "password with umlaut", "Pl\xc3\xa4nted-1", AES, AES, 2048, 2048 },
		{ "empty password", "", AES, AES, 2048, 2048 },
		{ "no password", NULL, AES, AES, 2048, 2048 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t *der = NULL;
		struct span file = p12_of(&cases[i], &der);
		struct err e = { 0 };
		struct pki_chain *c = load(file, cases[i].password ? cases[i].password : "", &e);
		if (!c)
			fail_msg("%s: %s", cases[i].name, e.msg);
		if (c->count != 3 || !c->has_root || !c->key ||
		    !pki_key_matches(c->key, &c->certs[0]))
			fail_msg("%s: %u certificates", cases[i].name, c->count);
		pki_chain_free(c);
		bool clear = cases[i].key_nid == -1 && cases[i].cert_nid == -1;
		c = load(file, "wrong", &e);
		if (c || e.code != ERR_CERT || !e.hint[0] || !strstr(e.msg, "password"))
			fail_msg("%s, wrong password%s: %s", cases[i].name, clear ? " (MAC)" : "",
				 e.msg);
		OPENSSL_free(der);
	}
}

static void old_encryption_needs_the_provider(void **state)
{
	(void)state;
	static const struct p12_case t = { "RC2-40", PASSWORD, DES3, RC2_40, 2048, 2048 };
	uint8_t *der = NULL;
	struct span file = p12_of(&t, &der);
	struct err e = { 0 };
	setenv("OPENSSL_MODULES", "/nonexistent", 1);
	struct pki_chain *c = load(file, PASSWORD, &e);
	unsetenv("OPENSSL_MODULES");
	assert_null(c);
	assert_non_null(strstr(e.msg, "legacy provider"));
	assert_non_null(strstr(e.msg, "RC2"));
	assert_non_null(e.hint[0] ? e.hint : NULL);
	/* And loading it was never made global. */
	assert_false(OSSL_PROVIDER_available(NULL, "legacy"));
	OPENSSL_free(der);
}

/* 65,536 iterations are 0x010000; in place they become 0x7f0000, which nobody waits for. */
static void endless_iterations_are_refused(void **state)
{
	(void)state;
	static const struct p12_case t = { "certificates", PASSWORD, AES, AES, 65536, -1 };
	uint8_t *der = NULL;
	struct span file = p12_of(&t, &der);
	struct err e = { 0 };
	unsigned changed = 0;
	for (uint8_t *at = der;
	     (at = memmem(at, file.n - (size_t)(at - der), "\x02\x03\x01\x00\x00", 5)); at++) {
		at[2] = 0x7f;
		changed++;
	}
	assert_true(changed > 0);
	assert_null(load(file, PASSWORD, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.seen, "8323072 iterations");
	OPENSSL_free(der);
}

static void add_pem_key(struct buf *file, const EVP_CIPHER *cipher, bool traditional)
{
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *k = pki_key_evp(test_chain_key(TEST_KEY_2048_A));
	const unsigned char *pass = (const unsigned char *)PASSWORD;
	char *text = NULL;
	int n = (int)strlen(PASSWORD);
	assert_true(
		traditional
			? PEM_write_bio_PrivateKey_traditional(bio, k, cipher, pass, n, NULL, NULL)
			: PEM_write_bio_PKCS8PrivateKey(bio, k, cipher, PASSWORD, n, NULL, NULL));
	long len = BIO_get_mem_data(bio, &text);
	buf_add(file, span_make(text, (size_t)len));
	BIO_free(bio);
}

static void reads_encrypted_pem_keys(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool encrypted, traditional;
	} cases[] = {
		{ "PKCS#8", false, false },
		{ "PKCS#8, AES", true, false },
		{ "traditional, AES", true, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_chain_built *b = test_chain_build(test_chain_find("no key"), NOW);
		struct err e = { 0 };
		add_pem_key(&b->pem, cases[i].encrypted ? EVP_aes_128_cbc() : NULL,
			    cases[i].traditional);
		struct pki_chain *c = load(buf_span(&b->pem), PASSWORD, &e);
		if (!c || !c->key || !pki_key_matches(c->key, &c->certs[0]))
			fail_msg("%s: %s", cases[i].name, e.msg);
		pki_chain_free(c);
		for (int empty = 0; empty < 2 && cases[i].encrypted; empty++) {
			c = load(buf_span(&b->pem), empty ? "" : "wrong", &e);
			if (c || e.code != ERR_CERT ||
			    !strstr(e.msg, empty ? "no password" : "does not open"))
				fail_msg("%s, wrong password: %s", cases[i].name, e.msg);
		}
		test_chain_free(b);
	}
}

/* Of so many wrong passwords a few pass for right until the key is looked at. */
static void every_wrong_password_is_called_one(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("no key"), NOW);
	add_pem_key(&b->pem, EVP_aes_128_cbc(), true);
	for (int i = 0; i < 1200; i++) {
		struct err e = { 0 };
		char wrong[32];
		snprintf(wrong, sizeof wrong, "wrong %d", i);
		if (load(buf_span(&b->pem), wrong, &e) || !strstr(e.msg, "does not open"))
			fail_msg("%s: %s", wrong, e.msg);
	}
	test_chain_free(b);
}

static void refuses_other_files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "empty", "", "has 0 bytes" },
		{ "text", "hello", "no certificate file" },
		{ "DER start", "\x30\x82\x01", "no certificate file" },
		{ "PEM without certificate", "-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n",
		  "no certificate in" },
		{ "damaged base64",
		  "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "block 1" },
		{ "cut", "-----BEGIN CERTIFICATE-----\nAAAA\n", "block 1" },
		{ "no certificate inside",
		  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "block 1" },
		{ "no key inside", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		  "block 1" },
		{ "no encrypted key inside",
		  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		  "block 1" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		if (load(span_str(cases[i].text), PASSWORD, &e) || !strstr(e.msg, cases[i].want))
			fail_msg("%s: %s", cases[i].name, e.msg);
	}
	struct err e = { 0 };
	uint8_t *big = mem_new(LIMIT_PFX_BYTES + 1);
	assert_null(load(span_make(big, LIMIT_PFX_BYTES + 1), "", &e));
	assert_int_equal(e.code, ERR_LIMIT);
	mem_free(big);
}

static void every_cut_and_flip_of_pkcs12_ends(void **state)
{
	(void)state;
	static const struct p12_case t = { "few iterations", PASSWORD, AES, AES, 1, 1 };
	uint8_t *der = NULL;
	struct span file = p12_of(&t, &der);
	for (size_t n = 0; n < file.n; n += 97)
		pki_chain_free(load(span_make(der, n), PASSWORD, NULL));
	for (size_t i = 0; i < file.n; i += i < 200 ? 5 : 151) {
		der[i] ^= 0x41;
		pki_chain_free(load(file, PASSWORD, NULL));
		der[i] ^= 0x41;
	}
	OPENSSL_free(der);
}

static void from_ordered_ders(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	struct pki_chain *c = load(buf_span(&b->pem), "", NULL);
	struct span ders[LIMIT_CERT_CHAIN + 1];
	struct err e = { 0 };
	for (unsigned i = 0; i < 3; i++)
		ders[i] = c->certs[i].der;
	struct pki_chain *again = pki_chain_from_der(ders, 3, &e);
	assert_true(again && again->has_root && again->signed_by_next[0] &&
		    again->signed_by_next[1]);
	assert_null(again->key);
	struct buf pem, pem2;
	struct out o;
	buf_init(&pem, 100000);
	buf_init(&pem2, 100000);
	out_init_buf(&o, &pem);
	assert_true(pki_chain_to_pem(c, &o));
	out_init_buf(&o, &pem2);
	assert_true(pki_chain_to_pem(again, &o));
	assert_true(span_eq(buf_span(&pem), buf_span(&pem2)));
	assert_true(span_starts(buf_span(&b->pem), (const char *)pem.p));
	pki_chain_free(again);
	struct span swapped[2] = { ders[1], ders[0] };
	again = pki_chain_from_der(swapped, 2, &e); /* as sent: nothing is put right */
	assert_true(again && !again->has_root && !again->signed_by_next[0]);
	pki_chain_free(again);
	assert_null(pki_chain_from_der(ders, 0, &e));
	assert_null(pki_chain_from_der(ders, LIMIT_CERT_CHAIN + 1, &e));
	ders[1] = span_str("nothing");
	assert_null(pki_chain_from_der(ders, 3, &e));
	assert_non_null(strstr(e.msg, "certificate 2"));
	buf_deinit(&pem);
	buf_deinit(&pem2);
	pki_chain_free(c);
	test_chain_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_what_is_in_the_file),
		cmocka_unit_test(other_way_to_the_older_root),
		cmocka_unit_test(broken_link_is_kept_and_known),
		cmocka_unit_test(loops_end),
		cmocka_unit_test(a_way_with_a_root_is_better),
		cmocka_unit_test(a_renewed_intermediate_is_no_other_root),
		cmocka_unit_test(the_best_leaf_of_a_key),
		cmocka_unit_test(leaf_without_key_must_be_clear),
		cmocka_unit_test(two_keys_are_refused),
		cmocka_unit_test(reads_pkcs12),
		cmocka_unit_test(old_encryption_needs_the_provider),
		cmocka_unit_test(endless_iterations_are_refused),
		cmocka_unit_test(reads_encrypted_pem_keys),
		cmocka_unit_test(every_wrong_password_is_called_one),
		cmocka_unit_test(refuses_other_files),
		cmocka_unit_test(every_cut_and_flip_of_pkcs12_ends),
		cmocka_unit_test(from_ordered_ders),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
