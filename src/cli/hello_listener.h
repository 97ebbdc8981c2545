/* The hello ports of the service: takes connections, collects one hello from each within named
 * limits, and hands its bytes to the engine. Judges nothing but where a message ends. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include <stdint.h>

struct net_loop;
struct store;
struct engine;
struct cli_hello;

/* seed: any number that outsiders do not know */
struct cli_hello *cli_hello_new(struct net_loop *l, struct store *s, struct engine *en, uint64_t seed);
/* "[HOST:]PORT", "[::]:9971". Errors name the place and the option. */
bool cli_hello_listen(struct cli_hello *h, const char *place, struct err *e);
/* Is the text of that form? For checking the arguments before anything else is done. */
bool cli_hello_check(const char *place, struct err *e);
void cli_hello_places(const struct cli_hello *h, struct out *o); /* "0.0.0.0:9971,..." with real ports */
void cli_hello_ports(const struct cli_hello *h, struct out *o);  /* "9971,..." */
struct cli_hello_counts {
	unsigned open;
	int64_t dropped;       /* connections that gave their place up */
	int64_t held, held_ms; /* how often and long new ones waited in the kernel for the database */
};
struct cli_hello_counts cli_hello_get_counts(const struct cli_hello *h);
void cli_hello_stop(struct cli_hello *h);  /* closes listeners and connections */
void cli_hello_free(struct cli_hello *h);  /* stops too; NULL is fine */
