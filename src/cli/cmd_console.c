/* console: the serial line of one PC on this terminal, in a script, or in a log. The session is made here
 * (--direct); what is seen and typed is in console_*.c. Ends with the terminal as it was. */
#include "amt/op.h"
#include "amt/sol.h"
#include "base/str.h"
#include "cli/console_service.h"
#include "cli/direct.h"
#include "cli/line.h"
#include "cli/rpc.h"
#include "cli/term.h"
#include <signal.h>
#include <stdio.h>

#define SCRIPT_BYTES  ((size_t)1024 * 1024)
#define COME_BACK_MS  300000
#define END_BY_SIGNAL 128

struct direct {
	struct console k;
	struct cli_direct d;
	struct amt_sol *sol;
	struct amt_op *op; /* a power command */
	const char *action;
	bool opened, asked_power;
	struct err *e;
};

/* ---- the line ---- */

static size_t line_send(void *arg, struct span bytes)
{
	struct direct *x = arg;

	return x->sol ? amt_sol_send(x->sol, bytes) : 0;
}

static void line_break(void *arg)
{
	struct direct *x = arg;
	bool sent = x->sol && amt_sol_break(x->sol);

	cli_console_note(&x->k, "%s", sent ? CONSOLE_BREAK_SENT : "no break: the line is not open");
}

static void line_pause(void *arg, bool paused)
{
	struct direct *x = arg;

	if (x->sol)
		amt_sol_pause(x->sol, paused);
}

static void line_end(void *arg)
{
	struct direct *x = arg;

	amt_sol_end(x->sol);
}

static void on_power_row(void *arg, const struct amt_op_row *r)
{
	struct direct *x = arg;

	for (unsigned i = 0; i < r->count; i++)
		if (str_eq(r->fields[i].key, "power"))
			cli_console_note(&x->k, "power %s: done; the PC is %s", x->action,
					 r->fields[i].text);
}

static void on_power_done(void *arg, const struct amt_peer *peer, const struct err *e)
{
	struct direct *x = arg;

	(void)peer;
	if (e->code != ERR_NONE)
		cli_console_note(&x->k, "power %s: %s", x->action, e->msg);
	if (e->hint[0])
		cli_console_note(&x->k, "%s", e->hint);
	amt_op_free(x->op);
	x->op = NULL;
}

static void line_power(void *arg, const char *action)
{
	struct direct *x = arg;
	const struct amt_op_arg args[] = { { "action", action } };
	bool look = str_eq(action, "status");
	const struct amt_op_conf conf = { .client = x->d.client,
					  .sched = net_loop_sched(x->d.loop),
					  .rng = &x->d.rng,
					  .args = args,
					  .arg_count = look ? 0 : 1,
					  .on_row = on_power_row,
					  .on_done = on_power_done,
					  .arg = x };
	struct err e = { 0 };

	if (x->op) {
		cli_console_note(&x->k, CONSOLE_POWER_BUSY);
		return;
	}
	x->action = action;
	if (!amt_op_start(amt_op_find(look ? "power-status" : "power"), &conf, &x->op, &e))
		cli_console_note(&x->k, "%s", e.msg);
}

static const struct console_line direct_line = { line_send,  line_break, line_pause,
						 line_power, line_end,   NULL };

/* ---- the session ---- */

static void start_sol(struct direct *x);

static void on_open(void *arg)
{
	struct direct *x = arg;
	bool again = x->opened;

	x->opened = true;
	cli_console_opened(&x->k, again);
}

static void on_data(void *arg, struct span bytes)
{
	struct direct *x = arg;

	cli_console_heard(&x->k, bytes);
}

static void on_controls(void *arg, uint8_t control, uint8_t status)
{
	struct direct *x = arg;

	(void)control;
	if (!(status & WIRE_REDIR_POWER_ON))
		cli_console_note(&x->k, "the PC is off");
	if (status & WIRE_REDIR_TX_OVERFLOW)
		cli_console_note(&x->k, CONSOLE_LOST_BYTES);
	if (status & WIRE_REDIR_RX_FLUSH)
		cli_console_note(&x->k, "the PC does not read: what was typed is lost");
}

static void on_room(void *arg)
{
	struct direct *x = arg;

	cli_console_room(&x->k);
}

static void on_lost(void *arg, const struct err *why)
{
	struct direct *x = arg;

	x->k.open = false;
	cli_console_note(&x->k, "%s; trying to come back", why->msg);
}

static void on_down(void *arg, const struct err *why)
{
	struct direct *x = arg;
	struct err e = *why;

	amt_sol_free(x->sol);
	x->sol = NULL;
	if (!x->opened && cli_direct_next_rung(&x->d, &e)) {
		start_sol(x);
		return;
	}
	if (e.code != ERR_NONE && !e.hint[0])
		err_hint(&e, "%s", cli_direct_hint(&x->d, &e));
	cli_console_ended(&x->k, &e);
}

static void start_sol(struct direct *x)
{
	static const struct amt_sol_events events = { on_open, on_data, on_controls,
						      on_room, on_lost, on_down };
	const struct amt_sol_conf conf = {
		.session = { .dialer = x->d.dialer,
			     .sched = net_loop_sched(x->d.loop),
			     .rng = &x->d.rng,
			     .way = &x->d.way,
			     .allow_clear_password = cli_args_has(&x->k.c->args, "clear-password"),
			     .answer_ms = x->d.timeout_ms },
		.come_back_ms = COME_BACK_MS,
	};

	x->sol = amt_sol_start(&conf, &events, x);
}

static void on_done(void *arg)
{
	struct direct *x = arg;

	amt_op_free(x->op);
	x->op = NULL;
	amt_sol_free(x->sol);
	x->sol = NULL;
	*x->e = x->k.why;
	cli_console_deinit(&x->k);
	cli_direct_finish(&x->d, x->k.why.code == ERR_NONE);
}

static void on_signal(void *arg, int signum)
{
	struct direct *x = arg;
	struct err e = { 0 };

	cli_term_restore();
	x->k.c->exit_status = END_BY_SIGNAL + signum;
	err_set(&e, ERR_CANCELLED, "ended by signal %d", signum);
	cli_console_stop(&x->k, &e);
}

static void on_resize(void *arg, int signum)
{
	struct direct *x = arg;

	(void)signum;
	cli_console_resized(&x->k);
}

static void on_resume(void *arg, int signum)
{
	(void)arg;
	(void)signum;
	cli_term_resume();
}

static void start(void *arg)
{
	struct direct *x = arg;

	x->k.loop = x->d.loop;
	net_loop_on_signal(x->d.loop, SIGINT, on_signal, x);
	net_loop_on_signal(x->d.loop, SIGTERM, on_signal, x);
	net_loop_on_signal(x->d.loop, SIGHUP, on_signal, x);
	net_loop_on_signal(x->d.loop, SIGWINCH, on_resize, x);
	net_loop_on_signal(x->d.loop, SIGCONT, on_resume, x);
	if (!cli_console_begin(&x->k, x->e)) {
		cli_console_deinit(&x->k);
		cli_direct_finish(&x->d, false);
		return;
	}
	start_sol(x);
}

/* ---- the command ---- */

static bool read_options(struct cli *c, struct console *k, struct err *e)
{
	const char *log = cli_args_value(&c->args, "log"), *send = cli_args_value(&c->args, "send"),
		   *expect = cli_args_value(&c->args, "expect");
	struct buf text;

	k->c = c;
	k->log_fd = k->file_fd = -1;
	k->read_only = cli_args_has(&c->args, "read-only");
	if (k->read_only && (send || expect))
		return err_set(e, ERR_USAGE,
			       "--read-only sends nothing, also not --send or --expect");
	if (send && !cli_script_unescape(span_str(send), &c->arena, &k->first, e))
		return err_wrap(e, "--send");
	if (expect) {
		if (!cli_input_read(expect, SCRIPT_BYTES, &text, e))
			return false;
		k->has_script = true;
		bool ok = cli_script_parse(&k->script, expect, buf_span(&text), &c->arena, e);
		buf_deinit(&text);
		if (!ok)
			return false;
	}
	return !log || cli_console_open_log(k, log, e);
}

static bool end_all(struct cli *c, struct err *e)
{
	const char *pc = cli_operand(c, 0);
	const struct cli_rpc_req req = {
		.method = "DELETE", .target = cli_rpc_target(&c->arena, "/v1/devices/%/console", pc)
	};

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "device", pc, "The console of %s is ended, for all who look.",
			pc);
	return true;
}

static bool through_service(struct cli *c, struct err *e)
{
	struct console k = { 0 };

	if (!cli_line_check(c, e))
		return false;
	k.pc = cli_operand(c, 0);
	if (cli_args_has(&c->args, "end"))
		return end_all(c, e);
	bool ok = read_options(c, &k, e) && cli_console_service(&k, e);
	cli_console_close_log(&k);
	cli_script_deinit(&k.script);
	return ok || c->exit_status > END_BY_SIGNAL;
}

bool cli_cmd_console(struct cli *c, struct err *e)
{
	struct direct x = { .e = e };
	bool ok = false;

	if (!cli_args_has(&c->args, "direct"))
		return through_service(c, e);
	if (cli_args_has(&c->args, "end"))
		return err_set(e, ERR_USAGE, "--end is for a console of the service");
	if (c->args.count > 0)
		return err_set(e, ERR_USAGE,
			       "--direct %s is the PC; '%s' beside it is one too many",
			       cli_args_value(&c->args, "direct"), cli_operand(c, 0));
	x.k.line = &direct_line;
	x.k.line_arg = &x;
	x.k.on_done = on_done;
	x.k.arg = &x;
	x.k.pc = cli_args_value(&c->args, "direct");
	if (read_options(c, &x.k, e) && cli_direct_init(&x.d, c, e)) {
		ok = cli_direct_run(&x.d, start, &x, e);
		cli_direct_deinit(&x.d);
	}
	cli_console_close_log(&x.k);
	cli_script_deinit(&x.k.script);
	return ok || c->exit_status > END_BY_SIGNAL;
}
