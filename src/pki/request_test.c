/* Requests, the answers to them in the forms that CAs send, and the backup of the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "pki/chain.h"
#include "pki/request.h"
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <../tests/support/chains.c>

#define NOW INT64_C(1935478447000)

static void asks_for_what_firmware_wants(void **state)
{
	(void)state;
	struct buf pem;
	struct out o;
	struct err e = { 0 };
	struct pki_request what = {
		.cn = "setup.example.com", .c = "DE", .l = "Köln", .o = "Example"
	};
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	assert_true(pki_request_check(&what, &e));
	assert_true(pki_request_make(&what, test_chain_key(TEST_KEY_3072_A), &o, &e));
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509_REQ *req = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	assert_non_null(req);
	assert_int_equal(X509_REQ_verify(req, X509_REQ_get0_pubkey(req)), 1);
	assert_int_equal(X509_REQ_get_signature_nid(req), NID_sha384WithRSAEncryption);
	char text[256];
	X509_NAME *name = X509_REQ_get_subject_name(req);
	assert_true(X509_NAME_get_text_by_NID(name, NID_organizationalUnitName, text, sizeof text) >
		    0);
	assert_string_equal(text, "Intel(R) Client Setup Certificate");
	assert_true(X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text) > 0);
	assert_string_equal(text, "setup.example.com");
	STACK_OF(X509_EXTENSION) *exts = X509_REQ_get_extensions(req);
	EXTENDED_KEY_USAGE *eku = X509V3_get_d2i(exts, NID_ext_key_usage, NULL, NULL);
	assert_int_equal(sk_ASN1_OBJECT_num(eku), 2);
	OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(eku, 1), 1);
	assert_string_equal(text, "2.16.840.1.113741.1.2.3");
	assert_int_equal(OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, 0)), NID_server_auth);
	GENERAL_NAMES *san = X509V3_get_d2i(exts, NID_subject_alt_name, NULL, NULL);
	assert_int_equal(sk_GENERAL_NAME_num(san), 1);
	EXTENDED_KEY_USAGE_free(eku);
	GENERAL_NAMES_free(san);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	X509_REQ_free(req);
	BIO_free(bio);
	buf_deinit(&pem);
}

static void refuses_what_no_ca_takes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct pki_request what;
		const char *option;
	} cases[] = {
		{ "no name", { .cn = "" }, "--fqdn" },
		{ "country in words", { .cn = "a.b", .c = "Germany" }, "--country" },
		{ "small country", { .cn = "a.b", .c = "de" }, "--country" },
		{ "empty company", { .cn = "a.b", .o = "" }, "--organization" },
		{ "control byte", { .cn = "a.b", .o = "x\ny" }, "--organization" },
		{ "cut character", { .cn = "a.b", .l = "K\xc3" }, "--city" },
		{ "long company",
		  { .cn = "a.b",
		    .o = "12345678901234567890123456789012345678901234567890123456789012345" },
		  "--organization" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		if (pki_request_check(&cases[i].what, &e) || !strstr(e.msg, cases[i].option))
			fail_msg("%s: %s", cases[i].name, e.msg);
	}
}

/* The certificates of the good chain, as a file of that form without a key. */
static void write_answer(const struct pki_chain *c, bool p7, bool pem, struct out *o)
{
	PKCS7 *all = PKCS7_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	assert_true(PKCS7_set_type(all, NID_pkcs7_signed) &&
		    PKCS7_content_new(all, NID_pkcs7_data));
	for (unsigned i = c->count; i-- > 0;) {
		const unsigned char *p = c->certs[i].der.p;
		X509 *x = d2i_X509(NULL, &p, (long)c->certs[i].der.n);
		assert_true(PKCS7_add_certificate(all, x));
		if (!p7)
			assert_true(pem ? PEM_write_bio_X509(bio, x) : i2d_X509_bio(bio, x));
		X509_free(x);
	}
	if (p7)
		assert_true(pem ? PEM_write_bio_PKCS7(bio, all) : i2d_PKCS7_bio(bio, all));
	long n = BIO_get_mem_data(bio, &text);
	out_bytes(o, span_make(text, (size_t)n));
	BIO_free(bio);
	PKCS7_free(all);
}

static void takes_answers_in_every_form(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	struct err e = { 0 };
	struct pki_chain *good = pki_chain_load(buf_span(&b->pem), NULL, &e);
	assert_non_null(good);
	for (int form = 0; form < 4; form++) {
		struct buf file, pem;
		struct out o;
		buf_init(&file, 65536);
		out_init_buf(&o, &file);
		write_answer(good, form & 1, form & 2, &o);
		struct pki_chain *c = pki_chain_load_for(buf_span(&file), good->key, &e);
		if (!c || !c->has_root || c->count != good->count ||
		    !pki_key_matches(c->key, &c->certs[0]))
			fail_msg("form %d: %s", form, e.msg);
		pki_chain_free(c);
		buf_init(&pem, 65536);
		out_init_buf(&o, &pem);
		assert_true(pki_chain_file_to_pem(buf_span(&file), &o, &e));
		c = pki_chain_load(buf_span(&pem), NULL, &e);
		assert_non_null(c);
		assert_true(c->has_root);
		pki_chain_free(c);
		/* a certificate over another key is told by the key that does not match */
		c = pki_chain_load_for(buf_span(&file), test_chain_key(TEST_KEY_4096), &e);
		assert_true(!c || !pki_key_matches(c->key, &c->certs[0]));
		pki_chain_free(c);
		buf_deinit(&file);
		buf_deinit(&pem);
	}
	pki_chain_free(good);
	test_chain_free(b);
}

static void backup_comes_back(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	struct err e = { 0 };
	struct secret file = SECRET_NONE, pass = secret_make(span_str("long-enough"));
	struct secret shorter = secret_make(span_str("short"));
	struct pki_chain *good = pki_chain_load(buf_span(&b->pem), NULL, &e);
	assert_false(pki_chain_to_p12(good, &shorter, "x", &file, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(pki_chain_to_p12(good, &(struct secret){ 0 }, "x", &file, &e));
	assert_true(pki_chain_to_p12(good, &pass, "x", &file, &e));
	struct pki_chain *c = pki_chain_load(secret_reveal(&file), &pass, &e);
	assert_non_null(c);
	assert_int_equal(c->count, good->count);
	assert_true(pki_key_matches(c->key, &good->certs[0]));
	pki_chain_free(c);
	assert_null(pki_chain_load(secret_reveal(&file), &shorter, &e));
	secret_deinit(&file);
	secret_deinit(&pass);
	secret_deinit(&shorter);
	pki_chain_free(good);
	test_chain_free(b);
}

static void stored_order_is_kept(void **state)
{
	(void)state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), NOW);
	struct err e = { 0 };
	struct buf pem;
	struct out o;
	struct pki_chain *good = pki_chain_load(buf_span(&b->pem), NULL, &e);
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	for (unsigned i = 1; i < good->count; i++) /* CAs only, as our own are stored */
		pki_cert_to_pem(good->certs[i].der, &o);
	struct pki_chain *c = pki_chain_from_pem(buf_span(&pem), &e);
	assert_non_null(c);
	assert_int_equal(c->count, good->count - 1);
	assert_true(span_eq(c->certs[0].der, good->certs[1].der));
	assert_true(c->has_root);
	pki_chain_free(c);
	pki_chain_free(good);
	buf_deinit(&pem);
	test_chain_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_what_firmware_wants),
		cmocka_unit_test(refuses_what_no_ca_takes),
		cmocka_unit_test(takes_answers_in_every_form),
		cmocka_unit_test(backup_comes_back),
		cmocka_unit_test(stored_order_is_kept),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
