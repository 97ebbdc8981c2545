/* One look at one address from outside: which ports open, what HTTP and TLS show, Identify. Sends no
 * login and changes nothing, so that no account can be locked by it. Used by discovery and probes;
 * what it means is seen.h's. */
#pragma once
#include "amt/client.h"
#include "amt/seen.h"

struct amt_look_conf {
	struct net_dialer *dialer; /* its time to connect decides when a port is silent */
	struct sched *sched;
	struct rng *rng;
	uint16_t port_base;        /* 16992 */
	uint16_t dash_port, dash_tls_port, kvm_port; /* 623, 664, 5900; 0: not asked */
	const struct span *ours;   /* certificates of our own CAs, as long as the look */
	unsigned our_count;
	bool thorough;             /* also which TLS versions it takes, and whether there are pages */
};
struct amt_look;
/* s: what is known already (the pong), kept by the caller and filled in. fn exactly once, never before
 * this returns, unless freed. */
struct amt_look *amt_look_start(const struct amt_look_conf *c, const char *address, struct amt_seen *s,
				void (*fn)(void *arg), void *arg);
void amt_look_free(struct amt_look *k); /* cancels; after fn, or inside it; NULL is fine */
