/* Random numbers: from the kernel for keys, nonces and passwords; from a seed for simulator and
 * tests, where a run must repeat exactly on every machine. The seeded kind is xoshiro256**, its
 * state filled by splitmix64. Never falls back from one kind to the other. */
#include "base/rng.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

void rng_os(struct rng *r)
{
	*r = (struct rng){ .seeded = false };
}

void rng_seed(struct rng *r, uint64_t seed)
{
	r->seeded = true;
	for (int i = 0; i < 4; i++) {
		seed += UINT64_C(0x9e3779b97f4a7c15);
		uint64_t z = seed;
		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		r->s[i] = z ^ z >> 31;
	}
}

static uint64_t rotated(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t next_seeded(struct rng *r)
{
	uint64_t *s = r->s, result = rotated(s[1] * 5, 7) * 9, old = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= old;
	s[3] = rotated(s[3], 45);
	return result;
}

static void fill_from_os(uint8_t *p, size_t n)
{
	while (n) {
		ssize_t got = getrandom(p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			/* Going on would mean guessable keys. */
			static const char text[] = "outband: the kernel gives no random bytes\n";
			ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
			(void)ignored;
			abort();
		}
		p += got;
		n -= (size_t)got;
	}
}

void rng_fill(struct rng *r, void *p, size_t n)
{
	uint8_t *at = p;
	if (!r->seeded) {
		fill_from_os(at, n);
		return;
	}
	while (n) {
		uint64_t v = next_seeded(r);
		size_t part = n < 8 ? n : 8;
		for (size_t i = 0; i < part; i++)
			at[i] = (uint8_t)(v >> 8 * i);
		at += part;
		n -= part;
	}
}

uint64_t rng_u64(struct rng *r)
{
	uint64_t v;
	if (r->seeded)
		return next_seeded(r);
	fill_from_os((uint8_t *)&v, sizeof v);
	return v;
}

/* 0..n-1: values below 2^64 mod n are thrown away, so that every rest is equally likely. */
static uint64_t below64(struct rng *r, uint64_t n)
{
	uint64_t unfair = (0 - n) % n, v;
	do {
		v = rng_u64(r);
	} while (v < unfair);
	return v % n;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	assert(n > 0);
	return (uint32_t)below64(r, n);
}

int64_t rng_range(struct rng *r, int64_t lo, int64_t hi)
{
	assert(lo <= hi);
	uint64_t width = (uint64_t)hi - (uint64_t)lo;
	uint64_t v = width == UINT64_MAX ? rng_u64(r) : below64(r, width + 1);
	return (int64_t)((uint64_t)lo + v);
}
