/* Serial over LAN with one PC: opens the session, keeps it alive, carries bytes both ways, and comes
 * back when the line is lost (the PC's firmware restarts, the network is away). Over amt/redir_session.
 * Used by `outband console` and the service. Knows no terminal. */
#pragma once
#include "amt/redir_session.h"

struct amt_sol_conf {
	struct amt_redir_conf session; /* kind is set here; may_login is asked with the arg of amt_sol_start */
	int64_t come_back_ms; /* after a loss, try for so long; 0: do not */
};
struct amt_sol_events {
	void (*on_open)(void *arg);      /* bytes can go; again after each return */
	void (*on_data)(void *arg, struct span bytes);
	/* enum wire_redir_sol_control and _status; told when they change. */
	void (*on_controls)(void *arg, uint8_t control, uint8_t status);
	void (*on_room)(void *arg);      /* amt_sol_send takes more; NULL */
	void (*on_lost)(void *arg, const struct err *why); /* it will come back, or on_down follows */
	/* Once and last. ERR_NONE: ended by amt_sol_end. */
	void (*on_down)(void *arg, const struct err *why);
};
struct amt_sol;
struct amt_sol *amt_sol_start(const struct amt_sol_conf *c, const struct amt_sol_events *ev, void *arg);
size_t amt_sol_send(struct amt_sol *s, struct span bytes); /* how many it took: all, some, none */
/* A break on the serial line. What real firmware makes of it nobody has told (guess). */
bool amt_sol_break(struct amt_sol *s);
void amt_sol_pause(struct amt_sol *s, bool paused); /* do not read: the PC waits or says that it drops */
bool amt_sol_login_sent(const struct amt_sol *s); /* ever, one that may count as a wrong one */
bool amt_sol_is_open(const struct amt_sol *s);
void amt_sol_end(struct amt_sol *s);  /* in order; on_down follows */
void amt_sol_free(struct amt_sol *s); /* cuts, tells nothing more; also inside a callback; NULL is fine */
struct amt_sol_stats { uint64_t from_host, to_host; unsigned opens, drops; };
const struct amt_sol_stats *amt_sol_get_stats(const struct amt_sol *s); /* drops: times the PC lost bytes */
const struct net_tls_facts *amt_sol_facts(const struct amt_sol *s);     /* NULL: not connected */
