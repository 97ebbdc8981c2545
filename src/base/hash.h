/* MD5, SHA-1, SHA-256, SHA-384 in one call, of one piece or of several put after each other.
 * MD5 is what AMT's HTTP digest and its stored password form use; it protects nothing of ours. */
#pragma once
#include "base/span.h"

enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_KIND_COUNT };
#define HASH_MAX_SIZE 48
size_t hash_size(enum hash_kind k);
const char *hash_name(enum hash_kind k); /* "MD5", "SHA-1", "SHA-256", "SHA-384" */
void hash_of(enum hash_kind k, struct span in, uint8_t *out_digest);
/* Digest of several parts put after each other. */
void hash_of_parts(enum hash_kind k, const struct span *parts, size_t count, uint8_t *out_digest);
/* Digest of what comes piece by piece. */
struct hash_run;
struct hash_run *hash_run_new(enum hash_kind k);
void hash_run_add(struct hash_run *r, struct span in);
void hash_run_end(struct hash_run *r, uint8_t *out_digest); /* frees; out_digest NULL: not wanted */
/* crc-like 64-bit mix for tables and seeds; not a cryptographic hash. */
uint64_t hash_mix64(struct span in, uint64_t seed);
