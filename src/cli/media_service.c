/* See media_service.h: tickets from the service for all PCs at once, then a line for each session
 * (line.h), with a fresh ticket after the service was started again, and the start of a PC as an
 * operation of the service, which takes it back when somebody ends the command meanwhile. */
#include "cli/media_service.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/line.h"
#include "cli/media_consent.h"
#include "cli/rpc.h"
#include "net/loop.h"

#define WAIT_MS    "20000"
#define TRIES      20
#define TICKET_MAX 64
#define ID_MAX     80

struct service;
struct target {
	struct service *s;
	const struct cli_line_pc *line;
	struct cli_media_pc *pc;
	struct cli_rpc_op *op, *cancel; /* of its start */
	char id[ID_MAX];
	unsigned tries;
	bool stopping;
	struct err e; /* of its start */
	struct amt_redir_events ev;
	void *ev_arg;
	char ticket[TICKET_MAX];
	struct cli_rpc_op *asking; /* for a fresh one */
};
struct service {
	struct cli *c;
	struct net_loop *loop;
	struct cli_media_conf conf;
	struct cli_media *media;
	struct target *targets;
	const char *path;
};

/* ---- lines ---- */

static const char *text_of(const json_t *o, const char *key)
{
	const char *v = json_string_value(json_object_get(o, key));

	return v ? v : "";
}

static void on_ticket(void *arg, const json_t *reply, const struct err *e)
{
	struct target *t = arg;
	const json_t *first = json_array_get(json_object_get(reply, "lines"), 0);
	const char *ticket = text_of(first, "ticket");

	(void)e; /* the next line that is refused asks again */
	t->asking = NULL;
	if (*ticket)
		(void)str_copy(t->ticket, sizeof t->ticket, span_str(ticket));
}

static void ask_ticket(struct target *t)
{
	json_t *doc = json_pack("{s:s, s:[s]}", "kind", "ider", "targets", t->line->uuid);

	t->asking = cli_rpc_start_json(t->s->loop, t->s->path, "/v1/lines", doc, on_ticket, t);
}

static void on_line_open(void *arg)
{
	struct target *t = arg;

	t->ev.on_open(t->ev_arg);
}

static void on_line_data(void *arg, struct span bytes)
{
	struct target *t = arg;

	t->ev.on_data(t->ev_arg, bytes);
}

static void on_line_room(void *arg)
{
	struct target *t = arg;

	t->ev.on_room(t->ev_arg);
}

/* A service that was started again knows none of its tickets: another one, for the next try. */
static void on_line_down(void *arg, const struct err *why)
{
	struct target *t = arg;

	if (why->code == ERR_NOT_FOUND && !t->asking)
		ask_ticket(t);
	t->ev.on_down(t->ev_arg, why);
}

static void *line_open(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	static const struct amt_redir_events events = { on_line_open, on_line_data, on_line_room,
							on_line_down };
	struct target *t = arg;

	t->ev = *ev;
	t->ev_arg = ev_arg;
	return cli_line_open(t->s->loop, t->s->path, t->ticket, &events, t);
}

static bool line_send(void *line, struct span bytes)
{
	return cli_line_send(line, bytes);
}

static size_t line_queued(void *line)
{
	return cli_line_queued(line);
}

static void line_free(void *line)
{
	cli_line_free(line);
}

/* ---- the start of a PC ---- */

static void booted(struct target *t, const struct err *e)
{
	struct err own = *e;

	cli_rpc_cancel(t->cancel);
	t->cancel = NULL;
	cli_media_booted(t->s->media, t->pc, &own);
}

/* Its result is here: nobody asks again. */
static void on_dropped(void *arg, const json_t *reply, const struct err *e)
{
	struct target *t = arg;

	(void)reply;
	(void)e;
	t->op = NULL;
	booted(t, &t->e);
}

static struct cli_rpc_op *ask(struct target *t, const char *method, const char *pattern,
			      const char *wait_ms, cli_rpc_fn *fn)
{
	struct arena a;

	arena_init(&a, 65536);
	const struct cli_rpc_req req = { .method = method,
					 .target =
						 cli_rpc_target(&a, pattern, t->id, "0", wait_ms) };
	struct cli_rpc_op *op = cli_rpc_start(t->s->loop, t->s->path, &req, fn, t);
	arena_deinit(&a);
	return op;
}

static void on_result(void *arg, const json_t *reply, const struct err *e)
{
	struct target *t = arg;
	const json_t *item = json_array_get(json_object_get(reply, "items"), 0);

	t->op = NULL;
	if (e->code != ERR_NONE) {
		booted(t, e);
		return;
	}
	if (!item && ++t->tries < TRIES) {
		t->op = ask(t, "GET", "/v1/operations/%?after=%&wait_ms=%", WAIT_MS, on_result);
		return;
	}
	t->e = (struct err){ 0 };
	if (!item)
		err_set(&t->e, ERR_TIMEOUT, "the service does not say whether the PC was started");
	else if (json_object_get(item, "error"))
		cli_rpc_error(json_object_get(item, "error"), &t->e);
	t->op = ask(t, "DELETE", "/v1/operations/%", NULL, on_dropped);
}

static void on_cancelled(void *arg, const json_t *reply, const struct err *e)
{
	struct target *t = arg;

	(void)reply;
	(void)e; /* the result tells what became of it */
	t->cancel = NULL;
}

static void cancel(struct target *t)
{
	if (!t->cancel)
		t->cancel = ask(t, "POST", "/v1/operations/%/cancel", NULL, on_cancelled);
}

static void on_begun(void *arg, const json_t *reply, const struct err *e)
{
	struct target *t = arg;
	struct err own = *e;

	t->op = NULL;
	if (own.code == ERR_NONE && !str_copy(t->id, sizeof t->id, span_str(text_of(reply, "id"))))
		err_set(&own, ERR_MALFORMED, "the service's answer is not understood");
	if (own.code != ERR_NONE) {
		booted(t, &own);
		return;
	}
	if (t->stopping)
		cancel(t);
	t->op = ask(t, "GET", "/v1/operations/%?after=%&wait_ms=%", WAIT_MS, on_result);
}

static void boot_pc(struct cli_media_pc *pc, bool cd)
{
	struct target *t = pc->arg;
	json_t *doc = json_pack("{s:s, s:{s:s}, s:[s]}", "op", "boot", "args", "target",
				cd ? "ider-cd" : "ider-floppy", "targets", t->line->uuid);

	t->id[0] = '\0';
	t->op = cli_rpc_start_json(t->s->loop, t->s->path, "/v1/operations", doc, on_begun, t);
}

/* The service takes back what is set half; its answer says so. */
static void stop_boot(struct cli_media_pc *pc)
{
	struct target *t = pc->arg;

	t->stopping = true;
	if (t->id[0])
		cancel(t);
}

/* ---- the whole ---- */

static bool get_lines(struct service *s, struct err *e)
{
	struct cli_line_pc *lines;
	unsigned n;

	if (!cli_line_check(s->c, e) || !cli_line_tickets(s->c, "ider", &lines, &n, e))
		return false;
	s->targets = mem_new(n * sizeof(struct target));
	s->conf.pcs = mem_new(n * sizeof(struct cli_media_pc));
	s->conf.count = n;
	for (unsigned i = 0; i < n; i++) {
		struct target *t = &s->targets[i];
		*t = (struct target){ .s = s, .pc = &s->conf.pcs[i], .line = &lines[i] };
		(void)str_copy(t->ticket, sizeof t->ticket, span_str(lines[i].ticket));
		*t->pc = (struct cli_media_pc){
			.name = lines[i].name,
			.way = { line_open, line_send, line_queued, line_free, t },
			.arg = t,
		};
	}
	return true;
}

static void on_end(void *arg)
{
	struct service *s = arg;

	for (unsigned i = 0; i < s->conf.count;
	     i++) { /* asked to end twice: nobody waits for them */
		cli_rpc_cancel(s->targets[i].op);
		cli_rpc_cancel(s->targets[i].cancel);
		cli_rpc_cancel(s->targets[i].asking);
		s->targets[i].op = s->targets[i].cancel = s->targets[i].asking = NULL;
	}
	net_loop_stop(s->loop);
}

static bool may_start(const struct service *s, struct err *e)
{
	const char *whom = s->conf.count == 1 ? s->conf.pcs[0].name
					      : arena_fmt(&s->c->arena, "%u PCs", s->conf.count);

	return !s->conf.boot ||
		cli_ask(s->c,
			arena_fmt(
				&s->c->arena,
				"Start %s from the virtual %s now? What is not saved there is lost.",
				whom, s->conf.cd ? "CD" : "floppy"),
			e);
}

static bool fits_one(const struct service *s, struct err *e)
{
	const struct cli_args *a = &s->c->args;

	if (s->conf.count < 2)
		return true;
	/* Two file systems on one floppy, neither of which knows of the other, ruin it. */
	if (s->conf.write_floppy)
		return err_set(e, ERR_USAGE,
			       "--write-floppy is for one PC: %u of them would ruin %s",
			       s->conf.count, s->conf.floppy);
	if (cli_args_has(a, "code") || cli_args_has(a, "ask-consent"))
		return err_set(e, ERR_USAGE, "--code and --ask-consent are for one PC at a time");
	return true;
}

/* The only PC is named by its UUID from here on, whatever its name was. */
static bool consent(const struct service *s, struct err *e)
{
	struct cli_args *a = &s->c->args;

	if (s->conf.count != 1)
		return true;
	if (a->count > 0) {
		a->operands[0] = (char *)(uintptr_t)s->targets[0].line->uuid;
		a->count = 1;
	}
	return cli_media_consent_give(s->c, e);
}

bool cli_media_service(struct cli *c, const struct cli_media_conf *conf, struct err *e)
{
	struct service s = { .c = c, .conf = *conf };
	bool ok = get_lines(&s, e) && fits_one(&s, e) && may_start(&s, e) && consent(&s, e);

	if (ok) {
		s.path = cli_rpc_socket_path(c, &c->arena);
		s.loop = net_loop_new(e);
		ok = s.loop != NULL;
	}
	if (ok) {
		s.conf.boot_pc = boot_pc;
		s.conf.stop_boot = stop_boot;
		s.conf.on_end = on_end;
		s.conf.arg = &s;
		s.media = cli_media_start(c, s.loop, &s.conf);
		net_loop_run(s.loop);
		net_loop_free(s.loop);
		ok = cli_media_finish(s.media, e);
		if (!ok)
			cli_media_consent_explain(c, e);
	}
	mem_free(s.targets);
	mem_free(s.conf.pcs);
	return ok;
}
