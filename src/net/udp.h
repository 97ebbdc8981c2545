/* One IPv4 UDP socket on the loop: many small datagrams in and out, in batches, each with the address
 * that it came to and the one that it leaves from. For presence pings, alerts and the simulator. */
#pragma once
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

#define NET_UDP_SEND_MAX 512 /* bytes of one datagram that is sent */

struct net_udp_conf {
	const char *address; /* NULL: all */
	uint16_t port;       /* 0: any */
	bool loopback_only;  /* SO_BINDTODEVICE lo */
	int buffer_bytes;    /* of the kernel, in and out; 0: its own */
};
struct net_udp_from {
	uint32_t ip, local_ip; /* host order; local: where it was sent to */
	uint16_t port;
};
struct net_udp;
/* bytes are valid only inside. net_udp_close is allowed in it. */
typedef void net_udp_fn(void *arg, const struct net_udp_from *from, struct span bytes);
/* ERR_DENIED, with what to do, for a port below 1024 that this user may not open; ERR_CONFLICT when
 * another program has it. fn NULL: what comes is not read. */
struct net_udp *net_udp_open(struct net_loop *l, const struct net_udp_conf *c, net_udp_fn *fn, void *arg,
			     struct err *e);
/* Queued, and on its way at the end of the round or when there are many. False: as much is queued as
 * goes, try again later. A datagram that the kernel refuses is dropped, as the network may do.
 * from_ip 0: the kernel's choice. */
bool net_udp_send(struct net_udp *u, uint32_t to_ip, uint16_t port, uint32_t from_ip, struct span bytes);
uint16_t net_udp_port(const struct net_udp *u);
void net_udp_close(struct net_udp *u); /* NULL is fine; nothing is called afterwards */
