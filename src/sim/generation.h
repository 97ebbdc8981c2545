/* Firmware generations as data: one row per release that we play, every cell with its source
 * letter (base/source.h: C capture, D document, P peer's code, G guess). What is not known has a
 * switch for the other behaviour (sim/switches.h, dev_gen.c). A new release is a new row in
 * generation.c; a new column is a row here, its use in dev*.c or fw_*.c, and a check of what it does in
 * generation_test.c: `./dev mutate` proves that there is one. */
#pragma once
#include "base/out.h"
#include "base/source.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_realm { SIM_REALM_ID, SIM_REALM_SHORT, SIM_REALM_LONG };
enum sim_suffix_rule { SIM_SUFFIX_COM_NET, SIM_SUFFIX_BY_TLD };

/* X(member, type of the cell, kind, sentence) */
#define SIM_GENERATION_CELLS(X)                                                                       \
	X(version, text, TEXT, "as in the Server header and CIM_SoftwareIdentity")                    \
	X(psk, bool, BOOL, "setup by pre-shared key")                                                 \
	X(pki, bool, BOOL, "setup by provisioning certificate")                                       \
	X(hash_algs, num, ALGS, "root hashes in the hello")                                           \
	X(hello_max, num, NUM, "root hashes in one hello at most")                                    \
	X(tls_min, num, TLS, "oldest TLS")                                                            \
	X(tls_max, num, TLS, "newest TLS")                                                            \
	X(suites, text, TEXT, "cipher suites up to TLS 1.2")                                          \
	X(suites13, text, TEXT, "cipher suites of TLS 1.3")                                           \
	X(groups, text, TEXT, "key exchange groups; empty: the library's")                            \
	X(sigs, text, TEXT, "signatures in TLS; empty: the library's")                                \
	X(wsman, bool, BOOL, "WS-MAN; without it there is only the legacy SOAP interface")            \
	X(eoi, bool, BOOL, "legacy SOAP interface (EOI)")                                             \
	X(clear, bool, BOOL, "ports 16992 and 16994 exist")                                           \
	X(non_secure, bool, BOOL, "NonSecureConnectionsSupported exists")                             \
	X(local_clear, bool, BOOL, "the host may use the local interface without TLS")                \
	X(default_cert, bool, BOOL, "self-signed certificate and its TLS context from the start")     \
	X(setup_chain, num, NUM, "certificates shown in setup: 1 self-signed, 3 from an On-Die CA")   \
	X(setup_sig, num, SIG, "hash of the signature on the setup certificate")                      \
	X(makes_keys, bool, BOOL, "GenerateKeyPair")                                                  \
	X(key_bits, num, NUM, "RSA bits of GenerateKeyPair and of the device's own certificates")     \
	X(key_max, num, NUM, "RSA bits that AddKey takes at most")                                    \
	X(key_spki, bool, BOOL, "DERKey is a SubjectPublicKeyInfo, else the bare RSA key")            \
	X(rsa_min, num, NUM, "RSA bits in a chain, at least")                                         \
	X(rsa_max, num, NUM, "RSA bits in a chain, at most")                                          \
	X(ec_min, num, NUM, "bits of an issuer's EC key, at least; 0: RSA only")                      \
	X(chain_sig, num, SIG, "weakest hash of signatures in a chain")                               \
	X(chain_sha2, bool, BOOL, "SHA-2 signatures in a chain")                                      \
	X(chain_bytes, num, NUM, "bytes of a provisioning chain at most; 0: no limit")                \
	X(root_bytes, num, NUM, "bytes of a trusted root at most")                                    \
	X(suffix_rule, num, SUFFIX, "which top-level domains compare by their last labels only")      \
	X(realm, num, REALM, "form of the digest realm")                                              \
	X(auth_int, bool, BOOL, "qop \"auth-int, auth\", else \"auth\"")                              \
	X(tls_cache, bool, BOOL, "one login unlocks a TLS connection")                                \
	X(admin_taken, bool, BOOL, "the user name Admin is refused")                                  \
	X(chunked, bool, BOOL, "replies in chunks, else with Content-Length")                         \
	X(content_type, text, TEXT, "of WS-MAN replies")                                              \
	X(frame_deny, bool, BOOL, "header X-Frame-Options: DENY")                                     \
	X(logo, text, TEXT, "place of the logo on pages")                                             \
	X(staged, bool, BOOL, "a Get before CommitChanges shows what was put")                        \
	X(seed, bool, BOOL, "CommitChanges in setup wants a seeded random generator (switch rng)")    \
	X(kvm, bool, BOOL, "KVM redirection")                                                         \
	X(consent, bool, BOOL, "IPS_OptInService")                                                    \
	X(host_based, bool, BOOL, "IPS_HostBasedSetupService")

struct sim_cell_bool { bool is; enum source src; };
struct sim_cell_num { unsigned n; enum source src; };
struct sim_cell_text { const char *text; enum source src; };
struct sim_generation {
	const char *name;      /* "16.1" */
	unsigned major, minor;
#define X(member, type, kind, sentence) struct sim_cell_##type member;
	SIM_GENERATION_CELLS(X)
#undef X
};
/* By name, or by release: "14" and "14.0" are the same row; the latest of that major when the minor
 * is not given. NULL. */
const struct sim_generation *sim_generation_find(const char *name);
const struct sim_generation *sim_generation_at(unsigned i); /* NULL past the end */

enum sim_cell_kind { SIM_CELL_BOOL, SIM_CELL_NUM, SIM_CELL_TEXT, SIM_CELL_TLS, SIM_CELL_SIG, SIM_CELL_ALGS,
		     SIM_CELL_REALM, SIM_CELL_SUFFIX };
struct sim_generation_column {
	const char *name;
	enum sim_cell_kind kind;
	size_t offset, size, src_offset; /* of the cell, of its source, in struct sim_generation */
	const char *sentence;
};
const struct sim_generation_column *sim_generation_column(unsigned i); /* NULL past the end */
void sim_generation_print(const struct sim_generation *g, const struct sim_generation_column *c,
			  struct out *o);
char sim_generation_source(const struct sim_generation *g, const struct sim_generation_column *c);
