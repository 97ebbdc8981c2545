/* What the two files of the TLS stream share: stream_tls.c runs the stream, tls_setup.c applies
 * settings to one SSL and answers OpenSSL's questions. */
#pragma once
#include "base/buf.h"
#include "net/stream_priv.h"
#include <openssl/ssl.h>

enum net_tls_state { NET_TLS_NEW, NET_TLS_CONNECTING, NET_TLS_HANDSHAKE, NET_TLS_UP, NET_TLS_ENDING, NET_TLS_DOWN };

struct net_tls {
	struct net_stream base;
	struct net_loop *loop;
	struct net_stream *inner; /* NULL: closed */
	SSL *ssl;                 /* NULL: the settings could not be used, why says so */
	enum net_tls_state state;
	bool server, paused, legacy;
	bool changed;             /* a further handshake took place: compare the certificate again */
	bool refused;             /* server: our own check did not accept the client */
	uint32_t handshake_ms;
	struct sched_timer *deadline;
	struct net_link kick, turn;
	bool has_turn;            /* client: among those that shake hands */
	struct sched_timer *turn_end;
	struct err *why;          /* down, to be told by kick */
	struct span in;           /* records, during one call */
	struct buf *out;          /* records to be sent, during one call; NULL: dropped */
	struct buf stash;         /* records that came while paused */
	char where[NET_WHERE_SIZE];
	struct net_tls_facts facts;
	uint8_t *ders;            /* what facts.peer_der point into */
	char psk_identity[64];    /* client */
	struct secret psk;
	bool has_pin;
	uint8_t pin_sha256[32];
	bool (*check_client)(void *arg, const struct span *ders, unsigned count); /* server */
	bool (*find_psk)(void *arg, const char *identity, struct secret *out_psk);
	void *check_arg;
	void (*on_shown)(void *arg, struct span leaf_der); /* client */
	void *shown_arg;
};

/* Make t->ssl. False: e says why. */
bool net_tls_setup_client_priv(struct net_tls *t, const struct pki_tls_client *c, struct err *e);
bool net_tls_setup_server_priv(struct net_tls *t, const struct pki_tls_server *c, struct err *e);
/* Copies the certificates into t->facts; at most LIMIT_CERT_CHAIN. */
void net_tls_keep_chain_priv(struct net_tls *t, STACK_OF(X509) *chain);
/* What OpenSSL complains about: true when it is an alert of the peer. Empties its queue. */
bool net_tls_reason_priv(char *out_text, size_t cap);
