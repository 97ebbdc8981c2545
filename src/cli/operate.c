/* Operations for commands (cli/operate.h): asks, then runs the operation on the PC of --direct and those
 * beside it, over the TLS versions that each takes. A PC that sleeps answers late: when not even a connection came up, it
 * is tried a second time. What may have been sent is never sent again. */
#include "cli/direct.h"
#include "base/str.h"
#include "cli/operate_failed.h"
#include "cli/operate_priv.h"
#include "net/loop.h"
#include <signal.h>

struct run {
	struct cli *c;
	const struct cli_operate *o;
	const struct amt_op_kind *kind;
	struct cli_direct d;
	struct cli_operate_rows *rows;
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
	cli_operate_rows_add(r->rows, r->device, v ? v : json_object());
}

/* Nothing has reached the PC: no connection came up. */
static bool unheard(const struct run *r, const struct amt_peer *peer, const struct err *e)
{
	return !peer && amt_client_get_stats(r->d.client).ups == 0 &&
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
		if (!cli_signal_ignored(SIGHUP)) /* nohup */
			net_loop_on_signal(r->d.loop, SIGHUP, on_signal, r);
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

/* ---- PCs without the service, one after the other ---- */

struct hosts {
	struct cli *c;
	const struct cli_operate *o;
	struct cli_operate_rows rows;
	struct cli_operate_failed failed;
	unsigned count, asked;
	bool taken; /* somebody took the password */
};

/* --direct names the first, operands the others. */
static const char *host_at(const struct hosts *h, unsigned i)
{
	return i == 0 ? cli_args_value(&h->c->args, "direct")
		      : cli_operand(h->c, h->o->first_target + i - 1);
}

static bool run_host(struct hosts *h, const char *host, struct err *e)
{
	struct run r = { .c = h->c, .o = h->o, .device = host, .rows = &h->rows, .e = e };

	if (!take_args(&r, e) || !cli_direct_init_host(&r.d, h->c, host, e))
		return false;
	bool ok = cli_direct_run(&r.d, start, &r, e);
	cli_direct_deinit(&r.d);
	return ok;
}

static void add_failed(struct hosts *h, const char *host, const struct err *e)
{
	json_t *item = json_pack("{s:s}", "device", host);
	json_t *error = json_pack("{s:s, s:s, s:s, s:s}", "code", err_name(e->code), "msg", e->msg,
				  "hint", e->hint, "rule", e->rule ? e->rule : "");

	cli_operate_failed_add(&h->failed, item, error);
	if (!h->o->each && cli_writer_kind(h->c->writer) == CLI_WRITER_JSON)
		cli_operate_rows_add(&h->rows, host, json_pack("{s:O}", "error", error));
	json_decref(item);
	json_decref(error);
}

/* A password that the first PC refuses may be typed wrong: it is not sent to the others, where it would
 * count as a wrong one too (M19). False: it is over. */
static bool ask_host(struct hosts *h, const char *host, struct err *e)
{
	struct err own = { 0 };

	if (run_host(h, host, &own)) {
		h->taken = true;
		return true;
	}
	if (own.code == ERR_CANCELLED || (own.code == ERR_AUTH && !h->taken)) {
		*e = own;
		err_hint(e, "%u of %u PCs were asked; the rest is not", h->asked + 1, h->count);
		return false;
	}
	add_failed(h, host, &own);
	return true;
}

static const char *names_of(const struct hosts *h)
{
	const char *text = "";

	for (unsigned i = 0; i < h->count && text; i++)
		text = arena_fmt(&h->c->arena, "%s%s%s", text, i ? ", " : "", host_at(h, i));
	return text ? text : "many PCs";
}

static bool may_ask_many(const struct hosts *h, struct err *e)
{
	if (h->o->each) {
		err_set(e, ERR_USAGE, "--direct %s is the only PC; '%s' beside it is one too many",
			host_at(h, 0), host_at(h, 1));
		return err_hint(e, "without --direct the service reaches many PCs");
	}
	if (cli_args_has(&h->c->args, "pin"))
		return err_set(e, ERR_USAGE, "--pin is the certificate of one PC, not of %u",
			       h->count);
	return true;
}

static bool run_many(struct hosts *h, struct err *e)
{
	const struct amt_op_kind *kind = amt_op_find(h->o->op);
	struct cli_operate o = *h->o;
	bool ok = true;

	if (!o.question && kind && kind->flags & AMT_OP_CHANGES)
		o.question = arena_fmt(&h->c->arena, "Do %s on %%s?", o.op);
	if (!may_ask_many(h, e) || !cli_operate_ask(h->c, &o, names_of(h), e))
		return false;
	cli_operate_rows_init(&h->rows, h->c, h->o, true);
	for (unsigned i = 0; i < h->count && ok; i++, h->asked++)
		ok = ask_host(h, host_at(h, i), e);
	cli_operate_rows_end(&h->rows, ok && !h->failed.count);
	cli_operate_failed_print(&h->failed, h->c, h->count);
	if (ok && h->failed.count)
		h->c->exit_status = h->failed.count < h->count ? EXIT_SOME : EXIT_ALL;
	cli_operate_failed_deinit(&h->failed);
	return ok;
}

static bool run_direct(struct cli *c, const struct cli_operate *o, struct err *e)
{
	struct hosts h = { .c = c, .o = o, .count = 1 };

	if (c->args.count > o->first_target)
		h.count += c->args.count - o->first_target;
	if (h.count > 1)
		return run_many(&h, e);
	if (!cli_operate_ask(c, o, host_at(&h, 0), e))
		return false;
	cli_operate_rows_init(&h.rows, c, o, false);
	bool ok = run_host(&h, host_at(&h, 0), e);
	cli_operate_rows_end(&h.rows, ok);
	return ok;
}

bool cli_operate_check(const struct cli_operate *o, struct err *e)
{
	struct run r = { .o = o };

	return take_args(&r, e);
}

bool cli_operate(struct cli *c, const struct cli_operate *o, struct err *e)
{
	if (!cli_operate_check(o, e))
		return false;
	if (cli_args_has(&c->args, "direct"))
		return run_direct(c, o, e);
	return cli_operate_service(c, o, e);
}
