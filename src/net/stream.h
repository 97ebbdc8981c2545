/* Byte stream: TCP, TLS over TCP, or memory; the seam of the whole product. A stream belongs to
 * one credential; another credential means another stream; TLS sessions are never resumed.
 * Contract: net_stream_start once; then on_up exactly once or on_down; on_data any number of
 * times after on_up; on_down at most once and last. No callback happens inside a call of ours, and
 * none after net_stream_close. Writes are copied. */
#pragma once
#include "base/err.h"
#include "base/limits.h"
#include "base/sched.h"
#include "base/span.h"
#include "pki/tlsconf.h"

struct net_tls_facts {
	bool tls;
	unsigned version;            /* enum pki_tls_version */
	char suite[64];
	char psk_identity[64];       /* "" : none */
	unsigned peer_count;         /* certificates the peer showed, leaf first; valid in on_up and
				      * as long as the stream */
	struct span peer_der[LIMIT_CERT_CHAIN];
	uint8_t peer_sha256[32];     /* of the leaf */
};
struct net_stream;
struct net_stream_events {
	void (*on_up)(void *arg, const struct net_tls_facts *facts);
	void (*on_data)(void *arg, struct span bytes);
	void (*on_down)(void *arg, const struct err *why); /* why->code ERR_NONE: orderly end */
};
void net_stream_start(struct net_stream *s, const struct net_stream_events *ev, void *arg);
bool net_stream_send(struct net_stream *s, struct span bytes); /* false: down, or too much queued */
size_t net_stream_queued(const struct net_stream *s); /* bytes that the transport has not taken yet */
/* fn(arg of the start) when at most NET_STREAM_ROOM bytes are queued, once after each time that a send
 * left more: for who sends a lot. Set after the start; NULL: nobody asks. */
#define NET_STREAM_ROOM ((size_t)64 * 1024)
void net_stream_on_room(struct net_stream *s, void (*fn)(void *arg));
void net_stream_end(struct net_stream *s);   /* flush what is queued, close-notify, then FIN; on_down
					      * follows; what still comes in is dropped */
void net_stream_reset(struct net_stream *s); /* RST where the transport can; still call close */
void net_stream_close(struct net_stream *s); /* frees, queued bytes are dropped; NULL is fine */
void net_stream_pause(struct net_stream *s, bool paused); /* stop reading: back-pressure */
/* How long it has waited, before it began to connect, for others to come up. No fault of the peer:
 * deadlines do not count it. */
int64_t net_stream_queued_ms(const struct net_stream *s);
const char *net_stream_peer(const struct net_stream *s);  /* "127.1.0.7"; "" before up */

/* Where to connect. The TLS settings are copied (the chain and key are referenced until close). */
struct net_target {
	char address[64];
	uint16_t port;
	const struct pki_tls_client *tls; /* NULL: clear */
	const char *bind_address;         /* own address (simulator); NULL */
};
/* Makes streams to targets: real or in memory. dial never fails itself: errors come as on_down,
 * with code ERR_REFUSED, ERR_UNREACHABLE, ERR_TIMEOUT, ERR_CLOSED, ERR_TLS (e->seen: the alert or
 * reason), ERR_TLS_PEER (pin did not match; nothing was sent over it). */
struct net_dialer {
	struct net_stream *(*dial)(struct net_dialer *d, const struct net_target *t);
};
struct net_loop;
struct net_dialer *net_stream_dialer_new(struct net_loop *l, uint32_t connect_ms, uint32_t handshake_ms);
/* Connected already, on_up follows the start; NULL: e says why. */
struct net_stream *net_stream_unix(struct net_loop *l, const char *path, struct err *e);
void net_stream_dialer_free(struct net_dialer *d);
unsigned net_stream_live_count(void); /* open device-side TCP streams of this process */

/* From now on, the secrets of each TLS handshake that we begin, as lines of an SSLKEYLOGFILE; where is
 * "10.1.2.3:16993". Whoever has them reads what passes on the network: NULL, nobody, unless it was allowed. */
void net_tls_on_keys(void (*fn)(void *arg, const char *where, const char *line), void *arg);

/* Accepted connections. fn gets a connection and must turn it into a stream or close it, at once
 * or later. net_conn_tls needs its conf only during the call; check_client and psk are called in
 * the handshake and must not close the stream. */
struct net_conn {
	char local[64], peer[64]; /* addresses as text, IPv4-mapped ones as IPv4 */
	uint16_t local_port;
	void *handle_priv;
};
typedef void net_accept_fn(void *arg, struct net_conn *c);
struct net_listen_conf {
	const char *address;     /* "0.0.0.0", "127.0.0.1", "::" */
	uint16_t port;           /* 0: any; net_listen_port tells */
	bool loopback_only;      /* SO_BINDTODEVICE lo */
	const char *unix_path;   /* instead of address and port; mode 0600 */
	int backlog;
	unsigned per_round;      /* connections taken before everything else has its turn; 0: all */
};
struct net_listen;
struct net_listen *net_listen_open(struct net_loop *l, const struct net_listen_conf *c, net_accept_fn *fn,
				   void *arg, struct err *e);
void net_listen_pause(struct net_listen *ls, bool paused); /* leave new ones in the kernel */
uint16_t net_listen_port(const struct net_listen *ls);
void net_listen_close(struct net_listen *ls);
struct net_stream *net_conn_clear(struct net_conn *c);
struct net_stream *net_conn_tls(struct net_conn *c, const struct pki_tls_server *conf);
void net_conn_close(struct net_conn *c, bool reset);
bool net_conn_peer_uid(const struct net_conn *c, unsigned *out_uid); /* Unix socket only */
