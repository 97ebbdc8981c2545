/* The names of an address by DNS, each with whether it leads back to the address: PTR, then A or
 * AAAA of each name. Or the address of a name: A, then AAAA. Asks servers, never files, but for the
 * latter /etc/hosts first. c-ares on the loop. */
#pragma once
#include "base/err.h"
#include "net/loop.h"

#define NET_DNS_NAMES 8
struct net_dns_end {
	struct err why;  /* ERR_NOT_FOUND: there is no such record; ERR_TIMEOUT, ERR_IO, ERR_INVALID: no answer */
	char address[46]; /* of net_dns_start_name: the first one */
	unsigned count;
	struct {
		char name[256]; /* without a period at the end */
		bool agrees;
	} names[NET_DNS_NAMES];
};
typedef void net_dns_fn(void *arg, const struct net_dns_end *end);
struct net_dns;
/* fn exactly once, never before this returns, unless net_dns_cancel was called. servers:
 * "10.0.0.53,10.0.1.53:5353", "": those of the system. */
struct net_dns *net_dns_start(struct net_loop *l, const char *address, const char *servers, int64_t timeout_ms,
			      net_dns_fn *fn, void *arg);
/* The address of a name; names of the end stay empty. */
struct net_dns *net_dns_start_name(struct net_loop *l, const char *name, const char *servers, int64_t timeout_ms,
				   net_dns_fn *fn, void *arg);
void net_dns_cancel(struct net_dns *d);
