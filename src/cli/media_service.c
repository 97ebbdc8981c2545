/* See media_service.h: tickets from the service for all PCs at once, then a tunnel for each session
 * (api/line.h), and the start of a PC as an operation of the service, asked for on a worker, since the
 * requests of rpc.h wait. */
#include "cli/media_service.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/operate_failed.h"
#include "cli/rpc.h"
#include "net/loop.h"
#include "net/stream.h"

#define HEAD_MAX 16384 /* an error of the service */
#define WAIT_MS  "20000"

struct service;
struct target {
	struct service *s;
	const char *uuid, *ticket;
	struct cli_media_pc *pc;
	bool cd, ok;
	struct err e; /* of its start */
};
struct service {
	struct cli *c;
	struct net_loop *loop;
	struct cli_media_conf conf;
	struct cli_media *media;
	struct target *targets;
	const char *path;
};
struct tunnel {
	struct target *t;
	struct net_stream *s; /* NULL: could not be made */
	struct amt_redir_events ev;
	void *arg;
	struct buf head; /* the answer to the ticket */
	bool open;
	struct sched_timer *timer;
	struct err why;
	bool *gone; /* set when it is freed meanwhile */
};

/* ---- a tunnel ---- */

static void tell_down(void *arg)
{
	struct tunnel *k = arg;

	k->timer = NULL;
	k->ev.on_down(k->arg, &k->why);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct tunnel *k = arg;

	(void)facts;
	(void)net_stream_send(k->s, span_str(k->t->ticket));
	(void)net_stream_send(k->s, span_str("\n"));
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *v = json_string_value(json_object_get(o, key));

	return v ? v : "";
}

static void take_error(const json_t *o, struct err *e)
{
	enum err_code code = ERR_INTERNAL;

	(void)err_from_name(text_of(o, "code"), &code);
	err_set(e, code, "%s", text_of(o, "msg"));
	err_seen(e, "%s", text_of(o, "seen"));
	err_want(e, "%s", text_of(o, "want"));
	err_hint(e, "%s", text_of(o, "hint"));
	err_rule(e, cli_rpc_rule(text_of(o, "rule")));
}

/* The service's line: "ok", or what went wrong, which on_down tells then. */
static void take_head(struct tunnel *k)
{
	json_t *o;

	if (span_eq_str(buf_span(&k->head), "ok")) {
		k->open = true;
		k->ev.on_open(k->arg);
		return;
	}
	o = json_loadb((const char *)k->head.p, k->head.n, 0, NULL);
	if (o)
		take_error(json_object_get(o, "error"), &k->why);
	else
		err_set(&k->why, ERR_MALFORMED, "the service gives no line");
	json_decref(o);
}

static void on_data(void *arg, struct span bytes)
{
	struct tunnel *k = arg;
	bool gone = false;

	if (!k->open) {
		size_t n = span_find(bytes, '\n');
		if (k->why.code != ERR_NONE || !buf_add(&k->head, span_make(bytes.p, n)) ||
		    n == bytes.n)
			return;
		k->gone = &gone;
		take_head(k);
		if (gone)
			return;
		k->gone = NULL;
		bytes = span_make(bytes.p + n + 1, bytes.n - n - 1);
	}
	if (k->open && bytes.n)
		k->ev.on_data(k->arg, bytes);
}

static void on_down(void *arg, const struct err *why)
{
	struct tunnel *k = arg;

	if (k->why.code == ERR_NONE)
		k->why = *why;
	if (k->why.code == ERR_NONE)
		err_set(&k->why, ERR_CLOSED, "the line to the PC ended");
	k->ev.on_down(k->arg, &k->why);
}

static void on_room(void *arg)
{
	struct tunnel *k = arg;

	if (k->open)
		k->ev.on_room(k->arg);
}

static void *tunnel_open(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct tunnel *k = MEM_NEW(struct tunnel);
	struct service *s;

	k->t = arg;
	k->ev = *ev;
	k->arg = ev_arg;
	s = k->t->s;
	buf_init(&k->head, HEAD_MAX);
	k->s = net_stream_unix(s->loop, s->path, &k->why);
	if (k->s) {
		net_stream_start(k->s, &events, k);
		net_stream_on_room(k->s, on_room);
	} else {
		k->timer = sched_after(net_loop_sched(s->loop), 0, tell_down, k);
	}
	return k;
}

static bool tunnel_send(void *line, struct span bytes)
{
	struct tunnel *k = line;

	return k->s && net_stream_send(k->s, bytes);
}

static size_t tunnel_queued(void *line)
{
	struct tunnel *k = line;

	return k->s ? net_stream_queued(k->s) : 0;
}

static void tunnel_free(void *line)
{
	struct tunnel *k = line;

	if (k->gone)
		*k->gone = true;
	sched_cancel(k->timer);
	net_stream_close(k->s);
	buf_deinit(&k->head);
	mem_free(k);
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
				t->cd ? "ider-cd" : "ider-floppy", "targets", t->uuid);
	t->ok = cli_rpc_send(&c, "POST", "/v1/operations", doc, &reply, &t->e) &&
		fetch_result(&c, text_of(reply, "id"), &item, &t->e);
	const json_t *error = json_object_get(item, "error");
	if (error) {
		take_error(error, &t->e);
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

static bool only_direct(const struct cli *c, struct err *e)
{
	static const char *const names[] = { "user", "password-file", "tls", "pin", "timeout" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!cli_args_has(&c->args, names[i]))
			continue;
		err_set(e, ERR_USAGE, "--%s goes with --direct only", names[i]);
		return err_hint(e, "the service knows how to reach its PCs");
	}
	if (c->args.count > 0)
		return true;
	err_set(e, ERR_USAGE, "no PC is named");
	return err_hint(e, "name PCs that the service knows, or one with --direct");
}

static bool get_tickets(struct service *s, struct err *e)
{
	json_t *targets = json_array(), *reply, *v;
	size_t i;

	for (unsigned k = 0; k < s->c->args.count; k++)
		(void)json_array_append_new(targets, json_string(s->c->args.operands[k]));
	json_t *doc = json_pack("{s:s, s:o}", "kind", "ider", "targets", targets);
	if (!cli_rpc_send(s->c, "POST", "/v1/lines", doc, &reply, e))
		return false;
	const json_t *lines = json_object_get(reply, "lines"),
		     *unknown = json_object_get(reply, "unknown");
	unsigned n = (unsigned)json_array_size(lines);
	if (json_array_size(unknown) > 0) {
		err_set(e, ERR_NOT_FOUND, "no PC is known as %s",
			json_string_value(json_array_get(unknown, 0)));
		err_hint(e,
			 "see 'outband device list'; a PC is named by UUID, host name or address");
		json_decref(reply);
		return false;
	}
	s->targets = mem_new(n * sizeof(struct target) + 1);
	s->conf.pcs = mem_new(n * sizeof(struct cli_media_pc) + 1);
	s->conf.count = n;
	json_array_foreach(lines, i, v)
	{
		struct target *t = &s->targets[i];
		t->s = s;
		t->pc = &s->conf.pcs[i];
		t->uuid = arena_str(&s->c->arena, span_str(text_of(v, "uuid")));
		t->ticket = arena_str(&s->c->arena, span_str(text_of(v, "ticket")));
		*t->pc = (struct cli_media_pc){
			.name = arena_str(&s->c->arena, span_str(text_of(v, "name"))),
			.way = { tunnel_open, tunnel_send, tunnel_queued, tunnel_free, t },
			.arg = t,
		};
	}
	json_decref(reply);
	return n > 0 || err_set(e, ERR_NOT_FOUND, "no PC fits");
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

bool cli_media_service(struct cli *c, const struct cli_media_conf *conf, struct err *e)
{
	struct service s = { .c = c, .conf = *conf };
	bool ok = only_direct(c, e) && get_tickets(&s, e) && ask(&s, e);

	if (ok) {
		s.path = arena_fmt(&c->arena, "%s.line", cli_rpc_socket_path(c, &c->arena));
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
	}
	mem_free(s.targets);
	mem_free(s.conf.pcs);
	return ok;
}
