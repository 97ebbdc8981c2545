/* `outband sim ctl`: looking into a running fleet and changing it from outside, over a Unix socket
 * (mode 0600). A request is one line, the answer is any number of lines and then "ok" or
 * "error TEXT". Several requests may follow each other on one connection. */
#pragma once
#include "net/loop.h"
#include "sim/fleet.h"
#include "sim/hello_client.h"
#include "sim/statefile.h"

struct sim_ctl;
struct sim_ctl_ways { /* all must outlive it */
	struct sim_fleet *fleet;
	struct sim_hello_client *hello; /* NULL: no server to say hello to */
	struct sim_statefile *state;    /* NULL: none */
	void (*print_fleet)(void *arg, struct out *o); /* one line of facts about all */
	void *arg;
};
struct sim_ctl *sim_ctl_open(struct net_loop *l, const char *path, const struct sim_ctl_ways *w, struct err *e);
void sim_ctl_close(struct sim_ctl *c); /* NULL is fine */

struct sim_ctl_row {
	const char *name, *args, *sentence;
};
const struct sim_ctl_row *sim_ctl_row_at(unsigned i); /* NULL past the end */

/* The other side: asks and waits. on_line gets the lines before "ok", without their ends. Blocks;
 * not for use beside a loop. */
bool sim_ctl_ask(const char *path, struct span request, void (*on_line)(void *arg, struct span line),
		 void *arg, struct err *e);
