/* Sealing of secrets at rest: XChaCha20-Poly1305 under a key file (0600). The sealed form says
 * what it is for (label), so that a row moved elsewhere does not open. */
#pragma once
#include "base/err.h"
#include "base/secret.h"
#include "base/span.h"
#include "base/arena.h"

struct pki_seal;
/* Opens the key file, or makes it (32 random bytes, mode 0600, fsync) when create. Refuses a file
 * that others can read. */
struct pki_seal *pki_seal_open(const char *path, bool create, struct err *e);
struct pki_seal *pki_seal_from_key(struct span key32); /* tests */
void pki_seal_free(struct pki_seal *s);
/* "1a2b-3c4d-5e6f-7a8b": which key it is, for people who keep several; says nothing about the key. */
#define PKI_SEAL_PRINT_SIZE 20
void pki_seal_fingerprint(const struct pki_seal *s, char out_text[PKI_SEAL_PRINT_SIZE]);
struct span pki_seal_close(const struct pki_seal *s, const char *label, struct span plain, struct arena *a);
bool pki_seal_reveal(const struct pki_seal *s, const char *label, struct span sealed,
		     struct secret *out_plain, struct err *e);
