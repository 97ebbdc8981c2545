/* Sends the hellos of a fleet over real sockets, each from its device's own address, a bounded
 * number at a time; the others wait in line. A hello that fails is not repeated here: the device
 * says the next one by its schedule. */
#pragma once
#include "net/loop.h"
#include "sim/fleet.h"

struct sim_hello_client;
struct sim_hello_client_counts {
	unsigned sent, failed; /* sent: all bytes were written and the connection ended in order */
	unsigned waiting, open;
	struct err last;       /* of the last one that failed */
};
/* The fleet must outlive it. */
struct sim_hello_client *sim_hello_client_new(struct net_loop *l, const struct sim_fleet *f,
					      const char *address, uint16_t port);
void sim_hello_client_free(struct sim_hello_client *h); /* what waits is dropped; NULL is fine */
/* Puts the device in line; one that stands there already keeps its place. */
void sim_hello_client_push(struct sim_hello_client *h, unsigned index);
const struct sim_hello_client_counts *sim_hello_client_get_counts(const struct sim_hello_client *h);
