/* One run of another program on the loop: what it gets on standard input, what it may answer, how
 * long it may take. It is the leader of a process group of its own, gets no descriptor of ours but
 * its three, and an environment of only PATH, LANG and HOME=/. At its time limit, when it answers
 * too much, or when it is cancelled, the whole group is killed. No shell is involved. */
#pragma once
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

struct net_child_conf {
	const char *program;            /* path with a slash */
	const char *const *args;        /* behind the program's name; NULL ends */
	struct span in;                 /* copied */
	size_t out_max;                 /* bytes of standard output; more: killed */
	int64_t timeout_ms;
};
struct net_child_end {
	struct err why;                 /* ERR_NONE: it ran and ended by itself, whatever exit_code says;
					 * ERR_TIMEOUT, ERR_LIMIT, ERR_CANCELLED: killed;
					 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO: it could not be started */
	int exit_code, signal;          /* signal 0: it was not ended by one */
	struct span out, err_text;      /* valid in the callback; err_text: the first 2 KB of standard error */
	int64_t elapsed_ms;
};
typedef void net_child_fn(void *arg, const struct net_child_end *end);
struct net_child;
/* fn exactly once, never before this returns, unless net_child_cancel was called. */
struct net_child *net_child_start(struct net_loop *l, const struct net_child_conf *c, net_child_fn *fn, void *arg);
void net_child_cancel(struct net_child *c); /* kills; fn is never called */
