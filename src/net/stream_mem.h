/* Streams in memory for the fake-clock world. TLS is not run; net_stream_mem_handshake judges the
 * same settings (versions, PSK, client chain through the server's own check, pin) and gives both
 * sides their facts, with the errors that a real handshake would give. */
#pragma once
#include "net/stream.h"

/* A connected pair; bytes sent on one arrive at the other after latency_ms, in order. */
void net_stream_mem_pair(struct sched *s, int64_t latency_ms, struct net_stream **out_a,
			 struct net_stream **out_b);
/* Facts to be handed to on_up; set before start. A set error makes on_down instead. */
void net_stream_mem_set_facts(struct net_stream *s, const struct net_tls_facts *f);
void net_stream_mem_set_fail(struct net_stream *s, const struct err *why);
/* Comes up, and its first read fails: a client certificate refused under TLS 1.3. */
void net_stream_mem_set_late_fail(struct net_stream *s, const struct err *why);
void net_stream_mem_set_peer(struct net_stream *s, const char *address); /* for net_stream_peer */
/* Sees the bytes of this end, out: those that it sends, else those that arrive for it. Returns how
 * many of them go on; the rest is lost without a word. Set before start. */
typedef size_t net_stream_mem_tap_fn(void *arg, bool out, struct span bytes);
void net_stream_mem_set_tap(struct net_stream *s, net_stream_mem_tap_fn *fn, void *arg);
/* This end lives by another scheduler than the pair: a process that can stand still alone. */
void net_stream_mem_set_sched(struct net_stream *s, struct sched *sched);
/* A stream that only fails (refused, unreachable). */
struct net_stream *net_stream_mem_dead(struct sched *s, int64_t after_ms, const struct err *why);
/* Only the judgement. server NULL: the peer speaks clear text. False with e as the client sees it.
 * With TLS 1.3 a refused client chain shows late: true, *out_late is set, and e is what the
 * client's first read gives. */
bool net_stream_mem_handshake(const struct pki_tls_client *client, const struct pki_tls_server *server,
			      struct net_tls_facts *out_client, struct net_tls_facts *out_server,
			      bool *out_late, struct err *e);
/* A pair whose start ends as that handshake would, on both sides, late failures included. Either
 * side NULL: it speaks clear text. */
void net_stream_mem_tls_pair(struct sched *s, int64_t latency_ms, const struct pki_tls_client *client,
			     const struct pki_tls_server *server, struct net_stream **out_client,
			     struct net_stream **out_server);
