/* Requests to the service that do not wait (rpc.h): for commands on a loop, whose terminal must go on when
 * the service stands still. One connection for each, as in rpc.c. */
#include "base/limits.h"
#include "base/mem.h"
#include "cli/rpc.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire/http1.h"

struct cli_rpc_op {
	struct sched *sched;
	struct net_stream *s; /* NULL: could not be made */
	struct wire_http1 *p;
	struct buf request;
	struct sched_timer *timer;
	cli_rpc_fn *fn;
	void *arg;
	struct err why;
	bool over;
};

void cli_rpc_cancel(struct cli_rpc_op *op)
{
	if (!op)
		return;
	sched_cancel(op->timer);
	net_stream_close(op->s);
	wire_http1_free(op->p);
	buf_wipe(&op->request);
	mem_free(op);
}

static void tell(struct cli_rpc_op *op, json_t *reply, const struct err *e)
{
	cli_rpc_fn *fn = op->fn;
	void *arg = op->arg;
	struct err copy = *e;

	cli_rpc_cancel(op);
	fn(arg, reply, &copy);
	json_decref(reply);
}

static void on_failed(void *arg)
{
	struct cli_rpc_op *op = arg;

	op->timer = NULL;
	tell(op, NULL, &op->why);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct cli_rpc_op *op = arg;

	(void)facts;
	(void)net_stream_send(op->s, buf_span(&op->request));
}

static void on_data(void *arg, struct span bytes)
{
	struct cli_rpc_op *op = arg;
	struct err e = { 0 };
	json_t *reply = NULL;
	size_t used;

	if (op->over)
		return;
	enum wire_got got = wire_http1_feed(op->p, bytes, &used, &e);
	if (got == WIRE_MORE)
		return;
	op->over = true;
	if (got == WIRE_DONE)
		(void)cli_rpc_take(op->p, &reply, &e);
	else
		err_wrap(&e, "answer of the service");
	tell(op, reply, &e);
}

static void on_down(void *arg, const struct err *why)
{
	struct cli_rpc_op *op = arg;
	struct err e = { 0 };

	err_set(&e, ERR_SERVICE_DOWN, "the service ended the connection before it answered");
	err_seen(&e, "%s", why->msg);
	err_hint(&e, "look into the service's log; it may have been stopped");
	tell(op, NULL, &e);
}

struct cli_rpc_op *cli_rpc_start(struct net_loop *loop, const char *path,
				 const struct cli_rpc_req *req, cli_rpc_fn *fn, void *arg)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_rpc_op *op = MEM_NEW(struct cli_rpc_op);
	struct out o;

	*op = (struct cli_rpc_op){ .sched = net_loop_sched(loop), .fn = fn, .arg = arg };
	op->p = wire_http1_new(false, LIMIT_API_BODY_BYTES);
	buf_init(&op->request, LIMIT_API_BODY_BYTES + (size_t)LIMIT_HTTP_HEAD_BYTES);
	out_init_buf(&o, &op->request);
	wire_http1_emit_request(&o, req->method, req->target, "outband", "Connection: close\r\n",
				"application/json", req->body);
	if (o.bad || op->request.bad)
		err_set(&op->why, ERR_LIMIT, "the request has more than %d bytes",
			LIMIT_API_BODY_BYTES);
	else
		op->s = net_stream_unix(loop, path, &op->why);
	if (op->s)
		net_stream_start(op->s, &events, op);
	else
		op->timer = sched_after(op->sched, 0, on_failed, op);
	return op;
}

static int add(const char *bytes, size_t n, void *arg)
{
	return buf_add(arg, span_make(bytes, n)) ? 0 : -1;
}

struct cli_rpc_op *cli_rpc_start_json(struct net_loop *loop, const char *path, const char *target,
				      json_t *body, cli_rpc_fn *fn, void *arg)
{
	struct buf b;

	buf_init(&b, LIMIT_API_BODY_BYTES);
	(void)json_dump_callback(body, add, &b, JSON_COMPACT);
	json_decref(body);
	const struct cli_rpc_req req = { .method = "POST", .target = target, .body = buf_span(&b) };
	struct cli_rpc_op *op = cli_rpc_start(loop, path, &req, fn, arg);
	buf_wipe(&b);
	return op;
}
