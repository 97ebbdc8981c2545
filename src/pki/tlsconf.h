/* TLS settings of one connection, as data: what net/stream_tls applies to one SSL and what
 * net/stream_mem judges without TLS. Nothing here is ever set globally. */
#pragma once
#include "pki/chain.h"

enum pki_tls_version { PKI_TLS_ANY = 0, PKI_TLS_1_0 = 0x0301, PKI_TLS_1_1, PKI_TLS_1_2, PKI_TLS_1_3 };
const char *pki_tls_version_name(unsigned v); /* "TLS 1.2" */

struct pki_tls_policy {
	unsigned min, max;      /* enum pki_tls_version */
	int level;              /* OpenSSL security level: 0 for old firmware, else 1 or 2 */
	const char *suites;     /* OpenSSL list for TLS <= 1.2; NULL: library default */
	bool legacy_reneg;      /* RFC 5746 missing at the peer is accepted */
};
/* One TLS identity and one expectation: changing anything here means another stream. */
struct pki_tls_client {
	struct pki_tls_policy policy;
	const struct pki_chain *chain; /* client certificate, sent leaf..root incl. root; NULL: none */
	char psk_identity[64];         /* "" : no PSK */
	struct secret psk;             /* owned by whoever fills this in */
	bool has_pin;
	uint8_t pin_sha256[32];        /* DER of the leaf that must show up */
	/* Called with the peer's leaf as soon as it comes, also when the handshake fails afterwards.
	 * Must not touch the stream. NULL: none. */
	void (*on_shown)(void *arg, struct span leaf_der);
	void *shown_arg;
};
struct pki_tls_server {
	struct pki_tls_policy policy;
	/* OpenSSL lists; NULL or empty: library default. sigs is for both directions. */
	const char *suites13, *groups, *sigs;
	unsigned cert_count;           /* 0: no certificate (PSK only) */
	struct span cert_der[LIMIT_CERT_CHAIN];
	struct pki_key *key;
	bool want_client_cert, need_client_cert;
	/* Judges the client's chain as sent; false refuses with a TLS alert. */
	bool (*check_client)(void *arg, const struct span *ders, unsigned count);
	/* PSK for that identity; false: unknown. NULL: no PSK. */
	bool (*psk)(void *arg, const char *identity, struct secret *out_psk);
	void *arg;
};
bool pki_tls_client_same(const struct pki_tls_client *a, const struct pki_tls_client *b);
