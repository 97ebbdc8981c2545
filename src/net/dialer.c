/* Real dialer: TCP to the target, TLS on it when the target has settings. Used by net/http and by
 * the simulator's hellos. Keeps nothing about former connections: no session, no address. */
#include "base/mem.h"
#include "net/stream_priv.h"

struct dialer {
	struct net_dialer base;
	struct net_loop *loop;
	uint32_t connect_ms, handshake_ms;
};

static struct net_stream *dial(struct net_dialer *base, const struct net_target *t)
{
	struct dialer *d = NET_OWNER(base, struct dialer, base);
	struct net_stream *tcp = net_tcp_dial_priv(d->loop, t, d->connect_ms);
	char where[NET_WHERE_SIZE];

	if (!t->tls)
		return tcp;
	net_where_priv(where, t->address, t->port);
	return net_tls_client_priv(d->loop, tcp, t->tls, where, d->handshake_ms);
}

struct net_dialer *net_stream_dialer_new(struct net_loop *l, uint32_t connect_ms,
					 uint32_t handshake_ms)
{
	struct dialer *d = MEM_NEW(struct dialer);

	d->base.dial = dial;
	d->loop = l;
	d->connect_ms = connect_ms;
	d->handshake_ms = handshake_ms;
	return &d->base;
}

void net_stream_dialer_free(struct net_dialer *d)
{
	if (d)
		mem_free(NET_OWNER(d, struct dialer, base));
}
