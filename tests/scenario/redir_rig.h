/* A virtual PC with open redirection ports and a dialer to it over memory pipes, in fake time: for the
 * scenarios of serial over LAN, storage and KVM. */
#pragma once
#include "amt/redir_session.h"
#include "net/stream_mem.h"
#include "sim/dev.h"

#define RIG_PASSWORD "P@ssw0rd1"
struct rig {
	struct sched *sched;
	struct sim_env env;
	struct sim_dev *dev;
	struct net_dialer dialer; /* clear, and without TLS also on 16995 */
	struct rng rng;
	int64_t latency_ms;
	unsigned dials;
	struct amt_way way; /* with the right login */
	struct relay *relays;       /* between the two, when pieces is set */
	unsigned pieces;            /* bytes come in random pieces of at most so many, late by chance */
};
/* redirection, switches, fault as in struct sim_dev_conf. */
void rig_init(struct rig *g, const char *generation, const char *redirection, const char *switches,
	      const char *fault, uint64_t seed);
void rig_deinit(struct rig *g);
void rig_run_ms(struct rig *g, int64_t ms);
void rig_set_password(struct rig *g, const char *password);

/* What stands between console and PC: cuts bytes into pieces, delays them, and can drop the line. */
struct net_stream *rig_relay(struct rig *g, struct net_stream *far); /* gives the console's end */
void rig_cut(struct rig *g); /* all lines through relays die */

/* A session and what it told. */
struct rig_session {
	struct amt_redir *r;
	unsigned opens, downs;
	struct err why;
	struct buf got;
};
void rig_open(struct rig *g, struct rig_session *s, enum wire_redir_session kind);
void rig_open_with(struct rig *g, struct rig_session *s, const struct amt_redir_conf *c);
void rig_close(struct rig_session *s);
