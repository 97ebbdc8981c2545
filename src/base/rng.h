/* Randomness: from the OS, or seeded (simulator, tests, soak). */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

struct rng {
	bool seeded;
	uint64_t s[4];
};
void rng_os(struct rng *r);
void rng_seed(struct rng *r, uint64_t seed);
void rng_fill(struct rng *r, void *p, size_t n);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* 0..n-1 without modulo bias; n > 0 */
int64_t rng_range(struct rng *r, int64_t lo, int64_t hi); /* both included */
