/* Operations for commands (cli/operate.h): asks, then runs the operation on the PC of --direct, over
 * the TLS versions that it takes. A PC that sleeps answers late: when not even a connection came up, it
 * is tried a second time. What may have been sent is never sent again. */
#include "cli/direct.h"
#include "base/str.h"
#include "cli/operate_priv.h"
#include "net/loop.h"
#include <signal.h>

struct run {
	struct cli *c;
	const struct cli_operate *o;
	const struct amt_op_kind *kind;
	struct cli_direct d;
	struct cli_operate_rows rows;
	struct amt_op *op;
	struct amt_op_arg args[AMT_OP_ARGS];
	unsigned arg_count;
	const char *device;
	bool again; /* the second try */
	bool signals, interrupted;
	struct err *e;
};

static void start(void *arg);

static void on_row(void *arg, const struct amt_op_row *row)
{
	struct run *r = arg;
	struct buf b;
	struct out o;

	buf_init(&b, LIMIT_OP_BYTES);
	out_init_buf(&o, &b);
	amt_op_row_json(&o, row);
	json_t *v = json_loadb((const char *)b.p, b.n, JSON_ALLOW_NUL, NULL);
	buf_deinit(&b);
	cli_operate_rows_add(&r->rows, r->device, v ? v : json_object());
}

/* Nothing has reached the PC: no connection came up. */
static bool unheard(const struct run *r, const struct amt_peer *peer, const struct err *e)
{
	return !peer && amt_client_get_stats(r->d.client).connects == 0 &&
		(e->code == ERR_TIMEOUT || e->code == ERR_UNREACHABLE);
}

static void on_done(void *arg, const struct amt_peer *p, const struct err *end)
{
	struct run *r = arg;
	struct amt_peer last;
	struct err own = *end, *e = &own; /* both are the operation's */
	const struct amt_peer *peer = p ? &last : NULL;

	if (p)
		last = *p;
	amt_op_free(r->op);
	r->op = NULL;
	if (peer)
		cli_direct_show_peer(&r->d, peer);
	if (e->code != ERR_NONE) {
		bool rung = !peer && cli_direct_next_rung(&r->d, e);
		if (rung || (!r->again && unheard(r, peer, e))) {
			r->again = r->again || !rung;
			start(r);
			return;
		}
		*r->e = *e;
		if (!e->hint[0])
			err_hint(r->e, "%s", cli_direct_hint(&r->d, e));
		err_wrap(r->e, "%s of %s", r->kind->name, r->device);
	}
	cli_direct_finish(&r->d, e->code == ERR_NONE);
}

/* The operation takes back what it has set half; a second time it is left alone. */
static void on_signal(void *arg, int signum)
{
	struct run *r = arg;

	(void)signum;
	if (r->op && !r->interrupted) {
		r->interrupted = true;
		amt_op_interrupt(r->op);
		return;
	}
	amt_op_free(r->op);
	r->op = NULL;
	err_set(r->e, ERR_CANCELLED, "broken off");
	cli_direct_finish(&r->d, false);
}

static void start(void *arg)
{
	struct run *r = arg;
	struct amt_op_conf conf = { .client = r->d.client,
				    .sched = net_loop_sched(r->d.loop),
				    .rng = &r->d.rng,
				    .args = r->args,
				    .arg_count = r->arg_count,
				    .on_row = on_row,
				    .on_done = on_done,
				    .arg = r };

	if (!r->signals) {
		net_loop_on_signal(r->d.loop, SIGINT, on_signal, r);
		net_loop_on_signal(r->d.loop, SIGTERM, on_signal, r);
	}
	r->signals = true;
	if (!amt_op_start(r->kind, &conf, &r->op, r->e))
		cli_direct_finish(&r->d, false);
}

static bool take_args(struct run *r, struct err *e)
{
	r->kind = amt_op_find(r->o->op);
	if (!r->kind)
		return err_set(e, ERR_INTERNAL, "there is no operation %s", r->o->op);
	for (unsigned i = 0; i < r->o->arg_count; i++) {
		if (!r->o->args[i].value)
			continue;
		if (r->arg_count == AMT_OP_ARGS)
			return err_set(e, ERR_LIMIT, "%s gets more than %d arguments",
				       r->kind->name, AMT_OP_ARGS);
		r->args[r->arg_count++] = r->o->args[i];
	}
	return amt_op_check(r->kind, r->args, r->arg_count, e);
}

bool cli_operate_ask(struct cli *c, const struct cli_operate *o, const char *whom, struct err *e)
{
	const char *at = o->question ? strstr(o->question, "%s") : NULL;

	return !at ||
		cli_ask(c,
			arena_fmt(&c->arena, "%.*s%s%s", (int)(at - o->question), o->question, whom,
				  at + 2),
			e);
}

static bool run_direct(struct cli *c, const struct cli_operate *o, struct err *e)
{
	struct run r = { .c = c, .o = o, .device = cli_args_value(&c->args, "direct"), .e = e };

	if (c->args.count > o->first_target) {
		err_set(e, ERR_USAGE, "--direct %s is the only PC; '%s' beside it is one too many",
			r.device, c->args.operands[o->first_target]);
		return err_hint(e, "without --direct the service reaches many PCs");
	}
	if (!take_args(&r, e) || !cli_operate_ask(c, o, r.device, e))
		return false;
	cli_operate_rows_init(&r.rows, c, o, false);
	bool ok = cli_direct_init(&r.d, c, e) && cli_direct_run(&r.d, start, &r, e);
	cli_direct_deinit(&r.d);
	cli_operate_rows_end(&r.rows);
	return ok;
}

bool cli_operate(struct cli *c, const struct cli_operate *o, struct err *e)
{
	if (cli_args_has(&c->args, "direct"))
		return run_direct(c, o, e);
	return cli_operate_service(c, o, e);
}
