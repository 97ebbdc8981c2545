/* Digests through OpenSSL, and a fast mix for tables. Called by digest authentication, the hello
 * and certificate code. The only file of base that knows OpenSSL. Never keeps input. A digest
 * that cannot be made (no memory, library without MD5) ends the process: nothing would work. */
#include "base/hash.h"
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
	const char *name, *openssl_name;
	size_t size;
} kinds[] = {
	[HASH_MD5] = { "MD5", "MD5", 16 },
	[HASH_SHA1] = { "SHA-1", "SHA1", 20 },
	[HASH_SHA256] = { "SHA-256", "SHA256", 32 },
	[HASH_SHA384] = { "SHA-384", "SHA384", 48 },
};
_Static_assert(sizeof kinds / sizeof *kinds == HASH_KIND_COUNT, "a row per kind");

size_t hash_size(enum hash_kind k)
{
	return kinds[k].size;
}

const char *hash_name(enum hash_kind k)
{
	return kinds[k].name;
}

static void __attribute__((noreturn)) cannot_hash(void)
{
	static const char text[] = "outband: the crypto library refuses a digest\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
	(void)ignored;
	abort();
}

/* Fetched once per kind: a fetch by name costs more than a short digest. */
static const EVP_MD *method_of(enum hash_kind k)
{
	static _Atomic(EVP_MD *) cache[HASH_KIND_COUNT];
	EVP_MD *md = atomic_load(&cache[k]);
	if (md)
		return md;
	md = EVP_MD_fetch(NULL, kinds[k].openssl_name, NULL);
	if (!md)
		cannot_hash();
	EVP_MD *former = NULL;
	if (!atomic_compare_exchange_strong(&cache[k], &former, md)) {
		EVP_MD_free(md); /* another thread was first */
		md = former;
	}
	return md;
}

void hash_of_parts(enum hash_kind k, const struct span *parts, size_t count, uint8_t *out_digest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, method_of(k), NULL) == 1;
	for (size_t i = 0; ok && i < count; i++) {
		if (parts[i].n)
			ok = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	}
	if (!ok || EVP_DigestFinal_ex(ctx, out_digest, NULL) != 1)
		cannot_hash();
	EVP_MD_CTX_free(ctx);
}

void hash_of(enum hash_kind k, struct span in, uint8_t *out_digest)
{
	hash_of_parts(k, &in, 1, out_digest);
}

/* The context is the run: nothing else is to be kept. */
struct hash_run *hash_run_new(enum hash_kind k)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || EVP_DigestInit_ex(ctx, method_of(k), NULL) != 1)
		cannot_hash();
	return (struct hash_run *)ctx;
}

void hash_run_add(struct hash_run *r, struct span in)
{
	if (in.n && EVP_DigestUpdate((EVP_MD_CTX *)r, in.p, in.n) != 1)
		cannot_hash();
}

void hash_run_end(struct hash_run *r, uint8_t *out_digest)
{
	if (out_digest && EVP_DigestFinal_ex((EVP_MD_CTX *)r, out_digest, NULL) != 1)
		cannot_hash();
	EVP_MD_CTX_free((EVP_MD_CTX *)r);
}

static uint64_t stir(uint64_t x)
{
	x ^= x >> 31;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 29;
	x *= UINT64_C(0xa0761d6478bd642f);
	return x ^ x >> 32;
}

uint64_t hash_mix64(struct span in, uint64_t seed)
{
	uint64_t h = stir(seed + UINT64_C(0x9e3779b97f4a7c15) + in.n);
	while (in.n) {
		uint64_t word = 0;
		size_t n = in.n < 8 ? in.n : 8;
		for (size_t i = 0; i < n; i++)
			word |= (uint64_t)in.p[i] << 8 * i;
		h = stir(h * 3 ^ word);
		in.p += n;
		in.n -= n;
	}
	return stir(h);
}
