/* Tests of the digests against published vectors (RFC 1321, FIPS 180). */
#include "base/hash.h"
#include "base/out.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void matches_published_vectors(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
		enum hash_kind kind;
		size_t size;
	} cases[] = {
		{ "MD5", "", "d41d8cd98f00b204e9800998ecf8427e", HASH_MD5, 16 },
		{ "MD5", "abc", "900150983cd24fb0d6963f7d28e17f72", HASH_MD5, 16 },
		{ "SHA-1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d", HASH_SHA1, 20 },
		{ "SHA-256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		  HASH_SHA256, 32 },
		{ "SHA-256", "abc",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", HASH_SHA256,
		  32 },
		{ "SHA-384", "abc",
		  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		  "8086072ba1e7cc2358baeca134c825a7",
		  HASH_SHA384, 48 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t digest[HASH_MAX_SIZE + 1], in_parts[HASH_MAX_SIZE];
		char text[2 * HASH_MAX_SIZE + 1];
		struct span in = span_str(cases[i].in);
		struct out o;
		memset(digest, 0xee, sizeof digest);
		hash_of(cases[i].kind, in, digest);
		out_init(&o, text, sizeof text);
		out_hex(&o, span_make(digest, hash_size(cases[i].kind)));
		if (strcmp(text, cases[i].want) != 0 || hash_size(cases[i].kind) != cases[i].size)
			fail_msg("%s of '%s': %s", cases[i].name, cases[i].in, text);
		if (digest[cases[i].size] != 0xee)
			fail_msg("%s wrote too far", cases[i].name);
		assert_string_equal(hash_name(cases[i].kind), cases[i].name);
		const struct span parts[] = { span_make(in.p, in.n / 2), span_make(NULL, 0),
					      span_make(in.p + in.n / 2, in.n - in.n / 2) };
		hash_of_parts(cases[i].kind, parts, 3, in_parts);
		assert_memory_equal(in_parts, digest, cases[i].size);
		struct hash_run *r = hash_run_new(cases[i].kind);
		for (unsigned k = 0; k < 3; k++)
			hash_run_add(r, parts[k]);
		hash_run_end(r, in_parts);
		assert_memory_equal(in_parts, digest, cases[i].size);
		hash_run_end(hash_run_new(cases[i].kind), NULL);
	}
}

static void mixes_every_bit(void **state)
{
	(void)state;
	uint8_t bytes[20] = { 0 };
	uint64_t base = hash_mix64(span_make(bytes, 20), 1);
	assert_true(base == hash_mix64(span_make(bytes, 20), 1));
	assert_true(base != hash_mix64(span_make(bytes, 19), 1));
	assert_true(base != hash_mix64(span_make(bytes, 20), 2));
	assert_true(hash_mix64(span_make(NULL, 0), 0) != hash_mix64(span_make(NULL, 0), 1));
	assert_true(hash_mix64(span_str("ab"), 1) != hash_mix64(span_str("ba"), 1));
	assert_true(hash_mix64(span_str("ca"), 1) != hash_mix64(span_str("ab"), 1));
	for (size_t bit = 0; bit < 160; bit++) {
		bytes[bit / 8] = (uint8_t)(1 << bit % 8);
		int changed = __builtin_popcountll(base ^ hash_mix64(span_make(bytes, 20), 1));
		if (changed < 12 || changed > 52)
			fail_msg("bit %zu changes %d of 64 bits", bit, changed);
		bytes[bit / 8] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_published_vectors),
		cmocka_unit_test(mixes_every_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
