/* Redirection ports 16994 and 16995 of a virtual device: what serial over LAN, storage and KVM share.
 * redir.c starts sessions and logs in; what comes then belongs to the hooks of the kind of session,
 * a row of the table there. For redir*.c and machine*.c. */
#pragma once
#include "sim/dev_priv.h"
#include "wire/redir_auth.h"

#define SIM_REDIR_PORT 16994 /* and 16995 over TLS */

struct sim_redir; /* one connection */
struct sim_redir_hooks {
	/* Asked at the start: WIRE_REDIR_OK, or why this kind is not to be had (busy is known already). */
	uint8_t (*may)(const struct sim_dev *d);
	/* Behind the login, once. NULL: refused, the line is cut. */
	void *(*open)(struct sim_redir *r);
	/* What came; gives how many bytes it is done with, the rest comes again with more. Must not end the
	 * program of r itself but by sim_redir_end or sim_redir_cut. */
	size_t (*take)(void *state, struct span in);
	void (*room)(void *state);  /* the line takes more (net/stream.h); NULL: nobody asks */
	void (*close)(void *state); /* the line is gone; frees the state */
};
extern const struct sim_redir_hooks sim_redir_ider, sim_redir_kvm, sim_redir_sol;

struct sim_dev *sim_redir_dev(struct sim_redir *r);
uint32_t sim_redir_user(const struct sim_redir *r); /* who logged in: handle of fw_users.c, 0 the admin */
bool sim_redir_send(struct sim_redir *r, struct span bytes); /* false: too much is queued, or it ends */
bool sim_redir_emit(struct sim_redir *r, const struct wire_redir_msg *m); /* the same */
size_t sim_redir_queued(const struct sim_redir *r);
void sim_redir_pause(struct sim_redir *r, bool paused);
/* Flush, then FIN. And: reset. Either soon, never inside the call; close comes. */
void sim_redir_end(struct sim_redir *r);
void sim_redir_cut(struct sim_redir *r);

/* ---- for dev*.c and fw_*.c ---- */
bool sim_redir_listens(const struct sim_dev *d);  /* a port is open at all */
void sim_redir_serve(struct sim_dev *d, struct net_stream *s); /* Takes: s */
void sim_redir_reset_all(struct sim_dev *d);      /* lines die */
void sim_redir_free_all(struct sim_dev *d);
void sim_redir_end_kind(struct sim_dev *d, enum wire_redir_session kind); /* by command: TerminateSession */
/* A session of that kind is logged in; WIRE_REDIR_NONE: of any kind. */
bool sim_redir_is_open(const struct sim_dev *d, enum wire_redir_session kind);
void *sim_redir_state(const struct sim_dev *d, enum wire_redir_session kind); /* of its hooks; NULL */
