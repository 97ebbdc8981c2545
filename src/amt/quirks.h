/* What we expect of a firmware release before the device was asked: TLS settings to try, who makes
 * the TLS key, what exists. A prior only: the device decides. Rows carry their source letter. */
#pragma once
#include "base/source.h"
#include "pki/tlsconf.h"

struct amt_quirks {
	unsigned from_major, from_minor; /* first release that this row is for */
	const char *generation;          /* text for people */
	struct { struct pki_tls_policy p; enum source src; } tls;
	struct { bool firmware_keys; enum source src; } keys;      /* GenerateKeyPair (6.2+) */
	struct { unsigned key_bits; enum source src; } key_bits;   /* of the TLS key */
	struct { bool default_context; enum source src; } context; /* TLS context exists: Put, never Create */
	struct { bool clear_ports; enum source src; } clear;
	struct { bool psk; enum source src; } psk;
};
/* Row for a version text "11.8.50.3425"; NULL for "" (unknown). */
const struct amt_quirks *amt_quirks_find(const char *version);
const struct amt_quirks *amt_quirks_at(unsigned i); /* NULL past the end */
bool amt_quirks_parse_version(const char *version, unsigned *out_major, unsigned *out_minor);

/* TLS settings to try one after the other for a device in setup or in operation. Known version:
 * one row. Unknown: modern first, then legacy (TLS 1.0-1.1, level 0); PSK: legacy only, since PSK
 * ended with AMT 10 and TLS 1.2 began with 12. */
unsigned amt_quirks_ladder(const char *version, bool psk, struct pki_tls_policy out_p[2]);
