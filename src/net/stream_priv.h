/* What the kinds of streams share, for the files of net/ only. A kind embeds struct net_stream as
 * its first member. Callbacks go out through net_stream_emit_*, which keep the stream's memory
 * until they came back, so that the owner may close it inside. */
#pragma once
#include "net/loop_priv.h"
#include "net/stream.h"

struct net_stream_ops {
	void (*start)(struct net_stream *s);
	bool (*send)(struct net_stream *s, struct span bytes);
	void (*end)(struct net_stream *s);
	void (*reset)(struct net_stream *s);
	void (*pause)(struct net_stream *s, bool paused);
	size_t (*queued)(const struct net_stream *s);
	void (*close)(struct net_stream *s);   /* gives back everything that can call back */
	void (*destroy)(struct net_stream *s); /* frees the memory */
};
struct net_stream {
	const struct net_stream_ops *ops;
	struct net_stream_events ev;
	void *arg;
	bool started, up, down, closed; /* up and down: the owner was told */
	bool silent;                    /* reset: nothing more is told */
	bool full;                      /* more than NET_STREAM_ROOM was queued, and room not told yet */
	void (*on_room)(void *arg);
	unsigned busy;                  /* calls of ours that still use the memory */
	char peer[64];
	int64_t queued_ms, queued_since_ms; /* waiting for its turn; since: 0 when it does not */
};
void net_stream_enter_priv(struct net_stream *s);
bool net_stream_leave_priv(struct net_stream *s); /* false: closed, the memory may be gone */
/* The same result. */
bool net_stream_emit_up_priv(struct net_stream *s, const struct net_tls_facts *f);
bool net_stream_emit_data_priv(struct net_stream *s, struct span bytes);
bool net_stream_emit_down_priv(struct net_stream *s, const struct err *why);
bool net_stream_emit_room_priv(struct net_stream *s); /* when it was full and is not any more */

/* "127.1.0.1:16993", "[::1]:16993" */
#define NET_WHERE_SIZE 80
void net_where_priv(char out_text[NET_WHERE_SIZE], const char *address, unsigned port);

/* One TCP or Unix socket; freed by libuv's close callback. Held: by an accepted connection (user
 * NULL) or a listener; net_loop_stop then closes it and leaves the memory to the holder. */
struct net_sock;
struct net_sock *net_sock_new_priv(struct net_loop *l, bool is_unix, int family, struct err *e);
void net_sock_hold_priv(struct net_sock *k, void *user);
void *net_sock_user_priv(const struct net_sock *k);
void *net_sock_uv_priv(struct net_sock *k);
int net_sock_fd_priv(const struct net_sock *k); /* -1: closed */
struct net_loop *net_sock_loop_priv(const struct net_sock *k);
void net_sock_close_priv(struct net_sock *k, bool reset); /* ends the holding; NULL is fine */
struct net_stream *net_tcp_adopt_priv(struct net_sock *k, const char *peer); /* Takes: k */
struct net_stream *net_tcp_dial_priv(struct net_loop *l, const struct net_target *t, uint32_t connect_ms);

/* Refuses a path that is too long, in use, or no socket; removes what a dead process left. */
bool net_unix_prepare_priv(const char *path, struct err *e);
bool net_unix_peer_uid_priv(int fd, unsigned *out_uid);

/* TLS over any stream. Takes: inner. where: for texts. Settings that cannot be used come as
 * on_down after the start. */
struct net_stream *net_tls_client_priv(struct net_loop *l, struct net_stream *inner,
				       const struct pki_tls_client *conf, const char *where,
				       uint32_t handshake_ms);
struct net_stream *net_tls_server_priv(struct net_loop *l, struct net_stream *inner,
				       const struct pki_tls_server *conf, const char *where,
				       uint32_t handshake_ms);

/* ERR_TLS_PEER: the leaf is not the pinned one. Returns false. */
bool net_tls_wrong_peer_priv(const char *where, const struct net_tls_facts *f, const uint8_t pin[32],
			     struct err *e);
