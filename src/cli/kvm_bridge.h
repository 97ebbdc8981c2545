/* Between VNC viewers on a port of this machine and the KVM session of one PC: what goes to and fro is RFB,
 * passed on as it is, no faster than the slower side takes it. One viewer at a time. How the PC is reached
 * (directly, or over a line of the service) is the caller's. For cmd_kvm_open.c. */
#pragma once
#include "cli/line.h"

struct net_loop;
struct cli_kvm_way {
	/* As amt_redir_start: events behind it, on_down at most once and last. */
	struct cli_line *(*open)(void *arg, const struct amt_redir_events *ev, void *ev_arg);
	/* The first opening failed: true when another one makes sense. NULL: never. */
	bool (*again)(void *arg, const struct err *e);
	void *arg;
};
struct cli_kvm_conf {
	struct cli_kvm_way way;
	const char *pc;       /* as people call it */
	const char *address;  /* to listen at */
	uint16_t port;        /* 0: any free one */
	bool once;            /* ends with the first session */
	int64_t still_ms;     /* a viewer may take nothing for so long; 0: LIMIT_KVM_STILL_MS */
	/* Once, when all has ended; not inside of cli_kvm_start. why: ERR_NONE when it was wanted. */
	void (*on_end)(void *arg, const struct err *why);
	void *arg;
};
struct cli_kvm;
/* On the loop; ends on SIGINT, SIGTERM and SIGHUP. NULL: it cannot listen there. */
struct cli_kvm *cli_kvm_start(struct net_loop *loop, const struct cli_kvm_conf *conf, struct err *e);
uint16_t cli_kvm_port(const struct cli_kvm *b);
unsigned cli_kvm_free(struct cli_kvm *b); /* behind on_end; gives how many sessions there were; NULL is fine */
