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
/* A stream that only fails (refused, unreachable). */
struct net_stream *net_stream_mem_dead(struct sched *s, int64_t after_ms, const struct err *why);
/* server NULL: the peer speaks clear text. False with e as the client sees it; out_server_err what
 * the server knows. With TLS 1.3 a refused client chain shows late: *out_late is set, the pair
 * comes up and the client's first read fails. */
bool net_stream_mem_handshake(const struct pki_tls_client *client, const struct pki_tls_server *server,
			      struct net_tls_facts *out_client, struct net_tls_facts *out_server,
			      bool *out_late, struct err *e);
