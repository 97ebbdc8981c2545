/* Firmware generations as data: one row per release that we play, every cell with its source
 * letter (base/source.h: C capture, D document, P peer's code, G guess). A guess has a switch for
 * the other behaviour (sim/switches.h). Adding a generation = adding a row in generation.c. */
#pragma once
#include "base/source.h"
#include <stdbool.h>
#include <stdint.h>

struct sim_generation {
	const char *name;          /* "16.1" */
	const char *version;       /* "16.1.25.1917" as in the Server header and CIM_SoftwareIdentity */
	unsigned major, minor;
	struct { unsigned min, max; enum source src; } tls;         /* enum pki_tls_version */
	struct { const char *suites; int level; enum source src; } suites;
	struct { bool psk; enum source src; } psk;
	struct { bool pki; enum source src; } pki;
	struct { bool firmware_keys; enum source src; } keys;       /* GenerateKeyPair exists (6.2+) */
	struct { unsigned min_bits, max_bits; enum source src; } rsa;  /* provisioning chain */
	struct { bool sha1_chain_ok; enum source src; } sha1;
	struct { bool clear_ports; enum source src; } clear;        /* 16992/16994 exist */
	struct { bool default_cert; enum source src; } default_cert; /* self-signed + context from the start */
	struct { unsigned algs; enum source src; } hash_algs;       /* bit n = enum wire_hello_alg n in the hello */
	struct { unsigned chain_count; enum source src; } setup_cert; /* 1 self-signed; 3 On-Die CA */
	struct { bool sha256_setup_cert; enum source src; } setup_sig;
	struct { bool auth_int; enum source src; } auth_int;        /* qop "auth-int, auth" */
	struct { const char *content_type; enum source src; } content_type;
	struct { bool long_realm; enum source src; } realm;         /* 16 random bytes, else 2 then zeros */
	struct { bool kvm; enum source src; } kvm;
	struct { bool relaxed_suffix; enum source src; } suffix;    /* last-labels rule (3.4) */
	struct { bool non_secure_prop; enum source src; } non_secure; /* NonSecureConnectionsSupported exists */
};
const struct sim_generation *sim_generation_find(const char *name); /* "5.0"; NULL */
const struct sim_generation *sim_generation_at(unsigned i);         /* NULL past the end */
