/* Discovery: who of many addresses has AMT, and in which state. Each address gets a presence ping; who
 * answers, and (unless only pings are wanted) who does not, gets a look at its ports. IPv6 addresses, and
 * names that have only such, are looked at without a ping, or left out as unresolved where only pings are
 * wanted. Used by `outband discover` and by the service; prints and stores nothing. Sends no login, and
 * nothing to addresses of more than one host. */
#pragma once
#include "amt/seen.h"
#include "base/names.h"
#include "base/rng.h"

struct net_loop;
struct amt_discover_conf {
	struct net_loop *loop;
	struct rng *rng;
	const struct names *names;  /* borrowed, as long as it runs */
	uint64_t position;          /* where to begin, as amt_discover_position told; 0 */
	uint32_t rate;              /* pings a second; 0: as fast as answers come */
	bool ping_only;
	bool thorough;              /* longer looks, and on_found also where nothing was seen: for probes */
	uint16_t rmcp_port, port_base; /* 623, 16992 */
	uint16_t dash_port, dash_tls_port, kvm_port; /* as look.h has them */
	const struct span *ours;    /* certificates of our own CAs; borrowed */
	unsigned our_count;
	/* For each address where AMT was seen, or what may be AMT. s is valid inside only. */
	void (*on_found)(void *arg, const char *address, const char *name, const struct amt_seen *s);
	/* Exactly once and last, never before amt_discover_start returned: all done, or stopped. */
	void (*on_end)(void *arg);
	void *arg;
};
struct amt_discover_counts {
	uint64_t total, done;       /* addresses */
	uint64_t pings, pongs, looks, found, unclear, unresolved, no_hosts;
	const char *unresolved_name; /* the first of them; valid until it is freed */
	uint32_t rate;              /* now; 0: no limit */
};
struct amt_discover;
struct amt_discover *amt_discover_start(const struct amt_discover_conf *c, struct err *e); /* NULL: e says why */
void amt_discover_stop(struct amt_discover *d); /* nothing new begins; on_end follows soon */
/* All before this one are done: where to begin the next time. */
uint64_t amt_discover_position(const struct amt_discover *d);
struct amt_discover_counts amt_discover_get_counts(const struct amt_discover *d);
void amt_discover_free(struct amt_discover *d); /* after on_end, or inside it */
