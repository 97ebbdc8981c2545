/* Lines to PCs through the service (api/line.h): tickets for those that the operands and --where name, then a
 * tunnel for each session, which the service has logged in. Used by media_service.c and cmd_kvm_open.c. */
#pragma once
#include "amt/redir_session.h"
#include "cli/cli.h"

struct net_loop;
struct cli_line_pc {
	const char *uuid, *name, *ticket;
};
/* *out_pcs is in c->arena. False also when one is not known, or none fits. kind: ider or kvm. */
bool cli_line_tickets(struct cli *c, const char *kind, struct cli_line_pc **out_pcs, unsigned *out_count,
		      struct err *e);
/* False: an option was given that goes with --direct only, or no PC is named. */
bool cli_line_check(const struct cli *c, struct err *e);

struct cli_line;
/* Events as of amt_redir_start. path: of the service's socket (cli_rpc_socket_path). */
struct cli_line *cli_line_open(struct net_loop *loop, const char *path, const char *ticket,
			       const struct amt_redir_events *ev, void *arg);
/* The same as a session of our own, where there is no service. */
struct cli_line *cli_line_direct(const struct amt_redir_conf *conf, const struct amt_redir_events *ev, void *arg);
bool cli_line_send(struct cli_line *l, struct span bytes);
size_t cli_line_queued(const struct cli_line *l);
void cli_line_pause(struct cli_line *l, bool paused);
void cli_line_free(struct cli_line *l); /* cuts; in a callback too; NULL is fine */
