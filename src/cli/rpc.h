/* Asking the service over its local socket: HTTP with JSON, one blocking request after the other. */
#pragma once
#include "cli/cli.h"

/* --socket, OUTBAND_SOCKET, else $XDG_RUNTIME_DIR/outband.sock, else /run/outband/outband.sock. */
const char *cli_rpc_socket_path(const struct cli *c, struct arena *a);

struct cli_rpc_req {
	const char *method;   /* "GET" */
	const char *target;   /* path and query, already escaped: cli_rpc_target */
	const char *type;     /* of the body; NULL: JSON */
	struct span body;
};
/* Path with its parts escaped: "%" in the pattern is replaced by the next argument; NULL ends. A
 * query "&key=" whose argument is NULL is left out: "/v1/jobs?state=%&uuid=%". In the arena. */
const char *cli_rpc_target(struct arena *a, const char *pattern, ...);
/* The reply as JSON; the caller gives it back with json_decref. An error of the service comes as
 * the same error here. out_json may be NULL. */
bool cli_rpc_call(const struct cli *c, const struct cli_rpc_req *req, json_t **out_json, struct err *e);
/* The reply's body as it is. The buffer is initialised here; the caller ends it. */
bool cli_rpc_raw(const struct cli *c, const struct cli_rpc_req *req, struct buf *out_b, struct err *e);
bool cli_rpc_get(const struct cli *c, const char *target, json_t **out_json, struct err *e);
/* The same for a JSON body. Takes: body. */
bool cli_rpc_send(const struct cli *c, const char *method, const char *target, json_t *body, json_t **out_json,
		  struct err *e);
/* Says each name that no PC has, on standard error: the first ten, and how many more. names: an array, or NULL. */
void cli_rpc_note_unknown(const json_t *names);
void cli_rpc_error(const json_t *o, struct err *e); /* an "error" of a reply as an error here */
const char *cli_rpc_rule(const char *id); /* the same id as static text; NULL: no such rule */
/* What a whole answer says: its JSON, or the service's error. The caller gives it back with json_decref. */
struct wire_http1;
bool cli_rpc_take(const struct wire_http1 *p, json_t **out_json, struct err *e);
/* The same without waiting: fn once, never before this returned, unless cancelled. reply is NULL when
 * e->code is not ERR_NONE, and valid only inside of fn. */
struct net_loop;
struct cli_rpc_op;
typedef void cli_rpc_fn(void *arg, const json_t *reply, const struct err *e);
struct cli_rpc_op *cli_rpc_start(struct net_loop *loop, const char *path, const struct cli_rpc_req *req,
				 cli_rpc_fn *fn, void *arg);
struct cli_rpc_op *cli_rpc_start_json(struct net_loop *loop, const char *path, const char *target, json_t *body,
				      cli_rpc_fn *fn, void *arg); /* POST. Takes: body. */
void cli_rpc_cancel(struct cli_rpc_op *op); /* NULL is fine */
/* All items of a list, page by page, into the writer as a table. */
bool cli_rpc_list(const struct cli *c, const char *target, const struct cli_col *cols, unsigned count,
		  const char *none, struct err *e);
