/* See media_service.h: tickets from the service for all PCs at once, then a line for each session
 * (line.h), with a fresh ticket after the service was started again, and the start of a PC as an
 * operation of the service. Both are asked for on a worker, since the requests of rpc.h wait. */
#include "cli/media_service.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/line.h"
#include "cli/media_consent.h"
#include "cli/rpc.h"
#include "net/loop.h"

#define WAIT_MS    "20000"
#define TICKET_MAX 64

struct service;
struct target {
	struct service *s;
	const struct cli_line_pc *line;
	struct cli_media_pc *pc;
	bool cd, ok;
	struct err e; /* of its start */
	struct amt_redir_events ev;
	void *ev_arg;
	char ticket[TICKET_MAX], fresh[TICKET_MAX];
	bool asking; /* for a fresh one */
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

static void work_ticket(void *arg)
{
	struct target *t = arg;
	struct cli c = *t->s->c;
	struct err ignored = { 0 }; /* the next line that is refused asks again */
	json_t *reply = NULL;

	arena_init(&c.arena, 1 << 16);
	t->fresh[0] = '\0';
	json_t *doc = json_pack("{s:s, s:[s]}", "kind", "ider", "targets", t->line->uuid);
	if (cli_rpc_send(&c, "POST", "/v1/lines", doc, &reply, &ignored)) {
		const json_t *first = json_array_get(json_object_get(reply, "lines"), 0);
		(void)str_copy(t->fresh, sizeof t->fresh, span_str(text_of(first, "ticket")));
		json_decref(reply);
	}
	arena_deinit(&c.arena);
}

static void on_ticket(void *arg)
{
	struct target *t = arg;

	t->asking = false;
	if (t->fresh[0])
		memcpy(t->ticket, t->fresh, sizeof t->ticket);
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

	if (why->code == ERR_NOT_FOUND && !t->asking) {
		t->asking = true;
		net_loop_work(t->s->loop, work_ticket, on_ticket, t);
	}
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

static bool fetch_result(const struct cli *c, const char *id, json_t **out_item, struct err *e)
{
	json_t *doc;

	for (unsigned tries = 0; tries < 20; tries++) {
		const char *target =
			cli_rpc_target((struct arena *)(uintptr_t)&c->arena,
				       "/v1/operations/%?after=%&wait_ms=%", id, "0", WAIT_MS);
		if (!cli_rpc_get(c, target, &doc, e))
			return false;
		json_t *item = json_array_get(json_object_get(doc, "items"), 0);
		*out_item = item ? json_incref(item) : NULL;
		json_decref(doc);
		if (item)
			return true;
	}
	return err_set(e, ERR_TIMEOUT, "the service does not say whether the PC was started");
}

static void work_boot(void *arg)
{
	struct target *t = arg;
	struct cli c = *t->s->c; /* with an arena of its own: many may be asked for at once */
	json_t *reply = NULL, *item = NULL;

	arena_init(&c.arena, 1 << 18);
	json_t *doc = json_pack("{s:s, s:{s:s}, s:[s]}", "op", "boot", "args", "target",
				t->cd ? "ider-cd" : "ider-floppy", "targets", t->line->uuid);
	t->ok = cli_rpc_send(&c, "POST", "/v1/operations", doc, &reply, &t->e) &&
		fetch_result(&c, text_of(reply, "id"), &item, &t->e);
	const json_t *error = json_object_get(item, "error");
	if (error) {
		cli_rpc_error(error, &t->e);
		t->ok = false;
	}
	if (reply) {
		struct cli_rpc_req drop = { .method = "DELETE",
					    .target = cli_rpc_target(&c.arena, "/v1/operations/%",
								     text_of(reply, "id")) };
		struct err ignored = { 0 };
		(void)cli_rpc_call(&c, &drop, NULL, &ignored);
	}
	json_decref(item);
	json_decref(reply);
	arena_deinit(&c.arena);
}

static void on_booted(void *arg)
{
	struct target *t = arg;
	struct err none = { 0 };

	cli_media_booted(t->s->media, t->pc, t->ok ? &none : &t->e);
}

static void boot_pc(struct cli_media_pc *pc, bool cd)
{
	struct target *t = pc->arg;

	t->cd = cd;
	t->e = (struct err){ 0 };
	net_loop_work(t->s->loop, work_boot, on_booted, t);
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

	net_loop_stop(s->loop);
}

static bool ask(const struct service *s, struct err *e)
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
	bool ok = get_lines(&s, e) && fits_one(&s, e) && ask(&s, e) && consent(&s, e);

	if (ok) {
		s.path = cli_rpc_socket_path(c, &c->arena);
		s.loop = net_loop_new(e);
		ok = s.loop != NULL;
	}
	if (ok) {
		s.conf.boot_pc = boot_pc;
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
