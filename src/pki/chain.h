/* A certificate chain with its private key: intake from PKCS#12 or PEM (any order, any exporter),
 * ordering leaf to root, and choosing among several for one device (setup-and-configuration 7). */
#pragma once
#include "base/limits.h"
#include "pki/cert.h"

struct x509_st;
struct pki_chain {
	struct arena arena;             /* owns everything below */
	unsigned count;                 /* leaf first; the root is last when has_root */
	struct pki_cert certs[LIMIT_CERT_CHAIN];
	bool signed_by_next[LIMIT_CERT_CHAIN]; /* that link's signature holds; false for the last */
	bool has_root;                  /* last one is self-signed */
	bool leaf_was_first;            /* as found in the file */
	unsigned extra_count;           /* certificates of the file that do not belong to the chain */
	struct pki_key *key;            /* NULL: missing (D066); may belong to another certificate */
	struct x509_st **x509s;         /* see pki_chain_x509 */
	struct pki_chain *alt;          /* same leaf up to another root of the file (cross-signed
					 * roots: old PCs may know the older one only); NULL: none */
};
/* PEM (certificates and optionally a key, any order), PKCS#12 (password may be empty or NULL; old
 * RC2/3DES files use the legacy provider when it is installed) or DER certificates. An incomplete
 * chain loads; pre-flight says so. Slow on purpose when there is a password: on a worker. Never
 * puts the password into e. */
struct pki_chain *pki_chain_load(struct span file, const struct secret *password, struct err *e);
/* From ordered DERs (as stored, or as a TLS peer sent them). Reorders nothing. */
struct pki_chain *pki_chain_from_der(const struct span *ders, unsigned count, struct err *e);
/* Certificates as pki_chain_to_pem wrote them: the first is the leaf, nothing is reordered. */
struct pki_chain *pki_chain_from_pem(struct span pem, struct err *e);
/* The certificate that belongs to the key, among those of a file of any kind without a password,
 * with its chain. The answer to a request. */
struct pki_chain *pki_chain_load_for(struct span file, struct pki_key *key, struct err *e);
void pki_chain_free(struct pki_chain *c); /* and its alt list; NULL is fine */
/* The same certificate as OpenSSL has it, decoded when it is first asked for: each connection that
 * shows the chain shares it. Of one thread. NULL: OpenSSL does not read it. */
struct x509_st *pki_chain_x509(const struct pki_chain *c, unsigned i);
bool pki_chain_to_pem(const struct pki_chain *c, struct out *o); /* certificates only */
/* All certificates of a file (PEM, DER, PKCS#7) as PEM, to put files together. */
bool pki_chain_file_to_pem(struct span file, struct out *o, struct err *e);
#define PKI_BACKUP_PASSWORD_MIN 8
/* PKCS#12 with certificates and key under a password; name: shown by other programs. 0.3 s: on a
 * worker. */
bool pki_chain_to_p12(const struct pki_chain *c, const struct secret *password, const char *name,
		      struct secret *out_file, struct err *e);
