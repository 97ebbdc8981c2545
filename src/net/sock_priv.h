/* The inside of one socket, for sock.c and stream_tcp.c; others use the calls in stream_priv.h. */
#pragma once
#include "net/stream_priv.h"
#include <uv.h>

struct net_tcp;
struct net_sock {
	union {
		uv_handle_t any;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} u;
	struct net_loop *loop;
	struct net_tcp *owner; /* NULL: not a stream yet, or none any more */
	struct net_link stop;
	void *user;
	bool is_unix, held, closing, closed;
};
/* Ends the holding. True: the socket is still open. */
bool net_sock_release_priv(struct net_sock *k);
