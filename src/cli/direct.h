/* One PC without the service (--direct): options to a way in, one loop and one client for the
 * duration of a command. For cmd_wsman.c and cmd_pc.c. */
#pragma once
#include "amt/client.h"
#include "cli/cli.h"

struct net_loop;
struct cli_direct {
	struct net_loop *loop;
	struct net_dialer *dialer;
	struct amt_client *client;
	struct rng rng;
	struct amt_way way;
	struct pki_tls_policy ladder[2];
	unsigned ladder_count, rung;
	uint32_t timeout_ms;
	bool verbose, shown_peer, ok;
	bool judged_later; /* the caller calls cli_direct_judge, since what the PC said shows after the run */
	char pc[80];
};
/* Reads --direct, --user, --tls, --pin, --timeout and the password (file, environment, prompt). */
bool cli_direct_init(struct cli_direct *d, struct cli *c, struct err *e);
/* The same with another host than that of --direct. */
bool cli_direct_init_host(struct cli_direct *d, struct cli *c, const char *host, struct err *e);
void cli_direct_deinit(struct cli_direct *d);
/* Makes loop and client, calls start, and runs until cli_direct_finish. Gives its ok. */
bool cli_direct_run(struct cli_direct *d, void (*start)(void *arg), void *arg, struct err *e);
/* Was the password taken? Counts a wrong one (cli/tries.h), and says in e how many more are safe. Gives ok. */
bool cli_direct_judge(struct cli_direct *d, bool ok, struct err *e);
void cli_direct_finish(struct cli_direct *d, bool ok); /* inside of a callback; frees the client */
/* After a failed handshake: true when there are older TLS versions to try, now set. */
bool cli_direct_next_rung(struct cli_direct *d, const struct err *e);
void cli_direct_show_peer(struct cli_direct *d, const struct amt_peer *p); /* once, with --verbose */
const char *cli_direct_hint(const struct cli_direct *d, const struct err *e); /* "" */
