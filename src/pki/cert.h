/* X.509: reading the facts that AMT setup depends on, and issuing. Parsing is shared by the
 * service's pre-flight and the simulator's own check; the judgements are not (each has its own).
 * Certificates are DER in memory. Tolerant of the odd certificates that old firmware presents. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/span.h"

#define PKI_OU_SETUP "Intel(R) Client Setup Certificate"
#define PKI_OID_AMT_PROVISIONING "2.16.840.1.113741.1.2.3"
#define PKI_OID_AMT_CONSOLE      "2.16.840.1.113741.1.2.1" /* client of mutual TLS over the network */

enum pki_key_kind { PKI_KEY_RSA, PKI_KEY_EC, PKI_KEY_OTHER };
/* SHA-256 is 0, so that a struct pki_issue that says nothing gets it. */
enum pki_sig_hash { PKI_SIG_SHA256, PKI_SIG_MD5, PKI_SIG_SHA1, PKI_SIG_SHA384, PKI_SIG_SHA512, PKI_SIG_OTHER };

struct pki_cert {              /* facts; spans live in the arena given to pki_cert_parse */
	struct span der;
	char cn[256];          /* last CN of the subject; "" when none */
	char subject[512], issuer[512]; /* one-line RFC 2253 text */
	struct span subject_der, issuer_der; /* for matching */
	struct span ski, akid; /* subject / authority key identifier; empty when absent */
	bool ou_setup;         /* one OU is exactly PKI_OU_SETUP */
	bool has_eku, eku_server_auth, eku_client_auth, eku_amt;
	bool is_ca, self_issued;
	int64_t not_before_unix_ms, not_after_unix_ms;
	bool bad_dates;        /* unreadable, or notBefore > notAfter */
	enum pki_key_kind key_kind;
	unsigned key_bits;
	enum pki_sig_hash sig_hash;
	char serial[65];       /* lower-case hex, no leading zero bytes */
	uint8_t sha1[20], sha256[32], sha384[48]; /* of the DER */
	struct span spki_der;  /* SubjectPublicKeyInfo */
	unsigned san_count;
	const char *san[16];   /* dNSName entries */
};
bool pki_cert_parse(struct span der, struct arena *a, struct pki_cert *out_c, struct err *e);
/* True when issuer's key made cert's signature (names are not looked at). */
bool pki_cert_signed_by(const struct pki_cert *c, const struct pki_cert *issuer);
/* The SAN names that host name or address, or the CN where there is no SAN. As strict clients look at it. */
bool pki_cert_is_for(const struct pki_cert *c, const char *host);
bool pki_cert_is_address(const char *host); /* IPv4 or IPv6, not a name */
const char *pki_cert_sig_hash_name(enum pki_sig_hash h);
bool pki_cert_to_pem(struct span der, struct out *o);

struct pki_key; /* private key; wiped when freed */
struct evp_pkey_st;
struct pki_key *pki_key_generate_rsa(unsigned bits, struct err *e); /* 168 ms for 2048: on a worker */
struct pki_key *pki_key_from_pem(struct span pem, struct err *e);
struct pki_key *pki_key_from_der(struct span der, struct err *e); /* PKCS#1 or PKCS#8 */
struct pki_key *pki_key_ref(struct pki_key *k);
void pki_key_free(struct pki_key *k);
bool pki_key_matches(const struct pki_key *k, const struct pki_cert *c);
/* In arena memory; the private forms hold key material: wipe. */
bool pki_key_public_pkcs1(const struct pki_key *k, struct arena *a, struct span *out_der);
bool pki_key_public_spki(const struct pki_key *k, struct arena *a, struct span *out_der);
/* For an RSA key; another kind gives its own traditional form. pki_key_from_der reads both. */
bool pki_key_private_pkcs1(const struct pki_key *k, struct secret *out_der);
unsigned pki_key_bits(const struct pki_key *k);
struct evp_pkey_st *pki_key_evp(const struct pki_key *k); /* borrowed; for net/stream_tls only */
/* RSA public key as AMT gives it: PKCS#1 RSAPublicKey or SubjectPublicKeyInfo (both occur). */
bool pki_key_public_normalise(struct span der, struct arena *a, struct span *out_spki, struct err *e);

struct pki_issue {
	const char *cn, *o, *ou;       /* NULL: left out */
	const char *const *dns;        /* SAN dNSName list, NULL-terminated; may be NULL */
	const char *ip;                /* SAN iPAddress, as text; NULL: none */
	int64_t not_before_unix_ms, not_after_unix_ms;
	bool is_ca;
	bool ca_of_leaves;             /* with is_ca: no further CA below (pathlen 0) */
	bool eku_server_auth, eku_client_auth, eku_amt, eku_console;
	const char *crl_url, *issuer_url; /* CDP and AIA; NULL: left out */
	enum pki_sig_hash sig_hash;
	const uint8_t *serial;         /* 16 bytes, made positive; NULL: random */
	bool odd_321;                  /* simulator: notBefore > notAfter, negative serial (3.7) */
};
/* Issues over a public key (SPKI). issuer_cert NULL: self-signed with issuer_key (spki must match). */
bool pki_cert_issue(const struct pki_issue *what, struct span spki, struct span issuer_cert_der,
		    const struct pki_key *issuer_key, struct rng *rng, struct arena *a,
		    struct span *out_der, struct err *e);
